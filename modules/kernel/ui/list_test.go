package ui_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

// TestManyFiltersAreFolded holds that more than three stand in a fold that says how many of them are chosen; a search does not count.
func TestManyFiltersAreFolded(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load(ui.Locales)
	if err != nil {
		t.Fatal(err)
	}
	p := ui.Page{Loc: words.Localizer(i18n.EN, time.UTC)}
	fields := []ui.Field{{Name: "a", Label: "A"}, {Name: "b", Label: "B"}, {Name: "c", Label: "C"}, {Name: "d", Label: "D"}}
	for name, tt := range map[string]struct {
		filters int
		query   string
		folded  bool
		chosen  string
	}{
		"three":               {3, "a=1", false, ""},
		"four, none chosen":   {4, "", true, ""},
		"four, a search":      {4, "q=x", true, ""},
		"four, two chosen":    {4, "q=x&a=1&d=2", true, ">2<"},
		"four, one is empty":  {4, "a=&b=2", true, ">1<"},
		"four, and a sorting": {4, "sort=a&desc=1", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(tt.query)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := ui.Filters(p, ui.List{Path: "/x", Query: query, Search: "Name", Filters: fields[:tt.filters]}).Render(t.Context(), &b); err != nil {
				t.Fatal(err)
			}
			page := b.String()
			if folded := strings.Contains(page, "k-filter-fold"); folded != tt.folded {
				t.Errorf("folded: %t", folded)
			}
			if counted := strings.Contains(page, "k-count"); counted != (tt.chosen != "") || !strings.Contains(page, tt.chosen) {
				t.Errorf("counts: %s", page)
			}
			for _, f := range fields[:tt.filters] {
				if strings.Count(page, `name="`+f.Name+`"`) != 1 {
					t.Errorf("%s stands %d times", f.Name, strings.Count(page, `name="`+f.Name+`"`))
				}
			}
		})
	}
}
