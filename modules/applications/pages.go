package applications

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
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

// registerAddress leads to the registration of an organization and back.
func registerAddress(back string) string { return "/organizations/new?return=" + url.QueryEscape(back) }

// open reports whether anybody can begin: the call itself, or one of the actor's organizations with a later deadline.
func (b *Beginning) open() bool { return b.Now.Before(b.until()) }

func (b *Beginning) until() time.Time {
	until := b.Call.Until
	for _, c := range b.Choices {
		until = later(until, c.Until)
	}
	return until
}

// partTitle heads a part; it names the organization for people who fill several.
func partTitle(p ui.Page, h Hall, mine *PartProgress) string {
	if len(h.Mine) == 1 {
		return p.T("applications.part.yours")
	}
	return h.Overview.Organizations[mine.Organization].Name
}

func sectionTasks(p ui.Page, h Hall, part *Part, sections []forms.Progress) []ui.Task {
	sheet := h.Overview.Joint
	if part != nil {
		sheet = part.Sheet
	}
	var tasks []ui.Task
	for _, one := range sections {
		title, _ := one.Section.Title.In(p.Loc.Locale, h.Overview.Call.Locales...)
		task := ui.Task{Title: title, Href: sectionAddress(h.Overview.ID, part, one.Section.Key)}
		task.Status, task.Tone = standing(p, one)
		switch {
		case h.Overview.State == Returned && askedIn(one.Section, h.Overview.Asked[sheet]):
			task.Hint = p.T("applications.papers.asked_here")
		case h.Overview.State == Returned && one.Left == 0:
			task.Status, task.Tone = p.T("applications.standing.closed"), "neutral"
		case one.Left > 0 && one.Standing == forms.Started:
			task.Hint = p.N("applications.left", one.Left)
		}
		tasks = append(tasks, task)
	}
	return tasks
}

func askedIn(s *forms.Section, asked []string) bool {
	return slices.ContainsFunc(s.Questions, func(q forms.Question) bool { return slices.Contains(asked, q.Key) })
}

func seatName(p ui.Page, call Call, key string) string { return seatIn(p.Loc, call, key) }

func seatIn(loc *i18n.Localizer, call Call, key string) string {
	i := slices.IndexFunc(call.Composition.Seats, func(s blueprints.Seat) bool { return s.Key == key })
	if i < 0 {
		return key
	}
	return call.Composition.Seats[i].Name.String(loc.Locale, call.Locales...)
}

// optional reports whether the seat may stay empty.
func optional(call Call, key string) bool {
	seat, _ := call.Composition.Seat(key)
	return seat.Optional
}

// seatStanding tells how far a seat's organization is; nothing when it is read only.
func seatStanding(p ui.Page, h Hall, part PartProgress) (text, toneName string) {
	switch {
	case part.Organization.IsZero() && optional(h.Overview.Call, part.Seat):
		return p.T("applications.part.optional"), "neutral"
	case part.Organization.IsZero():
		return p.T("applications.part.empty"), "warning"
	case !h.Writable:
		return "", ""
	case part.Confirmed():
		return p.T("applications.part.confirmed"), "success"
	case part.Left > 0:
		return p.N("applications.left", part.Left), "info"
	default:
		return p.T("applications.part.complete"), "info"
	}
}

// mayLeave reports whether the actor may give that seat back.
func (h *Hall) mayLeave(p *Part) bool {
	return h.Seatable && h.Speaks[p.Seat] && p.Organization != h.Overview.Organization
}

// mayWithdraw reports whether the actor may end the application for all.
func (h *Hall) mayWithdraw() bool {
	return h.Overview.withdrawable() && (h.Leads || !h.Seatable) && slices.ContainsFunc(h.Mine, func(p *PartProgress) bool {
		return h.Speaks[p.Seat] && !slices.Contains(h.Departed, p.Organization)
	})
}

// departed reports whether none of the actor's organizations holds the application's place any more.
func (h *Hall) departed() bool {
	return len(h.Mine) > 0 && !slices.ContainsFunc(h.Mine, func(p *PartProgress) bool { return !slices.Contains(h.Departed, p.Organization) })
}

// seatView is a page about one seat.
type seatView struct {
	Hall Hall
	Part Part
}

// others are the names of the organizations beside one.
func (h *Hall) others(but ids.Organization) string {
	var names []string
	for _, id := range h.Overview.Application.Organizations() {
		if id != but {
			names = append(names, h.Overview.Organizations[id].Name)
		}
	}
	return strings.Join(names, ", ")
}

func leavingLines(p ui.Page, s seatView) []string {
	lines := []string{
		p.T("applications.leaving.seat", "Others", s.Hall.others(s.Part.Organization)), p.T("applications.leaving.text"),
		p.T("applications.leaving.told", "Others", s.Hall.others(s.Part.Organization)),
	}
	if s.Hall.Overview.State == Submitted {
		lines = append(lines, p.T("applications.leaving.submission"))
	}
	return append(lines, p.T("applications.leaving.again"))
}

func removalLines(p ui.Page, s seatView) []string {
	name := s.Hall.Overview.Organizations[s.Part.Organization].Name
	lines := []string{p.T("applications.removal.seat", "Organization", name), p.T("applications.removal.told", "Organization", name)}
	if s.Hall.Overview.State == Submitted {
		lines = append(lines, p.T("applications.leaving.submission"))
	}
	return append(lines, p.T("applications.removal.again"))
}

func withdrawalLines(p ui.Page, h Hall) []string {
	o := h.Overview
	lines := []string{p.T("applications.withdrawal.ends")}
	if len(o.Application.Organizations()) > 1 {
		lines = append(lines, p.T("applications.withdrawal.told", "Organizations", o.Name()))
	}
	if o.State != Draft {
		lines = append(lines, p.T("applications.withdrawal.team"), p.T("applications.withdrawal.review"))
	}
	if h.Now.Before(o.Until) {
		lines = append(lines, p.T("applications.withdrawal.anew"))
	}
	return append(lines, p.T("applications.withdrawal.stays"))
}

// nextSteps tell after a submission what comes.
func nextSteps(p ui.Page, o Overview) []string {
	var all []string
	if o.Writable(time.Now(), o.Until) {
		all = append(all, p.T("applications.receipt.improve", "When", p.Loc.DateTimeIn(o.Due(o.Until), zone(o.Call))))
	}
	return append(all, p.T("applications.receipt.check"), p.T("applications.receipt.review"), p.T("applications.receipt.answer"))
}

func steps(p ui.Page, call Call, moments []Moment) []ui.Step {
	all := make([]ui.Step, len(moments))
	for i, m := range moments {
		all[i] = ui.Step{Title: p.T("applications.state." + string(m.State)), When: p.Loc.DateTimeIn(m.At, zone(call))}
		if m.Name != "" {
			all[i].When += " · " + m.Name
		}
	}
	return all
}

func sectionLabels(p ui.Page, d Desk, f *fault.Fault) []string {
	if f == nil {
		return nil
	}
	return forms.Labels(p.Loc, d.Definition, d.Section, f.Fields)
}

func editing(d Desk, typed url.Values, f *fault.Fault, clashes []*forms.Clash) forms.Editing {
	sheet := d.Sheet.ID.String()
	return forms.Editing{
		Definition: d.Definition, Section: d.Section, Sheet: d.Sheet, Filled: d.Filled, Typed: typed, Fault: f, Clashes: clashes, Names: d.Names,
		Documents: d.Documents, Candidates: d.Candidates, Disabled: !d.Writable, Open: d.Open, Day: d.Day,
		Addresses: forms.Addresses{
			Save: "/sheets/" + sheet + "/answers", Presence: "/sheets/" + sheet + "/presence", Upload: "/sheets/" + sheet + "/documents",
			Page: "/sheets/" + sheet + "/documents/new", SignIn: "/sign-in", Profile: d.Profile, Directory: "/directory/suggestions",
		},
	}
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
