package partnerships

import (
	"context"
	"maps"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// taken are the organizations that have a seat in the call or may come to one, in a partnership which goes on or by a place that is none
// yet, as far as the actor may know of that.
func (s *Service) taken(ctx context.Context, sc tenants.Scope, call ids.Call) ([]ids.Organization, error) {
	seated, err := Seated(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	occupied, err := s.Places.Occupied(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	become, err := founded(ctx, sc.Read(), slices.Collect(maps.Keys(occupied)))
	for application, organizations := range occupied {
		if !slices.Contains(become, application) {
			seated = append(seated, organizations...)
		}
	}
	return seated, err
}

// free refuses an organization that has a seat in the call by now or may come to one, as taken says it but whoever may know of it. Nobody
// gives out seats or places of the call until the transaction ends. What it brings are the applications whose places it has won alone and
// which are no partnership yet. Fault: Conflict.
func (s *Service) free(ctx context.Context, tx *tenants.Tx, organization ids.Organization, call ids.Call) (brings []ids.Application, err error) {
	held, alone, err := s.Places.Occupying(ctx, tx, call, organization)
	if err != nil {
		return nil, err
	}
	if err := holdFounding(ctx, tx); err != nil {
		return nil, err
	}
	become, err := founded(ctx, tx, slices.Concat(held, alone))
	if err != nil {
		return nil, err
	}
	seated, err := Seated(ctx, tx, call)
	if err != nil {
		return nil, err
	}
	open := func(all []ids.Application) []ids.Application {
		return slices.DeleteFunc(all, func(id ids.Application) bool { return slices.Contains(become, id) })
	}
	if len(open(held)) > 0 || slices.Contains(seated, organization) {
		return nil, fault.Conflict("partnerships.replacement.busy")
	}
	return open(alone), nil
}
