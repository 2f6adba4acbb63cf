package selection_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kervan/modules/selection"
	"kervan/modules/solver"
	"kervan/tenants"
)

// TestARunIsCheckedFromItsPage takes along what is offered, computes it anew, and reads who is which number.
func TestARunIsCheckedFromItsPage(t *testing.T) {
	t.Parallel()
	c := gather(t)
	tight := c.settings()
	tight.Reviews.Min, tight.Reviews.Max, tight.Load.Max = 3, 3, 1
	for name, g := range map[string]selection.Settings{"possible": c.settings(), "not possible": tight} {
		p := c.begin(t, c.coordinator, g)
		at := "/selection/" + c.call.ID.String() + "/automatic/" + p.ID.String()
		b := c.SignedIn(t, c.coordinator.Actor())
		b.Get(at)
		b.Want(http.StatusOK, "Check this run")
		page := b.Get(at + "/check")
		b.Want(http.StatusOK, "kervan solve assignment-", " | diff - answer-assignment-", "Seed: "+strconv.FormatUint(g.Seed, 10), "Applications", "Reviewers")
		instance, answer := b.Get(at+"/instance").Body, b.Get(at+"/answer").Body
		solved, err := solver.Solve(t.Context(), []byte(instance))
		if err != nil || string(solved)+"\n" != answer {
			t.Errorf("%s: the solver says %s, %v, not %s", name, solved, err, answer)
		}
		if !strings.Contains(page.Body, at+"/instance") || !strings.Contains(page.Body, at+"/answer") {
			t.Errorf("%s: the files are not offered", name)
		}
		legend := b.Get(at + "/check?format=csv").Body
		for i, id := range p.Applications {
			k := slices.IndexFunc(c.all, func(a selection.Application) bool { return a.ID == id })
			if line := "Applications," + strconv.Itoa(i) + "," + c.all[k].Heading(); !strings.Contains(legend, line) {
				t.Errorf("%s: %q is not in %s", name, line, legend)
			}
		}
		for k, person := range p.Reviewers {
			if line := "Reviewers," + strconv.Itoa(k) + "," + p.Names[person]; !strings.Contains(legend, line) {
				t.Errorf("%s: %q is not in %s", name, line, legend)
			}
		}
	}
}

func TestWhoHasAConflictChecksNoRun(t *testing.T) {
	t.Parallel()
	c := gather(t)
	officer := c.role(t, "Ofis", tenants.RoleOfficer)
	p := c.begin(t, c.coordinator, c.settings())
	c.conflict(t, officer, c.all[0])
	b := c.SignedIn(t, officer.Actor())
	for _, below := range []string{"/check", "/check?format=csv", "/instance", "/answer"} {
		b.Get("/selection/" + c.call.ID.String() + "/automatic/" + p.ID.String() + below)
		b.Want(http.StatusNotFound)
	}
}

func TestARunWithoutAnAnswerSaysSo(t *testing.T) {
	t.Parallel()
	c := gather(t)
	id, err := c.service.StartRun(t.Context(), c.coordinator, c.call.ID, c.settings())
	if err != nil {
		t.Fatal(err)
	}
	done(t, c.service.CancelRun(t.Context(), c.coordinator, c.call.ID, id))
	at := "/selection/" + c.call.ID.String() + "/automatic/" + id.String()
	b := c.SignedIn(t, c.coordinator.Actor())
	page := b.Get(at + "/check")
	b.Want(http.StatusOK, "There is no answer to compare with.")
	if strings.Contains(page.Body, at+"/answer") || strings.Contains(page.Body, "diff") {
		t.Error("an answer is offered")
	}
	b.Get(at + "/answer")
	b.Want(http.StatusNotFound)
}

func TestCheckPagesAskAsOftenForManyAsForFew(t *testing.T) {
	t.Parallel()
	c := gather(t)
	b := c.SignedIn(t, c.coordinator.Actor())
	ask := func() int64 {
		p := c.begin(t, c.coordinator, c.settings())
		return c.queries.Least(func() { b.Get("/selection/" + c.call.ID.String() + "/automatic/" + p.ID.String() + "/check") })
	}
	few := ask()
	for _, name := range []string{"Kayın", "Ardıç", "Selvi"} {
		c.apply(t, name)
	}
	if many := ask(); many != few || many > 12 {
		t.Errorf("%d queries, then %d", few, many)
	}
}
