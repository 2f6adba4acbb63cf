package partnerships

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// allApplications are the applications of all partnerships: the first ones, and those that others have joined with.
const allApplications = `(SELECT id AS partnership_id, application_id FROM partnerships UNION ALL SELECT partnership_id, application_id FROM partnership_applications) AS o`

// holdFounding lets nobody else give out seats until the transaction ends.
func holdFounding(ctx context.Context, tx *tenants.Tx) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' partnerships.founding', 0))`).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: hold founding: %w", err)
	}
	return nil
}

// holdTaken lets nobody else found a partnership of several applications until the transaction ends, and tells to which partnerships
// those of them belong that belong to one already.
func holdTaken(ctx context.Context, tx *tenants.Tx, applications []ids.Application) (map[ids.Application]ids.Partnership, error) {
	if err := holdFounding(ctx, tx); err != nil {
		return nil, err
	}
	var rows []struct {
		ApplicationID ids.Application
		PartnershipID ids.Partnership
	}
	err := tx.NewSelect().TableExpr(allApplications).ColumnExpr("o.application_id, o.partnership_id").Where("o.application_id IN (?)", bun.List(applications)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: look for applications: %w", err)
	}
	taken := make(map[ids.Application]ids.Partnership, len(rows))
	for _, r := range rows {
		taken[r.ApplicationID] = r.PartnershipID
	}
	return taken, nil
}

// founded are those of the applications that belong to a partnership, whatever has become of it.
func founded(ctx context.Context, db bun.IDB, among []ids.Application) ([]ids.Application, error) {
	if len(among) == 0 {
		return nil, nil
	}
	var found []ids.Application
	err := db.NewSelect().TableExpr(allApplications).ColumnExpr("o.application_id").Where("o.application_id IN (?)", bun.List(among)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list what applications have become: %w", err)
	}
	return found, nil
}

func joinApplications(ctx context.Context, tx *tenants.Tx, id ids.Partnership, applications []ids.Application) error {
	for _, application := range applications {
		if _, err := tx.NewRaw("INSERT INTO partnership_applications (application_id, partnership_id) VALUES (?, ?)", application, id).Exec(ctx); err != nil {
			return fmt.Errorf("partnerships: join application: %w", err)
		}
	}
	return nil
}
