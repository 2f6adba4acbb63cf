package partnerships

import (
	"strconv"
	"strings"
	"time"

	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/modules/solver/assignment"
	"kervan/modules/solver/runs"
)

func planningLabels(p ui.Page, v Planning) []string {
	all := []string{"people", p.T("partnerships.automatic.who"), "call", p.T("partnerships.call"), "reason", p.T("partnerships.reason")}
	for _, name := range []string{"load_min", "load_max", "weight_topic", "weight_language", "weight_country", "seed"} {
		all = append(all, name, p.T("partnerships.automatic."+name))
	}
	for i := range v.People {
		id, name := v.People[i].ID.String(), v.People[i].Name
		all = append(all, "least-"+id, p.T("partnerships.automatic.least_of", "Name", name), "most-"+id, p.T("partnerships.automatic.most_of", "Name", name))
	}
	return all
}

func callOptions(p ui.Page, v Planning) []ui.Option {
	all := make([]ui.Option, len(v.Calls))
	for i, c := range v.Calls {
		all[i] = ui.Option{Value: c.ID.String(), Label: c.Title.String(p.Loc.Locale) + " (" + p.Loc.Int(c.Alone) + ")"}
	}
	return all
}

func runTone(s runs.State) string {
	switch s {
	case runs.Applied:
		return "success"
	case runs.Infeasible, runs.Failed:
		return "warning"
	case runs.Cancelled:
		return "neutral"
	case runs.Queued, runs.Running, runs.Done:
	}
	return "info"
}

// percent is how far a run is: what is left to do is not known before it is done.
func percent(s runs.State) int {
	switch s {
	case runs.Queued:
		return 10
	case runs.Running:
		return 50
	case runs.Done, runs.Infeasible, runs.Cancelled, runs.Failed, runs.Applied:
	}
	return 100
}

// choiceOptions are those among whom one is chosen for a partnership, each with how well they suit.
func choiceOptions(p ui.Page, v *Plan, row *PlannedRow) []ui.Option {
	all := make([]ui.Option, len(row.Alternatives))
	for i, a := range row.Alternatives {
		all[i] = ui.Option{Value: strconv.Itoa(a.Index), Label: p.T("partnerships.proposal.choice", "Name", v.Names[a.Person], "Percent", ofHundred(p, a.Affinity))}
	}
	return all
}

func chosenValue(row *PlannedRow) string {
	if row.Chosen == nobody {
		return ""
	}
	return strconv.Itoa(row.Chosen)
}

// found is the chosen one, if somebody is.
func (r *PlannedRow) found() (Planned, bool) {
	for _, a := range r.Alternatives {
		if a.Index == r.Chosen {
			return a, true
		}
	}
	return Planned{}, false
}

// others are the best two beside the chosen one, with why.
func (r *PlannedRow) others() []Planned {
	var all []Planned
	for _, a := range r.Alternatives {
		if a.Index != r.Chosen && len(all) < 2 {
			all = append(all, a)
		}
	}
	return all
}

// sums are the least and the mean affinity of what is chosen.
func sums(p ui.Page, v *Plan) (worst, mean string) {
	least, sum, n := -1, 0, 0
	for i := range v.Rows {
		if one, ok := v.Rows[i].found(); ok {
			if least < 0 || one.Affinity < least {
				least = one.Affinity
			}
			sum, n = sum+one.Affinity, n+1
		}
	}
	return ofHundred(p, max(least, 0)), ofHundred(p, sum/max(1, n))
}

// given is how many partnerships get somebody.
func (p *Plan) given() int {
	n := 0
	for _, l := range p.Loads {
		n += l.New
	}
	return n
}

// obstacleText says what stands against every assignment, by the first thing that would remove it.
func obstacleText(p ui.Page, o assignment.Obstacle) string {
	kind := "people"
	if len(o.Ways) > 0 && len(o.Ways[0]) > 0 {
		switch o.Ways[0][0].Bound {
		case assignment.LoadMax:
			kind = "capacity"
		case assignment.LoadMin:
			kind = "least"
		case assignment.ReviewsMin, assignment.ReviewsMax, assignment.FixedPair:
		}
	}
	return p.T("partnerships.obstacle." + kind)
}

// wayText says which bounds to relax. Bounds of a run are those beside what somebody accompanies already, so what they have is added.
func wayText(p ui.Page, v *Plan, way assignment.Way) string {
	texts := make([]string, 0, len(way))
	for _, c := range way {
		pairs := []any{"From", p.Loc.Int(c.From), "To", p.Loc.Int(c.To)}
		name := ""
		if c.Index >= 0 && c.Index < len(v.People) {
			name = v.Names[v.People[c.Index]]
		}
		switch c.Bound {
		case assignment.LoadMin:
			texts = append(texts, p.T("partnerships.relax.load_min", append(pairs, "Name", name)...))
		case assignment.LoadMax:
			texts = append(texts, p.T("partnerships.relax.load_max", append(pairs, "Name", name)...))
		case assignment.ReviewsMin, assignment.ReviewsMax, assignment.FixedPair:
			texts = append(texts, p.T("partnerships.relax.people"))
		}
	}
	return strings.Join(texts, " · ")
}

// lonely names the partnerships that nobody who takes part can accompany.
func lonely(v *Plan, titles map[int]string) []string {
	var all []string
	for i, row := range v.Instance.Conflict {
		free := false
		for _, c := range row {
			free = free || c == 0
		}
		if !free && titles[i] != "" {
			all = append(all, titles[i])
		}
	}
	return all
}

// runsCrumbs lead to automatic assignments.
func runsCrumbs(p ui.Page) []ui.Crumb {
	return []ui.Crumb{
		{Label: p.T("partnerships.list.title"), Href: "/partnerships"},
		{Label: p.T("partnerships.guides.title"), Href: "/facilitators"},
		{Label: p.T("partnerships.automatic.title"), Href: "/facilitation"},
	}
}

// runFileName is how the instance of a run is called when it is taken away.
func runFileName(at time.Time) string {
	return "assignment-" + at.UTC().Format("20060102-150405") + ".json"
}

// checkOfRun is how a run is computed anew.
func checkOfRun(p ui.Page, v *Plan) site.Check {
	at := runAddress(v.ID)
	solved := site.Solved{File: runFileName(v.At), Instance: at + "/instance"}
	notes := []string{p.T("site.check.seed", "Seed", strconv.FormatUint(v.Settings.Seed, 10))}
	if v.Answer.Given() {
		solved.Answer = at + "/answer"
		if v.Changed() {
			notes = append(notes, p.T("partnerships.run.check_hand"))
		}
	}
	titles, names := make([]string, len(v.Partnerships)), make([]string, len(v.People))
	for i := range titles {
		if titles[i] = v.Titles[i]; titles[i] == "" {
			titles[i] = p.T("partnerships.problem.gone")
		}
	}
	for k, person := range v.People {
		if names[k] = v.Names[person]; names[k] == "" {
			names[k] = p.T("partnerships.run.person_gone")
		}
	}
	return site.Check{
		Crumbs: append(runsCrumbs(p), ui.Crumb{Label: p.T("partnerships.proposal.title"), Href: at}, ui.Crumb{Label: p.T("partnerships.run.check")}),
		Path:   at + "/check", Solved: []site.Solved{solved}, Notes: notes,
		Size: []ui.Stat{
			{Value: p.Loc.Int(len(titles)), Label: p.N("partnerships.run.size_partnerships", len(titles))},
			{Value: p.Loc.Int(len(names)), Label: p.N("partnerships.run.size_people", len(names))},
			{Value: p.Loc.Int(v.Instance.Pairs()), Label: p.N("partnerships.run.size_pairs", v.Instance.Pairs())},
		},
		Legends: []site.Legend{{Name: p.T("partnerships.run.check_partnerships"), Names: titles}, {Name: p.T("partnerships.run.check_people"), Names: names}},
	}
}

func problemText(p ui.Page, v *Plan, one Problem) string {
	title := ""
	for i := range v.Rows {
		if v.Rows[i].ID == one.Partnership {
			title = v.Rows[i].Title
		}
	}
	return p.T("partnerships.run.line", "Title", title, "Name", v.Names[one.Person], "Why", p.T(one.Key))
}
