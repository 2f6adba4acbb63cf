package matching

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
	"kervan/tenants"
)

type runRow struct {
	bun.BaseModel `bun:"table:matching_runs,alias:mr"`

	ID            ids.Run            `bun:"id,pk"`
	RoundID       ids.Round          `bun:"round_id"`
	Number        int                `bun:"number"`
	State         RunState           `bun:"state"`
	Failure       Failure            `bun:"failure"`
	ByPerson      ids.Person         `bun:"by_person,nullzero"`
	At            time.Time          `bun:"at"`
	EndedAt       time.Time          `bun:"ended_at,nullzero"`
	FromRun       ids.Run            `bun:"from_run,nullzero"`
	Rules         Rules              `bun:"rules,type:jsonb"`
	Organizations []ids.Organization `bun:"organizations,array"`
	Applications  []ids.Application  `bun:"applications,array"`
	Basis         Basis              `bun:"basis,type:jsonb"`
	Kept          [][]int            `bun:"kept,type:jsonb"`
	Barred        [][2]int           `bun:"barred,type:jsonb"`
	Instance      string             `bun:"instance"`
	Answer        *string            `bun:"answer"`
	Solution      *Solution          `bun:"solution,type:jsonb"`
	Beside        *Beside            `bun:"beside,type:jsonb"`
	Swaps         [][2]int           `bun:"swaps,type:jsonb"`
	Progress      int                `bun:"progress"`
}

func (r *runRow) run() Run {
	run := Run{
		ID: r.ID, Round: r.RoundID, Number: r.Number, State: r.State, Failure: r.Failure, By: r.ByPerson, At: r.At, EndedAt: r.EndedAt, From: r.FromRun, Rules: r.Rules,
		Organizations: r.Organizations, Applications: r.Applications, Basis: r.Basis, Kept: r.Kept, Barred: r.Barred, Instance: json.RawMessage(r.Instance),
		Swaps: r.Swaps, Progress: r.Progress,
	}
	if r.Answer != nil {
		run.Answer = json.RawMessage(*r.Answer)
	}
	if r.Solution != nil {
		run.Solution = *r.Solution
	}
	if r.Beside != nil {
		run.Beside = *r.Beside
	}
	return run
}

// insertMatchRun writes a run with the next number of its round. The caller holds the round's lock.
func insertMatchRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	if err := tx.NewRaw("SELECT coalesce(max(number), 0) + 1 FROM matching_runs WHERE round_id = ?", r.Round).Scan(ctx, &r.Number); err != nil {
		return fmt.Errorf("matching: number run: %w", err)
	}
	row := runRow{
		ID: r.ID, RoundID: r.Round, Number: r.Number, State: r.State, ByPerson: r.By, At: r.At, EndedAt: r.EndedAt, FromRun: r.From, Rules: r.Rules,
		Organizations: filled(r.Organizations), Applications: filled(r.Applications), Basis: r.Basis, Kept: filled(r.Kept), Barred: filled(r.Barred), Instance: string(r.Instance),
		Swaps: filled(r.Swaps), Progress: r.Progress,
	}
	q := tx.NewInsert().Model(&row)
	if r.State == RunDone {
		answer := string(r.Answer)
		row.Answer, row.Solution, row.Beside = &answer, &r.Solution, &r.Beside
	} else {
		q = q.ExcludeColumn("answer", "solution", "beside")
	}
	if _, err := q.Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: begin run: %w", err)
	}
	return forgetRuns(ctx, tx, r.Round)
}

// forgetRuns deletes the oldest runs of a round of which there are too many, but none that goes on, of which a network has proposed
// something or which another one that is kept was made of. The caller holds the round's lock.
func forgetRuns(ctx context.Context, tx *tenants.Tx, round ids.Round) error {
	_, err := tx.NewRaw(`DELETE FROM matching_runs AS mr WHERE mr.round_id = ?0 AND mr.state NOT IN (?1)
		AND mr.id NOT IN (SELECT id FROM matching_runs WHERE round_id = ?0 ORDER BY number DESC LIMIT ?2)
		AND NOT EXISTS (SELECT 1 FROM matching_proposals AS mp WHERE mp.run_id = mr.id)
		AND NOT EXISTS (SELECT 1 FROM matching_runs AS made WHERE made.from_run = mr.id)`, round, bun.List([]RunState{RunQueued, RunRunning}), mostRuns).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: forget runs: %w", err)
	}
	return nil
}

// reworkMatchRun writes what was changed by hand in a run. The caller holds its lock.
func reworkMatchRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	solution, err := json.Marshal(r.Solution)
	if err != nil {
		return fmt.Errorf("matching: write solution: %w", err)
	}
	swaps, err := json.Marshal(filled(r.Swaps))
	if err != nil {
		return fmt.Errorf("matching: write swaps: %w", err)
	}
	_, err = tx.NewUpdate().Table("matching_runs").Set("solution = ?::jsonb, swaps = ?::jsonb, at = ?, ended_at = ?, by_person = ?", string(solution), string(swaps), r.At, r.EndedAt, r.By).
		Where("id = ?", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: rework run: %w", err)
	}
	return nil
}

// filled is a list that is never nil, which a column of lists would take for nothing.
func filled[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// keptInRuns are the copies of which runs of the common pool that have ended keep something.
func keptInRuns(ctx context.Context, db bun.IDB) ([]ids.Organization, error) {
	var all []ids.Organization
	err := db.NewRaw(`SELECT DISTINCT o.id FROM matching_runs AS mr JOIN matching_rounds AS r ON r.id = mr.round_id CROSS JOIN unnest(mr.organizations) WITH ORDINALITY AS o (id, place)
		WHERE r.pool = ? AND mr.state NOT IN (?) AND (mr.basis -> 'sides' -> (o.place - 1)::int ->> 'gone') IS NULL ORDER BY o.id`,
		SharedPool, bun.List([]RunState{RunQueued, RunRunning})).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: list who is kept in runs: %w", err)
	}
	return all, nil
}

// forgetInRuns makes runs that have ended keep nothing of organizations but that they are gone: nor that others wish for them, or cannot be
// with them.
func forgetInRuns(ctx context.Context, tx *tenants.Tx, gone []ids.Organization) error {
	side, err := json.Marshal(Side{Gone: true})
	if err != nil {
		return fmt.Errorf("matching: write who is gone: %w", err)
	}
	_, err = tx.NewRaw(`UPDATE matching_runs AS mr SET
		basis = jsonb_set(mr.basis, '{sides}', (
			SELECT jsonb_agg(CASE
				WHEN mr.organizations[s.place::int] = ANY (?0::uuid[]) THEN ?1::jsonb
				WHEN s.side -> 'wishes' IS NULL THEN s.side
				ELSE jsonb_set(s.side, '{wishes}', (
					SELECT jsonb_agg(CASE WHEN w.place::int >= 0 AND mr.organizations[w.place::int + 1] = ANY (?0::uuid[]) THEN -1 ELSE w.place::int END ORDER BY w.rank)
					FROM jsonb_array_elements_text(s.side -> 'wishes') WITH ORDINALITY AS w (place, rank)))
				END ORDER BY s.place)
			FROM jsonb_array_elements(mr.basis -> 'sides') WITH ORDINALITY AS s (side, place))),
		barred = (
			SELECT coalesce(jsonb_agg(b.pair ORDER BY b.n), '[]') FROM jsonb_array_elements(mr.barred) WITH ORDINALITY AS b (pair, n)
			WHERE NOT ARRAY[mr.organizations[(b.pair ->> 0)::int + 1], mr.organizations[(b.pair ->> 1)::int + 1]] && ?0::uuid[])
		WHERE mr.organizations && ?0::uuid[] AND mr.state NOT IN (?2)`, tenants.Array(gone), string(side), bun.List([]RunState{RunQueued, RunRunning})).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: forget who is gone: %w", err)
	}
	return nil
}

// solving are the columns of a run that tell how it was solved; they are much larger than the others.
var solving = []string{"instance", "answer", "beside"}

// findMatchRun finds a run, without some of its columns.
func findMatchRun(ctx context.Context, db bun.IDB, id ids.Run, without ...string) (Run, error) {
	var row runRow
	q := db.NewSelect().Model(&row)
	if len(without) > 0 {
		q = q.ExcludeColumn(without...)
	}
	err := q.Where("mr.id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Run{}, fault.NotFound()
	case err != nil:
		return Run{}, fmt.Errorf("matching: find run: %w", err)
	}
	return row.run(), nil
}

// lockMatchRun is findMatchRun that keeps everybody else from moving the run until the transaction ends.
func lockMatchRun(ctx context.Context, tx *tenants.Tx, id ids.Run, without ...string) (Run, error) {
	if err := lock(ctx, tx, "matching_runs", id); err != nil {
		return Run{}, err
	}
	return findMatchRun(ctx, tx, id, without...)
}

// runsOf are the last runs of a round, without what they were computed from.
func runsOf(ctx context.Context, db bun.IDB, round ids.Round) ([]Run, error) {
	var rows []runRow
	err := db.NewSelect().Model(&rows).Column("id", "round_id", "number", "state", "by_person", "at", "ended_at", "from_run", "rules", "organizations", "kept", "solution", "swaps", "progress").
		Where("mr.round_id = ?", round).Order("mr.number DESC").Limit(20).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("matching: list runs: %w", err)
	}
	all := make([]Run, len(rows))
	for i := range rows {
		all[i] = rows[i].run()
	}
	return all, nil
}

// pendingRun is the round's run that goes on; zero where none does.
func pendingRun(ctx context.Context, db bun.IDB, round ids.Round) (ids.Run, error) {
	var found []ids.Run
	err := db.NewSelect().Model((*runRow)(nil)).Column("id").Where("mr.round_id = ?", round).Where("mr.state IN (?)", bun.List([]RunState{RunQueued, RunRunning})).Scan(ctx, &found)
	switch {
	case err != nil:
		return ids.Run{}, fmt.Errorf("matching: find pending run: %w", err)
	case len(found) == 0:
		return ids.Run{}, nil
	}
	return found[0], nil
}

// moveMatchRun writes the run's state and what goes with it. The caller holds its lock.
func moveMatchRun(ctx context.Context, tx *tenants.Tx, r *Run) error {
	q := tx.NewUpdate().Table("matching_runs").Set("state = ?, failure = ?", r.State, r.Failure).Where("id = ?", r.ID)
	if !r.EndedAt.IsZero() {
		q = q.Set("ended_at = ?", r.EndedAt)
	}
	if r.State == RunDone {
		solution, err := json.Marshal(r.Solution)
		if err != nil {
			return fmt.Errorf("matching: write solution: %w", err)
		}
		beside, err := json.Marshal(r.Beside)
		if err != nil {
			return fmt.Errorf("matching: write alternatives: %w", err)
		}
		q = q.Set("answer = ?, solution = ?::jsonb, beside = ?::jsonb", string(r.Answer), string(solution), string(beside))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("matching: move run: %w", err)
	}
	return nil
}

// progressRun notes how far a run is that goes on, and tells in which state it is.
func progressRun(ctx context.Context, tx *tenants.Tx, id ids.Run, percent int) (RunState, error) {
	if _, err := tx.NewUpdate().Table("matching_runs").Set("progress = ?", percent).Where("id = ?", id).Where("state = ?", RunRunning).Exec(ctx); err != nil {
		return "", fmt.Errorf("matching: note progress: %w", err)
	}
	var state RunState
	if err := tx.NewRaw("SELECT state FROM matching_runs WHERE id = ?", id).Scan(ctx, &state); err != nil {
		return "", fmt.Errorf("matching: read run: %w", err)
	}
	return state, nil
}
