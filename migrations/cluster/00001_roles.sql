-- Roles of the cluster and what everybody loses. Run by an administrator of the database; safe to repeat.
--
-- app_owner    owns schemas and tables; nobody signs in as it
-- app_migrator signs in to migrate and to open networks
-- app_login    signs in to serve; has no right of its own and must take a role in each transaction
-- app_worker   signs in to take jobs from the queue; sees nothing else
-- app_platform the shared tables, app_river the queue, app_tenants all tenants (only where roles cannot be switched)
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
        ('app_owner', 'NOLOGIN'), ('app_platform', 'NOLOGIN'), ('app_river', 'NOLOGIN'), ('app_tenants', 'NOLOGIN'),
        ('app_migrator', 'LOGIN CREATEROLE'), ('app_login', 'LOGIN NOINHERIT'), ('app_worker', 'LOGIN')
    ) AS roles (name, options) LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
            EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.options);
        END IF;
    END LOOP;
END
$$;

GRANT app_owner TO app_migrator;
GRANT app_platform, app_river, app_tenants TO app_login;
GRANT app_river TO app_worker;
-- Where roles cannot be switched inside a transaction, the one role of all tenants must reach the queue itself.
GRANT app_river TO app_tenants;

-- Who may change settings inside a query may become another tenant inside a query.
REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO app_login, app_owner, app_migrator;
REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;

-- Functions that run a query given as text run it past the one that was checked.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'pg_catalog' AND (p.proname IN ('query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema',
            'cursor_to_xml', 'cursor_to_xmlschema', 'table_to_xml', 'table_to_xmlschema', 'table_to_xml_and_xmlschema',
            'schema_to_xml', 'schema_to_xmlschema', 'schema_to_xml_and_xmlschema', 'database_to_xml', 'database_to_xmlschema',
            'database_to_xml_and_xmlschema', 'ts_stat') OR p.proname = 'ts_rewrite' AND p.pronargs = 2)
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.name);
    END LOOP;
    EXECUTE format('REVOKE TEMPORARY, CONNECT ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO app_migrator, app_login, app_worker', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO app_owner', current_database());
END
$$;

REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO app_owner, app_migrator;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS platform AUTHORIZATION app_owner;
CREATE SCHEMA IF NOT EXISTS river AUTHORIZATION app_owner;
GRANT USAGE ON SCHEMA platform TO app_platform;
GRANT USAGE ON SCHEMA river TO app_river;
