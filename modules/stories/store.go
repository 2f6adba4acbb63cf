package stories

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type row struct {
	bun.BaseModel `bun:"table:stories,alias:s"`

	ID            ids.Story       `bun:"id,pk"`
	PartnershipID ids.Partnership `bun:"partnership_id"`
	State         State           `bun:"state"`
	Slug          string          `bun:"slug,nullzero"`
	Content       Content         `bun:"content,type:jsonb"`
	Handed        *Content        `bun:"handed,type:jsonb"`
	Search        string          `bun:"search"`
	Note          string          `bun:"note"`
	PublishedAt   time.Time       `bun:"published_at,nullzero"`
	ChangedAt     time.Time       `bun:"changed_at,nullzero"`
	Version       int64           `bun:"version"`
	CreatedAt     time.Time       `bun:"created_at"`
	CreatedBy     ids.Person      `bun:"created_by"`
	UpdatedAt     time.Time       `bun:"updated_at"`
	UpdatedBy     ids.Person      `bun:"updated_by"`
}

type consentRow struct {
	bun.BaseModel `bun:"table:story_consents,alias:n"`

	StoryID        ids.Story        `bun:"story_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by"`
}

type pictureRow struct {
	bun.BaseModel `bun:"table:story_pictures,alias:i"`

	StoryID ids.Story `bun:"story_id,pk"`
	Picture string    `bun:"picture,pk"`
	Width   int       `bun:"width"`
	Height  int       `bun:"height"`
}

func (r *row) story() Story {
	return Story{
		ID: r.ID, Partnership: r.PartnershipID, State: r.State, Slug: r.Slug, Content: r.Content, Handed: r.Handed, Note: r.Note, Published: r.PublishedAt,
		Changed: r.ChangedAt, Version: r.Version, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, UpdatedAt: r.UpdatedAt,
	}
}

func rowOf(s *Story, by ids.Person) row {
	return row{
		ID: s.ID, PartnershipID: s.Partnership, State: s.State, Slug: s.Slug, Content: s.Content, Handed: s.Handed, Search: s.Content.searched(), Note: s.Note,
		PublishedAt: s.Published, ChangedAt: s.Changed, Version: s.Version, CreatedAt: s.CreatedAt, CreatedBy: s.CreatedBy, UpdatedAt: s.UpdatedAt, UpdatedBy: by,
	}
}

// find reads a story with its consents. Fault: NotFound.
func find(ctx context.Context, db bun.IDB, id ids.Story) (Story, error) {
	var r row
	err := db.NewSelect().Model(&r).ExcludeColumn("search").Where("s.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Story{}, fault.NotFound()
	}
	if err != nil {
		return Story{}, fmt.Errorf("stories: find: %w", err)
	}
	s := r.story()
	s.Consents = map[ids.Organization]time.Time{}
	var consents []consentRow
	if err := db.NewSelect().Model(&consents).Where("n.story_id = ?", id).Scan(ctx); err != nil {
		return s, fmt.Errorf("stories: read consents: %w", err)
	}
	for _, n := range consents {
		s.Consents[n.OrganizationID] = n.At
	}
	return s, nil
}

// most is how many stories a list shows at most.
const most = 500

// of lists the stories of partnerships, what was changed last first.
func of(ctx context.Context, db bun.IDB, partnerships ...ids.Partnership) ([]Story, error) {
	return some(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("s.partnership_id IN (?)", bun.List(partnerships))
	})
}

// inStates lists the stories in the states; none: all.
func inStates(ctx context.Context, db bun.IDB, states ...State) ([]Story, error) {
	return some(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		if len(states) == 0 {
			return q
		}
		return q.Where("s.state IN (?)", bun.List(states))
	})
}

// waiting lists the stories that wait for somebody, with their consents.
func waiting(ctx context.Context, db bun.IDB) ([]Story, error) {
	all, err := inStates(ctx, db, HandedIn, Returned, Edited, Agreed)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	wanted, at := make([]ids.Story, len(all)), map[ids.Story]int{}
	for i := range all {
		wanted[i], at[all[i].ID], all[i].Consents = all[i].ID, i, map[ids.Organization]time.Time{}
	}
	var consents []consentRow
	if err := db.NewSelect().Model(&consents).Where("n.story_id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("stories: read consents: %w", err)
	}
	for _, n := range consents {
		all[at[n.StoryID]].Consents[n.OrganizationID] = n.At
	}
	return all, nil
}

func some(ctx context.Context, db bun.IDB, which func(*bun.SelectQuery) *bun.SelectQuery) ([]Story, error) {
	var rows []row
	q := db.NewSelect().Model(&rows).ExcludeColumn("search", "handed")
	if err := which(q).Order("s.updated_at DESC", "s.id DESC").Limit(most).Scan(ctx); err != nil {
		return nil, fmt.Errorf("stories: list: %w", err)
	}
	all := make([]Story, len(rows))
	for i := range rows {
		all[i] = rows[i].story()
	}
	return all, nil
}

// held is find; nobody changes the story until the transaction ends.
func held(ctx context.Context, tx *tenants.Tx, id ids.Story) (Story, error) {
	if _, err := tx.NewRaw(`SELECT id FROM stories WHERE id = ? FOR UPDATE`, id).Exec(ctx); err != nil {
		return Story{}, fmt.Errorf("stories: lock: %w", err)
	}
	return find(ctx, tx, id)
}

func insert(ctx context.Context, tx *tenants.Tx, s *Story) error {
	r := rowOf(s, s.CreatedBy)
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("stories: begin: %w", err)
	}
	return nil
}

// countOf is how many stories a partnership has.
func countOf(ctx context.Context, db bun.IDB, p ids.Partnership) (int64, error) {
	n, err := db.NewSelect().Model((*row)(nil)).Where("s.partnership_id = ?", p).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("stories: count: %w", err)
	}
	return n, nil
}

// save writes the story if it is still the version that was shown. Fault: Conflict.
func save(ctx context.Context, tx *tenants.Tx, s *Story, by ids.Person) error {
	r := rowOf(s, by)
	result, err := tx.NewUpdate().Model(&r).ExcludeColumn("id", "partnership_id", "version", "created_at", "created_by").Set("version = version + 1").
		Where("id = ?", s.ID).Where("version = ?", s.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("stories: save: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	s.Version++
	return nil
}

func remove(ctx context.Context, tx *tenants.Tx, s *Story) error {
	result, err := tx.NewDelete().Model((*row)(nil)).Where("id = ?", s.ID).Where("version = ?", s.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("stories: remove: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

func consent(ctx context.Context, tx *tenants.Tx, id ids.Story, by ids.Person, at time.Time, organizations []ids.Organization) error {
	if len(organizations) == 0 {
		return nil
	}
	rows := make([]consentRow, len(organizations))
	for i, o := range organizations {
		rows[i] = consentRow{StoryID: id, OrganizationID: o, At: at, By: by}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT (story_id, organization_id) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("stories: agree: %w", err)
	}
	return nil
}

func forget(ctx context.Context, tx *tenants.Tx, id ids.Story) error {
	if _, err := tx.NewDelete().Model((*consentRow)(nil)).Where("story_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("stories: forget consents: %w", err)
	}
	return nil
}

// address finds a free one like the one that was proposed; nobody else takes one until the transaction ends.
func address(ctx context.Context, tx *tenants.Tx, proposed string) (string, error) {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' stories.slug', 0))`).Exec(ctx); err != nil {
		return "", fmt.Errorf("stories: lock addresses: %w", err)
	}
	var taken []string
	if err := tx.NewRaw(`SELECT slug FROM stories WHERE starts_with(slug, ?0) UNION SELECT slug FROM story_graves WHERE starts_with(slug, ?0)`, proposed).Scan(ctx, &taken); err != nil {
		return "", fmt.Errorf("stories: find an address: %w", err)
	}
	free := proposed
	for n := 2; slices.Contains(taken, free); n++ {
		free = proposed + "-" + strconv.Itoa(n)
	}
	return free, nil
}

// bury keeps an address as one where something was.
func bury(ctx context.Context, tx *tenants.Tx, slug string) error {
	if _, err := tx.NewRaw(`INSERT INTO story_graves (slug) VALUES (?) ON CONFLICT DO NOTHING`, slug).Exec(ctx); err != nil {
		return fmt.Errorf("stories: keep an address: %w", err)
	}
	return nil
}

// illustrate keeps exactly these pictures of the story.
func illustrate(ctx context.Context, tx *tenants.Tx, id ids.Story, pictures []Picture) error {
	if _, err := tx.NewDelete().Model((*pictureRow)(nil)).Where("story_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("stories: forget pictures: %w", err)
	}
	if len(pictures) == 0 {
		return nil
	}
	rows := make([]pictureRow, len(pictures))
	for i, p := range pictures {
		rows[i] = pictureRow{StoryID: id, Picture: p.Set, Width: p.Width, Height: p.Height}
	}
	if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("stories: keep pictures: %w", err)
	}
	return nil
}

// usedPictures are those of all stories.
func usedPictures(ctx context.Context, db bun.IDB) ([]string, error) {
	var all []string
	if err := db.NewSelect().Model((*pictureRow)(nil)).Distinct().Column("picture").Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("stories: list pictures: %w", err)
	}
	return all, nil
}

// Titles tells what stories are called, in the language in which they are written; it is for other modules' use-cases, which
// have authorized.
func Titles(ctx context.Context, db bun.IDB, wanted []ids.Story) (map[ids.Story]string, error) {
	titles := make(map[ids.Story]string, len(wanted))
	if len(wanted) == 0 {
		return titles, nil
	}
	all, err := some(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("s.id IN (?)", bun.List(wanted)) })
	for i := range all {
		titles[all[i].ID] = all[i].Name()
	}
	return titles, err
}

// picturing finds the stories in which a picture stands.
func picturing(ctx context.Context, db bun.IDB, set string) ([]Story, error) {
	return some(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("s.id IN (?)", db.NewSelect().Model((*pictureRow)(nil)).Column("story_id").Where("i.picture = ?", set))
	})
}
