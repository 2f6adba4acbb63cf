package selection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection/figures"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

type reviewRow struct {
	bun.BaseModel `bun:"table:reviews,alias:r"`

	ID             ids.Review      `bun:"id,pk"`
	CallID         ids.Call        `bun:"call_id"`
	ApplicationID  ids.Application `bun:"application_id"`
	PersonID       ids.Person      `bun:"person_id"`
	State          ReviewState     `bun:"state"`
	DueAt          time.Time       `bun:"due_at"`
	AssignedAt     time.Time       `bun:"assigned_at"`
	AssignedBy     ids.Person      `bun:"assigned_by"`
	DeclaredAt     time.Time       `bun:"declared_at,nullzero"`
	SubmittedAt    time.Time       `bun:"submitted_at,nullzero"`
	Points         sql.NullInt64   `bun:"points"`
	Comment        string          `bun:"comment"`
	CommentVersion int64           `bun:"comment_version"`
	HandedBackAt   time.Time       `bun:"handed_back_at,nullzero"`
	RemindedAt     time.Time       `bun:"reminded_at,nullzero"`
	Reason         string          `bun:"handed_back_reason"`
}

func (r *reviewRow) review() Review {
	return Review{
		ID: r.ID, Call: r.CallID, Application: r.ApplicationID, Person: r.PersonID, State: r.State, DueAt: r.DueAt, AssignedAt: r.AssignedAt,
		SubmittedAt: r.SubmittedAt, Points: figures.Points(r.Points.Int64), Comment: r.Comment, CommentVersion: r.CommentVersion, HandedBackAt: r.HandedBackAt, Reason: r.Reason,
		RemindedAt: r.RemindedAt,
	}
}

func reviews(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Review, error) {
	var rows []reviewRow
	if err := narrow(db.NewSelect().Model(&rows)).OrderExpr("r.application_id, r.assigned_at, r.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list reviews: %w", err)
	}
	all := make([]Review, len(rows))
	for i := range rows {
		all[i] = rows[i].review()
	}
	return all, nil
}

func reviewsOfCall(ctx context.Context, db bun.IDB, call ids.Call) ([]Review, error) {
	return reviews(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.call_id = ?", call) })
}

func reviewsOf(ctx context.Context, db bun.IDB, application ids.Application) ([]Review, error) {
	return reviews(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.application_id = ?", application) })
}

func reviewsBy(ctx context.Context, db bun.IDB, person ids.Person) ([]Review, error) {
	return reviews(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.person_id = ?", person).Where("r.state IN ('assigned', 'open', 'submitted')")
	})
}

func findReview(ctx context.Context, db bun.IDB, id ids.Review) (Review, error) {
	found, err := reviews(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.id = ?", id) })
	if err != nil {
		return Review{}, err
	}
	if len(found) == 0 {
		return Review{}, fault.NotFound()
	}
	return found[0], nil
}

// lockReview is findReview with its marks that keeps everybody else from changing the review until the transaction ends.
func lockReview(ctx context.Context, tx *tenants.Tx, id ids.Review) (Review, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM reviews WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Review{}, fmt.Errorf("selection: lock review: %w", err)
	}
	r, err := findReview(ctx, tx, id)
	if err != nil {
		return r, err
	}
	one := []Review{r}
	err = mark(ctx, tx, one)
	return one[0], err
}

type markRow struct {
	bun.BaseModel `bun:"table:review_marks,alias:m"`

	ReviewID  ids.Review      `bun:"review_id,pk"`
	Criterion string          `bun:"criterion,pk"`
	Score     sql.NullFloat64 `bun:"score"`
	Feedback  string          `bun:"feedback"`
	Version   int64           `bun:"version"`
	SavedAt   time.Time       `bun:"saved_at"`
}

// mark reads the marks of the reviews, all in one query.
func mark(ctx context.Context, db bun.IDB, all []Review) error {
	if len(all) == 0 {
		return nil
	}
	at, wanted := map[ids.Review]int{}, make([]ids.Review, len(all))
	for i := range all {
		all[i].Marks, at[all[i].ID], wanted[i] = map[string]Mark{}, i, all[i].ID
	}
	var rows []markRow
	if err := db.NewSelect().Model(&rows).Where("m.review_id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return fmt.Errorf("selection: list marks: %w", err)
	}
	for _, row := range rows {
		m := Mark{Score: NoScore, Feedback: row.Feedback, Version: row.Version}
		if row.Score.Valid {
			m.Score = row.Score.Float64
		}
		all[at[row.ReviewID]].Marks[row.Criterion] = m
	}
	return nil
}

// askingDesk reads a review with its marks, and the list of its call's decisions, in one message. Fault: NotFound.
func askingDesk(ctx context.Context, sc tenants.Scope, id ids.Review) (r Review, list List, err error) {
	list = List{State: ListOpen, Version: 1}
	r.Marks = map[string]Mark{}
	review := tenants.Question{
		Query: `SELECT id, call_id, application_id, person_id, state, due_at, assigned_at, submitted_at, points, comment, comment_version FROM reviews WHERE id = $1`,
		Args:  []any{id}, Row: func(row *tenants.Row) error {
			return row.Scan(&r.ID, &r.Call, &r.Application, &r.Person, &r.State, &r.DueAt, &r.AssignedAt, &r.SubmittedAt, &r.Points, &r.Comment, &r.CommentVersion)
		},
	}
	marks := tenants.Question{
		Query: `SELECT criterion, coalesce(score, $2)::float8, feedback, version FROM review_marks WHERE review_id = $1`,
		Args:  []any{id, int64(NoScore)}, Row: func(row *tenants.Row) error {
			var criterion string
			var m Mark
			err := row.Scan(&criterion, &m.Score, &m.Feedback, &m.Version)
			r.Marks[criterion] = m
			return err
		},
	}
	if err := sc.Ask(ctx, review, marks, askingList(id, &list)); err != nil {
		return r, list, fmt.Errorf("selection: read review: %w", err)
	}
	if r.ID.IsZero() {
		return r, list, fault.NotFound()
	}
	list.Call = r.Call
	return r, list, nil
}

func saveMark(ctx context.Context, tx *tenants.Tx, review ids.Review, criterion string, m Mark, now time.Time) error {
	row := markRow{ReviewID: review, Criterion: criterion, Score: sql.NullFloat64{Float64: m.Score, Valid: m.Score != NoScore}, Feedback: m.Feedback, Version: m.Version, SavedAt: now}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (review_id, criterion) DO UPDATE").
		Set("score = EXCLUDED.score, feedback = EXCLUDED.feedback, version = EXCLUDED.version, saved_at = EXCLUDED.saved_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save mark: %w", err)
	}
	return nil
}

func saveComment(ctx context.Context, tx *tenants.Tx, r *Review) error {
	_, err := tx.NewRaw("UPDATE reviews SET comment = ?, comment_version = ? WHERE id = ?", r.Comment, r.CommentVersion, r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save comment: %w", err)
	}
	return nil
}

func insertReview(ctx context.Context, tx *tenants.Tx, r *Review) error {
	row := reviewRow{
		ID: r.ID, CallID: r.Call, ApplicationID: r.Application, PersonID: r.Person, State: r.State, DueAt: r.DueAt, AssignedAt: r.AssignedAt,
		AssignedBy: tx.Scope().Actor().Person,
	}
	var loan ids.Loan
	if _, err := tx.NewInsert().Model(&row).Returning(reviewers.LoanOf("reviews")).Exec(ctx, &loan); err != nil {
		return fmt.Errorf("selection: assign: %w", err)
	}
	reviewers.TellLender(tx, loan)
	return nil
}

// advance writes the review's state and what goes with it. The caller holds its lock.
func advance(ctx context.Context, tx *tenants.Tx, r *Review) error {
	row := reviewRow{
		ID: r.ID, State: r.State, DueAt: r.DueAt, SubmittedAt: r.SubmittedAt, Points: sql.NullInt64{Int64: int64(r.Points), Valid: r.State == ReviewSubmitted},
	}
	q := tx.NewUpdate().Model(&row).Column("state", "due_at", "submitted_at", "points").Where("id = ?", r.ID)
	if r.State == ReviewOpen {
		q = q.Set("declared_at = coalesce(declared_at, ?)", tx.Moment())
	}
	var loan ids.Loan
	if _, err := q.Returning(reviewers.LoanOf("r")).Exec(ctx, &loan); err != nil {
		return fmt.Errorf("selection: move review: %w", err)
	}
	reviewers.TellLender(tx, loan)
	return nil
}

func postpone(ctx context.Context, tx *tenants.Tx, call ids.Call, due time.Time) (map[ids.Person]int, error) {
	var rows []struct {
		Person ids.Person `bun:"person"`
		N      int        `bun:"n"`
	}
	err := tx.NewRaw(`WITH moved AS (UPDATE reviews SET due_at = ? WHERE call_id = ? AND state IN ('assigned', 'open') AND due_at <> ? RETURNING person_id)
		SELECT person_id AS person, count(*) AS n FROM moved GROUP BY person_id`, due, call, due).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("selection: move due date: %w", err)
	}
	moved := map[ids.Person]int{}
	for _, r := range rows {
		moved[r.Person] = r.N
	}
	return moved, nil
}

// lockSelection lets everything that changes who reviews, what is decided and who holds a place in a call happen one
// after the other, and gives the list as it then is.
func lockSelection(ctx context.Context, tx *tenants.Tx, call Call) (List, error) {
	if err := holdCriteria(ctx, tx, call.ID); err != nil {
		return List{}, err
	}
	_, err := tx.NewRaw(`INSERT INTO decision_lists (call_id, places) VALUES (?, ?) ON CONFLICT (call_id) DO NOTHING`, call.ID, call.Places).Exec(ctx)
	if err != nil {
		return List{}, fmt.Errorf("selection: begin list: %w", err)
	}
	if _, err := tx.NewRaw("SELECT 1 FROM decision_lists WHERE call_id = ? FOR UPDATE", call.ID).Exec(ctx); err != nil {
		return List{}, fmt.Errorf("selection: lock list: %w", err)
	}
	list, found, err := findList(ctx, tx, call.ID)
	if err == nil && !found {
		err = errors.New("selection: the list is gone")
	}
	return list, err
}

// standings reads how a person stands to applications.
func standings(ctx context.Context, sc tenants.Scope, person ids.Person, applications []ids.Application) (map[ids.Application]Standing, error) {
	found := make(map[ids.Application]Standing, len(applications))
	err := sc.Ask(ctx, tenants.Question{
		Query: `SELECT application_id, true FROM reviews WHERE person_id = $1 AND state IN ('open', 'submitted') AND application_id = ANY($2::uuid[])
			UNION ALL SELECT application_id, false FROM conflicts WHERE person_id = $1 AND undone_at IS NULL AND application_id = ANY($2::uuid[])`,
		Args: []any{person, tenants.Array(applications)}, Row: func(r *tenants.Row) error {
			var id ids.Application
			var assigned bool
			err := r.Scan(&id, &assigned)
			s := found[id]
			s.Assigned, s.Conflicted = s.Assigned || assigned, s.Conflicted || !assigned
			found[id] = s
			return err
		},
	})
	if err != nil {
		return nil, fmt.Errorf("selection: read standings: %w", err)
	}
	return found, nil
}

// activeReviews are those of all calls whose decisions are not released.
func activeReviews(ctx context.Context, db bun.IDB) ([]Review, error) {
	return reviews(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.ExcludeColumn("comment").Where("r.state IN ('assigned', 'open', 'submitted')").
			Where("NOT EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = r.call_id AND l.state = 'released')")
	})
}

// CountReviews counts the network's reviews, but for those of some applications: those that reviewers were given and kept, and those of
// them that are submitted. It is for other modules' use-cases, which have authorized.
func CountReviews(ctx context.Context, db bun.IDB, without ...ids.Application) (given, submitted int, err error) {
	q := db.NewSelect().Table("reviews").
		ColumnExpr("count(*) FILTER (WHERE state IN ('assigned', 'open', 'submitted'))").
		ColumnExpr("count(*) FILTER (WHERE state = 'submitted')")
	if len(without) > 0 {
		q = q.Where("application_id NOT IN (?)", bun.List(without))
	}
	if err = q.Scan(ctx, &given, &submitted); err != nil {
		return 0, 0, fmt.Errorf("selection: count reviews: %w", err)
	}
	return given, submitted, nil
}
