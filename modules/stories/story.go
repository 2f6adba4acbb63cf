package stories

import (
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
)

// State is how far a story is.
type State string

// The states of a story.
const (
	Draft     State = "draft"
	HandedIn  State = "handed_in" // the network reads and edits it
	Returned  State = "returned"  // with a note, to be written on
	Edited    State = "edited"    // the organizations are asked to agree
	Agreed    State = "agreed"
	Published State = "published"
	Withdrawn State = "withdrawn" // it was published
)

// States lists all states in the order of a story's life.
var States = []State{Draft, HandedIn, Returned, Edited, Agreed, Published, Withdrawn}

// ParseState accepts exactly the states above.
func ParseState(s string) (State, bool) { return State(s), slices.Contains(States, State(s)) }

// Verb is what is done to a story.
type Verb string

// The verbs, in the order in which a story lives.
const (
	Write    Verb = "write" // the organizations' people
	HandIn   Verb = "hand_in"
	Edit     Verb = "edit" // the network
	Return   Verb = "return"
	Propose  Verb = "propose" // ask for agreement
	Agree    Verb = "agree"
	Object   Verb = "object"
	Publish  Verb = "publish"
	Withdraw Verb = "withdraw"
	Resume   Verb = "resume" // write on a withdrawn one
	Remove   Verb = "remove"
	Erase    Verb = "erase" // one that was published
)

// Verbs lists all verbs.
var Verbs = []Verb{Write, HandIn, Edit, Return, Propose, Agree, Object, Publish, Withdraw, Resume, Remove, Erase}

// steps says from which states a verb leads, and where to; an empty state: where it was. What the network edits after it has
// asked must be agreed to anew.
var steps = map[Verb]struct {
	from []State
	to   State
}{
	Write:    {[]State{Draft, Returned}, ""},
	HandIn:   {[]State{Draft, Returned}, HandedIn},
	Edit:     {[]State{HandedIn, Edited, Agreed}, HandedIn},
	Return:   {[]State{HandedIn, Edited, Agreed}, Returned},
	Propose:  {[]State{HandedIn}, Edited},
	Agree:    {[]State{Edited}, ""},
	Object:   {[]State{Edited, Agreed}, HandedIn},
	Publish:  {[]State{Agreed}, Published},
	Withdraw: {[]State{Published}, Withdrawn},
	Resume:   {[]State{Withdrawn}, Draft},
	Remove:   {[]State{Draft, Returned}, ""},
	Erase:    {[]State{Withdrawn, Draft, Returned}, ""},
}

// Story is a story, or a good practice.
type Story struct {
	ID          ids.Story
	Partnership ids.Partnership
	State       State
	Slug        string // empty: it was never published
	Content     Content
	Handed      *Content // as it was handed in last; nil once it is published
	Note        string   // what was said at the last hand-over
	Consents    map[ids.Organization]time.Time
	Published   time.Time // for the first time
	Changed     time.Time // what visitors read
	Version     int64
	CreatedAt   time.Time
	CreatedBy   ids.Person
	UpdatedAt   time.Time
}

// May reports whether the verb can be done in the present state. One that nobody has read is removed; one that was published
// is erased, and its address goes on saying that it is gone.
func (s *Story) May(v Verb) bool {
	if !slices.Contains(steps[v].from, s.State) {
		return false
	}
	switch v {
	case Remove:
		return s.Slug == ""
	case Erase:
		return s.Slug != ""
	default:
		return true
	}
}

// Do moves the story on. Fault: Conflict when its state does not allow the verb.
func (s *Story) Do(v Verb) error {
	if !s.May(v) {
		return fault.Conflict("stories.not_now")
	}
	if to := steps[v].to; to != "" {
		s.State = to
	}
	return nil
}

// Awaits are the organizations that have not agreed to the story yet.
func (s *Story) Awaits(organizations []ids.Organization) []ids.Organization {
	return slices.DeleteFunc(slices.Clone(organizations), func(o ids.Organization) bool { return !s.Consents[o].IsZero() })
}

// Partnership is what this module knows of one.
type Partnership struct {
	ID            ids.Partnership
	Title         string
	Writes        bool // it is far enough, and has not ended early
	Organizations []Organization
	Pseudonym     string // under which it wants to be shown; empty: under its title
	Willing       bool   // every organization has agreed that it is shown to everybody, at once or from a day on
}

// Organization is one of a partnership.
type Organization struct {
	ID          ids.Organization
	Name        string
	NameEnglish string // empty: it has none
}

// Seated lists the partnership's organizations.
func (p *Partnership) Seated() []ids.Organization {
	all := make([]ids.Organization, len(p.Organizations))
	for i, o := range p.Organizations {
		all[i] = o.ID
	}
	return all
}

// Secret are the names that no story of the partnership may tell: none where it is shown under its own.
func (p *Partnership) Secret() []string {
	if p.Pseudonym == "" {
		return nil
	}
	all := []string{p.Title}
	for _, o := range p.Organizations {
		all = append(all, o.Name)
		if o.NameEnglish != "" {
			all = append(all, o.NameEnglish)
		}
	}
	return all
}

// Byline is by whom a story is, as everybody may know it.
type Byline struct {
	Title  string
	Veiled bool     // the title is a pseudonym
	Secret []string // names that may not be told
	Places []Place
}

// Place is an organization of a byline; of a veiled one only the country.
type Place struct {
	Name    string
	City    string
	Country geo.Country
}
