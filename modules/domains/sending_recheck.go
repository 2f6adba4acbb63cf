package domains

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/tenants"
)

// RecheckSendersJob is the name of the job that looks at what every sending address needs; it is done every night.
const RecheckSendersJob = "domains.recheck_senders"

// recheckSenderJob looks at one address.
const recheckSenderJob = "domains.recheck_sender"

// recheckSenders has every sending address looked at.
func (s *Service) recheckSenders(ctx context.Context, _ struct{}) error {
	all, err := everyonesSenders(ctx, s.Tenants.Platform().Read())
	if err != nil {
		return err
	}
	return oneByOne(ctx, s.Tenants, recheckSenderJob, all, func(sender Sender) ids.Tenant { return sender.Tenant })
}

func (s *Service) recheckSenderOf(ctx context.Context, args recheckArgs) error {
	sender, found, err := senderOf(ctx, s.Tenants.Platform().Read(), args.Tenant, false)
	if err != nil || !found {
		return err
	}
	return s.recheckSender(ctx, sender)
}

// recheckSender looks at one address. A claim that was never proved ends by itself; of one that is not done yet nobody is
// told at night, but it is done when everything is right.
func (s *Service) recheckSender(ctx context.Context, before Sender) error {
	tenant, err := s.Tenants.ByID(ctx, before.Tenant)
	if err != nil {
		return err
	}
	sc := s.Tenants.Bind(tenant, tenants.SystemActor(RecheckSendersJob))
	if before.State == Claimed && time.Since(before.ClaimedAt) >= claimLife {
		_, _, err := s.endSender(ctx, tenant.ID)
		return err
	}
	after, err := s.settleSender(ctx, sc, before, s.examine(ctx, before))
	if err != nil {
		return err
	}
	switch {
	case after.State == Released:
		return s.warnOfSender(ctx, sc, "ended", after)
	case before.Works() && !after.Works():
		return s.warnOfSender(ctx, sc, "broken", after)
	case !before.Works() && after.Works():
		return s.warnOfSender(ctx, sc, "works", after)
	}
	return nil
}

// warnOfSender rings the coordinators' bells and writes to them: these mails go out from the platform's address, unless the
// network's own works again. A network that may not change gets none.
func (s *Service) warnOfSender(ctx context.Context, sc tenants.Scope, what string, sender Sender) error {
	tenant := sc.Tenant()
	if !tenant.Status.Writable() {
		return nil
	}
	people, err := s.Coordinators.Coordinators(ctx, sc)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		for _, person := range people {
			args := map[string]string{"Address": sender.Address(), "Network": tenant.Name, "Platform": s.From}
			tx.Announce(events.NotificationRequested{Person: person, Key: "domains.sender.notify." + what, Path: senderPage, Args: args})
			tx.Announce(events.MailRequested{Kind: "domains.sender.mail." + what, Person: person, Path: senderPage, Args: args})
		}
		return nil
	})
}
