package applications_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// submitted is an application of one organization that seeks a partner, handed in.
func (h *house) submitted(t *testing.T, call ids.Call, name string) (ids.Application, side) {
	t.Helper()
	one := h.side(t, name, "TR")
	id := h.begun(t, call, one, "tr")
	h.fills(t, id)
	h.confirms(t, id, one)
	h.submits(t, id, one)
	return id, one
}

func TestACheckBeginsWhenNobodyCanWriteAnyMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	id, _ := h.submitted(t, call, "Ihlamur")
	officer := h.officer(t)
	wants(t, "checking an open call", h.service.Check(t.Context(), officer, id, 0, nil), fault.KindConflict)
	wants(t, "asking for papers in an open call", h.service.AskForPapers(t.Context(), officer, id, 0, applications.Papers{Words: "x"}), fault.KindConflict)
	if n, err := h.service.ToCheck(t.Context(), officer); err != nil || n != 0 {
		t.Errorf("%d to check, %v", n, err)
	}
	b := h.SignedIn(t, officer.Actor())
	b.Get("/applications/" + id.String() + "/dossier")
	b.Want(200, "You can check it when their deadline has passed")
	h.closes(call)
	if n, err := h.service.ToCheck(t.Context(), officer); err != nil || n != 1 {
		t.Errorf("%d to check, %v", n, err)
	}
	b.Get("/desk")
	b.Want(200, "Check 1 application")
	wants(t, "a stale page", h.service.Check(t.Context(), officer, id, 1, nil), fault.KindConflict)
	b.Get("/applications/" + id.String() + "/dossier")
	b.Post("/applications/"+id.String()+"/eligibility", url.Values{"version": {"0"}, "result": {"eligible"}})
	if b.Page.Status != 422 || h.find(t, id).State != applications.Submitted {
		t.Errorf("a page that was shown nothing: %d, %s", b.Page.Status, h.find(t, id).State)
	}
	wants(t, "an invented reason", h.service.Check(t.Context(), officer, id, 0, []string{"weather"}), fault.KindInvalid)
	if err := h.service.Check(t.Context(), officer, id, 0, nil); err != nil {
		t.Fatal(err)
	}
	wants(t, "a second time", h.service.Check(t.Context(), officer, id, 0, nil), fault.KindConflict)
}

func TestIneligibleIsKnownWhenTheLetterHasLeft(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	id, one := h.submitted(t, call, "Ihlamur")
	h.closes(call)
	h.Jobs(t)
	h.mails = nil
	b := h.SignedIn(t, h.officer(t).Actor())
	path := "/applications/" + id.String()
	b.Get(path + "/dossier")
	b.Submit(path+"/eligibility", "result", "")
	b.Want(422, "Please choose one of the answers.")
	b.Submit(path+"/eligibility", "result", "ineligible")
	b.Want(422, "Please tick at least one reason.")
	reason := h.calls[call].Eligibility[0]
	b.Submit(path+"/eligibility", "result", "ineligible", "failed", reason.Key)
	b.Want(200, "The result is saved.", "Not eligible", reason.Name[i18n.EN])
	h.Jobs(t)
	if len(h.mails) != 1 || !h.mails[0].Hold || h.mails[0].Kind != "applications.mail.ineligible" || h.mails[0].Lists["reasons"][0][i18n.DE] != reason.Reason[i18n.DE] {
		t.Fatalf("mails: %+v", h.mails)
	}
	applicant := h.SignedIn(t, one.lead.Actor())
	for _, page := range []string{"/my-applications", path, path + "/dossier"} {
		applicant.Get(page)
		applicant.Want(200, "Submitted")
		if text := applicant.Page.Text(); strings.Contains(text, "Not eligible") || strings.Contains(text, reason.Name[i18n.EN]) {
			t.Errorf("%s tells before the letter has left", page)
		}
	}
	// The coordinator lets the letter go.
	m := h.mails[0]
	for range 2 {
		write(t, h.System(), func(_ context.Context, tx *tenants.Tx) error {
			tx.Announce(events.MailReleased{Kind: m.Kind, AboutKind: m.AboutKind, AboutID: m.AboutID})
			return nil
		})
		h.Jobs(t)
	}
	applicant.Get(path)
	applicant.Want(200, "Not eligible")
	// Somebody who did not take part looks again: the applicants are told that it was wrong.
	b.Get(path + "/dossier")
	b.Submit(path+"/eligibility", "result", "eligible")
	b.Want(200, "The result is saved.")
	h.Jobs(t)
	if len(h.revoked) != 1 || h.revoked[0].AboutID != id.String() || h.mails[len(h.mails)-1].Kind != "applications.mail.reconsidered" {
		t.Errorf("revoked %+v, mails %+v", h.revoked, h.mails)
	}
	applicant.Get(path)
	applicant.Want(200, "Eligible")
}

func TestMissingPapersReopenWhatWasAskedForAndNothingElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.submits(t, id, one)
	h.closes(call)
	a := h.find(t, id)
	tied := h.ties(t, id, two)
	b := h.SignedIn(t, h.officer(t).Actor())
	path := "/applications/" + id.String()
	b.Get(path + "/dossier")
	b.Submit(path+"/papers", "papers", "")
	b.Want(422, "Please fill this in.", "Please tick at least one question.")
	b.Submit(path+"/papers", "papers", "Tüzük", "asked", a.Seat("eu").Sheet.String()+":joint_issue")
	b.Want(422, "Please choose one of the answers.")
	if b.Page.Value("papers") != "Tüzük" {
		t.Error("what was typed is lost")
	}
	b.Submit(path+"/papers", "papers", "Tüzük <b>eksik</b>", "asked", a.Seat("eu").Sheet.String()+":registration_document")
	b.Want(200, "The applicants are told.", "Tüzük <b>eksik</b>", "Papers missing")
	a = h.find(t, id)
	if left := time.Until(a.PapersDue); left < 71*time.Hour || left > 73*time.Hour {
		t.Errorf("due in %s", left)
	}
	if !a.Seat("tr").Confirmed() || a.Seat("eu").Confirmed() {
		t.Error("the wrong confirmation was taken back")
	}
	wants(t, "finding it ineligible while the time runs", h.service.Check(t.Context(), h.officer(t), id, 0, []string{h.calls[call].Eligibility[0].Key}), fault.KindConflict)

	// Another question, another part and the joint part stay closed, for the script and for a page without one.
	sheet := a.Seat("eu").Sheet
	city, base := h.answer(t, sheet, "city")
	wants(t, "another question", h.save(t, two.lead, sheet, "city", "Köln", base), fault.KindConflict)
	issue, joint := h.answer(t, a.Joint, "joint_issue")
	wants(t, "the joint part", h.save(t, two.lead, a.Joint, "joint_issue", "Anders", joint), fault.KindConflict)
	wants(t, "the other organization's part", h.save(t, one.lead, a.Seat("tr").Sheet, "city", "Iğdır", 1), fault.KindConflict)
	partner := h.SignedIn(t, two.lead.Actor())
	partner.Get(path)
	partner.Want(200, "Please hand in what is missing", "Something is asked for here", "As submitted")
	section := path + "/sections/organization?seat=eu"
	partner.Get(section)
	partner.Want(200, "Only the questions that were asked for are open", "Tüzük <b>eksik</b>")
	document := ids.New[ids.Document]().String()
	partner.Post(section, url.Values{
		"_csrf": {partner.Page.Value("_csrf")}, "base[city]": {"1"}, "answers[city]": {"Köln"},
		"base[registration_document]": {partner.Page.Value("base[registration_document]")}, "answers[registration_document][]": {document},
	})
	partner.Want(200, "Saved.")
	if got, _ := h.answer(t, sheet, "city"); got != city {
		t.Errorf("a closed question was changed to %s", got)
	}
	if got, _ := h.answer(t, sheet, "registration_document"); !strings.Contains(got, document) {
		t.Errorf("the paper was not kept: %s", got)
	}
	if got, _ := h.answer(t, a.Joint, "joint_issue"); got != issue {
		t.Error("the joint part was changed")
	}
	h.confirms(t, id, two)
	h.Jobs(t)
	h.news = nil
	h.submits(t, id, one)
	h.Jobs(t)
	if !slices.ContainsFunc(h.news, func(n events.NotificationRequested) bool { return n.Key == "applications.notify.team_papers" }) {
		t.Errorf("the team is not told: %+v", h.news)
	}
	h.untold(t, tied, "applications.notify.team_papers")
	if a = h.find(t, id); a.State != applications.Submitted || a.Papers != "" || len(a.Asked) != 0 {
		t.Errorf("handed in again: %+v", a)
	}
	wants(t, "writing on", h.save(t, two.lead, sheet, "registration_document", "", 3), fault.KindTooLate)
}

func TestThePapersTimeRunsOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	id, one := h.submitted(t, call, "Ihlamur")
	h.closes(call)
	h.moves(call, func(c *applications.Call) { c.PapersHours = 0 })
	a := h.find(t, id)
	if err := h.service.AskForPapers(t.Context(), h.officer(t), id, a.Version, applications.Papers{Words: "Tüzük", Questions: map[ids.Sheet][]string{a.Joint: {"wished_profile"}}}); err != nil {
		t.Fatal(err)
	}
	_, err := h.service.Submit(t.Context(), one.lead, id)
	wants(t, "handing in too late", err, fault.KindTooLate)
	b := h.SignedIn(t, one.lead.Actor())
	b.Get("/applications/" + id.String())
	b.Want(200, "The time for missing papers is over")
	if n, err := h.service.ToCheck(t.Context(), h.officer(t)); err != nil || n != 1 {
		t.Errorf("%d to check, %v", n, err)
	}
	if err := h.service.Check(t.Context(), h.officer(t), id, 0, []string{h.calls[call].Eligibility[0].Key}); err != nil {
		t.Error(err)
	}
}

func TestTheListPagesSortsFindsAndExports(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, other := h.call(t, "pair"), h.call(t, "pair")
	ihlamur, _ := h.submitted(t, call, "Ihlamur Şişli")
	second, _ := h.submitted(t, call, "=Çam")
	third, _ := h.submitted(t, other, "Biz")
	h.begun(t, call, h.side(t, "A draft", "TR"), "tr")
	h.closes(call)
	officer := h.officer(t)
	b := h.SignedIn(t, officer.Actor())
	b.Get("/applications")
	b.Want(200, "3 applications", "Ihlamur Şişli", "=Çam", "Biz")
	for _, id := range []ids.Application{ihlamur, second, third} {
		if !strings.Contains(b.Page.Body, `href="/selection/applications/`+id.String()+`/conflict"`) {
			t.Errorf("nobody can say before reading that they have a conflict of interest in %s", id)
		}
	}
	if strings.Contains(b.Page.Text(), "A draft") {
		t.Error("a draft is listed")
	}
	for query, want := range map[string][]string{
		"q=SISLI": {"Ihlamur Şişli"}, "q=ıhlamur": {"Ihlamur Şişli"}, "q=cam": {"=Çam"}, "q=" + h.find(t, third).Number: {"Biz"}, "q=%25": {"Ihlamur Şişli", "=Çam", "Biz"},
		"q=nothing": nil, "call=" + other.String(): {"Biz"}, "state=eligible": nil, "state=submitted&q=biz": {"Biz"}, "sort=submitted&desc=1": {"Biz", "=Çam", "Ihlamur Şişli"},
		"sort=number": {"Ihlamur Şişli", "=Çam", "Biz"}, "after=" + second.String(): {"Biz"}, "after=nonsense": {"Ihlamur Şişli", "=Çam", "Biz"},
	} {
		b.Get("/applications?" + query)
		var got []string
		at := map[string]int{}
		for _, name := range []string{"Ihlamur Şişli", "=Çam", "Biz"} {
			if i := strings.Index(b.Page.Text(), name+" Türkiye"); i >= 0 {
				got, at[name] = append(got, name), i
			}
		}
		slices.SortFunc(got, func(x, y string) int { return at[x] - at[y] })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	b.Get("/applications?q=cam&format=csv")
	if !strings.Contains(b.Page.Body, "'=Çam") || strings.Count(b.Page.Body, "\r\n") != 2 {
		t.Errorf("the export:\n%s", b.Page.Body)
	}

	// From one to the next in the list as it was filtered.
	b.Get("/applications?call=" + call.String())
	b.Get(b.Page.Link(h.find(t, ihlamur).Number))
	b.Want(200, "Next →")
	if b.Page.Link("← Previous") != "" {
		t.Error("there is one before the first")
	}
	b.Get(b.Page.Link("Next →"))
	b.Want(200, "=Çam", "← Previous")
	if b.Page.Link("Next →") != "" {
		t.Error("the list of one call leads to another")
	}

	h.conflicted = []ids.Application{second}
	b.Get("/applications")
	b.Want(200, "2 applications")
	for _, page := range []string{"/dossier", "/dossier.pdf", ""} {
		if got := b.Get("/applications/" + second.String() + page).Status; got != 404 {
			t.Errorf("%s of a conflicted application: %d", page, got)
		}
	}
	b.Get("/applications?sort=number")
	b.Post("/applications/eligibility", url.Values{"_csrf": {b.Page.Value("_csrf")}, "list": {"sort=number"}, "application": {ihlamur.String(), second.String(), third.String(), "7"}})
	b.Want(200, "Some of the chosen could not be checked")
	if b.Page.Path != "/applications?sort=number" {
		t.Errorf("back at %s", b.Page.Path)
	}
	for id, want := range map[ids.Application]applications.State{ihlamur: applications.Eligible, second: applications.Submitted, third: applications.Submitted} {
		if got := h.find(t, id).State; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	b.Get("/applications?q=nothing")
	b.Want(200, "No applications")
}

func TestThePageAfterFifty(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	one := h.side(t, "Ihlamur", "TR")
	id := h.begun(t, call, one, "tr")
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		for i := range 60 {
			_, err := tx.NewRaw(`INSERT INTO applications (id, call_id, organization_id, number, state, form_version_id, joint_sheet_id, search, created_at, submitted_at)
				SELECT ?, call_id, organization_id, ?, 'withdrawn', form_version_id, joint_sheet_id, '', now(), now() FROM applications WHERE id = ?
`, ids.New[ids.Application](), fmt.Sprintf("2027-%03d", i), id).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
	officer := h.officer(t)
	b := h.SignedIn(t, officer.Actor())
	b.Get("/applications")
	b.Want(200, "Next page")

	// Where one stands that the reader must not know of, no page begins: not in the list, and not beside an application.
	l, err := h.service.List(t.Context(), officer, applications.Query{})
	if err != nil || len(l.Rows) != 60 {
		t.Fatal(len(l.Rows), err)
	}
	hidden := l.Rows[30].ID
	h.mu.Lock()
	h.conflicted = []ids.Application{hidden}
	h.mu.Unlock()
	for _, sort := range []string{"", "submitted"} {
		if l, err := h.service.List(t.Context(), officer, applications.Query{After: hidden.String(), Sort: sort}); err != nil || len(l.Rows) > 0 {
			t.Errorf("by %q there are %d after it, %v", sort, len(l.Rows), err)
		}
	}
	if before, after, err := h.service.Neighbours(t.Context(), officer, applications.Query{}, hidden); err != nil || !before.IsZero() || !after.IsZero() {
		t.Errorf("it stands between %s and %s, %v", before, after, err)
	}
}

func TestEachRoleSeesItsOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, two := h.pair(t)
	h.submits(t, id, one)
	path := "/applications/" + id.String()
	reviewer := h.As(t, tenanttest.Role(tenants.RoleReviewer))
	assigned := func(on bool) {
		h.assigned = nil
		if on {
			h.assigned = []ids.Application{id}
		}
	}
	for name, tt := range map[string]struct {
		actor                       tenants.Actor
		assigned                    bool
		show, dossier, list, export int
	}{
		"a coordinator":        {h.As(t, tenanttest.Role(tenants.RoleCoordinator)).Actor(), false, 200, 200, 200, 200},
		"an officer":           {h.officer(t).Actor(), false, 200, 200, 200, 200},
		"a finance officer":    {h.As(t, tenanttest.Role(tenants.RoleFinance)).Actor(), false, 200, 200, 200, 404},
		"the chair":            {h.As(t, tenanttest.Role(tenants.RoleChair)).Actor(), false, 200, 200, 200, 404},
		"its reviewer":         {reviewer.Actor(), true, 200, 200, 404, 404},
		"another reviewer":     {reviewer.Actor(), false, 404, 404, 404, 404},
		"a funder":             {h.As(t, tenanttest.Role(tenants.RoleFunder)).Actor(), false, 404, 404, 404, 404},
		"its lead":             {one.lead.Actor(), false, 200, 200, 404, 404},
		"the partner's people": {h.As(t, tenants.Grant{Role: tenants.RoleParticipant, Organization: two.id}).Actor(), false, 200, 200, 404, 404},
		"another one's lead":   {h.side(t, "Başka", "FR").lead.Actor(), false, 404, 404, 404, 404},
		"somebody new":         {h.As(t).Actor(), false, 404, 404, 404, 404},
		"an officer of another organization": {
			h.As(t, tenanttest.Role(tenants.RoleOfficer), tenants.Grant{Role: tenants.RoleLead, Organization: h.side(t, "İki", "TR").id}).Actor(), false, 200, 200, 200, 200,
		},
	} {
		assigned(tt.assigned)
		b := h.SignedIn(t, tt.actor)
		for address, want := range map[string]int{path: tt.show, path + "/dossier": tt.dossier, path + "/dossier.pdf": tt.dossier, "/applications": tt.list, "/applications?format=xlsx": tt.export} {
			if got := b.Get(address).Status; got != want {
				t.Errorf("%s at %s: %d, want %d", name, address, got, want)
			}
		}
	}
	assigned(true)
	b := h.SignedIn(t, reviewer.Actor())
	b.Get(path + "/dossier")
	b.Want(200, "hidden: only for those who need it")
	if strings.Contains(b.Page.Text(), "Save the result") {
		t.Error("a reviewer is offered to check")
	}
}

// TestOthersDoNotExist holds that another tenant's, a stranger's and an invented application look the same everywhere.
func TestOthersDoNotExist(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, theirs, _, _ := h.pair(t)
	other := h.Tenants.Bind(h.Another(t), tenants.SystemActor("test"))
	org := h.organizationIn(t, other, "CANARY-B", "TR", "association")
	lead := other.As(tenants.Actor{Person: ids.New[ids.Person](), Grants: []tenants.Grant{{Role: tenants.RoleLead, Organization: org}}})
	elsewhere, err := h.service.Begin(t.Context(), lead, h.callIn(t, other, "pair"), org, "tr")
	if err != nil {
		t.Fatal(err)
	}
	for who, b := range map[string]*browser{"a lead": h.SignedIn(t, h.side(t, "Mine", "TR").lead.Actor()), "an officer": h.SignedIn(t, h.officer(t).Actor())} {
		csrf := b.Get("/desk").Value("_csrf")
		strangers := []string{elsewhere.String(), ids.New[ids.Application]().String()}
		if who == "a lead" {
			strangers = append(strangers, theirs.String())
		}
		for _, below := range []string{"", "/sections/need", "/partners", "/leaving?seat=eu", "/partners/removal?seat=eu", "/receipt", "/receipt.pdf", "/withdrawal", "/dossier", "/dossier.pdf"} {
			kinds := map[string]bool{}
			for _, id := range strangers {
				page := b.Get("/applications/" + id + below)
				b.Want(404)
				kinds[stripped(page.Body, id)] = true
			}
			if len(kinds) != 1 {
				t.Errorf("%s: there are %d kinds of not found at %s", who, len(kinds), below)
			}
		}
		for _, below := range []string{"/sections/need", "/partners", "/invitations/removal", "/partners/removal", "/leaving", "/confirmation", "/confirmation/removal", "/submission", "/withdrawal", "/eligibility", "/papers"} {
			for _, id := range strangers {
				b.Post("/applications/"+id+below, url.Values{
					"_csrf": {csrf}, "seat": {"eu"}, "by": {"email"}, "name": {"x"}, "email": {"x@example.org"}, "version": {"1"}, "result": {"eligible"}, "papers": {"x"},
					"seen": {time.Now().Format(time.RFC3339Nano)}, "invitation": {ids.New[ids.Invitation]().String()},
				})
				if b.Page.Status != 404 {
					t.Errorf("%s: %s answers %d", who, below, b.Page.Status)
				}
			}
		}
	}
}
