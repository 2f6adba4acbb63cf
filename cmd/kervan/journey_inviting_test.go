package main

import (
	"testing"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// TestJourneyOfAnInvitedReviewer goes the way from a coordinator's list of names to the pool, in Turkish on phones and in German
// at desks: one accepts by one click and has no account before, one has a login in another network and signs in with it, one
// cannot and names somebody, whom the coordinator invites.
func TestJourneyOfAnInvitedReviewer(t *testing.T) {
	t.Parallel()
	r := run(t)
	elsewhere := r.network(t, "elsewhere")
	for _, look := range []uitest.Look{{Language: "tr", Phone: true}, {Language: "de"}} {
		t.Run(look.Language, func(t *testing.T) {
			p := &panel{running: r, network: r.network(t, "invite-"+look.Language), look: look, loc: r.app.catalog.Localizer(i18n.Locale(look.Language), nil)}
			p.open(t)
			newcomer, known := "ayse-"+look.Language+"@vakif.example", "known-"+look.Language+"@neighbour.example"
			p.member(t, elsewhere, "Ketevan Çiçek", known, i18n.EN, tenants.Grant{Role: tenants.RoleReviewer})
			p.coordinator.Go(p.selection("/invitations"))
			p.looks(p.coordinator, "invitations-none")
			p.coordinator.Fill("people", "Ayşe Yılmaz <"+newcomer+">\nKetevan Çiçek <"+known+">\nJürgen Weiß j@haus.example")
			p.coordinator.Choose("locale", look.Language)
			p.coordinator.Fill("reviews", "9")
			p.coordinator.Set("until", time.Now().AddDate(0, 0, 9).Format(time.DateOnly))
			p.coordinator.Press(p.say("selection.invite.do"))
			p.coordinator.Sees(p.say("selection.invite.done"), "Ayşe Yılmaz", "Ketevan Çiçek", "Jürgen Weiß")
			p.looks(p.coordinator, "invitations")

			fresh := uitest.Visit(t, look)
			fresh.Go(r.mail(t, fresh, p.network.Slug, newcomer, "/reviewer-invitations/"))
			fresh.Sees("Ayşe Yılmaz", p.say("selection.asked.accept"))
			p.looks(fresh, "asked")
			fresh.Press(p.say("selection.asked.accept"))
			fresh.Sees(p.say("selection.asked.welcome"))
			p.looks(fresh, "asked-welcome")

			neighbour := uitest.Visit(t, look)
			neighbour.Go(r.mail(t, neighbour, p.network.Slug, known, "/reviewer-invitations/"))
			neighbour.Press(p.say("selection.asked.accept"))
			neighbour.Sees(p.say("selection.asked.sign_in"))
			neighbour.Fill("email", known)
			neighbour.Fill("password", password)
			neighbour.Press(p.say("ui.sign_in"))
			neighbour.Sees(p.say("selection.profile.lead"))

			busy := uitest.Visit(t, look)
			busy.Go(r.mail(t, busy, p.network.Slug, "j@haus.example", "/reviewer-invitations/"))
			busy.Press(p.say("selection.asked.refuse"))
			busy.Tick("reason", "time")
			busy.Fill("substitute_name", "Nergis Üçışık")
			busy.Fill("substitute_email", "nergis@ucisik.example")
			p.looks(busy, "asked-refusal")
			busy.Press(p.say("selection.asked.refuse_do"))
			busy.Sees(p.say("selection.asked.declined"))

			p.coordinator.Go(p.selection("/invitations?state=declined"))
			p.coordinator.Press("Jürgen Weiß")
			p.coordinator.Sees("Nergis Üçışık", "nergis@ucisik.example")
			p.looks(p.coordinator, "invitation-declined")
			p.coordinator.Press(p.say("selection.invitations.substitute_invite"))
			p.coordinator.Press(p.say("selection.invite.do"))
			p.coordinator.Sees(p.say("selection.invite.done"), "Nergis Üçışık")
			r.mail(t, busy, p.network.Slug, "nergis@ucisik.example", "/reviewer-invitations/")

			p.coordinator.Go(p.at("/selection/reviewers"))
			p.coordinator.Sees("Ayşe Yılmaz", "Ketevan Çiçek")
			for _, v := range []*uitest.Visitor{p.coordinator, fresh, neighbour, busy} {
				v.StayedOn(p.network.Slug + "." + r.host)
			}
		})
	}
}
