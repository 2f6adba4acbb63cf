package tenants

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"kervan/migrations"
	"kervan/modules/ids"
	"kervan/modules/kernel/database"
)

// ProvisionJob is the name of the job that makes a network's schema.
const ProvisionJob = "tenants.provision"

// provisioningSteps name what is being done, as message keys.
var provisioningSteps = []string{"tenants.provision.role", "tenants.provision.tables", "tenants.provision.seed", "tenants.provision.done"}

type provisionArgs struct {
	Tenant ids.Tenant `json:"tenant"`
}

type provisioningRow struct {
	bun.BaseModel `bun:"table:provisionings"`

	TenantID  ids.Tenant      `bun:"tenant_id,pk"`
	Step      int             `bun:"step"`
	Steps     int             `bun:"steps"`
	Doing     string          `bun:"doing"`
	Error     string          `bun:"error,nullzero"`
	First     json.RawMessage `bun:"first,type:jsonb,nullzero"`
	StartedAt time.Time       `bun:"started_at,nullzero,default:now()"`
	EndedAt   time.Time       `bun:"ended_at,nullzero"`
}

// Progress is how far a network's provisioning has come.
type Progress struct {
	Tenant ids.Tenant
	Step   int
	Steps  int
	Doing  string // a message key
	Failed bool
	Done   bool
	// When it began and, once Done, when it ended.
	StartedAt, EndedAt time.Time
}

// Progress tells how far provisionings have come, by tenant.
func (t *Tenants) Progress(ctx context.Context, tenants ...ids.Tenant) (map[ids.Tenant]Progress, error) {
	found := map[ids.Tenant]Progress{}
	if len(tenants) == 0 {
		return found, nil
	}
	var rows []provisioningRow
	if err := t.platform.NewSelect().Model(&rows).Where("tenant_id IN (?)", bun.List(tenants)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("tenants: read progress: %w", err)
	}
	for _, r := range rows {
		found[r.TenantID] = Progress{
			Tenant: r.TenantID, Step: r.Step, Steps: r.Steps, Doing: r.Doing, Failed: r.Error != "", Done: !r.EndedAt.IsZero(),
			StartedAt: r.StartedAt, EndedAt: r.EndedAt,
		}
	}
	return found, nil
}

// Seed fills a new tenant with what it starts from. Modules register theirs; each is safe to repeat. The contact is the
// network's first coordinator; its address is empty where nobody is to be invited.
type Seed func(ctx context.Context, sc Scope, first Contact) error

// HandleProvisioning makes this node able to provision: the seeds run, in their order, when the tables stand.
func (t *Tenants) HandleProvisioning(seeds ...Seed) {
	HandlePlatformJob(&t.registry, ProvisionJob, func(ctx context.Context, args provisionArgs) error {
		return t.Provision(ctx, args.Tenant, seeds...)
	})
}

// Provision makes the tenant's database role, schema and tables and runs the seeds. Every step is safe to repeat, so a
// job that was killed half-way ends the work when it is taken up again.
func (t *Tenants) Provision(ctx context.Context, id ids.Tenant, seeds ...Seed) error {
	if err := t.reread(ctx); err != nil {
		return err
	}
	tenant, err := t.ByID(ctx, id)
	if err != nil {
		return err
	}
	err = t.provision(ctx, tenant, seeds)
	if err != nil {
		t.report(ctx, id, "error = ?", err.Error())
		return err
	}
	return nil
}

func (t *Tenants) provision(ctx context.Context, tenant Tenant, seeds []Seed) error {
	conn, err := t.migrator(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Two workers may hold the same job after a rescue; the lock is given back with the connection.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 7236005))", tenant.Schema); err != nil {
		return fmt.Errorf("tenants: wait for the other provisioning: %w", err)
	}
	if err := makeRole(ctx, conn, tenant.Schema); err != nil {
		return err
	}
	t.report(ctx, tenant.ID, "step = 1, error = NULL, doing = ?", provisioningSteps[1])
	version, err := makeTables(ctx, conn, tenant.Schema)
	if err != nil {
		return err
	}
	if err := t.recordVersions(ctx, map[ids.Tenant]int64{tenant.ID: version}); err != nil {
		return err
	}
	t.report(ctx, tenant.ID, "step = 2, doing = ?", provisioningSteps[2])
	if err := t.reread(ctx); err != nil {
		return err
	}
	if tenant, err = t.ByID(ctx, tenant.ID); err != nil {
		return err
	}
	first, err := t.first(ctx, tenant.ID)
	if err != nil {
		return err
	}
	for _, seed := range seeds {
		if err := seed(ctx, t.Bind(tenant, SystemActor(ProvisionJob)), first); err != nil {
			return fmt.Errorf("tenants: seed %s: %w", tenant.Slug, err)
		}
	}
	t.report(ctx, tenant.ID, "step = 4, first = NULL, ended_at = now(), doing = ?", provisioningSteps[3])
	return nil
}

func (t *Tenants) first(ctx context.Context, id ids.Tenant) (Contact, error) {
	var row provisioningRow
	var first Contact
	if err := t.platform.NewSelect().Model(&row).Column("first").Where("tenant_id = ?", id).Scan(ctx); err != nil {
		return first, fmt.Errorf("tenants: find first contact: %w", err)
	}
	if len(row.First) == 0 {
		return first, nil
	}
	if err := json.Unmarshal(row.First, &first); err != nil {
		return first, fmt.Errorf("tenants: read first contact: %w", err)
	}
	return first, nil
}

// report writes progress, which nothing depends on: a failure to write it must not fail the work.
func (t *Tenants) report(ctx context.Context, id ids.Tenant, set string, args ...any) {
	_ = t.Platform().Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewUpdate().Table("provisionings").Set(set, args...).Where("tenant_id = ?", id).Exec(ctx)
		return err
	})
}

func (t *Tenants) migrator(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(t.config.MigratorURL)
	if err != nil {
		return nil, fmt.Errorf("tenants: parse the migrator's address: %w", err)
	}
	config.RuntimeParams["lock_timeout"] = "10s"
	config.RuntimeParams["application_name"] = "kervan migrate"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("tenants: connect as migrator: %w", err)
	}
	return conn, nil
}

// makeRole makes the tenant's database role before and apart from its tables, as clusters that shard by schema demand.
func makeRole(ctx context.Context, conn *pgx.Conn, schema string) error {
	var exists bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", schema).Scan(&exists); err != nil {
		return fmt.Errorf("tenants: look for role: %w", err)
	}
	name := pgx.Identifier{schema}.Sanitize()
	script := "GRANT " + name + " TO app_login"
	if !exists {
		script = "CREATE ROLE " + name + " NOLOGIN; " + script
	}
	if err := database.ExecScript(ctx, conn, script); err != nil {
		return fmt.Errorf("tenants: make role: %w", err)
	}
	return nil
}

// makeTables makes the schema with all of its tables in one transaction, unless it is there already, and returns the
// version of the newest migration.
func makeTables(ctx context.Context, conn *pgx.Conn, schema string) (int64, error) {
	scripts, err := database.Scripts(migrations.Files, "tenant")
	if err != nil {
		return 0, err
	}
	latest := scripts[len(scripts)-1].Version
	name := pgx.Identifier{schema}.Sanitize()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		var exists bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", schema).Scan(&exists); err != nil || exists {
			return err
		}
		script := "SET LOCAL ROLE " + roleOwner + "; CREATE SCHEMA " + name + "; SET LOCAL search_path TO " + name + ";\n" + versionTable
		var scriptSb199 strings.Builder
		for _, s := range scripts {
			scriptSb199.WriteString(s.SQL + fmt.Sprintf(";\nINSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, true);\n", s.Version))
		}
		script += scriptSb199.String()
		return database.ExecScript(ctx, tx.Conn(), script+grants(schema))
	})
	if err != nil {
		return 0, fmt.Errorf("tenants: make tables: %w", err)
	}
	return latest, nil
}

// versionTable is goose's own, made here because goose itself runs one file per transaction.
const versionTable = `CREATE TABLE goose_db_version (
	id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, version_id bigint NOT NULL, is_applied boolean NOT NULL,
	tstamp timestamp NOT NULL DEFAULT now());
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true);
`

// grants gives the tenant's role, and the one that all tenants share where roles cannot be switched, their rights:
// rows of every table, but of the audit trail only to read and to add, and of the history of migrations nothing.
func grants(schema string) string {
	name := pgx.Identifier{schema}.Sanitize()
	both := name + ", " + roleTenants
	return "GRANT USAGE ON SCHEMA " + name + " TO " + both + ";\n" +
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + name + " TO " + both + ";\n" +
		"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA " + name + " TO " + both + ";\n" +
		"REVOKE UPDATE, DELETE ON " + name + ".audit_entries FROM " + both + ";\n" +
		"REVOKE ALL ON " + name + ".goose_db_version FROM " + both + ";\n"
}
