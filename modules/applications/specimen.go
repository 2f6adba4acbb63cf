package applications

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Passage is what was answered to one question, as plain text.
type Passage struct {
	Section, Label, Text string
}

// struck stands where a specimen repeated what is hidden.
const struck = "[…]"

// How short words may be that are struck out wherever they stand: the name of an organization is nothing else, but what was answered
// to a hidden question may be a word like any other. Shorter ones than shortestBegun may be the beginning of another word.
const (
	shortestName   = 3
	shortestBegun  = 5
	shortestHidden = 5
	longestHidden  = 80
)

// Specimen is what was handed in without what tells whose it is, to be scored by people who are not to know that: what reviewers of an
// anonymous call would not see is left out, and struck out where another answer repeats it. Answers about health, access, diet and
// money, those for some roles only, and files are left out, too. Who may read the application may. Fault: NotFound.
func (s *Service) Specimen(ctx context.Context, sc tenants.Scope, id ids.Application, loc *i18n.Localizer) ([]Passage, error) {
	d, err := s.dossier(ctx, sc, id, false)
	if err != nil {
		return nil, err
	}
	hidden := d.Call.Hidden
	if !d.Call.Anonymous {
		hidden = blueprints.Telling(d.Definition)
	}
	rule := blueprints.Review{Anonymous: true, Hidden: hidden}
	veiled, whole := rule.Veil(d.Definition), forms.Look{Own: true}
	look := forms.Look{Blind: true, As: []forms.Reader{forms.ReaderReviewer}}
	var passages []Passage
	var words []string
	for _, o := range d.Organizations {
		words = append(words, o.Name)
	}
	lay := func(scope forms.Scope, answers forms.Answers, about string) {
		seen := forms.Lay(loc, veiled, scope, answers, look)
		passages = append(passages, passagesOf(seen, about)...)
		words = append(words, hiddenIn(forms.Lay(loc, d.Definition, scope, answers, whole), seen)...)
	}
	for _, part := range d.Seated {
		about := ""
		if len(d.Seated) > 1 {
			about = seatIn(loc, d.Call, part.Seat)
		}
		lay(forms.ScopePart, d.Filled[part.Sheet].Answers, about)
	}
	lay(forms.ScopeJoint, d.Filled[d.Joint].Answers, "")
	return strike(passages, words), nil
}

// passagesOf are the answers that can be read, each with its section and whose part it is.
func passagesOf(p forms.Print, about string) []Passage {
	var all []Passage
	for _, section := range p.Sections {
		for _, group := range section.Groups {
			title := strings.Join(slices.DeleteFunc([]string{section.Title.Text, group.Title, about}, func(s string) bool { return s == "" }), " · ")
			for _, e := range group.Entries {
				if text := strings.Join(linesOf(e), "\n"); e.Kind == forms.EntryQuestion && !e.Masked && text != "" {
					all = append(all, Passage{Section: title, Label: e.Label.Text, Text: text})
				}
			}
		}
	}
	return all
}

func linesOf(e forms.Entry) []string {
	lines := slices.Clone(e.Lines)
	if e.Table != nil {
		for _, row := range e.Table.Rows {
			lines = append(lines, strings.Join(row, " · "))
		}
	}
	for _, card := range e.Cards {
		lines = append(lines, card.Title)
		for _, pair := range card.Pairs {
			lines = append(lines, pair[0]+": "+pair[1])
		}
	}
	return lines
}

// hiddenIn are the words of answers that stand in the whole and not in what is seen of it, cell by cell where some columns are seen.
func hiddenIn(whole, seen forms.Print) []string {
	shown := map[string]forms.Entry{}
	each(seen, func(e forms.Entry) {
		if !e.Masked {
			shown[e.Ref] = e
		}
	})
	var words []string
	each(whole, func(e forms.Entry) {
		for _, line := range withheld(e, shown[e.Ref]) {
			if n := utf8.RuneCountInString(bare(line)); n >= shortestHidden && n <= longestHidden {
				words = append(words, line)
			}
		}
	})
	return words
}

// withheld are the lines, cells and names of an answer that are not where they stand in what is seen of it.
func withheld(whole, seen forms.Entry) []string {
	lines := unlike(whole.Lines, seen.Lines)
	if whole.Table != nil {
		var rows [][]string
		if seen.Table != nil {
			rows = seen.Table.Rows
		}
		for i, row := range whole.Table.Rows {
			lines = append(lines, unlike(row, at(rows, i))...)
		}
	}
	for i, card := range whole.Cards {
		other := at(seen.Cards, i)
		if card.Title != other.Title {
			_, name, _ := strings.Cut(card.Title, ": ")
			lines = append(lines, name)
		}
		for _, pair := range card.Pairs {
			if !slices.Contains(other.Pairs, pair) {
				lines = append(lines, pair[1])
			}
		}
	}
	return lines
}

func unlike(whole, seen []string) []string {
	var lines []string
	for i, line := range whole {
		if at(seen, i) != line {
			lines = append(lines, line)
		}
	}
	return lines
}

// at is what stands at a place, and nothing beyond the end.
func at[E any](all []E, i int) (one E) {
	if i < len(all) {
		one = all[i]
	}
	return one
}

func each(p forms.Print, do func(forms.Entry)) {
	for _, section := range p.Sections {
		for _, group := range section.Groups {
			for _, e := range group.Entries {
				do(e)
			}
		}
	}
}

// inWord is what words are made of: where none of it stands, one begins or ends.
const inWord = `\pL\pN\pM`

// strike puts a sign in the place of words, the longest first, however they are written: in capitals or not, the Turkish ones too, and
// whatever stands between their parts. They are struck where a word begins. What is appended to one stays behind its sign, with an
// apostrophe or without; but a short one is struck only where it is a word of its own: Art is no part of an article.
func strike(passages []Passage, words []string) []Passage {
	found := make([]string, 0, len(words))
	for _, w := range words {
		if w = bare(w); utf8.RuneCountInString(w) >= shortestName {
			found = append(found, w)
		}
	}
	if len(found) == 0 {
		return passages
	}
	slices.SortFunc(found, func(a, b string) int {
		return cmp.Or(utf8.RuneCountInString(b)-utf8.RuneCountInString(a), strings.Compare(a, b))
	})
	var whole, begun []string
	for _, w := range slices.Compact(found) {
		if utf8.RuneCountInString(w) < shortestBegun {
			whole = append(whole, anyhow(w))
		} else {
			begun = append(begun, anyhow(w))
		}
	}
	if len(whole) > 0 {
		begun = append(begun, `(?:`+strings.Join(whole, "|")+`)($|[^`+inWord+`])`)
	}
	pattern := regexp.MustCompile(`(?i)(^|[^` + inWord + `])(?:` + strings.Join(begun, "|") + `)`)
	sign := "${1}" + struck
	if len(whole) > 0 {
		sign += "${2}"
	}
	for i := range passages {
		text := norm.NFC.String(passages[i].Text)
		for range 2 { // of two neighbours the first takes what divides them
			text = pattern.ReplaceAllString(text, sign)
		}
		passages[i].Text = text
	}
	return passages
}

// bare is a word as it is looked for, without the signs around it.
func bare(word string) string {
	return strings.TrimFunc(norm.NFC.String(word), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) })
}

// anyhow is the pattern of a word in small letters or capitals. Go's own folding knows neither i and İ nor ı and I as one letter, and
// no capitals of ß.
func anyhow(word string) string {
	var b strings.Builder
	parts := strings.Fields(strings.ReplaceAll(word, "i\u0307", "i"))
	for i, part := range parts {
		if i > 0 {
			b.WriteString(`[\s\pZ]+`)
		}
		for _, r := range part {
			switch r {
			case 'i', 'ı', 'I', 'İ':
				b.WriteString(`[iıIİ]\x{307}?`)
			case 'ß', 'ẞ':
				b.WriteString(`(?:ß|ss)`)
			case '\'', '’':
				b.WriteString(`['’]`)
			default:
				b.WriteString(regexp.QuoteMeta(string(r)))
			}
		}
	}
	return b.String()
}
