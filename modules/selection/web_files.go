package selection

import (
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// fileView is the page of assignments by file.
type fileView struct {
	Call     Call
	Lines    int // there are already
	Due      string
	Problems []LineProblem
	Fault    *fault.Fault
}

func (w *Web) fileForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showFile(c, sc, fileView{}, nil)
}

func (w *Web) showFile(c *fiber.Ctx, sc tenants.Scope, v fileView, refused error) error {
	id, err := parseCall(c)
	if err != nil {
		return err
	}
	call, lines, err := w.service.Assigned(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.page(c, sc, "selection.file.title", call)
	if f, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		t := sheets.Table{Name: p.Title, Columns: []string{p.T("selection.number"), p.T("selection.known.email")}}
		for _, line := range lines {
			t.Rows = append(t.Rows, []any{line.What, line.Email})
		}
		return w.site.Sheet(c, p, t, f)
	}
	v.Call, v.Lines = call, len(lines)
	if v.Due == "" {
		v.Due = DueAt(time.Now(), 14, zone(call)).Format(time.DateOnly)
	}
	if refused == nil {
		return w.site.Render(c, filePage(p, v, w.ways(sc)))
	}
	return w.site.Refuse(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return filePage(p, v, w.ways(sc))
	})
}

func (w *Web) assignByFile(c *fiber.Ctx, sc tenants.Scope) error {
	call, err := parseCall(c)
	if err != nil {
		return err
	}
	upload, err := web.ReadUpload(c, "file")
	if err != nil {
		return err
	}
	found, err := w.service.Calls.Call(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	v := fileView{Due: upload.Raw("due")}
	due, bad := readDay(upload.Form, "due", zone(found))
	var content []byte
	if upload.File == nil {
		bad = append(bad, fault.At("file", "selection.file.choose"))
	} else if content, err = web.Content(upload.File, sheets.MostBytes); err != nil {
		return err
	}
	if len(content) > sheets.MostBytes {
		bad = append(bad, fault.At("file", "selection.file.too_long"))
	}
	if len(bad) > 0 {
		return w.showFile(c, sc, v, fault.Invalid("fault.check_fields", bad...))
	}
	_, v.Problems, err = w.service.AssignByFile(c.UserContext(), sc, call, content, due)
	if fault.Is(err, fault.KindInvalid) {
		return w.showFile(c, sc, v, err)
	}
	return w.said(c, err, "selection.assign.done", address(call, ""))
}
