package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/organizations"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

const canary = "CANARY-B"

// TestNothingOfAnotherNetworkIsEverShown fills one network with texts that must not be found elsewhere and then, as
// every role of another network, follows every link and asks for every address with the first one's identifiers.
func TestNothingOfAnotherNetworkIsEverShown(t *testing.T) {
	t.Parallel()
	r := run(t)
	a, b := r.network(t, "walk-a"), r.network(t, "walk-b")
	theirs := r.canaries(t, b)
	own := r.organization(t, a, "Our own", "own@"+r.host+".example")
	browsers := map[string]*sitetest.Browser{"visitor": sitetest.NewBrowser(t, a.Host, r.port)}
	for _, grant := range everyGrant(own) {
		email := fmt.Sprintf("%s@%s.example", grant.Role, r.host)
		r.member(t, a, "Somebody", email, i18n.EN, grant)
		browser := sitetest.NewBrowser(t, a.Host, r.port)
		browser.Get("/sign-in")
		browser.Submit("/sign-in", "email", email, "password", password)
		browser.Want(http.StatusOK, "Sign out")
		browsers[string(grant.Role)] = browser
	}
	for who, browser := range browsers {
		if answers := r.walk(t, browser, who, theirs); answers < 150 {
			t.Errorf("only %d answers were looked at as %s: the walk is broken", answers, who)
		}
	}
	thief := sitetest.NewBrowser(t, b.Host, r.port)
	thief.SetCookie("session", "planted")
	if page := thief.Get("/desk"); strings.Contains(page.Body, canary+"-person") {
		t.Error("a planted session opened another network")
	}
}

func everyGrant(own ids.Organization) []tenants.Grant {
	var all []tenants.Grant
	for _, role := range tenants.NetworkRoles {
		all = append(all, tenants.Grant{Role: role})
	}
	return append(all, tenants.Grant{Role: tenants.RoleLead, Organization: own}, tenants.Grant{Role: tenants.RoleParticipant, Organization: own})
}

func (r *running) network(t testing.TB, slug string) tenants.Tenant {
	t.Helper()
	made, err := r.app.tenants.Create(t.Context(), tenants.New{
		Slug: slug, Name: "Network " + slug, Kind: tenants.KindNetwork, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: r.app.config.hosts(slug),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.app.tenants.Provision(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	made, err = r.app.tenants.ByID(t.Context(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (r *running) organization(t *testing.T, in tenants.Tenant, name, email string) ids.Organization {
	t.Helper()
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	card, err := r.app.accounts.Ensure(t.Context(), system, name+"-person", email, "", i18n.TR)
	if err != nil {
		t.Fatal(err)
	}
	lead := system.As(tenants.Actor{Person: card.ID, Name: card.Name, Email: card.Email, Locale: card.Locale})
	done, err := r.app.organizations.Register(t.Context(), lead, organizations.Organization{
		Name: name, NameEnglish: name + "-english", Form: organizations.Association, Country: "TR", City: name + "-city", About: name + "-about", FiscalHost: name + "-host",
	}, true)
	if err != nil {
		t.Fatal(err)
	}
	return done.Organization.ID
}

// canaries fills every text that somebody can write and returns the identifiers of what was made.
func (r *running) canaries(t *testing.T, in tenants.Tenant) []string {
	t.Helper()
	made := []string{in.ID.String(), r.organization(t, in, canary, "canary@"+r.host+".example").String()}
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	message := ids.New[ids.Message]()
	err := r.app.correspondence.Write(t.Context(), system, events.MailRequested{
		ID: message, Address: "canary@" + r.host + ".example", Name: canary + "-name", Subject: i18n.Text{i18n.EN: canary + "-subject"}, Body: i18n.Text{i18n.EN: canary + "-body"}, Hold: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	members, err := tenants.Holders(t.Context(), system.Read(), tenants.RoleLead)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range members {
		made = append(made, m.Person.String())
		err := r.app.correspondence.Notify(t.Context(), system, events.NotificationRequested{
			ID: ids.New[ids.Notification](), Person: m.Person, Key: "organizations.notify.join", Args: map[string]string{"Who": canary + "-who", "Organization": canary}, Path: "/",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return append(made, message.String())
}

// walk looks at everything that the browser can reach and returns how many answers it saw.
func (r *running) walk(t *testing.T, browser *sitetest.Browser, who string, theirs []string) int {
	t.Helper()
	answers := 0
	look := func(page sitetest.Page) {
		answers++
		if strings.Contains(page.Body, canary) {
			t.Errorf("%s sees another network's text at %s", who, page.Path)
		}
		if page.Status >= http.StatusInternalServerError {
			t.Errorf("%s gets %d at %s", who, page.Status, page.Path)
		}
	}
	queue, seen := []string{"/", "/desk", "/account", "/notifications"}, map[string]bool{}
	for _, route := range r.app.site.Routes() {
		for _, id := range theirs {
			path := strings.ReplaceAll(strings.ReplaceAll(route.Path, ":id", id), ":token", id)
			switch {
			case route.Method == http.MethodGet:
				queue = append(queue, path, path+"?q="+strings.ToLower(canary)+"&format=csv")
			case route.Path != "/sign-out" && !strings.Contains(route.Path, "/sessions/"):
				look(browser.Post(path, url.Values{"_csrf": {browser.Page.Value("_csrf")}, "id": {id}, "person": {id}, "message": {id}, "organization": {id}, "version": {"1"}, "role": {"lead"}}))
				browser.Get("/account")
			}
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		page := browser.Get(path)
		look(page)
		queue = append(queue, page.Links()...)
	}
	return answers
}

// TestHeadersAndBodiesNeverNameATenant holds that only the verified host decides whose site answers.
func TestHeadersAndBodiesNeverNameATenant(t *testing.T) {
	t.Parallel()
	r := run(t)
	a, b := r.network(t, "head-a"), r.network(t, "head-b")
	plain := sitetest.NewBrowser(t, a.Host, r.port).Get("/sign-in")
	for _, header := range []string{"X-Forwarded-Host", "X-Tenant-ID", "X-Original-Host", "Forwarded", "X-Host"} {
		for _, value := range []string{b.Host, b.ID.String(), "host=" + b.Host} {
			browser := sitetest.NewBrowser(t, a.Host, r.port)
			browser.Headers[header] = value
			if got := browser.Get("/sign-in?tenant=" + b.ID.String()); got.Status != plain.Status || strings.Contains(got.Body, b.Name) || !strings.Contains(got.Body, a.Name) {
				t.Errorf("%s: %s changed whose site answers", header, value)
			}
		}
	}
	for _, host := range []string{"unknown." + r.host, "127.0.0.1", strings.ToUpper(a.Host) + ".", a.Host + "..", b.Host + "@" + a.Host, "-" + a.Host, a.Host + "%00"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:"+r.port+"/sign-in", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			continue // refused before it was sent
		}
		_ = response.Body.Close()
		want := http.StatusMisdirectedRequest
		if strings.EqualFold(strings.TrimSuffix(host, "."), a.Host) {
			want = http.StatusOK
		}
		if response.StatusCode != want && response.StatusCode != http.StatusBadRequest {
			t.Errorf("host %q: %d, want %d", host, response.StatusCode, want)
		}
	}
}

// TestTheCoreSeesNumbersOnly walks the core site as its team and as operators: of a network's texts and people nothing
// may be found there, before and after it was counted.
func TestTheCoreSeesNumbersOnly(t *testing.T) {
	t.Parallel()
	r := run(t)
	core := r.core(t, "defne@"+r.host+".example")
	b := r.network(t, "walk-b")
	theirs := r.canaries(t, b)
	email := "mara@" + r.host + ".example"
	r.member(t, core, "Mara Petkova", email, i18n.EN, tenants.Grant{Role: tenants.RoleOperator})
	if err := r.app.tenants.Do(t.Context(), jobs.Envelope{Name: "oversight.recount", Payload: json.RawMessage(`{"tenant":"` + b.ID.String() + `"}`)}); err != nil {
		t.Fatal(err)
	}
	for who, address := range map[string]string{"core_team": "defne@" + r.host + ".example", "operator": email} {
		browser := sitetest.NewBrowser(t, core.Host, r.port)
		browser.Get("/sign-in")
		browser.Submit("/sign-in", "email", address, "password", password)
		browser.Get("/networks/" + b.ID.String())
		browser.Want(http.StatusOK, b.Name, "1–2 Organizations")
		for _, path := range []string{"/networks?format=csv", "/networks?format=xlsx", "/networks?q=" + canary, "/trail?format=csv"} {
			if page := browser.Get(path); strings.Contains(page.Body, canary) && !strings.Contains(path, canary) {
				t.Errorf("%s sees a network's text at %s", who, path)
			}
		}
		if answers := r.walk(t, browser, who, theirs); answers < 150 {
			t.Errorf("only %d answers were looked at as %s: the walk is broken", answers, who)
		}
	}
	var kept string
	if err := r.app.tenants.Platform().Read().NewRaw("SELECT string_agg(counts::text, '') FROM rollups").Scan(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(kept, canary) || !strings.Contains(kept, `"organizations": -1`) {
		t.Errorf("the rollups keep %s", kept)
	}
}
