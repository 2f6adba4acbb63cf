package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// bucket is one throttle: it overflows above size and loses one drop per drip.
type bucket struct {
	key  string
	size float64
	drip time.Duration
}

// Limits of attempts to sign in, register or have a link sent. The account's own is small but drips fast, does not hold
// against e-mailed links, and does not count a browser in which the account was signed in before, which has one of its
// own: so nobody can lock somebody else out (OWASP, device cookies). The network address's and the whole network's catch
// those who try many accounts.
func (s *Service) buckets(sc tenants.Scope, kind, key, address, device string) []bucket {
	account := bucket{s.bucketKey("account", kind, sc.Tenant().ID.String(), key), 10, 30 * time.Second}
	crowds := s.crowds(sc, kind, address)
	if s.recognizes(sc, key, device) {
		account.key = s.bucketKey("device", kind, device)
		crowds = crowds[:1] // nor is it kept out when the whole network is being tried
	}
	return append([]bucket{account}, crowds...)
}

// crowds are the buckets of many: the network address's and the whole network's.
func (s *Service) crowds(sc tenants.Scope, kind, address string) []bucket {
	return []bucket{
		{s.bucketKey("address", kind, network(address)), 60, 5 * time.Second},
		{s.bucketKey("tenant", kind, sc.Tenant().ID.String()), 3000, 100 * time.Millisecond},
	}
}

// device is what a browser keeps of having been signed in to an account: a random number that only this program can have
// given for that account on that site.
func (s *Service) device(sc tenants.Scope, key string) string {
	token, _ := newToken()
	return token + "." + s.bucketKey("known device", sc.Tenant().ID.String(), key, token)
}

func (s *Service) recognizes(sc tenants.Scope, key, device string) bool {
	token, mac, ok := strings.Cut(device, ".")
	return ok && hmac.Equal([]byte(mac), []byte(s.bucketKey("known device", sc.Tenant().ID.String(), key, token)))
}

// network is the part of an address that one customer of a provider has: all of an IPv4 address, the first 64 bits of
// an IPv6 one.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "unknown"
	}
	bits := 32
	if a = a.Unmap(); a.Is6() {
		bits = 64
	}
	prefix, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return prefix.String()
}

func (s *Service) bucketKey(parts ...string) string {
	mac := hmac.New(sha256.New, s.secret)
	for _, p := range parts {
		mac.Write([]byte(p))
		mac.Write([]byte{0})
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Guess counts one guess at a secret of another module, by the network address from which it came; what names the kind of
// secret. It is for that module's use-case, which has authorized. Fault: TooMany.
func (s *Service) Guess(ctx context.Context, sc tenants.Scope, what, address string) error {
	return s.throttleAll(ctx, s.crowds(sc, "guess/"+what, address)[:1])
}

// throttle counts one attempt and refuses when a bucket is full. The counts live in the database, so they hold on every
// node and after a restart.
func (s *Service) throttle(ctx context.Context, sc tenants.Scope, kind, key, address string) error {
	return s.throttleAll(ctx, s.buckets(sc, kind, key, address, ""))
}

func (s *Service) throttleAll(ctx context.Context, buckets []bucket) error {
	full := false
	err := s.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		full, err = fill(ctx, tx, buckets)
		return err
	})
	if err != nil {
		return fault.Unavailable("fault.unavailable", err)
	}
	if full {
		return fault.TooMany("accounts.too_many")
	}
	return nil
}
