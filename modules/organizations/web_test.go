package organizations_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// anybody stands in for the module that knows people: everyone is called by their id.
type anybody struct{}

func (anybody) Persons(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]organizations.Person, error) {
	found := map[ids.Person]organizations.Person{}
	for _, p := range persons {
		found[p] = organizations.Person{Name: "Person " + p.String()[30:], Email: p.String() + "@example.org", Locale: i18n.EN}
	}
	return found, nil
}

func (anybody) Invited(context.Context, tenants.Scope, ids.Organization) ([]organizations.Pending, error) {
	return nil, nil
}

type house struct {
	*sitetest.House

	service *organizations.Service
	queries tenanttest.Queries
	mails   []events.MailRequested
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h.service = organizations.New(authorizer, anybody{})
	tenants.React(w.Tenants.Registry(), "test.mail", func(_ context.Context, _ tenants.Scope, e events.MailRequested) error {
		h.mails = append(h.mails, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{organizations.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{organizations.NewWeb(h.service, s).Module()}
	})
	return h
}

func (h *house) made(t *testing.T, sc tenants.Scope, name string) ids.Organization {
	t.Helper()
	done, err := h.service.Register(t.Context(), sc, organizations.Organization{Name: name, Form: organizations.Association, Country: "TR", City: "Muğla"}, true)
	if err != nil {
		t.Fatal(err)
	}
	return done.Organization.ID
}

func TestRegisterMakesALead(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.As(t).Actor())
	b.Get("/desk")
	b.Want(200, "Register your organization")
	b.Get("/organizations/new")
	b.Submit("/organizations", "name", "Gökkuşağı Derneği", "form", "association", "country", "TR", "city", "İzmir", "founded", "1999",
		"registry", "TR-VKN", "registry_number", "123 456 78 90", "about", "We plant <b>trees</b> & =1+1")
	b.Want(200, "Your organization is registered", "Gökkuşağı Derneği", "1234567890", "We plant <b>trees</b> & =1+1", "Edit profile")
	b.Get("/desk")
	b.Want(200, "Complete the profile of Gökkuşağı Derneği")
}

func TestRegisterRefusesEachField(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.As(t).Actor())
	for name, tt := range map[string]struct{ field, value, want string }{
		"no name":            {"name", "", "Please fill this in."},
		"a name with NUL":    {"name", "a\x00", "characters that cannot be stored"},
		"a bidi name":        {"name", "a\u202eb", "characters that cannot be stored"},
		"a long name":        {"name", strings.Repeat("ğ", 201), "201 characters"},
		"no form":            {"form", "", "choose one of the answers"},
		"an invented form":   {"form", "empire", "choose one of the answers"},
		"an invented land":   {"country", "ZZ", "choose one of the answers"},
		"no city":            {"city", "", "Please fill this in."},
		"a year to come":     {"founded", "2999", "not in the future"},
		"a year in words":    {"founded", "bin", "not in the future"},
		"a script as site":   {"website", "javascript:alert(1)", "https://example.org"},
		"a wrong number":     {"registry_number", "1234567891", "its check digit does not fit"},
		"a short number":     {"registry_number", "12", "does not have the form"},
		"an unknown field":   {"fields", "war", "choose one of the answers"},
		"too long a text":    {"about", strings.Repeat("a", 2001), "2001 characters"},
		"an invented budget": {"budget", "all of it", "choose one of the answers"},
	} {
		b.Get("/organizations/new")
		values := url.Values{"name": {"Kırlangıç"}, "form": {"association"}, "country": {"TR"}, "city": {"Çanakkale"}, "registry": {"TR-VKN"}, "registry_number": {"1234567890"}}
		values.Set(tt.field, tt.value)
		var pairs []string
		for k, v := range values {
			pairs = append(pairs, k, v[0])
		}
		b.Submit("/organizations", pairs...)
		b.Want(422, tt.want)
		if tt.field != "city" && b.Page.Value("city") != "Çanakkale" {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
	officer := h.As(t, tenanttest.Role(tenants.RoleOfficer))
	if _, n, err := h.service.List(t.Context(), officer, organizations.Query{}); err != nil || n != 0 {
		t.Errorf("refused registrations left %d organizations, %v", n, err)
	}
}

func TestAnOrganizationIsFoundAgainInAnySpelling(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead := h.As(t)
	h.made(t, lead, "İstanbul Kadın Dayanışması Derneği")
	b := h.SignedIn(t, h.As(t).Actor())
	for _, again := range []string{"ISTANBUL KADIN DAYANIŞMASI", "istanbul kadin dayanismasi", "Istanbul Kadın Dayanışması Vakfı"} {
		b.Get("/organizations/new")
		b.Submit("/organizations", "name", again, "form", "association", "country", "TR", "city", "İstanbul")
		b.Want(200, "Is it one of these?", "İstanbul Kadın Dayanışması Derneği")
		if b.Page.Value("name") != again {
			t.Errorf("%q: what was typed is lost", again)
		}
	}
}

func TestAskingToJoinTellsTheLead(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead := h.As(t)
	id := h.made(t, lead, "Ihlamur")
	b := h.SignedIn(t, h.As(t).Actor())
	b.Get("/organizations/new")
	b.Submit("/organizations", "name", "ıhlamur", "form", "association", "country", "TR", "city", "Ankara")
	b.Post("/organizations/"+id.String()+"/join-requests", url.Values{"_csrf": {b.Page.Value("_csrf")}})
	b.Want(200, "We have told the lead")
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != lead.Actor().Person {
		t.Errorf("mails: %+v", h.mails)
	}
}

func TestARegistryNumberIsHereOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	o := organizations.Organization{Name: "One", Form: organizations.Association, Country: "TR", City: "A", Registry: "TR-VKN", RegistryNumber: "1234567890"}
	if _, err := h.service.Register(t.Context(), h.As(t), o, true); err != nil {
		t.Fatal(err)
	}
	b := h.SignedIn(t, h.As(t).Actor())
	b.Get("/organizations/new")
	b.Submit("/organizations", "name", "Wholly Different", "form", "foundation", "country", "DE", "city", "Berlin", "registry", "TR-VKN", "registry_number", "1234567890")
	b.Want(422, "An organization with this number is registered here already")
}

// TestOthersDoNotExist holds that a stranger's, another tenant's and an invented organization look the same.
func TestOthersDoNotExist(t *testing.T) {
	t.Parallel()
	h := open(t)
	theirs := h.made(t, h.As(t), "Theirs")
	other := h.Tenants.Bind(h.Another(t), h.As(t).Actor())
	elsewhere, err := h.service.Register(t.Context(), other, organizations.Organization{Name: "CANARY-B-name", Form: organizations.Association, Country: "TR", City: "CANARY-B-city"}, true)
	if err != nil {
		t.Fatal(err)
	}
	lead := h.As(t)
	mine := h.made(t, lead, "Mine")
	b := h.SignedIn(t, h.Member(t, lead, mine))
	b.Get("/organizations/" + mine.String())
	b.Want(200, "Mine")
	csrf := b.Page.Value("_csrf")
	bodies := map[string]map[string]bool{"": {}, "/edit": {}, "/people": {}}
	for _, id := range []string{theirs.String(), elsewhere.Organization.ID.String(), ids.New[ids.Organization]().String(), "7", "..%2f..%2fetc"} {
		for _, path := range []string{"", "/edit", "/people"} {
			b.Get("/organizations/" + id + path)
			b.Want(404, "This page does not exist")
			if len(id) == 36 {
				bodies[path][sitetest.Stripped(b.Page.Body, id)] = true
			}
		}
		for _, path := range []string{"", "/people/removal", "/people/hand-over"} {
			b.Post("/organizations/"+id+path, url.Values{"_csrf": {csrf}, "version": {"1"}, "person": {lead.Actor().Person.String()}, "role": {"lead"}, "name": {"X"}, "form": {"association"}, "country": {"TR"}, "city": {"Y"}})
			b.Want(404, "This page does not exist")
		}
	}
	for _, path := range []string{"/people/removal", "/people/hand-over"} {
		b.Get("/organizations/" + theirs.String() + path + "?role=lead&person=" + lead.Actor().Person.String())
		b.Want(404, "This page does not exist")
	}
	for path, kinds := range bodies {
		if len(kinds) != 1 {
			t.Errorf("there are %d kinds of not found at %q", len(kinds), path)
		}
	}
}

func TestTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead := h.As(t)
	id := h.made(t, lead, "Ortak")
	actor := h.Member(t, lead, id)
	one, two := h.SignedIn(t, actor), h.SignedIn(t, actor)
	path := "/organizations/" + id.String()
	one.Get(path + "/edit")
	two.Get(path + "/edit")
	one.Submit(path, "city", "Bodrum")
	one.Want(200, "The profile is saved", "Bodrum")
	two.Submit(path, "city", "Datça")
	two.Want(409, "Somebody else has changed this")
	if two.Page.Value("city") != "Datça" {
		t.Error("what the second one typed is lost")
	}
}

func TestTheLeadIsHandedOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead := h.As(t)
	id := h.made(t, lead, "Devir")
	colleague := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: id})
	b := h.SignedIn(t, h.Member(t, lead, id))
	path := "/organizations/" + id.String() + "/people"
	b.Get(path)
	b.Post(path+"/removal", url.Values{"_csrf": {b.Page.Value("_csrf")}, "person": {lead.Actor().Person.String()}, "role": {"lead"}})
	b.Want(200, "Every organization needs a lead")
	b.Get(path + "/hand-over?role=participant&person=" + lead.Actor().Person.String())
	b.Want(404, "This page does not exist")
	b.Get(path + "/hand-over?role=participant&person=" + colleague.Actor().Person.String())
	b.Want(200, "becomes the lead of Devir", "is told by mail")
	b.Submit(path + "/hand-over")
	members, err := tenants.MembersOf(t.Context(), h.System().Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	roles := map[ids.Person]tenants.Role{}
	for _, m := range members {
		roles[m.Person] = m.Role
	}
	if len(members) != 2 || roles[colleague.Actor().Person] != tenants.RoleLead || roles[lead.Actor().Person] != tenants.RoleParticipant {
		t.Errorf("after the hand-over: %v", roles)
	}
	h.Jobs(t)
	if len(h.mails) != 1 || h.mails[0].Person != colleague.Actor().Person {
		t.Errorf("mails: %+v", h.mails)
	}
}

func TestOnlyOfficersSeeTheList(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead := h.As(t)
	id := h.made(t, lead, "Bir")
	for name, tt := range map[string]struct {
		actor                    tenants.Actor
		list, directory, profile int
	}{
		"a coordinator":      {h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor(), 200, 200, 200},
		"a finance officer":  {h.As(t, tenanttest.Role(tenants.RoleFinance)).Actor(), 200, 404, 200},
		"a reviewer":         {h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor(), 404, 404, 404},
		"its own lead":       {h.Member(t, lead, id), 404, 200, 200},
		"another one's lead": {h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: ids.New[ids.Organization]()}).Actor(), 404, 200, 404},
		"somebody new":       {h.As(t).Actor(), 404, 404, 404},
	} {
		b := h.SignedIn(t, tt.actor)
		for path, want := range map[string]int{"/organizations": tt.list, "/directory": tt.directory, "/directory/suggestions?q=der": tt.directory, "/organizations/" + id.String(): tt.profile} {
			if got := b.Get(path).Status; got != want {
				t.Errorf("%s at %s: %d, want %d", name, path, got, want)
			}
		}
	}
	b := h.Browser(t, h.Tenant)
	if got := b.Get("/organizations"); got.Status != 404 && !strings.Contains(got.Path, "/sign-in") {
		t.Errorf("a visitor saw %s: %d", got.Path, got.Status)
	}
}

// TestALookUpIsBounded: of what is typed a few words are looked for, and no suggestion is made for what is longer than a name.
func TestALookUpIsBounded(t *testing.T) {
	t.Parallel()
	h := open(t)
	lead := h.As(t)
	h.made(t, lead, "Bir iki")
	sc := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	for search, want := range map[string]int{"bir iki": 1, "bir uc": 0, "b i r b i r k " + strings.Repeat("bir ", 30): 1, "b r k i bi ir ik ki uc": 1, strings.Repeat("bir ", 20) + "uc": 1, strings.Repeat(" ", 80) + "uc": 1} {
		found, n, err := h.service.Directory(t.Context(), sc, organizations.Query{Search: search, Limit: 10})
		if err != nil || len(found) != want || n != want {
			t.Errorf("%q finds %d (%d), want %d: %v", search, len(found), n, want, err)
		}
	}
	b := h.SignedIn(t, sc.Actor())
	for typed, want := range map[string]bool{"bir": true, "bir" + strings.Repeat("+bir", 20): false} {
		if got := strings.Contains(b.Get("/directory/suggestions?q="+typed).Body, "Bir iki"); got != want {
			t.Errorf("%q is suggested: %v", typed, got)
		}
	}
}

func TestTheListPagesSortsFindsAndExports(t *testing.T) {
	t.Parallel()
	h := open(t)
	system := h.System()
	for i := range 60 {
		o := organizations.Organization{Name: fmt.Sprintf("Dernek %02d", i), Form: organizations.Association, Country: "TR", City: "A"}
		if i%20 == 0 {
			o.Name, o.Country, o.Form = fmt.Sprintf("=Şişli %02d", i), "DE", organizations.Foundation
		}
		if _, err := h.service.Register(t.Context(), system, o, true); err != nil {
			t.Fatal(err)
		}
	}
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	b.Get("/organizations?sort=name")
	b.Want(200, "60 organizations", "Dernek 01", "Next page")
	seen := strings.Count(b.Page.Text(), "Dernek ") + strings.Count(b.Page.Text(), "=Şişli ")
	b.Get(b.Page.Link("Next page"))
	seen += strings.Count(b.Page.Text(), "Dernek ") + strings.Count(b.Page.Text(), "=Şişli ")
	if seen != 60 || b.Page.Link("Next page") != "" {
		t.Errorf("two pages show %d", seen)
	}
	for _, name := range []string{"Çam", "Cam", "Biz", "Bız"} {
		h.made(t, system, name)
	}
	b.SetCookie("language", "tr")
	b.Get("/organizations?sort=name")
	var places []int
	for _, name := range []string{"Bız ", "Biz ", "Cam ", "Çam ", "Dernek 01 "} {
		places = append(places, strings.Index(b.Page.Text(), name))
	}
	if !slices.IsSorted(places) || places[0] < 0 {
		t.Errorf("not in the order of the Turkish alphabet: %v", places)
	}
	b.SetCookie("language", "en")
	b.Get("/organizations?q=SISLI")
	b.Want(200, "3 organizations", "=Şişli 20")
	b.Get("/organizations?country=DE&form=foundation&format=csv")
	if lines := strings.Count(b.Page.Body, "\r\n"); lines != 4 || !strings.Contains(b.Page.Body, "'=Şişli 00") {
		t.Errorf("the export has %d lines:\n%s", lines, b.Page.Body)
	}
	b.Get("/organizations?q=nothing+like+this")
	b.Want(200, "No organization found")
}

func TestTheListAsksAsOftenForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	ask := func() int64 {
		return h.queries.Least(func() {
			b.Get("/organizations")
			b.Want(200)
		})
	}
	h.made(t, h.System(), "Bir")
	one := ask()
	h.made(t, h.System(), "İki")
	h.made(t, h.System(), "Üç")
	if three := ask(); three != one || one > 4 {
		t.Errorf("%d queries for one row, %d for three", one, three)
	}
}
