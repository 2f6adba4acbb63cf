package forms

import (
	"context"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// TakeAlong writes on a sheet what its hidden questions take from a profile, and takes off what the profile tells no more;
// what is calculated is worked out anew. The same profile again changes nothing. It is for features' use-cases, which have
// authorized and know whose profile it is. Fault: NotFound.
func (s *Service) TakeAlong(ctx context.Context, tx *tenants.Tx, into ids.Sheet, from Profile) error {
	sheet, version, err := s.open(ctx, tx, into)
	if err != nil || !version.Definition.Takes(sheet.Scope) {
		return err
	}
	if err := holdSheet(ctx, tx, into); err != nil {
		return err
	}
	filled, err := s.Filled(ctx, tx, into)
	if err != nil {
		return err
	}
	taken := version.Definition.taken(sheet.Scope, from)
	for _, ref := range sortedRefs(taken) {
		there := filled[into].Answers[ref]
		if none(there) && none(taken[ref]) || equal(there, taken[ref]) {
			continue
		}
		if err := putResult(ctx, tx, Edit{Sheet: into, Ref: ref, Value: taken[ref], By: tx.Scope().Actor().Person}); err != nil {
			return err
		}
	}
	return s.recalculate(ctx, tx, sheet, version.Definition, tx.Scope().Actor().Person)
}

// SourceWords is what a source is called in the reader's words.
func SourceWords(loc *i18n.Localizer, s Source) string { return loc.T("forms.source." + string(s)) }

// takenHere are the section's hidden questions.
func (e *Editing) takenHere() []*Question {
	var all []*Question
	for i := range e.Section.Questions {
		if q := &e.Section.Questions[i]; q.Type.hidden() {
			all = append(all, q)
		}
	}
	return all
}

// takenText is what is taken along; in a preview, where from.
func (f field) takenText() string {
	if f.e.Sheet.ID.IsZero() {
		return SourceWords(f.ui.Loc, f.q.Takes)
	}
	if lines := Plain(f.ui.Loc, f.e.Definition, f.q, f.e.Filled.Answers[f.ref]); len(lines) > 0 {
		return strings.Join(lines, ", ")
	}
	return f.ui.T("forms.taken.none")
}
