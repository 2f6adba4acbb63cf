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
	"kervan/tenants"
)

type roundRow struct {
	bun.BaseModel `bun:"table:matching_rounds,alias:r"`

	ID        ids.Round  `bun:"id,pk"`
	Title     string     `bun:"title"`
	Pool      PoolKind   `bun:"pool"`
	CallID    ids.Call   `bun:"call_id,nullzero"`
	Rules     Rules      `bun:"rules,type:jsonb"`
	Closed    bool       `bun:"closed"`
	Version   int64      `bun:"version"`
	CreatedAt time.Time  `bun:"created_at"`
	CreatedBy ids.Person `bun:"created_by,nullzero"`
}

func (r *roundRow) round() Round {
	return Round{ID: r.ID, Title: r.Title, Pool: r.Pool, Call: r.CallID, Rules: r.Rules, Closed: r.Closed, Version: r.Version, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy}
}

func insertRound(ctx context.Context, tx *tenants.Tx, r *Round) error {
	row := roundRow{ID: r.ID, Title: r.Title, Pool: r.Pool, CallID: r.Call, Rules: r.Rules, Version: 1, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy}
	if _, err := tx.NewInsert().Model(&row).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: begin round: %w", err)
	}
	return nil
}

// updateRound writes the round if it is still the version that was shown. Fault: Conflict.
func updateRound(ctx context.Context, tx *tenants.Tx, r *Round) error {
	row := roundRow{ID: r.ID, Title: r.Title, Pool: r.Pool, CallID: r.Call, Rules: r.Rules, Closed: r.Closed, Version: r.Version + 1}
	result, err := tx.NewUpdate().Model(&row).Column("title", "pool", "call_id", "rules", "closed", "version").Where("id = ?", r.ID).Where("version = ?", r.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: revise round: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

func findRound(ctx context.Context, db bun.IDB, id ids.Round) (Round, error) {
	var row roundRow
	err := db.NewSelect().Model(&row).Where("r.id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Round{}, fault.NotFound()
	case err != nil:
		return Round{}, fmt.Errorf("matching: find round: %w", err)
	}
	return row.round(), nil
}

// lock keeps everybody else from changing a row of a table until the transaction ends, if it is there.
func lock(ctx context.Context, tx *tenants.Tx, table string, id any) error {
	if _, err := tx.NewRaw("SELECT 1 FROM ? WHERE id = ? FOR UPDATE", bun.Ident(table), id).Exec(ctx); err != nil {
		return fmt.Errorf("matching: lock a row of %s: %w", table, err)
	}
	return nil
}

// lockRound is findRound that keeps everybody else from changing what belongs to the round until the transaction ends.
func lockRound(ctx context.Context, tx *tenants.Tx, id ids.Round) (Round, error) {
	if err := lock(ctx, tx, "matching_rounds", id); err != nil {
		return Round{}, err
	}
	return findRound(ctx, tx, id)
}

// mostRounds is how many rounds are listed.
const mostRounds = 200

// roundsIn are the network's rounds, those that go on first, then the newest; so many at most, or all of them for 0.
func roundsIn(ctx context.Context, db bun.IDB, most int64) ([]Round, error) {
	var rows []roundRow
	if err := db.NewSelect().Model(&rows).Order("r.closed", "r.created_at DESC", "r.id").Limit(most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list rounds: %w", err)
	}
	all := make([]Round, len(rows))
	for i := range rows {
		all[i] = rows[i].round()
	}
	return all, nil
}

// roundsAbout are the rounds of which a run or a proposal is about one of the organizations.
func roundsAbout(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Round]bool, error) {
	about := map[ids.Round]bool{}
	if len(organizations) == 0 {
		return about, nil
	}
	var found []ids.Round
	err := db.NewRaw(`SELECT round_id FROM matching_runs WHERE organizations && ?0::uuid[] UNION SELECT round_id FROM matching_proposals WHERE organizations && ?0::uuid[]
		UNION SELECT round_id FROM matching_ties WHERE organizations && ?0::uuid[]`, tenants.Array(organizations)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("matching: find rounds about organizations: %w", err)
	}
	for _, id := range found {
		about[id] = true
	}
	return about, nil
}

type tieRow struct {
	bun.BaseModel `bun:"table:matching_ties,alias:t"`

	ID            ids.Tie            `bun:"id,pk"`
	RoundID       ids.Round          `bun:"round_id"`
	Lock          bool               `bun:"lock"`
	Organizations []ids.Organization `bun:"organizations,array"`
	At            time.Time          `bun:"at"`
	By            ids.Person         `bun:"by,nullzero"`
}

func insertTie(ctx context.Context, tx *tenants.Tx, t *Tie) error {
	_, err := tx.NewRaw(`INSERT INTO matching_ties (id, round_id, lock, organizations, at, by) VALUES (?, ?, ?, ?::uuid[], ?, ?)`,
		t.ID, t.Round, t.Lock, tenants.Array(t.Organizations), t.At, t.By).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: tie: %w", err)
	}
	return nil
}

func tiesOf(ctx context.Context, db bun.IDB, round ids.Round) ([]Tie, error) {
	var rows []tieRow
	if err := db.NewSelect().Model(&rows).Where("t.round_id = ?", round).Order("t.at", "t.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list ties: %w", err)
	}
	all := make([]Tie, len(rows))
	for i, r := range rows {
		all[i] = Tie{ID: r.ID, Round: r.RoundID, Lock: r.Lock, Organizations: r.Organizations, At: r.At, By: r.By}
	}
	return all, nil
}

// barsOf are the pairs among the organizations that are not put together in the round: whoever has ruled the other out, has declined a
// proposal of the round with it, or is kept apart from it by the coordinators. Nobody may be told which of these it is.
func barsOf(ctx context.Context, db bun.IDB, round ids.Round, organizations []ids.Organization) (map[Pair]bool, error) {
	parted := map[Pair]bool{}
	ruled, err := vetoes(ctx, db, organizations)
	if err != nil {
		return nil, err
	}
	for _, v := range ruled {
		parted[PairOf(v[0], v[1])] = true
	}
	ties, err := tiesOf(ctx, db, round)
	if err != nil {
		return nil, err
	}
	for _, t := range ties {
		if !t.Lock {
			parted[PairOf(t.Organizations[0], t.Organizations[1])] = true
		}
	}
	all, err := proposalsOf(ctx, db, round)
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, a := range all[i].Answers {
			for _, other := range all[i].Organizations {
				if !a.Accepts && other != a.Organization {
					parted[PairOf(a.Organization, other)] = true
				}
			}
		}
	}
	return parted, nil
}

func deleteTie(ctx context.Context, tx *tenants.Tx, round ids.Round, id ids.Tie) error {
	if _, err := tx.NewDelete().Model((*tieRow)(nil)).Where("round_id = ?", round).Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("matching: untie: %w", err)
	}
	return nil
}
