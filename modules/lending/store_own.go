package lending

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

// What each network alone knows stands in its own tables.

type ownRequestRow struct {
	bun.BaseModel `bun:"table:loan_requests,alias:o"`

	ID       ids.LoanRequest `bun:"id,pk"`
	CallID   ids.Call        `bun:"call_id"`
	LenderID ids.Tenant      `bun:"lender_id"`
	Open     bool            `bun:"open"`
	Due      time.Time       `bun:"due"`
	AskedBy  ids.Person      `bun:"asked_by,nullzero"`
	AskedAt  time.Time       `bun:"asked_at"`
}

// insertOwnRequest writes down what is asked; false where the same network is asked for the call already and can still answer.
func insertOwnRequest(ctx context.Context, tx *tenants.Tx, q *Request, by ids.Person) (bool, error) {
	if _, err := tx.NewRaw("UPDATE loan_requests SET open = false WHERE call_id = ? AND lender_id = ? AND open AND due <= ?", q.Call, q.Lender, q.AskedAt).Exec(ctx); err != nil {
		return false, fmt.Errorf("lending: close what has lapsed: %w", err)
	}
	row := ownRequestRow{ID: q.ID, CallID: q.Call, LenderID: q.Lender, Open: true, Due: q.Due, AskedBy: by, AskedAt: q.AskedAt}
	result, err := tx.NewInsert().Model(&row).On("CONFLICT (call_id, lender_id) WHERE open DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lending: keep request: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func closeOwnRequest(ctx context.Context, tx *tenants.Tx, id ids.LoanRequest) error {
	if _, err := tx.NewRaw("UPDATE loan_requests SET open = false WHERE id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("lending: close request: %w", err)
	}
	return nil
}

// askedBy is who had asked; the zero Person where that is not known any more.
func askedBy(ctx context.Context, tx *tenants.Tx, id ids.LoanRequest) (ids.Person, error) {
	var row ownRequestRow
	err := tx.NewSelect().Model(&row).Column("asked_by").Where("o.id = ?", id).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return ids.Person{}, fmt.Errorf("lending: find who asked: %w", err)
	}
	return row.AskedBy, nil
}

// insertAnswer writes down how the network answers; false where it has.
func insertAnswer(ctx context.Context, tx *tenants.Tx, id ids.LoanRequest, agreed bool, by ids.Person) (bool, error) {
	result, err := tx.NewRaw("INSERT INTO loan_answers (request_id, agreed, answered_by, answered_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", id, agreed, by, tx.Moment()).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lending: keep answer: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func insertOwnLoan(ctx context.Context, tx *tenants.Tx, id ids.Loan, request ids.LoanRequest, person ids.Person) error {
	if _, err := tx.NewRaw("INSERT INTO loans (id, request_id, person_id) VALUES (?, ?, ?)", id, request, person).Exec(ctx); err != nil {
		return fmt.Errorf("lending: keep loan: %w", err)
	}
	return nil
}

// endOwnLoan writes down that somebody is wanted back, once.
func endOwnLoan(ctx context.Context, tx *tenants.Tx, id ids.Loan) (bool, error) {
	result, err := tx.NewRaw("UPDATE loans SET ended_at = ? WHERE id = ? AND ended_at IS NULL", tx.Moment(), id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lending: end loan: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
