package matching

import (
	"slices"
	"strconv"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// PoolKind is where the organizations of a round come from.
type PoolKind string

// The pools: organizations that let others find them; single applicants of a call whose place was accepted and who have no
// partnership yet; single applicants of a call that passed the check and are not decided.
const (
	CardsPool    PoolKind = "cards"
	AcceptedPool PoolKind = "accepted"
	EligiblePool PoolKind = "eligible"
)

// WaitingPool are single applicants of a call that stand on its waiting list. No round is made of them, but they could replace others.
const WaitingPool PoolKind = "waiting"

// SharedPool are the cards that organizations show to other networks. Only the core makes rounds of it, and of no other pool.
const SharedPool PoolKind = "common"

// PoolKinds lists those of a network's rounds in the order in which they are offered.
var PoolKinds = []PoolKind{CardsPool, AcceptedPool, EligiblePool}

// OfCall reports whether the pool is made of a call's applicants.
func (k PoolKind) OfCall() bool { return k == AcceptedPool || k == EligiblePool }

// Seat is a place in each match of a round, and who may take it.
type Seat struct {
	Countries []geo.Country `json:"countries,omitempty"` // empty: any
	Kind      string        `json:"kind,omitempty"`      // the code of a legal form; empty: any
}

// Takes reports whether the organization may take the seat.
func (s *Seat) Takes(country geo.Country, form string) bool {
	return (len(s.Countries) == 0 || slices.Contains(s.Countries, country)) && (s.Kind == "" || s.Kind == form)
}

// open reports whether everybody may take the seat.
func (s *Seat) open() bool { return len(s.Countries) == 0 && s.Kind == "" }

// Weights say how much each criterion counts, each 0 to MostWeight.
type Weights struct {
	Needs    int `json:"needs"`    // what one needs the other offers
	Wishes   int `json:"wishes"`   // they wish for each other
	Asked    int `json:"asked"`    // country, legal form and size are as the other's card asks
	Language int `json:"language"` // a working language in common
	Days     int `json:"days"`     // available at the same time
	Hosting  int `json:"hosting"`  // both can host
	Relation int `json:"relation"` // new or known, as both look for
	Regions  int `json:"regions"`  // they are of different regions
	Networks int `json:"networks"` // they are of different networks
}

// Bounds of a round's rules.
const (
	MostWeight   = 10
	FewestSeats  = 2
	MostSeats    = 4
	MostSeed     = 999_999
	maxTitle     = 120
	mostInPairs  = 1_000 // organizations of a round with two seats
	mostInGroups = 300   // with three or four
)

// Criterion is one thing for which a pair gets points.
type Criterion string

// The criteria.
const (
	ByNeeds    Criterion = "needs"
	ByWishes   Criterion = "wishes"
	ByAsked    Criterion = "asked"
	ByLanguage Criterion = "language"
	ByDays     Criterion = "days"
	ByHosting  Criterion = "hosting"
	ByRelation Criterion = "relation"
	ByRegions  Criterion = "regions"
	ByNetworks Criterion = "networks"
)

// Criteria lists them, what usually counts most first.
var Criteria = []Criterion{ByNeeds, ByWishes, ByAsked, ByLanguage, ByDays, ByHosting, ByRelation, ByRegions, ByNetworks}

// Of is the weight of a criterion.
func (w *Weights) Of(c Criterion) int { return *w.of(c) }

func (w *Weights) of(c Criterion) *int {
	switch c {
	case ByNeeds:
		return &w.Needs
	case ByWishes:
		return &w.Wishes
	case ByAsked:
		return &w.Asked
	case ByLanguage:
		return &w.Language
	case ByDays:
		return &w.Days
	case ByHosting:
		return &w.Hosting
	case ByRelation:
		return &w.Relation
	case ByRegions:
		return &w.Regions
	case ByNetworks:
		return &w.Networks
	}
	return new(int)
}

func (w *Weights) sum() int {
	n := 0
	for _, c := range Criteria {
		n += w.Of(c)
	}
	return n
}

// Rules say who may be put together in a round, and what is better.
type Rules struct {
	Seats    []Seat  `json:"seats"`
	Weights  Weights `json:"weights"`
	Language bool    `json:"language"` // who has no working language in common is never put together
	Days     bool    `json:"days"`     // nor who is not available at the same time
	New      bool    `json:"new"`      // nor who has worked together
	Networks bool    `json:"networks"` // nor who is of the same network
	Once     bool    `json:"once"`     // who is in a partnership that goes on is left out
	Most     bool    `json:"most"`     // as many matches as possible come first, then points
	Rankings bool    `json:"rankings"` // mutual rankings alone decide, not the sum of points
	Seed     uint64  `json:"seed"`
}

// UsualRules are those with which a new round begins.
func UsualRules() Rules {
	return Rules{
		Seats: make([]Seat, FewestSeats), Language: true, Once: true, Most: true, Seed: 1,
		Weights: Weights{Needs: 10, Wishes: 6, Asked: 4, Language: 2, Days: 3, Hosting: 1, Relation: 2},
	}
}

func seatField(n int, what string) string { return "seat_" + strconv.Itoa(n+1) + "_" + what }

func weightField(c Criterion) string { return "weight_" + string(c) }

func (g *Rules) check() []fault.Field {
	var bad []fault.Field
	if len(g.Seats) < FewestSeats || len(g.Seats) > MostSeats {
		bad = append(bad, fault.At("seats", "fault.choose"))
	}
	restricted := false
	for n := range g.Seats {
		s := &g.Seats[n]
		restricted = restricted || !s.open()
		if s.Kind != "" && !slices.Contains(Kinds, s.Kind) {
			bad = append(bad, fault.At(seatField(n, "kind"), "fault.choose"))
		}
		if slices.ContainsFunc(s.Countries, func(c geo.Country) bool { _, ok := geo.ParseCountry(string(c)); return !ok }) {
			bad = append(bad, fault.At(seatField(n, "countries"), "fault.choose"))
		}
		if len(s.Countries) > mostCountries {
			bad = append(bad, fault.AtWith(seatField(n, "countries"), "matching.card.too_many_countries", fault.Args{"Max": mostCountries}))
		}
	}
	for _, c := range Criteria {
		if n := g.Weights.Of(c); n < 0 || n > MostWeight {
			bad = append(bad, fault.AtWith(weightField(c), "matching.round.between", fault.Args{"Low": 0, "High": MostWeight}))
		}
	}
	if g.Weights.sum() == 0 {
		bad = append(bad, fault.At(weightField(ByNeeds), "matching.round.weightless"))
	}
	if g.Rankings && (len(g.Seats) != FewestSeats || restricted) {
		bad = append(bad, fault.At("method", "matching.round.rankings_need_pairs"))
	}
	if g.Seed > MostSeed {
		bad = append(bad, fault.AtWith("seed", "matching.round.between", fault.Args{"Low": 0, "High": MostSeed}))
	}
	return bad
}

// most is how many organizations a run of these rules may have.
func (g *Rules) most() int {
	if len(g.Seats) > FewestSeats {
		return mostInGroups
	}
	return mostInPairs
}

// Round is one occasion on which organizations of a pool are put together.
type Round struct {
	ID        ids.Round
	Title     string
	Pool      PoolKind
	Call      ids.Call // zero, unless the pool is made of its applicants
	Rules     Rules
	Closed    bool // nothing more is proposed in it
	Version   int64
	CreatedAt time.Time
	CreatedBy ids.Person
}

// Call is what matching knows of a call.
type Call struct {
	ID      ids.Call
	Title   i18n.Text
	Locales []i18n.Locale
}

// Name is the call's title in that language.
func (c *Call) Name(l i18n.Locale) string { return c.Title.String(l, c.Locales...) }

// Applicant is an organization that applied alone.
type Applicant struct {
	Organization ids.Organization
	Application  ids.Application
}

// Why says why an organization takes no part in a round although the pool has it.
type Why string

// The reasons: it is in a partnership that goes on; it has accepted a proposal of a round, or has one to answer; it fits none
// of the seats; it has withdrawn.
const (
	Partnered Why = "partnered"
	Matched   Why = "matched"
	Unseated  Why = "unseated"
)

// Whys lists them in the order in which they are told.
var Whys = []Why{Partnered, Matched, Unseated}

// Member is an organization of a round's pool.
type Member struct {
	Listed

	Application ids.Application // with which it is in the pool; zero in a pool of cards
	Out         Why             // why it takes no part; empty: it does
	from        PoolKind        // where one was found that could take a seat
}

// Tie is what the coordinators have said about organizations of a round before it is solved.
type Tie struct {
	ID            ids.Tie
	Round         ids.Round
	Lock          bool // they stay together, one for each seat; else they are never put together
	Organizations []ids.Organization
	At            time.Time
	By            ids.Person
}
