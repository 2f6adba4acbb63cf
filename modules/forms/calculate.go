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
	n := 0
	for _, s := range d.Scoped(scope) {
		for i := range s.Questions {
			if s.Questions[i].Type.computed() {
				n++
			}
		}
	}
	if n == 0 {
		return nil
	}
	all, results := maps.Clone(answers), Answers{}
	if all == nil {
		all = Answers{}
	}
	for moved, round := true, 0; moved && round <= n; round++ { // those that stand upon others settle later
		moved = false
		sight := See(d, scope, all)
		for _, s := range d.Scoped(scope) {
			for _, item := range sight.Items(s) {
				for i := range s.Questions {
					q := &s.Questions[i]
					if !q.Type.computed() {
						continue
					}
					ref := Ref(q.Key, item)
					results[ref] = sight.result(q, item, s)
					if !equal(all[ref], results[ref]) {
						all[ref], moved = results[ref], true
					}
				}
			}
		}
	}
	return results
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
	unit, agreed := s.definition.outcome(q, 0)
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
	q, c, home, ok := s.definition.term(term)
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
		if unit, ok := s.definition.currency(q, nil, 0); !ok || unit != v.Currency {
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
