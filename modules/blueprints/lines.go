package blueprints

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/kernel/i18n"
)

// Step is one step of the way to a line of a piece: a field, or a thing of a list by its key and, if it has one, its name.
type Step struct {
	Field string
	Key   string
	Name  i18n.Text
}

// Line is one thing that a piece says, where it says it: a text in one language, a number, a choice.
type Line struct {
	Way    []Step
	Locale i18n.Locale // of a text; empty for what is the same in every language
	Text   string
}

// LineChange is a line that is not the same in two pieces; an empty side is one that does not say it.
type LineChange struct {
	Line

	Before, After string
}

func (l Line) place() string {
	var b strings.Builder
	for _, s := range l.Way {
		b.WriteString(s.Field + "\x00" + s.Key + "\x01")
	}
	return b.String() + string(l.Locale)
}

// fieldOrder is the order in which a person reads a piece; what is not named comes after it.
var fieldOrder = []string{
	"key", "value", "name", "label", "title", "subject", "text", "summary", "intro", "body", "about", "guidance", "reason", "help", "example", "why", "hint",
	"type", "required", "weight", "lowest", "highest", "halves", "points", "threshold", "options", "columns", "condition", "when",
}

// Lines is what the piece says, line by line, for a person to read.
func (p Piece) Lines() []Line {
	var value any
	if p.Body == nil || decode(p.Body, &value) != nil {
		return nil
	}
	var lines []Line
	readLines(value, nil, &lines)
	return lines
}

func readLines(value any, way []Step, lines *[]Line) {
	add := func(locale i18n.Locale, text string) {
		if text != "" {
			*lines = append(*lines, Line{Way: slices.Clone(way), Locale: locale, Text: text})
		}
	}
	switch v := value.(type) {
	case map[string]any:
		if text, ok := textOf(v); ok {
			for _, l := range i18n.All {
				add(l, text[l])
			}
			return
		}
		names := slices.SortedFunc(maps.Keys(v), func(a, b string) int {
			return cmp.Or(cmp.Compare(rank(fieldOrder, a), rank(fieldOrder, b)), cmp.Compare(a, b))
		})
		for _, name := range names {
			if name == "key" || name == "value" && len(way) > 0 {
				continue
			}
			if object, ok := v[name].(map[string]any); ok && slices.Contains(conditionFields, name) {
				if raw, err := json.Marshal(object); err == nil {
					way := append(slices.Clone(way), Step{Field: name})
					*lines = append(*lines, Line{Way: way, Text: string(raw)})
				}
				continue
			}
			readLines(v[name], append(slices.Clone(way), Step{Field: name}), lines)
		}
	case []any:
		if text, ok := scalars(v); ok {
			add("", strings.Join(text, ", "))
			return
		}
		for i, one := range v {
			readLines(one, append(slices.Clone(way[:max(len(way)-1, 0)]), stepTo(way, one, i)), lines)
		}
	default:
		if text, ok := scalar(v); ok {
			add("", text)
		}
	}
}

// stepTo names a thing of a list: by its key or value where it has one, else by its place.
func stepTo(way []Step, one any, i int) Step {
	s := Step{Key: strconv.Itoa(i + 1)}
	if len(way) > 0 {
		s.Field = way[len(way)-1].Field
	}
	object, _ := one.(map[string]any)
	for _, field := range []string{"key", "value"} {
		if key, ok := object[field].(string); ok {
			s.Key = key
		}
	}
	for _, field := range []string{"name", "label", "title"} {
		if inner, ok := object[field].(map[string]any); ok {
			if text, ok := textOf(inner); ok {
				s.Name = text
			}
		}
	}
	return s
}

func textOf(object map[string]any) (i18n.Text, bool) {
	text := i18n.Text{}
	for code, one := range object {
		l, known := i18n.ParseLocale(code)
		s, ok := one.(string)
		if !known || !ok {
			return nil, false
		}
		text[l] = s
	}
	return text, len(text) > 0
}

func scalars(list []any) ([]string, bool) {
	var all []string
	for _, one := range list {
		text, ok := scalar(one)
		if !ok {
			return nil, false
		}
		all = append(all, text)
	}
	return all, true
}

func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	default:
		return "", false
	}
}

// Changes are the lines in which two pieces differ, in the order of reading; what is gone comes last.
func Changes(before, after Piece) []LineChange {
	was := map[string]Line{}
	for _, l := range before.Lines() {
		was[l.place()] = l
	}
	var changes []LineChange
	for _, l := range after.Lines() {
		old := was[l.place()]
		delete(was, l.place())
		if old.Text != l.Text {
			changes = append(changes, LineChange{Line: l, Before: old.Text, After: l.Text})
		}
	}
	for _, l := range before.Lines() {
		if _, gone := was[l.place()]; gone {
			changes = append(changes, LineChange{Line: l, Before: l.Text})
		}
	}
	return changes
}
