package lending

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

// What both networks see stands in the shared tables.

func allows(ctx context.Context, db bun.IDB, tenant ids.Tenant) (bool, error) {
	found, err := db.NewSelect().Table("lenders").Where("tenant_id = ?", tenant).Where("allowed").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("lending: look whether a network may be asked: %w", err)
	}
	return found, nil
}

func lenders(ctx context.Context, db bun.IDB) ([]ids.Tenant, error) {
	var found []ids.Tenant
	if err := db.NewSelect().Table("lenders").Column("tenant_id").Where("allowed").Order("tenant_id").Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("lending: list who may be asked: %w", err)
	}
	return found, nil
}

// allow writes down whether a network may be asked, unless it has said something else since.
func allow(ctx context.Context, tx *tenants.Tx, tenant ids.Tenant, s saying) error {
	_, err := tx.NewRaw(`INSERT INTO lenders (tenant_id, allowed, said_at) VALUES (?, ?, ?)
		ON CONFLICT (tenant_id) DO UPDATE SET allowed = EXCLUDED.allowed, said_at = EXCLUDED.said_at WHERE lenders.said_at < EXCLUDED.said_at`, tenant, s.Allowed, s.At).Exec(ctx)
	if err != nil {
		return fmt.Errorf("lending: allow: %w", err)
	}
	return nil
}

type requestRow struct {
	bun.BaseModel `bun:"table:lending_requests,alias:q"`

	ID         ids.LoanRequest `bun:"id,pk"`
	AskerID    ids.Tenant      `bun:"asker_id"`
	LenderID   ids.Tenant      `bun:"lender_id"`
	CallID     ids.Call        `bun:"call_id"`
	Title      i18n.Text       `bun:"title,type:jsonb"`
	Zone       string          `bun:"zone"`
	Wanted     int             `bun:"wanted"`
	Topics     []string        `bun:"topics,array"`
	Languages  []string        `bun:"languages,array"`
	Reviews    int             `bun:"reviews"`
	Due        time.Time       `bun:"due"`
	Message    string          `bun:"message"`
	State      State           `bun:"state"`
	Reason     string          `bun:"reason"`
	AskedAt    time.Time       `bun:"asked_at"`
	AnsweredAt time.Time       `bun:"answered_at,nullzero"`

	ForgottenAt time.Time `bun:"forgotten_at,nullzero"`
}

func (r *requestRow) request() Request {
	return Request{
		ID: r.ID, Asker: r.AskerID, Lender: r.LenderID, Call: r.CallID, Title: r.Title, Zone: r.Zone, Wanted: r.Wanted, Topics: r.Topics, Languages: r.Languages,
		Reviews: r.Reviews, Due: r.Due, Message: r.Message, State: r.State, Reason: r.Reason, AskedAt: r.AskedAt, AnsweredAt: r.AnsweredAt,
		ForgottenAt: r.ForgottenAt,
	}
}

func requests(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Request, error) {
	var rows []requestRow
	if err := narrow(db.NewSelect().Model(&rows)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("lending: read requests: %w", err)
	}
	all := make([]Request, len(rows))
	for i := range rows {
		all[i] = rows[i].request()
	}
	return all, nil
}

// received lists what is asked of a network, what waits first.
func received(ctx context.Context, db bun.IDB, lender ids.Tenant) ([]Request, error) {
	return requests(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("q.lender_id = ?", lender).OrderExpr("(q.state = 'waiting' AND q.due > now()) DESC, q.asked_at DESC, q.id").Limit(500)
	})
}

func waiting(ctx context.Context, db bun.IDB, lender ids.Tenant) (int, error) {
	n, err := db.NewSelect().Table("lending_requests").Where("lender_id = ?", lender).Where("state = 'waiting'").Where("due > now()").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("lending: count requests: %w", err)
	}
	return int(n), nil
}

func sentFor(ctx context.Context, db bun.IDB, asker ids.Tenant, call ids.Call) ([]Request, error) {
	return requests(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("q.asker_id = ?", asker).Where("q.call_id = ?", call).OrderExpr("q.asked_at DESC, q.id")
	})
}

func only(found []Request, err error) (Request, error) {
	if err == nil && len(found) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Request{}, err
	}
	return found[0], nil
}

// requestTo is what is asked of that network, requestFrom what that one asks. Fault: NotFound.
func requestTo(ctx context.Context, db bun.IDB, lender ids.Tenant, id ids.LoanRequest) (Request, error) {
	return only(requests(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("q.id = ?", id).Where("q.lender_id = ?", lender)
	}))
}

func requestFrom(ctx context.Context, db bun.IDB, asker ids.Tenant, id ids.LoanRequest) (Request, error) {
	return only(requests(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("q.id = ?", id).Where("q.asker_id = ?", asker)
	}))
}

// insertRequest sends a request. One that was sent before is left as it is.
func insertRequest(ctx context.Context, tx *tenants.Tx, q *Request) (fresh bool, err error) {
	r := requestRow{
		ID: q.ID, AskerID: q.Asker, LenderID: q.Lender, CallID: q.Call, Title: q.Title, Zone: q.Zone, Wanted: q.Wanted, Topics: filled(q.Topics),
		Languages: filled(q.Languages), Reviews: q.Reviews, Due: q.Due, Message: q.Message, State: Waiting, AskedAt: q.AskedAt,
	}
	result, err := tx.NewInsert().Model(&r).On("CONFLICT (id) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lending: send request: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func filled(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

func lockRequest(ctx context.Context, tx *tenants.Tx, id ids.LoanRequest) (Request, bool, error) {
	found, err := requests(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("q.id = ?", id).For("UPDATE") })
	if err != nil || len(found) == 0 {
		return Request{}, false, err
	}
	return found[0], true, nil
}

// advance writes how a request was answered. The caller holds its lock.
func advance(ctx context.Context, tx *tenants.Tx, id ids.LoanRequest, to State, reason string) error {
	if _, err := tx.NewRaw("UPDATE lending_requests SET state = ?, reason = ?, answered_at = now() WHERE id = ?", to, reason, id).Exec(ctx); err != nil {
		return fmt.Errorf("lending: answer request: %w", err)
	}
	return nil
}

type loanRow struct {
	bun.BaseModel `bun:"table:lending_loans,alias:l"`

	ID        ids.Loan        `bun:"id,pk"`
	RequestID ids.LoanRequest `bun:"request_id"`
	Name      string          `bun:"name"`
	Topics    []string        `bun:"topics,array"`
	Languages []string        `bun:"languages,array"`
	Countries []string        `bun:"countries,array"`
	State     Stage           `bun:"state"`
	Done      int             `bun:"done"`
	Given     int             `bun:"given"`
	MovedAt   time.Time       `bun:"moved_at"`

	ForgottenAt time.Time `bun:"forgotten_at,nullzero"`
}

func (r *loanRow) loan() Loan {
	return Loan{
		ID: r.ID, Request: r.RequestID, Name: r.Name, Topics: r.Topics, Languages: r.Languages, Countries: r.Countries, Stage: r.State, Done: r.Done, Given: r.Given,
		MovedAt: r.MovedAt, ForgottenAt: r.ForgottenAt,
	}
}

// loansOf are those who are lent by requests, in the order in which they were named.
func loansOf(ctx context.Context, db bun.IDB, of []Request) (map[ids.LoanRequest][]Loan, error) {
	if len(of) == 0 {
		return nil, nil
	}
	wanted := make([]ids.LoanRequest, len(of))
	for i := range of {
		wanted[i] = of[i].ID
	}
	var rows []loanRow
	if err := db.NewSelect().Model(&rows).Where("l.request_id IN (?)", bun.List(wanted)).OrderExpr("l.name, l.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("lending: read loans: %w", err)
	}
	found := map[ids.LoanRequest][]Loan{}
	for i := range rows {
		found[rows[i].RequestID] = append(found[rows[i].RequestID], rows[i].loan())
	}
	return found, nil
}

func insertLoans(ctx context.Context, tx *tenants.Tx, h handing) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	rows := make([]loanRow, len(h.People))
	for i, p := range h.People {
		rows[i] = loanRow{
			ID: p.Loan, RequestID: h.Request, Name: p.Name, Topics: filled(p.Topics), Languages: filled(p.Languages), Countries: filled(p.Countries), State: Asked, MovedAt: now,
		}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT (id) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("lending: hand over: %w", err)
	}
	return nil
}

// lockLoan is a loan with its request, which nobody else changes until the transaction ends. Fault: NotFound.
func lockLoan(ctx context.Context, tx *tenants.Tx, id ids.Loan) (Loan, Request, error) {
	var rows []loanRow
	if err := tx.NewSelect().Model(&rows).Where("l.id = ?", id).For("UPDATE").Scan(ctx); err != nil {
		return Loan{}, Request{}, fmt.Errorf("lending: lock loan: %w", err)
	}
	if len(rows) == 0 {
		return Loan{}, Request{}, fault.NotFound()
	}
	l := rows[0].loan()
	q, err := only(requests(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("q.id = ?", l.Request) }))
	return l, q, err
}

// movedAt is when a loan to a network moved last. Fault: NotFound.
func movedAt(ctx context.Context, db bun.IDB, asker ids.Tenant, id ids.Loan) (time.Time, error) {
	var at time.Time
	err := db.NewRaw("SELECT l.moved_at FROM lending_loans AS l JOIN lending_requests AS q ON q.id = l.request_id WHERE l.id = ? AND q.asker_id = ?", id, asker).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return at, fault.NotFound()
	}
	if err != nil {
		return at, fmt.Errorf("lending: look when a loan moved: %w", err)
	}
	return at, nil
}

// moveLoan writes where a loan stands. The caller holds its lock.
func moveLoan(ctx context.Context, tx *tenants.Tx, id ids.Loan, p Progress) error {
	_, err := tx.NewRaw("UPDATE lending_loans SET state = ?, done = ?, given = ?, moved_at = clock_timestamp() WHERE id = ?", p.Stage, p.Done, p.Given, id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("lending: move loan: %w", err)
	}
	return nil
}

type endedLoan struct {
	ID      ids.Loan
	AskerID ids.Tenant
}

// endClosed ends the loans of networks whose sites are closed.
func endClosed(ctx context.Context, tx *tenants.Tx) ([]endedLoan, error) {
	var found []endedLoan
	err := tx.NewRaw(`UPDATE lending_loans AS l SET state = ?, moved_at = clock_timestamp() FROM lending_requests AS q JOIN tenants AS t ON t.id = q.lender_id
		WHERE q.id = l.request_id AND t.status IN (?) AND l.state IN (?) AND l.forgotten_at IS NULL RETURNING l.id, q.asker_id`,
		Ended, bun.List([]tenants.Status{tenants.StatusSuspended, tenants.StatusArchived, tenants.StatusErased}), bun.List([]Stage{Asked, Accepted, Late})).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("lending: end the loans of closed networks: %w", err)
	}
	return found, nil
}

func lines(ctx context.Context, db bun.IDB) ([]Line, error) {
	var found []Line
	err := db.NewRaw(`SELECT q.asker_id AS asker, q.lender_id AS lender, count(*) AS requests, count(*) FILTER (WHERE q.state = 'waiting' AND q.due > now()) AS waiting,
			count(*) FILTER (WHERE q.state = 'agreed') AS agreed, coalesce(sum(l.lent), 0) AS lent, coalesce(sum(l.reviewing), 0) AS reviewing,
			coalesce(sum(l.given), 0) AS given, coalesce(sum(l.done), 0) AS finished
		FROM lending_requests AS q LEFT JOIN (SELECT request_id, count(*) AS lent, count(*) FILTER (WHERE state = 'accepted') AS reviewing, sum(given) AS given,
			sum(done) AS done FROM lending_loans GROUP BY request_id) AS l ON l.request_id = q.id
		GROUP BY 1, 2 ORDER BY requests DESC, 1, 2`).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("lending: count: %w", err)
	}
	return found, nil
}
