package papers

import (
	"crypto/rand"
	"strings"
)

// Code names a paper: sixteen letters and digits of Crockford's base 32, five bits each.
type Code string

const (
	alphabet   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength = 16
	group      = 4
)

// NewCode is a code that nobody guesses.
func NewCode() Code {
	var b [codeLength]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = alphabet[b[i]%byte(len(alphabet))]
	}
	return Code(b[:])
}

// ParseCode reads a code as somebody types it: in any case, with or without its dashes, with the letters that are mistaken
// for digits. False: it can be none.
func ParseCode(typed string) (Code, bool) {
	code := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r += 'A' - 'a'
		}
		switch {
		case r == 'I', r == 'L', r == 'ı', r == 'İ': // the last two from a Turkish keyboard
			return '1'
		case r == 'O':
			return '0'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z': // a U was printed once
			return r
		case r == ' ', r == '-', r == '\u2010', r == '\u2011', r == '\u2013', r == '\u00a0':
			return -1
		default:
			return '?'
		}
	}, typed)
	if len(code) != codeLength || strings.Contains(code, "?") {
		return "", false
	}
	return Code(code), true
}

// String is the code as it is printed: in groups of four.
func (c Code) String() string {
	var groups []string
	for rest := string(c); rest != ""; rest = rest[min(group, len(rest)):] {
		groups = append(groups, rest[:min(group, len(rest))])
	}
	return strings.Join(groups, "-")
}

// Address is the code's page on the site of that origin.
func (c Code) Address(origin string) string { return origin + "/verify/" + c.String() }
