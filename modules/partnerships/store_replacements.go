package partnerships

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type replacementRow struct {
	bun.BaseModel `bun:"table:partnership_replacements,alias:r"`

	ID            ids.Replacement  `bun:"id,pk"`
	PartnershipID ids.Partnership  `bun:"partnership_id"`
	Seat          string           `bun:"seat"`
	Leaving       ids.Organization `bun:"leaving"`
	Coming        ids.Organization `bun:"coming"`
	Reason        string           `bun:"reason"`
	Until         time.Time        `bun:"until"`
	State         ReplacementState `bun:"state"`
	AskedAt       time.Time        `bun:"asked_at"`
	AskedBy       ids.Person       `bun:"asked_by,nullzero"`
	EndedAt       time.Time        `bun:"ended_at,nullzero"`
}

type answerRow struct {
	bun.BaseModel `bun:"table:partnership_replacement_answers,alias:a"`

	ReplacementID  ids.Replacement  `bun:"replacement_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Agrees         bool             `bun:"agrees"`
	Reason         string           `bun:"reason"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by"`
}

// replacements are those that narrow leaves, the newest first, with their answers: two queries, however many there are.
func replacements(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Replacement, error) {
	var rows []replacementRow
	if err := narrow(db.NewSelect().Model(&rows)).Order("r.asked_at DESC", "r.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list replacements: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	all := make([]Replacement, len(rows))
	wanted := make([]ids.Replacement, len(rows))
	for i, r := range rows {
		wanted[i] = r.ID
		all[i] = Replacement{
			ID: r.ID, Partnership: r.PartnershipID, Seat: r.Seat, Leaving: r.Leaving, Coming: r.Coming, Reason: r.Reason, Until: r.Until, State: r.State,
			AskedAt: r.AskedAt, AskedBy: r.AskedBy, EndedAt: r.EndedAt,
		}
	}
	var answers []answerRow
	if err := db.NewSelect().Model(&answers).Where("a.replacement_id IN (?)", bun.List(wanted)).Order("a.at", "a.organization_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list answers to replacements: %w", err)
	}
	for _, a := range answers {
		for i := range all {
			if all[i].ID == a.ReplacementID {
				all[i].Answers = append(all[i].Answers, Answer{Organization: a.OrganizationID, Agrees: a.Agrees, Reason: a.Reason, At: a.At, By: a.By})
			}
		}
	}
	return all, nil
}

func replacementsOf(ctx context.Context, db bun.IDB, id ids.Partnership) ([]Replacement, error) {
	return replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.partnership_id = ?", id) })
}

func findReplacement(ctx context.Context, db bun.IDB, id ids.Replacement) (Replacement, error) {
	all, err := replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.id = ?", id) })
	if err == nil && len(all) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Replacement{}, err
	}
	return all[0], nil
}

// askedOf are the open replacements in which one of the organizations comes or stays and has not answered yet.
func askedOf(ctx context.Context, db bun.IDB, organizations []ids.Organization) ([]Replacement, error) {
	return replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.state = ?", ReplacementAsked).Where("r.until > now()").Where(`EXISTS (
			SELECT 1 FROM (SELECT r.coming AS organization_id UNION SELECT s.organization_id FROM partnership_seats AS s
				WHERE s.partnership_id = r.partnership_id AND s.organization_id <> r.leaving) AS party
			WHERE party.organization_id IN (?) AND NOT EXISTS (
				SELECT 1 FROM partnership_replacement_answers AS a WHERE a.replacement_id = r.id AND a.organization_id = party.organization_id))`, bun.List(organizations))
	})
}

func insertReplacement(ctx context.Context, tx *tenants.Tx, r *Replacement) (bool, error) {
	row := replacementRow{
		ID: r.ID, PartnershipID: r.Partnership, Seat: r.Seat, Leaving: r.Leaving, Coming: r.Coming, Reason: r.Reason, Until: r.Until, State: r.State,
		AskedAt: r.AskedAt, AskedBy: r.AskedBy,
	}
	result, err := tx.NewInsert().Model(&row).On("CONFLICT (partnership_id) WHERE state = 'asked' DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("partnerships: ask for a replacement: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// lockReplacement finds a replacement and keeps it from being ended by somebody else meanwhile.
func lockReplacement(ctx context.Context, tx *tenants.Tx, id ids.Replacement) (Replacement, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM partnership_replacements WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Replacement{}, fmt.Errorf("partnerships: lock replacement: %w", err)
	}
	return findReplacement(ctx, tx, id)
}

func endReplacement(ctx context.Context, tx *tenants.Tx, r *Replacement) error {
	_, err := tx.NewUpdate().Model((*replacementRow)(nil)).Set("state = ?, ended_at = ?", r.State, r.EndedAt).Where("r.id = ?", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("partnerships: end replacement: %w", err)
	}
	return nil
}

func insertAnswer(ctx context.Context, tx *tenants.Tx, id ids.Replacement, a Answer) error {
	row := answerRow{ReplacementID: id, OrganizationID: a.Organization, Agrees: a.Agrees, Reason: a.Reason, At: a.At, By: a.By}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: answer to a replacement: %w", err)
	}
	return nil
}

// reseat gives a seat to another organization and the partnership its new title, if it is still as it was read. Fault: Conflict.
func reseat(ctx context.Context, tx *tenants.Tx, p *Partnership, key, search string) error {
	seat, _ := p.on(key)
	if _, err := tx.NewUpdate().Model((*seatRow)(nil)).Set("organization_id = ?", seat.Organization).Where("partnership_id = ?", p.ID).Where("key = ?", key).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: reseat: %w", err)
	}
	_, err := tx.NewUpdate().Model((*row)(nil)).Set("title = ?", p.Title).Set("search = ?", search).Where("id = ?", p.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("partnerships: rename: %w", err)
	}
	return save(ctx, tx, p)
}

// Seated are the organizations that sit in a partnership of the call which goes on. It is for other modules' use-cases, which have
// authorized.
func Seated(ctx context.Context, db bun.IDB, call ids.Call) ([]ids.Organization, error) {
	var found []ids.Organization
	err := db.NewSelect().TableExpr("partnership_seats AS s").Join("JOIN partnerships AS p ON p.id = s.partnership_id").ColumnExpr("DISTINCT s.organization_id").
		Where("p.call_id = ?", call).Where("p.state IN (?)", bun.List(replaceable)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list who is in one: %w", err)
	}
	return found, nil
}
