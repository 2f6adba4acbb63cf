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
	Step       int64           `bun:"step"`
	UpdatedAt  time.Time       `bun:"updated_at"`
	UpdatedBy  ids.Person      `bun:"updated_by"`
}

func (r draftRow) draft() (Draft, error) {
	d, err := Read(r.Definition)
	if err != nil {
		return Draft{}, err
	}
	return Draft{Form: r.FormID, Definition: &d, Version: r.Version, Base: r.BaseID, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy, step: r.Step}, nil
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
	return Draft{Form: form, Definition: v.Whole, Base: v.ID}, err
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
		Set("definition = excluded.definition, version = excluded.version, problems = excluded.problems, step = excluded.step, updated_at = excluded.updated_at, updated_by = excluded.updated_by").
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

type stepRow struct {
	bun.BaseModel `bun:"table:form_draft_steps"`

	FormID ids.Form        `bun:"form_id,pk"`
	Number int64           `bun:"number,pk"`
	Patch  json.RawMessage `bun:"patch,type:jsonb"`
	MadeAt time.Time       `bun:"made_at"`
	MadeBy ids.Person      `bun:"made_by"`
}

func (r stepRow) step() (Step, error) {
	s := Step{Number: r.Number, At: r.MadeAt, By: r.MadeBy}
	if err := json.Unmarshal(r.Patch, &s.patch); err != nil {
		return s, fmt.Errorf("forms: read step of draft: %w", err)
	}
	return s, nil
}

func stepOf(ctx context.Context, db bun.IDB, form ids.Form, number int64) (Step, bool, error) {
	var row stepRow
	err := db.NewSelect().Model(&row).Where("form_id = ?", form).Where("number = ?", number).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Step{}, false, nil
	}
	if err != nil {
		return Step{}, false, fmt.Errorf("forms: find step of draft: %w", err)
	}
	s, err := row.step()
	return s, err == nil, err
}

// DraftSteps are the changes that undo takes back and redo makes again next; nil where there is none. It is for features'
// use-cases, which have authorized.
func (s *Service) DraftSteps(ctx context.Context, db bun.IDB, draft Draft) (undo, redo *Step, err error) {
	var rows []stepRow
	err = db.NewSelect().Model(&rows).Where("form_id = ?", draft.Form).Where("number IN (?)", bun.List([]int64{draft.step, draft.step + 1})).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("forms: find steps of draft: %w", err)
	}
	for _, r := range rows {
		step, err := r.step()
		if err != nil {
			return nil, nil, err
		}
		if r.Number == draft.step {
			undo = &step
		} else {
			redo = &step
		}
	}
	return undo, redo, nil
}

// writeStep keeps a step, forgets what was undone before it, and what is too long ago.
func writeStep(ctx context.Context, tx *tenants.Tx, form ids.Form, s Step) error {
	forget := tx.NewDelete().Model((*stepRow)(nil)).Where("form_id = ?", form).Where("number >= ? OR number <= ?", s.Number, s.Number-MostSteps)
	if _, err := forget.Exec(ctx); err != nil {
		return fmt.Errorf("forms: forget steps of draft: %w", err)
	}
	raw, err := json.Marshal(s.patch)
	if err != nil {
		return fmt.Errorf("forms: write step of draft: %w", err)
	}
	row := stepRow{FormID: form, Number: s.Number, Patch: raw, MadeAt: s.At, MadeBy: s.By}
	if _, err := tx.NewInsert().Model(&row).Value("patch", "?::jsonb", string(raw)).Exec(ctx); err != nil {
		return fmt.Errorf("forms: keep step of draft: %w", err)
	}
	return nil
}

// Present keeps where in a draft a person is, and tells who else is there just now: seen within half a minute.
func (s *Service) Present(ctx context.Context, tx *tenants.Tx, form ids.Form, person ids.Person, place string) (map[ids.Person]string, error) {
	if _, err := tx.NewRaw(`INSERT INTO form_draft_presences (form_id, person_id, place, seen_at) VALUES (?, ?, ?, now())
		ON CONFLICT (form_id, person_id) DO UPDATE SET place = excluded.place, seen_at = excluded.seen_at`, form, person, place).Exec(ctx); err != nil {
		return nil, fmt.Errorf("forms: keep presence at draft: %w", err)
	}
	var rows []struct {
		PersonID ids.Person
		Place    string
	}
	err := tx.NewRaw(`SELECT person_id, place FROM form_draft_presences WHERE form_id = ? AND person_id <> ? AND seen_at > now() - interval '30 seconds' ORDER BY person_id`,
		form, person).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("forms: read presences at draft: %w", err)
	}
	found := map[ids.Person]string{}
	for _, r := range rows {
		found[r.PersonID] = r.Place
	}
	return found, nil
}
