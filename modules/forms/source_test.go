package forms_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/tenants"
)

// takes is a form that takes everything along, and asks one thing more of foundations.
func takes() forms.Definition {
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{
		{Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "why", Type: forms.TypeShortText, Label: say("Why"), Condition: &forms.Condition{All: []forms.Condition{{Question: "of_legal_form", Equals: "foundation"}, {Question: "of_founded", Below: "2000"}}}},
		}},
		{Key: "all", Title: say("All"), Scope: forms.ScopeJoint, Questions: []forms.Question{
			{Key: "lead", Type: forms.TypeHidden, Label: say("Lead"), Takes: forms.SourceName},
		}},
		{Key: "visits", Title: say("Visits"), Scope: forms.ScopePart, Repeat: &forms.Repeat{Max: 2, Item: say("Visit")}, Questions: []forms.Question{{Key: "where", Type: forms.TypeShortText, Label: say("Where")}}},
	}}
	for _, s := range forms.Sources {
		d.Sections[0].Questions = append(d.Sections[0].Questions, forms.Question{Key: "of_" + string(s), Type: forms.TypeHidden, Label: say("Of " + string(s)), Takes: s})
	}
	return d
}

func profile() forms.Profile {
	return forms.Profile{
		forms.SourceName: json.RawMessage(`"Ihlamur Derneği"`), forms.SourceEnglishName: json.RawMessage(`""`), forms.SourceKind: json.RawMessage(`"foundation"`), forms.SourceCountry: json.RawMessage(`"TR"`),
		forms.SourceFounded: json.RawMessage(`1998`), forms.SourceFields: json.RawMessage(`["youth","media"]`), forms.SourceLanguages: json.RawMessage(`[{"code":"de","level":""}]`),
		forms.SourceStaff: json.RawMessage(`"1-5"`), forms.SourceBudget: json.RawMessage(`{"minor":1}`),
	}
}

// laid is a sheet of that form in the database.
func laid(t *testing.T, desk *desk, d forms.Definition) forms.Sheet {
	t.Helper()
	var sheet forms.Sheet
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		form, err := desk.forms.Create(ctx, tx, "Form")
		if err != nil {
			return err
		}
		v, err := desk.forms.Publish(ctx, tx, form, d)
		if err != nil {
			return err
		}
		sheet, err = desk.forms.NewSheet(ctx, tx, v.ID, forms.ScopePart)
		return err
	})
	return sheet
}

// on is what stands on a sheet.
func on(t *testing.T, desk *desk, sheet ids.Sheet) forms.Filled {
	t.Helper()
	all, err := desk.forms.Filled(t.Context(), desk.sc.Read(), sheet)
	if err != nil {
		t.Fatal(err)
	}
	return all[sheet]
}

// TestAProfileIsTakenAlong: what it tells stands on the sheet, what it tells no more goes, and the same again changes nothing.
func TestAProfileIsTakenAlong(t *testing.T) {
	t.Parallel()
	desk := open(t)
	sheet := laid(t, desk, takes())
	take := func(p forms.Profile) forms.Filled {
		t.Helper()
		desk.write(t, func(ctx context.Context, tx *tenants.Tx) error { return desk.forms.TakeAlong(ctx, tx, sheet.ID, p) })
		return on(t, desk, sheet.ID)
	}
	first := take(profile())
	got := map[string]string{}
	for ref, raw := range first.Answers {
		got[ref] = string(raw)
	}
	want := map[string]string{
		"of_name": `"Ihlamur Derneği"`, "of_legal_form": `"foundation"`, "of_country": `"TR"`, "of_founded": `1998`, "of_fields": `["youth", "media"]`,
		"of_languages": `[{"code": "de", "level": ""}]`, "of_staff": `"1-5"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	d := takes()
	if !forms.See(&d, forms.ScopePart, first.Answers).Question("why") {
		t.Error("a condition does not see what was taken along")
	}
	if diff := cmp.Diff(first.Versions, take(profile()).Versions); diff != "" {
		t.Error("the same profile changes", diff)
	}
	less := profile()
	less[forms.SourceKind] = json.RawMessage(`"association"`)
	delete(less, forms.SourceStaff)
	after := take(less).Answers
	if string(after["of_legal_form"]) != `"association"` || string(after["of_staff"]) != "null" || forms.See(&d, forms.ScopePart, after).Question("why") {
		t.Errorf("the profile that has changed is not there: %v", after)
	}
}

// TestNobodyTypesWhatIsTakenAlong: no page, no script, no older application and no suggestion fills it.
func TestNobodyTypesWhatIsTakenAlong(t *testing.T) {
	t.Parallel()
	desk := open(t)
	d := takes()
	loc := localizer(t, i18n.EN)
	if p := forms.FromPost(loc, &d.Sections[0], url.Values{"base[of_name]": {"0"}, "answers[of_name]": {"Somebody else"}}); len(p.Answers) > 0 {
		t.Errorf("a page wrote %v", p.Answers)
	}
	if _, _, err := forms.FromSaved(loc, &d, forms.ScopePart, "of_name", json.RawMessage(`{"answers[of_name]":["Somebody else"]}`)); err == nil {
		t.Error("a script wrote it")
	}
	from := laid(t, desk, d)
	to := laid(t, desk, d)
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		if err := desk.forms.TakeAlong(ctx, tx, from.ID, profile()); err != nil {
			return err
		}
		if _, err := desk.forms.Reuse(ctx, tx, from.ID, to.ID); err != nil {
			return err
		}
		return desk.forms.Suggest(ctx, tx, to.ID, forms.Answers{"of_name": json.RawMessage(`"Somebody else"`)})
	})
	if got := on(t, desk, to.ID).Answers; len(got) > 0 {
		t.Errorf("filled with %v", got)
	}
	q := question(t, d, "of_website")
	q.Required = true
	if bad := forms.ValidateAnswer(q, "x", nil, forms.Submit); len(bad) > 0 {
		t.Errorf("it is called missing: %v", bad)
	}
}

func TestWhatIsTakenAlongIsChecked(t *testing.T) {
	t.Parallel()
	if problems := forms.Check(takes()); len(problems) > 0 {
		t.Fatal(problems)
	}
	for want, breaks := range map[string]func(d *forms.Definition){
		"forms.check.source":        func(d *forms.Definition) { d.Sections[1].Questions[0].Takes = "bank_account" },
		"forms.check.source_unused": func(d *forms.Definition) { d.Sections[0].Questions[0].Takes = forms.SourceName },
		"forms.check.hidden_condition": func(d *forms.Definition) {
			d.Sections[1].Questions[0].Condition = &forms.Condition{Question: "lead", Answered: yes()}
		},
		"forms.check.hidden_repeated": func(d *forms.Definition) {
			d.Sections[2].Questions = append(d.Sections[2].Questions, forms.Question{Key: "again", Type: forms.TypeHidden, Label: say("Again"), Takes: forms.SourceCity})
		},
		"forms.check.hidden_joint": func(d *forms.Definition) { d.Sections[1].Questions[0].Takes = forms.SourceBudget },
		"forms.check.never":        func(d *forms.Definition) { d.Sections[0].Questions[0].Condition.All[0].Equals = "bank" },
	} {
		d := takes()
		breaks(&d)
		if !slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == want }) {
			t.Errorf("%s is not found: %v", want, forms.Check(d))
		}
	}
}

// TestApplicantsAreToldWhatIsTakenAlong: at the end of the section, in the preview, and when a form begins to take more.
func TestApplicantsAreToldWhatIsTakenAlong(t *testing.T) {
	t.Parallel()
	d := takes()
	question(t, d, "of_staff").VisibleTo = []forms.Reader{forms.ReaderFinance}
	given := forms.Answers{"of_name": json.RawMessage(`"Ihlamur <b>"`), "of_languages": json.RawMessage(`[{"code":"de","level":""},{"code":"tr","level":""}]`), "of_legal_form": json.RawMessage(`"union"`)}
	e := forms.Editing{Definition: &d, Section: &d.Sections[0], Sheet: forms.Sheet{ID: ids.New[ids.Sheet]()}, Filled: forms.Filled{Answers: given}, Addresses: forms.Addresses{Save: "/s", Profile: "/organizations/x"}}
	var page bytes.Buffer
	if err := forms.Fields(ui.Page{Loc: localizer(t, i18n.DE)}, e).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	html := page.String()
	for _, want := range []string{"Aus dem Profil Ihrer Organisation", "Ihlamur &lt;b&gt;", "Deutsch, Türkisch", "Gewerkschaft oder Kammer", "Im Profil nicht angegeben", `href="/organizations/x"`, "Finanz", "&#34;fixed&#34;:false"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(html, "answers[of_") || strings.Contains(html, "base[of_") || strings.Contains(html, `data-question="of_`) {
		t.Error("the page has inputs for what is taken along")
	}
	outline, err := json.Marshal(forms.Outline(localizer(t, i18n.EN), &d, forms.ScopeJoint))
	if err != nil || !strings.Contains(string(outline), "taken from the organization's profile, nobody types it: Name") {
		t.Errorf("the preview: %s %v", outline, err)
	}
	before := takes()
	before.Sections[1].Questions = []forms.Question{{Key: "plan", Type: forms.TypeShortText, Label: say("Plan")}}
	if diff := cmp.Diff([]forms.Change{{Kind: forms.Added, Section: "all", Question: "lead"}}, forms.News(before, takes())); diff != "" {
		t.Error("applicants are told of", diff)
	}
	for reader, sees := range map[forms.Reader]bool{forms.ReaderFinance: true, forms.ReaderReviewer: false} {
		raw, err := json.Marshal(forms.Data(&d, forms.ScopePart, forms.Answers{"of_staff": json.RawMessage(`"21-50"`)}, forms.Look{As: []forms.Reader{reader}}))
		if err != nil || strings.Contains(string(raw), "21-50") != sees {
			t.Errorf("%s reads %s %v", reader, raw, err)
		}
	}
}
