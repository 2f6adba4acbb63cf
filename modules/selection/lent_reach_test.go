package selection_test

import (
	"strings"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// TestNothingIsSeenOfACallOnceItsLoanIsOver lends somebody for two calls and ends the one: of it nothing is left to them, whatever they
// have submitted, while the other goes on; whoever is a reviewer here without a loan keeps what is theirs.
func TestNothingIsSeenOfACallOnceItsLoanIsOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	other, b := h.another(t)
	a, _ := h.apply(t, "Ihlamur")
	again, _ := h.apply(t, "Çınar")
	who := umit()
	h.lend(t, coordinator.Actor().Person, who)
	lent := h.accepts(t, who.Email)
	identity, second := ids.New[ids.Identity](), umit()
	h.around.mu.Lock()
	h.logins = map[string]reviewers.Login{who.Email: {ID: identity, Email: who.Email}}
	h.members = map[ids.Identity]ids.Person{identity: lent.Actor().Person}
	h.around.mu.Unlock()
	e := events.ReviewersLent{Call: other.ID, Lender: "Olive Triangle", By: coordinator.Actor().Person, Reviews: 7, Until: time.Now().AddDate(0, 0, 30), People: []events.LentReviewer{second}}
	must(t, h.pool.InviteLent(t.Context(), h.System(), e))
	h.accepts(t, who.Email)
	for _, call := range []ids.Call{h.call.ID, other.ID} {
		words := reviewers.Training{Body: i18n.Text{i18n.TR: "Önce okuyun.", i18n.EN: "Read first.", i18n.DE: "Erst lesen."}}
		must(t, h.pool.Instruct(t.Context(), coordinator, call, words))
	}
	sample := h.opens(t, coordinator, ids.Application{}, false)
	done := h.assign(t, a, lent)[0]
	owed := h.assign(t, again, lent)[0]
	if _, err := h.service.Assign(t.Context(), h.System(), other.ID, selection.Assignment{Applications: []ids.Application{b.ID}, Reviewers: []ids.Person{lent.Actor().Person}, DueAt: h.due()}); err != nil {
		t.Fatal(err)
	}
	h.write(t, lent, done, 3, "TEXT")
	must(t, h.service.Submit(t.Context(), lent, done))
	sees := func() (calls map[ids.Call]int, assigned map[ids.Application]bool) {
		t.Helper()
		queue, err := h.service.Queue(t.Context(), lent)
		must(t, err)
		calls = map[ids.Call]int{}
		for _, q := range queue {
			calls[q.Call.ID]++
		}
		standings, err := h.service.Standings(t.Context(), lent, []ids.Application{a.ID, again.ID, b.ID})
		must(t, err)
		assigned = map[ids.Application]bool{}
		for id, s := range standings {
			assigned[id] = s.Assigned
		}
		return calls, assigned
	}
	if calls, assigned := sees(); calls[h.call.ID] != 2 || calls[other.ID] != 1 || !assigned[a.ID] {
		t.Fatalf("before: %v, %v", calls, assigned)
	}

	if _, err := h.service.Calibrating(t.Context(), lent, sample); err != nil {
		t.Errorf("the sample of their call: %v", err)
	}
	h.Jobs(t)
	mails := len(h.mails)
	must(t, h.pool.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: who.Loan}))
	h.Jobs(t)
	if calls, assigned := sees(); calls[h.call.ID] != 0 || calls[other.ID] != 1 || assigned[a.ID] || assigned[again.ID] {
		t.Errorf("after: %v, %v", calls, assigned)
	}
	for name, id := range map[string]ids.Review{"submitted": done, "owed": owed} {
		if _, err := h.service.Desk(t.Context(), lent, id); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a review that they had %s: %v", name, err)
		}
	}
	if _, err := h.pool.Training(t.Context(), lent, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("what the reviewers of the call read: %v", err)
	}
	if _, err := h.pool.Training(t.Context(), lent, other.ID); err != nil {
		t.Errorf("what those of the other call read: %v", err)
	}
	if _, err := h.service.Calibrating(t.Context(), lent, sample); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the sample that its reviewers score: %v", err)
	}
	for _, m := range h.mails[mails:] {
		if m.Person == lent.Actor().Person || m.Address == who.Email {
			t.Errorf("they are written to: %+v", m)
		}
	}
	if _, err := h.service.Assign(t.Context(), coordinator, h.call.ID, selection.Assignment{Applications: []ids.Application{again.ID}, Reviewers: []ids.Person{lent.Actor().Person}, DueAt: h.due()}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a third review: %v", err)
	}
	browser := h.SignedIn(t, lent.Actor())
	for _, path := range []string{"/reviews", "/reviews/profile"} {
		browser.Get(path)
		if browser.Want(200); strings.Contains(browser.Page.Body, a.Number) || strings.Contains(browser.Page.Body, again.Number) {
			t.Errorf("%s tells of the call", path)
		}
	}
}
