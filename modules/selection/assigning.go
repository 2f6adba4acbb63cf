package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/policies"
	"kervan/tenants"
)

// Board is who reviews what in a call.
type Board struct {
	Call      Call
	List      List
	Rows      []Row
	Reviewers []Reviewer // those who can be assigned, by name
	LatestDue time.Time  // of what is assigned already; zero: nothing is

	opinions []Opinion // of the call, those on applications that are not in the rows, too
}

// Row is one application with its reviews.
type Row struct {
	Application

	Reviews   []Review
	Progress  Progress
	Conflicts []Conflict // of people who could review, that hold
}

// Reviewer is somebody who can be assigned, with what they have to do in the call.
type Reviewer struct {
	Person
	ID        ids.Person
	Chair     bool
	May       bool // they may be given reviews now
	Knows     bool // they may not, as they see who applies in an anonymous call
	Assigned  int  // reviews that are theirs, done or not
	Undeclare int  // without a declaration yet
	Submitted int
	Overdue   int
	Reminded  time.Time // the last time, of what they still owe; zero: never
	Remind    int       // reviews of which they can be reminded now
}

// Reviewer finds one of the board.
func (b *Board) Reviewer(id ids.Person) (Reviewer, bool) {
	i := slices.IndexFunc(b.Reviewers, func(r Reviewer) bool { return r.ID == id })
	if i < 0 {
		return Reviewer{}, false
	}
	return b.Reviewers[i], true
}

// Board shows the applications of a call and who reviews them. Coordinators and officers may; applications in which they
// have a conflict of interest are left out, and are counted nowhere. Fault: NotFound.
func (s *Service) Board(ctx context.Context, sc tenants.Scope, call ids.Call) (Board, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return Board{}, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Board{}, err
	}
	return s.board(ctx, sc, f)
}

func (s *Service) board(ctx context.Context, sc tenants.Scope, f field) (Board, error) {
	b := Board{Call: f.Call}
	all, err := reviewsOfCall(ctx, sc.Read(), f.Call.ID)
	if err != nil {
		return b, err
	}
	standing, err := conflictsOfCall(ctx, sc.Read(), f.Call.ID)
	if err != nil {
		return b, err
	}
	if b.List, _, err = findList(ctx, sc.Read(), f.Call.ID); err != nil {
		return b, err
	}
	// Who is here for a review alone that the actor must not know of is not here.
	seen := slices.DeleteFunc(slices.Clone(all), func(r Review) bool { return slices.Contains(f.without, r.Application) })
	if b.Reviewers, err = s.reviewers(ctx, sc, &f.Call, seen); err != nil {
		return b, err
	}
	if b.opinions, err = opinionsOfCall(ctx, sc.Read(), f.Call.ID); err != nil {
		return b, err
	}
	wanted := wantedBy(b.opinions)
	grouped := byApplication(all)
	for _, a := range f.Applications {
		row := Row{Application: a, Reviews: grouped[a.ID]}
		row.Progress, _ = progressTo(sc.Actor().Person, f.Call.Review, grouped[a.ID], wanted[a.ID])
		for _, c := range standing {
			if _, known := b.Reviewer(c.Person); known && c.Application == a.ID && c.Stands() {
				row.Conflicts = append(row.Conflicts, c)
			}
		}
		b.count(&row)
		b.Rows = append(b.Rows, row)
	}
	return b, nil
}

func (b *Board) count(row *Row) {
	now := time.Now()
	for _, r := range row.Reviews {
		if r.DueAt.After(b.LatestDue) {
			b.LatestDue = r.DueAt
		}
		i := slices.IndexFunc(b.Reviewers, func(one Reviewer) bool { return one.ID == r.Person })
		if i < 0 || !r.State.Active() {
			continue
		}
		who := &b.Reviewers[i]
		who.Assigned++
		switch {
		case r.State == ReviewSubmitted:
			who.Submitted++
		case r.DueAt.Before(now):
			who.Overdue++
		}
		if r.State == ReviewAssigned {
			who.Undeclare++
		}
		if r.State.Owed() && row.Undecided {
			who.reminded(r, now)
		}
	}
}

// reviewers are those who may be assigned now, and those who were or would be and may not. The latter are those
// who see who applies, where a call is anonymous.
func (s *Service) reviewers(ctx context.Context, sc tenants.Scope, call *Call, reviews []Review) ([]Reviewer, error) {
	knows := map[ids.Person]bool{}
	held, err := reviewers.For(ctx, sc.Read(), call.ID)
	if err == nil && call.Review.Anonymous {
		knows, err = reviewers.Knowing(ctx, sc.Read())
	}
	if err != nil {
		return nil, err
	}
	var found []Reviewer
	add := func(id ids.Person, chair bool) {
		i := slices.IndexFunc(found, func(r Reviewer) bool { return r.ID == id })
		if i < 0 {
			found = append(found, Reviewer{ID: id, Chair: chair})
		} else {
			found[i].Chair = found[i].Chair || chair
		}
	}
	for _, m := range held {
		add(m.Person, m.Role == tenants.RoleChair)
	}
	for i := range found {
		found[i].Knows = knows[found[i].ID]
		found[i].May = !found[i].Knows
	}
	for _, r := range reviews {
		add(r.Person, false)
	}
	wanted := make([]ids.Person, len(found))
	for i := range found {
		wanted[i] = found[i].ID
	}
	known, err := s.People.Persons(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Person = known[found[i].ID]
	}
	i18n.Sort(sc.Actor().Locale, found, func(r Reviewer) string { return r.Name })
	return found, nil
}

// Assignment is who is to review what, and until when.
type Assignment struct {
	Applications []ids.Application
	Reviewers    []ids.Person
	DueAt        time.Time
	Skip         bool // leave out pairs with a conflict of interest instead of refusing all
}

// Refusal is a pair that cannot be assigned because of a conflict of interest, or of one that was ticked and taken back in an anonymous
// call.
type Refusal struct {
	Application ids.Application
	Person      ids.Person
	Kind        ConflictKind
}

// Assign gives each of the applications to each of the reviewers, who are told by mail. Pairs that are assigned already
// stay as they are. Coordinators and officers may. Where somebody has a conflict of interest, declared or found just now,
// nothing is assigned and the pairs are given back with a Conflict, or only they are left out if that was asked for. Other
// faults: Invalid by field, Conflict when the decisions are closed, NotFound.
func (s *Service) Assign(ctx context.Context, sc tenants.Scope, call ids.Call, cmd Assignment) ([]Refusal, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return nil, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return nil, err
	}
	cmd.DueAt = cmd.DueAt.Truncate(time.Microsecond) // as the database keeps it
	chosen, err := s.chosen(ctx, sc, f, cmd)
	if err != nil {
		return nil, err
	}
	found, err := s.detect(ctx, sc, chosen, cmd.Reviewers...) // nobody comes to a place while somebody can be assigned
	if err != nil {
		return nil, err
	}
	var refused []Refusal
	err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := s.opened(ctx, tx, f.Call, cmd.DueAt)
		if err != nil {
			return err
		}
		held, err := reviewers.Eligible(ctx, tx, f.Call.ID, f.Call.Review.Anonymous)
		if err != nil {
			return err
		}
		if !allHold(held, cmd.Reviewers) { // somebody's loan was ended meanwhile
			return fault.NotFound()
		}
		if err := recuse(ctx, tx, found, now); err != nil {
			return err
		}
		if refused, err = conflicted(ctx, tx, f.Call, chosen, cmd.Reviewers); err != nil {
			return err
		}
		if len(refused) > 0 && !cmd.Skip {
			return nil
		}
		_, err = s.assign(ctx, tx, f.Call, each(chosen, cmd.Reviewers, refused), cmd.DueAt, now)
		return err
	})
	if err == nil && len(refused) > 0 && !cmd.Skip {
		err = fault.Conflict("selection.assign.refused")
	}
	return refused, err
}

// chosen are the applications of an assignment, if it names people who may review and applications that can be.
func (s *Service) chosen(ctx context.Context, sc tenants.Scope, f field, cmd Assignment) ([]Application, error) {
	var bad []fault.Field
	if len(cmd.Applications) == 0 {
		bad = append(bad, fault.At("application", "selection.assign.no_application"))
	}
	if len(cmd.Reviewers) == 0 {
		bad = append(bad, fault.At("reviewer", "selection.assign.no_reviewer"))
	}
	if len(bad) > 0 {
		return nil, fault.Invalid("fault.check_fields", bad...)
	}
	held, err := reviewers.Eligible(ctx, sc.Read(), f.Call.ID, f.Call.Review.Anonymous)
	if err != nil {
		return nil, err
	}
	if !allHold(held, cmd.Reviewers) {
		return nil, fault.NotFound()
	}
	chosen := make([]Application, len(cmd.Applications))
	for i, id := range cmd.Applications {
		a, ok := f.application(id)
		if !ok {
			return nil, fault.NotFound()
		}
		if !a.Undecided {
			return nil, fault.Conflict("selection.assign.decided")
		}
		chosen[i] = a
	}
	return chosen, nil
}

func allHold(held []tenants.Membership, persons []ids.Person) bool {
	return !slices.ContainsFunc(persons, func(person ids.Person) bool {
		return !slices.ContainsFunc(held, func(m tenants.Membership) bool { return m.Person == person })
	})
}

// assign gives out the reviews and tells each reviewer once, however many there are. It returns how many are new.
func (s *Service) assign(ctx context.Context, tx *tenants.Tx, call Call, pairs []pair, due, now time.Time) (int, error) {
	before, err := reviewsOfCall(ctx, tx, call.ID)
	if err != nil {
		return 0, err
	}
	grouped := byApplication(before)
	began := map[ids.Application]bool{}
	fresh := map[ids.Person]int{}
	var order []ids.Person
	for _, p := range pairs {
		added, err := assignOne(ctx, tx, before, Review{Call: call.ID, Application: p.Application, Person: p.Person, DueAt: due, AssignedAt: now})
		if err != nil {
			return 0, err
		}
		if !added {
			continue
		}
		if fresh[p.Person]++; fresh[p.Person] == 1 {
			order = append(order, p.Person)
		}
		tx.Audit(audit.Entry{Action: "review.assigned", SubjectKind: "application", SubjectID: p.Application.String(), Detail: map[string]any{"reviewer": p.Person.String()}})
		if !began[p.Application] && ProgressOf(call.Review, grouped[p.Application], 0).Active == 0 {
			began[p.Application] = true
			tx.Announce(events.ReviewBegan{Application: p.Application})
		}
	}
	if len(order) == 0 {
		return 0, nil
	}
	letters, err := s.Calls.Letters(ctx, tx, call.ID)
	if err != nil {
		return 0, err
	}
	invitation := letters["reviewer_invitation"]
	added := 0
	for _, person := range order {
		added += fresh[person]
		words := &invitation
		if slices.ContainsFunc(before, func(r Review) bool { return r.Person == person }) {
			words = nil // they know the call by now
		}
		s.tellAssigned(tx, call, person, fresh[person], due, words)
		remindOfReviews(tx, call.ID, person, due, now)
	}
	return added, nil
}

func assignOne(ctx context.Context, tx *tenants.Tx, before []Review, r Review) (bool, error) {
	i := slices.IndexFunc(before, func(b Review) bool { return b.Application == r.Application && b.Person == r.Person })
	if i < 0 {
		r.ID, r.State = ids.New[ids.Review](), ReviewAssigned
		return true, insertReview(ctx, tx, &r)
	}
	known := before[i]
	after, ok := known.State.After(Assign)
	if !ok {
		return false, nil
	}
	known.State, known.DueAt = after, r.DueAt
	return true, advance(ctx, tx, &known)
}

// Unassign takes a review back from its reviewer, who is told in the page; what was written is kept for the case that it
// is assigned again. Coordinators and officers may. Faults: Conflict when it is submitted already, NotFound.
func (s *Service) Unassign(ctx context.Context, sc tenants.Scope, id ids.Review) error {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return err
	}
	r, err := findReview(ctx, sc.Read(), id)
	if err != nil {
		return err
	}
	a, err := s.permitted(ctx, sc, policies.ReviewerManage, r.Application)
	if err != nil {
		return err
	}
	call, err := s.Calls.Call(ctx, sc, a.Call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		r, err := lockReview(ctx, tx, id)
		if err != nil {
			return err
		}
		var ok bool
		if r.State, ok = r.State.After(Remove); !ok {
			return fault.Conflict("selection.assign.not_removable")
		}
		tx.Audit(audit.Entry{Action: "review.unassigned", SubjectKind: "application", SubjectID: a.ID.String(), Detail: map[string]any{"reviewer": r.Person.String()}})
		tellTaken(tx, call, r.Person, a.Number)
		return advance(ctx, tx, &r)
	})
}

// Postpone moves the due date of all reviews of a call that are still owed; their reviewers are told by mail. Coordinators
// and officers may. Faults: Invalid by field, NotFound.
func (s *Service) Postpone(ctx context.Context, sc tenants.Scope, call ids.Call, due time.Time) error {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	due = due.Truncate(time.Microsecond)
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if !due.After(now) {
			return fault.Invalid("fault.check_fields", fault.At("due", "selection.assign.due_past"))
		}
		moved, err := postpone(ctx, tx, call, due)
		if err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "review.postponed", SubjectKind: "call", SubjectID: call.String()})
		for person, n := range moved {
			s.tellReviewer(tx, c, person, "due_moved", n, due)
			remindOfReviews(tx, call, person, due, now)
		}
		return nil
	})
}
