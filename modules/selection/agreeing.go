package selection

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/figures"
	"kervan/modules/solver"
	"kervan/modules/solver/agreement"
	"kervan/policies"
	"kervan/tenants"
)

// LeastCompared is how many applications with two reviews there are at least before anything is said of agreement: with fewer,
// a number would say something of a person rather than of a call.
const LeastCompared = 3

// Agreement is how far the reviewers of a call agree.
type Agreement struct {
	Call       Call
	Shown      bool       // adjusted means stand in the ranking
	Talk       Talk       // whether reviewers see each other's reviews
	Measured   []Measured // totals first, then each criterion
	Adjustment figures.Adjustment
	Names      map[ids.Person]string
	Totals     [10]int    // how many totals lie from 0 to 10, above 10 to 20 and so on
	Kept       []KeptLine // the newest first

	path string // of its page below the call's selection
}

// Enough reports whether there are enough applications to compare.
func (a *Agreement) Enough() bool { return a.Measured[0].Enough() }

// Measured is how far reviewers agree in their totals, or in one criterion.
type Measured struct {
	Criterion *blueprints.Criterion // nil: totals
	Compared  int                   // applications with two ratings or more
	Report    agreement.Report
	OneWay    agreement.Measure // the intraclass correlation of one review where applications have reviewers of their own

	ratings  [][]int64 // a row for each reviewer, a column for each application
	fraction int64     // what one point of the scale is in the ratings
}

// Key names what is measured in addresses.
func (m *Measured) Key() string {
	if m.Criterion == nil {
		return ""
	}
	return m.Criterion.Key
}

// Enough reports whether there are enough applications to compare.
func (m *Measured) Enough() bool { return m.Compared >= LeastCompared }

// Fitting is alpha of the level of measurement that suits the ratings: totals are sums, so their differences mean something;
// the points of a criterion are steps.
func (m *Measured) Fitting() agreement.Measure {
	if m.Criterion == nil {
		return m.Report.Alpha.Interval
	}
	return m.Report.Alpha.Ordinal
}

// Agreement measures how far the reviewers of a call agree, over the submitted reviews of the applications that the actor may
// know of and owes no review of, and lists what was kept of it before. Coordinators, officers and the chair may. Fault: NotFound.
func (s *Service) Agreement(ctx context.Context, sc tenants.Scope, call ids.Call) (Agreement, error) {
	f, all, err := s.comparing(ctx, sc, call)
	if err != nil {
		return Agreement{}, err
	}
	reviews := f.open(all, sc.Actor().Person)
	if err := mark(ctx, sc.Read(), reviews); err != nil {
		return Agreement{}, err
	}
	a := agreementOf(f.Call, reviews)
	w, err := waysOf(ctx, sc.Read(), call)
	if err != nil {
		return a, err
	}
	a.Shown, a.Talk = w.Adjusted, w.Talk
	kept, err := keptAgreements(ctx, sc.Read(), call)
	if err != nil {
		return a, err
	}
	a.Kept = lines(kept, f.readable(all, sc.Actor().Person))
	// Names are asked for even where nobody is named, so that pages ask equally often.
	return a, s.work(ctx, sc, &a, reviews)
}

// agreementOf is what can be measured of reviews that are in order, by application.
func agreementOf(call Call, reviews []Review) Agreement {
	a := Agreement{Call: call, Measured: []Measured{measure(reviews, nil)}, path: "agreement"}
	for i := range call.Criteria {
		a.Measured = append(a.Measured, measure(reviews, &call.Criteria[i]))
	}
	return a
}

// work computes what can be said of the reviews, and names who is named.
func (s *Service) work(ctx context.Context, sc tenants.Scope, a *Agreement, reviews []Review) (err error) {
	for i := range a.Measured {
		m := &a.Measured[i]
		if !m.Enough() {
			continue
		}
		if m.Report, err = agreement.Of(ctx, m.ratings); err != nil {
			return err
		}
		m.OneWay = OneWay(m.ratings)
	}
	wanted := make([]ids.Person, 0, len(reviews)+len(a.Kept))
	for i := range reviews {
		wanted = append(wanted, reviews[i].Person)
	}
	for _, k := range a.Kept {
		wanted = append(wanted, k.By)
	}
	names, err := s.called(ctx, sc, wanted)
	if err != nil || !a.Enough() {
		return err
	}
	a.Names, a.Adjustment = names, figures.Adjust(ratingsOf(reviews))
	for i := range reviews {
		a.Totals[decile(reviews[i].Points)]++
	}
	return nil
}

func (s *Service) namesOf(ctx context.Context, sc tenants.Scope, reviews []Review) (map[ids.Person]string, error) {
	persons := make([]ids.Person, len(reviews))
	for i, r := range reviews {
		persons[i] = r.Person
	}
	return s.called(ctx, sc, persons)
}

func (s *Service) called(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
	known, err := s.People.Persons(ctx, sc, persons)
	names := make(map[ids.Person]string, len(known))
	for id, person := range known {
		names[id] = person.Name
	}
	return names, err
}

// comparing gives the field of a call and all reviews of the call to who may read how far its reviewers agree.
func (s *Service) comparing(ctx context.Context, sc tenants.Scope, call ids.Call) (field, []Review, error) {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return field{}, nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return field{}, nil, err
	}
	all, err := reviewsOfCall(ctx, sc.Read(), call)
	return f, all, err
}

// compared gives what can be measured of what the actor may read.
func (s *Service) compared(ctx context.Context, sc tenants.Scope, call ids.Call) (Agreement, error) {
	f, all, err := s.comparing(ctx, sc, call)
	if err != nil {
		return Agreement{}, err
	}
	reviews := f.open(all, sc.Actor().Person)
	if err := mark(ctx, sc.Read(), reviews); err != nil {
		return Agreement{}, err
	}
	return agreementOf(f.Call, reviews), nil
}

// open are the submitted reviews of the field's applications of which somebody owes none, by application and reviewer.
func (f *field) open(all []Review, person ids.Person) []Review {
	grouped := byApplication(all)
	var found []Review
	for _, a := range f.Applications {
		if owes(grouped[a.ID], person) {
			continue
		}
		for _, r := range grouped[a.ID] {
			if r.State == ReviewSubmitted {
				found = append(found, r)
			}
		}
	}
	return found
}

func ratingsOf(reviews []Review) []figures.Rating {
	all := make([]figures.Rating, len(reviews))
	for i, r := range reviews {
		all[i] = figures.Rating{Application: r.Application, Person: r.Person, Points: r.Points}
	}
	return all
}

// sides are the columns and the rows of a table of reviews: the applications as they come, the reviewers by their identifiers.
func sides(reviews []Review) (units []ids.Application, raters []ids.Person) {
	for i := range reviews {
		if i == 0 || reviews[i-1].Application != reviews[i].Application {
			units = append(units, reviews[i].Application)
		}
		raters = append(raters, reviews[i].Person)
	}
	slices.SortFunc(raters, func(a, b ids.Person) int { return strings.Compare(a.String(), b.String()) })
	return units, slices.Compact(raters)
}

func measure(reviews []Review, k *blueprints.Criterion) Measured {
	m := Measured{Criterion: k, fraction: 100}
	if k != nil {
		m.fraction = 2
	}
	units, raters := sides(reviews)
	at := make(map[ids.Person]int, len(raters))
	for j, id := range raters {
		at[id] = j
		m.ratings = append(m.ratings, slices.Repeat([]int64{agreement.Missing}, len(units)))
	}
	unit, rated := -1, make([]int, len(units))
	for i := range reviews {
		if i == 0 || reviews[i-1].Application != reviews[i].Application {
			unit++
		}
		x := int64(reviews[i].Points)
		if k != nil {
			score := reviews[i].Mark(k.Key).Score
			if score == NoScore {
				continue
			}
			x = int64(2 * score)
		}
		m.ratings[at[reviews[i].Person]][unit] = x
		rated[unit]++
	}
	for _, n := range rated {
		if n > 1 {
			m.Compared++
		}
	}
	return m
}

func decile(p figures.Points) int { return min(max(int(p)-1, 0)/1000, 9) }

// OneWay is the intraclass correlation of one rating, ICC(1), where each unit has raters of its own, and not all equally many:
// with the mean squares B between and W within the units of a one-way analysis of variance over the k units with two ratings
// or more, of n each and N in all,
//
//	(B − W) ÷ (B + (n₀ − 1)W)   n₀ = (N − Σn² ÷ N) ÷ (k − 1)
//
// (A. Donner, "A review of inference procedures for the intraclass correlation coefficient in the one-way random effects model",
// International Statistical Review 54, 1986.) With equally many it is that of Shrout and Fleiss.
func OneWay(ratings [][]int64) agreement.Measure {
	if len(ratings) == 0 {
		return agreement.Measure{Why: whyNoUnits}
	}
	k, n, squared, sum, squares, between := 0, 0.0, 0.0, 0.0, 0.0, 0.0
	for u := range ratings[0] {
		of, own := 0.0, 0.0
		for _, row := range ratings {
			if row[u] != agreement.Missing {
				of++
				own += float64(row[u])
			}
		}
		if of < 2 {
			continue
		}
		for _, row := range ratings {
			if row[u] != agreement.Missing {
				squares += (float64(row[u]) - own/of) * (float64(row[u]) - own/of)
			}
		}
		k++
		n, squared, sum, between = n+of, squared+of*of, sum+own, between+own*own/of
	}
	if k < 2 {
		return agreement.Measure{Why: whyNoUnits}
	}
	units := float64(k)
	b, w := max(0, between-sum*sum/n)/(units-1), squares/(n-units)
	size := (n - squared/n) / (units - 1)
	if b+(size-1)*w < figures.Hair {
		return agreement.Measure{Why: whyFlat}
	}
	return agreement.Measure{Value: (b - w) / (b + (size-1)*w)}
}

// Why a measure is not defined, in the words of the solver where it says them.
const (
	whyNoUnits  = "this needs two units or more that every rater has rated"
	whyNoPairs  = "no unit has two ratings or more"
	whyEqual    = "all ratings that can be compared are equal"
	whyOneRater = "this needs two raters or more"
	whyFlat     = "there is no variance to compare; it would divide by zero"
)

// Instance is what agreement is computed from, as `kervan solve` reads it: a row for each reviewer, a column for each
// application, neither with a name. The criterion is empty for the totals. Coordinators, officers and the chair may. Fault:
// NotFound, also where there are too few applications to compare.
func (s *Service) Instance(ctx context.Context, sc tenants.Scope, call ids.Call, criterion string) ([]byte, error) {
	a, err := s.compared(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	return a.instance(criterion)
}

// instance is that of the totals or of a criterion. Fault: NotFound.
func (a *Agreement) instance(criterion string) ([]byte, error) {
	i := slices.IndexFunc(a.Measured, func(m Measured) bool { return m.Key() == criterion })
	if i < 0 || !a.Measured[i].Enough() {
		return nil, fault.NotFound()
	}
	return a.Measured[i].instance()
}

func (m *Measured) instance() ([]byte, error) {
	rows := make([][]*json.Number, len(m.ratings))
	for j, row := range m.ratings {
		rows[j] = make([]*json.Number, len(row))
		for u, x := range row {
			if x != agreement.Missing {
				n := json.Number(strconv.FormatFloat(float64(x)/float64(m.fraction), 'f', -1, 64))
				rows[j][u] = &n
			}
		}
	}
	return json.Marshal(struct {
		Kind    string           `json:"kind"`
		Ratings [][]*json.Number `json:"ratings"`
	}{"agreement", rows})
}

// Answer is what the solver computes from the instance. Who may and the faults are those of Instance.
func (s *Service) Answer(ctx context.Context, sc tenants.Scope, call ids.Call, criterion string) ([]byte, error) {
	instance, err := s.Instance(ctx, sc, call, criterion)
	if err != nil {
		return nil, err
	}
	return solver.Solve(ctx, instance)
}

// ShowAdjusted lets adjusted means stand beside the raw ones in a call's ranking, or not any more; once more changes nothing.
// Coordinators may. Fault: NotFound.
func (s *Service) ShowAdjusted(ctx context.Context, sc tenants.Scope, call ids.Call, show bool) error {
	if err := s.policies.May(sc, policies.SelectionArrange, policies.On{}); err != nil {
		return err
	}
	if _, err := s.Calls.Call(ctx, sc, call); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		w, err := waysOf(ctx, tx, call)
		if err != nil || w.Adjusted == show {
			return err
		}
		w.Adjusted = show
		action := "adjustment.hidden"
		if show {
			action = "adjustment.shown"
		}
		tx.Audit(audit.Entry{Action: action, SubjectKind: "call", SubjectID: call.String()})
		return saveWays(ctx, tx, call, w)
	})
}
