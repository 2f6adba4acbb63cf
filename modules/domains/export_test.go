package domains

import (
	"context"

	"kervan/modules/ids"
)

// Look is a domain after a look at its name server.
var Look = Domain.looked

// Recheck does what is done at night, with the domain of one network alone: those of other tests have their own name servers.
func (s *Service) Recheck(ctx context.Context, tenant ids.Tenant) error {
	return s.recheckOf(ctx, recheckArgs{tenant})
}

// What is found at a name server, and what becomes of a sender by it.
var (
	JudgeKey   = judgeKey
	JudgeDMARC = judgeDMARC
	JudgeSPF   = judgeSPF
	WantedSPF  = spfWanted
	LookSender = Sender.looked
)

// RecheckAll does what begins the night: it asks for a look at each network's domain.
func (s *Service) RecheckAll(ctx context.Context) error { return s.recheck(ctx, struct{}{}) }

// RecheckSender does what is done at night, with the address of one network alone.
func (s *Service) RecheckSender(ctx context.Context, tenant ids.Tenant) error {
	return s.recheckSenderOf(ctx, recheckArgs{tenant})
}

// Taken checks a host against what others have.
func Taken(platform string, others, slugs []string, host string) string {
	return (taken{platform, others, slugs}).check(host)
}
