package accounts

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Service is what people do with their accounts, in the order in which an account lives.
type Service struct {
	tenants  *tenants.Tenants
	policies *policies.Authorizer
	secret   []byte
}

// New makes the service. The secret keys the throttles, so that the database holds no addresses of visitors.
func New(t *tenants.Tenants, p *policies.Authorizer, secret []byte) *Service {
	return &Service{tenants: t, policies: p, secret: secret}
}

// The purposes of an e-mailed link.
const (
	purposeRegister = "register"
	purposeSignIn   = "sign_in"
	purposeReset    = "reset"
	purposeEmail    = "email"
)

type linkMail struct {
	purpose string
	email   string
	name    string
	locale  i18n.Locale
	person  ids.Person
	life    time.Duration
	payload json.RawMessage
	path    string
}

// mailLink keeps a fresh link and has it mailed, in one transaction.
func (s *Service) mailLink(ctx context.Context, sc tenants.Scope, m linkMail) error {
	token, hash := newToken()
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		err = insertLink(ctx, tx, linkRow{
			Hash: hash, Purpose: m.purpose, Email: m.email, EmailKey: emailKey(m.email), PersonID: m.person, Payload: m.payload,
			ExpiresAt: now.Add(m.life),
		})
		if err != nil {
			return err
		}
		tx.Announce(events.MailRequested{
			Kind: "accounts.mail." + m.purpose, Address: m.email, Name: m.name, Locale: m.locale, Path: m.path + token, Secret: true,
			Args: map[string]string{"Name": m.name, "Network": sc.Tenant().Name},
		})
		return nil
	})
}

// Cookie is a session as the browser keeps it.
type Cookie struct {
	Token   string
	Expires time.Time
	Device  string // to be kept, too: by it the browser is known for this account at the next sign-in
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return fault.NotFound()
}

func (s *Service) identity(ctx context.Context, sc tenants.Scope, email, hash string) (identityRow, error) {
	var identity identityRow
	err := s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		identity, err = ensureIdentity(ctx, tx, email, hash, sc.Tenant().ID)
		return err
	})
	return identity, err
}

// begin starts a session whose length follows the person's roles.
func (s *Service) begin(ctx context.Context, tx *tenants.Tx, person ids.Person, agent string) (Cookie, error) {
	grants, err := grantsOf(ctx, tx, person)
	if err != nil {
		return Cookie{}, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return Cookie{}, err
	}
	if err := sweep(ctx, tx); err != nil {
		return Cookie{}, err
	}
	token, hash := newToken()
	if err := insertSession(ctx, tx, hash, person, clip(agent, 200), sessionLife, idle(grants)); err != nil {
		return Cookie{}, err
	}
	tx.Audit(audit.Entry{Action: "account.signed_in", SubjectKind: "person", SubjectID: person.String()})
	return Cookie{Token: token, Expires: now.Add(sessionLife)}, nil
}

func clip(s string, n int) string {
	r := []rune(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""))
	return string(r[:min(len(r), n)])
}

// Ensure makes, or completes, a person whose address the system vouches for: the first of a new network, and those of
// the demonstration. Only actors of the system may.
func (s *Service) Ensure(ctx context.Context, sc tenants.Scope, name, email, passwordHash string, locale i18n.Locale, grants ...tenants.Grant) (Card, error) {
	if sc.Actor().System == "" {
		return Card{}, fault.Forbidden()
	}
	identity, err := s.identity(ctx, sc, email, passwordHash)
	if err != nil {
		return Card{}, err
	}
	var card Card
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		person, err := ensurePerson(ctx, tx, identity, name, locale)
		if err != nil {
			return err
		}
		card = person.card()
		for _, g := range grants {
			if err := tx.GrantRole(ctx, person.ID, g, ids.Person{}); err != nil {
				return err
			}
		}
		return nil
	})
	return card, err
}

// Roles that may be offered by invitation in a tenant of that kind.
func offered(kind tenants.Kind) []tenants.Role {
	if kind == tenants.KindCore {
		return slices.Concat(tenants.CoreRoles, tenants.NetworkRoles)
	}
	return tenants.NetworkRoles
}
