package i18n

import (
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/tr"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Catalog holds every message of every module in every language. It is immutable after Load and safe for concurrent
// use.
type Catalog struct {
	languages map[Locale]*messages
}

// messages are what is said in one language. Nearly all of it has neither arguments nor plural forms, and is kept as nothing but text.
type messages struct {
	plain     map[string]string
	formed    map[string]*i18n.Message // those with arguments or plural forms
	marked    map[string]*i18n.Message // those that name a term, with the marks
	missing   []string                 // what a language of one file does not say yet
	localizer *i18n.Localizer
	format    locales.Translator
	decimal   string
	group     string

	extendedLatin bool
}

// Load reads <dir>/<language>.toml of every source, where the directory is "locales". It fails on a file that does not
// parse, on a key that two files claim, and on a key that one language has and another lacks. A language that is one file
// has what its file says, and English words for the rest.
func Load(sources ...fs.FS) (*Catalog, error) {
	bundle := i18n.NewBundle(EN.Tag())
	c := &Catalog{languages: map[Locale]*messages{}}
	for _, l := range All {
		m := newMessages()
		m.format = formatter(l)
		m.decimal, m.group = separators(m.format)
		m.extendedLatin = extendedLatin(m.format)
		if a := further[l]; a != nil {
			if err := c.extend(bundle, l, a, m); err != nil {
				return nil, fmt.Errorf("i18n: %s: %w", l, err)
			}
		} else if err := m.readAll(bundle, sources, l); err != nil {
			return nil, err
		}
		m.localizer = i18n.NewLocalizer(bundle, string(l))
		c.languages[l] = m
	}
	return c, c.complete()
}

func (m *messages) readAll(bundle *i18n.Bundle, sources []fs.FS, l Locale) error {
	for _, source := range sources {
		if err := m.read(bundle, source, l); err != nil {
			return err
		}
	}
	return nil
}

func (m *messages) read(bundle *i18n.Bundle, source fs.FS, l Locale) error {
	name := path.Join("locales", string(l)+".toml")
	buf, err := fs.ReadFile(source, name)
	if err != nil {
		return fmt.Errorf("i18n: read %s: %w", name, err)
	}
	parsed, err := parse(buf, name)
	if err != nil {
		return fmt.Errorf("i18n: parse %s: %w", name, err)
	}
	for _, msg := range parsed {
		if m.has(msg.ID) {
			return fmt.Errorf("i18n: %s: key %q is already taken", name, msg.ID)
		}
		if err := m.take(bundle, l, msg); err != nil {
			return fmt.Errorf("i18n: %s: %w", name, err)
		}
	}
	return nil
}

func parse(file []byte, name string) ([]*i18n.Message, error) {
	parsed, err := i18n.ParseMessageFileBytes(file, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
	if err != nil {
		return nil, err
	}
	return parsed.Messages, nil
}

func newMessages() *messages {
	return &messages{plain: map[string]string{}, formed: map[string]*i18n.Message{}, marked: map[string]*i18n.Message{}}
}

// take adds a message as its file has it: said without its marks, and kept with them.
func (m *messages) take(bundle *i18n.Bundle, l Locale, msg *i18n.Message) error {
	if !mark.MatchString(msg.One) && !mark.MatchString(msg.Other) {
		return m.add(bundle, l, msg)
	}
	m.marked[msg.ID] = msg
	said := *msg
	for _, form := range forms(&said) {
		*form = Plain(*form)
	}
	return m.add(bundle, l, &said)
}

func (m *messages) add(bundle *i18n.Bundle, l Locale, msg *i18n.Message) error {
	if msg.One == "" && !strings.Contains(msg.Other, "{{") {
		m.plain[msg.ID] = msg.Other
		return nil
	}
	m.formed[msg.ID] = msg
	return bundle.AddMessages(l.Tag(), msg)
}

func (m *messages) has(key string) bool {
	_, plain := m.plain[key]
	return plain || m.formed[key] != nil
}

// message is what is said under a key; nil: nothing.
func (m *messages) message(key string) *i18n.Message {
	if text, ok := m.plain[key]; ok {
		return &i18n.Message{ID: key, Other: text}
	}
	return m.formed[key]
}

// keys are all under which something is said, in no order.
func (m *messages) keys() iter.Seq[string] {
	return func(yield func(string) bool) {
		for key := range m.plain {
			if !yield(key) {
				return
			}
		}
		for key := range m.formed {
			if !yield(key) {
				return
			}
		}
	}
}

func (c *Catalog) complete() error {
	var missing []string
	for _, key := range c.Keys() {
		for _, l := range All {
			if msg := c.languages[l].message(key); msg == nil || msg.Other == "" {
				missing = append(missing, fmt.Sprintf("%s (%s)", key, l))
			}
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("i18n: missing translations: %s", strings.Join(missing, ", "))
	}
	return nil
}

// Keys lists every key that any language has, sorted.
func (c *Catalog) Keys() []string {
	keys := map[string]bool{}
	for _, m := range c.languages {
		for key := range m.keys() {
			keys[key] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// Localizer speaks one language, showing instants in the given zone.
func (c *Catalog) Localizer(l Locale, zone *time.Location) *Localizer {
	m, ok := c.languages[l]
	if !ok {
		l = EN
		m = c.languages[EN]
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Localizer{Locale: l, Zone: zone, messages: m, catalog: c}
}

// separators reads the signs off a formatted number, as the formatter keeps them to itself.
func separators(format locales.Translator) (decimal, group string) {
	sample := []rune(format.FmtNumber(1234.5, 1))
	return string(sample[len(sample)-2]), string(sample[1])
}

func formatter(l Locale) locales.Translator {
	switch l {
	case TR:
		return tr.New()
	case DE:
		return de.New()
	}
	if a := further[l]; a != nil {
		return a.format
	}
	return en_GB.New()
}

// Localizer speaks one reader's language. It is cheap; make one per request or per mail.
type Localizer struct {
	Locale   Locale
	Zone     *time.Location
	messages *messages
	own      *messages // those that name one of the network's own words; nil: it has none
	wording  *Wording
	catalog  *Catalog
}

// Speaking is the same reader's localizer in another language; what is no interface language changes nothing.
func (l *Localizer) Speaking(other Locale) *Localizer {
	if _, ok := ParseLocale(string(other)); !ok || other == l.Locale {
		return l
	}
	return l.catalog.Localizer(other, l.Zone).Saying(l.wording)
}

// At is the same reader's localizer for instants of another zone.
func (l *Localizer) At(zone *time.Location) *Localizer {
	return l.catalog.Localizer(l.Locale, zone).Saying(l.wording)
}

// Has reports whether there is a message of that key.
func (l *Localizer) Has(key string) bool { return l.messages.has(key) }

// T translates a key. Arguments are pairs of a name and a value: T("calls.closes", "When", text). An unknown key is
// logged and shown as itself: ugly, and caught by the words test, but never an empty page.
func (l *Localizer) T(key string, pairs ...any) string {
	if s, ok := l.plain(key); ok {
		return s
	}
	return l.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data(pairs)})
}

// N translates a key that counts something; {{.Count}} is the number as the reader writes it.
func (l *Localizer) N(key string, count int, pairs ...any) string {
	if s, ok := l.plain(key); ok {
		return s
	}
	args := data(pairs)
	args["Count"] = l.Int(count)
	return l.localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: count, TemplateData: args})
}

// With translates a key with arguments by name, such as those of a fault. An argument that is a Text is read in the reader's
// language, or one that there is.
func (l *Localizer) With(key string, args map[string]any) string {
	if s, ok := l.plain(key); ok {
		return s
	}
	args = l.spoken(args)
	if count, ok := args["Count"].(int); ok {
		all := maps.Clone(args)
		all["Count"] = l.Int(count)
		return l.localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: count, TemplateData: all})
	}
	return l.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: args})
}

func (l *Localizer) spoken(args map[string]any) map[string]any {
	for name, value := range args {
		switch value := value.(type) {
		case Text:
			args = maps.Clone(args)
			args[name] = value.String(l.Locale, All...)
		case Day:
			args = maps.Clone(args)
			args[name] = l.Day(value)
		}
	}
	return args
}

func (l *Localizer) plain(key string) (string, bool) {
	if l.own != nil {
		if s, ok := l.own.plain[key]; ok {
			return s, true
		}
	}
	s, ok := l.messages.plain[key]
	return s, ok
}

func (l *Localizer) localize(config *i18n.LocalizeConfig) string {
	speaker := l.messages.localizer
	if l.own != nil && l.own.formed[config.MessageID] != nil {
		speaker = l.own.localizer
	}
	s, err := speaker.Localize(config)
	if err != nil || s == "" {
		slog.Error("message missing", "key", config.MessageID, "locale", l.Locale, "error", err)
		return config.MessageID
	}
	return s
}

func data(pairs []any) map[string]any {
	args := make(map[string]any, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			args[name] = pairs[i+1]
		}
	}
	return args
}
