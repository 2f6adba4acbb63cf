package solver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/solver/decimals"
)

// reader walks through a JSON value that is known to be well formed, value by value, and knows where it stands, so that a
// Mistake can say so. Every method reads exactly one value; after an error a reader is of no more use.
type reader struct {
	text []byte
	at   int
	path []step
}

// step is a field's name, or the index in a list where the name is empty.
type step struct {
	name  string
	index int
}

// object is the fields of a JSON object by name, each with a reader that has its value before it.
type object map[string]*reader

// object reads an object with these fields and no others; a name that ends in a question mark is that of a field that may
// be missing. Every instance has the field "kind" besides.
func (r *reader) object(names ...string) (object, error) {
	if r.peek() != '{' {
		return nil, r.mistake("must be an object, is %s", r.seen())
	}
	if len(r.path) == 0 {
		names = append([]string{"kind"}, names...)
	}
	o := object{}
	if err := r.fields(func(name string) error {
		at := r.inside(name)
		switch {
		case o[name] != nil:
			return at.mistake("stands here twice")
		case !slices.Contains(names, name) && !slices.Contains(names, name+"?"):
			return at.mistake("is not a field; the fields here are %s", strings.ReplaceAll(listed(names, "and"), "?", ""))
		}
		o[name] = at
		return nil
	}); err != nil {
		return nil, err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, "?") && o[name] == nil {
			return nil, r.inside(name).mistake("is missing")
		}
	}
	return o, nil
}

// kind is what the field of that name says, without moving on.
func (r *reader) kind() (string, error) {
	look := reader{text: r.text}
	if look.peek() != '{' {
		return "", r.mistake("the instance must be an object, is %s", look.seen())
	}
	name, found := "", false
	err := look.fields(func(field string) (err error) {
		if field == "kind" && !found {
			found = true
			name, err = look.inside(field).word()
		}
		return err
	})
	if err == nil && !found {
		err = &Mistake{Where: "kind", What: "is missing; it is " + names()}
	}
	return name, err
}

// fields reads an object, with the reader before the value of each field in turn.
func (r *reader) fields(each func(name string) error) error {
	r.at++
	for r.peek() != '}' {
		begin := r.at
		r.skip()
		var name string
		if err := json.Unmarshal(r.text[begin:r.at], &name); err != nil {
			return err
		}
		r.peek()
		r.at++ // the colon
		if err := each(name); err != nil {
			return err
		}
		r.skip()
		if r.peek() == ',' {
			r.at++
		}
	}
	r.at++
	return nil
}

// inside is a reader of its own for the value before this one, one name deeper.
func (r *reader) inside(name string) *reader {
	return &reader{text: r.text, at: r.at, path: append(slices.Clone(r.path), step{name: name})}
}

// array reads a list; each reads its value i. What is in it, such as "edges", is for the Mistake.
func (r *reader) array(what string, each func(i int) error) error {
	if r.peek() != '[' {
		return r.mistake("must be a list of %s, is %s", what, r.seen())
	}
	r.at++
	depth := len(r.path)
	r.path = append(r.path, step{})
	for i := 0; r.peek() != ']'; i++ {
		r.path[depth].index = i
		if err := each(i); err != nil {
			return err
		}
		if r.peek() == ',' {
			r.at++
		}
	}
	r.at++
	r.path = r.path[:depth]
	return nil
}

// tuple reads a list of exactly n values that are called what, such as "[node, node, weight]".
func (r *reader) tuple(n int, what string, each func(i int) error) error {
	if r.peek() != '[' {
		return r.mistake("must be %s, is %s", what, r.seen())
	}
	found := 0
	if err := r.array(what, func(i int) error {
		if found++; i >= n {
			return r.mistake("is one too many; this is %s", what)
		}
		return each(i)
	}); err != nil {
		return err
	}
	if found < n {
		return r.mistake("has %d of %d values; this is %s", found, n, what)
	}
	return nil
}

// integer reads a whole number between two bounds, themselves allowed, that is called what, such as "a node; nodes are 0 to 9".
func (r *reader) integer(what string, least, most int) (int, error) {
	d, err := r.decimal()
	if err != nil {
		return 0, err
	}
	n, whole := d.Int()
	if !whole || n < int64(least) || n > int64(most) {
		return 0, r.mistake("%s is not %s", clip(string(r.last())), what)
	}
	return int(n), nil
}

// decimal reads a number as it is written.
func (r *reader) decimal() (decimals.Decimal, error) {
	if c := r.peek(); c != '-' && (c < '0' || c > '9') {
		return decimals.Decimal{}, r.mistake("must be a number, is %s", r.seen())
	}
	r.skip()
	d, ok := decimals.Parse(r.last())
	if !ok {
		return d, r.mistake("%s is too large a number", clip(string(r.last())))
	}
	return d, nil
}

// boolean reads true or false.
func (r *reader) boolean() (bool, error) {
	c := r.peek()
	if c != 't' && c != 'f' {
		return false, r.mistake("must be true or false, is %s", r.seen())
	}
	r.skip()
	return c == 't', nil
}

// word reads a string.
func (r *reader) word() (string, error) {
	if r.peek() != '"' {
		return "", r.mistake("must be a string, is %s", r.seen())
	}
	begin := r.at
	r.skip()
	var s string
	err := json.Unmarshal(r.text[begin:r.at], &s)
	return s, err
}

// null reads null if it is what comes next, and says whether it was.
func (r *reader) null() bool {
	if r.peek() != 'n' {
		return false
	}
	r.skip()
	return true
}

// flag is a field that is true or false, false where it is missing.
func (o object) flag(name string) (bool, error) {
	if o[name] == nil {
		return false, nil
	}
	return o[name].boolean()
}

// text is a field that is a string, "" where it is missing.
func (o object) text(name string) (string, error) {
	if o[name] == nil {
		return "", nil
	}
	return o[name].word()
}

// seed is the field of that name, by which ties are broken in another way than without one, and whether it is there.
func (o object) seed() (uint64, bool, error) {
	if o["seed"] == nil {
		return 0, false, nil
	}
	n, err := o["seed"].integer("a seed; seeds are 0 to 2^53", 0, 1<<53)
	return uint64(n), true, err
}

// mistake is what is wrong with the value that is being read.
func (r *reader) mistake(format string, args ...any) error {
	var where strings.Builder
	for i, s := range r.path {
		switch {
		case s.name == "":
			fmt.Fprintf(&where, "[%d]", s.index)
		case i > 0:
			where.WriteString("." + clip(s.name))
		default:
			where.WriteString(clip(s.name))
		}
	}
	return &Mistake{Where: where.String(), What: fmt.Sprintf(format, args...)}
}

// peek moves on to what comes next, and is its first byte.
func (r *reader) peek() byte {
	for {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
}

// skip moves behind the value that comes next.
func (r *reader) skip() {
	depth := 0
	for {
		switch r.peek() {
		case '{', '[':
			depth++
			r.at++
		case '}', ']':
			depth--
			r.at++
		case ',', ':':
			r.at++
			continue
		case '"':
			for r.at++; r.text[r.at] != '"'; r.at++ {
				if r.text[r.at] == '\\' {
					r.at++
				}
			}
			r.at++
		default:
			for r.at < len(r.text) && bytes.IndexByte([]byte(" \t\n\r,:]}"), r.text[r.at]) < 0 {
				r.at++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// last is the text of the number, true, false or null that was just read.
func (r *reader) last() []byte {
	begin := r.at
	for begin > 0 && bytes.IndexByte([]byte(" \t\n\r,:[{"), r.text[begin-1]) < 0 {
		begin--
	}
	return r.text[begin:r.at]
}

// seen says in words what comes next.
func (r *reader) seen() string {
	switch r.peek() {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 'n':
		return "null"
	case 't':
		return "true"
	case 'f':
		return "false"
	default:
		return "a number"
	}
}

// clip makes a text fit into one line.
func clip(s string) string {
	const most = 40
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	quoted := strconv.Quote(s)
	return quoted[1 : len(quoted)-1]
}
