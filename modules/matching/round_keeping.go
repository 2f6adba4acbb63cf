package matching

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

// bias is which rounds somebody must not see: those about applicants of a call in which they have a conflict of interest in any
// application, or to which an organization of theirs has applied, whatever became of it; and those in whose pool of cards an
// organization is or was that is theirs or in whose application, to whatever call, they have a conflict of interest.
type bias struct {
	calls map[ids.Call]bool
	about map[ids.Round]bool
	cards bool
	own   []ids.Organization // theirs, and those in whose applications they have a conflict of interest
}

// partiality looks up what keeps the actor from rounds: as much for one round as for many.
func (s *Service) partiality(ctx context.Context, sc tenants.Scope) (bias, error) {
	var a bias
	if sc.Actor().System != "" {
		return a, nil
	}
	if sc.Tenant().Kind == tenants.KindCore {
		return s.partialityAbroad(ctx, sc)
	}
	var err error
	if a.calls, err = s.around.Applications.Concerned(ctx, sc); err != nil {
		return a, err
	}
	conflicting, err := s.around.Applications.Conflicting(ctx, sc)
	if err != nil {
		return a, err
	}
	a.own = slices.Concat(sc.Actor().OrganizationsAs(), conflicting)
	own := a.own
	if len(own) == 0 {
		return a, nil
	}
	if a.about, err = roundsAbout(ctx, sc.Read(), own); err != nil {
		return a, err
	}
	cards, err := cardsOf(ctx, sc.Read(), own)
	for _, c := range cards {
		a.cards = a.cards || c.InPool
	}
	return a, err
}

func (a *bias) bars(r *Round) bool {
	return a.calls[r.Call] && r.Pool.OfCall() || a.about[r.ID] || a.cards && !r.Pool.OfCall()
}

// Concealed are the rounds of which the actor must not know anything, in whatever role: neither what was done in them nor what was
// written about them. It is for other modules, which ask on behalf of whoever acts.
func (s *Service) Concealed(ctx context.Context, sc tenants.Scope) ([]ids.Round, error) {
	a, err := s.partiality(ctx, sc)
	if err != nil || len(a.calls) == 0 && len(a.about) == 0 && !a.cards {
		return nil, err
	}
	all, err := roundsIn(ctx, sc.Read(), 0)
	if err != nil {
		return nil, err
	}
	var barred []ids.Round
	for i := range all {
		if a.bars(&all[i]) {
			barred = append(barred, all[i].ID)
		}
	}
	return barred, nil
}

// partial is why somebody does not see a round of which they know: they are not impartial in it.
func partial() error {
	f := fault.Forbidden()
	f.Key = "matching.round.partial"
	return f
}

// steered finds a round, if the actor may steer it.
func (s *Service) steered(ctx context.Context, sc tenants.Scope, id ids.Round) (Round, error) {
	if err := s.steers(sc); err != nil {
		return Round{}, err
	}
	r, err := findRound(ctx, sc.Read(), id)
	if err != nil {
		return r, err
	}
	a, err := s.partiality(ctx, sc)
	if err == nil && a.bars(&r) {
		err = partial()
	}
	return r, err
}

// Rounds are the network's rounds, those that go on first, then the newest.
type Rounds struct {
	All   []Round
	Calls map[ids.Call]Call
	Apart bool // there are some that the actor does not see

	kind tenants.Kind // of the tenant whose they are
}

// Rounds lists the rounds that the actor may steer. Coordinators may; rounds in which they are not impartial are left out.
func (s *Service) Rounds(ctx context.Context, sc tenants.Scope) (Rounds, error) {
	if err := s.steers(sc); err != nil {
		return Rounds{}, err
	}
	all, err := roundsIn(ctx, sc.Read(), mostRounds)
	if err != nil {
		return Rounds{}, err
	}
	a, err := s.partiality(ctx, sc)
	if err != nil {
		return Rounds{}, err
	}
	found := Rounds{kind: sc.Tenant().Kind}
	for i := range all {
		if a.bars(&all[i]) {
			found.Apart = true
		} else {
			found.All = append(found.All, all[i])
		}
	}
	found.Calls, err = s.calls(ctx, sc)
	return found, err
}

func (s *Service) calls(ctx context.Context, sc tenants.Scope) (map[ids.Call]Call, error) {
	if sc.Tenant().Kind == tenants.KindCore {
		return nil, nil
	}
	all, err := s.around.Applications.Calls(ctx, sc)
	found := make(map[ids.Call]Call, len(all))
	for _, c := range all {
		found[c.ID] = c
	}
	return found, err
}

// Choices are the calls whose applicants may be the pool of a round that the actor makes, the newest first. Coordinators may.
func (s *Service) Choices(ctx context.Context, sc tenants.Scope) ([]Call, error) {
	if err := s.steers(sc); err != nil {
		return nil, err
	}
	if sc.Tenant().Kind == tenants.KindCore {
		return nil, nil
	}
	all, err := s.around.Applications.Calls(ctx, sc)
	if err != nil {
		return nil, err
	}
	a, err := s.partiality(ctx, sc)
	return slices.DeleteFunc(all, func(c Call) bool { return a.calls[c.ID] }), err
}

// BeginRound makes a round. Coordinators may, unless they are not impartial in it. Faults: Invalid by field, Forbidden.
func (s *Service) BeginRound(ctx context.Context, sc tenants.Scope, r Round) (ids.Round, error) {
	if err := s.steers(sc); err != nil {
		return ids.Round{}, err
	}
	if err := s.checkRound(ctx, sc, &r); err != nil {
		return ids.Round{}, err
	}
	r.ID, r.CreatedBy = ids.New[ids.Round](), sc.Actor().Person
	return r.ID, sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		if r.CreatedAt, err = tx.Now(ctx); err != nil {
			return err
		}
		tx.Audit(roundEntry("round.begun", r.ID))
		return insertRound(ctx, tx, &r)
	})
}

func roundEntry(action string, id ids.Round) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "round", SubjectID: id.String()}
}

// checkRound refuses what no round can be.
func (s *Service) checkRound(ctx context.Context, sc tenants.Scope, r *Round) error {
	bad := r.Rules.check()
	r.Title = strings.TrimSpace(r.Title)
	switch n := utf8.RuneCountInString(r.Title); {
	case n == 0:
		bad = append(bad, fault.At("title", "fault.required"))
	case n > maxTitle:
		bad = append(bad, fault.AtWith("title", "fault.too_long", fault.Args{"Length": n, "Max": maxTitle}))
	}
	r.Pool.strip(&r.Rules)
	switch {
	case sc.Tenant().Kind == tenants.KindCore && r.Pool == SharedPool:
		bad = append(bad, r.unknowable()...)
	case sc.Tenant().Kind == tenants.KindCore, !slices.Contains(PoolKinds, r.Pool):
		bad = append(bad, fault.At("pool", "fault.choose"))
	case !r.Pool.OfCall():
		r.Call = ids.Call{}
	default:
		calls, err := s.calls(ctx, sc)
		if err != nil {
			return err
		}
		if _, ok := calls[r.Call]; !ok {
			bad = append(bad, fault.At("call", "fault.choose"))
		}
	}
	if len(bad) > 0 {
		return fault.Invalid("fault.check_fields", bad...)
	}
	a, err := s.partiality(ctx, sc)
	if err == nil && a.bars(r) {
		err = partial()
	}
	return err
}

// ReviseRound changes a round's title, pool and rules. Once anything was proposed in it, its pool and its seats stay as they are.
// Coordinators may, unless they are not impartial in it as it is or as it becomes. Faults: Invalid by field, Conflict when somebody
// else has changed it or it is closed, Forbidden, NotFound.
func (s *Service) ReviseRound(ctx context.Context, sc tenants.Scope, r Round) error {
	was, err := s.steered(ctx, sc, r.ID)
	if err != nil {
		return err
	}
	if err := s.checkRound(ctx, sc, &r); err != nil {
		return err
	}
	abroad, err := s.proposedAbroad(ctx, &was, ids.Run{})
	if err != nil {
		return err
	}
	return s.changingRound(ctx, sc, r.ID, func(ctx context.Context, tx *tenants.Tx, now Round) error {
		proposed, err := proposedIn(ctx, tx, r.ID)
		proposed = proposed || abroad
		switch {
		case err != nil:
			return err
		case now.Version != r.Version:
			return fault.Conflict("fault.stale")
		case now.Closed:
			return fault.Conflict("matching.round.closed")
		case proposed && (now.Pool != r.Pool || now.Call != r.Call):
			return fault.Invalid("fault.check_fields", fault.At("pool", "matching.round.pool_stands"))
		case proposed && !sameSeats(now.Rules.Seats, r.Rules.Seats):
			return fault.Invalid("fault.check_fields", fault.At("seats", "matching.round.pool_stands"))
		}
		now.Title, now.Pool, now.Call, now.Rules = r.Title, r.Pool, r.Call, r.Rules
		tx.Audit(roundEntry("round.revised", r.ID))
		return updateRound(ctx, tx, &now)
	})
}

func sameSeats(a, b []Seat) bool {
	return slices.EqualFunc(a, b, func(x, y Seat) bool { return x.Kind == y.Kind && slices.Equal(x.Countries, y.Countries) })
}

// changingRound changes what belongs to a round while nobody else does.
func (s *Service) changingRound(ctx context.Context, sc tenants.Scope, id ids.Round, change func(ctx context.Context, tx *tenants.Tx, now Round) error) error {
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		now, err := lockRound(ctx, tx, id)
		if err != nil {
			return err
		}
		return change(ctx, tx, now)
	})
}

// CloseRound ends a round, or opens it again: in one that is closed nothing is solved and nothing proposed. What was proposed and is not
// answered stays. Coordinators may, unless they are not impartial in it. Faults: Forbidden, NotFound.
func (s *Service) CloseRound(ctx context.Context, sc tenants.Scope, id ids.Round, closed bool) error {
	if _, err := s.steered(ctx, sc, id); err != nil {
		return err
	}
	return s.changingRound(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, now Round) error {
		if now.Closed == closed {
			return nil
		}
		now.Closed = closed
		action := "round.reopened"
		if closed {
			action = "round.closed"
		}
		tx.Audit(roundEntry(action, id))
		return updateRound(ctx, tx, &now)
	})
}

// gathered is a round's pool, by organization.
func (s *Service) gathered(ctx context.Context, sc tenants.Scope, r *Round) ([]Member, error) {
	if r.Pool == SharedPool {
		return s.pooled(ctx, r)
	}
	var cards []Card
	applied := map[ids.Organization]ids.Application{}
	var wanted []ids.Organization
	if r.Pool == CardsPool {
		all, err := cardsIn(ctx, sc.Read())
		if err != nil {
			return nil, err
		}
		cards = all
		for i := range all {
			wanted = append(wanted, all[i].Organization)
		}
	} else {
		all, err := s.around.Applications.Applicants(ctx, sc, r.Call, r.Pool)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			applied[a.Organization] = a.Application
			wanted = append(wanted, a.Organization)
		}
		slices.SortFunc(wanted, func(a, b ids.Organization) int { return strings.Compare(a.String(), b.String()) })
		found, err := cardsOf(ctx, sc.Read(), wanted)
		if err != nil {
			return nil, err
		}
		for _, id := range wanted {
			cards = append(cards, found[id])
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	members := make([]Member, 0, len(wanted))
	for i, id := range wanted {
		if o, ok := known[id]; ok {
			members = append(members, Member{Listed: Listed{Organization: o, Card: cards[i]}, Application: applied[id]})
		}
	}
	return members, s.leaveOut(ctx, sc, r, members, wanted)
}

// leaveOut says of each member why it takes no part in the round, if it does not.
func (s *Service) leaveOut(ctx context.Context, sc tenants.Scope, r *Round, members []Member, wanted []ids.Organization) error {
	going, err := s.around.Partnerships.Going(ctx, sc, wanted)
	if err != nil {
		return err
	}
	busy, err := engaged(ctx, sc.Read(), r, ids.Match{})
	if err != nil {
		return err
	}
	for i := range members {
		m := &members[i]
		switch {
		case r.Rules.Once && going[m.ID]:
			m.Out = Partnered
		case busy[m.ID]:
			m.Out = Matched
		case !slices.ContainsFunc(r.Rules.Seats, func(s Seat) bool { return s.Takes(m.Country, m.Form) }):
			m.Out = Unseated
		}
	}
	return nil
}

// RoundView is a round with everything that its page shows.
type RoundView struct {
	Round

	CallOf    Call
	Members   []Member // by name; those that take no part, too
	Ties      []Tie
	Runs      []Run // the newest first
	Proposals []Proposal
	Names     map[ids.Organization]string
	Proposed  bool   // something was proposed: its pool and seats stay
	Teams     []Team // partnerships of its call of which one may drop out, by title
}

// In are the members that take part.
func (v *RoundView) In() int {
	n := 0
	for i := range v.Members {
		if v.Members[i].Out == "" {
			n++
		}
	}
	return n
}

// Uncarded are how many of those that take part have no card that others may read.
func (v *RoundView) Uncarded() int {
	n := 0
	for i := range v.Members {
		if m := &v.Members[i]; m.Out == "" && !m.Card.InPool {
			n++
		}
	}
	return n
}

// LeftOut counts those that take no part for the reason.
func (v *RoundView) LeftOut(why Why) int {
	n := 0
	for i := range v.Members {
		if v.Members[i].Out == why {
			n++
		}
	}
	return n
}

// Pending is the run that goes on, if one does.
func (v *RoundView) Pending() bool {
	return slices.ContainsFunc(v.Runs, func(r Run) bool { return r.State.Pending() })
}

// Round shows a round. Coordinators may, unless they are not impartial in it. Faults: Forbidden, NotFound.
func (s *Service) Round(ctx context.Context, sc tenants.Scope, id ids.Round) (RoundView, error) {
	r, err := s.steered(ctx, sc, id)
	if err != nil {
		return RoundView{}, err
	}
	v := RoundView{Round: r, Names: map[ids.Organization]string{}}
	if r.Pool.OfCall() {
		calls, err := s.calls(ctx, sc)
		if err != nil {
			return v, err
		}
		v.CallOf = calls[r.Call]
		if v.Teams, err = s.around.Partnerships.Teams(ctx, sc, r.Call); err != nil {
			return v, err
		}
	}
	if v.Members, err = s.gathered(ctx, sc, &r); err != nil {
		return v, err
	}
	i18n.Sort(sc.Actor().Locale, v.Members, func(m Member) string { return m.Name })
	if v.Ties, err = tiesOf(ctx, sc.Read(), id); err != nil {
		return v, err
	}
	if v.Runs, err = runsOf(ctx, sc.Read(), id); err != nil {
		return v, err
	}
	if v.Proposals, err = s.proposalsOf(ctx, sc.Read(), &r); err != nil {
		return v, err
	}
	v.Proposed = len(v.Proposals) > 0
	var wanted []ids.Organization
	for _, t := range v.Ties {
		wanted = append(wanted, t.Organizations...)
	}
	for i := range v.Proposals {
		wanted = append(wanted, v.Proposals[i].Organizations...)
	}
	for i := range v.Members {
		v.Names[v.Members[i].ID] = v.Members[i].Name
	}
	return v, s.name(ctx, sc, v.Names, wanted)
}

// name fills in what organizations are called that are not there yet, all in one query.
func (s *Service) name(ctx context.Context, sc tenants.Scope, names map[ids.Organization]string, wanted []ids.Organization) error {
	if len(wanted) == 0 {
		return nil
	}
	if sc.Tenant().Kind == tenants.KindCore {
		return s.nameCopies(ctx, names, wanted)
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, wanted)
	for _, id := range wanted {
		names[id] = known[id].Name
	}
	return err
}

// Tie says that organizations of the round stay together, one for each seat, or that two are never put together; a tie that says so
// already stays. Coordinators may, unless they are not impartial in the round. Faults: Invalid by field (organization), Conflict where
// it cannot be, Forbidden, NotFound.
func (s *Service) Tie(ctx context.Context, sc tenants.Scope, id ids.Round, lock bool, organizations []ids.Organization) error {
	r, err := s.steered(ctx, sc, id)
	if err != nil {
		return err
	}
	members, err := s.gathered(ctx, sc, &r)
	if err != nil {
		return err
	}
	group, err := s.tied(ctx, sc, &r, members, lock, organizations)
	if lock && fault.Is(err, fault.KindConflict) {
		// Who tries pairs until one is refused wants to know what nobody may tell.
		if failed := sc.Write(ctx, func(_ context.Context, tx *tenants.Tx) error {
			tx.Audit(roundEntry("round.lock_refused", id))
			return nil
		}); failed != nil {
			return failed
		}
	}
	if err != nil {
		return err
	}
	return s.changingRound(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, now Round) error {
		if now.Closed {
			return fault.Conflict("matching.round.closed")
		}
		ties, err := tiesOf(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, t := range ties {
			shared := 0
			for _, o := range group {
				if slices.Contains(t.Organizations, o) {
					shared++
				}
			}
			switch {
			case t.Lock == lock && shared == len(group) && shared == len(t.Organizations):
				return nil
			case lock && t.Lock && shared > 0, lock != t.Lock && shared >= FewestSeats:
				return fault.Conflict("matching.tie.against")
			}
		}
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		action := "round.parted"
		if lock {
			action = "round.locked"
		}
		tx.Audit(roundEntry(action, id))
		return insertTie(ctx, tx, &Tie{ID: ids.New[ids.Tie](), Round: id, Lock: lock, Organizations: group, At: at, By: sc.Actor().Person})
	})
}

// tied is the group of a tie that can be: in the pool, and for a lock on the seats and barred by nothing; by what, the fault does not say.
func (s *Service) tied(ctx context.Context, sc tenants.Scope, r *Round, members []Member, lock bool, organizations []ids.Organization) ([]ids.Organization, error) {
	sides := map[ids.Organization]*Side{}
	for i := range members {
		if members[i].Out == "" {
			side := sideOf(&members[i].Listed)
			sides[members[i].ID] = &side
		}
	}
	for n, id := range organizations {
		if sides[id] == nil || slices.Contains(organizations[:n], id) {
			return nil, fault.Invalid("fault.check_fields", fault.At("organization", "matching.tie.choose"))
		}
	}
	if !lock {
		if len(organizations) != 2 {
			return nil, fault.Invalid("fault.check_fields", fault.At("organization", "matching.tie.two"))
		}
		return organizations, nil
	}
	group, err := r.Rules.seated(sides, organizations)
	if err != nil {
		return nil, err
	}
	chosen := make([]Member, len(group))
	for n, id := range group {
		chosen[n] = members[slices.IndexFunc(members, func(m Member) bool { return m.ID == id })]
	}
	basis, err := s.basis(ctx, sc, r, chosen, group)
	if err != nil {
		return nil, err
	}
	now, err := s.engagements(ctx, sc, r, group)
	if err != nil {
		return nil, err
	}
	for n := range group {
		for m := range n {
			if now.parted[PairOf(group[m], group[n])] || basis.barred(&r.Rules, m, n) {
				return nil, fault.Conflict("matching.tie.cannot")
			}
		}
	}
	return group, nil
}

// Untie takes back what was said about organizations of a round; what is gone already stays gone. Coordinators may, unless they are
// not impartial in the round. Faults: Forbidden, NotFound.
func (s *Service) Untie(ctx context.Context, sc tenants.Scope, id ids.Round, tie ids.Tie) error {
	if _, err := s.steered(ctx, sc, id); err != nil {
		return err
	}
	return s.changingRound(ctx, sc, id, func(ctx context.Context, tx *tenants.Tx, _ Round) error {
		tx.Audit(roundEntry("round.untied", id))
		return deleteTie(ctx, tx, id, tie)
	})
}
