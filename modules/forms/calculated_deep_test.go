package forms_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// layered is a form of calculations in layers, each made of all that the layer below it has; the lowest are of numbers. They
// stand in the order in which they are the dearest to work out one after the other: the highest first.
func layered(layers, wide int) forms.Definition {
	in := forms.Section{Key: "a", Title: say("A"), Scope: forms.ScopePart}
	for layer := layers; layer >= 0; layer-- {
		var below []string
		for i := range wide {
			below = append(below, fmt.Sprintf("q%d_%d", layer-1, i))
		}
		for i := range wide {
			q := forms.Question{Key: fmt.Sprintf("q%d_%d", layer, i), Type: forms.TypeNumber, Label: say("Q")}
			if layer > 0 {
				q.Type, q.Calculation = forms.TypeCalculated, &forms.Calculation{Operation: forms.OperationSum, Of: below}
			}
			in.Questions = append(in.Questions, q)
		}
	}
	return forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{in}}
}

// TestACalculationIsWorkedOutOnce counts the work: it grows with the form, however much stands upon how much.
func TestACalculationIsWorkedOutOnce(t *testing.T) {
	t.Parallel()
	for _, layers := range []int{2, 3, 10} { // the small ones fail within a moment where the large one would not end
		d := layered(layers, forms.MostTerms)
		if problems := forms.Check(d); len(problems) > 0 {
			t.Fatal(problems)
		}
		given := forms.Answers{}
		for i := range forms.MostTerms {
			given[fmt.Sprintf("q0_%d", i)] = []byte("1")
		}
		results, worked, units := forms.Work(&d, forms.ScopePart, given)
		if n := layers * forms.MostTerms; worked != n || units != n || len(results) != n {
			t.Fatalf("%d layers: %d results of %d, and %d units", layers, len(results), worked, units)
		}
		want := "1"
		for range layers {
			n, _ := strconv.Atoi(want)
			want = strconv.Itoa(n * forms.MostTerms)
		}
		if got := string(results[fmt.Sprintf("q%d_0", layers)]); got != want {
			t.Errorf("%d layers come to %s, want %s", layers, got, want)
		}
	}
}

// TestTooDeepACalculationIsRefused at the first that is too deep, whichever way it is come upon.
func TestTooDeepACalculationIsRefused(t *testing.T) {
	t.Parallel()
	for range 2 {
		d := layered(12, 2)
		slices.Reverse(d.Sections[0].Questions)
		var found []string
		for _, p := range forms.Check(d) {
			found = append(found, p.String())
		}
		slices.Sort(found)
		if got := strings.Join(found, "; "); got != "a/q11_0: forms.check.calculation_deep map[Most:10]; a/q11_1: forms.check.calculation_deep map[Most:10]" {
			t.Error(got)
		}
	}
}

// TestProductsOfProductsAreBounded: what is beyond a number is none, and what is made of it is none either.
func TestProductsOfProductsAreBounded(t *testing.T) {
	t.Parallel()
	d := layered(10, forms.MostTerms)
	for i := range d.Sections[0].Questions {
		if c := d.Sections[0].Questions[i].Calculation; c != nil {
			c.Operation = forms.OperationProduct
		}
	}
	for number, want := range map[string]string{"999999999999": "null", "-1": "1", "2": "null"} {
		given := forms.Answers{}
		for i := range forms.MostTerms {
			given[fmt.Sprintf("q0_%d", i)] = []byte(number)
		}
		results := forms.Calculate(&d, forms.ScopePart, given)
		if got := string(results["q10_0"]); got != want {
			t.Errorf("of %s: %s", number, got)
		}
		for ref, raw := range results {
			if len(raw) > 30 {
				t.Errorf("%s is %d characters long", ref, len(raw))
			}
		}
	}
}

// TestACalculationWaitsForWhatDecides: a term that is asked only where another result is so counts by that result as it is
// now, not as it was before; and so on, in whichever order they stand.
func TestACalculationWaitsForWhatDecides(t *testing.T) {
	t.Parallel()
	sum := func(key string, of ...string) forms.Question {
		return forms.Question{Key: key, Type: forms.TypeCalculated, Label: say(key), Calculation: &forms.Calculation{Operation: forms.OperationSum, Of: of}}
	}
	number := func(key string, on *forms.Condition) forms.Question {
		return forms.Question{Key: key, Type: forms.TypeNumber, Label: say(key), Condition: on}
	}
	questions := []forms.Question{
		sum("third", "c"), sum("second", "b"), sum("first", "a"), number("a", nil),
		number("b", &forms.Condition{Question: "first", Above: "10"}), number("c", &forms.Condition{Not: &forms.Condition{Question: "second", Answered: yes()}}),
	}
	for i := range questions {
		in := append(slices.Clone(questions[i:]), questions[:i]...)
		d := forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{{Key: "s", Title: say("S"), Scope: forms.ScopePart, Questions: in}}}
		if problems := forms.Check(d); len(problems) > 0 {
			t.Fatal(problems)
		}
		for _, c := range []struct{ a, second, third string }{{"11", "5", "null"}, {"10", "null", "7"}} {
			given := answers(t, "a", c.a, "b", "5", "c", "7", "first", "99", "second", "1", "third", "8")
			got := forms.Calculate(&d, forms.ScopePart, given)
			if string(got["first"]) != c.a || string(got["second"]) != c.second || string(got["third"]) != c.third {
				t.Errorf("of %s: %s", c.a, got)
			}
			if string(given["first"]) != "99" {
				t.Error("the answers that were given are written into")
			}
		}
	}
}
