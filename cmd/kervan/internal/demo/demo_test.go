package demo

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/organizations"
)

var mixed = []Mix{{Country: "TR", N: 93}, {Country: "DE", N: 10}, {Country: "BG", N: 4}, {Country: "FR", N: 3}, {Country: "PL", N: 3}, {Country: "CZ", N: 2}, {Country: "GE", N: 1}, {Country: "RO", N: 2}, {Country: "ES", N: 1}, {Country: "DK", N: 1}, {Country: "GR", N: 2}}

func world(t *testing.T) (*World, []*Organization) {
	t.Helper()
	w, err := NewWorld(1)
	if err != nil {
		t.Fatal(err)
	}
	return w, w.Organizations(mixed...)
}

// withPapers puts a document wherever the form asks for one.
func withPapers(d *forms.Definition, a forms.Answers) forms.Answers {
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			if q.Type == forms.TypeFile {
				a[q.Key] = raw(forms.Documents{ids.New[ids.Document]()})
			}
		}
	}
	return a
}

func TestEveryApplicationIsComplete(t *testing.T) {
	t.Parallel()
	d := blueprints.Default().Form
	w, all := world(t)
	check := func(who string, scope forms.Scope, a forms.Answers) {
		t.Helper()
		for _, bad := range forms.Validate(&d, scope, withPapers(&d, a), forms.Submit) {
			t.Errorf("%s: %s: %s %v", who, bad.Name, bad.Key, bad.Args)
		}
		for _, p := range forms.Complete(&d, scope, a) {
			if p.Standing != forms.Done {
				t.Errorf("%s: %s is %s", who, p.Section.Key, p.Standing)
			}
		}
	}
	for i, o := range all {
		check(o.Profile.Name, forms.ScopePart, o.Part(&d))
		check(o.Profile.Name, forms.ScopeJoint, o.Looking(&d))
		partner := all[(i+1)%len(all)]
		check(o.Profile.Name, forms.ScopeJoint, w.Together(3500, o, partner).Answers(&d))
	}
}

func TestEveryQuestionIsAnsweredBySomebody(t *testing.T) {
	t.Parallel()
	d := blueprints.Default().Form
	w, all := world(t)
	seen := map[string]bool{}
	for i, o := range all {
		for _, a := range []forms.Answers{o.Part(&d), o.Looking(&d), w.Together(3500, o, all[(i+1)%len(all)]).Answers(&d)} {
			for ref := range a {
				seen[ref] = true
			}
		}
	}
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			if q.Type.Asks() && q.Type != forms.TypeFile && q.Key != "legal_form_other" && !seen[q.Key] {
				t.Errorf("nobody answers %s", q.Key)
			}
		}
	}
}

func TestEqualSeedsMakeEqualWorlds(t *testing.T) {
	t.Parallel()
	d := blueprints.Default().Form
	write := func() string {
		_, all := world(t)
		var b strings.Builder
		for _, o := range all {
			text, err := json.Marshal([]any{o.Profile, o.People, o.Part(&d), o.Looking(&d)})
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
		return b.String()
	}
	if first, second := write(), write(); first != second {
		t.Error("the demonstration is another one each time")
	}
}

var unfilled = regexp.MustCompile(`[{}]|\[[^\]]*\|`)

// TestTextsReadLikeDifferentPeoples holds that no slot stays open, that nobody says a thing twice, and that few say the
// same.
func TestTextsReadLikeDifferentPeoples(t *testing.T) {
	t.Parallel()
	d := blueprints.Default().Form
	_, all := world(t)
	often := map[string]int{}
	for _, o := range all {
		mine := map[string]bool{}
		for ref, value := range o.Part(&d) {
			var text string
			if json.Unmarshal(value, &text) != nil {
				continue
			}
			if unfilled.MatchString(text) {
				t.Errorf("%s: %s: %s", o.Profile.Name, ref, text)
			}
			for sentence := range strings.SplitSeq(strings.ReplaceAll(text, "\n\n", " "), ". ") {
				if len(strings.Fields(sentence)) < 7 {
					continue
				}
				if mine[sentence] {
					t.Errorf("%s says twice: %s", o.Profile.Name, sentence)
				}
				mine[sentence] = true
				often[sentence]++
			}
		}
	}
	for sentence, n := range often {
		if n > 9 {
			t.Errorf("%d organizations say: %s", n, sentence)
		}
	}
}

func TestNamesAreUnlike(t *testing.T) {
	t.Parallel()
	_, all := world(t)
	names, mails := map[string]bool{}, map[string]bool{}
	for _, o := range all {
		if key := i18n.SearchKey(o.Profile.Name); names[key] {
			t.Errorf("two organizations are called %s", o.Profile.Name)
		} else {
			names[key] = true
		}
		for _, p := range o.People {
			if mails[p.Email] || !strings.HasSuffix(p.Email, ".example") {
				t.Errorf("%s: address %s", o.Profile.Name, p.Email)
			}
			mails[p.Email] = true
		}
		if !o.Profile.Complete() && o.Profile.Form != organizations.Initiative {
			t.Errorf("%s: incomplete profile", o.Profile.Name)
		}
	}
}

func ended(value, ending string) string { return value + "'" + suffix(spokenAs(value), ending) }

func TestTurkishEndings(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"Muğla'da": ended("Muğla", "da"), "Gaziantep'te": ended("Gaziantep", "da"), "İzmir'den": ended("İzmir", "dan"), "Iğdır'a": ended("Iğdır", "a"),
		"Ankara'nın": ended("Ankara", "ın"), "Trabzon'un": ended("Trabzon", "ın"), "3'ü": ended("3", "sı"), "6'sı": ended("6", "sı"), "40'a": ended("40", "a"),
		"90'dan": ended("90", "dan"), "100'ü": ended("100", "sı"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestPapersArePDFs(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(ui.Locales, organizations.Locales)
	if err != nil {
		t.Fatal(err)
	}
	w, all := world(t)
	at := time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)
	papers := []Paper{w.Together(3500, all[0], all[1]).Letter(catalog, at)}
	for _, o := range all[:12] {
		papers = append(papers, o.Papers(catalog, at)...)
	}
	for _, p := range papers {
		b, err := p.Write()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), "%PDF-") || len(b) > 200_000 {
			t.Errorf("%s: %d bytes", p.Name, len(b))
		}
	}
}

// TestReviewersAgreeALittle holds that a review follows the quality, and that reviewers differ.
func TestReviewersAgreeALittle(t *testing.T) {
	t.Parallel()
	w, all := world(t)
	b := blueprints.Default()
	total := func(r Review) (sum int) {
		for _, c := range b.Criteria {
			sum += r.Scores[c.Key] * c.Weight / b.Review.ScoreMax
			if r.Texts[c.Key] == "" || unfilled.MatchString(r.Texts[c.Key]) {
				t.Errorf("%s: %q", c.Key, r.Texts[c.Key])
			}
			if 2*r.Scores[c.Key] < b.Review.ScoreMax && utf8.RuneCountInString(r.Texts[c.Key]) < advised {
				t.Errorf("%s: %d points for %q", c.Key, r.Scores[c.Key], r.Texts[c.Key])
			}
		}
		return sum
	}
	differ := 0
	for _, o := range all {
		strict := total(w.Review(Reviewer{Severity: -0.08, Noise: 0.1}, b.Criteria, b.Review.ScoreMax, o, o.Quality, "a"))
		mild := total(w.Review(Reviewer{Severity: 0.06, Noise: 0.1}, b.Criteria, b.Review.ScoreMax, o, o.Quality, "b"))
		if mild-strict > 12 || strict-mild > 12 {
			differ++
		}
	}
	if differ < 10 || differ > 100 {
		t.Errorf("%d of %d pairs of reviews differ", differ, len(all))
	}
}
