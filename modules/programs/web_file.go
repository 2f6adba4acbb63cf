package programs

import (
	"io"
	"mime/multipart"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/interchange"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// mediaSchema is the media type of a JSON Schema (draft-bhutton-json-schema).
const mediaSchema = "application/schema+json"

// formSchema is the published JSON Schema of a form's file.
func (w *Web) formSchema(c *fiber.Ctx, _ tenants.Scope) error {
	return w.schema(c, builder.Schema)
}

func (w *Web) schema(c *fiber.Ctx, of func(id string) ([]byte, error)) error {
	raw, err := of(web.Origin(c, w.site.Secure) + c.Path())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaSchema)
	return c.Send(raw)
}

// formFile is a call's form as a file.
func (w *Web) formFile(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	raw, err := builder.Export(d.Draft.Definition)
	if err != nil {
		return err
	}
	loc := w.site.Localizer(c, sc)
	return web.File(c, d.Call.Title.String(loc.Locale, d.Call.Locales...)+" "+d.Call.Cycle+".json", fiber.MIMEApplicationJSON, raw)
}

func (w *Web) formFilePage(c *fiber.Ctx, sc tenants.Scope) error {
	return w.showFormFile(c, sc, fiber.StatusOK, nil, "")
}

// showFormFile is the page with what is wrong with a file, or with the choice of one: a message key.
func (w *Web) showFormFile(c *fiber.Ctx, sc tenants.Scope, status int, flaws []interchange.Flaw, problem string) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	d, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "builder.file")
	if problem != "" {
		problem = p.T(problem)
	}
	return web.Page(c, status, formFilePage(p, d, flaws, nil, problem))
}

// bringForm replaces what a call will ask by a form from a file, all of it or nothing; it can be undone.
func (w *Web) bringForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	u, err := web.ReadUpload(c, "file")
	if err != nil {
		return err
	}
	if u.File == nil {
		return w.showFormFile(c, sc, fiber.StatusUnprocessableEntity, nil, "interchange.none")
	}
	raw, err := uploaded(u.File)
	if err != nil {
		return err
	}
	now, err := w.service.Design(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	brought, flaws, remarks := builder.ImportOver(raw, now.Draft.Definition)
	if len(flaws) > 0 {
		return w.showFormFile(c, sc, fiber.StatusUnprocessableEntity, flaws, "")
	}
	err = w.service.Redesign(c.UserContext(), sc, id, true, func(d *forms.Definition) error {
		brought.Locales = d.Locales
		*d = brought
		return nil
	})
	if fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindConflict) {
		f := fault.Of(err)
		return w.showFormFile(c, sc, web.Status(f), []interchange.Flaw{{Line: 1, Column: 1, Key: f.Key, Args: f.Args}}, "")
	}
	if err != nil {
		return err
	}
	if len(remarks) > 0 {
		return w.site.Render(c, formFilePage(w.site.Page(c, sc, "builder.file"), now, nil, remarks, ""))
	}
	w.site.Say(c, "success", "builder.import.done")
	return web.SeeOther(c, address(id, "form", "edit"))
}

// uploaded reads a file as large as one may be, and a byte more, for which it is refused.
func uploaded(file *multipart.FileHeader) ([]byte, error) {
	f, err := file.Open()
	if err != nil {
		return nil, fault.Internal(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, interchange.MostBytes+1))
	if err != nil {
		return nil, fault.Internal(err)
	}
	return raw, nil
}
