package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/organizations"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

const canary = "CANARY-B"

// TestNothingOfAnotherNetworkIsEverShown lets two networks live. Then everybody of the one follows every link, asks for
// every address and sends every form, now with the other's identifiers and now with made-up ones: the answers are equal to
// the byte, and no word of the other network is in any of them.
func TestNothingOfAnotherNetworkIsEverShown(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	a, b := r.grown(t, "walk-a"), r.grown(t, "canary-b")
	r.livens(t, a)
	r.livens(t, b)
	r.exec(t, b, `UPDATE conflicts SET undone_at = now(), undone_by = gen_random_uuid(), undone_reason = 'It was somebody else.' WHERE NOT detected`)
	theirs, own := r.everything(t, b), byIdentifier(r.rows(t, a))
	must(t, r.app.matching.EndPart(t.Context(), r.app.tenants.Bind(b, tenants.SystemActor("test")), true)) // what it has shown it takes back
	r.marks(t, b, canary)
	for key, table := range parameters {
		if len(theirs[table]) == 0 {
			t.Errorf("nothing is there to be asked for by %s", key)
		}
	}
	for who, browser := range r.everybody(t, a) {
		w := &walker{t: t, r: r, browser: browser, who: who, own: own, theirs: theirs, tried: map[string]bool{}, secrets: []string{canary, "canary-b.example", "Network canary-b"}}
		if w.all(); w.answers < 200 {
			t.Errorf("only %d answers were looked at as %s: the walk is broken", w.answers, who)
		}
	}
	thief := sitetest.NewBrowser(t, b.Host, r.port)
	thief.SetCookie("session", "planted")
	if page := thief.Get("/desk"); strings.Contains(page.Body, canary+"-people") {
		t.Error("a planted session opened another network")
	}
}

// everybody signs one person in for each role of the network, and opens a browser for somebody without one and for a
// visitor.
func (r *running) everybody(t *testing.T, in tenants.Tenant) map[string]*sitetest.Browser {
	t.Helper()
	var members []struct {
		Role  tenants.Role
		Email string
	}
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`SELECT DISTINCT ON (m.role) m.role, p.email FROM memberships AS m
		JOIN people AS p ON p.id = m.person_id ORDER BY m.role, p.id`).Scan(t.Context(), &members))
	all := map[string]*sitetest.Browser{"visitor": sitetest.NewBrowser(t, in.Host, r.port), "stranger": r.signedIn(t, in, "stranger@"+r.host+".example")}
	for _, m := range members {
		all[string(m.Role)] = r.enters(t, in, m.Email)
	}
	all["somebody who writes"] = r.enters(t, in, r.drafting(t, in).Email)
	for _, role := range append([]tenants.Role{tenants.RoleLead, tenants.RoleParticipant}, tenants.NetworkRoles...) {
		if all[string(role)] == nil {
			t.Errorf("nobody walks as %s", role)
		}
	}
	return all
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
	must(t, stopWorker(r.app))
	core := r.core(t, "defne@"+r.host+".example")
	b := r.grown(t, "canary-b")
	r.livens(t, b)
	r.exec(t, b, `UPDATE conflicts SET undone_at = now(), undone_by = gen_random_uuid(), undone_reason = 'It was somebody else.' WHERE NOT detected`)
	theirs := r.everything(t, b)
	r.marks(t, b, canary)
	own := byIdentifier(r.rows(t, core))
	own[b.ID.String()] = "tenants"
	public := map[string]bool{"tenants": true}
	for _, table := range sentToTheCore {
		public[table] = true
		for _, sent := range theirs[table] {
			own[sent] = table
		}
	}
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
		browser.Want(http.StatusOK, b.Name, "24 Organizations")
		w := &walker{t: t, r: r, browser: browser, who: who, own: own, theirs: theirs, public: public, tried: map[string]bool{}, secrets: []string{canary}}
		for _, path := range []string{"/networks?format=csv", "/networks?format=xlsx", "/networks?q=canary-b", "/trail?format=csv"} {
			w.look("GET", browser.Get(path))
		}
		if w.all(); w.answers < 150 {
			t.Errorf("only %d answers were looked at as %s: the walk is broken", w.answers, who)
		}
	}
	var kept string
	if err := r.app.tenants.Platform().Read().NewRaw("SELECT string_agg(counts::text, '') FROM rollups").Scan(t.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(kept, canary) || !strings.Contains(kept, `"paused": -1`) {
		t.Errorf("the rollups keep %s", kept)
	}
}
