package programs_test

import (
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
)

func TestCallsAreFoundAndOrdered(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	all := []programs.Call{
		{Cycle: "2028", State: programs.Draft, Title: i18n.Text{i18n.TR: "Şehirler"}, Locales: []i18n.Locale{i18n.TR}},
		{Cycle: "2027", State: programs.Published, Title: i18n.Text{i18n.TR: "Çayırlar", i18n.EN: "Meadows"}, Locales: []i18n.Locale{i18n.TR}, OpensAt: now.Add(-time.Hour), ClosesAt: now.Add(time.Hour)},
		{Cycle: "2026", State: programs.Published, Title: i18n.Text{i18n.TR: "Denizler"}, Locales: []i18n.Locale{i18n.TR}, OpensAt: now.Add(-2 * time.Hour), ClosesAt: now.Add(-time.Hour)},
	}
	for name, tt := range map[string]struct {
		q    programs.Query
		want string
	}{
		"as they were begun":      {programs.Query{}, "2028 2027 2026"},
		"by title":                {programs.Query{Sort: "title", Locale: i18n.TR}, "2027 2026 2028"},
		"the latest deadline":     {programs.Query{Sort: "closes", Desc: true, Locale: i18n.TR}, "2027 2026 2028"},
		"in any of its languages": {programs.Query{Search: "meadow"}, "2027"},
		"however it is typed":     {programs.Query{Search: "SEHIR"}, "2028"},
		"open ones":               {programs.Query{Phase: programs.PhaseOpen}, "2027"},
		"none":                    {programs.Query{Search: "nothing of the kind"}, ""},
	} {
		var got []string
		for _, c := range programs.Pick(tt.q, all, now) {
			got = append(got, c.Cycle)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", name, got, tt.want)
		}
	}
}
