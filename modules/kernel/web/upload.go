package web

import (
	"mime"
	"mime/multipart"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
)

// Upload is a form with one file. The file lies on the disk of this machine until the request has been answered.
type Upload struct {
	Form

	File *multipart.FileHeader // nil: none was chosen
}

// ReadUpload reads a multipart/form-data body with at most one file, in the field of that name. The larger part of it goes
// to the disk, not into memory.
func ReadUpload(c *fiber.Ctx, field string) (Upload, error) {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEMultipartForm {
		return Upload{}, fiber.NewError(fiber.StatusUnsupportedMediaType)
	}
	parts, err := c.MultipartForm()
	if err != nil {
		return Upload{}, fault.Invalid("fault.bad_request").Because(err)
	}
	if len(parts.Value) > maxFields || len(parts.File) > 1 {
		return Upload{}, fiber.NewError(fiber.StatusRequestEntityTooLarge)
	}
	values := url.Values{}
	for name, all := range parts.Value {
		for _, value := range all {
			values.Add(strings.Clone(name), strings.Clone(value))
		}
	}
	u := Upload{Form: Form{values: values}}
	switch files := parts.File[field]; {
	case len(files) > 1:
		return Upload{}, fault.Invalid("fault.bad_request")
	case len(files) == 1 && files[0].Filename != "":
		u.File = files[0]
	}
	return u, nil
}
