package accounts

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Check finds roles that nobody holds, people without a login, and invitations that were answered in two ways. It is a
// tenants.Check; only the system may.
func (s *Service) Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	if err := policies.OnlySystem(sc); err != nil {
		return nil, err
	}
	findings, err := tenants.Sentences(ctx, sc,
		`SELECT format('membership %s: person %s, who holds %s, is nobody here', m.id, m.person_id, m.role) FROM memberships m
			WHERE NOT EXISTS (SELECT FROM people p WHERE p.id = m.person_id) ORDER BY 1`,
		`SELECT format('invitation %s: accepted and taken back', id) FROM invitations WHERE accepted_at IS NOT NULL AND revoked_at IS NOT NULL ORDER BY 1`,
		`SELECT format('session %s: lives longer than any may', id) FROM sessions WHERE expires_at > started_at + interval '12 hours 1 second' ORDER BY 1`,
	)
	if err != nil {
		return nil, err
	}
	lost, err := s.withoutLogin(ctx, sc)
	return append(findings, lost...), err
}

// withoutLogin compares the network's people with the shared logins, a thousand at a time.
func (s *Service) withoutLogin(ctx context.Context, sc tenants.Scope) ([]string, error) {
	var findings []string
	var last ids.Person
	for {
		rows, err := peopleAfter(ctx, sc.Read(), last, 1000)
		if err != nil || len(rows) == 0 {
			return findings, err
		}
		wanted := make([]ids.Identity, len(rows))
		for i, r := range rows {
			wanted[i] = r.IdentityID
		}
		known, err := loginsIn(ctx, s.tenants.Platform().Read(), sc.Tenant().ID, wanted)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			here, exists := known[r.IdentityID]
			switch {
			case !exists:
				findings = append(findings, fmt.Sprintf("person %s: has no login", r.ID))
			case !here:
				findings = append(findings, fmt.Sprintf("person %s: the login does not know of this network, so a new password would not end its sessions here", r.ID))
			}
		}
		last = rows[len(rows)-1].ID
	}
}
