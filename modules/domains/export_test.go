package domains

import (
	"context"

	"kervan/modules/ids"
)

// Look is a domain after a look at its name server.
var Look = Domain.looked

// Recheck does what is done at night, with the domain of one network alone: those of other tests have their own name servers.
func (s *Service) Recheck(ctx context.Context, tenant ids.Tenant) error {
	d, found, err := ofTenant(ctx, s.Tenants.Platform().Read(), tenant, false)
	if err != nil || !found {
		return err
	}
	return s.recheckOne(ctx, d)
}

// Taken checks a host against what others have.
func Taken(platform string, others, slugs []string, host string) string {
	for _, bad := range (taken{platform, others, slugs}).check(host) {
		return bad.Key
	}
	return ""
}
