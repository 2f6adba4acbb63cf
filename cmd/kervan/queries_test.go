package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"kervan/modules/accounts"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// counter counts the statements that the program sends to the database, but for the question whether the catalogue has
// changed, which time asks and not a page.
type counter struct{ n atomic.Int64 }

// BeforeQuery leaves the statement alone.
func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery counts the statement.
func (c *counter) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if !strings.Contains(e.Query, "catalogue") {
		c.n.Add(1)
	}
}

// page is one page as somebody sees it.
type page struct{ who, pattern string }

// TestEveryPageAsksAsOftenForThreeAsForOne grows one network to one of everything (see growth) and another to three, follows
// every link as everybody who works there, and counts the statements behind each page; the core site's with one network
// and with four. A page that asks once per row asks more often in the end.
func TestEveryPageAsksAsOftenForThreeAsForOne(t *testing.T) {
	t.Parallel()
	var count counter
	r := runOn(t, objectstest.Config(t), func(c *Config) { c.hooks = []bun.QueryHook{&count} })
	if err := stopWorker(r.app); err != nil {
		t.Fatal(err)
	}
	hash := sync.OnceValues(func() (string, error) { return accounts.HashPassword(demoPassword) })
	asked := map[int]map[page]int64{}
	core := r.core(t, "defne@"+r.host+".example")
	for _, size := range []int{1, 3} {
		for n := range size - 1 {
			r.network(t, fmt.Sprintf("more-%d", n))
		}
		cast := growing(fmt.Sprintf("grown-%d", size), size)
		r.play(t, cast, hash)
		asked[size] = r.count(t, &count, cast, size)
		team := sitetest.NewBrowser(t, core.Host, r.port)
		team.Get("/sign-in")
		team.Submit("/sign-in", "email", "defne@"+r.host+".example", "password", password)
		r.countAs(team, "core team", &count, asked[size])
	}
	lists := 0
	for _, p := range slices.SortedFunc(maps.Keys(asked[1]), func(a, b page) int { return strings.Compare(a.pattern+a.who, b.pattern+b.who) }) {
		few, many := asked[1][p], asked[3][p]
		if many == 0 {
			t.Errorf("%s sees no %s in the larger network", p.who, p.pattern)
		}
		if many > few {
			t.Errorf("%s as %s: %d statements for one of everything, %d for three", p.pattern, p.who, few, many)
		}
		if !strings.Contains(p.pattern, ":") {
			lists++
		}
	}
	if lists < 60 || len(asked[1]) < 120 {
		t.Errorf("only %d pages were counted, %d of them lists: the walk is broken", len(asked[1]), lists)
	}
}

// count walks a network as everybody who works there.
func (r *running) count(t *testing.T, count *counter, c cast, size int) map[page]int64 {
	t.Helper()
	tenant, found, err := r.app.tenants.ByHost(t.Context(), r.app.config.hosts(c.Slug)[0])
	if err != nil || !found {
		t.Fatal(found, err)
	}
	asked := map[page]int64{}
	for who, email := range r.staff(t, tenant, c) {
		browser := sitetest.NewBrowser(t, tenant.Host, r.port)
		for range size { // as many sessions, too
			browser = sitetest.NewBrowser(t, tenant.Host, r.port)
			browser.SetCookie("language", "en")
			browser.Get("/sign-in")
			browser.Submit("/sign-in", "email", email, "password", demoPassword)
			browser.Want(http.StatusOK, "Sign out")
		}
		for n := range size {
			browser.Get("/account/tokens/new")
			browser.Submit("/account/tokens", "name", fmt.Sprintf("token %d", n), "days", "30", "present", demoPassword)
			browser.Want(http.StatusOK)
		}
		r.countAs(browser, who, count, asked)
	}
	return asked
}

// staff are the people as whom the network is walked: each role of the team, and the leads of two organizations.
func (r *running) staff(t *testing.T, tenant tenants.Tenant, c cast) map[string]string {
	t.Helper()
	staff := map[string]string{"facilitator": "facilitator-0@" + c.Slug + ".example", "funder and finance": "both-0@" + c.Slug + ".example"}
	for _, p := range c.team {
		if who, _, _ := strings.Cut(p.email, "@"); who != "spare" { // one more reviewer, like the two others
			staff[who] = p.email
		}
	}
	partners, err := partnerLogins(t.Context(), r.app, tenant)
	if err != nil || len(partners) == 0 {
		t.Fatalf("no partnership has grown: %v", err)
	}
	staff["lead"] = partners[0].email
	return staff
}

// countAs follows every link and asks for every address without a parameter. A page that asks more often than others of its
// pattern is asked for twice more and the least counts: what is asked once in a while is no part of the page.
func (r *running) countAs(browser *sitetest.Browser, who string, count *counter, asked map[page]int64) {
	queue, seen := []string{"/desk"}, map[string]bool{}
	var patterns []string
	for _, route := range r.app.site.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		patterns = append(patterns, route.Path)
		if !strings.Contains(route.Path, ":") {
			queue = append(queue, route.Path)
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		bare, _, _ := strings.Cut(path, "?")
		pattern := patternOf(bare, patterns)
		if seen[path] || pattern == "" || strings.Contains(path, "sort=") || strings.HasSuffix(bare, ".pdf") {
			continue
		}
		seen[path] = true
		p := page{who, pattern}
		if strings.Contains(path, "format=") {
			p.pattern += " as a file"
		}
		var answer sitetest.Page
		ask := func() int64 {
			before := count.n.Load()
			answer = browser.Get(path)
			return count.n.Load() - before
		}
		n := ask()
		if n > asked[p] {
			n = min(n, ask(), ask())
		}
		if answer.Status != http.StatusOK || answer.Path != path {
			continue // refused, or led elsewhere
		}
		asked[p] = max(asked[p], n)
		queue = append(queue, answer.Links()...)
	}
}

// patternOf is the route that an address matches; the one with the fewest parameters, where several do.
func patternOf(path string, patterns []string) string {
	best, least := "", 99
	parts := strings.Split(path, "/")
	for _, pattern := range patterns {
		names := strings.Split(pattern, "/")
		if len(names) != len(parts) {
			continue
		}
		matches, parameters := true, 0
		for i, name := range names {
			if strings.HasPrefix(name, ":") {
				parameters++
			} else if name != parts[i] {
				matches = false
			}
		}
		if matches && parameters < least {
			best, least = pattern, parameters
		}
	}
	return best
}
