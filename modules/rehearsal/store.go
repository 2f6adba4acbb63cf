package rehearsal

import (
	"context"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
)

// Tried reports whether the call has ever been rehearsed. It is for other modules' use-cases, which have authorized.
func Tried(ctx context.Context, db bun.IDB, call ids.Call) (bool, error) {
	found, err := audit.List(ctx, db, audit.Filter{SubjectKind: "call", SubjectID: call.String(), Action: "call.rehearsed", Limit: 1})
	return len(found) > 0, err
}
