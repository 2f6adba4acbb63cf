package matching

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
)

// Listed is an organization that others find: what its profile and its card say.
type Listed struct {
	Organization

	Card    Card
	Fit     Fit    // with the organization for which somebody looks
	Network string // of which it is; empty: of the reader's own

	NetworkID ids.Tenant // for the core team's rounds; zero elsewhere
}

// Fit is what two organizations can be to each other, as one of them sees it; all lists are in the order of its own card, or of
// the other's where the other ranks.
type Fit struct {
	Get       []Topic  // it needs them, the other offers them
	Give      []Topic  // it offers them, the other needs them
	Share     []Topic  // both need them
	Languages []string // in which both work
	Fields    []string // of work of both
}

// fitOf compares two organizations as the first one sees it.
func fitOf(own, other *Listed) Fit {
	return Fit{
		Get: both(own.Card.Needs, other.Card.Offers), Give: both(other.Card.Needs, own.Card.Offers), Share: both(own.Card.Needs, other.Card.Needs),
		Languages: both(own.Card.Languages, other.Card.Languages), Fields: both(own.Fields, other.Fields),
	}
}

// any reports whether one of the two offers what the other needs, or both need the same.
func (f *Fit) any() bool { return len(f.Get)+len(f.Give)+len(f.Share) > 0 }

// both is what stands in both lists, in the order of the first.
func both[T comparable](first, second []T) []T {
	var all []T
	for _, x := range first {
		if slices.Contains(second, x) {
			all = append(all, x)
		}
	}
	return all
}

// better orders by how many needs one fills of the other, both ways together; then by how even that is, and by what both need.
func (f *Fit) better(g *Fit) int {
	return cmp.Or(
		cmp.Compare(len(g.Get)+len(g.Give), len(f.Get)+len(f.Give)),
		cmp.Compare(min(len(g.Get), len(g.Give)), min(len(f.Get), len(f.Give))),
		cmp.Compare(len(g.Share), len(f.Share)),
	)
}

// Ours stands for "what we need" and "what we offer" where a topic is asked for.
const Ours = "ours"

// Orders of the directory.
const (
	ByFit  = "fit"
	ByName = "name"
)

// Query is what somebody looks for in the directory.
type Query struct {
	For         ids.Organization // for which organization; zero: the network's team looks
	Search      string
	Country     geo.Country
	Network     string // its slug; empty: any. Only where organizations of several are looked for
	Offers      string // a topic, or Ours: something that we need
	Needs       string // a topic, or Ours: something that we offer
	Language    string
	Size        Size
	Hosts       int       // at least so many people
	From, Until time.Time // available at some time between the two days; zero: open
	Sort        string    // ByFit, or ByName; of the team always the latter
	Desc        bool      // the other way round
	After       ids.Organization
	Limit       int // zero: all
	Locale      i18n.Locale
}

// matches reports whether the organization is among those that are looked for.
func (q *Query) matches(l *Listed, words []string) bool {
	c := &l.Card
	switch {
	case q.Country != "" && l.Country != q.Country,
		q.Language != "" && !slices.Contains(c.Languages, q.Language),
		q.Size != "" && l.Size != q.Size,
		c.Hosts < q.Hosts,
		!q.Until.IsZero() && !c.From.IsZero() && c.From.After(q.Until),
		!q.From.IsZero() && !c.Until.IsZero() && c.Until.Before(q.From),
		!asked(q.Offers, c.Offers, l.Fit.Get),
		!asked(q.Needs, c.Needs, l.Fit.Give):
		return false
	}
	if len(words) == 0 {
		return true
	}
	key := i18n.SearchKey(strings.Join([]string{l.Name, l.NameEnglish, l.City, l.About, c.About, c.Wished}, " "))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(key, w) })
}

// asked reports whether the topics have the one that is asked for; ours are those that fit.
func asked(topic string, topics, ours []Topic) bool {
	switch topic {
	case "":
		return true
	case Ours:
		return len(ours) > 0
	default:
		return slices.Contains(topics, Topic(topic))
	}
}

// Found is a page of the directory.
type Found struct {
	All   []Listed
	Total int              // on all pages
	Next  ids.Organization // the last one of this page when there is another page; else zero
}

// find is what of the pool is looked for, in its order: of those that fit equally the names decide, of equal names the identifiers.
func (q *Query) find(pool []Listed) Found {
	words := i18n.SearchWords(q.Search)
	all := slices.DeleteFunc(pool, func(l Listed) bool { return l.ID == q.For || !q.matches(&l, words) })
	slices.SortFunc(all, func(a, b Listed) int { return cmp.Compare(a.ID.String(), b.ID.String()) })
	i18n.Sort(q.Locale, all, func(l Listed) string { return l.Name })
	if q.Sort != ByName && !q.For.IsZero() {
		slices.SortStableFunc(all, func(a, b Listed) int { return a.Fit.better(&b.Fit) })
	}
	if q.Desc {
		slices.Reverse(all)
	}
	f := Found{Total: len(all)}
	if at := slices.IndexFunc(all, func(l Listed) bool { return l.ID == q.After }); at >= 0 {
		all = all[at+1:]
	}
	if q.Limit > 0 && len(all) > q.Limit {
		all = all[:q.Limit]
		f.Next = all[q.Limit-1].ID
	}
	f.All = all
	return f
}
