package applications

import (
	"context"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Call is what this module must know of a call.
type Call struct {
	ID          ids.Call
	Title       i18n.Text
	Locales     []i18n.Locale
	Zone        string
	ClosesAt    time.Time
	Open        bool // published, begun and not closed by hand; the deadline is asked for apart
	FormVersion ids.FormVersion
	Composition blueprints.Composition
	Eligibility []blueprints.Reason
	PapersHours int
	Letters     map[string]blueprints.Letter
}

// Name is the call's title in the reader's language.
func (c *Call) Name(l i18n.Locale) string { return c.Title.String(l, c.Locales...) }

// Calls tells of calls. The programs module satisfies it.
type Calls interface {
	// Call is a published call. Fault: NotFound.
	Call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error)
	// CallIn is Call inside a write; the call cannot change until the write ends.
	CallIn(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error)
	// UntilIn is the instant until which any of the organizations may hand in.
	UntilIn(ctx context.Context, tx *tenants.Tx, id ids.Call, organizations []ids.Organization) (time.Time, error)
	// Until is UntilIn for pages.
	Until(ctx context.Context, sc tenants.Scope, id ids.Call, organizations []ids.Organization) (time.Time, error)
	// Published lists the calls that were published, the newest first.
	Published(ctx context.Context, sc tenants.Scope) ([]Call, error)
}

// Organizations tells of organizations, all in one query. The organizations module satisfies it.
type Organizations interface {
	Applicants(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Organization]Applicant, error)
	ApplicantsIn(ctx context.Context, tx *tenants.Tx, organizations []ids.Organization) (map[ids.Organization]Applicant, error)
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
}

// Documents tells of uploaded documents, all in one query. The documents module satisfies it.
type Documents interface {
	Documents(ctx context.Context, sc tenants.Scope, documents []ids.Document) (map[ids.Document]forms.Document, error)
}

// Around are the modules that this one asks.
type Around struct {
	Calls         Calls
	Organizations Organizations
	People        People
	Standings     Standings
	Documents     Documents
}

// Service is what is done with applications, in the order in which one lives.
type Service struct {
	Around

	policies *policies.Authorizer
	forms    *forms.Service
}

// New makes the service.
func New(p *policies.Authorizer, f *forms.Service, around Around) *Service {
	return &Service{Around: around, policies: p, forms: f}
}

func entry(action string, id ids.Application) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "application", SubjectID: id.String()}
}

// Beginning is what somebody needs to begin: the call, and for each of their organizations the seats that it may take,
// or the application that it has already.
type Beginning struct {
	Call    Call
	Until   time.Time
	Choices []Choice
}

// Choice is one organization that may begin.
type Choice struct {
	Organization Applicant
	Seats        []blueprints.Seat
	Has          ids.Application
}

// Beginning shows who of the actor's organizations may apply to a call. Leads may. Fault: NotFound.
func (s *Service) Beginning(ctx context.Context, sc tenants.Scope, id ids.Call) (Beginning, error) {
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead)
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return Beginning{}, err
	}
	call, err := s.Calls.Call(ctx, sc, id)
	if err != nil {
		return Beginning{}, err
	}
	b := Beginning{Call: call}
	if b.Until, err = s.Calls.Until(ctx, sc, id, mine); err != nil {
		return b, err
	}
	applicants, err := s.Organizations.Applicants(ctx, sc, mine)
	if err != nil {
		return b, err
	}
	for _, organization := range mine {
		choice := Choice{Organization: applicants[organization]}
		if choice.Has, _, err = ofCall(ctx, sc.Read(), id, organization); err != nil {
			return b, err
		}
		choice.Seats = OpenSeats(call.Composition, nil, choice.Organization)
		b.Choices = append(b.Choices, choice)
	}
	return b, nil
}

// Begin begins an application, or gives the one that the organization has in the call already. Its lead may. Faults:
// Invalid where the seat does not fit, TooLate, Conflict before the call opens, NotFound.
func (s *Service) Begin(ctx context.Context, sc tenants.Scope, call ids.Call, organization ids.Organization, seat string) (ids.Application, error) {
	if err := s.policies.May(sc, policies.ApplicationStart, policies.On{Organizations: []ids.Organization{organization}}); err != nil {
		return ids.Application{}, err
	}
	id := ids.New[ids.Application]()
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		c, err := s.Calls.CallIn(ctx, tx, call)
		if err != nil {
			return err
		}
		if has, found, err := ofCall(ctx, tx, call, organization); err != nil || found {
			id = has
			return err
		}
		now, err := s.mayStillWrite(ctx, tx, c, organization)
		if err != nil {
			return err
		}
		applicants, err := s.Organizations.ApplicantsIn(ctx, tx, []ids.Organization{organization})
		if err != nil {
			return err
		}
		if !fits(OpenSeats(c.Composition, nil, applicants[organization]), seat) {
			return fault.Invalid("fault.check_fields", fault.At("seat", "applications.seat_unfit"))
		}
		a := Application{ID: id, Call: call, Organization: organization, FormVersion: c.FormVersion, CreatedAt: now}
		if err := s.lay(ctx, tx, &a, c, seat); err != nil {
			return err
		}
		tx.Audit(entry("application.begun", id))
		return insert(ctx, tx, &a, i18n.SearchKey(applicants[organization].Name))
	})
	return id, err
}

func fits(open []blueprints.Seat, key string) bool {
	for _, seat := range open {
		if seat.Key == key {
			return true
		}
	}
	return false
}

func (s *Service) mayStillWrite(ctx context.Context, tx *tenants.Tx, c Call, organizations ...ids.Organization) (time.Time, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return now, err
	}
	until, err := s.Calls.UntilIn(ctx, tx, c.ID, organizations)
	if err != nil {
		return now, err
	}
	switch {
	case !now.Before(until):
		return now, fault.TooLate("applications.late")
	case !c.Open:
		return now, fault.Conflict("applications.not_open")
	}
	return now, nil
}

// lay makes an empty sheet for each seat and one for the joint part, and seats the organization.
func (s *Service) lay(ctx context.Context, tx *tenants.Tx, a *Application, c Call, seat string) error {
	joint, err := s.forms.NewSheet(ctx, tx, c.FormVersion, forms.ScopeJoint)
	if err != nil {
		return err
	}
	a.Joint = joint.ID
	for _, one := range c.Composition.Seats {
		sheet, err := s.forms.NewSheet(ctx, tx, c.FormVersion, forms.ScopePart)
		if err != nil {
			return err
		}
		p := Part{ID: ids.New[ids.Part](), Application: a.ID, Seat: one.Key, Sheet: sheet.ID}
		if one.Key == seat {
			p.Organization = a.Organization
			if err := s.reuse(ctx, tx, a.Organization, sheet.ID); err != nil {
				return err
			}
		}
		a.Parts = append(a.Parts, p)
	}
	return nil
}

// reuse takes over what the organization answered in its last application.
func (s *Service) reuse(ctx context.Context, tx *tenants.Tx, organization ids.Organization, into ids.Sheet) error {
	before, err := ofOrganizations(ctx, tx, []ids.Organization{organization})
	if err != nil || len(before) == 0 {
		return err
	}
	if p := before[0].Part(organization); p != nil {
		_, err = s.forms.Reuse(ctx, tx, p.Sheet, into)
	}
	return err
}

// Mine lists the applications of the actor's organizations, the newest first, with their calls. Their people may.
func (s *Service) Mine(ctx context.Context, sc tenants.Scope) ([]Overview, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return nil, err
	}
	all, err := ofOrganizations(ctx, sc.Read(), sc.Actor().OrganizationsAs())
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return s.overviews(ctx, sc, all)
}

// Overview is an application with its call and its organizations.
type Overview struct {
	Application
	Call          Call
	Until         time.Time
	Organizations map[ids.Organization]Applicant
}

// Name are the organizations that apply, in the order of their seats.
func (o *Overview) Name() string {
	name := ""
	for _, id := range o.Application.Organizations() {
		if name != "" {
			name += " + "
		}
		name += o.Organizations[id].Name
	}
	return name
}

func (s *Service) overviews(ctx context.Context, sc tenants.Scope, all []Application) ([]Overview, error) {
	var organizations []ids.Organization
	for i := range all {
		organizations = append(organizations, all[i].Organizations()...)
	}
	applicants, err := s.Organizations.Applicants(ctx, sc, organizations)
	if err != nil {
		return nil, err
	}
	calls := map[ids.Call]Call{}
	found := make([]Overview, len(all))
	for i, a := range all {
		call, known := calls[a.Call]
		if !known {
			if call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
				return nil, err
			}
			calls[a.Call] = call
		}
		found[i] = Overview{Application: a, Call: call, Until: call.ClosesAt, Organizations: applicants}
	}
	return found, nil
}

// Overview is one application for its own people. Fault: NotFound.
func (s *Service) Overview(ctx context.Context, sc tenants.Scope, id ids.Application) (Overview, error) {
	a, err := Find(ctx, sc.Read(), id)
	if err != nil {
		return Overview{}, err
	}
	if err := s.own(sc, policies.ApplicationRead, &a); err != nil {
		return Overview{}, err
	}
	all, err := s.overviews(ctx, sc, []Application{a})
	if err != nil {
		return Overview{}, err
	}
	all[0].Until, err = s.Calls.Until(ctx, sc, a.Call, a.Organizations())
	return all[0], err
}

// own authorizes for the people of the application's organizations, and for nobody of the network's side.
func (s *Service) own(sc tenants.Scope, action policies.Action, a *Application) error {
	if mineOf(sc, a) == nil && sc.Actor().System == "" {
		return fault.NotFound()
	}
	return s.policies.May(sc, action, policies.On{Organizations: a.Organizations()})
}

// mineOf is the part that the actor fills.
func mineOf(sc tenants.Scope, a *Application) *Part {
	for _, organization := range sc.Actor().OrganizationsAs() {
		if p := a.Part(organization); p != nil {
			return p
		}
	}
	return nil
}

// Withdraw takes the application back. The lead of any of its organizations may; it cannot be undone. Faults: Conflict
// when it is over, NotFound.
func (s *Service) Withdraw(ctx context.Context, sc tenants.Scope, id ids.Application) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		a, err := locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.own(sc, policies.ApplicationWithdraw, &a); err != nil {
			return err
		}
		before := a.State
		after, ok := before.After(Withdraw)
		if !ok {
			return fault.Conflict("applications.over")
		}
		a.State = after
		tx.Audit(entry("application.withdrawn", id))
		s.tellWithdrawn(tx, &a, before)
		return advance(ctx, tx, &a, before)
	})
}
