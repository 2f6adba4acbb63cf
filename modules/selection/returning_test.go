package selection_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/modules/selection/reviewers"
	"kervan/tenants"
)

func TestTheWorkOfReviewersIsCounted(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Bir Okur", tenants.RoleReviewer), h.role(t, "İki Okur", tenants.RoleReviewer)
	var all []selection.Application
	for _, name := range []string{"Ihlamur", "Çınar", "Zeytin", "Meşe"} {
		a, _ := h.apply(t, name)
		all = append(all, a)
	}
	h.review(t, all[0], map[*tenants.Scope]int{&one: 7})
	h.assign(t, all[1], one)
	conflicted := h.assign(t, all[2], one)[0]
	if err := h.service.Declare(t.Context(), one, conflicted, selection.Declaration{Conflict: true, Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	back := h.assign(t, all[3], one)[0]
	if err := h.service.HandBack(t.Context(), one, back, "No time."); err != nil {
		t.Fatal(err)
	}
	known := func(sc tenants.Scope, person ids.Person) reviewers.Known {
		t.Helper()
		found, err := h.pool.KnownReviewers(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(found, func(k reviewers.Known) bool { return k.Profile.Person == person })
		return found[i]
	}
	got := known(officer, one.Actor().Person)
	if got.MedianDays <= 0 || got.MedianDays > 1 {
		t.Errorf("median of %v days", got.MedianDays)
	}
	got.MedianDays = 0
	want := reviewers.Work{Owed: 1, Assigned: 4, Submitted: 1, InTime: 1, Recused: 1, HandedBack: 1}
	if diff := cmp.Diff(want, got.Work); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(reviewers.Work{}, known(officer, two.Actor().Person).Work); diff != "" {
		t.Error(diff)
	}
	// Who must not know of an application does not find its review in a number either.
	if err := h.service.DeclareConflict(t.Context(), officer, all[1].ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	if got := known(officer, one.Actor().Person); got.Owed != 0 || got.Assigned != 3 {
		t.Errorf("to the conflicted: %+v", got.Work)
	}
}

func TestAReviewIsGivenBackAndAssignedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer, reviewer, other := h.role(t, "Ofis", tenants.RoleOfficer), h.role(t, "Okur", tenants.RoleReviewer), h.role(t, "Öteki", tenants.RoleReviewer)
	a, leads := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Çınar")
	id := h.assign(t, a, reviewer)[0]
	if err := h.service.HandBack(t.Context(), reviewer, id, ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	for name, sc := range map[string]tenants.Scope{"another reviewer": other, "an officer": officer, "an applicant": leads[0]} {
		if err := h.service.HandBack(t.Context(), sc, id, "For them."); err == nil {
			t.Errorf("%s gives it back", name)
		}
	}
	h.write(t, reviewer, id, 7, "HALF")
	if err := h.service.HandBack(t.Context(), reviewer, id, "Not my field."); err != nil {
		t.Fatal(err)
	}
	if err := h.service.HandBack(t.Context(), reviewer, id, "Once more."); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("twice: %v", err)
	}
	h.Jobs(t)
	if n := h.newsFor(officer.Actor().Person)["selection.notify.handed_back"]; n != 1 {
		t.Errorf("the officer was told %d times", n)
	}
	if _, err := h.service.Desk(t.Context(), reviewer, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("it is still on the desk: %v", err)
	}
	duties, err := h.service.Duties(t.Context(), officer)
	if err != nil || !slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyAssign && d.Count == 2 }) {
		t.Errorf("duties: %+v, %v", duties, err)
	}
	browser := h.SignedIn(t, officer.Actor())
	browser.Get("/selection/" + h.call.ID.String())
	browser.Want(200, "Given back", "Not my field.")
	// What was written is there again when it is assigned again.
	if again := h.assign(t, a, reviewer)[0]; again != id {
		t.Error("another review came of it")
	}
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	d, err := h.service.Desk(t.Context(), reviewer, id)
	if err != nil || !strings.Contains(d.Comment, "HALF") {
		t.Error(d.Comment, err)
	}
	if err := h.service.Submit(t.Context(), reviewer, id); err != nil {
		t.Fatal(err)
	}
	if err := h.service.HandBack(t.Context(), reviewer, id, "After all."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("submitted: %v", err)
	}
	_ = b
}

func TestThePageOfGivingBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	reviewer := h.role(t, "Rüya Okur", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	id := h.assign(t, a, reviewer)[0]
	b := h.SignedIn(t, reviewer.Actor())
	b.Get("/reviews/" + id.String() + "/return")
	b.Submit("/reviews/"+id.String()+"/return", "reason", "")
	b.Want(422, "Your reason")
	b.Submit("/reviews/"+id.String()+"/return", "reason", "Ill.")
	b.Want(200, "Thank you for saying so in time.")
}
