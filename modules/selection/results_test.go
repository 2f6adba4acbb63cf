package selection_test

import (
	"net/http"
	"strings"
	"testing"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestResultsNameOnlyWhoAgreesAndOnlyOncePublished(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	everybody := h.System().As(tenants.Visitor())
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := h.service.Naming(ctx, w.leads[0][0], w.all[0].ID, true); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("agreed before the place was taken: %v", err)
	}
	for _, lead := range w.leads[0] {
		must(h.service.Accept(ctx, lead, w.all[0].ID))
	}
	shows := func(when string, named, unnamed int) {
		t.Helper()
		r, err := h.service.Results(ctx, everybody, h.call.ID)
		if err != nil || len(r.Named) != named || r.Unnamed != unnamed {
			t.Errorf("%s: %d named, %d others, %v; want %d, %d", when, len(r.Named), r.Unnamed, err, named, unnamed)
		}
	}
	must(h.service.Naming(ctx, w.leads[0][0], w.all[0].ID, true))
	shows("before they are published", 0, 0)
	must(h.service.PublishResults(ctx, w.coordinator, h.call.ID))
	must(h.service.PublishResults(ctx, w.coordinator, h.call.ID))
	shows("one of two agrees", 0, 1)
	for _, lead := range w.leads[0] {
		must(h.service.Naming(ctx, lead, w.all[0].ID, true))
	}
	shows("all agree", 1, 0)
	must(h.service.Naming(ctx, w.leads[0][1], w.all[0].ID, false))
	shows("one takes it back", 0, 1)
	must(h.service.WithdrawResults(ctx, w.coordinator, h.call.ID))
	shows("withdrawn", 0, 0)
	for who, sc := range map[string]tenants.Scope{"a lead": w.leads[0][0], "the chair": h.As(t, tenanttest.Role(tenants.RoleChair))} {
		if err := h.service.PublishResults(ctx, sc, h.call.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s published: %v", who, err)
		}
	}
}

func TestResultsAreNotPublishedBeforeTheLettersAreReleased(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	if err := h.service.PublishResults(t.Context(), coordinator, h.call.ID); !fault.Is(err, fault.KindConflict) {
		t.Errorf("published: %v", err)
	}
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + h.call.ID.String() + "/results")
	visitor.Want(http.StatusOK, "The results are not known yet")
}

func TestThePageOfResultsInABrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.won(t)
	for _, lead := range w.leads[0] {
		if err := h.service.Accept(t.Context(), lead, w.all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	for _, lead := range w.leads[0] {
		b := h.SignedIn(t, lead.Actor())
		path := "/applications/" + w.all[0].ID.String() + "/reply"
		b.Get(path)
		b.Want(http.StatusOK, "May the network name you?", "You are not named")
		b.Submit(path+"/naming", "agree", "yes")
		b.Want(http.StatusOK, "You may be named")
	}
	path := "/selection/" + h.call.ID.String() + "/results"
	b := h.SignedIn(t, w.coordinator.Actor())
	b.Get(path)
	b.Submit(path)
	b.Want(http.StatusOK, "The results are published.")
	for _, look := range looks {
		staff, at := h.visit(t, look, w.coordinator)
		anybody := uitest.Visit(t, look)
		anybody.Carry(at.Address("/"), "language", look.Language)
		staff.Go(at.Address(path))
		staff.Accessible("results-publish-" + look.Language)
		for name, path := range map[string]string{"list": "/results", "call": "/calls/" + h.call.ID.String() + "/results"} {
			anybody.Go(at.Address(path))
			anybody.Accessible("results-" + name + "-" + look.Language)
		}
		lead, _ := h.visit(t, look, w.leads[0][0])
		lead.Go(at.Address("/applications/" + w.all[0].ID.String() + "/reply"))
		lead.Accessible("results-naming-" + look.Language)
	}
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/results")
	visitor.Want(http.StatusOK, "Results")
	visitor.Get("/calls/" + h.call.ID.String() + "/results")
	visitor.Want(http.StatusOK, w.all[0].Organizations[0].Name, "1 application was accepted")
	if feed := visitor.Get("/feeds/results.atom"); !strings.Contains(feed.Body, "<entry>") {
		t.Errorf("the feed says %s", feed.Body)
	}
}
