package documents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files"
	"kervan/tenants"
)

type templateRow struct {
	bun.BaseModel `bun:"table:form_templates,alias:t"`

	ID            ids.Template `bun:"id,pk"`
	Name          string       `bun:"name"`
	Kind          files.Kind   `bun:"kind"`
	Size          int64        `bun:"size"`
	Scanned       bool         `bun:"scanned"`
	SHA256        []byte       `bun:"sha256,nullzero"`
	QuarantineKey string       `bun:"quarantine_key"`
	Key           string       `bun:"key"`
	BroughtAt     time.Time    `bun:"brought_at"`
	BroughtBy     ids.Person   `bun:"brought_by,nullzero"`
	RemovedAt     time.Time    `bun:"removed_at,nullzero"`
}

func (r *templateRow) template() Template {
	return Template{
		ID: r.ID, Name: r.Name, Kind: r.Kind, Size: r.Size, Scanned: r.Scanned, SHA256: r.SHA256, BroughtAt: r.BroughtAt, BroughtBy: r.BroughtBy,
		quarantine: r.QuarantineKey, key: r.Key, leaving: !r.RemovedAt.IsZero(),
	}
}

func insertTemplate(ctx context.Context, tx *tenants.Tx, t *Template) error {
	r := templateRow{
		ID: t.ID, Name: t.Name, Kind: t.Kind, Size: t.Size, Scanned: t.Scanned, SHA256: t.SHA256, QuarantineKey: t.quarantine, Key: t.key, BroughtAt: t.BroughtAt, BroughtBy: t.BroughtBy,
	}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("documents: expect template: %w", err)
	}
	return nil
}

func passTemplate(ctx context.Context, tx *tenants.Tx, t *Template) error {
	_, err := tx.NewUpdate().Model((*templateRow)(nil)).Set("size = ?", t.Size).Set("sha256 = ?", t.SHA256).Set("scanned = ?", t.Scanned).Where("id = ?", t.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("documents: pass template: %w", err)
	}
	return nil
}

func forgetTemplate(ctx context.Context, tx *tenants.Tx, id ids.Template) error {
	if _, err := tx.NewDelete().Model((*templateRow)(nil)).Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("documents: forget template: %w", err)
	}
	return nil
}

// findTemplate is a template that was found good and is not being erased. Fault: NotFound.
func findTemplate(ctx context.Context, db bun.IDB, id ids.Template) (Template, error) {
	all, err := findTemplates(ctx, db, []ids.Template{id})
	if err != nil {
		return Template{}, err
	}
	if len(all) == 0 {
		return Template{}, fault.NotFound()
	}
	return all[0], nil
}

func findTemplates(ctx context.Context, db bun.IDB, wanted []ids.Template) ([]Template, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	return selectTemplates(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("t.id IN (?)", bun.List(wanted)).Where("t.removed_at IS NULL").Where("t.sha256 IS NOT NULL")
	})
}

func everyTemplate(ctx context.Context, db bun.IDB) ([]Template, error) {
	return selectTemplates(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

func selectTemplates(ctx context.Context, db bun.IDB, which func(q *bun.SelectQuery) *bun.SelectQuery) ([]Template, error) {
	var rows []templateRow
	if err := which(db.NewSelect().Model(&rows)).Order("t.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("documents: find templates: %w", err)
	}
	all := make([]Template, len(rows))
	for i := range rows {
		all[i] = rows[i].template()
	}
	return all, nil
}

// markTemplates notes that some templates are named and since when the others are not.
func markTemplates(ctx context.Context, tx *tenants.Tx, named, unused []ids.Template) error {
	if len(named) > 0 {
		if _, err := tx.NewUpdate().Model((*templateRow)(nil)).Set("unused_since = NULL").Where("id IN (?)", bun.List(named)).
			Where("unused_since IS NOT NULL").Where("removed_at IS NULL").Exec(ctx); err != nil {
			return fmt.Errorf("documents: mark named templates: %w", err)
		}
	}
	if len(unused) > 0 {
		if _, err := tx.NewUpdate().Model((*templateRow)(nil)).Set("unused_since = now()").Where("id IN (?)", bun.List(unused)).
			Where("unused_since IS NULL").Exec(ctx); err != nil {
			return fmt.Errorf("documents: mark unused templates: %w", err)
		}
	}
	return nil
}

// idleTemplates lists the templates that may go: unused for a week, never checked to the end within a day, and those of which
// a removal was begun and not ended.
func idleTemplates(ctx context.Context, db bun.IDB) ([]Template, error) {
	return selectTemplates(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("t.removed_at IS NOT NULL").WhereOr("t.unused_since < now() - make_interval(secs => ?)", unusedLife.Seconds()).
				WhereOr("t.sha256 IS NULL AND t.brought_at < now() - make_interval(secs => ?)", unsettledLife.Seconds())
		}).Limit(1000)
	})
}

// holdTemplate keeps everybody else from the template until the transaction ends.
func holdTemplate(ctx context.Context, tx *tenants.Tx, id ids.Template) error {
	if _, err := tx.NewRaw("SELECT 1 FROM form_templates WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return fmt.Errorf("documents: hold template: %w", err)
	}
	return nil
}

// leaveTemplate begins a removal and reports whether this was the beginning.
func leaveTemplate(ctx context.Context, tx *tenants.Tx, id ids.Template) (bool, error) {
	result, err := tx.NewUpdate().Model((*templateRow)(nil)).Set("removed_at = now()").Where("id = ?", id).Where("removed_at IS NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("documents: remove template: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("documents: remove template: %w", err)
	}
	return n > 0, nil
}

// expectedKeys adds the keys under which templates on their way arrive.
func expectedKeys(ctx context.Context, db bun.IDB, into map[string]bool) error {
	return addKeys(ctx, db.NewSelect().Model((*templateRow)(nil)).Column("quarantine_key").Where("sha256 IS NULL"), into)
}

// keptKeys adds those of the keys that some template has.
func keptKeys(ctx context.Context, db bun.IDB, keys []string, into map[string]bool) error {
	return addKeys(ctx, db.NewSelect().Model((*templateRow)(nil)).Column("key").Where("key IN (?)", bun.List(keys)), into)
}

func addKeys(ctx context.Context, q *bun.SelectQuery, into map[string]bool) error {
	var keys []string
	if err := q.Scan(ctx, &keys); err != nil {
		return fmt.Errorf("documents: list keys of templates: %w", err)
	}
	for _, key := range keys {
		into[key] = true
	}
	return nil
}
