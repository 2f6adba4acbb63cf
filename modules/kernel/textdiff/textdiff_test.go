package textdiff_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/textdiff"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after string
		want          []textdiff.Run
	}{
		"both empty": {"", "", nil},
		"the same":   {"Ne denediniz?", "Ne denediniz?", []textdiff.Run{{Kind: textdiff.Kept, Text: "Ne denediniz?"}}},
		"new":        {"", "one two", []textdiff.Run{{Kind: textdiff.Inserted, Text: "one two"}}},
		"gone":       {"one two", "", []textdiff.Run{{Kind: textdiff.Deleted, Text: "one two"}}},
		"a word": {"at most 300 words.", "at most 200 words.", []textdiff.Run{
			{Kind: textdiff.Kept, Text: "at most "}, {Kind: textdiff.Deleted, Text: "300"}, {Kind: textdiff.Inserted, Text: "200"}, {Kind: textdiff.Kept, Text: " words."},
		}},
		"İ is not ı": {"ıİ", "iI", []textdiff.Run{{Kind: textdiff.Deleted, Text: "ıİ"}, {Kind: textdiff.Inserted, Text: "iI"}}},
	} {
		if diff := cmp.Diff(c.want, textdiff.Words(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// longest is the length of a longest common subsequence, by the table.
func longest(a, b []string) int {
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i, v := range slices.Backward(a) {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if v == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			}
		}
	}
	return best[0][0]
}

func TestBothTextsComeBackAndNothingShorterWould(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		text := func() []string {
			words := make([]string, r.IntN(14))
			for i := range words {
				words[i] = string(rune('a' + r.IntN(3)))
			}
			return words
		}
		a, b := text(), text()
		before, after := strings.Join(a, "-"), strings.Join(b, "-")
		var old, young strings.Builder
		kept := 0
		for _, run := range textdiff.Script(before, after) {
			if run.Kind != textdiff.Inserted {
				old.WriteString(run.Text)
			}
			if run.Kind != textdiff.Deleted {
				young.WriteString(run.Text)
			}
			if run.Kind == textdiff.Kept {
				kept += len(run.Text)
			}
		}
		if old.String() != before || young.String() != after {
			t.Fatalf("%q to %q became %q to %q", before, after, old.String(), young.String())
		}
		if want := longest(strings.Split(before, ""), strings.Split(after, "")); kept != want {
			t.Fatalf("%q to %q keeps %d signs, %d are possible", before, after, kept, want)
		}
	}
}

func TestVeryDifferentTextsAreExchangedWhole(t *testing.T) {
	t.Parallel()
	before, after := strings.Repeat("a ", 3000), strings.Repeat("b.", 3000)
	want := []textdiff.Run{{Kind: textdiff.Deleted, Text: before}, {Kind: textdiff.Inserted, Text: after}}
	if diff := cmp.Diff(want, textdiff.Words(before, after)); diff != "" {
		t.Error(diff)
	}
}

func TestShredsAreJoined(t *testing.T) {
	t.Parallel()
	before, after := "Open call: learn from each other across borders", "Learning from neighbours: open call for the second cycle"
	want := []textdiff.Run{{Kind: textdiff.Deleted, Text: before}, {Kind: textdiff.Inserted, Text: after}}
	if diff := cmp.Diff(want, textdiff.Words(before, after)); diff != "" {
		t.Error(diff)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		text := func() string {
			var b strings.Builder
			for range r.IntN(9) {
				b.WriteString([]string{"a ", "bridge ", "neighbourhood ", "to ", ". "}[r.IntN(5)])
			}
			return b.String()
		}
		before, after := text(), text()
		var old, young strings.Builder
		last := textdiff.Kind(-1)
		for _, run := range textdiff.Words(before, after) {
			if run.Kind != textdiff.Inserted {
				old.WriteString(run.Text)
			}
			if run.Kind != textdiff.Deleted {
				young.WriteString(run.Text)
			}
			if run.Kind == last || run.Text == "" {
				t.Fatalf("%q to %q has a run too many", before, after)
			}
			last = run.Kind
		}
		if old.String() != before || young.String() != after {
			t.Fatalf("%q to %q became %q to %q", before, after, old.String(), young.String())
		}
	}
}
