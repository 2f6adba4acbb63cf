package matching

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/solver"
)

// several is the problem of who takes several seats at once. Those that stay have seats of their own, by labels in place of countries;
// whoever could come has one that says which of the others admit it.
type several struct {
	seatsInstance

	places []int // of its organizations on the ranking's board
}

func (r *Ranking) seatsProblem() several {
	p := several{seatsInstance: seatsInstance{Kind: BySeats, Most: true, Seed: r.Board.Rules.Seed, Organizations: []sideIn{}, Scores: [][]*int{}}}
	const comes, stays = "comes", "stays"
	for _, at := range r.stays {
		p.add(at, stays, r.Board.Organizations[at])
	}
	labels := map[int][]string{}
	for n, o := range r.Openings {
		for _, c := range o.Ranked {
			labels[c.At] = append(labels[c.At], strconv.Itoa(n+1))
		}
	}
	var kinds []string
	for at := len(r.stays); at < len(r.Board.Organizations); at++ {
		if of := labels[at]; len(of) > 0 {
			label := strings.Join(of, "+")
			p.places = append(p.places, at)
			p.Organizations = append(p.Organizations, sideIn{Country: label, Type: comes})
			if !slices.Contains(kinds, label) {
				kinds = append(kinds, label)
			}
		}
	}
	slices.Sort(kinds)
	opening := 0
	for _, seat := range r.Seats {
		if !seat.Free {
			p.Seats = append(p.Seats, seatIn{Countries: []string{seat.Organization.String()}, Type: stays})
			continue
		}
		opening++
		one := seatIn{Countries: []string{}, Type: comes}
		for _, label := range kinds {
			if slices.Contains(strings.Split(label, "+"), strconv.Itoa(opening)) {
				one.Countries = append(one.Countries, label)
			}
		}
		if len(one.Countries) == 0 {
			one.Countries = []string{"nobody"}
		}
		p.Seats = append(p.Seats, one)
	}
	for n, i := range p.places {
		row := make([]*int, len(p.places))
		for m, j := range p.places {
			if n == m || r.parted[[2]int{min(i, j), max(i, j)}] {
				continue
			}
			points := r.Board.Basis.Points(&r.Board.Rules.Weights, i, j)
			row[m] = &points
		}
		p.Scores = append(p.Scores, row)
	}
	return p
}

func (p *several) add(at int, kind string, id ids.Organization) {
	p.places = append(p.places, at)
	p.Organizations = append(p.Organizations, sideIn{Country: id.String(), Type: kind})
}

func (p *several) solve(ctx context.Context) (solved, error) {
	var answer solved
	in, err := json.Marshal(p.seatsInstance)
	if err != nil {
		return answer, fmt.Errorf("matching: write instance: %w", err)
	}
	out, err := solver.Solve(ctx, in)
	if err != nil {
		return answer, fmt.Errorf("matching: solve: %w", err)
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return answer, fmt.Errorf("matching: read answer: %w", err)
	}
	return answer, nil
}

// instance is what the best choice follows from.
func (r *Ranking) instance() (json.RawMessage, error) {
	var in any
	if len(r.Openings) == 1 {
		row := []*int{}
		for _, c := range r.Openings[0].Ranked {
			row = append(row, &c.Total)
		}
		in = bipartiteInstance{Kind: ByBipartite, Cost: [][]*int{row}, Maximize: true}
	} else {
		in = r.seatsProblem().seatsInstance
	}
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("matching: write instance: %w", err)
	}
	return b, nil
}

// Legend says who is behind the numbers of an instance: the seats of a team, in the order of the instance's, and the organizations, counted
// from 0.
type Legend struct {
	Seats         []string `json:"seats"`
	Organizations []string `json:"organizations"`
}

// legend is that of the instance of the best choice; seats are named in the reader's language.
func (r *Ranking) legend(l i18n.Locale) Legend {
	legend := Legend{Seats: []string{}, Organizations: []string{}}
	if len(r.Openings) == 1 {
		legend.Seats = append(legend.Seats, r.Openings[0].Title.String(l))
		for _, c := range r.Openings[0].Ranked {
			legend.Organizations = append(legend.Organizations, r.Board.Name(c.At))
		}
		return legend
	}
	for i := range r.Seats {
		legend.Seats = append(legend.Seats, r.Seats[i].Title.String(l))
	}
	for _, at := range r.seatsProblem().places {
		legend.Organizations = append(legend.Organizations, r.Board.Name(at))
	}
	return legend
}
