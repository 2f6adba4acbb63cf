package interchange_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/interchange"
)

type colour string

type garden struct {
	Name  i18n.Text `json:"name"`
	Beds  []bed     `json:"beds"`
	Fence *fence    `json:"fence,omitempty"`
	Notes string    `json:"notes,omitempty"`
}

type bed struct {
	Key    string    `json:"key"`
	Label  i18n.Text `json:"label"`
	Colour colour    `json:"colour"`
	Metres int       `json:"metres"`
	Sunny  bool      `json:"sunny,omitempty"`
	Plants []string  `json:"plants"`
	Within []bed     `json:"within,omitempty"`
}

type fence struct {
	mark

	High int64 `json:"high"`
}

type mark struct {
	Owner string `json:"owner"`
}

var gardens = interchange.For[garden]("Garden",
	interchange.Known[colour]("red", "blue"), interchange.Between[bed]("metres", 1, 50), interchange.Pattern[bed]("key", regexp.MustCompile(`^[a-z]+$`)),
	interchange.MostWords(20), interchange.Most[garden]("notes", 5), interchange.Most[bed]("plants", 8))

const good = `{
  "name": {"en": "Ours", "tr": "Bizim bahçe"},
  "beds": [
    {"key": "roses", "label": {"en": "Roses"}, "colour": "red", "metres": 3, "plants": ["Rosa"]},
    {"key": "b", "colour": "blue", "metres": 1, "sunny": true, "within": [{"key": "c", "colour": "red", "metres": 2}]}
  ],
  "fence": {"owner": "us", "high": 2}
}`

func TestAFileSaysLineByLineWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"nothing":                        {"", "", nil},
		"a mark at its head":             {good, "\ufeff" + good, nil},
		"an unknown name":                {`"key": "b"`, `"tree": {"a": [1, {"b": 2}]}, "key": "b"`, []string{"5:6 beds/b/tree interchange.unknown [Name tree]"}},
		"a name nearly right":            {`"colour": "blue"`, `"color": "blue"`, []string{"5:5 beds/b interchange.missing [Name colour]", "5:18 beds/b/color interchange.unknown_near [Name color Near colour]"}},
		"a name a second time":           {`"key": "b"`, `"key": "b", "key": "x"`, []string{"5:18 beds/b/key interchange.twice [Name key]"}},
		"a name that is lacking":         {`"key": "c", `, ``, []string{"5:75 beds/b/within/1 interchange.missing [Name key]"}},
		"no such value":                  {`"colour": "blue"`, `"colour": "gr\u202een"`, []string{"5:28 beds/b/colour interchange.not_one [Value gr\ufffden Values red, blue]"}},
		"no such language":               {`"en": "Roses"`, `"xx": "Roses"`, []string{"4:32 beds/roses/label/xx interchange.no_language [Name xx Values " + values() + "]"}},
		"letters before it":              {`"Bizim bahçe"}`, `"Bizim bahçe", "xx": ""}`, []string{"2:47 name/xx interchange.no_language [Name xx Values " + values() + "]"}},
		"a number for a text":            {`"en": "Roses"`, `"en": 3`, []string{"4:38 beds/roses/label/en interchange.want.text []"}},
		"a text for words":               {`{"en": "Roses"}`, `"Roses"`, []string{"4:31 beds/roses/label interchange.want.words []"}},
		"a list for an object":           {`{"owner": "us", "high": 2}`, `[{"a": []}]`, []string{"7:12 fence interchange.want.object []"}},
		"an object for a list":           {`["Rosa"]`, `{"a": 1}`, []string{"4:88 beds/Roses/plants interchange.want.list []"}},
		"a text for a tick":              {`"sunny": true`, `"sunny": "yes"`, []string{"5:58 beds/b/sunny interchange.want.tick []"}},
		"half a metre":                   {`"metres": 1`, `"metres": 1.5`, []string{"5:46 beds/b/metres interchange.want.number []"}},
		"nothing for a number":           {`"metres": 1`, `"metres": null`, []string{"5:46 beds/b/metres interchange.want.number []"}},
		"too many metres":                {`"metres": 1`, `"metres": 51`, []string{"5:46 beds/b/metres interchange.between [High 50 Low 1]"}},
		"a malformed key":                {`"key": "b"`, `"key": "B 1"`, []string{"5:13 beds/B 1/key interchange.pattern [Value B 1]"}},
		"words that are long":            {"Ours", strings.Repeat("ğ", 21), []string{"2:18 name/en interchange.too_long [Count 21 Most 20]"}},
		"a long text of a list":          {`"Rosa"`, `"Rosa", "Rosmarinus"`, []string{"4:97 beds/Roses/plants/2 interchange.too_long [Count 10 Most 8]"}},
		"an escaped NUL":                 {"Ours", `Ou\u0000rs`, []string{"2:18 name/en interchange.hidden []"}},
		"space around a key":             {`["Rosa"]`, `["Rosa "]`, []string{"4:89 beds/Roses/plants/1 interchange.hidden []"}},
		"something behind":               {`"high": 2}` + "\n}", `"high": 2}` + "\n}\n []", []string{"9:3  interchange.more []"}},
		"a comma too many":               {`"high": 2}`, `"high": 2,}`, []string{"7:38  interchange.syntax [Sign }]"}},
		"a comma too few":                {`"beds"`, `x"beds"`, []string{"3:3  interchange.syntax [Sign x]"}},
		"cut off":                        {`, "high": 2}` + "\n}", "", []string{"7:26  interchange.syntax_end []"}},
		"cut off in a text":              {`us", "high": 2}` + "\n}", "", []string{"7:23  interchange.syntax_end []"}},
		"a line break in it":             {"Ours", "Ou\nrs", []string{"2:21  interchange.syntax_break []"}},
		"no text at all":                 {"Ours", "Ou\xffrs", []string{"2:21  interchange.no_text []"}},
		"nothing there":                  {good, "", []string{"1:1  interchange.syntax_end []"}},
		"what is right before it breaks": {`"key": "b"`, `"kex": "b", !`, []string{"5:6 beds/2/kex interchange.unknown_near [Name kex Near key]", "5:18  interchange.syntax [Sign !]"}},
	} {
		raw := strings.Replace(good, c.old, c.new, 1)
		g, f := gardens.Read([]byte(raw))
		var got []string
		for _, flaw := range f.Flaws() {
			var way, args []string
			for _, step := range flaw.Way {
				way = append(way, step.String(i18n.EN))
			}
			for _, name := range []string{"Count", "Name", "Near", "Value", "Values", "High", "Low", "Most", "Sign"} {
				if value, ok := flaw.Args[name]; ok {
					args = append(args, fmt.Sprint(name, " ", value))
				}
			}
			got = append(got, fmt.Sprintf("%d:%d %s %s [%s]", flaw.Line, flaw.Column, strings.Join(way, "/"), flaw.Key, strings.Join(args, " ")))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(got) > 0 && len(g.Beds) > 0 {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func values() string { return string(i18n.EN) + ", " + string(i18n.TR) + ", " + string(i18n.DE) }

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	g, f := gardens.Read([]byte(strings.Replace(good, `"Ours"`, `"  <b>A\r\nB  "`, 1)))
	if len(f.Flaws()) > 0 || g.Name[i18n.EN] != "<b>A\nB" || g.Fence.Owner != "us" {
		t.Fatalf("%v %+v", f.Flaws(), g)
	}
	raw, err := interchange.Write(g)
	if err != nil || !strings.Contains(string(raw), "<b>") {
		t.Fatal(err, string(raw))
	}
	again, f := gardens.Read(raw)
	if len(f.Flaws()) > 0 || !cmp.Equal(g, again, cmp.AllowUnexported(fence{}, mark{})) {
		t.Errorf("%v %+v", f.Flaws(), again)
	}
}

func TestReadingIsBounded(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"many lists":       strings.Repeat("[", 1_000_000),
		"deep beds":        strings.Repeat(`{"beds":[`, 100_000),
		"many wrong names": `{"beds":[` + strings.Repeat(`{"x":1},`, 500) + `{}]}`,
		"many plants":      `{"beds":[{"key":"a","colour":"red","metres":1,"plants":[` + strings.Repeat(`"a",`, 100_000) + `"a"]}]}`,
		"too large":        strings.Repeat(" ", interchange.MostBytes+1),
	} {
		_, f := gardens.Read([]byte(raw))
		if n := len(f.Flaws()); n == 0 || n > 100 {
			t.Errorf("%s: %d flaws", name, n)
		}
	}
}

func TestTheSchemaSaysWhatIsRead(t *testing.T) {
	t.Parallel()
	raw, err := gardens.Schema("https://example.org/schemas/garden.json")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	words := map[string]any{
		"type": []any{"object", "null"}, "additionalProperties": map[string]any{"type": "string", "maxLength": 20.}, "propertyNames": map[string]any{"enum": []any{"en", "tr", "de"}},
	}
	beds := map[string]any{"type": []any{"array", "null"}, "items": map[string]any{"$ref": "#/$defs/bed"}, "maxItems": 1000.}
	want := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/schemas/garden.json", "title": "Garden",
		"type": "object", "additionalProperties": false, "required": []any{},
		"properties": map[string]any{
			"name": words, "beds": beds, "notes": map[string]any{"type": "string", "maxLength": 5.},
			"fence": map[string]any{"anyOf": []any{map[string]any{"$ref": "#/$defs/fence"}, map[string]any{"type": "null"}}},
		},
		"$defs": map[string]any{
			"bed": map[string]any{
				"type": "object", "additionalProperties": false, "required": []any{"key", "colour", "metres"},
				"properties": map[string]any{
					"key": map[string]any{"type": "string", "pattern": "^[a-z]+$"}, "label": words, "colour": map[string]any{"type": "string", "enum": []any{"red", "blue"}},
					"metres": map[string]any{"type": "integer", "minimum": 1., "maximum": 50.}, "sunny": map[string]any{"type": "boolean"}, "within": beds,
					"plants": map[string]any{"type": []any{"array", "null"}, "items": map[string]any{"type": "string", "maxLength": 8.}, "maxItems": 1000.},
				},
			},
			"fence": map[string]any{
				"type": "object", "additionalProperties": false, "required": []any{"owner", "high"},
				"properties": map[string]any{"owner": map[string]any{"type": "string"}, "high": map[string]any{"type": "integer"}},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
