package oversight

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
	"kervan/policies"
	"kervan/tenants"
)

// Queue is the queue of jobs, as its keepers see it. The kernel's satisfies it.
type Queue interface {
	Counts(ctx context.Context) (jobs.Counts, error)
	Failures(ctx context.Context, limit int) ([]jobs.Failure, error)
	Retry(ctx context.Context, id int64) (bool, error)
}

// Work is how the queue stands: how much waits, and the newest hundred jobs that were set aside.
type Work struct {
	jobs.Counts

	Failures []Failure
}

// Failure is a job that was set aside, and in which network; what it was about is the network's own.
type Failure struct {
	jobs.Failure

	Network string // empty: the platform's own, or of a network that is gone
}

// Work shows how the queue stands. Operators and the core team may.
func (s *Service) Work(ctx context.Context, sc tenants.Scope) (Work, error) {
	if err := s.policies.May(sc, policies.JobWatch, policies.On{}); err != nil {
		return Work{}, err
	}
	counts, err := s.queue.Counts(ctx)
	if err != nil {
		return Work{}, err
	}
	set, err := s.queue.Failures(ctx, 100)
	if err != nil {
		return Work{}, err
	}
	w := Work{Counts: counts, Failures: make([]Failure, len(set))}
	for i, f := range set {
		w.Failures[i] = Failure{Failure: f}
		id, err := ids.Parse[ids.Tenant](f.Room)
		if err != nil {
			continue
		}
		t, err := s.tenants.ByID(ctx, id)
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return Work{}, err
		}
		w.Failures[i].Network = t.Name
	}
	return w, nil
}

// Retry lets a job be tried once more. Operators may. Fault: NotFound when it is not set aside any more.
func (s *Service) Retry(ctx context.Context, sc tenants.Scope, id int64) error {
	if err := s.policies.May(sc, policies.JobRetry, policies.On{}); err != nil {
		return err
	}
	there, err := s.queue.Retry(ctx, id)
	if err != nil {
		return err
	}
	if !there {
		return fault.NotFound()
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "job.retried", SubjectKind: "job", SubjectID: jobID(id)})
		return nil
	})
}
