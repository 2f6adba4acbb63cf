package builder

import (
	"slices"

	"kervan/modules/forms"
)

// Dependents are the sections and questions outside of a place whose conditions look at a question of it, or that are
// calculated from it: what deleting it would break. It is empty for a place that the form does not have.
func Dependents(d *forms.Definition, p Place) []Place {
	gone, err := leaving(d, p)
	if err != nil {
		return nil
	}
	return dependents(d, gone)
}

func dependents(d *forms.Definition, gone map[string]bool) []Place {
	var found []Place
	for i := range d.Sections {
		s := &d.Sections[i]
		stays := slices.ContainsFunc(s.Questions, func(q forms.Question) bool { return !gone[q.Key] })
		if looksAt(s.Condition, gone) && (stays || len(s.Questions) == 0) {
			found = append(found, Place{Section: s.Key})
		}
		for j := range s.Questions {
			if q := &s.Questions[j]; !gone[q.Key] && (looksAt(q.Condition, gone) || calculatedFrom(q, gone)) {
				found = append(found, Place{Section: s.Key, Question: q.Key})
			}
		}
	}
	return found
}

func looksAt(c *forms.Condition, keys map[string]bool) bool {
	if c == nil {
		return false
	}
	inside := func(one forms.Condition) bool { return looksAt(&one, keys) }
	return keys[c.Question] || slices.ContainsFunc(c.All, inside) || slices.ContainsFunc(c.Any, inside) || looksAt(c.Not, keys)
}

// unhook takes out of all conditions what looks at the keys, and out of all calculations what comes from them.
func unhook(d *forms.Definition, keys map[string]bool) {
	for i := range d.Sections {
		s := &d.Sections[i]
		s.Condition = without(s.Condition, keys)
		for j := range s.Questions {
			s.Questions[j].Condition = without(s.Questions[j].Condition, keys)
			forget(&s.Questions[j], keys)
		}
	}
}

// without is the condition less its comparisons with the keys; nil when nothing remains.
func without(c *forms.Condition, keys map[string]bool) *forms.Condition {
	if !looksAt(c, keys) {
		return c
	}
	if keys[c.Question] {
		return nil
	}
	rest := forms.Condition{Question: c.Question, Equals: c.Equals, In: c.In, Answered: c.Answered, Above: c.Above, Below: c.Below, Not: without(c.Not, keys)}
	for i := range c.All {
		if one := without(&c.All[i], keys); one != nil {
			rest.All = append(rest.All, *one)
		}
	}
	for i := range c.Any {
		if one := without(&c.Any[i], keys); one != nil {
			rest.Any = append(rest.Any, *one)
		}
	}
	switch {
	case len(rest.All) == 0 && len(rest.Any) == 0 && rest.Not == nil && rest.Question == "":
		return nil
	case len(rest.All) == 1 && len(rest.Any) == 0:
		return &rest.All[0]
	case len(rest.Any) == 1 && len(rest.All) == 0:
		return &rest.Any[0]
	}
	return &rest
}
