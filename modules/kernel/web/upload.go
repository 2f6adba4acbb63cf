package web

import (
	"io"
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

// Uploads is a form with files in several fields; a field for which none was chosen has none.
type Uploads struct {
	Form

	Files map[string]*multipart.FileHeader
}

// ReadUpload reads a multipart/form-data body with at most one file, in the field of that name. The larger part of it goes
// to the disk, not into memory.
func ReadUpload(c *fiber.Ctx, field string) (Upload, error) {
	all, err := ReadUploads(c, field)
	return Upload{Form: all.Form, File: all.Files[field]}, err
}

// ReadUploads is ReadUpload for a form with at most one file in each of the fields, and none in any other.
func ReadUploads(c *fiber.Ctx, fields ...string) (Uploads, error) {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEMultipartForm {
		return Uploads{}, fiber.NewError(fiber.StatusUnsupportedMediaType)
	}
	parts, err := c.MultipartForm()
	if err != nil {
		return Uploads{}, fault.Invalid("fault.bad_request").Because(err)
	}
	if len(parts.Value) > maxFields || len(parts.File) > len(fields) {
		return Uploads{}, fiber.NewError(fiber.StatusRequestEntityTooLarge)
	}
	values := url.Values{}
	for name, all := range parts.Value {
		for _, value := range all {
			values.Add(strings.Clone(name), strings.Clone(value))
		}
	}
	u := Uploads{Form: Form{values: values}, Files: map[string]*multipart.FileHeader{}}
	for _, field := range fields {
		switch files := parts.File[field]; {
		case len(files) > 1:
			return Uploads{}, fault.Invalid("fault.bad_request")
		case len(files) == 1 && files[0].Filename != "":
			u.Files[field] = files[0]
		}
	}
	return u, nil
}

// Content is what a file holds, as far as its first most+1 bytes: whoever takes at most so many sees that there are more.
func Content(file *multipart.FileHeader, most int64) ([]byte, error) {
	f, err := file.Open()
	if err != nil {
		return nil, fault.Internal(err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fault.Internal(err)
	}
	return b, nil
}
