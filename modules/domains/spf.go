package domains

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Mechanism is the part of an SPF record that lets the platform send, such as include:_spf.example.org.
type Mechanism string

var mechanismForm = regexp.MustCompile(`^(include|a|mx):[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$|^ip4:[0-9.]+(/[0-9]+)?$|^ip6:[0-9a-f:.]+(/[0-9]+)?$`)

// ParseMechanism accepts an include, a, mx, ip4 or ip6 of RFC 7208 with its value, in lower case.
func ParseMechanism(s string) (Mechanism, bool) { return Mechanism(s), mechanismForm.MatchString(s) }

// lookupLimit is how many questions to name servers one SPF record may cost (RFC 7208, section 4.6.4).
const lookupLimit = 10

// spfTerm is one part of an SPF record: a mechanism with its qualifier, or a modifier, which has none.
type spfTerm struct {
	qualifier byte
	name      string
	value     string
}

// asks reports whether the term costs a question to a name server.
func (t spfTerm) asks() bool {
	return slices.Contains([]string{"include", "a", "mx", "ptr", "exists", "redirect"}, t.name)
}

// is reports whether the term lets the mechanism's senders send.
func (t spfTerm) is(m Mechanism) bool {
	return t.qualifier == '+' && t.name+":"+t.value == string(m)
}

var spfMechanisms = []string{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}

// spfTerms reads an SPF record (RFC 7208, section 4.6.1); false where receivers would not understand it.
func spfTerms(record string) ([]spfTerm, bool) {
	var terms []spfTerm
	for _, word := range strings.Fields(record)[1:] {
		if name, value, ok := strings.Cut(word, "="); ok && !strings.ContainsAny(name, ":/") {
			terms = append(terms, spfTerm{name: strings.ToLower(name), value: strings.ToLower(value)})
			continue
		}
		t := spfTerm{qualifier: '+'}
		if strings.ContainsRune("+-~?", rune(word[0])) {
			t.qualifier, word = word[0], word[1:]
		}
		end := strings.IndexAny(word, ":/")
		if end < 0 {
			end = len(word)
		}
		t.name, t.value = strings.ToLower(word[:end]), strings.ToLower(strings.TrimPrefix(word[end:], ":"))
		needs := slices.Contains([]string{"include", "ip4", "ip6", "exists"}, t.name)
		if !slices.Contains(spfMechanisms, t.name) || needs && t.value == "" {
			return nil, false
		}
		terms = append(terms, t)
	}
	return terms, true
}

// spfRecords are those of the records that say something of SPF.
func spfRecords(records []string) []string {
	return slices.DeleteFunc(slices.Clone(records), func(r string) bool {
		first, _, _ := strings.Cut(r, " ")
		return !strings.EqualFold(first, "v=spf1")
	})
}

// spfWalk goes through a record and all that it includes.
type spfWalk struct {
	resolver Resolver
	ours     Mechanism
	lookups  int
	open     bool   // anybody may send
	trouble  string // the last word of what is wrong …
	at       string // … and the name where it is
}

// walk reports whether the host's records let the platform send. It stops where receivers stop: after "all", and when
// something is wrong.
func (w *spfWalk) walk(ctx context.Context, host string, records []string) (bool, error) {
	own := spfRecords(records)
	if len(own) != 1 {
		w.trouble, w.at = map[bool]string{true: "include", false: "several"}[len(own) == 0], host
		return false, nil
	}
	terms, ok := spfTerms(own[0])
	if !ok {
		w.trouble, w.at = "broken", host
		return false, nil
	}
	lets := false
	redirect := ""
	for _, t := range terms {
		if t.qualifier == 0 {
			if t.name == "redirect" {
				redirect = t.value
			}
			continue
		}
		if t.name == "all" {
			w.open = w.open || t.qualifier == '+'
			return lets, nil
		}
		inside, err := w.step(ctx, t)
		if err != nil || w.trouble != "" {
			return false, err
		}
		lets = lets || inside && t.qualifier == '+' || t.is(w.ours)
	}
	if redirect == "" {
		return lets, nil
	}
	inside, err := w.step(ctx, spfTerm{name: "redirect", value: redirect})
	return lets || inside, err
}

// step counts what a term costs, and follows it where it leads to another record. One with a macro in it depends on the
// letter and is only counted.
func (w *spfWalk) step(ctx context.Context, t spfTerm) (bool, error) {
	if !t.asks() {
		return false, nil
	}
	if w.lookups++; w.lookups > lookupLimit {
		w.trouble = "lookups"
		return false, nil
	}
	if t.name != "include" && t.name != "redirect" || strings.Contains(t.value, "%") {
		return false, nil
	}
	records, err := w.resolver.Records(ctx, t.value)
	if err != nil {
		return false, err
	}
	return w.walk(ctx, t.value, records)
}

// judgeSPF says whether the host's SPF record lets the platform send, as receivers read it.
func judgeSPF(ctx context.Context, r Resolver, host string, records []string, ours Mechanism) (Finding, error) {
	own := spfRecords(records)
	f := Finding{Thing: SPF, Verdict: Wrong, Found: shownRecords(own)}
	if len(own) == 0 {
		f.Verdict, f.Say = Missing, "missing"
		return f, nil
	}
	w := spfWalk{resolver: r, ours: ours}
	lets, err := w.walk(ctx, host, records)
	if err != nil {
		return f, err
	}
	f.Args = map[string]string{"Lookups": strconv.Itoa(w.lookups)}
	switch {
	case w.trouble != "":
		f.Say, f.Args["At"] = w.trouble, w.at
	case w.open:
		f.Say = "open"
	case !lets:
		f.Say = "without"
	default:
		f.Verdict, f.Say = Right, "right"
	}
	return f, nil
}

// spfWanted is the one record that the domain should have: what it has, with the platform in it. Several become one, as
// strict as the strictest of them.
func spfWanted(found []string, ours Mechanism) string {
	terms, ends := []string{string(ours)}, "~all"
	rank := func(all string) int { return strings.Index("?~-", all[:1]) }
	seen := false
	for _, record := range found {
		for _, word := range strings.Fields(record)[1:] {
			lower := strings.ToLower(word)
			qualified := strings.TrimLeft(lower, "+-~?")
			switch {
			case qualified != "all":
				if lower != string(ours) && !slices.Contains(terms, word) {
					terms = append(terms, word)
				}
			case lower == "all" || lower == "+all": // which lets anybody send
			case !seen || rank(lower) > rank(ends):
				ends, seen = lower, true
			}
		}
	}
	if i := slices.IndexFunc(terms, func(t string) bool { return strings.HasPrefix(strings.ToLower(t), "redirect=") }); i >= 0 && !seen {
		return "v=spf1 " + strings.Join(append(slices.Delete(slices.Clone(terms), i, i+1), terms[i]), " ")
	}
	return "v=spf1 " + strings.Join(append(terms, ends), " ")
}
