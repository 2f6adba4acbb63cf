package selection

import (
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) proposing() []site.Route {
	return []site.Route{
		{Method: fiber.MethodGet, Path: "/selection/:id/thirds", Action: policies.ReviewerManage, Handle: w.thirds},
		{Method: fiber.MethodPost, Path: "/selection/:id/thirds", Action: policies.ReviewerManage, Handle: w.assignThirds},
	}
}

func (w *Web) thirds(c *fiber.Ctx, sc tenants.Scope) error { return w.showThirds(c, sc, "", nil, nil) }

// showThirds shows the proposals, with the day that was typed, the pairs that were ticked, and why that was refused.
func (w *Web) showThirds(c *fiber.Ctx, sc tenants.Scope, due string, ticked []string, refused error) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	all, err := w.service.Proposals(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	if due == "" {
		due = defaultDue(all.Board, time.Now())
	}
	v := thirdsView{Proposals: all, Due: due, Ticked: ticked, May: w.ways(sc)}
	p := w.page(c, sc, "selection.thirds.title", all.Call)
	if refused == nil {
		return w.site.Render(c, thirdsPage(p, v))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return thirdsPage(p, v)
	})
}

func (w *Web) assignThirds(c *fiber.Ctx, sc tenants.Scope) error {
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
	pairs := parsePairs(form.All("pair"))
	due, bad := readDay(form, "due", zone(found))
	if len(pairs) == 0 {
		bad = append(bad, fault.At("pair", "selection.thirds.tick"))
	}
	done := 0
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		done, err = w.service.AssignThirds(c.UserContext(), sc, call, pairs, due)
	}
	if err != nil {
		return w.showThirds(c, sc, form.Raw("due"), form.All("pair"), err)
	}
	if done < len(pairs) {
		w.site.Say(c, "warning", "selection.thirds.refused")
		return web.SeeOther(c, address(call, "thirds"))
	}
	w.site.Say(c, "success", "selection.assign.done")
	return web.SeeOther(c, address(call, ""))
}

// parsePairs reads an application and a reviewer of each text; what is none is left out.
func parsePairs(texts []string) []Pair {
	var all []Pair
	for _, text := range texts {
		a, r, _ := strings.Cut(text, ".")
		application, wrong := ids.Parse[ids.Application](a)
		reviewer, bad := ids.Parse[ids.Person](r)
		if wrong == nil && bad == nil {
			all = append(all, Pair{application, reviewer})
		}
	}
	return all
}
