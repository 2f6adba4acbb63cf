package main

import (
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
	"kervan/tenants"
)

// meets lets three people decide about the first three applications of the agenda, each at a window of their own.
func (c *cycle) meets(t *testing.T) {
	t.Helper()
	panel := map[*uitest.Visitor]tenants.Role{c.coordinator: tenants.RoleCoordinator, c.chair: tenants.RoleChair, c.officer: tenants.RoleOfficer}
	c.coordinator.Go(c.selection("/panel/preparation"))
	c.coordinator.Set("day", c.stage.day(0, 0, 0).Format("2006-01-02"))
	c.coordinator.Set("clock", "09:00")
	for _, role := range panel {
		if id := c.stage.one(role).Person.String(); !c.coordinator.Has(`[name="member"][value="` + id + `"]:checked`) {
			c.coordinator.Tick("member", id)
		}
	}
	c.coordinator.Press(c.say("selection.panel.convene"))
	c.coordinator.Press(c.say("selection.panel.share_out"))
	c.coordinator.Press(c.say("selection.panel.open"))
	for _, v := range []*uitest.Visitor{c.chair, c.officer} {
		v.Go(c.selection("/panel"))
		v.Press(c.say("selection.panel.enter"))
	}
	settled := []struct{ outcome, reason string }{
		{"selected", "Planı en açık olan, ortağıyla birlikte hazırlanmış."},
		{"waiting", "Bütçede ikinci ziyaret eksik; bir yer boşalırsa ilk sırada."},
		{"rejected", "Ortağın rolü yazılmamış."},
	}
	for i, a := range c.ranked(t)[:len(settled)] {
		if i == 0 {
			c.coordinator.Press(c.say("selection.panel.call"))
		} else {
			c.coordinator.Press(c.say("selection.panel.next", "Number", a.Number))
		}
		for v := range panel {
			v.Sees(a.Number + " · " + a.Name())
		}
		before, after := c.quotas(t, ids.Application{}), c.quotas(t, a.ID)
		if i == 0 {
			for v := range panel {
				v.Sees(before...)
			}
		}
		c.coordinator.Press(c.say("selection.panel.vote_open"))
		for _, v := range []*uitest.Visitor{c.chair, c.officer, c.coordinator} {
			v.Press(c.say("selection.choice.selected"))
		}
		c.coordinator.Press(c.say("selection.panel.vote_close"))
		c.coordinator.Write(`[name="reason"]`, settled[i].reason)
		c.coordinator.Press(c.say("selection.decide." + settled[i].outcome))
		for v := range panel {
			v.Sees(settled[i].reason)
		}
		if i == 0 {
			for v, role := range panel {
				v.Sees(append(after, c.say("selection.tally.of", "Count", "1", "Places", "8"))...) // everywhere, without anybody asking
				v.Accessible("cycle-panel-" + string(role))
			}
		}
	}
	c.coordinator.Unfold(c.say("selection.panel.end"))
	c.coordinator.Press(c.say("selection.panel.end_do"))
	for _, v := range []*uitest.Visitor{c.coordinator, c.chair} {
		v.Go(c.selection("/panel"))
		v.Press(c.say("selection.minutes.read"))
		v.Press(c.say("selection.minutes.sign"))
	}
	c.chair.Accessible("cycle-minutes")
}

// quotas are the lines that say how far the call's quotas are used with one selected application, or with none.
func (c *cycle) quotas(t *testing.T, selected ids.Application) []string {
	t.Helper()
	a := selection.Ranked{}
	for _, r := range c.ranked(t) {
		if r.ID == selected {
			a = r
		}
	}
	among := func(has func(o selection.Applicant) bool) string {
		if slices.ContainsFunc(a.Organizations, has) {
			return "1"
		}
		return "0"
	}
	inclusion := "0"
	if slices.Contains(a.Topics, "inclusion") {
		inclusion = "1"
	}
	return []string{
		c.say("selection.quota.of", "Name", "Türkiye", "Count", among(func(o selection.Applicant) bool { return o.Country == "TR" }), "Most", "8"),
		c.say("selection.quota.of", "Name", "Dernek", "Count", among(func(o selection.Applicant) bool { return o.Kind == "association" }), "Most", "20"),
		// Nobody was in a partnership before the first cycle.
		c.say("selection.quota.of_least", "Name", c.say("selection.quota.first"), "Count", among(func(selection.Applicant) bool { return true }), "Least", "1"),
		c.say("selection.quota.of_least", "Name", "Kapsayıcılık, cinsiyet eşitliği ve koruma", "Count", inclusion, "Least", "1"),
	}
}

func (c *cycle) ranked(t *testing.T) []selection.Ranked {
	t.Helper()
	panel, err := c.app.selection.Panel(t.Context(), c.as(c.stage.one(tenants.RoleCoordinator)), c.call)
	must(t, err)
	return panel.Ranked
}

// decides completes the list: beside those of the meeting seven are selected who applied alone and are best, four of them from Türkiye;
// five wait and the others are rejected. A second person signs, and the letters are released.
func (c *cycle) decides(t *testing.T) []ids.Application {
	t.Helper()
	var selected, waiting, rejected []ids.Application
	turkish, other := 0, 0
	for _, a := range c.ranked(t) {
		alone := len(a.Organizations) == 1
		here := alone && a.Organizations[0].Country == "TR"
		switch {
		case a.Outcome() == events.OutcomeSelected:
			selected = append(selected, a.ID)
		case a.Decision != nil: // the meeting has said so
		case alone && here && turkish < 4:
			turkish++
			selected = append(selected, a.ID)
		case alone && !here && other < 3:
			other++
			selected = append(selected, a.ID)
		case alone && len(waiting) < 5:
			waiting = append(waiting, a.ID)
		default:
			rejected = append(rejected, a.ID)
		}
	}
	if len(selected) != 8 || len(waiting) != 5 {
		t.Fatalf("%d selected, %d waiting", len(selected), len(waiting))
	}
	for outcome, all := range map[string][]ids.Application{"selected": selected[1:], "waiting": waiting} {
		c.coordinator.Go(c.selection("/ranking"))
		for _, id := range all {
			c.coordinator.Tick("application", id.String())
		}
		c.coordinator.Press(c.say("selection.decide." + outcome))
	}
	c.coordinator.Accessible("cycle-ranking")
	sc := c.as(c.stage.one(tenants.RoleCoordinator))
	panel, err := c.app.selection.Panel(t.Context(), sc, c.call)
	must(t, err)
	must(t, c.app.selection.Decide(t.Context(), sc, c.call, panel.List.Version, events.OutcomeRejected, rejected))
	c.coordinator.Go(c.selection("/decisions/closing"))
	c.coordinator.Accessible("cycle-closing")
	if c.coordinator.Has(`[name="quota_reason"]`) {
		c.coordinator.Fill("quota_reason", "Başvurularda bu konu yoktu.")
	}
	c.coordinator.Press(c.say("selection.close.do"))
	c.chair.Go(c.selection("/decisions/signature"))
	c.chair.Press(c.say("selection.sign.do"))
	c.coordinator.Go(c.selection("/decisions/release"))
	c.coordinator.Accessible("cycle-release")
	c.coordinator.Press(c.say("selection.release.do"))
	return selected
}

func (c *cycle) bid(id ids.Application) *bid {
	return c.bids[slices.IndexFunc(c.bids, func(b *bid) bool { return b.id == id })]
}

// answers lets the best application give its place back, the next on the list be asked, and all others take theirs. It gives those that
// have a place and applied alone.
func (c *cycle) answers(t *testing.T, places []ids.Application) []*bid {
	t.Helper()
	waiting := c.count(t, `SELECT count(*) FROM decisions WHERE state = 'waiting'`)
	gives := c.bid(places[0])
	v := c.window(t, uitest.Look{Phone: true}, gives.who[0].Lead().Email)
	loc := c.reads(gives.who[0])
	v.Await(c.at("/applications/"+places[0].String()+"/reply"), loc.T("selection.refusal.title"))
	v.Accessible("cycle-offer")
	v.Press(loc.T("selection.refusal.title"))
	v.Press(loc.T("selection.refusal.do"))
	if left := c.count(t, `SELECT count(*) FROM decisions WHERE state = 'waiting'`); left != waiting-1 {
		t.Errorf("%d of %d wait after a place was given back", left, waiting)
	}
	var offered []ids.Application
	must(t, c.as(tenants.SystemActor("test")).Read().NewRaw(`SELECT application_id FROM decisions WHERE state = 'offered'`).Scan(t.Context(), &offered))
	if len(offered) != 8 || slices.Contains(offered, places[0]) {
		t.Fatalf("%d have an offer", len(offered))
	}
	var won []*bid
	for i, id := range offered {
		b := c.bid(id)
		if len(b.who) == 1 {
			won = append(won, b)
		}
		for _, o := range b.who {
			if i == 0 { // one in a browser, all others in short
				v := c.window(t, uitest.Look{}, o.Lead().Email)
				v.Go(c.at("/applications/" + id.String() + "/reply"))
				v.Press(c.reads(o).T("selection.offer.accept_do"))
				continue
			}
			must(t, c.app.selection.Accept(t.Context(), c.as(c.stage.orgs[o].actor), id))
		}
	}
	if n := c.count(t, `SELECT count(*) FROM decisions WHERE state = 'accepted'`); n != 8 {
		t.Errorf("%d have taken their place", n)
	}
	return won
}

// publishes makes known how the call came out; a visitor reads it.
func (c *cycle) publishes(t *testing.T) {
	t.Helper()
	c.coordinator.Go(c.selection("/results"))
	c.coordinator.Press(c.say("selection.results.do"))
	v := uitest.Visit(t, uitest.Look{Language: "tr", Phone: true})
	v.Go(c.at("/calls/" + c.call.String() + "/results"))
	v.Sees(c.loc.N("selection.results.accepted", 8))
	v.Accessible("cycle-results")
}

// hides opens everything that an applicant may open and looks for the reviewers' names.
func (c *cycle) hides(t *testing.T) {
	t.Helper()
	b := c.bids[len(c.bids)-1]
	v := c.window(t, uitest.Look{}, b.who[0].Lead().Email)
	for _, path := range []string{"/desk", "/applications/" + b.id.String(), "/applications/" + b.id.String() + "/reply", "/calls/" + c.call.String(), "/calls/" + c.call.String() + "/results", "/partners"} {
		v.Go(c.at(path))
		for _, sc := range c.readers(t) {
			if strings.Contains(v.Text(), sc.Actor().Name) {
				t.Errorf("%s tells of %s", path, sc.Actor().Name)
			}
		}
	}
}
