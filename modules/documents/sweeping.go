package documents

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

const sweepJob = "documents.sweep"

// SweepJob is the name of the job that tidies up in every network; it is done every night.
const SweepJob = sweepJob

const (
	batch     = 500             // documents that are asked about at once
	sweepTime = 4 * time.Minute // of one night; what is left is done in the next
	strayLife = 2 * settleLife  // of an object in quarantine of which nobody knows
)

// Sweep removes the documents to which for a week no answer has referred, of a draft or of what was handed in, and no condition, and refused
// ones after a month, and the templates that no form has named for a week; it ends what other jobs have left, and erases from
// quarantine what no document knows. Only the system may.
func (s *Service) Sweep(ctx context.Context, sc tenants.Scope) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweepTime)
	defer cancel()
	return errors.Join(s.markUnused(ctx, sc), s.removeUnused(ctx, sc), s.settleLate(ctx, sc), s.sweepTemplates(ctx, sc), s.eraseStrays(ctx, sc))
}

// referred tells which of the documents an answer refers to, or were handed in for a condition.
func (s *Service) referred(ctx context.Context, db reader, documents []ids.Document) (map[ids.Document]bool, error) {
	referred, err := s.Forms.Referred(ctx, db, documents)
	if err != nil {
		return nil, err
	}
	handed, err := s.Terms.Handed(ctx, db, documents)
	maps.Copy(referred, handed)
	return referred, err
}

// markUnused notes since when each document is referred to by no answer, and not handed in for a condition.
func (s *Service) markUnused(ctx context.Context, sc tenants.Scope) error {
	after := ids.Document{}
	for {
		some, err := settledAfter(ctx, sc.Read(), after, batch)
		if err != nil || len(some) == 0 {
			return err
		}
		referred, err := s.referred(ctx, sc.Read(), some)
		if err != nil {
			return err
		}
		var used, unused []ids.Document
		for _, id := range some {
			if referred[id] {
				used = append(used, id)
			} else {
				unused = append(unused, id)
			}
		}
		if err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return mark(ctx, tx, used, unused) }); err != nil {
			return err
		}
		after = some[len(some)-1]
	}
}

// removeUnused removes what has been unused for long enough. The answers are asked once more while the document is held.
func (s *Service) removeUnused(ctx context.Context, sc tenants.Scope) error {
	all, err := longUnused(ctx, sc.Read())
	if err != nil {
		return err
	}
	var failed error
	for _, d := range all {
		if err := s.remove(ctx, sc, d); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// remove erases a document's content and then forgets it. From the moment at which it is marked it can neither be read nor
// handed in, so a program that dies in between leaves nothing but work for the next night.
func (s *Service) remove(ctx context.Context, sc tenants.Scope, d Document) error {
	if !d.leaving {
		left, err := s.leave(ctx, sc, &d)
		if err != nil || !left {
			return err
		}
	}
	if err := s.Objects.Delete(ctx, d.key, d.quarantine); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return forget(ctx, tx, d.ID) })
}

// leave marks a document as removed, unless an answer refers to it by now, and reports whether it did.
func (s *Service) leave(ctx context.Context, sc tenants.Scope, d *Document) (left bool, err error) {
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := hold(ctx, tx, d.ID); err != nil {
			return err
		}
		referred, err := s.referred(ctx, tx, []ids.Document{d.ID})
		if err != nil {
			return err
		}
		if referred[d.ID] {
			return mark(ctx, tx, []ids.Document{d.ID}, nil)
		}
		if left, err = markRemoved(ctx, tx, d.ID); err != nil || !left {
			return err
		}
		return s.note(ctx, tx, "document.removed", d, nil)
	})
	return left, err
}

// settleLate ends what a job should have ended long ago, such as the check of a document while the scanner was away for
// longer than the queue is patient.
func (s *Service) settleLate(ctx context.Context, sc tenants.Scope) error {
	late, err := unsettled(ctx, sc.Read(), 2*settleLife)
	if err != nil {
		return err
	}
	var failed error
	for _, id := range late {
		if err := s.Settle(ctx, sc, id); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// eraseStrays erases what lies in quarantine and belongs to no document on its way. Under documents' own keys nothing is
// ever erased for want of a row: rows can be lost, as when a backup is restored, and then the content is all there is.
func (s *Service) eraseStrays(ctx context.Context, sc tenants.Scope) error {
	known, err := quarantineKeys(ctx, sc.Read())
	if err != nil {
		return err
	}
	for o, err := range s.Objects.List(ctx, prefixOf(sc.Tenant())+arrivals) {
		if err != nil {
			return err
		}
		if known[o.Key] || time.Since(o.Modified) < strayLife {
			continue
		}
		slog.Info("stray object erased", "tenant", sc.Tenant().Slug)
		if err := s.Objects.Delete(ctx, o.Key); err != nil {
			return err
		}
	}
	return nil
}
