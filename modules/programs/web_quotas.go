package programs

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// moreRows is how many empty rows stand below the countries that are named.
const moreRows = 3

func (w *Web) quotasForm(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, err := w.service.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	return w.site.Render(c, quotasPage(w.site.Page(c, sc, "programs.quotas.title"), call, typed{}))
}

func (w *Web) limit(c *fiber.Ctx, sc tenants.Scope) error {
	id, form, shown, err := posted(c)
	if err != nil {
		return err
	}
	call, err := w.service.Call(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	quotas, bad := readQuotas(form)
	call.Version = shown
	if err = checked(bad); err == nil {
		err = w.service.Limit(c.UserContext(), sc, id, shown, quotas)
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.quotas.title", func(p ui.Page, t typed) templ.Component { return quotasPage(p, call, t) })
	}
	w.site.Say(c, "success", "programs.saved")
	return web.SeeOther(c, address(id, "rules"))
}

// readQuotas reads the number for each country and those of single ones; rows that are empty are passed over.
func readQuotas(form web.Form) ([]blueprints.Quota, []fault.Field) {
	var quotas []blueprints.Quota
	var bad []fault.Field
	if strings.TrimSpace(form.Raw("each")) != "" {
		most, wrong := number(form, "each")
		bad = append(bad, wrong...)
		quotas = append(quotas, blueprints.Quota{Most: most})
	}
	var at []int
	for i := range MostQuotas + moreRows {
		row := strconv.Itoa(i)
		country, typed := form.Raw("country_"+row), strings.TrimSpace(form.Raw("most_"+row))
		if country == "" && typed == "" {
			continue
		}
		most, wrong := number(form, "most_"+row)
		bad = append(bad, wrong...)
		if country == "" {
			bad = append(bad, fault.At("country_"+row, "fault.choose"))
			continue
		}
		quotas, at = append(quotas, blueprints.Quota{Country: country, Most: most}), append(at, i)
	}
	if len(bad) == 0 {
		bad = checkQuotas(quotas, func(named int) int { return at[named] })
	}
	return quotas, bad
}

// quotaRow is one row of the page.
type quotaRow struct{ Country, Most string }

// quotaRows are the rows as they were typed, or as they are kept, with empty ones below.
func quotaRows(c Call, t typed) []quotaRow {
	_, named := parted(c.Quotas)
	var rows []quotaRow
	for i := range MostQuotas + moreRows {
		var kept quotaRow
		if i < len(named) {
			kept = quotaRow{named[i].Country, strconv.Itoa(named[i].Most)}
		}
		at := "_" + strconv.Itoa(i)
		row := quotaRow{t.or("country"+at, kept.Country), t.or("most"+at, kept.Most)}
		if i >= len(named)+moreRows && row == (quotaRow{}) {
			break
		}
		rows = append(rows, row)
	}
	return rows
}

func quotaLabels(p ui.Page, rows []quotaRow) []string {
	labels := []string{"each", p.T("programs.quotas.each")}
	for i := range rows {
		at := strconv.Itoa(i)
		labels = append(labels, "country_"+at, p.T("programs.quotas.country"), "most_"+at, p.T("programs.quotas.most"))
	}
	return labels
}

// quotaText says the quotas in one line.
func quotaText(p ui.Page, quotas []blueprints.Quota) string {
	each, named := parted(quotas)
	var parts []string
	for _, q := range named {
		parts = append(parts, geo.Country(q.Country).Name(p.Loc.Locale)+": "+p.Loc.Int(q.Most))
	}
	switch {
	case each > 0 && len(named) == 0:
		parts = append(parts, p.T("programs.quotas.all_text", "Count", p.Loc.Int(each)))
	case each > 0:
		parts = append(parts, p.T("programs.quotas.other_text", "Count", p.Loc.Int(each)))
	}
	return strings.Join(parts, " · ")
}
