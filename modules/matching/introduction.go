package matching

import (
	"slices"
	"time"

	"kervan/modules/ids"
)

// Party is an organization to which the core proposes others, in its own network.
type Party struct {
	Card         ids.CommonCard
	Network      ids.Tenant
	Organization ids.Organization
	Name         string // as its card had it; empty: it has taken that back
	Accepts      bool
	Reason       string    // to the core team
	AnsweredAt   time.Time // zero: not yet
	Contact      string    // whom the others may turn to once all have accepted; empty: nobody
	Email        string
	By           ids.Person // who has answered and named the contact; zero: there is none
	Told         bool       // its leads were written to that it is proposed
}

// heard reports whether somebody of the organization knows of the proposal.
func (o *Party) heard() bool { return o.Told || !o.AnsweredAt.IsZero() }

// Introduction is a proposal of the core to organizations of several networks. Its Organizations are the names of their copies.
type Introduction struct {
	Proposal

	Core    ids.Tenant
	Parties []Party // by seat
}

// answers are those of the parties, in the order in which they came.
func (p *Introduction) answers() []Answer {
	var all []Answer
	for _, o := range p.Parties {
		if !o.AnsweredAt.IsZero() {
			all = append(all, Answer{Organization: ids.Organization(o.Card), Accepts: o.Accepts, Reason: o.Reason, At: o.AnsweredAt})
		}
	}
	slices.SortStableFunc(all, func(a, b Answer) int { return a.At.Compare(b.At) })
	return all
}

// Reply is what an organization answers to an introduction.
type Reply struct {
	Accepts bool
	Reason  string // of a refusal, to the core team
	Contact string // whom the others may turn to; empty: nobody
	Email   bool   // they also see the address of whoever answers
}

// maxContact is how long the name of a contact is at most.
const maxContact = 120
