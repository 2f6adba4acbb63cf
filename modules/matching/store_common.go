package matching

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type participationRow struct {
	bun.BaseModel `bun:"table:matching_participation,alias:p"`

	Since  time.Time  `bun:"since"`
	By     ids.Person `bun:"by,nullzero"`
	Shared int        `bun:"shared,scanonly"`
}

// participation is whether the network takes part, who said so, and how many share.
func participation(ctx context.Context, db bun.IDB) (Participation, ids.Person, error) {
	var r participationRow
	err := db.NewSelect().Model(&r).Column("since", "by").ColumnExpr("(SELECT count(*) FROM matching_sharings) AS shared").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Participation{}, ids.Person{}, nil
	case err != nil:
		return Participation{}, ids.Person{}, fmt.Errorf("matching: read participation: %w", err)
	}
	return Participation{Since: r.Since, Shared: r.Shared}, r.By, nil
}

func beginParticipation(ctx context.Context, tx *tenants.Tx, at time.Time, by ids.Person) (fresh bool, err error) {
	r := participationRow{Since: at, By: by}
	return moved(tx.NewInsert().Model(&r).On("CONFLICT (once) DO NOTHING").Returning("NULL").Exec(ctx))
}

// endParticipation returns since when the network has taken part, if it has.
func endParticipation(ctx context.Context, tx *tenants.Tx) (since time.Time, found bool, err error) {
	var rows []time.Time
	if err := tx.NewRaw("DELETE FROM matching_participation RETURNING since").Scan(ctx, &rows); err != nil {
		return since, false, fmt.Errorf("matching: end participation: %w", err)
	}
	if len(rows) == 0 {
		return since, false, nil
	}
	return rows[0], true, nil
}

// holdParticipation reports whether the network takes part, and keeps that from being ended until the transaction is over.
func holdParticipation(ctx context.Context, tx *tenants.Tx) (bool, error) {
	var rows []time.Time
	if err := tx.NewSelect().Model((*participationRow)(nil)).Column("since").For("SHARE").Scan(ctx, &rows); err != nil {
		return false, fmt.Errorf("matching: hold participation: %w", err)
	}
	return len(rows) > 0, nil
}

type sharingRow struct {
	bun.BaseModel `bun:"table:matching_sharings,alias:s"`

	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Since          time.Time        `bun:"since"`
	By             ids.Person       `bun:"by,nullzero"`
}

// sharingOf is whether the network takes part, and since when the organization shares its card, in one query.
func sharingOf(ctx context.Context, db bun.IDB, own ids.Organization) (Sharing, error) {
	var r struct {
		Open  bool
		Since time.Time `bun:",nullzero"`
	}
	err := db.NewRaw(`SELECT EXISTS (SELECT FROM matching_participation) AS open, (SELECT since FROM matching_sharings WHERE organization_id = ?) AS since`, own).Scan(ctx, &r)
	if err != nil {
		return Sharing{}, fmt.Errorf("matching: read sharing: %w", err)
	}
	return Sharing{Open: r.Open, Since: r.Since}, nil
}

// isShared reports whether the organization shares its card.
func isShared(ctx context.Context, tx *tenants.Tx, own ids.Organization) (bool, error) {
	is, err := tx.NewSelect().Model((*sharingRow)(nil)).Where("s.organization_id = ?", own).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: find sharing: %w", err)
	}
	return is, nil
}

func beginSharing(ctx context.Context, tx *tenants.Tx, own ids.Organization, at time.Time, by ids.Person) (fresh bool, err error) {
	r := sharingRow{OrganizationID: own, Since: at, By: by}
	return moved(tx.NewInsert().Model(&r).On("CONFLICT (organization_id) DO NOTHING").Returning("NULL").Exec(ctx))
}

func endSharing(ctx context.Context, tx *tenants.Tx, own ids.Organization) (was bool, err error) {
	return moved(tx.NewDelete().Model((*sharingRow)(nil)).Where("organization_id = ?", own).Exec(ctx))
}

// forgetSharings returns who has shared.
func forgetSharings(ctx context.Context, tx *tenants.Tx) ([]ids.Organization, error) {
	var all []ids.Organization
	if err := tx.NewRaw("DELETE FROM matching_sharings RETURNING organization_id").Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("matching: forget sharings: %w", err)
	}
	return all, nil
}

// sharers are the organizations that share their cards; nobody while the network does not take part.
func sharers(ctx context.Context, db bun.IDB) ([]ids.Organization, error) {
	var all []ids.Organization
	err := db.NewSelect().Model((*sharingRow)(nil)).Column("organization_id").Where("EXISTS (SELECT FROM matching_participation)").Order("organization_id").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: list who shares: %w", err)
	}
	return all, nil
}

// notePartaking notes in the core that a network takes part, or has, and reports whether that was new.
func notePartaking(ctx context.Context, tx *tenants.Tx, network ids.Tenant, p partaken) (bool, error) {
	if p.Until == nil {
		return moved(tx.NewRaw(`INSERT INTO matching_networks (network_id, since) VALUES (?, ?) ON CONFLICT (network_id, since) DO NOTHING`, network, p.Since).Exec(ctx))
	}
	return moved(tx.NewRaw(`INSERT INTO matching_networks AS n (network_id, since, until) VALUES (?, ?, ?)
		ON CONFLICT (network_id, since) DO UPDATE SET until = EXCLUDED.until WHERE n.until IS NULL`, network, p.Since, *p.Until).Exec(ctx))
}

// partakings are the networks that take part, as the core knows it, and since when.
func partakings(ctx context.Context, db bun.IDB) (map[ids.Tenant]time.Time, error) {
	var rows []struct {
		NetworkID ids.Tenant
		Since     time.Time
	}
	if err := db.NewRaw(`SELECT network_id, max(since) AS since FROM matching_networks WHERE until IS NULL GROUP BY network_id`).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("matching: list networks: %w", err)
	}
	all := make(map[ids.Tenant]time.Time, len(rows))
	for _, r := range rows {
		all[r.NetworkID] = r.Since
	}
	return all, nil
}

type copyRow struct {
	bun.BaseModel `bun:"table:common_cards,alias:c"`

	ID             ids.CommonCard   `bun:"id,pk"`
	TenantID       ids.Tenant       `bun:"tenant_id"`
	OrganizationID ids.Organization `bun:"organization_id"`
	Content        json.RawMessage  `bun:"content,type:jsonb"`
	Tag            string           `bun:"tag"`
	Version        int64            `bun:"version"`
	ChangedAt      time.Time        `bun:"changed_at"`

	Of   string `bun:"of,scanonly"`
	Slug string `bun:"slug,scanonly"`
}

// shownIn are the states of networks whose cards others see: those in which an organization can take its card back.
var shownIn = slices.DeleteFunc(slices.Clone(tenants.Statuses), func(s tenants.Status) bool { return !s.Writable() })

// shownCopies reads copies that are to be seen.
func shownCopies(ctx context.Context, q *bun.SelectQuery, rows *[]copyRow) ([]Copy, error) {
	err := q.ColumnExpr("c.id, c.tenant_id, c.content, c.tag, c.version, c.changed_at, t.name AS of, t.slug").Join("JOIN tenants AS t ON t.id = c.tenant_id").
		Where("t.kind = ?", tenants.KindNetwork).Where("t.status IN (?)", bun.List(shownIn)).Order("c.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("matching: read the common pool: %w", err)
	}
	all := make([]Copy, len(*rows))
	for i, r := range *rows {
		all[i] = Copy{ID: r.ID, Network: r.TenantID, Slug: r.Slug, Of: r.Of, Tag: r.Tag, Version: r.Version, ChangedAt: r.ChangedAt}
		if err := json.Unmarshal(r.Content, &all[i].content); err != nil {
			return nil, fmt.Errorf("matching: read what is shared: %w", err)
		}
	}
	return all, nil
}

// copies are those of all networks, or, with one that is not zero, of all but that.
func copies(ctx context.Context, db bun.IDB, but ids.Tenant) ([]Copy, error) {
	var rows []copyRow
	q := db.NewSelect().Model(&rows)
	if !but.IsZero() {
		q = q.Where("c.tenant_id <> ?", but)
	}
	return shownCopies(ctx, q, &rows)
}

func findCopy(ctx context.Context, db bun.IDB, id ids.CommonCard) (Copy, bool, error) {
	var rows []copyRow
	found, err := shownCopies(ctx, db.NewSelect().Model(&rows).Where("c.id = ?", id), &rows)
	if err != nil || len(found) == 0 {
		return Copy{}, false, err
	}
	return found[0], true, nil
}

// copyOf is what others see of an organization; nil: nothing.
func copyOf(ctx context.Context, db bun.IDB, network ids.Tenant, own ids.Organization) (*Copy, error) {
	var rows []copyRow
	found, err := shownCopies(ctx, db.NewSelect().Model(&rows).Where("c.tenant_id = ?", network).Where("c.organization_id = ?", own), &rows)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// copiedOf are the organizations of a network of which there is a copy, to be seen or not.
func copiedOf(ctx context.Context, db bun.IDB, network ids.Tenant) ([]ids.Organization, error) {
	var all []ids.Organization
	if err := db.NewSelect().Model((*copyRow)(nil)).Column("organization_id").Where("c.tenant_id = ?", network).Order("organization_id").Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("matching: list who is copied: %w", err)
	}
	return all, nil
}

// amongCopies are those of the names of which there is a copy, to be seen or not.
func amongCopies(ctx context.Context, db bun.IDB, wanted []ids.Organization) ([]ids.Organization, error) {
	var all []ids.Organization
	if err := db.NewSelect().Model((*copyRow)(nil)).Column("id").Where("c.id IN (?)", bun.List(wanted)).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("matching: look for copies: %w", err)
	}
	return all, nil
}

// holdCopies keeps everybody else from changing what the common pool has of the network until the transaction ends.
func holdCopies(ctx context.Context, tx *tenants.Tx, network ids.Tenant) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended('matching.copies ' || ?, 0))`, network.String()).Exec(ctx); err != nil {
		return fmt.Errorf("matching: hold copies: %w", err)
	}
	return nil
}

// keepCopies makes the common pool have exactly these of the network, and what they rule out among each other. What has not changed is left
// as it is.
func keepCopies(ctx context.Context, tx *tenants.Tx, network ids.Tenant, all map[ids.Organization]sharedCard, ruled [][2]ids.Organization, at time.Time) error {
	var rows []copyRow
	if err := tx.NewSelect().Model(&rows).Column("id", "organization_id", "tag").Where("c.tenant_id = ?", network).Scan(ctx); err != nil {
		return fmt.Errorf("matching: list copies: %w", err)
	}
	there := map[ids.Organization]string{}
	var gone []ids.CommonCard
	for _, r := range rows {
		there[r.OrganizationID] = r.Tag
		if _, ok := all[r.OrganizationID]; !ok {
			gone = append(gone, r.ID)
		}
	}
	if len(gone) > 0 {
		if _, err := tx.NewDelete().Model((*copyRow)(nil)).Where("id IN (?)", bun.List(gone)).Exec(ctx); err != nil {
			return fmt.Errorf("matching: take copies away: %w", err)
		}
		if err := partIntroduced(ctx, tx); err != nil {
			return err
		}
	}
	var changed []copyRow
	for _, o := range slices.SortedFunc(maps.Keys(all), func(a, b ids.Organization) int { return slices.Compare(a[:], b[:]) }) {
		one := all[o]
		content, tag, err := one.sealed()
		if err != nil {
			return err
		}
		if there[o] != tag {
			changed = append(changed, copyRow{ID: ids.New[ids.CommonCard](), TenantID: network, OrganizationID: o, Content: content, Tag: tag, Version: 1, ChangedAt: at})
		}
	}
	if len(changed) > 0 {
		_, err := tx.NewInsert().Model(&changed).On("CONFLICT (tenant_id, organization_id) DO UPDATE").
			Set("content = EXCLUDED.content, tag = EXCLUDED.tag, version = c.version + 1, changed_at = EXCLUDED.changed_at").Returning("NULL").Exec(ctx)
		if err != nil {
			return fmt.Errorf("matching: bring copies: %w", err)
		}
	}
	return keepVetoes(ctx, tx, network, ruled)
}

// sweepCopies takes the copies of networks away in which nothing can be changed.
func sweepCopies(ctx context.Context, tx *tenants.Tx) error {
	_, err := tx.NewRaw(`DELETE FROM common_cards AS c USING tenants AS t WHERE t.id = c.tenant_id AND t.status NOT IN (?)`, bun.List(shownIn)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: sweep copies: %w", err)
	}
	return partIntroduced(ctx, tx)
}

// moved reports whether a statement changed anything.
func moved(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("matching: change the common pool: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// namedCopies are the names of those of the copies that are to be seen.
func namedCopies(ctx context.Context, db bun.IDB, wanted []ids.Organization) (map[ids.Organization]string, error) {
	var rows []copyRow
	found, err := shownCopies(ctx, db.NewSelect().Model(&rows).Where("c.id IN (?)", bun.List(wanted)), &rows)
	names := make(map[ids.Organization]string, len(found))
	for i := range found {
		names[ids.Organization(found[i].ID)] = found[i].content.Name
	}
	return names, err
}

// networksOf are the tenants in which somebody has an account.
func networksOf(ctx context.Context, db bun.IDB, who ids.Identity) ([]ids.Tenant, error) {
	var all []ids.Tenant
	if err := db.NewRaw(`SELECT tenant_id FROM identity_tenants WHERE identity_id = ? ORDER BY tenant_id`, who).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("matching: list where somebody belongs: %w", err)
	}
	return all, nil
}

// organizationsOf are those to which somebody belongs in a network.
func organizationsOf(ctx context.Context, db bun.IDB, who ids.Identity) ([]ids.Organization, error) {
	var all []ids.Organization
	err := db.NewRaw(`SELECT DISTINCT m.organization_id FROM memberships AS m JOIN people AS p ON p.id = m.person_id
		WHERE p.identity_id = ? AND m.organization_id IS NOT NULL ORDER BY 1`, who).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: list somebody's organizations: %w", err)
	}
	return all, nil
}
