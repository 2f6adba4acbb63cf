package selection

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) discussing() []site.Route {
	return []site.Route{
		{Method: fiber.MethodGet, Path: "/reviews/:id/discussion", Action: policies.ReviewQueue, Handle: w.discussion},
		{Method: fiber.MethodPost, Path: "/reviews/:id/discussion", Action: policies.ReviewWrite, Handle: w.say},
		{Method: fiber.MethodPost, Path: "/selection/:id/agreement/discussion", Action: policies.SelectionArrange, Handle: w.talk},
	}
}

func (w *Web) discussion(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showDiscussion(c, sc, "", nil)
}

// showDiscussion shows what the reviewers tell each other, with what was typed and why it was refused.
func (w *Web) showDiscussion(c *fiber.Ctx, sc tenants.Scope, text string, refused error) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	d, err := w.service.Discussion(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.discussion.title")
	if refused == nil {
		return w.site.Render(c, discussionPage(p, d, "", nil))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component { return discussionPage(p, d, text, f) })
}

func (w *Web) say(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	nth, err := strconv.Atoi(form.Raw("nth"))
	if err != nil {
		return fault.Invalid("fault.bad_request")
	}
	err = w.service.Say(c.UserContext(), sc, id, nth, form.Raw("text"))
	if fault.Is(err, fault.KindInvalid) {
		return w.showDiscussion(c, sc, form.Raw("text"), err)
	}
	return w.said(c, err, "selection.discussion.done", reviewAddress(id, "discussion"))
}

// talks are what the form offers.
var talks = map[string]Talk{"none": {}, "letters": {On: true}, "names": {On: true, Named: true}}

func (w *Web) talk(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	t, ok := talks[form.Raw("talk")]
	if !ok {
		return fault.Invalid("fault.bad_request")
	}
	return w.said(c, w.service.Talk(c.UserContext(), sc, call, t), "selection.agreement.saved", address(call, "agreement"))
}
