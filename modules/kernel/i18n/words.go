package i18n

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/unicode/norm"
)

// SearchKey folds a name so that it is found again however it was typed: letters in lower case, I, ı, İ and i as one
// letter, marks and what is not seen stripped, everything but letters and digits as single spaces. It is for finding, never
// for identity.
func SearchKey(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), hidden(r):
			continue
		case r == 'ı' || r == 'I':
			r = 'i'
		case r == 'ß':
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteString("ss")
			continue
		case r == 'ł' || r == 'Ł':
			r = 'l'
		case r == 'ø' || r == 'Ø':
			r = 'o'
		case r == 'đ' || r == 'Đ':
			r = 'd'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// MostSearched and MostSearchWords are how much of what somebody looks for is looked for: characters as typed, and words.
const (
	MostSearched    = 80
	MostSearchWords = 8
)

// SearchWords are the words to look for in what somebody typed, folded as SearchKey folds what they are looked for in, each
// once. What is beyond any name is left away, so that no search costs more than another.
func SearchWords(typed string) []string {
	var words []string
	for word := range strings.FieldsSeq(SearchKey(beginning(typed, MostSearched))) {
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
		if len(words) == MostSearchWords {
			break
		}
	}
	return words
}

// beginning is a text's first characters.
func beginning(text string, most int) string {
	for i := range text {
		if most == 0 {
			return text[:i]
		}
		most--
	}
	return text
}

// Sort orders items by the reader's alphabet: in Turkish ç after c, ğ after g, ı before i, ö after o, ş after s, ü
// after u.
func Sort[T any](l Locale, items []T, name func(T) string) {
	c := collate.New(l.Tag(), collate.IgnoreCase)
	slices.SortStableFunc(items, func(a, b T) int { return c.CompareString(name(a), name(b)) })
}

// Collation is the name of the PostgreSQL collation that sorts for the reader, for ORDER BY … COLLATE.
func (l Locale) Collation() string {
	switch l {
	case TR:
		return `"tr-x-icu"`
	case DE:
		return `"de-x-icu"`
	}
	if _, ok := further[l]; ok {
		return `"` + string(l) + `-x-icu"`
	}
	return `"en-x-icu"`
}

// Clean refuses what no honest text has and what would make two different texts look alike: NUL and other control
// characters (but line breaks and tabs), invalid UTF-8, bidirectional overrides, zero-width and other characters that nobody
// sees. Soft hyphens, which word processors leave behind, are taken out. It returns the text in NFC with line breaks as \n and
// outer white space trimmed.
func Clean(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	s = norm.NFC.String(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00ad", "").Replace(s))
	for _, r := range s {
		if r == '\n' || r == '\t' {
			continue
		}
		if unicode.IsControl(r) || hidden(r) {
			return "", false
		}
	}
	return strings.TrimSpace(s), true
}

// hidden lists what nobody sees: format characters (bidirectional controls, zero-width characters, tags), letters without a
// shape, the grapheme joiner. The zero-width joiners are letters' business in Persian and Hindi and inside emoji, but in names
// and identifiers they only deceive, and texts lose nothing.
func hidden(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0':
		return true
	}
	return unicode.Is(unicode.Cf, r) || r >= '\u180b' && r <= '\u180f'
}
