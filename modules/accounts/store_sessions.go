package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	ID        ids.Session `bun:"id,pk"`
	PersonID  ids.Person  `bun:"person_id"`
	Agent     string      `bun:"agent"`
	StartedAt time.Time   `bun:"started_at"`
	SeenAt    time.Time   `bun:"seen_at"`
}

func insertSession(ctx context.Context, tx *tenants.Tx, hash []byte, person ids.Person, agent string, life, idle time.Duration) error {
	_, err := tx.NewRaw(`INSERT INTO sessions (id, token_hash, person_id, agent, idle, expires_at)
		VALUES (?, ?, ?, ?, make_interval(secs => ?), now() + make_interval(secs => ?))`,
		ids.New[ids.Session](), hash, person, agent, idle.Seconds(), life.Seconds()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: start session: %w", err)
	}
	return nil
}

type actorRow struct {
	Session  ids.Session
	Token    ids.Token
	Person   ids.Person
	Identity ids.Identity
	Name     string
	Email    string
	Locale   i18n.Locale
	Stale    bool
	Grants   json.RawMessage
}

const actorColumns = `p.id, p.identity_id, p.name, p.email, p.locale,
	(SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', m.role, 'organization', m.organization_id)) ORDER BY m.granted_at, m.id), '[]')
	 FROM memberships m WHERE m.person_id = p.id)`

// stillThere holds of a session that has not been left alone for too long: by the roles that its person has now, so that
// a session does not live on as it began when its person joins the network's team.
const stillThere = `s.seen_at + CASE WHEN EXISTS (SELECT FROM memberships m WHERE m.person_id = s.person_id AND m.role NOT IN ('lead', 'participant'))
	THEN least(s.idle, interval '30 minutes') ELSE s.idle END > now()`

// actorOfSession finds session, person and roles in one query.
func actorOfSession(ctx context.Context, sc tenants.Scope, hash []byte) (row actorRow, found bool, err error) {
	err = sc.Ask(ctx, tenants.Question{
		Query: `SELECT s.id, s.seen_at < now() - interval '1 minute', ` + actorColumns + `
			FROM sessions s JOIN people p ON p.id = s.person_id
			WHERE s.token_hash = $1 AND s.expires_at > now() AND ` + stillThere,
		Args: []any{hash}, Row: func(r *tenants.Row) error {
			found = true
			return r.Scan(&row.Session, &row.Stale, &row.Person, &row.Identity, &row.Name, &row.Email, &row.Locale, &row.Grants)
		},
	})
	if err != nil {
		return row, false, fmt.Errorf("accounts: find session: %w", err)
	}
	return row, found, nil
}

func (r actorRow) actor() (tenants.Actor, error) {
	a := tenants.Actor{Person: r.Person, Identity: r.Identity, Session: r.Session, Token: r.Token, Name: r.Name, Email: r.Email, Locale: r.Locale}
	if err := json.Unmarshal(r.Grants, &a.Grants); err != nil {
		return a, fmt.Errorf("accounts: read roles: %w", err)
	}
	return a, nil
}

func seeSession(ctx context.Context, tx *tenants.Tx, id ids.Session) error {
	if _, err := tx.NewUpdate().Table("sessions").Set("seen_at = now()").Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("accounts: note session as seen: %w", err)
	}
	return nil
}

func sessionsOf(ctx context.Context, db bun.IDB, person ids.Person) ([]sessionRow, error) {
	var rows []sessionRow
	err := db.NewSelect().Model(&rows).Where("person_id = ?", person).Where("expires_at > now()").Where("seen_at + idle > now()").
		Order("seen_at DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("accounts: list sessions: %w", err)
	}
	return rows, nil
}

func endSession(ctx context.Context, tx *tenants.Tx, person ids.Person, id ids.Session) error {
	_, err := tx.NewDelete().Table("sessions").Where("person_id = ?", person).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: end session: %w", err)
	}
	return nil
}

// endSessions ends all sessions and tokens of the identity's person here, and takes links on their way out of use.
func endSessions(ctx context.Context, tx *tenants.Tx, identity ids.Identity) error {
	_, err := tx.NewRaw("DELETE FROM sessions USING people WHERE people.id = sessions.person_id AND people.identity_id = ?", identity).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: end sessions: %w", err)
	}
	_, err = tx.NewRaw("DELETE FROM tokens USING people WHERE people.id = tokens.person_id AND people.identity_id = ?", identity).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: end tokens: %w", err)
	}
	_, err = tx.NewRaw("DELETE FROM links USING people WHERE people.email_key = links.email_key AND people.identity_id = ?", identity).Exec(ctx)
	if err != nil {
		return fmt.Errorf("accounts: drop links: %w", err)
	}
	return nil
}

// sweep forgets what has expired.
func sweep(ctx context.Context, tx *tenants.Tx) error {
	for _, q := range []string{
		"DELETE FROM sessions WHERE expires_at < now()", "DELETE FROM links WHERE expires_at < now() - interval '7 days'",
		"DELETE FROM tokens WHERE expires_at < now() - interval '30 days'",
	} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("accounts: sweep: %w", err)
		}
	}
	return nil
}
