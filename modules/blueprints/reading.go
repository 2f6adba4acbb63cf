package blueprints

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"kervan/modules/kernel/i18n"
)

// Piece finds a piece.
func (p Program) Piece(key string) (Piece, bool) {
	piece, ok := p.pieces[key]
	return piece, ok
}

// Len is how many pieces there are.
func (p Program) Len() int { return len(p.pieces) }

// reading is the order in which a person reads a program; what is not named comes last.
var reading = []string{
	"name", "summary", fieldCall, "compositions", "eligibility", "documents", fieldForm, "criteria", "review", "stages", "letters", "notices",
	"dimensions", "assessment", "checklists", "rates",
}

// textsOfCall is the order of the call's texts.
var textsOfCall = []string{"title", "summary", "about", "conduct", "notice"}

// Pieces are all pieces in the order in which a person reads them.
func (p Program) Pieces() []Piece {
	found := make([]Piece, 0, len(p.pieces))
	for _, name := range slices.SortedFunc(maps.Keys(p.shapes), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(reading, a), rank(reading, b)), cmp.Compare(a, b))
	}) {
		if piece, ok := p.pieces[name]; ok {
			found = append(found, piece)
		}
		for _, key := range p.members(name) {
			found = append(found, p.pieces[key])
			for _, inner := range p.lists[key] {
				found = append(found, p.pieces[inner])
			}
		}
	}
	return found
}

func (p Program) members(name string) []string {
	if p.shapes[name] != split {
		return p.lists[name]
	}
	var keys []string
	for key := range p.pieces {
		if strings.HasPrefix(key, name+"/") {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(textsOfCall, last(a)), rank(textsOfCall, last(b))), cmp.Compare(a, b))
	})
	return keys
}

func rank(order []string, name string) int {
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

func last(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

// Kind is what a piece is, for the words in which it is named: its field, or section, question, or order.
func Kind(key string) string {
	parts := strings.Split(key, "/")
	switch {
	case parts[0] == orderPrefix:
		return "order"
	case parts[0] == fieldForm && len(parts) == 2:
		return "section"
	case parts[0] == fieldForm && len(parts) == 3:
		return "question"
	default:
		return parts[0]
	}
}

// Name is how the piece calls itself; empty for one that has no name, such as the call's texts.
func (p Piece) Name() i18n.Text {
	if strings.HasPrefix(p.Key, fieldCall+"/") || !strings.Contains(p.Key, "/") {
		return nil
	}
	var named map[string]json.RawMessage
	if json.Unmarshal(p.Body, &named) != nil {
		return nil
	}
	for _, field := range []string{"name", "label", "title", "subject", "text"} {
		var text i18n.Text
		if json.Unmarshal(named[field], &text) == nil && len(text) > 0 {
			return text
		}
	}
	return nil
}

// LooksAt are the keys of the questions that the piece's conditions and fields look at, each once, sorted.
func (p Piece) LooksAt() []string {
	var value any
	if json.Unmarshal(p.Body, &value) != nil {
		return nil
	}
	found := map[string]bool{}
	lookedAt(value, found)
	return slices.Sorted(maps.Keys(found))
}

func lookedAt(value any, found map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, one := range v {
			if key, ok := one.(string); ok && name == "question" && key != "" {
				found[key] = true
				continue
			}
			lookedAt(one, found)
		}
	case []any:
		for _, one := range v {
			lookedAt(one, found)
		}
	}
}
