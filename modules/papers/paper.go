package papers

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Kind is what a paper is.
type Kind string

// The kinds of papers.
const (
	Receipt Kind = "receipt"
	Dossier Kind = "dossier" // an application as it was handed in
	Letter  Kind = "letter"
	Minutes Kind = "minutes" // of a meeting about a call
	Earlier Kind = "earlier" // a receipt or a dossier from when these shared a code
)

// Kinds lists all of them.
var Kinds = []Kind{Receipt, Dossier, Letter, Minutes, Earlier}

// Draft is a paper before it is issued.
type Draft struct {
	Kind        Kind
	Application ids.Application // none of minutes
	Call        ids.Call        // of minutes only
	About       time.Time       // when that happened of which it tells: the handing in, that the letter left, or the second signature
	Locale      i18n.Locale
}

// Paper is what is kept of one that was issued.
type Paper struct {
	Draft

	Code   Code
	Issued time.Time
	file   []byte // SHA-256; empty: not known
}

// Comparable reports whether it is known of which bytes the paper's file was made.
func (p *Paper) Comparable() bool { return len(p.file) > 0 }

// Is reports whether a file of that SHA-256 is the paper.
func (p *Paper) Is(sum [sha256.Size]byte) bool {
	return subtle.ConstantTimeCompare(p.file, sum[:]) == 1
}

// ParseSum reads a SHA-256 as programs write it, in hexadecimal digits. False: it is none.
func ParseSum(typed string) (sum [sha256.Size]byte, ok bool) {
	b, err := hex.DecodeString(strings.TrimSpace(typed))
	if err != nil || len(b) != len(sum) {
		return sum, false
	}
	return [sha256.Size]byte(b), true
}

// Subject is what a paper's page says and asks of the application, or the call, that the paper is about. It names nobody.
type Subject struct {
	Number   string
	Call     i18n.Text
	Locales  []i18n.Locale // of the call
	Zone     string        // of the call
	HandedIn time.Time     // the last time
	Written  time.Time     // when the last of the network's letters about it left; zero: none
	Back     bool          // it is not handed in any more: it is written on again, or was withdrawn
	Over     bool          // a place that was offered was not taken or was given up
}

// Standing is what a paper is worth today.
type Standing string

// The standings of a paper.
const (
	Valid    Standing = "valid"
	Replaced Standing = "replaced" // the same was handed in anew, or a later letter was written
	Void     Standing = "void"     // what it says does not hold any more
)

// Standings lists all of them.
var Standings = []Standing{Valid, Replaced, Void}

// Standing is what the paper is worth, given how its application stands.
func (p *Paper) Standing(s Subject) Standing {
	over, last := s.Back, s.HandedIn
	switch p.Kind {
	case Minutes:
		return Valid // nothing of what two have signed changes
	case Letter:
		over, last = s.Back || s.Over, s.Written
	}
	switch {
	case over:
		return Void
	case last.After(p.About):
		return Replaced
	default:
		return Valid
	}
}

// ParseKind accepts exactly the kinds of papers that can be issued.
func ParseKind(name string) (Kind, bool) {
	k := Kind(name)
	return k, k != Earlier && slices.Contains(Kinds, k)
}
