package site

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
)

// Check is the page by which anybody who may see a run can compute it anew: how large it is, what the solver was asked and what it
// answered, and which number in these is what. Names are those that the reader may know; the module leaves out the others.
type Check struct {
	Crumbs  []ui.Crumb
	Path    string // of the page
	Size    []ui.Stat
	Notes   []string // what one ought to know of it, in sentences
	Solved  []Solved
	Legends []Legend
}

// Solved is one instance and its answer.
type Solved struct {
	Name     string // where there are several
	File     string // how the instance is called when it is taken away
	Instance string // its address
	Answer   string // likewise; nothing: there is none
}

// Legend says what numbers of an instance stand for, counted from 0, as the solver counts.
type Legend struct {
	Name  string
	Names []string
}

// Check answers with the page, or with its legends as a file where a format is asked for. Fault: NotFound for a file in a rehearsal.
func (s *Site) Check(c *fiber.Ctx, p ui.Page, k Check) error {
	f, ok := sheets.ParseFormat(web.Query(c).Raw("format"))
	if !ok {
		return s.Render(c, checkPage(p, k))
	}
	t := sheets.Table{Name: p.Title, Columns: []string{p.T("site.check.list"), p.T("site.check.number"), p.T("site.check.name")}}
	for _, l := range k.Legends {
		for i, name := range l.Names {
			t.Rows = append(t.Rows, []any{l.Name, i, name})
		}
	}
	return s.Sheet(c, p, t, f)
}

// JSON answers with a file of a run, ending with a line as the command solve does. Nothing is taken away from a rehearsal: NotFound.
func (*Site) JSON(c *fiber.Ctx, p ui.Page, name string, b []byte) error {
	if p.Test != nil {
		return fault.NotFound()
	}
	return web.File(c, name, fiber.MIMEApplicationJSON, append(slices.Clip(b), '\n'))
}

// answered reports whether there is an answer to compare with.
func (k *Check) answered() bool {
	return slices.ContainsFunc(k.Solved, func(one Solved) bool { return one.Answer != "" })
}

// command computes the instance, and compares it with the answer where there is one.
func (o *Solved) command() string {
	if o.Answer == "" {
		return "kervan solve " + o.File
	}
	return "kervan solve " + o.File + " | diff - " + AnswerFile(o.File)
}

// AnswerFile is how the answer is called when it is taken away, of an instance that is called so.
func AnswerFile(instance string) string { return "answer-" + instance }
