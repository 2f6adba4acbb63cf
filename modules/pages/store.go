package pages

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type pageRow struct {
	bun.BaseModel `bun:"table:pages,alias:p"`

	ID          ids.Page   `bun:"id,pk"`
	Kind        Kind       `bun:"kind"`
	Slug        string     `bun:"slug"`
	Place       Place      `bun:"place"`
	Position    int        `bun:"position"`
	Indexed     bool       `bun:"indexed"`
	Content     Content    `bun:"content,type:jsonb"`
	Public      *Content   `bun:"public,type:jsonb"`
	Search      string     `bun:"search"`
	PublishedAt time.Time  `bun:"published_at,nullzero"`
	ChangedAt   time.Time  `bun:"changed_at,nullzero"`
	Version     int64      `bun:"version"`
	UpdatedAt   time.Time  `bun:"updated_at"`
	UpdatedBy   ids.Person `bun:"updated_by"`
}

func (r *pageRow) page() Page {
	return Page{
		ID: r.ID, Kind: r.Kind, Slug: r.Slug, Place: r.Place, Position: r.Position, Indexed: r.Indexed, Content: r.Content, Public: r.Public,
		Published: r.PublishedAt, Changed: r.ChangedAt, Version: r.Version, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy,
	}
}

func rowOf(p *Page) pageRow {
	r := pageRow{
		ID: p.ID, Kind: p.Kind, Slug: p.Slug, Place: p.Place, Position: p.Position, Indexed: p.Indexed, Content: p.Content, Public: p.Public,
		PublishedAt: p.Published, ChangedAt: p.Changed, Version: p.Version, UpdatedAt: p.UpdatedAt, UpdatedBy: p.UpdatedBy,
	}
	if p.Public != nil {
		r.Search = p.Public.searched()
	}
	return r
}

// most is how many pages and how much news a network has at most.
const most = 300

// all reads every page and all news, as those see them who write them.
func all(ctx context.Context, db bun.IDB) ([]Page, error) {
	var rows []pageRow
	if err := db.NewSelect().Model(&rows).ExcludeColumn("search").OrderExpr("kind DESC, position, published_at DESC NULLS FIRST, id").Limit(most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("pages: list pages: %w", err)
	}
	found := make([]Page, len(rows))
	for i := range rows {
		found[i] = rows[i].page()
	}
	return found, nil
}

func byID(ctx context.Context, db bun.IDB, id ids.Page) (Page, bool, error) {
	var r pageRow
	err := db.NewSelect().Model(&r).ExcludeColumn("search").Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Page{}, false, nil
	}
	if err != nil {
		return Page{}, false, fmt.Errorf("pages: find page: %w", err)
	}
	return r.page(), true, nil
}

// insert makes the page; one with the same address makes it a Conflict with Invalid's field.
func insert(ctx context.Context, tx *tenants.Tx, p *Page) error {
	r := rowOf(p)
	result, err := tx.NewInsert().Model(&r).On("CONFLICT (kind, slug) DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("pages: make page: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Invalid("fault.check_fields", fault.At("slug", "pages.slug_taken")), err)
	}
	return nil
}

// save writes the page if it is still the version that was shown.
func save(ctx context.Context, tx *tenants.Tx, p *Page) error {
	r := rowOf(p)
	result, err := tx.NewUpdate().Model(&r).ExcludeColumn("id", "kind", "slug", "version").Set("version = version + 1").
		Where("id = ?", p.ID).Where("version = ?", p.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("pages: save page: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

func remove(ctx context.Context, tx *tenants.Tx, id ids.Page, version int64) error {
	result, err := tx.NewDelete().Model((*pageRow)(nil)).Where("id = ?", id).Where("version = ?", version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("pages: remove page: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

// kept is how many former contents of a page are kept.
const kept = 20

// keep puts what the page was into its history, under its version, and forgets what is too old.
func keep(ctx context.Context, tx *tenants.Tx, p *Page, by ids.Person, at time.Time) error {
	if _, err := tx.NewRaw(`INSERT INTO page_versions (page_id, number, content, at, by) VALUES (?, ?, ?::jsonb, ?, ?) ON CONFLICT DO NOTHING`,
		p.ID, p.Version, p.Content, at, by).Exec(ctx); err != nil {
		return fmt.Errorf("pages: keep version: %w", err)
	}
	if _, err := tx.NewRaw(`DELETE FROM page_versions WHERE page_id = ? AND number <= ?`, p.ID, p.Version-kept).Exec(ctx); err != nil {
		return fmt.Errorf("pages: forget versions: %w", err)
	}
	return nil
}

func formers(ctx context.Context, db bun.IDB, id ids.Page) ([]Former, error) {
	var found []Former
	if err := db.NewRaw(`SELECT number, at, by FROM page_versions WHERE page_id = ? ORDER BY number DESC LIMIT ?`, id, kept).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("pages: read versions: %w", err)
	}
	return found, nil
}

func former(ctx context.Context, db bun.IDB, id ids.Page, number int64) (Content, error) {
	var r struct {
		Content Content `bun:"content,type:jsonb"`
	}
	err := db.NewRaw(`SELECT content FROM page_versions WHERE page_id = ? AND number = ?`, id, number).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return Content{}, fault.NotFound()
	}
	if err != nil {
		return Content{}, fmt.Errorf("pages: read version: %w", err)
	}
	return r.Content, nil
}

// asking is the public page with the address. A page that was changed but is not published is found without a content.
func asking(kind Kind, slug string, p *Page, found *bool) tenants.Question {
	return tenants.Question{
		Query: `SELECT id, kind, slug, place, position, indexed, public, published_at, changed_at, version FROM pages WHERE kind = $1 AND slug = $2`,
		Args:  []any{string(kind), slug}, Row: func(r *tenants.Row) error {
			*found = true
			return r.Scan(&p.ID, &p.Kind, &p.Slug, &p.Place, &p.Position, &p.Indexed, &p.Public, &p.Published, &p.Changed, &p.Version)
		},
	}
}

// Headline is a public page as lists show it.
type Headline struct {
	Kind      Kind
	Slug      string
	Place     Place
	Position  int
	Public    bool
	Indexed   bool
	Title     i18n.Text
	Summary   i18n.Text
	Published time.Time
	Changed   time.Time
	ID        ids.Page
}

// Path is where visitors read it.
func (h *Headline) Path() string { return pathOf(h.Kind, h.Slug) }

const headline = `SELECT id, kind, slug, place, position, public IS NOT NULL, indexed, public->'title', public->'summary', published_at, changed_at FROM pages `

func heard(into *[]Headline) func(r *tenants.Row) error {
	return func(r *tenants.Row) error {
		var h Headline
		err := r.Scan(&h.ID, &h.Kind, &h.Slug, &h.Place, &h.Position, &h.Public, &h.Indexed, &h.Title, &h.Summary, &h.Published, &h.Changed)
		*into = append(*into, h)
		return err
	}
}

// askingPages are all pages, also those that nobody reads any more, as these hide the built-in ones.
func askingPages(into *[]Headline) tenants.Question {
	return tenants.Question{Query: headline + `WHERE kind = 'page' ORDER BY position, id LIMIT 300`, Row: heard(into)}
}

// askingNews is the latest news, at most so much.
func askingNews(limit int, into *[]Headline) tenants.Question {
	return tenants.Question{
		Query: headline + `WHERE kind = 'news' AND public IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT $1`, Args: []any{int64(limit)}, Row: heard(into),
	}
}

// askingSearch finds what is public by its folded words: all of them must stand there.
func askingSearch(words []string, into *[]Headline) tenants.Question {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = `"%` + w + `%"` // letters and digits, as i18n.SearchKey leaves nothing else
	}
	return tenants.Question{
		Query: headline + `WHERE public IS NOT NULL AND search LIKE ALL ($1::text[]) ORDER BY kind DESC, published_at DESC, id LIMIT 50`,
		Args:  []any{"{" + strings.Join(quoted, ",") + "}"}, Row: heard(into),
	}
}

func count(ctx context.Context, db bun.IDB) (int64, error) {
	n, err := db.NewSelect().Model((*pageRow)(nil)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("pages: count pages: %w", err)
	}
	return n, nil
}

// lock keeps everybody else from arranging pages until the transaction ends.
func lock(ctx context.Context, tx *tenants.Tx) error {
	if _, err := tx.NewRaw(`SELECT id FROM pages WHERE kind = 'page' ORDER BY id FOR UPDATE`).Exec(ctx); err != nil {
		return fmt.Errorf("pages: lock pages: %w", err)
	}
	return nil
}

func positioned(ctx context.Context, tx *tenants.Tx, id ids.Page, position int) error {
	if _, err := tx.NewRaw(`UPDATE pages SET position = ? WHERE id = ?`, position, id).Exec(ctx); err != nil {
		return fmt.Errorf("pages: place page: %w", err)
	}
	return nil
}

// Written reports which of the pages of those names the network has written and published itself: a built-in page that
// nobody has touched is not among them. It is for other modules' use-cases, which have authorized.
func Written(ctx context.Context, db bun.IDB, slugs ...string) (map[string]bool, error) {
	var found []string
	err := db.NewSelect().Model((*pageRow)(nil)).Column("slug").Where("kind = ?", KindPage).Where("public IS NOT NULL").Where("slug IN (?)", bun.List(slugs)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("pages: look for written pages: %w", err)
	}
	written := make(map[string]bool, len(found))
	for _, slug := range found {
		written[slug] = true
	}
	return written, nil
}
