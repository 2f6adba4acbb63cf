package matching

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

const pageSize = 30

func (w *Web) directory(c *fiber.Ctx, sc tenants.Scope) error {
	form := web.Query(c)
	a, err := w.acting(c, sc, form.Raw("for"))
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.directory.title")
	q := readQuery(form)
	q.For, q.Limit, q.Locale = a.Own.ID, pageSize, p.Loc.Locale
	format, exported := sheets.ParseFormat(form.Raw("format"))
	if exported {
		q.After, q.Limit = ids.Organization{}, 0
	}
	found, in, err := w.service.Directory(c.UserContext(), sc, q)
	if err != nil {
		return err
	}
	if !in {
		return w.site.Render(c, outsidePage(p, a, w.service.MayEdit(sc, a.Own.ID)))
	}
	if exported {
		return w.site.Sheet(c, p, directorySheet(p, found.All), format)
	}
	l := listOf(p, &a, form.Values())
	l.Total, l.First, l.Empty, l.Exports = found.Total, form.Raw("after") == "", len(found.All) == 0, true
	if !found.Next.IsZero() {
		l.Next = found.Next.String()
	}
	return w.site.Render(c, directoryPage(p, a, found.All, l))
}

// listOf is the directory with what finds and orders it.
func listOf(p ui.Page, a *acting, values map[string][]string) ui.List {
	l := ui.List{
		Path: directoryPath, Query: values, Search: p.T("matching.directory.search"), TotalOf: "matching.directory.total", Filters: cardFilters(p, !a.Own.ID.IsZero()),
		Columns: []ui.Column{{Label: p.T("matching.organization"), Sort: ByName}, {Label: p.T("matching.offers")}, {Label: p.T("matching.needs")}},
	}
	if !a.Own.ID.IsZero() {
		l.Columns = append(l.Columns, ui.Column{Label: p.T("matching.fit.title"), Sort: ByFit})
	}
	if a.query() != "" {
		l.Keep = []string{"for"}
	}
	return l
}

// cardFilters find organizations by what their cards say; by what fits to one's own where somebody looks for one.
func cardFilters(p ui.Page, own bool) []ui.Field {
	offers, needs := topicOptions(p), topicOptions(p)
	if own {
		offers = append([]ui.Option{{Value: Ours, Label: p.T("matching.directory.what_we_need")}}, offers...)
		needs = append([]ui.Option{{Value: Ours, Label: p.T("matching.directory.what_we_offer")}}, needs...)
	}
	var hosts []ui.Option
	for _, n := range []int{1, 2, 4, 8} {
		hosts = append(hosts, ui.Option{Value: strconv.Itoa(n), Label: p.N("matching.directory.hosts_at_least", n)})
	}
	return []ui.Field{
		{Name: "offers", Label: p.T("matching.directory.offers"), Options: offers},
		{Name: "needs", Label: p.T("matching.directory.needs"), Options: needs},
		{Name: "country", Label: p.T("matching.country"), Options: countryOptions(p, nil)},
		{Name: "language", Label: p.T("matching.directory.language"), Options: languageOptions(p, nil)},
		{Name: "size", Label: p.T("matching.size"), Options: sizeOptions(p, nil)},
		{Name: "hosts", Label: p.T("matching.directory.hosts"), Options: hosts},
		{Name: "from", Label: p.T("matching.directory.from"), Type: "date"},
		{Name: "until", Label: p.T("matching.directory.until"), Type: "date"},
	}
}

// directorySheet is the directory as a table to be taken away.
func directorySheet(p ui.Page, all []Listed) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("matching.organization"), p.T("matching.country"), p.T("matching.city"), p.T("matching.kind"), p.T("matching.size"), p.T("matching.offers"), p.T("matching.needs"),
		p.T("matching.card.languages"), p.T("matching.card.from"), p.T("matching.card.until"), p.T("matching.card.hosts"), p.T("matching.card.about"), p.T("matching.card.wished"),
	}}
	for i := range all {
		l := &all[i]
		t.Rows = append(t.Rows, []any{
			l.Name, l.Country.Name(p.Loc.Locale), l.City, kindName(p, l.Form), sizeName(p, l.Size), topicNames(p, l.Card.Offers), topicNames(p, l.Card.Needs),
			languageNames(p, l.Card.Languages), dayOf(l.Card.From), dayOf(l.Card.Until), l.Card.Hosts, l.Card.About, l.Card.Wished,
		})
	}
	return t
}

func (w *Web) meet(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := organizationOf(web.Param(c, "organization"))
	if err != nil {
		return err
	}
	a, err := w.acting(c, sc, web.Query(c).Raw("for"))
	if err != nil {
		return err
	}
	v, err := w.meeting(c, sc, a, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "matching.directory.title")
	p.Title = v.Other.Name
	return w.site.Render(c, meetingPage(p, v))
}

// meeting is an organization's page as another one sees it.
type meeting struct {
	Meeting
	Wishes

	As      acting
	MayWish bool
	Typed   string // the reason for ruling out
	Fault   *fault.Fault

	MayWrite bool
	Thread   ids.Thread // in which both write already; zero: there is none
	Body     string     // of a message
	Unsent   *fault.Fault
}

func (w *Web) meeting(c *fiber.Ctx, sc tenants.Scope, a acting, other ids.Organization) (meeting, error) {
	m, err := w.service.Meet(c.UserContext(), sc, a.Own.ID, other)
	v := meeting{Meeting: m, As: a}
	if err != nil || m.Preview || a.Own.ID.IsZero() {
		return v, err
	}
	v.MayWish = w.service.MayWish(sc, a.Own.ID)
	if v.Wishes, err = w.service.Wishes(c.UserContext(), sc, a.Own.ID); err != nil {
		return v, err
	}
	v.MayWrite = w.service.MayWrite(sc, a.Own.ID)
	v.Thread, err = w.service.Between(c.UserContext(), sc, a.Own.ID, other)
	return v, err
}
