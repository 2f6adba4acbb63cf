package partnerships

import (
	"context"
	"slices"
	"strings"
	"time"

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

// MapPath is the page of all public partnerships.
const MapPath = "/partnership-map"

func (w *Web) presenting() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	present := policies.PartnershipPresent
	return []site.Route{
		{Method: get, Path: MapPath, Action: policies.SiteVisit, Handle: w.everybodys},
		{Method: get, Path: "/partnerships/:id/presentation", Action: policies.PartnershipRead, Handle: w.presentation},
		{Method: post, Path: "/partnerships/:id/presentation", Action: present, Handle: w.propose},
		{Method: post, Path: "/partnerships/:id/presentation/consent", Action: present, Handle: w.consent},
		{Method: post, Path: "/partnerships/:id/presentation/end", Action: present, Handle: w.conceal},
	}
}

// everybodys shows the public partnerships on a map and in words.
func (w *Web) everybodys(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Public(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.map.title")
	p.Head.Description = p.T("partnerships.map.lead")
	shown, err := w.shown(c.UserContext(), sc, all)
	if err != nil {
		return err
	}
	if w.stories != nil && sc.Tenant().Kind == tenants.KindNetwork {
		if shown.Stories, err = w.stories.Of(c.UserContext(), sc, p); err != nil {
			return err
		}
	}
	return w.site.Render(c, mapPage(p, shown))
}

// publicly is what the map's page shows: partnerships, and on the core's site of which network each is.
type publicly struct {
	All       []Public
	Networks  map[string]network // by identifier; nil: all are of this one
	Languages []i18n.Locale
	Stories   map[ids.Partnership]templ.Component // what is told of their work
}

type network struct{ Name, Href string }

func (w *Web) shown(ctx context.Context, sc tenants.Scope, all []Public) (publicly, error) {
	v := publicly{All: all, Languages: sc.Tenant().Locales}
	if sc.Tenant().Kind != tenants.KindCore {
		return v, nil
	}
	catalogue, err := w.service.tenants.All(ctx)
	if err != nil {
		return v, err
	}
	v.Networks = map[string]network{}
	for _, t := range catalogue {
		v.Networks[t.ID.String()] = network{Name: t.Name, Href: w.origin(t)}
	}
	return v, nil
}

// ties are what the map draws.
func ties(all []Public) []ui.Tie {
	var drawn []ui.Tie
	for i := range all {
		drawn = append(drawn, ui.Tie{Points: all[i].Points()})
	}
	return drawn
}

// summary says in a sentence what the map shows.
func summary(p ui.Page, all []Public) string {
	var countries []string
	for i := range all {
		for _, m := range all[i].Members {
			if name := m.Country.Name(p.Loc.Locale); !slices.Contains(countries, name) {
				countries = append(countries, name)
			}
		}
	}
	i18n.Sort(p.Loc.Locale, countries, func(s string) string { return s })
	return p.N("partnerships.map.shows", len(all), "Countries", strings.Join(countries, ", "))
}

// Map draws the partnerships that everybody may see, for a page of another module. Anybody may.
func (w *Web) Map(sc tenants.Scope, p ui.Page) (site.Part, error) {
	asked, read, err := w.service.part(sc)
	return site.Part{Asks: asked, Draw: func(ctx context.Context) (templ.Component, error) {
		all, err := read(ctx)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		return ui.Map(summary(p, all), ties(all)), nil
	}}, err
}

// Search finds public partnerships in which all of the folded words stand, for the search over all that is public.
func (w *Web) Search(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer, words []string) ([]site.Hit, error) {
	all, err := w.service.Public(ctx, sc)
	if err != nil {
		return nil, err
	}
	var hits []site.Hit
	for _, one := range Find(all, words) {
		hits = append(hits, site.Hit{Title: one.Title, Text: one.About.String(loc.Locale, sc.Tenant().Locales...), Href: MapPath})
	}
	return hits, nil
}

func (*Web) addresses(context.Context, tenants.Scope) ([]site.Address, error) {
	return []site.Address{{Path: MapPath}}, nil
}

// terms is what stands in the form of a partnership's presentation.
type terms struct {
	Version   int64
	Pseudonym string
	About     i18n.Text
	From      string
	Fault     *fault.Fault
}

func (w *Web) presented(c *fiber.Ctx, sc tenants.Scope) (ui.Page, Presented, error) {
	id, err := parse(c)
	if err != nil {
		return ui.Page{}, Presented{}, err
	}
	shown, err := w.service.Presentation(c.UserContext(), sc, id)
	return w.site.Page(c, sc, "partnerships.presentation.title"), shown, err
}

func (w *Web) presentation(c *fiber.Ctx, sc tenants.Scope) error {
	p, shown, err := w.presented(c, sc)
	if err != nil {
		return err
	}
	in := terms{Version: shown.Showing.Version, Pseudonym: shown.Pseudonym, About: shown.About}
	if !shown.From.IsZero() {
		in.From = string(i18n.DayOf(shown.From, i18n.Zone(sc.Tenant().Zone)))
	}
	return w.site.Render(c, presentationPage(p, shown, w.service.MayPresent(sc, &shown.Partnership), sc.Tenant().Locales, in))
}

func readTerms(form web.Form, languages []i18n.Locale, zone *time.Location) (terms, Terms, []fault.Field, error) {
	version, err := form.Version()
	if err != nil {
		return terms{}, Terms{}, nil, err
	}
	in := terms{Version: version, About: i18n.Text{}, From: form.Raw("from")}
	var bad []fault.Field
	text := func(name string, most int) string {
		words, refused := form.Text(name, most)
		bad = append(bad, refused...)
		return words
	}
	in.Pseudonym = text("pseudonym", maxPseudonym)
	for _, l := range languages {
		if words := text("about_"+string(l), maxPublic); words != "" {
			in.About[l] = words
		}
	}
	t := Terms{Pseudonym: in.Pseudonym, About: in.About}
	if in.From != "" {
		if t.From, err = time.ParseInLocation(time.DateOnly, in.From, zone); err != nil {
			bad = append(bad, fault.At("from", "partnerships.presentation.day_wrong"))
		}
	}
	return in, t, bad, nil
}

func (w *Web) propose(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in, t, bad, err := readTerms(form, sc.Tenant().Locales, i18n.Zone(sc.Tenant().Zone))
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Propose(c.UserContext(), sc, id, in.Version, t)
	}
	if err != nil {
		p, shown, missing := w.presented(c, sc)
		if missing != nil {
			return missing
		}
		may := w.service.MayPresent(sc, &shown.Partnership)
		if !may {
			return fault.NotFound()
		}
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			in.Fault = f
			return presentationPage(p, shown, may, sc.Tenant().Locales, in)
		})
	}
	w.site.Say(c, "success", "partnerships.presentation.proposed")
	return web.SeeOther(c, address(id)+"/presentation")
}

func (w *Web) consent(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	version, err := form.Version()
	if err != nil {
		return err
	}
	switch err := w.service.Consent(c.UserContext(), sc, id, version); {
	case fault.Is(err, fault.KindConflict):
		w.site.Say(c, "warning", "partnerships.presentation.changed")
	case err != nil:
		return err
	default:
		w.site.Say(c, "success", "partnerships.presentation.agreed")
	}
	return web.SeeOther(c, address(id)+"/presentation")
}

func (w *Web) conceal(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	if err := w.service.Conceal(c.UserContext(), sc, id); err != nil {
		return err
	}
	w.site.Say(c, "success", "partnerships.presentation.ended")
	return web.SeeOther(c, address(id)+"/presentation")
}
