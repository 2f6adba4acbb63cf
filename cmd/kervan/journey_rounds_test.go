package main

import (
	"fmt"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// TestSingleApplicantsAreMatched lets two organizations win a place alone; a coordinator puts them together in a browser, both accept, and
// what they do together is founded. Two that have no place and only a card come to a joint application.
func TestSingleApplicantsAreMatched(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "rounds")
	call := r.published(t, network)
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	topics := [][]matching.Topic{{"digital"}, {"finance"}}
	var all []ids.Organization
	for i, name := range []string{"Ihlamur", "Lindenhof", "Kavak", "Birkenhaus"} {
		id := r.organization(t, network, name, "nobody@rounds.example")
		if i%2 == 1 {
			r.exec(t, network, "UPDATE organizations SET country = 'DE' WHERE id = ?", id)
		}
		r.member(t, network, "Lead of "+name, fmt.Sprintf("lead-%d@rounds.example", i), i18n.EN, tenants.Grant{Role: tenants.RoleLead, Organization: id})
		must(t, r.app.matching.Write(t.Context(), system, matching.Card{Organization: id, Needs: topics[i%2], Offers: topics[1-i%2], Languages: []string{"en"}, Relation: matching.EitherRelation}))
		must(t, r.app.matching.Join(t.Context(), system, id, 1))
		all = append(all, id)
	}
	for i, id := range all[:2] {
		application, err := r.app.applications.Begin(t.Context(), system, call.ID, id, []string{"tr", "eu"}[i])
		must(t, err)
		r.exec(t, network, "UPDATE applications SET state = 'accepted', number = ?, submitted_at = now() WHERE id = ?", fmt.Sprintf("2027-00%d", i), application)
	}
	r.member(t, network, "Nazlıcan", "coordinator@rounds.example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})

	v := uitest.Visit(t, uitest.Look{})
	v.Go(r.address("rounds", "/rounds/new"))
	signIn(v, "coordinator@rounds.example")
	v.Fill("title", "Who won alone")
	v.Tick("pool", "accepted")
	v.Choose("call", call.ID.String())
	v.Press("Save the round")
	v.Sees("2 organizations take part.")
	v.Press("Propose")
	v.Sees("Ihlamur + Lindenhof", "Ihlamur offers what Lindenhof needs", "There is no better solution.")
	v.Accessible("rounds-board")
	v.Press("Send the proposals")
	v.Sees("The proposals are sent.", "2 are left out: they have a proposal to answer")
	v.Accessible("rounds-round")
	for i, with := range []string{"Lindenhof", "Ihlamur"} {
		lead := uitest.Visit(t, uitest.Look{Phone: i == 0, Dark: i == 1})
		lead.Go(r.address("rounds", "/partners/proposals"))
		signIn(lead, fmt.Sprintf("lead-%d@rounds.example", i))
		lead.Press("With " + with)
		lead.Sees("is founded at once")
		lead.Accessible(fmt.Sprintf("rounds-proposal-%d", i))
		lead.Press("Accept")
		lead.Sees("You have accepted.")
	}
	v.Await(r.address("rounds", "/partnerships"), "Ihlamur + Lindenhof")
	going, err := partnerships.Going(t.Context(), system.Read(), all)
	must(t, err)
	if len(going) != 2 {
		t.Errorf("%d are in a partnership", len(going))
	}

	team := r.anybody(network, tenants.RoleCoordinator)
	round, err := r.app.matching.BeginRound(t.Context(), team, matching.Round{Title: "Who looks", Pool: matching.CardsPool, Rules: matching.UsualRules()})
	must(t, err)
	found, err := r.app.matching.Round(t.Context(), team, round)
	must(t, err)
	if found.In() != 2 || found.LeftOut(matching.Partnered) != 2 {
		t.Errorf("%d take part, %d have a partner", found.In(), found.LeftOut(matching.Partnered))
	}
	must(t, r.app.matching.Tie(t.Context(), team, round, true, all[2:]))
	run, err := r.app.matching.StartRun(t.Context(), team, round)
	must(t, err)
	must(t, r.app.matching.Compute(t.Context(), system, matching.Computing{Run: run}))
	v.Await(r.address("rounds", "/rounds/"+round.String()+"/runs/"+run.String()), "Kept together")
	must(t, r.app.matching.Propose(t.Context(), team, round, run, matching.Proposing{Groups: [][]ids.Organization{seatedIn(t, r, team, round, run)}, Due: time.Now().AddDate(0, 0, 7)}))
	kavak := r.app.tenants.Bind(network, tenants.Actor{Person: ids.New[ids.Person](), Name: "Lead", Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: all[2]}}})
	birkenhaus := r.app.tenants.Bind(network, tenants.Actor{Person: ids.New[ids.Person](), Name: "Lead", Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: all[3]}}})
	offers, err := r.app.matching.Offers(t.Context(), kavak)
	must(t, err)
	for _, sc := range []tenants.Scope{kavak, birkenhaus} {
		must(t, r.app.matching.Respond(t.Context(), sc, offers[0].ID, true, ""))
	}
	id, met, err := r.app.matching.Apply(t.Context(), kavak, offers[0].ID, call.ID)
	must(t, err)
	again, metAgain, err := r.app.matching.Apply(t.Context(), kavak, offers[0].ID, call.ID)
	must(t, err)
	if met || !metAgain {
		t.Errorf("an application was met: %v, then %v", met, metAgain)
	}
	a, err := applications.Find(t.Context(), system.Read(), id)
	must(t, err)
	var invited int
	must(t, system.Read().NewRaw("SELECT count(*) FROM partner_invitations WHERE application_id = ? AND organization_id = ? AND state = 'open'", id, all[3]).Scan(t.Context(), &invited))
	if again != id || a.Organization != all[2] || invited != 1 {
		t.Errorf("application %s of %s, then %s; %d invited", id, a.Organization, again, invited)
	}
	if going, err := partnerships.Going(t.Context(), system.Read(), all[2:]); err != nil || len(going) != 0 {
		t.Errorf("founded without a place: %v %v", going, err)
	}
}

// seatedIn is the first group of a run.
func seatedIn(t *testing.T, r *running, sc tenants.Scope, round ids.Round, run ids.Run) []ids.Organization {
	t.Helper()
	b, err := r.app.matching.Board(t.Context(), sc, round, run)
	must(t, err)
	var group []ids.Organization
	for _, at := range b.Groups[0].Members {
		group = append(group, b.Organizations[at])
	}
	return group
}
