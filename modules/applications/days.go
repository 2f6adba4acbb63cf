package applications

import (
	"context"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// asked is a form as an application is asked it: on the day in the call's zone, or, once it can no longer be written, on the
// day on which it was handed in. What is required since then was never asked of it.
func asked(d *forms.Definition, o *Overview, now time.Time) (*forms.Definition, i18n.Day) {
	if a := &o.Application; !a.SubmittedAt.IsZero() && !a.Writable(now, o.Until) {
		now = a.SubmittedAt
	}
	day := i18n.DayOf(now, zone(o.Call))
	return d.On(day), day
}

// askedIn is asked inside a write, by the database's clock, for an application that can be written.
func (s *Service) askedIn(ctx context.Context, tx *tenants.Tx, a *Application) (*forms.Definition, i18n.Day, error) {
	version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
	if err != nil || !version.Definition.Dated() {
		return version.Definition, "", err
	}
	call, err := s.Calls.Held(ctx, tx, a.Call)
	if err != nil {
		return nil, "", err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, "", err
	}
	day := i18n.DayOf(now, zone(call))
	return version.Definition.On(day), day, nil
}

// gate is what of a sheet may be written just now.
type gate struct {
	definition *forms.Definition
	whole      *forms.Definition
	later      bool                  // it is the time for what only accepted applicants are asked, and for nothing else
	open       func(ref string) bool // where papers were asked for
	day        i18n.Day              // on which questions may be frozen; empty where papers were asked for: officers decide then
}

// gate tells which questions of a sheet may be answered in this write.
func (s *Service) gate(ctx context.Context, tx *tenants.Tx, a *Application, sheet ids.Sheet) (gate, error) {
	version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
	if err != nil {
		return gate{}, err
	}
	whole := version.Whole
	if a.State == Accepted {
		return gate{whole, whole, true, whole.IsLater, ""}, nil
	}
	d, day, err := s.askedIn(ctx, tx, a)
	if err != nil {
		return gate{}, err
	}
	if a.State != Returned {
		return gate{d, whole, false, func(string) bool { return true }, day}, nil
	}
	if a.Asked, err = askedOf(ctx, tx, a.ID); err != nil {
		return gate{}, err
	}
	filled, err := s.forms.Filled(ctx, tx, sheet)
	if err != nil {
		return gate{}, err
	}
	open, err := s.open(ctx, tx, d, a, sheet, filled[sheet].Answers)
	return gate{d, whole, false, open, ""}, err
}

// shut refuses what is not asked, or not open, just now. Faults: NotFound, Conflict.
func (g *gate) shut(ref string) error {
	switch {
	case !g.later && g.whole.IsLater(ref):
		return fault.NotFound()
	case !g.open(ref):
		return fault.Conflict("applications.question_closed")
	default:
		return nil
	}
}
