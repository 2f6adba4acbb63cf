package applications_test

import (
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

const canary = "CANARY-mission"

// TestARestrictedAnswerIsReadByItsReadersOnly walks every surface on which answers are read, with an answer that only
// coordinators may read.
func TestARestrictedAnswerIsReadByItsReadersOnly(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.dates(t, call, func(q *forms.Question) { q.VisibleTo = []forms.Reader{forms.ReaderCoordinator} })
	sheet := h.find(t, id).Parts[0].Sheet
	_, version := h.answer(t, sheet, "mission")
	if err := h.save(t, one.lead, sheet, "mission", canary, version); err != nil {
		t.Fatal(err)
	}
	h.confirms(t, id, one, two)
	h.submits(t, id, one)
	h.closes(call)
	h.mu.Lock()
	h.assigned = []ids.Application{id}
	h.mu.Unlock()
	loc := h.Catalog.Localizer(i18n.EN, nil)
	path := "/applications/" + id.String() + "/dossier"
	for _, c := range []struct {
		who  string
		sc   tenants.Scope
		sees bool
	}{
		{"its own lead", one.lead, true},
		{"a coordinator", h.As(t, tenanttest.Role(tenants.RoleCoordinator)), true},
		{"an officer", h.officer(t), false},
		{"finance", h.As(t, tenanttest.Role(tenants.RoleFinance)), false},
		{"a reviewer", h.As(t, tenanttest.Role(tenants.RoleReviewer)), false},
		{"the chair", h.As(t, tenanttest.Role(tenants.RoleChair)), false},
	} {
		d, err := h.service.Dossier(t.Context(), c.sc, id)
		if err != nil {
			t.Fatal(c.who, err)
		}
		if d.Look.Hides(d.Definition, "mission") == c.sees {
			t.Errorf("%s: the dossier hides it: %v", c.who, c.sees)
		}
		component, err := h.web.Read(t.Context(), c.sc, ui.Page{Loc: loc}, id)
		if err != nil {
			t.Fatal(c.who, err)
		}
		var beside strings.Builder
		if err := component.Render(t.Context(), &beside); err != nil {
			t.Fatal(err)
		}
		b := h.SignedIn(t, c.sc.Actor())
		b.Get(path)
		b.Want(200)
		page := b.Page.Body
		b.Get("/api/v1/applications/" + id.String() + "?answers=true")
		b.Want(200)
		for where, got := range map[string]string{"the page": page, "the page beside a review": beside.String(), "the API": b.Page.Body} {
			if strings.Contains(got, canary) != c.sees {
				t.Errorf("%s: %s shows the answer: %v", c.who, where, !c.sees)
			}
		}
		if !strings.Contains(page, "Ihlamur") {
			t.Errorf("%s: the page shows nothing at all", c.who)
		}
		readers, err := h.service.Readers(t.Context(), c.sc, []ids.Sheet{sheet})
		if err != nil || readers[sheet].Hides == nil || readers[sheet].Hides("mission") == c.sees || readers[sheet].Hides("name") {
			t.Errorf("%s: what was given for the answer is hidden: %v, %v", c.who, c.sees, err)
		}
		for _, list := range []string{"/applications", "/applications?format=csv"} {
			if b.Get(list); strings.Contains(b.Page.Body, canary) {
				t.Errorf("%s: the list tells of it", c.who)
			}
		}
	}
}
