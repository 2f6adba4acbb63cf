package main

import (
	"context"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/modules/selection"
	"kervan/tenants"
)

// conceal keeps from the reviewers of a draft who applies, and the answers that it is well to hide.
func (s *stage) conceal(ctx context.Context, sc tenants.Scope, id ids.Call) error {
	v, err := s.app.programs.Veiled(ctx, sc, id)
	if err != nil {
		return err
	}
	return s.app.programs.Conceal(ctx, sc, id, v.Call.Version, programs.Anonymity{On: true, Hidden: v.Hidden()})
}

// shortVisits is a small call whose reviewers do not learn who applies.
func (s *stage) shortVisits(turkish, other []*demo.Organization) {
	opens, closes := s.day(-69, 9, 0), s.day(-30, 18, 0)
	s.call(announced{
		cycle: "Kurzbesuche", composition: "pair", places: 2, grant: 1500, reviews: 2, anonymous: true, drafted: s.day(-84, 10, 0), opens: opens, closes: closes,
		title: i18n.Text{
			i18n.DE: "Kurzbesuche: eine Woche beim anderen", i18n.EN: "Short visits: a week at each other's place", i18n.TR: "Kısa ziyaretler: birbirinin yanında bir hafta",
		},
		summary: i18n.Text{
			i18n.DE: "Zwei Partnerschaften besuchen einander je eine Woche, mit 1.500 Euro. Begutachtet wird, ohne zu wissen, wer sich bewirbt.",
			i18n.EN: "Two partnerships visit each other for a week each, with 1,500 euros. Reviewers do not learn who applies.",
			i18n.TR: "İki ortaklık birbirini birer hafta ziyaret ediyor; 1.500 euro ile. Değerlendiriciler kimin başvurduğunu bilmez.",
		},
	}, func(id ids.Call) {
		j := &judged{stage: s, call: id, due: s.day(6, 23, 59)}
		for k := range 4 {
			b := s.pairBid(id, 1500, turkish[k], other[k+3])
			s.whole(b, opens, closes)
			s.check(s.awake(closes.AddDate(0, 0, 2+k)), b)
			j.bids = append(j.bids, b)
		}
		s.at(s.awake(closes.AddDate(0, 0, 9)), "assign reviewers who do not learn who applies", j.veiled)
	})
}

// veiled gives applications to those who only review, of whom the last has not said yet to whom they are impartial.
func (j *judged) veiled(ctx context.Context, at time.Time) error {
	s := j.stage
	sc, err := s.as(at, s.one(tenants.RoleOfficer))
	if err != nil {
		return err
	}
	board, err := s.app.selection.Board(ctx, sc, j.call)
	if err != nil {
		return err
	}
	var all []ids.Application
	for _, row := range board.Rows {
		all = append(all, row.ID)
	}
	n := 0
	for i, reviewer := range s.members[tenants.RoleReviewer] {
		if who, _ := board.Reviewer(reviewer.Person); !who.May {
			continue
		}
		given := all
		if n++; n == 3 {
			given = all[:2]
		}
		if _, err := s.app.selection.Assign(ctx, sc, j.call, selection.Assignment{Applications: given, Reviewers: []ids.Person{reviewer.Person}, DueAt: j.due, Skip: true}); err != nil {
			return err
		}
		if n == 3 {
			break
		}
		tie := n == 1
		s.at(s.awake(at.Add(time.Duration(20+n*3)*time.Hour)), reviewer.Name+" says to whom they are impartial", func(ctx context.Context, at time.Time) error {
			return j.impartial(ctx, at, i, tie)
		})
	}
	return nil
}

// impartial lets a reviewer go through the list of all who apply, open what is theirs then, and submit some of it.
func (j *judged) impartial(ctx context.Context, at time.Time, i int, tie bool) error {
	s := j.stage
	reviewer := s.members[tenants.RoleReviewer][i]
	sc, err := s.as(at, reviewer)
	if err != nil {
		return err
	}
	list, err := s.app.selection.Impartial(ctx, sc, j.call)
	if err != nil {
		return err
	}
	var cmd selection.Impartiality
	for _, o := range list.Names {
		cmd.Shown = append(cmd.Shown, o.ID)
	}
	if tie {
		kind, note := s.world.Conflict(reviewer.Locale, i)
		cmd.Tied, cmd.Kind, cmd.Note = cmd.Shown[:1], selection.ConflictKind(kind), note
	}
	if err := s.app.selection.DeclareImpartiality(ctx, sc, j.call, cmd); err != nil {
		return err
	}
	queue, err := s.app.selection.Queue(ctx, sc)
	if err != nil {
		return err
	}
	k := 0
	for _, q := range queue {
		if q.Review.Call != j.call || q.State != selection.ReviewAssigned {
			continue
		}
		if k++; k > 2 {
			break // the rest is not opened yet
		}
		if err := s.app.selection.Declare(ctx, sc, q.Review.ID, selection.Declaration{}); err != nil {
			return err
		}
		j.review(s.during(-13, -2), i, q.Review.ID, q.Application.ID, k == 1)
	}
	return nil
}
