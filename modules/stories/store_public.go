package stories

import (
	"strings"

	"kervan/tenants"
)

// told is a published story as the database has it: whether visitors may read it is another question.
type told struct {
	Story

	search string
}

const telling = `SELECT id, partnership_id, state, slug, content, search, published_at, changed_at, version FROM stories `

func heard(into *[]told) func(r *tenants.Row) error {
	return func(r *tenants.Row) error {
		var s told
		err := r.Scan(&s.ID, &s.Partnership, &s.State, &s.Slug, &s.Content, &s.search, &s.Published, &s.Changed, &s.Version)
		*into = append(*into, s)
		return err
	}
}

// askingPublished asks for the published stories, the newest first, at most so many.
func askingPublished(limit int, into *[]told) tenants.Question {
	return tenants.Question{Query: telling + `WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT $1`, Args: []any{int64(limit)}, Row: heard(into)}
}

// askingOne asks for the story with the address, which is or was published.
func askingOne(slug string, into *[]told) tenants.Question {
	return tenants.Question{Query: telling + `WHERE slug = $1`, Args: []any{slug}, Row: heard(into)}
}

// askingGrave asks whether something was at the address.
func askingGrave(slug string, was *bool) tenants.Question {
	return tenants.Question{Query: `SELECT true FROM story_graves WHERE slug = $1`, Args: []any{slug}, Row: func(r *tenants.Row) error { return r.Scan(was) }}
}

// askingSearch finds published stories by their folded words: all of them must stand there.
func askingSearch(words []string, into *[]told) tenants.Question {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = `"%` + w + `%"` // letters and digits, as i18n.SearchKey leaves nothing else
	}
	return tenants.Question{
		Query: telling + `WHERE state = 'published' AND search LIKE ALL ($1::text[]) ORDER BY published_at DESC, id DESC LIMIT 50`,
		Args:  []any{"{" + strings.Join(quoted, ",") + "}"}, Row: heard(into),
	}
}
