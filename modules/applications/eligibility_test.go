package applications_test

import (
	"encoding/json"
	"strings"
	"testing"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

func sentence(text string) i18n.Text { return i18n.Text{i18n.EN: text, i18n.TR: text, i18n.DE: text} }

func TestWhoDoesNotMeetARuleIsToldAndCannotHandIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	form := "association"
	a := h.find(t, id)
	h.fill(t, &a, a.Part(one.id).Sheet, forms.Answers{"legal_form": json.RawMessage(`"initiative"`)})
	h.moves(call, func(c *applications.Call) {
		c.Eligibility = []blueprints.Reason{
			{Key: "judged", Name: sentence("Judged"), Reason: sentence("By hand")},
			{Key: "german", Name: sentence("From Germany"), Reason: sentence("Only organizations from Germany"), When: &forms.Condition{Question: blueprints.FactCountry, Equals: "DE"}},
			{Key: "form", Name: sentence("An association"), Reason: sentence("Only associations"), When: &forms.Condition{Question: "legal_form", Equals: form}},
		}
	})
	if _, err := h.service.Submit(t.Context(), one.lead, id); !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != "applications.not_eligible" {
		t.Fatalf("handed in: %v", err)
	}
	b := h.SignedIn(t, one.lead.Actor())
	b.Get("/applications/" + id.String())
	b.Want(200, "Not eligible as it stands", "Only organizations from Germany", "Only associations", "See the answer")
	if strings.Contains(b.Page.Text(), "By hand") || strings.Contains(b.Page.Body, ">Hand in<") {
		t.Error("a rule that officers judge is told, or it can be handed in")
	}
	other := h.SignedIn(t, two.lead.Actor())
	other.Get("/applications/" + id.String())
	other.Want(200, "Only organizations from Germany", "does not meet a rule of the call")
	if strings.Contains(other.Page.Text(), "Only associations") {
		t.Error("what another organization has answered is told")
	}
	h.moves(call, func(c *applications.Call) {
		c.Eligibility[1].When = &forms.Condition{Question: blueprints.FactCountry, In: []string{"DE", "TR"}}
		c.Eligibility[2].When = &forms.Condition{Not: &forms.Condition{Question: "legal_form", Equals: "union"}}
	})
	h.submits(t, id, one)

	h.moves(call, func(c *applications.Call) {
		c.Eligibility[1].When = &forms.Condition{Question: blueprints.FactCountry, Equals: "DE"}
	})
	h.closes(call)
	officer := h.SignedIn(t, h.officer(t).Actor())
	officer.Get("/applications/" + id.String() + "/dossier")
	officer.Want(200, "What the answers say", "Not met", "Met")
	if !strings.Contains(officer.Page.Body, `value="german" checked`) {
		t.Error("the reason that the profile does not meet is not ticked")
	}
}
