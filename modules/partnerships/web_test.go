package partnerships_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/partnerships"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close) }

// around stands in for the modules that know applications, calls, organizations and people.
type around struct {
	mu     sync.Mutex
	joints map[ids.Application]partnerships.Joint
	cards  map[ids.Organization]partnerships.Organization
	gaveUp map[ids.Application]bool // their places, after they were read
	emails map[ids.Person]string    // of those who do not write from example.org
	topics map[ids.Application][][]string
	wants  map[ids.Organization]partnerships.Want
	barred map[ids.Application][]ids.Person
	places map[ids.Application][]ids.Organization // that are held or awaited
	single map[ids.Organization][]ids.Application // of places that they have won alone
	hidden map[ids.Organization][]ids.Application // by which they hold or await one, and of which nobody here may know
}

func (a *around) Won(_ context.Context, _ *tenants.Tx, among []ids.Application) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !slices.ContainsFunc(among, func(id ids.Application) bool { return a.gaveUp[id] || !a.joints[id].Won }), nil
}

func (a *around) Joint(_ context.Context, _ tenants.Scope, id ids.Application) (partnerships.Joint, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	joint, ok := a.joints[id]
	if !ok {
		return joint, fault.NotFound()
	}
	return joint, nil
}

func (*around) Promise(context.Context, tenants.Scope, ids.Call) (partnerships.Call, error) {
	return partnerships.Call{Title: i18n.Text{i18n.EN: "Exchange 2027", i18n.TR: "Değişim 2027"}, GrantMinor: 350_000, GrantCurrency: "EUR"}, nil
}

// Seatable are all organizations but those that the call does not admit.
func (a *around) Seatable(context.Context, tenants.Scope, ids.Call, string) (map[ids.Organization]partnerships.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	admitted := maps.Clone(a.cards)
	maps.DeleteFunc(admitted, func(_ ids.Organization, o partnerships.Organization) bool { return strings.Contains(o.Name, "unfit") })
	return admitted, nil
}

// Occupied are those whose places everybody may know of.
func (a *around) Occupied(context.Context, tenants.Scope, ids.Call) (map[ids.Application][]ids.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.places), nil
}

func (a *around) Occupying(_ context.Context, _ *tenants.Tx, _ ids.Call, organization ids.Organization) (found, alone []ids.Application, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for application, organizations := range a.places {
		if slices.Contains(organizations, organization) {
			found = append(found, application)
		}
	}
	return append(found, a.hidden[organization]...), slices.Clone(a.single[organization]), nil
}

func (a *around) Cards(context.Context, tenants.Scope, []ids.Organization) (map[ids.Organization]partnerships.Organization, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.cards), nil
}

func (a *around) Topics(context.Context, tenants.Scope, []ids.Application) (map[ids.Application][][]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.topics), nil
}

func (a *around) Wants(context.Context, tenants.Scope, []ids.Organization) (map[ids.Organization]partnerships.Want, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.wants), nil
}

func (a *around) Barred(context.Context, tenants.Scope, []ids.Application) (map[ids.Application][]ids.Person, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.barred), nil
}

func (a *around) Persons(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]partnerships.Person, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[ids.Person]partnerships.Person{}
	for _, p := range persons {
		found[p] = partnerships.Person{Name: "Person " + p.String()[24:], Email: p.String() + "@example.org"}
		if email := a.emails[p]; email != "" {
			found[p] = partnerships.Person{Name: found[p].Name, Email: email}
		}
	}
	return found, nil
}

type house struct {
	*sitetest.House
	*around

	service *partnerships.Service
	queries tenanttest.Queries
	mails   []events.MailRequested
	news    []events.NotificationRequested

	overtaken []events.MatchOvertaken
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{
		around: &around{joints: map[ids.Application]partnerships.Joint{}, cards: map[ids.Organization]partnerships.Organization{}, emails: map[ids.Person]string{}},
	}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h.service = partnerships.New(w.Tenants, authorizer, h.around, h.around, h.around, h.around)
	h.service.Needs, h.service.Places = h.around, h.around
	h.service.Reactions(w.Tenants.Registry())
	h.service.RegisterJobs(w.Tenants)
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.mails = append(h.mails, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.overtaken", func(_ context.Context, _ tenants.Scope, e events.MatchOvertaken) error {
		h.overtaken = append(h.overtaken, e)
		return nil
	})
	tenants.React(w.Tenants.Registry(), "test.news", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.news = append(h.news, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{partnerships.Locales, forms.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{partnerships.NewWeb(h.service, s, func(t tenants.Tenant) string { return "https://" + t.Host }).Module()}
	})
	return h
}

// organization makes one in the scope's tenant.
func (h *house) organization(t *testing.T, sc tenants.Scope, name string) ids.Organization {
	t.Helper()
	id := ids.New[ids.Organization]()
	err := sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, ?, ?, 'association', 'TR', 'Muğla')`, id, name, i18n.SearchKey(name)).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cards[id] = partnerships.Organization{Name: name, City: "Muğla", Country: "TR"}
	return id
}

// founded is a partnership of two new organizations in the scope's tenant, as the event founds it.
func (h *house) founded(t *testing.T, sc tenants.Scope, title string) (ids.Partnership, events.PlaceAccepted, []ids.Organization) {
	t.Helper()
	e := events.PlaceAccepted{Application: ids.New[ids.Application](), Call: ids.New[ids.Call]()}
	both := []ids.Organization{h.organization(t, sc, title+" İhlamur"), h.organization(t, sc, title+" Lindenhof")}
	h.mu.Lock()
	h.joints[e.Application] = partnerships.Joint{Number: "KRV-" + title, Title: title, Call: e.Call, Seats: []partnerships.Seat{
		{Key: "a", Title: i18n.Text{i18n.EN: "Seat A", i18n.TR: "Yer A"}, Organization: both[0]},
		{Key: "b", Title: i18n.Text{i18n.EN: "Seat B", i18n.TR: "Yer B"}, Organization: both[1]},
	}}
	h.mu.Unlock()
	if err := h.service.Found(t.Context(), sc, e); err != nil {
		t.Fatal(err)
	}
	all, _, err := h.service.List(t.Context(), sc, partnerships.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Application == e.Application {
			return one.ID, e, both
		}
	}
	t.Fatal("no partnership was founded")
	return ids.Partnership{}, e, both
}

func (h *house) coordinator(t *testing.T) tenants.Scope {
	t.Helper()
	return h.As(t, tenanttest.Role(tenants.RoleCoordinator))
}

func TestAnAcceptedPlaceFoundsOnePartnershipHoweverOftenItIsTold(t *testing.T) {
	t.Parallel()
	h := open(t)
	e := events.PlaceAccepted{Application: ids.New[ids.Application](), Call: ids.New[ids.Call]()}
	both := []ids.Organization{h.organization(t, h.System(), "Ihlamur"), h.organization(t, h.System(), "Lindenhof")}
	h.joints[e.Application] = partnerships.Joint{Number: "KRV-1", Title: "Gemeinsam", Call: e.Call, Seats: []partnerships.Seat{{Key: "a", Organization: both[0]}, {Key: "b", Organization: both[1]}}}
	one, two := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}), h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]})
	h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: both[1]})
	for range 2 {
		err := h.System().Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	all, n, err := h.service.List(t.Context(), h.System(), partnerships.Query{})
	if err != nil || n != 1 || len(all) != 1 {
		t.Fatalf("%d partnerships, %v", n, err)
	}
	p := all[0]
	if p.State != partnerships.Accepted || p.Number != "KRV-1" || p.GrantMinor != 350_000 || cmp.Diff(both, p.Organizations()) != "" {
		t.Errorf("founded: %+v", p)
	}
	told := map[ids.Person]string{}
	for _, m := range h.mails {
		told[m.Person] += m.Kind + " " + m.Args["Organization"] + " " + m.Args["Partners"]
	}
	want := map[ids.Person]string{one.Actor().Person: "partnerships.mail.founded Ihlamur Lindenhof", two.Actor().Person: "partnerships.mail.founded Lindenhof Ihlamur"}
	if diff := cmp.Diff(want, told); diff != "" || len(h.news) != 2 {
		t.Errorf("%d notifications; mails: %s", len(h.news), diff)
	}
	whole, err := h.service.Partnership(t.Context(), h.System(), p.ID)
	if err != nil || len(whole.History) != 1 {
		t.Errorf("history: %+v, %v", whole.History, err)
	}
}

func TestASingleOrganizationFoundsNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	e := events.PlaceAccepted{Application: ids.New[ids.Application]()}
	h.joints[e.Application] = partnerships.Joint{Number: "KRV-1", Seats: []partnerships.Seat{{Key: "a", Organization: h.organization(t, h.System(), "Alone")}}}
	if err := h.service.Found(t.Context(), h.System(), e); err != nil {
		t.Fatal(err)
	}
	if _, n, err := h.service.List(t.Context(), h.System(), partnerships.Query{}); err != nil || n != 0 {
		t.Errorf("%d partnerships, %v", n, err)
	}
}

func TestNobodyButTheSystemFounds(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, e, both := h.founded(t, h.System(), "X")
	for name, sc := range map[string]tenants.Scope{
		"a visitor": h.Visitor(), "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)),
		"a lead": h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}),
	} {
		if err := h.service.Found(t.Context(), sc, e); err == nil {
			t.Errorf("%s founds", name)
		}
	}
}

func TestBothSidesSeeTheirPartnership(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "İklim & <b>Okul</b>")
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]})
	partner := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: both[1]})
	b := h.SignedIn(t, partner.Actor())
	b.Get("/desk")
	b.Want(200, "Your partnership “İklim & <b>Okul</b>” stands")
	b.Get("/my-partnerships")
	b.Want(200, "İklim & <b>Okul</b>", "Accepted")
	b.Get("/partnerships/" + id.String())
	b.Want(200, "Seat A", "Seat B", "İhlamur", "Lindenhof", "Exchange 2027", "EUR 3,500", "KRV-", lead.Actor().Person.String()+"@example.org", "Write to everybody")
	if strings.Contains(b.Page.Body, "End early") {
		t.Error("a participant is offered to end the partnership")
	}
	b.SetCookie("language", "tr")
	b.Get("/partnerships/" + id.String())
	b.Want(200, "Yer A", "Değişim 2027", "Kabul edildi")
	b.SetCookie("language", "de")
	b.Get("/my-partnerships")
	b.Want(200, "Ihre Partnerschaften", "Angenommen")
}

func TestTheCoordinatorPausesResumesAndEnds(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, e, both := h.founded(t, h.System(), "Yol")
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]})
	h.Jobs(t)
	h.mails = nil
	b := h.SignedIn(t, h.coordinator(t).Actor())
	path := "/partnerships/" + id.String()
	b.Get(path + "/pause")
	b.Want(200, "What happens", "You can resume it at any time")
	for _, tt := range []struct{ reason, want string }{
		{"", "Please fill this in."}, {"   ", "Please fill this in."}, {strings.Repeat("ğ", 1001), "1001 characters"}, {"a\u202eb", "characters that cannot be stored"},
	} {
		b.Get(path + "/pause")
		b.Submit(path+"/pause", "reason", tt.reason)
		b.Want(422, tt.want)
		if b.Page.Value("version") != "1" {
			t.Error("the version is lost")
		}
	}
	b.Get(path + "/pause")
	b.Submit(path+"/pause", "reason", "Hastalık <i>nedeniyle</i>")
	b.Want(200, "The partnership is paused.", "Hastalık <i>nedeniyle</i>", "Paused")
	b.Get("/desk")
	b.Want(200, "“Yol” is paused")
	b.Get(path + "/pause")
	b.Want(200, "not in a state in which this can be done")
	b.Get(path + "/resumption")
	b.Submit(path+"/resumption", "reason", "Herkes iyi")
	b.Want(200, "The partnership goes on.", "Accepted")
	b.Get(path + "/ending")
	b.Want(200, "This cannot be undone.")
	for _, want := range []bool{false, true} {
		over, err := partnerships.Over(t.Context(), h.System().Read(), e.Application, ids.New[ids.Application]())
		if err != nil || over[e.Application] != want || len(over) > 1 {
			t.Errorf("over: %v, %v, want %v", over, err, want)
		}
		ends, err := partnerships.Ends(t.Context(), h.System().Read(), e.Application, ids.New[ids.Application]())
		if at, founded := ends[e.Application]; err != nil || !founded || len(ends) != 1 || at.IsZero() == want || time.Since(at) < -time.Minute {
			t.Errorf("ends: %v, %v, over %v", ends, err, want)
		}
		if !want {
			b.Submit(path+"/ending", "reason", "Ortak çekildi")
			b.Want(200, "The partnership has ended.", "Ended early")
		}
	}
	if strings.Contains(b.Page.Body, path+"/pause") {
		t.Error("an ended partnership can be paused")
	}
	h.Jobs(t)
	var kinds []string
	for _, m := range h.mails {
		if m.Person == lead.Actor().Person {
			kinds = append(kinds, m.Kind+" "+m.Args["Reason"])
		}
	}
	want := []string{"partnerships.mail.paused Hastalık <i>nedeniyle</i>", "partnerships.mail.resumed Herkes iyi", "partnerships.mail.ended_early Ortak çekildi"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestTwoCoordinatorsDoNotOverrunEachOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, _ := h.founded(t, h.System(), "Yol")
	one, two := h.SignedIn(t, h.coordinator(t).Actor()), h.SignedIn(t, h.coordinator(t).Actor())
	path := "/partnerships/" + id.String()
	one.Get(path + "/pause")
	two.Get(path + "/ending")
	one.Submit(path+"/pause", "reason", "first")
	one.Want(200, "The partnership is paused.")
	two.Submit(path+"/ending", "reason", "second")
	two.Want(409, "Somebody else has changed this")
	if two.Page.Value("reason") != "second" {
		t.Error("what the second one typed is lost")
	}
	two.Post(path+"/ending", url.Values{"_csrf": {two.Page.Value("_csrf")}, "version": {"NaN"}, "reason": {"x"}})
	two.Want(422)
	if err := h.service.Steer(t.Context(), h.coordinator(t), id, 2, partnerships.Complete, "x"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a verb that no page offers: %v", err)
	}
}

func TestEachRoleSeesItsOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Bizimki")
	path := "/partnerships/" + id.String()
	for name, tt := range map[string]struct {
		actor                   tenants.Actor
		list, mine, show, pause int
	}{
		"a coordinator":      {h.coordinator(t).Actor(), 200, 404, 200, 200},
		"an officer":         {h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor(), 200, 404, 200, 404},
		"a finance officer":  {h.As(t, tenanttest.Role(tenants.RoleFinance)).Actor(), 200, 404, 200, 404},
		"a reviewer":         {h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor(), 404, 404, 404, 404},
		"a facilitator":      {h.As(t, tenanttest.Role(tenants.RoleFacilitator)).Actor(), 200, 200, 404, 404},
		"its lead":           {h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}).Actor(), 404, 200, 200, 404},
		"the partner's":      {h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: both[1]}).Actor(), 404, 200, 200, 404},
		"another one's lead": {h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: ids.New[ids.Organization]()}).Actor(), 404, 200, 404, 404},
		"somebody new":       {h.As(t).Actor(), 404, 404, 404, 404},
	} {
		b := h.SignedIn(t, tt.actor)
		for address, want := range map[string]int{"/partnerships": tt.list, "/my-partnerships": tt.mine, path: tt.show, path + "/pause": tt.pause, path + "/ending": tt.pause} {
			if got := b.Get(address).Status; got != want {
				t.Errorf("%s at %s: %d, want %d", name, address, got, want)
			}
		}
		if tt.show == 404 && strings.Contains(b.Get("/my-partnerships").Body, "Bizimki") {
			t.Errorf("%s reads of it on their own page", name)
		}
		csrf := b.Get("/desk").Value("_csrf")
		if tt.pause == 404 {
			if got := b.Post(path+"/ending", url.Values{"_csrf": {csrf}, "version": {"1"}, "reason": {"x"}}).Status; got != 404 {
				t.Errorf("%s ends it: %d", name, got)
			}
		}
	}
	if whole, err := h.service.Partnership(t.Context(), h.System(), id); err != nil || whole.State != partnerships.Accepted || whole.Version != 1 {
		t.Errorf("after all that: %+v, %v", whole.Partnership, err)
	}
}

// TestOthersDoNotExist holds that another tenant's, a stranger's and an invented partnership look the same.
func TestOthersDoNotExist(t *testing.T) {
	t.Parallel()
	h := open(t)
	theirs, _, _ := h.founded(t, h.System(), "Theirs")
	other := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	elsewhere, _, _ := h.founded(t, other, "CANARY-B")
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: h.organization(t, h.System(), "Mine")})
	for name, b := range map[string]*sitetest.Browser{"a lead": h.SignedIn(t, lead.Actor()), "a coordinator": h.SignedIn(t, h.coordinator(t).Actor())} {
		csrf := b.Get("/desk").Value("_csrf")
		kinds := map[string]bool{}
		strangers := []string{elsewhere.String(), ids.New[ids.Partnership]().String(), "7", "..%2f..%2fetc"}
		if name == "a lead" {
			strangers = append(strangers, theirs.String())
		}
		for _, id := range strangers {
			b.Get("/partnerships/" + id)
			b.Want(404, "This page does not exist")
			if len(id) == 36 {
				kinds[sitetest.Stripped(b.Page.Body, id)] = true
			}
			for _, noun := range []string{"pause", "resumption", "ending"} {
				if got := b.Get("/partnerships/" + id + "/" + noun).Status; got != 404 {
					t.Errorf("%s: %d", noun, got)
				}
				b.Post("/partnerships/"+id+"/"+noun, url.Values{"_csrf": {csrf}, "version": {"1"}, "reason": {"x"}})
				b.Want(404, "This page does not exist")
			}
		}
		if len(kinds) != 1 {
			t.Errorf("to %s there are %d kinds of not found", name, len(kinds))
		}
		for _, address := range []string{"/partnerships", "/partnerships?format=csv", "/my-partnerships", "/desk"} {
			if strings.Contains(b.Get(address).Body, "CANARY-B") {
				t.Errorf("%s shows another network's partnership", address)
			}
		}
	}
}

func TestTheListPagesSortsFindsAndExports(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i := range 55 {
		title := fmt.Sprintf("Ortaklık %02d", i)
		if i%25 == 0 {
			title = fmt.Sprintf("=Şişli+%02d", i)
		}
		h.founded(t, h.System(), title)
	}
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	for _, order := range []string{"", "?sort=title", "?sort=title&desc=1", "?sort=since&desc=1", "?sort=nonsense"} {
		b.Get("/partnerships" + order)
		b.Want(200, "55 partnerships", "Next page")
		seen := map[string]bool{}
		for range 2 {
			for _, link := range b.Page.Links() {
				if rest, ok := strings.CutPrefix(link, "/partnerships/"); ok && len(rest) == 36 {
					seen[rest] = true
				}
			}
			if next := b.Page.Link("Next page"); next != "" {
				b.Get(next)
			}
		}
		if len(seen) != 55 {
			t.Errorf("%q: two pages show %d", order, len(seen))
		}
	}
	b.Get("/partnerships?q=SISLI")
	b.Want(200, "3 partnerships")
	b.Get("/partnerships?q=ortaklik+05+lindenhof")
	b.Want(200, "1 partnership", "Ortaklık 05")
	b.Get("/partnerships?state=paused")
	b.Want(200, "No partnership found")
	b.Get("/partnerships?state=accepted&q=sisli&format=csv")
	if lines := strings.Count(b.Page.Body, "\r\n"); lines != 4 || !strings.Contains(b.Page.Body, "'=Şişli+00") {
		t.Errorf("the export has %d lines:\n%s", lines, b.Page.Body)
	}
	b.Get("/partnerships?format=xlsx")
	if b.Page.Status != 200 || !strings.HasPrefix(b.Page.Body, "PK") {
		t.Errorf("xlsx: %d", b.Page.Status)
	}
}

func TestTheListAsksAsOftenForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	ask := func() int64 {
		return h.queries.Least(func() {
			b.Get("/partnerships")
			b.Want(200)
		})
	}
	h.founded(t, h.System(), "Bir")
	one := ask()
	h.founded(t, h.System(), "İki")
	h.founded(t, h.System(), "Üç")
	if three := ask(); three != one || one > 5 {
		t.Errorf("%d queries for one row, %d for three", one, three)
	}
}
