package programs_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"kervan/modules/events"
	"kervan/modules/kernel/fault"
	"kervan/modules/programs"
	"kervan/tenants"
	"kervan/tenants/tenanttest"
)

func TestACallIsMovedByWholeYearsAndItsDeadlineWithIt(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(y int, m time.Month, d, hour, minute int) time.Time {
		return time.Date(y, m, d, hour, minute, 0, 0, berlin)
	}
	for name, c := range map[string]struct{ opens, closes, now, next, deadline time.Time }{
		"over the change to summer time": {at(2026, 3, 2, 10, 0), at(2026, 4, 12, 23, 59), at(2026, 6, 1, 0, 0), at(2027, 3, 1, 10, 0), at(2027, 4, 11, 23, 59)},
		"years ago":                      {at(2023, 10, 2, 9, 30), at(2023, 11, 6, 18, 0), at(2026, 1, 1, 0, 0), at(2026, 9, 28, 9, 30), at(2026, 11, 2, 18, 0)},
		"within a day":                   {at(2026, 5, 4, 8, 0), at(2026, 5, 4, 20, 0), at(2026, 5, 5, 0, 0), at(2027, 5, 3, 8, 0), at(2027, 5, 3, 20, 0)},
		"never had dates":                {now: at(2026, 1, 1, 0, 0)},
	} {
		call := programs.Call{OpensAt: c.opens.UTC(), FirstClosesAt: c.closes.UTC(), ClosesAt: c.closes.AddDate(0, 0, 9), Zone: "Europe/Berlin"}
		if c.opens.IsZero() {
			call = programs.Call{Zone: "Europe/Berlin"}
		}
		next := call.Next(c.now)
		if !next.Equal(c.next) {
			t.Errorf("%s: opens %v, want %v", name, next, c.next)
		}
		if got := call.Deadline(next); !got.Equal(c.deadline) {
			t.Errorf("%s: closes %v, want %v", name, got, c.deadline)
		}
	}
}

func TestTheNextCallIsTheNetworksOwn(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	earlier := h.published(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.service.Reword(t.Context(), sc, earlier.ID, earlier.Version, programs.Texts{Locale: "en", Title: "Ways to each other", Summary: "s", About: "a", Conduct: "c", Notice: "n"}))
	must(h.service.Extend(t.Context(), sc, earlier.ID, earlier.Version+1, earlier.ClosesAt.Add(72*time.Hour), "Snow."))

	opens := earlier.OpensAt.AddDate(0, 0, 364)
	c, err := h.service.BeginAgain(t.Context(), sc, earlier.ID, "2028", opens)
	must(err)
	h.Jobs(t)
	if want := (events.CallBegunAgain{From: earlier.ID, Call: c.ID, Days: 364, Zone: earlier.Zone}); len(h.again) != 1 || h.again[0] != want {
		t.Errorf("others hear %+v, want %+v", h.again, want)
	}
	c, err = h.service.Call(t.Context(), sc, c.ID)
	must(err)
	if c.State != programs.Draft || c.Cycle != "2028" || c.Title["en"] != "Ways to each other" || c.Places != earlier.Places || c.GrantMinor != earlier.GrantMinor || len(c.Letters) != len(earlier.Letters) {
		t.Errorf("not as it was: %+v", c)
	}
	if !c.OpensAt.Equal(opens) || !c.ClosesAt.Equal(earlier.ClosesAt.AddDate(0, 0, 364)) || !c.FirstClosesAt.Equal(c.ClosesAt) || !c.PublishedAt.IsZero() {
		t.Errorf("opens %v, closes %v", c.OpensAt, c.ClosesAt)
	}
	if c.Form == earlier.Form || c.FormVersion == earlier.FormVersion {
		t.Error("both calls share a form: a change to one would change the other")
	}
	was, err := h.service.Definition(t.Context(), sc, earlier)
	must(err)
	asks, err := h.service.Definition(t.Context(), sc, c)
	must(err)
	if len(asks.Sections) != len(was.Sections) {
		t.Errorf("%d sections, were %d", len(asks.Sections), len(was.Sections))
	}
	if o, err := h.service.Overview(t.Context(), sc, c.ID); err != nil || len(o.Changes) != 0 || len(o.Lates) != 0 {
		t.Errorf("the log came along: %+v, %v", o, err)
	}
	must(h.service.Publish(t.Context(), sc, c.ID, c.Version))

	if _, err := h.service.BeginAgain(t.Context(), sc, earlier.ID, "", opens); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("without a cycle: %v", err)
	}
	reviewer := h.As(t, tenanttest.Role(tenants.RoleReviewer))
	if _, err := h.service.BeginAgain(t.Context(), reviewer, earlier.ID, "2029", opens); err == nil {
		t.Error("a reviewer began a call")
	}
}

func TestACoordinatorPreparesTheNextCall(t *testing.T) {
	t.Parallel()
	h := open(t)
	earlier := h.published(t)
	b := h.SignedIn(t, h.coordinator(t).Actor())
	b.Get("/program/calls/" + earlier.ID.String())
	b.Want(200, "Prepare the next call from this one")
	form := "/program/calls/" + earlier.ID.String() + "/again"
	b.Get(form)
	between := 7
	if opens := earlier.OpensAt.In(earlier.Location()); opens.Day() != opens.Add(time.Hour).Day() { // it opened yesterday
		between++
	}
	b.Want(200, strconv.Itoa(between)+" days after the opening")
	if proposed := b.Page.Value("opens_date"); proposed != earlier.OpensAt.In(earlier.Location()).AddDate(0, 0, 364).Format(time.DateOnly) {
		t.Errorf("proposed %q", proposed)
	}
	b.Submit(form, "cycle", "", "opens_date", "2028-02-30", "opens_time", "10:00")
	b.Want(422, "Please enter a date and a time.")
	if b.Page.Value("opens_date") != "2028-02-30" {
		t.Error("what was typed is lost")
	}
	b.Submit(form, "cycle", " ", "opens_date", "2028-02-29", "opens_time", "10:00")
	b.Want(422, "Please fill this in.")
	b.Submit(form, "cycle", "2028", "opens_date", "2028-02-29", "opens_time", "10:00")
	b.Want(200, "The draft is ready, with everything of the earlier call", "29 February 2028")
	if strings.Contains(b.Page.Path, earlier.ID.String()) {
		t.Error("still at the earlier call")
	}
	b.Get("/program/calls/" + strings.Repeat("0", 8) + earlier.ID.String()[8:] + "/again")
	b.Want(404)
}
