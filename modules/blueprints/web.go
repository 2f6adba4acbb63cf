package blueprints

import (
	"context"
	"embed"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// Locales are the module's words.
//
//go:embed locales
var Locales embed.FS

// Web is the library's pages.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the library's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the sites show of the library.
func (w *Web) Module() site.Module {
	get, post, core := fiber.MethodGet, fiber.MethodPost, tenants.KindCore
	read, edit := policies.BlueprintRead, policies.BlueprintEdit
	return site.Module{
		Name: "blueprints",
		Routes: []site.Route{
			{Method: get, Path: "/blueprints", Action: read, Handle: w.library},
			{Method: get, Path: "/blueprints/:blueprint/versions/:number", Action: read, Handle: w.version},
			{Method: get, Path: "/blueprints/:blueprint/difference", Action: read, Handle: w.difference},
			{Method: get, Path: "/blueprints/:blueprint/next", Action: edit, Handle: w.next, Only: core},
			{Method: post, Path: "/blueprints/:blueprint/next/notes", Action: edit, Handle: w.annotate, Only: core},
			{Method: post, Path: "/blueprints/:blueprint/next/removal", Action: edit, Handle: w.leaveOut, Only: core},
			{Method: post, Path: "/blueprints/:blueprint/next/order", Action: edit, Handle: w.moveUp, Only: core},
			{Method: post, Path: "/blueprints/:blueprint/next/publication", Action: edit, Handle: w.publish, Only: core},
			{Method: get, Path: "/blueprints/:blueprint/family", Action: edit, Handle: w.family, Only: core},
			{Method: get, Path: "/proposals", Action: read, Handle: w.proposals},
			{Method: get, Path: "/proposals/:id", Action: read, Handle: w.proposal},
			{Method: post, Path: "/proposals/:id/acceptance", Action: edit, Handle: w.decide(true), Only: core},
			{Method: post, Path: "/proposals/:id/refusal", Action: edit, Handle: w.decide(false), Only: core},
			{Method: post, Path: "/proposals/:id/withdrawal", Action: policies.BlueprintPropose, Handle: w.withdraw},
		},
		Entries: []site.Entry{
			{Key: "blueprints.nav.library", Href: "/blueprints", Icon: "template", Action: read, Group: site.GroupProgram, Order: 31},
		},
		Tasks: []site.Tasks{w.tasks},
	}
}

// tasks are the proposals that wait for the core team.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !w.service.MayEdit(sc) {
		return nil, nil
	}
	n, err := w.service.Waiting(ctx, sc)
	if err != nil || n == 0 {
		return nil, err
	}
	return []site.Task{{Title: loc.N("blueprints.task", n), Href: "/proposals"}}, nil
}

func (w *Web) library(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Library(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, libraryPage(w.site.Page(c, sc, "blueprints.library.title"), byBlueprint(all), w.service.MayEdit(sc)))
}

// byBlueprint groups versions, which stand in order, by what they are versions of.
func byBlueprint(all []Edition) [][]Edition {
	var groups [][]Edition
	for i, e := range all {
		if i == 0 || all[i-1].Blueprint != e.Blueprint {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], e)
	}
	return groups
}

func number(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 || strconv.Itoa(n) != text {
		return 0, fault.NotFound()
	}
	return n, nil
}

func (w *Web) version(c *fiber.Ctx, sc tenants.Scope) error {
	n, err := number(web.Param(c, "number"))
	if err != nil {
		return err
	}
	v, err := w.service.Read(c.UserContext(), sc, web.Param(c, "blueprint"), n)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "blueprints.library.title")
	p.Title = editionName(p, v.Edition)
	return w.site.Render(c, versionPage(p, v))
}

func (w *Web) difference(c *fiber.Ctx, sc tenants.Scope) error {
	query, blueprint := web.Query(c), web.Param(c, "blueprint")
	from, err := number(query.Raw("from"))
	if err != nil {
		return err
	}
	to, err := number(query.Raw("to"))
	if err != nil {
		return err
	}
	before, err := w.service.Read(c.UserContext(), sc, blueprint, from)
	if err != nil {
		return err
	}
	after, err := w.service.Read(c.UserContext(), sc, blueprint, to)
	if err != nil {
		return err
	}
	all, err := w.service.Library(c.UserContext(), sc)
	if err != nil {
		return err
	}
	var numbers []int
	for _, e := range all {
		if e.Blueprint == blueprint {
			numbers = append(numbers, e.Number)
		}
	}
	return w.site.Render(c, differencePage(w.site.Page(c, sc, "blueprints.difference.title"), before, after, numbers))
}

func (w *Web) next(c *fiber.Ctx, sc tenants.Scope) error {
	n, err := w.service.Next(c.UserContext(), sc, web.Param(c, "blueprint"))
	if err != nil {
		return err
	}
	return w.site.Render(c, nextPage(w.site.Page(c, sc, "blueprints.next.title"), n, nil, nil))
}

// edited does something to what is gathered and shows the page again, with what was typed when it is refused.
func (w *Web) edited(c *fiber.Ctx, sc tenants.Scope, said string, act func(blueprint string, draft int64, form web.Form) error) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	draft, err := form.Version()
	if err != nil {
		return err
	}
	blueprint := web.Param(c, "blueprint")
	if err := act(blueprint, draft, form); err != nil {
		n, failed := w.service.Next(c.UserContext(), sc, blueprint)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "blueprints.next.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return nextPage(p, n, typedNotes(form), f) })
	}
	w.site.Say(c, "success", said)
	return web.SeeOther(c, "/blueprints/"+blueprint+"/next")
}

func typedNotes(form web.Form) i18n.Text {
	if !form.Has("notes_" + string(i18n.EN)) {
		return nil
	}
	notes := i18n.Text{}
	for _, l := range i18n.All {
		notes[l] = form.Raw("notes_" + string(l))
	}
	return notes
}

func (w *Web) annotate(c *fiber.Ctx, sc tenants.Scope) error {
	return w.edited(c, sc, "blueprints.next.annotated", func(blueprint string, draft int64, form web.Form) error {
		notes, err := readNotes(form)
		if err != nil {
			return err
		}
		return w.service.Annotate(c.UserContext(), sc, blueprint, draft, notes)
	})
}

func readNotes(form web.Form) (i18n.Text, error) {
	notes := i18n.Text{}
	var bad []fault.Field
	for _, l := range i18n.All {
		text, refused := form.Text("notes_"+string(l), noteChars)
		bad = append(bad, refused...)
		if text != "" {
			notes[l] = strings.ReplaceAll(text, "\r\n", "\n")
		}
	}
	if len(bad) > 0 {
		return nil, fault.Invalid("fault.check_fields", bad...)
	}
	return notes, nil
}

func (w *Web) leaveOut(c *fiber.Ctx, sc tenants.Scope) error {
	return w.edited(c, sc, "blueprints.next.left_out", func(blueprint string, draft int64, form web.Form) error {
		return w.service.LeaveOut(c.UserContext(), sc, blueprint, draft, form.Raw("piece"))
	})
}

func (w *Web) moveUp(c *fiber.Ctx, sc tenants.Scope) error {
	return w.edited(c, sc, "blueprints.next.moved", func(blueprint string, draft int64, form web.Form) error {
		return w.service.MoveUp(c.UserContext(), sc, blueprint, draft, form.Raw("piece"))
	})
}

func (w *Web) publish(c *fiber.Ctx, sc tenants.Scope) error {
	return w.edited(c, sc, "blueprints.next.published", func(blueprint string, draft int64, form web.Form) error {
		notes, err := readNotes(form)
		if err != nil {
			return err
		}
		_, err = w.service.Publish(c.UserContext(), sc, blueprint, draft, notes)
		return err
	})
}

func (w *Web) family(c *fiber.Ctx, sc tenants.Scope) error {
	editions, uses, err := w.service.Family(c.UserContext(), sc, web.Param(c, "blueprint"))
	if err != nil {
		return err
	}
	newest, err := w.service.Newest(c.UserContext(), web.Param(c, "blueprint"))
	if err != nil {
		return err
	}
	return w.site.Render(c, familyPage(w.site.Page(c, sc, "blueprints.family.title"), editions, uses, newest.Program))
}

func (w *Web) proposals(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Proposals(c.UserContext(), sc)
	if err != nil {
		return err
	}
	newest := map[string]Version{}
	for _, p := range all {
		if _, known := newest[p.Blueprint]; known {
			continue
		}
		if newest[p.Blueprint], err = w.service.Newest(c.UserContext(), p.Blueprint); err != nil {
			return err
		}
	}
	return w.site.Render(c, proposalsPage(w.site.Page(c, sc, "blueprints.proposals.title"), all, newest, w.service.MayEdit(sc)))
}

func proposalID(c *fiber.Ctx) (ids.Proposal, error) {
	id, err := ids.Parse[ids.Proposal](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) proposalOf(c *fiber.Ctx, sc tenants.Scope) (shown, error) {
	id, err := proposalID(c)
	if err != nil {
		return shown{}, err
	}
	p, from, newest, err := w.service.Proposal(c.UserContext(), sc, id)
	return shown{proposal: p, from: from, newest: newest, decides: w.service.MayEdit(sc), own: p.Tenant == sc.Tenant().ID}, err
}

func (w *Web) proposal(c *fiber.Ctx, sc tenants.Scope) error {
	s, err := w.proposalOf(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, proposalPage(w.site.Page(c, sc, "blueprints.proposal.title"), s, "", nil))
}

// decide accepts or declines a proposal.
func (w *Web) decide(accept bool) func(c *fiber.Ctx, sc tenants.Scope) error {
	act, said := w.service.Decline, "blueprints.proposal.said_declined"
	if accept {
		act, said = w.service.Accept, "blueprints.proposal.said_accepted"
	}
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		s, err := w.proposalOf(c, sc)
		if err != nil {
			return err
		}
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		answer, bad := form.Text("answer", ReasonChars)
		if len(bad) > 0 {
			err = fault.Invalid("fault.check_fields", bad...)
		} else {
			err = act(c.UserContext(), sc, s.proposal.ID, strings.ReplaceAll(answer, "\r\n", "\n"))
		}
		if err != nil {
			p := w.site.Page(c, sc, "blueprints.proposal.title")
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return proposalPage(p, s, form.Raw("answer"), f) })
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, "/proposals")
	}
}

func (w *Web) withdraw(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := proposalID(c)
	if err != nil {
		return err
	}
	if err := w.service.Withdraw(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "blueprints.proposal.said_withdrawn")
	return web.SeeOther(c, "/proposals")
}

// shown is what the page of a proposal shows.
type shown struct {
	proposal     Proposal
	from, newest Version
	decides, own bool
}

func editionName(p ui.Page, e Edition) string {
	return p.T("blueprints.edition", "Name", e.Name.String(p.Loc.Locale), "Number", e.Number)
}
