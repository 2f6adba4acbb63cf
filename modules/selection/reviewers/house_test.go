package reviewers_test

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

// around stands in for the modules that know calls, people, logins and what is reviewed.
type around struct {
	mu           sync.Mutex
	calls        []reviewers.Call
	people       map[ids.Person]reviewers.Person
	logins       map[string]reviewers.Login // that exist
	members      map[ids.Identity]ids.Person
	applications int  // of each call
	closed       bool // the decisions
	work         map[ids.Person]reviewers.Work
	taken        []taking
}

// taking is what the selection was asked to take back.
type taking struct {
	Person ids.Person
	Call   ids.Call
	All    bool
}

func (a *around) Call(_ context.Context, _ tenants.Scope, id ids.Call) (reviewers.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.calls {
		if c.ID == id {
			return c, nil
		}
	}
	return reviewers.Call{}, fault.NotFound()
}

func (a *around) Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (reviewers.Call, error) {
	return a.Call(ctx, tx.Scope(), id)
}

func (a *around) Published(context.Context, tenants.Scope) ([]reviewers.Call, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls), nil
}

func (a *around) Persons(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]reviewers.Person, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Person]reviewers.Person{}
	for _, p := range persons {
		found[p] = a.people[p]
	}
	return found, nil
}

func (a *around) Identify(_ context.Context, _ tenants.Scope, email string) (reviewers.Login, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, ok := a.logins[email]; ok {
		known.Known = true
		return known, nil
	}
	if a.logins == nil {
		a.logins, a.members = map[string]reviewers.Login{}, map[ids.Identity]ids.Person{}
	}
	a.logins[email] = reviewers.Login{ID: ids.New[ids.Identity](), Email: email}
	return a.logins[email], nil
}

func (a *around) Join(ctx context.Context, tx *tenants.Tx, login reviewers.Login, j reviewers.Joining) (reviewers.Joined, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	person, ok := a.members[login.ID]
	if !ok {
		person = ids.New[ids.Person]()
		a.members[login.ID], a.people[person] = person, reviewers.Person{Name: j.Name, Email: login.Email}
	}
	joined := reviewers.Joined{Person: person}
	if !login.Known {
		joined.Session, joined.Expires = "a-session", time.Now().Add(time.Hour)
	}
	return joined, tx.GrantRole(ctx, person, tenants.Grant{Role: tenants.RoleReviewer}, j.By)
}

func (a *around) Work(context.Context, tenants.Scope) (map[ids.Person]reviewers.Work, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.work), nil
}

func (a *around) Reviewable(context.Context, tenants.Scope, ids.Call) (int, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.applications, !a.closed, nil
}

func (a *around) Open(context.Context, *tenants.Tx, ids.Call) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.closed, nil
}

func (a *around) TakeBack(_ context.Context, _ *tenants.Tx, person ids.Person, call ids.Call, all bool, _ time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken = append(a.taken, taking{person, call, all})
	return nil
}

func (a *around) Crumbs(_ ui.Page, _ ids.Call, name, last string) []ui.Crumb {
	return []ui.Crumb{{Label: name, Href: "/selection"}, {Label: last}}
}

func (a *around) Tabs(ui.Page, tenants.Scope, ids.Call) templ.Component { return templ.NopComponent }

// told are what other modules would be told.
type told struct {
	mu    sync.Mutex
	mails []events.MailRequested
	news  []events.NotificationRequested
}

type house struct {
	*sitetest.House
	*around
	*told

	service *reviewers.Service
	call    reviewers.Call
	queries tenanttest.Queries
}

func (h *house) listen(r *tenants.Registry) {
	tenants.React(r, "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(r, "test.news", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.told.mu.Lock()
		defer h.told.mu.Unlock()
		h.news = append(h.news, e)
		return nil
	})
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{around: &around{people: map[ids.Person]reviewers.Person{}}, told: &told{}}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	words := []fs.FS{selection.Locales, reviewers.Locales, forms.Locales}
	catalog, err := i18n.Load(append([]fs.FS{ui.Locales, site.Locales}, words...)...)
	if err != nil {
		t.Fatal(err)
	}
	h.service = reviewers.New(authorizer, catalog, reviewers.Around{Calls: h.around, People: h.around, Newcomers: h.around, Selection: h.around})
	h.service.Reactions(w.Tenants.Registry())
	h.listen(w.Tenants.Registry())
	h.House = sitetest.Open(t, words, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		queue := site.Route{Method: fiber.MethodGet, Path: "/reviews", Action: policies.ReviewQueue, Handle: func(c *fiber.Ctx, sc tenants.Scope) error {
			return s.Render(c, ui.Shell(s.Page(c, sc, "selection.queue.title")))
		}}
		return []site.Module{reviewers.NewWeb(h.service, s, h.around).Module(), {Name: "queue", Routes: []site.Route{queue}}}
	})
	h.call = reviewers.Call{
		ID: ids.New[ids.Call](), Title: i18n.Text{i18n.EN: "Exchange 2027", i18n.TR: "Değişim 2027", i18n.DE: "Austausch 2027"}, Locales: i18n.All, Zone: "Europe/Istanbul", Reviews: 2,
	}
	h.calls = append(h.calls, h.call)
	return h
}

// someone is a person with the grants whose name and address other modules know.
func (h *house) someone(t *testing.T, name string, grants ...tenants.Grant) tenants.Scope {
	t.Helper()
	sc := h.As(t, grants...)
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	h.people[sc.Actor().Person] = reviewers.Person{Name: name, Email: i18n.SearchKey(strings.ReplaceAll(name, " ", "")) + "@" + sc.Actor().Person.String()[24:] + ".example"}
	return sc
}

func (h *house) role(t *testing.T, name string, role tenants.Role) tenants.Scope {
	t.Helper()
	return h.someone(t, name, tenanttest.Role(role))
}

func (h *house) newsFor(person ids.Person) map[string]int {
	h.told.mu.Lock()
	defer h.told.mu.Unlock()
	found := map[string]int{}
	for _, n := range h.news {
		if n.Person == person {
			found[n.Key]++
		}
	}
	return found
}

func (h *house) set(t *testing.T, sql string) {
	t.Helper()
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(sql).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// visit opens the house in a real browser as somebody who has signed in.
func (h *house) visit(t *testing.T, look uitest.Look, sc tenants.Scope) (*uitest.Visitor, *sitetest.Browser) {
	t.Helper()
	b, v := h.SignedIn(t, sc.Actor()), uitest.Visit(t, look)
	v.Carry(b.Address("/"), site.SessionCookie, b.Cookie(site.SessionCookie))
	v.Carry(b.Address("/"), "language", look.Language)
	return v, b
}

var looks = []uitest.Look{{Language: "en"}, {Language: "tr", Phone: true}, {Language: "de", Dark: true}}
