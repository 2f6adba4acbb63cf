package builder

import (
	"strings"
	"unicode"

	"kervan/modules/kernel/i18n"
)

// Reading is how easily a text is read.
type Reading struct {
	Hard    bool
	Longest int // words of the longest sentence, when that is too long; else 0
}

// What counts as hard. LIX is C. H. Björnsson's (Läsbarhet, 1968): words per sentence, and of a hundred words those with
// more than six letters; above 50 is official prose. German has longer words than English: there it begins at 60. Turkish
// puts into one word what others put into three, so it has E. Ateşman's measure (Türkçede okunabilirliğin ölçülmesi, 1997):
// 198.825 − 40.175 × syllables per word − 2.610 × words per sentence; below 50 is hard.
const (
	fewestWords   = 12 // a shorter text is not measured
	longSentence  = 28
	longWord      = 6
	hardLIX       = 50
	hardGermanLIX = 60
	easyAtesman   = 50
)

// Read measures a text; a text of a few words is always easy.
func Read(l i18n.Locale, text string) Reading {
	words, sentences, long, syllables, longest := 0, 0, 0, 0, 0
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?:;\n", r) }) {
		inIt := 0
		for _, word := range strings.FieldsFunc(sentence, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '’' && r != '\'' }) {
			inIt++
			if len([]rune(word)) > longWord {
				long++
			}
			syllables += vowels(word)
		}
		if inIt > 0 {
			sentences++
		}
		words += inIt
		longest = max(longest, inIt)
	}
	if words < fewestWords {
		return Reading{}
	}
	var r Reading
	each := float64(words) / float64(sentences)
	switch l {
	case i18n.TR:
		r.Hard = 198.825-40.175*float64(syllables)/float64(words)-2.610*each < easyAtesman
	case i18n.DE:
		r.Hard = each+100*float64(long)/float64(words) > hardGermanLIX
	default:
		r.Hard = each+100*float64(long)/float64(words) > hardLIX
	}
	if longest > longSentence {
		r.Longest = longest
	}
	return r
}

// vowels counts a Turkish word's syllables: each has exactly one.
func vowels(word string) int {
	n := 0
	for _, r := range word {
		if strings.ContainsRune("aeıioöuüâîûAEIİOÖUÜÂÎÛ", r) {
			n++
		}
	}
	return n
}
