package matching

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type reportRow struct {
	bun.BaseModel `bun:"table:matching_reports,alias:p"`

	ID             ids.Report       `bun:"id,pk"`
	ThreadID       ids.Thread       `bun:"thread_id"`
	OrganizationID ids.Organization `bun:"organization_id"`
	PersonID       ids.Person       `bun:"person_id,nullzero"`
	Reason         string           `bun:"reason"`
	At             time.Time        `bun:"at"`
	Outcome        Outcome          `bun:"outcome,nullzero"`
	Note           string           `bun:"note"`
}

// listedReport is a report with the two sides of its thread.
type listedReport struct {
	reportRow

	OneID   ids.Organization
	OtherID ids.Organization
	Barred  bool
}

// about is the side of the thread that was reported.
func (r *listedReport) about() ids.Organization {
	if r.OneID == r.OrganizationID {
		return r.OtherID
	}
	return r.OneID
}

// insertReport writes a report, and reports false when one of that side waits already.
func insertReport(ctx context.Context, tx *tenants.Tx, r *reportRow) (bool, error) {
	result, err := tx.NewInsert().Model(r).On("CONFLICT (thread_id, organization_id) WHERE outcome IS NULL DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: report: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// reportedBy reports whether a report of that side waits for a decision.
func reportedBy(ctx context.Context, db bun.IDB, id ids.Thread, own ids.Organization) (bool, error) {
	n, err := db.NewSelect().Model((*reportRow)(nil)).Where("p.thread_id = ?", id).Where("p.organization_id = ?", own).Where("p.outcome IS NULL").Count(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: look for a report: %w", err)
	}
	return n > 0, nil
}

// apart leaves out threads of these organizations.
func apart(own []ids.Organization) string {
	if len(own) == 0 {
		return ``
	}
	return ` AND t.one_id NOT IN (?0) AND t.other_id NOT IN (?0)`
}

// countReports is how many reports wait for a decision, but of threads of these organizations.
func countReports(ctx context.Context, db bun.IDB, own []ids.Organization) (int, error) {
	var n int
	err := db.NewRaw(`SELECT count(*) FROM matching_reports AS p JOIN matching_threads AS t ON t.id = p.thread_id WHERE p.outcome IS NULL`+apart(own), bun.List(own)).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("matching: count reports: %w", err)
	}
	return n, nil
}

// reportsOf lists the reports, but of threads of these organizations: what waits first, then the latest.
func reportsOf(ctx context.Context, db bun.IDB, own []ids.Organization) ([]listedReport, error) {
	var all []listedReport
	err := db.NewRaw(`SELECT p.id, p.thread_id, p.organization_id, p.person_id, p.reason, p.at, p.outcome, p.note, t.one_id, t.other_id,
		EXISTS (SELECT 1 FROM matching_bars AS b WHERE b.organization_id IN (t.one_id, t.other_id) AND b.organization_id <> p.organization_id) AS barred
		FROM matching_reports AS p JOIN matching_threads AS t ON t.id = p.thread_id WHERE true`+apart(own)+` ORDER BY p.outcome IS NULL DESC, p.at DESC, p.id LIMIT 500`, bun.List(own)).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("matching: list reports: %w", err)
	}
	return all, nil
}

// messagesUntil are the last messages of a thread up to an instant, in the order in which they were written.
func messagesUntil(ctx context.Context, db bun.IDB, id ids.Thread, until time.Time) ([]Message, error) {
	var rows []messageRow
	err := db.NewRaw(`SELECT * FROM (SELECT id, organization_id, body, at FROM matching_messages WHERE thread_id = ? AND at <= ? ORDER BY at DESC, id DESC LIMIT 500) AS m ORDER BY m.at, m.id`, id, until).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("matching: read a reported thread: %w", err)
	}
	all := make([]Message, len(rows))
	for i := range rows {
		all[i] = rows[i].message()
	}
	return all, nil
}

// decideReport ends a report unless somebody has, and reports whether it did.
func decideReport(ctx context.Context, tx *tenants.Tx, id ids.Report, outcome Outcome, note string, at time.Time, by ids.Person) (bool, error) {
	result, err := tx.NewRaw(`UPDATE matching_reports SET outcome = ?, note = ?, decided_at = ?, decided_by = ? WHERE id = ? AND outcome IS NULL`, outcome, note, at, by, id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("matching: decide report: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func bar(ctx context.Context, tx *tenants.Tx, id ids.Organization, at time.Time, by ids.Person) error {
	if _, err := tx.NewRaw(`INSERT INTO matching_bars (organization_id, at, by) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, id, at, by).Exec(ctx); err != nil {
		return fmt.Errorf("matching: bar: %w", err)
	}
	return nil
}

func lift(ctx context.Context, tx *tenants.Tx, id ids.Organization) error {
	if _, err := tx.NewRaw(`DELETE FROM matching_bars WHERE organization_id = ?`, id).Exec(ctx); err != nil {
		return fmt.Errorf("matching: lift bar: %w", err)
	}
	return nil
}
