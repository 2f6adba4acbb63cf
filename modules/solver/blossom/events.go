package blossom

import "math"

// never is after everything that happens.
const never = math.MaxInt64

// event is something that may happen at a time; whether it still does is seen when it comes.
type event struct {
	at   int64
	what what
	of   int32
}

type what uint8

const (
	joins  what = iota // the free blossom joins a tree
	meets              // the outer node meets another
	spends             // the inner blossom has no dual left
)

// events is a heap, the earliest first.
type events []event

func (h *events) push(e event) {
	*h = append(*h, e)
	s := *h
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if s[up].at <= e.at {
			break
		}
		s[i], i = s[up], up
	}
	s[i] = e
}

func (h *events) pop() event {
	s := *h
	first, last := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	if len(s) == 0 {
		return first
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(s) {
			break
		}
		if down+1 < len(s) && s[down+1].at < s[down].at {
			down++
		}
		if last.at <= s[down].at {
			break
		}
		s[i], i = s[down], down
	}
	s[i] = last
	return first
}
