package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/correspondence"
	"kervan/modules/ids"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/papers"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

var leadsTo = regexp.MustCompile(`/URI \((.*?)\)`)

// paper fetches one and gives its file and the address to which its code leads.
func (m *ready) paper(t *testing.T, below string) (file, address string) {
	t.Helper()
	page := m.browser.Get("/applications/" + m.all[0].ID.String() + below)
	m.browser.Want(http.StatusOK)
	found := leadsTo.FindStringSubmatch(page.Body)
	if found == nil {
		t.Fatalf("%s leads nowhere", below)
	}
	return page.Body, found[1]
}

// TestAPapersCodeIsCheckedOnThePhone follows the address of a receipt's QR code with a phone, and holds the file and a
// changed one against it.
func TestAPapersCodeIsCheckedOnThePhone(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "defne")
	m := r.ready(t, network, 1)
	if in, status, err := m.submit(t.Context(), r, m.all[0].ID); err != nil || !in {
		t.Fatalf("handed in: %v %d %v", in, status, err)
	}
	file, address := m.paper(t, "/receipt.pdf")
	if again, _ := m.paper(t, "/receipt.pdf"); again != file {
		t.Error("the same receipt is another file")
	}
	if !strings.HasPrefix(address, r.address("defne", "/verify/")) {
		t.Fatalf("the code leads to %s", address)
	}
	v := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	v.Go(address)
	v.Sees("Gerçek: bu belgeyi "+network.Name+" düzenledi", "Başvurunun alındı belgesi", "Europe/Istanbul")
	if strings.Contains(v.Text(), "Ihlamur") {
		t.Error("whoever has the code is told who applies")
	}
	v.Accessible("paper-tr-phone")
	folder := t.TempDir()
	for name, one := range map[string]struct{ body, says string }{
		"same.pdf":    {file, "düzenlenen dosyanın tam kendisi"},
		"changed.pdf": {strings.Replace(file, "%%EOF", "%%eof", 1), "düzenlenen dosya değil"},
	} {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(one.body), 0o600))
		v.Go(address)
		v.Attach("#file", filepath.Join(folder, name))
		v.Shows(`#f-sum:valid`)
		v.Press("Karşılaştır")
		v.Sees(one.says)
	}
	v.Accessible("paper-compared-tr-phone")
	v.Press("Başka bir belge doğrula")
	v.Accessible("paper-ask-tr-phone")
	v.Write("#f-code", "0000-0000")
	v.Press("Doğrula")
	v.Sees("Kod on altı harf ve rakamdan oluşur")

	path := strings.TrimPrefix(address, r.address("defne", ""))
	_, dossier := m.paper(t, "/dossier.pdf")
	if dossier == address {
		t.Error("receipt and application have one code")
	}
	withdraw(t, r, network, m.all[0].ID)
	v.Go(dossier)
	v.Sees("Gerçek, ama artık geçerli değil")

	elsewhere := sitetest.NewBrowser(t, r.network(t, "zeytin").Host, r.port)
	elsewhere.Get(path)
	elsewhere.Want(http.StatusNotFound, "No document has this code")
	core := sitetest.NewBrowser(t, r.core(t, "defne@commons.example").Host, r.port)
	core.Get("/verify")
	core.Want(http.StatusNotFound)
	must(t, r.app.tenants.Suspend(t.Context(), network.ID))
	elsewhere = sitetest.NewBrowser(t, network.Host, r.port)
	for end := time.Now().Add(10 * time.Second); elsewhere.Get(path).Status != http.StatusServiceUnavailable; {
		if time.Now().After(end) {
			t.Fatalf("of a suspended network: %d", elsewhere.Page.Status)
		}
	}
}

func withdraw(t *testing.T, r *running, network tenants.Tenant, id ids.Application) {
	t.Helper()
	err := r.app.tenants.Bind(network, tenants.SystemActor("test")).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE applications SET state = ? WHERE id = ?`, applications.Withdrawn, id).Exec(ctx)
		return err
	})
	must(t, err)
}

// TestCodesAreNotTried asks for codes from one address until it is told to wait, and then for one that there is.
func TestCodesAreNotTried(t *testing.T) {
	t.Parallel()
	r := runOn(t, objectstest.Config(t))
	m := r.ready(t, r.network(t, "kestane"), 1)
	if in, status, err := m.submit(t.Context(), r, m.all[0].ID); err != nil || !in {
		t.Fatalf("handed in: %v %d %v", in, status, err)
	}
	_, address := m.paper(t, "/receipt.pdf")
	path := strings.TrimPrefix(address, r.address("kestane", ""))
	b := sitetest.NewBrowser(t, m.network.Host, r.port)
	b.Get(path)
	b.Want(http.StatusOK, "Genuine")
	tries := 0
	for b.Get("/verify/" + papers.NewCode().String()); b.Page.Status == http.StatusNotFound && tries < 200; tries++ {
		b.Get("/verify/" + papers.NewCode().String())
	}
	if b.Page.Status != http.StatusTooManyRequests || tries < 30 {
		t.Fatalf("after %d codes: %d", tries, b.Page.Status)
	}
	b.Get(path)
	b.Want(http.StatusTooManyRequests, "Too many codes were tried from here")
}

// TestOneLetterIsTheLast holds that the letters to several leads, which do not leave at one instant, are one letter.
func TestOneLetterIsTheLast(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	mail := func(kind string, minute int) correspondence.Letter {
		return correspondence.Letter{Kind: kind, At: at.Add(time.Duration(minute) * time.Minute)}
	}
	for _, tt := range []struct {
		all  []correspondence.Letter
		want time.Time
	}{
		{nil, time.Time{}},
		{[]correspondence.Letter{mail("selected", 1), mail("selected", 2)}, at.Add(time.Minute)},
		{[]correspondence.Letter{mail("waiting", 1), mail("waiting", 2), mail("place_offered", 3), mail("place_offered", 4)}, at.Add(3 * time.Minute)},
		{[]correspondence.Letter{mail("ineligible", 1), mail("reconsidered", 2), mail("ineligible", 3)}, at.Add(3 * time.Minute)},
	} {
		if got := lastWritten(tt.all); !got.Equal(tt.want) {
			t.Errorf("%+v: %s", tt.all, got)
		}
	}
}
