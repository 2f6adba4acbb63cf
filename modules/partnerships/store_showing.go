package partnerships

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type showingRow struct {
	bun.BaseModel `bun:"table:partnership_showings,alias:h"`

	PartnershipID ids.Partnership `bun:"partnership_id,pk"`
	Pseudonym     string          `bun:"pseudonym"`
	About         i18n.Text       `bun:"about,type:jsonb"`
	ShownFrom     time.Time       `bun:"shown_from"`
	Version       int64           `bun:"version"`
}

type consentRow struct {
	bun.BaseModel `bun:"table:partnership_consents,alias:n"`

	PartnershipID  ids.Partnership  `bun:"partnership_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Version        int64            `bun:"version"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by"`
}

// mostShown is how many partnerships the map shows at most.
const mostShown = 500

// showings tells how partnerships let themselves be shown, in two queries.
func showings(ctx context.Context, db bun.IDB, wanted ...ids.Partnership) (map[ids.Partnership]Showing, error) {
	found := map[ids.Partnership]Showing{}
	if len(wanted) == 0 {
		return found, nil
	}
	var rows []showingRow
	if err := db.NewSelect().Model(&rows).Where("h.partnership_id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: read presentations: %w", err)
	}
	for _, r := range rows {
		found[r.PartnershipID] = Showing{
			Terms: Terms{Pseudonym: r.Pseudonym, About: r.About, From: r.ShownFrom}, Version: r.Version, Consents: map[ids.Organization]time.Time{},
		}
	}
	var consents []consentRow
	if err := db.NewSelect().Model(&consents).Where("n.partnership_id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: read consents: %w", err)
	}
	for _, c := range consents {
		if s, ok := found[c.PartnershipID]; ok && s.Version == c.Version {
			s.Consents[c.OrganizationID] = c.At
		}
	}
	return found, nil
}

// propose writes the terms in place of those of the version that was shown, and returns the next version. Fault: Conflict.
func propose(ctx context.Context, tx *tenants.Tx, id ids.Partnership, version int64, t Terms) (int64, error) {
	if t.About == nil {
		t.About = i18n.Text{}
	}
	r := showingRow{PartnershipID: id, Pseudonym: t.Pseudonym, About: t.About, ShownFrom: t.From, Version: version + 1}
	q := tx.NewInsert().Model(&r).On("CONFLICT (partnership_id) DO NOTHING").Returning("NULL")
	var result sql.Result
	var err error
	if version == 0 {
		result, err = q.Exec(ctx)
	} else {
		result, err = tx.NewUpdate().Model(&r).Column("pseudonym", "about", "shown_from", "version").Where("partnership_id = ?", id).Where("version = ?", version).Exec(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("partnerships: write presentation: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return 0, errors.Join(fault.Conflict("fault.stale"), err)
	}
	if _, err := tx.NewDelete().Model((*consentRow)(nil)).Where("partnership_id = ?", id).Exec(ctx); err != nil {
		return 0, fmt.Errorf("partnerships: forget consents: %w", err)
	}
	return r.Version, nil
}

// lockShowing returns the version of the terms, which nobody changes until the transaction ends; 0: there are none.
func lockShowing(ctx context.Context, tx *tenants.Tx, id ids.Partnership) (int64, error) {
	var versions []int64
	err := tx.NewSelect().Model((*showingRow)(nil)).Column("version").Where("h.partnership_id = ?", id).For("UPDATE").Scan(ctx, &versions)
	if err != nil || len(versions) == 0 {
		return 0, err
	}
	return versions[0], nil
}

func consent(ctx context.Context, tx *tenants.Tx, id ids.Partnership, version int64, by ids.Person, organizations []ids.Organization) error {
	now, err := tx.Now(ctx)
	if err != nil || len(organizations) == 0 {
		return err
	}
	rows := make([]consentRow, len(organizations))
	for i, o := range organizations {
		rows[i] = consentRow{PartnershipID: id, OrganizationID: o, Version: version, At: now, By: by}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT (partnership_id, organization_id) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: agree: %w", err)
	}
	return nil
}

func dissent(ctx context.Context, tx *tenants.Tx, id ids.Partnership, organizations []ids.Organization) error {
	if _, err := lockShowing(ctx, tx, id); err != nil {
		return err
	}
	_, err := tx.NewDelete().Model((*consentRow)(nil)).Where("partnership_id = ?", id).Where("organization_id IN (?)", bun.List(organizations)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("partnerships: take a consent back: %w", err)
	}
	return nil
}

// askingConsenting asks for the partnerships to whose terms every organization has agreed and whose time has come, the
// newest first.
func askingConsenting(into *[]ids.Partnership) tenants.Question {
	return tenants.Question{
		Query: `SELECT p.id FROM partnerships AS p JOIN partnership_showings AS h ON h.partnership_id = p.id
			WHERE h.shown_from <= now() AND p.state NOT IN ('proposed', 'ended_early') AND NOT EXISTS (SELECT 1 FROM partnership_seats AS s WHERE s.partnership_id = p.id
				AND NOT EXISTS (SELECT 1 FROM partnership_consents AS n WHERE n.partnership_id = p.id AND n.organization_id = s.organization_id AND n.version = h.version))
			ORDER BY p.created_at DESC, p.id DESC LIMIT $1`,
		Args: []any{int64(mostShown)}, Row: func(r *tenants.Row) error {
			var id ids.Partnership
			err := r.Scan(&id)
			*into = append(*into, id)
			return err
		},
	}
}

// waiting lists the partnerships with terms to which one of the organizations has not agreed.
func waiting(ctx context.Context, db bun.IDB, led []ids.Organization) ([]Partnership, error) {
	var rows []row
	err := db.NewSelect().Model(&rows).Where("p.state NOT IN ('proposed', 'ended_early')").
		Where(`EXISTS (SELECT 1 FROM partnership_showings AS h JOIN partnership_seats AS s ON s.partnership_id = h.partnership_id WHERE h.partnership_id = p.id AND s.organization_id IN (?)
			AND NOT EXISTS (SELECT 1 FROM partnership_consents AS n WHERE n.partnership_id = p.id AND n.organization_id = s.organization_id AND n.version = h.version)
			AND EXISTS (SELECT 1 FROM partnership_consents AS n WHERE n.partnership_id = p.id AND n.version = h.version))`, bun.List(led)).
		Order("p.created_at DESC", "p.id DESC").Limit(20).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list what waits: %w", err)
	}
	all := make([]Partnership, len(rows))
	for i := range rows {
		all[i] = rows[i].partnership()
	}
	return all, nil
}

// those finds partnerships with their seats, the newest first.
func those(ctx context.Context, db bun.IDB, wanted []ids.Partnership) ([]Partnership, error) {
	var rows []row
	if err := db.NewSelect().Model(&rows).Where("p.id IN (?)", bun.List(wanted)).Order("p.created_at DESC", "p.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: find some: %w", err)
	}
	all := make([]Partnership, len(rows))
	for i := range rows {
		all[i] = rows[i].partnership()
	}
	return all, seat(ctx, db, all)
}

type crossedRow struct {
	bun.BaseModel `bun:"table:public_partnerships,alias:u"`

	TenantID      ids.Tenant      `bun:"tenant_id,pk"`
	PartnershipID ids.Partnership `bun:"partnership_id,pk"`
	Card          json.RawMessage `bun:"card,type:jsonb"`
}

// crossed are the public partnerships of the networks, the newest first.
func crossed(ctx context.Context, db bun.IDB, networks []ids.Tenant) ([]Public, error) {
	if len(networks) == 0 {
		return nil, nil
	}
	var rows []crossedRow
	err := db.NewSelect().Model(&rows).Where("u.tenant_id IN (?)", bun.List(networks)).OrderExpr("u.card ->> 'since' DESC, u.partnership_id").Limit(mostShown).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("partnerships: read the map of all: %w", err)
	}
	all := make([]Public, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Card, &all[i]); err != nil {
			return nil, fmt.Errorf("partnerships: read a card: %w", err)
		}
		all[i].Network = r.TenantID
	}
	return all, nil
}

// lockMap keeps everybody else from changing what the map of all networks shows of this one until the transaction ends.
func lockMap(ctx context.Context, tx *tenants.Tx, network ids.Tenant) error {
	if _, err := tx.NewRaw("SELECT id FROM tenants WHERE id = ? FOR UPDATE", network).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: lock the map of all: %w", err)
	}
	return nil
}

// replace makes the map of all networks show exactly these of the network.
func replace(ctx context.Context, tx *tenants.Tx, network ids.Tenant, which []ids.Partnership, all []Public) error {
	if _, err := tx.NewDelete().Model((*crossedRow)(nil)).Where("tenant_id = ?", network).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: clear the map of all: %w", err)
	}
	rows := make([]crossedRow, len(all))
	for i := range all {
		card, err := json.Marshal(all[i])
		if err != nil {
			return fmt.Errorf("partnerships: write a card: %w", err)
		}
		rows[i] = crossedRow{TenantID: network, PartnershipID: which[i], Card: card}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: fill the map of all: %w", err)
	}
	return nil
}
