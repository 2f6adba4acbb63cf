package builder

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"kervan/modules/forms"
	"kervan/modules/ids"
	"kervan/modules/kernel/interchange"
)

const (
	// mostConditionValues is how many values a condition in a file is at most made of: far more than anybody writes by hand.
	mostConditionValues = 400
	// mostWords is how many characters a text has at most in one language: as many as the page for translating takes.
	mostWords = 3000
)

// shape is what a form's file looks like.
var shape = sync.OnceValue(func() *interchange.Shape[forms.Definition] {
	return interchange.For[forms.Definition]("Form", FileRules()...)
})

// FileRules are what the types of a form do not say of themselves: the values that there are, what keys look like, and how
// long texts may be.
func FileRules() []interchange.Rule {
	key, value := regexp.MustCompile(forms.KeyPattern), regexp.MustCompile(forms.ValuePattern)
	return []interchange.Rule{
		interchange.Known(forms.Types...), interchange.Known(forms.Scopes...), interchange.Known(forms.Classes...), interchange.Known(forms.Formats...), interchange.Known(forms.Operations...), interchange.Known(forms.Sources...), interchange.Known(forms.Readers...), interchange.Known(forms.Asks...), interchange.Known(forms.Whoms...),
		interchange.Between[forms.Definition]("schema", forms.SchemaVersion, forms.SchemaVersion),
		interchange.Pattern[forms.Section]("key", key), interchange.Pattern[forms.Question]("key", key), interchange.Pattern[forms.Option]("value", value),
		interchange.MostWords(mostWords), interchange.Most[forms.Condition]("equals", mostWords), interchange.Most[forms.Condition]("in", mostWords),
	}
}

// Schema is the JSON Schema of a form as Export writes it and Import reads it; id is the address at which it is published.
func Schema(id string) ([]byte, error) { return shape().Schema(id) }

// Export writes a form as a file.
func Export(d *forms.Definition) ([]byte, error) { return interchange.Write(d) }

// Import reads a form from a file as Export writes it and Schema describes it. With flaws there is no form. What may be
// completed in the builder, such as a translation that is missing, is no flaw.
func Import(raw []byte) (forms.Definition, []interchange.Flaw) {
	d, f := read(raw, func(*interchange.File, *forms.Definition) {})
	return d, f.Flaws()
}

// ImportOver is Import of a form that is to take the place of another one. Templates are not in a file: of those that it
// names, the ones that the other form offers stay, and the remarks say which have to be uploaded again.
func ImportOver(raw []byte, now *forms.Definition) (d forms.Definition, flaws, remarks []interchange.Flaw) {
	d, f := read(raw, func(f *interchange.File, d *forms.Definition) { LeaveTemplates(f, f.Root, d, now.Templates()...) })
	return d, f.Flaws(), f.Remarks()
}

func read(raw []byte, first func(f *interchange.File, d *forms.Definition)) (forms.Definition, *interchange.File) {
	d, f := shape().Read(raw)
	if len(f.Flaws()) > 0 {
		return forms.Definition{}, f
	}
	first(f, &d)
	CheckFile(f, f.Root, &d)
	if len(f.Flaws()) > 0 {
		return forms.Definition{}, f
	}
	return d, f
}

// LeaveTemplates takes the templates out of a form that was read without flaws, but for those that are here, and remarks of
// each that it does not come with the file.
func LeaveTemplates(f *interchange.File, at *interchange.Node, d *forms.Definition, here ...ids.Template) {
	for i := range d.Sections {
		for j := range d.Sections[i].Questions {
			q := &d.Sections[i].Questions[j]
			for _, l := range slices.Sorted(maps.Keys(q.Template)) {
				t := q.Template[l]
				if slices.Contains(here, t.ID) {
					continue
				}
				named := at.Field("sections").Item(i).Field("questions").Item(j).Field("template").Field(string(l))
				f.Remark(named, "builder.import.template", "Name", t.Name, "Language", l.Name())
				delete(q.Template, l)
			}
		}
	}
}

// unfinished are the problems of a form that is being written: it can be brought in with them, and the builder shows them.
var unfinished = []string{
	"forms.check.translation", "forms.check.no_language", "forms.check.no_section", "forms.check.empty_section", "forms.check.few_options",
	"forms.check.no_columns", "forms.check.currencies", "forms.check.files", "forms.check.statements", "forms.check.address", "forms.check.calculation",
}

// CheckFile notes what is wrong with a form that was read without flaws, where it stands in the file: keys that are taken
// twice, conditions that look at nothing or in the end at themselves, limits that contradict each other.
func CheckFile(f *interchange.File, at *interchange.Node, d *forms.Definition) {
	if len(d.Sections) > mostSections || count(d) > mostQuestions {
		f.Refuse(at.Field("sections"), "builder.import.too_many", "Sections", mostSections, "Questions", mostQuestions)
		return
	}
	if heavy := tooMuch(at); heavy != nil {
		f.Refuse(heavy, "builder.import.condition")
		return
	}
	said := map[string]bool{}
	for _, problem := range forms.Check(*d) {
		if slices.Contains(unfinished, problem.Key) || said[problem.String()] {
			continue
		}
		said[problem.String()] = true
		pairs := make([]any, 0, 2*len(problem.Args))
		for name, value := range problem.Args {
			pairs = append(pairs, name, value)
		}
		f.Refuse(nodeOf(at, problem), problem.Key, pairs...)
	}
}

// tooMuch finds a condition that is too large to be looked into.
func tooMuch(form *interchange.Node) *interchange.Node {
	for _, s := range form.Field("sections").Items() {
		for _, one := range append([]*interchange.Node{s}, s.Field("questions").Items()...) {
			if on := one.Field("condition"); on.Count() > mostConditionValues {
				return on
			}
		}
	}
	return nil
}

// nodeOf is where a problem stands in the file, as closely as it can be said.
func nodeOf(form *interchange.Node, p forms.Problem) *interchange.Node {
	where := strings.Split(p.Where, "/")
	at := form
	if s := lastOf(form, "sections", "key", where[0], func(s *interchange.Node) bool {
		return len(where) < 2 || lastOf(s, "questions", "key", where[1], nil) != nil
	}); s != nil && p.Key != "forms.check.cycle" {
		at = s
		if len(where) > 1 {
			at = lastOf(s, "questions", "key", where[1], nil)
		}
	} else if q := questionOf(form, where[0]); q != nil {
		at = q
	}
	if len(where) > 2 {
		for _, list := range []string{"columns", "options", "statements"} {
			key := "value"
			if list == "columns" {
				key = "key"
			}
			if one := lastOf(at, list, key, where[2], nil); one != nil {
				at = one
				break
			}
		}
	}
	return within(at, p)
}

// lastOf is the last thing of a list that has that text in a field: of two of one key the second is one too many.
func lastOf(n *interchange.Node, list, field, text string, will func(*interchange.Node) bool) *interchange.Node {
	for _, one := range slices.Backward(n.Field(list).Items()) {
		if one.Field(field).Text() == text && (will == nil || will(one)) {
			return one
		}
	}
	return nil
}

func questionOf(form *interchange.Node, key string) *interchange.Node {
	for _, s := range form.Field("sections").Items() {
		if q := lastOf(s, "questions", "key", key, nil); q != nil {
			return q
		}
	}
	return nil
}

// fieldOf is the field that a problem is about.
var fieldOf = map[string]string{
	"forms.check.key": "key", "forms.check.key_twice": "key", "forms.check.section_key": "key", "forms.check.type": "type", "forms.check.scope": "scope",
	"forms.check.class": "class", "forms.check.format": "format", "forms.check.pattern": "pattern", "forms.check.options_unused": "options",
	"forms.check.columns_unused": "columns", "forms.check.statements_unused": "statements", "forms.check.replacement": "replacement", "forms.check.forced_consent": "required",
	"forms.check.days": "required_from", "forms.check.required_already": "required_from", "forms.check.frozen_first": "frozen_from",
	"forms.check.frozen_statement": "frozen_from", "forms.check.visible_to": "visible_to", "forms.check.address_unused": "address",
	"forms.check.condition": "condition", "forms.check.unknown": "condition", "forms.check.other_scope": "condition", "forms.check.repeated": "condition",
	"forms.check.operation": "calculation", "forms.check.calculation_unused": "calculation", "forms.check.calculation_units": "calculation", "forms.check.term": "calculation",
	"forms.check.term_scope": "calculation", "forms.check.term_repeated": "calculation", "forms.check.term_class": "calculation", "forms.check.term_currencies": "calculation",
	"forms.check.term_twice": "calculation", "forms.check.calculation_deep": "calculation",
	"forms.check.source": "takes", "forms.check.source_unused": "takes", "forms.check.hidden_condition": "condition", "forms.check.hidden_repeated": "type",
	"forms.check.asked": "asked", "forms.check.asked_days": "asked", "forms.check.asked_looks": "asked", "forms.check.asked_repeated": "asked",
	"forms.check.never": "condition", "forms.check.condition_class": "condition", "forms.check.hidden_joint": "takes", "forms.check.cycle": "condition",
}

// within goes on to the field that a problem is about, and there to the very name.
func within(at *interchange.Node, p forms.Problem) *interchange.Node {
	if option, ok := p.Args["Option"].(string); ok && p.Key == "forms.check.option" {
		if one := cmp.Or(lastOf(at, "options", "value", option, nil), lastOf(at, "statements", "value", option, nil)); one != nil {
			return one.Field("value")
		}
	}
	inner := at.Field(fieldOf[p.Key])
	if inner == nil {
		return at
	}
	key, _ := p.Args["Key"].(string)
	if way, ok := p.Args["Way"].(string); ok {
		key = strings.Split(way+" → ", " → ")[1]
	}
	if fieldOf[p.Key] != "condition" {
		return inner
	}
	if option, ok := p.Args["Option"].(string); ok {
		return cmp.Or(inner.Below("equals", option), inner.Below("", option), inner)
	}
	return cmp.Or(inner.Below("question", key), inner)
}
