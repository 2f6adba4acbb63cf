package solver

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSeats(t *testing.T) {
	t.Parallel()
	answered(t, map[string]string{
		`{"kind":"seats","seats":[{},{},{}],"organizations":[],"scores":[]}`: `{"groups":[],"size":0,"score":0,"bound":0,"exact":true}`,
		`{"kind":"seats","seats":[{},{}],"organizations":[],"scores":[]}`:    `{"groups":[],"size":0,"score":0,"bound":0,"exact":true}`,
		`{"kind":"seats","seats":[{"countries":["TR"]},{"countries":["DE"]}],"organizations":[{"country":"DE"},{"country":"TR"},{"country":"TR"}],"scores":[[0,0.1,0.2],[0.1,0,9],[0.2,9,0]]}`: `{"groups":[[2,0]],"size":1,"score":0.2,"bound":0.2,"exact":true}`,
		`{"kind":"seats","seats":[{},{},{},{}],"organizations":[{},{},{},{}],"scores":[[5,1,1,1],[1,5,1,1],[1,1,5,1],[1,1,1,5]],"seed":1}`:                                                     `{"groups":[[0,1,2,3]],"size":1,"score":6,"bound":6,"exact":true}`,
		`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{}],"scores":[[null,1,null],[1,null,1],[null,1,null]],"max_cardinality":true}`:                                              `{"groups":[],"size":0,"score":0,"bound":0,"exact":true}`,
		// Alternatives: of two seats, none, as many groups as possible, and decimals.
		`{"kind":"seats","seats":[{},{}],"organizations":[{},{},{},{}],"scores":[[0,3,2,0],[3,0,0,2],[2,0,0,3],[0,2,3,0]],"alternatives":3}`:                                                    `{"groups":[[0,1],[2,3]],"size":2,"score":6,"bound":6,"exact":true,"alternatives":[{"without":[0,1],"groups":[[0,2],[1,3]],"size":2,"score":4,"bound":4,"exact":true}]}`,
		`{"kind":"seats","seats":[{},{},{}],"organizations":[],"scores":[],"alternatives":1}`:                                                                                                   `{"groups":[],"size":0,"score":0,"bound":0,"exact":true,"alternatives":[]}`,
		`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{}],"scores":[[0,1,1],[1,0,1],[1,1,0]],"alternatives":1}`:                                                                    `{"groups":[[0,1,2]],"size":1,"score":3,"bound":3,"exact":true,"alternatives":[{"without":[0,1,2],"groups":[],"size":0,"score":0,"bound":0,"exact":true}]}`,
		`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{}],"scores":[[0,1,1],[1,0,1],[1,1,0]],"max_cardinality":true,"alternatives":1}`:                                             `{"groups":[[0,1,2]],"size":1,"score":3,"bound":3,"exact":true,"alternatives":[]}`,
		`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{},{}],"scores":[[0,0.1,0.2,0.5],[0.1,0,0.4,0.2],[0.2,0.4,0,0.1],[0.5,0.2,0.1,0]],"max_cardinality":true,"alternatives":20}`: `{"groups":[[0,1,3]],"size":1,"score":0.8,"bound":0.8,"exact":true,"alternatives":[{"without":[0,1,3],"groups":[[0,2,3]],"size":1,"score":0.8,"bound":0.8,"exact":true}]}`,
	})
}

func TestWhatAreNoSeats(t *testing.T) {
	t.Parallel()
	const begin = `{"kind":"seats","seats":[{},{},{}],"organizations":[{},{}],"scores":`
	refused(t, map[string]string{
		`{"kind":"seats","seats":[{}],"organizations":[],"scores":[]}`:                        "seats: has 1 of at least 2 seats; there may be 2 to 4",
		`{"kind":"seats","seats":[{},{},{},{},{}],"organizations":[],"scores":[]}`:            "seats[4]: is one seat too many; there may be 2 to 4",
		`{"kind":"seats","seats":[{},{"country":"TR"}],"organizations":[],"scores":[]}`:       "seats[1].country: is not a field; the fields here are countries and type",
		`{"kind":"seats","seats":[{},{"countries":"TR"}],"organizations":[],"scores":[]}`:     "seats[1].countries: must be a list of countries, is a string",
		`{"kind":"seats","seats":[{},{"countries":["TR",7]}],"organizations":[],"scores":[]}`: "seats[1].countries[1]: must be a string, is a number",
		`{"kind":"seats","seats":[{},{"type":7}],"organizations":[],"scores":[]}`:             "seats[1].type: must be a string, is a number",
		`{"kind":"seats","seats":[{},{}],"organizations":[{"type":null}],"scores":[[0]]}`:     "organizations[0].type: must be a string, is null",
		begin + `[[0,1],[1,0]],"alternatives":0}`:                                             "alternatives: 0 is not a number of alternatives; there may be 1 to 20",
		begin + `[[0,1],[1,0]],"alternatives":21}`:                                            "alternatives: 21 is not a number of alternatives; there may be 1 to 20",
		begin + `[[0,1],[1,0]],"alternatives":"2"}`:                                           "alternatives: must be a number, is a string",
		begin + `[[0,1],[1,0]],"alternatives":null}`:                                          "alternatives: must be a number, is null",
		`{"kind":"seats","seats":[{},{}],"organizations":[` + strings.Repeat("{},", 160) + `{}],"scores":[` + strings.Repeat("["+strings.Repeat("0,", 160)+"0],", 160) + "[" + strings.Repeat("0,", 160) + `0]],"alternatives":1}`: "alternatives: are found for up to 160 organizations with two seats, not for 161",
		begin + `[[0,1],[2,0]]}`:    "scores[1][0]: is not the same as scores[0][1]",
		begin + `[[0,null],[0,0]]}`: "scores[1][0]: is not the same as scores[0][1]",
		begin + `[[0,1]]}`:          "scores: must have a row and a column for each of 2 organizations, has 1 rows of 2 numbers",
		begin + `[[0,1],[1,"0"]]}`:  "scores[1][1]: must be a number, is a string",
		`{"kind":"seats","seats":[{},{},{}],"organizations":[` + strings.Repeat("{},", 300) + `{}],"scores":[]}`: "organizations[300]: is one organization too many; with 3 seats there may be 300",
	})
}

// TestBoundsOfLongDecimals holds bounds above scores also where scores have to be rounded.
func TestBoundsOfLongDecimals(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	const n = 30
	scores := make([][]float64, n)
	for i := range n {
		scores[i] = make([]float64, n)
		for j := range i {
			scores[i][j] = r.Float64()
			scores[j][i] = scores[i][j]
		}
	}
	text, err := json.Marshal(map[string]any{
		"kind": "seats", "seats": []any{struct{}{}, struct{}{}, struct{}{}}, "organizations": make([]struct{}, n), "scores": scores,
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := Solve(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Groups       [][]int
		Score, Bound float64
		Exact        bool
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, g := range answer.Groups {
		sum += scores[g[0]][g[1]] + scores[g[0]][g[2]] + scores[g[1]][g[2]]
	}
	if fmt.Sprintf("%.9f", sum) != fmt.Sprintf("%.9f", answer.Score) || answer.Bound < answer.Score || answer.Bound > 1.1*answer.Score {
		t.Errorf("%s, counted %v", raw, sum)
	}
}
