package main

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// unfit are what no field may keep: each would be found again by its beginning. A field may be empty, and then keeps that.
var unfit = map[string]string{
	"a NUL":                   "unfit-nul\x00b",
	"invalid UTF-8":           "unfit-utf\xff\xfeb",
	"half a surrogate":        "unfit-half\xed\xa0\x80b",
	"turned around":           "unfit-turned\u202egnp.exe",
	"isolated":                "unfit-isolated\u2066b\u2069",
	"invisible":               "unfit-invisible\u200bb",
	"an escape":               "unfit-escape\x1b[31m",
	"far too long":            "unfit-long" + strings.Repeat("ğ", 30_000),
	"nothing":                 "",
	"a huge number":           "99999999999999999999999999",
	"less than any number":    "-1",
	"a list where one stands": "unfit-list\x00", // sent twice
}

// odd are what a text may well be. It is kept as it was typed, shown as text, and neither run nor logged. The last one is
// what stays, to be looked at afterwards.
var odd = []string{
	`red;}body{background:url(//evil.example)}</style>`, `=1+1`, `\u0000`, `{{7*7}} ${7*7} %s %d`, `'; DROP TABLE people; --`, "İIıi ŞşĞğ Straße e\u0301",
	`<script>alert(1)</script>"'><img src=x onerror=alert(1)>`,
}

// standing is a form as somebody has it before them.
type standing struct {
	sitetest.Form

	who     string
	browser *sitetest.Browser
	csrf    string
	at      string // the page on which it stands
}

// TestEveryFormStandsBadInput collects every form that anybody in a network has before them and sends each of its fields
// what nobody should send. Nothing fails, nothing of it is kept, and what is odd but honest is shown as text everywhere.
// The fields of an application's own sections are tried where applications are.
func TestEveryFormStandsBadInput(t *testing.T) {
	t.Parallel()
	r := run(t)
	must(t, stopWorker(r.app))
	in := r.grown(t, "abused")
	r.livens(t, in)
	people := r.everybody(t, in)
	forms := r.forms(t, people)
	tried := 0
	for _, f := range forms {
		for _, field := range f.tried() {
			for what, value := range unfit {
				tried++
				f.send(t, field, what, value)
			}
		}
	}
	if len(forms) < 40 || tried < 1000 {
		t.Errorf("only %d forms and %d fields' values were tried: the walk is broken", len(forms), tried)
	}
	for column, found := range r.search(t, in, `%unfit-%`) {
		t.Errorf("%s keeps %.60q", column, found)
	}
	for _, f := range forms {
		for _, field := range f.tried() {
			for i, value := range odd {
				if i == len(odd)-1 {
					f.again()
				}
				f.send(t, field, "odd", value)
			}
		}
	}
	if kept := r.search(t, in, `%<script>alert(1)</script>%`); len(kept) < 4 {
		t.Errorf("hardly a field keeps what is odd, so nothing was tried: %v", kept)
	}
	if sheet := people["visitor"].Get("/brand.css").Body; !strings.Contains(sheet, "--") || strings.Contains(sheet, "evil.example") || strings.Contains(sheet, "<") {
		t.Errorf("the brand's style sheet is %s", sheet)
	}
	columns := r.columns(t, in)
	for _, f := range forms {
		f.again()
		f.assigns(t, columns)
	}
	for column, found := range r.search(t, in, `%assigned-in-mass%`) {
		t.Errorf("%s takes %.60q, for which no field stood in the form", column, found)
	}
	for _, secret := range []string{password, "alert(1)", "DROP TABLE people", "evil.example", "unfit-", "@abused.example", "kvn_"} {
		if line, found := logged.line(secret); found {
			t.Errorf("%q is in the log: %s", secret, line)
		}
	}
	for who, browser := range people {
		r.shows(t, who, browser)
	}
}

// mostKinds are how many kinds of form with the same action are tried: those on which somebody designs something have as
// many as there are things to set.
const mostKinds = 3

// mostFields are how many fields of one form are tried.
const mostFields = 24

// inner is what fields of the same kind differ in: the key or number in brackets.
var inner = regexp.MustCompile(`\[[^\]]*\]|[0-9]+`)

// elsewhere reports whether a form is tried where it belongs: those on which somebody designs a form or a page have hundreds
// of fields. A rehearsal is not begun: it makes a tenant each time.
func elsewhere(action string) bool {
	return strings.Contains(action, "/form/") || strings.HasPrefix(action, "/settings/pages/") || strings.HasSuffix(action, "/rehearsal")
}

// forms are one of each kind that anybody sees.
func (r *running) forms(t *testing.T, people map[string]*sitetest.Browser) []standing {
	t.Helper()
	var all []standing
	kinds, actions := map[string]bool{}, map[string]int{}
	for _, who := range slices.Sorted(maps.Keys(people)) {
		browser := people[who]
		csrf := browser.Get("/desk").Value("_csrf")
		r.visits(browser, func(page sitetest.Page, patterns []string) {
			for _, form := range page.Forms() {
				action := shape(form.Action, patterns)
				kind := action + " " + inner.ReplaceAllString(strings.Join(slices.Sorted(maps.Keys(form.Values)), " "), "")
				if form.Method != http.MethodPost || kinds[kind] || actions[action] >= mostKinds || elsewhere(action) || strings.Contains(form.Action, "/sections/") || strings.Contains(form.Action, "/sign-out") || strings.Contains(form.Action, "/sessions/") {
					continue
				}
				kinds[kind] = true
				actions[action]++
				for field, values := range form.Offers {
					if len(form.Values[field]) == 0 && len(values) > 0 {
						form.Values[field] = values[:1]
					}
				}
				all = append(all, standing{form, who, browser, csrf, page.Path})
			}
		})
	}
	return all
}

// visits opens two pages of each kind that links lead to.
func (r *running) visits(browser *sitetest.Browser, open func(page sitetest.Page, patterns []string)) {
	queue, seen := []string{"/", "/desk", "/sign-in", "/register", "/reset", "/account"}, map[string]int{}
	var patterns []string
	for _, route := range r.app.site.Routes() {
		patterns = append(patterns, route.Path)
		if route.Method == http.MethodGet && !strings.Contains(route.Path, ":") {
			queue = append(queue, route.Path)
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := shape(path, patterns)
		if seen[path] > 0 || seen[kind] > 1 || strings.Contains(path, "sort=") || strings.Contains(path, "format=") {
			continue
		}
		seen[kind]++
		seen[path]++
		page := browser.Get(path)
		open(page, patterns)
		queue = append(queue, page.Links()...)
	}
}

// again reads the form anew, as what was kept has made it older; it may be gone.
func (f *standing) again() {
	for _, form := range f.browser.Get(f.at).Forms() {
		if form.Action == f.Action && form.Values.Has("version") {
			f.Values.Set("version", form.Values.Get("version"))
		}
	}
}

// assigns sends the form as it stands with a field for every column of every table, in three spellings.
func (f *standing) assigns(t *testing.T, columns []string) {
	t.Helper()
	values := maps.Clone(f.Values)
	for _, column := range columns {
		for _, name := range []string{column, strings.ToUpper(column[:1]) + column[1:], strings.ToUpper(column)} {
			if !values.Has(name) && !f.Offers.Has(name) {
				values.Set(name, "assigned-in-mass")
			}
		}
	}
	f.browser.Headers["X-CSRF-Token"] = f.csrf
	page := f.browser.Body(http.MethodPost, f.Action, "application/x-www-form-urlencoded", values.Encode())
	delete(f.browser.Headers, "X-CSRF-Token")
	if page.Status >= http.StatusInternalServerError {
		t.Errorf("%s: %s with every column: %d", f.who, f.Action, page.Status)
	}
}

// columns are the names of all columns of the network's tables.
func (r *running) columns(t *testing.T, in tenants.Tenant) []string {
	t.Helper()
	admin, schema := r.inside(t, in)
	rows, err := admin.Query(t.Context(), `SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = $1`, schema)
	must(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	if len(names) < 100 {
		t.Errorf("only %d columns", len(names))
	}
	return names
}

// tried are the fields that are sent what nobody should send: of those that differ in a key or number alone, or stand in a
// long row of texts, the first few.
func (f *standing) tried() []string {
	var fields []string
	alike := map[string]int{}
	for _, field := range slices.Sorted(maps.Keys(f.Values)) {
		kind := inner.ReplaceAllString(field, "")
		if field == "_csrf" || field == "return" || alike[kind] > 1 || len(fields) >= mostFields {
			continue
		}
		alike[kind]++
		fields = append(fields, field)
	}
	return fields
}

func (f *standing) send(t *testing.T, field, what, value string) {
	t.Helper()
	values := maps.Clone(f.Values)
	values[field] = []string{value}
	if what == "a list where one stands" {
		values[field] = []string{value, value}
	}
	f.browser.Headers["X-CSRF-Token"] = f.csrf
	page := f.browser.Body(http.MethodPost, f.Action, "application/x-www-form-urlencoded", values.Encode())
	delete(f.browser.Headers, "X-CSRF-Token")
	if page.Status >= http.StatusInternalServerError {
		t.Errorf("%s: %s, %s of %s: %d", f.who, f.Action, what, field, page.Status)
	}
	harmless(t, f.who, "POST "+f.Action+" "+field, page)
}

// shows walks as somebody and looks whether anything that was kept is on a page as more than text.
func (r *running) shows(t *testing.T, who string, browser *sitetest.Browser) {
	t.Helper()
	r.visits(browser, func(page sitetest.Page, _ []string) {
		if page.Status >= http.StatusInternalServerError {
			t.Errorf("%s gets %d at %s", who, page.Status, page.Path)
		}
		harmless(t, who, "GET "+page.Path, page)
	})
}

func harmless(t *testing.T, who, where string, page sitetest.Page) {
	t.Helper()
	if strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
		for _, alive := range []string{"<script>alert", "<img src=x", "SQLSTATE", "goroutine "} {
			if i := strings.Index(page.Body, alive); i >= 0 {
				t.Errorf("%s: %s answers with …%s…", who, where, page.Body[max(0, i-80):min(len(page.Body), i+80)])
			}
		}
	}
}

// search looks through every text of the network's tables and gives by column one that is like the pattern.
func (r *running) search(t *testing.T, in tenants.Tenant, pattern string) map[string]string {
	t.Helper()
	admin, schema := r.inside(t, in)
	rows, err := admin.Query(t.Context(), `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1 AND data_type IN ('text', 'jsonb', 'ARRAY')`, schema)
	must(t, err)
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Table, Column string }])
	must(t, err)
	found := map[string]string{}
	for _, c := range columns {
		rows, err := admin.Query(t.Context(), fmt.Sprintf(`SELECT %s::text FROM %s WHERE %s::text LIKE $1 LIMIT 1`,
			pgx.Identifier{c.Column}.Sanitize(), pgx.Identifier{schema, c.Table}.Sanitize(), pgx.Identifier{c.Column}.Sanitize()), pattern)
		must(t, err)
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		for _, text := range texts {
			found[c.Table+"."+c.Column] = text
		}
	}
	return found
}
