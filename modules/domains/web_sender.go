package domains

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

const senderPage = "/settings/sender"

func (w *Web) senderRoutes() []site.Route {
	post, edit, only := fiber.MethodPost, policies.DomainEdit, tenants.KindNetwork
	return []site.Route{
		{Method: fiber.MethodGet, Path: senderPage, Action: edit, Only: only, Handle: w.showSender},
		{Method: post, Path: senderPage, Action: edit, Only: only, Handle: w.claimSender},
		{Method: post, Path: senderPage + "/check", Action: edit, Only: only, Handle: w.checkSender},
		{Method: post, Path: senderPage + "/key", Action: edit, Only: only, Handle: w.renewKey},
		{Method: post, Path: senderPage + "/release", Action: edit, Only: only, Handle: w.releaseSender},
	}
}

// senderView is what the page shows; Typed is what was typed, when a refused page is shown again.
type senderView struct {
	Sender Sender // the zero Sender: none
	From   string // the platform's address
	SPF    Mechanism
	Typed  string
	Fault  *fault.Fault
}

func (v senderView) shownAddress() string { return v.Sender.Local + "@" + shown(v.Sender.Host) }

// line is one record that the page asks for, with what was found of it.
type line struct {
	Finding

	Name   string
	Wanted string
}

func (v senderView) lines() []line {
	var all []line
	for _, thing := range v.Sender.things() {
		l := line{Finding: v.Sender.finding(thing), Name: v.Sender.name(thing)}
		switch thing {
		case Proof:
			l.Wanted = v.Sender.Proof
		case SPF:
			l.Wanted = spfWanted(l.Found, v.SPF)
		case DKIM:
			l.Wanted = v.Sender.Key.Record()
		case NextKey:
			l.Wanted = v.Sender.Next.Record()
		case DMARC:
			l.Wanted = "v=DMARC1; p=none"
		}
		all = append(all, l)
	}
	return all
}

// needed reports whether the record is shown as it should be: always, but for a policy or a list that is right as it is.
func (l line) needed() bool {
	return l.Thing != DMARC && l.Thing != SPF || l.Verdict != Right
}

func (l line) verdict() string {
	if l.Verdict == "" {
		return "unseen"
	}
	return string(l.Verdict)
}

func (l line) tone() string {
	switch l.Verdict {
	case Right:
		return "success"
	case Wrong:
		return "danger"
	case Missing:
		return "warning"
	default:
		return "neutral"
	}
}

// message says what was found, and what to do.
func (l line) message() string {
	thing := l.Thing
	if thing == NextKey {
		thing = DKIM
	}
	if l.Say == "silent" {
		return "domains.no_answer"
	}
	return "domains.sender.say." + string(thing) + "_" + l.Say
}

func (l line) args() map[string]any {
	args := map[string]any{"Name": l.Name}
	for name, value := range l.Args {
		args[name] = value
	}
	return args
}

func (w *Web) senderView(c *fiber.Ctx, sc tenants.Scope) (senderView, error) {
	sender, _, err := w.service.Sender(c.UserContext(), sc)
	return senderView{Sender: sender, From: w.service.From, SPF: w.service.SPF}, err
}

func (w *Web) showSender(c *fiber.Ctx, sc tenants.Scope) error {
	v, err := w.senderView(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, senderSettings(w.site.Page(c, sc, "domains.sender.title"), v))
}

// answerSender leads back to the page, or shows it again with what was refused.
func (w *Web) answerSender(c *fiber.Ctx, sc tenants.Scope, err error, typed, kind, said string) error {
	if err == nil {
		w.site.Say(c, kind, said)
		return web.SeeOther(c, senderPage)
	}
	v, failed := w.senderView(c, sc)
	if failed != nil {
		return failed
	}
	v.Typed = typed
	p := w.site.Page(c, sc, "domains.sender.title")
	return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return senderSettings(p, v)
	})
}

func (w *Web) claimSender(c *fiber.Ctx, sc tenants.Scope) error {
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	_, err = w.service.ClaimSender(c.UserContext(), sc, form.Raw("address"))
	return w.answerSender(c, sc, err, form.Raw("address"), "success", "domains.sender.said.claimed")
}

func (w *Web) checkSender(c *fiber.Ctx, sc tenants.Scope) error {
	after, err := w.service.CheckSender(c.UserContext(), sc)
	if err == nil && !after.Works() {
		return w.answerSender(c, sc, nil, "", "warning", "domains.sender.said.not_yet")
	}
	return w.answerSender(c, sc, err, "", "success", "domains.sender.said.works")
}

func (w *Web) renewKey(c *fiber.Ctx, sc tenants.Scope) error {
	return w.answerSender(c, sc, w.service.RenewKey(c.UserContext(), sc), "", "success", "domains.sender.said.key")
}

func (w *Web) releaseSender(c *fiber.Ctx, sc tenants.Scope) error {
	return w.answerSender(c, sc, w.service.ReleaseSender(c.UserContext(), sc), "", "success", "domains.sender.said.released")
}

// senderTasks tells who may do something about it that mails do not go out from the network's address any more.
func (w *Web) senderTasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind != tenants.KindNetwork || !w.service.MayEdit(sc) {
		return nil, nil
	}
	sender, found, err := w.service.Sender(ctx, sc)
	if err != nil || !found || sender.State != Active || sender.Works() {
		return nil, err
	}
	return []site.Task{{
		Title: loc.T("domains.sender.task", "Address", sender.Address()), Hint: loc.T("domains.sender.task_hint"), Href: senderPage, Due: sender.Ends(), Tone: "danger",
	}}, nil
}
