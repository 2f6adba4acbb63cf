package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// remind notes that the reviewers of some reviews are reminded of them now, and gives those of which they are: that are still owed, and
// of which nobody was reminded within remindAgain.
func remind(ctx context.Context, tx *tenants.Tx, wanted []ids.Review, now time.Time) ([]Review, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	var rows []reviewRow
	err := tx.NewRaw(`UPDATE reviews SET reminded_at = ? WHERE id IN (?) AND state IN ('assigned', 'open') AND (reminded_at IS NULL OR reminded_at <= ?)
		RETURNING id, application_id, person_id, due_at`, now, bun.List(wanted), now.Add(-remindAgain)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("selection: note reminders: %w", err)
	}
	all := make([]Review, len(rows))
	for i := range rows {
		all[i] = rows[i].review()
	}
	return all, nil
}
