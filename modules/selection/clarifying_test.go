package selection_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
)

// askable is a released call of which the last application has no place, and whose applicants may ask for ten days.
func (h *house) askable(t *testing.T, reviewers ...tenants.Scope) won {
	t.Helper()
	w := won{coordinator: h.role(t, "Defne Koordinatör", tenants.RoleCoordinator), chair: h.role(t, "Otto Vorsitz", tenants.RoleChair)}
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin", "Meşe"} {
		a, leads := h.apply(t, name)
		w.all, w.leads = append(w.all, a), append(w.leads, leads)
		if len(reviewers) > 0 {
			h.assign(t, a, reviewers...)
		}
	}
	h.decide(t, w.coordinator, events.OutcomeSelected, w.all[0], w.all[1])
	h.decide(t, w.coordinator, events.OutcomeWaiting, w.all[2])
	h.decide(t, w.coordinator, events.OutcomeRejected, w.all[3])
	if _, err := h.service.Clarifying(t.Context(), w.leads[3][0], w.all[3].ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("something may be asked before the release: %v", err)
	}
	cmd := closing()
	cmd.ClarifyUntil = time.Now().AddDate(0, 0, 2)
	if err := h.service.Close(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator), cmd); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("closed with two days for questions: %v", err)
	}
	cmd.ClarifyUntil = time.Now().AddDate(0, 0, 10)
	if err := h.service.Close(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator), cmd); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Sign(t.Context(), w.chair, h.call.ID, h.version(t, w.chair)); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Release(t.Context(), w.coordinator, h.call.ID, h.version(t, w.coordinator)); err != nil {
		t.Fatal(err)
	}
	h.Jobs(t)
	return w
}

func TestApplicantsAskOnceAndAreAnsweredOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.askable(t)
	lead, a := w.leads[3][0], w.all[3]
	page := "/applications/" + a.ID.String() + "/clarification"
	b := h.SignedIn(t, lead.Actor())
	b.Get(page)
	b.Submit(page, "question", "  ")
	b.Want(http.StatusUnprocessableEntity)
	b.Get(page)
	b.Submit(page, "question", "Hangi ölçütte eksik kaldık?")
	b.Get(page)
	b.Want(http.StatusOK, "Hangi ölçütte eksik kaldık?")
	if err := h.service.Ask(t.Context(), w.leads[3][1], a.ID, "Bir daha soralım."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("asked twice: %v", err)
	}
	officer := h.role(t, "Olcay", tenants.RoleOfficer)
	duties, err := h.service.Duties(t.Context(), officer)
	if err != nil || len(duties) != 1 || duties[0].Kind != selection.DutyClarify || duties[0].Count != 1 {
		t.Errorf("the officer's duties: %+v, %v", duties, err)
	}
	answers := h.SignedIn(t, w.coordinator.Actor())
	answers.Get("/selection/" + h.call.ID.String() + "/clarifications")
	answers.Want(http.StatusOK, "Hangi ölçütte eksik kaldık?", a.Number)
	form := "/selection/applications/" + a.ID.String() + "/clarification"
	answers.Get(form)
	answers.Submit(form, "answer", "Öğrenme planı zayıf bulundu.")
	answers.Want(http.StatusOK, "Öğrenme planı zayıf bulundu.")
	if err := h.service.Clarify(t.Context(), officer, a.ID, "Bence bütçe."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("answered twice: %v", err)
	}
	h.Jobs(t)
	b.Get(page)
	b.Want(http.StatusOK, "Öğrenme planı zayıf bulundu.")
	mails := 0
	for _, m := range h.mailsTo(lead.Actor().Person) {
		if m.Kind == "selection.mail.clarified" {
			mails++
			if strings.Contains(m.Args["Number"]+m.Path, "Öğrenme") {
				t.Error("the answer went by mail")
			}
		}
	}
	if mails != 1 {
		t.Errorf("%d mails", mails)
	}
	if duties, err := h.service.Duties(t.Context(), officer); err != nil || len(duties) != 0 {
		t.Errorf("the officer's duties afterwards: %+v, %v", duties, err)
	}
}

func TestWhoMayNotAskOrAnswer(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.askable(t)
	ctx := t.Context()
	reviewer := h.role(t, "Rana Gözlemci", tenants.RoleReviewer)
	for name, err := range map[string]error{
		"of an application with a place":  h.service.Ask(ctx, w.leads[0][0], w.all[0].ID, "Neden seçildik?"),
		"of somebody else's application":  h.service.Ask(ctx, w.leads[0][0], w.all[3].ID, "Neden?"),
		"as a reviewer":                   h.service.Ask(ctx, reviewer, w.all[3].ID, "Neden?"),
		"to answer what nobody has asked": h.service.Clarify(ctx, w.coordinator, w.all[2].ID, "Çünkü."),
	} {
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.Ask(ctx, w.leads[2][0], w.all[2].ID, "Neden yedekteyiz?"); err != nil {
		t.Errorf("the waiting may ask: %v", err)
	}
	for name, sc := range map[string]tenants.Scope{"a reviewer": reviewer, "the chair": w.chair, "a lead": w.leads[2][0]} {
		if err := h.service.Clarify(ctx, sc, w.all[2].ID, "Çünkü."); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s answered: %v", name, err)
		}
	}
	conflicted := h.role(t, "Kemal", tenants.RoleOfficer)
	if err := h.service.DeclareConflict(ctx, conflicted, w.all[2].ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	if _, _, all, err := h.service.Clarifications(ctx, conflicted, h.call.ID); err != nil || len(all) != 0 {
		t.Errorf("who has a conflict of interest reads %d questions, %v", len(all), err)
	}
	if err := h.service.Clarify(ctx, conflicted, w.all[2].ID, "Çünkü."); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("who has a conflict of interest answered: %v", err)
	}
	if duties, err := h.service.Duties(ctx, conflicted); err != nil || len(duties) != 0 {
		t.Errorf("who has a conflict of interest has duties %+v, %v", duties, err)
	}
	h.set(t, "UPDATE decision_lists SET clarify_until = now() - interval '1 second'")
	if err := h.service.Ask(ctx, w.leads[3][0], w.all[3].ID, "Neden?"); !fault.Is(err, fault.KindTooLate) {
		t.Errorf("asked too late: %v", err)
	}
}

func TestAnAnswerNamesNoReviewer(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Rana Gözlemcioğlu", tenants.RoleReviewer)
	elsewhere, member := h.role(t, "Bilge Okuryazar", tenants.RoleReviewer), h.role(t, "Panelist Üyesoy", tenants.RoleOfficer)
	own := h.role(t, "Kendi Adıyla", tenants.RoleCoordinator)
	before, _ := h.apply(t, "Söğüt")
	h.assign(t, before, elsewhere)
	people := []ids.Person{own.Actor().Person, member.Actor().Person}
	if err := h.service.Convene(t.Context(), own, h.call.ID, selection.Convening{At: time.Now(), Place: "Room 4", Members: people}); err != nil {
		t.Fatal(err)
	}
	h.withdraw(t, before)
	w := h.askable(t, reviewer)
	if err := h.service.Ask(t.Context(), w.leads[3][0], w.all[3].ID, "Neden?"); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Clarify(t.Context(), w.coordinator, w.all[3].ID, "RANA GOZLEMCIOGLU öyle düşündü."); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("a reviewer was named: %v", err)
	}
	for who, text := range map[string]string{"who reviews another application": "Bilge Okuryazar'a sorduk.", "who sits on the panel": "panelist uyesoy öyle dedi."} {
		if err := h.service.Clarify(t.Context(), w.coordinator, w.all[3].ID, text); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s was named: %v", who, err)
		}
	}
	if err := h.service.Clarify(t.Context(), own, w.all[3].ID, "Değerlendirenler öyle düşündü. Kendi Adıyla"); err != nil {
		t.Error(err)
	}
}

func TestTwoWhoAnswerAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	w := h.askable(t)
	if err := h.service.Ask(t.Context(), w.leads[3][0], w.all[3].ID, "Neden?"); err != nil {
		t.Fatal(err)
	}
	officer := h.role(t, "Olcay", tenants.RoleOfficer)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		sc := officer
		if i%2 == 0 {
			sc = w.coordinator
		}
		wg.Go(func() { errs[i] = h.service.Clarify(t.Context(), sc, w.all[3].ID, "Çünkü.") })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.KindConflict) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d answers were sent", won)
	}
}
