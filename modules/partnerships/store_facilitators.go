package partnerships

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type profileRow struct {
	bun.BaseModel `bun:"table:facilitator_profiles,alias:fp"`

	PersonID  ids.Person         `bun:"person_id,pk"`
	Topics    []string           `bun:"topics,array"`
	Languages []string           `bun:"languages,array"`
	Countries []string           `bun:"countries,array"`
	Least     int                `bun:"least"`
	Most      int                `bun:"most,nullzero"`
	FromDay   time.Time          `bun:"from_day,nullzero"` // midnight in UTC
	ToDay     time.Time          `bun:"to_day,nullzero"`
	Ties      []ids.Organization `bun:"ties,array"`
	Note      string             `bun:"note"`
	Version   int64              `bun:"version"`
}

func (r *profileRow) profile() Profile {
	return Profile{
		Person: r.PersonID, Expertise: expertise.Expertise{Topics: r.Topics, Languages: r.Languages, Countries: r.Countries}, Least: r.Least, Most: r.Most,
		From: dayOf(r.FromDay), To: dayOf(r.ToDay), Conflicts: r.Ties, Note: r.Note, Version: r.Version,
	}
}

func dayOf(t time.Time) i18n.Day {
	if t.IsZero() {
		return ""
	}
	return i18n.Day(t.UTC().Format(time.DateOnly))
}

func midnight(day i18n.Day) time.Time {
	t, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return time.Time{}
	}
	return t
}

// profiles are those of everybody who has one.
func profiles(ctx context.Context, db bun.IDB) (map[ids.Person]Profile, error) {
	var rows []profileRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list profiles: %w", err)
	}
	all := make(map[ids.Person]Profile, len(rows))
	for i := range rows {
		all[rows[i].PersonID] = rows[i].profile()
	}
	return all, nil
}

// profileOf is the person's profile, empty where nothing was said yet.
func profileOf(ctx context.Context, db bun.IDB, person ids.Person) (Profile, error) {
	var rows []profileRow
	if err := db.NewSelect().Model(&rows).Where("fp.person_id = ?", person).Scan(ctx); err != nil {
		return Profile{}, fmt.Errorf("partnerships: find profile: %w", err)
	}
	if len(rows) == 0 {
		return Profile{Person: person}, nil
	}
	return rows[0].profile(), nil
}

// keepProfile writes a profile that follows on the version it names. Fault: Conflict when that is not the last one any more.
func keepProfile(ctx context.Context, tx *tenants.Tx, p *Profile) error {
	if p.Version < 0 {
		return fault.Conflict("partnerships.profile.changed")
	}
	row := profileRow{
		PersonID: p.Person, Topics: filled(p.Topics), Languages: filled(p.Languages), Countries: filled(p.Countries), Least: p.Least, Most: p.Most,
		FromDay: midnight(p.From), ToDay: midnight(p.To), Ties: filled(p.Conflicts), Note: p.Note, Version: p.Version + 1,
	}
	var result sql.Result
	var err error
	if p.Version == 0 {
		result, err = tx.NewInsert().Model(&row).On("CONFLICT (person_id) DO NOTHING").Exec(ctx)
	} else {
		result, err = tx.NewUpdate().Model(&row).WherePK().Where("fp.version = ?", p.Version).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("partnerships: keep profile: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("partnerships.profile.changed"), err)
	}
	return nil
}

// filled is an array that is not NULL.
func filled[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

type facilitationRow struct {
	bun.BaseModel `bun:"table:partnership_facilitations,alias:f"`

	ID            ids.Change      `bun:"id,pk"`
	PartnershipID ids.Partnership `bun:"partnership_id"`
	PersonID      ids.Person      `bun:"person_id"`
	Since         time.Time       `bun:"since"`
	ByPerson      ids.Person      `bun:"by_person,nullzero"`
	Reason        string          `bun:"reason"`
	EndedAt       time.Time       `bun:"ended_at,nullzero"`
	EndedBy       ids.Person      `bun:"ended_by,nullzero"`
	Ending        Ending          `bun:"ending"`
	EndingReason  string          `bun:"ending_reason"`
}

// facilitations are those of a partnership, the newest first.
func facilitations(ctx context.Context, db bun.IDB, id ids.Partnership) ([]Facilitation, error) {
	var rows []facilitationRow
	if err := db.NewSelect().Model(&rows).Where("f.partnership_id = ?", id).Order("f.since DESC", "f.id DESC").Limit(100).Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list facilitations: %w", err)
	}
	all := make([]Facilitation, len(rows))
	for i, r := range rows {
		all[i] = Facilitation{
			ID: r.ID, Partnership: r.PartnershipID, Person: r.PersonID, Since: r.Since, By: r.ByPerson, Reason: r.Reason, EndedAt: r.EndedAt, EndedBy: r.EndedBy,
			Ending: r.Ending, EndingReason: r.EndingReason,
		}
	}
	return all, nil
}

// accompany writes who accompanies a partnership from now on, zero for nobody, if it is still the version that was shown. What was
// before ends so, with that reason. Fault: Conflict.
func accompany(ctx context.Context, tx *tenants.Tx, p *Partnership, person ids.Person, ending Ending, reason string, now time.Time) error {
	result, err := tx.NewUpdate().Model(&row{FacilitatorID: person}).Column("facilitator").Set("version = version + 1").
		Where("id = ?", p.ID).Where("version = ?", p.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("partnerships: accompany: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	by := tx.Scope().Actor().Person
	if !p.Facilitator.IsZero() {
		_, err := tx.NewUpdate().Model(&facilitationRow{EndedAt: now, EndedBy: by, Ending: ending, EndingReason: reason}).Column("ended_at", "ended_by", "ending", "ending_reason").
			Where("partnership_id = ?", p.ID).Where("ended_at IS NULL").Exec(ctx)
		if err != nil {
			return fmt.Errorf("partnerships: end facilitation: %w", err)
		}
		reason = ""
	}
	if person.IsZero() {
		return nil
	}
	r := facilitationRow{ID: ids.New[ids.Change](), PartnershipID: p.ID, PersonID: person, Since: now, ByPerson: by, Reason: reason}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: begin facilitation: %w", err)
	}
	return nil
}

// Accompanying is what somebody has to do with partnerships.
type Accompanying struct {
	Now      int // that go on
	Ever     int
	Returned int
}

// accompanying counts for everybody.
func accompanying(ctx context.Context, db bun.IDB) (map[ids.Person]Accompanying, error) {
	var rows []struct {
		PersonID ids.Person
		Accompanying
	}
	err := db.NewSelect().TableExpr("partnership_facilitations AS f").Join("JOIN partnerships AS p ON p.id = f.partnership_id").Column("f.person_id").
		ColumnExpr("count(*) FILTER (WHERE f.ended_at IS NULL AND p.state IN (?)) AS now", bun.List(going)).
		ColumnExpr("count(DISTINCT f.partnership_id) AS ever").ColumnExpr("count(*) FILTER (WHERE f.ending = 'returned') AS returned").
		Group("f.person_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: count who accompanies: %w", err)
	}
	all := make(map[ids.Person]Accompanying, len(rows))
	for _, r := range rows {
		all[r.PersonID] = r.Accompanying
	}
	return all, nil
}

// seated are the organizations of the partnerships that go on.
func seated(ctx context.Context, db bun.IDB) ([]ids.Organization, error) {
	var found []ids.Organization
	err := db.NewSelect().TableExpr("partnership_seats AS s").Join("JOIN partnerships AS p ON p.id = s.partnership_id").ColumnExpr("DISTINCT s.organization_id").
		Where("p.state IN (?)", bun.List(going)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list who sits in one: %w", err)
	}
	return found, nil
}

// broughtBy are the applications of each of the partnerships, the first one first.
func broughtBy(ctx context.Context, db bun.IDB, all []Partnership) (map[ids.Partnership][]ids.Application, error) {
	found := map[ids.Partnership][]ids.Application{}
	if len(all) == 0 {
		return found, nil
	}
	wanted := make([]ids.Partnership, len(all))
	for i := range all {
		wanted[i] = all[i].ID
		found[all[i].ID] = []ids.Application{all[i].Application}
	}
	var rows []struct {
		PartnershipID ids.Partnership
		ApplicationID ids.Application
	}
	err := db.NewSelect().Table("partnership_applications").Column("partnership_id", "application_id").Where("partnership_id IN (?)", bun.List(wanted)).
		Order("partnership_id", "application_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list applications: %w", err)
	}
	for _, r := range rows {
		found[r.PartnershipID] = append(found[r.PartnershipID], r.ApplicationID)
	}
	return found, nil
}
