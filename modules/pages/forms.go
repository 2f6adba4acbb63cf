package pages

import (
	"slices"
	"strconv"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

// readContent reads the page's form: every text of every block in every language, cleaned.
func readContent(form web.Form, languages []i18n.Locale) (Content, []fault.Field) {
	r := reader{form: form, languages: languages}
	c := Content{Title: r.words("title", line), Summary: r.words("summary", sentence)}
	for i := range MostBlocks {
		name := "b" + strconv.Itoa(i)
		if !form.Has(name + "_kind") {
			break
		}
		shape, ok := ShapeOf(BlockKind(form.Raw(name + "_kind")))
		if !ok {
			continue
		}
		b := Block{Kind: shape.Kind}
		b.Texts, b.Plain = r.parts(shape.Parts, i, -1)
		if set := form.Raw(name + "_set"); set != "" && b.Kind == Picture {
			b.Picture = &Photo{Set: set}
		}
		items, _ := strconv.Atoi(form.Raw(name + "_items"))
		for k := range min(items, MostItems) {
			var item Item
			if item.Texts, item.Plain = r.parts(shape.Items, i, k); len(shape.Items) > 0 {
				b.Items = append(b.Items, item)
			}
		}
		c.Blocks = append(c.Blocks, b)
	}
	return c, r.bad
}

type reader struct {
	form      web.Form
	languages []i18n.Locale
	bad       []fault.Field
}

func (r *reader) text(name string, most int) string {
	words, refused := r.form.Text(name, most)
	r.bad = append(r.bad, refused...)
	if len(refused) > 0 {
		words = r.form.Raw(name)
	}
	return words
}

func (r *reader) words(name string, most int) i18n.Text {
	words := i18n.Text{}
	for _, l := range r.languages {
		if w := r.text(name+"_"+string(l), most); w != "" {
			words[l] = w
		}
	}
	return words
}

func (r *reader) parts(parts []Part, block, item int) (texts map[string]i18n.Text, plain map[string]string) {
	for _, p := range parts {
		name := fieldName(block, item, p.Name)
		if p.Plain {
			if w := r.text(name, p.Most); w != "" {
				if plain == nil {
					plain = map[string]string{}
				}
				plain[p.Name] = w
			}
			continue
		}
		if w := r.words(name, p.Most); len(w) > 0 {
			if texts == nil {
				texts = map[string]i18n.Text{}
			}
			texts[p.Name] = w
		}
	}
	return texts, plain
}

// act does what the pressed button says with the blocks of the page, and tells which block it was about: "up:2", "down:2",
// "remove:2", "more:2" and "less:2:1" for its items, "add" with the chosen kind. Anything else saves only.
func act(c *Content, pressed, kind string) int {
	verb, rest, _ := strings.Cut(pressed, ":")
	first, second, _ := strings.Cut(rest, ":")
	i, err := strconv.Atoi(first)
	if verb == "add" {
		shape, ok := ShapeOf(BlockKind(kind))
		if !ok || len(c.Blocks) >= MostBlocks {
			return -1
		}
		b := Block{Kind: shape.Kind}
		if len(shape.Items) > 0 {
			b.Items = []Item{{}}
		}
		c.Blocks = append(c.Blocks, b)
		return len(c.Blocks) - 1
	}
	if err != nil || i < 0 || i >= len(c.Blocks) {
		return -1
	}
	b := &c.Blocks[i]
	switch verb {
	case "up":
		if i > 0 {
			c.Blocks[i], c.Blocks[i-1] = c.Blocks[i-1], c.Blocks[i]
			return i - 1
		}
	case "down":
		if i+1 < len(c.Blocks) {
			c.Blocks[i], c.Blocks[i+1] = c.Blocks[i+1], c.Blocks[i]
			return i + 1
		}
	case "remove":
		c.Blocks = slices.Delete(c.Blocks, i, i+1)
		return min(i, len(c.Blocks)-1)
	case "more":
		if shape, _ := ShapeOf(b.Kind); len(shape.Items) > 0 && len(b.Items) < MostItems {
			b.Items = append(b.Items, Item{})
		}
	case "less":
		if k, err := strconv.Atoi(second); err == nil && k >= 0 && k < len(b.Items) {
			b.Items = slices.Delete(b.Items, k, k+1)
		}
	}
	return i
}

// fileFields are the fields in which a page's form may bring pictures.
func fileFields() []string {
	all := make([]string, MostBlocks)
	for i := range all {
		all[i] = fieldName(i, -1, "file")
	}
	return all
}
