package builder

import (
	"regexp"
	"slices"
	"strconv"

	"kervan/modules/forms"
	"kervan/modules/kernel/ui"
)

// termForm is what a term looks like.
var termForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,48}(/[a-z][a-z0-9_]{0,48})?$`)

// terms reads the operation and the terms of a calculation, those left empty less. Which there may be is checked with the
// whole form.
func (r *Reader) terms(q *forms.Question) {
	made := forms.Calculation{}
	if q.Calculation != nil {
		made.Operation = q.Calculation.Operation
	}
	if o := forms.Operation(r.Form.Raw("operation")); r.Form.Has("operation") {
		if slices.Contains(forms.Operations, o) {
			made.Operation = o
		} else {
			r.refuse("operation", "fault.choose")
		}
	}
	for i := 0; i < forms.MostTerms && r.Form.Has("term."+strconv.Itoa(i)); i++ {
		term := r.Form.Raw("term." + strconv.Itoa(i))
		switch {
		case term == "":
		case !termForm.MatchString(term):
			r.refuse("term."+strconv.Itoa(i), "fault.choose")
		default:
			made.Of = append(made.Of, term)
		}
	}
	if made.Operation.Two() && len(made.Of) > 2 {
		made.Of = made.Of[:2]
	}
	q.Calculation = &made
}

// calculatedFrom reports whether the question is calculated from one of the keys, or from a column among them.
func calculatedFrom(q *forms.Question, keys map[string]bool) bool {
	return q.Calculation != nil && slices.ContainsFunc(q.Calculation.Of, func(term string) bool { return goes(term, keys) })
}

func goes(term string, keys map[string]bool) bool {
	key, _ := forms.SplitTerm(term)
	return keys[key] || keys[term]
}

// forget takes out of a calculation what comes from the keys.
func forget(q *forms.Question, keys map[string]bool) {
	if !calculatedFrom(q, keys) {
		return
	}
	q.Calculation = &forms.Calculation{
		Operation: q.Calculation.Operation, Of: slices.DeleteFunc(slices.Clone(q.Calculation.Of), func(term string) bool { return goes(term, keys) }),
	}
}

// renameTerms lets a copied calculation come from the copies.
func renameTerms(c *forms.Calculation, keys map[string]string) {
	if c == nil {
		return
	}
	for i, term := range c.Of {
		key, column := forms.SplitTerm(term)
		if to, ok := keys[key]; ok {
			c.Of[i] = forms.Term(to, column)
		}
	}
}

// operations are what can be done with the terms.
func operations(p ui.Page, q *forms.Question) []ui.Option {
	var all []ui.Option
	for _, o := range forms.Operations {
		all = append(all, ui.Option{Value: string(o), Label: p.T("builder.operation." + string(o)), Selected: o == q.Calculation.Operation})
	}
	return all
}

// termLines are the terms, and an empty one to choose the next with.
func termLines(q *forms.Question) []string {
	lines := slices.Clone(q.Calculation.Of)
	if q.Calculation.Operation.Two() {
		return append(lines, "", "")[:2]
	}
	if len(lines) < forms.MostTerms {
		lines = append(lines, "")
	}
	return lines
}

// home is the section in which the desk's place is.
func (d *Desk) home() *forms.Section {
	if s, ok := d.Definition.Section(d.Place.Section); ok {
		return s
	}
	return &forms.Section{}
}

// termOptions are the amounts that a calculation may come from; one that stands there already can be kept.
func (d *Desk) termOptions(p ui.Page, q *forms.Question, chosen string) []ui.Option {
	offered := forms.Terms(d.Definition, d.home(), q)
	if chosen != "" && !slices.Contains(offered, chosen) {
		offered = append(offered, chosen)
	}
	var all []ui.Option
	for _, term := range offered {
		all = append(all, ui.Option{Value: term, Label: forms.TermName(p.Loc, d.Definition, term), Selected: term == chosen})
	}
	return all
}

// termLabel says what a term is for.
func (d *Desk) termLabel(p ui.Page, q *forms.Question, i int) string {
	switch o := q.Calculation.Operation; {
	case o.Two() && i == 0:
		return p.T("builder.term.first." + string(o))
	case o.Two():
		return p.T("builder.term.second." + string(o))
	case o == forms.OperationDifference && i == 0:
		return p.T("builder.term.from")
	case o == forms.OperationDifference:
		return p.T("builder.term.less")
	default:
		return p.T("builder.term", "N", i+1)
	}
}
