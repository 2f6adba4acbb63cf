package partnerships_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kervan/modules/kernel/fault"
	"kervan/modules/partnerships"
	"kervan/modules/solver"
	"kervan/modules/solver/assignment"
)

// TestARunIsCheckedFromItsPage takes along what is offered, computes it anew, and reads who is which number; also once somebody has
// changed by hand what was proposed, and where nothing could be.
func TestARunIsCheckedFromItsPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	b := c.SignedIn(t, c.coordinator.Actor())
	check := func(p *partnerships.Plan, texts ...string) {
		t.Helper()
		at := "/facilitation/" + p.ID.String()
		b.Get(at)
		b.Want(http.StatusOK, "Check this run")
		page := b.Get(at + "/check")
		b.Want(http.StatusOK, append(texts, "kervan solve assignment-", " | diff - answer-assignment-", "Seed: "+strconv.FormatUint(p.Settings.Seed, 10))...)
		if !strings.Contains(page.Body, at+"/instance") || !strings.Contains(page.Body, at+"/answer") {
			t.Error("the files are not offered")
		}
		instance, answer := b.Get(at+"/instance").Body, b.Get(at+"/answer").Body
		solved, err := solver.Solve(t.Context(), []byte(instance))
		if err != nil || string(solved)+"\n" != answer {
			t.Errorf("the solver says %s, %v, not %s", solved, err, answer)
		}
		var in assignment.File
		if err := json.Unmarshal([]byte(instance), &in); err != nil || len(in.Affinity) != len(p.Partnerships) || len(in.Load) != len(p.People) {
			t.Errorf("%s, %v", instance, err)
		}
		legend := b.Get(at + "/check?format=csv").Body
		for i := range p.Partnerships {
			if line := "rows)," + strconv.Itoa(i) + "," + p.Titles[i]; !strings.Contains(legend, line) {
				t.Errorf("%q is not in %s", line, legend)
			}
		}
		for k, person := range p.People {
			if line := "columns)," + strconv.Itoa(k) + "," + p.Names[person]; p.Names[person] == "" || !strings.Contains(legend, line) {
				t.Errorf("%q is not in %s", line, legend)
			}
		}
	}
	p := c.plan(t, c.settings(t), "")
	check(&p)
	if strings.Contains(b.Get("/facilitation/"+p.ID.String()+"/check").Body, "changed by hand") {
		t.Error("it is said to be changed")
	}
	chosen := slices.Clone(p.Run.Chosen)
	chosen[0] = -1
	if err := c.service.Change(t.Context(), c.coordinator, p.ID, chosen); err != nil {
		t.Fatal(err)
	}
	check(&p, "Somebody has changed by hand what was proposed.")
	g := c.settings(t)
	for id := range g.Own {
		g.Own[id] = assignment.Bounds{Min: 2, Max: 2}
	}
	impossible := c.plan(t, g, "")
	check(&impossible)
}

func TestARunWithoutAnAnswerSaysSo(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.stranded(t)
	id, err := c.service.StartRun(t.Context(), c.coordinator, c.settings(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.service.CancelRun(t.Context(), c.coordinator, id); err != nil {
		t.Fatal(err)
	}
	b := c.SignedIn(t, c.coordinator.Actor())
	at := "/facilitation/" + id.String()
	page := b.Get(at + "/check")
	b.Want(http.StatusOK, "There is no answer to compare with.")
	if strings.Contains(page.Body, at+"/answer") {
		t.Error("an answer is offered")
	}
	b.Get(at + "/answer")
	b.Want(http.StatusNotFound)
	if _, _, err := c.service.RunAnswer(t.Context(), c.guides[0], id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a facilitator: %v", err)
	}
}
