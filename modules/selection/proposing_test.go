package selection_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// TestWhoIsProposed is the rule: of those who may, whoever reads the language, of these whoever has the fewest active reviews, of these
// whoever suits best, the first by name of several; and whoever is proposed has one more from then on.
func TestWhoIsProposed(t *testing.T) {
	t.Parallel()
	names := []string{"A", "B", "C", "D", "E", "F"}
	var b selection.Board
	of := map[ids.Person]string{}
	for i, assigned := range []int{4, 1, 1, 1, 0, 0} {
		id := ids.New[ids.Person]()
		of[id] = names[i]
		b.Reviewers = append(b.Reviewers, selection.Reviewer{Person: selection.Person{Name: names[i]}, ID: id, Assigned: assigned})
	}
	person := func(i int) ids.Person { return b.Reviewers[i].ID }
	apart := selection.Progress{Required: 3, Active: 2, Submitted: 2, Apart: true}
	row := func(p selection.Progress, undecided bool, change func(*selection.Row)) {
		r := selection.Row{Application: selection.Application{ID: ids.New[ids.Application](), Undecided: undecided}, Progress: p}
		r.Reviews = []selection.Review{{Person: person(1), State: selection.ReviewSubmitted}}
		change(&r)
		b.Rows = append(b.Rows, r)
	}
	nothing := func(*selection.Row) {}
	row(apart, true, nothing)
	row(apart, true, nothing)
	row(selection.Progress{Required: 2, Active: 2, Submitted: 2}, true, nothing)
	row(apart, false, nothing)
	row(apart, true, func(r *selection.Row) { r.Conflicts = []selection.Conflict{{Person: person(2)}} })
	row(apart, true, func(r *selection.Row) {
		r.Reviews = append(r.Reviews, selection.Review{Person: person(2), State: selection.ReviewRemoved}, selection.Review{Person: person(3), State: selection.ReviewRecused})
	})
	row(apart, true, func(r *selection.Row) {
		for i := range b.Reviewers {
			r.Conflicts = append(r.Conflicts, selection.Conflict{Person: person(i)})
		}
	})
	alike := func(ids.Application, ids.Person) selection.Suit { return selection.Suit{} }
	var got []string
	for _, p := range selection.Propose(b, func(_ ids.Application, who ids.Person) bool { return of[who] != "E" && of[who] != "F" }, alike) {
		got = append(got, of[p.Reviewer.ID])
	}
	if diff := cmp.Diff([]string{"C", "D", "D", "A", ""}, got); diff != "" {
		t.Error(diff)
	}
	for name, tt := range map[string]struct {
		suits map[string]selection.Suit
		want  string
	}{
		"who reads the language, however much they have": {map[string]selection.Suit{"A": {Reads: true}, "D": {Affinity: 9}}, "A"},
		"of as many, who suits better":                   {map[string]selection.Suit{"D": {Affinity: 9}, "C": {Affinity: 8}}, "D"},
		"fewer before better":                            {map[string]selection.Suit{"A": {Affinity: 9}}, "C"},
	} {
		one := b
		one.Rows = b.Rows[:1]
		found := selection.Propose(one, func(_ ids.Application, who ids.Person) bool { return of[who] != "E" && of[who] != "F" },
			func(_ ids.Application, who ids.Person) selection.Suit { return tt.suits[of[who]] })
		if len(found) != 1 || of[found[0].Reviewer.ID] != tt.want || found[0].Suit.Affinity != tt.suits[tt.want].Affinity {
			t.Errorf("%s: %s", name, of[found[0].Reviewer.ID])
		}
	}
}

func TestThirdReviewersAreProposedAndAssigned(t *testing.T) {
	t.Parallel()
	h := open(t)
	officer := h.role(t, "Ofis", tenants.RoleOfficer)
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	b, _ := h.apply(t, "Zeytin")
	c, _ := h.apply(t, "Meşe")
	h.review(t, a, map[*tenants.Scope]int{&one: 9, &two: 2})
	h.review(t, b, map[*tenants.Scope]int{&one: 9, &two: 1})
	h.review(t, c, map[*tenants.Scope]int{&one: 7, &two: 7})
	// Of the two others the first by name belongs to an applicant of a, which only shows when one looks.
	member := h.someone(t, "Ada", tenanttest.Role(tenants.RoleReviewer), tenants.Grant{Role: tenants.RoleParticipant, Organization: a.Organizations[0].ID})
	free := h.role(t, "Zeki", tenants.RoleReviewer)
	path := "/selection/" + h.call.ID.String()
	browser := h.SignedIn(t, officer.Actor())
	browser.Get(path)
	browser.Want(http.StatusOK, "2 applications need one more review.")
	page := browser.Get(path + "/thirds")
	browser.Want(http.StatusOK, "Further reviews", a.Number, b.Number)
	if strings.Contains(page.Text(), c.Number) {
		t.Error("an application whose totals are close is proposed")
	}
	pairs := page.Values("pair")
	want := []string{a.ID.String() + "." + free.Actor().Person.String(), b.ID.String() + "." + member.Actor().Person.String()}
	if diff := cmp.Diff(want, pairs); diff != "" {
		t.Fatal(diff)
	}
	form := func(pairs ...string) url.Values {
		return url.Values{"_csrf": {page.Value("_csrf")}, "due": {page.Value("due")}, "pair": pairs}
	}
	browser.Post(path+"/thirds", form())
	browser.Want(http.StatusUnprocessableEntity, "Tick at least one.")
	browser.Post(path+"/thirds", url.Values{"_csrf": {page.Value("_csrf")}, "due": {"never"}, "pair": pairs})
	browser.Want(http.StatusUnprocessableEntity, "Please choose a day.")
	browser.Post(path+"/thirds", form(pairs...))
	browser.Want(http.StatusOK, "Assigned.")
	browser.Post(path+"/thirds", form(pairs...))
	browser.Want(http.StatusOK, "No further review is needed")
	browser.Post(path+"/thirds", form(a.ID.String()+"."+member.Actor().Person.String()))
	browser.Want(http.StatusOK, "No further review is needed")
	board, err := h.service.Board(t.Context(), officer, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range board.Rows {
		if want := map[ids.Application]int{a.ID: 3, b.ID: 3, c.ID: 2}[row.ID]; row.Progress.Active != want {
			t.Errorf("%s has %d reviews, want %d", row.Name(), row.Progress.Active, want)
		}
	}
	for who, sc := range map[string]tenants.Scope{"the chair": h.role(t, "Otto", tenants.RoleChair), "a reviewer": one} {
		if _, err := h.service.Proposals(t.Context(), sc, h.call.ID); err == nil {
			t.Errorf("%s sees proposals", who)
		}
		if _, err := h.service.AssignThirds(t.Context(), sc, h.call.ID, []selection.Pair{{Application: a.ID, Reviewer: free.Actor().Person}}, h.due()); err == nil {
			t.Errorf("%s assigns", who)
		}
	}
	if err := h.service.DeclareConflict(t.Context(), officer, b.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.service.AssignThirds(t.Context(), officer, h.call.ID, []selection.Pair{{Application: b.ID, Reviewer: free.Actor().Person}}, h.due()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer with a conflict of interest assigns: %v", err)
	}
}

// TestBelowTheThresholdOfTheTotal marks an application in the ranking, the decisions and the letter, and decides nothing.
func TestBelowTheThresholdOfTheTotal(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.calls[0].Review.TotalThreshold = 60
	coordinator, chair := h.role(t, "Defne", tenants.RoleCoordinator), h.role(t, "Otto", tenants.RoleChair)
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	low, lowLeads := h.apply(t, "LOW")
	high, highLeads := h.apply(t, "HIGH")
	h.review(t, low, map[*tenants.Scope]int{&one: 6, &two: 5})
	h.review(t, high, map[*tenants.Scope]int{&one: 6, &two: 6})
	p, err := h.service.Panel(t.Context(), coordinator, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Ranked {
		if r.TooLow != (r.ID == low.ID) || r.Decision != nil || r.Rank.Band == 0 {
			t.Errorf("%s: %+v", r.Name(), r)
		}
	}
	browser := h.SignedIn(t, coordinator.Actor())
	path := "/selection/" + h.call.ID.String()
	h.decide(t, coordinator, events.OutcomeSelected, low)
	h.decide(t, coordinator, events.OutcomeWaiting, high)
	for _, below := range []string{"/ranking", "/decisions"} {
		if n := strings.Count(browser.Get(path+below).Text(), "Below the threshold: Total"); n != 1 {
			t.Errorf("%s marks %d", below, n)
		}
	}
	browser.Get("/selection/applications/" + low.ID.String())
	browser.Want(http.StatusOK, "Mean 55.0, at least 60 expected", "Below the threshold")
	h.decide(t, coordinator, events.OutcomeSelected, high)
	h.release(t, coordinator, chair)
	const said = "below the threshold of the call"
	if m := h.mailsTo(lowLeads[0].Actor().Person); len(m) == 0 || !strings.Contains(everything(t, m), said) {
		t.Error("the letter does not say that the application is below the threshold")
	}
	if m := h.mailsTo(highLeads[0].Actor().Person); len(m) == 0 || strings.Contains(everything(t, m), said) {
		t.Error("the letter of an application that reaches the threshold says it does not")
	}
}

// TestWhoOwesAReviewIsNotToldThatTotalsAreApart has an officer review beside two whose totals are apart.
func TestWhoOwesAReviewIsNotToldThatTotalsAreApart(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.calls[0].Review.Reviews = 3
	officer, both := h.role(t, "Ofis", tenants.RoleOfficer), h.someone(t, "Hem", tenanttest.Role(tenants.RoleOfficer), tenanttest.Role(tenants.RoleReviewer))
	one, two := h.role(t, "Bir", tenants.RoleReviewer), h.role(t, "İki", tenants.RoleReviewer)
	a, _ := h.apply(t, "Ihlamur")
	owed := h.assign(t, a, both)[0]
	h.review(t, a, map[*tenants.Scope]int{&one: 9, &two: 2})
	h.Jobs(t)
	knows := func(sc tenants.Scope) (where []string) {
		path := "/selection/" + h.call.ID.String()
		browser := h.SignedIn(t, sc.Actor())
		for page, words := range map[string]string{path: "1 application needs one more review.", path + "/thirds": a.Number, "/selection": "Further review needed"} {
			if strings.Contains(browser.Get(page).Text(), words) {
				where = append(where, page)
			}
		}
		if duties, err := h.service.Duties(t.Context(), sc); err != nil || slices.ContainsFunc(duties, func(d selection.Duty) bool { return d.Kind == selection.DutyThird }) {
			where = append(where, "duties")
		}
		if h.newsFor(sc.Actor().Person)["selection.notify.third"] > 0 {
			where = append(where, "bell")
		}
		return where
	}
	if where := knows(officer); len(where) < 4 {
		t.Errorf("who owes none is told only in %v", where)
	}
	if where := knows(both); len(where) > 0 {
		t.Errorf("who owes one is told in %v", where)
	}
	h.write(t, both, owed, 6, "TEXT")
	must(t, h.service.Submit(t.Context(), both, owed))
	if where := knows(both); len(where) < 3 {
		t.Errorf("who has submitted is told only in %v", where)
	}
}
