package programs_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/interchange"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// keeper stands in for the module that checks and keeps templates.
type keeper struct{ refuses string }

func (k *keeper) Bring(_ context.Context, _ tenants.Scope, name string, size int64, _ io.Reader) (forms.Template, error) {
	if k.refuses != "" {
		return forms.Template{}, fault.Invalid("fault.check_fields", fault.At("file", k.refuses))
	}
	return forms.Template{ID: ids.New[ids.Template](), Name: name, Size: size}, nil
}

// document is a question of the proposed blueprint that asks for one.
const document = "registration_document"

func (h *house) offered(t *testing.T, c programs.Call) map[i18n.Locale]forms.Template {
	t.Helper()
	return find(h.drafts(t, c), document).Template
}

func TestACoordinatorOffersATemplate(t *testing.T) {
	t.Parallel()
	h := open(t)
	kept := &keeper{}
	h.service.Templates = kept
	b, base, c := h.designs(t)
	place := base + "/edit?language=tr&question=" + document
	b.Get(place)
	b.Want(http.StatusOK, "Template to fill in", "who reads a language without one gets that of English", "PDF, DOCX, ODT, XLSX, ODS; up to 10.0 MB")
	b.SubmitFile(base+"/templates", "file", "", nil)
	b.Want(http.StatusUnprocessableEntity, "Please choose a file")
	if !strings.Contains(b.Page.Body, `aria-invalid="true"`) {
		t.Error("the field is not marked")
	}
	kept.refuses = "programs.grant_wrong"
	b.Get(place)
	b.SubmitFile(base+"/templates", "file", "a.docx", []byte("x"))
	b.Want(http.StatusUnprocessableEntity)
	kept.refuses = ""
	if n := len(h.offered(t, c)); n != 0 {
		t.Fatalf("%d templates after refusals", n)
	}

	b.Get(place)
	b.SubmitFile(base+"/templates", "file", "bütçe.xlsx", []byte("12345"))
	b.Want(http.StatusOK, "The template is part of the draft.", "bütçe.xlsx", "5 B", "Türkçe")
	first := h.offered(t, c)[i18n.TR]
	if first.Name != "bütçe.xlsx" || len(h.offered(t, c)) != 1 {
		t.Errorf("%+v", h.offered(t, c))
	}
	b.SubmitFile(base+"/templates", "file", "Budget.ods", []byte("1"), "for", "de")
	b.SubmitFile(base+"/templates", "file", "bütçe 2.xlsx", []byte("1"), "for", "tr")
	if got := h.offered(t, c); len(got) != 2 || got[i18n.DE].Name != "Budget.ods" || got[i18n.TR].Name != "bütçe 2.xlsx" {
		t.Errorf("%+v", got)
	}
	b.SubmitFile(base+"/templates", "file", "a.pdf", []byte("1"), "for", "tlh")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(place)
	b.Submit(base+"/templates/removal", "for", "tr")
	b.Want(http.StatusOK, "The template is no longer part of the draft.")
	if got := h.offered(t, c); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	b.Submit(base + "/reversal")
	if got := h.offered(t, c); got[i18n.TR].Name != "bütçe 2.xlsx" {
		t.Errorf("undone: %+v", got)
	}
	b.Submit(base+"/settings", "help", "Lütfen imzalayın.", "do", "save")
	if got := h.offered(t, c); len(got) != 2 || find(h.drafts(t, c), document).Help[i18n.TR] != "Lütfen imzalayın." {
		t.Errorf("after saving: %+v", got)
	}
	if err := h.service.Offer(t.Context(), h.coordinator(t), c.ID, "mission", i18n.EN, programs.Brought{Name: "a.pdf", Size: 1, Content: strings.NewReader("x")}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a text offers a template: %v", err)
	}
	if err := h.service.Offer(t.Context(), h.As(t, tenanttest.Role(tenants.RoleReviewer)), c.ID, document, i18n.EN, programs.Brought{}); err == nil {
		t.Error("a reviewer offers a template")
	}
}

// TestATemplateIsForThoseWhoMayReadTheForm holds drafts' templates to the team, and earlier versions' to who is signed in.
func TestATemplateIsForThoseWhoMayReadTheForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.service.Templates = &keeper{}
	sc := h.coordinator(t)
	call := h.published(t)
	offers := func() ids.Template {
		t.Helper()
		must(t, h.service.Offer(t.Context(), sc, call.ID, document, i18n.EN, programs.Brought{Name: "a.pdf", Size: 1, Content: strings.NewReader("x")}))
		return h.offeredIn(t, sc, call)
	}
	publish := func() {
		t.Helper()
		r, err := h.service.Revision(t.Context(), sc, call.ID)
		must(t, err)
		must(t, h.service.Reform(t.Context(), sc, call.ID, r.Call.Version, r.Draft, "A template."))
	}
	visitor, signed, reviewer := h.Visitor(), h.As(t), h.As(t, tenanttest.Role(tenants.RoleReviewer))
	may := func(who tenants.Scope, id ids.Template) bool {
		t.Helper()
		err := h.service.Offered(t.Context(), who, id)
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	first := offers()
	if may(visitor, first) || may(signed, first) || may(reviewer, first) || !may(sc, first) {
		t.Error("a draft's template is for others than the team")
	}
	publish()
	if !may(visitor, first) || !may(signed, first) || !may(reviewer, first) {
		t.Error("a published template is not for everybody")
	}
	second := offers()
	page := h.SignedIn(t, sc.Actor())
	page.Get("/program/calls/" + call.ID.String() + "/form/publication")
	page.Want(http.StatusOK, "Template to fill in (English)", "a.pdf", "a new file")
	publish()
	if may(visitor, first) || !may(signed, first) || !may(visitor, second) {
		t.Error("an earlier version's template is for the wrong people")
	}
	if may(visitor, ids.New[ids.Template]()) || may(signed, ids.New[ids.Template]()) {
		t.Error("any template is for everybody")
	}
	// What only accepted applicants are asked offers its template to them.
	must(t, h.service.Redesign(t.Context(), sc, call.ID, false, func(d *forms.Definition) error {
		find(d, "fiscal_host_letter").Asked = forms.WhomAccepted
		return nil
	}))
	must(t, h.service.Offer(t.Context(), sc, call.ID, "fiscal_host_letter", i18n.EN, programs.Brought{Name: "later.pdf", Size: 1, Content: strings.NewReader("x")}))
	publish()
	d, err := h.service.Design(t.Context(), sc, call.ID)
	must(t, err)
	later := find(d.Draft.Definition, "fiscal_host_letter").Template[i18n.EN].ID
	accepted := h.As(t)
	who := accepted.Actor().Person
	h.accepted.Store(&who)
	if may(visitor, later) || may(signed, later) || may(reviewer, later) || !may(accepted, later) || !may(sc, later) {
		t.Error("what accepted applicants are asked offers its template to the wrong people")
	}
	// The next cycle's call has it, and what the network proposes to the core does not.
	again, err := h.service.BeginAgain(t.Context(), sc, call.ID, "2028", h.frame().OpensAt)
	must(t, err)
	if got := h.offeredIn(t, sc, again); got != second {
		t.Errorf("the next call offers %s", got)
	}
	l, err := h.service.Lineage(t.Context(), sc, again.ID)
	must(t, err)
	for _, d := range l.Differences() {
		if strings.Contains(string(d.After.Body), "template") {
			t.Errorf("%s tells of a template", d.Key)
		}
	}
}

func (h *house) offeredIn(t *testing.T, sc tenants.Scope, c programs.Call) ids.Template {
	t.Helper()
	d, err := h.service.Design(t.Context(), sc, c.ID)
	must(t, err)
	return find(d.Draft.Definition, document).Template[i18n.EN].ID
}

func TestAProgramsFileComesWithoutItsTemplates(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.service.Templates = &keeper{}
	sc := h.coordinator(t)
	c, err := h.service.Begin(t.Context(), sc, "2027", "pair")
	must(t, err)
	must(t, h.service.Offer(t.Context(), sc, c.ID, document, i18n.DE, programs.Brought{Name: "Brief.docx", Size: 1, Content: strings.NewReader("x")}))
	f, err := h.service.File(t.Context(), sc, c.ID)
	must(t, err)
	raw, err := interchange.Write(f)
	must(t, err)
	b := h.SignedIn(t, sc.Actor())
	b.Get("/program/import")
	b.SubmitFile("/program/import", "file", "program.json", raw, "cycle", "2029")
	b.Want(http.StatusOK, "these have to be uploaded again", "The template “Brief.docx” (Deutsch) does not come with the file. Please upload it again.", "Line ", "Go on with the call")
	made, remarks, err := h.service.BeginFromFile(t.Context(), sc, raw, "2030")
	must(t, err)
	if len(remarks) != 1 || len(h.offered(t, made)) != 0 {
		t.Errorf("%v, %+v", remarks, h.offered(t, made))
	}
	// The form of another call, brought in over this one.
	form, err := interchange.Write(f.Form)
	must(t, err)
	base := "/program/calls/" + made.ID.String() + "/form"
	b.Get(base + "/file")
	b.SubmitFile(base+"/file", "file", "form.json", form)
	b.Want(http.StatusOK, "The template “Brief.docx” (Deutsch) does not come with the file.", "Go on with the form")
	if len(h.offered(t, made)) != 0 {
		t.Error("it offers what does not come with the file")
	}
	// Over the form that offers it, it stays.
	base = "/program/calls/" + c.ID.String() + "/form"
	b.Get(base + "/file")
	b.SubmitFile(base+"/file", "file", "form.json", form)
	b.Want(http.StatusOK, "The form from the file is here.")
	if len(h.offered(t, c)) != 1 {
		t.Error("its own template is gone")
	}
}
