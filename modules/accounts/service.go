package accounts

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"
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

// Register is what somebody types to get an account.
type Register struct {
	Name     string
	Email    string
	Password string
	Notice   bool // the privacy notice was acknowledged; it is not a consent
	Locale   i18n.Locale
	Address  string // the network address that it came from
	Return   string // where to go when the address is confirmed
	Browser  string // a random text that this browser keeps
}

type registration struct {
	Name         string      `json:"name"`
	PasswordHash string      `json:"password_hash"`
	Locale       i18n.Locale `json:"locale"`
	Return       string      `json:"return"`
	Browser      []byte      `json:"browser"` // the hash of what the browser keeps
}

// Register keeps a registration until its address is confirmed by the link that is mailed there. Any visitor may. For a
// known address all of it is the same but what the link then does. Faults: Invalid by field, TooMany.
func (s *Service) Register(ctx context.Context, sc tenants.Scope, cmd Register) error {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return err
	}
	email, bad := parseEmail("email", cmd.Email)
	if cmd.Name == "" {
		bad = append([]fault.Field{fault.At("name", "fault.required")}, bad...)
	}
	password, weak := checkPassword(cmd.Password, cmd.Name, cmd.Email, sc.Tenant().Name)
	bad = append(bad, weak...)
	if !cmd.Notice {
		bad = append(bad, fault.At("notice", "accounts.notice_needed"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	if err := s.throttle(ctx, sc, purposeRegister, emailKey(email), cmd.Address); err != nil {
		return err
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(registration{Name: cmd.Name, PasswordHash: hash, Locale: cmd.Locale, Return: cmd.Return, Browser: hashToken(cmd.Browser)})
	if err != nil {
		return fmt.Errorf("accounts: keep registration: %w", err)
	}
	return s.mailLink(ctx, sc, linkMail{
		purpose: purposeRegister, email: email, name: cmd.Name, locale: cmd.Locale, life: registerLife, payload: payload, path: "/confirm/",
	})
}

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

// Confirmed is what became of a confirmed registration.
type Confirmed struct {
	Known  bool   // the address had a login already, whose password still holds
	Return string // where the person was going
	Cookie Cookie // of the session that has begun; empty when Known
}

// Cookie is a session as the browser keeps it.
type Cookie struct {
	Token   string
	Expires time.Time
	Device  string // to be kept, too: by it the browser is known for this account at the next sign-in
}

// Confirm is the answer to the mail that asks to confirm a registration.
type Confirm struct {
	Token    string
	Browser  string // what the browser keeps; the one in which somebody registered proves that it was they
	Password string // in any other browser, the password that was chosen at the registration
	Address  string
	Agent    string
}

// Confirming finds the registration behind a link, and whether the browser is the one in which it was made. Any visitor
// may ask. Faults: NotFound for a link that is used, expired or of another network.
func (s *Service) Confirming(ctx context.Context, sc tenants.Scope, token, browser string) (same bool, err error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return false, err
	}
	_, r, err := s.registration(ctx, sc, token)
	return r.same(browser), err
}

func (s *Service) registration(ctx context.Context, sc tenants.Scope, token string) (linkRow, registration, error) {
	var r registration
	link, found, err := findLink(ctx, sc.Read(), purposeRegister, token)
	if err != nil || !found {
		return link, r, orNotFound(err)
	}
	if err := json.Unmarshal(link.Payload, &r); err != nil {
		return link, r, fmt.Errorf("accounts: read registration: %w", err)
	}
	return link, r, nil
}

func (r registration) same(browser string) bool {
	return browser != "" && hmac.Equal(r.Browser, hashToken(browser))
}

// prove makes sure that who confirms is who registered: somebody else may have registered this address with a password of
// their own, and its owner may well press the button in a mail.
func (s *Service) prove(ctx context.Context, sc tenants.Scope, cmd Confirm, link linkRow, r registration) error {
	if r.same(cmd.Browser) {
		return nil
	}
	if cmd.Password == "" {
		return fault.Invalid("fault.check_fields", fault.At("password", "fault.required"))
	}
	if err := s.throttle(ctx, sc, "confirm", link.EmailKey, cmd.Address); err != nil {
		return err
	}
	ok, _, err := matches(normal(cmd.Password), r.PasswordHash)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Invalid("fault.check_fields", fault.At("password", "accounts.confirm.other"))
	}
	return nil
}

// Confirm makes the account that was registered, once its address is proved. For a new address the person is signed in;
// for one that had a login in another network the login now works here too, with its own password. Faults: Invalid in
// another browser than that of the registration without its password, TooMany, NotFound for a link that is used, expired
// or of another network.
func (s *Service) Confirm(ctx context.Context, sc tenants.Scope, cmd Confirm) (Confirmed, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Confirmed{}, err
	}
	link, r, err := s.registration(ctx, sc, cmd.Token)
	if err != nil {
		return Confirmed{}, err
	}
	if err := s.prove(ctx, sc, cmd, link, r); err != nil {
		return Confirmed{}, err
	}
	identity, err := s.identity(ctx, sc, link.Email, r.PasswordHash)
	if err != nil {
		return Confirmed{}, err
	}
	done := Confirmed{Known: identity.PasswordHash != r.PasswordHash, Return: r.Return}
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if _, used, err := useLink(ctx, tx, purposeRegister, cmd.Token); err != nil || !used {
			return orNotFound(err)
		}
		person, err := ensurePerson(ctx, tx, identity, r.Name, r.Locale)
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "account.confirmed", SubjectKind: "person", SubjectID: person.ID.String()})
		if done.Known {
			return nil
		}
		done.Cookie, err = s.begin(ctx, tx, person.ID, cmd.Agent)
		return err
	})
	return done, err
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

// linkRequested is a job: whether the address is known is looked up there, out of the visitor's sight and time.
type linkRequested struct {
	Purpose string      `json:"purpose"`
	Email   string      `json:"email"`
	Locale  i18n.Locale `json:"locale"`
}

const linkJob = "accounts.mail_link"

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
		tx.Enqueue(linkJob, linkRequested{Purpose: purpose, Email: email, Locale: cmd.Locale})
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
	return s.mailLink(ctx, sc, m)
}

// SignInByLink signs in the person to whom the link was mailed. Faults: NotFound for a link that is used or expired.
func (s *Service) SignInByLink(ctx context.Context, sc tenants.Scope, token, agent string) (Cookie, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Cookie{}, err
	}
	var cookie Cookie
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		link, used, err := useLink(ctx, tx, purposeSignIn, token)
		if err != nil || !used {
			return orNotFound(err)
		}
		cookie, err = s.begin(ctx, tx, link.PersonID, agent)
		cookie.Device = s.device(sc, link.EmailKey)
		return err
	})
	return cookie, err
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
