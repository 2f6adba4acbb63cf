package applications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Submission is what was handed in, once.
type Submission struct {
	ID          ids.Submission
	Application ids.Application
	At          time.Time
	By          ids.Person
	Notice      string                  // names the text of the data notice that stood then
	Copies      map[ids.Sheet]ids.Sheet // by the sheet that goes on being written
}

func insertSubmission(ctx context.Context, tx *tenants.Tx, s Submission) error {
	// Nobody reads the code any more but nodes of the version before papers had codes of their own, while tenants are migrated.
	if _, err := tx.NewRaw(`INSERT INTO submissions (id, application_id, submitted_at, submitted_by, notice, code) VALUES (?, ?, ?, ?, ?, ?)`,
		s.ID, s.Application, s.At, s.By, s.Notice, s.ID.String()).Exec(ctx); err != nil {
		return fmt.Errorf("applications: keep submission: %w", err)
	}
	for sheet, copied := range s.Copies {
		if _, err := tx.NewRaw(`INSERT INTO submission_sheets (submission_id, sheet_id, copy_id) VALUES (?, ?, ?)`, s.ID, sheet, copied).Exec(ctx); err != nil {
			return fmt.Errorf("applications: keep submitted sheet: %w", err)
		}
	}
	return nil
}

// lastSubmission is what counts: the last one that was handed in.
func lastSubmission(ctx context.Context, db bun.IDB, id ids.Application) (Submission, bool, error) {
	s := Submission{Application: id, Copies: map[ids.Sheet]ids.Sheet{}}
	err := db.NewRaw(`SELECT id, submitted_at, submitted_by, notice FROM submissions WHERE application_id = ? ORDER BY submitted_at DESC, id DESC LIMIT 1`, id).
		Scan(ctx, &s.ID, &s.At, &s.By, &s.Notice)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("applications: find submission: %w", err)
	}
	var copies []struct{ SheetID, CopyID ids.Sheet }
	if err := db.NewRaw(`SELECT sheet_id, copy_id FROM submission_sheets WHERE submission_id = ?`, s.ID).Scan(ctx, &copies); err != nil {
		return s, false, fmt.Errorf("applications: read submitted sheets: %w", err)
	}
	for _, c := range copies {
		s.Copies[c.SheetID] = c.CopyID
	}
	return s, true, nil
}

// forgetAsked closes the questions that were open for papers.
func forgetAsked(ctx context.Context, tx *tenants.Tx, id ids.Application) error {
	if _, err := tx.NewRaw(`DELETE FROM asked_papers WHERE application_id = ?`, id).Exec(ctx); err != nil {
		return fmt.Errorf("applications: close questions: %w", err)
	}
	return nil
}

type askedRow struct {
	bun.BaseModel `bun:"table:asked_papers"`

	ApplicationID ids.Application `bun:"application_id,pk"`
	SheetID       ids.Sheet       `bun:"sheet_id,pk"`
	Question      string          `bun:"question,pk"`
}

func insertAsked(ctx context.Context, tx *tenants.Tx, id ids.Application, questions map[ids.Sheet][]string) error {
	var rows []askedRow
	for sheet, keys := range questions {
		for _, key := range keys {
			rows = append(rows, askedRow{ApplicationID: id, SheetID: sheet, Question: key})
		}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("applications: open questions: %w", err)
	}
	return nil
}

func askedOf(ctx context.Context, db bun.IDB, id ids.Application) (map[ids.Sheet][]string, error) {
	var rows []askedRow
	if err := db.NewSelect().Model(&rows).Where("application_id = ?", id).Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications: read open questions: %w", err)
	}
	asked := map[ids.Sheet][]string{}
	for _, r := range rows {
		asked[r.SheetID] = append(asked[r.SheetID], r.Question)
	}
	return asked, nil
}

// history lists the states that an application went through, the oldest first.
func history(ctx context.Context, db bun.IDB, id ids.Application) ([]Moment, error) {
	var all []Moment
	if err := db.NewRaw(`SELECT at, by, state FROM application_states WHERE application_id = ? ORDER BY at, id`, id).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("applications: read history: %w", err)
	}
	return all, nil
}
