package site

import (
	"time"

	"kervan/modules/kernel/ui"
)

// taskRows puts each task's date beside it: late ones in alarm, those of the next three days as a warning.
func taskRows(p ui.Page, tasks []Task) []ui.Task {
	rows := make([]ui.Task, 0, len(tasks))
	for _, t := range tasks {
		row := ui.Task{Title: t.Title, Href: t.Href, Hint: t.Hint, Tone: t.Tone}
		switch {
		case t.Done:
			row.Status, row.Tone = p.T("site.desk.done"), orElse(t.Tone, "success")
		case !t.Due.IsZero():
			row.Status = p.T("site.desk.due", "When", p.Loc.ShortDateTime(t.Due))
			row.Tone = orElse(t.Tone, urgency(time.Until(t.Due)))
		default:
			row.Status, row.Tone = p.T("site.desk.open"), orElse(t.Tone, "info")
		}
		rows = append(rows, row)
	}
	return rows
}

// newsRows are what happened; the hint says when.
func newsRows(news []Task) []ui.Task {
	rows := make([]ui.Task, len(news))
	for i, n := range news {
		rows[i] = ui.Task{Title: n.Title, Href: n.Href, Hint: n.Hint}
	}
	return rows
}

func urgency(left time.Duration) string {
	switch {
	case left < 0:
		return "danger"
	case left < 72*time.Hour:
		return "warning"
	default:
		return "info"
	}
}

func orElse(tone, other string) string {
	if tone != "" {
		return tone
	}
	return other
}
