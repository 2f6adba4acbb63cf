package forms

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

// NamedTemplates are all templates that a version, a draft or what can be undone of a draft names. It reads all definitions
// once, so it is for jobs.
func (s *Service) NamedTemplates(ctx context.Context, db bun.IDB) (map[ids.Template]bool, error) {
	var named []ids.Template
	err := db.NewRaw(`SELECT DISTINCT (n.id #>> '{}')::uuid FROM (
			SELECT jsonb_path_query(definition, '$.sections[*].questions[*].template.*.id') AS id FROM form_versions
			UNION ALL SELECT jsonb_path_query(definition, '$.sections[*].questions[*].template.*.id') FROM form_drafts
			UNION ALL SELECT jsonb_path_query(patch, '$.**.template.*.id') FROM form_draft_steps) AS n
		WHERE n.id #>> '{}' ~ '^[0-9a-f-]{36}$'`).Scan(ctx, &named)
	if err != nil {
		return nil, fmt.Errorf("forms: list templates that are named: %w", err)
	}
	found := make(map[ids.Template]bool, len(named))
	for _, id := range named {
		found[id] = true
	}
	return found, nil
}

// Offering tells of which forms a version offers the template, and whether to everybody who may read it; else it is for accepted
// applicants. It is for features' use-cases, which say who these are.
func (s *Service) Offering(ctx context.Context, db bun.IDB, id ids.Template) (map[ids.Form]bool, error) {
	var rows []versionRow
	err := db.NewSelect().Model(&rows).Where("jsonb_path_exists(definition, '$.sections[*].questions[*].template.*.id[*] \\? (@ == $id)', jsonb_build_object('id', ?::text))", id.String()).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("forms: find who offers a template: %w", err)
	}
	found := map[ids.Form]bool{}
	for _, r := range rows {
		v, err := r.version()
		if err != nil {
			return nil, err
		}
		found[v.Form] = found[v.Form] || v.Whole.Offers(id)
	}
	return found, nil
}
