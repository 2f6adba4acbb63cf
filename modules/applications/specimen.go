package applications

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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
// to a hidden question may be a word like any other.
const (
	shortestName   = 3
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

// hiddenIn are the words of answers that stand in the whole and not in what is seen of it.
func hiddenIn(whole, seen forms.Print) []string {
	shown := map[string]bool{}
	each(seen, func(e forms.Entry) { shown[e.Ref] = !e.Masked })
	var words []string
	each(whole, func(e forms.Entry) {
		if shown[e.Ref] {
			return
		}
		lines := slices.Clone(e.Lines)
		for _, card := range e.Cards {
			_, name, _ := strings.Cut(card.Title, ": ")
			lines = append(lines, name)
			for _, pair := range card.Pairs {
				lines = append(lines, pair[1])
			}
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n >= shortestHidden && n <= longestHidden {
				words = append(words, line)
			}
		}
	})
	return words
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

// strike puts a sign in the place of words, the longest first, however they are written.
func strike(passages []Passage, words []string) []Passage {
	words = slices.DeleteFunc(words, func(w string) bool { return utf8.RuneCountInString(strings.TrimSpace(w)) < shortestName })
	if len(words) == 0 {
		return passages
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	patterns := make([]string, len(words))
	for i, w := range words {
		patterns[i] = regexp.QuoteMeta(strings.TrimSpace(w))
	}
	pattern := regexp.MustCompile(`(?i)` + strings.Join(patterns, "|"))
	for i := range passages {
		passages[i].Text = pattern.ReplaceAllString(passages[i].Text, struck)
	}
	return passages
}
