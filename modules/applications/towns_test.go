package applications_test

import (
	"context"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/tenants"
)

// relocates has an organization sit elsewhere from now on.
func (h *house) relocates(s side, city, country string, place int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	o := h.applicants[s.id]
	o.City, o.Country, o.Place = city, country, place
	h.applicants[s.id] = o
}

// TestWhoMovesIsJudgedWhereTheySat when the application was handed in: until the deadline it can be handed in anew from elsewhere, in the
// time given for papers it cannot.
func TestWhoMovesIsJudgedWhereTheySat(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	sat := func(when string, want applications.Town) {
		t.Helper()
		a := h.find(t, id)
		if got := a.Seat("eu").Town; got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	h.relocates(two, "Leipzig", "DE", 2879139)
	sat("written only", applications.Town{})
	h.submits(t, id, one)
	leipzig := applications.Town{Country: "DE", City: "Leipzig", Place: 2879139}
	sat("handed in", leipzig)
	h.relocates(two, "Graz", "AT", 2778067)
	sat("after they moved", leipzig)
	record, err := h.service.Record(t.Context(), h.officer(t), id, false)
	if err != nil {
		t.Fatal(err)
	}
	part := record.Seat("eu")
	if o := part.Of(record.Organizations[two.id]); o.City != "Leipzig" || o.Country != "DE" || o.Name != "Lindenhof Nachbarschaft" {
		t.Errorf("as programs read it: %+v", o)
	}

	if o := part.Of(record.Organizations[two.id]); o.Place != leipzig.Place {
		t.Errorf("of several towns of one name programs read %d", o.Place)
	}
	h.relocates(two, "Linz", "AT", 2772400)
	h.submits(t, id, one)
	sat("handed in anew with the same answers", applications.Town{Country: "AT", City: "Linz", Place: 2772400})
	h.relocates(two, "Graz", "AT", 2778067)

	sheet := h.find(t, id)
	_, base := h.answer(t, sheet.Joint, "joint_issue")
	if err := h.save(t, one.lead, sheet.Joint, "joint_issue", "Anders", base); err != nil {
		t.Fatal(err)
	}
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	graz := applications.Town{Country: "AT", City: "Graz", Place: 2778067}
	sat("handed in anew", graz)

	h.closes(call)
	a := h.find(t, id)
	asked := a.Seat("eu").Sheet.String() + ":registration_document"
	b := h.SignedIn(t, h.officer(t).Actor())
	path := "/applications/" + id.String()
	b.Get(path + "/dossier")
	b.Submit(path+"/papers", "papers", "Tüzük eksik", "asked", asked)
	b.Want(200, "The applicants are told.")
	h.relocates(two, "Wien", "AT", 2761369)
	if err := h.service.Confirm(t.Context(), two.lead, id, "", time.Time{}); err != nil {
		t.Fatal(err)
	}
	h.submits(t, id, one)
	sat("with papers that were missing", graz)

	// As if they had joined after the application was handed in last.
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE application_parts SET country = '', city = '', place = 0 WHERE application_id = ? AND organization_id = ?", id, two.id).Exec(ctx)
		return err
	})
	b.Get(path + "/dossier")
	b.Submit(path+"/papers", "papers", "Tüzük eksik", "asked", asked)
	b.Want(200, "The applicants are told.")
	if err := h.service.Confirm(t.Context(), two.lead, id, "", time.Time{}); err != nil {
		t.Fatal(err)
	}
	h.submits(t, id, one)
	sat("whoever came late", applications.Town{Country: "AT", City: "Wien", Place: 2761369})
}
