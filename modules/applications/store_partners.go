package applications

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

const invitationColumns = "i.id, i.application_id AS application, i.seat, i.organization_id AS organization, i.email, i.name, i.invited_at"

func insertInvitation(ctx context.Context, tx *tenants.Tx, i Invitation) error {
	if _, err := tx.NewRaw(`UPDATE partner_invitations SET state = 'revoked' WHERE application_id = ? AND seat = ? AND state = 'open'`, i.Application, i.Seat).Exec(ctx); err != nil {
		return fmt.Errorf("applications: replace invitation: %w", err)
	}
	_, err := tx.NewRaw(`INSERT INTO partner_invitations (id, application_id, seat, organization_id, email, name, invited_at, invited_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		i.ID, i.Application, i.Seat, i.Organization, i.Email, i.Name, i.InvitedAt, tx.Scope().Actor().Person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: invite: %w", err)
	}
	return nil
}

func invitationsOf(ctx context.Context, db bun.IDB, id ids.Application) ([]Invitation, error) {
	var found []Invitation
	err := db.NewRaw(`SELECT `+invitationColumns+` FROM partner_invitations AS i WHERE i.application_id = ? AND i.state = 'open' ORDER BY i.invited_at`, id).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list invitations: %w", err)
	}
	return found, nil
}

// invitationsTo lists the open invitations to any of the organizations or to the address, to applications that may still
// be joined.
func invitationsTo(ctx context.Context, db bun.IDB, organizations []ids.Organization, email string) ([]Invitation, error) {
	if len(organizations) == 0 {
		organizations = []ids.Organization{ids.New[ids.Organization]()}
	}
	var found []Invitation
	err := db.NewRaw(`SELECT `+invitationColumns+` FROM partner_invitations AS i JOIN applications AS a ON a.id = i.application_id
		WHERE i.state = 'open' AND a.state IN ('draft', 'submitted', 'returned') AND (i.organization_id IN (?) OR i.email <> '' AND lower(i.email) = lower(?))
		ORDER BY i.invited_at DESC LIMIT 50`, bun.List(organizations), email).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list invitations: %w", err)
	}
	return found, nil
}

// answerInvitation ends an open invitation and reports whether it was open.
func answerInvitation(ctx context.Context, tx *tenants.Tx, application ids.Application, id ids.Invitation, state string) (bool, error) {
	result, err := tx.NewRaw(`UPDATE partner_invitations SET state = ? WHERE id = ? AND application_id = ? AND state = 'open'`, state, id, application).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("applications: answer invitation: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
