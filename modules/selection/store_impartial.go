package selection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type declaredRow struct {
	bun.BaseModel `bun:"table:impartiality_declarations,alias:d"`

	CallID         ids.Call         `bun:"call_id,pk"`
	PersonID       ids.Person       `bun:"person_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Kind           ConflictKind     `bun:"kind"`
	At             time.Time        `bun:"at"`
	UndoneAt       time.Time        `bun:"undone_at,nullzero"`
	UndoneBy       ids.Person       `bun:"undone_by,nullzero"`
}

func declarations(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Tie, error) {
	var rows []declaredRow
	if err := narrow(db.NewSelect().Model(&rows)).OrderExpr("d.call_id, d.person_id, d.organization_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list declarations of impartiality: %w", err)
	}
	all := make([]Tie, len(rows))
	for i, r := range rows {
		all[i] = Tie{Call: r.CallID, Person: r.PersonID, Organization: r.OrganizationID, Kind: r.Kind, UndoneAt: r.UndoneAt}
	}
	return all, nil
}

// declaredBy is what somebody has said of the organizations that apply in a call.
func declaredBy(ctx context.Context, db bun.IDB, call ids.Call, person ids.Person) ([]Tie, error) {
	return declarations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("d.call_id = ?", call).Where("d.person_id = ?", person)
	})
}

// tiedBy are the organizations of some calls to which people have said that they are not impartial.
func tiedBy(ctx context.Context, db bun.IDB, calls []ids.Call, persons []ids.Person) ([]Tie, error) {
	if len(calls) == 0 || len(persons) == 0 {
		return nil, nil
	}
	return declarations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("d.call_id IN (?)", bun.List(calls)).Where("d.person_id IN (?)", bun.List(persons)).Where("d.kind <> ''").Where("d.undone_at IS NULL")
	})
}

// tickedIn is what people have ever ticked in the list of a call, also what was taken back since.
func tickedIn(ctx context.Context, db bun.IDB, call ids.Call) ([]Tie, error) {
	return declarations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("d.call_id = ?", call).Where("d.kind <> ''") })
}

// tickedBy is what people have ever ticked in the list of any call, also what was taken back since.
func tickedBy(ctx context.Context, db bun.IDB, persons []ids.Person) ([]Tie, error) {
	return declarations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("d.person_id IN (?)", bun.List(persons)).Where("d.kind <> ''")
	})
}

// tickLater writes that somebody is tied to organizations of which they had said that they are impartial, or that had been taken back.
func tickLater(ctx context.Context, tx *tenants.Tx, t Tie, organizations []ids.Organization, now time.Time) error {
	_, err := tx.NewRaw(`UPDATE impartiality_declarations SET kind = ?, at = ?, undone_at = NULL, undone_by = NULL
		WHERE call_id = ? AND person_id = ? AND organization_id IN (?)`, t.Kind, now, t.Call, t.Person, bun.List(organizations)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: add to a declaration of impartiality: %w", err)
	}
	return nil
}

// takeBack writes that what somebody had ticked of organizations does not hold any more, and of how many.
func takeBack(ctx context.Context, tx *tenants.Tx, t Tie, organizations []ids.Organization, now time.Time) (int64, error) {
	if len(organizations) == 0 {
		return 0, nil
	}
	result, err := tx.NewRaw(`UPDATE impartiality_declarations SET undone_at = ?, undone_by = ?
		WHERE call_id = ? AND person_id = ? AND kind = ? AND undone_at IS NULL AND organization_id IN (?)`,
		now, tx.Scope().Actor().Person, t.Call, t.Person, t.Kind, bun.List(organizations)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("selection: take back a declaration of impartiality: %w", err)
	}
	return result.RowsAffected()
}

// keepDeclared writes what somebody says of organizations; what was said of one before stays.
func keepDeclared(ctx context.Context, tx *tenants.Tx, all []Tie, now time.Time) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]declaredRow, len(all))
	for i, d := range all {
		rows[i] = declaredRow{CallID: d.Call, PersonID: d.Person, OrganizationID: d.Organization, Kind: d.Kind, At: now}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("selection: keep a declaration of impartiality: %w", err)
	}
	return nil
}

// ticked reports whether somebody has ever said of an organization of the application, without knowing that it is its, that they are
// not impartial to it, and reviews in a call that is anonymous still.
func ticked(ctx context.Context, db bun.IDB, call Call, c *Listed) (bool, error) {
	if !call.Review.Anonymous {
		return false, nil
	}
	said, err := tickedIn(ctx, db, c.Call)
	return slices.ContainsFunc(said, func(t Tie) bool { return t.Person == c.Person && c.Application.applies(t.Organization) }), err
}
