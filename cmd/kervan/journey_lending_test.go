package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/lending"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// TestJourneyOfALentReviewer goes over two networks: the coordinator of the one asks in Turkish, that of the other agrees in German, the
// person whom they name accepts, declares, reviews and hands in; the lending network learns how much and never what of, takes them
// back, and from then on they find nothing. Six months later neither network knows who it was.
func TestJourneyOfALentReviewer(t *testing.T) {
	t.Parallel()
	if lending.Kept != reviewers.KeptInvited {
		t.Errorf("one network knows for %d months who was lent, the other for %d", lending.Kept, reviewers.KeptInvited)
	}
	const name, email = "Ümit Çınar", "umit@cinar.example"
	r := run(t)
	home := r.network(t, "lends")
	p := &panel{running: r, network: r.network(t, "borrows"), look: uitest.Look{Language: "tr", Phone: true}, loc: r.app.catalog.Localizer(i18n.TR, nil)}
	german := r.app.catalog.Localizer(i18n.DE, nil)
	p.call, p.people = p.openCall(t, p.app.tenants.Bind(p.network, tenants.SystemActor("test"))), map[string]ids.Person{}
	p.officer = p.person(t, "Barış", tenants.Grant{Role: tenants.RoleOfficer})
	p.coordinator = p.person(t, "Nazlıcan", tenants.Grant{Role: tenants.RoleCoordinator})
	p.better, p.leads = p.joint(t, "Ihlamur", "Lindenhof")
	p.weaker, _ = p.joint(t, "Zeytin", "Olivenhain")
	p.exec(t, p.network, `UPDATE calls SET closes_at = now() - interval '1 second' WHERE id = ?`, p.call)
	p.checks()

	// At home the coordinator lets others ask, and the reviewer agrees to be lent.
	r.member(t, home, "Jürgen Weiß", "juergen@lends.example", i18n.DE, tenants.Grant{Role: tenants.RoleCoordinator})
	r.member(t, home, name, email, i18n.TR, tenants.Grant{Role: tenants.RoleReviewer})
	juergen := uitest.Visit(t, uitest.Look{Language: "de", Dark: true})
	enters := func(v *uitest.Visitor, address, email string, loc *i18n.Localizer) {
		v.Go(address)
		v.Fill("email", email)
		v.Fill("password", password)
		v.Press(loc.T("ui.sign_in"))
	}
	enters(juergen, r.address("lends", "/lending"), "juergen@lends.example", german)
	juergen.Tick("allowed", "")
	juergen.Press(german.T("lending.allow.do"))
	juergen.Sees(german.T("lending.allow.done"), german.T("lending.empty"))
	juergen.Accessible("lending-desk-de-dark")
	umit := uitest.Visit(t, p.look)
	enters(umit, r.address("lends", "/reviews/profile"), email, p.loc)
	umit.Tick("lendable", "")
	umit.Press(p.say("selection.profile.save"))

	p.coordinator.Go(p.selection("/lending"))
	p.coordinator.Choose("lender", home.ID.String())
	p.coordinator.Fill("wanted", "1")
	p.coordinator.Fill("reviews", "2")
	p.coordinator.Set("due", time.Now().AddDate(0, 0, 20).Format(time.DateOnly))
	p.coordinator.Fill("message", "Türkçe okuyan birine ihtiyacımız var.")
	p.coordinator.Press(p.say("lending.ask.do"))
	p.coordinator.Sees(p.say("lending.asked"), home.Name, p.say("lending.state.waiting"))
	p.looks(p.coordinator, "lending-asked")

	juergen.Await(r.address("lends", "/lending"), p.network.Name)
	juergen.Press(p.network.Name)
	juergen.Sees("Türkçe okuyan birine ihtiyacımız var.", name)
	juergen.Accessible("lending-request-de-dark")
	request := juergen.Address()
	juergen.Tick("person", r.personCalled(t, home, name).String())
	juergen.Press(german.T("lending.agree.do"))
	juergen.Sees(german.T("lending.agreed"), german.T("lending.stage.asked"))

	// One click, and a login that they have: they are a reviewer there.
	umit.Go(r.mail(t, umit, "borrows", email, "/reviewer-invitations/"))
	umit.Sees(home.Name)
	umit.Press(p.say("selection.asked.accept"))
	umit.Sees(p.say("selection.asked.sign_in"))
	umit.Fill("email", email)
	umit.Fill("password", password)
	umit.Press(p.say("ui.sign_in"))
	umit.Sees(p.say("selection.profile.lead"))
	p.people[name] = r.personCalled(t, p.network, name)
	p.assigns([]applications.Application{p.better}, name)
	p.reviews(t, umit, p.better, name, input.Digit7)
	if strings.Contains(umit.Text(), p.weaker.Number) {
		t.Error("who is lent sees an application that is not theirs")
	}
	for _, path := range []string{"/applications/" + p.weaker.ID.String() + "/dossier", "/selection/" + p.call.String(), "/people", "/lending"} {
		if read, _ := p.reads(t, umit, path); read {
			t.Errorf("who is lent reads %s", path)
		}
	}
	p.coordinator.Await(p.selection("/lending"), p.say("lending.stage.accepted"))
	p.coordinator.Go(p.selection("/invitations"))
	p.coordinator.Sees(name, p.say("selection.invitation_state.accepted"))
	juergen.Await(request, german.T("lending.done", "Done", "1", "Given", "1"))
	juergen.Accessible("lending-done-de-dark")
	for _, word := range []string{p.better.Number, "Ihlamur", "Lindenhof"} {
		if strings.Contains(juergen.Text(), word) {
			t.Errorf("the lending network reads %q", word)
		}
	}

	juergen.Press(german.T("lending.end"))
	juergen.Sees(german.T("lending.ended"), german.T("lending.stage.ended"))
	p.coordinator.Await(p.selection("/invitations"), p.say("selection.lent.is_over"))
	for _, path := range []string{"/reviews", "/reviews/profile", strings.TrimPrefix(p.review(t, p.better, name), p.at(""))} {
		if read, text := p.reads(t, umit, path); read || strings.Contains(text, p.better.Number) {
			t.Errorf("who is not lent any more reads %s", path)
		}
	}

	// Six months later.
	p.exec(t, p.network, `UPDATE reviewer_invitations SET ended_at = ended_at - interval '7 months' WHERE ended_at IS NOT NULL`)
	must(t, r.app.tenants.Platform().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`UPDATE lending_loans SET moved_at = moved_at - interval '7 months' WHERE request_id IN (SELECT id FROM lending_requests WHERE asker_id = ?)`, p.network.ID).Exec(ctx)
		return err
	}))
	for _, job := range []string{reviewers.ForgetJob, lending.ForgetJob} {
		must(t, r.app.tenants.Do(t.Context(), jobs.Envelope{Name: job, Payload: json.RawMessage("{}")}))
	}
	p.coordinator.Await(p.selection("/invitations"), p.loc.N("selection.invitations.forgotten", reviewers.KeptInvited))
	p.looks(p.coordinator, "lending-forgotten")
	if strings.Contains(p.coordinator.Text(), name) {
		t.Error("the borrowing network knows who was lent")
	}
	p.coordinator.Press(p.loc.N("selection.invitations.forgotten", reviewers.KeptInvited))
	p.coordinator.Sees(p.loc.N("selection.invitations.forgotten_text", reviewers.KeptInvited))
	p.coordinator.Await(p.selection("/lending"), p.loc.N("lending.forgotten", lending.Kept))
	juergen.Await(request, german.N("lending.forgotten", lending.Kept))
	juergen.Accessible("lending-forgotten-de-dark")
	if strings.Contains(juergen.Text(), name) {
		t.Error("the lending network knows who was lent")
	}
	p.coordinator.StayedOn("borrows." + r.host)
	juergen.StayedOn("lends." + r.host)
}

// reads reports whether somebody at a window can read a page, which is neither missing nor refused, and what they see.
func (p *panel) reads(t *testing.T, v *uitest.Visitor, path string) (bool, string) {
	t.Helper()
	v.Go(p.at(path))
	text := v.Text()
	return !strings.Contains(text, p.say("fault.not_found")) && !strings.Contains(text, p.say("fault.forbidden")), text
}

// personCalled is who has the name in a network.
func (r *running) personCalled(t *testing.T, network tenants.Tenant, name string) ids.Person {
	t.Helper()
	var id ids.Person
	must(t, r.app.tenants.Bind(network, tenants.SystemActor("test")).Read().NewRaw(`SELECT id FROM people WHERE name = ?`, name).Scan(t.Context(), &id))
	return id
}
