package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en_GB"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed languages
var embedded embed.FS

// Shipped are the languages in which the product's own texts are written: its messages, blueprints and examples.
var Shipped = []Locale{EN, TR, DE}

// All lists the interface languages in the order in which a language switch offers them: those that ship, and those of
// which there is a file.
var All, further = begin()

// further are the files of the languages that are one file each.
type addition struct {
	name     string
	file     []byte
	messages map[string]*i18n.Message
	format   locales.Translator
}

func begin() ([]Locale, map[Locale]*addition) {
	all, found := slices.Clone(Shipped), map[Locale]*addition{}
	if err := add(&all, found, embedded, "languages"); err != nil {
		panic(err) // a file of the product itself
	}
	return all, found
}

// Add reads a folder of further interface languages, a file named <language>.toml each. It is for the start of the program,
// before anything is loaded. It fails on a file that does not parse, that lacks what a date or a number needs, or that is
// named like a language there is.
func Add(folder fs.FS) error { return add(&All, further, folder, ".") }

func add(all *[]Locale, found map[Locale]*addition, folder fs.FS, dir string) error {
	names, err := fs.Glob(folder, path.Join(dir, "*.toml"))
	if err != nil {
		return fmt.Errorf("i18n: list languages: %w", err)
	}
	for _, name := range names {
		l := Locale(strings.TrimSuffix(path.Base(name), ".toml"))
		if slices.Contains(*all, l) || !tagForm.MatchString(string(l)) {
			return fmt.Errorf("i18n: %s: the language %q is there already or is none", name, l)
		}
		if _, err := language.Parse(string(l)); err != nil {
			return fmt.Errorf("i18n: %s: %w", name, err)
		}
		file, err := fs.ReadFile(folder, name)
		if err != nil {
			return fmt.Errorf("i18n: read %s: %w", name, err)
		}
		a, err := parseAddition(file)
		if err != nil {
			return fmt.Errorf("i18n: %s: %w", name, err)
		}
		*all, found[l] = append(*all, l), a
	}
	return nil
}

var tagForm = regexp.MustCompile(`^[a-z]{2,3}$`)

// own are the messages of a file that are about the language itself, with what they say in English.
var own = []struct{ key, english string }{
	{"language.name", "English"},
	{"language.months", "January|February|March|April|May|June|July|August|September|October|November|December"},
	{"language.months_short", "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"},
	{"language.days", "Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday"},
	{"language.date", "{day} {month} {year}"},
	{"language.percent", "{number}%"},
	{"language.decimal", "."},
	{"language.group", ","},
}

func parseAddition(file []byte) (*addition, error) {
	parsed, err := parse(file, "en.toml")
	if err != nil {
		return nil, err
	}
	a := &addition{file: file, messages: map[string]*i18n.Message{}}
	for _, m := range parsed {
		a.messages[m.ID] = m
	}
	say := func(key string) string {
		if m := a.messages[key]; m != nil {
			return m.Other
		}
		return ""
	}
	f := &formatting{
		Translator: en_GB.New(), months: strings.Split(say("language.months"), "|"), short: strings.Split(say("language.months_short"), "|"), days: strings.Split(say("language.days"), "|"),
		date: say("language.date"), percent: say("language.percent"), decimal: say("language.decimal"), group: say("language.group"),
	}
	a.name, a.format = say("language.name"), f
	for _, part := range []string{"{day}", "{month}", "{year}"} {
		if !strings.Contains(f.date, part) {
			return nil, fmt.Errorf("language.date must say where %s stands", part)
		}
	}
	switch {
	case a.name == "":
		return nil, fmt.Errorf("language.name must say what the language calls itself")
	case len(f.months) != 12 || len(f.short) != 12 || len(f.days) != 7:
		return nil, fmt.Errorf("language.months and language.months_short must have 12 names, language.days 7, divided by |")
	case utf8.RuneCountInString(f.decimal) != 1 || utf8.RuneCountInString(f.group) != 1 || !strings.Contains(f.percent, "{number}"):
		return nil, fmt.Errorf("language.decimal and language.group must be one sign each, and language.percent say where {number} stands")
	}
	return a, nil
}

// formatting writes dates and numbers as a language's file says.
type formatting struct {
	locales.Translator

	months, short, days           []string
	date, percent, decimal, group string
}

func (f *formatting) FmtNumber(num float64, digits uint64) string {
	return strings.NewReplacer(",", f.group, ".", f.decimal).Replace(f.Translator.FmtNumber(num, digits))
}

func (f *formatting) FmtPercent(num float64, digits uint64) string {
	return strings.ReplaceAll(f.percent, "{number}", f.FmtNumber(num, digits))
}

func (f *formatting) FmtDateLong(t time.Time) string { return f.day(t, f.months) }

func (f *formatting) FmtDateMedium(t time.Time) string { return f.day(t, f.short) }

func (f *formatting) MonthWide(m time.Month) string { return f.months[m-1] }

func (f *formatting) WeekdayWide(d time.Weekday) string { return f.days[d] }

func (f *formatting) day(t time.Time, months []string) string {
	return strings.NewReplacer("{day}", t.Format("2"), "{month}", months[t.Month()-1], "{year}", t.Format("2006")).Replace(f.date)
}
