package domains

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/ids"
)

// Sender is an address under a domain of the network's own, from which its mails go out while everything about it is right.
type Sender struct {
	ID        ids.Sender
	Tenant    ids.Tenant
	Local     string // before the @
	Host      string // after it
	Proof     string
	State     State
	Key       Key
	Next      Key // that takes over as soon as its record is seen; the zero Key: none
	Findings  []Finding
	ClaimedAt time.Time
	ProvedAt  time.Time
	CheckedAt time.Time
	BrokenAt  time.Time // since then mails go out from the platform's address again; the zero time: they do not
	LostAt    time.Time // the zero time: the proof is there
}

// Key is a pair of keys by which mails are signed: RSA of 2048 bits, as receivers want it. The private half is sealed.
type Key struct {
	Number  int    // in the name of its record
	Public  string // in base64, as it stands in its record
	Private []byte
}

// Selector is the name under which receivers find the key.
func (k Key) Selector() string { return "kervan" + strconv.Itoa(k.Number) }

// Record is what the name server says of the key.
func (k Key) Record() string { return "v=DKIM1; k=rsa; p=" + k.Public }

// Address is the sender's.
func (s Sender) Address() string { return s.Local + "@" + s.Host }

// Works reports whether mails go out from the address.
func (s Sender) Works() bool { return s.State == Active && s.BrokenAt.IsZero() }

// Ends is when the address is released unless its proof comes back; the zero time where it is there.
func (s Sender) Ends() time.Time { return Domain{LostAt: s.LostAt}.Ends() }

// Thing is one of the records at a domain's name server that sending needs.
type Thing string

// The things, in the order in which they are shown. The next key is looked at only while there is one, and nothing stops
// working for want of it.
const (
	Proof   Thing = "proof"
	SPF     Thing = "spf"
	DKIM    Thing = "dkim"
	NextKey Thing = "next_key"
	DMARC   Thing = "dmarc"
)

// Verdict is what a look at a thing has come to.
type Verdict string

// The verdicts. Nothing is decided by a name server that does not answer.
const (
	Right   Verdict = "right"
	Wrong   Verdict = "wrong"
	Missing Verdict = "missing"
	Unknown Verdict = "unknown"
)

// Finding is what a look at the name server has shown of one thing.
type Finding struct {
	Thing   Thing             `json:"thing"`
	Verdict Verdict           `json:"verdict"`
	Say     string            `json:"say"` // the last word of the message that says it
	Args    map[string]string `json:"args,omitempty"`
	Found   []string          `json:"found,omitempty"` // the records, as far as they can be shown
}

// finding is that of the thing; the zero Finding: nobody has looked yet.
func (s Sender) finding(of Thing) Finding {
	for _, f := range s.Findings {
		if f.Thing == of {
			return f
		}
	}
	return Finding{Thing: of}
}

// name is that of the thing's record.
func (s Sender) name(of Thing) string {
	switch of {
	case Proof:
		return "_kervan-mail." + s.Host
	case DKIM:
		return s.Key.Selector() + "._domainkey." + s.Host
	case NextKey:
		return s.Next.Selector() + "._domainkey." + s.Host
	case DMARC:
		return "_dmarc." + s.Host
	default:
		return s.Host
	}
}

// things are those that are looked at.
func (s Sender) things() []Thing {
	if s.Next.Public == "" {
		return []Thing{Proof, SPF, DKIM, DMARC}
	}
	return []Thing{Proof, SPF, DKIM, NextKey, DMARC}
}

// looked is what becomes of a sender that is claimed or active when its name server has said so much at the moment. A claimed
// one becomes active when everything is right. An active one is broken as soon as anything is not, works again when
// everything is, and ends when its proof has been gone for some days.
func (s Sender) looked(found []Finding, now time.Time) Sender {
	s.CheckedAt, s.Findings = now, found
	if s.finding(NextKey).Verdict == Right {
		s = s.turned()
	}
	verdicts := map[Verdict]int{}
	for _, f := range s.Findings {
		if f.Thing != NextKey {
			verdicts[f.Verdict]++
		}
	}
	bad, right := verdicts[Wrong]+verdicts[Missing] > 0, verdicts[Right] == 4
	switch {
	case s.State == Claimed && right:
		s.State, s.ProvedAt = Active, now
	case s.State != Active:
	case bad && s.BrokenAt.IsZero():
		s.BrokenAt = now
	case right:
		s.BrokenAt = time.Time{}
	}
	if s.State != Active {
		return s
	}
	switch s.finding(Proof).Verdict {
	case Right:
		s.LostAt = time.Time{}
	case Wrong, Missing:
		if s.LostAt.IsZero() {
			s.LostAt = now
		} else if !now.Before(s.Ends()) {
			s.State = Released
		}
	}
	return s
}

// turned is the sender with its next key in the place of the one before.
func (s Sender) turned() Sender {
	next := s.finding(NextKey)
	next.Thing = DKIM
	s.Key, s.Next = s.Next, Key{}
	found := slices.DeleteFunc(slices.Clone(s.Findings), func(f Finding) bool { return f.Thing == NextKey })
	for i := range found {
		if found[i].Thing == DKIM {
			found[i] = next
		}
	}
	s.Findings = found
	return s
}

var localForm = regexp.MustCompile(`^[a-z0-9]+([._+-][a-z0-9]+)*$`)

// NormalizeAddress reads a mail address as people type it. The part before the @ is one that every mail program takes:
// letters, digits and single marks between them, at most 64; the domain is as Normalize wants it.
func NormalizeAddress(typed string) (local, host string, ok bool) {
	local, host, ok = strings.Cut(strings.TrimSpace(typed), "@")
	if local = strings.ToLower(local); !ok || len(local) > 64 || !localForm.MatchString(local) || strings.ContainsAny(host, "/:") {
		return "", "", false
	}
	host, ok = Normalize(host)
	return local, host, ok
}
