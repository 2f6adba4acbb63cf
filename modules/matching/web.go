package matching

import (
	"context"
	"embed"
	"net/url"
	"slices"

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

// Locales are the module's words.
//
//go:embed locales
var Locales embed.FS

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Addresses of the pages.
const (
	directoryPath = "/partners"
	cardPath      = "/partners/card"
)

// What writing to others takes, and deciding about what was reported.
const writes, moderates = policies.PartnerWrite, policies.PartnerModerate

// Module is what the site shows of partner finding.
func (w *Web) Module() site.Module {
	get, post, network := fiber.MethodGet, fiber.MethodPost, tenants.KindNetwork
	look, read, edit, wish := policies.PartnerDirectory, policies.CardRead, policies.CardEdit, policies.WishManage
	return site.Module{
		Name: "matching",
		Routes: append(slices.Concat(w.ranking(), w.rounding(), w.introducing(), w.commons(), w.wishingAbroad()), []site.Route{
			{Method: get, Path: directoryPath, Action: look, Handle: w.directory, Only: network},
			{Method: get, Path: cardPath, Action: read, Handle: w.card, Only: network},
			{Method: post, Path: cardPath, Action: edit, Handle: w.write, Only: network},
			{Method: post, Path: cardPath + "/joining", Action: edit, Handle: w.pool(true), Only: network},
			{Method: post, Path: cardPath + "/leaving", Action: edit, Handle: w.pool(false), Only: network},
			{Method: get, Path: wishesPath, Action: policies.WishRead, Handle: w.wishes, Only: network},
			{Method: post, Path: wishesPath, Action: wish, Handle: w.wish(), Only: network},
			{Method: post, Path: wishesPath + "/order", Action: wish, Handle: w.place(), Only: network},
			{Method: post, Path: wishesPath + "/removal", Action: wish, Handle: w.unwish(), Only: network},
			{Method: post, Path: "/partners/vetoes", Action: wish, Handle: w.ruleOut, Only: network},
			{Method: post, Path: "/partners/vetoes/removal", Action: wish, Handle: w.takeBack(), Only: network},
			{Method: get, Path: messagesPath, Action: writes, Handle: w.threads, Only: network},
			{Method: post, Path: messagesPath, Action: writes, Handle: w.begin, Only: network},
			{Method: get, Path: messagesPath + "/:thread", Action: writes, Handle: w.thread, Only: network},
			{Method: post, Path: messagesPath + "/:thread", Action: writes, Handle: w.answer(), Only: network},
			{Method: post, Path: messagesPath + "/:thread/reports", Action: writes, Handle: w.report(), Only: network},
			{Method: post, Path: messagesPath + "/:thread/blocks", Action: writes, Handle: w.block(), Only: network},
			{Method: post, Path: messagesPath + "/:thread/blocks/removal", Action: writes, Handle: w.unblock(), Only: network},
			{Method: get, Path: reportsPath, Action: moderates, Handle: w.reports(), Only: network},
			{Method: get, Path: reportsPath + "/:report", Action: moderates, Handle: w.reportOf, Only: network},
			{Method: post, Path: reportsPath + "/:report/decision", Action: moderates, Handle: w.decide(), Only: network},
			{Method: post, Path: reportsPath + "/:report/lifting", Action: moderates, Handle: w.lift(), Only: network},
			{Method: get, Path: "/partners/:organization", Action: look, Handle: w.meet, Only: network},
		}...),
		Entries: []site.Entry{
			{Key: "matching.nav", Href: directoryPath, Within: roundsPath, Icon: "network", Action: look, Only: network, Group: site.GroupProgram, Order: 36},
			{Key: "matching.common.nav", Href: commonPath, Icon: "hand", Action: policies.CommonList, Only: tenants.KindCore, Group: site.GroupProgram, Order: 36},
		},
		Tasks: []site.Tasks{w.tasks, w.owed},
	}
}

// acting is for which organization somebody looks for partners.
type acting struct {
	Own  Organization   // none: for the network
	All  []Organization // among which the reader chooses
	Team bool           // the reader may also look for the network

	Moderates bool // the reader decides about what was reported
	Steers    bool // the reader has rounds solved
	Offers    bool // the reader says whether the network takes part in the common pool
	Abroad    bool // the network does, and the reader has an organization
}

// query is the part of an address that says for which organization somebody looks; empty where there is no choice.
func (a *acting) query() string {
	if len(a.All) < 2 && !a.Team {
		return ""
	}
	return "?for=" + url.QueryEscape(a.id())
}

func (a *acting) id() string {
	if a.Own.ID.IsZero() {
		return ""
	}
	return a.Own.ID.String()
}

// at is a page's address for the same organization.
func (a *acting) at(path string) string { return path + a.query() }

// acting finds for which of their organizations the reader looks: the one that is named, else the first; who is in the network's
// team looks for the network. One that is not theirs does not exist.
func (w *Web) acting(c *fiber.Ctx, sc tenants.Scope, named string) (acting, error) {
	mine, err := w.service.Mine(c.UserContext(), sc)
	if err != nil {
		return acting{}, err
	}
	a := acting{All: mine, Team: w.service.looks(sc, ids.Organization{}) == nil, Moderates: w.service.policies.May(sc, moderates, policies.On{}) == nil, Steers: w.service.policies.May(sc, policies.RoundManage, policies.On{}) == nil}
	a.Offers = w.service.policies.May(sc, policies.CommonOffer, policies.On{}) == nil
	if len(mine) > 0 {
		if a.Abroad, err = w.service.takesPart(c.UserContext(), sc); err != nil {
			return a, err
		}
	}
	if named != "" {
		at := slices.IndexFunc(mine, func(o Organization) bool { return o.ID.String() == named })
		if at < 0 {
			return a, fault.NotFound()
		}
		a.Own = mine[at]
		return a, nil
	}
	if len(mine) > 0 && !a.Team {
		a.Own = mine[0]
	}
	return a, nil
}

// answering is acting for a page on which an organization speaks: the network's team has none of its own.
func (w *Web) answering(c *fiber.Ctx, sc tenants.Scope, named string) (acting, error) {
	a, err := w.acting(c, sc, named)
	if err != nil {
		return a, err
	}
	if a.Own.ID.IsZero() {
		if len(a.All) == 0 {
			return a, fault.NotFound()
		}
		a.Own = a.All[0]
	}
	return a, nil
}

// listing is a page that lists something for whoever acts.
func listing[T any](w *Web, acts func(c *fiber.Ctx, sc tenants.Scope, named string) (acting, error), list func(ctx context.Context, sc tenants.Scope) ([]T, error), page func(p ui.Page, a acting, all []T) templ.Component, title string) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		a, err := acts(c, sc, "")
		if err != nil {
			return err
		}
		all, err := list(c.UserContext(), sc)
		if err != nil {
			return err
		}
		return w.site.Render(c, page(w.site.Page(c, sc, title), a, all))
	}
}

// posted is a form with the organization for which it was sent.
func (w *Web) posted(c *fiber.Ctx, sc tenants.Scope) (web.Form, acting, error) {
	form, err := web.ReadForm(c)
	if err != nil {
		return form, acting{}, err
	}
	a, err := w.answering(c, sc, form.Raw("for"))
	return form, a, err
}

// choice are the tabs among which somebody chooses for which organization they look.
func (a *acting) choice(p ui.Page, path string, network bool) []ui.Tab {
	var tabs []ui.Tab
	if network && a.Team {
		tabs = append(tabs, ui.Tab{Label: p.T("matching.for.network"), Href: path, Current: a.Own.ID.IsZero()})
	}
	for _, o := range a.All {
		tabs = append(tabs, ui.Tab{Label: o.Name, Href: path + "?for=" + url.QueryEscape(o.ID.String()), Current: a.Own.ID == o.ID})
	}
	if len(tabs) < 2 {
		return nil
	}
	return tabs
}

func organizationOf(raw string) (ids.Organization, error) {
	id, err := ids.Parse[ids.Organization](raw)
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}
