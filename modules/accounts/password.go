package accounts

import (
	"fmt"
	"sync"

	"github.com/alexedwards/argon2id"
)

// cost is OWASP's first recommendation for Argon2id: 19 MiB, two passes, one lane.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing bounds how many hashes are computed at once, so that a flood of sign-ins cannot take all memory.
var hashing = make(chan struct{}, 4)

// HashPassword is the hash under which a password is stored, for people whom the system makes.
func HashPassword(password string) (string, error) { return hashPassword(password) }

func hashPassword(password string) (string, error) {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	hash, err := argon2id.CreateHash(password, cost)
	if err != nil {
		return "", fmt.Errorf("accounts: hash password: %w", err)
	}
	return hash, nil
}

// dummy is compared with when there is no hash, so that an unknown address takes as long as a known one.
var dummy = sync.OnceValues(func() (string, error) { return argon2id.CreateHash("nobody has this password", cost) })

// matches reports whether the password is the one behind the hash, and whether the hash was made with an older cost. An
// empty hash never matches and takes as long.
func matches(password, hash string) (ok, old bool, err error) {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	known := hash != ""
	if !known {
		if hash, err = dummy(); err != nil {
			return false, false, fmt.Errorf("accounts: make dummy hash: %w", err)
		}
	}
	match, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("accounts: check password: %w", err)
	}
	return match && known, *params != *cost, nil
}
