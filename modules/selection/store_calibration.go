package selection

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type calibrationRow struct {
	bun.BaseModel `bun:"table:calibrations,alias:c"`

	ID          ids.Calibration  `bun:"id,pk"`
	CallID      ids.Call         `bun:"call_id"`
	State       CalibrationState `bun:"state"`
	Title       string           `bun:"title"`
	Language    i18n.Locale      `bun:"language"`
	Passages    []Passage        `bun:"passages,type:jsonb"`
	SourceID    ids.Application  `bun:"source_id,nullzero"`
	Required    bool             `bun:"required"`
	Version     int64            `bun:"version"`
	MadeAt      time.Time        `bun:"made_at"`
	MadeBy      ids.Person       `bun:"made_by"`
	OpenedAt    time.Time        `bun:"opened_at,nullzero"`
	ClosedAt    time.Time        `bun:"closed_at,nullzero"`
	ForgottenAt time.Time        `bun:"forgotten_at,nullzero"`
}

func (r *calibrationRow) calibration() Calibration {
	return Calibration{
		ID: r.ID, Call: r.CallID, State: r.State, Title: r.Title, Language: r.Language, Passages: r.Passages, Source: r.SourceID, Required: r.Required, Version: r.Version,
		Made: r.MadeAt, Opened: r.OpenedAt, Closed: r.ClosedAt, Forgotten: r.ForgottenAt,
	}
}

func calibrations(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Calibration, error) {
	var rows []calibrationRow
	if err := narrow(db.NewSelect().Model(&rows)).OrderExpr("c.made_at DESC, c.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list calibrations: %w", err)
	}
	all := make([]Calibration, len(rows))
	for i := range rows {
		all[i] = rows[i].calibration()
	}
	return all, nil
}

// calibrationsOf are those of a call without their samples, the newest first.
func calibrationsOf(ctx context.Context, db bun.IDB, call ids.Call) ([]Calibration, error) {
	return calibrations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.ExcludeColumn("passages").Where("c.call_id = ?", call)
	})
}

func findCalibration(ctx context.Context, db bun.IDB, id ids.Calibration) (Calibration, error) {
	found, err := calibrations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("c.id = ?", id) })
	if err != nil {
		return Calibration{}, err
	}
	if len(found) == 0 {
		return Calibration{}, fault.NotFound()
	}
	return found[0], nil
}

// lockCalibration is findCalibration that keeps everybody else from a calibration until the transaction ends.
func lockCalibration(ctx context.Context, tx *tenants.Tx, id ids.Calibration) (Calibration, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM calibrations WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Calibration{}, fmt.Errorf("selection: lock calibration: %w", err)
	}
	return findCalibration(ctx, tx, id)
}

// holdCalibration is findCalibration that keeps a calibration as it is until the transaction ends; many can hold it at once.
func holdCalibration(ctx context.Context, tx *tenants.Tx, id ids.Calibration) (Calibration, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM calibrations WHERE id = ? FOR SHARE", id).Exec(ctx); err != nil {
		return Calibration{}, fmt.Errorf("selection: hold calibration: %w", err)
	}
	return findCalibration(ctx, tx, id)
}

// insertCalibration begins a calibration, and tells whether the call had none that is not closed.
func insertCalibration(ctx context.Context, tx *tenants.Tx, c *Calibration) (bool, error) {
	row := calibrationRow{
		ID: c.ID, CallID: c.Call, State: c.State, Title: c.Title, Language: c.Language, Passages: c.Passages, SourceID: c.Source, Required: c.Required, Version: c.Version,
		MadeAt: c.Made, MadeBy: tx.Scope().Actor().Person,
	}
	result, err := tx.NewInsert().Model(&row).On("CONFLICT (call_id) WHERE state <> 'closed' DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: begin calibration: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// saveCalibration writes what may change of a calibration. The caller holds its lock.
func saveCalibration(ctx context.Context, tx *tenants.Tx, c *Calibration) error {
	row := calibrationRow{
		ID: c.ID, State: c.State, Title: c.Title, Passages: c.Passages, SourceID: c.Source, Required: c.Required, Version: c.Version,
		OpenedAt: c.Opened, ClosedAt: c.Closed, ForgottenAt: c.Forgotten,
	}
	_, err := tx.NewUpdate().Model(&row).Column("state", "title", "passages", "source_id", "required", "version", "opened_at", "closed_at", "forgotten_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save calibration: %w", err)
	}
	return nil
}

// deleteCalibration removes a calibration that no reviewer has seen, with the reference.
func deleteCalibration(ctx context.Context, tx *tenants.Tx, id ids.Calibration) error {
	for _, statement := range []string{
		"DELETE FROM calibration_marks WHERE review_id IN (SELECT r.id FROM calibration_reviews AS r WHERE r.calibration_id = ?)",
		"DELETE FROM calibration_reviews WHERE calibration_id = ?",
		"DELETE FROM calibration_readers WHERE calibration_id = ?",
		"DELETE FROM calibrations WHERE id = ?",
	} {
		if _, err := tx.NewRaw(statement, id).Exec(ctx); err != nil {
			return fmt.Errorf("selection: discard calibration: %w", err)
		}
	}
	return nil
}

// copiesOf are the calibrations whose sample is a copy of an application, locked.
func copiesOf(ctx context.Context, tx *tenants.Tx, source ids.Application) ([]Calibration, error) {
	return calibrations(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("c.source_id = ?", source).Where("c.forgotten_at IS NULL").For("UPDATE")
	})
}

// forgetWords erases what was written about a sample; the scores stay, as they say nothing of anybody.
func forgetWords(ctx context.Context, tx *tenants.Tx, id ids.Calibration) error {
	_, err := tx.NewRaw("UPDATE calibration_marks SET feedback = '', version = version + 1 WHERE feedback <> '' AND review_id IN (SELECT r.id FROM calibration_reviews AS r WHERE r.calibration_id = ?)", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: forget what was written about a sample: %w", err)
	}
	return nil
}

type scoringRow struct {
	bun.BaseModel `bun:"table:calibration_reviews,alias:r"`

	ID            ids.Review      `bun:"id,pk"`
	CalibrationID ids.Calibration `bun:"calibration_id"`
	PersonID      ids.Person      `bun:"person_id,nullzero"`
	SubmittedAt   time.Time       `bun:"submitted_at,nullzero"`
	ToldAt        time.Time       `bun:"told_at,nullzero"`
}

type sampleMarkRow struct {
	bun.BaseModel `bun:"table:calibration_marks,alias:m"`

	ReviewID  ids.Review      `bun:"review_id,pk"`
	Criterion string          `bun:"criterion,pk"`
	Score     sql.NullFloat64 `bun:"score"`
	Feedback  string          `bun:"feedback"`
	Version   int64           `bun:"version"`
	SavedAt   time.Time       `bun:"saved_at"`
}

// scorings are the scorings of a calibration that are asked for with their marks, in two queries.
func scorings(ctx context.Context, db bun.IDB, id ids.Calibration, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Scoring, error) {
	var rows []scoringRow
	if err := narrow(db.NewSelect().Model(&rows).Where("r.calibration_id = ?", id)).OrderExpr("r.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list scorings: %w", err)
	}
	all, wanted := make([]Scoring, len(rows)), make([]ids.Review, len(rows))
	for i, r := range rows {
		all[i], wanted[i] = Scoring{ID: r.ID, Person: r.PersonID, Marks: map[string]Mark{}, Submitted: r.SubmittedAt, Told: r.ToldAt}, r.ID
	}
	var marks []sampleMarkRow
	if err := db.NewSelect().Model(&marks).Where("m.review_id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list marks of a sample: %w", err)
	}
	for _, row := range marks {
		m := Mark{Score: NoScore, Feedback: row.Feedback, Version: row.Version}
		if row.Score.Valid {
			m.Score = row.Score.Float64
		}
		all[slices.Index(wanted, row.ReviewID)].Marks[row.Criterion] = m
	}
	return all, nil
}

// scoringsOf are all of a calibration, and the reference among them.
func scoringsOf(ctx context.Context, db bun.IDB, id ids.Calibration) (all []Scoring, reference Scoring, err error) {
	found, err := scorings(ctx, db, id, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	for _, one := range found {
		if one.Person.IsZero() {
			reference = one
		} else {
			all = append(all, one)
		}
	}
	return all, reference, err
}

// whose narrows scorings to somebody's, or to the reference.
func whose(person ids.Person) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if person.IsZero() {
			return q.Where("r.person_id IS NULL")
		}
		return q.Where("r.person_id = ?", person)
	}
}

// findScoring is somebody's scoring, or the reference; without marks where nothing was written.
func findScoring(ctx context.Context, db bun.IDB, id ids.Calibration, person ids.Person) (Scoring, error) {
	found, err := scorings(ctx, db, id, whose(person))
	if err != nil || len(found) == 0 {
		return Scoring{Person: person, Marks: map[string]Mark{}}, err
	}
	return found[0], nil
}

// lockScoring is findScoring that begins it where there is none, and keeps everybody else from changing it until the transaction ends.
func lockScoring(ctx context.Context, tx *tenants.Tx, id ids.Calibration, person ids.Person) (Scoring, error) {
	row := scoringRow{ID: ids.New[ids.Review](), CalibrationID: id, PersonID: person}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (calibration_id, person_id) DO UPDATE").Set("person_id = EXCLUDED.person_id").Returning("NULL").Exec(ctx); err != nil {
		return Scoring{}, fmt.Errorf("selection: begin scoring: %w", err)
	}
	return findScoring(ctx, tx, id, person)
}

func saveSampleMark(ctx context.Context, tx *tenants.Tx, scoring ids.Review, criterion string, m Mark, now time.Time) error {
	row := sampleMarkRow{ReviewID: scoring, Criterion: criterion, Score: sql.NullFloat64{Float64: m.Score, Valid: m.Score != NoScore}, Feedback: m.Feedback, Version: m.Version, SavedAt: now}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (review_id, criterion) DO UPDATE").
		Set("score = EXCLUDED.score, feedback = EXCLUDED.feedback, version = EXCLUDED.version, saved_at = EXCLUDED.saved_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save mark of a sample: %w", err)
	}
	return nil
}

// saveScoring writes when a scoring was submitted and asked for. The caller holds its lock.
func saveScoring(ctx context.Context, tx *tenants.Tx, s *Scoring) error {
	row := scoringRow{ID: s.ID, SubmittedAt: s.Submitted, ToldAt: s.Told}
	if _, err := tx.NewUpdate().Model(&row).Column("submitted_at", "told_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("selection: save scoring: %w", err)
	}
	return nil
}

// takers are the people who review in a call, or have accepted to: those who have something to review, and those who were invited.
const takers = `SELECT t.call_id, t.person_id, t.application_id FROM reviews AS t WHERE t.state IN ('assigned', 'open', 'submitted')
	UNION SELECT t.call_id, t.person_id, NULL::uuid FROM reviewer_invitations AS t WHERE t.state = 'accepted' AND t.ended_at IS NULL`

// takersOf are those of a call, but for whoever has nothing to review but some applications.
func takersOf(ctx context.Context, db bun.IDB, call ids.Call, without []ids.Application) ([]ids.Person, error) {
	var found []ids.Person
	err := db.NewRaw("SELECT DISTINCT t.person_id FROM ("+takers+") AS t WHERE t.call_id = ? AND (t.application_id IS NULL OR t.application_id <> ALL (?::uuid[])) ORDER BY t.person_id", call, tenants.Array(without)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list who reviews in a call: %w", err)
	}
	return found, nil
}

// narrowing narrows the calibrations that are looked for.
type narrowing func(*bun.SelectQuery) *bun.SelectQuery

// anyOf asks for all that are still going on, or were in a call whose decisions are not closed.
func anyOf(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("NOT EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = c.call_id AND l.state <> 'open')")
}

func only(id ids.Calibration) narrowing {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("c.id = ?", id) }
}

func openIn(call ids.Call) narrowing {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("c.call_id = ?", call).Where("c.state = 'open'")
	}
}

// calibrationsFor are those, without their samples, that somebody is to score or has scored, the newest first: of all calls, or of
// one.
func calibrationsFor(ctx context.Context, db bun.IDB, person ids.Person, narrow narrowing) ([]Calibrating, error) {
	var rows []struct {
		calibrationRow
		Submitted time.Time `bun:"submitted_at,nullzero"`
	}
	q := db.NewSelect().TableExpr("calibrations AS c").
		ColumnExpr("c.id, c.call_id, c.state, c.title, c.language, c.source_id, c.required, c.opened_at, c.closed_at, c.forgotten_at, r.submitted_at").
		Join("LEFT JOIN calibration_reviews AS r ON r.calibration_id = c.id AND r.person_id = ?", person).
		Where("c.state <> 'preparing'").
		Where("(r.submitted_at IS NOT NULL OR c.state = 'open' AND EXISTS (SELECT FROM ("+takers+") AS t WHERE t.call_id = c.call_id AND t.person_id = ?))", person).
		OrderExpr("c.made_at DESC, c.id DESC")
	if err := narrow(q).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("selection: list calibrations of somebody: %w", err)
	}
	all := make([]Calibrating, len(rows))
	for i := range rows {
		all[i] = Calibrating{Calibration: rows[i].calibration(), Own: Scoring{Person: person, Submitted: rows[i].Submitted}}
	}
	return all, nil
}

// whoReviewed lists who had a review of each of some applications, whatever became of it.
func whoReviewed(ctx context.Context, db bun.IDB, applications []ids.Application) (map[ids.Application][]ids.Person, error) {
	var rows []reviewRow
	if err := db.NewSelect().Model(&rows).Column("application_id", "person_id").Where("r.application_id IN (?)", bun.List(applications)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list who has reviewed applications: %w", err)
	}
	found := map[ids.Application][]ids.Person{}
	for _, r := range rows {
		found[r.ApplicationID] = append(found[r.ApplicationID], r.PersonID)
	}
	return found, nil
}

func conflictsIn(ctx context.Context, db bun.IDB, applications []ids.Application) ([]Conflict, error) {
	return conflicts(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("c.application_id IN (?)", bun.List(applications))
	})
}
