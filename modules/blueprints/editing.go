package blueprints

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// With is the program with a piece, in the place of the one of that key, or as a new one: after the piece that it follows,
// or at the end of its list when that one is not there.
func (p Program) With(key string, body json.RawMessage, follows string) (Program, error) {
	var value any
	if err := decode(body, &value); err != nil {
		return p, fmt.Errorf("blueprints: read piece %s: %w", key, err)
	}
	top, _, inside := strings.Cut(key, "/")
	object, isObject := value.(map[string]any)
	result := p.clone()
	shape, known := p.shapes[top]
	if !known {
		if inside {
			shape = list
		}
		result.shapes[top] = shape
	}
	name := key[:max(strings.LastIndexByte(key, '/'), 0)]
	if listed := inside && shape != split; listed {
		if own, _ := object["key"].(string); !isObject || own != last(key) || !pieceKey.MatchString(own) {
			return p, fmt.Errorf("blueprints: the piece %s does not say that it is one", key)
		}
		if !slices.Contains(p.lists[name], key) {
			at := len(p.lists[name])
			if i := slices.Index(p.lists[name], follows); i >= 0 {
				at = i + 1
			}
			result.lists[name] = slices.Insert(slices.Clone(p.lists[name]), at, key)
		}
	}
	return result, result.add(key, value)
}

// Without is the program without a piece.
func (p Program) Without(key string) Program {
	result := p.clone()
	result.drop(key)
	return result
}

// Before is the piece that stands before another in its list; empty for the first.
func (p Program) Before(key string) string {
	name := key[:max(strings.LastIndexByte(key, '/'), 0)]
	if i := slices.Index(p.lists[name], key); i > 0 {
		return p.lists[name][i-1]
	}
	return ""
}

// Earlier is the program with a piece moved before the one that stands before it.
func (p Program) Earlier(key string) Program {
	result := p.clone()
	name := key[:max(strings.LastIndexByte(key, '/'), 0)]
	if keys := result.lists[name]; len(keys) > 1 {
		if i := slices.Index(keys, key); i > 0 {
			keys[i-1], keys[i] = keys[i], keys[i-1]
		}
	}
	return result
}

// Only is the program less what a function refuses, piece by piece.
func (p Program) Only(keep func(key string) bool) Program {
	result := p.clone()
	for key := range p.pieces {
		if !keep(key) {
			result.drop(key)
		}
	}
	return result
}
