package selection

import (
	"mime"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// termView is a condition as its applicants see it, with what they are about to send.
type termView struct {
	Offer     Offer
	Condition Condition
	Answer    string
	Brought   Paper // a document that has arrived and is not handed in yet; zero: none
	Fault     *fault.Fault
}

// documentIn is the document that a form names; zero where it names none.
func documentIn(form web.Form) ids.Document {
	id, err := ids.Parse[ids.Document](form.Raw("document"))
	if err != nil {
		return ids.Document{}
	}
	return id
}

func (w *Web) termForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showTerm(c, sc, nil, termView{}, nil)
}

// showTerm shows a condition to its applicants; after a refusal with what was typed, and the document that came with it.
func (w *Web) showTerm(c *fiber.Ctx, sc tenants.Scope, typed *string, v termView, refused error) error {
	id, condition, err := parseCondition(c)
	if err != nil {
		return err
	}
	if v.Offer, err = w.service.Offer(c.UserContext(), sc, id); err != nil {
		return err
	}
	i := slices.IndexFunc(v.Offer.Conditions, func(one Condition) bool { return one.ID == condition })
	if i < 0 || v.Offer.Conditions[i].DueAt.IsZero() {
		return fault.NotFound()
	}
	v.Condition = v.Offer.Conditions[i]
	if v.Answer = v.Condition.Answer; typed != nil {
		v.Answer = *typed
	}
	p := w.site.Page(c, sc, "selection.condition.title")
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return termPage(p, v)
	})
}

// readTerm reads an answer to a condition, with a file or without one.
func readTerm(c *fiber.Ctx) (web.Upload, error) {
	if media, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); media == fiber.MIMEMultipartForm {
		return web.ReadUpload(c, "file")
	}
	form, err := web.ReadForm(c)
	return web.Upload{Form: form}, err
}

func (w *Web) answerTerm(c *fiber.Ctx, sc tenants.Scope) error {
	id, condition, err := parseCondition(c)
	if err != nil {
		return err
	}
	form, err := readTerm(c)
	if err != nil {
		return err
	}
	var v termView
	answer, bad := form.Text("answer", MaxConditionSaid)
	// What came is kept whatever else is wrong, as a browser would not send it again by itself.
	v.Brought, err = w.bringPaper(c, sc, form)
	switch {
	case fault.Is(err, fault.KindInvalid):
		bad = append(bad, fault.Of(err).Fields...)
	case fault.Is(err, fault.KindConflict):
		bad = append(bad, fault.At("file", fault.Of(err).Key))
	case err != nil && !fault.Is(err, fault.KindTooMany) && !fault.Is(err, fault.KindUnavailable):
		return err
	}
	switch {
	case len(bad) > 0:
		err = fault.Invalid("fault.check_fields", bad...)
	case err == nil:
		err = w.service.AnswerCondition(c.UserContext(), sc, id, condition, answer, v.Brought.ID)
	}
	if err != nil {
		typed := form.Raw("answer")
		return w.showTerm(c, sc, &typed, v, err)
	}
	w.site.Say(c, "success", "selection.condition.answered")
	return web.SeeOther(c, offerAddress(id))
}

// bringPaper takes the file of a form. Without one, and where it cannot be had, it is the one that an earlier form has brought, unless
// that was refused since.
func (w *Web) bringPaper(c *fiber.Ctx, sc tenants.Scope, form web.Upload) (Paper, error) {
	id, condition, err := parseCondition(c)
	if err != nil {
		return Paper{}, err
	}
	before, _, err := w.service.paper(c.UserContext(), sc, documentIn(form.Form))
	if before.Refused != "" {
		before = Paper{}
	}
	if err != nil || form.File == nil {
		return before, err
	}
	content, err := form.File.Open()
	if err != nil {
		return Paper{}, fault.Internal(err)
	}
	defer func() { _ = content.Close() }()
	p, err := w.service.BringPaper(c.UserContext(), sc, id, condition, form.File.Filename, form.File.Size, content)
	if err != nil {
		return before, err
	}
	return p, nil
}
