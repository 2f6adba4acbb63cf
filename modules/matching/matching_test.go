package matching_test

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

// around stands in for the modules that know organizations and partnerships.
type around struct {
	mu       sync.Mutex
	known    map[ids.Organization]matching.Organization
	together map[matching.Pair]bool
	going    map[ids.Organization]bool
	calls    []matching.Call
	accepted []matching.Applicant
	eligible []matching.Applicant
	partial  map[ids.Person]map[ids.Call]bool  // in whose applications they have a conflict of interest
	against  map[ids.Person][]ids.Organization // in whose applications they have one
	joint    [2]ids.Organization               // that have begun to apply together
	places   []events.PlacesMatched
	waiting  []matching.Applicant
	team     matching.Team
	met      bool              // an application that is there already
	founding []ids.Application // of which a partnership was founded
	meantime func()            // happens once while it is asked who organizations are
}

func (a *around) Team(_ context.Context, _ tenants.Scope, id ids.Partnership, free []string) (matching.Team, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if id != a.team.ID {
		return matching.Team{}, fault.NotFound()
	}
	team := a.team
	team.Seats = slices.Clone(team.Seats)
	for i := range team.Seats {
		team.Seats[i].Free = slices.Contains(free, team.Seats[i].Key)
	}
	return team, nil
}

func (a *around) Founded(_ context.Context, _ *tenants.Tx, among []ids.Application) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(among, func(id ids.Application) bool { return slices.Contains(a.founding, id) }), nil
}

func (a *around) Teams(_ context.Context, _ tenants.Scope, call ids.Call) ([]matching.Team, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.team.Call != call {
		return nil, nil
	}
	return []matching.Team{{ID: a.team.ID, Title: a.team.Title, Call: call}}, nil
}

func (a *around) Names(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	names := map[ids.Person]string{}
	for _, p := range persons {
		names[p] = "Nergis"
	}
	return names, nil
}

func (a *around) Open(ctx context.Context, sc tenants.Scope) ([]matching.Call, error) {
	return a.Calls(ctx, sc)
}

func (a *around) Joint(ctx context.Context, sc tenants.Scope) ([]matching.Call, error) {
	return a.Calls(ctx, sc)
}

func (a *around) Jointly(_ context.Context, _ tenants.Scope, _ ids.Call, own ids.Organization, others []ids.Organization) (ids.Application, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.joint = [2]ids.Organization{own, others[0]}
	return ids.New[ids.Application](), a.met, nil
}

func (a *around) Going(context.Context, tenants.Scope, []ids.Organization) (map[ids.Organization]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.going), nil
}

func (a *around) Calls(context.Context, tenants.Scope) ([]matching.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls), nil
}

func (a *around) Applicants(_ context.Context, _ tenants.Scope, _ ids.Call, pool matching.PoolKind) ([]matching.Applicant, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch pool {
	case matching.AcceptedPool:
		return slices.Clone(a.accepted), nil
	case matching.WaitingPool:
		return slices.Clone(a.waiting), nil
	default:
		return slices.Clone(a.eligible), nil
	}
}

func (a *around) Held(_ context.Context, _ *tenants.Tx, _ ids.Call, pool matching.PoolKind, among []ids.Application) (map[ids.Application]ids.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.eligible
	if pool == matching.AcceptedPool {
		all = a.accepted
	}
	found := map[ids.Application]ids.Organization{}
	for _, o := range all {
		if slices.Contains(among, o.Application) {
			found[o.Application] = o.Organization
		}
	}
	return found, nil
}

func (a *around) Conflicting(_ context.Context, sc tenants.Scope) ([]ids.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.against[sc.Actor().Person]), nil
}

func (a *around) Concerned(_ context.Context, sc tenants.Scope) (map[ids.Call]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.partial[sc.Actor().Person]), nil
}

func (a *around) Organizations(context.Context, tenants.Scope, []ids.Organization) (map[ids.Organization]matching.Organization, error) {
	a.mu.Lock()
	happens := a.meantime
	a.meantime = nil
	a.mu.Unlock()
	if happens != nil {
		happens()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.known), nil
}

func (a *around) Together(context.Context, tenants.Scope, []ids.Organization) (map[matching.Pair]bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.together), nil
}

type house struct {
	*sitetest.House
	*around

	service *matching.Service
	queries tenanttest.Queries
	mails   []events.MailRequested
	news    []events.NotificationRequested
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{around: &around{known: map[ids.Organization]matching.Organization{}, together: map[matching.Pair]bool{}, going: map[ids.Organization]bool{}, partial: map[ids.Person]map[ids.Call]bool{}}}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	must(t, err)
	h.service = matching.New(w.Tenants, authorizer, matching.Around{People: h.around, Organizations: h.around, Partnerships: h.around, Applications: h.around})
	h.service.Reactions(w.Tenants.Registry())
	h.service.RegisterJobs(w.Tenants)
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.places", func(_ context.Context, _ tenants.Scope, e events.PlacesMatched) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.places = append(h.places, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.news", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.news = append(h.news, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{matching.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{matching.NewWeb(h.service, s).Module()}
	})
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// side is an organization with its lead.
type side struct {
	id   ids.Organization
	lead tenants.Scope
}

func (h *house) side(t *testing.T, name string, country geo.Country) side {
	t.Helper()
	s := side{id: ids.New[ids.Organization]()}
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, ?, ?, 'association', ?, 'Muğla')`, s.id, name, i18n.SearchKey(name), country).Exec(ctx)
		return err
	}))
	h.mu.Lock()
	h.known[s.id] = matching.Organization{ID: s.id, Name: name, City: "Muğla", Country: country, Form: "association", Languages: []string{"tr", "en"}, Size: matching.Small}
	h.mu.Unlock()
	s.lead = h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: s.id})
	return s
}

// findable is a side in the pool.
func (h *house) findable(t *testing.T, name string, country geo.Country, needs, offers []matching.Topic) side {
	t.Helper()
	s := h.side(t, name, country)
	must(t, h.service.Write(t.Context(), s.lead, matching.Card{Organization: s.id, Needs: needs, Offers: offers, Languages: []string{"en"}, Relation: matching.EitherRelation}))
	must(t, h.service.Join(t.Context(), s.lead, s.id, 1))
	return s
}

func wants(t testing.TB, err error, kind fault.Kind, field string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("%v, not %v", err, kind)
	}
	if field == "" {
		return
	}
	for _, f := range fault.Of(err).Fields {
		if f.Name == field {
			return
		}
	}
	t.Fatalf("nothing at %s: %v", field, fault.Of(err).Fields)
}

// TestACardIsKeptAndFound writes a card, lets others find it, and takes it out of the pool again.
func TestACardIsKeptAndFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	ada := h.side(t, "Ada Derneği", "TR")
	c, _, err := h.service.Card(ctx, ada.lead, ada.id)
	must(t, err)
	if c.Version != 0 || !cmp.Equal(c.Languages, []string{"tr", "en"}) {
		t.Errorf("the first card: %+v", c)
	}
	wants(t, h.service.Join(ctx, ada.lead, ada.id, 0), fault.KindInvalid, "need_1")
	c.Needs, c.Offers = []matching.Topic{"fundraising", "digital"}, []matching.Topic{"volunteers"}
	c.Countries, c.Kinds, c.Sizes, c.Relation = []geo.Country{"DE", "BG"}, []string{"association"}, []matching.Size{matching.Small}, matching.NewRelation
	c.Green, c.Wished, c.About, c.Hosts = true, "Somebody by the sea.", "We grow.", 4
	c.From, c.Until = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)
	must(t, h.service.Write(ctx, ada.lead, c))
	wants(t, h.service.Write(ctx, ada.lead, c), fault.KindConflict, "")
	if pool, err := matching.Pool(ctx, h.System().Read()); err != nil || len(pool) != 0 {
		t.Errorf("found before it joined: %v %v", pool, err)
	}
	must(t, h.service.Join(ctx, ada.lead, ada.id, 1))
	pool, err := matching.Pool(ctx, h.System().Read())
	must(t, err)
	c.InPool, c.Version = true, 2
	for i := range pool {
		pool[i].UpdatedAt, pool[i].From, pool[i].Until = time.Time{}, pool[i].From.UTC(), pool[i].Until.UTC()
	}
	if diff := cmp.Diff([]matching.Card{c}, pool); diff != "" {
		t.Error(diff)
	}
	c.Needs = nil
	wants(t, h.service.Write(ctx, ada.lead, c), fault.KindInvalid, "need_1")
	must(t, h.service.Leave(ctx, ada.lead, ada.id, 2))
	if pool, err := matching.Pool(ctx, h.System().Read()); err != nil || len(pool) != 0 {
		t.Errorf("found after it left: %v %v", pool, err)
	}
}

// TestOnlyItsLeadWritesACard asks as everybody else.
func TestOnlyItsLeadWritesACard(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bora := h.side(t, "Ada", "TR"), h.side(t, "Bora", "TR")
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: ada.id})
	for who, sc := range map[string]tenants.Scope{"a participant": participant, "another lead": bora.lead, "a coordinator": h.As(t, tenanttest.Role(tenants.RoleCoordinator)), "a visitor": h.Visitor()} {
		if err := h.service.Write(t.Context(), sc, matching.Card{Organization: ada.id, Relation: matching.EitherRelation}); err == nil {
			t.Errorf("%s writes the card", who)
		}
		if _, _, err := h.service.Card(t.Context(), sc, ada.id); (err == nil) != (who == "a participant") {
			t.Errorf("%s reads the card: %v", who, err)
		}
	}
}

// TestACardsRules has a card for each rule, which breaks only that one.
func TestACardsRules(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.side(t, "Ada", "TR")
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for field, spoil := range map[string]func(c *matching.Card){
		"need_2":    func(c *matching.Card) { c.Needs = []matching.Topic{"digital", "digital"} },
		"offer_5":   func(c *matching.Card) { c.Offers = matching.Topics[:matching.MostOffers+1] },
		"languages": func(c *matching.Card) { c.Languages = []string{"xx"} },
		"kinds":     func(c *matching.Card) { c.Kinds = []string{"club"} },
		"sizes":     func(c *matching.Card) { c.Sizes = []matching.Size{"huge"} },
		"countries": func(c *matching.Card) { c.Countries = []geo.Country{"ZZ"} },
		"relation":  func(c *matching.Card) { c.Relation = "" },
		"hosts":     func(c *matching.Card) { c.Hosts = -1 },
		"until":     func(c *matching.Card) { c.From, c.Until = day, day.AddDate(0, 0, -1) },
	} {
		c := matching.Card{Organization: ada.id, Relation: matching.EitherRelation}
		spoil(&c)
		wants(t, h.service.Write(t.Context(), ada.lead, c), fault.KindInvalid, field)
	}
}

// TestARunReadsWishesAndVetoes reads them as they were written.
func TestARunReadsWishesAndVetoes(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	ada, bora, cem := h.findable(t, "Ada", "TR", topics, topics), h.findable(t, "Bora", "TR", topics, topics), h.findable(t, "Cem", "DE", topics, topics)
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO matching_wishes (organization_id, rank, wished_id) VALUES (?0, 1, ?2), (?0, 2, ?1)`, ada.id, bora.id, cem.id).Exec(ctx)
		if err == nil {
			_, err = tx.NewRaw(`INSERT INTO matching_vetoes (organization_id, vetoed_id, reason, at) VALUES (?, ?, 'x', now())`, cem.id, ada.id).Exec(ctx)
		}
		return err
	}))
	wishes, err := matching.WishesOf(t.Context(), h.System().Read(), ada.id, bora.id)
	must(t, err)
	if diff := cmp.Diff(map[ids.Organization][]ids.Organization{ada.id: {cem.id, bora.id}}, wishes); diff != "" {
		t.Error(diff)
	}
	ruled, err := matching.Vetoes(t.Context(), h.System().Read(), ada.id, cem.id)
	must(t, err)
	if diff := cmp.Diff([][2]ids.Organization{{cem.id, ada.id}}, ruled); diff != "" {
		t.Error(diff)
	}
}
