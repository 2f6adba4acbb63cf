package accounts_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kervan/modules/accounts"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestNobodyIsHijackedInAdvance plays the attacks on accounts that do not exist yet (Sudhodanan and Paverd, 2022), as
// far as there is something to attack: somebody prepares an account for the victim's address and waits.
func TestNobodyIsHijackedInAdvance(t *testing.T) {
	t.Parallel()
	const attackers = "the attacker's long phrase"
	for name, attack := range map[string]func(t *testing.T, h *house, victim string){
		"a password chosen for the victim, who presses the button in the mail": func(t *testing.T, h *house, victim string) {
			attacker, b := h.Browser(t, h.Tenant), h.Browser(t, h.Tenant)
			attacker.Get("/register")
			attacker.Submit("/register", "name", "X", "email", victim, "password", attackers, "notice", "yes")
			link := h.mailed(t, victim)
			b.Get(link)
			b.Want(200, "Type the password that you chose")
			b.Submit(link)
			b.Want(422, "Please fill this in.")
			b.Submit(link, "password", "whatever the victim tries")
			b.Want(422, "This is not the password that was chosen")
		},
		"a password chosen before the victim registers": func(t *testing.T, h *house, victim string) {
			attacker, b := h.Browser(t, h.Tenant), h.Browser(t, h.Tenant)
			attacker.Get("/register")
			attacker.Submit("/register", "name", "X", "email", victim, "password", attackers, "notice", "yes")
			h.mailed(t, victim)
			h.register(t, b, "Şule Işık", victim)
			link := h.mailed(t, victim)
			b.Get(link)
			b.Submit(link)
			b.Want(200, "Welcome!")
		},
		"a session that outlives the victim's new password": func(t *testing.T, h *house, victim string) {
			h.member(t, victim)
			attacker, b := h.Browser(t, h.Tenant), h.Browser(t, h.Tenant)
			h.signIn(t, attacker, victim, good) // knows the first password
			attacker.Want(200, "Şule Işık")
			b.Get("/reset")
			b.Submit("/reset", "email", victim)
			link := h.mailed(t, victim)
			b.Get(link)
			b.Submit(link, "password", "a wholly new phrase")
			attacker.Get("/account")
			if strings.Contains(attacker.Page.Text(), victim) {
				t.Error("the attacker is still signed in")
			}
		},
		"a personal token that outlives the victim's new password": func(t *testing.T, h *house, victim string) {
			card := h.member(t, victim)
			sc := h.Tenants.Bind(h.Tenant, tenants.Actor{Person: card.ID, Email: victim, Identity: identityOf(t, h, card.ID)})
			made, err := h.service.MakeToken(t.Context(), sc, accounts.NewToken{ID: ids.New[ids.Token](), Name: "mine", Days: 30, Password: good, Address: "192.0.2.1"})
			if err != nil {
				t.Fatal(err)
			}
			if _, found, err := h.service.Bearer(t.Context(), h.Visitor(), made.Secret, "192.0.2.1"); err != nil || !found {
				t.Fatalf("the token is nobody's: %v", err)
			}
			b := h.Browser(t, h.Tenant)
			b.Get("/reset")
			b.Submit("/reset", "email", victim)
			link := h.mailed(t, victim)
			b.Get(link)
			b.Submit(link, "password", "a wholly new phrase")
			if _, found, err := h.service.Bearer(t.Context(), h.Visitor(), made.Secret, "192.0.2.1"); err != nil || found {
				t.Errorf("the token still works, %v", err)
			}
		},
		"a link asked for earlier that outlives the victim's new password": func(t *testing.T, h *house, victim string) {
			h.member(t, victim)
			b := h.Browser(t, h.Tenant)
			b.Get("/sign-in/link")
			b.Submit("/sign-in/link", "email", victim)
			stolen := h.mailed(t, victim)
			b.Get("/reset")
			b.Submit("/reset", "email", victim)
			link := h.mailed(t, victim)
			b.Get(link)
			b.Submit(link, "password", "a wholly new phrase")
			attacker := h.Browser(t, h.Tenant)
			attacker.Post(stolen, url.Values{})
			attacker.Want(404, "This link no longer works")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			victim := h.at("victim")
			attack(t, h, victim)
			late := h.Browser(t, h.Tenant)
			h.signIn(t, late, victim, attackers)
			late.Want(422, "The e-mail address or the password is wrong")
		})
	}
}

func identityOf(t *testing.T, h *house, person ids.Person) ids.Identity {
	t.Helper()
	var id ids.Identity
	if err := h.System().Read().NewRaw("SELECT identity_id FROM people WHERE id = ?", person).Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestALinkServesOnePurposeOnOneSiteOnce tries each mailed link everywhere else first: as every other kind of link, on
// another network's site, and after it was used.
func TestALinkServesOnePurposeOnOneSiteOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := h.Another(t)
	h.member(t, h.at("known"))
	h.member(t, h.at("boss"), tenants.RoleCoordinator)
	b := h.Browser(t, h.Tenant)
	h.register(t, b, "Neu", h.at("new"))
	places := map[string]string{"/confirm/": "", "/sign-in/link/": "", "/reset/": "", "/invitations/": "/acceptance"}
	links := map[string]string{"/confirm/": h.mailed(t, h.at("new"))}
	for place, form := range map[string]string{"/sign-in/link/": "/sign-in/link", "/reset/": "/reset"} {
		b.Get(form)
		b.Submit(form, "email", h.at("known"))
		links[place] = h.mailed(t, h.at("known"))
	}
	boss := h.Browser(t, h.Tenant)
	h.signIn(t, boss, h.at("boss"), good)
	boss.Get("/people")
	boss.Submit("/invitations", "name", "Y", "email", h.at("invited"), "role", "reviewer", "locale", "en")
	links["/invitations/"] = h.mailed(t, h.at("invited"))

	answer := url.Values{"password": {"a wholly new phrase"}, "name": {"Y"}, "notice": {"yes"}}
	for place, link := range links {
		token, ok := strings.CutPrefix(link, place)
		if !ok || len(token) < 40 {
			t.Fatalf("the mail leads to %q", link)
		}
		for wrong, rest := range places {
			if wrong != place {
				if page := b.Post(wrong+token+rest, answer); page.Status != 404 {
					t.Errorf("%s answers a link of %s with %d", wrong, place, page.Status)
				}
			}
			elsewhere := h.Browser(t, other)
			if page := elsewhere.Post(wrong+token+rest, answer); page.Status != 404 {
				t.Errorf("%s of another network answers a link of %s with %d", wrong, place, page.Status)
			}
		}
	}
	for _, place := range []string{"/confirm/", "/sign-in/link/", "/invitations/", "/reset/"} { // a reset ends the other links
		used := h.Browser(t, h.Tenant)
		if place == "/confirm/" {
			used = b
		}
		if page := used.Post(links[place]+places[place], answer); page.Status != 200 {
			t.Errorf("%s: its own link is answered with %d:\n%s", place, page.Status, page.Text())
		}
		if page := h.Browser(t, h.Tenant).Post(links[place]+places[place], answer); page.Status != 404 {
			t.Errorf("%s: the link works twice: %d", place, page.Status)
		}
	}
}

// TestKnownAndUnknownTakeAsLong compares how long refusals take; what takes longer tells who has an account.
func TestKnownAndUnknownTakeAsLong(t *testing.T) {
	t.Parallel()
	h := open(t)
	const samples = 25
	kinds := []string{"known", "elsewhere", "unknown"}
	other := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	hash, err := accounts.HashPassword(good)
	if err != nil {
		t.Fatal(err)
	}
	address := func(kind string, i int) string { return h.at(kind + strconv.Itoa(i)) }
	for i := range samples {
		for kind, sc := range map[string]tenants.Scope{"known": h.System(), "elsewhere": other} {
			if _, err := h.service.Ensure(t.Context(), sc, "X", address(kind, i), hash, i18n.EN); err != nil {
				t.Fatal(err)
			}
		}
	}
	took := map[string][]time.Duration{}
	for i := range samples {
		for _, kind := range kinds {
			began := time.Now()
			_, err := h.service.SignIn(t.Context(), h.Visitor(), accounts.SignIn{Email: address(kind, i), Password: "wrong " + good, Address: fmt.Sprintf("192.0.2.%d", i)})
			took[kind] = append(took[kind], time.Since(began))
			if !fault.Is(err, fault.KindInvalid) || fault.Of(err).Key != "accounts.wrong" {
				t.Fatalf("%s: %v", kind, err)
			}
		}
	}
	for _, kind := range kinds[:2] {
		if apart := separation(took[kind], took["unknown"]); apart > 0.5 {
			t.Errorf("%s and unknown addresses can be told apart: %.2f of certain (%v, %v)", kind, apart, median(took[kind]), median(took["unknown"]))
		}
	}
}

// separation is the rank-biserial correlation of the Mann–Whitney test: 0 when neither tends to be longer, 1 when one
// always is.
func separation(a, b []time.Duration) float64 {
	wins := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				wins++
			case x == y:
				wins += 0.5
			}
		}
	}
	return math.Abs(2*wins/float64(len(a)*len(b)) - 1)
}

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func (h *house) tries(t *testing.T, s *accounts.Service, email, password, from, device string) fault.Kind {
	t.Helper()
	_, err := s.SignIn(t.Context(), h.Visitor(), accounts.SignIn{Email: email, Password: password, Address: from, Device: device})
	if err == nil {
		return 255
	}
	return fault.Of(err).Kind
}

// TestGuessesAreCountedWhereverTheyAreMade holds that the throttle is of the account, of the network address and of the
// network, on every node and after a restart, and that a client cannot choose its address.
func TestGuessesAreCountedWhereverTheyAreMade(t *testing.T) {
	t.Parallel()
	h := open(t)
	victim := h.at("victim")
	h.member(t, victim)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	nodes := []*accounts.Service{h.service, accounts.New(h.Tenants, authorizer, []byte(h.Tenant.Slug))}
	refused := 0
	for i := range 24 { // each from an address of its own, now here, now there
		if h.tries(t, nodes[i%2], victim, "wrong "+good, fmt.Sprintf("198.51.100.%d", i), "") == fault.KindTooMany {
			refused++
		}
	}
	if refused < 12 {
		t.Errorf("of 24 guesses from everywhere %d were refused", refused)
	}
	restarted := accounts.New(h.Tenants, authorizer, []byte(h.Tenant.Slug))
	if h.tries(t, restarted, victim, good, "203.0.113.9", "") != fault.KindTooMany {
		t.Error("a restart forgets the guesses")
	}
	fills(t, "guesses of many accounts, from one place", func(i int) bool {
		return h.tries(t, nodes[i%2], h.at("nobody"+strconv.Itoa(i)), "wrong "+good, "2001:db8::"+strconv.Itoa(i), "") == fault.KindTooMany
	})
	b := h.Browser(t, h.Tenant)
	fills(t, "a client that names another address each time", func(i int) bool {
		b.Headers["X-Forwarded-For"] = fmt.Sprintf("192.0.2.%d", i)
		b.Headers["Forwarded"] = fmt.Sprintf("for=192.0.2.%d", i)
		b.Headers["X-Real-IP"] = fmt.Sprintf("192.0.2.%d", i)
		return b.Post("/sign-in/link", url.Values{"email": {h.at("somebody" + strconv.Itoa(i))}}).Status == http.StatusTooManyRequests
	})
}

// fills tries until five attempts were refused. Before, no more may have been let through than the throttle of a network
// address holds, sixty and one more every five seconds, however slow the machine is.
func fills(t *testing.T, what string, refused func(i int) bool) {
	t.Helper()
	began, let, turned := time.Now(), 0, 0
	for i := 0; turned < 5 && i < 400; i++ {
		if refused(i) {
			turned++
		} else {
			let++
		}
	}
	if most := 61 + int(time.Since(began)/(5*time.Second)); turned < 5 || let > most {
		t.Errorf("%s: %d refused, %d let through of at most %d", what, turned, let, most)
	}
}

// TestNobodyIsLockedOut holds that guessing keeps its victim neither out of a browser in which they were signed in
// before, nor, once it stops, out of any.
func TestNobodyIsLockedOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	victim := h.at("victim")
	h.member(t, victim)
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, victim, good)
	device := b.Cookie("device")
	if device == "" {
		t.Fatal("the browser keeps nothing by which it is known")
	}
	for i := range 60 {
		h.tries(t, h.service, victim, "wrong "+good, fmt.Sprintf("198.51.100.%d", i), "")
	}
	if h.tries(t, h.service, victim, good, "203.0.113.1", "") != fault.KindTooMany {
		t.Fatal("sixty guesses fill no bucket")
	}
	b.Submit("/sign-out")
	h.signIn(t, b, victim, good)
	b.Want(200, victim)
	for name, forged := range map[string]string{
		"another account's":     strings.Replace(device, ".", "x.", 1),
		"of the attacker's own": "AAAA.0123456789abcdef0123456789abcdef",
		"empty":                 ".",
	} {
		if h.tries(t, h.service, victim, good, "203.0.113.2", forged) != fault.KindTooMany {
			t.Errorf("a device that is %s gets past the throttle", name)
		}
	}
	for range 30 { // a known browser may not guess for good either
		h.tries(t, h.service, victim, "wrong "+good, "203.0.113.3", device)
	}
	if h.tries(t, h.service, victim, good, "203.0.113.3", device) != fault.KindTooMany {
		t.Error("a known browser guesses without end")
	}
	err := h.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE throttles SET at = at - interval '31 seconds' WHERE key = ?", h.service.AccountKey(h.System(), victim)).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.tries(t, h.service, victim, good, "203.0.113.4", ""); got != 255 {
		t.Errorf("half a minute after the guessing the victim is still refused: %s", got)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	h := open(t)
	long := strings.Repeat("dört farklı söz ", 70)
	for name, tt := range map[string]struct {
		password string
		ok       bool
	}{
		"fourteen characters":         {"çğıöşü abcdef.", false},
		"fifteen characters":          {"çğıöşü abcdef.x", true},
		"sixty-four characters":       {long[:60] + "Iıİi", true},
		"a thousand characters":       {string([]rune(long)[:1000]), true},
		"a thousand and one":          {string([]rune(long)[:1001]), false},
		"spaces and all":              {"  rüzgâr  taş  göl  ", true},
		"one letter fifteen times":    {strings.Repeat("ı", 15), false},
		"a keyboard's row":            {"qwertyuiopqwertyuiop", false},
		"the year and the city twice": {"istanbul2026istanbul2026", false},
	} {
		b := h.Browser(t, h.Tenant)
		b.Get("/register")
		b.Submit("/register", "name", "Şule Işık", "email", h.at("p"), "password", tt.password, "notice", "yes")
		if ok := b.Page.Status == 200; ok != tt.ok {
			t.Errorf("%s: status %d", name, b.Page.Status)
		}
	}
}

// TestAPasswordIsStoredAsOWASPAsks looks at the stored hash, at one made with an older cost, and at the same password in
// another spelling of its letters.
func TestAPasswordIsStoredAsOWASPAsks(t *testing.T) {
	t.Parallel()
	h := open(t)
	const composed, decomposed = "rüzgâr taş göl şiir", "ru\u0308zga\u0302r tas\u0327 go\u0308l s\u0327iir"
	b := h.Browser(t, h.Tenant)
	b.Get("/register")
	b.Submit("/register", "name", "Şule Işık", "email", h.at("sule"), "password", decomposed, "notice", "yes")
	link := h.mailed(t, h.at("sule"))
	b.Get(link)
	b.Submit(link)
	stored := func(address string) string {
		t.Helper()
		var hash string
		if err := h.Tenants.Platform().Read().NewRaw("SELECT password_hash FROM identities WHERE email = ?", address).Scan(t.Context(), &hash); err != nil {
			t.Fatal(err)
		}
		return hash
	}
	if got := stored(h.at("sule")); !strings.HasPrefix(got, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %s", got)
	}
	other := h.Browser(t, h.Tenant)
	h.signIn(t, other, h.at("sule"), composed)
	other.Want(200, "Şule Işık")

	old, err := accounts.Old(good)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.Ensure(t.Context(), h.System(), "Eski", h.at("old"), old, i18n.EN); err != nil {
		t.Fatal(err)
	}
	h.signIn(t, h.Browser(t, h.Tenant), h.at("old"), good)
	if got := stored(h.at("old")); !strings.HasPrefix(got, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("after signing in, an old hash is still %s", got)
	}
	again := h.Browser(t, h.Tenant)
	h.signIn(t, again, h.at("old"), good)
	again.Want(200, "Eski")
}

// TestAnAddressIsOneAddress asks for a reset with everything that has ever been taken for two.
func TestAnAddressIsOneAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	victim, attacker := h.at("victim"), h.at("attacker")
	h.member(t, victim)
	h.member(t, attacker)
	for name, values := range map[string]url.Values{
		"two fields":        {"email": {victim, attacker}},
		"an array's fields": {"email[]": {victim, attacker}},
		"numbered fields":   {"email[0]": {victim}, "email[1]": {attacker}},
		"a JSON list":       {"email": {`["` + victim + `","` + attacker + `"]`}},
		"a comma":           {"email": {victim + "," + attacker}},
		"a semicolon":       {"email": {victim + ";" + attacker}},
		"a space":           {"email": {victim + " " + attacker}},
		"a line break":      {"email": {victim + "\r\nBcc: " + attacker}},
		"a NUL":             {"email": {victim + "\x00" + attacker}},
		"a name":            {"email": {attacker + " <" + victim + ">"}},
		"a wide letter":     {"email": {strings.Replace(victim, "victim", "ｖictim", 1)}},
		"a dotted capital":  {"email": {strings.Replace(victim, "victim", "vİctim", 1)}},
	} {
		h.Browser(t, h.Tenant).Post("/reset", values)
		h.Jobs(t)
		if len(h.mails[attacker]) != 0 {
			t.Fatalf("%s: the attacker got a mail", name)
		}
		for address := range h.mails {
			if address != victim {
				t.Errorf("%s: a mail went to %q", name, address)
			}
		}
	}
	if n := len(h.mails[victim]); n != 1 {
		t.Errorf("the victim got %d mails, want the one of the first of two fields", n)
	}
}

// TestALinkLeadsToTheNetworksOwnHost asks for a reset under names that a client can choose.
func TestALinkLeadsToTheNetworksOwnHost(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	for _, header := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host", "Referer"} {
		b.Headers[header] = "evil.example"
	}
	b.Get("/reset")
	b.Submit("/reset", "email", h.at("sule"))
	if link := h.mailed(t, h.at("sule")); !strings.HasPrefix(link, "/reset/") {
		t.Errorf("the mail leads to %q, want a path: its host is the mail's own", link)
	}
}

// TestARoleShortensASessionThatHasBegun holds that somebody who joins the team while signed in does not keep the long
// session of an applicant, and gets another one when they accept.
func TestARoleShortensASessionThatHasBegun(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("boss"), tenants.RoleCoordinator)
	h.member(t, h.at("sule"))
	boss, b := h.Browser(t, h.Tenant), h.Browser(t, h.Tenant)
	h.signIn(t, boss, h.at("boss"), good)
	h.signIn(t, b, h.at("sule"), good)
	before := b.Cookie("session")
	boss.Get("/people")
	boss.Submit("/invitations", "name", "Şule", "email", h.at("sule"), "role", "officer", "locale", "en")
	link := h.mailed(t, h.at("sule"))
	b.Get(link)
	b.Submit(link+"/acceptance", "name", "Şule Işık", "notice", "yes")
	if after := b.Cookie("session"); after == before || after == "" {
		t.Error("the session lives on with more rights than it began with")
	}
	old := h.Browser(t, h.Tenant)
	old.SetCookie("session", before)
	old.Get("/account")
	if strings.Contains(old.Page.Text(), h.at("sule")) {
		t.Error("the session from before still works")
	}
	// One that began long, as of somebody whom another browser made an officer.
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET idle = interval '12 hours', seen_at = now() - interval '31 minutes'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Get("/account")
	if strings.Contains(b.Page.Text(), h.at("sule")) {
		t.Error("an officer's session is alive after half an hour of silence")
	}
}

// TestNothingThatOpensIsStored looks for links and cookies in everything that is kept.
func TestNothingThatOpensIsStored(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t, func(c *tenants.Config) { c.Secret = []byte("a secret of sufficient length for tests") })
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	service := accounts.New(w.Tenants, authorizer, sitetest.Secret)
	service.RegisterJobs(w.Tenants.Registry())
	mails := &mailbox{}
	tenants.React(w.Tenants.Registry(), "test.mail", mails.take)
	hash, err := accounts.HashPassword(good)
	if err != nil {
		t.Fatal(err)
	}
	address := "sule-" + w.Tenant.Slug + "@example.org"
	if _, err := service.Ensure(t.Context(), w.System(), "Şule", address, hash, i18n.EN); err != nil {
		t.Fatal(err)
	}
	cookie, err := service.SignIn(t.Context(), w.Visitor(), accounts.SignIn{Email: address, Password: good, Address: "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := service.RequestReset(t.Context(), w.Visitor(), accounts.LinkWanted{Email: address, Address: "192.0.2.1", Locale: i18n.EN}); err != nil {
		t.Fatal(err)
	}
	if err := service.Invite(t.Context(), w.System(), accounts.Invite{Email: "x@example.org", Name: "X", Role: tenants.RoleOfficer, Locale: i18n.EN}); err != nil {
		t.Fatal(err)
	}
	w.Jobs(t)
	secrets := []string{cookie.Token}
	for _, path := range mails.paths {
		secrets = append(secrets, path[strings.LastIndex(path, "/")+1:])
	}
	if len(secrets) != 3 {
		t.Fatalf("looking for %d secrets", len(secrets))
	}
	kept := []string{"river.river_job"}
	for _, table := range []string{"sessions", "links", "invitations", "tokens", "audit_entries"} {
		kept = append(kept, w.Tenant.Schema+"."+table)
	}
	for _, table := range kept {
		var rows string
		if err := w.Cluster.Admin(t).QueryRow(t.Context(), "SELECT coalesce(string_agg(t::text, ' '), '') FROM "+table+" t").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if secret == "" || strings.Contains(rows, secret) {
				t.Errorf("%s keeps %q", table, secret)
			}
		}
	}
}
