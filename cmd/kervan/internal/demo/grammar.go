package demo

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"kervan/modules/kernel/i18n"
)

// pen writes in one language about one organization. It prefers fragments that have been used least so far, and uses none
// twice in one application.
type pen struct {
	random *rand.Rand
	worn   map[string]int // by fragment: how often it was used, shared by all pens
	used   map[string]bool
	tags   map[string]bool
	facts  map[string][]string // by name: values of which any will do
	locale i18n.Locale
}

// one picks a fragment that is true and fills it in; the empty text where none is left.
func (p *pen) one(from []string) string {
	best, least := []string{}, -1
	for _, f := range from {
		if p.used[f] || !p.fits(f) {
			continue
		}
		switch n := p.worn[f]; {
		case least < 0 || n < least:
			best, least = []string{f}, n
		case n == least:
			best = append(best, f)
		}
	}
	if len(best) == 0 {
		return ""
	}
	f := best[p.random.IntN(len(best))]
	p.used[f] = true
	p.worn[f]++
	return p.fill(f)
}

// some picks up to n fragments.
func (p *pen) some(from []string, n int) []string {
	var all []string
	for range n {
		if text := p.one(from); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// prose joins what is there to a paragraph.
func prose(sentences ...string) string {
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
}

// paragraphs joins what is there to a text.
func paragraphs(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), "\n\n")
}

func tagOf(fragment string) (tag, rest string) {
	if !strings.HasPrefix(fragment, "@") {
		return "", fragment
	}
	tag, rest, _ = strings.Cut(fragment[1:], " ")
	return tag, rest
}

func (p *pen) fits(fragment string) bool {
	tag, _ := tagOf(fragment)
	if strings.Contains(fragment, "{members}") && !p.tags["members"] {
		return false
	}
	return tag == "" || p.tags[tag]
}

var (
	alternation = regexp.MustCompile(`\[([^\[\]]*\|[^\[\]]*)\]`)
	slot        = regexp.MustCompile(`\{([a-z0-9_-]+)(?::([a-zı]+))?\}`)
	span        = regexp.MustCompile(`^(\d+)-(\d+)$`)
)

// fill resolves the alternatives, numbers and facts of a fragment.
func (p *pen) fill(fragment string) string {
	_, text := tagOf(fragment)
	text = alternation.ReplaceAllStringFunc(text, func(all string) string {
		choices := strings.Split(all[1:len(all)-1], "|")
		return choices[p.random.IntN(len(choices))]
	})
	var b strings.Builder
	end := 0
	for _, at := range slot.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[end:at[0]])
		end = at[1]
		value, ok := p.value(text[at[2]:at[3]])
		if !ok {
			b.WriteString(text[at[0]:at[1]])
			continue
		}
		if before := b.String(); before == "" || strings.HasSuffix(before, ". ") || strings.HasSuffix(before, "? ") {
			value = p.capital(value)
		}
		if at[4] >= 0 {
			value += "'" + suffix(spokenAs(value), text[at[4]:at[5]])
		}
		b.WriteString(value)
	}
	b.WriteString(text[end:])
	return b.String()
}

// capital begins a sentence.
func (p *pen) capital(value string) string {
	first, size := utf8.DecodeRuneInString(value)
	if p.locale == i18n.TR && first == 'i' {
		return "İ" + value[size:]
	}
	return string(unicode.ToUpper(first)) + value[size:]
}

func (p *pen) value(name string) (string, bool) {
	if bounds := span.FindStringSubmatch(name); bounds != nil {
		low, _ := strconv.Atoi(bounds[1])
		high, _ := strconv.Atoi(bounds[2])
		return strconv.Itoa(low + p.random.IntN(high-low+1)), true
	}
	values := p.facts[name]
	if len(values) == 0 {
		return "", false
	}
	return values[p.random.IntN(len(values))], true
}

// Turkish numbers as they are said, because a number takes the ending of its last word.
var (
	ones = []string{"", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz"}
	tens = []string{"", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan"}
)

func spokenAs(value string) string {
	n, err := strconv.Atoi(value)
	switch {
	case err != nil:
		return value
	case n%10 != 0:
		return ones[n%10]
	case n%100 != 0:
		return tens[n/10%10]
	case n%1000 != 0:
		return "yüz"
	case n == 0:
		return "sıfır"
	default:
		return "bin"
	}
}

const vowels = "aıoueiöü"

// suffix is the form that a Turkish ending takes after a word: da (in), dan (from), a (to), ın (of), sı (its).
func suffix(word, ending string) string {
	lower := strings.ToLowerSpecial(unicode.TurkishCase, word)
	last, _ := utf8.DecodeLastRuneInString(lower)
	vowel := rune('e')
	for _, r := range lower {
		if strings.ContainsRune(vowels, r) {
			vowel = r
		}
	}
	open := strings.ContainsRune(vowels, last)
	wide, narrow := "a", map[rune]string{'a': "ı", 'ı': "ı", 'o': "u", 'u': "u", 'e': "i", 'i': "i", 'ö': "ü", 'ü': "ü"}[vowel]
	if strings.ContainsRune("eiöü", vowel) {
		wide = "e"
	}
	d := "d"
	if strings.ContainsRune("fstkçşhp", last) {
		d = "t"
	}
	between := func(letter string) string {
		if open {
			return letter
		}
		return ""
	}
	switch ending {
	case "da":
		return d + wide
	case "dan":
		return d + wide + "n"
	case "a":
		return between("y") + wide
	case "ın":
		return between("n") + narrow + "n"
	default:
		return between("s") + narrow
	}
}
