package tenants

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/uptrace/bun"
)

// Question is one of the few statements that programs ask so often that it pays to write them out: with parameters $1,
// $2 and so on, prepared once on each connection for each tenant, and read column by column. The zero Question asks
// nothing.
type Question struct {
	Query string
	Args  []any
	Row   func(row *Row) error // called for each row, in order
}

// Row is one row of an answer.
type Row struct {
	fields []pgconn.FieldDescription
	values [][]byte
	types  *pgtype.Map
}

// Ask sends the questions in one message and reads their answers: one round trip. They see the database as it is just
// then, and cannot write. Otherwise it is like Read.
func (sc Scope) Ask(ctx context.Context, questions ...Question) (err error) {
	if sc.db == nil {
		return errNowhere
	}
	var statements []sent
	var asked []Question
	for _, q := range questions {
		if q.Query == "" {
			continue
		}
		values, err := encodeArgs(q.Args)
		if err != nil {
			return err
		}
		defer sc.hear(ctx, q)(&err)
		statements, asked = append(statements, sent{q.Query, values}), append(asked, q)
	}
	if len(asked) == 0 {
		return nil
	}
	err = sc.ask(ctx, statements, asked)
	if err != nil && pgconn.SafeToRetry(err) { // nothing can have been sent: the server had closed the connection
		err = sc.ask(ctx, statements, asked)
	}
	return err
}

// hear tells the hooks of a question and gives what tells them of its end.
func (sc Scope) hear(ctx context.Context, q Question) func(*error) {
	event := &bun.QueryEvent{DB: sc.db, Query: q.Query, QueryTemplate: q.Query, QueryArgs: q.Args, StartTime: time.Now()}
	for _, hook := range sc.tenants.config.Hooks {
		ctx = hook.BeforeQuery(ctx, event) //nolint:fatcontext // as bun does it
	}
	return func(err *error) {
		event.Err = *err
		for _, hook := range sc.tenants.config.Hooks {
			hook.AfterQuery(ctx, event)
		}
	}
}

// ask reads whole answers before it gives out any row, so that it can ask again.
func (sc Scope) ask(ctx context.Context, statements []sent, asked []Question) error {
	borrowed, err := sc.tenants.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("tenants: ask: %w", err)
	}
	raw, types, room := borrowed.Conn().PgConn(), borrowed.Conn().TypeMap(), sc.tenants.roomOf(sc.tenant.Schema)
	found, err := answers(ctx, raw, room, statements, lost.Load() >= mostLost)
	if err != nil && outdated(raw, err) {
		found, err = answers(ctx, raw, room, statements, true)
	}
	borrowed.Release()
	if err != nil {
		return err
	}
	for i, a := range found {
		row := Row{fields: a.FieldDescriptions, types: types}
		for _, row.values = range a.Rows {
			if err := asked[i].Row(&row); err != nil {
				return err
			}
		}
	}
	return nil
}

func answers(ctx context.Context, raw *pgconn.PgConn, r room, statements []sent, whole bool) (all []*pgconn.Result, err error) {
	m, err := send(ctx, raw, r, statements, whole)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := m.pipeline.Close(); err == nil {
			err = closing
		}
	}()
	for i := range statements {
		reader, err := m.result(i)
		if err != nil {
			return nil, err
		}
		read := reader.Read()
		if read.Err != nil {
			return nil, read.Err
		}
		all = append(all, read)
	}
	return all, nil
}

// Scan reads the row's columns, in the order of the statement, into strings, numbers, truths, instants, JSON and whatever
// scans itself; NULL leaves zero.
func (r *Row) Scan(into ...any) error {
	if len(into) != len(r.values) {
		return fmt.Errorf("tenants: %d columns for %d places", len(r.values), len(into))
	}
	for i, place := range into {
		if err := r.scan(i, place); err != nil {
			return fmt.Errorf("tenants: read column %s: %w", r.fields[i].Name, err)
		}
	}
	return nil
}

func (r *Row) scan(i int, place any) error {
	raw := r.values[i]
	switch p := place.(type) {
	case sql.Scanner:
		if raw == nil {
			return p.Scan(nil)
		}
		return p.Scan(string(raw))
	case *string:
		*p = string(raw)
		return nil
	case *json.RawMessage:
		*p = append(json.RawMessage(nil), raw...)
		return nil
	}
	v := reflect.ValueOf(place).Elem()
	switch {
	case raw == nil:
		v.SetZero()
		return nil
	case v.Kind() == reflect.String:
		v.SetString(string(raw))
		return nil
	}
	return r.types.Scan(r.fields[i].DataTypeOID, r.fields[i].Format, raw, place)
}

// Array is a list of identifiers as a parameter of a Question: "id = ANY($1::uuid[])".
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
