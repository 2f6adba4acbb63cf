package tenants

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"kervan/modules/kernel/audit"
)

// Check looks at one tenant's rows for what must never be, and says each thing that it finds in a sentence for the
// operator. Modules have one each.
type Check func(ctx context.Context, sc Scope) ([]string, error)

// Invariants verifies what must hold of every tenant: the database keeps it apart from the others, its schema is current
// and like all the others, its audit trail is whole, and whatever the checks look for is not there. Each finding is a
// sentence for the operator. Of a tenant whose schema is not current nothing else is read.
func (t *Tenants) Invariants(ctx context.Context, checks ...Check) ([]string, error) {
	all, err := t.All(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := Latest()
	if err != nil {
		return nil, err
	}
	findings, err := t.structure(ctx)
	if err != nil {
		return nil, err
	}
	for _, tenant := range all {
		found, err := t.inspect(ctx, tenant, latest, checks)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err != nil {
			found = append(found, "cannot be inspected further: "+err.Error())
		}
		for _, f := range found {
			findings = append(findings, tenant.Slug+": "+f)
		}
	}
	return findings, nil
}

func (t *Tenants) inspect(ctx context.Context, tenant Tenant, latest int64, checks []Check) ([]string, error) {
	if !slices.Contains(Statuses, tenant.Status) {
		return []string{fmt.Sprintf("%q is no state of a network", tenant.Status)}, nil
	}
	if tenant.Status == StatusErased || tenant.SchemaVersion == 0 && tenant.Status == StatusOnboarding {
		return nil, nil
	}
	if tenant.SchemaVersion != latest {
		return []string{fmt.Sprintf("schema is at version %d, the program at %d", tenant.SchemaVersion, latest)}, nil
	}
	var findings []string
	if tenant.Status == StatusSuspended && tenant.StatusBefore == "" {
		findings = append(findings, "suspended, and nobody knows from which state")
	}
	sc := t.Bind(tenant, SystemActor("check"))
	broken, err := audit.Verify(ctx, sc.Read())
	if err != nil {
		return findings, err
	}
	if broken != nil {
		findings = append(findings, fmt.Sprintf("audit trail: row %d %s", broken.Seq, broken.Why))
	}
	cut, err := t.cut(ctx, tenant)
	if err != nil {
		return findings, err
	}
	if cut != "" {
		findings = append(findings, cut)
	}
	for _, check := range checks {
		found, err := check(ctx, sc)
		if err != nil {
			return findings, err
		}
		findings = append(findings, found...)
	}
	return findings, nil
}

// structure asks the database's own catalogue for holes in the walls and for schemas that are not like the others.
func (t *Tenants) structure(ctx context.Context) ([]string, error) {
	conn, err := t.migrator(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var findings []string
	for _, question := range []string{strangers, missing, owners, rolesOfTenants, doors, machinery, versions, shapes} {
		rows, err := conn.Query(ctx, question)
		if err != nil {
			return nil, fmt.Errorf("tenants: inspect structure: %w", err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, fmt.Errorf("tenants: inspect structure: %w", err)
		}
		findings = append(findings, found...)
	}
	slices.Sort(findings)
	return findings, nil
}

// What stands in the way of each query below is a finding, put into words by the query itself.
const (
	tenantSchema = `n.nspname ~ '^t_[0-9a-z]{26}$'`

	// strangers have a right on a table, a column or a schema that is not theirs.
	strangers = `WITH rights AS (
			SELECT n.nspname AS schema, n.nspname || '.' || c.relname AS name, c.relname AS relation, a.grantee, a.privilege_type AS privilege
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(c.relacl) a
			WHERE ` + tenantSchema + ` OR n.nspname IN ('platform', 'river')
			UNION ALL
			SELECT n.nspname, n.nspname || '.' || c.relname || '.' || t.attname, c.relname, a.grantee, a.privilege_type
			FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL aclexplode(t.attacl) a
			WHERE ` + tenantSchema + ` OR n.nspname IN ('platform', 'river')
			UNION ALL
			SELECT n.nspname, 'schema ' || n.nspname, '', a.grantee, a.privilege_type FROM pg_namespace n, LATERAL aclexplode(n.nspacl) a
			WHERE ` + tenantSchema + ` OR n.nspname IN ('platform', 'river', 'public') AND a.grantee = 0)
		SELECT format('%s: everybody has %s', name, privilege) FROM rights WHERE grantee = 0
		UNION ALL
		SELECT format('%s: %s has %s', name, r.rolname, privilege) FROM rights g JOIN pg_roles r ON r.oid = g.grantee
			WHERE r.rolname NOT IN ('app_owner') AND NOT (schema = r.rolname) AND NOT (r.rolname = 'app_tenants' AND schema LIKE 't\_%')
			AND NOT (schema = 'platform' AND r.rolname = 'app_platform') AND NOT (schema = 'river' AND r.rolname = 'app_river')
		UNION ALL
		SELECT format('%s: %s may %s', name, r.rolname, lower(privilege)) FROM rights g JOIN pg_roles r ON r.oid = g.grantee
			WHERE relation = 'audit_entries' AND privilege IN ('UPDATE', 'DELETE', 'TRUNCATE') AND r.rolname <> 'app_owner'
		UNION ALL
		SELECT format('%s: %s may see the history of migrations', name, r.rolname) FROM rights g JOIN pg_roles r ON r.oid = g.grantee
			WHERE relation = 'goose_db_version' AND r.rolname <> 'app_owner'`

	// missing are rights without which a tenant cannot work.
	missing = `SELECT format('%s.%s: its own role may not %s', n.nspname, c.relname, lower(p))
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = n.nspname,
			unnest(CASE c.relname WHEN 'audit_entries' THEN ARRAY['SELECT', 'INSERT'] ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] END) p
		WHERE ` + tenantSchema + ` AND c.relkind = 'r' AND c.relname <> 'goose_db_version' AND NOT has_table_privilege(r.oid, c.oid, p)
		UNION ALL
		SELECT format('%s: its own role may not enter', n.nspname) FROM pg_namespace n JOIN pg_roles r ON r.rolname = n.nspname
			WHERE ` + tenantSchema + ` AND NOT has_schema_privilege(r.oid, n.oid, 'USAGE')
		UNION ALL
		SELECT format('%s: app_login may not become it', r.rolname) FROM pg_roles r
			WHERE r.rolname ~ '^t_[0-9a-z]{26}$' AND NOT pg_has_role('app_login', r.oid, 'MEMBER')`

	// owners of tables and schemas are nobody who signs in.
	owners = `SELECT format('%s.%s: belongs to %s', n.nspname, c.relname, pg_get_userbyid(c.relowner)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE (` + tenantSchema + ` OR n.nspname IN ('platform', 'river')) AND c.relkind IN ('r', 'v', 'm', 'p') AND pg_get_userbyid(c.relowner) <> 'app_owner'
		UNION ALL
		SELECT format('%s: belongs to %s', n.nspname, pg_get_userbyid(n.nspowner)) FROM pg_namespace n
			WHERE (` + tenantSchema + ` OR n.nspname IN ('platform', 'river')) AND pg_get_userbyid(n.nspowner) <> 'app_owner'`

	// rolesOfTenants have no power and lead nowhere, and there is one for each schema.
	rolesOfTenants = `SELECT format('%s: the schema has no role of its own', n.nspname) FROM pg_namespace n
			WHERE ` + tenantSchema + ` AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = n.nspname)
		UNION ALL
		SELECT format('%s: the role may sign in or rule', rolname) FROM pg_roles
			WHERE rolname ~ '^t_[0-9a-z]{26}$' AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)
		UNION ALL
		SELECT format('%s: rules', rolname) FROM pg_roles
			WHERE rolname IN ('app_login', 'app_worker', 'app_owner', 'app_platform', 'app_river', 'app_tenants') AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)
		UNION ALL
		SELECT 'app_login: inherits the rights of its roles' FROM pg_roles WHERE rolname = 'app_login' AND rolinherit
		UNION ALL
		SELECT format('%s: may become %s', m.rolname, r.rolname) FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
			WHERE m.rolname ~ '^t_[0-9a-z]{26}$'
			OR r.rolname ~ '^t_[0-9a-z]{26}$' AND m.rolname NOT IN ('app_login', 'app_migrator') AND NOT m.rolsuper
			OR m.rolname = 'app_login' AND r.rolname NOT IN ('app_platform', 'app_river', 'app_tenants') AND r.rolname !~ '^t_[0-9a-z]{26}$'
			OR m.rolname = 'app_worker' AND r.rolname <> 'app_river'`

	// doors are functions, settings and rights that lead out of a room.
	doors = `SELECT format('%s: everybody may call it', p.oid::regprocedure) FROM pg_proc p
			WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname IN ('set_config', 'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema',
				'table_to_xml', 'table_to_xmlschema', 'table_to_xml_and_xmlschema', 'schema_to_xml', 'schema_to_xmlschema', 'schema_to_xml_and_xmlschema', 'database_to_xml',
				'database_to_xmlschema', 'database_to_xml_and_xmlschema', 'cursor_to_xml', 'cursor_to_xmlschema', 'ts_stat') OR p.proname = 'ts_rewrite' AND p.pronargs = 2)
			AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)
		UNION ALL
		SELECT 'pg_settings: everybody may update it' FROM pg_class c, LATERAL aclexplode(c.relacl) a
			WHERE c.oid = 'pg_catalog.pg_settings'::regclass AND a.grantee = 0 AND a.privilege_type = 'UPDATE'
		UNION ALL
		SELECT 'plpgsql: everybody may write programs in it' FROM pg_language l, LATERAL aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a
			WHERE l.lanname = 'plpgsql' AND a.grantee = 0
		UNION ALL
		SELECT format('the database: everybody has %s', a.privilege_type) FROM pg_database d, LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
			WHERE d.datname = current_database() AND a.grantee = 0`

	// machinery has no place in a tenant's schema: it would run with somebody else's rights, or could not be moved.
	machinery = `SELECT format('%s: a function in a tenant''s schema', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ` + tenantSchema + `
		UNION ALL
		SELECT format('%s.%s: the trigger %s', n.nspname, c.relname, t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE NOT t.tgisinternal AND ` + tenantSchema + `
		UNION ALL
		SELECT format('%s.%s: a view in a tenant''s schema', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind IN ('v', 'm', 'f') AND ` + tenantSchema + `
		UNION ALL
		SELECT format('%s.%s: has no primary key', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relkind = 'r' AND ` + tenantSchema + ` AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')
		UNION ALL
		SELECT format('%s: refers to %s in another schema', k.conrelid::regclass, k.confrelid::regclass) FROM pg_constraint k
			JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class f ON f.oid = k.confrelid
			WHERE k.contype = 'f' AND f.relnamespace <> c.relnamespace AND ` + tenantSchema

	// versions in the catalogue and schemas in the database belong together.
	versions = `SELECT format('%s: no tenant has this schema', n.nspname) FROM pg_namespace n
			WHERE ` + tenantSchema + ` AND NOT EXISTS (SELECT FROM platform.tenants t WHERE t.schema = n.nspname)
		UNION ALL
		SELECT format('%s: its schema is missing', t.slug) FROM platform.tenants t
			WHERE t.schema_version > 0 AND t.status <> 'erased' AND NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = t.schema)`

	// shapes are compared by everything that a migration makes: columns, constraints, indexes. What most have is right.
	shapes = `WITH parts AS (
			SELECT n.nspname AS schema, format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS part
			FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND ` + tenantSchema + `
			UNION ALL
			SELECT n.nspname, format('%s %s %s %s', c.relname, k.conname, k.convalidated, replace(pg_get_constraintdef(k.oid), n.nspname || '.', ''))
			FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + tenantSchema + `
			UNION ALL
			SELECT n.nspname, format('%s %s', i.indisvalid, replace(pg_get_indexdef(i.indexrelid), n.nspname || '.', ''))
			FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ` + tenantSchema + `),
		current AS (
			SELECT t.slug, p.part FROM parts p JOIN platform.tenants t ON t.schema = p.schema
			WHERE t.schema_version = (SELECT max(schema_version) FROM platform.tenants)),
		counted AS (SELECT part, count(*) AS schemas, (SELECT count(DISTINCT slug) FROM current) AS tenants FROM current GROUP BY part)
		SELECT format('%s: its schema alone has %s', c.slug, c.part) FROM current c JOIN counted n USING (part) WHERE n.schemas * 2 < n.tenants
		UNION ALL
		SELECT format('%s: its schema lacks %s', s.slug, n.part) FROM counted n CROSS JOIN (SELECT DISTINCT slug FROM current) s
			WHERE n.schemas * 2 >= n.tenants AND n.schemas < n.tenants AND NOT EXISTS (SELECT FROM current c WHERE c.slug = s.slug AND c.part = n.part)`
)

// Sentences asks a tenant's rows questions whose every answer is a finding: queries that yield one text.
func Sentences(ctx context.Context, sc Scope, questions ...string) ([]string, error) {
	var findings []string
	for _, q := range questions {
		var found []string
		if err := sc.Read().NewRaw(q).Scan(ctx, &found); err != nil {
			return nil, fmt.Errorf("tenants: look for what must not be: %w", err)
		}
		findings = append(findings, found...)
	}
	return findings, nil
}
