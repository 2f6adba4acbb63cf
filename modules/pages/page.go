package pages

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
)

// Kind is whether something stands for long or has a date.
type Kind string

// The kinds of pages.
const (
	KindPage Kind = "page"
	KindNews Kind = "news"
)

// ParseKind accepts exactly the kinds.
func ParseKind(s string) (Kind, bool) {
	k := Kind(s)
	return k, k == KindPage || k == KindNews
}

// Place is where the navigation shows a page.
type Place string

// The places of the navigation.
const (
	PlaceMain Place = "main"
	PlaceFoot Place = "foot"
	PlaceNone Place = "none"
)

// Places lists them.
var Places = []Place{PlaceMain, PlaceFoot, PlaceNone}

// Page is a page, or a piece of news.
type Page struct {
	ID        ids.Page
	Kind      Kind
	Slug      string
	Place     Place
	Position  int
	Indexed   bool // search engines may list it
	Content   Content
	Public    *Content // nil: nobody reads it
	Published time.Time
	Changed   time.Time // what visitors read
	Version   int64     // 0: it is built in and nobody has changed it
	UpdatedAt time.Time
	UpdatedBy ids.Person
}

// Former is what a page was before a change.
type Former struct {
	Number int64
	At     time.Time
	By     ids.Person
}

// homeSlug and privacySlug are pages that have addresses of their own.
const (
	homeSlug    = "home"
	privacySlug = "privacy"
)

// Path is where visitors read the page.
func (p *Page) Path() string { return pathOf(p.Kind, p.Slug) }

func pathOf(kind Kind, slug string) string {
	switch {
	case kind == KindNews:
		return "/news/" + slug
	case slug == homeSlug:
		return "/"
	case slug == privacySlug:
		return "/privacy"
	default:
		return "/pages/" + slug
	}
}

// Ahead reports whether what is worked on differs from what visitors read.
func (p *Page) Ahead() bool { return p.Public == nil || !p.Content.equal(*p.Public) }

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// reserved are addresses that would pass for something else, or that pages have already which everybody relies on.
var reserved = []string{"home", "privacy", "admin", "account", "api", "assets", "login", "sign-in", "register", "reset", "settings", "desk", "support", "security", "new"}

// sluggable reports whether a new page may have the address.
func sluggable(slug string) bool {
	return len(slug) <= 60 && slugForm.MatchString(slug) && !slices.Contains(reserved, slug)
}

// proposed is an address made of a title.
func proposed(title string) string {
	slug := strings.ReplaceAll(asciiOnly(i18n.SearchKey(title)), " ", "-")
	if len(slug) > 60 {
		slug = slug[:60]
	}
	return strings.Trim(slug, "-")
}

func asciiOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}
