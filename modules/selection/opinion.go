package selection

import (
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
)

// Opinion is a second opinion on an application: a further review that an officer wants, or that one of its reviewers asked the
// officers for.
type Opinion struct {
	ID          ids.Opinion
	Application ids.Application
	Call        ids.Call
	Review      ids.Review // of whom asked; zero: an officer did
	State       OpinionState
	Reviews     int    // how many reviews the application needs with it; 0 until it is granted
	Reason      string // for officers, and whoever wrote it
	AskedAt     time.Time
	AskedBy     ids.Person // never shown to other reviewers
	Answer      string     // why it was turned down, for the reviewer who asked
	AnsweredAt  time.Time
	AnsweredBy  ids.Person // never shown to reviewers
}

// OpinionState is where a second opinion stands.
type OpinionState string

// The states of a second opinion. What an officer asks for is granted at once.
const (
	OpinionAsked      OpinionState = "asked"
	OpinionGranted    OpinionState = "granted"
	OpinionTurnedDown OpinionState = "turned_down"
	OpinionTakenBack  OpinionState = "taken_back"
)

// OpinionStates lists all of them.
var OpinionStates = []OpinionState{OpinionAsked, OpinionGranted, OpinionTurnedDown, OpinionTakenBack}

// OpinionVerb is what officers do with a second opinion.
type OpinionVerb string

// The verbs of a second opinion.
const (
	GrantOpinion    OpinionVerb = "grant"
	TurnDownOpinion OpinionVerb = "turn_down"
	TakeBackOpinion OpinionVerb = "take_back"
)

// OpinionVerbs lists all of them.
var OpinionVerbs = []OpinionVerb{GrantOpinion, TurnDownOpinion, TakeBackOpinion}

var opinionSteps = map[OpinionVerb]struct{ from, to OpinionState }{
	GrantOpinion:    {OpinionAsked, OpinionGranted},
	TurnDownOpinion: {OpinionAsked, OpinionTurnedDown},
	TakeBackOpinion: {OpinionGranted, OpinionTakenBack},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s OpinionState) After(v OpinionVerb) (OpinionState, bool) {
	step, ok := opinionSteps[v]
	if !ok || step.from != s {
		return s, false
	}
	return step.to, true
}

// standing reports whether the officers have still to answer, or have granted it.
func (s OpinionState) standing() bool { return s == OpinionAsked || s == OpinionGranted }

// reviewsWanted is how many reviews an application needs for the second opinions that were granted on it; 0: none was.
func reviewsWanted(all []Opinion) int {
	n := 0
	for _, o := range all {
		if o.State == OpinionGranted {
			n = max(n, o.Reviews)
		}
	}
	return n
}

// NeededWith is how many reviews an application needs once a second opinion is granted: one more than it has, in work or done, and
// one more than the rule asks for without a gap. So a second opinion and a third review by the gap rule, or two second opinions of
// which none is in, are one and the same further review, unless somebody writes the third already.
func NeededWith(rule blueprints.Review, p Progress) int {
	if p.Opinion {
		return p.Required
	}
	return max(p.Active, rule.Reviews) + 1
}

// awaited reports whether it was granted and the review for it is not in yet.
func (o *Opinion) awaited(p Progress) bool {
	return o.State == OpinionGranted && o.Reviews > p.Submitted
}

// wantedBy is how many reviews second opinions want of each application.
func wantedBy(all []Opinion) map[ids.Application]int {
	grouped := map[ids.Application][]Opinion{}
	for _, o := range all {
		grouped[o.Application] = append(grouped[o.Application], o)
	}
	wanted := make(map[ids.Application]int, len(grouped))
	for id, some := range grouped {
		wanted[id] = reviewsWanted(some)
	}
	return wanted
}

// opinionsOfReview are the second opinions for which one of an application's reviews asked.
func opinionsOfReview(all []Opinion, review ids.Review) []Opinion {
	return slices.DeleteFunc(slices.Clone(all), func(o Opinion) bool { return o.Review != review })
}
