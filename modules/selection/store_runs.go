package selection

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/solver/assignment"
	"kervan/tenants"
)

type runRow struct {
	bun.BaseModel `bun:"table:assignment_runs,alias:ar"`

	ID           ids.Run               `bun:"id,pk"`
	CallID       ids.Call              `bun:"call_id"`
	State        RunState              `bun:"state"`
	ByPerson     ids.Person            `bun:"by_person"`
	At           time.Time             `bun:"at"`
	EndedAt      time.Time             `bun:"ended_at,nullzero"`
	AppliedBy    ids.Person            `bun:"applied_by"`
	AppliedAt    time.Time             `bun:"applied_at,nullzero"`
	Settings     Settings              `bun:"settings,type:jsonb"`
	Applications []ids.Application     `bun:"applications,array"`
	Reviewers    []ids.Person          `bun:"reviewers,array"`
	Instance     Instance              `bun:"instance,type:jsonb"`
	Basis        Basis                 `bun:"basis,type:jsonb"`
	Answer       *Answer               `bun:"answer,type:jsonb"`
	Obstacles    []assignment.Obstacle `bun:"obstacles,type:jsonb"`
	Progress     int                   `bun:"progress"`
}

func (r *runRow) run() Run {
	run := Run{
		ID: r.ID, Call: r.CallID, State: r.State, By: r.ByPerson, At: r.At, EndedAt: r.EndedAt, AppliedBy: r.AppliedBy, AppliedAt: r.AppliedAt,
		Settings: r.Settings, Applications: r.Applications, Reviewers: r.Reviewers, Instance: r.Instance, Basis: r.Basis, Obstacles: r.Obstacles,
		Progress: r.Progress,
	}
	if r.Answer != nil {
		run.Answer = *r.Answer
	}
	return run
}

func insertRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	row := runRow{
		ID: r.ID, CallID: r.Call, State: r.State, ByPerson: r.By, At: r.At, Settings: r.Settings, Applications: r.Applications, Reviewers: r.Reviewers,
		Instance: r.Instance, Basis: r.Basis,
	}
	if _, err := tx.NewInsert().Model(&row).ExcludeColumn("answer", "obstacles").Exec(ctx); err != nil {
		return fmt.Errorf("selection: begin run: %w", err)
	}
	return nil
}

func findRun(ctx context.Context, db bun.IDB, id ids.Run) (Run, error) {
	var rows []runRow
	if err := db.NewSelect().Model(&rows).Where("ar.id = ?", id).Scan(ctx); err != nil {
		return Run{}, fmt.Errorf("selection: find run: %w", err)
	}
	if len(rows) == 0 {
		return Run{}, fault.NotFound()
	}
	return rows[0].run(), nil
}

// lockRun is findRun that keeps everybody else from moving the run until the transaction ends.
func lockRun(ctx context.Context, tx *tenants.Tx, id ids.Run) (Run, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM assignment_runs WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Run{}, fmt.Errorf("selection: lock run: %w", err)
	}
	return findRun(ctx, tx, id)
}

// recentRuns are the last ones of a call, without what they were computed from, and without those about any of the applications.
func recentRuns(ctx context.Context, db bun.IDB, call ids.Call, without []ids.Application) ([]Run, error) {
	var rows []runRow
	q := db.NewSelect().Model(&rows).ExcludeColumn("instance", "basis", "answer", "obstacles").Where("ar.call_id = ?", call).OrderExpr("ar.at DESC, ar.id DESC").Limit(10)
	if len(without) > 0 {
		q = q.Where("NOT ar.applications && ?::uuid[]", tenants.Array(without))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list runs: %w", err)
	}
	all := make([]Run, len(rows))
	for i := range rows {
		all[i] = rows[i].run()
	}
	return all, nil
}

// runsAbout are the runs that concern any of the applications.
func runsAbout(ctx context.Context, db bun.IDB, applications []ids.Application) ([]ids.Run, error) {
	var found []ids.Run
	if err := db.NewSelect().Table("assignment_runs").Column("id").Where("applications && ?::uuid[]", tenants.Array(applications)).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("selection: find runs: %w", err)
	}
	return found, nil
}

// moveRun writes the run's state and what goes with it. The caller holds its lock.
func moveRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	q := tx.NewUpdate().Table("assignment_runs").Set("state = ?, progress = ?", r.State, r.Progress).Where("id = ?", r.ID)
	if !r.EndedAt.IsZero() {
		q = q.Set("ended_at = ?", r.EndedAt)
	}
	if r.State == RunApplied {
		q = q.Set("applied_at = ?, applied_by = ?", r.AppliedAt, r.AppliedBy)
	}
	if r.State == RunDone || r.State == RunInfeasible {
		answer, err := json.Marshal(r.Answer)
		if err != nil {
			return fmt.Errorf("selection: write answer: %w", err)
		}
		obstacles, err := json.Marshal(r.Obstacles)
		if err != nil {
			return fmt.Errorf("selection: write obstacles: %w", err)
		}
		q = q.Set("answer = ?::jsonb, obstacles = ?::jsonb", string(answer), string(obstacles))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("selection: move run: %w", err)
	}
	return nil
}

// progressRun notes how far a run is that goes on, and tells in which state it is.
func progressRun(ctx context.Context, tx *tenants.Tx, id ids.Run, percent int) (RunState, error) {
	if _, err := tx.NewRaw("UPDATE assignment_runs SET progress = ? WHERE id = ? AND state = ?", percent, id, RunRunning).Exec(ctx); err != nil {
		return "", fmt.Errorf("selection: note progress: %w", err)
	}
	return runState(ctx, tx, id)
}

func runState(ctx context.Context, db bun.IDB, id ids.Run) (RunState, error) {
	var state RunState
	if err := db.NewRaw("SELECT state FROM assignment_runs WHERE id = ?", id).Scan(ctx, &state); err != nil {
		return "", fmt.Errorf("selection: read run: %w", err)
	}
	return state, nil
}
