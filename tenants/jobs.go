package tenants

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
)

// Registry knows what each job's name means and who reacts to which event. It is filled while the program is put
// together and only read afterwards.
type Registry struct {
	mu        *sync.RWMutex
	jobs      map[string]func(ctx context.Context, sc Scope, payload json.RawMessage) error
	platform  map[string]func(ctx context.Context, payload json.RawMessage) error
	reactions map[string][]string
}

func newRegistry() Registry {
	return Registry{
		mu:        &sync.RWMutex{},
		jobs:      map[string]func(context.Context, Scope, json.RawMessage) error{},
		platform:  map[string]func(context.Context, json.RawMessage) error{},
		reactions: map[string][]string{},
	}
}

// HandleJob registers a job that runs in one tenant, as a system actor of the job's name.
func HandleJob[T any](r *Registry, name string, do func(ctx context.Context, sc Scope, args T) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.jobs[name]; taken {
		panic("tenants: job " + name + " is registered twice")
	}
	r.jobs[name] = func(ctx context.Context, sc Scope, payload json.RawMessage) error {
		var args T
		if err := json.Unmarshal(payload, &args); err != nil {
			return fmt.Errorf("tenants: read job %s: %w: %w", name, err, jobs.ErrGiveUp)
		}
		return do(ctx, sc.As(SystemActor(name)), args)
	}
}

// HandlePlatformJob registers a job that belongs to no tenant.
func HandlePlatformJob[T any](r *Registry, name string, do func(ctx context.Context, args T) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.platform[name] = func(ctx context.Context, payload json.RawMessage) error {
		var args T
		if err := json.Unmarshal(payload, &args); err != nil {
			return fmt.Errorf("tenants: read job %s: %w: %w", name, err, jobs.ErrGiveUp)
		}
		return do(ctx, args)
	}
}

// HandleEverywhere registers a job that, put into the queue for no tenant, puts itself there for each one that may change
// and has its tables: it runs in every tenant on its own, so that one that fails is tried again without the others.
func (t *Tenants) HandleEverywhere(name string, do func(ctx context.Context, sc Scope) error) {
	HandleJob(&t.registry, name, func(ctx context.Context, sc Scope, _ struct{}) error { return do(ctx, sc) })
	HandlePlatformJob(&t.registry, name, func(ctx context.Context, _ struct{}) error {
		all, err := t.All(ctx)
		if err != nil {
			return err
		}
		return t.Platform().Write(ctx, func(_ context.Context, tx *Tx) error {
			for _, tenant := range all {
				if tenant.Status.Writable() && tenant.SchemaVersion > 0 {
					tx.jobs = append(tx.jobs, jobs.Job{Envelope: jobs.Envelope{Name: name, Room: tenant.ID.String(), Payload: json.RawMessage("{}")}})
				}
			}
			return nil
		})
	})
}

// React registers what a module does when the event has happened, under the reaction's own name. Each reaction is a
// job of its own: one that fails is tried again without the others.
func React[E Event](r *Registry, name string, do func(ctx context.Context, sc Scope, e E) error) {
	var zero E
	HandleJob(r, name, do)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reactions[zero.EventKind()] = append(r.reactions[zero.EventKind()], name)
}

func (r *Registry) reactionsTo(kind string) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.reactions[kind])
}

// Do runs one job of the queue. A job for a tenant runs only while that tenant is writable: one that was suspended in
// the meantime keeps its jobs until it is reopened, and one that is gone loses them.
func (t *Tenants) Do(ctx context.Context, e jobs.Envelope) error {
	return t.run(ctx, e, func(sc Scope) (Scope, error) { return sc, nil })
}

func (t *Tenants) run(ctx context.Context, e jobs.Envelope, on func(Scope) (Scope, error)) error {
	payload, err := t.unseal(e)
	if err != nil {
		return err
	}
	e.Payload = payload
	if e.Room == "" {
		t.registry.mu.RLock()
		do, ok := t.registry.platform[e.Name]
		t.registry.mu.RUnlock()
		if !ok {
			return fmt.Errorf("tenants: nobody does %s: %w", e.Name, jobs.ErrGiveUp)
		}
		return do(ctx, e.Payload)
	}
	id, err := ids.Parse[ids.Tenant](e.Room)
	if err != nil {
		return fmt.Errorf("tenants: job %s: %w: %w", e.Name, err, jobs.ErrGiveUp)
	}
	tenant, err := t.ByID(ctx, id)
	if fault.Is(err, fault.KindNotFound) {
		return fmt.Errorf("tenants: job %s of a tenant that is gone: %w", e.Name, jobs.ErrGiveUp)
	}
	if err != nil {
		return err
	}
	switch {
	case tenant.Status == StatusArchived || tenant.Status == StatusErased:
		return fmt.Errorf("tenants: job %s of a tenant that is %s: %w", e.Name, tenant.Status, jobs.ErrGiveUp)
	case !tenant.Status.Writable():
		return fmt.Errorf("tenants: job %s of a tenant that is %s: %w", e.Name, tenant.Status, jobs.ErrNotNow)
	}
	t.registry.mu.RLock()
	do, ok := t.registry.jobs[e.Name]
	t.registry.mu.RUnlock()
	if !ok {
		return fmt.Errorf("tenants: nobody does %s: %w", e.Name, jobs.ErrGiveUp)
	}
	slog.Debug("job runs", "job", e.Name, "tenant", tenant.Slug)
	sc, err := on(t.Bind(tenant, SystemActor(e.Name)))
	if err != nil {
		return err
	}
	return do(ctx, sc, e.Payload)
}
