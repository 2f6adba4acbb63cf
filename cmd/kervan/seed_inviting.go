package main

import (
	"context"
	"slices"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// askedToReview is somebody who is invited to review, and what they answer.
type askedToReview struct {
	who    reviewers.Invitee
	locale i18n.Locale
	regret *reviewers.Regret // nil: they accept, or have not answered yet
	waits  bool
}

// inviteReviewers lets a coordinator look for reviewers of a call that is still open: two accept, two cannot, of whom one names
// somebody else, and one has not answered.
func (s *stage) inviteReviewers(call ids.Call) {
	asked := []askedToReview{
		{who: reviewers.Invitee{Name: "Yeter Altıntaş", Email: "yeter@altintas.example"}, locale: i18n.TR},
		{who: reviewers.Invitee{Name: "Wolfram Achterberg", Email: "wolfram@achterberg.example"}, locale: i18n.DE},
		{
			who: reviewers.Invitee{Name: "Nesrin Ulusoy", Email: "nesrin@ulusoy.example"}, locale: i18n.TR,
			regret: &reviewers.Regret{
				Reason: "time", Note: "O haftalarda saha çalışmasındayım. Seher Hanım iki yıldır benzer bir programda jüri üyesi, adını vermeme razı.",
				Substitute: reviewers.Invitee{Name: "Seher Kocabaş", Email: "seher@kocabas.example"},
			},
		},
		{who: reviewers.Invitee{Name: "Henrike Vogelsang", Email: "henrike@vogelsang.example"}, locale: i18n.DE, regret: &reviewers.Regret{Reason: "field"}},
		{who: reviewers.Invitee{Name: "Tsvetana Koleva", Email: "tsvetana@koleva.example"}, locale: i18n.EN, waits: true},
	}
	sent := s.day(-6, 11, 20)
	s.at(sent, "invite reviewers", func(ctx context.Context, at time.Time) error {
		sc, err := s.as(at, s.one(tenants.RoleCoordinator))
		if err != nil {
			return err
		}
		for _, one := range asked {
			cmd := reviewers.Inviting{People: []reviewers.Invitee{one.who}, Locale: one.locale, Reviews: 12, Until: s.day(8, 23, 59)}
			if err := s.app.reviewers.InviteReviewers(ctx, sc, call, cmd); err != nil {
				return err
			}
		}
		return nil
	})
	for i, one := range asked {
		if !one.waits {
			s.at(s.awake(sent.Add(time.Duration(5+20*i)*time.Hour)), one.who.Name+" answers", func(ctx context.Context, at time.Time) error {
				return s.answerInvitation(ctx, at, call, one)
			})
		}
	}
}

func (s *stage) answerInvitation(ctx context.Context, at time.Time, call ids.Call, one askedToReview) error {
	system, err := s.as(at, tenants.SystemActor("demo"))
	if err != nil {
		return err
	}
	all, err := s.app.reviewers.Invitations(ctx, system, call)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all.All, func(i reviewers.Invitation) bool { return i.Invitee == one.who })
	link, err := s.app.reviewers.InvitationLink(ctx, system, all.All[i].ID)
	if err != nil {
		return err
	}
	visitor := system.As(tenants.Visitor())
	if one.regret != nil {
		return s.app.reviewers.RefuseInvitation(ctx, visitor, link, *one.regret)
	}
	_, err = s.app.reviewers.AcceptInvitation(ctx, visitor, link, "")
	return err
}
