package oversight_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/i18n"
	"kervan/modules/oversight"
	"kervan/tenants"
)

func TestANumberSaysNothingOfASingleOne(t *testing.T) {
	t.Parallel()
	const few = oversight.Few
	for n, want := range map[int]oversight.Number{0: 0, 1: few, 2: few, 3: 3, 122: 122} {
		if got := oversight.Told(n); got != want {
			t.Errorf("%d is told as %d, want %d", n, got, want)
		}
	}
}

// TestASumHidesWhatItsPartsHide holds that no small number can be found by subtracting: networks that differ in nothing
// but one or two of something are told alike.
func TestASumHidesWhatItsPartsHide(t *testing.T) {
	t.Parallel()
	with := func(n int) oversight.Figures {
		return oversight.Exact{
			Organizations: n, People: map[tenants.Role]int{tenants.RoleLead: n, tenants.RoleReviewer: 2},
			Applications: map[string]int{"submitted": 40, "eligible": n, "accepted": n, "waiting": n, "lapsed": n},
			Partnerships: map[string]int{"active": 8, "paused": n}, ReviewsNeeded: n, ReviewsDone: n,
		}.Figures()
	}
	one, two := with(1), with(2)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("one and two can be told apart:\n%s", diff)
	}
	if one.Applied() != (oversight.Total{N: 40, More: true}) || one.Together() != (oversight.Total{N: 8, More: true}) || one.Decided() != (oversight.Total{More: true}) {
		t.Errorf("sums are %+v, %+v and %+v", one.Applied(), one.Together(), one.Decided())
	}
	if one.People[tenants.RoleReviewer] != 2 {
		t.Errorf("the team's own number is told as %d", one.People[tenants.RoleReviewer])
	}
}

func TestACallIsWhatTheClockSays(t *testing.T) {
	t.Parallel()
	opens := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	closes := time.Date(2026, 10, 12, 20, 59, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		call oversight.Call
		now  time.Time
		want oversight.Phase
	}{
		"a draft":           {oversight.Call{Draft: true, Opens: opens, Closes: closes}, opens.Add(time.Hour), oversight.PhaseDraft},
		"before it opens":   {oversight.Call{Opens: opens, Closes: closes}, opens.Add(-time.Second), oversight.PhaseAnnounced},
		"as it opens":       {oversight.Call{Opens: opens, Closes: closes}, opens, oversight.PhaseOpen},
		"a moment to spare": {oversight.Call{Opens: opens, Closes: closes}, closes.Add(-time.Nanosecond), oversight.PhaseOpen},
		"as it closes":      {oversight.Call{Opens: opens, Closes: closes}, closes, oversight.PhaseClosed},
	} {
		if got := tt.call.Phase(tt.now); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	f := oversight.Figures{Calls: []oversight.Call{
		{Opens: opens, Closes: closes.Add(24 * time.Hour)}, {Opens: opens, Closes: closes}, {Draft: true, Opens: opens, Closes: opens.Add(time.Hour)}, {Opens: opens, Closes: opens.Add(time.Minute)},
	}}
	if next, ok := f.Deadline(opens.Add(time.Hour)); !ok || !next.Closes.Equal(closes) {
		t.Errorf("the next deadline is %v, %v", next.Closes, ok)
	}
	if _, ok := f.Deadline(closes.AddDate(1, 0, 0)); ok {
		t.Error("a year later there is still a deadline")
	}
}

func TestReadinessFollowsTheNetwork(t *testing.T) {
	t.Parallel()
	ready := oversight.Network{
		Tenant:   tenants.Tenant{Status: tenants.StatusLive, Brand: tenants.Brand{Typeface: "inter"}},
		Progress: tenants.Progress{Done: true},
		Figures: oversight.Figures{
			People: map[tenants.Role]oversight.Number{tenants.RoleCoordinator: 1, tenants.RoleOfficer: 1, tenants.RoleReviewer: 1, tenants.RoleChair: 1},
			Calls:  []oversight.Call{{}},
		},
	}
	if needs := ready.Readiness(); oversight.Met(needs) != len(needs) {
		t.Errorf("a ready network lacks %+v", needs)
	}
	fresh := oversight.Network{Tenant: tenants.Tenant{Status: tenants.StatusOnboarding}}
	if met := oversight.Met(fresh.Readiness()); met != 0 {
		t.Errorf("a network of which nothing is known meets %d", met)
	}
}

func TestTheBoardIsFoundOrderedAndCut(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	network := func(name string, applied oversight.Number, closes time.Time) oversight.Network {
		n := oversight.Network{Tenant: tenants.Tenant{Name: name, Slug: "s", Status: tenants.StatusLive}, Figures: oversight.Figures{Applications: map[oversight.Stage]oversight.Number{oversight.HandedIn: applied}}}
		n.Tenant.ID[15] = name[0]
		if !closes.IsZero() {
			n.Figures.Calls = []oversight.Call{{Closes: closes}}
		}
		return n
	}
	all := []oversight.Network{
		network("Zeytin", 5, now.Add(time.Hour)), network("Çınar", 122, time.Time{}), network("Iğde", oversight.Few, now.Add(48*time.Hour)), network("Dut", 0, now.Add(-time.Hour)),
	}
	for name, tt := range map[string]struct {
		q    oversight.Query
		want []string
	}{
		"by name, in Turkish":        {oversight.Query{Locale: i18n.TR}, []string{"Çınar", "Dut", "Iğde", "Zeytin"}},
		"by name, turned around":     {oversight.Query{Locale: i18n.TR, Desc: true}, []string{"Zeytin", "Iğde", "Dut", "Çınar"}},
		"by deadline":                {oversight.Query{Locale: i18n.TR, Sort: "deadline"}, []string{"Zeytin", "Iğde", "Çınar", "Dut"}},
		"the most applications":      {oversight.Query{Locale: i18n.TR, Sort: "applications", Desc: true}, []string{"Çınar", "Zeytin", "Iğde", "Dut"}},
		"however it is typed":        {oversight.Query{Locale: i18n.TR, Search: "İGDE"}, []string{"Iğde"}},
		"with an open call":          {oversight.Query{Locale: i18n.TR, Phase: oversight.PhaseOpen}, []string{"Iğde", "Zeytin"}},
		"with something missing":     {oversight.Query{Locale: i18n.TR, Ready: "no", Limit: 2}, []string{"Çınar", "Dut"}},
		"that are suspended":         {oversight.Query{Locale: i18n.TR, Status: tenants.StatusSuspended}, nil},
		"after the second, one page": {oversight.Query{Locale: i18n.TR, After: all[3].Tenant.ID.String(), Limit: 1}, []string{"Iğde"}},
	} {
		page, total := oversight.Pick(all, tt.q, now)
		var got []string
		for _, n := range page {
			got = append(got, n.Tenant.Name)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if total < len(page) {
			t.Errorf("%s: %s of %s", name, strconv.Itoa(len(page)), strconv.Itoa(total))
		}
	}
}
