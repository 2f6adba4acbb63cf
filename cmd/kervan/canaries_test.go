package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/partnerships"
	"kervan/modules/selection"
	"kervan/modules/site/sitetest"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"kervan/modules/accounts"
	"kervan/tenants"
)

// wordless are the columns of text in which nobody's words can stand, though the database would let them. That a column
// takes only states or codes, the database says itself.
var wordless = map[string]string{
	"application_erasures.class":       "a class of data",
	"assignment_runs.answer":           "numbers, and the words of the solver",
	"facilitation_runs.answer":         "numbers, and the words of the solver",
	"facilitation_runs.basis":          "topics as forms name them, and codes",
	"facilitation_runs.instance":       "numbers",
	"facilitation_runs.obstacles":      "numbers, and the words of the solver",
	"facilitation_runs.partnerships":   "identifiers",
	"facilitation_runs.people":         "identifiers",
	"facilitation_runs.settings":       "numbers and identifiers",
	"facilitation_runs.chosen":         "numbers",
	"assignment_runs.applications":     "identifiers",
	"assignment_runs.basis":            "topics as forms name them, and codes",
	"assignment_runs.instance":         "numbers",
	"assignment_runs.obstacles":        "numbers, and the words of the solver",
	"assignment_runs.reviewers":        "identifiers",
	"assignment_runs.settings":         "numbers and identifiers",
	"calls.zone":                       "the name of a time zone",
	"calls.quotas":                     "codes of countries and legal forms, numbers, and topics as the form names them",
	"calls.review":                     "numbers and keys of the rules of the reviews",
	"documents.reason":                 "what a check found, by its key",
	"form_draft_presences.place":       "keys of a section and a question",
	"message_batches.without":          "identifiers",
	"panel_items.away":                 "identifiers",
	"panel_lots.applications":          "identifiers",
	"panel_meetings.balance":           "identifiers, codes of countries and legal forms, numbers, and topics as the form names them",
	"panel_meetings.fingerprint":       "a hash",
	"reviewer_invitations.lent":        "codes, and prints of what nobody can read",
	"place_replacements.parties":       "identifiers",
	"review_wishes.wish":               "like or avoid",
	"facilitator_profiles.ties":        "identifiers",
	"impartiality_declarations.kind":   "a kind of conflict, or none",
	"kept_agreements.applications":     "identifiers",
	"kept_agreements.reviewers":        "identifiers",
	"kept_agreements.instances":        "numbers, by the keys of criteria",
	"kept_agreements.rated":            "numbers",
	"matching_runs.swaps":              "identifiers",
	"papers.locale":                    "the code of a language",
	"story_graves.slug":                "an address at which nothing is read any more",
	"matching_proposals.applications":  "identifiers",
	"matching_proposals.organizations": "identifiers",
	"matching_rounds.rules":            "numbers and codes",
	"matching_runs.answer":             "numbers",
	"matching_runs.applications":       "identifiers",
	"matching_runs.barred":             "numbers",
	"matching_runs.basis":              "numbers and codes",
	"matching_runs.beside":             "numbers",
	"matching_runs.failure":            "a code",
	"matching_runs.instance":           "numbers and codes",
	"matching_runs.kept":               "numbers",
	"matching_runs.organizations":      "identifiers",
	"matching_runs.rules":              "numbers and codes",
	"matching_runs.solution":           "numbers",
	"matching_ties.organizations":      "identifiers",
}

// sentToTheCore are the shared tables in which stands what networks send to the core team, exactly as they sent it; what they show to
// each other as well.
var sentToTheCore = []string{"blueprint_proposals", "common_cards", "opening_requests"}

// grown is a network with one of everything, and of everything that somebody does beside.
func (r *running) grown(t *testing.T, slug string) tenants.Tenant {
	t.Helper()
	hash := sync.OnceValues(func() (string, error) { return accounts.HashPassword(password) })
	r.play(t, growing(slug, 1), hash)
	made, found, err := r.app.tenants.ByHost(t.Context(), r.app.config.hosts(slug)[0])
	if err != nil || !found {
		t.Fatal(found, err)
	}
	return made
}

// livens does what the growth of a network leaves out: what people do at their screens, and what happens now and then.
func (r *running) livens(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var call struct {
		ID       ids.Call
		Version  int64
		ClosesAt time.Time
	}
	must(t, system.Read().NewRaw(`SELECT id, version, closes_at FROM calls WHERE state = 'published' AND closes_at > now()`).Scan(ctx, &call))
	must(t, r.app.programs.Extend(ctx, system, call.ID, call.Version, call.ClosesAt.Add(time.Hour), "Snow."))
	var partnership ids.Partnership
	must(t, system.Read().NewRaw(`SELECT id FROM partnerships`).Scan(ctx, &partnership))
	must(t, r.app.partnerships.Steer(ctx, system, partnership, 1, partnerships.Pause, "An illness."))
	must(t, r.app.partnerships.Propose(ctx, system, partnership, 1, partnerships.Terms{Pseudonym: "Lantern", About: i18n.Text{i18n.EN: "What they do."}}))

	lead := r.drafting(t, in)
	b := r.enters(t, in, lead.Email)
	b.Headers["User-Agent"] = "A browser"
	b.Get("/account/tokens/new")
	b.Submit("/account/tokens", "name", "A token", "days", "30", "present", password)
	b.Want(http.StatusOK, "A token")
	if page := b.PostJSON("/sheets/"+lead.Sheet.String()+"/presence", map[string]string{"question": "issue"}); page.Status != http.StatusOK {
		t.Fatalf("%d %s", page.Status, page.Body)
	}
	r.reviewersTell(t, in)
	// Of so few applications nothing would be kept.
	must(t, system.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO kept_agreements (id, call_id, at, why, applications, reviewers, rated, instances)
			SELECT gen_random_uuid(), call_id, now(), 'hand', array_agg(DISTINCT application_id), array_agg(DISTINCT person_id), array_fill(1, ARRAY[count(DISTINCT application_id)::int]), '{"": {"kind": "agreement", "ratings": [[50]]}}'
			FROM reviews WHERE state = 'submitted' GROUP BY call_id`).Exec(ctx)
		return err
	}))
	var handed struct {
		ID    ids.Application
		Email string
	}
	must(t, system.Read().NewRaw(`SELECT a.id, pe.email FROM applications AS a JOIN memberships AS m ON m.organization_id = a.organization_id AND m.role = 'lead'
		JOIN people AS pe ON pe.id = m.person_id WHERE a.submitted_at IS NOT NULL ORDER BY a.id LIMIT 1`).Scan(ctx, &handed))
	b = r.enters(t, in, handed.Email)
	b.Get("/applications/" + handed.ID.String() + "/receipt.pdf")
	b.Want(http.StatusOK)
	r.talks(t, in)
	r.replaces(t, in)
	r.dropsOut(t, in)
	r.accompanies(t, in)
	visitor := sitetest.NewBrowser(t, in.Host, r.port)
	visitor.Get("/register")
	visitor.Submit("/register", "name", "Somebody New", "email", "new@"+in.Slug+".example", "password", password, "notice", "yes")
	for _, path := range []string{"/sign-in/link", "/reset"} {
		visitor.Get(path)
		visitor.Submit(path, "email", lead.Email)
	}
	must(t, jobs.Drain(ctx, r.app.workerPool, r.app.tenants.Do, in.ID.String()))
}

// reviewersTell lets one who reviews say what is to be known of them, and give something back that was assigned to them.
func (r *running) reviewersTell(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var one struct {
		Application ids.Application
		Call        ids.Call
		Person      ids.Person
		Email       string
	}
	must(t, system.Read().NewRaw(`SELECT a.id AS application, a.call_id AS call, pe.id AS person, pe.email FROM applications AS a, people AS pe
		WHERE a.state = 'in_review' AND pe.email LIKE 'spare@%' AND NOT EXISTS (SELECT FROM reviews AS r WHERE r.application_id = a.id AND r.person_id = pe.id) ORDER BY a.id LIMIT 1`).Scan(ctx, &one))
	assigned := selection.Assignment{Applications: []ids.Application{one.Application}, Reviewers: []ids.Person{one.Person}, DueAt: time.Now().AddDate(0, 0, 9)}
	_, err := r.app.selection.Assign(ctx, system, one.Call, assigned)
	must(t, err)
	var review string
	must(t, system.Read().NewRaw(`SELECT id::text FROM reviews WHERE application_id = ? AND person_id = ?`, one.Application, one.Person).Scan(ctx, &review))
	b := r.enters(t, in, one.Email)
	b.Get("/reviews/profile")
	b.Submit("/reviews/profile", "topic", "fundraising", "language", "tr", "country", "BG", "note", "Only mornings.")
	b.Get("/reviews/" + review + "/return")
	b.Submit("/reviews/"+review+"/return", "reason", "Not my field.")
	b.Want(http.StatusOK, "Thank you for saying so in time.")
}

// talks lets a reviewer write to the others of an application. Afterwards they do not see each other's reviews any more, so that
// these stay somebody's own.
func (r *running) talks(t *testing.T, in tenants.Tenant) {
	t.Helper()
	ctx, system := t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test"))
	var review struct {
		ID    ids.Review
		Call  ids.Call
		Email string
	}
	must(t, system.Read().NewRaw(`SELECT r.id, r.call_id AS call, pe.email FROM reviews AS r JOIN people AS pe ON pe.id = r.person_id
		WHERE r.state = 'submitted' AND NOT EXISTS (SELECT FROM decision_lists AS l WHERE l.call_id = r.call_id AND l.state <> 'open') ORDER BY r.id LIMIT 1`).Scan(ctx, &review))
	must(t, r.app.selection.Talk(ctx, system, review.Call, selection.Talk{On: true}))
	b := r.enters(t, in, review.Email)
	path := "/reviews/" + review.ID.String() + "/discussion"
	b.Get(path)
	b.Submit(path, "text", "What we read differs.")
	b.Want(http.StatusOK, "What we read differs.")
	b.Get("/reviews/" + review.ID.String() + "/statement")
	b.Submit("/reviews/" + review.ID.String() + "/statement")
	b.Want(http.StatusOK, "You agree to it")
	must(t, r.app.selection.Talk(ctx, system, review.Call, selection.Talk{}))
}

// writing is somebody who leads an organization with a draft.
type writing struct {
	Email string
	Sheet ids.Sheet
}

func (r *running) drafting(t *testing.T, in tenants.Tenant) writing {
	t.Helper()
	var w writing
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`SELECT pe.email, p.sheet_id AS sheet FROM application_parts AS p
		JOIN applications AS a ON a.id = p.application_id JOIN memberships AS m ON m.organization_id = p.organization_id AND m.role = 'lead' JOIN people AS pe ON pe.id = m.person_id
		WHERE a.state = 'draft' AND p.confirmed_at IS NULL ORDER BY p.id LIMIT 1`).Scan(t.Context(), &w))
	return w
}

// enters opens a browser and signs in.
func (r *running) enters(t *testing.T, in tenants.Tenant, email string) *sitetest.Browser {
	t.Helper()
	b := sitetest.NewBrowser(t, in.Host, r.port)
	b.SetCookie("language", "en")
	b.Get("/sign-in")
	b.Submit("/sign-in", "email", email, "password", password)
	b.Want(http.StatusOK, "Sign out")
	return b
}

// marks writes the word before every text of every table of the network, past everything that would stop it.
func (r *running) marks(t *testing.T, in tenants.Tenant, word string) {
	t.Helper()
	admin, schema := r.inside(t, in)
	rows, err := admin.Query(t.Context(), `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c
		WHERE c.table_schema = $1 AND c.data_type IN ('text', 'character', 'character varying', 'jsonb', 'ARRAY') AND c.table_name <> 'schema_versions' ORDER BY 1, 2`, schema)
	must(t, err)
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Table, Column, Type string }])
	must(t, err)
	if len(columns) < 100 {
		t.Fatalf("only %d columns", len(columns))
	}
	for _, c := range columns {
		name := c.Table + "." + c.Column
		table, column := pgx.Identifier{schema, c.Table}.Sanitize(), pgx.Identifier{c.Column}.Sanitize()
		if wordless[name] != "" {
			continue
		}
		var n int64
		var err error
		switch c.Type {
		case "jsonb":
			n = markJSON(t, admin, table, column, word+"-"+name)
		case "ARRAY":
			tag, failed := admin.Exec(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = ARRAY(SELECT $1 || x FROM unnest(%s) AS x) WHERE cardinality(%s) > 0`, table, column, column, column), word+"-"+name+" ")
			n, err = tag.RowsAffected(), failed
		default:
			tag, failed := admin.Exec(t.Context(), fmt.Sprintf(`UPDATE %s SET %s = $1 || %s WHERE %s <> ''`, table, column, column, column), word+"-"+name+" ")
			n, err = tag.RowsAffected(), failed
		}
		if code, _ := errors.AsType[*pgconn.PgError](err); code != nil && (code.Code == "23514" || code.Code == "22001") {
			continue
		}
		if err != nil || n == 0 {
			t.Errorf("%s (%s): %d canaries, %v: grow it, or say why it holds no words", name, c.Type, n, err)
		}
	}
}

// markJSON writes the word before every text in a column of JSON, but not before identifiers and keys.
func markJSON(t *testing.T, admin *pgx.Conn, table, column, word string) int64 {
	t.Helper()
	rows, err := admin.Query(t.Context(), fmt.Sprintf(`SELECT ctid::text, %s FROM %s WHERE %s IS NOT NULL`, column, table, column))
	must(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		At    string
		Value json.RawMessage
	}])
	must(t, err)
	batch, n := &pgx.Batch{}, int64(0)
	for _, row := range all {
		var value any
		if err := json.Unmarshal(row.Value, &value); err != nil {
			t.Fatalf("%s.%s: %v", table, column, err)
		}
		changed := false
		value = markValue(value, word, &changed)
		if !changed {
			continue
		}
		n++
		written, err := json.Marshal(value)
		must(t, err)
		batch.Queue(fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE ctid = $2::text::tid`, table, column), written, row.At)
	}
	must(t, admin.SendBatch(t.Context(), batch).Close())
	return n
}

func markValue(value any, word string, changed *bool) any {
	switch v := value.(type) {
	case string:
		if _, err := uuid.Parse(v); err == nil || v == "" {
			return v
		}
		*changed = true
		return word + " " + v
	case []any:
		for i := range v {
			v[i] = markValue(v[i], word, changed)
		}
	case map[string]any:
		for key := range v {
			v[key] = markValue(v[key], word, changed)
		}
	}
	return value
}

// inside connects to the database as its administrator, and tells in which schema the network lives.
func (r *running) inside(t *testing.T, in tenants.Tenant) (*pgx.Conn, string) {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), r.admin)
	must(t, err)
	t.Cleanup(func() { _ = admin.Close(t.Context()) })
	var schema string
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`SELECT current_schema()`).Scan(t.Context(), &schema))
	return admin, schema
}

// rows are the identifiers of everything in the network, by the table where each stands, the oldest first.
func (r *running) rows(t *testing.T, in tenants.Tenant) map[string][]string {
	t.Helper()
	admin, schema := r.inside(t, in)
	rows, err := admin.Query(t.Context(), `SELECT table_name FROM information_schema.columns WHERE table_schema = $1 AND column_name = 'id' AND data_type = 'uuid'`, schema)
	must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	all := map[string][]string{"tenants": {in.ID.String()}}
	for _, table := range tables {
		rows, err := admin.Query(t.Context(), `SELECT id::text FROM `+pgx.Identifier{schema, table}.Sanitize()+` ORDER BY id`)
		must(t, err)
		all[table], err = pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
	}
	for _, table := range sentToTheCore {
		sent, err := admin.Query(t.Context(), `SELECT id::text FROM platform.`+table+` WHERE tenant_id = $1 ORDER BY id`, in.ID.String())
		must(t, err)
		all[table], err = pgx.CollectRows(sent, pgx.RowTo[string])
		must(t, err)
	}
	received, err := admin.Query(t.Context(), `SELECT id::text FROM platform.lending_requests WHERE lender_id = $1 ORDER BY id`, in.ID.String())
	must(t, err)
	asked, err := pgx.CollectRows(received, pgx.RowTo[string])
	must(t, err)
	all["loan_requests"] = append(asked, all["loan_requests"]...)
	proposed, err := admin.Query(t.Context(), `SELECT DISTINCT proposal_id::text FROM platform.common_parties WHERE tenant_id = $1 ORDER BY 1`, in.ID.String())
	must(t, err)
	all["common_proposals"], err = pgx.CollectRows(proposed, pgx.RowTo[string])
	must(t, err)
	pages, err := r.app.pages.Pages(t.Context(), r.app.tenants.Bind(in, tenants.SystemActor("test")))
	must(t, err)
	for _, page := range pages { // the built-in ones stand in no table until they are changed
		if id := page.ID.String(); !slices.Contains(all["pages"], id) {
			all["pages"] = append(all["pages"], id)
		}
	}
	return all
}

var mailedLink = regexp.MustCompile(`/(confirm|reset|invitations|reviewer-invitations|sign-in/link)/([A-Za-z0-9_-]{20,})`)

// everything is what rows gives, with the tokens of the links that the network has mailed, by where they lead, and the
// secret of a calendar.
func (r *running) everything(t *testing.T, in tenants.Tenant) map[string][]string {
	t.Helper()
	all := r.rows(t, in)
	for _, m := range mailedLink.FindAllStringSubmatch(sitetest.NewBrowser(t, in.Host, r.port).Get("/dev/mail").Body, -1) {
		all["mailed "+m[1]] = []string{m[2]}
	}
	var subscriber ids.Person
	must(t, r.app.tenants.Bind(in, tenants.SystemActor("test")).Read().NewRaw(`SELECT person_id FROM memberships WHERE role = 'coordinator' LIMIT 1`).Scan(t.Context(), &subscriber))
	feed, err := r.app.accounts.MakeFeed(t.Context(), r.app.tenants.Bind(in, tenants.Actor{Person: subscriber}))
	must(t, err)
	all["calendar feeds"] = []string{feed}
	return all
}

func byIdentifier(rows map[string][]string) map[string]string {
	tables := map[string]string{}
	for table, all := range rows {
		for _, id := range all {
			tables[id] = table
		}
	}
	return tables
}
