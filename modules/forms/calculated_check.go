package forms

import "slices"

// calculation checks that the terms of a calculation are there, are amounts, agree with each other and are not more delicate
// than what comes of them.
func (c *checker) calculation(where string, q *Question, in *Section) {
	if q.Type != TypeCalculated {
		if q.Calculation != nil {
			c.report(where, "forms.check.calculation_unused")
		}
		return
	}
	of := q.Calculation
	switch {
	case of == nil || !slices.Contains(Operations, of.Operation) || len(of.Of) > MostTerms:
		c.report(where, "forms.check.operation")
		return
	case len(of.Of) == 0 || of.Operation.Two() && len(of.Of) != 2:
		c.report(where, "forms.check.calculation")
		return
	}
	sound := true
	for i, term := range of.Of {
		if slices.Contains(of.Of[:i], term) {
			key, _ := SplitTerm(term)
			c.report(where, "forms.check.term_twice", "Key", key)
			continue
		}
		sound = c.calculates(where, q, term, in) && sound
	}
	if _, agreed := c.units.outcome(q); sound && !agreed {
		c.report(where, "forms.check.calculation_units")
	}
	if c.depth(q) == deepest+1 { // those that stand upon this one are too deep as well
		c.report(where, "forms.check.calculation_deep", "Most", deepest)
	}
}

// depth is how many calculations stand upon each other up to this one, which is among them. One that ends at itself is as
// deep as it was when it was come upon.
func (c *checker) depth(q *Question) int {
	if known, ok := c.depths[q]; ok || q.Type != TypeCalculated {
		return known
	}
	c.depths[q] = 1
	for _, term := range q.terms() {
		if t, _, _, ok := c.places.term(term); ok {
			c.depths[q] = max(c.depths[q], 1+c.depth(t))
		}
	}
	return c.depths[q]
}

func (c *checker) calculates(where string, q *Question, term string, in *Section) bool {
	t, column, home, ok := c.places.term(term)
	switch {
	case !ok || !t.counts(column, q.Calculation.Operation == OperationRows):
		key, _ := SplitTerm(term)
		c.report(where, "forms.check.term", "Key", key)
		return false
	case home.Scope != in.Scope:
		c.report(where, "forms.check.term_scope", "Key", t.Key)
		return false
	case home.Repeat != nil && home.Key != in.Key:
		c.report(where, "forms.check.term_repeated", "Key", t.Key)
		return false
	}
	told := []*Question{t, column}
	if column == nil && q.Calculation.Operation != OperationRows {
		told = t.told()
	}
	if slices.ContainsFunc(told, func(of *Question) bool { return of != nil && of.moreDelicate(q) }) {
		c.report(where, "forms.check.term_class", "Key", t.Key)
	}
	return q.Calculation.Operation == OperationRows || c.oneCurrency(where, t, column)
}

// told are the questions of which somebody learns who learns the question's amount: itself, and of a budget the columns from
// which its total is added up.
func (q *Question) told() []*Question {
	all := []*Question{q}
	if q.Type != TypeBudget {
		return all
	}
	for _, key := range []string{QuantityColumn, PriceColumn} {
		if column, ok := q.Column(key); ok {
			all = append(all, column)
		}
	}
	return all
}

// moreDelicate reports whether somebody who may not read the question could read another.
func (q *Question) moreDelicate(than *Question) bool {
	if (q.Class == ClassSpecial || q.Class == ClassFinancial) && than.Class != q.Class {
		return true
	}
	return len(q.VisibleTo) > 0 && (len(than.VisibleTo) == 0 || slices.ContainsFunc(than.VisibleTo, func(r Reader) bool { return !slices.Contains(q.VisibleTo, r) }))
}

// oneCurrency says of which amounts it is not known in which currency they are.
func (c *checker) oneCurrency(where string, t, column *Question) bool {
	of := t
	if column != nil {
		of = column
	}
	if of.Type == TypeMoney && len(of.Currencies) > 1 {
		c.report(where, "forms.check.term_currencies", "Key", t.Key)
		return false
	}
	return true
}
