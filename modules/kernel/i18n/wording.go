package i18n

import (
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

var mark = regexp.MustCompile(`\[\[([a-z]+)\.([a-z_.]+)\|([^\[\]|]+)\]\]`)

// Plain is a message without its marks: it says the standard words.
func Plain(message string) string { return mark.ReplaceAllString(message, "$3") }

// Mark is a place in a message at which a term is named.
type Mark struct{ Key, Term, Form, Word string }

// Marks lists where messages of that language name terms, by key.
func (c *Catalog) Marks(l Locale) []Mark {
	var all []Mark
	m, ok := c.languages[l]
	if !ok {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(m.marked)) {
		msg := m.marked[key]
		for _, found := range mark.FindAllStringSubmatch(msg.One+"\n"+msg.Other, -1) {
			all = append(all, Mark{Key: key, Term: found[1], Form: found[2], Word: found[3]})
		}
	}
	return all
}

// Wording is how messages sound with a network's own words. The sentences of a language are made when it is first spoken,
// once; it is safe for concurrent use. The nil one says the standard words.
type Wording struct {
	own    Own
	mu     sync.Mutex
	spoken map[Locale]*messages
}

// NewWording makes the wording of a network's own words; nil when it has none.
func NewWording(own Own) *Wording {
	if len(own) == 0 {
		return nil
	}
	return &Wording{own: own, spoken: map[Locale]*messages{}}
}

// in gives the messages that name one of the network's own words, said with them.
func (w *Wording) in(l Locale, standard *messages) *messages {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m, ok := w.spoken[l]; ok {
		return m
	}
	m := newMessages()
	bundle := i18n.NewBundle(l.Tag())
	for key, msg := range standard.marked {
		said := *msg
		changed := false
		for _, form := range forms(&said) {
			standard := Plain(*form)
			*form = w.say(l, *form)
			changed = changed || *form != standard
		}
		if !changed {
			continue
		}
		if err := m.add(bundle, l, &said); err != nil {
			slog.Error("message not said with a network's word", "key", key, "locale", l, "error", err)
		}
	}
	m.localizer = i18n.NewLocalizer(bundle, string(l))
	w.spoken[l] = m
	return m
}

func (w *Wording) say(l Locale, message string) string {
	return mark.ReplaceAllStringFunc(message, func(at string) string {
		part := mark.FindStringSubmatch(at)
		term, form, standard := part[1], part[2], part[3]
		word, ok := w.own[term][l]
		if !ok || !word.Complete(term, l) {
			return standard
		}
		said, ok := word.say(l, form)
		if !ok {
			return standard
		}
		return like(l, standard, said)
	})
}

// Saying is the same localizer with a network's own words.
func (l *Localizer) Saying(w *Wording) *Localizer {
	said := *l
	said.wording, said.own = w, nil
	if w != nil {
		said.own = w.in(l.Locale, l.messages)
	}
	return &said
}

// Samples are sentences that name the term, of each form that messages without arguments use the first.
func (l *Localizer) Samples(term string) []string {
	var all []string
	seen := map[string]bool{}
	for _, m := range l.catalog.Marks(l.Locale) {
		if _, plain := l.messages.plain[m.Key]; !plain || m.Term != term || seen[m.Form] {
			continue
		}
		seen[m.Form] = true
		if sentence := l.T(m.Key); !slices.Contains(all, sentence) {
			all = append(all, sentence)
		}
	}
	return all
}

// contexts show the forms that are not words of messages themselves, by what stands before them.
var contexts = map[Locale]map[string]string{
	DE: {"one": "der/die/das …", "oblique": "den/dem/der …", "genitive": "des/der …", "many": "viele …", "many_dative": "mit vielen …"},
}

// Instead is what stands where a form of the network's word will stand: the house's own word in that form, or the words
// before it. The first form is the one by which the term is known.
func (l *Localizer) Instead(term, form string) string {
	if context := contexts[l.Locale][form]; context != "" && form != Shape(term, l.Locale)[0] {
		return context
	}
	want := form
	if l.Locale == DE {
		want = "bare.nom"
	}
	for _, m := range l.catalog.Marks(l.Locale) {
		if m.Term != term || m.Form != want {
			continue
		}
		if l.Locale == DE {
			return m.Word
		}
		first, size := utf8.DecodeRuneInString(m.Word)
		if l.Locale == TR {
			return string(unicode.TurkishCase.ToLower(first)) + m.Word[size:]
		}
		return string(unicode.ToLower(first)) + m.Word[size:]
	}
	return term
}

// Raw is a message as it is before its arguments are put in, its plural forms on lines of their own: for who checks words.
func (l *Localizer) Raw(key string) string {
	msg := l.messages.message(key)
	if l.own != nil && l.own.has(key) {
		msg = l.own.message(key)
	}
	if msg == nil {
		return ""
	}
	return msg.One + "\n" + msg.Other
}
