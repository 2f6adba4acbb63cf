package main

import (
	"context"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/programs"
	"kervan/tenants"
)

// TestJourneyAfterAcceptance: a coordinator lets the form builder ask a question only from accepted applicants; whoever applies
// is told beforehand and not asked; once the place is taken, the lead answers on a phone and sends, and the coordinator reads
// it and reminds the others.
func TestJourneyAfterAcceptance(t *testing.T) {
	t.Parallel()
	r := run(t)
	p := &panel{running: r, network: r.network(t, "afterwards"), look: uitest.Look{Language: "en"}, loc: r.app.catalog.Localizer(i18n.EN, nil)}
	p.begins(t)
	p.asksLater(t)
	p.look = uitest.Look{Language: "de", Phone: true}
	p.loc = r.app.catalog.Localizer(i18n.DE, nil)
	p.better, p.leads = p.joint(t, "Ihlamur", "Lindenhof")
	p.takesPlace(t)
	p.answersLater(t)
	p.loc = r.app.catalog.Localizer(i18n.EN, nil)
	p.readsLater()
	for _, v := range []*uitest.Visitor{p.coordinator, p.leads[0], p.leads[1]} {
		v.StayedOn(p.network.Slug + "." + r.host)
	}
}

// begins is a call in preparation and its coordinator.
func (p *panel) begins(t *testing.T) {
	t.Helper()
	sc := p.app.tenants.Bind(p.network, tenants.SystemActor("test"))
	c, err := p.app.programs.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	now := time.Now().Truncate(time.Minute)
	must(t, p.app.programs.Reframe(t.Context(), sc, c.ID, 1, programs.Frame{
		OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(30 * time.Hour), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000,
		GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All,
	}))
	p.call, p.people = c.ID, map[string]ids.Person{}
	p.coordinator = p.person(t, "Nazlıcan", tenants.Grant{Role: tenants.RoleCoordinator})
}

// asksLater sets the attribute, publishes, and looks at what visitors are told.
func (p *panel) asksLater(t *testing.T) {
	t.Helper()
	v := p.coordinator
	form := p.at("/program/calls/" + p.call.String() + "/form")
	v.Go(form + "/edit?question=volunteers&language=en")
	v.Shows(`[data-builder][data-ready]`)
	v.Tick("asked", "accepted")
	v.Shows(`.fb-state[data-state="saved"]`)
	v.Accessible("later-builder")
	v.Go(form + "/edit?question=volunteers&language=en")
	v.Shows(`input[name="asked"][value="accepted"]:checked`)
	p.publish(t, p.network, p.call)
	v.Go(p.at("/calls/" + p.call.String() + "/form"))
	v.Sees("After acceptance you will also be asked")
	v.Accessible("later-preview")
}

// takesPlace lets the network select the application, and its organizations take the place.
func (p *panel) takesPlace(t *testing.T) {
	t.Helper()
	system := p.app.tenants.Bind(p.network, tenants.SystemActor("test"))
	p.exec(t, p.network, `UPDATE calls SET closes_at = now() - interval '1 second' WHERE id = ?`, p.call)
	a, err := applications.Find(t.Context(), system.Read(), p.better.ID)
	must(t, err)
	must(t, p.app.applications.Check(t.Context(), system, a.ID, a.Version, nil))
	announce := func(e tenants.Event) {
		must(t, system.Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error { tx.Announce(e); return nil }))
	}
	lead, page := p.leads[0], p.at("/applications/"+a.ID.String())
	announce(events.DecisionReleased{Application: a.ID, Call: a.Call, Outcome: events.OutcomeSelected, ReplyBy: time.Now().Add(time.Hour)})
	lead.Await(page, p.say("applications.state.selected"))
	announce(events.PlaceAccepted{Application: a.ID, Call: a.Call})
	lead.Await(page, p.say("applications.later.link"))
}

// answersLater goes from the desk to the question, answers it, and sends.
func (p *panel) answersLater(t *testing.T) {
	t.Helper()
	lead, page := p.leads[0], p.at("/applications/"+p.better.ID.String()+"/after-acceptance")
	lead.Go(p.at("/desk"))
	lead.Sees(p.loc.N("applications.task.later", 1))
	lead.Press(p.loc.N("applications.task.later", 1))
	lead.Sees(p.say("applications.later.title"), p.say("applications.later.read_own"))
	p.looks(lead, "later")
	version, err := p.app.forms.Version(t.Context(), p.app.tenants.Bind(p.network, tenants.SystemActor("test")), p.better.FormVersion)
	must(t, err)
	section := version.Whole.Later().Sections[0]
	lead.Press(section.Title.String(i18n.DE, i18n.All...))
	lead.Fill("answers[volunteers]", "12")
	p.looks(lead, "later-section")
	lead.Press(p.say("applications.section.save"))
	lead.Press(p.say("applications.later.send"))
	lead.Sees(p.say("applications.later.sent"))
	p.looks(lead, "later-sent")
	lead.Go(p.at("/desk"))
	if lead.Has(`a[href="` + page + `"]`) {
		t.Error("the task stays after it was done")
	}
}

// readsLater reads what was sent, sets until when the others may, and reminds them.
func (p *panel) readsLater() {
	v := p.coordinator
	v.Go(p.at("/applications"))
	v.Press(p.say("applications.later.title"))
	v.Sees("Ihlamur", p.say("applications.later.state.sent"), p.say("applications.later.state.not_begun"))
	v.Accessible("later-list")
	v.Set("due", "2090-03-01")
	v.Press(p.say("applications.later.set_due"))
	v.Sees(p.say("applications.later.due_set"))
	v.Press(p.say("applications.later.remind"))
	v.Sees(p.say("applications.later.reminded"))
	v.Go(p.at("/applications/" + p.better.ID.String() + "/dossier"))
	v.Sees("12", p.say("applications.later.not_sent"))
	v.Accessible("later-dossier")
	p.leads[1].Await(p.at("/applications/"+p.better.ID.String()+"/after-acceptance"), "2090")
}
