package main

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod/lib/input"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/accounts"
	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
	"kervan/tenants"
)

// cycle is a selection of the size of a real one: the demonstration's largest network with its 122 organizations, whose call is closed
// and checked and of which nobody has reviewed anything. Who steers it sits at windows of their own.
type cycle struct {
	*running

	stage                       *stage
	loc                         *i18n.Localizer
	call                        ids.Call
	bids                        []*bid
	coordinator, chair, officer *uitest.Visitor
}

func (c *cycle) say(key string, args ...any) string { return c.loc.T(key, args...) }

func (c *cycle) at(path string) string { return c.address(c.stage.tenant.Slug, path) }

func (c *cycle) selection(below string) string {
	return c.at("/selection/" + c.call.String() + below)
}

// as is the network's scope of somebody now.
func (c *cycle) as(actor tenants.Actor) tenants.Scope {
	return c.app.tenants.Bind(c.stage.tenant, actor)
}

// reads is how the lead of an organization reads: in their own language.
func (c *cycle) reads(o *demo.Organization) *i18n.Localizer {
	return c.app.catalog.Localizer(o.Locale, i18n.Zone(istanbul))
}

// window is one at which somebody of the demonstration has signed in.
func (c *cycle) window(t *testing.T, look uitest.Look, email string) *uitest.Visitor {
	t.Helper()
	look.Language = "tr"
	v := uitest.Visit(t, look)
	v.Go(c.at("/sign-in"))
	v.Fill("email", email)
	v.Fill("password", password)
	v.Press(c.say("ui.sign_in"))
	return v
}

// closed is the network with its call: every organization has applied, in pairs or alone, and the officer has checked.
func closed(t *testing.T) *cycle {
	t.Helper()
	r := seeding(t)
	c := &cycle{running: r, loc: r.app.catalog.Localizer(i18n.TR, i18n.Zone(istanbul))}
	hash := sync.OnceValues(func() (string, error) { return accounts.HashPassword(password) })
	play := bosporus()
	play.play = func(s *stage, all []*demo.Organization) {
		c.stage = s
		for _, o := range all {
			s.register(s.during(-60, -50), o)
		}
		pairs, alone := bosporusRoles(all)
		opens, closes := s.day(-45, 10, 0), s.day(-9, 15, 0)
		s.call(announced{
			cycle: "1. döngü", composition: "pair", places: 8, grant: bosporusGrant, reviews: 2, drafted: s.day(-52, 11, 0), opens: opens, closes: closes,
			quotas:  []blueprints.Quota{{Country: "TR", Most: 8}, {Kind: "association", Most: 20}, {First: true, Least: 1}, {Topic: "inclusion", Least: 1}},
			topic:   "topics",
			title:   i18n.Text{i18n.TR: "Komşudan öğrenmek", i18n.EN: "Learning from neighbours", i18n.DE: "Von Nachbarn lernen"},
			summary: i18n.Text{i18n.TR: "İki kuruluş, sekiz ay.", i18n.EN: "Two organizations, eight months.", i18n.DE: "Zwei Organisationen, acht Monate."},
		}, func(id ids.Call) {
			c.call = id
			for _, p := range pairs {
				c.bids = append(c.bids, s.pairBid(id, bosporusGrant, p[0], p[1]))
			}
			for _, o := range alone {
				c.bids = append(c.bids, s.pairBid(id, bosporusGrant, o))
			}
			for _, b := range c.bids {
				s.whole(b, opens, closes)
			}
			s.eligibility(c.bids, closes)
			s.releaseHeld(closes.AddDate(0, 0, 7))
			s.at(closes.AddDate(0, 0, 8), "let reviewers tell of themselves", s.tellOfThemselves)
		})
	}
	must(t, seedCore(t.Context(), r.app, hash, io.Discard))
	must(t, seedCast(t.Context(), r.app, play, hash, io.Discard))
	c.stage.tenant = r.system(t, play.Slug).Tenant()
	must(t, r.app.worker.Start(context.WithoutCancel(t.Context())))
	c.coordinator = c.window(t, uitest.Look{}, "nazlican@bogazici.example")
	c.chair = c.window(t, uitest.Look{Phone: true}, "ilker@kurul.example")
	c.officer = c.window(t, uitest.Look{Dark: true}, "baris@bogazici.example")
	return c
}

// TestTheCycleOfARealSize goes the way of a whole selection with 122 organizations, and of the partner finding after it: reviewers are
// invited and assigned by the solver around two conflicts of interest, a third review is called, a panel of three decides, one of the
// selected declines and the next is asked, results are published; then those that won a place alone are matched in twos and threes,
// proposals are accepted and declined, and one that leaves its partnership is replaced.
func TestTheCycleOfARealSize(t *testing.T) {
	t.Parallel()
	c := closed(t)
	tied, perihan := c.invites(t)
	c.assigns(t, tied)
	c.reviews(t, perihan)
	c.callsThirds(t)
	c.meets(t)
	places := c.decides(t)
	won := c.answers(t, places)
	c.publishes(t)
	c.hides(t)
	c.matches(t, won)
	for _, v := range []*uitest.Visitor{c.coordinator, c.chair, c.officer} {
		v.StayedOn(c.stage.tenant.Slug + "." + c.host)
	}
}

// invites asks two to review: one has the address of an organization that applied, which is a conflict of interest that is found
// without being declared; the other, at whose window it goes on, will declare one.
func (c *cycle) invites(t *testing.T) (tied *bid, perihan *uitest.Visitor) {
	t.Helper()
	tied = c.bids[slices.IndexFunc(c.bids, func(b *bid) bool { return b.joint != nil })]
	_, domain, _ := strings.Cut(tied.who[0].Lead().Email, "@")
	c.coordinator.Go(c.selection("/invitations"))
	c.coordinator.Fill("people", "Perihan Ünal <perihan@unal.example>\nZeliha Işıl <zeliha@"+domain+">")
	c.coordinator.Choose("locale", "tr")
	c.coordinator.Fill("reviews", "20")
	c.coordinator.Set("until", time.Now().AddDate(0, 0, 9).Format(time.DateOnly))
	c.coordinator.Press(c.say("selection.invite.do"))
	c.coordinator.Sees(c.say("selection.invite.done"), "Perihan Ünal", "Zeliha Işıl")
	for _, address := range []string{"zeliha@" + domain, "perihan@unal.example"} {
		perihan = uitest.Visit(t, uitest.Look{Language: "tr", Phone: true, Dark: true})
		perihan.Go(c.mail(t, perihan, c.stage.tenant.Slug, address, "/reviewer-invitations/"))
		perihan.Press(c.say("selection.asked.accept"))
		perihan.Sees(c.say("selection.asked.welcome"))
	}
	return tied, perihan
}

// assigns lets the solver say who reviews what, and takes over what it proposes.
func (c *cycle) assigns(t *testing.T, tied *bid) {
	t.Helper()
	c.officer.Go(c.selection("/automatic"))
	c.officer.Sees("Perihan Ünal", "Zeliha Işıl")
	c.officer.Accessible("cycle-automatic")
	c.officer.Press(c.say("selection.automatic.do"))
	c.officer.Sees(c.say("selection.proposal.apply"))
	c.officer.Accessible("cycle-proposal")
	c.officer.Press(c.say("selection.proposal.apply"))
	c.officer.Sees(c.say("selection.run.applied"))
	reviews := c.count(t, `SELECT count(*) FROM reviews WHERE state = 'assigned'`)
	applications := c.count(t, `SELECT count(DISTINCT application_id) FROM reviews`)
	if applications < 80 || reviews != 2*applications {
		t.Errorf("%d reviews of %d applications", reviews, applications)
	}
	if n, all := c.count(t, `SELECT count(*) FROM (SELECT person_id FROM reviews GROUP BY person_id HAVING count(*) >= 5) AS busy`), len(c.readers(t)); n != all {
		t.Errorf("%d of %d reviewers have something to do", n, all)
	}
	if n := c.count(t, `SELECT count(*) FROM reviews r JOIN conflicts c USING (application_id, person_id) WHERE r.application_id = ?`, tied.id); n > 0 {
		t.Errorf("%d reviews of somebody with a conflict of interest", n)
	}
	if n := c.count(t, `SELECT count(*) FROM conflicts WHERE application_id = ?`, tied.id); n == 0 {
		t.Error("the organization's own address is no conflict of interest")
	}
}

func (c *cycle) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	must(t, c.as(tenants.SystemActor("test")).Read().NewRaw(query, args...).Scan(t.Context(), &n))
	return n
}

// readers are all of them, by name.
func (c *cycle) readers(t *testing.T) []tenants.Scope {
	t.Helper()
	officer := c.as(c.stage.one(tenants.RoleOfficer))
	board, err := c.app.selection.Board(t.Context(), officer, c.call)
	must(t, err)
	slices.SortFunc(board.Reviewers, func(a, b selection.Reviewer) int { return cmp.Compare(a.Name, b.Name) })
	var all []tenants.Scope
	for _, r := range board.Reviewers {
		all = append(all, c.as(tenants.Actor{Person: r.ID, Name: r.Name, Locale: i18n.TR, Grants: []tenants.Grant{{Role: tenants.RoleReviewer}}}))
	}
	return all
}

// reviews lets one reviewer declare a conflict of interest and write a review in a browser, and all of them write theirs.
func (c *cycle) reviews(t *testing.T, v *uitest.Visitor) {
	t.Helper()
	all := c.readers(t)
	i := slices.IndexFunc(all, func(sc tenants.Scope) bool { return sc.Actor().Name == "Perihan Ünal" })
	own, err := c.app.selection.Queue(t.Context(), all[i])
	must(t, err)
	if len(own) < 3 {
		t.Fatalf("Perihan Ünal has %d reviews", len(own))
	}
	v.Go(c.at("/reviews/" + own[0].Review.ID.String()))
	v.Accessible("cycle-declare")
	v.Tick("kind", "cooperation")
	v.Press(c.say("selection.declare.step_aside"))
	v.Go(c.at("/reviews"))
	if strings.Contains(v.Text(), own[0].Application.Number) {
		t.Error("an application with a conflict of interest is still in the queue")
	}
	v.Go(c.at("/reviews/" + own[1].Review.ID.String()))
	v.Press(c.say("selection.declare.none"))
	call, err := c.app.programs.Call(t.Context(), c.as(c.stage.one(tenants.RoleOfficer)), c.call)
	must(t, err)
	for _, k := range call.Criteria {
		v.Hit(`[name="answers[`+k.Key+`][score]"]`, input.Digit8)
		v.Fill("answers["+k.Key+"][text]", strings.Repeat("Somut, gerçekçi ve iki tarafın da ihtiyacından doğuyor. ", 3))
	}
	v.Accessible("cycle-review")
	v.Press(c.say("selection.review.check"))
	v.Press(c.say("selection.submit.do"))
	v.Sees(c.say("selection.review.yours"))
	c.readAll(t)
}

// readAll lets all reviewers do what they owe.
func (c *cycle) readAll(t *testing.T) {
	t.Helper()
	call, err := c.app.programs.Call(t.Context(), c.as(c.stage.one(tenants.RoleOfficer)), c.call)
	must(t, err)
	for i, sc := range c.readers(t) {
		queue, err := c.app.selection.Queue(t.Context(), sc)
		must(t, err)
		for _, q := range queue {
			if !q.State.Owed() {
				continue
			}
			if q.State == selection.ReviewAssigned {
				must(t, c.app.selection.Declare(t.Context(), sc, q.Review.ID, selection.Declaration{}))
			}
			at := slices.IndexFunc(c.bids, func(b *bid) bool { return b.id == q.Application.ID })
			b := c.bids[at]
			thought := c.stage.world.Review(hands[i%len(hands)], call.Criteria, call.Review.ScoreMax, b.who[0], b.quality(), sc.Actor().Name)
			var typed []selection.Typed
			for _, k := range selection.Scored(call.Criteria) {
				typed = append(typed, selection.Typed{Ref: k.Key, Score: k.Scale(call.Review.ScoreMax).Nearest(float64(thought.Scores[k.Key]) / float64(call.Review.ScoreMax)), Feedback: thought.Texts[k.Key]})
			}
			_, clashes, err := c.app.selection.SaveAll(t.Context(), sc, q.Review.ID, typed)
			must(t, err)
			if len(clashes) > 0 {
				t.Fatalf("%d clashes", len(clashes))
			}
			must(t, c.app.selection.Submit(t.Context(), sc, q.Review.ID))
		}
	}
}

// callsThirds finds one more reviewer where totals are far apart or one is missing, until nothing is.
func (c *cycle) callsThirds(t *testing.T) {
	t.Helper()
	for round := range 6 {
		board, err := c.app.selection.Board(t.Context(), c.as(c.stage.one(tenants.RoleOfficer)), c.call)
		must(t, err)
		thirds, lacking := 0, 0
		for _, row := range board.Rows {
			if row.Progress.Third() {
				thirds++
			} else if row.Progress.Lacking() > 0 {
				lacking++
			}
		}
		switch {
		case thirds > 0:
			c.officer.Go(c.selection("/thirds"))
			c.officer.Accessible("cycle-thirds")
			c.officer.Press(c.say("selection.thirds.do"))
			c.readAll(t)
		case lacking > 0: // somebody stepped aside: the solver fills it up and keeps all others
			c.officer.Go(c.selection("/automatic"))
			c.officer.Press(c.say("selection.automatic.do"))
			c.officer.Sees(c.say("selection.proposal.kept"))
			c.officer.Press(c.say("selection.proposal.apply"))
			c.officer.Sees(c.say("selection.run.applied"))
			c.readAll(t)
		case round == 0:
			t.Fatal("no totals are far apart and nobody is missing: the reviewers agree too well")
		default:
			return
		}
	}
	t.Fatal("reviews are missing after six rounds")
}
