package matching

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

const wishesPath = "/partners/wishes"

// wishing is the page of an organization's wishes.
type wishing struct {
	acting
	Wishes

	Abroad WishesAbroad
	May    bool // the reader changes them
	Fault  *fault.Fault
}

func (w *Web) wishesFor(c *fiber.Ctx, sc tenants.Scope, a acting) (wishing, error) {
	all, err := w.service.Wishes(c.UserContext(), sc, a.Own.ID)
	if err != nil {
		return wishing{}, err
	}
	abroad, err := w.service.WishesAbroad(c.UserContext(), sc, a.Own.ID)
	return wishing{acting: a, Wishes: all, Abroad: abroad, May: w.service.MayWish(sc, a.Own.ID)}, err
}

func (w *Web) wishes(c *fiber.Ctx, sc tenants.Scope) error {
	a, err := w.answering(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	v, err := w.wishesFor(c, sc, a)
	if err != nil {
		return err
	}
	return w.site.Render(c, wishesPage(w.site.Page(c, sc, "matching.wishes.title"), v))
}

// changeWishes does what a button about another organization says, and shows the wishes as they are then.
func (w *Web) changeWishes(said string, do func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, form web.Form) error) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		form, a, err := w.posted(c, sc)
		if err != nil {
			return err
		}
		other, err := organizationOf(form.Raw("organization"))
		if err != nil {
			return err
		}
		if err := do(c.UserContext(), sc, a.Own.ID, other, form); err != nil {
			v, failed := w.wishesFor(c, sc, a)
			if failed != nil {
				return failed
			}
			p := w.site.Page(c, sc, "matching.wishes.title")
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				v.Fault = f
				return wishesPage(p, v)
			})
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, a.at(wishesPath))
	}
}

func (w *Web) wish() site.Handler {
	return w.changeWishes("matching.wish.added", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.Wish(ctx, sc, own, other)
	})
}

func (w *Web) unwish() site.Handler {
	return w.changeWishes("matching.wish.removed", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.Unwish(ctx, sc, own, other)
	})
}

func (w *Web) place() site.Handler {
	return w.changeWishes("matching.wish.placed", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, form web.Form) error {
		rank, err := rankOf(form)
		if err != nil {
			return err
		}
		return w.service.Place(ctx, sc, own, other, rank)
	})
}

func rankOf(form web.Form) (int, error) {
	rank, err := strconv.Atoi(form.Raw("rank"))
	if err != nil {
		return 0, fault.Invalid("fault.bad_request")
	}
	return rank, nil
}

func (w *Web) takeBack() site.Handler {
	return w.changeWishes("matching.veto.taken_back", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.TakeBack(ctx, sc, own, other)
	})
}

// ruleOut is done on the page of the other organization, which shows what was wrong with the reason.
func (w *Web) ruleOut(c *fiber.Ctx, sc tenants.Scope) error {
	form, a, err := w.posted(c, sc)
	if err != nil {
		return err
	}
	other, err := organizationOf(form.Raw("organization"))
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", maxReason)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.RuleOut(c.UserContext(), sc, a.Own.ID, other, reason)
	}
	if err == nil {
		w.site.Say(c, "success", "matching.veto.kept")
		return web.SeeOther(c, a.at(wishesPath))
	}
	v, failed := w.meeting(c, sc, a, other)
	if failed != nil {
		return failed
	}
	p := w.site.Page(c, sc, "matching.directory.title")
	p.Title = v.Other.Name
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Typed, v.Fault = form.Raw("reason"), f
		return meetingPage(p, v)
	})
}
