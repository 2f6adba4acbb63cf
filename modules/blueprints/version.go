package blueprints

import (
	"encoding/json"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Edition says which version of a blueprint something is, without its content.
type Edition struct {
	Blueprint   string
	Number      int
	Name        i18n.Text
	Summary     i18n.Text
	Notes       i18n.Text // what is new in it
	Credits     []string  // networks that proposed something of it and agreed to be named
	Hash        string
	BuiltIn     bool
	PublishedAt time.Time
	PublishedBy ids.Person
}

// Version is a published version. It is shared by everybody who asked for it: its content is read only.
type Version struct {
	Edition

	Whole   Blueprint
	Program Program
}

// Next is what the next version of a blueprint will be: the newest version, and what the core team has gathered.
type Next struct {
	Newest  Version
	Program Program
	Notes   i18n.Text
	Draft   int64 // of what is gathered, for conflict detection; 0 while nothing is
}

// Differences are what the next version will have that the newest has not.
func (n Next) Differences() []Difference { return Compare(n.Newest.Program, n.Program) }

// ProposalState is what became of a proposal.
type ProposalState string

// The states of a proposal. Only a waiting one may be withdrawn, accepted or declined.
const (
	ProposalWaiting   ProposalState = "waiting"
	ProposalAccepted  ProposalState = "accepted"
	ProposalDeclined  ProposalState = "declined"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// Proposal is one piece that a network proposes for the next version of a blueprint, exactly as it was sent.
type Proposal struct {
	ID        ids.Proposal
	Tenant    ids.Tenant
	Blueprint string
	Number    int             // of the version that the network's program came from
	Piece     string          // its key
	Content   json.RawMessage // nil: the piece is proposed to be taken out
	Follows   string          // the piece after which a new one stands
	Reason    string
	Named     bool // the network may be named as whom it comes from
	State     ProposalState
	Answer    string // the core team's
	SentAt    time.Time
	SentBy    ids.Person
	DecidedAt time.Time
	Into      int // the version in which it was published; 0 for none yet

	Network string // its name
}

// Kind is what the proposal does to a version.
func (p Proposal) Kind(in Program) DifferenceKind {
	_, there := in.Piece(p.Piece)
	switch {
	case p.Content == nil:
		return Removed
	case there:
		return Changed
	default:
		return Added
	}
}

// In is the version with what is proposed.
func (p Proposal) In(program Program) (Program, error) {
	if p.Content == nil {
		return program.Without(p.Piece), nil
	}
	return program.With(p.Piece, p.Content, p.Follows)
}

// Use says how a network uses a version: in how many calls, since when, which of the version's pieces these have changed or
// taken out, and how many pieces of their own they have.
type Use struct {
	Tenant    ids.Tenant
	Network   string
	Blueprint string
	Number    int
	Calls     int
	Since     time.Time
	Changed   []string
	Added     int
}

// Usage counts what a program has changed of the version that it came from: the version's own pieces by their keys, the
// program's own as a number, so that no word of the network's leaves it.
func Usage(version, program Program) (changed []string, added int) {
	for _, d := range Compare(version, program) {
		switch d.Kind {
		case Added:
			added++
		case Changed, Removed:
			changed = append(changed, d.Key)
		case Reordered:
			if name := d.Key[len(orderPrefix)+1:]; name == fieldForm || version.has(name) {
				changed = append(changed, d.Key)
			}
		}
	}
	return changed, added
}

// has reports whether a list or a piece of that key is there.
func (p Program) has(key string) bool {
	_, listed := p.lists[key]
	_, there := p.pieces[key]
	return listed || there
}
