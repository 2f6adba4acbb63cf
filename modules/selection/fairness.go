package selection

import (
	"context"
	"math"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/policies"
	"kervan/tenants"
)

// Course is what became of one application of a call, from its beginning. An instant is zero where it never came to that.
type Course struct {
	Application   ids.Application
	Organizations []Contender
	Language      string // in which most of it is written; empty: that cannot be told
	Started       time.Time
	Submitted     time.Time // for the first time
	Checked       time.Time // found eligible or ineligible
	Eligible      time.Time
	Reviewed      time.Time // all required reviews were in
	Decided       time.Time // the decision was released
	Offered       time.Time // a place, at once or from the waiting list
	Answered      time.Time // the offer was accepted, declined, or has lapsed
	Accepted      time.Time
	Withdrawn     bool
}

// Contender is an organization of an application, as far as fairness asks.
type Contender struct {
	Country string     // ISO 3166-1 alpha-2
	Region  geo.Region // where in its country; empty: that is not known
	Kind    string     // its legal form
	First   bool       // it was in no partnership of the network before this one was handed in
}

// Courses tells how applications went. The applications module satisfies it.
type Courses interface {
	// Courses lists all applications of a call, drafts and withdrawn ones too, in a fixed number of queries.
	Courses(ctx context.Context, sc tenants.Scope, call ids.Call) ([]Course, error)
}

// LeastTold is how many organizations, of as many applications, a group has at least to be told of alone: a smaller one would tell of each. As many at least
// lie between any groups of two dimensions that can be subtracted from each other.
const LeastTold = 3

// Fairness is how the applications of a call fared: without a name, a number or a text of any.
type Fairness struct {
	Call       Call
	Released   time.Time // of the decisions; zero: not yet, and nothing else is told
	Few        bool      // fewer than LeastTold organizations were decided about, and nothing else is told
	Funnel     []Stage
	Overall    Group
	Dimensions []Dimension
	Waits      []Wait
}

// Stage is how many came how far.
type Stage struct {
	Name          string
	Applications  int
	Organizations int
}

// The dimensions by which success is told.
const (
	ByCountry  = "country"
	ByKind     = "kind"
	ByFirst    = "first"
	ByLanguage = "language"
	ByRegion   = "region"
)

// Dimension is success by one thing that organizations differ in. It has no groups where they are too few to be told of.
type Dimension struct {
	Name   string
	Groups []Group // the largest first, what was put together last
}

// Group is how many organizations of one kind handed in an application that was not withdrawn before the decision, and how many of
// them were offered a place.
type Group struct {
	Value   string // empty: several small groups together; of regions: one, a country, its other ones (TR.), or unplaced
	Applied int
	Offered int
	// The limits of the share offered, 0 to 1, with a confidence of 95 %.
	Low, High float64
}

// Share is the part of the group that was offered a place, 0 to 1.
func (g Group) Share() float64 {
	if g.Applied == 0 {
		return 0
	}
	return float64(g.Offered) / float64(g.Applied)
}

// Away is -1 where the group fares worse than a share, 1 where better, further than chance in a group of its size explains.
func (g Group) Away(share float64) int {
	switch {
	case g.High < share:
		return -1
	case g.Low > share:
		return 1
	default:
		return 0
	}
}

// Wait is how long one step took, over all applications that have taken it: quartiles, in days.
type Wait struct {
	Name              string
	Applications      int
	Low, Median, High float64
}

// z95 is the standard normal deviate that 95 % lie within.
const z95 = 1.959964

// interval is Wilson's score interval for a share of n, with a confidence of 95 %:
//
//	(x + z²/2 ± z √(x(n − x)/n + z²/4)) ÷ (n + z²)
//
// It keeps its confidence in small groups and at shares near 0 and 1, where the usual one does not (E. B. Wilson, "Probable inference,
// the law of succession, and statistical inference", Journal of the American Statistical Association 22, 1927; R. G. Newcombe,
// "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998, method 3).
func interval(x, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	hits, of := float64(x), float64(n)
	middle, half := hits+z95*z95/2, z95*math.Sqrt(hits*(of-hits)/of+z95*z95/4)
	return max(0, (middle-half)/(of+z95*z95)), min(1, (middle+half)/(of+z95*z95))
}

func (g *Group) count(offered bool) {
	g.Applied++
	if offered {
		g.Offered++
	}
}

// contended are the applications that were decided about: handed in, and not withdrawn before.
func contended(all []Course) []Course {
	var found []Course
	for _, c := range all {
		if !c.Submitted.IsZero() && (!c.Withdrawn || !c.Offered.IsZero()) {
			found = append(found, c)
		}
	}
	return found
}

// stages are the steps of the funnel, and when an application came to each.
var stages = []struct {
	name string
	at   func(Course) time.Time
}{
	{"started", func(c Course) time.Time { return c.Started }},
	{"submitted", func(c Course) time.Time { return c.Submitted }},
	{"eligible", func(c Course) time.Time { return c.Eligible }},
	{"reviewed", func(c Course) time.Time { return c.Reviewed }},
	{"offered", func(c Course) time.Time { return c.Offered }},
	{"accepted", func(c Course) time.Time { return c.Accepted }},
}

// steps are what applicants wait for, each from one instant to another.
var steps = []struct {
	name     string
	from, to func(Course) time.Time
}{
	{"check", func(c Course) time.Time { return c.Submitted }, func(c Course) time.Time { return c.Checked }},
	{"review", func(c Course) time.Time { return c.Eligible }, func(c Course) time.Time { return c.Reviewed }},
	{"decision", func(c Course) time.Time { return c.Reviewed }, func(c Course) time.Time { return c.Decided }},
	{"answer", func(c Course) time.Time { return c.Offered }, func(c Course) time.Time { return c.Answered }},
	{"whole", func(c Course) time.Time { return c.Submitted }, func(c Course) time.Time { return c.Decided }},
}

// quartile is the value below which a share of the sorted values lies, between neighbours in proportion (R. J. Hyndman and Y. Fan,
// "Sample quantiles in statistical packages", The American Statistician 50, 1996, definition 7).
func quartile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	below := int(at)
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

func waits(all []Course) []Wait {
	var found []Wait
	for _, s := range steps {
		var days []float64
		for _, c := range all {
			if from, to := s.from(c), s.to(c); !from.IsZero() && !to.IsZero() && !to.Before(from) {
				days = append(days, to.Sub(from).Hours()/24)
			}
		}
		if len(days) < LeastTold {
			continue
		}
		slices.Sort(days)
		found = append(found, Wait{Name: s.name, Applications: len(days), Low: quartile(days, .25), Median: quartile(days, .5), High: quartile(days, .75)})
	}
	return found
}

// fairness computes the report of applications.
func fairness(all []Course) Fairness {
	f := Fairness{Waits: waits(all)}
	for _, s := range stages {
		stage := Stage{Name: s.name}
		for _, c := range all {
			if !s.at(c).IsZero() {
				stage.Applications++
				stage.Organizations += len(c.Organizations)
			}
		}
		f.Funnel = append(f.Funnel, stage)
	}
	decided := contended(all)
	for _, c := range decided {
		for range c.Organizations {
			f.Overall.count(!c.Offered.IsZero())
		}
	}
	f.Overall.Low, f.Overall.High = interval(f.Overall.Offered, f.Overall.Applied)
	f.Dimensions = dimensions(decided)
	return f
}

// Fairness tells how the applications of a call fared, once its decisions are released. Whoever reads the network's figures may;
// applications in which they have a conflict of interest are left out. Fault: NotFound.
func (s *Service) Fairness(ctx context.Context, sc tenants.Scope, call ids.Call) (Fairness, error) {
	if err := s.policies.May(sc, policies.AggregateRead, policies.On{}); err != nil {
		return Fairness{}, err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return Fairness{}, err
	}
	list, _, err := findList(ctx, sc.Read(), call)
	if err != nil || list.State != ListReleased {
		return Fairness{Call: c}, err
	}
	all, err := s.Applications.Courses(ctx, sc, call)
	if err != nil {
		return Fairness{}, err
	}
	hidden, err := s.Conflicted(ctx, sc)
	if err != nil {
		return Fairness{}, err
	}
	f := fairness(slices.DeleteFunc(all, func(c Course) bool { return slices.Contains(hidden, c.Application) }))
	if f.Overall.Applied < LeastTold {
		f = Fairness{Few: true}
	}
	f.Call, f.Released = c, list.ReleasedAt
	return f, nil
}

// Released lists the calls whose decisions are released, the newest first. Whoever reads the network's figures may.
func (s *Service) Released(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.policies.May(sc, policies.AggregateRead, policies.On{}); err != nil {
		return nil, err
	}
	found, err := lists(ctx, sc.Read())
	if err != nil || len(found) == 0 {
		return nil, err
	}
	all, err := s.Calls.Published(ctx, sc)
	return slices.DeleteFunc(all, func(c Call) bool { return found[c.ID].State != ListReleased }), err
}
