package pages

import (
	"bytes"
	"encoding/json"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/markdown"
)

// BlockKind is what a block is.
type BlockKind string

// The kinds of blocks.
const (
	Hero     BlockKind = "hero"
	Prose    BlockKind = "text"
	Facts    BlockKind = "facts"
	Steps    BlockKind = "steps"
	FAQ      BlockKind = "faq"
	Quote    BlockKind = "quote"
	Picture  BlockKind = "picture"
	Action   BlockKind = "action"
	Contact  BlockKind = "contact"
	Calls    BlockKind = "calls"
	News     BlockKind = "news"
	Map      BlockKind = "map"      // of the public partnerships
	Stories  BlockKind = "stories"  // of partnerships, on a network's site
	Networks BlockKind = "networks" // on the core's site
)

// Part is one text of a block or of one of its items.
type Part struct {
	Name     string
	Most     int  // characters
	Rows     int  // 0: a line
	Plain    bool // the same in every language
	Required bool // for publishing, in the first language
	Markdown bool
	Choices  []string // a plain text is one of them, the first unless chosen
	Tick     bool     // a plain text is yes or nothing
}

// Shape is what blocks of a kind are made of.
type Shape struct {
	Kind  BlockKind
	Parts []Part
	Items []Part // of each item; none: the kind has no items
}

const (
	line     = 160
	sentence = 600
	text     = 8000
)

// Shapes lists all kinds of blocks, in the order in which they are offered.
var Shapes = []Shape{
	{Kind: Hero, Parts: []Part{{Name: "heading", Most: line, Required: true}, {Name: "lead", Most: sentence, Rows: 3}, {Name: "button", Most: 60}, {Name: "link", Most: 300, Plain: true}}},
	{Kind: Prose, Parts: []Part{{Name: "heading", Most: line}, {Name: "body", Most: text, Rows: 8, Required: true, Markdown: true}}},
	{Kind: Facts, Parts: []Part{{Name: "heading", Most: line}}, Items: []Part{{Name: "number", Most: 30, Plain: true, Required: true}, {Name: "label", Most: line, Required: true}}},
	{Kind: Steps, Parts: []Part{{Name: "heading", Most: line}}, Items: []Part{{Name: "title", Most: line, Required: true}, {Name: "words", Most: sentence, Rows: 3}}},
	{Kind: FAQ, Parts: []Part{{Name: "heading", Most: line}}, Items: []Part{{Name: "question", Most: line, Required: true}, {Name: "answer", Most: 3000, Rows: 4, Required: true, Markdown: true}}},
	{Kind: Quote, Parts: []Part{{Name: "words", Most: sentence, Rows: 3, Required: true}, {Name: "who", Most: line}}},
	{Kind: Picture, Parts: []Part{{Name: "alt", Most: 250}, {Name: "decorative", Most: 3, Plain: true, Tick: true}, {Name: "caption", Most: line}, {Name: "credit", Most: 120, Plain: true}, {Name: "placement", Most: 10, Plain: true, Choices: []string{"wide", "text", "small"}}}},
	{Kind: Action, Parts: []Part{{Name: "heading", Most: line, Required: true}, {Name: "words", Most: sentence, Rows: 3}, {Name: "button", Most: 60, Required: true}, {Name: "link", Most: 300, Plain: true, Required: true}}},
	{Kind: Contact, Parts: []Part{{Name: "heading", Most: line}, {Name: "words", Most: sentence, Rows: 3}, {Name: "email", Most: 200, Plain: true}, {Name: "phone", Most: 40, Plain: true}, {Name: "address", Most: 300, Rows: 3, Plain: true}}},
	{Kind: Calls, Parts: []Part{{Name: "heading", Most: line}}},
	{Kind: News, Parts: []Part{{Name: "heading", Most: line}}},
	{Kind: Stories, Parts: []Part{{Name: "heading", Most: line}}},
	{Kind: Map, Parts: []Part{{Name: "heading", Most: line}, {Name: "words", Most: sentence, Rows: 3}}},
	{Kind: Networks, Parts: []Part{{Name: "heading", Most: line}, {Name: "words", Most: sentence, Rows: 3}}},
}

// ShapeOf finds the shape of a kind.
func ShapeOf(k BlockKind) (Shape, bool) {
	i := slices.IndexFunc(Shapes, func(s Shape) bool { return s.Kind == k })
	if i < 0 {
		return Shape{}, false
	}
	return Shapes[i], true
}

// How much a page holds at most.
const (
	MostBlocks = 20
	MostItems  = 12
	mostFields = 900 // in all languages, so that the form of the page can be sent
)

// Item is one line of a block with several: a question with its answer, a step, a number.
type Item struct {
	Texts map[string]i18n.Text `json:"texts,omitempty"`
	Plain map[string]string    `json:"plain,omitempty"`
}

// Photo is a picture of a block. Its size is that of the largest file.
type Photo struct {
	Set    string `json:"set"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Block is a piece of a page.
type Block struct {
	Kind    BlockKind            `json:"kind"`
	Texts   map[string]i18n.Text `json:"texts,omitempty"`
	Plain   map[string]string    `json:"plain,omitempty"`
	Items   []Item               `json:"items,omitempty"`
	Picture *Photo               `json:"picture,omitempty"`
}

// Decorative reports whether a picture says nothing that the text does not.
func (b *Block) Decorative() bool { return b.Plain["decorative"] != "" }

// Placement is how a picture stands.
func (b *Block) Placement() string {
	if p := b.Plain["placement"]; p == "text" || p == "small" {
		return p
	}
	return "wide"
}

// Content is all that stands on a page. The summary is what lists, search engines and feeds show.
type Content struct {
	Title   i18n.Text `json:"title"`
	Summary i18n.Text `json:"summary"`
	Blocks  []Block   `json:"blocks"`
}

// fields counts the fields of the page's form.
func (c *Content) fields(languages int) int {
	count := func(parts []Part) int {
		n := 0
		for _, p := range parts {
			if p.Plain {
				n++
			} else {
				n += languages
			}
		}
		return n
	}
	total := 2*languages + 8
	for i := range c.Blocks {
		shape, _ := ShapeOf(c.Blocks[i].Kind)
		total += 3 + count(shape.Parts) + len(c.Blocks[i].Items)*count(shape.Items)
	}
	return total
}

// equal reports whether two pages read the same.
func (c *Content) equal(other Content) bool {
	mine, err := json.Marshal(c)
	if err != nil {
		return false
	}
	theirs, err := json.Marshal(other)
	return err == nil && bytes.Equal(mine, theirs)
}

// each visits every text of the page with the name of its field in the page's form.
func (c *Content) each(visit func(name string, part Part, words i18n.Text, plain string)) {
	visit("title", Part{Name: "title", Most: line, Required: true}, c.Title, "")
	visit("summary", Part{Name: "summary", Most: sentence, Rows: 2}, c.Summary, "")
	for i := range c.Blocks {
		b := &c.Blocks[i]
		shape, _ := ShapeOf(b.Kind)
		for _, p := range shape.Parts {
			visit(fieldName(i, -1, p.Name), p, b.Texts[p.Name], b.Plain[p.Name])
		}
		for k := range b.Items {
			for _, p := range shape.Items {
				visit(fieldName(i, k, p.Name), p, b.Items[k].Texts[p.Name], b.Items[k].Plain[p.Name])
			}
		}
	}
}

func fieldName(block, item int, part string) string {
	name := "b" + strconv.Itoa(block)
	if item >= 0 {
		name += "_" + strconv.Itoa(item)
	}
	return name + "_" + part
}

// check holds every text to what it may be, whatever is still missing.
func (c *Content) check(core bool) []fault.Field {
	var bad []fault.Field
	if len(c.Blocks) > MostBlocks {
		bad = append(bad, fault.At("title", "pages.full"))
	}
	for i := range c.Blocks {
		shape, known := ShapeOf(c.Blocks[i].Kind)
		if !known || c.Blocks[i].Kind == Networks && !core || len(c.Blocks[i].Items) > MostItems || len(shape.Items) == 0 && len(c.Blocks[i].Items) > 0 {
			bad = append(bad, fault.At("title", "pages.full"))
		}
	}
	c.each(func(name string, p Part, words i18n.Text, plain string) {
		for l, w := range words {
			if len([]rune(w)) > p.Most {
				bad = append(bad, fault.AtWith(name+"_"+string(l), "fault.too_long", fault.Args{"Max": p.Most}))
			}
		}
		if len([]rune(plain)) > p.Most {
			bad = append(bad, fault.AtWith(name, "fault.too_long", fault.Args{"Max": p.Most}))
		}
		if p.Name == "link" && plain != "" && !linkable(plain) {
			bad = append(bad, fault.At(name, "pages.link_wrong"))
		}
		if len(p.Choices) > 0 && plain != "" && !slices.Contains(p.Choices, plain) {
			bad = append(bad, fault.At(name, "fault.choose"))
		}
		if p.Name == "email" && plain != "" && !isAddress(plain) {
			bad = append(bad, fault.At(name, "pages.email_wrong"))
		}
	})
	return bad
}

// lacks is what must be filled in before the page is published: in the first language.
func (c *Content) lacks(first i18n.Locale) []fault.Field {
	var bad []fault.Field
	c.each(func(name string, p Part, words i18n.Text, plain string) {
		switch {
		case !p.Required:
		case p.Plain && plain == "":
			bad = append(bad, fault.At(name, "fault.required"))
		case !p.Plain && words[first] == "":
			bad = append(bad, fault.At(name+"_"+string(first), "fault.required"))
		}
	})
	return append(bad, c.unseen(first)...)
}

// unseen is what is missing of pictures: each has one, and words for those who do not see it in every language in which the
// page has a title, unless it is only decoration.
func (c *Content) unseen(first i18n.Locale) []fault.Field {
	var bad []fault.Field
	for i := range c.Blocks {
		b := &c.Blocks[i]
		if b.Kind != Picture {
			continue
		}
		if b.Picture == nil {
			bad = append(bad, fault.At(fieldName(i, -1, "file"), "fault.required"))
		}
		for _, l := range i18n.All {
			if !b.Decorative() && b.Texts["alt"][l] == "" && (c.Title[l] != "" || l == first) {
				bad = append(bad, fault.At(fieldName(i, -1, "alt")+"_"+string(l), "pages.picture.alt_required"))
			}
		}
	}
	return bad
}

// Missing counts, by language, the texts that stand in another language but not in this one.
func (c *Content) Missing(languages []i18n.Locale) map[i18n.Locale]int {
	missing := map[i18n.Locale]int{}
	c.each(func(_ string, _ Part, words i18n.Text, _ string) {
		if len(words.Missing(languages)) == len(languages) {
			return
		}
		for _, l := range words.Missing(languages) {
			missing[l]++
		}
	})
	return missing
}

// searched is what the search finds the page by: its texts in all languages, folded.
func (c *Content) searched() string {
	var all []string
	c.each(func(_ string, p Part, words i18n.Text, _ string) {
		for _, l := range i18n.All {
			w := words[l]
			if p.Markdown {
				w = markdown.Plain(w)
			}
			if w != "" {
				all = append(all, i18n.SearchKey(w))
			}
		}
	})
	return strings.Join(all, "\n")
}

// linkable reports whether a link leads to a page of this site or, openly, elsewhere: never to a script.
func linkable(link string) bool {
	if strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }) {
		return false
	}
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "":
		return u.Host == "" && strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//")
	case "https":
		return u.Host != "" && u.User == nil
	case "mailto":
		return isAddress(u.Opaque)
	default:
		return false
	}
}

func isAddress(typed string) bool {
	a, err := mail.ParseAddress(typed)
	return err == nil && a.Address == typed && a.Name == ""
}
