package correspondence

import (
	"context"

	"kervan/policies"
	"kervan/tenants"
)

// Check finds messages in states that they cannot be in, and security mails that were sent and still say what they said.
// It is a tenants.Check; only the system may.
func (s *Service) Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	if err := policies.OnlySystem(sc); err != nil {
		return nil, err
	}
	questions := []string{
		`SELECT format('message %s: %s is no state', id, status) FROM messages WHERE status NOT IN ('held', 'released', 'sent', 'failed', 'cancelled') ORDER BY 1`,
		`SELECT format('message %s: %s, and nobody knows when', id, status) FROM messages WHERE (status = 'sent') <> (sent_at IS NOT NULL) ORDER BY 1`,
		`SELECT format('message %s: sent, and never released', id) FROM messages WHERE status = 'sent' AND released_at IS NULL ORDER BY 1`,
	}
	if s.leaves(sc.Tenant()) {
		questions = append(questions, `SELECT format('message %s: a security mail that still has its text', id) FROM messages WHERE secret AND status = 'sent' AND body || html <> '' ORDER BY 1`)
	}
	return tenants.Sentences(ctx, sc, questions...)
}
