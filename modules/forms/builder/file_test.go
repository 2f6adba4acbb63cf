package builder_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kervan/modules/blueprints"
	"kervan/modules/forms"
	"kervan/modules/forms/builder"
	"kervan/modules/kernel/i18n"
)

// everyKind is a form with a question of each type, as the builder begins it.
func everyKind(t testing.TB) forms.Definition {
	t.Helper()
	d := forms.Definition{Schema: forms.SchemaVersion, Locales: i18n.All}
	at, err := builder.AddSection(&d, say("All"), forms.ScopeJoint)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range forms.Types {
		if _, err := builder.AddQuestion(&d, at.Section, "", say(string(kind)), kind); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func TestAFormSurvivesItsFile(t *testing.T) {
	t.Parallel()
	all := map[string]forms.Definition{"a plain one": plain(), "one of every kind": everyKind(t), "an empty one": {Schema: forms.SchemaVersion}}
	for _, b := range blueprints.BuiltIn() {
		all[b.Key] = b.Form
	}
	for name, d := range all {
		raw, err := builder.Export(&d)
		if err != nil {
			t.Fatal(err)
		}
		back, flaws := builder.Import(raw)
		if diff := cmp.Diff(d, back, cmpopts.EquateEmpty()); len(flaws) > 0 || diff != "" {
			t.Errorf("%s: %v %s", name, flaws, diff)
		}
		again, err := builder.Export(&back)
		if err != nil || string(again) != string(raw) {
			t.Errorf("%s is not written as before: %v", name, err)
		}
	}
}

const goodForm = `{
  "schema": 1,
  "locales": ["en"],
  "sections": [
    {"key": "us", "title": {"en": "Us"}, "scope": "part", "questions": [
      {"key": "kind", "type": "choice", "label": {"en": "Kind"}, "options": [
        {"value": "club", "label": {"en": "Club"}},
        {"value": "firm", "label": {"en": "Firm"}}]},
      {"key": "name", "type": "short_text", "label": {"en": "Name"},
       "condition": {"any": [
         {"question": "kind", "equals": "club"},
         {"question": "kind", "equals": "firm"}]}}
    ]}
  ]
}`

func TestAnImportSaysWhatIsWrongLineByLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"nothing":                 {"", "", nil},
		"what is unfinished":      {`"label": {"en": "Kind"}, `, ``, nil},
		"no such type":            {"short_text", "magic", []string{"9:31 interchange.not_one"}},
		"no such class":           {`"key": "name"`, `"class": "secret", "key": "name"`, []string{"9:17 interchange.not_one"}},
		"another version":         {`"schema": 1`, `"schema": 2`, []string{"2:13 interchange.exactly"}},
		"no such language":        {`{"en": "Us"}`, `{"en": "Us", "xx": "Wir"}`, []string{"5:41 interchange.no_language"}},
		"a malformed key":         {`"key": "name"`, `"key": "My name"`, []string{"9:15 interchange.pattern"}},
		"too many words":          {`"Us"`, `"` + strings.Repeat("a", 3001) + `"`, []string{"5:35 interchange.too_long"}},
		"a key that is taken":     {`"key": "name"`, `"key": "kind", "required": true`, []string{"9:15 forms.check.key_twice", "11:23 forms.check.cycle"}},
		"an answer offered twice": {`"firm", "label"`, `"club", "label"`, []string{"8:19 forms.check.option", "12:41 forms.check.never"}},
		"an unknown question":     {`"kind", "equals": "club"`, `"kin", "equals": "club"`, []string{"11:23 forms.check.unknown"}},
		"an answer nobody offers": {`"equals": "firm"`, `"equals": "bank"`, []string{"12:41 forms.check.never"}},
		"a cycle":                 {`"kind", "equals": "firm"`, `"name", "equals": "x"`, []string{"12:23 forms.check.cycle"}},
		"limits the wrong way":    {`"key": "name"`, `"key": "name", "least": 5, "most": 2`, []string{"9:7 forms.check.limits"}},
		"a pattern without end":   {`"key": "name"`, `"key": "name", "pattern": "(a"`, []string{"9:34 forms.check.pattern"}},
		"columns of a text":       {`"key": "name"`, `"key": "name", "columns": [{"key": "c", "type": "date"}]`, []string{"9:34 forms.check.columns_unused"}},
		"a condition without end": {`"any": [`, `"any": [` + strings.Repeat(`{"question": "kind", "equals": "club"},`, 200), []string{"10:21 builder.import.condition"}},
		"several things at once":  {`"kind", "type": "choice"`, `"kind", "typ": "choice"`, []string{"6:7 interchange.missing", "6:23 interchange.unknown_near"}},
	} {
		d, flaws := builder.Import([]byte(strings.Replace(goodForm, c.old, c.new, 1)))
		var got []string
		for _, f := range flaws {
			got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Key))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(got) > 0 && len(d.Sections) > 0 {
			t.Errorf("%s: %s", name, diff)
		}
	}
	loc := localizer(t, i18n.DE)
	_, flaws := builder.Import([]byte(strings.Replace(goodForm, `"kind", "equals": "firm"`, `"name", "equals": "x"`, 1)))
	if said := loc.With(flaws[0].Key, flaws[0].Args); !strings.Contains(said, "name → name") {
		t.Errorf("the cycle is not named: %s", said)
	}
	many := strings.Replace(goodForm, `"sections": [`, `"sections": [`+strings.Repeat(`{"key":"a","scope":"part","questions":[]},`, 61), 1)
	if _, flaws := builder.Import([]byte(many)); len(flaws) != 1 || flaws[0].Key != "builder.import.too_many" {
		t.Errorf("%v", flaws)
	}
}

// TestTheSchemaKnowsTheFormsPackage reads the source of the engine: whatever kind, value or field somebody adds to it must be
// known to a form's file.
func TestTheSchemaKnowsTheFormsPackage(t *testing.T) {
	t.Parallel()
	raw, err := builder.Schema("https://example.org/schemas/form.json")
	if err != nil {
		t.Fatal(err)
	}
	root := def{}
	if err := json.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	root.Defs["Definition"] = root
	source := sourceOf(t, "..")
	reached := structsIn(reflect.TypeFor[forms.Definition](), map[string]bool{})
	if len(reached) < 6 || len(source.values["Type"]) < 18 {
		t.Fatalf("structs %v, types %v: the search is broken", reached, source.values["Type"])
	}
	for name := range reached {
		for field, kind := range source.fields[name] {
			node, known := root.Defs[name].Properties[field]
			if !known {
				t.Errorf("the schema does not know the %s of a %s", field, name)
			}
			values := source.values[kind]
			if node.Items != nil {
				node = *node.Items
			}
			for _, value := range values {
				if !slices.Contains(node.Enum, value) {
					t.Errorf("%s.%s: the schema does not know %q", name, field, value)
				}
			}
			if len(values) != len(node.Enum) && kind != "" {
				t.Errorf("%s.%s: the schema knows %v, the source %v", name, field, node.Enum, values)
			}
		}
	}
}

type def struct {
	Properties map[string]def `json:"properties"`
	Defs       map[string]def `json:"$defs"`
	Items      *def           `json:"items"`
	Enum       []string       `json:"enum"`
}

// structsIn are the engine's own structs that a type is made of, by name.
func structsIn(t reflect.Type, found map[string]bool) map[string]bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || found[t.Name()] {
		return found
	}
	found[t.Name()] = true
	for field := range t.Fields() {
		structsIn(field.Type, found)
	}
	return found
}

// source is what a package declares: the JSON names of structs' fields with the type that has a few values only, and these.
type source struct {
	fields map[string]map[string]string
	values map[string][]string
}

func sourceOf(t *testing.T, dir string) source {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	s := source{map[string]map[string]string{}, map[string][]string{}}
	fieldTypes := map[string]map[string]string{}
	look := func(n ast.Node) bool {
		switch d := n.(type) {
		case *ast.TypeSpec:
			if body, ok := d.Type.(*ast.StructType); ok {
				fieldTypes[d.Name.Name] = fieldsOf(body)
			}
		case *ast.GenDecl:
			if d.Tok == token.CONST {
				constants(d, s.values)
			}
		}
		return true
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, look)
	}
	for name, fields := range fieldTypes {
		s.fields[name] = map[string]string{}
		for field, kind := range fields {
			if len(s.values[kind]) == 0 {
				kind = ""
			}
			s.fields[name][field] = kind
		}
	}
	return s
}

func fieldsOf(body *ast.StructType) map[string]string {
	found := map[string]string{}
	for _, f := range body.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		kind := f.Type
		if list, ok := kind.(*ast.ArrayType); ok {
			kind = list.Elt
		}
		if name != "" && name != "-" {
			found[name] = fmt.Sprint(kind)
		}
	}
	return found
}

func constants(d *ast.GenDecl, values map[string][]string) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || v.Type == nil {
			continue
		}
		for _, one := range v.Values {
			if literal, ok := one.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value)
				values[fmt.Sprint(v.Type)] = append(values[fmt.Sprint(v.Type)], text)
			}
		}
	}
}

// FuzzImport holds that what is imported can be worked on and written again, and that flaws name places that there are.
func FuzzImport(f *testing.F) {
	every := everyKind(f)
	for _, d := range []forms.Definition{plain(), every, blueprints.Default().Form} {
		raw, err := builder.Export(&d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(raw[:len(raw)/2])
	}
	f.Add([]byte(goodForm))
	f.Add([]byte(`{"schema":1,"locales":null,"sections":[{"key":"a","title":null,"scope":"part","questions":[{"key":"b","type":"table","label":{},"condition":{"all":[{"not":{}}]},"columns":[{"key":"c","type":"date","label":null}]}]}]}`))
	loc := localizer(f, i18n.TR)
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, flaws := builder.Import(raw)
		lines := strings.Split(string(raw), "\n")
		for _, flaw := range flaws {
			if flaw.Line < 1 || flaw.Line > len(lines) || flaw.Column < 1 || flaw.Column > len(lines[flaw.Line-1])+1 || !loc.Has(flaw.Key) {
				t.Errorf("%+v of %d lines", flaw, len(lines))
			}
		}
		if len(flaws) > 0 {
			if len(d.Sections) > 0 {
				t.Error("with flaws there is a form")
			}
			return
		}
		again, err := builder.Export(&d)
		if err != nil {
			t.Fatal(err)
		}
		back, flaws := builder.Import(again)
		if twice, _ := builder.Export(&back); len(flaws) > 0 || string(twice) != string(again) {
			t.Errorf("not the same again: %v", flaws)
		}
		for i := range d.Sections {
			for j := range d.Sections[i].Questions {
				at := builder.Place{Section: d.Sections[i].Key, Question: d.Sections[i].Questions[j].Key}
				_ = builder.InWords(loc, &d, d.Sections[i].Questions[j].Condition)
				_ = builder.Dependents(&d, at)
			}
		}
	})
}
