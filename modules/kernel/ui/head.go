package ui

import (
	"strings"
)

// Head is what machines read of a public page: search engines, and programs that show a card for a shared address.
// Addresses are whole ones. The zero Head says nothing.
type Head struct {
	Description string
	Canonical   string
	Alternates  []Alternate
	Picture     string
	Article     bool
	Feeds       []FeedLink
	Data        []any // values of schemaorg
}

// Alternate is the same page in another language; x-default stands for whichever the browser asks for.
type Alternate struct{ Language, Href string }

// FeedLink is a feed that belongs to the site.
type FeedLink struct{ Title, Href string }

// Public reports whether the page is for search engines at all.
func (p Page) public() bool { return !p.NoIndex && p.Person == nil && p.Head.Canonical != "" }

func (h Head) kind() string {
	if h.Article {
		return "article"
	}
	return "website"
}

func (h Head) card() string {
	if h.Picture != "" {
		return "summary_large_image"
	}
	return "summary"
}

// territory is the language as social networks write it, with a country.
func territory(language string) string {
	switch language {
	case "tr":
		return "tr_TR"
	case "de":
		return "de_DE"
	default:
		return "en_GB"
	}
}

// Excerpt is the beginning of a text for a description: one line of at most some 160 characters, cut between words.
func Excerpt(text string) string {
	const most = 160
	words := strings.Fields(text)
	var b strings.Builder
	n := 0
	for _, w := range words {
		length := len([]rune(w))
		if n > 0 && n+1+length > most {
			return b.String() + " …"
		}
		if n > 0 {
			b.WriteByte(' ')
			n++
		}
		if length > most {
			return b.String() + string([]rune(w)[:most]) + "…"
		}
		b.WriteString(w)
		n += length
	}
	return b.String()
}
