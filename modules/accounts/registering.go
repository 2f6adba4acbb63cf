package accounts

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"

	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
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

// Confirmed is what became of a confirmed registration.
type Confirmed struct {
	Known  bool   // the address had a login already, whose password still holds
	Return string // where the person was going
	Cookie Cookie // of the session that has begun; empty when Known
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
