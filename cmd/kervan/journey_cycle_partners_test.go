package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

// matches puts those together that won a place alone: in twos, one pair of which the coordinator keeps together and one of which says no
// and is solved anew, and the three that are left in one.
func (c *cycle) matches(t *testing.T, won []*bid) {
	t.Helper()
	if len(won) != 7 {
		t.Fatalf("%d won alone", len(won))
	}
	pool := append([]*bid{}, won...)
	for _, b := range c.bids { // some who have no place look for a partner as well
		if b.joint == nil && !slices.Contains(won, b) && len(pool) < 15 {
			pool = append(pool, b)
		}
	}
	for n, b := range pool {
		card := c.stage.cardOf(c.stage.orgs[b.who[0]], n)
		sc := c.as(c.stage.orgs[b.who[0]].actor)
		must(t, c.app.matching.Write(t.Context(), sc, matching.Card{Organization: card.Organization, Needs: card.Needs, Offers: card.Offers, Languages: []string{"en", "tr"}, Relation: matching.EitherRelation}))
		must(t, c.app.matching.Join(t.Context(), sc, card.Organization, 1))
	}
	for _, b := range won {
		c.coordinator.Await(c.at("/applications/"+b.id.String()+"/dossier"), c.say("applications.state.accepted"))
	}
	twos := c.round(t, "İkişer", 2)
	kept := []*bid{won[0], won[1]}
	c.coordinator.Unfold(c.say("matching.tie.new"))
	for _, b := range kept {
		c.coordinator.Tick("organization", c.stage.orgs[b.who[0]].id.String())
	}
	c.coordinator.Press(c.say("matching.tie.lock"))
	c.coordinator.Sees(c.say("matching.tie.locked"))
	board := c.solves(t, twos)
	i := slices.IndexFunc(board.Groups, func(g matching.Group) bool { return g.Kept })
	if i < 0 || !slices.Contains(board.named(i), kept[0]) || !slices.Contains(board.named(i), kept[1]) {
		t.Fatalf("the two that are kept together are not: %v", board.Groups)
	}
	j := slices.IndexFunc(board.Groups, func(g matching.Group) bool { return !g.Kept })
	refusing := board.named(j)
	c.proposes(t, board, i, j)
	c.responds(t, kept, true)
	c.responds(t, refusing[:1], false)

	vetoed := c.rulesOut(t, refusing[0], slices.DeleteFunc(slices.Clone(won), func(b *bid) bool { return slices.Contains(kept, b) || slices.Contains(refusing, b) }))
	again := c.solves(t, twos)
	next := -1
	for n := range again.Groups {
		group := again.named(n)
		if slices.Contains(group, refusing[0]) && slices.ContainsFunc(vetoed, func(b *bid) bool { return slices.Contains(group, b) }) {
			t.Error("two are put together of whom one has ruled the other out")
		}
		if slices.Contains(group, refusing[0]) && slices.Contains(group, refusing[1]) {
			t.Error("what was declined is proposed again")
		}
		if slices.Contains(group, refusing[0]) {
			next = n
		}
	}
	if next < 0 {
		t.Fatal("whoever has declined is put together with nobody")
	}
	c.proposes(t, again, next)
	c.responds(t, again.named(next), true)
	c.coordinator.Await(c.at("/partnerships"), kept[0].who[0].Profile.Name)

	threes := c.round(t, "Üçlü", 3)
	trio := c.solves(t, threes)
	c.proposes(t, trio, 0)
	c.responds(t, trio.named(0), true)
	for _, b := range trio.named(0) {
		c.coordinator.Await(c.at("/partnerships"), b.who[0].Profile.Name)
	}
	c.succeeds(t, kept)
	c.keepsQuiet(t, vetoed, again)
}

// disagreed is why one organization has ruled others out, which nobody else reads.
const disagreed = "Geçen projede anlaşamadık."

// rulesOut lets the lead of an organization rule out all but the last of those with whom it could be put together; that one and it wish
// for each other.
func (c *cycle) rulesOut(t *testing.T, by *bid, others []*bid) []*bid {
	t.Helper()
	if len(others) != 3 {
		t.Fatalf("%d are left", len(others))
	}
	for _, b := range others[:2] {
		must(t, c.app.matching.RuleOut(t.Context(), c.as(c.stage.orgs[by.who[0]].actor), c.stage.orgs[by.who[0]].id, c.stage.orgs[b.who[0]].id, disagreed))
	}
	one, other := c.stage.orgs[by.who[0]], c.stage.orgs[others[2].who[0]]
	must(t, c.app.matching.Wish(t.Context(), c.as(one.actor), one.id, other.id))
	must(t, c.app.matching.Wish(t.Context(), c.as(other.actor), other.id, one.id))
	return others[:2]
}

// keepsQuiet looks for the reason of a veto wherever the coordinator and those who were ruled out read, and in everything that is kept.
func (c *cycle) keepsQuiet(t *testing.T, vetoed []*bid, s *solved) {
	t.Helper()
	run := "/rounds/" + s.Round.String() + "/runs/" + s.ID.String()
	read := map[string][]string{"nazlican@bogazici.example": {"/rounds/" + s.Round.String(), run, run + "/instance", "/trail", "/outbox", "/notifications", "/desk"}}
	for _, b := range vetoed {
		read[b.who[0].Lead().Email] = []string{"/desk", "/partners", "/partners/wishes", "/partners/messages", "/notifications"}
	}
	for email, paths := range read {
		browser := c.enters(t, c.stage.tenant, email)
		for _, path := range paths {
			page := browser.Get(path)
			browser.Want(http.StatusOK)
			if strings.Contains(page.Body, disagreed) {
				t.Errorf("%s reads at %s why somebody was ruled out", email, path)
			}
		}
	}
	if found := c.search(t, c.stage.tenant, "%"+disagreed+"%"); len(found) != 1 || found["matching_vetoes.reason"] != disagreed {
		t.Errorf("why somebody was ruled out stands in %v", found)
	}
}

// solved is a board, and whose bids its organizations are.
type solved struct {
	matching.Board

	cycle *cycle
}

func (s *solved) named(group int) []*bid {
	var all []*bid
	for _, at := range s.Groups[group].Members {
		id := s.Organizations[at]
		i := slices.IndexFunc(s.cycle.bids, func(b *bid) bool { return len(b.who) == 1 && s.cycle.stage.orgs[b.who[0]].id == id })
		all = append(all, s.cycle.bids[i])
	}
	return all
}

// round makes one of those that won a place alone.
func (c *cycle) round(t *testing.T, title string, seats int) ids.Round {
	t.Helper()
	c.coordinator.Go(c.at("/rounds/new"))
	c.coordinator.Fill("title", title)
	c.coordinator.Tick("pool", string(matching.AcceptedPool))
	c.coordinator.Choose("call", c.call.String())
	c.coordinator.Tick("seats", c.loc.Int(seats))
	c.coordinator.Press(c.say("matching.round.save"))
	c.coordinator.Accessible("cycle-round-" + c.loc.Int(seats))
	all, err := c.app.matching.Rounds(t.Context(), c.as(c.stage.one(tenants.RoleCoordinator)))
	must(t, err)
	i := slices.IndexFunc(all.All, func(r matching.Round) bool { return r.Title == title })
	return all.All[i].ID
}

// solves lets the solver propose who goes with whom.
func (c *cycle) solves(t *testing.T, round ids.Round) *solved {
	t.Helper()
	c.coordinator.Go(c.at("/rounds/" + round.String()))
	c.coordinator.Press(c.say("matching.run.start"))
	c.coordinator.Sees(c.say("matching.check.crumb"))
	c.coordinator.Accessible("cycle-board")
	sc := c.as(c.stage.one(tenants.RoleCoordinator))
	v, err := c.app.matching.Round(t.Context(), sc, round)
	must(t, err)
	last := slices.MaxFunc(v.Runs, func(a, b matching.Run) int { return a.Number - b.Number })
	board, err := c.app.matching.Board(t.Context(), sc, round, last.ID)
	must(t, err)
	return &solved{board, c}
}

// proposes sends some groups of a board.
func (c *cycle) proposes(t *testing.T, s *solved, groups ...int) {
	t.Helper()
	c.coordinator.Go(c.at("/rounds/" + s.Round.String() + "/runs/" + s.ID.String()))
	for n, g := range s.Groups {
		var group []ids.Organization
		for _, at := range g.Members {
			group = append(group, s.Organizations[at])
		}
		box := `[name="group"][value="` + values(group) + `"]`
		if c.coordinator.Has(box+":checked") != slices.Contains(groups, n) {
			c.coordinator.Tick("group", values(group))
		}
	}
	c.coordinator.Press(c.say("matching.proposal.send"))
	c.coordinator.Sees(c.say("matching.proposal.sent"))
}

func values(group []ids.Organization) string {
	text := ""
	for i, id := range group {
		if i > 0 {
			text += " "
		}
		text += id.String()
	}
	return text
}

// responds lets leads answer what was proposed to them, each at their own window.
func (c *cycle) responds(t *testing.T, those []*bid, accepts bool) {
	t.Helper()
	for i, b := range those {
		v := c.window(t, uitest.Look{Phone: i%2 == 0, Dark: i%2 == 1}, b.who[0].Lead().Email)
		offers, err := c.app.matching.Offers(t.Context(), c.as(c.stage.orgs[b.who[0]].actor))
		must(t, err)
		at := slices.IndexFunc(offers, func(o matching.Offered) bool { return o.MayAnswer })
		v.Go(c.at("/partners/proposals/" + offers[at].ID.String()))
		v.Accessible("cycle-proposed")
		loc := c.reads(b.who[0])
		if accepts {
			v.Press(loc.T("matching.offer.accept"))
			continue
		}
		v.Fill("reason", "Bu yıl daha küçük bir ortakla çalışmak istiyoruz.")
		v.Press(loc.T("matching.offer.decline"))
	}
}

// succeeds lets one of the two that were kept together leave its partnership, and the best of those that the call admits take its seat: it
// and the one that stays agree.
func (c *cycle) succeeds(t *testing.T, kept []*bid) {
	t.Helper()
	sc := c.as(c.stage.one(tenants.RoleCoordinator))
	all, _, err := c.app.partnerships.List(t.Context(), sc, partnerships.Query{Limit: 50})
	must(t, err)
	leaving, staying := c.stage.orgs[kept[1].who[0]].id, c.stage.orgs[kept[0].who[0]].id
	i := slices.IndexFunc(all, func(p partnerships.Listed) bool { return slices.Contains(p.Organizations(), leaving) })
	seat := all[i].Seats[slices.IndexFunc(all[i].Seats, func(s partnerships.Seat) bool { return s.Organization == leaving })]
	c.coordinator.Go(c.at("/rounds/replacements/" + all[i].ID.String() + "?seat=" + seat.Key))
	c.coordinator.Accessible("cycle-ranking-of-replacements")
	ranking, err := c.app.matching.Ranking(t.Context(), sc, all[i].ID, []string{seat.Key})
	must(t, err)
	best := ranking.Openings[0].Ranked[0].At
	coming := ranking.Board.Organizations[best]
	c.coordinator.Go(c.coordinator.LinkIn(ranking.Board.Name(best), "/replacement?coming="))
	if chosen := c.coordinator.Value("coming"); chosen != coming.String() {
		t.Errorf("%s is chosen and not the best, %s", chosen, coming)
	}
	c.coordinator.Accessible("cycle-replacement")
	c.coordinator.Fill("reason", "Kuruluşun koordinatörü ayrıldı.")
	c.coordinator.Press(c.say("partnerships.replacement.ask"))
	c.coordinator.Sees(c.say("partnerships.replacement.asked"))
	var asked ids.Replacement
	must(t, sc.Read().NewRaw(`SELECT id FROM partnership_replacements`).Scan(t.Context(), &asked))
	for _, id := range []ids.Organization{coming, staying} {
		for o, m := range c.stage.orgs {
			if m.id != id {
				continue
			}
			v := c.window(t, uitest.Look{Phone: true}, o.Lead().Email)
			v.Go(c.at("/partnerships/" + all[i].ID.String() + "/replacements/" + asked.String()))
			v.Accessible("cycle-successor")
			v.Press(c.reads(o).T("site.consultation.agree"))
		}
	}
	all, _, err = c.app.partnerships.List(t.Context(), sc, partnerships.Query{Limit: 50})
	must(t, err)
	now := all[slices.IndexFunc(all, func(p partnerships.Listed) bool { return slices.Contains(p.Organizations(), staying) })]
	if got := now.Organizations(); !slices.Contains(got, coming) || slices.Contains(got, leaving) {
		t.Errorf("in the partnership are %v", got)
	}
}
