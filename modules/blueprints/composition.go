package blueprints

import (
	"slices"
	"strconv"
	"sync"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// MostSeats is how many organizations one partnership has at most.
const MostSeats = 6

// Kinds are the legal forms that a seat may be kept for, with their names, in the order in which they are offered: what the
// built-in form asks for. The slice is shared; do not change it.
var Kinds = sync.OnceValue(func() []forms.Option {
	form := Default().Form
	q, _, _ := form.Question("legal_form")
	return q.Options
})

// LegalForm is a legal form's name in the reader's language; one that is not among Kinds stands for itself.
func LegalForm(l i18n.Locale, kind string) string {
	all := Kinds()
	if i := slices.IndexFunc(all, func(o forms.Option) bool { return o.Value == kind }); i >= 0 {
		return all[i].Label.String(l)
	}
	return kind
}

// Range is how many organizations take the seat, at least and at most: one, unless it says otherwise.
func (s Seat) Range() (least, most int) {
	least = max(s.Min, 1)
	if s.Optional {
		least = 0
	}
	return least, max(s.Max, least, 1)
}

// Spread gives the composition with a seat for each organization: one that several may take becomes several, of which as
// many are obligatory as it needs. The first keeps its key; the others are called by a number after a hyphen, which no
// key has. Their Line is the seat that they come from.
func (c Composition) Spread() Composition {
	spread := c
	spread.Seats = nil
	for _, s := range c.Seats {
		least, most := s.Range()
		for n := range most {
			one := s
			one.Line, one.Optional, one.Min, one.Max = s.Key, n >= least, 0, 0
			if most > 1 {
				one.Name = numbered(s.Name, n+1)
			}
			if n > 0 {
				one.Key = s.Key + "-" + strconv.Itoa(n+1)
			}
			spread.Seats = append(spread.Seats, one)
		}
	}
	return spread
}

func numbered(name i18n.Text, n int) i18n.Text {
	with := i18n.Text{}
	for l, words := range name {
		with[l] = words + " " + strconv.Itoa(n)
	}
	return with
}

// Seat finds a seat of a composition that has been spread.
func (c Composition) Seat(key string) (Seat, bool) {
	i := slices.IndexFunc(c.Seats, func(s Seat) bool { return s.Key == key })
	if i < 0 {
		return Seat{}, false
	}
	return c.Seats[i], true
}

// Size is how many organizations a partnership has, at least and at most.
func (c Composition) Size() (least, most int) {
	for _, s := range c.Seats {
		low, high := s.Range()
		least, most = least+low, most+high
	}
	return least, most
}

// Possible reports whether organizations of those countries could fill every obligatory seat: each seat lets somebody in,
// and where countries must differ, each can have one of its own.
func (c Composition) Possible(countries []string) bool {
	var allowed [][]string
	for _, s := range c.Spread().Seats {
		if s.Optional {
			continue
		}
		var all []string
		for _, country := range countries {
			if s.Fits("", country) || len(s.Kinds) > 0 && s.Fits(s.Kinds[0], country) {
				all = append(all, country)
			}
		}
		allowed = append(allowed, all)
	}
	if !c.DistinctCountries {
		return !slices.ContainsFunc(allowed, func(all []string) bool { return len(all) == 0 })
	}
	return matched(allowed)
}

// matched reports whether each can have one of what it is allowed, none given twice (augmenting paths; Kuhn 1955).
func matched(allowed [][]string) bool {
	holder := map[string]int{}
	var seek func(seat int, tried map[string]bool) bool
	seek = func(seat int, tried map[string]bool) bool {
		for _, country := range allowed[seat] {
			if tried[country] {
				continue
			}
			tried[country] = true
			other, taken := holder[country]
			if !taken || seek(other, tried) {
				holder[country] = seat
				return true
			}
		}
		return false
	}
	for seat := range allowed {
		if !seek(seat, map[string]bool{}) {
			return false
		}
	}
	return true
}
