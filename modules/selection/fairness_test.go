package selection_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/selection"
	"kervan/tenants"
)

// Courses tells what the house's applications came to: those that were decided, and whatever a test adds.
func (a *around) Courses(_ context.Context, _ tenants.Scope, call ids.Call) ([]selection.Course, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]selection.Course{}, a.courses[call]...), nil
}

// The limits are those of Newcombe (1998), table I, method 3.
func TestIntervalsAreThosePublished(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x, n      int
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}, {0, 0, 0, 1}, {20, 20, .8389, 1}} {
		low, high := selection.Interval(c.x, c.n)
		if math.Abs(low-c.low) > .00005 || math.Abs(high-c.high) > .00005 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.x, c.n, low, high, c.low, c.high)
		}
	}
}

// course is one of an organization, offered a place or not, that was handed in on the first of May.
func course(country, kind string, first, offered bool) selection.Course {
	day := func(n int) time.Time { return time.Date(2026, 5, n, 12, 0, 0, 0, time.UTC) }
	c := selection.Course{
		Application: ids.New[ids.Application](), Organizations: []selection.Contender{{Country: country, Kind: kind, First: first}},
		Started: day(1).AddDate(0, 0, -9), Submitted: day(1), Checked: day(3), Eligible: day(3), Reviewed: day(10), Decided: day(20),
	}
	if offered {
		c.Offered, c.Answered, c.Accepted = day(20), day(22), day(22)
	}
	return c
}

func several(n int, c func() selection.Course) []selection.Course {
	var all []selection.Course
	for range n {
		all = append(all, c())
	}
	return all
}

func TestSmallGroupsAreNotToldOf(t *testing.T) {
	t.Parallel()
	var all []selection.Course
	for country, n := range map[string]int{"TR": 9, "DE": 4, "BG": 2, "FR": 1, "GR": 1} {
		all = append(all, several(n, func() selection.Course { return course(country, "association", true, country == "DE") })...)
	}
	f := selection.FairnessOf(all)
	told := func(name string) string {
		for _, d := range f.Dimensions {
			if d.Name != name {
				continue
			}
			var b strings.Builder
			for _, g := range d.Groups {
				fmt.Fprintf(&b, "%s %d/%d ", g.Value, g.Offered, g.Applied)
			}
			return b.String()
		}
		return "?"
	}
	if got := told(selection.ByCountry); got != "TR 0/9 DE 4/4  0/4 " {
		t.Errorf("by country: %q", got)
	}
	if got := told(selection.ByKind); got != "" {
		t.Errorf("one kind only: %q", got)
	}
	// One left over would be told of by subtraction: the smallest that could be told of goes with it.
	f = selection.FairnessOf(append(append(several(8, func() selection.Course { return course("TR", "association", true, false) }),
		several(3, func() selection.Course { return course("DE", "association", false, true) })...), course("BG", "foundation", true, true)))
	if got := told(selection.ByCountry); got != "TR 0/8  4/4 " {
		t.Errorf("one left over: %q", got)
	}
	// A foundation beside eleven associations would stand alone.
	if got := told(selection.ByKind); got != "" {
		t.Errorf("one foundation: %q", got)
	}
	// Who takes part for the first time is all of Türkiye and the one of Bulgaria: less Türkiye, they would tell of that one.
	if got := told(selection.ByFirst); got != "" {
		t.Errorf("by earlier participation: %q", got)
	}
}

// written is a course in a language, of an organization of a country.
func written(country, language string, offered bool) func() selection.Course {
	return func() selection.Course {
		c := course(country, "association", true, offered)
		c.Language = language
		return c
	}
}

func TestSuccessIsToldByTheLanguageOfApplications(t *testing.T) {
	t.Parallel()
	join := slices.Concat[[]selection.Course]
	for name, c := range map[string]struct {
		all  []selection.Course
		want string
	}{
		"as countries are":             {join(several(9, written("TR", "tr", false)), several(4, written("DE", "de", true))), "tr 0/9 de 4/4 "},
		"enough write otherwise":       {join(several(9, written("TR", "tr", false)), several(3, written("TR", "en", true)), several(5, written("DE", "en", true))), "tr 0/9 en 8/8 "},
		"one writes otherwise":         {join(several(9, written("TR", "tr", false)), several(1, written("TR", "en", true)), several(5, written("DE", "en", true))), ""},
		"one of each writes otherwise": {join(several(9, written("TR", "tr", false)), several(1, written("TR", "en", true)), several(1, written("DE", "tr", true)), several(5, written("DE", "en", true))), ""},
		"some cannot be told":          {join(several(9, written("TR", "tr", false)), several(4, written("TR", "", true))), "tr 0/9 unknown 4/4 "},
		"a few of several languages":   {join(several(9, written("TR", "tr", false)), several(2, written("TR", "en", true)), several(1, written("TR", "de", true))), "tr 0/9  3/3 "},
	} {
		got := ""
		for _, g := range selection.FairnessOf(c.all).Dimensions[3].Groups {
			got += fmt.Sprintf("%s %d/%d ", g.Value, g.Offered, g.Applied)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestNothingOfFewIsToldBySubtraction adds up and subtracts all groups of any two dimensions: what does not cancel are none or
// enough organizations.
func TestNothingOfFewIsToldBySubtraction(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11)) // #nosec G404 -- invented applicants
	among := func(all ...string) string { return all[min(random.IntN(len(all)), random.IntN(len(all)))] }
	compared := 0
	for range 400 {
		var all []selection.Course
		for range 8 + random.IntN(40) {
			c := course(among("TR", "DE", "BG"), among("association", "foundation", "union"), random.IntN(3) == 0, random.IntN(2) == 0)
			c.Language = among("tr", "de", "en")
			o := &c.Organizations[0]
			if random.IntN(9) > 0 {
				o.Region = geo.Region(o.Country + among(".02", ".03", ".05", ".07"))
			}
			all = append(all, c)
		}
		var told [][]string // by dimension and organization, the group
		for i, d := range selection.FairnessOf(all).Dimensions {
			if len(d.Groups) == 0 {
				continue
			}
			groups := make([]string, len(all))
			for n, c := range all {
				o := c.Organizations[0]
				value := []string{o.Country, o.Kind, map[bool]string{true: "first", false: "again"}[o.First], c.Language, string(o.Region)}[i]
				if d.Name == selection.ByRegion {
					value = toldAs(d, o)
				}
				if slices.ContainsFunc(d.Groups, func(g selection.Group) bool { return g.Value == value }) {
					groups[n] = value
				}
			}
			told = append(told, groups)
		}
		for i, one := range told {
			for _, other := range told[:i] {
				compared++
				if few := fewest(one, other); few > 0 && few < selection.LeastTold {
					t.Fatalf("%d can be told by subtraction of %v and %v", few, one, other)
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d pairs of dimensions were compared", compared)
	}
}

// toldAs is the group of regions in which an organization is counted: the finest that there is.
func toldAs(d selection.Dimension, o selection.Contender) string {
	own := []string{"unplaced"}
	if o.Region != "" {
		own = []string{string(o.Region), o.Country + ".", o.Country}
	}
	for _, value := range own {
		if slices.ContainsFunc(d.Groups, func(g selection.Group) bool { return g.Value == value }) {
			return value
		}
	}
	return ""
}

func TestSuccessIsToldByRegionWithSmallOnesTogether(t *testing.T) {
	t.Parallel()
	sits := func(n int, region geo.Region, offered bool) []selection.Course {
		country := string(region.Country())
		if country == "" {
			country = "TR"
		}
		return several(n, func() selection.Course {
			c := course(country, "association", true, offered)
			c.Organizations[0].Region = region
			return c
		})
	}
	join := slices.Concat[[]selection.Course]
	for name, c := range map[string]struct {
		all  []selection.Course
		want string
	}{
		"one country, large regions":              {join(sits(5, "TR.34", true), sits(4, "TR.68", false)), "TR.34 5/5 TR.68 0/4 "},
		"one country, small ones together":        {join(sits(5, "TR.34", true), sits(2, "TR.48", false), sits(1, "TR.07", false), sits(1, "TR.63", false)), "TR.34 5/5 TR. 0/4 "},
		"too few left: the smallest goes with it": {join(sits(6, "TR.34", true), sits(4, "TR.68", false), sits(1, "TR.48", false)), "TR.34 6/6 TR. 0/5 "},
		"one region only":                         {sits(6, "TR.34", true), ""},
		"all of a region but one":                 {join(sits(6, "TR.34", true), sits(1, "TR.48", true)), ""},
		"a country without a large region":        {join(sits(5, "TR.34", true), sits(3, "TR.68", true), sits(2, "DE.02", false), sits(2, "DE.07", false)), "TR.34 5/5 DE 0/4 TR.68 3/3 "},
		"small countries together":                {join(sits(5, "TR.34", true), sits(2, "DE.02", false), sits(2, "BG.42", false)), "TR.34 5/5  0/4 "},
		"some are not known":                      {join(sits(5, "TR.34", true), sits(3, "TR.68", true), sits(4, "", false)), "TR.34 5/5 unplaced 0/4 TR.68 3/3 "},
		"one is not known":                        {join(sits(5, "TR.34", true), sits(3, "TR.68", true), sits(1, "", false), sits(3, "TR.48", false)), "TR.34 5/5 TR.48 0/3  3/4 "},
	} {
		got := ""
		for _, g := range selection.FairnessOf(c.all).Dimensions[4].Groups {
			got += fmt.Sprintf("%s %d/%d ", g.Value, g.Offered, g.Applied)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestOrganizationsOfOneApplicationAreNoGroup: all of them fared the same, and one group would tell how.
func TestOrganizationsOfOneApplicationAreNoGroup(t *testing.T) {
	t.Parallel()
	three := course("GR", "union", true, true)
	three.Organizations = append(three.Organizations, three.Organizations[0], three.Organizations[0])
	all := append(several(8, func() selection.Course { return course("TR", "association", true, false) }), three)
	for _, n := range []int{0, 1} { // countries, legal forms
		if groups := selection.FairnessOf(all).Dimensions[n].Groups; len(groups) > 0 {
			t.Errorf("told of: %+v", groups)
		}
	}
	all = append(all, several(2, func() selection.Course { return course("GR", "union", true, false) })...)
	if groups := selection.FairnessOf(all).Dimensions[0].Groups; len(groups) != 2 {
		t.Errorf("of three applications: %+v", groups)
	}
}

// TestManyRegionsAreToldOf: each of eighty regions beside all that was told before.
func TestManyRegionsAreToldOf(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 5)) // #nosec G404 -- invented applicants
	kinds, languages := []string{"association", "foundation", "union", "initiative", "cooperative"}, []string{"tr", "de", "en"}
	var all []selection.Course
	for n := range 800 {
		c := course("TR", kinds[random.IntN(len(kinds))], random.IntN(2) == 0, random.IntN(4) == 0)
		c.Language, c.Organizations[0].Region = languages[random.IntN(3)], geo.RegionsOf("TR")[n*n%6400/79%81]
		all = append(all, c)
	}
	if groups := selection.FairnessOf(all).Dimensions[4].Groups; len(groups) < 20 {
		t.Errorf("%d regions", len(groups))
	}
}

// fewest is how many organizations at least remain of some groups of one parting less some of another; 0: always none or all cancel.
func fewest(one, other []string) int {
	distinct := func(all []string) []string { return slices.Compact(slices.Sorted(slices.Values(all))) }
	a, b := distinct(one), distinct(other)
	least := 0
	for mask := range 1 << (len(a) + len(b)) {
		remain := 0
		for n := range one {
			plus := mask >> slices.Index(a, one[n]) & 1
			minus := mask >> (len(a) + slices.Index(b, other[n])) & 1
			if plus != minus {
				remain++
			}
		}
		if remain > 0 && (least == 0 || remain < least) {
			least = remain
		}
	}
	return least
}

func TestWhoFaresOtherwiseThanChanceExplains(t *testing.T) {
	t.Parallel()
	all := append(several(40, func() selection.Course { return course("TR", "association", true, false) }),
		append(several(20, func() selection.Course { return course("DE", "association", true, true) }), several(4, func() selection.Course { return course("BG", "foundation", false, false) })...)...)
	f := selection.FairnessOf(all)
	away := map[string]int{}
	for _, g := range f.Dimensions[0].Groups {
		away[g.Value] = g.Away(f.Overall.Share())
	}
	if away["TR"] != -1 || away["DE"] != 1 || away["BG"] != 0 {
		t.Errorf("away from all: %v", away)
	}
}

func TestFunnelAndWaits(t *testing.T) {
	t.Parallel()
	all := several(4, func() selection.Course { return course("TR", "association", true, true) })
	draft := selection.Course{Started: time.Now(), Organizations: []selection.Contender{{Country: "TR"}}}
	back := course("TR", "association", true, false)
	back.Withdrawn, back.Eligible, back.Checked, back.Reviewed, back.Decided = true, time.Time{}, time.Time{}, time.Time{}, time.Time{}
	f := selection.FairnessOf(append(all, draft, back))
	var got []string
	for _, s := range f.Funnel {
		got = append(got, fmt.Sprintf("%s %d", s.Name, s.Applications))
	}
	if s := strings.Join(got, ", "); s != "started 6, submitted 5, eligible 4, reviewed 4, offered 4, accepted 4" {
		t.Errorf("funnel: %s", s)
	}
	if f.Overall.Applied != 4 {
		t.Errorf("%d decided about; who withdrew before was not", f.Overall.Applied)
	}
	got = nil
	for _, w := range f.Waits {
		got = append(got, fmt.Sprintf("%s %d %.1f", w.Name, w.Applications, w.Median))
	}
	if s := strings.Join(got, ", "); s != "check 4 2.0, review 4 7.0, decision 4 10.0, answer 4 2.0, whole 4 19.0" {
		t.Errorf("waits: %s", s)
	}
	if selection.Quartile([]float64{1, 2, 3, 10}, .25) != 1.75 || selection.Quartile([]float64{5}, .75) != 5 {
		t.Error("quartiles")
	}
}

func TestFairnessIsToldAfterTheRelease(t *testing.T) {
	t.Parallel()
	h := open(t)
	funder, reviewer := h.role(t, "Ferda", tenants.RoleFunder), h.role(t, "Rana", tenants.RoleReviewer)
	h.courses = map[ids.Call][]selection.Course{h.call.ID: append(several(5, func() selection.Course { return course("TR", "association", true, true) }),
		several(4, func() selection.Course { return course("DE", "foundation", false, false) })...)}
	whole, address := h.courses[h.call.ID], "/selection/"+h.call.ID.String()+"/fairness"
	b := h.SignedIn(t, funder.Actor())
	b.Get(address)
	b.Want(http.StatusOK, "Nothing to tell yet")
	if page := b.Get(address + "?format=csv"); strings.Contains(page.Body, "Germany") {
		t.Error("something is told before the release")
	}
	w := h.won(t)
	b.Get(address)
	b.Want(http.StatusOK, "Germany", "Foundation", "56%", "19.0", "Had been in a partnership")
	b.Get(address + "?format=csv")
	b.Want(http.StatusOK, "Germany", "Türkiye")
	b.Get("/selection/" + h.call.ID.String() + "/ranking")
	b.Want(http.StatusNotFound)
	if _, err := h.service.Fairness(t.Context(), reviewer, h.call.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a reviewer read it: %v", err)
	}
	h.courses[h.call.ID] = h.courses[h.call.ID][:selection.LeastTold-1]
	b.Get(address)
	b.Want(http.StatusOK, "Too few applications")
	if page := b.Get(address + "?format=csv"); strings.Contains(page.Body, "Türkiye") {
		t.Error("two organizations are told of")
	}
	h.courses[h.call.ID] = whole
	// An application in which the chair has a conflict of interest counts nowhere.
	theirs := h.courses[h.call.ID][0]
	theirs.Application = w.all[0].ID
	h.courses[h.call.ID][0] = theirs
	chair := h.role(t, "Cem", tenants.RoleChair)
	before, err := h.service.Fairness(t.Context(), chair, h.call.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.DeclareConflict(t.Context(), chair, w.all[0].ID, selection.Declaration{Kind: selection.ConflictFamily}); err != nil {
		t.Fatal(err)
	}
	after, err := h.service.Fairness(t.Context(), chair, h.call.ID)
	if err != nil || before.Overall.Applied != 9 || after.Overall.Applied != 8 || after.Funnel[0].Applications != 8 {
		t.Errorf("counted %d before and %d after a conflict, %v", before.Overall.Applied, after.Overall.Applied, err)
	}
}
