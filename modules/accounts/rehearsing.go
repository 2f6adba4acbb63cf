package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// admitLife is how long the way into a rehearsal stays open: it is walked at once.
const admitLife = time.Minute

// Admit makes a link by which somebody enters a rehearsal, once, as the person of that address; it is the caller's to give
// it only to those who may. Only the system may, and only in a rehearsal: nobody is let into a network like that. Fault:
// NotFound.
func (s *Service) Admit(ctx context.Context, sc tenants.Scope, address string) (path string, err error) {
	if err := policies.OnlySystem(sc); err != nil {
		return "", err
	}
	if sc.Tenant().Kind != tenants.KindRehearsal {
		return "", fault.NotFound()
	}
	person, known, err := personByEmail(ctx, sc.Read(), emailKey(address))
	if err != nil || !known {
		return "", orNotFound(err)
	}
	payload, err := json.Marshal(errand{})
	if err != nil {
		return "", fmt.Errorf("accounts: write link: %w", err)
	}
	token, hash := newToken()
	return site.Entrance + url.PathEscape(token), sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return insertLink(ctx, tx, linkRow{
			Hash: hash, Purpose: purposeSignIn, Email: person.Email, EmailKey: emailKey(person.Email), PersonID: person.ID, Payload: payload, ExpiresAt: now.Add(admitLife),
		})
	})
}
