package selection

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/figures"
	"kervan/modules/solver"
	"kervan/tenants"
)

// Keeping is why it was kept how far reviewers agree.
type Keeping string

// The reasons to keep an agreement: the list of decisions was closed, a meeting of the panel ended, somebody wanted it.
const (
	KeptClosed  Keeping = "closed"
	KeptMeeting Keeping = "meeting"
	KeptByHand  Keeping = "hand"
)

// MostKept is how many agreements of a call are kept by hand at most.
const MostKept = 50

// KeptLine is a kept agreement in the list of those of its call.
type KeptLine struct {
	ID       ids.Run
	At       time.Time
	Why      Keeping
	By       ids.Person // who closed the list, ended the meeting or wanted it; zero: nobody in person
	Compared int        // applications with two totals or more, of those that the reader may know of
}

// kept is what was kept: the ratings of all, whoever keeps them or reads them.
type kept struct {
	KeptLine

	call         ids.Call
	applications []ids.Application // the columns of the instances
	reviewers    []ids.Person      // the rows
	rated        []int64           // how many totals there are of each application
	instances    map[string]keptInstance
}

// keptInstance is an instance as the command solve reads it; nil is no rating.
type keptInstance struct {
	Kind    string       `json:"kind"`
	Ratings [][]*float64 `json:"ratings"`
}

// reviews are what was kept of the applications that somebody may read, by application.
func (k *kept) reviews(readable func(ids.Application) bool) []Review {
	var found []Review
	for u, application := range k.applications {
		if !readable(application) {
			continue
		}
		for j, person := range k.reviewers {
			total := k.at("", j, u)
			if total == nil {
				continue
			}
			r := Review{Call: k.call, Application: application, Person: person, State: ReviewSubmitted, Points: figures.Points(math.Round(100 * *total)), Marks: map[string]Mark{}}
			for key := range k.instances {
				if score := k.at(key, j, u); key != "" && score != nil {
					r.Marks[key] = Mark{Score: *score}
				}
			}
			found = append(found, r)
		}
	}
	return found
}

func (k *kept) at(key string, rater, unit int) *float64 {
	rows := k.instances[key].Ratings
	if rater >= len(rows) || unit >= len(rows[rater]) {
		return nil
	}
	return rows[rater][unit]
}

// readable tells of which applications somebody may read what reviews say: those in which they have no conflict of interest and of
// which they owe no review, withdrawn ones among them.
func (f *field) readable(all []Review, person ids.Person) func(ids.Application) bool {
	grouped := byApplication(all)
	return func(id ids.Application) bool {
		return !slices.Contains(f.without, id) && !owes(grouped[id], person)
	}
}

// lines list those of which enough can be compared by who may read that much: the others would tell that there is more than that.
func lines(all []kept, readable func(ids.Application) bool) []KeptLine {
	var found []KeptLine
	for i := range all {
		line := all[i].KeptLine
		for u, application := range all[i].applications {
			if all[i].rated[u] > 1 && readable(application) {
				line.Compared++
			}
		}
		if line.Compared >= LeastCompared {
			found = append(found, line)
		}
	}
	return found
}

// same reports whether nothing has changed between two.
func (k *kept) same(other *kept) bool {
	return slices.Equal(k.applications, other.applications) && slices.Equal(k.reviewers, other.reviewers) && reflect.DeepEqual(k.instances, other.instances)
}

// keepRatings keeps the ratings of all applications of a call at this moment of a transaction, hidden ones too, where there are
// enough to compare.
func keepRatings(ctx context.Context, tx *tenants.Tx, call Call, all []Application, why Keeping, now time.Time) error {
	k, err := ratingsNow(ctx, tx, call, all, why, now)
	if err != nil || k.ID.IsZero() {
		return err
	}
	return insertKept(ctx, tx, &k)
}

// ratingsNow are those ratings; none where there are too few to compare.
func ratingsNow(ctx context.Context, tx *tenants.Tx, call Call, all []Application, why Keeping, now time.Time) (kept, error) {
	reviews, err := scoredReviews(ctx, tx, call.ID)
	if err != nil {
		return kept{}, err
	}
	f := field{Call: call, Applications: all}
	reviews = f.open(reviews, ids.Person{})
	a := agreementOf(call, reviews)
	if !a.Enough() {
		return kept{}, nil
	}
	k := kept{KeptLine: KeptLine{ID: ids.New[ids.Run](), At: now, Why: why, By: tx.Scope().Actor().Person}, call: call.ID, instances: map[string]keptInstance{}}
	k.applications, k.reviewers = sides(reviews)
	grouped := byApplication(reviews)
	for _, application := range k.applications {
		k.rated = append(k.rated, int64(len(grouped[application])))
	}
	for i := range a.Measured {
		b, err := a.Measured[i].instance()
		if err != nil {
			return kept{}, err
		}
		var in keptInstance
		if err := json.Unmarshal(b, &in); err != nil {
			return kept{}, fmt.Errorf("selection: read instance: %w", err)
		}
		k.instances[a.Measured[i].Key()] = in
	}
	return k, nil
}

// KeepAgreement keeps how far the reviewers of a call agree just now, so that anybody who may read it can compute it anew later. The
// ratings of all applications are kept; each reader is shown those that they may know of. Where nothing has changed since it was kept last,
// it is that one. Coordinators, officers and the chair may.
// Faults: Conflict where too few can be compared of what the actor may read, and once MostKept are kept by hand; NotFound.
func (s *Service) KeepAgreement(ctx context.Context, sc tenants.Scope, call ids.Call) (ids.Run, error) {
	a, err := s.compared(ctx, sc, call)
	if err != nil {
		return ids.Run{}, err
	}
	if !a.Enough() {
		return ids.Run{}, fault.Conflict("selection.agreement.few")
	}
	all, err := s.Applications.InSelection(ctx, sc, a.Call)
	if err != nil {
		return ids.Run{}, err
	}
	var k kept
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockSelection(ctx, tx, a.Call); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if k, err = ratingsNow(ctx, tx, a.Call, all, KeptByHand, now); err != nil {
			return err
		}
		if k.ID.IsZero() { // reviews were taken back in the meantime
			return fault.Conflict("selection.agreement.few")
		}
		last, err := lastKept(ctx, tx, call)
		if err != nil {
			return err
		}
		if k.same(&last) {
			k = last
			return nil
		}
		n, err := countKept(ctx, tx, call)
		if err != nil {
			return err
		}
		if n >= MostKept {
			return fault.Conflict("selection.kept.full")
		}
		if err := insertKept(ctx, tx, &k); err != nil {
			return err
		}
		// It is about all that it holds: who must not know of one of these does not read in the trail that there was enough to keep.
		tx.Audit(audit.Entry{Action: "agreement.kept", SubjectKind: "kept_agreement", SubjectID: k.ID.String(), Detail: map[string]any{audit.Among: texts(k.applications)}})
		return nil
	})
	return k.ID, err
}

// Kept is a kept agreement as one person may read it: computed from the ratings of the applications that they may know of and owe
// no review of.
type Kept struct {
	Agreement
	KeptLine

	Columns []Application // of its instances, in their order; without a number: it was withdrawn since
	Rows    []ids.Person
}

// KeptAgreement shows one that was kept of a call. Coordinators, officers and the chair may. Fault: NotFound, also where too few can
// be compared of what the actor may read.
func (s *Service) KeptAgreement(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (Kept, error) {
	k, reviews, err := s.kept(ctx, sc, call, id)
	if err != nil {
		return Kept{}, err
	}
	k.Kept = []KeptLine{k.KeptLine}
	return k, s.work(ctx, sc, &k.Agreement, reviews)
}

// kept is KeptAgreement before anything is computed, and the reviews from which it is.
func (s *Service) kept(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run) (Kept, []Review, error) {
	f, all, err := s.comparing(ctx, sc, call)
	if err != nil {
		return Kept{}, nil, err
	}
	found, err := findKept(ctx, sc.Read(), call, id)
	if err != nil {
		return Kept{}, nil, err
	}
	reviews := found.reviews(f.readable(all, sc.Actor().Person))
	k := Kept{Agreement: agreementOf(f.Call, reviews), KeptLine: found.KeptLine}
	if !k.Enough() {
		return Kept{}, nil, fault.NotFound()
	}
	k.Compared, k.path = k.Measured[0].Compared, keptPath(id)
	columns, rows := sides(reviews)
	k.Rows = rows
	for _, id := range columns {
		a, there := f.application(id)
		if !there {
			a = Application{ID: id, Call: call}
		}
		k.Columns = append(k.Columns, a)
	}
	return k, reviews, nil
}

// keptPath is where a kept agreement is below its call's selection.
func keptPath(id ids.Run) string { return "agreement/kept/" + id.String() }

// KeptInstance is what a kept agreement is computed from, as Instance is. Who may and the faults are those of KeptAgreement, and
// NotFound where there is too little of a criterion to compare.
func (s *Service) KeptInstance(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run, criterion string) ([]byte, error) {
	k, _, err := s.kept(ctx, sc, call, id)
	if err != nil {
		return nil, err
	}
	return k.instance(criterion)
}

// KeptAnswer is what the solver computes from that instance. Who may and the faults are those of KeptInstance.
func (s *Service) KeptAnswer(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Run, criterion string) ([]byte, error) {
	instance, err := s.KeptInstance(ctx, sc, call, id, criterion)
	if err != nil {
		return nil, err
	}
	return solver.Solve(ctx, instance)
}
