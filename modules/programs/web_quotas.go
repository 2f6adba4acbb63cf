package programs

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
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
	asked, err := w.service.Definition(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	return w.site.Render(c, quotasPage(w.site.Page(c, sc, "programs.quotas.title"), call, asked, call.Review.Topic, typed{}))
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
	asked, err := w.service.Definition(c.UserContext(), sc, call)
	if err != nil {
		return err
	}
	quotas, bad := readQuotas(form)
	regions, unclear := readRegions(form, call.Places)
	topic := form.Raw("topic_question")
	ranges, wrong := readRanges(form, topicsOf(asked, topic))
	call.Version = shown
	if form.Raw("do") == "topics" {
		return w.site.Render(c, quotasPage(w.site.Page(c, sc, "programs.quotas.title"), call, asked, topic, typedIn(form)))
	}
	if err = checked(slices.Concat(bad, unclear, wrong)); err == nil {
		err = w.service.Limit(c.UserContext(), sc, id, shown, slices.Concat(quotas, regions, ranges), topic)
	}
	if err != nil {
		return w.refuse(c, sc, err, form, "programs.quotas.title", func(p ui.Page, t typed) templ.Component { return quotasPage(p, call, asked, topic, t) })
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

func quotaLabels(p ui.Page, rows []quotaRow, regions []regionRow, d *forms.Definition, topics []forms.Option) []string {
	labels := []string{"each", p.T("programs.quotas.each"), "topic_question", p.T("programs.quotas.topic_question")}
	for _, q := range rangesOf(topics) {
		least, most := rangeNames(q)
		name := rangeName(p, q, d.Locales...)
		labels = append(labels, least, name+": "+p.T("programs.quotas.least"), most, name+": "+p.T("programs.quotas.topmost"))
	}
	for i := range rows {
		at := strconv.Itoa(i)
		labels = append(labels, "country_"+at, p.T("programs.quotas.country"), "most_"+at, p.T("programs.quotas.most"))
	}
	return append(labels, regionLabels(p, regions)...)
}

// quotaText says the quotas of countries in one line.
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

// rangesText says the quotas of one side in one line.
func rangesText(p ui.Page, quotas []blueprints.Quota, side blueprints.Side) string {
	var parts []string
	for _, q := range blueprints.By(side, quotas) {
		words := rangeText(p, q)
		if side != blueprints.SideFirst {
			words = rangeName(p, q) + ": " + words
		}
		parts = append(parts, words)
	}
	return strings.Join(parts, " · ")
}

// rangeName is what a quota with a least and a most goes by.
func rangeName(p ui.Page, q blueprints.Quota, in ...i18n.Locale) string {
	switch side, _ := q.Side(); side {
	case blueprints.SideRegion:
		return q.RegionNames(p.Loc, 0)
	case blueprints.SideKind:
		return blueprints.LegalForm(p.Loc.Locale, q.Kind)
	case blueprints.SideFirst:
		return p.T("programs.quotas.first")
	default:
		return q.Name.String(p.Loc.Locale, append(in, i18n.All...)...)
	}
}

// rangeText says how many places a quota with a least and a most wants and allows.
func rangeText(p ui.Page, q blueprints.Quota) string {
	switch {
	case q.Most == 0:
		return p.T("programs.quotas.range_least", "Least", p.Loc.Int(q.Least))
	case q.Least == 0:
		return p.T("programs.quotas.range_most", "Most", p.Loc.Int(q.Most))
	case q.Least == q.Most:
		return p.T("programs.quotas.range_exactly", "Most", p.Loc.Int(q.Most))
	default:
		return p.T("programs.quotas.range_between", "Least", p.Loc.Int(q.Least), "Most", p.Loc.Int(q.Most))
	}
}

// topicsOf are the topics that a question offers; none where it cannot say the topic.
func topicsOf(d *forms.Definition, question string) []forms.Option {
	for _, q := range blueprints.TopicQuestions(d) {
		if q.Key == question {
			return q.Options
		}
	}
	return nil
}

// rangesOf are all quotas with a least and a most that there can be, without their numbers.
func rangesOf(topics []forms.Option) []blueprints.Quota {
	var all []blueprints.Quota
	for _, o := range blueprints.Kinds() {
		all = append(all, blueprints.Quota{Kind: o.Value})
	}
	all = append(all, blueprints.Quota{First: true})
	for _, o := range topics {
		all = append(all, blueprints.Quota{Topic: o.Value, Name: o.Label})
	}
	return all
}

// readRanges reads the numbers of legal forms, first-timers and topics; those without any are passed over.
func readRanges(form web.Form, topics []forms.Option) ([]blueprints.Quota, []fault.Field) {
	var quotas []blueprints.Quota
	var bad []fault.Field
	read := func(name string) int {
		n, wrong := readNumber(form, name)
		bad = append(bad, wrong...)
		return n
	}
	for _, q := range rangesOf(topics) {
		least, most := rangeNames(q)
		if q.Least, q.Most = read(least), read(most); q.Least != 0 || q.Most != 0 {
			quotas = append(quotas, q)
		}
	}
	return quotas, bad
}

// fixed are the sides of which the page has a row for each quota that there can be.
var fixed = []blueprints.Side{blueprints.SideKind, blueprints.SideFirst, blueprints.SideTopic}

// readNumber reads a number that may be left out: then it is 0.
func readNumber(form web.Form, name string) (int, []fault.Field) {
	if strings.TrimSpace(form.Raw(name)) == "" {
		return 0, nil
	}
	return number(form, name)
}

// keptRange are the numbers of a quota as the page shows them.
func keptRange(c Call, of blueprints.Quota) (least, most string) {
	name, _ := rangeNames(of)
	for _, side := range fixed {
		for _, q := range blueprints.By(side, c.Quotas) {
			if kept, _ := rangeNames(q); kept == name {
				return count(q.Least), count(q.Most)
			}
		}
	}
	return "", ""
}

func topicOptions(p ui.Page, d *forms.Definition) []ui.Option {
	var all []ui.Option
	for _, q := range blueprints.TopicQuestions(d) {
		all = append(all, ui.Option{Value: q.Key, Label: q.Label.String(p.Loc.Locale, d.Locales...)})
	}
	return all
}
