package matching

import (
	"slices"
	"strconv"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
)

// Relation is whether an organization looks for somebody it has worked with.
type Relation string

// The relations that a card may wish for.
const (
	NewRelation      Relation = "new"
	ExistingRelation Relation = "existing"
	EitherRelation   Relation = "either"
)

// Relations lists them in the order in which they are offered.
var Relations = []Relation{EitherRelation, NewRelation, ExistingRelation}

// Size is how many paid people an organization has, in three bands.
type Size string

// The sizes: up to 5, up to 20, and more.
const (
	Small  Size = "small"
	Medium Size = "medium"
	Large  Size = "large"
)

// Sizes lists them, the smallest first.
var Sizes = []Size{Small, Medium, Large}

// SizeOf is the size that a profile's band of paid staff means; of one that says nothing there is none.
func SizeOf(staff string) Size {
	switch staff {
	case "0", "1-5":
		return Small
	case "6-20":
		return Medium
	case "21-50", "51+":
		return Large
	default:
		return ""
	}
}

// Kinds are the legal forms that a wished partner may have, by the codes of the profiles.
var Kinds = []string{"association", "foundation", "initiative", "cooperative", "social_enterprise", "union", "local_authority", "other"}

// Languages are the working languages that a card may name, by the codes of the profiles.
var Languages = []string{"tr", "en", "de", "fr", "es", "it", "el", "bg", "ro", "pl", "cs", "ka", "ar", "ku", "ru"}

// Bounds of a card.
const (
	MostNeeds     = 3
	MostOffers    = 5
	mostCountries = 20
	mostHosts     = 100
	maxWished     = 1000
	maxAbout      = 2000
)

// Card is what an organization says of itself and of the partner that it wishes for.
type Card struct {
	Organization ids.Organization
	Needs        []Topic // what matters most first
	Offers       []Topic // likewise
	Languages    []string
	Countries    []geo.Country // of the wished partner; empty: any
	Kinds        []string      // its legal forms; empty: any
	Sizes        []Size        // empty: any
	Relation     Relation
	Green        bool      // that it can be reached by bus or train matters
	Wished       string    // about the wished partner
	About        string    // what the organization brings, in its own words
	From, Until  time.Time // the days between which it is available, both included; zero: not told
	Hosts        int       // how many people it can host at once
	InPool       bool      // others of the network find it
	Version      int64     // 0: nothing was written yet
	UpdatedAt    time.Time
}

// ranked is the name of the field of the topic at that place, from 0.
func ranked(of string, at int) string { return of + "_" + strconv.Itoa(at+1) }

// Need is what an organization needs, as other modules know it.
type Need struct {
	Topics    []Topic
	Languages []string
}

// newCard is the card of an organization that has not written one: with the languages of its profile.
func newCard(o Organization) Card {
	return Card{Organization: o.ID, Languages: o.Languages, Relation: EitherRelation}
}

// Whole reports whether the card says what others need to know to find the organization.
func (c *Card) Whole() bool { return len(c.lacks()) == 0 }

// lacks is what must be told before others find the organization.
func (c *Card) lacks() []fault.Field {
	var bad []fault.Field
	if len(c.Needs) == 0 {
		bad = append(bad, fault.At("need_1", "fault.choose"))
	}
	if len(c.Offers) == 0 {
		bad = append(bad, fault.At("offer_1", "fault.choose"))
	}
	if len(c.Languages) == 0 {
		bad = append(bad, fault.At("languages", "fault.choose"))
	}
	return bad
}

// check holds a card to the rules that do not need the database.
func (c *Card) check() []fault.Field {
	var bad []fault.Field
	refuse := func(name, key string) { bad = append(bad, fault.At(name, key)) }
	rank := func(of string, topics []Topic, most int) {
		for i, t := range topics {
			if _, ok := ParseTopic(string(t)); !ok || i >= most {
				refuse(ranked(of, min(i, most-1)), "fault.choose")
				return
			}
			if slices.Contains(topics[:i], t) {
				refuse(ranked(of, i), "matching.card.twice")
				return
			}
		}
	}
	rank("need", c.Needs, MostNeeds)
	rank("offer", c.Offers, MostOffers)
	among := func(name string, chosen, from []string) {
		if slices.ContainsFunc(chosen, func(s string) bool { return !slices.Contains(from, s) }) {
			refuse(name, "fault.choose")
		}
	}
	among("languages", c.Languages, Languages)
	among("kinds", c.Kinds, Kinds)
	if slices.ContainsFunc(c.Sizes, func(s Size) bool { return !slices.Contains(Sizes, s) }) {
		refuse("sizes", "fault.choose")
	}
	if len(c.Countries) > mostCountries {
		bad = append(bad, fault.AtWith("countries", "matching.card.too_many_countries", fault.Args{"Max": mostCountries}))
	}
	for _, country := range c.Countries {
		if _, ok := geo.ParseCountry(string(country)); !ok {
			refuse("countries", "fault.choose")
			break
		}
	}
	if !slices.Contains(Relations, c.Relation) {
		refuse("relation", "fault.choose")
	}
	if c.Hosts < 0 || c.Hosts > mostHosts {
		bad = append(bad, fault.AtWith("hosts", "matching.card.hosts_wrong", fault.Args{"Max": mostHosts}))
	}
	if !c.From.IsZero() && !c.Until.IsZero() && c.Until.Before(c.From) {
		refuse("until", "matching.card.until_before")
	}
	return bad
}
