package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// SignIn is an attempt to sign in with a password.
type SignIn struct {
	Email    string
	Password string
	Address  string
	Agent    string
	Device   string // what the browser kept of having been signed in to an account
}

// SignIn starts a session of this network. Any visitor may try. A wrong password, an unknown address and a login of
// another network get the same fault after the same time. Faults: Invalid, TooMany.
func (s *Service) SignIn(ctx context.Context, sc tenants.Scope, cmd SignIn) (Cookie, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Cookie{}, err
	}
	key := emailKey(strings.TrimSpace(cmd.Email))
	if err := s.throttleAll(ctx, s.buckets(sc, purposeSignIn, key, cmd.Address, cmd.Device)); err != nil {
		return Cookie{}, err
	}
	identity, _, err := findIdentity(ctx, s.tenants.Platform().Read(), key)
	if err != nil {
		return Cookie{}, err
	}
	ok, old, err := matches(normal(cmd.Password), identity.PasswordHash)
	if err != nil {
		return Cookie{}, err
	}
	person, here, err := personByIdentity(ctx, sc.Read(), identity.ID)
	if err != nil {
		return Cookie{}, err
	}
	if !ok || !here {
		return Cookie{}, fault.Invalid("accounts.wrong")
	}
	if old {
		if err := s.rehash(ctx, identity.ID, cmd.Password); err != nil {
			return Cookie{}, err
		}
	}
	cookie, err := s.enter(ctx, sc, person.ID, cmd.Agent)
	cookie.Device = cmd.Device
	if !s.recognizes(sc, key, cmd.Device) {
		cookie.Device = s.device(sc, key)
	}
	return cookie, err
}

func (s *Service) enter(ctx context.Context, sc tenants.Scope, person ids.Person, agent string) (Cookie, error) {
	var cookie Cookie
	err := sc.As(tenants.Actor{Person: person}).Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		cookie, err = s.begin(ctx, tx, person, agent)
		return err
	})
	return cookie, err
}

func (s *Service) rehash(ctx context.Context, id ids.Identity, password string) error {
	hash, err := hashPassword(normal(password))
	if err != nil {
		return err
	}
	return s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		return setPassword(ctx, tx, id, hash)
	})
}

// LinkWanted asks for an e-mailed link.
type LinkWanted struct {
	Email   string
	Address string
	Locale  i18n.Locale
	Return  string // where to go once signed in; only an address of this site is followed
}

// RequestSignIn has a link mailed that signs in once within ten minutes. Any visitor may ask; the answer is the same for
// every well-formed address. Faults: Invalid, TooMany.
func (s *Service) RequestSignIn(ctx context.Context, sc tenants.Scope, cmd LinkWanted) error {
	return s.request(ctx, sc, cmd, purposeSignIn)
}

// RequestReset has a link mailed with which the password is set anew within half an hour. The rest is as with
// RequestSignIn.
func (s *Service) RequestReset(ctx context.Context, sc tenants.Scope, cmd LinkWanted) error {
	return s.request(ctx, sc, cmd, purposeReset)
}

const linkJob = "accounts.mail_link"

// linkRequested is a job: whether the address is known is looked up there, out of the visitor's sight and time.
type linkRequested struct {
	Purpose string      `json:"purpose"`
	Email   string      `json:"email"`
	Locale  i18n.Locale `json:"locale"`
	Return  string      `json:"return,omitempty"`
}

func (s *Service) request(ctx context.Context, sc tenants.Scope, cmd LinkWanted, purpose string) error {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return err
	}
	email, bad := parseEmail("email", cmd.Email)
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	if err := s.throttle(ctx, sc, "link", emailKey(email), cmd.Address); err != nil {
		return err
	}
	return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
		tx.Enqueue(linkJob, linkRequested{Purpose: purpose, Email: email, Locale: cmd.Locale, Return: cmd.Return})
		return nil
	})
}

func (s *Service) sendLink(ctx context.Context, sc tenants.Scope, args linkRequested) error {
	person, known, err := personByEmail(ctx, sc.Read(), emailKey(args.Email))
	if err != nil {
		return err
	}
	if !known {
		return sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(events.MailRequested{
				Kind: "accounts.mail.unknown", Address: args.Email, Locale: args.Locale, Path: "/register", Secret: true,
				Args: map[string]string{"Network": sc.Tenant().Name},
			})
			return nil
		})
	}
	m := linkMail{
		purpose: args.Purpose, email: person.Email, name: person.Name, locale: person.Locale, person: person.ID, life: signInLife, path: "/sign-in/link/",
	}
	if args.Purpose == purposeReset {
		m.life, m.path = resetLife, "/reset/"
	}
	if m.payload, err = json.Marshal(errand{Return: args.Return}); err != nil {
		return fmt.Errorf("accounts: write link: %w", err)
	}
	return s.mailLink(ctx, sc, m)
}

// errand is what a link for signing in keeps: where its person wanted to go.
type errand struct {
	Return string `json:"return"`
}

// SignInByLink signs in the person to whom the link was mailed, and tells where they wanted to go. Faults: NotFound for a
// link that is used or expired.
func (s *Service) SignInByLink(ctx context.Context, sc tenants.Scope, token, agent string) (Confirmed, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Confirmed{}, err
	}
	var done Confirmed
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		link, used, err := useLink(ctx, tx, purposeSignIn, token)
		if err != nil || !used {
			return orNotFound(err)
		}
		var to errand
		if err := json.Unmarshal(link.Payload, &to); err != nil {
			return fmt.Errorf("accounts: read link: %w", err)
		}
		done.Return = to.Return
		done.Cookie, err = s.begin(ctx, tx, link.PersonID, agent)
		done.Cookie.Device = s.device(sc, link.EmailKey)
		return err
	})
	return done, err
}

// Reset sets a new password by an e-mailed link and ends all sessions of that login in all networks. Faults: Invalid,
// NotFound for a link that is used or expired.
func (s *Service) Reset(ctx context.Context, sc tenants.Scope, token, typed string) error {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return err
	}
	link, found, err := findLink(ctx, sc.Read(), purposeReset, token)
	if err != nil || !found {
		return orNotFound(err)
	}
	person, found, err := personByID(ctx, sc.Read(), link.PersonID)
	if err != nil || !found {
		return orNotFound(err)
	}
	password, bad := checkPassword(typed, person.Name, person.Email, sc.Tenant().Name)
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	err = sc.As(tenants.Actor{Person: person.ID}).Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, used, err := useLink(ctx, tx, purposeReset, token); err != nil || !used {
			return orNotFound(err)
		}
		tx.Audit(audit.Entry{Action: "account.password_reset", SubjectKind: "person", SubjectID: person.ID.String()})
		return nil
	})
	if err != nil {
		return err
	}
	return s.replacePassword(ctx, person.IdentityID, hash)
}

// replacePassword sets the hash and ends the login's sessions wherever it is somebody.
func (s *Service) replacePassword(ctx context.Context, identity ids.Identity, hash string) error {
	var everywhere []ids.Tenant
	err := s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := setPassword(ctx, tx, identity, hash); err != nil {
			return err
		}
		var err error
		everywhere, err = tenantsOf(ctx, tx, identity)
		return err
	})
	if err != nil {
		return err
	}
	return s.endEverywhere(ctx, identity, everywhere)
}

func (s *Service) endEverywhere(ctx context.Context, identity ids.Identity, everywhere []ids.Tenant) error {
	for _, id := range everywhere {
		tenant, err := s.tenants.ByID(ctx, id)
		if err != nil {
			return err
		}
		err = s.tenants.Bind(tenant, tenants.SystemActor("accounts")).Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			return endSessions(ctx, tx, identity)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
