package i18n

import (
	"maps"
	"slices"

	"golang.org/x/text/language"
)

// Locale is an interface language by its BCP 47 primary subtag.
type Locale string

// The interface languages that ship. A fourth is one file; see the folder languages.
const (
	EN Locale = "en"
	TR Locale = "tr"
	DE Locale = "de"
)

// ParseLocale accepts exactly the codes in All.
func ParseLocale(code string) (Locale, bool) {
	l := Locale(code)
	return l, slices.Contains(All, l)
}

// Name is the language's name in the language itself, as a language switch shows it.
func (l Locale) Name() string {
	switch l {
	case TR:
		return "Türkçe"
	case DE:
		return "Deutsch"
	}
	if a := further[l]; a != nil {
		return a.name
	}
	return "English"
}

// Tag is the locale as x/text knows it.
func (l Locale) Tag() language.Tag { return language.Make(string(l)) }

// Negotiate picks the best of the offered locales for an Accept-Language header; the first offered is the fallback.
func Negotiate(acceptLanguage string, offered []Locale) Locale {
	if len(offered) == 0 {
		return EN
	}
	tags := make([]language.Tag, len(offered))
	for i, l := range offered {
		tags[i] = l.Tag()
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return offered[0]
	}
	_, i, confidence := language.NewMatcher(tags).Match(wanted...)
	if confidence == language.No {
		return offered[0]
	}
	return offered[i]
}

// Text is a text of a program in several languages: stored as a JSON object by language code.
type Text map[Locale]string

// In gives the text in the wanted language; where that is missing, the first of the fallbacks that has one, else any,
// with the language actually found, so that the page can mark it (lang attribute and a visible hint).
func (t Text) In(wanted Locale, fallbacks ...Locale) (string, Locale) {
	for _, l := range append([]Locale{wanted}, fallbacks...) {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	for _, l := range slices.Sorted(maps.Keys(t)) {
		if t[l] != "" {
			return t[l], l
		}
	}
	return "", wanted
}

// String is In without the language, for places that cannot mark a fallback (file names, subjects).
func (t Text) String(wanted Locale, fallbacks ...Locale) string {
	s, _ := t.In(wanted, fallbacks...)
	return s
}

// Missing lists those of the wanted languages in which there is no text.
func (t Text) Missing(wanted []Locale) []Locale {
	var missing []Locale
	for _, l := range wanted {
		if t[l] == "" {
			missing = append(missing, l)
		}
	}
	return missing
}

// Zones are the time zones in which networks state their deadlines, from Istanbul to the west and east.
var Zones = []string{
	"Europe/Istanbul", "Europe/Athens", "Europe/Sofia", "Europe/Bucharest", "Europe/Kyiv", "Europe/Chisinau", "Europe/Berlin", "Europe/Vienna",
	"Europe/Warsaw", "Europe/Prague", "Europe/Budapest", "Europe/Belgrade", "Europe/Rome", "Europe/Paris", "Europe/Madrid", "Europe/Brussels",
	"Europe/Amsterdam", "Europe/Copenhagen", "Europe/Stockholm", "Europe/London", "Europe/Lisbon", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Baku", "UTC",
}
