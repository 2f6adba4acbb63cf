package matching

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) ranking() []site.Route {
	get, steer := fiber.MethodGet, policies.RoundManage
	return []site.Route{
		{Method: get, Path: roundsPath + "/replacements/:partnership", Action: steer, Handle: w.rank, Only: tenants.KindNetwork},
		{Method: get, Path: roundsPath + "/replacements/:partnership/instance", Action: steer, Handle: w.rankingFile, Only: tenants.KindNetwork},
		{Method: get, Path: roundsPath + "/replacements/:partnership/answer", Action: steer, Handle: w.rankingAnswer, Only: tenants.KindNetwork},
		{Method: get, Path: roundsPath + "/replacements/:partnership/legend", Action: steer, Handle: w.rankingLegend, Only: tenants.KindNetwork},
	}
}

// rankingShown is a ranking, and what was refused about it.
type rankingShown struct {
	Ranking

	Fault *fault.Fault
}

// vacated reads which seats of which partnership become free.
func vacated(c *fiber.Ctx) (ids.Partnership, []string, error) {
	id, err := ids.Parse[ids.Partnership](web.Param(c, "partnership"))
	if err != nil {
		return id, nil, fault.NotFound()
	}
	seats := slices.Sorted(slices.Values(web.Query(c).All("seat")))
	return id, slices.Compact(seats), nil
}

func (w *Web) rank(c *fiber.Ctx, sc tenants.Scope) error {
	id, seats, err := vacated(c)
	if err != nil {
		return err
	}
	found, err := w.service.Ranking(c.UserContext(), sc, id, seats)
	p := w.site.Page(c, sc, "matching.ranking.title")
	switch {
	case fault.Is(err, fault.KindInvalid):
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			found.Openings = nil
			return rankingPage(p, rankingShown{Ranking: found, Fault: f})
		})
	case fault.Is(err, fault.KindConflict):
		w.site.Say(c, "warning", fault.Of(err).Key)
		return web.SeeOther(c, teamPath(id))
	case err != nil:
		return err
	default:
		return w.site.Render(c, rankingPage(p, rankingShown{Ranking: found}))
	}
}

func (w *Web) rankingFile(c *fiber.Ctx, sc tenants.Scope) error {
	id, seats, err := vacated(c)
	if err != nil {
		return err
	}
	instance, err := w.service.RankingFile(c.UserContext(), sc, id, seats)
	if err != nil {
		return err
	}
	return web.File(c, "replacement.json", fiber.MIMEApplicationJSON, instance)
}

func (w *Web) rankingAnswer(c *fiber.Ctx, sc tenants.Scope) error {
	id, seats, err := vacated(c)
	if err != nil {
		return err
	}
	answer, err := w.service.RankingAnswer(c.UserContext(), sc, id, seats)
	if err != nil {
		return err
	}
	return web.File(c, "replacement-answer.json", fiber.MIMEApplicationJSON, answer)
}

func (w *Web) rankingLegend(c *fiber.Ctx, sc tenants.Scope) error {
	id, seats, err := vacated(c)
	if err != nil {
		return err
	}
	legend, err := w.service.RankingLegend(c.UserContext(), sc, id, seats)
	if err != nil {
		return err
	}
	file, err := json.Marshal(legend)
	if err != nil {
		return fmt.Errorf("matching: write legend: %w", err)
	}
	return web.File(c, "replacement-legend.json", fiber.MIMEApplicationJSON, file)
}

// at is the address of something about the same seats.
func (v *rankingShown) at(path string) string {
	query := url.Values{}
	for i := range v.Openings {
		query.Add("seat", v.Openings[i].Key)
	}
	return rankingPath(v.ID) + path + "?" + query.Encode()
}

// seatOptions are the seats of the partnership.
func (v *rankingShown) seatOptions(p ui.Page) []ui.Option {
	all := make([]ui.Option, len(v.Seats))
	for i := range v.Seats {
		s := &v.Seats[i]
		all[i] = ui.Option{Value: s.Key, Label: v.Board.Names[s.Organization], Hint: s.Title.String(p.Loc.Locale), Selected: s.Free}
	}
	return all
}

// nobody says what leaves nobody for a seat.
func (*rankingShown) nobody(p ui.Page, o *Opening) string {
	if len(o.Admits) == 0 {
		return p.T("matching.ranking.admits_none")
	}
	return p.T("matching.ranking.none_text")
}

// traded says of a wish that another one is better for the whole.
func (v *rankingShown) traded(p ui.Page, t *Trade) string {
	cost := p.T("matching.trade.nothing")
	if t.Cost > 0 {
		cost = p.N("matching.trade.cost", t.Cost)
	}
	return p.T("matching.trade.wish", "One", v.Board.Name(t.For), "Other", v.Board.Name(t.With), "Rank", t.Rank, "Cost", cost)
}

// unknown are those that stay and have no card that others may read.
func (v *rankingShown) unknown() string {
	var names []string
	for _, at := range v.stays {
		if !v.Board.Basis.Sides[at].Carded {
			names = append(names, v.Board.Name(at))
		}
	}
	return strings.Join(names, " · ")
}

// hard are the rules that keep two apart.
func (v *rankingShown) hard(p ui.Page) string {
	var on []string
	for _, rule := range []struct {
		key string
		on  bool
	}{{"language", v.Board.Rules.Language}, {"days", v.Board.Rules.Days}, {"new", v.Board.Rules.New}} {
		if rule.on {
			on = append(on, p.T("matching.round_is."+rule.key))
		}
	}
	if len(on) == 0 {
		return "–"
	}
	return strings.Join(on, " · ")
}
