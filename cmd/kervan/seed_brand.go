package main

import (
	"context"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/brands"
	"kervan/tenants"
)

// brands lets the coordinator hang up the network's logo and a picture for the head of its site.
func (s *stage) brands(at time.Time, seed uint64) {
	if !demo.Known(s.tenant.Slug) { // a test's
		return
	}
	s.at(at, "brand", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		b := s.tenant.Brand
		logo, err := demo.Logo(s.tenant.Slug, b.Primary, b.Accent)
		if err != nil {
			return err
		}
		header, err := demo.Header(seed, b.Primary, b.Accent)
		if err != nil {
			return err
		}
		if b.Logo, err = s.app.brands.Upload(ctx, sc, brands.Logo, logo); err != nil {
			return err
		}
		if b.Header, err = s.app.brands.Upload(ctx, sc, brands.Header, header); err != nil {
			return err
		}
		err = s.app.brands.Change(ctx, sc, tenants.Change{Name: s.tenant.Name, Locales: s.tenant.Locales, Zone: s.tenant.Zone, Brand: b, Version: s.tenant.Version})
		if err != nil {
			return err
		}
		s.tenant, err = s.app.tenants.ByID(ctx, s.tenant.ID)
		return err
	})
}
