package matching_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
)

// TestALockIsRefusedInOneWay has a pair that cannot be for each reason: all are refused with the same words, so that none of them
// tells of a veto, and each attempt is on record.
func TestALockIsRefusedInOneWay(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 5)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	must(t, h.service.RuleOut(ctx, all[1].lead, all[1].id, all[0].id, ""))
	card, _, err := h.service.Card(ctx, all[2].lead, all[2].id)
	must(t, err)
	card.Languages = []string{"el"}
	must(t, h.service.Write(ctx, all[2].lead, card))
	must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[3].id, all[4].id}))
	b := h.solve(t, team, round)
	i := slices.IndexFunc(b.Groups, func(g matching.Group) bool { return g.Kept })
	kept := []ids.Organization{b.Organizations[b.Groups[i].Members[0]], b.Organizations[b.Groups[i].Members[1]]}
	must(t, h.service.Propose(ctx, team, round, b.ID, matching.Proposing{Groups: [][]ids.Organization{kept}, Due: inTwoWeeks()}))
	must(t, h.service.Respond(ctx, all[3].lead, h.offerTo(t, all[3]).ID, false, "No."))
	v, err := h.service.Round(ctx, team, round)
	must(t, err)
	must(t, h.service.Untie(ctx, team, round, v.Ties[0].ID))
	for name, pair := range map[string][2]side{"a veto": {all[0], all[1]}, "no language in common": {all[0], all[2]}, "declined before": {all[3], all[4]}} {
		err := h.service.Tie(ctx, team, round, true, []ids.Organization{pair[0].id, pair[1].id})
		wants(t, err, fault.KindConflict, "")
		if key := fault.Of(err).Key; key != "matching.tie.cannot" {
			t.Errorf("%s: refused with %s", name, key)
		}
	}
	var refused int
	must(t, h.System().Read().NewRaw("SELECT count(*) FROM audit_entries WHERE action = 'round.lock_refused' AND subject_id = ?", round.String()).Scan(ctx, &refused))
	if refused != 3 {
		t.Errorf("%d refused locks on record", refused)
	}
}

// TestAWishThatABarLeavesUnmetIsNotKept drops it before anybody can see it, and keeps the ranks of the others.
func TestAWishThatABarLeavesUnmetIsNotKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	for _, wished := range []side{all[1], all[2]} {
		must(t, h.service.Wish(ctx, all[0].lead, all[0].id, wished.id))
	}
	must(t, h.service.RuleOut(ctx, all[1].lead, all[1].id, all[0].id, ""))
	team := h.coordinator(t)
	b := h.solve(t, team, h.begin(t, team, nil))
	of := func(s side) int { return slices.Index(b.Organizations, s.id) }
	if diff := cmp.Diff([]int{-1, of(all[2])}, b.Basis.Sides[of(all[0])].Wishes); diff != "" {
		t.Error(diff)
	}
}

// TestARunThatGoesOnIsFoundBehindManySwaps makes more runs by hand than a round's page lists.
func TestARunThatGoesOnIsFoundBehindManySwaps(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.many(t, 3)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	going, err := h.service.StartRun(t.Context(), team, round)
	must(t, err)
	in := b.Organizations[b.Groups[0].Members[0]]
	for range 21 {
		_, err := h.service.Swap(t.Context(), team, round, b.ID, b.Version(), in, b.Organizations[b.Alone[0]])
		must(t, err)
	}
	if again, err := h.service.StartRun(t.Context(), team, round); err != nil || again != going {
		t.Errorf("%v %v, not the one that goes on", again, err)
	}
}

// TestALockIsSeatedAnew revises the seats after a lock.
func TestALockIsSeatedAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	topics := []matching.Topic{"digital"}
	tr, de := h.findable(t, "Ada", "TR", topics, topics), h.findable(t, "Bora", "DE", topics, topics)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{tr.id, de.id}))
	seat := func(first, second geo.Country) {
		t.Helper()
		v, err := h.service.Round(ctx, team, round)
		must(t, err)
		v.Rules.Seats = []matching.Seat{{Countries: []geo.Country{first}}, {Countries: []geo.Country{second}}}
		must(t, h.service.ReviseRound(ctx, team, v.Round))
	}
	for _, want := range [][2]side{{tr, de}, {de, tr}} {
		country := map[ids.Organization]geo.Country{tr.id: "TR", de.id: "DE"}
		seat(country[want[0].id], country[want[1].id])
		b := h.solve(t, team, round)
		if diff := cmp.Diff([][]ids.Organization{{want[0].id, want[1].id}}, allGroups(&b)); diff != "" {
			t.Error(diff)
		}
	}
	h.findable(t, "Cem", "GR", topics, topics)
	v, err := h.service.Round(ctx, team, round)
	must(t, err)
	v.Rules.Seats = []matching.Seat{{Countries: []geo.Country{"TR", "DE"}}, {Countries: []geo.Country{"GR"}}}
	must(t, h.service.ReviseRound(ctx, team, v.Round))
	_, err = h.service.StartRun(ctx, team, round)
	wants(t, err, fault.KindConflict, "")
	if key := fault.Of(err).Key; key != "matching.run.lock_outdated" {
		t.Errorf("refused with %s", key)
	}
}

// TestALargePoolIsPutTogetherByFours has a hundred organizations on four open seats, which make four million groups.
func TestALargePoolIsPutTogetherByFours(t *testing.T) {
	t.Parallel()
	h := open(t)
	team := h.coordinator(t)
	h.mu.Lock()
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	h.calls = []matching.Call{call}
	for n := range 100 {
		o := matching.Organization{ID: ids.New[ids.Organization](), Name: fmt.Sprint(n), Country: "TR", Form: "association", Languages: []string{"en"}}
		h.known[o.ID] = o
		h.accepted = append(h.accepted, matching.Applicant{Organization: o.ID, Application: ids.New[ids.Application]()})
	}
	h.mu.Unlock()
	round := h.begin(t, team, func(r *matching.Round) {
		r.Pool, r.Call, r.Rules.Seats = matching.AcceptedPool, call.ID, make([]matching.Seat, 4)
	})
	b := h.solve(t, team, round)
	if len(b.Groups) != 25 || len(b.Alone) != 0 || b.Run.Solution.Bound < b.Run.Solution.Total {
		t.Errorf("%d groups, %d alone, %d of %d points", len(b.Groups), len(b.Alone), b.Run.Solution.Total, b.Run.Solution.Bound)
	}
	page := h.enters(t, team)
	page.Get("/rounds/" + round.String() + "/runs/" + b.ID.String())
	page.Want(http.StatusOK, "25 matches")
	const skipped = "were not worked out here"
	if b.Run.Beside.Skipped { // on a machine that is too slow for it
		page.Want(http.StatusOK, skipped)
	} else if len(b.Run.Beside.Alternatives) == 0 || strings.Contains(page.Page.Text(), skipped) {
		t.Errorf("nothing is told beside the proposal: %+v", b.Run.Beside)
	}
}

// TestAConflictWithAnOrganizationBarsFromItsRounds declares it about an application to some call: no round of cards with the
// organization is there any more, before and after it leaves the pool.
func TestAConflictWithAnOrganizationBarsFromItsRounds(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	team, conflicted := h.coordinator(t), h.coordinator(t)
	round := h.begin(t, team, nil)
	_, err := h.service.Round(ctx, conflicted, round)
	must(t, err)
	b := h.solve(t, team, round)
	h.mu.Lock()
	h.against = map[ids.Person][]ids.Organization{conflicted.Actor().Person: {all[0].id}}
	h.mu.Unlock()
	barred := func() {
		t.Helper()
		_, err := h.service.Board(ctx, conflicted, round, b.ID)
		wants(t, err, fault.KindForbidden, "")
		if listed, err := h.service.Rounds(ctx, conflicted); err != nil || len(listed.All) != 0 || !listed.Apart {
			t.Errorf("listed: %+v %v", listed, err)
		}
	}
	barred()
	must(t, h.service.Leave(ctx, all[0].lead, all[0].id, 2))
	barred()
	_, err = h.service.Round(ctx, team, round)
	must(t, err)
}

// TestThereIsNoStableSolution has three that each prefer another one of the three, and a fourth: the page names who would rather have each
// other, and what a change of mind would do.
func TestThereIsNoStableSolution(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	for n := range 3 {
		must(t, h.service.Wish(ctx, all[n].lead, all[n].id, all[(n+1)%3].id))
		must(t, h.service.Wish(ctx, all[n].lead, all[n].id, all[(n+2)%3].id))
	}
	team := h.coordinator(t)
	b := h.solve(t, team, h.begin(t, team, func(r *matching.Round) { r.Rules.Rankings = true }))
	if b.Run.Solution.Stable == nil || *b.Run.Solution.Stable || len(b.Run.Solution.Blocking) != 1 {
		t.Fatalf("%+v", b.Run.Solution)
	}
	pair := b.Run.Solution.Blocking[0]
	page := h.enters(t, team)
	path := "/rounds/" + b.Round.String() + "/runs/" + b.ID.String()
	page.Get(path)
	page.Want(http.StatusOK, "There is no stable solution. In this one 1 pair would both rather have each other:", b.Name(pair[0])+" + "+b.Name(pair[1]))
	// With the first preferring the third, these two are each other's first.
	page.Submit(path+"/what-if", "if_one", all[0].id.String(), "if_other", all[2].id.String())
	page.Want(http.StatusOK, "If Organization 0 preferred Organization 2 to all others", "Stable: no two would both rather have each other.")
	what, err := h.service.WhatIf(ctx, team, &b, all[0].id, all[2].id)
	must(t, err)
	of := func(s side) int { return slices.Index(b.Organizations, s.id) }
	if what.Solution.Stable == nil || !*what.Solution.Stable || !slices.ContainsFunc(what.Solution.Groups, func(g []int) bool {
		return slices.Contains(g, of(all[0])) && slices.Contains(g, of(all[2]))
	}) {
		t.Errorf("%+v", what.Solution)
	}
}

// TestWhatIfTwoOfThreeWereTogether asks for each pair of a pool with three seats: they are, and it costs what is missing of the total.
func TestWhatIfTwoOfThreeWereTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	must(t, h.service.Wish(ctx, all[0].lead, all[0].id, all[1].id))
	team := h.coordinator(t)
	b := h.solve(t, team, h.begin(t, team, func(r *matching.Round) { r.Rules.Seats = make([]matching.Seat, 3) }))
	for _, other := range all[1:] {
		what, err := h.service.WhatIf(ctx, team, &b, all[0].id, other.id)
		must(t, err)
		i, j := slices.Index(b.Organizations, all[0].id), slices.Index(b.Organizations, other.id)
		if !slices.ContainsFunc(what.Solution.Groups, func(g []int) bool { return slices.Contains(g, i) && slices.Contains(g, j) }) {
			t.Errorf("%+v", what.Solution)
		}
		if what.Cost < 0 || what.Fewer != 0 || what.Cost != b.Run.Solution.Total-what.Solution.Total {
			t.Errorf("it costs %d, %d fewer", what.Cost, what.Fewer)
		}
	}
	page := h.enters(t, team)
	path := "/rounds/" + b.Round.String() + "/runs/" + b.ID.String()
	page.Get(path)
	page.Submit(path+"/what-if", "if_one", all[0].id.String(), "if_other", all[5].id.String())
	page.Want(http.StatusOK, "If Organization 0 and Organization 5 were together")
}

// TestTwoTogetherWouldLeaveFewerMatches asks for a pair with which the others make no match, as each three of them have a veto among them.
func TestTwoTogetherWouldLeaveFewerMatches(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	must(t, h.service.RuleOut(ctx, all[2].lead, all[2].id, all[3].id, ""))
	must(t, h.service.RuleOut(ctx, all[4].lead, all[4].id, all[5].id, ""))
	team := h.coordinator(t)
	b := h.solve(t, team, h.begin(t, team, func(r *matching.Round) { r.Rules.Seats = make([]matching.Seat, 3) }))
	if len(b.Groups) != 2 {
		t.Fatalf("%d groups", len(b.Groups))
	}
	_, err := h.service.WhatIf(ctx, team, &b, all[0].id, all[1].id)
	wants(t, err, fault.KindConflict, "")
	if key := fault.Of(err).Key; key != "matching.what_if.not_as_many" {
		t.Errorf("refused with %s", key)
	}
}

// TestNobodyGoesWithTwo asks for a pair beside which everybody else has ruled out one of the two, by rules that do not ask for many matches.
func TestNobodyGoesWithTwo(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	for n, s := range all[2:] {
		must(t, h.service.RuleOut(ctx, s.lead, s.id, all[n%2].id, ""))
	}
	team := h.coordinator(t)
	b := h.solve(t, team, h.begin(t, team, func(r *matching.Round) { r.Rules.Seats, r.Rules.Most = make([]matching.Seat, 3), false }))
	_, err := h.service.WhatIf(ctx, team, &b, all[0].id, all[1].id)
	wants(t, err, fault.KindConflict, "")
	if key := fault.Of(err).Key; key != "matching.what_if.no_match" {
		t.Errorf("refused with %s", key)
	}
}
