package forms

import (
	"slices"

	"kervan/modules/kernel/fault"
)

// tells checks that nobody learns an answer by what is asked because of it: whoever may not read the one that a condition
// looks at may not read those that are asked under it either. It is said once of a place.
func (c *checker) tells(where string, on *Condition, target *Question) {
	told := []*Question{target}
	if on.Above != "" || on.Below != "" {
		told = target.told()
	}
	problem := Problem{Where: where, Key: "forms.check.condition_class", Args: fault.Args{"Key": target.Key}}
	for i := range c.asked {
		q := &c.asked[i]
		if !q.Type.Asks() || !slices.ContainsFunc(told, func(of *Question) bool { return of.moreDelicate(q) }) {
			continue
		}
		if !slices.ContainsFunc(c.found, func(p Problem) bool { return p.String() == problem.String() }) {
			c.found = append(c.found, problem)
		}
		return
	}
}

// Conceals reports whether the reader is not even told that the form asks the question at a ref; see conceals.
func (l Look) Conceals(d *Definition, ref string) bool {
	key, _ := SplitRef(ref)
	all := d.places()
	at, ok := all[key]
	return ok && l.conceals(all, at)
}

// conceals reports whether the reader is not even told that something is asked: it is not theirs to read, and whether it is
// asked hangs upon an answer that is not either. Headings and texts, which nobody need read, go by the answer alone.
func (l Look) conceals(all places, at place) bool {
	if l.Own || at.question.Type.Asks() && !l.masks(at.question) {
		return false
	}
	return l.hangs(all, at, map[string]bool{})
}

// hangs reports whether it depends on an answer which is not the reader's whether something is asked.
func (l Look) hangs(all places, at place, seen map[string]bool) bool {
	refs := at.section.Condition.refs()
	if at.question != nil {
		refs = append(refs, at.question.Condition.refs()...)
	}
	return slices.ContainsFunc(refs, func(key string) bool {
		on, ok := all[key]
		if !ok || seen[key] {
			return false
		}
		seen[key] = true
		return slices.ContainsFunc(on.question.told(), l.masks) || l.hangs(all, on, seen)
	})
}
