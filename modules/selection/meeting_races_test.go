package selection_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

func TestNobodyFloodsTheNotes(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[0].ID
	done(t, h.service.PutOnTable(ctx, m.lead, id))
	for range selection.MaxMeetingNotes {
		done(t, h.service.WriteNote(ctx, m.chair, id, "one", false))
	}
	browser := h.SignedIn(t, m.chair.Actor())
	c := "/selection/" + h.call.ID.String() + "/panel"
	browser.Get(c)
	browser.Submit(c+"/notes", "note", "TYPED note", "kind", "private")
	browser.Want(http.StatusUnprocessableEntity, "You have written 20 notes", "TYPED note")
	done(t, h.service.WriteNote(ctx, m.chair, m.all[1].ID, "another's", false))
	done(t, h.service.TakeNote(ctx, m.chair, h.call.ID, h.room(t, m.chair).Table.Notes[0].ID))
	done(t, h.service.WriteNote(ctx, m.chair, id, "in its place", false))
}

// TestTheRoomLeavesATrail that says who did what, but neither a vote nor a word.
func TestTheRoomLeavesATrail(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[0].ID
	done(t, h.service.PutOnTable(ctx, m.lead, id))
	done(t, h.service.OpenVote(ctx, m.lead, id))
	done(t, h.service.CastVote(ctx, m.chair, id, selection.ChooseRejected))
	done(t, h.service.WriteNote(ctx, m.chair, id, "PRIVATE words", false))
	done(t, h.service.TakeNote(ctx, m.chair, h.call.ID, h.room(t, m.chair).Table.Notes[0].ID))
	for action, want := range map[string]int{"meeting.attended": 3, "meeting.voted": 1, "meeting.noted": 1, "meeting.note_removed": 1} {
		var said []string
		done(t, h.System().Read().NewRaw("SELECT detail::text FROM audit_entries WHERE action = ?", action).Scan(ctx, &said))
		if text := strings.Join(said, " "); len(said) != want || strings.Contains(text, "rejected") || strings.Contains(text, "PRIVATE") {
			t.Errorf("%s: %d entries, %s", action, len(said), text)
		}
	}
}

// whileHeld lets act wait for the meeting, does something meanwhile in the transaction that holds it, and gives act's error.
func (h *house) whileHeld(t *testing.T, act func() error, during func(ctx context.Context, tx *tenants.Tx)) error {
	t.Helper()
	acted := make(chan error, 1)
	done(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.NewRaw("SELECT FROM panel_meetings WHERE call_id = ? FOR UPDATE", h.call.ID).Exec(ctx); err != nil {
			return err
		}
		go func() { acted <- act() }()
		for waiting := 0; waiting == 0; {
			err := tx.NewRaw("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))").Scan(ctx, &waiting)
			if err != nil {
				return err
			}
		}
		during(ctx, tx)
		return nil
	}))
	return <-acted
}

func TestAConflictHoldsFromWhenItIsKnown(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	fifth, _ := h.apply(t, "Fındık")
	vote, note, steer, chair, lot, away := m.all[0], m.all[1], m.all[2], m.all[3], fifth, m.all[0]
	done(t, h.service.PutOnTable(ctx, m.lead, vote.ID))
	done(t, h.service.OpenVote(ctx, m.lead, vote.ID))
	for name, one := range map[string]struct {
		who tenants.Scope
		of  selection.Application
		act func() error
	}{
		"a vote":        {m.officer, vote, func() error { return h.service.CastVote(ctx, m.officer, vote.ID, selection.Abstain) }},
		"a note":        {m.officer, note, func() error { return h.service.WriteNote(ctx, m.officer, note.ID, "x", true) }},
		"the table":     {m.lead, steer, func() error { return h.service.PutOnTable(ctx, m.lead, steer.ID) }},
		"an introducer": {m.lead, chair, func() error { return h.service.Introduce(ctx, m.lead, chair.ID, m.chair.Actor().Person) }},
		"a lot":         {m.lead, lot, func() error { return h.service.PrepareLot(ctx, m.lead, h.call.ID, []ids.Application{lot.ID, vote.ID}) }},
	} {
		err := h.whileHeld(t, one.act, func(context.Context, *tenants.Tx) { h.conflict(t, one.who, one.of) })
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := h.whileHeld(t, func() error { return h.service.FinishMeeting(ctx, m.lead, h.call.ID) }, func(context.Context, *tenants.Tx) { h.conflict(t, m.chair, away) })
	done(t, err)
	minutes, err := h.service.Minutes(ctx, m.lead, h.call.ID, h.room(t, m.lead).Meeting.ID)
	done(t, err)
	if len(minutes.Entries) != 1 || len(minutes.Entries[0].Away) != 2 {
		t.Errorf("the minutes do not say who had left: %+v", minutes.Entries)
	}
}

// TestTheRankingWaitsForTheMeeting before it changes what the meeting knows, so that neither holds what the other waits for.
func TestTheRankingWaitsForTheMeeting(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx, id := t.Context(), m.all[0].ID
	version := h.room(t, m.chair).List.Version
	done(t, h.whileHeld(t, func() error {
		return h.service.Decide(ctx, m.chair, h.call.ID, version, events.OutcomeSelected, []ids.Application{id})
	}, func(ctx context.Context, tx *tenants.Tx) {
		_, err := tx.NewRaw("INSERT INTO panel_items (meeting_id, application_id) SELECT id, ? FROM panel_meetings WHERE call_id = ?", id, h.call.ID).Exec(ctx)
		done(t, err)
	}))
	if it := h.room(t, m.lead).Items[id]; it.Decided != 1 {
		t.Errorf("the meeting was not told: %+v", it)
	}
}

// TestALeaderLearnsNothingOfLots: with a conflict of interest in an application they do the same as without it in the call.
func TestALeaderLearnsNothingOfLots(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := h.meets(t)
	ctx := t.Context()
	fifth, _ := h.apply(t, "Fındık")
	a, b, c, d, e := m.all[0].ID, m.all[1].ID, m.all[2].ID, m.all[3].ID, fifth.ID
	h.conflict(t, m.lead, m.all[0])
	h.conflict(t, m.lead, m.all[1])
	tidings := func() string {
		t.Helper()
		said, err := h.service.Tidings(ctx, m.lead, h.call.ID)
		done(t, err)
		return said
	}
	done(t, h.service.TakeChair(ctx, m.chair, h.call.ID))
	before := tidings()
	done(t, h.service.PrepareLot(ctx, m.chair, h.call.ID, []ids.Application{a, c}))
	hidden := h.room(t, m.chair).Lots[0].ID
	if tidings() != before {
		t.Error("the news tell of a lot that the reader cannot see")
	}
	done(t, h.service.PrepareLot(ctx, m.chair, h.call.ID, []ids.Application{b, d, e}))
	if tidings() == before {
		t.Error("the news do not tell of a lot that the reader sees")
	}
	done(t, h.service.TakeChair(ctx, m.lead, h.call.ID))
	before = tidings()
	part := h.room(t, m.lead).Lots
	if len(part) != 1 || len(part[0].Applications) != 2 {
		t.Fatalf("%+v", part)
	}
	done(t, h.service.DrawLot(ctx, m.lead, h.call.ID, part[0].ID))
	if tidings() == before {
		t.Error("the news do not tell that a lot was drawn")
	}
	refusedAs(t, h.service.PrepareLot(ctx, m.lead, h.call.ID, []ids.Application{c, d}), "selection.lot.already")
	if err := h.service.PrepareLot(ctx, m.lead, h.call.ID, []ids.Application{c, c}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a lot of one: %v", err)
	}
	sixth, _ := h.apply(t, "Kestane")
	done(t, h.service.PrepareLot(ctx, m.lead, h.call.ID, []ids.Application{c, sixth.ID}))
	before = tidings()
	done(t, h.service.DropLot(ctx, m.lead, h.call.ID, hidden))
	if tidings() != before || len(h.room(t, m.lead).Lots) != 2 || len(h.room(t, m.chair).Lots) != 2 {
		t.Error("a lot that they cannot see is not dropped in silence")
	}
}
