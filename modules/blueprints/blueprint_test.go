package blueprints_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

func TestWhatShipsHoldsTogether(t *testing.T) {
	t.Parallel()
	for _, b := range blueprints.BuiltIn() {
		for _, p := range blueprints.Problems(parse(t, b)) {
			t.Errorf("%s: %v", b.Key, p)
		}
		for _, p := range forms.Check(b.Form) {
			t.Errorf("%s: %v", b.Key, p)
		}
	}
}

// texts walks everything below v and calls back for each text of a program.
func texts(v reflect.Value, where string, found func(where string, text i18n.Text)) {
	if text, ok := reflect.TypeAssert[i18n.Text](v); ok {
		found(where, text)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), where+"."+v.Type().Field(i).Name, found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), where+"["+v.Index(i).String()+"]", found)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), where, found)
		}
	default:
	}
}

func TestEveryTextExistsInEveryLanguage(t *testing.T) {
	t.Parallel()
	n := 0
	all := blueprints.BuiltIn()
	for i := range all {
		all[i].Form = forms.Definition{} // Check looks after the form, whose texts may be absent
	}
	texts(reflect.ValueOf(all), "", func(where string, text i18n.Text) {
		n++
		if missing := text.Missing(i18n.All); len(missing) > 0 && (len(text) > 0 || !strings.HasSuffix(where, ".Hint")) {
			t.Errorf("%s lacks %v: %v", where, missing, text)
		}
		for l, s := range text {
			if clean, ok := i18n.Clean(s); !ok || clean != s {
				t.Errorf("%s (%s) holds what no text should: %q", where, l, s)
			}
		}
	})
	if n < 100 {
		t.Errorf("found only %d texts: the walk is broken", n)
	}
}

func TestTheDefaultIsWhole(t *testing.T) {
	t.Parallel()
	b := blueprints.Default()
	var sections []string
	for _, s := range b.Form.Sections {
		sections = append(sections, s.Key+" "+string(s.Scope))
	}
	want := []string{"organization part", "people part", "need part", "offer part", "partner joint", "plan joint", "declarations part"}
	if diff := cmp.Diff(want, sections); diff != "" {
		t.Error(diff)
	}
	weights := 0
	for _, c := range b.Criteria {
		weights += c.Weight
	}
	if len(b.Criteria) != 6 || weights != 100 {
		t.Errorf("%d criteria weigh %d", len(b.Criteria), weights)
	}
	var seats []int
	for _, c := range b.Compositions {
		seats = append(seats, len(c.Seats))
	}
	if diff := cmp.Diff([]int{2, 3, 4}, seats); diff != "" {
		t.Error(diff)
	}
	if len(b.Dimensions) != 12 || len(b.Stages) != 17 || len(b.Assessment) != 36 || len(b.Scale) != 6 || len(b.Checklists) != 6 {
		t.Errorf("%d dimensions, %d stages, %d statements on %d levels, %d checklists", len(b.Dimensions), len(b.Stages), len(b.Assessment), len(b.Scale), len(b.Checklists))
	}
	of := map[string]int{}
	for _, s := range b.Assessment {
		of[s.Dimension]++
	}
	for _, d := range b.Dimensions {
		if of[d.Value] != 3 {
			t.Errorf("%d statements about %s", of[d.Value], d.Value)
		}
	}
	for _, r := range b.Rates {
		for _, row := range r.Rows {
			if len(row.Cells) != len(r.Columns) {
				t.Errorf("%s: %d cells in %d columns", r.Key, len(row.Cells), len(r.Columns))
			}
		}
	}
}

// TestTheMultiplierIsWhole: what networks apply with, and what the program's pages count on in any blueprint.
func TestTheMultiplierIsWhole(t *testing.T) {
	t.Parallel()
	b := blueprints.BuiltIn()[1]
	var sections []string
	for _, s := range b.Form.Sections {
		sections = append(sections, s.Key)
	}
	if diff := cmp.Diff([]string{"organization", "members", "mobility", "team", "plan", "declarations"}, sections); diff != "" {
		t.Error(diff)
	}
	if _, ok := b.Composition("network"); !ok || b.Key != "multiplier" {
		t.Errorf("%s: %v", b.Key, b.Compositions)
	}
	for _, key := range []string{"member_list", "why_mobility", "target_group", "topics", "team_people", "added_value", "budget_lines"} {
		if _, _, ok := b.Form.Question(key); !ok {
			t.Errorf("the form does not ask for %s", key)
		}
	}
}

func TestWhatTheProgramCountsOn(t *testing.T) {
	t.Parallel()
	for _, b := range blueprints.BuiltIn() {
		for _, d := range b.Documents {
			if q, _, ok := b.Form.Question(d.Question); !ok || q.Type != forms.TypeFile {
				t.Errorf("%s: document %s is taken by no file question", b.Key, d.Key)
			}
		}
		if !slices.IsSortedFunc(b.Stages, func(a, c blueprints.Stage) int { return a.StartWeek - c.StartWeek }) {
			t.Errorf("%s: the stages are not in the order in which they begin", b.Key)
		}
		if !slices.ContainsFunc(b.Stages, func(s blueprints.Stage) bool { return s.Key == "call" && s.StartWeek == 0 }) {
			t.Errorf("%s has no open call", b.Key)
		}
		if len(b.Letters) != 10 {
			t.Errorf("%s has %d letters", b.Key, len(b.Letters))
		}
		for _, key := range []string{
			"receipt", "papers", "ineligible", "selected", "waiting", "rejected", "place_offered", "partner_invitation", "reviewer_invitation", "extension",
		} {
			if _, ok := b.Letter(key); !ok {
				t.Errorf("%s: no letter %s", b.Key, key)
			}
		}
	}
}

func TestLettersUseTheirFields(t *testing.T) {
	t.Parallel()
	var letters []blueprints.Letter
	for _, b := range blueprints.BuiltIn() {
		letters = append(letters, b.Letters...)
	}
	for _, letter := range letters {
		for _, l := range i18n.All {
			used := blueprints.MergeFields(letter.Subject[l] + " " + letter.Body[l])
			slices.Sort(used)
			want := slices.Sorted(slices.Values(letter.Fields))
			if diff := cmp.Diff(want, used); diff != "" {
				t.Errorf("%s (%s): %s", letter.Key, l, diff)
			}
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	merged, missing := blueprints.Merge("Dear {person}, {number} and {number} by {due}", map[string]string{"person": "{due}", "number": "K-7"})
	if merged != "Dear {due}, K-7 and K-7 by {due}" || !slices.Equal(missing, []string{"due"}) {
		t.Errorf("got %q, missing %v", merged, missing)
	}
}

func TestSeats(t *testing.T) {
	t.Parallel()
	b := blueprints.Default()
	pair, _ := b.Composition("pair")
	four, _ := b.Composition("quartet")
	for _, tt := range []struct {
		seat          blueprints.Seat
		kind, country string
		want          bool
	}{
		{pair.Seats[0], "initiative", "TR", true},
		{pair.Seats[0], "association", "DE", false},
		{pair.Seats[1], "association", "DE", true},
		{pair.Seats[1], "association", "TR", false},
		{four.Seats[1], "local_authority", "TR", true},
		{four.Seats[1], "association", "TR", false},
		{four.Seats[2], "local_authority", "DE", false},
	} {
		if got := tt.seat.Fits(tt.kind, tt.country); got != tt.want {
			t.Errorf("%s from %s in %s: %v", tt.kind, tt.country, tt.seat.Key, got)
		}
	}
}

func TestACopyIsOnesOwn(t *testing.T) {
	t.Parallel()
	b := blueprints.Default()
	b.Form.Sections[0].Title[i18n.EN] = "changed"
	b.Criteria[0].Weight = 99
	if again := blueprints.Default(); again.Form.Sections[0].Title[i18n.EN] == "changed" || again.Criteria[0].Weight == 99 {
		t.Error("one caller's change reached another")
	}
}

func TestTheFormCanBeOutlined(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(ui.Locales, forms.Locales)
	if err != nil {
		t.Fatal(err)
	}
	b := blueprints.Default()
	for _, l := range i18n.All {
		for _, scope := range []forms.Scope{forms.ScopePart, forms.ScopeJoint} {
			for _, s := range forms.Outline(c.Localizer(l, time.UTC), &b.Form, scope).Sections {
				for _, g := range s.Groups {
					for _, e := range g.Entries {
						for _, line := range append(e.Lines, e.Label.Text) {
							if line == "" || strings.Contains(line, "forms.") || e.Label.Lang != "" {
								t.Errorf("%s %s: %q", l, e.Ref, line)
							}
						}
					}
				}
			}
		}
	}
}
