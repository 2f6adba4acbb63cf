package forms

import (
	"context"
	"encoding/json"
	"strings"

	"kervan/modules/ids"
	"kervan/tenants"
)

// reckoning is a calculation as the page's script follows it.
type reckoning struct {
	Operation Operation      `json:"operation"`
	Places    int            `json:"places"`
	Currency  string         `json:"currency,omitempty"`
	Shown     string         `json:"shown,omitempty"` // around a number, which stands for {}
	Terms     []reckonedTerm `json:"terms"`
}

// reckonedTerm is a term on the same page (Ref), or one that stands elsewhere and is settled (Fixed; empty: not answered).
type reckonedTerm struct {
	Ref    string  `json:"ref,omitempty"`
	Column string  `json:"column,omitempty"`
	Places int     `json:"places"` // more digits than that after the decimal sign are no amount of money
	Fixed  *string `json:"fixed,omitempty"`
}

// mostPlaces is how many digits after the decimal sign a number may have.
const mostPlaces = 9

// calculationOf is the question's calculation for the script.
func (f field) calculationOf(item int, sight *Sight) string {
	of := f.q.Calculation
	unit, agreed := sight.units.outcome(f.q)
	if of == nil || !agreed {
		return ""
	}
	r := reckoning{Operation: of.Operation, Places: f.q.Decimals, Currency: unit, Shown: f.result().counted(f.q, "{}")}
	if unit != "" {
		r.Places = exponent(unit)
	}
	for _, term := range of.Of {
		q, c, home, ok := sight.places.term(term)
		if !ok {
			return ""
		}
		t := reckonedTerm{Places: mostPlaces}
		if currency, ok := sight.units.currency(q, c); ok && currency != "" {
			t.Places = exponent(currency)
		}
		if home.Key == f.e.Section.Key {
			t.Ref = Ref(q.Key, item)
			_, t.Column = SplitTerm(term)
		} else {
			settled := ""
			if amount := sight.amount(of.Operation, term, item, f.e.Section); amount != nil {
				settled = strings.TrimSuffix(strings.TrimRight(amount.FloatString(mostPlaces), "0"), ".")
			}
			t.Fixed = &settled
		}
		r.Terms = append(r.Terms, t)
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return ""
	}
	return string(raw)
}

func (f field) result() layout { return layout{loc: f.ui.Loc, d: f.e.Definition} }

// counted is a number as it is read with what it is counted in; a share is in per cent, unless something else is said.
func (l layout) counted(q *Question, number string) string {
	if unit := l.words(q.Unit).Text; unit != "" {
		return number + "\u00a0" + unit
	}
	if q.Calculation != nil && q.Calculation.Operation == OperationShare {
		return strings.Replace(l.loc.Percent(0, 0), "0", number, 1)
	}
	return number
}

// resultText is a calculated answer as the page shows it while nobody types: as it stands on the sheet.
func (f field) resultText(sight *Sight) string {
	value, err := ParseValue(f.q, sight.answers[f.ref])
	if err != nil || value == nil {
		return ""
	}
	return f.result().line(f.q, value)
}

// shownResult is the result, or that there is none yet.
func (f field) shownResult(sight *Sight) string {
	if text := f.resultText(sight); text != "" {
		return text
	}
	return f.ui.T("forms.calculation.none")
}

// resultNumber is a calculated answer as a decimal with a point, for conditions of the page's script.
func (f field) resultNumber(sight *Sight) string {
	value, err := ParseValue(f.q, sight.answers[f.ref])
	if err != nil || value == nil {
		return ""
	}
	switch v := value.(type) {
	case Number:
		return string(v)
	case Money:
		number, _ := normal(v.rat().FloatString(exponent(v.Currency)))
		return number
	default:
		return ""
	}
}

// recalculate works out what a sheet calculates and keeps what has changed. Of several who write at once each sees what the
// others have written.
func (s *Service) recalculate(ctx context.Context, tx *tenants.Tx, sheet Sheet, d *Definition, by ids.Person) error {
	if !d.calculates(sheet.Scope) {
		return nil
	}
	if err := holdSheet(ctx, tx, sheet.ID); err != nil {
		return err
	}
	filled, err := s.Filled(ctx, tx, sheet.ID)
	if err != nil {
		return err
	}
	there, results := filled[sheet.ID].Answers, Calculate(d, sheet.Scope, filled[sheet.ID].Answers)
	for _, ref := range sortedRefs(results) {
		if none(there[ref]) && none(results[ref]) || equal(there[ref], results[ref]) {
			continue
		}
		if err := putResult(ctx, tx, Edit{Sheet: sheet.ID, Ref: ref, Value: results[ref], By: by}); err != nil {
			return err
		}
	}
	return nil
}
