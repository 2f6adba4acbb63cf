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
	"kervan/policies"
	"kervan/tenants"
)

// Papers is what an officer asks for: in words, and which questions of which sheets are open again for it.
type Papers struct {
	Words     string
	Questions map[ids.Sheet][]string
}

// AskForPapers reopens those questions of an application, and no others, until the call's hours have passed, so that its
// people can hand in what is missing; they are told at once. Coordinators and officers without a conflict of interest may.
// Faults: Invalid without words or questions, Conflict, NotFound.
func (s *Service) AskForPapers(ctx context.Context, sc tenants.Scope, id ids.Application, version int64, p Papers) error {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return err
	}
	return s.check(ctx, sc, id, version, func(ctx context.Context, tx *tenants.Tx, a *Application, call Call, now time.Time) error {
		after, ok := a.State.After(Return)
		if !ok {
			return fault.Conflict("applications.not_to_check")
		}
		form, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
		if err != nil {
			return err
		}
		if bad := p.check(a, form.Definition); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		a.State, a.Papers, a.PapersDue = after, p.Words, now.Add(time.Duration(call.PapersHours)*time.Hour)
		if err := s.reopenAsked(ctx, tx, a, p.Questions); err != nil {
			return err
		}
		organizations, err := s.Organizations.ApplicantsIn(ctx, tx, a.Organizations())
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "application.papers_asked", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"due": a.PapersDue}})
		if err := s.notify(ctx, tx, a, events.NotificationRequested{Key: "applications.notify.papers", Args: map[string]string{"Number": a.Number}}); err != nil {
			return err
		}
		return s.tellLeads(ctx, tx, a, call, "papers", organizations, letterValues{args: map[string]string{"papers": p.Words}, times: map[string]time.Time{"due": a.PapersDue}})
	})
}

func (p *Papers) check(a *Application, d *forms.Definition) []fault.Field {
	var bad []fault.Field
	if p.Words == "" {
		bad = append(bad, fault.At("papers", "fault.required"))
	}
	n := 0
	for sheet, questions := range p.Questions {
		scope := a.scopeOf(sheet)
		if part := a.PartOf(sheet); scope == forms.ScopePart && (part == nil || part.Organization.IsZero()) {
			return append(bad, fault.At("asked", "fault.choose"))
		}
		for _, key := range questions {
			q, section, _ := d.Question(key)
			if q == nil || section.Scope != scope || !q.Type.Asks() {
				return append(bad, fault.At("asked", "fault.choose"))
			}
			n++
		}
	}
	if n == 0 {
		bad = append(bad, fault.At("asked", "applications.papers.choose"))
	}
	return bad
}

// reopenAsked keeps which questions are open, and takes the confirmations of those back who have to write.
func (s *Service) reopenAsked(ctx context.Context, tx *tenants.Tx, a *Application, questions map[ids.Sheet][]string) error {
	if err := forgetAsked(ctx, tx, a.ID); err != nil {
		return err
	}
	if err := insertAsked(ctx, tx, a.ID, questions); err != nil {
		return err
	}
	if len(questions[a.Joint]) > 0 {
		return unconfirm(ctx, tx, a.ID)
	}
	for i := range a.Parts {
		p := &a.Parts[i]
		if len(questions[p.Sheet]) == 0 {
			continue
		}
		p.ConfirmedAt, p.ConfirmedBy = time.Time{}, ids.Person{}
		if err := savePart(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// Reopened tells which questions of a sheet may be answered while its application is returned: those that were asked for,
// and those that an answer to them has brought up, which were hidden or not right when the application was handed in. Items of
// a repeating section are neither added nor removed.
func Reopened(d *forms.Definition, scope forms.Scope, asked []string, before, now forms.Answers) func(ref string) bool {
	then, sight := forms.See(d, scope, before), forms.See(d, scope, now)
	return func(ref string) bool {
		key, _ := forms.SplitRef(ref)
		if slices.Contains(asked, key) {
			return true
		}
		q, _, ok := d.Question(ref)
		if !ok || !sight.Question(ref) {
			return false
		}
		return !then.Question(ref) || len(forms.ValidateAnswer(q, ref, before[ref], forms.Submit)) > 0
	}
}

// open tells which questions of a sheet may be answered just now; nil: all of them.
func (s *Service) open(ctx context.Context, db reader, d *forms.Definition, a *Application, sheet ids.Sheet, now forms.Answers) (func(ref string) bool, error) {
	if a.State != Returned {
		return nil, nil
	}
	last, _, err := lastSubmission(ctx, db, a.ID)
	if err != nil {
		return nil, err
	}
	copied := last.Copies[sheet]
	before, err := s.forms.Filled(ctx, db, copied)
	if err != nil {
		return nil, err
	}
	return Reopened(d, a.scopeOf(sheet), a.Asked[sheet], before[copied].Answers, now), nil
}
