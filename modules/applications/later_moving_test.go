package applications_test

import (
	"context"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func TestTheDayUntilWhichTheyAnswerMovesWithTheNextCall(t *testing.T) {
	t.Parallel()
	h := open(t)
	from, to := h.call(t, "pair"), h.call(t, "pair")
	berlin := i18n.Zone("Europe/Berlin")
	due := time.Date(2027, 3, 20, 23, 59, 0, 0, berlin)
	begun := func(e events.CallBegunAgain) {
		t.Helper()
		write(t, h.System(), func(_ context.Context, tx *tenants.Tx) error { tx.Announce(e); return nil })
		h.Jobs(t)
	}
	is := func(when string, want time.Time) {
		t.Helper()
		l, err := h.service.LaterList(t.Context(), h.officer(t), to)
		if err != nil || !l.Due.Equal(want) {
			t.Errorf("%s: %v, want %v, %v", when, l.Due, want, err)
		}
	}
	e := events.CallBegunAgain{From: from, Call: to, Days: 378, Zone: "Europe/Berlin"}
	begun(e)
	is("no day to move", time.Time{})
	if err := h.service.SetLaterDue(t.Context(), h.officer(t), from, due); err != nil {
		t.Fatal(err)
	}
	begun(e)
	moved := time.Date(2028, 4, 1, 23, 59, 0, 0, berlin) // over the change to summer time
	is("moved", moved)
	e.Days = 500
	begun(e)
	is("told once more", moved)
}

func TestWhoIsAcceptedIsReadFromRows(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	withdrawn, other := h.side(t, "Kuzey Derneği", "TR"), h.call(t, "pair")
	gone := h.begun(t, call, withdrawn, "tr")
	h.submits(t, id, one)
	h.closes(call)
	h.becomes(t, id, applications.Accepted)
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE applications SET state = 'withdrawn' WHERE id = ?", gone).Exec(ctx)
		return err
	})
	elsewhere := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	stranger := h.side(t, "Yabancı Dernek", "TR")
	is := func(who string, sc tenants.Scope, call ids.Call, want bool, organizations ...ids.Organization) {
		t.Helper()
		if got, err := applications.AcceptedFrom(t.Context(), sc.Read(), call, organizations); err != nil || got != want {
			t.Errorf("%s: %v, %v", who, got, err)
		}
	}
	is("whose application it is", h.System(), call, true, one.id)
	is("who has another part", h.System(), call, true, two.id)
	is("one of several", h.System(), call, true, stranger.id, two.id)
	is("nobody", h.System(), call, false)
	is("a stranger", h.System(), call, false, stranger.id)
	is("who has withdrawn", h.System(), call, false, withdrawn.id)
	is("of another call", h.System(), other, false, one.id, two.id)
	is("in another network", elsewhere, call, false, one.id, two.id)
	for _, state := range applications.States {
		write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw("UPDATE applications SET state = ? WHERE id = ?", state, id).Exec(ctx)
			return err
		})
		is(string(state), h.System(), call, state == applications.Accepted, one.id)
	}
}

func TestALaterSectionReadsAnswersOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, _ := h.accepted(t)
	page := h.queries.Least(func() {
		if _, err := h.service.Afterwards(t.Context(), one.lead, id); err != nil {
			t.Fatal(err)
		}
	})
	section := h.queries.Least(func() {
		if _, err := h.service.LaterDesk(t.Context(), one.lead, id, "", "pay"); err != nil {
			t.Fatal(err)
		}
	})
	if section != page+1 { // and the sheet
		t.Errorf("%d queries for the page, %d for a section", page, section)
	}
}
