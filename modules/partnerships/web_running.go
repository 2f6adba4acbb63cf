package partnerships

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms/expertise"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/modules/solver/assignment"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) running() []site.Route {
	get, post, manage := fiber.MethodGet, fiber.MethodPost, policies.FacilitatorManage
	return []site.Route{
		{Method: get, Path: "/facilitation", Action: manage, Handle: w.planning},
		{Method: post, Path: "/facilitation", Action: manage, Handle: w.startRun},
		{Method: get, Path: "/facilitation/:run", Action: manage, Handle: w.run},
		{Method: post, Path: "/facilitation/:run", Action: manage, Handle: w.changeRun},
		{Method: get, Path: "/facilitation/:run/check", Action: manage, Handle: w.checkRun},
		{Method: get, Path: "/facilitation/:run/instance", Action: manage, Handle: w.runFile},
		{Method: get, Path: "/facilitation/:run/answer", Action: manage, Handle: w.runAnswer},
		{Method: post, Path: "/facilitation/:run/cancellation", Action: manage, Handle: w.cancelRun},
	}
}

// planned is what stands in the form of an automatic assignment, as typed.
type planned struct {
	Call, Instead, Reason    string
	LoadMin, LoadMax, Seed   string
	Topic, Language, Country string
	Objective                string // total or fair
	People                   []string
	Least, Most              map[string]string // by person
	Fault                    *fault.Fault
}

func plannedOf(g Settings) planned {
	in := planned{
		LoadMin: strconv.Itoa(g.Load.Min), LoadMax: strconv.Itoa(g.Load.Max), Seed: strconv.FormatUint(g.Seed, 10), Topic: strconv.Itoa(g.Weights.Topic),
		Language: strconv.Itoa(g.Weights.Language), Country: strconv.Itoa(g.Weights.Country), Objective: "total", Least: map[string]string{}, Most: map[string]string{},
	}
	if g.Fair {
		in.Objective = "fair"
	}
	if !g.Call.IsZero() {
		in.Call = g.Call.String()
	}
	if !g.Instead.IsZero() {
		in.Instead = g.Instead.String()
	}
	for _, person := range g.People {
		in.People = append(in.People, person.String())
	}
	for person, own := range g.Own {
		in.Least[person.String()], in.Most[person.String()] = strconv.Itoa(own.Min), strconv.Itoa(own.Max)
	}
	return in
}

func readPlanned(form web.Form) (Settings, planned, []fault.Field) {
	in := planned{
		Call: form.Raw("call"), Instead: form.Raw("instead"), Reason: form.Raw("reason"), LoadMin: form.Raw("load_min"), LoadMax: form.Raw("load_max"), Seed: form.Raw("seed"),
		Topic: form.Raw("weight_topic"), Language: form.Raw("weight_language"), Country: form.Raw("weight_country"), Objective: form.Raw("objective"),
		People: form.All("people"), Least: map[string]string{}, Most: map[string]string{},
	}
	var bad []fault.Field
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(form.Raw(name)))
		if err != nil {
			bad = append(bad, fault.At(name, "partnerships.whole_number"))
		}
		return n
	}
	g := Settings{
		Load: assignment.Bounds{Min: number("load_min"), Max: number("load_max")}, Fair: in.Objective != "total", Own: map[ids.Person]assignment.Bounds{},
		Weights: expertise.Weights{Topic: number("weight_topic"), Language: number("weight_language"), Country: number("weight_country")}, Seed: mostSeed + 1,
	}
	if seed := number("seed"); seed >= 0 {
		g.Seed = uint64(seed)
	}
	var err error
	if g.Call, err = ids.Parse[ids.Call](in.Call); err != nil && in.Call != "" {
		bad = append(bad, fault.At("call", "fault.choose"))
	}
	if g.Instead, err = ids.Parse[ids.Person](in.Instead); err != nil && in.Instead != "" {
		bad = append(bad, fault.At("people", "fault.choose"))
	}
	for _, text := range in.People {
		if id, err := ids.Parse[ids.Person](text); err == nil && !slices.Contains(g.People, id) {
			g.People = append(g.People, id)
		}
	}
	for name := range form.Values() {
		if person, own := strings.CutPrefix(name, "least-"); own {
			in.Least[person] = strings.TrimSpace(form.Raw(name))
		}
		if person, own := strings.CutPrefix(name, "most-"); own {
			in.Most[person] = strings.TrimSpace(form.Raw(name))
		}
	}
	for _, id := range g.People {
		own, key := g.Load, id.String()
		if in.Least[key] != "" {
			own.Min = number("least-" + key)
			own.Max = max(own.Max, min(own.Min, MostAccompanied)) // unless they have said a most, it follows
		}
		if in.Most[key] != "" {
			own.Max = number("most-" + key)
			if in.Least[key] == "" {
				own.Min = min(own.Min, max(own.Max, 0))
			}
		}
		if own != g.Load {
			g.Own[id] = own
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
	query := web.Query(c)
	instead, err := ids.Parse[ids.Person](query.Raw("instead"))
	if err != nil && query.Raw("instead") != "" {
		return fault.NotFound()
	}
	// Of an earlier run everything is filled in again.
	var earlier *Plan
	if from, err := ids.Parse[ids.Run](query.Raw("from")); err == nil {
		p, err := w.service.Plan(c.UserContext(), sc, from)
		if err != nil {
			return err
		}
		earlier, instead = &p, p.Settings.Instead
	}
	v, err := w.service.Planning(c.UserContext(), sc, instead)
	if earlier != nil && fault.Is(err, fault.KindNotFound) {
		return web.SeeOther(c, "/facilitation") // they accompany none any more
	}
	if err != nil {
		return err
	}
	in := plannedOf(v.Usual)
	if earlier != nil {
		in = plannedOf(earlier.Settings)
		in.Reason = earlier.Reason
	}
	return w.site.Render(c, planningPage(w.site.Page(c, sc, "partnerships.automatic.title"), v, in))
}

func (w *Web) startRun(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	g, in, bad := readPlanned(form)
	reason, long := form.Text("reason", maxReason)
	bad = append(bad, long...)
	var id ids.Run
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		id, err = w.service.StartRun(c.UserContext(), sc, g, reason)
	}
	if err == nil {
		return web.SeeOther(c, runAddress(id))
	}
	v, failed := w.service.Planning(c.UserContext(), sc, g.Instead)
	if failed != nil {
		return failed
	}
	p := w.site.Page(c, sc, "partnerships.automatic.title")
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return planningPage(p, v, in)
	})
}

func parseRun(c *fiber.Ctx) (ids.Run, error) {
	id, err := ids.Parse[ids.Run](web.Param(c, "run"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// again is after how many seconds browsers ask again how far a run is, with or without a script.
const again = "3"

func (w *Web) run(c *fiber.Ctx, sc tenants.Scope) error { return w.showRun(c, sc, nil, nil) }

func (w *Web) showRun(c *fiber.Ctx, sc tenants.Scope, problems []Problem, refused error) error {
	id, err := parseRun(c)
	if err != nil {
		return err
	}
	found, err := w.service.Plan(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.proposal.title")
	if refused != nil {
		return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return runPage(p, found, problems, f) })
	}
	if found.State.Pending() {
		c.Set("Refresh", again)
	}
	return w.site.Render(c, runPage(p, found, nil, nil))
}

// changeRun keeps who is chosen, and gives it out if that is what was pressed.
func (w *Web) changeRun(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRun(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	var chosen []int
	for i := 0; form.Has(choice(i)); i++ {
		k := nobody
		if typed := form.Raw(choice(i)); typed != "" {
			if k, err = strconv.Atoi(typed); err != nil || k < 0 {
				return fault.Invalid("fault.bad_request")
			}
		}
		chosen = append(chosen, k)
	}
	if err := w.service.Change(c.UserContext(), sc, id, chosen); err != nil {
		return w.refused(c, sc, id, nil, err)
	}
	if form.Raw("do") != "apply" {
		w.site.Say(c, "success", "partnerships.run.changed")
		return web.SeeOther(c, runAddress(id))
	}
	_, problems, err := w.service.ApplyRun(c.UserContext(), sc, id)
	if err != nil {
		return w.refused(c, sc, id, problems, err)
	}
	w.site.Say(c, "success", "partnerships.run.applied")
	return web.SeeOther(c, "/facilitators")
}

// refused shows the run again with what is wrong, or says that it has come to another state.
func (w *Web) refused(c *fiber.Ctx, sc tenants.Scope, id ids.Run, problems []Problem, err error) error {
	if len(problems) > 0 || fault.Is(err, fault.KindInvalid) {
		return w.showRun(c, sc, problems, err)
	}
	if !fault.Is(err, fault.KindConflict) {
		return err
	}
	w.site.Say(c, "warning", fault.Of(err).Key)
	return web.SeeOther(c, runAddress(id))
}

func (w *Web) runFile(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRun(c)
	if err != nil {
		return err
	}
	instance, at, err := w.service.RunFile(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.runJSON(c, sc, runFileName(at), instance)
}

func (w *Web) runAnswer(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRun(c)
	if err != nil {
		return err
	}
	answer, at, err := w.service.RunAnswer(c.UserContext(), sc, id)
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
	return w.site.JSON(c, w.site.Page(c, sc, "partnerships.proposal.title"), name, b)
}

// checkRun shows how a run is computed anew.
func (w *Web) checkRun(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRun(c)
	if err != nil {
		return err
	}
	v, err := w.service.Plan(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.run.check_title")
	return w.site.Check(c, p, checkOfRun(p, &v))
}

func (w *Web) cancelRun(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseRun(c)
	if err != nil {
		return err
	}
	if err := w.service.CancelRun(c.UserContext(), sc, id); err != nil {
		return w.refused(c, sc, id, nil, err)
	}
	w.site.Say(c, "success", "partnerships.run.cancelled")
	return web.SeeOther(c, "/facilitation")
}
