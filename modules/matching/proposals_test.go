package matching_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// propose sends proposals for all groups of a board.
func (h *house) propose(t *testing.T, sc tenants.Scope, b *matching.Board, due time.Time) {
	t.Helper()
	must(t, h.service.Propose(t.Context(), sc, b.Round, b.ID, matching.Proposing{Groups: allGroups(b), Due: due, Note: "Please talk first."}))
}

func allGroups(b *matching.Board) [][]ids.Organization {
	var all [][]ids.Organization
	for _, g := range b.Groups {
		var group []ids.Organization
		for _, at := range g.Members {
			group = append(group, b.Organizations[at])
		}
		all = append(all, group)
	}
	return all
}

// offerTo is the newest proposal to an organization.
func (h *house) offerTo(t *testing.T, s side) matching.Offered {
	t.Helper()
	all, err := h.service.Offers(t.Context(), s.lead)
	must(t, err)
	if len(all) == 0 {
		t.Fatal("no proposal")
	}
	return all[0]
}

// partner is with whom a proposal puts a side, of several.
func partner(o *matching.Offered, s side, all []side) side {
	for _, other := range all {
		if other.id != s.id && slices.Contains(o.Organizations, other.id) {
			return other
		}
	}
	return side{}
}

func inTwoWeeks() time.Time { return time.Now().AddDate(0, 0, 14) }

// applied makes sides applicants whose places were accepted, and a round of them.
func (h *house) applied(t *testing.T, sc tenants.Scope, all []side) ids.Round {
	t.Helper()
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	h.mu.Lock()
	h.calls = []matching.Call{call}
	for _, s := range all {
		h.accepted = append(h.accepted, matching.Applicant{Organization: s.id, Application: ids.New[ids.Application]()})
	}
	h.mu.Unlock()
	return h.begin(t, sc, func(r *matching.Round) { r.Pool, r.Call = matching.AcceptedPool, call.ID })
}

// TestAProposalIsAccepted goes from the run to the match: of places that were won it tells which applications belong together.
func TestAProposalIsAccepted(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	must(t, h.service.Wish(ctx, all[0].lead, all[0].id, all[1].id))
	team := h.coordinator(t)
	round := h.applied(t, team, all)
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	wants(t, h.service.Propose(ctx, team, round, b.ID, matching.Proposing{Groups: allGroups(&b), Due: inTwoWeeks()}), fault.KindConflict, "")
	_, err := h.service.StartRun(ctx, team, round)
	wants(t, err, fault.KindConflict, "") // all have something to answer

	offer := h.offerTo(t, all[0])
	if !offer.MayAnswer || !slices.Contains(offer.Organizations, all[1].id) {
		t.Fatalf("%+v", offer)
	}
	page := h.enters(t, all[0].lead)
	page.Get("/desk")
	page.Want(http.StatusOK, "Answer a proposal for Organization 0")
	page.Get("/partners/proposals")
	page.Get(page.Page.Link("With Organization 1"))
	page.Want(http.StatusOK, "Please talk first.", "your partnership is founded at once", "You both work in: English", "Organization 1 has not answered yet")
	if strings.Contains(page.Page.Body, "wish") && strings.Contains(page.Page.Body, "number 1") {
		t.Error("the page tells of wishes")
	}
	page.Submit("/partners/proposals/"+offer.ID.String()+"/answer", "answer", "yes")
	page.Want(http.StatusOK, "You have accepted.", "Organization 0 has accepted")
	wants(t, h.service.Respond(ctx, all[0].lead, offer.ID, false, "No."), fault.KindConflict, "")
	h.Jobs(t)
	if len(h.matched()) != 0 {
		t.Error("matched by one alone")
	}
	must(t, h.service.Respond(ctx, all[1].lead, offer.ID, true, ""))
	h.Jobs(t)
	made := h.matched()
	if len(made) != 1 || made[0].Match != offer.ID || len(made[0].Applications) != 2 {
		t.Fatalf("matched: %+v", made)
	}
	for _, mail := range h.mails {
		for _, value := range mail.Args {
			if strings.Contains(value, "Organization") {
				t.Errorf("%s names somebody: %v", mail.Kind, mail.Args)
			}
		}
		if mail.AboutKind != "round" || mail.AboutID != round.String() || strings.Contains(mail.Path, offer.ID.String()) {
			t.Errorf("%s is about %s, and leads to %s", mail.Kind, mail.AboutKind, mail.Path)
		}
	}
	wants(t, h.service.ReviseRound(ctx, team, matching.Round{ID: round, Title: "Spring", Pool: matching.CardsPool, Rules: matching.UsualRules(), Version: 1}), fault.KindInvalid, "pool")
	other := matching.UsualRules()
	other.Seats = make([]matching.Seat, 3)
	h.mu.Lock()
	call := h.calls[0].ID
	h.mu.Unlock()
	wants(t, h.service.ReviseRound(ctx, team, matching.Round{ID: round, Title: "Spring", Pool: matching.AcceptedPool, Call: call, Rules: other, Version: 1}), fault.KindInvalid, "seats")
}

func (h *house) matched() []events.PlacesMatched {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.places)
}

// TestPlacesAreNotWonByMatching accepts in pools in which nobody has won anything: nothing is founded.
func TestPlacesAreNotWonByMatching(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	team := h.coordinator(t)
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	h.mu.Lock()
	h.calls = []matching.Call{call}
	for _, s := range all {
		h.eligible = append(h.eligible, matching.Applicant{Organization: s.id, Application: ids.New[ids.Application]()})
	}
	h.mu.Unlock()
	for _, pool := range []matching.PoolKind{matching.EligiblePool, matching.CardsPool} {
		round := h.begin(t, team, func(r *matching.Round) {
			r.Pool = pool
			if pool.OfCall() {
				r.Call = call.ID
			}
		})
		b := h.solve(t, team, round)
		h.propose(t, team, &b, inTwoWeeks())
		offer := h.offerTo(t, all[0])
		for _, s := range all {
			must(t, h.service.Respond(ctx, s.lead, offer.ID, true, ""))
		}
		h.Jobs(t)
		if len(h.matched()) != 0 {
			t.Errorf("%s: places are matched", pool)
		}
		_, _, err := h.service.Apply(ctx, all[0].lead, offer.ID, call.ID)
		if pool.OfCall() {
			wants(t, err, fault.KindConflict, "")
		} else {
			must(t, err)
			if h.joint != [2]ids.Organization{all[0].id, all[1].id} {
				t.Errorf("applies: %v", h.joint)
			}
		}
		must(t, h.service.Note(ctx, team, round, offer.ID, "They apply together."))
		v, err := h.service.Round(ctx, team, round)
		must(t, err)
		if v.Proposals[0].Noted != "They apply together." || v.In() != 0 {
			t.Errorf("noted %q, %d take part", v.Proposals[0].Noted, v.In())
		}
		must(t, h.service.CloseRound(ctx, team, round, true)) // they are free for the next one
	}
}

// TestADeclinedProposalIsNotMadeAgain puts the others of a declined proposal together in the next run, and shows no card any more.
func TestADeclinedProposalIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	first := h.offerTo(t, all[0])
	wants(t, h.service.Respond(ctx, all[0].lead, first.ID, false, " "), fault.KindInvalid, "reason")
	must(t, h.service.Respond(ctx, all[0].lead, first.ID, false, "canary-reason"))
	other := partner(&first, all[0], all)
	wants(t, h.service.Respond(ctx, other.lead, first.ID, true, ""), fault.KindConflict, "")
	o, err := h.service.Offer(ctx, other.lead, first.ID)
	must(t, err)
	if o.State != matching.ProposalDeclined || len(o.Others) > 0 || len(o.Answers) > 0 && o.Answers[0].Reason != "" {
		t.Errorf("after the end: %+v", o)
	}
	page := h.enters(t, other.lead)
	page.Get("/partners/proposals/" + first.ID.String())
	page.Want(http.StatusOK, "Not all wanted this.")
	if strings.Contains(page.Page.Body, "canary-reason") {
		t.Error("the reason is told to the other side")
	}
	team2 := h.enters(t, team)
	team2.Get("/rounds/" + round.String())
	team2.Want(http.StatusOK, "canary-reason", "Organization 0 has declined:")
	// The second proposal lapses in the same way; then all are left.
	for _, s := range all {
		if offer := h.offerTo(t, s); offer.State == matching.ProposalSent {
			must(t, h.service.TakeProposalBack(ctx, team, round, offer.ID))
		}
	}
	b = h.solve(t, team, round)
	for _, g := range groups(&b) {
		if strings.Contains(g, "Organization 0") && strings.Contains(g, o.Names[other.id]) {
			t.Errorf("proposed again: %v", g)
		}
	}
}

// TestAProposalOfSomebodyWhoLeftIsAnswered holds that what a coordinator has sent goes on without them: it can be answered, and taken
// back by another; they see nothing of it.
func TestAProposalOfSomebodyWhoLeftIsAnswered(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	team, other := h.coordinator(t), h.coordinator(t)
	round := h.begin(t, team, nil)
	queued, err := h.service.StartRun(ctx, team, round)
	must(t, err)
	must(t, h.service.CancelRun(ctx, team, round, queued))
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	offer := h.offerTo(t, all[0])
	with := partner(&offer, all[0], all)
	actor := team.Actor()
	must(t, h.System().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, actor.Person, tenanttest.Role(tenants.RoleCoordinator))
		return err
	}))
	actor.Grants = nil
	left := team.As(actor)
	h.Jobs(t)
	must(t, h.service.Respond(ctx, all[0].lead, offer.ID, true, ""))
	must(t, h.service.Respond(ctx, with.lead, offer.ID, true, ""))
	if state := h.offerTo(t, all[0]).State; state != matching.ProposalAccepted {
		t.Errorf("it is %s", state)
	}
	_, err = h.service.Board(ctx, left, round, b.ID)
	wants(t, err, fault.KindNotFound, "")
	for _, s := range all[1:] {
		if rest := h.offerTo(t, s); rest.ID != offer.ID {
			wants(t, h.service.TakeProposalBack(ctx, left, round, rest.ID), fault.KindNotFound, "")
			must(t, h.service.TakeProposalBack(ctx, other, round, rest.ID))
			if state := h.offerTo(t, s).State; state != matching.ProposalWithdrawn {
				t.Errorf("taken back, it is %s", state)
			}
			break
		}
	}
}

// TestAProposalIsAnsweredWithinThreeMonths mistypes the year: nobody would be free for another proposal until then.
func TestAProposalIsAnsweredWithinThreeMonths(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 2)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	page := h.enters(t, team)
	board := "/rounds/" + round.String() + "/runs/" + b.ID.String()
	for language, text := range map[string]string{"en": "A day at most 90 days ahead.", "tr": "Bugünden en çok 90 gün sonrası.", "de": "Höchstens 90 Tage voraus."} {
		page.Get(board)
		page.Submit("/language", "code", language)
		page.Get(board)
		page.Submit(board+"/proposals", "group", all[0].id.String()+" "+all[1].id.String(), "due", "2200-01-01")
		page.Want(http.StatusUnprocessableEntity, text)
		if !strings.Contains(page.Page.Body, `id="f-due-error"`) || !strings.Contains(page.Page.Body, `value="2200-01-01"`) {
			t.Errorf("in %s it is not said at the field", language)
		}
	}
	cmd := matching.Proposing{Groups: allGroups(&b)}
	for _, ahead := range []time.Duration{time.Minute, 24 * time.Hour} {
		cmd.Due = time.Now().AddDate(0, 0, 90).Add(ahead)
		wants(t, h.service.Propose(t.Context(), team, round, b.ID, cmd), fault.KindInvalid, "due")
	}
	cmd.Due = time.Now().AddDate(0, 0, 90).Add(-time.Minute)
	must(t, h.service.Propose(t.Context(), team, round, b.ID, cmd))
}

// TestAProposalLapses lets the day pass.
func TestAProposalLapses(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	wants(t, h.service.Propose(ctx, team, round, b.ID, matching.Proposing{Groups: allGroups(&b), Due: time.Now().Add(-time.Hour)}), fault.KindInvalid, "due")
	wants(t, h.service.Propose(ctx, team, round, b.ID, matching.Proposing{Due: inTwoWeeks()}), fault.KindInvalid, "group")
	h.propose(t, team, &b, inTwoWeeks())
	offer := h.offerTo(t, all[0])
	later, err := h.System().AsOf(inTwoWeeks().Add(time.Hour))
	must(t, err)
	must(t, h.service.Lapse(ctx, h.System(), matching.Lapsing{Match: offer.ID})) // too early
	if h.offerTo(t, all[0]).State != matching.ProposalSent {
		t.Error("lapsed before its day")
	}
	wants(t, h.service.Respond(ctx, later.As(all[0].lead.Actor()), offer.ID, true, ""), fault.KindTooLate, "")
	must(t, h.service.Lapse(ctx, later, matching.Lapsing{Match: offer.ID}))
	if state := h.offerTo(t, all[0]).State; state != matching.ProposalLapsed {
		t.Errorf("it is %s", state)
	}
	wants(t, h.service.Lapse(ctx, team, matching.Lapsing{Match: offer.ID}), fault.KindNotFound, "")
}

// TestManyAcceptAtOnce lets both sides accept a hundred times at the same moment: each once, and the match is made once.
func TestManyAcceptAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 2)
	team := h.coordinator(t)
	round := h.applied(t, team, all)
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	offer := h.offerTo(t, all[0])
	var wait sync.WaitGroup
	var mu sync.Mutex
	accepted := 0
	for n := range 200 {
		wait.Go(func() {
			err := h.service.Respond(t.Context(), all[n%2].lead, offer.ID, true, "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				accepted++
			} else if !fault.Is(err, fault.KindConflict) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	h.Jobs(t)
	if accepted != 2 || len(h.matched()) != 1 {
		t.Errorf("%d were accepted, %d matches made", accepted, len(h.matched()))
	}
}

// TestStrangersSeeNoProposal asks as everybody else.
func TestStrangersSeeNoProposal(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 3)
	team := h.coordinator(t)
	round := h.begin(t, team, nil)
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	var in, out side
	for _, s := range all {
		if offers, err := h.service.Offers(ctx, s.lead); err == nil && len(offers) > 0 {
			in = s
		} else {
			out = s
		}
	}
	offer := h.offerTo(t, in)
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: in.id})
	if o, err := h.service.Offer(ctx, participant, offer.ID); err != nil || o.MayAnswer {
		t.Errorf("a participant: %v %v", o.MayAnswer, err)
	}
	wants(t, h.service.Respond(ctx, participant, offer.ID, true, ""), fault.KindNotFound, "")
	for who, sc := range map[string]tenants.Scope{"another lead": out.lead, "the team": team, "a reviewer": h.As(t, tenanttest.Role(tenants.RoleReviewer)), "a visitor": h.Visitor()} {
		if _, err := h.service.Offer(ctx, sc, offer.ID); err == nil {
			t.Errorf("%s sees the proposal", who)
		}
		if err := h.service.Respond(ctx, sc, offer.ID, true, ""); err == nil {
			t.Errorf("%s answers", who)
		}
	}
	page := h.enters(t, out.lead)
	page.Get("/partners/proposals/" + offer.ID.String())
	page.Want(http.StatusNotFound)
}

// TestALeadAnswersOnAPhone goes the way in a real browser, in Turkish and in the dark.
func TestALeadAnswersOnAPhone(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.many(t, 2)
	team := h.coordinator(t)
	round := h.applied(t, team, all)
	b := h.solve(t, team, round)
	v, at := h.visit(t, uitest.Look{Language: "en"}, team)
	v.Go(at.Address("/rounds/" + round.String() + "/runs/" + b.ID.String()))
	v.Fill("note", "Please talk first.")
	v.Press("Send the proposals")
	v.Sees("The proposals are sent.", "2 are left out: they have a proposal to answer")
	v.Accessible("round-proposed")
	lead, at := h.visit(t, uitest.Look{Language: "tr", Phone: true, Dark: true}, all[0].lead)
	lead.Go(at.Address("/partners/proposals"))
	lead.Accessible("proposals-tr")
	lead.Press("Organization 1 ile")
	lead.Accessible("proposal-tr")
	lead.Press("Reddet")
	lead.Sees("Gerekçe")
	lead.Accessible("proposal-refused-tr")
	lead.Press("Kabul et")
	lead.Sees("Kabul ettiniz.")
}

// TestAProposalKeepsItsOrganizationsUntilTheyAnswer closes the round: what is to be answered stays theirs, and so does a place that is matched.
func TestAProposalKeepsItsOrganizationsUntilTheyAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	team := h.coordinator(t)
	first := h.applied(t, team, all)
	h.mu.Lock()
	call := h.calls[0].ID
	h.mu.Unlock()
	again := func() ids.Round {
		return h.begin(t, team, func(r *matching.Round) { r.Pool, r.Call = matching.AcceptedPool, call })
	}
	b := h.solve(t, team, first)
	h.propose(t, team, &b, inTwoWeeks())
	must(t, h.service.CloseRound(ctx, team, first, true))
	busy := func(round ids.Round) int {
		t.Helper()
		v, err := h.service.Round(ctx, team, round)
		must(t, err)
		return v.LeftOut(matching.Matched)
	}
	if n := busy(h.begin(t, team, nil)); n != 2 {
		t.Errorf("%d have something to answer, not 2", n)
	}
	offer := h.offerTo(t, all[0])
	for _, s := range all {
		must(t, h.service.Respond(ctx, s.lead, offer.ID, true, ""))
	}
	if n := busy(again()); n != 2 {
		t.Errorf("%d places of the call are matched, not 2", n)
	}
	if n := busy(h.begin(t, team, nil)); n != 0 {
		t.Errorf("%d are kept from another occasion", n)
	}
}

// TestNoMatchOfPlacesThatAreGone gives a place up, or another proposal, before the last yes.
func TestNoMatchOfPlacesThatAreGone(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, h *house, offer *matching.Offered){
		"a place was given up": func(_ *testing.T, h *house, offer *matching.Offered) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.accepted = slices.DeleteFunc(h.accepted, func(a matching.Applicant) bool { return a.Application == offer.Applications[0] })
		},
		"it has another proposal": func(t *testing.T, h *house, offer *matching.Offered) {
			t.Helper()
			must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
				_, err := tx.NewRaw(`INSERT INTO matching_proposals (id, round_id, organizations, applications, state, sent_at, due_at)
					SELECT ?, round_id, organizations, applications, 'sent', sent_at, due_at FROM matching_proposals WHERE id = ?`, ids.New[ids.Match](), offer.ID).Exec(ctx)
				return err
			}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			all := h.many(t, 2)
			team := h.coordinator(t)
			round := h.applied(t, team, all)
			b := h.solve(t, team, round)
			h.propose(t, team, &b, inTwoWeeks())
			offer := h.offerTo(t, all[0])
			must(t, h.service.Respond(t.Context(), all[0].lead, offer.ID, true, ""))
			spoil(t, h, &offer)
			wants(t, h.service.Respond(t.Context(), all[1].lead, offer.ID, true, ""), fault.KindConflict, "")
			h.Jobs(t)
			ended, err := h.service.Offer(t.Context(), all[1].lead, offer.ID)
			must(t, err)
			if ended.State != matching.ProposalWithdrawn || len(h.matched()) != 0 {
				t.Errorf("it is %s, %d matched", ended.State, len(h.matched()))
			}
			told := 0
			for _, mail := range h.mails {
				if mail.Kind == "matching.mail.withdrawn" {
					told++
				}
			}
			if told != 2 {
				t.Errorf("%d mails, not one to each", told)
			}
		})
	}
}

// TestOnlyWhatStillStandsIsProposed has a run that was overtaken, in one way each.
func TestOnlyWhatStillStandsIsProposed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key   string
		spoil func(t *testing.T, h *house, team tenants.Scope, b *matching.Board, all []side)
	}{
		"they are kept apart": {"matching.tie.cannot", func(t *testing.T, h *house, team tenants.Scope, b *matching.Board, all []side) {
			t.Helper()
			must(t, h.service.Tie(t.Context(), team, b.Round, false, []ids.Organization{all[0].id, all[1].id}))
		}},
		"one has declined": {"matching.tie.cannot", func(t *testing.T, h *house, team tenants.Scope, b *matching.Board, all []side) {
			t.Helper()
			h.propose(t, team, b, inTwoWeeks())
			must(t, h.service.Respond(t.Context(), all[0].lead, h.offerTo(t, all[0]).ID, false, "No."))
		}},
		"one rules the other out": {"matching.tie.cannot", func(t *testing.T, h *house, _ tenants.Scope, _ *matching.Board, all []side) {
			t.Helper()
			must(t, h.service.RuleOut(t.Context(), all[0].lead, all[0].id, all[1].id, ""))
		}},
		"other seats": {"matching.proposal.outdated", func(t *testing.T, h *house, team tenants.Scope, b *matching.Board, _ []side) {
			t.Helper()
			r := b.RoundOf
			r.Rules.Seats = []matching.Seat{{Kind: "association"}, {}}
			must(t, h.service.ReviseRound(t.Context(), team, r))
		}},
		"another pool": {"matching.proposal.outdated", func(t *testing.T, h *house, team tenants.Scope, b *matching.Board, _ []side) {
			t.Helper()
			r := b.RoundOf
			r.Pool, r.Call = matching.CardsPool, ids.Call{}
			must(t, h.service.ReviseRound(t.Context(), team, r))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			all := h.many(t, 2)
			team := h.coordinator(t)
			round := h.applied(t, team, all)
			b := h.solve(t, team, round)
			c.spoil(t, h, team, &b, all)
			err := h.service.Propose(t.Context(), team, round, b.ID, matching.Proposing{Groups: allGroups(&b), Due: inTwoWeeks()})
			wants(t, err, fault.KindConflict, "")
			if key := fault.Of(err).Key; key != c.key {
				t.Errorf("refused with %s", key)
			}
			if c.key != "matching.tie.cannot" {
				return
			}
			page := h.enters(t, team)
			page.Get("/rounds/" + round.String() + "/runs/" + b.ID.String())
			page.Want(http.StatusOK, "Cannot be put together any more")
			if box := regexp.MustCompile(`<input[^>]*name="group"[^>]*>`).FindString(page.Page.Body); box == "" || strings.Contains(box, "checked") {
				t.Errorf("on the page: %q", box)
			}
		})
	}
}

// TestWhoLeavesFreesTheOthers withdraws the application of one side after all have accepted: the other one is told and is there for the next
// run, unless a partnership was founded.
func TestWhoLeavesFreesTheOthers(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 4)
	team := h.coordinator(t)
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	h.mu.Lock()
	h.calls = []matching.Call{call}
	for _, s := range all {
		h.eligible = append(h.eligible, matching.Applicant{Organization: s.id, Application: ids.New[ids.Application]()})
	}
	h.mu.Unlock()
	round := h.begin(t, team, func(r *matching.Round) { r.Pool, r.Call = matching.EligiblePool, call.ID })
	must(t, h.service.Tie(ctx, team, round, true, []ids.Organization{all[0].id, all[1].id}))
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	for _, s := range all {
		must(t, h.service.Respond(ctx, s.lead, h.offerTo(t, s).ID, true, ""))
	}
	h.Jobs(t)
	h.mu.Lock()
	gone, founded := h.eligible[0].Application, h.eligible[2].Application
	h.eligible, h.founding = h.eligible[1:], []ids.Application{founded}
	h.mu.Unlock()
	h.mails = nil
	announce := func(application ids.Application) {
		t.Helper()
		must(t, h.System().Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(events.ApplicationWithdrawn{Application: application, Call: call.ID})
			return nil
		}))
		h.Jobs(t)
	}
	announce(gone)
	announce(gone) // told twice
	announce(founded)
	if state := h.offerTo(t, all[1]).State; state != matching.ProposalLeft {
		t.Errorf("after one has left it is %s", state)
	}
	if state := h.offerTo(t, all[2]).State; state != matching.ProposalAccepted {
		t.Errorf("of a partnership that was founded it is %s", state)
	}
	if len(h.mails) != 1 || h.mails[0].Person != all[1].lead.Actor().Person || h.mails[0].Kind != "matching.mail.left" {
		t.Errorf("mails: %+v", h.mails)
	}
	v, err := h.service.Round(ctx, team, round)
	must(t, err)
	if v.In() != 1 || v.LeftOut(matching.Matched) != 2 {
		t.Errorf("%d take part, %d are in a match", v.In(), v.LeftOut(matching.Matched))
	}
	page := h.enters(t, all[1].lead)
	page.Get("/partners/proposals/" + h.offerTo(t, all[1]).ID.String())
	page.Want(http.StatusOK, "One of the organizations takes part no more.")
	wants(t, h.service.Left(ctx, team, founded), fault.KindNotFound, "")

	h.mu.Lock()
	h.founding = nil
	h.mu.Unlock()
	steers := h.enters(t, team)
	steers.Get("/rounds/" + round.String())
	steers.Want(http.StatusOK, "End this match", "Ended, as one has left")
	must(t, h.service.TakeProposalBack(ctx, team, round, h.offerTo(t, all[2]).ID))
	wants(t, h.service.TakeProposalBack(ctx, team, round, h.offerTo(t, all[2]).ID), fault.KindConflict, "")
	if v, err = h.service.Round(ctx, team, round); err != nil || v.In() != 3 {
		t.Errorf("%d take part after it was ended: %v", v.In(), err)
	}
}

// TestAMatchThatIsOvertakenIsTold ends it, however often it is heard, and tells the one that is left.
func TestAMatchThatIsOvertakenIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	team := h.coordinator(t)
	call := matching.Call{ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "The call"}}
	h.mu.Lock()
	h.calls = []matching.Call{call}
	for _, s := range all {
		h.accepted = append(h.accepted, matching.Applicant{Organization: s.id, Application: ids.New[ids.Application]()})
	}
	gone := h.accepted[0].Application
	h.mu.Unlock()
	round := h.begin(t, team, func(r *matching.Round) { r.Pool, r.Call = matching.AcceptedPool, call.ID })
	b := h.solve(t, team, round)
	h.propose(t, team, &b, inTwoWeeks())
	for _, s := range all {
		must(t, h.service.Respond(ctx, s.lead, h.offerTo(t, s).ID, true, ""))
	}
	h.Jobs(t)
	h.mails = nil
	match := h.offerTo(t, all[0]).ID
	h.mu.Lock()
	h.founding = []ids.Application{gone}
	h.mu.Unlock()
	for range 2 {
		must(t, h.System().Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(events.MatchOvertaken{Match: match, Applications: []ids.Application{gone}})
			return nil
		}))
		h.Jobs(t)
	}
	if state := h.offerTo(t, all[1]).State; state != matching.ProposalLeft {
		t.Errorf("it is %s", state)
	}
	if len(h.mails) != 1 || h.mails[0].Person != all[1].lead.Actor().Person || h.mails[0].Kind != "matching.mail.left" {
		t.Errorf("mails: %+v", h.mails)
	}
	wants(t, h.service.Overtaken(ctx, team, events.MatchOvertaken{Match: match}), fault.KindNotFound, "")
}

// TestRoundsAreConcealed tells other modules of which rounds somebody must not know, whatever their role.
func TestRoundsAreConcealed(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	all := h.many(t, 2)
	team := h.coordinator(t)
	applied, cards := h.applied(t, team, all), h.begin(t, team, nil)
	officer, reads := h.As(t, tenanttest.Role(tenants.RoleOfficer)), h.As(t, tenanttest.Role(tenants.RoleOfficer), tenants.Grant{Role: tenants.RoleParticipant, Organization: all[0].id})
	h.mu.Lock()
	h.partial[officer.Actor().Person] = map[ids.Call]bool{h.calls[0].ID: true}
	h.mu.Unlock()
	for _, c := range []struct {
		who  tenants.Scope
		want []ids.Round
	}{{team, nil}, {officer, []ids.Round{applied}}, {reads, []ids.Round{cards}}, {h.System(), nil}} {
		if got, err := h.service.Concealed(ctx, c.who); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("concealed: %v, not %v: %v", got, c.want, err)
		}
	}
}
