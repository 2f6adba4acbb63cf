package matching

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/ids"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/ui"
)

func roundLabels(p ui.Page) []string {
	pairs := []string{"title", p.T("matching.round.name"), "pool", p.T("matching.round.pool"), "call", p.T("matching.round.call"), "seats", p.T("matching.round.seats"), "method", p.T("matching.round.method"), "seed", p.T("matching.round.seed")}
	for _, c := range Criteria {
		pairs = append(pairs, weightField(c), p.T("matching.criterion."+string(c)))
	}
	for n := range MostSeats {
		pairs = append(pairs, seatField(n, "countries"), p.T("matching.round.seat", "Number", n+1), seatField(n, "kind"), p.T("matching.round.seat", "Number", n+1))
	}
	return pairs
}

func poolOptions(p ui.Page) []ui.Option {
	all := make([]ui.Option, len(PoolKinds))
	for i, k := range PoolKinds {
		all[i] = ui.Option{Value: string(k), Label: p.T("matching.pool_kind." + string(k)), Hint: p.T("matching.pool_hint." + string(k))}
	}
	return all
}

func callOptions(p ui.Page, calls []Call) []ui.Option {
	all := make([]ui.Option, len(calls))
	for i := range calls {
		all[i] = ui.Option{Value: calls[i].ID.String(), Label: calls[i].Name(p.Loc.Locale)}
	}
	return all
}

func wayOptions(p ui.Page) []ui.Option {
	var all []ui.Option
	for _, way := range []string{wayMost, wayTotal, wayRankings} {
		all = append(all, ui.Option{Value: way, Label: p.T("matching.way." + way), Hint: p.T("matching.way_hint." + way)})
	}
	return all
}

func seatsOptions(p ui.Page) []ui.Option {
	var all []ui.Option
	for n := FewestSeats; n <= MostSeats; n++ {
		all = append(all, ui.Option{Value: strconv.Itoa(n), Label: p.N("matching.round.seats_of", n)})
	}
	return all
}

// seatAt is the seat at a place of a form, which may show more seats than there are.
func (t *typedRound) seatAt(n int) Seat {
	if n >= len(t.Rules.Seats) {
		return Seat{}
	}
	return t.Rules.Seats[n]
}

// seatText says who may take a seat.
func seatText(p ui.Page, s *Seat) string {
	countries, kind := countryNames(p, s.Countries), kindName(p, s.Kind)
	switch {
	case countries != "" && kind != "":
		return p.T("matching.seat.both", "Kind", kind, "Countries", countries)
	case countries != "":
		return countries
	case kind != "":
		return kind
	default:
		return p.T("matching.seat.open")
	}
}

// ruleTerms are what the rules of a round say.
func ruleTerms(p ui.Page, v *RoundView) []ui.Term {
	g := &v.Rules
	pool := p.T("matching.pool_kind." + string(v.Pool))
	if v.Pool.OfCall() {
		pool = p.T("matching.pool_of", "Pool", pool, "Call", v.CallOf.Name(p.Loc.Locale))
	}
	terms := []ui.Term{{Label: p.T("matching.round.pool"), Text: pool}}
	for n := range g.Seats {
		terms = append(terms, ui.Term{Label: p.T("matching.round.seat", "Number", n+1), Text: seatText(p, &g.Seats[n])})
	}
	var hard, weights []string
	for _, one := range []struct {
		key string
		on  bool
	}{{"language", g.Language}, {"days", g.Days}, {"new", g.New}, {"networks", g.Networks}, {"once", g.Once}} {
		if one.on {
			hard = append(hard, p.T("matching.round_is."+one.key))
		}
	}
	for _, c := range Criteria {
		if w := g.Weights.Of(c); w > 0 {
			weights = append(weights, p.T("matching.round.weighs", "Criterion", p.T("matching.criterion."+string(c)), "Weight", w))
		}
	}
	terms = append(terms, ui.Term{Label: p.T("matching.round.hard"), Text: strings.Join(hard, " · ")}, ui.Term{Label: p.T("matching.round.method"), Text: p.T("matching.way." + g.way())},
		ui.Term{Label: p.T("matching.round.weights"), Text: strings.Join(weights, " · ")})
	return told(terms)
}

// memberOptions are the organizations of a round that take part.
func (v *roundShown) memberOptions() []ui.Option {
	var all []ui.Option
	for i := range v.Members {
		if m := &v.Members[i]; m.Out == "" {
			all = append(all, ui.Option{Value: m.ID.String(), Label: m.Name, Selected: slices.Contains(v.Chosen, m.ID)})
		}
	}
	return all
}

func namesOf(names map[ids.Organization]string, group []ids.Organization) string {
	all := make([]string, len(group))
	for i, id := range group {
		all[i] = names[id]
	}
	return strings.Join(all, " + ")
}

func matchRunTone(s RunState) string {
	switch s {
	case RunDone:
		return "success"
	case RunFailed:
		return "warning"
	case RunCancelled:
		return "neutral"
	case RunQueued, RunRunning:
	}
	return "info"
}

// howFar says how much of a run is computed.
func howFar(p ui.Page, r *Run) string {
	return p.T("matching.run_step."+string(r.State)) + ": " + p.Loc.Percent(float64(r.Progress)/100, 0)
}

func proposalTone(s ProposalState) string {
	switch s {
	case ProposalAccepted:
		return "success"
	case ProposalSent:
		return "info"
	case ProposalDeclined, ProposalLapsed, ProposalWithdrawn, ProposalLeft:
	}
	return "neutral"
}

func joined(names []string) string { return strings.Join(names, " + ") }

// members are the organizations of a group.
func (b *Board) members(group []int) []ids.Organization {
	all := make([]ids.Organization, len(group))
	for i, at := range group {
		all[i] = b.Organizations[at]
	}
	return all
}

// called names the organizations of a group.
func (b *Board) called(group []int) string {
	all := make([]string, len(group))
	for i, at := range group {
		all[i] = b.Name(at)
	}
	return strings.Join(all, " + ")
}

// listed are the names of places, for who is told apart by them.
func (b *Board) listed(places []int) string {
	all := make([]string, len(places))
	for i, at := range places {
		all[i] = b.Name(at)
	}
	return strings.Join(all, ", ")
}

// why says what fits between two of a group, or does not, in words.
func (b *Board) why(p ui.Page, c *Couple) (good, bad []string) {
	add := func(fits bool, key string, pairs ...any) {
		text := p.T("matching.why."+key, append(pairs, "One", b.Name(c.One), "Other", b.Name(c.Other))...)
		if fits {
			good = append(good, text)
		} else {
			bad = append(bad, text)
		}
	}
	one, other := &b.Basis.Sides[c.One], &b.Basis.Sides[c.Other]
	swapped := []any{"One", b.Name(c.Other), "Other", b.Name(c.One)}
	each := func(fits bool, first bool, key string, pairs ...any) {
		if first {
			add(fits, key, pairs...)
			return
		}
		text := p.T("matching.why."+key, append(pairs, swapped...)...)
		if fits {
			good = append(good, text)
		} else {
			bad = append(bad, text)
		}
	}
	for n, two := range [][2]*Side{{one, other}, {other, one}} {
		x, y := two[0], two[1]
		switch topics := both(y.Needs, x.Offers); {
		case !x.Carded:
			each(false, n == 0, "uncarded")
		case len(topics) > 0:
			each(true, n == 0, "gives", "List", topicNames(p, topics))
		case len(y.Needs) > 0:
			each(false, n == 0, "gives_none")
		}
	}
	switch first, second := b.Basis.rank(c.One, c.Other), b.Basis.rank(c.Other, c.One); {
	case first > 0 && second > 0:
		add(true, "wished_both", "First", first, "Second", second)
	case first > 0:
		each(true, true, "wished", "Rank", first)
	case second > 0:
		each(true, false, "wished", "Rank", second)
	}
	if shared := both(one.Languages, other.Languages); len(shared) > 0 {
		add(true, "languages", "List", languageNames(p, shared))
	} else {
		add(false, "languages_none")
	}
	if days, told := shared(one, other); told {
		add(days > 0, map[bool]string{true: "days", false: "days_none"}[days > 0], "Days", p.N("matching.why.days_of", days))
	}
	switch {
	case one.Hosts > 0 && other.Hosts > 0:
		add(true, "hosts")
	case one.Hosts > 0 || other.Hosts > 0:
		each(true, one.Hosts > 0, "hosts_one")
	case one.Carded && other.Carded:
		add(false, "hosts_none")
	}
	known := b.Basis.together(c.One, c.Other)
	for n, two := range [][2]*Side{{one, other}, {other, one}} {
		x, y := two[0], two[1]
		if len(x.Countries) > 0 && !slices.Contains(x.Countries, y.Country) {
			each(false, n == 0, "country", "List", countryNames(p, x.Countries))
		}
		if len(x.Kinds) > 0 && y.Form != "" && !slices.Contains(x.Kinds, y.Form) {
			each(false, n == 0, "kind", "List", named(p, x.Kinds, kindName))
		}
		if len(x.Sizes) > 0 && y.Size != "" && !slices.Contains(x.Sizes, y.Size) {
			each(false, n == 0, "size", "List", named(p, x.Sizes, sizeName))
		}
		switch {
		case x.Relation == NewRelation && known:
			each(false, n == 0, "known")
		case x.Relation == ExistingRelation && !known:
			each(false, n == 0, "unknown")
		}
	}
	if known {
		add(true, "together")
	}
	if b.Rules.Weights.Regions > 0 {
		fits, key, pairs := regionWhy(p, one, other)
		add(fits, key, pairs...)
	}
	if one.Network != "" {
		add(one.Network != other.Network, map[bool]string{true: "networks", false: "network"}[one.Network != other.Network])
	}
	return good, bad
}

// regionWhy says whether two are of different regions, and of which.
func regionWhy(p ui.Page, one, other *Side) (fits bool, key string, pairs []any) {
	switch {
	case one.Country != other.Country:
		return true, "countries", []any{"List", countryNames(p, []geo.Country{one.Country, other.Country})}
	case one.Region == "" || other.Region == "":
		return false, "region_unknown", nil
	case one.Region == other.Region:
		return false, "region", []any{"Region", one.Region.Name(p.Loc.Locale)}
	default:
		return true, "regions", []any{"First", one.Region.Name(p.Loc.Locale), "Second", other.Region.Name(p.Loc.Locale)}
	}
}

// tradeText says what one would rather have, and what that would cost.
func (b *Board) tradeText(p ui.Page, t *Trade) string {
	cost := costOf(p, t)
	switch {
	case t.Group != nil && t.Rank > 0:
		return p.T("matching.trade.wish_group", "One", b.Name(t.For), "Other", b.Name(t.With), "Rank", t.Rank, "Group", b.called(t.Group), "Points", p.N("matching.points", b.problem.total(t.Group)), "Cost", cost)
	case t.Group != nil:
		others := slices.DeleteFunc(slices.Clone(t.Group), func(i int) bool { return i == t.For })
		return p.T("matching.trade.group", "One", b.Name(t.For), "Group", b.called(others), "Points", p.N("matching.points", b.problem.total(t.Group)), "Cost", cost)
	case t.Rank > 0:
		return p.T("matching.trade.wish", "One", b.Name(t.For), "Other", b.Name(t.With), "Rank", t.Rank, "Cost", cost)
	}
	return p.T("matching.trade.points", "One", b.Name(t.For), "Other", b.Name(t.With), "Points", b.problem.points(t.For, t.With), "Cost", cost)
}

// costOf says what it would cost to make a match, as far as that is proved.
func costOf(p ui.Page, t *Trade) string {
	switch {
	case t.Fewer > 0 && t.Open:
		return p.N("matching.trade.fewer_found", t.Fewer)
	case t.Fewer > 0:
		return p.N("matching.trade.fewer", t.Fewer)
	case t.Cost < 0:
		return p.N("matching.trade.gain", -t.Cost)
	case t.Cost > 0 && t.Open && t.Least > 0:
		return p.N("matching.trade.between", t.Cost, "Least", p.Loc.Int(t.Least))
	case t.Cost > 0 && t.Open:
		return p.N("matching.trade.at_most", t.Cost)
	case t.Cost > 0:
		return p.N("matching.trade.cost", t.Cost)
	}
	return p.T("matching.trade.nothing")
}

// aloneText says why one is in no match.
func (b *Board) aloneText(p ui.Page, o *Lone) string {
	if o.Why == Scarce {
		return p.N("matching.alone.scarce", len(b.Solution.Groups), "Seat", o.Seat)
	}
	return p.T("matching.alone." + string(o.Why))
}

// insteadText says of an alternative without which match it is, and by how much the total is another one.
func (b *Board) insteadText(p ui.Page, a *Alternative) string {
	more, without := a.Total-b.Solution.Total, b.called(a.Without)
	switch {
	case more > 0:
		return p.N("matching.alternatives.more", more, "Pair", without)
	case more == 0:
		return p.T("matching.alternatives.same", "Pair", without)
	default:
		return p.N("matching.alternatives.one", -more, "Pair", without)
	}
}

// placeOptions are the organizations of a run that can be put elsewhere, by name: those that show their cards, in groups of such.
func (b *Board) placeOptions() []ui.Option {
	places := slices.DeleteFunc(slices.Clone(b.Alone), func(at int) bool { return b.gone(at) })
	for i := range b.Groups {
		if g := &b.Groups[i]; !g.Kept && !g.Gone {
			places = append(places, g.Members...)
		}
	}
	all := make([]ui.Option, len(places))
	for n, at := range places {
		all[n] = ui.Option{Value: b.Organizations[at].String(), Label: b.Name(at)}
	}
	slices.SortStableFunc(all, func(x, y ui.Option) int { return strings.Compare(x.Label, y.Label) })
	return all
}

// dot is an organization in the picture of a run.
type dot struct {
	Number int
	X, Y   string
	TX, TY string // of its number
	at     int
	x, y   float64
}

// picture is a run drawn: organizations on a circle, those of a group beside each other.
type picture struct {
	Dots   []dot
	Ties   [][4]string // of groups
	Wishes [][4]string // that did not come true
}

// The picture's measures.
const (
	pictureSize   = 420
	pictureRadius = 170
)

// draw lays the picture out. Numbers are those of the table beside it.
func (b *Board) draw() picture {
	var pic picture
	var order []int
	for i := range b.Groups {
		order = append(order, b.Groups[i].Members...)
	}
	order = append(order, b.Alone...)
	where := map[int]int{}
	for n, at := range order {
		angle := 2*math.Pi*float64(n)/float64(max(len(order), 1)) - math.Pi/2
		x, y := pictureSize/2+pictureRadius*math.Cos(angle), pictureSize/2+pictureRadius*math.Sin(angle)
		where[at] = n
		pic.Dots = append(pic.Dots, dot{
			Number: n + 1, X: point(x), Y: point(y), TX: point(x + 22*math.Cos(angle)), TY: point(y + 22*math.Sin(angle) + 4), at: at, x: x, y: y,
		})
	}
	line := func(i, j int) [4]string {
		a, c := pic.Dots[where[i]], pic.Dots[where[j]]
		return [4]string{a.X, a.Y, c.X, c.Y}
	}
	paired := map[[2]int]bool{}
	for i := range b.Groups {
		for _, c := range b.Groups[i].Pairs {
			paired[[2]int{min(c.One, c.Other), max(c.One, c.Other)}] = true
			pic.Ties = append(pic.Ties, line(c.One, c.Other))
		}
	}
	for i := range b.Basis.Sides {
		for _, j := range b.Basis.Sides[i].Wishes {
			if j >= 0 && !paired[[2]int{min(i, j), max(i, j)}] {
				pic.Wishes = append(pic.Wishes, line(i, j))
			}
		}
	}
	return pic
}

// signed is a number with its sign, also where a colour would say the same.
func signed(p ui.Page, n int) string {
	switch {
	case n > 0:
		return "+" + p.Loc.Int(n)
	case n < 0:
		return "−" + p.Loc.Int(-n)
	default:
		return "±0"
	}
}

// lastSwap says who changed places last, and what came of it; nothing where that cannot be undone any more.
func (b *Board) lastSwap(p ui.Page) string {
	last := b.Swaps[len(b.Swaps)-1]
	before := b.Run
	now := before.total()
	if err := before.undo(); err != nil {
		return ""
	}
	return p.T("matching.swap.last", "One", b.Name(last[0]), "Other", b.Name(last[1]), "By", signed(p, now-before.total()), "Total", p.Loc.Int(now))
}

func point(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// numbers are the numbers of a group's organizations in the picture.
func (pic *picture) number(at int) string {
	for i := range pic.Dots {
		if pic.Dots[i].at == at {
			return strconv.Itoa(pic.Dots[i].Number)
		}
	}
	return ""
}
