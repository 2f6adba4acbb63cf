package main

import (
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// draft is an application that two people of one organization write.
type draft struct {
	*running

	network tenants.Tenant
	sheet   ids.Sheet
	at      string // the section that the tests write in
}

func (r *running) draft(t *testing.T, slug string) *draft {
	t.Helper()
	d := &draft{running: r, network: r.network(t, slug)}
	call := r.published(t, d.network)
	system := r.app.tenants.Bind(d.network, tenants.SystemActor("test"))
	organization := r.organization(t, d.network, "Ihlamur", "nobody@"+slug+".example")
	r.member(t, d.network, "Ilgaz Şahin", "ilgaz@"+slug+".example", i18n.EN, tenants.Grant{Role: tenants.RoleLead, Organization: organization})
	r.member(t, d.network, "Rojda Güneş", "rojda@"+slug+".example", i18n.EN, tenants.Grant{Role: tenants.RoleParticipant, Organization: organization})
	id, err := r.app.applications.Begin(t.Context(), system, call.ID, organization, "tr")
	if err != nil {
		t.Fatal(err)
	}
	a, err := applications.Find(t.Context(), system.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	d.sheet = a.Part(organization).Sheet
	d.at = r.address(slug, "/applications/"+id.String()+"/sections/need")
	return d
}

// enters signs somebody in at a fresh window and opens the section.
func (d *draft) enters(t *testing.T, name string, look uitest.Look) *uitest.Visitor {
	t.Helper()
	v := uitest.Visit(t, look)
	v.Go(d.at)
	d.signs(v, name)
	v.Sees("In which areas do you want to become stronger?")
	return v
}

func (d *draft) signs(v *uitest.Visitor, name string) {
	v.Fill("email", name+"@"+d.network.Slug+".example")
	v.Fill("password", password)
	v.Press("Sign in")
}

func (d *draft) kept(t *testing.T, ref string) string {
	t.Helper()
	all, err := d.app.forms.Filled(t.Context(), d.app.tenants.Bind(d.network, tenants.SystemActor("test")).Read(), d.sheet)
	if err != nil {
		t.Fatal(err)
	}
	return string(all[d.sheet].Answers[ref])
}

// keeps waits until the server has an answer.
func (d *draft) keeps(t *testing.T, ref, want string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		if d.kept(t, ref) == want {
			return
		}
		<-tick.C
	}
	t.Errorf("%s is %s, want %s", ref, d.kept(t, ref), want)
}

const (
	issue = "answers[issue]"
	tried = "answers[tried]"
)

func TestTwoPeopleWriteInOneDraft(t *testing.T) {
	t.Parallel()
	r := run(t)
	d := r.draft(t, "two")
	ilgaz, rojda := d.enters(t, "ilgaz", uitest.Look{Language: "en"}), d.enters(t, "rojda", uitest.Look{Language: "en", Phone: true})

	ilgaz.Fill(issue, "Nobody writes anything down.")
	rojda.Fill(tried, "A wiki.")
	rojda.Sees("Ilgaz Şahin is writing here")
	rojda.Accessible("write-locked-phone")
	ilgaz.Shows(`[data-save-state][data-state="saved"]`)
	d.keeps(t, "issue", `"Nobody writes anything down."`)
	d.keeps(t, "tried", `"A wiki."`)

	// Ilgaz has not seen what Rojda wrote, and writes there too: both texts are shown, and one is chosen.
	ilgaz.Fill(tried, "A shared folder.")
	ilgaz.Sees("Rojda Güneş has changed this answer while you were writing", "A shared folder.", "A wiki.")
	ilgaz.Accessible("write-clash")
	ilgaz.PressHere("Keep mine")
	d.keeps(t, "tried", `"A shared folder."`)
	ilgaz.Fill(issue, "Nobody writes anything down, and nobody reads it.")
	d.keeps(t, "issue", `"Nobody writes anything down, and nobody reads it."`)

	// The same person in another tab is told so.
	tab := ilgaz.Tab(t)
	tab.Go(d.at)
	tab.Fill(issue, "From the other tab.")
	d.keeps(t, "issue", `"From the other tab."`)
	ilgaz.Return()
	ilgaz.Fill(issue, "From the first tab.")
	ilgaz.Sees("Another window of yours has changed this answer")
	ilgaz.PressHere("Take the other")
	if got := ilgaz.Value(issue); got != "From the other tab." {
		t.Errorf("the other text was not taken: %q", got)
	}
	d.keeps(t, "issue", `"From the other tab."`)
}

func TestAnEndedSessionLosesNothing(t *testing.T) {
	t.Parallel()
	r := run(t)
	d := r.draft(t, "ended")
	v := d.enters(t, "ilgaz", uitest.Look{Language: "en"})
	r.exec(t, d.network, `DELETE FROM sessions`)
	v.Fill(issue, "Written after the session had ended.")
	v.Sees("You have been signed out. Your text is kept on this device.")
	v.Accessible("write-signed-out")
	v.PressHere("Save and go on") // does not leave the page
	v.Sees("You have been signed out.")
	if got := d.kept(t, "issue"); got != "" {
		t.Errorf("the server took %s of somebody who is signed out", got)
	}
	tab := v.Tab(t)
	tab.Go(r.address("ended", "/sign-in"))
	d.signs(tab, "ilgaz")
	tab.Sees("Ilgaz Şahin")
	v.Return()
	d.keeps(t, "issue", `"Written after the session had ended."`)
	v.Sees("Saved at")
	v.Fill(tried, "And on it goes.")
	d.keeps(t, "tried", `"And on it goes."`)
}

func TestALostConnectionAndTheBackButtonLoseNothing(t *testing.T) {
	t.Parallel()
	r := run(t)
	d := r.draft(t, "lost")
	v := d.enters(t, "ilgaz", uitest.Look{Language: "en", Phone: true})
	v.Fill(issue, "First.")
	d.keeps(t, "issue", `"First."`)
	v.Press("Back to the application")
	v.Back()
	if got := v.Value(issue); got != "First." {
		t.Errorf("after going back there stands %q", got)
	}
	v.Fill(issue, "Second.")
	d.keeps(t, "issue", `"Second."`)

	v.Offline(true)
	v.Fill(issue, "On the train.")
	v.Sees("kept on this device")
	v.Accessible("write-offline-phone")
	v.Offline(false)
	d.keeps(t, "issue", `"On the train."`)

	// A text that was under way when its page was left arrives from any other page.
	v.Offline(true)
	v.Fill(issue, "In the tunnel.")
	v.Sees("kept on this device")
	tab := v.Tab(t)
	tab.Go(r.address("lost", "/my-applications"))
	d.keeps(t, "issue", `"In the tunnel."`)

	// Leaving at once takes what was typed last along.
	v.Offline(false)
	v.Return()
	v.Go(d.at)
	v.Fill(tried, "Typed at the last moment.")
	v.Press("Back to the application")
	if got := d.kept(t, "tried"); got != `"Typed at the last moment."` {
		t.Errorf("the next page was shown while there was %s", got)
	}
}
