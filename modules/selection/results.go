package selection

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Results are what everybody may know of the outcome of a call.
type Results struct {
	Call      Call
	Published time.Time // zero: not yet, and nothing else is told
	Named     []Application
	Unnamed   int // accepted, but not all of their organizations agree to be named
}

// Accepted is how many applications took their place.
func (r *Results) Accepted() int { return len(r.Named) + r.Unnamed }

// named parts those that took their place into those that everybody may know by name and the number of the others: an
// application is named only when each of its organizations has agreed.
func named(accepted []Application, agreed map[ids.Application][]ids.Organization) (known []Application, others int) {
	for _, a := range accepted {
		silent := func(o Applicant) bool { return !slices.Contains(agreed[a.ID], o.ID) }
		if len(a.Organizations) == 0 || slices.ContainsFunc(a.Organizations, silent) {
			others++
			continue
		}
		known = append(known, a)
	}
	return known, others
}

// Results tells the outcome of a published call, once the network has made it known. Anybody may. Fault: NotFound.
func (s *Service) Results(ctx context.Context, sc tenants.Scope, call ids.Call) (Results, error) {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return Results{}, err
	}
	found, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return Results{}, err
	}
	r := Results{Call: found}
	when, err := publishedResults(ctx, sc.Read())
	if err != nil || when[call].IsZero() {
		return r, err
	}
	all, err := s.outcomes(ctx, sc, []Announced{{Call: found, At: when[call]}})
	if err != nil {
		return Results{}, err
	}
	return all[0], nil
}

// outcomes tells how calls came out, however many, in a fixed number of queries.
func (s *Service) outcomes(ctx context.Context, sc tenants.Scope, announced []Announced) ([]Results, error) {
	which := make([]ids.Call, len(announced))
	for i := range announced {
		which[i] = announced[i].Call.ID
	}
	decided, err := decisionsOfAll(ctx, sc.Read(), which)
	if err != nil {
		return nil, err
	}
	var won []ids.Application
	for _, d := range decided {
		if d.State == DecisionAccepted {
			won = append(won, d.Application)
		}
	}
	those, err := s.Applications.Those(ctx, sc, won)
	if err != nil {
		return nil, err
	}
	agreed, err := agreements(ctx, sc.Read(), won)
	if err != nil {
		return nil, err
	}
	now, err := s.holders(ctx, sc, slices.Collect(maps.Values(those))...)
	if err != nil {
		return nil, err
	}
	accepted := map[ids.Call][]Application{}
	for _, a := range now {
		accepted[a.Call] = append(accepted[a.Call], a)
	}
	all := make([]Results, len(announced))
	for i, a := range announced {
		mine := accepted[a.Call.ID]
		slices.SortFunc(mine, func(a, b Application) int { return strings.Compare(i18n.SearchKey(a.Name()), i18n.SearchKey(b.Name())) })
		all[i] = Results{Call: a.Call, Published: a.At}
		all[i].Named, all[i].Unnamed = named(mine, agreed)
	}
	return all, nil
}

// Outcomes tells how the calls came out whose results are known to everybody, the newest first. Anybody may.
func (s *Service) Outcomes(ctx context.Context, sc tenants.Scope) ([]Results, error) {
	announced, err := s.Announcements(ctx, sc)
	if err != nil || len(announced) == 0 {
		return nil, err
	}
	return s.outcomes(ctx, sc, announced)
}

// Announced is a call whose results are known to everybody, and since when.
type Announced struct {
	Call Call
	At   time.Time
}

// Announcements lists the calls whose results are known to everybody, the newest first. Anybody may.
func (s *Service) Announcements(ctx context.Context, sc tenants.Scope) ([]Announced, error) {
	if err := s.policies.May(sc, policies.CallBrowse, policies.On{}); err != nil {
		return nil, err
	}
	when, err := publishedResults(ctx, sc.Read())
	if err != nil || len(when) == 0 {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	var all []Announced
	for _, c := range calls {
		if at := when[c.ID]; !at.IsZero() {
			all = append(all, Announced{Call: c, At: at})
		}
	}
	slices.SortStableFunc(all, func(a, b Announced) int { return b.At.Compare(a.At) })
	return all, nil
}

// PublishResults makes known to everybody how the call came out. Whoever may release decisions may, after they were released;
// a second time changes nothing. Faults: Conflict before, NotFound.
func (s *Service) PublishResults(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	return s.results(ctx, sc, call, "results.published", func(ctx context.Context, tx *tenants.Tx) (bool, error) {
		return publishResults(ctx, tx, call, sc.Actor().Person)
	})
}

// WithdrawResults takes the results off the site, until they are published anew. Whoever may release decisions may. Faults:
// Conflict before a release, NotFound.
func (s *Service) WithdrawResults(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	return s.results(ctx, sc, call, "results.withdrawn", func(ctx context.Context, tx *tenants.Tx) (bool, error) {
		return withdrawResults(ctx, tx, call)
	})
}

func (s *Service) results(ctx context.Context, sc tenants.Scope, call ids.Call, action string, change func(context.Context, *tenants.Tx) (bool, error)) error {
	if err := s.policies.May(sc, policies.SelectionRelease, policies.On{}); err != nil {
		return err
	}
	if _, err := s.Calls.Call(ctx, sc, call); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		list, _, err := findList(ctx, tx, call)
		if err != nil {
			return err
		}
		if list.State != ListReleased {
			return fault.Conflict("selection.results.too_early")
		}
		changed, err := change(ctx, tx)
		if err == nil && changed {
			tx.Audit(audit.Entry{Action: action, SubjectKind: "call", SubjectID: call.String()})
		}
		return err
	})
}

// Naming says whether the organizations that the actor leads agree to be named in the results of the call; they can change
// that at any time. Leads may, once their application has taken its place. Fault: NotFound, also before.
func (s *Service) Naming(ctx context.Context, sc tenants.Scope, id ids.Application, agree bool) error {
	o, err := s.Offer(ctx, sc, id)
	if err != nil {
		return err
	}
	if o.State != DecisionAccepted {
		return fault.NotFound()
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		action := "results.naming_refused"
		if agree {
			action = "results.naming_agreed"
		}
		tx.Audit(entry(action, id))
		return setAgreement(ctx, tx, id, o.Mine, sc.Actor().Person, agree)
	})
}

// Agreed reports whether all organizations that the actor leads agree to be named.
func (o *Offer) Agreed() bool {
	return len(o.Mine) > 0 && !slices.ContainsFunc(o.Mine, func(id ids.Organization) bool { return !slices.Contains(o.Named, id) })
}
