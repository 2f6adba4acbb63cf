package stories

import (
	"context"
	"embed"

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

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of stories.
func (w *Web) Module() site.Module {
	get, post, network := fiber.MethodGet, fiber.MethodPost, tenants.KindNetwork
	read, visit := policies.StoryRead, policies.SiteVisit
	m := site.Module{
		Name: "stories",
		Routes: []site.Route{
			{Method: get, Path: "/stories", Action: visit, Handle: w.all, Only: network},
			{Method: get, Path: "/stories/:slug", Action: visit, Handle: w.one, Only: network},
			{Method: get, Path: "/story-pictures/:picture", Action: visit, Handle: w.picture, Only: network},
			{Method: get, Path: "/partnerships/:id/stories", Action: read, Handle: w.of},
			{Method: post, Path: "/partnerships/:id/stories", Action: policies.StoryWrite, Handle: w.begin},
			{Method: get, Path: "/story-desk", Action: policies.StoryList, Handle: w.list},
			{Method: get, Path: "/story-desk/:story", Action: read, Handle: w.show},
			{Method: get, Path: "/story-desk/:story/text", Action: read, Handle: w.textForm},
			{Method: post, Path: "/story-desk/:story/text", Action: read, Handle: w.write},
			{Method: get, Path: "/story-desk/:story/pictures", Action: read, Handle: w.pictureForm},
			{Method: post, Path: "/story-desk/:story/pictures", Action: read, Handle: w.illustrate, Large: true},
		},
		Entries:   []site.Entry{{Key: "stories.nav", Href: "/story-desk", Icon: "edit", Action: policies.StoryList, Group: site.GroupProgram, Only: network, Order: 62}},
		Tasks:     []site.Tasks{w.tasks},
		Feeds:     []site.Feed{{Name: "stories", Title: "stories.title", Page: "/stories", Action: visit, Entries: w.entries}},
		Addresses: []site.Addresses{w.addresses},
	}
	for _, t := range turns {
		m.Routes = append(m.Routes, site.Route{Method: post, Path: "/story-desk/:story/" + t.noun, Action: actionOf[t.verb], Handle: w.turn(t)})
	}
	return m
}

// turn is a verb that a button of a story's page does, with the noun of its address.
type turn struct {
	verb  Verb
	noun  string
	kind  string // of the button
	noted bool   // with a note
	must  bool   // the note is required
	do    func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, note string) error
}

// word is the message of the turn: what its button says, what is said when it is done, and so on.
func (t turn) word(name string) string { return "stories.turn." + t.noun + "." + name }

// note is the name of the field of the turn's note.
func (t turn) note() string { return "note_" + t.noun }

var turns = []turn{
	{HandIn, "handing_in", "primary", false, false, func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, _ string) error {
		return s.HandIn(ctx, sc, id, version)
	}},
	{Propose, "proposal", "primary", true, false, (*Service).Propose},
	{Agree, "consent", "primary", false, false, func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, _ string) error {
		return s.Agree(ctx, sc, id, version)
	}},
	{Publish, "publication", "primary", false, false, func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, _ string) error {
		return s.Publish(ctx, sc, id, version)
	}},
	{Object, "objection", "plain", true, true, (*Service).Object},
	{Return, "return", "plain", true, true, (*Service).Return},
	{Withdraw, "withdrawal", "danger", true, false, (*Service).Withdraw},
	{Resume, "resumption", "plain", false, false, func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, _ string) error {
		return s.Resume(ctx, sc, id, version)
	}},
	{Remove, "removal", "danger", false, false, func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, _ string) error {
		return s.Remove(ctx, sc, id, version)
	}},
	{Erase, "erasure", "danger", false, false, func(s *Service, ctx context.Context, sc tenants.Scope, id ids.Story, version int64, _ string) error {
		return s.Erase(ctx, sc, id, version)
	}},
}

func deskOf(id ids.Story) string { return "/story-desk/" + id.String() }

func listOf(id ids.Partnership) string { return "/partnerships/" + id.String() + "/stories" }

func parse(c *fiber.Ctx) (ids.Story, error) {
	id, err := ids.Parse[ids.Story](web.Param(c, "story"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// opened finds the story of the address.
func (w *Web) opened(c *fiber.Ctx, sc tenants.Scope) (Whole, error) {
	id, err := parse(c)
	if err != nil {
		return Whole{}, err
	}
	return w.service.Story(c.UserContext(), sc, id)
}

func (w *Web) list(c *fiber.Ctx, sc tenants.Scope) error {
	state, _ := ParseState(web.Query(c).Raw("state"))
	if _, ok := ParseState(string(state)); !ok {
		state = ""
	}
	all, err := w.service.List(c.UserContext(), sc, state)
	if err != nil {
		return err
	}
	return w.site.Render(c, listPage(w.site.Page(c, sc, "stories.nav"), all, state))
}

func (w *Web) of(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.beginning(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, partnershipPage(w.site.Page(c, sc, "stories.of.title"), v, typed{Kind: string(KindStory), Language: string(sc.Tenant().Locales[0])}))
}

// ofPartnership is the page of a partnership's stories.
type ofPartnership struct {
	With      Partnership
	All       []Story
	May       bool // the reader may begin one
	Languages []i18n.Locale
}

func (w *Web) beginning(c *fiber.Ctx, sc tenants.Scope) (ofPartnership, error) {
	id, err := ids.Parse[ids.Partnership](web.Param(c, "id"))
	if err != nil {
		return ofPartnership{}, fault.NotFound()
	}
	v := ofPartnership{Languages: sc.Tenant().Locales}
	v.With, v.All, err = w.service.Of(c.UserContext(), sc, id)
	v.May = v.With.Writes && w.service.policies.May(sc, policies.StoryWrite, policies.On{Organizations: v.With.Seated()}) == nil
	return v, err
}

func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.beginning(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	in := typed{Kind: form.Raw("kind"), Language: form.Raw("language"), Title: form.Raw("title")}
	title, bad := form.Required("title", maxTitle)
	var story Story
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		story, err = w.service.Begin(c.UserContext(), sc, v.With.ID, Kind(in.Kind), i18n.Locale(in.Language), title)
	}
	if err != nil {
		p := w.site.Page(c, sc, "stories.of.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			in.Fault = f
			return partnershipPage(p, v, in)
		})
	}
	return web.SeeOther(c, deskOf(story.ID)+"/text")
}

func (w *Web) show(c *fiber.Ctx, sc tenants.Scope) error {
	whole, err := w.opened(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, w.page(c, sc, whole, typed{}))
}

// page is the story's own page, with what the reader may do.
func (w *Web) page(c *fiber.Ctx, sc tenants.Scope, whole Whole, in typed) templ.Component {
	p := w.site.Page(c, sc, "stories.title")
	p.Title = whole.Name()
	v := desk{Whole: whole, Editor: w.service.policies.May(sc, policies.StoryEdit, policies.On{}) == nil, Languages: sc.Tenant().Locales}
	v.Writes = w.service.May(sc, &whole, byState(whole.State))
	for _, t := range turns {
		if w.service.May(sc, &whole, t.verb) && (t.verb != Agree || v.asked()) {
			v.Turns = append(v.Turns, t)
		}
	}
	return showPage(p, v, in)
}

// desk is a story's page.
type desk struct {
	Whole

	Turns     []turn
	Writes    bool
	Editor    bool
	Languages []i18n.Locale
}

// asked reports whether an organization that the reader leads has not agreed yet.
func (v desk) asked() bool {
	for _, o := range v.Own {
		if v.Consents[o].IsZero() {
			return true
		}
	}
	return false
}

// turn does what a button of the story's page says.
func (w *Web) turn(t turn) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		whole, err := w.opened(c, sc)
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
		in := typed{Note: form.Raw(t.note()), At: t.noun}
		note, bad := form.Text(t.note(), maxNote)
		if t.noted && len(bad) > 0 {
			err = fault.Invalid("fault.check_fields", bad...)
		} else {
			err = t.do(w.service, c.UserContext(), sc, whole.ID, version, note)
		}
		if err != nil {
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				for i := range f.Fields {
					if f.Fields[i].Name == "note" {
						f.Fields[i].Name = t.note() // each of the page's forms has one
					}
				}
				in.Fault = f
				return w.page(c, sc, whole, in)
			})
		}
		w.site.Say(c, "success", t.word("done"))
		if t.verb == Remove || t.verb == Erase {
			return web.SeeOther(c, listOf(whole.Partnership))
		}
		return web.SeeOther(c, deskOf(whole.ID))
	}
}

// tasks tells who has something to do with a story.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !w.service.policies.MayEver(sc.Actor(), policies.StoryRead) {
		return nil, nil
	}
	waiting, err := w.service.Waiting(ctx, sc)
	if err != nil {
		return nil, err
	}
	tasks := make([]site.Task, len(waiting))
	for i := range waiting {
		s := &waiting[i]
		tasks[i] = site.Task{Title: loc.T("stories.task."+string(s.State), "Title", s.Name()), Hint: loc.T("stories.task_hint." + string(s.State)), Href: deskOf(s.ID)}
	}
	return tasks, nil
}

func stateTone(s State) string {
	switch s {
	case Published, Agreed:
		return "success"
	case HandedIn, Edited:
		return "info"
	case Returned:
		return "warning"
	case Draft, Withdrawn:
	}
	return "neutral"
}

func stateName(p ui.Page, s State) string { return p.T("stories.state." + string(s)) }
