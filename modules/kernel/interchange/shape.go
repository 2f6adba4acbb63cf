package interchange

import (
	"encoding"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"kervan/modules/kernel/i18n"
)

// What a file may hold, whatever its type.
const (
	// MostBytes is how large a file is at most.
	MostBytes = 4_000_000

	mostFlaws = 100
	mostDepth = 40
	mostItems = 1000 // of one list
)

// Shape says what a file looks like that becomes a T. It is made once and safe for concurrent use.
type Shape[T any] struct {
	title string
	rules rules
}

// Rule is something about a type that its declaration does not say.
type Rule func(*rules)

type place struct {
	owner reflect.Type
	name  string // of the field, in JSON
}

type span struct{ least, most int64 }

type rules struct {
	known    map[reflect.Type]func() []string
	patterns map[place]*regexp.Regexp
	most     map[place]int
	words    int
	between  map[place]span
}

// For makes a shape; the title is what a file of it is called in its schema.
func For[T any](title string, with ...Rule) *Shape[T] {
	s := &Shape[T]{title: title, rules: rules{
		known:    map[reflect.Type]func() []string{reflect.TypeFor[i18n.Locale](): locales},
		patterns: map[place]*regexp.Regexp{}, most: map[place]int{}, between: map[place]span{},
	}}
	for _, rule := range with {
		rule(&s.rules)
	}
	return s
}

func locales() []string { return texts(i18n.All) }

func texts[T ~string](all []T) []string {
	found := make([]string, len(all))
	for i, one := range all {
		found[i] = string(one)
	}
	return found
}

// Known says that a V is one of the values.
func Known[V ~string](values ...V) Rule {
	return func(r *rules) { r.known[reflect.TypeFor[V]()] = func() []string { return texts(values) } }
}

// Pattern says what an Owner's text of that name looks like, or each text of a list of that name.
func Pattern[Owner any](name string, pattern *regexp.Regexp) Rule {
	return func(r *rules) { r.patterns[placeOf[Owner](name)] = pattern }
}

// Most says how many characters an Owner's text of that name has at most, in each language.
func Most[Owner any](name string, characters int) Rule {
	return func(r *rules) { r.most[placeOf[Owner](name)] = characters }
}

// MostWords says how many characters a text in languages has at most, in each of them, where Most says nothing else.
func MostWords(characters int) Rule { return func(r *rules) { r.words = characters } }

// Between says how small and how large an Owner's number of that name may be.
func Between[Owner any](name string, least, most int64) Rule {
	return func(r *rules) { r.between[placeOf[Owner](name)] = span{least, most} }
}

// placeOf panics for a name that the type does not have: a rule about nothing is a mistake in the program.
func placeOf[Owner any](name string) place {
	owner := reflect.TypeFor[Owner]()
	if !slices.ContainsFunc(members(owner), func(m member) bool { return m.name == name }) {
		panic("interchange: " + owner.String() + " has no " + name)
	}
	return place{owner, name}
}

// member is a field of a struct as it stands in JSON.
type member struct {
	name     string
	kind     reflect.Type
	required bool
}

// members are the fields of a struct in the order in which they are written. What is empty when it is left out, such as a
// list or words in no language, need not be there.
func members(t reflect.Type) []member {
	var all []member
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case !f.IsExported() || name == "-" || f.Anonymous && name == "":
			continue
		case name == "":
			name = f.Name
		}
		optional := strings.Contains(options, "omit")
		switch f.Type.Kind() {
		case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
			optional = true
		default:
		}
		all = append(all, member{name: name, kind: f.Type, required: !optional})
	}
	return all
}

// knownOf are the values of a type that has only some; false for one that has all.
func (r *rules) knownOf(t reflect.Type) ([]string, bool) {
	values, ok := r.known[t]
	if !ok {
		return nil, false
	}
	return values(), true
}

// open reports whether anything may stand where the type is: it reads itself.
func open(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t.Kind() == reflect.Interface || p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// inner is the type that a pointer leads to.
func inner(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// mostOf is how many characters a text has at most; 0 sets no limit.
func (r *rules) mostOf(from place, spoken bool) int {
	if most, ok := r.most[from]; ok || !spoken {
		return most
	}
	return r.words
}

func whole(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Uint64 }
