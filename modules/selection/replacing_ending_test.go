package selection_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// last is the replacement of the place that was asked for last.
func (h *house) last(t *testing.T, d dropping) selection.Replacement {
	t.Helper()
	all := h.place(t, d).Replacements
	return all[len(all)-1]
}

func TestSomebodyStaysInAPlaceOfWhichOneIsReplaced(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	if err := h.service.Depart(ctx, d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
		t.Fatal(err)
	}
	wrong := d.cmd()
	wrong.Leaving = d.stays
	if err := h.service.Replace(ctx, d.coordinator, d.id, wrong); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the only one that stays is replaced: %v", err)
	}
	team := h.SignedIn(t, d.coordinator.Actor())
	below := "/selection/applications/" + d.id.String() + "/place"
	team.Get(below)
	team.Want(http.StatusOK)
	for o, want := range map[ids.Organization]bool{d.leaves: true, d.stays: false} {
		if got := strings.Contains(team.Page.Body, below+"/"+o.String()); got != want {
			t.Errorf("led to where it is replaced: %v, want %v", got, want)
		}
	}
	if _, err := h.service.Vacancy(ctx, d.coordinator, d.id, d.stays, ids.Organization{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the seat of the only one that stays: %v", err)
	}
	h.asked(t, d)
}

// TestWhatIsAskedEndsWhenOneThatIsAskedDropsOut holds also for the only one that would have stayed.
func TestWhatIsAskedEndsWhenOneThatIsAskedDropsOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	r := h.asked(t, d)
	h.agree(t, d, r, d.coming)
	if err := h.service.Depart(ctx, d.staying, d.id, "Biz çıkıyoruz."); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if got := h.last(t, d).State; got != selection.ReplacementMoot {
		t.Errorf("afterwards: %s", got)
	}
	if !slices.Contains(h.kinds(d.coming.Actor().Person), "replacement_moot") {
		t.Error("who was asked is not told that it ended")
	}
	if err := h.service.Replace(ctx, d.coordinator, d.id, d.cmd()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the only one that stays is replaced: %v", err)
	}
}

func TestWhatIsAskedGoesOnWhenTheOneToBeReplacedDropsOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.dropping(t)
	r := h.asked(t, d)
	if err := h.service.Depart(t.Context(), d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
		t.Fatal(err)
	}
	h.agree(t, d, r, d.coming, d.staying)
	if got := h.last(t, d).State; got != selection.ReplacementDone {
		t.Errorf("afterwards: %s", got)
	}
}

func TestWhatIsAskedEndsWhenThePlaceIsTakenAsItIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.droppingOf(t, conditional{won: h.won(t)})
	r := h.asked(t, d)
	page := "/applications/" + d.id.String() + "/reply"
	for who, asked := range map[*tenants.Scope]bool{&d.staying: true, &d.leaver: false} {
		b := h.SignedIn(t, who.Actor())
		b.Get(page)
		b.Want(http.StatusOK)
		if got := strings.Contains(b.Page.Body, "/replacements/"+r.ID.String()); got != asked {
			t.Errorf("%s is led to what is asked: %v, want %v", who.Actor().Name, got, asked)
		}
		if got := strings.Contains(b.Page.Body, "asked to take your seat"); got == asked {
			t.Errorf("%s is told that its seat is to be taken: %v", who.Actor().Name, got)
		}
	}
	for _, sc := range []tenants.Scope{d.leaver, d.staying} {
		if err := h.service.Accept(ctx, sc, d.id); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	p := h.place(t, d)
	if p.State != selection.DecisionAccepted || p.Replacements[0].State != selection.ReplacementMoot {
		t.Errorf("afterwards: %s, %s", p.State, p.Replacements[0].State)
	}
	if duties, err := h.service.Duties(ctx, d.coming); err != nil || len(duties) != 0 {
		t.Errorf("duties: %+v, %v", duties, err)
	}
	if !slices.Contains(h.kinds(d.coming.Actor().Person), "replacement_moot") {
		t.Error("who was asked is not told that it ended")
	}
}

// TestWhoStaysIsNotToldOfAnotherPlaceOfTheNewcomer holds for what an organization has or awaits in another application.
func TestWhoStaysIsNotToldOfAnotherPlaceOfTheNewcomer(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	first := h.asked(t, d)
	cmd, other := d.cmd(), d.all[1]
	cmd.Leaving = other.Organizations[1].ID
	if err := h.service.Replace(ctx, d.coordinator, other.ID, cmd); err != nil {
		t.Fatal(err)
	}
	at := func() selection.Place {
		t.Helper()
		p, err := h.service.Place(ctx, d.coordinator, other.ID)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	second := at().Replacements[0]
	if err := h.service.Consent(ctx, d.coming, other.ID, second.ID, true, ""); err != nil {
		t.Fatal(err)
	}
	h.agree(t, d, first, d.coming, d.staying)
	if err := h.service.Consent(ctx, d.leads[1][0], other.ID, second.ID, true, ""); err != nil {
		t.Errorf("told of another place: %v", err)
	}
	h.Jobs(t)
	p := at()
	if p.Replacements[0].State != selection.ReplacementMoot || len(p.Application.Left) != 0 {
		t.Errorf("afterwards: %s, %v", p.Replacements[0].State, p.Application.Left)
	}
	if !slices.Contains(h.kinds(d.leads[1][0].Actor().Person), "replacement_moot") && !slices.Contains(h.kinds(d.coming.Actor().Person), "replacement_moot") {
		t.Error("nobody is told that it ended")
	}
}

func TestWhoHasDroppedOutIsNotRemindedOfConditions(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	if err := h.service.Depart(ctx, d.leaver, d.id, "Bütçemiz kesildi."); err != nil {
		t.Fatal(err)
	}
	due := h.held(t, d.conditional).Conditions[0].DueAt
	if err := h.service.RemindConditions(ctx, h.System(), selection.Reminding{Call: h.call.ID, By: due}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if !slices.Contains(h.kinds(d.staying.Actor().Person), "conditions_reminder") {
		t.Error("who stays is not reminded")
	}
	if slices.Contains(h.kinds(d.leaver.Actor().Person), "conditions_reminder") {
		t.Error("who has dropped out is reminded")
	}
}

// TestAnEndedReplacementIsThatOfThoseWhoWereAsked holds whoever has come to the place since.
func TestAnEndedReplacementIsThatOfThoseWhoWereAsked(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	declined := h.asked(t, d)
	if err := h.service.Consent(ctx, d.coming, d.id, declined.ID, false, "Yerimiz var."); err != nil {
		t.Fatal(err)
	}
	later, lead := h.newcomer(t, "Yeniler", "FR", "eu")
	cmd := d.cmd()
	cmd.Coming = later.ID
	if err := h.service.Replace(ctx, d.coordinator, d.id, cmd); err != nil {
		t.Fatal(err)
	}
	h.agree(t, d, h.last(t, d), lead, d.staying)
	for name, sc := range map[string]tenants.Scope{"who came later": lead, "who has left": d.leaver} {
		if _, err := h.service.Consultation(ctx, sc, d.id, declined.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s reads it: %v", name, err)
		}
	}
	for name, sc := range map[string]tenants.Scope{"who stays": d.staying, "who would have come": d.coming, "the coordinator": d.coordinator} {
		v, err := h.service.Consultation(ctx, sc, d.id, declined.ID)
		if err != nil || !slices.Equal(v.Parties, []ids.Organization{d.comes.ID, d.stays}) || v.Names[d.comes.ID] == "" {
			t.Errorf("%s reads of %v, %v", name, v.Parties, err)
		}
	}
}

// TestTiesToWhoCameAreFoundLater holds for ties that arise after the seat has changed hands.
func TestTiesToWhoCameAreFoundLater(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	d := h.dropping(t)
	h.agree(t, d, h.asked(t, d), d.coming, d.staying)
	partner := ids.New[ids.Organization]()
	tied := h.someone(t, "Tamara Tied", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: partner})
	look := func() bool {
		t.Helper()
		if err := h.service.LookAgain(ctx, h.System(), events.RolesChanged{}); err != nil {
			t.Fatal(err)
		}
		hidden, err := h.service.Conflicted(ctx, tied)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(hidden, d.id)
	}
	h.around.mu.Lock()
	h.waiting = map[ids.Application]bool{d.id: true} // it is still to be answered
	h.around.mu.Unlock()
	if look() {
		t.Error("hidden without a tie")
	}
	h.around.mu.Lock()
	h.together = append(h.together, [2]ids.Organization{partner, d.comes.ID})
	h.around.mu.Unlock()
	if !look() {
		t.Error("a partnership with who came was not looked for")
	}
}
