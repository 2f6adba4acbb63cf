package applications

import (
	"context"
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// List shows the applications that the query finds, but for those in which the actor has a conflict of interest, and how
// many there are in all. Officers may, and the chair. Drafts are counted, never shown.
func (s *Service) List(ctx context.Context, sc tenants.Scope, q Query) ([]Overview, int, error) {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return nil, 0, err
	}
	var err error
	if q.without, err = s.Standings.Conflicted(ctx, sc); err != nil {
		return nil, 0, err
	}
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	n, err := count(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	found, err := s.overviews(ctx, sc, all)
	return found, n, err
}

// Published lists the calls by which officers filter. They may, and the chair.
func (s *Service) Published(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return nil, err
	}
	return s.Calls.Published(ctx, sc)
}

// Dossier is an application as it was handed in, to be read.
type Dossier struct {
	Overview
	Submission Submission
	Definition *forms.Definition
	Filled     map[ids.Sheet]forms.Filled // by the sheets of the parts and the joint sheet
	Documents  map[ids.Document]forms.Document
	Look       forms.Look
	Own        bool // read by its own people
}

// Dossier shows what was handed in to its own people, to officers and the chair without a conflict of interest, and to
// its reviewers. Answers about health, access and diet are shown to its own people and to those who check it. Fault:
// NotFound, also before it was handed in.
func (s *Service) Dossier(ctx context.Context, sc tenants.Scope, id ids.Application) (Dossier, error) {
	a, err := Find(ctx, sc.Read(), id)
	if err != nil {
		return Dossier{}, err
	}
	on, err := s.standing(ctx, sc, &a)
	if err != nil {
		return Dossier{}, err
	}
	if err := s.policies.May(sc, policies.ApplicationRead, on); err != nil {
		return Dossier{}, err
	}
	all, err := s.overviews(ctx, sc, []Application{a})
	if err != nil {
		return Dossier{}, err
	}
	d := Dossier{Overview: all[0], Own: mineOf(sc, &a) != nil, Filled: map[ids.Sheet]forms.Filled{}}
	var found bool
	if d.Submission, found, err = lastSubmission(ctx, sc.Read(), id); err != nil {
		return d, err
	}
	if !found {
		return d, fault.NotFound()
	}
	whole := d.Own || s.policies.May(sc, policies.ApplicationCheck, on) == nil
	d.Look = forms.Look{Special: whole, Financial: whole}
	return d, s.fill(ctx, sc, &d)
}

// fill reads the submitted answers and the names of their documents.
func (s *Service) fill(ctx context.Context, sc tenants.Scope, d *Dossier) error {
	version, err := s.forms.Version(ctx, sc, d.FormVersion)
	if err != nil {
		return err
	}
	d.Definition = version.Definition
	var copies []ids.Sheet
	for _, copied := range d.Submission.Copies {
		copies = append(copies, copied)
	}
	filled, err := s.forms.Filled(ctx, sc.Read(), copies...)
	if err != nil {
		return err
	}
	var documents []ids.Document
	for sheet, copied := range d.Submission.Copies {
		d.Filled[sheet] = filled[copied]
		documents = append(documents, documentsIn(d.Definition, filled[copied].Answers)...)
	}
	if d.Documents, err = s.Documents.Documents(ctx, sc, documents); err != nil {
		return err
	}
	d.Look.Document = func(id ids.Document) string { return d.Documents[id].Name }
	return nil
}

// standing is what policies must know of an application and the actor.
func (s *Service) standing(ctx context.Context, sc tenants.Scope, a *Application) (policies.On, error) {
	on := policies.On{Organizations: a.Organizations()}
	all, err := s.Standings.Standings(ctx, sc, []ids.Application{a.ID})
	on.Assigned, on.Conflicted = all[a.ID].Assigned, all[a.ID].Conflicted
	return on, err
}

// MayCheck reports whether the actor may check the application's eligibility.
func (s *Service) MayCheck(ctx context.Context, sc tenants.Scope, a *Application) bool {
	on, err := s.standing(ctx, sc, a)
	return err == nil && s.policies.May(sc, policies.ApplicationCheck, on) == nil
}

// check loads an application under lock for an officer who may check it.
func (s *Service) check(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, act func(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) error) error {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		on, err := s.standing(ctx, sc, &a)
		if err != nil {
			return err
		}
		if err := s.policies.May(sc, policies.ApplicationCheck, on); err != nil {
			return err
		}
		if version != 0 && a.Version != version {
			return fault.Conflict("fault.stale")
		}
		call, err := s.Calls.CallIn(ctx, tx, a.Call)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		before := a.State
		if err := act(ctx, tx, &a, call, now); err != nil {
			return err
		}
		return advance(ctx, tx, &a, before)
	})
}

// Check finds an application eligible, or ineligible for the reasons of those keys; the letter about the latter waits in
// the outbox. Coordinators and officers without a conflict of interest may. Faults: Invalid for a reason that the call
// does not know, Conflict when it is not to be checked or was changed, NotFound.
func (s *Service) Check(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, failed []string) error {
	return s.check(ctx, sc, id, version, func(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) error {
		verb, action := FindFit, "application.found_eligible"
		var reasons []i18n.Text
		for _, key := range failed {
			i := slices.IndexFunc(call.Eligibility, func(r blueprints.Reason) bool { return r.Key == key })
			if i < 0 {
				return fault.Invalid("fault.check_fields", fault.At("failed", "fault.choose"))
			}
			verb, action = FindUnfit, "application.found_ineligible"
			reasons = append(reasons, call.Eligibility[i].Reason)
		}
		after, ok := a.State.After(verb)
		if !ok {
			return fault.Conflict("applications.not_to_check")
		}
		a.State, a.CheckedAt, a.CheckedBy, a.Failed, a.Papers, a.PapersDue = after, now, sc.Actor().Person, failed, "", time.Time{}
		tx.Audit(audit.Entry{Action: action, SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"failed": failed}})
		tx.Announce(events.ApplicationChecked{Application: id, Call: a.Call, Eligible: verb == FindFit})
		if verb == FindFit {
			return nil
		}
		organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
		if err != nil {
			return err
		}
		return s.tellLeads(ctx, tx, a, call, "ineligible", organizations, letterValues{lists: map[string][]i18n.Text{"reasons": reasons}, hold: true})
	})
}

// AskForPapers reopens an application until the call's hours have passed, so that its people can hand in what is missing;
// they are told at once. Coordinators and officers without a conflict of interest may. Faults: Invalid without words,
// Conflict, NotFound.
func (s *Service) AskForPapers(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, papers string) error {
	return s.check(ctx, sc, id, version, func(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) error {
		if papers == "" {
			return fault.Invalid("fault.check_fields", fault.At("papers", "fault.required"))
		}
		after, ok := a.State.After(Return)
		if !ok {
			return fault.Conflict("applications.not_to_check")
		}
		a.State, a.Papers, a.PapersDue = after, papers, now.Add(time.Duration(call.PapersHours)*time.Hour)
		if err := unconfirm(ctx, tx, id); err != nil {
			return err
		}
		organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
		if err != nil {
			return err
		}
		tx.Audit(entry("application.papers_asked", id))
		if err := s.notify(ctx, tx, a, "applications.notify.papers", map[string]string{"Number": a.Number}); err != nil {
			return err
		}
		return s.tellLeads(ctx, tx, a, call, "papers", organizations, letterValues{args: map[string]string{"papers": papers}, times: map[string]time.Time{"due": a.PapersDue}})
	})
}

// FindEligible finds all of the applications eligible that can be, and tells how many were. Coordinators and officers
// may; those in which they have a conflict of interest are left out.
func (s *Service) FindEligible(ctx context.Context, sc tenants.Scope, all []ids.Application) (int, error) {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return 0, err
	}
	done := 0
	for _, id := range all {
		err := s.Check(ctx, sc, id, 0, nil)
		switch {
		case err == nil:
			done++
		case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindNotFound), fault.Is(err, fault.KindForbidden):
		default:
			return done, err
		}
	}
	return done, nil
}
