package forms

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
	"kervan/tenants"
)

type draftRow struct {
	bun.BaseModel `bun:"table:form_drafts"`

	FormID     ids.Form        `bun:"form_id,pk"`
	Definition json.RawMessage `bun:"definition,type:jsonb"`
	BaseID     ids.FormVersion `bun:"base_id"`
	Version    int64           `bun:"version"`
	Problems   int             `bun:"problems"`
	UpdatedAt  time.Time       `bun:"updated_at"`
	UpdatedBy  ids.Person      `bun:"updated_by"`
}

func (r draftRow) draft() (Draft, error) {
	d, err := Read(r.Definition)
	if err != nil {
		return Draft{}, err
	}
	return Draft{Form: r.FormID, Definition: &d, Version: r.Version, Base: r.BaseID, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy}, nil
}

// Draft is what a form will ask: its draft, or as long as nothing was changed a copy of its latest version. It is for
// features' use-cases, which have authorized. Fault: NotFound for a form that has neither.
func (s *Service) Draft(ctx context.Context, db bun.IDB, form ids.Form) (Draft, error) {
	var row draftRow
	err := db.NewSelect().Model(&row).Where("form_id = ?", form).Scan(ctx)
	if err == nil {
		return row.draft()
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return Draft{}, fmt.Errorf("forms: find draft: %w", err)
	}
	latest, found, err := latestVersion(ctx, db, form)
	if err != nil {
		return Draft{}, err
	}
	if !found {
		return Draft{}, fault.NotFound()
	}
	v, err := latest.version()
	return Draft{Form: form, Definition: v.Definition, Base: v.ID}, err
}

// DraftProblems counts the problems of the forms' drafts, in one query; a form without a draft has none. It is for
// features' use-cases, which have authorized.
func (s *Service) DraftProblems(ctx context.Context, db bun.IDB, forms ...ids.Form) (map[ids.Form]int, error) {
	found := map[ids.Form]int{}
	if len(forms) == 0 {
		return found, nil
	}
	var rows []draftRow
	if err := db.NewSelect().Model(&rows).Column("form_id", "problems").Where("form_id IN (?)", bun.List(forms)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("forms: count problems of drafts: %w", err)
	}
	for _, r := range rows {
		found[r.FormID] = r.Problems
	}
	return found, nil
}

// lockForm keeps everybody else from changing or publishing the form's draft until the transaction ends.
func lockForm(ctx context.Context, tx *tenants.Tx, form ids.Form) error {
	var one int
	err := tx.NewRaw("SELECT 1 FROM forms WHERE id = ? FOR NO KEY UPDATE", form).Scan(ctx, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.NotFound()
	}
	if err != nil {
		return fmt.Errorf("forms: lock form: %w", err)
	}
	return nil
}

func writeDraft(ctx context.Context, tx *tenants.Tx, row draftRow) error {
	_, err := tx.NewInsert().Model(&row).Value("definition", "?::jsonb", string(row.Definition)).On("CONFLICT (form_id) DO UPDATE").
		Set("definition = excluded.definition, version = excluded.version, problems = excluded.problems, updated_at = excluded.updated_at, updated_by = excluded.updated_by").
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("forms: save draft: %w", err)
	}
	return nil
}

func deleteDraft(ctx context.Context, tx *tenants.Tx, form ids.Form) error {
	if _, err := tx.NewDelete().Model((*draftRow)(nil)).Where("form_id = ?", form).Exec(ctx); err != nil {
		return fmt.Errorf("forms: forget draft: %w", err)
	}
	return nil
}
