package applications

import (
	"context"
	"fmt"
	"slices"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/tenants"
)

// uncheckedStates are those in which the rules speak, and not yet an officer.
var uncheckedStates = []State{Submitted, Returned}

// sorted is what the rules say of everything unchecked that a query finds.
type sorted struct {
	calls  []Call // all that were published, the newest first
	found  map[ids.Application][]Finding
	counts map[Verdict]int
}

// sortOut judges what the query finds and nobody has checked yet, so that the query can be narrowed to a verdict and all
// verdicts counted. It takes as many queries for one application as for many, and none of them where no call has a rule.
func (s *Service) sortOut(ctx context.Context, sc tenants.Scope, q *Query) (sorted, error) {
	var found sorted
	var err error
	if found.calls, err = s.Calls.Published(ctx, sc); err != nil {
		return found, err
	}
	open := *q
	open.Verdict, open.After, open.Limit, open.ruled = "", "", 0, nil
	for _, c := range found.calls {
		if ruled(c) && (q.Call.IsZero() || q.Call == c.ID) {
			open.ruled = append(open.ruled, c.ID)
		}
	}
	states, err := countStates(ctx, sc.Read(), open)
	if err != nil {
		return found, err
	}
	if found.found, err = s.speak(ctx, sc, open, found.calls, q); err != nil {
		return found, err
	}
	found.counts = map[Verdict]int{Fit: len(q.fit), Unfit: len(q.unfit), Unsettled: -len(q.fit) - len(q.unfit)}
	for state, n := range states {
		if j := Judge(state, nil, Call{}, nil); j.Verdict != "" {
			found.counts[j.Verdict] += n
		}
	}
	return found, nil
}

// speak lets the rules judge what is unchecked, and notes in the query what is fit by them and what is not.
func (s *Service) speak(ctx context.Context, sc tenants.Scope, open Query, calls []Call, q *Query) (map[ids.Application][]Finding, error) {
	if len(open.ruled) == 0 {
		return nil, nil
	}
	all, err := unchecked(ctx, sc.Read(), open)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	found, err := s.findingsOf(ctx, sc, all, calls)
	for i := range all {
		a := &all[i]
		call := calls[slices.IndexFunc(calls, func(c Call) bool { return c.ID == a.Call })]
		switch Judge(a.State, a.Failed, call, found[a.ID]).Verdict {
		case Fit:
			q.fit = append(q.fit, a.ID)
		case Unfit:
			q.unfit = append(q.unfit, a.ID)
		case Unsettled:
		}
	}
	return found, err
}

// findingsOf judges what was handed in with several applications by the rules of their calls. Of the answers it reads only
// those that decide.
func (s *Service) findingsOf(ctx context.Context, sc tenants.Scope, all []Application, calls []Call) (map[ids.Application][]Finding, error) {
	copies, err := copiesOf(ctx, sc.Read(), all)
	if err != nil {
		return nil, err
	}
	var sheets []ids.Sheet
	var organizations []ids.Organization
	var keys []string
	definitions := map[ids.FormVersion]*forms.Definition{}
	for i := range all {
		a := &all[i]
		version, err := s.forms.Version(ctx, sc, a.HandedVersion())
		if err != nil {
			return nil, err
		}
		definitions[a.HandedVersion()] = version.Definition
		organizations = append(organizations, a.Organizations()...)
		for _, sheet := range a.sheets() {
			if copied, there := copies[sheet]; there {
				sheets = append(sheets, copied)
			}
		}
	}
	for _, c := range calls {
		for _, d := range definitions {
			for _, r := range c.Eligibility {
				keys = append(keys, forms.Deciding(d, r.When)...)
			}
		}
	}
	slices.Sort(keys)
	answers, filled := forms.AskingSome(sheets, slices.Compact(keys))
	if err := sc.Ask(ctx, answers); err != nil {
		return nil, fmt.Errorf("applications: read what rules look at: %w", err)
	}
	facts, err := s.Organizations.KnownOf(ctx, sc.Read(), organizations)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Application][]Finding, len(all))
	for i := range all {
		a := &all[i]
		handed := map[ids.Sheet]forms.Filled{}
		for _, sheet := range a.sheets() {
			handed[sheet] = filled[copies[sheet]]
		}
		seated := slices.DeleteFunc(slices.Clone(a.Parts), func(p Part) bool { _, there := copies[p.Sheet]; return !there })
		call := calls[slices.IndexFunc(calls, func(c Call) bool { return c.ID == a.Call })]
		found[a.ID] = Findings(call, definitions[a.HandedVersion()], seated, a.Joint, handed, facts)
	}
	return found, nil
}
