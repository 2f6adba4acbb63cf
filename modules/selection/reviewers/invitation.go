package reviewers

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// InvitationState is where the invitation of a reviewer stands.
type InvitationState string

// The states of an invitation. A lapsed one was not answered in time; it can be sent again with another date.
const (
	InvitationSent      InvitationState = "sent"
	InvitationAccepted  InvitationState = "accepted"
	InvitationDeclined  InvitationState = "declined"
	InvitationWithdrawn InvitationState = "withdrawn"
	InvitationLapsed    InvitationState = "lapsed"
)

// InvitationStates lists all of them.
var InvitationStates = []InvitationState{InvitationSent, InvitationAccepted, InvitationDeclined, InvitationWithdrawn, InvitationLapsed}

// InvitationVerb is what happens to an invitation.
type InvitationVerb string

// The verbs of an invitation's life.
const (
	TakeUp   InvitationVerb = "take_up"
	TurnDown InvitationVerb = "turn_down"
	Withdraw InvitationVerb = "withdraw"
	Resend   InvitationVerb = "resend"
	RunOut   InvitationVerb = "run_out" // its date has passed
)

// InvitationVerbs lists all of them.
var InvitationVerbs = []InvitationVerb{TakeUp, TurnDown, Withdraw, Resend, RunOut}

var invitationSteps = map[InvitationVerb]struct {
	from []InvitationState
	to   InvitationState
}{
	TakeUp:   {[]InvitationState{InvitationSent}, InvitationAccepted},
	TurnDown: {[]InvitationState{InvitationSent}, InvitationDeclined},
	Withdraw: {[]InvitationState{InvitationSent, InvitationLapsed}, InvitationWithdrawn},
	Resend:   {[]InvitationState{InvitationSent, InvitationLapsed}, InvitationSent},
	RunOut:   {[]InvitationState{InvitationSent}, InvitationLapsed},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s InvitationState) After(v InvitationVerb) (InvitationState, bool) {
	step, ok := invitationSteps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	return step.to, true
}

// RegretReason says why somebody does not want to review.
type RegretReason string

// RegretReasons are those that somebody can give.
var RegretReasons = []RegretReason{"time", "field", "interest", "other"}

// SubstituteState is what became of the substitute whom somebody named who does not want to review.
type SubstituteState string

// The states of a substitute; the empty one is that of nobody.
const (
	SubstituteNamed   SubstituteState = "named" // waits for the coordinator
	SubstituteInvited SubstituteState = "invited"
	SubstitutePassed  SubstituteState = "passed" // the coordinator invites somebody else, or nobody
)

// Invitee is somebody who is asked to review, or named as a substitute.
type Invitee struct {
	Name  string
	Email string
}

// Invitation asks somebody to review for a call, at an address that may not be anybody's here yet.
type Invitation struct {
	ID         ids.Invitation
	Call       ids.Call
	Invitee    Invitee
	Locale     i18n.Locale
	Reviews    int // that are expected of them
	State      InvitationState
	Until      time.Time // from then on it cannot be accepted
	InvitedAt  time.Time
	InvitedBy  ids.Person
	SentAt     time.Time
	RemindedAt time.Time
	AnsweredAt time.Time
	Person     ids.Person // who accepted
	Regret     Regret
	Substitute SubstituteState
	InsteadOf  ids.Invitation
	Loan       ids.Loan // the zero Loan: they come on their own
	Lender     string   // the network that lends them
	Lent       Lent
	EndedAt    time.Time // of the loan, after it was accepted

	WithdrawnAt time.Time
	ForgottenAt time.Time // since then it is not known who it was
}

// Forgotten reports whether it is not known any more who was invited; see KeptInvited.
func (i *Invitation) Forgotten() bool { return !i.ForgottenAt.IsZero() }

// At is the state at an instant: what was not answered in time is lapsed, whether a job has noted it or not.
func (i *Invitation) At(now time.Time) InvitationState {
	if i.State == InvitationSent && !now.Before(i.Until) {
		return InvitationLapsed
	}
	return i.State
}

// veiled reports whether the team may not know the address: that of somebody who is lent, until they accept.
func (i *Invitation) veiled() bool { return !i.Loan.IsZero() && i.State != InvitationAccepted }

// Known is the address as the team may know it: empty for somebody who is lent, until they accept.
func (i *Invitation) Known() string {
	if i.veiled() {
		return ""
	}
	return i.Invitee.Email
}

// Regret is why somebody does not want to review, and whom they name instead.
type Regret struct {
	Reason     RegretReason
	Note       string
	Substitute Invitee // the zero Invitee: nobody
}

func (r *Regret) check() []fault.Field {
	var bad []fault.Field
	if !slices.Contains(RegretReasons, r.Reason) {
		bad = append(bad, fault.At("reason", "fault.choose"))
	}
	if r.Reason == "other" && r.Note == "" {
		bad = append(bad, fault.At("note", "fault.required"))
	}
	if r.Substitute == (Invitee{}) {
		return bad
	}
	switch {
	case r.Substitute.Name == "":
		bad = append(bad, fault.At("substitute_name", "fault.required"))
	case !isName(r.Substitute.Name):
		bad = append(bad, fault.At("substitute_name", "selection.invite.bad_name"))
	}
	if key := checkAddress(r.Substitute.Email); key != "" {
		bad = append(bad, fault.At("substitute_email", key))
	}
	return bad
}

// What an invitation holds at most.
const (
	MostInvited    = 100 // at once
	maxInvitee     = 200 // characters of a name
	maxRegret      = 1000
	maxAddress     = 254
	maxSubject     = 200
	maxInviting    = 5000
	longestWaiting = 90 * 24 * time.Hour
)

// checkAddress is the key of the sentence that says why this is no address to which mails are delivered everywhere.
func checkAddress(typed string) string {
	if typed == "" {
		return "fault.required"
	}
	parsed, err := mail.ParseAddress(typed)
	plain := strings.IndexFunc(typed, func(r rune) bool { return r <= ' ' || r >= utf8.RuneSelf-1 }) < 0
	if err != nil || parsed.Address != typed || len(typed) > maxAddress || !plain || !strings.Contains(typed[strings.LastIndexByte(typed, '@')+1:], ".") {
		return "fault.email"
	}
	return ""
}

// isName reports whether a name can stand in a line of a list without being taken for an address, or for two people.
func isName(name string) bool { return !strings.ContainsAny(name, "@<>,;\"\r\n\t") }

// AddressKey folds A to Z, as addresses are told apart.
func AddressKey(address string) string { return strings.ToLower(address) }

// Inviting is whom a coordinator asks to review.
type Inviting struct {
	People    []Invitee
	Locale    i18n.Locale // of the mails
	Reviews   int         // that are expected of each
	Until     time.Time
	InsteadOf ids.Invitation // whose substitute it is
}

// check finds what cannot be sent, by the names of the inputs. The lines of people are counted from 1.
func (c *Inviting) check(now time.Time, languages []i18n.Locale) []fault.Field {
	var bad []fault.Field
	if len(c.People) == 0 {
		bad = append(bad, fault.At("people", "fault.required"))
	}
	if len(c.People) > MostInvited {
		bad = append(bad, fault.AtWith("people", "selection.invite.too_many", fault.Args{"Max": MostInvited}))
	}
	seen := map[string]bool{}
	for n, who := range c.People {
		if key := c.checkLine(who, seen); key != "" {
			bad = append(bad, fault.AtWith("people", key, fault.Args{"Line": n + 1, "What": cmp.Or(who.Email, who.Name)}))
			break
		}
		seen[AddressKey(who.Email)] = true
	}
	if !slices.Contains(languages, c.Locale) {
		bad = append(bad, fault.At("locale", "fault.choose"))
	}
	if c.Reviews < 1 || c.Reviews > MostReviews {
		bad = append(bad, fault.AtWith("reviews", "selection.profile.most_wrong", fault.Args{"Max": MostReviews}))
	}
	return append(bad, checkUntil(c.Until, now)...)
}

func (c *Inviting) checkLine(who Invitee, seen map[string]bool) string {
	switch {
	case checkAddress(who.Email) != "":
		return "selection.invite.bad_line"
	case who.Name == "":
		return "selection.invite.no_name"
	case utf8.RuneCountInString(who.Name) > maxInvitee:
		return "selection.invite.long_name"
	case seen[AddressKey(who.Email)]:
		return "selection.invite.twice"
	}
	return ""
}

func checkUntil(until, now time.Time) []fault.Field {
	if until.IsZero() || until.After(now) && until.Before(now.Add(longestWaiting)) {
		return nil // a missing day was refused when it was read
	}
	return []fault.Field{fault.At("until", "selection.invite.until_wrong")}
}

// ReadInvitees reads one person a line, the name first and the address last, as people paste it from mails and tables:
// "Ayşe Yılmaz <ayse@vakif.example>", or parted by a comma, a semicolon, a tab or a space.
func ReadInvitees(text string) []Invitee {
	var all []Invitee
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t <>\"", r) })
		var who Invitee
		var name []string
		for _, part := range parts {
			if strings.Contains(part, "@") && who.Email == "" {
				who.Email = part
				continue
			}
			name = append(name, part)
		}
		who.Name = strings.Join(name, " ")
		all = append(all, who)
	}
	return all
}

// Line is how a person is written in a list that ReadInvitees reads.
func (i Invitee) Line() string { return i.Name + " <" + i.Email + ">" }

// InvitingText is what the coordinators of a call write in its invitations. A language without words has the program's.
type InvitingText struct {
	Subject i18n.Text
	Body    i18n.Text // Markdown
	Version int64     // 0: nothing was written yet
}

// InvitingFields are the values that the text of an invitation may name.
var InvitingFields = []string{"person", "network", "call", "reviews", "until"}

func (t *InvitingText) check(languages []i18n.Locale) []fault.Field {
	var bad []fault.Field
	for _, l := range languages {
		subject, body := t.Subject[l], t.Body[l]
		if (subject == "") != (body == "") {
			name := "subject_"
			if body == "" {
				name = "body_"
			}
			bad = append(bad, fault.At(name+string(l), "selection.invite.both"))
		}
		for name, text := range map[string]string{"subject_": subject, "body_": body} {
			for _, field := range blueprints.MergeFields(text) {
				if !slices.Contains(InvitingFields, field) {
					bad = append(bad, fault.AtWith(name+string(l), "selection.invite.unknown_field", fault.Args{"Field": field}))
				}
			}
		}
	}
	slices.SortFunc(bad, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return bad
}

// newLink is 256 random bits for the link in a mail, and the hash under which they are stored.
func newLink() (token string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the program instead
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashLink(token)
}

func hashLink(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
