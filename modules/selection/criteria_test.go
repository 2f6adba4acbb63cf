package selection_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/selection"
	"kervan/modules/selection/figures"
	"kervan/tenants"
)

// judgedBy gives the house's call other criteria.
func (h *house) judgedBy(all ...blueprints.Criterion) {
	h.around.mu.Lock()
	defer h.around.mu.Unlock()
	for i := range h.around.calls {
		if h.around.calls[i].ID == h.call.ID {
			h.around.calls[i].Criteria = all
		}
	}
	h.call.Criteria = all
}

func TestScalesOfTheirOwnCount(t *testing.T) {
	t.Parallel()
	criteria := []blueprints.Criterion{{Key: "a", Weight: 50, Lowest: 1, Highest: 4}, {Key: "b", Weight: 30, Highest: 5, Halves: true}, {Key: "c", Weight: 20}}
	for name, tt := range map[string]struct {
		a, b, c float64
		want    figures.Points
	}{
		"the lowest gives nothing":  {1, 0, 0, 0},
		"the highest gives all":     {4, 5, 10, 10000},
		"halves count":              {1, 2.5, 0, 1500},
		"thirds are exact together": {2, 4.5, 7, 1667 + 2700 + 1400},
		"another third":             {3, 0.5, 1, 3333 + 300 + 200},
	} {
		got, complete := selection.Total(criteria, 10, map[string]selection.Mark{"a": {Score: tt.a}, "b": {Score: tt.b}, "c": {Score: tt.c}})
		if got != tt.want || !complete {
			t.Errorf("%s: %d (complete: %v), want %d", name, got, complete, tt.want)
		}
	}
	free := []blueprints.Criterion{{Key: "a", Weight: 100, CommentOptional: true}}
	if bad := selection.Missing(free, 10, map[string]selection.Mark{"a": {Score: 1}}); len(bad) != 0 {
		t.Errorf("words that may be left out are asked for: %v", bad)
	}
	mine := []blueprints.Criterion{{Key: "a", Weight: 100, Lowest: 1, Highest: 4}}
	for score, want := range map[float64]int{2: 1, 3: 0} {
		if bad := selection.Missing(mine, 10, map[string]selection.Mark{"a": {Score: score, Feedback: strings.Repeat("ö", 40)}}); len(bad) != want {
			t.Errorf("%v of 1 to 4 with a sentence: %v", score, bad)
		}
	}
}

func TestAThresholdIsAMean(t *testing.T) {
	t.Parallel()
	criteria := []blueprints.Criterion{{Key: "a", Weight: 60, Threshold: 5.3}, {Key: "b", Weight: 40}}
	reviewed := func(state selection.ReviewState, scores ...float64) []selection.Review {
		var all []selection.Review
		for _, s := range scores {
			all = append(all, selection.Review{State: state, Marks: map[string]selection.Mark{"a": {Score: s}, "b": {Score: 0}}})
		}
		return all
	}
	for name, tt := range map[string]struct {
		reviews []selection.Review
		want    []string
	}{
		"nobody has reviewed":        {nil, nil},
		"only drafts":                {reviewed(selection.ReviewOpen, 1), nil},
		"a mean above":               {reviewed(selection.ReviewSubmitted, 5, 6), nil},
		"a mean that is the least":   {reviewed(selection.ReviewSubmitted, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6), nil},
		"a mean below":               {reviewed(selection.ReviewSubmitted, 5, 5.5), []string{"a"}},
		"one that nobody has scored": {reviewed(selection.ReviewSubmitted, selection.NoScore), nil},
	} {
		if diff := cmp.Diff(tt.want, selection.Below(criteria, tt.reviews)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestReviewersScoreOnTheCallsScales(t *testing.T) {
	t.Parallel()
	h := open(t)
	coordinator := h.role(t, "Nur", tenants.RoleCoordinator)
	need := criteria()[0]
	need.Weight, need.Lowest, need.Highest, need.Halves, need.Threshold = 60, 1, 5, true, 3
	need.Points = []blueprints.Meaning{{Value: "4.5", Label: need.Name}}
	rest := criteria()[1]
	rest.Weight, rest.CommentOptional = 40, true
	h.judgedBy(need, rest)
	a, _ := h.apply(t, "Meşe")
	reviewer := h.role(t, "Ela", tenants.RoleReviewer)
	id := h.assign(t, a, reviewer)[0]
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	for _, score := range []float64{0.5, 1.25, 5.5, 0} {
		if _, err := h.service.Save(t.Context(), reviewer, id, selection.Typed{Ref: "need", Score: score}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%v of 1 to 5 in halves: %v", score, err)
		}
	}
	if _, err := h.service.Save(t.Context(), reviewer, id, selection.Typed{Ref: rest.Key, Score: 2.5}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("half a point where there are whole ones: %v", err)
	}
	if standing, err := selection.Reviewed(t.Context(), h.System(), h.call.ID); err != nil || standing.Begun {
		t.Errorf("what was refused counts as begun: %+v, %v", standing, err)
	}
	b := h.SignedIn(t, reviewer.Actor())
	page := "/reviews/" + id.String()
	b.Get(page)
	b.Want(200, "1 1.5 2 2.5")
	b.Submit(page, "answers[need][score]", "2.5", "answers[need][text]", words("half"), "answers["+rest.Key+"][score]", "10", "submit", "yes")
	b.Want(200, "2.5 of 5", "62.5")
	if standing, err := selection.Reviewed(t.Context(), h.System(), h.call.ID); err != nil || !standing.Begun || standing.Decided {
		t.Errorf("a mark is saved: %+v, %v", standing, err)
	}
	if err := h.service.Submit(t.Context(), reviewer, id); err != nil {
		t.Fatal(err)
	}
	panel, err := h.service.Panel(t.Context(), coordinator, h.call.ID)
	if err != nil || len(panel.Ranked) != 1 || !cmp.Equal(panel.Ranked[0].Below, []string{"need"}) || panel.Ranked[0].Rank.Mean != 62.5 {
		t.Fatalf("ranking: %+v, %v", panel.Ranked, err)
	}
	o := h.SignedIn(t, coordinator.Actor())
	o.Get("/selection/" + h.call.ID.String() + "/ranking")
	o.Want(200, "Below the threshold: Need and relevance")
	o.Get("/selection/applications/" + a.ID.String())
	o.Want(200, "Mean 2.5, at least 3.0 expected")
}

func TestTotalsFollowTheWeights(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, second := criteria()[0], criteria()[1]
	first.Weight, second.Weight = 50, 50
	h.judgedBy(first, second)
	a, _ := h.apply(t, "Meşe")
	reviewer := h.role(t, "Ela", tenants.RoleReviewer)
	id := h.assign(t, a, reviewer)[0]
	if err := h.service.Declare(t.Context(), reviewer, id, selection.Declaration{}); err != nil {
		t.Fatal(err)
	}
	typed := []selection.Typed{{Ref: first.Key, Score: 10, Feedback: words("a")}, {Ref: second.Key, Score: 0, Feedback: words("b")}}
	if _, _, err := h.service.SaveAll(t.Context(), reviewer, id, typed); err != nil {
		t.Fatal(err)
	}
	if err := h.service.Submit(t.Context(), reviewer, id); err != nil {
		t.Fatal(err)
	}
	first.Weight, second.Weight = 70, 30
	err := h.System().Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
		if standing, err := selection.Freeze(ctx, tx, h.call.ID); err != nil || !standing.Begun {
			return errors.Join(err, errors.New("a submitted review does not count as begun"))
		}
		return selection.Reweigh(ctx, tx, h.call.ID, []blueprints.Criterion{first, second}, 10)
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.service.Desk(t.Context(), reviewer, id)
	if err != nil || d.Points != 7000 {
		t.Errorf("the total is %d, %v", d.Points, err)
	}
}
