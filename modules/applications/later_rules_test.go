package applications_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"kervan/modules/applications"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func inAll(s string) i18n.Text { return i18n.Text{i18n.EN: s, i18n.TR: s, i18n.DE: s} }

// asks lets a call ask more of each organization, when applying or later.
func (h *house) asks(t *testing.T, call ids.Call, key string, questions ...forms.Question) {
	t.Helper()
	h.reforms(t, call, func(d *forms.Definition) {
		d.Sections = append(d.Sections, forms.Section{Key: key, Title: inAll(key), Scope: forms.ScopePart, Questions: questions})
	})
	h.Jobs(t)
}

// sends answers and sends one organization's part.
func (h *house) sends(t *testing.T, id ids.Application, s side, answers ...string) {
	t.Helper()
	a := h.find(t, id)
	sheet := a.Part(s.id).Sheet
	for i := 0; i < len(answers); i += 2 {
		_, version := h.answer(t, sheet, answers[i])
		if err := h.save(t, s.lead, sheet, answers[i], answers[i+1], version); err != nil {
			t.Fatal(answers[i], err)
		}
	}
	if err := h.service.Send(t.Context(), s.lead, id, sheet); err != nil {
		t.Fatal(err)
	}
}

func TestLaterCalculationsStandUponWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.pair(t)
	h.asks(t, call, "group", forms.Question{Key: "heads", Type: forms.TypeNumber, Label: inAll("Heads")})
	h.asks(t, call, "pay", forms.Question{Key: "rate", Type: forms.TypeNumber, Label: inAll("Rate"), Asked: forms.WhomAccepted}, forms.Question{
		Key: "total", Type: forms.TypeCalculated, Label: inAll("Total"), Asked: forms.WhomAccepted,
		Calculation: &forms.Calculation{Operation: forms.OperationProduct, Of: []string{"heads", "rate"}},
	})
	a := h.find(t, id)
	sheet := a.Part(one.id).Sheet
	if err := h.service.Reopen(t.Context(), one.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.save(t, one.lead, sheet, "heads", "10", 0); err != nil {
		t.Fatal(err)
	}
	if a = h.find(t, id); !a.Part(two.id).Confirmed() {
		h.confirms(t, id, two)
	}
	h.confirms(t, id, one)
	h.submits(t, id, one)
	if err := h.service.Reopen(t.Context(), one.lead, id, ""); err != nil {
		t.Fatal(err)
	}
	_, version := h.answer(t, sheet, "heads")
	if err := h.save(t, one.lead, sheet, "heads", "1000", version); err != nil {
		t.Fatal("written on after handing in:", err)
	}
	h.closes(call)
	h.becomes(t, id, applications.Accepted)
	if err := h.save(t, one.lead, sheet, "rate", "5", 0); err != nil {
		t.Fatal(err)
	}
	desk, err := h.service.LaterDesk(t.Context(), one.lead, id, "", "pay")
	if err != nil || string(desk.Filled.Answers["total"]) != "50" {
		t.Errorf("as it is written: %s, %v", desk.Filled.Answers["total"], err)
	}
	h.sends(t, id, one)
	total := func(want string) {
		t.Helper()
		d, err := h.service.Dossier(t.Context(), h.officer(t), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Later[0].Answers(); string(got["total"]) != want || string(got["heads"]) != "10" {
			t.Errorf("sent: %s heads, in all %s, want %s", got["heads"], got["total"], want)
		}
	}
	total("50")
	w, err := h.service.Afterwards(t.Context(), one.lead, id)
	if err != nil || w.Sheets[0].Changed {
		t.Errorf("nothing has changed since: %v", err)
	}
	h.sends(t, id, one)
	if n := h.count(t, "later_sendings"); n != 1 {
		t.Errorf("the same was sent %d times", n)
	}
	h.sends(t, id, one, "rate", "6")
	total("60")
	h.sends(t, id, one, "rate", "")
	total("null")
}

// takenAway is what an officer takes away of the first organization's answers, its line without what tells the time and the number.
func (h *house) takenAway(t *testing.T, call ids.Call) (line, page string) {
	t.Helper()
	b := h.SignedIn(t, h.officer(t).Actor())
	b.Get("/applications/after-acceptance?call=" + call.String())
	b.Want(200)
	page = b.Page.Body
	b.Get("/applications/after-acceptance?call=" + call.String() + "&format=csv")
	b.Want(200)
	for one := range strings.Lines(b.Page.Body) {
		if strings.Contains(one, "Ihlamur") {
			line = strings.TrimSpace(one)
		}
	}
	return line, page
}

func TestNobodyLearnsALaterAnswerFromWhatIsAsked(t *testing.T) {
	t.Parallel()
	finance := []forms.Reader{forms.ReaderFinance}
	for _, choice := range []string{"yes", "no"} {
		h := open(t)
		call, id, one, _ := h.pair(t)
		h.asks(t, call, "pay",
			forms.Question{Key: "seized", Type: forms.TypeChoice, Label: inAll("Seized"), VisibleTo: finance, Asked: forms.WhomAccepted, Options: []forms.Option{{Value: "yes", Label: inAll("Yes")}, {Value: "no", Label: inAll("No")}}},
			forms.Question{Key: "why", Type: forms.TypeShortText, Label: inAll("Why"), Required: true, VisibleTo: finance, Asked: forms.WhomAccepted, Condition: &forms.Condition{Question: "seized", Equals: "yes"}},
		)
		h.submits(t, id, one)
		h.closes(call)
		h.becomes(t, id, applications.Accepted)
		a := h.find(t, id)
		if err := h.save(t, one.lead, a.Part(one.id).Sheet, "seized", choice, 0); err != nil {
			t.Fatal(err)
		}
		if _, page := h.takenAway(t, call); strings.Contains(page, ">1</td>") || strings.Contains(page, ">0</td>") {
			t.Errorf("%s: the list says how much is missing", choice)
		}
		if choice == "yes" {
			h.sends(t, id, one, "why", "secret")
		} else {
			h.sends(t, id, one)
		}
		masked := h.Catalog.Localizer(i18n.EN, nil).T("forms.masked")
		if line, _ := h.takenAway(t, call); strings.Count(line, masked) != 1 || strings.Contains(line, "secret") {
			t.Errorf("%s: %q", choice, line)
		}
	}
}

func TestLaterAnswersAreMaskedByTheirOwnForm(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.pair(t)
	iban := forms.Question{Key: "iban", Type: forms.TypeShortText, Label: inAll("Account"), VisibleTo: []forms.Reader{forms.ReaderFinance}, Asked: forms.WhomAccepted}
	h.asks(t, call, "pay", iban)
	h.submits(t, id, one)
	h.closes(call)
	h.becomes(t, id, applications.Accepted)
	h.sends(t, id, one, "iban", laterCanary)
	h.reforms(t, call, func(d *forms.Definition) {
		iban.VisibleTo = nil
		d.Sections = append(d.Sections, forms.Section{Key: "pay", Title: inAll("pay"), Scope: forms.ScopePart, Questions: []forms.Question{iban}})
	})
	h.Jobs(t)
	if line, _ := h.takenAway(t, call); strings.Contains(line, laterCanary) || line == "" {
		t.Errorf("taken away: %q", line)
	}
}

func TestNobodyIsAskedOnceThePartnershipIsOver(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, two := h.accepted(t)
	a := h.find(t, id)
	h.sends(t, id, one, "iban", "TR33")
	h.mu.Lock()
	h.over = []ids.Application{id}
	h.mu.Unlock()
	sheet := a.Part(two.id).Sheet
	wants(t, "an answer", h.save(t, two.lead, sheet, "iban", "DE02", 0), fault.KindTooLate)
	wants(t, "sending", h.service.Send(t.Context(), one.lead, id, a.Part(one.id).Sheet), fault.KindTooLate)
	w, err := h.service.Afterwards(t.Context(), two.lead, id)
	if err != nil || w.Writable {
		t.Errorf("the page offers to answer: %v", err)
	}
	if tasks, err := h.service.LaterOpen(t.Context(), two.lead, []applications.Overview{w.Overview}); err != nil || len(tasks) > 0 {
		t.Errorf("there is a task: %+v, %v", tasks, err)
	}
	if n, err := h.service.RemindLater(t.Context(), h.officer(t), call); err != nil || n != 0 {
		t.Errorf("%d are reminded, %v", n, err)
	}
	l, err := h.service.LaterList(t.Context(), h.officer(t), call)
	if err != nil || len(l.Rows) != 1 || l.Rows[0].Sent.ID.IsZero() {
		t.Errorf("%d rows, %v", len(l.Rows), err)
	}
	d, err := h.service.Dossier(t.Context(), h.officer(t), id)
	if err != nil || string(d.Later[0].Answers()["iban"]) != `"TR33"` {
		t.Errorf("what was sent is gone: %v", err)
	}
}

// overdue lets the time for later answers be over.
func (h *house) overdue(t *testing.T, call ids.Call) {
	t.Helper()
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("INSERT INTO later_dues (call_id, due_at) VALUES (?, now() - interval '1 minute')", call).Exec(ctx)
		return err
	})
}

// audited is how many entries of an action stand in the trail.
func (h *house) audited(t *testing.T, action string) int64 {
	t.Helper()
	n, err := h.System().Read().NewSelect().Table("audit_entries").Where("action = ?", action).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// detailed is what the trail says of the last time at which that was done.
func (h *house) detailed(t *testing.T, action string) (detail string) {
	t.Helper()
	err := h.System().Read().NewRaw("SELECT detail::text FROM audit_entries WHERE action = ? ORDER BY seq DESC LIMIT 1", action).Scan(t.Context(), &detail)
	if err != nil {
		t.Fatal(err)
	}
	return detail
}

func TestLaterAnswersAreSentSoOftenAndNoOftener(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, id, one, _ := h.accepted(t)
	officer := h.officer(t).Actor().Person
	rings := func() int {
		h.Jobs(t)
		n := 0
		for _, e := range h.news {
			if e.Key == "applications.notify.team_later" && e.Person == officer {
				n++
			}
		}
		return n
	}
	for i := range 20 {
		h.sends(t, id, one, "iban", "TR"+strconv.Itoa(i))
	}
	if n := rings(); n != 1 {
		t.Errorf("the team was told %d times within an hour", n)
	}
	sheet := h.find(t, id).Parts[0].Sheet
	_, version := h.answer(t, sheet, "iban")
	if err := h.save(t, one.lead, sheet, "iban", "TR20", version); err != nil {
		t.Fatal(err)
	}
	wants(t, "once more", h.service.Send(t.Context(), one.lead, id, sheet), fault.KindConflict)
	write(t, h.System(), func(ctx context.Context, tx *tenants.Tx) error {
		_, err := tx.NewRaw("UPDATE later_sendings SET sent_at = sent_at - interval '25 hours'").Exec(ctx)
		return err
	})
	h.sends(t, id, one)
	if n := rings(); n != 2 {
		t.Errorf("the team was told %d times in all", n)
	}
}

func TestTakingDelicateLaterAnswersAwayGoesIntoTheTrail(t *testing.T) {
	t.Parallel()
	h := open(t)
	call, id, one, _ := h.accepted(t)
	h.takenAway(t, call)
	if n := h.audited(t, "call.later_taken"); n != 0 {
		t.Errorf("%d entries where nothing was sent", n)
	}
	h.sends(t, id, one, "iban", "TR33")
	h.takenAway(t, call)
	if n := h.audited(t, "call.later_taken"); n != 1 {
		t.Errorf("%d entries", n)
	}
	if got, want := h.detailed(t, "call.later_taken"), `{"among": ["`+id.String()+`"]}`; got != want {
		t.Errorf("the trail says %s, want %s", got, want)
	}
}
