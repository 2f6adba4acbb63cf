package blueprints

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type versionRow struct {
	bun.BaseModel `bun:"table:blueprint_versions,alias:v"`

	Blueprint   string          `bun:"blueprint,pk"`
	Number      int             `bun:"number,pk"`
	Content     json.RawMessage `bun:"content,type:jsonb"`
	Notes       i18n.Text       `bun:"notes,type:jsonb"`
	Hash        string          `bun:"hash"`
	Release     int             `bun:"release,nullzero"`
	Credits     []string        `bun:"credits,type:jsonb"`
	PublishedAt time.Time       `bun:"published_at,nullzero,default:now()"`
	PublishedBy ids.Person      `bun:"published_by"`

	Name    i18n.Text `bun:"name,scanonly,type:jsonb"`
	Summary i18n.Text `bun:"summary,scanonly,type:jsonb"`
}

func (r *versionRow) edition() Edition {
	return Edition{
		Blueprint: r.Blueprint, Number: r.Number, Name: r.Name, Summary: r.Summary, Notes: r.Notes, Credits: r.Credits, Hash: r.Hash, BuiltIn: r.Release > 0,
		PublishedAt: r.PublishedAt, PublishedBy: r.PublishedBy,
	}
}

func (r *versionRow) version() (Version, error) {
	v := Version{Edition: r.edition()}
	if err := json.Unmarshal(r.Content, &v.Whole); err != nil {
		return v, fmt.Errorf("blueprints: read version %d of %s: %w", r.Number, r.Blueprint, err)
	}
	v.Whole.Key, v.Whole.Version = r.Blueprint, r.Number
	v.Name, v.Summary = v.Whole.Name, v.Whole.Summary
	var err error
	v.Program, err = Parse(r.Content)
	return v, err
}

// editionsOf lists all versions, blueprint by blueprint and the newest first, without their content.
func editionsOf(ctx context.Context, db bun.IDB) ([]Edition, error) {
	var rows []versionRow
	err := db.NewSelect().Model(&rows).Column("blueprint", "number", "notes", "hash", "release", "credits", "published_at", "published_by").
		ColumnExpr("v.content -> 'name' AS name, v.content -> 'summary' AS summary").OrderExpr("v.blueprint, v.number DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("blueprints: list versions: %w", err)
	}
	all := make([]Edition, len(rows))
	for i := range rows {
		all[i] = rows[i].edition()
	}
	return all, nil
}

// newestOf is the number of a blueprint's newest version. Fault: NotFound.
func newestOf(ctx context.Context, db bun.IDB, blueprint string) (int, error) {
	var number int
	if err := db.NewRaw(`SELECT coalesce(max(number), 0) FROM platform.blueprint_versions WHERE blueprint = ?`, blueprint).Scan(ctx, &number); err != nil {
		return 0, fmt.Errorf("blueprints: find newest version: %w", err)
	}
	if number == 0 {
		return 0, fault.NotFound()
	}
	return number, nil
}

func versionOf(ctx context.Context, db bun.IDB, blueprint string, number int) (Version, error) {
	var r versionRow
	err := db.NewSelect().Model(&r).Where("blueprint = ?", blueprint).Where("number = ?", number).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, fault.NotFound()
	}
	if err != nil {
		return Version{}, fmt.Errorf("blueprints: read version: %w", err)
	}
	return r.version()
}

// insertVersion adds a version as the next one; what ships with the program is not added twice. It reports its number, 0
// when it was there.
func insertVersion(ctx context.Context, tx *tenants.Tx, r versionRow) (int, error) {
	raw, err := json.Marshal(r.Notes)
	if err != nil {
		return 0, fmt.Errorf("blueprints: write notes: %w", err)
	}
	credits, err := json.Marshal(r.Credits)
	if err != nil {
		return 0, fmt.Errorf("blueprints: write credits: %w", err)
	}
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtext('blueprints ' || ?))`, r.Blueprint).Exec(ctx); err != nil {
		return 0, fmt.Errorf("blueprints: lock blueprint: %w", err)
	}
	var release any
	if r.Release > 0 {
		release = r.Release
	}
	var number int
	err = tx.NewRaw(`INSERT INTO platform.blueprint_versions (blueprint, number, content, notes, hash, release, credits, published_by)
		SELECT ?, coalesce((SELECT max(number) FROM platform.blueprint_versions WHERE blueprint = ?), 0) + 1, ?::jsonb, ?::jsonb, ?, ?::integer, ?::jsonb, ?::uuid
		ON CONFLICT DO NOTHING RETURNING number`,
		r.Blueprint, r.Blueprint, string(r.Content), string(raw), r.Hash, release, string(credits), r.PublishedBy).Scan(ctx, &number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("blueprints: add version: %w", err)
	}
	return number, nil
}

// releases are the versions of what ships with the program that are there, by blueprint.
func releases(ctx context.Context, db bun.IDB) (map[string][]int, error) {
	var rows []struct {
		Blueprint string
		Release   int
	}
	if err := db.NewRaw(`SELECT blueprint, release FROM platform.blueprint_versions WHERE release IS NOT NULL`).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("blueprints: find what is there: %w", err)
	}
	found := map[string][]int{}
	for _, r := range rows {
		found[r.Blueprint] = append(found[r.Blueprint], r.Release)
	}
	return found, nil
}

type draftRow struct {
	bun.BaseModel `bun:"table:blueprint_drafts,alias:d"`

	Blueprint string          `bun:"blueprint,pk"`
	Content   json.RawMessage `bun:"content,type:jsonb"`
	Notes     i18n.Text       `bun:"notes,type:jsonb"`
	Version   int64           `bun:"version"`
	UpdatedAt time.Time       `bun:"updated_at,nullzero,default:now()"`
	UpdatedBy ids.Person      `bun:"updated_by"`
}

func findDraft(ctx context.Context, db bun.IDB, blueprint string) (draftRow, bool, error) {
	var r draftRow
	err := db.NewSelect().Model(&r).Where("blueprint = ?", blueprint).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("blueprints: read draft: %w", err)
	}
	return r, true, nil
}

// saveDraft keeps what is gathered, if it is still the version that was read; 0 is for none yet.
func saveDraft(ctx context.Context, tx *tenants.Tx, r draftRow) error {
	before := r.Version
	r.Version++
	var result sql.Result
	var err error
	if before == 0 {
		result, err = tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx)
	} else {
		result, err = tx.NewUpdate().Model(&r).Column("content", "notes", "version", "updated_by").Set("updated_at = now()").
			Where("blueprint = ?", r.Blueprint).Where("version = ?", before).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("blueprints: save draft: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

// dropDraft ends a draft, if it is still the version that was read.
func dropDraft(ctx context.Context, tx *tenants.Tx, blueprint string, version int64) error {
	result, err := tx.NewDelete().Model((*draftRow)(nil)).Where("blueprint = ?", blueprint).Where("version = ?", version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("blueprints: end draft: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}
