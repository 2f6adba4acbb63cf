package matching

import (
	"slices"
	"time"

	"kervan/modules/kernel/geo"
)

// wholly is how much of a criterion is met by whoever meets it entirely. It is divisible by what one, two and three needs count
// together (3, 5, 6), and half of it by the number of wishes, so that no side is rounded.
const wholly = 60

// MostPoints is what a pair gets that meets every criterion that counts.
const MostPoints = 100

// longEnough is for how many days two organizations have to be available together to meet that criterion wholly.
const longEnough = 90

// Side is what a pair's points are computed from, of one of the two, as it was when the run began.
type Side struct {
	Country   geo.Country   `json:"country"`
	Region    geo.Region    `json:"region,omitempty"` // of its country; empty: it is not known
	Form      string        `json:"form"`
	Size      Size          `json:"size,omitempty"`
	Carded    bool          `json:"carded"` // it is in the pool of cards; without, all but its profile is unknown
	Needs     []Topic       `json:"needs,omitempty"`
	Offers    []Topic       `json:"offers,omitempty"`
	Languages []string      `json:"languages,omitempty"`
	Countries []geo.Country `json:"countries,omitempty"`
	Kinds     []string      `json:"kinds,omitempty"`
	Sizes     []Size        `json:"sizes,omitempty"`
	Relation  Relation      `json:"relation"`
	From      time.Time     `json:"from,omitzero"`
	Until     time.Time     `json:"until,omitzero"`
	Hosts     int           `json:"hosts"`
	Network   string        `json:"network,omitempty"` // of a pool of several
	Wishes    []int         `json:"wishes,omitempty"`  // places in the run, 0 based, the dearest first; -1: not in the run
	Gone      bool          `json:"gone,omitempty"`    // it shows its card no more, and nothing else is kept of it
}

// sideOf takes from an organization what counts. A card that others may not read is not read here either: then only what the
// profile says is known.
func sideOf(l *Listed) Side {
	s := Side{Country: l.Country, Region: l.Region, Form: l.Form, Size: l.Size, Languages: l.Languages, Relation: EitherRelation}
	if c := &l.Card; c.InPool {
		s.Carded = true
		s.Needs, s.Offers, s.Languages, s.Countries, s.Kinds, s.Sizes = c.Needs, c.Offers, c.Languages, c.Countries, c.Kinds, c.Sizes
		s.Relation, s.From, s.Until, s.Hosts = c.Relation, c.From, c.Until, c.Hosts
	}
	if !l.NetworkID.IsZero() {
		s.Network, s.Relation = l.NetworkID.String(), EitherRelation // nobody there knows who has worked together
	}
	return s
}

// Basis is what the points of a run are computed from, in its order.
type Basis struct {
	Sides    []Side   `json:"sides"`
	Together [][2]int `json:"together,omitempty"` // have worked together; the smaller place first, sorted
}

// forget drops the wishes for whom the organization cannot get, so that nobody reads from a wish that is unmet that a pair is barred.
func (b *Basis) forget(g *Rules, barred map[[2]int]bool) {
	for i := range b.Sides {
		for n, j := range b.Sides[i].Wishes {
			if j >= 0 && (barred[[2]int{min(i, j), max(i, j)}] || b.barred(g, i, j)) {
				b.Sides[i].Wishes[n] = -1
			}
		}
	}
}

// together reports whether the two have worked together.
func (b *Basis) together(i, j int) bool {
	_, found := slices.BinarySearchFunc(b.Together, [2]int{min(i, j), max(i, j)}, func(a, c [2]int) int { return slices.Compare(a[:], c[:]) })
	return found
}

// rank is at which place i wishes for j, from 1; 0: it does not.
func (b *Basis) rank(i, j int) int { return slices.Index(b.Sides[i].Wishes, j) + 1 }

// met is how much of a criterion a pair meets, 0 to wholly:
//
//   - needs: of each side, what of its needs the other offers, where the first need counts 3, the second 2 and the third 1; the
//     mean of both sides, rounded down;
//   - wishes: of each side a fifth less of the half for each rank below the first, nothing without a wish;
//   - asked: a sixth each for country, legal form and size, of each side, where its card asks for the other's or leaves it open;
//     half of that for a legal form or a size that is not told;
//   - language: wholly with one in common;
//   - days: a part of 90 days on which both are available; wholly where one of them does not say until when or from when;
//   - hosting: half for each that can host;
//   - relation: half for each that looks for what they are to each other, or for either;
//   - regions: wholly for two of different countries, and for two of one country that are known to be of different regions of it;
//   - networks: wholly for two that are not of the same one.
func (b *Basis) met(c Criterion, i, j int) int {
	x, y := &b.Sides[i], &b.Sides[j]
	switch c {
	case ByNeeds:
		return (gain(x, y) + gain(y, x)) / 2
	case ByWishes:
		return wish(b.rank(i, j)) + wish(b.rank(j, i))
	case ByAsked:
		return asks(x, y) + asks(y, x)
	case ByLanguage:
		if slices.ContainsFunc(x.Languages, func(l string) bool { return slices.Contains(y.Languages, l) }) {
			return wholly
		}
	case ByDays:
		days, _ := shared(x, y)
		return wholly * min(days, longEnough) / longEnough
	case ByHosting:
		return half(x.Hosts > 0) + half(y.Hosts > 0)
	case ByRelation:
		known := b.together(i, j)
		looks := func(s *Side) bool { return s.Relation == EitherRelation || (s.Relation == ExistingRelation) == known }
		return half(looks(x)) + half(looks(y))
	case ByRegions:
		if x.apart(y) {
			return wholly
		}
	case ByNetworks:
		if x.Network != y.Network {
			return wholly
		}
	}
	return 0
}

// apart reports whether two are of different countries, or are known to be of different regions of one.
func (s *Side) apart(other *Side) bool {
	return s.Country != other.Country || s.Region != "" && other.Region != "" && s.Region != other.Region
}

func half(yes bool) int {
	if yes {
		return wholly / 2
	}
	return 0
}

// gain is how much of what one needs the other offers.
func gain(one, other *Side) int {
	all, met := 0, 0
	for n, need := range one.Needs {
		counts := MostNeeds - n
		all += counts
		if slices.Contains(other.Offers, need) {
			met += counts
		}
	}
	if all == 0 {
		return 0
	}
	return wholly * met / all
}

func wish(rank int) int {
	if rank == 0 {
		return 0
	}
	return wholly / 2 * (MostWishes + 1 - rank) / MostWishes
}

// asks is how far one is what the other's card asks for.
func asks(card, other *Side) int {
	const each = wholly / 6
	n := 0
	if len(card.Countries) == 0 || slices.Contains(card.Countries, other.Country) {
		n += each
	}
	switch {
	case len(card.Kinds) == 0 || slices.Contains(card.Kinds, other.Form):
		n += each
	case other.Form == "":
		n += each / 2
	}
	switch {
	case len(card.Sizes) == 0 || slices.Contains(card.Sizes, other.Size):
		n += each
	case other.Size == "":
		n += each / 2
	}
	return n
}

// shared is on how many days both are available, and whether both have said so; longEnough where one of them has left it open.
func shared(x, y *Side) (int, bool) {
	from, until := x.From, x.Until
	if y.From.After(from) {
		from = y.From
	}
	if until.IsZero() || !y.Until.IsZero() && y.Until.Before(until) {
		until = y.Until
	}
	if from.IsZero() || until.IsZero() {
		return longEnough, false
	}
	return max(0, int(until.Sub(from)/(24*time.Hour))+1), true
}

// Points are what a pair is worth by the weights, 0 to MostPoints: the mean of what it meets of each criterion, by weight,
// rounded to the nearest point. A pair with one that shows its card no more is worth nothing.
func (b *Basis) Points(w *Weights, i, j int) int {
	if b.Sides[i].Gone || b.Sides[j].Gone {
		return 0
	}
	n, all := 0, wholly*w.sum()
	for _, c := range Criteria {
		n += w.Of(c) * b.met(c, i, j)
	}
	if all == 0 {
		return 0
	}
	return (2*MostPoints*n + all) / (2 * all)
}

// view is how much one organization gets of another, for its ranking: its own half of needs, wishes, what its card asks for and
// relation, and what is the same for both.
func (b *Basis) view(w *Weights, i, j int) int {
	x, y := &b.Sides[i], &b.Sides[j]
	known := b.together(i, j)
	n := w.Needs*gain(x, y) + w.Wishes*2*wish(b.rank(i, j)) + w.Asked*2*asks(x, y)
	n += w.Relation * 2 * half(x.Relation == EitherRelation || (x.Relation == ExistingRelation) == known)
	for _, c := range []Criterion{ByLanguage, ByDays, ByHosting, ByRegions, ByNetworks} {
		n += w.Of(c) * b.met(c, i, j)
	}
	return n
}

// barred reports whether the rules, of the round and of its seats, keep two organizations apart, or one of them shows its card no more.
func (b *Basis) barred(g *Rules, i, j int) bool {
	x, y := &b.Sides[i], &b.Sides[j]
	days, told := shared(x, y)
	switch {
	case x.Gone, y.Gone,
		g.Language && b.met(ByLanguage, i, j) == 0,
		g.Days && told && days == 0,
		g.New && b.together(i, j),
		g.Networks && x.Network == y.Network:
		return true
	}
	if len(g.Seats) != FewestSeats {
		return false // the solver seats groups
	}
	return g.seating(x, y) == nil
}

// seating is which of the two takes which seat of a pair: 0 the first one; nothing where they cannot both be seated.
func (g *Rules) seating(x, y *Side) []int {
	first, second := &g.Seats[0], &g.Seats[1]
	switch {
	case first.Takes(x.Country, x.Form) && second.Takes(y.Country, y.Form):
		return []int{0, 1}
	case first.Takes(y.Country, y.Form) && second.Takes(x.Country, x.Form):
		return []int{1, 0}
	default:
		return nil
	}
}
