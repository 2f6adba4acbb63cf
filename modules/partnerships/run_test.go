package partnerships_test

import (
	"encoding/json"
	"slices"
	"testing"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/partnerships"
	"kervan/modules/solver"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// stranded are three partnerships that nobody accompanies and three people, of whom the first has a conflict of interest in the first and
// the third shares no language with the third.
type stranded struct {
	*house

	coordinator tenants.Scope
	all         []ids.Partnership
	guides      []tenants.Scope
	leads       []tenants.Scope
}

func (h *house) stranded(t *testing.T) stranded {
	t.Helper()
	c := stranded{house: h, coordinator: h.coordinator(t)}
	h.mu.Lock()
	h.topics, h.wants = map[ids.Application][][]string{}, map[ids.Organization]partnerships.Want{}
	h.mu.Unlock()
	var first []ids.Organization
	for i, title := range []string{"Bir", "İki", "Üç"} {
		id, e, both := h.founded(t, h.System(), title)
		c.all = append(c.all, id)
		c.leads = append(c.leads, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}))
		h.mu.Lock()
		h.topics[e.Application] = [][]string{{[]string{"digital", "people", "finance"}[i]}}
		h.wants[both[0]] = partnerships.Want{Languages: []string{"tr"}}
		h.wants[both[1]] = partnerships.Want{Languages: [][]string{{"tr", "en"}, {"tr", "en"}, {"de"}}[i]}
		h.mu.Unlock()
		if i == 0 {
			first = both[:1]
		}
	}
	for i, topics := range [][]string{{"digital"}, {"digital", "people"}, {"finance"}} {
		p := partnerships.Profile{Expertise: expertise.Expertise{Topics: topics, Languages: []string{"tr", "en", "de"}}, Most: 2}
		switch i {
		case 0:
			p.Conflicts = first
		case 2:
			p.Languages = []string{"tr", "en"}
		}
		c.guides = append(c.guides, h.guide(t, p))
	}
	h.Jobs(t)
	h.mails, h.news = nil, nil
	return c
}

func (c *stranded) settings(t *testing.T) partnerships.Settings {
	t.Helper()
	v, err := c.service.Planning(t.Context(), c.coordinator, ids.Person{})
	if err != nil {
		t.Fatal(err)
	}
	return v.Usual
}

func (c *stranded) plan(t *testing.T, g partnerships.Settings, reason string) partnerships.Plan {
	t.Helper()
	id, err := c.service.StartRun(t.Context(), c.coordinator, g, reason)
	if err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	p, err := c.service.Plan(t.Context(), c.coordinator, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// who is who a plan gives the partnership.
func who(p *partnerships.Plan, id ids.Partnership) ids.Person {
	for i := range p.Rows {
		if p.Rows[i].ID == id && p.Rows[i].Chosen >= 0 {
			return p.People[p.Rows[i].Chosen]
		}
	}
	return ids.Person{}
}

func (c *stranded) accompanying(t *testing.T) []ids.Person {
	t.Helper()
	all := make([]ids.Person, len(c.all))
	for i, id := range c.all {
		w, err := c.service.Partnership(t.Context(), c.System(), id)
		if err != nil {
			t.Fatal(err)
		}
		all[i] = w.Facilitator
	}
	return all
}

// TestAllAreGivenSomebodyAtOnce proposes the only assignment that keeps conflicts, languages and loads, lets it be computed anew by
// anybody, be changed by hand and be confirmed, and tells nobody before.
func TestAllAreGivenSomebodyAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	b := c.SignedIn(t, c.coordinator.Actor())
	b.Get("/facilitation")
	b.Want(200, "Nobody accompanies 3 partnerships")
	b.Submit("/facilitation", "load_max", "many")
	b.Want(422, "whole number")
	b.Get("/facilitation")
	b.Submit("/facilitation", "objective", "total", "seed", "7")
	b.Want(200, "10 %")
	runs3, err := c.service.Planning(t.Context(), c.coordinator, ids.Person{})
	if err != nil || len(runs3.Runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs3.Runs), err)
	}
	id := runs3.Runs[0].ID
	c.Jobs(t)
	path := "/facilitation/" + id.String()
	b.Get(path)
	b.Want(200, "To be looked at", "knows", "Who else would suit")
	p, err := c.service.Plan(t.Context(), c.coordinator, id)
	if err != nil {
		t.Fatal(err)
	}
	if first := who(&p, c.all[0]); first == c.guides[0].Actor().Person || first.IsZero() {
		t.Error("somebody with a conflict of interest is proposed, or nobody")
	}
	if third := who(&p, c.all[2]); third == c.guides[2].Actor().Person || third.IsZero() {
		t.Error("somebody who does not understand them is proposed, or nobody")
	}
	if got := c.accompanying(t); !slices.Equal(got, make([]ids.Person, 3)) || len(c.mails) > 0 {
		t.Errorf("before it is confirmed: %v, %d mails", got, len(c.mails))
	}

	b.Get(path + "/instance")
	b.Want(200)
	var answer assignment.Result
	solved, err := solver.Solve(t.Context(), []byte(b.Page.Body))
	if err == nil {
		err = json.Unmarshal(solved, &answer)
	}
	if err != nil || !answer.Feasible || !slices.EqualFunc(answer.Assignment, p.Answer.Assignment, slices.Equal) || *answer.Total != *p.Answer.Total {
		t.Errorf("computed anew: %+v, not %+v, %v", answer, p.Answer, err)
	}

	// By hand the second goes to the first person, and the third to nobody.
	chosen := slices.Clone(p.Run.Chosen)
	place := slices.Index(p.People, c.guides[0].Actor().Person)
	for i, one := range p.Partnerships {
		switch one {
		case c.all[1]:
			chosen[i] = place
		case c.all[2]:
			chosen[i] = -1
		}
	}
	barred := slices.Clone(chosen)
	barred[slices.Index(p.Partnerships, c.all[0])] = place
	if err := c.service.Change(t.Context(), c.coordinator, id, barred); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("somebody with a conflict of interest is chosen by hand: %v", err)
	}
	if err := c.service.Change(t.Context(), c.coordinator, id, chosen); err != nil {
		t.Fatal(err)
	}
	b.Get(path)
	b.Want(200, "changed it by hand")
	b.Submit(path, "do", "apply")
	c.Jobs(t)
	want := []ids.Person{who(&p, c.all[0]), c.guides[0].Actor().Person, {}}
	if got := c.accompanying(t); !slices.Equal(got, want) {
		t.Errorf("given: %v, not %v", got, want)
	}
	if c.told("accompanies", c.guides[0]) != 1 || c.told("accompanied", c.leads[1]) != 1 || c.told("accompanied", c.leads[2]) != 0 {
		t.Errorf("mails: %+v", c.mails)
	}
	b.Get(path)
	b.Want(200, "Confirmed on")
	if err := c.service.Change(t.Context(), c.coordinator, id, chosen); !fault.Is(err, fault.KindConflict) {
		t.Errorf("changed after it was confirmed: %v", err)
	}
	if _, _, err := c.service.ApplyRun(t.Context(), c.coordinator, id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("confirmed twice: %v", err)
	}
	if findings, err := partnerships.Check(t.Context(), c.System()); err != nil || len(findings) > 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

// TestWhatCannotBeAssignedSaysWhatToRelax names the bounds in words, and those whom nobody can accompany.
func TestWhatCannotBeAssignedSaysWhatToRelax(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	b := c.SignedIn(t, c.coordinator.Actor())
	for name, tt := range map[string]struct {
		change func(*partnerships.Settings)
		says   string
	}{
		"too little room": {func(g *partnerships.Settings) {
			for id := range g.Own {
				g.Own[id] = assignment.Bounds{Max: 1}
			}
			g.People = []ids.Person{c.guides[1].Actor().Person}
		}, "Raise the highest number of new ones"},
		"nobody understands": {func(g *partnerships.Settings) { g.People = []ids.Person{c.guides[2].Actor().Person} }, "Üç"},
		"more than there is": {func(g *partnerships.Settings) {
			for id := range g.Own {
				g.Own[id] = assignment.Bounds{Min: 2, Max: 2}
			}
		}, "Lower the least number of new ones"},
	} {
		g := c.settings(t)
		tt.change(&g)
		p := c.plan(t, g, "")
		if p.State != runs.Infeasible || len(p.Answer.Relax) == 0 {
			t.Errorf("%s: %s %v", name, p.State, p.Answer.Relax)
			continue
		}
		b.Get("/facilitation/" + p.ID.String())
		b.Want(200, "No assignment keeps all of these bounds", tt.says)
		if _, _, err := c.service.ApplyRun(t.Context(), c.coordinator, p.ID); !fault.Is(err, fault.KindConflict) {
			t.Errorf("%s is confirmed: %v", name, err)
		}
	}
}

// TestSomebodyIsReplacedInAllOfTheirs gives the partnerships of one person, and only these, to others, who tells them why.
func TestSomebodyIsReplacedInAllOfTheirs(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	out := c.guides[1]
	for _, id := range c.all[:2] {
		if err := c.service.Accompany(t.Context(), c.coordinator, id, c.version(t, id), out.Actor().Person, ""); err != nil {
			t.Fatal(err)
		}
	}
	c.Jobs(t)
	c.mails = nil
	b := c.SignedIn(t, c.coordinator.Actor())
	b.Get("/facilitators")
	b.Want(200, "Replace in all of them")
	address := "/facilitation?instead=" + out.Actor().Person.String()
	b.Get(address)
	b.Want(200, "for 2 partnerships", "In place of")
	b.Submit("/facilitation", "reason", "")
	b.Want(422)
	v, err := c.service.Planning(t.Context(), c.coordinator, out.Actor().Person)
	if err != nil {
		t.Fatal(err)
	}
	p := c.plan(t, v.Usual, "They have moved")
	if len(p.Partnerships) != 2 || slices.Contains(p.People, out.Actor().Person) {
		t.Fatalf("%d partnerships; %v", len(p.Partnerships), p.People)
	}
	if n, problems, err := c.service.ApplyRun(t.Context(), c.coordinator, p.ID); n != 2 || err != nil {
		t.Fatalf("%d, %v, %v", n, problems, err)
	}
	c.Jobs(t)
	for i, person := range c.accompanying(t)[:2] {
		if person.IsZero() || person == out.Actor().Person {
			t.Errorf("%d: %v", i, person)
		}
	}
	if c.told("accompaniment_ended", out) != 2 || c.accompanying(t)[2] != (ids.Person{}) {
		t.Errorf("mails: %+v", c.mails)
	}
	if _, err := c.service.Planning(t.Context(), c.coordinator, out.Actor().Person); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("of somebody who accompanies none: %v", err)
	}
}

// TestAProposalThatIsOvertakenGivesNothing tells what is not possible any more, and gives nothing of the rest.
func TestAProposalThatIsOvertakenGivesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	p := c.plan(t, c.settings(t), "")
	given := who(&p, c.all[2])
	other := c.guides[0]
	if given == other.Actor().Person {
		other = c.guides[1]
	}
	if err := c.service.Accompany(t.Context(), c.coordinator, c.all[2], c.version(t, c.all[2]), other.Actor().Person, ""); err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	c.mails = nil
	b := c.SignedIn(t, c.coordinator.Actor())
	path := "/facilitation/" + p.ID.String()
	b.Get(path)
	b.Submit(path, "do", "apply")
	b.Want(409, "Somebody else accompanies it by now", "Nothing was given")
	c.Jobs(t)
	if got := c.accompanying(t); !got[0].IsZero() || !got[1].IsZero() || len(c.mails) > 0 {
		t.Errorf("given nevertheless: %v, %d mails", got, len(c.mails))
	}
	b.Submit(path + "/cancellation")
	if again, err := c.service.Plan(t.Context(), c.coordinator, p.ID); err != nil || again.State != runs.Cancelled {
		t.Errorf("%s, %v", again.State, err)
	}
}

func TestOnlyCoordinatorsAssign(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	g := c.settings(t)
	p := c.plan(t, g, "")
	for name, sc := range map[string]tenants.Scope{"an officer": c.As(t, tenanttest.Role(tenants.RoleOfficer)), "a facilitator": c.guides[0], "a lead": c.leads[0], "a visitor": c.Visitor()} {
		_, plan := c.service.Plan(t.Context(), sc, p.ID)
		_, planning := c.service.Planning(t.Context(), sc, ids.Person{})
		_, start := c.service.StartRun(t.Context(), sc, g, "")
		_, _, apply := c.service.ApplyRun(t.Context(), sc, p.ID)
		_, _, file := c.service.RunFile(t.Context(), sc, p.ID)
		for what, err := range map[string]error{
			"plan": plan, "planning": planning, "start": start, "apply": apply, "file": file, "change": c.service.Change(t.Context(), sc, p.ID, p.Run.Chosen),
			"cancel": c.service.CancelRun(t.Context(), sc, p.ID), "compute": c.service.Compute(t.Context(), sc, partnerships.Computing{Run: p.ID}),
		} {
			if !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindUnauthenticated) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
	}
	// A run is told from another by its seed alone.
	again := c.plan(t, g, "")
	if !slices.Equal(again.Run.Chosen, p.Run.Chosen) {
		t.Errorf("the same twice: %v, %v", p.Run.Chosen, again.Run.Chosen)
	}
}
