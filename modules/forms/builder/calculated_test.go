package builder_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
)

// TestACalculationIsChosenFromLists puts one together, and takes it apart again when what it comes from goes.
func TestACalculationIsChosenFromLists(t *testing.T) {
	t.Parallel()
	d := plain()
	if _, err := builder.AddColumn(&d, "people", say("Age"), forms.TypeNumber); err != nil {
		t.Fatal(err)
	}
	at, err := builder.AddQuestion(&d, "money", "total", say("Sum"), forms.TypeCalculated)
	if err != nil {
		t.Fatal(err)
	}
	if err := typing(t, &d, &d, at, "settings", "yes", "terms", "yes", "operation", "sum", "term.0", "total", "term.1", "", "term.2", "people/age"); err != nil {
		t.Fatal(err)
	}
	q, _, _ := d.Question("sum")
	want := &forms.Calculation{Operation: forms.OperationSum, Of: []string{"total", "people/age"}}
	if diff := cmp.Diff(want, q.Calculation); diff != "" {
		t.Fatal(diff)
	}
	for _, bad := range [][]string{{"operation", "eval"}, {"term.0", "1+1"}, {"term.0", "a/b/c"}} {
		if err := typing(t, &d, &d, at, append([]string{"settings", "yes", "terms", "yes"}, bad...)...); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	made, err := builder.Copy(&d, builder.Place{Section: "money"}, func(t i18n.Text) i18n.Text { return t })
	if err != nil {
		t.Fatal(err)
	}
	copied, _ := d.Section(made.Section)
	if diff := cmp.Diff([]string{copied.Questions[0].Key, copied.Questions[2].Key + "/age"}, copied.Questions[1].Calculation.Of); diff != "" {
		t.Error("the copy comes from", diff)
	}
	for place, left := range map[builder.Place][]string{
		{Section: "money", Question: "people", Column: "age"}: {"total"},
		{Section: "money", Question: "total"}:                 {"people/age"},
	} {
		if got := builder.Dependents(&d, place); len(got) != 1 || got[0].Question != "sum" {
			t.Errorf("of %v depends %v", place, got)
		}
		one := d
		one.Sections = append([]forms.Section{}, d.Sections...)
		one.Sections[1].Questions = append([]forms.Question{}, d.Sections[1].Questions...)
		one.Sections[1].Questions[2].Columns = append([]forms.Question{}, d.Sections[1].Questions[2].Columns...)
		if err := builder.Remove(&one, place, false); err == nil {
			t.Errorf("%v goes though something is calculated from it", place)
		}
		if err := builder.Remove(&one, place, true); err != nil {
			t.Fatal(err)
		}
		q, _, _ := one.Question("sum")
		if diff := cmp.Diff(left, q.Calculation.Of); diff != "" {
			t.Error(diff)
		}
	}
}
