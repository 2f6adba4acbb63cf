package forms_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
)

func TestNewsAreWhatSomebodyMustDo(t *testing.T) {
	t.Parallel()
	first := func(d *forms.Definition) *forms.Question { return &d.Sections[0].Questions[1] }
	d0 := sample()
	repeated := func(d *forms.Definition) *forms.Section {
		for i := range d.Sections {
			if d.Sections[i].Repeat != nil {
				return &d.Sections[i]
			}
		}
		t.Fatal("no section repeats")
		return nil
	}
	asking := func(s forms.Section) int {
		n := 0
		for i := range s.Questions {
			if s.Questions[i].Type.Asks() {
				n++
			}
		}
		return n
	}
	for name, c := range map[string]struct {
		change func(d *forms.Definition)
		want   int
	}{
		"nothing":                {func(*forms.Definition) {}, 0},
		"another label":          {func(d *forms.Definition) { first(d).Label = say("Another?") }, 1},
		"a shorter limit":        {func(d *forms.Definition) { first(d).Words = 3 }, 1},
		"required":               {func(d *forms.Definition) { first(d).Required = !first(d).Required }, 1},
		"an example":             {func(d *forms.Definition) { first(d).Example = say("Such as this.") }, 0},
		"why":                    {func(d *forms.Definition) { first(d).Why = say("Because.") }, 0},
		"its class":              {func(d *forms.Definition) { first(d).Class = forms.ClassSpecial }, 0},
		"gone":                   {func(d *forms.Definition) { d.Sections[0].Questions = d.Sections[0].Questions[:1] }, 0},
		"the title of a section": {func(d *forms.Definition) { d.Sections[0].Title = say("Title") }, 0},
		"a question more": {func(d *forms.Definition) {
			d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "more", Type: forms.TypeShortText, Label: say("More?")})
		}, 1},
		"the condition of a section": {func(d *forms.Definition) {
			d.Sections[1].Condition = &forms.Condition{Question: "status", Equals: "initiative"}
		}, len(d0.Sections[1].Questions)},
		"a section asked of all together": {func(d *forms.Definition) { d.Sections[0].Scope = forms.ScopeJoint }, asking(d0.Sections[0])},
		"a question moved to the joint part": {func(d *forms.Definition) {
			joint := d.Scoped(forms.ScopeJoint)[0]
			joint.Questions = append(joint.Questions, *first(d))
			d.Sections[0].Questions = slices.Delete(d.Sections[0].Questions, 1, 2)
		}, 1},
		"a question moved within its part": {func(d *forms.Definition) {
			d.Sections[1].Questions = append(d.Sections[1].Questions, *first(d))
			d.Sections[0].Questions = slices.Delete(d.Sections[0].Questions, 1, 2)
		}, 0},
		"a section that repeats":         {func(d *forms.Definition) { d.Sections[1].Repeat = &forms.Repeat{Min: 1, Max: 3, Item: say("One")} }, asking(d0.Sections[1])},
		"a section asked for more often": {func(d *forms.Definition) { repeated(d).Repeat.Min++ }, asking(*repeated(&d0))},
		"what a repetition is called":    {func(d *forms.Definition) { repeated(d).Repeat.Item = say("Other") }, 0},
		"a text that becomes a question": {func(d *forms.Definition) { d.Sections[0].Questions[0].Type = forms.TypeShortText }, 1},
		"a heading more": {func(d *forms.Definition) {
			d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "more", Type: forms.TypeHeading, Label: say("More")})
		}, 0},
	} {
		before, after := sample(), sample()
		c.change(&after)
		if got := forms.News(before, after); len(got) != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestRestated(t *testing.T) {
	t.Parallel()
	with := func(label, help string) *forms.Definition {
		d := forms.Definition{Sections: []forms.Section{{Key: "s", Questions: []forms.Question{
			{Key: "stand", Type: forms.TypeDeclaration, Label: say(label)}, {Key: "text", Type: forms.TypeShortText, Label: say(label)},
		}}}}
		if help != "" {
			d.Sections[0].Questions[0].Help = say(help)
		}
		return &d
	}
	for name, c := range map[string]struct {
		before, after *forms.Definition
		want          []string
	}{
		"the same":      {with("a", "h"), with("a", "h"), nil},
		"other words":   {with("a", ""), with("b", ""), []string{"stand"}},
		"other help":    {with("a", "h"), with("a", "i"), []string{"stand"}},
		"help is new":   {with("a", ""), with("a", "i"), []string{"stand"}},
		"no such thing": {&forms.Definition{}, with("a", ""), nil},
	} {
		if diff := cmp.Diff(c.want, forms.Restated(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLeftBehind(t *testing.T) {
	t.Parallel()
	team := []string{"people", "topics", "fields", "why_z", "views", "friends", "news", "true"}
	for name, c := range map[string]struct {
		change func(d *forms.Definition)
		want   []string
	}{
		"nothing":         {func(*forms.Definition) {}, nil},
		"another label":   {func(d *forms.Definition) { d.Sections[0].Questions[1].Label = say("Another?") }, nil},
		"gone":            {func(d *forms.Definition) { d.Sections[0].Questions = slices.Delete(d.Sections[0].Questions, 1, 2) }, []string{"name"}},
		"a heading gone":  {func(d *forms.Definition) { d.Sections[0].Questions = d.Sections[0].Questions[1:] }, nil},
		"of another kind": {func(d *forms.Definition) { d.Sections[0].Questions[1].Type = forms.TypeDate }, []string{"name"}},
		"asked of all":    {func(d *forms.Definition) { d.Sections[1].Scope = forms.ScopeJoint }, team},
		"asked repeatedly": {func(d *forms.Definition) {
			d.Sections[1].Repeat = &forms.Repeat{Min: 1, Max: 2, Item: say("One")}
		}, team},
	} {
		before, after := sample(), sample()
		c.change(&after)
		var got []string
		for _, q := range forms.Left(&before, &after) {
			got = append(got, q.Key)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
