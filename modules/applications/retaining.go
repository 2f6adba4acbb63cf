package applications

import (
	"context"
	"errors"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// RetainJob is the name of the job that erases, every night and in every network, the answers whose time is over.
const RetainJob = "applications.retain"

// Notice is how long before answers are erased the team is told, at least.
const Notice = 14 * 24 * time.Hour

// RegisterJobs registers what the queue does for this module.
func (s *Service) RegisterJobs(t *tenants.Tenants) { t.HandleEverywhere(RetainJob, s.Retain) }

// Erasure is the end of the time for which the answers of one class of an application are kept.
type Erasure struct {
	Application ids.Application
	Class       forms.Class
	Due         time.Time // zero: the application is not over
	Told        time.Time // when the team was told that it is coming; zero: not yet
	At          time.Time // when it was done; zero: not yet

	state         State
	version       int64
	organizations []ids.Organization
}

// Done reports whether the answers are erased.
func (e *Erasure) Done() bool { return !e.At.IsZero() }

// Expected is when they will be erased at the earliest, seen from now; the zero time while the application is not over.
func (e *Erasure) Expected(now time.Time) time.Time {
	if e.Due.IsZero() {
		return time.Time{}
	}
	told := e.Told
	if told.IsZero() {
		told = now
	}
	return later(e.Due, told.Add(Notice))
}

// Retain tells the network's team, a fortnight ahead, of the answers whose time will be over, and erases those whose time is: on
// the sheets of the applications, in what was handed in and in what was sent later, also of organizations that have left. Only
// the system may.
//
// An application is over when it was told to be ineligible, or rejected, declined, lapsed or withdrawn; a draft when nobody could
// hand in any more; one on the waiting list when that ends; an accepted one when its partnership has ended, or with the call's
// calendar where none came of it. Before that nothing is erased.
func (s *Service) Retain(ctx context.Context, sc tenants.Scope) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	calls, err := s.Calls.Keeping(ctx, sc)
	if err != nil {
		return err
	}
	now, err := clock(ctx, sc.Read())
	if err != nil {
		return err
	}
	var failed error
	for i := range calls {
		if ctx.Err() != nil {
			break
		}
		failed = errors.Join(failed, s.retain(ctx, sc, calls[i], now))
	}
	return errors.Join(failed, ctx.Err())
}

func (s *Service) retain(ctx context.Context, sc tenants.Scope, call Call, now time.Time) error {
	all, err := s.erasures(ctx, sc, call, now)
	if err != nil {
		return err
	}
	var coming []Erasure
	var failed error
	for _, e := range all {
		switch {
		case e.Done() || e.Due.IsZero() || now.Before(e.Due.Add(-Notice)):
		case e.Told.IsZero():
			coming = append(coming, e)
		case !now.Before(e.Expected(now)) && ctx.Err() == nil:
			failed = errors.Join(failed, s.erase(ctx, sc, e))
		}
	}
	return errors.Join(failed, s.tellComing(ctx, sc, call, coming))
}

// tellComing tells those who check applications, and may know of one of these, that answers are erased soon, and notes that they were told.
func (s *Service) tellComing(ctx context.Context, sc tenants.Scope, call Call, coming []Erasure) error {
	if len(coming) == 0 {
		return nil
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := noteTold(ctx, tx, coming); err != nil {
			return err
		}
		about := map[ids.Application][]ids.Organization{}
		for i := range coming {
			about[coming[i].Application] = coming[i].organizations
		}
		team, err := s.team(ctx, tx, about)
		if err != nil {
			return err
		}
		ring(tx, team, events.NotificationRequested{Key: "applications.notify.retention", Texts: map[string]i18n.Text{"Call": call.Title}, Path: retentionAddress(call.ID)})
		return nil
	})
}

// erase does it by the database's clock, unless the application has moved on or may be written again.
func (s *Service) erase(ctx context.Context, sc tenants.Scope, e Erasure) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, e.Application)
		if err != nil {
			return err
		}
		now, until, err := s.clock(ctx, tx, &a)
		if err != nil {
			return err
		}
		if a.State != e.state || a.Version != e.version || now.Before(e.Expected(now)) || a.Writable(now, until) {
			return nil
		}
		sheets, err := everySheet(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		answers, err := s.forms.Expire(ctx, tx, sheets, e.Class)
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "application.answers_erased", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"class": string(e.Class), "answers": answers}})
		tx.Announce(events.AnswersErased{Application: a.ID})
		return noteErased(ctx, tx, e, answers)
	})
}

// erasures are those of the call's applications but for some, of every class for which it sets a period.
func (s *Service) erasures(ctx context.Context, sc tenants.Scope, call Call, now time.Time, without ...ids.Application) ([]Erasure, error) {
	applications, err := everyOf(ctx, sc.Read(), call.ID)
	if err != nil {
		return nil, err
	}
	applications = slices.DeleteFunc(applications, func(a Application) bool { return slices.Contains(without, a.ID) })
	all, err := s.overviews(ctx, sc, applications, call)
	if err != nil {
		return nil, err
	}
	return s.erasuresOf(ctx, sc, all, now)
}

// erasuresOf are the erasures of applications, in as many queries for one as for many. What was done or told before an
// application was over for the last time does not count: it came back to life, and was written on.
func (s *Service) erasuresOf(ctx context.Context, sc tenants.Scope, all []Overview, now time.Time) ([]Erasure, error) {
	ends, err := s.ends(ctx, sc, all, now)
	if err != nil {
		return nil, err
	}
	applications := make([]ids.Application, len(all))
	for i := range all {
		applications[i] = all[i].ID
	}
	noted, err := notedErasures(ctx, sc.Read(), applications)
	if err != nil {
		return nil, err
	}
	var found []Erasure
	for i := range all {
		a := &all[i]
		for _, class := range forms.Expiring {
			e, end := noted[erasureKey{a.ID, class}], ends[a.ID]
			if end.IsZero() || e.Told.Before(end) {
				e = Erasure{}
			}
			months := a.Call.Keeps[class]
			if months == 0 && !e.Done() {
				continue
			}
			e.Application, e.Class, e.state, e.version, e.organizations = a.ID, class, a.State, a.Version, a.Application.Organizations()
			if !end.IsZero() && months > 0 {
				e.Due = end.In(zone(a.Call)).AddDate(0, months, 0)
			}
			found = append(found, e)
		}
	}
	return found, nil
}

// ends are the instants at which applications were over, of those that are.
func (s *Service) ends(ctx context.Context, sc tenants.Scope, all []Overview, now time.Time) (map[ids.Application]time.Time, error) {
	var accepted, closed []ids.Application
	var waiting []ids.Call
	for i := range all {
		switch a := &all[i]; a.State {
		case Accepted:
			accepted = append(accepted, a.ID)
		case Waiting:
			waiting = append(waiting, a.Application.Call)
		case Ineligible, Rejected, Declined, Lapsed, Withdrawn:
			closed = append(closed, a.ID)
		case Draft, Submitted, Returned, Eligible, InReview, Reviewed, Shortlisted, Selected:
		}
	}
	moves, err := lastMoves(ctx, sc.Read(), closed)
	if err != nil {
		return nil, err
	}
	partnerships, err := s.Partnerships.Ends(ctx, sc.Read(), accepted...)
	if err != nil {
		return nil, err
	}
	lists, err := s.Standings.WaitingUntil(ctx, sc.Read(), waiting...)
	if err != nil {
		return nil, err
	}
	ends := map[ids.Application]time.Time{}
	for i := range all {
		a := &all[i]
		end := moves[a.ID]
		switch a.State {
		case Draft:
			end = a.Until
		case Waiting:
			end = lists[a.Application.Call]
		case Ineligible:
			if end = later(end, a.ToldAt); a.ToldAt.IsZero() {
				end = time.Time{} // they do not know
			}
		case Accepted:
			var founded bool
			if end, founded = partnerships[a.ID]; !founded {
				end = a.Call.Over
			}
		default:
		}
		if !end.IsZero() && !now.Before(end) {
			ends[a.ID] = end
		}
	}
	return ends, nil
}
