package openings

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type signatureRow struct {
	bun.BaseModel `bun:"table:call_signatures"`

	ID        ids.Signature `bun:"id,pk"`
	CallID    ids.Call      `bun:"call_id"`
	Content   string        `bun:"content"`
	Checklist []Line        `bun:"checklist,type:jsonb"`
	Remark    string        `bun:"remark"`
	SignedBy  ids.Person    `bun:"signed_by"`
	SignedAt  time.Time     `bun:"signed_at"`
}

func insertSignature(ctx context.Context, tx *tenants.Tx, s *Signature) error {
	r := signatureRow{ID: s.ID, CallID: s.Call, Content: s.Content, Checklist: s.Lines, Remark: s.Remark, SignedBy: s.SignedBy, SignedAt: s.SignedAt}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("openings: keep signature: %w", err)
	}
	return nil
}

// newestSignature is the last one on a call; nil: there is none.
func newestSignature(ctx context.Context, db bun.IDB, call ids.Call) (*Signature, error) {
	var rows []signatureRow
	if err := db.NewSelect().Model(&rows).Where("call_id = ?", call).Order("signed_at DESC", "id DESC").Limit(1).Scan(ctx); err != nil {
		return nil, fmt.Errorf("openings: find signature: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	r := rows[0]
	return &Signature{ID: r.ID, Call: r.CallID, Content: r.Content, Lines: r.Checklist, Remark: r.Remark, SignedBy: r.SignedBy, SignedAt: r.SignedAt}, nil
}

type requestRow struct {
	bun.BaseModel `bun:"table:opening_requests,alias:r"`

	ID          ids.Opening     `bun:"id,pk"`
	TenantID    ids.Tenant      `bun:"tenant_id"`
	CallID      ids.Call        `bun:"call_id"`
	Content     string          `bun:"content"`
	Dossier     json.RawMessage `bun:"dossier,type:jsonb"`
	State       State           `bun:"state"`
	Answer      string          `bun:"answer"`
	SentBy      ids.Person      `bun:"sent_by"`
	SenderName  string          `bun:"sender_name"`
	SentAt      time.Time       `bun:"sent_at"`
	DeciderName string          `bun:"decider_name"`
	DecidedAt   time.Time       `bun:"decided_at,nullzero"`

	Network string `bun:"network,scanonly"`
}

func (r *requestRow) request() (Request, error) {
	q := Request{
		ID: r.ID, Tenant: r.TenantID, Network: r.Network, Call: r.CallID, Content: r.Content, State: r.State, Answer: r.Answer, SentBy: r.SentBy,
		Sender: r.SenderName, SentAt: r.SentAt, Decider: r.DeciderName, DecidedAt: r.DecidedAt,
	}
	if err := json.Unmarshal(r.Dossier, &q.Dossier); err != nil {
		return q, fmt.Errorf("openings: read what was signed: %w", err)
	}
	return q, nil
}

// selectRequests reads requests; the program in them is long and comes only where it is shown.
func selectRequests(db bun.IDB, rows *[]requestRow, whole bool) *bun.SelectQuery {
	dossier := "r.dossier - 'program' AS dossier"
	if whole {
		dossier = "r.dossier"
	}
	return db.NewSelect().Model(rows).
		ColumnExpr("r.id, r.tenant_id, r.call_id, r.content, r.state, r.answer, r.sent_by, r.sender_name, r.sent_at, r.decider_name, r.decided_at, t.name AS network").
		ColumnExpr(dossier).Join("JOIN tenants AS t ON t.id = r.tenant_id")
}

func read(ctx context.Context, q *bun.SelectQuery, rows *[]requestRow) ([]Request, error) {
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("openings: read requests: %w", err)
	}
	found := make([]Request, 0, len(*rows))
	for i := range *rows {
		one, err := (*rows)[i].request()
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// requests lists what the core team was asked, what waits first, the oldest on top, then the latest answers.
func requests(ctx context.Context, db bun.IDB) ([]Request, error) {
	var rows []requestRow
	q := selectRequests(db, &rows, false).Where("r.state <> 'withdrawn'").
		OrderExpr("r.state <> 'waiting', CASE r.state WHEN 'waiting' THEN r.sent_at END, r.decided_at DESC, r.id").Limit(500)
	return read(ctx, q, &rows)
}

// requestOf is one of the requests that were not withdrawn, with its program. Fault: NotFound.
func requestOf(ctx context.Context, db bun.IDB, id ids.Opening) (Request, error) {
	var rows []requestRow
	found, err := read(ctx, selectRequests(db, &rows, true).Where("r.id = ?", id).Where("r.state <> 'withdrawn'"), &rows)
	if err != nil {
		return Request{}, err
	}
	if len(found) != 1 {
		return Request{}, fault.NotFound()
	}
	return found[0], nil
}

// newestRequest is the last one for a call; nil: there is none.
func newestRequest(ctx context.Context, db bun.IDB, tenant ids.Tenant, call ids.Call) (*Request, error) {
	var rows []requestRow
	q := selectRequests(db, &rows, false).Where("r.tenant_id = ?", tenant).Where("r.call_id = ?", call).Order("r.sent_at DESC", "r.id DESC").Limit(1)
	found, err := read(ctx, q, &rows)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func waiting(ctx context.Context, db bun.IDB) (int, error) {
	n, err := db.NewSelect().Table("opening_requests").Where("state = 'waiting'").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("openings: count requests: %w", err)
	}
	return int(n), nil
}

// insertRequest sends a request in the place of one that waits. One that was sent before is left as it is.
func insertRequest(ctx context.Context, tx *tenants.Tx, q *Request) (fresh bool, err error) {
	there, err := tx.NewSelect().Table("opening_requests").Where("id = ?", q.ID).Exists(ctx)
	if err != nil || there {
		return false, err
	}
	if _, err := withdraw(ctx, tx, q.Tenant, q.Call); err != nil {
		return false, err
	}
	dossier, err := json.Marshal(q.Dossier)
	if err != nil {
		return false, fmt.Errorf("openings: write what was signed: %w", err)
	}
	r := requestRow{
		ID: q.ID, TenantID: q.Tenant, CallID: q.Call, Content: q.Content, Dossier: dossier, State: Waiting, SentBy: q.SentBy, SenderName: q.Sender, SentAt: q.SentAt,
	}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return false, fmt.Errorf("openings: keep request: %w", err)
	}
	return true, nil
}

// withdraw takes back what waits for a call, and reports whether anything did.
func withdraw(ctx context.Context, tx *tenants.Tx, tenant ids.Tenant, call ids.Call) (bool, error) {
	return moved(tx.NewUpdate().Table("opening_requests").Set("state = 'withdrawn', decided_at = now()").
		Where("tenant_id = ?", tenant).Where("call_id = ?", call).Where("state = 'waiting'").Exec(ctx))
}

// decide answers a request that waits.
func decide(ctx context.Context, tx *tenants.Tx, id ids.Opening, state State, answer string, by tenants.Actor) error {
	done, err := moved(tx.NewUpdate().Table("opening_requests").
		Set("state = ?, answer = ?, decided_at = now(), decided_by = ?, decider_name = ?", state, answer, by.Person, by.Name).
		Where("id = ?", id).Where("state = 'waiting'").Exec(ctx))
	if err == nil && !done {
		return fault.Conflict("openings.decided")
	}
	return err
}

func moved(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("openings: move request: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
