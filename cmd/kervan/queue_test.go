package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"kervan/modules/kernel/jobs"
	"kervan/tenants/tenanttest"
)

// TestMetricsTellOfJobsThatWereSetAside holds that an operator's alarm hears of them.
func TestMetricsTellOfJobsThatWereSetAside(t *testing.T) {
	t.Parallel()
	cluster := tenanttest.Own(t)
	for name, n := range map[string]int{"available": 2, "retryable": 1, "running": 1, "discarded": 3, "cancelled": 1, "completed": 5} {
		for range n {
			args, err := json.Marshal(jobs.Envelope{Name: "test", Payload: json.RawMessage("{}")})
			if err != nil {
				t.Fatal(err)
			}
			_, err = cluster.Worker.Exec(t.Context(), `INSERT INTO river.river_job (kind, args, max_attempts, state, finalized_at)
				VALUES ('kervan', $1, 3, $2::text::river.river_job_state, CASE WHEN $2::text IN ('discarded', 'cancelled', 'completed') THEN now() END)`, string(args), name)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	m := newMetrics()
	m.registry.MustRegister(queueGauges{jobs.NewQueue(cluster.Worker)})
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		if family.GetName() != "kervan_jobs" {
			continue
		}
		for _, one := range family.GetMetric() {
			got[one.GetLabel()[0].GetValue()] = one.GetGauge().GetValue()
		}
	}
	if want := "map[running:1 set_aside:4 waiting:3]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
