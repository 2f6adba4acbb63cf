package matching

import (
	"slices"
	"strconv"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// The ways in which a round can be solved, as its form names them.
const (
	wayMost     = "most"
	wayTotal    = "total"
	wayRankings = "rankings"
)

// typedRound is a round's form: what was typed and what is wrong with it.
type typedRound struct {
	Round

	Numbers map[string]string // weights and the seed, as typed
	Fault   *fault.Fault
}

func typedRoundOf(r Round) typedRound {
	t := typedRound{Round: r, Numbers: map[string]string{"seed": strconv.FormatUint(r.Rules.Seed, 10)}}
	for _, c := range Criteria {
		t.Numbers[weightField(c)] = strconv.Itoa(r.Rules.Weights.Of(c))
	}
	return t
}

// way is how the round is solved.
func (g *Rules) way() string {
	switch {
	case g.Rankings:
		return wayRankings
	case g.Most:
		return wayMost
	default:
		return wayTotal
	}
}

// readRound reads the form of a round of a network or the core.
func readRound(form web.Form, kind tenants.Kind) (typedRound, []fault.Field, error) {
	t := typedRound{Numbers: map[string]string{}}
	r := &t.Round
	var err error
	if form.Has("version") {
		if r.Version, err = form.Version(); err != nil {
			return t, nil, err
		}
	}
	var bad []fault.Field
	r.Title, bad = form.Required("title", maxTitle)
	if len(bad) > 0 {
		r.Title = form.Raw("title")
	}
	if r.Pool = PoolKind(form.Raw("pool")); kind == tenants.KindCore {
		r.Pool = SharedPool
	}
	if id, err := ids.Parse[ids.Call](form.Raw("call")); err == nil {
		r.Call = id
	}
	number := func(name string, most int) int {
		t.Numbers[name] = form.Raw(name)
		n, err := strconv.Atoi(strings.TrimSpace(form.Raw(name)))
		if err != nil || n < 0 || n > most {
			bad = append(bad, fault.AtWith(name, "matching.round.between", fault.Args{"Low": 0, "High": most}))
		}
		return n
	}
	g := &r.Rules
	for _, c := range r.Pool.criteria() {
		*g.Weights.of(c) = number(weightField(c), MostWeight)
	}
	g.Seed = uint64(max(0, number("seed", MostSeed)))
	g.Language, g.Days, g.New, g.Once = form.Ticked("language"), form.Ticked("days"), form.Ticked("new"), form.Ticked("once")
	g.Networks = form.Ticked("networks")
	r.Pool.strip(g)
	way := form.Raw("method")
	g.Most, g.Rankings = way == wayMost, way == wayRankings
	if !slices.Contains([]string{wayMost, wayTotal, wayRankings}, way) {
		bad = append(bad, fault.At("method", "fault.choose"))
	}
	seats, err := strconv.Atoi(form.Raw("seats"))
	if err != nil || seats < FewestSeats || seats > MostSeats {
		bad = append(bad, fault.At("seats", "fault.choose"))
		seats = FewestSeats
	}
	for n := range seats {
		s := Seat{Kind: form.Raw(seatField(n, "kind"))}
		for _, code := range form.All(seatField(n, "countries")) {
			s.Countries = append(s.Countries, geo.Country(code))
		}
		g.Seats = append(g.Seats, s)
	}
	for _, f := range g.check() {
		if !slices.ContainsFunc(bad, func(b fault.Field) bool { return b.Name == f.Name }) {
			bad = append(bad, f)
		}
	}
	return t, bad, nil
}

// readOrganizations reads identifiers of organizations that were chosen, each once; others are left away.
func readOrganizations(typed []string) []ids.Organization {
	var all []ids.Organization
	for _, text := range typed {
		if id, err := ids.Parse[ids.Organization](text); err == nil && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}
