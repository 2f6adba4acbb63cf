package selection_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"kervan/modules/blueprints"
	"kervan/modules/events"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
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
	all := []selection.Decision{{State: selection.DecisionAccepted, Place: 1}, waiting(2), waiting(1), waiting(3)}
	var frees, helds []int
	next := selection.Next(3, all, func(held, waiting []selection.Decision, free int) int {
		frees, helds = append(frees, free), append(helds, len(held))
		return slices.IndexFunc(waiting, func(d selection.Decision) bool { return d.Waiting != 1 })
	})
	if len(next) != 2 || next[0].Waiting != 2 || next[0].Place != 2 || next[1].Waiting != 3 || next[1].Place != 3 {
		t.Errorf("offered are %+v", next)
	}
	if !slices.Equal(frees, []int{2, 1}) || !slices.Equal(helds, []int{1, 2}) {
		t.Errorf("asked with %v free and %v held", frees, helds)
	}
	one := selection.Next(3, all, func(held, _ []selection.Decision, _ int) int { return 1 - len(held) })
	if len(one) != 1 || one[0].Waiting != 1 {
		t.Errorf("offered are %+v", one)
	}
	if every := selection.Next(9, all, func(_, _ []selection.Decision, _ int) int { return 0 }); len(every) != 3 {
		t.Errorf("offered are %+v", every)
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

// is says which legal form the organizations of an application have, and whether they are first-timers.
func (h *house) is(a selection.Application, kind string, first bool) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	for i := range h.applications {
		if h.applications[i].ID != a.ID {
			continue
		}
		for j := range h.applications[i].Organizations {
			o := &h.applications[i].Organizations[j]
			o.Kind, o.First = kind, first
		}
	}
}

func TestQuotasOfLegalFormsAndFirstTimersAreCountedAndMissedWithAReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.limits(blueprints.Quota{Kind: "foundation", Most: 1}, blueprints.Quota{First: true, Least: 1})
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	first, _ := h.apply(t, "Bir")
	second, _ := h.apply(t, "İki")
	third, _ := h.apply(t, "Üç")
	h.is(first, "foundation", false)
	h.is(second, "foundation", false)
	h.is(third, "association", true)
	h.decide(t, coordinator, events.OutcomeSelected, first, second)
	h.decide(t, coordinator, events.OutcomeRejected, third)
	b := h.SignedIn(t, coordinator.Actor())
	address := "/selection/" + h.call.ID.String()
	for _, page := range []string{"/ranking", "/decisions", "/decisions/closing"} {
		b.Get(address + page)
		b.Want(http.StatusOK, "The selection is not as the quotas want it", "Foundation: 2 of 1", "First-timers: 0, at least 1 wanted")
	}
	b.Get(address + "/ranking?format=csv")
	if !strings.Contains(b.Page.Body, "First-timers") || strings.Count(b.Page.Body, "Foundation") != 2 {
		t.Errorf("the table does not say what counts for a quota: %s", b.Page.Body)
	}
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("closed without a reason: %v", err)
	}
	h.decide(t, coordinator, events.OutcomeSelected, third)
	h.decide(t, coordinator, events.OutcomeRejected, second)
	b.Get(address + "/decisions")
	b.Want(http.StatusOK, "Foundation: 1 of 1", "First-timers: 1, at least 1 wanted")
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Errorf("as the quotas want it: %v", err)
	}
}

// TestTheWaitingListGoesOnByQuotasThatTheWholeKeeps, though whoever closed the list saw one missed and gave a reason for it.
func TestTheWaitingListGoesOnByQuotasThatTheWholeKeeps(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind    string // of the application that they must not know of; a foundation is wanted
		earlier bool   // the list was released before it was kept what the whole is
		want    int
	}{
		"the whole keeps them":               {kind: "foundation", want: 2},
		"the whole misses one, too":          {kind: "association", want: 1},
		"nobody has written down what it is": {kind: "foundation", earlier: true, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.limits(blueprints.Quota{Kind: "foundation", Least: 1}, blueprints.Quota{Topic: "digital", Name: i18n.Text{i18n.EN: "Digital"}, Most: 1})
			v := h.veiled(t)
			h.is(v.secret, c.kind, false)
			h.about(v.secret, "digital")
			h.about(v.all[1], "digital")
			h.decide(t, v.free, events.OutcomeSelected, v.all[0], v.secret)
			h.decide(t, v.free, events.OutcomeWaiting, v.all[1])
			h.decide(t, v.free, events.OutcomeWaiting, v.all[2])
			done(t, h.close(t, v.them, func(cmd *selection.Closing) { cmd.QuotaReason, cmd.LeavePlaces = "No foundation applied.", true }))
			done(t, h.sign(t, v.also))
			done(t, h.tryRelease(t, v.them))
			for _, sc := range []tenants.Scope{v.them, v.free} {
				p, err := h.service.Panel(t.Context(), sc, h.call.ID)
				done(t, err)
				if told := p.List.BeyondQuotas != nil; told != (sc.Actor().Person == v.free.Actor().Person) {
					t.Errorf("what the whole is, is told: %v", told)
				}
			}
			if c.earlier {
				h.set(t, "UPDATE decision_lists SET beyond_quotas = NULL")
			}
			h.withdraw(t, v.all[0])
			if len(h.offered) != 1 || h.offered[0].Application != v.all[c.want].ID {
				t.Errorf("offered are %+v, want number %d", h.offered, c.want)
			}
		})
	}
}

// sits says in which region the first organization of an application sits; empty: that is not known.
func (h *house) sits(a selection.Application, region geo.Region) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	for i := range h.applications {
		if h.applications[i].ID == a.ID {
			h.applications[i].Organizations[0].Region = region
		}
	}
}

func TestQuotasOfRegionsAreCountedLiveAndMissedWithAReason(t *testing.T) {
	t.Parallel()
	h := open(t)
	large := []geo.Region{"TR.34", "TR.68", "TR.35"}
	h.limits(blueprints.Quota{Regions: large, Most: 1}, blueprints.Quota{Regions: large, Outside: true, Least: 1})
	coordinator := h.role(t, "Defne", tenants.RoleCoordinator)
	first, _ := h.apply(t, "Bir")
	second, _ := h.apply(t, "İki")
	third, _ := h.apply(t, "Üç")
	fourth, _ := h.apply(t, "Dört")
	h.sits(first, "TR.34")
	h.sits(second, "TR.35")
	h.sits(third, "TR.48")
	h.decide(t, coordinator, events.OutcomeSelected, first, second)
	h.decide(t, coordinator, events.OutcomeRejected, third, fourth)
	b := h.SignedIn(t, coordinator.Actor())
	address := "/selection/" + h.call.ID.String()
	for _, page := range []string{"/ranking", "/decisions", "/decisions/closing"} {
		b.Get(address + page)
		b.Want(http.StatusOK, "Ankara, Istanbul, İzmir: 2 of 1", "Türkiye outside of Ankara, Istanbul, İzmir: 0, at least 1 wanted")
	}
	b.Get(address + "/ranking?format=csv")
	if n := strings.Count(b.Page.Body, "Region not known"); n != 1 {
		t.Errorf("of one application nobody knows the region, and %d say so: %s", n, b.Page.Body)
	}
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("closed without a reason: %v", err)
	}
	h.decide(t, coordinator, events.OutcomeSelected, third)
	h.decide(t, coordinator, events.OutcomeRejected, second)
	b.Get(address + "/decisions")
	b.Want(http.StatusOK, "Ankara, Istanbul, İzmir: 1 of 1", "Türkiye outside of Ankara, Istanbul, İzmir: 1, at least 1 wanted")
	if err := h.service.Close(t.Context(), coordinator, h.call.ID, h.version(t, coordinator), closing()); err != nil {
		t.Errorf("as the quotas want it: %v", err)
	}
}
