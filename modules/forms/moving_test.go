package forms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
)

func TestNewsAreWhatSomebodyMustDo(t *testing.T) {
	t.Parallel()
	first := func(d *forms.Definition) *forms.Question { return &d.Sections[0].Questions[1] }
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
