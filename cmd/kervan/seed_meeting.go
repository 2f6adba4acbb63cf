package main

import (
	"context"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/selection"
	"kervan/tenants"
)

// meeting is one of the panel while it is played; the chair leads it and the coordinator is the second who signs.
type meeting struct {
	*judged

	at    time.Time
	chair tenants.Scope
	other tenants.Scope
}

// later lets some minutes pass.
func (m *meeting) later(minutes int) error {
	m.at = m.at.Add(time.Duration(minutes) * time.Minute)
	var err error
	if m.chair, err = m.stage.as(m.at, m.chair.Actor()); err != nil {
		return err
	}
	m.other, err = m.stage.as(m.at, m.other.Actor())
	return err
}

// begin convenes a meeting and opens it.
func (m *meeting) begin(ctx context.Context, place string) error {
	s := m.stage.app.selection
	var err error
	if m.other, err = m.stage.as(m.at, m.stage.one(tenants.RoleCoordinator)); err != nil {
		return err
	}
	cmd := selection.Convening{At: m.at, Place: place, Members: m.members()}
	if err := s.Convene(ctx, m.chair, m.call, cmd); err != nil {
		return err
	}
	if err := s.ShareIntroducers(ctx, m.chair, m.call); err != nil {
		return err
	}
	if err := s.BeginMeeting(ctx, m.chair, m.call); err != nil {
		return err
	}
	return s.EnterMeeting(ctx, m.other, m.call)
}

// members are who is asked: the chair, the coordinator, and an officer where there is one.
func (j *judged) members() []ids.Person {
	var all []ids.Person
	for _, role := range []tenants.Role{tenants.RoleChair, tenants.RoleCoordinator, tenants.RoleOfficer} {
		if some := j.stage.members[role]; len(some) > 0 {
			all = append(all, some[0].Person)
		}
	}
	return all
}

// settled is what was said of one application.
type settled struct {
	choice  selection.Choice // of the coordinator
	outcome events.Outcome
	reason  string
	note    string
}

// settle takes up an application, votes about it and decides.
func (m *meeting) settle(ctx context.Context, id ids.Application, how settled) error {
	s := m.stage.app.selection
	steps := []func() error{
		func() error { return s.PutOnTable(ctx, m.chair, id) },
		func() error { return s.OpenVote(ctx, m.chair, id) },
		func() error { return s.CastVote(ctx, m.other, id, how.choice) },
		func() error { return s.CastVote(ctx, m.chair, id, selection.Choice(how.outcome)) },
		func() error { return s.CloseVote(ctx, m.chair, id) },
		func() error { return s.WriteNote(ctx, m.other, id, how.note, true) },
		func() error { return m.later(6) },
		func() error {
			return s.Settle(ctx, m.chair, id, selection.Settlement{Outcome: how.outcome, Reason: how.reason})
		},
		func() error { return m.later(2) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// draw draws a lot.
func (m *meeting) draw(ctx context.Context, among []ids.Application) error {
	s := m.stage.app.selection
	if err := s.PrepareLot(ctx, m.chair, m.call, among); err != nil {
		return err
	}
	room, err := s.Room(ctx, m.chair, m.call)
	if err != nil {
		return err
	}
	if err := m.later(3); err != nil {
		return err
	}
	return s.DrawLot(ctx, m.chair, m.call, room.Lots[len(room.Lots)-1].ID)
}

// end ends the meeting; both sign its minutes.
func (m *meeting) end(ctx context.Context) error {
	s := m.stage.app.selection
	if err := s.FinishMeeting(ctx, m.chair, m.call); err != nil {
		return err
	}
	room, err := s.Room(ctx, m.chair, m.call)
	if err != nil {
		return err
	}
	if err := m.later(25); err != nil {
		return err
	}
	if err := s.SignMinutes(ctx, m.chair, m.call, room.Meeting.Fingerprint); err != nil {
		return err
	}
	return s.SignMinutes(ctx, m.other, m.call, room.Meeting.Fingerprint)
}

// onTheLine is what the panel of the demonstration said of the applications around the last place, in turn.
var onTheLine = []settled{
	{selection.ChooseSelected, events.OutcomeSelected, "Planı en somut olan; iki kuruluş da ziyaretlere hazır.", "İkinci ziyaretin tarihi yaz tatiline denk geliyor, ortaklara hatırlatılacak."},
	{selection.ChooseWaiting, events.OutcomeSelected, "Değerlendirmeler birbirine çok yakın; son yer için kurada birinci çıktı.", "Bütçe kalemlerinden ikisi açıklama istiyor."},
	{selection.ChooseWaiting, events.OutcomeWaiting, "Son yer için kurada ikinci sırada kaldı.", "İyi bir başvuru; yer açılırsa alınmalı."},
	{selection.Abstain, events.OutcomeWaiting, "İhtiyaç açık, öğrenme planı zayıf.", "Öğrenme planı için geri bildirim mektuba yazılacak."},
}

// deliberate lets the panel meet before it decides about all others in the ranking: about those on the line, with a lot between two.
func (j *judged) deliberate(ctx context.Context, at time.Time) error {
	s := j.stage
	sc, err := s.as(at, s.one(tenants.RoleChair))
	if err != nil {
		return err
	}
	m := meeting{judged: j, at: at, chair: sc}
	if err := m.begin(ctx, "Karaköy, toplantı odası 2"); err != nil {
		return err
	}
	panel, err := s.app.selection.Panel(ctx, sc, j.call)
	if err != nil {
		return err
	}
	line := panel.Ranked[panel.Call.Places-2:][:len(onTheLine)]
	if err := m.leaves(ctx, line[3].ID); err != nil {
		return err
	}
	pair := []ids.Application{line[1].ID, line[2].ID}
	if err := m.draw(ctx, pair); err != nil {
		return err
	}
	room, err := s.app.selection.Room(ctx, sc, j.call)
	if err != nil {
		return err
	}
	seed := room.Lots[0].Seed
	if first := selection.DrawnOrder(seed, []string{line[1].Number, line[2].Number})[0]; first != line[1].Number {
		line[1], line[2] = line[2], line[1]
	}
	for i, how := range onTheLine {
		if err := m.settle(ctx, line[i].ID, how); err != nil {
			return err
		}
	}
	return m.end(ctx)
}

// leaves lets an officer come who has a conflict of interest in an application.
func (m *meeting) leaves(ctx context.Context, id ids.Application) error {
	officer, err := m.stage.as(m.at, m.stage.one(tenants.RoleOfficer))
	if err != nil {
		return err
	}
	if err := m.stage.app.selection.EnterMeeting(ctx, officer, m.call); err != nil {
		return err
	}
	return m.stage.app.selection.DeclareConflict(ctx, officer, id, selection.Declaration{Conflict: true, Kind: selection.ConflictCooperation, Note: "Geçen yıl birlikte bir proje yürüttük."})
}

// convened prepares a meeting that is still to come.
func (j *judged) convened(when time.Time, place string) func(context.Context, time.Time) error {
	return func(ctx context.Context, at time.Time) error {
		s := j.stage
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		if err := s.app.selection.Convene(ctx, sc, j.call, selection.Convening{At: when, Place: place, Members: j.members()}); err != nil {
			return err
		}
		return s.app.selection.ShareIntroducers(ctx, sc, j.call)
	}
}
