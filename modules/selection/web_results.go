package selection

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/atom"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/schemaorg"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) publishing() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	release, browse := policies.SelectionRelease, policies.CallBrowse
	return []site.Route{
		{Method: get, Path: "/results", Action: browse, Handle: w.announcements},
		{Method: get, Path: "/calls/:id/results", Action: browse, Handle: w.outcome},
		{Method: get, Path: "/selection/:id/results", Action: release, Handle: w.publishForm},
		{Method: post, Path: "/selection/:id/results", Action: release, Handle: w.publishResults},
		{Method: post, Path: "/selection/:id/results/withdrawal", Action: release, Handle: w.withdrawResults},
		{Method: post, Path: "/applications/:id/reply/naming", Action: policies.ApplicationReply, Handle: w.naming},
	}
}

func outcomeAddress(call ids.Call) string { return "/calls/" + call.String() + "/results" }

// outcome shows to everybody how a call came out, or that this is not known yet.
func (w *Web) outcome(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	r, err := w.service.Results(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.results.title")
	name := r.Call.Name(p.Loc.Locale)
	p.Title = p.T("selection.results.of", "Call", name)
	if r.Published.IsZero() {
		p.NoIndex = true
	} else if p.Head.Canonical != "" {
		p.Head.Description, p.Head.Article = p.N("selection.results.accepted", r.Accepted()), true
		p.Head.Data = append(p.Head.Data, schemaorg.NewArticle(p.Title, p.Head.Description, p.Head.Canonical, string(p.Loc.Locale), w.site.Organization(c, sc), r.Published, r.Published))
	}
	return w.site.Render(c, outcomePage(p, r, name))
}

func (w *Web) announcements(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Announcements(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.results.title")
	p.Head.Description = p.T("selection.results.lead")
	return w.site.Render(c, announcementsPage(p, all))
}

// entries are the results for whoever subscribes to them.
func (w *Web) entries(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]atom.Entry, error) {
	all, err := w.service.Announcements(ctx, sc)
	if err != nil {
		return nil, err
	}
	entries := make([]atom.Entry, 0, len(all))
	for _, a := range all[:min(len(all), 50)] {
		title := loc.T("selection.results.of", "Call", a.Call.Name(loc.Locale))
		entries = append(entries, atom.Entry{ID: "urn:kervan:results:" + a.Call.ID.String(), Title: title, Summary: loc.T("selection.results.known"), Link: outcomeAddress(a.Call.ID), Published: a.At, Updated: a.At})
	}
	return entries, nil
}

func (w *Web) addresses(ctx context.Context, sc tenants.Scope) ([]site.Address, error) {
	all, err := w.service.Announcements(ctx, sc)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	found := []site.Address{{Path: "/results", Changed: all[0].At}}
	for _, a := range all {
		found = append(found, site.Address{Path: outcomeAddress(a.Call.ID), Changed: a.At})
	}
	return found, nil
}

// Search finds results of calls in whose title, or among whose named organizations, all of the folded words stand.
func (w *Web) Search(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, words []string) ([]site.Hit, error) {
	all, err := w.service.Outcomes(ctx, sc)
	if err != nil {
		return nil, err
	}
	var hits []site.Hit
	for _, r := range all {
		var stands strings.Builder
		for _, l := range r.Call.Locales {
			stands.WriteString(i18n.SearchKey(r.Call.Title[l]) + "\n")
		}
		for i := range r.Named {
			stands.WriteString(i18n.SearchKey(r.Named[i].Name()) + "\n")
		}
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(stands.String(), word) }) {
			hits = append(hits, site.Hit{Title: loc.T("selection.results.of", "Call", r.Call.Name(loc.Locale)), Text: loc.N("selection.results.accepted", r.Accepted()), Href: outcomeAddress(r.Call.ID)})
		}
	}
	return hits, nil
}

func seatedIn(p ui.Page, o Applicant) string {
	return o.City + ", " + geo.Country(o.Country).Name(p.Loc.Locale)
}

func (w *Web) publishForm(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	panel, err := w.service.Panel(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	if panel.List.State != ListReleased {
		w.site.Say(c, "warning", "selection.results.too_early")
		return web.SeeOther(c, address(call, "decisions"))
	}
	r, err := w.service.Results(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.site.Render(c, publishPage(w.page(c, sc, "selection.results.publish", panel.Call), r, time.Now()))
}

func (w *Web) publishResults(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	return w.said(c, w.service.PublishResults(c.UserContext(), sc, call), "selection.results.published", address(call, "results"))
}

func (w *Web) withdrawResults(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	return w.said(c, w.service.WithdrawResults(c.UserContext(), sc, call), "selection.results.withdrawn", address(call, "results"))
}

func (w *Web) naming(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	agree := form.Raw("agree")
	if agree != "yes" && agree != "no" {
		return fault.Invalid("fault.bad_request")
	}
	return w.said(c, w.service.Naming(c.UserContext(), sc, id, agree == "yes"), "selection.naming.saved", offerAddress(id))
}
