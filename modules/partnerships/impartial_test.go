package partnerships_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/partnerships"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestACoordinatorWithAConflictOfInterestLeavesItToOthers keeps a coordinator who had a conflict of interest in an application from all
// that is said of who accompanies its partnership, and from nothing else.
func TestACoordinatorWithAConflictOfInterestLeavesItToOthers(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	partial := c.As(t, tenanttest.Role(tenants.RoleCoordinator))
	theirs, other := c.all[1], c.all[0]
	listed, _, err := c.service.List(t.Context(), c.System(), partnerships.Query{})
	if err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	for _, one := range listed {
		if one.ID == theirs {
			c.barred = map[ids.Application][]ids.Person{one.Application: {partial.Actor().Person}}
		}
	}
	c.mu.Unlock()
	p := c.plan(t, c.settings(t), "")
	_, guidance := c.service.Guidance(t.Context(), partial, theirs)
	_, plan := c.service.Plan(t.Context(), partial, p.ID)
	_, _, apply := c.service.ApplyRun(t.Context(), partial, p.ID)
	_, _, file := c.service.RunFile(t.Context(), partial, p.ID)
	person := c.guides[1].Actor().Person
	for what, err := range map[string]error{
		"guidance": guidance, "plan": plan, "apply": apply, "file": file, "change": c.service.Change(t.Context(), partial, p.ID, p.Run.Chosen),
		"cancel": c.service.CancelRun(t.Context(), partial, p.ID), "accompany": c.service.Accompany(t.Context(), partial, theirs, c.version(t, theirs), person, ""),
		"unaccompany": c.service.Unaccompany(t.Context(), partial, theirs, c.version(t, theirs), "x"),
	} {
		if !fault.Is(err, fault.KindForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n, err := c.service.Unaccompanied(t.Context(), partial); n != 2 || err != nil {
		t.Errorf("counted: %d, %v", n, err)
	}
	v, err := c.service.Planning(t.Context(), partial, ids.Person{})
	if err != nil || v.Alone != 2 || len(v.Runs) != 0 {
		t.Errorf("planning: %d alone, %d runs, %v", v.Alone, len(v.Runs), err)
	}
	for sc, want := range map[*tenants.Scope][]ids.Run{&partial: {p.ID}, &c.coordinator: nil} {
		if hidden, err := c.service.ConcealedRuns(t.Context(), *sc); err != nil || !slices.Equal(hidden, want) {
			t.Errorf("hidden are %v, not %v: %v", hidden, want, err)
		}
	}
	id, err := c.service.StartRun(t.Context(), partial, v.Usual, "")
	if err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	if own, err := c.service.Plan(t.Context(), partial, id); err != nil || len(own.Partnerships) != 2 || slices.Contains(own.Partnerships, theirs) {
		t.Errorf("their own run: %v, %v", own.Partnerships, err)
	}
	if _, err := c.service.Guidance(t.Context(), partial, other); err != nil {
		t.Errorf("of another partnership: %v", err)
	}
	b := c.SignedIn(t, partial.Actor())
	b.Get("/partnerships/" + theirs.String() + "/facilitator")
	b.Want(403, "Another coordinator sees to it")
	for _, below := range []string{"/instance", "/answer", "/check", "/check?format=csv"} {
		b.Get("/facilitation/" + p.ID.String() + below)
		b.Want(403)
	}
	b.Get("/partnerships/" + theirs.String())
	if b.Want(200); strings.Contains(b.Page.Body, "/facilitator\"") {
		t.Error("the page offers what is refused")
	}
}

// TestWhoLosesTheRoleAccompaniesNothingMore ends it once, however often it is told, tells those who must know, and leaves the others.
func TestWhoLosesTheRoleAccompaniesNothingMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	out, stays := c.guides[1], c.guides[0]
	for i, guide := range []tenants.Scope{out, stays, out} {
		if err := c.service.Accompany(t.Context(), c.coordinator, c.all[i], c.version(t, c.all[i]), guide.Actor().Person, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.service.Steer(t.Context(), c.coordinator, c.all[2], c.version(t, c.all[2]), partnerships.EndEarly, "x"); err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	c.mails, c.news = nil, nil
	person := out.Actor().Person
	err := c.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, person, tenanttest.Role(tenants.RoleFacilitator))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b := c.SignedIn(t, c.coordinator.Actor())
	path := "/partnerships/" + c.all[0].String()
	b.Get(path + "/facilitator")
	b.Want(200, "accompanies it now", "reads it in their mail, which the team can see")
	for range 2 {
		c.Jobs(t)
		if err := c.service.Depart(t.Context(), c.System(), events.RolesChanged{Person: person}); err != nil {
			t.Fatal(err)
		}
	}
	c.Jobs(t)
	if got := c.accompanying(t); !slices.Equal(got, []ids.Person{{}, stays.Actor().Person, {}}) {
		t.Errorf("who accompanies: %v", got)
	}
	n := 0
	for _, one := range c.news {
		if one.Key == "partnerships.notify.guide_left" && one.Person == c.coordinator.Actor().Person {
			n++
		}
	}
	if n != 1 || c.told("unaccompanied", c.leads[0]) != 1 || c.told("unaccompanied", c.leads[1]) != 0 || c.told("unaccompanied", c.leads[2]) != 0 {
		t.Errorf("told %d times; mails: %+v", n, c.mails)
	}
	b.Get(path)
	b.Want(200, "does not accompany it any more", "Nobody accompanies")
	w, err := c.service.Partnership(t.Context(), c.coordinator, c.all[0])
	if err != nil || len(w.Companions) != 1 || w.Companions[0].Ending != partnerships.Taken {
		t.Errorf("history: %+v, %v", w.Companions, err)
	}
	if findings, err := partnerships.Check(t.Context(), c.System()); err != nil || len(findings) > 0 {
		t.Errorf("%v, %v", findings, err)
	}
	if err := c.service.Depart(t.Context(), c.coordinator, events.RolesChanged{Person: stays.Actor().Person}); err == nil {
		t.Error("a coordinator may")
	}
}

func TestWhatIsOverIsNotHandedBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, _ := h.founded(t, h.System(), "Yol")
	coordinator, guide := h.coordinator(t), h.guide(t, partnerships.Profile{})
	if err := h.service.Accompany(t.Context(), coordinator, id, h.version(t, id), guide.Actor().Person, ""); err != nil {
		t.Fatal(err)
	}
	b := h.SignedIn(t, guide.Actor())
	path := "/partnerships/" + id.String()
	b.Get(path)
	b.Want(200, "Hand it back")
	b.Get(path + "/facilitator/return")
	if err := h.service.Steer(t.Context(), coordinator, id, h.version(t, id), partnerships.EndEarly, "x"); err != nil {
		t.Fatal(err)
	}
	b.Submit(path+"/facilitator/return", "reason", "Too late")
	b.Want(409, "Too late")
	if w, err := h.service.Partnership(t.Context(), guide, id); err != nil || w.Facilitator != guide.Actor().Person {
		t.Errorf("accompanied by %v, %v", w.Facilitator, err)
	}
	b.Get(path)
	if b.Want(200); strings.Contains(b.Page.Body, "Hand it back") {
		t.Error("the page offers what is refused")
	}
}

// conflicted counts how often somebody was told that who accompanies a partnership has come to have a conflict of interest in it.
func (h *house) conflicted(who tenants.Scope) int {
	n := 0
	for _, one := range h.news {
		if one.Key == "partnerships.notify.guide_conflicted" && one.Person == who.Actor().Person {
			n++
		}
	}
	return n
}

// TestAConflictThatComesWithAnOrganizationIsTold seats one with which who accompanies the partnership has declared a conflict of
// interest.
func TestAConflictThatComesWithAnOrganizationIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.changing(t)
	guide := h.guide(t, partnerships.Profile{Conflicts: []ids.Organization{c.comes}})
	if err := h.service.Accompany(t.Context(), c.coordinator, c.id, h.whole(t, c).Version, guide.Actor().Person, ""); err != nil {
		t.Fatal(err)
	}
	r := h.asked(t, c)
	if w := h.whole(t, c); w.Conflict != "" || h.conflicted(c.coordinator) != 0 {
		t.Errorf("before: %q, told %d times", w.Conflict, h.conflicted(c.coordinator))
	}
	for _, sc := range []tenants.Scope{c.staying, c.coming} {
		if err := h.service.Respond(t.Context(), sc, c.id, r.ID, true, ""); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
	if n := h.conflicted(c.coordinator); n != 1 {
		t.Errorf("told %d times", n)
	}
	path := "/partnerships/" + c.id.String()
	b := h.SignedIn(t, c.coordinator.Actor())
	b.Get(path)
	b.Want(200, "has a conflict of interest", "Has declared one")
	for name, sc := range map[string]tenants.Scope{"the person": guide, "a lead": c.coming} {
		other := h.SignedIn(t, sc.Actor())
		other.Get(path)
		if other.Want(200); strings.Contains(other.Page.Body, "has a conflict of interest") {
			t.Errorf("%s reads it", name)
		}
	}
}

// TestAConflictThatIsDeclaredLaterIsTold tells each new one once, and nothing of organizations elsewhere.
func TestAConflictThatIsDeclaredLaterIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Yol")
	_, _, others := h.founded(t, h.System(), "Iz")
	coordinator, guide := h.coordinator(t), h.guide(t, partnerships.Profile{})
	if err := h.service.Accompany(t.Context(), coordinator, id, h.version(t, id), guide.Actor().Person, ""); err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		conflicts []ids.Organization
		told      int
	}{{others, 0}, {append(others, both[0]), 1}, {append(others, both[0]), 1}} {
		if err := h.service.SaveOwnProfile(t.Context(), guide, partnerships.Profile{Conflicts: tt.conflicts, Version: int64(i + 1)}); err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
		if n := h.conflicted(coordinator); n != tt.told {
			t.Errorf("profile %d: told %d times", i, n)
		}
	}
	b := h.SignedIn(t, coordinator.Actor())
	b.Get("/partnerships/" + id.String())
	b.Want(200, "has a conflict of interest", "Choose somebody else")
}
