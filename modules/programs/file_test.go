package programs_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestAFormIsTakenOutAndBroughtIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, base, c := h.designs(t)
	before := h.drafts(t, c)
	b.Get(base + "/edit?language=en")
	b.Want(http.StatusOK, "Form as a file")
	b.Get(base + "/file")
	b.Want(http.StatusOK, "Download the form", "What such a file looks like", "Replace the questions")

	file := b.Get(base + "/file.json")
	if file.Status != http.StatusOK || file.Header.Get("Content-Type") != "application/json" || !strings.Contains(file.Header.Get("Content-Disposition"), "attachment;") {
		t.Fatalf("%d %v", file.Status, file.Header)
	}
	taken, flaws := builder.Import([]byte(file.Body))
	if diff := cmp.Diff(*before, taken); len(flaws) > 0 || diff != "" {
		t.Fatalf("%v %s", flaws, diff)
	}

	taken.Sections[0].Title[i18n.EN] = "Whom we bring"
	taken.Sections[0].Questions = append(taken.Sections[0].Questions, forms.Question{Key: "river", Type: forms.TypeShortText, Label: i18n.Text{i18n.EN: "Which river?"}})
	taken.Locales = []i18n.Locale{i18n.EN}
	changed, err := builder.Export(&taken)
	must(t, err)
	b.Get(base + "/file")
	b.SubmitFile(base+"/file", "file", "form.json", changed)
	b.Want(http.StatusOK, "The form from the file is here.", "Whom we bring", "Which river?", "1 thing to put right")
	after := h.drafts(t, c)
	if find(after, "river") == nil || len(after.Locales) != len(before.Locales) {
		t.Errorf("%v, in %v", find(after, "river"), after.Locales)
	}
	b.Submit(base + "/reversal")
	if diff := cmp.Diff(before, h.drafts(t, c)); diff != "" {
		t.Errorf("it was not undone: %s", diff)
	}
}

func TestAFileThatIsWrongChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, base, c := h.designs(t)
	before := h.drafts(t, c)
	raw, err := builder.Export(before)
	must(t, err)
	for _, one := range []struct {
		content string
		said    []string
	}{
		{"", []string{"Nothing was changed.", "Line 1, column 1:", "The file ends too early"}},
		{strings.Replace(string(raw), `"short_text"`, `"magic"`, 2), []string{"Nothing was changed. 2 things are wrong with the file:", "“magic” is not possible here. Possible: short_text", "sections › “"}},
		{strings.Replace(string(raw), `"scope": "part"`, `"scope": "part", "<script>alert(1)</script>": {}`, 1), []string{"“<script>alert(1)</script>” is not known here."}},
	} {
		b.Get(base + "/file")
		b.SubmitFile(base+"/file", "file", "form.json", []byte(one.content))
		b.Want(http.StatusUnprocessableEntity, append(one.said, "Replace the questions")...)
		if strings.Contains(b.Page.Body, "<script>alert") {
			t.Error("a name of the file is markup")
		}
	}
	b.Get(base + "/file")
	b.SubmitFile(base+"/file", "file", "", nil)
	b.Want(http.StatusUnprocessableEntity, "Please choose a file.")
	if diff := cmp.Diff(before, h.drafts(t, c)); diff != "" {
		t.Errorf("something was changed: %s", diff)
	}

	reviewer := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())
	for _, path := range []string{base + "/file", base + "/file.json"} {
		if page := reviewer.Get(path); page.Status < 400 {
			t.Errorf("a reviewer sees %s", path)
		}
	}
}

func TestTheSchemaOfAFormIsPublished(t *testing.T) {
	t.Parallel()
	h := open(t)
	visitor := h.Browser(t, h.Tenant)
	page := visitor.Get("/schemas/form.json")
	var schema struct {
		ID string `json:"$id"`
	}
	if err := json.Unmarshal([]byte(page.Body), &schema); err != nil || page.Header.Get("Content-Type") != "application/schema+json" || schema.ID != visitor.Address("/schemas/form.json") {
		t.Errorf("%d %v %s", page.Status, page.Header, schema.ID)
	}
}
