package partnerships

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Applications tells what an application brings. The applications module satisfies it.
type Applications interface {
	Joint(ctx context.Context, sc tenants.Scope, application ids.Application) (Joint, error)
	// Won reports whether all of the applications have taken their places. None of them moves until the transaction ends.
	Won(ctx context.Context, tx *tenants.Tx, among []ids.Application) (bool, error)
}

// Places tells who is about to have another seat in a call. The selection module satisfies it.
type Places interface {
	// Occupied are the organizations that hold a place in a call, wait for one or may still get one, by application and as far as the actor
	// may know of that; also those whose place is a partnership by now, but not those who have won one alone and look for partners.
	Occupied(ctx context.Context, sc tenants.Scope, call ids.Call) (map[ids.Application][]ids.Organization, error)
	// Occupying are the applications by which one does, and apart from them those of places that it has won alone and for which it looks
	// for partners. Who holds a place of the call stays as it is until the transaction ends.
	Occupying(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) (held, alone []ids.Application, err error)
}

// Calls tells what a call promised and who may take part. The programs module satisfies it.
type Calls interface {
	Promise(ctx context.Context, sc tenants.Scope, call ids.Call) (Call, error)
	// Seatable lists the network's organizations that a call lets take the seat.
	Seatable(ctx context.Context, sc tenants.Scope, call ids.Call, seat string) (map[ids.Organization]Organization, error)
}

// Organizations tells of organizations, all in one query. The organizations module satisfies it.
type Organizations interface {
	Cards(ctx context.Context, sc tenants.Scope, organizations []ids.Organization) (map[ids.Organization]Organization, error)
}

// People tells who people are, all in one query. The accounts module satisfies it.
type People interface {
	Persons(ctx context.Context, sc tenants.Scope, persons []ids.Person) (map[ids.Person]Person, error)
}

// Service is what is done with partnerships.
type Service struct {
	tenants       *tenants.Tenants
	policies      *policies.Authorizer
	applications  Applications
	calls         Calls
	organizations Organizations
	people        People
	Needs         Needs // set before the service is used, as are Places
	Places        Places
}

// New makes the service.
func New(t *tenants.Tenants, p *policies.Authorizer, applications Applications, calls Calls, organizations Organizations, people People) *Service {
	return &Service{tenants: t, policies: p, applications: applications, calls: calls, organizations: organizations, people: people}
}

// RegisterJobs registers what the queue does in every network.
func (s *Service) RegisterJobs(t *tenants.Tenants) { t.HandleEverywhere(ShowJob, s.cross) }

// Reactions registers what happens here when something happened elsewhere.
func (s *Service) Reactions(r *tenants.Registry) {
	tenants.HandleJob(r, lapseReplacementJob, s.LapseReplacement)
	tenants.HandleJob(r, runJob, s.Compute)
	tenants.React(r, "partnerships.found", func(ctx context.Context, sc tenants.Scope, e events.PlaceAccepted) error {
		if e.Conditional {
			return nil
		}
		return s.Found(ctx, sc, e)
	})
	tenants.React(r, "partnerships.found_confirmed", func(ctx context.Context, sc tenants.Scope, e events.PlaceConfirmed) error {
		return s.Found(ctx, sc, events.PlaceAccepted{Application: e.Application, Call: e.Call})
	})
	tenants.React(r, "partnerships.found_together", s.FoundTogether)
	tenants.React(r, "partnerships.departed", s.Depart)
	tenants.React(r, "partnerships.presented", crossing[events.PartnershipPresented](s))
	tenants.React(r, "partnerships.moved", crossing[events.PartnershipMoved](s))
}

const (
	maxReason = 1000
	subject   = "partnership"
)

func address(id ids.Partnership) string { return "/partnerships/" + id.String() }

// Found makes the partnership of an application whose place was accepted, and tells the leads of its organizations. Only
// the system may. Told twice, it makes one. An application of a single organization founds nothing: it looks for a
// partner first.
func (s *Service) Found(ctx context.Context, sc tenants.Scope, e events.PlaceAccepted) error {
	if err := s.policies.May(sc, policies.PartnershipManage, policies.On{}); err != nil {
		return err
	}
	joint, err := s.applications.Joint(ctx, sc, e.Application)
	if err != nil || len(joint.Seats) < 2 {
		return err
	}
	call, err := s.calls.Promise(ctx, sc, e.Call)
	if err != nil {
		return err
	}
	p := Partnership{
		ID: ids.New[ids.Partnership](), Application: e.Application, Call: e.Call, Number: joint.Number, Title: joint.Title, CallTitle: call.Title,
		GrantMinor: call.GrantMinor, GrantCurrency: call.GrantCurrency, State: Accepted, Seats: joint.Seats,
	}
	cards, err := s.organizations.Cards(ctx, sc, p.Organizations())
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := holdFounding(ctx, tx); err != nil {
			return err
		}
		made, err := insert(ctx, tx, &p, searchKey(&p, cards))
		if err != nil || !made {
			return err
		}
		if err := logChange(ctx, tx, p.ID, Change{State: p.State}); err != nil {
			return err
		}
		tx.Announce(events.PartnershipMoved{Partnership: p.ID})
		tx.Audit(audit.Entry{Action: "partnership.founded", SubjectKind: subject, SubjectID: p.ID.String(), Detail: map[string]any{"application": p.Application.String()}})
		return s.tell(ctx, tx, &p, cards, "founded", "")
	})
}

func searchKey(p *Partnership, cards map[ids.Organization]Organization) string {
	parts := []string{p.Number, p.Title}
	for _, id := range p.Organizations() {
		parts = append(parts, cards[id].Name)
	}
	return i18n.SearchKey(strings.Join(parts, " "))
}

// tell writes to the leads of all organizations what has become of their partnership, and puts a line under the bell of whoever
// accompanies it.
func (s *Service) tell(ctx context.Context, tx *tenants.Tx, p *Partnership, cards map[ids.Organization]Organization, what, reason string) error {
	leads, err := tenants.LeadsOf(ctx, tx, p.Organizations()...)
	if err != nil {
		return err
	}
	told := map[ids.Person]bool{}
	if !p.Facilitator.IsZero() {
		tx.Announce(events.NotificationRequested{Person: p.Facilitator, Key: "partnerships.notify." + what, Path: address(p.ID), Args: map[string]string{"Title": p.Title}})
	}
	for _, organization := range p.Organizations() {
		for _, lead := range leads[organization] {
			if told[lead] {
				continue
			}
			told[lead] = true
			args := map[string]string{
				"Title": p.Title, "Number": p.Number, "Organization": cards[organization].Name, "Partners": partners(p, cards, organization), "Reason": reason,
			}
			tx.Announce(events.MailRequested{
				Kind: "partnerships.mail." + what, Person: lead, Path: address(p.ID), Args: args, Texts: map[string]i18n.Text{"Call": p.CallTitle},
				AboutKind: subject, AboutID: p.ID.String(),
			})
			tx.Announce(events.NotificationRequested{Person: lead, Key: "partnerships.notify." + what, Path: address(p.ID), Args: map[string]string{"Title": p.Title}})
		}
	}
	return nil
}

// partners names the others of a partnership.
func partners(p *Partnership, cards map[ids.Organization]Organization, but ids.Organization) string {
	var names []string
	for _, id := range p.Organizations() {
		if id != but {
			names = append(names, cards[id].Name)
		}
	}
	return strings.Join(names, ", ")
}

// Listed is a partnership with what its organizations are called, and whoever accompanies it.
type Listed struct {
	Partnership

	Cards map[ids.Organization]Organization
	Guide Person // empty where that is not asked for, or nobody accompanies it
}

// List lists the network's partnerships and how many match. The network's officers may, and its finance officers.
func (s *Service) List(ctx context.Context, sc tenants.Scope, q Query) ([]Listed, int, error) {
	if err := s.policies.May(sc, policies.PartnershipList, policies.On{}); err != nil {
		return nil, 0, err
	}
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	n, err := count(ctx, sc.Read(), q)
	if err != nil {
		return nil, 0, err
	}
	listed, err := s.guided(ctx, sc, all)
	return listed, n, err
}

// Mine lists the partnerships of the actor's organizations and those that the actor accompanies, the newest first. Leads,
// participants and facilitators may.
func (s *Service) Mine(ctx context.Context, sc tenants.Scope) ([]Listed, error) {
	if err := s.policies.May(sc, policies.PartnershipMine, policies.On{}); err != nil {
		return nil, err
	}
	if !sc.Actor().Signed() {
		return nil, nil // the system has none
	}
	q := own(sc)
	if len(q.Organizations) == 0 && q.Facilitator.IsZero() {
		return nil, nil
	}
	all, err := list(ctx, sc.Read(), q)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, sc, all)
}

// recent is how long a new partnership is news.
const recent = 14 * 24 * time.Hour

// News lists what the actor should hear of: to coordinators the paused partnerships, to an organization's people and to whoever
// accompanies them the new ones. Without seats.
func (s *Service) News(ctx context.Context, sc tenants.Scope) ([]Partnership, error) {
	if s.policies.May(sc, policies.PartnershipManage, policies.On{}) == nil {
		return pick(ctx, sc.Read(), Query{State: Paused, Limit: 20})
	}
	if err := s.policies.May(sc, policies.PartnershipMine, policies.On{}); err != nil {
		return nil, nil //nolint:nilerr // to everybody else there is no news
	}
	q := own(sc)
	if len(q.Organizations) == 0 && q.Facilitator.IsZero() {
		return nil, nil
	}
	q.State, q.Newer, q.Limit = Accepted, recent, 20
	return pick(ctx, sc.Read(), q)
}

// own asks for the partnerships of the actor's organizations and, of a facilitator, for those that they accompany. Of somebody who has
// neither it asks for all.
func own(sc tenants.Scope) Query {
	q := Query{Organizations: sc.Actor().OrganizationsAs()}
	if sc.Actor().Has(tenants.RoleFacilitator) {
		q.Facilitator = sc.Actor().Person
	}
	return q
}

// guided is listed with whoever accompanies each of them.
func (s *Service) guided(ctx context.Context, sc tenants.Scope, all []Partnership) ([]Listed, error) {
	listed, err := s.listed(ctx, sc, all)
	if err != nil {
		return nil, err
	}
	var guides []ids.Person
	for i := range all {
		if !all[i].Facilitator.IsZero() {
			guides = append(guides, all[i].Facilitator)
		}
	}
	known, err := s.people.Persons(ctx, sc, guides)
	for i := range listed {
		listed[i].Guide = known[listed[i].Facilitator]
	}
	return listed, err
}

func (s *Service) listed(ctx context.Context, sc tenants.Scope, all []Partnership) ([]Listed, error) {
	var organizations []ids.Organization
	for i := range all {
		organizations = append(organizations, all[i].Organizations()...)
	}
	cards, err := s.organizations.Cards(ctx, sc, organizations)
	if err != nil {
		return nil, err
	}
	listed := make([]Listed, len(all))
	for i := range all {
		listed[i] = Listed{Partnership: all[i], Cards: cards}
	}
	return listed, nil
}

// Member is one of an organization's people in a partnership.
type Member struct {
	Person ids.Person
	Name   string
	Email  string
	Role   tenants.Role
}

// Whole is a partnership with everything that its page shows. Actors are the names of those who stand in the history.
type Whole struct {
	Listed

	Members      map[ids.Organization][]Member
	Steers       bool          // the actor may pause it, end it and replace its organizations
	Guides       bool          // the actor may say who accompanies it
	Conflict     ConflictKind  // of interest, that whoever accompanies it has come to have; for whoever Guides
	Ranks        bool          // who could take a seat can be ranked by what fits
	Accompanies  bool          // the actor does
	Replacements []Replacement // for whoever steers it, the newest first
	History      []Change
	Companions   []Facilitation // the newest first
	Actors       map[ids.Person]string
}

// Partnership shows one partnership with its people and its history. The people of its organizations may, whoever accompanies it,
// and the network's officers and finance officers. Why somebody accompanies it no more stands here for those who steer it alone; that
// person reads it in a mail, which the network's team can read in the outbox. Fault: NotFound.
func (s *Service) Partnership(ctx context.Context, sc tenants.Scope, id ids.Partnership) (Whole, error) {
	p, err := s.permitted(ctx, sc, policies.PartnershipRead, id)
	if err != nil {
		return Whole{}, err
	}
	listed, err := s.listed(ctx, sc, []Partnership{p})
	if err != nil {
		return Whole{}, err
	}
	w := Whole{Listed: listed[0], Steers: s.MaySteer(sc, &p), Ranks: sc.Tenant().Kind == tenants.KindNetwork, Members: map[ids.Organization][]Member{}, Actors: map[ids.Person]string{}}
	w.Accompanies = s.MayHandBack(sc, &p)
	if w.History, err = history(ctx, sc.Read(), id); err != nil {
		return Whole{}, err
	}
	if w.Companions, err = facilitations(ctx, sc.Read(), id); err != nil {
		return Whole{}, err
	}
	if w.Steers {
		partial, err := s.partialIn(ctx, sc, []Partnership{p})
		if err != nil {
			return Whole{}, err
		}
		if w.Guides = !partial[id]; w.Guides && !p.Facilitator.IsZero() && p.Going() {
			clashes, err := s.clashes(ctx, sc, []Partnership{p}, []ids.Person{p.Facilitator})
			if err != nil {
				return Whole{}, err
			}
			w.Conflict = clashes[pair{id, p.Facilitator}]
		}
		if w.Replacements, err = s.replacementsOf(ctx, sc, &w); err != nil {
			return Whole{}, err
		}
	}
	held, err := tenants.MembersOf(ctx, sc.Read(), p.Organizations()...)
	if err != nil {
		return Whole{}, err
	}
	var persons []ids.Person
	for _, h := range held {
		persons = append(persons, h.Person)
	}
	for _, c := range w.History {
		if !c.By.IsZero() {
			persons = append(persons, c.By)
		}
	}
	for i := range w.Companions {
		c := &w.Companions[i]
		persons = append(persons, c.Person)
		if !w.Steers && c.Person != sc.Actor().Person {
			c.Reason, c.EndingReason = "", ""
		}
	}
	known, err := s.people.Persons(ctx, sc, persons)
	if err != nil {
		return Whole{}, err
	}
	w.Guide = known[p.Facilitator]
	for _, c := range w.Companions {
		w.Actors[c.Person] = known[c.Person].Name
	}
	for _, h := range held {
		w.Members[h.Organization] = append(w.Members[h.Organization], Member{Person: h.Person, Name: known[h.Person].Name, Email: known[h.Person].Email, Role: h.Role})
	}
	for _, c := range w.History {
		w.Actors[c.By] = known[c.By].Name
	}
	return w, nil
}

// permitted finds a partnership and asks whether the actor may do that to it. One that does not exist is refused like
// one of strangers.
func (s *Service) permitted(ctx context.Context, sc tenants.Scope, action policies.Action, id ids.Partnership) (Partnership, error) {
	p, missing := find(ctx, sc.Read(), id)
	if err := s.policies.May(sc, action, on(sc, &p)); err != nil {
		return Partnership{}, err
	}
	return p, missing
}

// on is what a decision about a partnership needs to know of it.
func on(sc tenants.Scope, p *Partnership) policies.On {
	return policies.On{Organizations: p.Organizations(), Assigned: !p.Facilitator.IsZero() && p.Facilitator == sc.Actor().Person}
}

// MayHandBack reports whether the actor accompanies the partnership, and may hand it back.
func (s *Service) MayHandBack(sc tenants.Scope, p *Partnership) bool {
	return s.policies.May(sc, policies.PartnershipHandBack, on(sc, p)) == nil
}

// MaySteer reports whether the actor may pause and end the partnership.
func (s *Service) MaySteer(sc tenants.Scope, p *Partnership) bool {
	return s.policies.May(sc, policies.PartnershipManage, policies.On{Organizations: p.Organizations()}) == nil
}

// MayRead reports whether the actor may open the partnership's page.
func (s *Service) MayRead(sc tenants.Scope, p *Partnership) bool {
	return s.policies.May(sc, policies.PartnershipRead, on(sc, p)) == nil
}

// told says of which verbs the leads are told, and by which words.
var told = map[Verb]string{Pause: "paused", Resume: "resumed", EndEarly: "ended_early"}

// Steer pauses, resumes or ends a partnership early; the leads of its organizations are told the reason, in at most 1,000
// characters. The coordinator may. Faults: Invalid without a reason, Conflict when the state does not allow it or somebody
// has changed the partnership since it was shown, NotFound.
func (s *Service) Steer(ctx context.Context, sc tenants.Scope, id ids.Partnership, version int64, v Verb, reason string) error {
	p, err := s.permitted(ctx, sc, policies.PartnershipManage, id)
	if err != nil {
		return err
	}
	what, ok := told[v]
	if !ok {
		return fault.Conflict("partnerships.not_now")
	}
	if bad := wrong(reason); len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	cards, err := s.organizations.Cards(ctx, sc, p.Organizations())
	if err != nil {
		return err
	}
	if p.Version != version {
		return fault.Conflict("fault.stale")
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		if err := p.Do(v); err != nil {
			return err
		}
		if err := save(ctx, tx, &p); err != nil {
			return err
		}
		if err := logChange(ctx, tx, id, Change{By: sc.Actor().Person, State: p.State, Reason: reason}); err != nil {
			return err
		}
		tx.Announce(events.PartnershipMoved{Partnership: id})
		tx.Audit(audit.Entry{Action: "partnership." + what, SubjectKind: subject, SubjectID: id.String()})
		if !p.Replaceable() {
			if err := s.unasked(ctx, sc, tx, &p); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, &p, cards, what, reason)
	})
}

func wrong(reason string) []fault.Field {
	switch n := utf8.RuneCountInString(reason); {
	case strings.TrimSpace(reason) == "":
		return []fault.Field{fault.At("reason", "fault.required")}
	case n > maxReason:
		return []fault.Field{fault.AtWith("reason", "fault.too_long", fault.Args{"Length": n, "Max": maxReason})}
	default:
		return nil
	}
}
