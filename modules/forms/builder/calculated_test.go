package builder_test

import (
	"strings"
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

// TestWhatIsTakenAlongIsChosenFromAList: a question that becomes a hidden one keeps its words and loses what it cannot have, and
// conditions look at it by the answers that profiles offer.
func TestWhatIsTakenAlongIsChosenFromAList(t *testing.T) {
	t.Parallel()
	d := plain()
	at := builder.Place{Section: "money", Question: "total"}
	q, _, _ := d.Question("total")
	q.Condition, q.Required, q.Example = &forms.Condition{Question: "people", Answered: new(bool)}, true, say("100")
	if err := typing(t, &d, &d, at, "settings", "yes", "type", "hidden"); err != nil {
		t.Fatal(err)
	}
	if err := typing(t, &d, &d, at, "settings", "yes", "takes", "legal_form"); err != nil {
		t.Fatal(err)
	}
	q, _, _ = d.Question("total")
	if q.Type != forms.TypeHidden || q.Takes != forms.SourceKind || q.Condition != nil || q.Required || len(q.Example) > 0 || len(q.Label) == 0 {
		t.Errorf("it is %+v", *q)
	}
	if err := typing(t, &d, &d, at, "settings", "yes", "takes", "password"); err == nil {
		t.Error("anything can be taken along")
	}
	c := forms.Condition{Question: "total", In: []string{"foundation", "union"}}
	if got, want := builder.InWords(localizer(t, i18n.EN), &d, &c), "Foundation, Union or professional chamber"; !strings.Contains(got, want) {
		t.Errorf("said as %q", got)
	}
}
