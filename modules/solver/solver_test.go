package solver

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// wrong is what Solve says against an instance.
func wrong(t *testing.T, instance string) string {
	t.Helper()
	answer, err := Solve(t.Context(), []byte(instance))
	m, ok := errors.AsType[*Mistake](err)
	if !ok || answer != nil {
		t.Errorf("%s: answer %s, error %v, want a mistake", instance, answer, err)
		return ""
	}
	if strings.ContainsAny(m.Error(), "\n\r") {
		t.Errorf("%s: %q is more than one line", instance, m.Error())
	}
	return m.Error()
}

// refused tries instances and what has to be said against each.
func refused(t *testing.T, cases map[string]string) {
	t.Helper()
	for instance, want := range cases {
		if got := wrong(t, instance); got != want {
			t.Errorf("%s\n got %s\nwant %s", instance, got, want)
		}
	}
}

// answered tries instances and the answer of each.
func answered(t *testing.T, cases map[string]string) {
	t.Helper()
	for instance, want := range cases {
		if got, err := Solve(t.Context(), []byte(instance)); err != nil || string(got) != want {
			t.Errorf("%s\n got %s %v\nwant %s", instance, got, err, want)
		}
	}
}

func TestWhatIsNoInstance(t *testing.T) {
	t.Parallel()
	refused(t, map[string]string{
		"":                               "the instance is empty",
		" \n":                            "the instance is empty",
		"{":                              "line 1, column 1: this is not JSON: unexpected end of JSON input",
		"{\n \"kind\": NaN}":             "line 2, column 10: this is not JSON: invalid character 'N' looking for beginning of value",
		`{"kind":"matching"} {}`:         "line 1, column 21: this is not JSON: invalid character '{' after top-level value",
		`[]`:                             "the instance must be an object, is a list",
		`7`:                              "the instance must be an object, is a number",
		`{}`:                             "kind: is missing; it is " + names(),
		`{"nodes":3}`:                    "kind: is missing; it is " + names(),
		`{"kind":3}`:                     "kind: must be a string, is a number",
		`{"kind":null}`:                  "kind: must be a string, is null",
		`{"kind":"sudoku"}`:              `kind: "sudoku" is none of ` + names(),
		`{"a":{"kind":"b"},"kind":"cc"}`: `kind: "cc" is none of ` + names(),
	})
	if got := wrong(t, strings.Repeat("[", 20000)+strings.Repeat("]", 20000)); !strings.Contains(got, "not JSON") {
		t.Errorf("depth: %s", got)
	}
	if got := wrong(t, strings.Repeat(" ", MaxBytes+1)); got != "the instance is longer than 64 MiB" {
		t.Errorf("length: %s", got)
	}
}

// TestSumsThatNoNumberHolds adds numbers up that are in order each.
func TestSumsThatNoNumberHolds(t *testing.T) {
	t.Parallel()
	const says = ": the numbers of the answer add up to more than 1.7976931348623157e308"
	refused(t, map[string]string{
		`{"kind":"matching","nodes":4,"edges":[[0,1,1e308],[2,3,1e308]]}`:                                                                                                  "edges" + says,
		`{"kind":"bipartite","cost":[[1e308,null],[null,1e308]]}`:                                                                                                          "cost" + says,
		`{"kind":"seats","seats":[{},{},{}],"organizations":[{},{},{}],"scores":[[0,1e308,1e308],[1e308,0,1],[1e308,1,0]]}`:                                                "scores" + says,
		`{"kind":"assignment","affinity":[[1e308,1e308]],"conflict":[[0,0]],"reviews":{"min":2,"max":2},"load":[{"min":0,"max":1},{"min":0,"max":1}],"objective":"total"}`: "affinity" + says,
	})
}

// TestHelpDoesNotLie computes every example of the help.
func TestHelpDoesNotLie(t *testing.T) {
	t.Parallel()
	for name, k := range kinds {
		if len(k.examples) == 0 || !strings.Contains(k.about, fmt.Sprintf(`{"kind":%q`, name)) {
			t.Errorf("the help of %s has no example or no format", name)
		}
		for line := range strings.Lines(k.about) {
			if len([]rune(line)) > 101 {
				t.Errorf("%s: %q is too long a line", name, line)
			}
		}
		for _, e := range k.examples {
			answered(t, map[string]string{e.instance: e.answer})
		}
	}
	if sorted := slices.Sorted(maps.Keys(kinds)); !strings.HasSuffix(names(), strings.Join(sorted[max(0, len(sorted)-1):], "")) {
		t.Errorf("names are %q", names())
	}
}

func TestReaderIsStrict(t *testing.T) {
	t.Parallel()
	const fields = "the fields here are kind, count, list, deep and seed"
	for text, want := range map[string]string{
		`{"kind":"x","count":3,"list":[[1,2.50],null,[-3,1e2]],"seed":7,"deep":{"on":true}}`: "3 [1 2.5] none [-3 100] true 7",
		" { \"list\" : [ ] ,\n\t\"kind\":\"}\\\"\" , \"count\" : 1.0 } ":                     "1 false",
		`{"kind":"x","count":3,"list":[],"seed":0.5}`:                                        "seed: 0.5 is not a seed; seeds are 0 to 2^53",
		`{"kind":"x","count":3,"lost":1}`:                                                    "lost: is not a field; " + fields,
		`{"kind":"x","count":3,"a\nb":1}`:                                                    `a\nb: is not a field; ` + fields,
		`{"kind":"x","count":3,"Count":3}`:                                                   "Count: is not a field; " + fields,
		`{"kind":"x","count":3,"list":[],"count":4}`:                                         "count: stands here twice",
		`{"kind":"x","count":3,"list":[],"c\u006funt":4}`:                                    "count: stands here twice",
		`{"kind":"x","list":[]}`:                                                             "count: is missing",
		`{"kind":"x","count":null,"list":[]}`:                                                "count: must be a number, is null",
		`{"kind":"x","count":"3","list":[]}`:                                                 "count: must be a number, is a string",
		`{"kind":"x","count":2.5,"list":[]}`:                                                 "count: 2.5 is not a count; counts are 1 to 9",
		`{"kind":"x","count":1e300,"list":[]}`:                                               "count: 1e300 is not a count; counts are 1 to 9",
		`{"kind":"x","count":-1,"list":[]}`:                                                  "count: -1 is not a count; counts are 1 to 9",
		`{"kind":"x","count":1,"list":{}}`:                                                   "list: must be a list of pairs, is an object",
		`{"kind":"x","count":1,"list":[[1,2],7]}`:                                            "list[1]: must be [count, weight], is a number",
		`{"kind":"x","count":1,"list":[[1,2],[1]]}`:                                          "list[1]: has 1 of 2 values; this is [count, weight]",
		`{"kind":"x","count":1,"list":[[1,2],[]]}`:                                           "list[1]: has 0 of 2 values; this is [count, weight]",
		`{"kind":"x","count":1,"list":[[1,2,3]]}`:                                            "list[0][2]: is one too many; this is [count, weight]",
		`{"kind":"x","count":1,"list":[[1,1e999]]}`:                                          "list[0][1]: 1e999 is too large a number",
		`{"kind":"x","count":1,"list":[[1,[2]]]}`:                                            "list[0][1]: must be a number, is a list",
		`{"kind":"x","count":1,"list":[],"deep":{"on":1}}`:                                   "deep.on: must be true or false, is a number",
		`{"kind":"x","count":1,"list":[],"deep":{"off":true}}`:                               "deep.off: is not a field; the fields here are on",
		`{"kind":"x","count":1,"list":[],"deep":{}}`:                                         "deep.on: is missing",
		`{"kind":"x","count":1,"list":[],"deep":[]}`:                                         "deep: must be an object, is a list",
		`{"kind":"x","count":1,"list":[],"` + strings.Repeat("long", 50) + `":true}`:         strings.Repeat("long", 10) + "…: is not a field; " + fields,
	} {
		r, err := parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(r)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func readAll(r *reader) (string, error) {
	o, err := r.object("count", "list", "deep?", "seed?")
	if err != nil {
		return "", err
	}
	n, err := o["count"].integer("a count; counts are 1 to 9", 1, 9)
	if err != nil {
		return "", err
	}
	said := []string{fmt.Sprint(n)}
	list := o["list"]
	if err := list.array("pairs", func(int) error {
		if list.null() {
			said = append(said, "none")
			return nil
		}
		var pair [2]float64
		err := list.tuple(2, "[count, weight]", func(i int) error {
			d, err := list.decimal()
			pair[i] = d.Float()
			return err
		})
		said = append(said, fmt.Sprint(pair))
		return err
	}); err != nil {
		return "", err
	}
	on := false
	if o["deep"] != nil {
		deep, err := o["deep"].object("on")
		if err != nil {
			return "", err
		}
		if on, err = deep.flag("on"); err != nil {
			return "", err
		}
	}
	said = append(said, fmt.Sprint(on))
	if seed, given, err := o.seed(); given || err != nil {
		return strings.Join(append(said, fmt.Sprint(seed)), " "), err
	}
	return strings.Join(said, " "), nil
}
