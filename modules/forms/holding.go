package forms

import "slices"

// Truth is what is known of a condition at a moment.
type Truth string

// A condition is open while an answer that decides it is asked for and not given yet.
const (
	Open  Truth = "open"
	Holds Truth = "holds"
	Fails Truth = "fails"
)

// Questions lists the keys of the questions that the condition looks at, each as often as it does.
func (c *Condition) Questions() []string { return c.refs() }

// Deciding lists the keys of all questions whose answers decide conditions: those that they look at, and those that decide
// whether these are asked; each once, in order.
func Deciding(d *Definition, conditions ...*Condition) []string {
	var keys []string
	for next := conditions; len(next) > 0; {
		on := next
		next = nil
		for _, c := range on {
			for _, key := range c.refs() {
				if slices.Contains(keys, key) {
					continue
				}
				keys = append(keys, key)
				if q, section, ok := d.Question(key); ok {
					next = append(next, q.Condition, section.Condition)
				}
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// Whole is a form as one sheet, so that a condition may look at any of its questions, together with further sections. The
// form itself stays as it is.
func Whole(d *Definition, more ...Section) *Definition {
	one := Definition{Schema: d.Schema, Locales: d.Locales, Sections: slices.Concat(d.Sections, more)}
	for i := range one.Sections {
		one.Sections[i].Scope = ScopePart
	}
	return &one
}

// CheckCondition finds what is wrong with a condition that stands outside of any question: that it looks at a question that
// is not there, that repeats, takes no answer or is asked only from accepted applicants, or that it wants what can never be answered.
func CheckCondition(d *Definition, on *Condition) []Problem {
	c := checker{d: d}
	c.condition("", on, &Section{Scope: ScopePart}, true)
	c.before("", on.refs())
	return c.found
}

// Truth tells what the answers say about a condition that stands outside of any question: a question that is asked and not
// answered leaves it open, as far as the other answers do not decide; one that is not asked counts as not answered.
func (s *Sight) Truth(c *Condition) Truth {
	if c == nil {
		return Holds
	}
	so := Holds
	for i := range c.All {
		so = both(so, s.Truth(&c.All[i]))
	}
	if len(c.Any) > 0 {
		some := Fails
		for i := range c.Any {
			some = not(both(not(some), not(s.Truth(&c.Any[i]))))
		}
		so = both(so, some)
	}
	if c.Not != nil {
		so = both(so, not(s.Truth(c.Not)))
	}
	if c.Question != "" {
		so = both(so, s.answer(c))
	}
	return so
}

func (s *Sight) answer(c *Condition) Truth {
	at, ok := s.places[c.Question]
	if !ok {
		return Fails
	}
	asked := s.Question(c.Question)
	var value Value
	if asked {
		value, _ = ParseValue(at.question, s.answers[c.Question])
	}
	switch given := value != nil && !value.Empty(); {
	case c.test(value):
		return Holds
	case asked && !given:
		return Open
	default:
		return Fails
	}
}

func both(a, b Truth) Truth {
	switch {
	case a == Fails || b == Fails:
		return Fails
	case a == Open || b == Open:
		return Open
	default:
		return Holds
	}
}

func not(a Truth) Truth {
	switch a {
	case Holds:
		return Fails
	case Fails:
		return Holds
	default:
		return Open
	}
}
