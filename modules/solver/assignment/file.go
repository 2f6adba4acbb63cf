package assignment

import (
	"encoding/json"
	"strconv"
)

// File is an instance in whole numbers as the command solve reads it. Tables are by application, then by reviewer.
type File struct {
	Kind      string   `json:"kind"` // assignment
	Affinity  [][]int  `json:"affinity"`
	Conflict  [][]int  `json:"conflict"` // 0 or 1
	Reviews   Bounds   `json:"reviews"`
	Load      []Bounds `json:"load"`
	Objective string   `json:"objective"` // total or fair
	Fixed     [][2]int `json:"fixed"`
	Seed      uint64   `json:"seed"`
}

// NewFile is a file without applications and reviewers.
func NewFile(reviews Bounds, fair bool, seed uint64) File {
	f := File{Kind: "assignment", Reviews: reviews, Objective: "total", Fixed: [][2]int{}, Seed: seed}
	if fair {
		f.Objective = "fair"
	}
	return f
}

// Instance is what the file asks for.
func (f *File) Instance() Instance {
	in := Instance{Reviews: f.Reviews, Load: f.Load, Fixed: f.Fixed, Fair: f.Objective == "fair", Seed: f.Seed}
	for k := range f.Affinity {
		affinity, conflict := make([]int64, len(f.Affinity[k])), make([]bool, len(f.Affinity[k]))
		for r, a := range f.Affinity[k] {
			affinity[r], conflict[r] = int64(a), f.Conflict[k][r] == 1
		}
		in.Affinity, in.Conflict = append(in.Affinity, affinity), append(in.Conflict, conflict)
	}
	return in
}

// Result is an answer as the command solve prints it.
type Result struct {
	Feasible   bool         `json:"feasible"`
	Assignment [][]int      `json:"assignment,omitempty"`
	Total      *json.Number `json:"total,omitempty"`
	Worst      *json.Number `json:"worst,omitempty"`
	Exact      *bool        `json:"exact,omitempty"`
	Bound      json.Number  `json:"bound,omitempty"`
	TotalBound json.Number  `json:"total_bound,omitempty"`
	Relax      []string     `json:"relax,omitempty"`
}

// Given reports whether there is an answer: an assignment, or what stands against every one.
func (r *Result) Given() bool { return r.Feasible || len(r.Relax) > 0 }

// Pairs are how many the file allows.
func (f *File) Pairs() int {
	n := 0
	for _, row := range f.Conflict {
		for _, barred := range row {
			n += 1 - barred
		}
	}
	return n
}

// Result puts what was found for the file into words and sums.
func (f *File) Result(found Answer) Result {
	if len(found.Obstacles) > 0 {
		no := Result{}
		for _, o := range found.Obstacles {
			no.Relax = append(no.Relax, o.String())
		}
		return no
	}
	total, worst := 0, 0
	for k, list := range found.Reviewers {
		sum := 0
		for _, r := range list {
			sum += f.Affinity[k][r]
		}
		total += sum
		if k == 0 || sum < worst {
			worst = sum
		}
	}
	number := func(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
	t, w := number(int64(total)), number(int64(worst))
	yes := Result{Feasible: true, Assignment: found.Reviewers, Total: &t, Worst: &w}
	if f.Objective == "fair" && !found.Exact {
		exact := false
		yes.Exact, yes.Bound, yes.TotalBound = &exact, number(found.WorstBound), number(found.TotalBound)
	}
	return yes
}
