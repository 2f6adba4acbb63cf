package partnerships

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
	"kervan/tenants"
)

type runRow struct {
	bun.BaseModel `bun:"table:facilitation_runs,alias:fr"`

	ID           ids.Run               `bun:"id,pk"`
	State        runs.State            `bun:"state"`
	ByPerson     ids.Person            `bun:"by_person,nullzero"`
	At           time.Time             `bun:"at"`
	EndedAt      time.Time             `bun:"ended_at,nullzero"`
	AppliedBy    ids.Person            `bun:"applied_by,nullzero"`
	AppliedAt    time.Time             `bun:"applied_at,nullzero"`
	Settings     Settings              `bun:"settings,type:jsonb"`
	Reason       string                `bun:"reason"`
	Partnerships []ids.Partnership     `bun:"partnerships,array"`
	People       []ids.Person          `bun:"people,array"`
	Instance     assignment.File       `bun:"instance,type:jsonb"`
	Basis        Basis                 `bun:"basis,type:jsonb"`
	Answer       *assignment.Result    `bun:"answer,type:jsonb"`
	Obstacles    []assignment.Obstacle `bun:"obstacles,type:jsonb"`
	Chosen       []int                 `bun:"chosen,array"`
}

func (r *runRow) run() Run {
	run := Run{
		ID: r.ID, State: r.State, By: r.ByPerson, At: r.At, EndedAt: r.EndedAt, AppliedBy: r.AppliedBy, AppliedAt: r.AppliedAt, Settings: r.Settings, Reason: r.Reason,
		Partnerships: r.Partnerships, People: r.People, Instance: r.Instance, Basis: r.Basis, Obstacles: r.Obstacles, Chosen: r.Chosen,
	}
	if r.Answer != nil {
		run.Answer = *r.Answer
	}
	return run
}

func insertRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	row := runRow{
		ID: r.ID, State: r.State, ByPerson: r.By, At: r.At, Settings: r.Settings, Reason: r.Reason, Partnerships: r.Partnerships, People: r.People,
		Instance: r.Instance, Basis: r.Basis,
	}
	if _, err := tx.NewInsert().Model(&row).ExcludeColumn("answer", "obstacles", "chosen").Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: begin run: %w", err)
	}
	return nil
}

func findRun(ctx context.Context, db bun.IDB, id ids.Run) (Run, error) {
	var rows []runRow
	if err := db.NewSelect().Model(&rows).Where("fr.id = ?", id).Scan(ctx); err != nil {
		return Run{}, fmt.Errorf("partnerships: find run: %w", err)
	}
	if len(rows) == 0 {
		return Run{}, fault.NotFound()
	}
	return rows[0].run(), nil
}

// runState is where a run stands.
func runState(ctx context.Context, db bun.IDB, id ids.Run) (runs.State, error) {
	var state runs.State
	if err := db.NewRaw("SELECT state FROM facilitation_runs WHERE id = ?", id).Scan(ctx, &state); err != nil {
		return "", fmt.Errorf("partnerships: read run: %w", err)
	}
	return state, nil
}

// lockRun is findRun that keeps everybody else from moving the run until the transaction ends.
func lockRun(ctx context.Context, tx *tenants.Tx, id ids.Run) (Run, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM facilitation_runs WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Run{}, fmt.Errorf("partnerships: lock run: %w", err)
	}
	return findRun(ctx, tx, id)
}

// mostRecent is how many runs the page of a new one lists.
const mostRecent = int64(10)

// recentRuns are at most so many of the last ones, or all for 0, without what they were computed from.
func recentRuns(ctx context.Context, db bun.IDB, most int64) ([]Run, error) {
	var rows []runRow
	err := db.NewSelect().Model(&rows).ExcludeColumn("instance", "basis", "answer", "obstacles", "chosen").OrderExpr("fr.at DESC, fr.id DESC").Limit(most).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list runs: %w", err)
	}
	all := make([]Run, len(rows))
	for i := range rows {
		all[i] = rows[i].run()
	}
	return all, nil
}

// moveRun writes the run's state and what goes with it. The caller holds its lock.
func moveRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	row := runRow{ID: r.ID, State: r.State, EndedAt: r.EndedAt, AppliedBy: r.AppliedBy, AppliedAt: r.AppliedAt, Chosen: filled(r.Chosen)}
	q := tx.NewUpdate().Model(&row).Column("state", "ended_at", "applied_by", "applied_at", "chosen").WherePK()
	if r.State == runs.Done || r.State == runs.Infeasible {
		answer, err := json.Marshal(r.Answer)
		if err != nil {
			return fmt.Errorf("partnerships: write answer: %w", err)
		}
		obstacles, err := json.Marshal(r.Obstacles)
		if err != nil {
			return fmt.Errorf("partnerships: write obstacles: %w", err)
		}
		q = q.Set("answer = ?::jsonb, obstacles = ?::jsonb", string(answer), string(obstacles))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: move run: %w", err)
	}
	return nil
}
