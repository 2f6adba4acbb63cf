package forms_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
)

// restricted are questions of every shape that only coordinators and finance read, and one that everybody reads.
func restricted() (forms.Definition, forms.Answers) {
	say := func(s string) i18n.Text { return i18n.Text{i18n.EN: s} }
	only := []forms.Reader{forms.ReaderCoordinator, forms.ReaderFinance}
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN}, Sections: []forms.Section{{
		Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "open", Type: forms.TypeShortText, Label: say("Open")},
			{Key: "text", Type: forms.TypeShortText, Label: say("Text"), VisibleTo: only},
			{Key: "rows", Type: forms.TypeTable, Label: say("Rows"), Columns: []forms.Question{
				{Key: "what", Type: forms.TypeShortText, Label: say("What")}, {Key: "who", Type: forms.TypeShortText, Label: say("Who"), VisibleTo: only},
			}},
			{Key: "paper", Type: forms.TypeFile, Label: say("Paper"), Files: &forms.Files{Kinds: []string{"pdf"}, MaxBytes: 1000}, VisibleTo: only},
		},
	}}}
	return d, forms.Answers{
		"open": json.RawMessage(`"for all"`), "text": json.RawMessage(`"CANARY-text"`), "rows": json.RawMessage(`[{"what":"for all","who":"CANARY-cell"}]`),
		"paper": json.RawMessage(fmt.Sprintf("[%q]", ids.New[ids.Document]())),
	}
}

func TestAnAnswerIsReadByItsReaders(t *testing.T) {
	t.Parallel()
	d, a := restricted()
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	loc := localizer(t, i18n.EN)
	name := func(ids.Document) string { return "CANARY-paper.pdf" }
	for _, c := range []struct {
		who  string
		look forms.Look
		sees bool
	}{
		{"nobody in particular", forms.Look{Document: name}, false},
		{"who checks it", forms.Look{Special: true, Financial: true, As: []forms.Reader{forms.ReaderOfficer}, Document: name}, false},
		{"reviewers", forms.Look{As: []forms.Reader{forms.ReaderReviewer, forms.ReaderChair}, Document: name}, false},
		{"finance", forms.Look{As: []forms.Reader{forms.ReaderFinance}, Document: name}, true},
		{"a reviewer who coordinates", forms.Look{As: []forms.Reader{forms.ReaderCoordinator, forms.ReaderReviewer}, Document: name}, true},
		{"their own", forms.Look{Own: true, Document: name}, true},
	} {
		var page strings.Builder
		laid := forms.Lay(loc, &d, forms.ScopePart, a, c.look)
		if err := forms.ReadOnly(ui.Page{Loc: loc}, laid, nil).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(forms.Data(&d, forms.ScopePart, a, c.look))
		if err != nil {
			t.Fatal(err)
		}
		want := map[bool]int{true: 3}[c.sees]
		paper := fmt.Sprintf("%+v", forms.Paper(loc, laid))
		for where, got := range map[string]int{"the page": strings.Count(page.String(), "CANARY"), "paper": strings.Count(paper, "CANARY"), "data": strings.Count(string(data), "CANARY") + strings.Count(string(data), string(a["paper"]))} {
			if got != want {
				t.Errorf("%s: %s tells of %d, want %d", c.who, where, got, want)
			}
		}
		if !strings.Contains(page.String(), "for all") {
			t.Errorf("%s do not read what is for all", c.who)
		}
		for _, ref := range []string{"text", "paper"} {
			if c.look.Hides(&d, ref) == c.sees {
				t.Errorf("%s: hides %s: %v", c.who, ref, c.sees)
			}
		}
		if c.look.Hides(&d, "open") || c.look.Hides(&d, "gone") {
			t.Errorf("%s: what is for all is hidden", c.who)
		}
	}
}

func TestReadersAreTheNetworksOwn(t *testing.T) {
	t.Parallel()
	actor := tenants.Actor{Grants: []tenants.Grant{{Role: tenants.RoleLead}, {Role: tenants.RoleChair}, {Role: tenants.RoleOfficer}, {Role: tenants.RoleFunder}}}
	if got := fmt.Sprint(forms.ReadersOf(actor)); got != "[officer chair]" {
		t.Errorf("reads as %s", got)
	}
	for _, r := range forms.Readers {
		if _, ok := tenants.ParseRole(string(r)); !ok {
			t.Errorf("no role %s", r)
		}
	}
	for name, readers := range map[string][]forms.Reader{"unknown": {"lead"}, "twice": {forms.ReaderChair, forms.ReaderChair}} {
		d, _ := restricted()
		d.Sections[0].Questions[0].VisibleTo = readers
		if problems := forms.Check(d); len(problems) != 1 || problems[0].Key != "forms.check.visible_to" {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestApplicantsAreToldWhoReads(t *testing.T) {
	t.Parallel()
	d, a := restricted()
	page := text(render(t, i18n.EN, forms.Editing{Definition: &d, Section: &d.Sections[0], Filled: forms.Filled{Answers: a}}))
	if n := strings.Count(page, "only these people of the network read the answer: coordinators, finance."); n != 2 {
		t.Errorf("said %d times on the page", n)
	}
	outline := fmt.Sprintf("%+v", forms.Outline(localizer(t, i18n.EN), &d, forms.ScopePart))
	if n := strings.Count(outline, "read only by coordinators, finance"); n != 2 {
		t.Errorf("said %d times in the preview", n)
	}
}

func TestAnAnswerIsGuardedByBothOfItsVersions(t *testing.T) {
	t.Parallel()
	of := func(class forms.Class, readers ...forms.Reader) *forms.Question {
		return &forms.Question{Class: class, VisibleTo: readers, Columns: []forms.Question{{Key: "c", Class: class, VisibleTo: readers}}}
	}
	for what, c := range map[string]struct{ a, b, want *forms.Question }{
		"nothing":     {of(""), of(""), of("")},
		"one class":   {of(""), of(forms.ClassSpecial), of(forms.ClassSpecial)},
		"one's":       {of(""), of("", forms.ReaderFinance), of("", forms.ReaderFinance)},
		"the other's": {of("", forms.ReaderFinance), of(""), of("", forms.ReaderFinance)},
		"both's":      {of("", forms.ReaderFinance, forms.ReaderChair), of("", forms.ReaderFinance, forms.ReaderOfficer), of("", forms.ReaderFinance)},
		"nobody":      {of("", forms.ReaderFinance), of("", forms.ReaderOfficer), of("", "")},
	} {
		got := c.a.Guarded(c.b)
		for _, pair := range [][2]*forms.Question{{got, c.want}, {&got.Columns[0], &c.want.Columns[0]}} {
			if pair[0].Class != pair[1].Class || !slices.Equal(pair[0].VisibleTo, pair[1].VisibleTo) {
				t.Errorf("%s: %+v", what, pair[0])
			}
		}
	}
}
