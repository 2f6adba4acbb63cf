package selection_test

import (
	"strings"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

// dueSince moves the day of all reviews, and forgets that anybody was reminded.
func (h *house) dueSince(t *testing.T, at time.Time) {
	t.Helper()
	h.does(t, "UPDATE reviews SET due_at = ?, reminded_at = NULL", at)
}

// does changes the network's own tables as only time would.
func (h *house) does(t *testing.T, query string, args ...any) {
	t.Helper()
	must(t, h.System().Write(t.Context(), func(ctx ctx, tx *tenants.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

// reminders are the mails to somebody that remind of reviews, without what is common to their kinds. Each says what it is about, so that
// whoever must not know of one of the reviews does not read it.
func (h *house) reminders(t *testing.T, person ids.Person) []string {
	t.Helper()
	var found []string
	for _, m := range h.mailsTo(person) {
		switch kind := strings.TrimPrefix(m.Kind, "selection.mail."); kind {
		case "review_reminder", "review_overdue", "review_asked":
			found = append(found, kind)
			if m.AboutID != selection.ReviewsOf(h.call.ID) {
				t.Errorf("%s is about %q", kind, m.AboutID)
			}
		}
	}
	return found
}

// TestReviewersAreRemindedThreeTimes holds when they are: three days before the day, one day after it, and five days after it.
func TestReviewersAreRemindedThreeTimes(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.role(t, "Bir", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	h.gives(t, a, one)
	var due time.Time
	must(t, h.System().Read().NewRaw("SELECT due_at FROM reviews").Scan(t.Context(), &due))
	var days []float64
	rows, err := h.Cluster.Worker.Query(t.Context(), `SELECT extract(epoch FROM scheduled_at - $1::timestamptz) / 86400 FROM river.river_job
		WHERE args->>'name' = 'selection.remind_review' AND args::text LIKE '%' || $2 || '%' ORDER BY 1`, due, one.Actor().Person.String())
	must(t, err)
	for rows.Next() {
		var day float64
		must(t, rows.Scan(&day))
		days = append(days, day)
	}
	must(t, rows.Err())
	if len(days) != 3 || days[0] != -3 || days[1] != 1 || days[2] != 5 {
		t.Errorf("reminded %v days after the day", days)
	}
}

// TestWhatIsOverdueIsRemindedOf, once for each day, and only while it can still be done.
func TestWhatIsOverdueIsRemindedOf(t *testing.T) {
	t.Parallel()
	for name, anonymous := range map[string]bool{"named": false, "anonymous": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.anonymous(anonymous)
			one := h.role(t, "Bir", tenants.RoleReviewer)
			person := one.Actor().Person
			a, _ := h.apply(t, "Ihlamur")
			b, _ := h.apply(t, "Zeytin")
			h.gives(t, a, one)
			h.gives(t, b, one)
			by := time.Now().Add(-25 * time.Hour).Truncate(time.Microsecond)
			h.dueSince(t, by)
			remind := func(want int) {
				t.Helper()
				must(t, h.service.RemindReviewer(t.Context(), h.System(), selection.Reminding{Call: h.call.ID, Person: person, By: by}))
				h.Jobs(t)
				if got := h.reminders(t, person); len(got) != want || want > 0 && got[want-1] != "review_overdue" {
					t.Errorf("reminded of %v, want %d", got, want)
				}
			}
			remind(1)
			remind(1) // a job that runs twice
			h.does(t, "UPDATE reviews SET reminded_at = reminded_at - interval '1 day'")
			remind(2)
			h.dueSince(t, by)
			h.undecided(a.ID, false)
			h.undecided(b.ID, false)
			remind(2)
			h.undecided(a.ID, true)
			h.does(t, "UPDATE decision_lists SET state = 'closed', closed_at = now(), closed_by = ?", ids.New[ids.Person]())
			remind(2)
			h.does(t, "UPDATE decision_lists SET state = 'open', closed_at = NULL, closed_by = NULL")
			h.does(t, "UPDATE reviews SET due_at = due_at + interval '1 hour'")
			remind(2)
			h.dueSince(t, by)
			remind(3)
			for _, m := range h.mailsTo(person) {
				if m.Kind == "selection.mail.review_overdue" && len(m.Args) > 0 {
					t.Errorf("the mail counts: %v", m.Args)
				}
			}
		})
	}
}

// TestOfficersRemindNow holds that whoever presses reaches those who owe what they know of, once a day for each review.
func TestOfficersRemindNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, other := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Defne", tenants.RoleCoordinator)
	one, two, three := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer), h.role(t, "Üç", tenants.RoleReviewer)
	known, _ := h.apply(t, "Ihlamur")
	hidden, _ := h.apply(t, "Zeytin")
	for _, r := range []tenants.Scope{one, two} {
		h.gives(t, known, r)
	}
	for _, r := range []tenants.Scope{one, three} {
		h.gives(t, hidden, r)
	}
	done := h.reviewOf(t, two, known.ID)
	h.write(t, two, done, 8, "TEXT")
	must(t, h.service.Submit(t.Context(), two, done))
	must(t, h.service.DeclareConflict(t.Context(), officer, hidden.ID, selection.Declaration{Kind: selection.ConflictWork}))
	check := func(what string, want map[*tenants.Scope]int) {
		t.Helper()
		h.Jobs(t)
		for who, n := range want {
			if got := h.reminders(t, who.Actor().Person); len(got) != n {
				t.Errorf("%s: %s was reminded %v, want %d", what, h.people[who.Actor().Person].Name, got, n)
			}
		}
	}
	for name, sc := range map[string]tenants.Scope{"a reviewer": one, "the chair": h.role(t, "Otto", tenants.RoleChair), "finance": h.role(t, "Para", tenants.RoleFinance)} {
		if _, err := h.service.RemindReviewers(t.Context(), sc, h.call.ID, ids.Person{}); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s reminds: %v", name, err)
		}
	}
	page := "/selection/" + h.call.ID.String() + "/reviewers"
	b := h.SignedIn(t, officer.Actor())
	b.Get(page)
	b.Want(200, "Remind 1 person now")
	b.Submit("/selection/" + h.call.ID.String() + "/reminders")
	b.Want(200, "Reminded by mail.", "Last reminded: ")
	if strings.Contains(b.Page.Body, "Remind 1 person now") || strings.Contains(b.Page.Body, "/reminders") {
		t.Error("somebody can be reminded again at once")
	}
	check("the officer presses", map[*tenants.Scope]int{&one: 1, &two: 0, &three: 0})
	if _, err := h.service.RemindReviewers(t.Context(), officer, h.call.ID, ids.Person{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("twice a day: %v", err)
	}
	if n, err := h.service.RemindReviewers(t.Context(), other, h.call.ID, ids.Person{}); err != nil || n != 2 { // of what the officer does not know of
		t.Errorf("the coordinator reminds %d: %v", n, err)
	}
	check("the coordinator presses", map[*tenants.Scope]int{&one: 2, &two: 0, &three: 1})
	h.does(t, "UPDATE reviews SET reminded_at = reminded_at - interval '1 day'")
	if _, err := h.service.RemindReviewers(t.Context(), officer, h.call.ID, three.Actor().Person); !fault.Is(err, fault.KindConflict) {
		t.Errorf("somebody who owes nothing that the officer knows of: %v", err)
	}
	h.dueSince(t, time.Now().Add(-time.Hour))
	c := h.SignedIn(t, other.Actor())
	c.Get(page)
	c.Want(200, "Remind 2 people now")
	c.Submit("/selection/"+h.call.ID.String()+"/reminders", "person", three.Actor().Person.String())
	c.Want(200, "Reminded by mail.", "Remind 1 person now")
	check("one is named", map[*tenants.Scope]int{&one: 2, &two: 0, &three: 2})
	if got := h.reminders(t, three.Actor().Person); got[0] != "review_asked" || got[1] != "review_overdue" {
		t.Errorf("mails %v", got)
	}
	for _, sc := range []tenants.Scope{one, three} {
		for _, m := range h.mailsTo(sc.Actor().Person) {
			if strings.HasPrefix(m.Kind, "selection.mail.review_") && len(m.Args) > 0 {
				t.Errorf("the mail counts: %v", m.Args)
			}
		}
	}
	var about int
	must(t, h.System().Read().NewRaw("SELECT count(*) FROM audit_entries WHERE action = 'review.reminded' AND actor_person = ? AND subject_id = ?", officer.Actor().Person, hidden.ID.String()).Scan(t.Context(), &about))
	if about != 0 {
		t.Error("the trail says that the officer reminded of what they do not know")
	}
	h.does(t, "UPDATE decision_lists SET state = 'closed', closed_at = now(), closed_by = ?", ids.New[ids.Person]())
	c.Get(page)
	if strings.Contains(c.Page.Body, "/reminders") {
		t.Error("somebody can be reminded when the decisions are closed")
	}
	if _, err := h.service.RemindReviewers(t.Context(), other, h.call.ID, ids.Person{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("closed: %v", err)
	}
}
