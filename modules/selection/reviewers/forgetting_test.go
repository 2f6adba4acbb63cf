package reviewers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// ages moves all that invitations have of a time into the past.
func (h *house) ages(t *testing.T, by string) {
	t.Helper()
	for _, column := range []string{"until", "invited_at", "sent_at", "answered_at", "withdrawn_at", "ended_at"} {
		h.set(t, fmt.Sprintf("UPDATE reviewer_invitations SET %s = %s - interval '%s' WHERE forgotten_at IS NULL", column, column, by))
	}
}

func (h *house) forgets(t *testing.T) {
	t.Helper()
	if err := h.service.ForgetInvited(t.Context(), h.System()); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

// said is all that the database says of the invitations, and of whom they were for.
func (h *house) said(t *testing.T) string {
	t.Helper()
	var rows []string
	if err := h.System().Read().NewRaw("SELECT i::text FROM reviewer_invitations AS i ORDER BY i.id").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// TestWhoDoesNotReviewIsForgotten invites somebody to each end that there is, and reads the database, the pages and the file before and
// after six months.
func TestWhoDoesNotReviewIsForgotten(t *testing.T) {
	t.Parallel()
	h := open(t)
	var erased []events.MatterErased
	tenants.React(h.Tenants.Registry(), "test.erased", func(_ context.Context, _ tenants.Scope, e events.MatterErased) error {
		erased = append(erased, e)
		return nil
	})
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	names := []string{"Declining", "Silent", "Lapsed", "Revoked"}
	var people []reviewers.Invitee
	for _, name := range names {
		people = append(people, reviewers.Invitee{Name: name + " Canary", Email: strings.ToLower(name) + "@canary.example"})
	}
	stays := reviewers.Invitee{Name: "Staying", Email: "staying@vakif.example"}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(append(slices.Clone(people), stays)...)); err != nil {
		t.Fatal(err)
	}
	visitor := h.As(t).As(tenants.Visitor())
	link := h.links(t, people[0].Email)[0]
	regret := reviewers.Regret{Reason: "other", Note: "A canary in the autumn.", Substitute: reviewers.Invitee{Name: "Instead Canary", Email: "instead@canary.example"}}
	if err := h.service.RefuseInvitation(t.Context(), visitor, link, regret); err != nil {
		t.Fatal(err)
	}
	if err := h.service.WithdrawInvitation(t.Context(), coordinator, h.call.ID, h.invitation(t, coordinator, people[3].Email).ID); err != nil {
		t.Fatal(err)
	}
	h.accepts(t, stays.Email)
	lapsed := h.invitation(t, coordinator, people[2].Email)
	h.set(t, "UPDATE reviewer_invitations SET state = 'lapsed' WHERE id = '"+lapsed.ID.String()+"'")

	who, back := umit(), umit()
	who.Name, who.Email = "Lent Canary", "lent@canary.example"
	back.Name, back.Email = "Back Canary", "back@canary.example"
	h.lend(t, coordinator.Actor().Person, who, back)
	lent := h.accepts(t, who.Email)
	for _, one := range []events.LentReviewer{who, back} {
		if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: one.Loan}); err != nil {
			t.Fatal(err)
		}
	}
	h.ages(t, "5 months 25 days")
	h.forgets(t)
	for _, word := range []string{"Declining Canary", "Lapsed Canary", "Revoked Canary", "Lent Canary", "Back Canary", "canary in the autumn", "instead@canary"} {
		if !strings.Contains(h.said(t), word) {
			t.Errorf("%s is forgotten too early", word)
		}
	}
	if err := h.service.ForgetInvited(t.Context(), coordinator); err == nil {
		t.Error("a coordinator has people forgotten")
	}
	browser := h.SignedIn(t, coordinator.Actor())
	list := "/selection/" + h.call.ID.String() + "/invitations"
	browser.Get(list)
	browser.Want(200, "Declining Canary")

	h.ages(t, "20 days")
	h.forgets(t)
	h.forgets(t)
	if said := h.said(t); strings.Contains(strings.ToLower(said), "canary") || strings.Contains(said, lent.Actor().Person.String()) || strings.Contains(said, `\"topics\"`) {
		t.Errorf("the database says\n%s", said)
	}
	if !strings.Contains(h.said(t), stays.Name) {
		t.Error("a reviewer of the network is forgotten")
	}
	if n := len(erased); n != 6 || slices.ContainsFunc(erased, func(e events.MatterErased) bool {
		return e.AboutKind != "invitation" || !e.Left || !strings.HasPrefix(e.Path, list+"/")
	}) {
		t.Errorf("%d things are erased: %+v", n, erased)
	}
	for _, m := range h.mails {
		if strings.HasPrefix(m.Path, "/reviewer-invitations/") && (m.AboutKind != "invitation" || m.AboutID == "") {
			t.Errorf("a mail that cannot be found again: %+v", m)
		}
	}
	for _, path := range []string{list, list + "?format=csv", list + "/" + lapsed.ID.String()} {
		browser.Get(path)
		browser.Want(200, "Erased after 6 months")
		if strings.Contains(strings.ToLower(browser.Page.Body), "canary") {
			t.Errorf("%s says who it was", path)
		}
	}
	if strings.Contains(browser.Page.Body, "/resending") || strings.Contains(browser.Page.Body, "/withdrawal") {
		t.Error("who is forgotten can be invited again")
	}
	all, err := h.service.Invitations(t.Context(), coordinator, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	states := map[reviewers.InvitationState]int{}
	for n := range all.All {
		if i := &all.All[n]; i.Forgotten() {
			states[i.State]++
			if i.Until.IsZero() || i.SentAt.IsZero() || i.Reviews == 0 || i.Substitute == reviewers.SubstituteNamed {
				t.Errorf("what stays of it: %+v", i)
			}
		}
	}
	if states[reviewers.InvitationDeclined] != 1 || states[reviewers.InvitationLapsed] != 2 || states[reviewers.InvitationWithdrawn] != 2 || states[reviewers.InvitationAccepted] != 1 {
		t.Errorf("%v", states)
	}
	if err := h.service.ResendInvitation(t.Context(), coordinator, h.call.ID, lapsed.ID, time.Now().AddDate(0, 0, 9)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("sent again: %v", err)
	}
	if _, err := h.service.Asking(t.Context(), visitor, link); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the link holds: %v", err)
	}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(people[1])); err != nil {
		t.Errorf("who was forgotten cannot be invited: %v", err)
	}
}

// TestWhoIsLentAgainIsNotForgottenMeanwhile keeps by which loan somebody became a reviewer while another is open: without it the role
// would outlive that one.
func TestWhoIsLentAgainIsNotForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	other := h.another()
	first := umit()
	h.lend(t, coordinator.Actor().Person, first)
	lent := h.accepts(t, first.Email)
	identity := ids.New[ids.Identity]()
	h.around.mu.Lock()
	h.logins = map[string]reviewers.Login{first.Email: {ID: identity, Email: first.Email}}
	h.members = map[ids.Identity]ids.Person{identity: lent.Actor().Person}
	h.around.mu.Unlock()
	second := umit()
	e := events.ReviewersLent{Call: other.ID, Lender: "Olive Triangle", By: coordinator.Actor().Person, Reviews: 7, Until: time.Now().AddDate(0, 0, 30), People: []events.LentReviewer{second}}
	if err := h.service.InviteLent(t.Context(), h.System(), e); err != nil {
		t.Fatal(err)
	}
	h.accepts(t, second.Email)
	if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: first.Loan}); err != nil {
		t.Fatal(err)
	}
	h.set(t, "UPDATE reviewer_invitations SET ended_at = ended_at - interval '7 months' WHERE ended_at IS NOT NULL")
	h.forgets(t)
	if err := h.service.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: second.Loan}); err != nil {
		t.Fatal(err)
	}
	held, err := tenants.Holders(t.Context(), h.System().Read(), tenants.RoleReviewer)
	if err != nil || slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == lent.Actor().Person }) {
		t.Errorf("is a reviewer still: %v", err)
	}
	h.set(t, "UPDATE reviewer_invitations SET ended_at = ended_at - interval '7 months' WHERE ended_at > now() - interval '1 month'")
	h.forgets(t)
	if said := h.said(t); strings.Contains(said, "Çınar") {
		t.Errorf("is not forgotten after the last loan\n%s", said)
	}
}
