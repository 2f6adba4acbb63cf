package forms

import (
	"github.com/a-h/templ"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// PartNames are the parts of an address that the question asks for, in words.
func PartNames(loc *i18n.Localizer, q *Question) []string {
	var names []string
	for _, p := range q.parts() {
		names = append(names, loc.T("forms.address."+p.key))
	}
	return names
}

// PartFacts are the parts with what need not be given.
func PartFacts(loc *i18n.Localizer, q *Question) []string {
	names := PartNames(loc, q)
	for i, p := range q.parts() {
		if p.ask == AskOptional {
			names[i] += " " + loc.T("ui.optional")
		}
	}
	return names
}

// asksPart reports whether the question asks for the part.
func (f field) asksPart(key string) bool {
	for _, p := range f.q.parts() {
		if p.key == key {
			return true
		}
	}
	return false
}

// part is the ui field of one part of an address.
func (f field) part(key string) ui.Field {
	name := member(f.name, key)
	b := ui.Field{
		Name: name, Label: f.ui.T("forms.address." + key), Value: f.values.Get(name), Error: ui.FieldError(f.ui, f.e.Fault, name), Disabled: f.closed,
		Attributes: templ.Attributes{},
	}
	for _, p := range f.q.parts() {
		if p.key == key {
			b.Required = p.ask == AskRequired
		}
	}
	switch key {
	case partPostal:
		b.Short, b.Attributes["autocapitalize"], b.Attributes["spellcheck"] = true, "characters", "false"
	case partCountry:
		b.Options, b.Empty = namesAsOptions(Countries(f.ui.Loc.Locale)), f.ui.T("forms.choose")
		b.Attributes["data-suggest-part"] = partCountry
	}
	return b
}

// lookUp is where the place's suggestions come from.
func (f field) lookUp() ui.LookUp {
	name := member(f.name, partPlaceID)
	return ui.LookUp{From: placesLookUp, Name: name, Chosen: f.values.Get(name)}
}
