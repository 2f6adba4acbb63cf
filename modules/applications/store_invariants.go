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
