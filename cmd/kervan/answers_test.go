package main

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
	"kervan/modules/oversight"
	"kervan/modules/partnerships"
)

// TestEveryStateIsCounted holds that no state of an application or a partnership is left out of a network's figures.
func TestEveryStateIsCounted(t *testing.T) {
	t.Parallel()
	for _, s := range applications.States {
		if _, ok := oversight.StageOf(string(s)); !ok {
			t.Errorf("applications that are %s are in no stage", s)
		}
	}
	for _, s := range partnerships.States {
		if _, ok := oversight.StandingOf(string(s)); !ok {
			t.Errorf("partnerships that are %s are in no standing", s)
		}
	}
}

// TestFormsCallWhatProfilesOfferAsProfilesDo holds that a hidden question knows every answer of a profile, and its words.
func TestFormsCallWhatProfilesOfferAsProfilesDo(t *testing.T) {
	t.Parallel()
	catalog, err := loadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	var legal []string
	for _, f := range organizations.Forms {
		legal = append(legal, string(f))
	}
	for source, c := range map[forms.Source]struct {
		values []string
		words  string
	}{
		forms.SourceKind:   {legal, "organizations.form."},
		forms.SourceFields: {organizations.Fields, "organizations.field."},
		forms.SourceStaff:  {organizations.StaffBands, "organizations.staff."},
		forms.SourceBudget: {organizations.BudgetBands, "organizations.budget."},
	} {
		q := &forms.Question{Type: forms.TypeHidden, Takes: source}
		var offered []string
		for _, o := range q.Shape().Options {
			offered = append(offered, o.Value)
			for _, l := range i18n.All {
				key := c.words + strings.NewReplacer("-", "_", "+", "_plus").Replace(o.Value)
				if want := catalog.Localizer(l, nil).T(key); o.Label[l] != want {
					t.Errorf("%s of %s is called %q, in profiles %q", o.Value, source, o.Label[l], want)
				}
			}
		}
		if !slices.Equal(slices.Sorted(slices.Values(offered)), slices.Sorted(slices.Values(c.values))) {
			t.Errorf("of %s a form knows %v, a profile %v", source, offered, c.values)
		}
	}
	whole := organizations.Organization{
		Name: "a", NameEnglish: "b", Form: organizations.Association, Country: "TR", City: "c", Founded: 1999, RegistryNumber: "1", FiscalHost: "d", Website: "https://e.example",
		About: "f", Fields: []string{"youth"}, Languages: []string{"tr"}, Staff: "0", Budget: "1m+",
	}
	profile, err := profileOf(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range forms.Sources {
		value, err := forms.ParseValue(&forms.Question{Type: forms.TypeHidden, Takes: source}, profile[source])
		if err != nil || value == nil || value.Empty() {
			t.Errorf("a profile's %s is %s: %v", source, profile[source], err)
		}
	}
}
