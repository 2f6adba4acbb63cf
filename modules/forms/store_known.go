package forms

import (
	"context"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

// known keeps the versions that were read last: they never change.
type known struct{ *lru.Cache[knownKey, Version] }

type knownKey struct {
	tenant ids.Tenant
	id     ids.FormVersion
}

func newKnown() known {
	cache, err := lru.New[knownKey, Version](256)
	if err != nil {
		panic(err) // of a size below one only
	}
	return known{cache}
}

func (k known) version(ctx context.Context, tenant ids.Tenant, db bun.IDB, id ids.FormVersion) (Version, error) {
	key := knownKey{tenant, id}
	if v, ok := k.Get(key); ok {
		return v, nil
	}
	v, err := versionByID(ctx, db, id)
	if err == nil {
		k.Add(key, v)
	}
	return v, err
}
