package oversight

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/policies"
	"kervan/tenants"
)

func address(n *Network) string { return "/networks/" + n.Tenant.ID.String() }

// tasks tells the core team which networks need it: those that could not be opened, and those that are ready to go live.
func (w *Web) tasks(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if sc.Tenant().Kind != tenants.KindCore || !w.service.policies.MayEver(sc.Actor(), policies.NetworkList) {
		return nil, nil
	}
	b, err := w.service.Networks(ctx, sc, Query{Locale: loc.Locale})
	if err != nil {
		return nil, err
	}
	steers := w.service.policies.MayEver(sc.Actor(), policies.NetworkSteer)
	if len(b.Networks) == 0 && steers {
		return []site.Task{{Title: loc.T("oversight.task.first"), Hint: loc.T("oversight.networks.empty_text"), Href: "/networks/new"}}, nil
	}
	tasks, err := w.aside(ctx, sc, loc)
	if err != nil {
		return nil, err
	}
	for i := range b.Networks {
		n := &b.Networks[i]
		needs := n.Readiness()
		switch {
		case n.Progress.Failed:
			tasks = append(tasks, site.Task{Title: loc.T("oversight.task.failed", "Network", n.Tenant.Name), Hint: loc.T("oversight.task.failed_hint"), Href: address(n), Tone: "danger"})
		case steers && n.Tenant.Status == tenants.StatusOnboarding && Met(needs) == len(needs)-1:
			tasks = append(tasks, site.Task{Title: loc.T("oversight.task.ready", "Network", n.Tenant.Name), Hint: loc.T("oversight.task.ready_hint"), Href: address(n)})
		case steers && n.Tenant.Status == tenants.StatusOnboarding && n.Ready() && n.Figures.People[tenants.RoleCoordinator] == 0 && time.Since(n.Progress.EndedAt) > 3*24*time.Hour:
			tasks = append(tasks, site.Task{Title: loc.T("oversight.task.silent", "Network", n.Tenant.Name), Hint: loc.T("oversight.task.silent_hint"), Href: address(n)})
		}
	}
	return tasks, nil
}

// aside tells operators that work was set aside.
func (w *Web) aside(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]site.Task, error) {
	if !w.service.policies.MayEver(sc.Actor(), policies.JobRetry) {
		return nil, nil
	}
	work, err := w.service.Work(ctx, sc)
	if err != nil || work.SetAside == 0 {
		return nil, err
	}
	return []site.Task{{Title: loc.N("oversight.task.aside", work.SetAside), Hint: loc.T("oversight.task.aside_hint"), Href: "/jobs", Tone: "danger"}}, nil
}

func jobID(id int64) string { return strconv.FormatInt(id, 10) }

func place(p ui.Page, f Failure) string {
	switch {
	case f.Network != "":
		return f.Network
	case f.Room != "":
		return p.T("oversight.work.gone")
	default:
		return p.T("oversight.work.platform")
	}
}

func workSheet(p ui.Page, w Work) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{"#", p.T("oversight.work.job"), p.T("oversight.network.title"), p.T("oversight.work.tries"), p.T("oversight.work.since")}}
	for _, f := range w.Failures {
		t.Rows = append(t.Rows, []any{jobID(f.ID), f.Name, place(p, f), f.Tries, f.At})
	}
	return t
}

func readQuery(values url.Values) Query {
	q := Query{Search: values.Get("q"), Desc: values.Get("desc") != "", After: values.Get("after"), Limit: pageSize + 1}
	if s, err := tenants.ParseStatus(values.Get("status")); err == nil {
		q.Status = s
	}
	if p := Phase(values.Get("call")); slices.Contains(Phases, p) {
		q.Phase = p
	}
	if ready := values.Get("ready"); ready == "yes" || ready == "no" {
		q.Ready = ready
	}
	if slices.Contains(Sorts, values.Get("sort")) {
		q.Sort = values.Get("sort")
	}
	return q
}

func boardList(p ui.Page, query url.Values, total int) ui.List {
	var states, phases []ui.Option
	for _, s := range tenants.Statuses {
		states = append(states, ui.Option{Value: string(s), Label: p.T("tenants.status." + string(s))})
	}
	for _, phase := range Phases {
		phases = append(phases, ui.Option{Value: string(phase), Label: p.T("oversight.phase." + string(phase))})
	}
	return ui.List{
		Path: "/networks", Query: query, Search: p.T("oversight.networks.search"), First: query.Get("after") == "", Total: total,
		TotalOf: "oversight.networks.total", Exports: true,
		Filters: []ui.Field{
			{Name: "status", Label: p.T("oversight.state"), Options: states},
			{Name: "call", Label: p.T("oversight.call"), Options: phases},
			{Name: "ready", Label: p.T("oversight.readiness"), Options: []ui.Option{
				{Value: "yes", Label: p.T("oversight.readiness.all")}, {Value: "no", Label: p.T("oversight.readiness.some")},
			}},
		},
		Columns: []ui.Column{
			{Label: p.T("oversight.name"), Sort: "name"},
			{Label: p.T("oversight.state"), Sort: "readiness"},
			{Label: p.T("oversight.organizations"), Numeric: true},
			{Label: p.T("oversight.applications"), Sort: "applications", Numeric: true},
			{Label: p.T("oversight.partnerships"), Sort: "partnerships", Numeric: true},
			{Label: p.T("oversight.deadline"), Sort: "deadline"},
			{Label: p.T("oversight.activity"), Sort: "activity"},
		},
	}
}

func number(p ui.Page, n Number) string {
	if n == Few {
		return p.T("oversight.few")
	}
	return p.Loc.Int(int(n))
}

func total(p ui.Page, t Total) string {
	switch {
	case t.More && t.N == 0:
		return p.T("oversight.some")
	case t.More:
		return p.T("oversight.more", "Count", p.Loc.Int(t.N))
	default:
		return p.Loc.Int(t.N)
	}
}

// cell is a number as a spreadsheet should have it: a number where it is one.
func (n Number) cell(p ui.Page) any {
	if n == Few {
		return p.T("oversight.few")
	}
	return int(n)
}

func (t Total) cell(p ui.Page) any {
	if t.More {
		return total(p, t)
	}
	return t.N
}

// bar is how long a number's bar is: a few have a short one.
func bar(n Number) int {
	if n == Few {
		return 1
	}
	return int(n)
}

func longest[K comparable](numbers map[K]Number) int {
	most := 1
	for _, n := range numbers {
		most = max(most, int(n))
	}
	return most
}

func deadline(p ui.Page, f *Figures, now time.Time) string {
	c, ok := f.Deadline(now)
	if !ok {
		return p.T("oversight.no_deadline")
	}
	return p.Loc.DateTimeIn(c.Closes, i18n.Zone(c.Zone))
}

// boardSheet is the board as a table: what the page shows, and the numbers behind the sums.
func boardSheet(p ui.Page, b Board, origin func(tenants.Tenant) string) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("oversight.name"), p.T("oversight.network.site"), p.T("oversight.state"), p.T("oversight.readiness"), p.T("oversight.organizations"),
		p.T("oversight.applications"),
	}}
	for _, s := range Stages {
		t.Columns = append(t.Columns, p.T("oversight.stage."+string(s)))
	}
	t.Columns = append(t.Columns, p.T("oversight.reviews_needed"), p.T("oversight.reviews_done"), p.T("oversight.decisions"), p.T("oversight.partnerships"))
	for _, s := range Standings {
		t.Columns = append(t.Columns, p.T("oversight.standing."+string(s)))
	}
	t.Columns = append(t.Columns, p.T("oversight.calls_open"), p.T("oversight.deadline"), p.T("oversight.activity"), p.T("oversight.since"))
	for i := range b.Networks {
		n := &b.Networks[i]
		f, needs := &n.Figures, n.Readiness()
		row := []any{
			n.Tenant.Name, origin(n.Tenant), p.T("tenants.status." + string(n.Tenant.Status)),
			p.T("oversight.readiness.of", "Met", Met(needs), "All", len(needs)), f.Organizations.cell(p), f.Applied().cell(p),
		}
		for _, s := range Stages {
			row = append(row, f.Applications[s].cell(p))
		}
		row = append(row, f.ReviewsNeeded.cell(p), f.ReviewsDone.cell(p), f.Decided().cell(p), f.Together().cell(p))
		for _, s := range Standings {
			row = append(row, f.Partnerships[s].cell(p))
		}
		closes, _ := f.Deadline(b.Now)
		t.Rows = append(t.Rows, append(row, f.InPhase(PhaseOpen, b.Now), closes.Closes, f.LastActivity, n.Tenant.CreatedAt))
	}
	return t
}

// figuresSheet is a network's own figures as a table of names and numbers.
func figuresSheet(p ui.Page, f Figures, now time.Time) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{p.T("oversight.figures.what"), p.T("oversight.figures.many")}}
	add := func(label string, cell any) { t.Rows = append(t.Rows, []any{label, cell}) }
	add(p.T("oversight.organizations"), f.Organizations.cell(p))
	for _, phase := range Phases {
		add(p.T("oversight.calls")+": "+p.T("oversight.phase."+string(phase)), f.InPhase(phase, now))
	}
	for _, s := range Stages {
		add(p.T("oversight.applications")+": "+p.T("oversight.stage."+string(s)), f.Applications[s].cell(p))
	}
	add(p.T("oversight.reviews_needed"), f.ReviewsNeeded.cell(p))
	add(p.T("oversight.reviews_done"), f.ReviewsDone.cell(p))
	add(p.T("oversight.decisions"), f.Decided().cell(p))
	for _, s := range Standings {
		add(p.T("oversight.partnerships")+": "+p.T("oversight.standing."+string(s)), f.Partnerships[s].cell(p))
	}
	for _, role := range peopleRoles {
		add(p.T("oversight.people")+": "+p.T("site.role."+string(role)), f.People[role].cell(p))
	}
	return t
}

// peopleRoles are the roles whose holders are counted, in the order of the page.
var peopleRoles = slices.Concat(tenants.NetworkRoles, tenants.OrganizationRoles)

func needTasks(p ui.Page, n *Network) []ui.Task {
	needs := n.Readiness()
	tasks := make([]ui.Task, len(needs))
	for i, need := range needs {
		tasks[i] = ui.Task{Title: p.T("oversight.need." + need.Key), Hint: p.T("oversight.need." + need.Key + "_hint"), Status: p.T("oversight.need_open"), Tone: "warning"}
		if need.Met {
			tasks[i].Status, tasks[i].Tone, tasks[i].Hint = p.T("oversight.need_met"), "success", ""
		}
	}
	return tasks
}

func steps(p ui.Page, history []Moment) []ui.Step {
	all := make([]ui.Step, len(history))
	for i, m := range history {
		all[i] = ui.Step{Title: titleOf(p, m.What), When: p.Loc.ShortDateTime(m.At), Text: m.Who}
	}
	return all
}

// titleOf is what happened; of what other modules do, as the trail says it.
func titleOf(p ui.Page, what string) string {
	if key := "oversight.moment." + what; p.Loc.Has(key) {
		return p.T(key)
	}
	return p.T("trail.action." + what)
}

func overview(p ui.Page, f *Figures, now time.Time) []ui.Stat {
	return []ui.Stat{
		{Value: number(p, f.Organizations), Label: p.T("oversight.organizations")},
		{Value: p.Loc.Int(f.InPhase(PhaseOpen, now)), Label: p.T("oversight.calls_open")},
		{Value: total(p, f.Applied()), Label: p.T("oversight.applications")},
		{Value: total(p, f.Decided()), Label: p.T("oversight.decisions")},
		{Value: total(p, f.Together()), Label: p.T("oversight.partnerships")},
	}
}

func languages(all []i18n.Locale) string {
	names := make([]string, len(all))
	for i, l := range all {
		names[i] = l.Name()
	}
	return strings.Join(names, ", ")
}

func zones() []ui.Option {
	var out []ui.Option
	for _, z := range i18n.Zones {
		out = append(out, ui.Option{Value: z, Label: z})
	}
	return out
}
