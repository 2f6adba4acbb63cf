package selection

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Occupied are the organizations that hold a place in a call by now, wait for one or may still get one, by application and as far as the
// actor may know of that: whoever comes to a partnership of the call is none of them. A place that somebody has won alone does not count,
// as it still looks for a partnership and can be brought along. Coordinators may.
func (s *Service) Occupied(ctx context.Context, sc tenants.Scope, call ids.Call) (map[ids.Application][]ids.Organization, error) {
	if err := s.policies.Ever(sc, policies.PlaceReplace); err != nil {
		return nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	all, err := s.holders(ctx, sc, f.Applications...)
	if err != nil {
		return nil, err
	}
	decided, err := decisionsOf(ctx, sc.Read(), call)
	found := map[ids.Application][]ids.Organization{}
	for _, a := range occupying(all, decided) {
		if !a.alone(decided) {
			found[a.ID] = a.present(nil)
		}
	}
	return found, err
}

// alone reports whether the application has won its place for a single organization, which then looks for partners.
func (a *Application) alone(decided []Decision) bool {
	return len(a.Organizations) == 1 && slices.ContainsFunc(decided, func(d Decision) bool { return d.Application == a.ID && d.State == DecisionAccepted })
}

// Occupying are the applications by which an organization holds a place in a call, waits for one or may still get one, and apart from
// them those of places that it has won alone. Who holds a place of the call stays as it is until the transaction ends, so that nobody
// comes to a place and to a partnership at once. It is for other modules' use-cases, which have authorized.
func (s *Service) Occupying(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) (held, alone []ids.Application, err error) {
	if err := holdPlaces(ctx, tx, call); err != nil {
		return nil, nil, err
	}
	came, left, err := cameTo(ctx, tx, []ids.Organization{organization})
	if err != nil {
		return nil, nil, err
	}
	all, err := s.Seats.Applied(ctx, tx, call, organization, came)
	if err != nil {
		return nil, nil, err
	}
	all = slices.DeleteFunc(all, func(a Application) bool { return slices.Contains(left, a.ID) })
	wanted := make([]ids.Application, len(all))
	for i, a := range all {
		wanted[i] = a.ID
	}
	decided, err := decisionsFor(ctx, tx, wanted)
	for _, a := range occupying(all, decided) {
		if a.alone(decided) {
			alone = append(alone, a.ID)
		} else {
			held = append(held, a.ID)
		}
	}
	return held, alone, err
}
