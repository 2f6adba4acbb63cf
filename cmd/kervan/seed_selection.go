package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kervan/cmd/kervan/internal/demo"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

// judged is the selection of one call while it is played.
type judged struct {
	stage *stage
	call  ids.Call
	bids  []*bid
	due   time.Time
}

// hands are how the reviewers of the demonstration read, in turn.
var hands = []demo.Reviewer{
	{Severity: -0.09, Noise: 0.05},
	{Severity: 0.06, Noise: 0.07},
	{Severity: 0.01, Noise: 0.10},
	{Severity: -0.03, Noise: 0.06},
	{Severity: 0.10, Noise: 0.08},
	{Severity: 0, Noise: 0.05},
	{Severity: -0.05, Noise: 0.13},
	{Severity: 0.03, Noise: 0.06},
}

// selection plays a whole selection: reviews, third reviews, decisions, letters, replies and what becomes of the places.
func (s *stage) selection(call ids.Call, fit []*bid, closed time.Time) {
	j := &judged{stage: s, call: call, bids: fit, due: closed.AddDate(0, 0, 28)}
	s.at(s.awake(closed.AddDate(0, 0, 7)), "ask reviewers what they would like", j.wish)
	s.at(s.awake(closed.AddDate(0, 0, 8)), "assign reviewers", func(ctx context.Context, at time.Time) error {
		return j.assign(ctx, at, func(int, int) (reading, time.Time) {
			return done, s.awake(at.Add(time.Duration(48+s.random.IntN(17*24)) * time.Hour))
		})
	})
	s.at(s.awake(closed.AddDate(0, 0, 29)), "call further reviews", j.further)
	s.at(s.awake(closed.AddDate(0, 0, 36)), "show adjusted means", j.adjusted)
	s.at(s.awake(closed.AddDate(0, 0, 36).Add(3*time.Hour)), "meet", j.deliberate)
	s.at(s.awake(closed.AddDate(0, 0, 37)), "decide", j.decide)
}

// adjusted lets the panel see what remains of the means when it is taken off who gave the totals.
func (j *judged) adjusted(ctx context.Context, at time.Time) error {
	sc, err := j.stage.as(at, j.stage.one(tenants.RoleCoordinator))
	if err != nil {
		return err
	}
	return j.stage.app.selection.ShowAdjusted(ctx, sc, j.call, true)
}

// reading is how far a reviewer is with an application.
type reading int

const (
	untouched reading = iota // nothing declared yet
	opened
	drafted
	done
)

// plan says how far a reviewer comes with the application at that place of their queue, and on which day.
type plan func(reviewer, place int) (reading, time.Time)

// assign gives each group of applications to as many reviewers as the call asks for, and lets everybody declare their
// interests and read as planned.
func (j *judged) assign(ctx context.Context, at time.Time, how plan) error {
	s := j.stage
	if err := s.tellOfThemselves(ctx, at); err != nil {
		return err
	}
	sc, err := s.as(at, s.one(tenants.RoleOfficer))
	if err != nil {
		return err
	}
	board, err := s.app.selection.Board(ctx, sc, j.call)
	if err != nil {
		return err
	}
	reviewers := s.members[tenants.RoleReviewer]
	group := max(2, len(board.Rows)/len(reviewers))
	for i := 0; i < len(board.Rows); i += group {
		cmd := selection.Assignment{DueAt: j.due, Skip: true}
		for _, row := range board.Rows[i:min(i+group, len(board.Rows))] {
			cmd.Applications = append(cmd.Applications, row.ID)
		}
		for k := range board.Call.Review.Reviews {
			cmd.Reviewers = append(cmd.Reviewers, reviewers[(i/group+k*5)%len(reviewers)].Person)
		}
		if _, err := s.app.selection.Assign(ctx, sc, j.call, cmd); err != nil {
			return err
		}
	}
	for i, reviewer := range reviewers {
		s.at(s.awake(at.Add(time.Duration(5+i*3)*time.Hour)), "declare interests of "+reviewer.Name, func(ctx context.Context, at time.Time) error {
			return j.declare(ctx, at, i, how)
		})
	}
	return nil
}

// declare lets a reviewer declare what they have to; a few have a conflict of interest.
func (j *judged) declare(ctx context.Context, at time.Time, i int, how plan) error {
	s := j.stage
	reviewer := s.members[tenants.RoleReviewer][i]
	sc, err := s.as(at, reviewer)
	if err != nil {
		return err
	}
	queue, err := s.app.selection.Queue(ctx, sc)
	if err != nil {
		return err
	}
	for k, q := range queue {
		if q.State != selection.ReviewAssigned || q.Review.Call != j.call {
			continue
		}
		var d selection.Declaration
		if i%3 == 1 && k == 2 {
			kind, note := s.world.Conflict(reviewer.Locale, i)
			d = selection.Declaration{Conflict: true, Kind: selection.ConflictKind(kind), Note: note}
		}
		far, day := how(i, k)
		if far == untouched && !d.Conflict {
			continue
		}
		if err := s.app.selection.Declare(ctx, sc, q.Review.ID, d); err != nil {
			return err
		}
		if !d.Conflict && far > opened {
			j.review(day, i, q.Review.ID, q.Application.ID, far == done)
		}
	}
	return nil
}

func (j *judged) bid(id ids.Application) *bid {
	i := slices.IndexFunc(j.bids, func(b *bid) bool { return b.id == id })
	return j.bids[i]
}

// review lets a reviewer write a review, and submit it when it is whole.
func (j *judged) review(at time.Time, i int, id ids.Review, application ids.Application, whole bool) {
	s := j.stage
	b := j.bid(application)
	reviewer := s.members[tenants.RoleReviewer][i]
	s.at(at, reviewer.Name+" reviews "+b.name(), func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, reviewer)
		if err != nil {
			return err
		}
		call, _, err := s.app.programs.Look(ctx, sc, j.call)
		if err != nil {
			return err
		}
		thought := s.world.Review(hands[i%len(hands)], call.Criteria, call.Review.ScoreMax, b.who[0], b.quality(), reviewer.Email)
		var typed []selection.Typed
		most := float64(call.Review.ScoreMax)
		for n, c := range selection.Scored(call.Criteria) {
			if !whole && n > 2 {
				break
			}
			typed = append(typed, selection.Typed{Ref: c.Key, Score: c.Scale(call.Review.ScoreMax).Nearest(float64(thought.Scores[c.Key]) / most), Feedback: thought.Texts[c.Key]})
		}
		if thought.Comment != "" && whole {
			typed = append(typed, selection.Typed{Ref: "comment", Score: selection.NoScore, Feedback: thought.Comment})
		}
		if _, clashes, err := s.app.selection.SaveAll(ctx, sc, id, typed); err != nil || len(clashes) > 0 {
			return fmt.Errorf("%d clashes: %w", len(clashes), err)
		}
		if !whole {
			return nil
		}
		return s.app.selection.Submit(ctx, sc, id)
	})
}

// further finds one more reviewer wherever one is lacking: because totals are too far apart, or because somebody had a
// conflict of interest. It looks again until none is.
func (j *judged) further(ctx context.Context, at time.Time) error {
	s := j.stage
	sc, err := s.as(at, s.one(tenants.RoleOfficer))
	if err != nil {
		return err
	}
	board, err := s.app.selection.Board(ctx, sc, j.call)
	if err != nil {
		return err
	}
	lacking := 0
	for n, row := range board.Rows {
		if row.Progress.Lacking() == 0 {
			continue
		}
		lacking++
		i := j.fresh(row, n)
		if i < 0 {
			return fmt.Errorf("nobody is left to review %s", row.Name())
		}
		reviewer := s.members[tenants.RoleReviewer][i]
		cmd := selection.Assignment{Applications: []ids.Application{row.ID}, Reviewers: []ids.Person{reviewer.Person}, DueAt: at.AddDate(0, 0, 6), Skip: true}
		if _, err := s.app.selection.Assign(ctx, sc, j.call, cmd); err != nil {
			return err
		}
		s.at(s.awake(at.Add(time.Duration(4+n%20)*time.Hour)), "declare interests of "+reviewer.Name, func(ctx context.Context, at time.Time) error {
			return j.declareNone(ctx, at, i, row.ID)
		})
	}
	if lacking > 0 {
		s.at(at.Add(58*time.Hour), "call further reviews", j.further)
	}
	return nil
}

// fresh is a reviewer who has nothing to do with an application yet.
func (j *judged) fresh(row selection.Row, from int) int {
	reviewers := j.stage.members[tenants.RoleReviewer]
	for k := range reviewers {
		i := (from + k) % len(reviewers)
		knows := slices.ContainsFunc(row.Reviews, func(r selection.Review) bool { return r.Person == reviewers[i].Person }) ||
			slices.ContainsFunc(row.Conflicts, func(c selection.Conflict) bool { return c.Person == reviewers[i].Person })
		if !knows {
			return i
		}
	}
	return -1
}

func (j *judged) declareNone(ctx context.Context, at time.Time, i int, application ids.Application) error {
	s := j.stage
	sc, err := s.as(at, s.members[tenants.RoleReviewer][i])
	if err != nil {
		return err
	}
	queue, err := s.app.selection.Queue(ctx, sc)
	if err != nil {
		return err
	}
	for _, q := range queue {
		if q.Application.ID != application || q.State != selection.ReviewAssigned {
			continue
		}
		if err := s.app.selection.Declare(ctx, sc, q.Review.ID, selection.Declaration{}); err != nil {
			return err
		}
		j.review(s.awake(at.Add(26*time.Hour)), i, q.Review.ID, application, true)
	}
	return nil
}

// remarks are what reviewers of one application say to each other, the first and the answer.
var remarks = map[i18n.Locale][2]string{
	i18n.EN: {"I see the need, but who does the work after the second visit? I could not find it in the plan.", "It stands in the part of the partner, under the roles. I read it as two people for half a day a week."},
	i18n.TR: {"İhtiyaç ortada, ama ikinci ziyaretten sonra işi kim yapacak? Planda bulamadım.", "Ortağın bölümünde, roller başlığı altında yazıyor. Haftada yarım gün iki kişi diye anladım."},
	i18n.DE: {"Der Bedarf ist klar, aber wer arbeitet nach dem zweiten Besuch weiter? Im Plan finde ich es nicht.", "Es steht im Teil der Partnerorganisation, bei den Rollen. Ich lese es als zwei Personen mit einem halben Tag je Woche."},
}

// talk lets reviewers see each other's reviews after their own, by letters, and two of them say something about one application.
func (j *judged) talk(ctx context.Context, at time.Time) error {
	s := j.stage
	coordinator, err := s.as(at, s.one(tenants.RoleCoordinator))
	if err != nil {
		return err
	}
	if err := s.app.selection.Talk(ctx, coordinator, j.call, selection.Talk{On: true}); err != nil {
		return err
	}
	var about ids.Application
	for _, reviewer := range s.members[tenants.RoleReviewer] {
		sc, err := s.as(at, reviewer)
		if err != nil {
			return err
		}
		queue, err := s.app.selection.Queue(ctx, sc)
		if err != nil {
			return err
		}
		for _, q := range queue {
			if q.Review.Call != j.call || q.State != selection.ReviewSubmitted || !about.IsZero() && q.Application.ID != about {
				continue
			}
			d, err := s.app.selection.Discussion(ctx, sc, q.Review.ID)
			if err != nil {
				return err
			}
			if len(d.Voices) < 2 || d.Mine() > 0 || len(d.Said) > 1 {
				continue
			}
			about = q.Application.ID
			if err := s.app.selection.Say(ctx, sc, q.Review.ID, 1, remarks[reviewer.Locale][len(d.Said)]); err != nil {
				return err
			}
			if len(d.Said) == 1 {
				if err := s.stateTogether(ctx, sc, q.Review.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// doubts are why a second opinion is needed: as a reviewer says it, and as somebody of the team does.
var doubts = map[i18n.Locale][2]string{
	i18n.EN: {"I know too little about bookkeeping to judge the budget.", "Both reviewers know the partner’s country, but nobody knows the topic."},
	i18n.TR: {"Bütçeyi değerlendirecek kadar muhasebe bilmiyorum.", "İki değerlendirici de ortağın ülkesini biliyor, ama konuyu bilen yok."},
	i18n.DE: {"Von Buchhaltung verstehe ich zu wenig, um das Budget zu beurteilen.", "Beide Gutachtende kennen das Land der Partnerorganisation, aber niemand das Thema."},
}

// doubt lets a reviewer ask for a second opinion on an application, which waits for an answer, and an officer want one on another.
func (j *judged) doubt(ctx context.Context, at time.Time) error {
	s := j.stage
	officer, err := s.as(at, s.one(tenants.RoleOfficer))
	if err != nil {
		return err
	}
	board, err := s.app.selection.Board(ctx, officer, j.call)
	if err != nil {
		return err
	}
	asked, wanted := false, false
	for _, row := range board.Rows {
		done := slices.DeleteFunc(slices.Clone(row.Reviews), func(r selection.Review) bool { return r.State != selection.ReviewSubmitted })
		i := slices.IndexFunc(s.members[tenants.RoleReviewer], func(a tenants.Actor) bool { return len(done) > 0 && a.Person == done[0].Person })
		switch {
		case i < 0 || row.Progress.Third():
		case !asked:
			reviewer := s.members[tenants.RoleReviewer][i]
			sc, err := s.as(at, reviewer)
			if err != nil {
				return err
			}
			if err := s.app.selection.RequestOpinion(ctx, sc, done[0].ID, doubts[reviewer.Locale][0]); err != nil {
				return err
			}
			asked = true
		case !wanted:
			if err := s.app.selection.AskOpinion(ctx, officer, row.ID, doubts[officer.Actor().Locale][1]); err != nil {
				return err
			}
			wanted = true
		}
	}
	return nil
}

// halfReviewed leaves a selection in the middle of its reviews: two reviewers are done, one has half of their queue left,
// one has not even declared anything.
func (s *stage) halfReviewed(call ids.Call, fit []*bid, closed time.Time) {
	j := &judged{stage: s, call: call, bids: fit, due: s.day(9, 23, 59)}
	s.at(s.day(-1, 15, 0), "let reviewers talk", j.talk)
	s.at(s.day(-1, 22, 30), "ask for second opinions", j.doubt)
	s.at(s.day(-1, 16, 0), "convene the panel", j.convened(s.day(12, 14, 0), "Altonaer Straße 61, Hamburg"))
	s.at(closed.AddDate(0, 0, 7), "ask reviewers what they would like", j.wish)
	s.at(closed.AddDate(0, 0, 8).Add(2*time.Hour), "let reviewers score a sample", j.calibrated)
	s.at(closed.AddDate(0, 0, 8), "assign reviewers", func(ctx context.Context, at time.Time) error {
		return j.assign(ctx, at, func(reviewer, place int) (reading, time.Time) {
			day := s.during(-13, -2)
			switch {
			case reviewer%2 == 0 || place == 0 && reviewer == 1:
				return done, day
			case reviewer == 3 || place > 4:
				return untouched, day
			case place == 2:
				return drafted, day
			case place == 1:
				return done, day
			default:
				return opened, day
			}
		})
	})
}
