package matching

import (
	"context"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/tenants"
)

// Pool are the cards of the pool.
func Pool(ctx context.Context, db bun.IDB) ([]Card, error) { return cardsIn(ctx, db) }

// WishesOf are the wishes of organizations.
func WishesOf(ctx context.Context, db bun.IDB, organizations ...ids.Organization) (map[ids.Organization][]ids.Organization, error) {
	return wishesOf(ctx, db, organizations)
}

// Vetoes are the vetoes of organizations.
func Vetoes(ctx context.Context, db bun.IDB, organizations ...ids.Organization) ([][2]ids.Organization, error) {
	return vetoes(ctx, db, organizations)
}

// Busy has networks wait for what is computed, as many others as can at once where none is named; it ends with what it returns.
func (s *Service) Busy(networks ...ids.Tenant) func() {
	if len(networks) == 0 {
		for range mostAsking {
			networks = append(networks, ids.New[ids.Tenant]())
		}
	}
	for _, id := range networks {
		s.asking.take(id)
	}
	return func() {
		for _, id := range networks {
			s.asking.leave(id)
		}
	}
}

// WhileHeld runs do while nobody else can change what the common pool has of the network.
func (s *Service) WhileHeld(ctx context.Context, network ids.Tenant, do func()) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdCopies(ctx, tx, network); err != nil {
			return err
		}
		do()
		return nil
	})
}

// WhileIntroducing runs do while nobody else can propose across networks.
func (s *Service) WhileIntroducing(ctx context.Context, do func(ctx context.Context, tx *tenants.Tx) error) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdIntroductions(ctx, tx); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// WhileLocked runs do while nobody else can change an introduction.
func (s *Service) WhileLocked(ctx context.Context, id ids.Match, do func(ctx context.Context, tx *tenants.Tx) error) error {
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, err := lockIntroduction(ctx, tx, id); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// HoldProposals lets nobody else propose anything in the network until the transaction ends.
func HoldProposals(ctx context.Context, tx *tenants.Tx) error { return holdProposals(ctx, tx) }
