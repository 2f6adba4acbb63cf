package reviewers

import (
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

func (w *Web) profiling() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	manage, queue := policies.ReviewerManage, policies.ReviewQueue
	return []site.Route{
		{Method: get, Path: "/reviews/profile", Action: queue, Handle: w.ownProfile},
		{Method: post, Path: "/reviews/profile", Action: queue, Handle: w.saveOwnProfile},
		{Method: post, Path: "/reviews/profile/ending", Action: queue, Handle: w.endOwnLoan},
		{Method: get, Path: "/selection/reviewers", Action: manage, Handle: w.knownReviewers},
		{Method: get, Path: "/selection/reviewers/:id", Action: manage, Handle: w.profile},
		{Method: post, Path: "/selection/reviewers/:id", Action: manage, Handle: w.saveProfile},
	}
}

// profiling is what stands in the form of a profile.
type profiling struct {
	Profile

	Loans  []Asking // by which the reader is lent
	Most   string   // as typed
	Name   string   // whose it is; empty: the reader's own
	Action string
	Back   string
	Fault  *fault.Fault
}

func profilingOf(known Profile) profiling {
	v := profiling{Profile: known}
	if known.Most > 0 {
		v.Most = strconv.Itoa(known.Most)
	}
	return v
}

// own makes it the form of the reader's own profile, of makes it that of somebody else's.
func (v profiling) own() profiling {
	v.Action, v.Back = "/reviews/profile", "/reviews"
	return v
}

func (v profiling) of(who Person, id ids.Person) profiling {
	v.Name, v.Action, v.Back = who.Name, profileAddress(id), "/selection/reviewers"
	return v
}

func profileAddress(id ids.Person) string { return "/selection/reviewers/" + id.String() }

func readProfile(form web.Form) (profiling, []fault.Field) {
	note, bad := form.Text("note", maxAbout)
	known := expertise.Read(form)
	v := profiling{Most: strings.TrimSpace(form.Raw("most")), Profile: Profile{
		Topics: known.Topics, Languages: known.Languages, Countries: known.Countries, AwayFrom: i18n.Day(form.Raw("away_from")), AwayTo: i18n.Day(form.Raw("away_to")), Note: note, Lendable: form.Ticked("lendable"),
	}}
	if len(bad) > 0 {
		v.Note = form.Raw("note")
	}
	if v.Most != "" {
		n, err := strconv.Atoi(v.Most)
		if err != nil || n < 1 {
			n = MostReviews + 1 // refused by the profile's rules
		}
		v.Profile.Most = n
	}
	version, err := form.Version()
	if err != nil {
		version = -1
	}
	v.Version = version
	if len(bad) > 0 {
		bad = append(bad, v.check()...)
	}
	return v, bad
}

func (w *Web) ownProfile(c *fiber.Ctx, sc tenants.Scope) error {
	known, err := w.service.OwnProfile(c.UserContext(), sc)
	if err != nil {
		return err
	}
	v := profilingOf(known).own()
	if v.Loans, err = w.service.OwnLoans(c.UserContext(), sc); err != nil {
		return err
	}
	return w.site.Render(c, profilePage(w.site.Page(c, sc, "selection.profile.title"), v))
}

func (w *Web) endOwnLoan(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	id, err := ids.Parse[ids.Invitation](form.Raw("lent"))
	if err != nil {
		return fault.NotFound()
	}
	err = w.service.EndOwnLoan(c.UserContext(), sc, id)
	return w.site.Said(c, err, "selection.lent.ended", "/desk")
}

func (w *Web) saveOwnProfile(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	v, bad := readProfile(form)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.SaveOwnProfile(c.UserContext(), sc, v.Profile)
	}
	if err != nil {
		return w.refuseProfile(c, w.site.Page(c, sc, "selection.profile.title"), v.own(), err)
	}
	w.site.Say(c, "success", "selection.profile.saved")
	return web.SeeOther(c, "/reviews")
}

func (w *Web) refuseProfile(c *fiber.Ctx, p ui.Page, v profiling, err error) error {
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return profilePage(p, v)
	})
}

func parsePerson(c *fiber.Ctx) (ids.Person, error) {
	id, err := ids.Parse[ids.Person](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) profile(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parsePerson(c)
	if err != nil {
		return err
	}
	who, known, err := w.service.ReviewerProfile(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, profilePage(w.profilePage(c, sc, who), profilingOf(known).of(who, id)))
}

func (w *Web) profilePage(c *fiber.Ctx, sc tenants.Scope, who Person) ui.Page {
	p := w.site.Page(c, sc, "selection.profile.title")
	p.Title = who.Name
	return p
}

func (w *Web) saveProfile(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parsePerson(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	who, _, err := w.service.ReviewerProfile(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	v, bad := readProfile(form)
	v.Person = id
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.SaveReviewerProfile(c.UserContext(), sc, v.Profile)
	}
	if err != nil {
		return w.refuseProfile(c, w.profilePage(c, sc, who), v.of(who, id), err)
	}
	w.site.Say(c, "success", "selection.profile.saved")
	return web.SeeOther(c, "/selection/reviewers")
}

func (w *Web) knownReviewers(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.KnownReviewers(c.UserContext(), sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.known.title")
	values := web.Query(c).Values()
	v := knownOf(p, all, values)
	v.Invite = w.may(sc, policies.PersonInvite)
	if f, ok := sheets.ParseFormat(values.Get("format")); ok {
		return w.site.Sheet(c, p, knownSheet(p, v.Rows), f)
	}
	return w.site.Render(c, knownPage(p, v))
}
