package documents_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/documents"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/antivirus/antivirustest"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/files/filestest"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/objects/objectstest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// Offered satisfies documents.Offers: everybody may have what is not barred.
func (a *around) Offered(_ context.Context, _ tenants.Scope, id ids.Template) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if slices.Contains(a.barred, id) {
		return fault.NotFound()
	}
	return nil
}

func (h *house) coordinator(t *testing.T) tenants.Scope {
	t.Helper()
	return h.As(t, tenanttest.Role(tenants.RoleCoordinator))
}

func (h *house) brings(t *testing.T, name string, content []byte) (documents.Template, error) {
	t.Helper()
	return h.service.BringTemplate(t.Context(), h.coordinator(t), name, int64(len(content)), bytes.NewReader(content))
}

// offers makes a draft of a form, or goes on with it, that offers the templates, one for each language.
func (h *house) offers(t *testing.T, form *ids.Form, templates ...documents.Template) {
	t.Helper()
	d := definition()
	for i, one := range templates {
		q := &d.Sections[0].Questions[0]
		if q.Template == nil {
			q.Template = map[i18n.Locale]forms.Template{}
		}
		q.Template[i18n.All[i]] = forms.Template{ID: one.ID, Name: one.Name, Size: one.Size}
	}
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		if form.IsZero() {
			if *form, err = h.forms.Create(ctx, tx, "offering"); err != nil {
				return err
			}
			_, err = h.forms.SaveDraft(ctx, tx, *form, 0, d, ids.Person{})
			return err
		}
		_, err = h.forms.EditDraft(ctx, tx, *form, ids.Person{}, func(now *forms.Definition) error { *now = d; return nil })
		return err
	})
}

func download(t *testing.T, link string) (http.Header, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
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

func TestATemplatesWay(t *testing.T) {
	t.Parallel()
	h := open(t)
	content := filestest.DOCX(t)
	made, err := h.brings(t, `C:\gizli\Bütçe "tablosu".DOCX`, content)
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != `Bütçe "tablosu".docx` || made.Size != int64(len(content)) || len(made.SHA256) == 0 || made.Scanned {
		t.Errorf("%+v", made)
	}
	if got := h.keys(t, "quarantine/"); len(got) != 0 {
		t.Errorf("left in quarantine: %v", got)
	}
	visitor := h.Browser(t, h.Tenant)
	page := visitor.Get("/templates/" + made.ID.String())
	if page.Status != http.StatusSeeOther {
		t.Fatalf("a visitor: %d", page.Status)
	}
	header, got := download(t, page.Header.Get("Location"))
	if !bytes.Equal(got, content) {
		t.Error("what is read is not what was brought")
	}
	if !strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") || !strings.Contains(header.Get("Content-Type"), "wordprocessingml") {
		t.Errorf("%v", header)
	}
	// Nobody has what the form's readers may not have, what is not there, or what another network has.
	h.set(func() { h.barred = []ids.Template{made.ID} })
	for _, id := range []ids.Template{made.ID, ids.New[ids.Template]()} {
		if got := visitor.Get("/templates/" + id.String()).Status; got != http.StatusNotFound {
			t.Errorf("%s: %d", id, got)
		}
	}
	h.set(func() { h.barred = nil })
	other := h.Another(t)
	if _, err := h.service.TemplateLink(t.Context(), h.Tenants.Bind(other, tenants.Visitor()), made.ID); kind(err) != fault.KindNotFound {
		t.Errorf("in another network: %v", err)
	}
	if got := h.trailOf(t, "template"); got["template.received"] != 1 || len(got) != 1 {
		t.Errorf("the trail: %v", got)
	}
}

func (h *house) trailOf(t *testing.T, subject string) map[string]int {
	t.Helper()
	var rows []struct {
		Action string
		N      int
	}
	if err := h.System().Read().NewRaw(`SELECT action, count(*) AS n FROM audit_entries WHERE subject_kind = ? GROUP BY action`, subject).Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, r := range rows {
		found[r.Action] = r.N
	}
	return found
}

func TestTemplatesThatAreTurnedAway(t *testing.T) {
	t.Parallel()
	scanner := &swept{address: antivirustest.Serve(t, "tcp", "127.0.0.1:0")}
	h := open(t, func(c *documents.Config) {
		c.Scanner, c.Limits = scanner, documents.Limits{Organization: 1 << 20, Network: 40 << 20}
	})
	for name, c := range map[string]struct {
		file    string
		content []byte
		key     string
	}{
		"a text with macros by name": {"a.docm", filestest.DOCX(t), "documents.wrong_kind"},
		"a picture":                  {"a.png", filestest.PNG(t, 30, 20), "documents.wrong_kind"},
		"nothing in it":              {"a.pdf", nil, "documents.empty"},
		"too large":                  {"a.pdf", make([]byte, forms.MostTemplateBytes+1), "documents.too_large"},
		"another kind inside":        {"a.pdf", filestest.DOCX(t), "documents.reason.mismatch"},
		"macros inside":              {"a.docx", filestest.DOCX(t, filestest.Part{Name: "word/vbaProject.bin", Content: "x"}), "documents.reason.active"},
		"a virus":                    {"a.docx", filestest.DOCX(t, filestest.Part{Name: "docProps/x.txt", Content: string(filestest.Virus()), Stored: true}), "documents.reason.virus"},
	} {
		_, err := h.brings(t, c.file, c.content)
		if f := fault.Of(err); f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Name != "file" || f.Fields[0].Key != c.key {
			t.Errorf("%s: %+v", name, f)
		}
	}
	scanner.comes("")
	if _, err := h.brings(t, "a.pdf", filestest.PDF("x")); kind(err) != fault.KindUnavailable {
		t.Errorf("while the scanner is away: %v", err)
	}
	if got := h.keys(t, ""); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
	if got := h.trailOf(t, "template"); got["template.refused"] != 3 || len(got) != 1 {
		t.Errorf("the trail: %v", got)
	}
	n, err := h.System().Read().NewSelect().Table("form_templates").Count(t.Context())
	if err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
	for _, role := range []tenants.Role{tenants.RoleReviewer, tenants.RoleFinance} {
		if _, err := h.service.BringTemplate(t.Context(), h.As(t, tenanttest.Role(role)), "a.pdf", 1, strings.NewReader("x")); kind(err) != fault.KindNotFound && kind(err) != fault.KindForbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestTemplatesTakeUpTheNetworksRoom(t *testing.T) {
	t.Parallel()
	content := filestest.PDF("x")
	h := open(t, func(c *documents.Config) {
		c.Limits = documents.Limits{Organization: 1 << 20, Network: int64(len(content)) * 3 / 2}
	})
	if _, err := h.brings(t, "a.pdf", content); err != nil {
		t.Fatal(err)
	}
	if _, err := h.brings(t, "b.pdf", content); kind(err) != fault.KindConflict {
		t.Errorf("beyond the network's room: %v", err)
	}
}

// TestTemplatesThatNoFormNamesGoAfterAWeek holds that what a version, a draft or an undone step names stays.
func TestTemplatesThatNoFormNamesGoAfterAWeek(t *testing.T) {
	t.Parallel()
	h := open(t)
	var all []documents.Template
	for range 4 {
		one, err := h.brings(t, "a.pdf", filestest.PDF("x"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	published, drafted, undone, unnamed := all[0], all[1], all[2], all[3]
	var first, second ids.Form
	h.offers(t, &first, published)
	h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := h.forms.PublishDraft(ctx, tx, first)
		return err
	})
	h.offers(t, &second, drafted, undone)
	h.offers(t, &second, drafted)
	night := func(passed time.Duration) {
		h.write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw(`UPDATE form_templates SET unused_since = unused_since - make_interval(secs => ?), brought_at = brought_at - make_interval(secs => ?)`, passed.Seconds(), passed.Seconds()).Exec(ctx)
			return err
		})
		if err := h.service.Sweep(t.Context(), h.System()); err != nil {
			t.Fatal(err)
		}
	}
	read := func(one documents.Template) bool {
		_, err := h.service.TemplateLink(t.Context(), h.Visitor(), one.ID)
		return err == nil
	}
	night(0)
	night(6 * 24 * time.Hour)
	for _, one := range all {
		if !read(one) {
			t.Errorf("%s is gone within a week", one.ID)
		}
	}
	night(25 * time.Hour)
	night(25 * time.Hour)
	for one, want := range map[*documents.Template]bool{&published: true, &drafted: true, &undone: true, &unnamed: false} {
		if got := read(*one); got != want {
			t.Errorf("%s after a week: %v, not %v", one.ID, got, want)
		}
	}
	if got := h.keys(t, "templates/"); len(got) != 3 {
		t.Errorf("left: %v", got)
	}
	if got := h.trailOf(t, "template")["template.removed"]; got != 1 {
		t.Errorf("%d removals in the trail", got)
	}
	if findings, err := h.service.Check(t.Context(), h.System()); err != nil || len(findings) != 0 {
		t.Errorf("%v, %v", findings, err)
	}
}

func TestACheckFindsWhatIsWrongWithTemplates(t *testing.T) {
	t.Parallel()
	h := open(t)
	content := filestest.PDF("x")
	missing, err := h.brings(t, "a.pdf", content)
	if err != nil {
		t.Fatal(err)
	}
	gone := h.keys(t, "templates/")
	shorter, err := h.brings(t, "b.pdf", content)
	if err != nil {
		t.Fatal(err)
	}
	var form ids.Form
	nowhere := documents.Template{ID: ids.New[ids.Template](), Name: "c.pdf", Size: 5}
	h.offers(t, &form, missing, shorter, nowhere)
	if err := h.store.Delete(t.Context(), gone...); err != nil {
		t.Fatal(err)
	}
	for _, key := range append(h.keys(t, "templates/"), "t/"+h.Tenant.ID.String()+"/templates/nobodys") {
		if err := h.store.Put(t.Context(), key, "application/pdf", strings.NewReader("short"), 5); err != nil {
			t.Fatal(err)
		}
	}
	got, err := h.service.Check(t.Context(), h.System())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("template %s: its content is missing", missing.ID),
		fmt.Sprintf("template %s: its content has 5 bytes, not %d", shorter.ID, len(content)),
		fmt.Sprintf("template %s: a form names it, and it is not there", nowhere.ID),
		fmt.Sprintf("object t/%s/templates/nobodys: belongs to no document", h.Tenant.ID),
	} {
		if !slices.Contains(got, want) {
			t.Errorf("not found: %s", want)
		}
	}
	if len(got) != 4 {
		t.Errorf("found:\n%s", strings.Join(got, "\n"))
	}
}

func TestTemplatesAreCopiedIntoAnotherRoom(t *testing.T) {
	t.Parallel()
	h := open(t)
	content := filestest.PDF("x")
	made, err := h.brings(t, "a.pdf", content)
	if err != nil {
		t.Fatal(err)
	}
	room := h.Another(t)
	into := h.Tenants.Bind(room, tenants.SystemActor("test"))
	for range 2 { // a job may be done twice
		if err := h.service.CopyTemplates(t.Context(), h.System(), into, []ids.Template{made.ID}); err != nil {
			t.Fatal(err)
		}
	}
	link, err := h.service.TemplateLink(t.Context(), into, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := download(t, link); !bytes.Equal(got, content) || !strings.Contains(link, room.ID.String()) {
		t.Errorf("%s gives something else", link)
	}
	if err := h.service.EraseAll(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.TemplateLink(t.Context(), into, made.ID); err == nil {
		t.Error("the room's copy is still there")
	}
	if _, err := h.service.TemplateLink(t.Context(), h.Visitor(), made.ID); err != nil {
		t.Errorf("the network's own: %v", err)
	}
	if err := h.service.CopyTemplates(t.Context(), h.coordinator(t), into, nil); kind(err) != fault.KindNotFound {
		t.Errorf("a person copies: %v", err)
	}
}

func TestWhenTheStoreIsDownNoTemplateIsBrought(t *testing.T) {
	t.Parallel()
	outage := objectstest.Own(t)
	h := open(t, func(c *documents.Config) { c.Objects = objectstest.Prepared(t, outage.Config()) })
	outage.Begin()
	if _, err := h.brings(t, "a.pdf", filestest.PDF("x")); kind(err) != fault.KindUnavailable {
		t.Errorf("%v", err)
	}
	outage.End()
}
