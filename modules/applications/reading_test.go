package applications_test

import (
	"encoding/json"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// gives answers a question with one document.
func (h *house) gives(t *testing.T, s side, sheet ids.Sheet, ref string) ids.Document {
	t.Helper()
	id := ids.New[ids.Document]()
	raw, err := json.Marshal(map[string][]string{forms.FieldName(ref) + "[]": {id.String()}})
	if err != nil {
		t.Fatal(err)
	}
	_, version := h.answer(t, sheet, ref)
	if _, _, err := h.service.Save(t.Context(), s.lead, h.Catalog.Localizer(i18n.EN, nil), sheet, ref, forms.Sent{Value: raw, Base: version, Language: i18n.EN}); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestTheTeamOpensALaterDocumentOnceItWasSent(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.accepted(t)
	a := h.find(t, id)
	sheet := a.Part(one.id).Sheet
	team := map[string]tenants.Scope{"a coordinator": h.As(t, tenanttest.Role(tenants.RoleCoordinator)), "an officer": h.officer(t), "finance": h.As(t, tenanttest.Role(tenants.RoleFinance))}
	opens := func(who string, sc tenants.Scope, document ids.Document, want bool) {
		t.Helper()
		readers, err := h.service.Readers(t.Context(), sc, []ids.Sheet{sheet})
		if err != nil {
			t.Fatal(err)
		}
		r, known := readers[sheet]
		if got := known && !r.Hides("proof") && !r.Withheld("proof", document); got != want {
			t.Errorf("%s opens it: %v", who, got)
		}
		if known && r.Withheld("registration_document", document) {
			t.Errorf("%s: what all who applied were asked is withheld", who)
		}
	}
	all := func(when string, document ids.Document, want bool) {
		t.Helper()
		opens(when+": its own lead", one.lead, document, true)
		for who, sc := range team {
			opens(when+": "+who, sc, document, want)
		}
	}
	first := h.gives(t, one, sheet, "proof")
	all("uploaded", first, false)
	opens("uploaded: the other organization", two.lead, first, false)
	h.sends(t, id, one, "iban", "TR33")
	all("sent", first, true)
	opens("sent: the other organization", two.lead, first, false)
	second := h.gives(t, one, sheet, "proof")
	all("replaced: the new one", second, false)
	all("replaced: the sent one", first, true)
	h.sends(t, id, one)
	all("sent again: the new one", second, true)
	all("sent again: the old one", first, false)
	third := h.gives(t, one, sheet, "proof")
	h.reforms(t, call, func(*forms.Definition) {})
	h.Jobs(t)
	all("no longer asked", third, false)
}
