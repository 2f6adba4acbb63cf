package matching_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"kervan/modules/kernel/jobs"
	"kervan/modules/matching"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestWhoSharesWaitsForNobodysConnection has more jobs for one network at once than there are connections. They all end, and with
// them whoever needs a connection meanwhile.
func TestWhoSharesWaitsForNobodysConnection(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	h.partakes(t, h.Tenant)
	h.shares(t, h.Tenant, "Ada", "TR", topics, topics)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for range 3 * h.Tenants.Stat().MaxConns() {
		all.Go(func() {
			if err := h.Tenants.Do(ctx, jobs.Envelope{Name: matching.ShareJob, Room: h.Tenant.ID.String(), Payload: json.RawMessage("{}")}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestWhatIsNotSharedWaitsForNothing takes back what nobody sees while somebody else changes the copies.
func TestWhatIsNotSharedWaitsForNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	topics := []matching.Topic{"digital"}
	ada := h.findable(t, "Ada", "TR", topics, topics)
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	must(t, h.service.WhileHeld(t.Context(), h.Tenant.ID, func() {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		must(t, h.service.EndPart(ctx, coordinator, true))
		must(t, h.service.TakePart(ctx, coordinator))
		must(t, h.service.Unshare(ctx, ada.lead, ada.id))
	}))
}

// TestWhatWasBrokenOffIsTakenBackAgain breaks off while the copy is taken away; said again, it is.
func TestWhatWasBrokenOffIsTakenBackAgain(t *testing.T) {
	t.Parallel()
	topics := []matching.Topic{"digital"}
	for how, end := range map[string]func(ctx context.Context, h *house, who side, coordinator tenants.Scope) error{
		"the organization": func(ctx context.Context, h *house, who side, _ tenants.Scope) error {
			return h.service.Unshare(ctx, who.lead, who.id)
		},
		"the network": func(ctx context.Context, h *house, _ side, coordinator tenants.Scope) error {
			return h.service.EndPart(ctx, coordinator, true)
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.partakes(t, h.Tenant)
			ada := h.shares(t, h.Tenant, "Ada", "TR", topics, topics)
			coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
			must(t, h.service.WhileHeld(t.Context(), h.Tenant.ID, func() {
				killed, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if err := end(killed, h, ada, coordinator); err == nil {
					t.Error("it is said to be done while it waits")
				}
			}))
			must(t, end(t.Context(), h, ada, coordinator))
			if left := h.copies(t, h.Tenant); len(left) > 0 {
				t.Errorf("others still see %s", left)
			}
		})
	}
}
