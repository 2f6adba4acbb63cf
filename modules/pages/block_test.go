package pages

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

func TestLinksLeadToPages(t *testing.T) {
	t.Parallel()
	for link, good := range map[string]bool{
		"/calls": true, "/pages/about?lang=tr#team": true, "https://example.org/a": true, "mailto:team@example.org": true,
		"": false, "//evil.example": false, "/\\evil.example": false, "http://example.org": false, "javascript:alert(1)": false, "JaVaScRiPt:alert(1)": false,
		" javascript:alert(1)": false, "java\tscript:alert(1)": false, "data:text/html,x": false, "vbscript:x": false, "https://": false, "https://a@b.example": false,
		"calls": false, "mailto:a@b.example?bcc=c@d.example": true, "mailto:nobody": false, "https:javascript": false,
	} {
		if got := linkable(link); got != good {
			t.Errorf("%q: %v", link, got)
		}
	}
}

func TestAddressesOfPages(t *testing.T) {
	t.Parallel()
	for slug, good := range map[string]bool{
		"our-team": true, "2027": true, "": false, "Our-Team": false, "-a": false, "a--b": false, "a/b": false, "ekibimiz-ş": false, "admin": false, "home": false, "sign-in": false,
		strings.Repeat("a", 60): true, strings.Repeat("a", 61): false,
	} {
		if got := sluggable(slug); got != good {
			t.Errorf("%q: %v", slug, got)
		}
	}
	for title, want := range map[string]string{"Ekibimiz ve İşimiz": "ekibimiz-ve-isimiz", "Über uns!": "uber-uns", "Страница": "", strings.Repeat("long ", 30): "long-long-long-long-long-long-long-long-long-long-long-long"} {
		if got := proposed(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// TestEveryPartIsHeldToItsLength, and what is needed is asked for in the first language only.
func TestEveryPartIsHeldToItsLength(t *testing.T) {
	t.Parallel()
	for _, shape := range Shapes {
		c := Content{Title: i18n.Text{"tr": "Başlık"}, Blocks: []Block{{Kind: shape.Kind}}}
		if len(shape.Items) > 0 {
			c.Blocks[0].Items = []Item{{}}
		}
		var needed, lacking []string
		c.each(func(name string, p Part, _ i18n.Text, _ string) {
			switch {
			case name == "title" || !p.Required:
			case p.Plain:
				needed = append(needed, name)
			default:
				needed = append(needed, name+"_tr")
			}
		})
		if shape.Kind == Picture { // and words for those who do not see it
			needed = append(needed, "b0_file", "b0_alt_tr")
		}
		for _, f := range c.lacks("tr") {
			lacking = append(lacking, f.Name)
		}
		if !slices.Equal(needed, lacking) {
			t.Errorf("%s: lacks %v, want %v", shape.Kind, lacking, needed)
		}
		for _, p := range shape.Parts {
			long := strings.Repeat("ş", p.Most+1)
			field := fieldName(0, -1, p.Name)
			if p.Plain {
				c.Blocks[0].Plain = map[string]string{p.Name: long}
			} else {
				field += "_en"
				c.Blocks[0].Texts = map[string]i18n.Text{p.Name: {"en": long}}
			}
			if bad := c.check(true); !slices.ContainsFunc(bad, func(f fault.Field) bool { return f.Name == field }) {
				t.Errorf("%s takes %s of any length: %v", shape.Kind, p.Name, bad)
			}
			c.Blocks[0].Plain, c.Blocks[0].Texts = nil, nil
		}
	}
}

// TestTheButtonsOfTheEditor: what each does with three blocks, of which the second has two lines.
func TestTheButtonsOfTheEditor(t *testing.T) {
	t.Parallel()
	for pressed, want := range map[string]string{
		"": "hero faq2 quote", "save": "hero faq2 quote", "up:0": "hero faq2 quote", "up:1": "faq2 hero quote", "down:1": "hero quote faq2", "down:2": "hero faq2 quote",
		"remove:0": "faq2 quote", "more:1": "hero faq3 quote", "more:0": "hero faq2 quote", "less:1:0": "hero faq1 quote", "less:1:9": "hero faq2 quote", "add": "hero faq2 quote steps1",
		"up:9": "hero faq2 quote", "up:-1": "hero faq2 quote", "remove": "hero faq2 quote", "nonsense:1": "hero faq2 quote",
	} {
		c := Content{Blocks: []Block{{Kind: Hero}, {Kind: FAQ, Items: []Item{{}, {}}}, {Kind: Quote}}}
		act(&c, pressed, "steps")
		var got []string
		for _, b := range c.Blocks {
			name := string(b.Kind)
			if len(b.Items) > 0 {
				name += itoa(len(b.Items))
			}
			got = append(got, name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", pressed, got, want)
		}
	}
}

// TestBuiltInPagesAreWhole: every network has them in all languages, ready to be published, each text in each language.
func TestBuiltInPagesAreWhole(t *testing.T) {
	t.Parallel()
	s, err := New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []tenants.Kind{tenants.KindNetwork, tenants.KindCore} {
		seen := map[string]bool{}
		for _, p := range s.standard(tenants.Tenant{Kind: kind, Name: "Akasya Ağı", Locales: i18n.All}) {
			seen[p.Slug] = true
			if missing := p.Content.Missing(i18n.All); len(missing) > 0 {
				t.Errorf("%s %s lacks %v", kind, p.Slug, missing)
			}
			if bad := append(p.Content.check(kind == tenants.KindCore), p.Content.lacks("tr")...); len(bad) > 0 {
				t.Errorf("%s %s: %v", kind, p.Slug, bad)
			}
			words, err := json.Marshal(p.Content)
			if err != nil || strings.Contains(string(words), "{network}") {
				t.Errorf("%s %s: %v", kind, p.Slug, err)
			}
		}
		want := []string{"about", "accessibility", "contact", "good-practices", "home", "privacy"}
		if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, want) {
			t.Errorf("%s: %v", kind, got)
		}
	}
}
