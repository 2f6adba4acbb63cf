package selection

import (
	"cmp"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
)

// ListState is where the decision list of a call stands.
type ListState string

// The states of a decision list.
const (
	ListOpen     ListState = "open"
	ListClosed   ListState = "closed" // by one person, to be signed by another
	ListSigned   ListState = "signed" // its letters wait in the outbox
	ListReleased ListState = "released"
)

// ListStates lists all of them.
var ListStates = []ListState{ListOpen, ListClosed, ListSigned, ListReleased}

// ListVerb is what happens to a decision list.
type ListVerb string

// The verbs of a decision list.
const (
	Decide      ListVerb = "decide"
	CloseList   ListVerb = "close"
	SignList    ListVerb = "sign"
	ReopenList  ListVerb = "reopen"
	ReleaseList ListVerb = "release"
)

// ListVerbs lists all of them.
var ListVerbs = []ListVerb{Decide, CloseList, SignList, ReopenList, ReleaseList}

var listSteps = map[ListVerb]struct {
	from []ListState
	to   ListState
}{
	Decide:      {[]ListState{ListOpen}, ListOpen},
	CloseList:   {[]ListState{ListOpen}, ListClosed},
	SignList:    {[]ListState{ListClosed}, ListSigned},
	ReopenList:  {[]ListState{ListClosed, ListSigned}, ListOpen},
	ReleaseList: {[]ListState{ListSigned}, ListReleased},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s ListState) After(v ListVerb) (ListState, bool) {
	step, ok := listSteps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	return step.to, true
}

// List is the decision list of a call. One that nobody has begun is open and of version 1.
type List struct {
	Call         ids.Call
	State        ListState
	Version      int64
	Places       int
	ReplyBy      time.Time
	WaitingUntil time.Time
	ClarifyUntil time.Time // until when applicants without a place may ask about the decision; zero: they may not
	ClosedAt     time.Time
	ClosedBy     ids.Person
	SignedAt     time.Time
	SignedBy     ids.Person
	Batch        string
	QuotaReason  string // why more are selected than the call's quotas allow; empty: they are not, or nobody has said yet
	BeyondQuotas *bool  // whether the selection as a whole missed a quota at the release; nil: not released, or before this was kept
	ReleasedAt   time.Time
	ReleasedBy   ids.Person
}

// beyondQuotas reports whether the quotas do not hold for the waiting list: the selection was released beside them. Of lists that
// do not say, it is taken from whether there is a reason for that, which somebody may have given who did not know of the whole.
func (l *List) beyondQuotas() bool {
	if l.BeyondQuotas != nil {
		return *l.BeyondQuotas
	}
	return l.QuotaReason != ""
}

// May reports whether the verb can be done in the present state.
func (l *List) May(v ListVerb) bool {
	_, ok := l.State.After(v)
	return ok
}

// DecisionState is where a decision stands.
type DecisionState string

// The states of a decision. A draft is known to the panel only.
const (
	DecisionDraft       DecisionState = "draft"
	DecisionOffered     DecisionState = "offered"
	DecisionWaiting     DecisionState = "waiting"
	DecisionRejected    DecisionState = "rejected"
	DecisionConditional DecisionState = "conditional" // accepted, on conditions that are not met yet
	DecisionAccepted    DecisionState = "accepted"
	DecisionDeclined    DecisionState = "declined"
	DecisionLapsed      DecisionState = "lapsed"
	DecisionWithdrawn   DecisionState = "withdrawn"
)

// DecisionStates lists all of them.
var DecisionStates = []DecisionState{
	DecisionDraft, DecisionOffered, DecisionWaiting, DecisionRejected, DecisionConditional, DecisionAccepted, DecisionDeclined,
	DecisionLapsed, DecisionWithdrawn,
}

// DecisionVerb is what happens to a decision.
type DecisionVerb string

// The verbs of a decision. The first three are its release, by outcome.
const (
	ReleaseSelected DecisionVerb = "release_selected"
	ReleaseWaiting  DecisionVerb = "release_waiting"
	ReleaseRejected DecisionVerb = "release_rejected"
	OfferPlace      DecisionVerb = "offer_place" // to the next on the waiting list
	AcceptPlace     DecisionVerb = "accept_place"
	AcceptOnTerms   DecisionVerb = "accept_on_terms" // a place with conditions
	ConfirmPlace    DecisionVerb = "confirm_place"   // all of its conditions are met
	DeclinePlace    DecisionVerb = "decline_place"
	LapsePlace      DecisionVerb = "lapse_place"
	WithdrawPlace   DecisionVerb = "withdraw_place" // the applicants took their application back
)

// DecisionVerbs lists all of them.
var DecisionVerbs = []DecisionVerb{
	ReleaseSelected, ReleaseWaiting, ReleaseRejected, OfferPlace, AcceptPlace, DeclinePlace, LapsePlace, WithdrawPlace, AcceptOnTerms, ConfirmPlace,
}

var decisionSteps = map[DecisionVerb]struct {
	from []DecisionState
	to   DecisionState
}{
	ReleaseSelected: {[]DecisionState{DecisionDraft}, DecisionOffered},
	ReleaseWaiting:  {[]DecisionState{DecisionDraft}, DecisionWaiting},
	ReleaseRejected: {[]DecisionState{DecisionDraft}, DecisionRejected},
	OfferPlace:      {[]DecisionState{DecisionWaiting}, DecisionOffered},
	AcceptPlace:     {[]DecisionState{DecisionOffered}, DecisionAccepted},
	AcceptOnTerms:   {[]DecisionState{DecisionOffered}, DecisionConditional},
	ConfirmPlace:    {[]DecisionState{DecisionConditional}, DecisionAccepted},
	DeclinePlace:    {[]DecisionState{DecisionOffered, DecisionConditional}, DecisionDeclined},
	LapsePlace:      {[]DecisionState{DecisionOffered, DecisionConditional}, DecisionLapsed},
	WithdrawPlace:   {[]DecisionState{DecisionDraft, DecisionOffered, DecisionWaiting, DecisionConditional}, DecisionWithdrawn},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s DecisionState) After(v DecisionVerb) (DecisionState, bool) {
	step, ok := decisionSteps[v]
	if !ok || !slices.Contains(step.from, s) {
		return s, false
	}
	return step.to, true
}

// Holds reports whether a decision in this state holds a place.
func (s DecisionState) Holds() bool {
	return s == DecisionOffered || s == DecisionConditional || s == DecisionAccepted
}

// Decision is what is decided of one application.
type Decision struct {
	ID          ids.Decision
	Call        ids.Call
	Application ids.Application
	Outcome     events.Outcome
	State       DecisionState
	Waiting     int // the order of the waiting list, from 1
	Place       int // which of the call's places it holds, from 1
	DecidedAt   time.Time
	DecidedBy   ids.Person
	ReplyBy     time.Time
	AnsweredAt  time.Time
	AnsweredBy  ids.Person
}

// Revoked reports whether a place that was held on conditions was taken back.
func (d *Decision) Revoked() bool { return d.State == DecisionLapsed && !d.AnsweredAt.IsZero() }

// At is the decision's state by the clock: an offer that nobody answered in time has lapsed, even before the program has
// written it down.
func (d *Decision) At(now time.Time) DecisionState {
	if d.State == DecisionOffered && !now.Before(d.ReplyBy) {
		return DecisionLapsed
	}
	return d.State
}

// ParseOutcome accepts exactly the outcomes of a decision.
func ParseOutcome(name string) (events.Outcome, bool) {
	o := events.Outcome(name)
	return o, slices.Contains(Outcomes, o)
}

// Outcomes lists the outcomes of a decision.
var Outcomes = []events.Outcome{events.OutcomeSelected, events.OutcomeWaiting, events.OutcomeRejected}

// release is the verb by which a decision of that outcome becomes known.
func release(o events.Outcome) DecisionVerb {
	switch o {
	case events.OutcomeSelected:
		return ReleaseSelected
	case events.OutcomeWaiting:
		return ReleaseWaiting
	case events.OutcomeRejected:
		return ReleaseRejected
	}
	return ""
}

// Free lists the places that nobody holds, the lowest first.
func Free(places int, decisions []Decision) []int {
	held := make([]bool, places+1)
	for _, d := range decisions {
		if d.State.Holds() && d.Place <= places {
			held[d.Place] = true
		}
	}
	var free []int
	for place := 1; place <= places; place++ {
		if !held[place] {
			free = append(free, place)
		}
	}
	return free
}

// Next lists who on the waiting list is offered which free place. Of those who wait, in the order of the list, pick says for one
// place after the other who gets it beside those that hold one, and how many are free; -1: nobody. Who is passed over stays on
// the list.
func Next(places int, decisions []Decision, pick func(held, waiting []Decision, free int) int) []Decision {
	var waiting, held, next []Decision
	for _, d := range decisions {
		if d.State.Holds() {
			held = append(held, d)
		}
		if d.State == DecisionWaiting {
			waiting = append(waiting, d)
		}
	}
	slices.SortFunc(waiting, func(a, b Decision) int { return cmp.Compare(a.Waiting, b.Waiting) })
	free := Free(places, decisions)
	for i, place := range free {
		if len(waiting) == 0 {
			break
		}
		at := pick(held, waiting, len(free)-i)
		if at < 0 {
			break
		}
		d := waiting[at]
		d.Place = place
		next, held, waiting = append(next, d), append(held, d), slices.Delete(waiting, at, at+1)
	}
	return next
}

// Moved is the waiting list after one application has changed places with the next one above or below it that the mover
// may know of. One that cannot go further stays.
func Moved(order []ids.Application, known func(ids.Application) bool, one ids.Application, up bool) []ids.Application {
	step := 1
	if up {
		step = -1
	}
	from := slices.Index(order, one)
	if from < 0 {
		return order
	}
	to := from + step
	for to >= 0 && to < len(order) && !known(order[to]) {
		to += step
	}
	if to < 0 || to >= len(order) {
		return order
	}
	return slices.Insert(slices.Delete(slices.Clone(order), from, from+1), to, one)
}
