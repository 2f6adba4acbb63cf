package programs_test

import (
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func (h *house) asked(t *testing.T, sc tenants.Scope, call ids.Call, words string) programs.Question {
	t.Helper()
	if err := h.service.Ask(t.Context(), sc, call, words, i18n.EN); err != nil {
		t.Fatal(err)
	}
	_, all, err := h.service.Questions(t.Context(), h.coordinator(t), call)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		if q.Asked == words {
			return q
		}
	}
	t.Fatalf("the question is not there: %v", all)
	return programs.Question{}
}

// TestAQuestionsStates tries every verb in every state.
func TestAQuestionsStates(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, call := h.coordinator(t), h.published(t)
	answer := func(q programs.Question) error {
		return h.service.Answer(t.Context(), sc, call.ID, q.ID, q.Version, i18n.Text{"en": "May we?"}, i18n.Text{"en": "You may."})
	}
	decline := func(q programs.Question) error {
		return h.service.Decline(t.Context(), sc, call.ID, q.ID, q.Version)
	}
	public := map[programs.QuestionState]bool{programs.QuestionWaiting: false, programs.QuestionAnswered: true, programs.QuestionDeclined: false}
	for before := range public {
		for name, verb := range map[programs.QuestionState]func(programs.Question) error{programs.QuestionAnswered: answer, programs.QuestionDeclined: decline} {
			words := string(before) + " then " + string(name)
			q := h.asked(t, h.Visitor(), call.ID, words)
			switch before {
			case programs.QuestionAnswered:
				must(t, answer(q))
			case programs.QuestionDeclined:
				must(t, decline(q))
			}
			_, q, err := h.service.Question(t.Context(), sc, call.ID, q.ID)
			must(t, err)
			must(t, verb(q))
			if err := verb(q); !fault.Is(err, fault.KindConflict) {
				t.Errorf("%s, on a version that is gone: %v", words, err)
			}
			_, q, err = h.service.Question(t.Context(), sc, call.ID, q.ID)
			must(t, err)
			if q.State != name || q.AnsweredAt.IsZero() || q.Asked != words {
				t.Errorf("%s: %+v", words, q)
			}
			shown, err := h.service.Answered(t.Context(), h.Visitor(), call)
			must(t, err)
			seen := false
			for _, s := range shown {
				seen = seen || s.ID == q.ID
			}
			if seen != public[name] {
				t.Errorf("%s: public is %v", words, seen)
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhoAskedIsToldOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, call := h.coordinator(t), h.published(t)
	lead := h.As(t, tenanttest.Role(tenants.RoleFunder))
	q := h.asked(t, lead, call.ID, "Is a municipality eligible?")
	must(t, h.service.Ask(t.Context(), lead, call.ID, "Is a municipality eligible?", i18n.EN)) // a double click
	if _, all, err := h.service.Questions(t.Context(), sc, call.ID); err != nil || len(all) != 1 {
		t.Errorf("%d questions of a double click, %v", len(all), err)
	}
	words, answer := i18n.Text{"en": "Is a municipality eligible?"}, i18n.Text{"en": "As the fourth seat, yes."}
	must(t, h.service.Answer(t.Context(), sc, call.ID, q.ID, q.Version, words, answer))
	must(t, h.service.Answer(t.Context(), sc, call.ID, q.ID, q.Version+1, words, i18n.Text{"en": "Yes."}))
	h.Jobs(t)
	told := 0
	for _, m := range h.mails {
		if m.Kind == "programs.mail.answered" && m.Person == lead.Actor().Person {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestOnlyCallsOfTheMomentAreAskedAbout(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc, call := h.coordinator(t), h.published(t)
	draft, err := h.service.Begin(t.Context(), sc, "2029", "pair")
	must(t, err)
	if err := h.service.Ask(t.Context(), h.Visitor(), draft.ID, "What is this?", i18n.EN); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a draft: %v", err)
	}
	q := h.asked(t, h.Visitor(), call.ID, "When?")
	for name, act := range map[string]func(tenants.Scope) error{
		"list": func(sc tenants.Scope) error { _, _, err := h.service.Questions(t.Context(), sc, call.ID); return err },
		"read": func(sc tenants.Scope) error {
			_, _, err := h.service.Question(t.Context(), sc, call.ID, q.ID)
			return err
		},
		"answer": func(sc tenants.Scope) error {
			return h.service.Answer(t.Context(), sc, call.ID, q.ID, q.Version, i18n.Text{"en": "x"}, i18n.Text{"en": "y"})
		},
		"decline": func(sc tenants.Scope) error { return h.service.Decline(t.Context(), sc, call.ID, q.ID, q.Version) },
	} {
		for _, who := range []tenants.Scope{h.Visitor(), h.As(t, tenanttest.Role(tenants.RoleReviewer)), h.As(t, tenanttest.Role(tenants.RoleChair))} {
			if act(who) == nil {
				t.Errorf("%s: allowed to %v", name, who.Actor().Grants)
			}
		}
	}
	if _, _, err := h.service.Question(t.Context(), sc, draft.ID, q.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a question below another call: %v", err)
	}
	must(t, h.service.Close(t.Context(), sc, call.ID, call.Version, "Full."))
	if err := h.service.Ask(t.Context(), h.Visitor(), call.ID, "Too late?", i18n.EN); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a closed call: %v", err)
	}
	must(t, h.service.Answer(t.Context(), sc, call.ID, q.ID, q.Version, i18n.Text{"en": "When?"}, i18n.Text{"en": "It is over."}))
}

func TestTooManyQuestionsWait(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.published(t)
	h.exec(t, h.World, `INSERT INTO call_questions (id, call_id, asked, locale, asked_at) SELECT gen_random_uuid(), ?, 'Question ' || n, 'en', now() FROM generate_series(1, 200) AS n`, call.ID)
	if err := h.service.Ask(t.Context(), h.Visitor(), call.ID, "One more?", i18n.EN); !fault.Is(err, fault.KindTooMany) {
		t.Errorf("%v", err)
	}
}

func TestQuestionsAndAnswersOnPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.published(t)
	page := "/calls/" + call.ID.String()
	visitor, staff := h.Browser(t, h.Tenant), h.SignedIn(t, h.coordinator(t).Actor())
	visitor.Get(page)
	visitor.Want(200, "Questions and answers", "Nobody has asked anything yet.")
	for _, bad := range []string{"", "   ", "bad\x00text", strings.Repeat("ğ", 1001)} {
		visitor.Submit(page+"/questions", "question", bad)
		if visitor.Page.Status != 422 {
			t.Errorf("%.10q: %d", bad, visitor.Page.Status)
		}
	}
	visitor.Submit(page+"/questions", "question", "<script>alert(1)</script> İğdır’dan katılabilir miyiz?\r\n=1+1")
	visitor.Want(200, "Thank you. We answer on this page")
	if strings.Contains(visitor.Page.Text(), "katılabilir miyiz") {
		t.Error("shown before it was answered")
	}
	staff.Get("/desk")
	staff.Want(200, "Answer 1 question about a call")
	list := "/program/calls/" + call.ID.String() + "/questions"
	staff.Get(list)
	staff.Want(200, "İğdır’dan katılabilir miyiz?", "Waiting")
	_, all, err := h.service.Questions(t.Context(), h.coordinator(t), call.ID)
	must(t, err)
	form := list + "/" + all[0].ID.String()
	staff.Get(form)
	staff.Want(200, "As it was asked", "<script>alert(1)</script>")
	staff.Submit(form, "question_en", "May we take part from Iğdır?", "answer_en", "", "question_tr", "", "answer_tr", "Evet.")
	staff.Want(422, "Please fill this in.")
	if staff.Page.Value("question_en") != "May we take part from Iğdır?" {
		t.Error("what was typed is lost")
	}
	staff.Submit(form, "question_en", "May we take part from Iğdır?", "answer_en", "**Yes**, from every province. <img src=x onerror=alert(1)>", "question_tr", "", "answer_tr", "", "question_de", "", "answer_de", "")
	staff.Want(200, "The answer stands on the call’s page.", "Answered")
	visitor.Get(page)
	visitor.Want(200, "May we take part from Iğdır?", "Yes")
	if strings.Contains(visitor.Page.Body, "onerror") || strings.Contains(visitor.Page.Body, "<script>alert") {
		t.Error("something would run")
	}
	staff.Get(list + "?format=csv")
	if !strings.Contains(staff.Page.Body, "May we take part from Iğdır?") {
		t.Errorf("the export: %s", staff.Page.Body)
	}
	staff.Get(form)
	staff.Submit(form + "/refusal")
	staff.Want(200, "The question is not shown.", "Not published")
	visitor.Get(page)
	if strings.Contains(visitor.Page.Text(), "Iğdır") {
		t.Error("a declined question is shown")
	}
	staff.Get(list + "/" + ids.New[ids.Question]().String())
	staff.Want(404)
}
