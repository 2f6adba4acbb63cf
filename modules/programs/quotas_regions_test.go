package programs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
)

func TestTheCoordinatorSetsQuotasOfRegions(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/quotas"
	b.Get(page)
	b.Want(200, "All regions by country", "Kahramanmaraş", "Nordrhein-Westfalen")
	for _, wrong := range []struct {
		pairs []string
		want  string
	}{
		{[]string{"regions_0", "İstanbul", "regmost_0", "2"}, "Country: Please choose one of the answers."},
		{[]string{"regcountry_0", "TR", "regions_0", "", "regmost_0", "2"}, "Regions: Please fill this in."},
		{[]string{"regcountry_0", "TR", "regions_0", "Istanbul, Bayern", "regmost_0", "2"}, "This country has no region called “Bayern”."},
		{[]string{"regcountry_0", "TR", "regions_0", "Istanbul, İSTANBUL", "regmost_0", "2"}, "İstanbul stands here twice."},
		{[]string{"regcountry_0", "TR", "regions_0", "Ankara", "regmost_0", ""}, "Please say how many at least or at most."},
		{[]string{"regcountry_0", "TR", "regions_0", "Ankara", "regmost_0", "two"}, "At most"},
		{[]string{"regcountry_0", "TR", "regions_0", "Ankara", "regmost_0", "", "regleast_0", "9"}, "At most 8: the call has no more places."},
		{[]string{"regcountry_0", "TR", "regions_0", "Ankara", "regmost_0", "1", "regleast_0", "2"}, "Please enter at least as many as on the left."},
		{[]string{"regcountry_0", "GB", "regwhich_0", "outside", "regions_0", "England; Scotland; Wales; Northern Ireland", "regmost_0", "1", "regleast_0", ""}, "there are no others"},
		{[]string{"regcountry_0", "TR", "regions_0", strings.Repeat("Ankara, ", 200), "regwhich_0", "inside"}, "1600 characters"},
		{[]string{"regcountry_0", "TR", "regions_0", "Ankara, Izmir", "regmost_0", "2", "regcountry_1", "TR", "regions_1", "İzmir, Ankara", "regmost_1", "3"}, "There is a quota of the same regions already."},
	} {
		b.Submit(page, append([]string{"do", "save"}, wrong.pairs...)...)
		b.Want(422, wrong.want)
		if i := slices.Index(wrong.pairs, "regions_0"); b.Page.Value("regions_0") != strings.TrimSpace(wrong.pairs[i+1]) && b.Page.Value("regions_0") != wrong.pairs[i+1] {
			t.Errorf("%s: what was typed is lost: %q", wrong.want, b.Page.Value("regions_0"))
		}
	}
	b.Submit(page, "do", "save", "regcountry_0", "TR", "regwhich_0", "inside", "regions_0", "ankara, Istanbul; izmir", "regleast_0", "", "regmost_0", "3",
		"regcountry_1", "TR", "regwhich_1", "outside", "regions_1", "Ankara, İstanbul, İzmir", "regleast_1", "4", "regmost_1", "")
	b.Want(200, "Saved.", "Ankara, Istanbul, İzmir: at most 3 · Türkiye outside of Ankara, Istanbul, İzmir: at least 4")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	large := []geo.Region{"TR.68", "TR.34", "TR.35"}
	want := []blueprints.Quota{{Regions: large, Most: 3}, {Regions: large, Outside: true, Least: 4}}
	if diff := cmp.Diff(want, now.Quotas); diff != "" {
		t.Error(diff)
	}
	b.Get(page)
	if b.Page.Value("regions_1") != "Ankara, Istanbul, İzmir" || b.Page.Value("regleast_1") != "4" {
		t.Error("the page does not show what is kept")
	}
	b.Submit(page, "do", "save")
	now, err = h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if diff := cmp.Diff(want, now.Quotas); diff != "" {
		t.Errorf("saved as it was shown, it is another: %s", diff)
	}
	for name, bad := range map[string]blueprints.Quota{
		"no regions":             {Outside: true, Most: 1},
		"an invented region":     {Regions: []geo.Region{"TR.999"}, Most: 1},
		"a name":                 {Regions: []geo.Region{"İstanbul"}, Most: 1},
		"of two countries":       {Regions: []geo.Region{"TR.34", "DE.02"}, Most: 1},
		"regions of a country":   {Regions: large, Country: "TR", Most: 1},
		"regions and a topic":    {Regions: large, Topic: "digital", Most: 1},
		"neither least nor most": {Regions: large},
		"less than nothing":      {Regions: large, Least: -1, Most: 2},
		"far too many":           {Regions: large, Most: 1001},
	} {
		if err := h.service.Limit(t.Context(), sc, c.ID, now.Version, []blueprints.Quota{bad}, ""); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, raw := h.file(t, sc, now)
	brought, flaws, err := h.service.BeginFromFile(t.Context(), sc, raw, "2031")
	if err != nil || len(flaws) > 0 {
		t.Fatalf("brought in: %v, %v", flaws, err)
	}
	if diff := cmp.Diff(want, brought.Quotas); diff != "" {
		t.Error(diff)
	}
	_, flaws, err = h.service.BeginFromFile(t.Context(), sc, []byte(strings.Replace(string(raw), `"TR.68"`, `"TR.680"`, 1)), "2032")
	if err == nil && len(flaws) == 0 {
		t.Error("a file with a region that there is not was taken")
	}
	must(t, h.service.Publish(t.Context(), sc, c.ID, now.Version))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "Applications by region", "Ankara, Istanbul, İzmir: at most 3", "Türkiye outside of Ankara, Istanbul, İzmir: at least 4")
}
