package lending

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/tenants"
)

type forgottenLoan struct {
	ID        ids.Loan
	RequestID ids.LoanRequest
	LenderID  ids.Tenant
}

// forgetLoans empties those that have been over for Kept months. One of which nobody was invited is over with its request's date.
func forgetLoans(ctx context.Context, tx *tenants.Tx) ([]forgottenLoan, error) {
	var found []forgottenLoan
	err := tx.NewRaw(`UPDATE lending_loans AS l SET name = '', topics = '{}', languages = '{}', countries = '{}', forgotten_at = now()
		FROM lending_requests AS q WHERE q.id = l.request_id AND l.forgotten_at IS NULL
			AND CASE l.state WHEN 'asked' THEN greatest(q.due, l.moved_at) ELSE l.moved_at END
				< now() - make_interval(months => CASE l.state WHEN 'accepted' THEN ? ELSE ? END)
		RETURNING l.id, l.request_id, q.lender_id`, keptOpen, Kept).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("lending: forget who was lent: %w", err)
	}
	return found, nil
}

type forgottenRequest struct {
	ID                ids.LoanRequest
	AskerID, LenderID ids.Tenant
}

// forgetRequests empties those that have been over for Kept months, and of which no loan is known any more.
func forgetRequests(ctx context.Context, tx *tenants.Tx) ([]forgottenRequest, error) {
	var found []forgottenRequest
	err := tx.NewRaw(`UPDATE lending_requests AS q SET message = '', reason = '', forgotten_at = now() WHERE q.forgotten_at IS NULL
			AND coalesce(q.answered_at, q.due) < now() - make_interval(months => ?)
			AND NOT EXISTS (SELECT FROM lending_loans AS l WHERE l.request_id = q.id AND l.forgotten_at IS NULL)
		RETURNING q.id, q.asker_id, q.lender_id`, Kept).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("lending: forget what was written: %w", err)
	}
	return found, nil
}

// forgetOwnLoan empties whose a loan was; false where it is.
func forgetOwnLoan(ctx context.Context, tx *tenants.Tx, id ids.Loan) (bool, error) {
	result, err := tx.NewRaw("UPDATE loans SET person_id = NULL, forgotten_at = ? WHERE id = ? AND forgotten_at IS NULL", tx.Moment(), id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("lending: forget whose a loan was: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// askedFor is the call for which the network has asked, and false for a request that it was asked.
func askedFor(ctx context.Context, tx *tenants.Tx, id ids.LoanRequest) (ids.Call, bool, error) {
	var rows []ownRequestRow
	if err := tx.NewSelect().Model(&rows).Column("call_id").Where("o.id = ?", id).Scan(ctx); err != nil {
		return ids.Call{}, false, fmt.Errorf("lending: find what was asked for: %w", err)
	}
	if len(rows) == 0 {
		return ids.Call{}, false, nil
	}
	return rows[0].CallID, true, nil
}
