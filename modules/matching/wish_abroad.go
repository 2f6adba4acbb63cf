package matching

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// WishesAbroad are whom an organization wishes for in other networks, the dearest first, and whom it rules out there, by name; all by their
// cards.
type WishesAbroad struct {
	Open   bool // it shows its own card to other networks; if not, there are none
	Wished []Listed
	Ruled  []Listed
}

// Rank is at which place somebody is wished for, from 1; 0: they are not.
func (w *WishesAbroad) Rank(card ids.Organization) int {
	return slices.IndexFunc(w.Wished, func(l Listed) bool { return l.ID == card }) + 1
}

// RuledOut reports whether somebody is ruled out.
func (w *WishesAbroad) RuledOut(card ids.Organization) bool {
	return slices.ContainsFunc(w.Ruled, func(l Listed) bool { return l.ID == card })
}

// WishesAbroad are an organization's own. Its own people may, and nobody else ever.
func (s *Service) WishesAbroad(ctx context.Context, sc tenants.Scope, own ids.Organization) (WishesAbroad, error) {
	if err := s.policies.May(sc, policies.WishRead, of(own)); err != nil {
		return WishesAbroad{}, err
	}
	platform := s.tenants.Platform().Read()
	us, err := copyOf(ctx, platform, sc.Tenant().ID, own)
	if err != nil || us == nil {
		return WishesAbroad{}, err
	}
	w, card := WishesAbroad{Open: true}, ids.Organization(us.ID)
	all, err := wishesAbroad(ctx, platform, []ids.Organization{card})
	if err != nil {
		return w, err
	}
	ruled, err := vetoesAbroad(ctx, platform, sc.Tenant().ID, card)
	if err != nil || len(all[card])+len(ruled) == 0 {
		return w, err
	}
	shown, err := copiesNamed(ctx, platform, slices.Concat(all[card], ruled))
	listed := func(cards []ids.Organization) []Listed {
		var found []Listed
		for _, id := range cards {
			if c, ok := shown[id]; ok {
				found = append(found, c.Listed())
			}
		}
		return found
	}
	w.Wished, w.Ruled = listed(all[card]), listed(ruled)
	i18n.Sort(sc.Actor().Locale, w.Ruled, func(l Listed) string { return l.Name })
	return w, err
}

// wishedAbroad is that somebody has changed whom an organization wishes for in other networks or rules out there, for the trail.
type wishedAbroad struct {
	Organization ids.Organization `json:"organization"`
	By           ids.Person       `json:"by"`
}

const wishedJob = "matching.wished_abroad"

// noteWished writes into the network's trail that wishes were changed, in the words of those within the network: neither whom it is about
// nor in which network they are can be read there.
func (s *Service) noteWished(ctx context.Context, sc tenants.Scope, w wishedAbroad) error {
	return sc.As(tenants.Actor{Person: w.By}).Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Audit(entry("wish.changed", w.Organization))
		return nil
	})
}

// changingAbroad changes whom an organization wishes for in other networks while nobody else does, and while nobody of these takes a card
// back. The trail is told by the queue, of what was done and of nothing that was refused. Faults: NotFound where the organization shows no
// card, Forbidden.
func (s *Service) changingAbroad(ctx context.Context, sc tenants.Scope, own, other ids.Organization, change func(ctx context.Context, tx *tenants.Tx, us ids.Organization, wished []ids.Organization) error) error {
	if err := s.policies.May(sc, policies.WishManage, of(own)); err != nil {
		return err
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		us, err := holdOwnCopy(ctx, tx, sc.Tenant().ID, own)
		if err != nil {
			return err
		}
		all, err := wishesAbroad(ctx, tx, []ids.Organization{us})
		if err != nil {
			return err
		}
		held, err := holdCards(ctx, tx, append(slices.Clone(all[us]), other))
		if err != nil {
			return err
		}
		tx.EnqueueIn(sc.Tenant().ID, wishedJob, wishedAbroad{Organization: own, By: sc.Actor().Person})
		return change(ctx, tx, us, slices.DeleteFunc(all[us], func(id ids.Organization) bool { return !slices.Contains(held, id) }))
	})
}

// findableAbroad refuses a card that an organization of the network is not shown: one of its own network, too. Fault: NotFound.
func findableAbroad(ctx context.Context, tx *tenants.Tx, network ids.Tenant, card ids.Organization) error {
	c, found, err := findCopy(ctx, tx, ids.CommonCard(card))
	if err == nil && (!found || c.Network == network) {
		err = fault.NotFound()
	}
	return err
}

// WishAbroad adds somebody of another network to whom the organization wishes for, at the end, by the name of their card. Its lead may,
// while both show their cards. Faults: Conflict when they are wished for or ruled out already, or when there are as many wishes as there may
// be; NotFound.
func (s *Service) WishAbroad(ctx context.Context, sc tenants.Scope, own, card ids.Organization) error {
	return s.changingAbroad(ctx, sc, own, card, func(ctx context.Context, tx *tenants.Tx, us ids.Organization, wished []ids.Organization) error {
		if err := findableAbroad(ctx, tx, sc.Tenant().ID, card); err != nil {
			return err
		}
		ruled, err := vetoesAbroad(ctx, tx, sc.Tenant().ID, us)
		if err != nil {
			return err
		}
		if err := wishable(wished, ruled, card); err != nil {
			return err
		}
		return saveWishesAbroad(ctx, tx, us, append(wished, card))
	})
}

// UnwishAbroad takes a wish back; one that is gone already stays gone. Its lead may. Fault: NotFound where the organization shows no card.
func (s *Service) UnwishAbroad(ctx context.Context, sc tenants.Scope, own, card ids.Organization) error {
	return s.changingAbroad(ctx, sc, own, card, func(ctx context.Context, tx *tenants.Tx, us ids.Organization, wished []ids.Organization) error {
		return saveWishesAbroad(ctx, tx, us, without(wished, card))
	})
}

// PlaceAbroad moves a wish to that rank, from 1; the others close up. Its lead may. Fault: NotFound when there is no such wish.
func (s *Service) PlaceAbroad(ctx context.Context, sc tenants.Scope, own, card ids.Organization, rank int) error {
	return s.changingAbroad(ctx, sc, own, card, func(ctx context.Context, tx *tenants.Tx, us ids.Organization, wished []ids.Organization) error {
		if !slices.Contains(wished, card) {
			return fault.NotFound()
		}
		return saveWishesAbroad(ctx, tx, us, placed(wished, card, rank))
	})
}

// RuleOutAbroad keeps that the organization is never put together with one of another network; a wish for it is gone then. Why is kept
// nowhere. Its lead may, while both show their cards. Fault: NotFound.
func (s *Service) RuleOutAbroad(ctx context.Context, sc tenants.Scope, own, card ids.Organization) error {
	return s.changingAbroad(ctx, sc, own, card, func(ctx context.Context, tx *tenants.Tx, us ids.Organization, wished []ids.Organization) error {
		if err := findableAbroad(ctx, tx, sc.Tenant().ID, card); err != nil {
			return err
		}
		if err := saveWishesAbroad(ctx, tx, us, without(wished, card)); err != nil {
			return err
		}
		return ruleOutAbroad(ctx, tx, us, card)
	})
}

// TakeBackAbroad forgets that one of another network was ruled out. Its lead may. Fault: NotFound where the organization shows no card.
func (s *Service) TakeBackAbroad(ctx context.Context, sc tenants.Scope, own, card ids.Organization) error {
	return s.changingAbroad(ctx, sc, own, card, func(ctx context.Context, tx *tenants.Tx, us ids.Organization, _ []ids.Organization) error {
		return takeBackAbroad(ctx, tx, us, card)
	})
}
