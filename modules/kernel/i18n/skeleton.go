package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

var argument = regexp.MustCompile(`\{\{\.\w+\}\}`)

// translated checks a message of a language's file against the English one: it may leave arguments out, but not invent any.
func translated(key string, english, own *i18n.Message) error {
	known := argument.FindAllString(english.One+english.Other, -1)
	for _, form := range forms(own) {
		for _, found := range argument.FindAllString(*form, -1) {
			if !slices.Contains(known, found) {
				return fmt.Errorf("%s says %s, which the English message does not have", key, found)
			}
		}
		if strings.Contains(argument.ReplaceAllString(*form, ""), "{{") {
			return fmt.Errorf("%s says {{ for something else than an argument", key)
		}
	}
	return nil
}

// forms are the texts of a message for each kind of number.
func forms(m *i18n.Message) []*string {
	return []*string{&m.Zero, &m.One, &m.Two, &m.Few, &m.Many, &m.Other}
}

// whole fills the kinds of numbers for which a message has no text of its own, as English knows only two.
func whole(m i18n.Message) *i18n.Message {
	if m.One == "" {
		return &m
	}
	for _, form := range forms(&m) {
		if *form == "" {
			*form = m.Other
		}
	}
	return &m
}

// extend takes a language of one file: what it says, and the English words for what it does not say yet.
func (c *Catalog) extend(bundle *i18n.Bundle, l Locale, a *addition, m *messages) error {
	english := c.languages[EN]
	var wrong []error
	for key := range english.keys() {
		standard := english.message(key)
		raw := standard
		if marks := english.marked[key]; marks != nil {
			raw = marks
		}
		if own := a.messages[key]; own != nil && own.Other != "" {
			raw = own
			wrong = append(wrong, translated(key, standard, own))
		} else {
			m.missing = append(m.missing, key)
		}
		if err := m.take(bundle, l, whole(*raw)); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", key, err))
		}
	}
	slices.Sort(m.missing)
	return errors.Join(wrong...)
}

// Missing lists the messages that a language of one file does not say yet; they are shown in English.
func (c *Catalog) Missing(l Locale) []string {
	if m, ok := c.languages[l]; ok {
		return slices.Clone(m.missing)
	}
	return c.Keys()
}

// Skeleton writes the file of a further language: what is translated already, and each message that is not in English as a
// comment.
func (c *Catalog) Skeleton(l Locale) string {
	var out strings.Builder
	out.WriteString("# An interface language in one file. Translate, and remove the # before what is translated; the rest is shown in English.\n" +
		"# {{.Name}} stands for a value. [[partnership.one|word]] marks a term that networks may call differently: its word in this\n" +
		"# language stands after the |, and before it partnership.one or partnership.many.\n\n")
	known := map[string]*i18n.Message{}
	if a := further[l]; a != nil {
		known = a.messages
	}
	write := func(key string, english *i18n.Message) {
		if m := known[key]; m != nil && m.Other != "" {
			out.WriteString(entry(key, m))
			return
		}
		out.WriteString("# " + entry(key, english))
	}
	for _, line := range own {
		write(line.key, &i18n.Message{Other: line.english})
	}
	english := c.languages[EN]
	room := ""
	for _, key := range c.Keys() {
		if now, _, _ := strings.Cut(key, "."); now != room {
			room = now
			out.WriteString("\n# " + room + "\n")
		}
		m := english.message(key)
		if marks := english.marked[key]; marks != nil {
			m = marks
		}
		write(key, m)
	}
	return out.String()
}

func entry(key string, m *i18n.Message) string {
	if m.One == "" {
		return quote(key) + " = " + quote(m.Other) + "\n"
	}
	var parts []string
	for i, name := range []string{"zero", "one", "two", "few", "many", "other"} {
		if text := *forms(m)[i]; text != "" {
			parts = append(parts, name+" = "+quote(text))
		}
	}
	return quote(key) + " = { " + strings.Join(parts, ", ") + " }\n"
}

// quote writes a TOML string, which JSON's are too.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}
