package tenants

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// room is where a connection may go: one database role and one schema. It is fixed when the connector is made and never
// comes from a context or a request.
type room struct {
	role   string
	schema string
}

// begin is BEGIN with the room's settings in the same message: one round trip.
func (r room) begin(options driver.TxOptions) (string, error) {
	var b strings.Builder
	b.WriteString("begin")
	switch sql.IsolationLevel(options.Isolation) {
	case sql.LevelDefault:
	case sql.LevelReadCommitted:
		b.WriteString(" isolation level read committed")
	case sql.LevelRepeatableRead, sql.LevelSnapshot:
		b.WriteString(" isolation level repeatable read")
	case sql.LevelSerializable:
		b.WriteString(" isolation level serializable")
	default:
		return "", fmt.Errorf("tenants: isolation level %d is not supported", options.Isolation)
	}
	if options.ReadOnly {
		b.WriteString(" read only")
	}
	fmt.Fprintf(&b, "; set local role %s; set local search_path to %s",
		pgx.Identifier{r.role}.Sanitize(), pgx.Identifier{r.schema}.Sanitize())
	return b.String(), nil
}

// settings binds a statement outside a transaction: it is pipelined with the statement, both become one implicit
// transaction, and its end undoes the settings. Such a statement may only read. What is prepared is planned once, not
// five times over before PostgreSQL makes up its mind: where many tenants ask in turn, each plan is used a few times only.
const settings = "select set_config('transaction_read_only', 'on', true), set_config('plan_cache_mode', 'force_generic_plan', true), " +
	"set_config('search_path', $2, true), set_config('role', $1, true)"

// connector makes connections that know one room. They come from the pool that all rooms share.
type connector struct {
	driver.Connector
	room room
}

func openRoom(pool *pgxpool.Pool, r room) *sql.DB {
	db := sql.OpenDB(connector{stdlib.GetPoolConnector(pool), r})
	db.SetMaxIdleConns(0) // idle connections wait in the shared pool, not in a room
	return db
}

// Connect borrows a connection from the pool.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	borrowed, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := borrowed.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("tenants: unexpected connection %T", borrowed)
	}
	return &conn{Conn: inner, room: c.room}, nil
}

type conn struct {
	*stdlib.Conn
	room room
}

func (c *conn) raw() *pgconn.PgConn { return c.Conn.Conn().PgConn() }

// Begin is never called by database/sql, which prefers BeginTx.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// Prepare is refused: a prepared statement would outlive the transaction that bound it to its room.
func (c *conn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("tenants: statements are not prepared")
}

// PrepareContext is refused like Prepare.
func (c *conn) PrepareContext(context.Context, string) (driver.Stmt, error) {
	return c.Prepare("")
}

// BeginTx begins a transaction inside the room.
func (c *conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	begin, err := c.room.begin(options)
	if err != nil {
		return nil, err
	}
	if _, err := c.raw().Exec(ctx, begin).ReadAll(); err != nil {
		c.abandon()
		return nil, retryable(err)
	}
	return transaction{c}, nil
}

// ending bounds how long the end of a transaction may take; the caller's context may be over by then.
const ending = 5 * time.Second

type transaction struct{ c *conn }

// Commit ends the transaction. A commit that the server answers with ROLLBACK is an error.
func (t transaction) Commit() error {
	ctx, cancel := context.WithTimeout(context.Background(), ending)
	defer cancel()
	results, err := t.c.raw().Exec(ctx, "commit").ReadAll()
	if err != nil {
		t.c.abandon()
		return err
	}
	if len(results) == 1 && results[0].CommandTag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// Rollback ends the transaction without its effects. A connection that cannot even do that is closed.
func (t transaction) Rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), ending)
	defer cancel()
	if _, err := t.c.raw().Exec(ctx, "rollback").ReadAll(); err != nil {
		t.c.abandon()
		return err
	}
	return nil
}

// abandon closes a connection whose state is in doubt, so that the pool never lends it again.
func (c *conn) abandon() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Conn.Conn().Close(ctx)
}

func (c *conn) inTransaction() bool { return c.raw().TxStatus() != 'I' }

// QueryContext runs one statement. Outside a transaction it goes in one message with the room's settings, and one that
// comes with parameters is prepared.
func (c *conn) QueryContext(ctx context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	if c.inTransaction() {
		return c.Conn.QueryContext(ctx, query, named)
	}
	return c.read(ctx, query, named)
}

// ExecContext runs one statement through the extended protocol, which takes only one: pgx alone would send a statement
// without arguments by the simple protocol, and with it whatever was stacked behind a semicolon.
func (c *conn) ExecContext(ctx context.Context, query string, named []driver.NamedValue) (driver.Result, error) {
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	if c.inTransaction() {
		if len(named) > 0 {
			return c.Conn.ExecContext(ctx, query, named)
		}
		result := c.raw().ExecParams(ctx, query, nil, nil, nil, nil).Read()
		if result.Err != nil {
			return nil, result.Err
		}
		return driver.RowsAffected(result.CommandTag.RowsAffected()), nil
	}
	batch := &pgx.Batch{}
	batch.Queue(settings, c.room.role, c.room.schema)
	batch.Queue(query, arguments(named)...)
	results := c.Conn.Conn().SendBatch(ctx, batch)
	if _, err := results.Exec(); err != nil {
		_ = results.Close()
		return nil, retryable(err)
	}
	tag, err := results.Exec()
	if closing := results.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// retryable lets database/sql try another connection when nothing can have been sent on this one.
func retryable(err error) error {
	if pgconn.SafeToRetry(err) {
		return driver.ErrBadConn
	}
	return err
}

func arguments(named []driver.NamedValue) []any {
	args := make([]any, len(named))
	for i, n := range named {
		args[i] = n.Value
	}
	return args
}
