package applications

import (
	"context"
	"slices"
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

// LaterList is how far the accepted applications of a call are with what only they are asked.
type LaterList struct {
	Call  Call
	Calls []Call // that ask something later, the newest first
	Due   time.Time
	Whole *forms.Definition // the form of the call's applications; nil where no call asks anything later
	Rows  []LaterRow
	Look  forms.Look // of the reader
}

// LaterRow is one sheet of one application.
type LaterRow struct {
	Overview *Overview
	LaterSheet

	Whole    *forms.Definition // the form of the application
	Reminded time.Time         // zero: never
}

// Name is whose sheet it is.
func (r *LaterRow) Name() string {
	if r.Part == nil {
		return r.Overview.Name()
	}
	return r.Overview.Organizations[r.Part.Organization].Name
}

// LaterList lists them, but for those in which the actor has a conflict of interest; without a call, those of the newest one
// that asks something later. Coordinators and officers may. Fault: NotFound for a call that is not published.
func (s *Service) LaterList(ctx context.Context, sc tenants.Scope, call ids.Call) (LaterList, error) {
	if err := s.policies.May(sc, policies.LaterList, policies.On{}); err != nil {
		return LaterList{}, err
	}
	l := LaterList{Look: lookOf(sc, false, true)}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return l, err
	}
	if l.Calls, err = s.asking(ctx, sc, calls); err != nil {
		return l, err
	}
	if call.IsZero() && len(l.Calls) > 0 {
		call = l.Calls[0].ID
	}
	if call.IsZero() {
		return l, nil
	}
	i := slices.IndexFunc(calls, func(c Call) bool { return c.ID == call })
	if i < 0 {
		return l, fault.NotFound()
	}
	l.Call = calls[i]
	dues, err := laterDues(ctx, sc.Read(), call)
	if err != nil {
		return l, err
	}
	l.Due = dues[call]
	return l, s.laterRows(ctx, sc, &l)
}

// asking are those of the calls whose forms ask something later.
func (s *Service) asking(ctx context.Context, sc tenants.Scope, calls []Call) ([]Call, error) {
	versions := make([]ids.FormVersion, len(calls))
	for i := range calls {
		versions[i] = calls[i].FormVersion
	}
	asks, err := forms.AskingLater(ctx, sc.Read(), versions...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return !asks[c.FormVersion] }), nil
}

func (s *Service) laterRows(ctx context.Context, sc tenants.Scope, l *LaterList) error {
	q := Query{Call: l.Call.ID, State: Accepted}
	var err error
	if q.without, err = s.Standings.Conflicted(ctx, sc); err != nil {
		return err
	}
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return err
	}
	overviews, err := s.overviews(ctx, sc, all, l.Call)
	if err != nil {
		return err
	}
	version, err := s.forms.Version(ctx, sc, l.Call.FormVersion)
	if err != nil {
		return err
	}
	l.Whole = version.Whole
	whole := map[ids.FormVersion]*forms.Definition{}
	of := make([]ids.Application, len(all))
	for i := range all {
		v, err := s.forms.Version(ctx, sc, all[i].FormVersion)
		if err != nil {
			return err
		}
		whole[v.ID], of[i] = v.Whole, all[i].ID
	}
	sheets, err := s.laterSheets(ctx, sc.Read(), all, whole)
	if err != nil {
		return err
	}
	over, err := s.Partnerships.Over(ctx, sc.Read(), of...)
	if err != nil {
		return err
	}
	reminded, err := reminders(ctx, sc.Read(), of)
	for i := range overviews {
		for _, one := range sheets[all[i].ID] {
			if over[all[i].ID] && one.Sent.ID.IsZero() {
				continue // is asked no more
			}
			row := LaterRow{Overview: &overviews[i], LaterSheet: one, Whole: whole[all[i].FormVersion]}
			for _, o := range row.organizations() {
				row.Reminded = later(row.Reminded, reminded[all[i].ID][o])
			}
			l.Rows = append(l.Rows, row)
		}
	}
	return err
}

// organizations are those that fill the sheet.
func (r *LaterRow) organizations() []ids.Organization {
	if r.Part == nil {
		return r.Overview.Application.Organizations()
	}
	return []ids.Organization{r.Part.Organization}
}

// SetLaterDue sets until when a call's accepted applicants may answer what only they are asked; the zero time sets no end.
// Coordinators and officers may. Faults: NotFound, Invalid for what is past.
func (s *Service) SetLaterDue(ctx context.Context, sc tenants.Scope, call ids.Call, due time.Time) error {
	if err := s.policies.May(sc, policies.LaterManage, policies.On{}); err != nil {
		return err
	}
	if _, err := s.call(ctx, sc, call); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if !due.IsZero() && !due.After(now) {
			return fault.Invalid("fault.check_fields", fault.At("due", "applications.later.due_past"))
		}
		dues, err := laterDues(ctx, tx, call)
		if err != nil {
			return err
		}
		detail := map[string]any{}
		for when, at := range map[string]time.Time{"before": dues[call], "after": due} {
			if !at.IsZero() {
				detail[when] = at.UTC().Format(time.RFC3339)
			}
		}
		tx.Audit(audit.Entry{Action: "call.later_due", SubjectKind: "call", SubjectID: call.String(), Detail: detail})
		return setLaterDue(ctx, tx, call, due)
	})
}

// TakeLater is LaterList for somebody who takes the answers away; where some are delicate, that goes into the trail. Who may
// both list and export may. Fault: NotFound.
func (s *Service) TakeLater(ctx context.Context, sc tenants.Scope, call ids.Call) (LaterList, error) {
	if err := s.MayExport(sc); err != nil {
		return LaterList{}, err
	}
	l, err := s.LaterList(ctx, sc, call)
	if err != nil {
		return l, err
	}
	var delicate []string
	for i := range l.Rows {
		if row := &l.Rows[i]; !row.Sent.ID.IsZero() && row.Whole.Later().Delicate() {
			delicate = append(delicate, row.Overview.ID.String())
		}
	}
	if len(delicate) == 0 {
		return l, nil
	}
	return l, sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "call.later_taken", SubjectKind: "call", SubjectID: l.Call.ID.String(), Detail: about(delicate)})
		return nil
	})
}

// about is the detail of an entry about some applications. It names them and does not say how many: whoever must not know of one of
// them does not read of it, and compares no number with what is shown to them.
func about(applications []string) map[string]any {
	slices.Sort(applications)
	return map[string]any{audit.Among: slices.Compact(applications)}
}

// callBegunAgain moves until when accepted applicants answer along with a call that was made from an earlier one.
func (*Service) callBegunAgain(ctx context.Context, sc tenants.Scope, e events.CallBegunAgain) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		dues, err := laterDues(ctx, tx, e.From, e.Call)
		if err != nil || dues[e.From].IsZero() || !dues[e.Call].IsZero() {
			return err
		}
		return setLaterDue(ctx, tx, e.Call, dues[e.From].In(i18n.Zone(e.Zone)).AddDate(0, 0, e.Days))
	})
}

// RemindLater writes to the leads of organizations that have not sent what only they are asked, but not to those who were
// reminded less than a day ago, and tells how many organizations it reminded. Coordinators and officers may. Faults: TooLate
// after the due day, NotFound.
func (s *Service) RemindLater(ctx context.Context, sc tenants.Scope, call ids.Call) (int, error) {
	if err := s.policies.May(sc, policies.LaterManage, policies.On{}); err != nil {
		return 0, err
	}
	l, err := s.LaterList(ctx, sc, call)
	if err != nil {
		return 0, err
	}
	if l.Call.ID.IsZero() {
		return 0, fault.NotFound()
	}
	var told []string
	reminded, of := 0, make([]ids.Application, len(l.Rows))
	for i := range l.Rows {
		of[i] = l.Rows[i].Overview.ID
	}
	return reminded, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if !l.Due.IsZero() && !now.Before(l.Due) {
			return fault.TooLate("applications.later.late")
		}
		sent, err := sendings(ctx, tx, of...) // meanwhile somebody may have sent theirs
		if err != nil {
			return err
		}
		over, err := s.Partnerships.Over(ctx, tx, of...)
		if err != nil {
			return err
		}
		reminded, told = 0, nil
		for i := range l.Rows {
			row := &l.Rows[i]
			if !sent[row.Sheet].ID.IsZero() || over[row.Overview.ID] {
				continue
			}
			for _, o := range row.organizations() {
				if may, err := remindable(ctx, tx, row.Overview.ID, o); err != nil || !may {
					if err != nil {
						return err
					}
					continue
				}
				reminded++
				told = append(told, row.Overview.ID.String())
				key := "later_reminder"
				if !l.Due.IsZero() {
					key = "later_reminder_by"
				}
				if err := s.tellLater(ctx, tx, &row.Overview.Application, l.Call, key, l.Due, o); err != nil {
					return err
				}
			}
		}
		if reminded > 0 {
			tx.Audit(audit.Entry{Action: "call.later_reminded", SubjectKind: "call", SubjectID: l.Call.ID.String(), Detail: about(told)})
		}
		return nil
	})
}

// LaterAnswers is what was sent of one sheet.
type LaterAnswers struct {
	LaterSheet

	Whole *forms.Definition
}

// Answers are those that count, with what they stand upon.
func (l *LaterAnswers) Answers() forms.Answers { return l.counts }

// laterSent is what was sent beside an application: all of it for those of the network's side who may read it, and for its
// own people what is theirs. Reviewers have no use for it.
func (s *Service) laterSent(ctx context.Context, sc tenants.Scope, a *Application, on policies.On) ([]LaterAnswers, error) {
	if a.State != Accepted {
		return nil, nil
	}
	version, err := s.forms.Version(ctx, sc, a.FormVersion)
	if err != nil || !version.Whole.AsksLater() {
		return nil, err
	}
	mine, team := mineOf(sc, a), s.policies.May(sc, policies.LaterRead, on) == nil
	if len(mine) == 0 && !team {
		return nil, nil
	}
	all, err := s.laterSheets(ctx, sc.Read(), []Application{*a}, map[ids.FormVersion]*forms.Definition{a.FormVersion: version.Whole})
	if err != nil {
		return nil, err
	}
	var found []LaterAnswers
	for _, l := range all[a.ID] {
		if theirs := l.Part == nil || isOne(mine, l.Part); len(mine) > 0 && theirs || len(mine) == 0 {
			found = append(found, LaterAnswers{l, version.Whole})
		}
	}
	return found, nil
}
