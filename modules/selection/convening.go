package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// deliberating are the roles of those who can be asked to a meeting: whoever may read the ranking.
var deliberating = []tenants.Role{tenants.RoleCoordinator, tenants.RoleOfficer, tenants.RoleChair}

// gathering is a meeting under lock.
type gathering struct {
	meeting Meeting
	members []Member
	now     time.Time
	changed bool // what everybody sees of the meeting itself
}

func (g *gathering) asked(person ids.Person) bool {
	return slices.ContainsFunc(g.members, func(m Member) bool { return m.Person == person })
}

// gather locks the meeting of a call for a verb and does it. The caller has asked whether the actor may.
func (s *Service) gather(ctx context.Context, sc tenants.Scope, call ids.Call, verb MeetingVerb, act func(ctx context.Context, tx *tenants.Tx, g *gathering) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		m, err := lockMeeting(ctx, tx, call)
		if err != nil {
			return err
		}
		return s.advanceMeeting(ctx, tx, m, verb, act)
	})
}

func (s *Service) advanceMeeting(ctx context.Context, tx *tenants.Tx, m Meeting, verb MeetingVerb, act func(ctx context.Context, tx *tenants.Tx, g *gathering) error) error {
	after, ok := m.State.After(verb)
	if !ok {
		return fault.Conflict("selection.meeting.not_now")
	}
	g := gathering{meeting: m, changed: after != m.State}
	g.meeting.State = after
	var err error
	if g.now, err = tx.Now(ctx); err != nil {
		return err
	}
	if g.members, err = attendees(ctx, tx, m.ID); err != nil {
		return err
	}
	if err := act(ctx, tx, &g); err != nil || !g.changed {
		return err
	}
	return saveMeeting(ctx, tx, &g.meeting)
}

// meet is gather for what a member does in the room, by which they have come.
func (s *Service) meet(ctx context.Context, sc tenants.Scope, call ids.Call, act func(ctx context.Context, tx *tenants.Tx, g *gathering) error) error {
	return s.gather(ctx, sc, call, Meet, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		person := sc.Actor().Person
		if !g.asked(person) {
			return fault.NotFound()
		}
		if err := g.come(ctx, tx, person); err != nil {
			return err
		}
		return act(ctx, tx, g)
	})
}

// come writes down that a member is in the room.
func (g *gathering) come(ctx context.Context, tx *tenants.Tx, person ids.Person) error {
	came, err := arrive(ctx, tx, g.meeting.ID, person, g.now)
	if err != nil || !came {
		return err
	}
	g.changed = true
	tx.Audit(audit.Entry{Action: "meeting.attended", SubjectKind: "call", SubjectID: g.meeting.Call.String()})
	return nil
}

// lead is meet for whoever leads the meeting.
func (s *Service) lead(ctx context.Context, sc tenants.Scope, call ids.Call, act func(ctx context.Context, tx *tenants.Tx, g *gathering) error) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	return s.meet(ctx, sc, call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		if g.meeting.Lead != sc.Actor().Person {
			return fault.Conflict("selection.meeting.not_lead")
		}
		return act(ctx, tx, g)
	})
}

// Convening is what is said of a meeting before it.
type Convening struct {
	At        time.Time
	Place     string
	Members   []ids.Person
	OpenVotes bool // votes are seen as they come; it does not change any more once the meeting has begun
}

func (c *Convening) check(eligible []ids.Person) error {
	var bad []fault.Field
	if c.At.IsZero() {
		bad = append(bad, fault.At("at", "fault.required"))
	}
	if len(c.Members) < 2 {
		bad = append(bad, fault.At("member", "selection.meeting.two"))
	}
	for _, m := range c.Members {
		if !slices.Contains(eligible, m) {
			bad = append(bad, fault.At("member", "fault.choose"))
			break
		}
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	return nil
}

// eligible are all who can be asked to a meeting.
func (s *Service) eligible(ctx context.Context, sc tenants.Scope) ([]ids.Person, error) {
	held, err := tenants.Holders(ctx, sc.Read(), deliberating...)
	if err != nil {
		return nil, err
	}
	var all []ids.Person
	for _, m := range held {
		if !slices.Contains(all, m.Person) {
			all = append(all, m.Person)
		}
	}
	return all, nil
}

// Convene asks people to a meeting of the panel of a call, led by whoever convenes it until somebody takes the chair. Those who
// may read the ranking can be asked; they are told. Coordinators and the chair may. Faults: Invalid by field, Conflict when there
// is a meeting that is not sealed or the decisions are not open, NotFound.
func (s *Service) Convene(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Convening) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	eligible, err := s.eligible(ctx, sc)
	if err != nil {
		return err
	}
	if err := cmd.check(eligible); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		list, err := lockSelection(ctx, tx, c)
		if err != nil {
			return err
		}
		if !list.May(Decide) {
			return fault.Conflict("selection.list.not_now")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		person := sc.Actor().Person
		m := Meeting{
			ID: ids.New[ids.Meeting](), Call: call, State: MeetingConvened, At: cmd.At, Place: cmd.Place, OpenVotes: cmd.OpenVotes, Lead: person, Version: 1,
			ConvenedAt: now, ConvenedBy: person,
		}
		if err := insertMeeting(ctx, tx, &m); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "meeting.convened", SubjectKind: "call", SubjectID: call.String()})
		return s.ask(ctx, tx, c, &m, nil, cmd.Members)
	})
}

// Rearrange changes when and where a meeting is and who is asked. Who has come stays a member. Coordinators and the chair may.
// Faults: Invalid by field, Conflict once it has ended, NotFound.
func (s *Service) Rearrange(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Convening) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	eligible, err := s.eligible(ctx, sc)
	if err != nil {
		return err
	}
	if err := cmd.check(eligible); err != nil {
		return err
	}
	return s.gather(ctx, sc, call, Prepare, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		g.changed, g.meeting.At, g.meeting.Place = true, cmd.At, cmd.Place
		if g.meeting.State == MeetingConvened {
			g.meeting.OpenVotes = cmd.OpenVotes
		}
		tx.Audit(audit.Entry{Action: "meeting.rearranged", SubjectKind: "call", SubjectID: call.String()})
		return s.ask(ctx, tx, c, &g.meeting, g.members, cmd.Members)
	})
}

// ask makes persons members of a meeting and tells those who were none, but not whoever asks. Whoever leads is one in any case.
func (s *Service) ask(ctx context.Context, tx *tenants.Tx, call Call, m *Meeting, before []Member, wanted []ids.Person) error {
	if !slices.Contains(wanted, m.Lead) {
		wanted = append(slices.Clip(wanted), m.Lead)
	}
	if err := invite(ctx, tx, m.ID, wanted); err != nil {
		return err
	}
	for _, person := range wanted {
		known := slices.ContainsFunc(before, func(b Member) bool { return b.Person == person })
		if known || person == tx.Scope().Actor().Person {
			continue
		}
		s.tellMeeting(tx, call, m, person)
	}
	return nil
}

// BeginMeeting opens a meeting. Whoever does it leads. Coordinators and the chair may. Faults: Conflict, NotFound.
func (s *Service) BeginMeeting(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	return s.gather(ctx, sc, call, OpenMeeting, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		g.meeting.OpenedAt = g.now
		tx.Audit(audit.Entry{Action: "meeting.opened", SubjectKind: "call", SubjectID: call.String()})
		return g.preside(ctx, tx)
	})
}

// preside makes the actor lead the meeting, as one who has come.
func (g *gathering) preside(ctx context.Context, tx *tenants.Tx) error {
	person := tx.Scope().Actor().Person
	everybody := []ids.Person{person}
	for _, m := range g.members {
		if m.Person != person {
			everybody = append(everybody, m.Person)
		}
	}
	if err := invite(ctx, tx, g.meeting.ID, everybody); err != nil {
		return err
	}
	if err := g.come(ctx, tx, person); err != nil {
		return err
	}
	g.changed, g.meeting.Lead = true, person
	return turn(ctx, tx, g.meeting.ID, Turn{Person: person, At: g.now})
}

// EnterMeeting says that the actor is in the room. Its members may. Faults: Conflict when it is not open, NotFound.
func (s *Service) EnterMeeting(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return err
	}
	return s.meet(ctx, sc, call, func(context.Context, *tenants.Tx, *gathering) error { return nil })
}

// TakeChair makes the actor lead an open meeting in place of whoever does, who may have left. Coordinators and the chair may,
// but not while an application is on the table in which they have a conflict of interest. Faults: Conflict, NotFound.
func (s *Service) TakeChair(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	own, err := s.own(ctx, sc)
	if err != nil {
		return err
	}
	return s.gather(ctx, sc, call, Meet, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		known, err := knownTo(ctx, tx, call, own)
		if err != nil {
			return err
		}
		if !known(g.meeting.OnTable) {
			return fault.Conflict("selection.meeting.away")
		}
		if g.meeting.Lead == sc.Actor().Person {
			return nil
		}
		tx.Audit(audit.Entry{Action: "meeting.led", SubjectKind: "call", SubjectID: call.String()})
		return g.preside(ctx, tx)
	})
}

// ShareIntroducers gives every application of the agenda that has no introducer one; see ShareOut. Those in which the actor has a
// conflict of interest are shared out as well, without the actor learning of it. Coordinators and the chair may. Faults:
// Conflict once the meeting has ended, NotFound.
func (s *Service) ShareIntroducers(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	all, err := s.Applications.InSelection(ctx, sc, c)
	if err != nil {
		return err
	}
	agenda := make([]ids.Application, len(all))
	for i, a := range all {
		agenda[i] = a.ID
	}
	return s.gather(ctx, sc, call, Prepare, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		found, err := conflictsOfCall(ctx, tx, call)
		if err != nil {
			return err
		}
		items, err := itemsOf(ctx, tx, g.meeting.ID)
		if err != nil {
			return err
		}
		conflicted, has := conflictedIn(found), map[ids.Application]ids.Person{}
		for id, it := range items {
			if !it.Introducer.IsZero() && !conflicted(id, it.Introducer) {
				has[id] = it.Introducer
			}
		}
		members := make([]ids.Person, len(g.members))
		for i, m := range g.members {
			members[i] = m.Person
		}
		tx.Audit(audit.Entry{Action: "meeting.introducers", SubjectKind: "call", SubjectID: call.String()})
		return introduce(ctx, tx, g.meeting.ID, ShareOut(agenda, members, has, conflicted))
	})
}

// conflictedIn tells who has a conflict of interest in what.
func conflictedIn(all []Conflict) func(ids.Application, ids.Person) bool {
	type pair struct {
		application ids.Application
		person      ids.Person
	}
	stands := map[pair]bool{}
	for _, c := range all {
		if c.Stands() {
			stands[pair{c.Application, c.Person}] = true
		}
	}
	return func(a ids.Application, p ids.Person) bool { return stands[pair{a, p}] }
}

// Introduce says which member introduces an application. Coordinators and the chair may, without a conflict of interest in it.
// Faults: Invalid when the member has one, Conflict once the meeting has ended, NotFound.
func (s *Service) Introduce(ctx context.Context, sc tenants.Scope, application ids.Application, person ids.Person) error {
	a, err := s.permitted(ctx, sc, policies.SelectionDecide, application)
	if err != nil {
		return err
	}
	return s.gather(ctx, sc, a.Call, Prepare, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		out, err := stillIn(ctx, tx, application)
		if err != nil {
			return err
		}
		if !g.asked(person) || slices.Contains(out, person) {
			return fault.Invalid("fault.check_fields", fault.At("introducer", "selection.meeting.introducer_wrong"))
		}
		tx.Audit(entry("meeting.introducer", application))
		return introduce(ctx, tx, g.meeting.ID, map[ids.Application]ids.Person{application: person})
	})
}
