package selection

import (
	"context"
	"time"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// How long before its date somebody is reminded of what they owe.
const (
	remindReviewer = 72 * time.Hour
	remindLead     = 48 * time.Hour
)

// Reminding is the argument of the jobs that remind: reviewers of what is due in a call, or leads of an offered place.
type Reminding struct {
	Call   ids.Call   `json:"call"`
	Person ids.Person `json:"person,omitzero"` // a reviewer
	By     time.Time  `json:"by"`
}

const (
	remindReviewJob = "selection.remind_review"
	remindReplyJob  = "selection.remind_reply"
)

// remindLater enqueues a reminder, unless its time has come already.
func remindLater(tx *tenants.Tx, job string, r Reminding, before time.Duration, now time.Time) {
	if at := r.By.Add(-before); at.After(now) {
		tx.EnqueueAt(job, r, at)
	}
}

// RemindReviewer writes to a reviewer who still owes reviews of a call that are due by then; to one whose reviews are in,
// or due on another day by now, nothing. Only the system may.
func (s *Service) RemindReviewer(ctx context.Context, sc tenants.Scope, r Reminding) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	call, err := s.Calls.Call(ctx, sc, r.Call)
	if err != nil {
		return err
	}
	mine, err := reviewsBy(ctx, sc.Read(), r.Person)
	if err != nil {
		return err
	}
	var wanted []ids.Application
	for _, one := range mine {
		if one.Call == r.Call && one.State.Owed() && one.DueAt.Equal(r.By) {
			wanted = append(wanted, one.Application)
		}
	}
	those, err := s.Applications.Those(ctx, sc, wanted)
	if err != nil {
		return err
	}
	left := 0
	for _, a := range those {
		if a.Undecided {
			left++
		}
	}
	if left == 0 {
		return nil
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		s.tellReviewer(tx, call, r.Person, "review_reminder", left, r.By)
		return nil
	})
}

// RemindLeads writes to the leads of organizations that have not answered for an offered place whose reply date comes
// near. Only the system may.
func (s *Service) RemindLeads(ctx context.Context, sc tenants.Scope, r Reminding) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return s.sweep(ctx, sc, r.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		leads, err := leadsOf(ctx, tx, w.all)
		if err != nil {
			return err
		}
		for _, d := range w.decisions {
			a, there := w.application(d.Application)
			if !there || d.At(w.now) != DecisionOffered || !d.ReplyBy.Equal(r.By) {
				continue
			}
			said, err := acceptances(ctx, tx, d.ID)
			if err != nil {
				return err
			}
			for _, one := range said {
				delete(leads, one.Organization)
			}
			s.tellLeads(tx, w.call, a, leads, letter{key: "reply_reminder", path: "/reply", times: map[string]time.Time{"Due": d.ReplyBy}})
		}
		return nil
	})
}
