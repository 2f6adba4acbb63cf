package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/partnerships"
	"kervan/modules/selection"
	"kervan/tenants"
)

// TestThePartnershipComesOfWhoHoldsThePlace lets an organization drop out of a place that is held on a condition, and another that the call
// admits take its seat. Once the condition is met the partnership is theirs who hold the place by then.
func TestThePartnershipComesOfWhoHoldsThePlace(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	in := r.grown(t, "places")
	ctx := t.Context()
	place, all := r.heldPlace(t, in)
	lead := func(o ids.Organization) tenants.Scope { return r.leading(t, in, o) }
	coordinator := r.acting(t, in, "coordinator@places.example")
	stays, leaves := all[0], all[1]
	must(t, r.app.selection.Depart(ctx, lead(leaves), place.ID, "We close."))
	v, err := r.app.selection.Vacancy(ctx, coordinator, place.ID, leaves, ids.Organization{})
	must(t, err)
	if len(v.Candidates) == 0 || slices.ContainsFunc(v.Candidates, func(c selection.Applicant) bool {
		return c.Country != v.Leaving.Country || c.ID == leaves || c.ID == stays
	}) {
		t.Fatalf("candidates: %+v", v.Candidates)
	}
	comes := v.Candidates[0]
	must(t, r.app.selection.Replace(ctx, coordinator, place.ID, selection.Replacing{Leaving: leaves, Coming: comes.ID, Reason: "They close.", Until: time.Now().AddDate(0, 0, 9)}))
	p, err := r.app.selection.Place(ctx, coordinator, place.ID)
	must(t, err)
	for _, o := range []ids.Organization{stays, comes.ID} {
		must(t, r.app.selection.Consent(ctx, lead(o), place.ID, p.Replacements[0].ID, true, ""))
	}
	held, err := r.app.selection.Conditioned(ctx, coordinator, place.ID)
	must(t, err)
	for _, c := range held.Conditions {
		var seen ids.Document
		if handed := held.Handed[c.ID]; len(handed) > 0 {
			seen = handed[0].Document
		}
		must(t, r.app.selection.MeetCondition(ctx, coordinator, place.ID, c.ID, seen))
	}
	must(t, jobs.Drain(ctx, r.app.workerPool, r.app.tenants.Do, in.ID.String()))
	founded, _, err := r.app.partnerships.List(ctx, coordinator, partnerships.Query{Organizations: []ids.Organization{comes.ID}, Call: place.Call})
	must(t, err)
	if len(founded) == 0 {
		t.Fatal("nothing is founded")
	}
	sits := founded[0].Organizations()
	if len(founded) != 1 || len(sits) != 2 || !slices.Contains(sits, stays) || !slices.Contains(sits, comes.ID) {
		t.Fatalf("%d founded, and the first with %v, not %v and %v", len(founded), sits, stays, comes.ID)
	}
	if want := founded[0].Cards[sits[0]].Name + " + " + founded[0].Cards[sits[1]].Name; founded[0].Title != want {
		t.Errorf("it is called %q, want %q", founded[0].Title, want)
	}
	if _, err := r.app.partnerships.Partnership(ctx, lead(leaves), founded[0].ID); err == nil {
		t.Error("who dropped out reads the partnership")
	}
	// In the partnership it goes on by its own rule: nobody sits twice in a call.
	w, err := r.app.partnerships.Vacancy(ctx, coordinator, founded[0].ID, founded[0].Seats[0].Key)
	must(t, err)
	if slices.ContainsFunc(w.Candidates, func(c partnerships.Candidate) bool { return c.ID == comes.ID }) {
		t.Error("whoever has come could come once more")
	}
}

// heldPlace is the call and the application of a place that is held on a condition which is open, and who holds it.
func (r *running) heldPlace(t *testing.T, in tenants.Tenant) (place heldPlace, all []ids.Organization) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	must(t, system.Read().NewRaw(`SELECT d.application_id AS id, d.call_id AS call FROM decisions AS d JOIN place_conditions AS k ON k.application_id = d.application_id WHERE d.state = 'accepted' ORDER BY 1 LIMIT 1`).Scan(ctx, &place))
	// As if the condition were open yet, and what came of the place were of another.
	r.exec(t, in, `UPDATE partnerships SET application_id = gen_random_uuid() WHERE application_id = ?`, place.ID)
	r.exec(t, in, `UPDATE decisions SET state = 'conditional' WHERE application_id = ?`, place.ID)
	r.exec(t, in, `UPDATE place_conditions SET met_at = NULL, met_by = NULL WHERE application_id = ?`, place.ID)
	must(t, system.Read().NewRaw(`SELECT organization_id FROM application_parts WHERE application_id = ? ORDER BY seat`, place.ID).Scan(ctx, &all))
	return place, all
}

type heldPlace struct {
	ID   ids.Application
	Call ids.Call
}

// leading is somebody who leads the organization.
func (r *running) leading(t *testing.T, in tenants.Tenant, o ids.Organization) tenants.Scope {
	t.Helper()
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var person ids.Person
	must(t, system.Read().NewRaw(`SELECT person_id FROM memberships WHERE organization_id = ? AND role = 'lead' LIMIT 1`, o).Scan(t.Context(), &person))
	return system.As(tenants.Actor{Person: person, Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: o}}})
}

// TestNobodyComesToAPlaceAndToAPartnershipOfACall: an organization is asked in both rooms, everybody else has agreed, and it agrees in
// both at the same instant. It gets one seat.
func TestNobodyComesToAPlaceAndToAPartnershipOfACall(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	in := r.grown(t, "rooms")
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	place, all := r.heldPlace(t, in)
	coordinator := r.acting(t, in, "coordinator@rooms.example")
	v, err := r.app.selection.Vacancy(ctx, coordinator, place.ID, all[1], ids.Organization{})
	must(t, err)
	going, _, err := r.app.partnerships.List(ctx, coordinator, partnerships.Query{Call: place.Call})
	must(t, err)
	going = slices.DeleteFunc(going, func(p partnerships.Listed) bool { return !p.Replaceable() })
	if len(v.Candidates) == 0 || len(going) == 0 {
		t.Fatalf("%d could come, and %d partnerships go on", len(v.Candidates), len(going))
	}
	p, comes := going[0], v.Candidates[0].ID
	seat := p.Seats[slices.IndexFunc(p.Seats, func(s partnerships.Seat) bool { return s.Key == v.Leaving.Seat })]
	until := time.Now().AddDate(0, 0, 9)
	must(t, r.app.partnerships.Replace(ctx, coordinator, p.ID, p.Version, partnerships.Replacing{Seat: seat.Key, Coming: comes, Reason: "They close.", Until: until}))
	must(t, r.app.selection.Replace(ctx, coordinator, place.ID, selection.Replacing{Leaving: all[1], Coming: comes, Reason: "They close.", Until: until}))
	there, err := r.app.partnerships.Partnership(ctx, coordinator, p.ID)
	must(t, err)
	here, err := r.app.selection.Place(ctx, coordinator, place.ID)
	must(t, err)
	replaced, asked := there.Replacements[0].ID, here.Replacements[0].ID
	for _, o := range p.Organizations() {
		if o != seat.Organization {
			must(t, r.app.partnerships.Respond(ctx, r.leading(t, in, o), p.ID, replaced, true, ""))
		}
	}
	must(t, r.app.selection.Consent(ctx, r.leading(t, in, all[0]), place.ID, asked, true, ""))

	newcomer, first, second := r.leading(t, in, comes), make(chan error, 1), make(chan error, 1)
	must(t, system.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		// The partnership waits at its last step, when it has found that the newcomer is free.
		if _, err := tx.NewRaw("SELECT FROM partnerships WHERE id = ? FOR UPDATE", p.ID).Exec(ctx); err != nil {
			return err
		}
		go func() { first <- r.app.partnerships.Respond(ctx, newcomer, p.ID, replaced, true, "") }()
		for waiting := 0; waiting == 0; {
			err := tx.NewRaw("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))").Scan(ctx, &waiting)
			if err != nil {
				return err
			}
		}
		go func() { second <- r.app.selection.Consent(ctx, newcomer, place.ID, asked, true, "") }()
		for waiting := 0; waiting == 0 && len(second) == 0; {
			err := tx.NewRaw(`SELECT count(*) FROM pg_locks AS l WHERE NOT l.granted
				AND EXISTS (SELECT 1 FROM unnest(pg_blocking_pids(l.pid)) AS b (pid) WHERE pg_backend_pid() = ANY (pg_blocking_pids(b.pid)))`).Scan(ctx, &waiting)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	if err := <-second; !fault.Is(err, fault.KindConflict) {
		t.Errorf("a second seat in the call: %v", err)
	}
	// The other way round: whoever holds a place is no candidate for a partnership, and is refused where they were asked before.
	w, err := r.app.partnerships.Vacancy(ctx, coordinator, p.ID, p.Seats[0].Key)
	must(t, err)
	if slices.ContainsFunc(w.Candidates, func(c partnerships.Candidate) bool { return slices.Contains(all, c.ID) }) {
		t.Error("who holds a place could come to a partnership")
	}
}

// TestWhoMovesIsCountedWhereTheySat when the application was handed in, or when they were asked to take a seat: quotas, the waiting list
// and the report of how groups fared read that, and the profile says where they sit today.
func TestWhoMovesIsCountedWhereTheySat(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	in := r.grown(t, "moving")
	ctx := t.Context()
	place, all := r.heldPlace(t, in)
	coordinator, panel := r.acting(t, in, "coordinator@moving.example"), jury{r.app.organizations, r.app.accounts, r.app.forms}
	v, err := r.app.selection.Vacancy(ctx, coordinator, place.ID, all[1], ids.Organization{})
	must(t, err)
	comes := v.Candidates[0]
	must(t, r.app.selection.Replace(ctx, coordinator, place.ID, selection.Replacing{Leaving: all[1], Coming: comes.ID, Reason: "They close.", Until: time.Now().AddDate(0, 0, 9)}))
	call, err := panel.Call(ctx, coordinator, place.Call)
	must(t, err)
	call.Quotas = []blueprints.Quota{{Regions: []geo.Region{"TR.34"}, Most: 9}}
	type told struct {
		Judged []selection.Application
		Fared  []selection.Course
	}
	tell := func() (one told) {
		t.Helper()
		var err error
		one.Judged, err = panel.InSelection(ctx, coordinator, call)
		must(t, err)
		one.Fared, err = panel.Courses(ctx, coordinator, place.Call)
		must(t, err)
		return one
	}
	before := tell()
	if !slices.ContainsFunc(before.Judged, func(a selection.Application) bool { return a.Organizations[0].Region != "" }) {
		t.Fatal("no region is known")
	}
	r.exec(t, in, `UPDATE organizations SET country = 'NO', city = 'Oslo', place = 3143244`)
	if diff := cmp.Diff(before, tell()); diff != "" {
		t.Error(diff)
	}
	p, err := r.app.selection.Place(ctx, coordinator, place.ID)
	must(t, err)
	for _, o := range []ids.Organization{all[0], comes.ID} {
		must(t, r.app.selection.Consent(ctx, r.leading(t, in, o), place.ID, p.Replacements[0].ID, true, ""))
	}
	p, err = r.app.selection.Place(ctx, coordinator, place.ID)
	must(t, err)
	for _, o := range p.Application.Organizations {
		if o.City == "Oslo" || o.Came && (o.ID != comes.ID || o.City != comes.City || o.Country != comes.Country || o.Region != comes.Region) {
			t.Errorf("whoever holds the place sits in %+v, want %+v", o, comes)
		}
	}
	names, err := panel.Applicants(ctx, coordinator, all)
	must(t, err)
	if names[all[0]].City != "Oslo" {
		t.Errorf("the profile says %s", names[all[0]].City)
	}
}
