package forms_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/pdf"
)

// home is a form that asks for an address, and for more of those who live in Germany.
func home() (forms.Definition, *forms.Question) {
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: []i18n.Locale{i18n.EN, i18n.TR, i18n.DE}, Sections: []forms.Section{{
		Key: "who", Title: say("Who"), Scope: forms.ScopePart, Questions: []forms.Question{
			{Key: "home", Type: forms.TypeAddress, Label: say("Where?"), Required: true, Class: forms.ClassPersonal, Address: &forms.Parts{
				Street: forms.AskOptional, PostalCode: forms.AskRequired, Place: forms.AskRequired, Country: forms.AskRequired,
			}},
			{Key: "more", Type: forms.TypeLongText, Label: say("More?"), Condition: &forms.Condition{Question: "home", Equals: "DE"}},
		},
	}}}
	return d, &d.Sections[0].Questions[0]
}

const muglaOfGeoNames = `"place_id":304184,"region":"Muğla","coordinates":{"lat":37.2181,"lon":28.3665}`

// TestAPlaceIsTheServersWord: what the browser says beyond a number that fits what was typed is nothing.
func TestAPlaceIsTheServersWord(t *testing.T) {
	t.Parallel()
	_, q := home()
	for name, c := range map[string]struct {
		typed, want string
	}{
		"chosen":                         {"place=Muğla&country=TR&place_id=304184", `{"place":"Muğla","country":"TR",` + muglaOfGeoNames + `}`},
		"chosen, spelled as one types":   {"place=MUGLA&country=TR&place_id=304184", `{"place":"Muğla","country":"TR",` + muglaOfGeoNames + `}`},
		"chosen before the country":      {"place=Muğla&place_id=304184", `{"place":"Muğla","country":"TR",` + muglaOfGeoNames + `}`},
		"typed, and the only one":        {"place=mugla&country=TR", `{"place":"Muğla","country":"TR",` + muglaOfGeoNames + `}`},
		"in the reader's language":       {"place=Münih&country=DE", `{"place":"München","country":"DE","place_id":2867714,"region":"Bayern","coordinates":{"lat":48.1374,"lon":11.5755}}`},
		"typed, without a country":       {"place=Muğla", `{"place":"Muğla"}`},
		"one of several of the name":     {"place=Aksu&country=TR", `{"place":"Aksu","country":"TR"}`},
		"a village that nobody knows":    {"place=Yok+Köyü&country=TR&postal_code=48000", `{"postal_code":"48000","place":"Yok Köyü","country":"TR"}`},
		"another place's number":         {"place=Yok+Köyü&country=TR&place_id=304184", `{"place":"Yok Köyü","country":"TR"}`},
		"in another country":             {"place=Muğla&country=DE&place_id=304184", `{"place":"Muğla","country":"DE"}`},
		"coordinates of the browser":     {"place=Yok&country=TR&coordinates=1,1&region=Atlantis&lat=1", `{"place":"Yok","country":"TR"}`},
		"a number that is none":          {"place=Yok&country=TR&place_id=x", `{"place":"Yok","country":"TR"}`},
		"the sign of the country":        {"postal_code=d-80331&place=Munich&country=DE", `{"postal_code":"80331","place":"München","country":"DE","place_id":2867714,"region":"Bayern","coordinates":{"lat":48.1374,"lon":11.5755}}`},
		"a country without known places": {"place=Springfield&country=US&postal_code=any+12", `{"postal_code":"any 12","place":"Springfield","country":"US"}`},
		"nothing":                        {"place=++&street=", `null`},
	} {
		query, err := url.ParseQuery(c.typed)
		if err != nil {
			t.Fatal(err)
		}
		values := url.Values{}
		for key, all := range query {
			values["answers[x]["+key+"]"] = all
		}
		for _, l := range i18n.All {
			raw, bad := forms.FromTyped(localizer(t, l), q, "x", values)
			if string(raw) != c.want || len(bad) > 0 {
				t.Errorf("%s, %s: %s, %v", name, l, raw, bad)
			}
			again, bad := forms.FromTyped(localizer(t, l), q, "x", forms.ToTyped(localizer(t, l), q, "x", raw))
			if string(again) != c.want || len(bad) > 0 {
				t.Errorf("%s, %s: read and written back: %s, %v", name, l, again, bad)
			}
		}
	}
}

func TestAnAddressIsHeldToItsParts(t *testing.T) {
	t.Parallel()
	_, q := home()
	for raw, want := range map[string]struct{ fill, submit []string }{
		`null`:           {nil, []string{"x[postal_code] fault.required", "x[place] fault.required", "x[country] fault.choose"}},
		`{"street":"A"}`: {nil, []string{"x[postal_code] fault.required", "x[place] fault.required", "x[country] fault.choose"}},
		`{"postal_code":"4800","place":"Muğla","country":"TR"}`:                             {[]string{"x[postal_code] forms.error.postal_code"}, []string{"x[postal_code] forms.error.postal_code"}},
		`{"postal_code":"48000","place":"Muğla","country":"TR"}`:                            {nil, nil},
		`{"postal_code":"what they have","place":"Lagos","country":"NG"}`:                   {nil, nil},
		`{"postal_code":"48000","place":"` + strings.Repeat("ı", 121) + `","country":"TR"}`: {[]string{"x[place] fault.too_long"}, []string{"x[place] fault.too_long"}},
		`{"country":"ZZ"}`:      {[]string{"x forms.error.unreadable"}, []string{"x forms.error.unreadable"}},
		`{"place":"a","b":"c"}`: {[]string{"x forms.error.unreadable"}, []string{"x forms.error.unreadable"}},
		`"Muğla"`:               {[]string{"x forms.error.unreadable"}, []string{"x forms.error.unreadable"}},
	} {
		for mode, expected := range map[forms.Mode][]string{forms.Fill: want.fill, forms.Submit: want.submit} {
			var got []string
			for _, f := range forms.ValidateAnswer(q, "x", json.RawMessage(raw), mode) {
				got = append(got, f.Name+" "+f.Key)
			}
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("%s: %s", raw, diff)
			}
		}
	}
	q.Required = false
	if bad := forms.ValidateAnswer(q, "x", nil, forms.Submit); len(bad) > 0 {
		t.Errorf("an address that may be left out: %v", bad)
	}
	q.Required, q.Address = true, &forms.Parts{Street: forms.AskOptional, Place: forms.AskOptional}
	if bad := forms.ValidateAnswer(q, "x", nil, forms.Submit); len(bad) != 1 || bad[0].Key != "forms.error.address_missing" {
		t.Errorf("any of its parts would do: %v", bad)
	}
	raw, bad := forms.FromTyped(localizer(t, i18n.EN), q, "x", url.Values{"answers[x][country]": {"DE"}, "answers[x][street]": {"A"}})
	if string(raw) != `{"street":"A"}` || len(bad) > 0 {
		t.Errorf("what is not asked for is taken: %s, %v", raw, bad)
	}
	_, q = home()
	if raw, bad := forms.FromTyped(localizer(t, i18n.EN), q, "x", url.Values{"answers[x][country]": {"XX"}, "answers[x][place]": {"Y"}}); string(raw) != `{"place":"Y"}` || len(bad) != 1 || bad[0].Name != "answers[x][country]" {
		t.Errorf("a country that is none: %s, %v", raw, bad)
	}
}

func TestAnAddressIsReadAsTheReaderCallsIt(t *testing.T) {
	t.Parallel()
	d, q := home()
	raw := json.RawMessage(`{"street":"Leopoldstr. 1","postal_code":"80331","place":"München","country":"DE","place_id":2867714,"region":"Bayern","coordinates":{"lat":48.1374,"lon":11.5755}}`)
	for l, want := range map[i18n.Locale]string{
		i18n.EN: "Leopoldstr. 1\n80331 Munich (Bayern)\nGermany", i18n.TR: "Leopoldstr. 1\n80331 Münih (Bayern)\nAlmanya", i18n.DE: "Leopoldstr. 1\n80331 München (Bayern)\nDeutschland",
	} {
		if got := strings.Join(forms.Plain(localizer(t, l), &d, q, raw), "\n"); got != want {
			t.Errorf("%s: %q", l, got)
		}
	}
	q.VisibleTo = []forms.Reader{forms.ReaderCoordinator}
	laid := forms.Lay(localizer(t, i18n.DE), &d, forms.ScopePart, forms.Answers{"home": raw}, forms.Look{As: []forms.Reader{forms.ReaderReviewer}})
	if e := laid.Sections[0].Groups[0].Entries[0]; !e.Masked || strings.Contains(strings.Join(e.Lines, ""), "80331") {
		t.Errorf("a reviewer sees %v", e.Lines)
	}
	paper := answered(t, forms.Paper(localizer(t, i18n.DE), forms.Outline(localizer(t, i18n.DE), &d, forms.ScopePart)))["Where?"]
	table, ok := paper.Inside[0].(pdf.Table)
	if !ok || cmp.Diff([]string{"Straße und Hausnummer", "Postleitzahl", "Ort", "Land"}, table.Head) != "" || len(table.Rows) != 1 {
		t.Errorf("on paper: %+v", paper)
	}
}

func TestACountryOfAnAddressAsksMore(t *testing.T) {
	t.Parallel()
	d, _ := home()
	if problems := forms.Check(d); len(problems) > 0 {
		t.Fatal(problems)
	}
	for raw, want := range map[string]bool{`{"place":"Köln","country":"DE"}`: true, `{"place":"Muğla","country":"TR"}`: false, `{"street":"DE"}`: false, `null`: false} {
		if got := forms.See(&d, forms.ScopePart, answers(t, "home", raw)).Question("more"); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
	for name, c := range map[string]struct {
		change func(q *forms.Question)
		want   string
	}{
		"no part":             {func(q *forms.Question) { q.Address = nil }, "forms.check.address"},
		"none of its parts":   {func(q *forms.Question) { q.Address = &forms.Parts{} }, "forms.check.address"},
		"an unknown ask":      {func(q *forms.Question) { q.Address.Place = "perhaps" }, "forms.check.address"},
		"no country":          {func(q *forms.Question) { q.Address.Country = forms.AskNot }, "forms.check.never"},
		"parts of a text":     {func(q *forms.Question) { q.Type = forms.TypeShortText }, "forms.check.address_unused"},
		"options of its own":  {func(q *forms.Question) { q.Options = options("a", "b") }, "forms.check.options_unused"},
		"a country of no map": {func(*forms.Question) { d.Sections[0].Questions[1].Condition.Equals = "Germany" }, "forms.check.never"},
	} {
		var q *forms.Question
		d, q = home()
		c.change(q)
		if !slices.ContainsFunc(forms.Check(d), func(p forms.Problem) bool { return p.Key == c.want }) {
			t.Errorf("%s is not found: %v", name, forms.Check(d))
		}
	}
}
