package forms

import (
	"encoding/json"
	"maps"
	"slices"

	"kervan/modules/kernel/i18n"
)

// Datum is one answered question as programs read it: the value in its canonical shape. Masked says that something of
// it, a column or all, is not for the reader.
type Datum struct {
	Section string
	Ref     string
	Type    Type
	Label   i18n.Text
	Value   json.RawMessage // nil where all of it is masked
	Masked  bool
}

// Data lists the answers of one sheet in the order of the form, as Lay would print them: what a condition hides is left
// out, and so is what was not answered, and what the reader is not even told is asked.
func Data(d *Definition, scope Scope, answers Answers, look Look) []Datum {
	sight := See(d, scope, answers)
	var all []Datum
	for _, section := range d.Scoped(scope) {
		if !sight.Section(section) {
			continue
		}
		for _, item := range sight.Items(section) {
			for i := range section.Questions {
				q := &section.Questions[i]
				ref := Ref(q.Key, item)
				if raw := answers[ref]; !none(raw) && sight.Question(ref) && !look.conceals(sight.places, place{section, q}) {
					value, masked := look.bare(q, raw)
					all = append(all, Datum{Section: section.Key, Ref: ref, Type: q.Type, Label: q.Label, Value: value, Masked: masked})
				}
			}
		}
	}
	return all
}

// bare is an answer less what the look masks.
func (l Look) bare(q *Question, raw json.RawMessage) (json.RawMessage, bool) {
	if l.masks(q) {
		return nil, true
	}
	if !q.Type.rows() {
		return raw, false
	}
	if !slices.ContainsFunc(q.Columns, func(c Question) bool { return l.masks(&c) }) {
		return raw, false
	}
	value, _ := ParseValue(q, raw)
	rows, ok := linesOf(value)
	if !ok {
		return nil, true // what cannot be read cannot be parted
	}
	masked := false
	without := func(cells Answers) Answers {
		kept := maps.Clone(cells)
		for i := range q.Columns {
			c := &q.Columns[i]
			if l.masks(c) && !none(kept[c.Key]) {
				masked = true
				delete(kept, c.Key)
			}
		}
		return kept
	}
	shown := make(Rows, len(rows))
	for i, row := range rows {
		shown[i] = Row{Cells: without(row.Cells), Replacement: without(row.Replacement)}
	}
	if !masked {
		return raw, false
	}
	return encode(shown), true
}

// fileQuestions are the questions that take documents.
type fileQuestions struct {
	keys        []string
	conditional bool     // some are asked only under a condition …
	needed      []string // … so that these answers decide, beside their own
}

// fileQuestions lists those that the look does not mask.
func (d *Definition) fileQuestions(look Look) fileQuestions {
	var found fileQuestions
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			if q := &d.Sections[i].Questions[j]; q.Type == TypeFile && !look.masks(q) {
				found.keys = append(found.keys, q.Key)
				found.need(d, q.Key)
			}
		}
	}
	return found
}

// need adds a question and all that its being asked depends on.
func (f *fileQuestions) need(d *Definition, key string) {
	if slices.Contains(f.needed, key) {
		return
	}
	f.needed = append(f.needed, key)
	q, section, ok := d.Question(key)
	if !ok {
		q, section, ok = d.Question(Ref(key, 1))
	}
	if !ok {
		return
	}
	if section.Repeat != nil {
		f.conditional = true
		f.needed = append(f.needed, section.Key) // which items there are
	}
	for _, c := range []*Condition{q.Condition, section.Condition} {
		for _, ref := range c.refs() {
			f.conditional = true
			f.need(d, ref)
		}
	}
}
