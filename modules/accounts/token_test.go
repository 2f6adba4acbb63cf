package accounts_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kervan/modules/accounts"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

var secretForm = regexp.MustCompile(`kvn_[A-Za-z0-9_-]{43}`)

// token makes one on the pages and returns it.
func (h *house) token(t *testing.T, b *sitetest.Browser, name string) string {
	t.Helper()
	b.Get("/account/tokens/new")
	b.Submit("/account/tokens", "name", name, "days", "90", "present", good)
	b.Want(200, "Your new token", "shown only this once", name)
	secret := secretForm.FindString(b.Page.Body)
	if secret == "" {
		t.Fatalf("no token on the page:\n%s", b.Page.Text())
	}
	return secret
}

// program is somebody's program: no cookies, a token.
func (h *house) program(t *testing.T, in tenants.Tenant, token string) *sitetest.Browser {
	t.Helper()
	b := h.Browser(t, in)
	b.Headers["Authorization"] = "Bearer " + token
	return b
}

func TestATokenReadsAsItsOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	card := h.member(t, h.at("sule"), tenants.RoleOfficer)
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	secret := h.token(t, b, "Aylık rapor")
	h.Jobs(t)
	var mailed bool
	for _, m := range h.mailsTo(card.ID) {
		mailed = mailed || m.Kind == "accounts.mail.token" && m.Args["Token"] == "Aylık rapor" && !strings.Contains(m.Body.String("en"), "kvn_")
	}
	if !mailed {
		t.Error("the owner was not told")
	}
	b.Get("/account")
	b.Want(200, "Aylık rapor", "never used")
	if strings.Contains(b.Page.Body, secret) {
		t.Error("the token is shown again")
	}

	program := h.program(t, h.Tenant, secret)
	program.Get("/api/v1/me")
	program.Want(200)
	var me struct {
		ID    string
		Name  string
		Token bool
		Roles []struct{ Role string }
	}
	if err := json.Unmarshal([]byte(program.Page.Body), &me); err != nil || me.ID != card.ID.String() || me.Name != "Şule Işık" || !me.Token || len(me.Roles) != 1 || me.Roles[0].Role != "officer" {
		t.Errorf("%+v %v\n%s", me, err, program.Page.Body)
	}
	b.Get("/account")
	b.Want(200, "last used")
	b.Get("/api/v1/me")
	b.Want(200)
	if !strings.Contains(b.Page.Body, `"token":false`) {
		t.Errorf("a session reads as a token: %s", b.Page.Body)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Content-Type": "application/json", "ETag": "", "Access-Control-Allow-Origin": "", "X-Content-Type-Options": "nosniff", "Set-Cookie": "",
	} {
		if got := program.Page.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestATokenEndsAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	for name, end := range map[string]func(t *testing.T, b *sitetest.Browser, card accounts.Card){
		"ended by its owner": func(t *testing.T, b *sitetest.Browser, _ accounts.Card) {
			t.Helper()
			b.Get("/account")
			b.Submit("/account/tokens/end")
			b.Want(200, "The token no longer works.")
		},
		"a new password": func(t *testing.T, b *sitetest.Browser, _ accounts.Card) {
			t.Helper()
			b.Get("/account")
			b.Submit("/account/password", "present", good, "password", "another caravan, red lantern")
			b.Want(200, "Your new password is set")
		},
		"signed out everywhere": func(t *testing.T, b *sitetest.Browser, _ accounts.Card) {
			t.Helper()
			b.Get("/account")
			b.Submit("/account/sessions/end-all")
			b.Want(404) // there is no home in this house
		},
		"expired": func(t *testing.T, _ *sitetest.Browser, card accounts.Card) {
			t.Helper()
			h.exec(t, "UPDATE tokens SET expires_at = now() WHERE person_id = ?", card.ID)
		},
	} {
		email := h.at(strings.ReplaceAll(name, " ", "-"))
		card := h.member(t, email, tenants.RoleOfficer)
		b := h.Browser(t, h.Tenant)
		h.signIn(t, b, email, good)
		program := h.program(t, h.Tenant, h.token(t, b, "x"))
		program.Get("/api/v1/me")
		program.Want(200)
		end(t, b, card)
		program.Get("/api/v1/me")
		if program.Page.Status != 401 || program.Page.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %d %s", name, program.Page.Status, program.Page.Body)
		}
	}
}

func TestARemovedRoleIsGoneFromTheToken(t *testing.T) {
	t.Parallel()
	h := open(t)
	card := h.member(t, h.at("sule"), tenants.RoleOfficer)
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	program := h.program(t, h.Tenant, h.token(t, b, "x"))
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.RevokeRole(ctx, card.ID, tenanttest.Role(tenants.RoleOfficer))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	program.Get("/api/v1/me")
	program.Want(200)
	if !strings.Contains(program.Page.Body, `"roles":[]`) {
		t.Errorf("the token still has the role: %s", program.Page.Body)
	}
}

func TestATokenIsNothingElsewhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"), tenants.RoleOfficer)
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	secret := h.token(t, b, "x")

	other := h.Another(t)
	program := h.program(t, other, secret)
	program.Get("/api/v1/me")
	program.Want(401)

	program = h.program(t, h.Tenant, secret)
	program.Get("/account") // pages take no tokens
	program.Want(200, "Sign in", "Forgotten your password?")
	program.Get("/api/v1/openapi.json")
	program.Want(200)
	for _, wrong := range []string{"", "Bearer", "Bearer ", "Basic " + secret, secret, "Bearer kvn_", "Bearer " + secret[:46], "Bearer " + secret + "A", "Bearer " + strings.ToUpper(secret), "Bearer " + secret + ", Bearer " + secret} {
		program.Headers["Authorization"] = wrong
		program.Get("/api/v1/me")
		if program.Page.Status != 401 {
			t.Errorf("%q: %d", wrong, program.Page.Status)
		}
	}
	// A wrong token beside a good session is a wrong token.
	b.Headers["Authorization"] = "Bearer kvn_wrong"
	b.Get("/api/v1/me")
	b.Want(401)
	delete(b.Headers, "Authorization")

	if err := h.Tenants.Suspend(t.Context(), h.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	program = h.program(t, h.Tenant, secret)
	program.Get("/api/v1/me")
	program.Want(503)
}

func TestATokenChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	actor := sc.Actor()
	actor.Token = ids.New[ids.Token]()
	err := sc.As(actor).Write(t.Context(), func(context.Context, *tenants.Tx) error { t.Error("a token writes"); return nil })
	if !fault.Is(err, fault.KindForbidden) {
		t.Errorf("got %v", err)
	}
	h.member(t, h.at("sule"), tenants.RoleCoordinator)
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	program := h.program(t, h.Tenant, h.token(t, b, "x"))
	for _, path := range []string{"/api/v1/me", "/account/tokens", "/sign-out"} {
		program.Post(path, url.Values{"name": {"y"}})
		if program.Page.Status < 300 {
			t.Errorf("POST %s: %d", path, program.Page.Status)
		}
	}
}

func TestMakingATokenIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	card := h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	for name, tt := range map[string]struct{ field, value, want string }{
		"no name":           {"name", "", "Please fill this in."},
		"a name with NUL":   {"name", "a\x00b", "characters that cannot be stored"},
		"a long name":       {"name", strings.Repeat("ü", 101), "at most 100 fit"},
		"no time":           {"days", "", "Please choose one of the answers."},
		"ten years":         {"days", "3650", "Please choose one of the answers."},
		"no number":         {"days", "x", "Please choose one of the answers."},
		"no password":       {"present", "", "This is not your present password."},
		"another password":  {"present", good + "!", "This is not your present password."},
		"a script for name": {"name", "<script>alert(1)</script>", "This is not your present password."},
	} {
		values := map[string]string{"name": "Aylık rapor", "days": "30", "present": good}
		values[tt.field] = tt.value
		if strings.HasPrefix(tt.value, "<script") {
			values["present"] = "wrong"
		}
		b.Get("/account/tokens/new")
		b.Submit("/account/tokens", "name", values["name"], "days", values["days"], "present", values["present"])
		b.Want(422, tt.want)
		if strings.Contains(b.Page.Body, "<script>alert") || secretForm.MatchString(b.Page.Body) {
			t.Errorf("%s: %s", name, b.Page.Body)
		}
		if tt.field != "name" && b.Page.Value("name") != values["name"] {
			t.Errorf("%s: what was typed is lost", name)
		}
		if tt.field != "present" {
			h.exec(t, "DELETE FROM tokens WHERE person_id = ?", card.ID)
		}
	}
	if n := h.count(t, "SELECT count(*) FROM tokens"); n != 0 {
		t.Errorf("%d tokens were made", n)
	}
	b.Get("/account/tokens/new")
	sent := url.Values{"_csrf": {b.Page.Value("_csrf")}, "id": {b.Page.Value("id")}, "name": {"x"}, "days": {"30"}, "present": {good}}
	b.Post("/account/tokens", sent)
	b.Want(200, "Your new token")
	b.Post("/account/tokens", sent)
	b.Want(409, "This form was sent before")
	if n := h.count(t, "SELECT count(*) FROM tokens"); n != 1 {
		t.Errorf("a form that came twice made %d tokens", n)
	}
	h.exec(t, `INSERT INTO tokens (id, token_hash, person_id, name, scope, expires_at)
		SELECT gen_random_uuid(), decode(md5(n::text), 'hex'), ?, 'n', 'read', now() + interval '1 day' FROM generate_series(2, 20) n`, card.ID)
	b.Get("/account/tokens/new")
	b.Submit("/account/tokens", "name", "x", "days", "30", "present", good)
	b.Want(409, "You have 20 tokens already")

	stranger := h.Browser(t, h.Tenant)
	h.member(t, h.at("eda"))
	h.signIn(t, stranger, h.at("eda"), good)
	stranger.Post("/account/tokens/end", url.Values{"_csrf": {stranger.Page.Value("_csrf")}, "id": {sent.Get("id")}})
	if n := h.count(t, "SELECT count(*) FROM tokens WHERE person_id = ?", card.ID); n != 20 {
		t.Errorf("somebody else ended a token: %d are left", n)
	}
}

func TestGuessedTokensAreThrottled(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	secret := h.token(t, b, "x")
	sc := h.Visitor()
	last := error(nil)
	for range 62 {
		_, found, err := h.service.Bearer(t.Context(), sc, "kvn_"+strings.Repeat("A", 43), "203.0.113.9")
		if found {
			t.Fatal("found somebody")
		}
		last = err
	}
	if !fault.Is(last, fault.KindTooMany) {
		t.Errorf("got %v", last)
	}
	if _, found, err := h.service.Bearer(t.Context(), sc, secret, "203.0.113.9"); err != nil || !found {
		t.Errorf("a good token from the same address: %v %v", found, err)
	}
	if _, _, err := h.service.Bearer(t.Context(), sc, "kvn_"+strings.Repeat("A", 43), "198.51.100.7"); err != nil {
		t.Errorf("another address: %v", err)
	}
}

func TestATokenIsStoredHashed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	secret := h.token(t, b, "x")
	var row string
	if err := h.System().Read().NewRaw("SELECT row_to_json(t)::text FROM tokens t").Scan(t.Context(), &row); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(row, secret) || strings.Contains(row, secret[4:]) {
		t.Errorf("the token is in the database: %s", row)
	}
	var expires time.Time
	if err := h.System().Read().NewRaw("SELECT expires_at FROM tokens").Scan(t.Context(), &expires); err != nil {
		t.Fatal(err)
	}
	if days := time.Until(expires).Hours() / 24; days < 89 || days > 91 {
		t.Errorf("it expires in %.1f days", days)
	}
}

func TestTheHeadOfAnAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.member(t, h.at("sule"))
	b := h.Browser(t, h.Tenant)
	h.signIn(t, b, h.at("sule"), good)
	program := h.program(t, h.Tenant, h.token(t, b, "x"))
	program.Get("/api/v1/me")
	body := program.Page.Body
	head := program.Send(http.MethodHead, "/api/v1/me")
	if head.Status != 200 || head.Body != "" || head.Header.Get("Content-Length") == "" || len(body) == 0 {
		t.Errorf("HEAD: %d %q %v", head.Status, head.Body, head.Header)
	}
}

func (h *house) mailsTo(person ids.Person) []events.MailRequested { return h.mails[person.String()] }

func (h *house) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(statement, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := h.System().Read().NewRaw(query, args...).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
