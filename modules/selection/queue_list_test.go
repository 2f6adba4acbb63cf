package selection_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/selection"
	"kervan/tenants"
)

// TestALongQueueIsSearched by what the reviewer may know: the number, and the names where they are not hidden.
func TestALongQueueIsSearched(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Okur", tenants.RoleReviewer)
	names := []string{"Ihlamur", "Zeytin", "Meşe", "Çınar", "Kestane"}
	var all []selection.Application
	for _, name := range names {
		a, _ := h.apply(t, name)
		h.gives(t, a, reviewer)
		all = append(all, a)
	}
	b := h.SignedIn(t, reviewer.Actor())
	if b.Get("/reviews"); strings.Contains(b.Page.Body, `role="search"`) {
		t.Error("five reviews are searched")
	}
	call, other := h.another(t)
	_, err := h.service.Assign(t.Context(), h.System(), call.ID, selection.Assignment{Applications: []ids.Application{other.ID}, Reviewers: []ids.Person{reviewer.Actor().Person}, DueAt: h.due()})
	must(t, err)
	id := h.reviewOf(t, reviewer, all[0].ID)
	must(t, h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}))
	h.write(t, reviewer, id, 5, "TEXT")
	must(t, h.service.Submit(t.Context(), reviewer, id))

	shown := func(query string) string {
		t.Helper()
		b.Get("/reviews?" + query)
		b.Want(http.StatusOK, "1 of 6")
		var found []string
		for i, name := range append(names, "Başka") {
			if number := append(all, other)[i].Number; strings.Contains(b.Page.Body, ">"+number) {
				found = append(found, name)
			}
		}
		return strings.Join(found, " ")
	}
	for query, want := range map[string]string{
		"":                                    "Ihlamur Zeytin Meşe Çınar Kestane Başka",
		"q=cinar":                             "Çınar",
		"state=nothing":                       "Ihlamur Zeytin Meşe Çınar Kestane Başka",
		"q=" + all[2].Number:                  "Meşe",
		"state=done":                          "Ihlamur",
		"state=owed&call=" + call.ID.String(): "Başka",
		"q=zeytin&state=done":                 "",
	} {
		if got := shown(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	b.Want(http.StatusOK)
	h.anonymous(true)
	if b.Get("/reviews"); !strings.Contains(b.Page.Body, ">"+all[0].Number) {
		t.Error("what was submitted is not in the queue of an anonymous call")
	}
	if b.Get("/reviews?q=ihlamur"); strings.Contains(b.Page.Body, ">"+all[0].Number) {
		t.Error("a search finds whose an anonymous application is")
	}
}
