package selection

import (
	"strconv"
	"strings"
	"time"

	"kervan/modules/forms/expertise"
	"kervan/modules/kernel/ui"
	"kervan/modules/site"
	"kervan/modules/solver/assignment"
)

func planningLabels(p ui.Page, v Planning) []string {
	all := []string{"due", p.T("selection.due"), "reviewer", p.T("selection.automatic.who")}
	for _, name := range []string{"reviews_min", "reviews_max", "load_min", "load_max", "weight_topic", "weight_language", "weight_country", "seed"} {
		all = append(all, name, p.T("selection.automatic."+name))
	}
	for i := range v.Known {
		all = append(all, "most-"+v.Known[i].Profile.Person.String(), p.T("selection.automatic.most_of", "Name", v.Known[i].Name))
	}
	return all
}

func runTone(s RunState) string {
	switch s {
	case RunApplied:
		return "success"
	case RunInfeasible, RunFailed:
		return "warning"
	case RunCancelled:
		return "neutral"
	default:
		return "info"
	}
}

// reasonsText says why somebody suits an application.
func reasonsText(p ui.Page, reasons []Reason) string {
	l := p.Loc.Locale
	texts := make([]string, len(reasons))
	for i, r := range reasons {
		switch r.Side {
		case SideTopic:
			texts[i] = p.T("selection.reason.topic", "What", expertise.TopicNames(l, r.Keys))
		case SideLanguage:
			texts[i] = p.T("selection.reason.language", "What", expertise.LanguageNames(l, r.Keys))
		case SideCountry:
			texts[i] = p.T("selection.reason.country", "What", expertise.CountryNames(l, r.Keys))
		case SideWish:
			texts[i] = p.T("selection.reason.wish." + r.Keys[0])
		}
	}
	if len(texts) == 0 {
		return p.T("selection.reason.none")
	}
	return strings.Join(texts, " · ")
}

func worstText(p ui.Page, v Plan) string {
	worst := -1
	for _, row := range v.Rows {
		for _, one := range row.Reviewers {
			if worst < 0 || one.Affinity < worst {
				worst = one.Affinity
			}
		}
	}
	return ofHundred(p, max(worst, 0))
}

func meanText(p ui.Page, v Plan) string {
	sum, n := 0, 0
	for _, row := range v.Rows {
		for _, one := range row.Reviewers {
			sum += one.Affinity
			n++
		}
	}
	return ofHundred(p, sum/max(1, n))
}

// obstacleText says what stands against every assignment, by the first thing that would remove it.
func obstacleText(p ui.Page, o assignment.Obstacle) string {
	kind := "reviewers"
	if len(o.Ways) > 0 && len(o.Ways[0]) > 0 {
		switch o.Ways[0][0].Bound {
		case assignment.LoadMax:
			kind = "capacity"
		case assignment.LoadMin:
			kind = "least"
		case assignment.ReviewsMax:
			kind = "most"
		case assignment.FixedPair:
			kind = "kept"
		case assignment.ReviewsMin:
		}
	}
	return p.T("selection.obstacle." + kind)
}

// wayText says which bounds to relax.
func wayText(p ui.Page, v Plan, way assignment.Way) string {
	texts := make([]string, len(way))
	for i, c := range way {
		pairs := []any{"From", p.Loc.Int(c.From), "To", p.Loc.Int(c.To)}
		switch c.Bound {
		case assignment.ReviewsMin:
			texts[i] = p.T("selection.relax.reviews_min", pairs...)
		case assignment.ReviewsMax:
			texts[i] = p.T("selection.relax.reviews_max", pairs...)
		case assignment.LoadMin:
			texts[i] = p.T("selection.relax.load_min", append(pairs, "Name", v.reviewerAt(c.Index))...)
		case assignment.LoadMax:
			texts[i] = p.T("selection.relax.load_max", append(pairs, "Name", v.reviewerAt(c.Index))...)
		case assignment.FixedPair:
			texts[i] = p.T("selection.relax.kept")
		}
	}
	return strings.Join(texts, " · ")
}

func (p *Plan) reviewerAt(k int) string {
	if k < 0 || k >= len(p.Reviewers) {
		return ""
	}
	return p.Names[p.Reviewers[k]]
}

// runFileName is how the instance of a run is called when it is taken away.
func runFileName(at time.Time) string {
	return "assignment-" + at.UTC().Format("20060102-150405") + ".json"
}

// checkOfRun is how a run is computed anew.
func checkOfRun(p ui.Page, v Plan) site.Check {
	at := runAddress(v.Run.Call, v.ID)
	solved := site.Solved{File: runFileName(v.At), Instance: at + "/instance"}
	if v.Answer.Given() {
		solved.Answer = at + "/answer"
	}
	return site.Check{
		Crumbs: append(runCrumbs(p, v, at), ui.Crumb{Label: p.T("selection.run.check")}), Path: at + "/check", Solved: []site.Solved{solved},
		Notes: []string{p.T("site.check.seed", "Seed", strconv.FormatUint(v.Settings.Seed, 10))},
		Size: []ui.Stat{
			{Value: p.Loc.Int(len(v.About)), Label: p.N("selection.kept.size_applications", len(v.About))},
			{Value: p.Loc.Int(len(v.Reviewers)), Label: p.N("selection.kept.size_reviewers", len(v.Reviewers))},
			{Value: p.Loc.Int(v.Instance.Pairs()), Label: p.N("selection.run.size_pairs", v.Instance.Pairs())},
		},
		Legends: []site.Legend{
			{Name: p.T("selection.run.applications"), Names: headingsIn(p, v.About)},
			{Name: p.T("selection.run.reviewers"), Names: namesIn(p, v.Names, v.Reviewers)},
		},
	}
}

// runCrumbs lead to a run, which is at that address.
func runCrumbs(p ui.Page, v Plan, at string) []ui.Crumb {
	return []ui.Crumb{
		{Label: p.T("selection.calls.title"), Href: "/selection"},
		{Label: v.Call.Name(p.Loc.Locale), Href: address(v.Call.ID, "")},
		{Label: p.T("selection.automatic.title"), Href: address(v.Call.ID, "automatic")},
		{Label: p.T("selection.proposal.title"), Href: at},
	}
}

func problemText(p ui.Page, v Plan, one Problem) string {
	number := ""
	for _, row := range v.Rows {
		if row.Application.ID == one.Application {
			number = row.Application.Number
		}
	}
	return p.T("selection.run.line", "Number", number, "Name", v.Names[one.Person], "Why", problemWhy(p, one.Key, one.Kind))
}

func lineText(p ui.Page, one LineProblem) string {
	return p.T("selection.file.line", "Line", lineNumber(one.At), "Number", one.What, "Email", one.Email, "Why", problemWhy(p, one.Key, one.Kind))
}

func problemWhy(p ui.Page, key string, kind ConflictKind) string {
	why := p.T(key)
	if kind != "" {
		why += " " + p.T("selection.conflict_kind."+string(kind))
	}
	return why
}
