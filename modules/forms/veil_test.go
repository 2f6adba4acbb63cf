package forms_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

func TestSomeAnswersNameBySomeKind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		q     forms.Question
		names bool
	}{
		{forms.Question{Type: forms.TypeShortText}, false},
		{forms.Question{Type: forms.TypeLongText}, false},
		{forms.Question{Type: forms.TypeFile}, false},
		{forms.Question{Type: forms.TypeShortText, Class: forms.ClassPersonal}, true},
		{forms.Question{Type: forms.TypeShortText, Class: forms.ClassSpecial}, false},
		{forms.Question{Type: forms.TypeShortText, Format: forms.FormatEmail}, true},
		{forms.Question{Type: forms.TypeShortText, Format: forms.FormatURL}, true},
		{forms.Question{Type: forms.TypeShortText, Format: forms.FormatPhone}, true},
		{forms.Question{Type: forms.TypeNumber, Format: forms.FormatYear}, false},
		{forms.Question{Type: forms.TypePeople}, true},
		{forms.Question{Type: forms.TypeOrganizations}, true},
		{forms.Question{Type: forms.TypeAddress}, true},
		{forms.Question{Type: forms.TypeHidden, Takes: forms.SourceName}, true},
		{forms.Question{Type: forms.TypeHidden, Takes: forms.SourceWebsite}, true},
		{forms.Question{Type: forms.TypeHidden, Takes: forms.SourceCountry}, false},
	} {
		if got := tt.q.Names(); got != tt.names {
			t.Errorf("%s %s %s %s: %v", tt.q.Type, tt.q.Class, tt.q.Format, tt.q.Takes, got)
		}
	}
}

// named is a form with answers that name somebody by their kind, one that may be hidden as well, and one for all.
func named() (forms.Definition, forms.Answers) {
	say := func(s string) i18n.Text { return i18n.Text{i18n.EN: s} }
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{{
		Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "open", Type: forms.TypeShortText, Label: say("Open")},
			{Key: "site", Type: forms.TypeShortText, Label: say("Site"), Format: forms.FormatURL},
			{Key: "town", Type: forms.TypeShortText, Label: say("Town")},
			{Key: "rows", Type: forms.TypeTable, Label: say("Rows"), Columns: []forms.Question{
				{Key: "what", Type: forms.TypeShortText, Label: say("What")}, {Key: "who", Type: forms.TypeShortText, Label: say("Who"), Class: forms.ClassPersonal},
			}},
			{Key: "paper", Type: forms.TypeFile, Label: say("Paper"), Files: &forms.Files{Kinds: []string{"pdf"}, MaxBytes: 1000}},
			{Key: "because", Type: forms.TypeShortText, Label: say("CANARY-because"), Class: forms.ClassPersonal, Condition: &forms.Condition{Question: "town", Equals: "CANARY-town"}},
		},
	}}}
	return d, forms.Answers{
		"open": json.RawMessage(`"for all"`), "site": json.RawMessage(`"https://CANARY-site.example"`), "town": json.RawMessage(`"CANARY-town"`),
		"rows": json.RawMessage(`[{"what":"for all","who":"CANARY-cell"}]`), "paper": json.RawMessage(fmt.Sprintf("[%q]", ids.New[ids.Document]())),
		"because": json.RawMessage(`"CANARY-why"`),
	}
}

func TestABlindReaderSeesNoAnswerThatTells(t *testing.T) {
	t.Parallel()
	plain, a := named()
	veiled := plain.Veiled([]string{"town", "paper"})
	loc := localizer(t, i18n.EN)
	for _, tt := range []struct {
		who   string
		d     *forms.Definition
		blind bool
		sees  bool
	}{
		{"a blind reader", veiled, true, false}, {"who is not blind", veiled, false, true}, {"a reader of a form without a veil", &plain, true, true},
	} {
		look := forms.Look{Blind: tt.blind}
		laid := forms.Lay(loc, tt.d, forms.ScopePart, a, look)
		var page strings.Builder
		if err := forms.ReadOnly(ui.Page{Loc: loc}, laid, nil).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(forms.Data(tt.d, forms.ScopePart, a, look))
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range map[string]string{"the page": page.String(), "paper": fmt.Sprintf("%+v", forms.Paper(loc, laid)), "data": string(data)} {
			if strings.Contains(text, "CANARY") == !tt.sees || !strings.Contains(text, "for all") {
				t.Errorf("%s: %s says %s", tt.who, where, text)
			}
		}
		if look.Hides(tt.d, "paper") == tt.sees || look.Hides(tt.d, "site") == tt.sees || look.Hides(tt.d, "open") {
			t.Errorf("%s: hides the wrong answers", tt.who)
		}
	}
	if plain.Sections[0].Questions[2].Unseen || plain.Sections[0].Questions[3].Columns[1].Unseen {
		t.Error("the form itself was changed")
	}
}

func TestApplicantsAreToldWhatReviewersDoNotSee(t *testing.T) {
	t.Parallel()
	plain, a := named()
	loc := localizer(t, i18n.EN)
	for want, d := range map[int]*forms.Definition{0: &plain, 3: plain.Veiled([]string{"town"})} {
		page := text(render(t, i18n.EN, forms.Editing{Definition: d, Section: &d.Sections[0], Filled: forms.Filled{Answers: a}}))
		outline := fmt.Sprintf("%+v", forms.Outline(loc, d, forms.ScopePart))
		if on, before := strings.Count(page, "Reviewers do not see this answer."), strings.Count(outline, "reviewers do not see the answer"); on < want || before != want || want == 0 && on > 0 {
			t.Errorf("said %d times on the page and %d times before, want %d", on, before, want)
		}
	}
}
