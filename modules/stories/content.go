package stories

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/markdown"
)

// Kind is whether something is told or explained.
type Kind string

// The kinds.
const (
	KindStory    Kind = "story"
	KindPractice Kind = "practice" // a good practice: steps that others can take
)

// Kinds lists them.
var Kinds = []Kind{KindStory, KindPractice}

// ParseKind accepts exactly the kinds.
func ParseKind(s string) (Kind, bool) { return Kind(s), slices.Contains(Kinds, Kind(s)) }

// Topic is what a story is about.
type Topic string

// Topics lists them, in the order in which they are offered.
var Topics = []Topic{"volunteering", "youth", "culture", "environment", "rights", "inclusion", "neighbourhood", "media", "organizing", "method"}

// ParseTopic accepts exactly the topics.
func ParseTopic(s string) (Topic, bool) { return Topic(s), slices.Contains(Topics, Topic(s)) }

// Content is all that stands in a story. Texts are in the language of writing and perhaps in others.
type Content struct {
	Kind     Kind        `json:"kind"`
	Language i18n.Locale `json:"language"` // in which it is written
	Title    i18n.Text   `json:"title"`
	Lead     i18n.Text   `json:"lead"`
	Body     i18n.Text   `json:"body"`    // Markdown
	Learned  i18n.Text   `json:"learned"` // Markdown
	Steps    i18n.Text   `json:"steps"`   // a step on each line
	Topics   []Topic     `json:"topics"`
	Pictures []Picture   `json:"pictures"`
}

// Picture is one of a story. Its size is that of the largest file.
type Picture struct {
	Set    string    `json:"set"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Alt    i18n.Text `json:"alt"`
	Credit string    `json:"credit"`
	Agreed bool      `json:"agreed"` // whoever is seen on it agrees to that
}

// Most characters of each, and how much of it there is at most.
const (
	maxTitle    = 120
	maxLead     = 300
	maxBody     = 12_000
	maxLearned  = 3000
	maxSteps    = 3000
	maxAlt      = 250
	maxCredit   = 120
	mostPics    = 8
	mostTopics  = 3
	mostSteps   = 15
	maxNote     = 1000
	mostStories = 20 // of a partnership
)

// part is one text of a story with the name of its field.
type part struct {
	name     string
	most     int
	rows     int // 0: a line
	required bool
	markdown bool
}

var parts = []part{
	{name: "title", most: maxTitle, required: true},
	{name: "lead", most: maxLead, rows: 3, required: true},
	{name: "body", most: maxBody, rows: 14, required: true, markdown: true},
	{name: "learned", most: maxLearned, rows: 5, markdown: true},
	{name: "steps", most: maxSteps, rows: 6},
}

// text is the text of a part.
func (c *Content) text(name string) i18n.Text {
	switch name {
	case "title":
		return c.Title
	case "lead":
		return c.Lead
	case "body":
		return c.Body
	case "learned":
		return c.Learned
	case "steps":
		return c.Steps
	}
	return nil
}

// put sets the text of a part.
func (c *Content) put(name string, t i18n.Text) {
	switch name {
	case "title":
		c.Title = t
	case "lead":
		c.Lead = t
	case "body":
		c.Body = t
	case "learned":
		c.Learned = t
	case "steps":
		c.Steps = t
	}
}

func altName(i int, l i18n.Locale) string { return "alt_" + strconv.Itoa(i) + "_" + string(l) }

func creditName(i int) string { return "credit_" + strconv.Itoa(i) }

func agreedName(i int) string { return "agreed_" + strconv.Itoa(i) }

// each visits every text that visitors would read, with the name of its field.
func (c *Content) each(visit func(field, words string, most int)) {
	for _, p := range parts {
		for _, l := range i18n.All {
			if w := c.text(p.name)[l]; w != "" {
				visit(p.name+"_"+string(l), w, p.most)
			}
		}
	}
	for i, pic := range c.Pictures {
		for _, l := range i18n.All {
			if w := pic.Alt[l]; w != "" {
				visit(altName(i, l), w, maxAlt)
			}
		}
		if pic.Credit != "" {
			visit(creditName(i), pic.Credit, maxCredit)
		}
	}
}

// check holds everything to what it may be, whatever is still missing.
func (c *Content) check(languages []i18n.Locale) []fault.Field {
	var bad []fault.Field
	if !slices.Contains(Kinds, c.Kind) {
		bad = append(bad, fault.At("kind", "fault.choose"))
	}
	if !slices.Contains(languages, c.Language) {
		bad = append(bad, fault.At("language", "fault.choose"))
	}
	if len(c.Topics) > mostTopics || slices.ContainsFunc(c.Topics, func(t Topic) bool { return !slices.Contains(Topics, t) }) {
		bad = append(bad, fault.AtWith("topics", "stories.too_many_topics", fault.Args{"Max": mostTopics}))
	}
	if len(c.Pictures) > mostPics {
		bad = append(bad, fault.AtWith("picture", "stories.too_many_pictures", fault.Args{"Max": mostPics}))
	}
	c.each(func(field, words string, most int) {
		if n := utf8.RuneCountInString(words); n > most {
			bad = append(bad, fault.AtWith(field, "fault.too_long", fault.Args{"Length": n, "Max": most}))
		}
	})
	for _, l := range i18n.All {
		if len(lines(c.Steps[l])) > mostSteps {
			bad = append(bad, fault.AtWith("steps_"+string(l), "stories.too_many_steps", fault.Args{"Max": mostSteps}))
		}
	}
	return bad
}

// lacks is what must be there before anybody else reads the story: in the language of writing.
func (c *Content) lacks() []fault.Field {
	var bad []fault.Field
	first := string(c.Language)
	for _, p := range parts {
		if (p.required || p.name == "steps" && c.Kind == KindPractice) && strings.TrimSpace(c.text(p.name)[c.Language]) == "" {
			bad = append(bad, fault.At(p.name+"_"+first, "fault.required"))
		}
	}
	for i, pic := range c.Pictures {
		if pic.Alt[c.Language] == "" {
			bad = append(bad, fault.At(altName(i, c.Language), "stories.alt_required"))
		}
		if !pic.Agreed {
			bad = append(bad, fault.At(agreedName(i), "stories.agreed_required"))
		}
	}
	return bad
}

// tells lists the fields in which one of the names stands, however it is typed.
func (c *Content) tells(names []string) []fault.Field {
	var bad []fault.Field
	c.each(func(field, words string, _ int) {
		for _, name := range names {
			if stands(folded(field, words), name) {
				bad = append(bad, fault.AtWith(field, "stories.names_partner", fault.Args{"Name": name}))
				return
			}
		}
	})
	return bad
}

// stands reports whether a name stands in folded words as words of its own. A text may stop within a longer word, as Turkish
// and German endings follow a name.
func stands(folded, name string) bool {
	key := i18n.SearchKey(name)
	return key != "" && strings.Contains(" "+strings.ReplaceAll(folded, "\n", " "), " "+key)
}

// searched is what the search finds the story by, and where a secret name would stand: all its texts, folded.
func (c *Content) searched() string {
	var all []string
	c.each(func(field, words string, _ int) {
		all = append(all, folded(field, words))
	})
	return strings.Join(all, "\n")
}

// folded are the words of a field as they are searched: as they are written, and of Markdown also as they are read, where
// marks within a word are gone.
func folded(field, words string) string {
	if strings.HasPrefix(field, "body_") || strings.HasPrefix(field, "learned_") {
		return i18n.SearchKey(markdown.Plain(words)) + "\n" + i18n.SearchKey(words)
	}
	return i18n.SearchKey(words)
}

// lines are the steps of a text.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// StepsIn are the steps in the reader's language, with the language in which they are found.
func (c *Content) StepsIn(l i18n.Locale) ([]string, i18n.Locale) {
	text, in := c.Steps.In(l, c.Language)
	return lines(text), in
}

// Missing reports whether something of the story is not there in the language.
func (c *Content) Missing(l i18n.Locale) bool {
	return slices.ContainsFunc(parts, func(p part) bool {
		t := c.text(p.name)
		return t[c.Language] != "" && t[l] == ""
	})
}

// Difference is one text that an editor has changed.
type Difference struct {
	Part     string // the name of a part, or "alt", "credit"
	Number   int    // of the picture, from 1; 0: the part is no picture's
	Language i18n.Locale
	Before   string
	After    string
}

// changed lists the texts that differ from an earlier content, in their order on the page.
func (c *Content) changed(from *Content) []Difference {
	var all []Difference
	add := func(part string, number int, l i18n.Locale, before, after string) {
		if before != after {
			all = append(all, Difference{part, number, l, before, after})
		}
	}
	for _, p := range parts {
		for _, l := range i18n.All {
			add(p.name, 0, l, from.text(p.name)[l], c.text(p.name)[l])
		}
	}
	was := map[string]Picture{}
	for _, pic := range from.Pictures {
		was[pic.Set] = pic
	}
	for i, pic := range c.Pictures {
		for _, l := range i18n.All {
			add("alt", i+1, l, was[pic.Set].Alt[l], pic.Alt[l])
		}
		add("credit", i+1, c.Language, was[pic.Set].Credit, pic.Credit)
		delete(was, pic.Set)
	}
	for i, pic := range from.Pictures {
		if _, gone := was[pic.Set]; gone {
			add("gone", i+1, c.Language, pic.Alt.String(c.Language), "")
		}
	}
	return all
}

// proposed is an address made of a title.
func proposed(title string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z':
			return r
		}
		return -1
	}, i18n.SearchKey(title))
	for strings.Contains(slug, "--") {
		slug = strings.ReplaceAll(slug, "--", "-")
	}
	if slug = strings.Trim(slug[:min(len(slug), 60)], "-"); slug == "" {
		return "story"
	}
	return slug
}
