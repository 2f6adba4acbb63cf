package accounts_test

import (
	"context"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kervan/modules/accounts"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

const good = "slow caravan, green lantern"

// house is a site of accounts alone, with a mailbox that keeps what was announced.
type house struct {
	*sitetest.House

	service *accounts.Service
	mails   map[string][]events.MailRequested // by address, or by person where there is none
}

func open(t *testing.T) *house {
	t.Helper()
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{service: accounts.New(w.Tenants, authorizer, []byte(w.Tenant.Slug)), mails: map[string][]events.MailRequested{}}
	h.service.RegisterJobs(w.Tenants.Registry())
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		to := e.Address
		if !e.Person.IsZero() {
			to = e.Person.String()
		}
		h.mails[to] = append(h.mails[to], e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{accounts.Locales}, h.service, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{accounts.NewWeb(h.service, s).Module()}
	})
	return h
}

// at is an address of this test alone: logins are shared by all networks.
func (h *house) at(name string) string { return name + "-" + h.Tenant.Slug + "@example.org" }

// mailed runs the queue and returns where the button of the last mail to the address leads.
func (h *house) mailed(t *testing.T, address string) string {
	t.Helper()
	h.Jobs(t)
	all := h.mails[address]
	if len(all) == 0 {
		t.Fatalf("no mail to %s", address)
	}
	return all[len(all)-1].Path
}

func (h *house) register(t *testing.T, b *sitetest.Browser, name, email string) {
	t.Helper()
	b.Get("/register")
	b.Submit("/register", "name", name, "email", email, "password", good, "notice", "yes")
	b.Want(200, "Please look into your mailbox")
}

func (h *house) member(t *testing.T, email string, roles ...tenants.Role) accounts.Card {
	t.Helper()
	hash, err := accounts.HashPassword(good)
	if err != nil {
		t.Fatal(err)
	}
	var grants []tenants.Grant
	for _, r := range roles {
		grants = append(grants, tenants.Grant{Role: r})
	}
	card, err := h.service.Ensure(t.Context(), h.System(), "Şule Işık", email, hash, i18n.EN, grants...)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func (h *house) signIn(t *testing.T, b *sitetest.Browser, email, password string) {
	t.Helper()
	b.Get("/sign-in?return=/account")
	b.Submit("/sign-in", "email", email, "password", password)
}

func TestRegisterConfirmAndLeave(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.Browser(t, h.Tenant)
	h.register(t, b, "Şule Işık", h.at("sule"))
	link := h.mailed(t, h.at("sule"))
	b.Get(link)
	b.Want(200, "Confirm your address")
	if b.Cookie("session") != "" {
		t.Fatal("looking at the link signed in: mail programs look at links")
	}
	b.Submit(link)
	b.Get("/account")
	b.Want(200, h.at("sule"), "This device")
	b.Submit("/sign-out")
	b.Get("/account")
	b.Want(200, "Sign in", "Forgotten your password?")
	b.Post(link, url.Values{})
	b.Want(404, "This link no longer works")
}

func TestRegisterRefusesEachField(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, tt := range map[string]struct{ field, value, want string }{
		"no name":             {"name", "", "Please fill this in."},
		"a name with NUL":     {"name", "a\x00b", "characters that cannot be stored"},
		"a bidi name":         {"name", "a\u202eb", "characters that cannot be stored"},
		"a long name":         {"name", strings.Repeat("ü", 201), "201 characters"},
		"invalid UTF-8":       {"name", "a\xffb", "characters that cannot be stored"},
		"no address":          {"email", "", "Please fill this in."},
		"half an address":     {"email", "sule@", "name@example.org"},
		"two addresses":       {"email", "a@example.org,b@example.org", "name@example.org"},
		"a header":            {"email", "a@example.org\r\nBcc: b@example.org", "name@example.org"},
		"a named address":     {"email", "A <a@example.org>", "name@example.org"},
		"an address in İ":     {"email", "İ@example.org", "name@example.org"},
		"a short password":    {"password", "fourteen chars", "at least 15 characters"},
		"a long password":     {"password", strings.Repeat("a b", 400), "at most 1000 characters"},
		"one's own name":      {"password", "şule ışık Şule Işık", "too easy to guess"},
		"what everybody uses": {"password", "qwertyuiop123456", "too easy to guess"},
		"no notice":           {"notice", "", "read the privacy notice and tick"},
	} {
		b := h.Browser(t, h.Tenant)
		b.Get("/register")
		values := map[string]string{"name": "Şule Işık", "email": "sule@example.org", "password": good, "notice": "yes"}
		values[tt.field] = tt.value
		b.Submit("/register", "name", values["name"], "email", values["email"], "password", values["password"], "notice", values["notice"])
		b.Want(422, tt.want, "Please check these entries")
		if tt.field != "email" && b.Page.Value("email") != "sule@example.org" {
			t.Errorf("%s: the address that was typed is lost", name)
		}
		if strings.Contains(b.Page.Body, good) {
			t.Errorf("%s: the password is on the page", name)
		}
	}
	h.Jobs(t)
	if len(h.mails) != 0 {
		t.Errorf("refused registrations sent %v", h.mails)
	}
}

func TestAKnownAddressGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("known"))
	answers := map[string]string{}
	stripped := regexp.MustCompile(`nonce-[^']+|v=[0-9a-f]+`)
	for _, address := range []string{h.at("known"), h.at("unknown")} {
		for _, form := range []string{"/register", "/sign-in/link", "/reset", "/sign-in"} {
			b := h.Browser(t, h.Tenant)
			b.Get(form)
			b.Submit(form, "name", "X Y", "email", address, "password", "wrong "+good, "notice", "yes")
			answers[address+form] = stripped.ReplaceAllString(strings.ReplaceAll(b.Page.Body, address, "…"), "")
		}
	}
	for _, form := range []string{"/register", "/sign-in/link", "/reset", "/sign-in"} {
		if answers[h.at("known")+form] != answers[h.at("unknown")+form] {
			t.Errorf("%s tells a known address from an unknown one", form)
		}
	}
}

func TestRegisteringAKnownAddressKeepsItsPassword(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	b.Get("/register")
	b.Submit("/register", "name", "An attacker", "email", h.at("sule"), "password", "another long password!", "notice", "yes")
	link := h.mailed(t, h.at("sule"))
	b.Get(link)
	b.Submit(link)
	b.Want(200, "You already have a login")
	if b.Cookie("session") != "" {
		t.Error("confirming signed in to an existing login")
	}
	h.signIn(t, b, h.at("sule"), "another long password!")
	b.Want(422, "The e-mail address or the password is wrong")
	h.signIn(t, b, h.at("sule"), good)
	b.Want(200, "Şule Işık")
}

func TestALinkServesOneNetwork(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := h.Another(t)
	b := h.Browser(t, h.Tenant)
	h.register(t, b, "X", h.at("x"))
	link := h.mailed(t, h.at("x"))
	elsewhere := h.Browser(t, other)
	elsewhere.Post(link, url.Values{})
	elsewhere.Want(404, "This link no longer works")
	elsewhere.Post(strings.Replace(link, "/confirm/", "/sign-in/link/", 1), url.Values{})
	elsewhere.Want(404)
	b.Post(strings.Replace(link, "/confirm/", "/sign-in/link/", 1), url.Values{})
	b.Want(404, "This link no longer works")
	b.Post(link, url.Values{})
	b.Want(200, "Welcome!")
	if b.Cookie("session") == "" {
		t.Error("the link did not serve its own network and purpose")
	}
}

func TestASessionIsOfOneHost(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := h.Another(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	b.Want(200, "Şule Işık")
	thief := h.Browser(t, other)
	thief.SetCookie("session", b.Cookie("session"))
	thief.Get("/account")
	thief.Want(200, "Forgotten your password?")
}

func TestASessionIsNeverTheOneFromBefore(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	b.SetCookie("session", "planted")
	h.signIn(t, b, h.at("sule"), good)
	first := b.Cookie("session")
	if first == "" || first == "planted" {
		t.Fatalf("session %q", first)
	}
	again := h.Browser(t, h.Tenant)
	h.signIn(t, again, h.at("sule"), good)
	if again.Cookie("session") == first {
		t.Error("two sign-ins share a session")
	}
}

func TestARoleTakenIsGoneOnTheNextRequest(t *testing.T) {
	t.Parallel()
	h := open(t)
	card := h.member(t, h.at("sule"), tenants.RoleCoordinator)
	h.member(t, h.at("second"), tenants.RoleCoordinator)
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	b.Get("/people")
	b.Want(200, "Invite somebody")
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, card.ID, tenants.Grant{Role: tenants.RoleCoordinator})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Get("/people")
	b.Want(404)
}

func TestAResetEndsEverySession(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := h.Another(t)
	h.member(t, h.at("sule"))
	hash, err := accounts.HashPassword(good)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Ensure(t.Context(), h.Tenants.Bind(other, tenants.SystemActor("test")), "Şule", h.at("sule"), hash, i18n.TR); err != nil {
		t.Fatal(err)
	}
	here, there := h.Browser(t, h.Tenant), h.Browser(t, other)
	h.signIn(t, here, h.at("sule"), good)
	h.signIn(t, there, h.at("sule"), good)
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/reset")
	visitor.Submit("/reset", "email", h.at("sule"))
	link := h.mailed(t, h.at("sule"))
	visitor.Get(link)
	visitor.Submit(link, "password", "short")
	visitor.Want(422, "at least 15 characters")
	visitor.Submit(link, "password", "a wholly new phrase")
	visitor.Want(200, "Your new password is set")
	for name, b := range map[string]*sitetest.Browser{"here": here, "in another network": there} {
		b.Get("/account")
		if strings.Contains(b.Page.Text(), h.at("sule")) {
			t.Errorf("the session %s outlived the reset", name)
		}
	}
	h.signIn(t, visitor, h.at("sule"), "a wholly new phrase")
	visitor.Want(200, "Şule Işık")
	late := h.Browser(t, h.Tenant)
	late.Post(link, url.Values{"password": {"yet another new phrase"}})
	late.Want(404, "This link no longer works")
}

func TestSignInByLinkLeadsWhereOneWantedToGo(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	for wanted, reached := range map[string]string{"/account": "/account", "//elsewhere.example/": "/desk"} {
		b := h.Browser(t, h.Tenant)
		b.Get("/sign-in?return=" + url.QueryEscape(wanted))
		b.Get("/sign-in/link?return=" + url.QueryEscape(wanted))
		b.Submit("/sign-in/link", "email", h.at("sule"))
		link := h.mailed(t, h.at("sule"))
		b.Get(link)
		page := b.Submit(link)
		if got := page.Path; got != reached {
			t.Errorf("towards %s, arrived at %s", wanted, got)
		}
	}
}

func TestSignInByLinkWorksOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	b.Get("/sign-in/link")
	b.Submit("/sign-in/link", "email", strings.ToUpper(h.at("sule")))
	b.Want(200, "Please look into your mailbox")
	link := h.mailed(t, h.at("sule"))
	b.Get(link)
	b.Submit(link)
	if b.Cookie("session") == "" {
		t.Fatal("the link did not sign in")
	}
	second := h.Browser(t, h.Tenant)
	second.Post(link, url.Values{})
	second.Want(404, "This link no longer works")
}

func TestTooManyAttemptsAreSlowedButNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	refused := 0
	for i := range 30 {
		b.Headers["X-Forwarded-For"] = "203.0.113." + string(rune('0'+i%10))
		h.signIn(t, b, h.at("sule"), "wrong "+good)
		if b.Page.Status == 429 {
			refused++
		}
	}
	if refused < 15 {
		t.Errorf("only %d of 30 guesses were refused", refused)
	}
	b.Get("/sign-in/link")
	b.Submit("/sign-in/link", "email", h.at("sule"))
	link := h.mailed(t, h.at("sule"))
	b.Get(link)
	b.Submit(link)
	if b.Cookie("session") == "" {
		t.Error("the victim cannot get in by a link")
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	for name, headers := range map[string]map[string]string{
		"no token":            {},
		"another site":        {"Sec-Fetch-Site": "cross-site"},
		"a sibling":           {"Sec-Fetch-Site": "same-site"},
		"an origin elsewhere": {"Origin": "http://evil.localhost"},
		"a null origin":       {"Origin": "null"},
	} {
		b.Headers = headers
		b.Post("/account/sessions/end-all", url.Values{})
		if b.Page.Status != 422 {
			t.Errorf("%s: status %d", name, b.Page.Status)
		}
	}
	b.Headers = map[string]string{}
	other := h.Browser(t, h.Tenant)
	h.member(t, h.at("thief"))
	h.signIn(t, other, h.at("thief"), good)
	other.Get("/account")
	stolen := other.Page.Value("_csrf")
	b.Post("/account/sessions/end-all", url.Values{"_csrf": {stolen}})
	b.Want(422)
	b.Get("/account")
	b.Want(200, h.at("sule"))
	b.Submit("/account/sessions/end-all")
	b.Get("/account")
	b.Want(200, "Forgotten your password?")
}

func TestAnInvitationGivesItsRoleOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("boss"), tenants.RoleCoordinator)
	boss := h.Browser(t, h.Tenant)
	h.signIn(t, boss, h.at("boss"), good)
	boss.Get("/people")
	boss.Submit("/invitations", "name", "Anneke Vos", "email", h.at("anneke"), "role", "reviewer", "locale", "de")
	boss.Want(200, "The invitation is on its way", "Anneke Vos")
	mail := h.mailed(t, h.at("anneke"))
	if got := h.mails[h.at("anneke")][0].Locale; got != i18n.DE {
		t.Errorf("invited in %s", got)
	}
	anneke := h.Browser(t, h.Tenant)
	anneke.Get(mail)
	anneke.Want(200, "Reviewer")
	anneke.Submit(mail+"/acceptance", "name", "Anneke Vos", "password", "short", "notice", "yes")
	anneke.Want(422, "at least 15 characters")
	anneke.Submit(mail+"/acceptance", "name", "Anneke Vos", "password", good, "notice", "yes")
	boss.Get("/people")
	boss.Want(200, h.at("anneke"), "Reviewer")
	second := h.Browser(t, h.Tenant)
	second.Get(mail)
	second.Want(404, "This link no longer works")
}

func TestTheFirstCoordinatorIsInvitedByTheCore(t *testing.T) {
	t.Parallel()
	h := open(t)
	if _, err := h.Tenants.Create(t.Context(), tenants.New{
		Slug: "c-" + h.Tenant.Slug, Name: "Commons", Kind: tenants.KindCore, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: []string{"c-" + h.Tenant.Slug + ".localhost"},
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.SeedFirst(t.Context(), h.System(), tenants.Contact{Name: "İpek Ağırbaş", Email: h.at("ipek"), Locale: i18n.TR}); err != nil {
		t.Fatal(err)
	}
	h.mailed(t, h.at("ipek"))
	if by := h.mails[h.at("ipek")][0].Args["By"]; by != "Commons" {
		t.Errorf("invited by %q", by)
	}
}

func TestARevokedInvitationIsDead(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("boss"), tenants.RoleCoordinator)
	boss := h.Browser(t, h.Tenant)
	h.signIn(t, boss, h.at("boss"), good)
	boss.Get("/people")
	boss.Submit("/invitations", "name", "X", "email", h.at("x"), "role", "officer", "locale", "tr")
	link := h.mailed(t, h.at("x"))
	boss.Submit("/invitations/revocation")
	boss.Want(200, "The invitation was taken back")
	x := h.Browser(t, h.Tenant)
	x.Get(link)
	x.Want(404, "This link no longer works")
}

func TestOnlyThoseWhoMayInvite(t *testing.T) {
	t.Parallel()
	h := open(t)
	invite := accounts.Invite{Email: h.at("x"), Name: "X", Role: tenants.RoleOfficer, Locale: i18n.EN}
	mine, other := ids.New[ids.Organization](), ids.New[ids.Organization]()
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: mine})
	for name, tt := range map[string]struct {
		sc   tenants.Scope
		cmd  func(accounts.Invite) accounts.Invite
		want fault.Kind
		ok   bool
	}{
		"a visitor":               {sc: h.Visitor(), want: fault.KindUnauthenticated},
		"a person without a role": {sc: h.As(t), want: fault.KindNotFound},
		"an officer":              {sc: h.As(t, tenanttest.Role(tenants.RoleOfficer)), want: fault.KindNotFound},
		"a coordinator":           {sc: h.As(t, tenanttest.Role(tenants.RoleCoordinator)), ok: true},
		"a lead, to the team":     {sc: lead, want: fault.KindNotFound},
		"a lead, to their own": {sc: lead, cmd: func(i accounts.Invite) accounts.Invite {
			i.Role, i.Organization = tenants.RoleParticipant, mine
			return i
		}, ok: true},
		"a lead, to another": {sc: lead, cmd: func(i accounts.Invite) accounts.Invite {
			i.Role, i.Organization = tenants.RoleParticipant, other
			return i
		}, want: fault.KindNotFound},
		"a lead, to a team's role":     {sc: lead, cmd: func(i accounts.Invite) accounts.Invite { i.Organization = mine; return i }, want: fault.KindNotFound},
		"a role that does not exist":   {sc: h.As(t, tenanttest.Role(tenants.RoleCoordinator)), cmd: func(i accounts.Invite) accounts.Invite { i.Role = "emperor"; return i }, want: fault.KindInvalid},
		"a role of the core elsewhere": {sc: h.As(t, tenanttest.Role(tenants.RoleCoordinator)), cmd: func(i accounts.Invite) accounts.Invite { i.Role = tenants.RoleCoreTeam; return i }, want: fault.KindInvalid},
	} {
		cmd := invite
		if tt.cmd != nil {
			cmd = tt.cmd(cmd)
		}
		err := h.service.Invite(t.Context(), tt.sc, cmd)
		if tt.ok != (err == nil) || !tt.ok && fault.Of(err).Kind != tt.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheLastCoordinatorStays(t *testing.T) {
	t.Parallel()
	h := open(t)
	first := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	second := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	errs := make(chan error, 2)
	go func() {
		errs <- h.service.Dismiss(t.Context(), first, second.Actor().Person, tenants.RoleCoordinator)
	}()
	go func() {
		errs <- h.service.Dismiss(t.Context(), second, first.Actor().Person, tenants.RoleCoordinator)
	}()
	var refused int
	for range 2 {
		if err := <-errs; err != nil {
			if !fault.Is(err, fault.KindConflict) {
				t.Error(err)
			}
			refused++
		}
	}
	left, err := tenants.Holders(t.Context(), h.System().Read(), tenants.RoleCoordinator)
	if err != nil || len(left) != 1 || refused != 1 {
		t.Errorf("%d coordinators left, %d refused, %v", len(left), refused, err)
	}
}

func TestAProfileThatWasChangedElsewhereIsNotOverwritten(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	one, two := h.Browser(t, h.Tenant), h.Browser(t, h.Tenant)
	h.signIn(t, one, h.at("sule"), good)
	h.signIn(t, two, h.at("sule"), good)
	one.Submit("/account/profile", "name", "Şule Yeni")
	one.Want(200, "Your details are saved")
	two.Submit("/account/profile", "name", "Somebody Older")
	two.Want(409, "Somebody else has changed this")
	if got := two.Page.Value("name"); got != "Somebody Older" {
		t.Errorf("what was typed is lost: %q", got)
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("staff"), tenants.RoleOfficer)
	h.member(t, h.at("lead"))
	for _, tt := range []struct {
		email, shift string
		alive        bool
	}{
		{h.at("staff"), "29 minutes", true}, {h.at("staff"), "31 minutes", false}, {h.at("lead"), "11 hours", true}, {h.at("lead"), "13 hours", false},
	} {
		b := h.Browser(t, h.Tenant)
		h.signIn(t, b, tt.email, good)
		err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw("UPDATE sessions SET seen_at = seen_at - ?::interval, expires_at = expires_at - ?::interval", tt.shift, tt.shift).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Get("/account")
		if alive := strings.Contains(b.Page.Text(), tt.email); alive != tt.alive {
			t.Errorf("%s after %s: signed in %v", tt.email, tt.shift, alive)
		}
	}
}

func TestTheTeamIsFoundAndOrdered(t *testing.T) {
	t.Parallel()
	h := open(t)
	hash, err := accounts.HashPassword(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]tenants.Role{"Çiğdem Önal": tenants.RoleReviewer, "Cem Ilgaz": tenants.RoleOfficer, "Zeynep Tan": tenants.RoleCoordinator, "Iraz Şen": tenants.RoleReviewer} {
		email := h.at(strings.ToLower(strings.Fields(i18n.SearchKey(name))[0]))
		if _, err := h.service.Ensure(t.Context(), h.System(), name, email, hash, i18n.TR, tenants.Grant{Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	sc := h.As(t, tenanttest.Role(tenants.RoleOfficer))
	turkish := sc.Actor()
	turkish.Locale = i18n.TR
	for name, tt := range map[string]struct {
		q    accounts.TeamQuery
		want string
	}{
		"by the Turkish alphabet":  {accounts.TeamQuery{Search: "@example.org " + h.Tenant.Slug}, "Cem Ilgaz, Çiğdem Önal, Iraz Şen, Zeynep Tan"},
		"turned around":            {accounts.TeamQuery{Search: h.Tenant.Slug, Desc: true}, "Zeynep Tan, Iraz Şen, Çiğdem Önal, Cem Ilgaz"},
		"however it is typed":      {accounts.TeamQuery{Search: "CIGDEM onal"}, "Çiğdem Önal"},
		"those of one role":        {accounts.TeamQuery{Role: tenants.RoleReviewer}, "Çiğdem Önal, Iraz Şen"},
		"nobody of this name here": {accounts.TeamQuery{Search: "Nobody"}, ""},
	} {
		team, _, err := h.service.Team(t.Context(), sc.As(turkish), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range team {
			names = append(names, m.Name)
		}
		if got := strings.Join(names, ", "); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// mailbox keeps where the buttons of mails lead.
type mailbox struct{ paths []string }

func (m *mailbox) take(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
	m.paths = append(m.paths, e.Path)
	return nil
}
