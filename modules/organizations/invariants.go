package organizations

import (
	"context"

	"kervan/tenants"
)

// Check finds organizations that nobody leads, and people who take part for one that is not there. It is a
// tenants.Check.
func Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	return tenants.Sentences(ctx, sc,
		`SELECT format('membership %s: %s of organization %s, which is not there', m.id, m.role, m.organization_id) FROM memberships m
			WHERE m.organization_id IS NOT NULL AND NOT EXISTS (SELECT FROM organizations o WHERE o.id = m.organization_id) ORDER BY 1`,
		`SELECT format('organization %s: nobody leads it', o.id) FROM organizations o
			WHERE NOT EXISTS (SELECT FROM memberships m WHERE m.organization_id = o.id AND m.role = 'lead') ORDER BY 1`,
	)
}
