package reviewers

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type trainingRow struct {
	bun.BaseModel `bun:"table:reviewer_trainings,alias:t"`

	CallID    ids.Call   `bun:"call_id,pk"`
	Body      i18n.Text  `bun:"body,type:jsonb"`
	Required  bool       `bun:"required"`
	Version   int64      `bun:"version"`
	ChangedAt time.Time  `bun:"changed_at"`
	ChangedBy ids.Person `bun:"changed_by,nullzero"`
}

func (r *trainingRow) training() Training {
	return Training{Call: r.CallID, Body: r.Body, Required: r.Required, Version: r.Version}
}

// findTraining is the training of a call; the zero Training where none was written.
func findTraining(ctx context.Context, db bun.IDB, call ids.Call) (Training, error) {
	var rows []trainingRow
	if err := db.NewSelect().Model(&rows).Where("t.call_id = ?", call).Scan(ctx); err != nil {
		return Training{}, fmt.Errorf("reviewers: find training: %w", err)
	}
	if len(rows) == 0 {
		return Training{Call: call}, nil
	}
	return rows[0].training(), nil
}

// keepTraining writes a training that follows on the version it names, and tells whether that was still the last one.
func keepTraining(ctx context.Context, tx *tenants.Tx, t *Training) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	row := trainingRow{CallID: t.Call, Body: t.Body, Required: t.Required, Version: t.Version + 1, ChangedAt: now, ChangedBy: tx.Scope().Actor().Person}
	q := tx.NewInsert().Model(&row)
	if t.Version == 0 {
		q = q.On("CONFLICT (call_id) DO NOTHING")
	} else {
		q = q.On("CONFLICT (call_id) DO UPDATE").
			Set("body = EXCLUDED.body, required = EXCLUDED.required, version = EXCLUDED.version, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by").
			Where("t.version = ?", t.Version)
	}
	result, err := q.Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("reviewers: keep training: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

type trainingReadRow struct {
	bun.BaseModel `bun:"table:reviewer_training_reads,alias:r"`

	CallID   ids.Call   `bun:"call_id,pk"`
	PersonID ids.Person `bun:"person_id,pk"`
	Version  int64      `bun:"version,pk"`
	At       time.Time  `bun:"at"`
}

// keepTrainingRead notes that somebody has read a version; false where that was noted before.
func keepTrainingRead(ctx context.Context, tx *tenants.Tx, r TrainingRead) (bool, error) {
	row := trainingReadRow{CallID: r.Call, PersonID: r.Person, Version: r.Version, At: r.At}
	result, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("reviewers: note that a training was read: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// trainingReads are the latest versions that people have read of a call's training.
func trainingReads(ctx context.Context, db bun.IDB, call ids.Call) (map[ids.Person]TrainingRead, error) {
	var rows []trainingReadRow
	if err := db.NewSelect().Model(&rows).Where("r.call_id = ?", call).Order("r.version").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reviewers: list who has read a training: %w", err)
	}
	latest := make(map[ids.Person]TrainingRead, len(rows))
	for _, r := range rows {
		latest[r.PersonID] = TrainingRead{Call: r.CallID, Person: r.PersonID, Version: r.Version, At: r.At}
	}
	return latest, nil
}

// trainedIn are the trainings of some calls that have words, with what a person has read of each.
func trainedIn(ctx context.Context, db bun.IDB, person ids.Person, calls []ids.Call) ([]Trained, error) {
	var rows []struct {
		trainingRow
		Read   int64     `bun:"read,nullzero"`
		ReadAt time.Time `bun:"read_at,nullzero"`
	}
	err := db.NewSelect().TableExpr("reviewer_trainings AS t").ColumnExpr("t.call_id, t.body, t.required, t.version").
		ColumnExpr("r.version AS read, r.at AS read_at").
		Join("LEFT JOIN LATERAL (SELECT version, at FROM reviewer_training_reads AS r WHERE r.call_id = t.call_id AND r.person_id = ? ORDER BY r.version DESC LIMIT 1) AS r ON true", person).
		Where("t.call_id IN (?)", bun.List(calls)).Where("t.body <> '{}'").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("reviewers: find trainings: %w", err)
	}
	all := make([]Trained, len(rows))
	for i := range rows {
		all[i] = Trained{Training: rows[i].training(), Read: TrainingRead{Call: rows[i].CallID, Person: person, Version: rows[i].Read, At: rows[i].ReadAt}}
	}
	return all, nil
}
