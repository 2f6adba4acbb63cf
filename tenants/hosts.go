package tenants

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
)

// Hosts changes under which hosts tenants are served, inside a write over the shared tables.
type Hosts struct{ tx *Tx }

// ChangeHosts runs fn in one write over the shared tables; afterwards this node serves the new hosts at once, the others
// within half a second. The caller has authorized it and knows that the hosts are the tenants' own.
func (t *Tenants) ChangeHosts(ctx context.Context, fn func(ctx context.Context, tx *Tx, h Hosts) error) error {
	err := t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := fn(ctx, tx, Hosts{tx}); err != nil {
			return err
		}
		return touch(ctx, tx)
	})
	if err != nil {
		return err
	}
	return t.reread(ctx)
}

// Add serves the tenant under one more host. Fault: Conflict where the host is anybody's already.
func (h Hosts) Add(ctx context.Context, tenant ids.Tenant, host string) error {
	_, err := h.tx.NewInsert().Model(&hostRow{Host: host, TenantID: tenant}).Exec(ctx)
	if database.Violates(err, "") {
		return fault.Conflict("tenants.host_taken").Because(err)
	}
	if err != nil {
		return fmt.Errorf("tenants: add host %s: %w", host, err)
	}
	return nil
}

// Main makes a host that the tenant has the one for links.
func (h Hosts) Main(ctx context.Context, tenant ids.Tenant, host string) error {
	if _, err := h.tx.NewUpdate().Model((*hostRow)(nil)).Set("canonical = false").Where("tenant_id = ?", tenant).Where("canonical").Exec(ctx); err != nil {
		return fmt.Errorf("tenants: unset main host: %w", err)
	}
	result, err := h.tx.NewUpdate().Model((*hostRow)(nil)).Set("canonical = true").Where("tenant_id = ?", tenant).Where("host = ?", host).Exec(ctx)
	if err != nil {
		return fmt.Errorf("tenants: set main host: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return fault.NotFound().Because(err)
	}
	return nil
}

// Drop ends a host of the tenant; links lead to the other one from now on, which the tenant has.
func (h Hosts) Drop(ctx context.Context, tenant ids.Tenant, host, instead string) error {
	if _, err := h.tx.NewDelete().Model((*hostRow)(nil)).Where("tenant_id = ?", tenant).Where("host = ?", host).Exec(ctx); err != nil {
		return fmt.Errorf("tenants: drop host %s: %w", host, err)
	}
	return h.Main(ctx, tenant, instead)
}
