package selection

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// What a form asks for may be so already by the actor themself, as after a second click: then nothing is wrong, and the second leads to
// where the first did. Each tells only of what the actor has done; whoever now says something else is told that it is too late for that.

// DeclaredConflict reports whether the actor has declared just that conflict of interest in the application, and it holds. One that was
// only found does not count: of that they know nothing. Whoever may declare one may.
func (s *Service) DeclaredConflict(ctx context.Context, sc tenants.Scope, id ids.Application, d Declaration) (bool, error) {
	if err := s.policies.Ever(sc, policies.ReviewDeclare); err != nil {
		return false, err
	}
	found, err := conflictsOf(ctx, sc.Read(), id, sc.Actor().Person)
	return slices.ContainsFunc(found, func(c Conflict) bool { return !c.Detected && c.Stands() && c.Kind == d.Kind && c.Note == d.Note }), err
}

// DeclaredIn is DeclaredConflict in the application of a review of the actor's.
func (s *Service) DeclaredIn(ctx context.Context, sc tenants.Scope, id ids.Review, d Declaration) (bool, error) {
	if err := s.policies.Ever(sc, policies.ReviewDeclare); err != nil {
		return false, err
	}
	r, err := findReview(ctx, sc.Read(), id)
	if err != nil || r.Person != sc.Actor().Person {
		return false, err
	}
	return s.DeclaredConflict(ctx, sc, r.Application, d)
}

// Submitted reports whether a review of the actor's is submitted. Reviewers may.
func (s *Service) Submitted(ctx context.Context, sc tenants.Scope, id ids.Review) (bool, error) {
	r, own, err := s.ownReview(ctx, sc, id)
	return own && r.State == ReviewSubmitted, err
}

// GivenBack reports whether a review of the actor's is given back for that reason. Reviewers may.
func (s *Service) GivenBack(ctx context.Context, sc tenants.Scope, id ids.Review, reason string) (bool, error) {
	r, own, err := s.ownReview(ctx, sc, id)
	return own && r.State == ReviewHandedBack && r.Reason == reason, err
}

func (s *Service) ownReview(ctx context.Context, sc tenants.Scope, id ids.Review) (r Review, own bool, err error) {
	if err := s.policies.May(sc, policies.ReviewQueue, policies.On{}); err != nil {
		return r, false, err
	}
	r, err = findReview(ctx, sc.Read(), id)
	return r, r.Person == sc.Actor().Person, err
}

// Takes reports whether that person has accepted the place for all organizations for which they speak, and it is not lost since.
func (o *Offer) Takes(person ids.Person) bool {
	held := o.State == DecisionOffered || o.State == DecisionConditional || o.State == DecisionAccepted
	return held && forEach(o.voices(), func(id ids.Organization) bool { return o.Accepted[id].By == person })
}

// Gives reports whether that person has given the place back.
func (o *Offer) Gives(person ids.Person) bool {
	return o.Decision.State == DecisionDeclined && o.Decision.AnsweredBy == person
}

// Leaves reports whether that person has said for all organizations by which they hold the place that they drop out of it, and why.
func (o *Offer) Leaves(person ids.Person, reason string) bool {
	return forEach(o.Mine, func(id ids.Organization) bool { return o.Gone[id].By == person && o.Gone[id].Reason == reason })
}

// forEach reports whether there are organizations and it is done for each.
func forEach(organizations []ids.Organization, done func(ids.Organization) bool) bool {
	return len(organizations) > 0 && !slices.ContainsFunc(organizations, func(id ids.Organization) bool { return !done(id) })
}

// Met reports whether that person has said that the condition is met.
func (v *Conditioned) Met(condition ids.Condition, by ids.Person) bool {
	return slices.ContainsFunc(v.Conditions, func(c Condition) bool { return c.ID == condition && !c.MetAt.IsZero() && c.MetBy == by })
}

// Revoked reports whether that person has taken the place back for that reason.
func (v *Conditioned) Revoked(by ids.Person, reason string) bool {
	last := lastReturned(v.Conditions)
	return v.Decision.Revoked() && last.ReturnedBy == by && last.Returned == reason
}

// Asks reports whether that coordinator has asked already what they want to ask.
func (p *Place) Asks(by ids.Person, cmd Replacing) bool {
	return slices.ContainsFunc(p.Replacements, func(r Replacement) bool {
		return r.State == ReplacementAsked && r.Leaving == cmd.Leaving && r.Coming == cmd.Coming && r.Reason == cmd.Reason && r.Until.Equal(cmd.Until) && r.AskedBy == by
	})
}

// Says reports whether that person has answered so; a yes only as long as the replacement is asked or came about.
func (r *Replacement) Says(person ids.Person, agrees bool, reason string) bool {
	if agrees && r.State != ReplacementAsked && r.State != ReplacementDone {
		return false
	}
	return slices.ContainsFunc(r.Answers, func(c Consent) bool { return c.By == person && c.Agrees == agrees && c.Reason == reason })
}
