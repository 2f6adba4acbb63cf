package accounts

import (
	"context"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Login is whoever holds an address, in all networks.
type Login struct {
	ID    ids.Identity
	Email string // as its holder writes it
	Known bool   // it existed before
}

// Identify finds the login of an address, or makes one without a password, which signs in by links. It is for other modules'
// use-cases, which have seen a link that was mailed to the address and serves once.
func (s *Service) Identify(ctx context.Context, sc tenants.Scope, email string) (Login, error) {
	if err := s.policies.May(sc, policies.AccountEnter, policies.On{}); err != nil {
		return Login{}, err
	}
	_, known, err := findIdentity(ctx, s.tenants.Platform().Read(), emailKey(email))
	if err != nil {
		return Login{}, err
	}
	row, err := s.identity(ctx, sc, email, "")
	return Login{ID: row.ID, Email: row.Email, Known: known}, err
}

// Joining is how the holder of a login becomes somebody in a network.
type Joining struct {
	Name   string // unless they are somebody here already
	Locale i18n.Locale
	Grant  tenants.Grant
	By     ids.Person // who offered it
	Agent  string
}

// Join makes the holder of a login somebody of the network, with a role, in the transaction that uses up the link that
// proves the address. A session begins for whoever had no login before, and anew for whoever is signed in as that person;
// anybody else must sign in, and the cookie is empty.
func (s *Service) Join(ctx context.Context, tx *tenants.Tx, login Login, j Joining) (ids.Person, Cookie, error) {
	person, err := ensurePerson(ctx, tx, identityRow{ID: login.ID, Email: login.Email, EmailKey: emailKey(login.Email)}, j.Name, j.Locale)
	if err != nil {
		return ids.Person{}, Cookie{}, err
	}
	cookie, err := s.join(ctx, tx, person, login.Known, j)
	return person.ID, cookie, err
}

func (s *Service) join(ctx context.Context, tx *tenants.Tx, person personRow, known bool, j Joining) (Cookie, error) {
	if err := tx.GrantRole(ctx, person.ID, j.Grant, j.By); err != nil {
		return Cookie{}, err
	}
	tx.Audit(audit.Entry{Action: "person.joined", SubjectKind: "person", SubjectID: person.ID.String(), Detail: map[string]any{"role": string(j.Grant.Role)}})
	actor := tx.Scope().Actor()
	if known && actor.Person != person.ID {
		return Cookie{}, nil
	}
	if known { // signed in already: the session does not live on with more rights than it began with
		if err := endSession(ctx, tx, person.ID, actor.Session); err != nil {
			return Cookie{}, err
		}
	}
	return s.begin(ctx, tx, person.ID, j.Agent)
}
