package lending_test

import (
	"slices"
	"testing"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/lending"
	"kervan/tenants"
)

// TestWhomASuspendedNetworkLendsIsLentNoMore ends what is open, at once and by night, and nothing of a network that is open.
func TestWhomASuspendedNetworkLendsIsLentNoMore(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(w *world) error{
		"at once": func(w *world) error {
			return w.service.StandDown(t.Context(), w.asker.As(tenants.SystemActor("test")), events.NetworkSuspended{Network: w.lender.Tenant().ID})
		},
		"by night": func(w *world) error { w.forgets(t); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			q := w.asks(t)
			if err := w.service.Agree(t.Context(), w.lender, q.ID, []ids.Person{w.people[0].Person, w.people[1].Person}); err != nil {
				t.Fatal(err)
			}
			w.works(t)
			loans := w.loans(t, q.ID)
			for i, p := range []lending.Progress{{Stage: lending.Accepted, Done: 1, Given: 2}, {Stage: lending.Declined}} {
				w.progress[loans[i].ID] = p
				if err := w.service.Report(t.Context(), w.asker.As(tenants.SystemActor("test")), events.LoanMoved{Loan: loans[i].ID}); err != nil {
					t.Fatal(err)
				}
			}
			w.works(t)
			stages := func() (all []lending.Stage) {
				t.Helper()
				for _, l := range loans {
					found := w.loans(t, q.ID)
					all = append(all, found[slices.IndexFunc(found, func(one lending.Loan) bool { return one.ID == l.ID })].Stage)
				}
				return all
			}
			if err := do(w); err != nil {
				t.Fatal(err)
			}
			w.works(t)
			if got := stages(); !slices.Equal(got, []lending.Stage{lending.Accepted, lending.Declined}) || len(w.ended) > 0 {
				t.Errorf("a network that is open: %v, %+v", got, w.ended)
			}
			if err := w.Tenants.Suspend(t.Context(), w.lender.Tenant().ID); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := do(w); err != nil {
					t.Fatal(err)
				}
				w.works(t)
			}
			if got := stages(); !slices.Equal(got, []lending.Stage{lending.Ended, lending.Declined}) || len(w.ended) != 1 || w.ended[0].Loan != loans[0].ID {
				t.Errorf("%v, %+v", got, w.ended)
			}
		})
	}
	w := open(t)
	if err := w.service.StandDown(t.Context(), w.asker, events.NetworkSuspended{}); err == nil {
		t.Error("a coordinator is a reaction")
	}
}
