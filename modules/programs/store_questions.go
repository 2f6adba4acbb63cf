package programs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type questionRow struct {
	bun.BaseModel `bun:"table:call_questions,alias:q"`

	ID         ids.Question  `bun:"id,pk"`
	CallID     ids.Call      `bun:"call_id"`
	Asked      string        `bun:"asked"`
	Locale     i18n.Locale   `bun:"locale"`
	AskedAt    time.Time     `bun:"asked_at"`
	AskedBy    ids.Person    `bun:"asked_by"`
	State      QuestionState `bun:"state"`
	Words      i18n.Text     `bun:"words,type:jsonb"`
	Answer     i18n.Text     `bun:"answer,type:jsonb"`
	AnsweredAt time.Time     `bun:"answered_at,nullzero"`
	AnsweredBy ids.Person    `bun:"answered_by"`
	Version    int64         `bun:"version,nullzero,default:1"`
}

func (r *questionRow) question() Question {
	return Question{
		ID: r.ID, Call: r.CallID, Asked: r.Asked, Locale: r.Locale, AskedAt: r.AskedAt, AskedBy: r.AskedBy, State: r.State, Words: r.Words, Answer: r.Answer,
		AnsweredAt: r.AnsweredAt, Version: r.Version,
	}
}

func insertQuestion(ctx context.Context, tx *tenants.Tx, q *Question) error {
	r := questionRow{ID: q.ID, CallID: q.Call, Asked: q.Asked, Locale: q.Locale, AskedAt: q.AskedAt, AskedBy: q.AskedBy, State: QuestionWaiting, Words: i18n.Text{}, Answer: i18n.Text{}}
	if _, err := tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("programs: keep question: %w", err)
	}
	return nil
}

// saveQuestion writes the question if it is still the version that was read.
func saveQuestion(ctx context.Context, tx *tenants.Tx, q *Question) error {
	r := questionRow{ID: q.ID, State: q.State, Words: q.Words, Answer: q.Answer, AnsweredAt: q.AnsweredAt, AnsweredBy: tx.Scope().Actor().Person}
	result, err := tx.NewUpdate().Model(&r).Column("state", "words", "answer", "answered_at", "answered_by").Set("version = version + 1").
		Where("id = ?", q.ID).Where("version = ?", q.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("programs: save question: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

func questionByID(ctx context.Context, db bun.IDB, call ids.Call, id ids.Question) (Question, error) {
	var r questionRow
	err := db.NewSelect().Model(&r).Where("id = ?", id).Where("call_id = ?", call).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Question{}, fault.NotFound()
	}
	if err != nil {
		return Question{}, fmt.Errorf("programs: find question: %w", err)
	}
	return r.question(), nil
}

// questions lists a call's questions in one state, or all of them: those that wait first, the oldest on top, and then the
// newest answers.
func questions(ctx context.Context, db bun.IDB, call ids.Call, in ...QuestionState) ([]Question, error) {
	var rows []questionRow
	q := db.NewSelect().Model(&rows).Where("call_id = ?", call).
		OrderExpr("state <> 'waiting', CASE state WHEN 'waiting' THEN asked_at END, answered_at DESC, id").Limit(500)
	if len(in) > 0 {
		q = q.Where("state IN (?)", bun.List(in))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("programs: read questions: %w", err)
	}
	found := make([]Question, len(rows))
	for i := range rows {
		found[i] = rows[i].question()
	}
	return found, nil
}

func waitingOf(ctx context.Context, db bun.IDB, call ids.Call) (int64, error) {
	n, err := db.NewSelect().Model((*questionRow)(nil)).Where("call_id = ?", call).Where("state = ?", QuestionWaiting).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("programs: count questions: %w", err)
	}
	return n, nil
}

// unanswered counts the questions that wait, by call.
func unanswered(ctx context.Context, db bun.IDB) (map[ids.Call]int, error) {
	var rows []struct {
		CallID ids.Call
		N      int
	}
	if err := db.NewRaw(`SELECT call_id, count(*) AS n FROM call_questions WHERE state = 'waiting' GROUP BY call_id`).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("programs: count questions: %w", err)
	}
	found := make(map[ids.Call]int, len(rows))
	for _, r := range rows {
		found[r.CallID] = r.N
	}
	return found, nil
}
