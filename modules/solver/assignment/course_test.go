package assignment

import (
	"reflect"
	"slices"
	"testing"
)

// TestWhoFollowsIsToldTheTruth: of a total, of each application; of a fair one, of steps that rise and end where the answer is. Being
// told changes no answer.
func TestWhoFollowsIsToldTheTruth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fair  bool
		seed  uint64
		many  int // how often they are told at least
		value func(i, r int) int64
	}{
		{"a total", false, 0, 50, scattered(1, 9)},
		{"a total in a drawn order", false, 7, 50, scattered(1, 9)},
		{"fair", true, 0, 20, shared(5)},
		{"fair in a drawn order", true, 7, 20, shared(5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := large(50, 10, 2, c.value)
			in.Fair, in.Seed = c.fair, c.seed
			var told []int
			got, err := Follow(t.Context(), in, func(percent int) { told = append(told, percent) })
			if err != nil {
				t.Fatal(err)
			}
			want, err := Solve(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(want, got) {
				t.Errorf("%+v, and without being followed %+v", got, want)
			}
			if len(told) < c.many {
				t.Errorf("told %v", told)
			}
			for k, percent := range told {
				if percent <= 0 || percent > whole || k > 0 && percent <= told[k-1] {
					t.Fatalf("told %v", told)
				}
			}
			if last := told[len(told)-1]; !c.fair && last != whole {
				t.Errorf("at the end %d percent", last)
			} else if c.fair && last <= widestPercent {
				t.Errorf("what comes after the first assignment is not told: %v", told)
			}
		})
	}
}

// TestCourseRises, whatever it is told.
func TestCourseRises(t *testing.T) {
	t.Parallel()
	var told []int
	c := course{told: func(percent int) { told = append(told, percent) }}
	c.tell(0, 20, 1, 2)
	c.tell(0, 20, 1, 2)
	c.tell(0, 20, 1, 4)
	c.tell(20, 45, 9, 3)
	c.tell(45, 55, 0, 0)
	c.tell(55, 100, -5, 10)
	if !slices.Equal(told, []int{10, 45}) {
		t.Errorf("told %v", told)
	}
	(&course{}).tell(0, whole, 1, 1)
}
