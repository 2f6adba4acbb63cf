package programs

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// year is how far a call is moved unless somebody says otherwise: 52 weeks, so that the weekdays stay.
const year = 52 * 7

// next proposes when the following call opens: whole years after this one, at the same time of day in the call's zone,
// and not in the past. A call without an opening has no proposal.
func (c *Call) next(now time.Time) time.Time {
	if c.OpensAt.IsZero() {
		return time.Time{}
	}
	opens := c.OpensAt.In(c.Location()).AddDate(0, 0, year)
	for opens.Before(now) {
		opens = opens.AddDate(0, 0, year)
	}
	return opens
}

// deadline is when a call that opens then closes: as many days after the opening as here, extensions aside, at the same
// time of day in the call's zone. A time that clocks leave out moves on with them.
func (c *Call) deadline(opens time.Time) time.Time {
	if c.OpensAt.IsZero() || c.FirstClosesAt.IsZero() {
		return time.Time{}
	}
	zone := c.Location()
	closes := c.FirstClosesAt.In(zone)
	y, m, d := opens.In(zone).Date()
	return time.Date(y, m, d+days(c.OpensAt.In(zone), closes), closes.Hour(), closes.Minute(), 0, 0, zone)
}

// days counts the calendar days from one time to another of the same zone.
func days(from, to time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

// BeginAgain makes a draft that has everything of an earlier call but its applications: texts, form, seats, criteria,
// documents, letters, places and money. It opens at the instant, which may be zero, and its deadline is moved with it, as are
// the days from which on the form requires or freezes answers, and the one until which accepted applicants answer.
// Coordinators and officers may. Faults: Invalid by field, NotFound.
func (s *Service) BeginAgain(ctx context.Context, sc tenants.Scope, from ids.Call, cycle string, opens time.Time) (Call, error) {
	earlier, err := s.forEdit(ctx, sc, from)
	if err != nil {
		return Call{}, err
	}
	if cycle == "" {
		return Call{}, fault.Invalid("fault.check_fields", fault.At("cycle", "fault.required"))
	}
	asked, err := s.Definition(ctx, sc, earlier)
	if err != nil {
		return Call{}, err
	}
	published, err := s.forms.Version(ctx, sc, earlier.FormVersion)
	if err != nil {
		return Call{}, err
	}
	before := published.Whole
	moved := events.CallBegunAgain{From: from, Zone: earlier.Zone}
	if zone := i18n.Zone(earlier.Zone); !opens.IsZero() && !earlier.OpensAt.IsZero() {
		moved.Days = days(earlier.OpensAt.In(zone), opens.In(zone))
		asked, before = asked.Shifted(moved.Days), before.Shifted(moved.Days)
	}
	c := earlier
	c.ID, c.Cycle, c.State, c.Version = ids.New[ids.Call](), cycle, Draft, 1
	c.OpensAt, c.ClosesAt, c.ClosedAt, c.PublishedAt = opens, time.Time{}, time.Time{}, time.Time{}
	if closes := earlier.deadline(opens); !opens.IsZero() && closes.After(opens) {
		c.ClosesAt = closes
	}
	c.FirstClosesAt = c.ClosesAt
	return c, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		in, err := cycleBeside(ctx, tx, from, cycle)
		if err != nil {
			return err
		}
		if c.Form, err = s.forms.Create(ctx, tx, cycle); err != nil {
			return err
		}
		version, err := s.forms.Publish(ctx, tx, c.Form, speaking(*before, c.Locales))
		if err != nil {
			return err
		}
		c.FormVersion = version.ID
		if err := s.redraft(ctx, tx, &c, func(d *forms.Definition) { *d = *asked }); err != nil {
			return err
		}
		if err := insert(ctx, tx, &c, in, sc.Actor().Person); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "call.begun_again", SubjectKind: "call", SubjectID: c.ID.String(), Detail: map[string]any{"from": from.String()}})
		tx.Announce(events.LineageMoved{Call: c.ID})
		if moved.Days != 0 {
			moved.Call = c.ID
			tx.Announce(moved)
		}
		return nil
	})
}

// forEdit is a call for those who may change calls.
func (s *Service) forEdit(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error) {
	if err := s.policies.May(sc, policies.CallEdit, policies.On{}); err != nil {
		return Call{}, err
	}
	return Find(ctx, sc.Read(), id)
}
