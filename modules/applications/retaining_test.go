package applications_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// keeps makes the call promise to erase answers of a class after so many months.
func (h *house) keeps(call ids.Call, class forms.Class, months int) {
	h.moves(call, func(c *applications.Call) {
		if c.Keeps == nil {
			c.Keeps = map[forms.Class]int{}
		}
		c.Keeps[class] = months
	})
}

// night does what is done every night.
func (h *house) night(t *testing.T) {
	t.Helper()
	if err := h.service.Retain(t.Context(), h.System()); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

// passes moves everything of applications, and what the team was told, so far into the past.
func (h *house) passes(t *testing.T, days int) {
	t.Helper()
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		for _, statement := range []string{
			"UPDATE application_states SET at = at - make_interval(days => ?)", "UPDATE application_erasures SET told_at = told_at - make_interval(days => ?)",
			"UPDATE applications SET told_at = told_at - make_interval(days => ?)",
		} {
			if _, err := tx.NewRaw(statement, days).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// wasTold is how often the team was told that answers are going to be erased.
func (h *house) wasTold() int {
	n := 0
	for _, m := range h.news {
		if m.Key == "applications.notify.retention" {
			n++
		}
	}
	return n
}

// left counts the answers to a question, wherever they are kept.
func (h *house) left(t *testing.T, key string) int {
	t.Helper()
	var n int
	if err := h.System().Read().NewRaw("SELECT count(*) FROM answers WHERE split_part(question, '.', 1) = ?", key).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestAnswersAreErasedWhenTheirTimeIsOver follows what was answered later from a partnership's end: the team is told a fortnight
// ahead and once, nothing goes before, everything of the class goes with its copies, and the rest stays.
func TestAnswersAreErasedWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.accepted(t)
	h.sends(t, id, one, "iban", "TR33", "food", "none")
	h.sends(t, id, two, "iban", "DE12", "food", "milk")
	h.keeps(call, forms.ClassFinancial, 2)
	officer := h.officer(t)
	tied := h.ties(t, id, one)
	var copies atomic.Int32 // that are told to go
	tenants.React(h.Tenants.Registry(), "test.answers_erased", func(_ context.Context, _ tenants.Scope, e events.AnswersErased) error {
		if e.Application == id {
			copies.Add(1)
		}
		return nil
	})
	before := map[string]int{}
	for _, key := range []string{"iban", "food", "topics"} {
		if before[key] = h.left(t, key); before[key] < 2 {
			t.Fatalf("%d answers to %s", before[key], key)
		}
	}
	stays := func(when string, keys ...string) {
		t.Helper()
		for _, key := range keys {
			if n := h.left(t, key); n != before[key] {
				t.Errorf("%s: %d answers to %s are left, want %d", when, n, key, before[key])
			}
		}
	}
	h.mu.Lock()
	h.ended = map[ids.Application]time.Time{id: {}}
	h.mu.Unlock()
	h.moves(call, func(c *applications.Call) { c.Over = time.Now().AddDate(-1, 0, 0) })
	h.passes(t, 400)
	h.night(t)
	stays("while the partnership lasts", "iban", "food", "topics")
	r, err := h.service.Retention(t.Context(), officer, ids.Call{})
	if err != nil || r.Call.ID != call || r.Running != 1 || len(r.Coming)+len(r.Done) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
	h.mu.Lock()
	h.ended = map[ids.Application]time.Time{id: time.Now().AddDate(0, -2, 20)}
	h.mu.Unlock()
	h.night(t)
	if h.wasTold() != 0 {
		t.Error("the team is told more than a fortnight ahead")
	}
	h.mu.Lock()
	h.ended[id] = time.Now().AddDate(0, -2, -30)
	h.mu.Unlock()
	h.night(t)
	team := h.wasTold()
	if team == 0 {
		t.Error("the team is not told")
	}
	h.untold(t, tied, "applications.notify.retention")
	h.night(t)
	h.passes(t, 13)
	h.night(t)
	stays("a fortnight has not passed", "iban", "food", "topics")
	if r, err = h.service.Retention(t.Context(), officer, call); err != nil || r.Running != 0 || len(r.Coming) != 1 || !r.Coming[0].Told || r.Coming[0].Applications != 1 || r.Coming[0].Class != forms.ClassFinancial {
		t.Errorf("%+v, %v", r, err)
	}
	h.passes(t, 1)
	h.night(t)
	h.night(t)
	if n := h.left(t, "iban"); n != 0 {
		t.Errorf("%d accounts are left", n)
	}
	stays("another class", "food", "topics")
	if h.wasTold() != team {
		t.Errorf("the team was told %d times, want %d", h.wasTold(), team)
	}
	if n := h.audited(t, "application.answers_erased"); n != 1 {
		t.Errorf("%d entries in the trail", n)
	}
	h.Jobs(t)
	if n := copies.Load(); n != 1 {
		t.Errorf("copies are told to go %d times", n)
	}
	if r, err = h.service.Retention(t.Context(), officer, call); err != nil || len(r.Coming) != 0 || len(r.Done) != 1 || r.Done[0].Applications != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	h.keeps(call, forms.ClassFinancial, 1)
	h.night(t)
	d, err := h.service.Dossier(t.Context(), officer, id)
	if err != nil || len(d.Erased) != 1 || d.Erased[0].Class != forms.ClassFinancial {
		t.Errorf("the dossier says %+v, %v", d.Erased, err)
	}
	b := h.SignedIn(t, officer.Actor())
	b.Get("/applications/" + id.String() + "/dossier")
	b.Want(200, "Answers were erased", "Financial data")
	b.Get("/applications/retention")
	b.Want(200, "Financial data", "1 month after the application is over")
	b = h.SignedIn(t, one.lead.Actor())
	b.Get("/applications/" + id.String())
	b.Want(200, "How long your answers are kept", "erased on")
}

// TestWhenAnApplicationIsOver holds the night to what each state means.
func TestWhenAnApplicationIsOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state   applications.State
		prepare func(h *house, call ids.Call, id ids.Application)
		over    bool
	}{
		"selected":               {state: applications.Selected},
		"accepted":               {state: applications.Accepted},
		"rejected":               {state: applications.Rejected, over: true},
		"declined":               {state: applications.Declined, over: true},
		"lapsed":                 {state: applications.Lapsed, over: true},
		"waiting without an end": {state: applications.Waiting},
		"waiting until in the future": {state: applications.Waiting, prepare: func(h *house, call ids.Call, _ ids.Application) {
			h.lists = map[ids.Call]time.Time{call: time.Now().AddDate(0, 1, 0)}
		}},
		"waiting until in the past": {state: applications.Waiting, over: true, prepare: func(h *house, call ids.Call, _ ids.Application) {
			h.lists = map[ids.Call]time.Time{call: time.Now().AddDate(0, -3, 0)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			call, id, one, _ := h.pair(t)
			h.submits(t, id, one)
			h.closes(call)
			h.becomes(t, id, c.state)
			if c.prepare != nil {
				c.prepare(h, call, id)
			}
			h.goes(t, call, c.over)
		})
	}
}

// goes lets the time of personal data pass twice, and says whether they have to be gone then.
func (h *house) goes(t *testing.T, call ids.Call, over bool) {
	t.Helper()
	const key = "contact"
	if h.left(t, key) == 0 {
		t.Fatal("nothing personal was answered")
	}
	h.keeps(call, forms.ClassPersonal, 1)
	for range 2 {
		h.passes(t, 40)
		h.night(t)
	}
	if gone := h.left(t, key) == 0; gone != over {
		t.Errorf("erased: %v, want %v", gone, over)
	}
}

func TestADraftIsOverWhenNobodyCanHandIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, _, one, _ := h.pair(t)
	ago := func(months int) {
		h.moves(call, func(c *applications.Call) {
			c.ClosesAt, c.Until = time.Now().AddDate(0, -months, 0), time.Now().AddDate(0, -months, 0)
		})
	}
	h.goes(t, call, false)
	ago(3)
	h.mu.Lock()
	h.late[call] = map[ids.Organization]time.Time{one.id: time.Now().AddDate(0, 0, 20)}
	h.mu.Unlock()
	h.goes(t, call, false)
	h.mu.Lock()
	delete(h.late, call)
	h.mu.Unlock()
	h.goes(t, call, true)
}

// TestAWithdrawnApplicationGoesWithAllThatWasWritten also of an organization that had left, and of what was handed in.
func TestAWithdrawnApplicationGoesWithAllThatWasWritten(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.submits(t, id, one)
	if err := h.service.Leave(t.Context(), two.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Withdraw(t.Context(), one.lead, id); err != nil {
		t.Fatal(err)
	}
	h.goes(t, call, true)
}

// TestWhatIsHeldIsNotToldByThePage compares the page of an application that was found ineligible, while the letter is held, with
// one that nobody has checked; both may be withdrawn.
func TestWhatIsHeldIsNotToldByThePage(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	h.submits(t, id, one)
	h.closes(call)
	h.keeps(call, forms.ClassPersonal, 1)
	page := func() string {
		b := h.SignedIn(t, one.lead.Actor())
		b.Get("/applications/" + id.String())
		b.Want(200, "Withdraw the application")
		return b.Page.Body
	}
	before := page()
	check := func(failed ...string) {
		t.Helper()
		if err := h.service.Check(t.Context(), h.officer(t), id, h.find(t, id).Version, failed); err != nil {
			t.Fatal(err)
		}
	}
	check()
	check("complete")
	for _, told := range []string{"How long your answers are kept", "Eligible"} {
		if after := page(); strings.Contains(after, told) != strings.Contains(before, told) {
			t.Errorf("the page says %q, or not any more", told)
		}
	}
	h.goes(t, call, false)
	revoked := len(h.revoked)
	if err := h.service.Withdraw(t.Context(), one.lead, id); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if h.find(t, id).State != applications.Withdrawn || len(h.revoked) != revoked+1 {
		t.Errorf("%s, and %d letters are revoked", h.find(t, id).State, len(h.revoked)-revoked)
	}
	if found, err := applications.Check(t.Context(), h.System()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestAnApplicationThatComesBackIsErasedAgain as its people go on writing, and the team is told again.
func TestAnApplicationThatComesBackIsErasedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	h.officer(t)
	h.moves(call, func(c *applications.Call) { c.Until = time.Now().AddDate(0, -3, 0) })
	h.goes(t, call, true)
	told := h.wasTold()
	h.mu.Lock()
	h.late[call] = map[ids.Organization]time.Time{one.id: time.Now().Add(time.Hour)}
	h.mu.Unlock()
	a := h.find(t, id)
	sheet := a.Part(one.id).Sheet
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO answers (sheet_id, question, value, version, updated_at) VALUES (?, 'contact', '[{"name": "Ayşe"}]', 1, now())`, sheet).Exec(ctx)
		return err
	})
	if err := h.service.Withdraw(t.Context(), one.lead, id); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	h.passes(t, 40)
	h.night(t)
	if h.left(t, "contact") == 0 || h.wasTold() == told {
		t.Error("it went at once, or nobody was told")
	}
	h.passes(t, 15)
	h.night(t)
	if h.left(t, "contact") != 0 {
		t.Error("what was written since is never erased")
	}
}

// TestAnAcceptedApplicationWithoutAPartnershipEndsWithTheCalendar as one of a single organization founds none.
func TestAnAcceptedApplicationWithoutAPartnershipEndsWithTheCalendar(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, _, _, _ := h.accepted(t)
	h.goes(t, call, false)
	h.moves(call, func(c *applications.Call) { c.Over = time.Now().AddDate(0, 0, 5) })
	h.goes(t, call, false)
	h.moves(call, func(c *applications.Call) { c.Over = time.Now().AddDate(0, -3, 0) })
	h.goes(t, call, true)
}

func TestWhoSeesWhatIsErased(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	if _, err := h.service.Retention(t.Context(), h.officer(t), call); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a call that promises nothing: %v", err)
	}
	b := h.SignedIn(t, h.officer(t).Actor())
	b.Get("/applications/retention")
	b.Want(200, "No call erases answers")
	h.keeps(call, forms.ClassSpecial, 6)
	for who, sc := range map[string]tenants.Scope{"a lead": one.lead, "a chair": h.As(t, tenanttest.Role(tenants.RoleChair)), "finance": h.As(t, tenanttest.Role(tenants.RoleFinance))} {
		if _, err := h.service.Retention(t.Context(), sc, call); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", who, err)
		}
		if err := h.service.Retain(t.Context(), sc); err == nil {
			t.Errorf("%s does what the night does", who)
		}
	}
	if r, err := h.service.Retention(t.Context(), h.officer(t), call); err != nil || r.Running != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	h.mu.Lock()
	h.conflicted = []ids.Application{id}
	h.mu.Unlock()
	if r, err := h.service.Retention(t.Context(), h.officer(t), call); err != nil || r.Running != 0 || len(r.Coming) != 0 {
		t.Errorf("with a conflict of interest: %+v, %v", r, err)
	}
	b.Get("/applications")
	if !strings.Contains(b.Page.Body, "/applications/retention") {
		t.Error("the list does not lead there")
	}
}
