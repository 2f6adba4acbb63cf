package matching_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/tenants"
)

// called are the organizations of the run's first group that has one of them.
func called(b *matching.Board, id ids.Organization) []ids.Organization {
	for _, g := range allGroups(b) {
		if slices.Contains(g, id) {
			return g
		}
	}
	return nil
}

// TestASwapChangesARunThatIsChangedByHand keeps what the solver found, changes one run from then on, and goes back step by step.
func TestASwapChangesARunThatIsChangedByHand(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	for n := range 3 {
		must(t, h.service.Wish(ctx, all[2*n].lead, all[2*n].id, all[2*n+1].id))
	}
	b := h.solve(t, team, round)
	found := allGroups(&b)
	if _, err := h.service.UndoSwap(ctx, team, round, b.ID, b.Version()); !fault.Is(err, fault.KindConflict) {
		t.Errorf("undone without a change: %v", err)
	}
	would, err := h.service.WouldSwap(ctx, team, round, b.ID, all[1].id, all[3].id)
	must(t, err)
	made, err := h.service.Swap(ctx, team, round, b.ID, b.Version(), all[1].id, all[3].id)
	must(t, err)
	first, err := h.service.Board(ctx, team, round, made)
	must(t, err)
	if would.Before != b.Total() || would.After != first.Total() || would.After >= would.Before {
		t.Errorf("told %+v, it was %d and is %d", would, b.Total(), first.Total())
	}
	again, err := h.service.Swap(ctx, team, round, made, first.Version(), all[3].id, all[5].id)
	must(t, err)
	if again != made {
		t.Error("a change of what was changed makes another run")
	}
	for _, want := range [][][]ids.Organization{allGroups(&first), found} {
		v, err := h.service.Board(ctx, team, round, made)
		must(t, err)
		back, err := h.service.UndoSwap(ctx, team, round, made, v.Version())
		must(t, err)
		now, err := h.service.Board(ctx, team, round, back)
		must(t, err)
		if diff := cmp.Diff(want, allGroups(&now)); diff != "" {
			t.Error(diff)
		}
		if now.Run.Solution.Total != now.Total() || now.Solved != b.Total() {
			t.Errorf("the total is kept as %d, and is %d; solved were %d", now.Run.Solution.Total, now.Total(), now.Solved)
		}
	}
	kept, err := h.service.Board(ctx, team, round, b.ID)
	must(t, err)
	if diff := cmp.Diff(found, allGroups(&kept)); diff != "" {
		t.Error(diff)
	}
	// Of what was proposed nothing changes any more.
	must(t, h.service.Propose(ctx, team, round, made, matching.Proposing{Groups: [][]ids.Organization{called(&kept, all[4].id)}, Due: inTwoWeeks()}))
	last, err := h.service.Board(ctx, team, round, made)
	must(t, err)
	other, err := h.service.Swap(ctx, team, round, made, last.Version(), all[1].id, all[3].id)
	must(t, err)
	if other == made {
		t.Error("a run was changed of which something was proposed")
	}
	must(t, h.service.CloseRound(ctx, team, round, true))
	for _, err := range []error{
		func() error { _, err := h.service.UndoSwap(ctx, team, round, other, 0); return err }(),
		func() error {
			_, err := h.service.WouldSwap(ctx, team, round, other, all[1].id, all[3].id)
			return err
		}(),
	} {
		wants(t, err, fault.KindConflict, "")
	}
}

// TestWhatSomebodyElseChangedIsNotUndone has two coordinators look at a run that was changed by hand: the second one sees first what the other
// has done, and whatever was on the page is not proposed once it is not so any more.
func TestWhatSomebodyElseChangedIsNotUndone(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	team, other := h.coordinator(t), h.coordinator(t)
	round := h.begin(t, team, nil)
	for n := range 3 {
		must(t, h.service.Wish(ctx, all[2*n].lead, all[2*n].id, all[2*n+1].id))
	}
	b := h.solve(t, team, round)
	made, err := h.service.Swap(ctx, team, round, b.ID, b.Version(), all[1].id, all[3].id)
	must(t, err)
	seen, err := h.service.Board(ctx, other, round, made)
	must(t, err)
	page := h.enters(t, other)
	path := "/rounds/" + round.String() + "/runs/" + made.String()
	page.Get(path)
	_, err = h.service.Swap(ctx, team, round, made, seen.Version(), all[3].id, all[5].id)
	must(t, err)
	now, err := h.service.Board(ctx, team, round, made)
	must(t, err)
	stale := func(err error) {
		t.Helper()
		if !fault.Is(err, fault.KindConflict) || fault.Of(err).Key != "fault.stale" {
			t.Errorf("%v", err)
		}
	}
	_, err = h.service.UndoSwap(ctx, other, round, made, seen.Version())
	stale(err)
	_, err = h.service.Swap(ctx, other, round, made, seen.Version(), all[1].id, all[5].id)
	stale(err)
	page.Submit(path + "/undoing")
	page.Want(http.StatusConflict, "Somebody else has changed this in the meantime.")
	stale(h.service.Propose(ctx, other, round, made, matching.Proposing{Groups: [][]ids.Organization{called(&seen, all[3].id)}, Due: inTwoWeeks()}))
	// One is changed after it was read, and before the round is held.
	h.mu.Lock()
	h.meantime = func() {
		_, err := h.service.UndoSwap(ctx, team, round, made, now.Version())
		must(t, err)
	}
	h.mu.Unlock()
	stale(h.service.Propose(ctx, other, round, made, matching.Proposing{Groups: [][]ids.Organization{called(&now, all[5].id)}, Due: inTwoWeeks()}))
	back, err := h.service.Board(ctx, team, round, made)
	must(t, err)
	if diff := cmp.Diff(allGroups(&seen), allGroups(&back)); diff != "" {
		t.Error(diff)
	}
	must(t, h.service.Propose(ctx, other, round, made, matching.Proposing{Groups: [][]ids.Organization{called(&back, all[3].id)}, Due: inTwoWeeks()}))
}

// TestAHoverReadsNotHowARunWasSolved makes what stands beside a run unreadable: what a swap would come to is told all the same.
func TestAHoverReadsNotHowARunWasSolved(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.many(t, 3)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	must(t, team.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE matching_runs SET beside = '[]' WHERE id = ?", b.ID).Exec(ctx)
		return err
	}))
	if _, err := h.service.Board(ctx, team, round, b.ID); err == nil {
		t.Fatal("it can be read")
	}
	_, err := h.service.WouldSwap(ctx, team, round, b.ID, b.Organizations[b.Groups[0].Members[0]], b.Organizations[b.Alone[0]])
	must(t, err)
}

// TestARoundKeepsItsLastRuns makes more runs than are kept: the oldest go, but not those of which something was proposed or made.
func TestARoundKeepsItsLastRuns(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.many(t, 3)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	in, alone := b.Organizations[b.Groups[0].Members[0]], b.Organizations[b.Alone[0]]
	var made []ids.Run
	for range 60 {
		id, err := h.service.Swap(ctx, team, round, b.ID, b.Version(), in, alone)
		must(t, err)
		made = append(made, id)
		if len(made) == 2 {
			v, err := h.service.Board(ctx, team, round, id)
			must(t, err)
			must(t, h.service.Propose(ctx, team, round, id, matching.Proposing{Groups: allGroups(&v), Due: inTwoWeeks()}))
		}
	}
	for n, id := range append([]ids.Run{b.ID}, made...) {
		_, err := h.service.Board(ctx, team, round, id)
		if want := n == 0 || n == 2 || n > 10; (err == nil) != want {
			t.Errorf("number %d: %v", n+1, err)
		}
	}
}

// TestAnOrganizationIsDragged does it with the mouse, sees what it comes to before it drops, takes it back, and is refused what cannot be.
func TestAnOrganizationIsDragged(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	must(t, h.service.Wish(ctx, all[2].lead, all[2].id, all[3].id))
	must(t, h.service.RuleOut(ctx, all[2].lead, all[2].id, all[5].id, "canary-quarrel"))
	must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[0].id, all[1].id}))
	b := h.solve(t, team, round)
	if diff := cmp.Diff([]string{"Organization 0+Organization 1", "Organization 2+Organization 3", "Organization 4+Organization 5"}, groups(&b)); diff != "" {
		t.Fatal(diff)
	}
	v, page := h.visit(t, uitest.Look{Language: "en"}, team)
	v.Go(page.Address("/rounds/" + round.String() + "/runs/" + b.ID.String()))
	v.Sees("Drag an organization onto another one, and they change places.")
	v.Accessible("board-drag-en")
	drags := func(what, onto side) {
		t.Helper()
		chip := func(s side) string { return `[data-chip="` + s.id.String() + `"]` }
		for !v.Drag(chip(what), chip(onto)) {
			t.Log("nothing was taken")
		}
	}
	drags(all[3], all[0])
	v.Sees("One of them is in a match that is kept together, or both are in none.")
	drags(all[3], all[5]) // beside 2, who has ruled it out
	v.Sees("Then organizations would be together that cannot be, or on a seat that does not take them.")
	drags(all[2], all[5])
	v.Sees("have changed places:", "points in total.", "Undo")
	v.Accessible("board-dragged-en")
	v.Press("Undo")
	v.Sees("The last change is undone.")
	if strings.Contains(v.Text(), "canary") {
		t.Error("the board tells why two are kept apart")
	}

	// The page's script asks this.
	ask := func(one, other ids.Organization) (fits bool, text string) {
		t.Helper()
		got := page.Get("/rounds/" + round.String() + "/runs/" + b.ID.String() + "/swap?one=" + one.String() + "&other=" + other.String())
		page.Want(http.StatusOK)
		var answer struct {
			Fits bool   `json:"fits"`
			Text string `json:"text"`
		}
		must(t, json.Unmarshal([]byte(got.Body), &answer))
		return answer.Fits, answer.Text
	}
	if fits, text := ask(all[2].id, all[5].id); !fits || !strings.HasSuffix(text, "points in total") {
		t.Errorf("%v %q", fits, text)
	}
	if fits, text := ask(all[2].id, all[2].id); fits || text != "Please choose another organization." {
		t.Errorf("%v %q", fits, text)
	}
}

// TestOnlySomeAskAtOnce has others ask already what would be if: it is said, and is possible again when they have their answers.
func TestOnlySomeAskAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	team := h.coordinator(t)
	b := h.solve(t, team, h.begin(t, team, nil))
	page := h.enters(t, team)
	path := "/rounds/" + b.Round.String() + "/runs/" + b.ID.String()
	three := h.founded(t, []side{h.side(t, "One", "TR"), h.side(t, "Two", "DE"), h.side(t, "Three", "DE")}, all...)
	free := h.service.Busy()
	_, err := h.service.WhatIf(ctx, team, &b, all[0].id, all[2].id)
	wants(t, err, fault.KindTooMany, "")
	_, err = h.service.Ranking(ctx, team, three.ID, []string{"b", "c"})
	wants(t, err, fault.KindTooMany, "")
	page.Get(path)
	page.Submit(path+"/what-if", "if_one", all[0].id.String(), "if_other", all[2].id.String())
	page.Want(http.StatusTooManyRequests, "Others are having something computed just now.")
	if _, err := h.service.Swap(ctx, team, b.Round, b.ID, b.Version(), all[0].id, b.Organizations[b.Groups[1].Members[0]]); err != nil && !fault.Is(err, fault.KindConflict) {
		t.Errorf("nor is a swap possible: %v", err)
	}
	free()
	_, err = h.service.WhatIf(ctx, team, &b, all[0].id, all[2].id)
	must(t, err)
	// A network has one place, and leaves the others to others.
	free = h.service.Busy(team.Tenant().ID)
	_, err = h.service.WhatIf(ctx, team, &b, all[0].id, all[2].id)
	wants(t, err, fault.KindTooMany, "")
	free()
	free = h.service.Busy(ids.New[ids.Tenant]())
	defer free()
	_, err = h.service.WhatIf(ctx, team, &b, all[0].id, all[2].id)
	must(t, err)
}

// TestARunIsCancelledWhileItIsComputed takes it back while the solver looks for groups: it ends soon, and nothing of it is kept.
func TestARunIsCancelledWhileItIsComputed(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	team := h.coordinator(t)
	call := matching.Call{ID: ids.New[ids.Call]()}
	h.mu.Lock()
	h.calls = []matching.Call{call}
	for n := range 100 {
		o := matching.Organization{ID: ids.New[ids.Organization](), Name: "O", Country: []geo.Country{"TR", "DE", "GR"}[n%3], Form: "association", Languages: [][]string{{"en"}, {"en", "de"}, {"de"}}[n%7%3]}
		h.known[o.ID] = o
		h.accepted = append(h.accepted, matching.Applicant{Organization: o.ID, Application: ids.New[ids.Application]()})
	}
	h.mu.Unlock()
	round := h.begin(t, team, func(r *matching.Round) {
		r.Pool, r.Call, r.Rules.Seats, r.Rules.Language = matching.AcceptedPool, call.ID, make([]matching.Seat, 3), false
	})
	run, err := h.service.StartRun(ctx, team, round)
	must(t, err)
	computed := make(chan error, 1)
	go func() { computed <- h.service.Compute(ctx, h.System(), matching.Computing{Run: run}) }()
	for {
		b, err := h.service.Board(ctx, team, round, run)
		must(t, err)
		if b.State == matching.RunRunning {
			break
		}
		if !b.State.Pending() {
			t.Fatalf("it was %s before it could be cancelled", b.State)
		}
	}
	must(t, h.service.CancelRun(ctx, team, round, run))
	must(t, <-computed)
	b, err := h.service.Board(ctx, team, round, run)
	must(t, err)
	if b.State != matching.RunCancelled || len(b.Groups) > 0 || len(b.Answer) > 0 {
		t.Errorf("it is %s, with %d groups", b.State, len(b.Groups))
	}
	page := h.enters(t, team)
	page.Get("/rounds/" + round.String() + "/runs/" + run.String())
	page.Want(http.StatusOK, "This run was cancelled.")
}
