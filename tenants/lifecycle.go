package tenants

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// New is what is needed to open a network (or, once, the core).
type New struct {
	Slug    string
	Name    string
	Kind    Kind
	Locales []i18n.Locale // the first is the one to which texts fall back
	Zone    string        // IANA
	Brand   Brand
	Hosts   []string // the first is canonical
	First   Contact
	Network ids.Tenant // of a rehearsal: whose it is
	Call    ids.Call   // of a rehearsal: the call that is tried
}

// Contact is who is invited as a network's first coordinator.
type Contact struct {
	Name   string      `json:"name"`
	Email  string      `json:"email"`
	Locale i18n.Locale `json:"locale"`
}

var (
	slugForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)
	reserved = []string{
		"admin", "api", "app", "assets", "core", "kervan", "localhost", "mail", "metrics", "ns", "static", "status", "support", "www",
	}
)

// Check lists what is wrong with it, field by field, but for what only the database knows.
func (n New) Check() []fault.Field {
	var bad []fault.Field
	switch {
	case n.Slug == "":
		bad = append(bad, fault.At("slug", "fault.required"))
	case !slugForm.MatchString(n.Slug):
		bad = append(bad, fault.At("slug", "tenants.slug_form"))
	case n.Kind == KindNetwork && slices.Contains(reserved, n.Slug):
		bad = append(bad, fault.At("slug", "tenants.slug_taken"))
	}
	if n.Name == "" {
		bad = append(bad, fault.At("name", "fault.required"))
	}
	if len(n.Locales) == 0 {
		bad = append(bad, fault.At("locales", "fault.required"))
	}
	if _, err := time.LoadLocation(n.Zone); err != nil || n.Zone == "" {
		bad = append(bad, fault.At("zone", "tenants.zone_unknown"))
	}
	return bad
}

// Create enters a network into the catalogue and enqueues its provisioning; a rehearsal is provisioned by the job that
// fills it. The caller has authorized it. A slug or host that is taken is refused at its field.
func (t *Tenants) Create(ctx context.Context, n New) (Tenant, error) {
	if bad := n.Check(); len(bad) > 0 {
		return Tenant{}, fault.Invalid("fault.check_fields", bad...)
	}
	id := ids.New[ids.Tenant]()
	brand, err := json.Marshal(n.Brand)
	if err != nil {
		return Tenant{}, fmt.Errorf("tenants: write brand: %w", err)
	}
	err = t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewRaw(`INSERT INTO tenants (id, slug, name, kind, status, schema, locales, zone, brand, network_id, call_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, n.Slug, n.Name, n.Kind, StatusOnboarding, schemaOf(id), localeCodes(n.Locales), n.Zone, string(brand), orNull(n.Network), orNull(n.Call)).Exec(ctx)
		if database.Violates(err, "") {
			return fault.Invalid("fault.check_fields", fault.At("slug", "tenants.slug_taken")).Because(err)
		}
		if err != nil {
			return fmt.Errorf("tenants: create %s: %w", n.Slug, err)
		}
		for i, host := range n.Hosts {
			_, err := tx.NewInsert().Model(&hostRow{Host: host, TenantID: id, Canonical: i == 0}).Exec(ctx)
			if database.Violates(err, "") {
				return fault.Invalid("fault.check_fields", fault.At("slug", "tenants.host_taken")).Because(err)
			}
			if err != nil {
				return fmt.Errorf("tenants: add host %s: %w", host, err)
			}
		}
		first, err := json.Marshal(n.First)
		if err != nil {
			return fmt.Errorf("tenants: write first contact: %w", err)
		}
		p := provisioningRow{TenantID: id, First: first, Steps: len(provisioningSteps), Doing: provisioningSteps[0]}
		if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
			return fmt.Errorf("tenants: begin provisioning: %w", err)
		}
		if n.Kind != KindRehearsal {
			tx.Enqueue(ProvisionJob, provisionArgs{Tenant: id})
		}
		return touch(ctx, tx)
	})
	if err != nil {
		return Tenant{}, err
	}
	if err := t.reread(ctx); err != nil {
		return Tenant{}, err
	}
	return t.ByID(ctx, id)
}

func orNull[T interface{ IsZero() bool }](id T) any {
	if id.IsZero() {
		return nil
	}
	return id
}

// Suspend closes a network's site: on every node within half a second nothing but a neutral page is served and no job
// runs. Nothing is deleted.
func (t *Tenants) Suspend(ctx context.Context, id ids.Tenant) error {
	return t.move(ctx, id, func(n Tenant) (Status, bool) { return n.Status.Suspend() })
}

// Reopen returns a suspended network to the state it had before.
func (t *Tenants) Reopen(ctx context.Context, id ids.Tenant) error {
	return t.move(ctx, id, func(n Tenant) (Status, bool) { return n.Status.Reopen(n.StatusBefore) })
}

// GoLive ends a network's preparation.
func (t *Tenants) GoLive(ctx context.Context, id ids.Tenant) error {
	return t.move(ctx, id, func(n Tenant) (Status, bool) { return n.Status.GoLive() })
}

func (t *Tenants) move(ctx context.Context, id ids.Tenant, next func(Tenant) (Status, bool)) error {
	if err := t.reread(ctx); err != nil {
		return err
	}
	tenant, err := t.ByID(ctx, id)
	if err != nil {
		return err
	}
	status, ok := next(tenant)
	if !ok || tenant.Kind != KindNetwork {
		return fault.Conflict("tenants.not_now")
	}
	err = t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		result, err := tx.NewUpdate().Table("tenants").Set("status = ?", status).Set("status_before = ?", tenant.Status).
			Set("version = version + 1").Where("id = ?", id).Where("version = ?", tenant.Version).Exec(ctx)
		if err != nil {
			return fmt.Errorf("tenants: move %s to %s: %w", tenant.Slug, status, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fault.Conflict("fault.stale").Because(err)
		}
		return touch(ctx, tx)
	})
	if err != nil {
		return err
	}
	return t.reread(ctx)
}

// Change is what a network may change of itself.
type Change struct {
	Name    string
	Locales []i18n.Locale
	Zone    string
	Brand   Brand
	Version int64 // of the tenant as it was shown
}

// Update changes a network's name, languages, zone and brand. The caller has authorized it and checked the brand.
func (t *Tenants) Update(ctx context.Context, id ids.Tenant, c Change) error {
	probe := New{Slug: "probe", Name: c.Name, Locales: c.Locales, Zone: c.Zone}
	if bad := probe.Check(); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	brand, err := json.Marshal(c.Brand)
	if err != nil {
		return fmt.Errorf("tenants: write brand: %w", err)
	}
	err = t.Platform().Write(ctx, func(ctx context.Context, tx *Tx) error {
		result, err := tx.NewUpdate().Table("tenants").Set("name = ?", c.Name).Set("locales = ?", localeCodes(c.Locales)).
			Set("zone = ?", c.Zone).Set("brand = ?", string(brand)).Set("version = version + 1").
			Where("id = ?", id).Where("version = ?", c.Version).Exec(ctx)
		if err != nil {
			return fmt.Errorf("tenants: update: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fault.Conflict("fault.stale").Because(err)
		}
		return touch(ctx, tx)
	})
	if err != nil {
		return err
	}
	return t.reread(ctx)
}
