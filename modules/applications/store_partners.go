package applications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

const invitationColumns = "i.id, i.application_id AS application, i.seat, i.organization_id AS organization, i.email, i.name, i.state, i.invited_at"

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

// invitationTo finds an invitation to any of the organizations or to the address. Fault: NotFound.
func invitationTo(ctx context.Context, db bun.IDB, id ids.Invitation, organizations []ids.Organization, email string) (Invitation, error) {
	var found Invitation
	err := db.NewRaw(`SELECT `+invitationColumns+` FROM partner_invitations AS i
		WHERE i.id = ? AND (i.organization_id IN (?) OR i.email <> '' AND lower(i.email) = lower(?))`, id, bun.List(orNone(organizations)), email).Scan(ctx, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return found, fault.NotFound()
	}
	if err != nil {
		return found, fmt.Errorf("applications: find invitation: %w", err)
	}
	return found, nil
}

// orNone makes a list of nothing fit for IN.
func orNone(organizations []ids.Organization) []ids.Organization {
	if len(organizations) == 0 {
		return []ids.Organization{{}}
	}
	return organizations
}

// invitationsTo lists the open invitations to any of the organizations or to the address, to applications that may still
// be joined.
func invitationsTo(ctx context.Context, db bun.IDB, organizations []ids.Organization, email string) ([]Invitation, error) {
	var found []Invitation
	err := db.NewRaw(`SELECT `+invitationColumns+` FROM partner_invitations AS i JOIN applications AS a ON a.id = i.application_id
		WHERE i.state = 'open' AND a.state IN ('draft', 'submitted') AND (i.organization_id IN (?) OR i.email <> '' AND lower(i.email) = lower(?))
		ORDER BY i.invited_at DESC LIMIT 50`, bun.List(orNone(organizations)), email).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list invitations: %w", err)
	}
	return found, nil
}

// countInvitations counts all that an application ever sent.
func countInvitations(ctx context.Context, db bun.IDB, id ids.Application) (int, error) {
	n, err := db.NewSelect().Table("partner_invitations").Where("application_id = ?", id).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("applications: count invitations: %w", err)
	}
	return int(n), nil
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

// keepFormer keeps what an organization wrote when it leaves its seat.
func keepFormer(ctx context.Context, tx *tenants.Tx, p *Part, now time.Time) error {
	_, err := tx.NewRaw(`INSERT INTO former_parts (sheet_id, application_id, organization_id, left_at) VALUES (?, ?, ?, ?)`,
		p.Sheet, p.Application, p.Organization, now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: keep former part: %w", err)
	}
	return nil
}

// emptySeat gives the seat to nobody, with a fresh sheet.
func emptySeat(ctx context.Context, tx *tenants.Tx, p *Part, fresh ids.Sheet) error {
	p.Organization, p.Sheet, p.ConfirmedAt, p.ConfirmedBy, p.NewsSince, p.Town = ids.Organization{}, fresh, time.Time{}, ids.Person{}, ids.FormVersion{}, Town{}
	_, err := tx.NewRaw(`UPDATE application_parts SET organization_id = NULL, sheet_id = ?, confirmed_at = NULL, confirmed_by = NULL, news_since_id = NULL,
		country = '', city = '', place = 0 WHERE id = ?`, fresh, p.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: empty seat: %w", err)
	}
	return nil
}

// freeOrganizations lets the organizations of a withdrawn application apply anew.
func freeOrganizations(ctx context.Context, tx *tenants.Tx, id ids.Application) error {
	if _, err := tx.NewRaw(`UPDATE application_parts SET call_id = NULL WHERE application_id = ?`, id).Exec(ctx); err != nil {
		return fmt.Errorf("applications: free organizations: %w", err)
	}
	return nil
}

type presenceRow struct {
	Person   ids.Person
	Question string
}

// present keeps where a person is writing and tells who else is, of the last half minute.
func present(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, person ids.Person, question string) ([]presenceRow, error) {
	if _, err := tx.NewRaw(`INSERT INTO presences (sheet_id, person_id, question, seen_at) VALUES (?, ?, ?, now())
		ON CONFLICT (sheet_id, person_id) DO UPDATE SET question = excluded.question, seen_at = excluded.seen_at`, sheet, person, question).Exec(ctx); err != nil {
		return nil, fmt.Errorf("applications: keep presence: %w", err)
	}
	var others []presenceRow
	err := tx.NewRaw(`SELECT person_id AS person, question FROM presences WHERE sheet_id = ? AND person_id <> ? AND question <> '' AND seen_at > now() - interval '30 seconds'`,
		sheet, person).Scan(ctx, &others)
	if err != nil {
		return nil, fmt.Errorf("applications: read presences: %w", err)
	}
	return others, nil
}

// Guest is who was invited to an application: an organization of the network, or an address.
type Guest struct {
	Application  ids.Application
	Organization ids.Organization
	Email        string
}

// Guests are who was invited to any of the applications, whatever they answered, all in one query. It is for other modules'
// use-cases, which have authorized.
func Guests(ctx context.Context, db bun.IDB, wanted []ids.Application) ([]Guest, error) {
	var found []Guest
	if len(wanted) == 0 {
		return found, nil
	}
	err := db.NewRaw(`SELECT i.application_id AS application, i.organization_id AS organization, i.email FROM partner_invitations AS i
		WHERE i.application_id IN (?) ORDER BY i.invited_at, i.id`, bun.List(wanted)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("applications: list guests: %w", err)
	}
	return found, nil
}
