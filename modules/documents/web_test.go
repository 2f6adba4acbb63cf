package documents_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kervan/modules/documents"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m, uitest.Close, objectstest.Close) }

// around stands in for the module that knows to which application a sheet belongs.
type around struct {
	mu      sync.Mutex
	writers map[ids.Sheet]ids.Organization
	owners  map[ids.Sheet]ids.Application
	closed  map[ids.Sheet]error
	readers map[ids.Sheet]policies.On
	hides   func(question string) bool
	holds   func(question string, document ids.Document) bool
	changes int
	barred  []ids.Template
	taken   map[ids.Condition]documents.Taking
	shown   map[ids.Document]bool
	handed  map[ids.Document]bool
}

func (a *around) Fillable(_ context.Context, tx *tenants.Tx, sheet ids.Sheet, _ string) (documents.Filling, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	organization, known := a.writers[sheet]
	mine := false
	for _, o := range tx.Scope().Actor().OrganizationsAs() {
		mine = mine || o == organization
	}
	if !known || !mine {
		return documents.Filling{}, fault.NotFound()
	}
	return documents.Filling{Organization: organization, Page: "/applications/a/sections/papers"}, a.closed[sheet]
}

func (a *around) Change(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, question string) (documents.Filling, error) {
	a.mu.Lock()
	a.changes++
	a.mu.Unlock()
	return a.Fillable(ctx, tx, sheet, question)
}

func (a *around) Readers(context.Context, tenants.Scope, []ids.Sheet) (map[ids.Sheet]documents.Reading, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := map[ids.Sheet]documents.Reading{}
	for sheet, on := range a.readers {
		all[sheet] = documents.Reading{On: on, Hides: a.hides, Withheld: a.holds}
	}
	return all, nil
}

func (a *around) Of(_ context.Context, _ *tenants.Tx, sheet ids.Sheet) (ids.Application, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	application, known := a.owners[sheet]
	return application, known, nil
}

type house struct {
	*sitetest.House
	*around

	store   *objects.Store
	forms   *forms.Service
	service *documents.Service
	version forms.Version
	queries tenanttest.Queries
	news    []events.NotificationRequested
}

func say(text string) i18n.Text { return i18n.Text{i18n.EN: text, i18n.TR: text, i18n.DE: text} }

func definition() forms.Definition {
	all := &forms.Files{Kinds: forms.FileKinds, MaxBytes: 3 << 20}
	return forms.Definition{
		Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{{
			Key: "papers", Title: say("Papers"), Scope: forms.ScopePart, Questions: []forms.Question{
				{Key: "statute", Type: forms.TypeFile, Label: i18n.Text{i18n.EN: "Your statute", i18n.TR: "Tüzüğünüz", i18n.DE: "Ihre Satzung"}, Help: i18n.Text{i18n.EN: "As it is registered.", i18n.TR: "Tescil edildiği hâliyle.", i18n.DE: "So, wie sie eingetragen ist."}, Files: all},
				{Key: "letters", Type: forms.TypeFile, Label: say("Letters"), Files: &forms.Files{Kinds: []string{"pdf"}, MaxBytes: 1 << 20}, Most: 2},
				{Key: "name", Type: forms.TypeShortText, Label: say("Name")},
			},
		}, {
			Key: "plan", Title: say("Plan"), Scope: forms.ScopeJoint, Questions: []forms.Question{
				{Key: "calendar", Type: forms.TypeFile, Label: say("Calendar"), Files: all},
			},
		}},
	}
}

func open(t *testing.T, options ...func(*documents.Config)) *house {
	t.Helper()
	h := &house{around: &around{writers: map[ids.Sheet]ids.Organization{}, closed: map[ids.Sheet]error{}, readers: map[ids.Sheet]policies.On{}}, forms: forms.New()}
	w := tenanttest.Open(t, h.queries.Counted)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	config := documents.Config{Policies: authorizer, Forms: h.forms, Sheets: h.around, Terms: h.around, Offers: h.around}
	for _, option := range options {
		option(&config)
	}
	if config.Objects == nil {
		config.Objects = objectstest.Open(t)
	}
	h.store, h.service = config.Objects, documents.New(config)
	h.service.RegisterJobs(w.Tenants)
	tenants.React(w.Tenants.Registry(), "test.news", func(_ context.Context, _ tenants.Scope, e events.NotificationRequested) error {
		h.news = append(h.news, e)
		return nil
	})
	h.House = sitetest.Open(t, []fs.FS{documents.Locales, forms.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{documents.NewWeb(h.service, s).Module()}
	})
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		form, err := h.forms.Create(ctx, tx, "Papers")
		if err != nil {
			return err
		}
		h.version, err = h.forms.Publish(ctx, tx, form, definition())
		return err
	})
	return h
}

func (*house) write(t *testing.T, sc tenants.Scope, do func(ctx context.Context, tx *tenants.Tx) error) {
	t.Helper()
	if err := sc.Write(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

// writer is somebody who leads a new organization, with a sheet that it fills.
type writer struct {
	tenants.Scope

	h            *house
	browser      *sitetest.Browser
	organization ids.Organization
	sheet        ids.Sheet
}

func (h *house) writer(t *testing.T) *writer {
	t.Helper()
	w := &writer{h: h, organization: ids.New[ids.Organization]()}
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO organizations (id, name, search, form, country, city) VALUES (?, 'Ihlamur', ?, 'association', 'TR', 'Muğla')`, w.organization, w.organization.String()).Exec(ctx)
		if err != nil {
			return err
		}
		sheet, err := h.forms.NewSheet(ctx, tx, h.version.ID, forms.ScopePart)
		w.sheet = sheet.ID
		return err
	})
	h.mu.Lock()
	h.writers[w.sheet] = w.organization
	h.readers[w.sheet] = policies.On{Organizations: []ids.Organization{w.organization}}
	h.mu.Unlock()
	w.Scope = h.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: w.organization})
	w.browser = h.SignedIn(t, w.Actor())
	w.browser.Get("/desk")
	w.browser.Want(http.StatusOK)
	return w
}

func (w *writer) below(noun string) string { return "/sheets/" + w.sheet.String() + "/" + noun }

// grant asks for a form over HTTP.
func (w *writer) grant(t *testing.T, question, name string, content []byte) forms.Granted {
	t.Helper()
	page := w.browser.PostJSON(w.below("documents"), forms.Asked{Question: question, Name: name, Size: int64(len(content)), Type: "text/html"})
	if page.Status != http.StatusOK {
		t.Fatalf("grant of %s: %d %s", name, page.Status, page.Body)
	}
	var granted forms.Granted
	if err := json.Unmarshal([]byte(page.Body), &granted); err != nil {
		t.Fatal(err)
	}
	return granted
}

// send posts to the store as a browser does.
func send(t *testing.T, g forms.Granted, content []byte) int {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range g.Fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "whatever")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.URL, &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", w.FormDataContentType())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func (w *writer) finalize(t *testing.T, document string) (int, forms.Received) {
	t.Helper()
	page := w.browser.PostJSON(w.below("documents/"+document+"/finalization"), struct{}{})
	var received forms.Received
	if page.Status == http.StatusOK {
		if err := json.Unmarshal([]byte(page.Body), &received); err != nil {
			t.Fatal(err)
		}
	}
	return page.Status, received
}

// upload is the whole way of a page with a script.
func (w *writer) upload(t *testing.T, question, name string, content []byte) (ids.Document, forms.Received) {
	t.Helper()
	g := w.grant(t, question, name, content)
	if status := send(t, g, content); status != http.StatusNoContent {
		t.Fatalf("the store takes %s with %d", name, status)
	}
	status, received := w.finalize(t, g.Document)
	if status != http.StatusOK {
		t.Fatalf("finalization of %s: %d", name, status)
	}
	id, err := ids.Parse[ids.Document](g.Document)
	if err != nil {
		t.Fatal(err)
	}
	return id, received
}

func (h *house) document(t *testing.T, id ids.Document) documents.Document {
	t.Helper()
	all, err := h.service.Documents(t.Context(), h.System(), []ids.Document{id})
	if err != nil {
		t.Fatal(err)
	}
	d, ok := all[id]
	if !ok {
		t.Fatalf("there is no document %s", id)
	}
	return d
}

// keys lists the tenant's objects below a noun.
func (h *house) keys(t *testing.T, below string) []string {
	t.Helper()
	var keys []string
	for o, err := range h.store.List(t.Context(), "t/"+h.Tenant.ID.String()+"/"+below) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
	return keys
}

// fetch follows a document's link to the store.
func fetch(t *testing.T, b *sitetest.Browser, id ids.Document) (http.Header, []byte) {
	t.Helper()
	page := b.Get(documents.Href(id))
	b.Get("/desk") // a browser that fetches an attachment stays where it is
	location := page.Header.Get("Location")
	if page.Status != http.StatusSeeOther || location == "" {
		t.Fatalf("%s: %d", documents.Href(id), page.Status)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, location, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the store gives %d, %v", response.StatusCode, err)
	}
	return response.Header, content
}

// audited counts the entries of the trail about documents, by action.
func (h *house) audited(t *testing.T) map[string]int {
	t.Helper()
	var rows []struct {
		Action string
		N      int
	}
	err := h.System().Read().NewRaw(`SELECT action, count(*) AS n FROM audit_entries WHERE subject_kind = 'document' GROUP BY action`).Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, r := range rows {
		found[r.Action] = r.N
	}
	return found
}

func kind(err error) fault.Kind {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return f.Kind
	}
	return fault.KindInternal
}

func has(body string, texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(body, text) {
			return false
		}
	}
	return true
}
