package accounts

import (
	"github.com/alexedwards/argon2id"

	"kervan/tenants"
)

// AccountKey is the key of the bucket of an account's attempts to sign in.
func (s *Service) AccountKey(sc tenants.Scope, email string) string {
	return s.bucketKey("account", purposeSignIn, sc.Tenant().ID.String(), emailKey(email))
}

// Old is a hash of the password as an earlier version of the program might have made it.
func Old(password string) (string, error) {
	kept := *cost
	kept.Iterations--
	return argon2id.CreateHash(password, &kept)
}
