package oversight_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/oversight"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// told answers what the other modules would.
type told struct {
	mu            sync.Mutex
	organizations int
	applications  map[string]int
	counted       int
}

func (s *told) Organizations(context.Context, tenants.Scope) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted++
	return s.organizations, nil
}

func (*told) Calls(context.Context, tenants.Scope) ([]oversight.Call, error) {
	return []oversight.Call{{Opens: time.Now().Add(-time.Hour), Closes: time.Now().Add(time.Hour), Zone: "Europe/Istanbul"}}, nil
}

func (s *told) Applications(context.Context, tenants.Scope) (byState map[string]int, needed, done int, err error) {
	return s.applications, 6, 2, nil
}

func (*told) Partnerships(context.Context, tenants.Scope) (map[string]int, error) {
	return map[string]int{"active": 4}, nil
}

type house struct {
	*sitetest.House

	service *oversight.Service
	sources *told
	core    tenants.Tenant
	queries *tenanttest.Queries
}

// open is a core site and one network, on a database of its own: there is one core in each.
func open(t *testing.T) *house {
	t.Helper()
	cluster := tenanttest.Own(t)
	q := &tenanttest.Queries{}
	config := cluster.Config
	config.Hooks = []bun.QueryHook{q}
	all, err := tenants.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(all.Close)
	w := &tenanttest.World{Cluster: cluster, Tenants: all}
	core, err := all.Create(t.Context(), tenants.New{Slug: "core", Name: "Commons", Kind: tenants.KindCore, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: []string{"core.localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := all.Provision(t.Context(), core.ID); err != nil {
		t.Fatal(err)
	}
	if w.Tenant, err = all.ByID(t.Context(), core.ID); err != nil {
		t.Fatal(err)
	}
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{sources: &told{organizations: 2, applications: map[string]int{"submitted": 7, "eligible": 1}}, core: w.Tenant, queries: q}
	h.service = oversight.New(oversight.Config{
		Tenants: all, Policies: authorizer, Sources: h.sources, Queue: jobs.NewQueue(cluster.Worker), Hosts: func(slug string) []string { return []string{slug + ".localhost"} },
		Names: func(context.Context, tenants.Scope, []ids.Person) (map[ids.Person]string, error) { return nil, nil },
	})
	all.HandleProvisioning()
	h.service.Reactions(all.Registry())
	h.House = sitetest.Open(t, []fs.FS{oversight.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{oversight.NewWeb(h.service, s, func(t tenants.Tenant) string { return "http://" + t.Host }).Module()}
	})
	return h
}

// due runs what waits in the queue as if its time had come.
func (h *house) due(t *testing.T) {
	t.Helper()
	for range 2 {
		if _, err := h.Cluster.Worker.Exec(t.Context(), "UPDATE river.river_job SET scheduled_at = now() WHERE state = 'scheduled'"); err != nil {
			t.Fatal(err)
		}
		if err := jobs.Drain(t.Context(), h.Cluster.Worker, h.Tenants.Do); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *house) network(t *testing.T, name string) tenants.Tenant {
	t.Helper()
	made, err := h.Tenants.Create(t.Context(), tenants.New{Slug: strings.ToLower(name), Name: name, Kind: tenants.KindNetwork, Locales: i18n.All, Zone: "Europe/Istanbul", Hosts: []string{strings.ToLower(name) + ".localhost"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Tenants.Provision(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if made, err = h.Tenants.ByID(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	return made
}

func (h *house) happens(t *testing.T, in tenants.Tenant, what ...tenants.Event) {
	t.Helper()
	err := h.Tenants.Bind(in, tenants.SystemActor("test")).Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "tried", SubjectKind: "test", SubjectID: "1"})
		for _, e := range what {
			tx.Announce(e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheBoardFollowsEvents(t *testing.T) {
	t.Parallel()
	h := open(t)
	elma := h.network(t, "Elma")
	team := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoreTeam)).Actor())
	team.Get("/networks")
	team.Want(200, "Elma", "Onboarding", "Not yet")
	many := make([]tenants.Event, 30)
	for i := range many {
		many[i] = events.ApplicationSubmitted{}
	}
	h.happens(t, elma, many...)
	h.due(t)
	if h.sources.counted != 1 {
		t.Errorf("thirty events at once were counted %d times", h.sources.counted)
	}
	team.Get("/networks")
	team.Want(200, "1–2", "more than 7", "(Europe/Istanbul)")
	h.sources.organizations = 12
	h.happens(t, elma, events.OrganizationRegistered{})
	h.due(t)
	team.Get(team.Page.Link("Elma"))
	team.Want(200, "12 Organizations", "Counted on", "Reviews assigned 6", "Running 4", "Submitted 7", "Checked 1–2", "Site set up, first coordinator invited")
}

func TestWhatNoEventToldIsCountedAtNight(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.network(t, "Armut")
	h.network(t, "Kiraz")
	h.sources.organizations = 40
	if err := h.Tenants.Do(t.Context(), jobs.Envelope{Name: oversight.RecountAllJob, Payload: json.RawMessage("{}")}); err != nil {
		t.Fatal(err)
	}
	h.due(t)
	team := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOperator)).Actor())
	team.Get("/networks")
	team.Want(200, "Armut", "Kiraz", "40")
	if strings.Contains(team.Page.Text(), "Open a network") {
		t.Error("an operator is offered to open a network")
	}
	team.Get("/networks?format=csv&q=kira")
	if got := team.Page.Body; !strings.Contains(got, "Kiraz,http://kiraz.localhost,Onboarding") || strings.Contains(got, "Armut") || !strings.Contains(got, "more than 7") {
		t.Errorf("the file is not what the page shows:\n%s", got)
	}
}

func TestCountingANetworkThatIsGoneIsNoFailure(t *testing.T) {
	t.Parallel()
	h := open(t)
	payload, err := json.Marshal(map[string]string{"tenant": ids.New[ids.Tenant]().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Tenants.Do(t.Context(), jobs.Envelope{Name: "oversight.recount", Payload: payload}); err != nil {
		t.Error(err)
	}
}

func TestTheBoardAsksAsOftenForThreeAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.As(t, tenanttest.Role(tenants.RoleCoreTeam))
	count := func() int64 {
		return h.queries.Least(func() {
			if _, err := h.service.Networks(t.Context(), sc, oversight.Query{Locale: i18n.EN}); err != nil {
				t.Fatal(err)
			}
		})
	}
	h.network(t, "Elma")
	one := count()
	h.network(t, "Armut")
	h.network(t, "Kiraz")
	if three := count(); three != one {
		t.Errorf("%d queries for one network, %d for three", one, three)
	}
}

func TestANetworkIsSteeredByTheCoreTeamAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	elma := h.network(t, "Elma")
	var suspended []ids.Tenant
	tenants.React(h.Tenants.Registry(), "test.suspended", func(_ context.Context, _ tenants.Scope, e events.NetworkSuspended) error {
		suspended = append(suspended, e.Network)
		return nil
	})
	path := "/networks/" + elma.ID.String()
	operator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOperator)).Actor())
	operator.Get(path)
	operator.Want(200, "Elma")
	if strings.Contains(operator.Page.Text(), "Suspend") {
		t.Error("an operator is offered to suspend")
	}
	team := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoreTeam)).Actor())
	team.Get(path)
	team.Submit(path + "/going-live")
	team.Want(200, "The network is live", "Went live")
	team.Submit(path + "/suspension")
	team.Want(200, "The network is suspended", "Suspended")
	team.Submit(path + "/reopening")
	team.Want(200, "The network is open again", "Live")
	if err := jobs.Drain(t.Context(), h.Cluster.Worker, h.Tenants.Do, h.core.ID.String()); err != nil || !slices.Equal(suspended, []ids.Tenant{elma.ID}) {
		t.Errorf("others are told of %v, %v", suspended, err)
	}
	for name, sc := range map[string]tenants.Scope{"a visitor": h.Visitor(), "an operator": h.As(t, tenanttest.Role(tenants.RoleOperator)), "a coordinator": h.As(t, tenanttest.Role(tenants.RoleCoordinator))} {
		for verb, do := range map[string]func(context.Context, tenants.Scope, ids.Tenant) error{"suspend": h.service.Suspend, "reopen": h.service.Reopen, "declare live": h.service.GoLive} {
			if err := do(t.Context(), sc, elma.ID); err == nil {
				t.Errorf("%s may %s", name, verb)
			}
		}
	}
	if err := h.service.GoLive(t.Context(), h.As(t, tenanttest.Role(tenants.RoleCoreTeam)), elma.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a live network went live again: %v", err)
	}
	if _, _, err := h.service.Network(t.Context(), h.As(t, tenanttest.Role(tenants.RoleCoreTeam)), h.core.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the core is on its own board: %v", err)
	}
}

func TestAFunderSeesNoSmallNumber(t *testing.T) {
	t.Parallel()
	h := open(t)
	elma := h.network(t, "Elma")
	h.Tenant = elma
	funder := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleFunder)).Actor())
	funder.Get("/figures")
	funder.Want(200, "1–2 Organizations", "Checked 1–2", "Submitted 7")
	coordinator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	coordinator.Get("/figures")
	coordinator.Want(200, "2 Organizations", "Checked 1", "8 Applications")
	coordinator.Get("/figures?format=csv")
	coordinator.Want(200, "Organizations,2")
	reviewer := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())
	reviewer.Get("/figures")
	reviewer.Want(404)
}

func TestOperatorsKeepTheQueueRunningAndSeeNoData(t *testing.T) {
	t.Parallel()
	h := open(t)
	elma := h.network(t, "Elma")
	h.due(t)
	tries := 0
	tenants.HandleJob(h.Tenants.Registry(), "test.fails", func(context.Context, tenants.Scope, map[string]string) error {
		if tries++; tries == 1 {
			return errors.New("nobody at secret@example.org")
		}
		return nil
	})
	err := h.Tenants.Bind(elma, tenants.SystemActor("test")).Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
		tx.Enqueue("test.fails", map[string]string{"to": "secret@example.org"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Drain(t.Context(), h.Cluster.Worker, h.Tenants.Do, elma.ID.String()); err == nil {
		t.Fatal("the job did not fail")
	}
	operator := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOperator)).Actor())
	operator.Get("/desk")
	operator.Want(200, "was set aside")
	operator.Get("/jobs")
	operator.Want(200, "test.fails", "Elma")
	if strings.Contains(operator.Page.Body, "secret") {
		t.Error("an operator sees what a network's job is about")
	}
	var id string
	for _, one := range operator.Page.Values("id") {
		id = one
	}
	team := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoreTeam)).Actor())
	team.Get("/jobs")
	team.Want(200, "test.fails")
	if strings.Contains(team.Page.Text(), "Try again") {
		t.Error("the core team is offered an operator's act")
	}
	operator.Submit("/jobs/retrial", "id", id)
	operator.Want(200, "The job is tried again")
	h.due(t)
	operator.Get("/jobs")
	operator.Want(200, "No job was set aside")
	operator.Post("/jobs/retrial", url.Values{"_csrf": {operator.Page.Value("_csrf")}, "id": {id}})
	operator.Want(404)
}
