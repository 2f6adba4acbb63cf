package blueprints

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Program is a complete program, taken into pieces: "criteria/need", "form/offer/hosting", "call/about". It is made from
// JSON and knows of no field in particular, so that whatever a program comes to hold is compared and merged as well.
//
// A list of things that have a key becomes a piece for each thing; the call's texts become one each; a form becomes one
// for itself, one for each section and one for each question; everything else is one piece. The order of a list is no
// piece: it is kept beside them and compared on its own.
type Program struct {
	pieces map[string]Piece
	lists  map[string][]string // the keys of a list's pieces, in order, by the list's own key
	shapes map[string]shape    // of the fields of the whole
}

// Piece is a part of a program that is taken or left as a whole.
type Piece struct {
	Key  string
	Body json.RawMessage // with its fields in alphabetical order
}

type shape int

const (
	whole  shape = iota // one piece
	list                // a piece for each thing
	split               // a piece for each field
	nested              // a form
)

// How a form's JSON names what is in it, and a program its call's texts.
const (
	fieldForm      = "form"
	fieldCall      = "call"
	fieldSections  = "sections"
	fieldQuestions = "questions"
)

// passport are the fields that say which version something is; they are no part of its content.
var passport = []string{"key", "version", "notes"}

// programLimit is how large a program's JSON is at most, in bytes.
const programLimit = 4 << 20

var pieceKey = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// Of takes anything into pieces that becomes a JSON object.
func Of(v any) (Program, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return Program{}, fmt.Errorf("blueprints: write program: %w", err)
	}
	return Parse(raw)
}

// Parse takes a program's JSON into pieces. It refuses what is no object, is larger than 4 MiB, or has things of one list
// with the same key or with a key that is none.
func Parse(raw []byte) (Program, error) {
	p := Program{pieces: map[string]Piece{}, lists: map[string][]string{}, shapes: map[string]shape{}}
	if len(raw) > programLimit {
		return p, fmt.Errorf("blueprints: a program of %d bytes is too large", len(raw))
	}
	var fields map[string]any
	if err := decode(raw, &fields); err != nil {
		return p, fmt.Errorf("blueprints: read program: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(passport, name) || fields[name] == nil {
			continue
		}
		if err := p.take(name, fields[name]); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *Program) take(name string, value any) error {
	if !pieceKey.MatchString(name) || name == orderPrefix {
		return fmt.Errorf("blueprints: %q is no name of a field", name)
	}
	object, isObject := value.(map[string]any)
	things, keyed := thingsOf(value)
	switch {
	case name == fieldForm && isObject:
		p.shapes[name] = nested
		return p.takeForm(object)
	case name == fieldCall && isObject:
		p.shapes[name] = split
		for field, one := range object {
			if err := p.add(name+"/"+field, one); err != nil {
				return err
			}
		}
		return nil
	case keyed:
		p.shapes[name] = list
		return p.takeList(name, things, p.add)
	default:
		p.shapes[name] = whole
		return p.add(name, value)
	}
}

func (p *Program) takeForm(form map[string]any) error {
	sections, ok := thingsOf(form[fieldSections])
	if !ok && form[fieldSections] != nil {
		return fmt.Errorf("blueprints: a form's sections are no list")
	}
	if err := p.add(fieldForm, without(form, fieldSections)); err != nil {
		return err
	}
	return p.takeList(fieldForm, sections, func(key string, value any) error {
		section, _ := value.(map[string]any)
		questions, ok := thingsOf(section[fieldQuestions])
		if !ok && section[fieldQuestions] != nil {
			return fmt.Errorf("blueprints: the questions of %s are no list", key)
		}
		if err := p.add(key, without(section, fieldQuestions)); err != nil {
			return err
		}
		return p.takeList(key, questions, p.add)
	})
}

func (p *Program) takeList(name string, things []any, add func(key string, value any) error) error {
	for _, thing := range things {
		object, _ := thing.(map[string]any)
		own, _ := object["key"].(string)
		if !pieceKey.MatchString(own) {
			return fmt.Errorf("blueprints: %s holds the key %q, which is none", name, own)
		}
		key := name + "/" + own
		if slices.Contains(p.lists[name], key) {
			return fmt.Errorf("blueprints: %s is there twice", key)
		}
		p.lists[name] = append(p.lists[name], key)
		if err := add(key, thing); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) add(key string, value any) error {
	if value == nil {
		return nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("blueprints: write %s: %w", key, err)
	}
	p.pieces[key] = Piece{Key: key, Body: body}
	return nil
}

// thingsOf is a list in which everything has a key; an empty one counts.
func thingsOf(value any) ([]any, bool) {
	things, ok := value.([]any)
	if !ok {
		return nil, false
	}
	for _, thing := range things {
		object, ok := thing.(map[string]any)
		if !ok {
			return nil, false
		}
		if _, ok := object["key"].(string); !ok {
			return nil, false
		}
	}
	return things, true
}

func without(object map[string]any, field string) map[string]any {
	rest := maps.Clone(object)
	delete(rest, field)
	return rest
}

// same reports whether two pieces say the same; two that are absent do.
func same(a, b Piece) bool {
	if bytes.Equal(a.Body, b.Body) {
		return true
	}
	if a.Body == nil || b.Body == nil {
		return false
	}
	var one, other any
	if decode(a.Body, &one) != nil || decode(b.Body, &other) != nil {
		return false
	}
	return reflect.DeepEqual(telling(one), telling(other))
}

func decode(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// telling is a value less everything in it that says nothing: absent, empty, nought and no are the same to every reader
// of a program.
func telling(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for key, one := range v {
			if one = telling(one); one != nil {
				kept[key] = one
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case []any:
		if len(v) == 0 {
			return nil
		}
		kept := make([]any, len(v))
		for i := range v {
			kept[i] = telling(v[i])
		}
		return kept
	case string:
		if v == "" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case json.Number:
		if v == "0" {
			return nil
		}
	}
	return value
}

// JSON puts the program together again. A question whose section is gone is left out.
func (p Program) JSON() (json.RawMessage, error) {
	root := map[string]any{}
	for name, shape := range p.shapes {
		switch shape {
		case list:
			root[name] = p.things(name, func(key string) any { return p.pieces[key].Body })
		case split:
			fields := map[string]any{}
			for key := range p.pieces {
				if field, ok := strings.CutPrefix(key, name+"/"); ok {
					fields[field] = p.pieces[key].Body
				}
			}
			root[name] = fields
		case nested:
			root[name] = p.joined(name, fieldSections, func(section string) any {
				return p.joined(section, fieldQuestions, func(question string) any { return p.pieces[question].Body })
			})
		case whole:
			if piece, ok := p.pieces[name]; ok {
				root[name] = piece.Body
			}
		}
	}
	raw, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("blueprints: put program together: %w", err)
	}
	return raw, nil
}

func (p Program) things(name string, each func(key string) any) []any {
	all := []any{}
	for _, key := range p.lists[name] {
		all = append(all, each(key))
	}
	return all
}

// joined is a piece with the things of its list put back into it.
func (p Program) joined(key, field string, each func(key string) any) map[string]any {
	object := map[string]any{}
	if body := p.pieces[key].Body; body != nil {
		var fields map[string]json.RawMessage
		if json.Unmarshal(body, &fields) == nil {
			for name, raw := range fields {
				object[name] = raw
			}
		}
	}
	object[field] = p.things(key, each)
	return object
}
