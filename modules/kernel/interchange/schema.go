package interchange

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Schema describes a file of the shape in JSON Schema, draft 2020-12; id is the address at which it is published.
func (s *Shape[T]) Schema(id string) ([]byte, error) {
	b := schema{rules: &s.rules, defs: map[string]any{}, names: map[reflect.Type]string{}}
	root := b.object(reflect.TypeFor[T]())
	root["$schema"], root["$id"], root["title"], root["$defs"] = "https://json-schema.org/draft/2020-12/schema", id, s.title, b.defs
	return Write(root)
}

type schema struct {
	rules *rules
	defs  map[string]any
	names map[reflect.Type]string
}

// node describes what may stand where a t is wanted, as the field that it is or is in a list of.
func (b *schema) node(t reflect.Type, from place) map[string]any {
	pointer := t.Kind() == reflect.Pointer
	t = inner(t)
	if open(t) {
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Struct:
		ref := map[string]any{"$ref": "#/$defs/" + b.define(t)}
		if pointer {
			return map[string]any{"anyOf": []any{ref, map[string]any{"type": "null"}}}
		}
		return ref
	case reflect.Slice:
		return map[string]any{"type": []string{"array", "null"}, "items": b.node(t.Elem(), from), "maxItems": mostItems}
	case reflect.Map:
		return b.words(t, from)
	default:
		return b.plain(t, from, pointer, false)
	}
}

func (b *schema) plain(t reflect.Type, from place, pointer, spoken bool) map[string]any {
	node := map[string]any{}
	kind := "integer"
	switch t.Kind() {
	case reflect.Bool:
		kind = "boolean"
	case reflect.String:
		kind = "string"
		if values, some := b.rules.knownOf(t); some {
			node["enum"] = values
		} else if most := b.rules.mostOf(from, spoken); most > 0 {
			node["maxLength"] = most
		}
		if pattern := b.rules.patterns[from]; pattern != nil {
			node["pattern"] = pattern.String()
		}
	case reflect.Float32, reflect.Float64:
		kind = "number"
	default:
		if span, ok := b.rules.between[from]; ok {
			node["minimum"], node["maximum"] = span.least, span.most
		}
	}
	node["type"] = kind
	if pointer {
		node["type"] = []string{kind, "null"}
	}
	return node
}

func (b *schema) words(t reflect.Type, from place) map[string]any {
	node := map[string]any{"type": []string{"object", "null"}}
	values, some := b.rules.knownOf(t.Key())
	if !some {
		node["additionalProperties"] = b.node(t.Elem(), from)
		return node
	}
	node["propertyNames"] = map[string]any{"enum": values}
	if t.Elem().Kind() == reflect.Struct {
		node["additionalProperties"] = b.node(t.Elem(), from)
		return node
	}
	node["additionalProperties"] = b.plain(t.Elem(), from, false, true)
	return node
}

// define describes a struct once, under its name; two of one name are told apart by their packages.
func (b *schema) define(t reflect.Type) string {
	if name, begun := b.names[t]; begun {
		return name
	}
	name := t.Name()
	if slices.Contains(slices.Collect(maps.Values(b.names)), name) {
		name = t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] + "." + name
	}
	b.names[t] = name
	b.defs[name] = b.object(t)
	return name
}

func (b *schema) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, m := range members(t) {
		properties[m.name] = b.node(m.kind, place{t, m.name})
		if m.required {
			required = append(required, m.name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}
