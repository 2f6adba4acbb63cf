package selection

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/policies"
	"kervan/tenants"
)

// Place is a place that was offered to an application, with the organizations that hold it by now, as the team sees it.
type Place struct {
	Application  Application
	Call         Call
	Decision     Decision
	State        DecisionState // by the clock
	Gone         map[ids.Organization]Departure
	Replacements []Replacement // the first that was asked for first
	Names        map[ids.Organization]string
}

// Replaceable reports whether an organization of the place can be replaced: it is offered or held on conditions, and another stays.
func (p *Place) Replaceable() bool {
	return slices.ContainsFunc(p.Application.Organizations, func(o Applicant) bool { return p.Replaces(o.ID) })
}

// Replaces reports whether that organization can be: another one has not dropped out.
func (p *Place) Replaces(leaving ids.Organization) bool {
	return p.State.replaceable() && p.Application.remains(p.Gone, leaving)
}

// Open is the replacement that is asked for and can be answered, if one is.
func (p *Place) Open(now time.Time) (Replacement, bool) {
	i := slices.IndexFunc(p.Replacements, func(r Replacement) bool { return r.At(now) == ReplacementAsked })
	if i < 0 {
		return Replacement{}, false
	}
	return p.Replacements[i], true
}

// Place shows who holds the place of an application, who has dropped out, and what was asked about replacements. Coordinators may, without
// a conflict of interest. Fault: NotFound, also where no place was offered.
func (s *Service) Place(ctx context.Context, sc tenants.Scope, id ids.Application) (Place, error) {
	a, err := s.permitted(ctx, sc, policies.PlaceReplace, id)
	if err != nil {
		return Place{}, err
	}
	decided, err := decisionsFor(ctx, sc.Read(), []ids.Application{id})
	if err != nil {
		return Place{}, err
	}
	p := Place{}
	if len(decided) > 0 {
		p.Decision = decided[0]
	}
	if p.State = p.Decision.At(time.Now()); !slices.Contains(offeredOnce, p.State) {
		return Place{}, fault.NotFound()
	}
	if p.Call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return p, err
	}
	now, err := s.holders(ctx, sc, a)
	if err != nil {
		return p, err
	}
	p.Application = now[0]
	gone, err := departures(ctx, sc.Read(), id)
	if err != nil {
		return p, err
	}
	p.Gone = gone[id]
	if p.Replacements, err = replacementsFor(ctx, sc.Read(), id); err != nil {
		return p, err
	}
	p.Names, err = s.namesIn(ctx, sc, p.Application, p.Replacements...)
	return p, err
}

// offeredOnce are the states of a decision after its place was offered.
var offeredOnce = []DecisionState{DecisionOffered, DecisionConditional, DecisionAccepted, DecisionDeclined, DecisionLapsed}

// namesIn are the names of all organizations that a place and replacements in it are about.
func (s *Service) namesIn(ctx context.Context, sc tenants.Scope, a Application, all ...Replacement) (map[ids.Organization]string, error) {
	names := map[ids.Organization]string{}
	for _, o := range a.Organizations {
		names[o.ID] = o.Name
	}
	var others []ids.Organization
	for _, r := range all {
		others = append(append(others, r.Leaving, r.Coming), r.Parties...)
	}
	others = slices.DeleteFunc(others, func(o ids.Organization) bool { return names[o] != "" })
	if len(others) == 0 {
		return names, nil
	}
	known, err := s.Applications.Applicants(ctx, sc, others)
	for o, one := range known {
		names[o] = one.Name
	}
	return names, err
}

// replaces reports whether the actor may see who holds the application's place, and ask another organization to take a seat of it.
func (s *Service) replaces(ctx context.Context, sc tenants.Scope, f *Folder) (bool, error) {
	if f.List.State != ListReleased || len(f.Application.Organizations) < 2 || !s.may(sc, policies.PlaceReplace) {
		return false, nil
	}
	decided, err := decisionsFor(ctx, sc.Read(), []ids.Application{f.Application.ID})
	return len(decided) > 0 && slices.Contains(offeredOnce, decided[0].State), err
}

// Vacancy is a seat of a place that is to be given to another organization.
type Vacancy struct {
	Place

	Leaving    Applicant
	Candidates []Applicant // by name
	Coming     Applicant   // zero: none is chosen
	Effect     Effect      // of the one that is chosen
	Latest     time.Time   // until when organizations can be asked, as the waiting list ends then; zero: it does not matter
}

// Effect is what would follow if an organization took a seat.
type Effect struct {
	Quotas []Shift    // of the call, over the applications that the actor may know of
	Ties   []Conflict // of those who review or decide, with the one that comes: the application would be hidden from them
	People map[ids.Person]Person
	Tied   bool // the actor is
}

// Shift is how a quota is used before and after.
type Shift struct {
	Before, After blueprints.Taken
}

// Worse reports whether the quota is missed by the change.
func (s *Shift) Worse() bool { return s.After.Missed() && !s.Before.Missed() }

// Vacancy tells who could take the seat of an organization in a place, and of the one that is chosen what would follow. Candidates are
// admitted by the call's rule beside those that stay, have somebody who leads them, sit in no partnership of the call, and neither hold
// a place in it nor wait for one, as far as the actor may know of that; whoever does is told when they are asked. Coordinators may,
// without a conflict of interest. Faults: Conflict where nobody can be replaced (any more), NotFound.
func (s *Service) Vacancy(ctx context.Context, sc tenants.Scope, id ids.Application, leaving, coming ids.Organization) (Vacancy, error) {
	p, err := s.Place(ctx, sc, id)
	if err != nil {
		return Vacancy{}, err
	}
	v := Vacancy{Place: p}
	var there bool
	if v.Leaving, there = p.Application.organization(leaving); !there {
		return v, fault.NotFound()
	}
	if !p.State.replaceable() {
		return v, fault.Conflict("selection.replacement.no_place")
	}
	if !p.Replaces(leaving) {
		return v, fault.Conflict("selection.replacement.nobody_stays")
	}
	if _, open := p.Open(time.Now()); open {
		return v, fault.Conflict("selection.replacement.asked_already")
	}
	f, err := s.field(ctx, sc, p.Application.Call)
	if err != nil {
		return v, err
	}
	if f.Applications, err = s.holders(ctx, sc, f.Applications...); err != nil {
		return v, err
	}
	decided, err := decisionsOf(ctx, sc.Read(), p.Application.Call)
	if err != nil {
		return v, err
	}
	if v.Latest, err = s.latest(ctx, sc, &v, f, decided); err != nil {
		return v, err
	}
	if v.Candidates, err = s.candidates(ctx, sc, &v, occupied(f.Applications, decided)); err != nil || coming.IsZero() {
		return v, err
	}
	i := slices.IndexFunc(v.Candidates, func(c Applicant) bool { return c.ID == coming })
	if i < 0 {
		return v, nil
	}
	v.Coming = v.Candidates[i]
	v.Effect.Quotas = v.shifts(f, decided)
	return v, s.ties(ctx, sc, &v)
}

// latest is when the waiting list ends, if an offer that goes on for longer could keep the place from those who wait, as far as the actor
// may know of them.
func (s *Service) latest(ctx context.Context, sc tenants.Scope, v *Vacancy, f field, decided []Decision) (time.Time, error) {
	waits := slices.ContainsFunc(decided, func(d Decision) bool {
		_, known := f.application(d.Application)
		return known && d.State == DecisionWaiting
	})
	if v.State != DecisionOffered || !waits {
		return time.Time{}, nil
	}
	list, _, err := findList(ctx, sc.Read(), v.Application.Call)
	if err != nil || !list.WaitingUntil.After(time.Now()) {
		return time.Time{}, err
	}
	return list.WaitingUntil, nil
}

// candidates are the organizations that could take the seat.
func (s *Service) candidates(ctx context.Context, sc tenants.Scope, v *Vacancy, occupied map[ids.Organization]bool) ([]Applicant, error) {
	admitted, err := s.Seats.Seatable(ctx, sc, v.Application.Call, v.Leaving.Seat, v.Application.staying(v.Leaving.ID))
	if err != nil {
		return nil, err
	}
	free := slices.DeleteFunc(admitted, func(o Applicant) bool {
		_, gone := v.Gone[o.ID]
		return gone || occupied[o.ID] || slices.Contains(v.Application.Left, o.ID) || v.Application.applies(o.ID)
	})
	wanted := make([]ids.Organization, len(free))
	for i, o := range free {
		wanted[i] = o.ID
	}
	held, err := tenants.MembersOf(ctx, sc.Read(), wanted...)
	if err != nil {
		return nil, err
	}
	free = slices.DeleteFunc(free, func(o Applicant) bool {
		return !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Organization == o.ID && m.Role == tenants.RoleLead })
	})
	slices.SortFunc(free, func(a, b Applicant) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	i18n.Sort(sc.Actor().Locale, free, func(o Applicant) string { return o.Name })
	return free, nil
}

// shifts compares how far the quotas are used before and after.
func (v *Vacancy) shifts(f field, decided []Decision) []Shift {
	var before, after []blueprints.Counted
	for _, d := range decided {
		a, known := f.application(d.Application)
		if !known || !d.choosing() {
			continue
		}
		before = append(before, a.counted())
		if a.ID == v.Application.ID {
			change := Replacement{Application: a.ID, Seat: v.Leaving.Seat, Leaving: v.Leaving.ID, Coming: v.Coming.ID}
			a = reseat(a, []Replacement{change}, map[ids.Organization]Applicant{v.Coming.ID: v.Coming})
		}
		after = append(after, a.counted())
	}
	was, will := blueprints.Take(f.Call.Quotas, before), blueprints.Take(f.Call.Quotas, after)
	var all []Shift
	for _, u := range will {
		i := slices.IndexFunc(was, func(b blueprints.Taken) bool { return same(b.Quota, u.Quota) })
		b := blueprints.Taken{Quota: u.Quota}
		if i >= 0 {
			b = was[i]
		}
		all = append(all, Shift{Before: b, After: u})
	}
	for _, b := range was {
		if !slices.ContainsFunc(will, func(u blueprints.Taken) bool { return same(b.Quota, u.Quota) }) {
			all = append(all, Shift{Before: b, After: blueprints.Taken{Quota: b.Quota}}) // the country of nobody any more
		}
	}
	return all
}

// same reports whether two quotas count the same thing.
func same(a, b blueprints.Quota) bool {
	one, _ := a.Side()
	other, _ := b.Side()
	return one == other && a.Country == b.Country && a.Kind == b.Kind && a.Topic == b.Topic && a.Outside == b.Outside && slices.Equal(a.Regions, b.Regions)
}

// newTies are the conflicts of interest that come with an organization that takes a seat, of people from whom the application is not hidden yet.
func (s *Service) newTies(ctx context.Context, sc tenants.Scope, a Application, coming Applicant) ([]Conflict, error) {
	before, err := barred(ctx, sc.Read(), a.ID)
	if err != nil {
		return nil, err
	}
	a.Organizations = []Applicant{coming}
	found, err := s.detect(ctx, sc, []Application{a})
	return slices.DeleteFunc(found, func(c Conflict) bool { return slices.Contains(before, c.Person) }), err
}

// ties adds to the effect whose conflicts of interest would come with the one that is chosen.
func (s *Service) ties(ctx context.Context, sc tenants.Scope, v *Vacancy) error {
	var err error
	if v.Effect.Ties, err = s.newTies(ctx, sc, v.Application, v.Coming); err != nil || len(v.Effect.Ties) == 0 {
		return err
	}
	var persons []ids.Person
	for _, c := range v.Effect.Ties {
		persons = append(persons, c.Person)
		v.Effect.Tied = v.Effect.Tied || c.Person == sc.Actor().Person
	}
	v.Effect.People, err = s.People.Persons(ctx, sc, persons)
	i18n.Sort(sc.Actor().Locale, v.Effect.Ties, func(c Conflict) string { return v.Effect.People[c.Person].Name })
	return err
}

// Replacing is what a coordinator asks for.
type Replacing struct {
	Leaving, Coming ids.Organization
	Reason          string
	Until           time.Time
}

// Replace asks an organization to take the seat of one that drops out of a place, and those that stay whether they agree; once all have,
// the seat changes hands, and a place that is only offered is taken by that. An offer goes on at least as long as organizations are asked,
// and no longer than the waiting list of which the actor may know: a place that lapsed after that would be nobody's.
// Coordinators may, without a conflict of interest in the application or with the one that comes; one replacement of a place at a time.
// Faults: Invalid by field, Conflict where a replacement is asked for already or nobody can be replaced (any more), NotFound.
func (s *Service) Replace(ctx context.Context, sc tenants.Scope, id ids.Application, cmd Replacing) error {
	v, err := s.Vacancy(ctx, sc, id, cmd.Leaving, cmd.Coming)
	if err != nil {
		return err
	}
	var bad []fault.Field
	if v.Coming.ID.IsZero() {
		bad = append(bad, fault.At("coming", "selection.replacement.no_candidate"))
	} else if v.Effect.Tied {
		bad = append(bad, fault.At("coming", "selection.replacement.tied"))
	}
	reason, err := s.tellable(ctx, sc, v.Application, cmd.Reason)
	if fault.Is(err, fault.KindInvalid) {
		bad, err = append(bad, fault.Of(err).Fields...), nil
	}
	if err != nil {
		return err
	}
	if now := time.Now(); !cmd.Until.After(now) || cmd.Until.After(now.Add(longestAsking)) {
		bad = append(bad, fault.At("until", "selection.replacement.until_wrong"))
	} else if !v.Latest.IsZero() && cmd.Until.After(v.Latest) {
		bad = append(bad, fault.At("until", "selection.replacement.until_waiting"))
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return s.sweep(ctx, sc, v.Application.Call, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		a, d, err := w.place(id)
		if err != nil {
			return err
		}
		if !a.applies(cmd.Leaving) || a.applies(cmd.Coming) {
			return fault.Conflict("fault.stale")
		}
		gone, err := departures(ctx, tx, id)
		if err != nil {
			return err
		}
		if !a.remains(gone[id], cmd.Leaving) {
			return fault.Conflict("selection.replacement.nobody_stays")
		}
		if err := s.overdue(ctx, tx, w, &a); err != nil {
			return err
		}
		r := Replacement{
			ID: ids.New[ids.Replacement](), Application: id, Call: a.Call, Seat: v.Leaving.Seat, Leaving: cmd.Leaving, Coming: cmd.Coming, Reason: reason,
			Until: cmd.Until.Truncate(time.Microsecond), State: ReplacementAsked, AskedAt: w.now, AskedBy: sc.Actor().Person,
			From: Town{Country: v.Coming.Country, City: v.Coming.City, Place: v.Coming.Place},
		}
		r.Parties = append([]ids.Organization{r.Coming}, a.present(gone[id], r.Leaving)...)
		made, err := insertReplacement(ctx, tx, &r)
		if err != nil {
			return err
		}
		if !made {
			return fault.Conflict("selection.replacement.asked_already")
		}
		tx.Audit(audit.Entry{Action: "place.replacement_asked", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"leaving": r.Leaving.String(), "coming": r.Coming.String()}})
		tx.EnqueueAt(lapseReplacementJob, AskedReplacement{r.ID, r.Call}, r.Until)
		if err := s.extend(ctx, tx, w, d, r.Until); err != nil {
			return err
		}
		return s.tellAsked(ctx, tx, w, &a, &r, v.names(), "replacement_asked")
	})
}

// names are those of the place and of the one that comes.
func (v *Vacancy) names() map[ids.Organization]string {
	v.Names[v.Coming.ID] = v.Coming.Name
	return v.Names
}

// place is an application whose place is offered or held on conditions, with the decision about it. Fault: Conflict where it is not, or
// not any more.
func (w *sitting) place(id ids.Application) (Application, *Decision, error) {
	a, there := w.application(id)
	i := slices.IndexFunc(w.decisions, func(d Decision) bool { return d.Application == id })
	if !there || i < 0 || !w.decisions[i].At(w.now).replaceable() {
		return a, nil, fault.Conflict("selection.replacement.no_place")
	}
	return a, &w.decisions[i], nil
}

// extend lets an offer go on as long as organizations are asked about it, so that the place is not lost meanwhile.
func (s *Service) extend(ctx context.Context, tx *tenants.Tx, w *sitting, d *Decision, until time.Time) error {
	if d.State != DecisionOffered || !until.After(d.ReplyBy) {
		return nil
	}
	d.ReplyBy = until
	tx.EnqueueAt(lapseJob, Lapsing{Call: d.Call}, until)
	remindLater(tx, remindReplyJob, Reminding{Call: d.Call, By: until}, remindLead, w.now)
	tx.Announce(events.ReplyExtended{Application: d.Application, Call: d.Call, ReplyBy: until})
	return settle(ctx, tx, d)
}
