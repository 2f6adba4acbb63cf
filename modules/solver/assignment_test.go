package solver

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestWhatIsNoAssignment(t *testing.T) {
	t.Parallel()
	with := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(`{"kind":"assignment","affinity":[[1,2],[3,4]],"conflict":[[0,0],[0,1]],"reviews":{"min":1,"max":1},"load":[{"min":0,"max":1},{"min":0,"max":1}],"objective":"total","fixed":[[0,1]]}`)
	}
	answered(t, map[string]string{with(): `{"feasible":true,"assignment":[[1],[0]],"total":5,"worst":2}`})
	refused(t, map[string]string{
		with(`"affinity"`, `"afinity"`):                        "afinity: is not a field; the fields here are kind, affinity, conflict, reviews, load, objective, fixed and seed",
		with(`[3,4]`, `[3]`):                                   "affinity[1]: has length 1; that of row 0 is 2",
		with(`[3,4]`, `[3,null]`):                              "affinity[1][1]: must be a number, is null",
		with(`[0,1]]`, `[0,2]]`):                               "conflict[1][1]: is neither 0 nor 1",
		with(`[[0,0],`, `[`):                                   "conflict: is of 1 × 2; affinity is of 2 × 2",
		with(`"min":1`, `"min":2`):                             "reviews.min: 2 is more than max, which is 1",
		with(`"min":1,`, ``):                                   "reviews.min: is missing",
		with(`"min":1`, `"min":-1`):                            "reviews.min: -1 is not a bound; bounds are 0 to 1000000",
		with(`"min":1`, `"min":0.5`):                           "reviews.min: 0.5 is not a bound; bounds are 0 to 1000000",
		with(`{"min":0,"max":1}]`, `{"min":0}]`):               "load[1].max: is missing",
		with(`{"min":0,"max":1}]`, `{"min":3,"max":1}]`):       "load[1].min: 3 is more than max, which is 1",
		with(`,{"min":0,"max":1}]`, `]`):                       "load: has length 1; the number of reviewers in affinity is 2",
		with(`"total"`, `"best"`):                              `objective: "best" is neither total nor fair`,
		with(`"fixed":[[0,1]]`, `"fixed":[[0,2]]`):             "fixed[0][1]: 2 is not a reviewer; reviewers are 0 to 1",
		with(`"fixed":[[0,1]]`, `"fixed":[[0,1,2]]`):           "fixed[0][2]: is one too many; this is [application, reviewer]",
		with(`"fixed":[[0,1]]`, `"fixed":[[0,1],[2,0]]`):       "fixed[1][0]: 2 is not an application; applications are 0 to 1",
		with(`"objective":"total"`, `"seed":-1`):               "seed: -1 is not a seed; seeds are 0 to 2^53",
		with(`"reviews":{"min":1,"max":1},`, ``):               "reviews: is missing",
		with(`"affinity":[[1,2],[3,4]]`, `"affinity":[[],[]]`): "load: has length 2; the number of reviewers in affinity is 0",
	})
}

func TestAssignmentsAtTheEdge(t *testing.T) {
	t.Parallel()
	answered(t, map[string]string{
		`{"kind":"assignment","affinity":[],"reviews":{"min":1,"max":1},"load":[]}`:                                                                            `{"feasible":true,"assignment":[],"total":0,"worst":null}`,
		`{"kind":"assignment","affinity":[],"conflict":[],"reviews":{"min":1,"max":1},"load":[{"min":0,"max":1}],"objective":"fair"}`:                          `{"feasible":true,"assignment":[],"total":0,"worst":null}`,
		`{"kind":"assignment","affinity":[],"reviews":{"min":1,"max":1},"load":[{"min":1,"max":1}]}`:                                                           `{"feasible":false,"relax":["reviewer 0 must take 1, only 0 applications without conflict: lower load[0].min from 1 to 0"]}`,
		`{"kind":"assignment","affinity":[[],[]],"reviews":{"min":0,"max":1},"load":[],"objective":"fair"}`:                                                    `{"feasible":true,"assignment":[[],[]],"total":0,"worst":0}`,
		`{"kind":"assignment","affinity":[[5]],"reviews":{"min":0,"max":0},"load":[{"min":0,"max":9}]}`:                                                        `{"feasible":true,"assignment":[[]],"total":0,"worst":0}`,
		`{"kind":"assignment","affinity":[[0,-1],[0.5,0]],"reviews":{"min":0,"max":2},"load":[{"min":0,"max":2},{"min":0,"max":2}]}`:                           `{"feasible":true,"assignment":[[],[0]],"total":0.5,"worst":0}`,
		`{"kind":"assignment","affinity":[[-1,-2]],"reviews":{"min":1,"max":2},"load":[{"min":0,"max":1},{"min":1,"max":1}]}`:                                  `{"feasible":true,"assignment":[[1]],"total":-2,"worst":-2}`,
		`{"kind":"assignment","affinity":[[0.1,0.2,0.3]],"reviews":{"min":3,"max":3},"load":[{"min":0,"max":1},{"min":0,"max":1},{"min":0,"max":1}]}`:          `{"feasible":true,"assignment":[[0,1,2]],"total":0.6,"worst":0.6}`,
		`{"kind":"assignment","affinity":[[1,1],[1,1]],"conflict":[[1,1],[1,1]],"reviews":{"min":1,"max":1},"load":[{"min":0,"max":2},{"min":0,"max":2}]}`:     `{"feasible":false,"relax":["applications 0 and 1 can have at most 0 reviewers without conflict, need 1: lower reviews.min from 1 to 0"]}`,
		`{"kind":"assignment","affinity":[[1,2]],"conflict":[[0,1]],"reviews":{"min":1,"max":1},"load":[{"min":0,"max":1},{"min":0,"max":1}],"fixed":[[0,1]]}`: `{"feasible":false,"relax":["fixed[0] is in conflict: application 0 may not have reviewer 1: drop fixed[0]"]}`,
	})
}

func TestTooManyReviewers(t *testing.T) {
	t.Parallel()
	load := strings.Repeat(`{"min":0,"max":1},`, mostReviewers) + `{"min":0,"max":1}`
	got := wrong(t, `{"kind":"assignment","affinity":[],"reviews":{"min":1,"max":1},"load":[`+load+`]}`)
	if want := "load: is of too many: there may be 2000 reviewers"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSeedsBreakTies holds that a seed changes which of several best assignments it is, and nothing else.
func TestSeedsBreakTies(t *testing.T) {
	t.Parallel()
	answers := map[string]bool{}
	for seed := range 20 {
		instance := fmt.Sprintf(`{"kind":"assignment","affinity":[[1,1,1],[1,1,1],[1,1,1]],"reviews":{"min":1,"max":1},"load":[{"min":1,"max":1},{"min":1,"max":1},{"min":1,"max":1}],"seed":%d}`, seed)
		one, err := Solve(t.Context(), []byte(instance))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Solve(t.Context(), []byte(instance)); err != nil || string(again) != string(one) {
			t.Fatalf("%s, then %s", one, again)
		}
		var said struct {
			Total, Worst int
			Feasible     bool
		}
		if err := json.Unmarshal(one, &said); err != nil || !said.Feasible || said.Total != 3 || said.Worst != 1 {
			t.Fatalf("%s: %v", one, err)
		}
		answers[string(one)] = true
	}
	if len(answers) < 3 {
		t.Errorf("always one of %d", len(answers))
	}
}

// TestBoundsAreThoseOfTheInstance holds what is said where the best is not proven.
func TestBoundsAreThoseOfTheInstance(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	rows := make([]string, 60)
	quality := make([]int, 20)
	for r := range quality {
		quality[r] = random.IntN(1000)
	}
	for i := range rows {
		var cells []string
		for _, q := range quality {
			cells = append(cells, fmt.Sprintf("%.3f", float64(q*1000+random.IntN(200000))/1000))
		}
		rows[i] = "[" + strings.Join(cells, ",") + "]"
	}
	load := strings.Repeat(`{"min":0,"max":9},`, 19) + `{"min":0,"max":9}`
	answer, err := Solve(t.Context(), []byte(`{"kind":"assignment","affinity":[`+strings.Join(rows, ",")+`],"reviews":{"min":3,"max":3},"load":[`+load+`],"objective":"fair"}`))
	if err != nil {
		t.Fatal(err)
	}
	var said struct {
		Exact               *bool
		Total, Worst, Bound float64
		TotalBound          float64 `json:"total_bound"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		t.Fatal(err)
	}
	if said.Exact != nil && (*said.Exact || said.Bound < said.Worst || said.TotalBound < said.Total || said.Bound > said.Worst*1.5) {
		t.Errorf("%s", answer)
	}
}
