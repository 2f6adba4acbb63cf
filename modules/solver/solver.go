package solver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MaxBytes is how long an instance may be.
const MaxBytes = 64 << 20

// A Mistake is the first thing that is wrong with an instance.
type Mistake struct {
	Where string // such as edges[3][1]; nothing where it is the instance as a whole
	What  string
}

// Error is one line, such as "edges[3][1]: 12 is not a node; nodes are 0 to 9".
func (m *Mistake) Error() string {
	if m.Where == "" {
		return m.What
	}
	return m.Where + ": " + m.What
}

// kind is one kind of instance.
type kind struct {
	// solve reads the whole instance, refuses with a Mistake what is wrong with it, and returns what becomes the answer's JSON.
	// It gives up with the context's error soon after the context is done.
	solve    func(ctx context.Context, r *reader) (any, error)
	about    string // the help: lines of at most 100 characters
	examples []example
}

type example struct{ instance, answer string }

// Solve computes an instance anew. The error is a *Mistake where the instance is wrong, and the context's where that ended
// before the answer was found.
func Solve(ctx context.Context, instance []byte) ([]byte, error) {
	r, err := parse(instance)
	if err != nil {
		return nil, err
	}
	name, err := r.kind()
	if err != nil {
		return nil, err
	}
	k, known := kinds[name]
	if !known {
		return nil, &Mistake{Where: "kind", What: fmt.Sprintf("%q is none of %s", clip(name), names())}
	}
	answer, err := k.solve(ctx, r)
	if err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}

// parse refuses what is no JSON, or more than one value.
func parse(instance []byte) (*reader, error) {
	if len(instance) > MaxBytes {
		return nil, &Mistake{What: fmt.Sprintf("the instance is longer than %d MiB", MaxBytes>>20)}
	}
	if len(bytes.TrimSpace(instance)) == 0 {
		return nil, &Mistake{What: "the instance is empty"}
	}
	err := json.Unmarshal(instance, new(json.RawMessage))
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		before := instance[:min(max(wrong.Offset-1, 0), int64(len(instance)))]
		line, column := bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n')
		return nil, &Mistake{Where: fmt.Sprintf("line %d, column %d", line, column), What: "this is not JSON: " + wrong.Error()}
	}
	if err != nil {
		return nil, &Mistake{What: "this is not JSON: " + err.Error()}
	}
	return &reader{text: instance}, nil
}

// Help says what instances and answers look like.
func Help() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[name]
		fmt.Fprintf(&b, "\n%s\n\n%s\n", strings.ToUpper(name), strings.TrimSpace(k.about))
		for _, e := range k.examples {
			fmt.Fprintf(&b, "\n  %s\n  → %s\n", e.instance, e.answer)
		}
	}
	return b.String()
}

// names are those of all kinds.
func names() string {
	return listed(slices.Sorted(maps.Keys(kinds)), "or")
}

// listed is "a, b or c".
func listed(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
