package selection

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// What a form asks for may be so already by the actor themself, as after a second click: then nothing is wrong, and the second leads to
// where the first did. Each tells only of what the actor has done.

// DeclaredConflict reports whether the actor has declared the conflict of interest in the application that holds for them. One that was
// only found does not count: of that they know nothing. Whoever may declare one may.
func (s *Service) DeclaredConflict(ctx context.Context, sc tenants.Scope, id ids.Application) (bool, error) {
	if err := s.policies.Ever(sc, policies.ReviewDeclare); err != nil {
		return false, err
	}
	found, err := conflictsOf(ctx, sc.Read(), id, sc.Actor().Person)
	return slices.ContainsFunc(found, func(c Conflict) bool { return !c.Detected && c.Stands() }), err
}

// DeclaredIn is DeclaredConflict in the application of a review of the actor's.
func (s *Service) DeclaredIn(ctx context.Context, sc tenants.Scope, id ids.Review) (bool, error) {
	if err := s.policies.Ever(sc, policies.ReviewDeclare); err != nil {
		return false, err
	}
	r, err := findReview(ctx, sc.Read(), id)
	if err != nil || r.Person != sc.Actor().Person {
		return false, err
	}
	return s.DeclaredConflict(ctx, sc, r.Application)
}

// Stands reports whether a review of the actor's is in that state. Reviewers may.
func (s *Service) Stands(ctx context.Context, sc tenants.Scope, id ids.Review, state ReviewState) (bool, error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return false, err
	}
	r, err := findReview(ctx, sc.Read(), id)
	return r.Person == sc.Actor().Person && r.State == state, err
}

// Takes reports whether all organizations by which the actor holds the place have accepted it.
func (o *Offer) Takes() bool {
	return o.said(func(id ids.Organization) bool {
		_, accepted := o.Accepted[id]
		return accepted
	})
}

// Gives reports whether that person has given the place back.
func (o *Offer) Gives(person ids.Person) bool {
	return o.Decision.State == DecisionDeclined && o.Decision.AnsweredBy == person
}

// Leaves reports whether that person has said for all organizations by which the actor holds the place that they drop out of it.
func (o *Offer) Leaves(person ids.Person) bool {
	return o.said(func(id ids.Organization) bool { return o.Gone[id].By == person })
}

func (o *Offer) said(done func(ids.Organization) bool) bool {
	return len(o.Mine) > 0 && !slices.ContainsFunc(o.Mine, func(id ids.Organization) bool { return !done(id) })
}

// Met reports whether that person has said that the condition is met.
func (v *Conditioned) Met(condition ids.Condition, by ids.Person) bool {
	return slices.ContainsFunc(v.Conditions, func(c Condition) bool { return c.ID == condition && !c.MetAt.IsZero() && c.MetBy == by })
}

// Revoked reports whether that person has taken the place back.
func (v *Conditioned) Revoked(by ids.Person) bool {
	return v.Decision.State == DecisionLapsed && slices.ContainsFunc(v.Conditions, func(c Condition) bool { return c.ReturnedBy == by })
}

// Asks reports whether it is asked already what a coordinator wants to ask.
func (p *Place) Asks(cmd Replacing) bool {
	return slices.ContainsFunc(p.Replacements, func(r Replacement) bool {
		return r.State == ReplacementAsked && r.Leaving == cmd.Leaving && r.Coming == cmd.Coming && r.Reason == cmd.Reason
	})
}

// Says reports whether that person has answered so.
func (r *Replacement) Says(person ids.Person, agrees bool) bool {
	return slices.ContainsFunc(r.Answers, func(c Consent) bool { return c.By == person && c.Agrees == agrees })
}
