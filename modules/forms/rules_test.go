package forms_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

func TestTheSampleIsPublishable(t *testing.T) {
	t.Parallel()
	if problems := forms.Check(sample()); len(problems) > 0 {
		t.Fatal(problems)
	}
	raw, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	again, err := forms.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), again); diff != "" {
		t.Error(diff)
	}
}

func TestCheckFinds(t *testing.T) {
	t.Parallel()
	q := func(d *forms.Definition, key string) *forms.Question { found, _, _ := d.Question(key); return found }
	for name, tt := range map[string]struct {
		spoil func(*forms.Definition)
		where string
		key   string
	}{
		"a key twice":           {func(d *forms.Definition) { q(d, "mail").Key = "name" }, "who/name", "forms.check.key_twice"},
		"a bad key":             {func(d *forms.Definition) { q(d, "mail").Key = "Mail!" }, "who/Mail!", "forms.check.key"},
		"a section twice":       {func(d *forms.Definition) { d.Sections[1].Key = "who" }, "who", "forms.check.section_key"},
		"a missing translation": {func(d *forms.Definition) { delete(q(d, "name").Label, i18n.TR) }, "who/name", "forms.check.translation"},
		"half a help":           {func(d *forms.Definition) { q(d, "name").Help = i18n.Text{i18n.EN: "x"} }, "who/name", "forms.check.translation"},
		"a bidi override":       {func(d *forms.Definition) { q(d, "name").Label = say("a\u202eb") }, "who/name", "forms.check.text"},
		"one option":            {func(d *forms.Definition) { q(d, "status").Options = options("association") }, "who/status", "forms.check.few_options"},
		"an option twice":       {func(d *forms.Definition) { q(d, "topics").Options = options("a", "a") }, "team/topics", "forms.check.option"},
		"unknown type":          {func(d *forms.Definition) { q(d, "mail").Type = "poem" }, "who/mail", "forms.check.type"},
		"limits":                {func(d *forms.Definition) { q(d, "founded").Min = "2031" }, "who/founded", "forms.check.limits"},
		"more than offered":     {func(d *forms.Definition) { q(d, "topics").Most = 4 }, "team/topics", "forms.check.limits"},
		"no currency":           {func(d *forms.Definition) { q(d, "budget").Currencies = nil }, "who/budget", "forms.check.currencies"},
		"no kinds":              {func(d *forms.Definition) { q(d, "host_letter").Files = nil }, "who/host_letter", "forms.check.files"},
		"a forced consent":      {func(d *forms.Definition) { q(d, "news").Required = true }, "team/news", "forms.check.forced_consent"},
		"a file in a table":     {func(d *forms.Definition) { q(d, "costs").Columns[0].Type = forms.TypeFile }, "plan/costs/what", "forms.check.column"},
		"a lost replacement":    {func(d *forms.Definition) { q(d, "people").Replacement = []string{"gone"} }, "team/people", "forms.check.replacement"},
		"an unknown question":   {func(d *forms.Definition) { q(d, "host").Condition.Question = "gone" }, "who/host", "forms.check.unknown"},
		"another scope":         {func(d *forms.Definition) { q(d, "host").Condition.Question = "costs" }, "who/host", "forms.check.other_scope"},
		"a repeated question": {func(d *forms.Definition) {
			q(d, "costs").Condition = &forms.Condition{Question: "place", Answered: yes()}
		}, "plan/costs", "forms.check.repeated"},
		"an answer never given": {func(d *forms.Definition) { q(d, "host").Condition.Equals = "club" }, "who/host", "forms.check.never"},
		"two tests":             {func(d *forms.Definition) { q(d, "host").Condition.Answered = yes() }, "who/host", "forms.check.condition"},
		"no test":               {func(d *forms.Definition) { q(d, "host").Condition.Equals = "" }, "who/host", "forms.check.condition"},
		"an empty section":      {func(d *forms.Definition) { d.Sections[2].Questions = nil }, "plan", "forms.check.empty_section"},
		"no scope":              {func(d *forms.Definition) { d.Sections[2].Scope = "all" }, "plan", "forms.check.scope"},
		"a wrong format":        {func(d *forms.Definition) { q(d, "name").Format = forms.FormatYear }, "who/name", "forms.check.format"},
		"a cycle": {func(d *forms.Definition) {
			q(d, "status").Condition = &forms.Condition{Question: "host_letter", Answered: yes()}
		}, "host", "forms.check.cycle"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sample()
			tt.spoil(&d)
			problems := forms.Check(d)
			if !slices.ContainsFunc(problems, func(p forms.Problem) bool { return p.Where == tt.where && p.Key == tt.key }) {
				t.Errorf("want %s at %s, got %v", tt.key, tt.where, problems)
			}
			if _, ok := localizer(t, i18n.DE).T(tt.key), localizer(t, i18n.DE).Has(tt.key); !ok {
				t.Errorf("nobody can read %s", tt.key)
			}
		})
	}
}

// TestCyclesAreFoundExactly compares Check with a search for a way from each question back to itself.
func TestCyclesAreFoundExactly(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 11))
	for round := range 400 {
		n := 2 + rng.IntN(6)
		d := forms.Definition{Schema: 1, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{{Key: "s", Title: say("s"), Scope: forms.ScopePart}}}
		looks := make([][]int, n)
		for i := range n {
			q := forms.Question{Key: fmt.Sprintf("q%d", i), Type: forms.TypeShortText, Label: say("q")}
			for range rng.IntN(3) {
				j := rng.IntN(n)
				looks[i] = append(looks[i], j)
				one := forms.Condition{Question: fmt.Sprintf("q%d", j), Answered: yes()}
				if q.Condition == nil {
					q.Condition = &forms.Condition{Any: []forms.Condition{one}}
				} else {
					q.Condition = &forms.Condition{All: []forms.Condition{*q.Condition, {Not: &one}}}
				}
			}
			d.Sections[0].Questions = append(d.Sections[0].Questions, q)
		}
		circular := false
		for i := range n {
			seen := map[int]bool{}
			var reach func(int) bool
			reach = func(at int) bool {
				return slices.ContainsFunc(looks[at], func(next int) bool {
					if next == i {
						return true
					}
					if seen[next] {
						return false
					}
					seen[next] = true
					return reach(next)
				})
			}
			circular = circular || reach(i)
		}
		found := slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == "forms.check.cycle" })
		if found != circular {
			t.Fatalf("round %d: circular %v, found %v: %v", round, circular, found, looks)
		}
		forms.See(&d, forms.ScopePart, forms.Answers{}).Question("q0") // ends, cycle or not
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	d := sample()
	for _, tt := range []struct {
		name    string
		answers forms.Answers
		seen    map[string]bool
	}{
		{"nothing", answers(t), map[string]bool{"name": true, "host": false, "host_letter": false, "why_z": false, "place": false, "place.1": true, "place.2": false}},
		{"initiative", answers(t, "status", `"initiative"`), map[string]bool{"host": true, "host_letter": false}},
		{"with host", answers(t, "status", `"initiative"`, "host", `"Umut Derneği"`), map[string]bool{"host": true, "host_letter": true}},
		{"hidden answers count as not given", answers(t, "status", `"association"`, "host", `"Umut Derneği"`), map[string]bool{"host": false, "host_letter": false}},
		{"list contains", answers(t, "fields", `["x","z"]`), map[string]bool{"why_z": true}},
		{"not above", answers(t, "fields", `["z"]`, "budget", `{"minor":100050,"currency":"EUR"}`), map[string]bool{"why_z": true}},
		{"above", answers(t, "fields", `["z"]`, "budget", `{"minor":100051,"currency":"EUR"}`), map[string]bool{"why_z": false}},
		{"unreadable counts as not given", answers(t, "fields", `["z"]`, "budget", `{"typed":"much"}`), map[string]bool{"why_z": true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			scope := map[bool]forms.Scope{true: forms.ScopeJoint, false: forms.ScopePart}
			for ref, want := range tt.seen {
				s := forms.See(&d, scope[strings.HasPrefix(ref, "place")], tt.answers)
				if got := s.Question(ref); got != want {
					t.Errorf("%s: seen %v, want %v", ref, got, want)
				}
			}
		})
	}
}

func TestARepeatedSectionLooksAtItsOwnItem(t *testing.T) {
	t.Parallel()
	d := sample()
	s := forms.See(&d, forms.ScopeJoint, answers(t, "visits.items", `[1,3]`, "place.3", `"Bremen"`, "place.2", `"gone"`))
	for ref, want := range map[string]bool{"place.1": true, "nights.1": false, "nights.3": true, "place.2": false, "nights.2": false} {
		if got := s.Question(ref); got != want {
			t.Errorf("%s: seen %v, want %v", ref, got, want)
		}
	}
}

// whole are complete answers of the sample's part.
func whole(t testing.TB) forms.Answers {
	return answers(t, "name", `"İpek Işık"`, "status", `"association"`, "true", `{"given":true,"version":"1","locale":"tr"}`,
		"people", `[{"name":"A","replacement":{"name":"C"}},{"name":"B","diet":"vegan","replacement":{"name":"D"}}]`)
}

func with(a forms.Answers, ref, raw string) forms.Answers {
	a[ref] = json.RawMessage(raw)
	return a
}

func TestValidate(t *testing.T) {
	t.Parallel()
	d := sample()
	for _, tt := range []struct {
		name    string
		answers forms.Answers
		mode    forms.Mode
		want    []string
	}{
		{"an empty draft is fine", answers(t), forms.Fill, nil},
		{"a whole one is fine", whole(t), forms.Submit, nil},
		{"an empty one is not", answers(t), forms.Submit, []string{
			"answers[name]: fault.required", "answers[status]: fault.choose", "answers[people]: forms.error.row_missing", "answers[true]: forms.error.declare",
		}},
		{"what is hidden is not asked", with(whole(t), "host", `"x"`), forms.Submit, nil},
		{"what is shown is", with(whole(t), "status", `"initiative"`), forms.Submit, []string{"answers[host]: fault.required"}},
		{"too many words", with(with(whole(t), "fields", `["z"]`), "why_z", `"one two-and three İstanbul'da 5 6"`), forms.Fill, []string{"answers[why_z]: forms.error.words"}},
		{"just enough words", with(with(whole(t), "fields", `["z"]`), "why_z", `"one two-and three İstanbul'da 5"`), forms.Submit, nil},
		{"not offered", with(whole(t), "status", `"club"`), forms.Fill, []string{"answers[status]: fault.choose"}},
		{"too many choices", with(whole(t), "fields", `["x","y","z"]`), forms.Fill, []string{"answers[fields]: forms.error.most"}},
		{"year", with(whole(t), "founded", `1799`), forms.Fill, []string{"answers[founded]: forms.error.min"}},
		{"half a year", with(whole(t), "founded", `1999.5`), forms.Fill, []string{"answers[founded]: forms.error.decimals"}},
		{"wrong currency", with(whole(t), "budget", `{"minor":1,"currency":"USD"}`), forms.Fill, []string{"answers[budget]: fault.choose"}},
		{"below nought", with(whole(t), "budget", `{"minor":-1,"currency":"EUR"}`), forms.Fill, []string{"answers[budget]: forms.error.min"}},
		{"as typed", with(whole(t), "budget", `{"typed":"much"}`), forms.Submit, []string{"answers[budget]: forms.error.money"}},
		{"no such day", with(whole(t), "since", `"2026-02-30"`), forms.Fill, []string{"answers[since]: forms.error.date"}},
		{"no such country", with(whole(t), "country", `"ZZ"`), forms.Fill, []string{"answers[country]: fault.choose"}},
		{"no address", with(whole(t), "mail", `"a@b"`), forms.Fill, []string{"answers[mail]: fault.email"}},
		{"a language twice", with(whole(t), "speaks", `[{"code":"de","level":"B1"},{"code":"de","level":"C1"}]`), forms.Fill, []string{"answers[speaks][1][code]: forms.error.language_twice"}},
		{"a language without level", with(whole(t), "speaks", `[{"code":"de","level":""}]`), forms.Submit, []string{"answers[speaks][0][level]: forms.error.level"}},
		{"one person of two", with(whole(t), "people", `[{"name":"A","replacement":{"name":"C"}},{}]`), forms.Submit, []string{"answers[people]: forms.error.least"}},
		{"no replacement", with(whole(t), "people", `[{"name":"A"},{"name":"B","replacement":{"name":"D"}}]`), forms.Submit, []string{"answers[people][0][replacement][name]: fault.required"}},
		{"another shape", with(whole(t), "name", `{"a":1}`), forms.Fill, []string{"answers[name]: forms.error.unreadable"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range forms.Validate(&d, forms.ScopePart, tt.answers, tt.mode) {
				got = append(got, f.Name+": "+f.Key)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	d := sample()
	standing := func(a forms.Answers, scope forms.Scope) string {
		var all []string
		for _, p := range forms.Complete(&d, scope, a) {
			all = append(all, fmt.Sprintf("%s %s %d", p.Section.Key, p.Standing, p.Left))
		}
		return strings.Join(all, ", ")
	}
	for want, got := range map[string]string{
		"who not_started 2, team not_started 2": standing(answers(t), forms.ScopePart),
		"who started 1, team not_started 2":     standing(answers(t, "name", `"x"`), forms.ScopePart),
		"who done 0, team done 0":               standing(whole(t), forms.ScopePart),
		"plan done 0, visits not_started 1":     standing(answers(t), forms.ScopeJoint),
		"plan done 0, visits started 1":         standing(answers(t, "place.1", `"Bremen"`), forms.ScopeJoint),
		"plan done 0, visits done 0":            standing(answers(t, "place.1", `"Bremen"`, "nights.1", `2`), forms.ScopeJoint),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestVisibleLeavesOutWhatIsHidden(t *testing.T) {
	t.Parallel()
	d := sample()
	kept := forms.Visible(&d, forms.ScopePart, with(with(whole(t), "host", `"secret"`), "made_up", `"x"`))
	if _, ok := kept["host"]; ok || len(kept) != len(whole(t)) {
		t.Errorf("kept %v", kept)
	}
}

func TestTypedAnswers(t *testing.T) {
	t.Parallel()
	d := sample()
	for _, tt := range []struct {
		locale i18n.Locale
		key    string
		typed  string
		want   string
		bad    string
	}{
		{i18n.TR, "name", "answers[name]=  İpek   Işık ", `"İpek Işık"`, ""},
		{i18n.EN, "name", "answers[name]=", `null`, ""},
		{i18n.EN, "name", "answers[name]=<script>alert(1)</script>", `"<script>alert(1)</script>"`, ""},
		{i18n.EN, "name", "answers[name]==1%2B1", `"=1+1"`, ""},
		{i18n.EN, "name", "answers[name]=a%00b", ``, "fault.invalid_text"},
		{i18n.EN, "name", "answers[name]=a%ffb", ``, "fault.invalid_text"},
		{i18n.EN, "name", "answers[name]=a%e2%80%aeb", ``, "fault.invalid_text"},
		{i18n.EN, "name", "answers[name]=" + strings.Repeat("x", 3000), ``, "fault.too_long"},
		{i18n.TR, "budget", "answers[budget]=1.250,5", `{"minor":125050,"currency":"EUR"}`, ""},
		{i18n.EN, "budget", "answers[budget]=1,250.50&answers[budget][currency]=TRY", `{"minor":125050,"currency":"TRY"}`, ""},
		{i18n.DE, "budget", "answers[budget]=1250,505", `{"typed":"1250,505"}`, "forms.error.money"},
		{i18n.DE, "budget", "answers[budget]=99999999999999999999", `{"typed":"99999999999999999999"}`, "forms.error.money"},
		{i18n.DE, "budget", "answers[budget]=1&answers[budget][currency]=XXX", `{"typed":"1"}`, "fault.choose"},
		{i18n.TR, "founded", "answers[founded]=2.019", `2.019`, ""},
		{i18n.TR, "founded", "answers[founded]=2019", `2019`, ""},
		{i18n.TR, "founded", "answers[founded]=bin", `{"typed":"bin"}`, "forms.error.number"},
		{i18n.TR, "since", "answers[since]=5.10.2026", `"2026-10-05"`, ""},
		{i18n.EN, "since", "answers[since]=2026-10-05", `"2026-10-05"`, ""},
		{i18n.EN, "since", "answers[since]=31/02/2026", `{"typed":"31/02/2026"}`, "forms.error.date"},
		{i18n.EN, "status", "answers[status]=club", `null`, "fault.choose"},
		{i18n.EN, "country", "answers[country]=TR", `"TR"`, ""},
		{i18n.EN, "mail", "answers[mail]=ipek@example.org", `"ipek@example.org"`, ""},
		{i18n.EN, "mail", "answers[mail]=a@example.org%0d%0aBcc: b@example.org", `{"typed":"a@example.org Bcc: b@example.org"}`, "fault.email"},
		{i18n.EN, "fields", "answers[fields]=x&answers[fields]=z&answers[fields]=x", `["x","z"]`, ""},
		{i18n.EN, "topics", "answers[topics][0]=c&answers[topics][1]=&answers[topics][2]=a", `["c","a"]`, ""},
		{i18n.EN, "topics", "answers[topics][0]=c&answers[topics][1]=c", `["c"]`, "forms.error.ranked_twice"},
		{i18n.EN, "speaks", "answers[speaks][0][code]=de&answers[speaks][0][level]=B2&answers[speaks][3][code]=", `[{"code":"de","level":"B2"}]`, ""},
		{i18n.EN, "speaks", "answers[speaks][0][code]=klingon", `null`, "fault.choose"},
		{i18n.EN, "host_letter", "answers[host_letter][]=../../etc/passwd", `null`, "fault.choose"},
		{i18n.EN, "people", "answers[people][0][name]=A&answers[people][0][replacement][name]=C&answers[people][0][replacement][diet]=x&answers[people][0][speaks][0][code]=tr&answers[people][0][speaks][0][level]=native&answers[people][1][row]=", `[{"name":"A","replacement":{"name":"C"},"speaks":[{"code":"tr","level":"native"}]},{}]`, ""},
	} {
		values, err := url.ParseQuery(tt.typed)
		if err != nil {
			t.Fatal(err)
		}
		raw, bad := forms.FromTyped(localizer(t, tt.locale), question(t, d, tt.key), tt.key, values)
		if got := string(raw); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.locale, tt.typed, got, tt.want)
		}
		if got := keys(bad); got != tt.bad {
			t.Errorf("%s %s: refused with %q, want %q", tt.locale, tt.typed, got, tt.bad)
		}
	}
}

func keys(fields []fault.Field) string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Key)
	}
	return strings.Join(all, " ")
}

func TestCountWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "  \n ": 0, "one": 1, "co-operation": 1, "İstanbul'da üç gün.": 3, "1.234 – und 5": 3, "a,b;c": 3,
		"don’t — stop": 2, "(ş)": 1, "e\u0301te\u0301": 1, "🙂 🙂": 0, "x/y": 2,
	} {
		if got := forms.CountWords(text); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	after := sample()
	after.Sections[0].Questions = slices.Delete(after.Sections[0].Questions, 2, 3) // mail
	question(t, after, "name").Chars = 80
	question(t, after, "name").Help = say("In full")
	after.Sections[1].Title = say("Your team")
	moved := *question(t, after, "topics")
	after.Sections[1].Questions = slices.DeleteFunc(after.Sections[1].Questions, func(q forms.Question) bool { return q.Key == "topics" })
	after.Sections[0].Questions = append(after.Sections[0].Questions, moved)
	after.Sections[2].Questions = append(after.Sections[2].Questions, forms.Question{Key: "extra", Type: forms.TypeShortText, Label: say("Extra")})
	want := []forms.Change{
		{Kind: forms.Changed, Section: "who", Question: "name", Fields: []string{"help", "chars"}},
		{Kind: forms.Moved, Section: "who", Question: "topics"},
		{Kind: forms.Changed, Section: "team", Fields: []string{"title"}},
		{Kind: forms.Added, Section: "plan", Question: "extra"},
		{Kind: forms.Removed, Section: "who", Question: "mail"},
	}
	if diff := cmp.Diff(want, forms.Diff(sample(), after)); diff != "" {
		t.Error(diff)
	}
	if same := forms.Diff(sample(), sample()); len(same) != 0 {
		t.Errorf("nothing changed, but %v", same)
	}
}
