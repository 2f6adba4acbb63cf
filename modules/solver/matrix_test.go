package solver

import (
	"strings"
	"testing"
)

func TestMatricesAreTables(t *testing.T) {
	t.Parallel()
	refused(t, map[string]string{
		`{"kind":"bipartite"}`:                                   "cost: is missing",
		`{"kind":"bipartite","cost":null}`:                       "cost: must be a list of rows, is null",
		`{"kind":"bipartite","cost":[1,2]}`:                      "cost[0]: must be a list of numbers, is a number",
		`{"kind":"bipartite","cost":[[1,2],[3]]}`:                "cost[1]: has length 1; that of row 0 is 2",
		`{"kind":"bipartite","cost":[[1],[3,4]]}`:                "cost[1][1]: is one too many; row 0 has 1",
		`{"kind":"bipartite","cost":[[1,"2"]]}`:                  "cost[0][1]: must be a number, is a string",
		`{"kind":"bipartite","cost":[[1,2]],"maximise":true}`:    "maximise: is not a field; the fields here are kind, cost and maximize",
		`{"kind":"bipartite","cost":[[1,2]],"maximize":1}`:       "maximize: must be true or false, is a number",
		`{"kind":"agreement","ratings":[[1,2],[3,true]]}`:        "ratings[1][1]: must be a number, is true",
		`{"kind":"agreement","ratings":[[1,1e999]]}`:             "ratings[0][1]: 1e999 is too large a number",
		`{"kind":"agreement","ratings":[[1,2]],"scale":"ratio"}`: "scale: is not a field; the fields here are kind and ratings",
	})
	many := `{"kind":"agreement","ratings":[[` + strings.Repeat("1,", mostRatings) + `1]]}`
	if got, want := wrong(t, many), "ratings[0][100000]: is too much: there may be 100000 numbers"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPairings(t *testing.T) {
	t.Parallel()
	answered(t, map[string]string{
		`{"kind":"bipartite","cost":[]}`:                                            `{"pairs":[],"cost":0}`,
		`{"kind":"bipartite","cost":[[],[]]}`:                                       `{"pairs":[],"cost":0}`,
		`{"kind":"bipartite","cost":[[null,null]]}`:                                 `{"pairs":[],"cost":0}`,
		`{"kind":"bipartite","cost":[[-0.1,-0.2],[-0.1,-0.3]]}`:                     `{"pairs":[[0,0],[1,1]],"cost":-0.4}`,
		`{"kind":"bipartite","cost":[[1,2,3]],"maximize":true}`:                     `{"pairs":[[0,2]],"cost":3}`,
		`{"kind":"bipartite","cost":[[1],[2],[3]],"maximize":true}`:                 `{"pairs":[[2,0]],"cost":3}`,
		`{"kind":"bipartite","cost":[[9007199254740993,9007199254740992],[1,1]]}`:   `{"pairs":[[0,1],[1,0]],"cost":9007199254740993}`,
		`{"kind":"bipartite","cost":[[1e-12,2e-12],[2e-12,1e-12]],"maximize":true}`: `{"pairs":[[0,1],[1,0]],"cost":0.000000000004}`,
		`{"kind":"bipartite","cost":[[1e300,null],[-1e300,1e299]],"maximize":true}`: `{"pairs":[[0,0],[1,1]],"cost":1.1e+300}`,
		`{"kind":"bipartite","cost":[[0,1000],[0,null],[5,null]],"maximize":false}`: `{"pairs":[[0,1],[1,0]],"cost":1000}`,
		`{"kind":"bipartite","cost":[[1.0,2.50],[1e0,0.25e1]],"maximize":false}`:    `{"pairs":[[0,0],[1,1]],"cost":3.5}`,
		`{"kind":"bipartite","cost":[[0,-1e15],[-1e15,0.001],[null,7]]}`:            `{"pairs":[[0,1],[1,0]],"cost":-2000000000000000}`,
		`{"kind":"bipartite","cost":[[5,null],[3,null]],"maximize":true}`:           `{"pairs":[[0,0]],"cost":5}`,
		`{"kind":"bipartite","cost":[[0.30000000000000004,0.3],[0.1,0.1]]}`:         `{"pairs":[[0,1],[1,0]],"cost":0.4}`,
	})
}

func TestAgreementsWithGaps(t *testing.T) {
	t.Parallel()
	answered(t, map[string]string{
		`{"kind":"agreement","ratings":[[0.5,1.5,2.5],[0.5,1.5,2.5]]}`: `{"alpha":{"nominal":1,"ordinal":1,"interval":1,"ratio":1},` +
			`"icc":{"1":1,"2":1,"3":1,"1k":1,"2k":1,"3k":1}}`,
		`{"kind":"agreement","ratings":[[3,3],[3,3]]}`: `{"alpha":{"nominal":null,"ordinal":null,"interval":null,"ratio":null},` +
			`"icc":{"1":null,"2":null,"3":null,"1k":null,"2k":null,"3k":null},"why":{` +
			`"alpha.interval":"all ratings that can be compared are equal","alpha.nominal":"all ratings that can be compared are equal",` +
			`"alpha.ordinal":"all ratings that can be compared are equal","alpha.ratio":"all ratings that can be compared are equal",` +
			`"icc.1":"there is no variance to compare; it would divide by zero","icc.1k":"there is no variance to compare; it would divide by zero",` +
			`"icc.2":"there is no variance to compare; it would divide by zero","icc.2k":"there is no variance to compare; it would divide by zero",` +
			`"icc.3":"there is no variance to compare; it would divide by zero","icc.3k":"there is no variance to compare; it would divide by zero"}}`,
	})
}
