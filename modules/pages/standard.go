package pages

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

//go:embed standard.json
var standardPages []byte

// standardMoment is when the built-in texts were last changed; the privacy notice names it as its version.
var standardMoment = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

type builtIn struct {
	Slug    string  `json:"slug"`
	Place   Place   `json:"place"`
	For     string  `json:"for"` // network, core or both
	Content Content `json:"content"`
}

func readStandard() ([]builtIn, error) {
	var all []builtIn
	if err := json.Unmarshal(standardPages, &all); err != nil {
		return nil, fmt.Errorf("pages: read built-in pages: %w", err)
	}
	return all, nil
}

// standard are the built-in pages of a tenant, in the tenant's languages and under its name. Each has an identifier of its
// own, which it keeps when somebody changes it.
func (s *Service) standard(t tenants.Tenant) []Page {
	var all []Page
	for i := range s.builtIn {
		if b := &s.builtIn[i]; b.of(t) {
			all = append(all, b.page(t, i))
		}
	}
	return all
}

// standardOf is the built-in page with the address.
func (s *Service) standardOf(t tenants.Tenant, slug string) (Page, bool) {
	for i := range s.builtIn {
		if b := &s.builtIn[i]; b.Slug == slug && b.of(t) {
			return b.page(t, i), true
		}
	}
	return Page{}, false
}

func (b *builtIn) of(t tenants.Tenant) bool { return b.For == "both" || b.For == string(t.Kind) }

func (b *builtIn) page(t tenants.Tenant, position int) Page {
	content := b.Content.named(t.Name, t.Locales)
	return Page{
		ID: standardID(t, b.Slug), Kind: KindPage, Slug: b.Slug, Place: b.Place, Position: position, Indexed: true,
		Content: content, Public: &content, Published: standardMoment, Changed: standardMoment,
	}
}

func standardID(t tenants.Tenant, slug string) ids.Page {
	return ids.Page(uuid.NewSHA1(uuid.UUID(t.ID), []byte("page "+slug)))
}

// named is the content for a network of that name, in its languages.
func (c *Content) named(network string, languages []i18n.Locale) Content {
	in := func(words i18n.Text) i18n.Text {
		out := i18n.Text{}
		for _, l := range languages {
			if w := words[l]; w != "" {
				out[l] = strings.ReplaceAll(w, "{network}", network)
			}
		}
		return out
	}
	named := Content{Title: in(c.Title), Summary: in(c.Summary)}
	for _, b := range c.Blocks {
		block := Block{Kind: b.Kind, Texts: map[string]i18n.Text{}, Plain: b.Plain}
		for name, words := range b.Texts {
			block.Texts[name] = in(words)
		}
		for _, item := range b.Items {
			one := Item{Texts: map[string]i18n.Text{}, Plain: item.Plain}
			for name, words := range item.Texts {
				one.Texts[name] = in(words)
			}
			block.Items = append(block.Items, one)
		}
		named.Blocks = append(named.Blocks, block)
	}
	return named
}
