package blueprints

import (
	"cmp"
	"slices"
)

// Quota is how many selected applications of a call may have an organization from a country.
type Quota struct {
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2; empty: each country that no other quota names
	Most    int    `json:"most"`
}

// Taken is how far the quota of one country is used.
type Taken struct {
	Country string
	Count   int
	Most    int
}

// Beyond reports whether more are selected than the quota allows.
func (u Taken) Beyond() bool { return u.Count > u.Most }

// Take counts how far quotas are used by applications, given by the countries of their organizations: one with two
// organizations from a country counts once. First come the countries that are named, in the order of the quotas, then the
// others that occur, by their codes. A country without a quota is left out.
func Take(quotas []Quota, applications [][]string) []Taken {
	counts := map[string]int{}
	for _, countries := range applications {
		for _, c := range slices.Compact(slices.Sorted(slices.Values(countries))) {
			counts[c]++
		}
	}
	var used []Taken
	each := 0
	for _, q := range quotas {
		if q.Country == "" {
			each = q.Most
			continue
		}
		used = append(used, Taken{q.Country, counts[q.Country], q.Most})
		delete(counts, q.Country)
	}
	if each == 0 {
		return used
	}
	named := len(used)
	for c, n := range counts {
		used = append(used, Taken{c, n, each})
	}
	slices.SortFunc(used[named:], func(a, b Taken) int { return cmp.Compare(a.Country, b.Country) })
	return used
}

// Beyond are the quotas of which more is used than they allow.
func Beyond(used []Taken) []Taken {
	return slices.DeleteFunc(slices.Clone(used), func(u Taken) bool { return !u.Beyond() })
}
