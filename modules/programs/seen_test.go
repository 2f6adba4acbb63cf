package programs_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/policies"
)

// TestAVisitorReadsWhatACallSaysNow changes calls in another process while this one remembers what it showed of them.
func TestAVisitorReadsWhatACallSaysNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	authorizer, err := policies.New()
	must(t, err)
	elsewhere := programs.New(authorizer, forms.New(), h.around, h.around, blueprints.New(h.Tenants, authorizer))
	visitor := h.Browser(t, h.Tenant)
	sc, one := h.coordinator(t), h.published(t)
	other := h.published(t)
	reads := func(c programs.Call, text string) {
		t.Helper()
		page := visitor.Get("/calls/" + c.ID.String())
		if page.Status != http.StatusOK || !strings.Contains(page.Body, text) {
			t.Errorf("the call does not say %q (status %d)", text, page.Status)
		}
	}
	for _, text := range []string{"first", "second", "third"} {
		c, err := elsewhere.Call(t.Context(), sc, one.ID)
		must(t, err)
		must(t, elsewhere.Reword(t.Context(), sc, c.ID, c.Version, programs.Texts{
			Locale: i18n.EN, Title: "Title " + text, Summary: "Summary " + text, About: "About " + text, Conduct: "Conduct " + text, Notice: "Notice " + text,
		}))
		for range 2 { // read, and remembered
			for _, part := range []string{"Title ", "Summary ", "About ", "Conduct ", "Notice "} {
				reads(one, part+text)
			}
			reads(other, "become partners for about eight months")
		}
	}
	if strings.Contains(visitor.Get("/calls/"+other.ID.String()).Body, "About third") {
		t.Error("a call shows the text of another")
	}
}
