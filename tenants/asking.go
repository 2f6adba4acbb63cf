package tenants

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Ask reads into a slice of structs with one of the few statements that almost every request needs. Its parameters are
// $1, $2 and so on; each connection prepares it once, and the database plans it once for as long as one tenant asks.
// Otherwise it is like Read.
func (sc Scope) Ask(ctx context.Context, into any, query string, args ...any) (err error) {
	if sc.db == nil {
		return errNowhere
	}
	event := &bun.QueryEvent{DB: sc.db, Query: query, QueryTemplate: query, QueryArgs: args, StartTime: time.Now()}
	for _, hook := range sc.tenants.config.Hooks {
		heard := hook.BeforeQuery(ctx, event)
		defer func() {
			event.Err = err
			hook.AfterQuery(heard, event)
		}()
	}
	rows, err := sc.db.DB.QueryContext(ctx, query, args...) //nolint:rowserrcheck // ScanRows closes and checks them
	if err != nil {
		return err
	}
	return sc.db.ScanRows(ctx, rows, into)
}

// Array is a list of identifiers as a parameter of Ask: "id = ANY($1::uuid[])".
func Array[I fmt.Stringer](all []I) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, one := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(one.String())
	}
	b.WriteByte('}')
	return b.String()
}
