package selection_test

import (
	"testing"

	"kervan/modules/events"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
)

// TestThreePeopleMeet goes the way of a meeting in three real browsers at once: what one does reaches the others without their
// doing anything, what they are typing stays, and who has a conflict of interest leaves the room by themselves.
func TestThreePeopleMeet(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	path := "/selection/" + h.call.ID.String() + "/panel"
	lead, at := h.visit(t, uitest.Look{Language: "en"}, m.lead)
	chair, chairAt := h.visit(t, uitest.Look{Language: "tr", Phone: true}, m.chair)
	officer, officerAt := h.visit(t, uitest.Look{Language: "de", Dark: true}, m.officer)
	lead.Go(at.Address(path))
	chair.Go(chairAt.Address(path))
	officer.Go(officerAt.Address(path))
	chair.Sees("Masada başvuru yok", "burada")
	lead.Accessible("selection-meeting-empty-en")

	done(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID))
	for _, v := range []*uitest.Visitor{lead, chair, officer} {
		v.Sees(m.all[0].Number + " · " + m.all[0].Name())
	}
	lead.Press("Open a vote")
	chair.Sees("Oyunuz")
	officer.Unfold("Notiz zu " + m.all[0].Number + " schreiben")
	officer.Write(`[name="note"]`, "Halb getippt")
	officer.Accessible("selection-meeting-vote-de")
	chair.Accessible("selection-meeting-vote-tr")
	chair.Press("Seçilsin")
	officer.Sees("1 von 3 haben abgestimmt")
	if typed := officer.Value("note"); typed != "Halb getippt" {
		t.Errorf("what was being typed is %q", typed)
	}
	lead.Sees("1 of 3 have voted")
	lead.Press("Close the vote")
	chair.Sees("Otto Vorsitz")
	lead.Write(`[name="reason"]`, "The clearest plan")
	done(t, h.service.Settle(ctx, m.chair, m.all[0].ID, selection.Settlement{Outcome: events.OutcomeRejected, Reason: "No partner yet"}))
	officer.Sees("No partner yet", "Nicht ausgewählt")
	lead.Sees("No partner yet")
	lead.Press("Select")
	lead.Sees("Somebody else has decided about this application meanwhile")
	if typed := lead.Value("reason"); typed != "The clearest plan" {
		t.Errorf("the reason is %q after somebody else was faster", typed)
	}
	lead.Accessible("selection-meeting-clash-en")
	lead.Press("Select")
	chair.Sees("The clearest plan", "1 / 2")
	officer.Sees("The clearest plan")

	done(t, h.service.PutOnTable(ctx, m.lead, m.secret.ID))
	chair.Sees(m.secret.Name())
	officer.Sees("Sie haben den Raum verlassen")
	officer.Accessible("selection-meeting-away-de")
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[1].ID))
	officer.Sees(m.all[1].Number + " · " + m.all[1].Name())
	if typed := officer.Value("note"); typed != "" {
		t.Errorf("a note about another application holds %q", typed)
	}
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID))
	officer.Sees("The clearest plan")
	if typed := officer.Value("note"); typed != "Halb getippt" {
		t.Errorf("what was typed about it before is %q", typed)
	}
	chair.Press("Başkanlığı devral")
	lead.Sees("Take the chair")
	chair.Unfold("Toplantıyı bitir …")
	chair.Press("Toplantıyı bitir")
	chair.Press("Tutanağı oku")
	chair.Accessible("selection-minutes-tr")
	chair.Press("Tutanağı imzala")
	chair.Sees("İmzalandı")
	lead.Go(at.Address(path))
	lead.Press("Read the minutes")
	lead.Press("Sign the minutes")
	lead.Sees("Both have signed")
	lead.Accessible("selection-minutes-en")
	lead.Go(at.Address(path + "/what-if"))
	lead.Accessible("selection-what-if-en")
	officer.Go(officerAt.Address(path + "/what-if?s=" + m.all[2].Number))
	officer.Accessible("selection-what-if-de")
	lead.Go(at.Address(path + "/preparation"))
	lead.Accessible("selection-preparation-en")
	for v, b := range map[*uitest.Visitor]string{lead: at.Address(path), chair: chairAt.Address(path)} {
		v.Go(b)
		v.StayedOn(h.Tenant.Host)
	}
}
