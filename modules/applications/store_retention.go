package applications

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// clock is the database's.
func clock(ctx context.Context, db bun.IDB) (now time.Time, err error) {
	if err = db.NewRaw("SELECT now()").Scan(ctx, &now); err != nil {
		err = fmt.Errorf("applications: read clock: %w", err)
	}
	return now, err
}

// everyOf are all applications to a call, also drafts and those that nobody ever handed in.
func everyOf(ctx context.Context, db bun.IDB, call ids.Call) ([]Application, error) {
	return withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).Order("a.id"))
}

// lastMoves are the instants at which applications came to where they stand.
func lastMoves(ctx context.Context, db bun.IDB, of []ids.Application) (map[ids.Application]time.Time, error) {
	moves := map[ids.Application]time.Time{}
	if len(of) == 0 {
		return moves, nil
	}
	var rows []struct {
		ApplicationID ids.Application
		At            time.Time
	}
	if err := db.NewRaw(`SELECT application_id, max(at) AS at FROM application_states WHERE application_id IN (?) GROUP BY application_id`, bun.List(of)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("applications: read when they were over: %w", err)
	}
	for _, r := range rows {
		moves[r.ApplicationID] = r.At
	}
	return moves, nil
}

// everySheet are all on which something of an application was ever written: those that it has, those of organizations that have
// left, and the copies of what was handed in and sent.
func everySheet(ctx context.Context, tx *tenants.Tx, id ids.Application) ([]ids.Sheet, error) {
	var all []ids.Sheet
	err := tx.NewRaw(`SELECT joint_sheet_id FROM applications WHERE id = ?0
		UNION SELECT sheet_id FROM application_parts WHERE application_id = ?0
		UNION SELECT sheet_id FROM former_parts WHERE application_id = ?0
		UNION SELECT c.copy_id FROM submissions AS s JOIN submission_sheets AS c ON c.submission_id = s.id WHERE s.application_id = ?0
		UNION SELECT copy_id FROM later_sendings WHERE application_id = ?0`, id).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("applications: list sheets: %w", err)
	}
	return all, nil
}

type erasureKey struct {
	application ids.Application
	class       forms.Class
}

type erasureRow struct {
	bun.BaseModel `bun:"table:application_erasures,alias:e"`

	ApplicationID ids.Application `bun:"application_id,pk"`
	Class         forms.Class     `bun:"class,pk"`
	ToldAt        time.Time       `bun:"told_at"`
	ErasedAt      time.Time       `bun:"erased_at,nullzero"`
	Answers       int             `bun:"answers"`
}

// notedErasures are what is known of the erasure of answers: that the team was told, and that it was done.
func notedErasures(ctx context.Context, db bun.IDB, of []ids.Application) (map[erasureKey]Erasure, error) {
	noted := map[erasureKey]Erasure{}
	if len(of) == 0 {
		return noted, nil
	}
	var rows []erasureRow
	if err := db.NewSelect().Model(&rows).Where("application_id IN (?)", bun.List(of)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications: read erasures: %w", err)
	}
	for _, r := range rows {
		noted[erasureKey{r.ApplicationID, r.Class}] = Erasure{Told: r.ToldAt, At: r.ErasedAt}
	}
	return noted, nil
}

func noteTold(ctx context.Context, tx *tenants.Tx, coming []Erasure) error {
	rows := make([]erasureRow, len(coming))
	for i, e := range coming {
		rows[i] = erasureRow{ApplicationID: e.Application, Class: e.Class}
	}
	if _, err := tx.NewInsert().Model(&rows).Value("told_at", "?", tx.Moment()).
		On("CONFLICT (application_id, class) DO UPDATE SET told_at = excluded.told_at, erased_at = NULL, answers = 0").Exec(ctx); err != nil {
		return fmt.Errorf("applications: note that the team was told: %w", err)
	}
	return nil
}

func noteErased(ctx context.Context, tx *tenants.Tx, e Erasure, answers int) error {
	_, err := tx.NewRaw(`UPDATE application_erasures SET erased_at = ?, answers = ? WHERE application_id = ? AND class = ? AND erased_at IS NULL`,
		tx.Moment(), answers, e.Application, e.Class).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: note an erasure: %w", err)
	}
	return nil
}
