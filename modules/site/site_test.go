package site_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// probes are routes of a module that does nothing but tell what it was asked.
type probes struct {
	*sitetest.House

	changed atomic.Int64
	tasks   atomic.Pointer[site.Tasks] // a test's own; nil: none
}

func open(t *testing.T) *probes {
	t.Helper()
	p := &probes{}
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	p.House = sitetest.Open(t, []fs.FS{}, sitetest.Everyone{}, tenanttest.Open(t), authorizer, func(s *site.Site) []site.Module {
		tell := func(text string) site.Handler {
			return func(c *fiber.Ctx, sc tenants.Scope) error {
				return c.SendString(text + " " + sc.Tenant().Slug + " [" + sc.Actor().Name + "]")
			}
		}
		change := func(c *fiber.Ctx, _ tenants.Scope) error {
			p.changed.Add(1)
			s.Say(c, "success", "site.desk.done")
			return c.SendString("changed")
		}
		return []site.Module{{
			Name: "probes",
			Routes: []site.Route{
				{Method: fiber.MethodGet, Path: "/probe", Action: policies.SiteVisit, Handle: func(c *fiber.Ctx, sc tenants.Scope) error {
					return s.Render(c, ui.ErrorPage(s.Page(c, sc, "site.desk.title"), 200, fault.NotFound(), ""))
				}},
				{Method: fiber.MethodGet, Path: "/public", Action: policies.SiteVisit, Handle: tell("public")},
				{Method: fiber.MethodGet, Path: "/personal", Action: policies.AccountSelf, Handle: tell("personal")},
				{Method: fiber.MethodGet, Path: "/trail", Action: policies.AuditRead, Handle: tell("trail")},
				{Method: fiber.MethodGet, Path: "/trail/:id", Action: policies.AuditRead, Handle: func(*fiber.Ctx, tenants.Scope) error { return fault.NotFound() }},
				{Method: fiber.MethodGet, Path: "/refused", Action: policies.SiteVisit, Handle: func(*fiber.Ctx, tenants.Scope) error { return fault.Forbidden() }},
				{Method: fiber.MethodGet, Path: "/broken", Action: policies.SiteVisit, Handle: func(*fiber.Ctx, tenants.Scope) error { return errors.New("store: SQLSTATE 42P01") }},
				{Method: fiber.MethodGet, Path: "/core-only", Action: policies.SiteVisit, Only: tenants.KindCore, Handle: tell("core")},
				{Method: fiber.MethodGet, Path: "/network-only", Action: policies.SiteVisit, Only: tenants.KindNetwork, Handle: tell("network")},
				{Method: fiber.MethodPost, Path: "/change", Action: policies.AccountSelf, Handle: change},
				{Method: fiber.MethodPost, Path: "/public-change", Action: policies.SiteVisit, Handle: change},
			},
			Entries: []site.Entry{
				{Key: "site.nav.desk", Href: "/trail", Icon: "home", Action: policies.AuditRead, Order: 2},
				{Key: "site.nav.desk", Href: "/personal", Icon: "home", Action: policies.AccountSelf, Order: 1},
				{Key: "site.nav.desk", Href: "/hidden", Icon: "home", Action: policies.AccountSelf, Order: 1, Hidden: func(tenants.Actor) bool { return true }},
				{Key: "site.nav.desk", Href: "/core-only", Icon: "home", Action: policies.AccountSelf, Order: 1, Only: tenants.KindCore},
			},
			Tasks: []site.Tasks{func(ctx context.Context, sc tenants.Scope, l *i18n.Localizer) ([]site.Task, error) {
				if tasks := p.tasks.Load(); tasks != nil {
					return (*tasks)(ctx, sc, l)
				}
				return nil, nil
			}},
		}}
	})
	return p
}

func (p *probes) coordinator(t *testing.T) *sitetest.Browser {
	t.Helper()
	return p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
}

func TestARouteHoldsToItsAction(t *testing.T) {
	t.Parallel()
	p := open(t)
	visitor, reviewer, coordinator := p.Browser(t, p.Tenant), p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor()), p.coordinator(t)
	for path, want := range map[string][3]int{ // as a visitor, a reviewer, a coordinator
		"/public": {200, 200, 200}, "/personal": {303, 200, 200}, "/trail": {303, 404, 200}, "/trail/1": {303, 404, 404}, "/nowhere": {404, 404, 404}, "/refused": {403, 403, 403},
		"/core-only": {404, 404, 404}, "/network-only": {200, 200, 200}, "/change": {405, 405, 405}, "/TRAIL": {404, 404, 404}, "/trail/": {404, 404, 404}, "/trailing": {404, 404, 404},
		"//trail": {404, 404, 404}, "/x/../trail": {404, 404, 404}, "/trail%2f1": {404, 404, 404}, "/trail;x": {404, 404, 404},
	} {
		for i, b := range []*sitetest.Browser{visitor, reviewer, coordinator} {
			got := b.Send(http.MethodGet, path)
			if got.Status != want[i] {
				t.Errorf("%s as %d: %d, want %d", path, i, got.Status, want[i])
			}
			if got.Status == http.StatusSeeOther && got.Header.Get("Location") != "/sign-in?return="+url.QueryEscape(path) {
				t.Errorf("%s leads to %s", path, got.Header.Get("Location"))
			}
		}
	}
	for _, b := range []*sitetest.Browser{visitor, reviewer} {
		if got := b.Post("/change", url.Values{}); got.Status == http.StatusOK || p.changed.Load() > 0 {
			t.Errorf("changed without right or token: %d", got.Status)
		}
	}
}

func TestAPageOpensToWhomItsRouteDoes(t *testing.T) {
	t.Parallel()
	p := open(t)
	reviewer, coordinator := p.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor(), p.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor()
	for address, want := range map[string][2]bool{ // to a reviewer, to a coordinator
		"/trail": {false, true}, "/trail/1": {false, true}, "/trail?page=2#last": {false, true}, "/personal": {true, true}, "/later": {true, true}, "/change": {true, true},
	} {
		if got := [2]bool{p.Site.Opens(reviewer, address), p.Site.Opens(coordinator, address)}; got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	p.Site.Use(site.Module{Name: "later", Routes: []site.Route{{Method: fiber.MethodGet, Path: "/later", Action: policies.AuditRead}}})
	if p.Site.Opens(reviewer, "/later") || !p.Site.Opens(coordinator, "/later") {
		t.Error("a module that came later is not known")
	}
}

// TestWhatIsMissingForeignOrForbiddenReadsTheSame compares every byte of the pages.
func TestWhatIsMissingForeignOrForbiddenReadsTheSame(t *testing.T) {
	t.Parallel()
	p := open(t)
	reviewer := p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())
	strip := func(path string) string {
		page := reviewer.Send(http.MethodGet, path)
		if page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.Status)
		}
		return sitetest.Stripped(page.Body, path)
	}
	want := strip("/nowhere")
	for _, path := range []string{"/trail", "/trail/0198c2d4-5f3a-7c1e-9b2d-3e4f5a6b7c8d", "/core-only", "/nowhere/at/all"} {
		if got := strip(path); got != want {
			t.Errorf("%s reads differently:\n%s\n%s", path, got, want)
		}
	}
	for _, path := range []string{"/api/v1/nothing", "/nowhere"} {
		reviewer.Headers["Accept"] = "application/json"
		page := reviewer.Send(http.MethodGet, path)
		if page.Status != http.StatusNotFound || page.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(page.Body, page.Header.Get("X-Request-Id")) {
			t.Errorf("%s for a program: %d %s %s", path, page.Status, page.Header.Get("Content-Type"), page.Body)
		}
	}
}

func TestHEADIsGETWithoutTheBody(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	for _, path := range []string{"/public", "/probe", "/trail", "/trail/1", "/brand.css", "/nowhere"} {
		get, head := b.Send(http.MethodGet, path), b.Send(http.MethodHead, path)
		if head.Status != get.Status || head.Body != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") || head.Header.Get("Cache-Control") != get.Header.Get("Cache-Control") {
			t.Errorf("%s: HEAD gives %d %v, GET %d %v", path, head.Status, head.Header, get.Status, get.Header)
		}
	}
	if got := b.Send(http.MethodHead, "/change"); got.Status != http.StatusMethodNotAllowed || p.changed.Load() > 0 {
		t.Errorf("HEAD of what can only be posted: %d", got.Status)
	}
}

// TestOnlyOurOwnPagesChangeAnything tries every combination of what a browser says of where a request comes from, of the
// token and of the kind of body.
func TestOnlyOurOwnPagesChangeAnything(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	b.Get("/probe")
	own, other := b.Page.Value("_csrf"), p.coordinator(t).Get("/probe").Value("_csrf")
	if own == "" || own == other {
		t.Fatalf("tokens %q and %q", own, other)
	}
	origin := b.Address("")
	bodies := map[string]func(token string) string{
		"application/x-www-form-urlencoded":            func(token string) string { return "a=1&_csrf=" + token },
		"application/x-www-form-urlencoded; charset=x": func(token string) string { return "a=1&_csrf=" + token },
		"application/json":                             func(token string) string { return `{"_csrf":"` + token + `"}` },
		"text/plain":                                   func(token string) string { return "a=1&_csrf=" + token },
		"":                                             func(token string) string { return "a=1&_csrf=" + token },
		"multipart/form-data; boundary=b": func(token string) string {
			return "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n" + token + "\r\n--b--\r\n"
		},
	}
	carries := map[string]bool{ // kinds of bodies in which a token is looked for
		"application/x-www-form-urlencoded": true, "application/x-www-form-urlencoded; charset=x": true, "multipart/form-data; boundary=b": true,
	}
	tried := 0
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		for _, fetch := range []string{"", "same-origin", "none", "same-site", "cross-site"} {
			for _, from := range []string{"", origin, "null", "https://evil.example", strings.Replace(origin, "http", "https", 1), origin + "0", "http://sub." + strings.TrimPrefix(origin, "http://")} {
				for _, token := range []string{own, other, "", strings.ToUpper(own), own[:8]} {
					for _, where := range []string{"body", "header", "address"} {
						for mediaType, body := range bodies {
							if method != http.MethodPost && (token != own || where != "header") {
								continue
							}
							tried++
							b.Headers = map[string]string{"Sec-Fetch-Site": fetch, "Origin": from, "X-CSRF-Token": ""}
							path, content := "/change", body("")
							switch where {
							case "body":
								content = body(token)
							case "header":
								b.Headers["X-CSRF-Token"] = token
							case "address":
								path += "?_csrf=" + token
							}
							want := method == http.MethodPost && (fetch == "" || fetch == "same-origin" || fetch == "none") && (from == "" || from == origin) &&
								token == own && (where == "header" || where == "body" && carries[mediaType])
							before := p.changed.Load()
							got := b.Body(method, path, mediaType, content)
							if changed := p.changed.Load() > before; changed != want || changed != (got.Status == http.StatusOK) {
								t.Errorf("%s, Sec-Fetch-Site %q, Origin %q, token %.4q in the %s of %q: %d, want a change: %v", method, fetch, from, token, where, mediaType, got.Status, want)
							}
						}
					}
				}
			}
		}
	}
	if tried < 3000 {
		t.Errorf("only %d combinations", tried)
	}
}

func TestAVisitorsFormsAreTheirOwnSitesToo(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.Browser(t, p.Tenant)
	for fetch, want := range map[string]int{"same-origin": 200, "none": 200, "": 200, "cross-site": 422, "same-site": 422} {
		b.Headers = map[string]string{"Sec-Fetch-Site": fetch}
		if got := b.Body(http.MethodPost, "/public-change", "application/x-www-form-urlencoded", "a=1"); got.Status != want {
			t.Errorf("Sec-Fetch-Site %q: %d, want %d", fetch, got.Status, want)
		}
	}
	b.Headers = map[string]string{}
	many := strings.Repeat("a=1&", 2000)
	if got := p.coordinator(t).Body(http.MethodPost, "/change", "application/x-www-form-urlencoded", many); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("too many fields: %d", got.Status)
	}
}

func TestASessionBelongsToItsHost(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	if got := b.Get("/public"); !strings.HasPrefix(got.Body, "public "+p.Tenant.Slug+" [Person ") {
		t.Errorf("signed in: %q", got.Body)
	}
	for _, planted := range []string{"", "x", "' OR 1=1", strings.Repeat("x", 4000), "%00"} {
		visitor := p.Browser(t, p.Tenant)
		visitor.SetCookie(site.SessionCookie, planted)
		if got := visitor.Get("/public"); got.Status != http.StatusOK || got.Body != "public "+p.Tenant.Slug+" []" {
			t.Errorf("a planted %.10q: %d %q", planted, got.Status, got.Body)
		}
	}
	plain := p.Browser(t, p.Tenant)
	plain.Headers["Cookie"] = site.SessionCookie + "=" + b.Cookie(site.SessionCookie)
	if got := plain.Get("/public"); !strings.HasSuffix(got.Body, "[]") {
		t.Errorf("a cookie without its prefix, which a subdomain could set, was taken: %q", got.Body)
	}
}

func TestTheReadersLanguage(t *testing.T) {
	t.Parallel()
	p := open(t)
	sc := p.As(t, tenanttest.Role(tenants.RoleCoordinator))
	german := sc.Actor()
	german.Locale = i18n.DE
	lang := func(b *sitetest.Browser) string {
		body := b.Get("/probe?q=1&sort=x").Body
		_, after, _ := strings.Cut(body, `<html lang="`)
		return after[:2]
	}
	visitor := p.Browser(t, p.Tenant)
	for header, want := range map[string]string{"": "en", "tr-TR,tr;q=0.9": "tr", "de": "de", "fr,ja": "en"} {
		visitor.Headers["Accept-Language"] = header
		if got := lang(visitor); got != want {
			t.Errorf("a browser that wants %q gets %s", header, got)
		}
	}
	b := p.SignedIn(t, german)
	b.Headers["Accept-Language"] = "tr"
	if got := lang(b); got != "de" {
		t.Errorf("who has chosen German for good gets %s", got)
	}
	b.Submit("/language", "code", "tr")
	if got := b.Page.Path; got != "/probe?q=1&sort=x" {
		t.Errorf("the switch leads to %s: the filters are gone", got)
	}
	if got := lang(b); got != "tr" {
		t.Errorf("who has just chosen Turkish gets %s", got)
	}
	for _, code := range []string{"", "fr", "EN", "en\n", "../en"} {
		b.Get("/probe")
		if got := b.Submit("/language", "code", code); got.Status != http.StatusNotFound {
			t.Errorf("%q is chosen: %d", code, got.Status)
		}
	}
	b.SetCookie("language", "fr")
	if got := lang(b); got != "de" {
		t.Errorf("a language that is none is spoken as %s", got)
	}
	for _, to := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"} {
		b.Get("/probe")
		values := url.Values{"_csrf": {b.Page.Value("_csrf")}, "code": {"en"}, "return": {to}}
		got := b.Body(http.MethodPost, "/language", "application/x-www-form-urlencoded", values.Encode())
		if got.Status != http.StatusSeeOther || got.Header.Get("Location") != "/" {
			t.Errorf("the switch leads to %q: %d %q", to, got.Status, got.Header.Get("Location"))
		}
	}
}

func TestANetworkThatRestsIsNotShown(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	token := b.Get("/probe").Value("_csrf")
	if err := p.Tenants.Suspend(t.Context(), p.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/public", "/probe", "/trail", "/brand.css", "/desk", "/nowhere"} {
		got := b.Send(http.MethodGet, path)
		if got.Status != http.StatusServiceUnavailable || strings.Contains(got.Body, p.Tenant.Name) || strings.Contains(got.Body, "Person") {
			t.Errorf("%s of a suspended network: %d %.300s", path, got.Status, got.Body)
		}
	}
	if got := b.Post("/change", url.Values{"_csrf": {token}}); got.Status != http.StatusServiceUnavailable || p.changed.Load() > 0 {
		t.Errorf("a suspended network was changed: %d", got.Status)
	}
	if err := p.Tenants.Reopen(t.Context(), p.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	if got := b.Post("/change", url.Values{"_csrf": {token}}); got.Status != http.StatusOK {
		t.Errorf("after reopening: %d", got.Status)
	}
}

func TestANetworkThatIsReadOnlyIsRead(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	token := b.Get("/probe").Value("_csrf")
	err := p.Tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := tx.NewUpdate().Table("tenants").Set("status = 'read_only'").Where("id = ?", p.Tenant.ID).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Table("catalogue").Set("version = version + 1").Where("id = 1").Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; { // the catalogue is believed for half a second
		status := b.Post("/change", url.Values{"_csrf": {token}}).Status
		if status == http.StatusConflict {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a read-only network was changed: %d", status)
		}
	}
	if got := b.Get("/trail"); got.Status != http.StatusOK {
		t.Errorf("a read-only network is read: %d", got.Status)
	}
}

func TestAnUnknownHostIsNobodys(t *testing.T) {
	t.Parallel()
	p := open(t)
	stranger := p.Tenant
	stranger.Host = "unknown.localhost"
	b := p.Browser(t, stranger)
	for _, path := range []string{"/", "/public", "/trail", "/nowhere", "/api/v1/me"} {
		got := b.Send(http.MethodGet, path)
		if got.Status != http.StatusMisdirectedRequest || strings.Contains(got.Body, p.Tenant.Name) {
			t.Errorf("%s: %d %.200s", path, got.Status, got.Body)
		}
	}
}

func TestWhoMustSignInIsAskedTo(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.Browser(t, p.Tenant)
	if got := b.Send(http.MethodGet, "/trail?kind=call&after=7"); got.Status != http.StatusSeeOther || got.Header.Get("Location") != "/sign-in?return=%2Ftrail%3Fkind%3Dcall%26after%3D7" {
		t.Errorf("%d %s", got.Status, got.Header.Get("Location"))
	}
	if got := b.Body(http.MethodPost, "/change", "application/x-www-form-urlencoded", "a=1"); got.Status != http.StatusUnauthorized {
		t.Errorf("a post: %d", got.Status)
	}
	b.Headers["HX-Request"] = "true"
	if got := b.Send(http.MethodGet, "/trail"); got.Status != http.StatusUnauthorized {
		t.Errorf("a fragment: %d", got.Status)
	}
	b.Headers = map[string]string{"Accept": "application/json"}
	if got := b.Send(http.MethodGet, "/trail"); got.Status != http.StatusUnauthorized || !strings.Contains(got.Body, `"status":401`) {
		t.Errorf("a program: %d %s", got.Status, got.Body)
	}
}

func TestFailuresArePagesWithTheirID(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	page := b.Send(http.MethodGet, "/broken")
	if page.Status != http.StatusInternalServerError || strings.Contains(page.Body, "SQLSTATE") || !strings.Contains(page.Body, page.Header.Get("X-Request-Id")) || !strings.Contains(page.Body, p.Tenant.Name) {
		t.Errorf("%d %s", page.Status, page.Text())
	}
	if !strings.Contains(page.Body, `content="noindex"`) {
		t.Error("a failure may be found by search engines")
	}
}

func TestANoticeIsSaidOnce(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	b.Post("/change", url.Values{"_csrf": {b.Get("/probe").Value("_csrf")}})
	if first := b.Get("/probe"); !strings.Contains(first.Body, `role="status"><p>Done</p>`) {
		t.Error("the notice is not said")
	}
	if second := b.Get("/probe"); strings.Contains(second.Body, `<p>Done</p>`) {
		t.Error("the notice is said twice")
	}
	for _, planted := range []string{"success no.such.key", "evil site.desk.done", "x", " ", "success <script>", "danger"} {
		b.SetCookie("notice", url.QueryEscape(planted))
		if page := b.Get("/probe"); strings.Contains(page.Body, `role="alert"`) || strings.Contains(page.Body, `role="status"><p>`) {
			t.Errorf("a planted %q is said", planted)
		}
	}
}

func TestTheDeskShowsTheNearestFirst(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	b.Get("/desk")
	b.Want(http.StatusOK, "Nothing is waiting for you")
	now := time.Now()
	has := func(tasks site.Tasks) { p.tasks.Store(&tasks) }
	has(func(context.Context, tenants.Scope, *i18n.Localizer) ([]site.Task, error) {
		return []site.Task{
			{Title: "finished", Done: true, Due: now.Add(time.Hour)},
			{Title: "undated"},
			{Title: "next week", Due: now.Add(170 * time.Hour)},
			{Title: "overdue", Due: now.Add(-time.Hour)},
			{Title: "tomorrow", Due: now.Add(24 * time.Hour)},
			{Title: "also undated"},
		}, nil
	})
	text := b.Get("/desk").Text()
	last := -1
	for _, title := range []string{"overdue", "tomorrow", "next week", "undated", "also undated", "finished"} {
		at := strings.Index(text, " "+title+" ")
		if at <= last {
			t.Errorf("%s does not stand in its place: %s", title, text)
		}
		last = at
	}
	has(func(context.Context, tenants.Scope, *i18n.Localizer) ([]site.Task, error) {
		return nil, errors.New("store: down")
	})
	if got := b.Get("/desk"); got.Status != http.StatusInternalServerError {
		t.Errorf("a desk that cannot be asked: %d", got.Status)
	}
}

func TestTheNavigationIsTheActors(t *testing.T) {
	t.Parallel()
	p := open(t)
	entries := func(b *sitetest.Browser) string {
		var all []string
		for _, link := range b.Get("/probe").Links() {
			if link == "/desk" || link == "/trail" || link == "/personal" || link == "/hidden" || link == "/core-only" {
				all = append(all, link)
			}
		}
		return strings.Join(all[:len(all)/2], " ") // it stands on the page twice, for phones too
	}
	if got := entries(p.coordinator(t)); got != "/desk /personal /trail" {
		t.Errorf("a coordinator is led to %s", got)
	}
	if got := entries(p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())); got != "/desk /personal" {
		t.Errorf("a reviewer is led to %s", got)
	}
	if got := entries(p.Browser(t, p.Tenant)); got != "" {
		t.Errorf("a visitor is led to %s", got)
	}
}

// TestALongNavigationStandsInGroups has as many entries as a coordinator's, and as few as a reviewer's.
func TestALongNavigationStandsInGroups(t *testing.T) {
	t.Parallel()
	p := open(t)
	var many []site.Entry
	for i, group := range []site.Group{site.GroupSettings, site.GroupPeople, site.GroupProgram} {
		for n := range 3 {
			many = append(many, site.Entry{Key: "site.nav.desk", Href: fmt.Sprintf("/in-%s-%d", group, n), Icon: "home", Action: policies.AuditRead, Group: group, Order: i - n})
		}
	}
	p.Site.Use(site.Module{Name: "many", Entries: many})
	stands := func(b *sitetest.Browser) string {
		side := regexp.MustCompile(`(?s)<nav class="k-side".*?</nav>`).FindString(b.Get("/probe").Body)
		var all []string
		for _, found := range regexp.MustCompile(`aria-label="([^"]+)">|href="([^"]+)"`).FindAllStringSubmatch(side, -1) {
			all = append(all, found[1]+found[2])
		}
		return strings.Join(all, " | ")
	}
	const want = "Menu | /desk | /personal | /trail | Program | /in-program-2 | /in-program-1 | /in-program-0 | " +
		"People and organizations | /in-people-2 | /in-people-1 | /in-people-0 | Site and settings | /in-settings-2 | /in-settings-1 | /in-settings-0"
	if got := stands(p.coordinator(t)); got != want {
		t.Errorf("a coordinator is led to %s", got)
	}
	p.Site.Use(site.Module{Name: "one", Entries: []site.Entry{{Key: "site.nav.desk", Href: "/one", Icon: "home", Action: policies.AccountSelf, Group: site.GroupProgram}}})
	if got := stands(p.SignedIn(t, p.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())); got != "Menu | /desk | /personal | /one" {
		t.Errorf("a reviewer is led to %s", got)
	}
}

func TestWhatBrowsersMayKeep(t *testing.T) {
	t.Parallel()
	p := open(t)
	b := p.coordinator(t)
	sheet := ui.Asset("app.css")
	for path, want := range map[string]string{
		"/probe": "no-store", "/desk": "no-store", "/trail": "no-store", "/brand.css?v=1": "public, max-age=31536000, immutable", sheet: "public, max-age=31536000, immutable",
		"/assets/nothing.css": "no-store", "/assets/manifest.json": "no-store", "/assets/..%2fmanifest.json": "no-store", "/assets/%2e%2e": "no-store",
	} {
		page := b.Send(http.MethodGet, path)
		if got := page.Header.Get("Cache-Control"); got != want || (page.Status == http.StatusOK) != (!strings.HasPrefix(path, "/assets/") || path == sheet) {
			t.Errorf("%s: %d, %q, want %q", path, page.Status, got, want)
		}
	}
	for accepted, want := range map[string]string{"br, gzip": "br", "gzip": "gzip", "": "", "identity": ""} {
		b.Headers["Accept-Encoding"] = accepted
		if accepted == "" {
			b.Headers["Accept-Encoding"] = "identity"
		}
		if page := b.Send(http.MethodGet, sheet); page.Header.Get("Content-Encoding") != want || page.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("accepting %q: %q, %q", accepted, page.Header.Get("Content-Encoding"), page.Header.Get("Vary"))
		}
	}
}

func TestARouteWithoutAnActionIsNotServed(t *testing.T) {
	t.Parallel()
	p := open(t)
	for name, route := range map[string]site.Route{
		"no action":  {Method: fiber.MethodGet, Path: "/x", Handle: func(*fiber.Ctx, tenants.Scope) error { return nil }},
		"no handler": {Method: fiber.MethodGet, Path: "/x", Action: policies.SiteVisit},
	} {
		s := site.New(p.Site.Config, site.Module{Name: "broken", Routes: []site.Route{route}})
		if err := s.Mount(web.New(web.Config{})); err == nil || !strings.Contains(err.Error(), "/x") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
