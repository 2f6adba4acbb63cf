package matching_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// four are two organizations each of two networks that show their cards, which say the same, and the core, which makes rounds of them.
type four struct {
	*house

	here, there, core    tenants.Tenant
	team                 tenants.Scope
	ada, bora, cem, dora side
	a, b, c, d           ids.Organization // their cards
	countries            []geo.Country
}

// fourOf makes them of two countries that no other test has, so that only these have a seat.
func fourOf(t *testing.T, one, other geo.Country) *four {
	t.Helper()
	h := open(t)
	f := &four{house: h, here: h.Tenant, there: h.Another(t), countries: []geo.Country{one, other}}
	f.core, f.team = h.core(t)
	h.partakes(t, f.here)
	h.partakes(t, f.there)
	topics := []matching.Topic{"digital"}
	f.ada, f.bora = h.shares(t, f.here, "Ada", one, topics, topics), h.shares(t, f.here, "Bora", one, topics, topics)
	f.cem, f.dora = h.shares(t, f.there, "Cem", other, topics, topics), h.shares(t, f.there, "Dora", other, topics, topics)
	f.a, f.b, f.c, f.d = h.copyOf(t, f.here, f.ada), h.copyOf(t, f.here, f.bora), h.copyOf(t, f.there, f.cem), h.copyOf(t, f.there, f.dora)
	return f
}

// begun is a round of them.
func (f *four) begun(t *testing.T, change func(r *matching.Round)) (round ids.Round) {
	t.Helper()
	f.within(f.core, func() {
		round = f.common(t, f.team, func(r *matching.Round) {
			r.Rules.Seats = []matching.Seat{{Countries: f.countries}, {Countries: f.countries}}
			if change != nil {
				change(r)
			}
		})
	})
	return round
}

func (f *four) solved(t *testing.T, round ids.Round) (b matching.Board) {
	t.Helper()
	f.within(f.core, func() { b = f.solve(t, f.team, round) })
	return b
}

// wishes are the names of whom an organization wishes for in other networks and whom it rules out there.
func (h *house) wishes(t *testing.T, of side) (wished, ruled []string) {
	t.Helper()
	w, err := h.service.WishesAbroad(t.Context(), of.lead, of.id)
	must(t, err)
	for i := range w.Wished {
		wished = append(wished, w.Wished[i].Name)
	}
	for i := range w.Ruled {
		ruled = append(ruled, w.Ruled[i].Name)
	}
	return wished, ruled
}

// TestWishesAcrossNetworksCount has a wish decide between solutions that are worth the same without it, and says on the board that it is
// met; in either direction, as nobody could tell by chance.
func TestWishesAcrossNetworksCount(t *testing.T) {
	t.Parallel()
	f := fourOf(t, "LT", "SI")
	round := f.begun(t, nil)
	for name, c := range map[string]struct {
		card ids.Organization
		want []string
	}{"Dora": {f.d, []string{"Ada+Dora", "Bora+Cem"}}, "Cem": {f.c, []string{"Ada+Cem", "Bora+Dora"}}} {
		must(t, f.service.WishAbroad(t.Context(), f.ada.lead, f.ada.id, c.card))
		b := f.solved(t, round)
		if diff := cmp.Diff(c.want, groups(&b)); diff != "" {
			t.Error(diff)
		}
		f.within(f.core, func() {
			page := f.enters(t, f.team)
			page.Get("/common/rounds/" + round.String() + "/runs/" + b.ID.String())
			page.Want(http.StatusOK, "Ada wished for "+name+" as number 1")
		})
		must(t, f.service.UnwishAbroad(t.Context(), f.ada.lead, f.ada.id, c.card))
	}
}

// TestAVetoAcrossNetworksIsAPairThatCannotBe compares what the core is told of a pair of which one rules the other out with what it is told
// of one that its own rules keep apart: the same. Which of the two has said so makes no difference to anything that it reads.
func TestAVetoAcrossNetworksIsAPairThatCannotBe(t *testing.T) {
	t.Parallel()
	f := fourOf(t, "IS", "NO")
	ctx := t.Context()
	round := f.begun(t, nil)
	must(t, f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, f.c)) // both ways, so that they would be together
	must(t, f.service.WishAbroad(ctx, f.cem.lead, f.cem.id, f.a))
	before := f.solved(t, round)
	if diff := cmp.Diff([]string{"Ada+Cem", "Bora+Dora"}, groups(&before)); diff != "" {
		t.Fatal(diff)
	}
	must(t, f.service.RuleOutAbroad(ctx, f.ada.lead, f.ada.id, f.c))
	wants(t, f.service.Propose(ctx, f.team, round, before.ID, proposing(f.a, f.c)), fault.KindConflict, "")
	one := f.solved(t, round)
	must(t, f.service.TakeBackAbroad(ctx, f.ada.lead, f.ada.id, f.c))
	must(t, f.service.RuleOutAbroad(ctx, f.cem.lead, f.cem.id, f.a))
	must(t, f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, f.c)) // the one that is ruled out still wishes, and knows nothing
	other := f.solved(t, round)
	for _, b := range []*matching.Board{&one, &other} {
		if diff := cmp.Diff([]string{"Ada+Dora", "Bora+Cem"}, groups(b)); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(string(one.Instance), string(other.Instance)); diff != "" {
		t.Errorf("the instance tells who has ruled the other out: %s", diff)
	}
	if diff := cmp.Diff(one.Beside, other.Beside); diff != "" {
		t.Errorf("what stands beside the solution tells who has ruled the other out: %s", diff)
	}
	var instance struct{ Edges [][3]int }
	must(t, json.Unmarshal(one.Instance, &instance))
	if len(instance.Edges) != 3 { // of four pairs between the networks
		t.Errorf("the instance has %v", instance.Edges)
	}
	f.within(f.core, func() {
		now, err := f.service.Board(ctx, f.team, round, other.ID)
		must(t, err)
		apart := [2]ids.Organization{f.a, f.b} // by the rules, which want different networks
		veto := [2]ids.Organization{f.a, f.c}
		said := func(pair [2]ids.Organization) []string {
			_, what := f.service.WhatIf(ctx, f.team, &now, pair[0], pair[1])
			tie := f.service.Tie(ctx, f.team, round, true, pair[:])
			propose := f.service.Propose(ctx, f.team, round, before.ID, proposing(pair[:]...))
			return []string{fault.Of(what).Key, fault.Of(tie).Key, fault.Of(propose).Key}
		}
		if diff := cmp.Diff(said(apart)[:2], said(veto)[:2]); diff != "" {
			t.Errorf("a veto is told from a rule: %s", diff)
		}
		if got := said(veto)[2]; got != "matching.tie.cannot" {
			t.Errorf("it cannot be proposed by %s", got)
		}
		page := f.enters(t, f.team)
		for _, at := range []string{"", "/runs/" + one.ID.String(), "/runs/" + other.ID.String(), "/runs/" + other.ID.String() + "/instance"} {
			page.Get("/common/rounds/" + round.String() + at)
			for _, wrong := range []string{"Cem wished for Ada", "ruled out", "veto"} {
				if strings.Contains(page.Page.Body, wrong) {
					t.Errorf("%s says %q", at, wrong)
				}
			}
		}
		var kept string
		must(t, f.Tenants.Bind(f.core, tenants.SystemActor("test")).Read().NewRaw(`SELECT string_agg((basis -> 'sides')::text, ' ') FROM matching_runs WHERE id IN (?, ?)`, one.ID, other.ID).Scan(ctx, &kept))
		if n := strings.Count(kept, `"wishes": [-1]`); n != 2 || strings.Count(kept, "wishes") != n {
			t.Errorf("a wish is kept whose place tells that it cannot come true: %s", kept)
		}
	})
}

func proposing(cards ...ids.Organization) matching.Proposing {
	return matching.Proposing{Groups: [][]ids.Organization{cards}, Due: time.Now().Add(time.Hour)}
}

// TestNobodyElseKnowsOfWishesAcrossNetworks wishes for one and rules another out: neither these, nor the teams of both networks, nor the
// core's see a difference, and nobody is told; only that something was changed stands in the trail, in the same words for both.
func TestNobodyElseKnowsOfWishesAcrossNetworks(t *testing.T) {
	t.Parallel()
	f := fourOf(t, "IE", "PT")
	ctx := t.Context()
	coordinator := f.As(t, tenanttest.Role(tenants.RoleCoordinator))
	theirs := tenants.Scope{}
	f.within(f.there, func() { theirs = f.As(t, tenanttest.Role(tenants.RoleCoordinator)) })
	see := func() string {
		var b strings.Builder
		for _, s := range []side{f.bora, f.cem, f.dora} {
			pool, in, err := f.service.Abroad(ctx, s.lead, matching.Query{For: s.id, Locale: i18n.EN})
			var listed []matching.Listed
			for _, l := range pool.All {
				if l.ID == f.a {
					listed = append(listed, l)
				}
			}
			m, failed := f.service.MeetAbroad(ctx, s.lead, s.id, ids.CommonCard(f.a))
			w, refused := f.service.WishesAbroad(ctx, s.lead, s.id)
			fmt.Fprintf(&b, "%+v %v %v %+v %v %+v %v\n", listed, in, err, m, failed, w, refused)
		}
		for _, sc := range []tenants.Scope{coordinator, theirs} {
			met, err := f.service.MetAbroad(ctx, sc)
			p, failed := f.service.Participation(ctx, sc)
			fmt.Fprintf(&b, "%+v %v %+v %v\n", met, err, p, failed)
		}
		card, err := f.service.CommonCard(ctx, f.team, ids.CommonCard(f.a))
		fmt.Fprintf(&b, "%+v %v", card, err)
		return b.String()
	}
	before := see()
	f.mails, f.news = nil, nil
	must(t, f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, f.d))
	must(t, f.service.RuleOutAbroad(ctx, f.ada.lead, f.ada.id, f.c))
	for _, in := range []tenants.Tenant{f.here, f.there} {
		f.within(in, func() { f.Jobs(t) })
	}
	if diff := cmp.Diff(before, see()); diff != "" {
		t.Errorf("others see a difference: %s", diff)
	}
	if len(f.mails)+len(f.news) > 0 {
		t.Errorf("somebody was told: %v %v", f.mails, f.news)
	}
	participant := f.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: f.ada.id})
	if w, err := f.service.WishesAbroad(ctx, participant, f.ada.id); err != nil || w.Rank(f.d) != 1 || !w.RuledOut(f.c) {
		t.Errorf("its own people do not see them: %+v %v", w, err)
	}
	for who, sc := range map[string]tenants.Scope{
		"a participant": participant, "another organization": f.bora.lead, "the wished one": f.dora.lead, "the ruled out one": f.cem.lead, "a coordinator": coordinator,
		"their coordinator": theirs, "the core team": f.team, "an officer": f.As(t, tenanttest.Role(tenants.RoleOfficer)), "a visitor": f.Visitor(),
	} {
		if _, err := f.service.WishesAbroad(ctx, sc, f.ada.id); err == nil && who != "a participant" {
			t.Errorf("%s reads them", who)
		}
		for what, err := range map[string]error{
			"wishes": f.service.WishAbroad(ctx, sc, f.ada.id, f.d), "unwishes": f.service.UnwishAbroad(ctx, sc, f.ada.id, f.d), "places": f.service.PlaceAbroad(ctx, sc, f.ada.id, f.d, 1),
			"rules out": f.service.RuleOutAbroad(ctx, sc, f.ada.id, f.d), "takes back": f.service.TakeBackAbroad(ctx, sc, f.ada.id, f.c),
		} {
			if err == nil || fault.Is(err, fault.KindConflict) {
				t.Errorf("%s %s: %v", who, what, err)
			}
		}
	}
	var entries []struct {
		Action, SubjectID, Detail string
		ActorPerson               ids.Person
	}
	must(t, f.System().Read().NewRaw(`SELECT action, subject_id, detail::text AS detail, actor_person FROM audit_entries WHERE action LIKE 'wish%'`).Scan(ctx, &entries))
	if len(entries) != 2 || entries[0] != entries[1] || entries[0].SubjectID != f.ada.id.String() || entries[0].ActorPerson != f.ada.lead.Actor().Person {
		t.Errorf("the trail tells a wish from a veto, or not who it was: %+v", entries)
	}
	for _, e := range entries {
		if e.Action != "wish.changed" || strings.Contains(e.Detail, f.d.String()) || strings.Contains(e.Detail, f.c.String()) {
			t.Errorf("the trail tells: %+v", e)
		}
	}
	for _, in := range []tenants.Tenant{f.there, f.core} {
		if n := f.trail(t, in, "wish.changed"); n > 0 {
			t.Errorf("the trail of %s has %d entries", in.Slug, n)
		}
	}
}

// TestWishesAcrossNetworksAreBounded tries what cannot be.
func TestWishesAcrossNetworksAreBounded(t *testing.T) {
	t.Parallel()
	f := fourOf(t, "HR", "SK")
	ctx, topics := t.Context(), []matching.Topic{"digital"}
	var all []ids.Organization
	for i := range 5 {
		all = append(all, f.copyOf(t, f.there, f.shares(t, f.there, fmt.Sprintf("Ella %d", i), "SK", topics, topics)))
	}
	var wg sync.WaitGroup
	for _, card := range append(all, f.c) { // all at once: five are kept, each at a rank of its own
		wg.Go(func() {
			if err := f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, card); err != nil && !fault.Is(err, fault.KindConflict) {
				t.Error(err)
			}
		})
		wg.Go(func() { // they wish for each other
			if err := f.service.WishAbroad(ctx, f.cem.lead, f.cem.id, f.a); err != nil && !fault.Is(err, fault.KindConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w, err := f.service.WishesAbroad(ctx, f.ada.lead, f.ada.id)
	must(t, err)
	if len(w.Wished) != matching.MostWishes {
		t.Fatalf("%d wishes", len(w.Wished))
	}
	last := w.Wished[4].ID
	for _, c := range []struct {
		card ids.Organization
		key  string
	}{
		{f.d, "matching.wish.full"}, {last, "matching.wish.twice"}, {f.a, "fault.not_found"}, {f.b, "fault.not_found"}, {ids.New[ids.Organization](), "fault.not_found"}, {f.dora.id, "fault.not_found"},
	} {
		if err := f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, c.card); fault.Of(err).Key != c.key {
			t.Errorf("%v, not %s", err, c.key)
		}
	}
	for _, card := range []ids.Organization{f.a, f.b, ids.New[ids.Organization]()} {
		wants(t, f.service.RuleOutAbroad(ctx, f.ada.lead, f.ada.id, card), fault.KindNotFound, "")
	}
	for range 2 { // a double click
		must(t, f.service.PlaceAbroad(ctx, f.ada.lead, f.ada.id, last, 1))
		must(t, f.service.UnwishAbroad(ctx, f.ada.lead, f.ada.id, w.Wished[3].ID))
	}
	wants(t, f.service.PlaceAbroad(ctx, f.ada.lead, f.ada.id, f.d, 1), fault.KindNotFound, "")
	now, _ := f.wishes(t, f.ada)
	if diff := cmp.Diff([]string{w.Wished[4].Name, w.Wished[0].Name, w.Wished[1].Name, w.Wished[2].Name}, now); diff != "" {
		t.Error(diff)
	}
	must(t, f.service.RuleOutAbroad(ctx, f.ada.lead, f.ada.id, last))
	if err := f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, last); fault.Of(err).Key != "matching.wish.ruled_out" {
		t.Error(err)
	}
	if wished, ruled := f.wishes(t, f.ada); len(wished) != 3 || len(ruled) != 1 {
		t.Errorf("%v, %v", wished, ruled)
	}
	n := f.trail(t, f.here, "wish.changed")
	f.Jobs(t)
	if got := f.trail(t, f.here, "wish.changed") - n; got != 5+4+1 {
		t.Errorf("the trail has %d entries of what was done", got)
	}
	out := f.side(t, "Out", "HR")
	if w, err := f.service.WishesAbroad(ctx, out.lead, out.id); err != nil || w.Open {
		t.Errorf("whoever shows no card has %+v: %v", w, err)
	}
	wants(t, f.service.WishAbroad(ctx, out.lead, out.id, f.c), fault.KindNotFound, "")
}

// TestWishesAcrossNetworksGoWithTheCard has either side take its card back, a network leave and an organization be erased: nothing of them is
// kept, and the core's runs forget them.
func TestWishesAcrossNetworksGoWithTheCard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		countries [2]geo.Country
		ends      func(f *four) error
	}{
		"the wished one": {[2]geo.Country{"HU", "RO"}, func(f *four) error {
			if err := f.service.Unshare(t.Context(), f.cem.lead, f.cem.id); err != nil {
				return err
			}
			return f.service.Unshare(t.Context(), f.dora.lead, f.dora.id)
		}},
		"the wishing one": {[2]geo.Country{"CZ", "AT"}, func(f *four) error { return f.service.Unshare(t.Context(), f.ada.lead, f.ada.id) }},
		"the network": {[2]geo.Country{"DK", "FI"}, func(f *four) (err error) {
			f.within(f.there, func() { err = f.service.EndPart(t.Context(), f.As(t, tenanttest.Role(tenants.RoleCoordinator)), true) })
			return err
		}},
		"its erasure": {[2]geo.Country{"SE", "NL"}, func(f *four) error {
			f.mu.Lock()
			delete(f.known, f.ada.id)
			f.mu.Unlock()
			return f.Tenants.Do(t.Context(), jobs.Envelope{Name: matching.ShareJob, Room: f.here.ID.String(), Payload: []byte("{}")})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := fourOf(t, c.countries[0], c.countries[1])
			ctx := t.Context()
			must(t, f.service.WishAbroad(ctx, f.ada.lead, f.ada.id, f.d))
			must(t, f.service.RuleOutAbroad(ctx, f.ada.lead, f.ada.id, f.c))
			must(t, f.service.WishAbroad(ctx, f.bora.lead, f.bora.id, f.c))
			run := f.solved(t, f.begun(t, nil))
			must(t, c.ends(f))
			var left int
			must(t, f.Tenants.Platform().Read().NewRaw(`SELECT (SELECT count(*) FROM common_wishes WHERE card_id = ?0) + (SELECT count(*) FROM common_vetoes WHERE card_id = ?0)`, f.a).Scan(ctx, &left))
			if left > 0 {
				t.Errorf("%d are left", left)
			}
			if w, err := f.service.WishesAbroad(ctx, f.ada.lead, f.ada.id); err != nil || len(w.Wished)+len(w.Ruled) > 0 {
				t.Errorf("Ada still has %+v: %v", w, err)
			}
			if w, err := f.service.WishesAbroad(ctx, f.bora.lead, f.bora.id); err != nil || len(w.Wished) > 0 != (strings.HasPrefix(name, "the wishing") || name == "its erasure") {
				t.Errorf("Bora has %+v: %v", w, err)
			}
			kept := func() (sides, barred string) {
				must(t, f.Tenants.Bind(f.core, tenants.SystemActor("test")).Read().NewRaw(`SELECT (basis -> 'sides')::text, barred::text FROM matching_runs WHERE id = ?`, run.ID).Scan(ctx, &sides, &barred))
				return sides, barred
			}
			if _, barred := kept(); barred == "[]" {
				t.Error("nothing was barred")
			}
			var sides, barred string
			for end := time.Now().Add(30 * time.Second); time.Now().Before(end); { // the core's queue is that of all tests, and another one may be at it
				f.within(f.core, func() { f.Jobs(t) })
				if sides, barred = kept(); barred == "[]" {
					break
				}
			}
			var all []matching.Side
			must(t, json.Unmarshal([]byte(sides), &all))
			for i := range all {
				for _, at := range all[i].Wishes {
					if at >= 0 && all[at].Gone {
						t.Errorf("it is kept that %d wishes for %d", i, at)
					}
				}
			}
			if barred != "[]" {
				t.Errorf("it is kept that %s cannot be", barred)
			}
		})
	}
}

// TestAVetoWithinANetworkHoldsAcross lets the core put together organizations of one network, of which one has ruled the other out at home,
// until that is taken back.
func TestAVetoWithinANetworkHoldsAcross(t *testing.T) {
	t.Parallel()
	f := fourOf(t, "FR", "BE")
	ctx := t.Context()
	for _, s := range []side{f.ada, f.bora} {
		must(t, f.service.Join(ctx, s.lead, s.id, 1))
	}
	must(t, f.service.RuleOut(ctx, f.bora.lead, f.bora.id, f.ada.id, "A quarrel."))
	f.Jobs(t)
	round := f.begun(t, func(r *matching.Round) {
		r.Rules.Seats = []matching.Seat{{Countries: f.countries[:1]}, {Countries: f.countries[:1]}}
		r.Rules.Networks, r.Rules.Weights.Networks = false, 0
	})
	if b := f.solved(t, round); len(b.Groups) > 0 {
		t.Errorf("there is %v", groups(&b))
	}
	if w, err := f.service.WishesAbroad(ctx, f.bora.lead, f.bora.id); err != nil || len(w.Ruled) > 0 {
		t.Errorf("it is listed among those of other networks: %+v %v", w, err)
	}
	must(t, f.service.TakeBack(ctx, f.bora.lead, f.bora.id, f.ada.id))
	f.Jobs(t)
	if b := f.solved(t, round); len(b.Groups) != 1 {
		t.Errorf("there is %v", groups(&b))
	}
}

// TestWishesAcrossNetworksOnThePages wishes, orders and rules out where a lead does that.
func TestWishesAcrossNetworksOnThePages(t *testing.T) {
	t.Parallel()
	f := fourOf(t, "PL", "ES")
	b := f.enters(t, f.ada.lead)
	b.Get("/partners/wishes")
	b.Want(http.StatusOK, "You have not wished for anybody of another network yet.")
	wish := func(name string) {
		t.Helper()
		b.Get("/partners/networks?network=" + f.there.Slug)
		b.Get(b.Page.Link(name))
		b.Submit("/partners/networks/wishes")
		b.Want(http.StatusOK, "Added to your wishes.", "1. ", name, f.there.Name)
	}
	wish("Cem")
	wish("Dora")
	b.Submit("/partners/networks/wishes/order") // the first one down
	b.Want(http.StatusOK, "The order is saved.")
	if wished, _ := f.wishes(t, f.ada); !cmp.Equal(wished, []string{"Dora", "Cem"}) {
		t.Errorf("wishes are %v", wished)
	}
	b.Get("/partners/networks/" + f.d.String())
	b.Want(http.StatusOK, "This is your wish number 1.")
	must(t, f.service.UnwishAbroad(t.Context(), f.ada.lead, f.ada.id, f.d))
	old := f.enters(t, f.ada.lead)
	old.Get("/partners/networks/" + f.d.String())
	b.Submit("/partners/networks/vetoes")
	b.Want(http.StatusOK, "Ruled out. Nobody else is told who or why.", "Ruled out in other networks")
	b.Get("/partners/networks/" + f.d.String())
	b.Want(http.StatusOK, "You have ruled them out.")
	old.Submit("/partners/networks/wishes")
	old.Want(http.StatusConflict, "You have ruled this organization out. Take that back first.")
	b.Get("/partners/wishes")
	b.Submit("/partners/networks/vetoes/removal")
	b.Want(http.StatusOK, "No longer ruled out.")
	b.Submit("/partners/networks/wishes/removal")
	b.Want(http.StatusOK, "Removed from your wishes.")
	if wished, ruled := f.wishes(t, f.ada); len(wished)+len(ruled) > 0 {
		t.Errorf("%v, %v are left", wished, ruled)
	}
	asked := func() int64 { return f.queries.Least(func() { b.Get("/partners/wishes") }) }
	must(t, f.service.WishAbroad(t.Context(), f.ada.lead, f.ada.id, f.c))
	one := asked()
	must(t, f.service.WishAbroad(t.Context(), f.ada.lead, f.ada.id, f.d))
	if two := asked(); two != one {
		t.Errorf("%d queries for two, %d for one", two, one)
	}
	looks := f.enters(t, f.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: f.ada.id}))
	looks.Get("/partners/wishes")
	looks.Want(http.StatusOK, "1. ", "Cem")
	looks.Get("/partners/networks/" + f.c.String())
	looks.Want(http.StatusOK, "This is your wish number 1.")
	for _, wrong := range []string{"Rule out", "/partners/networks/wishes"} {
		if strings.Contains(looks.Page.Body, wrong) {
			t.Errorf("a participant is offered %q", wrong)
		}
	}
}
