package documents

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/objects"
	"kervan/tenants"
)

// unsettledLife is how long a template may be on its way: a program that died has left it.
const unsettledLife = 24 * time.Hour

// sweepTemplates removes the templates that no definition has named for a week, and those that a program left on their way.
func (s *Service) sweepTemplates(ctx context.Context, sc tenants.Scope) error {
	all, err := everyTemplate(ctx, sc.Read())
	if err != nil || len(all) == 0 {
		return err
	}
	names, err := s.Forms.NamedTemplates(ctx, sc.Read())
	if err != nil {
		return err
	}
	var named, unused []ids.Template
	for i := range all {
		switch {
		case names[all[i].ID]:
			named = append(named, all[i].ID)
		case all[i].good():
			unused = append(unused, all[i].ID)
		}
	}
	if err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return markTemplates(ctx, tx, named, unused) }); err != nil {
		return err
	}
	idle, err := idleTemplates(ctx, sc.Read())
	if err != nil {
		return err
	}
	var failed error
	for i := range idle {
		failed = errors.Join(failed, s.removeTemplate(ctx, sc, &idle[i]))
	}
	return failed
}

// removeTemplate erases a template's content and then forgets it; see remove.
func (s *Service) removeTemplate(ctx context.Context, sc tenants.Scope, t *Template) error {
	if !t.leaving {
		left, err := s.letGo(ctx, sc, t)
		if err != nil || !left {
			return err
		}
	}
	if err := s.Objects.Delete(ctx, t.key, t.quarantine); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return forgetTemplate(ctx, tx, t.ID) })
}

// letGo marks a template as removed, unless a definition names it by now, and reports whether it did.
func (s *Service) letGo(ctx context.Context, sc tenants.Scope, t *Template) (left bool, err error) {
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdTemplate(ctx, tx, t.ID); err != nil {
			return err
		}
		names, err := s.Forms.NamedTemplates(ctx, tx)
		if err != nil {
			return err
		}
		if names[t.ID] {
			return markTemplates(ctx, tx, []ids.Template{t.ID}, nil)
		}
		if left, err = leaveTemplate(ctx, tx, t.ID); err != nil || !left || !t.good() {
			return err
		}
		tx.Audit(templateEntry("template.removed", t, nil))
		return nil
	})
	return left, err
}

// wrongTemplates finds templates whose content is missing or another one, and takes what belongs to templates out of what is
// kept. What a definition names and is not there is found as well.
func (s *Service) wrongTemplates(ctx context.Context, sc tenants.Scope, kept map[string]objects.Object) ([]string, error) {
	all, err := everyTemplate(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	var findings []string
	there := make(map[ids.Template]bool, len(all))
	prefix := prefixOf(sc.Tenant())
	for i := range all {
		t := &all[i]
		there[t.ID] = true
		content, found := kept[t.key]
		delete(kept, t.key)
		delete(kept, t.quarantine)
		if !found && t.good() && !t.leaving {
			// It may have been brought since the list of objects was read.
			if content, found, err = s.Objects.Find(ctx, t.key); err != nil {
				return nil, err
			}
		}
		switch {
		case !strings.HasPrefix(t.key, prefix+templates) || !strings.HasPrefix(t.quarantine, prefix+arrivals):
			findings = append(findings, fmt.Sprintf("template %s: its content lies in another network's place", t.ID))
		case t.leaving || !t.good():
		case !found:
			findings = append(findings, fmt.Sprintf("template %s: its content is missing", t.ID))
		case content.Size != t.Size:
			findings = append(findings, fmt.Sprintf("template %s: its content has %d bytes, not %d", t.ID, content.Size, t.Size))
		}
	}
	names, err := s.Forms.NamedTemplates(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	var lost []ids.Template
	for id := range names {
		if !there[id] {
			lost = append(lost, id)
		}
	}
	since, err := findTemplates(ctx, sc.Read(), lost)
	if err != nil {
		return nil, err
	}
	for i := range since {
		there[since[i].ID] = true
	}
	for _, id := range lost {
		if !there[id] {
			findings = append(findings, fmt.Sprintf("template %s: a form names it, and it is not there", id))
		}
	}
	return findings, nil
}
