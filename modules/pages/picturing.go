package pages

import (
	"context"
	"slices"

	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/pictures"
	"kervan/policies"
	"kervan/tenants"
)

// SweepJob is the name of the job that forgets, every night, the pictures that stand on no page.
const SweepJob = "pages.sweep_pictures"

// RegisterJobs registers what the queue does in every tenant.
func (s *Service) RegisterJobs(t *tenants.Tenants) { t.HandleEverywhere(SweepJob, s.Sweep) }

func prefix(sc tenants.Scope) string { return sc.Tenant().PhotoPrefix("pages") }

// Bring takes a picture for a page's block, drawn anew from its pixels. It stays if a page shows it within a day. Coordinators
// and the core team may. Faults: Invalid at the field, Unavailable.
func (s *Service) Bring(ctx context.Context, sc tenants.Scope, field string, b []byte) (Photo, error) {
	if err := s.policies.May(sc, policies.PageEdit, policies.On{}); err != nil {
		return Photo{}, err
	}
	taken, err := s.album.Take(ctx, prefix(sc), field, b)
	if err != nil {
		return Photo{}, err
	}
	p := Photo{Set: taken.Set, Width: taken.Width, Height: taken.Height}
	return p, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "page.picture_brought", SubjectKind: "page_picture", SubjectID: p.Set})
		return insertPicture(ctx, tx, p)
	})
}

// measured gives the pictures of a content their sizes, which no form says, and drops those that the tenant does not have.
func measured(ctx context.Context, sc tenants.Scope, c *Content) error {
	sets := c.sets()
	if len(sets) == 0 {
		return nil
	}
	there, err := picturesOf(ctx, sc.Read(), sets)
	if err != nil {
		return err
	}
	for i := range c.Blocks {
		if b := &c.Blocks[i]; b.Picture != nil {
			if known, ok := there[b.Picture.Set]; ok && b.Kind == Picture {
				b.Picture = &known
			} else {
				b.Picture = nil
			}
		}
	}
	return nil
}

// sets are the pictures of the page, by their names in the store.
func (c *Content) sets() []string {
	var all []string
	for i := range c.Blocks {
		if p := c.Blocks[i].Picture; p != nil && !slices.Contains(all, p.Set) {
			all = append(all, p.Set)
		}
	}
	return all
}

// File is a file of a picture, by the last part of its address. Anybody may see those of pages that visitors read; whoever
// writes pages, all. Faults: NotFound, Unavailable.
func (s *Service) File(ctx context.Context, sc tenants.Scope, address string) (b []byte, public bool, err error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return nil, false, err
	}
	set, name, ok := pictures.ParsePhoto(address)
	if !ok {
		return nil, false, fault.NotFound()
	}
	if public, err = shows(ctx, sc.Read(), set); err != nil {
		return nil, false, err
	}
	if !public && s.policies.May(sc, policies.PageEdit, policies.On{}) != nil {
		return nil, false, fault.NotFound()
	}
	b, err = s.album.Get(ctx, prefix(sc), set, name)
	return b, public, err
}

// Sweep forgets the pictures that were brought more than a day ago and stand on no page, nor in what one was before, and what
// is stored of pictures that nobody knows of. Only the system may.
func (s *Service) Sweep(ctx context.Context, sc tenants.Scope) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	var used []string
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		err := forgetPictures(ctx, tx)
		if err == nil {
			used, err = allPictures(ctx, tx)
		}
		return err
	})
	if err == nil {
		s.album.Sweep(ctx, prefix(sc), used)
	}
	return err
}
