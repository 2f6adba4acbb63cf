package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// formula is what a spreadsheet program would run if it were let.
const formula = `=HYPERLINK("http://evil.example","x")`

// TestEveryListLeavesWithoutAFormula fills lists with texts that spreadsheet programs would run, takes every list that
// any page offers as a file, in each language, and reads the files as such a program would.
func TestEveryListLeavesWithoutAFormula(t *testing.T) {
	t.Parallel()
	r := run(t)
	core := r.core(t, "defne@"+r.host+".example")
	network := r.network(t, "exports")
	organization := r.organization(t, network, formula, "lead@"+r.host+".example")
	r.fill(t, network, organization)
	r.member(t, network, formula, "coordinator@"+r.host+".example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})
	r.member(t, network, formula, "participant@"+r.host+".example", i18n.EN, tenants.Grant{Role: tenants.RoleParticipant, Organization: organization})

	found := map[string]bool{}
	for address, at := range map[string]tenants.Tenant{
		"defne@" + r.host + ".example": core, "coordinator@" + r.host + ".example": network, "participant@" + r.host + ".example": network,
	} {
		browser := sitetest.NewBrowser(t, at.Host, r.port)
		browser.Get("/sign-in")
		browser.Submit("/sign-in", "email", address, "password", password)
		for _, path := range r.offered(browser) {
			bare, _, _ := strings.Cut(path, "?")
			found[bare] = true
			for _, locale := range i18n.All {
				browser.SetCookie("language", string(locale))
				r.opens(t, browser, path, locale)
			}
		}
	}
	for _, wanted := range []string{"/networks", "/people", "/trail", "/organizations", "/directory", "/outbox", "/program/calls", "/partnerships", "/figures"} {
		if !found[wanted] {
			t.Errorf("%s is not offered as a file", wanted)
		}
	}
	late := false
	for path := range found {
		late = late || strings.HasSuffix(path, "/late-permissions")
	}
	if !late {
		t.Error("late permissions are not offered as a file")
	}
}

// fill adds what the lists would lack: a call with a late permission and a message.
func (r *running) fill(t *testing.T, in tenants.Tenant, organization ids.Organization) {
	t.Helper()
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	call, err := r.app.programs.Begin(t.Context(), system, formula, "pair")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	err = r.app.programs.Reframe(t.Context(), system, call.ID, call.Version, programs.Frame{
		OpensAt: now.Add(-time.Hour), ClosesAt: now.AddDate(0, 1, 0), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000, GrantCurrency: "EUR",
		ReplyDays: 7, PapersHours: 72, Locales: call.Locales,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.publish(t, system.Tenant(), call.ID)
	if err := r.app.programs.PermitLate(t.Context(), system, call.ID, programs.Late{Organization: organization, Until: now.AddDate(0, 2, 0), Reason: formula}); err != nil {
		t.Fatal(err)
	}
	err = system.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("INSERT INTO partnerships (id, application_id, call_id, number, title, search, state) VALUES (?, ?, ?, '2027-001', ?, '', 'accepted')",
			ids.New[ids.Partnership](), ids.New[ids.Application](), call.ID, formula).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = r.app.correspondence.Write(t.Context(), system, events.MailRequested{
		ID: ids.New[ids.Message](), Address: "lead@" + r.host + ".example", Name: formula, Subject: i18n.Text{i18n.EN: formula}, Body: i18n.Text{i18n.EN: formula}, Hold: true,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// offered follows the pages' links and returns the addresses of all files for spreadsheet programs.
func (r *running) offered(browser *sitetest.Browser) []string {
	var files []string
	queue, seen := []string{"/desk"}, map[string]bool{}
	for len(queue) > 0 && len(seen) < 300 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		for _, link := range browser.Get(path).Links() {
			switch {
			case strings.Contains(link, "format=csv"):
				if !seen[link] {
					files = append(files, link)
					seen[link] = true
				}
			case !strings.Contains(link, "format=") && !strings.Contains(link, "sort="):
				queue = append(queue, link)
			}
		}
	}
	return files
}

func (r *running) opens(t *testing.T, browser *sitetest.Browser, path string, locale i18n.Locale) {
	t.Helper()
	page := browser.Get(path)
	body, marked := strings.CutPrefix(page.Body, "\ufeff")
	if page.Status != http.StatusOK || !strings.HasPrefix(page.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%s: %d, %s", path, page.Status, page.Header.Get("Content-Disposition"))
		return
	}
	reader := csv.NewReader(strings.NewReader(body))
	if comma := locale != i18n.EN; comma {
		reader.Comma = ';'
		if !marked {
			t.Errorf("%s in %s has no byte order mark", path, locale)
		}
	}
	records, err := reader.ReadAll()
	if err != nil || len(records) == 0 || len(records[0]) < 2 {
		t.Errorf("%s in %s: %d records, %v", path, locale, len(records), err)
		return
	}
	for _, record := range records {
		for _, cell := range record {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%s in %s holds %q", path, locale, cell)
			}
		}
	}
	sheet, err := excelize.OpenReader(bytes.NewReader([]byte(browser.Get(strings.Replace(path, "format=csv", "format=xlsx", 1)).Body)), excelize.Options{UnzipSizeLimit: 64 << 20})
	if err != nil {
		t.Errorf("%s as XLSX: %v", path, err)
		return
	}
	name := sheet.GetSheetName(0)
	rows, err := sheet.GetRows(name)
	if err != nil || len(rows) != len(records) {
		t.Errorf("%s has %d rows as XLSX and %d as CSV, %v", path, len(rows), len(records), err)
	}
	for y := range rows {
		for x := range rows[y] {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			if f, err := sheet.GetCellFormula(name, cell); err != nil || f != "" {
				t.Errorf("%s: %s is the formula %q, %v", path, cell, f, err)
			}
		}
	}
}
