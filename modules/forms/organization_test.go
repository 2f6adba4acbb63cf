package forms_test

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/input"
	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
	"kervan/modules/kernel/ui/uitest"
	"kervan/tenants"
)

// book is a directory in which names can change.
type book map[ids.Organization]string

func (b book) Listed(_ context.Context, _ *tenants.Tx, wanted []ids.Organization) (map[ids.Organization]string, error) {
	found := map[ids.Organization]string{}
	for _, id := range wanted {
		if name, ok := b[id]; ok {
			found[id] = name
		}
	}
	return found, nil
}

func friends(most int) forms.Definition {
	return forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All, Sections: []forms.Section{{Key: "us", Title: say("Us"), Scope: forms.ScopePart, Questions: []forms.Question{
		{Key: "friends", Type: forms.TypeOrganizations, Label: say("Friends"), Most: most},
		{Key: "word", Type: forms.TypeShortText, Label: say("Word")},
	}}}}
}

// TestOrganizationsAreNamedAsTheDirectoryDoes: what is chosen has the directory's name, what is typed stays as it is typed, what
// was named once keeps its name, and what the directory does not list is refused at its line.
func TestOrganizationsAreNamedAsTheDirectoryDoes(t *testing.T) {
	t.Parallel()
	one, two, foreign := ids.New[ids.Organization](), ids.New[ids.Organization](), ids.New[ids.Organization]()
	listed := book{one: "Ihlamur Derneği", two: "Lindenhof e. V."}
	desk := open(t)
	desk.forms = forms.NewKnowing(listed)
	sheet := laid(t, desk, friends(3))
	loc := localizer(t, i18n.EN)
	base := int64(0)
	save := func(pairs ...string) error {
		sent := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			sent["answers[friends]"+pairs[i]] = []string{pairs[i+1]}
		}
		raw, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		return desk.sc.Write(t.Context(), func(ctx context.Context, tx *tenants.Tx) error {
			saved, _, err := desk.forms.SaveTyped(ctx, tx, loc, sheet.ID, "", "friends", forms.Sent{Value: raw, Base: base, Language: i18n.EN}, ids.Person{})
			if err == nil {
				base = saved.Version
			}
			return err
		})
	}
	holds := func(when string, want ...forms.Organization) {
		t.Helper()
		var got []forms.Organization
		if err := json.Unmarshal(on(t, desk, sheet.ID).Answers["friends"], &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", when, diff)
		}
	}
	if err := save("[0][name]", "ihlamur dernegi", "[0][id]", one.String(), "[1][name]", "lin", "[1][choice]", two.String(), "[2][name]", "Somebody Else"); err != nil {
		t.Fatal(err)
	}
	holds("chosen", forms.Organization{ID: one, Name: "Ihlamur Derneği"}, forms.Organization{ID: two, Name: "Lindenhof e. V."}, forms.Organization{Name: "Somebody Else"})
	listed[one] = "Ihlamur Vakfı"
	if err := save("[0][name]", "Ihlamur Derneği", "[0][id]", one.String(), "[1][name]", "Another", "[1][id]", two.String()); err != nil {
		t.Fatal(err)
	}
	holds("renamed, and typed over", forms.Organization{ID: one, Name: "Ihlamur Derneği"}, forms.Organization{Name: "Another"})
	if err := save("[0][name]", "Ihlamur", "[0][id]", foreign.String()); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("another network's organization is taken: %v", err)
	}
	holds("once the foreign one was refused", forms.Organization{ID: one, Name: "Ihlamur Derneği"}, forms.Organization{Name: "Another"})
	if err := save("[0][name]", "Ihlamur", "[0][id]", "x' OR 1=1"); err != nil {
		t.Fatal(err)
	}
	holds("with what is no organization", forms.Organization{Name: "Ihlamur"})
	var posted forms.Posted
	desk.write(t, func(ctx context.Context, tx *tenants.Tx) error {
		var err error
		posted, _, err = desk.forms.SavePosted(ctx, tx, loc, sheet.ID, "", "us", url.Values{
			"base[friends]": {"1"}, "answers[friends][0][name]": {"F"}, "answers[friends][0][id]": {foreign.String()}, "base[word]": {"0"}, "answers[word]": {"kept"},
		}, ids.Person{})
		return err
	})
	if len(posted.Bad) != 1 || posted.Bad[0].Name != "answers[friends][0][name]" || string(on(t, desk, sheet.ID).Answers["word"]) != `"kept"` {
		t.Errorf("posted with a foreign one: %+v", posted)
	}
}

// TestOrganizationsAreChosenByKeyboard types, walks and takes in a real browser, and leaves another name as it is typed.
func TestOrganizationsAreChosenByKeyboard(t *testing.T) {
	t.Parallel()
	id := ids.New[ids.Organization]()
	s := serving(t, friends(2))
	s.listed = book{id: "Ihlamur Derneği"}
	s.forms = forms.NewKnowing(s.listed)
	v := uitest.Visit(t, uitest.Look{Language: "tr"})
	v.Go(s.server.URL + "/form/us")
	first := `input[name="answers[friends][0][name]"]`
	v.Fill("answers[friends][0][name]", "ihlam")
	v.Shows(`[role="option"]`)
	v.Accessible("form-organizations-tr")
	v.Hit(first, input.ArrowDown, input.Enter)
	s.wants(forms.ScopePart, "friends", `[{"id": "`+id.String()+`", "name": "Ihlamur Derneği"}]`)
	v.Fill("answers[friends][1][name]", "Linden")
	s.wants(forms.ScopePart, "friends", `[{"id": "`+id.String()+`", "name": "Ihlamur Derneği"}, {"name": "Linden"}]`)
	phone := uitest.Visit(t, uitest.Look{Language: "de", Phone: true, Dark: true})
	phone.Go(s.server.URL + "/form/us")
	phone.Accessible("form-organizations-de-phone")
}

// TestOrganizationsOnPages: with a script a combobox, without one a button and a choice among those that are called alike.
func TestOrganizationsOnPages(t *testing.T) {
	t.Parallel()
	d := friends(2)
	id := ids.New[ids.Organization]()
	given := forms.Answers{"friends": json.RawMessage(`[{"name":"Ihlamur"}]`)}
	e := forms.Editing{
		Definition: &d, Section: &d.Sections[0], Filled: forms.Filled{Answers: given}, Addresses: forms.Addresses{Save: "/s", Directory: "/directory/suggestions"},
		Candidates: map[string][]forms.Candidate{"Ihlamur": {{ID: id, Name: "Ihlamur Derneği", Place: "Muğla"}}},
	}
	if diff := cmp.Diff([]string{"Ihlamur"}, e.TypedOrganizations(localizer(t, i18n.TR))); diff != "" {
		t.Error(diff)
	}
	var page strings.Builder
	if err := forms.Fields(ui.Page{Loc: localizer(t, i18n.TR)}, e).Render(t.Context(), &page); err != nil {
		t.Fatal(err)
	}
	html := page.String()
	for _, want := range []string{`data-suggest="/directory/suggestions"`, `name="answers[friends][0][id]"`, "<noscript>", `value="` + id.String() + `"`, "Hangi kuruluşu", "look:answers[friends]", "Muğla"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	post := forms.FromPost(localizer(t, i18n.TR), &d.Sections[0], url.Values{"base[friends]": {"0"}, "answers[friends][0][name]": {"Ihlamur"}, "row": {"look:answers[friends]"}})
	if !post.Stay || string(post.Answers["friends"]) != `[{"name":"Ihlamur"}]` {
		t.Errorf("looked for: %+v", post)
	}
	lines := forms.Plain(localizer(t, i18n.EN), &d, question(t, d, "friends"), json.RawMessage(`[{"id":"`+id.String()+`","name":"Ihlamur Derneği"},{"name":"Linde"}]`))
	if diff := cmp.Diff([]string{"Ihlamur Derneği", "Linde (not in the network)"}, lines); diff != "" {
		t.Error(diff)
	}
	twice := json.RawMessage(`[{"name":"Linde"},{"name":"LİNDE"},{"name":"Third"}]`)
	var keys []string
	for _, f := range forms.ValidateAnswer(question(t, d, "friends"), "friends", twice, forms.Submit) {
		keys = append(keys, f.Key)
	}
	if !slices.Contains(keys, "forms.error.organization_twice") || !slices.Contains(keys, "forms.error.most") {
		t.Errorf("wrong is only %v", keys)
	}
	few := friends(11)
	if problems := forms.Check(few); len(problems) == 0 {
		t.Error("any number can be named")
	}
}
