package matching

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/tenants"
)

type cardRow struct {
	bun.BaseModel `bun:"table:matching_cards,alias:c"`

	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Needs          []string         `bun:"needs,array"`
	Offers         []string         `bun:"offers,array"`
	Languages      []string         `bun:"languages,array"`
	Countries      []string         `bun:"countries,array"`
	Kinds          []string         `bun:"kinds,array"`
	Sizes          []string         `bun:"sizes,array"`
	Relation       Relation         `bun:"relation"`
	Green          bool             `bun:"green"`
	Wished         string           `bun:"wished"`
	About          string           `bun:"about"`
	AvailableFrom  time.Time        `bun:"available_from,type:date,nullzero"`
	AvailableUntil time.Time        `bun:"available_until,type:date,nullzero"`
	Hosts          int              `bun:"hosts"`
	InPool         bool             `bun:"in_pool"`
	Version        int64            `bun:"version"`
	UpdatedAt      time.Time        `bun:"updated_at"`
	UpdatedBy      ids.Person       `bun:"updated_by,nullzero"`
}

// texts turns a list of codes into another kind of codes; it is never nil.
func texts[To, From ~string](from []From) []To {
	all := make([]To, len(from))
	for i, s := range from {
		all[i] = To(s)
	}
	return all
}

func (r *cardRow) card() Card {
	return Card{
		Organization: r.OrganizationID, Needs: texts[Topic](r.Needs), Offers: texts[Topic](r.Offers), Languages: r.Languages, Countries: texts[geo.Country](r.Countries),
		Kinds: r.Kinds, Sizes: texts[Size](r.Sizes), Relation: r.Relation, Green: r.Green, Wished: r.Wished, About: r.About, From: r.AvailableFrom, Until: r.AvailableUntil,
		Hosts: r.Hosts, InPool: r.InPool, Version: r.Version, UpdatedAt: r.UpdatedAt,
	}
}

func rowOf(c *Card, by ids.Person) cardRow {
	return cardRow{
		OrganizationID: c.Organization, Needs: texts[string](c.Needs), Offers: texts[string](c.Offers), Languages: texts[string](c.Languages), Countries: texts[string](c.Countries),
		Kinds: texts[string](c.Kinds), Sizes: texts[string](c.Sizes), Relation: c.Relation, Green: c.Green, Wished: c.Wished, About: c.About, AvailableFrom: c.From, AvailableUntil: c.Until,
		Hosts: c.Hosts, InPool: c.InPool, Version: c.Version, UpdatedAt: c.UpdatedAt, UpdatedBy: by,
	}
}

// findCard finds the card of an organization, if it has written one.
func findCard(ctx context.Context, db bun.IDB, id ids.Organization) (Card, bool, error) {
	var r cardRow
	err := db.NewSelect().Model(&r).Where("c.organization_id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Card{}, false, nil
	case err != nil:
		return Card{}, false, fmt.Errorf("matching: find card: %w", err)
	}
	return r.card(), true, nil
}

// holdCard finds a card and keeps it from being changed until the transaction ends: for who writes it with UPDATE, for who relies on
// it with SHARE.
func holdCard(ctx context.Context, tx *tenants.Tx, id ids.Organization, strength string) (Card, bool, error) {
	var rows []cardRow
	if err := tx.NewSelect().Model(&rows).Where("c.organization_id = ?", id).For(strength).Scan(ctx); err != nil {
		return Card{}, false, fmt.Errorf("matching: hold card: %w", err)
	}
	if len(rows) == 0 {
		return Card{}, false, nil
	}
	return rows[0].card(), true, nil
}

// cardsOf are the cards of organizations that have written one.
func cardsOf(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Organization]Card, error) {
	var rows []cardRow
	if err := db.NewSelect().Model(&rows).Where("c.organization_id IN (?)", bun.List(organizations)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: read cards: %w", err)
	}
	all := make(map[ids.Organization]Card, len(rows))
	for i := range rows {
		all[rows[i].OrganizationID] = rows[i].card()
	}
	return all, nil
}

// Needs are what the cards of organizations say that they need, what matters most first, and in which languages they work, all
// in one query. A card that is not in the pool says nothing to others. It is for other modules' use-cases, which have authorized.
func Needs(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Organization]Need, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	cards, err := cardsOf(ctx, db, organizations)
	if err != nil {
		return nil, err
	}
	all := make(map[ids.Organization]Need, len(cards))
	for id, c := range cards {
		if !c.InPool {
			continue
		}
		all[id] = Need{Topics: c.Needs, Languages: c.Languages}
	}
	return all, nil
}

// cardsIn are the cards of the pool, ordered by organization.
func cardsIn(ctx context.Context, db bun.IDB) ([]Card, error) {
	var rows []cardRow
	if err := db.NewSelect().Model(&rows).Where("c.in_pool").Order("c.organization_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list cards: %w", err)
	}
	all := make([]Card, len(rows))
	for i := range rows {
		all[i] = rows[i].card()
	}
	return all, nil
}

// saveCard writes the card if it is still the version that was shown; the first one is version 0. Fault: Conflict.
func saveCard(ctx context.Context, tx *tenants.Tx, c *Card, by ids.Person) error {
	r := rowOf(c, by)
	r.Version++
	var result sql.Result
	var err error
	if c.Version == 0 {
		result, err = tx.NewInsert().Model(&r).On("CONFLICT (organization_id) DO NOTHING").Returning("NULL").Exec(ctx)
	} else {
		result, err = tx.NewUpdate().Model(&r).ExcludeColumn("organization_id").Where("organization_id = ?", c.Organization).Where("version = ?", c.Version).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("matching: save card: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

type wishRow struct {
	bun.BaseModel `bun:"table:matching_wishes,alias:w"`

	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Rank           int              `bun:"rank"`
	WishedID       ids.Organization `bun:"wished_id,pk"`
}

// wishesOf are whom the organizations wish for, the dearest first. It is for those organizations' own people, and for runs.
func wishesOf(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Organization][]ids.Organization, error) {
	wishes := map[ids.Organization][]ids.Organization{}
	if len(organizations) == 0 {
		return wishes, nil
	}
	var rows []wishRow
	if err := db.NewSelect().Model(&rows).Where("w.organization_id IN (?)", bun.List(organizations)).Order("w.organization_id", "w.rank").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list wishes: %w", err)
	}
	for _, r := range rows {
		wishes[r.OrganizationID] = append(wishes[r.OrganizationID], r.WishedID)
	}
	return wishes, nil
}

type vetoRow struct {
	bun.BaseModel `bun:"table:matching_vetoes,alias:v"`

	OrganizationID ids.Organization `bun:"organization_id,pk"`
	VetoedID       ids.Organization `bun:"vetoed_id,pk"`
	Reason         string           `bun:"reason"`
	At             time.Time        `bun:"at"`
}

// vetoes are whom the organizations rule out: who, and whom; by both identifiers. It is for runs.
func vetoes(ctx context.Context, db bun.IDB, organizations []ids.Organization) ([][2]ids.Organization, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	var rows []vetoRow
	err := db.NewSelect().Model(&rows).Column("organization_id", "vetoed_id").Where("v.organization_id IN (?)", bun.List(organizations)).
		Order("v.organization_id", "v.vetoed_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("matching: list vetoes: %w", err)
	}
	all := make([][2]ids.Organization, len(rows))
	for i, r := range rows {
		all[i] = [2]ids.Organization{r.OrganizationID, r.VetoedID}
	}
	return all, nil
}

// vetoesOf are whom one organization rules out, and why, the newest first. It is for its own people.
func vetoesOf(ctx context.Context, db bun.IDB, own ids.Organization) ([]vetoRow, error) {
	var rows []vetoRow
	if err := db.NewSelect().Model(&rows).Where("v.organization_id = ?", own).Order("v.at DESC", "v.vetoed_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list own vetoes: %w", err)
	}
	return rows, nil
}

// holdWishes lets nobody else change the organization's wishes until the transaction ends.
func holdWishes(ctx context.Context, tx *tenants.Tx, own ids.Organization) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' matching.wishes ' || ?, 0))`, own.String()).Exec(ctx); err != nil {
		return fmt.Errorf("matching: hold wishes: %w", err)
	}
	return nil
}

// saveWishes keeps exactly these wishes, the dearest first.
func saveWishes(ctx context.Context, tx *tenants.Tx, own ids.Organization, wished []ids.Organization) error {
	if _, err := tx.NewDelete().Model((*wishRow)(nil)).Where("organization_id = ?", own).Exec(ctx); err != nil {
		return fmt.Errorf("matching: forget wishes: %w", err)
	}
	if len(wished) == 0 {
		return nil
	}
	rows := make([]wishRow, len(wished))
	for i, o := range wished {
		rows[i] = wishRow{OrganizationID: own, Rank: i + 1, WishedID: o}
	}
	if _, err := tx.NewInsert().Model(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: keep wishes: %w", err)
	}
	return nil
}

func ruleOut(ctx context.Context, tx *tenants.Tx, own, other ids.Organization, reason string) error {
	at, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	r := vetoRow{OrganizationID: own, VetoedID: other, Reason: reason, At: at}
	if _, err := tx.NewInsert().Model(&r).On("CONFLICT (organization_id, vetoed_id) DO UPDATE").Set("reason = EXCLUDED.reason").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: rule out: %w", err)
	}
	return nil
}

func takeBack(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error {
	if _, err := tx.NewDelete().Model((*vetoRow)(nil)).Where("organization_id = ?", own).Where("vetoed_id = ?", other).Exec(ctx); err != nil {
		return fmt.Errorf("matching: take a veto back: %w", err)
	}
	return nil
}
