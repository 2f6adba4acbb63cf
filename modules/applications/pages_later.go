package applications

import (
	"slices"
	"strings"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

// laterReaders says who reads the answers: of an organization's own part, or of what all answer together.
func laterReaders(p ui.Page, part *Part) string {
	if part == nil {
		return p.T("applications.later.read_joint")
	}
	return p.T("applications.later.read_own")
}

func laterTasks(p ui.Page, w Afterwards, l LaterSheet) []ui.Task {
	var tasks []ui.Task
	for _, one := range l.Sections {
		title, _ := one.Section.Title.In(p.Loc.Locale, w.Overview.Call.Locales...)
		task := ui.Task{Title: title, Href: laterAddress(w.Overview.ID, l.Part, one.Section.Key)}
		task.Status, task.Tone = standing(p, one)
		if one.Left > 0 && one.Standing == forms.Started {
			task.Hint = p.N("applications.left", one.Left)
		}
		tasks = append(tasks, task)
	}
	return tasks
}

// laterTitle heads a sheet; it names the organization for people who fill several.
func laterTitle(p ui.Page, w Afterwards, l LaterSheet) string {
	parts := 0
	for _, one := range w.Sheets {
		if one.Part != nil {
			parts++
		}
	}
	switch {
	case l.Part == nil:
		return p.T("applications.later.joint")
	case parts > 1:
		return w.Overview.Organizations[l.Part.Organization].Name
	default:
		return p.T("applications.part.yours")
	}
}

// laterStanding is how far a sheet is, for the team.
func laterStanding(p ui.Page, l LaterSheet) (text, toneName string) {
	switch {
	case !l.Sent.ID.IsZero():
		return p.T("applications.later.state.sent"), "success"
	case l.Begun():
		return p.T("applications.later.state.begun"), "info"
	default:
		return p.T("applications.later.state.not_begun"), "neutral"
	}
}

func callTabs(p ui.Page, l LaterList) []ui.Tab {
	var tabs []ui.Tab
	for _, c := range l.Calls {
		tabs = append(tabs, ui.Tab{Label: c.Name(p.Loc.Locale), Href: laterListAddress(c.ID), Current: c.ID == l.Call.ID})
	}
	return tabs
}

// dueDay is the day as an input for days takes it.
func dueDay(l LaterList) string {
	if l.Due.IsZero() {
		return ""
	}
	return string(i18n.DayOf(l.Due, zone(l.Call)))
}

// overdue reports whether nobody may answer any more.
func (l *LaterList) overdue() bool { return !l.Due.IsZero() && !time.Now().Before(l.Due) }

// waiting reports whether something has not been sent yet.
func (l *LaterList) waiting() bool {
	for i := range l.Rows {
		if l.Rows[i].Sent.ID.IsZero() {
			return true
		}
	}
	return false
}

// laterTable is what was sent, a line for each sheet and a column for each question, as its reader may see it.
func laterTable(p ui.Page, l LaterList) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("applications.organizations"), p.T("applications.number"), p.T("applications.state"), p.T("applications.later.sent_at"),
	}}
	if l.Whole == nil {
		return t
	}
	later := l.Whole.Later()
	var asked []*forms.Question
	for i := range later.Sections {
		for j := range later.Sections[i].Questions {
			if q := &later.Sections[i].Questions[j]; q.Type.Asks() {
				asked = append(asked, q)
				t.Columns = append(t.Columns, q.Label.String(p.Loc.Locale, l.Call.Locales...))
			}
		}
	}
	for i := range l.Rows {
		row := &l.Rows[i]
		state, _ := laterStanding(p, row.LaterSheet)
		cells := []any{row.Name(), row.Overview.Number, state, row.Sent.At}
		for _, q := range asked {
			cells = append(cells, strings.Join(laterCell(p, l, row, q), "\n"))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// laterCell is the answer that was sent to one question; of a section that is filled several times, all of them. It is for
// those who may read it both by the form that was filled and by the newest one.
func laterCell(p ui.Page, l LaterList, row *LaterRow, asked *forms.Question) []string {
	q, section, ok := row.Whole.Question(asked.Key)
	if !ok || !q.Later() || row.Sent.ID.IsZero() || l.conceals(row, q.Key) {
		return nil
	}
	sight := forms.See(row.Whole, row.scope(), row.counts)
	var lines []string
	for _, item := range sight.Items(section) {
		if ref := forms.Ref(q.Key, item); sight.Question(ref) {
			lines = append(lines, forms.Seen(p.Loc, row.Whole, q.Guarded(asked), row.counts[ref], l.Look)...)
		}
	}
	return lines
}

// conceals reports whether the reader must not learn that a row is asked the question.
func (l *LaterList) conceals(row *LaterRow, key string) bool {
	return l.Look.Conceals(row.Whole, key) || l.Look.Conceals(l.Whole, key)
}

// tellsLeft reports whether the reader may know how much is missing: the number says what is asked, and so what was answered.
func (l *LaterList) tellsLeft(row *LaterRow) bool {
	return !slices.ContainsFunc(row.Whole.Later().Scoped(row.scope()), func(s *forms.Section) bool {
		return slices.ContainsFunc(s.Questions, func(q forms.Question) bool { return l.conceals(row, q.Key) })
	})
}
