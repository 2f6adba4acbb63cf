package main

import (
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/organizations"
	"kervan/modules/programs"
	"kervan/tenants"
)

// panel are the people of a network who decide about two joint applications, each at a window of their own, and the leads.
type panel struct {
	*running

	network                                 tenants.Tenant
	look                                    uitest.Look
	loc                                     *i18n.Localizer
	call                                    ids.Call
	better, weaker                          applications.Application
	officer, coordinator, chair, one, other *uitest.Visitor
	people                                  map[string]ids.Person
	leads                                   []*uitest.Visitor // of the better application
	loser                                   *uitest.Visitor
}

func (p *panel) say(key string) string { return p.loc.T(key) }

func (p *panel) at(path string) string { return p.address(p.network.Slug, path) }

func (p *panel) selection(below string) string { return p.at("/selection/" + p.call.String() + below) }

func (p *panel) looks(v *uitest.Visitor, name string) {
	suffix := p.look.Language
	if p.look.Phone {
		suffix += "-phone"
	}
	v.Accessible("select-" + name + "-" + suffix)
}

// person makes somebody of the network and opens a window for them.
func (p *panel) person(t *testing.T, name string, g tenants.Grant) *uitest.Visitor {
	t.Helper()
	email := "somebody@" + p.network.Slug + "." + strings.ReplaceAll(i18n.SearchKey(name), " ", "-") + ".example" // of houses of their own: one house would be a conflict of interest
	p.member(t, p.network, name, email, p.loc.Locale, g)
	card, err := p.app.accounts.Ensure(t.Context(), p.app.tenants.Bind(p.network, tenants.SystemActor("test")), name, email, "", p.loc.Locale)
	if err != nil {
		t.Fatal(err)
	}
	p.people[name] = card.ID
	v := uitest.Visit(t, p.look)
	v.Go(p.at("/sign-in"))
	v.Fill("email", email)
	v.Fill("password", password)
	v.Press(p.say("ui.sign_in"))
	v.Sees(name)
	return v
}

// joint is an application of two organizations that was handed in, and the windows of their leads.
func (p *panel) joint(t *testing.T, names ...string) (applications.Application, []*uitest.Visitor) {
	t.Helper()
	var scopes []tenants.Scope
	var windows []*uitest.Visitor
	for i, name := range names {
		done, err := p.app.organizations.Register(t.Context(), p.app.tenants.Bind(p.network, tenants.SystemActor("test")), organizations.Organization{
			Name: name, Form: organizations.Association, Country: []geo.Country{"TR", "DE"}[i], City: "Muğla",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		g := tenants.Grant{Role: tenants.RoleLead, Organization: done.Organization.ID}
		windows = append(windows, p.person(t, name+"-lead", g))
		lead := tenants.Actor{Person: p.people[name+"-lead"], Name: name + "-lead", Locale: p.loc.Locale, Grants: []tenants.Grant{g}}
		scopes = append(scopes, p.app.tenants.Bind(p.network, lead))
	}
	id := p.handedIn(t, p.call, scopes[0], scopes[1])
	a, err := applications.Find(t.Context(), scopes[0].Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a, windows
}

// review is the address of somebody's review of an application.
func (p *panel) review(t *testing.T, a applications.Application, name string) string {
	t.Helper()
	var id ids.Review
	err := p.app.tenants.Bind(p.network, tenants.SystemActor("test")).Read().
		NewRaw(`SELECT id FROM reviews WHERE application_id = ? AND person_id = ?`, a.ID, p.people[name]).Scan(t.Context(), &id)
	if err != nil {
		t.Fatal(err)
	}
	return p.at("/reviews/" + id.String())
}

func (p *panel) open(t *testing.T) {
	t.Helper()
	system := p.app.tenants.Bind(p.network, tenants.SystemActor("test"))
	p.call, p.people = p.openCall(t, system), map[string]ids.Person{}
	p.officer = p.person(t, "Barış", tenants.Grant{Role: tenants.RoleOfficer})
	p.coordinator = p.person(t, "Nazlıcan", tenants.Grant{Role: tenants.RoleCoordinator})
	p.chair = p.person(t, "Ottilie", tenants.Grant{Role: tenants.RoleChair})
	p.one = p.person(t, "Anneke", tenants.Grant{Role: tenants.RoleReviewer})
	p.other = p.person(t, "Bogdan", tenants.Grant{Role: tenants.RoleReviewer})
	p.better, p.leads = p.joint(t, "Ihlamur", "Lindenhof")
	var losers []*uitest.Visitor
	p.weaker, losers = p.joint(t, "Zeytin", "Olivenhain")
	p.loser = losers[0]
	p.exec(t, p.network, `UPDATE calls SET closes_at = now() - interval '1 second' WHERE id = ?`, p.call)
}

// checks finds both applications eligible.
func (p *panel) checks() {
	p.officer.Go(p.at("/applications?state=submitted"))
	p.officer.Sees(p.better.Number, p.weaker.Number)
	p.looks(p.officer, "applications")
	for _, a := range []applications.Application{p.better, p.weaker} {
		p.officer.Go(p.at("/applications/" + a.ID.String() + "/dossier"))
		p.officer.Tick("result", "eligible")
		p.looks(p.officer, "check")
		p.officer.Press(p.say("applications.check.do"))
	}
}

// assigns gives applications to reviewers by hand.
func (p *panel) assigns(all []applications.Application, reviewers ...string) {
	p.officer.Go(p.selection(""))
	for _, a := range all {
		p.officer.Tick("application", a.ID.String())
	}
	for _, name := range reviewers {
		p.officer.Tick("reviewer", p.people[name].String())
	}
	p.looks(p.officer, "assign")
	p.officer.Press(p.say("selection.assign.do"))
}

// reviews declares that there is no conflict of interest, scores every criterion and submits.
func (p *panel) reviews(t *testing.T, v *uitest.Visitor, a applications.Application, name string, score input.Key) {
	t.Helper()
	c, err := programs.Find(t.Context(), p.app.tenants.Bind(p.network, tenants.SystemActor("test")).Read(), p.call)
	if err != nil {
		t.Fatal(err)
	}
	v.Go(p.at("/reviews"))
	v.Sees(a.Number)
	v.Go(p.review(t, a, name))
	p.looks(v, "declare")
	v.Press(p.say("selection.declare.none"))
	for _, k := range c.Criteria {
		v.Hit(`[name="answers[`+k.Key+`][score]"]`, score)
		v.Fill("answers["+k.Key+"][text]", strings.Repeat("Somut, gerçekçi ve iki tarafın da ihtiyacından doğuyor. ", 3))
	}
	p.looks(v, "review")
	v.Press(p.say("selection.review.check"))
	p.looks(v, "review-submission")
	v.Press(p.say("selection.submit.do"))
	v.Sees(p.say("selection.review.yours"))
	p.looks(v, "review-submitted")
}

// recuses declares a conflict of interest: from then on the application is nowhere.
func (p *panel) recuses(t *testing.T, v *uitest.Visitor, a applications.Application, name string) {
	t.Helper()
	v.Go(p.review(t, a, name))
	v.Tick("kind", "cooperation")
	v.Press(p.say("selection.declare.step_aside"))
	v.Go(p.at("/reviews"))
	if strings.Contains(v.Text(), a.Number) {
		t.Error("a conflicted application is still in the queue")
	}
	v.Go(p.at("/applications/" + a.ID.String() + "/dossier"))
	if strings.Contains(v.Text(), "Zeytin") {
		t.Error("a conflicted application is still to be read")
	}
}

// decides selects one and rejects the other; a second person signs; the list is released.
func (p *panel) decides() {
	for outcome, a := range map[string]applications.Application{"selection.decide.selected": p.better, "selection.decide.rejected": p.weaker} {
		p.coordinator.Go(p.selection("/ranking"))
		p.coordinator.Tick("application", a.ID.String())
		p.looks(p.coordinator, "ranking")
		p.coordinator.Press(p.say(outcome))
	}
	p.coordinator.Go(p.selection("/decisions/closing"))
	p.looks(p.coordinator, "closing")
	p.coordinator.Press(p.say("selection.close.do"))
	p.coordinator.Go(p.selection("/decisions/signature"))
	p.coordinator.Sees(p.say("selection.sign.four_eyes"))
	p.chair.Go(p.selection("/decisions/signature"))
	p.looks(p.chair, "signature")
	p.chair.Press(p.say("selection.sign.do"))
	p.leads[0].Go(p.at("/applications/" + p.better.ID.String()))
	p.leads[0].Sees(p.say("applications.state.in_review"))
	p.coordinator.Await(p.at("/outbox?status=held"), p.weaker.Number)
	p.looks(p.coordinator, "letters")
	p.coordinator.Go(p.selection("/decisions/release"))
	p.looks(p.coordinator, "release")
	p.coordinator.Press(p.say("selection.release.do"))
	p.looks(p.coordinator, "released")
}

// answers lets both organizations take the place; a partnership stands.
func (p *panel) answers() {
	p.loser.Await(p.at("/applications/"+p.weaker.ID.String()), p.say("applications.state.rejected"))
	p.looks(p.loser, "rejected")
	for i, lead := range p.leads {
		lead.Await(p.at("/desk"), p.better.Number)
		p.looks(lead, "offered-desk")
		lead.Go(p.at("/applications/" + p.better.ID.String() + "/reply"))
		p.looks(lead, "offer")
		lead.Press(p.say("selection.offer.accept_do"))
		if i == 0 {
			lead.Sees(p.say("selection.offer.waiting"))
		}
	}
	p.leads[1].Sees(p.say("selection.offer.accepted"))
	p.looks(p.leads[1], "accepted")
	p.leads[0].Await(p.at("/my-partnerships"), "Ihlamur + Lindenhof")
	p.looks(p.leads[0], "my-partnerships")
	p.coordinator.Await(p.at("/partnerships"), "Ihlamur + Lindenhof")
	p.coordinator.Press("Ihlamur + Lindenhof")
	p.coordinator.Sees("Ihlamur", "Lindenhof", "3.500")
	p.looks(p.coordinator, "partnership")
}

// TestJourneyFromCheckToPartnership goes the second half of the way, in Turkish on phones and in German at desks: an
// officer checks and assigns, a reviewer with a conflict of interest steps aside from one application and another reads it
// instead, two score each, the coordinator decides, the chair signs, letters are released, the leads answer, and a
// partnership stands.
func TestJourneyFromCheckToPartnership(t *testing.T) {
	t.Parallel()
	r := run(t)
	for _, look := range []uitest.Look{{Language: "tr", Phone: true}, {Language: "de"}} {
		t.Run(look.Language, func(t *testing.T) {
			p := &panel{running: r, network: r.network(t, "select-"+look.Language), look: look, loc: r.app.catalog.Localizer(i18n.Locale(look.Language), nil)}
			p.open(t)
			p.checks()
			p.assigns([]applications.Application{p.better, p.weaker}, "Anneke")
			p.assigns([]applications.Application{p.better}, "Bogdan")
			p.reviews(t, p.one, p.better, "Anneke", input.Digit8)
			p.recuses(t, p.one, p.weaker, "Anneke")
			third := p.person(t, "Ketevan", tenants.Grant{Role: tenants.RoleReviewer})
			p.assigns([]applications.Application{p.weaker}, "Bogdan", "Ketevan")
			p.reviews(t, p.other, p.better, "Bogdan", input.Digit7)
			p.reviews(t, p.other, p.weaker, "Bogdan", input.Digit4)
			p.reviews(t, third, p.weaker, "Ketevan", input.Digit3)
			p.decides()
			p.answers()
			for _, v := range []*uitest.Visitor{p.officer, p.coordinator, p.chair, p.one, p.other, third, p.leads[0], p.leads[1], p.loser} {
				v.StayedOn(p.network.Slug + "." + r.host)
			}
		})
	}
}
