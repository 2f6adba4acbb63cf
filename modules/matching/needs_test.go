package matching_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/matching"
)

// TestACardOutsideThePoolTellsNoNeeds asks for those of two organizations, of which one has taken its card out of the pool.
func TestACardOutsideThePoolTellsNoNeeds(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	in := h.findable(t, "In", "TR", []matching.Topic{"digital"}, []matching.Topic{"finance"})
	out := h.findable(t, "Out", "DE", []matching.Topic{"digital"}, []matching.Topic{"finance"})
	card, _, err := h.service.Card(ctx, out.lead, out.id)
	must(t, err)
	must(t, h.service.Leave(ctx, out.lead, out.id, card.Version))
	needs, err := matching.Needs(ctx, h.System().Read(), []ids.Organization{in.id, out.id})
	must(t, err)
	if _, told := needs[out.id]; told || len(needs) != 1 {
		t.Errorf("%v", needs)
	}
	if diff := cmp.Diff([]matching.Topic{"digital"}, needs[in.id].Topics); diff != "" {
		t.Error(diff)
	}
}
