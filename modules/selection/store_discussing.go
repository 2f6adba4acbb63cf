package selection

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/selection/figures"
	"kervan/tenants"
)

type messageRow struct {
	bun.BaseModel `bun:"table:review_messages,alias:m"`

	ID            ids.Message     `bun:"id,pk"`
	ApplicationID ids.Application `bun:"application_id"`
	PersonID      ids.Person      `bun:"person_id"`
	At            time.Time       `bun:"at"`
	Text          string          `bun:"text"`
}

// messagesOf are what reviewers of an application said to each other, the oldest first.
func messagesOf(ctx context.Context, db bun.IDB, application ids.Application) ([]Message, error) {
	var rows []messageRow
	if err := db.NewSelect().Model(&rows).Where("m.application_id = ?", application).OrderExpr("m.at, m.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list what reviewers say: %w", err)
	}
	all := make([]Message, len(rows))
	for i, r := range rows {
		all[i] = Message{ID: r.ID, Person: r.PersonID, At: r.At, Text: r.Text}
	}
	return all, nil
}

func say(ctx context.Context, tx *tenants.Tx, application ids.Application, m Message) error {
	row := messageRow{ID: m.ID, ApplicationID: application, PersonID: m.Person, At: m.At, Text: m.Text}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("selection: say something to reviewers: %w", err)
	}
	return nil
}

type totalRow struct {
	bun.BaseModel `bun:"table:review_totals,alias:t"`

	ReviewID    ids.Review `bun:"review_id,pk"`
	SubmittedAt time.Time  `bun:"submitted_at,pk"`
	Points      int        `bun:"points"`
}

// earlierTotals are those that reviews of an application had before they were taken back, the oldest first.
func earlierTotals(ctx context.Context, db bun.IDB, application ids.Application) ([]Earlier, error) {
	var rows []totalRow
	err := db.NewSelect().Model(&rows).Where("t.review_id IN (SELECT r.id FROM reviews AS r WHERE r.application_id = ?)", application).OrderExpr("t.submitted_at").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("selection: list earlier totals: %w", err)
	}
	all := make([]Earlier, len(rows))
	for i, r := range rows {
		all[i] = Earlier{Review: r.ReviewID, At: r.SubmittedAt, Points: figures.Points(r.Points)}
	}
	return all, nil
}

// keepTotal writes down the total of a review that is taken back.
func keepTotal(ctx context.Context, tx *tenants.Tx, r *Review) error {
	row := totalRow{ReviewID: r.ID, SubmittedAt: r.SubmittedAt, Points: int(r.Points)}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (review_id, submitted_at) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("selection: keep an earlier total: %w", err)
	}
	return nil
}
