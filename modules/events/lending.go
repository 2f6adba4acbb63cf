package events

import (
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// ReviewersLent tells a network that another one lends it reviewers for a call, at its coordinators' request. It is announced in
// the network that asked, once or more often.
type ReviewersLent struct {
	Call    ids.Call
	Lender  string     // what the lending network is called
	By      ids.Person // the coordinator who had asked
	Reviews int        // that are expected of each
	Until   time.Time  // by which their reviews are wanted
	People  []LentReviewer
}

// LentReviewer is one of them, who has agreed to be lent.
type LentReviewer struct {
	Loan      ids.Loan
	Name      string
	Email     string // for their invitation only
	Locale    i18n.Locale
	Topics    []string
	Languages []string
	Countries []string
	Own       []Affiliation // the organizations to which they belong at home …
	Partners  []Affiliation // … and those with which these are or were in a partnership
}

// Affiliation is what an organization of another network can be recognized by.
type Affiliation struct {
	Country  string // ISO 3166-1 alpha-2
	Registry string // its number in the register there
	Names    []string
	Domains  []string // of the addresses of its people
}

// EventKind names the event in the queue.
func (ReviewersLent) EventKind() string { return "reviewers_lent" }

// Confidential keeps names, addresses and ties out of the queue's sight.
func (ReviewersLent) Confidential() bool { return true }

// LoanEnded tells the network to which a reviewer is lent that the other network wants them back.
type LoanEnded struct {
	Loan ids.Loan
}

// EventKind names the event in the queue.
func (LoanEnded) EventKind() string { return "loan_ended" }

// LoanMoved tells that a reviewer whom another network lends has answered, was given work or has done some.
type LoanMoved struct {
	Loan ids.Loan
}

// EventKind names the event in the queue.
func (LoanMoved) EventKind() string { return "loan_moved" }

// NetworkSuspended tells, in the core, that a network was suspended: whom it lends is lent no more.
type NetworkSuspended struct {
	Network ids.Tenant
}

// EventKind names the event in the queue.
func (NetworkSuspended) EventKind() string { return "network_suspended" }
