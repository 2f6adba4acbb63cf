package forms_test

import (
	"encoding/json"
	"testing"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

func localizer(t testing.TB, l i18n.Locale) *i18n.Localizer {
	t.Helper()
	c, err := i18n.Load(ui.Locales, forms.Locales)
	if err != nil {
		t.Fatal(err)
	}
	return c.Localizer(l, time.UTC)
}

func say(s string) i18n.Text { return i18n.Text{i18n.EN: s, i18n.TR: s, i18n.DE: s} }

func yes() *bool { b := true; return &b }

func options(values ...string) []forms.Option {
	var all []forms.Option
	for _, v := range values {
		all = append(all, forms.Option{Value: v, Label: say(v)})
	}
	return all
}

// sample has every type of question, conditions within and across sections, and a section that repeats.
func sample() forms.Definition {
	return forms.Definition{
		Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE},
		Sections: []forms.Section{
			{Key: "who", Title: say("Who"), Scope: forms.ScopePart, Questions: []forms.Question{
				{Key: "intro", Type: forms.TypeHeading, Label: say("About you")},
				{Key: "name", Type: forms.TypeShortText, Label: say("Name"), Required: true, Chars: 60},
				{Key: "mail", Type: forms.TypeShortText, Format: forms.FormatEmail, Label: say("Mail"), Class: forms.ClassPersonal},
				{Key: "status", Type: forms.TypeChoice, Label: say("Status"), Required: true, Options: options("association", "initiative")},
				{
					Key: "host", Type: forms.TypeShortText, Label: say("Fiscal host"), Required: true,
					Condition: &forms.Condition{Question: "status", Equals: "initiative"},
				},
				{
					Key: "host_letter", Type: forms.TypeFile, Label: say("Letter"), Files: &forms.Files{Kinds: []string{"pdf"}, MaxBytes: 1e6}, Most: 2,
					Condition: &forms.Condition{Question: "host", Answered: yes()},
				},
				{Key: "founded", Type: forms.TypeNumber, Format: forms.FormatYear, Label: say("Founded"), Min: "1800", Max: "2030"},
				{Key: "budget", Type: forms.TypeMoney, Label: say("Budget"), Currencies: []string{"EUR", "TRY"}, Min: "0", Class: forms.ClassFinancial},
				{Key: "since", Type: forms.TypeDate, Label: say("Since")},
				{Key: "country", Type: forms.TypeCountry, Label: say("Country")},
				{Key: "home", Type: forms.TypeAddress, Label: say("Address"), Address: forms.WholeAddress(), Class: forms.ClassPersonal},
				{Key: "speaks", Type: forms.TypeLanguages, Label: say("Languages"), Most: 3},
			}},
			{Key: "team", Title: say("Team"), Scope: forms.ScopePart, Questions: []forms.Question{
				{
					Key: "people", Type: forms.TypePeople, Label: say("People"), Required: true, Least: 2, Most: 2, Replacement: []string{"name"},
					Columns: []forms.Question{
						{Key: "name", Type: forms.TypeShortText, Label: say("Name"), Required: true},
						{Key: "speaks", Type: forms.TypeLanguages, Label: say("Languages")},
						{Key: "diet", Type: forms.TypeShortText, Label: say("Diet"), Class: forms.ClassSpecial},
					},
				},
				{Key: "topics", Type: forms.TypeRanking, Label: say("Topics"), Most: 2, Options: options("a", "b", "c")},
				{Key: "fields", Type: forms.TypeMultiple, Label: say("Fields"), Most: 2, Options: options("x", "y", "z")},
				{
					Key: "why_z", Type: forms.TypeLongText, Label: say("Why z"), Words: 5, Required: true, Class: forms.ClassFinancial,
					Condition: &forms.Condition{All: []forms.Condition{
						{Question: "fields", Equals: "z"}, {Not: &forms.Condition{Question: "budget", Above: "1000.50"}},
					}},
				},
				{Key: "views", Type: forms.TypeMatrix, Label: say("Views"), Options: options("yes", "no"), Statements: options("one", "two"), NotApplicable: true},
				{Key: "friends", Type: forms.TypeOrganizations, Label: say("Friends"), Most: 2},
				{Key: "kind", Type: forms.TypeHidden, Label: say("Kind"), Takes: forms.SourceKind},
				{Key: "news", Type: forms.TypeConsent, Label: say("News")},
				{Key: "true", Type: forms.TypeDeclaration, Label: say("All of it is true")},
			}},
			{Key: "plan", Title: say("Plan"), Scope: forms.ScopeJoint, Questions: []forms.Question{
				{
					Key: "costs", Type: forms.TypeTable, Label: say("Costs"), Most: 5, Columns: []forms.Question{
						{Key: "what", Type: forms.TypeShortText, Label: say("What"), Required: true},
						{Key: "amount", Type: forms.TypeMoney, Label: say("Amount"), Currencies: []string{"EUR"}, Required: true},
					},
				},
				{Key: "stay", Type: forms.TypeSpan, Label: say("Stay"), Min: "2020-01-01"},
				{Key: "spending", Type: forms.TypeBudget, Label: say("Spending"), Columns: forms.BudgetColumns()},
				{
					Key: "together", Type: forms.TypeCalculated, Label: say("Together"),
					Calculation: &forms.Calculation{Operation: forms.OperationSum, Of: []string{"spending", "costs/amount"}},
				},
			}},
			{
				Key: "visits", Title: say("Visits"), Scope: forms.ScopeJoint, Repeat: &forms.Repeat{Min: 1, Max: 3, Item: say("Visit")},
				Questions: []forms.Question{
					{Key: "place", Type: forms.TypeShortText, Label: say("Place"), Required: true},
					{
						Key: "nights", Type: forms.TypeNumber, Label: say("Nights"), Required: true,
						Condition: &forms.Condition{Question: "place", Answered: yes()},
					},
				},
			},
		},
	}
}

func answers(t testing.TB, pairs ...string) forms.Answers {
	t.Helper()
	a := forms.Answers{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if !json.Valid([]byte(pairs[i+1])) {
			t.Fatalf("answer %s is no JSON: %s", pairs[i], pairs[i+1])
		}
		a[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return a
}

func question(t testing.TB, d forms.Definition, key string) *forms.Question {
	t.Helper()
	q, _, ok := d.Question(key)
	if !ok {
		t.Fatalf("no question %s", key)
	}
	return q
}
