package forms

import (
	"encoding/json"
	"slices"
	"strings"

	"kervan/modules/kernel/i18n"
)

// Calculation says what a calculated answer comes from: one operation on other answers of the form. Nothing of it is ever
// run as code.
type Calculation struct {
	Operation Operation `json:"operation"`
	// Of are its terms, in order: a question's key, or "table/column" for what a column of a table comes to.
	Of []string `json:"of"`
}

// Operation is what is done with the terms of a calculation.
type Operation string

// The operations. A sum and a difference take a term that is not answered for nought, as long as the first of a difference
// and any of a sum is; the others give nothing then. Dividing by nought gives nothing.
const (
	OperationSum        Operation = "sum"
	OperationDifference Operation = "difference" // the first less all others
	OperationProduct    Operation = "product"
	OperationQuotient   Operation = "quotient" // the first divided by the second
	OperationShare      Operation = "share"    // the first in per cent of the second
	OperationRows       Operation = "rows"     // how many rows are filled, of all terms together
)

// Operations are all there are, in the order in which a designer offers them. The slice is shared; do not change it.
var Operations = []Operation{OperationSum, OperationDifference, OperationProduct, OperationQuotient, OperationShare, OperationRows}

// MostTerms is how many terms a calculation may have.
const MostTerms = 20

// Two reports whether the operation takes exactly two terms.
func (o Operation) Two() bool { return o == OperationQuotient || o == OperationShare }

// Term names a question, or a column of one, as a term of a calculation.
func Term(question, column string) string {
	if column == "" {
		return question
	}
	return question + "/" + column
}

// SplitTerm takes a term apart; column is empty where it is the question itself.
func SplitTerm(term string) (question, column string) {
	question, column, _ = strings.Cut(term, "/")
	return question, column
}

// computed reports whether the answer is worked out and never typed.
func (t Type) computed() bool { return t == TypeCalculated }

// Typed reports whether somebody types or chooses the answer.
func (t Type) Typed() bool { return t.Asks() && !t.computed() && !t.hidden() }

// terms are those of a question's calculation.
func (q *Question) terms() []string {
	if q.Calculation == nil {
		return nil
	}
	return q.Calculation.Of
}

// Terms are all amounts of the form that a calculation of the place may be made of; of rows, the questions that have some.
// They are in the order of the form. An amount in several currencies is none that can be added.
func Terms(d *Definition, in *Section, of *Question) []string {
	rows := of.Calculation != nil && of.Calculation.Operation == OperationRows
	var found []string
	for i := range d.Sections {
		s := &d.Sections[i]
		if s.Scope != in.Scope || s.Repeat != nil && s.Key != in.Key {
			continue
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			if q.Key == of.Key {
				continue
			}
			if q.counts(nil, rows) {
				found = append(found, q.Key)
			}
			for k := range q.Columns {
				if c := &q.Columns[k]; q.counts(c, rows) {
					found = append(found, Term(q.Key, c.Key))
				}
			}
		}
	}
	return found
}

// counts reports whether the question, or the column of it, is a term: of how many rows there are, or of amounts.
func (q *Question) counts(c *Question, rows bool) bool {
	switch {
	case c == nil && rows:
		return q.Type.rows()
	case rows:
		return false
	case c == nil:
		return q.Type == TypeNumber || q.Type == TypeMoney || q.Type == TypeBudget || q.Type == TypeCalculated
	default:
		return q.Type.rows() && (c.Type == TypeNumber || c.Type == TypeMoney)
	}
}

func (o Operation) outcome(units []string) (string, bool) {
	alike := !slices.ContainsFunc(units, func(u string) bool { return u != units[0] })
	switch o {
	case OperationProduct:
		priced := slices.DeleteFunc(slices.Clone(units), func(u string) bool { return u == "" })
		if len(priced) > 1 {
			return "", false
		}
		return strings.Join(priced, ""), true
	case OperationQuotient:
		if len(units) == 2 && units[1] == "" {
			return units[0], true
		}
		return "", alike
	case OperationShare:
		return "", alike
	default:
		return units[0], alike
	}
}

// parseCalculated reads a number, or an amount of money where the calculation comes out as one.
func parseCalculated(raw json.RawMessage) (Value, error) {
	text := strings.TrimSpace(string(raw))
	if numberForm.MatchString(text) {
		return Number(text), nil
	}
	value, err := parse[Money](raw)
	if m, ok := value.(Money); err != nil || !ok || m.Empty() {
		return nil, errShape
	}
	return value, nil
}

// Formula says what a calculated answer comes from, in the reader's words: "Grant + Own money".
func Formula(loc *i18n.Localizer, d *Definition, q *Question) string {
	if q.Calculation == nil || len(q.Calculation.Of) == 0 {
		return ""
	}
	l := layout{loc: loc, d: d}
	var names []string
	for _, term := range q.Calculation.Of {
		names = append(names, l.termName(term))
	}
	signs := map[Operation]string{OperationSum: " + ", OperationRows: " + ", OperationDifference: " − ", OperationProduct: " × ", OperationQuotient: " ÷ "}
	switch o := q.Calculation.Operation; {
	case o == OperationShare && len(names) == 2:
		return loc.T("forms.calculation.share", "Part", names[0], "Whole", names[1])
	case o == OperationRows:
		return loc.T("forms.calculation.rows", "Of", strings.Join(names, signs[o]))
	default:
		return strings.Join(names, signs[o])
	}
}

// TermName is a term as a designer reads it: "Costs: Amount".
func TermName(loc *i18n.Localizer, d *Definition, term string) string {
	return layout{loc: loc, d: d}.termName(term)
}

func (l layout) termName(term string) string {
	q, c, _, ok := l.d.places().term(term)
	switch {
	case !ok:
		return l.loc.T("forms.step.nameless")
	case c != nil:
		return l.words(q.Label).Text + ": " + l.words(c.Label).Text
	default:
		return l.words(q.Label).Text
	}
}
