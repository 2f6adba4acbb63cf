package partnerships_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/partnerships"
	"kervan/tenants"
)

func TestAPartnershipIsShownOnlyWhenAllAgreeAndItsTimeHasCome(t *testing.T) {
	t.Parallel()
	a, b := ids.New[ids.Organization](), ids.New[ids.Organization]()
	now := time.Date(2027, 5, 1, 12, 0, 0, 0, time.UTC)
	both := map[ids.Organization]time.Time{a: now, b: now}
	for name, c := range map[string]struct {
		state    partnerships.State
		version  int64
		consents map[ids.Organization]time.Time
		from     time.Time
		want     bool
	}{
		"agreed by all":       {partnerships.Active, 1, both, now, true},
		"of another moment":   {partnerships.Active, 1, both, now.Add(time.Second), false},
		"one is silent":       {partnerships.Active, 1, map[ids.Organization]time.Time{a: now}, now, false},
		"a stranger agrees":   {partnerships.Active, 1, map[ids.Organization]time.Time{a: now, ids.New[ids.Organization](): now}, now, false},
		"never thought of":    {partnerships.Active, 0, both, now, false},
		"only proposed":       {partnerships.Proposed, 1, both, now, false},
		"ended early":         {partnerships.EndedEarly, 1, both, now, false},
		"paused and complete": {partnerships.Paused, 1, both, now, true},
	} {
		p := partnerships.Partnership{State: c.state, Seats: []partnerships.Seat{{Organization: a}, {Organization: b}}}
		s := partnerships.Showing{Terms: partnerships.Terms{From: c.from}, Version: c.version, Consents: c.consents}
		if got := p.Shown(&s, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (&partnerships.Partnership{State: partnerships.Active}).Shown(&partnerships.Showing{Version: 1}, now) {
		t.Error("a partnership of nobody is shown")
	}
}

// titles are what everybody sees on the network's map, and on that of all networks.
func (h *house) titles(t *testing.T) (here, everywhere []string) {
	t.Helper()
	core := h.Tenant
	core.Kind = tenants.KindCore
	for _, c := range []struct {
		sc   tenants.Scope
		into *[]string
	}{{h.System().As(tenants.Visitor()), &here}, {h.Tenants.Bind(core, tenants.Visitor()), &everywhere}} {
		all, err := h.service.Public(t.Context(), c.sc)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if c.into == &here || p.Network == h.Tenant.ID { // other tests have networks, too
				*c.into = append(*c.into, p.Title)
			}
		}
	}
	return here, everywhere
}

func (h *house) wantShown(t *testing.T, when string, want ...string) {
	t.Helper()
	here, everywhere := h.titles(t)
	if !slices.Equal(here, want) || !slices.Equal(everywhere, want) {
		t.Errorf("%s: the network shows %q, the map of all %q; want %q", when, here, everywhere, want)
	}
}

func TestEverybodySeesWhatAllHaveAgreedToUntilOneTakesItBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Ihlamurlar")
	one, two := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}), h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		h.Jobs(t)
	}
	must(h.service.Propose(ctx, one, id, 0, partnerships.Terms{About: i18n.Text{i18n.EN: "They plant lime trees."}}))
	h.wantShown(t, "one has agreed")
	if len(h.news) == 0 || h.news[len(h.news)-1].Person != two.Actor().Person || !strings.HasSuffix(h.news[len(h.news)-1].Path, "/presentation") {
		t.Errorf("nobody asked the other: %+v", h.news)
	}
	waiting, err := h.service.Waiting(ctx, two)
	if err != nil || len(waiting) != 1 {
		t.Errorf("%d wait for the other, %v", len(waiting), err)
	}
	if err := h.service.Consent(ctx, two, id, 7); !fault.Is(err, fault.KindConflict) {
		t.Errorf("agreed to terms that are not there: %v", err)
	}
	must(h.service.Consent(ctx, two, id, 1))
	h.wantShown(t, "both have agreed", "Ihlamurlar")

	must(h.service.Propose(ctx, two, id, 1, partnerships.Terms{Pseudonym: "Lantern"}))
	h.wantShown(t, "one changed the terms")
	if err := h.service.Propose(ctx, one, id, 1, partnerships.Terms{}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("changed terms that others had changed: %v", err)
	}
	must(h.service.Consent(ctx, one, id, 2))
	h.wantShown(t, "under another name", "Lantern")
	all, err := h.service.Public(ctx, h.System().As(tenants.Visitor()))
	if err != nil || all[0].Members[0] != (partnerships.Place{Country: "TR"}) || !all[0].Veiled {
		t.Errorf("a pseudonym leaves %+v, %v", all, err)
	}

	if err := h.service.Conceal(ctx, two, id); err != nil { // the queue has not run yet
		t.Fatal(err)
	}
	h.wantShown(t, "one took it back")
	h.Jobs(t)
	h.wantShown(t, "one took it back, and the queue has run")
	must(h.service.Consent(ctx, two, id, 2))
	h.wantShown(t, "agreed again", "Lantern")
	must(h.service.Steer(ctx, h.coordinator(t), id, 1, partnerships.EndEarly, "A fire."))
	h.wantShown(t, "it ended early")
}

func TestADayKeepsAPartnershipBackAndACoordinatorAgreesForNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Later")
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]})
	coordinator := h.coordinator(t)
	if err := h.service.Propose(t.Context(), coordinator, id, 0, partnerships.Terms{}); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Consent(t.Context(), coordinator, id, 1); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a coordinator agreed: %v", err)
	}
	h.wantShown(t, "the coordinator wants it")
	if err := h.service.Propose(t.Context(), lead, id, 1, partnerships.Terms{From: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	h.wantShown(t, "before its day")
	if err := h.service.Propose(t.Context(), lead, id, 2, partnerships.Terms{Pseudonym: strings.Repeat("x", 121)}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("121 characters: %v", err)
	}
	if err := h.service.Propose(t.Context(), lead, id, 2, partnerships.Terms{}); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	h.wantShown(t, "at once", "Later")
	if err := h.service.Conceal(t.Context(), coordinator, id); err != nil {
		t.Fatal(err)
	}
	h.wantShown(t, "the coordinator took it down")
	stranger := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: h.organization(t, h.System(), "Else")})
	participant := h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: both[0]})
	for who, sc := range map[string]tenants.Scope{"a stranger": stranger, "a participant": participant} {
		if err := h.service.Propose(t.Context(), sc, id, 3, partnerships.Terms{}); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
}

func TestTheMapAndItsFormInABrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Ihlamurlar")
	h.mu.Lock()
	h.cards[both[1]] = partnerships.Organization{Name: "Lindenhof", City: "Leipzig", Country: geo.Country("DE")}
	h.mu.Unlock()
	lead := h.SignedIn(t, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}).Actor())
	path := "/partnerships/" + id.String() + "/presentation"
	lead.Get(path)
	lead.Submit(path, "pseudonym", strings.Repeat("x", 121), "about_en", "We plant.", "from", "never")
	lead.Want(http.StatusUnprocessableEntity, "Enter a day.", "We plant.")
	lead.Submit(path, "pseudonym", "", "about_en", `We plant. <script>alert(1)</script>`, "from", "")
	lead.Want(http.StatusOK, "Waits for all to agree")
	partner := h.SignedIn(t, h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]}).Actor())
	partner.Get("/desk")
	partner.Want(http.StatusOK, "May “Ihlamurlar” be shown")
	partner.Get(path)
	partner.Submit(path + "/consent")
	partner.Want(http.StatusOK, "Everybody sees it")
	before := h.queries.Least(func() { h.Browser(t, h.Tenant).Get("/partnership-map") })
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/partnership-map")
	visitor.Want(http.StatusOK, "Ihlamurlar", "Leipzig")
	for _, want := range []string{`class="k-map-land"`, "&lt;script&gt;", "Map of 1 partnership between these countries: Germany, Türkiye"} {
		if !strings.Contains(visitor.Page.Body, want) {
			t.Errorf("the map lacks %s", want)
		}
	}
	for look, language := range map[uitest.Look]string{{Language: "en"}: "en", {Language: "tr", Phone: true}: "tr", {Language: "de", Dark: true}: "de"} {
		pages := map[string]string{}
		visitor.SetCookie("language", language)
		lead.SetCookie("language", language)
		pages["/map"], pages["/form"] = visitor.Get("/partnership-map").Body, lead.Get(path).Body
		origin := shown(t, pages)
		v := uitest.Visit(t, look)
		for name := range pages {
			v.Go(origin + name)
			v.Accessible("presentation-" + name[1:] + "-" + language)
		}
	}
	for _, title := range []string{"Second", "Third"} {
		id, _, both := h.founded(t, h.System(), title)
		all := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]})
		if err := h.service.Propose(t.Context(), all, id, 0, partnerships.Terms{}); err != nil {
			t.Fatal(err)
		}
	}
	if after := h.queries.Least(func() { h.Browser(t, h.Tenant).Get("/partnership-map") }); after != before {
		t.Errorf("one partnership takes %d queries, three take %d", before, after)
	}
}
