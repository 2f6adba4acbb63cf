package documents

import (
	"context"

	"kervan/tenants"
)

// EraseAll removes the content of all documents of a network that is discarded. The caller has authorized it and removes
// the network itself. Safe to repeat. Fault: Unavailable.
func (s *Service) EraseAll(ctx context.Context, of tenants.Tenant) error {
	var keys []string
	for object, err := range s.Objects.List(ctx, prefixOf(of)) {
		if err != nil {
			return err
		}
		keys = append(keys, object.Key)
	}
	if len(keys) == 0 {
		return nil
	}
	return s.Objects.Delete(ctx, keys...)
}
