package partnerships

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// Depart ends what somebody accompanies who is no facilitator any more, and tells the coordinators and the leads of the organizations
// where the partnership goes on. Told twice, it ends once. The reaction to events.RolesChanged; only the system may.
func (s *Service) Depart(ctx context.Context, sc tenants.Scope, e events.RolesChanged) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		held, err := tenants.Holders(ctx, tx, tenants.RoleFacilitator)
		if err != nil || slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == e.Person }) {
			return err
		}
		all, err := list(ctx, tx, Query{Facilitator: e.Person})
		if err != nil || len(all) == 0 {
			return err
		}
		listed, err := s.listed(ctx, sc, all)
		if err != nil {
			return err
		}
		known, err := s.people.Persons(ctx, sc, []ids.Person{e.Person})
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for i := range listed {
			p := &listed[i]
			if err := accompany(ctx, tx, &p.Partnership, ids.Person{}, Taken, "", now); err != nil {
				return err
			}
			tx.Audit(audit.Entry{Action: "partnership.unaccompanied", SubjectKind: subject, SubjectID: p.ID.String(), Detail: map[string]any{"person": e.Person.String()}})
			if !p.Going() {
				continue
			}
			if err := s.tellCoordinators(ctx, tx, &p.Partnership, "guide_left", known[e.Person]); err != nil {
				return err
			}
			if err := s.tellAccompanied(ctx, tx, p, known[e.Person], "unaccompanied"); err != nil {
				return err
			}
		}
		return nil
	})
}
