package organizations

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/web"
)

// view is the profile's form as it is shown: what was typed, and what is wrong with it.
type view struct {
	Organization Organization
	Founded      string // as typed
	Similar      []Organization
	Return       string // where to go on when it is registered; empty: to its profile
	Fault        *fault.Fault
}

func viewOf(o Organization) view {
	v := view{Organization: o}
	if o.Founded != 0 {
		v.Founded = strconv.Itoa(o.Founded)
	}
	return v
}

func read(form web.Form) (view, []fault.Field) {
	var bad []fault.Field
	text := func(name string, limit int) string {
		s, refused := form.Text(name, limit)
		if refused != nil {
			bad = append(bad, refused...)
			return form.Raw(name)
		}
		return s
	}
	o := Organization{
		Name: text("name", maxName), NameEnglish: text("name_english", maxName), Form: Form(form.Raw("form")),
		Country: geo.Country(form.Raw("country")), City: text("city", maxShort), Registry: form.Raw("registry"),
		RegistryNumber: text("registry_number", maxShort), FiscalHost: text("fiscal_host", maxName), Website: text("website", 300),
		About: text("about", maxAbout), Fields: form.All("fields"), Languages: form.All("languages"), Staff: form.Raw("staff"), Budget: form.Raw("budget"),
	}
	o.Place, _ = strconv.Atoi(form.Raw("place"))
	v := view{Organization: o, Founded: form.Raw("founded"), Return: web.Local(form.Raw("return"), "")}
	year, ok := parseYear(strings.TrimSpace(form.Raw("founded")))
	if !ok {
		bad = append(bad, fault.At("founded", "organizations.founded_wrong"))
	}
	v.Organization.Founded = year
	return v, merged(bad, v.Organization)
}

// merged adds to what cannot be read what the profile's rules refuse, so that everything is said at once, in the order of
// the form.
func merged(bad []fault.Field, o Organization) []fault.Field {
	if len(bad) == 0 {
		return nil
	}
	o.RegistryNumber = normalNumber(o.Registry, o.RegistryNumber)
	for _, more := range o.check(time.Now().Year()) {
		if !slices.ContainsFunc(bad, func(f fault.Field) bool { return f.Name == more.Name }) {
			bad = append(bad, more)
		}
	}
	order := []string{"name", "name_english", "form", "country", "city", "founded", "website", "registry", "registry_number", "fiscal_host", "about"}
	slices.SortStableFunc(bad, func(a, b fault.Field) int { return slices.Index(order, a.Name) - slices.Index(order, b.Name) })
	return bad
}

func readQuery(values url.Values) Query {
	q := Query{Search: values.Get("q"), After: values.Get("after"), Sort: values.Get("sort"), Desc: values.Get("desc") != ""}
	if c, ok := geo.ParseCountry(values.Get("country")); ok {
		q.Country = c
	}
	for _, f := range Forms {
		if string(f) == values.Get("form") {
			q.Form = f
		}
	}
	return q
}
