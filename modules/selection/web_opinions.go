package selection

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) opining() []site.Route {
	get, post := fiber.MethodGet, fiber.MethodPost
	return []site.Route{
		{Method: get, Path: "/selection/applications/:id/opinion", Action: policies.ReviewerManage, Handle: w.opinionForm},
		{Method: post, Path: "/selection/applications/:id/opinion", Action: policies.ReviewerManage, Handle: w.askOpinion},
		{Method: post, Path: "/selection/applications/:id/opinions/:opinion", Action: policies.ReviewerManage, Handle: w.answerOpinion},
		{Method: get, Path: "/reviews/:id/opinion", Action: policies.ReviewQueue, Handle: w.ownOpinion},
		{Method: post, Path: "/reviews/:id/opinion", Action: policies.ReviewWrite, Handle: w.requestOpinion},
	}
}

func opinionAddress(id ids.Application) string { return folderAddress(id) + "/opinion" }

func (w *Web) opinionForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showOpinions(c, sc, opinionTyped{}, nil)
}

// opinionTyped is what was typed on the page of second opinions, and about which: the zero ID is the form for a new one.
type opinionTyped struct {
	About  ids.Opinion
	Reason string
	Fault  *fault.Fault
}

// of is what was typed about one of the second opinions.
func (t *opinionTyped) of(id ids.Opinion) opinionTyped {
	if t.About != id {
		return opinionTyped{About: id}
	}
	return *t
}

func (w *Web) showOpinions(c *fiber.Ctx, sc tenants.Scope, in opinionTyped, refused error) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	o, err := w.service.Opinions(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.opinion.title", o.Call)
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		in.Fault = f
		return opinionsPage(p, o, in)
	})
}

func (w *Web) askOpinion(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxNote)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.AskOpinion(c.UserContext(), sc, id, reason)
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showOpinions(c, sc, opinionTyped{Reason: form.Raw("reason")}, err)
	}
	return w.said(c, err, "selection.opinion.wanted", opinionAddress(id))
}

// opinionAnswers are the verbs by the values of the buttons, with what is said when it is done.
var opinionAnswers = map[string]struct {
	verb OpinionVerb
	said string
}{
	"granted":     {GrantOpinion, "selection.opinion.done.granted"},
	"turned_down": {TurnDownOpinion, "selection.opinion.done.turned_down"},
	"taken_back":  {TakeBackOpinion, "selection.opinion.done.taken_back"},
}

func (w *Web) answerOpinion(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseApplication(c)
	if err != nil {
		return err
	}
	opinion, err := ids.Parse[ids.Opinion](web.Param(c, "opinion"))
	if err != nil {
		return fault.NotFound()
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	answer, field := opinionAnswers[form.Raw("answer")], refusalName(opinion)
	reason, bad := form.Text(field, MaxNote)
	if len(bad) > 0 && answer.verb == TurnDownOpinion {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.AnswerOpinion(c.UserContext(), sc, id, opinion, answer.verb, reason)
	}
	if fault.Is(err, fault.KindInvalid) {
		f := fault.Of(err)
		for i := range f.Fields {
			if f.Fields[i].Name == "reason" {
				f.Fields[i].Name = field
			}
		}
		return w.showOpinions(c, sc, opinionTyped{About: opinion, Reason: form.Raw(field)}, f)
	}
	return w.said(c, err, answer.said, opinionAddress(id))
}

func (w *Web) ownOpinion(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showOwnOpinion(c, sc, "", nil)
}

func (w *Web) showOwnOpinion(c *fiber.Ctx, sc tenants.Scope, reason string, refused error) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	if d.Held || d.State == ReviewAssigned {
		return web.SeeOther(c, reviewAddress(id, ""))
	}
	own, err := w.service.OwnOpinions(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "selection.opinion.title")
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component { return ownOpinionPage(p, d, own, reason, f) })
}

func (w *Web) requestOpinion(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parseReview(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	reason, bad := form.Text("reason", MaxNote)
	if len(bad) > 0 {
		err = fault.Invalid("fault.check_fields", bad...)
	} else {
		err = w.service.RequestOpinion(c.UserContext(), sc, id, reason)
	}
	if fault.Is(err, fault.KindInvalid) {
		return w.showOwnOpinion(c, sc, form.Raw("reason"), err)
	}
	return w.said(c, err, "selection.opinion.sent", reviewAddress(id, "opinion"))
}
