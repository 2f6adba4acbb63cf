package forms_test

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kervan/modules/forms"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

func render(t testing.TB, l i18n.Locale, e forms.Editing) *html.Node {
	t.Helper()
	var b strings.Builder
	if err := forms.Fields(ui.Page{Loc: localizer(t, l)}, e).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// posted is what a browser would send of the page without a button.
func posted(root *html.Node) url.Values {
	values := url.Values{}
	for n := range root.Descendants() {
		name, named := attribute(n, "name")
		if n.Type != html.ElementNode || !named || within(n, "template") {
			continue
		}
		value, _ := attribute(n, "value")
		switch n.Data {
		case "input":
			kind, _ := attribute(n, "type")
			_, checked := attribute(n, "checked")
			if kind != "file" && ((kind != "checkbox" && kind != "radio") || checked) {
				values.Add(name, value)
			}
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			values.Add(name, text)
		case "select":
			chosen := ""
			for o := range n.Descendants() {
				if _, ok := attribute(o, "selected"); ok {
					chosen, _ = attribute(o, "value")
				}
			}
			values.Add(name, chosen)
		}
	}
	return values
}

func within(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == tag {
			return true
		}
	}
	return false
}

// TestAPageSentBackUnchangedChangesNothing draws random answers, reads the page as a browser would send it, and finds
// the same answers: in every language, for every type.
func TestAPageSentBackUnchangedChangesNothing(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 4))
	d := sample()
	for round := range 20 {
		l := i18n.All[round%len(i18n.All)]
		for i := range d.Sections {
			section := &d.Sections[i]
			filled := forms.Filled{Answers: forms.Answers{}, Versions: map[string]int64{}}
			items := []int{0}
			if section.Repeat != nil {
				items = []int{2, 5}
				filled.Answers[section.Key+".items"] = json.RawMessage("[2,5]")
			}
			for _, item := range items {
				for j := range section.Questions {
					q := &section.Questions[j]
					if q.Type.Typed() && q.Type != forms.TypeConsent && q.Type != forms.TypeDeclaration {
						filled.Answers[forms.Ref(q.Key, item)] = json.RawMessage(invent(r, q))
						filled.Versions[forms.Ref(q.Key, item)] = 3
					}
				}
			}
			if people, ok := filled.Answers["people"]; ok {
				var rows []json.RawMessage
				if err := json.Unmarshal(people, &rows); err != nil {
					t.Fatal(err)
				}
				filled.Answers["people"], _ = json.Marshal(append(rows, rows[0])[:2]) // the page always shows two
			}
			if topics, ok := filled.Answers["topics"]; ok { // and two ranks
				var ranked []string
				if err := json.Unmarshal(topics, &ranked); err != nil {
					t.Fatal(err)
				}
				filled.Answers["topics"], _ = json.Marshal(ranked[:min(2, len(ranked))])
			}
			page := render(t, l, forms.Editing{Definition: &d, Section: section, Filled: filled})
			back := forms.FromPost(localizer(t, l), section, posted(page))
			for ref, raw := range filled.Answers {
				if strings.HasSuffix(ref, ".items") {
					continue
				}
				if !sameJSON(raw, back.Answers[ref]) || back.Base[ref] != 3 {
					t.Fatalf("%s %s: %s came back as %s on version %d", l, ref, raw, back.Answers[ref], back.Base[ref])
				}
			}
			if len(back.Bad) > 0 || back.Stay {
				t.Fatalf("bad %v, stay %v", back.Bad, back.Stay)
			}
		}
	}
}

func TestARefusedPageShowsWhatWasTyped(t *testing.T) {
	t.Parallel()
	d := sample()
	section, _ := d.Section("who")
	typed := url.Values{"base[founded]": {"0"}, "answers[founded]": {"old"}, "base[name]": {"2"}, "answers[name]": {"<b>Umut"}}
	back := forms.FromPost(localizer(t, i18n.DE), section, typed)
	e := forms.Editing{Definition: &d, Section: section, Typed: typed, Fault: fault.Invalid("fault.check_fields", back.Bad...)}
	again := posted(render(t, i18n.DE, e))
	if again.Get("answers[founded]") != "old" || again.Get("answers[name]") != "<b>Umut" {
		t.Errorf("the page shows %v", again)
	}
	var b strings.Builder
	if err := forms.Fields(ui.Page{Loc: localizer(t, i18n.DE)}, e).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Bitte geben Sie eine Zahl ein.") || strings.Contains(b.String(), "<b>Umut") {
		t.Error("the page does not say what is wrong, or does not escape what was typed")
	}
}

func TestEveryInputHasALabel(t *testing.T) {
	t.Parallel()
	d := sample()
	for i := range d.Sections {
		root := render(t, i18n.TR, forms.Editing{Definition: &d, Section: &d.Sections[i]})
		labelled, seen := map[string]bool{}, map[string]bool{}
		for n := range root.Descendants() {
			if target, ok := attribute(n, "for"); ok {
				labelled[target] = true
			}
		}
		for n := range root.Descendants() {
			kind, _ := attribute(n, "type")
			id, _ := attribute(n, "id")
			if id != "" && seen[id] {
				t.Errorf("%s: the id %s stands twice", d.Sections[i].Key, id)
			}
			seen[id] = true
			input := n.Data == "input" && kind != "hidden" && kind != "file" || n.Data == "select" || n.Data == "textarea"
			if n.Type == html.ElementNode && input && !labelled[id] {
				name, _ := attribute(n, "name")
				t.Errorf("%s: %s has no label", d.Sections[i].Key, name)
			}
		}
	}
}

func TestDelicateAnswersAreMasked(t *testing.T) {
	t.Parallel()
	d := sample()
	a := with(with(whole(t), "budget", `{"minor":123456700,"currency":"TRY"}`), "host", `"hidden host"`)
	text := func(look forms.Look) string {
		var b strings.Builder
		printed := forms.Lay(localizer(t, i18n.TR), &d, forms.ScopePart, a, look)
		if err := forms.ReadOnly(ui.Page{Loc: localizer(t, i18n.TR)}, printed, nil).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, tt := range []struct {
		look     forms.Look
		has, not []string
	}{
		{forms.Look{}, []string{"İpek Işık"}, []string{"vegan", "1.234.567", "hidden host"}},
		{forms.Look{Special: true}, []string{"vegan"}, []string{"1.234.567", "hidden host"}},
		{forms.Look{Financial: true}, []string{"1.234.567\u00a0TRY"}, []string{"vegan", "hidden host"}},
	} {
		page := text(tt.look)
		for _, want := range tt.has {
			if !strings.Contains(page, want) {
				t.Errorf("%+v does not show %q", tt.look, want)
			}
		}
		for _, secret := range tt.not {
			if strings.Contains(page, secret) {
				t.Errorf("%+v shows %q", tt.look, secret)
			}
		}
	}
}

func TestATableAddsUpItsMoney(t *testing.T) {
	t.Parallel()
	d := sample()
	a := answers(t, "costs", `[{"what":"Train","amount":{"minor":12050,"currency":"EUR"}},{},{"what":"Room","amount":{"minor":100000,"currency":"EUR"}}]`)
	table := forms.Lay(localizer(t, i18n.DE), &d, forms.ScopeJoint, a, forms.Look{}).Sections[0].Groups[0].Entries[0].Table
	if len(table.Rows) != 2 || table.Total[0] != "Summe" || table.Total[1] != "1.120,50\u00a0EUR" {
		t.Errorf("got %+v", table)
	}
}

func TestAMissingTranslationIsVisible(t *testing.T) {
	t.Parallel()
	d := sample()
	question(t, d, "name").Label = i18n.Text{i18n.TR: "Adı"}
	section, _ := d.Section("who")
	root := render(t, i18n.DE, forms.Editing{Definition: &d, Section: section})
	for n := range root.Descendants() {
		if ref, _ := attribute(n, "data-question"); ref == "name" {
			lang, _ := attribute(n, "lang")
			class, _ := attribute(n, "class")
			if lang != "tr" || !strings.Contains(class, "k-fallback") {
				t.Errorf("lang %q, class %q", lang, class)
			}
			return
		}
	}
	t.Error("the question is not on the page")
}
