package selection

import (
	"kervan/modules/ids"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
)

// keptFile is how an instance is called when it is taken away, of the totals or a criterion.
func keptFile(criterion string) string {
	if criterion == "" {
		return "agreement.json"
	}
	return "agreement-" + criterion + ".json"
}

func keptWhy(p ui.Page, k KeptLine) string { return p.T("selection.kept.why." + string(k.Why)) }

func keptCrumbs(p ui.Page, k Kept, last string) []ui.Crumb {
	crumbs := home(p, k.Call, p.T("selection.agreement.title"))
	crumbs[len(crumbs)-1].Href = address(k.Call.ID, "agreement")
	return append(crumbs, ui.Crumb{Label: last})
}

// checkOfKept is how a kept agreement is computed anew.
func checkOfKept(p ui.Page, k Kept) site.Check {
	at := address(k.Call.ID, k.path)
	c := site.Check{
		Crumbs: keptCrumbs(p, k, p.T("selection.kept.title")), Path: at + "/check", Notes: []string{p.T("selection.kept.no_seed")},
		Size: []ui.Stat{
			{Value: p.Loc.Int(len(k.Columns)), Label: p.N("selection.kept.size_applications", len(k.Columns))},
			{Value: p.Loc.Int(len(k.Rows)), Label: p.N("selection.kept.size_reviewers", len(k.Rows))},
			{Value: p.Loc.Int(k.reviewed()), Label: p.N("selection.kept.size_reviews", k.reviewed())},
		},
		Legends: []site.Legend{{Name: p.T("selection.kept.rows"), Names: namesIn(p, k.Names, k.Rows)}, {Name: p.T("selection.kept.columns")}},
	}
	c.Crumbs[len(c.Crumbs)-1].Href = at
	c.Crumbs = append(c.Crumbs, ui.Crumb{Label: p.T("selection.kept.check")})
	c.Legends[1].Names = headingsIn(p, k.Columns)
	for _, m := range k.Measured {
		if m.Enough() {
			c.Solved = append(c.Solved, site.Solved{Name: measuredName(p, k.Agreement, m), File: keptFile(m.Key()), Instance: solveHref(k.Agreement, "instance", m), Answer: solveHref(k.Agreement, "answer", m)})
		}
	}
	return c
}

// headingsIn are what applications are called, in their order; one that was withdrawn since has no name any more.
func headingsIn(p ui.Page, all []Application) []string {
	found := make([]string, len(all))
	for i := range all {
		if found[i] = p.T("selection.kept.withdrawn"); all[i].Number != "" {
			found[i] = all[i].Heading()
		}
	}
	return found
}

// namesIn are the names of people in their order.
func namesIn(p ui.Page, names map[ids.Person]string, all []ids.Person) []string {
	found := make([]string, len(all))
	for i, id := range all {
		found[i] = nameIn(p, names, id)
	}
	return found
}

// nameIn is somebody's name; who was forgotten since has none any more.
func nameIn(p ui.Page, names map[ids.Person]string, id ids.Person) string {
	if name := names[id]; name != "" {
		return name
	}
	return p.T("selection.kept.gone")
}

// reviewed is how many reviews are in it.
func (a *Agreement) reviewed() int {
	n := 0
	for _, x := range a.Totals {
		n += x
	}
	return n
}
