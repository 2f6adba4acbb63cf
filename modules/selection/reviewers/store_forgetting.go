package reviewers

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// loansOver are the accepted invitations of those who are lent for a call of which nothing is left to review. It looks into the decision
// lists of the same tenant, which the selection keeps.
func loansOver(ctx context.Context, db bun.IDB) ([]ids.Invitation, error) {
	var found []ids.Invitation
	err := db.NewRaw(`SELECT i.id FROM reviewer_invitations AS i LEFT JOIN decision_lists AS l ON l.call_id = i.call_id
		WHERE i.loan_id IS NOT NULL AND i.state = 'accepted' AND i.ended_at IS NULL
			AND (l.state = 'released' OR i.answered_at < now() - make_interval(months => ?)) ORDER BY i.id`, longestLoan).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("reviewers: list loans that are over: %w", err)
	}
	return found, nil
}

// forgetInvited empties the invitations that have been over for KeptInvited months, and makes their links dead.
func forgetInvited(ctx context.Context, tx *tenants.Tx) ([]forgotten, error) {
	var found []forgotten
	err := tx.NewRaw(`UPDATE reviewer_invitations AS i SET state = CASE i.state WHEN 'sent' THEN 'lapsed' ELSE i.state END, name = '', email = '', email_key = '', note = '',
			substitute_name = '', substitute_email = '', substitute = CASE i.substitute WHEN 'named' THEN 'passed' ELSE i.substitute END,
			person_id = NULL, lent = NULL, forgotten_at = now()
		WHERE i.forgotten_at IS NULL
			AND CASE i.state WHEN 'declined' THEN i.answered_at WHEN 'withdrawn' THEN i.withdrawn_at WHEN 'accepted' THEN i.ended_at ELSE i.until END
				< now() - make_interval(months => ?)
			AND NOT EXISTS (SELECT FROM reviewer_invitations AS o WHERE o.person_id = i.person_id AND o.loan_id IS NOT NULL AND o.state = 'accepted' AND o.ended_at IS NULL)
		RETURNING i.id, i.call_id`, KeptInvited).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("reviewers: forget who was invited: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	all := make([]ids.Invitation, len(found))
	for n := range found {
		all[n] = found[n].ID
	}
	if _, err := tx.NewRaw("DELETE FROM reviewer_invitation_links WHERE invitation_id IN (?)", bun.List(all)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("reviewers: drop links of invitations: %w", err)
	}
	return found, nil
}
