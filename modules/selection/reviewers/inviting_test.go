package reviewers_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

func TestEveryStateOfAnInvitationTakesItsVerbs(t *testing.T) {
	t.Parallel()
	want := map[reviewers.InvitationState]map[reviewers.InvitationVerb]reviewers.InvitationState{
		reviewers.InvitationSent: {
			reviewers.TakeUp: reviewers.InvitationAccepted, reviewers.TurnDown: reviewers.InvitationDeclined, reviewers.Withdraw: reviewers.InvitationWithdrawn,
			reviewers.Resend: reviewers.InvitationSent, reviewers.RunOut: reviewers.InvitationLapsed,
		},
		reviewers.InvitationLapsed: {reviewers.Withdraw: reviewers.InvitationWithdrawn, reviewers.Resend: reviewers.InvitationSent},
	}
	for _, state := range reviewers.InvitationStates {
		for _, verb := range reviewers.InvitationVerbs {
			after, ok := state.After(verb)
			if expected, may := want[state][verb]; may != ok || ok && after != expected || !ok && after != state {
				t.Errorf("%s after %s: %s, %v", state, verb, after, ok)
			}
		}
	}
}

func TestPeopleAreReadAsTheyArePasted(t *testing.T) {
	t.Parallel()
	got := reviewers.ReadInvitees("Ayşe Yılmaz <ayse@vakif.example>\r\n\n  Jürgen Weiß, j.weiss@haus.example \nKetevan\tÇiçek\tketi@x.example\n\"Öz, Ali\" <ali@x.example>\nnobody@x.example\nNobody")
	want := []reviewers.Invitee{
		{Name: "Ayşe Yılmaz", Email: "ayse@vakif.example"},
		{Name: "Jürgen Weiß", Email: "j.weiss@haus.example"},
		{Name: "Ketevan Çiçek", Email: "keti@x.example"},
		{Name: "Öz Ali", Email: "ali@x.example"},
		{Email: "nobody@x.example"},
		{Name: "Nobody"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if again := reviewers.ReadInvitees(want[0].Line()); len(again) != 1 || again[0] != want[0] {
		t.Error(again)
	}
}

func inviting(people ...reviewers.Invitee) reviewers.Inviting {
	return reviewers.Inviting{People: people, Locale: i18n.TR, Reviews: 12, Until: time.Now().AddDate(0, 0, 10)}
}

var ayse = reviewers.Invitee{Name: "Ayşe Yılmaz", Email: "Ayse@vakif.example"}

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
	all, err := h.service.Invitations(t.Context(), sc, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all.All, func(i reviewers.Invitation) bool { return strings.EqualFold(i.Invitee.Email, email) })
	if i < 0 {
		t.Fatalf("%s is not invited", email)
	}
	return all.All[i]
}

func TestAnInvitationIsRefusedAtItsFields(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	for name, one := range map[string]struct {
		change func(*reviewers.Inviting)
		field  string
	}{
		"nobody":          {func(c *reviewers.Inviting) { c.People = nil }, "people"},
		"no address":      {func(c *reviewers.Inviting) { c.People[0].Email = "ayse@vakif" }, "people"},
		"no name":         {func(c *reviewers.Inviting) { c.People[0].Name = "" }, "people"},
		"an endless name": {func(c *reviewers.Inviting) { c.People[0].Name = strings.Repeat("x", 201) }, "people"},
		"twice": {func(c *reviewers.Inviting) {
			c.People = append(c.People, reviewers.Invitee{Name: "A", Email: "ayse@VAKIF.example"})
		}, "people"},
		"a hundred and one": {func(c *reviewers.Inviting) { c.People = slices.Repeat(c.People, 101) }, "people"},
		"no language":       {func(c *reviewers.Inviting) { c.Locale = "xx" }, "locale"},
		"no reviews":        {func(c *reviewers.Inviting) { c.Reviews = 0 }, "reviews"},
		"yesterday":         {func(c *reviewers.Inviting) { c.Until = time.Now().AddDate(0, 0, -1) }, "until"},
		"next year":         {func(c *reviewers.Inviting) { c.Until = time.Now().AddDate(1, 0, 0) }, "until"},
	} {
		cmd := inviting(ayse)
		one.change(&cmd)
		err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, cmd)
		if !fault.Is(err, fault.KindInvalid) || !slices.ContainsFunc(fault.Of(err).Fields, func(f fault.Field) bool { return f.Name == one.field }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.Jobs(t)
	if len(h.mails) > 0 {
		t.Errorf("%d mails went out", len(h.mails))
	}
}

func TestWhoeverIsInvitedAcceptsOnceAndReviews(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer)
	h.applications = 1
	if err := h.service.InviteReviewers(t.Context(), officer, h.call.ID, inviting(ayse)); err == nil {
		t.Error("an officer invites")
	}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse, reviewers.Invitee{Name: "Jürgen Weiß", Email: "j@haus.example"})); err != nil {
		t.Fatal(err)
	}
	again := inviting(reviewers.Invitee{Name: "Ayşe Y.", Email: "ayse@vakif.example"}, reviewers.Invitee{Name: "Neu", Email: "neu@haus.example"})
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, again); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("asked twice: %v", err)
	}
	links := h.links(t, ayse.Email)
	if len(links) != 1 || len(h.links(t, "neu@haus.example")) != 0 {
		t.Fatalf("%d links; of a list with one who is asked already, somebody was mailed", len(links))
	}
	m := h.mails[slices.IndexFunc(h.mails, func(m events.MailRequested) bool { return m.Address == ayse.Email })]
	if !m.Secret || m.Locale != i18n.TR || !strings.Contains(m.Body[i18n.TR], "{reviews} başvuru") || m.Args["reviews"] != "12" {
		t.Errorf("the mail: %+v", m)
	}
	visitor := h.As(t).As(tenants.Visitor())
	if _, err := h.service.AcceptInvitation(t.Context(), visitor, links[0]+"x", ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another token: %v", err)
	}
	joined, err := h.service.AcceptInvitation(t.Context(), visitor, links[0], "A browser")
	if err != nil || joined.Session == "" {
		t.Fatal(joined, err)
	}
	if _, err := h.service.AcceptInvitation(t.Context(), visitor, links[0], ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("twice: %v", err)
	}
	if err := h.service.RefuseInvitation(t.Context(), visitor, links[0], reviewers.Regret{Reason: "time"}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("refused after all: %v", err)
	}
	h.Jobs(t)
	if h.newsFor(coordinator.Actor().Person)["selection.notify.invitation_accepted"] != 1 || len(h.newsFor(officer.Actor().Person)) > 0 {
		t.Error("not the coordinators are told")
	}
	known, err := h.service.KnownReviewers(t.Context(), officer)
	if err != nil || len(known) != 1 || known[0].Name != ayse.Name || known[0].Most != 12 {
		t.Errorf("the pool: %+v, %v", known, err)
	}
	if i := h.invitation(t, officer, ayse.Email); i.State != reviewers.InvitationAccepted || i.Person != joined.Person {
		t.Errorf("%+v", i)
	}
	all, err := h.service.Invitations(t.Context(), officer, h.call.ID)
	if people, reviews := all.Count(reviewers.InvitationAccepted); err != nil || people != 1 || reviews != 12 || all.Needed != h.call.Reviews {
		t.Errorf("%d people, %d of %d reviews, %v", people, reviews, all.Needed, err)
	}
}

func TestWhoeverHasALoginKeepsTheirLimitAndSignsIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, reviewer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Okur", tenants.RoleReviewer)
	if err := h.service.SaveOwnProfile(t.Context(), reviewer, reviewers.Profile{Most: 5}); err != nil {
		t.Fatal(err)
	}
	identity := ids.New[ids.Identity]()
	h.logins = map[string]reviewers.Login{ayse.Email: {ID: identity, Email: ayse.Email}}
	h.members = map[ids.Identity]ids.Person{identity: reviewer.Actor().Person}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); err != nil {
		t.Fatal(err)
	}
	joined, err := h.service.AcceptInvitation(t.Context(), h.As(t).As(tenants.Visitor()), h.links(t, ayse.Email)[0], "")
	if err != nil || joined.Session != "" || joined.Person != reviewer.Actor().Person {
		t.Fatal(joined, err)
	}
	if p, err := h.service.OwnProfile(t.Context(), reviewer); err != nil || p.Most != 5 {
		t.Error(p, err)
	}
}

func TestOfManyWhoAcceptAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); err != nil {
		t.Fatal(err)
	}
	link, visitor := h.links(t, ayse.Email)[0], h.As(t).As(tenants.Visitor())
	var mu sync.Mutex
	var all sync.WaitGroup
	done := 0
	for n := range 12 {
		all.Go(func() {
			var err error
			if n%2 == 0 {
				_, err = h.service.AcceptInvitation(t.Context(), visitor, link, "")
			} else {
				err = h.service.RefuseInvitation(t.Context(), visitor, link, reviewers.Regret{Reason: "time"})
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case !fault.Is(err, fault.KindConflict):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if done != 1 {
		t.Errorf("%d answers were taken", done)
	}
}

func TestWhoeverRefusesNamesASubstituteOfWhomTheCoordinatorDecides(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, visitor := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.As(t).As(tenants.Visitor())
	other := reviewers.Invitee{Name: "Jürgen Weiß", Email: "j@haus.example"}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse, other)); err != nil {
		t.Fatal(err)
	}
	link := h.links(t, ayse.Email)[0]
	for name, one := range map[string]struct {
		regret reviewers.Regret
		field  string
	}{
		"no reason":   {reviewers.Regret{}, "reason"},
		"other":       {reviewers.Regret{Reason: "other"}, "note"},
		"half a name": {reviewers.Regret{Reason: "time", Substitute: reviewers.Invitee{Name: "Keti"}}, "substitute_email"},
		"no name":     {reviewers.Regret{Reason: "time", Substitute: reviewers.Invitee{Email: "keti@x.example"}}, "substitute_name"},
		"two in one":  {reviewers.Regret{Reason: "time", Substitute: reviewers.Invitee{Name: "mallory@evil.example Keti", Email: "keti@x.example"}}, "substitute_name"},
		"two lines":   {reviewers.Regret{Reason: "time", Substitute: reviewers.Invitee{Name: "Keti\nMallory", Email: "keti@x.example"}}, "substitute_name"},
		"themselves":  {reviewers.Regret{Reason: "time", Substitute: reviewers.Invitee{Name: "Ayşe", Email: "ayse@vakif.example"}}, "substitute_email"},
	} {
		err := h.service.RefuseInvitation(t.Context(), visitor, link, one.regret)
		if !fault.Is(err, fault.KindInvalid) || !slices.ContainsFunc(fault.Of(err).Fields, func(f fault.Field) bool { return f.Name == one.field }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	keti := reviewers.Invitee{Name: "Ketevan Çiçek", Email: "keti@x.example"}
	if err := h.service.RefuseInvitation(t.Context(), visitor, link, reviewers.Regret{Reason: "time", Note: "Doğum iznindeyim.", Substitute: keti}); err != nil {
		t.Fatal(err)
	}
	if len(h.links(t, keti.Email)) != 0 {
		t.Fatal("the substitute was mailed before anybody decided")
	}
	if h.newsFor(coordinator.Actor().Person)["selection.notify.substitute_named"] != 1 {
		t.Error("the coordinator does not hear of the substitute")
	}
	i := h.invitation(t, coordinator, ayse.Email)
	cmd := inviting(keti)
	cmd.InsteadOf = i.ID
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, cmd); err != nil {
		t.Fatal(err)
	}
	if i = h.invitation(t, coordinator, ayse.Email); i.Substitute != reviewers.SubstituteInvited || len(h.links(t, keti.Email)) != 1 {
		t.Errorf("%+v", i)
	}
	if err := h.service.PassOver(t.Context(), coordinator, h.call.ID, i.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("decided twice: %v", err)
	}
	if err := h.service.PassOver(t.Context(), coordinator, h.call.ID, h.invitation(t, coordinator, other.Email).ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("of somebody who named nobody: %v", err)
	}
}

func TestAnInvitationIsRemindedOfLapsesAndIsSentAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, visitor := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.As(t).As(tenants.Visitor())
	cmd := inviting(ayse)
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, cmd); err != nil {
		t.Fatal(err)
	}
	i := h.invitation(t, coordinator, ayse.Email)
	wait := reviewers.Awaiting{Invitation: i.ID, Until: i.Until}
	remind := func() {
		t.Helper()
		if err := h.service.RemindInvited(t.Context(), h.System(), wait); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.service.RemindInvited(t.Context(), coordinator, wait); err == nil {
		t.Error("a coordinator is a job")
	}
	remind()
	remind()
	links := h.links(t, ayse.Email)
	if len(links) != 2 {
		t.Fatalf("%d mails, with one reminder", len(links))
	}
	for _, link := range links {
		if a, err := h.service.Asking(t.Context(), visitor, link); err != nil || a.Now != reviewers.InvitationSent {
			t.Errorf("a link does not hold: %v, %v", a.Now, err)
		}
	}
	if err := h.service.LapseInvitation(t.Context(), h.System(), wait); err != nil {
		t.Fatal(err)
	}
	if got := h.invitation(t, coordinator, ayse.Email); got.State != reviewers.InvitationSent {
		t.Error("lapsed before its date")
	}
	h.set(t, "UPDATE reviewer_invitations SET until = now() - interval '1 minute'")
	if _, err := h.service.AcceptInvitation(t.Context(), visitor, links[0], ""); !fault.Is(err, fault.KindTooLate) {
		t.Errorf("too late, and no job has noted it: %v", err)
	}
	wait.Until = h.invitation(t, coordinator, ayse.Email).Until
	if err := h.service.LapseInvitation(t.Context(), h.System(), wait); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	if got := h.invitation(t, coordinator, ayse.Email); got.State != reviewers.InvitationLapsed || h.newsFor(coordinator.Actor().Person)["selection.notify.invitation_lapsed"] != 1 {
		t.Errorf("%+v", got)
	}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("asked beside the lapsed one: %v", err)
	}
	if err := h.service.ResendInvitation(t.Context(), coordinator, h.call.ID, i.ID, time.Now().AddDate(0, 0, -1)); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("until yesterday: %v", err)
	}
	if err := h.service.ResendInvitation(t.Context(), coordinator, h.call.ID, i.ID, time.Now().AddDate(0, 0, 8)); err != nil {
		t.Fatal(err)
	}
	if err := h.service.LapseInvitation(t.Context(), h.System(), wait); err != nil { // the job of the earlier date
		t.Fatal(err)
	}
	if links = h.links(t, ayse.Email); len(links) != 3 {
		t.Fatalf("%d mails", len(links))
	}
	if _, err := h.service.AcceptInvitation(t.Context(), visitor, links[0], ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("by a mail from before it was sent again: %v", err)
	}
	if _, err := h.service.AcceptInvitation(t.Context(), visitor, links[2], ""); err != nil {
		t.Errorf("by the last mail: %v", err)
	}
}

func TestAWithdrawnInvitationIsDead(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer, visitor := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer), h.As(t).As(tenants.Visitor())
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); err != nil {
		t.Fatal(err)
	}
	link, i := h.links(t, ayse.Email)[0], h.invitation(t, coordinator, ayse.Email)
	for name, err := range map[string]error{
		"an officer":     h.service.WithdrawInvitation(t.Context(), officer, h.call.ID, i.ID),
		"a visitor":      h.service.WithdrawInvitation(t.Context(), visitor, h.call.ID, i.ID),
		"of other calls": h.service.WithdrawInvitation(t.Context(), coordinator, ids.New[ids.Call](), i.ID),
	} {
		if err == nil {
			t.Errorf("%s withdraws", name)
		}
	}
	if err := h.service.WithdrawInvitation(t.Context(), coordinator, h.call.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.AcceptInvitation(t.Context(), visitor, link, ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("accepted: %v", err)
	}
	if err := h.service.ResendInvitation(t.Context(), coordinator, h.call.ID, i.ID, time.Now().AddDate(0, 0, 8)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("sent again: %v", err)
	}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); err != nil {
		t.Errorf("asked anew: %v", err)
	}
}

func TestNobodyIsInvitedOnceTheDecisionsAreClosed(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	h.closed = true
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); !fault.Is(err, fault.KindConflict) {
		t.Errorf("invited: %v", err)
	}
	b := h.SignedIn(t, coordinator.Actor())
	b.Get("/selection/" + h.call.ID.String() + "/invitations")
	b.Want(200, "nobody is invited any more")
}

func TestTheTextOfInvitationsIsTheCoordinators(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	b := h.SignedIn(t, coordinator.Actor())
	path := "/selection/" + h.call.ID.String() + "/invitations/text"
	b.Get(path)
	b.Want(200, "Dear {person}", "Sayın {person}", "Guten Tag {person}")
	b.Submit(path, "subject_tr", "{call}", "body_tr", "", "body_en", "To {nobody}", "version", "0")
	b.Want(422, "both a subject and a text", "There is no nobody", "To {nobody}")
	b.Submit(path, "subject_tr", "Sevgili {person}", "body_tr", "Gel.", "subject_en", "", "body_en", "", "subject_de", "", "body_de", "")
	b.Want(200, "The text is saved")
	if err := h.service.WriteInvitingText(t.Context(), coordinator, h.call.ID, reviewers.InvitingText{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("over somebody else's: %v", err)
	}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	m := h.mails[len(h.mails)-1]
	if m.Subject[i18n.TR] != "Sevgili {person}" || m.Body[i18n.TR] != "Gel." || !strings.Contains(m.Body[i18n.DE], "Guten Tag {person}") {
		t.Errorf("%+v", m)
	}
}

func TestThePagesOfInvitations(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator, officer := h.role(t, "Koordinatör", tenants.RoleCoordinator), h.role(t, "Ofis", tenants.RoleOfficer)
	b, o := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, officer.Actor())
	path := "/selection/" + h.call.ID.String() + "/invitations"
	b.Get(path)
	b.Want(200, "Nobody is invited yet")
	until := time.Now().AddDate(0, 0, 9).Format(time.DateOnly)
	b.Submit(path, "people", "Ayşe Yılmaz ayse@vakif.example\nKeti keti@", "locale", "tr", "reviews", "viele", "until", until)
	b.Want(422, "Ayşe Yılmaz ayse@vakif.example", "Line 2: “keti@”", "A whole number from 1 to 500")
	if b.Page.Value("reviews") != "viele" {
		t.Error("what was typed is lost")
	}
	b.Submit(path, "people", "Ayşe Yılmaz ayse@vakif.example\nKeti <keti@x.example>", "locale", "tr", "reviews", "8", "until", until)
	b.Want(200, "The invitations are on their way.", "Ayşe Yılmaz", "2 invitations")
	o.Get(path)
	o.Want(200, "Ayşe Yılmaz", "Your coordinator can invite")
	if strings.Contains(o.Page.Body, "Send the invitations") {
		t.Error("an officer can invite")
	}
	visitor := h.Browser(t, h.Tenant)
	link := "/reviewer-invitations/" + h.links(t, "ayse@vakif.example")[0]
	visitor.Get(link)
	visitor.Want(200, "Exchange 2027", "about 8 applications", "Accept")
	if h.invitation(t, officer, "ayse@vakif.example").State != reviewers.InvitationSent {
		t.Error("looking at the page accepts")
	}
	visitor.Get(link + "/refusal")
	visitor.Submit(link+"/refusal", "note", "Leider nein", "substitute_email", "neu@")
	visitor.Want(422, "Leider nein")
	if visitor.Page.Value("substitute_email") != "neu@" {
		t.Error("what was typed is lost")
	}
	visitor.Submit(link+"/refusal", "reason", "field", "note", "Leider nein", "substitute_name", "Neu", "substitute_email", "neu@x.example")
	visitor.Want(200, "You have declined")
	visitor.Get(link + "/refusal")
	visitor.Want(200, "You have declined")
	b.Get(path + "?state=declined")
	b.Want(200, "Not my field", "Names a substitute")
	if strings.Contains(b.Page.Body, "keti@x.example") {
		t.Error("the filter shows others")
	}
	sheet := b.Get(path + "?format=csv")
	if !strings.Contains(sheet.Body, "Leider nein") || !strings.Contains(sheet.Body, "Neu <neu@x.example>") {
		t.Error(sheet.Body)
	}
	id := h.invitation(t, officer, "ayse@vakif.example").ID.String()
	b.Get(path + "?instead=" + id)
	b.Want(200, "Neu <neu@x.example>")
	b.Get(path + "/" + id)
	b.Submit(path + "/" + id + "/substitute/refusal")
	b.Want(200, "This person was not invited.")
	other := h.invitation(t, officer, "keti@x.example").ID.String()
	b.Get(path + "/" + other)
	b.Submit(path+"/"+other+"/resending", "until", "")
	b.Want(422)
	b.Submit(path+"/"+other+"/resending", "until", until)
	b.Want(200, "The invitation is sent again.")
	taken := "/reviewer-invitations/" + h.links(t, "keti@x.example")[1]
	visitor.Get(taken)
	visitor.Submit(taken + "/acceptance")
	visitor.Get(taken)
	visitor.Want(200, "You have accepted")
	b.Get(path + "/" + other)
	b.Want(200, "See the profile")
	visitor.Get("/reviewer-invitations/nothing")
	visitor.Want(404, "This invitation does not hold")
}

func TestInvitationsAreListedInAsManyQueriesForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Koordinatör", tenants.RoleCoordinator)
	count := func() int64 {
		t.Helper()
		return h.queries.Least(func() {
			if _, err := h.service.Invitations(t.Context(), coordinator, h.call.ID); err != nil {
				t.Error(err)
			}
		})
	}
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse)); err != nil {
		t.Fatal(err)
	}
	one := count()
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(reviewers.Invitee{Name: "B", Email: "b@x.example"}, reviewers.Invitee{Name: "C", Email: "c@x.example"})); err != nil {
		t.Fatal(err)
	}
	if many := count(); many != one {
		t.Errorf("%d queries for three, %d for one", many, one)
	}
}

// TestPagesOfInvitationsAreAccessible looks at every page of invitations as those see it who send and get them.
func TestPagesOfInvitationsAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Defne Karaağaç", tenants.RoleCoordinator)
	if err := h.service.InviteReviewers(t.Context(), coordinator, h.call.ID, inviting(ayse, reviewers.Invitee{Name: "Ottilie von der Heyden-Rynsch", Email: "ottilie@heyden-rynsch-und-partner.example"})); err != nil {
		t.Fatal(err)
	}
	refused, open := h.links(t, ayse.Email)[0], h.links(t, "ottilie@heyden-rynsch-und-partner.example")[0]
	if err := h.service.RefuseInvitation(t.Context(), h.As(t).As(tenants.Visitor()), refused, reviewers.Regret{Reason: "other", Note: "Doğum iznindeyim.", Substitute: reviewers.Invitee{Name: "Ketevan Çiçek", Email: "keti@x.example"}}); err != nil {
		t.Fatal(err)
	}
	path := "/selection/" + h.call.ID.String() + "/invitations"
	for _, look := range looks {
		v, b := h.visit(t, look, coordinator)
		for name, at := range map[string]string{
			"invitations": path, "inviting-text": path + "/text", "invitation-declined": path + "/" + h.invitation(t, coordinator, ayse.Email).ID.String(),
			"invitation-sent": path + "/" + h.invitation(t, coordinator, "ottilie@heyden-rynsch-und-partner.example").ID.String(),
		} {
			v.Go(b.Address(at))
			v.Accessible("selection-" + name + "-" + look.Language)
		}
		guest := uitest.Visit(t, look)
		guest.Carry(b.Address("/"), "language", look.Language)
		for name, at := range map[string]string{"asking": open, "asking-refusal": open + "/refusal", "asking-declined": refused} {
			guest.Go(b.Address("/reviewer-invitations/" + at))
			guest.Accessible("selection-" + name + "-" + look.Language)
		}
	}
}
