package reviewers_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

func umit() events.LentReviewer {
	return events.LentReviewer{
		Loan: ids.New[ids.Loan](), Name: "Ümit Çınar", Email: "umit@cinar.example", Locale: i18n.TR, Topics: []string{expertise.Topics()[0].Value}, Languages: []string{"tr"},
		Countries: []string{"TR"},
	}
}

func (h *house) lend(t *testing.T, by ids.Person, people ...events.LentReviewer) {
	t.Helper()
	e := events.ReviewersLent{Call: h.call.ID, Lender: "Olive Triangle", By: by, Reviews: 7, Until: time.Now().AddDate(0, 0, 30), People: people}
	for range 2 { // it may come more than once
		if err := h.service.InviteLent(t.Context(), h.System(), e); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
}

// state is where a loan to the network stands.
func (h *house) state(t *testing.T, loan ids.Loan) reviewers.LoanState {
	t.Helper()
	_, state, err := reviewers.FindLoan(t.Context(), h.System().Read(), loan)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// accepts takes up an invitation by its mailed link, and gives who they are here.
func (h *house) accepts(t *testing.T, email string) tenants.Scope {
	t.Helper()
	links := h.links(t, email)
	joined, err := h.service.AcceptInvitation(t.Context(), h.As(t).As(tenants.Visitor()), links[len(links)-1], "")
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	return h.System().As(tenants.Actor{Person: joined.Person, Name: "Lent", Email: email, Grants: []tenants.Grant{{Role: tenants.RoleReviewer}}})
}

// another is a call of the network beside the first.
func (h *house) another() reviewers.Call {
	c := h.call
	c.ID = ids.New[ids.Call]()
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	h.calls = append(h.calls, c)
	return c
}

// TestOneWhoIsAskedAlreadyIsNotAskedAgain lends somebody whom the coordinators had invited themselves, and one to a call that is closed.
func TestOneWhoIsAskedAlreadyIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	who, other := umit(), umit()
	other.Email = "other@cinar.example"
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(reviewers.Invitee{Name: who.Name, Email: who.Email})); err != nil {
		t.Fatal(err)
	}
	h.lend(t, coordinator.Actor().Person, who, other)
	if n := len(h.links(t, who.Email)); n != 1 {
		t.Errorf("%d invitations", n)
	}
	if s := h.state(t, who.Loan); s != reviewers.LoanWithdrawn {
		t.Error(s)
	}
	// The lending network takes the other back before they answer: the link is dead.
	if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: other.Loan}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.AcceptInvitation(t.Context(), h.As(t).As(tenants.Visitor()), h.links(t, other.Email)[0], ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("accepted: %v", err)
	}
	if s := h.state(t, other.Loan); s != reviewers.LoanWithdrawn {
		t.Error(s)
	}
}

// TestOnlyReviewersSayThatTheyMayBeLent has a coordinator change a profile of somebody who agreed, and of one who has not.
func TestOnlyReviewersSayThatTheyMayBeLent(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	id := reviewer.Actor().Person
	if err := h.service.SaveReviewerProfile(t.Context(), coordinator, reviewers.Profile{Person: id, Lendable: true}); err != nil {
		t.Fatal(err)
	}
	if p, err := h.service.OwnProfile(t.Context(), reviewer); err != nil || p.Lendable {
		t.Errorf("a coordinator lends out who has not agreed: %+v, %v", p, err)
	}
	browser := h.SignedIn(t, reviewer.Actor())
	browser.Get("/reviews/profile")
	browser.Submit("/reviews/profile", "lendable", "yes")
	if p, err := h.service.OwnProfile(t.Context(), reviewer); err != nil || !p.Lendable {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := h.service.SaveReviewerProfile(t.Context(), coordinator, reviewers.Profile{Person: id, Version: 2}); err != nil {
		t.Fatal(err)
	}
	if p, err := h.service.OwnProfile(t.Context(), reviewer); err != nil || !p.Lendable {
		t.Errorf("a coordinator takes it back for them: %+v, %v", p, err)
	}
}

// TestALoanThatIsOverInvitesNobody ends a loan before it arrives, and while it does.
func TestALoanThatIsOverInvitesNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	who, other := umit(), umit()
	other.Email = "other@cinar.example"
	if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: who.Loan}); err != nil {
		t.Fatal(err)
	}
	h.lend(t, coordinator.Actor().Person, who, other)
	if n := len(h.links(t, who.Email)); n != 0 {
		t.Errorf("%d invitations of a loan that is over", n)
	}
	if n := len(h.links(t, other.Email)); n != 1 {
		t.Errorf("%d invitations of one that is not", n)
	}
	if s := h.state(t, who.Loan); s != reviewers.LoanWithdrawn {
		t.Error(s)
	}
	both := umit()
	both.Email = "both@cinar.example"
	e := events.ReviewersLent{Call: h.call.ID, Lender: "Olive Triangle", By: coordinator.Actor().Person, Reviews: 7, Until: time.Now().AddDate(0, 0, 30), People: []events.LentReviewer{both}}
	var running sync.WaitGroup
	running.Go(func() {
		if err := h.service.InviteLent(t.Context(), h.System(), e); err != nil {
			t.Error(err)
		}
	})
	running.Go(func() {
		if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: both.Loan}); err != nil {
			t.Error(err)
		}
	})
	running.Wait()
	if s := h.state(t, both.Loan); s != reviewers.LoanWithdrawn {
		t.Errorf("invited and ended at once: %s", s)
	}
}

// TestWhoStoppedCanBeAskedAgain lends somebody once more for the same call, and has the coordinators ask another themselves.
func TestWhoStoppedCanBeAskedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	for name, again := range map[string]func(who events.LentReviewer){
		"lent": func(who events.LentReviewer) {
			who.Loan = ids.New[ids.Loan]()
			h.lend(t, coordinator.Actor().Person, who)
			if s := h.state(t, who.Loan); s != reviewers.LoanAsked {
				t.Error(s)
			}
		},
		"invited": func(who events.LentReviewer) {
			if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(reviewers.Invitee{Name: who.Name, Email: who.Email})); err != nil {
				t.Error(err)
			}
		},
	} {
		who := umit()
		who.Email = name + "@cinar.example"
		h.lend(t, coordinator.Actor().Person, who)
		h.accepts(t, who.Email)
		if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: who.Loan}); err != nil {
			t.Fatal(err)
		}
		again(who)
		h.Jobs(t)
		if n := len(h.links(t, who.Email)); n != 2 {
			t.Errorf("%s: %d invitations", name, n)
		}
	}
}

// TestTheAddressOfWhoIsLentIsNotShownBeforeTheyAccept reads all that the team sees of an invitation, before and after.
func TestTheAddressOfWhoIsLentIsNotShownBeforeTheyAccept(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	who := umit()
	h.lend(t, coordinator.Actor().Person, who)
	browser := h.SignedIn(t, coordinator.Actor())
	one := h.invitation(t, coordinator, who.Email)
	pages := []string{"", "?q=umit@cinar", "/" + one.ID.String(), "?format=csv"}
	shown := func() (n int) {
		t.Helper()
		for _, path := range pages {
			browser.Get("/selection/" + h.call.ID.String() + "/invitations" + path)
			browser.Want(200)
			if strings.Contains(browser.Page.Body, who.Email) {
				n++
			}
		}
		return n
	}
	if n := shown(); n != 0 {
		t.Errorf("%d pages show the address", n)
	}
	browser.Get("/selection/" + h.call.ID.String() + "/invitations?q=cinar.example")
	if strings.Contains(browser.Page.Body, who.Name) {
		t.Error("they are found by the address")
	}
	m := h.mails[slices.IndexFunc(h.mails, func(m events.MailRequested) bool { return m.Address == who.Email })]
	if !m.Veiled {
		t.Error("the outbox shows the address")
	}
	h.accepts(t, who.Email)
	if n := shown(); n != len(pages) {
		t.Errorf("after they have accepted, %d pages show the address", n)
	}
}

// TestWhatIsOwedIsTakenBackWhenALoanEnds asks the selection for the reviews of the call, and for all where somebody reviews no more.
func TestWhatIsOwedIsTakenBackWhenALoanEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(h *house, person ids.Person) error
		all    bool
	}{
		"only lent": {func(*house, ids.Person) error { return nil }, true},
		"the chair, too": {func(h *house, person ids.Person) error {
			return h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
				return tx.GrantRole(ctx, person, tenants.Grant{Role: tenants.RoleChair}, person)
			})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
			who := umit()
			h.lend(t, coordinator.Actor().Person, who)
			lent := h.accepts(t, who.Email)
			if err := c.before(h, lent.Actor().Person); err != nil {
				t.Fatal(err)
			}
			one := h.invitation(t, coordinator, who.Email)
			if err := h.service.EndOwnLoan(t.Context(), coordinator, one.ID); err == nil {
				t.Error("a coordinator ends it")
			}
			if len(h.taken) > 0 {
				t.Errorf("taken back before: %+v", h.taken)
			}
			if err := h.service.EndOwnLoan(t.Context(), lent, one.ID); err != nil {
				t.Fatal(err)
			}
			if want := []taking{{lent.Actor().Person, h.call.ID, c.all}}; !slices.Equal(h.taken, want) {
				t.Errorf("taken back: %+v", h.taken)
			}
			if err := h.service.EndOwnLoan(t.Context(), lent, one.ID); !fault.Is(err, fault.KindConflict) {
				t.Errorf("twice: %v", err)
			}
			if state := h.state(t, who.Loan); state != reviewers.LoanEnded {
				t.Error(state)
			}
		})
	}
}
