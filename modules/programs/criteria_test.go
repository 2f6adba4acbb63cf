package programs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

// shares are a call's criteria with their weights, in order.
func shares(c programs.Call) string {
	var all []string
	for _, k := range c.Criteria {
		all = append(all, fmt.Sprintf("%s %d", k.Key, k.Weight))
	}
	return strings.Join(all, ", ")
}

func TestTheCoordinatorArrangesCriteria(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/criteria"
	b.Get("/program/calls/" + c.ID.String() + "/rules")
	b.Want(200, "Change the criteria", "0 to 10 points")
	b.Get(page)
	b.Want(200, "Together: 100 %")
	b.Submit(page, "do", "move:0:2", "weight_need", "many")
	b.Want(200, "Not saved yet")
	if b.Page.Value("weight_need") != "many" {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "do", "save")
	b.Want(422, "Share of “Need and relevance”")
	b.Submit(page, "do", "save", "weight_need", "30")
	b.Want(422, "The weights add up to 105, not to 100.")
	b.Submit(page, "do", "save", "weight_need", "20", "weight_inclusion", "10")
	b.Want(200, "Saved.")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if got := shares(now); got != "commitment 20, learning 20, need 20, partnership 20, feasibility 10, inclusion 10" {
		t.Error(got)
	}
	b.Submit(page, "do", "remove:0")
	b.Want(200, "Together: 100 %")
	b.Submit(page, "do", "even")
	b.Submit(page, "do", "up:4")
	b.Submit(page, "do", "save")
	now, err = h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	if got := shares(now); got != "learning 20, need 20, partnership 20, inclusion 20, feasibility 20" {
		t.Error(got)
	}
	for name, bad := range map[string][]programs.Share{
		"nothing":        nil,
		"an unknown one": {{Key: "beauty", Weight: 100}},
		"one twice":      {{Key: "need", Weight: 50}, {Key: "need", Weight: 50}},
		"less than none": {{Key: "need", Weight: -1}, {Key: "learning", Weight: 101}},
	} {
		if err := h.service.Arrange(t.Context(), sc, c.ID, now.Version, programs.Arrangement{Shares: bad}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.Arrange(t.Context(), sc, c.ID, now.Version-1, programs.Arrangement{Shares: []programs.Share{{Key: "need", Weight: 100}}}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("an old page: %v", err)
	}
}

func TestACriterionIsAddedAndEdited(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.drafted(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/criteria/edit"
	b.Get(page)
	b.Submit(page, "do", "save", "lowest", "4", "highest", "4", "threshold", "9.75", "guidance_tr", "Neye bakılır?")
	b.Want(422, "The highest score must lie above the lowest.", "Name (English)")
	if b.Page.Value("threshold") != "9.75" || !strings.Contains(b.Page.Body, "Neye bakılır?") {
		t.Error("what was typed is lost")
	}
	b.Submit(page, "do", "points", "name_en", "Courage", "lowest", "1", "highest", "4", "step", "half")
	b.Want(200, "1.5", "3.5")
	b.Submit(page, "do", "save", "threshold", "2.25", "point_3.5_en", "Bold")
	b.Want(422, "above 1, at most 4")
	b.Submit(page, "do", "save", "threshold", "2.5", "weight", "20", "comment", "optional")
	b.Want(200, "Saved.", "Courage", "1 to 4 points, halves too · at least 2.5 on average")
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	want := blueprints.Criterion{
		Key: "criterion7", Weight: 20, Name: i18n.Text{i18n.EN: "Courage"}, Guidance: i18n.Text{i18n.TR: "Neye bakılır?"}, Lowest: 1, Highest: 4, Halves: true, Threshold: 2.5,
		CommentOptional: true, Points: []blueprints.Meaning{{Value: "3.5", Label: i18n.Text{i18n.EN: "Bold"}}},
	}
	if diff := cmp.Diff(want, now.Criteria[6]); diff != "" {
		t.Error(diff)
	}
	if got := shares(now); got != "need 20, commitment 16, learning 16, partnership 16, feasibility 8, inclusion 4, criterion7 20" {
		t.Error(got)
	}
	b.Get(page + "?criterion=criterion7")
	b.Submit(page+"?criterion=criterion7", "do", "save", "name_en", "Courage and care", "threshold", "")
	b.Want(200, "Courage and care")
	b.Get(page + "?criterion=beauty")
	b.Want(404)
	must(t, h.service.Publish(t.Context(), sc, c.ID, now.Version+1))
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "Courage and care", "1 to 4 points, halves too", "Bold", "0 to 10 points")
	again, err := h.service.BeginAgain(t.Context(), sc, c.ID, "2029", c.OpensAt)
	must(t, err)
	if again.Criteria[6].Highest != 4 {
		t.Error("the next call has another scale")
	}
}

func TestScoresKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	b := h.SignedIn(t, sc.Actor())
	page := "/program/calls/" + c.ID.String() + "/criteria"
	b.Get(page + "/edit?criterion=need")
	b.Submit(page+"/edit?criterion=need", "do", "save", "highest", "5")
	b.Want(422, "Reason")
	b.Submit(page+"/edit?criterion=need", "do", "save", "highest", "5", "reason", "Five points are enough.")
	b.Want(200, "Saved.")
	visitor := h.Browser(t, h.Tenant)
	visitor.Get("/calls/" + c.ID.String())
	visitor.Want(200, "The criteria were changed", "Five points are enough.", "0 to 5 points")

	h.reviews.move(func(r *programs.Reviewing) { r.Begun = true })
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	need := now.Criteria[0]
	for name, change := range map[string]func(k *blueprints.Criterion){
		"lowest": func(k *blueprints.Criterion) { k.Lowest = 1 }, "highest": func(k *blueprints.Criterion) { k.Highest = 6 },
		"step": func(k *blueprints.Criterion) { k.Halves = true }, "threshold": func(k *blueprints.Criterion) { k.Threshold = 2 },
	} {
		k := need
		change(&k)
		err := h.service.SetCriterion(t.Context(), sc, c.ID, now.Version, k, "Because.")
		if f := fault.Of(err); !fault.Is(err, fault.KindInvalid) || len(f.Fields) != 1 || f.Fields[0].Name != name || f.Fields[0].Key != "programs.criteria.begun" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.service.AddCriterion(t.Context(), sc, c.ID, now.Version, blueprints.Criterion{Name: i18n.Text{i18n.EN: "New"}}, "Because."); !fault.Is(err, fault.KindConflict) {
		t.Errorf("one more: %v", err)
	}
	all := func(move int) programs.Arrangement {
		a := programs.Arrangement{Reason: "Because."}
		for i, k := range now.Criteria {
			a.Shares = append(a.Shares, programs.Share{Key: k.Key, Weight: k.Weight + []int{move, -move, 0, 0, 0, 0}[i]})
		}
		return a
	}
	fewer := all(0)
	fewer.Shares = fewer.Shares[1:]
	fewer.Shares[0].Weight += need.Weight
	later := all(0)
	later.WeightsOpen = true
	for name, a := range map[string]programs.Arrangement{"one less": fewer, "other weights": all(5), "weights that may change, from now on": later} {
		if err := h.service.Arrange(t.Context(), sc, c.ID, now.Version, a); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.Get(page)
	b.Want(200, "Reviewing has begun")
	if strings.Contains(b.Page.Body, `value="remove:0"`) {
		t.Error("the page offers to take a criterion out")
	}
	b.Submit(page, "do", "down:0")
	b.Submit(page, "do", "save", "reason", "Read this first.")
	b.Want(200, "Saved.")
	b.Get(page + "/edit?criterion=need")
	b.Submit(page+"/edit?criterion=need", "do", "save", "name_en", "Need, relevance", "reason", "A typing mistake.")
	b.Want(200, "Need, relevance")
	if h.reviews.reweighed() != nil {
		t.Error("totals were computed anew for nothing")
	}
}

func TestWeightsThatMayChangeAreCountedAnew(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	sc := h.coordinator(t)
	a := programs.Arrangement{WeightsOpen: true, Reason: "The board wishes it."}
	for _, k := range c.Criteria {
		a.Shares = append(a.Shares, programs.Share{Key: k.Key, Weight: k.Weight})
	}
	now, err := h.service.Call(t.Context(), sc, c.ID)
	must(t, err)
	must(t, h.service.Arrange(t.Context(), sc, c.ID, now.Version, a))
	h.reviews.move(func(r *programs.Reviewing) { r.Begun = true })
	a.Shares[0].Weight, a.Shares[1].Weight = a.Shares[0].Weight+5, a.Shares[1].Weight-5
	must(t, h.service.Arrange(t.Context(), sc, c.ID, now.Version+1, a))
	if len(h.reviews.reweighed()) != 6 || h.reviews.reweighed()[0].Weight != 30 {
		t.Errorf("computed anew by %v", h.reviews.reweighed())
	}
	h.reviews.move(func(r *programs.Reviewing) { r.Decided = true })
	a.Shares[0].Weight, a.Shares[1].Weight = a.Shares[0].Weight-5, a.Shares[1].Weight+5
	if err := h.service.Arrange(t.Context(), sc, c.ID, now.Version+2, a); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("after the decision: %v", err)
	}
}

func TestWhoChangesCriteria(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.published(t)
	now, err := h.service.Call(t.Context(), h.coordinator(t), c.ID)
	must(t, err)
	officer := h.As(t, tenanttest.Role(tenants.RoleOfficer))
	if err := h.service.SetCriterion(t.Context(), officer, c.ID, now.Version, now.Criteria[0], "Because."); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("an officer changes a published call: %v", err)
	}
	b := h.SignedIn(t, officer.Actor())
	b.Get("/program/calls/" + c.ID.String() + "/criteria")
	b.Want(200, "coordinators change its criteria")
	if err := h.service.SetCriterion(t.Context(), h.coordinator(t), ids.New[ids.Call](), 1, now.Criteria[0], "Because."); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a call of nobody: %v", err)
	}
	draft := h.drafted(t)
	must(t, h.service.SetCriterion(t.Context(), officer, draft.ID, draft.Version, now.Criteria[0], ""))
}
