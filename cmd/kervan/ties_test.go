package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/organizations"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// TestTiesAreSeenAcrossModules looks for conflicts of interest from what the other modules know: a past partnership,
// an invitation that was taken back, one to an address, and somebody who belongs to two organizations.
func TestTiesAreSeenAcrossModules(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "ties")
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	call := r.openCall(t, system)
	belongs := func(email string, country geo.Country, also ...tenants.Grant) (tenants.Scope, ids.Organization) {
		t.Helper()
		name, _, _ := strings.Cut(email, "@")
		done, err := r.app.organizations.Register(t.Context(), system, organizations.Organization{Name: name, Form: organizations.Association, Country: country, City: "Muğla"}, true)
		must(t, err)
		g := tenants.Grant{Role: tenants.RoleLead, Organization: done.Organization.ID}
		card, err := r.app.accounts.Ensure(t.Context(), system, name, email, "", i18n.EN, append(also, g)...)
		must(t, err)
		return r.app.tenants.Bind(network, tenants.Actor{Person: card.ID, Name: name, Locale: i18n.EN, Grants: []tenants.Grant{g}}), done.Organization.ID
	}
	reviewer := tenants.Grant{Role: tenants.RoleReviewer}
	one, ours := belongs("one@one.example", "TR")
	two, _ := belongs("two@two.example", "DE")
	_, guest := belongs("guest@guest.example", "DE", reviewer)
	_, partner := belongs("partner@partner.example", "DE", reviewer)
	_, shared := belongs("shared@shared.example", "DE", reviewer)
	belongs("stranger@stranger.example", "DE", reviewer)
	belongs("money@guest.example", "DE", tenants.Grant{Role: tenants.RoleFinance}) // writes from a guest's domain, which says nothing
	_, office := belongs("office@office.example", "DE", tenants.Grant{Role: tenants.RoleOfficer})
	r.member(t, network, "address", "address@address.example", i18n.EN, reviewer)
	r.member(t, network, "two", "two@two.example", i18n.EN, tenants.Grant{Role: tenants.RoleParticipant, Organization: shared})
	application := r.handedIn(t, call, one, two)
	r.exec(t, network, `INSERT INTO partner_invitations (id, application_id, seat, organization_id, state, invited_at) VALUES (gen_random_uuid(), ?, 'eu', ?, 'revoked', now())`, application, guest)
	r.exec(t, network, `INSERT INTO partner_invitations (id, application_id, seat, organization_id, state, invited_at) VALUES (gen_random_uuid(), ?, 'eu', ?, 'declined', now())`, application, office)
	r.exec(t, network, `INSERT INTO partner_invitations (id, application_id, seat, email, name, state, invited_at) VALUES (gen_random_uuid(), ?, 'eu', 'Address@address.example', 'A', 'revoked', now())`, application)
	r.exec(t, network, `WITH p AS (INSERT INTO partnerships (id, application_id, call_id, number, title, search, state) VALUES (gen_random_uuid(), gen_random_uuid(), ?, '2020-1', 'Old', 'old', 'completed') RETURNING id)
		INSERT INTO partnership_seats (partnership_id, key, place, organization_id) SELECT p.id, s.key, s.place, s.organization FROM p, (VALUES ('tr', 0, ?::uuid), ('eu', 1, ?::uuid)) AS s (key, place, organization)`, call, ours, partner)
	r.exec(t, network, `UPDATE applications SET state = 'eligible' WHERE id = ?`, application)
	must(t, r.app.selection.Look(t.Context(), system, events.ApplicationChecked{Application: application, Call: call, Eligible: true}))
	var found []struct{ Name, Kind string }
	must(t, system.Read().NewRaw(`SELECT p.name, c.kind FROM conflicts AS c JOIN people AS p ON p.id = c.person_id WHERE c.application_id = ? ORDER BY p.name`, application).Scan(t.Context(), &found))
	want := []struct{ Name, Kind string }{{"address", "invitation"}, {"guest", "invitation"}, {"office", "invitation"}, {"partner", "partnership"}, {"shared", "people"}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
}

// TestTiesOfTheTeamHideAnApplicationFromTheFirstLook hands an application in whose organization was once in a partnership with that of
// a coordinator: she finds it nowhere, before anybody has checked it, and another does.
func TestTiesOfTheTeamHideAnApplicationFromTheFirstLook(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "team")
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	call := r.openCall(t, system)
	var leads []tenants.Scope
	var organizationsOf []ids.Organization
	for name, country := range map[string]geo.Country{"ihlamur": "TR", "zeytin": "DE"} {
		done, err := r.app.organizations.Register(t.Context(), system, organizations.Organization{Name: name, Form: organizations.Association, Country: country, City: "Muğla"}, true)
		must(t, err)
		g := tenants.Grant{Role: tenants.RoleLead, Organization: done.Organization.ID}
		card, err := r.app.accounts.Ensure(t.Context(), system, name, name+"@"+name+".example", "", i18n.EN, g)
		must(t, err)
		sc := r.app.tenants.Bind(network, tenants.Actor{Person: card.ID, Name: name, Locale: i18n.EN, Grants: []tenants.Grant{g}})
		if country == "TR" {
			leads, organizationsOf = append([]tenants.Scope{sc}, leads...), append([]ids.Organization{done.Organization.ID}, organizationsOf...)
		} else {
			leads, organizationsOf = append(leads, sc), append(organizationsOf, done.Organization.ID)
		}
	}
	done, err := r.app.organizations.Register(t.Context(), system, organizations.Organization{Name: "the umbrella", Form: organizations.Association, Country: "DE", City: "Köln"}, true)
	must(t, err)
	r.exec(t, network, `WITH p AS (INSERT INTO partnerships (id, application_id, call_id, number, title, search, state) VALUES (gen_random_uuid(), gen_random_uuid(), ?, '2020-1', 'Old', 'old', 'completed') RETURNING id)
		INSERT INTO partnership_seats (partnership_id, key, place, organization_id) SELECT p.id, s.key, s.place, s.organization FROM p, (VALUES ('tr', 0, ?::uuid), ('eu', 1, ?::uuid)) AS s (key, place, organization)`,
		call, organizationsOf[0], done.Organization.ID)
	tied := r.signedIn(t, network, "tied@team.example", tenants.Grant{Role: tenants.RoleCoordinator}, tenants.Grant{Role: tenants.RoleParticipant, Organization: done.Organization.ID})
	free := r.signedIn(t, network, "free@team.example", tenants.Grant{Role: tenants.RoleCoordinator})
	r.member(t, network, "reads", "reads@reads.example", i18n.EN, tenants.Grant{Role: tenants.RoleReviewer})
	must(t, stopWorker(r.app))
	figures := tied.Get("/figures?format=csv").Body
	application := r.handedIn(t, call, leads[0], leads[1])
	must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, network.ID.String()))
	var number string
	must(t, system.Read().NewRaw(`SELECT number FROM applications WHERE id = ?`, application).Scan(t.Context(), &number))
	for _, path := range []string{"/applications", "/applications?q=ihlamur", "/applications?format=csv", "/applications/" + application.String(), "/trail", "/outbox", "/desk"} {
		sees := func(b interface{ Get(string) sitetest.Page }) bool {
			page := b.Get(path)
			return page.Status == http.StatusOK && (strings.Contains(page.Body, application.String()) || strings.Contains(page.Body, number))
		}
		if sees(tied) {
			t.Errorf("%s shows it to whoever is tied to it", path)
		}
		if strings.HasPrefix(path, "/applications") && !sees(free) {
			t.Errorf("%s does not show it to anybody", path)
		}
	}

	// A mail about somebody's reviews says how many there are: who must not know of one of them does not read it.
	r.exec(t, network, `UPDATE applications SET state = 'eligible' WHERE id = ?`, application)
	var reader ids.Person
	must(t, system.Read().NewRaw(`SELECT id FROM people WHERE email = 'reads@reads.example'`).Scan(t.Context(), &reader))
	refused, err := r.app.selection.Assign(t.Context(), system, call, selection.Assignment{Applications: []ids.Application{application}, Reviewers: []ids.Person{reader}, DueAt: time.Now().AddDate(0, 0, 9)})
	if err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, network.ID.String()))
	if !strings.Contains(free.Get("/outbox?format=csv").Body, "reads@reads.example") || strings.Contains(tied.Get("/outbox?format=csv").Body, "reads@reads.example") {
		t.Error("mails about reviews are read by who is tied to an application of the call, or by nobody")
	}
	if now := tied.Get("/figures?format=csv").Body; now != figures || free.Get("/figures?format=csv").Body == figures {
		t.Errorf("the figures count it for who is tied to it, or for nobody:\n%s", cmp.Diff(figures, now))
	}
}
