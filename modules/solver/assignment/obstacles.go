package assignment

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Obstacle is one reason why there is no assignment, and the ways out of it: each removes it alone. An assignment exists
// once every obstacle is removed in one of its ways.
type Obstacle struct {
	Why  string
	Ways []Way
}

// Way is a number of changes that belong together.
type Way []Change

// Change is one change of an instance.
type Change struct {
	Bound    Bound
	Index    int // of the reviewer, or the fixed pair
	From, To int // where Bound is a number
}

// Bound is what can be changed.
type Bound int

// These are the bounds of an instance, and its fixed pairs, which can only be dropped.
const (
	ReviewsMin Bound = iota
	ReviewsMax
	LoadMin
	LoadMax
	FixedPair
)

func (c Change) String() string {
	switch c.Bound {
	case ReviewsMin:
		return fmt.Sprintf("lower reviews.min from %d to %d", c.From, c.To)
	case ReviewsMax:
		return fmt.Sprintf("raise reviews.max from %d to %d", c.From, c.To)
	case LoadMin:
		return fmt.Sprintf("lower load[%d].min from %d to %d", c.Index, c.From, c.To)
	case LoadMax:
		return fmt.Sprintf("raise load[%d].max from %d to %d", c.Index, c.From, c.To)
	default:
		return fmt.Sprintf("drop fixed[%d]", c.Index)
	}
}

// String is one line.
func (o Obstacle) String() string {
	ways := make([]string, len(o.Ways))
	for i, w := range o.Ways {
		changes := make([]string, len(w))
		for k, c := range w {
			changes[k] = c.String()
		}
		ways[i] = strings.Join(changes, " and ")
	}
	return o.Why + ": " + strings.Join(ways, ", or ")
}

// obstacles finds what stands against every assignment. Those that come first are taken to be removed when the next are
// looked for: fixed pairs, then applications and reviewers that have too few of the others without conflict, and then what
// can only be seen of many together, which minimum cuts tell.
func (in Instance) obstacles() []Obstacle {
	in.Load = slices.Clone(in.Load)
	found := in.badPairs()
	found = append(found, in.lonelyApplications()...)
	found = append(found, in.lonelyReviewers()...)
	p := newProblem(in)
	if s := p.byApplications(); s.lacking() > 0 {
		found = append(found, in.tooFewReviews(s))
	}
	if s := p.byReviewers(); s.lacking() > 0 {
		found = append(found, in.tooManyReviews(s))
	}
	return found
}

// badPairs looks at fixed pairs, and mends the instance.
func (in *Instance) badPairs() []Obstacle {
	var found []Obstacle
	var kept [][2]int
	perApplication, perReviewer, seen := make([]int, len(in.Affinity)), make([]int, len(in.Load)), map[[2]int]bool{}
	for k, f := range in.Fixed {
		switch {
		case in.Conflict[f[0]][f[1]]:
			why := fmt.Sprintf("fixed[%d] is in conflict: application %d may not have reviewer %d", k, f[0], f[1])
			found = append(found, Obstacle{why, []Way{{{Bound: FixedPair, Index: k}}}})
		case !seen[f]:
			seen[f] = true
			kept = append(kept, f)
			perApplication[f[0]]++
			perReviewer[f[1]]++
		}
	}
	in.Fixed = kept
	for r, n := range perReviewer {
		if most := in.Load[r].Max; n > most {
			why := fmt.Sprintf("reviewer %d has %s, can take at most %d", r, counted(n, "fixed application"), most)
			found = append(found, Obstacle{why, []Way{{{Bound: LoadMax, Index: r, From: most, To: n}}}})
			in.Load[r].Max = n
		}
	}
	for i, n := range perApplication {
		if most := in.Reviews.Max; n > most {
			why := fmt.Sprintf("application %d has %s, can have at most %d", i, counted(n, "fixed reviewer"), most)
			found = append(found, Obstacle{why, []Way{{{Bound: ReviewsMax, From: most, To: n}}}})
			in.Reviews.Max = n
		}
	}
	return found
}

// lonelyApplications looks for those with fewer reviewers without conflict than they need, and mends the instance.
func (in *Instance) lonelyApplications() []Obstacle {
	byCount := make([][]int, len(in.Load)+1)
	for i, row := range in.Conflict {
		n := 0
		for _, conflict := range row {
			if !conflict {
				n++
			}
		}
		byCount[n] = append(byCount[n], i)
	}
	var found []Obstacle
	needed := in.Reviews.Min
	for n, lonely := range slices.Backward(byCount) {
		if len(lonely) == 0 || n >= needed {
			continue
		}
		why := fmt.Sprintf("%s can have at most %s without conflict, %s %d", named("application", lonely), counted(n, "reviewer"), needs(len(lonely)), needed)
		found = append(found, Obstacle{why, []Way{{{Bound: ReviewsMin, From: needed, To: n}}}})
		in.Reviews.Min = min(in.Reviews.Min, n)
	}
	return found
}

// lonelyReviewers looks for those who must take more than there is for them without conflict, and mends the instance.
func (in *Instance) lonelyReviewers() []Obstacle {
	var found []Obstacle
	for r, b := range in.Load {
		n := 0
		for i := range in.Conflict {
			if !in.Conflict[i][r] {
				n++
			}
		}
		if n < b.Min {
			why := fmt.Sprintf("reviewer %d must take %d, only %s without conflict", r, b.Min, counted(n, "application"))
			found = append(found, Obstacle{why, []Way{{{Bound: LoadMin, Index: r, From: b.Min, To: n}}}})
			in.Load[r].Min = n
		}
	}
	return found
}

// tooFewReviews explains why reviewers cannot take what applications need: by the applications of a minimum cut.
func (in *Instance) tooFewReviews(s *supply) Obstacle {
	short := s.violators()
	needed := len(short) * in.Reviews.Min
	can := needed - s.lacking()
	why := fmt.Sprintf("%s need %s, the reviewers whom they may have can take at most %d of them", named("application", short), counted(needed, "review"), can)
	switch {
	case len(short) == len(in.Affinity):
		why = fmt.Sprintf("reviewers can take at most %s in all, %d are needed", counted(can, "review"), needed)
	case len(short) == 1:
		why = strings.Replace(strings.Replace(why, " need ", " needs ", 1), "whom they", "whom it", 1)
	}
	// Search looks for the first that cannot be met: 0 reviews always can.
	lower := sort.Search(in.Reviews.Min, func(least int) bool {
		other := *in
		other.Reviews.Min = least
		return newProblem(other).byApplications().lacking() > 0
	}) - 1
	raised := s.raise()
	var more Way
	for r, n := range raised {
		if n > 0 {
			more = append(more, Change{LoadMax, r, in.Load[r].Max, in.Load[r].Max + n})
		}
	}
	return Obstacle{why, []Way{more, {{Bound: ReviewsMin, From: in.Reviews.Min, To: lower}}}}
}

// raise meets all that is lacking by more capacity, one more at a time where the least has been added so far, and returns
// how much more of each source that takes.
func (s *supply) raise() []int {
	raised := make([]int, len(s.capacity))
	for d := range s.short {
		for s.short[d] > 0 {
			clear(s.seen)
			clear(s.seenAt)
			s.augment(d)
			chosen := -1
			for at, seen := range s.seenAt {
				if seen && (chosen < 0 || raised[at] < raised[chosen]) {
					chosen = at
				}
			}
			raised[chosen]++
			s.capacity[chosen]++
			clear(s.seen)
			clear(s.seenAt)
			s.fill(d)
		}
	}
	return raised
}

// tooManyReviews explains why applications cannot take what reviewers must: by the reviewers of a minimum cut.
func (in *Instance) tooManyReviews(s *supply) Obstacle {
	must, cut := 0, s.violators()
	for _, r := range cut {
		must += in.Load[r].Min
	}
	can := must - s.lacking()
	why := fmt.Sprintf("%s must take %s, applications can have at most %d of them", named("reviewer", cut), counted(must, "review"), can)
	if len(cut) == len(in.Load) {
		why = fmt.Sprintf("reviewers must take %s in all, applications can have at most %d", counted(must, "review"), can)
	}
	var less Way
	for r, n := range s.short {
		if n > 0 {
			less = append(less, Change{LoadMin, r, in.Load[r].Min, in.Load[r].Min - n})
		}
	}
	higher := in.Reviews.Max + 1 + sort.Search(len(in.Load), func(more int) bool {
		other := *in
		other.Reviews.Max += 1 + more
		return newProblem(other).byReviewers().lacking() == 0
	})
	return Obstacle{why, []Way{less, {{Bound: ReviewsMax, From: in.Reviews.Max, To: higher}}}}
}

// named is "application 3", "applications 3 and 7" or "applications 3, 7, 9, 12, 15 and 30 more".
func named(what string, all []int) string {
	const most = 8
	if len(all) == 1 {
		return fmt.Sprintf("%s %d", what, all[0])
	}
	var words []string
	for _, i := range all[:min(len(all), most)] {
		words = append(words, fmt.Sprint(i))
	}
	last := len(words) - 1
	if len(all) > most {
		return fmt.Sprintf("%ss %s and %d more", what, strings.Join(words, ", "), len(all)-most)
	}
	return fmt.Sprintf("%ss %s and %s", what, strings.Join(words[:last], ", "), words[last])
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func needs(n int) string {
	if n == 1 {
		return "needs"
	}
	return "need"
}
