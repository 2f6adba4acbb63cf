package applications

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

func ways(ctx context.Context, db bun.IDB) (map[ids.Application]way, error) {
	var rows []struct {
		ID     ids.Application `bun:"id"`
		State  State           `bun:"state"`
		Passed State           `bun:"passed"`
	}
	err := db.NewRaw(`SELECT a.id, a.state, coalesce(s.state, '') AS passed FROM applications a LEFT JOIN application_states s ON s.application_id = a.id
		ORDER BY a.id, s.at, s.id`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: read histories: %w", err)
	}
	all := make(map[ids.Application]way, len(rows))
	for _, r := range rows {
		w := all[r.ID]
		w.state = r.State
		if r.Passed != "" {
			w.passed = append(w.passed, r.Passed)
		}
		all[r.ID] = w
	}
	return all, nil
}

// Numbers tells the numbers of applications that have one. It is for other modules' use-cases, which have authorized.
func Numbers(ctx context.Context, db bun.IDB, wanted []ids.Application) (map[ids.Application]string, error) {
	numbers := make(map[ids.Application]string, len(wanted))
	if len(wanted) == 0 {
		return numbers, nil
	}
	var rows []struct {
		ID     ids.Application `bun:"id"`
		Number string          `bun:"number"`
	}
	err := db.NewRaw("SELECT id, number FROM applications WHERE number IS NOT NULL AND id IN (?)", bun.List(wanted)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: list numbers: %w", err)
	}
	for _, r := range rows {
		numbers[r.ID] = r.Number
	}
	return numbers, nil
}
