package site

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// mostPlaces is how many places are suggested at once.
const mostPlaces = 10

// places suggests towns of the gazetteer for what somebody types (q), of one country where there is one (country), named in
// the language of the address. The gazetteer is the same for everybody, and public.
func (s *Site) places(c *fiber.Ctx, sc tenants.Scope) error {
	query, loc := web.Query(c), s.Localizer(c, sc)
	typed := query.Raw("q")
	if len([]rune(typed)) > i18n.MostSearched {
		typed = ""
	}
	found := ui.Suggestions{Items: []ui.Suggestion{}}
	for _, p := range geo.Search(typed, geo.Country(query.Raw("country")), mostPlaces) {
		found.Items = append(found.Items, suggested(loc, p))
	}
	found.Said = loc.N("site.places.found", len(found.Items))
	c.Set(fiber.HeaderCacheControl, "private, max-age=3600")
	c.Set(fiber.HeaderVary, "Cookie, Accept-Language")
	return c.JSON(found)
}

func suggested(loc *i18n.Localizer, p *geo.Place) ui.Suggestion {
	var where []string
	if p.Region != "" && !p.Called(p.Region.Own()) {
		where = append(where, p.Region.Name(loc.Locale))
	}
	where = append(where, p.Country.Name(loc.Locale))
	return ui.Suggestion{Value: strconv.Itoa(p.ID), Text: p.Name(loc.Locale), Note: strings.Join(where, ", "), Fills: map[string]string{"country": string(p.Country)}}
}
