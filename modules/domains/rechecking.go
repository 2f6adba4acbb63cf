package domains

import (
	"context"
	"log/slog"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/tenants"
)

// RecheckJob is the name of the job that looks at every domain's name server; it is done every night.
const RecheckJob = "domains.recheck"

// recheckOneJob looks at one network's domain.
const recheckOneJob = "domains.recheck_one"

type recheckArgs struct {
	Tenant ids.Tenant `json:"tenant"`
}

// Hosts are the domains under which networks are served beside the hosts that they were opened with. It is for the program
// itself.
func (s *Service) Hosts(ctx context.Context) ([]string, error) {
	domains, err := everyones(ctx, s.Tenants.Platform().Read())
	if err != nil {
		return nil, err
	}
	var hosts []string
	for _, d := range domains {
		if d.State == Active {
			hosts = append(hosts, d.Host)
		}
	}
	return hosts, nil
}

// RegisterJobs registers what is done at night.
func (s *Service) RegisterJobs(r *tenants.Registry) {
	tenants.HandlePlatformJob(r, RecheckJob, s.recheck)
	tenants.HandlePlatformJob(r, recheckOneJob, s.recheckOf)
	tenants.HandlePlatformJob(r, RecheckSendersJob, s.recheckSenders)
	tenants.HandlePlatformJob(r, recheckSenderJob, s.recheckSenderOf)
}

// recheck has every domain looked at.
func (s *Service) recheck(ctx context.Context, _ struct{}) error {
	all, err := everyones(ctx, s.Tenants.Platform().Read())
	if err != nil {
		return err
	}
	return oneByOne(ctx, s.Tenants, recheckOneJob, all, func(d Domain) ids.Tenant { return d.Tenant })
}

// oneByOne asks for a job of each: on its own, as a name server may take its time and one that fails is tried again without
// the others.
func oneByOne[T any](ctx context.Context, t *tenants.Tenants, job string, all []T, of func(T) ids.Tenant) error {
	return t.Platform().Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		for _, one := range all {
			tx.Enqueue(job, recheckArgs{of(one)})
		}
		return nil
	})
}

// recheckOf looks at one network's domain. One whose name server does not answer stays as it is: an outage takes nothing away.
func (s *Service) recheckOf(ctx context.Context, args recheckArgs) error {
	d, found, err := ofTenant(ctx, s.Tenants.Platform().Read(), args.Tenant, false)
	if err != nil || !found {
		return err
	}
	return s.recheckOne(ctx, d)
}

func (s *Service) recheckOne(ctx context.Context, d Domain) error {
	tenant, err := s.Tenants.ByID(ctx, d.Tenant)
	if err != nil {
		return err
	}
	if d.State == Claimed {
		if time.Since(d.ClaimedAt) < claimLife {
			return nil
		}
		return s.release(ctx, d.ID, tenant)
	}
	records, err := s.Resolver.Records(ctx, d.Record())
	if err != nil {
		slog.Warn("name server does not answer", "host", d.Host, "error", err)
		return nil
	}
	after, err := s.settle(ctx, d.ID, tenant, records)
	if err != nil {
		return err
	}
	switch {
	case after.State == Released:
		return s.warn(ctx, tenant, "domains.mail.ended", after)
	case d.LostAt.IsZero() && !after.LostAt.IsZero():
		return s.warn(ctx, tenant, "domains.mail.lost", after)
	}
	return nil
}

// settle keeps what a look at an active domain's name server has shown.
func (s *Service) settle(ctx context.Context, id ids.Domain, tenant tenants.Tenant, records []string) (Domain, error) {
	var after Domain
	err := s.Tenants.ChangeHosts(ctx, func(ctx context.Context, tx *tenants.Tx, h tenants.Hosts) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		d, found, err := ofTenant(ctx, tx, tenant.ID, true)
		if err != nil || !found || d.ID != id || d.State != Active {
			return err
		}
		if after = d.looked(records, now); after.State == Released {
			return s.end(ctx, tx, h, d, tenant, now)
		}
		return save(ctx, tx, after, now)
	})
	if err == nil && after.State == Released {
		err = s.Changed(ctx)
	}
	return after, err
}

// warn writes to the network's coordinators. A network that may not change gets no mail; its domain is treated like all.
func (s *Service) warn(ctx context.Context, tenant tenants.Tenant, kind string, d Domain) error {
	if !tenant.Status.Writable() {
		return nil
	}
	sc := s.Tenants.Bind(tenant, tenants.SystemActor(RecheckJob))
	people, err := s.Coordinators.Coordinators(ctx, sc)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		for _, person := range people {
			tx.Announce(events.MailRequested{
				Kind: kind, Person: person, Path: "/settings/domain", Zone: tenant.Zone, Times: map[string]time.Time{"When": d.Ends()},
				Args: map[string]string{"Domain": d.Host, "Record": d.Record(), "Proof": d.Proof, "Network": tenant.Name},
			})
		}
		return nil
	})
}
