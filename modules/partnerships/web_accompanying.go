package partnerships

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms/expertise"
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

func (w *Web) accompanying() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	manage, self, back := policies.FacilitatorManage, policies.FacilitatorSelf, policies.PartnershipHandBack
	return []site.Route{
		{Method: get, Path: "/my-partnerships/profile", Action: self, Handle: w.ownProfile},
		{Method: post, Path: "/my-partnerships/profile", Action: self, Handle: w.saveOwnProfile},
		{Method: get, Path: "/facilitators", Action: manage, Handle: w.facilitators},
		{Method: get, Path: "/facilitators/:id", Action: manage, Handle: w.profile},
		{Method: post, Path: "/facilitators/:id", Action: manage, Handle: w.saveProfile},
		{Method: get, Path: "/partnerships/:id/facilitator", Action: manage, Handle: w.guidance},
		{Method: post, Path: "/partnerships/:id/facilitator", Action: manage, Handle: w.accompany},
		{Method: get, Path: "/partnerships/:id/facilitator/removal", Action: manage, Handle: w.leaveForm(removal)},
		{Method: post, Path: "/partnerships/:id/facilitator/removal", Action: manage, Handle: w.leave(removal)},
		{Method: get, Path: "/partnerships/:id/facilitator/return", Action: back, Handle: w.leaveForm(returning)},
		{Method: post, Path: "/partnerships/:id/facilitator/return", Action: back, Handle: w.leave(returning)},
	}
}

// guides reports whether the actor says who accompanies which partnership.
func (w *Web) guides(sc tenants.Scope) bool {
	return w.service.policies.May(sc, policies.FacilitatorManage, policies.On{}) == nil
}

// profiling is what stands in the form of a profile.
type profiling struct {
	Profiling

	Least, Most  string // as typed
	Action, Back string
	Fault        *fault.Fault
}

func profilingOf(v Profiling) profiling {
	in := profiling{Profiling: v, Action: "/my-partnerships/profile", Back: "/my-partnerships"}
	if v.Least > 0 {
		in.Least = strconv.Itoa(v.Least)
	}
	if v.Most > 0 {
		in.Most = strconv.Itoa(v.Most)
	}
	if v.Name != "" {
		in.Action, in.Back = "/facilitators/"+v.Person.String(), "/facilitators"
	}
	return in
}

// read takes up what was typed, by the names of the inputs.
func (in *profiling) read(form web.Form) []fault.Field {
	note, bad := form.Text("note", maxNote)
	if len(bad) > 0 {
		note = form.Raw("note")
	}
	in.Least, in.Most = strings.TrimSpace(form.Raw("least")), strings.TrimSpace(form.Raw("most"))
	p := Profile{Expertise: expertise.Read(form), Person: in.Person, From: i18n.Day(form.Raw("from")), To: i18n.Day(form.Raw("to")), Note: note}
	number := func(name, typed string) int {
		n, err := strconv.Atoi(typed)
		if typed != "" && err != nil {
			bad = append(bad, fault.At(name, "partnerships.whole_number"))
		}
		return n
	}
	p.Least, p.Most = number("least", in.Least), number("most", in.Most)
	if in.Most != "" && p.Most == 0 {
		p.Most = -1 // none at all is refused by the profile's rules
	}
	for _, typed := range form.All("conflict") {
		id, err := ids.Parse[ids.Organization](typed)
		switch {
		case err != nil:
			bad = append(bad, fault.At("conflict", "fault.choose"))
		case !slices.Contains(p.Conflicts, id):
			p.Conflicts = append(p.Conflicts, id)
		}
	}
	var err error
	if p.Version, err = form.Version(); err != nil {
		p.Version = -1
	}
	in.Profile = p
	if len(bad) > 0 {
		known := func(f fault.Field) bool {
			return slices.ContainsFunc(bad, func(b fault.Field) bool { return b.Name == f.Name })
		}
		bad = append(bad, slices.DeleteFunc(p.check(), known)...)
	}
	return bad
}

func (w *Web) profilePage(c *fiber.Ctx, sc tenants.Scope, in profiling) ui.Page {
	p := w.site.Page(c, sc, "partnerships.profile.title")
	if in.Name != "" {
		p.Title = in.Name
	}
	return p
}

func (w *Web) ownProfile(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.service.OwnProfile(c.UserContext(), sc)
	if err != nil {
		return err
	}
	in := profilingOf(v)
	return w.site.Render(c, profilePage(w.profilePage(c, sc, in), in))
}

func (w *Web) saveOwnProfile(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.service.OwnProfile(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.keepProfile(c, sc, profilingOf(v), func(p Profile) error { return w.service.SaveOwnProfile(c.UserContext(), sc, p) })
}

func (w *Web) keepProfile(c *fiber.Ctx, sc tenants.Scope, in profiling, save func(Profile) error) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	if bad := in.read(form); len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = save(in.Profile)
	}
	if err != nil {
		p := w.profilePage(c, sc, in)
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
			in.Fault = f
			return profilePage(p, in)
		})
	}
	w.site.Say(c, "success", "partnerships.profile.saved")
	return web.SeeOther(c, in.Back)
}

func (w *Web) theirProfile(c *fiber.Ctx, sc tenants.Scope) (Profiling, error) {
	id, err := ids.Parse[ids.Person](web.Param(c, "id"))
	if err != nil {
		return Profiling{}, fault.NotFound()
	}
	return w.service.FacilitatorProfile(c.UserContext(), sc, id)
}

func (w *Web) profile(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.theirProfile(c, sc)
	if err != nil {
		return err
	}
	in := profilingOf(v)
	return w.site.Render(c, profilePage(w.profilePage(c, sc, in), in))
}

func (w *Web) saveProfile(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.theirProfile(c, sc)
	if err != nil {
		return err
	}
	return w.keepProfile(c, sc, profilingOf(v), func(p Profile) error { return w.service.SaveFacilitatorProfile(c.UserContext(), sc, p) })
}

func (w *Web) facilitators(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Facilitators(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.guides.title")
	values := web.Query(c).Values()
	rows := knownOf(all, values)
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		return w.site.Sheet(c, p, guidesSheet(p, rows), f)
	}
	invites := w.service.policies.May(sc, policies.PersonInvite, policies.On{}) == nil
	return w.site.Render(c, guidesPage(p, rows, guidesList(p, values, len(rows)), len(all) == 0, invites))
}

// choosing is what stands in the form that gives a partnership somebody to accompany it.
type choosing struct {
	Version        int64
	Person, Reason string
	Fault          *fault.Fault
}

func (w *Web) guidance(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showGuidance(c, sc, choosing{}, nil)
}

func (w *Web) showGuidance(c *fiber.Ctx, sc tenants.Scope, in choosing, refused error) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	g, err := w.service.Guidance(c.UserContext(), sc, id)
	if fault.Is(err, fault.KindConflict) {
		w.site.Say(c, "warning", fault.Of(err).Key)
		return web.SeeOther(c, address(id))
	}
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.guidance.title")
	if refused == nil {
		in.Version = g.Version
		return w.site.Render(c, guidancePage(p, g, in))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return guidancePage(p, g, in)
	})
}

func (w *Web) accompany(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	typed, bad, err := readSteering(form)
	if err != nil {
		return err
	}
	in := choosing{Version: typed.Version, Person: form.Raw("person"), Reason: typed.Reason}
	person, err := ids.Parse[ids.Person](in.Person)
	if err != nil {
		bad = append(bad, fault.At("person", "fault.choose"))
	}
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.Accompany(c.UserContext(), sc, id, in.Version, person, in.Reason)
	}
	if err != nil {
		return w.showGuidance(c, sc, in, err)
	}
	w.site.Say(c, "success", "partnerships.guidance.done")
	return web.SeeOther(c, address(id))
}

// parting is how somebody comes to accompany a partnership no more.
type parting struct {
	noun  string
	words string
	may   func(*Whole) bool
	do    func(s *Service, c *fiber.Ctx, sc tenants.Scope, id ids.Partnership, in typed) error
	back  func(ids.Partnership) string
}

func (t parting) word(name string) string { return t.words + name }

var (
	removal = parting{
		"removal", "partnerships.removal.", func(w *Whole) bool { return w.Guides && !w.Facilitator.IsZero() },
		func(s *Service, c *fiber.Ctx, sc tenants.Scope, id ids.Partnership, in typed) error {
			return s.Unaccompany(c.UserContext(), sc, id, in.Version, in.Reason)
		}, address,
	}
	returning = parting{
		"return", "partnerships.return.", func(w *Whole) bool { return w.Accompanies },
		func(s *Service, c *fiber.Ctx, sc tenants.Scope, id ids.Partnership, in typed) error {
			return s.HandBack(c.UserContext(), sc, id, in.Reason)
		}, func(ids.Partnership) string { return "/my-partnerships" },
	}
)

func (w *Web) leaveForm(t parting) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		_, whole, err := w.open(c, sc)
		if err != nil {
			return err
		}
		if !t.may(&whole) {
			return fault.NotFound()
		}
		return w.site.Render(c, leavePage(w.site.Page(c, sc, t.word("title")), whole, t, typed{Version: whole.Version}))
	}
}

func (w *Web) leave(t parting) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		in, bad, err := readSteering(form)
		if err != nil {
			return err
		}
		_, whole, err := w.open(c, sc)
		if err != nil {
			return err
		}
		if !t.may(&whole) {
			return fault.NotFound()
		}
		if len(bad) > 0 {
			err = fault.Invalid("fault.check_fields", bad...)
		} else {
			err = t.do(w.service, c, sc, whole.ID, in)
		}
		if err != nil {
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				in.Fault = f
				return leavePage(w.site.Page(c, sc, t.word("title")), whole, t, in)
			})
		}
		w.site.Say(c, "success", t.word("done"))
		return web.SeeOther(c, t.back(whole.ID))
	}
}

// knownOf are those that the list is to show.
func knownOf(all []Facilitator, values url.Values) []Facilitator {
	rows := slices.DeleteFunc(slices.Clone(all), func(f Facilitator) bool {
		key := i18n.SearchKey(f.Name + " " + f.Email)
		missing := slices.ContainsFunc(i18n.SearchWords(values.Get("q")), func(word string) bool { return !strings.Contains(key, word) })
		topic, language := values.Get("topic"), values.Get("language")
		return missing || topic != "" && !slices.Contains(f.Topics, topic) || language != "" && !slices.Contains(f.Languages, language)
	})
	if values.Get("sort") == "now" {
		slices.SortStableFunc(rows, func(a, b Facilitator) int { return a.Now - b.Now })
	}
	if values.Get("desc") != "" {
		slices.Reverse(rows)
	}
	return rows
}
