package domains

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/seal"
	"kervan/policies"
	"kervan/tenants"
)

// Coordinators tells whom to warn. The accounts module satisfies it.
type Coordinators interface {
	Coordinators(ctx context.Context, sc tenants.Scope) ([]ids.Person, error)
}

// Config is what the service needs.
type Config struct {
	Tenants      *tenants.Tenants
	Policies     *policies.Authorizer
	Resolver     Resolver
	Coordinators Coordinators
	// Platform is the platform's own domain, below which every network is served from the start.
	Platform string
	// First is the host that a network of that slug was opened with.
	First func(slug string) string
	// Changed is told when other hosts are served than before.
	Changed func(ctx context.Context) error
	// From is the address from which the mails of networks go out that have none of their own.
	From string
	// SPF is what the record of a network's own domain must have in it, so that the platform may send in its name.
	SPF Mechanism
	// Box seals the keys by which mails are signed.
	Box *seal.Box
}

// Service is what networks do with domains, in the order in which one lives.
type Service struct{ Config }

// New makes the service.
func New(c Config) *Service { return &Service{c} }

// Own is the domain that the actor's network wants or has; false: none. Coordinators may.
func (s *Service) Own(ctx context.Context, sc tenants.Scope) (Domain, bool, error) {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return Domain{}, false, err
	}
	return ofTenant(ctx, s.Tenants.Platform().Read(), sc.Tenant().ID, false)
}

// MayEdit reports whether the actor may claim, prove and release the network's domain.
func (s *Service) MayEdit(sc tenants.Scope) bool {
	return s.Policies.May(sc, policies.DomainEdit, policies.On{}) == nil
}

// Claim notes that the network wants a domain and gives the proof that its name server must show. Coordinators may. It
// reserves nothing. Faults: Invalid at the field "host", Conflict where the network has a domain.
func (s *Service) Claim(ctx context.Context, sc tenants.Scope, typed string) (Domain, error) {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return Domain{}, err
	}
	host, ok := Normalize(typed)
	switch {
	case strings.TrimSpace(typed) == "":
		return Domain{}, fault.Invalid("fault.check_fields", fault.At("host", "fault.required"))
	case !ok:
		return Domain{}, fault.Invalid("fault.check_fields", fault.At("host", "domains.form"))
	}
	if err := s.free(ctx, s.Tenants.Platform().Read(), sc.Tenant(), "host", host); err != nil {
		return Domain{}, err
	}
	d := Domain{ID: ids.New[ids.Domain](), Tenant: sc.Tenant().ID, Host: host, Proof: "kervan-" + strings.ToLower(rand.Text()), State: Claimed}
	err := s.Tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		d.ClaimedAt = now
		return insert(ctx, tx, d)
	})
	if err != nil {
		return Domain{}, err
	}
	return d, s.note(ctx, sc, "domain.claimed", d)
}

// free refuses, at the field, a host that the network may not have, to be served under or to send from.
func (s *Service) free(ctx context.Context, db reader, own tenants.Tenant, field, host string) error {
	refuse := func(key string) error { return fault.Invalid("fault.check_fields", fault.At(field, key)) }
	all, err := s.Tenants.All(ctx)
	if err != nil {
		return err
	}
	domains, err := everyones(ctx, db)
	if err != nil {
		return err
	}
	t := taken{platform: s.Platform}
	if t.others, err = othersSend(ctx, db, own.ID); err != nil {
		return err
	}
	for _, tenant := range all {
		if tenant.ID != own.ID {
			t.others, t.slugs = append(t.others, tenant.Host), append(t.slugs, tenant.Slug)
		}
	}
	for _, d := range domains {
		if d.Tenant != own.ID && d.State == Active {
			t.others = append(t.others, d.Host)
		}
	}
	if bad := t.check(host); bad != "" {
		return refuse(bad)
	}
	kept, err := inQuarantine(ctx, db, own.ID, host, time.Now().Add(-quarantine))
	if err != nil {
		return err
	}
	if kept {
		return refuse("domains.quarantined")
	}
	return nil
}

// Check looks at the name server now. A claimed domain whose proof is there is served from then on; when two networks
// have proved the same, the first has it. Coordinators may. Faults: Invalid at the field "host" while the proof is not
// there or the host has been given away, Conflict, TooMany when one has just looked, Unavailable when the name server does
// not answer, NotFound without a domain.
func (s *Service) Check(ctx context.Context, sc tenants.Scope) error {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return err
	}
	d, found, err := ofTenant(ctx, s.Tenants.Platform().Read(), sc.Tenant().ID, false)
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound()
	}
	if time.Since(d.CheckedAt) < pause {
		return fault.TooMany("domains.just_checked")
	}
	records, err := s.Resolver.Records(ctx, d.Record())
	if err != nil {
		return fault.Unavailable("domains.no_answer", err)
	}
	if d.State == Active {
		_, err := s.settle(ctx, d.ID, sc.Tenant(), records)
		return err
	}
	return s.prove(ctx, sc, d, records)
}

func (s *Service) prove(ctx context.Context, sc tenants.Scope, d Domain, records []string) error {
	proved := d.proved(records)
	err := s.Tenants.ChangeHosts(ctx, func(ctx context.Context, tx *tenants.Tx, h tenants.Hosts) error {
		if err := oneAtATime(ctx, tx); err != nil {
			return err
		}
		if err := s.free(ctx, tx, sc.Tenant(), "host", d.Host); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		latest, found, err := ofTenant(ctx, tx, sc.Tenant().ID, true)
		if err != nil {
			return err
		}
		if !found || latest.ID != d.ID || latest.State != Claimed {
			return fault.Conflict("fault.stale")
		}
		latest.CheckedAt = now
		if !proved {
			return save(ctx, tx, latest, now)
		}
		latest.State, latest.ProvedAt = Active, now
		if err := save(ctx, tx, latest, now); err != nil {
			return err
		}
		return h.Add(ctx, latest.Tenant, latest.Host)
	})
	switch {
	case err != nil:
		return err
	case !proved:
		return fault.Invalid("fault.check_fields", fault.At("host", "domains.not_there"))
	}
	if err := s.Changed(ctx); err != nil {
		slog.Error("hosts changed but not everywhere known", "error", err)
	}
	return s.note(ctx, sc, "domain.activated", d)
}

// MakeMain lets links lead to the active domain, or back to the host that the network was opened with. Coordinators may.
// Faults: NotFound without an active domain.
func (s *Service) MakeMain(ctx context.Context, sc tenants.Scope, main bool) error {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return err
	}
	var d Domain
	err := s.Tenants.ChangeHosts(ctx, func(ctx context.Context, tx *tenants.Tx, h tenants.Hosts) error {
		var found bool
		var err error
		if d, found, err = ofTenant(ctx, tx, sc.Tenant().ID, true); err != nil {
			return err
		}
		if !found || d.State != Active {
			return fault.NotFound()
		}
		if main {
			return h.Main(ctx, d.Tenant, d.Host)
		}
		return h.Main(ctx, d.Tenant, s.First(sc.Tenant().Slug))
	})
	if err != nil {
		return err
	}
	return s.note(ctx, sc, "domain.main_changed", d)
}

// Release lets the network's domain go; it is not served any more, and links lead to the host that the network was opened
// with. Coordinators may. Fault: NotFound without a domain.
func (s *Service) Release(ctx context.Context, sc tenants.Scope) error {
	if err := s.Policies.May(sc, policies.DomainEdit, policies.On{}); err != nil {
		return err
	}
	d, found, err := ofTenant(ctx, s.Tenants.Platform().Read(), sc.Tenant().ID, false)
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound()
	}
	if err := s.release(ctx, d.ID, sc.Tenant()); err != nil {
		return err
	}
	return s.note(ctx, sc, "domain.released", d)
}

func (s *Service) release(ctx context.Context, id ids.Domain, tenant tenants.Tenant) error {
	err := s.Tenants.ChangeHosts(ctx, func(ctx context.Context, tx *tenants.Tx, h tenants.Hosts) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		d, found, err := ofTenant(ctx, tx, tenant.ID, true)
		if err != nil || !found || d.ID != id {
			return err
		}
		return s.end(ctx, tx, h, d, tenant, now)
	})
	if err != nil {
		return err
	}
	return s.Changed(ctx)
}

func (s *Service) end(ctx context.Context, tx *tenants.Tx, h tenants.Hosts, d Domain, tenant tenants.Tenant, now time.Time) error {
	active := d.State == Active
	d.State = Released
	if err := save(ctx, tx, d, now); err != nil || !active {
		return err
	}
	return h.Drop(ctx, d.Tenant, d.Host, s.First(tenant.Slug))
}

// note writes into the network's trail what has happened to its domain.
func (s *Service) note(ctx context.Context, sc tenants.Scope, action string, d Domain) error {
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: action, SubjectKind: "network", SubjectID: sc.Tenant().ID.String(), Detail: map[string]any{"host": d.Host}})
		tx.Announce(events.BrandChanged{})
		return nil
	})
}
