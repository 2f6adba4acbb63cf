package programs_test

import (
	"slices"
	"testing"
	"time"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/programs"
)

func TestDaysOfTheFormMoveWithTheNextCall(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	earlier := h.drafted(t)
	at := func(opens time.Time, days int) string {
		return string(i18n.DayOf(opens.AddDate(0, 0, days), i18n.Zone(earlier.Zone)))
	}
	h.redrafts(t, earlier, func(d *forms.Definition) {
		q, _, _ := d.Question("mission")
		q.FrozenFrom = at(earlier.OpensAt, 9)
	})
	must(t, h.service.Publish(t.Context(), sc, earlier.ID, earlier.Version))
	opens := earlier.OpensAt.AddDate(0, 0, 364)
	c, err := h.service.BeginAgain(t.Context(), sc, earlier.ID, "2028", opens)
	must(t, err)
	if q, _, _ := h.asks(t, sc, c).Question("mission"); q.FrozenFrom != at(opens, 9) {
		t.Errorf("frozen from %s, want %s", q.FrozenFrom, at(opens, 9))
	}
	if c, err = h.service.BeginAgain(t.Context(), sc, earlier.ID, "2029", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if q, _, _ := h.asks(t, sc, c).Question("mission"); q.FrozenFrom != at(earlier.OpensAt, 9) {
		t.Errorf("without an opening it is frozen from %s", q.FrozenFrom)
	}
}

func TestNothingIsFrozenBeforeTheCallOpens(t *testing.T) {
	t.Parallel()
	h := open(t)
	sc := h.coordinator(t)
	c := h.drafted(t)
	for days, want := range map[int]bool{0: true, 1: false} {
		h.redrafts(t, c, func(d *forms.Definition) {
			q, _, _ := d.Question("mission")
			q.FrozenFrom = string(i18n.DayOf(c.OpensAt.AddDate(0, 0, days), i18n.Zone(c.Zone)))
		})
		o, err := h.service.Overview(t.Context(), sc, c.ID)
		must(t, err)
		i := slices.IndexFunc(o.Needs, func(n programs.Need) bool { return n.Key == "frozen" })
		if (i >= 0) != want || want && (o.Needs[i].Met || o.Needs[i].Args["Count"] != 1) {
			t.Errorf("frozen %d days after it opens: %+v", days, o.Needs)
		}
	}
}
