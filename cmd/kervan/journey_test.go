package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// TestJourneyFromNetworkToOrganization goes the way of real people in a real browser: the core opens a network, its
// coordinator accepts the invitation and invites an officer, an organization's lead registers, confirms, enters the
// organization and invites a colleague, and the core closes and reopens the network. axe looks at every page.
func TestJourneyFromNetworkToOrganization(t *testing.T) {
	t.Parallel()
	r := run(t)
	r.core(t, "defne@"+r.host+".example")

	core := uitest.Visit(t, uitest.Look{Language: "en"})
	core.Go(r.address("core", "/"))
	core.Accessible("core-home")
	core.Go(r.address("core", "/networks"))
	core.Accessible("core-sign-in")
	core.Fill("email", "defne@"+r.host+".example")
	core.Fill("password", password)
	core.Press("Sign in")
	core.Sees("Networks", "You see how they stand")
	core.Accessible("core-networks")
	core.Press("Open a network")
	core.Accessible("core-network-new")
	core.Press("Open network")
	core.Sees("Please check these entries")
	core.Accessible("core-network-refused")
	core.Fill("name", "Çınaraltı Ağı")
	core.Fill("slug", "cinaralti")
	core.Choose("locale", "tr")
	core.Fill("first_name", "İpek Ağırbaş")
	core.Fill("first_email", "ipek@cinaralti.example")
	core.Press("Open network")
	core.Sees("Çınaraltı Ağı", "Site set up, first coordinator invited")
	core.Accessible("core-network")

	ipek := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	ipek.Go(r.mail(t, ipek, "cinaralti", "ipek@cinaralti.example", "/invitations/"))
	ipek.Sees("Davetlisiniz", "Koordinatör")
	ipek.Accessible("invitation-tr-phone")
	ipek.Fill("password", password)
	ipek.Tick("notice", "")
	ipek.Press("Daveti kabul et")
	ipek.Sees("Merhaba İpek Ağırbaş")
	ipek.Accessible("desk-tr-phone")
	ipek.Go(r.address("cinaralti", "/people"))
	ipek.Accessible("people-tr-phone")
	ipek.Fill("name", "Jürgen Weiß")
	ipek.Fill("email", "juergen@cinaralti.example")
	ipek.Choose("role", "officer")
	ipek.Choose("locale", "de")
	ipek.Press("Daveti gönder")
	ipek.Sees("Davet gönderildi", "Jürgen Weiß")
	ipek.Await(r.address("cinaralti", "/outbox"), "Çınaraltı Ağı lädt Sie ein") // once the queue has written it …
	ipek.Await(r.address("cinaralti", "/outbox"), "Gönderildi")                 // … and sent it
	ipek.Accessible("outbox-tr-phone")

	_ = r.opensCall(t, ipek)

	juergen := uitest.Visit(t, uitest.Look{Language: "de", Dark: true})
	juergen.Go(r.mail(t, juergen, "cinaralti", "juergen@cinaralti.example", "/invitations/"))
	juergen.Fill("password", password)
	juergen.Tick("notice", "")
	juergen.Press("Einladung annehmen")
	juergen.Sees("Guten Tag, Jürgen Weiß")
	juergen.Accessible("desk-de-dark")

	lead := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true, Dark: true})
	lead.Go(r.address("cinaralti", "/"))
	lead.Accessible("home-tr-phone-dark")
	lead.Press("Hesap aç")
	lead.Accessible("register-tr-phone-dark")
	lead.Fill("name", "Ilgaz Şahin")
	lead.Fill("email", "ilgaz@ihlamur.example")
	lead.Fill("password", password)
	lead.Tick("notice", "")
	lead.Press("Hesap aç")
	lead.Sees("Lütfen e-postanıza bakın")
	lead.Accessible("check-mail-tr-phone-dark")
	lead.Go(r.mail(t, lead, "cinaralti", "ilgaz@ihlamur.example", "/confirm/"))
	lead.Press("Adresi doğrula")
	lead.Sees("Hoş geldiniz!", "Kuruluşunuzu kaydedin")
	lead.Press("Kuruluşunuzu kaydedin")
	lead.Accessible("organization-new-tr-phone-dark")
	lead.Fill("name", "Ihlamur Komşuluk Derneği")
	lead.Choose("form", "association")
	lead.Fill("city", "Iğdır")
	lead.Choose("registry", "TR-VKN")
	lead.Fill("registry_number", "1234567891")
	lead.Press("Kaydet")
	lead.Sees("denetim basamağı tutmuyor")
	lead.Accessible("organization-refused-tr-phone-dark")
	lead.Fill("registry_number", "1234567890")
	lead.Press("Kaydet")
	lead.Sees("Kuruluşunuz kaydedildi", "Ihlamur Komşuluk Derneği")
	lead.Accessible("organization-tr-phone-dark")
	lead.Press("Kişiler")
	lead.Accessible("organization-people-tr-phone-dark")
	lead.Fill("name", "Rojda Güneş")
	lead.Fill("email", "rojda@ihlamur.example")
	lead.Press("Daveti gönder")
	lead.Sees("Rojda Güneş")
	lead.Go(r.address("cinaralti", "/account"))
	lead.Accessible("account-tr-phone-dark")

	juergen.Go(r.address("cinaralti", "/organizations?q=IHLAMUR"))
	juergen.Sees("Ihlamur Komşuluk Derneği")
	juergen.Accessible("organizations-de-dark")

	core.Unfold("Suspend network")
	core.Accessible("core-network-suspend")
	core.Press("Yes, suspend it now")
	core.Sees("The network is suspended")
	lead.Go(r.address("cinaralti", "/desk"))
	lead.Sees("şu anda kapalı")
	lead.Accessible("suspended-tr")
	core.Go(r.address("core", "/networks"))
	core.Press("Çınaraltı Ağı")
	core.Press("Reopen network")
	lead.Go(r.address("cinaralti", "/desk"))
	lead.Sees("Merhaba Ilgaz Şahin")

	ipek.Go(r.address("cinaralti", "/trail"))
	ipek.Sees("Kuruluş kaydetti", "Ilgaz Şahin", "Daveti kabul etti")
	ipek.Press("Zinciri denetle")
	ipek.Sees("Zincir sağlam")
	ipek.Accessible("trail-tr-phone")
	ipek.Go(r.address("cinaralti", "/settings/brand"))
	ipek.Accessible("brand-tr-phone")
	ipek.Set("primary", "#ffe066")
	ipek.Choose("typeface", "bitter")
	ipek.Press("Önizle")
	ipek.Sees("okunması zor")
	ipek.Accessible("brand-preview-tr-phone")
	ipek.Press("Kaydet")
	ipek.Sees("Görünüm kaydedildi")
	ipek.Accessible("brand-saved-tr-phone")

	for _, v := range []*uitest.Visitor{core, ipek, juergen, lead} {
		v.StayedOn("core."+r.host, "cinaralti."+r.host)
	}
}

// mail waits for the newest mail to the address in the network's development mailbox and returns where it leads.
// opensCall makes a call of the default blueprint and publishes it; it gives the call's public address.
func (r *running) opensCall(t *testing.T, v *uitest.Visitor) string {
	t.Helper()
	v.Go(r.address("cinaralti", "/program/calls"))
	v.Accessible("calls-empty-tr-phone")
	v.Fill("cycle", "2027")
	v.Press("Başla")
	v.Sees("Taslak hazır", "Yayımlamaya hazır mı?")
	v.Accessible("call-draft-tr-phone")
	v.Press("Tarihler, kontenjan, hibe")
	v.Accessible("call-dates-tr-phone")
	v.Set("opens_date", time.Now().AddDate(0, 0, -1).Format(time.DateOnly))
	v.Set("closes_date", time.Now().AddDate(0, 0, 30).Format(time.DateOnly))
	v.Fill("places", "8")
	v.Fill("grant", "3.500,00")
	v.Press("Kaydet")
	v.Sees("Kaydedildi.")
	for _, part := range []string{"Metinler", "Yerler, ölçütler, belgeler", "Mektuplar"} {
		v.Press(part)
		v.Accessible("call-" + part + "-tr-phone")
	}
	v.Press("Genel bakış")
	v.Press("Çağrıyı yayımla")
	v.Accessible("call-publication-tr-phone")
	call := v.Address()[:strings.LastIndexByte(v.Address(), '/')]
	v.Press("Liste bir koordinatör tarafından imzalandı")
	v.Accessible("call-readiness-tr-phone")
	v.Fill("remark", "Kuruluşlarımızla kâğıt üzerinde denedik.")
	v.Tick("confirmed", "")
	v.Press("İmzala ve çekirdek ekibe gönder")
	v.Sees("İmzalandı.", "Kuruluşlarımızla kâğıt üzerinde denedik.")
	id, err := ids.Parse[ids.Call](call[strings.LastIndexByte(call, '/')+1:])
	must(t, err)
	network, _, err := r.app.tenants.ByHost(t.Context(), r.app.config.hosts("cinaralti")[0])
	must(t, err)
	r.countersign(t, network, id)
	v.Go(call + "/readiness")
	v.Accessible("call-signed-tr-phone")
	v.Press("Çağrıyı aç")
	v.Press("Şimdi yayımla")
	v.Sees("Çağrı yayımlandı.", "Açık")
	v.Accessible("call-open-tr-phone")
	v.Press("Herkese açık sayfayı gör")
	v.Sees("Açık çağrı: sınırların ötesinde birbirinden öğrenmek", "8 ortaklık", "3.500")
	v.Accessible("call-public-tr-phone")
	public := v.Address()
	v.Press("Formun tamamını gör")
	v.Accessible("call-form-tr-phone")
	return public
}

func (r *running) mail(t *testing.T, v *uitest.Visitor, slug, address, kind string) string {
	t.Helper()
	link := ""
	for deadline := time.Now().Add(15 * time.Second); link == "" && time.Now().Before(deadline); {
		v.Await(r.address(slug, "/dev/mail"), address)
		link = v.LinkIn(address, kind)
	}
	if !strings.HasPrefix(link, r.address(slug, kind)) {
		t.Fatalf("the mail leads to %q", link)
	}
	return link
}

// TestEveryRouteIsHeldToItsAction asks for every route as a visitor and as somebody without a role, with ids that do
// not exist: what is not theirs must not answer, and nothing may fail.
func TestEveryRouteIsHeldToItsAction(t *testing.T) {
	t.Parallel()
	r := run(t)
	network, err := r.app.tenants.Create(t.Context(), tenants.New{
		Slug: "routes", Name: "Routes", Kind: tenants.KindNetwork, Locales: i18n.All, Zone: "Europe/Berlin", Hosts: r.app.config.hosts("routes"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.app.tenants.Provision(t.Context(), network.ID); err != nil {
		t.Fatal(err)
	}
	routes := r.app.site.Routes()
	if len(routes) < 50 {
		t.Fatalf("only %d routes", len(routes))
	}
	visitor := tenants.Visitor()
	seen := map[string]bool{}
	for _, route := range routes {
		name := route.Method + " " + route.Path
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		if resource, verb := route.Action.Split(); resource == "" || verb == "" {
			t.Errorf("%s declares the action %q", name, route.Action)
			continue
		}
		path := strings.ReplaceAll(strings.ReplaceAll(route.Path, ":id", ids.New[ids.Application]().String()), ":token", "nothing")
		status, location := r.ask(t, route.Method, "routes", path)
		open := r.app.authorizer.MayEver(visitor, route.Action) && route.Only != tenants.KindCore
		switch {
		case status >= 500:
			t.Errorf("%s failed with %d", name, status)
		case open:
		case route.Only == tenants.KindCore && status == http.StatusNotFound:
		case route.Method == http.MethodGet && status == http.StatusSeeOther && strings.HasPrefix(location, "/sign-in"):
		case (route.Method != http.MethodGet || strings.HasPrefix(route.Path, "/api/")) && status == http.StatusUnauthorized:
		default:
			t.Errorf("%s answers a visitor with %d %s", name, status, location)
		}
	}
}

// ask sends one bare request, as a program would.
func (r *running) ask(t *testing.T, method, slug, path string) (status int, location string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:"+r.port+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = slug + "." + r.host + ":" + r.port
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode, response.Header.Get("Location")
}
