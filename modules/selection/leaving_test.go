package selection_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// leaves ends a role of somebody on the team, and is them from then on.
func (h *house) leaves(t *testing.T, sc tenants.Scope, role tenants.Role) tenants.Scope {
	t.Helper()
	actor := sc.Actor()
	if err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		held, err := tx.RevokeRole(ctx, actor.Person, tenanttest.Role(role))
		if err == nil && !held {
			t.Errorf("was no %s", role)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	actor.Grants = nil
	return sc.As(actor)
}

// unknown holds that nothing is there for somebody.
func unknown(t *testing.T, what string, err error) {
	t.Helper()
	if !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindForbidden) {
		t.Errorf("%s: %v", what, err)
	}
}

func TestARunOfSomebodyWhoLeftGoesOn(t *testing.T) {
	t.Parallel()
	c := gather(t)
	ctx, call := t.Context(), c.call.ID
	other := c.role(t, "Selin", tenants.RoleCoordinator)
	id, err := c.service.StartRun(ctx, c.coordinator, call, c.settings())
	if err != nil {
		t.Fatal(err)
	}
	left := c.leaves(t, c.coordinator, tenants.RoleCoordinator)
	c.Jobs(t)
	if p := c.proposal(t, other, id); p.State != selection.RunDone {
		t.Fatalf("the run is %s", p.State)
	}
	_, err = c.service.Plan(ctx, left, call, id)
	unknown(t, "who left sees the run", err)
	_, _, err = c.service.RunFile(ctx, left, call, id)
	unknown(t, "who left reads its file", err)
	unknown(t, "who left discards it", c.service.CancelRun(ctx, left, call, id))
	_, _, err = c.service.ApplyRun(ctx, left, call, id)
	unknown(t, "who left applies it", err)
	if n, problems, err := c.service.ApplyRun(ctx, other, call, id); err != nil || n == 0 || len(problems) > 0 {
		t.Errorf("another applies it: %d, %v, %v", n, problems, err)
	}
}

func TestAQueuedRunOfSomebodyWhoLeftIsDiscardedByAnother(t *testing.T) {
	t.Parallel()
	c := gather(t)
	other := c.role(t, "Selin", tenants.RoleCoordinator)
	id, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings())
	if err != nil {
		t.Fatal(err)
	}
	c.leaves(t, c.coordinator, tenants.RoleCoordinator)
	if err := c.service.CancelRun(t.Context(), other, c.call.ID, id); err != nil {
		t.Fatal(err)
	}
	c.Jobs(t)
	if p := c.proposal(t, other, id); p.State != selection.RunCancelled {
		t.Errorf("the run is %s", p.State)
	}
	if again, err := c.service.StartRun(t.Context(), other, c.call.ID, c.settings()); err != nil || again == id {
		t.Errorf("another run: %v", err)
	}
}

// closable is a call of which everything is decided and nothing closed.
func (h *house) closable(t *testing.T) won {
	t.Helper()
	w := won{coordinator: h.role(t, "Defne Koordinatör", tenants.RoleCoordinator), chair: h.role(t, "Otto Vorsitz", tenants.RoleChair)}
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin"} {
		a, leads := h.apply(t, name)
		w.all, w.leads = append(w.all, a), append(w.leads, leads)
	}
	h.decide(t, w.coordinator, events.OutcomeSelected, w.all[0], w.all[1])
	h.decide(t, w.coordinator, events.OutcomeRejected, w.all[2])
	return w
}

func TestAListThatWhoLeftHasClosedIsSignedAndReleasedByOthers(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, call := t.Context(), h.call.ID
	w := h.closable(t)
	done(t, h.service.Close(ctx, w.coordinator, call, h.version(t, w.coordinator), closing()))
	left := h.leaves(t, w.coordinator, tenants.RoleCoordinator)
	version := h.version(t, w.chair)
	unknown(t, "who left opens it again", h.service.Reopen(ctx, left, call, version))
	unknown(t, "who left signs it", h.service.Sign(ctx, left, call, version))
	if duties, err := h.service.Duties(ctx, left); err != nil || len(duties) != 0 {
		t.Errorf("who left has duties: %+v, %v", duties, err)
	}
	done(t, h.service.Sign(ctx, w.chair, call, version))
	unknown(t, "who left releases it", h.service.Release(ctx, left, call, h.version(t, w.chair)))
	other := h.role(t, "Selin", tenants.RoleCoordinator)
	done(t, h.service.Release(ctx, other, call, h.version(t, other)))
	h.Jobs(t)
	if h.count("decision_released", w.all[0].ID) != 1 {
		t.Errorf("facts: %v", h.facts)
	}
}

func TestAListWhoseSecondSignerLeftIsNotStuck(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, call := t.Context(), h.call.ID
	w := h.closable(t)
	done(t, h.service.Close(ctx, w.coordinator, call, h.version(t, w.coordinator), closing()))
	h.leaves(t, w.chair, tenants.RoleChair)
	refusedAs(t, h.service.Sign(ctx, w.coordinator, call, h.version(t, w.coordinator)), "selection.sign.four_eyes")
	done(t, h.service.Sign(ctx, h.role(t, "Yeni Başkan", tenants.RoleChair), call, h.version(t, w.coordinator)))
}

func TestLettersThatSomebodySignedWhoLeftAreReleasedOrTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, call := t.Context(), h.call.ID
	w := h.closable(t)
	second := h.role(t, "Selin", tenants.RoleCoordinator)
	done(t, h.service.Close(ctx, w.coordinator, call, h.version(t, w.coordinator), closing()))
	done(t, h.service.Sign(ctx, second, call, h.version(t, second)))
	h.Jobs(t)
	h.leaves(t, second, tenants.RoleCoordinator)
	done(t, h.service.Reopen(ctx, w.coordinator, call, h.version(t, w.coordinator)))
	done(t, h.service.Close(ctx, w.coordinator, call, h.version(t, w.coordinator), closing()))
	done(t, h.service.Sign(ctx, w.chair, call, h.version(t, w.chair)))
	left := h.leaves(t, w.chair, tenants.RoleChair)
	done(t, h.service.Release(ctx, w.coordinator, call, h.version(t, w.coordinator)))
	h.Jobs(t)
	if n := h.newsFor(w.leads[0][0].Actor().Person)["selection.notify.decided"]; n != 1 {
		t.Errorf("the applicants were told %d times", n)
	}
	if _, err := h.service.Panel(ctx, left, call); err == nil {
		t.Error("who left sees the panel")
	}
}

func TestAMeetingWhoseLeadLeftGoesOn(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, call := t.Context(), h.call.ID
	m := h.meets(t)
	done(t, h.service.PutOnTable(ctx, m.lead, m.all[0].ID))
	done(t, h.service.OpenVote(ctx, m.lead, m.all[0].ID))
	done(t, h.service.CastVote(ctx, m.chair, m.all[0].ID, selection.ChooseSelected))
	live := h.SignedIn(t, m.lead.Actor())
	screen := "/selection/" + call.String() + "/panel"
	live.Get(screen)
	live.Want(http.StatusOK)
	left := h.leaves(t, m.lead, tenants.RoleCoordinator)
	if page := h.SignedIn(t, left.Actor()).Get(screen); page.Status != http.StatusNotFound && page.Status != http.StatusForbidden {
		t.Errorf("the screen of who left: %d", page.Status)
	}
	_, err := h.service.Room(ctx, left, call)
	unknown(t, "the room", err)
	_, err = h.service.Tidings(ctx, left, call)
	unknown(t, "its tidings", err)
	unknown(t, "presence", h.service.Attend(ctx, left, call))
	unknown(t, "a vote", h.service.CastVote(ctx, left, m.all[0].ID, selection.ChooseRejected))
	unknown(t, "the chair", h.service.TakeChair(ctx, left, call))

	r := h.room(t, m.chair)
	if r.Table == nil || r.Table.Voters != 2 || r.Table.Given != 1 {
		t.Fatalf("without who left: %+v", r.Table)
	}
	refusedAs(t, h.service.FinishMeeting(ctx, m.chair, call), "selection.meeting.not_lead")
	done(t, h.service.TakeChair(ctx, m.chair, call))
	done(t, h.service.CloseVote(ctx, m.chair, m.all[0].ID))
	done(t, h.service.FinishMeeting(ctx, m.chair, call))

	// The second who could seal the minutes has left: the meeting is opened once more and another is asked.
	minutes := h.room(t, m.chair).Meeting
	done(t, h.service.SignMinutes(ctx, m.chair, call, minutes.Fingerprint))
	other := h.role(t, "Selin", tenants.RoleCoordinator)
	unknown(t, "sealed by who was not asked", h.service.SignMinutes(ctx, other, call, minutes.Fingerprint))
	done(t, h.service.ReopenMeeting(ctx, m.chair, call))
	done(t, h.service.Rearrange(ctx, m.chair, call, selection.Convening{At: time.Now(), Members: []ids.Person{m.chair.Actor().Person, m.officer.Actor().Person, other.Actor().Person}}))
	done(t, h.service.FinishMeeting(ctx, m.chair, call))
	minutes = h.room(t, m.chair).Meeting
	done(t, h.service.SignMinutes(ctx, m.chair, call, minutes.Fingerprint))
	done(t, h.service.SignMinutes(ctx, other, call, minutes.Fingerprint))
}
