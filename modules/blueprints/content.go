package blueprints

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"kervan/modules/forms"
	"kervan/modules/kernel/i18n"
)

//go:embed content
var content embed.FS

// origin is the blueprint that others may borrow from.
const origin = "exchange"

// files are a blueprint's content as JSON: the parts that make up the blueprint, and the sections of its form.
type files struct {
	parts    [][]byte
	sections [][]byte
}

var builtIn = sync.OnceValue(func() []files {
	var all []files
	for _, name := range []string{origin, "multiplier"} {
		f, err := load(path.Join("content", name))
		if err != nil {
			panic(err)
		}
		all = append(all, f)
	}
	return all
})

func load(dir string) (files, error) {
	var f files
	parts, lists, err := parts(dir)
	if err != nil {
		return f, err
	}
	for _, part := range parts {
		raw, err := json.Marshal(part)
		if err != nil {
			return f, fmt.Errorf("blueprints: write %s: %w", dir, err)
		}
		f.parts = append(f.parts, raw)
	}
	names, err := fs.Glob(content, path.Join(dir, "form", "*.toml"))
	if err != nil {
		return f, fmt.Errorf("blueprints: list sections: %w", err)
	}
	for _, name := range names {
		section, err := sectionOf(name)
		if err != nil {
			return f, err
		}
		share(section, lists)
		raw, err := json.Marshal(section)
		if err != nil {
			return f, fmt.Errorf("blueprints: write %s: %w", name, err)
		}
		f.sections = append(f.sections, raw)
	}
	return f, nil
}

// parts reads a blueprint's files but for its form, and the lists of options that several questions share.
func parts(dir string) (all []map[string]any, lists map[string]any, err error) {
	names, err := fs.Glob(content, path.Join(dir, "*.toml"))
	if err != nil {
		return nil, nil, fmt.Errorf("blueprints: list parts: %w", err)
	}
	lists = map[string]any{}
	for _, name := range names {
		part, err := table(name)
		if err != nil {
			return nil, nil, err
		}
		if options, ok := part["options"]; ok {
			list := strings.TrimSuffix(path.Base(name), ".toml")
			lists[list] = options
			part = map[string]any{list: options}
		}
		borrowed, _ := part["borrowed"].(map[string]any)
		delete(part, "borrowed")
		all = append(all, part)
		if len(borrowed) > 0 {
			taken, err := borrow(borrowed, lists)
			if err != nil {
				return nil, nil, err
			}
			all = append(all, taken...)
		}
	}
	return joinLists(all), lists, nil
}

// borrow takes named things of the first blueprint's lists, or of its call's texts, or a whole list.
func borrow(wanted, lists map[string]any) ([]map[string]any, error) {
	from, shared, err := parts(path.Join("content", origin))
	if err != nil {
		return nil, err
	}
	var taken []map[string]any
	for field, which := range wanted {
		keys, _ := which.([]any)
		for _, part := range from {
			switch value := part[field].(type) {
			case []map[string]any:
				if which == "all" {
					lists[field] = shared[field]
					taken = append(taken, map[string]any{field: value})
					continue
				}
				kept := slices.DeleteFunc(slices.Clone(value), func(one map[string]any) bool { return !slices.Contains(keys, one["key"]) })
				taken = append(taken, map[string]any{field: kept})
			case map[string]any:
				kept := map[string]any{}
				for _, key := range keys {
					if name, ok := key.(string); ok {
						kept[name] = value[name]
					}
				}
				taken = append(taken, map[string]any{field: kept})
			}
		}
	}
	return taken, nil
}

// joinLists puts together what stands in several files under one name.
func joinLists(all []map[string]any) []map[string]any {
	whole := map[string]any{}
	for _, part := range all {
		for field, value := range part {
			switch v := value.(type) {
			case []map[string]any:
				before, _ := whole[field].([]map[string]any)
				whole[field] = slices.Concat(before, v)
			case map[string]any:
				before, ok := whole[field].(map[string]any)
				if !ok {
					before = map[string]any{}
				}
				maps.Copy(before, v)
				whole[field] = before
			default:
				whole[field] = value
			}
		}
	}
	return []map[string]any{whole}
}

// sectionOf reads a section; one that borrows another takes its questions but for those that it leaves out, and its words
// where it has none of its own.
func sectionOf(name string) (map[string]any, error) {
	section, err := table(name)
	if err != nil {
		return nil, err
	}
	from, ok := section["borrowed"].(string)
	if !ok {
		return section, nil
	}
	left, _ := section["left_out"].([]any)
	whole, err := table(path.Join("content", from+".toml"))
	if err != nil {
		return nil, err
	}
	questions, _ := whole["questions"].([]map[string]any)
	whole["questions"] = slices.DeleteFunc(questions, func(q map[string]any) bool { return slices.Contains(left, q["key"]) })
	for field, value := range section {
		if field != "borrowed" && field != "left_out" {
			whole[field] = value
		}
	}
	return whole, nil
}

func table(name string) (map[string]any, error) {
	raw, err := content.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("blueprints: read %s: %w", name, err)
	}
	var t map[string]any
	if err := toml.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("blueprints: parse %s: %w", name, err)
	}
	trim(t)
	return t, nil
}

// trim takes the line breaks off the ends of texts that stand on lines of their own.
func trim(t map[string]any) {
	for key, value := range t {
		switch v := value.(type) {
		case string:
			t[key] = strings.TrimSpace(v)
		case map[string]any:
			trim(v)
		case []map[string]any:
			for _, one := range v {
				trim(one)
			}
		}
	}
}

// share gives a question the options of a list that several questions share.
func share(section, lists map[string]any) {
	questions, _ := section["questions"].([]map[string]any)
	for _, q := range questions {
		if from, ok := q["options_from"].(string); ok {
			q["options"] = lists[from]
			delete(q, "options_from")
		}
	}
}

func read(f files) (Blueprint, error) {
	var b Blueprint
	for _, raw := range f.parts {
		if err := strict(raw, &b); err != nil {
			return b, err
		}
	}
	b.Form = forms.Definition{Schema: forms.SchemaVersion, Locales: slices.Clone(i18n.Shipped)}
	for _, raw := range f.sections {
		var s forms.Section
		if err := strict(raw, &s); err != nil {
			return b, err
		}
		b.Form.Sections = append(b.Form.Sections, s)
	}
	return b, nil
}

func strict(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("blueprints: read: %w", err)
	}
	return nil
}
