package selection

import (
	"context"
	"slices"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/selection/figures"
	"kervan/policies"
	"kervan/tenants"
)

// Panel is a call's applications as the panel sees them: ranked, with what is decided of each so far.
type Panel struct {
	Call          Call
	List          List
	Ranked        []Ranked
	StandardError float64
	Line          int  // the band into which the last place falls; 0: none
	Contested     bool // that band holds more applications than places
	Adjusted      bool // the coordinator wants adjusted means beside the raw ones
	Tally         Tally
	Conditions    map[ids.Application]int         // how many conditions the place of an application has
	Reseated      map[ids.Application]Application // after the release, those in whose place a seat has changed hands, with who holds it by now
	Reasoned      bool                            // there is a reason why the selection is not as the quotas want it, which the actor may not read

	without []ids.Application // of which the actor must not know, in any call
}

// Ranked is one application of a panel.
type Ranked struct {
	Application
	Rank     figures.Rank
	Progress Progress
	Totals   []figures.Points // of the submitted reviews
	Below    []string         // the criteria whose mean is below their threshold
	TooLow   bool             // the mean of the totals is below the call's threshold
	Adjusted float64          // the adjusted mean, where the panel has them and there are reviews; the order and the bands are of raw means
	Owed     bool             // the actor owes a review of it and sees none of the others' before it is done
	Decision *Decision        // what is decided so far; nil: nothing
	Waiting  int              // the order among those of the waiting list that the actor may know of, from 1
}

// Outcome is what is decided of the application so far; empty: nothing.
func (r *Ranked) Outcome() events.Outcome {
	if r.Decision == nil {
		return ""
	}
	return r.Decision.Outcome
}

// Usage is how far the call's quotas are used, over the applications that the actor may know of.
func (p *Panel) Usage() []blueprints.Taken {
	var chosen []blueprints.Counted
	for i := range p.Ranked {
		if r := &p.Ranked[i]; r.Decision != nil && r.Decision.choosing() {
			chosen = append(chosen, p.holding(&r.Application).counted())
		}
	}
	return blueprints.Take(p.Call.Quotas, chosen)
}

// holding is an application with the organizations that hold its place by now.
func (p *Panel) holding(a *Application) *Application {
	if now, changed := p.Reseated[a.ID]; changed {
		return &now
	}
	return a
}

// Tally counts what is decided, over the applications that the actor may know of.
type Tally struct {
	Selected, Waiting, Rejected, Undecided int
	Held, Accepted                         int            // after the release: places that are offered or taken, and taken
	Countries                              map[string]int // of the organizations of selected applications, after the release of those that hold a place
}

// Panel ranks the applications of a call. Coordinators, officers and the chair may. Applications in which they have a
// conflict of interest are left out before anything is computed; of those whose own review they owe, the scores are.
// Fault: NotFound.
func (s *Service) Panel(ctx context.Context, sc tenants.Scope, call ids.Call) (Panel, error) {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return Panel{}, err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return Panel{}, err
	}
	l, err := ledgerOf(ctx, sc, call)
	if err != nil {
		return Panel{}, err
	}
	p := Panel{Call: f.Call, List: l.list, Conditions: l.conditions, Adjusted: l.ways.Adjusted, without: f.without}
	if f.Hidden > 0 {
		p.List.BeyondQuotas = nil // it is about the whole
	}
	if f.Hidden > 0 && p.List.ClosedBy != sc.Actor().Person { // it may speak of what is hidden
		p.Reasoned, p.List.QuotaReason = p.List.QuotaReason != "", ""
	}
	if err := markForThresholds(ctx, sc, f.Call, l.reviews); err != nil {
		return p, err
	}
	if p.List.State == ListReleased {
		if p.Reseated, err = s.changedIn(ctx, sc, f.Applications); err != nil {
			return p, err
		}
	}
	p.rank(f, byApplication(l.reviews), l.wanted, sc.Actor().Person)
	if p.Adjusted {
		p.adjust(f.open(l.reviews, sc.Actor().Person))
	}
	p.decided(l.decisions)
	return p, nil
}

func (p *Panel) rank(f field, reviews map[ids.Application][]Review, wanted map[ids.Application]int, actor ids.Person) {
	found := make(map[ids.Application]*Ranked, len(f.Applications))
	all := make([]Ranked, len(f.Applications))
	scores := make([]figures.Scores, len(f.Applications))
	for i, a := range f.Applications {
		r := &all[i]
		r.Application = a
		r.Progress, r.Owed = progressTo(actor, f.Call.Review, reviews[a.ID], wanted[a.ID])
		for _, one := range reviews[a.ID] {
			if one.State == ReviewSubmitted && !r.Owed {
				r.Totals = append(r.Totals, one.Points)
			}
		}
		if !r.Owed {
			r.Below = Below(f.Call.Criteria, reviews[a.ID])
		}
		found[a.ID], scores[i] = r, figures.Scores{Application: a.ID, Totals: r.Totals}
	}
	ranking := figures.Order(scores)
	p.StandardError = ranking.StandardError
	p.Line, p.Contested = ranking.Line(f.Call.Places)
	p.Ranked = make([]Ranked, 0, len(all))
	for _, rank := range ranking.Ranks {
		r := found[rank.Application]
		r.Rank, r.TooLow = rank, BelowTotal(f.Call.Review, rank)
		p.Ranked = append(p.Ranked, *r)
	}
}

func (p *Panel) adjust(reviews []Review) {
	means := figures.Adjust(ratingsOf(reviews)).Means
	for i := range p.Ranked {
		p.Ranked[i].Adjusted = means[p.Ranked[i].ID]
	}
}

// progressTo is how far the reviews of an application are as somebody sees it, and whether they owe one of them: then they are told
// neither that totals are apart nor that a second opinion is wanted.
func progressTo(person ids.Person, rule blueprints.Review, reviews []Review, wanted int) (Progress, bool) {
	p, owed := ProgressOf(rule, reviews, wanted), owes(reviews, person)
	if owed {
		p.Apart, p.Opinion, p.Required = false, false, rule.Reviews
	}
	return p, owed
}

func owes(reviews []Review, person ids.Person) bool { return slices.Contains(owing(reviews), person) }

// owing are who owe a review of an application, and are not told what others say of it.
func owing(reviews []Review) []ids.Person {
	var all []ids.Person
	for _, r := range reviews {
		if r.State.Owed() {
			all = append(all, r.Person)
		}
	}
	return all
}

func (p *Panel) decided(all []Decision) {
	p.Tally.Countries = map[string]int{}
	waiting := 0
	for _, d := range all { // in the order of the waiting list
		i := slices.IndexFunc(p.Ranked, func(r Ranked) bool { return r.ID == d.Application })
		if i < 0 {
			continue
		}
		p.Ranked[i].Decision = &d
		p.Tally.add(d)
		if d.Outcome == events.OutcomeWaiting {
			waiting++
			p.Ranked[i].Waiting = waiting
		}
		if d.choosing() {
			for _, o := range p.holding(&p.Ranked[i].Application).Organizations {
				p.Tally.Countries[o.Country]++
			}
		}
	}
	p.Tally.Undecided = len(p.Ranked) - p.Tally.Selected - p.Tally.Waiting - p.Tally.Rejected
}

func (t *Tally) add(d Decision) {
	switch d.Outcome {
	case events.OutcomeSelected:
		t.Selected++
	case events.OutcomeWaiting:
		t.Waiting++
	case events.OutcomeRejected:
		t.Rejected++
	}
	if d.State.Holds() {
		t.Held++
	}
	if d.State == DecisionAccepted {
		t.Accepted++
	}
}

// Folder is one application with all of its reviews.
type Folder struct {
	Application Application
	Call        Call
	List        List
	Reviews     []Review // with their marks; without any while the actor owes one
	Names       map[ids.Person]string
	Progress    Progress
	Owed        bool
	Said        []Said    // what the reviewers say to each other; nothing while the actor owes a review
	Earlier     []Earlier // totals that reviews had before they were changed; likewise
	Statement   Statement // what they tell the applicants together; likewise
	Opinions    []Opinion // for those who assign reviewers; likewise
	Board       Board     // of the call, for those who assign reviewers
	Row         Row
	Replaces    bool // the actor may ask another organization to take a seat of its place
}

// Folder shows all reviews of an application side by side. Coordinators, officers and the chair may, without a conflict of
// interest; but who owes a review of it sees no other before it is submitted. Fault: NotFound.
func (s *Service) Folder(ctx context.Context, sc tenants.Scope, id ids.Application) (Folder, error) {
	a, err := s.permitted(ctx, sc, policies.ReviewRead, id)
	if err != nil {
		return Folder{}, err
	}
	f := Folder{Application: a, Names: map[ids.Person]string{}}
	if f.Call, err = s.Calls.Call(ctx, sc, a.Call); err != nil {
		return f, err
	}
	if f.List, _, err = findList(ctx, sc.Read(), a.Call); err != nil {
		return f, err
	}
	if f.Replaces, err = s.replaces(ctx, sc, &f); err != nil {
		return f, err
	}
	if f.Reviews, err = reviewsOf(ctx, sc.Read(), id); err != nil {
		return f, err
	}
	asked, err := opinionsOf(ctx, sc.Read(), id)
	if err != nil {
		return f, err
	}
	f.Progress, f.Owed = progressTo(sc.Actor().Person, f.Call.Review, f.Reviews, reviewsWanted(asked))
	if err := s.name(ctx, sc, &f); err != nil {
		return f, err
	}
	if s.may(sc, policies.ReviewerManage) {
		if f.Board, err = s.Board(ctx, sc, a.Call); err != nil {
			return f, err
		}
		for _, row := range f.Board.Rows {
			if row.ID == id {
				f.Row = row
			}
		}
	}
	if f.Owed {
		for i := range f.Reviews {
			f.Reviews[i].Points, f.Reviews[i].Comment = 0, ""
		}
		return f, nil
	}
	messages, err := messagesOf(ctx, sc.Read(), id)
	if err != nil {
		return f, err
	}
	f.Said = threadOf(messages, voices(f.Reviews, sc.Actor().Person, f.Names, nil))
	if f.Earlier, err = earlierTotals(ctx, sc.Read(), id); err != nil {
		return f, err
	}
	if f.Statement, err = statementOf(ctx, sc.Read(), id); err != nil {
		return f, err
	}
	if s.may(sc, policies.ReviewerManage) {
		f.Opinions = asked
	}
	return f, mark(ctx, sc.Read(), f.Reviews)
}

func (s *Service) name(ctx context.Context, sc tenants.Scope, f *Folder) error {
	persons := make([]ids.Person, len(f.Reviews))
	for i, r := range f.Reviews {
		persons[i] = r.Person
	}
	known, err := s.People.Persons(ctx, sc, persons)
	for id, person := range known {
		f.Names[id] = person.Name
	}
	return err
}

// Summary is how far the selection of a call is.
type Summary struct {
	Call         Call
	List         List
	Applications int
	Lacking      int // applications for which reviewers are to be found …
	Third        int // … and those of them whose totals are too far apart or on which a second opinion is wanted
	Complete     int // applications with all reviews that the rule asks for
	Submitted    int // reviews
	Expected     int // reviews that are assigned
}

// Summaries lists the calls with applications to be selected from, the newest first. Coordinators, officers and the chair
// may; applications in which they have a conflict of interest are counted nowhere.
func (s *Service) Summaries(ctx context.Context, sc tenants.Scope) ([]Summary, error) {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	if err != nil {
		return nil, err
	}
	all, err := s.Applications.Undecided(ctx, sc)
	if err != nil {
		return nil, err
	}
	without, err := s.Conflicted(ctx, sc)
	if err != nil {
		return nil, err
	}
	grouped, err := s.allReviews(ctx, sc)
	if err != nil {
		return nil, err
	}
	known, err := lists(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	asked, err := standingOpinions(ctx, sc.Read())
	if err != nil {
		return nil, err
	}
	wanted := wantedBy(asked)
	var found []Summary
	for _, c := range calls {
		one := Summary{Call: c, List: List{Call: c.ID, State: ListOpen, Version: 1}}
		list, begun := known[c.ID]
		if begun {
			one.List = list
		}
		for _, a := range all {
			if a.Call != c.ID || slices.Contains(without, a.ID) {
				continue
			}
			progress, _ := progressTo(sc.Actor().Person, c.Review, grouped[a.ID], wanted[a.ID])
			one.add(progress)
		}
		if begun && list.State != ListOpen || one.Applications > 0 { // a list is begun by an early conflict of interest, too
			found = append(found, one)
		}
	}
	return found, nil
}

func (s *Summary) add(p Progress) {
	s.Applications++
	s.Submitted += p.Submitted
	s.Expected += p.Active
	if p.Lacking() > 0 {
		s.Lacking++
	}
	if p.Third() {
		s.Third++
	}
	if p.Complete() {
		s.Complete++
	}
}

func (s *Service) allReviews(ctx context.Context, sc tenants.Scope) (map[ids.Application][]Review, error) {
	all, err := activeReviews(ctx, sc.Read())
	return byApplication(all), err
}

// Before lists the published calls of which nothing is to be selected yet, but for which reviewers can be invited.
// Coordinators and officers may.
func (s *Service) Before(ctx context.Context, sc tenants.Scope, selected []Summary) ([]Call, error) {
	if err := s.policies.May(sc, policies.ReviewerManage, policies.On{}); err != nil {
		return nil, err
	}
	calls, err := s.Calls.Published(ctx, sc)
	return slices.DeleteFunc(calls, func(c Call) bool {
		return slices.ContainsFunc(selected, func(one Summary) bool { return one.Call.ID == c.ID })
	}), err
}

// scoresOf are the totals of an application's submitted reviews.
func scoresOf(id ids.Application, reviews []Review) figures.Scores {
	s := figures.Scores{Application: id}
	for i := range reviews {
		if reviews[i].State == ReviewSubmitted {
			s.Totals = append(s.Totals, reviews[i].Points)
		}
	}
	return s
}
