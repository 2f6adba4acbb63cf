package forms

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// MostDraftBytes is how large a draft may be, as JSON: some ten times a long form in three languages.
const MostDraftBytes = 2_000_000

// Draft is what a form will ask once it is published. It may have problems (Check); only publishing refuses them.
type Draft struct {
	Form       ids.Form
	Definition *Definition     // the reader's own copy
	Version    int64           // of the draft, for conflict detection; 0 while nothing was changed since Base
	Base       ids.FormVersion // the version that it was begun from; zero for a form that was never published
	UpdatedAt  time.Time       // zero while nothing was changed
	UpdatedBy  ids.Person
	step       int64 // the latest that has not been undone
}

// SaveDraft keeps what a form will ask; base is the version of the draft that its author saw. A definition that is the
// same as before changes nothing. It is for features' use-cases, which have authorized. Faults: Conflict (fault.stale) when
// the draft has changed since, Invalid when it is too large or holds what the database cannot keep, NotFound.
func (s *Service) SaveDraft(ctx context.Context, tx *tenants.Tx, form ids.Form, base int64, d Definition, by ids.Person) (Draft, error) {
	if err := lockForm(ctx, tx, form); err != nil {
		return Draft{}, err
	}
	before, err := s.Draft(ctx, tx, form)
	if fault.Is(err, fault.KindNotFound) {
		before, err = Draft{Form: form, Definition: &Definition{}}, nil
	}
	if err != nil {
		return Draft{}, err
	}
	if before.Version != base {
		return Draft{}, fault.Conflict("fault.stale")
	}
	raw, err := draftBytes(d)
	if err != nil {
		return Draft{}, err
	}
	was, err := json.Marshal(before.Definition)
	if err != nil {
		return Draft{}, fmt.Errorf("forms: write draft: %w", err)
	}
	if bytes.Equal(was, raw) {
		return before, nil
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return Draft{}, err
	}
	row := draftRow{FormID: form, Definition: raw, BaseID: before.Base, Version: before.Version + 1, Problems: len(Check(d)), UpdatedAt: now, UpdatedBy: by}
	made, err := between(before.Definition, &d)
	if err != nil {
		return Draft{}, err
	}
	step, err := nextStep(ctx, tx, before, Step{At: now, By: by, patch: made})
	if err != nil {
		return Draft{}, err
	}
	row.Step = step.Number
	if err := writeDraft(ctx, tx, row); err != nil {
		return Draft{}, err
	}
	if err := writeStep(ctx, tx, form, step); err != nil {
		return Draft{}, err
	}
	return row.draft()
}

// nextStep is the step as which a change is kept: a new one, or the one before that it goes on with.
func nextStep(ctx context.Context, tx *tenants.Tx, before Draft, s Step) (Step, error) {
	last, found, err := stepOf(ctx, tx, before.Form, before.step)
	if err != nil {
		return s, err
	}
	if !found || !last.joins(s.patch, s.By, s.At) {
		s.Number = before.step + 1
		return s, nil
	}
	s.Number = last.Number
	s.patch.Before = last.patch.Before
	return s, nil
}

// EditDraft changes what a form will ask as it is now, whoever changed it before. It is for features' use-cases, which have
// authorized. Faults: those of the edit and of SaveDraft.
func (s *Service) EditDraft(ctx context.Context, tx *tenants.Tx, form ids.Form, by ids.Person, edit func(d *Definition) error) (Draft, error) {
	if err := lockForm(ctx, tx, form); err != nil {
		return Draft{}, err
	}
	draft, err := s.Draft(ctx, tx, form)
	if err != nil {
		return Draft{}, err
	}
	if err := edit(draft.Definition); err != nil {
		return Draft{}, err
	}
	return s.SaveDraft(ctx, tx, form, draft.Version, *draft.Definition, by)
}

// UndoDraft takes the draft's latest change back, whoever made it; RedoDraft makes the one again that was taken back last.
// Both are for features' use-cases, which have authorized. Fault: Conflict (forms.draft.no_step) when there is none.
func (s *Service) UndoDraft(ctx context.Context, tx *tenants.Tx, form ids.Form, by ids.Person) (Draft, error) {
	return s.turn(ctx, tx, form, by, -1)
}

// RedoDraft is the opposite of UndoDraft.
func (s *Service) RedoDraft(ctx context.Context, tx *tenants.Tx, form ids.Form, by ids.Person) (Draft, error) {
	return s.turn(ctx, tx, form, by, 1)
}

func (s *Service) turn(ctx context.Context, tx *tenants.Tx, form ids.Form, by ids.Person, way int64) (Draft, error) {
	if err := lockForm(ctx, tx, form); err != nil {
		return Draft{}, err
	}
	draft, err := s.Draft(ctx, tx, form)
	if err != nil {
		return Draft{}, err
	}
	number := draft.step
	if way > 0 {
		number++
	}
	step, found, err := stepOf(ctx, tx, form, number)
	if err != nil {
		return Draft{}, err
	}
	if !found {
		return Draft{}, fault.Conflict("forms.draft.no_step")
	}
	changed := step.patch.Before
	if way > 0 {
		changed = step.patch.After
	}
	d, err := apply(draft.Definition, changed)
	if err != nil {
		return Draft{}, err
	}
	raw, err := draftBytes(d)
	if err != nil {
		return Draft{}, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return Draft{}, err
	}
	row := draftRow{FormID: form, Definition: raw, BaseID: draft.Base, Version: draft.Version + 1, Problems: len(Check(d)), Step: draft.step + way, UpdatedAt: now, UpdatedBy: by}
	if err := writeDraft(ctx, tx, row); err != nil {
		return Draft{}, err
	}
	return row.draft()
}

// PublishDraft makes the draft the form's next version, and the draft is gone; without a draft it gives the latest version
// again. It is for features' use-cases, which have authorized. Faults: Invalid when the draft has problems, NotFound for a
// form that asks nothing yet.
func (s *Service) PublishDraft(ctx context.Context, tx *tenants.Tx, form ids.Form) (Version, error) {
	if err := lockForm(ctx, tx, form); err != nil {
		return Version{}, err
	}
	draft, err := s.Draft(ctx, tx, form)
	if err != nil {
		return Version{}, err
	}
	published, err := s.Publish(ctx, tx, form, *draft.Definition)
	if err != nil {
		return Version{}, err
	}
	return published, deleteDraft(ctx, tx, form)
}

// unkeepable is an escaped NUL in JSON, which PostgreSQL's jsonb refuses.
var unkeepable = regexp.MustCompile(`(^|[^\\])(\\\\)*\\u0000`)

func draftBytes(d Definition) ([]byte, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("forms: write draft: %w", err)
	}
	if len(raw) > MostDraftBytes {
		return nil, fault.Invalid("forms.draft.too_large").With("Most", MostDraftBytes/1_000_000)
	}
	if unkeepable.Match(raw) {
		return nil, fault.Invalid("fault.bad_request")
	}
	return raw, nil
}
