package documents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Desk is what the page needs that takes a document without a script.
type Desk struct {
	Filling

	Sheet      ids.Sheet
	Ref        string
	Section    *forms.Section
	Question   *forms.Question
	Definition *forms.Definition
	Documents  []Document // that the answer refers to, in its order
}

// Desk shows the question for which a document is to be given, with those that were given. The people who may write in the
// sheet may. Faults: TooLate, Conflict, NotFound.
func (s *Service) Desk(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, ref string) (Desk, error) {
	if err := s.Policies.Ever(sc, policies.DocumentUpload); err != nil {
		return Desk{}, err
	}
	d := Desk{Sheet: sheet, Ref: ref}
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		if d.Filling, err = s.fillable(ctx, sc, tx, sheet, ref); err != nil {
			return err
		}
		a, err := s.asked(ctx, tx, sheet, ref)
		if err != nil {
			return err
		}
		d.Question, d.Section, d.Definition = a.question, a.section, a.definition
		answer, _, err := s.answer(ctx, tx, sheet, ref)
		if err != nil {
			return err
		}
		all, err := findAll(ctx, tx, answer)
		slices.SortFunc(all, func(a, b Document) int { return slices.Index(answer, a.ID) - slices.Index(answer, b.ID) })
		d.Documents = all
		return err
	})
	return d, err
}

// answer is what a question's answer refers to, and its version.
func (s *Service) answer(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, ref string) ([]ids.Document, int64, error) {
	filled, err := s.Forms.Filled(ctx, tx, sheet)
	if err != nil {
		return nil, 0, err
	}
	var answer []ids.Document
	if raw, there := filled[sheet].Answers[ref]; there {
		if err := json.Unmarshal(raw, &answer); err != nil {
			return nil, 0, fmt.Errorf("documents: read answer: %w", err)
		}
	}
	return answer, filled[sheet].Versions[ref], nil
}

// Receive takes a document through the program, for pages without a script, checks it and makes it the question's answer,
// or one of several. A refused one comes back refused and is no answer. The people who may write in the sheet may. Faults:
// as with Grant, and Conflict when the answer has as many as it may have.
func (s *Service) Receive(ctx context.Context, sc tenants.Scope, sheet ids.Sheet, want forms.Asked, content io.Reader) (Document, error) {
	if err := s.Policies.Ever(sc, policies.DocumentUpload); err != nil {
		return Document{}, err
	}
	desk, err := s.Desk(ctx, sc, sheet, want.Question)
	if err != nil {
		return Document{}, err
	}
	if most := max(desk.Question.Most, 1); most > 1 && len(desk.Documents) >= most {
		return Document{}, refusal("documents.enough")
	}
	d, err := s.grant(ctx, sc, sheet, want)
	if err != nil {
		return d, err
	}
	if err := s.Objects.Put(ctx, d.quarantine, d.Kind.MediaType(), content, d.Size); err != nil {
		return d, errors.Join(err, s.abandon(context.WithoutCancel(ctx), sc, d))
	}
	if d, err = s.Finalize(ctx, sc, sheet, d.ID); err != nil || d.State == Refused {
		return d, err
	}
	return d, s.attach(ctx, sc, d)
}

// attach makes a document the answer of its question, or one of several.
func (s *Service) attach(ctx context.Context, sc tenants.Scope, d Document) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := s.Sheets.Change(ctx, tx, d.Sheet, d.Question); err != nil {
			return err
		}
		a, err := s.asked(ctx, tx, d.Sheet, d.Question)
		if err != nil {
			return err
		}
		answer, version, err := s.answer(ctx, tx, d.Sheet, d.Question)
		if err != nil || slices.Contains(answer, d.ID) {
			return err
		}
		if most := max(a.question.Most, 1); most == 1 {
			answer = nil
		} else if len(answer) >= most {
			return refusal("documents.enough")
		}
		value, err := json.Marshal(append(answer, d.ID))
		if err != nil {
			return fault.Internal(err)
		}
		_, err = s.Forms.Save(ctx, tx, forms.Edit{
			Sheet: d.Sheet, Ref: d.Question, Type: forms.TypeFile, Value: value, Base: version, By: tx.Scope().Actor().Person,
		})
		return err
	})
}
