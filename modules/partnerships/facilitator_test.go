package partnerships_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/partnerships"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestWhoSuitsAPartnership(t *testing.T) {
	t.Parallel()
	w := expertise.Weights{Topic: 1, Language: 1, Country: 1}
	need := partnerships.Need{
		Topics:    []expertise.Ranked{{Key: "fundraising", Rank: 1}, {Key: "digital", Rank: 2}, {Key: "people", Rank: 3}, {Key: "advocacy", Rank: 1}}, // 3 + 2 + 1 + 3
		Languages: [][]string{{"tr", "en"}, {"de", "en"}}, Countries: []string{"TR", "DE"},
	}
	topic := func(keys ...string) partnerships.Reason {
		return partnerships.Reason{Side: partnerships.SideTopic, Keys: keys}
	}
	language := func(keys ...string) partnerships.Reason {
		return partnerships.Reason{Side: partnerships.SideLanguage, Keys: keys}
	}
	for name, tt := range map[string]struct {
		weights expertise.Weights
		need    partnerships.Need
		knows   expertise.Expertise
		want    partnerships.Fit
	}{
		"everything": {
			w, need,
			expertise.Expertise{Topics: []string{"people", "digital", "fundraising", "advocacy"}, Languages: []string{"en"}, Countries: []string{"DE", "TR"}},
			partnerships.Fit{Affinity: 1000, Understands: true, Reasons: []partnerships.Reason{topic("fundraising", "digital", "people", "advocacy"), language("en"), {Side: partnerships.SideCountry, Keys: []string{"DE", "TR"}}}},
		},
		"each in their own language":  {w, need, expertise.Expertise{Languages: []string{"tr", "de"}}, partnerships.Fit{Affinity: 167, Understands: true, Reasons: []partnerships.Reason{language("de", "tr")}}},
		"only one of them":            {w, need, expertise.Expertise{Languages: []string{"tr"}}, partnerships.Fit{}},
		"no language at all":          {w, need, expertise.Expertise{Topics: []string{"digital"}}, partnerships.Fit{Affinity: 74, Reasons: []partnerships.Reason{topic("digital")}}},
		"languages that nobody knows": {w, partnerships.Need{Languages: [][]string{nil, {}}}, expertise.Expertise{Languages: []string{"tr"}}, partnerships.Fit{Understands: true}},
		"one language is not known":   {w, partnerships.Need{Languages: [][]string{nil, {"tr"}}}, expertise.Expertise{Languages: []string{"tr"}}, partnerships.Fit{Affinity: 333, Understands: true, Reasons: []partnerships.Reason{language("tr")}}},
		"what counts for nothing":     {expertise.Weights{Country: 1}, need, expertise.Expertise{Topics: []string{"digital"}, Languages: []string{"en"}, Countries: []string{"TR"}}, partnerships.Fit{Affinity: 500, Understands: true, Reasons: []partnerships.Reason{{Side: partnerships.SideCountry, Keys: []string{"TR"}}}}},
	} {
		if diff := cmp.Diff(tt.want, partnerships.FitOf(tt.weights, &tt.need, &tt.knows)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// guide is somebody who can accompany, with an address of their own domain.
func (h *house) guide(t *testing.T, p partnerships.Profile) tenants.Scope {
	t.Helper()
	sc := h.As(t, tenanttest.Role(tenants.RoleFacilitator))
	h.mu.Lock()
	id := sc.Actor().Person
	h.emails[id] = "guide@" + id.String() + ".example"
	h.mu.Unlock()
	if err := h.service.SaveOwnProfile(t.Context(), sc, p); err != nil {
		t.Fatal(err)
	}
	return sc
}

func (h *house) version(t *testing.T, id ids.Partnership) int64 {
	t.Helper()
	w, err := h.service.Partnership(t.Context(), h.System(), id)
	if err != nil {
		t.Fatal(err)
	}
	return w.Version
}

func (h *house) told(kind string, who tenants.Scope) int {
	n := 0
	for _, m := range h.mails {
		if m.Kind == "partnerships.mail."+kind && m.Person == who.Actor().Person {
			n++
		}
	}
	return n
}

// TestAPartnershipIsAccompanied gives it to one, then to another, who hands it back: each time all who must know are told, and each
// reads the page only as long as they accompany it.
func TestAPartnershipIsAccompanied(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Yol")
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]})
	other := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[1]})
	coordinator := h.coordinator(t)
	first, second := h.guide(t, partnerships.Profile{Expertise: expertise.Expertise{Languages: []string{"tr"}}}), h.guide(t, partnerships.Profile{})
	h.Jobs(t)
	h.mails, h.news = nil, nil
	path := "/partnerships/" + id.String()
	b := h.SignedIn(t, coordinator.Actor())
	b.Get("/desk")
	b.Want(200, "Nobody accompanies 1 partnership")
	b.Get("/partnerships?accompanied=no")
	b.Want(200, "Yol", "Choose somebody")
	b.Get(path + "/facilitator")
	b.Want(200, "Who is to accompany it?")
	b.Submit(path+"/facilitator", "person", "", "reason", "As we said on the phone")
	b.Want(422, "As we said on the phone")
	b.Submit(path+"/facilitator", "person", first.Actor().Person.String(), "reason", "As we said on the phone")
	h.Jobs(t)
	if h.told("accompanies", first) != 1 || h.told("accompanied", lead) != 1 || h.told("accompanied", other) != 1 || len(h.mails) != 3 {
		t.Errorf("mails: %+v", h.mails)
	}
	guide := h.SignedIn(t, first.Actor())
	guide.Get("/my-partnerships")
	guide.Want(200, "Yol", "You accompany it")
	guide.Get(path)
	guide.Want(200, "Yol İhlamur", "Hand it back", "As we said on the phone", "@example.org")
	guide.Get(path + "/pause")
	guide.Want(404)
	member := h.SignedIn(t, lead.Actor())
	member.Get(path)
	member.Want(200, "guide@"+first.Actor().Person.String()+".example", "accompanies it")
	if strings.Contains(member.Page.Body, "on the phone") {
		t.Error("organizations read what is meant for the coordinators")
	}

	h.mails = nil
	b.Get(path + "/facilitator")
	b.Submit(path+"/facilitator", "person", second.Actor().Person.String(), "reason", " ")
	b.Want(422, "Reason")
	b.Submit(path+"/facilitator", "person", second.Actor().Person.String(), "reason", "Too much to do")
	h.Jobs(t)
	if h.told("accompaniment_ended", first) != 1 || h.told("accompanies", second) != 1 || h.told("accompanied", lead) != 1 {
		t.Errorf("mails of the change: %+v", h.mails)
	}
	guide.Get(path)
	guide.Want(404)
	guide.Get(path + "/facilitator/return")
	guide.Want(404)

	h.mails, h.news = nil, nil
	next := h.SignedIn(t, second.Actor())
	next.Get(path + "/facilitator/return")
	next.Submit(path+"/facilitator/return", "reason", "")
	next.Want(422)
	next.Submit(path+"/facilitator/return", "reason", "I move abroad")
	h.Jobs(t)
	next.Get(path)
	next.Want(404)
	if h.told("unaccompanied", lead) != 1 || h.told("unaccompanied", other) != 1 || len(h.mails) != 2 {
		t.Errorf("mails of the return: %+v", h.mails)
	}
	for _, m := range h.mails {
		if strings.Contains(m.Args["Reason"], "abroad") {
			t.Error("organizations read why it was handed back")
		}
	}
	if len(h.news) != 3 || h.news[0].Key != "partnerships.notify.handed_back" || h.news[0].Person != coordinator.Actor().Person {
		t.Errorf("news: %+v", h.news)
	}
	b.Get(path)
	b.Want(200, "I move abroad", "Too much to do", "Nobody accompanies")
	all, err := h.service.Facilitators(t.Context(), coordinator)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d, %v", len(all), err)
	}
	for _, f := range all {
		if f.Now != 0 || f.Ever != 1 || f.Returned != 0 != (f.ID == second.Actor().Person) {
			t.Errorf("counted: %+v", f)
		}
	}
	if findings, err := partnerships.Check(t.Context(), h.System()); err != nil || len(findings) > 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

func TestTheCoordinatorTakesItBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, _, both := h.founded(t, h.System(), "Yol")
	lead, coordinator, guide := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}), h.coordinator(t), h.guide(t, partnerships.Profile{})
	person := guide.Actor().Person
	stale := h.version(t, id)
	if err := h.service.Unaccompany(t.Context(), coordinator, id, stale, "x"); !fault.Is(err, fault.KindConflict) {
		t.Errorf("of nobody: %v", err)
	}
	if err := h.service.Accompany(t.Context(), coordinator, id, stale, person, ""); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"given with a stale version": h.service.Accompany(t.Context(), coordinator, id, stale, person, "x"),
		"taken with a stale version": h.service.Unaccompany(t.Context(), coordinator, id, stale, "x"),
	} {
		if !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.Jobs(t)
	h.mails = nil
	b := h.SignedIn(t, coordinator.Actor())
	path := "/partnerships/" + id.String() + "/facilitator/removal"
	b.Get(path)
	b.Want(200, "cannot read its page", "which the team can see")
	b.Submit(path, "reason", "")
	b.Want(422)
	b.Submit(path, "reason", "A new rule")
	h.Jobs(t)
	if h.told("accompaniment_ended", guide) != 1 || h.told("unaccompanied", lead) != 1 {
		t.Errorf("mails: %+v", h.mails)
	}
	b.Get(path)
	b.Want(404)
	if _, err := h.service.Partnership(t.Context(), guide, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("still reads: %v", err)
	}
	if err := h.service.Steer(t.Context(), coordinator, id, h.version(t, id), partnerships.EndEarly, "x"); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Accompany(t.Context(), coordinator, id, h.version(t, id), person, ""); !fault.Is(err, fault.KindConflict) {
		t.Errorf("of one that is over: %v", err)
	}
}

// TestNobodyWithAConflictIsOffered offers none of four who have a conflict of interest, each of another kind, and takes none of them.
func TestNobodyWithAConflictIsOffered(t *testing.T) {
	t.Parallel()
	h := open(t)
	id, e, both := h.founded(t, h.System(), "Yol")
	coordinator := h.coordinator(t)
	lead := h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]})
	member := h.As(t, tenanttest.Role(tenants.RoleFacilitator), tenants.Grant{Role: tenants.RoleParticipant, Organization: both[1]})
	free, neighbour, declared, judged := h.guide(t, partnerships.Profile{}), h.guide(t, partnerships.Profile{}), h.guide(t, partnerships.Profile{Conflicts: both[:1]}), h.guide(t, partnerships.Profile{})
	h.mu.Lock()
	h.emails[member.Actor().Person] = "a@elsewhere.example"
	h.emails[lead.Actor().Person] = "info@dernek.example"
	h.emails[neighbour.Actor().Person] = "somebody@mail.dernek.example"
	h.barred = map[ids.Application][]ids.Person{e.Application: {judged.Actor().Person}}
	h.mu.Unlock()
	g, err := h.service.Guidance(t.Context(), coordinator, id)
	if err != nil || len(g.Companions) != 1 || g.Companions[0].ID != free.Actor().Person || g.Barred != 4 {
		t.Fatalf("offered: %+v, %d barred, %v", g.Companions, g.Barred, err)
	}
	for name, sc := range map[string]tenants.Scope{"a member": member, "one of the same domain": neighbour, "one who has said so": declared, "one who had one before": judged, "somebody else": lead} {
		if err := h.service.Accompany(t.Context(), coordinator, id, h.version(t, id), sc.Actor().Person, ""); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.Accompany(t.Context(), coordinator, id, h.version(t, id), free.Actor().Person, ""); err != nil {
		t.Fatal(err)
	}
	// They come to have one while they accompany it.
	h.mu.Lock()
	h.emails[free.Actor().Person] = "new@dernek.example"
	h.mu.Unlock()
	b := h.SignedIn(t, coordinator.Actor())
	b.Get("/partnerships/" + id.String() + "/facilitator")
	b.Want(200, "has a conflict of interest", "Nobody can accompany it")
}

func TestProfilesOfThoseWhoAccompany(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, _, both := h.founded(t, h.System(), "Yol")
	coordinator, guide := h.coordinator(t), h.As(t, tenanttest.Role(tenants.RoleFacilitator))
	for name, tt := range map[string]struct {
		profile partnerships.Profile
		field   string
	}{
		"no such topic":    {partnerships.Profile{Expertise: expertise.Expertise{Topics: []string{"poetry"}}}, "topic"},
		"no such language": {partnerships.Profile{Expertise: expertise.Expertise{Languages: []string{"klingon"}}}, "language"},
		"no such country":  {partnerships.Profile{Expertise: expertise.Expertise{Countries: []string{"tr"}}}, "country"},
		"less than none":   {partnerships.Profile{Least: -1}, "least"},
		"most below least": {partnerships.Profile{Least: 3, Most: 2}, "most"},
		"far too many":     {partnerships.Profile{Most: 51}, "most"},
		"no day":           {partnerships.Profile{From: "2027-02-30"}, "from"},
		"back to front":    {partnerships.Profile{From: "2027-03-02", To: "2027-03-01"}, "to"},
		"a stranger":       {partnerships.Profile{Conflicts: []ids.Organization{ids.New[ids.Organization]()}}, "conflict"},
	} {
		err := h.service.SaveOwnProfile(t.Context(), guide, tt.profile)
		if f := fault.Of(err); !fault.Is(err, fault.KindInvalid) || len(f.Fields) != 1 || f.Fields[0].Name != tt.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := h.SignedIn(t, guide.Actor())
	const path = "/my-partnerships/profile"
	b.Get(path)
	b.Want(200, "Yol İhlamur")
	b.Submit(path, "topic", "digital", "language", "tr", "least", "2", "most", "one", "from", "2027-03-01", "conflict", both[0].String(), "note", "Only by train")
	b.Want(422, "Only by train")
	for _, kept := range []string{`value="2027-03-01"`, `value="one"`} {
		if !strings.Contains(b.Page.Body, kept) {
			t.Errorf("what was typed is lost: %s", kept)
		}
	}
	b.Submit(path, "topic", "digital", "language", "tr", "language-2", "tr", "least", "2", "most", "4", "from", "2027-03-01", "conflict", both[0].String(), "note", "Only by train")
	v, err := h.service.FacilitatorProfile(t.Context(), coordinator, guide.Actor().Person)
	want := partnerships.Profile{
		Person: guide.Actor().Person, Expertise: expertise.Expertise{Topics: []string{"digital"}, Languages: []string{"tr"}, Countries: []string{}}, Least: 2, Most: 4,
		From: "2027-03-01", Conflicts: both[:1], Note: "Only by train", Version: 1,
	}
	if diff := cmp.Diff(want, v.Profile); diff != "" || err != nil {
		t.Errorf("kept: %s %v", diff, err)
	}
	if v.Available("2027-02-28") || !v.Available(i18n.Day("2030-01-01")) {
		t.Error("available before the first day, or not after it")
	}
	staff := h.SignedIn(t, coordinator.Actor())
	their := "/facilitators/" + guide.Actor().Person.String()
	staff.Get(their)
	staff.Want(200, "Only by train")
	if err := h.service.SaveOwnProfile(t.Context(), guide, partnerships.Profile{Version: 1, Note: "By bus too"}); err != nil {
		t.Fatal(err)
	}
	staff.Submit(their, "note", "Nobody asked")
	staff.Want(409, "Nobody asked")
	for name, sc := range map[string]tenants.Scope{"a lead": h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: both[0]}), "an officer": h.As(t, tenanttest.Role(tenants.RoleOfficer)), "a reviewer": h.As(t, tenanttest.Role(tenants.RoleReviewer))} {
		other := h.SignedIn(t, sc.Actor())
		for _, address := range []string{path, "/facilitators", their} {
			if got := other.Get(address).Status; got != 404 {
				t.Errorf("%s at %s: %d", name, address, got)
			}
		}
	}
	if got := b.Get("/facilitators").Status; got != 404 {
		t.Errorf("a facilitator reads what is known of others: %d", got)
	}
	staff.Get("/facilitators/" + coordinator.Actor().Person.String())
	staff.Want(404)
}

// TestAProfileFollowsOnlyOnTheOneThatWasShown takes no version that never was, first of all where there is no profile yet.
func TestAProfileFollowsOnlyOnTheOneThatWasShown(t *testing.T) {
	t.Parallel()
	h := open(t)
	guide := h.As(t, tenanttest.Role(tenants.RoleFacilitator))
	keep := func(version int64) error {
		return h.service.SaveOwnProfile(t.Context(), guide, partnerships.Profile{Version: version, Note: strconv.FormatInt(version, 10)})
	}
	for _, version := range []int64{-1, 7} {
		if err := keep(version); !fault.Is(err, fault.KindConflict) {
			t.Errorf("of version %d, before the first: %v", version, err)
		}
	}
	b := h.SignedIn(t, guide.Actor())
	const path = "/my-partnerships/profile"
	b.Get(path)
	b.Submit(path, "version", "x", "note", "Typed")
	b.Want(409, "Typed")
	for _, version := range []int64{0, 1} {
		if err := keep(version); err != nil {
			t.Errorf("of version %d: %v", version, err)
		}
	}
	for _, version := range []int64{-1, 0, 1, 3} {
		if err := keep(version); !fault.Is(err, fault.KindConflict) {
			t.Errorf("of version %d, after the second: %v", version, err)
		}
	}
	if v, err := h.service.OwnProfile(t.Context(), guide); err != nil || v.Version != 2 || v.Note != "1" {
		t.Errorf("kept: %+v, %v", v.Profile, err)
	}
}

func TestTheListOfThoseWhoAccompanyAsksAsOftenForManyAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.coordinator(t)
	b := h.SignedIn(t, coordinator.Actor())
	give := func(n int) {
		guide := h.guide(t, partnerships.Profile{Expertise: expertise.Expertise{Languages: []string{"en"}}})
		id, _, _ := h.founded(t, h.System(), "Yol "+strconv.Itoa(n))
		if err := h.service.Accompany(t.Context(), coordinator, id, h.version(t, id), guide.Actor().Person, ""); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(address string) int64 {
		return h.queries.Least(func() {
			b.Get(address)
			b.Want(200)
		})
	}
	give(0)
	before := map[string]int64{}
	for _, address := range []string{"/facilitators", "/partnerships"} {
		before[address] = ask(address)
	}
	give(1)
	give(2)
	for address, one := range before {
		if three := ask(address); three != one {
			t.Errorf("%s: %d queries for one row, %d for three", address, one, three)
		}
	}
	b.Get("/facilitators?language=en&sort=now&desc=1")
	b.Want(200, "3 people")
	b.Get("/facilitators?format=csv")
	b.Want(200, "English")
	b.Get("/facilitators?topic=digital")
	b.Want(200, "Nobody found")
}
