package forms_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/ui"
)

func template(name string) forms.Template {
	return forms.Template{ID: ids.New[ids.Template](), Name: name, Size: 45_000}
}

// offering is the sample whose letter is to be written on a template, in German and in English.
func offering(t *testing.T) (forms.Definition, *forms.Question) {
	t.Helper()
	d := sample()
	q := question(t, d, "host_letter")
	q.Template = map[i18n.Locale]forms.Template{i18n.EN: template("letter.docx"), i18n.DE: template("Brief.odt")}
	return d, q
}

func TestATemplateIsThatOfTheReadersLanguage(t *testing.T) {
	t.Parallel()
	d, q := offering(t)
	for l, want := range map[i18n.Locale]string{i18n.EN: "letter.docx", i18n.DE: "Brief.odt", i18n.TR: "letter.docx"} {
		if got, ok := q.TemplateIn(l, d.Locales...); !ok || got.Name != want {
			t.Errorf("%s: %+v", l, got)
		}
	}
	delete(q.Template, i18n.EN)
	if got, ok := q.TemplateIn(i18n.TR, i18n.EN); !ok || got.Name != "Brief.odt" {
		t.Errorf("the only one: %+v", got)
	}
	if got, ok := (&forms.Question{}).TemplateIn(i18n.TR, i18n.EN); ok {
		t.Errorf("none: %+v", got)
	}
}

func TestTemplatesThatCannotBeOffered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(d *forms.Definition, q *forms.Question)
		want   string
	}{
		"a good one":     {func(*forms.Definition, *forms.Question) {}, ""},
		"of no question": {func(d *forms.Definition, q *forms.Question) { question(t, *d, "name").Template = q.Template }, "who/name: forms.check.template_unused"},
		"no id": {func(_ *forms.Definition, q *forms.Question) {
			q.Template[i18n.EN] = forms.Template{Name: "a.pdf", Size: 1}
		}, "who/host_letter: forms.check.template"},
		"a kind of its own": {func(_ *forms.Definition, q *forms.Question) { q.Template[i18n.EN] = template("a.docm") }, "who/host_letter: forms.check.template"},
		"a picture":         {func(_ *forms.Definition, q *forms.Question) { q.Template[i18n.EN] = template("a.png") }, "who/host_letter: forms.check.template"},
		"no language":       {func(_ *forms.Definition, q *forms.Question) { q.Template["tlh"] = template("a.pdf") }, "who/host_letter: forms.check.template"},
		"too large": {func(_ *forms.Definition, q *forms.Question) {
			one := template("a.pdf")
			one.Size = forms.MostTemplateBytes + 1
			q.Template[i18n.EN] = one
		}, "who/host_letter: forms.check.template"},
		"a long name": {func(_ *forms.Definition, q *forms.Question) {
			q.Template[i18n.EN] = template(strings.Repeat("ş", 130) + ".pdf")
		}, "who/host_letter: forms.check.template"},
	} {
		d, q := offering(t)
		c.change(&d, q)
		got := ""
		for _, p := range forms.Check(d) {
			got += p.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
}

func TestADefinitionKnowsItsTemplates(t *testing.T) {
	t.Parallel()
	d, q := offering(t)
	if id := q.Template[i18n.DE].ID; !d.Offers(id) || d.Offers(ids.New[ids.Template]()) || len(d.Templates()) != 2 {
		t.Errorf("it offers %v", d.Templates())
	}
	bare := d.Bare()
	if len(bare.Templates()) != 0 || len(d.Templates()) != 2 {
		t.Error("without them it is another form, or it has lost them itself")
	}
	if diff := cmp.Diff(d, *bare.Offering(&d)); diff != "" {
		t.Error(diff)
	}
	typed := d.Bare()
	for i := range typed.Sections[0].Questions {
		if one := &typed.Sections[0].Questions[i]; one.Key == "host_letter" {
			one.Type, one.Files = forms.TypeShortText, nil
		}
	}
	if len(typed.Offering(&d).Templates()) != 0 {
		t.Error("a text offers a template")
	}
}

func TestAnotherTemplateIsAChange(t *testing.T) {
	t.Parallel()
	before, _ := offering(t)
	after, q := offering(t)
	if n := len(forms.Diff(before, before)); n != 0 {
		t.Errorf("%d changes of nothing", n)
	}
	q.Template[i18n.DE] = template("Brief.odt")
	want := []forms.Change{{Kind: forms.Changed, Section: "who", Question: "host_letter", Fields: []string{"template"}}}
	if diff := cmp.Diff(want, forms.Diff(before, after)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, forms.News(before, after)); diff != "" {
		t.Error(diff)
	}
}

func TestThePreviewLeadsNobodyToWhatOnlyAcceptedApplicantsMayHave(t *testing.T) {
	t.Parallel()
	d, q := offering(t)
	q.Asked = forms.WhomAccepted
	if id := q.Template[i18n.EN].ID; d.Offers(id) {
		t.Error("it is offered to everybody")
	}
	var b strings.Builder
	p := ui.Page{Loc: localizer(t, i18n.EN)}
	if err := forms.Preview(p, &d, forms.ScopePart).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "/templates/") {
		t.Error("the preview leads to it")
	}
}

func TestAReaderIsLedToTheTemplate(t *testing.T) {
	t.Parallel()
	d, q := offering(t)
	for l, want := range map[i18n.Locale][2]string{
		i18n.EN: {"Download the template (DOCX, 45 kB)", "letter.docx"},
		i18n.TR: {"Doldurulacak dosyayı indir (DOCX, 45 kB)", "letter.docx"},
		i18n.DE: {"Vordruck herunterladen (ODT, 45 kB)", "Brief.odt"},
	} {
		p := ui.Page{Loc: localizer(t, l)}
		shown, _ := q.TemplateIn(l, d.Locales...)
		pages := map[string]string{}
		for name, render := range map[string]func(b *strings.Builder) error{
			"filling": func(b *strings.Builder) error {
				return forms.Fields(p, forms.Editing{Definition: &d, Section: &d.Sections[0]}).Render(t.Context(), b)
			},
			"the preview": func(b *strings.Builder) error { return forms.Preview(p, &d, forms.ScopePart).Render(t.Context(), b) },
			"reading": func(b *strings.Builder) error {
				a := answers(t, "status", `"initiative"`, "host", `"Host"`, "host_letter", fmt.Sprintf("[%q]", ids.New[ids.Document]()))
				return forms.ReadOnly(p, forms.Lay(p.Loc, &d, forms.ScopePart, a, forms.Look{}), nil).Render(t.Context(), b)
			},
		} {
			var b strings.Builder
			if err := render(&b); err != nil {
				t.Fatal(err)
			}
			pages[name] = b.String()
		}
		for name, page := range pages {
			for _, text := range []string{want[0], want[1], `href="/templates/` + shown.ID.String() + `"`} {
				if strings.Count(page, text) != 1 {
					t.Errorf("%s, %s: %q stands there %d times", l, name, text, strings.Count(page, text))
				}
			}
		}
		note := answered(t, forms.Paper(p.Loc, forms.Outline(p.Loc, &d, forms.ScopePart)))["Letter"].Note
		if !strings.Contains(note, want[1]) || strings.Contains(note, want[0]) {
			t.Errorf("%s, on paper: %s", l, note)
		}
	}
}
