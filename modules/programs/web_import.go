package programs

import (
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/interchange"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// programSchema is the published JSON Schema of a program's file.
func (w *Web) programSchema(c *fiber.Ctx, _ tenants.Scope) error { return w.schema(c, FileSchema) }

// programFile is a call with everything that makes it, as a file.
func (w *Web) programFile(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	f, err := w.service.File(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	raw, err := interchange.Write(f)
	if err != nil {
		return err
	}
	loc := w.site.Localizer(c, sc)
	return web.File(c, f.Call.Title.String(loc.Locale, f.Locales...)+" "+f.Cycle+".json", fiber.MIMEApplicationJSON, raw)
}

func (w *Web) importForm(c *fiber.Ctx, sc tenants.Scope) error {
	return w.site.Render(c, importPage(w.site.Page(c, sc, "programs.import.title"), nil, typed{}))
}

// bringProgram makes a draft of a call from a file, all of it or nothing.
func (w *Web) bringProgram(c *fiber.Ctx, sc tenants.Scope) error {
	u, err := web.ReadUpload(c, "file")
	if err != nil {
		return err
	}
	again := func(status int, flaws []interchange.Flaw, bad ...fault.Field) error {
		t := typedIn(u.Form)
		if len(bad) > 0 {
			t.Fault = fault.Of(fault.Invalid("fault.check_fields", bad...))
		}
		return web.Page(c, status, importPage(w.site.Page(c, sc, "programs.import.title"), flaws, t))
	}
	cycle, bad := u.Text("cycle", cycleChars)
	if u.File == nil {
		bad = append(bad, fault.At("file", "interchange.none"))
	}
	if len(bad) > 0 {
		return again(fiber.StatusUnprocessableEntity, nil, bad...)
	}
	raw, err := uploaded(u.File)
	if err != nil {
		return err
	}
	call, flaws, err := w.service.BeginFromFile(c.UserContext(), sc, raw, cycle)
	switch {
	case fault.Is(err, fault.KindInvalid):
		f := fault.Of(err)
		return again(web.Status(f), []interchange.Flaw{{Line: 1, Column: 1, Key: f.Key, Args: f.Args}})
	case err != nil:
		return err
	case call.ID.IsZero():
		return again(fiber.StatusUnprocessableEntity, flaws)
	case len(flaws) > 0:
		return w.site.Render(c, broughtPage(w.site.Page(c, sc, "programs.import.title"), address(call.ID), flaws))
	}
	w.site.Say(c, "success", "programs.import.done")
	return web.SeeOther(c, address(call.ID))
}
