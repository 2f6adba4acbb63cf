package seats

import (
	"context"
	"slices"
)

// mostListed is how many groups are listed; where more can be made, those that matter are looked for.
const mostListed = 200_000

// group is organizations that can be seated together, ascending, and what they are worth.
type group struct {
	members [4]int16
	worth   int64
}

// task is a pool with groups that can be made in it.
type task struct {
	Pool
	groups  []group
	whole   bool   // these are all groups, but some that are worth less than none where that matters
	count   bool   // every group is worth 1
	exactly int    // how many groups are wanted; −1 where any number is
	barred  *group // it may not be made
	sits    [1 << 16]answer
}

type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// newTask lists the groups, where they are no more than so many.
func newTask(ctx context.Context, p Pool, listed int) (*task, error) {
	t := &task{Pool: p, exactly: -1, whole: true}
	t.among(t.all(), func(g group) bool {
		if p.Size || g.worth >= 0 {
			t.groups = append(t.groups, g)
		}
		return len(t.groups) <= listed && (len(t.groups)%4096 > 0 || ctx.Err() == nil)
	})
	if t.whole = len(t.groups) <= listed; !t.whole {
		t.groups = distinct(append(t.groups[:min(nearest, len(t.groups))], t.near()...))
		if !p.Size {
			t.groups = slices.DeleteFunc(t.groups, func(g group) bool { return g.worth < 0 })
		}
	}
	return t, ctx.Err()
}

// all is the organizations that can take a seat.
func (t *task) all() []int16 {
	var all []int16
	for i, takes := range t.Takes {
		if takes != 0 {
			all = append(all, int16(i))
		}
	}
	return all
}

// pairs says whether two can be in one group, as far as that depends on them.
func (t *task) pairs(i, j int16) bool {
	open := uint8(1<<t.Seats - 1)
	return t.Scores[i][j] != Forbidden && t.seats([4]uint8{t.Takes[i], t.Takes[j], open, open})
}

// worth is what a pair adds to the worth of its group.
func (t *task) worth(i, j int16) int64 {
	if t.count {
		return 0
	}
	return t.Scores[i][j]
}

// among calls with every group of some organizations, which are ascending, until it is enough.
func (t *task) among(pool []int16, each func(group) bool) {
	var g group
	var extend func(size, from int, worth int64) bool
	extend = func(size, from int, worth int64) bool {
		if size == t.Seats {
			if !t.sit(g.members) {
				return true
			}
			g.worth = worth
			if t.count {
				g.worth = 1
			}
			return each(g)
		}
	next:
		for i := from; i < len(pool); i++ {
			more := worth
			for _, m := range g.members[:size] {
				s := t.Scores[pool[i]][m]
				if s == Forbidden {
					continue next
				}
				more += s
			}
			g.members[size] = pool[i]
			if !extend(size+1, i+1, more) {
				return false
			}
		}
		return true
	}
	extend(0, 0, 0)
}

// sit says whether organizations, which are ascending, can be seated, one on each seat, and may be.
func (t *task) sit(members [4]int16) bool {
	if t.barred != nil && t.barred.members == members {
		return false
	}
	var takes [4]uint8
	for i, m := range members[:t.Seats] {
		takes[i] = t.Takes[m]
	}
	return t.seats(takes)
}

// seats says whether those that are taken by these seats can sit, one on each.
func (t *task) seats(takes [4]uint8) bool {
	key := 0
	for _, of := range takes[:t.Seats] {
		key = key<<4 | int(of)
	}
	if t.sits[key] == unknown {
		t.sits[key] = no
		if seatable(t.Seats, takes[:t.Seats]...) {
			t.sits[key] = yes
		}
	}
	return t.sits[key] == yes
}

// counting is the same task where every group is worth 1.
func (t *task) counting() *task {
	c := *t
	c.count = true
	c.groups = slices.Clone(t.groups)
	for i := range c.groups {
		c.groups[i].worth = 1
	}
	return &c
}

// again is a group of another task, with what it is worth in this one.
func (t *task) again(g group) group {
	if g.worth = 0; t.count {
		g.worth = 1
		return g
	}
	for i, m := range g.members[:t.Seats] {
		for _, other := range g.members[:i] {
			g.worth += t.Scores[m][other]
		}
	}
	return g
}

func worth(chosen []group) int64 {
	sum := int64(0)
	for _, g := range chosen {
		sum += g.worth
	}
	return sum
}

// solve chooses groups, beginning with a choice that has as many as are wanted, and bounds what they can be worth.
func (t *task) solve(ctx context.Context, chosen []group) ([]group, int64, error) {
	if len(t.groups) == 0 || t.exactly == 0 {
		return nil, 0, nil
	}
	if len(t.Takes) <= Small {
		chosen = t.pack(t.all())
		return chosen, worth(chosen), nil
	}
	return t.byPrices(ctx, chosen)
}

// byPrices is how pools that are not small are solved.
func (t *task) byPrices(ctx context.Context, chosen []group) ([]group, int64, error) {
	p, err := t.price(ctx)
	if err != nil {
		return nil, 0, err
	}
	if chosen, err = t.improve(ctx, chosen, p); err != nil {
		return nil, 0, err
	}
	chosen, proved, err := t.search(ctx, chosen, p)
	if proved {
		return chosen, worth(chosen), err
	}
	return chosen, p.bound(), err
}
