package applications_test

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// staffed changes an organization's profile, in what only its own part says and in what the directory shows, and lets everybody hear of it.
func (h *house) staffed(t *testing.T, s side, staff string) {
	t.Helper()
	h.mu.Lock()
	if h.profiles == nil {
		h.profiles = map[ids.Organization]forms.Profile{}
	}
	h.profiles[s.id] = forms.Profile{forms.SourceStaff: json.RawMessage(strconv.Quote(staff)), forms.SourceWebsite: json.RawMessage(strconv.Quote(staff))}
	h.mu.Unlock()
	write(t, h.System(), func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.OrganizationChanged{Organization: s.id})
		return nil
	})
	h.Jobs(t)
}

// TestProfilesAreTakenAlong follows what two organizations' profiles tell, from before the form takes it until long after it
// was handed in.
func TestProfilesAreTakenAlong(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	three := h.side(t, "Uninvolved", "TR")
	h.staffed(t, one, "1-5")
	h.staffed(t, two, "6-20")
	h.staffed(t, three, "51+")
	h.reforms(t, call, func(d *forms.Definition) {
		for key, source := range map[string]forms.Source{"need": forms.SourceStaff, "partner": forms.SourceWebsite} {
			s, _ := d.Section(key)
			s.Questions = append(s.Questions, forms.Question{Key: "taken_in_" + key, Type: forms.TypeHidden, Label: in("Taken along"), Takes: source})
		}
	})
	h.Jobs(t)
	a := h.find(t, id)
	if a.Parts[0].Confirmed() || a.Parts[0].NewsSince.IsZero() {
		t.Error("nobody is told that the form takes something along")
	}
	parts := map[string]ids.Organization{a.Parts[0].Seat: a.Parts[0].Organization, a.Parts[1].Seat: a.Parts[1].Organization}
	holds := func(when string, first, second string) {
		t.Helper()
		for _, p := range a.Parts {
			want := map[ids.Organization]string{one.id: first, two.id: second}[parts[p.Seat]]
			if got, _ := h.answer(t, p.Sheet, "taken_in_need"); got != strconv.Quote(want) {
				t.Errorf("%s: the part of %s holds %s, want %s", when, p.Seat, got, want)
			}
		}
		if got, _ := h.answer(t, a.Joint, "taken_in_partner"); got != strconv.Quote(first) {
			t.Errorf("%s: the joint part holds %s, want that of the organization that began, %s", when, got, first)
		}
	}
	holds("once the form takes it", "1-5", "6-20")
	h.staffed(t, two, "21-50")
	holds("once a profile has changed", "1-5", "21-50")
	h.confirms(t, id, one, two)
	done := h.submits(t, id, one)
	h.staffed(t, one, "51+")
	holds("after it was handed in", "1-5", "21-50")
	if again := h.submits(t, id, one); again.ID == done.ID {
		t.Error("handed in again, it is as it was")
	}
	holds("once it was handed in again", "51+", "21-50")
	for sheet, copied := range done.Copies {
		if got, _ := h.answer(t, copied, "taken_in_need"); sheet == a.Parts[0].Sheet && got != `"1-5"` {
			t.Errorf("what was handed in first says %s now", got)
		}
	}
}

// TestABeginnerTakesItsProfileAlong: from the first moment, and whoever joins takes its own.
func TestABeginnerTakesItsProfileAlong(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one, two := h.side(t, "Ihlamur", "TR"), h.side(t, "Lindenhof", "DE")
	h.staffed(t, one, "1-5")
	h.staffed(t, two, "6-20")
	h.reforms(t, call, func(d *forms.Definition) {
		s, _ := d.Section("need")
		s.Questions = append(s.Questions, forms.Question{Key: "staff_now", Type: forms.TypeHidden, Label: in("Paid staff"), Takes: forms.SourceStaff})
	})
	id := h.begun(t, call, one, "tr")
	h.joins(t, id, one, two, "eu")
	for _, p := range h.find(t, id).Parts {
		want := map[ids.Organization]string{one.id: `"1-5"`, two.id: `"6-20"`}[p.Organization]
		if got, _ := h.answer(t, p.Sheet, "staff_now"); got != want {
			t.Errorf("%s holds %s, want %s", p.Seat, got, want)
		}
	}
}

// TestOfManyNamesFewAreLookedUp: a page that names hundreds costs no more than one that names some.
func TestOfManyNamesFewAreLookedUp(t *testing.T) {
	t.Parallel()
	h := open(t)
	typed := []string{"ab"}
	for i := range 400 {
		typed = append(typed, "Dernek "+strconv.Itoa(i))
	}
	found, err := h.service.Candidates(t.Context(), h.side(t, "Ihlamur", "TR").lead, typed)
	if err != nil || len(found) != 19 || len(found["Dernek 0"]) != 1 {
		t.Errorf("%d names are looked up: %v", len(found), err)
	}
}
