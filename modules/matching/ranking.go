package matching

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/solver"
	"kervan/policies"
	"kervan/tenants"
)

// Team is a partnership of which organizations can be replaced, as this module knows it.
type Team struct {
	ID    ids.Partnership
	Title string
	Call  ids.Call
	Seats []TeamSeat
}

// TeamSeat is a seat of a team.
type TeamSeat struct {
	Key          string
	Title        i18n.Text
	Organization ids.Organization
	Free         bool               // its organization leaves
	Admits       []ids.Organization // who could take it then by the call's rule, and sits in no other partnership of the call
}

// Why an organization that a call admits to a seat is not ranked for it, beside those of rounds: it neither lets others find it nor has
// applied to the call alone; it cannot be put together with one that stays, for whatever reason.
const (
	Absent Why = "absent"
	Apart  Why = "apart"
)

// Unranked lists the reasons for which an organization is not ranked, in the order in which they are told.
var Unranked = []Why{Absent, Partnered, Matched, Apart}

// Ranking are the organizations that could take seats of a team, by the points that rounds give: those in the pool of cards and
// single applicants of the call.
type Ranking struct {
	Team

	By       Round // whose rules count; without an identifier: the usual ones
	Openings []Opening
	Out      map[Why]int
	Together *Together // of several seats that become free at once; nothing where they cannot all be taken, or that takes too much to tell
	Board    Board     // those that stay, in the order of their seats, then those that could come, by identifier
	stays    []int
	standing int // the points of those that stay
	parted   map[[2]int]bool
}

// Opening is a seat that becomes free, and who could take it, the best first.
type Opening struct {
	TeamSeat

	Ranked []Ranked
}

// Ranked is an organization that could take a seat.
type Ranked struct {
	At    int      // its place on the board
	From  PoolKind // where it was found: what it has won counts more than what it has applied for, and that more than its card
	Total int      // points of the team with it: of all its pairs but those with who else is new
	Pairs []Couple // with each of those that stay
}

// Together is the best choice for several seats at once, where pairs of the new ones count, too.
type Together struct {
	Chosen []int // by opening, places on the board
	Total  int
	Exact  bool // there is no better one
}

// Ranking tells who could take the seats of a partnership whose organizations leave, the best first; without seats only who sits there.
// Points and hard rules are those of the newest round for the call, else of the newest one of cards, else the usual ones; who may take a
// seat follows from the call. Nobody reads from it why two cannot be put together. Coordinators may, unless they are not
// impartial about anybody who takes part or could. Faults: Invalid by field (seat) where nobody stays, Conflict where the partnership is
// over, TooMany where others ask for several seats just now, Forbidden, NotFound.
func (s *Service) Ranking(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (Ranking, error) {
	r, err := s.ranked(ctx, sc, id, free)
	if err != nil || !r.Found() || len(r.Openings) < 2 {
		return r, err
	}
	return r, s.asked(sc, func() error { return r.choose(ctx) })
}

// ranked is a ranking without what is best for several seats together.
func (s *Service) ranked(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (Ranking, error) {
	if err := s.policies.May(sc, policies.RoundManage, policies.On{}); err != nil {
		return Ranking{}, err
	}
	team, err := s.around.Partnerships.Team(ctx, sc, id, free)
	if err != nil {
		return Ranking{}, err
	}
	for _, key := range free {
		if !slices.ContainsFunc(team.Seats, func(t TeamSeat) bool { return t.Key == key }) {
			return Ranking{}, fault.NotFound()
		}
	}
	a, err := s.partiality(ctx, sc)
	switch {
	case err != nil:
		return Ranking{}, err
	case a.calls[team.Call] || a.cards || slices.ContainsFunc(team.Seats, func(t TeamSeat) bool { return slices.Contains(a.own, t.Organization) }):
		return Ranking{}, partial()
	}
	r := Ranking{Team: team, Out: map[Why]int{}, Board: Board{Names: map[ids.Organization]string{}}}
	var stay, all []ids.Organization
	for _, seat := range team.Seats {
		all = append(all, seat.Organization)
		if seat.Free {
			r.Openings = append(r.Openings, Opening{TeamSeat: seat})
		} else {
			stay = append(stay, seat.Organization)
		}
	}
	if err := s.name(ctx, sc, r.Board.Names, all); err != nil || len(r.Openings) == 0 {
		return r, err
	}
	if len(stay) == 0 {
		return r, fault.Invalid("fault.check_fields", fault.At("seat", "matching.ranking.nobody_stays"))
	}
	if r.By, err = s.ruling(ctx, sc, team.Call, &a); err != nil {
		return r, err
	}
	found, err := s.comers(ctx, sc, &r, stay)
	if err != nil {
		return r, err
	}
	return r, s.weighing(ctx, sc, &r, stay, found)
}

// ruling is the round whose rules count for a call, of those in which the actor is impartial.
func (s *Service) ruling(ctx context.Context, sc tenants.Scope, call ids.Call, a *bias) (Round, error) {
	all, err := roundsIn(ctx, sc.Read(), mostRounds)
	if err != nil {
		return Round{}, err
	}
	all = slices.DeleteFunc(all, func(r Round) bool { return a.bars(&r) || r.Pool.OfCall() && r.Call != call })
	slices.SortStableFunc(all, func(x, y Round) int {
		if x.Pool.OfCall() != y.Pool.OfCall() {
			return map[bool]int{true: -1, false: 1}[x.Pool.OfCall()]
		}
		return cmp.Or(y.CreatedAt.Compare(x.CreatedAt), strings.Compare(x.ID.String(), y.ID.String()))
	})
	if len(all) == 0 {
		return Round{Rules: UsualRules(), Call: call}, nil
	}
	return all[0], nil
}

// comers are the organizations that the call admits to one of the openings and that can be asked, by identifier; the others are counted.
func (s *Service) comers(ctx context.Context, sc tenants.Scope, r *Ranking, stay []ids.Organization) ([]Member, error) {
	var admitted []ids.Organization
	for i := range r.Openings {
		admitted = append(admitted, r.Openings[i].Admits...)
	}
	slices.SortFunc(admitted, func(a, b ids.Organization) int { return strings.Compare(a.String(), b.String()) })
	admitted = slices.Compact(admitted)
	applied := map[ids.Organization]PoolKind{}
	for _, pool := range []PoolKind{EligiblePool, WaitingPool, AcceptedPool} {
		all, err := s.around.Applications.Applicants(ctx, sc, r.Call, pool)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			applied[one.Organization] = pool
		}
	}
	wanted := append(slices.Clone(stay), admitted...)
	cards, err := cardsOf(ctx, sc.Read(), wanted)
	if err != nil {
		return nil, err
	}
	known, err := s.around.Organizations.Organizations(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	going, err := s.around.Partnerships.Going(ctx, sc, wanted)
	if err != nil {
		return nil, err
	}
	busy, err := engaged(ctx, sc.Read(), &Round{ID: r.By.ID, Call: r.Call}, ids.Match{})
	if err != nil {
		return nil, err
	}
	members := make([]Member, 0, len(wanted))
	for n, id := range wanted {
		m := Member{Listed: Listed{Organization: known[id], Card: cards[id]}, from: applied[id]}
		if m.from == "" && m.Card.InPool {
			m.from = CardsPool
		}
		switch {
		case n < len(stay):
		case m.from == "" || m.ID.IsZero():
			m.Out = Absent
		case r.By.Rules.Once && going[id]:
			m.Out = Partnered
		case busy[id]:
			m.Out = Matched
		}
		if m.Out == "" {
			members = append(members, m)
		} else {
			r.Out[m.Out]++
		}
	}
	return members, nil
}

// weighing computes what each of those that could come is worth with those that stay.
func (s *Service) weighing(ctx context.Context, sc tenants.Scope, r *Ranking, stay []ids.Organization, members []Member) error {
	b := &r.Board
	b.RoundOf, b.Rules = r.By, r.By.Rules
	b.Rules.Seats = nil // the call says who may take a seat
	for i := range members {
		b.Organizations = append(b.Organizations, members[i].ID)
		b.Names[members[i].ID] = members[i].Name
	}
	var err error
	if b.Basis, err = s.basis(ctx, sc, &r.By, members, b.Organizations); err != nil {
		return err
	}
	ruled, err := barsOf(ctx, sc.Read(), r.By.ID, b.Organizations)
	if err != nil {
		return err
	}
	r.parted = map[[2]int]bool{}
	for i := range members {
		for j := range i {
			if i >= len(stay) && (ruled[PairOf(members[i].ID, members[j].ID)] || b.Basis.barred(&b.Rules, j, i)) {
				r.parted[[2]int{j, i}] = true
			}
		}
	}
	b.Basis.forget(&b.Rules, r.parted)
	for i := range stay {
		r.stays = append(r.stays, i)
		for j := range i {
			r.standing += b.Basis.Points(&b.Rules.Weights, j, i)
		}
	}
	for i := len(stay); i < len(members); i++ {
		one := Ranked{At: i, From: members[i].from, Total: r.standing}
		apart := false
		for _, j := range r.stays {
			apart = apart || r.parted[[2]int{j, i}]
			pair := b.pair(j, i)
			one.Total += pair.Points
			one.Pairs = append(one.Pairs, pair)
		}
		if apart {
			r.Out[Apart]++
			continue
		}
		for n := range r.Openings {
			if slices.Contains(r.Openings[n].Admits, members[i].ID) {
				r.Openings[n].Ranked = append(r.Openings[n].Ranked, one)
			}
		}
	}
	for n := range r.Openings {
		slices.SortStableFunc(r.Openings[n].Ranked, func(x, y Ranked) int { return cmp.Compare(y.Total, x.Total) })
	}
	return nil
}

// choose computes the best choice for several openings at once. There is none where the solver does not take so many seats or groups, or
// takes longer than somebody waits.
func (r *Ranking) choose(ctx context.Context) error {
	p := r.seatsProblem()
	if len(p.Seats) > MostSeats || len(p.places) > mostInGroups {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	answer, err := p.solve(waiting)
	switch _, mistaken := errors.AsType[*solver.Mistake](err); {
	case ctx.Err() != nil:
		return fmt.Errorf("matching: choose: %w", ctx.Err())
	case mistaken && failureOf(err) == Defective:
		slog.ErrorContext(ctx, "seats cannot be chosen together", "partnership", r.ID, "error", err)
		return nil
	case mistaken, errors.Is(err, context.DeadlineExceeded):
		return nil
	case err != nil, len(answer.Groups) == 0:
		return err
	}
	t := Together{Exact: answer.Exact == nil || *answer.Exact}
	for n, m := range answer.Groups[0] {
		if r.Seats[n].Free {
			t.Chosen = append(t.Chosen, p.places[m])
		}
		for _, other := range answer.Groups[0][:n] {
			t.Total += r.Board.Basis.Points(&r.Board.Rules.Weights, p.places[m], p.places[other])
		}
	}
	r.Together = &t
	return nil
}

// RankingFile is the instance by which the best choice of a ranking is computed, as the program's command solve reads it: for one seat a
// row of what each is worth with those that stay, the best first; for several one group, where labels that stand for countries
// say who may take which seat. Like Ranking. Fault beside its: NotFound where it is not Filed.
func (s *Service) RankingFile(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (json.RawMessage, error) {
	r, err := s.filed(ctx, sc, id, free)
	if err != nil {
		return nil, err
	}
	return r.instance()
}

// RankingAnswer is what the command solve answers to RankingFile. Like it. Faults beside its: NotFound where there are more organizations than
// the solver takes, Conflict where it takes longer than somebody waits, TooMany where others ask for several seats just now.
func (s *Service) RankingAnswer(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (answer json.RawMessage, err error) {
	in, err := s.RankingFile(ctx, sc, id, free)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	err = s.asked(sc, func() error {
		answer, err = solver.Solve(waiting, in)
		return err //nolint:wrapcheck // below
	})
	switch {
	case err == nil, fault.Is(err, fault.KindTooMany):
		return answer, err
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return nil, fault.Conflict("matching.what_if.too_long")
	case failureOf(err) == TooMany:
		return nil, fault.NotFound()
	}
	return nil, fmt.Errorf("matching: answer: %w", err)
}

// RankingLegend says who is behind the numbers of RankingFile. Like it.
func (s *Service) RankingLegend(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (Legend, error) {
	r, err := s.filed(ctx, sc, id, free)
	if err != nil {
		return Legend{}, err
	}
	return r.legend(sc.Actor().Locale), nil
}

// filed is a ranking of which there is an instance.
func (s *Service) filed(ctx context.Context, sc tenants.Scope, id ids.Partnership, free []string) (Ranking, error) {
	r, err := s.ranked(ctx, sc, id, free)
	if err == nil && !r.Filed() {
		err = fault.NotFound()
	}
	return r, err
}

// Found reports whether each seat that becomes free can be taken by somebody.
func (r *Ranking) Found() bool {
	return len(r.Openings) > 0 && !slices.ContainsFunc(r.Openings, func(o Opening) bool { return len(o.Ranked) == 0 })
}

// Filed reports whether there is an instance from which the choice follows: the solver takes no more than MostSeats seats together.
func (r *Ranking) Filed() bool {
	return r.Found() && (len(r.Openings) == 1 || len(r.Seats) <= MostSeats)
}

// Traded are the dearest wishes of those that stay for one that could come and is not the best one.
func (r *Ranking) Traded(o *Opening) []Trade {
	var all []Trade
	for _, i := range r.stays {
		for n, wished := range r.Board.Basis.Sides[i].Wishes {
			at := slices.IndexFunc(o.Ranked, func(c Ranked) bool { return c.At == wished })
			if at > 0 {
				all = append(all, Trade{For: i, With: wished, Rank: n + 1, Cost: o.Ranked[0].Total - o.Ranked[at].Total})
			}
			if at >= 0 {
				break
			}
		}
	}
	return all
}
