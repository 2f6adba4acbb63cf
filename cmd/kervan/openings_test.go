package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/jobs"
	"kervan/modules/openings"
	"kervan/modules/programs"
	"kervan/modules/site/sitetest"
	"kervan/tenants"
)

// TestAFirstCallIsSignedTwice goes the whole way: the coordinator signs, the core team gives the call back, it is changed
// and signed anew, taken back, sent again, and opens when both have signed.
func TestAFirstCallIsSignedTwice(t *testing.T) {
	t.Parallel()
	r := run(t)
	core := r.core(t, "core@"+r.host+".example")
	network := r.network(t, "signing")
	r.member(t, network, "Nazlı Başaran", "nazli@"+r.host+".example", i18n.EN, tenants.Grant{Role: tenants.RoleCoordinator})
	r.member(t, network, "Ohne Recht", "officer@"+r.host+".example", i18n.EN, tenants.Grant{Role: tenants.RoleOfficer})
	system := r.app.tenants.Bind(network, tenants.SystemActor("test"))
	c, err := r.app.programs.Begin(t.Context(), system, "2027", "pair")
	must(t, err)
	frame := programs.Frame{
		OpensAt: time.Now().Add(-time.Hour).Truncate(time.Minute), ClosesAt: time.Now().Add(30 * 24 * time.Hour).Truncate(time.Minute), Zone: "Europe/Istanbul", Places: 8,
		GrantMinor: 350_000, GrantCurrency: "EUR", ReplyDays: 7, PapersHours: 72, Locales: i18n.All,
	}
	must(t, r.app.programs.Reframe(t.Context(), system, c.ID, 1, frame))

	in := func(host, email string) *sitetest.Browser {
		b := sitetest.NewBrowser(t, host, r.port)
		b.Get("/sign-in")
		b.Submit("/sign-in", "email", email, "password", password)
		return b
	}
	b, team := in(network.Host, "nazli@"+r.host+".example"), in(core.Host, "core@"+r.host+".example")
	page := "/program/calls/" + c.ID.String() + "/readiness"
	asked := func() openings.Request {
		t.Helper()
		late := time.After(time.Minute)
		for {
			team.Get("/openings")
			all, err := r.app.openings.Requests(t.Context(), r.app.tenants.Bind(core, tenants.SystemActor("test")))
			must(t, err)
			if len(all) > 0 && all[0].State == openings.Waiting {
				return all[0]
			}
			select {
			case <-late:
				t.Fatal("the core team is not asked")
			case <-time.After(50 * time.Millisecond):
			}
		}
	}

	b.Get(page)
	b.Want(http.StatusOK, "Needed before it opens", "Not signed", "As this is your first call", "Sign and send to the core team")
	b.Submit(page, "remark", "")
	b.Want(http.StatusUnprocessableEntity, "Please say why the call can open", "Please confirm that you have read the call.")
	b.Submit(page, "remark", strings.Repeat("ü", openings.RemarkChars+1), "confirmed", "yes")
	b.Want(http.StatusUnprocessableEntity, "ü")
	b.Submit(page, "remark", "We rehearsed on paper.", "confirmed", "yes")
	first := asked()
	team.Get("/openings/" + first.ID.String())
	team.Want(http.StatusOK, "We rehearsed on paper.", "What is different from the blueprint", "3,500")
	team.Post("/openings/"+first.ID.String()+"/return", url.Values{"answer": {""}}) // another session's form, which is kept …
	team.Submit("/openings/" + first.ID.String() + "/return")                       // … and sent again
	team.Want(http.StatusUnprocessableEntity, "Please fill this in.")
	team.Post("/openings/"+first.ID.String()+"/return", url.Values{"answer": {"Please name a second contact."}})
	team.Submit("/openings/" + first.ID.String() + "/return")
	b.Get(page)
	b.Want(http.StatusOK, "Given back", "Please name a second contact.", "Defne Aksoylu")

	// What was signed is another call now; an old page cannot sign it.
	frame.Places = 9
	now, err := r.app.programs.Call(t.Context(), system, c.ID)
	must(t, err)
	must(t, r.app.programs.Reframe(t.Context(), system, c.ID, now.Version, frame))
	old := url.Values{"content": {first.Content}, "confirmed": {"yes"}, "remark": {"Old."}}
	b.Get(page)
	b.Want(http.StatusOK, "Changed since it was signed")
	b.Post(page, old)
	b.Submit(page)
	b.Want(http.StatusConflict)
	b.Get(page)
	b.Submit(page, "remark", "Changed.", "confirmed", "yes")
	second := asked()
	if second.ID == first.ID {
		t.Fatal("the old request waits again")
	}
	b.Get(page)
	b.Submit(page+"/withdrawal", "x", "")
	team.Get("/openings/" + second.ID.String())
	team.Want(http.StatusNotFound)
	b.Get(page)
	b.Want(http.StatusOK, "Taken back")
	form := b.Page
	b.Submit(page, "remark", "Now it is right.", "confirmed", "yes")
	third := asked()
	b.Page = form
	b.Submit(page, "remark", "A second click.", "confirmed", "yes")
	b.Want(http.StatusOK, "Now it is right.")
	must(t, jobs.Drain(t.Context(), r.app.workerPool, r.app.tenants.Do, network.ID.String()))
	if again := asked(); again.ID != third.ID {
		t.Error("a second click asks the core team a second time")
	}

	b.Get("/program/calls/" + c.ID.String() + "/publication")
	b.Want(http.StatusOK, "The core team has signed too", "Missing")
	officer := in(network.Host, "officer@"+r.host+".example")
	officer.Get(page)
	officer.Want(http.StatusOK, "Signatures")
	officer.Post(page, url.Values{"content": {third.Content}, "confirmed": {"yes"}, "remark": {"x"}})
	officer.Want(http.StatusNotFound)
	officer.Get("/openings")
	officer.Want(http.StatusNotFound)

	team.Get("/openings/" + third.ID.String())
	team.Submit("/openings/"+third.ID.String()+"/signature", "answer", "Good luck.")
	team.Get("/openings/" + third.ID.String())
	team.Want(http.StatusOK, "Good luck.", "Signed")
	b.Get(page)
	b.Want(http.StatusOK, "Everything is signed.", "Open the call")
	b.Get("/program/calls/" + c.ID.String() + "/publication")
	b.Submit("/program/calls/" + c.ID.String() + "/publication")
	b.Get(page)
	b.Want(http.StatusOK, "This call is published.")
	if now, err = r.app.programs.Call(t.Context(), system, c.ID); err != nil || now.State != programs.Published {
		t.Errorf("the call is %s, %v", now.State, err)
	}
}
