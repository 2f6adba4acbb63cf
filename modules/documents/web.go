package documents

import (
	"embed"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

// Locales are the module's words.
//
//go:embed locales
var Locales embed.FS

// Web is the module's pages.
type Web struct {
	service *Service
	site    *site.Site
}

// NewWeb makes the module's pages.
func NewWeb(service *Service, s *site.Site) *Web { return &Web{service: service, site: s} }

// Module is what the site shows of documents.
func (w *Web) Module() site.Module {
	get, post := fiber.MethodGet, fiber.MethodPost
	return site.Module{
		Name: "documents",
		Routes: []site.Route{
			{Method: post, Path: "/sheets/:sheet/documents", Action: policies.DocumentUpload, Handle: w.grant},
			{Method: post, Path: "/sheets/:sheet/documents/:id/finalization", Action: policies.DocumentUpload, Handle: w.finalize},
			{Method: get, Path: "/sheets/:sheet/documents/new", Action: policies.DocumentUpload, Handle: w.newForm},
			{Method: post, Path: "/sheets/:sheet/documents/new", Action: policies.DocumentUpload, Handle: w.receive, Large: true},
			{Method: get, Path: "/documents/:id", Action: policies.DocumentRead, Handle: w.open},
			{Method: get, Path: "/templates/:template", Action: policies.CallBrowse, Handle: w.openTemplate},
		},
	}
}

// Href is the address at which a document is read.
func Href(id ids.Document) string { return "/documents/" + id.String() }

func sheetOf(c *fiber.Ctx) (ids.Sheet, error) {
	id, err := ids.Parse[ids.Sheet](web.Param(c, "sheet"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func documentOf(c *fiber.Ctx) (ids.Document, error) {
	id, err := ids.Parse[ids.Document](web.Param(c, "id"))
	if err != nil {
		return id, fault.NotFound()
	}
	return id, nil
}

func (w *Web) grant(c *fiber.Ctx, sc tenants.Scope) error {
	sheet, err := sheetOf(c)
	if err != nil {
		return err
	}
	var want forms.Asked
	if err := web.ReadJSON(c, &want); err != nil {
		return err
	}
	granted, err := w.service.Grant(c.UserContext(), sc, sheet, want)
	if err != nil {
		return err
	}
	return c.JSON(granted)
}

func (w *Web) finalize(c *fiber.Ctx, sc tenants.Scope) error {
	sheet, err := sheetOf(c)
	if err != nil {
		return err
	}
	id, err := documentOf(c)
	if err != nil {
		return err
	}
	d, err := w.service.Finalize(c.UserContext(), sc, sheet, id)
	if err != nil {
		return err
	}
	key := stateKey(&d)
	if d.State == Refused {
		key = reasonKey(d.Reason)
	}
	return c.JSON(forms.Received{State: d.Standing(), Text: w.site.Localizer(c, sc).T(key)})
}

func (w *Web) newForm(c *fiber.Ctx, sc tenants.Scope) error {
	sheet, err := sheetOf(c)
	if err != nil {
		return err
	}
	d, err := w.service.Desk(c.UserContext(), sc, sheet, web.Query(c).Raw("question"))
	if err != nil {
		return err
	}
	return w.site.Render(c, newPage(w.site.Page(c, sc, "documents.new.title"), d, nil))
}

// receive takes a document from a page without a script.
func (w *Web) receive(c *fiber.Ctx, sc tenants.Scope) error {
	sheet, err := sheetOf(c)
	if err != nil {
		return err
	}
	u, err := web.ReadUpload(c, "file")
	if err != nil {
		return err
	}
	ref := u.Raw("question")
	d, err := w.take(c, sc, sheet, ref, u)
	if err == nil && d.State == Refused {
		err = refusal(reasonKey(d.Reason))
	}
	desk, failed := w.service.Desk(c.UserContext(), sc, sheet, ref)
	if failed != nil {
		return failed
	}
	if err != nil {
		p := w.site.Page(c, sc, "documents.new.title")
		return w.site.Refuse(c, err, func(f *fault.Fault) templ.Component { return newPage(p, desk, f) })
	}
	w.site.Say(c, "success", "documents.new.done")
	return web.SeeOther(c, desk.Page)
}

func (w *Web) take(c *fiber.Ctx, sc tenants.Scope, sheet ids.Sheet, ref string, u web.Upload) (Document, error) {
	if u.File == nil {
		return Document{}, refusal("documents.none")
	}
	content, err := u.File.Open()
	if err != nil {
		return Document{}, fault.Internal(err)
	}
	defer func() { _ = content.Close() }()
	return w.service.Receive(c.UserContext(), sc, sheet, forms.Asked{Question: ref, Name: u.File.Filename, Size: u.File.Size}, content)
}

// open sends the browser to the store, which gives it the document as an attachment.
func (w *Web) open(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := documentOf(c)
	if err != nil {
		return err
	}
	link, err := w.service.Link(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return web.Elsewhere(c, link)
}

// openTemplate sends the browser to the store, which gives it the template as an attachment.
func (w *Web) openTemplate(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := ids.Parse[ids.Template](web.Param(c, "template"))
	if err != nil {
		return fault.NotFound()
	}
	link, err := w.service.TemplateLink(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return web.Elsewhere(c, link)
}
