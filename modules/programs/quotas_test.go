package programs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
)

func TestTheCoordinatorSetsQuotas(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/quotas"
	b.Get("/program/calls/" + c.ID.String() + "/rules")
	b.Want(200, "As many from each country as there are places.", "Change the quotas")
	b.Get(page)
	b.Submit(page, "each", "two", "country_1", "TR", "most_1", "8")
	b.Want(422, "Each country")
	if b.Page.Value("each") != "two" || b.Page.Value("most_1") != "8" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "each", "2", "country_0", "TR", "most_0", "3", "country_1", "TR", "most_1", "8")
	b.Want(422, "This country stands here twice.")
	b.Submit(page, "country_0", "", "most_0", "")
	b.Want(200, "Saved.", "Türkiye: 8 · each other country: 2")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if diff := cmp.Diff([]blueprints.Quota{{Most: 2}, {Country: "TR", Most: 8}}, now.Quotas); diff != "" {
		t.Error(diff)
	}
	for name, bad := range map[string][]blueprints.Quota{"nothing": {{Country: "TR"}}, "an invented country": {{Country: "ZZ", Most: 1}}, "too many": {{Most: 1001}}} {
		if err := h.service.Limit(t.Context(), sc, c.ID, now.Version, bad); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, h.service.Publish(t.Context(), sc, c.ID, now.Version))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "At most from one country", "Türkiye: 8")
	published, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if err := h.service.Limit(t.Context(), sc, c.ID, published.Version, nil); !fault.Is(err, fault.KindConflict) {
		t.Errorf("the quotas of a published call were changed: %v", err)
	}
	b.Get(page)
	b.Want(200, "Türkiye: 8")
	if strings.Contains(b.Page.Body, `name="each"`) {
		t.Error("a published call lets its quotas be typed")
	}
}
