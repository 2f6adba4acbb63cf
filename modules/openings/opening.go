// Package openings is what happens before a call opens: a checklist that is computed from the data, signed by a coordinator
// of the network, and before the network's first call by the core team as well. A signature is about a content: when the
// call changes, it is asked for anew. The core team sees exactly what was signed, and nothing else of the network.
package openings

import (
	"encoding/json"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// RemarkChars is how long a coordinator's remark and the core team's answer are at most, in characters.
const RemarkChars = 2000

// Line is one line of the checklist.
type Line struct {
	Key   string         `json:"key"`             // a message key
	Args  map[string]any `json:"args,omitempty"`  // its values
	Place string         `json:"place,omitempty"` // the page on which it is put right, below the call's or, with a slash before it, anywhere
	Met   bool           `json:"met"`
}

// Case is a call that is about to open.
type Case struct {
	Call    ids.Call
	Draft   bool
	First   bool   // the core team signs as well
	Content string // the hash of what it opens with
	Reviews int    // per application
	Kept    bool   // it says for how long it keeps each kind of delicate data that it asks for
	Musts   []Line // without these nothing opens
	Facts   Facts
	Program json.RawMessage // what it opens with, as a blueprint
}

// Facts are what else a call opens with.
type Facts struct {
	Title         i18n.Text     `json:"title"`
	Locales       []i18n.Locale `json:"locales"`
	OpensAt       time.Time     `json:"opens_at"`
	ClosesAt      time.Time     `json:"closes_at"`
	Zone          string        `json:"zone"`
	Places        int           `json:"places"`
	GrantMinor    int64         `json:"grant_minor"` // per partnership, in the currency's smallest unit
	GrantCurrency string        `json:"grant_currency"`
	Blueprint     string        `json:"blueprint"`
	Number        int           `json:"number"` // of the blueprint's version that the call comes from
	Model         i18n.Text     `json:"model"`  // the version's name
	Composition   string        `json:"composition"`
}

// Surroundings are what else should be in place before a call opens; without it the call opens all the same, with a remark.
type Surroundings struct {
	Reviewers int  // people who may review
	Brand     bool // colours and typeface were chosen
	Readable  bool // the chosen colours are readable as they are
	Sender    bool // mails bear a name of the network's choice
	Address   bool // … and go out from an address of its own that works, or it wants none
	Notice    bool // the data protection page has words of the network
	Contact   bool // there is a page that tells how to reach the network
	Rehearsed bool // the call was tried with invented organizations
}

// hints are the lines that do not keep a call from opening.
func hints(around Surroundings, of *Case) []Line {
	from := "/settings/brand"
	if around.Sender && !around.Address {
		from = "/settings/sender"
	}
	return []Line{
		{Key: "openings.hint.reviewers", Args: map[string]any{"Have": around.Reviewers, "Need": of.Reviews}, Place: "/people", Met: around.Reviewers >= of.Reviews},
		{Key: "openings.hint.notice", Place: "/settings/pages", Met: around.Notice},
		{Key: "openings.hint.retention", Place: "retention", Met: of.Kept},
		{Key: "openings.hint.contact", Place: "/settings/pages", Met: around.Contact},
		{Key: "openings.hint.brand", Place: "/settings/brand", Met: around.Brand},
		{Key: "openings.hint.readable", Place: "/settings/brand", Met: around.Readable},
		{Key: "openings.hint.sender", Place: from, Met: around.Sender && around.Address},
		{Key: "openings.hint.rehearsed", Place: "rehearsal", Met: around.Rehearsed},
	}
}

// all reports whether every line is met.
func all(lines []Line) bool { return !slices.ContainsFunc(lines, func(l Line) bool { return !l.Met }) }

// Signature is a coordinator's.
type Signature struct {
	ID       ids.Signature
	Call     ids.Call
	Content  string
	Lines    []Line // as they were
	Remark   string
	SignedBy ids.Person
	SignedAt time.Time
}

// State is what became of a request to the core team.
type State string

// The states of a request. Only a waiting one is decided or withdrawn.
const (
	Waiting   State = "waiting"
	Signed    State = "signed"
	Returned  State = "returned"
	Withdrawn State = "withdrawn"
)

// back reports whether the call is with its network again.
func (s State) back() bool { return s == Returned || s == Withdrawn }

// request is the name of the request that the signature makes before a first call.
func (s *Signature) request() ids.Opening { return ids.Opening(s.ID) }

// Request asks the core team to sign a network's first call.
type Request struct {
	ID        ids.Opening
	Tenant    ids.Tenant
	Network   string
	Call      ids.Call
	Content   string
	Dossier   Dossier
	State     State
	Answer    string
	SentBy    ids.Person
	Sender    string // their name
	SentAt    time.Time
	Decider   string // the name of who decided
	DecidedAt time.Time
}

// Dossier is what the core team sees of a call: what was signed, exactly as it was then.
type Dossier struct {
	Facts   Facts           `json:"facts"`
	Lines   []Line          `json:"lines"`
	Remark  string          `json:"remark"`
	Program json.RawMessage `json:"program,omitempty"` // left out of lists
}

// Checklist is a call with all that stands between it and its opening.
type Checklist struct {
	Case      Case
	Hints     []Line
	Signature *Signature // the newest; nil: none
	Request   *Request   // the newest; nil: none
	Signer    string     // the name of who signed
}

// Stands reports whether the newest signature is about what the call opens with now.
func (c *Checklist) Stands() bool {
	return c.Signature != nil && c.Signature.Content == c.Case.Content
}

// Asked reports whether the newest request is about what the call opens with now.
func (c *Checklist) Asked() bool { return c.Request != nil && c.Request.Content == c.Case.Content }

// Signable reports whether there is something to sign: the call lacks nothing, and what it opens with is not signed, or the
// request that the signature made was taken back or given back. A request that is still on its way is none yet.
func (c *Checklist) Signable() bool {
	if !c.Case.Draft || !all(c.Case.Musts) {
		return false
	}
	return !c.Stands() || c.Case.First && c.Request != nil && c.Request.ID == c.Signature.request() && c.Request.State.back()
}

// Open reports whether nothing is left to sign.
func (c *Checklist) Open() bool {
	return c.Case.Draft && all(c.Case.Musts) && c.Stands() && (!c.Case.First || c.Asked() && c.Request.State == Signed)
}
