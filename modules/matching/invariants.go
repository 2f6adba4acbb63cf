package matching

import (
	"context"
	"fmt"
	"slices"

	"kervan/policies"
	"kervan/tenants"
)

// Check finds cards that other networks are shown though nobody has agreed to it, and consents of organizations whose network has not.
// It is a tenants.Check.
func (s *Service) Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	if err := policies.OnlySystem(sc); err != nil {
		return nil, err
	}
	findings, err := tenants.Sentences(ctx, sc,
		`SELECT format('card of organization %s: shared, though the network does not take part', organization_id) FROM matching_sharings
			WHERE NOT EXISTS (SELECT FROM matching_participation) ORDER BY 1`,
	)
	if err != nil {
		return nil, err
	}
	copied, err := copiedOf(ctx, s.tenants.Platform().Read(), sc.Tenant().ID)
	if err != nil {
		return nil, err
	}
	agreed, err := sharers(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	for _, o := range copied {
		if !slices.Contains(agreed, o) {
			findings = append(findings, fmt.Sprintf("card of organization %s: copied for other networks, and nobody has agreed to that", o))
		}
	}
	return findings, nil
}
