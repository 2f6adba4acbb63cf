package tenants

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// fresh is how long a copy of the catalogue is believed without asking; so a suspension acts on every node within it.
const fresh = 500 * time.Millisecond

// catalogue is this node's copy of all tenants and hosts. It is replaced as a whole, never changed.
type catalogue struct {
	mu      sync.Mutex
	current atomic.Pointer[snapshot]
}

type snapshot struct {
	version int64
	checked time.Time
	byHost  map[string]Tenant
	byID    map[ids.Tenant]Tenant
	all     []Tenant
}

type tenantRow struct {
	bun.BaseModel `bun:"table:tenants,alias:t"`

	ID            ids.Tenant      `bun:"id,pk"`
	Slug          string          `bun:"slug"`
	Name          string          `bun:"name"`
	Kind          Kind            `bun:"kind"`
	Status        Status          `bun:"status"`
	StatusBefore  Status          `bun:"status_before,nullzero"`
	Schema        string          `bun:"schema"`
	SchemaVersion int64           `bun:"schema_version"`
	Locales       []string        `bun:"locales,array"`
	Zone          string          `bun:"zone"`
	Brand         json.RawMessage `bun:"brand,type:jsonb"`
	Version       int64           `bun:"version"`
	NetworkID     ids.Tenant      `bun:"network_id,nullzero"`
	CallID        ids.Call        `bun:"call_id,nullzero"`
	CreatedAt     time.Time       `bun:"created_at,nullzero,default:now()"`
}

type hostRow struct {
	bun.BaseModel `bun:"table:hosts"`

	Host      string     `bun:"host,pk"`
	TenantID  ids.Tenant `bun:"tenant_id"`
	Canonical bool       `bun:"canonical"`
}

func (r tenantRow) tenant(hosts []hostRow) (Tenant, error) {
	t := Tenant{
		ID: r.ID, Slug: r.Slug, Name: r.Name, Kind: r.Kind, Status: r.Status, StatusBefore: r.StatusBefore, Schema: r.Schema,
		Zone: r.Zone, SchemaVersion: r.SchemaVersion, Version: r.Version, CreatedAt: r.CreatedAt, Network: r.NetworkID, Call: r.CallID,
	}
	for _, code := range r.Locales {
		if l, ok := i18n.ParseLocale(code); ok {
			t.Locales = append(t.Locales, l)
		}
	}
	if err := json.Unmarshal(r.Brand, &t.Brand); err != nil {
		return Tenant{}, fmt.Errorf("tenants: read brand of %s: %w", r.Slug, err)
	}
	t.Wording = i18n.NewWording(t.Brand.Words)
	for _, h := range hosts {
		if h.TenantID == r.ID && (h.Canonical || t.Host == "") {
			t.Host = h.Host
		}
	}
	return t, nil
}

// ByHost finds the tenant that a verified host belongs to.
func (t *Tenants) ByHost(ctx context.Context, host string) (Tenant, bool, error) {
	s, err := t.snapshot(ctx)
	if err != nil {
		return Tenant{}, false, err
	}
	tenant, ok := s.byHost[host]
	return tenant, ok, nil
}

// ByID is the tenant of that id, or a NotFound fault.
func (t *Tenants) ByID(ctx context.Context, id ids.Tenant) (Tenant, error) {
	s, err := t.snapshot(ctx)
	if err != nil {
		return Tenant{}, err
	}
	tenant, ok := s.byID[id]
	if !ok {
		return Tenant{}, fault.NotFound()
	}
	return tenant, nil
}

// All lists every tenant: the core first, then the networks by name.
func (t *Tenants) All(ctx context.Context) ([]Tenant, error) {
	s, err := t.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(s.all), nil
}

func (t *Tenants) snapshot(ctx context.Context) (*snapshot, error) {
	if s := t.catalogue.current.Load(); s != nil && time.Since(s.checked) < fresh {
		return s, nil
	}
	t.catalogue.mu.Lock()
	defer t.catalogue.mu.Unlock()
	if s := t.catalogue.current.Load(); s != nil && time.Since(s.checked) < fresh {
		return s, nil
	}
	return t.refresh(ctx)
}

// refresh reads the catalogue again if it has changed. The caller holds the lock.
func (t *Tenants) refresh(ctx context.Context) (*snapshot, error) {
	s := t.catalogue.current.Load()
	checked := time.Now()
	var version int64
	if err := t.platform.NewSelect().Table("catalogue").Column("version").Scan(ctx, &version); err != nil {
		return nil, fmt.Errorf("tenants: read catalogue's version: %w", err)
	}
	if s != nil && s.version == version {
		kept := *s
		kept.checked = checked
		t.catalogue.current.Store(&kept)
		return &kept, nil
	}
	loaded, err := t.load(ctx)
	if err != nil {
		return nil, err
	}
	loaded.version, loaded.checked = version, checked
	t.catalogue.current.Store(loaded)
	return loaded, nil
}

func (t *Tenants) load(ctx context.Context) (*snapshot, error) {
	var rows []tenantRow
	var hosts []hostRow
	if err := t.platform.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("tenants: read catalogue: %w", err)
	}
	if err := t.platform.NewSelect().Model(&hosts).Scan(ctx); err != nil {
		return nil, fmt.Errorf("tenants: read hosts: %w", err)
	}
	s := &snapshot{byHost: make(map[string]Tenant, len(hosts)), byID: make(map[ids.Tenant]Tenant, len(rows))}
	for _, r := range rows {
		tenant, err := r.tenant(hosts)
		if err != nil {
			return nil, err
		}
		s.byID[tenant.ID] = tenant
		s.all = append(s.all, tenant)
	}
	for _, h := range hosts {
		s.byHost[h.Host] = s.byID[h.TenantID]
	}
	slices.SortFunc(s.all, func(a, b Tenant) int {
		if a.Kind != b.Kind {
			return strings.Compare(string(a.Kind), string(b.Kind))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return s, nil
}

// reread makes this node see what has just been committed; the others follow within half a second. It waits for a
// reading that began before the commit, whose outcome would otherwise be believed after it.
func (t *Tenants) reread(ctx context.Context) error {
	t.catalogue.mu.Lock()
	defer t.catalogue.mu.Unlock()
	_, err := t.refresh(ctx)
	return err
}

func touch(ctx context.Context, tx *Tx) error {
	if _, err := tx.NewUpdate().Table("catalogue").Set("version = version + 1").Where("id = 1").Exec(ctx); err != nil {
		return fmt.Errorf("tenants: touch catalogue: %w", err)
	}
	return nil
}

func localeCodes(locales []i18n.Locale) any {
	codes := make([]string, len(locales))
	for i, l := range locales {
		codes[i] = string(l)
	}
	return pgdialect.Array(codes)
}
