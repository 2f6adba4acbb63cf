package i18n

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func english(one string) map[string]string {
	many, a, lower := one+"s", "a "+one, strings.ToLower(one)
	switch {
	case endsIn(lower, "s", "x", "z", "ch", "sh"):
		many = one + "es"
	case endsIn(lower, "y") && !endsIn(lower, "ay", "ey", "oy", "uy"):
		many = one[:len(one)-1] + "ies"
	}
	if strings.ContainsRune("aeiou", rune(lower[0])) {
		a = "an " + one
	}
	return map[string]string{"one": one, "many": many, "a": a}
}

// turkish declines a word by vowel harmony; k, ç and p at the end of a word of several syllables soften before a vowel.
func turkish(one string) map[string]string {
	last, vowels := 'e', 0
	for _, r := range one {
		if folded := foldTurkish(r); strings.ContainsRune("aeıioöuü", folded) {
			last, vowels = folded, vowels+1
		}
	}
	wide, narrow := "e", map[rune]string{'a': "ı", 'ı': "ı", 'e': "i", 'i': "i", 'o': "u", 'u': "u", 'ö': "ü", 'ü': "ü"}[last]
	if strings.ContainsRune("aıou", last) {
		wide = "a"
	}
	ending, size := utf8.DecodeLastRuneInString(one)
	ending = foldTurkish(ending)
	plural := one + "l" + wide + "r"
	closed := map[string]string{"a": "ı", "e": "i"}[wide]
	forms := map[string]string{
		"one": one, "in": one + hard(ending) + wide + "ki", "loc": one + hard(ending) + wide, "many": plural, "many_acc": plural + closed, "many_dat": plural + wide,
		"many_yours": plural + closed + "n" + closed + "z", "many_its_acc": plural + closed + "n" + closed,
	}
	stem, y, n, s := one, "", "", ""
	if strings.ContainsRune("aeıioöuü", ending) {
		y, n, s = "y", "n", "s"
	} else if soft, ok := map[rune]string{'k': "ğ", 'ç': "c", 'p': "b"}[ending]; ok && vowels > 1 {
		if ending == 'k' && strings.HasSuffix(one, "nk") {
			soft = "g"
		}
		stem = one[:len(one)-size] + soft
	}
	first := narrow // the vowel that "your" begins with, but after a vowel
	if n != "" {
		first = ""
	}
	forms["acc"], forms["gen"], forms["dat"] = stem+y+narrow, stem+n+narrow+"n", stem+y+wide
	forms["yours"] = stem + first + "n" + narrow + "z"
	forms["yours_acc"], forms["yours_dat"] = forms["yours"]+narrow, forms["yours"]+wide
	forms["its_dat"] = stem + s + narrow + "n" + wide
	return forms
}

// hard is the beginning of -daki after that letter.
func hard(ending rune) string {
	if strings.ContainsRune("fstkçşhp", ending) {
		return "t"
	}
	return "d"
}

func foldTurkish(r rune) rune {
	switch r {
	case 'I':
		return 'ı'
	case 'İ':
		return 'i'
	case 'â':
		return 'a'
	case 'î':
		return 'i'
	case 'û':
		return 'u'
	}
	return []rune(strings.ToLower(string(r)))[0]
}

// german declines a word by its gender and its ending.
func german(one, gender string) map[string]string {
	genitive, many := one, one+"e"
	if gender != "f" {
		genitive = one + "s"
		if endsIn(one, "s", "ß", "x", "z") {
			genitive = one + "es"
		}
	}
	switch {
	case gender == "f" && endsIn(one, "e", "el", "er"), gender == "m" && endsIn(one, "e"):
		many = one + "n"
	case gender == "f" && endsIn(one, "in"):
		many = one + "nen"
	case gender == "f":
		many = one + "en"
	case endsIn(one, "er", "el", "en", "chen", "lein"):
		many = one
	case endsIn(one, "a", "i", "o", "u", "y", "m", "b", "p"):
		many = one + "s"
	}
	dative := many
	if !endsIn(many, "n", "s") {
		dative = many + "n"
	}
	return map[string]string{"one": one, "oblique": one, "genitive": genitive, "many": many, "many_dative": dative}
}

// Articles and what is declined like them, by case and gender, in the order m, f, n.
var (
	definite = map[string][3]string{"nom": {"der", "die", "das"}, "acc": {"den", "die", "das"}, "dat": {"dem", "der", "dem"}, "gen": {"des", "der", "des"}}
	strong   = map[string][3]string{"nom": {"er", "e", "es"}, "acc": {"en", "e", "es"}, "dat": {"em", "er", "em"}, "gen": {"es", "er", "es"}}
	mixed    = map[string][3]string{"nom": {"", "e", ""}, "acc": {"en", "e", ""}, "dat": {"em", "er", "em"}, "gen": {"es", "er", "es"}}
)

// phrase is a form with its article, such as "the.dat" or "your.acc"; "bare.nom" has none. Plural forms are "many",
// "many.dat" and "your.many".
func (w Word) phrase(form string) (string, bool) {
	switch form {
	case "many":
		return w.Forms["many"], true
	case "many.dat":
		return w.Forms["many_dative"], true
	case "your.many":
		return "Ihre " + w.Forms["many"], true
	}
	article, grammatical, _ := strings.Cut(form, ".")
	gender := slices.Index([]string{"m", "f", "n"}, w.Gender)
	if _, ok := definite[grammatical]; !ok || gender < 0 && article != "bare" {
		return "", false
	}
	noun := w.Forms[map[string]string{"nom": "one", "acc": "oblique", "dat": "oblique", "gen": "genitive"}[grammatical]]
	switch article {
	case "bare":
		return noun, true
	case "the":
		return definite[grammatical][gender] + " " + noun, true
	case "this":
		return "dies" + strong[grammatical][gender] + " " + noun, true
	case "each":
		return "jed" + strong[grammatical][gender] + " " + noun, true
	case "a":
		return "ein" + mixed[grammatical][gender] + " " + noun, true
	case "no":
		return "kein" + mixed[grammatical][gender] + " " + noun, true
	case "your":
		return "Ihr" + mixed[grammatical][gender] + " " + noun, true
	}
	return "", false
}

func endsIn(s string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(s, e) })
}
