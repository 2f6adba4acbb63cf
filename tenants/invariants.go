package tenants

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"kervan/modules/kernel/audit"
)

// Invariants verifies what must hold of every tenant: its schema is current, the database keeps it apart from the
// others, and its audit trail is whole. Each finding is a sentence for the operator.
func (t *Tenants) Invariants(ctx context.Context) ([]string, error) {
	all, err := t.All(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := Latest()
	if err != nil {
		return nil, err
	}
	findings, err := t.walls(ctx)
	if err != nil {
		return nil, err
	}
	for _, tenant := range all {
		if tenant.Status == StatusErased {
			continue
		}
		if tenant.SchemaVersion != latest {
			findings = append(findings, fmt.Sprintf("%s: schema is at version %d, the program at %d", tenant.Slug, tenant.SchemaVersion, latest))
			continue
		}
		broken, err := audit.Verify(ctx, t.Bind(tenant, SystemActor("check")).Read())
		if err != nil {
			return nil, fmt.Errorf("tenants: verify trail of %s: %w", tenant.Slug, err)
		}
		if broken != nil {
			findings = append(findings, fmt.Sprintf("%s: audit trail: row %d %s", tenant.Slug, broken.Seq, broken.Why))
		}
	}
	return findings, nil
}

// walls asks the database's own catalogue for what would be a hole: rights of PUBLIC or of the wrong role on tenants'
// or shared tables, a schema without its role, functions and settings that lead out of a room.
func (t *Tenants) walls(ctx context.Context) ([]string, error) {
	conn, err := t.migrator(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	rows, err := conn.Query(ctx, `
		WITH grants AS (
			SELECT n.nspname AS schema, c.relname AS name, a.grantee, a.privilege_type AS privilege
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(c.relacl) a
			WHERE n.nspname ~ '^t_[0-9a-z]{26}$' OR n.nspname IN ('platform', 'river'))
		SELECT format('%s.%s: everybody has %s', schema, name, privilege) FROM grants WHERE grantee = 0
		UNION ALL
		SELECT format('%s.%s: %s has %s', schema, name, r.rolname, privilege) FROM grants g JOIN pg_roles r ON r.oid = g.grantee
			WHERE r.rolname NOT IN ('app_owner', 'app_tenants') AND NOT (schema = r.rolname)
			AND NOT (schema = 'platform' AND r.rolname = 'app_platform') AND NOT (schema = 'river' AND r.rolname = 'app_river')
		UNION ALL
		SELECT format('%s.audit_entries: %s may %s', schema, r.rolname, lower(privilege)) FROM grants g JOIN pg_roles r ON r.oid = g.grantee
			WHERE name = 'audit_entries' AND privilege IN ('UPDATE', 'DELETE', 'TRUNCATE') AND r.rolname <> 'app_owner'
		UNION ALL
		SELECT format('%s: the schema has no role of its own', n.nspname) FROM pg_namespace n
			WHERE n.nspname ~ '^t_[0-9a-z]{26}$' AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.nspname)
		UNION ALL
		SELECT format('%s: the role may sign in or rule', rolname) FROM pg_roles
			WHERE rolname ~ '^t_[0-9a-z]{26}$' AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolbypassrls)
		UNION ALL
		SELECT 'app_login: inherits the rights of its roles' FROM pg_roles WHERE rolname = 'app_login' AND rolinherit
		UNION ALL
		SELECT format('%s: everybody may call it', p.oid::regprocedure) FROM pg_proc p
			WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ('set_config', 'query_to_xml', 'table_to_xml', 'schema_to_xml', 'database_to_xml', 'cursor_to_xml', 'ts_stat')
			AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
		ORDER BY 1`)
	if err != nil {
		return nil, fmt.Errorf("tenants: inspect walls: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
