package documents

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/objects"
	"kervan/policies"
	"kervan/tenants"
)

// Check finds documents and templates whose content is missing or another one, content that belongs to none of them,
// documents that wait for their check for a day, and answers and forms that refer to one that is not there. Only the system may. It is a tenants.Check; what it
// finds while others are at work, it looks at once more before it says so.
func (s *Service) Check(ctx context.Context, sc tenants.Scope) ([]string, error) {
	if err := policies.OnlySystem(sc); err != nil {
		return nil, err
	}
	all, err := every(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	kept, err := s.kept(ctx, sc)
	if err != nil {
		return nil, err
	}
	var findings []string
	for i := range all {
		wrong, err := s.wrong(ctx, sc, &all[i], kept)
		if err != nil {
			return nil, err
		}
		if wrong != "" {
			findings = append(findings, fmt.Sprintf("document %s: %s", all[i].ID, wrong))
		}
		delete(kept, all[i].key)
		delete(kept, all[i].quarantine)
	}
	wrong, err := s.wrongTemplates(ctx, sc, kept)
	if err != nil {
		return nil, err
	}
	findings = append(findings, wrong...)
	strays, err := s.strays(ctx, sc, kept)
	if err != nil {
		return nil, err
	}
	dangling, err := tenants.Sentences(ctx, sc, `SELECT format('sheet %s: the answer to %s refers to document %s, which is not there', a.sheet_id, a.question, e.one)
		FROM answers a, jsonb_array_elements_text(CASE jsonb_typeof(a.value) WHEN 'array' THEN a.value ELSE '[]' END) AS e(one)
		WHERE e.one ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$' AND NOT EXISTS (SELECT FROM documents d WHERE d.id::text = e.one) ORDER BY 1`)
	return append(append(findings, strays...), dangling...), err
}

func (s *Service) kept(ctx context.Context, sc tenants.Scope) (map[string]objects.Object, error) {
	kept := map[string]objects.Object{}
	for _, place := range []string{arrivals, keeping, templates} {
		for o, err := range s.Objects.List(ctx, prefixOf(sc.Tenant())+place) {
			if err != nil {
				return nil, err
			}
			kept[o.Key] = o
		}
	}
	return kept, nil
}

// wrong says what is wrong with a document, if anything is.
func (s *Service) wrong(ctx context.Context, sc tenants.Scope, d *Document, kept map[string]objects.Object) (string, error) {
	prefix := prefixOf(sc.Tenant())
	content, there := kept[d.key]
	switch {
	case !strings.HasPrefix(d.key, prefix+keeping) || !strings.HasPrefix(d.quarantine, prefix+arrivals):
		return "its content lies in another network's place", nil
	case d.leaving:
		return "", nil
	case (d.State == Quarantined || d.State == Checking) && time.Since(d.GrantedAt) > 24*time.Hour:
		return "waits for its check since " + d.GrantedAt.UTC().Format(time.RFC3339), nil
	case (d.State == Granted || d.State == Refused) && there:
		return fmt.Sprintf("is %s and has content", d.State), nil
	case d.State != Clean || there && content.Size == d.Size:
		return "", nil
	}
	return s.again(ctx, sc, d)
}

// again looks once more at a clean document whose content was not as it should be.
func (s *Service) again(ctx context.Context, sc tenants.Scope, d *Document) (string, error) {
	now, err := findAll(ctx, sc.Read(), []ids.Document{d.ID})
	if err != nil || len(now) == 0 {
		return "", err
	}
	content, there, err := s.Objects.Find(ctx, d.key)
	switch {
	case err != nil:
		return "", err
	case !there:
		return "its content is missing", nil
	case content.Size != now[0].Size:
		return fmt.Sprintf("its content has %d bytes, not %d", content.Size, now[0].Size), nil
	default:
		return "", nil
	}
}

// strays are objects of which no document knows. In quarantine they may lie until the next sweep has passed.
func (s *Service) strays(ctx context.Context, sc tenants.Scope, left map[string]objects.Object) ([]string, error) {
	keys := slices.Sorted(maps.Keys(left))
	found, err := known(ctx, sc.Read(), keys)
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, key := range keys {
		waits := strings.HasPrefix(key, prefixOf(sc.Tenant())+arrivals) && time.Since(left[key].Modified) < strayLife+24*time.Hour
		if !found[key] && !waits {
			findings = append(findings, fmt.Sprintf("object %s: belongs to no document", key))
		}
	}
	return findings, nil
}
