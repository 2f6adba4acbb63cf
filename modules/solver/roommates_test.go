package solver

import "testing"

func TestRoommates(t *testing.T) {
	t.Parallel()
	answered(t, map[string]string{
		`{"kind":"roommates","preferences":[]}`:                                `{"stable":true,"pairs":[]}`,
		`{"kind":"roommates","preferences":[[]]}`:                              `{"stable":true,"pairs":[]}`,
		`{"kind":"roommates","preferences":[[1],[0]],"seed":3}`:                `{"stable":true,"pairs":[[0,1]]}`,
		`{"kind":"roommates","preferences":[[2,1],[2,0],[1,0]]}`:               `{"stable":true,"pairs":[[1,2]]}`,
		`{"kind":"roommates","preferences":[[1,2],[2,0],[0,1]]}`:               `{"stable":false,"pairs":[[1,2]],"blocking":[[0,2]]}`,
		`{"kind":"roommates","preferences":[[1,3,2],[0,2,3],[1,3,0],[2,0,1]]}`: `{"stable":true,"pairs":[[0,1],[2,3]]}`,
		// Alternatives: none, none as nothing is stable, and another one whatever the seed is.
		`{"kind":"roommates","preferences":[],"alternatives":1}`:                                         `{"stable":true,"pairs":[],"alternatives":[],"complete":true}`,
		`{"kind":"roommates","preferences":[[1,2],[2,0],[0,1]],"alternatives":9}`:                        `{"stable":false,"pairs":[[1,2]],"blocking":[[0,2]],"alternatives":[],"complete":true}`,
		`{"kind":"roommates","preferences":[[2,3,1],[3,2,0],[1,0,3],[0,1,2]],"seed":9,"alternatives":1}`: `{"stable":true,"pairs":[[0,2],[1,3]],"alternatives":[{"pairs":[[0,3],[1,2]],"better":[2,3],"worse":[0,1]}],"complete":true}`,
	})
}

func TestWhatAreNoRoommates(t *testing.T) {
	t.Parallel()
	refused(t, map[string]string{
		`{"kind":"roommates"}`:                                     "preferences: is missing",
		`{"kind":"roommates","preferences":{}}`:                    "preferences: must be a list of preferences, is an object",
		`{"kind":"roommates","preferences":[[1],null]}`:            "preferences[1]: must be a list of others, is null",
		`{"kind":"roommates","preferences":[[1],[2]]}`:             "preferences[1][0]: 2 is not among the others; the lists are 0 to 1",
		`{"kind":"roommates","preferences":[[1],[-1]]}`:            "preferences[1][0]: -1 is not another one; there may be 2000",
		`{"kind":"roommates","preferences":[[0],[0]]}`:             "preferences[0][0]: list 0 holds itself",
		`{"kind":"roommates","preferences":[[1],[]]}`:              "preferences[1]: holds 0 of the 1 others",
		`{"kind":"roommates","preferences":[[1,2],[0,0],[0,1]]}`:   "preferences[1][1]: 0 stands at 0 already",
		`{"kind":"roommates","preferences":[[1,2],[0,"x"],[0,1]]}`: "preferences[1][1]: must be a number, is a string",
		`{"kind":"roommates","preferences":[],"nodes":1}`:          "nodes: is not a field; the fields here are kind, preferences, seed and alternatives",
		`{"kind":"roommates","preferences":[],"alternatives":0}`:   "alternatives: 0 is not a number of alternatives; there may be 1 to 1000",
		`{"kind":"roommates","preferences":[],"alternatives":1.5}`: "alternatives: 1.5 is not a number of alternatives; there may be 1 to 1000",
	})
}
