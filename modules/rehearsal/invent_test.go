package rehearsal_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/rehearsal"
)

func pen(seed uint64, l i18n.Locale) *rehearsal.Pen {
	return &rehearsal.Pen{
		Dice: rand.New(rand.NewPCG(seed, 3)), Locale: l, Today: time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC), Country: "TR",
		Never: map[string]string{"partner_state": "looking"},
	}
}

// left is what a form still lacks, but for documents.
func left(d *forms.Definition, scope forms.Scope, answers forms.Answers) []fault.Field {
	files := rehearsal.Files(d, scope, answers)
	return slices.DeleteFunc(forms.Validate(d, scope, answers, forms.Submit), func(f fault.Field) bool {
		return slices.ContainsFunc(files, func(ref string) bool { return f.Name == forms.FieldName(ref) })
	})
}

func TestWhateverTheFormAsksIsAnswered(t *testing.T) {
	t.Parallel()
	form := blueprints.Default().Form
	for seed := range uint64(60) {
		for _, l := range i18n.All {
			for _, scope := range []forms.Scope{forms.ScopePart, forms.ScopeJoint} {
				answers := pen(seed, l).Answer(&form, scope, nil)
				for _, f := range left(&form, scope, answers) {
					t.Fatalf("dice %d, %s, %s: %s %s", seed, l, scope, f.Name, f.Key)
				}
				if len(answers) < 10 {
					t.Errorf("only %d answers in %s", len(answers), scope)
				}
			}
		}
	}
}

// TestEveryTypeOfQuestionIsAnswered fails when the engine learns a type that rehearsals do not know.
func TestEveryTypeOfQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	text := i18n.Text{i18n.EN: "X"}
	options := []forms.Option{{Value: "a", Label: text}, {Value: "b", Label: text}, {Value: "c", Label: text}}
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{{Key: "all", Scope: forms.ScopePart, Title: text}}}
	add := func(q forms.Question) {
		q.Label, q.Required = text, q.Type.Asks()
		d.Sections[0].Questions = append(d.Sections[0].Questions, q)
	}
	for _, q := range []forms.Question{
		{Key: "line", Type: forms.TypeShortText, Chars: 12},
		{Key: "mail", Type: forms.TypeShortText, Format: forms.FormatEmail},
		{Key: "site", Type: forms.TypeShortText, Format: forms.FormatURL},
		{Key: "phone", Type: forms.TypeShortText, Format: forms.FormatPhone},
		{Key: "long", Type: forms.TypeLongText, Words: 250},
		{Key: "short_long", Type: forms.TypeLongText, Words: 3},
		{Key: "choice", Type: forms.TypeChoice, Options: options},
		{Key: "multiple", Type: forms.TypeMultiple, Options: options, Least: 2},
		{Key: "ranking", Type: forms.TypeRanking, Options: options, Least: 3, Most: 3},
		{Key: "number", Type: forms.TypeNumber, Min: "3", Max: "5"},
		{Key: "year", Type: forms.TypeNumber, Format: forms.FormatYear, Min: "1900", Max: "2026"},
		{Key: "below", Type: forms.TypeNumber, Max: "0"},
		{Key: "money", Type: forms.TypeMoney, Currencies: []string{"EUR"}, Max: "150"},
		{Key: "day", Type: forms.TypeDate, Min: "2027-05-01", Max: "2027-05-03"},
		{Key: "before", Type: forms.TypeDate, Max: "2020-01-01"},
		{Key: "range", Type: forms.TypeSpan},
		{Key: "tight", Type: forms.TypeSpan, Min: "2027-05-01", Max: "2027-05-05", Least: 4, Most: 5},
		{Key: "passed", Type: forms.TypeSpan, Max: "2020-01-01", Most: 2},
		{Key: "budget", Type: forms.TypeBudget, Columns: forms.BudgetColumns()},
		{Key: "views", Type: forms.TypeMatrix, Options: options, Statements: options},
		{Key: "scale", Type: forms.TypeLikert, Options: forms.Scale(), Statements: options, NotApplicable: true},
		{Key: "country", Type: forms.TypeCountry},
		{Key: "home", Type: forms.TypeAddress, Address: forms.WholeAddress(), Required: true},
		{Key: "town", Type: forms.TypeAddress, Address: &forms.Parts{Place: forms.AskRequired, PostalCode: forms.AskRequired}, Required: true},
		{Key: "languages", Type: forms.TypeLanguages, Least: 3},
		{Key: "people", Type: forms.TypePeople, Least: 2, Columns: []forms.Question{{Key: "name", Type: forms.TypeShortText, Label: text, Required: true}}, Replacement: []string{"name"}},
		{Key: "table", Type: forms.TypeTable, Least: 1, Most: 4, Columns: []forms.Question{{Key: "cost", Type: forms.TypeMoney, Label: text, Currencies: []string{"EUR"}, Required: true}}},
		{Key: "file", Type: forms.TypeFile},
		{Key: "consent", Type: forms.TypeConsent},
		{Key: "declaration", Type: forms.TypeDeclaration},
		{Key: "heading", Type: forms.TypeHeading},
		{Key: "text", Type: forms.TypeText},
		{Key: "hidden", Type: forms.TypeShortText, Condition: &forms.Condition{Question: "line", Equals: "never that"}},
		{Key: "shown", Type: forms.TypeShortText, Condition: &forms.Condition{Question: "long", Answered: new(true)}},
	} {
		add(q)
	}
	for seed := range uint64(200) {
		answers := pen(seed, i18n.EN).Answer(&d, forms.ScopePart, forms.Answers{"line": json.RawMessage(`"too long to stay as it is"`), "choice": json.RawMessage(`"c"`)})
		for _, f := range left(&d, forms.ScopePart, answers) {
			t.Fatalf("dice %d: %s %s", seed, f.Name, f.Key)
		}
		if string(answers["choice"]) != `"c"` {
			t.Fatal("what was known was written over")
		}
		if _, there := answers["hidden"]; there {
			t.Fatal("a question that is not asked was answered")
		}
		if _, there := answers["shown"]; !there {
			t.Fatal("a question that an answer brought up was left out")
		}
		var words string
		if err := json.Unmarshal(answers["long"], &words); err != nil || forms.CountWords(words) < 100 {
			t.Fatalf("a text of 250 words has %d: %v", forms.CountWords(words), err)
		}
	}
}

// TestInventedOrganizationsAreSpreadOverRegions, so that a rehearsal shows what quotas of regions do.
func TestInventedOrganizationsAreSpreadOverRegions(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(4, 3))
	for _, country := range []geo.Country{"TR", "DE", "RO"} {
		regions := map[geo.Region]bool{}
		for range 60 {
			town := rehearsal.TownOf(dice, country)
			regions[geo.RegionOf(country, town, 0)] = true
			if regions[""] {
				t.Fatalf("nobody knows in which region of %s %s lies", country, town)
			}
		}
		if len(regions) < 8 {
			t.Errorf("%s: only %d regions", country, len(regions))
		}
	}
	if town := rehearsal.TownOf(dice, "ZZ"); town == "" {
		t.Error("a country without towns has an organization nowhere")
	}
}
