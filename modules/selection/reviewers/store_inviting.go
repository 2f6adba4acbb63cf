package reviewers

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
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type invitationRow struct {
	bun.BaseModel `bun:"table:reviewer_invitations,alias:i"`

	ID              ids.Invitation  `bun:"id,pk"`
	CallID          ids.Call        `bun:"call_id"`
	Email           string          `bun:"email"`
	EmailKey        string          `bun:"email_key"`
	Name            string          `bun:"name"`
	Locale          i18n.Locale     `bun:"locale"`
	Reviews         int             `bun:"reviews"`
	State           InvitationState `bun:"state"`
	Until           time.Time       `bun:"until"`
	InvitedAt       time.Time       `bun:"invited_at"`
	InvitedBy       ids.Person      `bun:"invited_by,nullzero"`
	SentAt          time.Time       `bun:"sent_at"`
	RemindedAt      time.Time       `bun:"reminded_at,nullzero"`
	AnsweredAt      time.Time       `bun:"answered_at,nullzero"`
	PersonID        ids.Person      `bun:"person_id,nullzero"`
	Reason          RegretReason    `bun:"reason"`
	Note            string          `bun:"note"`
	SubstituteName  string          `bun:"substitute_name"`
	SubstituteEmail string          `bun:"substitute_email"`
	Substitute      SubstituteState `bun:"substitute"`
	InsteadOf       ids.Invitation  `bun:"instead_of,nullzero"`
	LoanID          ids.Loan        `bun:"loan_id,nullzero"`
	Lender          string          `bun:"lender"`
	Lent            *Lent           `bun:"lent,type:jsonb"`
	EndedAt         time.Time       `bun:"ended_at,nullzero"`
	WithdrawnAt     time.Time       `bun:"withdrawn_at,nullzero"`
	ForgottenAt     time.Time       `bun:"forgotten_at,nullzero"`
}

func (r *invitationRow) invitation() Invitation {
	i := Invitation{
		ID: r.ID, Call: r.CallID, Invitee: Invitee{Name: r.Name, Email: r.Email}, Locale: r.Locale, Reviews: r.Reviews, State: r.State, Until: r.Until, InvitedAt: r.InvitedAt,
		InvitedBy: r.InvitedBy, SentAt: r.SentAt, RemindedAt: r.RemindedAt, AnsweredAt: r.AnsweredAt, Person: r.PersonID,
		Regret:     Regret{Reason: r.Reason, Note: r.Note, Substitute: Invitee{Name: r.SubstituteName, Email: r.SubstituteEmail}},
		Substitute: r.Substitute, InsteadOf: r.InsteadOf, Loan: r.LoanID, Lender: r.Lender, EndedAt: r.EndedAt, WithdrawnAt: r.WithdrawnAt,
		ForgottenAt: r.ForgottenAt,
	}
	if r.Lent != nil {
		i.Lent = *r.Lent
	}
	return i
}

func rowOfInvitation(i *Invitation) invitationRow {
	row := invitationRow{
		ID: i.ID, CallID: i.Call, Email: i.Invitee.Email, EmailKey: AddressKey(i.Invitee.Email), Name: i.Invitee.Name, Locale: i.Locale, Reviews: i.Reviews, State: i.State, Until: i.Until,
		InvitedAt: i.InvitedAt, InvitedBy: i.InvitedBy, SentAt: i.SentAt, RemindedAt: i.RemindedAt, AnsweredAt: i.AnsweredAt, PersonID: i.Person, Reason: i.Regret.Reason,
		Note: i.Regret.Note, SubstituteName: i.Regret.Substitute.Name, SubstituteEmail: i.Regret.Substitute.Email, Substitute: i.Substitute, InsteadOf: i.InsteadOf,
		LoanID: i.Loan, Lender: i.Lender, EndedAt: i.EndedAt, WithdrawnAt: i.WithdrawnAt, ForgottenAt: i.ForgottenAt,
	}
	if !i.Loan.IsZero() {
		row.Lent = &i.Lent
	}
	return row
}

// insertInvitation keeps an invitation; false where one to the same address stands for the call.
func insertInvitation(ctx context.Context, tx *tenants.Tx, i *Invitation) (bool, error) {
	row := rowOfInvitation(i)
	result, err := tx.NewInsert().Model(&row).On("CONFLICT (call_id, email_key) WHERE state IN ('sent', 'accepted', 'lapsed') AND ended_at IS NULL AND forgotten_at IS NULL DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("reviewers: keep invitation: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func insertInvitationLink(ctx context.Context, tx *tenants.Tx, id ids.Invitation, hash []byte) error {
	if _, err := tx.NewRaw("INSERT INTO reviewer_invitation_links (hash, invitation_id) VALUES (?, ?)", hash, id).Exec(ctx); err != nil {
		return fmt.Errorf("reviewers: keep link of invitation: %w", err)
	}
	return nil
}

// dropInvitationLinks makes the links in all mails about an invitation dead.
func dropInvitationLinks(ctx context.Context, tx *tenants.Tx, id ids.Invitation) error {
	if _, err := tx.NewRaw("DELETE FROM reviewer_invitation_links WHERE invitation_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("reviewers: drop links of invitation: %w", err)
	}
	return nil
}

// advanceInvitation writes what has become of an invitation, and tells the network that lends its person. The caller holds its
// lock.
func advanceInvitation(ctx context.Context, tx *tenants.Tx, i *Invitation) error {
	row := rowOfInvitation(i)
	_, err := tx.NewUpdate().Model(&row).Column("state", "until", "sent_at", "reminded_at", "answered_at", "person_id", "reason", "note", "substitute_name", "substitute_email", "substitute", "ended_at", "withdrawn_at").
		WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("reviewers: advance invitation: %w", err)
	}
	if !i.Loan.IsZero() {
		tx.Announce(events.LoanMoved{Loan: i.Loan})
	}
	return nil
}

func invitations(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Invitation, error) {
	var rows []invitationRow
	if err := narrow(db.NewSelect().Model(&rows)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reviewers: read invitations: %w", err)
	}
	all := make([]Invitation, len(rows))
	for n := range rows {
		all[n] = rows[n].invitation()
	}
	return all, nil
}

func oneInvitation(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Invitation, error) {
	found, err := invitations(ctx, db, narrow)
	if err != nil {
		return Invitation{}, err
	}
	if len(found) == 0 {
		return Invitation{}, fault.NotFound()
	}
	return found[0], nil
}

func invitationsOf(ctx context.Context, db bun.IDB, call ids.Call) ([]Invitation, error) {
	return invitations(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("i.call_id = ?", call).OrderExpr("i.invited_at DESC, i.id")
	})
}

func findInvitation(ctx context.Context, db bun.IDB, id ids.Invitation) (Invitation, error) {
	return oneInvitation(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("i.id = ?", id) })
}

func lockInvitation(ctx context.Context, tx *tenants.Tx, id ids.Invitation) (Invitation, error) {
	return oneInvitation(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("i.id = ?", id).For("UPDATE") })
}

func invitationByLink(ctx context.Context, db bun.IDB, hash []byte) (Invitation, error) {
	return oneInvitation(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("i.id = (SELECT l.invitation_id FROM reviewer_invitation_links AS l WHERE l.hash = ?)", hash)
	})
}

type invitingTextRow struct {
	bun.BaseModel `bun:"table:reviewer_invitation_texts,alias:t"`

	CallID    ids.Call   `bun:"call_id,pk"`
	Subject   i18n.Text  `bun:"subject,type:jsonb"`
	Body      i18n.Text  `bun:"body,type:jsonb"`
	Version   int64      `bun:"version"`
	ChangedAt time.Time  `bun:"changed_at"`
	ChangedBy ids.Person `bun:"changed_by,nullzero"`
}

func invitingText(ctx context.Context, db bun.IDB, call ids.Call) (InvitingText, error) {
	var row invitingTextRow
	err := db.NewSelect().Model(&row).Where("t.call_id = ?", call).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return InvitingText{}, nil
	}
	if err != nil {
		return InvitingText{}, fmt.Errorf("reviewers: read text of invitations: %w", err)
	}
	return InvitingText{Subject: row.Subject, Body: row.Body, Version: row.Version}, nil
}

// keepInvitingText writes a text that follows on the version it names, and tells whether that was still the last one.
func keepInvitingText(ctx context.Context, tx *tenants.Tx, call ids.Call, t *InvitingText) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	row := invitingTextRow{CallID: call, Subject: t.Subject, Body: t.Body, Version: t.Version + 1, ChangedAt: now, ChangedBy: tx.Scope().Actor().Person}
	q := tx.NewInsert().Model(&row)
	if t.Version == 0 {
		q = q.On("CONFLICT (call_id) DO NOTHING")
	} else {
		q = q.On("CONFLICT (call_id) DO UPDATE").
			Set("subject = EXCLUDED.subject, body = EXCLUDED.body, version = EXCLUDED.version, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by").
			Where("t.version = ?", t.Version)
	}
	result, err := q.Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("reviewers: keep text of invitations: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
