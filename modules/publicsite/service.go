package publicsite

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// Service changes how a network looks and speaks.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
}

// NewService makes the service.
func NewService(t *tenants.Tenants, p *policies.Authorizer) *Service {
	return &Service{tenants: t, policies: p}
}

// ChangeBrand changes the actor's network's name, languages, zone, colours, typeface and sender. Coordinators may. A
// colour that is hard to read is kept as chosen; pages use its readable neighbour. Faults: Invalid by field, Conflict
// when somebody else has changed it since it was shown.
func (s *Service) ChangeBrand(ctx context.Context, sc tenants.Scope, c tenants.Change) error {
	if err := s.policies.May(sc, policies.BrandEdit, policies.On{}); err != nil {
		return err
	}
	var bad []fault.Field
	for name, colour := range map[string]string{"primary": c.Brand.Primary, "accent": c.Brand.Accent} {
		if _, ok := ui.ParseColour(colour); !ok {
			bad = append(bad, fault.At(name, "publicsite.brand.colour_form"))
		}
	}
	if !slices.ContainsFunc(ui.Typefaces, func(f ui.Typeface) bool { return f.ID == c.Brand.Typeface }) {
		bad = append(bad, fault.At("typeface", "fault.choose"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	old := sc.Tenant().Brand
	c.Brand.LogoKey, c.Brand.HeaderKey = old.LogoKey, old.HeaderKey
	if err := s.tenants.Update(ctx, sc.Tenant().ID, c); err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.BrandChanged{})
		tx.Audit(audit.Entry{Action: "network.brand_changed", SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
		return nil
	})
}
