package selection

import (
	"context"
	"slices"
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Call is what this module must know of a published call. Its rules and places do not change any more; of its criteria only
// words do once a review was begun, and weights where the call says so.
type Call struct {
	ID       ids.Call
	Title    i18n.Text
	Locales  []i18n.Locale
	Zone     string
	Places   int
	Grant    forms.Money            // of each place; zero: none
	Quotas   []blueprints.Quota     // of those that are selected
	Criteria []blueprints.Criterion // those that weigh something
	Review   blueprints.Review
}

// Name is the call's title in the reader's language.
func (c *Call) Name(l i18n.Locale) string { return c.Title.String(l, c.Locales...) }

// Calls tells of published calls. The programs module satisfies it.
type Calls interface {
	// Call is a published call. Fault: NotFound.
	Call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error)
	// Within is Call as it stands in a transaction. Fault: NotFound.
	Within(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error)
	// Letters are the words of a published call's letters, by their keys. Fault: NotFound.
	Letters(ctx context.Context, tx *tenants.Tx, id ids.Call) (map[string]blueprints.Letter, error)
	// Published lists the calls that were published, the newest first.
	Published(ctx context.Context, sc tenants.Scope) ([]Call, error)
}

// Applicant is an organization that applies.
type Applicant struct {
	ID      ids.Organization
	Name    string
	City    string     // where it sat when the application was handed in, or when it was asked to take a seat; so do the next three
	Place   int        // GeoNames' number of the town, where it was chosen from the gazetteer
	Country string     // ISO 3166-1 alpha-2
	Region  geo.Region // where in its country, told where the call has a quota of regions; empty: that is not known
	Kind    string     // its legal form
	First   bool       // it was in no partnership of the network before the application was handed in; told where the call has a quota of it
	Seat    string     // its key in the call's composition
	Came    bool       // it has taken the seat of another since the application was handed in
}

// Application is what this module must know of an application that passed the check.
type Application struct {
	ID            ids.Application
	Call          ids.Call
	Number        string
	Organizations []Applicant // in the order of their seats
	Topics        []string    // what its organizations say its topic is, where the call has quotas of topics
	Undecided     bool        // it can still be reviewed and decided
	Leaning       Leaning     // only where it was asked for
	Veiled        bool        // the reader is not to know who applies: there are no organizations in it

	Left []ids.Organization // it was applied with, and has given its seat to another; only where who holds the place was asked for
}

// Name are the organizations that apply.
func (a *Application) Name() string {
	names := make([]string, len(a.Organizations))
	for i, o := range a.Organizations {
		names[i] = o.Name
	}
	return strings.Join(names, " + ")
}

func organizationsOf(a Application) []ids.Organization {
	all := make([]ids.Organization, len(a.Organizations))
	for i, o := range a.Organizations {
		all[i] = o.ID
	}
	return all
}

// applies reports whether an organization has a seat in the application.
func (a *Application) applies(organization ids.Organization) bool {
	return slices.ContainsFunc(a.Organizations, func(o Applicant) bool { return o.ID == organization })
}

// Applications tells of applications that passed the check, unless it says otherwise, each in a fixed number of queries. The applications module
// satisfies it.
type Applications interface {
	// InSelection lists those of a call that were not withdrawn, by number, with what the call's quotas count by.
	InSelection(ctx context.Context, sc tenants.Scope, call Call) ([]Application, error)
	// HandedIn lists all of a call that were handed in and not withdrawn, by number, whether they passed the check or not.
	HandedIn(ctx context.Context, sc tenants.Scope, call ids.Call) ([]Application, error)
	// Leanings tells of those of InSelection which topics they name and in which language they are written.
	Leanings(ctx context.Context, sc tenants.Scope, call ids.Call) (map[ids.Application]Leaning, error)
	// Those finds some of any calls that were not withdrawn.
	Those(ctx context.Context, sc tenants.Scope, applications []ids.Application) (map[ids.Application]Application, error)
	// Unanswered lists all of which it is not settled what becomes of them, whether they passed the check or not: handed in, not
	// withdrawn, and neither rejected nor accepted nor given back. With some, those among them.
	Unanswered(ctx context.Context, sc tenants.Scope, some ...ids.Application) ([]Application, error)
	// Ever finds some that were handed in once, whatever became of them.
	Ever(ctx context.Context, sc tenants.Scope, applications []ids.Application) ([]Application, error)
	// Undecided lists all that can still be decided, without their organizations.
	Undecided(ctx context.Context, sc tenants.Scope) ([]Application, error)
	// Applicants tells of organizations that apply or did, whatever became of their applications.
	Applicants(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Organization]Applicant, error)
	// Of lists all in which one of the organizations has a seat.
	Of(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) ([]ids.Application, error)
	Courses
}

// Person is what this module shows of somebody.
type Person = reviewers.Person

// People tells who people are, all in one query. The accounts module satisfies it.
type People = reviewers.People

// Around are the modules that this one asks.
type Around struct {
	Calls        Calls
	Applications Applications
	People       People
	Reviewers    *reviewers.Service
	Ties         Ties
	Samples      Samples
	Papers       Papers
	Seats        Seats
}

// Service is what is done in a selection.
type Service struct {
	Around

	policies *policies.Authorizer
	catalog  *i18n.Catalog
}

// New makes the service. The catalog has the words of letters.
func New(p *policies.Authorizer, catalog *i18n.Catalog, around Around) *Service {
	return &Service{Around: around, policies: p, catalog: catalog}
}

func entry(action string, id ids.Application) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "application", SubjectID: id.String()}
}

// runEntry is about a run alone, so that it is read by those only who may see that run.
func runEntry(action string, id ids.Run) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "assignment_run", SubjectID: id.String()}
}

// may reports whether the actor may do the action to things that are nobody's in particular.
func (s *Service) may(sc tenants.Scope, action policies.Action) bool {
	return s.policies.May(sc, action, policies.On{}) == nil
}

// judging are the roles that can be tied to applications of others: by an assignment or by a conflict of interest.
var judging = []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleFinance, tenants.RoleReviewer, tenants.RoleChair}

// Standing is what binds the actor to an application.
type Standing struct {
	Assigned   bool // to review it, and declared that there is no conflict of interest
	Conflicted bool
}

// Standings tells how the actor stands to applications: one query, and one more for somebody who works for the network
// and belongs to an organization as well. Those who only belong to organizations stand in no way to any.
func (s *Service) Standings(ctx context.Context, sc tenants.Scope, applications []ids.Application) (map[ids.Application]Standing, error) {
	actor := sc.Actor()
	if !actor.Has(judging...) || len(applications) == 0 {
		return nil, nil
	}
	found, err := standings(ctx, sc, actor.Person, applications)
	if err != nil {
		return nil, err
	}
	if err := beyond(ctx, sc, found); err != nil {
		return nil, err
	}
	own, err := s.own(ctx, sc)
	for _, id := range own {
		if slices.Contains(applications, id) {
			found[id] = Standing{Assigned: found[id].Assigned, Conflicted: true}
		}
	}
	return found, err
}

// own are the applications of the actor's own organizations, and those in whose places these have taken a seat.
func (s *Service) own(ctx context.Context, sc tenants.Scope) ([]ids.Application, error) {
	mine := sc.Actor().OrganizationsAs()
	if len(mine) == 0 {
		return nil, nil
	}
	own, err := s.Applications.Of(ctx, sc, mine)
	if err != nil {
		return nil, err
	}
	came, _, err := cameTo(ctx, sc.Read(), mine)
	return append(own, came...), err
}

// Conflicted lists the applications that must not exist for the actor, because of a conflict of interest.
func (s *Service) Conflicted(ctx context.Context, sc tenants.Scope) ([]ids.Application, error) {
	actor := sc.Actor()
	if !actor.Has(judging...) {
		return nil, nil
	}
	found, err := conflictedFor(ctx, sc.Read(), actor.Person)
	if err != nil {
		return nil, err
	}
	own, err := s.own(ctx, sc)
	return append(found, own...), err
}

// ConcealedReviews lists ReviewsOf the calls in which there is one of Conflicted: mails about somebody's reviews there would tell of it.
func (s *Service) ConcealedReviews(ctx context.Context, sc tenants.Scope) ([]string, error) {
	found, err := s.Conflicted(ctx, sc)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	handed, err := s.Applications.Ever(ctx, sc, found)
	var hidden []string
	for _, a := range handed {
		if of := ReviewsOf(a.Call); !slices.Contains(hidden, of) {
			hidden = append(hidden, of)
		}
	}
	return hidden, err
}

// ConcealedRuns lists the automatic assignments of which the actor must not know, because they concern one of Conflicted.
func (s *Service) ConcealedRuns(ctx context.Context, sc tenants.Scope) ([]ids.Run, error) {
	found, err := s.Conflicted(ctx, sc)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return runsAbout(ctx, sc.Read(), found)
}

// admitted asks whether the actor may do that to an application. Fault: NotFound also for one that must not be known.
func (s *Service) admitted(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Application) error {
	all, err := s.Standings(ctx, sc, []ids.Application{id})
	if err != nil {
		return err
	}
	on := policies.On{Person: sc.Actor().Person, Assigned: all[id].Assigned, Conflicted: all[id].Conflicted}
	if err := s.policies.May(sc, action, on); err != nil {
		return err
	}
	if on.Conflicted {
		return fault.NotFound()
	}
	return nil
}

// permitted finds one application and asks whether the actor may do that to it. One that is not there is refused like
// one that must not be known.
func (s *Service) permitted(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Application) (Application, error) {
	if err := s.admitted(ctx, sc, action, id); err != nil {
		return Application{}, err
	}
	return s.passed(ctx, sc, id)
}

// permittedEarly is permitted from the moment on when the application was handed in, for those who then see who applies.
func (s *Service) permittedEarly(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Application) (Application, error) {
	if err := s.admitted(ctx, sc, action, id); err != nil {
		return Application{}, err
	}
	a, err := s.passed(ctx, sc, id)
	if !fault.Is(err, fault.KindNotFound) || !sc.Actor().Has(reviewers.Namers...) {
		return a, err
	}
	early, err := s.Applications.Unanswered(ctx, sc, id)
	if err == nil && len(early) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Application{}, err
	}
	return early[0], nil
}

func (s *Service) passed(ctx context.Context, sc tenants.Scope, id ids.Application) (Application, error) {
	those, err := s.Applications.Those(ctx, sc, []ids.Application{id})
	if err != nil {
		return Application{}, err
	}
	a, ok := those[id]
	if !ok {
		return Application{}, fault.NotFound()
	}
	return a, nil
}

// field is a call with the applications of its selection that the actor may know of. Whatever is counted, averaged or
// put into bands is made of these, so that nothing is missing where one is left out.
type field struct {
	Call         Call
	Applications []Application
	Hidden       int // how many the actor must not know of; never shown

	without []ids.Application // of which the actor must not know, in any call
}

func (s *Service) field(ctx context.Context, sc tenants.Scope, call ids.Call) (field, error) {
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return field{}, err
	}
	return s.known(ctx, sc, c)
}

// known is field of a call that is known already; without its quotas and its review, what these go by is not looked up.
func (s *Service) known(ctx context.Context, sc tenants.Scope, c Call) (field, error) {
	all, err := s.Applications.InSelection(ctx, sc, c)
	if err != nil {
		return field{}, err
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return field{}, err
	}
	f := field{Call: c, without: without}
	f.Applications = slices.DeleteFunc(all, func(a Application) bool { return slices.Contains(without, a.ID) })
	f.Hidden = len(all) - len(f.Applications)
	return f, nil
}

func (f *field) application(id ids.Application) (Application, bool) {
	i := slices.IndexFunc(f.Applications, func(a Application) bool { return a.ID == id })
	if i < 0 {
		return Application{}, false
	}
	return f.Applications[i], true
}

// byApplication groups reviews. Those that stand together already, as lists of them do, are not copied.
func byApplication(reviews []Review) map[ids.Application][]Review {
	grouped := make(map[ids.Application][]Review, len(reviews))
	for from := 0; from < len(reviews); {
		id, to := reviews[from].Application, from+1
		for to < len(reviews) && reviews[to].Application == id {
			to++
		}
		if grouped[id] == nil {
			grouped[id] = reviews[from:to:to]
		} else {
			grouped[id] = append(grouped[id], reviews[from:to]...)
		}
		from = to
	}
	return grouped
}
