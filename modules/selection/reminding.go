package selection

import (
	"context"
	"maps"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// How long before its date somebody is reminded of what they owe, and how long after it a reviewer is reminded again.
const (
	remindReviewer = 72 * time.Hour
	remindLead     = 48 * time.Hour
	overdueFirst   = 24 * time.Hour
	overdueAgain   = 5 * 24 * time.Hour
)

// remindAgain is how long a reviewer is not reminded again of the same review.
const remindAgain = 24 * time.Hour

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

// remindOfReviews enqueues the reminders of what a reviewer owes by a date: one before it, and two after.
func remindOfReviews(tx *tenants.Tx, call ids.Call, person ids.Person, due, now time.Time) {
	for _, before := range []time.Duration{remindReviewer, -overdueFirst, -overdueAgain} {
		remindLater(tx, remindReviewJob, Reminding{Call: call, Person: person, By: due}, before, now)
	}
}

// RemindReviewer writes to a reviewer who still owes reviews of a call that are due by then, before or after that; to one whose
// reviews are in, or due on another day by now, nothing, nor once the decisions are closed, nor within a day of another reminder of the
// same. Only the system may.
func (s *Service) RemindReviewer(ctx context.Context, sc tenants.Scope, r Reminding) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	call, err := s.Calls.Call(ctx, sc, r.Call)
	if err != nil {
		return err
	}
	list, _, err := findList(ctx, sc.Read(), r.Call)
	if err != nil || !list.May(Decide) {
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
	var left []ids.Review
	for _, one := range mine {
		if those[one.Application].Undecided && slices.Contains(wanted, one.Application) {
			left = append(left, one.ID)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		reminded, err := remind(ctx, tx, left, now)
		if err != nil || len(reminded) == 0 {
			return err
		}
		if now.After(r.By) {
			s.tellOwing(tx, call, r.Person, "review_overdue", r.By)
		} else {
			s.tellReviewer(tx, call, r.Person, "review_reminder", len(left), r.By)
		}
		return nil
	})
}

// RemindReviewers writes to the reviewers of a call who owe reviews, or to one of them, and tells to how many it did: of no review is
// anybody reminded twice within a day. Coordinators and officers may; reviews of applications that they must not know of are left as
// they are, and no mail says how many there are, as it may be more than they know of. Faults: Conflict when the decisions are closed
// or nobody can be reminded now, NotFound.
func (s *Service) RemindReviewers(ctx context.Context, sc tenants.Scope, call ids.Call, one ids.Person) (int, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return 0, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return 0, err
	}
	asked := 0
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		list, err := lockSelection(ctx, tx, f.Call)
		if err != nil {
			return err
		}
		if !list.May(Decide) {
			return fault.Conflict("selection.remind.closed")
		}
		all, err := reviewsOfCall(ctx, tx, call)
		if err != nil {
			return err
		}
		var owed []ids.Review
		for _, r := range all {
			a, known := f.application(r.Application)
			if known && a.Undecided && r.State.Owed() && (one.IsZero() || r.Person == one) {
				owed = append(owed, r.ID)
			}
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		reminded, err := remind(ctx, tx, owed, now)
		if err != nil {
			return err
		}
		asked = s.tellReminded(tx, f.Call, reminded, now)
		if asked == 0 {
			return fault.Conflict("selection.remind.nobody")
		}
		return nil
	})
	return asked, err
}

// tellReminded writes one mail to each reviewer, with the date that comes first, and returns to how many.
func (s *Service) tellReminded(tx *tenants.Tx, call Call, reminded []Review, now time.Time) int {
	first := map[ids.Person]time.Time{}
	for _, r := range reminded {
		tx.Audit(audit.Entry{Action: "review.reminded", SubjectKind: "application", SubjectID: r.Application.String(), Detail: map[string]any{"reviewer": r.Person.String()}})
		if due, known := first[r.Person]; !known || r.DueAt.Before(due) {
			first[r.Person] = r.DueAt
		}
	}
	for person, due := range first {
		what := "review_asked"
		if due.Before(now) {
			what = "review_overdue"
		}
		s.tellOwing(tx, call, person, what, due)
	}
	return len(first)
}

// tellOwing writes to a reviewer that something is still open, and not how much.
func (s *Service) tellOwing(tx *tenants.Tx, call Call, person ids.Person, what string, due time.Time) {
	tx.Announce(events.MailRequested{
		Kind: "selection.mail." + what, Person: person, Path: "/reviews", AboutKind: "reviews", AboutID: ReviewsOf(call.ID),
		Texts: map[string]i18n.Text{"Call": call.Title}, Times: map[string]time.Time{"Due": due}, Zone: call.Zone,
	})
}

// remindable reports whether the reviewer of a review can be reminded of it again.
func remindable(last, now time.Time) bool { return !now.Before(last.Add(remindAgain)) }

// reminded counts a review that is owed into what its reviewer was and can be reminded of.
func (w *Reviewer) reminded(r Review, now time.Time) {
	if r.RemindedAt.After(w.Reminded) {
		w.Reminded = r.RemindedAt
	}
	if remindable(r.RemindedAt, now) {
		w.Remind++
	}
}

// Remindable is how many reviewers of the board can be reminded now.
func (b *Board) Remindable() int {
	n := 0
	for i := range b.Reviewers {
		if b.Reviewers[i].Remind > 0 {
			n++
		}
	}
	return n
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
			owing := maps.Clone(leads) // of this place: who has answered here may owe an answer elsewhere
			for _, one := range said {
				delete(owing, one.Organization)
			}
			gone, err := departures(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			for o := range gone[a.ID] {
				delete(owing, o)
			}
			s.tellLeads(tx, w.call, a, owing, letter{key: "reply_reminder", path: "/reply", times: map[string]time.Time{"Due": d.ReplyBy}})
		}
		return nil
	})
}
