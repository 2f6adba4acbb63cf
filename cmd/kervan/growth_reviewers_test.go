package main

import (
	"context"
	"fmt"
	"slices"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// inviteReviewers words the invitations of a call and asks two people, of whom one names somebody else.
func (g *garden) inviteReviewers(call ids.Call, k int) {
	g.does(g.day(-2, 13, k), "invite reviewers", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		words := i18n.Text{i18n.EN: "Would you?"}
		if err := g.app.reviewers.WriteInvitingText(ctx, sc, call, reviewers.InvitingText{Subject: words, Body: words, Version: int64(k)}); err != nil {
			return err
		}
		asked := reviewers.Inviting{Locale: i18n.EN, Reviews: 5, Until: g.day(9, 9, 0), People: []reviewers.Invitee{
			{Name: fmt.Sprintf("Asked %d", k), Email: fmt.Sprintf("asked-%d@%s.example", k, g.tenant.Slug)},
			{Name: fmt.Sprintf("Busy %d", k), Email: fmt.Sprintf("busy-%d@%s.example", k, g.tenant.Slug)},
		}}
		if err := g.app.reviewers.InviteReviewers(ctx, sc, call, asked); err != nil {
			return err
		}
		all, err := g.app.reviewers.Invitations(ctx, sc, call)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all.All, func(i reviewers.Invitation) bool { return i.Invitee == asked.People[1] })
		link, err := g.app.reviewers.InvitationLink(ctx, sc.As(tenants.SystemActor("demo")), all.All[i].ID)
		if err != nil {
			return err
		}
		instead := reviewers.Invitee{Name: "Somebody Else", Email: fmt.Sprintf("else-%d@%s.example", k, g.tenant.Slug)}
		return g.app.reviewers.RefuseInvitation(ctx, sc.As(tenants.Visitor()), link, reviewers.Regret{Reason: "time", Note: "A full autumn.", Substitute: instead})
	})
}

// lend has the network asked for a reviewer and ask for one, each of the other side being the core's site, which is there in any case.
func (g *garden) lend(call ids.Call, k int) {
	g.does(g.day(-2, 14, k), "lend reviewers", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		all, err := g.app.tenants.All(ctx)
		if err != nil {
			return err
		}
		here, core := sc.Tenant().ID, all[0].ID
		out, in, lent, borrowed := ids.New[ids.LoanRequest](), ids.New[ids.LoanRequest](), ids.New[ids.Loan](), ids.New[ids.Loan]()
		err = g.app.tenants.Platform().Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			for _, q := range []struct {
				id            ids.LoanRequest
				asker, lender ids.Tenant
				loan          ids.Loan
			}{{out, here, core, borrowed}, {in, core, here, lent}} {
				_, err := tx.NewRaw(`INSERT INTO lending_requests (id, asker_id, lender_id, call_id, title, zone, wanted, reviews, due, message, state, asked_at, answered_at)
					VALUES (?, ?, ?, ?, '{"en": "A call"}', 'Europe/Athens', 2, 3, now() + interval '30 days', 'Would you?', 'agreed', now(), now())`, q.id, q.asker, q.lender, call).Exec(ctx)
				if err != nil {
					return err
				}
				if _, err := tx.NewRaw(`INSERT INTO lending_loans (id, request_id, name, moved_at) VALUES (?, ?, 'Lent Person', now())`, q.loan, q.id).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		err = sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
			person := g.one(tenants.RoleReviewer).Person
			for _, one := range []struct {
				statement string
				args      []any
			}{
				{`INSERT INTO loan_requests (id, call_id, lender_id, open, due, asked_by, asked_at) VALUES (?, ?, ?, false, now(), ?, now())`, []any{out, call, core, person}},
				{`INSERT INTO loan_answers (request_id, agreed, answered_by, answered_at) VALUES (?, true, ?, now())`, []any{in, person}},
				{`INSERT INTO loans (id, request_id, person_id) VALUES (?, ?, ?)`, []any{lent, in, person}},
				{`INSERT INTO received_loans (loan_id) VALUES (?)`, []any{borrowed}},
			} {
				if _, err := tx.NewRaw(one.statement, one.args...).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		who := events.LentReviewer{Loan: borrowed, Name: "Lent Person", Email: fmt.Sprintf("lent-%d@%s.example", k, g.tenant.Slug), Locale: i18n.EN}
		return g.app.reviewers.InviteLent(ctx, sc.As(tenants.SystemActor("demo")), events.ReviewersLent{
			Call: call, Lender: "Another Network", By: sc.Actor().Person, Reviews: 3, Until: g.day(20, 9, 0), People: []events.LentReviewer{who},
		})
	})
}

// instructReviewers writes what reviewers read, which one of them does.
func (g *garden) instructReviewers(call ids.Call, k int) {
	g.does(g.day(-2, 15, k), "instruct reviewers", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		words := reviewers.Training{Body: i18n.Text{i18n.EN: fmt.Sprintf("The scale, %d", k)}, Version: int64(k)}
		if err := g.app.reviewers.Instruct(ctx, sc, call, words); err != nil {
			return err
		}
		return g.app.reviewers.ReadTraining(ctx, sc.As(g.one(tenants.RoleReviewer)), call, words.Version+1)
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

// calibrate lets reviewers score a sample, which one of them does; the one before is closed.
func (g *garden) calibrate(call ids.Call, k int) {
	g.does(g.day(-2, 17, k), "let reviewers score a sample", tenants.RoleCoordinator, func(ctx context.Context, sc tenants.Scope) error {
		before, err := g.app.selection.Calibrations(ctx, sc, call)
		if err != nil {
			return err
		}
		if !before.Current.ID.IsZero() {
			if err := g.app.selection.CloseCalibration(ctx, sc, before.Current.ID); err != nil {
				return err
			}
		}
		id, err := g.app.selection.PrepareSample(ctx, sc, call, selection.Preparing{Language: i18n.EN})
		if err != nil {
			return err
		}
		b, err := g.app.selection.CalibrationBoard(ctx, sc, id)
		if err != nil {
			return err
		}
		texts := make([]string, len(b.Passages))
		texts[0] = fmt.Sprintf("A sample, %d", k)
		if err := g.app.selection.WriteSample(ctx, sc, id, b.Version, selection.Sample{Title: fmt.Sprintf("To be scored, %d", k), Texts: texts}); err != nil {
			return err
		}
		reason := func(i int) (float64, string) { return referred[i].score, fmt.Sprintf("A reason, %d", k) }
		if _, err := g.app.selection.Refer(ctx, sc, id, sampleMarks(b.About, reason)); err != nil {
			return err
		}
		if err := g.app.selection.OpenCalibration(ctx, sc, id, selection.Opening{Version: b.Version + 1, Checked: true}); err != nil {
			return err
		}
		reader := sc.As(g.one(tenants.RoleReviewer))
		if _, _, err := g.app.selection.SaveScores(ctx, reader, id, sampleMarks(b.About, reason)); err != nil {
			return err
		}
		return g.app.selection.SubmitScores(ctx, reader, id)
	})
}

// doubt lets a reviewer ask for a second opinion, which is turned down, and once more.
func (g *garden) doubt(call ids.Call, k int) {
	g.does(g.day(-1, 12, k), "ask for a second opinion", tenants.RoleOfficer, func(ctx context.Context, sc tenants.Scope) error {
		reviewer := sc.As(g.members[tenants.RoleReviewer][1])
		queue, err := g.app.selection.Queue(ctx, reviewer)
		if err != nil {
			return err
		}
		queue = slices.DeleteFunc(queue, func(q selection.Queued) bool { return q.Review.Call != call || q.State != selection.ReviewSubmitted })
		review, about := queue[k%len(queue)].Review.ID, queue[k%len(queue)].Application.ID
		if err := g.app.selection.RequestOpinion(ctx, reviewer, review, fmt.Sprintf("Not my field, %d", k)); err != nil {
			return err
		}
		o, err := g.app.selection.Opinions(ctx, sc, about)
		if err != nil {
			return err
		}
		if err := g.app.selection.AnswerOpinion(ctx, sc, about, o.Opinions[0].ID, selection.TurnDownOpinion, fmt.Sprintf("It is clear enough, %d", k)); err != nil {
			return err
		}
		return g.app.selection.RequestOpinion(ctx, reviewer, review, fmt.Sprintf("Really not my field, %d", k))
	})
}
