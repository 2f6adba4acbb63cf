package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/programs"
	"kervan/tenants"
)

// TestCheckFindsWhatMustNeverBe breaks each invariant as the database's administrator could, and looks for the finding.
func TestCheckFindsWhatMustNeverBe(t *testing.T) {
	t.Parallel()
	r := run(t)
	core := r.core(t, "defne@"+r.host+".example")
	whole, broken := r.network(t, "whole"), r.network(t, "broken")
	r.live(t, whole)
	person := r.live(t, broken)
	for _, tenant := range []tenants.Tenant{core, whole, broken} {
		if err := r.app.tenants.NoteHead(t.Context(), tenant); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := r.app.check(t.Context(), &out); err != nil || out.String() != "all invariants hold\n" {
		t.Fatalf("a house in order: %v\n%s", err, out.String())
	}
	admin, err := pgx.Connect(t.Context(), r.admin)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(context.WithoutCancel(t.Context())) }()
	inside := strings.NewReplacer("{schema}", broken.Schema, "{other}", whole.Schema, "{tenant}", broken.ID.String(), "{person}", person.String())
	for _, tt := range []struct{ what, breach, finding string }{
		{"a right for everybody", `GRANT SELECT ON {schema}.people TO PUBLIC`, "{schema}.people: everybody has SELECT"},
		{"a right on a column", `GRANT SELECT (email) ON {schema}.people TO app_worker`, "{schema}.people.email: app_worker has SELECT"},
		{"another tenant's right", `GRANT SELECT ON {schema}.messages TO {other}`, "{schema}.messages: {other} has SELECT"},
		{"another tenant's way in", `GRANT USAGE ON SCHEMA {schema} TO {other}`, "schema {schema}: {other} has USAGE"},
		{"a trail to be changed", `GRANT UPDATE ON {schema}.audit_entries TO {schema}`, "{schema}.audit_entries: {schema} may update"},
		{"a right that is gone", `REVOKE INSERT ON {schema}.sessions FROM {schema}`, "{schema}.sessions: its own role may not insert"},
		{"a role that leads elsewhere", `GRANT {other} TO {schema}`, "{schema}: may become {other}"},
		{"a role that signs in", `ALTER ROLE {schema} LOGIN`, "{schema}: the role may sign in or rule"},
		{"a role without the server", `REVOKE {schema} FROM app_login`, "{schema}: app_login may not become it"},
		{"an inheriting server", `GRANT {schema} TO app_login; ALTER ROLE app_login INHERIT`, "app_login: inherits the rights of its roles"},
		{"a ruling worker", `ALTER ROLE app_worker CREATEDB`, "app_worker: rules"},
		{"somebody else's table", `ALTER TABLE {schema}.links OWNER TO app_login`, "{schema}.links: belongs to app_login"},
		{"a function that changes rooms", `GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO PUBLIC`, "set_config(text,text,boolean): everybody may call it"},
		{"settings to be changed", `GRANT UPDATE ON pg_catalog.pg_settings TO PUBLIC`, "pg_settings: everybody may update it"},
		{"programs for everybody", `GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC`, "plpgsql: everybody may write programs in it"},
		{"a database for everybody", `GRANT TEMPORARY ON DATABASE kervan TO PUBLIC`, "the database: everybody has TEMPORARY"},
		{"a trigger", `CREATE FUNCTION {schema}.spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER spy BEFORE INSERT ON {schema}.people FOR EACH ROW EXECUTE FUNCTION {schema}.spy()`, "{schema}.people: the trigger spy"},
		{"a view", `CREATE VIEW {schema}.peek AS SELECT 1`, "{schema}.peek: a view in a tenant's schema"},
		{"a schema of nobody", `CREATE SCHEMA t_00000000000000000000000000 AUTHORIZATION app_owner`, "t_00000000000000000000000000: no tenant has this schema"},
		{"a column less", `ALTER TABLE {schema}.people DROP COLUMN search`, "broken: its schema lacks people.search"},
		{"a constraint less", `ALTER TABLE {schema}.calls DROP CONSTRAINT calls_state_check`, "broken: its schema lacks calls calls_state_check"},
		{"an unknown state", `UPDATE {schema}.calls SET state = 'open'`, ": open is no state"},
		{"a lost login", `DELETE FROM platform.identity_tenants WHERE tenant_id = '{tenant}'`, "the login does not know of this network"},
		{"a role of nobody", `DELETE FROM {schema}.sessions; DELETE FROM {schema}.people WHERE id = '{person}'`, "person {person}, who holds lead, is nobody here"},
		{"an organization without a lead", `DELETE FROM {schema}.memberships WHERE role = 'lead'`, ": nobody leads it"},
		{"an orphaned sheet", `INSERT INTO {schema}.sheets (id, form_version_id, scope) SELECT gen_random_uuid(), id, 'part' FROM {schema}.form_versions LIMIT 1`, ": belongs to no application"},
		{"a partnership of one", `INSERT INTO {schema}.partnerships (id, application_id, call_id, number, title, search, state) SELECT id, cycle_id, form_id, '1', 'x', 'x', 'active' FROM {schema}.calls`, ": has 0 seats"},
		{"a partnership without a past", ``, ": is active, and its history does not say so"},
		{"a card that nobody shares", `INSERT INTO platform.common_cards (id, tenant_id, organization_id, content, tag, changed_at) VALUES (gen_random_uuid(), '{tenant}', gen_random_uuid(), '{}', repeat('0', 64), now())`, ": copied for other networks, and nobody has agreed to that"},
		{"a consent without the network's", `INSERT INTO {schema}.matching_sharings (organization_id, since) SELECT id, now() FROM {schema}.organizations`, ": shared, though the network does not take part"},
		{"a message that was never sent", `UPDATE {schema}.messages SET status = 'sent', sent_at = NULL`, ": sent, and nobody knows when"},
		{"a session without end", `INSERT INTO {schema}.people (id, identity_id, email, email_key, name, locale, notice_version, notice_at) VALUES ('{person}', gen_random_uuid(), 'x', 'x', 'X', 'en', '1', now()); INSERT INTO {schema}.sessions (id, token_hash, person_id, agent, idle, expires_at) VALUES (gen_random_uuid(), 'x', '{person}', '', '1 hour', now() + interval '1 year')`, ": lives longer than any may"},
		{"a changed trail", `UPDATE {schema}.audit_entries SET action = 'nothing' WHERE seq = 2`, "broken: audit trail: row 2 was changed"},
		{"a trail cut short", `DELETE FROM {other}.audit_entries WHERE seq = (SELECT max(seq) FROM {other}.audit_entries)`, "whole: audit trail: row"},
		{"an old schema", `UPDATE platform.tenants SET schema_version = 1 WHERE id = '{tenant}'; UPDATE platform.catalogue SET version = version + 1`, "broken: schema is at version 1"},
	} {
		if script := inside.Replace(tt.breach); script != "" {
			if err := database.ExecScript(t.Context(), admin, script); err != nil {
				t.Fatalf("%s: %v", tt.what, err)
			}
		}
		out.Reset()
		err := r.app.check(t.Context(), &out)
		if tt.what == "an old schema" { // the catalogue is believed for half a second
			for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline) && !strings.Contains(out.String(), "at version 1"); {
				out.Reset()
				err = r.app.check(t.Context(), &out)
			}
		}
		if err == nil || !strings.Contains(out.String(), inside.Replace(tt.finding)) {
			t.Errorf("%s: %v, want %q among\n%s", tt.what, err, inside.Replace(tt.finding), out.String())
		}
	}
}

// live fills a network with an organization, a published call and a message, by the use-cases, and returns the
// organization's lead.
func (r *running) live(t *testing.T, in tenants.Tenant) ids.Person {
	t.Helper()
	r.organization(t, in, "Ihlamur", "lead-"+in.Slug+"@"+r.host+".example")
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	call, err := r.app.programs.Begin(t.Context(), system, "2027", "pair")
	if err != nil {
		t.Fatal(err)
	}
	err = r.app.programs.Reframe(t.Context(), system, call.ID, call.Version, programs.Frame{
		OpensAt: time.Now().Add(-time.Hour), ClosesAt: time.Now().AddDate(0, 1, 0), Zone: "Europe/Istanbul", Places: 8, GrantMinor: 350_000, GrantCurrency: "EUR",
		ReplyDays: 7, PapersHours: 72, Locales: call.Locales,
	})
	if err != nil {
		t.Fatal(err)
	}
	r.publish(t, system.Tenant(), call.ID)
	err = r.app.correspondence.Write(t.Context(), system, events.MailRequested{
		ID: ids.New[ids.Message](), Address: "x@" + r.host + ".example", Name: "X", Subject: i18n.Text{i18n.EN: "X"}, Body: i18n.Text{i18n.EN: "X"}, Hold: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, in.ID.String()); err != nil {
		t.Fatal(err)
	}
	leads, err := tenants.Holders(t.Context(), system.Read(), tenants.RoleLead)
	if err != nil || len(leads) != 1 {
		t.Fatalf("%d leads, %v", len(leads), err)
	}
	return leads[0].Person
}
