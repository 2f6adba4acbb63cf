package matching

import (
	"context"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// MostWishes is for how many partners an organization may wish at once.
const MostWishes = 5

const maxReason = 500

// Wished is a partner that an organization wishes for.
type Wished struct {
	Organization

	InPool bool // it lets others find it
}

// Veto is an organization that another one rules out.
type Veto struct {
	Organization

	Reason string // for its own people only
}

// Wishes are whom an organization wishes for, the dearest first, and whom it rules out, by name.
type Wishes struct {
	Wished []Wished
	Ruled  []Veto
}

// Rank is at which place an organization is wished for, from 1; 0: it is not.
func (w *Wishes) Rank(id ids.Organization) int {
	return slices.IndexFunc(w.Wished, func(o Wished) bool { return o.ID == id }) + 1
}

// RuledOut reports whether the organization is ruled out.
func (w *Wishes) RuledOut(id ids.Organization) bool {
	return slices.ContainsFunc(w.Ruled, func(v Veto) bool { return v.ID == id })
}

// Wishes are an organization's own. Its own people may, and nobody else ever.
func (s *Service) Wishes(ctx context.Context, sc tenants.Scope, own ids.Organization) (Wishes, error) {
	if err := s.policies.May(sc, policies.WishRead, of(own)); err != nil {
		return Wishes{}, err
	}
	all, err := wishesOf(ctx, sc.Read(), []ids.Organization{own})
	if err != nil {
		return Wishes{}, err
	}
	ruled, err := vetoesOf(ctx, sc.Read(), own)
	if err != nil {
		return Wishes{}, err
	}
	wanted := slices.Clone(all[own])
	for _, v := range ruled {
		wanted = append(wanted, v.VetoedID)
	}
	if len(wanted) == 0 {
		return Wishes{}, nil
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, wanted)
	if err != nil {
		return Wishes{}, err
	}
	cards, err := cardsOf(ctx, sc.Read(), wanted)
	if err != nil {
		return Wishes{}, err
	}
	var w Wishes
	for _, id := range all[own] {
		w.Wished = append(w.Wished, Wished{Organization: known[id], InPool: cards[id].InPool})
	}
	for _, v := range ruled {
		w.Ruled = append(w.Ruled, Veto{Organization: known[v.VetoedID], Reason: v.Reason})
	}
	return w, nil
}

// MayWish reports whether the actor may change whom the organization wishes for.
func (s *Service) MayWish(sc tenants.Scope, own ids.Organization) bool {
	return s.policies.May(sc, policies.WishManage, of(own)) == nil
}

// changing changes what an organization wishes for while nobody else does. The trail says that something was changed, and
// nothing of what: neither whom it is about, nor whether they are wished for or ruled out.
func (s *Service) changing(ctx context.Context, sc tenants.Scope, own ids.Organization, change func(ctx context.Context, tx *tenants.Tx, wished []ids.Organization) error) error {
	if err := s.policies.May(sc, policies.WishManage, of(own)); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdWishes(ctx, tx, own); err != nil {
			return err
		}
		all, err := wishesOf(ctx, tx, []ids.Organization{own})
		if err != nil {
			return err
		}
		tx.Audit(entry("wish.changed", own))
		return change(ctx, tx, all[own])
	})
}

// findable refuses an organization that does not let others find it, and whoever does not do so themselves.
func findable(ctx context.Context, tx *tenants.Tx, own, other ids.Organization) error {
	cards, err := cardsOf(ctx, tx, []ids.Organization{own, other})
	switch {
	case err != nil:
		return err
	case own == other:
		return fault.Conflict("matching.wish.self")
	case !cards[own].InPool || !cards[other].InPool:
		return fault.NotFound()
	default:
		return nil
	}
}

// Wish adds somebody to whom the organization wishes for, at the end. Its lead may. Faults: Conflict when it is the organization
// itself, is wished for or ruled out already, or when there are as many wishes as there may be; NotFound of one that cannot be found.
func (s *Service) Wish(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
	return s.changing(ctx, sc, own, func(ctx context.Context, tx *tenants.Tx, wished []ids.Organization) error {
		if err := findable(ctx, tx, own, other); err != nil {
			return err
		}
		rows, err := vetoesOf(ctx, tx, own)
		if err != nil {
			return err
		}
		ruled := make([]ids.Organization, len(rows))
		for i := range rows {
			ruled[i] = rows[i].VetoedID
		}
		if err := wishable(wished, ruled, other); err != nil {
			return err
		}
		return saveWishes(ctx, tx, own, append(wished, other))
	})
}

// Unwish takes a wish back; one that is gone already stays gone. Its lead may.
func (s *Service) Unwish(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
	return s.changing(ctx, sc, own, func(ctx context.Context, tx *tenants.Tx, wished []ids.Organization) error {
		return saveWishes(ctx, tx, own, without(wished, other))
	})
}

// Place moves a wish to that rank, from 1; the others close up. Its lead may. Fault: NotFound when there is no such wish.
func (s *Service) Place(ctx context.Context, sc tenants.Scope, own, other ids.Organization, rank int) error {
	return s.changing(ctx, sc, own, func(ctx context.Context, tx *tenants.Tx, wished []ids.Organization) error {
		if !slices.Contains(wished, other) {
			return fault.NotFound()
		}
		return saveWishes(ctx, tx, own, placed(wished, other, rank))
	})
}

// wishable refuses a further wish. Fault: Conflict.
func wishable(wished, ruled []ids.Organization, other ids.Organization) error {
	switch {
	case slices.Contains(wished, other):
		return fault.Conflict("matching.wish.twice")
	case slices.Contains(ruled, other):
		return fault.Conflict("matching.wish.ruled_out")
	case len(wished) >= MostWishes:
		return fault.Conflict("matching.wish.full").With("Max", MostWishes)
	}
	return nil
}

// placed are the wishes with one of them at that rank, from 1, or as near as can be.
func placed(wished []ids.Organization, other ids.Organization, rank int) []ids.Organization {
	return slices.Insert(without(wished, other), min(max(rank, 1), len(wished))-1, other)
}

func without(all []ids.Organization, one ids.Organization) []ids.Organization {
	return slices.DeleteFunc(slices.Clone(all), func(o ids.Organization) bool { return o == one })
}

// RuleOut keeps that the organization will not work with another one, and why, which only its own people read; a wish for it
// is gone then. Its lead may. Faults: Invalid by field (reason), Conflict when it is the organization itself, NotFound of one
// that cannot be found.
func (s *Service) RuleOut(ctx context.Context, sc tenants.Scope, own, other ids.Organization, reason string) error {
	return s.changing(ctx, sc, own, func(ctx context.Context, tx *tenants.Tx, wished []ids.Organization) error {
		if n := len([]rune(reason)); n > maxReason {
			return fault.Invalid("fault.check_fields", fault.AtWith("reason", "fault.too_long", fault.Args{"Length": n, "Max": maxReason}))
		}
		if err := findable(ctx, tx, own, other); err != nil {
			return err
		}
		if err := saveWishes(ctx, tx, own, without(wished, other)); err != nil {
			return err
		}
		if err := ruleOut(ctx, tx, own, other, reason); err != nil {
			return err
		}
		return ruledIn(ctx, tx, own)
	})
}

// TakeBack forgets that an organization was ruled out, and why. Its lead may.
func (s *Service) TakeBack(ctx context.Context, sc tenants.Scope, own, other ids.Organization) error {
	return s.changing(ctx, sc, own, func(ctx context.Context, tx *tenants.Tx, _ []ids.Organization) error {
		if err := takeBack(ctx, tx, own, other); err != nil {
			return err
		}
		return ruledIn(ctx, tx, own)
	})
}

// ruledIn has the common pool follow what an organization rules out, if it shows its card there: a veto holds in the core's rounds, too.
func ruledIn(ctx context.Context, tx *tenants.Tx, own ids.Organization) error {
	shared, err := isShared(ctx, tx, own)
	if err == nil && shared {
		tx.Enqueue(ShareJob, struct{}{})
	}
	return err
}
