package applications

import (
	"strings"
	"unicode"

	"kervan/modules/kernel/i18n"
)

// small are short words that stand in almost every sentence of one of the languages and hardly ever in the others.
var small = func() map[string]i18n.Locale {
	all := map[string]i18n.Locale{}
	for l, words := range map[i18n.Locale]string{
		i18n.EN: "the and of to our with that are have from this they for which not",
		i18n.DE: "und der die das wir ist nicht mit eine für von unsere auf sich werden haben",
		i18n.TR: "ve bir bu için ile olarak daha çok gibi olan her ama yok kadar değil",
	} {
		for word := range strings.FieldsSeq(words) {
			all[word] = l
		}
	}
	return all
}()

// countWords adds to the counts how many words of each language a text has.
func countWords(counts map[i18n.Locale]int, text string) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if l, known := small[strings.ToLower(word)]; known {
			counts[l]++
		}
	}
}

// mostOf is the language of most words, if there are some and it has at least twice as many as any other.
func mostOf(counts map[i18n.Locale]int) (i18n.Locale, bool) {
	var best i18n.Locale
	for _, l := range i18n.All {
		if counts[l] > counts[best] {
			best = l
		}
	}
	if counts[best] < 2 {
		return "", false
	}
	for _, l := range i18n.All {
		if l != best && 2*counts[l] > counts[best] {
			return "", false
		}
	}
	return best, true
}
