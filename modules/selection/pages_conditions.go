package selection

import (
	"slices"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/files"
	"kervan/modules/kernel/ui"
)

func conditionDue(p ui.Page, call Call, c Condition) string {
	if c.DueAt.IsZero() {
		return p.N("selection.condition.after", c.Days)
	}
	return p.T("selection.condition.due", "When", p.Loc.DateTimeIn(c.DueAt, zone(call)))
}

func conditionsNone(p ui.Page, v Conditioned) string {
	if v.Settable() {
		return p.T("selection.conditions.none_text")
	}
	return p.T("selection.conditions.none_later")
}

func lacksTitle(p ui.Page, c Condition) string {
	if c.State() == ConditionReturned {
		return p.T("selection.condition.lacks")
	}
	return p.T("selection.condition.lacked")
}

func conditionTone(s ConditionState) string {
	switch s {
	case ConditionAnswered:
		return "info"
	case ConditionReturned:
		return "warning"
	case ConditionMet:
		return "success"
	default:
		return "neutral"
	}
}

// documentKinds are the kinds of document that a condition may take.
func documentKinds(chosen []string) []ui.Option {
	all := make([]ui.Option, len(forms.FileKinds))
	for i, kind := range forms.FileKinds {
		all[i] = ui.Option{Value: kind, Label: strings.ToUpper(kind), Selected: slices.Contains(chosen, kind)}
	}
	return all
}

// noDocument says why there is no document: none has come yet, or what came was erased.
func noDocument(p ui.Page, c Condition) string {
	if c.AnsweredAt.IsZero() {
		return p.T("selection.condition.document_none")
	}
	return p.T("selection.condition.document_erased")
}

// meetWarning says that there is no document, or none that could be opened; empty: what is due can be read.
func meetWarning(p ui.Page, c Condition, all []Handed) string {
	switch {
	case c.Document == "":
		return ""
	case len(all) == 0:
		return p.T("selection.condition.meet_without")
	case all[0].Paper.Href == "":
		return p.T("selection.condition.meet_unopened")
	default:
		return ""
	}
}

// fileRequired reports whether nothing can be sent without choosing a file.
func fileRequired(v termView) bool {
	return v.Brought.ID.IsZero() && len(v.Offer.Handed[v.Condition.ID]) == 0
}

func documentLead(p ui.Page, v termView) string {
	switch n := len(v.Offer.Handed[v.Condition.ID]); {
	case n >= MostVersions:
		return p.T("selection.condition.document_last")
	case n > 0:
		return p.T("selection.condition.document_again")
	}
	return p.T("selection.condition.document_lead")
}

func answerLabel(p ui.Page, c Condition) string {
	if c.Document != "" {
		return p.T("selection.condition.answer_beside")
	}
	return p.T("selection.condition.answer_label")
}

func fileHint(p ui.Page, c Condition) string {
	takes := c.takes()
	return forms.FileHint(p.Loc, &forms.Question{Files: &takes})
}

// endingsOf lists the endings that a condition takes, for the browser's dialog.
func endingsOf(c Condition) string {
	var all []string
	for _, kind := range c.Kinds {
		all = append(all, files.Kind(kind).Extension())
		if files.Kind(kind) == files.JPEG {
			all = append(all, ".jpeg")
		}
	}
	return strings.Join(all, ",")
}
