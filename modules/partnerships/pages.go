package partnerships

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/tenants"
)

// tasks tells coordinators which partnerships rest and how many nobody accompanies, and an organization's people that theirs stands.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	news, err := w.service.News(ctx, sc)
	if err != nil {
		return nil, err
	}
	tasks := make([]site.Task, 0, len(news))
	for _, p := range news {
		task := site.Task{Title: loc.T("partnerships.task.new", "Title", p.Title), Hint: loc.T("partnerships.task.new_hint"), Href: address(p.ID), Tone: "success"}
		if p.State == Paused {
			task = site.Task{Title: loc.T("partnerships.task.paused", "Title", p.Title), Hint: loc.T("partnerships.task.paused_hint"), Href: address(p.ID)}
		} else if !p.Facilitator.IsZero() && p.Facilitator == sc.Actor().Person {
			task.Title, task.Hint = loc.T("partnerships.task.accompanied", "Title", p.Title), loc.T("partnerships.task.accompanied_hint")
		}
		tasks = append(tasks, task)
	}
	alone, err := w.service.Unaccompanied(ctx, sc)
	if err != nil {
		return nil, err
	}
	if alone > 0 {
		tasks = append(tasks, site.Task{Title: loc.N("partnerships.task.unaccompanied", alone), Hint: loc.T("partnerships.task.unaccompanied_hint"), Href: "/partnerships?accompanied=no"})
	}
	if !sc.Actor().Has(tenants.RoleLead) {
		return tasks, nil
	}
	waiting, err := w.service.Waiting(ctx, sc)
	if err != nil {
		return nil, err
	}
	for _, p := range waiting {
		tasks = append(tasks, site.Task{Title: loc.T("partnerships.task.presentation", "Title", p.Title), Hint: loc.T("partnerships.task.presentation_hint"), Href: address(p.ID) + "/presentation"})
	}
	awaited, err := w.service.Awaited(ctx, sc)
	for _, r := range awaited {
		tasks = append(tasks, site.Task{Title: loc.T("partnerships.task.replacement"), Hint: loc.T("partnerships.task.replacement_hint"), Href: replacementAddress(&r), Due: r.Until})
	}
	return tasks, err
}

func stateOptions(p ui.Page) []ui.Option {
	all := make([]ui.Option, len(States))
	for i, s := range States {
		all[i] = ui.Option{Value: string(s), Label: stateName(p, s)}
	}
	return all
}

func stateName(p ui.Page, s State) string { return p.T("partnerships.state." + string(s)) }

func stateTone(s State) string {
	switch s {
	case Accepted, Agreed, Active:
		return "success"
	case Proposed:
		return "info"
	case Paused:
		return "warning"
	case EndedEarly:
		return "danger"
	case Completed:
	}
	return "neutral"
}

func listOf(p ui.Page, query url.Values, total int) ui.List {
	return ui.List{
		Path: "/partnerships", Query: query, Search: p.T("partnerships.list.search"), Total: total, TotalOf: "partnerships.list.total", Exports: true,
		Filters: []ui.Field{
			{Name: "state", Label: p.T("partnerships.state"), Options: stateOptions(p)},
			{Name: "accompanied", Label: p.T("partnerships.guide"), Options: []ui.Option{{Value: "no", Label: p.T("partnerships.unaccompanied")}}},
		},
		Columns: []ui.Column{
			{Label: p.T("partnerships.title"), Sort: "title"},
			{Label: p.T("partnerships.organizations")},
			{Label: p.T("partnerships.state")},
			{Label: p.T("partnerships.guide")},
			{Label: p.T("partnerships.grant"), Numeric: true},
			{Label: p.T("partnerships.since"), Sort: "since"},
		},
	}
}

func table(p ui.Page, all []Listed) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("partnerships.number"), p.T("partnerships.title"), p.T("partnerships.call"), p.T("partnerships.organizations"), p.T("partnerships.countries"),
		p.T("partnerships.state"), p.T("partnerships.grant"), p.T("partnerships.since"), p.T("partnerships.guide"),
	}}
	for _, one := range all {
		var names, countries []string
		for _, id := range one.Organizations() {
			names, countries = append(names, one.Cards[id].Name), append(countries, one.Cards[id].Country.Name(p.Loc.Locale))
		}
		t.Rows = append(t.Rows, []any{
			one.Number, one.Title, one.CallTitle.String(p.Loc.Locale), strings.Join(names, "; "), strings.Join(countries, "; "), stateName(p, one.State),
			grant(p, &one.Partnership), one.Since, one.Guide.Name,
		})
	}
	return t
}

func grant(p ui.Page, one *Partnership) string {
	if one.GrantMinor == 0 || one.GrantCurrency == "" {
		return ""
	}
	return forms.MoneyText(p.Loc, forms.Money{Minor: one.GrantMinor, Currency: one.GrantCurrency})
}

func place(p ui.Page, o Organization) string {
	return o.City + ", " + o.Country.Name(p.Loc.Locale)
}

func facts(p ui.Page, w Whole, actor tenants.Actor) []ui.Term {
	title, found := w.CallTitle.In(p.Loc.Locale)
	call := ui.Term{Label: p.T("partnerships.call"), Text: title}
	if found != p.Loc.Locale {
		call.Lang = string(found)
	}
	var all []ui.Term
	for _, t := range []ui.Term{
		{Label: p.T("partnerships.number"), Text: w.Number, Component: number(w, actor)},
		call,
		{Label: p.T("partnerships.grant"), Text: grant(p, &w.Partnership)},
		{Label: p.T("partnerships.since"), Text: p.Loc.Date(w.Since)},
	} {
		if t.Text != "" {
			all = append(all, t)
		}
	}
	return all
}

// names are those of the partnership's organizations, in the order of their seats.
func names(one Listed) []string {
	var all []string
	for _, id := range one.Organizations() {
		all = append(all, one.Cards[id].Name)
	}
	return all
}

// stepsOf are the lines of the history, the newest first: how the partnership moved, and who accompanied it.
func stepsOf(p ui.Page, w Whole) []ui.Step {
	type line struct {
		at          time.Time
		by          ids.Person
		title, text string
	}
	lines := make([]line, 0, len(w.History)+2*len(w.Companions))
	for _, c := range w.Companions {
		name := w.Actors[c.Person]
		if c.Ending != "" && c.Ending != Changed || c.Ending == Changed && c.EndingReason != "" {
			lines = append(lines, line{c.EndedAt, c.EndedBy, p.T("partnerships.ending_of."+string(c.Ending), "Name", name), c.EndingReason})
		}
		lines = append(lines, line{c.Since, c.By, p.T("partnerships.accompanies", "Name", name), c.Reason})
	}
	for _, c := range w.History {
		lines = append(lines, line{c.At, c.By, stateName(p, c.State), c.Reason})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return b.at.Compare(a.at) })
	steps := make([]ui.Step, len(lines))
	for i, l := range lines {
		when := p.Loc.ShortDateTime(l.at)
		if name := w.Actors[l.by]; !l.by.IsZero() && name != "" {
			when += " · " + name
		}
		steps[i] = ui.Step{Title: l.title, When: when, Text: l.text}
	}
	return steps
}

func crumbs(p ui.Page, w Whole, last string) []ui.Crumb {
	all := []ui.Crumb{{Label: p.T("partnerships.list.title"), Href: "/partnerships"}}
	if last != "" {
		return append(all, ui.Crumb{Label: w.Title, Href: address(w.ID)}, ui.Crumb{Label: last})
	}
	return append(all, ui.Crumb{Label: w.Title})
}

// home is the list from which the actor came to a partnership.
func home(p ui.Page, w Whole, actor tenants.Actor) []ui.Crumb {
	all := crumbs(p, w, "")
	if w.Accompanies || mine(w, actor) {
		all[0] = ui.Crumb{Label: p.T("partnerships.mine.title"), Href: "/my-partnerships"}
	}
	return all
}

func mine(w Whole, actor tenants.Actor) bool {
	for _, id := range actor.OrganizationsAs() {
		for _, s := range w.Seats {
			if s.Organization == id {
				return true
			}
		}
	}
	return false
}

// mailto is an address to write to everybody whose address is known.
func mailto(w Whole, but ids.Person) string {
	var all []string
	for _, s := range w.Seats {
		for _, m := range w.Members[s.Organization] {
			if m.Email != "" && m.Person != but {
				all = append(all, url.PathEscape(m.Email))
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "mailto:" + strings.Join(all, ",")
}

// ranking is where those who could take a seat are ranked by what fits.
func ranking(id ids.Partnership, seat string) string {
	return "/rounds/replacements/" + id.String() + "?seat=" + url.QueryEscape(seat)
}
