package mail

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// Own is a sender of its own: an address under a domain whose owner lets us send, and the key by which receivers know that
// it is so (DKIM, RFC 6376). The caller vouches that the address is its own.
//
// The address is that of the envelope too. So SPF is asked of the same domain as the signature is, and both agree with the
// From line, which is what DMARC asks for (RFC 7489, section 3.1); and what cannot be delivered goes back to those whose
// letter it was.
type Own struct {
	Address  string // name@domain, in ASCII
	Selector string // under which the domain's name server has the key's public half
	Key      *rsa.PrivateKey
}

// Domain is the address's.
func (o Own) Domain() string { return o.Address[strings.LastIndexByte(o.Address, '@')+1:] }

// signed are the lines that are part of the signature. Those that readers see stand here once more often than in the letter,
// so that none of them can be added on the way (RFC 6376, section 8.15).
var signed = []string{
	"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted",
	"From", "To", "Cc", "Reply-To", "Subject", "Date",
}

// sign puts the signature before the letter: RSA with SHA-256, over lines and body in their relaxed form, which servers on
// the way keep.
func (o Own) sign(letter []byte) ([]byte, error) {
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(letter), &dkim.SignOptions{
		Domain: o.Domain(), Selector: o.Selector, Signer: o.Key, Hash: crypto.SHA256, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return nil, fmt.Errorf("mail: sign: %w", err)
	}
	return out.Bytes(), nil
}

// refused reports whether the server has said no for good to what it was handed.
func refused(err error) bool {
	var said *textproto.Error
	return errors.As(err, &said) && said.Code >= 500
}
