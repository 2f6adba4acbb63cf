package accounts

import (
	"context"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// maxTokens is how many personal access tokens somebody may have at once.
const maxTokens = 20

// CreateToken makes a personal access token for the JSON API and returns it; it is shown this once. It acts as the
// person, with the person's roles, for that many days (1 to 366). Faults: Invalid.
func (s *Service) CreateToken(ctx context.Context, sc tenants.Scope, name string, days int) (string, error) {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return "", err
	}
	switch {
	case name == "":
		return "", fault.Invalid("fault.check_fields", fault.At("token_name", "fault.required"))
	case days < 1 || days > 366:
		return "", fault.Invalid("fault.check_fields", fault.At("token_days", "fault.choose"))
	}
	token, hash := newToken()
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		mine, err := tokensOf(ctx, tx, sc.Actor().Person)
		if err != nil {
			return err
		}
		if len(mine) >= maxTokens {
			return fault.Conflict("accounts.token.too_many")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		row := tokenRow{ID: ids.New[ids.Token](), Hash: hash, PersonID: sc.Actor().Person, Name: name, ExpiresAt: now.Add(time.Duration(days) * 24 * time.Hour)}
		tx.Audit(audit.Entry{Action: "account.token_created", SubjectKind: "token", SubjectID: row.ID.String()})
		return insertToken(ctx, tx, row)
	})
	return token, err
}

// RevokeToken ends one of the actor's own access tokens at once.
func (s *Service) RevokeToken(ctx context.Context, sc tenants.Scope, id ids.Token) error {
	if err := s.policies.May(sc, policies.AccountSelf, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		tx.Audit(audit.Entry{Action: "account.token_revoked", SubjectKind: "token", SubjectID: id.String()})
		return deleteToken(ctx, tx, sc.Actor().Person, id)
	})
}
