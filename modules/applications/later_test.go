package applications_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/applications"
	"kervan/modules/events"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

const laterCanary = "CANARY-later"

// asksLater lets a call ask more of accepted applicants: of each organization an account, of class financial, food, of class
// special, where it is an association, and a document; of all together when they arrive.
func (h *house) asksLater(t *testing.T, call ids.Call) {
	t.Helper()
	say := func(s string) i18n.Text { return i18n.Text{i18n.EN: s, i18n.TR: s, i18n.DE: s} }
	h.reforms(t, call, func(d *forms.Definition) {
		d.Sections = append(d.Sections, forms.Section{Key: "pay", Title: say("Bank"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "iban", Type: forms.TypeShortText, Label: say("Zqaccount"), Required: true, Class: forms.ClassFinancial, Asked: forms.WhomAccepted},
			{Key: "food", Type: forms.TypeShortText, Label: say("Food"), Class: forms.ClassSpecial, Asked: forms.WhomAccepted},
			{Key: "proof", Type: forms.TypeFile, Label: say("Proof"), Files: &forms.Files{Kinds: []string{"pdf"}, MaxBytes: 1e6}, Asked: forms.WhomAccepted},
		}}, forms.Section{Key: "trip", Title: say("Trip"), Scope: forms.ScopeJoint, Questions: []forms.Question{
			{Key: "arrival", Type: forms.TypeShortText, Label: say("Arrival"), Required: true, Asked: forms.WhomAccepted},
		}})
	})
	h.Jobs(t)
}

// accepted is an application to a call that asks more later, whose organizations have taken their place.
func (h *house) accepted(t *testing.T) (ids.Call, ids.Application, side, side) {
	t.Helper()
	call, id, one, two := h.pair(t)
	h.asksLater(t, call)
	h.submits(t, id, one)
	h.closes(call)
	h.becomes(t, id, applications.Accepted)
	return call, id, one, two
}

// becomes lets the network's side decide.
func (h *house) becomes(t *testing.T, id ids.Application, state applications.State) {
	t.Helper()
	a := h.find(t, id)
	if a.State == applications.Submitted {
		if err := h.service.Check(t.Context(), h.officer(t), id, a.Version, nil); err != nil {
			t.Fatal(err)
		}
	}
	all := []tenants.Event{}
	switch state {
	case applications.Accepted, applications.Declined, applications.Selected, applications.Lapsed:
		all = append(all, events.DecisionReleased{Application: id, Call: a.Call, Outcome: events.OutcomeSelected, ReplyBy: time.Now().Add(time.Hour)})
	case applications.Waiting:
		all = append(all, events.DecisionReleased{Application: id, Call: a.Call, Outcome: events.OutcomeWaiting, Waiting: 1})
	default:
		all = append(all, events.DecisionReleased{Application: id, Call: a.Call, Outcome: events.OutcomeRejected})
	}
	switch state {
	case applications.Accepted:
		all = append(all, events.PlaceAccepted{Application: id, Call: a.Call}, events.PlaceAccepted{Application: id, Call: a.Call})
	case applications.Declined:
		all = append(all, events.PlaceDeclined{Application: id, Call: a.Call})
	case applications.Lapsed:
		all = append(all, events.PlaceLapsed{Application: id, Call: a.Call})
	default:
	}
	for _, e := range all {
		write(t, h.System(), func(_ context.Context, tx *tenants.Tx) error { tx.Announce(e); return nil })
		h.Jobs(t)
	}
	if got := h.find(t, id).State; got != state {
		t.Fatalf("%s, want %s", got, state)
	}
}

// mailsOf are those of a kind, by whom they were written to.
func (h *house) mailsOf(kind string) []ids.Person {
	var to []ids.Person
	for _, m := range h.mails {
		if m.Kind == "applications.mail."+kind {
			to = append(to, m.Person)
		}
	}
	return to
}

func TestLaterQuestionsAreNowhereBeforeAcceptance(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	h.asksLater(t, call)
	a := h.find(t, id)
	sheet := a.Part(one.id).Sheet
	refused := func(when string) {
		t.Helper()
		_, err := h.service.Desk(t.Context(), one.lead, id, "", "pay")
		wants(t, when+": the section", err, fault.KindNotFound)
		_, err = h.service.Afterwards(t.Context(), one.lead, id)
		wants(t, when+": the page", err, fault.KindNotFound)
		_, err = h.service.LaterDesk(t.Context(), one.lead, id, "", "pay")
		wants(t, when+": the later section", err, fault.KindNotFound)
		if err := h.save(t, one.lead, sheet, "iban", "TR33", 0); !fault.Is(err, fault.KindNotFound) && !fault.Is(err, fault.KindTooLate) {
			t.Errorf("%s: an answer: %v", when, err)
		}
		wants(t, when+": sending", h.service.Send(t.Context(), one.lead, id, sheet), fault.KindNotFound)
		if answer, _ := h.answer(t, sheet, "iban"); answer != "" {
			t.Errorf("%s: an answer was kept", when)
		}
		b := h.SignedIn(t, one.lead.Actor())
		for _, path := range []string{"", "/dossier", "/receipt"} {
			if b.Get("/applications/" + id.String() + path); strings.Contains(b.Page.Body, "after-acceptance") || strings.Contains(b.Page.Body, "Zqaccount") {
				t.Errorf("%s: %s tells of it", when, path)
			}
		}
	}
	if err := h.service.Reopen(t.Context(), one.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	refused("a draft")
	posted, _, err := h.service.SavePosted(t.Context(), one.lead, h.Catalog.Localizer(i18n.EN, nil), sheet, "pay", url.Values{"base[iban]": {"0"}, "answers[iban]": {"TR33"}})
	if err != nil || posted.Changed != 0 {
		t.Errorf("a page posted it: %+v, %v", posted, err)
	}
	hall, err := h.service.Hall(t.Context(), one.lead, id)
	if err != nil || hall.Mine[0].Left != 0 || hall.Progress.Parts[1].Left != 0 || len(hall.Blockers) != 1 {
		t.Errorf("it keeps from handing in: %+v, %v", hall.Blockers, err)
	}
	h.confirms(t, id, one)
	h.submits(t, id, one)
	h.closes(call)
	refused("handed in")
	h.becomes(t, id, applications.Selected)
	refused("selected")
	if len(h.mailsOf("later")) > 0 {
		t.Error("somebody was told too early")
	}
}

func TestOnlyWhoTookThePlaceIsAskedLater(t *testing.T) {
	t.Parallel()
	for _, state := range []applications.State{applications.Waiting, applications.Rejected, applications.Declined, applications.Lapsed} {
		h := open(t)
		call, id, one, _ := h.pair(t)
		h.asksLater(t, call)
		h.submits(t, id, one)
		h.closes(call)
		h.becomes(t, id, state)
		a := h.find(t, id)
		sheet := a.Part(one.id).Sheet
		if err := h.save(t, one.lead, sheet, "iban", "TR33", 0); !fault.Is(err, fault.KindTooLate) {
			t.Errorf("%s: an answer: %v", state, err)
		}
		wants(t, string(state)+": sending", h.service.Send(t.Context(), one.lead, id, sheet), fault.KindNotFound)
		_, err := h.service.Afterwards(t.Context(), one.lead, id)
		wants(t, string(state)+": the page", err, fault.KindNotFound)
		l, err := h.service.LaterList(t.Context(), h.officer(t), call)
		if err != nil || len(l.Rows) > 0 || len(h.mailsOf("later")) > 0 {
			t.Errorf("%s: %d rows, %v", state, len(l.Rows), err)
		}
	}
}

func TestAcceptedApplicantsAnswerAndSend(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.accepted(t)
	a := h.find(t, id)
	mine, theirs := a.Part(one.id).Sheet, a.Part(two.id).Sheet
	if to := h.mailsOf("later"); len(to) != 2 || !slices.Contains(to, one.lead.Actor().Person) || !slices.Contains(to, two.lead.Actor().Person) {
		t.Errorf("told: %v", to)
	}
	w, err := h.service.Afterwards(t.Context(), one.lead, id)
	if err != nil || len(w.Sheets) != 2 || !w.Writable || w.Sheets[0].Sheet != mine || w.Sheets[1].Sheet != a.Joint || w.Sheets[0].Left != 1 || w.Sheets[0].Begun() {
		t.Fatalf("%+v, %v", w.Sheets, err)
	}
	if tasks, err := h.service.LaterOpen(t.Context(), one.lead, []applications.Overview{w.Overview}); err != nil || tasks[id].Questions != 4 {
		t.Errorf("the task: %+v, %v", tasks, err)
	}
	wants(t, "nothing answered", h.service.Send(t.Context(), one.lead, id, mine), fault.KindConflict)
	if err := h.save(t, one.lead, mine, "iban", "TR33", 0); err != nil {
		t.Fatal(err)
	}
	_, version := h.answer(t, mine, "mission")
	wants(t, "what was handed in is written on", h.save(t, one.lead, mine, "mission", "Another", version), fault.KindConflict)
	wants(t, "the other's part", h.save(t, one.lead, theirs, "iban", "TR34", 0), fault.KindNotFound)
	wants(t, "the other's part is sent", h.service.Send(t.Context(), one.lead, id, theirs), fault.KindNotFound)
	for ref, open := range map[string]bool{"proof": true, "registration_document": false} {
		err := one.lead.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			f, err := h.service.Fillable(ctx, tx, mine, ref)
			if err == nil && (f.Organization != one.id || !strings.Contains(f.Page, "/after-acceptance/sections/pay")) {
				t.Errorf("a document: %+v", f)
			}
			return err
		})
		if open && err != nil || !open && !fault.Is(err, fault.KindConflict) {
			t.Errorf("a document for %s: %v", ref, err)
		}
	}
	if err := h.service.Send(t.Context(), one.lead, id, mine); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the same again is no second sending
		if err := h.service.Send(t.Context(), one.lead, id, mine); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.count(t, "later_sendings"); n != 1 {
		t.Errorf("%d sendings", n)
	}
	if err := h.save(t, two.lead, a.Joint, "arrival", "Monday", 0); err != nil {
		t.Fatal(err)
	}
	if now := h.find(t, id); !now.Part(one.id).Confirmed() {
		t.Error("a later answer took a confirmation back")
	}
	if err := h.service.Send(t.Context(), one.lead, id, a.Joint); err != nil {
		t.Error("the other organization does not send what both answer:", err)
	}
	_, version = h.answer(t, mine, "iban")
	if err := h.save(t, one.lead, mine, "iban", "TR35", version); err != nil {
		t.Fatal(err)
	}
	if w, err = h.service.Afterwards(t.Context(), one.lead, id); err != nil || !w.Sheets[0].Changed || w.Sheets[1].Changed {
		t.Errorf("changed since: %+v, %v", w.Sheets, err)
	}
	d, err := h.service.Dossier(t.Context(), h.officer(t), id)
	if err != nil || len(d.Later) != 3 || string(d.Later[0].Answers()["iban"]) != `"TR33"` || !d.Later[1].Sent.ID.IsZero() || string(d.Later[2].Answers()["arrival"]) != `"Monday"` {
		t.Errorf("what counts: %+v, %v", d.Later, err)
	}
	if err := h.service.Send(t.Context(), one.lead, id, mine); err != nil {
		t.Fatal(err)
	}
	if d, err = h.service.Dossier(t.Context(), h.officer(t), id); err != nil || string(d.Later[0].Answers()["iban"]) != `"TR35"` {
		t.Errorf("what was sent last: %+v, %v", d.Later, err)
	}
	if tasks, err := h.service.LaterOpen(t.Context(), one.lead, []applications.Overview{w.Overview}); err != nil || len(tasks) > 0 {
		t.Errorf("the task stays: %+v, %v", tasks, err)
	}
	coordinator := h.As(t, tenanttest.Role(tenants.RoleCoordinator))
	wants(t, "a day that is past", h.service.SetLaterDue(t.Context(), coordinator, call, time.Now().Add(-time.Minute)), fault.KindInvalid)
	h.overdue(t, call)
	_, version = h.answer(t, mine, "iban")
	wants(t, "an answer after the due day", h.save(t, one.lead, mine, "iban", "TR36", version), fault.KindTooLate)
	wants(t, "a sending after the due day", h.service.Send(t.Context(), two.lead, id, theirs), fault.KindTooLate)
	_, err = h.service.RemindLater(t.Context(), coordinator, call)
	wants(t, "a reminder after the due day", err, fault.KindTooLate)
}

func (h *house) count(t *testing.T, table string) int {
	t.Helper()
	var n int
	if err := h.System().Read().NewSelect().Table(table).ColumnExpr("count(*)").Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLaterAnswersAreReadByThoseWhoMay(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.accepted(t)
	a := h.find(t, id)
	sheet := a.Part(one.id).Sheet
	for _, ref := range []string{"iban", "food"} {
		if err := h.save(t, one.lead, sheet, ref, laterCanary+"-"+ref, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.service.Send(t.Context(), one.lead, id, sheet); err != nil {
		t.Fatal(err)
	}
	h.mu.Lock()
	h.assigned = []ids.Application{id}
	h.mu.Unlock()
	loc := h.Catalog.Localizer(i18n.EN, nil)
	for _, c := range []struct {
		who     string
		sc      tenants.Scope
		heads   bool // sees that there are such answers
		answers int
		list    int // what reading the list gives
	}{
		{"its own lead", one.lead, true, 2, 404},
		{"the other organization", two.lead, true, 0, 404},
		{"a coordinator", h.As(t, tenanttest.Role(tenants.RoleCoordinator)), true, 2, 200},
		{"an officer", h.officer(t), true, 2, 200},
		{"finance", h.As(t, tenanttest.Role(tenants.RoleFinance)), true, 0, 404},
		{"a reviewer", h.As(t, tenanttest.Role(tenants.RoleReviewer)), false, 0, 404},
		{"the chair", h.As(t, tenanttest.Role(tenants.RoleChair)), false, 0, 404},
	} {
		b := h.SignedIn(t, c.sc.Actor())
		b.Get("/applications/" + id.String() + "/dossier")
		b.Want(200)
		if n := strings.Count(b.Page.Body, laterCanary); n != c.answers || strings.Contains(b.Page.Body, `id="later-`) != c.heads || strings.Contains(b.Page.Body, `href="#later-`) != c.heads {
			t.Errorf("%s: the page shows %d answers", c.who, n)
		}
		component, err := h.web.Read(t.Context(), c.sc, ui.Page{Loc: loc}, id)
		if err != nil {
			t.Fatal(c.who, err)
		}
		var beside strings.Builder
		if err := component.Render(t.Context(), &beside); err != nil {
			t.Fatal(err)
		}
		b.Get("/api/v1/applications/" + id.String() + "?answers=true")
		for where, got := range map[string]string{"the page beside a review": beside.String(), "the API": b.Page.Body} {
			if strings.Contains(got, laterCanary) {
				t.Errorf("%s: %s shows the answers", c.who, where)
			}
		}
		for _, list := range []string{"/applications", "/applications?format=csv"} {
			if b.Get(list); strings.Contains(b.Page.Body, laterCanary) {
				t.Errorf("%s: the list tells of them", c.who)
			}
		}
		b.Get("/applications/after-acceptance?call=" + call.String() + "&format=csv")
		b.Want(c.list)
		if want := map[int]int{200: 2}[c.list]; strings.Count(b.Page.Body, laterCanary) != want {
			t.Errorf("%s takes away: %s", c.who, b.Page.Body)
		}
		readers, err := h.service.Readers(t.Context(), c.sc, []ids.Sheet{sheet})
		team := c.list == 200 || c.who == "finance"
		if err != nil || readers[sheet].Hides("proof") == (team || c.sc.Actor().Person == one.lead.Actor().Person) || readers[sheet].Hides("name") {
			t.Errorf("%s: documents: %v", c.who, err)
		}
	}
	h.mu.Lock()
	h.conflicted = []ids.Application{id}
	h.mu.Unlock()
	b := h.SignedIn(t, h.officer(t).Actor())
	if b.Get("/applications/after-acceptance?format=csv&call=" + call.String()); strings.Contains(b.Page.Body, laterCanary) {
		t.Error("an officer with a conflict of interest takes them away")
	}
}

func TestWhoHasNotSentIsRemindedOnceADay(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.accepted(t)
	a := h.find(t, id)
	officer := h.officer(t)
	for sheet, ref := range map[ids.Sheet]string{a.Part(one.id).Sheet: "iban", a.Joint: "arrival"} {
		if err := h.save(t, one.lead, sheet, ref, "x", 0); err != nil {
			t.Fatal(err)
		}
		if err := h.service.Send(t.Context(), one.lead, id, sheet); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{1, 0} {
		n, err := h.service.RemindLater(t.Context(), officer, call)
		h.Jobs(t)
		if err != nil || n != want {
			t.Errorf("time %d: %d, %v", i, n, err)
		}
	}
	if to := h.mailsOf("later_reminder"); len(to) != 1 || to[0] != two.lead.Actor().Person {
		t.Errorf("reminded: %v", to)
	}
	l, err := h.service.LaterList(t.Context(), officer, call)
	if err != nil || len(l.Rows) != 3 || !l.Rows[0].Reminded.IsZero() || l.Rows[1].Reminded.IsZero() {
		t.Errorf("%+v, %v", l.Rows, err)
	}
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE later_reminders SET reminded_at = reminded_at - interval '25 hours'").Exec(ctx)
		return err
	})
	if err := h.service.SetLaterDue(t.Context(), officer, call, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, want := h.detailed(t, "call.later_reminded"), `{"among": ["`+id.String()+`"]}`; got != want {
		t.Errorf("the trail says %s, want %s", got, want)
	}
	if n, err := h.service.RemindLater(t.Context(), officer, call); err != nil || n != 1 {
		t.Errorf("a day later: %d, %v", n, err)
	}
	h.Jobs(t)
	if to := h.mailsOf("later_reminder_by"); len(to) != 1 {
		t.Errorf("reminded of the day: %v", to)
	}
}
