package forms

import (
	"encoding/json"
	"math/big"
	"slices"
)

// Condition says when a section or question is asked, as data. Either it joins others (All, Any, Not) or it looks at one
// other question, with exactly one of Equals, In, Answered, Above, Below. A list answer (multiple choice, ranking)
// equals a value when it contains it, an address when it is in that country. Numbers, money and what is calculated compare as amounts, dates by the calendar, ranges of dates by their days. An answer
// that is hidden or cannot be read counts as not given.
type Condition struct {
	All []Condition `json:"all,omitempty"`
	Any []Condition `json:"any,omitempty"`
	Not *Condition  `json:"not,omitempty"`

	Question string   `json:"question,omitempty"`
	Equals   string   `json:"equals,omitempty"`
	In       []string `json:"in,omitempty"`
	Answered *bool    `json:"answered,omitempty"`
	Above    string   `json:"above,omitempty"`
	Below    string   `json:"below,omitempty"`
}

// refs lists the keys that the condition looks at.
func (c *Condition) refs() []string {
	if c == nil {
		return nil
	}
	var found []string
	if c.Question != "" {
		found = append(found, c.Question)
	}
	for i := range c.All {
		found = append(found, c.All[i].refs()...)
	}
	for i := range c.Any {
		found = append(found, c.Any[i].refs()...)
	}
	return append(found, c.Not.refs()...)
}

// Sight is what the answers leave of a form to be seen. It is made for one request and not safe for concurrent use.
type Sight struct {
	definition *Definition
	scope      Scope
	answers    Answers
	places     places
	units      *units
	known      map[string]bool
	worked     int // how many results were worked out
}

// See evaluates the conditions of a definition over the answers of one sheet.
func See(d *Definition, scope Scope, answers Answers) *Sight {
	all := d.places()
	return &Sight{definition: d, scope: scope, answers: answers, places: all, units: newUnits(all), known: map[string]bool{}}
}

// Section reports whether the section is asked.
func (s *Sight) Section(section *Section) bool {
	if section.Scope != s.scope {
		return false
	}
	return s.remember("section "+section.Key, func() bool { return s.holds(section.Condition, 0, section) })
}

// Question reports whether the question of that ref is asked.
func (s *Sight) Question(ref string) bool {
	key, item := SplitRef(ref)
	at, ok := s.places[key]
	if !ok || (item > 0) != (at.section.Repeat != nil) {
		return false
	}
	return s.remember(ref, func() bool {
		return s.Section(at.section) && (item == 0 || slices.Contains(s.Items(at.section), item)) &&
			s.holds(at.question.Condition, item, at.section)
	})
}

// Items are the numbers of the items of a repeating section, in order; a section that does not repeat has the one item 0.
func (s *Sight) Items(section *Section) []int { return Items(section, s.answers) }

// Items are the numbers of the items of a section among the answers.
func Items(section *Section, answers Answers) []int {
	if section.Repeat == nil {
		return []int{0}
	}
	var items []int
	if raw, ok := answers[itemsRef(section.Key)]; ok && json.Unmarshal(raw, &items) == nil {
		valid := items[:0]
		for _, n := range items {
			if n > 0 && !slices.Contains(valid, n) {
				valid = append(valid, n)
			}
		}
		return valid
	}
	for n := 1; n <= max(section.Repeat.Min, 1); n++ {
		items = append(items, n)
	}
	return items
}

// remember evaluates once. A condition that ends at itself counts as false; Check finds such cycles before publishing.
func (s *Sight) remember(what string, evaluate func() bool) bool {
	if seen, ok := s.known[what]; ok {
		return seen
	}
	s.known[what] = false
	seen := evaluate()
	s.known[what] = seen
	return seen
}

func (s *Sight) holds(c *Condition, item int, in *Section) bool {
	if c == nil {
		return true
	}
	for i := range c.All {
		if !s.holds(&c.All[i], item, in) {
			return false
		}
	}
	if len(c.Any) > 0 && !slices.ContainsFunc(c.Any, func(one Condition) bool { return s.holds(&one, item, in) }) {
		return false
	}
	if c.Not != nil && s.holds(c.Not, item, in) {
		return false
	}
	if c.Question == "" {
		return true
	}
	at, ok := s.places[c.Question]
	if !ok {
		return false
	}
	ref := c.Question
	if at.section == in {
		ref = Ref(c.Question, item)
	}
	var value Value
	if s.Question(ref) {
		value, _ = ParseValue(at.question, s.answers[ref])
	}
	return c.test(value)
}

// test compares one answer; nil is no answer.
func (c *Condition) test(value Value) bool {
	answered := value != nil && !value.Empty()
	switch {
	case c.Answered != nil:
		return answered == *c.Answered
	case !answered:
		return false
	case c.Equals != "":
		return matches(value, c.Equals)
	case len(c.In) > 0:
		return slices.ContainsFunc(c.In, func(one string) bool { return matches(value, one) })
	case c.Above != "":
		order, ok := compare(value, c.Above)
		return ok && order > 0
	case c.Below != "":
		order, ok := compare(value, c.Below)
		return ok && order < 0
	default:
		return false
	}
}

func matches(value Value, wanted string) bool {
	switch v := value.(type) {
	case Text:
		return string(v) == wanted
	case Choice:
		return string(v) == wanted
	case Choices:
		return slices.Contains(v, wanted)
	case Date:
		return string(v) == wanted
	case Statement:
		return v.Given == (wanted == "yes")
	case Number, Money:
		order, ok := compare(value, wanted)
		return ok && order == 0
	case Address:
		return v.Country == wanted
	case Languages:
		return slices.ContainsFunc(v, func(l Language) bool { return l.Code == wanted })
	default:
		return false
	}
}

// compare orders an answer against a limit: numbers and money (in whole units of the currency) as amounts, dates by the
// calendar, lists and ranges of dates by their length, budgets by their total.
func compare(value Value, limit string) (int, bool) {
	if d, ok := value.(Date); ok {
		switch {
		case string(d) < limit:
			return -1, true
		case string(d) > limit:
			return 1, true
		default:
			return 0, true
		}
	}
	wanted, ok := new(big.Rat).SetString(limit)
	if !ok {
		return 0, false
	}
	switch v := value.(type) {
	case Number:
		return v.rat().Cmp(wanted), true
	case Money:
		return v.rat().Cmp(wanted), true
	case Budget:
		return v.Total.rat().Cmp(wanted), true
	case Span:
		days := v.Days()
		return new(big.Rat).SetInt64(int64(days)).Cmp(wanted), days > 0
	case Rows:
		return new(big.Rat).SetInt64(int64(v.filled())).Cmp(wanted), true
	case Choices:
		return new(big.Rat).SetInt64(int64(len(v))).Cmp(wanted), true
	default:
		return 0, false
	}
}
