package blueprints_test

import (
	"strings"
	"testing"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// TestADifferenceIsSaidInWords: what the program's file keeps as a code or as a date of ISO 8601, a reader finds in words.
func TestADifferenceIsSaidInWords(t *testing.T) {
	t.Parallel()
	catalog, err := i18n.Load(ui.Locales, blueprints.Locales, forms.Locales, builder.Locales)
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) i18n.Text { return i18n.Text{i18n.EN: s, i18n.TR: s, i18n.DE: s} }
	before, after := blueprints.Default(), blueprints.Default()
	last := &after.Form.Sections[len(after.Form.Sections)-1]
	last.Questions = append(last.Questions,
		forms.Question{Key: "late", Type: forms.TypeShortText, Label: text("Late"), FrozenFrom: "2027-02-03", VisibleTo: []forms.Reader{forms.ReaderCoordinator, forms.ReaderChair}},
		forms.Question{Key: "afterwards", Type: forms.TypeShortText, Label: text("Afterwards"), Asked: forms.WhomAccepted},
		forms.Question{Key: "taken", Type: forms.TypeHidden, Label: text("Taken"), Takes: forms.SourceFounded},
		forms.Question{Key: "share", Type: forms.TypeCalculated, Label: text("Share"), Calculation: &forms.Calculation{Operation: forms.OperationShare, Of: []string{"staff", "volunteers"}}},
	)
	p := ui.Page{Loc: catalog.Localizer(i18n.TR, time.UTC)}
	var page strings.Builder
	if err := blueprints.DifferenceList(p, parse(t, before), parse(t, after), nil).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"3 Şubat 2027", "koordinatör, kurul başkanı", "Kuruluş yılı", "Yüzde olarak pay"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, code := range []string{"2027-02-03", "coordinator", ">founded<", ">share<"} {
		if strings.Contains(page.String(), code) {
			t.Errorf("the page says %q", code)
		}
	}
}
