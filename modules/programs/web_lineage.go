package programs

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// chosen is the version from which a call would begin: the one of the address, or the newest of the proposed blueprint.
type chosen struct {
	editions []blueprints.Edition
	version  blueprints.Version
}

// choice reads which version was chosen; "exchange/2".
func (w *Web) choice(c *fiber.Ctx, sc tenants.Scope, picked string) (chosen, error) {
	var ch chosen
	if !w.service.MayEdit(sc) {
		return ch, nil
	}
	var err error
	if ch.editions, err = w.service.Editions(c.UserContext(), sc); err != nil {
		return ch, err
	}
	name, number := Proposed, 0
	for _, e := range ch.editions {
		if editionValue(e) == picked {
			name, number = e.Blueprint, e.Number
		}
	}
	for _, e := range ch.editions {
		if number == 0 && e.Blueprint == name {
			number = e.Number // the newest stands first
		}
	}
	ch.version, err = w.service.Model(c.UserContext(), sc, name, number)
	return ch, err
}

func editionValue(e blueprints.Edition) string { return e.Blueprint + "/" + strconv.Itoa(e.Number) }

func readEdition(value string) (string, int) {
	name, number, _ := strings.Cut(value, "/")
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", 0
	}
	return name, n
}

func (w *Web) lineageOf(c *fiber.Ctx, sc tenants.Scope) (Lineage, error) {
	id, err := parse(c)
	if err != nil {
		return Lineage{}, err
	}
	return w.service.Lineage(c.UserContext(), sc, id)
}

func (w *Web) lineage(c *fiber.Ctx, sc tenants.Scope) error {
	l, err := w.lineageOf(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, lineagePage(w.site.Page(c, sc, "programs.lineage.title"), l))
}

func (w *Web) upgradeForm(c *fiber.Ctx, sc tenants.Scope) error {
	l, err := w.lineageOf(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, upgradePage(w.site.Page(c, sc, "programs.upgrade.title"), l, typed{}))
}

func (w *Web) upgrade(c *fiber.Ctx, sc tenants.Scope) error {
	l, err := w.lineageOf(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	var seen Seen
	if seen.Call, err = form.Version(); err != nil {
		return err
	}
	draft, err := strconv.ParseInt(form.Raw("draft"), 10, 64)
	if err != nil {
		return fault.Invalid("fault.bad_request")
	}
	newest, err := strconv.Atoi(form.Raw("newest"))
	if err != nil {
		return fault.Invalid("fault.bad_request")
	}
	seen.Draft, seen.Newest = draft, newest
	if err := w.service.Upgrade(c.UserContext(), sc, l.Call.ID, seen, form.All("take")); err != nil {
		return w.refuse(c, sc, err, form, "programs.upgrade.title", func(p ui.Page, t typed) templ.Component { return upgradePage(p, l, t) })
	}
	w.site.Say(c, "success", "programs.upgrade.done")
	return web.SeeOther(c, address(l.Call.ID, "blueprint"))
}

func (w *Web) proposeForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	l, d, err := w.service.Proposable(c.UserContext(), sc, id, web.Query(c).Raw("piece"))
	if err != nil {
		return err
	}
	return w.site.Render(c, proposePage(w.site.Page(c, sc, "programs.propose.title"), l, d, typed{}))
}

func (w *Web) propose(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	l, d, err := w.service.Proposable(c.UserContext(), sc, id, form.Raw("piece"))
	if err != nil {
		return err
	}
	reason, bad := form.Required("reason", blueprints.ReasonChars)
	err = checked(bad)
	var sent blueprints.Proposal
	if err == nil {
		sent, err = w.service.Propose(c.UserContext(), sc, id, shown, d.Key, strings.ReplaceAll(reason, "\r\n", "\n"), form.Raw("named") == "yes")
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.propose.title", func(p ui.Page, t typed) templ.Component { return proposePage(p, l, d, t) })
	}
	w.site.Say(c, "success", "programs.propose.sent")
	return web.SeeOther(c, "/proposals/"+sent.ID.String())
}
