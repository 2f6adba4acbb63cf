package matching

import (
	"slices"
	"time"

	"kervan/modules/ids"
)

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal. All but the first are final.
const (
	ProposalSent      ProposalState = "sent"
	ProposalAccepted  ProposalState = "accepted"  // by all
	ProposalDeclined  ProposalState = "declined"  // by one at least
	ProposalLapsed    ProposalState = "lapsed"    // not all had answered in time
	ProposalWithdrawn ProposalState = "withdrawn" // by the network
	ProposalLeft      ProposalState = "left"      // one takes part no more with its application
)

// ProposalStates lists all of them.
var ProposalStates = []ProposalState{ProposalSent, ProposalAccepted, ProposalDeclined, ProposalLapsed, ProposalWithdrawn, ProposalLeft}

// longestAnswering is for how long a proposal is to be answered at most, as its organizations take part in no other meanwhile.
const longestAnswering = 90 * 24 * time.Hour

// Proposal is what organizations are asked: whether they want to work together.
type Proposal struct {
	ID            ids.Match
	Round         ids.Round
	Run           ids.Run
	Organizations []ids.Organization // by seat
	Applications  []ids.Application  // likewise; empty in a pool of cards
	State         ProposalState
	Note          string // of the network to all of them
	SentAt        time.Time
	SentBy        ids.Person
	DueAt         time.Time // until when they answer
	EndedAt       time.Time
	Noted         string // what the team notes came of it
	Answers       []Answer
}

// Answer is what one organization answers to a proposal.
type Answer struct {
	Organization ids.Organization
	Accepts      bool
	Reason       string // to the network
	At           time.Time
	By           ids.Person
}

// Answer is what the organization has answered, if it has.
func (p *Proposal) Answer(id ids.Organization) (Answer, bool) {
	i := slices.IndexFunc(p.Answers, func(a Answer) bool { return a.Organization == id })
	if i < 0 {
		return Answer{}, false
	}
	return p.Answers[i], true
}

// Live reports whether the proposal is to be answered or was accepted: its organizations see each other's cards only then.
func (p *Proposal) Live() bool { return p.State == ProposalSent || p.State == ProposalAccepted }

// after is the state that follows from the answers, given that it was sent: one no ends it, and so does the last yes.
func (p *Proposal) after() ProposalState {
	switch {
	case slices.ContainsFunc(p.Answers, func(a Answer) bool { return !a.Accepts }):
		return ProposalDeclined
	case len(p.Answers) == len(p.Organizations):
		return ProposalAccepted
	default:
		return ProposalSent
	}
}
