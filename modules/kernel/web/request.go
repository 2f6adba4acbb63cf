package web

import (
	"mime"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// maxFields is how many fields a form may have.
const maxFields = 1000

// Form is what a person posted, by field name. Values are as typed; Text cleans them.
type Form struct {
	values url.Values
}

// ReadForm reads an application/x-www-form-urlencoded body; nothing else is a form here, as documents go straight to
// the object store. More than 1,000 fields are refused.
func ReadForm(c *fiber.Ctx) (Form, error) {
	if read, ok := c.Locals(formKey).(Form); ok {
		return read, nil
	}
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEApplicationForm {
		return Form{}, fiber.NewError(fiber.StatusUnsupportedMediaType)
	}
	form, err := parseForm(string(c.Body()))
	if err == nil {
		c.Locals(formKey, form)
	}
	return form, err
}

func parseForm(body string) (Form, error) {
	if strings.Count(body, "&") >= maxFields {
		return Form{}, fiber.NewError(fiber.StatusRequestEntityTooLarge)
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return Form{}, fault.Invalid("fault.bad_request")
	}
	return Form{values: values}, nil
}

// Posted is a field of the posted form, with a file in it or without, and never of the address. A body that is no form has
// no fields.
func Posted(c *fiber.Ctx, name string) (string, error) {
	switch media, _, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType)); media {
	case fiber.MIMEApplicationForm:
		form, err := ReadForm(c)
		return form.Raw(name), err
	case fiber.MIMEMultipartForm:
		parts, err := c.MultipartForm()
		if err != nil {
			return "", fault.Invalid("fault.bad_request").Because(err)
		}
		return url.Values(parts.Value).Get(name), nil
	default:
		return "", nil
	}
}

// NewForm wraps values that come from elsewhere, such as a query.
func NewForm(values url.Values) Form { return Form{values: values} }

// Query reads the query of the URL as a form.
func Query(c *fiber.Ctx) Form {
	values, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		values = url.Values{}
	}
	return Form{values: values}
}

// Raw is the field's first value exactly as posted.
func (f Form) Raw(name string) string { return f.values.Get(name) }

// All are all the field's values exactly as posted.
func (f Form) All(name string) []string { return f.values[name] }

// Values are all fields, for the form engine.
func (f Form) Values() url.Values { return f.values }

// Has reports whether the field was posted at all.
func (f Form) Has(name string) bool { return f.values.Has(name) }

// Ticked reports whether a checkbox was ticked.
func (f Form) Ticked(name string) bool { return f.values.Get(name) != "" }

// Text is the field's value cleaned (NFC, trimmed), and a refused field when it holds what no honest text has or is
// longer than max characters. An empty text is no error here; Required says so.
func (f Form) Text(name string, maxChars int) (string, []fault.Field) {
	clean, ok := i18n.Clean(f.values.Get(name))
	if !ok {
		return "", []fault.Field{fault.At(name, "fault.invalid_text")}
	}
	if n := len([]rune(clean)); n > maxChars {
		return clean, []fault.Field{fault.AtWith(name, "fault.too_long", fault.Args{"Max": maxChars, "Length": n})}
	}
	return clean, nil
}

// Required is Text for a field that must not be empty.
func (f Form) Required(name string, maxChars int) (string, []fault.Field) {
	clean, bad := f.Text(name, maxChars)
	if len(bad) == 0 && clean == "" {
		return "", []fault.Field{fault.At(name, "fault.required")}
	}
	return clean, bad
}

// EndOfDay is the end of a day in the zone, which must be typed, and a refused field for what is none: wrong is the key of what is said
// then.
func (f Form) EndOfDay(name string, zone *time.Location, wrong string) (time.Time, []fault.Field) {
	day, err := time.ParseInLocation(time.DateOnly, f.Raw(name), zone)
	switch {
	case f.Raw(name) == "":
		return time.Time{}, []fault.Field{fault.At(name, "fault.required")}
	case err != nil || day.Year() < 2000 || day.Year() > 2200:
		return time.Time{}, []fault.Field{fault.At(name, wrong)}
	}
	return i18n.EndOfDay(day), nil
}

// Version is the version of what the form was shown with, on which a change follows; zero of what was not written yet. ui.Version
// writes it. Fault: Invalid for what is none, which nobody types.
func (f Form) Version() (int64, error) {
	version, err := strconv.ParseInt(f.Raw("version"), 10, 64)
	if err != nil || version < 0 {
		return 0, fault.Invalid("fault.bad_request")
	}
	return version, nil
}

// Param is a path parameter, decoded once. What does not decode to an honest text is empty and so found nowhere.
func Param(c *fiber.Ctx, name string) string {
	value, err := url.PathUnescape(c.Params(name))
	if err != nil {
		return ""
	}
	if clean, ok := i18n.Clean(value); !ok || clean != value {
		return ""
	}
	return value
}
