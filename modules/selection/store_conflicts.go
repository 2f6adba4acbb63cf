package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type conflictRow struct {
	bun.BaseModel `bun:"table:conflicts,alias:c"`

	ID            ids.Change      `bun:"id,pk"`
	CallID        ids.Call        `bun:"call_id"`
	ApplicationID ids.Application `bun:"application_id"`
	PersonID      ids.Person      `bun:"person_id"`
	Kind          ConflictKind    `bun:"kind"`
	Note          string          `bun:"note"`
	Detected      bool            `bun:"detected"`
	At            time.Time       `bun:"at"`
	UndoneAt      time.Time       `bun:"undone_at,nullzero"`
	UndoneBy      ids.Person      `bun:"undone_by"`
	UndoneReason  string          `bun:"undone_reason"`
}

func (r *conflictRow) conflict() Conflict {
	return Conflict{
		ID: r.ID, Call: r.CallID, Application: r.ApplicationID, Person: r.PersonID, Kind: r.Kind, Note: r.Note, Detected: r.Detected, At: r.At,
		UndoneAt: r.UndoneAt, UndoneBy: r.UndoneBy, UndoneReason: r.UndoneReason,
	}
}

func conflicts(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Conflict, error) {
	var rows []conflictRow
	if err := narrow(db.NewSelect().Model(&rows)).OrderExpr("c.at, c.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list conflicts: %w", err)
	}
	all := make([]Conflict, len(rows))
	for i := range rows {
		all[i] = rows[i].conflict()
	}
	return all, nil
}

func conflictsOfCall(ctx context.Context, db bun.IDB, call ids.Call) ([]Conflict, error) {
	return conflicts(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("c.call_id = ?", call) })
}

func conflictsOf(ctx context.Context, db bun.IDB, application ids.Application, person ids.Person) ([]Conflict, error) {
	return conflicts(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("c.application_id = ?", application).Where("c.person_id = ?", person)
	})
}

func findConflict(ctx context.Context, db bun.IDB, id ids.Change) (Conflict, error) {
	found, err := conflicts(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("c.id = ?", id) })
	if err != nil {
		return Conflict{}, err
	}
	if len(found) == 0 {
		return Conflict{}, fault.NotFound()
	}
	return found[0], nil
}

func conflictedFor(ctx context.Context, db bun.IDB, person ids.Person) ([]ids.Application, error) {
	var found []ids.Application
	err := db.NewRaw("SELECT DISTINCT application_id FROM conflicts WHERE person_id = ? AND undone_at IS NULL", person).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list conflicted applications: %w", err)
	}
	return found, nil
}

// declare writes a conflict that its person declared. One of the same kind that was undone holds again.
func declare(ctx context.Context, tx *tenants.Tx, c *Conflict) error {
	row := conflictRow{ID: c.ID, CallID: c.Call, ApplicationID: c.Application, PersonID: c.Person, Kind: c.Kind, Note: c.Note, At: c.At}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (application_id, person_id, kind) DO UPDATE").
		Set("note = EXCLUDED.note, at = EXCLUDED.at, detected = false, undone_at = NULL, undone_by = NULL, undone_reason = ''").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: declare conflict: %w", err)
	}
	return nil
}

// keepFound writes conflicts that the program found, and gives those that hold now: one that was undone stays undone.
func keepFound(ctx context.Context, tx *tenants.Tx, found []Conflict, now time.Time) ([]Conflict, error) {
	if len(found) == 0 {
		return nil, nil
	}
	rows := make([]conflictRow, len(found))
	for i, c := range found {
		rows[i] = conflictRow{ID: ids.New[ids.Change](), CallID: c.Call, ApplicationID: c.Application, PersonID: c.Person, Kind: c.Kind, Detected: true, At: now}
	}
	var fresh []conflictRow
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (application_id, person_id, kind) DO NOTHING").Returning("c.*").Exec(ctx, &fresh)
	if err != nil {
		return nil, fmt.Errorf("selection: keep conflicts: %w", err)
	}
	kept := make([]Conflict, len(fresh))
	for i := range fresh {
		kept[i] = fresh[i].conflict()
	}
	return kept, nil
}

func undo(ctx context.Context, tx *tenants.Tx, id ids.Change, by ids.Person, now time.Time, reason string) (bool, error) {
	result, err := tx.NewRaw("UPDATE conflicts SET undone_at = ?, undone_by = ?, undone_reason = ? WHERE id = ? AND undone_at IS NULL", now, by, reason, id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: undo conflict: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// standing lists the conflicts of that person and application that hold.
func standing(ctx context.Context, db bun.IDB, application ids.Application, person ids.Person) ([]Conflict, error) {
	return conflicts(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("c.application_id = ?", application).Where("c.person_id = ?", person).Where("c.undone_at IS NULL")
	})
}

// barred lists who has a conflict of interest in an application.
func barred(ctx context.Context, db bun.IDB, application ids.Application) ([]ids.Person, error) {
	var found []ids.Person
	if err := db.NewRaw("SELECT DISTINCT person_id FROM conflicts WHERE application_id = ? AND undone_at IS NULL", application).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("selection: list who is barred: %w", err)
	}
	return found, nil
}

// Barred lists who has a conflict of interest in each of the applications, all in one query. It is for other modules' use-cases,
// which have authorized.
func Barred(ctx context.Context, db bun.IDB, applications ...ids.Application) (map[ids.Application][]ids.Person, error) {
	all := map[ids.Application][]ids.Person{}
	if len(applications) == 0 {
		return all, nil
	}
	var rows []conflictRow
	err := db.NewSelect().Model(&rows).Column("application_id", "person_id").Where("c.application_id IN (?)", bun.List(applications)).Where("c.undone_at IS NULL").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("selection: list who is barred: %w", err)
	}
	for _, r := range rows {
		all[r.ApplicationID] = append(all[r.ApplicationID], r.PersonID)
	}
	return all, nil
}
