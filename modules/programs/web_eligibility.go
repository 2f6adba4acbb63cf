package programs

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// newReason stands in the address for a line that does not exist yet.
const newReason = "new"

// eligibilityForm lists the lines of the eligibility check, or lets one of them be changed (?rule=…).
func (w *Web) eligibilityForm(c *fiber.Ctx, sc tenants.Scope) error {
	q, err := w.qualification(c, sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.eligibility.title")
	key := web.Query(c).Raw("rule")
	if key == "" {
		return w.site.Render(c, eligibilityPage(p, q))
	}
	r, known := reasonOf(&q.Call, key)
	if !known || q.Call.State != Draft {
		return fault.NotFound()
	}
	return w.site.Render(c, reasonPage(p, q, r, false, typed{}))
}

func (w *Web) qualification(c *fiber.Ctx, sc tenants.Scope) (Qualification, error) {
	id, err := parse(c)
	if err != nil {
		return Qualification{}, err
	}
	return w.service.Qualification(c.UserContext(), sc, id)
}

func reasonOf(c *Call, key string) (blueprints.Reason, bool) {
	if key == newReason {
		return blueprints.Reason{Name: i18n.Text{}, Reason: i18n.Text{}}, true
	}
	i := slices.IndexFunc(c.Eligibility, func(r blueprints.Reason) bool { return r.Key == key })
	if i < 0 {
		return blueprints.Reason{}, false
	}
	return c.Eligibility[i], true
}

// qualify saves a line, takes it out, or only arranges its condition: the buttons for that are of the same form, so that
// nothing typed is lost and no script is needed.
func (w *Web) qualify(c *fiber.Ctx, sc tenants.Scope) error {
	q, err := w.qualification(c, sc)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	shown, err := form.Version()
	if err != nil {
		return err
	}
	key := form.Raw("rule")
	was, known := reasonOf(&q.Call, key)
	if !known {
		return fault.NotFound()
	}
	q.Call.Version = shown
	r, bad := readReason(w.site.Localizer(c, sc), form, &q, was)
	switch act := form.Raw("do"); {
	case act == "remove":
		err = w.service.Disqualify(c.UserContext(), sc, q.Call.ID, shown, key)
	case strings.HasPrefix(act, "when."):
		return w.site.Render(c, reasonPage(w.site.Page(c, sc, "programs.eligibility.title"), q, r, true, typedIn(form)))
	default:
		if err = checked(bad); err == nil {
			err = w.service.Qualify(c.UserContext(), sc, q.Call.ID, shown, r)
		}
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.eligibility.title", func(p ui.Page, t typed) templ.Component { return reasonPage(p, q, r, true, t) })
	}
	w.site.Say(c, "success", "programs.saved")
	return web.SeeOther(c, address(q.Call.ID, "eligibility"))
}

// readReason reads a line; what does not fit stays as it was typed and is named.
func readReason(loc *i18n.Localizer, form web.Form, q *Qualification, was blueprints.Reason) (blueprints.Reason, []fault.Field) {
	r := blueprints.Reason{Key: was.Key, Name: i18n.Text{}, Reason: i18n.Text{}}
	var bad []fault.Field
	words := func(into i18n.Text, name string, most int) {
		for _, l := range q.Call.Locales {
			text, refused := form.Text(name+"_"+string(l), most)
			bad = append(bad, refused...)
			if text != "" {
				into[l] = text
			}
		}
	}
	words(r.Name, "name", reasonNameChars)
	words(r.Reason, "reason", reasonChars)
	var refused []fault.Field
	r.When, refused = builder.ReadRule(loc, form, blueprints.Ground(q.Definition), was.When)
	for range refused {
		bad = append(bad, fault.At("when", "fault.invalid_text"))
	}
	return r, bad
}

func reasonLabels(p ui.Page, c Call) []string {
	labels := []string{"when", p.T("programs.eligibility.when")}
	for _, l := range c.Locales {
		labels = append(labels, "name_"+string(l), p.T("programs.eligibility.name")+" ("+l.Name()+")", "reason_"+string(l), p.T("programs.eligibility.reason")+" ("+l.Name()+")")
	}
	return labels
}

func reasonHref(c *Call, key string) templ.SafeURL {
	return templ.SafeURL(address(c.ID, "eligibility") + "?rule=" + key)
}

// names are the rules' names, for a sentence.
func names(loc *i18n.Localizer, c *Call, reasons []blueprints.Reason) string {
	all := make([]string, len(reasons))
	for i, r := range reasons {
		all[i] = loc.T("builder.quoted", "Name", r.Name.String(loc.Locale, c.Locales...))
	}
	return strings.Join(all, ", ")
}
