package matching_test

import (
	"context"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/matching"
	"kervan/tenants"
)

// proposedTogether lets all of acts come as far as where one proposes after the other, lets them go on together, and gives their errors.
func (h *house) proposedTogether(t *testing.T, acts ...func() error) []error {
	t.Helper()
	acted := make(chan error, len(acts))
	must(t, h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if err := matching.HoldProposals(ctx, tx); err != nil {
			return err
		}
		for _, act := range acts {
			go func() { acted <- act() }()
		}
		for waiting := 0; waiting < len(acts); {
			if len(acted) > 0 {
				t.Error("they do not wait")
				return nil
			}
			err := tx.NewRaw(`WITH RECURSIVE waiting (pid) AS (
				SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
				UNION SELECT l.pid FROM pg_locks AS l JOIN waiting AS w ON w.pid = ANY (pg_blocking_pids(l.pid)) WHERE NOT l.granted
			) SELECT count(*) FROM waiting`).Scan(ctx, &waiting)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	errs := make([]error, len(acts))
	for i := range errs {
		errs[i] = <-acted
	}
	return errs
}

// TestNobodyIsProposedToTwoAtOnce has two coordinators propose the same organization to two others at the same instant: one of them
// wins, and the other is told.
func TestNobodyIsProposedToTwoAtOnce(t *testing.T) {
	t.Parallel()
	for in, rounds := range map[string]int{"one round": 1, "two rounds": 2} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			ctx := t.Context()
			all := h.many(t, 3)
			team := []tenants.Scope{h.coordinator(t), h.coordinator(t)}
			var round ids.Round
			var acts []func() error
			for n, sc := range team {
				if n < rounds {
					round = h.begin(t, sc, nil)
				}
				pair := []ids.Organization{all[0].id, all[n+1].id}
				must(t, h.service.Tie(ctx, sc, round, true, pair))
				b := h.solve(t, sc, round)
				v, err := h.service.Round(ctx, sc, round)
				must(t, err)
				must(t, h.service.Untie(ctx, sc, round, v.Ties[0].ID)) // the run keeps them together
				cmd := matching.Proposing{Groups: allGroups(&b)[:1], Due: inTwoWeeks()}
				at := round
				acts = append(acts, func() error { return h.service.Propose(ctx, sc, at, b.ID, cmd) })
			}
			won := 0
			for _, err := range h.proposedTogether(t, acts...) {
				if err == nil {
					won++
					continue
				}
				wants(t, err, fault.KindConflict, "")
				if key := fault.Of(err).Key; key != "matching.proposal.engaged" {
					t.Errorf("the other is told %s", key)
				}
			}
			if won != 1 {
				t.Errorf("%d win", won)
			}
			sent := 0
			for _, s := range all {
				offers, err := h.service.Offers(ctx, s.lead)
				must(t, err)
				if sent += len(offers); len(offers) > 1 {
					t.Errorf("%s has %d proposals to answer", s.lead.Actor().Name, len(offers))
				}
			}
			if sent != 2 {
				t.Errorf("%d organizations are proposed something", sent)
			}
		})
	}
}
