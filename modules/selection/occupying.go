package selection

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Occupied are the organizations that hold a place in a call by now, wait for one or may still get one, by application and as far as the
// actor may know of that: whoever comes to a partnership of the call is none of them. A place that somebody has won alone does not count
// where it looks for partners, as it can be brought along. Coordinators may.
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
	if err != nil {
		return nil, err
	}
	held, _, err := apart(all, decided, func(single []ids.Application) ([]ids.Application, error) {
		return s.Seats.Content(ctx, sc, call, single)
	})
	found := make(map[ids.Application][]ids.Organization, len(held))
	for _, a := range held {
		found[a.ID] = a.present(nil)
	}
	return found, err
}

// apart are those of a call's applications that hold, await or may still get a place, and apart from them those that have won one for a
// single organization which looks for partners; which of them do not is asked for only if there are any.
func apart(all []Application, decided []Decision, contentOf func([]ids.Application) ([]ids.Application, error)) (held, alone []Application, err error) {
	held = occupying(all, decided)
	var single []ids.Application
	for _, a := range held {
		if len(a.Organizations) == 1 && slices.ContainsFunc(decided, func(d Decision) bool { return d.Application == a.ID && d.State == DecisionAccepted }) {
			single = append(single, a.ID)
		}
	}
	if len(single) == 0 {
		return held, nil, nil
	}
	content, err := contentOf(single)
	if err != nil {
		return nil, nil, err
	}
	looks := func(a Application) bool { return slices.Contains(single, a.ID) && !slices.Contains(content, a.ID) }
	for _, a := range held {
		if looks(a) {
			alone = append(alone, a)
		}
	}
	return slices.DeleteFunc(held, looks), alone, nil
}

// Occupying are the applications by which an organization holds a place in a call, waits for one or may still get one, and apart from
// them those of places that it has won alone and for which it looks for partners. Who holds a place of the call stays as it is until the transaction ends, so that nobody
// comes to a place and to a partnership at once. It is for other modules' use-cases, which have authorized.
func (s *Service) Occupying(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) (held, brings []ids.Application, err error) {
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
	if err != nil {
		return nil, nil, err
	}
	holding, alone, err := apart(all, decided, func(single []ids.Application) ([]ids.Application, error) {
		return s.Seats.ContentIn(ctx, tx, call, single)
	})
	for _, a := range holding {
		held = append(held, a.ID)
	}
	for _, a := range alone {
		brings = append(brings, a.ID)
	}
	return held, brings, err
}
