package blueprints

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
)

// The facts of an organization that an eligibility rule may look at, by their keys; no question of a form has such a key.
const (
	FactCountry    = factPrefix + "country"
	FactKind       = factPrefix + "kind"
	FactFounded    = factPrefix + "founded"
	FactRegistered = factPrefix + "registered"
	FactBudget     = factPrefix + "budget"

	factPrefix = "organization."
)

// IsFact reports whether a key names a fact of an organization, and no question.
func IsFact(key string) bool { return strings.HasPrefix(key, factPrefix) }

var facts = sync.OnceValue(func() []byte {
	section, err := table("content/facts.toml")
	if err != nil {
		panic(err)
	}
	raw, err := json.Marshal(section)
	if err != nil {
		panic(err)
	}
	return raw
})

// Facts are what is known of an organization, as a section of questions; a caller gets a copy of its own.
func Facts() forms.Section {
	var s forms.Section
	if err := strict(facts(), &s); err != nil {
		panic(err)
	}
	for i := range s.Questions {
		if s.Questions[i].Key == FactKind {
			s.Questions[i].Options = Kinds()
		}
	}
	return s
}

// Ground is what eligibility rules look at: all of a form's questions, and the facts of an organization.
func Ground(d *forms.Definition) *forms.Definition { return forms.Whole(d, Facts()) }

// Automatic reports whether the reason is judged by its condition, and not by an officer alone.
func (r Reason) Automatic() bool { return r.When != nil }

// Each reports whether the rule is judged for each organization by itself: when it looks at a part or at a fact.
func (r Reason) Each(d *forms.Definition) bool {
	return slices.ContainsFunc(r.When.Questions(), func(key string) bool {
		section, ok := sectionWith(d, key)
		return IsFact(key) || ok && section.Scope == forms.ScopePart
	})
}

func sectionWith(d *forms.Definition, key string) (*forms.Section, bool) {
	for i := range d.Sections {
		if slices.ContainsFunc(d.Sections[i].Questions, func(q forms.Question) bool { return q.Key == key }) {
			return &d.Sections[i], true
		}
	}
	return nil, false
}

// conditionFields are the fields of a piece that hold a condition: each is one line, said in words.
var conditionFields = []string{"when", "condition"}

// familiar names the questions that the blueprints ask that ship with the program, so that a condition can be said in
// words where no form is at hand.
var familiar = sync.OnceValue(func() *forms.Definition {
	d := &forms.Definition{Locales: i18n.All}
	for _, b := range BuiltIn() {
		d.Sections = append(d.Sections, b.Form.Sections...)
	}
	return Ground(d)
})

// conditionText says a condition's JSON in words, with the questions that nobody knows by their keys.
func conditionText(loc *i18n.Localizer, text string) string {
	var c forms.Condition
	if json.Unmarshal([]byte(text), &c) != nil {
		return text
	}
	d := *familiar()
	var unknown forms.Section
	for _, key := range c.Questions() {
		if _, ok := sectionWith(&d, key); !ok {
			unknown.Questions = append(unknown.Questions, forms.Question{Key: key, Label: i18n.Text{loc.Locale: strings.ReplaceAll(key, "_", " ")}})
		}
	}
	d.Sections = append(slices.Clone(d.Sections), unknown)
	return builder.InWords(loc, &d, &c)
}
