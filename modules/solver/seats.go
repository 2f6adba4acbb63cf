package solver

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"kervan/modules/solver/decimals"
	"kervan/modules/solver/seats"
)

const (
	mostOrganizations = 1_000 // for two seats
	mostInGroups      = 300   // for three and four
	patience          = 200_000_000
	mostOthers        = 20  // alternatives
	mostWithOthers    = 160 // organizations, for two seats, where alternatives are asked for
)

var seatsKind = kind{
	solve: seatsOf,
	about: `
Groups of two, three or four organizations, one for each seat of a partnership.

  {"kind":"seats","seats":[{"countries":["TR",…],"type":"…"},…],
   "organizations":[{"country":"TR","type":"…"},…],"scores":[[…],…],
   "max_cardinality":true|false,"seed":S,"alternatives":A}
  → {"groups":[[organization of seat 0, of seat 1, …],…],"size":k,
     "score":s,"bound":b,"exact":true|false,
     "alternatives":[{"without":[organization,…],"groups":…,"size":…,"score":…,"bound":…,
                      "exact":…},…]}

A seat takes organizations of its countries and its type; without countries (missing or empty) of
any country, without a type (missing or "") of any type. Organizations, at most 300 (1,000 for two
seats), count from 0; a country or type of theirs that is missing is "". scores is a square table,
symmetric: what each pair is worth, or null where the two may not be in one group; the diagonal
means nothing and may be null. A group is worth the sum of its pairs. No organization is in two.
With max_cardinality (false if missing) as many groups as possible come first, then score; without
it the score alone, so no group of negative worth is made.
bound is proved: no choice scores more; with max_cardinality, none of as many groups. It is that of
the linear program in which groups may be made in part. exact says that there is no better choice.
It always is for two seats and for pools of up to 16, and mostly for some dozens; for larger ones it
is improved from several starts, others with another seed, and searched for so long: of 300 with
scores at random it is within about 5 % of the bound. If several are equally good, it is one of
them, always the same. Scores are exact as the weights of a matching are, to 10 digits at least.
With alternatives (1 to 20; with two seats for up to 160 organizations) the answer has up to A other
choices, the best first: of those that are found without one of the groups, each without another
one, those that differ; with max_cardinality only such of as many groups. Their bound and exact are
about all choices without that group, with max_cardinality about those of as many groups. Where the
answer itself is not exact, one may even score more.`,
	examples: []example{
		{
			`{"kind":"seats","seats":[{"countries":["TR"]},{"countries":["DE"]},{"type":"school"}],"organizations":[{"country":"TR"},{"country":"DE"},{"country":"DE","type":"school"},{"country":"TR"},{"country":"GR","type":"school"},{"country":"DE"}],"scores":[[null,3,1,0,2,1],[3,null,1,2,1,0],[1,1,null,1,0,2],[0,2,1,null,4,1],[2,1,0,4,null,3],[1,0,2,1,3,null]]}`,
			`{"groups":[[0,1,2],[3,5,4]],"size":2,"score":13,"bound":13,"exact":true}`,
		},
		{
			`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{},{}],"scores":[[null,1,-5,0.5],[1,null,2,null],[-5,2,null,1],[0.5,null,1,null]],"max_cardinality":true}`,
			`{"groups":[[0,1,2]],"size":1,"score":-2,"bound":-2,"exact":true}`,
		},
		{
			`{"kind":"seats","seats":[{"countries":["TR"]},{"countries":["DE"]},{},{"type":"school"}],"organizations":[{"country":"TR"},{"country":"DE"},{"country":"GR"},{"country":"GR","type":"school"},{"country":"TR"},{"country":"DE","type":"school"}],"scores":[[null,3,1,2,1,1],[3,null,2,1,0,2],[1,2,null,4,2,1],[2,1,4,null,1,null],[1,0,2,1,null,3],[1,2,1,null,3,null]],"alternatives":2}`,
			`{"groups":[[0,1,2,3]],"size":1,"score":13,"bound":13,"exact":true,"alternatives":[{"without":[0,1,2,3],"groups":[[4,1,2,3]],"size":1,"score":10,"bound":10,"exact":true}]}`,
		},
		{ // the bound is that of five groups and two thirds
			`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}],"scores":[[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]]}`,
			`{"groups":[[0,1,2],[4,5,6],[7,8,9],[10,11,12],[13,14,15]],"size":5,"score":15,"bound":17,"exact":false}`,
		},
	},
}

type grouped struct {
	Without      []int       `json:"without,omitempty"`
	Groups       [][]int     `json:"groups"`
	Size         int         `json:"size"`
	Score        json.Number `json:"score"`
	Bound        json.Number `json:"bound"`
	Exact        bool        `json:"exact"`
	Alternatives *[]grouped  `json:"alternatives,omitempty"` // where they are asked for, even if there are none
}

// seatOf is what a seat asks for, or what an organization is, with no more than one country.
type seatOf struct {
	countries []string
	sort      string
}

func (s seatOf) takes(o seatOf) bool {
	return (len(s.countries) == 0 || slices.Contains(s.countries, o.countries[0])) && (s.sort == "" || s.sort == o.sort)
}

func seatsOf(ctx context.Context, r *reader) (any, error) {
	o, err := r.object("seats", "organizations", "scores", "max_cardinality?", "seed?", "alternatives?")
	if err != nil {
		return nil, err
	}
	p := seats.Pool{Patience: patience}
	if p.Size, err = o.flag("max_cardinality"); err != nil {
		return nil, err
	}
	if p.Seed, _, err = o.seed(); err != nil {
		return nil, err
	}
	wanted, err := readSeats(o["seats"])
	if err != nil {
		return nil, err
	}
	organizations, err := readOrganizations(o["organizations"], len(wanted))
	if err != nil {
		return nil, err
	}
	n := len(organizations)
	table, err := readScores(o["scores"], n)
	if err != nil {
		return nil, err
	}
	p.Seats, p.Takes, p.Scores = len(wanted), make([]uint8, n), make([][]int64, n)
	for i, one := range organizations {
		for at, s := range wanted {
			if s.takes(one) {
				p.Takes[i] |= 1 << at
			}
		}
		p.Scores[i] = make([]int64, n)
	}
	scaled, _ := decimals.Integers(table.numbers, seats.MaxScore(n))
	for i := range n {
		for j := range n {
			p.Scores[i][j] = scaled[i*n+j]
			if table.absent[i*n+j] {
				p.Scores[i][j] = seats.Forbidden
			}
		}
	}
	most, err := readAlternatives(o["alternatives"], p.Seats, n)
	if err != nil {
		return nil, err
	}
	result, err := seats.Group(ctx, p)
	if err != nil {
		return nil, err
	}
	answer, err := groupsOf(result, table, seats.MaxScore(n))
	if err != nil || most == 0 {
		return answer, err
	}
	others, err := seats.Alternatives(ctx, p, result.Groups, most)
	if err != nil {
		return nil, err
	}
	all := make([]grouped, len(others))
	for i, other := range others {
		if all[i], err = groupsOf(other.Result, table, seats.MaxScore(n)); err != nil {
			return nil, err
		}
		all[i].Without = other.Without
	}
	answer.Alternatives = &all
	return answer, nil
}

// readAlternatives reads how many are asked for, 0 where none are.
func readAlternatives(r *reader, seats, n int) (int, error) {
	if r == nil {
		return 0, nil
	}
	if seats == 2 && n > mostWithOthers {
		return 0, r.mistake("are found for up to %d organizations with two seats, not for %d", mostWithOthers, n)
	}
	return r.integer(fmt.Sprintf("a number of alternatives; there may be 1 to %d", mostOthers), 1, mostOthers)
}

// groupsOf is the answer, with scores and bound in the numbers of the table.
func groupsOf(r seats.Result, table matrix, limit int64) (grouped, error) {
	var sum []decimals.Decimal
	for _, g := range r.Groups {
		for at, m := range g {
			for _, other := range g[:at] {
				sum = append(sum, table.at(m, other))
			}
		}
	}
	answer := grouped{Groups: r.Groups, Size: len(r.Groups), Exact: r.Exact}
	var err error
	if answer.Score, err = total("scores", sum); err != nil {
		return answer, err
	}
	if answer.Bound = answer.Score; r.Bound == r.Score {
		return answer, nil
	}
	if _, precise := decimals.Integers(table.numbers, limit); precise {
		answer.Bound, err = total("scores", []decimals.Decimal{{Mantissa: r.Bound, Exponent: decimals.Exponent(table.numbers)}})
		return answer, err
	}
	// Every score may have been rounded down by half a unit, of six in a group.
	units := float64(r.Bound) + 3*float64(len(table.absent))
	bound := units / float64(limit) * decimals.Largest(table.numbers)
	answer.Bound, err = written("scores", math.Nextafter(bound+math.Abs(bound)*1e-15, math.Inf(1)))
	return answer, err
}

func readSeats(r *reader) ([]seatOf, error) {
	var all []seatOf
	if err := r.array("seats", func(i int) error {
		if i >= 4 {
			return r.mistake("is one seat too many; there may be 2 to 4")
		}
		o, err := r.object("countries?", "type?")
		if err != nil {
			return err
		}
		var s seatOf
		if list := o["countries"]; list != nil {
			if err := list.array("countries", func(int) error {
				country, err := list.word()
				s.countries = append(s.countries, country)
				return err
			}); err != nil {
				return err
			}
		}
		s.sort, err = o.text("type")
		all = append(all, s)
		return err
	}); err != nil {
		return nil, err
	}
	if len(all) < 2 {
		return nil, r.mistake("has %d of at least 2 seats; there may be 2 to 4", len(all))
	}
	return all, nil
}

func readOrganizations(r *reader, seats int) ([]seatOf, error) {
	most := mostInGroups
	if seats == 2 {
		most = mostOrganizations
	}
	var all []seatOf
	err := r.array("organizations", func(i int) error {
		if i >= most {
			return r.mistake("is one organization too many; with %d seats there may be %d", seats, most)
		}
		o, err := r.object("country?", "type?")
		if err != nil {
			return err
		}
		country, err := o.text("country")
		if err != nil {
			return err
		}
		sort, err := o.text("type")
		all = append(all, seatOf{countries: []string{country}, sort: sort})
		return err
	})
	return all, err
}

// readScores reads the table, without its diagonal.
func readScores(r *reader, n int) (matrix, error) {
	m, err := r.matrix(n*n, true)
	if err != nil {
		return m, err
	}
	if m.rows != n || n > 0 && m.columns != n {
		return m, r.mistake("must have a row and a column for each of %d organizations, has %d rows of %d numbers", n, m.rows, m.columns)
	}
	for i := range n {
		for j := range i {
			if m.at(i, j) != m.at(j, i) || m.absent[i*n+j] != m.absent[j*n+i] {
				return m, &Mistake{fmt.Sprintf("scores[%d][%d]", i, j), fmt.Sprintf("is not the same as scores[%d][%d]", j, i)}
			}
		}
		m.numbers[i*n+i], m.absent[i*n+i] = decimals.Decimal{}, true
	}
	return m, nil
}
