package tenants

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/uptrace/bun"

	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/seal"
)

// Isolation is how the database keeps tenants apart.
type Isolation string

// By role each transaction takes its tenant's own database role, and the database refuses everything else. By schema
// all tenants share one role and are told apart by the search path alone; it is for clusters that shard by schema and
// cannot pool connections that switch roles.
const (
	ByRole   Isolation = "role"
	BySchema Isolation = "schema"
)

// ParseIsolation reads the setting; empty is by role.
func ParseIsolation(s string) (Isolation, error) {
	switch Isolation(s) {
	case "", ByRole:
		return ByRole, nil
	case BySchema:
		return BySchema, nil
	default:
		return "", fmt.Errorf("tenants: isolation %q is neither role nor schema", s)
	}
}

// The shared database roles; see migrations/cluster.
const (
	rolePlatform = "app_platform"
	roleRiver    = "app_river"
	roleTenants  = "app_tenants"
	roleOwner    = "app_owner"
)

// Config says where the database is and who signs in for what.
type Config struct {
	AppURL      string // signs in as app_login
	MigratorURL string // signs in as app_migrator; only needed to migrate and to open networks
	Isolation   Isolation
	PoolSize    int32 // connections for requests; zero is 20
	// Secret keys what is confidential in the queue; without one nothing is sealed.
	Secret []byte
	// Hooks see every statement, for metrics and for tests that count them.
	Hooks []bun.QueryHook
}

// Tenants is the program's hold on all tenants: catalogue, walls and lifecycle.
type Tenants struct {
	config    Config
	pool      *pgxpool.Pool
	inserter  *jobs.Inserter
	sealer    *seal.Box
	dialect   *database.Dialect
	rooms     sync.Map // schema → *bun.DB
	platform  *bun.DB
	catalogue catalogue
	registry  Registry
}

// Open connects to the database. It does not migrate.
func Open(ctx context.Context, config Config) (*Tenants, error) {
	if config.PoolSize == 0 {
		config.PoolSize = 20
	}
	if config.Isolation == "" {
		config.Isolation = ByRole
	}
	inserter, err := jobs.NewInserter()
	if err != nil {
		return nil, err
	}
	sealer, err := newSealer(config.Secret)
	if err != nil {
		return nil, err
	}
	pool, err := database.Open(ctx, config.AppURL, config.PoolSize)
	if err != nil {
		return nil, err
	}
	t := &Tenants{config: config, pool: pool, inserter: inserter, sealer: sealer, dialect: database.NewDialect(), registry: newRegistry()}
	t.platform = t.open(room{role: rolePlatform, schema: "platform"})
	return t, nil
}

// Close gives all connections back.
func (t *Tenants) Close() { t.pool.Close() }

// Ping reports whether the database answers.
func (t *Tenants) Ping(ctx context.Context) error { return t.pool.Ping(ctx) }

// Stat is the state of the connection pool, for metrics.
func (t *Tenants) Stat() *pgxpool.Stat { return t.pool.Stat() }

// Registry is where modules register the jobs and reactions that run for a tenant.
func (t *Tenants) Registry() *Registry { return &t.registry }

func (t *Tenants) open(r room) *bun.DB {
	db := bun.NewDB(openRoom(t.pool, r), t.dialect)
	for _, hook := range t.config.Hooks {
		db = db.WithQueryHook(hook)
	}
	return db
}

func (t *Tenants) room(schema string) *bun.DB {
	if known, ok := t.rooms.Load(schema); ok {
		if db, ok := known.(*bun.DB); ok {
			return db
		}
	}
	opened, _ := t.rooms.LoadOrStore(schema, t.open(t.roomOf(schema)))
	db, _ := opened.(*bun.DB)
	return db
}

func (t *Tenants) roomOf(schema string) room {
	if t.config.Isolation == BySchema {
		return room{role: roleTenants, schema: schema}
	}
	return room{role: schema, schema: schema}
}

// Bind makes the Scope in which the actor works for the tenant. The caller has verified both: the tenant by its host,
// the actor by a session of that tenant.
func (t *Tenants) Bind(tenant Tenant, actor Actor) Scope {
	if !schemaForm.MatchString(tenant.Schema) {
		return Scope{}
	}
	return Scope{tenant: tenant, actor: actor, db: t.room(tenant.Schema), tenants: t}
}

// Scope is one actor working for one tenant. It is the second argument of every use-case and the only way to a
// tenant's tables. The zero Scope reaches nothing.
type Scope struct {
	tenant  Tenant
	actor   Actor
	db      *bun.DB
	tenants *Tenants
	at      time.Time // of a rehearsal; zero: the database's clock
}

// Tenant is the tenant that the scope works for.
func (sc Scope) Tenant() Tenant { return sc.tenant }

// Actor is who works.
func (sc Scope) Actor() Actor { return sc.actor }

// As is the same scope with another actor. Only the edge and jobs, which have verified the actor, call it.
func (sc Scope) As(actor Actor) Scope {
	sc.actor = actor
	return sc
}

// Read is for queries outside a transaction: each is one round trip and sees the database as it is just then. The
// database refuses to write through it.
func (sc Scope) Read() bun.IDB {
	if sc.db == nil {
		return nowhere
	}
	return sc.db
}

// Write runs fn in one transaction. When fn returns nil, its audit entries and its jobs and announcements are written
// and all of it commits together; when fn fails or panics, none of it happened. Whoever comes with a personal token may
// only read. Fault: Forbidden.
func (sc Scope) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if sc.db == nil {
		return errNowhere
	}
	if !sc.actor.Token.IsZero() {
		return fault.Forbidden()
	}
	return write(ctx, sc.db, &Tx{scope: sc, tenants: sc.tenants}, fn)
}

var errNowhere = errors.New("tenants: a scope without a tenant")

// nowhere answers every query of a zero Scope with an error.
var nowhere = bun.NewDB(sql.OpenDB(closedDoor{}), database.NewDialect())

// Platform is the way to the shared tables: identities, the catalogue, rollups. No tenant's role can see them, and it
// can see no tenant's.
type Platform struct {
	tenants *Tenants
}

// Platform opens the shared tables.
func (t *Tenants) Platform() Platform { return Platform{t} }

// Read is for queries outside a transaction, as with Scope.
func (p Platform) Read() bun.IDB { return p.tenants.platform }

// Write runs fn in one transaction over the shared tables. Jobs that it enqueues belong to no tenant.
func (p Platform) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return write(ctx, p.tenants.platform, &Tx{tenants: p.tenants}, fn)
}
