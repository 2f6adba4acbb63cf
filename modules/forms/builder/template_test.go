package builder_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
)

// withLetter is a plain form with a question for a document, which offers a template.
func withLetter(t *testing.T) (forms.Definition, builder.Place, forms.Template) {
	t.Helper()
	d := plain()
	at, err := builder.AddQuestion(&d, d.Sections[0].Key, "", say("Letter"), forms.TypeFile)
	if err != nil {
		t.Fatal(err)
	}
	one := forms.Template{ID: ids.New[ids.Template](), Name: "letter.docx", Size: 45_000}
	if err := builder.Offer(&d, at.Question, d.Locales[0], &one); err != nil {
		t.Fatal(err)
	}
	return d, at, one
}

func offeredBy(t *testing.T, d *forms.Definition, key string) map[i18n.Locale]forms.Template {
	t.Helper()
	q, _, ok := d.Question(key)
	if !ok {
		t.Fatalf("there is no %s", key)
	}
	return q.Template
}

func TestAQuestionOffersATemplate(t *testing.T) {
	t.Parallel()
	d, at, one := withLetter(t)
	if got := offeredBy(t, &d, at.Question)[d.Locales[0]]; got != one {
		t.Errorf("%+v", got)
	}
	if err := builder.Offer(&d, "name", d.Locales[0], &one); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a text offers it: %v", err)
	}
	if err := builder.Offer(&d, at.Question, "tlh", &one); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("in a language that the form does not speak: %v", err)
	}
	copied, err := builder.Copy(&d, at, func(t i18n.Text) i18n.Text { return t })
	if err != nil || offeredBy(t, &d, copied.Question)[d.Locales[0]] != one {
		t.Errorf("a copy: %v", err)
	}
	if err := typing(t, &d, nil, copied, "type", "long_text"); err != nil || len(offeredBy(t, &d, copied.Question)) != 0 {
		t.Errorf("another type: %v", err)
	}
	if err := builder.Offer(&d, at.Question, d.Locales[0], nil); err != nil || len(offeredBy(t, &d, at.Question)) != 0 {
		t.Errorf("it was not taken away: %v", err)
	}
}

// TestNobodyTypesATemplate holds that what a page sends back of a question never becomes a template: only an upload does.
func TestNobodyTypesATemplate(t *testing.T) {
	t.Parallel()
	d, at, one := withLetter(t)
	shown, _, _ := withLetter(t) // with another id
	if err := typing(t, &d, &shown, at, "help", "Please sign it."); err != nil {
		t.Fatal(err)
	}
	if got := offeredBy(t, &d, at.Question)[d.Locales[0]]; got != one {
		t.Errorf("it offers %+v", got)
	}
}

func TestATemplateStaysWhereItIsWhenAFormTravels(t *testing.T) {
	t.Parallel()
	d, at, one := withLetter(t)
	raw, err := builder.Export(&d)
	if err != nil {
		t.Fatal(err)
	}
	back, flaws, remarks := builder.ImportOver(raw, &d)
	if diff := cmp.Diff(d, back); diff != "" || len(flaws)+len(remarks) > 0 {
		t.Errorf("over the form that offers it: %v %v %s", flaws, remarks, diff)
	}
	other := plain()
	back, flaws, remarks = builder.ImportOver(raw, &other)
	before, _, _ := strings.Cut(string(raw), `"template"`)
	if len(flaws) > 0 || len(offeredBy(t, &back, at.Question)) != 0 {
		t.Fatalf("over another form: %v", flaws)
	}
	if len(remarks) != 1 || remarks[0].Key != "builder.import.template" || remarks[0].Args["Name"] != one.Name || remarks[0].Line != strings.Count(before, "\n")+2 {
		t.Errorf("%+v", remarks)
	}
	_, flaws, _ = builder.ImportOver([]byte(strings.Replace(string(raw), `"template"`, `"templet"`, 1)), &other)
	if len(flaws) != 1 || flaws[0].Args["Near"] != "template" {
		t.Errorf("%+v", flaws)
	}
}
