package accounts

import (
	"context"
	"log/slog"

	"golang.org/x/text/unicode/norm"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

func normal(password string) string { return norm.NFC.String(password) }

// Actor finds whose session a cookie is, with the roles that the person has right now: one query. It satisfies
// site.Sessions.
func (s *Service) Actor(ctx context.Context, sc tenants.Scope, token string) (tenants.Actor, bool, error) {
	row, found, err := actorOfSession(ctx, sc, hashToken(token))
	if err != nil || !found {
		return tenants.Actor{}, false, err
	}
	if row.Stale {
		err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return seeSession(ctx, tx, row.Session) })
		if err != nil {
			slog.Warn("session not noted as seen", "error", err)
		}
	}
	actor, err := row.actor()
	return actor, err == nil, err
}

// Prefer keeps the actor's choice of language, in which mails are written too. It satisfies site.Sessions.
func (s *Service) Prefer(ctx context.Context, sc tenants.Scope, locale i18n.Locale) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return setLocale(ctx, tx, sc.Actor().Person, locale)
	})
}

// SignOut ends the actor's own session.
func (s *Service) SignOut(ctx context.Context, sc tenants.Scope) error {
	return s.EndSession(ctx, sc, sc.Actor().Session)
}

// EndSession ends one of the actor's own sessions; one that is not theirs, or is over, is none of them.
func (s *Service) EndSession(ctx context.Context, sc tenants.Scope, id ids.Session) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "account.signed_out", SubjectKind: "person", SubjectID: sc.Actor().Person.String()})
		return endSession(ctx, tx, sc.Actor().Person, id)
	})
}

// SignOutEverywhere ends all sessions and tokens of the actor's login in all networks, this session too.
func (s *Service) SignOutEverywhere(ctx context.Context, sc tenants.Scope) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	everywhere, err := tenantsOf(ctx, s.tenants.Platform().Read(), sc.Actor().Identity)
	if err != nil {
		return err
	}
	return s.endEverywhere(ctx, sc.Actor().Identity, everywhere)
}

// Account is what a person sees of their own account.
type Account struct {
	Name     string
	Email    string
	Locale   i18n.Locale
	Version  int64
	Sessions []sessionRow
	Tokens   []Token
	Feed     Feed // the zero Feed: none
}

// Self tells the actor who they are here. Whoever has signed in may.
func (s *Service) Self(sc tenants.Scope) (tenants.Actor, error) {
	return sc.Actor(), s.policies.May(sc, policies.AccountSelf, policies.On{})
}

// Own shows the actor their own account.
func (s *Service) Own(ctx context.Context, sc tenants.Scope) (Account, error) {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return Account{}, err
	}
	person, found, err := personByID(ctx, sc.Read(), sc.Actor().Person)
	if err != nil || !found {
		return Account{}, orNotFound(err)
	}
	a := Account{Name: person.Name, Email: person.Email, Locale: person.Locale, Version: person.Version}
	if a.Sessions, err = sessionsOf(ctx, sc.Read(), person.ID); err != nil {
		return a, err
	}
	if a.Tokens, err = tokensOf(ctx, sc.Read(), person.ID); err != nil {
		return a, err
	}
	a.Feed, _, err = feedOf(ctx, sc.Read(), person.ID)
	return a, err
}

// Profile is what a person may change of themselves without a password.
type Profile struct {
	Name    string
	Locale  i18n.Locale
	Version int64
}

// ChangeProfile changes the actor's own name and language. Faults: Invalid, Conflict when it was changed elsewhere.
func (s *Service) ChangeProfile(ctx context.Context, sc tenants.Scope, cmd Profile) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	if cmd.Name == "" {
		return fault.Invalid("fault.check_fields", fault.At("name", "fault.required"))
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		changed, err := setProfile(ctx, tx, sc.Actor(), cmd)
		if err != nil {
			return err
		}
		if !changed {
			return fault.Conflict("fault.stale")
		}
		tx.Audit(audit.Entry{Action: "account.profile_changed", SubjectKind: "person", SubjectID: sc.Actor().Person.String()})
		return nil
	})
}

// ChangePassword sets a new password after the present one was given again, and ends all sessions and tokens of the
// login but begins a new session here. Faults: Invalid, TooMany.
func (s *Service) ChangePassword(ctx context.Context, sc tenants.Scope, present, typed, address, agent string) (Cookie, error) {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return Cookie{}, err
	}
	actor := sc.Actor()
	identity, err := s.again(ctx, sc, present, address)
	if err != nil {
		return Cookie{}, err
	}
	password, bad := checkPassword(typed, actor.Name, actor.Email, sc.Tenant().Name)
	if len(bad) > 0 {
		return Cookie{}, fault.Invalid("fault.check_fields", bad...)
	}
	hash, err := hashPassword(password)
	if err != nil {
		return Cookie{}, err
	}
	if err := s.replacePassword(ctx, identity.ID, hash); err != nil {
		return Cookie{}, err
	}
	return s.enter(ctx, sc, actor.Person, agent)
}
