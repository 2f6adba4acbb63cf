package applications

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/sheets"
	"kervan/modules/kernel/ui"
)

func tone(s State) string {
	switch s {
	case Eligible, Selected, Accepted, Reviewed, Shortlisted:
		return "success"
	case Submitted, InReview:
		return "info"
	case Draft, Returned, Waiting:
		return "warning"
	default:
		return "neutral"
	}
}

func standing(p ui.Page, one forms.Progress) (text, toneName string) {
	switch one.Standing {
	case forms.Done:
		return p.T("applications.standing.done"), "success"
	case forms.Started:
		return p.T("applications.standing.started"), "info"
	default:
		return p.T("applications.standing.not_started"), "neutral"
	}
}

func sectionTasks(p ui.Page, h hall, sections []forms.Progress) []ui.Task {
	var tasks []ui.Task
	for _, one := range sections {
		title, _ := one.Section.Title.In(p.Loc.Locale, h.Overview.Call.Locales...)
		task := ui.Task{Title: title, Href: address(h.Overview.ID, "sections/"+one.Section.Key)}
		task.Status, task.Tone = standing(p, one)
		if one.Left > 0 && one.Standing == forms.Started {
			task.Hint = p.N("applications.left", one.Left)
		}
		tasks = append(tasks, task)
	}
	return tasks
}

func seatName(p ui.Page, call Call, key string) string {
	i := slices.IndexFunc(call.Composition.Seats, func(s blueprints.Seat) bool { return s.Key == key })
	if i < 0 {
		return key
	}
	return call.Composition.Seats[i].Name.String(p.Loc.Locale, call.Locales...)
}

func partTasks(p ui.Page, h hall) []ui.Task {
	var tasks []ui.Task
	for _, part := range h.Progress.Parts {
		task := ui.Task{Title: seatName(p, h.Overview.Call, part.Seat)}
		switch {
		case part.Organization.IsZero():
			task.Status, task.Tone = p.T("applications.part.empty"), "warning"
			if h.Writable {
				task.Href = address(h.Overview.ID, "partners")
			}
		case part.Confirmed():
			task.Status, task.Tone = p.T("applications.part.confirmed"), "success"
		case part.Left > 0:
			task.Status, task.Tone = p.N("applications.left", part.Left), "info"
		default:
			task.Status, task.Tone = p.T("applications.part.complete"), "info"
		}
		if !part.Organization.IsZero() {
			task.Hint = h.Overview.Organizations[part.Organization].Name
		}
		tasks = append(tasks, task)
	}
	return tasks
}

// mineLeft is what the actor's part and the joint part still lack.
func (h *hall) mineLeft() int {
	n := left(h.Progress.Joint)
	for _, part := range h.Progress.Parts {
		if h.Mine != nil && part.ID == h.Mine.ID {
			n += part.Left
		}
	}
	return n
}

func (h *hall) mineSections() []forms.Progress {
	for _, part := range h.Progress.Parts {
		if h.Mine != nil && part.ID == h.Mine.ID {
			return part.Sections
		}
	}
	return nil
}

func blockerText(p ui.Page, o Overview, b Blocker) string {
	name := b.Name
	if b.Key == "applications.blocker.seat" {
		name = seatName(p, o.Call, b.Name)
	}
	return p.T(b.Key, "Name", name)
}

func zone(c Call) *time.Location { return i18n.Zone(c.Zone) }

func seatOptions(p ui.Page, call Call, seats []blueprints.Seat) []ui.Option {
	var all []ui.Option
	for _, s := range seats {
		all = append(all, ui.Option{Value: s.Key, Label: s.Name.String(p.Loc.Locale, call.Locales...)})
	}
	return all
}

func emptySeats(o Overview) []blueprints.Seat {
	var empty []blueprints.Seat
	for _, seat := range o.Call.Composition.Seats {
		if part := o.Seat(seat.Key); part != nil && part.Organization.IsZero() {
			empty = append(empty, seat)
		}
	}
	return empty
}

func applicantOptions(p ui.Page, all []Applicant) []ui.Option {
	var options []ui.Option
	for _, a := range all {
		options = append(options, ui.Option{Value: a.ID.String(), Label: a.Name + " (" + a.City + ", " + forms.CountryName(p.Loc.Locale, a.Country) + ")"})
	}
	i18n.Sort(p.Loc.Locale, options, func(o ui.Option) string { return o.Label })
	return options
}

func localeOptions(locales []i18n.Locale) []ui.Option {
	var all []ui.Option
	for _, l := range locales {
		all = append(all, ui.Option{Value: string(l), Label: l.Name()})
	}
	return all
}

func reasonOptions(p ui.Page, d Dossier, chosen []string) []ui.Option {
	var all []ui.Option
	for _, r := range d.Call.Eligibility {
		all = append(all, ui.Option{Value: r.Key, Label: r.Name.String(p.Loc.Locale, d.Call.Locales...), Selected: slices.Contains(chosen, r.Key)})
	}
	return all
}

func failedReasons(p ui.Page, call Call, failed []string) []string {
	var all []string
	for _, r := range call.Eligibility {
		if slices.Contains(failed, r.Key) {
			all = append(all, r.Name.String(p.Loc.Locale, call.Locales...))
		}
	}
	return all
}

func listOf(p ui.Page, query url.Values, calls []Call, total int) ui.List {
	l := ui.List{
		Path: "/applications", Query: query, Search: p.T("applications.list.search"), Total: total, TotalOf: "applications.list.total",
		Columns: []ui.Column{
			{Label: p.T("applications.number"), Sort: "number"},
			{Label: p.T("applications.organizations")},
			{Label: p.T("applications.call")},
			{Label: p.T("applications.state")},
			{Label: p.T("applications.submitted_at"), Sort: "submitted"},
		},
	}
	var states, called []ui.Option
	for _, s := range States {
		if s != Draft {
			states = append(states, ui.Option{Value: string(s), Label: p.T("applications.state." + string(s))})
		}
	}
	for _, c := range calls {
		called = append(called, ui.Option{Value: c.ID.String(), Label: c.Name(p.Loc.Locale)})
	}
	l.Filters = []ui.Field{{Name: "call", Label: p.T("applications.call"), Options: called}, {Name: "state", Label: p.T("applications.state"), Options: states}}
	return l
}

func table(p ui.Page, all []Overview) sheets.Table {
	t := sheets.Table{Name: p.Title, Columns: []string{
		p.T("applications.number"), p.T("applications.organizations"), p.T("applications.countries"), p.T("applications.call"), p.T("applications.state"), p.T("applications.submitted_at"),
	}}
	for i := range all {
		o := &all[i]
		t.Rows = append(t.Rows, []any{o.Number, o.Name(), countries(p, o), o.Call.Name(p.Loc.Locale), p.T("applications.state." + string(o.State)), o.SubmittedAt})
	}
	return t
}

func countries(p ui.Page, o *Overview) string {
	var names []string
	for _, id := range o.Application.Organizations() {
		names = append(names, forms.CountryName(p.Loc.Locale, o.Organizations[id].Country))
	}
	return strings.Join(names, ", ")
}
