package matching_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func names(found matching.Found) []string {
	all := make([]string, len(found.All))
	for i := range found.All {
		all[i] = found.All[i].Name
	}
	return all
}

// TestTheDirectoryFinds has for each filter somebody whom it leaves out.
func TestTheDirectoryFinds(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	ours := h.findable(t, "Ours", "TR", []matching.Topic{"digital", "fundraising"}, []matching.Topic{"volunteers"})
	both := h.findable(t, "İğde", "DE", []matching.Topic{"volunteers"}, []matching.Topic{"fundraising", "digital"})
	gives := h.findable(t, "Çınar", "BG", []matching.Topic{"people"}, []matching.Topic{"digital"})
	nothing := h.findable(t, "Akasya", "DE", []matching.Topic{"advocacy"}, []matching.Topic{"program"})
	day := func(month time.Month) time.Time { return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC) }
	must(t, h.service.Write(ctx, nothing.lead, matching.Card{
		Organization: nothing.id, Version: 2, Needs: []matching.Topic{"advocacy"}, Offers: []matching.Topic{"program"}, Languages: []string{"de"}, Relation: matching.NewRelation,
		Hosts: 3, From: day(time.March), Until: day(time.June), About: "Balıkçılar",
	}))
	h.known[nothing.id] = matching.Organization{ID: nothing.id, Name: "Akasya", Country: "DE", City: "Köln", Size: matching.Large}
	h.side(t, "Hidden", "DE")

	for name, c := range map[string]struct {
		query matching.Query
		want  []string
	}{
		"by fit":             {matching.Query{}, []string{"İğde", "Çınar", "Akasya"}},
		"by name":            {matching.Query{Sort: matching.ByName}, []string{"Akasya", "Çınar", "İğde"}},
		"by name, backwards": {matching.Query{Sort: matching.ByName, Desc: true}, []string{"İğde", "Çınar", "Akasya"}},
		"a country":          {matching.Query{Country: "DE"}, []string{"İğde", "Akasya"}},
		"offers ours":        {matching.Query{Offers: matching.Ours}, []string{"İğde", "Çınar"}},
		"needs ours":         {matching.Query{Needs: matching.Ours}, []string{"İğde"}},
		"offers a topic":     {matching.Query{Offers: "program"}, []string{"Akasya"}},
		"needs a topic":      {matching.Query{Needs: "people"}, []string{"Çınar"}},
		"a language":         {matching.Query{Language: "de"}, []string{"Akasya"}},
		"a size":             {matching.Query{Size: matching.Large}, []string{"Akasya"}},
		"hosts":              {matching.Query{Hosts: 2}, []string{"Akasya"}},
		"later":              {matching.Query{From: day(time.July)}, []string{"İğde", "Çınar"}},
		"before":             {matching.Query{Until: day(time.February)}, []string{"İğde", "Çınar"}},
		"a name, folded":     {matching.Query{Search: "IGDE"}, []string{"İğde"}},
		"a word, folded":     {matching.Query{Search: "balikcilar koln"}, []string{"Akasya"}},
		"nobody":             {matching.Query{Search: "zzz"}, []string{}},
	} {
		c.query.For, c.query.Locale = ours.id, i18n.TR
		found, in, err := h.service.Directory(ctx, ours.lead, c.query)
		must(t, err)
		if diff := cmp.Diff(c.want, names(found)); !in || diff != "" {
			t.Errorf("%s: %v %s", name, in, diff)
		}
		if found.Total != len(c.want) {
			t.Errorf("%s: %d in all", name, found.Total)
		}
	}
	m, err := h.service.Meet(ctx, ours.lead, ours.id, both.id)
	must(t, err)
	if !slices.ContainsFunc(m.Reasons(), func(r matching.Reason) bool {
		return r.Key == "get" && r.Good && cmp.Equal(r.Topics, []matching.Topic{"digital", "fundraising"})
	}) {
		t.Errorf("%+v", m.Reasons())
	}
	if m, err = h.service.Meet(ctx, gives.lead, gives.id, gives.id); err != nil || !m.Preview {
		t.Errorf("no preview: %v", err)
	}
}

// TestTheDirectoryHasPages reads the pages one after the other.
func TestTheDirectoryHasPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	ours := h.findable(t, "Ours", "TR", topics, topics)
	for _, name := range []string{"A", "B", "C", "D", "E"} {
		h.findable(t, name, "DE", topics, topics)
	}
	var all []string
	var after ids.Organization
	for {
		found, _, err := h.service.Directory(t.Context(), ours.lead, matching.Query{For: ours.id, Limit: 2, After: after, Locale: i18n.EN})
		must(t, err)
		all = append(all, names(found)...)
		if after = found.Next; after.IsZero() {
			break
		}
	}
	if diff := cmp.Diff([]string{"A", "B", "C", "D", "E"}, all); diff != "" {
		t.Error(diff)
	}
}

// TestWhoIsNotFoundFindsNobody asks as an organization outside of the pool, as strangers to it, and as the network's team.
func TestWhoIsNotFoundFindsNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	topics := []matching.Topic{"digital"}
	in, out := h.findable(t, "In", "TR", topics, topics), h.side(t, "Out", "DE")
	found, inside, err := h.service.Directory(ctx, out.lead, matching.Query{For: out.id})
	must(t, err)
	if inside || len(found.All) > 0 {
		t.Errorf("outside finds %v", names(found))
	}
	_, err = h.service.Meet(ctx, out.lead, out.id, in.id)
	wants(t, err, fault.KindNotFound, "")
	_, err = h.service.Meet(ctx, in.lead, in.id, out.id)
	wants(t, err, fault.KindNotFound, "")
	_, _, err = h.service.Directory(ctx, out.lead, matching.Query{For: in.id})
	wants(t, err, fault.KindNotFound, "")
	_, _, err = h.service.Directory(ctx, out.lead, matching.Query{})
	wants(t, err, fault.KindNotFound, "")
	for _, role := range []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer} {
		found, inside, err = h.service.Directory(ctx, h.As(t, tenanttest.Role(role)), matching.Query{})
		if err != nil || !inside || len(found.All) != 1 {
			t.Errorf("%s finds %v: %v", role, names(found), err)
		}
	}
}

// TestWhatFitsIsSaid has two organizations for each reason.
func TestWhatFitsIsSaid(t *testing.T) {
	t.Parallel()
	day := func(month time.Month) time.Time { return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC) }
	plain := func() matching.Meeting {
		m := matching.Meeting{}
		for i, l := range []*matching.Listed{&m.Own, &m.Other} {
			l.Organization = matching.Organization{ID: ids.New[ids.Organization](), Country: []geo.Country{"TR", "DE"}[i], Form: "association", Size: matching.Small}
			l.Card = matching.Card{Organization: l.ID, Relation: matching.EitherRelation}
		}
		return m
	}
	for _, c := range []struct {
		key    string
		good   bool
		change func(m *matching.Meeting)
	}{
		{"get_none", false, func(*matching.Meeting) {}},
		{"give_none", false, func(*matching.Meeting) {}},
		{"languages_none", false, func(*matching.Meeting) {}},
		{"languages", true, func(m *matching.Meeting) { m.Other.Fit.Languages = []string{"en"} }},
		{"fields", true, func(m *matching.Meeting) { m.Other.Fit.Fields = []string{"youth"} }},
		{"get", true, func(m *matching.Meeting) { m.Other.Fit.Get = matching.Topics[:1] }},
		{"give", true, func(m *matching.Meeting) { m.Other.Fit.Give = matching.Topics[:1] }},
		{"share", true, func(m *matching.Meeting) { m.Other.Fit.Share = matching.Topics[:1] }},
		{"days", true, func(m *matching.Meeting) { m.Own.Card.From, m.Other.Card.Until = day(time.March), day(time.May) }},
		{"days_none", false, func(m *matching.Meeting) { m.Own.Card.From, m.Other.Card.Until = day(time.May), day(time.March) }},
		{"country_own", false, func(m *matching.Meeting) { m.Own.Card.Countries = []geo.Country{"FR"} }},
		{"country_other", false, func(m *matching.Meeting) { m.Other.Card.Countries = []geo.Country{"FR"} }},
		{"kind_own", false, func(m *matching.Meeting) { m.Own.Card.Kinds = []string{"foundation"} }},
		{"kind_other", false, func(m *matching.Meeting) { m.Other.Card.Kinds = []string{"foundation"} }},
		{"size_own", false, func(m *matching.Meeting) { m.Own.Card.Sizes = []matching.Size{matching.Large} }},
		{"size_other", false, func(m *matching.Meeting) { m.Other.Card.Sizes = []matching.Size{matching.Large} }},
		{"together", true, func(m *matching.Meeting) { m.Together = true }},
		{"together", false, func(m *matching.Meeting) { m.Together, m.Other.Card.Relation = true, matching.NewRelation }},
		{"not_together", false, func(m *matching.Meeting) { m.Own.Card.Relation = matching.ExistingRelation }},
	} {
		m := plain()
		c.change(&m)
		if !slices.ContainsFunc(m.Reasons(), func(r matching.Reason) bool { return r.Key == c.key && r.Good == c.good }) {
			t.Errorf("%s is not said: %+v", c.key, m.Reasons())
		}
	}
	m := plain()
	m.Own.Card.Countries, m.Other.Card.Kinds, m.Other.Card.Sizes = []geo.Country{"DE"}, []string{"association"}, []matching.Size{matching.Small}
	if n := len(m.Reasons()); n != 3 {
		t.Errorf("%d reasons: %+v", n, m.Reasons())
	}
}
