package matching

import (
	"strconv"
	"time"

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

// Addresses of what networks have in common: those of a network, and that of the core.
const (
	participationPath = "/partners/participation"
	sharingPath       = "/partners/sharing"
	abroadPath        = "/partners/networks"
	commonPath        = "/common"
)

// commons are the routes of what networks have in common.
func (w *Web) commons() []site.Route {
	get, post, network, core := fiber.MethodGet, fiber.MethodPost, tenants.KindNetwork, tenants.KindCore
	offer, share, look, list := policies.CommonOffer, policies.CommonShare, policies.CommonLook, policies.CommonList
	return []site.Route{
		{Method: get, Path: participationPath, Action: offer, Handle: w.participation, Only: network},
		{Method: post, Path: participationPath, Action: offer, Handle: w.takePart, Only: network},
		{Method: post, Path: participationPath + "/ending", Action: offer, Handle: w.endPart, Only: network},
		{Method: get, Path: sharingPath, Action: policies.CardRead, Handle: w.sharing, Only: network},
		{Method: post, Path: sharingPath, Action: share, Handle: w.share, Only: network},
		{Method: post, Path: sharingPath + "/ending", Action: share, Handle: w.unshare, Only: network},
		{Method: get, Path: abroadPath, Action: look, Handle: w.abroad, Only: network},
		{Method: get, Path: abroadPath + "/:card", Action: look, Handle: w.meetAbroad, Only: network},
		{Method: get, Path: commonPath, Action: list, Handle: w.commonPool, Only: core},
		{Method: get, Path: commonPath + "/:card", Action: list, Handle: w.commonCard, Only: core},
	}
}

// participating is a network's page about taking part.
type participating struct {
	Participation

	As    acting
	Met   []Met
	Fault *fault.Fault
}

func (w *Web) participates(c *fiber.Ctx, sc tenants.Scope) (participating, error) {
	a, err := w.acting(c, sc, "")
	if err != nil {
		return participating{}, err
	}
	p, err := w.service.Participation(c.UserContext(), sc)
	if err != nil {
		return participating{}, err
	}
	met, err := w.service.MetAbroad(c.UserContext(), sc)
	return participating{Participation: p, As: a, Met: met}, err
}

func (w *Web) participation(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.participates(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, participationPage(w.site.Page(c, sc, "matching.common.participation"), v))
}

func (w *Web) takePart(c *fiber.Ctx, sc tenants.Scope) error {
	if err := w.service.TakePart(c.UserContext(), sc); err != nil {
		return err
	}
	w.site.Say(c, "success", "matching.common.begun")
	return web.SeeOther(c, participationPath)
}

func (w *Web) endPart(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	if err := w.service.EndPart(c.UserContext(), sc, form.Ticked("confirmed")); err != nil {
		v, failed := w.participates(c, sc)
		if failed != nil {
			return failed
		}
		p := w.site.Page(c, sc, "matching.common.participation")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			v.Fault = f
			return participationPage(p, v)
		})
	}
	w.site.Say(c, "success", "matching.common.ended")
	return web.SeeOther(c, participationPath)
}

// sharing shows an organization's people what other networks see of it.
func (w *Web) sharing(c *fiber.Ctx, sc tenants.Scope) error {
	a, err := w.answering(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	v, err := w.opened(c, sc, a)
	if err != nil {
		return err
	}
	if !v.Sharing.Open {
		return fault.NotFound()
	}
	return w.site.Render(c, sharingPage(w.site.Page(c, sc, "matching.common.seen"), v))
}

// share shows the card to other networks; where that cannot be, the card's page says why.
func (w *Web) share(c *fiber.Ctx, sc tenants.Scope) error {
	form, a, err := w.posted(c, sc)
	if err != nil {
		return err
	}
	version, err := form.Version()
	if err != nil {
		return err
	}
	if err := w.service.Share(c.UserContext(), sc, a.Own.ID, version); err != nil {
		v, failed := w.opened(c, sc, a)
		if failed != nil {
			return failed
		}
		return w.refuse(c, sc, err, v)
	}
	w.site.Say(c, "success", "matching.common.shared")
	return web.SeeOther(c, a.at(cardPath))
}

func (w *Web) unshare(c *fiber.Ctx, sc tenants.Scope) error {
	_, a, err := w.posted(c, sc)
	if err != nil {
		return err
	}
	if err := w.service.Unshare(c.UserContext(), sc, a.Own.ID); err != nil {
		return err
	}
	w.site.Say(c, "success", "matching.common.unshared")
	return web.SeeOther(c, a.at(cardPath))
}

func (w *Web) abroad(c *fiber.Ctx, sc tenants.Scope) error {
	form := web.Query(c)
	a, err := w.answering(c, sc, form.Raw("for"))
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.common.abroad")
	q := readQuery(form)
	q.For, q.Limit, q.Locale = a.Own.ID, pageSize, p.Loc.Locale
	pool, in, err := w.service.Abroad(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	if !in {
		return w.site.Render(c, unsharedPage(p, a, w.service.MayShare(sc, a.Own.ID)))
	}
	l := commonList(p, &pool, abroadPath, form, true)
	if a.query() != "" {
		l.Keep = []string{"for"}
	}
	return w.site.Render(c, abroadPage(p, a, pool.All, l))
}

// commonList is a list of organizations of several networks with what finds and orders it. It is not to be taken away as a file: what
// an organization takes back should be gone.
func commonList(p ui.Page, pool *CommonPool, path string, form web.Form, own bool) ui.List {
	networks := make([]ui.Option, len(pool.Networks))
	for i, n := range pool.Networks {
		networks[i] = ui.Option{Value: n.Slug, Label: n.Name}
	}
	l := ui.List{
		Path: path, Query: form.Values(), Search: p.T("matching.common.search"), TotalOf: "matching.directory.total", Total: pool.Total, Empty: len(pool.All) == 0,
		First:   form.Raw("after") == "",
		Filters: append([]ui.Field{{Name: "network", Label: p.T("matching.common.network"), Options: networks}}, cardFilters(p, own)...),
		Columns: []ui.Column{{Label: p.T("matching.organization"), Sort: ByName}, {Label: p.T("matching.offers")}, {Label: p.T("matching.needs")}},
	}
	if own {
		l.Columns = append(l.Columns, ui.Column{Label: p.T("matching.fit.title"), Sort: ByFit})
	}
	if !pool.Next.IsZero() {
		l.Next = pool.Next.String()
	}
	return l
}

func cardOf(c *fiber.Ctx) (ids.CommonCard, error) {
	id, err := ids.Parse[ids.CommonCard](web.Param(c, "card"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) commonPool(c *fiber.Ctx, sc tenants.Scope) error {
	form := web.Query(c)
	p := w.site.Page(c, sc, "matching.common.pool")
	q := readQuery(form)
	q.Limit, q.Locale = pageSize, p.Loc.Locale
	pool, err := w.service.CommonPool(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	return w.site.Render(c, commonPoolPage(p, pool, commonList(p, &pool, commonPath, form, false)))
}

func (w *Web) commonCard(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := cardOf(c)
	if err != nil {
		return err
	}
	card, err := w.service.CommonCard(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.common.pool")
	l := card.Listed()
	p.Title = l.Name
	return w.site.Render(c, commonCardPage(p, &card, &l))
}

// sharingFields is what sharing the card sends, and taking that back.
func sharingFields(v own) map[string]string {
	return map[string]string{"for": v.Own.ID.String(), "version": strconv.FormatInt(v.Kept.Version, 10)}
}

// abroadAt says of which network and country an organization is.
func (l *Listed) abroadAt(p ui.Page) string { return l.Network + " · " + l.at(p) }

// copyState says which version of a card others see.
func copyState(p ui.Page, c *Copy) []ui.Term {
	return []ui.Term{
		{Label: p.T("matching.common.version"), Text: p.Loc.Int(int(c.Version))},
		{Label: p.T("matching.common.changed"), Text: p.Loc.DateTime(c.ChangedAt)},
		{Label: p.T("matching.common.tag"), Text: c.Tag[:12]},
	}
}

// sinceText says since when a network takes part; nothing where that is not noted yet.
func sinceText(p ui.Page, at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return p.Loc.Date(at)
}

// poolStats are how many there are in the common pool.
func poolStats(p ui.Page, pool *CommonPool) []ui.Stat {
	return []ui.Stat{
		{Value: p.Loc.Int(len(pool.Networks)), Label: p.N("matching.common.networks_of", len(pool.Networks))},
		{Value: p.Loc.Int(pool.Cards), Label: p.N("matching.common.cards_of", pool.Cards)},
	}
}
