package applications_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func TestAPartnerLeavesAndWhatCountedOnItDoesNotStand(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	first := h.submits(t, id, one)
	before := h.find(t, id)
	h.Jobs(t)
	h.mails, h.news = nil, nil
	wants(t, "the organization that began", h.service.Leave(t.Context(), one.lead, id, ""), fault.KindConflict)
	if err := h.service.Leave(t.Context(), two.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	a := h.find(t, id)
	if a.State != applications.Draft || a.Number != before.Number || a.Parts[0].Confirmed() || !a.Seat("eu").Organization.IsZero() || a.Seat("eu").Sheet == before.Seat("eu").Sheet {
		t.Errorf("after leaving: %+v", a)
	}
	_, err := h.service.Overview(t.Context(), two.lead, id)
	wants(t, "whoever has left looking in", err, fault.KindNotFound)
	if got, _ := h.answer(t, a.Seat("eu").Sheet, "mission"); got != "" {
		t.Error("what it wrote waits for whoever comes next")
	}
	if got, _ := h.answer(t, first.Copies[before.Seat("eu").Sheet], "mission"); got == "" {
		t.Error("what was handed in is gone")
	}
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != one.lead.Actor().Person || h.mails[0].Kind != "applications.mail.left" {
		t.Errorf("mails: %+v", h.mails)
	}
	if _, err := h.service.Dossier(t.Context(), h.officer(t), id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer reads a draft: %v", err)
	}
	if l, err := h.service.List(t.Context(), h.officer(t), applications.Query{}); err != nil || l.Total != 0 {
		t.Errorf("%d applications are listed, %v", l.Total, err)
	}
	h.joins(t, id, one, two, "eu")
	if got, _ := h.answer(t, a.Seat("eu").Sheet, "mission"); got == "" {
		t.Error("it came back and has to write its mission anew")
	}
	other := h.begun(t, call, h.side(t, "Andere", "FR"), "eu")
	if other == id {
		t.Error("two applications are one")
	}
}

func TestTheLeadRemovesAPartner(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	wants(t, "a partner removing the lead", h.service.Remove(t.Context(), two.lead, id, "tr"), fault.KindNotFound)
	wants(t, "removing oneself", h.service.Remove(t.Context(), one.lead, id, "tr"), fault.KindConflict)
	wants(t, "no such seat", h.service.Remove(t.Context(), one.lead, id, "x"), fault.KindNotFound)
	h.Jobs(t)
	h.mails = nil
	if err := h.service.Remove(t.Context(), one.lead, id, "eu"); err != nil {
		t.Fatal(err)
	}
	wants(t, "a second time", h.service.Remove(t.Context(), one.lead, id, "eu"), fault.KindNotFound)
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != two.lead.Actor().Person || h.mails[0].Kind != "applications.mail.removed" {
		t.Errorf("mails: %+v", h.mails)
	}
	h.begun(t, call, two, "eu")
}

func TestWhoJoinedTooLateToBeHandedInIsLetGo(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one, two := h.side(t, "Ihlamur", "TR"), h.side(t, "Lindenhof", "DE")
	id := h.begun(t, call, one, "tr")
	h.fills(t, id)
	h.confirms(t, id, one)
	h.submits(t, id, one)
	moved := h.seatsMoved(t, id)
	h.joins(t, id, one, two, "eu")
	if n := moved(); n != 2 {
		t.Errorf("an invitation and a seat of what was handed in are told %d times", n)
	}
	h.closes(call)
	d, err := h.service.Dossier(t.Context(), h.officer(t), id)
	if err != nil || len(d.Seated) != 1 || d.Seated[0].Organization != one.id {
		t.Errorf("handed in: %+v, %v", d.Seated, err)
	}
	h.Jobs(t)
	h.mails = nil
	if err := h.service.Check(t.Context(), h.officer(t), id, 0, nil); err != nil {
		t.Fatal(err)
	}
	if a := h.find(t, id); a.State != applications.Eligible || !cmp.Equal(a.Organizations(), []ids.Organization{one.id}) {
		t.Errorf("eligible: %+v", a)
	}
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != two.lead.Actor().Person || h.mails[0].Kind != "applications.mail.dropped" {
		t.Errorf("mails: %+v", h.mails)
	}
}

// seatsMoved counts, each time it is asked, how often it was told that seats of an application have moved.
func (h *house) seatsMoved(t *testing.T, id ids.Application) func() int {
	t.Helper()
	n := 0
	tenants.React(h.Tenants.Registry(), "test.seats_moved", func(_ context.Context, _ tenants.Scope, e events.SeatsMoved) error {
		if e.Application == id {
			n++
		}
		return nil
	})
	return func() int { h.Jobs(t); return n }
}

func TestInvitationsGoToThoseTheyAreFor(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one := h.side(t, "Ihlamur", "TR")
	id := h.begun(t, call, one, "tr")
	guest := h.As(t)
	for name, tt := range map[string]struct {
		i    applications.Invitation
		want fault.Kind
	}{
		"no address":                {applications.Invitation{Seat: "eu"}, fault.KindInvalid},
		"half an address":           {applications.Invitation{Seat: "eu", Email: "a@b", Name: "A"}, fault.KindInvalid},
		"two addresses":             {applications.Invitation{Seat: "eu", Email: "a@b.example,c@d.example", Name: "A"}, fault.KindInvalid},
		"a header in the address":   {applications.Invitation{Seat: "eu", Email: "a@b.example\r\nBcc: c@d.example", Name: "A"}, fault.KindInvalid},
		"a name beside the address": {applications.Invitation{Seat: "eu", Email: "A <a@b.example>", Name: "A"}, fault.KindInvalid},
		"a seat that is taken":      {applications.Invitation{Seat: "tr", Email: "a@b.example", Name: "A"}, fault.KindInvalid},
		"no such seat":              {applications.Invitation{Seat: "x", Email: "a@b.example", Name: "A"}, fault.KindInvalid},
		"one that does not fit":     {applications.Invitation{Seat: "eu", Organization: h.side(t, "İkinci", "TR").id}, fault.KindInvalid},
		"itself":                    {applications.Invitation{Seat: "eu", Organization: one.id}, fault.KindInvalid},
		"an invented organization":  {applications.Invitation{Seat: "eu", Organization: ids.New[ids.Organization]()}, fault.KindInvalid},
	} {
		tt.i.Application = id
		wants(t, name, h.service.Invite(t.Context(), one.lead, tt.i, i18n.DE), tt.want)
	}
	invite := func(email string) {
		t.Helper()
		if err := h.service.Invite(t.Context(), one.lead, applications.Invitation{Application: id, Seat: "eu", Email: email, Name: "Gast"}, i18n.DE); err != nil {
			t.Fatal(err)
		}
	}
	invite("somebody@else.example")
	h.Jobs(t)
	if m := h.mails[len(h.mails)-1]; m.Address != "somebody@else.example" || m.Locale != i18n.DE || m.Args["partner"] != "Ihlamur" || m.Args["organization"] != "Gast" {
		t.Errorf("mail: %+v", m)
	}
	if open, err := h.service.Invitations(t.Context(), guest); err != nil || len(open) != 0 {
		t.Errorf("somebody else sees it: %v, %v", open, err)
	}
	invite(guest.Actor().Email) // replaces the one before
	invitation := h.invitation(t, guest)
	i, err := h.service.Invitation(t.Context(), guest, invitation)
	if err != nil || !i.Open || len(i.Choices) != 0 || i.By.Name != "Ihlamur" {
		t.Errorf("before the guest has an organization: %+v, %v", i, err)
	}
	org := h.organizationIn(t, h.System(), "Gasthaus", "DE", "association")
	member := h.Tenants.Bind(h.Tenant, h.Member(t, guest, org))
	_, err = h.service.Join(t.Context(), member, invitation, one.id)
	wants(t, "joining with another's organization", err, fault.KindNotFound)
	if got, err := h.service.Join(t.Context(), member, invitation, org); err != nil || got != id {
		t.Errorf("joined %v, %v", got, err)
	}
	if got, err := h.service.Join(t.Context(), member, invitation, org); err != nil || got != id {
		t.Errorf("a second click: %v, %v", got, err)
	}
	if i, err = h.service.Invitation(t.Context(), member, invitation); err != nil || i.Open || !i.In {
		t.Errorf("the link in the mail afterwards: %+v, %v", i, err)
	}
	wants(t, "refusing it afterwards", h.service.Refuse(t.Context(), member, invitation), fault.KindConflict)
}

func TestAnInvitationIsRefusedOrTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one, two := h.side(t, "Ihlamur", "TR"), h.side(t, "Lindenhof", "DE")
	id := h.begun(t, call, one, "tr")
	invite := func() ids.Invitation {
		t.Helper()
		if err := h.service.Invite(t.Context(), one.lead, applications.Invitation{Application: id, Seat: "eu", Organization: two.id}, i18n.EN); err != nil {
			t.Fatal(err)
		}
		return h.invitation(t, two.lead)
	}
	if err := h.service.Refuse(t.Context(), two.lead, invite()); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if !slices.ContainsFunc(h.news, func(n events.NotificationRequested) bool {
		return n.Person == one.lead.Actor().Person && n.Key == "applications.notify.declined"
	}) {
		t.Errorf("news: %+v", h.news)
	}
	invitation := invite()
	if err := h.service.Revoke(t.Context(), one.lead, id, invitation); err != nil {
		t.Fatal(err)
	}
	wants(t, "taking it back twice", h.service.Revoke(t.Context(), one.lead, id, invitation), fault.KindNotFound)
	_, err := h.service.Join(t.Context(), two.lead, invitation, two.id)
	wants(t, "joining by an invitation that was taken back", err, fault.KindConflict)
	invitation = invite()
	h.closes(call)
	_, err = h.service.Join(t.Context(), two.lead, invitation, two.id)
	wants(t, "joining too late", err, fault.KindTooLate)
	wants(t, "inviting too late", h.service.Invite(t.Context(), one.lead, applications.Invitation{Application: id, Seat: "eu", Organization: two.id}, i18n.EN), fault.KindTooLate)
}

func TestInvitingHasAnEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	one := h.side(t, "Ihlamur", "TR")
	id := h.begun(t, h.call(t, "pair"), one, "tr")
	for i := range 31 {
		err := h.service.Invite(t.Context(), one.lead, applications.Invitation{Application: id, Seat: "eu", Email: fmt.Sprintf("n%d@example.org", i), Name: "N"}, i18n.EN)
		if i < 30 && err != nil {
			t.Fatal(err)
		}
		if i == 30 {
			wants(t, "the 31st", err, fault.KindTooMany)
		}
	}
}

// TestTwoJoinAtOnce lets two organizations of one country answer for two seats that must have different ones.
func TestTwoJoinAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	for range 5 {
		call := h.call(t, "trio")
		host := h.side(t, "Ev", "TR")
		id := h.begun(t, call, host, "first")
		guests := []side{h.side(t, "Köln", "DE"), h.side(t, "Bonn", "DE")}
		var invitations []ids.Invitation
		for i, seat := range []string{"second", "third"} {
			if err := h.service.Invite(t.Context(), host.lead, applications.Invitation{Application: id, Seat: seat, Organization: guests[i].id}, i18n.EN); err != nil {
				t.Fatal(err)
			}
			invitations = append(invitations, h.invitation(t, guests[i].lead))
		}
		errs := make([]error, 2)
		var wait sync.WaitGroup
		for i, g := range guests {
			wait.Go(func() { _, errs[i] = h.service.Join(t.Context(), g.lead, invitations[i], g.id) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("joined: %v, %v", errs[0], errs[1])
		}
		if a := h.find(t, id); len(a.Organizations()) != 2 {
			t.Errorf("%d organizations", len(a.Organizations()))
		}
	}
}

func TestALatePermissionIsForTheWholeApplication(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.closes(call)
	_, err := h.service.Submit(t.Context(), one.lead, id)
	wants(t, "after the deadline", err, fault.KindTooLate)
	h.late[call] = map[ids.Organization]time.Time{two.id: time.Now().Add(time.Minute)}
	h.submits(t, id, one)
	wants(t, "checking while it may still change", h.service.Check(t.Context(), h.officer(t), id, 0, nil), fault.KindConflict)
	stranger := h.side(t, "Başka", "TR")
	_, err = h.service.Begin(t.Context(), stranger.lead, call, stranger.id, "tr")
	wants(t, "somebody else", err, fault.KindTooLate)
	colleague := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: one.id})
	all, err := h.service.Mine(t.Context(), colleague)
	if err != nil || len(all) != 1 || !all[0].Until.After(time.Now()) {
		t.Errorf("their list says %+v, %v", all, err)
	}
}
