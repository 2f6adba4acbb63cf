package selection

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
)

// MeetingState is where a meeting of the panel stands.
type MeetingState string

// The states of a meeting.
const (
	MeetingConvened MeetingState = "convened"
	MeetingOpen     MeetingState = "open"
	MeetingEnded    MeetingState = "ended"  // its minutes are written, to be signed
	MeetingSigned   MeetingState = "signed" // by who led it; a second person is to sign
	MeetingSealed   MeetingState = "sealed" // signed by both: nothing of it changes any more
)

// MeetingStates lists all of them.
var MeetingStates = []MeetingState{MeetingConvened, MeetingOpen, MeetingEnded, MeetingSigned, MeetingSealed}

// MeetingVerb is what happens to a meeting.
type MeetingVerb string

// The verbs of a meeting.
const (
	Prepare       MeetingVerb = "prepare" // say when and where it is, who comes, who introduces what
	OpenMeeting   MeetingVerb = "open"
	Meet          MeetingVerb = "meet" // all that is done in the room
	EndMeeting    MeetingVerb = "end"
	ResumeMeeting MeetingVerb = "resume"
	SignMinutes   MeetingVerb = "sign"
	SealMinutes   MeetingVerb = "seal" // the second person's signature
)

// MeetingVerbs lists all of them.
var MeetingVerbs = []MeetingVerb{Prepare, OpenMeeting, Meet, EndMeeting, ResumeMeeting, SignMinutes, SealMinutes}

var meetingSteps = map[MeetingVerb]map[MeetingState]MeetingState{
	Prepare:       {MeetingConvened: MeetingConvened, MeetingOpen: MeetingOpen},
	OpenMeeting:   {MeetingConvened: MeetingOpen},
	Meet:          {MeetingOpen: MeetingOpen},
	EndMeeting:    {MeetingOpen: MeetingEnded},
	ResumeMeeting: {MeetingEnded: MeetingOpen, MeetingSigned: MeetingOpen},
	SignMinutes:   {MeetingEnded: MeetingSigned},
	SealMinutes:   {MeetingSigned: MeetingSealed},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s MeetingState) After(v MeetingVerb) (MeetingState, bool) {
	after, ok := meetingSteps[v][s]
	if !ok {
		return s, false
	}
	return after, true
}

// Meeting is one meeting of the panel of a call. At most one of a call is not sealed.
type Meeting struct {
	ID          ids.Meeting
	Call        ids.Call
	State       MeetingState
	At          time.Time // when it is to begin
	Place       string    // a room, or the address of a video call
	OpenVotes   bool      // votes are seen as they come, and not only once the vote is closed
	Lead        ids.Person
	OnTable     ids.Application // zero: nothing
	Version     int64
	ConvenedAt  time.Time
	ConvenedBy  ids.Person
	OpenedAt    time.Time
	EndedAt     time.Time
	EndedBy     ids.Person
	Fingerprint string   // of its minutes, once it has ended
	Balance     *Balance // as it ended; nil: it has not, or did so before minutes held it
	SignedAt    time.Time
	SignedBy    ids.Person
	SealedAt    time.Time
	SealedBy    ids.Person
}

// May reports whether the verb can be done in the present state.
func (m *Meeting) May(v MeetingVerb) bool {
	_, ok := m.State.After(v)
	return ok
}

// Member is somebody who was asked to a meeting.
type Member struct {
	Person ids.Person
	Name   string
	Came   time.Time // zero: has not come yet
	Seen   time.Time // the last time that their screen was open
}

// attention is for how long a screen that does not report any more counts as open: three times as long as one takes to.
const attention = 45 * time.Second

// Present reports whether the member's screen is open.
func (m *Member) Present(now time.Time) bool { return now.Sub(m.Seen) < attention }

// Turn says who led a meeting from when on.
type Turn struct {
	Person ids.Person
	At     time.Time
}

// Voting is whether votes can be cast about an application.
type Voting string

// The states of a vote.
const (
	VotingNone   Voting = "none"
	VotingOpen   Voting = "open"
	VotingClosed Voting = "closed"
)

// Item is what a meeting knows of one application.
type Item struct {
	Application ids.Application
	Version     int64
	Introducer  ids.Person // zero: nobody yet
	CalledAt    time.Time  // when it came to the table first; zero: it has not
	Voting      Voting
	Decided     int64 // how often it was decided anew since the meeting was convened, here or in the ranking
	Outcome     events.Outcome
	Reason      string
	DecidedAt   time.Time
	DecidedBy   ids.Person
	Away        []ids.Person // the members who had left the room, as the meeting ended
}

// Choice is what somebody votes.
type Choice string

// The choices of a vote: the outcomes of a decision, and none of them.
const (
	ChooseSelected Choice = Choice(events.OutcomeSelected)
	ChooseWaiting  Choice = Choice(events.OutcomeWaiting)
	ChooseRejected Choice = Choice(events.OutcomeRejected)
	Abstain        Choice = "abstain"
)

// Choices lists all of them.
var Choices = []Choice{ChooseSelected, ChooseWaiting, ChooseRejected, Abstain}

// ParseChoice accepts exactly the choices of a vote.
func ParseChoice(name string) (Choice, bool) {
	c := Choice(name)
	return c, slices.Contains(Choices, c)
}

// Vote is what a member voted about an application.
type Vote struct {
	Application ids.Application
	Person      ids.Person
	Choice      Choice
}

// Ballot is how many voted what. Abstentions are counted and weigh nothing.
type Ballot map[Choice]int

// Given is how many have voted.
func (b Ballot) Given() int {
	n := 0
	for _, one := range b {
		n += one
	}
	return n
}

// Count counts the votes about each application. Those of persons with a conflict of interest in it count nowhere, also when it
// came to light only after they had voted.
func Count(votes []Vote, conflicted func(ids.Application, ids.Person) bool) map[ids.Application]Ballot {
	counted := map[ids.Application]Ballot{}
	for _, v := range votes {
		if conflicted(v.Application, v.Person) {
			continue
		}
		if counted[v.Application] == nil {
			counted[v.Application] = Ballot{}
		}
		counted[v.Application][v.Choice]++
	}
	return counted
}

// MaxMeetingNote, MaxMeetingReason and MaxPlace are how many characters these have at most.
const (
	MaxMeetingNote   = 2000
	MaxMeetingReason = 1000
	MaxPlace         = 200
)

// MaxMeetingNotes is how many notes one person writes to an application in a meeting at most.
const MaxMeetingNotes = 20

// MeetingNote is what somebody writes down about an application on the table.
type MeetingNote struct {
	ID          ids.Note
	Application ids.Application
	Person      ids.Person
	Minuted     bool // it stands in the minutes; otherwise nobody else reads it
	Text        string
	At          time.Time
}

// ShareOut gives applications without an introducer one each: of the members without a conflict of interest in it the one who
// introduces fewest, the first in the list where several do. Nobody is given an application about which nobody may speak.
func ShareOut(agenda []ids.Application, members []ids.Person, has map[ids.Application]ids.Person, conflicted func(ids.Application, ids.Person) bool) map[ids.Application]ids.Person {
	load, given := map[ids.Person]int{}, map[ids.Application]ids.Person{}
	for _, a := range agenda {
		if person, ok := has[a]; ok {
			load[person]++
		}
	}
	for _, a := range agenda {
		if _, ok := has[a]; ok {
			continue
		}
		var best ids.Person
		for _, m := range members {
			if !conflicted(a, m) && (best.IsZero() || load[m] < load[best]) {
				best = m
			}
		}
		if !best.IsZero() {
			given[a] = best
			load[best]++
		}
	}
	return given
}

// Lot orders applications that the reviews cannot tell apart by chance that nobody steers and everybody can check. First the
// applications and a seed are fixed, of which only the commitment is shown; then the lot is drawn, by which the seed is shown.
type Lot struct {
	ID           ids.Lot
	Applications []ids.Application
	Seed         string // 64 hexadecimal digits; secret until the lot is drawn
	PreparedAt   time.Time
	PreparedBy   ids.Person
	DrawnAt      time.Time
	DrawnBy      ids.Person
}

// Drawn reports whether the lot was drawn.
func (l *Lot) Drawn() bool { return !l.DrawnAt.IsZero() }

// Commitment is the SHA-256 of the seed's digits as text, in hexadecimal digits. It binds to the seed and tells nothing of it.
func (l *Lot) Commitment() string { return sum(l.Seed) }

// LotKey is what the seed makes of an application: the SHA-256 of the seed's digits, a colon and the application's number, in
// hexadecimal digits. The application with the lowest key comes first. The key of one does not depend on the others, so that
// leaving one out changes nothing for the rest.
func LotKey(seed, number string) string { return sum(seed + ":" + number) }

func sum(text string) string {
	b := sha256.Sum256([]byte(text))
	return hex.EncodeToString(b[:])
}

// DrawnOrder are the numbers of applications in the order of a lot with that seed, whatever order they come in.
func DrawnOrder(seed string, numbers []string) []string {
	order := slices.Clone(numbers)
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(strings.Compare(LotKey(seed, a), LotKey(seed, b)), strings.Compare(a, b))
	})
	return order
}
