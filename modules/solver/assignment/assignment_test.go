package assignment

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// small draws an instance that can be tried out completely.
func small(random *rand.Rand) Instance {
	applications, reviewers := 1+random.IntN(4), 1+random.IntN(4)
	most := []int64{1, 3, 10, 1000}[random.IntN(4)]
	in := Instance{Fair: random.IntN(2) == 0, Seed: uint64(random.IntN(3))}
	in.Reviews.Min = random.IntN(3)
	in.Reviews.Max = in.Reviews.Min + random.IntN(2)
	conflict := random.Float64() * 0.4
	for range applications {
		row, forbidden := make([]int64, reviewers), make([]bool, reviewers)
		for r := range row {
			row[r], forbidden[r] = random.Int64N(most+most/2+1)-most/2, random.Float64() < conflict
		}
		in.Affinity, in.Conflict = append(in.Affinity, row), append(in.Conflict, forbidden)
	}
	for range reviewers {
		least := random.IntN(2) * random.IntN(2)
		in.Load = append(in.Load, Bounds{least, least + random.IntN(applications+1)})
	}
	for range random.IntN(2) * random.IntN(3) {
		in.Fixed = append(in.Fixed, [2]int{random.IntN(applications), random.IntN(reviewers)})
	}
	return in
}

// everything tries all assignments: the highest total, or the best worst and then the highest total.
func everything(in Instance) (worst, total int64, feasible bool) {
	load := make([]int, len(in.Load))
	required := make([]uint, len(in.Affinity))
	for _, f := range in.Fixed {
		required[f[0]] |= 1 << f[1]
	}
	var walk func(i int, least, sum int64)
	walk = func(i int, least, sum int64) {
		if i == len(in.Affinity) {
			for r, b := range in.Load {
				if load[r] < b.Min {
					return
				}
			}
			if !feasible || in.Fair && least > worst || sum > total && (!in.Fair || least == worst) {
				worst, total, feasible = least, sum, true
			}
			return
		}
	sets:
		for chosen := range uint(1) << len(in.Load) {
			if chosen&required[i] != required[i] {
				continue
			}
			n, own := 0, int64(0)
			for r := range in.Load {
				if chosen&(1<<r) != 0 {
					if in.Conflict[i][r] || load[r] == in.Load[r].Max {
						continue sets
					}
					n++
					own += in.Affinity[i][r]
				}
			}
			if n < in.Reviews.Min || n > in.Reviews.Max {
				continue
			}
			for r := range in.Load {
				load[r] += int(chosen >> r & 1)
			}
			if i == 0 {
				walk(1, own, own)
			} else {
				walk(i+1, min(least, own), sum+own)
			}
			for r := range in.Load {
				load[r] -= int(chosen >> r & 1)
			}
		}
	}
	walk(0, 0, 0)
	return worst, total, feasible
}

// measured adds up an answer, and refuses one that breaks a bound.
func measured(t *testing.T, in Instance, answer Answer) (worst, total int64) {
	t.Helper()
	if len(answer.Reviewers) != len(in.Affinity) {
		t.Fatalf("%+v: %+v", in, answer)
	}
	load := make([]int, len(in.Load))
	for i, list := range answer.Reviewers {
		own := int64(0)
		if len(list) < in.Reviews.Min || len(list) > in.Reviews.Max || !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) < len(list) {
			t.Fatalf("%+v: application %d has %v", in, i, list)
		}
		for _, r := range list {
			if in.Conflict[i][r] {
				t.Fatalf("%+v: application %d has reviewer %d in a conflict", in, i, r)
			}
			load[r]++
			own += in.Affinity[i][r]
		}
		total += own
		if i == 0 || own < worst {
			worst = own
		}
	}
	for r, b := range in.Load {
		if load[r] < b.Min || load[r] > b.Max {
			t.Fatalf("%+v: reviewer %d has %d: %v", in, r, load[r], answer.Reviewers)
		}
	}
	for _, f := range in.Fixed {
		if !slices.Contains(answer.Reviewers[f[0]], f[1]) {
			t.Fatalf("%+v: %v is not kept: %v", in, f, answer.Reviewers)
		}
	}
	return worst, total
}

func TestAgainstAllAssignments(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	counts := map[string]int{}
	for range 6000 {
		in := small(random)
		answer, err := Solve(t.Context(), in)
		if err != nil {
			t.Fatalf("%+v: %v", in, err)
		}
		wantWorst, wantTotal, feasible := everything(in)
		if feasible != (len(answer.Obstacles) == 0) {
			t.Fatalf("%+v: feasible %v, obstacles %v", in, feasible, answer.Obstacles)
		}
		if !feasible {
			counts["infeasible"]++
			removed(t, random, in, answer.Obstacles)
			continue
		}
		worst, total := measured(t, in, answer)
		if !answer.Exact || total != wantTotal || in.Fair && (worst != wantWorst || answer.WorstBound != worst || answer.TotalBound != total) {
			t.Fatalf("%+v: %+v is worst %d, total %d; want %d, %d", in, answer, worst, total, wantWorst, wantTotal)
		}
		counts[fmt.Sprint("fair ", in.Fair)]++
		again, err := Solve(t.Context(), in)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(answer) {
			t.Fatalf("%+v: %+v, and then %+v", in, answer, again)
		}
	}
	for _, kind := range []string{"infeasible", "fair true", "fair false"} {
		if counts[kind] < 500 {
			t.Errorf("%v: too few of a kind", counts)
		}
	}
}

// removed proves obstacles: without them, whichever way each is removed, there is an assignment.
func removed(t *testing.T, random *rand.Rand, in Instance, obstacles []Obstacle) {
	t.Helper()
	for range 4 {
		changed := in
		changed.Load = slices.Clone(in.Load)
		dropped := map[[2]int]bool{}
		for _, o := range obstacles {
			for _, c := range o.Ways[random.IntN(len(o.Ways))] {
				switch c.Bound {
				case ReviewsMin:
					changed.Reviews.Min = min(changed.Reviews.Min, c.To)
				case ReviewsMax:
					changed.Reviews.Max = max(changed.Reviews.Max, c.To)
				case LoadMin:
					changed.Load[c.Index].Min = min(changed.Load[c.Index].Min, c.To)
				case LoadMax:
					changed.Load[c.Index].Max = max(changed.Load[c.Index].Max, c.To)
				case FixedPair:
					dropped[in.Fixed[c.Index]] = true
				}
			}
		}
		changed.Fixed = nil
		for _, f := range in.Fixed {
			if !dropped[f] {
				changed.Fixed = append(changed.Fixed, f)
			}
		}
		if changed.Reviews.Min < 0 || changed.Reviews.Min > changed.Reviews.Max {
			t.Fatalf("%+v: %v leads to %+v", in, obstacles, changed)
		}
		if _, _, feasible := everything(changed); !feasible {
			t.Fatalf("%+v: %v does not help", in, obstacles)
		}
	}
}

func TestObstaclesSayWhatToRelax(t *testing.T) {
	t.Parallel()
	table := func(applications, reviewers int) [][]int64 {
		rows := make([][]int64, applications)
		for i := range rows {
			rows[i] = make([]int64, reviewers)
		}
		return rows
	}
	conflicts := func(applications, reviewers int, pairs ...[2]int) [][]bool {
		rows := make([][]bool, applications)
		for i := range rows {
			rows[i] = make([]bool, reviewers)
		}
		for _, p := range pairs {
			rows[p[0]][p[1]] = true
		}
		return rows
	}
	for _, c := range []struct {
		name string
		in   Instance
		want []string
	}{
		{
			"too few without conflict",
			Instance{Affinity: table(4, 2), Conflict: conflicts(4, 2, [2]int{3, 0}), Reviews: Bounds{2, 2}, Load: []Bounds{{0, 4}, {0, 4}}},
			[]string{"application 3 can have at most 1 reviewer without conflict, needs 2: lower reviews.min from 2 to 1"},
		},
		{
			"too little load",
			Instance{Affinity: table(5, 2), Conflict: conflicts(5, 2), Reviews: Bounds{1, 2}, Load: []Bounds{{0, 2}, {0, 1}}},
			[]string{"reviewers can take at most 3 reviews in all, 5 are needed: raise load[0].max from 2 to 3 and raise load[1].max from 1 to 2, or lower reviews.min from 1 to 0"},
		},
		{
			"a busy reviewer",
			Instance{Affinity: table(3, 2), Conflict: conflicts(3, 2, [2]int{0, 1}, [2]int{1, 1}), Reviews: Bounds{1, 1}, Load: []Bounds{{0, 1}, {0, 3}}},
			[]string{"applications 0 and 1 need 2 reviews, the reviewers whom they may have can take at most 1 of them: raise load[0].max from 1 to 2, or lower reviews.min from 1 to 0"},
		},
		{
			"must take more than there is",
			Instance{Affinity: table(5, 3), Conflict: conflicts(5, 3, [2]int{0, 2}, [2]int{1, 2}), Reviews: Bounds{1, 3}, Load: []Bounds{{0, 5}, {0, 5}, {5, 5}}},
			[]string{"reviewer 2 must take 5, only 3 applications without conflict: lower load[2].min from 5 to 3"},
		},
		{
			"must take more than applications want",
			Instance{Affinity: table(2, 3), Conflict: conflicts(2, 3), Reviews: Bounds{1, 1}, Load: []Bounds{{1, 2}, {1, 2}, {1, 2}}},
			[]string{"reviewers must take 3 reviews in all, applications can have at most 2: lower load[2].min from 1 to 0, or raise reviews.max from 1 to 2"},
		},
		{
			"fixed in conflict",
			Instance{Affinity: table(1, 2), Conflict: conflicts(1, 2, [2]int{0, 1}), Reviews: Bounds{1, 1}, Load: []Bounds{{0, 1}, {0, 1}}, Fixed: [][2]int{{0, 1}}},
			[]string{"fixed[0] is in conflict: application 0 may not have reviewer 1: drop fixed[0]"},
		},
		{
			"too many fixed",
			Instance{Affinity: table(2, 2), Conflict: conflicts(2, 2), Reviews: Bounds{1, 1}, Load: []Bounds{{0, 1}, {0, 2}}, Fixed: [][2]int{{0, 0}, {1, 0}, {0, 0}, {1, 1}}},
			[]string{"reviewer 0 has 2 fixed applications, can take at most 1: raise load[0].max from 1 to 2", "application 1 has 2 fixed reviewers, can have at most 1: raise reviews.max from 1 to 2"},
		},
		{
			"nobody",
			Instance{Affinity: table(2, 0), Conflict: conflicts(2, 0), Reviews: Bounds{1, 1}},
			[]string{"applications 0 and 1 can have at most 0 reviewers without conflict, need 1: lower reviews.min from 1 to 0"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			answer, err := Solve(t.Context(), c.in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range answer.Obstacles {
				got = append(got, o.String())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAssigningStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, fair := range []bool{false, true} {
		in := large(20, 10, 2, scattered(1, 9))
		in.Fair = fair
		if _, err := Solve(ctx, in); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}
