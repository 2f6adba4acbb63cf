package accounts

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// tokenPrefix tells people, and programs that look for lost secrets, what such a text is.
const tokenPrefix = "kvn_"

// Lives are the days for which a personal token may be made.
var Lives = []int{30, 90, 365}

const (
	maxTokens    = 20
	maxTokenName = 100
)

// NewToken is what somebody types to get a personal token. ID is of the form that was filled in, so that a form that
// arrives twice makes one token.
type NewToken struct {
	ID       ids.Token
	Name     string
	Days     int
	Password string
	Address  string
}

// Made is a fresh token. The secret is shown now and never again.
type Made struct {
	Name    string
	Secret  string
	Expires time.Time
}

// MakeToken gives the actor a token with which their own programs may read what they may read, on this host alone, until
// it expires or is ended. The password is asked again, and the owner gets a mail. Whoever has signed in may. Faults:
// Invalid by field, Conflict where the form was sent before or there are too many tokens, TooMany.
func (s *Service) MakeToken(ctx context.Context, sc tenants.Scope, cmd NewToken) (Made, error) {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return Made{}, err
	}
	var bad []fault.Field
	if cmd.Name == "" {
		bad = append(bad, fault.At("name", "fault.required"))
	}
	if !slices.Contains(Lives, cmd.Days) {
		bad = append(bad, fault.At("days", "fault.choose"))
	}
	if len(bad) > 0 {
		return Made{}, fault.Invalid("fault.check_fields", bad...)
	}
	if _, err := s.again(ctx, sc, cmd.Password, cmd.Address); err != nil {
		return Made{}, err
	}
	secret, _ := newToken()
	made := Made{Name: cmd.Name, Secret: tokenPrefix + secret}
	actor := sc.Actor()
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		n, err := countTokens(ctx, tx, actor.Person)
		if err != nil {
			return err
		}
		if n >= maxTokens {
			return fault.Conflict("accounts.tokens.enough")
		}
		var fresh bool
		if made.Expires, fresh, err = insertToken(ctx, tx, cmd.ID, hashToken(made.Secret), actor.Person, cmd.Name, cmd.Days); err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict("accounts.tokens.made_before")
		}
		tx.Audit(audit.Entry{Action: "account.token_made", SubjectKind: "person", SubjectID: actor.Person.String(), Detail: map[string]any{"days": cmd.Days}})
		tx.Announce(events.MailRequested{
			Kind: "accounts.mail.token", Person: actor.Person, Path: "/account", Zone: sc.Tenant().Zone, Times: map[string]time.Time{"Until": made.Expires},
			Args: map[string]string{"Name": actor.Name, "Token": cmd.Name, "Network": sc.Tenant().Name},
		})
		return nil
	})
	return made, err
}

// again asks for the actor's password once more, before something that a stolen session must not be able to do. Faults:
// Invalid at the field "present", TooMany.
func (s *Service) again(ctx context.Context, sc tenants.Scope, present, address string) (identityRow, error) {
	actor := sc.Actor()
	if err := s.throttle(ctx, sc, purposeSignIn, emailKey(actor.Email), address); err != nil {
		return identityRow{}, err
	}
	identity, found, err := identityByID(ctx, s.tenants.Platform().Read(), actor.Identity)
	if err != nil || !found {
		return identityRow{}, orNotFound(err)
	}
	ok, _, err := matches(normal(present), identity.PasswordHash)
	if err != nil {
		return identityRow{}, err
	}
	if !ok {
		return identityRow{}, fault.Invalid("fault.check_fields", fault.At("present", "accounts.password.wrong"))
	}
	return identity, nil
}

// EndToken ends one of the actor's own tokens; the next request with it is refused. One that is not theirs, or is over,
// is none of them.
func (s *Service) EndToken(ctx context.Context, sc tenants.Scope, id ids.Token) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		ended, err := dropToken(ctx, tx, sc.Actor().Person, id)
		if ended {
			tx.Audit(audit.Entry{Action: "account.token_ended", SubjectKind: "person", SubjectID: sc.Actor().Person.String()})
		}
		return err
	})
}

// Bearer finds whose personal token it is, with the roles that the person has right now: one query. A token of another
// host finds nobody. Those that are nobody's are counted by network address. It satisfies site.Sessions. Fault: TooMany.
func (s *Service) Bearer(ctx context.Context, sc tenants.Scope, token, address string) (tenants.Actor, bool, error) {
	var row actorRow
	found := false
	if strings.HasPrefix(token, tokenPrefix) {
		var err error
		if row, found, err = actorOfToken(ctx, sc, hashToken(token)); err != nil {
			return tenants.Actor{}, false, err
		}
	}
	if !found {
		return tenants.Actor{}, false, s.throttleAll(ctx, s.crowds(sc, "token", address))
	}
	if row.Stale {
		err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return useToken(ctx, tx, row.Token) })
		if err != nil {
			slog.Warn("token not noted as used", "error", err)
		}
	}
	actor, err := row.actor()
	return actor, err == nil, err
}
