package matching

import (
	"slices"
	"time"

	"kervan/modules/kernel/geo"
)

// Reason is one thing that fits between two organizations, or does not, as one of them sees it.
type Reason struct {
	Key         string // the last part of its message key
	Good        bool
	Topics      []Topic
	Languages   []string
	Fields      []string
	Countries   []geo.Country
	Kinds       []string
	Sizes       []Size
	From, Until time.Time
}

// Reasons says what fits and what does not, what matters most first; nothing where nobody looks.
func (m *Meeting) Reasons() []Reason {
	if m.Own.ID.IsZero() {
		return nil
	}
	own, other, fit := &m.Own, &m.Other, &m.Other.Fit
	all := []Reason{{Key: "get", Good: true, Topics: fit.Get}, {Key: "give", Good: true, Topics: fit.Give}}
	if len(fit.Get) == 0 {
		all[0] = Reason{Key: "get_none"}
	}
	if len(fit.Give) == 0 {
		all[1] = Reason{Key: "give_none"}
	}
	if len(fit.Share) > 0 {
		all = append(all, Reason{Key: "share", Good: true, Topics: fit.Share})
	}
	if len(fit.Languages) > 0 {
		all = append(all, Reason{Key: "languages", Good: true, Languages: fit.Languages})
	} else {
		all = append(all, Reason{Key: "languages_none"})
	}
	if len(fit.Fields) > 0 {
		all = append(all, Reason{Key: "fields", Good: true, Fields: fit.Fields})
	}
	all = append(all, days(&own.Card, &other.Card)...)
	all = append(all, wished("own", &own.Card, other)...)
	all = append(all, wished("other", &other.Card, own)...)
	return append(all, m.relation()...)
}

// days says whether both are available at the same time, where both have told when they are.
func days(a, b *Card) []Reason {
	told := func(c *Card) bool { return !c.From.IsZero() || !c.Until.IsZero() }
	if !told(a) || !told(b) {
		return nil
	}
	from, until := a.From, a.Until
	if b.From.After(from) {
		from = b.From
	}
	if until.IsZero() || !b.Until.IsZero() && b.Until.Before(until) {
		until = b.Until
	}
	switch {
	case from.IsZero() || until.IsZero():
		return nil
	case until.Before(from):
		return []Reason{{Key: "days_none"}}
	default:
		return []Reason{{Key: "days", Good: true, From: from, Until: until}}
	}
}

// wished says in what the other is not the partner that a card wishes for.
func wished(side string, c *Card, other *Listed) []Reason {
	var all []Reason
	if len(c.Countries) > 0 && !slices.Contains(c.Countries, other.Country) {
		all = append(all, Reason{Key: "country_" + side, Countries: c.Countries})
	}
	if len(c.Kinds) > 0 && other.Form != "" && !slices.Contains(c.Kinds, other.Form) {
		all = append(all, Reason{Key: "kind_" + side, Kinds: c.Kinds})
	}
	if size := other.Size; len(c.Sizes) > 0 && size != "" && !slices.Contains(c.Sizes, size) {
		all = append(all, Reason{Key: "size_" + side, Sizes: c.Sizes})
	}
	return all
}

// relation says whether the two know each other, and whether that is what they look for; of another network that is not known.
func (m *Meeting) relation() []Reason {
	sought := func(r Relation) bool { return m.Own.Card.Relation == r || m.Other.Card.Relation == r }
	switch {
	case m.Other.Network != "":
		return nil
	case m.Together:
		return []Reason{{Key: "together", Good: !sought(NewRelation)}}
	case sought(ExistingRelation):
		return []Reason{{Key: "not_together"}}
	default:
		return nil
	}
}
