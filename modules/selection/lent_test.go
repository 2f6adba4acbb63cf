package selection_test

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
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// loaned listens to what the lending network is told.
type loaned struct {
	mu    sync.Mutex
	moved []ids.Loan
}

func (l *loaned) listen(h *house) {
	tenants.React(h.Tenants.Registry(), "test.loan_moved", func(_ context.Context, _ tenants.Scope, e events.LoanMoved) error {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.moved = append(l.moved, e.Loan)
		return nil
	})
}

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
		if err := h.pool.InviteLent(t.Context(), h.System(), e); err != nil {
			t.Fatal(err)
		}
	}
	h.Jobs(t)
}

func (h *house) standing(t *testing.T, loan ids.Loan) selection.LoanStanding {
	t.Helper()
	s, err := selection.StandingOfLoan(t.Context(), h.System().Read(), loan, func(call ids.Call) (bool, error) {
		c, err := h.around.Call(t.Context(), h.System(), call)
		return c.Review.Anonymous, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// accepts takes up an invitation by its mailed link, and gives who they are here.
func (h *house) accepts(t *testing.T, email string) tenants.Scope {
	t.Helper()
	links := h.links(t, email)
	joined, err := h.pool.AcceptInvitation(t.Context(), h.As(t).As(tenants.Visitor()), links[len(links)-1], "")
	if err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	return h.System().As(tenants.Actor{Person: joined.Person, Name: "Lent", Email: email, Grants: []tenants.Grant{{Role: tenants.RoleReviewer}}})
}

// TestWhoIsLentReviewsLikeAnybodyElse invites once, fills the profile, tells the lending network how far they are and nothing else,
// and takes leave.
func TestWhoIsLentReviewsLikeAnybodyElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	told := &loaned{}
	told.listen(h)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	who := umit()
	if err := h.pool.InviteLent(t.Context(), coordinator, events.ReviewersLent{}); err == nil {
		t.Error("a coordinator is a reaction")
	}
	h.lend(t, coordinator.Actor().Person, who)
	if n := len(h.links(t, who.Email)); n != 1 {
		t.Fatalf("%d invitations", n)
	}
	m := h.mails[slices.IndexFunc(h.mails, func(m events.MailRequested) bool { return m.Address == who.Email })]
	if !strings.Contains(m.Body[i18n.TR], "{lender}") || m.Args["lender"] != "Olive Triangle" || !m.Secret {
		t.Errorf("the mail does not say who lends: %+v", m)
	}
	i := h.invitation(t, coordinator, who.Email)
	if i.Reviews != 7 || i.Lender != "Olive Triangle" || i.InvitedBy != coordinator.Actor().Person || i.Until.After(time.Now().Add(11*24*time.Hour)) {
		t.Errorf("%+v", i)
	}
	page := h.Browser(t, h.Tenant)
	page.Get("/reviewer-invitations/" + h.links(t, who.Email)[0])
	page.Want(200, "Olive Triangle lends you to")
	if s := h.standing(t, who.Loan); s != (selection.LoanStanding{State: reviewers.LoanAsked}) {
		t.Errorf("%+v", s)
	}

	lent := h.accepts(t, who.Email)
	if p, err := h.pool.OwnProfile(t.Context(), lent); err != nil || !slices.Equal(p.Topics, who.Topics) || !slices.Equal(p.Languages, who.Languages) || p.Most != 7 || p.Lendable {
		t.Errorf("%+v, %v", p, err)
	}
	first, second := h.assign(t, a, lent)[0], h.assign(t, b, lent)[0]
	h.Jobs(t)
	h.write(t, lent, first, 3, "TEXT")
	if err := h.service.Submit(t.Context(), lent, first); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	h.anonymous(true)
	if s := h.standing(t, who.Loan); s != (selection.LoanStanding{State: reviewers.LoanAccepted}) {
		t.Errorf("in an anonymous call their own network counts what they have not opened: %+v", s)
	}
	h.anonymous(false)
	if s := h.standing(t, who.Loan); s != (selection.LoanStanding{State: reviewers.LoanAccepted, Done: 1, Given: 2}) {
		t.Errorf("%+v", s)
	}
	told.mu.Lock()
	if len(told.moved) < 4 || slices.ContainsFunc(told.moved, func(l ids.Loan) bool { return l != who.Loan }) {
		t.Errorf("the lending network was told %d times", len(told.moved))
	}
	told.mu.Unlock()

	// They stop themselves: what is owed goes back, what is submitted stays, and they come in no more.
	browser := h.SignedIn(t, lent.Actor())
	browser.Get("/reviews/profile")
	browser.Want(200, "Olive Triangle lends you to this network", "Exchange 2027")
	stranger := h.role(t, "Okur", tenants.RoleReviewer)
	if err := h.pool.EndOwnLoan(t.Context(), stranger, i.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else ends it: %v", err)
	}
	if err := h.pool.EndOwnLoan(t.Context(), lent, i.ID); err != nil {
		t.Fatal(err)
	}
	if err := h.pool.EndOwnLoan(t.Context(), lent, i.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("twice: %v", err)
	}
	h.Jobs(t)
	var rows []struct {
		ID    ids.Review
		State selection.ReviewState
	}
	if err := h.System().Read().NewRaw("SELECT id, state FROM reviews").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	states := map[ids.Review]selection.ReviewState{}
	for _, one := range rows {
		states[one.ID] = one.State
	}
	if states[first] != selection.ReviewSubmitted || states[second] != selection.ReviewHandedBack {
		t.Errorf("%v", states)
	}
	if s := h.standing(t, who.Loan); s != (selection.LoanStanding{State: reviewers.LoanEnded, Done: 1, Given: 1}) {
		t.Errorf("%+v", s)
	}
	held, err := tenants.Holders(t.Context(), h.System().Read(), tenants.RoleReviewer)
	if err != nil || slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == lent.Actor().Person }) {
		t.Errorf("is a reviewer still: %v", err)
	}
	if h.newsFor(coordinator.Actor().Person)["selection.notify.loan_ended"] != 1 {
		t.Error("the coordinators are not told")
	}
}

// TestWhoReviewedBeforeStaysAReviewer ends the loan of somebody who was a reviewer here without it.
func TestWhoReviewedBeforeStaysAReviewer(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reviewer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	who := umit()
	identity := ids.New[ids.Identity]()
	h.logins = map[string]reviewers.Login{who.Email: {ID: identity, Email: who.Email}}
	h.members = map[ids.Identity]ids.Person{identity: reviewer.Actor().Person}
	h.lend(t, coordinator.Actor().Person, who)
	h.accepts(t, who.Email)
	for range 2 {
		if err := h.pool.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: who.Loan}); err != nil {
			t.Fatal(err)
		}
	}
	held, err := tenants.Holders(t.Context(), h.System().Read(), tenants.RoleReviewer)
	if err != nil || !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == reviewer.Actor().Person }) {
		t.Errorf("the role went with the loan: %v", err)
	}
	if s := h.standing(t, who.Loan); s.State != reviewers.LoanEnded {
		t.Errorf("%+v", s)
	}
}

// TestTiesAtHomeKeepLentReviewersAway recognizes an applicant by each sign that it can have at home, and reads nothing of home in the
// database.
func TestTiesAtHomeKeepLentReviewersAway(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		own, partners []events.Affiliation
		kind          selection.ConflictKind
	}{
		"the same number":       {own: []events.Affiliation{{Country: "TR", Registry: "derbis 34-1/2"}}, kind: selection.ConflictMembership},
		"the same name, folded": {own: []events.Affiliation{{Country: "GR", Names: []string{"IHLAMUR  derneği"}}}, kind: selection.ConflictMembership},
		"a domain of its people": {
			own: []events.Affiliation{{Country: "GR", Domains: []string{"mail.ihlamur.example"}}}, kind: selection.ConflictMembership,
		},
		"a partner at home":             {partners: []events.Affiliation{{Country: "TR", Registry: "DERBIS 34-1/2"}}, kind: selection.ConflictPartnership},
		"the number of another country": {own: []events.Affiliation{{Country: "BG", Registry: "DERBIS 34-1/2"}}},
		"a mail provider":               {own: []events.Affiliation{{Country: "TR", Domains: []string{"gmail.com"}}}},
		"nothing":                       {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
			a, leads := h.apply(t, "Ihlamur")
			b, _ := h.apply(t, "Çınar")
			h.around.mu.Lock()
			h.recognized = map[ids.Organization]events.Affiliation{a.Organizations[0].ID: {Country: "TR", Registry: "DERBIS 34-1/2", Names: []string{"Ihlamur Derneği"}}}
			h.people[leads[0].Actor().Person] = selection.Person{Name: "Lead", Email: "lead@ihlamur.example"}
			h.around.mu.Unlock()
			who := umit()
			who.Own, who.Partners = one.own, one.partners
			h.lend(t, coordinator.Actor().Person, who)
			lent := h.accepts(t, who.Email)
			_, found, err := h.service.Conflicts(t.Context(), coordinator, h.call.ID)
			if err != nil {
				t.Fatal(err)
			}
			if one.kind == "" {
				if len(found) > 0 {
					t.Errorf("%+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].Kind != one.kind || found[0].Conflict.Application != a.ID || found[0].Conflict.Person != lent.Actor().Person {
				t.Errorf("%+v", found)
			}
			if refused, err := h.service.Assign(t.Context(), coordinator, h.call.ID, selection.Assignment{
				Applications: []ids.Application{a.ID, b.ID}, Reviewers: []ids.Person{lent.Actor().Person}, DueAt: h.due(),
			}); !fault.Is(err, fault.KindConflict) || len(refused) != 1 || refused[0].Application != a.ID {
				t.Errorf("%v, %v", refused, err)
			}
			var kept string
			if err := h.System().Read().NewRaw("SELECT lent::text FROM reviewer_invitations WHERE loan_id = ?", who.Loan).Scan(t.Context(), &kept); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.ToLower(kept), "ihlamur") || strings.Contains(kept, "34") && strings.Contains(kept, "DERBIS") {
				t.Errorf("home can be read: %s", kept)
			}
		})
	}
}

// another is a call of the network beside the first, with an application.
func (h *house) another(t *testing.T) (selection.Call, selection.Application) {
	t.Helper()
	first := h.call
	defer func() { h.call = first }()
	h.call.ID = ids.New[ids.Call]()
	h.around.mu.Lock()
	h.calls = append(h.calls, h.call)
	h.around.mu.Unlock()
	a, _ := h.apply(t, "Başka")
	return h.call, a
}

// TestWhoIsLentReviewsForTheirCallOnly offers them the applications of another call in each way there is; whoever is a reviewer without
// the loan gets them.
func TestWhoIsLentReviewsForTheirCallOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, own := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	other, b := h.another(t)
	a, _ := h.apply(t, "Ihlamur")
	who := umit()
	h.lend(t, coordinator.Actor().Person, who)
	lent := h.accepts(t, who.Email)
	person := lent.Actor().Person
	assign := func(call ids.Call, application ids.Application, reviewer ids.Person) error {
		_, err := h.service.Assign(t.Context(), coordinator, call, selection.Assignment{Applications: []ids.Application{application}, Reviewers: []ids.Person{reviewer}, DueAt: h.due()})
		return err
	}
	if err := assign(h.call.ID, a.ID, person); err != nil {
		t.Errorf("their own call: %v", err)
	}
	if err := assign(other.ID, b.ID, person); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another call: %v", err)
	}
	for call, there := range map[ids.Call]bool{h.call.ID: true, other.ID: false} {
		if err := h.service.AskForWishes(t.Context(), coordinator, call, true); err != nil {
			t.Fatal(err)
		}
		p, err := h.service.Planning(t.Context(), coordinator, call)
		if err != nil {
			t.Fatal(err)
		}
		if _, on := p.Board.Reviewer(person); on != there || slices.Contains(p.Usual.Reviewers, person) != there || !slices.Contains(p.Usual.Reviewers, own.Actor().Person) {
			t.Errorf("on the board: %v, planned with: %v", on, p.Usual.Reviewers)
		}
		g := p.Usual
		g.Reviewers = []ids.Person{person}
		if _, err := h.service.StartRun(t.Context(), coordinator, call, g); fault.Is(err, fault.KindNotFound) == there {
			t.Errorf("a run, with %v: %v", there, err)
		}
		if _, err := h.service.Wishing(t.Context(), lent, call); fault.Is(err, fault.KindNotFound) == there {
			t.Errorf("wishes, with %v: %v", there, err)
		}
	}
	if calls, err := h.service.WishableCalls(t.Context(), lent); err != nil || len(calls) != 1 || calls[0].ID != h.call.ID {
		t.Errorf("%+v, %v", calls, err)
	}
	if _, err := h.service.Declarable(t.Context(), lent, b.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("declares: %v", err)
	}
	if err := assign(other.ID, b.ID, own.Actor().Person); err != nil {
		t.Errorf("a reviewer of the network: %v", err)
	}
}

// TestNothingOwedOutlivesALoan ends one of somebody who owes reviews of another call too, from before they were kept to one.
func TestNothingOwedOutlivesALoan(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	other, b := h.another(t)
	a, _ := h.apply(t, "Ihlamur")
	who := umit()
	h.lend(t, coordinator.Actor().Person, who)
	lent := h.accepts(t, who.Email)
	h.assign(t, a, lent)
	if err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO reviews (id, call_id, application_id, person_id, state, due_at, assigned_at) VALUES (?, ?, ?, ?, 'assigned', now() + interval '1 day', now())`,
			ids.New[ids.Review](), other.ID, b.ID, lent.Actor().Person).Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.pool.EndLoan(t.Context(), h.System(), events.LoanEnded{Loan: who.Loan}); err != nil {
		t.Fatal(err)
	}
	var back, locked int
	if err := h.System().Read().NewRaw("SELECT count(*) FROM reviews WHERE state = 'handed_back'").Scan(t.Context(), &back); err != nil || back != 2 {
		t.Errorf("%d are handed back, %v", back, err)
	}
	if err := h.System().Read().NewRaw("SELECT count(*) FROM decision_lists").Scan(t.Context(), &locked); err != nil || locked != 2 {
		t.Errorf("%d calls were locked, %v", locked, err)
	}
}

// TestALoanEndsWithItsCall ends loans that nobody has ended: once the decisions are known, and a year after it was accepted.
func TestALoanEndsWithItsCall(t *testing.T) {
	t.Parallel()
	for name, over := range map[string]string{
		"decided": `INSERT INTO decision_lists (call_id, state, places, closed_at, signed_at, released_at) VALUES ('CALL', 'released', 1, now(), now(), now())
			ON CONFLICT (call_id) DO UPDATE SET state = 'released', closed_at = now(), signed_at = now(), released_at = now()`,
		"a year later": "UPDATE reviewer_invitations SET answered_at = now() - interval '1 year 1 day'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
			a, _ := h.apply(t, "Ihlamur")
			who := umit()
			h.lend(t, coordinator.Actor().Person, who)
			lent := h.accepts(t, who.Email)
			h.assign(t, a, lent)
			h.forgets(t)
			if s := h.standing(t, who.Loan); s.State != reviewers.LoanAccepted {
				t.Fatalf("over before its time: %+v", s)
			}
			h.set(t, strings.ReplaceAll(over, "CALL", h.call.ID.String()))
			h.forgets(t)
			if s := h.standing(t, who.Loan); s != (selection.LoanStanding{State: reviewers.LoanEnded}) {
				t.Errorf("%+v", s)
			}
			if queue, err := h.service.Queue(t.Context(), lent); err == nil && slices.ContainsFunc(queue, func(q selection.Queued) bool { return q.State.Owed() }) {
				t.Errorf("something is owed still: %+v", queue)
			}
		})
	}
}

func (h *house) forgets(t *testing.T) {
	t.Helper()
	if err := h.pool.ForgetInvited(t.Context(), h.System()); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
}

// links are the tokens of the links that were mailed to an address, the newest last.
func (h *house) links(t *testing.T, email string) []string {
	t.Helper()
	h.Jobs(t)
	h.told.mu.Lock()
	defer h.told.mu.Unlock()
	var found []string
	for _, m := range h.mails {
		if m.Address == email && strings.HasPrefix(m.Path, "/reviewer-invitations/") {
			found = append(found, strings.TrimPrefix(m.Path, "/reviewer-invitations/"))
		}
	}
	return found
}

func (h *house) invitation(t *testing.T, sc tenants.Scope, email string) reviewers.Invitation {
	t.Helper()
	all, err := h.pool.Invitations(t.Context(), sc, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all.All, func(i reviewers.Invitation) bool { return strings.EqualFold(i.Invitee.Email, email) })
	if i < 0 {
		t.Fatalf("%s is not invited", email)
	}
	return all.All[i]
}
