package stories

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Shown is a story as visitors read it.
type Shown struct {
	Story

	By Byline
}

// Path is where visitors read it.
func (s *Story) Path() string { return "/stories/" + s.Slug }

// shown are those of the published stories that visitors may read at this moment, in their order.
func (s *Service) shown(ctx context.Context, sc tenants.Scope, all []told) ([]Shown, error) {
	if len(all) == 0 {
		return nil, nil
	}
	found := make([]Story, len(all))
	for i := range all {
		found[i] = all[i].Story
	}
	lines, err := s.partnerships.Bylines(ctx, sc, partnershipsOf(found))
	if err != nil {
		return nil, err
	}
	var shown []Shown
	for i := range all {
		if by, ok := lines[all[i].Partnership]; ok && all[i].State == Published && readable(all[i].search, by) {
			shown = append(shown, Shown{Story: all[i].Story, By: by})
		}
	}
	return shown, nil
}

// Public lists the stories that visitors may read, the newest first, at most 500. Anybody may.
func (s *Service) Public(ctx context.Context, sc tenants.Scope) ([]Shown, error) {
	asked, read, err := s.latest(sc, most)
	if err != nil {
		return nil, err
	}
	if err := sc.Ask(ctx, asked); err != nil {
		return nil, fmt.Errorf("stories: list public ones: %w", err)
	}
	return read(ctx)
}

// latest is Public of at most so many published ones, in two steps: read gives them when asked has been answered.
func (s *Service) latest(sc tenants.Scope, limit int) (asked tenants.Question, read func(ctx context.Context) ([]Shown, error), err error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return asked, nil, err
	}
	var all []told
	return askingPublished(limit, &all), func(ctx context.Context) ([]Shown, error) { return s.shown(ctx, sc, all) }, nil
}

// Look is the story that visitors read at an address; gone: one was read there and is not any more. Anybody may. Fault:
// NotFound, also while its partnership is not shown.
func (s *Service) Look(ctx context.Context, sc tenants.Scope, slug string) (story Shown, gone bool, err error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil {
		return story, false, err
	}
	var all []told
	var buried bool
	if err := sc.Ask(ctx, askingOne(slug, &all), askingGrave(slug, &buried)); err != nil {
		return story, false, fmt.Errorf("stories: read: %w", err)
	}
	if buried || len(all) > 0 && all[0].State != Published {
		return story, true, nil
	}
	shown, err := s.shown(ctx, sc, all)
	if err == nil && len(shown) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return story, false, err
	}
	return shown[0], false, nil
}

// Search finds stories that visitors may read in which all of the folded words stand. Anybody may.
func (s *Service) Search(ctx context.Context, sc tenants.Scope, words []string) ([]Shown, error) {
	if err := s.policies.May(sc, policies.SiteVisit, policies.On{}); err != nil || len(words) == 0 {
		return nil, err
	}
	var all []told
	if err := sc.Ask(ctx, askingSearch(words, &all)); err != nil {
		return nil, fmt.Errorf("stories: search: %w", err)
	}
	return s.shown(ctx, sc, all)
}

// By lists the stories that visitors may read, by partnership, for the partnerships' own places on the site. Anybody may.
func (s *Service) By(ctx context.Context, sc tenants.Scope) (map[ids.Partnership][]Shown, error) {
	all, err := s.Public(ctx, sc)
	if err != nil {
		return nil, err
	}
	by := map[ids.Partnership][]Shown{}
	for i := range all {
		by[all[i].Partnership] = append(by[all[i].Partnership], all[i])
	}
	return by, nil
}
