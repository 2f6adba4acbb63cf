package pages

import (
	"mime"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/pictures"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// pictureRoot is where the files of pictures lie.
const pictureRoot = "/page-pictures/"

// brought is a page's form as it was posted, with pictures or without.
func brought(c *fiber.Ctx) (web.Uploads, error) {
	if media, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); media == fiber.MIMEMultipartForm {
		return web.ReadUploads(c, fileFields()...)
	}
	form, err := web.ReadForm(c)
	return web.Uploads{Form: form}, err
}

// bring takes the pictures that were chosen; they stay with the form from then on, whatever else is wrong with it.
func (w *Web) bring(c *fiber.Ctx, sc tenants.Scope, form web.Uploads, content *Content) ([]fault.Field, error) {
	var bad []fault.Field
	for i := range content.Blocks {
		field := fieldName(i, -1, "file")
		file := form.Files[field]
		if file == nil || content.Blocks[i].Kind != Picture {
			continue
		}
		b, err := web.Content(file, pictures.MaxBytes)
		if err != nil {
			return bad, err
		}
		photo, err := w.service.Bring(c.UserContext(), sc, field, b)
		if fault.Is(err, fault.KindInvalid) {
			bad = append(bad, fault.Of(err).Fields...)
			continue
		}
		if err != nil {
			return bad, err
		}
		content.Blocks[i].Picture = &photo
	}
	return bad, measured(c.UserContext(), sc, content)
}

// picture sends a file of a picture. Its address holds a hash of what it shows, but whether it is shown may change.
func (w *Web) picture(c *fiber.Ctx, sc tenants.Scope) error {
	b, public, err := w.service.File(c.UserContext(), sc, web.Param(c, "picture"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	if public {
		c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	}
	return c.Send(b)
}
