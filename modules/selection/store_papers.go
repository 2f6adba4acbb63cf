package selection

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type handedRow struct {
	bun.BaseModel `bun:"table:condition_documents,alias:h"`

	DocumentID  ids.Document  `bun:"document_id,pk"`
	ConditionID ids.Condition `bun:"condition_id"`
	GivenAt     time.Time     `bun:"given_at"`
	GivenBy     ids.Person    `bun:"given_by"`
}

// findCondition is one condition. Fault: NotFound.
func findCondition(ctx context.Context, db bun.IDB, id ids.Condition) (Condition, error) {
	all, err := conditions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("k.id = ?", id) })
	if err != nil {
		return Condition{}, err
	}
	for _, some := range all {
		return some[0], nil
	}
	return Condition{}, fault.NotFound()
}

// handedFor are the documents that were handed in for conditions, the last first.
func handedFor(ctx context.Context, db bun.IDB, conditions ...ids.Condition) (map[ids.Condition][]Handed, error) {
	if len(conditions) == 0 {
		return nil, nil
	}
	var rows []handedRow
	err := db.NewSelect().Model(&rows).Where("h.condition_id IN (?)", bun.List(conditions)).Order("h.given_at DESC", "h.document_id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("selection: list documents of conditions: %w", err)
	}
	all := map[ids.Condition][]Handed{}
	for _, r := range rows {
		all[r.ConditionID] = append(all[r.ConditionID], Handed{Document: r.DocumentID, At: r.GivenAt, By: r.GivenBy})
	}
	return all, nil
}

// cameFor tells to which application each condition belongs, and which of the documents were handed in.
func cameFor(ctx context.Context, db bun.IDB, came map[ids.Document]ids.Condition) (map[ids.Condition]ids.Application, map[ids.Document]bool, error) {
	var rows []struct {
		ID            ids.Condition
		ApplicationID ids.Application
	}
	wanted := slices.Collect(maps.Values(came))
	if err := db.NewSelect().Table("place_conditions").Column("id", "application_id").Where("id IN (?)", bun.List(wanted)).Scan(ctx, &rows); err != nil {
		return nil, nil, fmt.Errorf("selection: find conditions of documents: %w", err)
	}
	belong := map[ids.Condition]ids.Application{}
	for _, r := range rows {
		belong[r.ID] = r.ApplicationID
	}
	handed, err := HandedIn(ctx, db, slices.Collect(maps.Keys(came)))
	return belong, handed, err
}

// HandedIn tells which of the documents were handed in for a condition. It is for other modules' use-cases, which have authorized.
func HandedIn(ctx context.Context, db bun.IDB, documents []ids.Document) (map[ids.Document]bool, error) {
	handed := make(map[ids.Document]bool, len(documents))
	if len(documents) == 0 {
		return handed, nil
	}
	var found []ids.Document
	if err := db.NewSelect().Table("condition_documents").Column("document_id").Where("document_id IN (?)", bun.List(documents)).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("selection: find documents of conditions: %w", err)
	}
	for _, id := range found {
		handed[id] = true
	}
	return handed, nil
}

func insertHanded(ctx context.Context, tx *tenants.Tx, condition ids.Condition, h Handed) error {
	if _, err := tx.NewInsert().Model(&handedRow{DocumentID: h.Document, ConditionID: condition, GivenAt: h.At, GivenBy: h.By}).Exec(ctx); err != nil {
		return fmt.Errorf("selection: hand in a document: %w", err)
	}
	return nil
}

// forgetHanded lets go of the documents of an application's conditions.
func forgetHanded(ctx context.Context, tx *tenants.Tx, application ids.Application) error {
	_, err := tx.NewRaw(`DELETE FROM condition_documents AS h USING place_conditions AS k WHERE k.id = h.condition_id AND k.application_id = ?`, application).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: let go of documents of conditions: %w", err)
	}
	return nil
}
