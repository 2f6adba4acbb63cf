package selection_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

// conditional is a released call: the first place was accepted on two conditions, the second has none, and one application waits with a
// condition.
type conditional struct {
	won

	terms []ids.Condition
}

func (h *house) conditional(t *testing.T) conditional {
	t.Helper()
	w := conditional{won: won{coordinator: h.role(t, "Defne Koordinatör", tenants.RoleCoordinator), chair: h.role(t, "Otto Vorsitz", tenants.RoleChair)}}
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin", "Meşe"} {
		a, leads := h.apply(t, name)
		w.all, w.leads = append(w.all, a), append(w.leads, leads)
	}
	h.decide(t, w.coordinator, events.OutcomeSelected, w.all[0], w.all[1])
	h.decide(t, w.coordinator, events.OutcomeWaiting, w.all[2])
	h.decide(t, w.coordinator, events.OutcomeRejected, w.all[3])
	for words, to := range map[string]selection.Application{"Bir destek mektubu.": w.all[0], "Gözden geçirilmiş bütçe.": w.all[0], "Bir çeviri.": w.all[2]} {
		if err := h.service.SetCondition(t.Context(), w.coordinator, to.ID, h.version(t, w.coordinator), selection.Wanted{Words: words, Days: 20}); err != nil {
			t.Fatal(err)
		}
	}
	h.release(t, w.coordinator, w.chair)
	for _, lead := range w.leads[0] {
		if err := h.service.Accept(t.Context(), lead, w.all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	for _, c := range h.held(t, w).Conditions {
		w.terms = append(w.terms, c.ID)
	}
	return w
}

func (h *house) held(t *testing.T, w conditional) selection.Conditioned {
	t.Helper()
	v, err := h.service.Conditioned(t.Context(), w.coordinator, w.all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAConditionStandsOnlyWhereAPlaceIsProposed(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	chair := h.role(t, "Otto", tenants.RoleChair)
	officer := h.role(t, "Olcay", tenants.RoleOfficer)
	a, _ := h.apply(t, "Bir")
	b, _ := h.apply(t, "İki")
	h.decide(t, coordinator, events.OutcomeSelected, a)
	h.decide(t, coordinator, events.OutcomeRejected, b)
	set := func(sc tenants.Scope, id ids.Application, words string, days int) error {
		return h.service.SetCondition(ctx, sc, id, h.version(t, coordinator), selection.Wanted{Words: words, Days: days})
	}
	for name, tt := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"without words":             {set(coordinator, a.ID, " ", 10), fault.KindInvalid},
		"due at once":               {set(coordinator, a.ID, "Mektup", 0), fault.KindInvalid},
		"due after years":           {set(coordinator, a.ID, "Mektup", selection.MostConditionDay+1), fault.KindInvalid},
		"of a rejected application": {set(coordinator, b.ID, "Mektup", 10), fault.KindConflict},
		"by an officer":             {set(officer, a.ID, "Mektup", 10), fault.KindNotFound},
		"of a list that was changed": {
			h.service.SetCondition(ctx, coordinator, a.ID, h.version(t, coordinator)-1, selection.Wanted{Words: "Mektup", Days: 10}), fault.KindConflict,
		},
	} {
		if !fault.Is(tt.err, tt.kind) {
			t.Errorf("%s: %v", name, tt.err)
		}
	}
	for range selection.MostConditions {
		if err := set(chair, a.ID, "Mektup", 10); err != nil {
			t.Fatal(err)
		}
	}
	if err := set(coordinator, a.ID, "Bir daha", 10); !fault.Is(err, fault.KindConflict) {
		t.Errorf("one too many: %v", err)
	}
	v, err := h.service.Conditioned(ctx, officer, a.ID)
	if err != nil || len(v.Conditions) != selection.MostConditions {
		t.Fatalf("%d conditions, %v", len(v.Conditions), err)
	}
	if err := h.service.DropCondition(ctx, coordinator, b.ID, v.List.Version, v.Conditions[0].ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("removed below another application: %v", err)
	}
	if err := h.service.DropCondition(ctx, coordinator, a.ID, v.List.Version, v.Conditions[0].ID); err != nil {
		t.Fatal(err)
	}
	h.decide(t, coordinator, events.OutcomeRejected, a)
	if v, err := h.service.Conditioned(ctx, officer, a.ID); err != nil || len(v.Conditions) != 0 {
		t.Errorf("a rejected application keeps %d conditions, %v", len(v.Conditions), err)
	}
}

func TestAPlaceOnConditionsIsHeldUntilTheyAreMet(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.conditional(t)
	officer := h.role(t, "Olcay", tenants.RoleOfficer)
	lead, id := w.leads[0][0], w.all[0].ID
	o, err := h.service.Offer(ctx, lead, id)
	if err != nil || o.State != selection.DecisionConditional || len(o.Conditions) != 2 {
		t.Fatalf("%s with %d conditions, %v", o.State, len(o.Conditions), err)
	}
	if want := selection.DueAt(o.Decision.AnsweredAt, 20, h.zone()); !o.Conditions[0].DueAt.Equal(want) {
		t.Errorf("due %s, want %s", o.Conditions[0].DueAt, want)
	}
	letters := 0
	for _, m := range h.mailsTo(lead.Actor().Person) {
		if m.Kind == "selection.mail.selected" {
			letters++
			if !strings.Contains(m.Body[i18n.TR], "{conditions}") || len(m.Lists["conditions"]) != 2 || !strings.Contains(m.Lists["conditions"][0][i18n.DE], "20 Tage") {
				t.Errorf("the letter does not say the conditions: %v", m.Lists["conditions"])
			}
		}
	}
	for _, m := range h.mailsTo(w.leads[1][0].Actor().Person) {
		if m.Kind == "selection.mail.selected" && (strings.Contains(m.Body[i18n.TR], "{conditions}") || len(m.Lists["conditions"]) > 0) {
			t.Error("conditions stand in a letter without any")
		}
	}
	if letters != 1 {
		t.Errorf("%d letters", letters)
	}
	duties, err := h.service.Duties(ctx, lead)
	if err != nil || len(duties) != 1 || duties[0].Kind != selection.DutyTerms || duties[0].Count != 2 || !duties[0].Due.Equal(o.Conditions[0].DueAt) {
		t.Errorf("the lead's duties: %+v, %v", duties, err)
	}
	if err := h.service.MeetCondition(ctx, w.chair, id, w.terms[0], ids.Document{}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("met as the chair: %v", err)
	}
	if err := h.service.ReturnCondition(ctx, officer, id, w.terms[0], ids.Document{}, "İmza yok."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("returned without an answer: %v", err)
	}

	b := h.SignedIn(t, lead.Actor())
	page := "/applications/" + id.String() + "/reply/conditions/" + w.terms[0].String()
	b.Get(page)
	b.Submit(page, "answer", " ")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(page)
	b.Submit(page, "answer", "Mektup imzalandı.")
	team := h.SignedIn(t, officer.Actor())
	below := "/selection/applications/" + id.String() + "/conditions/" + w.terms[0].String()
	team.Get(below)
	team.Want(http.StatusOK, "Mektup imzalandı.")
	if duties, err := h.service.Duties(ctx, officer); err != nil || len(duties) != 1 || duties[0].Kind != selection.DutyConditions || duties[0].Count != 1 {
		t.Errorf("the officer's duties: %+v, %v", duties, err)
	}
	team.Submit(below+"/return", "reason", "")
	team.Want(http.StatusUnprocessableEntity)
	team.Get(below)
	team.Submit(below+"/return", "reason", "İkinci imza eksik.")
	b.Get(page)
	b.Want(http.StatusOK, "İkinci imza eksik.")
	if err := h.service.AnswerCondition(ctx, w.leads[0][1], id, w.terms[0], "İki imza var.", ids.Document{}); err != nil {
		t.Fatal(err)
	}
	team.Get(below)
	team.Submit(below + "/fulfilment")
	h.Jobs(t)
	if h.count("place_confirmed", id) != 0 {
		t.Error("confirmed though a condition is open")
	}
	if err := h.service.AnswerCondition(ctx, lead, id, w.terms[0], "Yine.", ids.Document{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("answered after it was met: %v", err)
	}
	if err := h.service.MeetCondition(ctx, officer, id, w.terms[1], ids.Document{}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if h.count("place_confirmed", id) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
	if o, err := h.service.Offer(ctx, lead, id); err != nil || o.State != selection.DecisionAccepted {
		t.Errorf("%s, %v", o.State, err)
	}
	if h.newsFor(w.leads[0][1].Actor().Person)["selection.notify.confirmed"] != 1 {
		t.Error("the partner was not told that the place is theirs")
	}
	if err := h.service.Decline(ctx, lead, id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("declined after it was confirmed: %v", err)
	}
}

func (h *house) zone() *time.Location { return i18n.Zone(h.call.Zone) }

func TestAPlaceIsTakenBackOnlyAfterItsDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.conditional(t)
	id, lead := w.all[0].ID, w.leads[0][0]
	if err := h.service.RevokePlace(ctx, w.coordinator, id, "Zaman doldu."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("taken back before the day: %v", err)
	}
	if err := h.service.ExtendConditions(ctx, w.coordinator, id, time.Now().AddDate(0, 0, 5)); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("the day moved forward: %v", err)
	}
	h.set(t, "UPDATE place_conditions SET due_at = now() - interval '1 hour' WHERE due_at IS NOT NULL")
	duties, err := h.service.Duties(ctx, w.coordinator)
	if err != nil || len(duties) != 1 || duties[0].Kind != selection.DutyConditions {
		t.Errorf("the coordinator's duties: %+v, %v", duties, err)
	}
	b := h.SignedIn(t, w.coordinator.Actor())
	place := "/selection/applications/" + id.String() + "/conditions"
	b.Get(place)
	b.Want(http.StatusOK, "Give more time", "Take the place back")
	b.Get(place + "/extension")
	b.Submit(place+"/extension", "due", "2001-01-01")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(place + "/extension")
	b.Submit(place+"/extension", "due", time.Now().In(h.zone()).AddDate(0, 0, 3).Format(time.DateOnly))
	b.Get(place + "/revocation")
	b.Want(http.StatusNotFound)
	h.set(t, "UPDATE place_conditions SET due_at = now() - interval '1 hour' WHERE due_at IS NOT NULL")
	b.Get(place + "/revocation")
	b.Submit(place+"/revocation", "reason", "  ")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(place + "/revocation")
	b.Submit(place+"/revocation", "reason", "Mektup gelmedi.")
	h.Jobs(t)
	if h.count("place_lapsed", id) != 1 || h.count("place_offered", w.all[2].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
	for _, m := range h.mailsTo(w.leads[2][0].Actor().Person) {
		if m.Kind == "selection.mail.place_offered" && len(m.Lists["conditions"]) != 1 {
			t.Error("the next on the list is not told of its condition")
		}
	}
	mine := h.SignedIn(t, lead.Actor())
	mine.Get("/applications/" + id.String() + "/reply")
	mine.Want(http.StatusOK, "Mektup gelmedi.")
	if err := h.service.AnswerCondition(ctx, lead, id, w.terms[0], "Geldi!", ids.Document{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("answered after it was taken back: %v", err)
	}
	if err := h.service.MeetCondition(ctx, w.coordinator, id, w.terms[0], ids.Document{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("met after it was taken back: %v", err)
	}
}

func TestAPlaceOnConditionsCanBeGivenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.conditional(t)
	if err := h.service.Decline(t.Context(), w.leads[0][1], w.all[0].ID); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if h.count("place_declined", w.all[0].ID) != 1 || h.count("place_offered", w.all[2].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
}

func TestTwoSayOppositeOfALastCondition(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.conditional(t)
	ctx, id := t.Context(), w.all[0].ID
	if err := h.service.MeetCondition(ctx, w.coordinator, id, w.terms[0], ids.Document{}); err != nil {
		t.Fatal(err)
	}
	h.set(t, "UPDATE place_conditions SET due_at = now() - interval '1 hour' WHERE due_at IS NOT NULL")
	results := make([]error, 8)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			if i%2 == 0 {
				results[i] = h.service.MeetCondition(ctx, w.coordinator, id, w.terms[1], ids.Document{})
			} else {
				results[i] = h.service.RevokePlace(ctx, w.chair, id, "Geç kaldı.")
			}
		})
	}
	all.Wait()
	done := 0
	for _, err := range results {
		if err == nil {
			done++
		} else if !fault.Is(err, fault.KindConflict) {
			t.Error(err)
		}
	}
	h.Jobs(t)
	if done != 1 || h.count("place_confirmed", id)+h.count("place_lapsed", id) != 1 {
		t.Errorf("%d of them won, facts: %v", done, h.facts)
	}
}

func TestWhoMayNotTouchConditions(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.conditional(t)
	id := w.all[0].ID
	conflicted := h.role(t, "Kemal", tenants.RoleCoordinator)
	if err := h.service.DeclareConflict(ctx, conflicted, id, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	reviewer := h.role(t, "Rana", tenants.RoleReviewer)
	for name, sc := range map[string]tenants.Scope{"a conflicted coordinator": conflicted, "a reviewer": reviewer, "a lead": w.leads[0][0], "another's lead": w.leads[1][0], "a visitor": h.Visitor()} {
		_, read := h.service.Conditioned(ctx, sc, id)
		for verb, err := range map[string]error{
			"reads":   read,
			"sets":    h.service.SetCondition(ctx, sc, id, 1, selection.Wanted{Words: "Mektup", Days: 5}),
			"drops":   h.service.DropCondition(ctx, sc, id, 1, w.terms[0]),
			"meets":   h.service.MeetCondition(ctx, sc, id, w.terms[0], ids.Document{}),
			"returns": h.service.ReturnCondition(ctx, sc, id, w.terms[0], ids.Document{}, "Eksik."),
			"extends": h.service.ExtendConditions(ctx, sc, id, time.Now().AddDate(1, 0, 0)),
			"revokes": h.service.RevokePlace(ctx, sc, id, "Geç."),
		} {
			if !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindUnauthenticated) {
				t.Errorf("%s %s: %v", name, verb, err)
			}
		}
	}
	for name, sc := range map[string]tenants.Scope{"another's lead": w.leads[1][0], "the coordinator": w.coordinator, "a visitor": h.Visitor()} {
		if err := h.service.AnswerCondition(ctx, sc, id, w.terms[0], "Bizden.", ids.Document{}); err == nil {
			t.Errorf("%s answered", name)
		}
	}
	if duties, err := h.service.Duties(ctx, conflicted); err != nil || len(duties) != 0 {
		t.Errorf("a conflicted coordinator's duties: %+v, %v", duties, err)
	}
}

func TestApplicantsAreRemindedOfWhatIsOpen(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	w := h.conditional(t)
	due := h.held(t, w).Conditions[0].DueAt
	reminded := func() int {
		n := 0
		for _, m := range h.mailsTo(w.leads[0][0].Actor().Person) {
			if m.Kind == "selection.mail.conditions_reminder" {
				n++
			}
		}
		return n
	}
	remind := func() {
		t.Helper()
		if err := h.service.RemindConditions(ctx, h.System(), selection.Reminding{Call: h.call.ID, By: due}); err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	remind()
	if reminded() != 1 {
		t.Errorf("%d mails", reminded())
	}
	for _, one := range w.terms {
		if err := h.service.AnswerCondition(ctx, w.leads[0][0], w.all[0].ID, one, "Hazır.", ids.Document{}); err != nil {
			t.Fatal(err)
		}
	}
	remind()
	if reminded() != 1 {
		t.Error("reminded of what is answered")
	}
}
