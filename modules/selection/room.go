package selection

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/policies"
	"kervan/tenants"
)

// Room is a call's newest meeting as one person sees it. Of applications in which they have a conflict of interest there is
// nothing in it; while one of these is on the table they are away.
type Room struct {
	Panel

	Meeting  Meeting // the zero Meeting: there was none yet
	Earlier  []Meeting
	Members  []Member // by name
	Eligible []Member // all who can be asked, by name; only for those who prepare a meeting
	Items    map[ids.Application]Item
	Table    *Table // what is on the table; nil: nothing that the reader may see
	Away     bool   // the reader has left the room
	Asked    bool   // the reader is a member
	Leads    bool   // the reader leads the meeting
	Lots     []ShownLot
	Now      time.Time

	reader     ids.Person
	eligible   []ids.Person // who can be asked just now
	names      map[ids.Person]string
	conflicted func(ids.Application, ids.Person) bool
}

// Table is the application on the table.
type Table struct {
	Ranked

	Item   Item
	Folder Folder // with the reviews that the reader may see
	Ballot Ballot // how many voted what; only how many have voted while the vote is secret
	Votes  []Vote // who voted what; none while the vote is secret
	Given  int    // how many have voted
	Voters int    // how many may
	Mine   Choice
	Notes  []MeetingNote
	Away   []Member // who has left the room
	Steers bool     // the reader steers the meeting as long as this is on the table
}

// Name is how somebody is called.
func (r *Room) Name(person ids.Person) string { return r.names[person] }

// Out are the members who leave the room for an application that the reader may know of.
func (r *Room) Out(application ids.Application) []Member {
	return slices.DeleteFunc(slices.Clone(r.Members), func(m Member) bool { return !r.conflicted(application, m.Person) })
}

// Introducer is who introduces an application; nobody who has a conflict of interest in it.
func (r *Room) Introducer(application ids.Application) ids.Person {
	person := r.Items[application].Introducer
	if r.conflicted(application, person) {
		return ids.Person{}
	}
	return person
}

// Steers reports whether the reader may put an application on the table.
func (r *Room) Steers(application ids.Application) bool {
	free := r.Table == nil && !r.Away || r.Table != nil && r.Table.Steers
	return free && (r.Leads || r.conflicted(application, r.Meeting.Lead))
}

// Room shows the newest meeting about a call. Coordinators, officers and the chair may; what goes on in it only its members see.
// Fault: NotFound.
func (s *Service) Room(ctx context.Context, sc tenants.Scope, call ids.Call) (Room, error) {
	p, err := s.Panel(ctx, sc, call)
	if err != nil {
		return Room{}, err
	}
	r := Room{Panel: p, Now: time.Now(), reader: sc.Actor().Person}
	all, err := meetingsOf(ctx, sc, call)
	if err != nil {
		return r, err
	}
	if len(all) > 0 {
		r.Meeting = all[0]
		r.Earlier = all[1:]
	}
	members, standing, err := present(ctx, sc, call, r.Meeting.ID)
	if err != nil {
		return r, err
	}
	r.Members, r.conflicted = members, conflictedIn(standing)
	if err := s.nameAll(ctx, sc, &r); err != nil {
		return r, err
	}
	r.Asked = slices.ContainsFunc(r.Members, func(m Member) bool { return m.Person == r.reader })
	r.Leads = r.Asked && r.Meeting.Lead == r.reader && s.may(sc, policies.SelectionDecide)
	if !r.Asked {
		return r, nil
	}
	return r, s.furnish(ctx, sc, &r)
}

// nameAll names the members and, for who prepares the meeting, all who can be asked.
func (s *Service) nameAll(ctx context.Context, sc tenants.Scope, r *Room) error {
	eligible, err := s.eligible(ctx, sc)
	if err != nil {
		return err
	}
	r.eligible = eligible
	wanted := slices.Clone(eligible)
	for _, m := range r.Members {
		wanted = append(wanted, m.Person)
	}
	for _, m := range append([]Meeting{r.Meeting}, r.Earlier...) {
		wanted = append(wanted, m.Lead, m.SignedBy, m.SealedBy)
	}
	wanted = slices.DeleteFunc(wanted, ids.Person.IsZero)
	known, err := s.People.Persons(ctx, sc, wanted)
	if err != nil {
		return err
	}
	r.names = make(map[ids.Person]string, len(known))
	for id, person := range known {
		r.names[id] = person.Name
	}
	byName := func(a, b Member) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Person.String(), b.Person.String()))
	}
	for i := range r.Members {
		r.Members[i].Name = r.names[r.Members[i].Person]
	}
	slices.SortFunc(r.Members, byName)
	if s.may(sc, policies.SelectionDecide) {
		for _, person := range eligible {
			r.Eligible = append(r.Eligible, Member{Person: person, Name: r.names[person]})
		}
		slices.SortFunc(r.Eligible, byName)
	}
	return nil
}

// furnish puts into the room what only members see. It asks equally often whatever lies on the table.
func (s *Service) furnish(ctx context.Context, sc tenants.Scope, r *Room) error {
	known := map[ids.Application]*Ranked{}
	for i := range r.Ranked {
		known[r.Ranked[i].ID] = &r.Ranked[i]
	}
	written, err := recordsOf(ctx, sc, r.Meeting.ID, r.reader)
	if err != nil {
		return err
	}
	r.Items = map[ids.Application]Item{}
	for id, it := range written.items {
		if known[id] != nil {
			r.Items[id] = it
		}
	}
	r.Lots = visibleLots(written.lots, func(id ids.Application) bool { return known[id] != nil })
	r.Away = slices.Contains(r.without, r.Meeting.OnTable)
	on := known[r.Meeting.OnTable]
	if r.Meeting.OnTable.IsZero() || on == nil {
		return nil
	}
	return s.lay(ctx, sc, r, *on, written)
}

// lay puts an application on the table of the room.
func (s *Service) lay(ctx context.Context, sc tenants.Scope, r *Room, on Ranked, written records) error {
	t := Table{Ranked: on, Item: r.Items[on.ID], Away: r.Out(on.ID), Folder: Folder{Application: on.Application, Call: r.Call, List: r.List, Names: map[ids.Person]string{}, Owed: on.Owed}}
	t.Steers = s.may(sc, policies.SelectionDecide) && (r.Leads || r.conflicted(on.ID, r.Meeting.Lead))
	t.count(written.votes, r)
	t.Voters = r.voters(on.ID, written.votes)
	for _, n := range written.notes {
		if n.Application == on.ID && !r.conflicted(n.Application, n.Person) {
			t.Notes = append(t.Notes, n)
		}
	}
	reviews, err := reviewsOf(ctx, sc.Read(), on.ID)
	if err != nil {
		return err
	}
	t.Folder.Reviews, t.Folder.Progress = reviews, on.Progress
	if err := s.name(ctx, sc, &t.Folder); err != nil {
		return err
	}
	if t.Folder.Owed {
		t.Folder.Reviews = nil
	}
	r.Table = &t
	return mark(ctx, sc.Read(), t.Folder.Reviews)
}

// voters is how many members may vote about an application, or have: who has left the team since votes no more.
func (r *Room) voters(application ids.Application, votes []Vote) int {
	n := 0
	for _, m := range r.Members {
		voted := slices.ContainsFunc(votes, func(v Vote) bool { return v.Application == application && v.Person == m.Person })
		if !r.conflicted(application, m.Person) && (voted || slices.Contains(r.eligible, m.Person)) {
			n++
		}
	}
	return n
}

func (t *Table) count(votes []Vote, r *Room) {
	seen := t.Item.Voting == VotingClosed || r.Meeting.OpenVotes
	for _, v := range votes {
		if v.Application != t.ID || r.conflicted(v.Application, v.Person) {
			continue
		}
		t.Given++
		if v.Person == r.reader {
			t.Mine = v.Choice
		}
		if seen {
			t.Votes = append(t.Votes, v)
		}
	}
	t.Ballot = Count(t.Votes, r.conflicted)[t.ID]
	slices.SortFunc(t.Votes, func(a, b Vote) int { return strings.Compare(r.Name(a.Person), r.Name(b.Person)) })
}

// Tidings tells changes of what the actor sees of a call's newest meeting apart: it says something else whenever that changes,
// and nothing of what they may not know. Coordinators, officers and the chair may. Fault: NotFound.
func (s *Service) Tidings(ctx context.Context, sc tenants.Scope, call ids.Call) (string, error) {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return "", err
	}
	own, err := s.own(ctx, sc)
	if err != nil {
		return "", err
	}
	said, err := tidings(ctx, sc, call, sc.Actor().Person, own)
	if err != nil || said == "" {
		return "", err
	}
	return sum(said)[:20], nil
}

// Attend writes down that the actor's screen is open. Members of an open meeting who have come may; of others nothing is kept.
func (s *Service) Attend(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error { return see(ctx, tx, call, sc.Actor().Person) })
}

// Suppose is the panel as if more was decided: nothing is kept. Outcomes for applications that are not in it are left out.
func (p *Panel) Suppose(outcomes map[ids.Application]events.Outcome) Panel {
	with := *p
	with.Ranked, with.Tally = slices.Clone(p.Ranked), Tally{}
	last := 0
	for _, r := range p.Ranked {
		last = max(last, r.Waiting)
	}
	var all []Decision
	for i := range with.Ranked {
		r := &with.Ranked[i]
		d := r.Decision
		if outcome, asked := outcomes[r.ID]; asked && outcome != r.Outcome() && r.Undecided {
			d = &Decision{Call: p.Call.ID, Application: r.ID, Outcome: outcome, State: DecisionDraft}
			if outcome == events.OutcomeWaiting {
				last++
				d.Waiting = last
			}
			if outcome == "" {
				d = nil
			}
		}
		r.Decision, r.Waiting = nil, 0
		if d != nil {
			all = append(all, *d)
		}
	}
	slices.SortStableFunc(all, func(a, b Decision) int { return a.Waiting - b.Waiting })
	with.decided(all)
	return with
}

// NextFitting is who on the waiting list would be offered a place that falls free now, as the quotas want it, and who before them
// would be passed over. It is told from what the reader may know of; which place falls free is not known before, so that it
// counts beside all that are selected. Nobody: false.
func (p *Panel) NextFitting() (next Ranked, passed []Ranked, ok bool) {
	var waiting []Ranked
	var chosen, others []blueprints.Counted
	for i := range p.Ranked {
		r := &p.Ranked[i]
		if r.Waiting > 0 && (r.Decision.State == DecisionDraft || r.Decision.State == DecisionWaiting) {
			waiting = append(waiting, *r)
		}
		if r.Decision != nil && r.Decision.choosing() {
			chosen = append(chosen, r.counted())
		}
	}
	if len(waiting) == 0 {
		return Ranked{}, nil, false
	}
	slices.SortFunc(waiting, func(a, b Ranked) int { return a.Waiting - b.Waiting })
	for i := range waiting {
		others = append(others, waiting[i].counted())
	}
	at := 0
	if !p.List.beyondQuotas() {
		at = blueprints.NextFitting(p.Call.Quotas, chosen, others, max(p.Call.Places-len(chosen), 1))
	}
	if at < 0 {
		return Ranked{}, waiting, false
	}
	return waiting[at], waiting[:at], true
}
