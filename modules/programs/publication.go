package programs

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Publish opens the call from its first instant on, with the form as it is drafted. The coordinator may, when nothing is
// missing and what it opens with is signed: by a coordinator, and before the network's first call by the core team. It
// cannot be undone.
// Faults: Conflict when something is missing or it is published already, NotFound.
func (s *Service) Publish(ctx context.Context, sc tenants.Scope, id ids.Call, version int64) error {
	return s.change(ctx, sc, policies.CallOpen, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, now time.Time) error {
		if c.State != Draft {
			return fault.Conflict("programs.published")
		}
		draft, err := s.forms.Draft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		needs, err := s.lacking(ctx, sc, c, draft.Definition, now)
		if err != nil {
			return err
		}
		if !Ready(needs) {
			return fault.Conflict("programs.not_ready")
		}
		published, err := s.forms.PublishDraft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		c.FormVersion = published.ID
		c.State, c.PublishedAt = Published, now
		tx.Audit(entry("call.published", id))
		tx.Announce(events.CallPublished{Call: id})
		return logChange(ctx, tx, id, Change{Kind: "opened", After: c.ClosesAt.Format(time.RFC3339)})
	})
}

// Extend moves the deadline for all to a later instant; those who are writing are told by a mail. The coordinator may.
// Faults: Invalid by field, Conflict when the call is not open, NotFound.
func (s *Service) Extend(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, until time.Time, reason string) error {
	return s.change(ctx, sc, policies.CallOpen, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, now time.Time) error {
		if err := c.extension(until, now, reason); err != nil {
			return err
		}
		people, err := s.applications.Applying(ctx, sc, id)
		if err != nil {
			return err
		}
		letter, _ := c.Letter("extension")
		before := c.ClosesAt
		c.ClosesAt = until
		for _, person := range people {
			tx.Announce(events.NotificationRequested{
				Person: person, Key: "programs.notify.extended", Path: "/calls/" + id.String(),
				Texts: map[string]i18n.Text{"Call": c.Title},
			})
			tx.Announce(events.MailRequested{
				Kind: "programs.mail.extension", Person: person, Path: "/calls/" + id.String(), AboutKind: "call", AboutID: id.String(),
				Subject: letter.Subject, Body: letter.Body, Args: map[string]string{"reason": reason},
				Texts: map[string]i18n.Text{"call": c.Title}, Times: map[string]time.Time{"deadline": until}, Zone: c.Zone,
			})
		}
		tx.Announce(events.CallMoved{Call: id})
		tx.Audit(audit.Entry{Action: "call.extended", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"from": before, "to": until, "told": len(people)}})
		return logChange(ctx, tx, id, Change{Kind: "extended", Before: before.Format(time.RFC3339), After: until.Format(time.RFC3339), Reason: reason})
	})
}

// Close ends an open call before its deadline. The coordinator may. Faults: Invalid without a reason, Conflict when it is
// not open, NotFound.
func (s *Service) Close(ctx context.Context, sc tenants.Scope, id ids.Call, version int64, reason string) error {
	return s.change(ctx, sc, policies.CallOpen, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, now time.Time) error {
		if phase := c.Phase(now); phase != PhaseOpen && phase != PhaseAnnounced {
			return fault.Conflict("programs.not_open")
		}
		if reason == "" {
			return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
		}
		c.State, c.ClosedAt = Closed, now
		tx.Announce(events.CallMoved{Call: id})
		tx.Audit(audit.Entry{Action: "call.closed", SubjectKind: "call", SubjectID: id.String()})
		return logChange(ctx, tx, id, Change{Kind: "closed", Reason: reason})
	})
}

// PermitLate lets one organization hand in until a later instant than all others; its leads are told. Coordinators and
// officers may, for a published call. Faults: Invalid by field, Conflict, NotFound.
func (s *Service) PermitLate(ctx context.Context, sc tenants.Scope, id ids.Call, l Late) error {
	if err := s.policies.May(sc, policies.CallLateLink, policies.On{}); err != nil {
		return err
	}
	found, err := s.organizations.Applicants(ctx, sc, l.Organization)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		c, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if l.GivenAt, err = tx.Now(ctx); err != nil {
			return err
		}
		if c.State == Draft {
			return fault.Conflict("programs.not_open")
		}
		applicant, ok := found[l.Organization]
		if bad := l.check(c, ok); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		for _, lead := range applicant.Leads {
			tx.Announce(events.MailRequested{
				Kind: "programs.mail.late", Person: lead, Path: "/calls/" + id.String(), AboutKind: "call", AboutID: id.String(),
				Args:  map[string]string{"Organization": applicant.Name},
				Texts: map[string]i18n.Text{"Call": c.Title}, Times: map[string]time.Time{"Until": l.Until}, Zone: c.Zone,
			})
		}
		tx.Audit(audit.Entry{Action: "call.late_permitted", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"organization": l.Organization.String(), "until": l.Until}})
		return permit(ctx, tx, id, l)
	})
}

func (l *Late) check(c Call, known bool) []fault.Field {
	var bad []fault.Field
	if !known {
		bad = append(bad, fault.At("organization", "fault.choose"))
	}
	if !l.Until.After(l.GivenAt) || !l.Until.After(c.ClosesAt) {
		bad = append(bad, fault.At("until_date", "programs.extension.later"))
	}
	if l.Reason == "" {
		bad = append(bad, fault.At("reason", "fault.required"))
	}
	return bad
}

// RevokeLate takes a late permission back. Coordinators and officers may. Fault: NotFound.
func (s *Service) RevokeLate(ctx context.Context, sc tenants.Scope, id ids.Call, organization ids.Organization) error {
	if err := s.policies.May(sc, policies.CallLateLink, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		there, err := revokeLate(ctx, tx, id, organization)
		if err != nil {
			return err
		}
		if !there {
			return fault.NotFound()
		}
		tx.Audit(audit.Entry{Action: "call.late_revoked", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"organization": organization.String()}})
		return nil
	})
}

// Overview is a call with what those who run it see around it.
type Overview struct {
	Call       Call
	Needs      []Need
	Changes    []Change
	Lates      []Late
	Applicants map[ids.Organization]Applicant // those of the late permissions
	Newest     int                            // version of the call's blueprint
	Now        time.Time
}

// Overview shows a call's state, what it still needs, its log and its late permissions. Officers may, and the chair.
func (s *Service) Overview(ctx context.Context, sc tenants.Scope, id ids.Call) (Overview, error) {
	c, err := s.Call(ctx, sc, id)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Call: c, Now: time.Now()}
	if o.Newest, err = s.library.NewestNumber(ctx, c.Blueprint); err != nil {
		return o, err
	}
	if c.State == Draft {
		asked, err := s.Definition(ctx, sc, c)
		if err != nil {
			return o, err
		}
		if o.Needs, err = s.lacking(ctx, sc, &c, asked, o.Now); err != nil {
			return o, err
		}
	}
	if o.Changes, err = changes(ctx, sc.Read(), id); err != nil {
		return o, err
	}
	if o.Lates, err = lates(ctx, sc.Read(), id); err != nil || len(o.Lates) == 0 {
		return o, err
	}
	var permitted []ids.Organization
	for _, l := range o.Lates {
		permitted = append(permitted, l.Organization)
	}
	o.Applicants, err = s.organizations.Applicants(ctx, sc, permitted...)
	return o, err
}

// Applicants are the organizations to which a late permission may be given. Coordinators and officers may see them.
func (s *Service) Applicants(ctx context.Context, sc tenants.Scope) (map[ids.Organization]Applicant, error) {
	if err := s.policies.May(sc, policies.CallLateLink, policies.On{}); err != nil {
		return nil, err
	}
	return s.organizations.Applicants(ctx, sc)
}
