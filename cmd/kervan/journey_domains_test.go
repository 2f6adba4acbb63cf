package main

import (
	"net/http"
	"regexp"
	"testing"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// TestJourneyToADomainOfOnesOwn: a coordinator claims a domain and makes the entry that the page shows; the network is then
// served there, until it gives the domain up. Another lets the network's mails go out from an address under a domain of its
// own, which needs more entries, and changes the key.
func TestJourneyToADomainOfOnesOwn(t *testing.T) {
	t.Parallel()
	dns := &nameServer{proofs: map[string][]string{}}
	dns.set("localhost", "v=spf1 -all")
	r := runOn(t, objectstest.Config(t), func(c *Config) { c.dns = dns })
	in := r.network(t, "journeydomain")
	r.member(t, in, "Nergis Ortanca", "nergis@journeydomain.example", i18n.TR, tenants.Grant{Role: tenants.RoleCoordinator})
	r.member(t, in, "Jürgen Weiß", "juergen@journeydomain.example", i18n.DE, tenants.Grant{Role: tenants.RoleCoordinator})
	const own = "degisim.journeydomain-agi.org"
	served := func() bool {
		visitor := sitetest.NewBrowser(t, own, r.port)
		visitor.Get("/")
		return visitor.Page.Status == http.StatusOK
	}

	nergis := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	nergis.Go(r.address(in.Slug, "/settings/domain"))
	nergis.Fill("email", "nergis@journeydomain.example")
	nergis.Fill("password", password)
	nergis.Press("Giriş yap")
	nergis.Sees("Hangi alan adı?")
	nergis.Fill("host", "yazici.local")
	nergis.Press("Devam")
	nergis.Sees("Bu ad internette yok.")
	nergis.Fill("host", "https://"+own+"/")
	nergis.Press("Devam")
	nergis.Sees("_kervan."+own, "Şimdi alan adının sizin olduğunu gösterin.")
	nergis.Accessible("domain-claimed-tr-phone")
	proof := regexp.MustCompile(`kervan-[a-z0-9]{26}`).FindString(nergis.Text())
	if served() || proof == "" {
		t.Fatal("served before the proof is there, or no proof is shown")
	}
	dns.set("_kervan."+own, proof)
	nergis.Press("Şimdi bak")
	nergis.Sees("Kanıt görüldü.")
	nergis.Accessible("domain-proved-tr-phone")
	if !served() {
		t.Error("not served under the domain")
	}
	nergis.Press("Vazgeç")
	nergis.Sees("Alan adından vazgeçildi.", "Hangi alan adı?")
	if served() {
		t.Error("still served under the domain")
	}

	juergen := uitest.Visit(t, uitest.Look{Language: "de", Dark: true})
	juergen.Go(r.address(in.Slug, "/settings/sender"))
	juergen.Fill("email", "juergen@journeydomain.example")
	juergen.Fill("password", password)
	juergen.Press("Anmelden")
	juergen.Sees("Von welcher Adresse?")
	juergen.Accessible("sender-none-de-dark")
	juergen.Fill("address", "programm@journeydomain-agi.org")
	juergen.Press("Weiter")
	juergen.Sees("Machen Sie jetzt die Einträge unten.", "v=spf1 include:localhost ~all")
	juergen.Accessible("sender-claimed-de-dark")
	sender, _, err := r.app.domains.Sender(t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test")))
	must(t, err)
	dns.set("_kervan-mail."+sender.Host, sender.Proof)
	dns.set(sender.Key.Selector()+"._domainkey."+sender.Host, sender.Key.Record())
	dns.set(sender.Host, "v=spf1 mx include:localhost ~all")
	dns.set("_dmarc."+sender.Host, "v=DMARC1; p=none")
	juergen.Press("Jetzt nachsehen")
	juergen.Sees("Alles stimmt.", "Der Schlüssel ist da, unsere Unterschrift lässt sich prüfen.")
	juergen.Accessible("sender-works-de-dark")
	juergen.Press("Neuen Schlüssel machen")
	juergen.Sees("kervan2._domainkey.journeydomain-agi.org")

	nergis.Go(r.address(in.Slug, "/settings/sender"))
	nergis.Sees("E-postalarınız programm@journeydomain-agi.org adresinden, imzalı olarak gidiyor.")
	nergis.Accessible("sender-works-tr-phone")
	nergis.Press("Vazgeç")
	nergis.Sees("Adresten vazgeçildi.")
	nergis.Accessible("sender-none-tr-phone")
}
