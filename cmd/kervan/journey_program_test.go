package main

import (
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// preparing is a call whose coordinator, and later everybody else, goes the whole way with it in browsers.
type preparing struct {
	*running

	network tenants.Tenant
	ipek    *uitest.Visitor // the coordinator
	call    ids.Call
	at      string // the call's address
}

// asks is what the call's form asks as it stands: its draft.
func (p *preparing) asks(t *testing.T) *forms.Definition {
	t.Helper()
	sc := p.app.tenants.Bind(p.network, tenants.SystemActor("test"))
	c, err := p.app.programs.Call(t.Context(), sc, p.call)
	must(t, err)
	d, err := p.app.programs.Definition(t.Context(), sc, c)
	must(t, err)
	return d
}

// becomes waits until the draft is as wanted.
func (p *preparing) becomes(t *testing.T, wanted func(d *forms.Definition) bool) {
	t.Helper()
	if !p.soon(t, wanted) {
		t.Fatal("the form never became as it was wanted")
	}
}

// soon waits until the draft is as wanted, and reports whether it became so.
func (p *preparing) soon(t *testing.T, wanted func(d *forms.Definition) bool) bool {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); <-tick.C {
		if wanted(p.asks(t)) {
			return true
		}
	}
	return false
}

// words gives a question of the first section other words in the builder and waits until they are kept.
func (p *preparing) words(key, words string) {
	p.ipek.Hit(`#fb-outline [data-key="`+key+`"] a`, input.Enter)
	p.ipek.Shows(`#fb-form input[name="question"][value="` + key + `"]`)
	p.ipek.Write(`#fb-form [name="label"]`, words)
	p.ipek.Shows(`.fb-state[data-state="saved"]`)
	p.ipek.Sees(words)
}

func (p *preparing) last(t *testing.T) ids.Call {
	t.Helper()
	address := p.ipek.Address()
	id, err := ids.Parse[ids.Call](address[strings.LastIndexByte(address, '/')+1:])
	if err != nil {
		t.Fatalf("%s is no call's address", address)
	}
	return id
}

// TestJourneyOfAProgram: a coordinator takes a blueprint, makes its seats, questions, looks, words and languages the network's own,
// tries the call with invented applicants, and opens it; an applicant begins; a question is changed and the applicant is told; the next year's call is made
// from this one; the core takes what the network proposes into the next version, and the network takes half of that.
func TestJourneyOfAProgram(t *testing.T) {
	t.Parallel()
	r := run(t)
	r.core(t, "defne@"+r.host+".example")
	p := &preparing{running: r, network: r.coordinated(t, "ihlamurlar", "ipek@ihlamurlar.example"), ipek: uitest.Visit(t, uitest.Look{Language: "en"})}
	p.adopts(t)
	p.speaks(t)
	p.designs(t)
	room := p.rehearses(t)
	p.opens(t)
	p.wiped(t, room)
	p.visited(t)
	lead := p.isApplied(t)
	p.changes(t, lead)
	p.again(t)
	p.upgrades(t)
	p.ipek.StayedOn("ihlamurlar."+r.host, room.Slug+"."+r.host)
	lead.StayedOn("ihlamurlar." + r.host)
}

// adopts begins a call from the blueprint and sets three seats.
func (p *preparing) adopts(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Go(p.address("ihlamurlar", "/program/calls"))
	v.Fill("email", "ipek@ihlamurlar.example")
	v.Fill("password", password)
	v.Press("Sign in")
	v.Fill("cycle", "2027")
	v.Press("Begin")
	v.Sees("The draft is ready")
	p.call = p.last(t)
	p.at = p.address("ihlamurlar", "/program/calls/"+p.call.String())
	v.Go(p.at + "/blueprint")
	v.Sees("Your call is as the blueprint is")

	v.Go(p.at + "/seats")
	v.Press("Add a seat")
	v.Sees("Seat 3", "Not saved yet")
	for _, l := range []string{"en", "tr", "de"} {
		v.Fill("name_"+l+"_2", map[string]string{"en": "Local initiative", "tr": "Yerel girişim", "de": "Lokale Initiative"}[l])
	}
	v.Choose("least_2", "0")
	v.Press("Save")
	v.Sees("Local initiative")
	v.Accessible("program-seats")
}

// adds puts a question of a type behind the others, asked of associations only.
func (p *preparing) adds(label, key, kind string) {
	v := p.ipek
	v.Go(p.at + "/form/edit?language=en")
	v.Shows(`[data-builder][data-ready]`)
	v.Unfold("Add a question")
	v.Hit(`#fb-new-label`, []input.Key(label)...)
	v.Pick(`.fb-add select[name="type"]`, kind)
	v.PressHere("Add")
	v.Shows(`#fb-form input[name="question"][value="` + key + `"]`)
	v.PressHere("Add a condition")
	v.Choose("when.0.question", "legal_form")
	v.Shows(`select[name="when.0.value"]`)
	v.Choose("when.0.value", "association")
	v.Sees("Asked if “What are you before the law?” is “Association”")
	v.Shows(`.fb-state[data-state="saved"]`)
}

// designs changes two questions, adds one and a budget, each with a condition, and says them in the other languages.
func (p *preparing) designs(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Go(p.at + "/form/edit?language=en")
	v.Shows(`[data-builder][data-ready]`)
	first := p.asks(t).Sections[0]
	p.words(first.Questions[0].Key, "What are you called?")
	p.words(first.Questions[1].Key, "And in English?")
	p.adds("Which river?", "which_river", "short_text")
	p.adds("What will it cost?", "what_will_it_cost", "budget")
	v.Write(`#fb-form [name="ceiling"]`, "3,500")
	p.becomes(t, func(d *forms.Definition) bool {
		q, _, _ := d.Question("what_will_it_cost")
		return q != nil && q.Max == "3500"
	})
	v.Accessible("program-budget")
	v.Press("Translate side by side")
	v.Sees("Missing")
	v.Fill("text.tr.q.which_river.label", "Hangi nehir?")
	v.Fill("text.de.q.which_river.label", "Welcher Fluss?")
	v.Fill("text.tr.q.what_will_it_cost.label", "Maliyeti ne olacak?")
	v.Fill("text.de.q.what_will_it_cost.label", "Was wird es kosten?")
	v.PressHere("Save")
	v.Sees("Nothing is missing")
	v.Accessible("program-translation")
	if q, _, _ := p.asks(t).Question("which_river"); q == nil || q.Label[i18n.TR] != "Hangi nehir?" || q.Condition == nil {
		t.Fatalf("the new question is %+v", q)
	}
	v.Go(p.at + "/blueprint")
	v.Sees("5 differences", "Which river?")
	v.Accessible("program-difference")
}

// opens brands the site, sets the dates and publishes.
func (p *preparing) opens(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Go(p.address("ihlamurlar", "/settings/brand"))
	v.Set("primary", "#7a2e4d")
	v.Choose("typeface", "bitter")
	v.Press("Save")
	v.Sees("saved")
	v.Go(p.at)
	v.Press("Dates, places, grant")
	v.Set("opens_date", time.Now().AddDate(0, 0, -1).Format(time.DateOnly))
	v.Set("closes_date", time.Now().AddDate(0, 0, 30).Format(time.DateOnly))
	v.Fill("places", "8")
	v.Fill("grant", "3,500.00")
	v.Press("Save")
	v.Sees("Saved.")
	v.Go(p.at + "/calendar")
	v.Accessible("program-calendar")
	v.Go(p.at)
	v.Press("Publish the call")
	v.Press("The list is signed by a coordinator")
	v.Fill("remark", "Tried on paper.")
	v.Tick("confirmed", "")
	v.Press("Sign and send to the core team")
	v.Sees("Tried on paper.")
	p.countersign(t, p.network, p.call)
	v.Go(p.at + "/readiness")
	v.Press("Open the call")
	v.Press("Publish now")
	v.Sees("The call is published.")
	v.Accessible("program-open")
}

// isApplied is an organization's lead on a phone, who begins an application and writes the first answer.
func (p *preparing) isApplied(t *testing.T) *uitest.Visitor {
	t.Helper()
	p.member(t, p.network, "Ilgaz Şahin", "ilgaz@ihlamur.example", i18n.EN, tenants.Grant{
		Role: tenants.RoleLead, Organization: p.organization(t, p.network, "Ihlamur Komşuluk Derneği", "kurucu@ihlamur.example"),
	})
	lead := uitest.Visit(t, uitest.Look{Language: "en", Phone: true, Dark: true})
	lead.Go(p.address("ihlamurlar", "/sign-in"))
	lead.Fill("email", "ilgaz@ihlamur.example")
	lead.Fill("password", password)
	lead.Press("Sign in")
	lead.Go(p.address("ihlamurlar", "/calls/"+p.call.String()))
	lead.Accessible("program-call-phone-dark")
	lead.Press("Apply")
	lead.Press("Begin")
	lead.Sees("Your organization's part")
	at := lead.Address()
	lead.Go(at + "/sections/" + p.asks(t).Sections[0].Key)
	lead.Sees("What are you called?")
	cost := forms.FieldName("what_will_it_cost") + "[0]"
	lead.Fill(cost+"[item]", "Train from Izmir")
	lead.Fill(cost+"[quantity]", "2")
	lead.Fill(cost+"[price]", "1,250.25")
	lead.Sees("EUR\u00a02,500.50")
	lead.Fill(cost+"[quantity]", "3")
	lead.Sees("EUR\u00a03,750.75", "at most 3500")
	lead.Accessible("program-section-phone-dark")
	return lead
}

// changes asks one more thing of the open call's applicants, and takes one away that somebody is just looking at.
func (p *preparing) changes(t *testing.T, lead *uitest.Visitor) {
	t.Helper()
	v := p.ipek
	section := p.asks(t).Sections[0]
	gone := section.Questions[0].Key
	v.Go(p.at + "/form/edit?language=en")
	v.Shows(`[data-builder][data-ready]`)
	p.words(section.Questions[1].Key, "Your name in English, as you print it?")
	v.Hit(`#fb-outline [data-key="`+gone+`"] a`, input.Enter)
	v.Shows(`#fb-form input[name="question"][value="` + gone + `"]`)
	v.PressHere("Delete")
	v.Shows(`#fb-outline:not(:has([data-key="` + gone + `"]))`)
	v.Go(p.at + "/form/publication")
	v.Sees("Your name in English, as you print it?", "1 draft asks the new form from then on.", "Answers that do not move along")
	v.Accessible("program-revision")
	v.Fill("reason", "Two questions asked the same.")
	v.Press("Publish and tell applicants")
	v.Sees("The changed form is published.", "Two questions asked the same.")

	// The page that was open all the time says so where it can no longer save, and offers the new one.
	at := lead.Address()
	lead.Fill(forms.FieldName(gone), "Ihlamur")
	lead.Sees("The form no longer asks this.", "Load the page again")
	lead.Accessible("program-gone-phone-dark")
	lead.Press("Load the page again")
	lead.Sees("Your name in English, as you print it?")
	lead.Go(at[:strings.Index(at, "/sections/")])
	lead.Sees("The form has changed", "Your name in English, as you print it?", "changed")
	lead.Accessible("program-news-phone-dark")
	lead.Await(p.address("ihlamurlar", "/dev/mail"), "Your name in English, as you print it?")
	lead.Go(p.address("ihlamurlar", "/calls/"+p.call.String()))
	lead.Sees("Two questions asked the same.")
}

// again makes next year's call.
func (p *preparing) again(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Go(p.at + "/again")
	v.Fill("cycle", "2028")
	v.Press("Make the draft")
	v.Sees("The draft is ready, with everything of the earlier call.")
	p.call = p.last(t)
	p.at = p.address("ihlamurlar", "/program/calls/"+p.call.String())
	if q, _, _ := p.asks(t).Question("which_river"); q == nil {
		t.Error("the next call has lost the network's own question")
	}
	v.Go(p.at + "/blueprint")
	v.Sees("differences", "Which river?")
}

// upgrades: the network proposes two of its pieces, the core publishes them with something of its own, and the network
// takes one of the two new things.
func (p *preparing) upgrades(t *testing.T) {
	t.Helper()
	v := p.ipek
	v.Press("Propose this for the next version of the blueprint")
	v.Fill("reason", "Our members misread the old words.")
	v.Tick("named", "")
	v.Press("Send")
	v.Sees("Sent to the core team.")

	core := uitest.Visit(t, uitest.Look{Language: "en"})
	core.Go(p.address("core", "/proposals"))
	core.Fill("email", "defne@"+p.host+".example")
	core.Fill("password", password)
	core.Press("Sign in")
	core.Sees("Çınaraltı Ağı")
	core.Accessible("core-proposals")
	core.Hit(`main .k-tasks a`, input.Enter)
	core.Sees("Our members misread the old words.", "Decide")
	core.Accessible("core-proposal")
	core.Press("Take into the next version")
	core.Sees("Taken into the next version.")
	core.Go(p.address("core", "/blueprints/exchange/next"))
	core.Accessible("core-next")
	for _, l := range []string{"en", "tr", "de"} {
		core.Fill("notes_"+l, "2: "+l)
	}
	core.Press("Keep the notes")
	core.Sees("The notes are kept.")
	core.Press("Publish version 2")
	core.Sees("The version is published.")
	core.Go(p.address("core", "/blueprints"))
	core.Sees("Version 2", "With thanks to Çınaraltı Ağı")
	core.Accessible("core-library")
	core.Go(p.address("core", "/blueprints/exchange/family"))
	core.Accessible("core-family")

	v.Go(p.at)
	v.Sees("There is a version 2 of the blueprint")
	v.Press("See what is new")
	v.Accessible("program-upgrade")
	v.Press("Take what is ticked")
	v.Sees("Done. Your call now comes from the newest version.")
	v.Go(p.at + "/blueprint")
	v.Sees("version 2")
	core.StayedOn("core." + p.host)
}
