package main

import (
	"net/http"
	"testing"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/partnerships"
	"kervan/modules/selection"
	"kervan/tenants"
)

// accompanies has somebody say what they know, accompany a partnership, and hand it back.
func (r *running) accompanies(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	held, err := tenants.Holders(ctx, system.Read(), tenants.RoleFacilitator)
	must(t, err)
	if len(held) == 0 {
		t.Fatal("nobody can accompany a partnership")
	}
	guide := system.As(tenants.Actor{Person: held[0].Person, Grants: []tenants.Grant{{Role: tenants.RoleFacilitator}}})
	all, _, err := r.app.partnerships.List(ctx, system, partnerships.Query{Going: true})
	must(t, err)
	id := all[0].ID
	must(t, r.app.partnerships.SaveOwnProfile(ctx, guide, partnerships.Profile{
		Expertise: expertise.Expertise{Topics: []string{"digital"}, Languages: []string{"en"}, Countries: []string{"TR"}}, Note: "Only by train.",
	}))
	must(t, r.app.partnerships.Accompany(ctx, system, id, all[0].Version, held[0].Person, "As we said."))
	_, err = r.app.accounts.Ensure(ctx, system, "Another guide", "another-guide@"+in.Slug+".example", "", "en", tenants.Grant{Role: tenants.RoleFacilitator})
	must(t, err)
	v, err := r.app.partnerships.Planning(ctx, system, held[0].Person)
	must(t, err)
	_, err = r.app.partnerships.StartRun(ctx, system, v.Usual, "They move away.")
	must(t, err)
	must(t, r.app.partnerships.HandBack(ctx, guide, id, "Too far away."))
}

// replaces has somebody asked to take a seat of a partnership, and an organization that stays not agree.
func (r *running) replaces(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var one struct {
		ID      ids.Partnership
		Version int64
		Seat    string
	}
	must(t, system.Read().NewRaw(`SELECT p.id, p.version, s.key AS seat FROM partnerships AS p JOIN partnership_seats AS s ON s.partnership_id = p.id ORDER BY p.id, s.key LIMIT 1`).Scan(ctx, &one))
	v, err := r.app.partnerships.Vacancy(ctx, system, one.ID, one.Seat)
	must(t, err)
	if len(v.Candidates) == 0 {
		t.Fatal("nobody can take a seat")
	}
	asked := partnerships.Replacing{Seat: one.Seat, Coming: v.Candidates[0].ID, Reason: "They have closed.", Until: time.Now().AddDate(0, 0, 9)}
	must(t, r.app.partnerships.Replace(ctx, system, one.ID, one.Version, asked))
	var stays struct {
		Email       string
		Replacement string
	}
	must(t, system.Read().NewRaw(`SELECT pe.email, r.id::text AS replacement FROM partnership_replacements AS r JOIN partnership_seats AS s ON s.partnership_id = r.partnership_id AND s.organization_id <> r.leaving
		JOIN memberships AS m ON m.organization_id = s.organization_id AND m.role = 'lead' JOIN people AS pe ON pe.id = m.person_id ORDER BY pe.email LIMIT 1`).Scan(ctx, &stays))
	b := r.enters(t, in, stays.Email)
	page := "/partnerships/" + one.ID.String() + "/replacements/" + stays.Replacement
	b.Get(page)
	b.Submit(page+"/refusal", "reason", "We do not know them.")
	b.Want(http.StatusOK)
}

// dropsOut has an organization drop out of a place that is held on conditions, another asked to take its seat, and one that stays not agree.
func (r *running) dropsOut(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var id ids.Application
	must(t, system.Read().NewRaw(`SELECT d.application_id FROM decisions AS d JOIN place_conditions AS k ON k.application_id = d.application_id WHERE d.state = 'accepted' ORDER BY 1 LIMIT 1`).Scan(ctx, &id))
	r.exec(t, in, `UPDATE decisions SET state = 'conditional' WHERE application_id = ?`, id)
	var led []struct {
		Organization ids.Organization
		Email        string
	}
	must(t, system.Read().NewRaw(`SELECT p.organization_id AS organization, pe.email FROM application_parts AS p JOIN memberships AS m ON m.organization_id = p.organization_id AND m.role = 'lead'
		JOIN people AS pe ON pe.id = m.person_id WHERE p.application_id = ? ORDER BY p.seat DESC`, id).Scan(ctx, &led))
	leaves, stays := led[0], led[len(led)-1]
	reply := "/applications/" + id.String() + "/reply"
	b := r.enters(t, in, leaves.Email)
	b.Get(reply + "/departure")
	b.Submit(reply+"/departure", "reason", "We merge with another.")
	b.Want(http.StatusOK, "You have dropped out")
	v, err := r.app.selection.Vacancy(ctx, system, id, leaves.Organization, ids.Organization{})
	must(t, err)
	if len(v.Candidates) == 0 {
		t.Fatal("nobody can take a seat of a place")
	}
	asked := selection.Replacing{Leaving: leaves.Organization, Coming: v.Candidates[0].ID, Reason: "They have a new board.", Until: time.Now().AddDate(0, 0, 9)}
	must(t, r.app.selection.Replace(ctx, system, id, asked))
	var request string
	must(t, system.Read().NewRaw(`SELECT id::text FROM place_replacements`).Scan(ctx, &request))
	b = r.enters(t, in, stays.Email)
	page := "/applications/" + id.String() + "/replacements/" + request
	b.Get(page)
	b.Submit(page+"/refusal", "reason", "Ask us first.")
	b.Want(http.StatusOK, "The network is told")
	r.exec(t, in, `UPDATE decisions SET state = 'accepted' WHERE application_id = ?`, id)
}
