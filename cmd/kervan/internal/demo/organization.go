package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/organizations"
)

// Person is one of an organization's people.
type Person struct {
	Name  string
	Given string
	Role  string
	Email string
	Phone string
	She   bool
}

// Organization is one invented organization, and what it could write about itself.
type Organization struct {
	Profile    organizations.Organization
	Locale     i18n.Locale // in which it writes
	People     []Person    // the lead, two who take part, and their two replacements; the lead is the first who takes part
	Need       string      // the dimension of capacity in which it wants to change most
	Topics     []string    // up to three, Need first
	Strengths  []string    // dimensions in which it can show others something
	Quality    float64     // of what it writes, from 0 to 1; nobody but the seed knows it
	Staff      int
	Volunteers int
	Members    int
	FirstTime  bool
	Project    bool // it has misunderstood the call and proposes a project for its beneficiaries

	stem   string // of its addresses
	speaks []string
	city   string // as texts in its language write it
	pen    *pen
	words  *words
}

// Lead is who answers for the organization.
func (o *Organization) Lead() Person { return o.People[0] }

// Mix is how many organizations of a country, and of which form; without a form, of any but local authorities.
type Mix struct {
	Country geo.Country
	Form    organizations.Form
	N       int
}

// World invents the organizations of one network.
type World struct {
	content *content
	random  *rand.Rand
	worn    map[string]int
	names   map[string]bool
	mails   map[string]int
}

// NewWorld makes a world; equal seeds make equal worlds, if they are asked the same in the same order.
func NewWorld(seed uint64) (*World, error) {
	c, err := load()
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(seed, 2017)) // #nosec G404 -- the demonstration is the same every time
	return &World{content: c, random: random, worn: map[string]int{}, names: map[string]bool{}, mails: map[string]int{}}, nil
}

// Organizations invents organizations in a mixed order.
func (w *World) Organizations(mix ...Mix) []*Organization {
	var wanted []Mix
	for _, m := range mix {
		for range m.N {
			wanted = append(wanted, m)
		}
	}
	w.random.Shuffle(len(wanted), func(i, j int) { wanted[i], wanted[j] = wanted[j], wanted[i] })
	all := make([]*Organization, 0, len(wanted))
	for _, m := range wanted {
		all = append(all, w.organization(m))
	}
	return all
}

// How often each field of work and each need occurs, of a hundred or so.
var (
	fieldWeights = weights{
		{"youth", 16},
		{"gender", 11},
		{"education", 10},
		{"environment", 10},
		{"culture", 10},
		{"migration", 9},
		{"social", 8},
		{"democracy", 7},
		{"disability", 6},
		{"human_rights", 5},
		{"health", 5},
		{"media", 4},
	}
	needWeights = weights{
		{"fundraising", 17},
		{"volunteers", 15},
		{"networks", 11},
		{"communication", 10},
		{"strategy", 9},
		{"governance", 8},
		{"program", 7},
		{"digital", 6},
		{"finance", 5},
		{"people", 5},
		{"inclusion", 4},
		{"advocacy", 3},
	}
	formWeights = weights{{"association", 62}, {"initiative", 16}, {"foundation", 10}, {"cooperative", 7}, {"social_enterprise", 5}}
)

type weights []struct {
	key    string
	weight int
}

func (ws weights) pick(random *rand.Rand, without ...string) string {
	total := 0
	for _, w := range ws {
		if !slices.Contains(without, w.key) {
			total += w.weight
		}
	}
	at := random.IntN(total)
	for _, w := range ws {
		if slices.Contains(without, w.key) {
			continue
		}
		if at -= w.weight; at < 0 {
			return w.key
		}
	}
	return ws[0].key
}

func (w *World) organization(m Mix) *Organization {
	at := w.content.places[m.Country]
	o := &Organization{Quality: (w.random.Float64() + w.random.Float64() + w.random.Float64()) / 3, FirstTime: w.random.IntN(10) < 6}
	o.Locale, _ = i18n.ParseLocale(at.Language)
	if o.Locale != i18n.EN && w.random.IntN(14) == 0 {
		o.Locale = i18n.EN // some write in English although they need not
	}
	o.words = w.content.words[o.Locale]
	o.Project = o.Quality < 0.3 && w.random.IntN(3) == 0
	o.Need = needWeights.pick(w.random)
	second := needWeights.pick(w.random, o.Need)
	o.Topics = []string{o.Need, second, needWeights.pick(w.random, o.Need, second)}[:1+w.random.IntN(3)]
	o.Strengths = w.strengths(o.Topics)
	w.profile(o, m, at)
	w.size(o)
	w.people(o, at)
	o.pen = w.penFor(o)
	o.Profile.About = paragraphs(o.pen.one(o.words.Fields[o.Profile.Fields[0]].Mission), o.second())
	o.pen.used = map[string]bool{}
	return o
}

func (o *Organization) second() string {
	if len(o.Profile.Fields) < 2 {
		return ""
	}
	first, other := o.words.Fields[o.Profile.Fields[0]], o.words.Fields[o.Profile.Fields[1]]
	o.pen.does(other)
	defer o.pen.does(first)
	return o.pen.one(other.Mission)
}

func (w *World) strengths(topics []string) []string {
	var found []string
	for range 1 + w.random.IntN(3) {
		found = append(found, needWeights.pick(w.random, append(found, topics...)...))
	}
	return found
}

func (w *World) pick(from []string) string { return from[w.random.IntN(len(from))] }

func (w *World) profile(o *Organization, m Mix, at place) {
	form := m.Form
	for form == "" || form != organizations.LocalAuthority && at.Kinds[string(form)] == "" {
		form = organizations.Form(formWeights.pick(w.random))
	}
	first := fieldWeights.pick(w.random)
	fields := []string{first}
	if w.random.IntN(3) > 0 {
		fields = append(fields, fieldWeights.pick(w.random, first))
	}
	i := w.random.IntN(len(at.Cities))
	city := at.Cities[i]
	o.city = city
	if len(at.CitiesEN) > 0 {
		o.city = at.CitiesEN[i]
	}
	p := organizations.Organization{
		Form: form, Country: m.Country, City: city, Founded: 1989 + max(w.random.IntN(35), w.random.IntN(35)), Fields: fields,
	}
	o.speaks = at.Speaks
	for _, code := range at.Speaks {
		if slices.Contains(organizations.LanguageList, code) {
			p.Languages = append(p.Languages, code)
		}
	}
	if form == organizations.Initiative {
		p.Founded = 2011 + w.random.IntN(13)
	}
	if form == organizations.LocalAuthority {
		p.Founded = 1923 + w.random.IntN(70)
	}
	p.Name, p.NameEnglish = w.name(o, at, form, first)
	if w.random.IntN(5) == 0 {
		p.NameEnglish = ""
	}
	if p.Name == p.NameEnglish {
		p.NameEnglish = ""
	}
	w.register(&p, at)
	if w.random.IntN(4) > 0 {
		p.Website = "https://www." + o.domain()
	}
	o.Profile = p
}

// name puts a name together that the network does not have yet.
func (w *World) name(o *Organization, at place, form organizations.Form, first string) (own, english string) {
	for tries := 0; ; tries++ {
		head, tail, pattern := at.First, []string{""}, at.Kinds[string(form)]
		if local, ok := i18n.ParseLocale(at.Language); ok && local != i18n.EN {
			tail = w.content.words[local].Fields[first].Name
		}
		if form == organizations.LocalAuthority {
			head, pattern = at.Towns, at.Authority
		}
		a, b := either(w.pick(head))
		c, d := either(w.pick(tail))
		if tries > 40 {
			a, b = a+" "+o.city, b+" "+o.city
		}
		ownPattern, englishPattern := either(pattern)
		fill := strings.NewReplacer("{first}", a, "{second}", c, "{first_en}", b, "{second_en}", d)
		own, english = strings.TrimSpace(fill.Replace(ownPattern)), strings.TrimSpace(fill.Replace(englishPattern))
		if key := i18n.SearchKey(own); !w.names[key] && (tries > 20 || !w.names[a]) {
			w.names[key], w.names[a] = true, true
			if o.stem = plain(a); len(at.CitiesEN) > 0 {
				o.stem = plain(b)
			}
			return own, english
		}
	}
}

func (w *World) register(p *organizations.Organization, at place) {
	n := func(low, high int) int { return low + w.random.IntN(high-low+1) }
	switch {
	case p.Form == organizations.LocalAuthority:
	case p.Form == organizations.Initiative:
		if w.random.IntN(4) > 0 {
			a, _ := either(w.pick(at.First))
			p.FiscalHost = strings.TrimSpace(strings.NewReplacer("{first}", a, "{second}", "").Replace(strings.Split(at.Kinds["association"], " / ")[0]))
			p.FiscalHost = strings.Join(strings.Fields(p.FiscalHost), " ")
		}
	case p.Country == "TR" && p.Form == organizations.Association:
		p.Registry, p.RegistryNumber = "TR-MOI", fmt.Sprintf("%02d-%03d-%03d", n(1, 81), n(1, 299), n(1, 999))
	case p.Country == "TR":
		p.Registry, p.RegistryNumber = "XX", fmt.Sprintf("%d-%05d", n(1, 9), n(100, 99999))
	case at.Registry == "DE-CR":
		p.Registry, p.RegistryNumber = at.Registry, fmt.Sprintf("VR %d", n(1200, 48000))
	case at.Registry == "EU-OID":
		p.Registry, p.RegistryNumber = at.Registry, fmt.Sprintf("E%08d", n(10_000_000, 10_399_999))
	case at.Registry == "PL-KRS":
		p.Registry, p.RegistryNumber = at.Registry, fmt.Sprintf("%010d", n(100_000, 999_999))
	default:
		p.Registry, p.RegistryNumber = "XX", fmt.Sprintf("%s-%06d", p.Country, n(1000, 999_999))
	}
}

// size makes organizations small: most have no staff or a few people.
func (w *World) size(o *Organization) {
	switch n := w.random.IntN(100); {
	case o.Profile.Form == organizations.LocalAuthority:
		o.Staff = 60 + w.random.IntN(300)
	case n < 34 || o.Profile.Form == organizations.Initiative:
		o.Staff = 0
	case n < 76:
		o.Staff = 2 + w.random.IntN(4)
	case n < 93:
		o.Staff = 6 + w.random.IntN(14)
	default:
		o.Staff = 21 + w.random.IntN(25)
	}
	o.Volunteers = 8 + w.random.IntN(70) + o.Staff*2
	o.Members = 0
	if o.Profile.Form == organizations.Association || o.Profile.Form == organizations.Cooperative {
		o.Members = 16 + w.random.IntN(260)
	}
	steps := []struct {
		staff  int
		band   string
		budget []string
	}{
		{0, "0", []string{"0-10k", "0-10k", "10k-50k"}},
		{5, "1-5", []string{"10k-50k", "50k-200k"}},
		{20, "6-20", []string{"50k-200k", "200k-1m"}},
		{50, "21-50", []string{"200k-1m"}},
		{1 << 20, "51+", []string{"1m+"}},
	}
	for _, s := range steps {
		if o.Staff <= s.staff {
			o.Profile.Staff, o.Profile.Budget = s.band, w.pick(s.budget)
			return
		}
	}
}

func (w *World) people(o *Organization, at place) {
	roles := slices.Clone(o.words.Common.Roles)
	w.random.Shuffle(len(roles), func(i, j int) { roles[i], roles[j] = roles[j], roles[i] })
	taken := map[string]bool{}
	for i := range 4 {
		she := i == 0 || i == 2 || i == 3 && w.random.IntN(2) == 0
		given, surnames := at.He, at.Surname
		if she {
			given = at.She
			if len(at.SurnameShe) > 0 {
				surnames = at.SurnameShe
			}
		}
		p := Person{Given: w.pick(given), Role: roles[i%len(roles)], She: she}
		for n := 0; taken[p.Given] && n < 30; n++ {
			p.Given = w.pick(given)
		}
		taken[p.Given] = true
		p.Name = p.Given + " " + w.pick(surnames)
		mail := plain(p.Given) + "@" + o.domain()
		if w.mails[mail]++; w.mails[mail] > 1 {
			mail = fmt.Sprintf("%s.%s%d@%s", plain(p.Given), plain(p.Name[len(p.Given)+1:]), w.mails[mail], o.domain())
		}
		p.Email = mail
		phone := pen{random: w.random, locale: o.Locale}
		p.Phone = phone.fill(at.Phone)
		o.People = append(o.People, p)
	}
}

// domain is an organization's own, below a top that is reserved for examples.
func (o *Organization) domain() string {
	parts := strings.Split(o.stem, "-")
	return strings.Join(parts[:min(len(parts), 2)], "-") + ".example"
}

// plain writes a name in the letters of addresses.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r < 128:
			return r
		default:
			return -1
		}
	}, i18n.SearchKey(name))
}
