package matching

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/tenants"
)

const messagesPath = "/partners/messages"

// correspondence is the page of an organization's threads.
type correspondence struct {
	acting

	Threads []Thread
	Next    string // the address of the next page; empty: none
}

func (w *Web) threads(c *fiber.Ctx, sc tenants.Scope) error {
	a, err := w.answering(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	after, _ := ids.Parse[ids.Thread](web.Query(c).Raw("after"))
	v := correspondence{acting: a}
	if v.Threads, err = w.service.Threads(c.UserContext(), sc, a.Own.ID, after, pageSize+1); err != nil {
		return err
	}
	if len(v.Threads) > pageSize {
		v.Threads = v.Threads[:pageSize]
		v.Next = messagesPath + "?for=" + a.id() + "&after=" + v.Threads[pageSize-1].ID.String()
	}
	return w.site.Render(c, threadsPage(w.site.Page(c, sc, "matching.messages.title"), v))
}

// talk is the page of a thread, and what stands in its forms.
type talk struct {
	acting
	Conversation

	Body   string
	Reason string
	Fault  *fault.Fault
}

func parseThread(c *fiber.Ctx) (ids.Thread, error) {
	id, err := ids.Parse[ids.Thread](web.Param(c, "thread"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

// talked finds the thread of the address, as the side sees it for which the reader speaks.
func (w *Web) talked(c *fiber.Ctx, sc tenants.Scope, named string) (talk, error) {
	id, err := parseThread(c)
	if err != nil {
		return talk{}, err
	}
	a, err := w.answering(c, sc, named)
	if err != nil {
		return talk{}, err
	}
	before, _ := ids.Parse[ids.Message](web.Query(c).Raw("before"))
	found, err := w.service.Conversation(c.UserContext(), sc, id, a.Own.ID, before)
	if err != nil {
		return talk{}, err
	}
	for _, o := range a.All {
		if o.ID == found.Own {
			a.Own = o
		}
	}
	return talk{acting: a, Conversation: found}, nil
}

func (w *Web) thread(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.talked(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	if v.Unread {
		if err := w.service.See(c.UserContext(), sc, v.ID); err != nil {
			return err
		}
	}
	return w.site.Render(c, threadPage(w.talkPage(c, sc, &v), v))
}

func (w *Web) talkPage(c *fiber.Ctx, sc tenants.Scope, v *talk) ui.Page {
	p := w.site.Page(c, sc, "matching.messages.title")
	p.Title = v.Other.Name
	return p
}

// turn does what a form of a thread's page says.
func (w *Web) turn(said string, do func(ctx context.Context, sc tenants.Scope, v *talk, form web.Form) error) site.Handler {
	return func(c *fiber.Ctx, sc tenants.Scope) error {
		form, err := web.ReadForm(c)
		if err != nil {
			return err
		}
		v, err := w.talked(c, sc, form.Raw("for"))
		if err != nil {
			return err
		}
		if err := do(c.UserContext(), sc, &v, form); err != nil {
			p := w.talkPage(c, sc, &v)
			return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
				v.Body, v.Reason, v.Fault = form.Raw("body"), form.Raw("reason"), f
				return threadPage(p, v)
			})
		}
		w.site.Say(c, "success", said)
		return web.SeeOther(c, v.acting.at(threadPath(v.ID)))
	}
}

// letter is a message as it was typed, with the identifier that its form was given.
func letter(form web.Form) (ids.Message, string, error) {
	id, err := ids.Parse[ids.Message](form.Raw("message"))
	if err != nil {
		return id, "", fault.Invalid("fault.bad_request")
	}
	body, bad := form.Required("body", maxBody)
	if len(bad) > 0 {
		return id, "", fault.Invalid("fault.check_fields", bad...)
	}
	return id, body, nil
}

func (w *Web) answer() site.Handler {
	return w.turn("matching.message.sent", func(ctx context.Context, sc tenants.Scope, v *talk, form web.Form) error {
		id, body, err := letter(form)
		if err != nil {
			return err
		}
		return w.service.Answer(ctx, sc, v.ID, v.Conversation.Own, id, body)
	})
}

func (w *Web) report() site.Handler {
	return w.turn("matching.report.sent", func(ctx context.Context, sc tenants.Scope, v *talk, form web.Form) error {
		reason, bad := form.Required("reason", maxReport)
		if len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		return w.service.Report(ctx, sc, v.ID, v.Conversation.Own, reason)
	})
}

func (w *Web) block() site.Handler {
	return w.turn("matching.block.done", func(ctx context.Context, sc tenants.Scope, v *talk, _ web.Form) error {
		return w.service.Block(ctx, sc, v.ID, v.Conversation.Own)
	})
}

func (w *Web) unblock() site.Handler {
	return w.turn("matching.block.undone", func(ctx context.Context, sc tenants.Scope, v *talk, _ web.Form) error {
		return w.service.Unblock(ctx, sc, v.ID, v.Conversation.Own)
	})
}

// begin writes to another organization from its page.
func (w *Web) begin(c *fiber.Ctx, sc tenants.Scope) error {
	form, a, err := w.posted(c, sc)
	if err != nil {
		return err
	}
	other, err := organizationOf(form.Raw("organization"))
	if err != nil {
		return err
	}
	id, body, err := letter(form)
	var thread ids.Thread
	if err == nil {
		thread, err = w.service.Send(c.UserContext(), sc, a.Own.ID, other, id, body)
	}
	if err == nil {
		w.site.Say(c, "success", "matching.message.sent")
		return web.SeeOther(c, a.at(threadPath(thread)))
	}
	v, failed := w.meeting(c, sc, a, other)
	if failed != nil {
		return failed
	}
	p := w.site.Page(c, sc, "matching.directory.title")
	p.Title = v.Other.Name
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Body, v.Unsent = form.Raw("body"), f
		return meetingPage(p, v)
	})
}

// tasks tells who has messages to read, and coordinators what was reported.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	var tasks []site.Task
	if w.service.policies.Ever(sc, writes) == nil {
		n, err := w.service.Unread(ctx, sc)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			tasks = append(tasks, site.Task{Title: loc.N("matching.task.unread", n), Hint: loc.T("matching.task.unread_hint"), Href: messagesPath})
		}
	}
	if w.service.policies.Ever(sc, moderates) == nil {
		n, err := w.service.Waiting(ctx, sc)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			tasks = append(tasks, site.Task{Title: loc.N("matching.task.reports", n), Hint: loc.T("matching.task.reports_hint"), Href: reportsPath})
		}
	}
	return tasks, nil
}
