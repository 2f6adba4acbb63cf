package forms_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// likert is a form with two statements on the scale of agreement.
func likert() (forms.Definition, *forms.Question) {
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Sections: []forms.Section{{
		Key: "views", Title: say("Views"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "trust", Type: forms.TypeLikert, Label: say("Do you agree?"), Required: true, Options: forms.Scale(), Statements: options("listen", "decide"), NotApplicable: true},
			{Key: "more", Type: forms.TypeLongText, Label: say("More?"), Condition: &forms.Condition{Question: "trust", Answered: yes()}},
		},
	}}}
	return d, &d.Sections[0].Questions[0]
}

func TestAStatementGetsOneAnswer(t *testing.T) {
	t.Parallel()
	d, q := likert()
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, c := range map[string]struct {
		typed    url.Values
		want     string
		refused  []string // on reading
		required bool
		missing  []string // on handing in
	}{
		"both":            {url.Values{"answers[x][listen]": {"agree"}, "answers[x][decide]": {"na"}}, `{"decide":"na","listen":"agree"}`, nil, true, nil},
		"one":             {url.Values{"answers[x][listen]": {"agree"}}, `{"listen":"agree"}`, nil, true, []string{"answers[x][decide]"}},
		"one is enough":   {url.Values{"answers[x][listen]": {"agree"}}, `{"listen":"agree"}`, nil, false, nil},
		"none":            {url.Values{}, "null", nil, true, []string{"answers[x]"}},
		"not offered":     {url.Values{"answers[x][listen]": {"perhaps"}, "answers[x][decide]": {"agree"}}, `{"decide":"agree"}`, []string{"answers[x][listen]"}, true, []string{"answers[x][listen]"}},
		"no statement":    {url.Values{"answers[x][invented]": {"agree"}}, "null", nil, false, nil},
		"two at one time": {url.Values{"answers[x][listen]": {"agree", "disagree"}}, `{"listen":"agree"}`, nil, false, nil},
	} {
		q.Required = c.required
		raw, bad := forms.FromTyped(localizer(t, i18n.EN), q, "x", c.typed)
		var refused, missing []string
		for _, f := range bad {
			refused = append(refused, f.Name)
		}
		for _, f := range forms.ValidateAnswer(q, "answers[x]", raw, forms.Submit) {
			missing = append(missing, f.Name)
		}
		if !sameJSON(raw, []byte(c.want)) || cmp.Diff(c.refused, refused) != "" || cmp.Diff(c.missing, missing) != "" {
			t.Errorf("%s: %s, refused %v, missing %v", name, raw, refused, missing)
		}
	}
	q.NotApplicable = false
	if bad := forms.ValidateAnswer(q, "x", json.RawMessage(`{"listen":"na","decide":"agree"}`), forms.Fill); len(bad) != 1 {
		t.Errorf("what may not be passed over is: %v", bad)
	}
}

func TestAGridIsReadInWords(t *testing.T) {
	t.Parallel()
	d, q := likert()
	q.Statements[0].Label = say("listen.")
	for l, want := range map[i18n.Locale]string{i18n.EN: "listen: Agree\ndecide: Does not concern us", i18n.TR: "listen: Katılıyorum\ndecide: Bizi ilgilendirmiyor", i18n.DE: "listen: Stimme eher zu\ndecide: Trifft auf uns nicht zu"} {
		if got := strings.Join(forms.Plain(localizer(t, l), &d, q, json.RawMessage(`{"decide":"na","listen":"agree"}`)), "\n"); got != want {
			t.Errorf("%s: %q", l, got)
		}
	}
}

func TestAGridIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(q *forms.Question)
		want   string
	}{
		"no statement":          {func(q *forms.Question) { q.Statements = nil }, "forms.check.statements"},
		"too many":              {func(q *forms.Question) { q.Statements = slices.Repeat(q.Statements, 30) }, "forms.check.statements"},
		"one twice":             {func(q *forms.Question) { q.Statements[1].Value = "listen" }, "forms.check.option"},
		"one with another role": {func(q *forms.Question) { q.Statements[1].Value = "typed" }, "forms.check.option"},
		"one not translated":    {func(q *forms.Question) { q.Statements[1].Label = i18n.Text{i18n.EN: "Decide"} }, "forms.check.translation"},
		"one answer":            {func(q *forms.Question) { q.Options = q.Options[:1] }, "forms.check.few_options"},
		"a reserved answer":     {func(q *forms.Question) { q.Options[0].Value = forms.NotApplicable }, "forms.check.option"},
		"of no grid":            {func(q *forms.Question) { q.Type = forms.TypeChoice }, "forms.check.statements_unused"},
	} {
		d, q := likert()
		c.change(q)
		if !slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == c.want }) {
			t.Errorf("%s is not found: %v", name, forms.Check(d))
		}
	}
}
