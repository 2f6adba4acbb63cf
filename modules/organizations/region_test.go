package organizations_test

import (
	"strconv"
	"strings"
	"testing"

	"kervan/modules/kernel/geo"
	"kervan/modules/organizations"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestTheRegionFollowsFromTheTown(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.As(t)
	b := h.SignedIn(t, sc.Actor())
	registered := func(name, country, town, chosen string) {
		t.Helper()
		b.Get("/organizations/new")
		b.Submit("/organizations", "name", name, "form", "association", "country", country, "city", town, "place", chosen, "looked", "yes")
	}
	towns := geo.Search("Essen", "DE", 10)
	for _, c := range []struct {
		name, country, town, chosen, want string
	}{
		{"Balıkçı Derneği", "TR", "DATCA", "", "Muğla"},
		{"Hamsi Derneği", "TR", "Atlantis", "", "not known: the list of towns"},
		{"Tuna Derneği", "HU", "Budapest", "", "not known: for this country"},
		{"Ruhr e.V.", "DE", "Essen", "", "not known: the list of towns"},
		{"Emscher e.V.", "DE", "Essen", strconv.Itoa(towns[0].ID), "Nordrhein-Westfalen"},
		{"Heide e.V.", "DE", "Essen", strconv.Itoa(towns[1].ID), "Niedersachsen"},
		{"Isar e.V.", "DE", "Munich", strconv.Itoa(towns[0].ID), "Bayern"}, // typed on after Essen was chosen, without a script
		{"Lech e.V.", "DE", "Augsburg", "many", "Bayern"},
	} {
		registered(c.name, c.country, c.town, c.chosen)
		b.Want(200, c.name, "Region (province, state)", c.want)
	}
	all, _, err := h.service.List(t.Context(), h.As(t, tenanttest.Role(tenants.RoleOfficer)), organizations.Query{})
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, o := range all {
		seen = seen || o.Name == "Isar e.V."
		if o.Name == "Isar e.V." && o.Place != 0 {
			t.Errorf("a town that is not called so is kept: %d", o.Place)
		}
		if o.Name == "Emscher e.V." {
			h.chosenStays(t, b, o)
		}
	}
	if !seen {
		t.Error("Isar e.V. is not listed")
	}
	officer := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleOfficer)).Actor())
	for _, list := range []string{"/organizations", "/directory"} {
		officer.Get(list + "?format=csv")
		if !strings.Contains(officer.Page.Body, "Schleswig-Holstein") || !strings.Contains(officer.Page.Body, "Muğla") {
			t.Errorf("%s does not tell regions: %s", list, officer.Page.Body)
		}
	}
}

// chosenStays: somebody who edits something else does not lose which town was chosen; who types another one does.
func (h *house) chosenStays(t *testing.T, b *sitetest.Browser, o organizations.Organization) {
	t.Helper()
	page := "/organizations/" + o.ID.String()
	b.Get(page + "/edit")
	b.Submit(page, "founded", "1999")
	b.Want(200, "1999", "Nordrhein-Westfalen")
	b.Get(page + "/edit")
	b.Submit(page, "city", "Kiel")
	b.Want(200, "Schleswig-Holstein")
}
