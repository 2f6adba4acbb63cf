package accounts

import (
	"context"
	"log/slog"

	"kervan/modules/events"
	"kervan/modules/kernel/audit"
	"kervan/policies"
	"kervan/tenants"
)

// MakeFeed gives the actor a secret under which a calendar program, which cannot sign in, reads their dates on this host.
// It ends the one that they had, and the owner gets a mail. Whoever has signed in may.
func (s *Service) MakeFeed(ctx context.Context, sc tenants.Scope) (secret string, err error) {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return "", err
	}
	secret, hash := newToken()
	actor := sc.Actor()
	return secret, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := putFeed(ctx, tx, actor.Person, hash); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "account.calendar_made", SubjectKind: "person", SubjectID: actor.Person.String()})
		tx.Announce(events.MailRequested{
			Kind: "accounts.mail.calendar", Person: actor.Person, Path: "/account", Args: map[string]string{"Name": actor.Name, "Network": sc.Tenant().Name},
		})
		return nil
	})
}

// EndFeed ends the actor's address; a calendar program that asks for it finds nothing any more.
func (s *Service) EndFeed(ctx context.Context, sc tenants.Scope) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		ended, err := dropFeed(ctx, tx, sc.Actor().Person)
		if ended {
			tx.Audit(audit.Entry{Action: "account.calendar_ended", SubjectKind: "person", SubjectID: sc.Actor().Person.String()})
		}
		return err
	})
}

// Subscriber finds whose dates a secret address shows, with the roles that the person has right now. One of another host
// finds nobody. Those that are nobody's are counted by network address. It satisfies site.Sessions. Fault: TooMany.
func (s *Service) Subscriber(ctx context.Context, sc tenants.Scope, secret, address string) (tenants.Actor, bool, error) {
	row, found, err := actorOfFeed(ctx, sc, hashToken(secret))
	if err != nil {
		return tenants.Actor{}, false, err
	}
	if !found {
		return tenants.Actor{}, false, s.throttleAll(ctx, s.crowds(sc, "calendar", address))
	}
	actor, err := row.actor()
	if err != nil {
		return tenants.Actor{}, false, err
	}
	if row.Stale {
		err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return readFeed(ctx, tx, actor.Person) })
		if err != nil {
			slog.Warn("calendar not noted as read", "error", err)
		}
	}
	return actor, true, nil
}
