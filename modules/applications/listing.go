package applications

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Listing is a page of the officers' list.
type Listing struct {
	Rows   []Overview
	Total  int
	Calls  []Call          // by which to filter, the newest first
	Counts map[Verdict]int // of all that the query would find without its verdict
	Keeps  bool            // one of the calls has promised to erase answers, and the actor sees when
	Later  bool            // one of the calls asks more of accepted applicants, and the actor sees who has answered

	found map[ids.Application][]Finding
}

// List shows the applications that the query finds, but for those in which the actor has a conflict of interest, and how
// many there are in all. Officers may, and the chair. Drafts are counted, never shown.
func (s *Service) List(ctx context.Context, sc tenants.Scope, q Query) (Listing, error) {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return Listing{}, err
	}
	var err error
	if q.without, err = s.Standings.Conflicted(ctx, sc); err != nil {
		return Listing{}, err
	}
	var l Listing
	sorted, err := s.sortOut(ctx, sc, &q)
	if err != nil {
		return l, err
	}
	l.Calls, l.Counts, l.found = sorted.calls, sorted.counts, sorted.found
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return l, err
	}
	if l.Total, err = count(ctx, sc.Read(), q); err != nil {
		return l, err
	}
	l.Keeps = slices.ContainsFunc(l.Calls, func(c Call) bool { return len(c.Keeps) > 0 }) && s.policies.May(sc, policies.RetentionRead, policies.On{}) == nil
	if s.policies.May(sc, policies.LaterList, policies.On{}) == nil {
		asking, err := s.asking(ctx, sc, l.Calls)
		if err != nil {
			return l, err
		}
		l.Later = len(asking) > 0
	}
	l.Rows, err = s.overviews(ctx, sc, all, l.Calls...)
	return l, err
}

// Judgment is how a row of the list stands to the eligibility of its call.
func (l *Listing) Judgment(o *Overview) Judgment {
	return Judge(o.State, o.Failed, o.Call, l.found[o.ID])
}

// Neighbours are the applications before and after one in the list that the query finds; zero at its ends. Those who see
// the list may.
func (s *Service) Neighbours(ctx context.Context, sc tenants.Scope, q Query, id ids.Application) (before, after ids.Application, err error) {
	if err := s.policies.May(sc, policies.ApplicationList, policies.On{}); err != nil {
		return before, after, err
	}
	if q.without, err = s.Standings.Conflicted(ctx, sc); err != nil {
		return before, after, err
	}
	if q.Verdict != "" {
		if _, err := s.sortOut(ctx, sc, &q); err != nil {
			return before, after, err
		}
	}
	q.After = id.String()
	if after, err = first(ctx, sc.Read(), q); err != nil {
		return before, after, err
	}
	q.Desc = !q.Desc
	before, err = first(ctx, sc.Read(), q)
	return before, after, err
}

// ToCheck counts the applications that wait to be checked: those to calls that are closed, and those whose time for papers
// is over. Who checks may.
func (s *Service) ToCheck(ctx context.Context, sc tenants.Scope) (int, error) {
	if err := s.policies.May(sc, policies.ApplicationCheck, policies.On{}); err != nil {
		return 0, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return 0, err
	}
	now := time.Now()
	var closed []ids.Call
	for i := range calls {
		if !now.Before(calls[i].Until) {
			closed = append(closed, calls[i].ID)
		}
	}
	conflicted, err := s.Standings.Conflicted(ctx, sc)
	if err != nil {
		return 0, err
	}
	return countToCheck(ctx, sc.Read(), closed, conflicted)
}

// MayList reports whether the actor sees the list.
func (s *Service) MayList(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.ApplicationList, policies.On{}) == nil
}

// MayExport reports whether the actor may take the list away.
func (s *Service) MayExport(sc tenants.Scope) error {
	return s.policies.May(sc, policies.ApplicationExport, policies.On{})
}

// MayCheckAny reports whether the actor checks applications at all.
func (s *Service) MayCheckAny(sc tenants.Scope) bool {
	return s.policies.May(sc, policies.ApplicationCheck, policies.On{}) == nil
}
