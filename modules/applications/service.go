package applications

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	Now     time.Time
	Choices []Choice
}

// Choice is one organization that may begin.
type Choice struct {
	Organization Applicant
	Until        time.Time // until when it may hand in
	Seats        []blueprints.Seat
	Has          ids.Application
}

// Beginning shows which of the organizations that the actor leads may apply to a call. Everybody signed in may see their
// own. Fault: NotFound.
func (s *Service) Beginning(ctx context.Context, sc tenants.Scope, id ids.Call) (Beginning, error) {
	if err := s.policies.May(sc, policies.ApplicationJoin, policies.On{}); err != nil {
		return Beginning{}, err
	}
	mine := sc.Actor().OrganizationsAs(tenants.RoleLead)
	call, err := s.call(ctx, sc, id)
	if err != nil {
		return Beginning{}, err
	}
	b := Beginning{Call: call, Now: time.Now()}
	late, err := s.Calls.Late(ctx, sc, mine)
	if err != nil {
		return b, err
	}
	applicants, err := s.Organizations.Applicants(ctx, sc, mine)
	if err != nil {
		return b, err
	}
	has, err := ofCall(ctx, sc.Read(), id, mine)
	if err != nil {
		return b, err
	}
	for _, organization := range mine {
		b.Choices = append(b.Choices, Choice{
			Organization: applicants[organization], Until: call.until(late[id], []ids.Organization{organization}), Has: has[organization],
			Seats: firstOfLine(OpenSeats(call.Composition, nil, applicants[organization])),
		})
	}
	return b, nil
}

func (s *Service) call(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error) {
	found, err := s.Calls.Calls(ctx, sc, []ids.Call{id})
	if err != nil {
		return Call{}, err
	}
	call, ok := found[id]
	if !ok {
		return Call{}, fault.NotFound()
	}
	return call, nil
}

// Begin begins an application, or gives the one that the organization has in the call already. Its lead may. Faults:
// Invalid where the seat does not fit, TooLate, Conflict before the call opens, NotFound.
func (s *Service) Begin(ctx context.Context, sc tenants.Scope, call ids.Call, organization ids.Organization, seat string) (ids.Application, error) {
	if err := s.policies.May(sc, policies.ApplicationStart, policies.On{Organizations: []ids.Organization{organization}}); err != nil {
		return ids.Application{}, err
	}
	id := ids.New[ids.Application]()
	err := sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := alone(ctx, tx, call, organization); err != nil {
			return err
		}
		has, err := ofCall(ctx, tx, call, []ids.Organization{organization})
		if err != nil {
			return err
		}
		if known, ok := has[organization]; ok {
			id = known
			return nil
		}
		c, err := s.Calls.Held(ctx, tx, call)
		if err != nil {
			return err
		}
		now, err := s.mayBegin(ctx, tx, c, organization)
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
		if err := s.takeAlong(ctx, tx, a); err != nil {
			return err
		}
		tx.Audit(entry("application.begun", id))
		return insert(ctx, tx, &a, i18n.SearchKey(applicants[organization].Name))
	})
	return id, err
}

// firstOfLine leaves one of the seats that several may take: whoever begins takes the first.
func firstOfLine(open []blueprints.Seat) []blueprints.Seat {
	var first []blueprints.Seat
	for _, s := range open {
		if s.Line == "" || !slices.ContainsFunc(first, func(other blueprints.Seat) bool { return other.Line == s.Line }) {
			first = append(first, s)
		}
	}
	return first
}

func fits(open []blueprints.Seat, key string) bool {
	return slices.ContainsFunc(open, func(s blueprints.Seat) bool { return s.Key == key })
}

func (s *Service) mayBegin(ctx context.Context, tx *tenants.Tx, c Call, organization ids.Organization) (time.Time, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return now, err
	}
	until, err := s.Calls.Until(ctx, tx, c.ID, []ids.Organization{organization})
	switch {
	case err != nil:
		return now, err
	case now.Before(c.OpensAt):
		return now, fault.Conflict("applications.not_open")
	case !now.Before(until):
		return now, fault.TooLate("applications.late")
	default:
		return now, nil
	}
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

// reuse takes over what the organization wrote last, in an application that it has left or in its last one, and what its
// profile says.
func (s *Service) reuse(ctx context.Context, tx *tenants.Tx, organization ids.Organization, into ids.Sheet) error {
	before, err := lastSheets(ctx, tx, organization)
	if err != nil {
		return err
	}
	for _, sheet := range before {
		if _, err := s.forms.Reuse(ctx, tx, sheet, into); err != nil {
			return err
		}
	}
	known, err := s.Organizations.Known(ctx, tx, organization)
	if err != nil {
		return err
	}
	return s.forms.Suggest(ctx, tx, into, known)
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

// Overview is an application with its call, its organizations, and the instant until which they may hand in.
type Overview struct {
	Application
	Call          Call
	Until         time.Time
	Organizations map[ids.Organization]Applicant
}

// Name are the organizations that apply, in the order of their seats.
func (o *Overview) Name() string {
	var names []string
	for _, id := range o.Application.Organizations() {
		names = append(names, o.Organizations[id].Name)
	}
	return strings.Join(names, " + ")
}

// overviews asks for everything around applications, in as many queries for one as for many. Calls that are known already
// are not asked for.
func (s *Service) overviews(ctx context.Context, sc tenants.Scope, all []Application, known ...Call) ([]Overview, error) {
	var organizations []ids.Organization
	var wanted []ids.Call
	for i := range all {
		organizations = append(organizations, all[i].Organizations()...)
		same := func(c Call) bool { return c.ID == all[i].Call }
		if !slices.Contains(wanted, all[i].Call) && !slices.ContainsFunc(known, same) {
			wanted = append(wanted, all[i].Call)
		}
	}
	found := make([]Overview, len(all))
	if len(all) == 0 {
		return found, nil
	}
	calls, err := s.Calls.Calls(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	for _, c := range known {
		calls[c.ID] = c
	}
	applicants, late := map[ids.Organization]Applicant{}, map[ids.Call]map[ids.Organization]time.Time{}
	if err := sc.Ask(ctx, s.Organizations.Asked(organizations, applicants), s.Calls.AskedLate(organizations, late)); err != nil {
		return nil, fmt.Errorf("applications: read what is around: %w", err)
	}
	for i, a := range all {
		call := calls[a.Call]
		found[i] = Overview{Application: a, Call: call, Until: call.until(late[a.Call], a.Organizations()), Organizations: applicants}
	}
	return found, nil
}

// Overview is one application for its own people. Fault: NotFound.
func (s *Service) Overview(ctx context.Context, sc tenants.Scope, id ids.Application) (Overview, error) {
	if err := s.policies.May(sc, policies.ApplicationMine, policies.On{}); err != nil {
		return Overview{}, err
	}
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
	return all[0], nil
}

// own authorizes for the people of the application's organizations, and for nobody of the network's side.
func (s *Service) own(sc tenants.Scope, action policies.Action, a *Application) error {
	return s.ownAs(sc, action, a.Organizations()...)
}

func (s *Service) ownAs(sc tenants.Scope, action policies.Action, organizations ...ids.Organization) error {
	mine := sc.Actor().OrganizationsAs()
	if sc.Actor().System == "" && !slices.ContainsFunc(organizations, func(o ids.Organization) bool { return slices.Contains(mine, o) }) {
		return fault.NotFound()
	}
	return s.policies.May(sc, action, policies.On{Organizations: organizations})
}

// Leads reports whether the actor speaks for the organization that began the application: it invites, removes and hands
// in.
func (s *Service) Leads(sc tenants.Scope, a *Application) bool {
	return s.ownAs(sc, policies.ApplicationSubmit, a.Organization) == nil
}

// SpeaksFor reports whether the actor confirms and leaves for the part's organization.
func (s *Service) SpeaksFor(sc tenants.Scope, p *Part) bool {
	return s.ownAs(sc, policies.ApplicationConfirm, p.Organization) == nil
}

// mineOf are the parts that the actor fills: one, but for people of several organizations of the same application.
func mineOf(sc tenants.Scope, a *Application) []*Part {
	var mine []*Part
	belongs := sc.Actor().OrganizationsAs()
	for i := range a.Parts {
		if p := &a.Parts[i]; !p.Organization.IsZero() && slices.Contains(belongs, p.Organization) {
			mine = append(mine, p)
		}
	}
	return mine
}

// mineAt is the actor's part of that seat, or their first one where none is named. Fault: NotFound.
func mineAt(sc tenants.Scope, a *Application, seat string) (*Part, error) {
	for _, p := range mineOf(sc, a) {
		if seat == "" || p.Seat == seat {
			return p, nil
		}
	}
	return nil, fault.NotFound()
}
