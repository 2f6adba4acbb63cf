package correspondence

import (
	"context"
	"embed"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/mail"
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

const pageSize = 50

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of correspondence. Where no mail server is configured, mails are kept and /dev/mail
// shows them; it is for development only.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	m := site.Module{
		Name: "correspondence",
		Routes: []site.Route{
			{Method: get, Path: "/outbox", Action: policies.MessageList, Handle: w.outbox},
			{Method: post, Path: "/outbox/release", Action: policies.MessageRelease, Handle: w.release},
			{Method: post, Path: "/outbox/cancellation", Action: policies.MessageRelease, Handle: w.cancel},
			{Method: get, Path: "/outbox/:id", Action: policies.MessageRead, Handle: w.message},
			{Method: get, Path: "/outbox/:id/html", Action: policies.MessageRead, Handle: w.html},
			{Method: get, Path: "/notifications", Action: policies.NotificationOwn, Handle: w.notifications},
			{Method: post, Path: "/notifications/read", Action: policies.NotificationOwn, Handle: w.markRead},
		},
		Entries: []site.Entry{
			{Key: "correspondence.nav.outbox", Href: "/outbox", Icon: "mail", Action: policies.MessageList, Group: site.GroupProgram, Order: 70},
			{Key: "correspondence.nav.notifications", Href: "/notifications", Icon: "bell", Action: policies.NotificationOwn, Order: 5},
		},
	}
	m.Tasks, m.News = []site.Tasks{w.tasks}, []site.Tasks{w.news}
	if w.service.Sender == nil {
		m.Routes = append(m.Routes, site.Route{Method: get, Path: "/dev/mail", Action: policies.SiteVisit, Handle: w.mailbox})
	}
	return m
}

// tasks tells who may release messages how many wait, and that some did not arrive.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !w.service.Policies.MayEver(sc.Actor(), policies.MessageRelease) {
		return nil, nil
	}
	waiting, err := w.service.Waiting(ctx, sc)
	if err != nil {
		return nil, err
	}
	var tasks []site.Task
	if n := waiting[StatusHeld]; n > 0 {
		tasks = append(tasks, site.Task{Title: loc.N("correspondence.task.held", n), Hint: loc.T("correspondence.task.held_hint"), Href: "/outbox?status=held"})
	}
	if n := waiting[StatusFailed]; n > 0 {
		tasks = append(tasks, site.Task{Title: loc.N("correspondence.task.failed", n), Hint: loc.T("correspondence.task.failed_hint"), Href: "/outbox?status=failed", Tone: "danger"})
	}
	return tasks, nil
}

// news are the actor's latest notifications.
func (w *Web) news(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	latest, err := w.service.Latest(ctx, sc, 5)
	if err != nil {
		return nil, err
	}
	news := make([]site.Task, len(latest))
	for i, n := range latest {
		news[i] = site.Task{Title: loc.With(n.Key, n.Args), Hint: loc.ShortDateTime(n.Row.CreatedAt), Href: n.Path}
	}
	return news, nil
}

func (w *Web) outbox(c *fiber.Ctx, sc tenants.Scope) error {
	form := web.Query(c)
	q := Query{Search: form.Raw("q"), After: form.Raw("after"), Limit: pageSize + 1}
	if s, err := ParseStatus(form.Raw("status")); err == nil {
		q.Status = s
	}
	p := w.site.Page(c, sc, "correspondence.outbox.title")
	format, exported := sheets.ParseFormat(form.Raw("format"))
	if exported {
		q.After, q.Limit = "", 0
	}
	rows, n, err := w.service.List(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	if exported {
		return w.site.Sheet(c, p, outboxSheet(p, rows), format)
	}
	l := outboxList(p, form.Values(), n)
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		l.Next = rows[pageSize-1].ID.String()
	}
	l.First, l.Empty = q.After == "", len(rows) == 0
	may := w.service.Policies.MayEver(sc.Actor(), policies.MessageRelease) && slices.ContainsFunc(rows, Message.Waits)
	if may {
		l.Columns = slices.Insert(l.Columns, 0, ui.Column{Label: p.T("correspondence.outbox.choose")})
	}
	return w.site.Render(c, outboxPage(p, l, rows, may))
}

func outboxList(p ui.Page, query url.Values, total int) ui.List {
	var options []ui.Option
	for _, s := range Statuses {
		options = append(options, ui.Option{Value: string(s), Label: p.T("correspondence.status." + string(s))})
	}
	return ui.List{
		Path: "/outbox", Query: query, Search: p.T("correspondence.outbox.search"), Total: total, TotalOf: "correspondence.outbox.total", Exports: true,
		Filters: []ui.Field{{Name: "status", Label: p.T("correspondence.outbox.status"), Options: options}},
		Columns: []ui.Column{
			{Label: p.T("correspondence.outbox.to")},
			{Label: p.T("correspondence.outbox.subject")},
			{Label: p.T("correspondence.outbox.status")},
			{Label: p.T("correspondence.outbox.when")},
		},
	}
}

// outboxSheet is the outbox without the messages' texts, which the page does not show either.
func outboxSheet(p ui.Page, rows []Message) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("correspondence.outbox.to"), p.T("correspondence.outbox.address"), p.T("correspondence.outbox.language"), p.T("correspondence.outbox.subject"),
		p.T("correspondence.outbox.status"), p.T("correspondence.outbox.when"), p.T("correspondence.outbox.sent_at"),
	}}
	for _, m := range rows {
		t.Rows = append(t.Rows, []any{m.Name, m.Address, m.Locale.Name(), m.Subject, p.T("correspondence.status." + string(m.Status)), m.CreatedAt, m.SentAt})
	}
	return t
}

func chosen(c *fiber.Ctx) ([]ids.Message, error) {
	form, err := web.ReadForm(c)
	if err != nil {
		return nil, err
	}
	var all []ids.Message
	for _, s := range form.All("message") {
		id, err := ids.Parse[ids.Message](s)
		if err != nil {
			return nil, fault.NotFound()
		}
		all = append(all, id)
	}
	return all, nil
}

func (w *Web) release(c *fiber.Ctx, sc tenants.Scope) error {
	messages, err := chosen(c)
	if err != nil {
		return err
	}
	n, err := w.service.Release(c.UserContext(), sc, messages)
	return w.told(c, n, err, "correspondence.outbox.released")
}

func (w *Web) cancel(c *fiber.Ctx, sc tenants.Scope) error {
	messages, err := chosen(c)
	if err != nil {
		return err
	}
	n, err := w.service.Cancel(c.UserContext(), sc, messages)
	return w.told(c, n, err, "correspondence.outbox.cancelled")
}

func (w *Web) told(c *fiber.Ctx, n int, err error, done string) error {
	switch {
	case err != nil:
		return err
	case n == 0:
		w.site.Say(c, "warning", "correspondence.outbox.none")
	default:
		w.site.Say(c, "success", done)
	}
	return web.SeeOther(c, "/outbox")
}

func (w *Web) load(c *fiber.Ctx, sc tenants.Scope) (Message, error) {
	id, err := ids.Parse[ids.Message](web.Param(c, "id"))
	if err != nil {
		return Message{}, fault.NotFound()
	}
	return w.service.Message(c.UserContext(), sc, id)
}

func (w *Web) message(c *fiber.Ctx, sc tenants.Scope) error {
	m, err := w.load(c, sc)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "correspondence.message.title")
	return w.site.Render(c, messagePage(p, m, w.service.Policies.MayEver(sc.Actor(), policies.MessageRelease)))
}

// html shows a mail as its recipient sees it, in a frame that can run nothing, load nothing and lead nowhere.
func (w *Web) html(c *fiber.Ctx, sc tenants.Scope) error {
	m, err := w.load(c, sc)
	if err != nil {
		return err
	}
	c.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox")
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	return c.SendString(mail.Shown(m.HTML, w.service.logo(c.UserContext(), sc)))
}

func (w *Web) notifications(c *fiber.Ctx, sc tenants.Scope) error {
	all, err := w.service.Notifications(c.UserContext(), sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, notificationsPage(w.site.Page(c, sc, "correspondence.notifications.title"), all))
}

func (w *Web) markRead(c *fiber.Ctx, sc tenants.Scope) error {
	if err := w.service.MarkRead(c.UserContext(), sc); err != nil {
		return err
	}
	return web.SeeOther(c, "/notifications")
}

func (w *Web) mailbox(c *fiber.Ctx, sc tenants.Scope) error {
	rows, err := mailbox(c.UserContext(), sc.Read(), 50)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "correspondence.mailbox.title")
	p.NoIndex = true
	return w.site.Render(c, mailboxPage(p, rows))
}
