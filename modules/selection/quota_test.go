package selection_test

import (
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/tenants"
)

func TestMoreThanAQuotaNeedsAReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Country: "DE", Most: 1})
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	first, _ := h.apply(t, "Bir")
	second, _ := h.apply(t, "İki")
	h.decide(t, coordinator, events.OutcomeSelected, first, second)
	b := h.SignedIn(t, coordinator.Actor())
	page := "/selection/" + h.call.ID.String() + "/decisions"
	b.Get(page)
	b.Want(200, "The selection is not as the quotas want it", "Germany: 2 of 1")
	b.Get(page + "/closing")
	b.Submit(page+"/closing", "quota_reason", "")
	b.Want(422, "Change the selection, or say why.")
	cmd := closing()
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), cmd); !fault.Is(err, fault.KindInvalid) {
		t.Fatalf("closed without a reason: %v", err)
	}
	cmd.QuotaReason = "Both have waited since last year."
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), cmd); err != nil {
		t.Fatal(err)
	}
	signer := h.SignedIn(t, h.role(t, "Başkan", tenants.RoleChair).Actor())
	signer.Get(page + "/signature")
	signer.Want(200, "Germany: 2 of 1", "Both have waited since last year.")
	if err := h.service.Reopen(t.Context(), coordinator, h.call.ID, h.version(t, coordinator)); err != nil {
		t.Fatal(err)
	}
	h.decide(t, coordinator, events.OutcomeRejected, second)
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Errorf("within the quota: %v", err)
	}
}

func TestAPlaceGoesToTheNextThatFits(t *testing.T) {
	t.Parallel()
	waiting := func(n int) selection.Decision {
		return selection.Decision{State: selection.DecisionWaiting, Waiting: n}
	}
	all := []selection.Decision{{State: selection.DecisionAccepted, Place: 1}, waiting(1), waiting(2), waiting(3)}
	next := selection.Next(3, all, func(_ []selection.Decision, d selection.Decision) bool { return d.Waiting != 1 })
	if len(next) != 2 || next[0].Waiting != 2 || next[0].Place != 2 || next[1].Waiting != 3 || next[1].Place != 3 {
		t.Errorf("offered are %+v", next)
	}
	one := selection.Next(3, all, func(held []selection.Decision, _ selection.Decision) bool { return len(held) < 2 })
	if len(one) != 1 || one[0].Waiting != 1 {
		t.Errorf("offered are %+v", one)
	}
}

// limits gives the call quotas.
func (h *house) limits(quotas ...blueprints.Quota) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	h.call.Quotas = quotas
	h.calls[0].Quotas = quotas
}

func TestAQuotaOfATopicIsCountedAndMissedWithAReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Topic: "people", Name: i18n.Text{i18n.EN: "People"}, Least: 2, Most: 3}, blueprints.Quota{Topic: "digital", Name: i18n.Text{i18n.EN: "Digital tools"}, Most: 1})
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	first, _ := h.apply(t, "Bir")
	second, _ := h.apply(t, "İki")
	third, _ := h.apply(t, "Üç")
	h.about(first, "people", "digital")
	h.about(second, "digital")
	h.about(third, "people")
	h.decide(t, coordinator, events.OutcomeSelected, first, second)
	h.decide(t, coordinator, events.OutcomeRejected, third)
	b := h.SignedIn(t, coordinator.Actor())
	for _, page := range []string{"/ranking", "/decisions"} {
		b.Get("/selection/" + h.call.ID.String() + page)
		b.Want(200, "The selection is not as the quotas want it", "People: 1, wanted 2 to 3", "Digital tools: 2 of 1")
	}
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("closed without a reason: %v", err)
	}
	h.decide(t, coordinator, events.OutcomeSelected, third)
	h.decide(t, coordinator, events.OutcomeRejected, second)
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Errorf("as the quotas want it: %v", err)
	}
}

// about says what an application's topics are.
func (h *house) about(a selection.Application, topics ...string) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	for i := range h.applications {
		if h.applications[i].ID == a.ID {
			h.applications[i].Topics = topics
		}
	}
}
