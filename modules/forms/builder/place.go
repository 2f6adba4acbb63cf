package builder

import (
	"embed"
	"net/url"
	"slices"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
)

// Locales are the words of the builder.
//
//go:embed locales
var Locales embed.FS

// Place is a section (Question and Column empty), a question (Column empty) or a column of a form, by their keys. The zero
// Place is the form itself.
type Place struct {
	Section  string
	Question string
	Column   string
}

// PlaceIn reads the place of an address or a posted form; a place that the form does not have is the zero Place.
func PlaceIn(d *forms.Definition, values url.Values) Place {
	if key := values.Get("question"); key != "" {
		if q, s, ok := find(d, key); ok {
			p := Place{Section: s.Key, Question: key}
			if _, ok := q.Column(values.Get("column")); ok {
				p.Column = values.Get("column")
			}
			return p
		}
	}
	if s, ok := d.Section(values.Get("section")); ok {
		return Place{Section: s.Key}
	}
	return Place{}
}

// Query is the place as the query of an address.
func (p Place) Query() string {
	v := url.Values{}
	switch {
	case p.Question != "":
		v.Set("question", p.Question)
		if p.Column != "" {
			v.Set("column", p.Column)
		}
	case p.Section != "":
		v.Set("section", p.Section)
	}
	return v.Encode()
}

// String is the place for presence: "section/question/column".
func (p Place) String() string {
	return strings.TrimRight(p.Section+"/"+p.Question+"/"+p.Column, "/")
}

// find is Definition.Question for sections that repeat too.
func find(d *forms.Definition, key string) (*forms.Question, *forms.Section, bool) {
	for i := range d.Sections {
		s := &d.Sections[i]
		if j := slices.IndexFunc(s.Questions, func(q forms.Question) bool { return q.Key == key }); j >= 0 {
			return &s.Questions[j], s, true
		}
	}
	return nil, nil, false
}

// at is the question or column of a place. Fault: NotFound.
func at(d *forms.Definition, p Place) (*forms.Question, *forms.Section, error) {
	q, s, ok := find(d, p.Question)
	if !ok {
		return nil, nil, fault.NotFound()
	}
	if p.Column == "" {
		return q, s, nil
	}
	c, ok := q.Column(p.Column)
	if !ok {
		return nil, nil, fault.NotFound()
	}
	return c, s, nil
}

func indexOf(all []forms.Question, key string) int {
	return slices.IndexFunc(all, func(q forms.Question) bool { return q.Key == key })
}
