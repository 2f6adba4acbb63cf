package seats

import "math/bits"

// pack is the best choice of groups among a few organizations, no more than Small of them: the best of a set is the best
// of the set without its first, or that of what is left by a group with it. In a task where their number is given, more
// groups are better than fewer, whatever they are worth.
func (t *task) pack(pool []int16) []group {
	k := packing{first: make([][]option, len(pool)), best: make([]int64, 1<<len(pool)), with: make([]*option, 1<<len(pool)), known: make([]bool, 1<<len(pool))}
	at := make([]uint8, len(t.Takes))
	for i, m := range pool {
		at[m] = uint8(i)
	}
	most := int64(0)
	t.among(pool, func(g group) bool {
		set := uint32(0)
		for _, m := range g.members[:t.Seats] {
			set |= 1 << at[m]
		}
		first := at[g.members[0]]
		k.first[first] = append(k.first[first], option{g, set})
		most = max(most, g.worth, -g.worth)
		return true
	})
	if t.exactly >= 0 {
		k.extra = 2*most*int64(len(pool)/t.Seats) + 1
	}
	all := uint32(1<<len(pool) - 1)
	k.solve(all)
	var chosen []group
	for set := all; set != 0; {
		if o := k.with[set]; o != nil {
			chosen = append(chosen, o.group)
			set &^= o.set
		} else {
			set &= set - 1
		}
	}
	return chosen
}

// option is a group, and the set of its members by their places in the pool.
type option struct {
	group
	set uint32
}

type packing struct {
	first [][]option // by the first member
	extra int64      // what a group is worth beside its worth
	best  []int64    // by set
	with  []*option
	known []bool
}

func (k *packing) solve(set uint32) int64 {
	if set == 0 || k.known[set] {
		return k.best[set]
	}
	best, with := k.solve(set&(set-1)), (*option)(nil)
	options := k.first[bits.TrailingZeros32(set)]
	for i := range options {
		if o := &options[i]; o.set&^set == 0 {
			if value := o.worth + k.extra + k.solve(set&^o.set); value > best {
				best, with = value, o
			}
		}
	}
	k.best[set], k.with[set], k.known[set] = best, with, true
	return best
}
