// Package textdiff tells how one text became another, word by word, for people to read.
package textdiff

import (
	"slices"
	"strings"
	"unicode"
)

// Kind is what became of the words of a run.
type Kind int

// The kinds of run.
const (
	Kept Kind = iota
	Deleted
	Inserted
)

// Run is a stretch of words with the same fate.
type Run struct {
	Kind Kind
	Text string
}

// effort is how many words may differ before the texts count as wholly different: the work grows with its square, and a
// reader learns nothing from shreds.
const effort = 1000

// Words compares two texts by words, spaces and signs. Kept and deleted runs together are the first text, kept and inserted
// ones the second. It is a shortest edit script (Myers, "An O(ND) Difference Algorithm and Its Variations", 1986) between
// what is the same at both ends; beyond an effort the middle is deleted and inserted whole. A word or a space that happens to
// be in both texts between longer changes is changed with them: shreds are no help to a reader.
func Words(before, after string) []Run { return tidy(script(before, after)) }

// tidy joins changes between which less is kept than each of them changes.
func tidy(runs []Run) []Run {
	for {
		var w writer
		joined := false
		for i := 0; i < len(runs); {
			end := i
			for end < len(runs) && (runs[end].Kind != Kept || end > i && slight(runs, end)) {
				joined = joined || runs[end].Kind == Kept
				end++
			}
			if end == i {
				w.add(Kept, runs[i].Text)
				i++
				continue
			}
			for _, kind := range []Kind{Deleted, Inserted} {
				for _, r := range runs[i:end] {
					if r.Kind == kind || r.Kind == Kept {
						w.add(kind, r.Text)
					}
				}
			}
			i = end
		}
		if runs = w.runs; !joined {
			return runs
		}
	}
}

// slight reports whether the kept run stands between two changes and is not longer than the shorter of them.
func slight(runs []Run, at int) bool {
	return at > 0 && at+1 < len(runs) && len(strings.TrimSpace(runs[at].Text)) <= min(size(runs[:at], true), size(runs[at+1:], false))
}

// size is how long the change at the end, or at the beginning, of the runs is: the longer of what is deleted and inserted.
func size(runs []Run, last bool) int {
	longest := 0
	for i := range runs {
		r := runs[i]
		if last {
			r = runs[len(runs)-1-i]
		}
		if r.Kind == Kept {
			break
		}
		longest = max(longest, len(r.Text))
	}
	return longest
}

func script(before, after string) []Run {
	a, b := split(before), split(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	w := writer{}
	w.add(Kept, a[:head]...)
	w.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	w.add(Kept, a[len(a)-tail:]...)
	return w.runs
}

// split cuts a text into words, single spaces and single signs.
func split(text string) []string {
	var parts []string
	start := -1
	for i, r := range text {
		word := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if word && start < 0 {
			start = i
		}
		if !word {
			if start >= 0 {
				parts = append(parts, text[start:i])
				start = -1
			}
			parts = append(parts, string(r))
		}
	}
	if start >= 0 {
		parts = append(parts, text[start:])
	}
	return parts
}

type writer struct{ runs []Run }

func (w *writer) add(kind Kind, parts ...string) {
	text := strings.Join(parts, "")
	if text == "" {
		return
	}
	if n := len(w.runs); n > 0 && w.runs[n-1].Kind == kind {
		w.runs[n-1].Text += text
		return
	}
	w.runs = append(w.runs, Run{kind, text})
}

// middle writes the edits between two texts that differ at both ends: deletions of a gap before its insertions.
func (w *writer) middle(a, b []string) {
	keep, ok := common(a, b)
	if !ok {
		w.add(Deleted, a...)
		w.add(Inserted, b...)
		return
	}
	i, j := 0, 0
	for _, k := range keep {
		w.add(Deleted, a[i:k.a]...)
		w.add(Inserted, b[j:k.b]...)
		w.add(Kept, a[k.a])
		i, j = k.a+1, k.b+1
	}
	w.add(Deleted, a[i:]...)
	w.add(Inserted, b[j:]...)
}

// match is a place in both texts with the same word.
type match struct{ a, b int }

// common finds a longest common subsequence; false when more than the effort differs.
func common(a, b []string) ([]match, bool) {
	limit := min(len(a)+len(b), effort)
	v := make([]int, 2*limit+3)
	at := func(k int) *int { return &v[k+limit+1] }
	var trace [][]int // v as it was before each number of edits, for the diagonals -d to d
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), v[limit+1-d:limit+2+d]...))
		for k := -d; k <= d; k += 2 {
			x := *at(k - 1) + 1
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				x = *at(k + 1)
			}
			y := x - k
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			*at(k) = x
			if x >= len(a) && y >= len(b) {
				return walk(a, b, trace), true
			}
		}
	}
	return nil, false
}

// walk follows the way back through what was reached with each number of edits.
func walk(a, b []string, trace [][]int) []match {
	var found []match
	x, y := len(a), len(b)
	for d, v := range slices.Backward(trace) {
		px, py := 0, 0
		if d > 0 {
			k := x - y
			from := k - 1
			if k == -d || k != d && v[k-1+d] < v[k+1+d] {
				from = k + 1
			}
			px = v[from+d]
			py = px - from
		}
		for x > px && y > py {
			x, y = x-1, y-1
			found = append(found, match{x, y})
		}
		x, y = px, py
	}
	slices.Reverse(found)
	return found
}
