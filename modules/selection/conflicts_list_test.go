package selection_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"kervan/modules/selection"
	"kervan/tenants"
)

// TestConflictsAreFoundOrderedAndFiled holds that search, filters and order work, that the file is exactly what is shown, and that neither
// tells whoever is tied to an application of what is hidden from them.
func TestConflictsAreFoundOrderedAndFiled(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	coordinator, tied := h.role(t, "Nur", tenants.RoleCoordinator), h.role(t, "Ömer", tenants.RoleOfficer)
	chair, finance := h.role(t, "Çiğdem", tenants.RoleChair), h.role(t, "Zeki", tenants.RoleFinance)
	first, _ := h.apply(t, "Ihlamur")
	second, _ := h.apply(t, "Zeytin")
	must(t, h.service.DeclareConflict(ctx, tied, first.ID, selection.Declaration{Kind: selection.ConflictFamily, Note: "=SISTER"}))
	must(t, h.service.DeclareConflict(ctx, chair, second.ID, selection.Declaration{Kind: selection.ConflictWork}))
	must(t, h.service.DeclareConflict(ctx, finance, first.ID, selection.Declaration{Kind: selection.ConflictWork}))
	_, all, err := h.service.Conflicts(ctx, coordinator, h.call.ID)
	must(t, err)
	for _, c := range all {
		if c.Person == finance.Actor().Person {
			must(t, h.service.Undo(ctx, coordinator, c.Conflict.ID, "By mistake."))
		}
	}

	list := address(h, "conflicts")
	rows := func(sc tenants.Scope, query string) (names []string) {
		t.Helper()
		b := h.SignedIn(t, sc.Actor())
		page := b.Get(list + "?" + query)
		b.Want(http.StatusOK)
		records, err := csv.NewReader(strings.NewReader(b.Get(list + "?format=csv&" + query).Body)).ReadAll()
		b.Want(http.StatusOK)
		must(t, err)
		at := 0
		for _, r := range records[1:] {
			names = append(names, r[0])
			found := strings.Index(page.Body[at:], `>`+r[0]+`</td>`)
			if found < 0 {
				t.Errorf("%q: %s is in the file, and not in this place on the page", query, r[0])
			}
			at += max(found, 0)
		}
		if shown := strings.Count(page.Body, `data-label="What connects"`); shown != len(names) {
			t.Errorf("%q: %d on the page, %d in the file", query, shown, len(names))
		}
		return names
	}
	for query, want := range map[string]string{
		"sort=name":              "Çiğdem Ömer Zeki",
		"sort=name&desc=1":       "Zeki Ömer Çiğdem",
		"sort=when":              "Ömer Çiğdem Zeki",
		"sort=number&desc=1":     "Çiğdem Zeki Ömer",
		"q=omer":                 "Ömer",
		"q=ıhlamur&sort=name":    "Ömer Zeki",
		"q=" + second.Number:     "Çiğdem",
		"kind=work&state=stands": "Çiğdem",
		"state=undone":           "Zeki",
		"known=detected":         "",

		"known=nothing&state=nothing&sort=name": "Çiğdem Ömer Zeki",
		"kind=other":                            "",
	} {
		if got := strings.Join(rows(coordinator, query), " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	b := h.SignedIn(t, coordinator.Actor())
	b.Get(list + "?kind=other")
	b.Want(http.StatusOK, "No conflict of interest found")
	b.Get(list + "?format=csv&q=Zeki")
	b.Want(http.StatusOK, "By mistake.", "Taken back", "Nur")
	b.Get(list + "?format=csv&q=omer")
	b.Want(http.StatusOK, "'=SISTER", "Holds", first.Number)
	if got := strings.Join(rows(tied, "sort=name"), " "); got != "Çiğdem" {
		t.Errorf("whoever is tied to an application reads of %s", got)
	}
	b = h.SignedIn(t, tied.Actor())
	if page := b.Get(list); strings.Contains(page.Body, `value="family"`) {
		t.Error("the filter tells of a kind that is hidden")
	}
}
