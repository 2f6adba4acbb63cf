package programs

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// ask is a visitor's question; the call's page is shown again when something is wrong with it.
func (w *Web) ask(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return err
	}
	words, bad := form.Required("question", questionChars)
	err = checked(bad)
	if err == nil {
		err = w.service.Ask(c.UserContext(), sc, id, strings.ReplaceAll(words, "\r\n", "\n"), w.site.Localizer(c, sc).Locale)
	}
	if err != nil {
		shown, failed := w.service.read(c.UserContext(), sc, id)
		if failed != nil {
			return failed
		}
		return w.refuse(c, sc, err, form, "programs.browse.title", func(p ui.Page, t typed) templ.Component {
			p.Title = shown.call.Title.String(p.Loc.Locale, shown.call.Locales...)
			return lookPage(p, shown, t)
		})
	}
	w.site.Say(c, "success", "programs.questions.asked")
	return web.SeeOther(c, "/calls/"+id.String()+"#questions")
}

func (w *Web) questionList(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, all, err := w.service.Questions(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.questions.title")
	if f, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		return w.site.Sheet(c, p, questionSheet(p, call, all), f)
	}
	return w.site.Render(c, questionsPage(p, call, all))
}

// questionOf finds the call and the question of the address.
func (w *Web) questionOf(c *fiber.Ctx, sc tenants.Scope) (Call, Question, error) {
	id, err := parse(c)
	if err != nil {
		return Call{}, Question{}, err
	}
	question, err := ids.Parse[ids.Question](web.Param(c, "question"))
	if err != nil {
		return Call{}, Question{}, fault.NotFound()
	}
	return w.service.Question(c.UserContext(), sc, id, question)
}

func (w *Web) answerForm(c *fiber.Ctx, sc tenants.Scope) error {
	call, q, err := w.questionOf(c, sc)
	if err != nil {
		return err
	}
	return w.site.Render(c, answerPage(w.site.Page(c, sc, "programs.questions.answer"), call, q, typed{}))
}

func (w *Web) answer(c *fiber.Ctx, sc tenants.Scope) error {
	call, q, err := w.questionOf(c, sc)
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
	limits := map[string]int{}
	for _, l := range call.Locales {
		limits["question_"+string(l)], limits["answer_"+string(l)] = questionChars, answerChars
	}
	found, bad := texts(form, limits)
	err = checked(bad)
	if err == nil {
		words, answer := i18n.Text{}, i18n.Text{}
		for _, l := range call.Locales {
			if text := found["question_"+string(l)]; text != "" {
				words[l] = text
			}
			if text := found["answer_"+string(l)]; text != "" {
				answer[l] = text
			}
		}
		err = w.service.Answer(c.UserContext(), sc, call.ID, q.ID, shown, words, answer)
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.questions.answer", func(p ui.Page, t typed) templ.Component { return answerPage(p, call, q, t) })
	}
	w.site.Say(c, "success", "programs.questions.published")
	return web.SeeOther(c, address(call.ID, "questions"))
}

func (w *Web) decline(c *fiber.Ctx, sc tenants.Scope) error {
	call, q, err := w.questionOf(c, sc)
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
	if err := w.service.Decline(c.UserContext(), sc, call.ID, q.ID, shown); err != nil {
		return w.refuse(c, sc, err, form, "programs.questions.answer", func(p ui.Page, t typed) templ.Component { return answerPage(p, call, q, typed{Fault: t.Fault}) })
	}
	w.site.Say(c, "success", "programs.questions.put_aside")
	return web.SeeOther(c, address(call.ID, "questions"))
}

func questionTone(s QuestionState) string {
	switch s {
	case QuestionWaiting:
		return "warning"
	case QuestionAnswered:
		return "success"
	default:
		return "neutral"
	}
}

// wording is how the question reads to the team: as it is published, else as it was asked.
func (q *Question) wording(p ui.Page, c Call) string {
	if len(q.Words) > 0 {
		return q.Words.String(p.Loc.Locale, c.Locales...)
	}
	return q.Asked
}

// proposed is what stands in the form for a language: what is published, or what was asked where it was asked in it.
func (q *Question) proposed(c Call, l i18n.Locale) string {
	if len(q.Words) > 0 {
		return q.Words[l]
	}
	if l == q.Locale || l == c.Locales[0] && !slices.Contains(c.Locales, q.Locale) {
		return q.Asked
	}
	return ""
}

func questionSheet(p ui.Page, c Call, all []Question) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("programs.questions.question"), p.T("programs.questions.reply"), p.T("programs.state"), p.T("programs.questions.when"), p.T("programs.questions.answered_at"),
	}}
	for i := range all {
		q := &all[i]
		t.Rows = append(t.Rows, []any{q.wording(p, c), q.Answer.String(p.Loc.Locale, c.Locales...), p.T("programs.questions.state." + string(q.State)), q.AskedAt, q.AnsweredAt})
	}
	return t
}

func answerLabels(p ui.Page, c Call) []string {
	var pairs []string
	for _, l := range c.Locales {
		pairs = append(pairs, "question_"+string(l), p.T("programs.questions.question")+" ("+l.Name()+")", "answer_"+string(l), p.T("programs.questions.reply")+" ("+l.Name()+")")
	}
	return pairs
}
