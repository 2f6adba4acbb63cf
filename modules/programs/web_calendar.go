package programs

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"kervan/modules/kernel/calendar"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/web"
	"kervan/tenants"
)

// calendarFile is the call's public stages and its deadline, for calendar programs.
func (w *Web) calendarFile(c *fiber.Ctx, sc tenants.Scope) error {
	id, err := parse(c)
	if err != nil {
		return err
	}
	call, _, err := w.service.Look(c.UserContext(), sc, id)
	if err != nil {
		return err
	}
	p := w.site.Page(c, sc, "programs.calendar.title")
	title := call.Title.String(p.Loc.Locale, call.Locales...)
	return web.File(c, title+".ics", "text/calendar; charset=utf-8", calendar.Write(title, time.Now(), calendarEvents(p.Loc, call, call.Public(), web.Origin(c, w.site.Secure)+"/calls/"+id.String())))
}

// dates are the stages of the calls whose cycle is not over: of published ones for everybody who has joined the network,
// with those that only the team sees, and of drafts, for those who prepare them.
func (w *Web) dates(ctx context.Context, sc tenants.Scope, loc *i18n.Localizer) ([]calendar.Event, error) {
	of, team := w.service.scheduled, w.service.MayEdit(sc)
	if team {
		of = w.service.Calls
	}
	calls, err := of(ctx, sc)
	if err != nil {
		return nil, err
	}
	var events []calendar.Event
	for _, c := range calls {
		spans := c.Public()
		if team {
			spans = c.Calendar()
		}
		if last := c.Over(); last.After(time.Now().AddDate(0, -1, 0)) {
			events = append(events, calendarEvents(loc, c, spans, "/calls/"+c.ID.String())...)
		}
	}
	return events, nil
}

func calendarEvents(loc *i18n.Localizer, c Call, spans []Span, address string) []calendar.Event {
	var events []calendar.Event
	title := c.Title.String(loc.Locale, c.Locales...)
	for _, s := range spans {
		events = append(events, calendar.Event{
			UID: s.Key + "." + c.ID.String() + "@kervan", Title: s.Name.String(loc.Locale, c.Locales...) + " – " + title, Text: s.About.String(loc.Locale, c.Locales...),
			URL: address, First: s.First, Last: s.Last,
		})
	}
	if !c.ClosesAt.IsZero() {
		events = append(events, calendar.Event{UID: "deadline." + c.ID.String() + "@kervan", Title: loc.T("programs.closes") + " – " + title, URL: address, First: c.ClosesAt})
	}
	return events
}

var planning = editor{title: "programs.calendar.title", said: "programs.saved", back: "/calendar", page: func(p ui.Page, o Overview, t typed) templ.Component {
	return calendarPage(p, o.Call, o.Now, t)
}}

func (w *Web) calendarForm(c *fiber.Ctx, sc tenants.Scope) error { return w.show(c, sc, planning) }

func (w *Web) plan(c *fiber.Ctx, sc tenants.Scope) error {
	return w.submit(c, sc, planning, func(call Call, form web.Form, version int64) error {
		days, bad := readPlan(form, call)
		if err := checked(bad); err != nil {
			return err
		}
		return w.service.Plan(c.UserContext(), sc, call.ID, version, days)
	})
}

// readPlan reads the days of every stage but the call's own.
func readPlan(form web.Form, c Call) (map[string]Replanned, []fault.Field) {
	found := map[string]Replanned{}
	var bad []fault.Field
	for _, s := range c.Stages {
		if s.Key == stageOfCall {
			continue
		}
		r := Replanned{Hidden: !form.Ticked("public_" + s.Key)}
		for name, into := range map[string]*time.Time{"first_" + s.Key: &r.First, "last_" + s.Key: &r.Last} {
			day, err := time.Parse(time.DateOnly, strings.TrimSpace(form.Raw(name)))
			if err != nil || day.Year() < 2000 || day.Year() > 2200 {
				bad = append(bad, fault.At(name, "programs.calendar.no_day"))
			}
			*into = day
		}
		found[s.Key] = r
	}
	return found, bad
}

// shown reports whether a stage is ticked as public: as typed, or as it is kept.
func (t typed) shown(s Span) bool {
	if t.values == nil {
		return !s.Hidden
	}
	return t.values("public_"+s.Key) != ""
}

func stageLabels(p ui.Page, c Call) []string {
	var pairs []string
	for _, s := range c.Stages {
		name := s.Name.String(p.Loc.Locale, c.Locales...)
		pairs = append(pairs, "first_"+s.Key, name+": "+p.T("programs.calendar.first"), "last_"+s.Key, name+": "+p.T("programs.calendar.last"))
	}
	return pairs
}

// bars are stages as the kit draws them.
func bars(p ui.Page, c Call, spans []Span) []ui.Bar {
	all := make([]ui.Bar, len(spans))
	for i, s := range spans {
		words, lang := text(p, c, s.Name)
		all[i] = ui.Bar{Label: words, Lang: lang, First: s.First, Last: s.Last}
	}
	return all
}
