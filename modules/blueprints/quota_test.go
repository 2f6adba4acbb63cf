package blueprints_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

func used(q blueprints.Quota, count int) blueprints.Taken {
	return blueprints.Taken{Quota: q, Count: count}
}

func TestQuotasCountApplicationsAndNotOrganizations(t *testing.T) {
	t.Parallel()
	chosen := []blueprints.Counted{
		{Countries: []string{"TR", "DE"}, Kinds: []string{"association", "association"}, Topics: []string{"people", "people"}},
		{Countries: []string{"TR", "TR"}, Kinds: []string{"association", "foundation"}, First: true, Topics: []string{"people", "digital"}},
		{Countries: []string{"TR", "FR"}, Kinds: []string{"initiative", "foundation"}, First: true, Topics: []string{"people"}},
		{Countries: []string{"DE", "DE"}, Kinds: []string{"initiative", "initiative"}},
	}
	turkish, french := blueprints.Quota{Country: "TR", Most: 8}, blueprints.Quota{Country: "FR", Most: 1}
	people, digital := blueprints.Quota{Topic: "people", Most: 2}, blueprints.Quota{Topic: "digital", Least: 2}
	associations, unions := blueprints.Quota{Kind: "association", Most: 1}, blueprints.Quota{Kind: "union", Least: 1}
	newcomers := blueprints.Quota{First: true, Least: 3}
	for name, c := range map[string]struct {
		quotas []blueprints.Quota
		want   []blueprints.Taken
	}{
		"none":        {nil, nil},
		"one country": {[]blueprints.Quota{turkish}, []blueprints.Taken{used(turkish, 3)}},
		"each other": {
			[]blueprints.Quota{{Most: 1}, turkish},
			[]blueprints.Taken{used(turkish, 3), used(blueprints.Quota{Country: "DE", Most: 1}, 2), used(french, 1)},
		},
		"in their order": {
			[]blueprints.Quota{people, newcomers, digital, unions, french, associations},
			[]blueprints.Taken{used(french, 1), used(unions, 0), used(associations, 2), used(newcomers, 2), used(people, 3), used(digital, 1)},
		},
		"one that nobody uses": {[]blueprints.Quota{{Country: "PL", Most: 2}}, []blueprints.Taken{used(blueprints.Quota{Country: "PL", Most: 2}, 0)}},
	} {
		if diff := cmp.Diff(c.want, blueprints.Take(c.quotas, chosen)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	all := blueprints.Take([]blueprints.Quota{{Topic: "people", Least: 3, Most: 3}, digital, {Topic: "finance", Most: 1}, {Most: 2}, associations, unions, newcomers}, chosen)
	if diff := cmp.Diff([]blueprints.Taken{used(blueprints.Quota{Country: "TR", Most: 2}, 3), used(associations, 2), used(unions, 0), used(newcomers, 2), used(digital, 1)}, blueprints.Missed(all)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]blueprints.Taken{used(blueprints.Quota{Country: "TR", Most: 2}, 3), used(associations, 2)}, blueprints.Beyond(all)); diff != "" {
		t.Error(diff)
	}
}

func TestAQuotaGoesByOneThing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		quota blueprints.Quota
		side  blueprints.Side
		one   bool
	}{
		{blueprints.Quota{Most: 1}, blueprints.SideCountry, true},
		{blueprints.Quota{Country: "TR"}, blueprints.SideCountry, true},
		{blueprints.Quota{Kind: "union"}, blueprints.SideKind, true},
		{blueprints.Quota{First: true}, blueprints.SideFirst, true},
		{blueprints.Quota{Topic: "people"}, blueprints.SideTopic, true},
		{blueprints.Quota{Topic: "people", Country: "TR"}, blueprints.SideTopic, false},
		{blueprints.Quota{First: true, Kind: "union"}, blueprints.SideFirst, false},
	} {
		if side, one := c.quota.Side(); side != c.side || one != c.one {
			t.Errorf("%+v goes by %s, %v", c.quota, side, one)
		}
	}
}

func TestThePlaceGoesToTheFirstWhoKeepsTheQuotas(t *testing.T) {
	t.Parallel()
	old, newcomer := blueprints.Counted{Countries: []string{"TR"}, Kinds: []string{"association"}}, blueprints.Counted{Countries: []string{"TR"}, Kinds: []string{"association"}, First: true}
	union, german := blueprints.Counted{Countries: []string{"TR"}, Kinds: []string{"union"}}, blueprints.Counted{Countries: []string{"DE"}, Kinds: []string{"association"}}
	newUnion := blueprints.Counted{Countries: []string{"TR"}, Kinds: []string{"union"}, First: true}
	first, unions := blueprints.Quota{First: true, Least: 1}, blueprints.Quota{Kind: "union", Least: 1}
	type counted = []blueprints.Counted
	for name, c := range map[string]struct {
		quotas        []blueprints.Quota
		held, waiting counted
		free, want    int
	}{
		"no quotas":                           {nil, nil, counted{old, newcomer}, 1, 0},
		"nobody waits":                        {[]blueprints.Quota{first}, nil, nil, 1, -1},
		"one too many of a country":           {[]blueprints.Quota{{Country: "TR", Most: 1}}, counted{old}, counted{old, newcomer, german}, 1, 2},
		"one too many of a form":              {[]blueprints.Quota{{Kind: "association", Most: 1}}, counted{old}, counted{german, union}, 1, 1},
		"too many first-timers":               {[]blueprints.Quota{{First: true, Most: 1}}, counted{newcomer}, counted{newcomer, old}, 1, 1},
		"too many of all":                     {[]blueprints.Quota{{Most: 1}}, counted{old}, counted{old, newcomer}, 1, -1},
		"the last place is for a first-timer": {[]blueprints.Quota{first}, counted{old}, counted{old, newcomer}, 1, 1},
		"there is a place for both":           {[]blueprints.Quota{first}, counted{old}, counted{old, newcomer}, 2, 0},
		"there is a first-timer already":      {[]blueprints.Quota{first}, counted{newcomer}, counted{old, newcomer}, 1, 0},
		"no first-timer waits":                {[]blueprints.Quota{first}, counted{old}, counted{old, german}, 1, 0},
		"the last place is for a union":       {[]blueprints.Quota{unions}, counted{old}, counted{newcomer, union}, 1, 1},
		"both are wanted, one can be had":     {[]blueprints.Quota{first, unions}, counted{old}, counted{old, union, newcomer}, 1, 1},
		"both are wanted, both can be had":    {[]blueprints.Quota{first, unions}, counted{old}, counted{old, union, newcomer}, 2, 1},
		"there is a place for all three":      {[]blueprints.Quota{first, unions}, counted{old}, counted{old, union, newcomer}, 3, 0},
		"one is both":                         {[]blueprints.Quota{first, unions}, counted{old}, counted{old, union, newUnion}, 1, 2},
		"two of a kind are wanted":            {[]blueprints.Quota{{Kind: "union", Least: 2}}, counted{old}, counted{old, union, union}, 2, 1},
		"wanted, but beyond another":          {[]blueprints.Quota{first, {Country: "TR", Most: 1}}, counted{old}, counted{german, newcomer}, 1, 0},
	} {
		if got := blueprints.NextFitting(c.quotas, c.held, c.waiting, c.free); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestTheTopicIsAQuestionOfAllForAll(t *testing.T) {
	t.Parallel()
	d := blueprints.Default().Form
	has := func() bool {
		return slices.ContainsFunc(blueprints.TopicQuestions(&d), func(q *forms.Question) bool { return q.Key == "topics" })
	}
	if !has() {
		t.Fatal("a ranking of topics that everybody is asked does not say the topic")
	}
	q, _, _ := d.Question("topics")
	kept := *q
	for name, change := range map[string]func(){
		"some do not read it":      func() { q.VisibleTo = []forms.Reader{forms.ReaderCoordinator} },
		"health":                   func() { q.Class = forms.ClassSpecial },
		"money":                    func() { q.Class = forms.ClassFinancial },
		"some are not asked":       func() { q.Condition = &forms.Condition{} },
		"few are asked":            func() { q.Asked = forms.WhomAccepted },
		"it has no options":        func() { q.Options = nil },
		"it is words of theirs":    func() { q.Type = forms.TypeLongText },
		"several without an order": func() { q.Type = forms.TypeMultiple },
	} {
		change()
		if has() {
			t.Errorf("%s, and it says the topic", name)
		}
		*q = kept
	}
	quotas := []blueprints.Quota{{Topic: "digital", Most: 1}, {Country: "TR", Most: 1}}
	for name, tt := range map[string]struct {
		question string
		quotas   []blueprints.Quota
		want     string
	}{
		"no topics":             {"", quotas[1:], ""},
		"as it should be":       {"topics", quotas, ""},
		"no question":           {"", quotas, "blueprints.topic.question"},
		"a question of words":   {"issue", nil, "blueprints.topic.question"},
		"an option that is not": {"topics", []blueprints.Quota{{Topic: "poetry", Most: 1}}, "blueprints.topic.option"},
	} {
		var got string
		for _, p := range blueprints.TopicFlaws(tt.question, tt.quotas, &d) {
			got += p.Key
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for _, guard := range []func(){func() { q.Class = forms.ClassSpecial }, func() { q.VisibleTo = []forms.Reader{forms.ReaderChair} }} {
		guard()
		if found := blueprints.TopicFlaws("topics", quotas, &d); len(found) != 1 || found[0].Key != "blueprints.topic.guarded" || !blueprints.TopicGuarded("topics", &d) {
			t.Errorf("a topic that not all may read: %v", found)
		}
		*q = kept
	}
	b := blueprints.Default()
	b.Review.Topic = "poetry"
	p, err := blueprints.Of(b)
	if err != nil {
		t.Fatal(err)
	}
	if found := blueprints.Problems(p); len(found) != 1 || found[0].Piece != "review" {
		t.Errorf("a topic that no question says: %v", found)
	}
}

func TestAQuotaOfRegionsCountsWhereOrganizationsSit(t *testing.T) {
	t.Parallel()
	large := []geo.Region{"TR.34", "TR.68", "TR.35"}
	inside, outside := blueprints.Quota{Regions: large, Most: 2}, blueprints.Quota{Regions: large, Outside: true, Least: 2}
	for name, c := range map[string]struct {
		regions     []geo.Region
		within, out bool
	}{
		"in one of them":                {[]geo.Region{"TR.34"}, true, false},
		"in another one":                {[]geo.Region{"TR.48"}, false, true},
		"in both":                       {[]geo.Region{"TR.35", "TR.48"}, true, true},
		"twice in one":                  {[]geo.Region{"TR.34", "TR.34"}, true, false},
		"in another country":            {[]geo.Region{"DE.02"}, false, false},
		"in one called by another code": {[]geo.Region{"DE.34"}, false, false},
		"nobody knows where":            {nil, false, false},
		"here and abroad":               {[]geo.Region{"DE.02", "TR.48"}, false, true},
	} {
		counted := blueprints.Counted{Countries: []string{"TR", "DE"}, Regions: c.regions}
		if got := inside.Of(counted); got != c.within {
			t.Errorf("%s: inside %v", name, got)
		}
		if got := outside.Of(counted); got != c.out {
			t.Errorf("%s: outside %v", name, got)
		}
	}
	for _, q := range []blueprints.Quota{inside, outside, {Outside: true}} {
		if side, one := q.Side(); side != blueprints.SideRegion || !one {
			t.Errorf("%+v goes by %s, %v", q, side, one)
		}
	}
	if _, one := (blueprints.Quota{Regions: large, Country: "TR"}).Side(); one {
		t.Error("a quota of regions and of a country goes by one thing")
	}
	sits := func(regions ...geo.Region) blueprints.Counted {
		return blueprints.Counted{Countries: []string{"TR"}, Regions: regions}
	}
	all := blueprints.Take([]blueprints.Quota{{First: true, Least: 1}, outside, {Country: "TR", Most: 9}, inside}, []blueprints.Counted{sits("TR.34"), sits("TR.35"), sits("TR.68"), sits("TR.07"), sits()})
	want := []blueprints.Taken{used(blueprints.Quota{Country: "TR", Most: 9}, 5), used(outside, 1), used(inside, 3), used(blueprints.Quota{First: true, Least: 1}, 0)}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	// The next place goes to the first from outside, and to nobody of whom it is not known.
	if next := blueprints.NextFitting([]blueprints.Quota{outside}, []blueprints.Counted{sits("TR.07")}, []blueprints.Counted{sits("TR.34"), sits(), sits("TR.20")}, 1); next != 2 {
		t.Errorf("the place goes to %d", next)
	}
	if next := blueprints.NextFitting([]blueprints.Quota{inside}, []blueprints.Counted{sits("TR.34"), sits("TR.34")}, []blueprints.Counted{sits("TR.35"), sits("TR.20")}, 1); next != 1 {
		t.Errorf("beside a quota that is full, the place goes to %d", next)
	}
}

func TestAQuotaOfRegionsIsNamedInTheReadersAlphabet(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load(ui.Locales, blueprints.Locales, forms.Locales, builder.Locales)
	if err != nil {
		t.Fatal(err)
	}
	q := blueprints.Quota{Regions: []geo.Region{"TR.35", "TR.34", "TR.19", "TR.68", "TR.16"}}
	for _, c := range []struct {
		l       i18n.Locale
		outside bool
		some    int
		want    string
	}{
		{i18n.TR, false, 0, "Ankara, Bursa, Çorum, İstanbul, İzmir"},
		{i18n.EN, false, 3, "Ankara, Bursa, Çorum, 2 others"},
		{i18n.EN, false, 4, "Ankara, Bursa, Çorum, Istanbul, İzmir"},
		{i18n.EN, true, 3, "Türkiye outside of Ankara, Bursa, Çorum, 2 others"},
		{i18n.DE, true, 0, "Türkei ohne Ankara, Bursa, Çorum, Istanbul, İzmir"},
		{i18n.TR, true, 0, "Türkiye (Ankara, Bursa, Çorum, İstanbul, İzmir dışındaki bölgeler)"},
	} {
		q.Outside = c.outside
		if got := q.RegionNames(bundle.Localizer(c.l, time.UTC), c.some); got != c.want {
			t.Errorf("%s, %v, %d: %q, want %q", c.l, c.outside, c.some, got, c.want)
		}
	}
}
