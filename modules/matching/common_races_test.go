package matching_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/kernel/fault"
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

// TestWhatIsNotSharedWaitsForNothing takes back, and renames, what nobody sees while somebody else changes the copies.
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
		must(t, h.Tenants.Do(ctx, h.renamed(t, ada)))
	}))
}

// TestASuspendedNetworkTakesNoPart asks for the networks before and after one is suspended.
func TestASuspendedNetworkTakesNoPart(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, team := h.core(t)
	there := h.Another(t)
	h.partakes(t, there)
	h.within(there, func() { h.Jobs(t) })
	listed := func() bool {
		pool, err := h.service.CommonPool(t.Context(), team, matching.Query{})
		must(t, err)
		return slices.ContainsFunc(pool.Networks, func(n matching.Partaking) bool { return n.Network == there.ID })
	}
	if !listed() {
		t.Error("one that nobody shares a card of is not listed")
	}
	must(t, h.Tenants.Suspend(t.Context(), there.ID))
	if listed() {
		t.Error("it is listed although it is suspended")
	}
}

// renamed is the job that follows a change of the organization's profile.
func (h *house) renamed(t *testing.T, who side) jobs.Envelope {
	t.Helper()
	payload, err := json.Marshal(events.OrganizationChanged{Organization: who.id})
	must(t, err)
	return jobs.Envelope{Name: "matching.profile_changed", Room: h.Tenant.ID.String(), Payload: payload}
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

// whileHeld lets act wait for what the transaction of hold has, which then commits, and gives act's error.
func (h *house) whileHeld(t *testing.T, act func() error, hold func(ctx context.Context, tx *tenants.Tx) error) error {
	t.Helper()
	acted := make(chan error, 1)
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if err := hold(ctx, tx); err != nil {
			return err
		}
		go func() { acted <- act() }()
		for waiting := 0; waiting == 0; {
			if len(acted) > 0 {
				t.Error("it does not wait")
				return nil
			}
			err := tx.NewRaw("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))").Scan(ctx, &waiting)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return <-acted
}

// TestACardIsNotSharedWhileItIsWritten lets one be shared while another writes the card, and the other way round: no copy stays old.
func TestACardIsNotSharedWhileItIsWritten(t *testing.T) {
	t.Parallel()
	topics := []matching.Topic{"digital"}
	t.Run("shared while it is written", func(t *testing.T) {
		t.Parallel()
		h := open(t)
		h.partakes(t, h.Tenant)
		ada := h.findable(t, "Ada", "TR", topics, topics)
		wants(t, h.whileHeld(t, func() error { return h.service.Share(t.Context(), ada.lead, ada.id, 2) }, func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw("UPDATE matching_cards SET version = 3 WHERE organization_id = ?", ada.id).Exec(ctx)
			return err
		}), fault.KindConflict, "")
	})
	t.Run("written while it is shared", func(t *testing.T) {
		t.Parallel()
		h := open(t)
		h.partakes(t, h.Tenant)
		ada := h.findable(t, "Ada", "TR", topics, topics)
		c, _, err := h.service.Card(t.Context(), ada.lead, ada.id)
		must(t, err)
		c.About = "We have moved."
		must(t, h.whileHeld(t, func() error { return h.service.Write(t.Context(), ada.lead, c) }, func(ctx context.Context, tx *tenants.Tx) error {
			_, err := tx.NewRaw("SELECT FROM matching_cards WHERE organization_id = ? FOR SHARE", ada.id).Exec(ctx)
			if err == nil {
				_, err = tx.NewRaw("INSERT INTO matching_sharings (organization_id, since) VALUES (?, now())", ada.id).Exec(ctx)
			}
			return err
		}))
		h.Jobs(t)
		if v, err := h.service.Sharing(t.Context(), ada.lead, ada.id); err != nil || v.Copy == nil || v.Copy.Listed().Card.About != "We have moved." {
			t.Errorf("others see %+v: %v", v.Copy, err)
		}
	})
}
