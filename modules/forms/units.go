package forms

// deepest is how many calculations may stand upon each other.
const deepest = 10

// place is a question and the section that it stands in.
type place struct {
	section  *Section
	question *Question
}

// places are the questions of a form by their keys.
type places map[string]place

func (d *Definition) places() places {
	all := places{}
	for i := range d.Sections {
		s := &d.Sections[i]
		for j := range s.Questions {
			if _, taken := all[s.Questions[j].Key]; !taken {
				all[s.Questions[j].Key] = place{s, &s.Questions[j]}
			}
		}
	}
	return all
}

// term finds what a term names.
func (p places) term(term string) (q, c *Question, in *Section, ok bool) {
	key, column := SplitTerm(term)
	at, ok := p[key]
	if !ok || column == "" {
		return at.question, nil, at.section, ok
	}
	c, ok = at.question.Column(column)
	return at.question, c, at.section, ok
}

// needs are the keys that a question stands upon: what decides whether it is asked, and the terms of its calculation.
func (p place) needs() []string {
	keys := append(p.question.Condition.refs(), p.section.Condition.refs()...)
	for _, term := range p.question.terms() {
		key, _ := SplitTerm(term)
		keys = append(keys, key)
	}
	return keys
}

// units tells in which currency the amounts of a form are counted. Each calculation is looked at once, however many others
// stand upon it.
type units struct {
	places places
	known  map[*Question]unit
	worked int // how many calculations were looked at
}

type unit struct {
	currency string
	agreed   bool
}

func newUnits(p places) *units { return &units{places: p, known: map[*Question]unit{}} }

// currency is in which currency a question counts, or a column of it; none for plain numbers. It is not ok where that differs
// from answer to answer or cannot be told.
func (u *units) currency(q, c *Question) (string, bool) {
	of := q
	if c != nil {
		of = c
	}
	switch of.Type {
	case TypeNumber:
		return "", true
	case TypeMoney:
		if len(of.Currencies) != 1 {
			return "", false
		}
		return of.Currencies[0], true
	case TypeBudget:
		if p := q.priced(); p != nil {
			return p.Currencies[0], true
		}
		return "", false
	case TypeCalculated:
		return u.outcome(of)
	default:
		return "", false
	}
}

// outcome is in which currency a calculation comes out; none for a plain number. It is not ok where its terms do not agree, or
// where it ends at itself.
func (u *units) outcome(q *Question) (string, bool) {
	known, ok := u.known[q]
	if !ok {
		u.known[q] = unit{}
		known.currency, known.agreed = u.agree(q)
		u.known[q] = known
	}
	return known.currency, known.agreed
}

func (u *units) agree(q *Question) (string, bool) {
	u.worked++
	if q.Calculation == nil {
		return "", false
	}
	if q.Calculation.Operation == OperationRows {
		return "", true
	}
	var all []string
	for _, term := range q.Calculation.Of {
		t, c, _, ok := u.places.term(term)
		if !ok {
			return "", false
		}
		one, ok := u.currency(t, c)
		if !ok {
			return "", false
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return "", false
	}
	return q.Calculation.Operation.outcome(all)
}
