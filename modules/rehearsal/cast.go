package rehearsal

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Organization is one that was invented, with the person who leads it.
type Organization struct {
	Name    string
	Kind    string // legal form
	Country string
	City    string
	Locale  i18n.Locale
	Founded int
	Lead    Person
}

// Person is somebody who was invented. The address is one at which no mail can arrive.
type Person struct {
	Name   string
	Email  string
	Locale i18n.Locale
	Roles  []tenants.Role
}

// troupe invents organizations and people, none twice under one name.
type troupe struct {
	dice    *rand.Rand
	locales []i18n.Locale
	domain  string
	taken   map[string]bool
	count   int
}

func newTroupe(dice *rand.Rand, locales []i18n.Locale, domain string) *troupe {
	return &troupe{dice: dice, locales: locales, domain: domain, taken: map[string]bool{}}
}

// Organizations are such that together they fill the seats: those that must be taken and, half of the time, the others.
// Where nobody fits a seat, it stays empty.
func (t *troupe) organizations(rule blueprints.Composition) map[string]Organization {
	seated := map[string]Organization{}
	var used []string
	for _, seat := range rule.Seats {
		if seat.Optional && t.dice.IntN(2) == 0 {
			continue
		}
		if o, ok := t.organization(seat, rule.DistinctCountries, used); ok {
			seated[seat.Key] = o
			used = append(used, o.Country)
		}
	}
	return seated
}

// home is where most invented organizations come from, where a seat leaves it open.
var home = []string{"TR", "DE", "GR", "IT", "PL", "ES", "FR", "BG", "RO", "AT", "NL", "GE"}

func (t *troupe) organization(seat blueprints.Seat, distinct bool, used []string) (Organization, bool) {
	kinds := seat.Kinds
	if len(kinds) == 0 {
		kinds = []string{"association", "foundation", "cooperative"}
	}
	o := Organization{Kind: one(t.dice, kinds)}
	fits := func(code string) bool {
		return seat.Fits(o.Kind, code) && (!distinct || !slices.Contains(used, code))
	}
	var open []string
	for _, code := range home {
		if fits(code) {
			open = append(open, code)
		}
	}
	for _, n := range geo.Countries(i18n.EN) {
		if len(open) == 0 && fits(string(n.Code)) {
			open = append(open, string(n.Code))
		}
	}
	if len(open) == 0 {
		return o, false
	}
	o.Country = one(t.dice, open)
	o.City = TownOf(t.dice, geo.Country(o.Country))
	o.Locale = t.locale(o.Country)
	o.Founded = 1985 + t.dice.IntN(35)
	o.Name = t.name(o.Locale)
	o.Lead = t.person(o.Locale, "lead")
	return o, true
}

func (t *troupe) locale(country string) i18n.Locale {
	spoken := map[string]i18n.Locale{"TR": i18n.TR, "DE": i18n.DE, "AT": i18n.DE, "CH": i18n.DE}[country]
	if spoken != "" && slices.Contains(t.locales, spoken) {
		return spoken
	}
	if slices.Contains(t.locales, i18n.EN) {
		return i18n.EN
	}
	return t.locales[0]
}

func (t *troupe) name(l i18n.Locale) string {
	w := wordsOf(l)
	name := one(t.dice, w.First) + " " + one(t.dice, w.Second)
	for n := 2; t.taken[name]; n++ {
		name = one(t.dice, w.First) + " " + one(t.dice, w.Second)
		if n > 40 {
			name += " " + strconv.Itoa(n)
		}
	}
	t.taken[name] = true
	return name
}

func (t *troupe) person(l i18n.Locale, as string) Person {
	t.count++
	return Person{Name: one(t.dice, wordsOf(l).People), Email: as + strconv.Itoa(t.count) + "@" + t.domain, Locale: l}
}

// mostTowns is among how many of a country's largest towns invented organizations are spread.
const mostTowns = 30

// TownOf is one of the larger towns of a country, by dice, so that lists, maps and quotas of regions have something to show: one whose
// name no other town there has. A country without a known one stands for itself.
func TownOf(dice *rand.Rand, country geo.Country) string {
	var towns []string
	for _, p := range geo.InCountry(country) {
		if len(towns) == mostTowns {
			break
		}
		if _, only := geo.Only(country, p.Own()); only {
			towns = append(towns, p.Own())
		}
	}
	if len(towns) == 0 {
		return country.Name(i18n.EN)
	}
	return one(dice, towns)
}

// Part is one of those whom the team plays: somebody invented who has a role in the room.
type Part struct {
	Key   string
	Roles []tenants.Role
}

// Parts are whom the team may play, in the order in which a call needs them. Two reviewers, as an application is read by
// more than one; the applicants still may apply, though the deadline is over, so that this side can be seen as well.
var Parts = []Part{
	{Key: "coordinator", Roles: []tenants.Role{tenants.RoleCoordinator}},
	{Key: "officer", Roles: []tenants.Role{tenants.RoleOfficer}},
	{Key: "reviewer", Roles: []tenants.Role{tenants.RoleReviewer}},
	{Key: "reviewer2", Roles: []tenants.Role{tenants.RoleReviewer}},
	{Key: "chair", Roles: []tenants.Role{tenants.RoleChair}},
	{Key: "applicant"},
}

func partOf(key string) (Part, bool) {
	i := slices.IndexFunc(Parts, func(p Part) bool { return p.Key == key })
	if i < 0 {
		return Part{}, false
	}
	return Parts[i], true
}

// address is where a part is found in the room.
func (p Part) address(domain string) string { return p.Key + "@" + domain }
