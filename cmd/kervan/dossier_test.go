package main

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/tenants"
)

// TestADossierTellsOnlyOfItsOwnDocuments lets an answer that was handed in name a document of somebody else's application.
func TestADossierTellsOnlyOfItsOwnDocuments(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "dossier")
	m := r.ready(t, network, 2)
	for _, a := range m.all {
		if in, status, err := m.submit(t.Context(), r, a.ID); !in || err != nil {
			t.Fatalf("not handed in: %d %v", status, err)
		}
	}
	mine, theirs := m.all[0], m.all[1]
	var foreign ids.Document
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	if err := system.Read().NewRaw(`SELECT id FROM documents WHERE sheet_id = ? LIMIT 1`, theirs.Seat("tr").Sheet).Scan(t.Context(), &foreign); err != nil {
		t.Fatal(err)
	}
	r.exec(t, network, `UPDATE answers SET value = value || jsonb_build_array(?::text) WHERE question = (SELECT question FROM documents WHERE id = ?)
		AND sheet_id IN (SELECT copy_id FROM submission_sheets WHERE sheet_id = ?)`, foreign, foreign, mine.Seat("tr").Sheet)
	r.exec(t, network, `UPDATE documents SET name = 'tanıklık.pdf' WHERE id = ?`, foreign)
	officer := r.signedIn(t, network, "officer@"+r.host+".example", tenants.Grant{Role: tenants.RoleOfficer})
	for _, tt := range []struct {
		of    ids.Application
		tells bool
	}{{mine.ID, false}, {theirs.ID, true}} {
		page := officer.Get("/applications/" + tt.of.String() + "/dossier")
		officer.Want(http.StatusOK)
		if got := strings.Contains(page.Text(), "tanıklık.pdf"); got != tt.tells {
			t.Errorf("it tells of the document: %t, want %t", got, tt.tells)
		}
	}
}
