package stories

import (
	"strconv"

	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/modules/kernel/web"
)

// typed is what stands in a form of a story's page, and what is wrong with it.
type typed struct {
	Kind     string
	Language string
	Title    string
	Note     string
	At       string // which of the page's forms it was: the noun of its address
	Fault    *fault.Fault
}

// noteOf is what was typed as the note of that turn.
func (in typed) noteOf(t turn) string {
	if in.At == t.noun {
		return in.Note
	}
	return ""
}

// readContent reads the form of a story's texts, cleaned. Language and pictures are not in it.
func readContent(form web.Form, language i18n.Locale, languages []i18n.Locale) (Content, []fault.Field) {
	c := Content{Kind: Kind(form.Raw("kind")), Language: language}
	var bad []fault.Field
	for _, p := range parts {
		t := i18n.Text{}
		for _, l := range languages {
			name := p.name + "_" + string(l)
			words, refused := form.Text(name, p.most)
			if bad = append(bad, refused...); len(refused) > 0 {
				words = form.Raw(name)
			}
			if words != "" {
				t[l] = words
			}
		}
		c.put(p.name, t)
	}
	for _, name := range form.All("topics") {
		if topic, ok := ParseTopic(name); ok {
			c.Topics = append(c.Topics, topic)
		}
	}
	return c, bad
}

// readPictures reads the words of the pictures that stay.
func readPictures(form web.Form, languages []i18n.Locale) ([]Picture, []fault.Field) {
	var all []Picture
	var bad []fault.Field
	text := func(name string, most int) string {
		words, refused := form.Text(name, most)
		if bad = append(bad, refused...); len(refused) > 0 {
			words = form.Raw(name)
		}
		return words
	}
	for i := range mostPics {
		n := strconv.Itoa(i)
		if !form.Has("set_" + n) {
			break
		}
		p := Picture{Set: form.Raw("set_" + n), Credit: text(creditName(i), maxCredit), Agreed: form.Ticked(agreedName(i)), Alt: i18n.Text{}}
		for _, l := range languages {
			if words := text(altName(i, l), maxAlt); words != "" {
				p.Alt[l] = words
			}
		}
		if !form.Ticked("gone_" + n) {
			all = append(all, p)
		}
	}
	return all, bad
}
