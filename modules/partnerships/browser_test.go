package partnerships_test

import (
	"net/http"
	"net/http/httptest"
	"path"
	"testing"

	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/partnerships"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// shown serves what a test's browser was answered, with the assets, to a real browser.
func shown(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(body))
			return
		}
		if r.URL.Path == "/brand.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(ui.BrandCSS(ui.Brand{})))
			return
		}
		file, ok := ui.Read(path.Base(r.URL.Path), "")
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file.Type)
		_, _ = w.Write(file.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Mahallede İklim Eğitimi ve Katılım için Ortak Öğrenme")
	paused, _, _ := h.founded(t, h.System(), "Kurzer Titel")
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]})
	h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: both[1]})
	coordinator := h.coordinator(t)
	if err := h.service.Steer(t.Context(), coordinator, paused, 1, partnerships.Pause, "Eine Person ist erkrankt."); err != nil {
		t.Fatal(err)
	}
	staff, member := h.SignedIn(t, coordinator.Actor()), h.SignedIn(t, lead.Actor())
	visitor := h.SignedIn(t, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: h.organization(t, h.System(), "Yalnız")}, tenanttest.Role(tenants.RoleFinance)).Actor())
	for look, language := range map[uitest.Look]string{{Language: "en"}: "en", {Language: "tr", Phone: true}: "tr", {Language: "de", Dark: true}: "de"} {
		pages := map[string]string{}
		take := func(name string, b *sitetest.Browser, address string) {
			b.SetCookie("language", language)
			pages["/"+name] = b.Get(address).Body
		}
		take("list", staff, "/partnerships")
		take("none", staff, "/partnerships?q=nothing")
		take("show", staff, "/partnerships/"+id.String())
		take("paused", staff, "/partnerships/"+paused.String())
		take("ending", staff, "/partnerships/"+id.String()+"/ending")
		staff.Submit("/partnerships/"+id.String()+"/ending", "reason", "")
		pages["/refused"] = staff.Page.Body
		take("desk", member, "/desk")
		take("mine", member, "/my-partnerships")
		take("alone", visitor, "/my-partnerships")
		origin := shown(t, pages)
		v := uitest.Visit(t, look)
		for name := range pages {
			v.Go(origin + name)
			v.Accessible("partnerships-" + name[1:] + "-" + language)
		}
	}
}
