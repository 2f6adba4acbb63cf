package builder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Merge brings together what two people made of one thing: base is what both saw, mine and theirs what it became. What only
// one of them changed is taken; what both changed, and differently, stays as it is in theirs and is named. Objects (texts
// in several languages) are merged by their members, lists as wholes.
func Merge[T any](base, mine, theirs T) (merged T, clashes []string, err error) {
	var raw [3]json.RawMessage
	for i, one := range []T{base, mine, theirs} {
		if raw[i], err = json.Marshal(one); err != nil {
			return merged, nil, fmt.Errorf("builder: merge: %w", err)
		}
	}
	together, clashes := merge("", raw[0], raw[1], raw[2])
	if err := json.Unmarshal(together, &merged); err != nil {
		return merged, nil, fmt.Errorf("builder: merge: %w", err)
	}
	return merged, clashes, nil
}

func merge(at string, base, mine, theirs json.RawMessage) (json.RawMessage, []string) {
	switch {
	case bytes.Equal(mine, theirs), bytes.Equal(base, mine):
		return theirs, nil
	case bytes.Equal(base, theirs):
		return mine, nil
	}
	was, x, y := members(base), members(mine), members(theirs)
	if x == nil || y == nil {
		return theirs, []string{at}
	}
	all := map[string]json.RawMessage{}
	names := map[string]bool{}
	for _, m := range []map[string]json.RawMessage{was, x, y} {
		for name := range m {
			names[name] = true
		}
	}
	var clashes []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		below := name
		if at != "" {
			below = at + "." + name
		}
		value, bad := merge(below, was[name], x[name], y[name])
		clashes = append(clashes, bad...)
		if len(value) > 0 {
			all[name] = value
		}
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return theirs, append(clashes, at)
	}
	return raw, clashes
}

// members are those of a JSON object; nil for anything else, and an empty object for nothing.
func members(raw json.RawMessage) map[string]json.RawMessage {
	if len(raw) == 0 {
		return map[string]json.RawMessage{}
	}
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}
