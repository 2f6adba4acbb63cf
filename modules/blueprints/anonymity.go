package blueprints

import (
	"slices"

	"kervan/modules/forms"
)

// naming are the questions of the forms that blueprints bring whose answers are names, though they are mere texts by their kind.
var naming = []string{"org_name", "org_name_english", "registry_number", "fiscal_host", "signatory"}

// revealing are those whose answers often tell who writes, as do all documents: a letterhead is enough.
var revealing = []string{"registry", "city", "mission", "member_list"}

// Veil is what a form asks where reviewers do not know who applies, with the answers marked that they do not see; the form itself
// where they do.
func (r *Review) Veil(asked *forms.Definition) *forms.Definition {
	if !r.Anonymous {
		return asked
	}
	return asked.Veiled(append(slices.Clone(naming), r.Hidden...))
}

// Naming reports whether the answer to a question is always hidden from reviewers who do not know who applies.
func Naming(q *forms.Question) bool { return q.Names() || slices.Contains(naming, q.Key) }

// Telling are the questions of a form which it is well to hide as well, for a call that has not said anything else yet.
func Telling(asked *forms.Definition) []string {
	var keys []string
	for i := range asked.Sections {
		for j := range asked.Sections[i].Questions {
			q := &asked.Sections[i].Questions[j]
			if !Naming(q) && (q.Type == forms.TypeFile || slices.Contains(revealing, q.Key)) {
				keys = append(keys, q.Key)
			}
		}
	}
	return keys
}
