package partnerships_test

import (
	"context"
	"slices"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// alone is an application of a new organization that has applied alone.
func (h *house) alone(t *testing.T, call ids.Call, name string, won bool) (ids.Application, ids.Organization) {
	t.Helper()
	application, organization := ids.New[ids.Application](), h.organization(t, h.System(), name)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.joints[application] = partnerships.Joint{Number: "KRV-" + name, Title: name, Call: call, Won: won, Seats: []partnerships.Seat{{Key: "seat", Organization: organization}}}
	return application, organization
}

// overtakings are the matches of which nothing comes.
func (h *house) overtakings(t *testing.T) []events.MatchOvertaken {
	t.Helper()
	h.Jobs(t)
	return h.overtaken
}

// TestMatchedPlacesFoundOnePartnership makes one of two applications, however often it is told, and knows both of them by it.
func TestMatchedPlacesFoundOnePartnership(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, call := t.Context(), ids.New[ids.Call]()
	a, one := h.alone(t, call, "Ada", true)
	b, other := h.alone(t, call, "Bora", true)
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: other})
	e := events.PlacesMatched{Match: ids.New[ids.Match](), Call: call, Applications: []ids.Application{a, b}}
	for range 2 {
		if err := h.System().Write(ctx, func(_ context.Context, tx *tenants.Tx) error { tx.Announce(e); return nil }); err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	all, err := h.service.Mine(ctx, lead)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d partnerships, %v", len(all), err)
	}
	p := all[0]
	if p.Number != "KRV-Ada + KRV-Bora" || p.Title != "Ada + Bora" || p.State != partnerships.Accepted || len(p.Seats) != 2 || p.Seats[0].Organization != one || p.Seats[1].Key != "seat-2" {
		t.Errorf("%+v", p.Partnership)
	}
	if len(h.mails) != 1 || h.mails[0].Kind != "partnerships.mail.founded" {
		t.Errorf("mails: %+v", h.mails)
	}
	going, err := partnerships.Going(ctx, h.System().Read(), []ids.Organization{one, other})
	if err != nil || len(going) != 2 {
		t.Errorf("going: %v %v", going, err)
	}
	if ends, err := partnerships.Ends(ctx, h.System().Read(), a, b); err != nil || len(ends) != 2 {
		t.Errorf("ends: %v %v", ends, err)
	}
	if err := h.service.Steer(ctx, h.coordinator(t), p.ID, p.Version, partnerships.EndEarly, "One has left."); err != nil {
		t.Fatal(err)
	}
	over, err := partnerships.Over(ctx, h.System().Read(), a, b)
	if err != nil || !over[a] || !over[b] {
		t.Errorf("over: %v %v", over, err)
	}
	if ended, err := partnerships.Ended(ctx, h.System().Read(), b); err != nil || !ended {
		t.Errorf("ended: %v %v", ended, err)
	}
	if going, err := partnerships.Going(ctx, h.System().Read(), []ids.Organization{one, other}); err != nil || len(going) != 0 {
		t.Errorf("still going: %v %v", going, err)
	}
}

// TestOnlyPlacesThatWereWonAreTakenTogether founds nothing of a place that was not won, of another call, or of one that is taken.
func TestOnlyPlacesThatWereWonAreTakenTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := ids.New[ids.Call]()
	a, _ := h.alone(t, call, "Ada", true)
	b, _ := h.alone(t, call, "Bora", true)
	lost, _ := h.alone(t, call, "Cem", false)
	elsewhere, _ := h.alone(t, ids.New[ids.Call](), "Dora", true)
	count := func(applications ...ids.Application) int {
		t.Helper()
		if err := h.service.FoundTogether(t.Context(), h.System(), events.PlacesMatched{Call: call, Applications: applications}); err != nil {
			t.Fatal(err)
		}
		_, n, err := h.service.List(t.Context(), h.System(), partnerships.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for name, applications := range map[string][]ids.Application{"not won": {a, lost}, "of another call": {a, elsewhere}, "alone": {a}, "none": nil} {
		if n := count(applications...); n != 0 {
			t.Errorf("%s: %d founded", name, n)
		}
	}
	h.mu.Lock()
	h.gaveUp = map[ids.Application]bool{b: true}
	h.mu.Unlock()
	if n := count(a, b); n != 0 {
		t.Errorf("a place that was given up in the meantime: %d founded", n)
	}
	h.mu.Lock()
	h.gaveUp = nil
	h.mu.Unlock()
	count(a, b)
	count(a, b)
	if heard := h.overtakings(t); len(heard) != 0 {
		t.Errorf("a match that founded one is overtaken: %+v", heard)
	}
	again, _ := h.alone(t, call, "Ege", true)
	if n := count(again, b); n != 1 {
		t.Errorf("a place that is taken: %d partnerships", n)
	}
	if heard := h.overtakings(t); len(heard) != 1 || !slices.Equal(heard[0].Applications, []ids.Application{b}) {
		t.Errorf("the round does not hear that a match comes too late: %+v", heard)
	}
	if err := h.service.FoundTogether(t.Context(), h.coordinator(t), events.PlacesMatched{}); err != nil && !fault.Is(err, fault.KindNotFound) {
		t.Error(err)
	}
}
