package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

type resultRow struct {
	bun.BaseModel `bun:"table:results,alias:s"`

	CallID      ids.Call   `bun:"call_id,pk"`
	PublishedAt time.Time  `bun:"published_at"`
	PublishedBy ids.Person `bun:"published_by"`
}

// publishedResults tells of which calls the results are known, and since when.
func publishedResults(ctx context.Context, db bun.IDB) (map[ids.Call]time.Time, error) {
	var rows []resultRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list results: %w", err)
	}
	found := make(map[ids.Call]time.Time, len(rows))
	for _, r := range rows {
		found[r.CallID] = r.PublishedAt
	}
	return found, nil
}

func publishResults(ctx context.Context, tx *tenants.Tx, call ids.Call, by ids.Person) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	r := resultRow{CallID: call, PublishedAt: now, PublishedBy: by}
	result, err := tx.NewInsert().Model(&r).On("CONFLICT (call_id) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: publish results: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func withdrawResults(ctx context.Context, tx *tenants.Tx, call ids.Call) (bool, error) {
	result, err := tx.NewDelete().Model((*resultRow)(nil)).Where("call_id = ?", call).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: withdraw results: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

type agreementRow struct {
	bun.BaseModel `bun:"table:result_consents,alias:g"`

	ApplicationID  ids.Application  `bun:"application_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by"`
}

// agreements are the organizations of each application that agree to be named.
func agreements(ctx context.Context, db bun.IDB, applications []ids.Application) (map[ids.Application][]ids.Organization, error) {
	found := map[ids.Application][]ids.Organization{}
	if len(applications) == 0 {
		return found, nil
	}
	var rows []agreementRow
	if err := db.NewSelect().Model(&rows).Where("g.application_id IN (?)", bun.List(applications)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list who is named: %w", err)
	}
	for _, r := range rows {
		found[r.ApplicationID] = append(found[r.ApplicationID], r.OrganizationID)
	}
	return found, nil
}

func setAgreement(ctx context.Context, tx *tenants.Tx, id ids.Application, organizations []ids.Organization, by ids.Person, agree bool) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	if !agree {
		_, err := tx.NewDelete().Model((*agreementRow)(nil)).Where("application_id = ?", id).Where("organization_id IN (?)", bun.List(organizations)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("selection: take back a name: %w", err)
		}
		return nil
	}
	rows := make([]agreementRow, len(organizations))
	for i, o := range organizations {
		rows[i] = agreementRow{ApplicationID: id, OrganizationID: o, At: now, By: by}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT (application_id, organization_id) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("selection: agree to be named: %w", err)
	}
	return nil
}
