package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// MostSteps is how many changes of a draft can be undone.
const MostSteps = 200

// together is within what time the same person's changes of the same text are one step.
const together = time.Minute

// Step is one change of a draft. Undone or done again it changes what it changed, and nothing else.
type Step struct {
	Number int64
	At     time.Time
	By     ids.Person
	patch  patch
}

// patch is what a change turned into what: pieces of a definition as JSON, by their place; a null is a piece that is not
// there. Pieces are "" (the languages and the order of sections), "s/key" (a section and the order of its questions) and
// "q/key" (a question). A definition in which keys stand twice is one piece, "*".
type patch struct {
	Before map[string]json.RawMessage `json:"before"`
	After  map[string]json.RawMessage `json:"after"`
}

// shell is a section in pieces.
type shell struct {
	Section
	Order []string `json:"order"`
}

// frame is what remains of a definition in pieces.
type frame struct {
	Schema  int           `json:"schema"`
	Locales []i18n.Locale `json:"locales"`
	Order   []string      `json:"order"`
}

// pieces takes a definition apart.
func pieces(d *Definition) (map[string]json.RawMessage, error) {
	all := map[string]any{}
	add := func(at string, piece any) bool {
		_, taken := all[at]
		all[at] = piece
		return !taken
	}
	whole := frame{Schema: d.Schema, Locales: d.Locales, Order: []string{}}
	once := true
	for i := range d.Sections {
		s := shell{Section: d.Sections[i], Order: []string{}}
		s.Questions = nil
		for j := range d.Sections[i].Questions {
			q := &d.Sections[i].Questions[j]
			s.Order = append(s.Order, q.Key)
			once = add("q/"+q.Key, q) && once
		}
		whole.Order = append(whole.Order, s.Key)
		once = add("s/"+s.Key, s) && once
	}
	all[""] = whole
	if !once {
		all = map[string]any{"*": d}
	}
	written := make(map[string]json.RawMessage, len(all))
	for at, piece := range all {
		raw, err := json.Marshal(piece)
		if err != nil {
			return nil, fmt.Errorf("forms: write %s of a draft: %w", at, err)
		}
		written[at] = raw
	}
	return written, nil
}

// whole puts a definition together again.
func whole(all map[string]json.RawMessage) (Definition, error) {
	var d Definition
	if raw, ok := all["*"]; ok {
		return Read(raw)
	}
	read := func(at string, into any) error {
		raw, ok := all[at]
		if !ok {
			return fmt.Errorf("forms: a draft's step lacks %q", at)
		}
		return json.Unmarshal(raw, into)
	}
	var outer frame
	if err := read("", &outer); err != nil {
		return d, err
	}
	d.Schema, d.Locales = outer.Schema, outer.Locales
	for _, key := range outer.Order {
		var s shell
		if err := read("s/"+key, &s); err != nil {
			return d, err
		}
		s.Questions = nil
		for _, ref := range s.Order {
			var q Question
			if err := read("q/"+ref, &q); err != nil {
				return d, err
			}
			s.Questions = append(s.Questions, q)
		}
		d.Sections = append(d.Sections, s.Section)
	}
	return d, nil
}

// between is what turns one definition into another.
func between(before, after *Definition) (patch, error) {
	was, err := pieces(before)
	if err != nil {
		return patch{}, err
	}
	is, err := pieces(after)
	if err != nil {
		return patch{}, err
	}
	p := patch{Before: map[string]json.RawMessage{}, After: map[string]json.RawMessage{}}
	for at, raw := range was {
		if !bytes.Equal(raw, is[at]) {
			p.Before[at], p.After[at] = raw, is[at]
		}
	}
	for at, raw := range is {
		if _, there := was[at]; !there {
			p.Before[at], p.After[at] = nil, raw
		}
	}
	return p, nil
}

// apply changes a definition; pieces are what its places become.
func apply(d *Definition, changed map[string]json.RawMessage) (Definition, error) {
	all, err := pieces(d)
	if err != nil {
		return Definition{}, err
	}
	if _, ok := all["*"]; ok {
		all = map[string]json.RawMessage{}
	}
	for at, raw := range changed {
		if absent(raw) {
			delete(all, at)
		} else {
			all[at] = raw
		}
	}
	return whole(all)
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// joins reports whether a later change of the same person goes on with this one: the same words of the same pieces. Each file
// that is offered is a change of its own.
func (s *Step) joins(next patch, by ids.Person, at time.Time) bool {
	if by.IsZero() || s.By != by || at.Sub(s.At) > together || len(next.After) != 1 || len(s.patch.After) != 1 {
		return false
	}
	for place, raw := range next.After {
		mine, ok := s.patch.After[place]
		if !ok || absent(raw) || absent(mine) || absent(next.Before[place]) || absent(s.patch.Before[place]) {
			return false
		}
		fields := parted(next.Before[place], raw)
		return slices.Equal(parted(s.patch.Before[place], mine), fields) && !slices.Contains(fields, "template")
	}
	return false
}

// parted names what is different between two JSON objects, in order.
func parted(a, b json.RawMessage) []string {
	var x, y map[string]json.RawMessage
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return nil
	}
	found := map[string]bool{}
	for name := range x {
		if !equal(x[name], y[name]) {
			found[name] = true
		}
	}
	for name := range y {
		if !equal(x[name], y[name]) {
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Describe says in the reader's words what the step changed: "Question “Name” deleted".
func (s *Step) Describe(loc *i18n.Localizer) string {
	var added, removed, changed []string
	for _, at := range slices.Sorted(maps.Keys(s.patch.After)) {
		switch {
		case at == "" || at == "*":
		case absent(s.patch.Before[at]):
			added = append(added, at)
		case absent(s.patch.After[at]):
			removed = append(removed, at)
		default:
			changed = append(changed, at)
		}
	}
	pick := func(all []string) string { // a section says more than its questions
		if i := slices.IndexFunc(all, func(at string) bool { return strings.HasPrefix(at, "s/") }); i >= 0 {
			return all[i]
		}
		return all[0]
	}
	say := func(what, at string, raw json.RawMessage) string {
		kind := "question"
		if strings.HasPrefix(at, "s/") {
			kind = "section"
		}
		return loc.T("forms.step."+kind+"_"+what, "Name", titled(loc, raw))
	}
	var words []string
	for _, at := range changed {
		if fields := parted(s.patch.Before[at], s.patch.After[at]); !slices.Equal(fields, []string{"order"}) {
			words = append(words, at)
		}
	}
	switch {
	case len(added)+len(removed) == 0 && len(words) == 1:
		return say("changed", words[0], s.patch.After[words[0]])
	case len(added) > 0 && len(removed) == 0 && (len(added) == 1 || strings.HasPrefix(pick(added), "s/")):
		return say("added", pick(added), s.patch.After[pick(added)])
	case len(removed) > 0 && len(added) == 0 && (len(removed) == 1 || strings.HasPrefix(pick(removed), "s/")):
		return say("deleted", pick(removed), s.patch.Before[pick(removed)])
	case len(added)+len(removed)+len(words) == 0 && slices.Contains(parted(s.patch.Before[""], s.patch.After[""]), "locales"):
		return loc.T("forms.step.languages")
	case len(added)+len(removed)+len(words) == 0:
		return loc.T("forms.step.order")
	default:
		return loc.N("forms.step.many", max(len(added)+len(removed)+len(words), 1))
	}
}

func titled(loc *i18n.Localizer, raw json.RawMessage) string {
	var named struct {
		Label, Title i18n.Text
	}
	if json.Unmarshal(raw, &named) == nil {
		for _, t := range []i18n.Text{named.Title, named.Label} {
			if text := t.String(loc.Locale); text != "" {
				return brief(text)
			}
		}
	}
	return loc.T("forms.step.nameless")
}

func brief(text string) string {
	if letters := []rune(text); len(letters) > 60 {
		return strings.TrimSpace(string(letters[:58])) + " …"
	}
	return text
}
