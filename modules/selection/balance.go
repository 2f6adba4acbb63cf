package selection

import (
	"slices"
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
)

// Balance is what a call had to give and what its quotas wanted, with the applications that were selected, as a meeting ended. It is
// kept by application and not as numbers, so that whoever may not know of one is shown the numbers without it.
type Balance struct {
	Ended    int64              `json:"ended"` // when that meeting ended, in microseconds since 1970 UTC
	Places   int                `json:"places"`
	Minor    int64              `json:"minor,omitempty"`    // the money of each place, in the smallest unit of its currency; 0: none
	Currency string             `json:"currency,omitempty"` // of that money
	Quotas   []blueprints.Quota `json:"quotas,omitempty"`
	Chosen   []Chosen           `json:"chosen,omitempty"` // in the order of their identifiers
}

// Chosen is an application that was selected, with what quotas count of it.
type Chosen struct {
	Application ids.Application `json:"application"`
	Countries   []string        `json:"countries,omitempty"`
	Regions     []geo.Region    `json:"regions,omitempty"`
	Kinds       []string        `json:"kinds,omitempty"`
	First       bool            `json:"first,omitempty"`
	Topics      []string        `json:"topics,omitempty"`
}

// balanceOf draws up the balance of a call; what was withdrawn is not in it.
func balanceOf(call Call, all []Application, decisions []Decision) *Balance {
	b := Balance{Places: call.Places, Quotas: call.Quotas}
	if call.Grant.Minor > 0 {
		b.Minor, b.Currency = call.Grant.Minor, call.Grant.Currency
	}
	for i := range all {
		chosen := slices.ContainsFunc(decisions, func(d Decision) bool { return d.Application == all[i].ID && d.choosing() })
		if !chosen {
			continue
		}
		c := all[i].counted()
		b.Chosen = append(b.Chosen, Chosen{Application: all[i].ID, Countries: c.Countries, Regions: c.Regions, Kinds: c.Kinds, First: c.First, Topics: c.Topics})
	}
	slices.SortFunc(b.Chosen, func(x, y Chosen) int {
		return strings.Compare(x.Application.String(), y.Application.String())
	})
	return &b
}

// among is the balance as if only those applications had been selected that somebody may know of; nothing where there is none.
func (b *Balance) among(known func(ids.Application) bool) *Balance {
	if b == nil {
		return nil
	}
	part := *b
	part.Chosen = slices.DeleteFunc(slices.Clone(b.Chosen), func(c Chosen) bool { return !known(c.Application) })
	return &part
}

// Usage is how far the quotas were used.
func (b *Balance) Usage() []blueprints.Taken {
	all := make([]blueprints.Counted, len(b.Chosen))
	for i, c := range b.Chosen {
		all[i] = blueprints.Counted{Countries: c.Countries, Regions: c.Regions, Kinds: c.Kinds, First: c.First, Topics: c.Topics}
	}
	return blueprints.Take(b.Quotas, all)
}

// Spent is the money of the selected and of all places together; zero where places bring none.
func (b *Balance) Spent() (selected, all forms.Money) {
	of := func(n int) forms.Money { return forms.Money{Minor: b.Minor * int64(n), Currency: b.Currency} }
	return of(len(b.Chosen)), of(b.Places)
}
