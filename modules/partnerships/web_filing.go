package partnerships

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func (w *Web) filing() []site.Route {
	return []site.Route{
		{Method: fiber.MethodGet, Path: "/facilitation/file", Action: policies.FacilitatorManage, Handle: w.fileForm},
		{Method: fiber.MethodPost, Path: "/facilitation/file", Action: policies.FacilitatorManage, Handle: w.accompanyByFile},
	}
}

// fileView is the page on which who accompanies which partnership comes and goes as a file.
type fileView struct {
	Given    []sheets.Line // partnerships that go on, with whoever accompanies them
	Reason   string
	Problems []LineProblem
	Fault    *fault.Fault
}

// Accompanied is how many partnerships somebody accompanies.
func (v *fileView) Accompanied() int {
	n := 0
	for _, line := range v.Given {
		if line.Email != "" {
			n++
		}
	}
	return n
}

func (w *Web) fileForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showFile(c, sc, fileView{}, nil)
}

func (w *Web) showFile(c *fiber.Ctx, sc tenants.Scope, v fileView, refused error) error {
	var err error
	if v.Given, err = w.service.Accompanied(c.UserContext(), sc); err != nil {
		return err
	}
	p := w.site.Page(c, sc, "partnerships.file.title")
	if f, ok := sheets.ParseFormat(web.Query(c).Raw("format")); ok {
		t := sheets.Table{Name: p.Title, Columns: []string{p.T("partnerships.file.number"), p.T("partnerships.guides.email")}}
		for _, line := range v.Given {
			t.Rows = append(t.Rows, []any{line.What, line.Email})
		}
		return w.site.Sheet(c, p, t, f)
	}
	return w.site.Show(c, refused, func(f *fault.Fault) templ.Component {
		v.Fault = f
		return filePage(p, v)
	})
}

func (w *Web) accompanyByFile(c *fiber.Ctx, sc tenants.Scope) error {
	upload, err := web.ReadUpload(c, "file")
	if err != nil {
		return err
	}
	v := fileView{Reason: upload.Raw("reason")}
	reason, bad := upload.Text("reason", maxReason)
	var content []byte
	if upload.File == nil {
		bad = append(bad, fault.At("file", "partnerships.file.choose"))
	} else if content, err = web.Content(upload.File, sheets.MostBytes); err != nil {
		return err
	}
	if len(content) > sheets.MostBytes {
		bad = append(bad, fault.At("file", "partnerships.file.too_long"))
	}
	if len(bad) > 0 {
		return w.showFile(c, sc, v, fault.Invalid("fault.check_fields", bad...))
	}
	given, problems, err := w.service.AccompanyByFile(c.UserContext(), sc, content, reason)
	if err != nil {
		v.Problems = problems
		return w.showFile(c, sc, v, err)
	}
	said := "partnerships.file.done"
	if given == 0 {
		said = "partnerships.file.same"
	}
	w.site.Say(c, "success", said)
	return web.SeeOther(c, "/facilitators")
}
