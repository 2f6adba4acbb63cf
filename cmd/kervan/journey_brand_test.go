package main

import (
	"os"
	"path/filepath"
	"testing"

	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// TestJourneyOfABrand: a coordinator uploads a logo, sees it on page, mail and paper before anybody else does, saves it, and
// then it stands on the public pages and in the mail that the network sends.
func TestJourneyOfABrand(t *testing.T) {
	t.Parallel()
	r := run(t)
	in := r.network(t, "journeybrand")
	r.member(t, in, "Nergis Ortanca", "nergis@journeybrand.example", i18n.TR, tenants.Grant{Role: tenants.RoleCoordinator})
	logo := filepath.Join(t.TempDir(), "logo.png")
	if err := os.WriteFile(logo, filestest.PNG(t, 320, 120), 0o600); err != nil {
		t.Fatal(err)
	}

	nergis := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	nergis.Go(r.address(in.Slug, "/settings/brand"))
	nergis.Fill("email", "nergis@journeybrand.example")
	nergis.Fill("password", password)
	nergis.Press("Giriş yap")
	nergis.Sees("Önizleme")
	nergis.Attach("input[type=file][name=logo]", logo)
	nergis.Fill("logo_alt_tr", "İki köprü")
	nergis.Set("primary", "#8a3b6f")
	nergis.Fill("sender", "Nergis’in ağı")
	nergis.Press("Önizle")
	nergis.Sees("Henüz hiçbir şey kaydedilmedi", "Gönderen: Nergis’in ağı")
	nergis.Accessible("brand-tried-tr-phone")

	visitor := uitest.Visit(t, uitest.Look{Language: "de", Dark: true})
	visitor.Go(r.address(in.Slug, "/"))
	visitor.Shows(".k-brand:not(:has(img))")
	nergis.Press("Kaydet")
	nergis.Sees("Görünüm kaydedildi")
	visitor.Go(r.address(in.Slug, "/"))
	visitor.Shows(".k-brand img[alt='İki köprü']")
	visitor.Accessible("brand-public-de-dark")

	// The network calls a partnership by a word of its own; the forms are filled in and read before they are saved.
	nergis.Go(r.address(in.Slug, "/settings/terms"))
	nergis.Accessible("terms-tr-phone")
	nergis.Fill("partnership_tr_one", "köprü")
	nergis.Press("Sözcükleri kaydet")
	nergis.Sees("Eksik biçimleri doldurduk", "Köprünün durumu şu anda buna izin vermiyor.")
	nergis.Accessible("terms-suggested-tr-phone")
	nergis.Press("Sözcükleri kaydet")
	nergis.Sees("Sözcükler kaydedildi")
	nergis.Go(r.address(in.Slug, "/partnerships"))
	nergis.Sees("Köprüler")
}
