package applications

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

// Courses lists all applications of a call, drafts and withdrawn ones too, by number. It is for other modules' use-cases, which
// have authorized.
func Courses(ctx context.Context, db bun.IDB, call ids.Call) ([]Course, error) {
	all, err := withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.call_id = ?", call).Order("a.number", "a.id"))
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ApplicationID ids.Application `bun:"application_id"`
		State         State           `bun:"state"`
		At            time.Time       `bun:"at"`
	}
	err = db.NewRaw(`SELECT s.application_id, s.state, min(s.at) AS at FROM application_states s JOIN applications a ON a.id = s.application_id
		WHERE a.call_id = ? GROUP BY s.application_id, s.state`, call).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("applications: read courses: %w", err)
	}
	came := map[ids.Application]Came{}
	for _, r := range rows {
		if came[r.ApplicationID] == nil {
			came[r.ApplicationID] = Came{}
		}
		came[r.ApplicationID][r.State] = r.At
	}
	courses := make([]Course, len(all))
	for i, a := range all {
		courses[i] = Course{Application: a, Came: came[a.ID]}
	}
	return courses, nil
}
