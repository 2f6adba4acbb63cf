package openings

import (
	"strings"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// seen is a request as the core team reads it.
type seen struct {
	request       Request
	from, program blueprints.Program
}

// words are a line in the reader's language. Numbers that were kept come back as fractions; how many there are of
// something is a whole number.
func words(p ui.Page, l Line) string {
	args := map[string]any{}
	for name, value := range l.Args {
		if n, ok := value.(float64); ok {
			value = int(n)
		}
		args[name] = value
	}
	return p.Loc.With(l.Key, args)
}

// lines are a checklist for reading; with links where base is the call's address.
func lines(p ui.Page, all []Line, base, missing, tone string) []ui.Task {
	tasks := make([]ui.Task, 0, len(all))
	for _, l := range all {
		task := ui.Task{Title: words(p, l), Status: p.T("openings.met"), Tone: "success"}
		if !l.Met {
			task.Status, task.Tone = missing, tone
		}
		switch {
		case base == "" || l.Place == "":
		case strings.HasPrefix(l.Place, "/"):
			task.Href = l.Place
		default:
			task.Href = base + "/" + l.Place
		}
		tasks = append(tasks, task)
	}
	return tasks
}

func tone(s State) string {
	switch s {
	case Signed:
		return "success"
	case Returned:
		return "warning"
	case Waiting:
		return "info"
	case Withdrawn:
		return "neutral"
	}
	return "neutral"
}

func title(p ui.Page, f Facts) string { return f.Title.String(p.Loc.Locale, f.Locales...) }

func facts(p ui.Page, f Facts) []ui.Term {
	zone := i18n.Zone(f.Zone)
	return []ui.Term{
		{Label: p.T("openings.opens"), Text: p.Loc.DateTimeIn(f.OpensAt, zone)},
		{Label: p.T("openings.closes"), Text: p.Loc.DateTimeIn(f.ClosesAt, zone)},
		{Label: p.T("openings.places"), Text: p.Loc.Int(f.Places)},
		{Label: p.T("openings.grant"), Text: forms.MoneyText(p.Loc, forms.Money{Minor: f.GrantMinor, Currency: f.GrantCurrency})},
		{Label: p.T("openings.blueprint"), Text: p.T("blueprints.edition", "Name", f.Model.String(p.Loc.Locale, f.Locales...), "Number", f.Number)},
	}
}

func sentBy(p ui.Page, q Request) string {
	return p.T("openings.sent_by", "Name", q.Sender, "Network", q.Network, "When", p.Loc.Date(q.SentAt))
}
