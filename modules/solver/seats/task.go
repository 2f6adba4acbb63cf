package seats

import (
	"context"
	"errors"
	"slices"
)

// ErrTooMany is that more groups can be made than are looked at.
var ErrTooMany = errors.New("more than 3000000 groups could be made")

const mostGroups = 3_000_000

// group is organizations that can be seated together, ascending, and what they are worth.
type group struct {
	members [4]int16
	worth   int64
}

// task is a pool with all the groups that can be made in it.
type task struct {
	Pool
	groups  []group
	usable  int  // how many organizations are in any group
	count   bool // every group is worth 1
	exactly int  // how many groups are wanted; −1 where any number is
	sits    [1 << 16]answer
}

type answer uint8

const (
	unknown answer = iota
	yes
	no
)

func newTask(ctx context.Context, p Pool) (*task, error) {
	t := &task{Pool: p, exactly: -1}
	all := make([]int16, len(p.Takes))
	for i := range all {
		all[i] = int16(i)
	}
	in := make([]bool, len(p.Takes))
	t.among(all, func(g group) bool {
		if !p.Size && g.worth < 0 {
			return true
		}
		t.groups = append(t.groups, g)
		for _, m := range g.members[:p.Seats] {
			if !in[m] {
				in[m] = true
				t.usable++
			}
		}
		return len(t.groups) <= mostGroups && (len(t.groups)%4096 > 0 || ctx.Err() == nil)
	})
	if ctx.Err() == nil && len(t.groups) > mostGroups {
		return nil, ErrTooMany
	}
	return t, ctx.Err()
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

// sit says whether organizations can be seated, one on each seat.
func (t *task) sit(members [4]int16) bool {
	takes, key := [4]uint8{}, 0
	for i, m := range members[:t.Seats] {
		takes[i] = t.Takes[m]
		key = key<<4 | int(takes[i])
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

// again is a group of the task in which groups are counted, with what it is worth in this one.
func (t *task) again(g group) group {
	g.worth = 0
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
		all := make([]int16, len(t.Takes))
		for i := range all {
			all[i] = int16(i)
		}
		chosen = t.pack(all)
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
