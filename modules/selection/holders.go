package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Seats tells who could take a seat of a place, and of those that have. The programs, organizations and partnerships modules satisfy it.
type Seats interface {
	// Seatable lists the network's organizations that a call lets take the seat beside those that stay, and that sit in no partnership of
	// the call which goes on.
	Seatable(ctx context.Context, sc tenants.Scope, call ids.Call, seat string, staying []Applicant) ([]Applicant, error)
	// Seated reports whether an organization sits in a partnership of the call which goes on.
	Seated(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) (bool, error)
	// Applied are the applications of the call that passed the check and in which the organization has a seat, and those of the others; of
	// the organizations that have applied only who they are.
	Applied(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization, others []ids.Application) ([]Application, error)
	// Content are those of a call's applications of one organization that look for no partner, as only seats are empty that may stay so.
	Content(ctx context.Context, sc tenants.Scope, call ids.Call, alone []ids.Application) ([]ids.Application, error)
	// ContentIn is Content as it stands in a transaction.
	ContentIn(ctx context.Context, tx *tenants.Tx, call ids.Call, alone []ids.Application) ([]ids.Application, error)
	// Came tells of organizations that took a seat at an instant, before which a first-timer was in no partnership of the network, and of
	// their regions.
	Came(ctx context.Context, sc tenants.Scope, since map[ids.Organization]time.Time) (map[ids.Organization]Applicant, error)
	// CameIn is Came as it stands in a transaction.
	CameIn(ctx context.Context, tx *tenants.Tx, since map[ids.Organization]time.Time) (map[ids.Organization]Applicant, error)
}

// since is when each of the organizations came.
func since(done []Replacement) map[ids.Organization]time.Time {
	at := make(map[ids.Organization]time.Time, len(done))
	for _, r := range done {
		at[r.Coming] = r.EndedAt
	}
	return at
}

// holders gives applications the organizations that hold their places by now: one query, and a fixed number more where a seat has changed
// hands.
func (s *Service) holders(ctx context.Context, sc tenants.Scope, all ...Application) ([]Application, error) {
	wanted := make([]ids.Application, len(all))
	for i := range all {
		wanted[i] = all[i].ID
	}
	done, err := doneFor(ctx, sc.Read(), wanted...)
	if err != nil || len(done) == 0 {
		return all, err
	}
	known, err := s.Seats.Came(ctx, sc, since(done))
	return reseated(all, done, known), err
}

// changedIn are those of the applications in whose places a seat has changed hands, with who holds it by now.
func (s *Service) changedIn(ctx context.Context, sc tenants.Scope, all []Application) (map[ids.Application]Application, error) {
	now, err := s.holders(ctx, sc, all...)
	changed := map[ids.Application]Application{}
	for i := range now {
		if len(now[i].Left) > 0 {
			changed[now[i].ID] = now[i]
		}
	}
	return changed, err
}

// concerned gives applications, beside the organizations that have applied, those that have taken a seat of their places since: ties to
// either count. It takes as many queries as holders.
func (s *Service) concerned(ctx context.Context, sc tenants.Scope, all []Application) ([]Application, error) {
	changed, err := s.changedIn(ctx, sc, all)
	both := slices.Clone(all)
	for i := range both {
		for _, o := range changed[both[i].ID].Organizations {
			if o.Came {
				both[i].Organizations = append(slices.Clip(both[i].Organizations), o)
			}
		}
	}
	return both, err
}

// holdersIn is holders of all applications of a call, as it stands in a transaction.
func (s *Service) holdersIn(ctx context.Context, tx *tenants.Tx, call ids.Call, all []Application) ([]Application, error) {
	done, err := doneIn(ctx, tx, call)
	if err != nil || len(done) == 0 {
		return all, err
	}
	known, err := s.Seats.CameIn(ctx, tx, since(done))
	return reseated(all, done, known), err
}

func reseated(all []Application, done []Replacement, known map[ids.Organization]Applicant) []Application {
	all = slices.Clone(all)
	for i := range all {
		all[i] = reseat(all[i], done, known)
	}
	return all
}
