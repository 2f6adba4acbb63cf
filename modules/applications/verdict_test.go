package applications_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/applications"
	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
)

func TestAVerdictIsAnOfficersOrTheRules(t *testing.T) {
	t.Parallel()
	byHand := blueprints.Reason{Key: "judged", Name: sentence("Judged")}
	rule := blueprints.Reason{Key: "turkish", Name: sentence("From Türkiye"), When: &forms.Condition{Question: blueprints.FactCountry, Equals: "TR"}}
	ruled, mixed := applications.Call{Eligibility: []blueprints.Reason{rule}}, applications.Call{Eligibility: []blueprints.Reason{byHand, rule}}
	says := func(truths ...forms.Truth) (all []applications.Finding) {
		for _, truth := range truths {
			all = append(all, applications.Finding{Reason: rule, Truth: truth})
		}
		return all
	}
	for name, c := range map[string]struct {
		state applications.State
		call  applications.Call
		found []applications.Finding
		want  applications.Judgment
	}{
		"the answers meet every line":            {applications.Submitted, ruled, says(forms.Holds), applications.Judgment{Verdict: applications.Fit}},
		"officers judge the rest":                {applications.Submitted, mixed, says(forms.Holds), applications.Judgment{Verdict: applications.Unsettled, Met: true}},
		"one of two does not meet it":            {applications.Returned, mixed, says(forms.Holds, forms.Open, forms.Fails), applications.Judgment{Verdict: applications.Unfit, Reasons: []blueprints.Reason{rule}}},
		"an answer is missing":                   {applications.Submitted, ruled, says(forms.Open), applications.Judgment{Verdict: applications.Unsettled, Reasons: []blueprints.Reason{rule}}},
		"a call without rules":                   {applications.Submitted, applications.Call{}, nil, applications.Judgment{Verdict: applications.Unsettled}},
		"an officer knows better":                {applications.Reviewed, mixed, says(forms.Fails), applications.Judgment{Verdict: applications.Fit, Checked: true}},
		"an officer found it ineligible":         {applications.Ineligible, mixed, nil, applications.Judgment{Verdict: applications.Unfit, Checked: true, Reasons: []blueprints.Reason{byHand}}},
		"what is withdrawn is nobody's business": {applications.Withdrawn, mixed, says(forms.Fails), applications.Judgment{}},
	} {
		if diff := cmp.Diff(c.want, applications.Judge(c.state, []string{"judged"}, c.call, c.found)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTheListIsNarrowedByEligibility(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.call(t, "pair")
	first, _ := h.submitted(t, call, "Ihlamur")
	german := h.side(t, "Lindenhof", "DE")
	second := h.begun(t, call, german, "eu")
	h.fills(t, second)
	h.confirms(t, second, german)
	h.submits(t, second, german)
	third, _ := h.submitted(t, call, "Çam")
	h.moves(call, func(c *applications.Call) {
		c.Eligibility = []blueprints.Reason{{Key: "turkish", Name: sentence("From Türkiye"), Reason: sentence("No"), When: &forms.Condition{Question: blueprints.FactCountry, Equals: "TR"}}}
	})
	h.closes(call)
	officer := h.officer(t)
	b := h.SignedIn(t, officer.Actor())
	b.Get("/applications")
	b.Want(200, "Eligible (2)", "Not eligible (1)", "Undecided (0)", "Eligible (by the rules)", "Not eligible (by the rules)", "From Türkiye")
	if n := strings.Count(b.Page.Body, `name="application"`); n != 2 {
		t.Errorf("%d can be found eligible, want 2", n)
	}
	names := map[applications.Verdict][]ids.Application{applications.Fit: {first, third}, applications.Unfit: {second}, applications.Unsettled: nil}
	for verdict, want := range names {
		l, err := h.service.List(t.Context(), officer, applications.Query{Verdict: verdict, Limit: 1})
		if err != nil || l.Total != len(want) || len(want) > 0 && l.Rows[0].ID != want[0] {
			t.Errorf("%s: %d, %v", verdict, l.Total, err)
		}
	}
	_, after, err := h.service.Neighbours(t.Context(), officer, applications.Query{Verdict: applications.Fit}, first)
	if err != nil || after != third {
		t.Errorf("the next is %s, %v", after, err)
	}

	b.Post("/applications/eligibility", url.Values{"_csrf": {b.Page.Value("_csrf")}, "application": {first.String(), second.String()}})
	b.Want(200, "Some of the chosen could not be checked")
	if a, c := h.find(t, first), h.find(t, second); a.State != applications.Eligible || c.State != applications.Submitted {
		t.Errorf("they are %s and %s", a.State, c.State)
	}
	if err := h.service.Check(t.Context(), officer, second, 0, []string{"turkish"}); err != nil {
		t.Fatal(err)
	}
	b.Get("/applications?eligibility=not_eligible")
	b.Want(200, "1 application", "From Türkiye")
	b.Get("/applications?format=csv")
	if !strings.Contains(b.Page.Body, "Not eligible") || !strings.Contains(b.Page.Body, "Eligible (by the rules)") {
		t.Errorf("the export:\n%s", b.Page.Body)
	}
}

func TestJudgingAListAsksAsOftenForThreeAsForOne(t *testing.T) {
	t.Parallel()
	h := open(t)
	counts := map[int]int64{}
	officer := h.officer(t)
	for _, n := range []int{1, 3} {
		call := h.call(t, "pair")
		h.handedIn(t, call, n)
		h.moves(call, func(c *applications.Call) {
			c.Eligibility = []blueprints.Reason{{Key: "form", Name: sentence("No union"), When: &forms.Condition{Not: &forms.Condition{Question: "legal_form", Equals: "union"}}}}
		})
		counts[n] = h.queries.Least(func() {
			l, err := h.service.List(t.Context(), officer, applications.Query{Call: call, Verdict: applications.Fit})
			if err != nil || l.Total != n {
				t.Errorf("%d of %d: %v", l.Total, n, err)
			}
		})
	}
	if counts[3] != counts[1] {
		t.Errorf("%d queries for three, %d for one", counts[3], counts[1])
	}
}
