package forms_test

import (
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
)

// trip is a form that adds up and multiplies on the page on which the amounts are typed, and on the next one.
func trip() forms.Definition {
	euros := []string{"EUR"}
	result := func(key, label string, o forms.Operation, of ...string) forms.Question {
		return forms.Question{Key: key, Type: forms.TypeCalculated, Label: say(label), Decimals: 1, Calculation: &forms.Calculation{Operation: o, Of: of}}
	}
	return forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{
		{Key: "costs", Title: say("Costs"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "travel", Type: forms.TypeMoney, Label: say("Travel"), Currencies: euros},
			{Key: "sleeps", Type: forms.TypeChoice, Label: say("Sleeps there"), Options: []forms.Option{{Value: "yes", Label: say("Yes")}, {Value: "no", Label: say("No")}}},
			{Key: "bed", Type: forms.TypeMoney, Label: say("Bed"), Currencies: euros, Condition: &forms.Condition{Question: "sleeps", Equals: "yes"}},
			{Key: "meals", Type: forms.TypeTable, Label: say("Meals"), Item: say("Meal"), Columns: []forms.Question{{Key: "price", Type: forms.TypeMoney, Label: say("Price"), Currencies: euros}}},
			result("all", "In all", forms.OperationSum, "travel", "bed", "meals/price"),
			result("part", "Part of the bed", forms.OperationShare, "bed", "all"),
			{Key: "why", Type: forms.TypeLongText, Label: say("Why so dear"), Condition: &forms.Condition{Question: "all", Above: "100"}},
		}},
		{Key: "grant", Title: say("Grant"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "asked", Type: forms.TypeMoney, Label: say("Asked"), Currencies: euros},
			result("own", "Own part", forms.OperationDifference, "all", "asked"),
		}},
	}}
}

// TestResultsFollowWhatIsTyped: the page works out the same as is kept, with what a condition hides left out.
func TestResultsFollowWhatIsTyped(t *testing.T) {
	t.Parallel()
	s := serving(t, trip())
	v := uitest.Visit(t, uitest.Look{Language: "de"})
	v.Go(s.server.URL + "/form/costs")
	v.Fill("answers[travel]", "40,50")
	v.Sees("40,50 EUR")
	v.Tick("answers[sleeps]", "yes")
	v.Fill("answers[bed]", "60")
	v.Sees("100,50 EUR", "59,7 %", "Why so dear")
	v.Tick("answers[sleeps]", "no")
	v.Sees("40,50 EUR")
	if text := v.Text(); strings.Contains(text, "59,7") || strings.Contains(text, "Why so dear") {
		t.Error("what is hidden counts: " + text)
	}
	v.Tick("answers[sleeps]", "yes")
	v.Fill("answers[meals][0][price]", "1.234,5")
	v.Sees("1.335 EUR")
	v.Accessible("form-calculated-de")
	s.wants(forms.ScopePart, "all", `{"minor": 133500, "currency": "EUR"}`)
	s.wants(forms.ScopePart, "part", `4.5`)
	v.Go(s.server.URL + "/form/grant")
	v.Sees("1.335 EUR")
	v.Fill("answers[asked]", "1.500")
	v.Sees("-165 EUR")
	phone := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true, Dark: true})
	phone.Go(s.server.URL + "/form/costs")
	phone.Sees("1.335\u00a0EUR", "%4,5")
	phone.Accessible("form-calculated-tr-phone")
	s.wants(forms.ScopePart, "own", `{"minor": -16500, "currency": "EUR"}`)
}
