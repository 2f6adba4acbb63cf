package main

import (
	"context"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/partnerships"
	"kervan/modules/programs"
	"kervan/modules/stories"
	"kervan/modules/trail"
	"kervan/tenants"
)

// things lets the trail ask the other modules what the things are called that its entries are about: one query for each
// kind.
func (a *App) things(ctx context.Context, sc tenants.Scope, wanted []trail.Thing) (map[trail.Thing]string, error) {
	called := map[trail.Thing]string{}
	for kind, name := range map[string]func(context.Context, tenants.Scope, []string) (map[string]string, error){
		"organization": a.nameOrganizations, "call": nameCalls, "application": nameApplications, "partnership": namePartnerships, "story": nameStories, "network": a.nameNetworks,
	} {
		var of []string
		for _, t := range wanted {
			if t.Kind == kind {
				of = append(of, t.ID)
			}
		}
		if len(of) == 0 {
			continue
		}
		names, err := name(ctx, sc, of)
		if err != nil {
			return nil, err
		}
		for id, n := range names {
			called[trail.Thing{Kind: kind, ID: id}] = n
		}
	}
	return called, nil
}

func parsed[I any](texts []string, parse func(string) (I, error)) []I {
	all := make([]I, 0, len(texts))
	for _, text := range texts {
		if id, err := parse(text); err == nil {
			all = append(all, id)
		}
	}
	return all
}

func spelled[I interface {
	comparable
	String() string
}](names map[I]string,
) map[string]string {
	all := make(map[string]string, len(names))
	for id, n := range names {
		all[id.String()] = n
	}
	return all
}

func (a *App) nameOrganizations(ctx context.Context, sc tenants.Scope, of []string) (map[string]string, error) {
	wanted := parsed(of, ids.Parse[ids.Organization])
	if len(wanted) == 0 {
		return nil, nil
	}
	names, err := a.organizations.Names(ctx, sc.Read(), wanted...)
	return spelled(names), err
}

func nameCalls(ctx context.Context, sc tenants.Scope, _ []string) (map[string]string, error) {
	all, err := programs.All(ctx, sc.Read(), true)
	names := make(map[string]string, len(all))
	for i := range all {
		names[all[i].ID.String()] = all[i].Title.String(sc.Actor().Locale, all[i].Locales...)
	}
	return names, err
}

func nameApplications(ctx context.Context, sc tenants.Scope, of []string) (map[string]string, error) {
	names, err := applications.Numbers(ctx, sc.Read(), parsed(of, ids.Parse[ids.Application]))
	return spelled(names), err
}

func namePartnerships(ctx context.Context, sc tenants.Scope, of []string) (map[string]string, error) {
	names, err := partnerships.Titles(ctx, sc.Read(), parsed(of, ids.Parse[ids.Partnership]))
	return spelled(names), err
}

func nameStories(ctx context.Context, sc tenants.Scope, of []string) (map[string]string, error) {
	names, err := stories.Titles(ctx, sc.Read(), parsed(of, ids.Parse[ids.Story]))
	return spelled(names), err
}

func (a *App) nameNetworks(ctx context.Context, _ tenants.Scope, _ []string) (map[string]string, error) {
	all, err := a.tenants.All(ctx)
	names := make(map[string]string, len(all))
	for _, t := range all {
		names[t.ID.String()] = t.Name
	}
	return names, err
}
