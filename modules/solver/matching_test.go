package solver

import (
	"strings"
	"testing"
)

func TestMatchings(t *testing.T) {
	t.Parallel()
	answered(t, map[string]string{
		`{"kind":"matching","nodes":4,"edges":[[0,1,0.1],[1,2,0.30000000000000001],[2,3,0.2]]}`:     `{"pairs":[[1,2]],"size":1,"weight":0.30000000000000001}`,
		`{"kind":"matching","nodes":0,"edges":[]}`:                                                  `{"pairs":[],"size":0,"weight":0}`,
		`{"edges":[],"max_cardinality":true,"nodes":7,"kind":"matching"}`:                           `{"pairs":[],"size":0,"weight":0}`,
		`{"kind":"matching","nodes":2,"edges":[[1,0,-2]]}`:                                          `{"pairs":[],"size":0,"weight":0}`,
		`{"kind":"matching","nodes":2,"edges":[[1,0,-2.50]],"max_cardinality":true}`:                `{"pairs":[[0,1]],"size":1,"weight":-2.5}`,
		`{"kind":"matching","nodes":2,"edges":[[1,0,0]]}`:                                           `{"pairs":[[0,1]],"size":1,"weight":0}`,
		`{"kind":"matching","nodes":2,"edges":[[1,0,3],[0,1,5],[1,0,4]]}`:                           `{"pairs":[[0,1]],"size":1,"weight":5}`,
		`{"kind":"matching","nodes":3,"edges":[[0,1,0.1],[1,2,0.3]],"seed":5}`:                      `{"pairs":[[1,2]],"size":1,"weight":0.3}`,
		`{"kind":"matching","nodes":6,"edges":[[5,4,0.1],[3,2,0.1],[1,0,0.1]]}`:                     `{"pairs":[[0,1],[2,3],[4,5]],"size":3,"weight":0.3}`,
		`{"kind":"matching","nodes":3,"edges":[[0,1,9007199254740993],[1,2,9007199254740992]]}`:     `{"pairs":[[0,1]],"size":1,"weight":9007199254740993}`,
		`{"kind":"matching","nodes":3,"edges":[[0,1,1e300],[1,2,1.0000000001e300]]}`:                `{"pairs":[[1,2]],"size":1,"weight":1.0000000001e+300}`,
		`{"kind":"matching","nodes":4,"edges":[[0,1,1e300],[2,3,1e-300]]}`:                          `{"pairs":[[0,1],[2,3]],"size":2,"weight":1e+300}`,
		`{"kind":"matching","nodes":4,"edges":[[0,1,-1],[1,2,-1],[2,3,-5]],"max_cardinality":true}`: `{"pairs":[[0,1],[2,3]],"size":2,"weight":-6}`,
	})
}

func TestWhatIsNoMatching(t *testing.T) {
	t.Parallel()
	const begin = `{"kind":"matching","nodes":10,"edges":`
	refused(t, map[string]string{
		`{"kind":"matching"}`:                                           "nodes: is missing",
		`{"kind":"matching","nodes":3}`:                                 "edges: is missing",
		`{"kind":"matching","nodes":-1,"edges":[]}`:                     "nodes: -1 is not a number of nodes; it is 0 to 5000",
		`{"kind":"matching","nodes":5001,"edges":[]}`:                   "nodes: 5001 is not a number of nodes; it is 0 to 5000",
		`{"kind":"matching","nodes":"3","edges":[]}`:                    "nodes: must be a number, is a string",
		`{"kind":"matching","nodes":0,"edges":[[0,1,2]]}`:               "edges[0][0]: 0 is not a node; there are none",
		begin + `[[0,1,1],[1,2,1],[2,3,1],[3,12,4]]}`:                   "edges[3][1]: 12 is not a node; nodes are 0 to 9",
		begin + `[[0,1.5,1]]}`:                                          "edges[0][1]: 1.5 is not a node; nodes are 0 to 9",
		begin + `[[0,1,1],[4,4,1]]}`:                                    "edges[1]: joins node 4 to itself",
		begin + `[[0,1]]}`:                                              "edges[0]: has 2 of 3 values; this is [node, node, weight]",
		begin + `[[0,1,null]]}`:                                         "edges[0][2]: must be a number, is null",
		begin + `[[0,1,1e999]]}`:                                        "edges[0][2]: 1e999 is too large a number",
		begin + `[],"max_cardinality":1}`:                               "max_cardinality: must be true or false, is a number",
		begin + `[],"max_cardinality":null}`:                            "max_cardinality: must be true or false, is null",
		begin + `[],"maxcardinality":true}`:                             "maxcardinality: is not a field; the fields here are kind, nodes, edges, max_cardinality and seed",
		begin + `[],"nodes":10}`:                                        "nodes: stands here twice",
		begin + `[` + strings.Repeat("[0,1,2],", 500_000) + `[0,1,2]]}`: "edges[500000]: is one edge too many; there may be 500000",
	})
}
