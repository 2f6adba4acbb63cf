package interchange

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kervan/modules/kernel/i18n"
)

// walker holds JSON against a type, and remembers where each value begins.
type walker struct {
	rules   *rules
	file    *File
	decoder *json.Decoder
	broken  bool // the rest cannot be read
}

// next is where the next token begins.
func (w *walker) next() int {
	at := int(w.decoder.InputOffset())
	for at < len(w.file.raw) && strings.IndexByte(" \t\r\n,:", w.file.raw[at]) >= 0 {
		at++
	}
	return at
}

func (w *walker) flaw(n *Node, key string, pairs ...any) {
	w.file.note(n.offset, n, key, pairs...)
	if len(w.file.flaws) >= mostFlaws {
		w.broken = true
	}
}

func (w *walker) token() (json.Token, bool) {
	if w.broken {
		return nil, false
	}
	token, err := w.decoder.Token()
	if err != nil {
		w.broken = true
		w.syntax()
		return nil, false
	}
	return token, true
}

// syntax says where the file stops being JSON.
func (w *walker) syntax() {
	raw := w.file.raw
	var whole json.RawMessage
	wrong, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(raw, &whole))
	if !ok {
		w.file.note(w.next(), nil, "interchange.syntax_end")
		return
	}
	at := int(wrong.Offset) - 1
	if at < 0 || int(wrong.Offset) >= len(raw) && strings.Contains(wrong.Error(), "end of") {
		w.file.note(len(raw), nil, "interchange.syntax_end")
		return
	}
	r, _ := utf8.DecodeRune(raw[at:])
	if r < ' ' {
		w.file.note(at, nil, "interchange.syntax_break")
		return
	}
	w.file.note(at, nil, "interchange.syntax", "Sign", string(r))
}

// value reads the next value as a t; from is the field that it is, or is in a list or a text of. The node says how it is
// called.
func (w *walker) value(t reflect.Type, from place, parent, n *Node, depth int) *Node {
	n.parent, n.offset = parent, w.next()
	token, ok := w.token()
	if !ok {
		return n
	}
	pointer := t.Kind() == reflect.Pointer
	t = inner(t)
	if open(t) {
		w.pass(token)
		return n
	}
	switch v := token.(type) {
	case json.Delim:
		w.nested(t, v, from, n, depth)
	case nil:
		if !pointer && t.Kind() != reflect.Slice && t.Kind() != reflect.Map {
			w.want(t, n)
		}
	case string:
		if n.text = v; t.Kind() != reflect.String {
			w.want(t, n)
		} else {
			w.text(t, from, n)
		}
	case json.Number:
		w.number(t, from, n, v)
	case bool:
		if t.Kind() != reflect.Bool {
			w.want(t, n)
		}
	}
	return n
}

// want says what should stand where something else does.
func (w *walker) want(t reflect.Type, n *Node) {
	kind := "text"
	switch {
	case t == reflect.TypeFor[i18n.Text]():
		kind = "words"
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		kind = "object"
	case t.Kind() == reflect.Slice:
		kind = "list"
	case t.Kind() == reflect.Bool:
		kind = "tick"
	case t.Kind() != reflect.String:
		kind = "number"
	}
	w.flaw(n, "interchange.want."+kind)
}

func (w *walker) text(t reflect.Type, from place, n *Node) {
	clean, ok := i18n.Clean(n.text)
	if values, some := w.rules.knownOf(t); some {
		if !slices.Contains(values, n.text) {
			w.flaw(n, "interchange.not_one", "Value", brief(n.text), "Values", listed(values))
		}
		return
	}
	pattern, most := w.rules.patterns[from], w.rules.mostOf(from, n.spoken)
	switch {
	case !ok || !n.spoken && clean != n.text:
		w.flaw(n, "interchange.hidden")
	case most > 0 && utf8.RuneCountInString(n.text) > most:
		w.flaw(n, "interchange.too_long", "Count", utf8.RuneCountInString(n.text), "Most", most)
	case pattern != nil && !pattern.MatchString(n.text):
		w.flaw(n, "interchange.pattern", "Value", brief(n.text))
	}
}

func (w *walker) number(t reflect.Type, from place, n *Node, v json.Number) {
	if kind := t.Kind(); kind == reflect.Float64 || kind == reflect.Float32 {
		return
	} else if !whole(kind) {
		w.want(t, n)
		return
	}
	number, err := strconv.ParseInt(v.String(), 10, 64)
	if err != nil || reflect.New(t).Elem().OverflowInt(number) {
		w.want(t, n)
		return
	}
	switch span, ok := w.rules.between[from]; {
	case !ok || number >= span.least && number <= span.most:
	case span.least == span.most:
		w.flaw(n, "interchange.exactly", "Number", span.least)
	default:
		w.flaw(n, "interchange.between", "Low", span.least, "High", span.most)
	}
}

// nested goes on inside of an object or a list.
func (w *walker) nested(t reflect.Type, opening json.Delim, from place, n *Node, depth int) {
	switch {
	case depth > mostDepth:
		w.flaw(n, "interchange.deep")
		w.broken = true
	case opening == '[' && t.Kind() == reflect.Slice:
		w.list(t, from, n, depth)
	case opening == '{' && t.Kind() == reflect.Struct:
		w.object(t, n, depth)
	case opening == '{' && t.Kind() == reflect.Map:
		w.words(t, from, n, depth)
	default:
		w.want(t, n)
		w.pass(opening)
	}
}

func (w *walker) list(t reflect.Type, from place, n *Node, depth int) {
	for !w.broken && w.decoder.More() {
		if len(n.items) == mostItems {
			w.flaw(n, "interchange.many", "Most", mostItems)
			w.pass(json.Delim('['))
			return
		}
		n.items = append(n.items, w.value(t.Elem(), from, n, &Node{number: len(n.items) + 1}, depth+1))
	}
	w.token()
}

func (w *walker) object(t reflect.Type, n *Node, depth int) {
	known := members(t)
	names := make([]string, len(known))
	for i := range known {
		names[i] = known[i].name
	}
	w.fields(n, func(name string, at *Node) {
		i := slices.Index(names, name)
		switch {
		case i >= 0:
			w.value(known[i].kind, place{t, name}, n, at, depth+1)
			return
		case near(name, names) != "":
			w.flaw(at, "interchange.unknown_near", "Name", brief(name), "Near", near(name, names))
		default:
			w.flaw(at, "interchange.unknown", "Name", brief(name))
		}
		w.skip()
	})
	for _, m := range known {
		if m.required && !w.broken && n.fields[m.name] == nil {
			w.flaw(n, "interchange.missing", "Name", m.name)
		}
	}
}

// words reads a map: mostly a text in some languages.
func (w *walker) words(t reflect.Type, from place, n *Node, depth int) {
	values, some := w.rules.knownOf(t.Key())
	w.fields(n, func(name string, at *Node) {
		if some && !slices.Contains(values, name) {
			w.flaw(at, "interchange.no_language", "Name", brief(name), "Values", listed(values))
			w.skip()
			return
		}
		at.spoken = some
		w.value(t.Elem(), from, n, at, depth+1)
	})
}

// fields reads an object name by name.
func (w *walker) fields(n *Node, read func(name string, at *Node)) {
	n.fields = map[string]*Node{}
	for !w.broken && w.decoder.More() {
		offset := w.next()
		token, ok := w.token()
		name, isName := token.(string)
		if !ok || !isName {
			return
		}
		at := &Node{parent: n, offset: offset, name: name}
		if n.fields[name] != nil {
			w.flaw(at, "interchange.twice", "Name", brief(name))
			w.skip()
			continue
		}
		n.fields[name] = at
		read(name, at)
	}
	w.token()
}

// skip leaves out the next value; pass leaves out what is left of one that has begun.
func (w *walker) skip() {
	if token, ok := w.token(); ok {
		w.pass(token)
	}
}

func (w *walker) pass(begun json.Token) {
	open := 0
	for token := begun; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			open++
		case json.Delim('}'), json.Delim(']'):
			open--
		}
		if open == 0 {
			return
		}
		var ok bool
		if token, ok = w.token(); !ok {
			return
		}
	}
}

// listed are values in a sentence.
func listed(values []string) string {
	const most = 30
	shown := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(shown) > most {
		shown = append(shown[:most:most], "…")
	}
	return strings.Join(shown, ", ")
}
