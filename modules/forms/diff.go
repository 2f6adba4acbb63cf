package forms

import (
	"reflect"
	"slices"
)

// ChangeKind is what became of a section or question from one version to the next.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"
	Removed ChangeKind = "removed"
	Changed ChangeKind = "changed"
	Moved   ChangeKind = "moved" // to another section or scope; whatever else changed is a change of its own
)

// Change is one difference. Question is empty when the section itself changed. Fields are the JSON names of what is
// different, in the order of the definition.
type Change struct {
	Kind     ChangeKind
	Section  string
	Question string
	Fields   []string
}

// Diff compares two definitions section by section and question by question, in the order of the newer one; what is gone
// comes last.
func Diff(before, after Definition) []Change {
	var changes []Change
	old := map[string]place{}
	for i := range before.Sections {
		s := &before.Sections[i]
		for j := range s.Questions {
			old[s.Questions[j].Key] = place{s, &s.Questions[j]}
		}
	}
	kept := map[string]bool{}
	for i := range after.Sections {
		s := &after.Sections[i]
		if was, ok := before.Section(s.Key); !ok {
			changes = append(changes, Change{Kind: Added, Section: s.Key})
		} else if fields := different(*was, *s, "Questions"); len(fields) > 0 {
			changes = append(changes, Change{Kind: Changed, Section: s.Key, Fields: fields})
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			kept[q.Key] = true
			was, ok := old[q.Key]
			if !ok {
				changes = append(changes, Change{Kind: Added, Section: s.Key, Question: q.Key})
				continue
			}
			if was.section.Key != s.Key {
				changes = append(changes, Change{Kind: Moved, Section: s.Key, Question: q.Key})
			}
			if fields := different(*was.question, *q, ""); len(fields) > 0 {
				changes = append(changes, Change{Kind: Changed, Section: s.Key, Question: q.Key, Fields: fields})
			}
		}
	}
	for i := range before.Sections {
		s := &before.Sections[i]
		if _, ok := after.Section(s.Key); !ok {
			changes = append(changes, Change{Kind: Removed, Section: s.Key})
		}
		for j := range s.Questions {
			if key := s.Questions[j].Key; !kept[key] {
				changes = append(changes, Change{Kind: Removed, Section: s.Key, Question: key})
			}
		}
	}
	return changes
}

// different names the fields of two structs that differ. Empty and absent lists and texts are the same.
func different[T any](a, b T, skip string) []string {
	var fields []string
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		field := x.Type().Field(i)
		if field.Name == skip || nought(x.Field(i)) && nought(y.Field(i)) {
			continue
		}
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			name := field.Tag.Get("json")
			if comma := slices.Index([]byte(name), ','); comma >= 0 {
				name = name[:comma]
			}
			fields = append(fields, name)
		}
	}
	return fields
}

func nought(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}
