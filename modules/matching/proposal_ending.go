package matching

import (
	"context"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// leaving ends what was proposed with an application once it has no part in the selection any more, however it came about.
func (s *Service) leaving(r *tenants.Registry) {
	tenants.React(r, "matching.withdrawn", func(ctx context.Context, sc tenants.Scope, e events.ApplicationWithdrawn) error {
		return s.Left(ctx, sc, e.Application)
	})
	tenants.React(r, "matching.place_declined", func(ctx context.Context, sc tenants.Scope, e events.PlaceDeclined) error {
		return s.Left(ctx, sc, e.Application)
	})
	tenants.React(r, "matching.place_lapsed", func(ctx context.Context, sc tenants.Scope, e events.PlaceLapsed) error {
		return s.Left(ctx, sc, e.Application)
	})
	tenants.React(r, "matching.rejected", func(ctx context.Context, sc tenants.Scope, e events.DecisionReleased) error {
		if e.Outcome != events.OutcomeRejected {
			return nil
		}
		return s.Left(ctx, sc, e.Application)
	})
	tenants.React(r, "matching.overtaken", s.Overtaken)
}

// Left ends the proposals of which one organization takes part no more with its application, those that all had accepted, too, unless a
// partnership was founded: the others are told and are there for the next run. Only the system may. It is safe to repeat.
func (s *Service) Left(ctx context.Context, sc tenants.Scope, application ids.Application) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		found, err := liveWith(ctx, tx, application)
		if err != nil || len(found) == 0 {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for _, id := range found {
			p, err := lockProposal(ctx, tx, id)
			if err != nil {
				return err
			}
			if ends, err := s.ends(ctx, tx, &p); err != nil {
				return err
			} else if !ends {
				continue
			}
			p.State, p.EndedAt = ProposalLeft, now
			tellSender(tx, &p)
			if err := s.tellSides(ctx, tx, &p, "left", p.Organizations[slices.Index(p.Applications, application)]); err != nil {
				return err
			}
			if err := moveProposal(ctx, tx, &p); err != nil {
				return err
			}
		}
		return nil
	})
}

// Overtaken ends a match of places of which no partnership comes, as one of its organizations has brought its place into another one: the
// others are told and are there for the next run. Only the system may. It is safe to repeat.
func (s *Service) Overtaken(ctx context.Context, sc tenants.Scope, e events.MatchOvertaken) error {
	if err := policies.OnlySystem(sc); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		p, err := lockProposal(ctx, tx, e.Match)
		if err != nil || p.State != ProposalAccepted {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var elsewhere []ids.Organization
		for n, id := range p.Applications {
			if slices.Contains(e.Applications, id) {
				elsewhere = append(elsewhere, p.Organizations[n])
			}
		}
		p.State, p.EndedAt = ProposalLeft, now
		tellSender(tx, &p)
		if err := s.tellSides(ctx, tx, &p, "left", elsewhere...); err != nil {
			return err
		}
		return moveProposal(ctx, tx, &p)
	})
}

// ends reports whether the proposal can still be ended: it is to be answered, or all have accepted and no partnership came of it.
func (s *Service) ends(ctx context.Context, tx *tenants.Tx, p *Proposal) (bool, error) {
	if p.State != ProposalAccepted || len(p.Applications) == 0 {
		return p.Live(), nil
	}
	founded, err := s.around.Partnerships.Founded(ctx, tx, p.Applications)
	return !founded, err
}

// TakeProposalBack withdraws a proposal that not all have answered yet, or that all have accepted where no partnership was founded by
// that; its organizations are told, and are there for the next run. Coordinators may, unless they are not impartial in the
// round. Faults: Conflict when it has ended, Forbidden, NotFound.
func (s *Service) TakeProposalBack(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Match) error {
	if sc.Tenant().Kind == tenants.KindCore {
		return s.takeIntroductionBack(ctx, sc, round, id)
	}
	return s.changingProposal(ctx, sc, round, id, func(ctx context.Context, tx *tenants.Tx, p *Proposal) error {
		ends, err := s.ends(ctx, tx, p)
		if err != nil {
			return err
		}
		if p.State == ProposalAccepted && ends {
			r, err := findRound(ctx, tx, p.Round)
			if err != nil {
				return err
			}
			ends = r.Pool != AcceptedPool // their partnership is on its way
		}
		if !ends {
			return fault.Conflict("matching.proposal.over")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		tx.Audit(roundEntry("round.proposal_withdrawn", round))
		return s.end(ctx, tx, p, ProposalWithdrawn, "withdrawn", now)
	})
}

// takeIntroductionBack withdraws what the core has proposed, while it is to be answered.
func (s *Service) takeIntroductionBack(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Match) error {
	if _, err := s.steered(ctx, sc, round); err != nil {
		return err
	}
	p, err := findIntroduction(ctx, s.tenants.Platform().Read(), id)
	switch {
	case err != nil:
		return err
	case p.Round != round:
		return fault.NotFound()
	case p.State != ProposalSent:
		return fault.Conflict("matching.proposal.over")
	}
	err = sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(roundEntry("round.proposal_withdrawn", round))
		tx.Enqueue(withdrawJob, Lapsing{Match: id})
		return nil
	})
	if err != nil {
		return err
	}
	return s.endIntroduction(ctx, id, ProposalWithdrawn) // now, and not when the queue comes to it
}
