package interchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// File is a file that has been read: where each of its values stands.
type File struct {
	Root *Node

	raw     []byte
	lines   []int // where each begins
	flaws   []found
	remarks []found
}

type found struct {
	at   int
	node *Node
	key  string
	args fault.Args
}

// Write is a value as a file.
func Write(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Read reads a file as far as it can, and notes everything that is wrong with it (see Flaws). With flaws the value is the
// zero one. Texts in languages are tidied: composed (NFC), with \n for line breaks and without space around them.
func (s *Shape[T]) Read(raw []byte) (T, *File) {
	var into, none T
	f := &File{raw: bytes.TrimPrefix(raw, []byte("\ufeff"))}
	switch {
	case len(raw) > MostBytes:
		f.raw = nil
		f.Refuse(nil, "interchange.too_large", "Most", MostBytes/1_000_000)
		return none, f
	case !utf8.Valid(raw):
		f.note(invalidAt(f.raw), nil, "interchange.no_text")
		return none, f
	}
	w := walker{rules: &s.rules, file: f, decoder: json.NewDecoder(bytes.NewReader(f.raw))}
	w.decoder.UseNumber()
	f.Root = w.value(reflect.TypeFor[T](), place{}, nil, &Node{}, 0)
	if _, err := w.decoder.Token(); !w.broken && !errors.Is(err, io.EOF) {
		f.note(w.next(), nil, "interchange.more")
	}
	if len(f.flaws) > 0 {
		return none, f
	}
	if err := json.Unmarshal(f.raw, &into); err != nil {
		at := 0
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			at = int(wrong.Offset)
		}
		f.note(at, nil, "interchange.unread")
		return none, f
	}
	tidy(reflect.ValueOf(&into).Elem())
	return into, f
}

// Refuse notes a flaw of a value that has been read; pairs are names and values for its sentence.
func (f *File) Refuse(at *Node, key string, pairs ...any) {
	offset := 0
	if at != nil {
		offset = at.offset
	}
	f.note(offset, at, key, pairs...)
}

// Remark notes what somebody must know of a value that has been read, though it is no flaw.
func (f *File) Remark(at *Node, key string, pairs ...any) {
	flaws := f.flaws
	f.flaws = f.remarks
	f.Refuse(at, key, pairs...)
	f.remarks, f.flaws = f.flaws, flaws
}

// Remarks are what was noted by Remark, in the order of the file's lines; at most a hundred.
func (f *File) Remarks() []Flaw { return f.told(f.remarks) }

// Flaws are what is wrong with the file, in the order of its lines; at most a hundred.
func (f *File) Flaws() []Flaw { return f.told(f.flaws) }

func (f *File) told(found []found) []Flaw {
	sort.SliceStable(found, func(i, j int) bool { return found[i].at < found[j].at })
	all := make([]Flaw, 0, min(len(found), mostFlaws))
	for _, one := range found[:min(len(found), mostFlaws)] {
		line, column := f.position(one.at)
		all = append(all, Flaw{Line: line, Column: column, Way: one.node.way(), Key: one.key, Args: one.args})
	}
	return all
}

func (f *File) note(at int, node *Node, key string, pairs ...any) {
	var args fault.Args
	for i := 0; i+1 < len(pairs); i += 2 {
		if args == nil {
			args = fault.Args{}
		}
		name, _ := pairs[i].(string)
		args[name] = pairs[i+1]
	}
	f.flaws = append(f.flaws, found{at, node, key, args})
}

// position is the line and the column, in characters, of a byte.
func (f *File) position(at int) (line, column int) {
	if f.lines == nil {
		f.lines = []int{0}
		for i, b := range f.raw {
			if b == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	}
	at = min(max(at, 0), len(f.raw))
	line = sort.SearchInts(f.lines, at+1)
	return line, 1 + utf8.RuneCount(f.raw[f.lines[line-1]:at])
}

func invalidAt(raw []byte) int {
	at := 0
	for at < len(raw) {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return at
}

// tidy writes texts in languages as people's input is written everywhere.
func tidy(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			tidy(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				tidy(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			tidy(v.Index(i))
		}
	case reflect.Map:
		if text, ok := reflect.TypeAssert[i18n.Text](v); ok {
			for l, words := range text {
				text[l], _ = i18n.Clean(words)
			}
		}
	default:
	}
}

// near is the name that somebody may have meant; empty when none is close.
func near(name string, all []string) string {
	best, distance := "", 3
	for _, one := range all {
		if d := apart(strings.ToLower(name), one); d < distance && d < len(one) {
			best, distance = one, d
		}
	}
	return best
}

// apart counts the letters that must be put in, taken out or changed to make one name of the other (Levenshtein 1966).
func apart(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 40
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			before, row[j+1] = row[j+1], slices.Min([]int{row[j+1] + 1, row[j] + 1, before + cost})
		}
	}
	return row[len(b)]
}
