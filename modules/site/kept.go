package site

import (
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// kept is a posted form that was not served because its session had ended, or was begun anew since the form was opened.
// Nothing of it is stored: the answer holds it, and it can be sent once more from there.
type kept struct {
	Action string
	Fields []keptField
	Signed bool // whether somebody has signed in since
}

type keptField struct{ Name, Value string }

// longWords is from how many bytes on a text is also shown, so that it can be copied: what somebody would not type twice.
const longWords = 60

func (k kept) long() []keptField {
	return slices.DeleteFunc(slices.Clone(k.Fields), func(f keptField) bool { return len(f.Value) < longWords })
}

// secretFields are what a page must not carry back: forms with one of them are typed anew.
var secretFields = []string{"password", "present"}

// keepable is the posted form if it may be offered to be sent once more: one of this very site, as the browser says, for
// which a person or the person's present token was missing. So another site can put no words into anybody's mouth.
func (s *Site) keepable(c *fiber.Ctx, sc tenants.Scope, f *fault.Fault) (kept, bool) {
	if web.Safe(c.Method()) || web.Fragment(c) || f.Kind != fault.KindUnauthenticated && f.Key != "fault.csrf" {
		return kept{}, false
	}
	if c.Get("Sec-Fetch-Site") != "same-origin" || web.SameOrigin(c, web.Origin(c, s.Secure)) != nil {
		return kept{}, false
	}
	form, err := web.ReadForm(c)
	if err != nil {
		return kept{}, false
	}
	k := kept{Action: web.Local(c.OriginalURL(), "/"), Signed: sc.Actor().Signed()}
	values := form.Values()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if slices.ContainsFunc(secretFields, func(secret string) bool { return strings.Contains(name, secret) }) {
			return kept{}, false
		}
		if name == "_csrf" {
			continue
		}
		for _, value := range values[name] {
			k.Fields = append(k.Fields, keptField{name, value})
		}
	}
	return k, len(k.Fields) > 0
}
