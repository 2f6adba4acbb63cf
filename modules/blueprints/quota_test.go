package blueprints_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
)

func TestQuotasCountApplicationsAndNotOrganizations(t *testing.T) {
	t.Parallel()
	chosen := [][]string{{"TR", "DE"}, {"TR", "TR"}, {"TR", "FR"}, {"DE", "DE"}}
	for name, c := range map[string]struct {
		quotas []blueprints.Quota
		want   []blueprints.Taken
	}{
		"none":             {nil, nil},
		"one country":      {[]blueprints.Quota{{Country: "TR", Most: 3}}, []blueprints.Taken{{Country: "TR", Count: 3, Most: 3}}},
		"one that is over": {[]blueprints.Quota{{Country: "DE", Most: 1}}, []blueprints.Taken{{Country: "DE", Count: 2, Most: 1}}},
		"each other": {
			[]blueprints.Quota{{Most: 1}, {Country: "TR", Most: 8}},
			[]blueprints.Taken{{Country: "TR", Count: 3, Most: 8}, {Country: "DE", Count: 2, Most: 1}, {Country: "FR", Count: 1, Most: 1}},
		},
		"one that nobody uses": {[]blueprints.Quota{{Country: "PL", Most: 2}}, []blueprints.Taken{{Country: "PL", Most: 2}}},
	} {
		if diff := cmp.Diff(c.want, blueprints.Take(c.quotas, chosen)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	over := blueprints.Beyond(blueprints.Take([]blueprints.Quota{{Most: 1}, {Country: "TR", Most: 3}}, chosen))
	if diff := cmp.Diff([]blueprints.Taken{{Country: "DE", Count: 2, Most: 1}}, over); diff != "" {
		t.Error(diff)
	}
}
