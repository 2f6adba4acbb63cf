package builder

import (
	"encoding/json"
	"fmt"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Clash is the refusal of settings that somebody else has set differently since they were shown. Nothing is lost: Mine is
// what was typed, Theirs what stands there now. Fields are the JSON names of what both changed.
type Clash struct {
	Place  Place
	Fields []string
	Mine   any // *forms.Question or *forms.Section without questions
	Theirs any
}

// Error is for logs; it holds nothing that was typed.
func (c *Clash) Error() string { return fmt.Sprintf("builder: conflicting settings: %v", c.Fields) }

// Unwrap gives the fault that the edge shows.
func (c *Clash) Unwrap() error { return fault.Conflict("builder.clash") }

// Was is a question, column or section as its settings were shown, to be sent back with what was typed.
func Was(thing any) string {
	if s, ok := thing.(*forms.Section); ok {
		thing = bare(s)
	}
	raw, err := json.Marshal(thing)
	if err != nil {
		return ""
	}
	return string(raw)
}

func bare(s *forms.Section) *forms.Section {
	without := *s
	without.Questions = nil
	return &without
}

// Save changes the settings of a place: was is what the page showed (Was), and r what was typed. What somebody else has
// changed meanwhile elsewhere in it stays. Faults: Invalid by field, Clash, NotFound.
func Save(d *forms.Definition, p Place, was string, r *Reader) error {
	if p.Question == "" {
		s, ok := d.Section(p.Section)
		if !ok {
			return fault.NotFound()
		}
		questions := s.Questions
		merged, err := save(d, p, was, *bare(s), r.Section, r, func(s *forms.Section) **forms.Condition { return &s.Condition })
		if err != nil {
			return err
		}
		*s = merged
		s.Questions = questions
		return nil
	}
	q, _, err := at(d, p)
	if err != nil {
		return err
	}
	merged, err := save(d, p, was, *q, r.Question, r, func(q *forms.Question) **forms.Condition { return &q.Condition })
	if err != nil {
		return err
	}
	merged.Key = q.Key
	*q = merged
	return nil
}

func save[T any](d *forms.Definition, p Place, was string, theirs T, read func(*T) []fault.Field, r *Reader, condition func(*T) **forms.Condition) (T, error) {
	base, err := clone(theirs)
	if err != nil {
		return base, err
	}
	if was != "" {
		var shown T
		if err := json.Unmarshal([]byte(was), &shown); err != nil {
			return base, fault.Invalid("fault.bad_request")
		}
		base = shown
	}
	mine, err := clone(base)
	if err != nil {
		return mine, err
	}
	if bad := read(&mine); len(bad) > 0 {
		return mine, fault.Invalid("fault.check_fields", bad...)
	}
	*condition(&mine) = r.suit(d, *condition(&mine))
	merged, clashes, err := Merge(base, mine, theirs)
	if err != nil {
		return merged, err
	}
	if len(clashes) > 0 {
		return merged, &Clash{Place: p, Fields: clashes, Mine: &mine, Theirs: &theirs}
	}
	return merged, nil
}

// Translate changes texts of a section, each in one language: typed by input name (PathOf), and was as they were shown. It
// names the inputs whose text somebody else has changed differently meanwhile; those stay as they are. Faults: NotFound.
func Translate(d *forms.Definition, section string, typed, was map[string]string) (clashes []string, err error) {
	s, ok := d.Section(section)
	if !ok {
		return nil, fault.NotFound()
	}
	rows := map[string]*i18n.Text{}
	for _, row := range Rows(s) {
		rows[row.Path] = row.Text
	}
	for input, words := range typed {
		path, l, ok := PathOf(input)
		text, there := rows[path]
		if !ok || !there || words == was[input] {
			continue
		}
		if now := (*text)[l]; now != was[input] && now != words {
			clashes = append(clashes, input)
			continue
		}
		set(text, l, words)
	}
	return clashes, nil
}
