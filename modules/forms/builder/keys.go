package builder

import (
	"strconv"
	"strings"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// keyLength leaves room below the engine's limit for a number at the end.
const keyLength = 40

// Key makes a key from the words that somebody typed: "Ihre Organisation" is ihre_organisation. It is none of those that
// are taken.
func Key(words, otherwise string, taken func(string) bool) string {
	key := strings.ReplaceAll(asciiOnly(i18n.SearchKey(words)), " ", "_")
	key = strings.Trim(key, "_")
	if len(key) > keyLength {
		key = strings.Trim(key[:keyLength], "_")
	}
	if key == "" || key[0] >= '0' && key[0] <= '9' {
		key = strings.TrimRight(otherwise+"_"+key, "_")
	}
	return free(key, taken)
}

// free adds the smallest number with which a key is not taken.
func free(key string, taken func(string) bool) string {
	if !taken(key) {
		return key
	}
	for n := 2; ; n++ {
		if numbered := key + "_" + strconv.Itoa(n); !taken(numbered) {
			return numbered
		}
	}
}

func asciiOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == ' ' {
			return r
		}
		return -1
	}, s)
}

// words of a text from which a key is made: those of the form's first language, else any.
func keyWords(d *forms.Definition, t i18n.Text) string { return t.String(d.Fallback(), d.Locales...) }

func takenQuestion(d *forms.Definition) func(string) bool {
	return func(key string) bool {
		_, _, ok := find(d, key)
		return ok
	}
}

func takenSection(d *forms.Definition) func(string) bool {
	return func(key string) bool {
		_, ok := d.Section(key)
		return ok
	}
}

// takenColumn knows that the engine keeps two names for itself.
func takenColumn(q *forms.Question) func(string) bool {
	return func(key string) bool {
		_, ok := q.Column(key)
		return ok || key == "replacement" || key == "typed"
	}
}

func takenOption(q *forms.Question) func(string) bool {
	return func(value string) bool {
		for _, o := range q.Options {
			if o.Value == value {
				return true
			}
		}
		return false
	}
}
