package partnerships

import (
	"slices"
	"time"
	"unicode/utf8"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// Terms are how a partnership would be shown to everybody.
type Terms struct {
	Pseudonym string    // stands in for the title, all names and the towns; empty: they are shown
	About     i18n.Text // what they do together
	From      time.Time // not before
}

// Most characters of each.
const (
	maxPseudonym = 120
	maxPublic    = 600
)

// Showing is how a partnership lets itself be shown. Organizations say yes to one version of the terms; whoever changes
// them asks all others anew. Version 0: nobody has thought of it.
type Showing struct {
	Terms

	Version  int64
	Consents map[ids.Organization]time.Time // to this version
}

// presentable are the states of partnerships that may be shown.
var presentable = []State{Accepted, Agreed, Active, Paused, Completed}

// Willing reports whether every organization of the partnership has said yes to the terms as they are.
func (s *Showing) Willing(organizations []ids.Organization) bool {
	return s.Version > 0 && len(organizations) > 0 && !slices.ContainsFunc(organizations, func(o ids.Organization) bool { return s.Consents[o].IsZero() })
}

// Shown reports whether everybody may see the partnership at the moment.
func (p *Partnership) Shown(s *Showing, now time.Time) bool {
	return p.presentable() && s.Willing(p.Organizations()) && !now.Before(s.From)
}

func (p *Partnership) presentable() bool { return slices.Contains(presentable, p.State) }

func (t *Terms) check(languages []i18n.Locale) []fault.Field {
	var bad []fault.Field
	if utf8.RuneCountInString(t.Pseudonym) > maxPseudonym {
		bad = append(bad, fault.AtWith("pseudonym", "fault.too_long", fault.Args{"Max": maxPseudonym}))
	}
	for l, words := range t.About {
		if utf8.RuneCountInString(words) > maxPublic || !slices.Contains(languages, l) {
			bad = append(bad, fault.AtWith("about_"+string(l), "fault.too_long", fault.Args{"Max": maxPublic}))
		}
	}
	return bad
}

// Public is what everybody may know of a partnership.
type Public struct {
	Title   string     `json:"title"`
	Veiled  bool       `json:"veiled,omitempty"` // the title is a pseudonym, and members have countries only
	About   i18n.Text  `json:"about,omitempty"`
	Members []Place    `json:"members"`
	Since   time.Time  `json:"since"`
	Network ids.Tenant `json:"-"` // on the core's map

	id ids.Partnership // on the network's own
}

// Place is one organization of a partnership that is shown.
type Place struct {
	Name    string      `json:"name,omitempty"`
	City    string      `json:"city,omitempty"`
	Country geo.Country `json:"country"`
}

// public is what may be known of a partnership under its terms. A pseudonym leaves no name and no town.
func (p *Partnership) public(t *Terms, cards map[ids.Organization]Organization) Public {
	shown := Public{Title: p.Title, About: t.About, Since: p.Since, id: p.ID}
	if t.Pseudonym != "" {
		shown.Title, shown.Veiled = t.Pseudonym, true
	}
	for _, id := range p.Organizations() {
		place := Place{Country: cards[id].Country}
		if !shown.Veiled {
			place.Name, place.City = cards[id].Name, cards[id].City
		}
		shown.Members = append(shown.Members, place)
	}
	return shown
}

// Points are where on the map the partnership lies.
func (p *Public) Points() []geo.Point {
	var all []geo.Point
	for _, m := range p.Members {
		if at, ok := geo.Find(m.Country, m.City); ok {
			all = append(all, at)
		}
	}
	return all
}
