package programs_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/fault"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func span(t *testing.T, c programs.Call, key string) programs.Span {
	t.Helper()
	all := c.Calendar()
	i := slices.IndexFunc(all, func(s programs.Span) bool { return s.Key == key })
	if i < 0 {
		t.Fatalf("no stage %s", key)
	}
	return all[i]
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// TestStagesMoveWithTheirDay holds the calendar to the blueprint, and what moves to what it hangs on.
func TestStagesMoveWithTheirDay(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	draft, err := h.service.Begin(t.Context(), sc, "2030", "pair")
	must(t, err)
	if got := draft.Calendar(); got != nil {
		t.Errorf("days before there is a date: %v", got)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	draft.Zone = "Europe/Berlin"
	draft.OpensAt, draft.ClosesAt = time.Date(2026, 3, 2, 10, 0, 0, 0, berlin), time.Date(2026, 4, 12, 23, 59, 0, 0, berlin)
	for key, want := range map[string][2]string{
		"design": {"2026-01-05", "2026-03-01"}, "call": {"2026-03-02", "2026-04-12"}, "eligibility": {"2026-04-13", "2026-04-19"}, "review": {"2026-04-20", "2026-05-10"},
	} {
		if s := span(t, draft, key); day(s.First) != want[0] || day(s.Last) != want[1] {
			t.Errorf("%s: %s to %s, want %v", key, day(s.First), day(s.Last), want)
		}
	}
	for _, s := range draft.Public() {
		if s.Key == "design" {
			t.Error("the team's own preparations are public")
		}
	}
	extended := draft
	extended.ClosesAt = draft.ClosesAt.AddDate(0, 0, 9)
	if s := span(t, extended, "eligibility"); day(s.First) != "2026-04-22" {
		t.Errorf("after an extension the check begins on %s", day(s.First))
	}
	if s := span(t, extended, "design"); day(s.First) != "2026-01-05" {
		t.Errorf("an extension moved the design to %s", day(s.First))
	}
}

func TestACalendarIsReplanned(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	draft, err := h.service.Begin(t.Context(), sc, "2030", "pair")
	must(t, err)
	if err := h.service.Plan(t.Context(), sc, draft.ID, draft.Version, nil); !fault.Is(err, fault.KindConflict) {
		t.Errorf("a call without dates: %v", err)
	}
	call := h.published(t)
	from := span(t, call, "review")
	to := programs.Replanned{First: from.First.AddDate(0, 0, 3), Last: from.Last.AddDate(0, 0, 10), Hidden: false}
	for name, r := range map[string]programs.Replanned{
		"ends before it begins": {First: to.Last, Last: to.First},
		"in another century":    {First: to.First.AddDate(30, 0, 0), Last: to.Last.AddDate(30, 0, 0)},
		"for ever":              {First: to.First, Last: to.Last.AddDate(6, 0, 0)},
	} {
		if err := h.service.Plan(t.Context(), sc, call.ID, call.Version, map[string]programs.Replanned{"review": r}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, h.service.Plan(t.Context(), sc, call.ID, call.Version, map[string]programs.Replanned{"review": to, "call": {First: to.First, Last: to.Last}}))
	call, err = h.service.Call(t.Context(), sc, call.ID)
	must(t, err)
	if s := span(t, call, "review"); day(s.First) != day(to.First) || day(s.Last) != day(to.Last) {
		t.Errorf("review from %s to %s", day(s.First), day(s.Last))
	}
	if s := span(t, call, "call"); day(s.First) == day(to.First) {
		t.Error("the call's own days were planned past its instants")
	}
	o, err := h.service.Overview(t.Context(), sc, call.ID)
	must(t, err)
	if o.Changes[0].Kind != "calendar" {
		t.Errorf("the public log says %v", o.Changes)
	}
	must(t, h.service.Plan(t.Context(), sc, call.ID, call.Version, map[string]programs.Replanned{"review": to}))
	if o, err = h.service.Overview(t.Context(), sc, call.ID); err != nil || len(o.Changes) != 2 {
		t.Errorf("the same days again are logged: %v %v", o.Changes, err)
	}
	if err := h.service.Plan(t.Context(), h.As(t, tenanttest.Role(tenants.RoleReviewer)), call.ID, o.Call.Version, nil); err == nil {
		t.Error("a reviewer planned")
	}
}

func TestDatesForEachRole(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.published(t)
	sc := h.coordinator(t)
	_, err := h.service.Begin(t.Context(), sc, "2031", "pair")
	must(t, err)
	dates := func(actor tenants.Actor) string {
		t.Helper()
		b := h.SignedIn(t, actor)
		b.Get("/calendar-feeds/" + b.Cookie("session"))
		b.Want(200)
		return b.Page.Body
	}
	team, reviewer := dates(sc.Actor()), dates(h.As(t, tenanttest.Role(tenants.RoleReviewer)).Actor())
	for stage, shown := range map[string][2]bool{"Design the cycle": {true, false}, "Independent review": {true, true}, "Deadline": {true, true}} {
		if got := [2]bool{strings.Contains(team, stage), strings.Contains(reviewer, stage)}; got != shown {
			t.Errorf("%s: the team and a reviewer see it: %v, want %v", stage, got, shown)
		}
	}
	if !strings.Contains(team, "URL:http://"+h.Tenant.Host) {
		t.Errorf("no address of this site: %s", team)
	}
	h.exec(t, h.World, "UPDATE calls SET opens_at = opens_at - interval '6 years', closes_at = closes_at - interval '6 years' WHERE state = 'published'")
	if over := dates(sc.Actor()); strings.Contains(over, "BEGIN:VEVENT") {
		t.Errorf("a cycle that is long over: %s", over)
	}
}

func TestTheCalendarOnPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	call := h.published(t)
	visitor, staff := h.Browser(t, h.Tenant), h.SignedIn(t, h.coordinator(t).Actor())
	visitor.Get("/calls/" + call.ID.String())
	visitor.Want(200, "Calendar", "Eligibility check", "Independent review", "Put it into your calendar (ICS)")
	if strings.Contains(visitor.Page.Text(), "Design the cycle") {
		t.Error("a hidden stage is shown")
	}
	visitor.Get("/calls/" + call.ID.String() + "/calendar.ics")
	if body := visitor.Page.Body; !strings.HasPrefix(body, "BEGIN:VCALENDAR\r\n") || strings.Contains(body, "Design the cycle") || !strings.Contains(body, "DTSTART;VALUE=DATE:"+strings.ReplaceAll(day(span(t, call, "review").First), "-", "")) {
		t.Errorf("the file: %s", body)
	}
	page := "/program/calls/" + call.ID.String() + "/calendar"
	staff.Get(page)
	staff.Want(200, "Design the cycle", "Moves with the deadline, also when it is extended.")
	review := span(t, call, "review")
	staff.Submit(page, "first_review", "yesterday", "last_review", day(review.Last))
	staff.Want(422, "Please enter a date.")
	staff.Submit(page, "first_review", day(review.Last), "last_review", day(review.First))
	staff.Want(422, "The last day must not be before the first.")
	if staff.Page.Value("first_review") != day(review.Last) {
		t.Error("what was typed is lost")
	}
	staff.Submit(page, "first_review", day(review.First.AddDate(0, 0, 1)), "last_review", day(review.Last), "public_design", "yes")
	staff.Want(200, "Saved.")
	visitor.Get("/calls/" + call.ID.String())
	visitor.Want(200, "Design the cycle", "The calendar was changed")
}
