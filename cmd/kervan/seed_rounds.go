package main

import (
	"context"
	"slices"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/matching"
	"kervan/tenants"
)

// round makes a round of the organizations that are in the pool, keeps some of them together, has it solved and proposes those of its groups
// that are chosen, to be answered until then: the kept ones come first, then those of most points.
func (s *stage) round(ctx context.Context, sc tenants.Scope, title string, due time.Time, kept []ids.Organization, choose func(groups [][]ids.Organization) [][]ids.Organization) error {
	round, err := s.app.matching.BeginRound(ctx, sc, matching.Round{Title: title, Pool: matching.CardsPool, Rules: matching.UsualRules()})
	if err != nil {
		return err
	}
	if len(kept) > 0 {
		if err := s.app.matching.Tie(ctx, sc, round, true, kept); err != nil {
			return err
		}
	}
	run, err := s.solved(ctx, sc, round)
	if err != nil {
		return err
	}
	board, err := s.app.matching.Board(ctx, sc, round, run)
	if err != nil {
		return err
	}
	slices.SortStableFunc(board.Groups, func(a, b matching.Group) int {
		switch {
		case a.Kept == b.Kept:
			return 0
		case a.Kept:
			return -1
		default:
			return 1
		}
	})
	var groups [][]ids.Organization
	for _, g := range board.Groups {
		var group []ids.Organization
		for _, at := range g.Members {
			group = append(group, board.Organizations[at])
		}
		groups = append(groups, group)
	}
	return s.app.matching.Propose(ctx, sc, round, run, matching.Proposing{Groups: choose(groups), Due: due, Note: "Please talk to each other first."})
}

// solved has a round solved.
func (s *stage) solved(ctx context.Context, sc tenants.Scope, round ids.Round) (ids.Run, error) {
	run, err := s.app.matching.StartRun(ctx, sc, round)
	if err != nil {
		return run, err
	}
	return run, s.app.matching.Compute(ctx, sc.As(tenants.SystemActor("demo")), matching.Computing{Run: run})
}

// tryThrees solves a round in threes, of which nothing is proposed.
func (s *stage) tryThrees(title string) {
	rules := matching.UsualRules()
	rules.Weights.Regions, rules.Seats = 4, make([]matching.Seat, 3)
	s.tryRound(matching.Round{Title: title, Rules: rules})
}

// tryRankings solves a round by rankings, of which nothing is proposed.
func (s *stage) tryRankings(title string) {
	rules := matching.UsualRules()
	rules.Rankings = true
	s.tryRound(matching.Round{Title: title, Rules: rules})
}

func (s *stage) tryRound(r matching.Round) {
	s.at(s.day(-5, 9, 0), "try a round", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		r.Pool = matching.CardsPool
		round, err := s.app.matching.BeginRound(ctx, sc, r)
		if err != nil {
			return err
		}
		_, err = s.solved(ctx, sc, round)
		return err
	})
}

// respond lets an organization's lead answer what was proposed to it, if anything was.
func (s *stage) respond(at time.Time, o *demo.Organization, accepts bool, reason string) {
	s.at(at, "answer a proposal", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[o].actor)
		if err != nil {
			return err
		}
		all, err := s.app.matching.Offers(ctx, sc)
		if err != nil || len(all) == 0 || !all[0].MayAnswer {
			return err
		}
		return s.app.matching.Respond(ctx, sc, all[0].ID, accepts, reason)
	})
}

// rounds puts those together that look for partners: one match is accepted by both, one is declined, others wait for answers.
func (s *stage) rounds(who []*demo.Organization) {
	s.tryThrees("Üçlü eşleşmeler (deneme)")
	s.tryRankings("Karşılıklı tercihlere göre (deneme)")
	s.at(s.day(-5, 10, 0), "solve a round", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		return s.round(ctx, sc, "İkinci döngü için ortak arayanlar", s.day(21, 23, 59), nil, func(groups [][]ids.Organization) [][]ids.Organization {
			chosen := groups[:min(len(groups), 4)]
			for n, g := range chosen[:min(len(chosen), 2)] {
				for k, id := range g {
					i := slices.IndexFunc(who, func(o *demo.Organization) bool { return s.orgs[o].id == id })
					switch {
					case i < 0:
					case n == 0:
						s.respond(s.day(-4, 9+k, 15), who[i], true, "")
					case k == 0:
						s.respond(s.day(-3, 9, 40), who[i], false, "Bu yıl yalnızca Türkçe çalışan bir ortak arıyoruz.")
					}
				}
			}
			return chosen
		})
	})
}
