package applications

import (
	"slices"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
)

// State is where an application stands.
type State string

// The states of an application, in the order in which one may pass through them.
const (
	Draft       State = "draft"
	Submitted   State = "submitted"
	Returned    State = "returned" // for missing papers
	Eligible    State = "eligible"
	Ineligible  State = "ineligible"
	InReview    State = "in_review"
	Reviewed    State = "reviewed"
	Shortlisted State = "shortlisted"
	Selected    State = "selected"
	Waiting     State = "waiting"
	Rejected    State = "rejected"
	Accepted    State = "accepted"
	Declined    State = "declined"
	Lapsed      State = "lapsed"
	Withdrawn   State = "withdrawn"
)

// States lists all of them.
var States = []State{Draft, Submitted, Returned, Eligible, Ineligible, InReview, Reviewed, Shortlisted, Selected, Waiting, Rejected, Accepted, Declined, Lapsed, Withdrawn}

// ParseState accepts exactly the names of the states.
func ParseState(name string) (State, bool) {
	s := State(name)
	return s, slices.Contains(States, s)
}

// Verb is what happens to an application.
type Verb string

// The verbs of an application's life.
const (
	Submit     Verb = "submit"
	TakeBack   Verb = "take_back" // because an organization has left
	Return     Verb = "return"
	FindFit    Verb = "find_eligible"
	FindUnfit  Verb = "find_ineligible"
	BeginView  Verb = "begin_review"
	EndView    Verb = "complete_reviews"
	Select     Verb = "select"
	PutWaiting Verb = "put_waiting"
	Reject     Verb = "reject"
	Offer      Verb = "offer_place"
	Accept     Verb = "accept"
	Decline    Verb = "decline"
	Lapse      Verb = "lapse"
	GiveBack   Verb = "give_back" // a place that was accepted and is held on conditions
	Revoke     Verb = "revoke"    // by the network, a place whose conditions were not met
	Withdraw   Verb = "withdraw"
)

// Verbs lists all of them.
var Verbs = []Verb{Submit, TakeBack, Return, FindFit, FindUnfit, BeginView, EndView, Select, PutWaiting, Reject, Offer, Accept, Decline, Lapse, GiveBack, Revoke, Withdraw}

var decided = []State{Eligible, InReview, Reviewed, Shortlisted}

var unanswered = []State{Submitted, Returned, Ineligible, Eligible, InReview, Reviewed, Shortlisted, Selected, Waiting}

// transitions say from which states a verb leads, and to which.
var transitions = map[Verb]struct {
	from []State
	to   State
}{
	Submit:     {[]State{Draft, Submitted, Returned}, Submitted},
	TakeBack:   {[]State{Submitted}, Draft},
	Return:     {[]State{Submitted, Returned}, Returned},
	FindFit:    {[]State{Submitted, Returned, Ineligible}, Eligible},
	FindUnfit:  {[]State{Submitted, Returned, Eligible, Ineligible}, Ineligible},
	BeginView:  {[]State{Eligible}, InReview},
	EndView:    {[]State{Eligible, InReview}, Reviewed},
	Select:     {decided, Selected},
	PutWaiting: {decided, Waiting},
	Reject:     {decided, Rejected},
	Offer:      {[]State{Waiting}, Selected},
	Accept:     {[]State{Selected}, Accepted},
	Decline:    {[]State{Selected}, Declined},
	Lapse:      {[]State{Selected}, Lapsed},
	GiveBack:   {[]State{Accepted}, Declined},
	Revoke:     {[]State{Accepted}, Lapsed},
	Withdraw:   {[]State{Draft, Submitted, Returned, Eligible, Ineligible, InReview, Reviewed, Shortlisted, Selected, Waiting}, Withdrawn},
}

// After is the state to which a verb leads, and false where the verb is not possible.
func (s State) After(v Verb) (State, bool) {
	t, ok := transitions[v]
	if !ok || !slices.Contains(t.from, s) {
		return s, false
	}
	return t.to, true
}

// Undecided reports whether an application in this state can still be reviewed and decided.
func (s State) Undecided() bool { return slices.Contains(decided, s) }

// passed reports whether an application in this state passed the check and was not withdrawn.
func (s State) passed() bool {
	return !slices.Contains([]State{Draft, Submitted, Returned, Ineligible, Withdrawn}, s)
}

// ForApplicants is the state as the applicants may know it: what happens between the check and the release of decisions
// is one thing to them, and that they are not eligible they learn from the letter.
func (a *Application) ForApplicants() State { return forApplicants(a.State, !a.ToldAt.IsZero()) }

// withdrawable reports whether its people may end it: also while they do not know yet that it is not eligible, or they would
// learn it from that.
func (a *Application) withdrawable() bool {
	_, possible := a.State.After(Withdraw)
	return possible && a.ForApplicants() != Ineligible
}

func forApplicants(s State, told bool) State {
	switch {
	case s == Reviewed || s == Shortlisted:
		return InReview
	case s == Ineligible && !told:
		return Submitted
	default:
		return s
	}
}

// Application is one organization's, or several organizations', answer to a call.
type Application struct {
	ID           ids.Application
	Call         ids.Call
	Organization ids.Organization // which began it
	Number       string           // given when it was handed in for the first time
	State        State
	FormVersion  ids.FormVersion // what its sheets ask
	Joint        ids.Sheet
	Parts        []Part // in the order of the seats
	CreatedAt    time.Time
	SubmittedAt  time.Time // the last time
	CheckedAt    time.Time
	CheckedBy    ids.Person
	Failed       []string
	ToldAt       time.Time // the letter about ineligibility left
	Papers       string
	PapersDue    time.Time
	Asked        map[ids.Sheet][]string // the questions that are open again, while it is returned
	ReplyBy      time.Time
	Waiting      int
	Version      int64

	SubmittedVersion ids.FormVersion // what was asked when it was last handed in
}

// HandedVersion is the version of the form to which what counts was given: what was handed in, that of then.
func (a *Application) HandedVersion() ids.FormVersion {
	if a.SubmittedVersion.IsZero() {
		return a.FormVersion
	}
	return a.SubmittedVersion
}

// Part is one seat of an application.
type Part struct {
	ID           ids.Part
	Application  ids.Application
	Seat         string
	Organization ids.Organization // zero: the seat is empty
	Sheet        ids.Sheet
	ConfirmedAt  time.Time
	ConfirmedBy  ids.Person
	NewsSince    ids.FormVersion // the form that the organization's people know, until they have seen what is new
	Town         Town            // where it sat when the application was handed in; zero before that
}

// Town is where an organization sits: a town of a country.
type Town struct {
	Country string // ISO 3166-1 alpha-2
	City    string
	Place   int // GeoNames' number of the town, where it was chosen from the gazetteer
}

// Of is the organization as it was when the application was handed in, of what its profile says today: it sits where it did.
func (p *Part) Of(today Applicant) Applicant {
	if p.Town.Country != "" {
		today.City, today.Country, today.Place = p.Town.City, p.Town.Country, p.Town.Place
	}
	return today
}

// Confirmed reports whether the organization stands by its part.
func (p *Part) Confirmed() bool { return !p.ConfirmedAt.IsZero() }

// unsettles reports whether a change of the joint part takes confirmations back. What accepted applicants write beside what
// they handed in does not.
func unsettles(a *Application) bool { return a.State != Accepted && anyConfirmed(a.Parts) }

func anyConfirmed(parts []Part) bool {
	return slices.ContainsFunc(parts, func(p Part) bool { return p.Confirmed() })
}

// Organizations are those that hold a seat.
func (a *Application) Organizations() []ids.Organization {
	var all []ids.Organization
	for _, p := range a.Parts {
		if !p.Organization.IsZero() {
			all = append(all, p.Organization)
		}
	}
	return all
}

// Part is the organization's part, or nil.
func (a *Application) Part(organization ids.Organization) *Part {
	i := slices.IndexFunc(a.Parts, func(p Part) bool { return !organization.IsZero() && p.Organization == organization })
	if i < 0 {
		return nil
	}
	return &a.Parts[i]
}

// PartOf is the part with that sheet, or nil.
func (a *Application) PartOf(sheet ids.Sheet) *Part {
	i := slices.IndexFunc(a.Parts, func(p Part) bool { return p.Sheet == sheet })
	if i < 0 {
		return nil
	}
	return &a.Parts[i]
}

func (a *Application) scopeOf(sheet ids.Sheet) forms.Scope {
	if sheet == a.Joint {
		return forms.ScopeJoint
	}
	return forms.ScopePart
}

// Seat is the part of that seat, or nil.
func (a *Application) Seat(key string) *Part {
	i := slices.IndexFunc(a.Parts, func(p Part) bool { return p.Seat == key })
	if i < 0 {
		return nil
	}
	return &a.Parts[i]
}

// Writable reports whether its authors may still write, given the instant until which they may hand in.
func (a *Application) Writable(now, until time.Time) bool {
	switch a.State {
	case Draft, Submitted:
		return now.Before(until)
	case Returned:
		return now.Before(a.PapersDue)
	default:
		return false
	}
}

// sheets are all of the application, those of seats that nobody takes too.
func (a *Application) sheets() []ids.Sheet {
	all := []ids.Sheet{a.Joint}
	for _, p := range a.Parts {
		all = append(all, p.Sheet)
	}
	return all
}

// Seatable reports whether seats may change hands: until the deadline, and not in the time given for papers.
func (a *Application) Seatable(now, until time.Time) bool {
	return (a.State == Draft || a.State == Submitted) && now.Before(until)
}

// Checkable reports whether its eligibility may be checked: when its authors cannot write any more, so that what is
// checked stays what it is.
func (a *Application) Checkable(now, until time.Time) bool {
	_, possible := a.State.After(FindFit)
	return possible && !now.Before(until)
}

// Due is the instant until which the application may be handed in.
func (a *Application) Due(until time.Time) time.Time {
	if a.State == Returned {
		return a.PapersDue
	}
	return until
}

// Applicant is an organization as the composition rule sees it.
type Applicant struct {
	ID      ids.Organization
	Name    string
	City    string
	Place   int    // GeoNames' number of the town, where it was chosen from the gazetteer
	Country string // ISO 3166-1 alpha-2
	Kind    string // legal form
}

// OpenSeats are the seats of the rule that the organization may take beside those who have one already: the seat is
// empty, it fits legal form and country, and where the rule asks for different countries, no other seat has this one.
func OpenSeats(rule blueprints.Composition, taken map[string]Applicant, o Applicant) []blueprints.Seat {
	var open []blueprints.Seat
	for _, other := range taken {
		if other.ID == o.ID || rule.DistinctCountries && other.Country == o.Country {
			return nil
		}
	}
	for _, seat := range rule.Seats {
		if _, occupied := taken[seat.Key]; !occupied && seat.Fits(o.Kind, o.Country) {
			open = append(open, seat)
		}
	}
	return open
}

// Blocker is one reason why an application cannot be handed in yet, by message key, and where it is put right.
type Blocker struct {
	Key   string
	Name  string // of the organization or section that it is about
	Place string // below the application's address
}

func tooLate(a *Application) error {
	if a.State == Returned {
		return fault.TooLate("applications.papers_late")
	}
	return fault.TooLate("applications.late")
}
