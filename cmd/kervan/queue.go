package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kervan/modules/kernel/jobs"
)

// queueGauges tell how the queue stands whenever the metrics are read. An alarm belongs on jobs that were set aside.
type queueGauges struct{ queue *jobs.Queue }

var jobsGauge = prometheus.NewDesc("kervan_jobs", "Jobs of the queue by where they stand.", []string{"state"}, nil)

// Describe names the gauge.
func (queueGauges) Describe(out chan<- *prometheus.Desc) { out <- jobsGauge }

// Collect counts the jobs. A queue that does not answer leaves the gauge out, which is an alarm of its own.
func (g queueGauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	counts, err := g.queue.Counts(ctx)
	if err != nil {
		slog.Error("jobs not counted", "error", err)
		return
	}
	for state, n := range map[string]int{"waiting": counts.Waiting, "running": counts.Running, "set_aside": counts.SetAside} {
		out <- prometheus.MustNewConstMetric(jobsGauge, prometheus.GaugeValue, float64(n), state)
	}
}
