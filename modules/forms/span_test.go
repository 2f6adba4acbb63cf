package forms_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
)

// visit is a form that asks when somebody comes: in 2027, for three to ten days.
func visit() (forms.Definition, *forms.Question) {
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Sections: []forms.Section{{
		Key: "visit", Title: say("Visit"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "when", Type: forms.TypeSpan, Label: say("When?"), Min: "2027-01-01", Max: "2027-12-31", Least: 3, Most: 10},
			{Key: "why", Type: forms.TypeLongText, Label: say("Why so long?"), Condition: &forms.Condition{Question: "when", Above: "7"}},
		},
	}}}
	return d, &d.Sections[0].Questions[0]
}

// wrong are the inputs that were refused, each with what is said of it.
func wrong(fields []fault.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, strings.TrimPrefix(f.Name, "answers[when]")+" "+strings.TrimPrefix(f.Key, "forms.error."))
	}
	return all
}

func TestAVisitHasAFirstAndALastDay(t *testing.T) {
	t.Parallel()
	d, q := visit()
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, c := range map[string]struct {
		from, to string
		want     string
		read     []string // is said on reading
		fill     []string // … while it is filled in
		submit   []string // … when it is handed in
	}{
		"ten days":               {"2027-05-01", "2027-05-10", `{"from":"2027-05-01","to":"2027-05-10"}`, nil, nil, nil},
		"three days":             {"2027-05-01", "2027-05-03", `{"from":"2027-05-01","to":"2027-05-03"}`, nil, nil, nil},
		"as people type":         {"1.5.2027", "3/5/2027", `{"from":"2027-05-01","to":"2027-05-03"}`, nil, nil, nil},
		"over a change of clock": {"2027-03-27", "2027-04-05", `{"from":"2027-03-27","to":"2027-04-05"}`, nil, nil, nil},
		"eleven days":            {"2027-05-01", "2027-05-11", `{"from":"2027-05-01","to":"2027-05-11"}`, nil, []string{"[to] days_most"}, []string{"[to] days_most"}},
		"two days":               {"2027-05-01", "2027-05-02", `{"from":"2027-05-01","to":"2027-05-02"}`, nil, []string{"[to] days_least"}, []string{"[to] days_least"}},
		"backwards":              {"2027-05-04", "2027-05-01", `{"from":"2027-05-04","to":"2027-05-01"}`, nil, []string{"[to] backwards"}, []string{"[to] backwards"}},
		"too early":              {"2026-12-31", "2027-01-03", `{"from":"2026-12-31","to":"2027-01-03"}`, nil, []string{"[from] min"}, []string{"[from] min"}},
		"too late":               {"2027-12-30", "2028-01-02", `{"from":"2027-12-30","to":"2028-01-02"}`, nil, []string{"[to] max"}, []string{"[to] max"}},
		"no end yet":             {"2027-05-01", "", `{"from":"2027-05-01"}`, nil, nil, []string{"[to] other_day"}},
		"no beginning yet":       {"", "2027-05-01", `{"to":"2027-05-01"}`, nil, nil, []string{"[from] other_day"}},
		"no day":                 {"in May", "2027-05-03", `{"from":"in May","to":"2027-05-03"}`, []string{"[from] date"}, []string{"[from] date"}, []string{"[from] date"}},
		"not in the calendar":    {"2027-05-01", "2027-02-30", `{"from":"2027-05-01","to":"2027-02-30"}`, []string{"[to] date"}, []string{"[to] date"}, []string{"[to] date"}},
		"nothing":                {"", "", "null", nil, nil, nil},
	} {
		typed := url.Values{"answers[when][from]": {c.from}, "answers[when][to]": {c.to}}
		raw, bad := forms.FromTyped(localizer(t, i18n.EN), q, "when", typed)
		got := [][]string{wrong(bad), wrong(forms.ValidateAnswer(q, "answers[when]", raw, forms.Fill)), wrong(forms.ValidateAnswer(q, "answers[when]", raw, forms.Submit))}
		if !sameJSON(raw, []byte(c.want)) || cmp.Diff([][]string{c.read, c.fill, c.submit}, got) != "" {
			t.Errorf("%s: %s, %v", name, raw, got)
		}
		back := forms.ToTyped(localizer(t, i18n.DE), q, "when", raw)
		for end, text := range map[string]string{"answers[when][from]": c.from, "answers[when][to]": c.to} {
			if name != "as people type" && back.Get(end) != text {
				t.Errorf("%s: %q of what was typed is left in %s", name, back.Get(end), end)
			}
		}
	}
	q.Required = true
	if got := wrong(forms.ValidateAnswer(q, "answers[when]", nil, forms.Submit)); cmp.Diff([]string{" days_missing"}, got) != "" {
		t.Error(got)
	}
}

func TestATextThatIsNoSpanIsRefused(t *testing.T) {
	t.Parallel()
	_, q := visit()
	for _, raw := range []string{`"2027-05-01"`, `["2027-05-01","2027-05-03"]`, `{"from":"2027-05-01","until":"2027-05-03"}`, `{"from":3}`, `{"typed":"x"}`} {
		if value, err := forms.ParseValue(q, json.RawMessage(raw)); err == nil {
			t.Errorf("%s is %v", raw, value)
		}
		if len(forms.ValidateAnswer(q, "x", json.RawMessage(raw), forms.Fill)) == 0 {
			t.Errorf("%s will do", raw)
		}
	}
	if raw, bad := forms.FromTyped(localizer(t, i18n.EN), q, "when", url.Values{"answers[when][to]": {"\u202e2027-05-01"}}); raw != nil || len(bad) == 0 {
		t.Errorf("a text that no honest person types: %s, %v", raw, bad)
	}
}

func TestASpanIsToldInWords(t *testing.T) {
	t.Parallel()
	d, q := visit()
	for raw, want := range map[string]map[i18n.Locale]string{
		`{"from":"2027-05-01","to":"2027-05-03"}`: {i18n.EN: "1 May 2027 – 3 May 2027 (3 days)", i18n.TR: "1 Mayıs 2027 – 3 Mayıs 2027 (3 gün)", i18n.DE: "1. Mai 2027 – 3. Mai 2027 (3 Tage)"},
		`{"from":"2027-05-01","to":"2027-05-01"}`: {i18n.EN: "1 May 2027 – 1 May 2027 (1 day)", i18n.DE: "1. Mai 2027 – 1. Mai 2027 (1 Tag)"},
		`{"from":"2027-05-01"}`:                   {i18n.EN: "from 1 May 2027", i18n.TR: "1 Mayıs 2027 tarihinden itibaren", i18n.DE: "ab 1. Mai 2027"},
		`{"to":"2027-05-01"}`:                     {i18n.EN: "until 1 May 2027"},
		`{"from":"in May","to":"2027-05-01"}`:     {i18n.EN: "in May – 2027-05-01"},
		`{"from":"in May"}`:                       {i18n.EN: "in May"},
	} {
		for l, text := range want {
			if got := strings.Join(forms.Plain(localizer(t, l), &d, q, json.RawMessage(raw)), "\n"); got != text {
				t.Errorf("%s in %s: %q", raw, l, got)
			}
		}
	}
	early := forms.ValidateAnswer(q, "x", json.RawMessage(`{"from":"2026-05-01"}`), forms.Fill)
	if got := forms.Tell(localizer(t, i18n.DE), early); len(got) != 1 || !strings.Contains(got[0].Text, "1. Januar 2027") {
		t.Errorf("the limit is not told as its reader writes days: %v", got)
	}
	facts := forms.Limits(localizer(t, i18n.EN), q)
	if cmp.Diff([]string{"at least 3 days", "at most 10 days", "from 1 January 2027", "up to 31 December 2027"}, facts) != "" {
		t.Error(facts)
	}
	table, ok := answered(t, forms.Paper(localizer(t, i18n.DE), forms.Outline(localizer(t, i18n.DE), &d, forms.ScopePart)))["When?"].Inside[0].(pdf.Table)
	if !ok || cmp.Diff([]string{"Erster Tag", "Letzter Tag"}, table.Head) != "" || len(table.Rows) != 1 {
		t.Errorf("on paper: %+v", table)
	}
}

// TestALongVisitAsksMore: a condition looks at how many days there are.
func TestALongVisitAsksMore(t *testing.T) {
	t.Parallel()
	d, _ := visit()
	for raw, want := range map[string]bool{
		`{"from":"2027-05-01","to":"2027-05-08"}`: true,
		`{"from":"2027-05-01","to":"2027-05-07"}`: false,
		`{"from":"2027-05-01"}`:                   false,
		`{"from":"2027-05-09","to":"2027-05-01"}`: false,
		`{"from":"2027-05-01","to":"in June"}`:    false,
		`null`:                                    false,
	} {
		if got := forms.See(&d, forms.ScopePart, answers(t, "when", raw)).Question("why"); got != want {
			t.Errorf("%s asks why: %v", raw, got)
		}
		d.Sections[0].Questions[1].Condition = &forms.Condition{Question: "when", Below: "8"}
		if got := forms.See(&d, forms.ScopePart, answers(t, "when", raw)).Question("why"); got == want && strings.Contains(raw, `"to":"2027-05-0`) && !strings.Contains(raw, "09") {
			t.Errorf("%s is both long and short: %v", raw, got)
		}
		d.Sections[0].Questions[1].Condition = &forms.Condition{Question: "when", Above: "7"}
	}
}

func TestASpanIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(q *forms.Question)
		want   string
	}{
		"no day":                      {func(q *forms.Question) { q.Min = "5" }, "forms.check.limits"},
		"the last before the first":   {func(q *forms.Question) { q.Max = "2026-01-01" }, "forms.check.limits"},
		"no room for the shortest":    {func(q *forms.Question) { q.Max = "2027-01-02" }, "forms.check.limits"},
		"the shortest is the longest": {func(q *forms.Question) { q.Least = 11 }, "forms.check.limits"},
		"beyond all measure":          {func(q *forms.Question) { q.Min, q.Max, q.Most = "", "", 4000 }, "forms.check.limits"},
		"options":                     {func(q *forms.Question) { q.Options = options("a", "b") }, "forms.check.options_unused"},
	} {
		d, q := visit()
		c.change(q)
		if !slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == c.want }) {
			t.Errorf("%s is not found: %v", name, forms.Check(d))
		}
	}
	d, q := visit()
	q.Min, q.Max, q.Most = "", "", 365
	if problems := forms.Check(d); len(problems) > 0 {
		t.Errorf("a year is not possible: %v", problems)
	}
}
