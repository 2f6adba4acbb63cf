package policies_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestMain(m *testing.M) { tenanttest.Main(m) }

// TestPolicyMatrix keeps the table that people read equal to the policy that decides. UPDATE_GOLDEN=1 writes it anew.
func TestPolicyMatrix(t *testing.T) {
	t.Parallel()
	const golden = "testdata/matrix.golden.md"
	got, err := policies.Matrix()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the policy changed; look at the difference and write it with UPDATE_GOLDEN=1:\n%s", diff)
	}
}

func TestPolicyConditions(t *testing.T) {
	t.Parallel()
	a, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	w := tenanttest.Open(t)
	mine, other := ids.New[ids.Organization](), ids.New[ids.Organization]()
	lead := w.As(t, tenants.Grant{Role: tenants.RoleLead, Organization: mine})
	reviewer := w.As(t, tenanttest.Role(tenants.RoleReviewer))
	coordinator := w.As(t, tenanttest.Role(tenants.RoleCoordinator))
	for name, tt := range map[string]struct {
		sc     tenants.Scope
		action policies.Action
		on     policies.On
		want   fault.Kind
		ok     bool
	}{
		"a lead edits the own organization":             {lead, policies.OrganizationEdit, policies.On{Organizations: []ids.Organization{mine}}, 0, true},
		"a lead edits another organization":             {lead, policies.OrganizationEdit, policies.On{Organizations: []ids.Organization{other}}, fault.KindNotFound, false},
		"a lead edits nobody's organization":            {lead, policies.OrganizationEdit, policies.On{}, fault.KindNotFound, false},
		"a visitor edits an organization":               {w.Visitor(), policies.OrganizationEdit, policies.On{Organizations: []ids.Organization{mine}}, fault.KindUnauthenticated, false},
		"a visitor browses calls":                       {w.Visitor(), policies.CallBrowse, policies.On{}, 0, true},
		"a reviewer reads an assigned application":      {reviewer, policies.ApplicationRead, policies.On{Assigned: true}, 0, true},
		"a reviewer reads one that is not assigned":     {reviewer, policies.ApplicationRead, policies.On{}, fault.KindNotFound, false},
		"a conflicted reviewer reads an assigned one":   {reviewer, policies.ApplicationRead, policies.On{Assigned: true, Conflicted: true}, fault.KindNotFound, false},
		"a conflicted coordinator reads":                {coordinator, policies.ApplicationRead, policies.On{Conflicted: true}, fault.KindNotFound, false},
		"a coordinator reads":                           {coordinator, policies.ApplicationRead, policies.On{}, 0, true},
		"a coordinator opens a network":                 {coordinator, policies.NetworkOpen, policies.On{}, fault.KindNotFound, false},
		"an action that no line allows":                 {coordinator, policies.Action("moon.land"), policies.On{}, fault.KindNotFound, false},
		"somebody declares another person's conflict":   {reviewer, policies.ReviewDeclare, policies.On{Person: coordinator.Actor().Person}, fault.KindNotFound, false},
		"somebody declares the own conflict":            {reviewer, policies.ReviewDeclare, policies.On{Person: reviewer.Actor().Person}, 0, true},
		"a job of the system does what it must":         {w.System(), policies.SelectionRelease, policies.On{}, 0, true},
		"a scope without a tenant is still a visitor's": {tenants.Scope{}, policies.OrganizationList, policies.On{}, fault.KindUnauthenticated, false},
	} {
		err := a.May(tt.sc, tt.action, tt.on)
		if tt.ok != (err == nil) || !tt.ok && fault.Of(err).Kind != tt.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestPolicyNamesArePrefixed holds that nobody becomes a role by being called like one.
func TestPolicyNamesArePrefixed(t *testing.T) {
	t.Parallel()
	a, err := policies.New()
	if err != nil {
		t.Fatal(err)
	}
	w := tenanttest.Open(t)
	for _, name := range []string{"coordinator", "r:coordinator", "*", "a::b", "coordinator\n"} {
		actor := w.As(t).Actor()
		actor.Name, actor.Email = name, name
		actor.Grants = []tenants.Grant{{Role: tenants.Role("r:" + name)}, {Role: tenants.Role("*")}}
		if err := a.May(w.System().As(actor), policies.CallOpen, policies.On{}); err == nil {
			t.Errorf("%q opens calls", name)
		}
	}
}

func TestEveryActionIsInThePolicy(t *testing.T) {
	t.Parallel()
	matrix, err := policies.Matrix()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("actions.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(source)) {
		_, action, ok := strings.Cut(line, `Action = "`)
		if !ok {
			continue
		}
		n++
		action, _, _ = strings.Cut(action, `"`)
		if !strings.Contains(matrix, "| "+action+" |") {
			t.Errorf("nobody may ever %s", action)
		}
	}
	if n < 40 {
		t.Errorf("found only %d actions", n)
	}
}
