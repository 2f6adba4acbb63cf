package oversight

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// Sources counts what is in a network, without what whoever asks must not know of. The modules that own the things satisfy it.
type Sources interface {
	Organizations(ctx context.Context, sc tenants.Scope) (int, error)
	Calls(ctx context.Context, sc tenants.Scope) ([]Call, error)
	// Applications counts them by state, and of their reviews those that reviewers have and those that are done.
	Applications(ctx context.Context, sc tenants.Scope) (byState map[string]int, needed, done int, err error)
	Partnerships(ctx context.Context, sc tenants.Scope) (byState map[string]int, err error)
}

const (
	recountJob    = "oversight.recount"
	recountAllJob = "oversight.recount_all"
)

// RecountAllJob is the name of the job that counts every network anew; it is done every night, for whatever an event
// has failed to tell.
const RecountAllJob = recountAllJob

// settling is how long a network is left alone after something has happened in it, so that many things at once are
// counted once.
const settling = 3 * time.Second

type recountArgs struct {
	Tenant ids.Tenant `json:"tenant"`
}

// Reactions registers what marks a network as changed, and the jobs that count.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.HandlePlatformJob(r, recountJob, s.recount)
	tenants.HandlePlatformJob(r, recountAllJob, s.recountAll)
	tenants.React(r, "oversight.organization_registered", marks[events.OrganizationRegistered](s))
	tenants.React(r, "oversight.roles_changed", marks[events.RolesChanged](s))
	tenants.React(r, "oversight.brand_changed", marks[events.BrandChanged](s))
	tenants.React(r, "oversight.call_published", marks[events.CallPublished](s))
	tenants.React(r, "oversight.call_moved", marks[events.CallMoved](s))
	tenants.React(r, "oversight.application_submitted", marks[events.ApplicationSubmitted](s))
	tenants.React(r, "oversight.application_checked", marks[events.ApplicationChecked](s))
	tenants.React(r, "oversight.application_withdrawn", marks[events.ApplicationWithdrawn](s))
	tenants.React(r, "oversight.review_began", marks[events.ReviewBegan](s))
	tenants.React(r, "oversight.reviews_completed", marks[events.ReviewsCompleted](s))
	tenants.React(r, "oversight.decision_released", marks[events.DecisionReleased](s))
	tenants.React(r, "oversight.place_offered", marks[events.PlaceOffered](s))
	tenants.React(r, "oversight.place_accepted", marks[events.PlaceAccepted](s))
	tenants.React(r, "oversight.place_confirmed", marks[events.PlaceConfirmed](s))
	tenants.React(r, "oversight.place_declined", marks[events.PlaceDeclined](s))
	tenants.React(r, "oversight.place_lapsed", marks[events.PlaceLapsed](s))
	tenants.React(r, "oversight.partnership_moved", marks[events.PartnershipMoved](s))
}

// marks is the reaction to an event after which a network's numbers are other ones.
func marks[E tenants.Event](s *Service) func(context.Context, tenants.Scope, E) error {
	return func(ctx context.Context, sc tenants.Scope, _ E) error {
		if sc.Tenant().Kind != tenants.KindNetwork {
			return nil
		}
		return s.mark(ctx, sc.Tenant().ID)
	}
}

// mark has a network counted soon, once for everything that happens until then.
func (s *Service) mark(ctx context.Context, tenant ids.Tenant) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		first, err := markStale(ctx, tx, tenant)
		if err != nil || !first {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		tx.EnqueueAt(recountJob, recountArgs{tenant}, now.Add(settling))
		return nil
	})
}

// recount counts one network, inside its own walls and with nothing but counts leaving them, and notes how far its audit
// trail goes. A network that is gone is left alone.
func (s *Service) recount(ctx context.Context, args recountArgs) error {
	tenant, err := s.tenants.ByID(ctx, args.Tenant)
	if fault.Is(err, fault.KindNotFound) || err == nil && (tenant.SchemaVersion == 0 || tenant.Status == tenants.StatusErased) {
		return nil
	}
	if err != nil {
		return err
	}
	var began time.Time
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		if began, err = tx.Now(ctx); err != nil {
			return err
		}
		return unmark(ctx, tx, tenant.ID)
	})
	if err != nil {
		return err
	}
	exact, err := s.count(ctx, s.tenants.Bind(tenant, tenants.SystemActor(recountJob)))
	if err != nil {
		return err
	}
	err = s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return save(ctx, tx, tenant.ID, exact.Figures(), began)
	})
	if err != nil {
		return err
	}
	return s.tenants.NoteHead(ctx, tenant)
}

// recountAll has every network counted, and the core, whose audit trail is noted like the others'.
func (s *Service) recountAll(ctx context.Context, _ struct{}) error {
	all, err := s.tenants.All(ctx)
	if err != nil {
		return err
	}
	return s.tenants.Platform().Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		for _, t := range all {
			if t.SchemaVersion > 0 && t.Kind != tenants.KindRehearsal {
				tx.Enqueue(recountJob, recountArgs{t.ID})
			}
		}
		return nil
	})
}

func (s *Service) count(ctx context.Context, sc tenants.Scope) (Exact, error) {
	var e Exact
	var err error
	if e.Organizations, err = s.sources.Organizations(ctx, sc); err != nil {
		return e, err
	}
	if e.People, err = tenants.CountByRole(ctx, sc.Read()); err != nil {
		return e, err
	}
	if e.Calls, err = s.sources.Calls(ctx, sc); err != nil {
		return e, err
	}
	if e.Applications, e.ReviewsNeeded, e.ReviewsDone, err = s.sources.Applications(ctx, sc); err != nil {
		return e, err
	}
	if e.Partnerships, err = s.sources.Partnerships(ctx, sc); err != nil {
		return e, err
	}
	e.LastActivity, err = audit.Last(ctx, sc.Read())
	return e, err
}
