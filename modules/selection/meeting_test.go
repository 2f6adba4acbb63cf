package selection_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

func TestAMeetingGoesItsWay(t *testing.T) {
	t.Parallel()
	want := map[selection.MeetingVerb]string{
		selection.Prepare: "convened>convened open>open", selection.OpenMeeting: "convened>open", selection.Meet: "open>open", selection.EndMeeting: "open>ended",
		selection.ResumeMeeting: "ended>open signed>open", selection.SignMinutes: "ended>signed", selection.SealMinutes: "signed>sealed",
	}
	for _, v := range selection.MeetingVerbs {
		got := row(selection.MeetingStates, func(s selection.MeetingState) (selection.MeetingState, bool) { return s.After(v) })
		if got != want[v] {
			t.Errorf("%s: %s, not %s", v, got, want[v])
		}
	}
}

// TestALotCanBeChecked holds the lot to its published rule, with values that were computed by sha256sum.
func TestALotCanBeChecked(t *testing.T) {
	t.Parallel()
	seed := strings.Repeat("0123456789abcdef", 4)
	l := selection.Lot{Seed: seed}
	if got := l.Commitment(); got != "a8ae6e6ee929abea3afcfc5258c8ccd6f85273e0d4626d26c7279f3250f77c8e" {
		t.Errorf("the commitment is %s", got)
	}
	all := []string{"KRV-1", "KRV-2", "KRV-3", "KRV-4", "KRV-5"}
	order := selection.DrawnOrder(seed, all)
	for i := 1; i < len(order); i++ {
		if selection.LotKey(seed, order[i-1]) >= selection.LotKey(seed, order[i]) {
			t.Errorf("%v", order)
		}
	}
	turned := []string{"KRV-5", "KRV-3", "KRV-1", "KRV-2", "KRV-4"}
	if diff := cmp.Diff(order, selection.DrawnOrder(seed, turned)); diff != "" {
		t.Errorf("the order depends on the order given: %s", diff)
	}
	var rest, drawn []string
	for _, n := range order {
		if n != "KRV-3" {
			rest = append(rest, n)
		}
	}
	drawn = selection.DrawnOrder(seed, []string{"KRV-1", "KRV-2", "KRV-4", "KRV-5"})
	if diff := cmp.Diff(rest, drawn); diff != "" {
		t.Errorf("leaving one out changes the others: %s", diff)
	}
	first := map[string]int{}
	for i := range 3000 {
		first[selection.DrawnOrder(strings.Repeat("0", 60)+string("0123456789abcdef"[i/256%16])+string("0123456789abcdef"[i/16%16])+string("0123456789abcdef"[i%16])+string("0123456789"[i%10]), []string{"A", "B", "C"})[0]]++
	}
	for name, n := range first {
		if n < 800 || n > 1200 {
			t.Errorf("%s is first in %d of 3000", name, n)
		}
	}
}

func TestIntroductionsAreSharedOut(t *testing.T) {
	t.Parallel()
	agenda, members := make([]ids.Application, 7), make([]ids.Person, 3)
	for i := range agenda {
		agenda[i] = ids.New[ids.Application]()
	}
	for i := range members {
		members[i] = ids.New[ids.Person]()
	}
	out := func(a ids.Application, p ids.Person) bool {
		return a == agenda[0] && p != members[2] || a == agenda[6]
	}
	given := selection.ShareOut(agenda, members, map[ids.Application]ids.Person{agenda[1]: members[0]}, out)
	load := map[ids.Person]int{members[0]: 1}
	for _, a := range agenda {
		if person, ok := given[a]; ok {
			load[person]++
			if out(a, person) {
				t.Error("somebody introduces what they may not know of")
			}
		}
	}
	if given[agenda[0]] != members[2] || !given[agenda[1]].IsZero() || !given[agenda[6]].IsZero() || len(given) != 5 {
		t.Errorf("%v", given)
	}
	for _, m := range members {
		if load[m] != 2 {
			t.Errorf("one has %d", load[m])
		}
	}
}

func TestVotesOfTheConflictedCountNowhere(t *testing.T) {
	t.Parallel()
	a, out := ids.New[ids.Application](), ids.New[ids.Person]()
	votes := []selection.Vote{{a, ids.New[ids.Person](), selection.ChooseSelected}, {a, ids.New[ids.Person](), selection.Abstain}, {a, out, selection.ChooseRejected}}
	got := selection.Count(votes, func(_ ids.Application, p ids.Person) bool { return p == out })
	if diff := cmp.Diff(map[ids.Application]selection.Ballot{a: {selection.ChooseSelected: 1, selection.Abstain: 1}}, got); diff != "" || got[a].Given() != 2 {
		t.Error(diff)
	}
}

// met is an open meeting of three about four applications, in one of which the officer has a conflict of interest.
type met struct {
	lead, chair, officer tenants.Scope
	all                  []selection.Application
	secret               selection.Application
}

func (h *house) meets(t *testing.T) met {
	t.Helper()
	m := met{lead: h.role(t, "Defne Karaağaç", tenants.RoleCoordinator), chair: h.role(t, "Otto Vorsitz", tenants.RoleChair), officer: h.role(t, "Ofis Memuru", tenants.RoleOfficer)}
	reviewer, second := h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Leser", tenants.RoleReviewer)
	for i, name := range []string{"Ihlamur", "Zeytin", "Meşe", "GEHEIM"} {
		a, _ := h.apply(t, name)
		m.all = append(m.all, a)
		h.review(t, a, map[*tenants.Scope]int{&reviewer: 6 - i/2, &second: 6 - i/2})
	}
	m.secret = m.all[3]
	h.conflict(t, m.officer, m.secret)
	members := []ids.Person{m.lead.Actor().Person, m.chair.Actor().Person, m.officer.Actor().Person}
	if err := h.service.Convene(t.Context(), m.lead, h.call.ID, selection.Convening{At: time.Now(), Place: "Room 4", Members: members}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.BeginMeeting(t.Context(), m.lead, h.call.ID); err != nil {
		t.Fatal(err)
	}
	for _, sc := range []tenants.Scope{m.chair, m.officer} {
		if err := h.service.EnterMeeting(t.Context(), sc, h.call.ID); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (h *house) conflict(t *testing.T, sc tenants.Scope, a selection.Application) {
	t.Helper()
	if err := h.service.DeclareConflict(t.Context(), sc, a.ID, selection.Declaration{Kind: selection.ConflictFamily, Note: "Akraba"}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) room(t *testing.T, sc tenants.Scope) selection.Room {
	t.Helper()
	r, err := h.service.Room(t.Context(), sc, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refusedAs(t *testing.T, err error, key string) {
	t.Helper()
	if err == nil || fault.Of(err).Key != key {
		t.Errorf("%v, not %s", err, key)
	}
}

func TestAMeetingIsConvened(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead, chair, reviewer := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair), h.role(t, "Okur", tenants.RoleReviewer)
	ctx := t.Context()
	convene := func(sc tenants.Scope, at time.Time, members ...tenants.Scope) error {
		cmd := selection.Convening{At: at}
		for _, m := range members {
			cmd.Members = append(cmd.Members, m.Actor().Person)
		}
		return h.service.Convene(ctx, sc, h.call.ID, cmd)
	}
	for name, err := range map[string]error{
		"alone": convene(lead, time.Now(), lead), "a reviewer": convene(lead, time.Now(), lead, reviewer), "no time": convene(lead, time.Time{}, lead, chair),
	} {
		if !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := convene(h.role(t, "Ofis", tenants.RoleOfficer), time.Now(), lead, chair); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer convenes: %v", err)
	}
	done(t, convene(lead, time.Now(), lead, chair))
	h.Jobs(t)
	if h.newsFor(chair.Actor().Person)["selection.notify.meeting"] != 1 || len(h.mailsTo(chair.Actor().Person)) != 1 || h.newsFor(lead.Actor().Person)["selection.notify.meeting"] != 0 {
		t.Error("the other one is not told, or who convened is")
	}
	refusedAs(t, convene(chair, time.Now(), lead, chair), "selection.meeting.there_is_one")
	refusedAs(t, h.service.EnterMeeting(ctx, chair, h.call.ID), "selection.meeting.not_now")
	done(t, h.service.BeginMeeting(ctx, chair, h.call.ID))
	if r := h.room(t, chair); !r.Leads || r.Meeting.State != selection.MeetingOpen {
		t.Errorf("%+v", r.Meeting)
	}
	outside := h.role(t, "Ayrı", tenants.RoleCoordinator)
	if err := h.service.EnterMeeting(ctx, outside, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody who was not asked enters: %v", err)
	}
	if r := h.room(t, outside); r.Asked || r.Items != nil {
		t.Error("somebody who was not asked sees what goes on")
	}
}

func TestVotesAreSecretUntilTheyAreClosed(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, a := t.Context(), m.all[0].ID
	refusedAs(t, h.service.CastVote(ctx, m.chair, a, selection.ChooseSelected), "selection.meeting.not_on_table")
	done(t, h.service.PutOnTable(ctx, m.lead, a))
	refusedAs(t, h.service.CastVote(ctx, m.chair, a, selection.ChooseSelected), "selection.meeting.no_vote")
	refusedAs(t, h.service.OpenVote(ctx, m.chair, a), "selection.meeting.not_lead")
	done(t, h.service.OpenVote(ctx, m.lead, a))
	done(t, h.service.CastVote(ctx, m.chair, a, selection.ChooseRejected))
	done(t, h.service.CastVote(ctx, m.chair, a, selection.ChooseSelected)) // the last one counts
	done(t, h.service.CastVote(ctx, m.officer, a, selection.Abstain))
	if err := h.service.CastVote(ctx, m.officer, a, "both"); !fault.Is(err, fault.KindInvalid) {
		t.Error(err)
	}
	table := h.room(t, m.lead).Table
	if table.Given != 2 || table.Voters != 3 || len(table.Votes) > 0 || table.Ballot.Given() > 0 {
		t.Errorf("while it is open the lead sees %+v", table)
	}
	if mine := h.room(t, m.chair).Table.Mine; mine != selection.ChooseSelected {
		t.Errorf("the chair's own vote is %q", mine)
	}
	done(t, h.service.CloseVote(ctx, m.lead, a))
	want := selection.Ballot{selection.ChooseSelected: 1, selection.Abstain: 1}
	if diff := cmp.Diff(want, h.room(t, m.officer).Table.Ballot); diff != "" {
		t.Error(diff)
	}
	h.conflict(t, m.chair, m.all[0])
	if diff := cmp.Diff(selection.Ballot{selection.Abstain: 1}, h.room(t, m.officer).Table.Ballot); diff != "" {
		t.Errorf("a vote of somebody with a conflict of interest counts: %s", diff)
	}
}

// TestWhoLeavesTheRoomLearnsNothing walks every channel of a meeting while an application is on the table in which the reader has
// a conflict of interest: the page, its numbers, its news, lots, notes, what-ifs, minutes and their file.
func TestWhoLeavesTheRoomLearnsNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.secret.ID
	tidings := func() string {
		t.Helper()
		said, err := h.service.Tidings(ctx, m.officer, h.call.ID)
		done(t, err)
		return said
	}
	done(t, h.service.PutOnTable(ctx, m.lead, id))
	before := tidings()
	done(t, h.service.OpenVote(ctx, m.lead, id))
	done(t, h.service.CastVote(ctx, m.chair, id, selection.ChooseSelected))
	done(t, h.service.WriteNote(ctx, m.chair, id, "NOTE about it", true))
	done(t, h.service.CloseVote(ctx, m.lead, id))
	done(t, h.service.Settle(ctx, m.lead, id, selection.Settlement{Outcome: events.OutcomeSelected, Reason: "REASON for it"}))
	if tidings() != before {
		t.Error("the news tell that something happens to an application behind the reader's back")
	}
	for name, err := range map[string]error{
		"vote": h.service.CastVote(ctx, m.officer, id, selection.Abstain), "note": h.service.WriteNote(ctx, m.officer, id, "x", false),
		"settle": h.service.Settle(ctx, m.officer, id, selection.Settlement{Outcome: events.OutcomeRejected, Reason: "x"}),
	} {
		if !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := h.room(t, m.officer)
	if !r.Away || r.Table != nil || len(r.Ranked) != 3 || r.Tally.Selected != 0 || len(r.Items) != 0 {
		t.Errorf("away %v, table %v, %d ranked, %d selected, %d items", r.Away, r.Table, len(r.Ranked), r.Tally.Selected, len(r.Items))
	}
	done(t, h.service.PrepareLot(ctx, m.lead, h.call.ID, []ids.Application{id, m.all[2].ID}))
	done(t, h.service.DrawLot(ctx, m.lead, h.call.ID, h.room(t, m.lead).Lots[0].ID))
	done(t, h.service.ClearTable(ctx, m.lead, id))
	if r := h.room(t, m.officer); r.Away || len(r.Lots) > 0 {
		t.Errorf("away %v, %d lots", r.Away, len(r.Lots))
	}
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[1].ID))
	done(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID))
	meeting := h.room(t, m.lead).Meeting.ID
	whole, err := h.service.Minutes(ctx, m.chair, h.call.ID, meeting)
	done(t, err)
	if len(whole.Entries) != 2 || len(whole.Entries[0].Away) != 1 || whole.Entries[0].Away[0] != m.officer.Actor().Person || len(whole.Lots) != 1 {
		t.Errorf("%+v", whole.Entries)
	}
	part, err := h.service.Minutes(ctx, m.officer, h.call.ID, meeting)
	done(t, err)
	if len(part.Entries) != 1 || part.Entries[0].Application != m.all[1].ID || len(part.Lots) != 0 {
		t.Errorf("%+v", part.Entries)
	}
	browser := h.SignedIn(t, m.officer.Actor())
	c := "/selection/" + h.call.ID.String() + "/panel"
	for _, path := range []string{c, c + "?agenda=whole", c + "?q=GEHEIM", c + "/what-if", c + "/what-if?s=" + m.secret.Number, c + "/minutes/" + meeting.String(), c + "/news", c + "/minutes/" + meeting.String() + "/paper.pdf"} {
		page := browser.Get(path)
		if page.Status != http.StatusOK {
			t.Errorf("%s: %d", path, page.Status)
		}
		for _, secret := range []string{m.secret.Name(), id.String(), "REASON", "NOTE about"} {
			if strings.Contains(page.Body, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
		if strings.Contains(page.Body, m.secret.Number) && !strings.Contains(path, m.secret.Number) {
			t.Errorf("%s shows the number", path)
		}
	}
}

// TestSomebodyElseLeadsForWhatTheChairMayNotKnow: the leader has a conflict of interest in an application.
func TestSomebodyElseLeadsForWhatTheChairMayNotKnow(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[1].ID
	h.conflict(t, m.lead, m.all[1])
	if err := h.service.PutOnTable(ctx, m.lead, id); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the leader takes it up: %v", err)
	}
	refusedAs(t, h.service.PutOnTable(ctx, m.chair, m.all[0].ID), "selection.meeting.not_lead")
	done(t, h.service.PutOnTable(ctx, m.chair, id))
	if r := h.room(t, m.lead); !r.Away || r.Table != nil {
		t.Error("the leader sees it")
	}
	refusedAs(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID), "selection.meeting.away")
	refusedAs(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID), "selection.meeting.away")
	done(t, h.service.OpenVote(ctx, m.chair, id))
	done(t, h.service.Settle(ctx, m.chair, id, selection.Settlement{Outcome: events.OutcomeWaiting, Reason: "Good, after others"}))
	done(t, h.service.ClearTable(ctx, m.chair, id))
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID))
	h.conflict(t, m.chair, m.all[0])
	refusedAs(t, h.service.TakeChair(ctx, m.chair, h.call.ID), "selection.meeting.away")
}

func TestTheChairIsTakenWhenSomebodyLeaves(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID))
	if err := h.service.TakeChair(ctx, m.officer, h.call.ID); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer takes the chair: %v", err)
	}
	done(t, h.service.TakeChair(ctx, m.chair, h.call.ID))
	refusedAs(t, h.service.OpenVote(ctx, m.lead, m.all[0].ID), "selection.meeting.not_lead")
	done(t, h.service.OpenVote(ctx, m.chair, m.all[0].ID))
	done(t, h.service.FinishMeeting(ctx, m.chair, h.call.ID))
	minutes, err := h.service.Minutes(ctx, m.officer, h.call.ID, h.room(t, m.lead).Meeting.ID)
	done(t, err)
	if len(minutes.Turns) != 2 || minutes.Turns[1].Person != m.chair.Actor().Person {
		t.Errorf("%+v", minutes.Turns)
	}
}

// TestTheMeetingsReasonStandsWhileItsDecisionDoes decides several in the ranking: the same as the meeting, which keeps its reason, and
// something else, which does not.
func TestTheMeetingsReasonStandsWhileItsDecisionDoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, same, other := t.Context(), m.all[0].ID, m.all[1].ID
	for id, outcome := range map[ids.Application]events.Outcome{same: events.OutcomeSelected, other: events.OutcomeRejected} {
		done(t, h.service.PutOnTable(ctx, m.lead, id))
		done(t, h.service.Settle(ctx, m.lead, id, selection.Settlement{Outcome: outcome, Reason: "Said at the table."}))
		done(t, h.service.ClearTable(ctx, m.lead, id))
	}
	h.decide(t, m.lead, events.OutcomeSelected, m.all[0], m.all[1])
	items := h.room(t, m.lead).Items
	if it := items[same]; it.Outcome != events.OutcomeSelected || it.Reason != "Said at the table." || it.DecidedBy != m.lead.Actor().Person || it.Decided != 2 {
		t.Errorf("the same decision: %+v", it)
	}
	if it := items[other]; it.Outcome != "" || it.Reason != "" || !it.DecidedBy.IsZero() || it.Decided != 2 {
		t.Errorf("another decision: %+v", it)
	}
}

// TestOfTwoDecidersAtTheTableOneWins: the other is told, whether the first decided here or in the ranking.
func TestOfTwoDecidersAtTheTableOneWins(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[0].ID
	done(t, h.service.PutOnTable(ctx, m.lead, id))
	shown := h.room(t, m.lead).Table.Item.Decided
	var won, told atomic.Int64
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			sc, outcome := m.lead, events.OutcomeSelected
			if i%2 == 1 {
				sc, outcome = m.chair, events.OutcomeRejected
			}
			switch err := h.service.Settle(ctx, sc, id, selection.Settlement{Outcome: outcome, Reason: string(outcome), Decided: shown}); {
			case err == nil:
				won.Add(1)
			case fault.Of(err).Key == "selection.meeting.decided_meanwhile":
				told.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	table := h.room(t, m.officer).Table
	if won.Load() != 1 || told.Load() != 11 || string(table.Outcome()) != table.Item.Reason {
		t.Errorf("%d won, %d were told, %s because %s", won.Load(), told.Load(), table.Outcome(), table.Item.Reason)
	}
	shown = table.Item.Decided
	h.decide(t, m.chair, events.OutcomeWaiting, m.all[0])
	refusedAs(t, h.service.Settle(ctx, m.lead, id, selection.Settlement{Outcome: events.OutcomeSelected, Reason: "x", Decided: shown}), "selection.meeting.decided_meanwhile")
	if it := h.room(t, m.lead).Table.Item; it.Outcome != "" || it.Reason != "" || it.Decided != shown+1 {
		t.Errorf("after a decision in the ranking the meeting says %+v", it)
	}
	browser := h.SignedIn(t, m.lead.Actor())
	c := "/selection/" + h.call.ID.String() + "/panel"
	browser.Get(c)
	h.decide(t, m.chair, events.OutcomeSelected, m.all[0])
	browser.Submit(c+"/decision", "reason", "TYPED reason", "outcome", "rejected")
	browser.Want(http.StatusConflict, "Somebody else has decided about this application meanwhile", "TYPED reason", "Selected")
}

func TestADecisionNeedsAReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[0].ID
	done(t, h.service.PutOnTable(ctx, m.lead, id))
	if err := h.service.Settle(ctx, m.lead, id, selection.Settlement{Outcome: events.OutcomeSelected, Reason: " "}); !fault.Is(err, fault.KindInvalid) {
		t.Error(err)
	}
	browser := h.SignedIn(t, m.lead.Actor())
	c := "/selection/" + h.call.ID.String() + "/panel"
	browser.Get(c)
	browser.Submit(c+"/decision", "reason", "", "outcome", "selected")
	browser.Want(http.StatusUnprocessableEntity, "Reason")
	browser.Get(c)
	browser.Submit(c+"/decision", "reason", "The clearest plan", "outcome", "selected")
	browser.Want(http.StatusOK, "The clearest plan", "Selected")
	done(t, h.service.Settle(ctx, m.lead, id, selection.Settlement{Decided: 1}))
	if r := h.room(t, m.lead); r.Table.Decision != nil || r.Table.Item.Reason != "" || r.Tally.Selected != 0 {
		t.Errorf("taken back: %+v", r.Table.Item)
	}
}

func TestNotesAreMinutedOrPrivate(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[0].ID
	done(t, h.service.PutOnTable(ctx, m.lead, id))
	done(t, h.service.WriteNote(ctx, m.chair, id, "for all", true))
	done(t, h.service.WriteNote(ctx, m.chair, id, "for me", false))
	if notes := h.room(t, m.officer).Table.Notes; len(notes) != 1 || notes[0].Text != "for all" {
		t.Errorf("%+v", notes)
	}
	mine := h.room(t, m.chair).Table.Notes
	if len(mine) != 2 {
		t.Fatalf("%+v", mine)
	}
	if err := h.service.TakeNote(ctx, m.officer, h.call.ID, mine[0].ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else's note: %v", err)
	}
	done(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID))
	minutes, err := h.service.Minutes(ctx, m.chair, h.call.ID, h.room(t, m.lead).Meeting.ID)
	done(t, err)
	if len(minutes.Entries) != 1 || len(minutes.Entries[0].Notes) != 1 || minutes.Entries[0].Notes[0].Text != "for all" {
		t.Errorf("%+v", minutes.Entries)
	}
	refusedAs(t, h.service.WriteNote(ctx, m.chair, id, "late", true), "selection.meeting.not_now")
}

func TestALotIsCommittedBeforeItIsDrawn(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	pair := []ids.Application{m.all[0].ID, m.all[1].ID}
	if err := h.service.PrepareLot(ctx, m.lead, h.call.ID, pair[:1]); !fault.Is(err, fault.KindInvalid) {
		t.Error(err)
	}
	refusedAs(t, h.service.PrepareLot(ctx, m.chair, h.call.ID, pair), "selection.meeting.not_lead")
	done(t, h.service.PrepareLot(ctx, m.lead, h.call.ID, pair))
	refusedAs(t, h.service.PrepareLot(ctx, m.lead, h.call.ID, []ids.Application{m.all[1].ID, m.all[2].ID}), "selection.lot.already")
	before := h.room(t, m.chair).Lots[0]
	if before.Seed != "" || len(before.Committed) != 64 {
		t.Errorf("before the draw: seed %q, commitment %q", before.Seed, before.Committed)
	}
	done(t, h.service.DrawLot(ctx, m.lead, h.call.ID, before.ID))
	done(t, h.service.DrawLot(ctx, m.lead, h.call.ID, before.ID))
	after := h.room(t, m.chair).Lots[0]
	if (&selection.Lot{Seed: after.Seed}).Commitment() != before.Committed {
		t.Error("the seed is not the one that was committed to")
	}
	h.conflict(t, m.lead, m.all[2])
	done(t, h.service.TakeChair(ctx, m.chair, h.call.ID))
	done(t, h.service.PrepareLot(ctx, m.chair, h.call.ID, []ids.Application{m.all[2].ID, m.all[3].ID}))
	id := h.room(t, m.chair).Lots[1].ID
	done(t, h.service.TakeChair(ctx, m.lead, h.call.ID))
	h.conflict(t, m.lead, m.all[3])
	if err := h.service.DrawLot(ctx, m.lead, h.call.ID, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a lot about nothing known is drawn: %v", err)
	}
}

func TestMinutesAreSignedByTwo(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID))
	done(t, h.service.Settle(ctx, m.lead, m.all[0].ID, selection.Settlement{Outcome: events.OutcomeSelected, Reason: "Plan"}))
	refusedAs(t, h.service.FinishMeeting(ctx, m.chair, h.call.ID), "selection.meeting.not_lead")
	done(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID))
	first := h.room(t, m.lead).Meeting.Fingerprint
	refusedAs(t, h.service.SignMinutes(ctx, m.chair, h.call.ID, first), "selection.minutes.lead_first")
	refusedAs(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, "other"), "selection.minutes.changed")
	done(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, first))
	refusedAs(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, first), "selection.minutes.four_eyes")
	done(t, h.service.ReopenMeeting(ctx, m.lead, h.call.ID))
	done(t, h.service.WriteNote(ctx, m.chair, m.all[0].ID, "One more", true))
	done(t, h.service.FinishMeeting(ctx, m.lead, h.call.ID))
	second := h.room(t, m.lead).Meeting.Fingerprint
	if second == first {
		t.Error("other minutes have the same fingerprint")
	}
	refusedAs(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, first), "selection.minutes.changed")
	done(t, h.service.SignMinutes(ctx, m.lead, h.call.ID, second))
	h.set(t, "UPDATE panel_items SET reason = 'Forged'")
	refusedAs(t, h.service.SignMinutes(ctx, m.chair, h.call.ID, second), "selection.minutes.changed")
	h.set(t, "UPDATE panel_items SET reason = 'Plan'")
	browser := h.SignedIn(t, m.chair.Actor())
	path := "/selection/" + h.call.ID.String() + "/panel/minutes/" + h.room(t, m.lead).Meeting.ID.String()
	if page := browser.Get(path + "/paper.pdf"); page.Status != http.StatusOK || len(h.papers) > 0 {
		t.Errorf("minutes that may still change are issued: %d, %v", page.Status, h.papers)
	}
	done(t, h.service.SignMinutes(ctx, m.chair, h.call.ID, second))
	refusedAs(t, h.service.ReopenMeeting(ctx, m.lead, h.call.ID), fault.Of(fault.NotFound()).Key)
	browser.Get(path)
	browser.Want(http.StatusOK, second, "Defne Karaağaç", "Otto Vorsitz", "Plan", "One more", "Both have signed")
	if page := browser.Get(path + "/paper.pdf"); page.Status != http.StatusOK || !bytes.HasPrefix([]byte(page.Body), []byte("%PDF")) || len(h.papers) != 1 || h.papers[0] != h.call.ID.String()+" en" {
		t.Errorf("%d, issued %v", page.Status, h.papers)
	}
	done(t, h.service.Convene(ctx, m.lead, h.call.ID, selection.Convening{At: time.Now(), Members: []ids.Person{m.lead.Actor().Person, m.chair.Actor().Person}}))
}

func TestWhatIfKeepsNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Country: "DE", Most: 1})
	h.grants(forms.Money{Minor: 350000, Currency: "EUR"})
	m := h.meets(t)
	h.decide(t, m.lead, events.OutcomeSelected, m.all[0])
	h.decide(t, m.lead, events.OutcomeWaiting, m.all[1])
	p := h.room(t, m.lead).Panel
	with := p.Suppose(map[ids.Application]events.Outcome{m.all[0].ID: "", m.all[1].ID: events.OutcomeSelected, m.all[2].ID: events.OutcomeSelected, ids.New[ids.Application](): events.OutcomeRejected})
	if with.Tally.Selected != 2 || with.Tally.Waiting != 0 || with.Tally.Undecided != 2 || p.Tally.Selected != 1 || p.Tally.Waiting != 1 {
		t.Errorf("%+v, before %+v", with.Tally, p.Tally)
	}
	browser := h.SignedIn(t, m.officer.Actor())
	path := "/selection/" + h.call.ID.String() + "/panel/what-if"
	browser.Get(path)
	browser.Submit(path, "as-"+m.all[2].ID.String(), "selected")
	browser.Want(http.StatusOK, "1 decision is tried out", "2 of 2", "EUR 7,000", "EUR 3,500")
	if h.room(t, m.lead).Tally.Selected != 1 {
		t.Error("trying out has decided")
	}
}

func (h *house) grants(m forms.Money) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	h.call.Grant = m
	h.calls[0].Grant = m
}

// TestTheNextOnTheListKeepsTheQuotas: the first of the waiting list is passed over where a quota would be exceeded.
func TestTheNextOnTheListKeepsTheQuotas(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Topic: "volunteers", Most: 1})
	m := h.meets(t)
	h.about(m.all[0], "volunteers")
	h.about(m.all[1], "volunteers")
	h.decide(t, m.lead, events.OutcomeSelected, m.all[0])
	h.decide(t, m.lead, events.OutcomeWaiting, m.all[1], m.all[2])
	p := h.room(t, m.lead).Panel
	next, passed, ok := p.NextFitting()
	if !ok || next.ID != m.all[2].ID || len(passed) != 1 || passed[0].ID != m.all[1].ID {
		t.Errorf("%s, passed over %d, %v", next.Number, len(passed), ok)
	}
	p.List.QuotaReason = "Both are wanted"
	if next, passed, ok := p.NextFitting(); !ok || next.ID != m.all[1].ID || len(passed) != 0 {
		t.Errorf("with a reason: %s", next.Number)
	}
}

// TestTheLastPlaceIsKeptForFirstTimers: who is no first-timer is passed over while the quota of those is short, and the room, its
// what-if and the agenda say what each counts for.
func TestTheLastPlaceIsKeptForFirstTimers(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{First: true, Least: 1}, blueprints.Quota{Kind: "union", Most: 1})
	m := h.meets(t)
	h.is(m.all[0], "union", false)
	h.is(m.all[2], "union", true)
	h.decide(t, m.lead, events.OutcomeSelected, m.all[0])
	h.decide(t, m.lead, events.OutcomeWaiting, m.all[1], m.all[2])
	p := h.room(t, m.lead).Panel
	if next, passed, ok := p.NextFitting(); !ok || next.ID != m.all[1].ID || len(passed) != 0 {
		t.Errorf("a second union is next: %s, passed over %d, %v", next.Number, len(passed), ok)
	}
	h.is(m.all[2], "association", true)
	p = h.room(t, m.lead).Panel
	next, passed, ok := p.NextFitting()
	if !ok || next.ID != m.all[2].ID || len(passed) != 1 || passed[0].ID != m.all[1].ID {
		t.Errorf("%s, passed over %d, %v", next.Number, len(passed), ok)
	}
	done(t, h.service.PutOnTable(t.Context(), m.lead, m.all[2].ID))
	browser := h.SignedIn(t, m.lead.Actor())
	room := "/selection/" + h.call.ID.String() + "/panel"
	browser.Get(room)
	browser.Want(http.StatusOK, "Union or chamber: 1 of 1", "First-timers: 0, at least 1 wanted", "Waiting list 2 First-timers")
	browser.Get(room + "/what-if")
	browser.Submit(room+"/what-if", "as-"+m.all[2].ID.String(), "selected")
	browser.Want(http.StatusOK, "First-timers: 1, at least 1 wanted")
}

// TestARoomAsksEquallyOften holds the number of queries to one, whatever the number of applications.
func TestARoomAsksEquallyOften(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	done(t, h.service.PutOnTable(t.Context(), m.lead, m.all[0].ID))
	browser := h.SignedIn(t, m.lead.Actor())
	path := "/selection/" + h.call.ID.String() + "/panel"
	count := func() int64 {
		return h.queries.Least(func() { browser.Get(path) })
	}
	before := count()
	for _, name := range []string{"Bir", "İki", "Üç"} {
		a, _ := h.apply(t, name)
		done(t, h.service.WriteNote(t.Context(), m.chair, a.ID, "Note", true))
	}
	if after := count(); after != before {
		t.Errorf("%d queries, %d with more applications", before, after)
	}
}
