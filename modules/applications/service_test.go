package applications_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestTwoOrganizationsApplyTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	first := h.submits(t, id, one)
	a := h.find(t, id)
	if a.State != applications.Submitted || !strings.HasSuffix(a.Number, "-001") || !a.SubmittedAt.Equal(first.At) || len(first.Copies) != 3 || first.Notice != "0123456789ab" {
		t.Errorf("submitted: %+v %+v", a, first)
	}
	again := h.submits(t, id, one)
	if again.ID != first.ID {
		t.Error("the same once more is a second submission")
	}
	h.Jobs(t)
	told := map[ids.Person]string{}
	for _, m := range h.mails {
		if m.Kind == "applications.mail.receipt" {
			told[m.Person] += m.Args["organization"] + " " + m.Args["number"]
		}
	}
	want := map[ids.Person]string{one.lead.Actor().Person: "Ihlamur Komşuluk Derneği " + a.Number, two.lead.Actor().Person: "Lindenhof Nachbarschaft " + a.Number}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}

	// Going on writing does not change what was handed in, until it is handed in again.
	_, base := h.answer(t, a.Joint, "joint_issue")
	if err := h.save(t, two.lead, a.Joint, "joint_issue", "Başka bir konu", base); err != nil {
		t.Fatal(err)
	}
	if a = h.find(t, id); a.Parts[0].Confirmed() || a.Parts[1].Confirmed() {
		t.Error("a change of the joint part left confirmations standing")
	}
	if kept, _ := h.answer(t, first.Copies[a.Joint], "joint_issue"); strings.Contains(kept, "Başka") {
		t.Error("what was handed in has changed")
	}
	_, err := h.service.Submit(t.Context(), one.lead, id)
	wants(t, "an unconfirmed application", err, fault.KindConflict)
	h.confirms(t, id, one, two)
	second := h.submits(t, id, one)
	if a = h.find(t, id); second.ID == first.ID || !strings.HasSuffix(a.Number, "-001") {
		t.Errorf("handed in again: %+v as %s", second, a.Number)
	}
	h.closes(call)
	_, err = h.service.Submit(t.Context(), one.lead, id)
	wants(t, "after the deadline", err, fault.KindTooLate)
	wants(t, "writing after the deadline", h.save(t, one.lead, a.Joint, "joint_issue", "x", base+1), fault.KindTooLate)
	wants(t, "confirming after the deadline", h.service.Confirm(t.Context(), one.lead, id, "", time.Time{}), fault.KindTooLate)
	wants(t, "leaving after the deadline", h.service.Leave(t.Context(), two.lead, id, ""), fault.KindTooLate)
}

func TestSeatsOfThreeAndFour(t *testing.T) {
	t.Parallel()
	h := open(t)
	for composition, tt := range map[string]struct {
		seats []string
		who   [][2]string // country, kind
	}{
		"trio":    {[]string{"first", "third", "second"}, [][2]string{{"TR", "association"}, {"GR", "foundation"}, {"DE", "initiative"}}},
		"quartet": {[]string{"authority_tr", "cso_tr", "cso_eu", "authority_eu"}, [][2]string{{"TR", "local_authority"}, {"TR", "union"}, {"FR", "association"}, {"FR", "local_authority"}}},
	} {
		call := h.call(t, composition)
		var sides []side
		for i, w := range tt.who {
			org := h.organizationIn(t, h.System(), fmt.Sprintf("%s %d", composition, i), w[0], w[1])
			sides = append(sides, side{org, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: org})})
		}
		id := h.begun(t, call, sides[0], tt.seats[0])
		for i := 1; i < len(sides); i++ {
			h.joins(t, id, sides[0], sides[i], tt.seats[i])
		}
		h.fills(t, id)
		h.confirms(t, id, sides[:len(sides)-1]...)
		_, err := h.service.Submit(t.Context(), sides[0].lead, id)
		wants(t, composition+" while one has not confirmed", err, fault.KindConflict)
		h.confirms(t, id, sides[len(sides)-1])
		if done := h.submits(t, id, sides[0]); len(done.Copies) != len(sides)+1 {
			t.Errorf("%s: %d sheets were kept", composition, len(done.Copies))
		}
	}
}

func TestWhoSeeksAPartnerAppliesAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one := h.side(t, "Ihlamur", "TR")
	id := h.begun(t, call, one, "tr")
	h.fills(t, id)
	h.confirms(t, id, one)
	if done := h.submits(t, id, one); len(done.Copies) != 2 {
		t.Errorf("%d sheets were kept", len(done.Copies))
	}
}

func TestBeginningIsForThoseWhoFitInTime(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one := h.side(t, "Ihlamur", "TR")
	colleague := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: one.id})
	begin := func(sc tenants.Scope, seat string) error {
		_, err := h.service.Begin(t.Context(), sc, call, one.id, seat)
		return err
	}
	wants(t, "a participant", begin(colleague, "tr"), fault.KindNotFound)
	wants(t, "another seat", begin(one.lead, "eu"), fault.KindInvalid)
	wants(t, "no seat", begin(one.lead, ""), fault.KindInvalid)
	h.moves(call, func(c *applications.Call) { c.OpensAt = time.Now().Add(time.Minute) })
	wants(t, "before it opens", begin(one.lead, "tr"), fault.KindConflict)
	h.moves(call, func(c *applications.Call) { c.OpensAt = time.Now().Add(-time.Hour) })
	h.closes(call)
	wants(t, "too late", begin(one.lead, "tr"), fault.KindTooLate)
	h.late[call] = map[ids.Organization]time.Time{one.id: time.Now().Add(time.Minute)}
	b, err := h.service.Beginning(t.Context(), one.lead, call)
	if err != nil || len(b.Choices) != 1 || !b.Choices[0].Until.After(time.Now()) || len(b.Choices[0].Seats) != 1 {
		t.Errorf("with a late permission: %+v, %v", b, err)
	}
	id := h.begun(t, call, one, "tr")
	if again := h.begun(t, call, one, "tr"); again != id {
		t.Error("a second click began a second application")
	}
	_, err = h.service.Begin(t.Context(), one.lead, ids.New[ids.Call](), one.id, "tr")
	wants(t, "a call that does not exist", err, fault.KindNotFound)
	if all, err := h.service.Mine(t.Context(), colleague); err != nil || len(all) != 1 || !all[0].Writable(time.Now(), all[0].Until) {
		t.Errorf("a colleague sees %d applications, %v", len(all), err)
	}
}

func TestWhatWasWrittenLastIsThereAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.side(t, "Ihlamur", "TR")
	id := h.begun(t, h.call(t, "pair"), one, "tr")
	h.fills(t, id)
	next := h.find(t, h.begun(t, h.call(t, "pair"), one, "tr"))
	if got, _ := h.answer(t, next.Part(one.id).Sheet, "mission"); got == "" {
		t.Error("the mission has to be written anew")
	}
	if got, _ := h.answer(t, next.Part(one.id).Sheet, "eligible"); got != "" {
		t.Error("a declaration was taken over")
	}
}

// TestAnOrganizationIsInACallOnce lets two answers race: whatever the order, the database lets one of them win.
func TestAnOrganizationIsInACallOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	for range 8 {
		call := h.call(t, "pair")
		torn := h.side(t, "Torn", "DE")
		var invitations []ids.Invitation
		for _, name := range []string{"A", "B"} {
			host := h.side(t, name, "TR")
			id := h.begun(t, call, host, "tr")
			if err := h.service.Invite(t.Context(), host.lead, applications.Invitation{Application: id, Seat: "eu", Organization: torn.id}, i18n.EN); err != nil {
				t.Fatal(err)
			}
		}
		open, err := h.service.Invitations(t.Context(), torn.lead)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range open {
			invitations = append(invitations, i.ID)
		}
		errs := make([]error, 3)
		var wait sync.WaitGroup
		for i, id := range invitations {
			wait.Go(func() { _, errs[i] = h.service.Join(t.Context(), torn.lead, id, torn.id) })
		}
		wait.Go(func() { _, errs[2] = h.service.Begin(t.Context(), torn.lead, call, torn.id, "eu") })
		wait.Wait()
		refused := 0
		for _, err := range errs {
			if err != nil {
				wants(t, "the slower one", err, fault.KindConflict)
				refused++
			}
		}
		var seats int
		if err := h.System().Read().NewRaw(`SELECT count(*) FROM application_parts WHERE call_id = ? AND organization_id = ?`, call, torn.id).Scan(t.Context(), &seats); err != nil {
			t.Fatal(err)
		}
		// Begin gives what is there, so it is refused only when nobody else was; the joins are refused but for one.
		if seats != 1 || refused < 1 {
			t.Errorf("%d seats, %d refused: %v", seats, refused, errs)
		}
	}
	call := h.call(t, "pair")
	one := h.side(t, "Ihlamur", "TR")
	a := h.find(t, h.begun(t, call, one, "tr"))
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO application_parts (id, application_id, seat, position, organization_id, sheet_id, call_id) VALUES (?, ?, 'x', 9, ?, ?, ?)`,
			ids.New[ids.Part](), a.ID, one.id, a.Joint, call).Exec(ctx)
		return err
	})
	if err == nil {
		t.Error("the database takes a second seat")
	}
}

func TestWithdrawingEndsItForAll(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	officer := h.officer(t)
	tied := h.ties(t, id, one)
	wants(t, "a partner who can leave", h.service.Withdraw(t.Context(), two.lead, id), fault.KindConflict)
	h.submits(t, id, one)
	h.Jobs(t)
	h.mails, h.news = nil, nil
	if err := h.service.Withdraw(t.Context(), one.lead, id); err != nil {
		t.Fatal(err)
	}
	wants(t, "a second time", h.service.Withdraw(t.Context(), one.lead, id), fault.KindConflict)
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != two.lead.Actor().Person || h.mails[0].Kind != "applications.mail.withdrawn" {
		t.Errorf("mails: %+v", h.mails)
	}
	rung := map[ids.Person]string{}
	for _, n := range h.news {
		rung[n.Person] = n.Key
	}
	h.untold(t, tied, "applications.notify.team_withdrawn")
	delete(rung, tied[1]) // belongs to an organization that applies, and is told as one of it
	want := map[ids.Person]string{two.lead.Actor().Person: "applications.notify.withdrawn", officer.Actor().Person: "applications.notify.team_withdrawn"}
	if diff := cmp.Diff(want, rung); diff != "" || !strings.Contains(strings.Join(h.facts, " "), "application_withdrawn") {
		t.Errorf("%v: %s", h.facts, diff)
	}
	if next := h.begun(t, call, one, "tr"); next == id {
		t.Error("the withdrawn application is given again")
	}
	h.begun(t, call, two, "eu")
	if _, err := h.service.Dossier(t.Context(), one.lead, id); err != nil {
		t.Errorf("its people cannot read it any more: %v", err)
	}
}

func TestAfterTheDeadlineEachLeadMayWithdraw(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.submits(t, id, one)
	h.closes(call)
	wants(t, "a participant", h.service.Withdraw(t.Context(), h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: two.id}), id), fault.KindNotFound)
	if err := h.service.Withdraw(t.Context(), two.lead, id); err != nil {
		t.Error(err)
	}
}

// TestAPlaceIsNotEndedByWhoHasDroppedOutOfIt holds for whoever does not hold an offered place any more: it is that of the others.
func TestAPlaceIsNotEndedByWhoHasDroppedOutOfIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.submits(t, id, one)
	h.closes(call)
	h.becomes(t, id, applications.Selected)
	h.around.mu.Lock()
	h.departed = []ids.Organization{one.id}
	h.around.mu.Unlock()
	page := "/applications/" + id.String()
	const gone, withdraw = "Your organization does not hold this place any more.", `/withdrawal"`
	for lead, out := range map[*tenants.Scope]bool{&one.lead: true, &two.lead: false} {
		b := h.SignedIn(t, lead.Actor())
		b.Get(page)
		b.Want(http.StatusOK)
		if got := strings.Contains(b.Page.Body, gone); got != out {
			t.Errorf("told that it is theirs no more: %v, want %v", got, out)
		}
		if got := strings.Contains(b.Page.Body, page+"/reply"); got == out {
			t.Errorf("led to the reply: %v", got)
		}
		if got := strings.Contains(b.Page.Body, withdraw); got == out {
			t.Errorf("offered to withdraw: %v", got)
		}
		b.Get(page + "/withdrawal")
		if got := strings.Contains(b.Page.Body, gone); got != out {
			t.Errorf("the withdrawal tells that it is theirs no more: %v, want %v", got, out)
		}
	}
	wants(t, "who has dropped out", h.service.Withdraw(t.Context(), one.lead, id), fault.KindConflict)
	if err := h.service.Withdraw(t.Context(), two.lead, id); err != nil {
		t.Error(err)
	}
}

// TestNobodyElseReachesIn tries everything that the service does as those who may not: what is not theirs does not exist.
func TestNobodyElseReachesIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	done := h.submits(t, id, one)
	a := h.find(t, id)
	extra := h.side(t, "Extra", "DE")
	free := h.begun(t, h.call(t, "pair"), one, "tr")
	if err := h.service.Invite(t.Context(), one.lead, applications.Invitation{Application: free, Seat: "eu", Organization: extra.id}, i18n.EN); err != nil {
		t.Fatal(err)
	}
	invitation := h.invitation(t, extra.lead)
	loc := h.Catalog.Localizer(i18n.EN, nil)
	ctx := t.Context()
	s := h.service
	tries := map[string]func(sc tenants.Scope) error{
		"Overview": func(sc tenants.Scope) error { _, err := s.Overview(ctx, sc, id); return err },
		"Hall":     func(sc tenants.Scope) error { _, err := s.Hall(ctx, sc, id); return err },
		"Desk":     func(sc tenants.Scope) error { _, err := s.Desk(ctx, sc, id, "", "need"); return err },
		"Begin":    func(sc tenants.Scope) error { _, err := s.Begin(ctx, sc, call, one.id, "tr"); return err },
		"Save": func(sc tenants.Scope) error {
			_, _, err := s.Save(ctx, sc, loc, a.Parts[0].Sheet, "city", forms.Sent{Value: []byte(`{}`)})
			return err
		},
		"Save of the joint part": func(sc tenants.Scope) error {
			_, _, err := s.Save(ctx, sc, loc, a.Joint, "joint_issue", forms.Sent{Value: []byte(`{}`)})
			return err
		},
		"Save of what was handed in": func(sc tenants.Scope) error {
			_, _, err := s.Save(ctx, sc, loc, done.Copies[a.Joint], "joint_issue", forms.Sent{Value: []byte(`{}`)})
			return err
		},
		"SavePosted": func(sc tenants.Scope) error {
			_, _, err := s.SavePosted(ctx, sc, loc, a.Joint, "plan", nil)
			return err
		},
		"Present": func(sc tenants.Scope) error { _, err := s.Present(ctx, sc, a.Joint, "plan"); return err },
		"Describe": func(sc tenants.Scope) error {
			_, err := s.Describe(ctx, sc, loc, a.Joint, &forms.Clash{Ref: "plan"})
			return err
		},
		"Partners": func(sc tenants.Scope) error { _, err := s.Partners(ctx, sc, id, ""); return err },
		"Invite": func(sc tenants.Scope) error {
			return s.Invite(ctx, sc, applications.Invitation{Application: free, Seat: "eu", Email: "a@example.org", Name: "A"}, i18n.EN)
		},
		"Revoke":     func(sc tenants.Scope) error { return s.Revoke(ctx, sc, free, invitation) },
		"Invitation": func(sc tenants.Scope) error { _, err := s.Invitation(ctx, sc, invitation); return err },
		"Join":       func(sc tenants.Scope) error { _, err := s.Join(ctx, sc, invitation, extra.id); return err },
		"Refuse":     func(sc tenants.Scope) error { return s.Refuse(ctx, sc, invitation) },
		"Leave":      func(sc tenants.Scope) error { return s.Leave(ctx, sc, id, "eu") },
		"Remove":     func(sc tenants.Scope) error { return s.Remove(ctx, sc, id, "eu") },
		"Confirm":    func(sc tenants.Scope) error { return s.Confirm(ctx, sc, id, "", time.Time{}) },
		"Reopen":     func(sc tenants.Scope) error { return s.Reopen(ctx, sc, id, "") },
		"Submit":     func(sc tenants.Scope) error { _, err := s.Submit(ctx, sc, id); return err },
		"Withdraw":   func(sc tenants.Scope) error { return s.Withdraw(ctx, sc, id) },
		"Receipt":    func(sc tenants.Scope) error { _, _, err := s.Receipt(ctx, sc, id); return err },
		"Dossier":    func(sc tenants.Scope) error { _, err := s.Dossier(ctx, sc, id); return err },
		"List":       func(sc tenants.Scope) error { _, err := s.List(ctx, sc, applications.Query{}); return err },
		"Neighbours": func(sc tenants.Scope) error { _, _, err := s.Neighbours(ctx, sc, applications.Query{}, id); return err },
		"ToCheck":    func(sc tenants.Scope) error { _, err := s.ToCheck(ctx, sc); return err },
		"Check":      func(sc tenants.Scope) error { return s.Check(ctx, sc, id, 0, nil) },
		"AskForPapers": func(sc tenants.Scope) error {
			return s.AskForPapers(ctx, sc, id, 0, applications.Papers{Words: "x", Questions: map[ids.Sheet][]string{a.Joint: {"model"}}})
		},
		"FindEligible": func(sc tenants.Scope) error { _, err := s.FindEligible(ctx, sc, []ids.Application{id}); return err },
		"MayExport":    func(sc tenants.Scope) error { return s.MayExport(sc) },
	}
	elsewhere := h.Another(t)
	there := func(sc tenants.Scope) tenants.Scope { return h.Tenants.Bind(elsewhere, sc.Actor()) }
	stranger := h.side(t, "Stranger", "FR")
	mine := map[string]bool{"List": true, "ToCheck": true, "Neighbours": true, "FindEligible": true, "MayExport": true}
	for name, try := range tries {
		wants(t, name+" by a visitor", try(h.Visitor()), fault.KindUnauthenticated)
		for who, sc := range map[string]tenants.Scope{
			"somebody without a role": h.As(t), "another organization's lead": stranger.lead, "a reviewer": h.As(t, tenanttest.Role(tenants.RoleReviewer)),
			"a funder": h.As(t, tenanttest.Role(tenants.RoleFunder)), "its lead in another network": there(one.lead),
		} {
			wants(t, name+" by "+who, try(sc), fault.KindNotFound)
		}
		if !mine[name] { // of their own network an officer sees the lists
			wants(t, name+" by an officer of another network", try(there(h.officer(t))), fault.KindNotFound)
		}
	}
	// What other modules and the pages ask of one's own is empty for everybody else.
	for name, sc := range map[string]tenants.Scope{"a stranger": stranger.lead, "somebody elsewhere": there(extra.lead)} {
		if open, err := s.Invitations(ctx, sc); err != nil || len(open) != 0 {
			t.Errorf("%s has %d invitations, %v", name, len(open), err)
		}
		if all, err := s.Mine(ctx, sc); err != nil || len(all) != 0 {
			t.Errorf("%s has %d applications, %v", name, len(all), err)
		}
	}
	for name, act := range map[string]func(sc tenants.Scope) error{
		"invites": tries["Invite"], "revokes": tries["Revoke"], "removes": tries["Remove"], "submits": tries["Submit"], "writes in the other part": tries["Save"],
	} {
		wants(t, "a partner "+name, act(two.lead), fault.KindNotFound)
	}
	if _, err := s.Beginning(ctx, h.Visitor(), call); !fault.Is(err, fault.KindUnauthenticated) {
		t.Errorf("a visitor begins: %v", err)
	}
	if after := h.find(t, id); cmp.Diff(a, after) != "" {
		t.Errorf("after all that: %s", cmp.Diff(a, after))
	}
}

func TestParticipantsFillAndLeadsAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	colleague := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: two.id})
	a := h.find(t, id)
	wants(t, "a confirmed part", h.save(t, colleague, a.Part(two.id).Sheet, "city", "Köln", 0), fault.KindConflict)
	wants(t, "taking the confirmation back", h.service.Reopen(t.Context(), colleague, id, ""), fault.KindNotFound)
	if err := h.service.Reopen(t.Context(), two.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	_, base := h.answer(t, a.Part(two.id).Sheet, "city")
	if err := h.save(t, colleague, a.Part(two.id).Sheet, "city", "Köln", base); err != nil {
		t.Error(err)
	}
	wants(t, "confirming", h.service.Confirm(t.Context(), colleague, id, "", time.Time{}), fault.KindNotFound)
	wants(t, "withdrawing", h.service.Withdraw(t.Context(), colleague, id), fault.KindNotFound)
	wants(t, "leaving", h.service.Leave(t.Context(), colleague, id, ""), fault.KindNotFound)
	hall, err := h.service.Hall(t.Context(), one.lead, id)
	if err != nil {
		t.Fatal(err)
	}
	_, base = h.answer(t, a.Joint, "model")
	if err := h.save(t, colleague, a.Joint, "model", "Yeni bir model", base); err != nil {
		t.Fatal(err)
	}
	wants(t, "confirming what one has not seen", h.service.Confirm(t.Context(), one.lead, id, "", hall.Seen), fault.KindConflict)
	if hall, err = h.service.Hall(t.Context(), one.lead, id); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Confirm(t.Context(), one.lead, id, "", hall.Seen); err != nil {
		t.Errorf("confirming what one has seen: %v", err)
	}
}

// TestSomebodyOfTwoOrganizationsFillsBothParts is about people who try the platform out, and about small places.
func TestSomebodyOfTwoOrganizationsFillsBothParts(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	first, second := h.organizationIn(t, h.System(), "Bir", "TR", "association"), h.organizationIn(t, h.System(), "Zwei", "DE", "association")
	both := side{first, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: first}, tenants.Grant{Role: tenants.RoleLead, Organization: second})}
	id := h.begun(t, call, both, "tr")
	if err := h.service.Invite(t.Context(), both.lead, applications.Invitation{Application: id, Seat: "eu", Organization: second}, i18n.EN); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Join(t.Context(), both.lead, h.invitation(t, both.lead), second); err != nil {
		t.Fatal(err)
	}
	h.fills(t, id)
	a := h.find(t, id)
	for _, seat := range []string{"tr", "eu"} {
		d, err := h.service.Desk(t.Context(), both.lead, id, seat, "need")
		if err != nil || d.Sheet.ID != a.Seat(seat).Sheet || !d.Writable {
			t.Errorf("the part of %s: %v", seat, err)
		}
		if err := h.service.Confirm(t.Context(), both.lead, id, seat, time.Time{}); err != nil {
			t.Errorf("confirming %s: %v", seat, err)
		}
	}
	h.submits(t, id, both)
}

func TestReactionsMoveWhatOthersHaveDecided(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	h.submits(t, id, one)
	h.closes(call)
	if err := h.service.Check(t.Context(), h.officer(t), id, 0, nil); err != nil {
		t.Fatal(err)
	}
	reply := time.Now().Add(time.Hour).Truncate(time.Second)
	tell := func(e tenants.Event, want applications.State) {
		t.Helper()
		for range 2 {
			write(t, h.System(), func(_ context.Context, tx *tenants.Tx) error { tx.Announce(e); return nil })
			h.Jobs(t)
		}
		if a := h.find(t, id); a.State != want {
			t.Errorf("after %s: %s, want %s", e.EventKind(), a.State, want)
		}
	}
	tell(events.PlaceAccepted{Application: id}, applications.Eligible)
	tell(events.ReviewBegan{Application: id}, applications.InReview)
	tell(events.ReviewsCompleted{Application: id}, applications.Reviewed)
	tell(events.DecisionReleased{Application: id, Outcome: events.OutcomeWaiting, Waiting: 2}, applications.Waiting)
	tell(events.PlaceOffered{Application: id, ReplyBy: reply}, applications.Selected)
	if a := h.find(t, id); !a.ReplyBy.Equal(reply) || a.Waiting != 0 {
		t.Errorf("offered: %+v", a)
	}
	tell(events.PlaceAccepted{Application: id}, applications.Accepted)
	tell(events.PlaceLapsed{Application: id}, applications.Accepted)
	tell(events.PlaceDeclined{Application: id}, applications.Accepted)
	tell(events.PlaceLapsed{Application: id, Conditional: true}, applications.Lapsed)
	hall, err := h.service.Hall(t.Context(), one.lead, id)
	if err != nil {
		t.Fatal(err)
	}
	var seen []applications.State
	for _, m := range hall.History {
		seen = append(seen, m.State)
		if m.Name != "" || !m.By.IsZero() {
			t.Errorf("its people see who did it: %+v", m)
		}
	}
	want := []applications.State{applications.Submitted, applications.Eligible, applications.InReview, applications.Waiting, applications.Selected, applications.Accepted, applications.Lapsed}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

// TestADocumentThatCannotBeHandedInIsMissing holds an application back when a document of it was refused, is gone, or was
// never given there.
func TestADocumentThatCannotBeHandedInIsMissing(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	a := h.find(t, id)
	sheet := a.Part(one.id).Sheet
	filled, err := h.forms.Filled(t.Context(), h.System().Read(), sheet)
	if err != nil {
		t.Fatal(err)
	}
	var given []ids.Document
	if err := json.Unmarshal(filled[sheet].Answers["registration_document"], &given); err != nil || len(given) == 0 {
		t.Fatalf("%v, %v", given, err)
	}
	h.mu.Lock()
	h.unfit = given
	h.mu.Unlock()
	if _, err := h.service.Submit(t.Context(), one.lead, id); !fault.Is(err, fault.KindConflict) {
		t.Errorf("handed in: %v", err)
	}
	if err := h.service.Confirm(t.Context(), one.lead, id, "", time.Time{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("confirmed: %v", err)
	}
	if err := h.service.Confirm(t.Context(), two.lead, id, "", time.Time{}); err != nil {
		t.Errorf("the other part: %v", err)
	}
	hall, err := h.service.Hall(t.Context(), one.lead, id)
	if err != nil || len(hall.Blockers) != 1 || hall.Blockers[0].Key != "applications.blocker.part" || hall.Mine[0].Left != 1 {
		t.Errorf("%+v, %v", hall.Blockers, err)
	}
	h.mu.Lock()
	h.unfit = nil
	h.mu.Unlock()
	h.submits(t, id, one)
}
