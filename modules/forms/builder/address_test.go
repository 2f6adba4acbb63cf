package builder_test

import (
	"slices"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
)

// TestATextBecomesAnAddress: it is personal from the beginning, and asks for what it is set to.
func TestATextBecomesAnAddress(t *testing.T) {
	t.Parallel()
	d := plain()
	at := builder.Place{Section: "us", Question: "name"}
	d.Sections[1].Questions[0].Condition = nil
	if err := typing(t, &d, &d, at, "type", "address"); err != nil {
		t.Fatal(err)
	}
	q, _, _ := d.Question("name")
	if q.Type != forms.TypeAddress || q.Class != forms.ClassPersonal || q.Address == nil || *q.Address != *forms.WholeAddress() {
		t.Fatalf("%+v", q)
	}
	if err := typing(t, &d, &d, at, "asks_street", "", "asks_postal_code", "required", "asks_place", "optional", "asks_country", "required"); err != nil {
		t.Fatal(err)
	}
	if want := (forms.Parts{PostalCode: forms.AskRequired, Place: forms.AskOptional, Country: forms.AskRequired}); *q.Address != want {
		t.Errorf("%+v", q.Address)
	}
	if err := typing(t, &d, &d, at, "asks_place", "perhaps"); err == nil {
		t.Error("a part that is asked for perhaps")
	}
	d.Sections[0].Questions[2].Condition = &forms.Condition{Question: "name", Equals: "DE"}
	if problems := forms.Check(d); len(problems) > 0 {
		t.Error(problems)
	}
	if got := builder.InWords(localizer(t, i18n.TR), &d, d.Sections[0].Questions[2].Condition); got != "“Name” yanıtı “Almanya” ise" {
		t.Error(got)
	}
	raw, err := builder.Export(&d)
	if err != nil {
		t.Fatal(err)
	}
	again, flaws := builder.Import(raw)
	if len(flaws) > 0 || !slices.EqualFunc(d.Sections, again.Sections, func(a, b forms.Section) bool { return len(a.Questions) == len(b.Questions) }) {
		t.Fatalf("%v", flaws)
	}
	if q, _, _ := again.Question("name"); q.Address == nil || q.Address.PostalCode != forms.AskRequired {
		t.Errorf("out and in again: %+v", q)
	}
	_, flaws = builder.Import([]byte(`{"schema":1,"locales":["en"],"sections":[{"key":"a","title":{"en":"A"},"scope":"part","questions":[{"key":"q","type":"address","label":{"en":"Q"},"address":{"place":"maybe"}}]}]}`))
	if len(flaws) != 1 || flaws[0].Line == 0 {
		t.Errorf("%+v", flaws)
	}
}
