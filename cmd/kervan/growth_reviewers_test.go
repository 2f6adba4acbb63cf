package main

import (
	"context"
	"fmt"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

// inviteReviewers words the invitations of a call and asks two people, of whom one names somebody else.
func (g *garden) inviteReviewers(call ids.Call, k int) {
	g.does(g.day(-2, 13, k), "invite reviewers", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		words := i18n.Text{i18n.EN: "Would you?"}
		if err := g.app.selection.WriteInvitingText(ctx, sc, call, selection.InvitingText{Subject: words, Body: words, Version: int64(k)}); err != nil {
			return err
		}
		asked := selection.Inviting{Locale: i18n.EN, Reviews: 5, Until: g.day(9, 9, 0), People: []selection.Invitee{
			{Name: fmt.Sprintf("Asked %d", k), Email: fmt.Sprintf("asked-%d@%s.example", k, g.tenant.Slug)},
			{Name: fmt.Sprintf("Busy %d", k), Email: fmt.Sprintf("busy-%d@%s.example", k, g.tenant.Slug)},
		}}
		if err := g.app.selection.InviteReviewers(ctx, sc, call, asked); err != nil {
			return err
		}
		all, err := g.app.selection.Invitations(ctx, sc, call)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all.All, func(i selection.Invitation) bool { return i.Invitee == asked.People[1] })
		link, err := g.app.selection.InvitationLink(ctx, sc.As(tenants.SystemActor("demo")), all.All[i].ID)
		if err != nil {
			return err
		}
		instead := selection.Invitee{Name: "Somebody Else", Email: fmt.Sprintf("else-%d@%s.example", k, g.tenant.Slug)}
		return g.app.selection.RefuseInvitation(ctx, sc.As(tenants.Visitor()), link, selection.Regret{Reason: "time", Note: "A full autumn.", Substitute: instead})
	})
}

// instructReviewers writes what reviewers read, which one of them does.
func (g *garden) instructReviewers(call ids.Call, k int) {
	g.does(g.day(-2, 15, k), "instruct reviewers", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		words := selection.Training{Body: i18n.Text{i18n.EN: fmt.Sprintf("The scale, %d", k)}, Version: int64(k)}
		if err := g.app.selection.Instruct(ctx, sc, call, words); err != nil {
			return err
		}
		return g.app.selection.ReadTraining(ctx, sc.As(g.one(tenants.RoleReviewer)), call, words.Version+1)
	})
}

// wishes lets reviewers say what they would like to review, which one of them does of all that applied.
func (g *garden) wishes(call ids.Call, k int) {
	g.does(g.day(-2, 16, k), "ask for wishes", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		if err := g.app.selection.AskForWishes(ctx, sc, call, true); err != nil {
			return err
		}
		reader := sc.As(g.one(tenants.RoleReviewer))
		v, err := g.app.selection.Wishing(ctx, reader, call)
		if err != nil {
			return err
		}
		wishes := map[ids.Application]selection.Wish{}
		for i, a := range v.Applications {
			wishes[a.ID] = selection.Wishes[i%len(selection.Wishes)]
		}
		return g.app.selection.Wish(ctx, reader, call, wishes)
	})
}
