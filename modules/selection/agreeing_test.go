package selection_test

import (
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/selection"
	"kervan/modules/solver"
	"kervan/modules/solver/agreement"
	"kervan/tenants"
)

// reviewed is a call with three applications that two reviewers have reviewed, one strict and one generous.
type reviewed struct {
	coordinator, one, two tenants.Scope
	all                   []selection.Application
}

func (h *house) reviewed(t *testing.T) reviewed {
	t.Helper()
	r := reviewed{coordinator: h.role(t, "Defne", tenants.RoleCoordinator), one: h.role(t, "NAME-strict", tenants.RoleReviewer), two: h.role(t, "NAME-generous", tenants.RoleReviewer)}
	for i, name := range []string{"Ihlamur", "Zeytin", "Meşe"} {
		a, _ := h.apply(t, name)
		r.all = append(r.all, a)
		h.review(t, a, map[*tenants.Scope]int{&r.one: 3 + i, &r.two: 5 + i})
	}
	return r
}

func TestHowFarReviewersAgree(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	a, err := h.service.Agreement(t.Context(), r.coordinator, h.call.ID)
	if err != nil || !a.Enough() || len(a.Measured) != 1+len(h.call.Criteria) || len(a.Adjustment.Habits) != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	strict := a.Adjustment.Habits[0]
	if a.Names[strict.Person] != "NAME-strict" || strict.Effect >= 0 || strict.Effect != -a.Adjustment.Habits[1].Effect {
		t.Errorf("the strict reviewer: %+v", strict)
	}
	n := 0
	for _, x := range a.Totals {
		n += x
	}
	if n != 6 {
		t.Errorf("%d totals are counted", n)
	}
	for _, m := range a.Measured {
		instance, err := h.service.Instance(t.Context(), r.coordinator, h.call.ID, m.Key())
		if err != nil {
			t.Fatal(err)
		}
		answer, err := h.service.Answer(t.Context(), r.coordinator, h.call.ID, m.Key())
		if err != nil {
			t.Fatal(err)
		}
		solved, err := solver.Solve(t.Context(), instance)
		if err != nil || string(solved) != string(answer) {
			t.Errorf("%q: the solver answers %s, %v, not %s", m.Key(), solved, err, answer)
		}
		var said struct {
			Alpha map[string]*float64 `json:"alpha"`
			ICC   map[string]*float64 `json:"icc"`
		}
		if err := json.Unmarshal(answer, &said); err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]agreement.Measure{"nominal": m.Report.Alpha.Nominal, "ordinal": m.Report.Alpha.Ordinal, "interval": m.Report.Alpha.Interval, "ratio": m.Report.Alpha.Ratio} {
			if got := said.Alpha[name]; x.Why != "" || got == nil || *got != x.Value {
				t.Errorf("%q: %s is %v beside %+v", m.Key(), name, got, x)
			}
		}
		if got := said.ICC["2"]; got == nil || *got != m.Report.ICC.Two.Value {
			t.Errorf("%q: ICC(2) is %v beside %+v", m.Key(), got, m.Report.ICC.Two)
		}
		for _, secret := range []string{"NAME", "Ihlamur", r.one.Actor().Person.String(), r.all[0].ID.String(), r.all[0].Number} {
			if strings.Contains(string(instance)+string(answer), secret) {
				t.Errorf("%s stands in %s", secret, instance)
			}
		}
	}
	if _, err := h.service.Instance(t.Context(), r.coordinator, h.call.ID, "nothing"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an instance of nothing: %v", err)
	}
}

// TestInstancesAreWrittenOut holds an instance to its numbers: the totals of scores from 1 to 10, and scores in half points.
func TestInstancesAreWrittenOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	h.assign(t, r.all[0], h.role(t, "Third", tenants.RoleReviewer))
	instance, err := h.service.Instance(t.Context(), r.coordinator, h.call.ID, h.call.Criteria[0].Key)
	if err != nil || string(instance) != `{"kind":"agreement","ratings":[[3,4,5],[5,6,7]]}` {
		t.Errorf("%s, %v", instance, err)
	}
}

// TestOnlyWhatTheActorMayKnowIsCompared holds for conflicts of interest, for reviews that are owed, and for too few.
func TestOnlyWhatTheActorMayKnowIsCompared(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	chair, officer := h.role(t, "Otto", tenants.RoleChair), h.role(t, "Ofis", tenants.RoleOfficer)
	fourth, _ := h.apply(t, "Çınar")
	h.review(t, fourth, map[*tenants.Scope]int{&r.one: 9, &r.two: 1})
	compared := func(sc tenants.Scope) int {
		t.Helper()
		a, err := h.service.Agreement(t.Context(), sc, h.call.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !a.Enough() && (len(a.Adjustment.Habits) > 0 || len(a.Names) > 0 || a.Measured[0].Report != (agreement.Report{}) || a.Totals != [10]int{}) {
			t.Errorf("too few are compared: %+v", a)
		}
		return a.Measured[0].Compared
	}
	if n := compared(chair); n != 4 {
		t.Errorf("the chair compares %d", n)
	}
	own := h.assign(t, fourth, chair)[0]
	if n := compared(chair); n != 3 {
		t.Errorf("the chair, who owes a review, compares %d", n)
	}
	h.write(t, chair, own, 5, "TEXT")
	if err := h.service.Submit(t.Context(), chair, own); err != nil {
		t.Fatal(err)
	}
	if n := compared(chair); n != 4 {
		t.Errorf("after the own review the chair compares %d", n)
	}
	for i, a := range []selection.Application{fourth, r.all[0]} {
		if err := h.service.DeclareConflict(t.Context(), officer, a.ID, selection.Declaration{Kind: selection.ConflictWork}); err != nil {
			t.Fatal(err)
		}
		if n := compared(officer); n != 3-i {
			t.Errorf("an officer with %d conflicts compares %d", i+1, n)
		}
	}
	if _, err := h.service.Instance(t.Context(), officer, h.call.ID, ""); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an instance of two applications: %v", err)
	}
	browser := h.SignedIn(t, officer.Actor())
	page := browser.Get("/selection/" + h.call.ID.String() + "/agreement")
	browser.Want(http.StatusOK, "Too few reviews to compare")
	if strings.Contains(page.Body, "NAME") {
		t.Error("a reviewer is named where too few can be compared")
	}
}

func TestAdjustedMeansStandBesideRawOnes(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	// The strict reviewer alone reads one more, the generous one another: by the raw means the latter is better.
	strict, _ := h.apply(t, "STRICT")
	generous, _ := h.apply(t, "GENEROUS")
	h.review(t, strict, map[*tenants.Scope]int{&r.one: 6})
	h.review(t, generous, map[*tenants.Scope]int{&r.two: 7})
	panel := func() selection.Panel {
		t.Helper()
		p, err := h.service.Panel(t.Context(), r.coordinator, h.call.ID)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	of := func(p selection.Panel, id ids.Application) selection.Ranked {
		return p.Ranked[slices.IndexFunc(p.Ranked, func(r selection.Ranked) bool { return r.ID == id })]
	}
	before := panel()
	if before.Adjusted || of(before, strict.ID).Adjusted != 0 {
		t.Error("adjusted means stand in the ranking of themselves")
	}
	browser := h.SignedIn(t, r.coordinator.Actor())
	path := "/selection/" + h.call.ID.String()
	ranking := func(query string) string { return browser.Get(path + "/ranking" + query).Text() }
	first := func(text, a, b string) bool { return strings.Index(text, a) < strings.Index(text, b) }
	if text := ranking("?sort=adjusted&desc=1"); strings.Contains(text, "Adjusted mean") || first(text, "STRICT", "GENEROUS") {
		t.Error("the ranking is ordered by means that are not shown")
	}
	browser.Get(path + "/agreement")
	browser.Submit(path+"/agreement/adjustment", "show", "yes")
	browser.Want(http.StatusOK, "Saved.", "The adjusted mean stands beside the mean")
	if err := h.service.ShowAdjusted(t.Context(), r.coordinator, h.call.ID, true); err != nil {
		t.Error(err)
	}
	after := panel()
	if !after.Adjusted || of(after, strict.ID).Adjusted <= of(after, generous.ID).Adjusted {
		t.Errorf("strict %+v, generous %+v", of(after, strict.ID), of(after, generous.ID))
	}
	for i := range after.Ranked {
		if after.Ranked[i].ID != before.Ranked[i].ID || after.Ranked[i].Rank != before.Ranked[i].Rank {
			t.Error("adjusting changes the order, the means or the bands")
		}
	}
	if text := ranking(""); !strings.Contains(text, "Adjusted mean") || first(text, "STRICT", "GENEROUS") {
		t.Error("the ranking is not ordered by the raw means, or lacks the adjusted ones")
	}
	if !first(ranking("?sort=adjusted&desc=1"), "STRICT", "GENEROUS") {
		t.Error("the ranking cannot be ordered by the adjusted means")
	}
	if err := h.service.ShowAdjusted(t.Context(), r.coordinator, h.call.ID, false); err != nil {
		t.Error(err)
	}
	if panel().Adjusted {
		t.Error("the adjusted means cannot be hidden")
	}
	for who, role := range map[string]tenants.Role{"an officer": tenants.RoleOfficer, "the chair": tenants.RoleChair, "a reviewer": tenants.RoleReviewer} {
		if err := h.service.ShowAdjusted(t.Context(), h.role(t, who, role), h.call.ID, true); !fault.Is(err, fault.KindForbidden) && !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s shows adjusted means: %v", who, err)
		}
	}
	if err := h.service.ShowAdjusted(t.Context(), r.coordinator, ids.New[ids.Call](), true); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("of no call: %v", err)
	}
	var trail []string
	for _, action := range []string{"adjustment.shown", "adjustment.hidden"} {
		trail = append(trail, slices.Repeat([]string{action}, h.audited(t, action))...)
	}
	if !slices.Equal(trail, []string{"adjustment.shown", "adjustment.hidden"}) {
		t.Errorf("audited: %v", trail)
	}
}

func (h *house) audited(t *testing.T, action string) int {
	t.Helper()
	n := 0
	if err := h.System().Read().NewRaw("SELECT count(*) FROM audit_entries WHERE action = ?", action).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestThePageOfAgreement(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	path := "/selection/" + h.call.ID.String() + "/agreement"
	for who, role := range map[string]tenants.Role{"a coordinator": tenants.RoleCoordinator, "an officer": tenants.RoleOfficer, "the chair": tenants.RoleChair} {
		browser := h.SignedIn(t, h.role(t, who, role).Actor())
		page := browser.Get(path)
		browser.Want(http.StatusOK, "NAME-strict", "NAME-generous", "-10.0", "Alpha, interval scale", "Totals")
		if first, second := strings.Index(page.Text(), "Alpha, interval scale"), strings.Index(page.Text(), "Alpha, ordinal scale"); first > second {
			t.Errorf("%s does not see the fitting level first", who)
		}
		if offered := strings.Contains(page.Body, path+"/adjustment"); offered != (role == tenants.RoleCoordinator) {
			t.Errorf("%s is offered to show adjusted means: %v", who, offered)
		}
		browser.Get(path + "?format=csv")
		browser.Want(http.StatusOK, "NAME-strict", "3")
		browser.Get(path + "?of=measures&format=csv")
		browser.Want(http.StatusOK, "ICC(2)", h.call.Criteria[0].Name.String(i18n.EN, i18n.All...))
		browser.Get(path + "/instance?of=" + url.QueryEscape(h.call.Criteria[0].Key))
		browser.Want(http.StatusOK, `{"kind":"agreement","ratings":[[`)
		browser.Get(path + "/answer")
		browser.Want(http.StatusOK, `"alpha":{`)
	}
	browser := h.SignedIn(t, r.coordinator.Actor())
	csrf := browser.Get(path).Value("_csrf")
	browser.Post(path+"/adjustment", url.Values{"_csrf": {csrf}, "show": {"perhaps"}})
	browser.Want(http.StatusUnprocessableEntity)
}

// TestWhyAMeasureIsMissing has a sentence of ours for every reason that the solver gives.
func TestWhyAMeasureIsMissing(t *testing.T) {
	t.Parallel()
	h := open(t)
	r := h.reviewed(t)
	third := h.role(t, "Third", tenants.RoleReviewer)
	for _, name := range []string{"Four", "Five", "Six"} {
		a, _ := h.apply(t, name)
		h.review(t, a, map[*tenants.Scope]int{&third: 5})
	}
	browser := h.SignedIn(t, r.coordinator.Actor())
	page := browser.Get("/selection/" + h.call.ID.String() + "/agreement")
	browser.Want(http.StatusOK, "This needs two applications or more that every reviewer has rated.", "2 groups that share no application")
	if strings.Contains(page.Body, "not defined for these ratings") {
		t.Error("a reason has no words")
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// TestOneWay holds the correlation against Shrout and Fleiss (1979), table 2, and against unequal numbers by hand.
func TestOneWay(t *testing.T) {
	t.Parallel()
	published := [][]int64{{9, 6, 8, 7, 10, 6}, {2, 1, 4, 1, 5, 2}, {5, 3, 6, 2, 6, 4}, {8, 2, 8, 6, 9, 7}}
	if m := selection.OneWay(published); m.Why != "" || !near(m.Value, 0.1657417684) {
		t.Errorf("published: %+v", m)
	}
	none := int64(agreement.Missing)
	// Means 2 and 7, of all 5: between 2 × 9 + 3 × 4 = 30 with 1, within 2 + 8 = 10 with 3, n₀ = 2.4.
	if m := selection.OneWay([][]int64{{1, 5, none}, {3, 7, 4}, {none, 9, none}}); m.Why != "" || !near(m.Value, (30-10.0/3)/(30+1.4*10/3)) {
		t.Errorf("unequal: %+v", m)
	}
	for name, ratings := range map[string][][]int64{"nothing": nil, "one unit": {{1}, {2}}, "all equal": {{3, 3}, {3, 3}}} {
		if m := selection.OneWay(ratings); m.Why == "" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}
