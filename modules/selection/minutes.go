package selection

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// record is all that the minutes of a meeting say, of every application. Names are left to whoever shows it.
type record struct {
	meeting Meeting
	members []Member
	turns   []Turn
	items   []Item // those that were spoken of, in the order in which they were
	votes   []Vote
	notes   []MeetingNote // minuted ones
	lots    []Lot         // drawn ones
	barred  func(ids.Application, ids.Person) bool
}

func readRecord(ctx context.Context, tx *tenants.Tx, m Meeting) (record, error) {
	r := record{meeting: m}
	var err error
	if r.members, err = attendees(ctx, tx, m.ID); err != nil {
		return r, err
	}
	if r.turns, err = turns(ctx, tx, m.ID); err != nil {
		return r, err
	}
	items, err := itemsOf(ctx, tx, m.ID)
	if err != nil {
		return r, err
	}
	for _, it := range items {
		if !it.CalledAt.IsZero() {
			r.items = append(r.items, it)
		}
	}
	slices.SortFunc(r.items, func(a, b Item) int {
		return cmp.Or(a.CalledAt.Compare(b.CalledAt), strings.Compare(a.Application.String(), b.Application.String()))
	})
	if r.votes, err = votesOf(ctx, tx, m.ID); err != nil {
		return r, err
	}
	if r.notes, err = notesFor(ctx, tx, m.ID, ids.Person{}); err != nil {
		return r, err
	}
	all, err := lots(ctx, tx, m.ID)
	if err != nil {
		return r, err
	}
	r.lots = slices.DeleteFunc(all, func(l Lot) bool { return !l.Drawn() })
	r.barred = func(a ids.Application, p ids.Person) bool {
		i := slices.IndexFunc(r.items, func(it Item) bool { return it.Application == a })
		return i >= 0 && slices.Contains(r.items[i].Away, p)
	}
	return r, nil
}

// Fingerprint is the SHA-256, in hexadecimal digits, of what the minutes say: of who was there, who led, and for each application
// who had left the room, how many voted what, what was decided and why, the notes, the lots and the balance. Of minutes without a
// balance it is what it was before there was one.
func (r *record) fingerprint() (string, error) {
	type item struct {
		Application ids.Application
		Introducer  string
		Called      int64
		Away        []ids.Person
		Ballot      Ballot
		Outcome     string
		Reason      string
		Notes       []string
	}
	type lot struct {
		Applications []ids.Application
		Seed         string
		Prepared     int64
		Drawn        int64
	}
	said := struct {
		Meeting ids.Meeting
		Call    ids.Call
		At      int64
		Place   string
		Opened  int64
		Came    []string
		Led     []string
		Items   []item
		Lots    []lot
		Balance *Balance `json:",omitempty"`
	}{Meeting: r.meeting.ID, Call: r.meeting.Call, At: r.meeting.At.UnixMicro(), Place: r.meeting.Place, Opened: r.meeting.OpenedAt.UnixMicro(), Balance: r.meeting.Balance}
	for _, m := range r.members {
		said.Came = append(said.Came, m.Person.String()+" "+stamp(m.Came))
	}
	for _, t := range r.turns {
		said.Led = append(said.Led, t.Person.String()+" "+stamp(t.At))
	}
	ballots := Count(r.votes, r.barred)
	for _, it := range r.items {
		one := item{Application: it.Application, Called: it.CalledAt.UnixMicro(), Away: it.Away, Ballot: ballots[it.Application], Outcome: string(it.Outcome), Reason: it.Reason}
		if !it.Introducer.IsZero() {
			one.Introducer = it.Introducer.String()
		}
		for _, n := range r.notes {
			if n.Application == it.Application && !r.barred(n.Application, n.Person) {
				one.Notes = append(one.Notes, n.Person.String()+" "+n.Text)
			}
		}
		said.Items = append(said.Items, one)
	}
	for _, l := range r.lots {
		said.Lots = append(said.Lots, lot{l.Applications, l.Seed, l.PreparedAt.UnixMicro(), l.DrawnAt.UnixMicro()})
	}
	b, err := json.Marshal(said)
	return sum(string(b)), err
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// FinishMeeting ends a meeting: what is on the table is put aside, the minutes are fixed for their signatures, and it is kept how far
// reviewers agree then. Whoever leads
// may, but not while they have left the room. Faults: Conflict, NotFound.
func (s *Service) FinishMeeting(ctx context.Context, sc tenants.Scope, call ids.Call) error {
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
	return s.gather(ctx, sc, call, EndMeeting, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		if g.meeting.Lead != sc.Actor().Person {
			return fault.Conflict("selection.meeting.not_lead")
		}
		if err := s.putAside(ctx, sc, tx, g); err != nil {
			return err
		}
		found, err := conflictsOfCall(ctx, tx, call)
		if err != nil {
			return err
		}
		if err := g.noteAway(ctx, tx, conflictedIn(found)); err != nil {
			return err
		}
		decided, err := decisionsOf(ctx, tx, call)
		if err != nil {
			return err
		}
		g.meeting.EndedAt, g.meeting.EndedBy = g.now, sc.Actor().Person
		g.meeting.Balance = balanceOf(c, all, decided)
		g.meeting.Balance.Ended = g.now.UnixMicro()
		if err := keepRatings(ctx, tx, c, all, KeptMeeting, g.now); err != nil {
			return err
		}
		r, err := readRecord(ctx, tx, g.meeting)
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "meeting.ended", SubjectKind: "call", SubjectID: call.String()})
		g.meeting.Fingerprint, err = r.fingerprint()
		return err
	})
}

// noteAway writes down who had left the room for what.
func (g *gathering) noteAway(ctx context.Context, tx *tenants.Tx, conflicted func(ids.Application, ids.Person) bool) error {
	items, err := itemsOf(ctx, tx, g.meeting.ID)
	if err != nil {
		return err
	}
	for _, it := range items {
		var away []ids.Person
		for _, m := range g.members {
			if conflicted(it.Application, m.Person) {
				away = append(away, m.Person)
			}
		}
		if it.CalledAt.IsZero() || slices.Equal(away, it.Away) {
			continue
		}
		it.Away = away
		if err := saveItem(ctx, tx, g.meeting.ID, &it); err != nil {
			return err
		}
	}
	return nil
}

// ReopenMeeting goes on with a meeting that has ended; a signature of its minutes does not hold any more. Coordinators and the
// chair may. Faults: Conflict, also once the minutes are signed by two; NotFound.
func (s *Service) ReopenMeeting(ctx context.Context, sc tenants.Scope, call ids.Call) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	return s.gather(ctx, sc, call, ResumeMeeting, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		m := &g.meeting
		m.Balance = nil
		m.EndedAt, m.EndedBy, m.Fingerprint, m.SignedAt, m.SignedBy = time.Time{}, ids.Person{}, "", time.Time{}, ids.Person{}
		tx.Audit(audit.Entry{Action: "meeting.reopened", SubjectKind: "call", SubjectID: call.String()})
		return g.preside(ctx, tx)
	})
}

// SignMinutes signs the minutes of a meeting that has ended, as they were shown: first whoever led it at the end, then a second
// person, by which they are sealed. Coordinators and the chair may who were asked to the meeting. A signature is about everything
// that the minutes say, also about what its signer may not know. Faults: Conflict when it is not their turn or the minutes are
// others than those shown; NotFound.
func (s *Service) SignMinutes(ctx context.Context, sc tenants.Scope, call ids.Call, fingerprint string) error {
	if err := s.policies.May(sc, policies.SelectionSign, policies.On{}); err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		m, err := lockMeeting(ctx, tx, call)
		if err != nil {
			return err
		}
		verb := SignMinutes
		if m.State == MeetingSigned {
			verb = SealMinutes
		}
		return s.advanceMeeting(ctx, tx, m, verb, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
			return g.sign(ctx, tx, verb, fingerprint)
		})
	})
}

func (g *gathering) sign(ctx context.Context, tx *tenants.Tx, verb MeetingVerb, shown string) error {
	person := tx.Scope().Actor().Person
	if !g.asked(person) {
		return fault.NotFound()
	}
	r, err := readRecord(ctx, tx, g.meeting)
	if err != nil {
		return err
	}
	now, err := r.fingerprint()
	if err != nil {
		return err
	}
	if now != g.meeting.Fingerprint || shown != now {
		return fault.Conflict("selection.minutes.changed")
	}
	switch {
	case verb == SignMinutes && g.meeting.Lead != person:
		return fault.Conflict("selection.minutes.lead_first")
	case verb == SignMinutes:
		g.meeting.SignedAt, g.meeting.SignedBy = g.now, person
	case g.meeting.SignedBy == person:
		return fault.Conflict("selection.minutes.four_eyes")
	default:
		g.meeting.SealedAt, g.meeting.SealedBy = g.now, person
	}
	tx.Audit(audit.Entry{Action: "minutes.signed", SubjectKind: "call", SubjectID: g.meeting.Call.String(), Detail: map[string]any{"fingerprint": now}})
	return nil
}

// Minutes are the minutes of a meeting as one person may read them: without the applications in which they have a conflict of
// interest, and without saying that there were any.
type Minutes struct {
	Call    Call
	Meeting Meeting
	Members []Member // by name
	Turns   []Turn
	Entries []MinutesEntry
	Lots    []ShownLot
	Balance *Balance // nil: these minutes are older than that they hold one
	Numbers map[ids.Application]string
	Names   map[ids.Person]string
}

// MinutesEntry is what the minutes say of one application.
type MinutesEntry struct {
	Item

	About  Application // without organizations: it was withdrawn since
	Ballot Ballot
	Notes  []MeetingNote
}

// Minutes shows the minutes of a meeting of a call that has ended. Its members may, and whoever may decide. Fault: NotFound.
func (s *Service) Minutes(ctx context.Context, sc tenants.Scope, call ids.Call, meeting ids.Meeting) (Minutes, error) {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return Minutes{}, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Minutes{}, err
	}
	all, err := meetings(ctx, sc.Read(), call)
	if err != nil {
		return Minutes{}, err
	}
	i := slices.IndexFunc(all, func(m Meeting) bool { return m.ID == meeting })
	if i < 0 || all[i].EndedAt.IsZero() {
		return Minutes{}, fault.NotFound()
	}
	var r record
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) (err error) {
		r, err = readRecord(ctx, tx, all[i])
		return err
	})
	if err != nil {
		return Minutes{}, err
	}
	asked := slices.ContainsFunc(r.members, func(m Member) bool { return m.Person == sc.Actor().Person })
	if !asked && !s.may(sc, policies.SelectionDecide) {
		return Minutes{}, fault.NotFound()
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return Minutes{}, err
	}
	m := r.shown(f, without, sc.Actor().Person)
	return m, s.nameMinutes(ctx, sc, &m)
}

// shown are the minutes without the applications that a reader may not know of.
func (r *record) shown(f field, without []ids.Application, reader ids.Person) Minutes {
	m := Minutes{Call: f.Call, Meeting: r.meeting, Members: r.members, Turns: r.turns, Numbers: map[ids.Application]string{}}
	known := func(id ids.Application) bool { return !slices.Contains(without, id) && !r.barred(id, reader) }
	ballots := Count(r.votes, r.barred)
	for _, a := range f.Applications {
		m.Numbers[a.ID] = a.Number
	}
	for _, it := range r.items {
		if !known(it.Application) {
			continue
		}
		e := MinutesEntry{Item: it, Ballot: ballots[it.Application]}
		e.About, _ = f.application(it.Application)
		for _, n := range r.notes {
			if n.Application == it.Application && !r.barred(n.Application, n.Person) {
				e.Notes = append(e.Notes, n)
			}
		}
		m.Entries = append(m.Entries, e)
	}
	m.Lots = visibleLots(r.lots, known)
	m.Balance = r.meeting.Balance.among(known)
	m.Meeting.Balance = nil // it knows of all applications
	return m
}

func (s *Service) nameMinutes(ctx context.Context, sc tenants.Scope, m *Minutes) error {
	var wanted []ids.Person
	for _, one := range m.Members {
		wanted = append(wanted, one.Person)
	}
	for _, t := range m.Turns {
		wanted = append(wanted, t.Person)
	}
	known, err := s.People.Persons(ctx, sc, wanted)
	m.Names = make(map[ids.Person]string, len(known))
	for id, person := range known {
		m.Names[id] = person.Name
	}
	for i := range m.Members {
		m.Members[i].Name = m.Names[m.Members[i].Person]
	}
	slices.SortFunc(m.Members, func(a, b Member) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Person.String(), b.Person.String()))
	})
	return err
}
