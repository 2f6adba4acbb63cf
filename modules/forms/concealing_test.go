package forms_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// telling is a form that asks for more where somebody needs care: a question, a heading, a section, and a question that hangs
// upon the first.
func telling() forms.Definition {
	cared := &forms.Condition{Question: "care", Equals: "yes"}
	return forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{
		{Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "care", Type: forms.TypeChoice, Label: say("Care"), Options: options("yes", "no"), Class: forms.ClassSpecial},
			{Key: "which", Type: forms.TypeShortText, Label: say("CANARY-which"), Class: forms.ClassSpecial, Condition: cared},
			{Key: "head", Type: forms.TypeHeading, Label: say("CANARY-head"), Condition: cared},
			{Key: "since", Type: forms.TypeShortText, Label: say("CANARY-since"), Class: forms.ClassSpecial, Condition: &forms.Condition{Question: "which", Answered: yes()}},
			{Key: "always", Type: forms.TypeShortText, Label: say("Always"), Class: forms.ClassSpecial},
		}},
		{Key: "more", Title: say("CANARY-more"), Scope: forms.ScopePart, Condition: cared, Questions: []forms.Question{
			{Key: "doctor", Type: forms.TypeShortText, Label: say("CANARY-doctor"), Class: forms.ClassSpecial},
		}},
	}}
}

// TestWhatIsAskedTellsNoDelicateAnswer: neither the label of a question nor the title of a section says what only others read.
func TestWhatIsAskedTellsNoDelicateAnswer(t *testing.T) {
	t.Parallel()
	d := telling()
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	given := answers(t, "care", `"yes"`, "which", `"x"`, "since", `"y"`, "always", `"z"`, "doctor", `"w"`)
	for who, c := range map[string]struct {
		look forms.Look
		want int
	}{"a reviewer": {forms.Look{}, 0}, "who checks it": {forms.Look{Special: true}, 5}, "their own": {forms.Look{Own: true}, 5}} {
		laid := fmt.Sprintf("%+v", forms.Lay(localizer(t, i18n.EN), &d, forms.ScopePart, given, c.look))
		if got := strings.Count(laid, "CANARY"); got != c.want {
			t.Errorf("%s is told of %d, want %d: %s", who, got, c.want, laid)
		}
		if !strings.Contains(laid, "Always") {
			t.Errorf("%s is not told what everybody is asked", who)
		}
		data, err := json.Marshal(forms.Data(&d, forms.ScopePart, given, c.look))
		if err != nil || strings.Contains(string(data), "CANARY") != (c.want > 0) {
			t.Errorf("%s: %s %v", who, data, err)
		}
		for _, ref := range []string{"which", "head", "since", "doctor", "always", "gone"} {
			if got, want := c.look.Conceals(&d, ref), c.want == 0 && ref != "always" && ref != "gone"; got != want {
				t.Errorf("%s: conceals %s: %v", who, ref, got)
			}
		}
	}
}

// TestAConditionIsReadByThoseWhoReadItsAnswer: what is asked because of an answer is as delicate as the answer.
func TestAConditionIsReadByThoseWhoReadItsAnswer(t *testing.T) {
	t.Parallel()
	finance := []forms.Reader{forms.ReaderFinance}
	for name, c := range map[string]struct {
		breaks func(d *forms.Definition)
		where  string
	}{
		"harmless":              {func(d *forms.Definition) { question(t, *d, "which").Class = forms.ClassNone }, "us/which"},
		"of another kind":       {func(d *forms.Definition) { question(t, *d, "which").Class = forms.ClassFinancial }, "us/since us/which"},
		"a section of harmless": {func(d *forms.Definition) { question(t, *d, "doctor").Class = forms.ClassPersonal }, "more"},
		"for fewer":             {func(d *forms.Definition) { question(t, *d, "which").VisibleTo = finance }, "us/since"},
		"in the middle of another": {func(d *forms.Definition) {
			d.Sections[0].Questions[1].Class = forms.ClassNone
			d.Sections[0].Questions[1].Condition = &forms.Condition{Any: []forms.Condition{{Question: "always", Answered: yes()}, {Not: &forms.Condition{Question: "care", Equals: "no"}}, {Question: "care", Equals: "yes"}}}
		}, "us/which us/which"},
	} {
		d := telling()
		c.breaks(&d)
		var found []string
		for _, p := range forms.Check(d) {
			found = append(found, p.Where)
			if p.Key != "forms.check.condition_class" {
				t.Errorf("%s: %s", name, p)
			}
		}
		slices.Sort(found)
		if got := strings.Join(found, " "); got != c.where {
			t.Errorf("%s: found at %q, want %q", name, got, c.where)
		}
	}
	d := reckoned(forms.OperationSum, "n")
	asked := question(t, d, "why")
	price, _ := question(t, d, "lines").Column(forms.PriceColumn)
	price.Class = forms.ClassFinancial
	for on, refused := range map[*forms.Condition]bool{{Question: "lines", Above: "100"}: true, {Question: "lines", Answered: yes()}: false} {
		asked.Condition = on
		if got := len(forms.Check(d)) > 0; got != refused {
			t.Errorf("%+v: %v", on, forms.Check(d))
		}
	}
}

// TestABudgetsTotalIsReadByThoseWhoReadItsColumns: what it is added up from can be told from it, and how many lines it has
// cannot.
func TestABudgetsTotalIsReadByThoseWhoReadItsColumns(t *testing.T) {
	t.Parallel()
	refused := func(d forms.Definition) bool {
		return slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == "forms.check.term_class" && p.Where == "b/out" })
	}
	for _, key := range []string{forms.QuantityColumn, forms.PriceColumn} {
		d := reckoned(forms.OperationSum, "lines")
		column, _ := question(t, d, "lines").Column(key)
		if column.Class = forms.ClassFinancial; !refused(d) {
			t.Errorf("a budget's total tells of its %s", key)
		}
		question(t, d, "out").Class = forms.ClassFinancial
		if refused(d) {
			t.Errorf("a total that is as delicate as the %s is refused", key)
		}
	}
	d := reckoned(forms.OperationRows, "lines")
	column, _ := question(t, d, "lines").Column(forms.PriceColumn)
	if column.Class = forms.ClassFinancial; refused(d) {
		t.Error("how many lines a budget has is as delicate as its prices")
	}
}
