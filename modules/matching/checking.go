package matching

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

// posed is what can be told of an instance of any kind.
type posed struct {
	Kind  Method              `json:"kind"`
	Edges [][3]int            `json:"edges"`
	Cost  [][]json.RawMessage `json:"cost"`
	Score [][]json.RawMessage `json:"scores"`
}

func (r *Run) posed() (posed, error) {
	var in posed
	if err := json.Unmarshal(r.Instance, &in); err != nil {
		return in, fmt.Errorf("matching: read instance: %w", err)
	}
	return in, nil
}

// pairs are how many pairs the instance has that can be. By rankings all stand in it.
func (in *posed) pairs() (n int, told bool) {
	count := func(table [][]json.RawMessage) int {
		n := 0
		for _, row := range table {
			for _, worth := range row {
				if string(worth) != "null" {
					n++
				}
			}
		}
		return n
	}
	switch in.Kind {
	case ByMatching:
		return len(in.Edges), true
	case ByBipartite:
		return count(in.Cost), true
	case BySeats:
		return count(in.Score) / 2, true // each stands there from both sides
	case ByRoommates:
	}
	return 0, false
}

// numbered are the places of a run in the order in which its instance counts them: in one list, or of two separate sides in one of the
// rows and one of the columns. What was kept together is not among them. It cannot be told any more on which side those were that show
// their cards no more; where that leaves the numbers open, there are no lists.
func (r *Run) numbered(in *posed) [][]int {
	var free []int
	for i := range r.Organizations {
		if !slices.ContainsFunc(r.Kept, func(g []int) bool { return slices.Contains(g, i) }) {
			free = append(free, i)
		}
	}
	if in.Kind != ByBipartite {
		return [][]int{free}
	}
	var rows, columns, gone []int
	for _, i := range free {
		switch s := &r.Basis.Sides[i]; {
		case s.Gone:
			gone = append(gone, i)
		case r.Rules.Seats[0].Takes(s.Country, s.Form):
			rows = append(rows, i)
		default:
			columns = append(columns, i)
		}
	}
	switch len(in.Cost) - len(rows) {
	case 0:
		columns = append(columns, gone...)
	case len(gone):
		rows = append(rows, gone...)
	default:
		return nil
	}
	slices.Sort(rows)
	slices.Sort(columns)
	return [][]int{rows, columns}
}

// RunAnswer is what the solver has answered to a run's instance, as the program's command solve prints it, whatever was changed by hand
// since, and the run's number. Coordinators may, unless they are not impartial in the round. Faults: Forbidden; NotFound, also where there
// is no answer.
func (s *Service) RunAnswer(ctx context.Context, sc tenants.Scope, round ids.Round, id ids.Run) (json.RawMessage, int, error) {
	_, run, err := s.seen(ctx, sc, round, id)
	if err == nil && len(run.Answer) == 0 {
		err = fault.NotFound()
	}
	return run.Answer, run.Number, err
}
