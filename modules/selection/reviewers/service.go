package reviewers

import (
	"context"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Call is what this room must know of a published call.
type Call struct {
	ID        ids.Call
	Title     i18n.Text
	Locales   []i18n.Locale
	Zone      string
	Reviews   int  // of each application, that its rules ask for
	Anonymous bool // its reviewers are not to know who applies
}

// Name is the call's title in the reader's language.
func (c *Call) Name(l i18n.Locale) string { return c.Title.String(l, c.Locales...) }

func zone(c Call) *time.Location { return i18n.Zone(c.Zone) }

// Calls tells of published calls. The programs module satisfies it.
type Calls interface {
	// Call is a published call. Fault: NotFound.
	Call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error)
	// Within is Call as it stands in a transaction. Fault: NotFound.
	Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error)
	// Published lists the calls that were published, the newest first.
	Published(ctx context.Context, sc tenants.Scope) ([]Call, error)
}

// Person is what is shown of somebody.
type Person struct {
	Name  string
	Email string
}

// People tells who people are, all in one query. The accounts module satisfies it.
type People interface {
	Persons(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]Person, error)
}

// Work is what somebody has done with the reviews that they were given, of all calls.
type Work struct {
	Owed       int // now
	Assigned   int // ever, but for those that the officers took back
	Submitted  int
	InTime     int     // of those that are submitted
	MedianDays float64 // from the assignment to the submission
	Recused    int
	HandedBack int
}

// Selection tells of what is reviewed. The selection module satisfies it.
type Selection interface {
	// Work is that of everybody; reviews of applications in which the actor has a conflict of interest are counted nowhere.
	Work(ctx context.Context, sc tenants.Scope) (map[ids.Person]Work, error)
	// Reviewable is how many applications of a call there are to review that the actor may know of, and whether its decisions are open.
	Reviewable(ctx context.Context, sc tenants.Scope, call ids.Call) (applications int, open bool, err error)
	// Open reports whether the decisions of a call are open, as that stands in a transaction.
	Open(ctx context.Context, tx *tenants.Tx, call ids.Call) (bool, error)
	// TakeBack hands back what somebody owes who reviews no more, from an instant on: of the call, or of all calls.
	TakeBack(ctx context.Context, tx *tenants.Tx, person ids.Person, call ids.Call, all bool, at time.Time) error
}

// Around are the modules that this one asks.
type Around struct {
	Calls     Calls
	People    People
	Newcomers Newcomers
	Selection Selection
}

// Service is what is done about those who review.
type Service struct {
	Around

	policies *policies.Authorizer
	catalog  *i18n.Catalog
}

// New makes the service. The catalog has the words of invitations.
func New(p *policies.Authorizer, catalog *i18n.Catalog, around Around) *Service {
	return &Service{Around: around, policies: p, catalog: catalog}
}
