package applications

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// takeAlong writes what the forms of applications take along of the profiles of their organizations: of a part of its own, of
// the joint part of the one that began. Profiles are read in one query, and only where something is taken.
func (s *Service) takeAlong(ctx context.Context, tx *tenants.Tx, all ...Application) error {
	taking := map[ids.Sheet]ids.Organization{}
	for i := range all {
		a := &all[i]
		version, err := s.forms.VersionIn(ctx, tx, a.FormVersion)
		if err != nil {
			return err
		}
		if version.Definition.Takes(forms.ScopeJoint) {
			taking[a.Joint] = a.Organization
		}
		for _, p := range a.Parts {
			if version.Definition.Takes(forms.ScopePart) && !p.Organization.IsZero() {
				taking[p.Sheet] = p.Organization
			}
		}
	}
	if len(taking) == 0 {
		return nil
	}
	var organizations []ids.Organization
	sheets := make([]ids.Sheet, 0, len(taking))
	for sheet, organization := range taking {
		sheets = append(sheets, sheet)
		if !slices.Contains(organizations, organization) {
			organizations = append(organizations, organization)
		}
	}
	profiles, err := s.Organizations.ProfilesOf(ctx, tx, organizations)
	if err != nil {
		return err
	}
	slices.SortFunc(sheets, func(a, b ids.Sheet) int { return slices.Compare(a[:], b[:]) })
	for _, sheet := range sheets {
		if err := s.forms.TakeAlong(ctx, tx, sheet, profiles[taking[sheet]]); err != nil {
			return err
		}
	}
	return nil
}

// profileChanged lets drafts take along what an organization's profile says now. What was handed in stays as it is, until it
// is handed in again.
func (s *Service) profileChanged(ctx context.Context, sc tenants.Scope, e events.OrganizationChanged) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		all, err := draftsOf(ctx, tx, e.Organization)
		if err != nil {
			return err
		}
		return s.takeAlong(ctx, tx, all...)
	})
}

// mostNames is for how many names on one page organizations are looked up.
const mostNames = 20

// Candidates are the organizations that may be meant by names that somebody typed, by these. Whoever may see the network's
// directory may; a name of less than three characters means none, and of many names only the first are looked for.
func (s *Service) Candidates(ctx context.Context, sc tenants.Scope, typed []string) (map[string][]forms.Candidate, error) {
	if err := s.policies.May(sc, policies.OrganizationDirectory, policies.On{}); err != nil {
		return nil, err
	}
	found := map[string][]forms.Candidate{}
	for _, name := range typed[:min(len(typed), mostNames)] {
		if len([]rune(name)) < 3 {
			continue
		}
		alike, err := s.Organizations.Alike(ctx, sc, name)
		if err != nil {
			return nil, err
		}
		found[name] = alike
	}
	return found, nil
}

// profileOf is where the profile is from which the sheet takes along; empty for those who may not read it.
func (s *Service) profileOf(sc tenants.Scope, d *Desk) string {
	of := d.Overview.Organization
	if d.Part != nil {
		of = d.Part.Organization
	}
	if s.policies.May(sc, policies.OrganizationRead, policies.On{Organizations: []ids.Organization{of}}) != nil {
		return ""
	}
	return "/organizations/" + of.String()
}
