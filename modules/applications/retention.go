package applications

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Retention is what is erased of a call's applications, and when.
type Retention struct {
	Call    Call
	Calls   []Call // that promise to erase something, the newest first
	Running int    // applications that are not over
	Coming  []Lot  // the next first
	Done    []Lot  // the last first
}

// Lot is what is erased in one night.
type Lot struct {
	Day          time.Time // midnight in the call's zone
	Class        forms.Class
	Applications int
	Told         bool // the team was told of all of it
}

// Retention shows what is erased of a call's applications, and when, but for those in which the actor has a conflict of interest;
// without a call, of the newest one that promises it.
// Coordinators and officers may. Fault: NotFound for a call that is not published or promises nothing.
func (s *Service) Retention(ctx context.Context, sc tenants.Scope, call ids.Call) (Retention, error) {
	if err := s.policies.May(sc, policies.RetentionRead, policies.On{}); err != nil {
		return Retention{}, err
	}
	var r Retention
	var err error
	if r.Calls, err = s.Calls.Keeping(ctx, sc); err != nil {
		return r, err
	}
	if call.IsZero() && len(r.Calls) == 0 {
		return r, nil
	}
	i := slices.IndexFunc(r.Calls, func(c Call) bool { return call.IsZero() || c.ID == call })
	if i < 0 {
		return r, fault.NotFound()
	}
	r.Call = r.Calls[i]
	now := sc.Moment()
	conflicted, err := s.Standings.Conflicted(ctx, sc)
	if err != nil {
		return r, err
	}
	all, err := s.erasures(ctx, sc, r.Call, now, conflicted...)
	if err != nil {
		return r, err
	}
	r.gather(all, now)
	return r, nil
}

// gather puts together what is erased in the same night.
func (r *Retention) gather(all []Erasure, now time.Time) {
	running := map[ids.Application]bool{}
	in := zone(r.Call)
	for i := range all {
		switch e := &all[i]; {
		case e.Done():
			r.Done = put(r.Done, e, dayOf(e.At, in))
		case e.Due.IsZero():
			running[e.Application] = true
		default:
			r.Coming = put(r.Coming, e, dayOf(e.Expected(now), in))
		}
	}
	r.Running = len(running)
	order := func(a, b Lot) int { return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Class, b.Class)) }
	slices.SortFunc(r.Coming, order)
	slices.SortFunc(r.Done, func(a, b Lot) int { return order(b, a) })
}

func dayOf(t time.Time, in *time.Location) time.Time {
	y, m, d := t.In(in).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, in)
}

func put(lots []Lot, e *Erasure, day time.Time) []Lot {
	i := slices.IndexFunc(lots, func(l Lot) bool { return l.Class == e.Class && l.Day.Equal(day) })
	if i < 0 {
		i, lots = len(lots), append(lots, Lot{Day: day, Class: e.Class, Told: true})
	}
	lots[i].Applications++
	lots[i].Told = lots[i].Told && !e.Told.IsZero()
	return lots
}

// ended reports whether an application in this state can be over, so that the time for which its answers are kept runs.
func (s State) ended() bool {
	return slices.Contains([]State{Draft, Ineligible, Waiting, Rejected, Accepted, Declined, Lapsed, Withdrawn}, s)
}

// keptOf is until when the answers of an application are kept, for its own people.
func (s *Service) keptOf(ctx context.Context, sc tenants.Scope, o *Overview) ([]Erasure, error) {
	if len(o.Call.Keeps) == 0 || !o.Application.ForApplicants().ended() {
		return nil, nil
	}
	return s.erasuresOf(ctx, sc, []Overview{*o}, sc.Moment())
}

// erased are the erasures of an application that were done.
func erased(ctx context.Context, db reader, a *Application) ([]Erasure, error) {
	if !a.State.ended() {
		return nil, nil
	}
	noted, err := notedErasures(ctx, db, []ids.Application{a.ID})
	var done []Erasure
	for _, class := range forms.Expiring {
		if e := noted[erasureKey{a.ID, class}]; e.Done() {
			e.Application, e.Class = a.ID, class
			done = append(done, e)
		}
	}
	return done, err
}
