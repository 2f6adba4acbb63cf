package correspondence

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// Reactions makes the module's reactions and jobs known to the queue.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.React(r, "correspondence.write", s.Write)
	tenants.React(r, "correspondence.notify", s.Notify)
	tenants.React(r, "correspondence.revoke", s.Revoke)
	tenants.React(r, "correspondence.release_batch", s.ReleaseBatch)
	tenants.React(r, "correspondence.cancel_batch", s.CancelBatch)
	tenants.React(r, "correspondence.cancel_about", s.CancelAbout)
	tenants.React(r, "correspondence.forget", s.Forget)
	tenants.React(r, "correspondence.silence", s.Silence)
	tenants.HandleJob(r, deliverJob, s.Deliver)
}

// ReleaseBatch lets the letters of a released decision list go; one that is written only afterwards goes as well. A letter
// with a gap stays held for somebody to look at, and one about an application that the event leaves out never goes. The reaction to events.DecisionsReleased; only the system may.
func (s *Service) ReleaseBatch(ctx context.Context, sc tenants.Scope, e events.DecisionsReleased) error {
	return s.endBatch(ctx, sc, e.Batch, batchReleased, StatusReleased, e.Without...)
}

// CancelBatch keeps the letters of a reopened decision list from ever going. The reaction to events.DecisionsReopened;
// only the system may.
func (s *Service) CancelBatch(ctx context.Context, sc tenants.Scope, e events.DecisionsReopened) error {
	return s.endBatch(ctx, sc, e.Batch, batchCancelled, StatusCancelled)
}

func (s *Service) endBatch(ctx context.Context, sc tenants.Scope, batch string, end batchState, to Status, without ...ids.Application) error {
	if err := policies.OnlySystem(sc); err != nil || batch == "" {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := setBatch(ctx, tx, batch, end, without); err != nil {
			return err
		}
		cancelled, err := cancelInBatch(ctx, tx, batch)
		if err != nil {
			return err
		}
		for _, m := range cancelled {
			tx.Audit(entry("message.cancelled", m.ID, m.AboutID))
		}
		moved, err := moveBatch(ctx, tx, batch, to)
		if err != nil || len(moved) == 0 {
			return err
		}
		// How many they were is not told: whoever must not know of one of them could compare that with what is shown to them.
		ended := audit.Entry{Action: "message.batch_cancelled", SubjectKind: "batch", SubjectID: batch}
		if to == StatusReleased {
			ended.Action = "message.batch_released"
			for _, id := range moved {
				tx.Enqueue(deliverJob, Delivery{id})
			}
		}
		tx.Audit(ended)
		return nil
	})
}

// CancelAbout keeps letters that wait about a withdrawn application from ever going. The reaction to
// events.ApplicationWithdrawn; only the system may.
func (s *Service) CancelAbout(ctx context.Context, sc tenants.Scope, e events.ApplicationWithdrawn) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return cancelAbout(ctx, tx, "application", e.Application.String())
	})
}

// Forget empties what was written about a thing that was deleted for good: mails that have not left are cancelled and say no
// more of it, and lines under bells that lead to its page go. A mail that has left stays as it left, unless the event says that
// nobody may know any more whom it went to; then none says that. The reaction to events.MatterErased; only the system may.
func (s *Service) Forget(ctx context.Context, sc tenants.Scope, e events.MatterErased) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		found, err := forgettable(ctx, tx, e.AboutKind, e.AboutID, e.Left)
		if err != nil {
			return err
		}
		for _, m := range found {
			if m.Status != StatusSent && m.Status != StatusCancelled {
				m.Status = StatusCancelled
				tx.Audit(entry("message.cancelled", m.ID, e.AboutID))
			}
			m.Subject = s.Catalog.Localizer(m.Locale, nil).T("correspondence.forgotten")
			if e.Left {
				m.Person, m.Name, m.Address = ids.Person{}, "", ""
			}
			if err := forget(ctx, tx, m); err != nil {
				return err
			}
		}
		return forgetNotifications(ctx, tx, e.Path)
	})
}

// Silence takes from under somebody's bell what leads to pages that they may not see any more, once a role was taken from them. The
// reaction to events.RolesChanged; only the system may.
func (s *Service) Silence(ctx context.Context, sc tenants.Scope, e events.RolesChanged) error {
	if err := policies.OnlySystem(sc); err != nil || e.Person.IsZero() {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		opens, err := s.opens(ctx, tx, e.Person)
		if err != nil {
			return err
		}
		paths, err := notifiedPaths(ctx, tx, e.Person)
		if err != nil {
			return err
		}
		return forgetNotificationsOf(ctx, tx, e.Person, slices.DeleteFunc(paths, opens))
	})
}

// opens tells which pages somebody may ever see with the roles that they hold just now.
func (s *Service) opens(ctx context.Context, tx *tenants.Tx, person ids.Person) (func(path string) bool, error) {
	if s.Opens == nil {
		return func(string) bool { return true }, nil
	}
	grants, err := tenants.GrantsOf(ctx, tx, person)
	return func(path string) bool { return s.Opens(tenants.Actor{Person: person, Grants: grants}, path) }, err
}
