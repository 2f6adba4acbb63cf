package applications

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/tenants"
)

// Reactions registers what becomes of an application when others have decided about it. Each is safe to repeat: a verb
// that is not possible any more changes nothing.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.React(r, "applications.told", s.told)
	tenants.React(r, "applications.form_changed", s.formChanged)
	tenants.React(r, "applications.profile_changed", s.profileChanged)
	tenants.React(r, "applications.call_begun_again", s.callBegunAgain)
	tenants.React(r, "applications.review_began", func(ctx context.Context, sc tenants.Scope, e events.ReviewBegan) error {
		return s.move(ctx, sc, e.Application, BeginView, nil)
	})
	tenants.React(r, "applications.reviews_completed", func(ctx context.Context, sc tenants.Scope, e events.ReviewsCompleted) error {
		return s.move(ctx, sc, e.Application, EndView, nil)
	})
	tenants.React(r, "applications.decision_released", func(ctx context.Context, sc tenants.Scope, e events.DecisionReleased) error {
		verb := map[events.Outcome]Verb{events.OutcomeSelected: Select, events.OutcomeWaiting: PutWaiting, events.OutcomeRejected: Reject}[e.Outcome]
		return s.move(ctx, sc, e.Application, verb, func(a *Application) { a.ReplyBy, a.Waiting = e.ReplyBy, e.Waiting })
	})
	tenants.React(r, "applications.place_offered", func(ctx context.Context, sc tenants.Scope, e events.PlaceOffered) error {
		return s.move(ctx, sc, e.Application, Offer, func(a *Application) { a.ReplyBy, a.Waiting = e.ReplyBy, 0 })
	})
	tenants.React(r, "applications.reply_extended", s.replyExtended)
	tenants.React(r, "applications.place_accepted", s.placeAccepted)
	tenants.React(r, "applications.place_declined", func(ctx context.Context, sc tenants.Scope, e events.PlaceDeclined) error {
		verb := Decline
		if e.Conditional {
			verb = GiveBack
		}
		return s.move(ctx, sc, e.Application, verb, answered)
	})
	tenants.React(r, "applications.place_lapsed", func(ctx context.Context, sc tenants.Scope, e events.PlaceLapsed) error {
		verb := Lapse
		if e.Conditional {
			verb = Revoke
		}
		return s.move(ctx, sc, e.Application, verb, answered)
	})
}

func answered(a *Application) { a.ReplyBy = time.Time{} }

// replyExtended keeps until when an offered place may be answered for, while it is.
func (s *Service) replyExtended(ctx context.Context, sc tenants.Scope, e events.ReplyExtended) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, e.Application)
		if err != nil || a.State != Selected || !e.ReplyBy.After(a.ReplyBy) {
			return err
		}
		a.ReplyBy = e.ReplyBy
		return advance(ctx, tx, &a, a.State)
	})
}

func (s *Service) move(ctx context.Context, sc tenants.Scope, id ids.Application, verb Verb, change func(*Application)) error {
	return s.moveAnd(ctx, sc, id, verb, change, nil)
}

// moveAnd does something more in the write that moved an application.
func (s *Service) moveAnd(ctx context.Context, sc tenants.Scope, id ids.Application, verb Verb, change func(*Application), then func(context.Context, *tenants.Tx, *Application) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		before := a.State
		after, ok := before.After(verb)
		if !ok {
			return nil
		}
		a.State = after
		if change != nil {
			change(&a)
		}
		if err := advance(ctx, tx, &a, before); err != nil || then == nil {
			return err
		}
		return then(ctx, tx, &a)
	})
}
