package organizations

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/tenants"
)

// tasks asks people without an organization to register one, and leads to complete a profile.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind.Site() != tenants.KindNetwork || isTeam(sc.Actor()) {
		return nil, nil
	}
	if len(sc.Actor().Grants) == 0 {
		return []site.Task{{Title: loc.T("organizations.task.register"), Hint: loc.T("organizations.task.register_hint"), Href: "/organizations/new"}}, nil
	}
	var tasks []site.Task
	for _, id := range sc.Actor().OrganizationsAs(tenants.RoleLead) {
		o, err := w.service.Organization(ctx, sc, id)
		if err != nil {
			return nil, err
		}
		if !o.Complete() {
			tasks = append(tasks, site.Task{
				Title: loc.T("organizations.task.complete", "Organization", o.Name), Hint: loc.T("organizations.task.complete_hint"), Href: "/organizations/" + id.String() + "/edit",
			})
		}
	}
	return tasks, nil
}

func listOf(p ui.Page, path string, query url.Values, total int) ui.List {
	return ui.List{
		Path: path, Query: query, Search: p.T("organizations.list.search"), Total: total, TotalOf: "organizations.list.total",
		Filters: []ui.Field{
			{Name: "country", Label: p.T("organizations.country"), Options: countries(p)},
			{Name: "form", Label: p.T("organizations.form"), Options: options(p, "organizations.form.", forms()...)},
		},
		Columns: []ui.Column{
			{Label: p.T("organizations.name"), Sort: "name"},
			{Label: p.T("organizations.place")},
			{Label: p.T("organizations.form")},
			{Label: p.T("organizations.fields")},
			{Label: p.T("organizations.since"), Sort: "created"},
		},
	}
}

func table(p ui.Page, all []Organization) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("organizations.name"), p.T("organizations.name_english"), p.T("organizations.form"), p.T("organizations.country"), p.T("organizations.region"), p.T("organizations.city"),
		p.T("organizations.founded"), p.T("organizations.registry"), p.T("organizations.registry_number"), p.T("organizations.fiscal_host"),
		p.T("organizations.website"), p.T("organizations.fields"), p.T("organizations.languages"), p.T("organizations.staff"), p.T("organizations.budget"), p.T("organizations.since"),
	}}
	for _, o := range all {
		var founded any
		if o.Founded != 0 {
			founded = o.Founded
		}
		t.Rows = append(t.Rows, []any{
			o.Name, o.NameEnglish, p.T("organizations.form." + string(o.Form)), o.Country.Name(p.Loc.Locale), regionName(p, o), o.City, founded, registryName(p, o.Registry), o.RegistryNumber,
			o.FiscalHost, o.Website, fieldNames(p, o.Fields), languageNames(p, o.Languages), bandName(p, "organizations.staff.", o.Staff), bandName(p, "organizations.budget.", o.Budget), o.CreatedAt,
		})
	}
	return t
}

// directorySheet is the list as applicants see it.
func directorySheet(p ui.Page, all []Organization) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("organizations.name"), p.T("organizations.name_english"), p.T("organizations.country"), p.T("organizations.region"), p.T("organizations.city"), p.T("organizations.form"),
		p.T("organizations.fields"), p.T("organizations.since"),
	}}
	for _, o := range all {
		t.Rows = append(t.Rows, []any{o.Name, o.NameEnglish, o.Country.Name(p.Loc.Locale), regionName(p, o), o.City, p.T("organizations.form." + string(o.Form)), fieldNames(p, o.Fields), o.CreatedAt})
	}
	return t
}

func forms() []string {
	all := make([]string, len(Forms))
	for i, f := range Forms {
		all[i] = string(f)
	}
	return all
}

// options makes choices of codes whose words stand under the prefix.
func options(p ui.Page, prefix string, codes ...string) []ui.Option {
	all := make([]ui.Option, len(codes))
	for i, c := range codes {
		all[i] = ui.Option{Value: c, Label: p.T(prefix + wordOf(c))}
	}
	return all
}

// wordOf makes the last part of a message key of a code: "51+" becomes "51_plus".
func wordOf(code string) string {
	return strings.ToLower(strings.NewReplacer("-", "_", "+", "_plus").Replace(code))
}

func chosen(all []ui.Option, values []string) []ui.Option {
	for i := range all {
		all[i].Selected = slices.Contains(values, all[i].Value)
	}
	return all
}

func countries(p ui.Page) []ui.Option {
	all := make([]ui.Option, 0, 64)
	for _, c := range geo.Countries(p.Loc.Locale) {
		all = append(all, ui.Option{Value: string(c.Code), Label: c.Name})
	}
	return all
}

func languageOptions(p ui.Page, values []string) []ui.Option {
	namer := display.Languages(p.Loc.Locale.Tag())
	all := make([]ui.Option, 0, len(LanguageList))
	for _, code := range LanguageList {
		all = append(all, ui.Option{Value: code, Label: namer.Name(language.Make(code)), Selected: slices.Contains(values, code)})
	}
	return all
}

func languageNames(p ui.Page, codes []string) string {
	var names []string
	for _, o := range languageOptions(p, codes) {
		if o.Selected {
			names = append(names, o.Label)
		}
	}
	return strings.Join(names, ", ")
}

func fieldNames(p ui.Page, codes []string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = p.T("organizations.field." + c)
	}
	return strings.Join(names, ", ")
}

func bandName(p ui.Page, prefix, code string) string {
	if code == "" {
		return ""
	}
	return p.T(prefix + wordOf(code))
}

func registryName(p ui.Page, code string) string {
	if code == "" {
		return ""
	}
	return p.T("organizations.registry." + wordOf(code))
}

func place(p ui.Page, o Organization) string { return o.City + ", " + o.Country.Name(p.Loc.Locale) }

// countryField is the choice of the country, which suggestions of towns heed and fill.
func countryField(p ui.Page, v view) ui.Field {
	return ui.Field{
		Name: "country", Label: p.T("organizations.country"), Value: string(v.Organization.Country), Error: ui.FieldError(p, v.Fault, "country"), Options: countries(p),
		Empty: p.T("organizations.choose"), Required: true, Attributes: templ.Attributes{"data-suggest-part": "country"},
	}
}

// townsLookUp is where towns are suggested from, and which one was chosen.
func townsLookUp(o Organization) ui.LookUp {
	l := ui.LookUp{From: "/places", Name: "place"}
	if o.Place != 0 {
		l.Chosen = strconv.Itoa(o.Place)
	}
	return l
}

// regionText is the region of an organization, or why it is not known.
func regionText(p ui.Page, o Organization) string {
	switch region := o.Region(); {
	case region != "":
		return region.Name(p.Loc.Locale)
	case len(geo.RegionsOf(o.Country)) == 0:
		return p.T("organizations.region_none")
	default:
		return p.T("organizations.region_unknown")
	}
}

// regionName is the name of an organization's region for a file; empty where it is not known.
func regionName(p ui.Page, o Organization) string {
	if o.Region() == "" {
		return ""
	}
	return o.Region().Name(p.Loc.Locale)
}

// terms is the profile, line by line; what is not told is left away.
func terms(p ui.Page, o Organization) []ui.Term {
	founded := ""
	if o.Founded != 0 {
		founded = viewOf(o).Founded
	}
	var all []ui.Term
	for _, t := range []ui.Term{
		{Label: p.T("organizations.name_english"), Text: o.NameEnglish, Lang: "en"},
		{Label: p.T("organizations.form"), Text: p.T("organizations.form." + string(o.Form))},
		{Label: p.T("organizations.place"), Text: place(p, o)},
		{Label: p.T("organizations.region"), Text: regionText(p, o)},
		{Label: p.T("organizations.founded"), Text: founded},
		{Label: registryName(p, o.Registry), Text: o.RegistryNumber},
		{Label: p.T("organizations.fiscal_host"), Text: o.FiscalHost},
		{Label: p.T("organizations.website"), Text: o.Website},
		{Label: p.T("organizations.about"), Text: o.About},
		{Label: p.T("organizations.fields"), Text: fieldNames(p, o.Fields)},
		{Label: p.T("organizations.languages"), Text: languageNames(p, o.Languages)},
		{Label: p.T("organizations.staff"), Text: bandName(p, "organizations.staff.", o.Staff)},
		{Label: p.T("organizations.budget"), Text: bandName(p, "organizations.budget.", o.Budget)},
	} {
		if t.Text != "" {
			all = append(all, t)
		}
	}
	return all
}

// labels are those of the profile's fields, for the summary of what is wrong.
func labels(p ui.Page) []string {
	var pairs []string
	for _, name := range []string{
		"name", "name_english", "form", "country", "city", "founded", "website", "registry", "registry_number", "fiscal_host", "about", "fields", "languages", "staff", "budget",
	} {
		pairs = append(pairs, name, p.T("organizations."+name))
	}
	return pairs
}
