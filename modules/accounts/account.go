package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// Card is what other modules may know of a person.
type Card struct {
	ID     ids.Person
	Name   string
	Email  string
	Locale i18n.Locale
}

// How long links and sessions live. Sessions of a network's own team end after half an hour without a request (OWASP
// ASVS 7.3); those of organizations' people, who write for hours, after twelve. All end after twelve.
const (
	registerLife   = 24 * time.Hour
	signInLife     = 10 * time.Minute
	resetLife      = 30 * time.Minute
	invitationLife = 14 * 24 * time.Hour
	sessionLife    = 12 * time.Hour
	staffIdle      = 30 * time.Minute
	otherIdle      = 12 * time.Hour
)

// NoticeVersion is the version of the privacy notice that people are shown when they register.
const NoticeVersion = "2026-11"

const (
	maxName     = 200
	maxEmail    = 254
	minPassword = 15 // the only factor (NIST SP 800-63B-4, 3.1.1.2)
	maxPassword = 1000
)

// emailKey folds A to Z and nothing else: an address is an identifier, not a word of some language. What no address can be
// has no key, and nobody is found by it.
func emailKey(email string) string {
	if _, ok := i18n.Clean(email); !ok {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, email)
}

// parseEmail accepts one plain address in ASCII, as mail servers everywhere deliver it.
func parseEmail(field, typed string) (string, []fault.Field) {
	email := strings.TrimSpace(typed)
	if email == "" {
		return "", []fault.Field{fault.At(field, "fault.required")}
	}
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || parsed.Name != "" || len(email) > maxEmail || !ascii(email) || !strings.Contains(email[strings.LastIndex(email, "@")+1:], ".") {
		return email, []fault.Field{fault.At(field, "fault.email")}
	}
	return email, nil
}

func ascii(s string) bool {
	for _, r := range s {
		if r <= ' ' || r >= utf8.RuneSelf || r == 0x7f {
			return false
		}
	}
	return true
}

// checkPassword refuses what is short, or made of what everybody knows of the person. It asks for no mixture of
// characters: length is what counts (NIST SP 800-63B-4, 3.1.1.2).
func checkPassword(typed string, known ...string) (string, []fault.Field) {
	password := norm.NFC.String(typed)
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return "", []fault.Field{fault.AtWith("password", "accounts.password.short", fault.Args{"Min": minPassword})}
	case n > maxPassword || !utf8.ValidString(password) || strings.ContainsRune(password, 0):
		return "", []fault.Field{fault.AtWith("password", "accounts.password.long", fault.Args{"Max": maxPassword})}
	}
	folded := strings.ReplaceAll(i18n.SearchKey(password), " ", "")
	for _, word := range known {
		key := strings.ReplaceAll(i18n.SearchKey(word), " ", "")
		if len(key) >= 4 {
			folded = strings.ReplaceAll(folded, key, "")
		}
	}
	for _, word := range common {
		folded = strings.ReplaceAll(folded, word, "")
	}
	if distinct(folded) < 5 {
		return "", []fault.Field{fault.At("password", "accounts.password.guessable")}
	}
	return password, nil
}

// common are the stems from which guessed long passwords are put together.
var common = []string{
	"password", "passwort", "parola", "sifre", "qwertyuiop", "qwertz", "qwerty", "asdfgh", "zxcvbn", "1234567890", "123456789", "12345678",
	"123456", "12345", "abcdef", "iloveyou", "welcome", "willkommen", "hosgeldiniz", "letmein", "admin", "kervan", "galatasaray",
	"fenerbahce", "besiktas", "istanbul", "berlin", "2024", "2025", "2026", "2027",
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// newToken makes 256 random bits for a link or a cookie, and the hash under which they are stored.
func newToken() (token string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashToken(token)
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// idle is how long a session lives without a request: by the most powerful role that the person holds.
func idle(grants []tenants.Grant) time.Duration {
	for _, g := range grants {
		if g.Role.Staff() {
			return staffIdle
		}
	}
	return otherIdle
}
