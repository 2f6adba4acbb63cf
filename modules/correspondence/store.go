package correspondence

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Message is one mail as it stands in the outbox.
type Message struct {
	bun.BaseModel `bun:"table:messages"`

	ID         ids.Message `bun:"id,pk"`
	Kind       string      `bun:"kind"`
	Status     Status      `bun:"status"`
	Person     ids.Person  `bun:"person_id"`
	Address    string      `bun:"address"`
	Name       string      `bun:"name"`
	Locale     i18n.Locale `bun:"locale"`
	Subject    string      `bun:"subject"`
	Body       string      `bun:"body"`
	HTML       string      `bun:"html"`
	Secret     bool        `bun:"secret"`
	Veiled     bool        `bun:"veiled"`
	Batch      string      `bun:"batch"`
	AboutKind  string      `bun:"about_kind"`
	AboutID    string      `bun:"about_id"`
	Search     string      `bun:"search"`
	CreatedAt  time.Time   `bun:"created_at,nullzero,default:now()"`
	ReleasedAt time.Time   `bun:"released_at,nullzero"`
	SentAt     time.Time   `bun:"sent_at,nullzero"`

	// Bound is a held letter that goes with others, when what they are about is released, and not by itself.
	Bound bool `bun:"bound,scanonly"`
}

// known is all that the team may know of the addressee.
func (m *Message) known() string {
	if m.Veiled {
		return m.Name
	}
	return m.Name + " " + m.Address
}

// To is the addressee's name, and a dash for somebody who was forgotten.
func (m *Message) To() string { return cmp.Or(m.Name, "–") }

// Addressee is the name with the address, where the reader may know that.
func (m *Message) Addressee() string {
	if m.Address == "" {
		return m.To()
	}
	return m.Name + " <" + m.Address + ">"
}

// Waits reports whether the message can be released or cancelled by itself.
func (m Message) Waits() bool {
	return !m.Bound && (m.Status == StatusHeld || m.Status == StatusFailed)
} //nolint:gocritic // a predicate for slices of messages

const bound = "EXISTS (SELECT FROM message_batches AS b WHERE b.batch = ?TableAlias.batch AND b.state = 'open') AS bound"

// insert writes a message once; a repeated reaction finds it there.
func insert(ctx context.Context, tx *tenants.Tx, m Message) (bool, error) {
	result, err := tx.NewInsert().Model(&m).Value("created_at", "?", tx.Moment()).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("correspondence: write message: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func find(ctx context.Context, db bun.IDB, id ids.Message) (Message, bool, error) {
	var m Message
	err := db.NewSelect().Model(&m).ExcludeColumn("search").ColumnExpr(bound).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("correspondence: find message: %w", err)
	}
	return m, true, nil
}

// move changes a message's state if it still is what it was, and reports whether it was.
func move(ctx context.Context, tx *tenants.Tx, id ids.Message, from, to Status) (bool, error) {
	q := tx.NewUpdate().Table("messages").Set("status = ?", to).Where("id = ?", id).Where("status = ?", from)
	switch to {
	case StatusReleased:
		q = q.Set("released_at = ?", tx.Moment())
	case StatusSent:
		q = q.Set("sent_at = ?", tx.Moment())
	}
	result, err := q.Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("correspondence: move message to %s: %w", to, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// cancelHeld cancels what an event takes back, and gives the messages.
func cancelHeld(ctx context.Context, tx *tenants.Tx, e events.MailRevoked) ([]ids.Message, error) {
	var cancelled []ids.Message
	err := tx.NewRaw(`UPDATE messages SET status = ? WHERE status = ? AND kind = ? AND about_kind = ? AND about_id = ? AND created_at < ? RETURNING id`,
		StatusCancelled, StatusHeld, e.Kind, e.AboutKind, e.AboutID, e.Before).Scan(ctx, &cancelled)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("correspondence: cancel held messages: %w", err)
	}
	return cancelled, nil
}

// wipe forgets what a security mail said, its link above all.
func wipe(ctx context.Context, tx *tenants.Tx, id ids.Message) error {
	if _, err := tx.NewUpdate().Table("messages").Set("body = ''").Set("html = ''").Where("id = ?", id).Where("secret").Exec(ctx); err != nil {
		return fmt.Errorf("correspondence: wipe message: %w", err)
	}
	return nil
}

// Query is what a listing of the outbox asks for.
type Query struct {
	Status Status
	Search string
	After  string // the cursor of the page before
	Limit  int64  // zero: all

	without []string // what the messages must not be about
}

func list(ctx context.Context, db bun.IDB, q Query) ([]Message, error) {
	var rows []Message
	sel := db.NewSelect().Model(&rows).ExcludeColumn("body", "html").ColumnExpr(bound).OrderExpr("created_at DESC, id DESC")
	if q.Limit > 0 {
		sel = sel.Limit(q.Limit)
	}
	sel = filtered(sel, q)
	if id, err := ids.Parse[ids.Message](q.After); err == nil {
		// Where a message stands that the actor must not know of, no page begins: it would tell when it was written.
		sel = sel.Where("(created_at, id) < (?)", knowable(db.NewSelect().Table("messages").Column("created_at", "id").Where("id = ?", id), q.without))
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, fmt.Errorf("correspondence: list messages: %w", err)
	}
	return rows, nil
}

func filtered(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	if q.Status != "" {
		sel = sel.Where("status = ?", q.Status)
	}
	for _, word := range i18n.SearchWords(q.Search) {
		sel = sel.Where("search LIKE ?", "%"+word+"%")
	}
	return knowable(sel, q.without)
}

// knowable leaves messages away that are about what the actor must not know of.
func knowable(sel *bun.SelectQuery, without []string) *bun.SelectQuery {
	if len(without) == 0 {
		return sel
	}
	return sel.Where("about_id NOT IN (?)", bun.List(without))
}

func count(ctx context.Context, db bun.IDB, q Query) (int, error) {
	n, err := filtered(db.NewSelect().Table("messages"), q).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("correspondence: count messages: %w", err)
	}
	return int(n), nil
}

func waitingByStatus(ctx context.Context, db bun.IDB, without []string) (map[Status]int, error) {
	var rows []struct {
		Status Status `bun:"status"`
		N      int    `bun:"n"`
	}
	sel := db.NewSelect().Table("messages").Column("status").ColumnExpr("count(*) AS n").Where("status IN (?)", bun.List([]Status{StatusHeld, StatusFailed}))
	err := knowable(sel, without).Group("status").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("correspondence: count waiting messages: %w", err)
	}
	counts := map[Status]int{}
	for _, r := range rows {
		counts[r.Status] = r.N
	}
	return counts, nil
}

func mailbox(ctx context.Context, db bun.IDB, limit int64) ([]Message, error) {
	var rows []Message
	err := db.NewSelect().Model(&rows).Where("status = ?", StatusSent).OrderExpr("created_at DESC, id DESC").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("correspondence: list mailbox: %w", err)
	}
	return rows, nil
}

type notificationRow struct {
	bun.BaseModel `bun:"table:notifications"`

	ID        ids.Notification `bun:"id,pk"`
	Person    ids.Person       `bun:"person_id"`
	Key       string           `bun:"key"`
	Args      json.RawMessage  `bun:"args,type:jsonb"`
	Path      string           `bun:"path"`
	CreatedAt time.Time        `bun:"created_at,nullzero,default:now()"`
	ReadAt    time.Time        `bun:"read_at,nullzero"`
}

func insertNotification(ctx context.Context, tx *tenants.Tx, row notificationRow) error {
	if _, err := tx.NewInsert().Model(&row).Value("created_at", "?", tx.Moment()).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("correspondence: notify: %w", err)
	}
	return nil
}

func notificationsOf(ctx context.Context, db bun.IDB, person ids.Person, limit int64) ([]notificationRow, error) {
	var rows []notificationRow
	err := db.NewSelect().Model(&rows).Where("person_id = ?", person).OrderExpr("created_at DESC, id DESC").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("correspondence: list notifications: %w", err)
	}
	return rows, nil
}

func unread(ctx context.Context, sc tenants.Scope, person ids.Person) (n int, err error) {
	err = sc.Ask(ctx, tenants.Question{
		Query: `SELECT count(*) FROM notifications WHERE person_id = $1 AND read_at IS NULL`,
		Args:  []any{person}, Row: func(r *tenants.Row) error { return r.Scan(&n) },
	})
	if err != nil {
		return 0, fmt.Errorf("correspondence: count notifications: %w", err)
	}
	return n, nil
}

func readAll(ctx context.Context, tx *tenants.Tx, person ids.Person) error {
	_, err := tx.NewUpdate().Table("notifications").Set("read_at = now()").Where("person_id = ?", person).Where("read_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("correspondence: mark notifications as read: %w", err)
	}
	return nil
}

// notifiedPaths are the pages to which somebody's notifications lead.
func notifiedPaths(ctx context.Context, tx *tenants.Tx, person ids.Person) ([]string, error) {
	var paths []string
	if err := tx.NewSelect().Table("notifications").ColumnExpr("DISTINCT path").Where("person_id = ?", person).Scan(ctx, &paths); err != nil {
		return nil, fmt.Errorf("correspondence: list where notifications lead: %w", err)
	}
	return paths, nil
}

func forgetNotificationsOf(ctx context.Context, tx *tenants.Tx, person ids.Person, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	if _, err := tx.NewDelete().Table("notifications").Where("person_id = ?", person).Where("path IN (?)", bun.List(paths)).Exec(ctx); err != nil {
		return fmt.Errorf("correspondence: forget notifications of somebody: %w", err)
	}
	return nil
}

func cancelAbout(ctx context.Context, tx *tenants.Tx, kind, id string) error {
	_, err := tx.NewUpdate().Table("messages").Set("status = ?", StatusCancelled).Where("about_kind = ?", kind).Where("about_id = ?", id).Where("status = ?", StatusHeld).Exec(ctx)
	if err != nil {
		return fmt.Errorf("correspondence: cancel messages: %w", err)
	}
	return nil
}

// forgettable holds the messages about a thing that have not left, and with left all of them.
func forgettable(ctx context.Context, tx *tenants.Tx, kind, id string, left bool) ([]Message, error) {
	var rows []Message
	q := tx.NewSelect().Model(&rows).Column("id", "status", "person_id", "locale", "name", "address", "veiled").Where("about_kind = ?", kind).Where("about_id = ?", id)
	if !left {
		q = q.Where("status <> ?", StatusSent)
	}
	if err := q.OrderExpr("id").For("UPDATE").Scan(ctx); err != nil {
		return nil, fmt.Errorf("correspondence: list messages to forget: %w", err)
	}
	return rows, nil
}

// forget leaves of a message where it stands, and of what it says its subject alone.
func forget(ctx context.Context, tx *tenants.Tx, m Message) error {
	m.Body, m.HTML, m.Search = "", "", searched(m.known(), m.Subject)
	_, err := tx.NewUpdate().Model(&m).Column("status", "person_id", "name", "address", "subject", "body", "html", "search").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("correspondence: forget message: %w", err)
	}
	return nil
}

// searched is by what a message is found in the outbox.
func searched(to, subject string) string {
	return i18n.SearchKey(to + " " + subject)
}

func forgetNotifications(ctx context.Context, tx *tenants.Tx, path string) error {
	if _, err := tx.NewDelete().Table("notifications").Where("path = ?", path).Exec(ctx); err != nil {
		return fmt.Errorf("correspondence: forget notifications: %w", err)
	}
	return nil
}
