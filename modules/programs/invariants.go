package programs

import (
	"context"

	"kervan/tenants"
)

// Check finds calls in states that they cannot be in, with dates or forms that cannot be theirs. It is a tenants.Check.
func Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	return tenants.Sentences(ctx, sc,
		`SELECT format('call %s: %s is no state', id, state) FROM calls WHERE state NOT IN ('draft', 'published', 'closed') ORDER BY 1`,
		`SELECT format('call %s: %s without its dates', id, state) FROM calls
			WHERE state <> 'draft' AND (opens_at IS NULL OR closes_at IS NULL OR opens_at >= closes_at OR published_at IS NULL) ORDER BY 1`,
		`SELECT format('call %s: closed, and nobody knows when', id) FROM calls WHERE (state = 'closed') <> (closed_at IS NOT NULL) ORDER BY 1`,
		`SELECT format('call %s: its deadline was moved to before the first one', id) FROM calls WHERE state <> 'draft' AND closes_at < first_closes_at ORDER BY 1`,
		`SELECT format('call %s: asks a version of another form', c.id) FROM calls c JOIN form_versions v ON v.id = c.form_version_id WHERE v.form_id <> c.form_id ORDER BY 1`,
		`SELECT format('call %s: published, and its log does not say so', c.id) FROM calls c
			WHERE c.state <> 'draft' AND NOT EXISTS (SELECT FROM call_changes l WHERE l.call_id = c.id AND l.kind = 'opened') ORDER BY 1`,
	)
}
