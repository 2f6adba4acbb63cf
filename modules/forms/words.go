package forms

import (
	"strings"
	"unicode"
)

// CountWords counts as people do: a word begins with a letter or digit and goes on through letters, digits, marks,
// apostrophes, hyphens and full stops, so "co-operation", "İstanbul'da" and "1.234" are one word each. The counter in the
// browser counts by the same rule.
func CountWords(text string) int {
	n, inside := 0, false
	for _, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if !inside {
				n++
			}
			inside = true
		case inside && (unicode.IsMark(r) || strings.ContainsRune("'’.-", r)):
		default:
			inside = false
		}
	}
	return n
}
