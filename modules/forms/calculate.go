package forms

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
)

// Calculate works out the calculated answers of one sheet from its others, by ref; what has no result is null. What a
// condition hides counts as not answered. Sums are exact; results are rounded half away from nought.
func Calculate(d *Definition, scope Scope, answers Answers) Answers {
	if !d.calculates(scope) {
		return nil
	}
	all := maps.Clone(answers)
	if all == nil {
		all = Answers{}
	}
	return See(d, scope, all).calculate()
}

// calculates reports whether sheets of the scope have anything that is calculated.
func (d *Definition) calculates(scope Scope) bool {
	return slices.ContainsFunc(d.Scoped(scope), func(s *Section) bool {
		return slices.ContainsFunc(s.Questions, func(q Question) bool { return q.Type.computed() })
	})
}

// calculate writes the results among the answers, each once: whatever it stands upon is settled by then. What was calculated
// before counts for nothing.
func (s *Sight) calculate() Answers {
	results, order := Answers{}, s.order()
	for _, at := range order {
		for _, item := range s.Items(at.section) {
			delete(s.answers, Ref(at.question.Key, item))
		}
	}
	for _, at := range order {
		for _, item := range s.Items(at.section) {
			ref := Ref(at.question.Key, item)
			results[ref] = s.result(at.question, item, at.section)
			s.answers[ref] = results[ref]
		}
	}
	return results
}

// order are the calculated questions of the scope, each behind all that it stands upon: its terms, and what decides whether
// they are asked. A circle, which Check finds before publishing, is broken where it is come upon.
func (s *Sight) order() []place {
	var found []place
	seen := map[string]bool{}
	var visit func(key string)
	visit = func(key string) {
		at, ok := s.places[key]
		if !ok || seen[key] {
			return
		}
		seen[key] = true
		for _, next := range at.needs() {
			visit(next)
		}
		if at.question.Type.computed() && at.section.Scope == s.scope {
			found = append(found, at)
		}
	}
	for _, section := range s.definition.Scoped(s.scope) {
		for i := range section.Questions {
			visit(section.Questions[i].Key)
		}
	}
	return found
}

// Calculated are the answers with those worked out that the form calculates.
func Calculated(d *Definition, scope Scope, answers Answers) Answers {
	results := Calculate(d, scope, answers)
	if len(results) == 0 {
		return answers
	}
	all := maps.Clone(answers)
	if all == nil {
		all = Answers{}
	}
	maps.Copy(all, results)
	return all
}

func (s *Sight) result(q *Question, item int, in *Section) json.RawMessage {
	s.worked++
	unit, agreed := s.units.outcome(q)
	if !agreed {
		return nothing
	}
	amounts := make([]*big.Rat, len(q.Calculation.Of))
	for i, term := range q.Calculation.Of {
		amounts[i] = s.amount(q.Calculation.Operation, term, item, in)
	}
	sum := q.Calculation.Operation.apply(amounts)
	if sum == nil {
		return nothing
	}
	if unit == "" {
		if number, ok := normal(sum.FloatString(q.Decimals)); ok {
			return encode(Number(number))
		}
		return nothing
	}
	minor, ok := minorUnits(sum.FloatString(exponent(unit)), exponent(unit))
	if !ok || minor > mostMinor || minor < -mostMinor {
		return nothing
	}
	return encode(Money{Minor: minor, Currency: unit})
}

// amount is what a term comes to; nil where it is not answered.
func (s *Sight) amount(o Operation, term string, item int, in *Section) *big.Rat {
	q, c, home, ok := s.places.term(term)
	if !ok {
		return nil
	}
	ref := q.Key
	if home.Key == in.Key {
		ref = Ref(ref, item)
	}
	if !s.Question(ref) {
		return nil
	}
	value, err := ParseValue(q, s.answers[ref])
	if err != nil || value == nil || value.Empty() {
		return nil
	}
	rows, listed := linesOf(value)
	switch {
	case o == OperationRows && listed:
		return new(big.Rat).SetInt64(int64(rows.filled()))
	case c != nil && listed:
		var sum *big.Rat
		for _, row := range rows {
			cell, err := ParseValue(c, row.Cells[c.Key])
			if one := s.plain(c, cell); err == nil && one != nil {
				if sum == nil {
					sum = new(big.Rat)
				}
				sum.Add(sum, one)
			}
		}
		return sum
	case c != nil:
		return nil
	default:
		return s.plain(q, value)
	}
}

// plain is one answer as a number; nil for what is none, or stands in another currency than is asked for now.
func (s *Sight) plain(q *Question, value Value) *big.Rat {
	switch v := value.(type) {
	case Number:
		return v.rat()
	case Money:
		if unit, ok := s.units.currency(q, nil); !ok || unit != v.Currency {
			return nil
		}
		return v.rat()
	case Budget:
		if v.Over {
			return nil
		}
		return v.Total.rat()
	default:
		return nil
	}
}

// apply does the operation; nil where there is no result.
func (o Operation) apply(amounts []*big.Rat) *big.Rat {
	missing := slices.Contains(amounts, nil)
	switch o {
	case OperationSum, OperationRows:
		return total(amounts)
	case OperationDifference:
		if len(amounts) == 0 || amounts[0] == nil {
			return nil
		}
		less := total(amounts[1:])
		if less == nil {
			less = new(big.Rat)
		}
		return new(big.Rat).Sub(amounts[0], less)
	case OperationProduct:
		if missing || len(amounts) == 0 {
			return nil
		}
		product := new(big.Rat).Set(amounts[0])
		for _, one := range amounts[1:] {
			product.Mul(product, one)
		}
		return product
	case OperationQuotient, OperationShare:
		if missing || len(amounts) != 2 || amounts[1].Sign() == 0 {
			return nil
		}
		part := new(big.Rat).Quo(amounts[0], amounts[1])
		if o == OperationShare {
			part.Mul(part, new(big.Rat).SetInt64(100))
		}
		return part
	default:
		return nil
	}
}

func total(amounts []*big.Rat) *big.Rat {
	var sum *big.Rat
	for _, one := range amounts {
		if one == nil {
			continue
		}
		if sum == nil {
			sum = new(big.Rat)
		}
		sum.Add(sum, one)
	}
	return sum
}
