package blueprints_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/blueprints"
)

func parse(t testing.TB, v any) blueprints.Program {
	t.Helper()
	p, err := blueprints.Of(v)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(differences []blueprints.Difference) []string {
	var all []string
	for _, d := range differences {
		all = append(all, string(d.Kind)+" "+d.Key)
	}
	return all
}

func TestAProgramIsPutTogetherAsItWas(t *testing.T) {
	t.Parallel()
	before := parse(t, blueprints.Default())
	raw, err := before.JSON()
	if err != nil {
		t.Fatal(err)
	}
	after, err := blueprints.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if found := blueprints.Compare(before, after); len(found) > 0 {
		t.Error(keys(found))
	}
	var again blueprints.Blueprint
	if err := json.Unmarshal(raw, &again); err != nil {
		t.Fatal(err)
	}
	want := blueprints.Default()
	again.Key, again.Version, again.Notes = want.Key, want.Version, want.Notes
	if diff := cmp.Diff(want, again); diff != "" {
		t.Error(diff)
	}
	for _, key := range []string{"call/about", "review", "criteria/need", "letters/receipt", "stages/call", "eligibility/complete", "compositions/pair", "documents/registration", "form", "form/need", "form/need/topics"} {
		if _, ok := before.Piece(key); !ok {
			t.Errorf("no piece %s", key)
		}
	}
	if len(before.Pieces()) != before.Len() {
		t.Errorf("%d of %d pieces are read", len(before.Pieces()), before.Len())
	}
}

func TestWhatIsNoProgramIsRefused(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		``, `[]`, `"x"`, `{"criteria":[{"key":"a"},{"key":"a"}]}`, `{"criteria":[{"key":"a/b"}]}`, `{"criteria":[{"key":""}]}`, `{"form":{"sections":[1]}}`,
		`{"form":{"sections":[{"key":"a","questions":{}}]}}`, `{"order":1}`, `{"a/b":1}`, `{"x":"` + strings.Repeat("x", 4<<20) + `"}`,
	} {
		if _, err := blueprints.Parse([]byte(raw)); err == nil {
			t.Errorf("read %.60s", raw)
		}
	}
}

// TestWhatSaysNothingIsNoDifference: a field that a later program writes empty was not there before.
func TestWhatSaysNothingIsNoDifference(t *testing.T) {
	t.Parallel()
	a := parse(t, json.RawMessage(`{"criteria":[{"key":"a","weight":3,"name":{"en":"A"}}],"review":{"reviews":2}}`))
	b := parse(t, json.RawMessage(`{"review":{"reviews":2,"fresh":0,"also":{"x":[]}},"criteria":[{"weight":3,"key":"a","name":{"en":"A","tr":""},"hint":null,"on":false,"seats":[]}]}`))
	if found := blueprints.Compare(a, b); len(found) > 0 {
		t.Error(keys(found))
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	a := parse(t, json.RawMessage(`{"call":{"about":{"en":"A"}},"criteria":[{"key":"a"},{"key":"b"},{"key":"c"}],"form":{"schema":1,"sections":[{"key":"s","title":{"en":"S"},"questions":[{"key":"p"},{"key":"q"}]}]}}`))
	b := parse(t, json.RawMessage(`{"call":{"about":{"en":"B"}},"criteria":[{"key":"c"},{"key":"n"},{"key":"a"}],"form":{"schema":1,"sections":[{"key":"s","title":{"en":"S"},"questions":[{"key":"q","words":3},{"key":"r"}]}]},"future":{"x":1}}`))
	want := []string{
		"changed call/about", "removed form/s/p", "changed form/s/q", "added form/s/r", "added criteria/n", "removed criteria/b", "added future", "reordered order/criteria",
	}
	if diff := cmp.Diff(want, keys(blueprints.Compare(a, b))); diff != "" {
		t.Error(diff)
	}
}

// someProgram is a small program of what chance picks: lists in any order, texts of few letters, so that two of them often
// agree.
func someProgram(r *rand.Rand) map[string]any {
	things := func(names string, more func() map[string]any) []any {
		all := []any{}
		for _, i := range r.Perm(len(names)) {
			if r.IntN(4) > 0 {
				thing := map[string]any{"key": string(names[i]), "weight": r.IntN(3)}
				if more != nil {
					thing["questions"] = more()["questions"]
				}
				all = append(all, thing)
			}
		}
		return all
	}
	section := 0
	p := map[string]any{
		"criteria": things("abcde", nil),
		"form": map[string]any{"schema": 1, "sections": things("stu", func() map[string]any {
			section++
			return map[string]any{"questions": things("pqrv", nil)}
		})},
		"call":   map[string]any{"about": map[string]any{"en": fmt.Sprint(r.IntN(3))}, "title": map[string]any{"en": fmt.Sprint(r.IntN(2))}},
		"review": map[string]any{"reviews": 1 + r.IntN(2)},
	}
	if r.IntN(2) == 0 {
		p["letters"] = things("xyz", nil)
	}
	return p
}

// TestLawsOfReconciling: without a change nothing is offered and nothing moves; taking nothing leaves what is mine; taking
// everything gives what is theirs, order included; taking what is offered gives a program in which nothing is offered any
// more.
func TestLawsOfReconciling(t *testing.T) {
	t.Parallel()
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 7))
		base, mine, theirs := parse(t, someProgram(r)), parse(t, someProgram(r)), parse(t, someProgram(r))
		same := func(law string, want, got blueprints.Program) {
			t.Helper()
			if found := blueprints.Compare(want, got); len(found) > 0 {
				t.Fatalf("seed %d: %s: %v", seed, law, keys(found))
			}
			raw, err := got.JSON()
			if err != nil {
				t.Fatal(err)
			}
			wanted, err := want.JSON()
			if err != nil {
				t.Fatal(err)
			}
			a, b := parse(t, wanted), parse(t, raw)
			if found := blueprints.Compare(a, b); len(found) > 0 {
				t.Fatalf("seed %d: %s, written: %v", seed, law, keys(found))
			}
		}
		if offered := blueprints.Reconcile(base, base, base).Offered(); len(offered) > 0 {
			t.Fatalf("seed %d: %d pieces are offered without a change", seed, len(offered))
		}
		if offered := blueprints.Reconcile(base, mine, base).Offered(); len(offered) > 0 {
			t.Fatalf("seed %d: %d pieces are offered though nothing is new", seed, len(offered))
		}
		m := blueprints.Reconcile(base, mine, theirs)
		same("taking none", mine, m.Take())
		var all, offered []string
		for _, o := range m.Outcomes {
			all = append(all, o.Key)
		}
		for _, o := range m.Offered() {
			offered = append(offered, o.Key)
		}
		same("taking all", theirs, m.Take(all...))
		took := m.Take(offered...)
		for _, o := range blueprints.Reconcile(theirs, took, theirs).Outcomes {
			if slices.Contains(offered, o.Key) && o.State != blueprints.Unchanged {
				t.Fatalf("seed %d: %s was taken and is %s", seed, o.Key, o.State)
			}
		}
		untouched := blueprints.Reconcile(base, base, theirs)
		offered = nil
		for _, o := range untouched.Offered() {
			offered = append(offered, o.Key)
		}
		same("an untouched program", theirs, untouched.Take(offered...))
	}
}

func TestStatesOfReconciling(t *testing.T) {
	t.Parallel()
	of := func(body string) blueprints.Program {
		if body == "" {
			return parse(t, json.RawMessage(`{"criteria":[]}`))
		}
		return parse(t, json.RawMessage(`{"criteria":[{"key":"a","name":{"en":"`+body+`"}}]}`))
	}
	for _, tt := range []struct {
		base, mine, theirs string
		want               blueprints.State
	}{
		{"1", "1", "1", blueprints.Unchanged},
		{"1", "2", "1", blueprints.OnlyMine},
		{"1", "1", "2", blueprints.OnlyTheirs},
		{"1", "2", "2", blueprints.BothSame},
		{"1", "2", "3", blueprints.Conflict},
		{"", "1", "", blueprints.OnlyMine},
		{"", "", "1", blueprints.OnlyTheirs},
		{"", "1", "2", blueprints.Conflict},
		{"", "1", "1", blueprints.BothSame},
		{"1", "", "1", blueprints.OnlyMine},
		{"1", "1", "", blueprints.OnlyTheirs},
		{"1", "", "2", blueprints.Conflict},
		{"1", "2", "", blueprints.Conflict},
		{"1", "", "", blueprints.BothSame},
	} {
		found := blueprints.Reconcile(of(tt.base), of(tt.mine), of(tt.theirs)).Outcomes
		if tt.base == "1" && tt.mine == "" && tt.theirs == "" {
			if len(found) != 1 || found[0].State != tt.want {
				t.Errorf("%v: %v", tt, found)
			}
			continue
		}
		if len(found) != 1 || found[0].State != tt.want {
			t.Errorf("%q, %q, %q: %v", tt.base, tt.mine, tt.theirs, found)
		}
	}
}

// TestAnOrderIsKept: what is new stands beside its neighbour of the newer version, what is mine stays beside mine.
func TestAnOrderIsKept(t *testing.T) {
	t.Parallel()
	of := func(names string) blueprints.Program {
		var all []any
		for _, n := range names {
			all = append(all, map[string]any{"key": string(n)})
		}
		return parse(t, map[string]any{"criteria": all})
	}
	for _, tt := range []struct{ base, mine, theirs, take, want string }{
		{"abc", "abc", "abnc", "n", "abnc"},
		{"abc", "amc", "abnc", "n", "anmc"},
		{"abc", "abc", "nabc", "n", "nabc"},
		{"abc", "cba", "abnc", "n", "cbna"},
		{"abc", "abcm", "cab", "order/", "cmab"},
		{"abc", "mabc", "cabn", "order/ n", "mcabn"},
		{"abc", "abc", "ac", "b", "ac"},
	} {
		m := blueprints.Reconcile(of(tt.base), of(tt.mine), of(tt.theirs))
		var take []string
		for one := range strings.FieldsSeq(tt.take) {
			if one == "order/" {
				take = append(take, "order/criteria")
			} else {
				take = append(take, "criteria/"+one)
			}
		}
		raw, err := m.Take(take...).JSON()
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Criteria []struct{ Key string } }
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		order := ""
		for _, c := range got.Criteria {
			order += c.Key
		}
		if order != tt.want {
			t.Errorf("%s, mine %s, theirs %s, taking %s: %s, want %s", tt.base, tt.mine, tt.theirs, tt.take, order, tt.want)
		}
	}
}

func TestWhatDoesNotHoldTogetherIsSaid(t *testing.T) {
	t.Parallel()
	if found := blueprints.Problems(parse(t, blueprints.Default())); len(found) > 0 {
		t.Fatalf("the default: %v", found)
	}
	base := blueprints.Default()
	theirs := blueprints.Default()
	need, _ := theirs.Form.Section("need")
	fresh := need.Questions[1]
	fresh.Key = "fresh"
	need.Questions = append(need.Questions, fresh)
	dependent := fresh
	dependent.Key, dependent.Condition = "dependent", condition("fresh")
	need.Questions = append(need.Questions, dependent)
	section := *need
	section.Key, section.Questions = "more", append(section.Questions[:0:0], fresh)
	section.Questions[0].Key = "elsewhere"
	theirs.Form.Sections = append(theirs.Form.Sections, section)
	theirs.Criteria[0].Weight, theirs.Criteria[1].Weight = 30, 15
	m := blueprints.Reconcile(parse(t, base), parse(t, base), parse(t, theirs))
	for take, want := range map[string]string{
		"":                                  "",
		"form/need/dependent":               "form/need/dependent blueprints.problem.question",
		"form/need/fresh":                   "",
		"form/more/elsewhere":               "form/more/elsewhere blueprints.problem.section",
		"criteria/need":                     "criteria blueprints.problem.weights",
		"criteria/need criteria/commitment": "",
		"form/need/dependent form/need/fresh form/more form/more/elsewhere": "",
	} {
		var got []string
		for _, p := range blueprints.Problems(m.Take(strings.Fields(take)...)) {
			got = append(got, p.Piece+" "+p.Key)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("taking %s: %v, want %s", take, got, want)
		}
	}
}
