package documents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// settledAfter lists documents whose check has ended, in the order of their ids.
func settledAfter(ctx context.Context, db bun.IDB, after ids.Document, limit int) ([]ids.Document, error) {
	var all []ids.Document
	q := db.NewSelect().Model((*row)(nil)).Column("id").Where("state IN (?, ?)", Clean, Refused).Where("removed_at IS NULL").Order("id").Limit(int64(limit))
	if !after.IsZero() {
		q = q.Where("id > ?", after)
	}
	if err := q.Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("documents: list settled: %w", err)
	}
	return all, nil
}

// mark notes that some documents are used and since when the others are not.
func mark(ctx context.Context, tx *tenants.Tx, used, unused []ids.Document) error {
	if len(used) > 0 {
		if _, err := tx.NewUpdate().Model((*row)(nil)).Set("unused_since = NULL").Where("id IN (?)", bun.List(used)).
			Where("unused_since IS NOT NULL").Where("removed_at IS NULL").Exec(ctx); err != nil {
			return fmt.Errorf("documents: mark used: %w", err)
		}
	}
	if len(unused) > 0 {
		if _, err := tx.NewUpdate().Model((*row)(nil)).Set("unused_since = now()").Where("id IN (?)", bun.List(unused)).
			Where("unused_since IS NULL").Exec(ctx); err != nil {
			return fmt.Errorf("documents: mark unused: %w", err)
		}
	}
	return nil
}

// longUnused lists the documents that may go, and those of which a removal was begun and not ended.
func longUnused(ctx context.Context, db bun.IDB) ([]Document, error) {
	var rows []row
	err := db.NewSelect().Model(&rows).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("removed_at IS NOT NULL").
				WhereOr("state = ? AND unused_since < now() - make_interval(secs => ?)", Clean, unusedLife.Seconds()).
				WhereOr("state = ? AND unused_since IS NOT NULL AND checked_at < now() - make_interval(secs => ?)", Refused, refusedFor.Seconds())
		}).Order("id").Limit(1000).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("documents: list unused: %w", err)
	}
	return listed(rows), nil
}

// hold keeps everybody else from the document until the transaction ends.
func hold(ctx context.Context, tx *tenants.Tx, id ids.Document) error {
	if _, err := tx.NewRaw("SELECT 1 FROM documents WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return fmt.Errorf("documents: hold: %w", err)
	}
	return nil
}

// markRemoved begins a removal and reports whether this was the beginning.
func markRemoved(ctx context.Context, tx *tenants.Tx, id ids.Document) (bool, error) {
	result, err := tx.NewUpdate().Model((*row)(nil)).Set("removed_at = now()").Where("id = ?", id).Where("removed_at IS NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("documents: remove: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("documents: remove: %w", err)
	}
	return n > 0, nil
}

// unsettled lists the documents that were granted so long ago and are not settled.
func unsettled(ctx context.Context, db bun.IDB, age time.Duration) ([]ids.Document, error) {
	var all []ids.Document
	err := db.NewSelect().Model((*row)(nil)).Column("id").Where("state NOT IN (?, ?)", Clean, Refused).
		Where("granted_at < now() - make_interval(secs => ?)", age.Seconds()).Order("id").Limit(1000).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("documents: list unsettled: %w", err)
	}
	return all, nil
}

// quarantineKeys are the keys under which documents on their way arrive.
func quarantineKeys(ctx context.Context, db bun.IDB) (map[string]bool, error) {
	var keys []string
	err := db.NewSelect().Model((*row)(nil)).Column("quarantine_key").Where("state NOT IN (?, ?)", Clean, Refused).Scan(ctx, &keys)
	if err != nil {
		return nil, fmt.Errorf("documents: list quarantine: %w", err)
	}
	known := make(map[string]bool, len(keys))
	for _, key := range keys {
		known[key] = true
	}
	return known, expectedKeys(ctx, db, known)
}

// every lists all documents, those that are being removed as well.
func every(ctx context.Context, db bun.IDB) ([]Document, error) {
	var rows []row
	if err := db.NewSelect().Model(&rows).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("documents: list all: %w", err)
	}
	return listed(rows), nil
}

// known tells which of the keys under which documents are read some document has.
func known(ctx context.Context, db bun.IDB, keys []string) (map[string]bool, error) {
	found := make(map[string]bool, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var there []string
	if err := db.NewSelect().Model((*row)(nil)).Column("key").Where("key IN (?)", bun.List(keys)).Scan(ctx, &there); err != nil {
		return nil, fmt.Errorf("documents: find keys: %w", err)
	}
	for _, key := range there {
		found[key] = true
	}
	return found, keptKeys(ctx, db, keys, found)
}
