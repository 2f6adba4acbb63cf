package main

import (
	"bytes"
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/partnerships"
	"kervan/modules/selection"
	"kervan/tenants"
)

// decide selects the best, puts the next on the waiting list and rejects the others; the chair closes the list, the
// coordinator signs and releases it.
func (j *judged) decide(ctx context.Context, at time.Time) error {
	s := j.stage
	sc, err := s.as(at, s.one(tenants.RoleChair))
	if err != nil {
		return err
	}
	panel, err := s.app.selection.Panel(ctx, sc, j.call)
	if err != nil {
		return err
	}
	var order []ids.Application
	for _, r := range panel.Ranked {
		order = append(order, r.ID)
	}
	places := panel.Call.Places
	if panel.Ranked[places].Outcome() == events.OutcomeSelected { // the lot of the meeting was for the second of the two on the line
		order[places-1], order[places] = order[places], order[places-1]
	}
	for _, step := range []struct {
		outcome events.Outcome
		those   []ids.Application
	}{
		{events.OutcomeSelected, order[:places]}, {events.OutcomeWaiting, order[places : places+6]}, {events.OutcomeRejected, order[places+6:]},
	} {
		if panel, err = s.app.selection.Panel(ctx, sc, j.call); err != nil {
			return err
		}
		if err := s.app.selection.Decide(ctx, sc, j.call, panel.List.Version, step.outcome, step.those); err != nil {
			return err
		}
	}
	// One place is offered on a condition, which is met before the cycle begins, and two on what an assembly says that meets once a year.
	soon := selection.Wanted{Words: "Yönetim kurulunuzun, ziyaretlere zaman ayrılacağını söyleyen kararı.", Days: 30, Document: "İmzalı karar", Kinds: []string{"pdf"}}
	for _, c := range []struct {
		place  int
		wanted selection.Wanted
	}{{1, soon}, {6, yearly}, {7, yearly}} {
		if panel, err = s.app.selection.Panel(ctx, sc, j.call); err != nil {
			return err
		}
		if err := s.app.selection.SetCondition(ctx, sc, order[c.place], panel.List.Version, c.wanted); err != nil {
			return err
		}
	}
	if panel, err = s.app.selection.Panel(ctx, sc, j.call); err != nil {
		return err
	}
	replyBy := s.endOf(at, 12)
	err = s.app.selection.Close(ctx, sc, j.call, panel.List.Version, selection.Closing{ReplyBy: replyBy, WaitingUntil: s.endOf(at, 75), ClarifyUntil: s.endOf(at, 24)})
	if err != nil {
		return err
	}
	s.at(s.awake(at.Add(22*time.Hour)), "sign the decisions", j.sign)
	s.at(s.awake(at.Add(46*time.Hour)), "release the decisions", func(ctx context.Context, at time.Time) error { return j.release(ctx, at, order, replyBy) })
	return nil
}

// yearly is a condition that cannot be met at once.
var yearly = selection.Wanted{
	Words: "Genel kurulunuzun, yıllık toplantısında ziyaretleri onayladığı karar.", Days: 300, Document: "İmzalı genel kurul kararı", Kinds: []string{"pdf", "jpeg"},
}

// endOf is the end of the day some days after an instant.
func (s *stage) endOf(at time.Time, days int) time.Time {
	at = at.In(s.today.Location())
	return time.Date(at.Year(), at.Month(), at.Day()+days, 23, 59, 0, 0, at.Location())
}

func (j *judged) list(ctx context.Context, at time.Time) (tenants.Scope, selection.List, error) {
	sc, err := j.stage.as(at, j.stage.one(tenants.RoleCoordinator))
	if err != nil {
		return sc, selection.List{}, err
	}
	panel, err := j.stage.app.selection.Panel(ctx, sc, j.call)
	return sc, panel.List, err
}

func (j *judged) sign(ctx context.Context, at time.Time) error {
	sc, list, err := j.list(ctx, at)
	if err != nil {
		return err
	}
	return j.stage.app.selection.Sign(ctx, sc, j.call, list.Version)
}

// release makes the decisions known. Of the selected one gives its place back and one does not answer; both places go to
// the next on the waiting list.
func (j *judged) release(ctx context.Context, at time.Time, order []ids.Application, replyBy time.Time) error {
	s := j.stage
	sc, list, err := j.list(ctx, at)
	if err != nil {
		return err
	}
	if err := s.app.selection.Release(ctx, sc, j.call, list.Version); err != nil {
		return err
	}
	for i, id := range order[:list.Places] {
		day := at.Add(time.Duration(20+s.random.IntN(7*24)) * time.Hour)
		switch i {
		case 2:
			s.at(s.awake(at.Add(70*time.Hour)), "decline a place", func(ctx context.Context, at time.Time) error {
				sc, err := s.as(at, s.orgs[j.bid(id).who[0]].actor)
				if err != nil {
					return err
				}
				return s.app.selection.Decline(ctx, sc, id)
			})
			j.accept(at.Add(6*24*time.Hour), order[list.Places], true)
		case 5:
			j.accept(day, id, false) // the partner never answers
		case 1:
			j.accept(day, id, true)
			j.meet(s.awake(day.Add(4*24*time.Hour)), id)
		case 6:
			j.accept(day, id, true)
			j.hands(s.day(-3, 11, 20), id, "Genel kurulumuz geçen hafta toplandı; kararı ekliyoruz.", true)
		case 7:
			j.accept(day, id, true)
			j.dropsOut(id)
		default:
			j.accept(day, id, true)
		}
	}
	s.at(replyBy.Add(time.Minute), "end unanswered offers", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, tenants.SystemActor("demo"))
		if err != nil {
			return err
		}
		return s.app.selection.Lapse(ctx, sc, selection.Lapsing{Call: j.call})
	})
	j.accept(replyBy.Add(55*time.Hour), order[list.Places+1], true)
	for i, q := range questionsAfterwards {
		if at := list.Places + 8 + 3*i; at < len(order) {
			j.clarify(s.awake(list.ClosedAt.Add(time.Duration(i+5)*24*time.Hour)), s.awake(list.ClosedAt.Add(time.Duration(i+8)*24*time.Hour)), j.bid(order[at]), q[0], q[1])
		}
	}
	return nil
}

// questionsAfterwards are what applicants without a place asked about the decision, with what they were answered.
var questionsAfterwards = [][2]string{
	{
		"Mektupta öğrenme planımızın “orta” bulunduğu yazıyor. Hangi bölümün eksik kaldığını öğrenebilir miyiz? Bir dahaki çağrıya daha iyi hazırlanmak istiyoruz.",
		"Planınızdaki ziyaretlerin amacı açıktı; ziyaretlerden sonra kuruluş içinde kimin neyi değiştireceği ise yazılmamıştı. Değerlendirmelerde en çok bu eksik görüldü. Bir dahaki çağrıda bu bölümü somutlaştırmanızı öneririz.",
	},
	{
		"We wrote that our partner has hosted visits before. Was this taken into account under feasibility?",
		"Yes. The hosting was seen as a strength. The budget left no room for the second visit, and that weighed more.",
	},
}

// clarify lets an organization of an application without a place ask about the decision, and the coordinator answer.
func (j *judged) clarify(asked, answered time.Time, b *bid, question, answer string) {
	s := j.stage
	s.at(asked, "ask about a decision", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.orgs[b.who[0]].actor)
		if err != nil {
			return err
		}
		return s.app.selection.Ask(ctx, sc, b.id, question)
	})
	s.at(answered, "answer a question about a decision", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		return s.app.selection.Clarify(ctx, sc, b.id, answer)
	})
}

// accept lets the organizations of an application take its place; of one that is not whole, only the first does, and of
// one organization nobody.
func (j *judged) accept(at time.Time, id ids.Application, whole bool) {
	s := j.stage
	b := j.bid(id)
	for i, o := range b.who {
		if !whole && i+1 == len(b.who) {
			return
		}
		s.at(s.awake(at.Add(time.Duration(i*9)*time.Hour)), "accept a place for "+o.Profile.Name, func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, s.orgs[o].actor)
			if err != nil {
				return err
			}
			return s.app.selection.Accept(ctx, sc, id)
		})
	}
}

// meet lets the first organization of an application answer the conditions of its place, twice, until an officer finds them met.
func (j *judged) meet(at time.Time, id ids.Application) {
	s := j.stage
	j.hands(at, id, "Kararı ekliyoruz.", false)
	j.term(at.Add(2*time.Hour), "say what a condition lacks", s.one(tenants.RoleOfficer), id, func(ctx context.Context, sc tenants.Scope, c ids.Condition, seen ids.Document) error {
		return s.app.selection.ReturnCondition(ctx, sc, id, c, seen, "Kararda imza yok. İmzalı örneğini gönderir misiniz?")
	})
	j.hands(at.Add(4*time.Hour), id, "İmzalı karar ekte.", true)
	j.term(at.Add(5*time.Hour), "find a condition met", s.one(tenants.RoleOfficer), id, func(ctx context.Context, sc tenants.Scope, c ids.Condition, seen ids.Document) error {
		return s.app.selection.MeetCondition(ctx, sc, id, c, seen)
	})
}

// hands lets the first organization of an application hand in the document that is due for the conditions of its place.
func (j *judged) hands(at time.Time, id ids.Application, words string, signed bool) {
	s := j.stage
	o := j.bid(id).who[0]
	j.term(at, "answer a condition", s.orgs[o].actor, id, func(ctx context.Context, sc tenants.Scope, c ids.Condition, _ ids.Document) error {
		paper := o.Resolution(s.app.catalog, at, signed)
		file, err := paper.Write()
		if err != nil {
			return err
		}
		brought, err := s.app.selection.BringPaper(ctx, sc, id, c, paper.Name, int64(len(file)), bytes.NewReader(file))
		if err != nil {
			return err
		}
		return s.app.selection.AnswerCondition(ctx, sc, id, c, words, brought.ID)
	})
}

// dropsOut lets the last organization of an application drop out of its place some days ago, and another be asked to take the seat: that
// one has agreed, and the one that stays is still to answer.
func (j *judged) dropsOut(id ids.Application) {
	s := j.stage
	leaves := s.orgs[j.bid(id).who[len(j.bid(id).who)-1]]
	s.at(s.day(-6, 16, 10), "drop out of a place", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, leaves.actor)
		if err != nil {
			return err
		}
		return s.app.selection.Depart(ctx, sc, id, "Koordinatörümüz ayrıldı ve yerine birini bulamadık. Ortağımızı bekletmek istemiyoruz.")
	})
	s.at(s.day(-4, 10, 40), "ask for a replacement in a place", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		v, err := s.app.selection.Vacancy(ctx, sc, id, leaves.id, ids.Organization{})
		if err != nil {
			return err
		}
		for _, c := range v.Candidates {
			comes := s.member(c.ID)
			if comes == nil {
				continue
			}
			err := s.app.selection.Replace(ctx, sc, id, selection.Replacing{Leaving: leaves.id, Coming: c.ID, Reason: "Ortağınız ayrıldı; önerdiğimiz kuruluş aynı konuda çalışıyor.", Until: s.endOf(time.Now(), 10)})
			if err != nil {
				return err
			}
			if v.Place, err = s.app.selection.Place(ctx, sc, id); err != nil {
				return err
			}
			if sc, err = s.as(at, comes.actor); err != nil {
				return err
			}
			return s.app.selection.Consent(ctx, sc, id, v.Replacements[0].ID, true, "")
		}
		return nil
	})
}

// member is the demonstration's organization with that id, or nil.
func (s *stage) member(id ids.Organization) *member {
	for _, m := range s.orgs {
		if m.id == id {
			return m
		}
	}
	return nil
}

// term does something about each condition of a place, given the document that counts for it.
func (j *judged) term(at time.Time, what string, actor tenants.Actor, id ids.Application, do func(ctx context.Context, sc tenants.Scope, c ids.Condition, seen ids.Document) error) {
	s := j.stage
	s.at(at, what, func(ctx context.Context, at time.Time) error {
		officer, err := s.as(at, s.one(tenants.RoleOfficer))
		if err != nil {
			return err
		}
		place, err := s.app.selection.Conditioned(ctx, officer, id)
		if err != nil {
			return err
		}
		sc, err := s.as(at, actor)
		if err != nil {
			return err
		}
		for _, c := range place.Conditions {
			var seen ids.Document
			if all := place.Handed[c.ID]; len(all) > 0 {
				seen = all[0].Document
			}
			if err := do(ctx, sc, c.ID, seen); err != nil {
				return err
			}
		}
		return nil
	})
}

// pause lets the coordinator pause the first partnership for some weeks.
func (s *stage) pause(from, to time.Time, reason, back string) {
	steer := func(v partnerships.Verb, reason string) func(context.Context, time.Time) error {
		return func(ctx context.Context, at time.Time) error {
			sc, err := s.as(at, s.one(tenants.RoleCoordinator))
			if err != nil {
				return err
			}
			all, _, err := s.app.partnerships.List(ctx, sc, partnerships.Query{Limit: 50})
			if err != nil || len(all) == 0 {
				return err
			}
			first := all[len(all)-1]
			return s.app.partnerships.Steer(ctx, sc, first.ID, first.Version, v, reason)
		}
	}
	s.at(from, "pause a partnership", steer(partnerships.Pause, reason))
	s.at(to, "resume a partnership", steer(partnerships.Resume, back))
}
