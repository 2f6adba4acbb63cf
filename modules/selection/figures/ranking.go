package figures

import (
	"cmp"
	"math"
	"slices"

	"kervan/modules/ids"
)

// Points are hundredths of a point on the scale of 100 that totals are told on.
type Points int

// Float is the total on the scale of 100.
func (p Points) Float() float64 { return float64(p) / 100 }

// Scores are the submitted totals of one application.
type Scores struct {
	Application ids.Application
	Totals      []Points
}

// Rank is where an application stands among the others of its call. It is told in bands, not in places, because places
// pretend a precision that reviews do not have.
type Rank struct {
	Application ids.Application
	Mean        float64 // raw weighted mean of all submitted totals, 0–100
	Reviews     int
	Low, High   Points
	Band        int // from 1; 0 without any review
}

// Spread is how far the totals are apart.
func (r Rank) Spread() float64 { return (r.High - r.Low).Float() }

// Ranking is a call's applications by their means, the best first; those without reviews stand last, in the order given.
type Ranking struct {
	Ranks         []Rank
	StandardError float64 // of a mean, pooled over all applications; 0 where it cannot be known
}

// Order ranks applications and puts near-ties into bands.
//
// The pooled standard error of a mean comes from how far reviews of the same application lie apart, over all
// applications: with x the totals, m the means and n the numbers of reviews,
//
//	s² = sum of all (x − m)² ÷ sum of all (n − 1)
//	SE = √(s² × mean of all 1/n)
//
// where s² is the mean square within applications of a one-way analysis of variance (Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological Bulletin 86, 1979,
// call s² the within-target mean square.) A band begins with the best application that is in none yet and takes those
// next to it whose means lie less than one SE below: they are closer to the band's best than one more review would tell.
// It is measured from the band's best and not from neighbour to neighbour, or a long row of small steps would make one
// band of everything. Where no application has two reviews, only equal means share a band.
//
// For example: totals of 80 and 70, 74 and 72, 60 and 58 have the means 75, 73 and 59; s² = (50 + 2 + 2) ÷ 3 = 18 and
// SE = √(18 × ½) = 3; so the first two make band 1 and the third makes band 2.
func Order(all []Scores) Ranking {
	r := Ranking{Ranks: make([]Rank, len(all))}
	squares, freedom, inverse, scored := 0.0, 0, 0.0, 0
	for i, s := range all {
		r.Ranks[i] = s.Rank()
		n := len(s.Totals)
		if n == 0 {
			continue
		}
		for _, x := range s.Totals {
			squares += (x.Float() - r.Ranks[i].Mean) * (x.Float() - r.Ranks[i].Mean)
		}
		freedom += n - 1
		inverse += 1 / float64(n)
		scored++
	}
	if freedom > 0 {
		r.StandardError = math.Sqrt(squares / float64(freedom) * inverse / float64(scored))
	}
	slices.SortStableFunc(r.Ranks, func(a, b Rank) int {
		if (a.Reviews == 0) != (b.Reviews == 0) {
			return cmp.Compare(b.Reviews, a.Reviews)
		}
		return cmp.Compare(b.Mean, a.Mean)
	})
	r.band()
	return r
}

// Rank is the application alone, in no band.
func (s Scores) Rank() Rank {
	rank := Rank{Application: s.Application, Reviews: len(s.Totals)}
	if len(s.Totals) == 0 {
		return rank
	}
	sum := Points(0)
	for _, x := range s.Totals {
		sum += x
	}
	rank.Mean = sum.Float() / float64(len(s.Totals))
	rank.Low, rank.High = slices.Min(s.Totals), slices.Max(s.Totals)
	return rank
}

// Hair is less than any difference that two means of hundredths can have, and more than floating point loses.
const Hair = 1e-9

func (r *Ranking) band() {
	band, best := 0, 0.0
	for i := range r.Ranks {
		if r.Ranks[i].Reviews == 0 {
			return
		}
		if away := best - r.Ranks[i].Mean; band == 0 || away >= r.StandardError-Hair && away > Hair {
			band, best = band+1, r.Ranks[i].Mean
		}
		r.Ranks[i].Band = band
	}
}

// Line tells which band the last place falls into, and whether that band holds more applications than there are places
// left for it: then the reviews alone do not decide who gets them.
func (r Ranking) Line(places int) (band int, contested bool) {
	if places <= 0 || places > len(r.Ranks) || r.Ranks[places-1].Band == 0 {
		return 0, false
	}
	band = r.Ranks[places-1].Band
	return band, places < len(r.Ranks) && r.Ranks[places].Band == band
}
