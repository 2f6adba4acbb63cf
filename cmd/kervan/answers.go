package main

import (
	"context"

	"kervan/modules/accounts"
	"kervan/modules/correspondence"
	"kervan/modules/ids"
	"kervan/tenants"
)

// recipients lets correspondence ask accounts where to reach people.
type recipients struct{ accounts *accounts.Service }

// Recipients satisfies correspondence.People.
func (r recipients) Recipients(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]correspondence.Recipient, error) {
	cards, err := r.accounts.Cards(ctx, sc.Read(), persons)
	if err != nil {
		return nil, err
	}
	found := make(map[ids.Person]correspondence.Recipient, len(cards))
	for id, c := range cards {
		found[id] = correspondence.Recipient{Person: id, Name: c.Name, Address: c.Email, Locale: c.Locale}
	}
	return found, nil
}
