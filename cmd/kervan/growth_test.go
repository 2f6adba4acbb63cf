package main

import (
	"context"
	"fmt"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/accounts"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
	"kervan/modules/pages"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/modules/stories"
	"kervan/tenants"
)

// growth is what a network of the house's tests is filled with, each line as often as the network is large. Whoever adds
// a list to the program adds a line here.
var growth = []struct {
	what string
	on   string // which of the network's calls it belongs to; empty: none
	grow func(g *garden, call ids.Call, k int)
}{
	{"people of the team", "", func(g *garden, _ ids.Call, k int) { g.enrol(k, "facilitator", tenants.RoleFacilitator) }},
	{"people with two roles", "", func(g *garden, _ ids.Call, k int) { g.enrol(k, "both", tenants.RoleFunder, tenants.RoleFinance) }},
	{"people invited to the team", "", (*garden).inviteToTeam},
	{"messages that wait", "", (*garden).message},
	{"calls in preparation", "", (*garden).drafted},
	{"late permissions", "open", (*garden).permit},
	{"questions about a call", "open", (*garden).question},
	{"pages that were changed", "", func(g *garden, _ ids.Call, k int) { g.page(k, pages.KindPage) }},
	{"who looks for partners", "", (*garden).look},
	{"who is put together in rounds", "", (*garden).round},
	{"who is seen in other networks", "", (*garden).shareCard},
	{"news", "", func(g *garden, _ ids.Call, k int) { g.page(k, pages.KindNews) }},
	{"places that were taken", "decided", func(g *garden, call ids.Call, _ int) { g.apply(call, g.pair()...) }},
	{"applications without a place", "decided", func(g *garden, call ids.Call, _ int) { g.refused[g.apply(call, g.pair()...)] = true }},
	{"what partnerships tell", "decided", (*garden).tell},
	{"answers after acceptance", "decided", (*garden).answerAfterwards},
	{"half filled drafts", "open", func(g *garden, call ids.Call, _ int) { g.draft(g.pairBid(call, 1000, g.pair()...), halfDone) }},
	{"applications handed in", "open", func(g *garden, call ids.Call, _ int) { g.draft(g.pairBid(call, 1000, g.pair()...), handedIn) }},
	{"partners who have not answered", "open", func(g *garden, call ids.Call, _ int) { g.draft(g.pairBid(call, 1000, g.pair()...), invited) }},
	{"partners invited by mail", "open", (*garden).mail},
	{"applications in review", "reviewed", func(g *garden, call ids.Call, _ int) { g.apply(call, g.pair()...) }},
	{"reviewers invited", "reviewed", (*garden).inviteReviewers},
	{"reviewers whom networks lend each other", "reviewed", (*garden).lend},
	{"reviewers instructed", "reviewed", (*garden).instructReviewers},
	{"what reviewers would like", "reviewed", (*garden).wishes},
	{"samples that reviewers score", "reviewed", (*garden).calibrate},
	{"second opinions that reviewers ask for", "reviewed", (*garden).doubt},
	{"conflicts of interest", "reviewed", func(g *garden, call ids.Call, _ int) { g.conflicted[g.apply(call, g.pair()...)] = true }},
	{"proposals of reviewers", "reviewed", (*garden).proposeReviewers},
	{"applications found ineligible", "reviewed", func(g *garden, call ids.Call, _ int) { g.unfit[g.apply(call, g.pair()...)] = true }},
	{"applications returned for papers", "returned", func(g *garden, call ids.Call, _ int) { g.apply(call, g.pair()...) }},
}

// garden is a network that grows on the stage of the demonstration.
type garden struct {
	*stage

	size           int
	turkish, other []*demo.Organization
	bids           map[ids.Call][]*bid
	conflicted     map[*bid]bool
	unfit          map[*bid]bool
	refused        map[*bid]bool // they ask why, and are answered
	opens, closes  time.Time     // of the past calls
}

// growing is a network of that size.
func growing(slug string, size int) cast {
	return cast{
		New: tenants.New{Slug: slug, Name: "Network " + slug, Kind: tenants.KindNetwork, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Zone: istanbul},
		team: []teammate{
			{"Ceyda Ortanca", "coordinator@" + slug + ".example", i18n.EN, roles(tenants.RoleCoordinator)},
			{"Ozan Ortanca", "officer@" + slug + ".example", i18n.EN, roles(tenants.RoleOfficer)},
			{"Hale Ortanca", "chair@" + slug + ".example", i18n.EN, roles(tenants.RoleChair)},
			{"Rüya Ortanca", "reviewer@" + slug + ".example", i18n.EN, roles(tenants.RoleReviewer)},
			{"Sarp Ortanca", "other@" + slug + ".example", i18n.EN, roles(tenants.RoleReviewer)},
			{"Peri Ortanca", "spare@" + slug + ".example", i18n.EN, roles(tenants.RoleReviewer)}, // where two are too far apart
		},
		mix: []demo.Mix{{Country: "TR", N: 12 * size}, {Country: "DE", N: 12 * size}},
		play: func(s *stage, all []*demo.Organization) {
			g := &garden{stage: s, size: size, bids: map[ids.Call][]*bid{}, conflicted: map[*bid]bool{}, unfit: map[*bid]bool{}, refused: map[*bid]bool{}, opens: s.day(-80, 9, 0), closes: s.day(-50, 9, 0)}
			g.turkish, g.other = byCountry(all)
			for _, o := range all {
				s.register(s.during(-99, -95), o)
			}
			g.plant()
		},
	}
}

func (g *garden) plant() {
	g.sow("", ids.Call{})
	g.announce("decided", g.opens, g.closes, g.choose)
	g.announce("reviewed", g.opens, g.closes, g.review)
	g.announce("returned", g.opens, g.closes, g.returnAll)
	g.announce("open", g.day(-30, 9, 0), g.day(30, 9, 0), func(ids.Call) {})
}

// sow plays every line of growth that belongs to the call.
func (g *garden) sow(on string, call ids.Call) {
	for _, line := range growth {
		for k := range g.size {
			if line.on == on {
				line.grow(g, call, k)
			}
		}
	}
}

func (g *garden) announce(name string, opens, closes time.Time, then func(ids.Call)) {
	everywhere := i18n.Text{i18n.EN: name, i18n.TR: name, i18n.DE: name}
	g.call(announced{
		cycle: name, composition: "pair", places: g.size, grant: 1000, reviews: 2, drafted: opens.AddDate(0, 0, -10), later: name == "decided", opens: opens, closes: closes, title: everywhere, summary: everywhere,
	}, func(id ids.Call) {
		g.sow(name, id)
		then(id)
	})
}

// pair is the next two organizations that have nothing to do yet.
func (g *garden) pair() []*demo.Organization {
	two := []*demo.Organization{g.turkish[0], g.other[0]}
	g.turkish, g.other = g.turkish[1:], g.other[1:]
	return two
}

// apply lets a pair hand in an application to a call of the past.
func (g *garden) apply(call ids.Call, who ...*demo.Organization) *bid {
	b := g.pairBid(call, 1000, who...)
	g.whole(b, g.opens, g.closes)
	g.bids[call] = append(g.bids[call], b)
	return b
}

// does is an act of somebody of the team.
func (g *garden) does(at time.Time, what string, role tenants.Role, do func(ctx context.Context, sc tenants.Scope) error) {
	g.at(at, what, func(ctx context.Context, at time.Time) error {
		sc, err := g.as(at, g.one(role))
		if err != nil {
			return err
		}
		return do(ctx, sc)
	})
}

func (g *garden) enrol(k int, name string, as ...tenants.Role) {
	g.at(g.day(-93, 9, 0), "enrol "+name, func(ctx context.Context, at time.Time) error {
		sc, err := g.as(at, tenants.SystemActor("demo"))
		if err != nil {
			return err
		}
		grants := make([]tenants.Grant, len(as))
		for i, role := range as {
			grants[i].Role = role
		}
		_, err = g.app.accounts.Ensure(ctx, sc, name, fmt.Sprintf("%s-%d@%s.example", name, k, g.tenant.Slug), g.hash, i18n.EN, grants...)
		return err
	})
}

// question is asked by a visitor and answered.
func (g *garden) question(call ids.Call, k int) {
	words := i18n.Text{i18n.EN: fmt.Sprintf("What about the %d?", k)}
	g.at(g.day(-3, 9, k), "ask", func(ctx context.Context, at time.Time) error {
		sc, err := g.as(at, tenants.Visitor())
		if err != nil {
			return err
		}
		return g.app.programs.Ask(ctx, sc, call, words[i18n.EN], i18n.EN)
	})
	g.does(g.day(-2, 9, k), "answer", tenants.RoleOfficer, func(ctx context.Context, sc tenants.Scope) error {
		_, all, err := g.app.programs.Questions(ctx, sc, call)
		if err != nil {
			return err
		}
		return g.app.programs.Answer(ctx, sc, call, all[0].ID, all[0].Version, words, i18n.Text{i18n.EN: "It is welcome."})
	})
}

// page is written, published, and changed again.
func (g *garden) page(k int, kind pages.Kind) {
	g.does(g.day(-20, 9, k), "publish a page", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		words := i18n.Text{i18n.EN: fmt.Sprintf("About the %d", k)}
		p, err := g.app.pages.Begin(ctx, sc, kind, words[i18n.EN], "")
		if err != nil {
			return err
		}
		scene, err := demo.Scene(uint64(k))
		if err != nil {
			return err
		}
		photo, err := g.app.pages.Bring(ctx, sc, "file", scene)
		if err != nil {
			return err
		}
		content := pages.Content{Title: words, Summary: words, Blocks: []pages.Block{
			{Kind: pages.Prose, Texts: map[string]i18n.Text{"body": words}},
			{Kind: pages.Picture, Picture: &photo, Texts: map[string]i18n.Text{"alt": words, "caption": words}, Plain: map[string]string{"credit": "Somebody"}},
		}}
		for version, act := range []func(version int64) error{
			func(v int64) error { return g.app.pages.Write(ctx, sc, p.ID, v, content, pages.PlaceMain, true) },
			func(v int64) error { return g.app.pages.Publish(ctx, sc, p.ID, v) },
		} {
			if err := act(int64(version) + 1); err != nil {
				return err
			}
		}
		return nil
	})
}

// tell lets a partnership agree to be shown and publish a story; another of its stories is returned with a note.
func (g *garden) tell(_ ids.Call, k int) {
	g.at(g.day(-10, 9, k), "tell", func(ctx context.Context, at time.Time) error {
		sc, err := g.as(at, g.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		all, _, err := g.app.partnerships.List(ctx, sc, partnerships.Query{Limit: 50})
		if err != nil {
			return err
		}
		p := all[k]
		if err := g.agree(ctx, sc, p.ID, p.Organizations(), partnerships.Terms{}, false); err != nil {
			return err
		}
		for _, t := range []telling{{far: stories.Published}, {far: stories.Returned, note: "Who paid for the bus?"}} {
			words := i18n.Text{i18n.EN: fmt.Sprintf("What we tell %d", k)}
			t.content = stories.Content{Kind: stories.KindPractice, Language: i18n.EN, Title: words, Lead: words, Body: words, Learned: words, Steps: words, Topics: stories.Topics[:1]}
			t.alt, t.credit = words, "Somebody"
			if err := g.story(ctx, sc, p.ID, p.Organizations(), t); err != nil {
				return err
			}
		}
		return nil
	})
}

// look lets two organizations be found; they write to each other, one reports that and rules the other out, which wishes for it.
func (g *garden) look(_ ids.Call, k int) {
	two := []*demo.Organization{g.turkish[k], g.other[k]}
	for i, o := range two {
		g.findPartners(g.day(-94, 8, k), o, 2*k+i, true)
		g.say(g.day(-94, 10, k), o, two[1-i], "What about the bridge?")
	}
	g.ruleOut(g.day(-94, 12, k), two[0], two[1], "A quarrel.")
	g.wish(g.day(-94, 13, k), two[1], two[0])
	g.toward(g.day(-94, 14, k), "report", two[0], two[1], func(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
		thread, err := g.app.matching.Between(ctx, sc, own, other)
		if err != nil {
			return err
		}
		return g.app.matching.Report(ctx, sc, thread, own, "They are rude.")
	})
	g.does(g.day(-94, 15, k), "warn", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		all, err := g.app.matching.Reports(ctx, sc)
		if err != nil {
			return err
		}
		return g.app.matching.Decide(ctx, sc, all[0].ID, matching.Warning, "Please be kind.")
	})
}

// shareCard has the network take part in the common pool, and an organization show its card there.
func (g *garden) shareCard(_ ids.Call, k int) {
	if k == 0 {
		g.takePart(g.day(-94, 8, 40))
	}
	g.shareWith(g.day(-90, 9, k), g.turkish[k])
	g.does(g.day(-2, 15, k), "be proposed across networks", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		all, err := g.app.tenants.All(ctx)
		if err != nil {
			return err
		}
		id, own, other := ids.New[ids.Match](), ids.New[ids.CommonCard](), ids.New[ids.CommonCard]()
		return g.app.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw(`INSERT INTO common_proposals (id, core_id, round_id, run_id, cards, state, note, sent_at, due_at, ended_at)
				VALUES (?, ?, gen_random_uuid(), gen_random_uuid(), ARRAY[?, ?]::uuid[], 'accepted', 'A bridge.', now() - interval '1 day', now(), now())`, id, all[0].ID, own, other).Exec(ctx)
			if err != nil {
				return err
			}
			_, err = tx.NewRaw(`INSERT INTO common_parties (proposal_id, card_id, tenant_id, organization_id, name, accepts, answered_at, contact, email) VALUES
				(?0, ?1, ?2, ?3, 'Ours', true, now(), 'Somebody', 'somebody@ours.example'), (?0, ?4, ?5, gen_random_uuid(), 'Theirs', true, now(), 'Somebody else', '')`,
				id, own, sc.Tenant().ID, g.orgs[g.turkish[k]].id, other, all[0].ID).Exec(ctx)
			return err
		})
	})
}

// round puts two organizations together that have no quarrel: they are proposed to each other, and both accept.
func (g *garden) round(_ ids.Call, k int) {
	two := []*demo.Organization{g.turkish[g.size+k], g.other[g.size+k]}
	for i, o := range two {
		g.findPartners(g.day(-94, 8, 30), o, 8*k+8*i, true)
	}
	g.does(g.day(-93, 10, k), "put together", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		who := []ids.Organization{g.orgs[two[0]].id, g.orgs[two[1]].id}
		return g.stage.round(ctx, sc, fmt.Sprintf("Round %d", k), g.day(-70, 23, 59), who, func(groups [][]ids.Organization) [][]ids.Organization { return groups[:1] })
	})
	for i, o := range two {
		g.respond(g.day(-92, 10+i, k), o, true, "Gladly.")
	}
	g.does(g.day(-91, 10, k), "note a match", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		all, err := g.app.matching.Rounds(ctx, sc)
		if err != nil {
			return err
		}
		for _, r := range all.All {
			found, err := g.app.matching.Round(ctx, sc, r.ID)
			if err != nil {
				return err
			}
			for _, p := range found.Proposals {
				if p.State == matching.ProposalAccepted && p.Noted == "" {
					if err := g.app.matching.Note(ctx, sc, r.ID, p.ID, "They apply together."); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

// answerAfterwards is of all applications at once.
func (g *garden) answerAfterwards(call ids.Call, k int) {
	if k == 0 {
		g.laterAnswers(g.day(-9, 9, 0), call)
	}
}

func (g *garden) inviteToTeam(_ ids.Call, k int) {
	g.does(g.day(-1, 9, 0), "invite to the team", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		return g.app.accounts.Invite(ctx, sc, accounts.Invite{Email: fmt.Sprintf("invited-%d@%s.example", k, g.tenant.Slug), Name: "Invited", Role: tenants.RoleOfficer, Locale: i18n.EN})
	})
}

func (g *garden) message(_ ids.Call, _ int) {
	g.does(g.day(-1, 10, 0), "write a message", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		text := i18n.Text{i18n.EN: "something"}
		return g.app.correspondence.Write(ctx, sc.As(tenants.SystemActor("demo")), events.MailRequested{ID: ids.New[ids.Message](), Person: g.one(tenants.RoleOfficer).Person, Subject: text, Body: text, Hold: true})
	})
}

func (g *garden) drafted(_ ids.Call, k int) {
	g.does(g.day(-2, 10, 0), "begin a call", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		c, err := g.app.programs.Begin(ctx, sc, fmt.Sprintf("Draft %d", k), "pair")
		if err != nil {
			return err
		}
		asked := programs.Rules{Reviews: 2, Gap: 20} // without documents, so that its form is drafted anew
		if err := g.app.programs.Rule(ctx, sc, c.ID, c.Version, asked); err != nil {
			return err
		}
		pieces := []string{"documents/registration", "documents/fiscal_host", "documents/partnership"}
		_, err = g.app.programs.Propose(ctx, sc, c.ID, c.Version+1, pieces[k%len(pieces)], "Nobody needs it.", false)
		if fault.Is(err, fault.KindConflict) { // it waits already
			return nil
		}
		return err
	})
}

func (g *garden) mail(call ids.Call, _ int) {
	two := g.pair()
	b := g.pairBid(call, 1000, two[0])
	b.seats = append(b.seats, seatOfPair(two[1]))
	g.draft(b, mailed)
}

func (g *garden) permit(call ids.Call, _ int) {
	g.permitLate(g.day(-3, 10, 0), call, g.pair()[0], g.day(40, 9, 0))
}

// assignAll lets the first two reviewers have all eligible applications of a call.
func (g *garden) assignAll(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	board, err := g.app.selection.Board(ctx, sc, call)
	if err != nil {
		return err
	}
	cmd := selection.Assignment{DueAt: g.day(9, 9, 0), Skip: true}
	for _, row := range board.Rows {
		cmd.Applications = append(cmd.Applications, row.ID)
	}
	for _, reviewer := range g.members[tenants.RoleReviewer][:2] {
		cmd.Reviewers = append(cmd.Reviewers, reviewer.Person)
	}
	_, err = g.app.selection.Assign(ctx, sc, call, cmd)
	return err
}

// proposeReviewers asks for a proposal of a third review of everything.
func (g *garden) proposeReviewers(call ids.Call, k int) {
	g.does(g.day(-1, 11, k), "propose reviewers", tenants.RoleOfficer, func(ctx context.Context, sc tenants.Scope) error {
		planning, err := g.app.selection.Planning(ctx, sc, call)
		if err != nil {
			return err
		}
		settings := planning.Usual
		settings.Reviews, settings.Seed = selection.Bounds{Min: 3, Max: 3}, uint64(k)
		id, err := g.app.selection.StartRun(ctx, sc, call, settings)
		if err != nil {
			return err
		}
		return g.app.selection.Compute(ctx, sc.As(tenants.SystemActor("demo")), selection.Computing{Run: id})
	})
}

// read lets each reviewer declare and go as far as how says.
func (g *garden) read(at time.Time, call ids.Call, how func(reviewer int, b *bid) reading) {
	j := &judged{stage: g.stage, call: call, bids: g.bids[call]}
	for i, reviewer := range g.members[tenants.RoleReviewer][:2] {
		g.at(at, reviewer.Name+" reads", func(ctx context.Context, at time.Time) error {
			sc, err := g.as(at, reviewer)
			if err != nil {
				return err
			}
			queue, err := g.app.selection.Queue(ctx, sc)
			if err != nil {
				return err
			}
			for _, q := range queue {
				if q.Review.Call != call {
					continue
				}
				b := j.bid(q.Application.ID)
				var d selection.Declaration
				if g.conflicted[b] && i == 0 {
					d = selection.Declaration{Conflict: true, Kind: selection.ConflictFamily, Note: "We are related."}
				}
				far := how(i, b)
				if far == untouched && !d.Conflict {
					continue
				}
				if err := g.app.selection.Declare(ctx, sc, q.Review.ID, d); err != nil {
					return err
				}
				if !d.Conflict && far > opened {
					j.review(at.Add(time.Hour), i, q.Review.ID, q.Application.ID, far == done)
				}
			}
			return nil
		})
	}
}

func (g *garden) checkAll(call ids.Call, at time.Time) {
	for _, b := range g.bids[call] {
		if g.unfit[b] {
			g.check(at, b, "organizational")
		} else {
			g.check(at, b)
		}
	}
}

// choose takes every application of a call, and lets all organizations accept.
func (g *garden) choose(call ids.Call) {
	day := func(n int) time.Time { return g.closes.AddDate(0, 0, n) }
	g.checkAll(call, day(2))
	g.does(day(3), "assign", tenants.RoleOfficer, func(ctx context.Context, sc tenants.Scope) error { return g.assignAll(ctx, sc, call) })
	g.read(day(4), call, func(int, *bid) reading { return done })
	j := &judged{stage: g.stage, call: call, bids: g.bids[call]}
	g.at(day(9), "find third reviewers", j.further)
	g.meet(day(18), j)
	g.does(day(20), "decide", tenants.RoleChair, func(ctx context.Context, sc tenants.Scope) error {
		panel, err := g.app.selection.Panel(ctx, sc, call)
		if err != nil {
			return err
		}
		outcomes := map[events.Outcome][]ids.Application{}
		for _, r := range panel.Ranked {
			outcome := events.OutcomeSelected
			if g.refused[j.bid(r.ID)] {
				outcome = events.OutcomeRejected
			}
			outcomes[outcome] = append(outcomes[outcome], r.ID)
		}
		for _, outcome := range []events.Outcome{events.OutcomeSelected, events.OutcomeRejected} {
			if err := g.app.selection.Decide(ctx, sc, call, panel.List.Version, outcome, outcomes[outcome]); err != nil {
				return err
			}
			if panel, err = g.app.selection.Panel(ctx, sc, call); err != nil {
				return err
			}
		}
		place := outcomes[events.OutcomeSelected][0]
		if err := g.app.selection.SetCondition(ctx, sc, place, panel.List.Version, selection.Wanted{Words: "A letter by both boards.", Days: 60, Document: "Signed letter", Kinds: []string{"pdf"}}); err != nil {
			return err
		}
		g.at(day(24), "conditions", func(context.Context, time.Time) error { j.meet(day(24).Add(10*time.Hour), place); return nil })
		if panel, err = g.app.selection.Panel(ctx, sc, call); err != nil {
			return err
		}
		return g.app.selection.Close(ctx, sc, call, panel.List.Version, selection.Closing{ReplyBy: day(40), WaitingUntil: day(45), ClarifyUntil: day(45), QuotaReason: "Both are wanted."})
	})
	g.at(day(21), "sign", j.sign)
	g.does(day(22), "release", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		panel, err := g.app.selection.Panel(ctx, sc, call)
		if err != nil {
			return err
		}
		return g.app.selection.Release(ctx, sc, call, panel.List.Version)
	})
	for _, b := range g.bids[call] {
		if g.refused[b] {
			j.clarify(day(23), day(24), b, "Why not we?", "There were more good ones than places.")
			continue
		}
		g.at(day(23), "accept", func(context.Context, time.Time) error { j.accept(day(24), b.id, true); return nil })
	}
}

// review leaves a call in the middle of its reviews.
func (g *garden) review(call ids.Call) {
	day := func(n int) time.Time { return g.closes.AddDate(0, 0, n) }
	g.checkAll(call, day(2))
	g.does(day(3), "assign", tenants.RoleOfficer, func(ctx context.Context, sc tenants.Scope) error { return g.assignAll(ctx, sc, call) })
	g.read(day(4), call, func(reviewer int, b *bid) reading {
		switch {
		case reviewer == 1 && g.conflicted[b]:
			return untouched
		case reviewer == 1:
			return done
		default:
			return drafted
		}
	})
}

// returnAll lets an officer ask every application of a call for a paper.
func (g *garden) returnAll(call ids.Call) {
	for _, b := range g.bids[call] {
		g.ask(g.day(-1, 12, 0), b)
	}
}

// meet lets the panel meet about a call: a vote, a reason, notes, a lot, and minutes that two sign.
func (g *garden) meet(at time.Time, j *judged) {
	g.does(at, "meet", tenants.RoleChair, func(ctx context.Context, sc tenants.Scope) error {
		m, s := meeting{judged: j, at: at, chair: sc}, g.app.selection
		if err := m.begin(ctx, "Room 4"); err != nil {
			return err
		}
		panel, err := s.Panel(ctx, sc, j.call)
		if err != nil {
			return err
		}
		first := panel.Ranked[0].ID
		if err := m.settle(ctx, first, settled{selection.ChooseSelected, events.OutcomeSelected, "The clearest plan.", "Look at the second visit again."}); err != nil {
			return err
		}
		if len(panel.Ranked) > 1 {
			if err := m.draw(ctx, []ids.Application{first, panel.Ranked[1].ID}); err != nil {
				return err
			}
		}
		return m.end(ctx)
	})
}
