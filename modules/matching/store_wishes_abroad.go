package matching

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// Whom organizations wish for in other networks and whom they rule out stands in the shared tables, by the names of their copies.

type commonWishRow struct {
	bun.BaseModel `bun:"table:common_wishes,alias:cw"`

	CardID   ids.Organization `bun:"card_id,pk"`
	WishedID ids.Organization `bun:"wished_id,pk"`
	Rank     int              `bun:"rank"`
}

type commonVetoRow struct {
	bun.BaseModel `bun:"table:common_vetoes,alias:cv"`

	CardID   ids.Organization `bun:"card_id,pk"`
	VetoedID ids.Organization `bun:"vetoed_id,pk"`
}

// wishesAbroad are whom the copies wish for, the dearest first. It is for those organizations' own people, and for runs.
func wishesAbroad(ctx context.Context, db bun.IDB, among []ids.Organization) (map[ids.Organization][]ids.Organization, error) {
	wishes := map[ids.Organization][]ids.Organization{}
	if len(among) == 0 {
		return wishes, nil
	}
	var rows []commonWishRow
	if err := db.NewSelect().Model(&rows).Where("cw.card_id IN (?)", bun.List(among)).Order("cw.card_id", "cw.rank").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list wishes across networks: %w", err)
	}
	for _, r := range rows {
		wishes[r.CardID] = append(wishes[r.CardID], r.WishedID)
	}
	return wishes, nil
}

// vetoesAbroad are whom one copy's organization rules out of other networks than its own. It is for its own people.
func vetoesAbroad(ctx context.Context, db bun.IDB, network ids.Tenant, own ids.Organization) ([]ids.Organization, error) {
	var all []ids.Organization
	err := db.NewSelect().Model((*commonVetoRow)(nil)).Column("cv.vetoed_id").Join("JOIN common_cards AS c ON c.id = cv.vetoed_id").
		Where("cv.card_id = ?", own).Where("c.tenant_id <> ?", network).Order("cv.vetoed_id").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: list own vetoes across networks: %w", err)
	}
	return all, nil
}

// ruledOutAbroad are the pairs among the copies of which one rules the other out, and not which. It is for runs.
func ruledOutAbroad(ctx context.Context, db bun.IDB, among []ids.Organization) ([]Pair, error) {
	if len(among) == 0 {
		return nil, nil
	}
	var rows []commonVetoRow
	err := db.NewSelect().Model(&rows).Where("cv.card_id IN (?)", bun.List(among)).Where("cv.vetoed_id IN (?)", bun.List(among)).Order("cv.card_id", "cv.vetoed_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("matching: list vetoes across networks: %w", err)
	}
	all := make([]Pair, len(rows))
	for i, r := range rows {
		all[i] = PairOf(r.CardID, r.VetoedID)
	}
	return all, nil
}

// holdOwnCopy is the copy of an organization's card, if others are shown it. Nobody else changes whom it wishes for until the transaction
// ends. Fault: NotFound.
func holdOwnCopy(ctx context.Context, tx *tenants.Tx, network ids.Tenant, own ids.Organization) (ids.Organization, error) {
	var held []ids.Organization
	err := tx.NewRaw(`SELECT c.id FROM common_cards AS c JOIN tenants AS t ON t.id = c.tenant_id
		WHERE c.tenant_id = ? AND c.organization_id = ? AND t.kind = ? AND t.status IN (?) FOR NO KEY UPDATE OF c`, network, own, tenants.KindNetwork, bun.List(shownIn)).Scan(ctx, &held)
	switch {
	case err != nil:
		return ids.Organization{}, fmt.Errorf("matching: hold an own card: %w", err)
	case len(held) == 0:
		return ids.Organization{}, fault.NotFound()
	}
	return held[0], nil
}

// saveWishesAbroad keeps exactly these wishes, the dearest first.
func saveWishesAbroad(ctx context.Context, tx *tenants.Tx, own ids.Organization, wished []ids.Organization) error {
	if _, err := tx.NewDelete().Model((*commonWishRow)(nil)).Where("card_id = ?", own).Exec(ctx); err != nil {
		return fmt.Errorf("matching: forget wishes across networks: %w", err)
	}
	if len(wished) == 0 {
		return nil
	}
	rows := make([]commonWishRow, len(wished))
	for i, o := range wished {
		rows[i] = commonWishRow{CardID: own, WishedID: o, Rank: i + 1}
	}
	if _, err := tx.NewInsert().Model(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: keep wishes across networks: %w", err)
	}
	return nil
}

func ruleOutAbroad(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error {
	r := commonVetoRow{CardID: own, VetoedID: other}
	if _, err := tx.NewInsert().Model(&r).On("CONFLICT (card_id, vetoed_id) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: rule out across networks: %w", err)
	}
	return nil
}

func takeBackAbroad(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error {
	if _, err := tx.NewDelete().Model((*commonVetoRow)(nil)).Where("card_id = ?", own).Where("vetoed_id = ?", other).Exec(ctx); err != nil {
		return fmt.Errorf("matching: take a veto across networks back: %w", err)
	}
	return nil
}

// keepVetoes makes exactly these pairs of a network's own organizations, the one that rules out first, be vetoes of their copies, where both
// have one.
func keepVetoes(ctx context.Context, tx *tenants.Tx, network ids.Tenant, ruled [][2]ids.Organization) error {
	who, whom := make([]ids.Organization, len(ruled)), make([]ids.Organization, len(ruled))
	for i, pair := range ruled {
		who[i], whom[i] = pair[0], pair[1]
	}
	const wanted = `SELECT a.id, b.id FROM unnest(?1::uuid[], ?2::uuid[]) AS r (who, whom) JOIN common_cards AS a ON a.tenant_id = ?0 AND a.organization_id = r.who
		JOIN common_cards AS b ON b.tenant_id = ?0 AND b.organization_id = r.whom`
	for _, statement := range []string{
		`DELETE FROM common_vetoes AS v USING common_cards AS c, common_cards AS o
			WHERE c.id = v.card_id AND o.id = v.vetoed_id AND c.tenant_id = ?0 AND o.tenant_id = ?0 AND (v.card_id, v.vetoed_id) NOT IN (` + wanted + `)`,
		`INSERT INTO common_vetoes (card_id, vetoed_id) ` + wanted + ` ON CONFLICT (card_id, vetoed_id) DO NOTHING`,
	} {
		if _, err := tx.NewRaw(statement, network, tenants.Array(who), tenants.Array(whom)).Exec(ctx); err != nil {
			return fmt.Errorf("matching: bring vetoes: %w", err)
		}
	}
	return nil
}
