package selection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type listRow struct {
	bun.BaseModel `bun:"table:decision_lists,alias:l"`

	CallID       ids.Call   `bun:"call_id,pk"`
	State        ListState  `bun:"state"`
	Version      int64      `bun:"version"`
	Places       int        `bun:"places"`
	ReplyBy      time.Time  `bun:"reply_by,nullzero"`
	WaitingUntil time.Time  `bun:"waiting_until,nullzero"`
	ClarifyUntil time.Time  `bun:"clarify_until,nullzero"`
	ClosedAt     time.Time  `bun:"closed_at,nullzero"`
	ClosedBy     ids.Person `bun:"closed_by"`
	SignedAt     time.Time  `bun:"signed_at,nullzero"`
	SignedBy     ids.Person `bun:"signed_by"`
	Batch        string     `bun:"batch"`
	QuotaReason  string     `bun:"quota_reason"`
	BeyondQuotas *bool      `bun:"beyond_quotas"`
	ReleasedAt   time.Time  `bun:"released_at,nullzero"`
	ReleasedBy   ids.Person `bun:"released_by"`
}

func (r *listRow) list() List {
	return List{
		Call: r.CallID, State: r.State, Version: r.Version, Places: r.Places, ReplyBy: r.ReplyBy, WaitingUntil: r.WaitingUntil, ClarifyUntil: r.ClarifyUntil, ClosedAt: r.ClosedAt,
		ClosedBy: r.ClosedBy, SignedAt: r.SignedAt, SignedBy: r.SignedBy, Batch: r.Batch, QuotaReason: r.QuotaReason, BeyondQuotas: r.BeyondQuotas, ReleasedAt: r.ReleasedAt, ReleasedBy: r.ReleasedBy,
	}
}

func findList(ctx context.Context, db bun.IDB, call ids.Call) (List, bool, error) {
	var r listRow
	err := db.NewSelect().Model(&r).Where("l.call_id = ?", call).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return List{Call: call, State: ListOpen, Version: 1}, false, nil
	}
	if err != nil {
		return List{}, false, fmt.Errorf("selection: find list: %w", err)
	}
	return r.list(), true, nil
}

func askingList(review ids.Review, found *List) tenants.Question {
	return tenants.Question{
		Query: `SELECT call_id, state, version, places, reply_by, waiting_until, closed_at, closed_by, signed_at, signed_by, batch, released_at, released_by
			FROM decision_lists WHERE call_id = (SELECT call_id FROM reviews WHERE id = $1)`,
		Args: []any{review}, Row: func(row *tenants.Row) error {
			return row.Scan(&found.Call, &found.State, &found.Version, &found.Places, &found.ReplyBy, &found.WaitingUntil, &found.ClosedAt, &found.ClosedBy,
				&found.SignedAt, &found.SignedBy, &found.Batch, &found.ReleasedAt, &found.ReleasedBy)
		},
	}
}

func lists(ctx context.Context, db bun.IDB) (map[ids.Call]List, error) {
	var rows []listRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list lists: %w", err)
	}
	found := make(map[ids.Call]List, len(rows))
	for i := range rows {
		found[rows[i].CallID] = rows[i].list()
	}
	return found, nil
}

// WaitingUntil is when the waiting lists of calls end, of those whose decisions were released. It is for other modules' use-cases,
// which have authorized.
func WaitingUntil(ctx context.Context, db bun.IDB, calls ...ids.Call) (map[ids.Call]time.Time, error) {
	until := map[ids.Call]time.Time{}
	if len(calls) == 0 {
		return until, nil
	}
	var rows []listRow
	err := db.NewSelect().Model(&rows).Column("call_id", "waiting_until").Where("call_id IN (?)", bun.List(calls)).
		Where("state = ?", ListReleased).Where("waiting_until IS NOT NULL").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("selection: read when waiting lists end: %w", err)
	}
	for i := range rows {
		until[rows[i].CallID] = rows[i].WaitingUntil
	}
	return until, nil
}

// saveList writes the list if it is still the version that was shown.
func saveList(ctx context.Context, tx *tenants.Tx, l *List) error {
	r := listRow{
		CallID: l.Call, State: l.State, ReplyBy: l.ReplyBy, WaitingUntil: l.WaitingUntil, ClarifyUntil: l.ClarifyUntil, ClosedAt: l.ClosedAt, ClosedBy: l.ClosedBy, SignedAt: l.SignedAt,
		SignedBy: l.SignedBy, Batch: l.Batch, QuotaReason: l.QuotaReason, BeyondQuotas: l.BeyondQuotas, ReleasedAt: l.ReleasedAt, ReleasedBy: l.ReleasedBy,
	}
	result, err := tx.NewUpdate().Model(&r).ExcludeColumn("call_id", "version", "places").Set("version = version + 1").
		Where("call_id = ?", l.Call).Where("version = ?", l.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save list: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	l.Version++
	return nil
}

type decisionRow struct {
	bun.BaseModel `bun:"table:decisions,alias:d"`

	ID            ids.Decision    `bun:"id,pk"`
	CallID        ids.Call        `bun:"call_id"`
	ApplicationID ids.Application `bun:"application_id"`
	Outcome       events.Outcome  `bun:"outcome"`
	State         DecisionState   `bun:"state"`
	Waiting       int             `bun:"waiting"`
	Place         int             `bun:"place,nullzero"`
	DecidedAt     time.Time       `bun:"decided_at"`
	DecidedBy     ids.Person      `bun:"decided_by"`
	ReplyBy       time.Time       `bun:"reply_by,nullzero"`
	AnsweredAt    time.Time       `bun:"answered_at,nullzero"`
	AnsweredBy    ids.Person      `bun:"answered_by"`
}

func rowOf(d *Decision) decisionRow {
	return decisionRow{
		ID: d.ID, CallID: d.Call, ApplicationID: d.Application, Outcome: d.Outcome, State: d.State, Waiting: d.Waiting, Place: d.Place, DecidedAt: d.DecidedAt,
		DecidedBy: d.DecidedBy, ReplyBy: d.ReplyBy, AnsweredAt: d.AnsweredAt, AnsweredBy: d.AnsweredBy,
	}
}

func (r *decisionRow) decision() Decision {
	return Decision{
		ID: r.ID, Call: r.CallID, Application: r.ApplicationID, Outcome: r.Outcome, State: r.State, Waiting: r.Waiting, Place: r.Place, DecidedAt: r.DecidedAt,
		DecidedBy: r.DecidedBy, ReplyBy: r.ReplyBy, AnsweredAt: r.AnsweredAt, AnsweredBy: r.AnsweredBy,
	}
}

func decisions(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Decision, error) {
	var rows []decisionRow
	if err := narrow(db.NewSelect().Model(&rows)).OrderExpr("d.waiting, d.decided_at, d.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list decisions: %w", err)
	}
	all := make([]Decision, len(rows))
	for i := range rows {
		all[i] = rows[i].decision()
	}
	return all, nil
}

func decisionsOf(ctx context.Context, db bun.IDB, call ids.Call) ([]Decision, error) {
	return decisions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("d.call_id = ?", call) })
}

// decisionsOfAll are the decisions of several calls.
func decisionsOfAll(ctx context.Context, db bun.IDB, calls []ids.Call) ([]Decision, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	return decisions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("d.call_id IN (?)", bun.List(calls)) })
}

// decisionsFor finds what was decided of applications. What was not released is found as well: the caller keeps it.
func decisionsFor(ctx context.Context, db bun.IDB, applications []ids.Application) ([]Decision, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	return decisions(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("d.application_id IN (?)", bun.List(applications))
	})
}

// decide writes decisions, each in place of one that its application had.
func decide(ctx context.Context, tx *tenants.Tx, all []Decision) error {
	if len(all) == 0 {
		return nil
	}
	rows := make([]decisionRow, len(all))
	for i := range all {
		rows[i] = rowOf(&all[i])
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (application_id) DO UPDATE").
		Set("outcome = EXCLUDED.outcome, waiting = EXCLUDED.waiting, decided_at = EXCLUDED.decided_at, decided_by = EXCLUDED.decided_by").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: decide: %w", err)
	}
	return nil
}

func undecide(ctx context.Context, tx *tenants.Tx, call ids.Call, applications []ids.Application) error {
	if len(applications) == 0 {
		return nil
	}
	_, err := tx.NewRaw("DELETE FROM decisions WHERE call_id = ? AND state = 'draft' AND application_id IN (?)", call, bun.List(applications)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: take decisions back: %w", err)
	}
	return nil
}

// settle writes where a decision stands. The caller holds the list's lock, so nobody else has moved it.
func settle(ctx context.Context, tx *tenants.Tx, d *Decision) error {
	row := rowOf(d)
	_, err := tx.NewUpdate().Model(&row).Column("state", "waiting", "place", "reply_by", "answered_at", "answered_by").Where("id = ?", d.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: settle decision: %w", err)
	}
	return nil
}

// Acceptance is one organization's yes to an offered place.
type Acceptance struct {
	Organization ids.Organization `bun:"organization_id"`
	At           time.Time        `bun:"at"`
	By           ids.Person       `bun:"by"`
}

func acceptances(ctx context.Context, db bun.IDB, decision ids.Decision) ([]Acceptance, error) {
	var found []Acceptance
	err := db.NewRaw("SELECT organization_id, at, by FROM acceptances WHERE decision_id = ? ORDER BY at, organization_id", decision).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list acceptances: %w", err)
	}
	return found, nil
}

func insertAcceptance(ctx context.Context, tx *tenants.Tx, decision ids.Decision, a Acceptance) error {
	_, err := tx.NewRaw("INSERT INTO acceptances (decision_id, organization_id, at, by) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		decision, a.Organization, a.At, a.By).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: accept: %w", err)
	}
	return nil
}

// accepted lists which of the decisions some of the organizations have accepted.
func accepted(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Decision]int, error) {
	var rows []struct {
		Decision ids.Decision `bun:"decision_id"`
		N        int          `bun:"n"`
	}
	err := db.NewRaw("SELECT decision_id, count(*) AS n FROM acceptances WHERE organization_id IN (?) GROUP BY decision_id", bun.List(organizations)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("selection: count acceptances: %w", err)
	}
	found := make(map[ids.Decision]int, len(rows))
	for _, r := range rows {
		found[r.Decision] = r.N
	}
	return found, nil
}
