package brands

import (
	"context"
	"log/slog"
	"slices"

	"kervan/modules/events"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/ui"
	"kervan/policies"
	"kervan/tenants"
)

// Service changes how a network looks and speaks.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	shelf    *pictures.Shelf
	brush    chan struct{} // how many pictures are drawn at once
}

// New makes the service.
func New(t *tenants.Tenants, p *policies.Authorizer, shelf *pictures.Shelf) *Service {
	return &Service{tenants: t, policies: p, shelf: shelf, brush: make(chan struct{}, 1)}
}

// Change changes the actor's network's name, languages, zone, colours, typeface, pictures and sender. Coordinators may. A
// colour that is hard to read is kept as chosen; pages use its readable neighbour. A picture is one that was uploaded
// within a day, or the one that there is. Faults: Invalid by field, Conflict when somebody else has changed it since it was
// shown, Unavailable when the pictures cannot be looked at.
func (s *Service) Change(ctx context.Context, sc tenants.Scope, c tenants.Change) error {
	if err := s.policies.May(sc, policies.BrandEdit, policies.On{}); err != nil {
		return err
	}
	if bad := Check(c.Brand); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	c.Brand.Words = sc.Tenant().Brand.Words
	var err error
	if c.Brand.Logo, err = s.chosen(ctx, sc, Logo, c.Brand.Logo); err != nil {
		return err
	}
	if c.Brand.Header, err = s.chosen(ctx, sc, Header, c.Brand.Header); err != nil {
		return err
	}
	if c.Brand.Drawn, err = s.identity(ctx, sc, c); err != nil {
		return err
	}
	if err := s.tenants.Update(ctx, sc.Tenant().ID, c); err != nil {
		return err
	}
	err = sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Announce(events.BrandChanged{})
		tx.Audit(audit.Entry{Action: "network.brand_changed", SubjectKind: "network", SubjectID: sc.Tenant().ID.String()})
		return nil
	})
	if err != nil {
		return err
	}
	s.sweep(ctx, sc, c.Brand)
	return nil
}

// Check lists what is wrong with a brand's colours and typeface, by field.
func Check(b tenants.Brand) []fault.Field {
	var bad []fault.Field
	for _, field := range []struct{ name, colour string }{{"primary", b.Primary}, {"accent", b.Accent}} {
		if _, ok := ui.ParseColour(field.colour); !ok {
			bad = append(bad, fault.At(field.name, "brands.colour_form"))
		}
	}
	if !slices.ContainsFunc(ui.Typefaces, func(f ui.Typeface) bool { return f.ID == b.Typeface }) {
		bad = append(bad, fault.At("typeface", "fault.choose"))
	}
	return bad
}

// sets are those of a brand's pictures.
func sets(b tenants.Brand) []string {
	return slices.DeleteFunc([]string{b.Logo.Set, b.Header.Set, b.Drawn}, func(s string) bool { return s == "" })
}

// SweepJob is the name of the job that forgets, every night, the pictures that no brand refers to.
const SweepJob = "brands.sweep_pictures"

// RegisterJobs registers what the queue does in every tenant.
func (s *Service) RegisterJobs() { s.tenants.HandleEverywhere(SweepJob, s.Sweep) }

// Sweep forgets pictures that the brand does not refer to, once they are a day old. Only the system may.
func (s *Service) Sweep(ctx context.Context, sc tenants.Scope) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	s.sweep(ctx, sc, sc.Tenant().Brand)
	return nil
}

// sweep is Sweep for a brand. What is left over when the store is down goes with the next sweep.
func (s *Service) sweep(ctx context.Context, sc tenants.Scope, b tenants.Brand) {
	if err := s.shelf.Sweep(ctx, sc.Tenant().PicturePrefix(), sets(b)); err != nil {
		slog.Warn("pictures not swept", "error", err)
	}
}
