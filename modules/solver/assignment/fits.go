package assignment

// supply is a flow without values: each of those who demand gets so many different sources, and no source gives more than
// it can.
type supply struct {
	demand, capacity []int
	open             func(d, s int) bool

	has     [][]bool // by demand and source
	holders [][]int  // by source
	short   []int    // what each demand still lacks
	seen    []bool   // demands that were tried since the last success
	seenAt  []bool   // and sources
}

// supplied meets as much of the demand as can be met in all, by augmenting paths.
func supplied(demand, capacity []int, open func(d, s int) bool) *supply {
	s := &supply{
		demand: demand, capacity: append([]int(nil), capacity...), open: open,
		has: make([][]bool, len(demand)), holders: make([][]int, len(capacity)), short: append([]int(nil), demand...),
		seen: make([]bool, len(demand)), seenAt: make([]bool, len(capacity)),
	}
	for d := range s.has {
		s.has[d] = make([]bool, len(capacity))
	}
	for d := range demand {
		s.fill(d)
	}
	return s
}

// fill meets what a demand lacks as far as possible.
func (s *supply) fill(d int) {
	for s.short[d] > 0 {
		if !s.augment(d) {
			return
		}
		s.short[d]--
		clear(s.seen)
		clear(s.seenAt)
	}
}

// augment finds one more source for a demand, or leaves marks on all that it has tried in vain.
func (s *supply) augment(d int) bool {
	if s.seen[d] {
		return false
	}
	s.seen[d] = true
	for at := range s.capacity {
		if !s.seenAt[at] && !s.has[d][at] && len(s.holders[at]) < s.capacity[at] && s.open(d, at) {
			s.give(at, d)
			return true
		}
	}
	for at := range s.capacity {
		if s.seenAt[at] || s.has[d][at] || !s.open(d, at) {
			continue
		}
		s.seenAt[at] = true
		for k, other := range s.holders[at] {
			if s.augment(other) {
				s.has[other][at] = false
				s.holders[at] = append(s.holders[at][:k], s.holders[at][k+1:]...)
				s.give(at, d)
				return true
			}
		}
	}
	return false
}

func (s *supply) give(at, d int) {
	s.has[d][at] = true
	s.holders[at] = append(s.holders[at], d)
}

// lacking is what cannot be met in all.
func (s *supply) lacking() int {
	sum := 0
	for _, n := range s.short {
		sum += n
	}
	return sum
}

// violators returns the demands that together want more than there is for them: those that lack something, and all whose
// sources they could use if those had something else. That is the demands' side of a minimum cut.
func (s *supply) violators() []int {
	clear(s.seen)
	clear(s.seenAt)
	var all []int
	for d, n := range s.short {
		if n > 0 {
			s.augment(d)
		}
	}
	for d, seen := range s.seen {
		if seen {
			all = append(all, d)
		}
	}
	return all
}

// feasible tells whether some pairs keep all bounds. Applications' least and reviewers' most are met by one flow,
// reviewers' least and applications' most by another; where both exist, one exists that meets all four (L. Ford and
// D. Fulkerson, "Flows in Networks", 1962, section II.3).
func (n *network) feasible() bool {
	return n.byApplications().lacking() == 0 && n.byReviewers().lacking() == 0
}

func (n *network) byApplications() *supply {
	return supplied(least(n.reviews), most(n.load), func(i, r int) bool { return n.open[n.pair(i, r)] })
}

func (n *network) byReviewers() *supply {
	return supplied(least(n.load), most(n.reviews), func(r, i int) bool { return n.open[n.pair(i, r)] })
}

func least(all []Bounds) []int {
	bounds := make([]int, len(all))
	for i, b := range all {
		bounds[i] = b.Min
	}
	return bounds
}

func most(all []Bounds) []int {
	bounds := make([]int, len(all))
	for i, b := range all {
		bounds[i] = b.Max
	}
	return bounds
}
