// Package seal closes secrets that the program itself must read again, such as private keys, before they are kept in the
// database: whoever reads the database alone learns nothing of them, and a sealed secret that was moved to another place
// does not open there.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Box seals secrets of one purpose. Its key is made from the program's secret (HKDF with SHA-256, RFC 5869), so that no
// other use of that secret has the same key; what it seals is encrypted and authenticated by AES-256-GCM with a random
// nonce.
type Box struct{ aead cipher.AEAD }

// ErrClosed tells that a sealed secret does not open: the program's secret is another one, the seal was made for another
// place or purpose, or somebody has changed it.
var ErrClosed = errors.New("seal: does not open")

// New makes the box of a purpose. The secret has at least 32 bytes.
func New(secret []byte, purpose string) (*Box, error) {
	if len(secret) < 32 {
		return nil, errors.New("seal: the secret is too short")
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "kervan "+purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("seal: make key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: make cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("seal: make cipher: %w", err)
	}
	return &Box{aead}, nil
}

// Seal closes a secret for one place, such as the identifier of the row in which it is kept.
func (b *Box) Seal(plain []byte, place string) []byte {
	return b.aead.Seal(nil, nil, plain, []byte(place)) // #nosec G407 -- the cipher makes the nonce itself
}

// Open gives back what was sealed for the place. Fault: ErrClosed.
func (b *Box) Open(sealed []byte, place string) ([]byte, error) {
	plain, err := b.aead.Open(nil, nil, sealed, []byte(place))
	if err != nil {
		return nil, ErrClosed
	}
	return plain, nil
}
