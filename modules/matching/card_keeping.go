package matching

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Card is an organization's own card with its profile, whether others find it or not; one that was not written yet has the
// languages of the profile. The organization's people may.
func (s *Service) Card(ctx context.Context, sc tenants.Scope, id ids.Organization) (Card, Organization, error) {
	if err := s.policies.May(sc, policies.CardRead, of(id)); err != nil {
		return Card{}, Organization{}, err
	}
	o, err := s.profile(ctx, sc, id)
	if err != nil {
		return Card{}, o, err
	}
	c, found, err := findCard(ctx, sc.Read(), id)
	if err == nil && !found {
		c = newCard(o)
	}
	return c, o, err
}

// MayEdit reports whether the actor may write the card of the organization and let others find it.
func (s *Service) MayEdit(sc tenants.Scope, id ids.Organization) bool {
	return s.policies.May(sc, policies.CardEdit, of(id)) == nil
}

// Write keeps a card as it was written; whether others find it stays as it is, and while they do, here or in other networks, it must
// say what they look for. Its lead may. Faults: Invalid by field, Conflict when somebody else has changed it since it was shown.
func (s *Service) Write(ctx context.Context, sc tenants.Scope, c Card) error {
	return s.keep(ctx, sc, c.Organization, c.Version, "card.written", func(now Card) (Card, []fault.Field) {
		c.InPool = now.InPool
		bad := c.check()
		if len(bad) == 0 && c.InPool {
			bad = c.lacks()
		}
		return c, bad
	})
}

// Join lets others in the network find the organization. Its lead may. Faults: Invalid by field when the card does not say
// what others look for, Conflict when somebody else has changed it since it was shown.
func (s *Service) Join(ctx context.Context, sc tenants.Scope, id ids.Organization, version int64) error {
	return s.keep(ctx, sc, id, version, "card.joined", func(now Card) (Card, []fault.Field) {
		now.InPool = true
		return now, now.lacks()
	})
}

// Leave takes the organization out of the pool: from then on nobody else reads its card. What was written stays, and it can
// join again. Its lead may. Fault: Conflict when somebody else has changed the card since it was shown.
func (s *Service) Leave(ctx context.Context, sc tenants.Scope, id ids.Organization, version int64) error {
	return s.keep(ctx, sc, id, version, "card.left", func(now Card) (Card, []fault.Field) {
		now.InPool = false
		return now, nil
	})
}

// keep writes what becomes of a card that is still as it was shown.
func (s *Service) keep(ctx context.Context, sc tenants.Scope, id ids.Organization, version int64, action string, become func(now Card) (Card, []fault.Field)) error {
	if err := s.policies.May(sc, policies.CardEdit, of(id)); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, found, err := holdCard(ctx, tx, id, "UPDATE")
		if err != nil {
			return err
		}
		if !found {
			now = Card{Organization: id, Relation: EitherRelation}
		}
		if now.Version != version {
			return fault.Conflict("fault.stale")
		}
		c, bad := become(now)
		shared, err := isShared(ctx, tx, id)
		if err != nil {
			return err
		}
		if shared && len(bad) == 0 {
			bad = c.lacks()
			tx.Enqueue(ShareJob, struct{}{})
		}
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		if c.UpdatedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		tx.Audit(entry(action, id))
		return saveCard(ctx, tx, &c, sc.Actor().Person)
	})
}
