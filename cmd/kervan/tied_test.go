package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"kervan/modules/accounts"
	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// TestWhoIsTiedLearnsNothing ties five of the team to one application of each state in each call, lets things happen to these, and has
// them read every page and file. Then the applications are taken out of the database with all that belongs to them, and everybody reads
// again: every answer must be the same, and cost as many statements. No list of words says what would be a leak, so none is forgotten.
// To one more application of each call they stay tied, as that there is one is no secret.
func TestWhoIsTiedLearnsNothing(t *testing.T) {
	t.Parallel()
	var count counter
	r := runOn(t, objectstest.Config(t), func(c *Config) { c.hooks = []bun.QueryHook{&count} })
	must(t, stopWorker(r.app))
	hash := sync.OnceValues(func() (string, error) { return accounts.HashPassword(password) })
	r.play(t, growing("tied", 2), hash)
	network, found, err := r.app.tenants.ByHost(t.Context(), r.app.config.hosts("tied")[0])
	if err != nil || !found {
		t.Fatal(found, err)
	}
	people := []string{"coordinator", "officer", "chair", "other", "both-0"}
	secret := r.ties(t, network, people...)
	r.goesOn(t, network, secret)
	gone := r.takes(t, network, secret, false)
	if len(secret) < 5 || len(gone) < 15 {
		t.Fatalf("%d applications are secret, and with them only%s: the network has not grown", len(secret), sizes(gone))
	}

	read := map[string]*studying{}
	for _, who := range people {
		read[who] = &studying{r: r, count: &count, browser: r.enters(t, network, who+"@tied.example"), pages: map[string]learned{}}
	}
	forget := r.forgets(t, network)
	for _, who := range people {
		read[who].forget = forget
		read[who].all(gone)
	}
	hidden := func(id string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(gone)), func(all []string) bool { return slices.Contains(all, id) })
	}
	r.takes(t, network, secret, true)
	for who, one := range read {
		differing := 0
		for _, path := range one.order {
			was, is := one.pages[path], one.asks(path)
			if slices.ContainsFunc(identifier.FindAllString(path, -1), hidden) {
				is.statements = was.statements // who knows its identifier learns nothing by asking for how long it takes
			}
			for range 2 {
				if is.statements != was.statements {
					is.statements = min(is.statements, one.asks(path).statements)
				}
			}
			if was != is && differing < 8 {
				differing++
				t.Errorf("%s as %s: %d and %d, %d statements and %d\n%.1500s", path, who, was.status, is.status, was.statements, is.statements, cmp.Diff(was.body, is.body))
			}
		}
		if len(one.order) < 150 && who != "other" && who != "both-0" || len(one.order) < 60 {
			t.Errorf("%s reads only %d pages and files: the walk is broken", who, len(one.order))
		}
	}
}

// ties gives people a conflict of interest in two applications of each state in each call, and tells which of these are to be secret: the
// first of two.
func (r *running) ties(t *testing.T, in tenants.Tenant, people ...string) (secret []ids.Application) {
	t.Helper()
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var all []struct {
		ID   ids.Application
		Call ids.Call
		Nth  int
	}
	must(t, system.Read().NewRaw(`SELECT id, call_id AS call, row_number() OVER (PARTITION BY call_id, state ORDER BY number) AS nth FROM applications
		WHERE number IS NOT NULL AND state NOT IN ('draft', 'accepted') ORDER BY id`).Scan(t.Context(), &all))
	for _, a := range all {
		if a.Nth > 2 {
			continue
		}
		if a.Nth == 1 {
			secret = append(secret, a.ID)
		}
		for _, who := range people {
			email := who + "@" + in.Slug + ".example"
			r.exec(t, in, `INSERT INTO conflicts (id, call_id, application_id, person_id, kind, note, at) SELECT gen_random_uuid(), ?, ?, id, 'work', 'We were colleagues.', now() FROM people WHERE email = ?`, a.Call, a.ID, email)
			r.exec(t, in, `UPDATE reviews SET state = ?, points = NULL, submitted_at = NULL WHERE application_id = ? AND person_id = (SELECT id FROM people WHERE email = ?)`, selection.ReviewRecused, a.ID, email)
		}
	}
	r.exec(t, in, `DELETE FROM notifications`) // what they were told before they were tied
	return secret
}

// goesOn does something to applications of which those who are tied to them must not hear.
func (r *running) goesOn(t *testing.T, in tenants.Tenant, secret []ids.Application) {
	t.Helper()
	system := r.app.tenants.Bind(in, tenants.SystemActor("test"))
	done := 0
	for _, id := range secret {
		a, err := applications.Find(t.Context(), system.Read(), id)
		must(t, err)
		switch a.State {
		case applications.Submitted:
			var lead ids.Person
			must(t, system.Read().NewRaw(`SELECT person_id FROM memberships WHERE organization_id = ? AND role = 'lead' LIMIT 1`, a.Organization).Scan(t.Context(), &lead))
			own := system.As(tenants.Actor{Person: lead, Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: a.Organization}}})
			must(t, r.app.applications.Withdraw(t.Context(), own, id))
			done |= 1
		case applications.InReview:
			var spare ids.Person
			must(t, system.Read().NewRaw(`SELECT id FROM people WHERE email LIKE 'spare@%'`).Scan(t.Context(), &spare))
			_, err := r.app.selection.Assign(t.Context(), system, a.Call, selection.Assignment{Applications: []ids.Application{id}, Reviewers: []ids.Person{spare}, DueAt: time.Now().AddDate(0, 0, 9)})
			must(t, err)
			done |= 2
		case applications.Rejected:
			done |= r.dropsOutSecretly(t, in, id)
		}
	}
	if done != 7 {
		t.Fatalf("not everything happens: %d", done)
	}
	must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, in.ID.String()))
}

// dropsOutSecretly lets one organization of several drop out of a place that the application got after all, and another be asked to take its
// seat; of one organization nothing happens.
func (r *running) dropsOutSecretly(t *testing.T, in tenants.Tenant, id ids.Application) int {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var all []ids.Organization
	must(t, system.Read().NewRaw(`SELECT organization_id FROM application_parts WHERE application_id = ? AND organization_id IS NOT NULL ORDER BY seat DESC`, id).Scan(ctx, &all))
	if len(all) < 2 {
		return 0
	}
	r.exec(t, in, `UPDATE decisions AS d SET state = 'conditional', place = 1 + (SELECT coalesce(max(o.place), 0) FROM decisions AS o WHERE o.call_id = d.call_id) WHERE application_id = ?`, id)
	var lead ids.Person
	must(t, system.Read().NewRaw(`SELECT person_id FROM memberships WHERE organization_id = ? AND role = 'lead' LIMIT 1`, all[0]).Scan(ctx, &lead))
	own := system.As(tenants.Actor{Person: lead, Locale: i18n.EN, Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: all[0]}}})
	must(t, r.app.selection.Depart(ctx, own, id, "We close."))
	v, err := r.app.selection.Vacancy(ctx, system, id, all[0], ids.Organization{})
	must(t, err)
	if len(v.Candidates) == 0 {
		t.Fatal("nobody can take a seat of a place")
	}
	asked := selection.Replacing{Leaving: all[0], Coming: v.Candidates[0].ID, Reason: "They close.", Until: time.Now().AddDate(0, 0, 9)}
	must(t, r.app.selection.Replace(ctx, system, id, asked))
	return 4
}

// stays are tables out of which nothing goes with an application.
var stays = []string{"calls", "organizations", "people", "memberships", "partnerships", "forms", "form_versions", "decision_lists", "panel_meetings"}

// takes takes applications out of the database, past everything that would stop it, with every row that names one of them or what belongs
// to them, and tells their identifiers by table. Unless it is for good, all of that stays.
func (r *running) takes(t *testing.T, in tenants.Tenant, secret []ids.Application, good bool) map[string][]string {
	t.Helper()
	ctx := t.Context()
	admin, schema := r.inside(t, in)
	tx, err := admin.Begin(ctx)
	must(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	_, err = tx.Exec(ctx, `SET LOCAL session_replication_role = replica`)
	must(t, err)
	rows, err := tx.Query(ctx, `SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE' ORDER BY 1`, schema)
	must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	gone, fresh := map[string][]string{}, []string{}
	for _, id := range secret {
		fresh = append(fresh, "%"+id.String()+"%")
	}
	for len(fresh) > 0 {
		wanted := fresh
		fresh = nil
		for _, table := range tables {
			rows, err := tx.Query(ctx, `DELETE FROM `+pgx.Identifier{schema, table}.Sanitize()+` AS x WHERE x::text LIKE ANY ($1)
				RETURNING array_remove(ARRAY[to_jsonb(x)->>'id', to_jsonb(x)->>'joint_sheet_id', to_jsonb(x)->>'sheet_id', to_jsonb(x)->>'copy_id'], NULL)`, wanted)
			must(t, err)
			found, err := pgx.CollectRows(rows, pgx.RowTo[[]string])
			must(t, err)
			for _, of := range found {
				gone[table] = append(gone[table], append(of, "")[0])
				for _, id := range of {
					if identifier.MatchString(id) {
						fresh = append(fresh, "%"+id+"%")
					}
				}
			}
			if len(found) > 0 && slices.Contains(stays, table) {
				t.Fatalf("%d of %s went with applications", len(found), table)
			}
		}
	}
	if good {
		must(t, tx.Commit(ctx))
	}
	return gone
}

// forgets gives a function that takes out of the trail what comes into it from now on.
func (r *running) forgets(t *testing.T, in tenants.Tenant) func() {
	t.Helper()
	admin, schema := r.inside(t, in)
	_, err := admin.Exec(t.Context(), `SET session_replication_role = replica`)
	must(t, err)
	trail := pgx.Identifier{schema, "audit_entries"}.Sanitize()
	var last int64
	must(t, admin.QueryRow(t.Context(), `SELECT max(seq) FROM `+trail).Scan(&last))
	return func() {
		_, err := admin.Exec(t.Context(), `DELETE FROM `+trail+` WHERE seq > $1`, last)
		must(t, err)
	}
}

func sizes(gone map[string][]string) (all string) {
	for _, table := range slices.Sorted(maps.Keys(gone)) {
		all += fmt.Sprintf(" %s:%d", table, len(gone[table]))
	}
	return all
}

// learned is what somebody is told at an address, without what differs each time.
type learned struct {
	status     int
	body       string
	statements int64
}

// studying is what somebody has read, in the order in which they did.
type studying struct {
	r       *running
	count   *counter
	browser *sitetest.Browser
	pages   map[string]learned
	order   []string
	forget  func() // what the trail keeps of reading
	page    sitetest.Page
}

// all asks for every address without a parameter, also as files, for every one of what is gone later, and follows every link.
func (g *studying) all(gone map[string][]string) {
	var queue, patterns []string
	for _, route := range g.r.app.site.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		patterns = append(patterns, route.Path)
		if !strings.Contains(route.Path, ":") {
			queue = append(queue, route.Path, route.Path+"?format=csv", route.Path+"?format=xlsx")
			continue
		}
		if path, ok := towards(route.Path, gone); ok {
			queue = append(queue, path)
		}
	}
	queue = append(queue, g.r.operations()...)
	kinds := map[string]int{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := shape(path, patterns)
		bare, _, _ := strings.Cut(path, "?")
		if _, read := g.pages[path]; read || kinds[kind] > 11 || strings.Contains(path, "sort=") || strings.HasPrefix(bare, "/language") || strings.HasPrefix(bare, "/dev/mail") || strings.HasPrefix(bare, "/settings/brand/preview") || strings.HasSuffix(bare, "/form.pdf") || bare == "/sign-out" {
			continue
		}
		kinds[kind]++
		first, second := g.asks(path), g.asks(path)
		if first.statements != second.statements { // something is asked once in a while, or was in between
			second.statements = min(first.statements, second.statements, g.asks(path).statements)
		}
		g.pages[path] = second
		g.order = append(g.order, path)
		queue = append(queue, g.page.Links()...)
	}
}

// towards is a route's address with identifiers of what will be gone, and false where none of that is behind it.
func towards(route string, gone map[string][]string) (string, bool) {
	parts, some := strings.Split(route, "/"), false
	for i, part := range parts {
		if !strings.HasPrefix(part, ":") {
			continue
		}
		key := parts[i-1] + "/" + part
		if word := wordsOf[key]; word != "" {
			parts[i] = word
			continue
		}
		all := gone[parameters[key]]
		if len(all) == 0 {
			return "", false
		}
		parts[i], some = all[0], true
	}
	return strings.Join(parts, "/"), some
}

// asks asks for one address.
func (g *studying) asks(path string) learned {
	if strings.HasPrefix(path, "/trail") {
		g.forget()
	}
	before := g.count.n.Load()
	g.page = g.browser.Get(path)
	return learned{status: g.page.Status, body: without(g.page), statements: g.count.n.Load() - before}
}

// passing is what differs each time that one reads: what a form, a script or a failure is known by, where the end of a page is
// sealed, and when it was read.
var passing = regexp.MustCompile(`name="_csrf" value="[^"]*"|nonce="[^"]*"|nonce-[^']*'|content="[^"]*" name="csrf"|after=[A-Za-z0-9_-]{40,}|name="id" value="[^"]*"|urn:uuid:[0-9a-f-]+|please quote [0-9a-f-]+|Last used <time.*?</time>|DTSTAMP:\w+|class="k-gantt-now" x1="[^"]*" x2="[^"]*"`)

// without is an answer's body without that; a workbook's is what its sheets say.
func without(page sitetest.Page) string {
	if !strings.HasPrefix(page.Body, "PK\x03\x04") {
		return passing.ReplaceAllString(page.Body, "…")
	}
	archive, err := zip.NewReader(strings.NewReader(page.Body), int64(len(page.Body)))
	if err != nil {
		return err.Error()
	}
	var all strings.Builder
	for _, f := range archive.File {
		if !strings.HasPrefix(f.Name, "xl/") {
			continue
		}
		content, err := f.Open()
		if err != nil {
			return err.Error()
		}
		_, _ = io.Copy(&all, content)
	}
	return all.String()
}
