package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

const openAPI = "testdata/openapi.golden.json"

// TestOpenAPIDocument keeps the document that others build on equal to what the handlers are. UPDATE_GOLDEN=1 writes it
// anew.
func TestOpenAPIDocument(t *testing.T) {
	t.Parallel()
	r := run(t)
	b := sitetest.NewBrowser(t, r.network(t, "openapi").Host, r.port)
	b.Get("/api/v1/openapi.json")
	b.Want(200)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(openAPI, []byte(b.Page.Body+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.Page.Body+"\n"); diff != "" {
		t.Errorf("the API changed; look at the difference and write it with UPDATE_GOLDEN=1:\n%s", diff)
	}
}

// document is the part of an OpenAPI document that tests look at.
type document struct {
	OpenAPI    string
	Info       struct{ Title, Version, Description string }
	Paths      map[string]map[string]documented
	Components struct {
		Schemas   map[string]json.RawMessage
		Responses map[string]struct{ Description string }
	}
	schemas *jsonschema.Compiler
}

type documented struct {
	OperationID, Summary, Description string
	Tags                              []string
	Parameters                        []struct {
		Name, In, Description string
		Required              bool
		Schema                json.RawMessage
	}
	Responses map[string]struct {
		Ref         string `json:"$ref"`
		Description string
		Content     map[string]struct{ Schema, Example json.RawMessage }
	}
	Security []map[string][]string
}

func readDocument(t *testing.T) (document, []byte) {
	t.Helper()
	b, err := os.ReadFile(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	d.schemas = jsonschema.NewCompiler()
	d.schemas.DefaultDraft(jsonschema.Draft2020)
	d.schemas.AssertFormat()
	if err := d.schemas.AddResource("openapi.json", parsed); err != nil {
		t.Fatal(err)
	}
	return d, b
}

// fits reports whether JSON is what the document promises at a place of it.
func (d *document) fits(place string, body []byte) error {
	schema, err := d.schemas.Compile("openapi.json#" + place)
	if err != nil {
		return err
	}
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		return err
	}
	return schema.Validate(parsed)
}

var reference = regexp.MustCompile(`"\$ref": "#/components/(schemas|responses)/([^"]+)"`)

// TestOpenAPIDocumentIsWhole holds the document to the rules of OpenAPI 3.1 that a generator could break, and each
// example to its schema.
func TestOpenAPIDocumentIsWhole(t *testing.T) {
	t.Parallel()
	d, b := readDocument(t)
	if d.OpenAPI != "3.1.0" || d.Info.Title == "" || d.Info.Version == "" || d.Info.Description == "" {
		t.Errorf("head: %s %+v", d.OpenAPI, d.Info)
	}
	for _, m := range reference.FindAllSubmatch(b, -1) {
		if _, ok := d.Components.Schemas[string(m[2])]; string(m[1]) == "schemas" && !ok {
			t.Errorf("%s leads nowhere", m[0])
		}
		if one, ok := d.Components.Responses[string(m[2])]; string(m[1]) == "responses" && (!ok || one.Description == "") {
			t.Errorf("%s leads nowhere", m[0])
		}
	}
	for name := range d.Components.Schemas {
		if _, err := d.schemas.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("schema %s: %v", name, err)
		}
		if strings.HasPrefix(name, "Error") {
			t.Errorf("the library's own %s is in the document", name)
		}
	}
	seen := map[string]bool{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			where := method + " " + path
			if method != "get" {
				t.Errorf("%s: there are only reads", where)
			}
			if o.OperationID == "" || seen[o.OperationID] || o.Summary == "" || o.Description == "" || len(o.Tags) != 1 || len(o.Security) < 2 {
				t.Errorf("%s: %+v", where, o)
			}
			seen[o.OperationID] = true
			var inPath []string
			for _, p := range o.Parameters {
				if p.Description == "" || strings.HasPrefix(p.Description, "site.api.") || len(p.Schema) == 0 || p.Required != (p.In == "path") {
					t.Errorf("%s: parameter %+v", where, p)
				}
				if p.In == "path" {
					inPath = append(inPath, "{"+p.Name+"}")
				}
			}
			if got := regexp.MustCompile(`\{[^}]+\}`).FindAllString(path, -1); !slices.Equal(got, inPath) {
				t.Errorf("%s: path has %v, parameters are %v", where, got, inPath)
			}
			for _, status := range []string{"401", "404", "422", "429", "503"} {
				if o.Responses[status].Ref == "" {
					t.Errorf("%s does not say %s", where, status)
				}
			}
			good := o.Responses["200"].Content["application/json"]
			place := "/paths/" + strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(path) + "/get/responses/200/content/application~1json/schema"
			if err := d.fits(place, good.Example); err != nil {
				t.Errorf("%s: the example is not what the schema says: %v", where, err)
			}
		}
	}
	if len(seen) < 3 {
		t.Errorf("only %d operations", len(seen))
	}
}

// operations are the routes of the API, with an identifier of nothing in their paths.
func (r *running) operations() []string {
	var paths []string
	for _, route := range r.app.site.Routes() {
		if strings.HasPrefix(route.Path, "/api/v1/") && !strings.HasSuffix(route.Path, "/docs") && !strings.HasSuffix(route.Path, ".json") {
			paths = append(paths, strings.ReplaceAll(route.Path, ":id", ids.New[ids.Application]().String()))
		}
	}
	return paths
}

// signedIn opens a browser in which somebody with those roles has signed in.
func (r *running) signedIn(t testing.TB, in tenants.Tenant, email string, grants ...tenants.Grant) *sitetest.Browser {
	t.Helper()
	r.member(t, in, "Somebody", email, i18n.EN, grants...)
	b := sitetest.NewBrowser(t, in.Host, r.port)
	b.Get("/sign-in")
	b.Submit("/sign-in", "email", email, "password", password)
	b.Want(http.StatusOK, "Sign out")
	return b
}

// TestTheAPIIsStrict asks every operation for what it does not do.
func TestTheAPIIsStrict(t *testing.T) {
	t.Parallel()
	r := run(t)
	in := r.network(t, "strict")
	b := r.signedIn(t, in, "officer@"+r.host+".example", tenants.Grant{Role: tenants.RoleCoordinator})
	d, _ := readDocument(t)
	all := r.operations()
	if len(all) < 3 {
		t.Fatalf("only %d operations", len(all))
	}
	for _, path := range all {
		for query, want := range map[string]string{
			"tenant=1": "tenant", "a=1&b=2": "b", "_csrf=1": "_csrf", "Limit=1": "Limit", "%3Cscript%3E=1": "<script>", "x%ff=1": "x\ufffd", "limit[]=1": "limit[]",
		} {
			b.Get(path + "?" + query)
			var p site.Problem
			if err := json.Unmarshal([]byte(b.Page.Body), &p); err != nil || b.Page.Status != 422 || p.Status != 422 {
				t.Errorf("%s?%s: %d %s", path, query, b.Page.Status, b.Page.Body)
				continue
			}
			if !slices.ContainsFunc(p.Fields, func(f site.ProblemField) bool {
				return f.Name == want && f.Detail == "There is no such parameter here."
			}) {
				t.Errorf("%s?%s: %+v", path, query, p.Fields)
			}
			if err := d.fits("/components/schemas/Problem", []byte(b.Page.Body)); err != nil {
				t.Errorf("%s?%s: %v", path, query, err)
			}
			if b.Page.Header.Get("Content-Type") != "application/problem+json" || p.Instance != "urn:uuid:"+b.Page.Header.Get("X-Request-Id") {
				t.Errorf("%s?%s: %v", path, query, b.Page.Header)
			}
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			b.Headers["Origin"], b.Headers["Access-Control-Request-Method"] = "https://elsewhere.example", "GET"
			page := b.Send(method, path)
			delete(b.Headers, "Origin")
			delete(b.Headers, "Access-Control-Request-Method")
			if page.Status != http.StatusMethodNotAllowed || page.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s %s: %d %v", method, path, page.Status, page.Header)
			}
		}
		get, head := b.Send(http.MethodGet, path), b.Send(http.MethodHead, path)
		if head.Status != get.Status || head.Body != "" {
			t.Errorf("HEAD %s: %d, GET %d", path, head.Status, get.Status)
		}
		for name, want := range map[string]string{"Cache-Control": "no-store", "ETag": "", "Last-Modified": "", "Access-Control-Allow-Origin": "", "X-Content-Type-Options": "nosniff"} {
			if got := get.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		body := b.Body(http.MethodGet, path, "application/json", `{"a":1}`)
		if body.Status != 422 {
			t.Errorf("%s with a body: %d", path, body.Status)
		}
	}
	many := make([]string, 500)
	for i := range many {
		many[i] = fmt.Sprintf("p%d=%d", i, i)
	}
	b.Get("/api/v1/me?" + strings.Join(many, "&"))
	if b.Page.Status != 422 || len(b.Page.Body) > 4000 {
		t.Errorf("500 parameters: %d, %d bytes", b.Page.Status, len(b.Page.Body))
	}
	b.Headers["Accept-Language"] = "tr"
	b.SetCookie("language", "tr")
	b.Get("/api/v1/calls?phase=draft")
	b.Want(422)
	if !strings.Contains(b.Page.Body, "Şunlardan biri: announced, open, closed.") {
		t.Errorf("not in the reader's language: %s", b.Page.Body)
	}
}

// TestThePageAboutTheAPI makes a token in a browser and reads the page about it, in each language.
func TestThePageAboutTheAPI(t *testing.T) {
	t.Parallel()
	r := run(t)
	in := r.network(t, "docs")
	for look, words := range map[uitest.Look][4]string{
		{Language: "en"}:              {"Sign in", "New token", "Make token", "shown only this once"},
		{Language: "tr", Phone: true}: {"Giriş yap", "Yeni erişim anahtarı", "Anahtarı oluştur", "yalnızca bu kez gösterilir"},
		{Language: "de", Dark: true}:  {"Anmelden", "Neuer Zugangsschlüssel", "Schlüssel anlegen", "nur dieses eine Mal"},
	} {
		email := look.Language + "@" + r.host + ".example"
		r.member(t, in, "Şule Işık", email, i18n.Locale(look.Language), tenants.Grant{Role: tenants.RoleOfficer})
		v := uitest.Visit(t, look)
		v.Go(r.address("docs", "/api/v1/docs"))
		v.Accessible("api-docs-" + look.Language)
		v.Go(r.address("docs", "/sign-in?return=/account"))
		v.Fill("email", email)
		v.Fill("password", password)
		v.Press(words[0])
		v.Accessible("account-" + look.Language)
		v.Press(words[1])
		v.Press(words[2])
		v.Accessible("token-refused-" + look.Language)
		v.Fill("name", "Aylık rapor")
		v.Tick("days", "90")
		v.Fill("present", password)
		v.Press(words[2])
		v.Sees(words[3], "kvn_")
		v.Accessible("token-made-" + look.Language)
		v.Go(r.address("docs", "/account"))
		v.Sees("Aylık rapor")
		v.Accessible("account-token-" + look.Language)
		v.StayedOn("docs." + r.host)
	}
}
