package pages

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/tenants"
)

type pictureRow struct {
	bun.BaseModel `bun:"table:page_pictures,alias:i"`

	Picture string    `bun:"picture,pk"`
	Width   int       `bun:"width"`
	Height  int       `bun:"height"`
	At      time.Time `bun:"at"`
}

func insertPicture(ctx context.Context, tx *tenants.Tx, p Photo) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	r := pictureRow{Picture: p.Set, Width: p.Width, Height: p.Height, At: now}
	if _, err := tx.NewInsert().Model(&r).On("CONFLICT (picture) DO UPDATE").Set("at = EXCLUDED.at").Exec(ctx); err != nil {
		return fmt.Errorf("pages: keep picture: %w", err)
	}
	return nil
}

func picturesOf(ctx context.Context, db bun.IDB, sets []string) (map[string]Photo, error) {
	var rows []pictureRow
	if err := db.NewSelect().Model(&rows).Where("i.picture IN (?)", bun.List(sets)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("pages: find pictures: %w", err)
	}
	found := make(map[string]Photo, len(rows))
	for _, r := range rows {
		found[r.Picture] = Photo{Set: r.Picture, Width: r.Width, Height: r.Height}
	}
	return found, nil
}

// shows reports whether a page that visitors read shows the picture.
func shows(ctx context.Context, db bun.IDB, set string) (bool, error) {
	n, err := db.NewSelect().Model((*pageRow)(nil)).
		Where("p.public @> jsonb_build_object('blocks', jsonb_build_array(jsonb_build_object('picture', jsonb_build_object('set', ?::text))))", set).Limit(1).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("pages: look for a picture: %w", err)
	}
	return n > 0, nil
}

// forgetPictures forgets those that were brought more than a day ago and stand nowhere.
func forgetPictures(ctx context.Context, tx *tenants.Tx) error {
	_, err := tx.NewRaw(`WITH sought AS (SELECT picture, jsonb_build_object('blocks', jsonb_build_array(jsonb_build_object('picture', jsonb_build_object('set', picture)))) AS piece
			FROM page_pictures WHERE at < ?::timestamptz - interval '1 day')
		DELETE FROM page_pictures AS i USING sought AS s WHERE s.picture = i.picture
			AND NOT EXISTS (SELECT 1 FROM pages AS p WHERE p.content @> s.piece OR p.public @> s.piece)
			AND NOT EXISTS (SELECT 1 FROM page_versions AS v WHERE v.content @> s.piece)`, tx.Moment()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("pages: forget pictures: %w", err)
	}
	return nil
}

func allPictures(ctx context.Context, db bun.IDB) ([]string, error) {
	var all []string
	if err := db.NewSelect().Model((*pictureRow)(nil)).Column("picture").Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("pages: list pictures: %w", err)
	}
	return all, nil
}
