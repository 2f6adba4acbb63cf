package main

import (
	"testing"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/modules/matching"
	"kervan/tenants"
)

// TestPartnersFindEachOther lets somebody on a phone fill in the card, be found, find a partner, wish for it and write to it;
// the other one, at a desk in the dark, answers.
func TestPartnersFindEachOther(t *testing.T) {
	t.Parallel()
	r := run(t)
	network := r.network(t, "finding")
	ours, theirs := r.organization(t, network, "Ihlamur", "nobody@finding.example"), r.organization(t, network, "Lindenhof", "nobody@finding.example")
	r.member(t, network, "Ilgaz Şahin", "ilgaz@finding.example", i18n.EN, tenants.Grant{Role: tenants.RoleLead, Organization: ours})
	r.member(t, network, "Frauke Moor", "frauke@finding.example", i18n.EN, tenants.Grant{Role: tenants.RoleLead, Organization: theirs})
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	must(t, r.app.matching.Write(t.Context(), system, matching.Card{Organization: theirs, Needs: []matching.Topic{"volunteers"}, Offers: []matching.Topic{"fundraising"}, Languages: []string{"en"}, Relation: matching.EitherRelation}))
	must(t, r.app.matching.Join(t.Context(), system, theirs, 1))

	v := uitest.Visit(t, uitest.Look{Phone: true})
	v.Go(r.address("finding", "/partners"))
	signIn(v, "ilgaz@finding.example")
	v.Sees("Let others find you first")
	v.Press("Fill in the card")
	v.Choose("need_1", "fundraising")
	v.Choose("offer_1", "volunteers")
	v.Tick("languages", "en")
	v.Fill("about", "We welcome volunteers.")
	v.Press("Save the card")
	v.Sees("The card is saved.", "Not to be found")
	v.Accessible("partner-card")
	v.Press("Let others find us")
	v.Sees("Others can find you")
	v.Press("Find partners")
	v.Sees("They offer what you need: Fundraising and income mix", "You offer what they need: Volunteers and members")
	v.Accessible("partners")
	v.Press("Lindenhof")
	v.Sees("You both work in: English")
	v.Press("Wish for them")
	v.Sees("Added to your wishes.", "1. Lindenhof")
	v.Accessible("partner-wishes")
	v.Press("Lindenhof")
	v.Sees("This is your wish number 1.")
	v.Fill("body", "Hello! See https://example.org")
	v.Press("Send")
	v.Sees("The message is sent.", "Hello! See https://example.org")
	if v.Has(`a[href^="https://example.org"]`) {
		t.Error("an address in a message is a link")
	}
	v.Accessible("partner-thread")

	w := uitest.Visit(t, uitest.Look{Dark: true})
	w.Go(r.address("finding", "/desk"))
	signIn(w, "frauke@finding.example")
	w.Press("Read the new messages (1 conversation)")
	w.Press("Ihlamur")
	w.Sees("Hello! See https://example.org")
	w.Fill("body", "Good idea.")
	w.Press("Send")
	w.Sees("The message is sent.", "Good idea.")
	w.Accessible("partner-answer")
	w.Press("Messages")
	w.Accessible("partner-messages")
}

func signIn(v *uitest.Visitor, email string) {
	v.Fill("email", email)
	v.Fill("password", password)
	v.Press("Sign in")
}
