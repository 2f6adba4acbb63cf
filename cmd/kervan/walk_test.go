package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"kervan/modules/site"
	"kervan/modules/site/sitetest"
)

// parameters say which table the identifier in a route's path is of, by the word before it. A route with a parameter that
// is not here fails the walk.
var parameters = map[string]string{
	"applications/:id":            "applications",
	"automatic/:run":              "assignment_runs",
	"calendar-feeds/:feed":        "calendar feeds",
	"calls/:id":                   "calls",
	"common/:card":                "common_cards",
	"conditions/:condition":       "place_conditions",
	"confirm/:token":              "mailed confirm",
	"conflicts/:id":               "conflicts",
	"documents/:id":               "documents",
	"invitations/:invitation":     "reviewer_invitations",
	"introductions/:match":        "common_proposals",
	"invitations/:token":          "mailed invitations",
	"kept/:kept":                  "kept_agreements",
	"lending/:request":            "loan_requests",
	"link/:token":                 "mailed sign-in/link",
	"messages/:thread":            "matching_threads",
	"minutes/:meeting":            "panel_meetings",
	"networks/:card":              "common_cards",
	"networks/:id":                "tenants",
	"openings/:id":                "opening_requests",
	"opinions/:opinion":           "second_opinions",
	"organizations/:id":           "organizations",
	"outbox/:id":                  "messages",
	"pages/:id":                   "pages",
	"partner-invitations/:id":     "partner_invitations",
	"partners/:organization":      "organizations",
	"partnerships/:id":            "partnerships",
	"proposals/:id":               "blueprint_proposals",
	"questions/:question":         "call_questions",
	"replacements/:partnership":   "partnerships",
	"replacements/:replacement":   "partnership_replacements",
	"replacements/:request":       "place_replacements",
	"place/:organization":         "organizations",
	"reports/:report":             "matching_reports",
	"rounds/:round":               "matching_rounds",
	"runs/:run":                   "matching_runs",
	"proposals/:match":            "matching_proposals",
	"reset/:token":                "mailed reset",
	"reviewer-invitations/:token": "mailed reviewer-invitations",
	"facilitation/:run":           "facilitation_runs",
	"facilitators/:id":            "people",
	"reviewers/:id":               "people",
	"reviews/:id":                 "reviews",
	"selection/:id":               "calls",
	"sheets/:sheet":               "sheets",
	"story-desk/:story":           "stories",
	"templates/:template":         "form_templates",
	"training/:call":              "calls",
	"calibration/:calibration":    "calibrations",
	"calibrations/:calibration":   "calibrations",
	"impartiality/:call":          "calls",
	"wishes/:call":                "calls",
}

// wordsOf are the parameters that name no row: a part of a form.
var wordsOf = map[string]string{
	"answers/:ref":            "issue",
	"as/:part":                "officer",
	"blueprints/:blueprint":   "exchange",
	"entrance/:token":         "nobody",
	"letters/:letter":         "selected",
	"marks/:ref":              "need",
	"news/:slug":              "about-the-0",
	"page-pictures/:picture":  "0123456789abcdef0123456789abcdef-full.jpg",
	"pages/:slug":             "about",
	"pictures/:picture":       "0123456789abcdef0123456789abcdef-logo.png",
	"seats/:seat":             "tr",
	"sections/:section":       "need",
	"stories/:slug":           "what-we-tell-0",
	"story-pictures/:picture": "0123456789abcdef0123456789abcdef-full.jpg",
	"verify/:code":            "7H2K-9QXM-0F3B-WT5A",
	"versions/:number":        "1",
}

// fields say which table an identifier in a form's field is of, for forms that are sent without having been seen.
var fields = map[string]string{
	"person": "people", "message": "messages", "organization": "organizations", "application": "applications", "reviewer": "people", "review": "reviews", "call": "calls",
	"invitation": "partner_invitations", "for": "organizations", "sheet": "sheets", "id": "tokens", "match": "matching_proposals", "tie": "matching_ties", "loan": "loans", "request": "loan_requests", "lent": "reviewer_invitations", "one": "organizations", "other": "organizations",
}

// sent are the routes that take JSON from a page's script, with what they are sent.
var sent = map[string]string{
	"PUT /sheets/:sheet/answers/:ref":                   `{"value":{"answers[issue]":["x"]},"base":0,"language":"en"}`,
	"PUT /reviews/:id/marks/:ref":                       `{"value":{"answers[need][score]":["1"]},"base":0}`,
	"PUT /reviews/calibrations/:calibration/marks/:ref": `{"value":{"answers[need][score]":["1"]},"base":0}`,
	"POST /sheets/:sheet/presence":                      `{"question":"issue"}`,
	"POST /program/calls/:id/form/presence":             `{"question":"need/issue"}`,
	"POST /sheets/:sheet/documents":                     `{"question":"registration_document","name":"x.pdf","size":100,"type":"application/pdf"}`,
	"POST /sheets/:sheet/documents/:id/finalization":    `{}`,
}

// whose is a word that tells what it belongs to.
var whose = regexp.MustCompile(`(?:WORD|NUMBER)-[a-z]+-[0-9a-f-]{36}`)

var identifier = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// walker is somebody who tries to see what is not theirs.
type walker struct {
	t       *testing.T
	r       *running
	browser *sitetest.Browser
	who     string
	csrf    string
	own     map[string]string      // table by identifier, of what is where they are
	theirs  map[string][]string    // identifiers by table, of what must not be seen
	public  map[string]bool        // the tables of which they may see everything
	secrets []string               // no answer may have them
	mine    func(word string) bool // where words tell whose they are
	tried   map[string]bool
	answers int
}

// all asks for every address, follows every link and tries every form.
func (w *walker) all() {
	w.t.Helper()
	w.csrf = w.browser.Get("/desk").Value("_csrf")
	queue, seen := []string{"/", "/desk", "/account", "/notifications"}, map[string]int{}
	var patterns []string
	for _, route := range w.r.app.site.Routes() {
		patterns = append(patterns, route.Path)
		w.asks(route)
		if route.Method == http.MethodGet && !strings.Contains(route.Path, ":") {
			queue = append(queue, route.Path, route.Path+"?format=csv", route.Path+"?format=xlsx", route.Path+"?q=canary-b&format=csv")
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		kind := shape(path, patterns)
		if seen[path] > 0 || seen[kind] > 1 || strings.Contains(path, "sort=") {
			continue
		}
		seen[path]++
		seen[kind]++
		page := w.browser.Get(path)
		w.look("GET", page)
		for _, link := range page.Links() {
			queue = append(queue, link)
			w.swaps("GET", link, shape(link, patterns))
		}
		for _, form := range page.Forms() {
			w.sends(form, shape(form.Action, patterns))
		}
	}
}

// shape is what an address has in common with others of its kind.
func shape(address string, patterns []string) string {
	path, query, _ := strings.Cut(address, "?")
	values, _ := url.ParseQuery(query)
	return patternOf(path, patterns) + " " + strings.Join(slices.Sorted(maps.Keys(values)), " ")
}

func (w *walker) look(method string, page sitetest.Page) {
	w.t.Helper()
	w.answers++
	body := readable(page.Body)
	if w.mine != nil && strings.HasPrefix(page.Path, "/dev/mail") { // which is everybody's, and in development only
		body = ""
	}
	for _, secret := range w.secrets {
		if i := strings.Index(body, secret); i >= 0 {
			w.t.Errorf("%s reads at %s %s: …%s…", w.who, method, page.Path, body[max(0, i-60):min(len(body), i+120)])
		}
	}
	for _, word := range whose.FindAllString(body, -1) {
		if w.mine != nil && !w.mine(word) {
			w.t.Errorf("%s reads at %s %s: %s", w.who, method, page.Path, word)
			break
		}
	}
	if page.Status >= http.StatusInternalServerError {
		w.t.Errorf("%s gets %d at %s %s", w.who, page.Status, method, page.Path)
	}
}

// asks asks for a route with identifiers of what must not be seen.
func (w *walker) asks(route site.Route) {
	w.t.Helper()
	parts := strings.Split(route.Path, "/")
	var given []string
	for i, part := range parts {
		if !strings.HasPrefix(part, ":") {
			continue
		}
		key := parts[i-1] + "/" + part
		table, known := parameters[key]
		if name := wordsOf[key]; name != "" {
			parts[i] = name
			continue
		}
		if !known {
			w.t.Fatalf("%s %s: nobody knows what %s is", route.Method, route.Path, key)
		}
		if w.public[table] || len(w.theirs[table]) == 0 || strings.HasPrefix(table, "mailed ") && w.mine != nil {
			return
		}
		parts[i] = w.theirs[table][0]
		given = append(given, parts[i])
	}
	path := strings.Join(parts, "/")
	var media, body string
	switch name := route.Method + " " + route.Path; {
	case route.Method == http.MethodGet:
		if len(given) == 0 {
			return
		}
		w.compare(route.Method, path, "", "", given)
		return
	case sent[name] != "":
		media, body = "application/json", sent[name]
	case route.Path == "/sign-out" || strings.HasPrefix(route.Path, "/account/sessions/end-all") || route.Path == "/account/calendar" || strings.HasPrefix(route.Path, "/language"):
		return
	default:
		values := url.Values{"_csrf": {w.csrf}, "version": {"1"}, "role": {"lead"}}
		for field, table := range fields {
			if all := w.theirs[table]; len(all) > 0 {
				values.Set(field, all[0])
				given = append(given, all[0])
			}
		}
		media, body = "application/x-www-form-urlencoded", values.Encode()
	}
	w.compare(route.Method, path, media, body, given)
}

// swaps asks for an address with one identifier after the other exchanged.
func (w *walker) swaps(method, address, kind string) {
	w.t.Helper()
	for i, id := range identifier.FindAllString(address, -1) {
		other, ok := w.other(id, address)
		if key := fmt.Sprintf("%s %s %d", method, kind, i); ok && !w.tried[key] {
			w.tried[key] = true
			w.compare(method, strings.ReplaceAll(address, id, other), "", "", []string{other})
		}
	}
}

// other is a row of the same table that must not be seen.
func (w *walker) other(id, where string) (string, bool) {
	table, known := w.own[id]
	if !known {
		w.t.Errorf("%s: nobody knows what %s is", where, id)
	}
	if all := w.theirs[table]; len(all) > 0 && !w.public[table] {
		return all[0], true
	}
	return "", false
}

// sends sends a form with one identifier after the other exchanged, in its address and in what it offers.
func (w *walker) sends(form sitetest.Form, kind string) {
	w.t.Helper()
	method := form.Method
	try := func(field, id string, change func(other string) (action string, values url.Values)) {
		other, ok := w.other(id, form.Action+" "+field)
		key := fmt.Sprintf("%s %s %s", method, kind, field)
		if !ok || w.tried[key] || strings.HasPrefix(form.Action, "/sign-out") {
			return
		}
		w.tried[key] = true
		action, values := change(other)
		if method == http.MethodGet {
			w.compare(method, action+"?"+values.Encode(), "", "", []string{other})
			return
		}
		w.compare(method, action, "application/x-www-form-urlencoded", values.Encode(), []string{other})
	}
	for i, id := range identifier.FindAllString(form.Action, -1) {
		try(fmt.Sprint("address ", i), id, func(other string) (string, url.Values) {
			return strings.ReplaceAll(form.Action, id, other), form.Values
		})
	}
	for _, offered := range []url.Values{form.Values, form.Offers} {
		for field, values := range offered {
			for _, id := range values {
				if _, known := w.own[id]; !known {
					continue // a form's own name for itself, against being sent twice
				}
				try(field, id, func(other string) (string, url.Values) {
					changed := maps.Clone(form.Values)
					changed[field] = []string{other}
					return form.Action, changed
				})
			}
		}
	}
}

// compare sends the same twice, with the identifiers as given and with such as do not exist, and wants the same answer. What
// is kept is in the way of what comes next, so others that do not exist either are sent before. A minute may pass between
// the two: so it is tried again.
func (w *walker) compare(method, path, media, body string, given []string) {
	w.t.Helper()
	var difference string
	if method != http.MethodGet {
		w.answer(method, path, media, body, given, 2)
	}
	for range 3 {
		one, other := w.answer(method, path, media, body, given, 0), w.answer(method, path, media, body, given, 1)
		if difference = cmp.Diff(other, one); difference == "" {
			return
		}
	}
	w.t.Errorf("%s: %s %s %s is answered otherwise than what does not exist:\n%s", w.who, method, path, body, difference)
}

// answer is what comes back, without the identifiers that were sent and without what differs from answer to answer.
func (w *walker) answer(method, path, media, body string, given []string, invented byte) []string {
	w.t.Helper()
	names := slices.Clone(given)
	for i, id := range given {
		if invented > 0 {
			names[i] = invent(id, invented)
			path, body = strings.ReplaceAll(path, id, names[i]), strings.ReplaceAll(body, id, names[i])
		}
	}
	page := sitetest.Page{}
	if media == "" {
		page = w.browser.Send(method, path)
	} else {
		w.browser.Headers["X-CSRF-Token"] = w.csrf
		page = w.browser.Body(method, path, media, body)
		delete(w.browser.Headers, "X-CSRF-Token")
	}
	w.look(method, page)
	clean := func(text string) string {
		for i, name := range names {
			text = strings.ReplaceAll(text, name, fmt.Sprint("identifier-", i))
		}
		return nonce.ReplaceAllString(strings.ReplaceAll(text, page.Header.Get("X-Request-Id"), "request"), "nonce")
	}
	lines := []string{fmt.Sprint(page.Status)}
	for _, name := range slices.Sorted(maps.Keys(page.Header)) {
		if name != "Date" {
			lines = append(lines, name+": "+clean(strings.Join(page.Header[name], ", ")))
		}
	}
	return append(lines, strings.Split(clean(page.Body), "\n")...)
}

var nonce = regexp.MustCompile(`nonce-[^']+|nonce="[^"]+"`)

// invent makes up an identifier or token like the one given; with the same number always the same.
func invent(id string, n byte) string {
	if parsed, err := uuid.Parse(id); err == nil {
		for i := range 4 {
			parsed[15-i] ^= 0x5a + n
		}
		return parsed.String()
	}
	letters := []byte(id)
	slices.Reverse(letters)
	return strings.Repeat("x", int(n)) + string(letters[n:])
}
