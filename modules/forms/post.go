package forms

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Posted is one section as a page posted it.
type Posted struct {
	// Answers are the canonical answers of the questions that stood on the page, ready to be saved.
	Answers Answers
	// Base is the version of each answer that the page was made with; a newer one in the database is somebody else's.
	Base map[string]int64
	// Bad names the inputs that cannot be read, or that hold characters that no honest text has.
	Bad []fault.Field
	// Typed is the post itself, to show again what was typed.
	Typed url.Values
	// Stay reports that a button inside the section was pressed (add or remove a row or item): the page is to be shown
	// again, with nothing yet called missing.
	Stay bool
	// Changed is how many answers were kept that differ from what was there.
	Changed int
}

// FromPost reads a section as a page posted it, in the reader's notation. Only questions that stood on the page (it
// posts base[ref] for each) and belong to the section are read; every other name is ignored.
func FromPost(loc *i18n.Localizer, section *Section, values url.Values) Posted {
	p := Posted{Answers: Answers{}, Base: map[string]int64{}, Typed: values}
	action, target, _ := strings.Cut(values.Get("row"), ":")
	for name := range values {
		ref, ok := bracketed(name, "base")
		if !ok {
			continue
		}
		version, err := strconv.ParseInt(values.Get(name), 10, 64)
		if err != nil || version < 0 {
			continue
		}
		q, ok := section.question(ref)
		if !ok || !q.Type.Typed() {
			continue
		}
		raw, bad := FromTyped(loc, q, ref, values)
		p.Base[ref] = version
		p.Bad = append(p.Bad, bad...)
		if raw == nil {
			continue
		}
		if target == FieldName(ref) || strings.HasPrefix(target, FieldName(ref)+"[") {
			raw, p.Stay = edit(q, raw, action, strings.TrimPrefix(target, FieldName(ref))), true
		}
		p.Answers[ref] = raw
	}
	p.items(section, values, action, target)
	slices.SortFunc(p.Bad, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return p
}

// question finds a question of the section by ref.
func (s *Section) question(ref string) (*Question, bool) {
	key, item := SplitRef(ref)
	if (item > 0) != (s.Repeat != nil) {
		return nil, false
	}
	for i := range s.Questions {
		if s.Questions[i].Key == key {
			return &s.Questions[i], true
		}
	}
	return nil, false
}

func bracketed(name, word string) (string, bool) {
	inner, ok := strings.CutPrefix(name, word+"[")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(inner, "]")
}

// edit adds an empty row to a list answer, or removes the row of that index.
func edit(q *Question, raw json.RawMessage, action, at string) json.RawMessage {
	if action == "look" { // the page is shown again, with what is called alike
		return raw
	}
	var rows []json.RawMessage
	if !none(raw) && json.Unmarshal(raw, &rows) != nil {
		return raw
	}
	switch action {
	case "add": // a page always has one empty line more for languages, so that only rows must be added
		if q.Type.rows() && len(rows) < maxItems && (q.Most == 0 || len(rows) < q.Most) {
			rows = append(rows, json.RawMessage("{}"))
		}
	case "remove":
		index, ok := bracketed(at, "")
		if n, err := strconv.Atoi(index); ok && err == nil && n >= 0 && n < len(rows) {
			rows = slices.Delete(rows, n, n+1)
		}
	}
	if len(rows) == 0 {
		return nothing
	}
	return encode(rows)
}

// items follows the buttons that add and remove an item of a repeating section.
func (p *Posted) items(section *Section, values url.Values, action, target string) {
	ref := itemsRef(section.Key)
	version, err := strconv.ParseInt(values.Get("base["+ref+"]"), 10, 64)
	if section.Repeat == nil || err != nil || version < 0 {
		return
	}
	at, ok := strings.CutPrefix(target, FieldName(ref))
	if !ok {
		return
	}
	var items []int
	for _, text := range values[FieldName(ref)+"[]"] {
		if n, err := strconv.Atoi(text); err == nil && n > 0 && n <= 1000 && !slices.Contains(items, n) {
			items = append(items, n)
		}
	}
	switch action {
	case "add":
		if len(items) < section.Repeat.Max {
			items = append(items, slices.Max(append(items, 0))+1)
		}
	case "remove":
		index, ok := bracketed(at, "")
		if n, err := strconv.Atoi(index); ok && err == nil {
			items = slices.DeleteFunc(items, func(one int) bool { return one == n })
		}
	}
	p.Answers[ref], p.Base[ref], p.Stay = encode(items), version, true
}

// FromSaved reads what the page's own script sends for one question: a JSON object of input names, each with the list of
// its values, exactly as a form would post them.
func FromSaved(loc *i18n.Localizer, d *Definition, scope Scope, ref string, value json.RawMessage) (json.RawMessage, []fault.Field, error) {
	typed := url.Values{}
	decoder := json.NewDecoder(bytes.NewReader(value))
	if err := decoder.Decode(&typed); err != nil {
		return nil, nil, fault.Invalid("fault.bad_request").Because(err)
	}
	if section, ok := d.itemsSection(ref); ok && section.Scope == scope {
		raw, err := readItems(section, typed[FieldName(ref)+"[]"])
		return raw, nil, err
	}
	q, section, ok := d.Question(ref)
	if !ok || section.Scope != scope || !q.Type.Typed() {
		return nil, nil, fault.NotFound()
	}
	raw, bad := FromTyped(loc, q, ref, typed)
	if raw == nil {
		return nil, bad, fault.Invalid("fault.check_fields", bad...)
	}
	return raw, append(bad, ValidateAnswer(q, FieldName(ref), withoutTyped(raw, bad), Fill)...), nil
}

// withoutTyped keeps an answer that is known to be unreadable from being called so twice.
func withoutTyped(raw json.RawMessage, bad []fault.Field) json.RawMessage {
	if len(bad) > 0 {
		return nothing
	}
	return raw
}

func (d *Definition) itemsSection(ref string) (*Section, bool) {
	key, ok := strings.CutSuffix(ref, ".items")
	if !ok {
		return nil, false
	}
	section, ok := d.Section(key)
	return section, ok && section.Repeat != nil
}

func readItems(section *Section, texts []string) (json.RawMessage, error) {
	var items []int
	for _, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1000 || slices.Contains(items, n) {
			return nil, fault.Invalid("fault.bad_request")
		}
		items = append(items, n)
	}
	if len(items) > section.Repeat.Max {
		return nil, fault.Invalid("fault.bad_request")
	}
	return encode(items), nil
}
