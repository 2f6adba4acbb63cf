package programs

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// notice is how long applicants have at least for what is new in a form: a change that asks more of them is refused in the
// last days before the deadline, which can be extended first.
const notice = 3 * 24 * time.Hour

// Revision is what the draft of a published call's form would change for its applicants.
type Revision struct {
	Call          Call
	Before, After *forms.Definition
	Draft         int64 // the version of the draft; 0: there is none
	Changes       []forms.Change
	News          []forms.Change    // those that ask something of applicants
	Left          []*forms.Question // those whose answers are not taken over
	Problems      []forms.Problem
	Drafts        int // applications that are being written
	HandedIn      int // those that were handed in and can still be changed
	Now           time.Time
}

// Hurried reports whether applicants would have too little time for what is new.
func (r *Revision) Hurried() bool { return hurried(&r.Call, r.News, r.Now) }

func hurried(c *Call, news []forms.Change, now time.Time) bool {
	return len(news) > 0 && c.Phase(now) == PhaseOpen && c.ClosesAt.Sub(now) < notice
}

// Revision shows what would change. The coordinator may. Faults: NotFound, also of a draft call, whose form is published
// with it.
func (s *Service) Revision(ctx context.Context, sc tenants.Scope, id ids.Call) (Revision, error) {
	if err := s.policies.May(sc, policies.CallOpen, policies.On{}); err != nil {
		return Revision{}, err
	}
	c, err := Find(ctx, sc.Read(), id)
	if err != nil {
		return Revision{}, err
	}
	if c.State == Draft {
		return Revision{}, fault.NotFound()
	}
	r := Revision{Call: c, Now: time.Now()}
	if r.Before, err = s.Definition(ctx, sc, c); err != nil {
		return r, err
	}
	draft, err := s.forms.Draft(ctx, sc.Read(), c.Form)
	if err != nil {
		return r, err
	}
	r.After, r.Draft = draft.Definition, draft.Version
	r.Changes, r.News, r.Problems = forms.Diff(*r.Before, *r.After), forms.News(*r.Before, *r.After), forms.Check(*r.After)
	for _, p := range brokenRules(c.Eligibility, r.After, r.Before, c.Locales[0]) {
		r.Problems = append(r.Problems, forms.Problem{Key: p.Key, Args: p.Args})
	}
	for _, p := range blueprints.TopicFlaws(c.Review.Topic, c.Quotas, r.After) {
		r.Problems = append(r.Problems, forms.Problem{Key: p.Key, Args: p.Args})
	}
	r.Left = forms.Left(r.Before, r.After)
	r.Drafts, r.HandedIn, err = s.applications.Writing(ctx, sc, id)
	return r, err
}

// Reform publishes the draft of a published call's form: the call asks the new version from then on, the applications that
// can still be changed are told what is new, and the change stands in the public log with its reason. What was handed in
// stays with the version that it was given to. The coordinator may, while the call is announced or open, and not in its
// last three days when the change asks more of applicants. Draft is the version of the draft that was shown. Faults: Invalid
// by field, Conflict when somebody has changed the call or the draft, there is nothing to publish, the draft has problems,
// or it is too late for it, NotFound.
func (s *Service) Reform(ctx context.Context, sc tenants.Scope, id ids.Call, version, draft int64, reason string) error {
	return s.change(ctx, sc, policies.CallOpen, id, version, func(ctx context.Context, tx *tenants.Tx, c *Call, now time.Time) error {
		if phase := c.Phase(now); phase != PhaseOpen && phase != PhaseAnnounced {
			return fault.Conflict("programs.not_open")
		}
		if reason == "" {
			return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
		}
		latest, err := s.forms.Draft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		before, err := s.forms.VersionIn(ctx, tx, c.FormVersion)
		if err != nil {
			return err
		}
		switch {
		case latest.Version != draft:
			return fault.Conflict("fault.stale")
		case len(forms.Diff(*before.Whole, *latest.Definition)) == 0:
			return fault.Conflict("programs.reform.nothing")
		case len(forms.Check(*latest.Definition)) > 0, len(brokenRules(c.Eligibility, latest.Definition, before.Whole, c.Locales[0])) > 0,
			len(blueprints.TopicFlaws(c.Review.Topic, c.Quotas, latest.Definition)) > 0:
			return fault.Conflict("programs.reform.problems")
		case hurried(c, forms.News(*before.Whole, *latest.Definition), now):
			return fault.Conflict("programs.reform.hurried")
		}
		published, err := s.forms.PublishDraft(ctx, tx, c.Form)
		if err != nil {
			return err
		}
		c.FormVersion, c.Quotas = published.ID, named(c.Quotas, c.Review.Topic, latest.Definition)
		tx.Announce(events.FormChanged{Call: id, From: before.ID, To: published.ID})
		tx.Audit(audit.Entry{Action: "call.reformed", SubjectKind: "call", SubjectID: id.String(), Detail: map[string]any{"version": published.Number}})
		return logChange(ctx, tx, id, Change{Kind: "form", Reason: reason})
	})
}
