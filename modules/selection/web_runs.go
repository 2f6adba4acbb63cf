package selection

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) automating() []site.Route {
	get, post, manage := fiber.MethodGet, fiber.MethodPost, policies.ReviewerManage
	return []site.Route{
		{Method: get, Path: "/selection/:id/automatic", Action: manage, Handle: w.planning},
		{Method: post, Path: "/selection/:id/automatic", Action: manage, Handle: w.startRun},
		{Method: get, Path: "/selection/:id/automatic/:run", Action: manage, Handle: w.run},
		{Method: get, Path: "/selection/:id/automatic/:run/check", Action: manage, Handle: w.checkRun},
		{Method: get, Path: "/selection/:id/automatic/:run/instance", Action: manage, Handle: w.runFile},
		{Method: get, Path: "/selection/:id/automatic/:run/answer", Action: manage, Handle: w.runAnswer},
		{Method: post, Path: "/selection/:id/automatic/:run/application", Action: manage, Handle: w.applyRun},
		{Method: post, Path: "/selection/:id/automatic/:run/cancellation", Action: manage, Handle: w.cancelRun},
		{Method: get, Path: "/selection/:id/file", Action: manage, Handle: w.fileForm},
		{Method: post, Path: "/selection/:id/file", Action: manage, Handle: w.assignByFile},
	}
}

// planned is what stands in the form of an automatic assignment, as typed.
type planned struct {
	ReviewsMin, ReviewsMax, LoadMin, LoadMax, Seed string
	Topic, Language, Country                       string
	Objective                                      string // total or fair
	Due                                            string
	Reviewers                                      []string
	Most                                           map[string]string // by reviewer
	Fault                                          *fault.Fault
}

func plannedOf(g Settings, zone *time.Location) planned {
	in := planned{
		ReviewsMin: strconv.Itoa(g.Reviews.Min), ReviewsMax: strconv.Itoa(g.Reviews.Max), LoadMin: strconv.Itoa(g.Load.Min), LoadMax: strconv.Itoa(g.Load.Max),
		Seed: strconv.FormatUint(g.Seed, 10), Topic: strconv.Itoa(g.Weights.Topic), Language: strconv.Itoa(g.Weights.Language), Country: strconv.Itoa(g.Weights.Country),
		Objective: "total", Due: string(i18n.DayOf(g.DueAt, zone)), Most: map[string]string{},
	}
	if g.Fair {
		in.Objective = "fair"
	}
	for _, person := range g.Reviewers {
		in.Reviewers = append(in.Reviewers, person.String())
	}
	for person, most := range g.Most {
		in.Most[person.String()] = strconv.Itoa(most)
	}
	return in
}

func readPlanned(form web.Form, zone *time.Location) (Settings, planned, []fault.Field) {
	in := planned{
		ReviewsMin: form.Raw("reviews_min"), ReviewsMax: form.Raw("reviews_max"), LoadMin: form.Raw("load_min"), LoadMax: form.Raw("load_max"), Seed: form.Raw("seed"),
		Topic: form.Raw("weight_topic"), Language: form.Raw("weight_language"), Country: form.Raw("weight_country"),
		Objective: form.Raw("objective"), Due: form.Raw("due"), Reviewers: form.All("reviewer"), Most: map[string]string{},
	}
	due, bad := readDay(form, "due", zone)
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(form.Raw(name)))
		if err != nil {
			bad = append(bad, fault.At(name, "selection.run.number"))
		}
		return n
	}
	g := Settings{
		Reviews: Bounds{Min: number("reviews_min"), Max: number("reviews_max")}, Load: Bounds{Min: number("load_min"), Max: number("load_max")},
		Weights: Weights{Topic: number("weight_topic"), Language: number("weight_language"), Country: number("weight_country")},
		Fair:    in.Objective != "total", DueAt: due, Most: map[ids.Person]int{},
	}
	if seed := number("seed"); seed >= 0 {
		g.Seed = uint64(seed)
	} else {
		g.Seed = MostSeed + 1
	}
	for _, text := range in.Reviewers {
		id, err := ids.Parse[ids.Person](text)
		if err != nil || slices.Contains(g.Reviewers, id) {
			continue
		}
		g.Reviewers = append(g.Reviewers, id)
	}
	for name := range form.Values() {
		person, own := strings.CutPrefix(name, "most-")
		typed := strings.TrimSpace(form.Raw(name))
		if !own || typed == "" {
			continue
		}
		in.Most[person] = typed
		if id, err := ids.Parse[ids.Person](person); err == nil && slices.Contains(g.Reviewers, id) {
			g.Most[id] = number(name)
		}
	}
	if len(bad) > 0 {
		known := func(f fault.Field) bool {
			return slices.ContainsFunc(bad, func(b fault.Field) bool { return b.Name == f.Name })
		}
		bad = append(bad, slices.DeleteFunc(g.check(), known)...)
	}
	return g, in, bad
}

func (w *Web) planning(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	v, err := w.service.Planning(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	in := plannedOf(v.Usual, zone(v.Board.Call))
	// Of an earlier run everything is filled in again, but for a date that has passed.
	if from, err := ids.Parse[ids.Run](web.Query(c).Raw("from")); err == nil {
		earlier, err := w.service.Plan(c.UserContext(), sc, call, from)
		if err != nil {
			return err
		}
		due := in.Due
		in = plannedOf(earlier.Settings, zone(v.Board.Call))
		if earlier.Settings.DueAt.Before(time.Now()) {
			in.Due = due
		}
	}
	return w.site.Render(c, planningPage(w.page(c, sc, "selection.automatic.title", v.Board.Call), v, in, w.ways(sc)))
}

func (w *Web) startRun(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	g, in, bad := readPlanned(form, zone(found))
	var id ids.Run
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		id, err = w.service.StartRun(c.UserContext(), sc, call, g)
	}
	if err == nil {
		return web.SeeOther(c, runAddress(call, id))
	}
	v, failed := w.service.Planning(c.UserContext(), sc, call)
	if failed != nil {
		return failed
	}
	p := w.page(c, sc, "selection.automatic.title", v.Board.Call)
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return planningPage(p, v, in, w.ways(sc))
	})
}

func parseRun(c *fiber.Ctx) (ids.Call, ids.Run, error) {
	call, err := parseCall(c)
	if err != nil {
		return call, ids.Run{}, err
	}
	id, err := ids.Parse[ids.Run](web.Param(c, "run"))
	if err != nil {
		return call, id, fault.NotFound()
	}
	return call, id, nil
}

// again is after how many seconds browsers ask again how far a run is, with or without a script.
const again = "3"

func (w *Web) run(c *fiber.Ctx, sc tenants.Scope) error { return w.showRun(c, sc, nil, nil) }

func (w *Web) showRun(c *fiber.Ctx, sc tenants.Scope, problems []Problem, refused error) error {
	call, id, err := parseRun(c)
	if err != nil {
		return err
	}
	found, err := w.service.Plan(c.UserContext(), sc, call, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.proposal.title", found.Call)
	if refused != nil {
		return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return runPage(p, found, problems, f, w.ways(sc)) })
	}
	if found.State.Pending() {
		c.Set("Refresh", again)
	}
	return w.site.Render(c, runPage(p, found, nil, nil, w.ways(sc)))
}

func (w *Web) runFile(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseRun(c)
	if err != nil {
		return err
	}
	instance, at, err := w.service.RunFile(c.UserContext(), sc, call, id)
	if err != nil {
		return err
	}
	return w.runJSON(c, sc, runFileName(at), instance)
}

func (w *Web) runAnswer(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseRun(c)
	if err != nil {
		return err
	}
	answer, at, err := w.service.RunAnswer(c.UserContext(), sc, call, id)
	if err != nil {
		return err
	}
	return w.runJSON(c, sc, site.AnswerFile(runFileName(at)), answer)
}

func (w *Web) runJSON(c *fiber.Ctx, sc tenants.Scope, name string, what any) error {
	b, err := json.Marshal(what)
	if err != nil {
		return fault.Internal(err)
	}
	return w.site.JSON(c, w.site.Page(c, sc, "selection.proposal.title"), name, b)
}

// checkRun shows how a run is computed anew.
func (w *Web) checkRun(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseRun(c)
	if err != nil {
		return err
	}
	v, err := w.service.Plan(c.UserContext(), sc, call, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.run.check_title", v.Call)
	return w.site.Check(c, p, checkOfRun(p, v))
}

func (w *Web) applyRun(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseRun(c)
	if err != nil {
		return err
	}
	_, problems, err := w.service.ApplyRun(c.UserContext(), sc, call, id)
	if len(problems) > 0 || fault.Is(err, fault.KindInvalid) {
		return w.showRun(c, sc, problems, err)
	}
	if err != nil {
		return w.said(c, err, "", runAddress(call, id))
	}
	return w.said(c, nil, "selection.run.applied", address(call, ""))
}

func (w *Web) cancelRun(c *fiber.Ctx, sc tenants.Scope) error {
	call, id, err := parseRun(c)
	if err != nil {
		return err
	}
	return w.said(c, w.service.CancelRun(c.UserContext(), sc, call, id), "selection.run.cancelled", address(call, "automatic"))
}
