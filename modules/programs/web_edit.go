package programs

import (
	"context"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

func (w *Web) textsEditor(c *fiber.Ctx) editor {
	return editor{title: "programs.texts.title", said: "programs.saved", back: "/texts?language=" + web.Query(c).Raw("language"), page: func(p ui.Page, o Overview, t typed) templ.Component {
		return textsPage(p, o.Call, localeOf(c, o.Call), t)
	}}
}

func (w *Web) textsForm(c *fiber.Ctx, sc tenants.Scope) error { return w.show(c, sc, w.textsEditor(c)) }

func (w *Web) reword(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, w.textsEditor(c), func(call Call, form web.Form, version int64) error {
		t, bad := texts(form, textLimits)
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.Reword(c.UserContext(), sc, call.ID, version, Texts{
			Locale: localeOf(c, call), Title: t["title"], Summary: t["summary"], About: t["about"], Conduct: t["conduct"], Notice: t["notice"],
		})
	})
}

var dates = editor{title: "programs.dates.title", said: "programs.saved", page: func(p ui.Page, o Overview, t typed) templ.Component {
	return datesPage(p, o.Call, t)
}}

func (w *Web) datesForm(c *fiber.Ctx, sc tenants.Scope) error { return w.show(c, sc, dates) }

func (w *Web) reframe(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, dates, func(call Call, form web.Form, version int64) error {
		f, bad := readFrame(form, w.site.Localizer(c, sc))
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.Reframe(c.UserContext(), sc, call.ID, version, f)
	})
}

var rules = editor{title: "programs.rules.title", said: "programs.saved", page: func(p ui.Page, o Overview, t typed) templ.Component {
	return rulesPage(p, o.Call, t)
}}

func (w *Web) rulesForm(c *fiber.Ctx, sc tenants.Scope) error { return w.show(c, sc, rules) }

func (w *Web) rule(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, rules, func(call Call, form web.Form, version int64) error {
		r, bad := readRules(form)
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.Rule(c.UserContext(), sc, call.ID, version, r)
	})
}

func (w *Web) letterEditor(c *fiber.Ctx) editor {
	key := web.Query(c).Raw("letter")
	return editor{
		title: "programs.letters.title", said: "programs.saved", back: "/letters?letter=" + key + "&language=" + web.Query(c).Raw("language"),
		page: func(p ui.Page, o Overview, t typed) templ.Component {
			return lettersPage(p, o.Call, key, localeOf(c, o.Call), t)
		},
	}
}

func (w *Web) letterForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.show(c, sc, w.letterEditor(c))
}

func (w *Web) letter(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, w.letterEditor(c), func(call Call, form web.Form, version int64) error {
		t, bad := texts(form, map[string]int{"subject": 200, "body": 10_000})
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.Letter(c.UserContext(), sc, call.ID, version, web.Query(c).Raw("letter"), localeOf(c, call), t["subject"], t["body"])
	})
}

var publication = editor{title: "programs.publication.title", said: "programs.publication.done", page: func(p ui.Page, o Overview, t typed) templ.Component {
	return publicationPage(p, o, t)
}}

func (w *Web) publicationForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.show(c, sc, publication)
}

func (w *Web) publish(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, publication, func(call Call, _ web.Form, version int64) error {
		return w.service.Publish(c.UserContext(), sc, call.ID, version)
	})
}

var extension = editor{title: "programs.extension.title", said: "programs.extension.done", page: func(p ui.Page, o Overview, t typed) templ.Component {
	return extensionPage(p, o.Call, t)
}}

func (w *Web) extensionForm(c *fiber.Ctx, sc tenants.Scope) error { return w.show(c, sc, extension) }

func (w *Web) extend(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, extension, func(call Call, form web.Form, version int64) error {
		until, bad := instant(form, "closes", call.Location())
		reason, more := form.Text("reason", 500)
		if err := checked(append(bad, more...)); err != nil {
			return err
		}
		return w.service.Extend(c.UserContext(), sc, call.ID, version, until, reason)
	})
}

func (w *Web) close(c *fiber.Ctx, sc tenants.Scope) error {
	closing := extension
	closing.said = "programs.closing.done"
	return w.submit(c, sc, closing, func(call Call, form web.Form, version int64) error {
		reason, bad := form.Text("closing_reason", 500)
		if reason == "" && len(bad) == 0 {
			bad = append(bad, fault.At("closing_reason", "fault.required"))
		}
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.Close(c.UserContext(), sc, call.ID, version, reason)
	})
}

func (w *Web) lateEditor(c *fiber.Ctx, sc tenants.Scope) (editor, error) {
	all, err := w.service.Applicants(c.UserContext(), sc)
	return editor{title: "programs.late.title", said: "programs.late.done", back: "/late-permissions", page: func(p ui.Page, o Overview, t typed) templ.Component {
		return latePage(p, o, all, t)
	}}, err
}

func (w *Web) lateForm(c *fiber.Ctx, sc tenants.Scope) error {
	if f, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		return w.lateExport(c, sc, f)
	}
	e, err := w.lateEditor(c, sc)
	if err != nil {
		return err
	}
	return w.show(c, sc, e)
}

func (w *Web) lateExport(c *fiber.Ctx, sc tenants.Scope, f sheets.Format) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	o, err := w.service.Overview(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.late.title")
	return w.site.Sheet(c, p, lateSheet(p, o), f)
}

func (w *Web) permitLate(c *fiber.Ctx, sc tenants.Scope) error {
	e, err := w.lateEditor(c, sc)
	if err != nil {
		return err
	}
	return w.submit(c, sc, e, func(call Call, form web.Form, _ int64) error {
		l, bad := readLate(form, &call)
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.PermitLate(c.UserContext(), sc, call.ID, l)
	})
}

func (w *Web) revokeLate(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	organization, err := ids.Parse[ids.Organization](form.Raw("organization"))
	if err != nil {
		return fault.NotFound()
	}
	if err := w.service.RevokeLate(c.UserContext(), sc, id, organization); err != nil {
		return err
	}
	w.site.Say(c, "success", "programs.late.revoked")
	return web.SeeOther(c, address(id, "late-permissions"))
}

// tasks asks those who prepare calls to finish their drafts.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !w.service.MayEdit(sc) {
		return nil, nil
	}
	calls, err := w.service.Calls(ctx, sc)
	if err != nil {
		return nil, err
	}
	if len(calls) == 0 {
		return []site.Task{{Title: loc.T("programs.task.first"), Hint: loc.T("programs.task.first_hint"), Href: "/program/calls"}}, nil
	}
	waiting, err := w.service.unanswered(ctx, sc)
	if err != nil {
		return nil, err
	}
	problems, err := w.service.problems(ctx, sc, calls...)
	if err != nil {
		return nil, err
	}
	var tasks []site.Task
	for _, c := range calls {
		if n := waiting[c.ID]; n > 0 {
			tasks = append(tasks, site.Task{Title: loc.N("programs.task.questions", n), Hint: c.Title.String(loc.Locale, c.Locales...), Href: address(c.ID, "questions")})
		}
		if c.State == Draft {
			hint := loc.T("programs.task.draft_ready")
			if n := missing(c.Readiness(time.Now(), problems[c.Form])); n > 0 {
				hint = loc.N("programs.task.draft_hint", n)
			}
			tasks = append(tasks, site.Task{Title: loc.T("programs.task.draft", "Call", c.Title.String(loc.Locale, c.Locales...)), Hint: hint, Href: address(c.ID)})
		}
	}
	return tasks, nil
}

func missing(needs []Need) int {
	n := 0
	for _, need := range needs {
		if !need.Met {
			n++
		}
	}
	return n
}
