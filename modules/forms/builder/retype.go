package builder

import (
	"cmp"

	"kervan/modules/forms"
)

// retype makes another type of a question; what the new type knows nothing of goes.
func retype(q *forms.Question, kind forms.Type) {
	was := *q
	*q = fresh(kind)
	q.Key, q.Label, q.Help = was.Key, was.Label, was.Help
	q.Condition = was.Condition
	if kind != forms.TypeHidden {
		q.Asked = was.Asked
	}
	if !kind.Asks() {
		return
	}
	q.Example, q.Why, q.Class, q.VisibleTo = was.Example, was.Why, cmp.Or(was.Class, q.Class), was.VisibleTo
	switch {
	case kind == forms.TypeHidden:
		q.Example, q.Condition = nil, nil
	case kind == forms.TypeCalculated:
		q.Example = nil
	case kind != forms.TypeConsent && kind != forms.TypeDeclaration:
		q.Required, q.RequiredFrom, q.FrozenFrom = was.Required, was.RequiredFrom, was.FrozenFrom
	}
	if kind.Offers() && was.Type.Offers() && kind != forms.TypeCountry && was.Type != forms.TypeCountry {
		q.Options = was.Options
	}
	if kind.Grades() && was.Type.Grades() {
		q.Statements, q.NotApplicable = was.Statements, was.NotApplicable
	}
	if kind.Rows() && was.Type.Rows() {
		begins := q.Columns
		q.Columns, q.Item = was.Columns, was.Item
		for i := range begins {
			if _, there := q.Column(begins[i].Key); !there {
				q.Columns = append(q.Columns, begins[i])
			}
		}
	}
	if was.Type == forms.TypeShortText || was.Type == forms.TypeLongText {
		if kind == forms.TypeShortText || kind == forms.TypeLongText {
			q.Words, q.Chars = was.Words, was.Chars
		}
	}
	if (was.Type == forms.TypeDate || was.Type == forms.TypeSpan) && (kind == forms.TypeDate || kind == forms.TypeSpan) {
		q.Min, q.Max = was.Min, was.Max
	}
	if (was.Type == forms.TypeNumber || was.Type == forms.TypeMoney) && (kind == forms.TypeNumber || kind == forms.TypeMoney) {
		q.Min, q.Max = was.Min, was.Max
	}
}
