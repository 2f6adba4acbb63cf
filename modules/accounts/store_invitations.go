package accounts

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type invitationRow struct {
	bun.BaseModel `bun:"table:invitations"`

	ID           ids.Invitation   `bun:"id,pk"`
	TokenHash    []byte           `bun:"token_hash"`
	Email        string           `bun:"email"`
	EmailKey     string           `bun:"email_key"`
	Name         string           `bun:"name"`
	Role         tenants.Role     `bun:"role"`
	Organization ids.Organization `bun:"organization_id"`
	Locale       i18n.Locale      `bun:"locale"`
	InvitedBy    ids.Person       `bun:"invited_by"`
	ExpiresAt    time.Time        `bun:"expires_at"`
}

const invitationColumns = "id, token_hash, email, email_key, name, role, organization_id, locale, invited_by, expires_at"

const openInvitation = "accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now()"

// replaceInvitation keeps the invitation; an open one of the same offer to the same address is dead from then on.
func replaceInvitation(ctx context.Context, tx *tenants.Tx, row invitationRow) error {
	_, err := tx.NewRaw(`UPDATE invitations SET revoked_at = now() WHERE email_key = ? AND role = ? AND organization_id IS NOT DISTINCT FROM ? AND `+openInvitation,
		row.EmailKey, row.Role, row.Organization).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: replace invitation: %w", err)
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: keep invitation: %w", err)
	}
	return nil
}

func findInvitation(ctx context.Context, db bun.IDB, token string) (invitationRow, bool, error) {
	var row invitationRow
	err := db.NewSelect().Model(&row).Where("token_hash = ?", hashToken(token)).Where(openInvitation).Scan(ctx)
	return one(row, err, "invitation")
}

func useInvitation(ctx context.Context, tx *tenants.Tx, token string, by ids.Person) (invitationRow, bool, error) {
	var row invitationRow
	err := tx.NewRaw(`UPDATE invitations SET accepted_at = now(), accepted_by = ? WHERE token_hash = ? AND `+openInvitation+` RETURNING `+invitationColumns,
		by, hashToken(token)).Scan(ctx, &row)
	return one(row, err, "invitation")
}

func revokeInvitation(ctx context.Context, tx *tenants.Tx, id ids.Invitation) (invitationRow, bool, error) {
	var row invitationRow
	err := tx.NewRaw(`UPDATE invitations SET revoked_at = now() WHERE id = ? AND `+openInvitation+` RETURNING `+invitationColumns, id).Scan(ctx, &row)
	return one(row, err, "invitation")
}

// Invited lists the open invitations to an organization. It is for other modules' use-cases, which have authorized.
func (s *Service) Invited(ctx context.Context, db bun.IDB, organization ids.Organization) ([]Pending, error) {
	return openInvitations(ctx, db, organization)
}

func openInvitations(ctx context.Context, db bun.IDB, organization ids.Organization) ([]Pending, error) {
	var rows []invitationRow
	err := db.NewSelect().Model(&rows).Where("organization_id IS NOT DISTINCT FROM ?", organization).Where(openInvitation).Order("created_at").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("accounts: list invitations: %w", err)
	}
	pending := make([]Pending, len(rows))
	for i, r := range rows {
		pending[i] = Pending{ID: r.ID, Name: r.Name, Email: r.Email, Role: r.Role, Expires: r.ExpiresAt}
	}
	return pending, nil
}

// lockRoles lets changes of roles of the network's team happen one after the other.
func lockRoles(ctx context.Context, tx *tenants.Tx) error {
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(current_schema(), 7236004))")
	if err != nil {
		return fmt.Errorf("accounts: lock roles: %w", err)
	}
	return nil
}

func alone(ctx context.Context, db bun.IDB) (bool, error) {
	var one bool
	err := db.NewRaw(`SELECT (SELECT count(DISTINCT person_id) FROM memberships WHERE role IN ('coordinator', 'officer')) <= 1
		AND NOT EXISTS (SELECT FROM invitations WHERE role IN ('coordinator', 'officer') AND `+openInvitation+`)`).Scan(ctx, &one)
	if err != nil {
		return false, fmt.Errorf("accounts: count those who run the program: %w", err)
	}
	return one, nil
}
