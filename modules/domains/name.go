package domains

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// Normalize reads a domain as people type it: with a scheme, a path, capital letters, a dot at the end, letters beyond
// ASCII. What comes back is what name servers and browsers use (RFC 5891, UTS 46); false where it is no domain below one
// that is sold, such as an address of the network, a name of one word, or co.uk.
func Normalize(typed string) (string, bool) {
	name := strings.TrimSpace(typed)
	if _, after, ok := strings.Cut(name, "://"); ok {
		name = after
	}
	name, _, _ = strings.Cut(name, "/")
	name = strings.ReplaceAll(name, "İ", "i") // which would become two signs
	name = strings.TrimSuffix(name, ".")
	ascii, err := idna.Registration.ToASCII(mapped(name))
	if err != nil || len(ascii) > 200 || !strings.Contains(ascii, ".") {
		return "", false
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if strings.Trim(last, "0123456789") == "" { // an address, in some notation
		return "", false
	}
	if suffix, _ := publicsuffix.PublicSuffix(ascii); suffix == ascii {
		return "", false
	}
	return ascii, true
}

// mapped lowers a name and brings its letters into one form, as browsers do before they look a name up.
func mapped(name string) string {
	lowered, err := idna.Lookup.ToUnicode(name)
	if err != nil {
		return name
	}
	return lowered
}

// special are the last words of names that mean something else than a place on the internet (RFC 6761 and 6762, RFC 9476,
// and those that offices use inside).
var special = []string{"alt", "arpa", "corp", "example", "home", "internal", "invalid", "lan", "local", "localhost", "onion"}

// below reports whether the host is the domain or lies below it.
func below(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// alike reports whether two names are written differently and can still be taken for each other: their registered parts
// have the same skeleton. The same word under another ending is another's good right.
func alike(a, b string) bool {
	return registered(a) != registered(b) && skeleton(registered(a)) == skeleton(registered(b))
}

// registered is the part of a name that is sold, without what it is sold under: "kervan" of "www.kervan.example.org" where
// "example.org" is a public suffix.
func registered(host string) string {
	first, _, _ := strings.Cut(registrable(host), ".")
	return first
}

// registrable is the name that is sold, of which the host is a part.
func registrable(host string) string {
	whole, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return whole
}

// similar are signs that look like others: the part of the Unicode confusables (UTS 39) that occurs in domain names of
// Latin, Greek and Cyrillic letters, and pairs of letters that look like one.
var similar = strings.NewReplacer(
	"0", "o", "1", "l", "ı", "i", "5", "s", "vv", "w", "rn", "m", "cl", "d", "-", "", "_", "",
	"а", "a", "в", "b", "е", "e", "ё", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "ѕ", "s", "і", "i", "ј", "j", "һ", "h", "ԁ", "d", "ԛ", "q", "ԝ", "w", "ѵ", "v",
	"α", "a", "ο", "o", "ρ", "p", "ν", "v", "κ", "k", "ι", "i", "υ", "u", "τ", "t", "ε", "e", "η", "n", "χ", "x", "γ", "y",
)

// skeleton is what remains of a name when signs that look alike are one.
func skeleton(label string) string {
	unicoded, err := idna.Lookup.ToUnicode(label)
	if err != nil {
		unicoded = label
	}
	return similar.Replace(similar.Replace(plain(unicoded)))
}

// plain strips the marks off letters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// mixed reports whether a word of the name has letters of several scripts, of which one can pose as another.
func mixed(host string) bool {
	unicoded, err := idna.Lookup.ToUnicode(host)
	if err != nil {
		return true
	}
	for word := range strings.SplitSeq(unicoded, ".") {
		scripts := map[string]bool{}
		for _, r := range word {
			for _, name := range []string{"Latin", "Cyrillic", "Greek", "Armenian", "Georgian", "Hebrew", "Arabic"} {
				if unicode.Is(unicode.Scripts[name], r) {
					scripts[name] = true
				}
			}
		}
		if len(scripts) > 1 {
			return true
		}
	}
	return false
}

// shown is a host as people write it.
func shown(host string) string {
	unicoded, err := idna.Display.ToUnicode(host)
	if err != nil {
		return host
	}
	return unicoded
}
