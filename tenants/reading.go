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
	// mostPrepared bounds what a connection keeps: a plan takes some 20 to 40 kB in the server, and what PostgreSQL knows of
	// the tables of the hundred tenants that these are, two or three times as much. Beyond, another one goes.
	mostPrepared = 1024
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

// sent is one statement of a message. One that comes with parameters is prepared.
type sent struct {
	query  string
	values [][]byte
}

// message is several statements on their way, bound to a room by the settings before them.
type message struct {
	pipeline *pgconn.Pipeline
	before   [][]func() // by statement: the steps before it, each with what to remember once it is done
}

// send binds the connection to the room and sends the statements with it: one round trip and, for the database, one
// transaction. Sent whole, nothing is prepared.
func send(ctx context.Context, raw *pgconn.PgConn, r room, statements []sent, whole bool) (message, error) {
	known := preparedOn(raw)
	m := message{pipeline: raw.StartPipeline(ctx), before: make([][]func(), len(statements))}
	if whole {
		m.pipeline.SendQueryParams(settings, r.values(), nil, nil, nil)
	} else {
		if known.settings == "" {
			name := known.next()
			m.pipeline.SendPrepare(name, settings, nil)
			m.before[0] = append(m.before[0], func() { known.settings = name })
			m.pipeline.SendQueryPrepared(name, r.values(), nil, nil)
		} else {
			m.pipeline.SendQueryPrepared(known.settings, r.values(), nil, nil)
		}
	}
	m.before[0] = append(m.before[0], nil)
	for i, s := range statements {
		if whole || len(s.values) == 0 {
			m.pipeline.SendQueryParams(s.query, s.values, nil, nil, nil)
			continue
		}
		key := preparedFor{r.schema, s.query}
		name := known.names[key]
		if name == "" {
			m.before[i] = append(m.before[i], known.forgetOne(m.pipeline)...)
			name = known.next()
			m.pipeline.SendPrepare(name, s.query, nil)
			m.before[i] = append(m.before[i], func() { known.names[key] = name })
		}
		m.pipeline.SendQueryPrepared(name, s.values, nil, nil)
	}
	if err := m.pipeline.Sync(); err != nil {
		_ = m.pipeline.Close()
		return m, err
	}
	return m, nil
}

// result reads past the steps before a statement and gives its answer.
func (m message) result(i int) (*pgconn.ResultReader, error) {
	for _, remember := range m.before[i] {
		results, err := m.pipeline.GetResults()
		if reader, ok := results.(*pgconn.ResultReader); ok && err == nil {
			_, err = reader.Close()
		}
		if err != nil {
			return nil, err
		}
		if remember != nil {
			remember()
		}
	}
	results, err := m.pipeline.GetResults()
	if err != nil {
		return nil, err
	}
	reader, ok := results.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("tenants: a statement was answered with a %T", results)
	}
	return reader, nil
}

func (r room) values() [][]byte { return [][]byte{[]byte(r.role), []byte(r.schema)} }

// outdated reports whether a read failed because of what its connection was told to remember: a plan that has become
// stale, a statement that is not there, or one of that name that is there already. It has answered nothing by then; sent
// whole, it succeeds.
func outdated(raw *pgconn.PgConn, err error) bool {
	failed, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || raw.IsClosed() {
		return false
	}
	switch {
	case failed.Code == "0A000" && strings.Contains(failed.Message, "cached plan"):
	case failed.Code == "26000", failed.Code == "42P05":
		lost.Add(1)
	default:
		return false
	}
	preparedOn(raw).forget()
	return true
}

// read sends one statement that database/sql was given.
func (c *conn) read(ctx context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	values, err := encodeAll(named)
	if err != nil {
		return nil, err
	}
	found, err := c.tryRead(ctx, sent{query, values}, lost.Load() >= mostLost)
	if err != nil && outdated(c.raw(), err) {
		return c.tryRead(ctx, sent{query, values}, true)
	}
	return found, err
}

// tryRead fetches the first row at once, because an error of the statement shows only with it.
func (c *conn) tryRead(ctx context.Context, statement sent, whole bool) (driver.Rows, error) {
	m, err := send(ctx, c.raw(), c.room, []sent{statement}, whole)
	if err != nil {
		return nil, retryable(err)
	}
	reader, err := m.result(0)
	if err != nil {
		_ = m.pipeline.Close()
		return nil, retryable(err)
	}
	r := &rows{pipeline: m.pipeline, result: reader, types: c.Conn.Conn().TypeMap(), ahead: true}
	if r.more = reader.NextRow(); !r.more {
		if _, err := reader.Close(); err != nil {
			_ = m.pipeline.Close()
			return nil, err
		}
	}
	return r, nil
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

func encodeAll(named []driver.NamedValue) ([][]byte, error) { return encodeArgs(arguments(named)) }

func encodeArgs(args []any) ([][]byte, error) {
	values := make([][]byte, len(args))
	for i, arg := range args {
		var err error
		if values[i], err = encode(arg); err != nil {
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
