package selection

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// readersOf are who has written or read the reference of calibrations before they had scored the sample, in one query.
func readersOf(ctx context.Context, db bun.IDB, calibrations []ids.Calibration) (map[ids.Calibration][]ids.Person, error) {
	found := map[ids.Calibration][]ids.Person{}
	if len(calibrations) == 0 {
		return found, nil
	}
	var rows []struct {
		Calibration ids.Calibration
		Person      ids.Person
	}
	err := db.NewRaw("SELECT calibration_id AS calibration, person_id AS person FROM calibration_readers WHERE calibration_id IN (?)", bun.List(calibrations)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("selection: list who has read references: %w", err)
	}
	for _, r := range rows {
		found[r.Calibration] = append(found[r.Calibration], r.Person)
	}
	return found, nil
}

// readReference keeps that the actor knows the reference of a calibration, unless they have scored the sample before.
func readReference(ctx context.Context, tx *tenants.Tx, id ids.Calibration) error {
	person := tx.Scope().Actor().Person
	if person.IsZero() {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO calibration_readers (calibration_id, person_id, at) SELECT ?0, ?1, ?2
		WHERE NOT EXISTS (SELECT FROM calibration_reviews AS r WHERE r.calibration_id = ?0 AND r.person_id = ?1 AND r.submitted_at IS NOT NULL) ON CONFLICT DO NOTHING`,
		id, person, tx.Moment()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: keep who has read a reference: %w", err)
	}
	return nil
}
