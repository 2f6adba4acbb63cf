package reviewers

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type profileRow struct {
	bun.BaseModel `bun:"table:reviewer_profiles,alias:rp"`

	PersonID  ids.Person `bun:"person_id,pk"`
	Topics    []string   `bun:"topics,array"`
	Languages []string   `bun:"languages,array"`
	Countries []string   `bun:"countries,array"`
	AwayFrom  time.Time  `bun:"away_from,nullzero"` // midnight in UTC
	AwayTo    time.Time  `bun:"away_to,nullzero"`
	Most      int        `bun:"most,nullzero"`
	Note      string     `bun:"note"`
	Lendable  bool       `bun:"lendable"`
	Version   int64      `bun:"version"`
}

func (r *profileRow) profile() Profile {
	return Profile{
		Person: r.PersonID, Topics: r.Topics, Languages: r.Languages, Countries: r.Countries, AwayFrom: dayOf(r.AwayFrom), AwayTo: dayOf(r.AwayTo),
		Most: r.Most, Note: r.Note, Lendable: r.Lendable, Version: r.Version,
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

// AllProfiles are those of everybody who has one. The caller has authorized.
func AllProfiles(ctx context.Context, db bun.IDB) (map[ids.Person]Profile, error) {
	var rows []profileRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reviewers: list profiles: %w", err)
	}
	all := make(map[ids.Person]Profile, len(rows))
	for i := range rows {
		all[rows[i].PersonID] = rows[i].profile()
	}
	return all, nil
}

// findProfile is the person's profile, empty where nothing was said yet.
func findProfile(ctx context.Context, db bun.IDB, person ids.Person) (Profile, error) {
	var rows []profileRow
	if err := db.NewSelect().Model(&rows).Where("rp.person_id = ?", person).Scan(ctx); err != nil {
		return Profile{}, fmt.Errorf("reviewers: find profile: %w", err)
	}
	if len(rows) == 0 {
		return Profile{Person: person}, nil
	}
	return rows[0].profile(), nil
}

// keepProfile writes a profile that follows on the version it names, and tells whether that was still the last one.
func keepProfile(ctx context.Context, tx *tenants.Tx, p *Profile) (bool, error) {
	row := profileRow{
		PersonID: p.Person, Topics: filled(p.Topics), Languages: filled(p.Languages), Countries: filled(p.Countries), AwayFrom: midnight(p.AwayFrom), AwayTo: midnight(p.AwayTo),
		Most: p.Most, Note: p.Note, Lendable: p.Lendable, Version: p.Version + 1,
	}
	q := tx.NewInsert().Model(&row)
	if p.Version == 0 {
		q = q.On("CONFLICT (person_id) DO NOTHING")
	} else {
		q = q.On("CONFLICT (person_id) DO UPDATE").Set("topics = EXCLUDED.topics, languages = EXCLUDED.languages, countries = EXCLUDED.countries").
			Set("away_from = EXCLUDED.away_from, away_to = EXCLUDED.away_to, most = EXCLUDED.most, note = EXCLUDED.note, lendable = EXCLUDED.lendable, version = EXCLUDED.version").
			Where("rp.version = ?", p.Version)
	}
	result, err := q.Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("reviewers: keep profile: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// filled is an array that is not NULL.
func filled(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}
