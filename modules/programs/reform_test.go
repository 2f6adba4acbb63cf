package programs_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestTheFormOfAnOpenCallChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	var announced []events.FormChanged
	tenants.React(h.Tenants.Registry(), "test.form", func(_ context.Context, _ tenants.Scope, e events.FormChanged) error {
		announced = append(announced, e)
		return nil
	})
	call := h.published(t)
	page := "/program/calls/" + call.ID.String() + "/form/publication"
	staff, visitor := h.SignedIn(t, sc.Actor()), h.Browser(t, h.Tenant)
	staff.Get(page)
	staff.Want(200, "The form is as it was published")
	edit := func(change func(q *forms.Question)) {
		t.Helper()
		err := h.service.Redesign(t.Context(), sc, call.ID, false, func(d *forms.Definition) error {
			q, _, _ := d.Question("mission")
			change(q)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	edit(func(q *forms.Question) { q.Label[i18n.EN], q.Words = "What do you work for, every day?", 42 })
	staff.Get(page)
	staff.Want(200, "every day", "Most words", "42", "1 question is new or asks something else.", "1 draft asks the new form from then on.", "2 applications were handed in and stay as they are")
	if n := strings.Count(staff.Page.Text(), "Question (English)"); n != 1 {
		t.Errorf("the question's words are compared %d times", n)
	}
	visitor.Get("/calls/" + call.ID.String() + "/form")
	if visitor.Want(200); strings.Contains(visitor.Page.Text(), "every day") {
		t.Error("a draft is public")
	}
	staff.Get(page)
	staff.Submit(page, "reason", "")
	staff.Want(422, "Please fill this in.")
	edit(func(q *forms.Question) { q.Words = 43 })
	staff.Submit(page, "reason", "Typed before somebody else changed the draft.")
	staff.Want(409)
	if staff.Page.Value("reason") == "" {
		t.Error("what was typed is lost")
	}
	staff.Get(page)
	staff.Submit(page, "reason", "It was too long.")
	staff.Want(200, "The changed form is published.", "The form was changed", "It was too long.")
	visitor.Get("/calls/" + call.ID.String() + "/form")
	visitor.Want(200, "every day")
	visitor.Get("/calls/" + call.ID.String())
	visitor.Want(200, "The form was changed", "It was too long.")
	h.Jobs(t)
	now, err := h.service.Call(t.Context(), sc, call.ID)
	must(t, err)
	if len(announced) != 1 || announced[0].From != call.FormVersion || announced[0].To != now.FormVersion || now.FormVersion == call.FormVersion {
		t.Errorf("announced %v, the call asks %s", announced, now.FormVersion)
	}
	if err := h.service.Reform(t.Context(), sc, call.ID, now.Version, 0, "Again."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("nothing to publish: %v", err)
	}
	if err := h.service.Reform(t.Context(), h.As(t, tenanttest.Role(tenants.RoleOfficer)), call.ID, now.Version, 0, "As an officer."); err == nil {
		t.Error("an officer published")
	}
}

func TestALateChangeAsksNothingMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	call := h.published(t)
	h.exec(t, h.World, "UPDATE calls SET closes_at = ? WHERE id = ?", time.Now().Add(71*time.Hour), call.ID)
	publish := func(change func(q *forms.Question)) error {
		t.Helper()
		must(t, h.service.Redesign(t.Context(), sc, call.ID, false, func(d *forms.Definition) error {
			q, _, _ := d.Question("mission")
			change(q)
			return nil
		}))
		r, err := h.service.Revision(t.Context(), sc, call.ID)
		must(t, err)
		return h.service.Reform(t.Context(), sc, call.ID, r.Call.Version, r.Draft, "A reason.")
	}
	if err := publish(func(q *forms.Question) { q.Label[i18n.EN] = "Something else?" }); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a question asks something else in the last days: %v", err)
	}
	must(t, h.service.Revert(t.Context(), sc, call.ID))
	if err := publish(func(q *forms.Question) {
		q.Example = i18n.Text{i18n.EN: "So.", i18n.TR: "Böyle.", i18n.DE: "So."}
	}); err != nil {
		t.Errorf("an example in the last days: %v", err)
	}
	h.exec(t, h.World, "UPDATE calls SET opens_at = opens_at - interval '30 days', closes_at = now() - interval '1 minute' WHERE id = ?", call.ID)
	r, err := h.service.Revision(t.Context(), sc, call.ID)
	must(t, err)
	if err := h.service.Reform(t.Context(), sc, call.ID, r.Call.Version, r.Draft, "Too late."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a closed call's form: %v", err)
	}
}

// A kill in the middle of a publication leaves everything as it was: what applicants are asked, the public log, and the
// draft, which can be published afterwards.
func TestAKillWhilePublishingAChangeLeavesTheOldForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	announced := 0
	tenants.React(h.Tenants.Registry(), "test.form", func(context.Context, tenants.Scope, events.FormChanged) error {
		announced++
		return nil
	})
	call := h.published(t)
	must(t, h.service.Redesign(t.Context(), sc, call.ID, false, func(d *forms.Definition) error {
		q, _, _ := d.Question("mission")
		q.Label[i18n.EN] = "Anew?"
		return nil
	}))
	r, err := h.service.Revision(t.Context(), sc, call.ID)
	must(t, err)
	publish := func() error {
		return h.service.Reform(t.Context(), sc, call.ID, r.Call.Version, r.Draft, "A reason.")
	}
	var killed error
	err = h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		// Whoever publishes waits here with everything written but the public log.
		if _, err := tx.NewRaw("LOCK TABLE call_changes IN SHARE MODE").Exec(ctx); err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() { done <- publish() }()
		for {
			select {
			case killed = <-done:
				return nil
			default:
				if _, err := h.Cluster.Admin(t).Exec(ctx, `SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
					JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE NOT l.granted AND c.relname = 'call_changes' AND n.nspname = $1`, h.Tenant.Schema); err != nil {
					return err
				}
			}
		}
	})
	must(t, err)
	if killed == nil {
		t.Fatal("it was published all the same")
	}
	h.Jobs(t)
	now, err := h.service.Revision(t.Context(), sc, call.ID)
	must(t, err)
	if now.Call.FormVersion != call.FormVersion || now.Draft != r.Draft || len(now.News) != 1 || announced != 0 {
		t.Errorf("the call asks %s, %d changes wait in draft %d, announced %d times", now.Call.FormVersion, len(now.News), now.Draft, announced)
	}
	must(t, publish())
}
