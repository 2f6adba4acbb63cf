package solver

import (
	"context"
	"fmt"
	"slices"

	"kervan/modules/solver/roommates"
)

const (
	mostPersons = 2_000
	mostStable  = 1_000 // alternatives
)

var roommatesKind = kind{
	solve: roommatesOf,
	about: `
Partners in one pool by mutual rankings alone: a stable matching, in which no two who are not a
pair would both rather be one.

  {"kind":"roommates","preferences":[[…],…],"seed":S,"alternatives":A}
  → {"stable":true,"pairs":[[i,j],…],"alternatives":
     [{"pairs":[[i,j],…],"better":[i,…],"worse":[i,…]},…],"complete":true|false}
  → {"stable":false,"pairs":[[i,j],…],"blocking":[[i,j],…]}

List i holds all others but i, best first; there are at most 2,000. Everybody prefers anybody to
being alone: of an odd number one is alone, and the others are stable only if none of them prefers
that one to their own partner. A stable matching is found whenever there is one (Irving 1985);
which one, if there are several, follows from the lists, and from the seed if there is one.
If there is none, blocking is all pairs that would both rather be one, and pairs is a matching that
few pairs block: for up to 16 no other has fewer; in larger pools fewer may be possible.
With alternatives (1 to 1,000) the answer has up to A other stable matchings, and says for whom each
is better than pairs, and for whom worse; complete says that there are no more.`,
	examples: []example{
		{`{"kind":"roommates","preferences":[[1,2,3],[0,2,3],[3,0,1],[2,0,1]]}`, `{"stable":true,"pairs":[[0,1],[2,3]]}`},
		{`{"kind":"roommates","preferences":[[1,2,3],[2,0,3],[0,1,3],[0,1,2]]}`, `{"stable":false,"pairs":[[0,3],[1,2]],"blocking":[[0,2]]}`},
		{`{"kind":"roommates","preferences":[[2,3,1],[3,2,0],[1,0,3],[0,1,2]],"alternatives":3}`, `{"stable":true,"pairs":[[0,3],[1,2]],"alternatives":[{"pairs":[[0,2],[1,3]],"better":[0,1],"worse":[2,3]}],"complete":true}`},
	},
}

type paired struct {
	Stable   bool     `json:"stable"`
	Pairs    [][2]int `json:"pairs"`
	Blocking [][2]int `json:"blocking,omitempty"`

	// Where they are asked for, even if there are none.
	Alternatives *[]otherwise `json:"alternatives,omitempty"`
	Complete     *bool        `json:"complete,omitempty"`
}

// otherwise is another stable matching, for whom it is better, and for whom worse.
type otherwise struct {
	Pairs  [][2]int `json:"pairs"`
	Better []int    `json:"better"`
	Worse  []int    `json:"worse"`
}

func roommatesOf(ctx context.Context, r *reader) (any, error) {
	o, err := r.object("preferences", "seed?", "alternatives?")
	if err != nil {
		return nil, err
	}
	seed, seeded, err := o.seed()
	if err != nil {
		return nil, err
	}
	lists, err := readPreferences(o["preferences"])
	if err != nil {
		return nil, err
	}
	most := 0
	if o["alternatives"] != nil {
		if most, err = o["alternatives"].integer(fmt.Sprintf("a number of alternatives; there may be 1 to %d", mostStable), 1, mostStable); err != nil {
			return nil, err
		}
	}
	name := order(len(lists), seed, seeded)
	person := make([]int, len(lists)) // by name
	renamed := make([][]int, len(lists))
	for p, list := range lists {
		person[name[p]] = p
		renamed[name[p]] = make([]int, len(list))
		for place, q := range list {
			renamed[name[p]][place] = name[q]
		}
	}
	result, err := roommates.Match(ctx, renamed)
	if err != nil {
		return nil, err
	}
	answer := paired{Stable: result.Stable, Pairs: pairsOf(person, result.Partners)}
	for _, b := range result.Blocking {
		answer.Blocking = append(answer.Blocking, [2]int{min(person[b[0]], person[b[1]]), max(person[b[0]], person[b[1]])})
	}
	sortPairs(answer.Blocking)
	if most == 0 {
		return answer, nil
	}
	all, complete, err := roommates.Every(ctx, renamed, most+1)
	if err != nil {
		return nil, err
	}
	others := []otherwise{}
	for _, partners := range all {
		if slices.Equal(partners, result.Partners) {
			continue
		}
		better, worse := roommates.Changes(renamed, result.Partners, partners)
		others = append(others, otherwise{Pairs: pairsOf(person, partners), Better: persons(person, better), Worse: persons(person, worse)})
	}
	slices.SortFunc(others, func(a, b otherwise) int {
		return slices.CompareFunc(a.Pairs, b.Pairs, func(x, y [2]int) int { return slices.Compare(x[:], y[:]) })
	})
	complete = complete && len(others) <= most
	others = others[:min(most, len(others))]
	answer.Alternatives, answer.Complete = &others, &complete
	return answer, nil
}

// pairsOf are the pairs of a matching of renamed persons, sorted.
func pairsOf(person, partners []int) [][2]int {
	pairs := [][2]int{}
	for p, q := range partners {
		if q != roommates.Alone && person[p] < person[q] {
			pairs = append(pairs, [2]int{person[p], person[q]})
		}
	}
	sortPairs(pairs)
	return pairs
}

// persons are renamed ones by their first names, sorted.
func persons(person, renamed []int) []int {
	all := make([]int, len(renamed))
	for i, p := range renamed {
		all[i] = person[p]
	}
	slices.Sort(all)
	return all
}

func readPreferences(r *reader) ([][]int, error) {
	var lists [][]int
	if err := r.array("preferences", func(i int) error {
		if i >= mostPersons {
			return r.mistake("is one list too many; there may be %d", mostPersons)
		}
		list := []int{}
		err := r.array("others", func(place int) error {
			q, err := r.integer(fmt.Sprintf("another one; there may be %d", mostPersons), 0, mostPersons-1)
			list = append(list, q)
			if err == nil && place >= mostPersons {
				err = r.mistake("is one too many")
			}
			return err
		})
		lists = append(lists, list)
		return err
	}); err != nil {
		return nil, err
	}
	return lists, complete(lists)
}

// complete refuses lists that do not hold all others once. How many there are is known only when all have been read.
func complete(lists [][]int) error {
	n := len(lists)
	for i, list := range lists {
		at := make([]int, n) // counted from 1
		for place, q := range list {
			where := fmt.Sprintf("preferences[%d][%d]", i, place)
			switch {
			case q >= n:
				return &Mistake{where, fmt.Sprintf("%d is not among the others; the lists are 0 to %d", q, n-1)}
			case q == i:
				return &Mistake{where, fmt.Sprintf("list %d holds itself", i)}
			case at[q] > 0:
				return &Mistake{where, fmt.Sprintf("%d stands at %d already", q, at[q]-1)}
			}
			at[q] = place + 1
		}
		if len(list) < n-1 {
			return &Mistake{fmt.Sprintf("preferences[%d]", i), fmt.Sprintf("holds %d of the %d others", len(list), n-1)}
		}
	}
	return nil
}
