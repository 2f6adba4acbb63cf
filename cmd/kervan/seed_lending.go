package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/lending"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

// together are networks of the demonstration that are all live, and what happens between them, which happens today.
type together struct {
	app      *App
	networks map[string]tenants.Tenant
}

// seedBetween plays what networks of the demonstration do with each other, once they are all there, unless they have.
func seedBetween(ctx context.Context, app *App) error {
	b := together{app, map[string]tenants.Tenant{}}
	for _, slug := range []string{"bosporus", "elbe", "olive"} {
		tenant, found, err := app.tenants.ByHost(ctx, app.config.hosts(slug)[0])
		if err != nil {
			return err
		}
		if !found || tenant.Status != tenants.StatusLive {
			return nil
		}
		b.networks[slug] = tenant
	}
	if err := b.lend(ctx); err != nil {
		return fmt.Errorf("demonstration between networks: %w", err)
	}
	if err := b.introduce(ctx); err != nil {
		return fmt.Errorf("demonstration across networks: %w", err)
	}
	return nil
}

// as is somebody of a network who holds the role: the one with the address, or the first.
func (b *together) as(ctx context.Context, slug string, role tenants.Role, email string) (tenants.Scope, error) {
	system := b.app.tenants.Bind(b.networks[slug], tenants.SystemActor("demo"))
	held, err := tenants.Holders(ctx, system.Read(), role)
	if err != nil {
		return system, err
	}
	persons := make([]ids.Person, len(held))
	for i, m := range held {
		persons[i] = m.Person
	}
	cards, err := b.app.accounts.Cards(ctx, system.Read(), persons)
	if err != nil {
		return system, err
	}
	for _, p := range persons {
		if c := cards[p]; email == "" || c.Email == email {
			return system.As(tenants.Actor{Person: p, Name: c.Name, Email: c.Email, Locale: c.Locale, Grants: []tenants.Grant{{Role: role}}}), nil
		}
	}
	return system, fmt.Errorf("nobody is %s of %s: %s", role, slug, email)
}

// works does what the queues of the networks have.
func (b *together) works(ctx context.Context) error {
	var rooms []string
	for _, slug := range []string{"bosporus", "elbe", "olive"} {
		rooms = append(rooms, b.networks[slug].ID.String())
	}
	return jobs.Drain(ctx, b.app.workerPool, b.app.tenants.Do, rooms...)
}

// lend lets one network, in the middle of its reviews, ask two others: the one lends somebody who accepts, the other has not answered.
func (b *together) lend(ctx context.Context) error {
	asker, err := b.as(ctx, "elbe", tenants.RoleCoordinator, "")
	if err != nil {
		return err
	}
	calls, err := b.app.selection.Calls.Published(ctx, asker)
	if err != nil || len(calls) == 0 {
		return err
	}
	call := calls[0].ID
	if sent, err := b.app.lending.Sent(ctx, asker, call); err != nil || len(sent.Requests) > 0 {
		return err
	}
	for slug, willing := range map[string][]string{"olive": {"umit@cinar.example"}, "bosporus": {"henrike@sommerfeld.example", "anneke@vos-advies.example", "canan@universite-b.example"}} {
		coordinator, err := b.as(ctx, slug, tenants.RoleCoordinator, "")
		if err != nil {
			return err
		}
		if err := b.app.lending.Allow(ctx, coordinator, true); err != nil {
			return err
		}
		for _, email := range willing {
			if err := b.mayBeLent(ctx, slug, email); err != nil {
				return err
			}
		}
	}
	topics := expertise.Topics()
	for slug, asked := range map[string]lending.Asking{
		"olive": {
			Wanted: 2, Reviews: 4, Topics: []string{topics[0].Value, topics[3].Value}, Languages: []string{"tr", "en"},
			Message: "Two of our reviewers have dropped out, and half of the applications come from Türkiye. We read in English and German; somebody who reads Turkish would help most.",
		},
		"bosporus": {
			Wanted: 1, Reviews: 6, Topics: []string{topics[1].Value}, Languages: []string{"de"},
			Message: "Uns fehlt noch jemand für die deutschsprachigen Bewerbungen. Wir sitzen am Runden Tisch in zwei Wochen.",
		},
	} {
		asked.Lender, asked.Due = b.networks[slug].ID, selection.DueAt(time.Now(), 20, i18n.Zone("Europe/Berlin"))
		if err := b.app.lending.Ask(ctx, asker, call, asked); err != nil {
			return err
		}
	}
	if err := b.works(ctx); err != nil {
		return err
	}
	if err := b.agree(ctx, call); err != nil {
		return err
	}
	return b.works(ctx)
}

func (b *together) mayBeLent(ctx context.Context, slug, email string) error {
	reviewer, err := b.as(ctx, slug, tenants.RoleReviewer, email)
	if err != nil {
		return err
	}
	p, err := b.app.reviewers.OwnProfile(ctx, reviewer)
	if err != nil {
		return err
	}
	if len(p.Topics) == 0 {
		p.Topics, p.Languages, p.Countries = []string{expertise.Topics()[0].Value, expertise.Topics()[5].Value}, []string{"tr", "en"}, []string{"TR", "GR"}
	}
	p.Lendable = true
	return b.app.reviewers.SaveOwnProfile(ctx, reviewer, p)
}

// agree lets the one network lend its reviewer, who accepts and is given something to read.
func (b *together) agree(ctx context.Context, call ids.Call) error {
	lender, err := b.as(ctx, "olive", tenants.RoleCoordinator, "")
	if err != nil {
		return err
	}
	d, err := b.app.lending.Desk(ctx, lender)
	if err != nil {
		return err
	}
	named, err := b.as(ctx, "olive", tenants.RoleReviewer, "umit@cinar.example")
	if err != nil {
		return err
	}
	if err := b.app.lending.Agree(ctx, lender, d.Received[0].ID, []ids.Person{named.Actor().Person}); err != nil {
		return err
	}
	if err := b.works(ctx); err != nil {
		return err
	}
	system := b.app.tenants.Bind(b.networks["elbe"], tenants.SystemActor("demo"))
	all, err := b.app.reviewers.Invitations(ctx, system, call)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all.All, func(i reviewers.Invitation) bool { return i.Invitee.Email == named.Actor().Email })
	if i < 0 {
		return errors.New("who is lent is not invited")
	}
	link, err := b.app.reviewers.InvitationLink(ctx, system, all.All[i].ID)
	if err != nil {
		return err
	}
	joined, err := b.app.reviewers.AcceptInvitation(ctx, system.As(tenants.Visitor()), link, "")
	if err != nil {
		return err
	}
	if err := b.works(ctx); err != nil {
		return err
	}
	return b.give(ctx, call, joined.Person)
}

// give assigns some applications to somebody, but for those in which they have a conflict of interest.
func (b *together) give(ctx context.Context, call ids.Call, person ids.Person) error {
	officer, err := b.as(ctx, "elbe", tenants.RoleOfficer, "")
	if err != nil {
		return err
	}
	board, err := b.app.selection.Board(ctx, officer, call)
	if err != nil {
		return err
	}
	var chosen []ids.Application
	for _, row := range board.Rows {
		if row.Application.Undecided && len(chosen) < 4 {
			chosen = append(chosen, row.Application.ID)
		}
	}
	_, err = b.app.selection.Assign(ctx, officer, call, selection.Assignment{
		Applications: chosen, Reviewers: []ids.Person{person}, DueAt: selection.DueAt(time.Now(), 9, i18n.Zone("Europe/Berlin")), Skip: true,
	})
	if fault.Is(err, fault.KindInvalid) { // nothing is left to be read
		return nil
	}
	return err
}
