package i18n

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Terms are the ideas for which a network may have a word of its own. Wherever a message names one, its word stands between
// marks that say which form of it the sentence needs:
//
//	"partnerships.pause.do" = "[[partnership.acc|Ortaklığı]] duraklat"
//
// so that the message can still be read, and says the standard word where the network has none of its own.
var Terms = []string{"partnership", "facilitator"}

// Word is a network's own word for a term in one language.
type Word struct {
	Gender string            `json:"gender,omitempty"` // m, f or n, in a language whose articles need it
	Forms  map[string]string `json:"forms"`            // as the word's Shape names them; its first one is the word as in a dictionary
}

// Own are a network's words by term and language.
type Own map[string]map[Locale]Word

// shapes are the forms by which a word is given in each language; all others are made of them.
var shapes = map[Locale][]string{
	EN: {"one", "many", "a"},
	DE: {"one", "oblique", "genitive", "many", "many_dative"},
	TR: {"one", "acc", "gen", "dat", "loc", "in", "yours", "yours_acc", "yours_dat", "its_dat", "many", "many_acc", "many_dat", "many_yours", "many_its_acc"},
}

// alone are the terms that only ever stand by themselves, such as the name of a role: one form is enough for them.
var alone = map[string]bool{"facilitator": true}

// Shape lists the forms of a term's word that a network gives in that language, the dictionary's first. A language of which
// nothing is known has two, one and many.
func Shape(term string, l Locale) []string {
	shape, ok := shapes[l]
	if !ok {
		shape = []string{"one", "many"}
	}
	if alone[term] {
		return shape[:1]
	}
	return shape
}

// Gendered reports whether sentences with the term need the gender of its word in that language.
func Gendered(term string, l Locale) bool { return l == DE && !alone[term] }

// MaxWord is how many characters a form has at most.
const MaxWord = 40

var wordForm = regexp.MustCompile(`^\p{L}[\p{L}\p{M}\p{Nd}]*(?:[ '’-][\p{L}\p{M}\p{Nd}]+)*$`)

// ValidWord reports whether a text may stand as a word in every sentence: letters and digits with single spaces, hyphens
// and apostrophes between them, no more than MaxWord. So it can be neither markup nor an instruction to anything.
func ValidWord(s string) bool {
	cleaned, ok := Clean(s)
	return ok && cleaned == s && utf8.RuneCountInString(s) <= MaxWord && wordForm.MatchString(s)
}

// Suggest proposes the forms that are missing, by the language's rules for regular words. Whoever owns the word looks at
// them: a rule knows neither loan words nor exceptions.
func (w Word) Suggest(term string, l Locale) Word {
	forms := map[string]string{}
	var made map[string]string
	switch one := w.Forms["one"]; {
	case one == "":
		return w
	case l == TR:
		made = turkish(one)
	case l == DE:
		made = german(one, w.Gender)
	default:
		made = english(one)
	}
	for _, name := range Shape(term, l) {
		if forms[name] = w.Forms[name]; forms[name] == "" {
			forms[name] = made[name]
		}
	}
	return Word{Gender: w.Gender, Forms: forms}
}

// Complete reports whether every form is given and valid, and the gender where one is needed.
func (w Word) Complete(term string, l Locale) bool {
	if Gendered(term, l) && !slices.Contains([]string{"m", "f", "n"}, w.Gender) {
		return false
	}
	for _, name := range Shape(term, l) {
		if !ValidWord(w.Forms[name]) {
			return false
		}
	}
	return true
}

// say is the form that a sentence needs, false where there is no such form. In German the article belongs to it.
func (w Word) say(l Locale, form string) (string, bool) {
	if l == DE {
		return w.phrase(form)
	}
	s, ok := w.Forms[form]
	return s, ok && s != ""
}

// like writes a form as large as the standard word in its place: at the beginning of a sentence with a capital.
func like(l Locale, standard, form string) string {
	first, _ := utf8.DecodeRuneInString(standard)
	letter, size := utf8.DecodeRuneInString(form)
	if !unicode.IsUpper(first) || unicode.IsUpper(letter) {
		return form
	}
	if l == TR {
		return string(unicode.TurkishCase.ToUpper(letter)) + form[size:]
	}
	return strings.ToUpper(string(letter)) + form[size:]
}
