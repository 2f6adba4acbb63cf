package applications

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

// Sending is what accepted applicants sent of one sheet, once.
type Sending struct {
	ID          ids.Sending
	Application ids.Application
	Sheet       ids.Sheet
	Copy        ids.Sheet
	At          time.Time
	By          ids.Person
}

func insertSending(ctx context.Context, tx *tenants.Tx, s Sending) error {
	_, err := tx.NewRaw(`INSERT INTO later_sendings (id, application_id, sheet_id, copy_id, sent_at, sent_by) VALUES (?, ?, ?, ?, ?, ?)`,
		s.ID, s.Application, s.Sheet, s.Copy, s.At, s.By).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: keep later answers: %w", err)
	}
	return nil
}

// sendings are what counts: the last one of each sheet of the applications, in one query.
func sendings(ctx context.Context, db bun.IDB, of ...ids.Application) (map[ids.Sheet]Sending, error) {
	found := map[ids.Sheet]Sending{}
	if len(of) == 0 {
		return found, nil
	}
	var rows []struct {
		ID            ids.Sending
		ApplicationID ids.Application
		SheetID       ids.Sheet
		CopyID        ids.Sheet
		SentAt        time.Time
		SentBy        ids.Person
	}
	err := db.NewRaw(`SELECT DISTINCT ON (sheet_id) id, application_id, sheet_id, copy_id, sent_at, sent_by FROM later_sendings
		WHERE application_id IN (?) ORDER BY sheet_id, sent_at DESC, id DESC`, bun.List(of)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: read later answers: %w", err)
	}
	for _, r := range rows {
		found[r.SheetID] = Sending{ID: r.ID, Application: r.ApplicationID, Sheet: r.SheetID, Copy: r.CopyID, At: r.SentAt, By: r.SentBy}
	}
	return found, nil
}

// mostSendings is how often a sheet may be sent within a day.
const mostSendings = 20

// sentLately is how often a sheet was sent within a day, and within an hour.
func sentLately(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet) (day, hour int, err error) {
	err = tx.NewRaw(`SELECT count(*), count(*) FILTER (WHERE sent_at > ?::timestamptz - interval '1 hour') FROM later_sendings
		WHERE sheet_id = ? AND sent_at > ?::timestamptz - interval '24 hours'`, tx.Moment(), sheet, tx.Moment()).Scan(ctx, &day, &hour)
	if err != nil {
		return 0, 0, fmt.Errorf("applications: count what was sent: %w", err)
	}
	return day, hour, nil
}

// laterDues are the instants until which later questions of calls may be answered, in one query; a call without one is not
// there.
func laterDues(ctx context.Context, db bun.IDB, calls ...ids.Call) (map[ids.Call]time.Time, error) {
	found := map[ids.Call]time.Time{}
	if len(calls) == 0 {
		return found, nil
	}
	var rows []struct {
		CallID ids.Call
		DueAt  time.Time
	}
	if err := db.NewRaw(`SELECT call_id, due_at FROM later_dues WHERE call_id IN (?)`, bun.List(calls)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("applications: read when later answers are due: %w", err)
	}
	for _, r := range rows {
		found[r.CallID] = r.DueAt
	}
	return found, nil
}

// setLaterDue keeps until when; the zero time sets no end.
func setLaterDue(ctx context.Context, tx *tenants.Tx, call ids.Call, due time.Time) error {
	q := tx.NewRaw(`DELETE FROM later_dues WHERE call_id = ?`, call)
	if !due.IsZero() {
		q = tx.NewRaw(`INSERT INTO later_dues (call_id, due_at) VALUES (?, ?) ON CONFLICT (call_id) DO UPDATE SET due_at = excluded.due_at`, call, due)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("applications: set when later answers are due: %w", err)
	}
	return nil
}

// remindedSince is how long an organization is left alone after it was reminded.
const remindedSince = "24 hours"

// remindable notes that an organization is reminded now; false where that was done less than a day ago.
func remindable(ctx context.Context, tx *tenants.Tx, id ids.Application, organization ids.Organization) (bool, error) {
	var at time.Time
	err := tx.NewRaw(`INSERT INTO later_reminders AS r (application_id, organization_id, reminded_at) VALUES (?, ?, ?)
		ON CONFLICT (application_id, organization_id) DO UPDATE SET reminded_at = excluded.reminded_at
		WHERE r.reminded_at <= excluded.reminded_at - ?::interval RETURNING reminded_at`, id, organization, tx.Moment(), remindedSince).Scan(ctx, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("applications: note a reminder: %w", err)
	}
	return true, nil
}

// reminders are when the organizations of applications were last reminded, in one query.
func reminders(ctx context.Context, db bun.IDB, of []ids.Application) (map[ids.Application]map[ids.Organization]time.Time, error) {
	found := map[ids.Application]map[ids.Organization]time.Time{}
	if len(of) == 0 {
		return found, nil
	}
	var rows []struct {
		ApplicationID  ids.Application
		OrganizationID ids.Organization
		RemindedAt     time.Time
	}
	err := db.NewRaw(`SELECT application_id, organization_id, reminded_at FROM later_reminders WHERE application_id IN (?)`, bun.List(of)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: read reminders: %w", err)
	}
	for _, r := range rows {
		if found[r.ApplicationID] == nil {
			found[r.ApplicationID] = map[ids.Organization]time.Time{}
		}
		found[r.ApplicationID][r.OrganizationID] = r.RemindedAt
	}
	return found, nil
}

// AcceptedFrom reports whether an application to the call in which one of the organizations has a part was accepted and has
// taken its place. It is for other modules' use-cases, which have authorized.
func AcceptedFrom(ctx context.Context, db bun.IDB, call ids.Call, organizations []ids.Organization) (bool, error) {
	if len(organizations) == 0 {
		return false, nil
	}
	var accepted bool
	err := db.NewRaw(`SELECT EXISTS (SELECT FROM applications AS a JOIN application_parts AS p ON p.application_id = a.id
		WHERE a.call_id = ? AND a.state = 'accepted' AND p.organization_id IN (?))`, call, bun.List(organizations)).Scan(ctx, &accepted)
	if err != nil {
		return false, fmt.Errorf("applications: look for accepted ones: %w", err)
	}
	return accepted, nil
}
