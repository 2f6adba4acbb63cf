package builder_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/fault"
)

func TestDaysAreSetInTheBuilder(t *testing.T) {
	t.Parallel()
	d := plain()
	at := builder.Place{Section: "us", Question: "name"}
	if err := typing(t, &d, nil, at, "required_from", "2027-03-01", "frozen_from", "2027-04-01"); err != nil {
		t.Fatal(err)
	}
	q := d.Sections[0].Questions[0]
	if q.RequiredFrom != "2027-03-01" || q.FrozenFrom != "2027-04-01" || len(forms.Check(d)) > 0 {
		t.Errorf("%+v, %v", q, forms.Check(d))
	}
	if err := typing(t, &d, nil, at, "frozen_from", "1.4.2027"); !fault.Is(err, fault.KindInvalid) || d.Sections[0].Questions[0].FrozenFrom != "2027-04-01" {
		t.Errorf("a day in another form: %v", err)
	}
	if err := typing(t, &d, nil, at, "type", "long_text"); err != nil || d.Sections[0].Questions[0].RequiredFrom != "2027-03-01" {
		t.Errorf("another type has lost the day: %v", err)
	}
	if err := typing(t, &d, nil, at, "type", "consent"); err != nil || d.Sections[0].Questions[0].RequiredFrom+d.Sections[0].Questions[0].FrozenFrom != "" {
		t.Errorf("a consent was given days: %v", err)
	}
}

func TestDaysTravelInAFile(t *testing.T) {
	t.Parallel()
	d := plain()
	q := &d.Sections[0].Questions[0]
	q.RequiredFrom, q.FrozenFrom = "2027-03-01", "2027-04-01"
	raw, err := builder.Export(&d)
	if err != nil {
		t.Fatal(err)
	}
	back, flaws := builder.Import(raw)
	if diff := cmp.Diff(d, back); diff != "" || len(flaws) > 0 {
		t.Errorf("%v %s", flaws, diff)
	}
	broken := strings.Replace(string(raw), "2027-04-01", "2027-02-01", 1)
	_, flaws = builder.Import([]byte(broken))
	before, _, _ := strings.Cut(broken, `"frozen_from"`)
	if len(flaws) != 1 || flaws[0].Key != "forms.check.frozen_first" || flaws[0].Line != strings.Count(before, "\n")+1 {
		t.Errorf("a question that nobody could answer: %+v", flaws)
	}
}

func TestReadersAreSetInTheBuilder(t *testing.T) {
	t.Parallel()
	d := plain()
	at := builder.Place{Section: "us", Question: "name"}
	d.Sections[1].Questions[0].Condition = nil
	if err := typing(t, &d, nil, at, "visible_to", "chair", "visible_to", "coordinator", "visible_to", "lead"); err != nil {
		t.Fatal(err)
	}
	want := []forms.Reader{forms.ReaderCoordinator, forms.ReaderChair}
	if diff := cmp.Diff(want, d.Sections[0].Questions[0].VisibleTo); diff != "" {
		t.Error(diff)
	}
	raw, err := builder.Export(&d)
	if err != nil {
		t.Fatal(err)
	}
	back, flaws := builder.Import(raw)
	if diff := cmp.Diff(want, back.Sections[0].Questions[0].VisibleTo); diff != "" || len(flaws) > 0 {
		t.Errorf("%v %s", flaws, diff)
	}
	if _, flaws = builder.Import([]byte(strings.Replace(string(raw), `"chair"`, `"everybody"`, 1))); len(flaws) != 1 {
		t.Errorf("a role that there is not: %+v", flaws)
	}
	if err := typing(t, &d, nil, at, "type", "long_text", "visible_to", "chair"); err != nil || len(d.Sections[0].Questions[0].VisibleTo) != 1 {
		t.Errorf("another type: %v", err)
	}
	if err := typing(t, &d, nil, at); err != nil || d.Sections[0].Questions[0].VisibleTo != nil {
		t.Errorf("nobody ticked: %v, %v", d.Sections[0].Questions[0].VisibleTo, err)
	}
}

func TestWhomAQuestionIsAskedIsSetInTheBuilder(t *testing.T) {
	t.Parallel()
	d := plain()
	at := builder.Place{Section: "us", Question: "why"}
	if err := typing(t, &d, nil, at, "asked", "accepted"); err != nil || !d.Sections[0].Questions[2].Later() {
		t.Fatal(err)
	}
	if err := typing(t, &d, nil, at, "asked", "friends"); !fault.Is(err, fault.KindInvalid) || !d.Sections[0].Questions[2].Later() {
		t.Errorf("nobody known: %v", err)
	}
	raw, err := builder.Export(&d)
	if err != nil {
		t.Fatal(err)
	}
	back, flaws := builder.Import(raw)
	if diff := cmp.Diff(d, back); diff != "" || len(flaws) > 0 {
		t.Errorf("a file: %v %s", flaws, diff)
	}
	broken := strings.Replace(string(raw), `"asked": "accepted"`, `"asked": "friends"`, 1)
	before, _, _ := strings.Cut(broken, `"asked"`)
	if _, flaws = builder.Import([]byte(broken)); len(flaws) != 1 || flaws[0].Line != strings.Count(before, "\n")+1 {
		t.Errorf("a file that asks nobody known: %+v", flaws)
	}
	if err := typing(t, &d, nil, at, "type", "short_text"); err != nil || !d.Sections[0].Questions[2].Later() {
		t.Errorf("another type has lost it: %v", err)
	}
	if err := typing(t, &d, nil, at, "type", "hidden"); err != nil || d.Sections[0].Questions[2].Later() {
		t.Errorf("what is taken from a profile is asked later: %v", err)
	}
	if err := typing(t, &d, nil, at, "asked", ""); err != nil || d.Sections[0].Questions[2].Later() {
		t.Errorf("everybody: %v", err)
	}
}
