package builder

import (
	"slices"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

// ReadRule reads a condition as RuleFields lets people put it together, with numbers as their language writes them; the
// buttons of the form ("do" is when.add, when.show, when.clear or when.<line>.remove) have done what they say.
func ReadRule(loc *i18n.Localizer, form web.Form, d *forms.Definition, was *forms.Condition) (*forms.Condition, []fault.Field) {
	r := Reader{Loc: loc, Form: form}
	c := r.suit(d, r.condition(was))
	return c, r.bad
}

// ruleQuestions are the sections whose questions a condition that stands outside of any question may look at.
func ruleQuestions(d *forms.Definition) []forms.Section {
	var found []forms.Section
	for _, s := range d.Sections {
		s.Questions = slices.DeleteFunc(slices.Clone(s.Questions), func(q forms.Question) bool { return s.Repeat != nil || len(tests(&q)) == 0 || !q.Type.Asks() })
		if len(s.Questions) > 0 {
			found = append(found, s)
		}
	}
	return found
}

// Leaving are the keys of the questions that go with a place, without those of columns; empty for a place that the form
// does not have.
func Leaving(d *forms.Definition, p Place) []string {
	if p.Column != "" {
		return nil
	}
	gone, err := leaving(d, p)
	if err != nil {
		return nil
	}
	keys := make([]string, 0, len(gone))
	for key := range gone {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func ruleLine(i int) string { return "when." + itoa(i) }
