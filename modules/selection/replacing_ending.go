package selection

import (
	"context"
	"errors"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// WithdrawReplacement takes back what organizations were asked. Coordinators may, without a conflict of interest, until all have agreed.
// Faults: TooLate, Conflict, NotFound.
func (s *Service) WithdrawReplacement(ctx context.Context, sc tenants.Scope, id ids.Application, replacement ids.Replacement) error {
	p, err := s.Place(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.sweep(ctx, sc, p.Application.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		a, r, err := s.askedIn(ctx, tx, w, id, replacement)
		if err != nil {
			return err
		}
		r.State, r.EndedAt = ReplacementWithdrawn, w.now
		if err := endReplacement(ctx, tx, &r); err != nil {
			return err
		}
		tx.Audit(entry("place.replacement_withdrawn", id))
		return s.tellAsked(ctx, tx, w, &a, &r, p.Names, "replacement_withdrawn")
	})
}

// askedIn is a replacement of a place that can still be answered. Faults: TooLate, Conflict, NotFound.
func (s *Service) askedIn(ctx context.Context, tx *tenants.Tx, w *sitting, id ids.Application, replacement ids.Replacement) (Application, Replacement, error) {
	r, err := findReplacement(ctx, tx, replacement)
	if err == nil && r.Application != id {
		err = fault.NotFound()
	}
	if err != nil {
		return Application{}, r, err
	}
	switch r.At(w.now) {
	case ReplacementAsked:
		a, _, err := w.place(id)
		return a, r, err
	case ReplacementLapsed:
		return Application{}, r, fault.TooLate("selection.replacement.late")
	default:
		return Application{}, r, fault.Conflict("selection.replacement.ended")
	}
}

// overdue ends a replacement of the place that was not answered in time, so that another can be asked for before the job has noted it.
func (s *Service) overdue(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application) error {
	r, there, err := openFor(ctx, tx, a.ID)
	if err != nil || !there || r.At(w.now) != ReplacementLapsed {
		return err
	}
	return s.lapsed(ctx, tx, w, a, &r)
}

// overtake ends what is asked about a place that is given back or lost: those who were asked are told that they need not answer.
func (s *Service) overtake(ctx context.Context, tx *tenants.Tx, w *sitting, id ids.Application) error {
	r, there, err := openFor(ctx, tx, id)
	if err != nil || !there {
		return err
	}
	r.State, r.EndedAt = ReplacementOvertaken, w.now
	if err := endReplacement(ctx, tx, &r); err != nil {
		return err
	}
	tx.Audit(entry("place.replacement_overtaken", id))
	a, there := w.application(id)
	if !there {
		a = Application{ID: id, Call: r.Call}
	}
	names, err := s.namesAt(ctx, tx, &a, &r)
	return errors.Join(err, s.tellAsked(ctx, tx, w, &a, &r, names, "replacement_overtaken"))
}

// outrun ends what is asked about a place when one that is asked drops out of it: nobody could answer for that any more.
func (s *Service) outrun(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application, going []ids.Organization) error {
	if err := s.overdue(ctx, tx, w, a); err != nil {
		return err
	}
	r, there, err := openFor(ctx, tx, a.ID)
	if err != nil || !there || !slices.ContainsFunc(going, func(o ids.Organization) bool { return slices.Contains(r.Parties, o) }) {
		return err
	}
	return s.mooted(ctx, tx, w, a, &r)
}

// moot ends what is asked about a place that is taken by those who hold it.
func (s *Service) moot(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application) error {
	r, there, err := openFor(ctx, tx, a.ID)
	if err != nil || !there {
		return err
	}
	return s.mooted(ctx, tx, w, a, &r)
}

// mooted ends a replacement that cannot come about any more. Those who were asked are told that, but not why: it may be of another
// application.
func (s *Service) mooted(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application, r *Replacement) error {
	r.State, r.EndedAt = ReplacementMoot, w.now
	if err := endReplacement(ctx, tx, r); err != nil {
		return err
	}
	tx.Audit(entry("place.replacement_moot", a.ID))
	names, err := s.namesAt(ctx, tx, a, r)
	if err != nil {
		return err
	}
	return s.tellAsked(ctx, tx, w, a, r, names, "replacement_moot")
}

// namesAt are the names of all whom a replacement is about, as it stands in a transaction.
func (s *Service) namesAt(ctx context.Context, tx *tenants.Tx, a *Application, r *Replacement) (map[ids.Organization]string, error) {
	known, err := s.Seats.CameIn(ctx, tx, map[ids.Organization]time.Time{r.Coming: r.AskedAt, r.Leaving: r.AskedAt})
	names := map[ids.Organization]string{r.Coming: known[r.Coming].Name, r.Leaving: known[r.Leaving].Name}
	for _, o := range a.Organizations {
		names[o.ID] = o.Name
	}
	return names, err
}

// AskedReplacement is the argument of the job that ends a replacement which not all have answered.
type AskedReplacement struct {
	Replacement ids.Replacement `json:"replacement"`
	Call        ids.Call        `json:"call"`
}

const lapseReplacementJob = "selection.lapse_replacement"

// LapseReplacement ends a replacement that not all have answered in time, and tells those who were asked and the team. Only the system may.
// It is safe to repeat, and one that comes too early tries again later.
func (s *Service) LapseReplacement(ctx context.Context, sc tenants.Scope, args AskedReplacement) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return s.sweep(ctx, sc, args.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		r, err := findReplacement(ctx, tx, args.Replacement)
		if fault.Is(err, fault.KindNotFound) {
			return nil
		}
		if err != nil || r.State != ReplacementAsked {
			return err
		}
		if w.now.Before(r.Until) {
			tx.EnqueueAt(lapseReplacementJob, args, r.Until.Add(time.Second))
			return nil
		}
		a, there := w.application(r.Application)
		if !there {
			a = Application{ID: r.Application, Call: r.Call}
		}
		return s.lapsed(ctx, tx, w, &a, &r)
	})
}

func (s *Service) lapsed(ctx context.Context, tx *tenants.Tx, w *sitting, a *Application, r *Replacement) error {
	r.State, r.EndedAt = ReplacementLapsed, w.now
	if err := endReplacement(ctx, tx, r); err != nil {
		return err
	}
	tx.Audit(entry("place.replacement_lapsed", a.ID))
	names, err := s.namesAt(ctx, tx, a, r)
	if err != nil {
		return err
	}
	if err := s.tellAsked(ctx, tx, w, a, r, names, "replacement_over"); err != nil {
		return err
	}
	if len(a.Organizations) == 0 {
		return nil // it was withdrawn, and who belongs to it is not known any more
	}
	return s.tellOfficers(ctx, tx, *a, "selection.notify.replacement_lapsed")
}
