package trail_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/seal"
	"kervan/modules/site"
	"kervan/modules/site/sitetest"
	"kervan/modules/trail"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

type house struct {
	*sitetest.House

	service   *trail.Service
	concealed []string
}

func open(t *testing.T) *house {
	t.Helper()
	w := tenanttest.Open(t)
	authorizer, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{}
	h.service = trail.New(authorizer,
		func(_ context.Context, _ tenants.Scope, persons []ids.Person) (map[ids.Person]string, error) {
			names := map[ids.Person]string{}
			for _, p := range persons {
				names[p] = "Somebody Known"
			}
			return names, nil
		},
		func(_ context.Context, _ tenants.Scope, things []trail.Thing) (map[trail.Thing]string, error) {
			names := map[trail.Thing]string{}
			for _, one := range things {
				names[one] = "Ihlamur " + one.ID
			}
			return names, nil
		},
		func(context.Context, tenants.Scope) ([]string, error) { return h.concealed, nil },
	)
	ends, err := seal.New(bytes.Repeat([]byte("k"), 32), "ends of pages")
	if err != nil {
		t.Fatal(err)
	}
	h.House = sitetest.Open(t, []fs.FS{trail.Locales}, sitetest.Everyone{}, w, authorizer, func(s *site.Site) []site.Module {
		return []site.Module{trail.NewWeb(h.service, s, ends).Module()}
	})
	return h
}

func (h *house) write(t *testing.T, as tenants.Scope, entries ...audit.Entry) {
	t.Helper()
	err := as.Write(t.Context(), func(_ context.Context, tx *tenants.Tx) error {
		for _, e := range entries {
			tx.Audit(e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheTrailIsReadByCoordinatorsAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, role := range tenants.NetworkRoles {
		_, err := h.service.List(t.Context(), h.As(t, tenanttest.Role(role)), audit.Filter{Limit: 1})
		if may := role == tenants.RoleCoordinator; may != (err == nil) {
			t.Errorf("%s: %v", role, err)
		}
		if _, err := h.service.Verify(t.Context(), h.As(t, tenanttest.Role(role))); (role == tenants.RoleCoordinator) != (err == nil) {
			t.Errorf("%s verifies: %v", role, err)
		}
	}
	visitor := h.Browser(t, h.Tenant)
	if page := visitor.Get("/trail"); strings.Contains(page.Text(), "Audit trail") {
		t.Error("a visitor reads the trail")
	}
}

func TestTheTrailSaysWhoDidWhatToWhat(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	h.write(t, coordinator, audit.Entry{Action: "organization.registered", SubjectKind: "organization", SubjectID: "7"})
	h.write(t, h.System(), audit.Entry{Action: "message.released", SubjectKind: "message", SubjectID: "8"})
	h.write(t, h.Visitor(), audit.Entry{Action: "account.confirmed", SubjectKind: "person", SubjectID: coordinator.Actor().Person.String()})
	b := h.SignedIn(t, coordinator.Actor())
	b.Get("/trail")
	b.Want(200, "Registered an organization", "Ihlamur 7", "Somebody Known", "The system", "A visitor", "3 entries on this page")
	b.Get("/trail?kind=organization")
	b.Want(200, "Ihlamur 7", "1 entry on this page")
	if strings.Contains(b.Page.Text(), "Released a message") {
		t.Error("the filter lets others through")
	}
	b.Get("/trail?format=csv&kind=organization")
	if got := strings.Split(strings.TrimSpace(b.Page.Body), "\r\n"); len(got) != 2 || !strings.Contains(got[1], "Registered an organization,Organization,Ihlamur 7,7,{},") {
		t.Errorf("the file holds %q", got)
	}
	b.Get("/trail")
	b.Submit("/trail/verification")
	b.Want(200, "The chain is whole")
}

func TestALongTrailComesInPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	entries := make([]audit.Entry, 130)
	for i := range entries {
		entries[i] = audit.Entry{Action: "organization.edited", SubjectKind: "organization", SubjectID: fmt.Sprintf("number-%03d", i)}
	}
	h.write(t, h.System(), entries...)
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	b.Get("/trail")
	b.Want(200, "number-129", "number-030")
	if strings.Contains(b.Page.Body, "number-029") {
		t.Error("the first page holds more than a hundred")
	}
	next := b.Page.Link("Next page")
	b.Get(next)
	b.Want(200, "number-029", "number-000", "30 entries on this page")
	if regexp.MustCompile(`after=\d+(&|$)`).MatchString(next) {
		t.Errorf("%s counts what is left out for the reader", next)
	}
	for what, read := range map[string]func(*sitetest.Browser){
		"a bare number":        func(b *sitetest.Browser) { b.Get("/trail?after=31") },
		"what opens nothing":   func(b *sitetest.Browser) { b.Get("/trail?after=" + strings.Repeat("A", 48)) },
		"another reader's end": func(b *sitetest.Browser) { b.Get(next) },
	} {
		other := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
		if read(other); !strings.Contains(other.Page.Text(), "number-129") {
			t.Errorf("%s: %s", what, other.Page.Text())
		}
	}
}

func TestABrokenTrailIsSaidToBe(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.write(t, h.System(), audit.Entry{Action: "organization.edited", SubjectKind: "organization", SubjectID: "7"})
	admin, err := database.Open(t.Context(), h.Cluster.AdminURL, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec(t.Context(), "UPDATE "+h.Tenant.Schema+".audit_entries SET subject_id = '8'"); err != nil {
		t.Fatal(err)
	}
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	b.Get("/trail")
	b.Submit("/trail/verification")
	b.Want(200, "The chain is broken")
}

func TestWhatMustNotBeKnownIsLeftOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.write(t, h.System(), audit.Entry{Action: "decision.drafted", SubjectKind: "application", SubjectID: "secret"}, audit.Entry{Action: "review.submitted", SubjectKind: "application", SubjectID: "other"},
		audit.Entry{Action: "lot.prepared", SubjectKind: "lot", SubjectID: "among-others", Detail: map[string]any{audit.Among: []string{"other", "secret"}}},
		audit.Entry{Action: "lot.prepared", SubjectKind: "lot", SubjectID: "known-ones", Detail: map[string]any{audit.Among: []string{"other"}}})
	b := h.SignedIn(t, h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor())
	chained := regexp.MustCompile(`(?m)^\d+[,;].*[0-9a-f]{64}`)
	if page := b.Get("/trail?format=csv"); len(chained.FindAllString(page.Body, -1)) != 4 || !strings.Contains(page.Body, "among-others") {
		t.Errorf("nothing is hidden: %s", page.Body)
	}
	h.concealed = []string{"secret"}
	for _, path := range []string{"/trail", "/trail?kind=application", "/trail?format=csv"} {
		if page := b.Get(path); strings.Contains(page.Body, "secret") || !strings.Contains(page.Body, "other") || strings.Contains(page.Body, "among-others") || chained.MatchString(page.Body) {
			t.Errorf("%s: %s", path, page.Text())
		}
	}
	if page := b.Get("/trail"); !strings.Contains(page.Body, "known-ones") {
		t.Errorf("more than what names it is left out: %s", page.Text())
	}
}
