package applications_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// TestLettersGoOntoPaper holds that a letter comes as a paper in its own language, once the page shows it and to nobody else.
func TestLettersGoOntoPaper(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	h.submits(t, id, one)
	at := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	h.mu.Lock()
	h.around.letters = map[ids.Application][]applications.Letter{id: {
		{Person: one.lead.Actor().Person, Kind: "selection.mail.selected", To: "Hatice Özkan", Subject: "Ein Platz für Sie", Text: "Guten Tag,\n\n- erstens\n- zweitens", Locale: i18n.DE, At: at},
	}}
	h.mu.Unlock()
	b := h.SignedIn(t, one.lead.Actor())
	path := "/applications/" + id.String()
	b.Get(path + "/letters/selected")
	b.Want(404)
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE applications SET state = 'selected' WHERE id = ?`, id).Exec(ctx)
		return err
	})
	b.Get(path)
	link := b.Page.Link("Letter as PDF")
	page := b.Get(link)
	b.Want(200)
	if page.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(page.Body, "%PDF-") || !bytes.Contains([]byte(page.Body), []byte("/Lang (de)")) ||
		!strings.Contains(page.Header.Get("Content-Disposition"), `"Ein Platz f_r Sie.pdf"`) {
		t.Errorf("%s: %v %.10q", link, page.Header, page.Body)
	}
	want := []applications.Issued{{Kind: "letter", Application: id, About: at, Locale: i18n.DE}}
	if diff := cmp.Diff(want, h.around.issued); diff != "" {
		t.Error(diff)
	}
	h.SignedIn(t, two.lead.Actor()).Get(link)
	for who, sc := range map[string]tenants.Scope{"an officer": h.officer(t), "a stranger": h.side(t, "Meşe", "TR").lead} {
		b := h.SignedIn(t, sc.Actor())
		if b.Get(link); b.Page.Status == 200 {
			t.Errorf("%s reads the letter", who)
		}
	}
	b.Get(path + "/letters/rejected")
	b.Want(404)
}

// TestARehearsalsPapersSaySo reads the band above a paper, which has a colour of its own.
func TestARehearsalsPapersSaySo(t *testing.T) {
	t.Parallel()
	const band = "1.000 0.851 0.541 rg"
	for _, kind := range []tenants.Kind{tenants.KindNetwork, tenants.KindRehearsal} {
		h := open(t)
		if kind == tenants.KindRehearsal {
			slug := "r" + ids.New[ids.Tenant]().String()[9:28]
			made, err := h.Tenants.Create(t.Context(), tenants.New{
				Slug: slug, Name: "Room", Kind: kind, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: []string{slug + ".localhost"}, Network: h.Tenant.ID, Call: ids.New[ids.Call](),
			})
			if err == nil {
				err = h.Tenants.Provision(t.Context(), made.ID)
			}
			if err == nil {
				h.Tenant, err = h.Tenants.ByID(t.Context(), made.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		_, id, one, _ := h.pair(t)
		h.submits(t, id, one)
		b := h.SignedIn(t, one.lead.Actor())
		for _, paper := range []string{"/receipt.pdf", "/dossier.pdf"} {
			page := b.Get("/applications/" + id.String() + paper)
			b.Want(200)
			if says := strings.Contains(content(t, page.Body), band); says != (kind == tenants.KindRehearsal) {
				t.Errorf("%s of a %s says that it is a test: %v", paper, kind, says)
			}
		}
	}
}

// content is what is drawn on the first page of a paper.
func content(t *testing.T, file string) string {
	t.Helper()
	_, rest, _ := strings.Cut(file, ">>\nstream\n")
	r, err := zlib.NewReader(strings.NewReader(rest))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
