package applications

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
	"kervan/tenants"
)

// Call is what this module must know of a call.
type Call struct {
	ID          ids.Call
	Title       i18n.Text
	Locales     []i18n.Locale
	Zone        string
	OpensAt     time.Time
	ClosesAt    time.Time // as it was stated
	Until       time.Time // for everybody: the deadline, or when the call was closed by hand
	FormVersion ids.FormVersion
	Composition blueprints.Composition // spread: a seat for each organization
	Eligibility []blueprints.Reason
	PapersHours int
	Over        time.Time                    // when its calendar ends; by Keeping only
	Keeps       map[forms.Class]int          // for how many months after an application is over; a class that stays is not there
	Letters     map[string]blueprints.Letter // by Held only
	Notice      string                       // names the text of the data notice; by Held only
	Anonymous   bool                         // its reviewers do not learn who applies …
	Hidden      []string                     // … and do not see the answers to these questions either
}

// veiled is what a form asks, with the answers marked that the call's reviewers do not see.
func (c *Call) veiled(asked *forms.Definition) *forms.Definition {
	r := blueprints.Review{Anonymous: c.Anonymous, Hidden: c.Hidden}
	return r.Veil(asked)
}

// Name is the call's title in the reader's language.
func (c *Call) Name(l i18n.Locale) string { return c.Title.String(l, c.Locales...) }

// until is the instant until which any of the organizations may hand in, given their own later ones.
func (c *Call) until(late map[ids.Organization]time.Time, organizations []ids.Organization) time.Time {
	until := c.Until
	for _, o := range organizations {
		if late[o].After(until) {
			until = late[o]
		}
	}
	return until
}

// Calls tells of published calls. The programs module satisfies it.
type Calls interface {
	// Calls finds calls, all in one query; one that is not published is not there.
	Calls(ctx context.Context, sc tenants.Scope, calls []ids.Call) (map[ids.Call]Call, error)
	// Published lists all of them, the newest first.
	Published(ctx context.Context, sc tenants.Scope) ([]Call, error)
	// Keeping lists those that promise to erase answers, the newest first, with when they are over.
	Keeping(ctx context.Context, sc tenants.Scope) ([]Call, error)
	// Late are the later deadlines of organizations, by call, all in one query.
	Late(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Call]map[ids.Organization]time.Time, error)
	// AskedLate is Late as a question, which goes with others in one message.
	AskedLate(organizations []ids.Organization, late map[ids.Call]map[ids.Organization]time.Time) tenants.Question
	// Held is a call inside a write; it cannot change until the write ends. Fault: NotFound.
	Held(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error)
	// Until is the instant until which any of the organizations may hand in, inside a write. Fault: NotFound.
	Until(ctx context.Context, tx *tenants.Tx, id ids.Call, organizations []ids.Organization) (time.Time, error)
}

// Organizations tells of organizations, all in one query. The organizations module satisfies it.
type Organizations interface {
	Applicants(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Organization]Applicant, error)
	// Asked is Applicants as a question, which goes with others in one message.
	Asked(organizations []ids.Organization, found map[ids.Organization]Applicant) tenants.Question
	ApplicantsIn(ctx context.Context, tx *tenants.Tx, organizations []ids.Organization) (map[ids.Organization]Applicant, error)
	// Known is what an organization's profile answers, by the keys of the built-in form's questions.
	Known(ctx context.Context, tx *tenants.Tx, organization ids.Organization) (forms.Answers, error)
	// KnownOf is what is known of organizations and what eligibility rules may look at, by the keys of blueprints.Facts.
	KnownOf(ctx context.Context, db reader, organizations []ids.Organization) (map[ids.Organization]forms.Answers, error)
	// ProfilesOf is what hidden questions take along of organizations, all in one query.
	ProfilesOf(ctx context.Context, db reader, organizations []ids.Organization) (map[ids.Organization]forms.Profile, error)
	// Alike are organizations of the network's directory that are called like what somebody typed, for an actor who may see it.
	Alike(ctx context.Context, sc tenants.Scope, typed string) ([]forms.Candidate, error)
	// All lists every organization of the network.
	All(ctx context.Context, sc tenants.Scope) ([]Applicant, error)
}

// People tells what people are called. The accounts module satisfies it.
type People interface {
	Names(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]string, error)
}

// Standing is what binds somebody of the network's side to an application.
type Standing struct {
	Assigned   bool // given it to review
	Conflicted bool // has a conflict of interest in it
}

// Standings tells how the actor stands to applications, all in one query. The selection module satisfies it.
type Standings interface {
	Standings(ctx context.Context, sc tenants.Scope, applications []ids.Application) (map[ids.Application]Standing, error)
	// Conflicted lists the applications in which the actor has a conflict of interest.
	Conflicted(ctx context.Context, sc tenants.Scope) ([]ids.Application, error)
	// Barred lists who has a conflict of interest in each of the applications, in one query.
	Barred(ctx context.Context, db reader, applications ...ids.Application) (map[ids.Application][]ids.Person, error)
	// Departed are the organizations that have dropped out of the place which was offered to an application, or given their seat in it
	// to another, in one query.
	Departed(ctx context.Context, db reader, application ids.Application) ([]ids.Organization, error)
	// WaitingUntil is when the waiting lists of calls end, of those whose decisions were released, in one query.
	WaitingUntil(ctx context.Context, db reader, calls ...ids.Call) (map[ids.Call]time.Time, error)
}

// Documents tells of uploaded documents, all in one query. The documents module satisfies it.
type Documents interface {
	Documents(ctx context.Context, sc tenants.Scope, documents []ids.Document) (map[ids.Document]forms.Document, error)
	// Given are those of the documents that were given in the sheets, for an actor who may read the documents of these.
	Given(ctx context.Context, sc tenants.Scope, sheets []ids.Sheet, documents []ids.Document) (map[ids.Document]forms.Document, error)
	// Fit tells which of the documents, by the sheets whose answers name them, may be handed in: they were given there, have
	// arrived and were not refused.
	Fit(ctx context.Context, db reader, given map[ids.Sheet][]ids.Document) (map[ids.Document]bool, error)
}

// Letters gives what the network's letters have told the leads of an application's organizations: decisions, and what the
// check of eligibility found; the oldest first, nothing that has not left. The correspondence module satisfies it.
type Letters interface {
	Letters(ctx context.Context, sc tenants.Scope, id ids.Application) ([]Letter, error)
}

// Partnerships tells what has become of accepted applications. The partnerships module satisfies it.
type Partnerships interface {
	// Over are those of the applications whose partnership is completed or has ended early, in one query.
	Over(ctx context.Context, db reader, applications ...ids.Application) (map[ids.Application]bool, error)
	// Ends are the instants at which they were; of a partnership that lasts it is the zero time, and an application of which none
	// came is not there.
	Ends(ctx context.Context, db reader, applications ...ids.Application) (map[ids.Application]time.Time, error)
}

// Issued is what a paper is.
type Issued struct {
	Kind        string // receipt, dossier or letter
	Application ids.Application
	About       time.Time // the handing in or the letter of which it tells
	Locale      i18n.Locale
}

// Press issues papers that anybody can check. The papers module satisfies it.
type Press interface {
	// Issue gives the file that draw makes with the paper's mark. The same paper is issued once. Draw makes equal bytes of
	// equal marks.
	Issue(ctx context.Context, sc tenants.Scope, i Issued, draw func(pdf.Mark) ([]byte, error)) ([]byte, error)
}

// Around are the modules that this one asks.
type Around struct {
	Calls         Calls
	Organizations Organizations
	People        People
	Standings     Standings
	Documents     Documents
	Facts         Facts
	Letters       Letters
	Partnerships  Partnerships
}
