package ui

import (
	"embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// Locales are the words of the frame and of every fault.
//
//go:embed locales
var Locales embed.FS

// Page is what the frame around a page needs. site.Page fills it.
type Page struct {
	Loc       *i18n.Localizer
	Title     string
	Brand     Brand
	Nav       []NavItem
	Person    *Person
	Languages []Language
	CSRF      string
	Nonce     string
	Path      string
	Notice    *Notice
	Bare      bool // no navigation: signing in, errors
	NoIndex   bool
	Product   string // the platform's own name, small in the footer
	Banner    templ.Component
	Test      *Test // of a page on which everything is invented
	// Style is the address of the brand's style sheet; empty: the one of the tenant.
	Style string
	Head  Head
	// Menu and Foot are the navigation of visitors, above the page and below it.
	Menu, Foot []NavItem
	// Theme is light or dark where the page is to be seen so whatever the reader prefers; empty: as they prefer.
	Theme string
}

func (p Page) style() string {
	if p.Style != "" {
		return p.Style
	}
	return "/brand.css?v=" + BrandVersion(p.Brand)
}

// letters are the files of the typeface that the page's language is written with; browsers fetch them beside the style sheets.
func (p Page) letters() []string {
	face := p.Brand.Face().ID
	if p.Loc.ExtendedLatin() {
		return []string{face + "-latin.woff2", face + "-latin-ext.woff2"}
	}
	return []string{face + "-latin.woff2"}
}

// T translates a message key.
func (p Page) T(key string, pairs ...any) string { return p.Loc.T(key, pairs...) }

// N translates a message key that counts.
func (p Page) N(key string, count int, pairs ...any) string { return p.Loc.N(key, count, pairs...) }

// NavItem is a line of the navigation.
type NavItem struct {
	Group   string // what stands above it and those that follow of the same group; empty: nothing
	Label   string
	Href    string
	Icon    string
	Current bool
	Count   int
}

// groupsOf are the items of each group, one after the other.
func groupsOf(items []NavItem) (groups [][]NavItem) {
	for i := range items {
		if i == 0 || items[i].Group != items[i-1].Group {
			groups = append(groups, items[i:i])
		}
		last := len(groups) - 1
		groups[last] = groups[last][:len(groups[last])+1]
	}
	return groups
}

// Person is who has signed in.
type Person struct {
	Name  string
	Email string
	Role  string
}

// Language is a choice of the language switch.
type Language struct {
	Code    string
	Name    string
	Current bool
}

// Notice says once what has just happened. Kind is success, info, warning or danger.
type Notice struct {
	Kind string
	Text string
}

// Crumb is a step of the way back. The last one has no Href.
type Crumb struct {
	Label string
	Href  string
}

// Option is a choice of a field.
type Option struct {
	Value    string
	Label    string
	Hint     string
	Selected bool
}

// Test says above a page that everything on it is invented, and leads out of it.
type Test struct{ Text, Link, Href string }

// Field is one question of a form. Error is already translated.
type Field struct {
	Name         string
	Label        string
	Hint         string
	Value        string
	Error        string
	Type         string // of an input; text when empty
	Autocomplete string
	InputMode    string
	Lang         string // of the value, when it is not the page's
	Required     bool
	Disabled     bool
	Short        bool
	Words        int // a limit to count down from; 0: none
	Chars        int
	Rows         int
	Options      []Option
	Empty        string // the label of "nothing chosen" in a select
	Checked      bool
	Min, Max     string
	Attributes   templ.Attributes // of the input itself
}

// ID is the input's id on the page.
func (f Field) ID() string { return "f-" + safeID(f.Name) }

func safeID(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, name)
}

func (f Field) describedBy() string {
	var parts []string
	if f.Hint != "" {
		parts = append(parts, f.ID()+"-hint")
	}
	if f.Error != "" {
		parts = append(parts, f.ID()+"-error")
	}
	if f.Words > 0 || f.Chars > 0 {
		parts = append(parts, f.ID()+"-count")
	}
	return strings.Join(parts, " ")
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) attributes() templ.Attributes {
	all := templ.Attributes{}
	maps.Copy(all, f.Attributes)
	set := func(name, value string) {
		if value != "" {
			all[name] = value
		}
	}
	set("autocomplete", f.Autocomplete)
	set("inputmode", f.InputMode)
	set("aria-describedby", f.describedBy())
	set("lang", f.Lang)
	set("min", f.Min)
	set("max", f.Max)
	if f.Error != "" {
		all["aria-invalid"] = "true"
	}
	if f.Required {
		all["required"] = true
	}
	if f.Disabled {
		all["disabled"] = true
	}
	if f.Words > 0 {
		all["data-words"] = strconv.Itoa(f.Words)
	}
	if f.Chars > 0 {
		all["data-chars"] = strconv.Itoa(f.Chars)
	}
	return all
}

func (f Field) class() string {
	class := "k-field"
	if f.Error != "" {
		class += " k-bad"
	}
	if f.Short {
		class += " k-short"
	}
	return class
}

// FieldError is the translated sentence about one field of a refused form; empty when the field is fine.
func FieldError(p Page, f *fault.Fault, name string) string {
	if f == nil {
		return ""
	}
	for _, field := range f.Fields {
		if field.Name == name {
			return p.Loc.With(field.Key, field.Args)
		}
	}
	return ""
}

// labelled is the label of a field with a colon, as the beginning of a sentence about it.
func labelled(name string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return strings.TrimRight(pairs[i+1], ".:") + ": "
		}
	}
	return ""
}

// inOrder are the refused fields as they follow each other on the page, which is the order of the pairs.
func inOrder(fields []fault.Field, pairs []string) []fault.Field {
	place := func(f fault.Field) int {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == f.Name {
				return i
			}
		}
		return len(pairs)
	}
	return slices.SortedStableFunc(slices.Values(fields), func(a, b fault.Field) int { return place(a) - place(b) })
}

// Task is a line of a task list.
type Task struct {
	Title  string
	Href   string // empty: not to be opened yet
	Hint   string
	Status string
	Tone   string // of the status: success, info, warning, danger, neutral
}

// Term is a line of a description list. Component, where set, stands in for the text.
type Term struct {
	Label     string
	Text      string
	Lang      string // marks a text in another language than the page's
	Component templ.Component
}

// Stat is a number with its name.
type Stat struct {
	Value string
	Label string
}

// Tab is one of several views of the same thing.
type Tab struct {
	Label   string
	Href    string
	Current bool
	Within  bool // the page is one of several that the tab stands for
}

// Step is one point of a history, newest or oldest first as given.
type Step struct {
	Title string
	When  string
	Text  string
}

// initials are up to two first letters of a name, for an avatar.
func initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		r, _ := utf8.DecodeRuneInString(word)
		out = append(out, r)
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return string(out)
}

func tone(kind string) string {
	switch kind {
	case "success", "info", "warning", "danger":
		return "k-" + kind
	default:
		return "k-neutral"
	}
}

func noticeRole(kind string) string {
	if kind == "danger" {
		return "alert"
	}
	return "status"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// offset is by how many minutes the zone's clocks are ahead of UTC then.
func offset(t time.Time, zone *time.Location) string {
	_, seconds := t.In(zone).Zone()
	return strconv.Itoa(seconds / 60)
}
