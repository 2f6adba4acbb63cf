package main

import (
	"context"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

// samples lets selection ask what a sample for reviewers is made of.
type samples struct {
	forms        *forms.Service
	applications *applications.Service
}

// Outline satisfies selection.Samples.
func (s samples) Outline(ctx context.Context, sc tenants.Scope, call ids.Call, loc *i18n.Localizer) ([]selection.Passage, error) {
	c, err := programs.Find(ctx, sc.Read(), call)
	if err != nil {
		return nil, err
	}
	version, err := s.forms.Version(ctx, sc, c.FormVersion)
	if err != nil {
		return nil, err
	}
	passages := make([]selection.Passage, len(version.Definition.Sections))
	for i, section := range version.Definition.Sections {
		passages[i].Section = section.Title.String(loc.Locale, c.Locales...)
	}
	return passages, nil
}

// Anonymised satisfies selection.Samples.
func (s samples) Anonymised(ctx context.Context, sc tenants.Scope, application ids.Application, loc *i18n.Localizer) ([]selection.Passage, error) {
	all, err := s.applications.Specimen(ctx, sc, application, loc)
	passages := make([]selection.Passage, len(all))
	for i, p := range all {
		passages[i] = selection.Passage(p)
	}
	return passages, err
}
