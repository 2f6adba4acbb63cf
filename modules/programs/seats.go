package programs

import (
	"regexp"
	"slices"
	"strconv"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

const (
	seatChars     = 120
	sentenceChars = 300
)

var seatKey = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

// Reach says from which countries a seat's organization may come, in the way in which people say it.
type Reach string

// The ways to say it.
const (
	ReachAny    Reach = "any"
	ReachUnion  Reach = "union"  // any of the European Union
	ReachOnly   Reach = "only"   // those that are named
	ReachExcept Reach = "except" // any but those that are named
)

// Reaches lists them in the order in which they are offered.
var Reaches = []Reach{ReachAny, ReachUnion, ReachOnly, ReachExcept}

// reachOf reads how a seat is limited, and the countries that are named for it.
func reachOf(s blueprints.Seat) (Reach, []string) {
	switch {
	case len(s.Not) > 0:
		return ReachExcept, s.Not
	case len(s.Countries) == 0:
		return ReachAny, nil
	case slices.Equal(slices.Sorted(slices.Values(s.Countries)), union()):
		return ReachUnion, nil
	default:
		return ReachOnly, s.Countries
	}
}

// limit keeps the seat for countries.
func limit(s *blueprints.Seat, reach Reach, named []string) {
	s.Countries, s.Not = nil, nil
	switch reach {
	case ReachUnion:
		s.Countries = union()
	case ReachOnly:
		s.Countries = named
	case ReachExcept:
		s.Not = named
	default:
	}
}

func union() []string { return codes(geo.Union) }

func codes(countries []geo.Country) []string {
	all := make([]string, len(countries))
	for i, c := range countries {
		all[i] = string(c)
	}
	return all
}

// seatNumbers sets how many organizations take the seat; none at least makes it optional. One is what a seat is without numbers.
func seatNumbers(s *blueprints.Seat, least, most int) {
	s.Optional, s.Min, s.Max = least == 0, 0, 0
	if least > 1 {
		s.Min = least
	}
	if most > 1 {
		s.Max = most
	}
}

// addSeat appends an empty seat with a key that no other has.
func addSeat(c *blueprints.Composition) {
	for n := len(c.Seats) + 1; ; n++ {
		key := "seat" + strconv.Itoa(n)
		if _, taken := c.Seat(key); !taken {
			c.Seats = append(c.Seats, blueprints.Seat{Key: key, Name: i18n.Text{}})
			return
		}
	}
}

// move puts the element at one place elsewhere; places that do not exist change nothing.
func move[T any](all []T, from, to int) []T {
	if from < 0 || to < 0 || from >= len(all) || to >= len(all) {
		return all
	}
	one := all[from]
	return slices.Insert(slices.Delete(slices.Clone(all), from, from+1), to, one)
}

// checkSeats says what is wrong with a composition, by the names of the page's fields.
func checkSeats(c blueprints.Composition, first i18n.Locale) []fault.Field {
	var bad []fault.Field
	at := func(i int, field, key string) { bad = append(bad, fault.At(field+"_"+strconv.Itoa(i), key)) }
	seen := map[string]bool{}
	for i, s := range c.Seats {
		if s.Name[first] == "" {
			at(i, "name_"+string(first), "fault.required")
		}
		if s.Key == "" || seen[s.Key] {
			at(i, "name_"+string(first), "fault.bad_request")
		}
		seen[s.Key] = true
		if least, most := s.Range(); s.Max > 0 && s.Max < s.Min || least < 0 || most > blueprints.MostSeats {
			at(i, "most", "programs.seats.most_wrong")
		}
		for _, kind := range s.Kinds {
			if !slices.ContainsFunc(blueprints.Kinds(), func(o forms.Option) bool { return o.Value == kind }) {
				at(i, "kinds", "fault.choose")
			}
		}
		for _, code := range slices.Concat(s.Countries, s.Not) {
			if _, known := geo.ParseCountry(code); !known {
				at(i, "countries", "fault.choose")
			}
		}
	}
	least, most := c.Size()
	switch {
	case len(bad) > 0:
	case least == 0:
		bad = append(bad, fault.At("seats", "programs.seats.none"))
	case most > blueprints.MostSeats:
		bad = append(bad, fault.AtWith("seats", "programs.seats.too_many", fault.Args{"Max": blueprints.MostSeats, "Count": most}))
	case !c.Possible(countries()):
		bad = append(bad, fault.At("seats", "programs.seats.impossible"))
	}
	return bad
}

func countries() []string {
	var all []string
	for _, n := range geo.Countries(i18n.EN) {
		all = append(all, string(n.Code))
	}
	return all
}
