package applications_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestASpecimenDoesNotTellWhoseItIs strikes out the names of those who apply wherever an answer repeats them, and leaves out what an
// anonymous call would hide, with files and what is delicate.
func TestASpecimenDoesNotTellWhoseItIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one, two := h.side(t, "Ihlamur Komşuluk Derneği", "TR"), h.side(t, "Lindenhof Nachbarschaft", "DE")
	id := h.begun(t, call, one, "tr")
	h.joins(t, id, one, two, "eu")
	h.fills(t, id)
	sheet := h.find(t, id).Parts[0].Sheet
	_, version := h.answer(t, sheet, "issue")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.save(t, one.lead, sheet, "issue", "IHLAMUR KOMŞULUK DERNEĞİ and Lindenhof Nachbarschaft walk along the river.", version))
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	h.closes(call)
	coordinator, loc := h.As(t, tenanttest.Role(tenants.RoleCoordinator)), h.Catalog.Localizer(i18n.EN, nil)
	passages, err := h.service.Specimen(t.Context(), coordinator, id, loc)
	must(err)
	if len(passages) < 5 {
		t.Fatalf("little is left: %+v", passages)
	}
	d, err := h.service.Dossier(t.Context(), coordinator, id)
	must(err)
	veiled := d.Definition.Veiled(nil)
	hidden := map[string]bool{}
	for _, section := range veiled.Sections {
		for i := range section.Questions {
			if q := &section.Questions[i]; q.Unseen || len(q.VisibleTo) > 0 || q.Class == forms.ClassSpecial || q.Class == forms.ClassFinancial || q.Type == forms.TypeFile {
				hidden[q.Label.String(i18n.EN, i18n.TR, i18n.DE)] = true
			}
		}
	}
	if len(hidden) < 3 {
		t.Fatalf("nothing is hidden: %v", hidden)
	}
	if !slices.ContainsFunc(passages, func(p applications.Passage) bool { return p.Text == "[…] and […] walk along the river." }) {
		t.Errorf("the answer that names them is not told: %+v", passages)
	}
	for _, p := range passages {
		for _, name := range []string{"Ihlamur", "IHLAMUR", "Lindenhof"} {
			if strings.Contains(p.Text, name) {
				t.Errorf("%s: %s", p.Label, p.Text)
			}
		}
		if hidden[p.Label] {
			t.Errorf("%s is told: %s", p.Label, p.Text)
		}
	}
	for who, sc := range map[string]tenants.Scope{"another lead": h.side(t, "Çınar", "TR").lead, "a reviewer": h.As(t, tenanttest.Role(tenants.RoleReviewer))} {
		if _, err := h.service.Specimen(t.Context(), sc, id, loc); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := h.service.Specimen(t.Context(), coordinator, ids.New[ids.Application](), loc); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("one that there is not: %v", err)
	}
}

// TestASpecimenDoesNotRepeatAColumnThatIsHidden strikes out what stands in a hidden column of a table that is shown.
func TestASpecimenDoesNotRepeatAColumnThatIsHidden(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	h.reforms(t, call, func(d *forms.Definition) {
		_, s, _ := d.Question("issue")
		s.Questions = append(s.Questions, forms.Question{Key: "hosts", Type: forms.TypeTable, Label: in("Hosts"), Item: in("Host"), Columns: []forms.Question{
			{Key: "place", Type: forms.TypeShortText, Label: in("Place")},
			{Key: "host", Type: forms.TypeShortText, Label: in("Who opens it"), Class: forms.ClassPersonal},
		}})
	})
	one, two := h.side(t, "Ihlamur Komşuluk Derneği", "TR"), h.side(t, "Lindenhof Nachbarschaft", "DE")
	id := h.begun(t, call, one, "tr")
	h.joins(t, id, one, two, "eu")
	h.fills(t, id)
	a := h.find(t, id)
	h.fill(t, &a, a.Parts[0].Sheet, forms.Answers{
		"hosts": json.RawMessage(`[{"place":"Old water mill","host":"Nermin Yıldız"},{"place":"Boathouse of Ferhat Demir","host":"Ferhat Demir"}]`),
		"issue": json.RawMessage(`"With NERMİN YILDIZ we repair the old water mill."`),
	})
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	h.closes(call)
	passages, err := h.service.Specimen(t.Context(), h.As(t, tenanttest.Role(tenants.RoleCoordinator)), id, h.Catalog.Localizer(i18n.EN, nil))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, p := range passages {
		all.WriteString(p.Text + "\n")
	}
	for _, shown := range []string{"Old water mill", "Boathouse of […]", "With […] we repair the old water mill."} {
		if !strings.Contains(all.String(), shown) {
			t.Errorf("%q is not told in:\n%s", shown, all.String())
		}
	}
	for _, name := range []string{"Nermin", "NERMİN", "Ferhat"} {
		if strings.Contains(all.String(), name) {
			t.Errorf("%s is told in:\n%s", name, all.String())
		}
	}
}
