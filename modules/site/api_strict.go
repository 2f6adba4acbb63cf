package site

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// mostRefused bounds how many wrong parameters one answer names.
const mostRefused = 20

// strict refuses a body, which no operation has, parameters that the operation does not know or that come twice, and
// values that no honest text has.
func (o *operation) strict(c *fiber.Ctx) error {
	if len(c.Request().Body()) > 0 {
		return fault.Invalid("site.api.body")
	}
	var bad []fault.Field
	var seen []string
	for name, value := range c.Request().URI().QueryArgs().All() {
		var key string
		p := o.parameter(string(name))
		switch {
		case p == nil:
			key = "site.api.unknown"
		case slices.Contains(seen, p.Name):
			key = "site.api.twice"
		case !honest(value):
			key = "fault.invalid_text"
		default:
			seen = append(seen, p.Name)
			continue
		}
		if len(bad) < mostRefused {
			bad = append(bad, fault.At(shown(name), key))
		}
	}
	if len(bad) > 0 {
		return fault.Invalid("site.api.parameters", bad...)
	}
	return nil
}

func (o *operation) parameter(name string) *huma.Param {
	for _, p := range o.doc.Parameters {
		if p.In == "query" && p.Name == name {
			return p
		}
	}
	return nil
}

func honest(value []byte) bool {
	_, ok := i18n.Clean(string(value))
	return ok
}

// shown is a stranger's parameter name as it may be repeated to them.
func shown(name []byte) string {
	text := strings.ToValidUTF8(string(name), "\ufffd")
	if utf8.RuneCountInString(text) > 60 {
		text = string([]rune(text)[:60])
	}
	return text
}

// refused makes the house's fault of what the library refused. What is wrong with a path names nothing that exists.
func (o *operation) refused(c *fiber.Ctx) error {
	model, ok := c.Locals(refusalKey).(*huma.ErrorModel)
	if !ok || len(model.Errors) == 0 {
		return fault.Internal(fmt.Errorf("site: %s answered %d", o.Path, c.Response().StatusCode()))
	}
	var bad []fault.Field
	for _, e := range model.Errors {
		place, name, _ := strings.Cut(e.Location, ".")
		if place != "query" {
			return fault.NotFound()
		}
		bad = append(bad, wrong(o.parameter(name)))
	}
	return fault.Invalid("site.api.parameters", bad...)
}

// wrong says what a parameter may be.
func wrong(p *huma.Param) fault.Field {
	s := p.Schema
	switch {
	case len(s.Enum) > 0:
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = fmt.Sprint(v)
		}
		return fault.AtWith(p.Name, "site.api.one_of", fault.Args{"Values": strings.Join(values, ", ")})
	case s.Type == huma.TypeInteger && s.Minimum != nil && s.Maximum != nil:
		return fault.AtWith(p.Name, "site.api.whole_number", fault.Args{"Low": number(*s.Minimum), "High": number(*s.Maximum)})
	case s.Type == huma.TypeBoolean:
		return fault.At(p.Name, "site.api.true_or_false")
	case s.Format == "uuid":
		return fault.At(p.Name, "site.api.identifier")
	case s.Format == "date-time":
		return fault.At(p.Name, "site.api.instant")
	case s.MaxLength != nil:
		return fault.AtWith(p.Name, "site.api.too_long", fault.Args{"Max": *s.MaxLength})
	default:
		return fault.At(p.Name, "site.api.text")
	}
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// BadCursor refuses a cursor that no page before gave.
func BadCursor() *fault.Fault {
	return fault.Invalid("site.api.parameters", fault.At("after", "site.api.cursor"))
}
