package tenants_test

import (
	"context"
	"testing"
	"time"

	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/jobs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestANetworkIsRehearsedInUntilItGoesLive holds who may act on another day, where, and what is written down as now.
func TestANetworkIsRehearsedInUntilItGoesLive(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	day := time.Date(2026, 2, 3, 9, 30, 0, 0, time.UTC)
	if _, err := w.As(t, tenanttest.Role(tenants.RoleCoordinator)).AsOf(day); err == nil {
		t.Error("a coordinator chose the day")
	}
	if _, err := w.Visitor().AsOf(day); err == nil {
		t.Error("a visitor chose the day")
	}
	past, err := w.System().AsOf(day)
	if err != nil {
		t.Fatal(err)
	}
	err = past.As(tenants.Actor{}).Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil || !now.Equal(day) {
			t.Errorf("now is %v, %v", now, err)
		}
		var moment time.Time
		if err := tx.NewRaw("SELECT ?", tx.Moment()).Scan(ctx, &moment); err != nil || !moment.Equal(day) {
			t.Errorf("the moment is %v, %v", moment, err)
		}
		tx.Audit(audit.Entry{Action: "site.tried", SubjectKind: "site", SubjectID: "1"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := audit.List(t.Context(), w.System().Read(), audit.Filter{Limit: 1})
	if err != nil || len(rows) != 1 || !rows[0].At.Equal(day) {
		t.Errorf("the trail has %v, %v", rows, err)
	}
	if err := w.Tenants.GoLive(t.Context(), w.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	live, err := w.Tenants.ByID(t.Context(), w.Tenant.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Tenants.Bind(live, tenants.SystemActor("test")).AsOf(day); err == nil {
		t.Error("a live network was rehearsed in")
	}
	e := jobs.Envelope{Name: "tenants.test_nothing", Room: live.ID.String(), Payload: []byte("{}")}
	tenants.HandleJob(w.Tenants.Registry(), e.Name, func(context.Context, tenants.Scope, struct{}) error { return nil })
	if err := w.Tenants.DoAsOf(day)(t.Context(), e); err == nil {
		t.Error("a job of a live network ran on another day")
	}
	if err := w.Tenants.Do(t.Context(), e); err != nil {
		t.Error(err)
	}
}

// TestARehearsalIsDiscarded holds that nothing of it stays, and that nothing else can be discarded.
func TestARehearsalIsDiscarded(t *testing.T) {
	t.Parallel()
	w := tenanttest.Open(t)
	if err := w.Tenants.Discard(t.Context(), w.Tenant.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Tenants.ByID(t.Context(), w.Tenant.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the network is still known: %v", err)
	}
	if err := w.System().Read().NewRaw("SELECT 1 FROM memberships").Scan(t.Context(), new(int)); err == nil {
		t.Error("the tables are still there")
	}
	again := w.Another(t)
	for name, act := range map[string]func() error{
		"live":      func() error { return w.Tenants.GoLive(t.Context(), again.ID) },
		"suspended": func() error { return w.Tenants.Suspend(t.Context(), again.ID) },
	} {
		if err := act(); err != nil {
			t.Fatal(err)
		}
		if err := w.Tenants.Discard(t.Context(), again.ID); !fault.Is(err, fault.KindConflict) {
			t.Errorf("a %s network was discarded: %v", name, err)
		}
		if name == "suspended" {
			if err := w.Tenants.Reopen(t.Context(), again.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}
