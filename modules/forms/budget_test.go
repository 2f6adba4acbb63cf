package forms_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// budget is a form with a budget of kinds of costs, of which travel may come to half, and a question about large ones.
func budget() (forms.Definition, *forms.Question) {
	kind := forms.Question{Key: "kind", Type: forms.TypeChoice, Label: say("Kind"), Options: options("travel", "other")}
	kind.Options[0].Percent = 50
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Sections: []forms.Section{{
		Key: "money", Title: say("Money"), Scope: forms.ScopeJoint, Questions: []forms.Question{
			{Key: "budget", Type: forms.TypeBudget, Label: say("Budget"), Required: true, Least: 1, Most: 5, Max: "3500", Columns: append(forms.BudgetColumns(), kind)},
			{Key: "why_so_much", Type: forms.TypeLongText, Label: say("Why?"), Condition: &forms.Condition{Question: "budget", Above: "1000"}},
		},
	}}}
	return d, &d.Sections[0].Questions[0]
}

func inJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

type line struct{ what, quantity, price, kind string }

func lines(all ...line) json.RawMessage {
	rows := []map[string]json.RawMessage{}
	for _, l := range all {
		row := map[string]json.RawMessage{"item": json.RawMessage(inJSON(l.what))}
		if l.quantity != "" {
			row["quantity"] = json.RawMessage(l.quantity)
		}
		if l.price != "" {
			row["price"] = json.RawMessage(`{"minor":` + l.price + `,"currency":"EUR"}`)
		}
		if l.kind != "" {
			row["kind"] = json.RawMessage(inJSON(l.kind))
		}
		rows = append(rows, row)
	}
	return json.RawMessage(inJSON(rows))
}

func TestABudgetAddsUp(t *testing.T) {
	t.Parallel()
	_, q := budget()
	for name, c := range map[string]struct {
		lines []line
		want  int64
		over  bool
	}{
		"two lines":            {[]line{{"train", "2", "12050", ""}, {"room", "3", "8000", ""}}, 48_100, false},
		"half a unit":          {[]line{{"day", "0.5", "3", ""}}, 2, false}, // 1.5 minor units
		"a third, rounded":     {[]line{{"hour", "0.33", "100", ""}, {"hour", "0.33", "100", ""}}, 66, false},
		"each line is rounded": {[]line{{"a", "0.5", "1", ""}, {"b", "0.5", "1", ""}}, 2, false},
		"an unfinished line":   {[]line{{"a", "2", "", ""}, {"b", "", "500", ""}, {"c", "1", "7", ""}}, 7, false},
		"nothing":              {[]line{{"a", "0", "500", ""}}, 0, false},
		"beyond all measure":   {[]line{{"a", "999999999999999999", "999999999999999999", ""}}, 1_000_000_000_000_000, true},
	} {
		value, err := forms.ParseValue(q, lines(c.lines...))
		b, ok := value.(forms.Budget)
		if err != nil || !ok || b.Total != (forms.Money{Minor: c.want, Currency: "EUR"}) || b.Over != c.over {
			t.Errorf("%s: %+v, %v", name, value, err)
		}
	}
}

// Whatever the lines are, the total is what somebody gets who adds up the rounded lines by hand.
func TestABudgetsTotalIsTheSumOfItsLines(t *testing.T) {
	t.Parallel()
	_, q := budget()
	r := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		var all []line
		var want int64
		for range 1 + r.IntN(5) {
			hundredths, minor := r.Int64N(100_000), r.Int64N(1_000_000)
			want += (hundredths*minor + 50) / 100
			all = append(all, line{"x", strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100), "0"), "."), fmt.Sprint(minor), ""})
		}
		value, err := forms.ParseValue(q, lines(all...))
		if b, ok := value.(forms.Budget); err != nil || !ok || b.Total.Minor != want {
			t.Fatalf("%v comes to %+v, want %d: %v", all, value, want, err)
		}
	}
}

func TestABudgetIsHeldToItsCeilings(t *testing.T) {
	t.Parallel()
	_, q := budget()
	for name, c := range map[string]struct {
		lines  []line
		mode   forms.Mode
		fields []string
	}{
		"fits":                     {[]line{{"train", "1", "100", "travel"}, {"room", "1", "100", "other"}}, forms.Submit, nil},
		"too much in all":          {[]line{{"room", "1", "350001", "other"}}, forms.Fill, []string{"b"}},
		"exactly the ceiling":      {[]line{{"room", "1", "350000", "other"}}, forms.Submit, nil},
		"too much of one kind":     {[]line{{"train", "1", "101", "travel"}, {"room", "1", "100", "other"}}, forms.Submit, []string{"b[0][kind]"}},
		"… is told when it is due": {[]line{{"train", "1", "101", "travel"}}, forms.Fill, nil},
		"a line without a price":   {[]line{{"train", "1", "", ""}}, forms.Submit, []string{"b[0][price]"}},
		"less than nothing":        {[]line{{"train", "-1", "5", ""}}, forms.Fill, []string{"b[0][price]", "b[0][quantity]"}},
		"beyond all measure":       {[]line{{"a", "999999999999999999", "999999999999999999", "other"}}, forms.Fill, []string{"b"}},
		"too many lines":           {slices.Repeat([]line{{"a", "1", "1", "other"}}, 6), forms.Fill, []string{"b"}},
		"none at all":              {nil, forms.Submit, []string{"b"}},
	} {
		var got []string
		for _, f := range forms.ValidateAnswer(q, "b", lines(c.lines...), c.mode) {
			got = append(got, f.Name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(c.fields, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	bad := forms.ValidateAnswer(q, "b", lines(line{"t", "1", "2", "travel"}), forms.Submit)
	if len(bad) != 1 || cmp.Diff(bad[0], fault.AtWith("b[0][kind]", "forms.error.share", fault.Args{"Percent": 50})) != "" {
		t.Errorf("the share is told as %v", bad)
	}
}

func TestAConditionLooksAtABudgetsTotal(t *testing.T) {
	t.Parallel()
	d, _ := budget()
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	for minor, want := range map[string]bool{"100000": false, "100001": true} {
		sight := forms.See(&d, forms.ScopeJoint, forms.Answers{"budget": lines(line{"a", "1", minor, ""})})
		if sight.Question("why_so_much") != want {
			t.Errorf("at %s the question is asked: %t", minor, !want)
		}
	}
}

func TestABudgetIsReadAndPrintedInEachLanguage(t *testing.T) {
	t.Parallel()
	d, q := budget()
	for l, price := range map[i18n.Locale]string{i18n.EN: "1,250.50", i18n.TR: "1.250,50", i18n.DE: "1.250,50"} {
		loc := localizer(t, l)
		raw, bad := forms.FromTyped(loc, q, "budget", url.Values{
			"answers[budget][0][row]": {""}, "answers[budget][0][item]": {"Train"}, "answers[budget][0][quantity]": {"2"}, "answers[budget][0][price]": {price},
		})
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		if again, _ := forms.FromTyped(loc, q, "budget", forms.ToTyped(loc, q, "budget", raw)); !sameJSON(raw, again) {
			t.Errorf("%s came back as %s", raw, again)
		}
		text := strings.Join(forms.Plain(loc, &d, q, raw), "\n")
		if want := forms.MoneyText(loc, forms.Money{Minor: 250_100, Currency: "EUR"}); strings.Count(text, want) != 2 {
			t.Errorf("%s does not stand in\n%s", want, text)
		}
		table := forms.Lay(loc, &d, forms.ScopeJoint, forms.Answers{"budget": raw}, forms.Look{Financial: true}).Sections[0].Groups[0].Entries[0].Table
		if len(table.Head) != 6 || len(table.Rows[0]) != 6 || len(table.Total) != 6 {
			t.Errorf("the table is %+v", table)
		}
	}
	q.Columns[3].Class = forms.ClassFinancial
	masked := forms.Lay(localizer(t, i18n.EN), &d, forms.ScopeJoint, forms.Answers{"budget": lines(line{"a", "1", "77700", ""})}, forms.Look{})
	if text := fmt.Sprint(masked.Sections[0].Groups[0].Entries[0].Table); strings.Contains(text, "777") {
		t.Errorf("masked prices stand in %s", text)
	}
}

func TestABudgetNeedsItsColumns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(d *forms.Definition, q *forms.Question)
		want   string
	}{
		"no quantity":    {func(_ *forms.Definition, q *forms.Question) { q.Columns = slices.Delete(q.Columns, 1, 2) }, "forms.check.budget"},
		"no price":       {func(_ *forms.Definition, q *forms.Question) { q.Columns = slices.Delete(q.Columns, 3, 4) }, "forms.check.budget"},
		"two currencies": {func(_ *forms.Definition, q *forms.Question) { q.Columns[3].Currencies = []string{"EUR", "TRY"} }, "forms.check.budget"},
		"a quantity in words": {func(_ *forms.Definition, q *forms.Question) {
			q.Columns[1] = forms.Question{Key: "quantity", Type: forms.TypeShortText, Label: say("How many")}
		}, "forms.check.budget"},
		"more than all":              {func(_ *forms.Definition, q *forms.Question) { q.Columns[4].Options[0].Percent = 101 }, "forms.check.percent"},
		"less than nothing":          {func(_ *forms.Definition, q *forms.Question) { q.Columns[4].Options[0].Percent = -1 }, "forms.check.percent"},
		"a share of several choices": {func(_ *forms.Definition, q *forms.Question) { q.Columns[4].Type = forms.TypeMultiple }, "forms.check.percent"},
		"a share of a table":         {func(_ *forms.Definition, q *forms.Question) { q.Type = forms.TypeTable }, "forms.check.percent"},
		"a share of no budget": {func(d *forms.Definition, _ *forms.Question) {
			o := options("a", "b")
			o[0].Percent = 5
			d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "lone", Type: forms.TypeChoice, Label: say("Lone"), Options: o})
		}, "forms.check.percent"},
	} {
		d, q := budget()
		c.change(&d, q)
		if !slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == c.want }) {
			t.Errorf("%s is not found: %v", name, forms.Check(d))
		}
	}
}
