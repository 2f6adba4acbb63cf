package forms

import (
	"encoding/json"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// Grid answers matrix and likert: for each statement the offered answer that was chosen. What was not answered is left out.
type Grid map[string]string

// Empty reports whether no statement was answered.
func (v Grid) Empty() bool { return len(v) == 0 }

// NotApplicable is the answer to a statement that does not concern whoever answers, where the question allows it.
const NotApplicable = "na"

// mostStatements is how many statements a question may have: more than anybody answers with care.
const mostStatements = 40

// grid reports whether each of several statements gets one of the offered answers.
func (t Type) grid() bool { return t == TypeMatrix || t == TypeLikert }

// Scale is a scale of agreement in five steps, with which a Likert question begins. The middle is neither: whoever must
// not be undecided is better asked without it.
func Scale() []Option {
	return []Option{
		{Value: "strongly_disagree", Label: i18n.Text{i18n.EN: "Strongly disagree", i18n.TR: "Hiç katılmıyorum", i18n.DE: "Stimme gar nicht zu"}},
		{Value: "disagree", Label: i18n.Text{i18n.EN: "Disagree", i18n.TR: "Katılmıyorum", i18n.DE: "Stimme eher nicht zu"}},
		{Value: "neither", Label: i18n.Text{i18n.EN: "Neither", i18n.TR: "Ne katılıyorum ne katılmıyorum", i18n.DE: "Teils, teils"}},
		{Value: "agree", Label: i18n.Text{i18n.EN: "Agree", i18n.TR: "Katılıyorum", i18n.DE: "Stimme eher zu"}},
		{Value: "strongly_agree", Label: i18n.Text{i18n.EN: "Strongly agree", i18n.TR: "Tamamen katılıyorum", i18n.DE: "Stimme voll zu"}},
	}
}

// grades reports whether the value may be chosen for a statement.
func (q *Question) grades(value string) bool {
	if value == NotApplicable && q.NotApplicable {
		return true
	}
	_, ok := q.option(value)
	return ok
}

func (r *reader) grid(q *Question, name string) json.RawMessage {
	chosen := Grid{}
	for _, s := range q.Statements {
		switch value := r.values.Get(member(name, s.Value)); {
		case value == "":
		case !q.grades(value):
			r.complain(member(name, s.Value), "fault.choose")
		default:
			chosen[s.Value] = value
		}
	}
	if chosen.Empty() {
		return nothing
	}
	return encode(chosen)
}

func (v *validator) grid(q *Question, name string, chosen Grid) {
	for _, s := range q.Statements {
		value, given := chosen[s.Value]
		if given && !q.grades(value) || !given && q.Required && v.mode == Submit {
			v.complain(member(name, s.Value), "fault.choose", nil)
		}
	}
}

// statements checks what is to be answered in a grid.
func (c *checker) statements(where string, q *Question) {
	if !q.Type.grid() {
		if len(q.Statements) > 0 || q.NotApplicable {
			c.report(where, "forms.check.statements_unused")
		}
		return
	}
	if len(q.Statements) == 0 || len(q.Statements) > mostStatements {
		c.report(where, "forms.check.statements")
	}
	seen := map[string]bool{"typed": true} // stands for what cannot be read
	for _, s := range q.Statements {
		if !valueForm.MatchString(s.Value) || seen[s.Value] {
			c.report(where, "forms.check.option", "Option", s.Value)
		}
		seen[s.Value] = true
		c.text(where+"/"+s.Value, s.Label, true)
		c.text(where+"/"+s.Value, s.Hint, false)
	}
	if _, taken := q.option(NotApplicable); taken && q.NotApplicable {
		c.report(where, "forms.check.option", "Option", NotApplicable)
	}
}

// graded is the answer to one statement in words.
func (l layout) graded(q *Question, value string) string {
	if _, offered := q.option(value); !offered && value == NotApplicable {
		return l.loc.T("forms.not_applicable")
	}
	return l.option(q, value)
}

// gridLines are the statements that were answered, in the order of the question.
func (l layout) gridLines(q *Question, chosen Grid) []string {
	var lines []string
	for _, s := range q.Statements {
		if value, given := chosen[s.Value]; given {
			lines = append(lines, named(l.words(s.Label).Text)+" "+l.graded(q, value))
		}
	}
	return lines
}

// statement is the ui field of one statement.
func (f field) graded(s Option) ui.Field {
	name := member(f.name, s.Value)
	b := ui.Field{
		Name: name, Label: f.text(s.Label), Hint: f.text(s.Hint), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name),
		Required: true, Disabled: f.closed, // the question itself says whether it may be left out
	}
	l := layout{loc: f.ui.Loc, d: f.e.Definition}
	for _, o := range f.q.Options {
		b.Options = append(b.Options, ui.Option{Value: o.Value, Label: l.option(f.q, o.Value), Hint: f.text(o.Hint)})
	}
	if f.q.NotApplicable {
		b.Options = append(b.Options, ui.Option{Value: NotApplicable, Label: f.ui.T("forms.not_applicable")})
	}
	for i := range b.Options {
		b.Options[i].Selected = b.Options[i].Value == b.Value
	}
	return b
}
