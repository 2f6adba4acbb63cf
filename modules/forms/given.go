package forms

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Given is a document that an answer names.
type Given struct {
	Sheet    ids.Sheet
	Ref      string
	Document ids.Document
}

// Attached asks for the documents that sheets of one version name and the look shows; what it gives is called once the
// question is answered. It is for features' use-cases, which have authorized.
func Attached(d *Definition, look Look, sheets map[ids.Sheet]Scope) (tenants.Question, func() []Given) {
	asked, filled := d.fileQuestions(look), map[ids.Sheet]Answers{}
	if len(asked.keys) == 0 || len(sheets) == 0 {
		return tenants.Question{}, func() []Given { return nil }
	}
	q := tenants.Question{
		Query: `SELECT sheet_id, question, value FROM answers
			WHERE sheet_id = ANY($1::uuid[]) AND split_part(question, '.', 1) = ANY(string_to_array($2, ','))`,
		Args: []any{tenants.Array(slices.Collect(maps.Keys(sheets))), strings.Join(asked.needed, ",")}, Row: func(r *tenants.Row) error {
			var sheet ids.Sheet
			var ref string
			var value json.RawMessage
			err := r.Scan(&sheet, &ref, &value)
			if filled[sheet] == nil {
				filled[sheet] = Answers{}
			}
			filled[sheet][ref] = value
			return err
		},
	}
	return q, func() []Given { return asked.given(d, sheets, filled) }
}

// given are the documents among the answers, in a fixed order.
func (f *fileQuestions) given(d *Definition, sheets map[ids.Sheet]Scope, filled map[ids.Sheet]Answers) []Given {
	var all []Given
	for sheet, answers := range filled {
		var sight *Sight
		for ref, raw := range answers {
			key, _ := SplitRef(ref)
			if none(raw) || !slices.Contains(f.keys, key) {
				continue
			}
			if f.conditional && sight == nil {
				sight = See(d, sheets[sheet], answers)
			}
			q, _, known := d.Question(ref)
			if !known || sight != nil && !sight.Question(ref) {
				continue
			}
			if value, err := ParseValue(q, raw); err == nil {
				documents, _ := value.(Documents)
				for _, id := range documents {
					all = append(all, Given{Sheet: sheet, Ref: ref, Document: id})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Given) int {
		return cmp.Or(slices.Compare(a.Sheet[:], b.Sheet[:]), strings.Compare(a.Ref, b.Ref))
	})
	return all
}

func (r *reader) documents(name string) json.RawMessage {
	var all Documents
	for _, text := range r.values[name+"[]"] {
		id, err := ids.Parse[ids.Document](text)
		if err != nil {
			r.complain(name, "fault.choose")
			continue
		}
		if !slices.Contains(all, id) && len(all) < maxItems {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return nothing
	}
	return encode(all)
}
