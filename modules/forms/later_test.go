package forms_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

// later is the sample with questions that only accepted applicants are asked: one among others, with a heading of its own,
// and a section of nothing else, which looks at an answer given when applying.
func later(t testing.TB) forms.Definition {
	t.Helper()
	d := sample()
	d.Sections[0].Intro = say("Before you apply")
	q := question(t, d, "since")
	q.Asked, q.Required = forms.WhomAccepted, true
	d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "then", Type: forms.TypeHeading, Label: say("Then"), Asked: forms.WhomAccepted})
	d.Sections = append(d.Sections, forms.Section{
		Key: "pay", Title: say("Pay"), Intro: say("Now that you take part"), Scope: forms.ScopePart, Condition: &forms.Condition{Question: "status", Equals: "association"}, Questions: []forms.Question{
			{Key: "how", Type: forms.TypeText, Label: say("How")},
			{Key: "iban", Type: forms.TypeShortText, Label: say("IBAN"), Required: true, Asked: forms.WhomAccepted, Class: forms.ClassFinancial},
			{Key: "branch", Type: forms.TypeShortText, Label: say("Branch"), Asked: forms.WhomAccepted, Class: forms.ClassFinancial, Condition: &forms.Condition{Question: "iban", Answered: yes()}},
		},
	})
	return d
}

func outlined(d *forms.Definition) string {
	var all []string
	for _, s := range d.Sections {
		for _, q := range s.Questions {
			all = append(all, s.Key+"/"+q.Key)
		}
	}
	return strings.Join(all, " ")
}

func TestWhatIsAskedLaterIsNowhereBefore(t *testing.T) {
	t.Parallel()
	d := later(t)
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	whole, before := outlined(&d), outlined(d.Before())
	for _, gone := range []string{"who/since", "who/then", "pay/how", "pay/iban", "pay/branch"} {
		if strings.Contains(before, gone) || !strings.Contains(whole, gone) {
			t.Errorf("before: %s", before)
		}
	}
	if got := outlined(d.Later()); got != "who/since who/then pay/how pay/iban pay/branch" {
		t.Errorf("later: %s", got)
	}
	if s := d.Later().Sections; len(s[0].Intro) > 0 || len(s[1].Intro) == 0 || len(d.Before().Sections[0].Intro) == 0 {
		t.Errorf("what introduces the sections: %+v", s)
	}
	if len(strings.Fields(before))+5 != len(strings.Fields(whole)) {
		t.Errorf("something is asked at no time: %s", before)
	}
	plain := sample()
	if plain.Before() != &plain || len(plain.Later().Sections) > 0 {
		t.Error("a form that asks everybody the same was parted")
	}
	for ref, want := range map[string]bool{"since": true, "iban": true, "name": false, "nights.1": false, "visits.items": false, "gone": false} {
		if d.IsLater(ref) != want {
			t.Errorf("%s is later: %v", ref, !want)
		}
	}
	if got := forms.LaterNames(localizer(t, i18n.EN), &d); !slices.Equal(got, []string{"Since", "IBAN", "Branch"}) {
		t.Errorf("what is told of it beforehand: %v", got)
	}
	if news := forms.News(sample(), d); len(news) > 0 {
		t.Errorf("applicants are told what they are not asked: %+v", news)
	}
}

func TestLaterAnswersStandUponWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	d := later(t)
	handed := answers(t, "status", `"association"`, "name", `"A"`, "iban", `"slipped in"`)
	since := answers(t, "status", `"initiative"`, "iban", `"TR33"`, "since", `"2020-02-03"`)
	all := forms.Joined(&d, handed, since)
	if diff := cmp.Diff(answers(t, "status", `"association"`, "name", `"A"`, "iban", `"TR33"`, "since", `"2020-02-03"`), all); diff != "" {
		t.Fatal(diff)
	}
	progress := forms.CompleteLater(&d, forms.ScopePart, all)
	if len(progress) != 2 || progress[0].Left+progress[1].Left != 0 || progress[1].Answered != 1 {
		t.Errorf("%+v", progress)
	}
	if progress = forms.CompleteLater(&d, forms.ScopePart, answers(t, "status", `"initiative"`)); len(progress) != 1 || progress[0].Left != 1 {
		t.Errorf("a section that is not asked: %+v", progress)
	}
	loc := localizer(t, i18n.EN)
	laid := forms.LayLater(loc, &d, forms.ScopePart, all, forms.Look{})
	var lines []string
	for _, s := range laid.Sections {
		for _, e := range s.Groups[0].Entries {
			lines = append(lines, e.Ref+strings.Join(e.Lines, ""))
		}
	}
	if got := strings.Join(lines, "|"); !strings.Contains(got, "iban"+loc.T("forms.masked")) || strings.Contains(got, "name") || strings.Contains(got, "branch") {
		t.Errorf("laid out: %s", got)
	}
	if got := len(forms.LayLater(loc, &d, forms.ScopePart, all, forms.Look{Own: true}).Sections[1].Groups[0].Entries); got != 3 {
		t.Errorf("whoever gave them sees %d entries", got)
	}
	if joint := forms.CompleteLater(&d, forms.ScopeJoint, nil); len(joint) > 0 {
		t.Errorf("the joint part: %+v", joint)
	}
}

func TestNothingThatIsAskedStandsUponALaterAnswer(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		spoil func(d *forms.Definition)
		want  string
	}{
		"nobody known":     {func(d *forms.Definition) { question(t, *d, "name").Asked = "friends" }, "who/name: forms.check.asked"},
		"a column":         {func(d *forms.Definition) { question(t, *d, "people").Columns[1].Asked = forms.WhomAccepted }, "team/people/speaks: forms.check.asked"},
		"a profile's":      {func(d *forms.Definition) { question(t, *d, "kind").Asked = forms.WhomAccepted }, "team/kind: forms.check.asked"},
		"required from":    {func(d *forms.Definition) { question(t, *d, "branch").RequiredFrom = "2027-01-01" }, "pay/branch: forms.check.asked_days"},
		"frozen from":      {func(d *forms.Definition) { question(t, *d, "iban").FrozenFrom = "2027-01-01" }, "pay/iban: forms.check.asked_days"},
		"a condition":      {func(d *forms.Definition) { question(t, *d, "status").Asked = forms.WhomAccepted }, "who/host: forms.check.asked_looks map[Key:status]"},
		"a deep condition": {func(d *forms.Definition) { question(t, *d, "budget").Asked = forms.WhomAccepted }, "team/why_z: forms.check.asked_looks map[Key:budget]"},
		"a section's": {func(d *forms.Definition) {
			d.Sections[1].Condition = &forms.Condition{Question: "since", Answered: yes()}
		}, "team: forms.check.asked_looks map[Key:since]"},
		"a calculation":       {func(d *forms.Definition) { question(t, *d, "spending").Asked = forms.WhomAccepted }, "plan/together: forms.check.asked_looks map[Key:spending]"},
		"some of each item":   {func(d *forms.Definition) { d.Sections[3].Questions[1].Asked = forms.WhomAccepted }, "visits/nights: forms.check.asked_repeated"},
		"the reverse is fine": {func(d *forms.Definition) { question(t, *d, "together").Asked = forms.WhomAccepted }, ""},
		"all of each item": {func(d *forms.Definition) {
			d.Sections[3].Questions[0].Asked, d.Sections[3].Questions[1].Asked = forms.WhomAccepted, forms.WhomAccepted
		}, ""},
		"everything": {func(d *forms.Definition) {
			d.Sections = d.Sections[4:]
			d.Sections[0].Condition = nil
		}, ": forms.check.asked_all"},
	} {
		d := later(t)
		c.spoil(&d)
		var found []string
		for _, p := range forms.Check(d) {
			found = append(found, p.String())
		}
		if c.want == "" && len(found) > 0 || c.want != "" && !slices.Contains(found, c.want) {
			t.Errorf("%s: %v, want %q", what, found, c.want)
		}
	}
	d := later(t)
	if problems := forms.CheckCondition(forms.Whole(&d), &forms.Condition{Question: "iban", Answered: yes()}); len(problems) != 1 || problems[0].Key != "forms.check.asked_looks" {
		t.Errorf("a rule that looks at a later answer: %v", problems)
	}
}
