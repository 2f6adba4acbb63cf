package partnerships

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

// Together are the pairs among the organizations that are or were in one partnership, all in one query; of one that was
// proposed only nothing is said. It is for other modules' use-cases, which have authorized.
func Together(ctx context.Context, db bun.IDB, among []ids.Organization) ([][2]ids.Organization, error) {
	if len(among) == 0 {
		return nil, nil
	}
	var pairs []struct{ One, Other ids.Organization }
	err := db.NewRaw(`WITH sat AS (SELECT partnership_id, organization_id FROM partnership_seats
			UNION SELECT partnership_id, leaving FROM partnership_replacements WHERE state = 'done')
		SELECT DISTINCT a.organization_id AS one, b.organization_id AS other FROM sat AS a
		JOIN sat AS b ON b.partnership_id = a.partnership_id AND b.organization_id > a.organization_id
		JOIN partnerships AS p ON p.id = a.partnership_id
		WHERE p.state <> 'proposed' AND a.organization_id IN (?0) AND b.organization_id IN (?0) ORDER BY 1, 2`, bun.List(among)).Scan(ctx, &pairs)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list who was together: %w", err)
	}
	all := make([][2]ids.Organization, len(pairs))
	for i, p := range pairs {
		all[i] = [2]ids.Organization{p.One, p.Other}
	}
	return all, nil
}

// Partners are the organizations with which each of the given ones is or was in one partnership, the given one first, all in one
// query; of one that was proposed only nothing is said. It is for other modules' use-cases, which have authorized.
func Partners(ctx context.Context, db bun.IDB, of []ids.Organization) ([][2]ids.Organization, error) {
	if len(of) == 0 {
		return nil, nil
	}
	var pairs []struct{ One, Other ids.Organization }
	err := db.NewRaw(`WITH sat AS (SELECT partnership_id, organization_id FROM partnership_seats
			UNION SELECT partnership_id, leaving FROM partnership_replacements WHERE state = 'done')
		SELECT DISTINCT a.organization_id AS one, b.organization_id AS other FROM sat AS a
		JOIN sat AS b ON b.partnership_id = a.partnership_id AND b.organization_id <> a.organization_id
		JOIN partnerships AS p ON p.id = a.partnership_id
		WHERE p.state <> 'proposed' AND a.organization_id IN (?) ORDER BY 1, 2`, bun.List(of)).Scan(ctx, &pairs)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list partners: %w", err)
	}
	all := make([][2]ids.Organization, len(pairs))
	for i, p := range pairs {
		all[i] = [2]ids.Organization{p.One, p.Other}
	}
	return all, nil
}

// Going are those of the organizations that are in a partnership which has neither been completed nor ended, nor was proposed only.
// It is for other modules' use-cases, which have authorized.
func Going(ctx context.Context, db bun.IDB, among []ids.Organization) ([]ids.Organization, error) {
	if len(among) == 0 {
		return nil, nil
	}
	var found []ids.Organization
	err := db.NewSelect().TableExpr("partnership_seats AS s").Join("JOIN partnerships AS p ON p.id = s.partnership_id").ColumnExpr("DISTINCT s.organization_id").
		Where("s.organization_id IN (?)", bun.List(among)).Where("p.state IN (?)", bun.List([]State{Accepted, Agreed, Active, Paused})).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list who is in one: %w", err)
	}
	return found, nil
}

// OfCall are the partnerships of a call of which an organization can be replaced, by title and without their seats. It is for other
// modules' use-cases, which have authorized.
func OfCall(ctx context.Context, db bun.IDB, call ids.Call) ([]Partnership, error) {
	var rows []row
	err := db.NewSelect().Model(&rows).Where("p.call_id = ?", call).Where("p.state IN (?)", bun.List(replaceable)).Order("p.title", "p.id").Limit(200).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("partnerships: list those of a call: %w", err)
	}
	all := make([]Partnership, len(rows))
	for i := range rows {
		all[i] = rows[i].partnership()
	}
	return all, nil
}

// FirstSeats tells since when organizations were first in a partnership of the network; whoever never was is left out, and one that was
// proposed only does not count. All in one query. It is for other modules' use-cases, which have authorized.
func FirstSeats(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Organization]time.Time, error) {
	first := map[ids.Organization]time.Time{}
	if len(organizations) == 0 {
		return first, nil
	}
	var rows []struct {
		OrganizationID ids.Organization `bun:"organization_id"`
		At             time.Time        `bun:"at"`
	}
	err := db.NewRaw(`WITH came AS (SELECT partnership_id, coming, min(ended_at) AS at FROM partnership_replacements WHERE state = 'done' GROUP BY 1, 2),
			sat AS (SELECT partnership_id, organization_id FROM partnership_seats
			UNION SELECT partnership_id, leaving FROM partnership_replacements WHERE state = 'done')
		SELECT sat.organization_id, min(COALESCE(came.at, p.created_at)) AS at FROM sat JOIN partnerships AS p ON p.id = sat.partnership_id
		LEFT JOIN came ON came.partnership_id = sat.partnership_id AND came.coming = sat.organization_id
		WHERE p.state <> 'proposed' AND sat.organization_id IN (?) GROUP BY 1`, bun.List(organizations)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: read first seats: %w", err)
	}
	for _, r := range rows {
		first[r.OrganizationID] = r.At
	}
	return first, nil
}
