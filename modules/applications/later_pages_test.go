package applications_test

import (
	"strings"
	"testing"

	"kervan/modules/kernel/i18n"
)

// TestPagesOfLaterQuestions goes the whole way without a script, in each language: the task list of the application, the
// section, sending, and the team's list with its due day and its reminders.
func TestPagesOfLaterQuestions(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.All {
		h := open(t)
		call, id, one, _ := h.accepted(t)
		a := h.find(t, id)
		sheet := a.Part(one.id).Sheet.String()
		loc := h.Catalog.Localizer(l, nil)
		lead := one.lead.Actor()
		lead.Locale = l
		b := h.SignedIn(t, lead)
		page := "/applications/" + id.String() + "/after-acceptance"
		shows := func(b *browser, texts ...string) {
			t.Helper()
			b.Want(200)
			for _, text := range texts {
				if !strings.Contains(b.Page.Body, text) {
					t.Errorf("%s: the page does not say %q", l, text)
				}
			}
		}
		b.Get("/applications/" + id.String())
		shows(b, page, loc.T("applications.later.link"))
		b.Get(page)
		shows(b, "Bank", "Trip", loc.T("applications.later.read_own"), loc.T("applications.later.read_joint"), loc.N("applications.later.left", 1))
		if strings.Contains(b.Page.Body, loc.T("applications.later.send")) {
			t.Errorf("%s: it can be sent empty", l)
		}
		section := page + "/sections/pay"
		b.Get(section)
		shows(b, "Zqaccount", loc.T("applications.later.read_own"))
		b.Submit(section+"?seat=tr", "answers[iban]", "TR33", "base[mission]", "1", "answers[mission]", "Another")
		b.Want(200)
		if answer, _ := h.answer(t, a.Part(one.id).Sheet, "mission"); strings.Contains(answer, "Another") {
			t.Errorf("%s: what was handed in was changed", l)
		}
		b.Get(page)
		shows(b, loc.T("applications.later.send"))
		b.Submit(page, "sheet", sheet)
		shows(b, loc.T("applications.later.sent"))
		b.Get(section)
		b.Submit(section+"?seat=tr", "answers[iban]", "TR34")
		b.Get(page)
		shows(b, loc.T("applications.later.changed"))

		officer := h.officer(t).Actor()
		officer.Locale = l
		o := h.SignedIn(t, officer)
		o.Get("/applications")
		shows(o, loc.T("applications.later.title"))
		list := "/applications/after-acceptance"
		o.Get(list)
		shows(o, "Ihlamur", loc.T("applications.later.state.sent"), loc.T("applications.later.state.not_begun"), loc.T("applications.later.remind"))
		o.Submit(list+"/due", "due", "30.2.2030")
		o.Want(422)
		if !strings.Contains(o.Page.Body, loc.T("forms.error.date")) || !strings.Contains(o.Page.Body, "30.2.2030") {
			t.Errorf("%s: what is wrong with the day is not said", l)
		}
		o.Submit(list+"/due", "due", "2090-03-01")
		shows(o, `value="2090-03-01"`, loc.T("applications.later.due_set"))
		o.Submit(list + "/reminders")
		shows(o, loc.T("applications.later.reminded"))
		o.Submit(list + "/reminders")
		shows(o, loc.T("applications.later.none_reminded"))
		o.Get("/applications/" + id.String() + "/dossier")
		shows(o, "TR33", loc.T("applications.later.not_sent"))
		b.Get(page)
		shows(b, "2090")
		o.Get(list)
		o.Submit(list+"/due", "due", "")
		if strings.Contains(o.Page.Body, "2090-03-01") {
			t.Errorf("%s: the day cannot be taken away", l)
		}
		o.Get(list + "?call=" + call.String())
		shows(o, loc.T("applications.later.due"))
	}
}
