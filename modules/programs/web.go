package programs

import (
	"context"
	"embed"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
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

// Module is what the site shows of calls.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	edit, open, late, letters := policies.CallEdit, policies.CallOpen, policies.CallLateLink, policies.TemplateEdit
	return site.Module{
		Name: "programs",
		Routes: []site.Route{
			{Method: get, Path: "/calls", Action: policies.CallBrowse, Handle: w.browse},
			{Method: get, Path: "/calls/:id", Action: policies.CallBrowse, Handle: w.look},
			{Method: get, Path: "/calls/:id/form", Action: policies.CallBrowse, Handle: w.preview},
			{Method: get, Path: "/calls/:id/form.pdf", Action: policies.CallBrowse, Handle: w.formPaper},
			{Method: get, Path: "/calls/:id/calendar.ics", Action: policies.CallBrowse, Handle: w.calendarFile},
			{Method: post, Path: "/calls/:id/questions", Action: policies.CallBrowse, Handle: w.ask},
			{Method: get, Path: "/program/calls", Action: policies.CallList, Handle: w.list},
			{Method: post, Path: "/program/calls", Action: edit, Handle: w.begin},
			{Method: get, Path: "/program/calls/:id", Action: policies.CallRead, Handle: w.overview},
			{Method: get, Path: "/program/calls/:id/texts", Action: edit, Handle: w.textsForm},
			{Method: post, Path: "/program/calls/:id/texts", Action: edit, Handle: w.reword},
			{Method: get, Path: "/program/calls/:id/dates", Action: edit, Handle: w.datesForm},
			{Method: post, Path: "/program/calls/:id/dates", Action: edit, Handle: w.reframe},
			{Method: get, Path: "/program/calls/:id/rules", Action: edit, Handle: w.rulesForm},
			{Method: post, Path: "/program/calls/:id/rules", Action: edit, Handle: w.rule},
			{Method: get, Path: "/program/calls/:id/criteria", Action: edit, Handle: w.criteriaForm},
			{Method: post, Path: "/program/calls/:id/criteria", Action: edit, Handle: w.arrangeCriteria},
			{Method: get, Path: "/program/calls/:id/criteria/edit", Action: edit, Handle: w.criterionForm},
			{Method: post, Path: "/program/calls/:id/criteria/edit", Action: edit, Handle: w.setCriterion},
			{Method: get, Path: "/program/calls/:id/seats", Action: edit, Handle: w.seatsForm},
			{Method: post, Path: "/program/calls/:id/seats", Action: edit, Handle: w.compose},
			{Method: get, Path: "/program/calls/:id/retention", Action: edit, Handle: w.retentionForm},
			{Method: post, Path: "/program/calls/:id/retention", Action: edit, Handle: w.retain},
			{Method: get, Path: "/program/calls/:id/anonymity", Action: edit, Handle: w.anonymityForm},
			{Method: post, Path: "/program/calls/:id/anonymity", Action: edit, Handle: w.conceal},
			{Method: get, Path: "/program/calls/:id/quotas", Action: edit, Handle: w.quotasForm},
			{Method: post, Path: "/program/calls/:id/quotas", Action: edit, Handle: w.limit},
			{Method: get, Path: "/program/calls/:id/eligibility", Action: edit, Handle: w.eligibilityForm},
			{Method: post, Path: "/program/calls/:id/eligibility", Action: edit, Handle: w.qualify},
			{Method: get, Path: "/program/calls/:id/letters", Action: letters, Handle: w.letterForm},
			{Method: post, Path: "/program/calls/:id/letters", Action: letters, Handle: w.letter},
			{Method: get, Path: "/program/calls/:id/calendar", Action: edit, Handle: w.calendarForm},
			{Method: post, Path: "/program/calls/:id/calendar", Action: edit, Handle: w.plan},
			{Method: get, Path: "/program/calls/:id/questions", Action: edit, Handle: w.questionList},
			{Method: get, Path: "/program/calls/:id/questions/:question", Action: edit, Handle: w.answerForm},
			{Method: post, Path: "/program/calls/:id/questions/:question", Action: edit, Handle: w.answer},
			{Method: post, Path: "/program/calls/:id/questions/:question/refusal", Action: edit, Handle: w.decline},
			{Method: get, Path: "/program/calls/:id/form/edit", Action: edit, Handle: w.designForm},
			{Method: post, Path: "/program/calls/:id/form/sections", Action: edit, Handle: w.addSection},
			{Method: post, Path: "/program/calls/:id/form/questions", Action: edit, Handle: w.addQuestion},
			{Method: post, Path: "/program/calls/:id/form/settings", Action: edit, Handle: w.designSettings},
			{Method: post, Path: "/program/calls/:id/form/places", Action: edit, Handle: w.designPlace},
			{Method: post, Path: "/program/calls/:id/form/templates", Action: edit, Handle: w.offerTemplate, Large: true},
			{Method: post, Path: "/program/calls/:id/form/templates/removal", Action: edit, Handle: w.removeTemplate},
			{Method: post, Path: "/program/calls/:id/form/copies", Action: edit, Handle: w.designCopy},
			{Method: post, Path: "/program/calls/:id/form/removals", Action: edit, Handle: w.designRemoval},
			{Method: post, Path: "/program/calls/:id/form/reversal", Action: edit, Handle: w.designReversal},
			{Method: post, Path: "/program/calls/:id/form/renewal", Action: edit, Handle: w.designRenewal},
			{Method: post, Path: "/program/calls/:id/form/presence", Action: edit, Handle: w.designPresence},
			{Method: get, Path: "/schemas/form.json", Action: policies.CallBrowse, Handle: w.formSchema},
			{Method: get, Path: "/schemas/program.json", Action: policies.CallBrowse, Handle: w.programSchema},
			{Method: get, Path: "/program/import", Action: edit, Handle: w.importForm},
			{Method: post, Path: "/program/import", Action: edit, Handle: w.bringProgram, Large: true},
			{Method: get, Path: "/program/calls/:id/file.json", Action: edit, Handle: w.programFile},
			{Method: get, Path: "/program/calls/:id/form/file.json", Action: edit, Handle: w.formFile},
			{Method: get, Path: "/program/calls/:id/form/file", Action: edit, Handle: w.formFilePage},
			{Method: post, Path: "/program/calls/:id/form/file", Action: edit, Handle: w.bringForm, Large: true},
			{Method: get, Path: "/program/calls/:id/form/translation", Action: edit, Handle: w.translationForm},
			{Method: post, Path: "/program/calls/:id/form/translation", Action: edit, Handle: w.translate},
			{Method: get, Path: "/program/calls/:id/blueprint", Action: edit, Handle: w.lineage},
			{Method: get, Path: "/program/calls/:id/blueprint/upgrade", Action: edit, Handle: w.upgradeForm},
			{Method: post, Path: "/program/calls/:id/blueprint/upgrade", Action: edit, Handle: w.upgrade},
			{Method: get, Path: "/program/calls/:id/blueprint/proposal", Action: policies.BlueprintPropose, Handle: w.proposeForm},
			{Method: post, Path: "/program/calls/:id/blueprint/proposal", Action: policies.BlueprintPropose, Handle: w.propose},
			{Method: get, Path: "/program/calls/:id/again", Action: edit, Handle: w.againForm},
			{Method: post, Path: "/program/calls/:id/again", Action: edit, Handle: w.beginAgain},
			{Method: get, Path: "/program/calls/:id/form/publication", Action: open, Handle: w.revisionForm},
			{Method: post, Path: "/program/calls/:id/form/publication", Action: open, Handle: w.reform},
			{Method: get, Path: "/program/calls/:id/publication", Action: open, Handle: w.publicationForm},
			{Method: post, Path: "/program/calls/:id/publication", Action: open, Handle: w.publish},
			{Method: get, Path: "/program/calls/:id/extension", Action: open, Handle: w.extensionForm},
			{Method: post, Path: "/program/calls/:id/extension", Action: open, Handle: w.extend},
			{Method: post, Path: "/program/calls/:id/closing", Action: open, Handle: w.close},
			{Method: get, Path: "/program/calls/:id/late-permissions", Action: late, Handle: w.lateForm},
			{Method: post, Path: "/program/calls/:id/late-permissions", Action: late, Handle: w.permitLate},
			{Method: post, Path: "/program/calls/:id/late-permissions/removal", Action: late, Handle: w.revokeLate},
		},
		API: w.operations(),
		Entries: []site.Entry{
			{Key: "programs.nav.calls", Href: "/program/calls", Icon: "call", Action: policies.CallList, Group: site.GroupProgram, Order: 30, Within: "/program/import"},
			{Key: "programs.nav.open", Href: "/calls", Icon: "call", Action: policies.CallBrowse, Group: site.GroupProgram, Order: 15, Hidden: func(a tenants.Actor) bool { return !a.Signed() || len(a.OrganizationsAs()) == 0 }},
		},
		Tasks: []site.Tasks{w.tasks},
		Dates: []site.Dates{w.dates},

		Feeds:     []site.Feed{{Name: "calls", Title: "programs.browse.title", Page: "/calls", Action: policies.CallBrowse, Entries: w.entries}},
		Addresses: []site.Addresses{w.addresses},
	}
}

func (w *Web) browse(c *fiber.Ctx, sc tenants.Scope) error {
	calls, err := w.service.Browse(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.browse.title")
	p.Head.Description = p.T("programs.browse.lead")
	return w.site.Render(c, browsePage(p, calls))
}

// Open shows the calls that are open or will be, for a page of another module. Anybody may.
func (w *Web) Open(sc tenants.Scope, p ui.Page) (site.Part, error) {
	var calls []Call
	return site.Part{
		Asks: askingPublished(&calls),
		Draw: func(context.Context) (templ.Component, error) {
			now := time.Now()
			calls = slices.DeleteFunc(calls, func(c Call) bool { return c.Phase(now) == PhaseClosed })
			if len(calls) == 0 {
				return nil, nil //nolint:nilnil // there is nothing to show
			}
			return Cards(p, calls), nil
		},
	}, w.service.policies.May(sc, policies.CallBrowse, policies.On{})
}

func (w *Web) look(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	shown, err := w.service.read(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.browse.title")
	p.Title = shown.call.Title.String(p.Loc.Locale, shown.call.Locales...)
	p.NoIndex = shown.call.State == Draft
	w.tell(c, sc, &p, shown)
	return w.site.Render(c, lookPage(p, shown, typed{}))
}

// looked is what a call's public page shows.
type looked struct {
	call     Call
	asked    *forms.Definition
	log      []Change
	answered []Question
}

func (w *Web) preview(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, _, err := w.service.Look(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	d, err := w.service.Definition(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.preview.title")
	scope := forms.ScopePart
	if web.Query(c).Raw("part") == string(forms.ScopeJoint) {
		scope = forms.ScopeJoint
	}
	return w.site.Render(c, previewPage(p, call, call.Review.Veil(d), scope))
}

// formPaper is the whole empty form on paper, with space to write.
func (w *Web) formPaper(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, _, err := w.service.Look(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	d, err := w.service.Definition(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.preview.title")
	paper := onPaper(p, call, call.Review.Veil(d))
	paper.Logo = w.site.Letterhead(c, sc)
	b, err := paper.Write()
	if err != nil {
		return err
	}
	return web.File(c, call.Title.String(p.Loc.Locale, call.Locales...)+".pdf", "application/pdf", b)
}

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	calls, err := w.service.Calls(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.list.title")
	values := web.Query(c).Values()
	q := readQuery(values)
	q.Locale = p.Loc.Locale
	picked := q.pick(calls, time.Now())
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		return w.site.Sheet(c, p, callSheet(p, picked, time.Now()), f)
	}
	ch, err := w.choice(c, sc, values.Get("blueprint"))
	if err != nil {
		return err
	}
	l := listOf(p, values, len(picked))
	return w.site.Render(c, listPage(p, l, len(calls) > 0, picked, ch, w.service.MayEdit(sc), typed{}))
}

func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	cycle, bad := form.Text("cycle", 80)
	var call Call
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		blueprint, number := readEdition(form.Raw("blueprint"))
		call, err = w.service.BeginFrom(c.UserContext(), sc, blueprint, number, cycle, form.Raw("composition"))
	}
	if err != nil {
		calls, failed := w.service.Calls(c.UserContext(), sc)
		if failed != nil {
			return failed
		}
		ch, failed := w.choice(c, sc, form.Raw("blueprint"))
		if failed != nil {
			return failed
		}
		return w.refuse(c, sc, err, form, "programs.list.title", func(p ui.Page, t typed) templ.Component {
			return listPage(p, listOf(p, url.Values{}, len(calls)), len(calls) > 0, calls, ch, true, t)
		})
	}
	w.site.Say(c, "success", "programs.list.begun")
	return web.SeeOther(c, address(call.ID))
}

func address(id ids.Call, more ...string) string {
	return path.Join(append([]string{"/program/calls", id.String()}, more...)...)
}

func parse(c *fiber.Ctx) (ids.Call, error) {
	id, err := ids.Parse[ids.Call](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// posted is what a page sends about a call: which call, what was typed, and the call's version that was shown.
func posted(c *fiber.Ctx) (id ids.Call, form web.Form, shown int64, err error) {
	if id, err = parse(c); err != nil {
		return id, form, shown, err
	}
	if form, err = web.ReadForm(c); err != nil {
		return id, form, shown, err
	}
	shown, err = form.Version()
	return id, form, shown, err
}

// refuse shows a form again with what was typed and what is wrong.
func (w *Web) refuse(c *fiber.Ctx, sc tenants.Scope, err error, form web.Form, title string, again func(ui.Page, typed) templ.Component) error {
	p := w.site.Page(c, sc, title)
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		t := typedIn(form)
		t.Fault = f
		return again(p, t)
	})
}

func (w *Web) overview(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Overview(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.call.title")
	p.Title = o.Call.Title.String(p.Loc.Locale, o.Call.Locales...)
	return w.site.Render(c, overviewPage(p, o, w.service.MayEdit(sc), w.service.MayOpen(sc)))
}

// editor is one of the pages on which a call is changed.
type editor struct {
	title string
	page  func(p ui.Page, o Overview, t typed) templ.Component
	said  string
	back  string // below the call's address
}

func (w *Web) show(c *fiber.Ctx, sc tenants.Scope, e editor) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Overview(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, e.page(w.site.Page(c, sc, e.title), o, typed{}))
}

// submit reads what was typed, does it, and either goes on or shows the form again.
func (w *Web) submit(c *fiber.Ctx, sc tenants.Scope, e editor, act func(call Call, form web.Form, version int64) error) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	o, err := w.service.Overview(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if err := act(o.Call, form, shown); err != nil {
		if fault.Is(err, fault.KindConflict) {
			o.Call.Version = shown
		}
		return w.refuse(c, sc, err, form, e.title, func(p ui.Page, t typed) templ.Component { return e.page(p, o, t) })
	}
	w.site.Say(c, "success", e.said)
	return web.SeeOther(c, address(id)+e.back)
}

// checked is what was read, or the refusal of it.
func checked(bad []fault.Field) error {
	if len(bad) == 0 {
		return nil
	}
	return fault.Invalid("fault.check_fields", bad...)
}

// localeOf is the language whose texts a page is about: the one asked for, or the call's first.
func localeOf(c *fiber.Ctx, call Call) i18n.Locale {
	if l, ok := i18n.ParseLocale(web.Query(c).Raw("language")); ok && slices.Contains(call.Locales, l) {
		return l
	}
	return call.Locales[0]
}
