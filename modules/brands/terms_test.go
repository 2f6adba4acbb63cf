package brands_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

const terms = "/settings/terms"

func TestAWordIsFilledInSeenAndThenSaved(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	b.Get(terms)
	b.Submit(terms, "partnership_tr_one", "köprü")
	b.Want(http.StatusOK, "filled in the missing forms")
	if b.Page.Value("partnership_tr_its_dat") != "köprüsüne" || len(h.brand(t).Words) > 0 {
		t.Fatalf("%q, saved %v", b.Page.Value("partnership_tr_its_dat"), h.brand(t).Words)
	}
	b.Submit(terms, "partnership_tr_its_dat", "köprüsünee", "preview", "yes")
	b.Want(http.StatusOK, "Nothing is saved yet")
	b.Submit(terms, "partnership_tr_its_dat", "köprüsüne")
	b.Want(http.StatusOK, "The words are saved")
	if got := h.brand(t).Words["partnership"][i18n.TR].Forms["acc"]; got != "köprüyü" {
		t.Errorf("saved %q", got)
	}
	// Another word is declined anew, and never mixed with the forms of the old one.
	b.Submit(terms, "partnership_tr_one", "ikili")
	b.Want(http.StatusOK, "filled in the missing forms")
	if got := b.Page.Value("partnership_tr_acc"); got != "ikiliyi" {
		t.Errorf("the accusative is %q", got)
	}
	// A change of the look leaves the words alone.
	b.Get(page)
	b.Submit(page, "primary", "#123456", "typeface", "inter")
	b.Want(http.StatusOK, "The appearance is saved")
	if got := h.brand(t).Words["partnership"][i18n.TR].Forms["one"]; got != "köprü" {
		t.Errorf("left is %q", got)
	}
	// The standard word comes back.
	b.Get(terms)
	b.Submit(terms, "partnership_tr_one", "")
	b.Want(http.StatusOK, "The words are saved")
	if left := h.brand(t).Words; len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestWhatIsNoWordIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.coordinator(t)
	for _, payload := range []string{`<script>alert(1)</script>`, `{{.Secret}}`, `"><img src=x onerror=alert(1)>`, `[[a.b|c]]`, "a\u202eb", strings.Repeat("a", 41), `=HYPERLINK("x")`} {
		b.Get(terms)
		got := b.Submit(terms, "partnership_en_one", payload)
		if got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Text(), "letters, digits") || strings.Contains(got.Body, "<script>alert") || strings.Contains(got.Body, "<img src=x") {
			t.Errorf("%q: %d", payload, got.Status)
		}
		if got.Value("partnership_en_one") != payload && payload != "a\u202eb" {
			t.Errorf("%q is lost: %q", payload, got.Value("partnership_en_one"))
		}
	}
	b.Get(terms)
	b.Submit(terms, "partnership_de_one", "Tandem")
	b.Want(http.StatusUnprocessableEntity, "Gender of the word")
	if len(h.brand(t).Words) > 0 {
		t.Errorf("saved: %v", h.brand(t).Words)
	}
}

func TestWordsAreTheCoordinatorsAndNotStale(t *testing.T) {
	t.Parallel()
	h := open(t)
	own := i18n.Own{"facilitator": {i18n.EN: {Forms: map[string]string{"one": "guide"}}}}
	if err := h.service.ChangeWords(t.Context(), h.As(t, tenanttest.Role(tenants.RoleOfficer)), own, h.Tenant.Version); err == nil {
		t.Error("an officer changes words")
	}
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	if err := h.service.ChangeWords(t.Context(), coordinator, own, h.Tenant.Version-1); !fault.Is(err, fault.KindConflict) {
		t.Errorf("stale: %v", err)
	}
	if err := h.service.ChangeWords(t.Context(), coordinator, i18n.Own{"person": own["facilitator"]}, h.Tenant.Version); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("no term: %v", err)
	}
	if err := h.service.ChangeWords(t.Context(), coordinator, own, h.Tenant.Version); err != nil {
		t.Error(err)
	}
}
