package oversight

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Network is one line of the board.
type Network struct {
	Tenant    tenants.Tenant
	Progress  tenants.Progress
	Figures   Figures
	CountedAt time.Time // zero before the first count
}

// Ready reports whether the network has been provisioned to the end.
func (n *Network) Ready() bool { return n.Progress.Done }

// Need is one line of the checklist of what a network needs to run its program.
type Need struct {
	Key string
	Met bool
}

// Readiness lists what the network needs before it can run its program well, met or not, in the order in which a
// network gets there.
func (n *Network) Readiness() []Need {
	f := &n.Figures
	published := slices.ContainsFunc(f.Calls, func(c Call) bool { return !c.Draft })
	return []Need{
		{"provisioned", n.Ready()},
		{"coordinator", f.People[tenants.RoleCoordinator] != 0},
		{"brand", n.Tenant.Brand.Typeface != ""},
		{"team", f.People[tenants.RoleOfficer] != 0 || f.People[tenants.RoleCoordinator] > 1},
		{"call", len(f.Calls) > 0},
		{"published", published},
		{"reviewers", f.People[tenants.RoleReviewer]+f.People[tenants.RoleChair] >= 2},
		{"live", n.Tenant.Status == tenants.StatusLive},
	}
}

// Met counts the lines of the checklist that are met.
func Met(needs []Need) int {
	met := 0
	for _, need := range needs {
		if need.Met {
			met++
		}
	}
	return met
}

// Query is what a listing of the board asks for.
type Query struct {
	Search string
	Status tenants.Status
	Phase  Phase  // a call of the network is in it
	Ready  string // yes, or no
	Sort   string // name (default), deadline, applications, partnerships, readiness, activity or opened
	Desc   bool
	After  string // the id of the last one of the page before
	Limit  int    // zero: all
	Locale i18n.Locale
}

// Sorts lists what the board can be ordered by.
var Sorts = []string{"name", "deadline", "applications", "partnerships", "readiness", "activity", "opened"}

// pick filters, orders and cuts the board. The board is in memory as a whole: the catalogue is, and of each network it
// adds a row.
func pick(all []Network, q Query, now time.Time) (page []Network, total int) {
	all = slices.DeleteFunc(slices.Clone(all), func(n Network) bool { return !n.matches(q, now) })
	i18n.Sort(q.Locale, all, func(n Network) string { return n.Tenant.Name })
	slices.SortStableFunc(all, func(a, b Network) int {
		if q.Sort == "" || q.Sort == "name" {
			return 0
		}
		return a.compare(&b, q.Sort, now)
	})
	if q.Desc {
		slices.Reverse(all)
	}
	total = len(all)
	if id, err := ids.Parse[ids.Tenant](q.After); err == nil {
		at := slices.IndexFunc(all, func(n Network) bool { return n.Tenant.ID == id })
		all = all[at+1:]
	}
	if q.Limit > 0 {
		all = all[:min(q.Limit, len(all))]
	}
	return all, total
}

func (n *Network) matches(q Query, now time.Time) bool {
	key := i18n.SearchKey(n.Tenant.Name + " " + n.Tenant.Slug)
	for word := range strings.FieldsSeq(i18n.SearchKey(q.Search)) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	if q.Status != "" && n.Tenant.Status != q.Status || q.Phase != "" && n.Figures.InPhase(q.Phase, now) == 0 {
		return false
	}
	needs := n.Readiness()
	complete := Met(needs) == len(needs)
	return q.Ready == "" || complete == (q.Ready == "yes")
}

// compare orders by one column. Networks without a deadline stand behind those with one.
func (n *Network) compare(other *Network, by string, now time.Time) int {
	switch by {
	case "deadline":
		a, has := n.Figures.Deadline(now)
		b, otherHas := other.Figures.Deadline(now)
		switch {
		case has && otherHas:
			return a.Closes.Compare(b.Closes)
		case has:
			return -1
		case otherHas:
			return 1
		default:
			return 0
		}
	case "applications":
		return n.Figures.Applied().N - other.Figures.Applied().N
	case "partnerships":
		return n.Figures.Together().N - other.Figures.Together().N
	case "readiness":
		return Met(n.Readiness()) - Met(other.Readiness())
	case "activity":
		return n.Figures.LastActivity.Compare(other.Figures.LastActivity)
	case "opened":
		return n.Tenant.CreatedAt.Compare(other.Tenant.CreatedAt)
	default:
		return 0
	}
}
