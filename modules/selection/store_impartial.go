package selection

import (
	"context"
	"fmt"
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
}

func declarations(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Tie, error) {
	var rows []declaredRow
	if err := narrow(db.NewSelect().Model(&rows)).OrderExpr("d.call_id, d.person_id, d.organization_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list declarations of impartiality: %w", err)
	}
	all := make([]Tie, len(rows))
	for i, r := range rows {
		all[i] = Tie{Call: r.CallID, Person: r.PersonID, Organization: r.OrganizationID, Kind: r.Kind}
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
		return q.Where("d.call_id IN (?)", bun.List(calls)).Where("d.person_id IN (?)", bun.List(persons)).Where("d.kind <> ''")
	})
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
