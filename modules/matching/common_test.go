package matching_test

import (
	"context"
	"encoding/json"
	"slices"
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
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// within has the house work for another network.
func (h *house) within(in tenants.Tenant, do func()) {
	at := h.Tenant
	h.Tenant = in
	do()
	h.Tenant = at
}

// partakes makes a network take part in the common pool.
func (h *house) partakes(t *testing.T, in tenants.Tenant) {
	t.Helper()
	h.within(in, func() { must(t, h.service.TakePart(t.Context(), h.As(t, tenanttest.Role(tenants.RoleCoordinator)))) })
}

// shares makes an organization with a card in a network, which shows it to other networks; the queue has done its work.
func (h *house) shares(t *testing.T, in tenants.Tenant, name string, country geo.Country, needs, offers []matching.Topic) (s side) {
	t.Helper()
	h.within(in, func() {
		s = h.side(t, name, country)
		must(t, h.service.Write(t.Context(), s.lead, matching.Card{Organization: s.id, Needs: needs, Offers: offers, Languages: []string{"en"}, Relation: matching.EitherRelation}))
		must(t, h.service.Share(t.Context(), s.lead, s.id, 1))
		h.Jobs(t)
	})
	return s
}

var oneCore sync.Mutex

// core is the core site, which all networks of the tests have in common, and somebody of its team.
func (h *house) core(t *testing.T) (tenants.Tenant, tenants.Scope) {
	t.Helper()
	oneCore.Lock()
	defer oneCore.Unlock()
	var made tenants.Tenant
	for made.SchemaVersion == 0 { // where another test has just made it, the catalogue is not read again at once
		all, err := h.Tenants.All(t.Context())
		must(t, err)
		if at := slices.IndexFunc(all, func(n tenants.Tenant) bool { return n.Kind == tenants.KindCore }); at >= 0 {
			made = all[at]
			continue
		}
		fresh, err := h.Tenants.Create(t.Context(), tenants.New{Slug: "core", Name: "Commons", Kind: tenants.KindCore, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: []string{"core.localhost"}})
		if fault.Is(err, fault.KindInvalid) {
			continue
		}
		must(t, err)
		must(t, h.Tenants.Provision(t.Context(), fresh.ID))
	}
	var team tenants.Scope
	h.within(made, func() { team = h.As(t, tenanttest.Role(tenants.RoleCoreTeam)) })
	return made, team
}

// abroad are the names of the organizations of one other network that an organization sees; other tests have networks, too.
func (h *house) abroad(t *testing.T, who side, of tenants.Tenant) []string {
	t.Helper()
	pool, in, err := h.service.Abroad(t.Context(), who.lead, matching.Query{For: who.id, Network: of.Slug, Locale: i18n.EN})
	must(t, err)
	if !in {
		t.Fatal("the organization shares its own card and sees none")
	}
	return names(pool.Found)
}

// copies are what is kept for other networks of an organization; nothing where there is none.
func (h *house) copies(t *testing.T, in tenants.Tenant) []string {
	t.Helper()
	var all []string
	must(t, h.Tenants.Platform().Read().NewRaw(`SELECT content::text FROM common_cards WHERE tenant_id = ? ORDER BY id`, in.ID).Scan(t.Context(), &all))
	return all
}

// TestOnlyTheCardIsShared has everything about an organization that a network knows, and finds in the pool what it agreed to and no more.
func TestOnlyTheCardIsShared(t *testing.T) {
	t.Parallel()
	h := open(t)
	here, there := h.Tenant, h.Another(t)
	h.partakes(t, here)
	h.partakes(t, there)
	ada := h.side(t, "Ada", "TR")
	h.known[ada.id] = matching.Organization{
		ID: ada.id, Name: "Ada", NameEnglish: "CANARY", City: "CANARY", Country: "TR", Form: "CANARY", About: "CANARY", Fields: []string{"CANARY"}, Languages: []string{"CANARY"}, Size: matching.Small,
	}
	must(t, h.service.Write(t.Context(), ada.lead, matching.Card{
		Organization: ada.id, Needs: []matching.Topic{"digital"}, Offers: []matching.Topic{"people", "finance"}, Languages: []string{"en", "tr"}, Countries: []geo.Country{"DE"},
		Kinds: []string{"association"}, Sizes: []matching.Size{matching.Large}, Relation: matching.NewRelation, Green: true, Wished: "By the sea.", About: "We grow.",
		From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), Hosts: 4,
	}))
	bora := h.findable(t, "Bora", "TR", []matching.Topic{"people"}, []matching.Topic{"digital"})
	must(t, h.service.Join(t.Context(), ada.lead, ada.id, 1))
	must(t, h.service.Wish(t.Context(), ada.lead, ada.id, bora.id))
	must(t, h.service.Share(t.Context(), ada.lead, ada.id, 2))
	h.Jobs(t)
	all := h.copies(t, here)
	if len(all) != 1 {
		t.Fatalf("%d cards are shared", len(all))
	}
	var got, want any
	must(t, json.Unmarshal([]byte(all[0]), &got))
	must(t, json.Unmarshal([]byte(`{"name": "Ada", "country": "TR", "size": "small", "needs": ["digital"], "offers": ["people", "finance"], "languages": ["en", "tr"],
		"countries": ["DE"], "kinds": ["association"], "sizes": ["large"], "relation": "new", "green": true, "wished": "By the sea.", "about": "We grow.", "from": "2026-03-01", "until": "2026-09-01", "hosts": 4}`), &want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	ella := h.shares(t, there, "Ella", "DE", []matching.Topic{"people"}, []matching.Topic{"digital"})
	pool, _, err := h.service.Abroad(t.Context(), ella.lead, matching.Query{For: ella.id, Network: here.Slug, Locale: i18n.EN})
	must(t, err)
	if diff := cmp.Diff([]string{"Ada"}, names(pool.Found)); diff != "" {
		t.Fatal(diff)
	}
	if one := pool.All[0]; one.ID == ada.id || one.City != "" || !cmp.Equal(one.Fit.Get, []matching.Topic{"people"}) || !cmp.Equal(one.Fit.Give, []matching.Topic{"digital"}) {
		t.Errorf("seen from abroad: %+v", one)
	}
	m, err := h.service.MeetAbroad(t.Context(), ella.lead, ella.id, ids.CommonCard(pool.All[0].ID))
	must(t, err)
	for _, r := range m.Reasons() {
		if strings.HasPrefix(r.Key, "kind_other") || r.Key == "size_own" || r.Key == "not_together" {
			t.Errorf("a reason that nobody can know: %+v", r)
		}
	}
	if got := h.abroad(t, ada, here); len(got) != 0 {
		t.Errorf("its own network is abroad: %v", got)
	}
	if got := h.abroad(t, ada, there); !slices.Equal(got, []string{"Ella"}) {
		t.Errorf("Ada sees %v", got)
	}
	must(t, h.service.Leave(t.Context(), ada.lead, ada.id, 2))
	if got := h.abroad(t, ella, here); !slices.Equal(got, []string{"Ada"}) {
		t.Errorf("who leaves the network's own pool is gone from the common one: %v", got)
	}
}

// TestWhoSharesNothingSeesNothing asks as everybody who should learn nothing.
func TestWhoSharesNothingSeesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	here, there, apart := h.Tenant, h.Another(t), h.Another(t)
	h.partakes(t, here)
	h.partakes(t, there)
	ada := h.shares(t, here, "Ada", "TR", topics, topics)
	bora := h.findable(t, "Bora", "TR", topics, topics)
	h.shares(t, there, "Ella", "DE", topics, topics)
	pool, _, err := h.service.Abroad(t.Context(), ada.lead, matching.Query{For: ada.id, Network: there.Slug})
	must(t, err)
	card := ids.CommonCard(pool.All[0].ID)

	if pool, in, err := h.service.Abroad(t.Context(), bora.lead, matching.Query{For: bora.id}); err != nil || in || pool.Total+len(pool.Networks)+pool.Cards > 0 {
		t.Errorf("one that does not share sees %+v %v %v", pool, in, err)
	}
	own, _, err := h.service.Abroad(t.Context(), ada.lead, matching.Query{For: ada.id, Network: here.Slug})
	must(t, err)
	if own.Total != 0 || slices.ContainsFunc(own.Networks, func(n matching.Partaking) bool { return n.Network == here.ID }) {
		t.Errorf("it learns who of its own network shares: %+v", own)
	}
	var fern, guest tenants.Scope
	var outside side
	h.within(apart, func() {
		outside = h.findable(t, "Fern", "DE", topics, topics)
		fern, guest = outside.lead, h.Visitor()
	})
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	core, team := h.core(t)
	for who, asks := range map[string]struct {
		sc  tenants.Scope
		own ids.Organization
	}{
		"a network that does not take part": {fern, outside.id}, "one that does not share": {bora.lead, bora.id}, "another's lead": {bora.lead, ada.id}, "a coordinator": {coordinator, ada.id}, "a visitor": {guest, ada.id}, "a core member": {team, ada.id},
	} {
		if _, err := h.service.MeetAbroad(t.Context(), asks.sc, asks.own, card); err == nil {
			t.Errorf("%s reads a card", who)
		}
		if _, in, err := h.service.Abroad(t.Context(), asks.sc, matching.Query{For: asks.own}); in || err == nil && who != "one that does not share" {
			t.Errorf("%s sees the list: %v", who, err)
		}
		if _, err := h.service.CommonPool(t.Context(), asks.sc, matching.Query{}); (err == nil) != (who == "a core member") {
			t.Errorf("%s sees the whole pool: %v", who, err)
		}
	}
	if _, err := h.service.MeetAbroad(t.Context(), ada.lead, ada.id, ids.New[ids.CommonCard]()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a card that is not there: %v", err)
	}
	var operator tenants.Scope
	h.within(core, func() { operator = h.As(t, tenanttest.Role(tenants.RoleOperator)) })
	if _, err := h.service.CommonCard(t.Context(), operator, card); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an operator reads a card: %v", err)
	}
	if c, err := h.service.CommonCard(t.Context(), team, card); err != nil || c.Of != there.Name {
		t.Errorf("the core team reads %+v: %v", c, err)
	}
}

// TestWhatIsTakenBackIsGoneAtOnce takes cards out of the pool in each way in which that happens. Nothing but the change itself has
// been done when others look.
func TestWhatIsTakenBackIsGoneAtOnce(t *testing.T) {
	t.Parallel()
	topics := []matching.Topic{"digital"}
	for how, end := range map[string]func(t *testing.T, h *house, in tenants.Tenant, who side){
		"the organization takes it back": func(t *testing.T, h *house, _ tenants.Tenant, who side) {
			must(t, h.service.Unshare(t.Context(), who.lead, who.id))
		},
		"the network ends it": func(t *testing.T, h *house, in tenants.Tenant, _ side) {
			h.within(in, func() {
				must(t, h.service.EndPart(t.Context(), h.As(t, tenanttest.Role(tenants.RoleCoordinator)), true))
			})
		},
		"the network is suspended": func(t *testing.T, h *house, in tenants.Tenant, _ side) {
			must(t, h.Tenants.Suspend(t.Context(), in.ID))
		},
		"the network may only be read": func(t *testing.T, h *house, in tenants.Tenant, _ side) {
			_, err := h.Cluster.Admin(t).Exec(t.Context(), `UPDATE platform.tenants SET status = 'read_only', version = version + 1 WHERE id = $1`, in.ID)
			must(t, err)
		},
		"the organization is erased": func(t *testing.T, h *house, in tenants.Tenant, who side) {
			h.mu.Lock()
			delete(h.known, who.id)
			h.mu.Unlock()
			must(t, h.Tenants.Bind(in, tenants.SystemActor("test")).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
				_, err := tx.NewRaw(`DELETE FROM matching_cards WHERE organization_id = ?0; `, who.id).Exec(ctx)
				if err == nil {
					_, err = tx.NewRaw(`DELETE FROM organizations WHERE id = ?`, who.id).Exec(ctx)
				}
				return err
			}))
			must(t, h.Tenants.Do(t.Context(), jobs.Envelope{Name: matching.ShareJob, Room: in.ID.String(), Payload: json.RawMessage("{}")})) // every night
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			here, there := h.Tenant, h.Another(t)
			h.partakes(t, here)
			h.partakes(t, there)
			_, team := h.core(t)
			ada, ella := h.shares(t, here, "Ada", "TR", topics, topics), h.shares(t, there, "Ella", "DE", topics, topics)
			pool, _, err := h.service.Abroad(t.Context(), ada.lead, matching.Query{For: ada.id, Network: there.Slug})
			must(t, err)
			card := ids.CommonCard(pool.All[0].ID)
			if all, err := h.service.CommonPool(t.Context(), team, matching.Query{Network: there.Slug}); err != nil || all.Total != 1 {
				t.Fatalf("the core team sees %d: %v", all.Total, err)
			}
			end(t, h, there, ella)
			if got := h.abroad(t, ada, there); len(got) != 0 {
				t.Errorf("others still see %v", got)
			}
			if _, err := h.service.MeetAbroad(t.Context(), ada.lead, ada.id, card); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("they still read it: %v", err)
			}
			if _, err := h.service.CommonCard(t.Context(), team, card); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("the core team still reads it: %v", err)
			}
			if all, err := h.service.CommonPool(t.Context(), team, matching.Query{Network: there.Slug}); err != nil || all.Total != 0 {
				t.Errorf("the core team still sees %d: %v", all.Total, err)
			}
			must(t, h.Tenants.Do(t.Context(), jobs.Envelope{Name: matching.SweepJob, Payload: json.RawMessage("{}")}))
			if kept := h.copies(t, there); len(kept) != 0 {
				t.Errorf("after the night there still is %s", kept)
			}
			if got := h.copies(t, here); len(got) != 1 {
				t.Errorf("others lost theirs: %v", got)
			}
		})
	}
}

// TestTheCopyFollowsTheCard changes a card and a name; a job that breaks off loses nothing, and one that runs twice changes nothing.
func TestTheCopyFollowsTheCard(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	h.partakes(t, h.Tenant)
	ada := h.shares(t, h.Tenant, "Ada", "TR", topics, topics)
	first, err := h.service.Sharing(t.Context(), ada.lead, ada.id)
	must(t, err)
	if first.Copy == nil || !first.Current || first.Copy.Version != 1 || first.Since.IsZero() {
		t.Fatalf("what others see at first: %+v", first)
	}
	c, _, err := h.service.Card(t.Context(), ada.lead, ada.id)
	must(t, err)
	c.About = "We have moved."
	must(t, h.service.Write(t.Context(), ada.lead, c))
	if now, err := h.service.Sharing(t.Context(), ada.lead, ada.id); err != nil || now.Current || now.Copy.Tag != first.Copy.Tag {
		t.Errorf("before the queue came to it: %+v %v", now, err)
	}
	share := jobs.Envelope{Name: matching.ShareJob, Room: h.Tenant.ID.String(), Payload: json.RawMessage("{}")}
	must(t, h.service.WhileHeld(t.Context(), h.Tenant.ID, func() { // somebody else is at it, and the job is killed while it waits
		killed, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := h.Tenants.Do(killed, share); err == nil {
			t.Error("two change the copies at once")
		}
	}))
	h.Jobs(t)
	second, err := h.service.Sharing(t.Context(), ada.lead, ada.id)
	must(t, err)
	if !second.Current || second.Copy.Version != 2 || second.Copy.Tag == first.Copy.Tag || second.Copy.ID != first.Copy.ID || second.Copy.Listed().Card.About != "We have moved." {
		t.Errorf("after it: %+v", second.Copy)
	}
	must(t, h.Tenants.Do(t.Context(), share))
	if again, err := h.service.Sharing(t.Context(), ada.lead, ada.id); err != nil || !cmp.Equal(again.Copy.ChangedAt, second.Copy.ChangedAt) || again.Copy.Version != 2 {
		t.Errorf("done twice: %+v %v", again.Copy, err)
	}
	h.mu.Lock()
	o := h.known[ada.id]
	o.Name = "Ada and friends"
	h.known[ada.id] = o
	h.mu.Unlock()
	must(t, h.Tenants.Do(t.Context(), h.renamed(t, ada)))
	if named, err := h.service.Sharing(t.Context(), ada.lead, ada.id); err != nil || named.Copy.Listed().Name != "Ada and friends" || named.Copy.Version != 3 {
		t.Errorf("under its new name: %+v %v", named.Copy, err)
	}
	c, _, err = h.service.Card(t.Context(), ada.lead, ada.id)
	must(t, err)
	c.Needs = nil
	wants(t, h.service.Write(t.Context(), ada.lead, c), fault.KindInvalid, "need_1")
}

// TestWhoDecidesWhatIsShared asks as everybody, and with what has changed meanwhile.
func TestWhoDecidesWhatIsShared(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx, topics := t.Context(), []matching.Topic{"digital"}
	ada, bora := h.findable(t, "Ada", "TR", topics, topics), h.side(t, "Bora", "TR")
	wants(t, h.service.Share(ctx, ada.lead, ada.id, 2), fault.KindNotFound, "") // the network has not decided
	coordinator, officer := h.As(t, tenanttest.Role(tenants.RoleCoordinator)), h.As(t, tenanttest.Role(tenants.RoleOfficer))
	for who, sc := range map[string]tenants.Scope{"an officer": officer, "a lead": ada.lead, "a visitor": h.Visitor()} {
		if err := h.service.TakePart(ctx, sc); err == nil {
			t.Errorf("%s decides for the network", who)
		}
		if _, err := h.service.Participation(ctx, sc); err == nil {
			t.Errorf("%s reads the network's decision", who)
		}
		if err := h.service.EndPart(ctx, sc, true); err == nil {
			t.Errorf("%s ends it", who)
		}
	}
	must(t, h.service.TakePart(ctx, coordinator))
	before, err := h.service.Participation(ctx, coordinator)
	must(t, err)
	must(t, h.service.TakePart(ctx, h.As(t, tenanttest.Role(tenants.RoleCoordinator)))) // a second one says so, too
	if after, err := h.service.Participation(ctx, coordinator); err != nil || !after.Since.Equal(before.Since) || after.By != "Nergis" {
		t.Errorf("the first decision stands: %+v, then %+v, %v", before, after, err)
	}
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: ada.id})
	for who, sc := range map[string]tenants.Scope{"a participant": participant, "another lead": bora.lead, "a coordinator": coordinator, "a visitor": h.Visitor()} {
		if err := h.service.Share(ctx, sc, ada.id, 2); err == nil {
			t.Errorf("%s shares the card", who)
		}
		if err := h.service.Unshare(ctx, sc, ada.id); err == nil {
			t.Errorf("%s takes it back", who)
		}
		if _, err := h.service.Sharing(ctx, sc, ada.id); (err == nil) != (who == "a participant") {
			t.Errorf("%s reads what is shared: %v", who, err)
		}
	}
	wants(t, h.service.Share(ctx, ada.lead, ada.id, 1), fault.KindConflict, "")
	wants(t, h.service.Share(ctx, bora.lead, bora.id, 0), fault.KindInvalid, "need_1")
	must(t, h.service.Share(ctx, ada.lead, ada.id, 2))
	must(t, h.service.Share(ctx, ada.lead, ada.id, 2))
	h.Jobs(t)
	if n := h.trail(t, h.Tenant, "card.shared"); n != 1 {
		t.Errorf("the trail has %d lines of it", n)
	}
	rehearsal := h.Tenant
	rehearsal.Kind = tenants.KindRehearsal
	wants(t, h.service.TakePart(ctx, h.Tenants.Bind(rehearsal, coordinator.Actor())), fault.KindNotFound, "")
}

// trail counts the lines of a trail about a network or an organization.
func (h *house) trail(t *testing.T, in tenants.Tenant, action string, about ...string) int {
	t.Helper()
	q := h.Tenants.Bind(in, tenants.SystemActor("test")).Read().NewSelect().Table("audit_entries").Where("action = ?", action)
	for _, one := range about {
		q = q.Where("subject_id = ?", one)
	}
	n, err := q.Count(t.Context())
	must(t, err)
	return int(n)
}

// TestEndingForgetsWhatOrganizationsAgreedTo ends the participation and begins anew: nobody shares any more, and leads and core were told.
func TestEndingForgetsWhatOrganizationsAgreedTo(t *testing.T) {
	t.Parallel()
	h := open(t)
	core, team := h.core(t)
	topics := []matching.Topic{"digital"}
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	h.partakes(t, h.Tenant)
	ada := h.shares(t, h.Tenant, "Ada", "TR", topics, topics)
	since := func() time.Time {
		pool, err := h.service.CommonPool(t.Context(), team, matching.Query{})
		must(t, err)
		for _, n := range pool.Networks {
			if n.Network == h.Tenant.ID {
				return n.Since
			}
		}
		return time.Time{}
	}
	p, err := h.service.Participation(t.Context(), coordinator)
	must(t, err)
	if p.Shared != 1 || !since().Equal(p.Since) {
		t.Errorf("the network: %+v; the core: %v", p, since())
	}
	wants(t, h.service.EndPart(t.Context(), coordinator, false), fault.KindInvalid, "confirmed")
	must(t, h.service.EndPart(t.Context(), coordinator, true))
	must(t, h.service.EndPart(t.Context(), coordinator, true))
	h.Jobs(t)
	if !since().IsZero() {
		t.Error("the core team thinks that the network takes part")
	}
	var told []string
	for _, n := range h.news {
		if n.Person != ada.lead.Actor().Person {
			t.Errorf("somebody else was told %+v", n)
		}
		told = append(told, n.Key)
	}
	if diff := cmp.Diff([]string{"matching.common.notify.ended"}, told); diff != "" {
		t.Errorf("before it had a card its lead was not told that it can show one: %s", diff)
	}
	must(t, h.service.Join(t.Context(), ada.lead, ada.id, 1))
	h.partakes(t, h.Tenant)
	h.Jobs(t)
	if v, err := h.service.Sharing(t.Context(), ada.lead, ada.id); err != nil || !v.Open || !v.Since.IsZero() || v.Copy != nil {
		t.Errorf("it shares without having been asked again: %+v %v", v, err)
	}
	if last := h.news[len(h.news)-1]; last.Key != "matching.common.notify.begun" || last.Person != ada.lead.Actor().Person {
		t.Errorf("the lead of one that others find was told %+v", last)
	}
	about := h.Tenant.ID.String()
	if begun, ended := h.trail(t, h.Tenant, "participation.begun", about), h.trail(t, h.Tenant, "participation.ended", about); begun != 2 || ended != 1 {
		t.Errorf("the network's trail: %d begun, %d ended", begun, ended)
	}
	first, err := json.Marshal(map[string]time.Time{"since": p.Since})
	must(t, err)
	must(t, h.Tenants.Do(t.Context(), jobs.Envelope{Name: "matching.tell_core", Room: about, Payload: first})) // a second time
	if begun, ended := h.trail(t, core, "participation.begun", about), h.trail(t, core, "participation.ended", about); begun != 2 || ended != 1 {
		t.Errorf("the core's trail: %d begun, %d ended", begun, ended)
	}
}

// TestTheCommonPoolIsFound looks for organizations of two networks.
func TestTheCommonPoolIsFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	here, there := h.Tenant, h.Another(t)
	h.partakes(t, here)
	h.partakes(t, there)
	_, team := h.core(t)
	h.shares(t, here, "Ada "+here.Slug, "TR", []matching.Topic{"digital"}, []matching.Topic{"people"})
	h.shares(t, here, "Bora "+here.Slug, "DE", []matching.Topic{"people"}, []matching.Topic{"digital"})
	h.shares(t, there, "Cem "+here.Slug, "TR", []matching.Topic{"finance"}, []matching.Topic{"people"})
	for name, tt := range map[string]struct {
		q    matching.Query
		want string
	}{
		"all": {matching.Query{}, "Ada Bora Cem"}, "of a network": {matching.Query{Network: there.Slug}, "Cem"}, "of a country": {matching.Query{Country: "TR"}, "Ada Cem"},
		"what they need": {matching.Query{Needs: "people"}, "Bora"}, "what they offer": {matching.Query{Offers: "people"}, "Ada Cem"}, "a language": {matching.Query{Language: "tr"}, ""},
		"a size": {matching.Query{Size: matching.Small}, "Ada Bora Cem"}, "the other way round": {matching.Query{Desc: true, Sort: matching.ByName}, "Cem Bora Ada"},
	} {
		tt.q.Search, tt.q.Locale = strings.TrimSpace(tt.q.Search+" "+here.Slug), i18n.EN
		pool, err := h.service.CommonPool(t.Context(), team, tt.q)
		must(t, err)
		if got := strings.ReplaceAll(strings.Join(names(pool.Found), " "), " "+here.Slug, ""); got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}

// TestActionsOfTheCommonPool holds who may at all.
func TestActionsOfTheCommonPool(t *testing.T) {
	t.Parallel()
	authorizer, err := policies.New()
	must(t, err)
	for action, want := range map[policies.Action][]tenants.Role{
		policies.CommonOffer: {tenants.RoleCoordinator}, policies.CommonShare: {tenants.RoleLead}, policies.CommonLook: {tenants.RoleLead, tenants.RoleParticipant}, policies.CommonList: {tenants.RoleCoreTeam},
	} {
		for _, role := range append(slices.Concat(tenants.NetworkRoles, tenants.OrganizationRoles), tenants.RoleCoreTeam, tenants.RoleOperator) {
			may := authorizer.MayEver(tenants.Actor{Person: ids.New[ids.Person](), Grants: []tenants.Grant{{Role: role, Organization: ids.New[ids.Organization]()}}}, action)
			if may != slices.Contains(want, role) {
				t.Errorf("%s may %s: %v", role, action, may)
			}
		}
	}
}
