package correspondence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"

	"kervan/modules/ids"
	"kervan/tenants"
)

// batchState is what has become of the letters that wait for one release.
type batchState string

const (
	batchReleased  batchState = "released"
	batchCancelled batchState = "cancelled"
)

// lockBatch keeps everybody else from releasing the batch or writing a letter of it until the transaction ends, and gives
// its state.
func lockBatch(ctx context.Context, tx *tenants.Tx, batch string) (batchState, error) {
	if _, err := tx.NewRaw("INSERT INTO message_batches (batch) VALUES (?) ON CONFLICT DO NOTHING", batch).Exec(ctx); err != nil {
		return "", fmt.Errorf("correspondence: begin batch: %w", err)
	}
	var state batchState
	if err := tx.NewRaw("SELECT state FROM message_batches WHERE batch = ? FOR UPDATE", batch).Scan(ctx, &state); err != nil {
		return "", fmt.Errorf("correspondence: lock batch: %w", err)
	}
	return state, nil
}

// statusIn is the status with which a message begins: a letter of a batch that has ended in the meantime shares its end.
func statusIn(ctx context.Context, tx *tenants.Tx, m Message) (Status, error) {
	if m.Batch == "" || m.Status != StatusHeld {
		return m.Status, nil
	}
	state, err := lockBatch(ctx, tx, m.Batch)
	out := false
	if err == nil && state == batchReleased {
		out, err = leftOut(ctx, tx, m)
	}
	switch {
	case err != nil:
		return m.Status, err
	case state == batchCancelled || out:
		return StatusCancelled, nil
	case state == batchReleased && !gap.MatchString(m.Subject+m.Body):
		return StatusReleased, nil
	}
	return m.Status, nil
}

// gap is a merge field that had no value.
var gap = regexp.MustCompile(gapPattern)

const gapPattern = `\{[a-z_]+\}`

// leftOut reports whether the message is about what its batch, which the caller has locked, went without.
func leftOut(ctx context.Context, tx *tenants.Tx, m Message) (out bool, err error) {
	err = tx.NewRaw("SELECT ? = 'application' AND ? = ANY (without::text[]) FROM message_batches WHERE batch = ?", m.AboutKind, m.AboutID, m.Batch).Scan(ctx, &out)
	if err != nil {
		return false, fmt.Errorf("correspondence: read what a batch leaves out: %w", err)
	}
	return out, nil
}

func setBatch(ctx context.Context, tx *tenants.Tx, batch string, state batchState, without []ids.Application) error {
	if _, err := lockBatch(ctx, tx, batch); err != nil {
		return err
	}
	if _, err := tx.NewRaw("UPDATE message_batches SET state = ?, without = ?::uuid[] WHERE batch = ?", state, tenants.Array(without), batch).Exec(ctx); err != nil {
		return fmt.Errorf("correspondence: end batch: %w", err)
	}
	return nil
}

// moveBatch moves the held letters of a batch, when they are released but for those with a gap.
func moveBatch(ctx context.Context, tx *tenants.Tx, batch string, to Status) ([]ids.Message, error) {
	var moved []ids.Message
	q := tx.NewUpdate().Table("messages").Set("status = ?", to).Where("batch = ?", batch).Where("status = ?", StatusHeld).Returning("id")
	if to == StatusReleased {
		q = q.Set("released_at = ?", tx.Moment()).Where("subject || body !~ ?", gapPattern)
	}
	if _, err := q.Exec(ctx, &moved); err != nil {
		return nil, fmt.Errorf("correspondence: move batch: %w", err)
	}
	return moved, nil
}

// cancelInBatch cancels the held letters about what their batch leaves out, those with a gap too.
func cancelInBatch(ctx context.Context, tx *tenants.Tx, batch string) ([]Message, error) {
	var cancelled []Message
	err := tx.NewRaw(`UPDATE messages AS m SET status = ? FROM message_batches AS b
		WHERE b.batch = ? AND m.batch = b.batch AND m.status = ? AND m.about_kind = 'application' AND m.about_id = ANY (b.without::text[]) RETURNING m.id, m.about_id`,
		StatusCancelled, batch, StatusHeld).Scan(ctx, &cancelled)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("correspondence: cancel messages of a batch: %w", err)
	}
	return cancelled, nil
}
