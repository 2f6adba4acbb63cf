package matching

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// Addresses of what an organization wishes for in other networks, and rules out there.
const (
	wishesAbroadPath = abroadPath + "/wishes"
	vetoesAbroadPath = abroadPath + "/vetoes"
)

// wishingAbroad are the routes of it; its page is that of all wishes.
func (w *Web) wishingAbroad() []site.Route {
	post, wish, network := fiber.MethodPost, policies.WishManage, tenants.KindNetwork
	return []site.Route{
		{Method: post, Path: wishesAbroadPath, Action: wish, Handle: w.wishAbroad(), Only: network},
		{Method: post, Path: wishesAbroadPath + "/order", Action: wish, Handle: w.placeAbroad(), Only: network},
		{Method: post, Path: wishesAbroadPath + "/removal", Action: wish, Handle: w.unwishAbroad(), Only: network},
		{Method: post, Path: vetoesAbroadPath, Action: wish, Handle: w.ruleOutAbroad(), Only: network},
		{Method: post, Path: vetoesAbroadPath + "/removal", Action: wish, Handle: w.takeBackAbroad(), Only: network},
	}
}

func (w *Web) wishAbroad() site.Handler {
	return w.changeWishes("matching.wish.added", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.WishAbroad(ctx, sc, own, other)
	})
}

func (w *Web) unwishAbroad() site.Handler {
	return w.changeWishes("matching.wish.removed", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.UnwishAbroad(ctx, sc, own, other)
	})
}

func (w *Web) placeAbroad() site.Handler {
	return w.changeWishes("matching.wish.placed", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, form web.Form) error {
		rank, err := rankOf(form)
		if err != nil {
			return err
		}
		return w.service.PlaceAbroad(ctx, sc, own, other, rank)
	})
}

func (w *Web) ruleOutAbroad() site.Handler {
	return w.changeWishes("matching.veto.kept", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.RuleOutAbroad(ctx, sc, own, other)
	})
}

func (w *Web) takeBackAbroad() site.Handler {
	return w.changeWishes("matching.veto.taken_back", func(ctx context.Context, sc tenants.Scope, own, other ids.Organization, _ web.Form) error {
		return w.service.TakeBackAbroad(ctx, sc, own, other)
	})
}

// meetingAbroad is an organization of another network as one of this network sees it.
type meetingAbroad struct {
	Meeting
	WishesAbroad

	As      acting
	MayWish bool
}

func (w *Web) meetAbroad(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := cardOf(c)
	if err != nil {
		return err
	}
	a, err := w.answering(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	v := meetingAbroad{As: a, MayWish: w.service.MayWish(sc, a.Own.ID)}
	if v.Meeting, err = w.service.MeetAbroad(c.UserContext(), sc, a.Own.ID, id); err != nil {
		return err
	}
	if v.WishesAbroad, err = w.service.WishesAbroad(c.UserContext(), sc, a.Own.ID); err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.common.abroad")
	p.Title = v.Other.Name
	return w.site.Render(c, meetingAbroadPage(p, v))
}
