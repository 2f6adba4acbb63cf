package tenants

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// prepared is what one connection has been told to remember: the settings, and the few statements that come with
// parameters (Scope.Ask), each for the room in which it was prepared, because a plan holds for one search path only.
type prepared struct {
	settings string // its name; empty: not prepared yet
	names    map[preparedFor]string
	given    int
}

type preparedFor struct{ schema, query string }

const (
	preparedKey = "kervan prepared"
	// mostPrepared bounds what a connection keeps: a plan takes some 20 to 40 kB in the server. Beyond, another one goes.
	mostPrepared = 512
	// mostLost is after how many lost statements no more are prepared: then something between here and the server (an old
	// pooler in transaction mode) does not keep them with their connection.
	mostLost = 100
)

var lost atomic.Int64

func preparedOn(raw *pgconn.PgConn) *prepared {
	known, ok := raw.CustomData()[preparedKey].(*prepared)
	if !ok {
		known = &prepared{names: map[preparedFor]string{}}
		raw.CustomData()[preparedKey] = known
	}
	return known
}

// read pipelines the room's settings with one statement: one round trip. A plan that has become stale, or a statement that
// its connection does not know, is tried once more; nothing has been answered by then.
func (c *conn) read(ctx context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	values, err := encodeAll(named)
	if err != nil {
		return nil, err
	}
	found, err := c.tryRead(ctx, query, values, lost.Load() >= mostLost)
	failed, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || c.Conn.Conn().IsClosed() {
		return found, err
	}
	switch {
	case failed.Code == "0A000" && strings.Contains(failed.Message, "cached plan"):
	case failed.Code == "26000", failed.Code == "42P05": // no such prepared statement, or one of that name already
		lost.Add(1)
	default:
		return found, err
	}
	preparedOn(c.raw()).forget()
	return c.tryRead(ctx, query, values, true)
}

func (c *conn) tryRead(ctx context.Context, query string, values [][]byte, whole bool) (driver.Rows, error) {
	raw, known := c.raw(), preparedOn(c.raw())
	p := raw.StartPipeline(ctx)
	room := [][]byte{[]byte(c.room.role), []byte(c.room.schema)}
	var name string
	var steps []func() // what to remember once the answer has come; nil for an answer without anything to remember
	switch {
	case whole:
		p.SendQueryParams(settings, room, nil, nil, nil)
	case known.settings == "":
		name := known.next()
		p.SendPrepare(name, settings, nil)
		p.SendQueryPrepared(name, room, nil, nil)
		steps = append(steps, func() { known.settings = name })
	default:
		p.SendQueryPrepared(known.settings, room, nil, nil)
	}
	steps = append(steps, nil)
	if !whole && len(values) > 0 {
		key := preparedFor{c.room.schema, query}
		if name = known.names[key]; name == "" {
			steps = append(steps, known.forgetOne(p)...)
			name = known.next()
			p.SendPrepare(name, query, nil)
			steps = append(steps, func() { known.names[key] = name })
		}
	}
	if name != "" {
		p.SendQueryPrepared(name, values, nil, nil)
	} else {
		p.SendQueryParams(query, values, nil, nil, nil)
	}
	if err := p.Sync(); err != nil {
		_ = p.Close()
		return nil, retryable(err)
	}
	return c.answer(p, steps)
}

// next is a name that the connection has not had yet.
func (k *prepared) next() string {
	k.given++
	return "kervan_" + strconv.Itoa(k.given)
}

// forget begins anew, with new names.
func (k *prepared) forget() { k.settings, k.names = "", map[preparedFor]string{} }

// forgetOne makes room for another statement where there is none: any goes, which serves tenants in turn better than the
// oldest would.
func (k *prepared) forgetOne(p *pgconn.Pipeline) []func() {
	if len(k.names) < mostPrepared {
		return nil
	}
	for key, name := range k.names {
		p.SendDeallocate(name)
		return []func(){func() { delete(k.names, key) }}
	}
	return nil
}

// answer reads past the steps before the statement and fetches its first row, because an error of the statement shows
// only with it.
func (c *conn) answer(p *pgconn.Pipeline, steps []func()) (driver.Rows, error) {
	for _, remember := range steps {
		results, err := p.GetResults()
		if reader, ok := results.(*pgconn.ResultReader); ok && err == nil {
			_, err = reader.Close()
		}
		if err != nil {
			_ = p.Close()
			return nil, retryable(err)
		}
		if remember != nil {
			remember()
		}
	}
	results, err := p.GetResults()
	if err != nil {
		_ = p.Close()
		return nil, err
	}
	reader, ok := results.(*pgconn.ResultReader)
	if !ok {
		_ = p.Close()
		return nil, fmt.Errorf("tenants: a statement was answered with a %T", results)
	}
	r := &rows{pipeline: p, result: reader, types: c.Conn.Conn().TypeMap(), ahead: true}
	if r.more = reader.NextRow(); !r.more {
		if _, err := reader.Close(); err != nil {
			_ = p.Close()
			return nil, err
		}
	}
	return r, nil
}

func encodeAll(named []driver.NamedValue) ([][]byte, error) {
	if len(named) == 0 {
		return nil, nil
	}
	values := make([][]byte, len(named))
	for i, n := range named {
		var err error
		if values[i], err = encode(n.Value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// encode writes a parameter as PostgreSQL reads it in text.
func encode(value any) ([]byte, error) {
	if v, ok := value.(driver.Valuer); ok {
		var err error
		if value, err = v.Value(); err != nil {
			return nil, fmt.Errorf("tenants: write parameter: %w", err)
		}
	}
	switch v := value.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(v), nil
	case []byte:
		return []byte(`\x` + hex.EncodeToString(v)), nil
	case int64:
		return strconv.AppendInt(nil, v, 10), nil
	case bool:
		return strconv.AppendBool(nil, v), nil
	case time.Time:
		return []byte(v.Format(time.RFC3339Nano)), nil
	default:
		return nil, fmt.Errorf("tenants: a parameter may not be a %T", value)
	}
}

// rows reads the answer of a pipelined statement.
type rows struct {
	pipeline *pgconn.Pipeline
	result   *pgconn.ResultReader
	types    *pgtype.Map
	ahead    bool // the row was fetched before it was asked for
	more     bool
}

// Columns names the columns.
func (r *rows) Columns() []string {
	fields := r.result.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// Close ends the pipeline; the connection is free again.
func (r *rows) Close() error {
	_, err := r.result.Close()
	if closing := r.pipeline.Close(); err == nil {
		err = closing
	}
	return err
}

// Next decodes one row into the types that database/sql knows.
func (r *rows) Next(dest []driver.Value) error {
	if !r.ahead {
		r.more = r.result.NextRow()
	}
	r.ahead = false
	if !r.more {
		if _, err := r.result.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	values := r.result.Values()
	for i, field := range r.result.FieldDescriptions() {
		value, err := r.decode(field, values[i])
		if err != nil {
			return fmt.Errorf("tenants: read column %s: %w", field.Name, err)
		}
		dest[i] = value
	}
	return nil
}

func (r *rows) decode(field pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	if raw == nil {
		return nil, nil
	}
	switch field.DataTypeOID {
	case pgtype.BoolOID:
		return scan[bool](r, field, raw)
	case pgtype.ByteaOID:
		return scan[[]byte](r, field, raw)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		return scan[int64](r, field, raw)
	case pgtype.Float4OID, pgtype.Float8OID:
		return scan[float64](r, field, raw)
	case pgtype.DateOID, pgtype.TimestampOID, pgtype.TimestamptzOID:
		return scan[time.Time](r, field, raw)
	case pgtype.JSONOID, pgtype.JSONBOID:
		return append([]byte(nil), raw...), nil // answers come in text
	default:
		return string(raw), nil
	}
}

func scan[T any](r *rows, field pgconn.FieldDescription, raw []byte) (driver.Value, error) {
	var value T
	if err := r.types.Scan(field.DataTypeOID, field.Format, raw, &value); err != nil {
		return nil, err
	}
	return value, nil
}
