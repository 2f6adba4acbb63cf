package matching

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type threadRow struct {
	bun.BaseModel `bun:"table:matching_threads,alias:t"`

	ID        ids.Thread       `bun:"id,pk"`
	OneID     ids.Organization `bun:"one_id"`
	OtherID   ids.Organization `bun:"other_id"`
	CreatedAt time.Time        `bun:"created_at"`
	LastAt    time.Time        `bun:"last_at"`
}

func newThread(a, b ids.Organization, at time.Time) threadRow {
	p := PairOf(a, b)
	return threadRow{ID: ids.New[ids.Thread](), OneID: p[0], OtherID: p[1], CreatedAt: at, LastAt: at}
}

// across is the other side of the thread.
func (t *threadRow) across(own ids.Organization) ids.Organization {
	if t.OneID == own {
		return t.OtherID
	}
	return t.OneID
}

type messageRow struct {
	bun.BaseModel `bun:"table:matching_messages,alias:m"`

	ID             ids.Message      `bun:"id,pk"`
	ThreadID       ids.Thread       `bun:"thread_id"`
	OrganizationID ids.Organization `bun:"organization_id"`
	PersonID       ids.Person       `bun:"person_id,nullzero"`
	Body           string           `bun:"body"`
	At             time.Time        `bun:"at"`
}

func (r *messageRow) message() Message {
	return Message{ID: r.ID, By: r.OrganizationID, Body: r.Body, At: r.At}
}

// holdPair lets nobody else write between the two until the transaction ends.
func holdPair(ctx context.Context, tx *tenants.Tx, a, b ids.Organization) error {
	p := PairOf(a, b)
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' matching.thread ' || ? || ?, 0))`, p[0].String(), p[1].String()).Exec(ctx); err != nil {
		return fmt.Errorf("matching: hold a thread: %w", err)
	}
	return nil
}

// threadOf finds the thread between two organizations, if they have one.
func threadOf(ctx context.Context, db bun.IDB, a, b ids.Organization) (threadRow, bool, error) {
	p := PairOf(a, b)
	var t threadRow
	err := db.NewSelect().Model(&t).Where("t.one_id = ?", p[0]).Where("t.other_id = ?", p[1]).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t, false, nil
	case err != nil:
		return t, false, fmt.Errorf("matching: find thread between: %w", err)
	}
	return t, true, nil
}

func findThread(ctx context.Context, db bun.IDB, id ids.Thread) (threadRow, error) {
	var t threadRow
	err := db.NewSelect().Model(&t).Where("t.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fault.NotFound()
	}
	if err != nil {
		return t, fmt.Errorf("matching: find thread: %w", err)
	}
	return t, nil
}

func insertThread(ctx context.Context, tx *tenants.Tx, t *threadRow) error {
	if _, err := tx.NewInsert().Model(t).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("matching: begin thread: %w", err)
	}
	return nil
}

// insertMessage writes a message, and reports false when it stands there already.
func insertMessage(ctx context.Context, tx *tenants.Tx, m *messageRow) (bool, error) {
	result, err := tx.NewInsert().Model(m).On("CONFLICT (id) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: write message: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if _, err := tx.NewRaw(`UPDATE matching_threads SET last_at = ? WHERE id = ?`, m.At, m.ThreadID).Exec(ctx); err != nil {
		return false, fmt.Errorf("matching: move thread: %w", err)
	}
	return true, nil
}

// sentBy is how many messages the organization has written in the thread since then, and when it did last.
func sentBy(ctx context.Context, db bun.IDB, id ids.Thread, own ids.Organization, since time.Time) (sent int, last time.Time, err error) {
	var r struct {
		Sent int
		Last bun.NullTime
	}
	err = db.NewRaw(`SELECT count(*) FILTER (WHERE at > ?) AS sent, max(at) AS last FROM matching_messages WHERE thread_id = ? AND organization_id = ?`, since, id, own).Scan(ctx, &r)
	if err != nil {
		return 0, last, fmt.Errorf("matching: count messages: %w", err)
	}
	return r.Sent, r.Last.Time, nil
}

// begunBy is how many threads the organization has begun since an instant. Those begun at the very same time are not counted, so that a
// few more than are allowed may be begun at once.
func begunBy(ctx context.Context, db bun.IDB, own ids.Organization, since time.Time) (int, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM matching_threads AS t WHERE t.created_at > ? AND ? IN (t.one_id, t.other_id)
		AND (SELECT m.organization_id FROM matching_messages AS m WHERE m.thread_id = t.id ORDER BY m.at, m.id LIMIT 1) = ?`, since, own, own).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("matching: count threads: %w", err)
	}
	return n, nil
}

// readings are how far people have read a thread.
func readings(ctx context.Context, db bun.IDB, id ids.Thread) (map[ids.Person]time.Time, error) {
	var rows []struct {
		PersonID ids.Person
		At       time.Time
	}
	if err := db.NewRaw(`SELECT person_id, at FROM matching_readings WHERE thread_id = ?`, id).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("matching: list readings: %w", err)
	}
	all := make(map[ids.Person]time.Time, len(rows))
	for _, r := range rows {
		all[r.PersonID] = r.At
	}
	return all, nil
}

func see(ctx context.Context, tx *tenants.Tx, id ids.Thread, person ids.Person, at time.Time) error {
	_, err := tx.NewRaw(`INSERT INTO matching_readings (thread_id, person_id, at) VALUES (?, ?, ?) ON CONFLICT (thread_id, person_id) DO UPDATE SET at = EXCLUDED.at`, id, person, at).Exec(ctx)
	if err != nil {
		return fmt.Errorf("matching: keep reading: %w", err)
	}
	return nil
}

type listedThread struct {
	threadRow

	MessageID      ids.Message
	OrganizationID ids.Organization
	Body           string
	At             time.Time
	Unread         bool
}

func (l *listedThread) last() Message {
	return Message{ID: l.MessageID, By: l.OrganizationID, Body: l.Body, At: l.At}
}

// unread is whether the second argument has not seen something of the side across from the first in thread t.
const unread = `EXISTS (SELECT 1 FROM matching_messages AS u WHERE u.thread_id = t.id AND u.organization_id <> ?0
	AND u.at > coalesce((SELECT r.at FROM matching_readings AS r WHERE r.thread_id = t.id AND r.person_id = ?1), '-infinity'))`

// threadsOf lists the organization's threads, each with its last message, the latest first.
func threadsOf(ctx context.Context, db bun.IDB, own ids.Organization, reader ids.Person, after ids.Thread, limit int) ([]listedThread, error) {
	var all []listedThread
	beyond := ""
	if !after.IsZero() {
		beyond = `AND (t.last_at, t.id) < (SELECT last_at, id FROM matching_threads WHERE id = ?2)`
	}
	err := db.NewRaw(`SELECT t.id, t.one_id, t.other_id, t.created_at, t.last_at, m.id AS message_id, m.organization_id, m.body, m.at, `+unread+` AS unread
		FROM matching_threads AS t JOIN LATERAL (SELECT * FROM matching_messages AS m WHERE m.thread_id = t.id ORDER BY m.at DESC, m.id DESC LIMIT 1) AS m ON true
		WHERE (t.one_id = ?0 OR t.other_id = ?0) `+beyond+` ORDER BY t.last_at DESC, t.id DESC LIMIT ?3`, own, reader, after, limit).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: list threads: %w", err)
	}
	return all, nil
}

// countUnread is in how many threads of the organizations there is something that somebody has not seen.
func countUnread(ctx context.Context, db bun.IDB, own []ids.Organization, reader ids.Person) (int, error) {
	if len(own) == 0 {
		return 0, nil
	}
	var n int
	err := db.NewRaw(`SELECT count(DISTINCT t.id) FROM matching_threads AS t JOIN matching_messages AS u ON u.thread_id = t.id
		LEFT JOIN matching_readings AS r ON r.thread_id = t.id AND r.person_id = ?1
		WHERE (t.one_id IN (?0) AND u.organization_id = t.other_id OR t.other_id IN (?0) AND u.organization_id = t.one_id)
		AND u.at > coalesce(r.at, '-infinity')`, bun.List(own), reader).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("matching: count unread: %w", err)
	}
	return n, nil
}

// messagesOf are the newest messages of a thread, or those before one, in the order in which they were written.
func messagesOf(ctx context.Context, db bun.IDB, id ids.Thread, before ids.Message, limit int64) ([]Message, error) {
	var rows []messageRow
	q := db.NewSelect().Model(&rows).Where("m.thread_id = ?", id)
	if !before.IsZero() {
		q = q.Where("(m.at, m.id) < (SELECT at, id FROM matching_messages WHERE id = ? AND thread_id = ?)", before, id)
	}
	if err := q.Order("m.at DESC", "m.id DESC").Limit(limit).Scan(ctx); err != nil {
		return nil, fmt.Errorf("matching: list messages: %w", err)
	}
	all := make([]Message, len(rows))
	for i := range rows {
		all[i] = rows[i].message()
	}
	slices.Reverse(all)
	return all, nil
}

// refusal is the message key of why one organization may not write to the other; empty: it may.
func refusal(ctx context.Context, db bun.IDB, own, other ids.Organization) (string, error) {
	var r struct{ Barred, Blocked, Blocking bool }
	err := db.NewRaw(`SELECT EXISTS (SELECT 1 FROM matching_bars WHERE organization_id = ?0) AS barred,
		EXISTS (SELECT 1 FROM matching_blocks WHERE organization_id = ?1 AND blocked_id = ?0) AS blocked,
		EXISTS (SELECT 1 FROM matching_blocks WHERE organization_id = ?0 AND blocked_id = ?1) AS blocking`, own, other).Scan(ctx, &r)
	switch {
	case err != nil:
		return "", fmt.Errorf("matching: ask whether one may write: %w", err)
	case r.Barred:
		return "matching.message.barred", nil
	case r.Blocking:
		return blocking, nil
	case r.Blocked:
		return "matching.message.blocked", nil
	default:
		return "", nil
	}
}

func block(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error {
	at, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.NewRaw(`INSERT INTO matching_blocks (organization_id, blocked_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, own, other, at).Exec(ctx); err != nil {
		return fmt.Errorf("matching: block: %w", err)
	}
	return nil
}

func unblock(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error {
	if _, err := tx.NewRaw(`DELETE FROM matching_blocks WHERE organization_id = ? AND blocked_id = ?`, own, other).Exec(ctx); err != nil {
		return fmt.Errorf("matching: unblock: %w", err)
	}
	return nil
}
