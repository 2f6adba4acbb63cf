package matching_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/modules/solver"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (h *house) coordinator(t *testing.T, grants ...tenants.Grant) tenants.Scope {
	t.Helper()
	return h.As(t, append(grants, tenanttest.Role(tenants.RoleCoordinator))...)
}

// begin makes a round of the cards, with rules that a test changes.
func (h *house) begin(t *testing.T, sc tenants.Scope, change func(r *matching.Round)) ids.Round {
	t.Helper()
	r := matching.Round{Title: "Spring", Pool: matching.CardsPool, Rules: matching.UsualRules()}
	if change != nil {
		change(&r)
	}
	id, err := h.service.BeginRound(t.Context(), sc, r)
	must(t, err)
	return id
}

// solve runs a round to the end.
func (h *house) solve(t *testing.T, sc tenants.Scope, round ids.Round) matching.Board {
	t.Helper()
	id, err := h.service.StartRun(t.Context(), sc, round)
	must(t, err)
	var b matching.Board
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); { // the core's queue is that of all tests, and another one may be at it
		h.Jobs(t)
		b, err = h.service.Board(t.Context(), sc, round, id)
		must(t, err)
		if !b.State.Pending() {
			break
		}
	}
	if b.State != matching.RunDone {
		t.Fatalf("the run is %s", b.State)
	}
	return b
}

// groups are the names of a board's groups.
func groups(b *matching.Board) []string {
	var all []string
	for _, g := range b.Groups {
		var names []string
		for _, at := range g.Members {
			names = append(names, b.Name(at))
		}
		slices.Sort(names)
		all = append(all, strings.Join(names, "+"))
	}
	slices.Sort(all)
	return all
}

func TestEachStateOfARunAllowsItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[matching.RunVerb]string{
		matching.BeginRun:  "queued>running running>running",
		matching.FinishRun: "running>done",
		matching.FailRun:   "running>failed",
		matching.CancelRun: "queued>cancelled running>cancelled",
	}
	got := map[matching.RunVerb]string{}
	for _, v := range matching.RunVerbs {
		var row []string
		for _, s := range matching.RunStates {
			if after, ok := s.After(v); ok {
				row = append(row, string(s)+">"+string(after))
			}
		}
		got[v] = strings.Join(row, " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestARoundIsSolvedAndCanBeChecked puts four organizations together by needs, wishes and a veto, and computes the file that anybody
// may take away anew.
func TestARoundIsSolvedAndCanBeChecked(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	ada, bora := h.findable(t, "Ada", "TR", one, other), h.findable(t, "Bora", "DE", other, one)
	cem, dora := h.findable(t, "Cem", "TR", one, other), h.findable(t, "Dora", "DE", other, one)
	must(t, h.service.RuleOut(ctx, dora.lead, dora.id, cem.id, "canary-quarrel"))
	must(t, h.service.Wish(ctx, ada.lead, ada.id, bora.id))
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	if diff := cmp.Diff([]string{"Ada+Dora", "Bora+Cem"}, groups(&b)); diff != "" {
		t.Error(diff)
	}
	if len(b.Beside.Trades) == 0 || b.Beside.Trades[0].Rank != 1 || b.Beside.Trades[0].Fewer != 1 {
		t.Errorf("Ada's wish: %+v", b.Beside.Trades)
	}
	file, _, err := h.service.RunFile(ctx, team, round, b.ID)
	must(t, err)
	answer, err := solver.Solve(ctx, file)
	must(t, err)
	if string(answer) != string(b.Answer) {
		t.Errorf("computed anew: %s, kept: %s", answer, b.Answer)
	}
	if strings.Contains(string(file), "canary") || strings.Contains(string(file), dora.id.String()) {
		t.Errorf("the file tells of a veto: %s", file)
	}

	page := h.enters(t, team)
	page.Get("/rounds/" + round.String() + "/runs/" + b.ID.String())
	page.Want(http.StatusOK, "Ada + Dora", "Ada wished for Bora as number 1. Then there would be 1 match fewer.", "Ada offers what Dora needs: Money: management and control", "Both work in: English", "There is no better solution.")
	for _, secret := range []string{"canary-quarrel", "ruled out", "veto"} {
		if strings.Contains(page.Page.Body, secret) {
			t.Errorf("the board says %q", secret)
		}
	}
	if got := page.Get("/rounds/" + round.String() + "/runs/" + b.ID.String() + "/instance"); got.Body != string(file)+"\n" {
		t.Errorf("downloaded: %s", got.Body)
	}
	for who, sc := range map[string]tenants.Scope{"a lead": ada.lead, "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)), "a visitor": h.Visitor()} {
		if _, err := h.service.Board(ctx, sc, round, b.ID); err == nil {
			t.Errorf("%s sees the board", who)
		}
		if _, err := h.service.Rounds(ctx, sc); err == nil {
			t.Errorf("%s lists rounds", who)
		}
	}
}

// TestWhoIsNotImpartialSeesNoRound keeps a coordinator from rounds of their own organizations, and of calls in which they have
// a conflict of interest, whatever the pool has.
func TestWhoIsNotImpartialSeesNoRound(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.many(t, 2)
	ours := h.many(t, 1)[0]
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	h.mu.Lock()
	h.calls = []matching.Call{call}
	h.mu.Unlock()
	team := h.coordinator(t)
	cards := h.begin(t, team, nil)
	applied := h.begin(t, team, func(r *matching.Round) { r.Pool, r.Call = matching.AcceptedPool, call.ID })
	b := h.solve(t, team, cards)
	inPool, conflicted := h.coordinator(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: ours.id}), h.coordinator(t)
	h.mu.Lock()
	h.partial[conflicted.Actor().Person] = map[ids.Call]bool{call.ID: true}
	h.mu.Unlock()
	for _, c := range []struct {
		who    tenants.Scope
		hidden ids.Round
		shown  ids.Round
	}{{inPool, cards, applied}, {conflicted, applied, cards}} {
		all, err := h.service.Rounds(ctx, c.who)
		must(t, err)
		if len(all.All) != 1 || all.All[0].ID != c.shown || !all.Apart {
			t.Errorf("listed: %+v", all)
		}
		_, err = h.service.Round(ctx, c.who, c.hidden)
		wants(t, err, fault.KindForbidden, "")
		if fault.Of(err).Key != "matching.round.partial" {
			t.Errorf("refused with %s", fault.Of(err).Key)
		}
		_, err = h.service.StartRun(ctx, c.who, c.hidden)
		wants(t, err, fault.KindForbidden, "")
		wants(t, h.service.CloseRound(ctx, c.who, c.hidden, true), fault.KindForbidden, "")
		wants(t, h.service.Tie(ctx, c.who, c.hidden, false, nil), fault.KindForbidden, "")
		wants(t, h.service.ReviseRound(ctx, c.who, matching.Round{ID: c.hidden}), fault.KindForbidden, "")
		_, err = h.service.Round(ctx, c.who, c.shown)
		must(t, err)
	}
	_, _, err := h.service.RunFile(ctx, inPool, cards, b.ID)
	wants(t, err, fault.KindForbidden, "")
	// Leaving the pool changes nothing about what was solved with them.
	must(t, h.service.Leave(ctx, ours.lead, ours.id, 2))
	_, err = h.service.Board(ctx, inPool, cards, b.ID)
	wants(t, err, fault.KindForbidden, "")
	_, err = h.service.BeginRound(ctx, conflicted, matching.Round{Title: "Mine", Pool: matching.EligiblePool, Call: call.ID, Rules: matching.UsualRules()})
	wants(t, err, fault.KindForbidden, "")
	if choices, err := h.service.Choices(ctx, conflicted); err != nil || len(choices) != 0 {
		t.Errorf("may choose %v %v", choices, err)
	}
	page := h.enters(t, conflicted)
	page.Get("/rounds/" + applied.String())
	page.Want(http.StatusForbidden, "you have a conflict of interest in an application to its call")
}

// TestWhoIsLeftOutAndWhy counts those that take no part, by reason; one that has no card that others may read is known by its profile only.
func TestWhoIsLeftOutAndWhy(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 5)
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	silent := h.side(t, "Silent", "DE")
	must(t, h.service.Write(ctx, silent.lead, matching.Card{Organization: silent.id, Needs: []matching.Topic{"digital"}, Offers: []matching.Topic{"digital"}, Languages: []string{"fr"}, Relation: matching.EitherRelation}))
	h.mu.Lock()
	h.calls = []matching.Call{call}
	for _, s := range append(slices.Clone(all), silent) {
		h.accepted = append(h.accepted, matching.Applicant{Organization: s.id, Application: ids.New[ids.Application]()})
	}
	h.going[all[0].id] = true
	h.mu.Unlock()
	team := h.coordinator(t)
	round := h.begin(t, team, func(r *matching.Round) {
		r.Pool, r.Call = matching.AcceptedPool, call.ID
		r.Rules.Seats = []matching.Seat{{Countries: []geo.Country{"DE"}}, {Countries: []geo.Country{"DE", "GR"}}}
	})
	v, err := h.service.Round(ctx, team, round)
	must(t, err)
	// The others of Türkiye fit no seat; of Germany two and the silent one take part.
	if v.In() != 3 || v.LeftOut(matching.Partnered) != 1 || v.LeftOut(matching.Unseated) != 2 || v.Uncarded() != 1 {
		t.Errorf("in %d, partnered %d, unseated %d, uncarded %d", v.In(), v.LeftOut(matching.Partnered), v.LeftOut(matching.Unseated), v.Uncarded())
	}
	b := h.solve(t, team, round)
	for i, id := range b.Organizations {
		if side := b.Basis.Sides[i]; id == silent.id && (side.Carded || len(side.Needs) > 0 || slices.Contains(side.Languages, "fr")) {
			t.Errorf("a card that is not to be read was read: %+v", side)
		}
	}
	if len(b.Run.Applications) != 3 {
		t.Errorf("applications: %v", b.Run.Applications)
	}
	page := h.enters(t, team)
	page.Get("/rounds/" + round.String())
	page.Want(http.StatusOK, "3 organizations take part.", "1 is left out: it is in a partnership already.", "2 are left out: they fit none of the seats.", "1 of them has no card that others can read")
}

// TestTiesHoldInTheNextRun keeps a pair together and another one apart.
func TestTiesHoldInTheNextRun(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 6)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[0].id, all[3].id}))
	must(t, h.service.Tie(ctx, team, round, false, []ids.Organization{all[1].id, all[2].id}))
	must(t, h.service.Tie(ctx, team, round, false, []ids.Organization{all[1].id, all[4].id}))
	wants(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[0].id, all[4].id}), fault.KindConflict, "")
	wants(t, h.service.Tie(ctx, team, round, false, []ids.Organization{all[0].id, all[3].id}), fault.KindConflict, "")
	wants(t, h.service.Tie(ctx, team, round, false, []ids.Organization{all[0].id}), fault.KindInvalid, "organization")
	wants(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[4].id, all[4].id}), fault.KindInvalid, "organization")
	must(t, h.service.RuleOut(ctx, all[5].lead, all[5].id, all[4].id, ""))
	wants(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[4].id, all[5].id}), fault.KindConflict, "")
	b := h.solve(t, team, round)
	if diff := cmp.Diff([]string{"Organization 0+Organization 3", "Organization 1+Organization 5", "Organization 2+Organization 4"}, groups(&b)); diff != "" {
		t.Error(diff)
	}
	v, err := h.service.Round(ctx, team, round)
	must(t, err)
	must(t, h.service.Untie(ctx, team, round, v.Ties[1].ID))
	if v, err = h.service.Round(ctx, team, round); err != nil || len(v.Ties) != 2 {
		t.Errorf("%d ties %v", len(v.Ties), err)
	}
}

// TestOneRunAtATime begins two at once, of which one is begun, and cancels it: it stays cancelled when its job comes.
func TestOneRunAtATime(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.many(t, 4)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	found := make(chan ids.Run, 8)
	for range cap(found) {
		go func() {
			id, err := h.service.StartRun(ctx, team, round)
			if err != nil {
				t.Error(err)
			}
			found <- id
		}()
	}
	first := <-found
	for range cap(found) - 1 {
		if other := <-found; other != first {
			t.Errorf("%v and %v at once", first, other)
		}
	}
	must(t, h.service.CancelRun(ctx, team, round, first))
	wants(t, h.service.CancelRun(ctx, team, round, first), fault.KindConflict, "")
	h.Jobs(t)
	b, err := h.service.Board(ctx, team, round, first)
	must(t, err)
	if b.State != matching.RunCancelled || len(b.Groups) > 0 {
		t.Errorf("cancelled, then %s", b.State)
	}
	h.solve(t, team, round)
	must(t, h.service.CloseRound(ctx, team, round, true))
	_, err = h.service.StartRun(ctx, team, round)
	wants(t, err, fault.KindConflict, "")
}

// TestARoundsRules has a round for each rule, which breaks only that one.
func TestARoundsRules(t *testing.T) {
	t.Parallel()
	h := open(t)
	team := h.coordinator(t)
	for field, spoil := range map[string]func(r *matching.Round){
		"title":            func(r *matching.Round) { r.Title = " " },
		"pool":             func(r *matching.Round) { r.Pool = "all" },
		"call":             func(r *matching.Round) { r.Pool, r.Call = matching.EligiblePool, ids.New[ids.Call]() },
		"seats":            func(r *matching.Round) { r.Rules.Seats = make([]matching.Seat, 5) },
		"seat_2_kind":      func(r *matching.Round) { r.Rules.Seats[1].Kind = "club" },
		"seat_1_countries": func(r *matching.Round) { r.Rules.Seats[0].Countries = []geo.Country{"ZZ"} },
		"weight_needs":     func(r *matching.Round) { r.Rules.Weights.Needs = 11 },
		"method":           func(r *matching.Round) { r.Rules.Rankings, r.Rules.Seats = true, make([]matching.Seat, 3) },
		"seed":             func(r *matching.Round) { r.Rules.Seed = matching.MostSeed + 1 },
	} {
		r := matching.Round{Title: "Spring", Pool: matching.CardsPool, Rules: matching.UsualRules()}
		spoil(&r)
		_, err := h.service.BeginRound(t.Context(), team, r)
		wants(t, err, fault.KindInvalid, field)
	}
	r := matching.Round{Title: "Spring", Pool: matching.CardsPool, Rules: matching.UsualRules()}
	r.Rules.Weights = matching.Weights{}
	_, err := h.service.BeginRound(t.Context(), team, r)
	wants(t, err, fault.KindInvalid, "weight_needs")
	id := h.begin(t, team, nil)
	_, err = h.service.StartRun(t.Context(), team, id)
	wants(t, err, fault.KindConflict, "") // nobody is in the pool
	r = matching.Round{ID: id, Title: "Summer", Pool: matching.CardsPool, Rules: matching.UsualRules(), Version: 1}
	must(t, h.service.ReviseRound(t.Context(), team, r))
	wants(t, h.service.ReviseRound(t.Context(), team, r), fault.KindConflict, "")
}

// TestChangingByHand swaps two, asks what would be, and compares.
func TestChangingByHand(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	must(t, h.service.Wish(ctx, all[0].lead, all[0].id, all[1].id))
	b := h.solve(t, team, round)
	if diff := cmp.Diff([]string{"Organization 0+Organization 1", "Organization 2+Organization 3"}, groups(&b)); diff != "" {
		t.Fatal(diff)
	}
	what, err := h.service.WhatIf(ctx, team, &b, all[0].id, all[2].id)
	must(t, err)
	if what.Cost <= 0 || len(what.New) != 2 || len(what.Gone) != 2 {
		t.Errorf("what if: %+v", what)
	}
	_, err = h.service.WhatIf(ctx, team, &b, all[0].id, all[0].id)
	wants(t, err, fault.KindInvalid, "if_other")
	made, err := h.service.Swap(ctx, team, round, b.ID, b.Version(), all[1].id, all[2].id)
	must(t, err)
	swapped, err := h.service.Board(ctx, team, round, made)
	must(t, err)
	if diff := cmp.Diff([]string{"Organization 0+Organization 2", "Organization 1+Organization 3"}, groups(&swapped)); diff != "" {
		t.Error(diff)
	}
	if swapped.Total() != b.Total()-what.Cost || swapped.Solved != b.Total() {
		t.Errorf("%d points by hand, %d before, which costs %d", swapped.Total(), b.Total(), what.Cost)
	}
	_, err = h.service.Swap(ctx, team, round, b.ID, b.Version(), all[0].id, all[1].id)
	wants(t, err, fault.KindConflict, "") // both in one match
	_, err = h.service.Swap(ctx, team, round, b.ID, b.Version(), all[0].id, ids.New[ids.Organization]())
	wants(t, err, fault.KindInvalid, "other")
	c, err := h.service.Compare(ctx, team, round, b.ID, made)
	must(t, err)
	if len(c.Both) != 0 || len(c.OnlyOne) != 2 || len(c.OnlyOther) != 2 || c.Totals != [2]int{b.Total(), swapped.Total()} {
		t.Errorf("compared: %+v", c)
	}
	other := h.begin(t, team, nil)
	_, err = h.service.Board(ctx, team, other, made)
	wants(t, err, fault.KindNotFound, "")
}

// TestABoardOfThreesSaysWhatWasTraded puts eight organizations together in threes: one wished for somebody whom others need more, and two
// are left over.
func TestABoardOfThreesSaysWhatWasTraded(t *testing.T) {
	t.Parallel()
	h := open(t)
	one, other := []matching.Topic{"digital"}, []matching.Topic{"finance"}
	var all []side
	for n, name := range []string{"Ada", "Bora", "Cem", "Dora", "Ece", "Figen", "Gül", "Hale"} {
		needs, offers := one, other
		if n%2 == 0 {
			needs, offers = other, one
		}
		all = append(all, h.findable(t, name, []geo.Country{"TR", "DE"}[n%2], needs, offers))
	}
	must(t, h.service.Wish(t.Context(), all[0].lead, all[0].id, all[7].id))
	must(t, h.service.Wish(t.Context(), all[1].lead, all[1].id, all[7].id))
	must(t, h.service.Wish(t.Context(), all[7].lead, all[7].id, all[1].id))
	must(t, h.service.RuleOut(t.Context(), all[0].lead, all[0].id, all[1].id, "canary-quarrel"))
	team := h.coordinator(t)
	round := h.begin(t, team, func(r *matching.Round) { r.Rules.Seats = make([]matching.Seat, 3) })
	b := h.solve(t, team, round)
	page := h.enters(t, team)
	path := "/rounds/" + round.String() + "/runs/" + b.ID.String()
	page.Get(path)
	page.Want(http.StatusOK, "What was traded", "Ada wished for Hale as number 1. The best match with both is", "of the total.", "Other solutions", "Without ", "In no match", "Fewer are left over than a match needs.")
	for _, secret := range []string{"canary-quarrel", "ruled out", "veto"} {
		if strings.Contains(page.Page.Body, secret) {
			t.Errorf("the board says %q", secret)
		}
	}
	if len(b.Alone) != 2 || len(b.Beside.Lone) != 2 || len(b.TradesOf(b.Alone...)) != 2 {
		t.Errorf("alone: %v, why: %+v, and what was traded: %+v", b.Alone, b.Beside.Lone, b.TradesOf(b.Alone...))
	}
	v, _ := h.visit(t, uitest.Look{Language: "de", Phone: true}, team)
	v.Go(page.Address(path))
	v.Sees("Es sind weniger übrig, als eine Gruppe braucht.", "Die beste Gruppe mit beiden ist")
	v.Accessible("board-threes-de")
	made, err := h.service.Swap(t.Context(), team, round, b.ID, b.Version(), b.Organizations[b.Alone[0]], b.Organizations[b.Groups[0].Members[0]])
	must(t, err)
	page.Get("/rounds/" + round.String() + "/runs/" + made.String())
	page.Want(http.StatusOK, "In no match")
	if strings.Contains(page.Page.Body, "Fewer are left over") { // what stood beside the solution says nothing about another one
		t.Error("the reasons of another solution are shown")
	}
}

// TestABoardByRankingsShowsOtherStableSolutions has four of whom two wish the other way round than those that they wish for.
func TestABoardByRankingsShowsOtherStableSolutions(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	var all []side
	for _, name := range []string{"Ada", "Bora", "Cem", "Dora"} {
		all = append(all, h.findable(t, name, "TR", topics, topics))
	}
	for from, wishes := range [][2]int{{2, 3}, {3, 2}, {1, 0}, {0, 1}} {
		for _, to := range wishes {
			must(t, h.service.Wish(t.Context(), all[from].lead, all[from].id, all[to].id))
		}
	}
	team := h.coordinator(t)
	round := h.begin(t, team, func(r *matching.Round) { r.Rules.Rankings = true })
	b := h.solve(t, team, round)
	if b.Beside.Stable == nil || b.Beside.Stable.Count != 1 {
		t.Fatalf("%v: %+v", groups(&b), b.Beside)
	}
	other := map[string][]string{"Ada+Cem": {"Ada + Dora", "Bora + Cem"}, "Ada+Dora": {"Ada + Cem", "Bora + Dora"}}[groups(&b)[0]]
	page := h.enters(t, team)
	page.Get("/rounds/" + round.String() + "/runs/" + b.ID.String())
	page.Want(http.StatusOK, "Other stable solutions", "There is 1 more.", "Better for ", "; worse for ", other[0], other[1])
}

// TestARoundAsksAsOftenForManyAsForFew counts the statements behind each page with few rows and with many.
func TestARoundAsksAsOftenForManyAsForFew(t *testing.T) {
	t.Parallel()
	h := open(t)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	all := h.many(t, 2)
	b := h.enters(t, team)
	count := func() string {
		run := h.solve(t, team, round)
		var all []int64
		for _, path := range []string{"/rounds", "/rounds/new", "/rounds/" + round.String(), "/rounds/" + round.String() + "/runs/" + run.ID.String()} {
			all = append(all, h.queries.Least(func() {
				b.Get(path)
				b.Want(http.StatusOK)
			}))
		}
		return fmt.Sprint(all)
	}
	must(t, h.service.Tie(t.Context(), team, round, false, []ids.Organization{all[0].id, all[1].id}))
	few := count()
	more := h.many(t, 6)
	h.begin(t, team, nil)
	for _, o := range more[:3] {
		must(t, h.service.Tie(t.Context(), team, round, false, []ids.Organization{all[0].id, o.id}))
	}
	if many := count(); many != few {
		t.Errorf("%s queries for many, %s for few", many, few)
	}
}

// TestACoordinatorPutsOrganizationsTogether goes the way in a real browser, on a phone and in German.
func TestACoordinatorPutsOrganizationsTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 5)
	must(t, h.service.Wish(t.Context(), all[0].lead, all[0].id, all[1].id))
	team := h.coordinator(t)
	v, b := h.visit(t, uitest.Look{Language: "de", Phone: true}, team)
	v.Go(b.Address("/rounds"))
	v.Accessible("rounds-empty-de")
	v.Press("Neue Runde")
	v.Accessible("round-new-de")
	v.Press("Runde speichern")
	v.Sees("Bitte füllen Sie dieses Feld aus")
	v.Fill("title", "Frühling")
	v.Press("Runde speichern")
	v.Sees("Frühling", "5 Organisationen nehmen teil.")
	v.Accessible("round-de")
	v.Press("Vorschlagen lassen")
	v.Sees("Wartet, bis er an der Reihe ist")
	v.Accessible("round-waiting-de")
	h.Jobs(t)
	v.Sees("Organization 0 wünscht sich Organization 1 an Stelle 1", "2 Gruppen") // the page asks again by itself
	v.Accessible("board-de")
	v.Choose("if_one", all[0].id.String())
	v.Choose("if_other", all[2].id.String())
	v.Press("Fragen")
	v.Sees("Wenn Organization 0 und Organization 2 zusammen wären")
	v.Accessible("board-if-de")
}

func (h *house) visit(t *testing.T, look uitest.Look, sc tenants.Scope) (*uitest.Visitor, *sitetest.Browser) {
	t.Helper()
	b, v := h.SignedIn(t, sc.Actor()), uitest.Visit(t, look)
	v.Carry(b.Address("/"), site.SessionCookie, b.Cookie(site.SessionCookie))
	v.Carry(b.Address("/"), "language", look.Language)
	return v, b
}
