// Package audit keeps a trail that shows when it was tampered with: rows are only added, and each carries a hash over
// itself and the hash of the row before it.
//
// A detail holds identifiers, states and numbers, never what a person wrote or is called: so the trail survives the
// erasure of a person without being rewritten.
package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
)

// Entry is what somebody did to something. All of its texts are marks: visible ASCII characters without a space, at most
// 200 of them.
type Entry struct {
	Action      string
	SubjectKind string
	SubjectID   string
	Detail      map[string]any
}

// Row is an entry as it stands in the trail.
type Row struct {
	bun.BaseModel `bun:"table:audit_entries"`

	Seq         int64           `bun:"seq,pk"`
	At          time.Time       `bun:"at"`
	ActorPerson ids.Person      `bun:"actor_person"`
	ActorSystem string          `bun:"actor_system,nullzero"`
	Action      string          `bun:"action"`
	SubjectKind string          `bun:"subject_kind"`
	SubjectID   string          `bun:"subject_id"`
	Detail      json.RawMessage `bun:"detail,type:jsonb"`
	PrevHash    []byte          `bun:"prev_hash"`
	Hash        []byte          `bun:"hash"`
}

// Append adds entries to the end of the trail of the schema that the transaction is in. It takes a lock on the trail's
// end until the transaction ends, so it is called as late as possible.
func Append(ctx context.Context, tx bun.Tx, trail string, person ids.Person, system string, at time.Time, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 7236002))", trail); err != nil {
		return fmt.Errorf("audit: lock trail: %w", err)
	}
	last, err := tip(ctx, tx)
	if err != nil {
		return err
	}
	rows := make([]Row, len(entries))
	for i, e := range entries {
		detail, err := e.detail()
		if err != nil {
			return fmt.Errorf("audit: %s of %s: %w", e.Action, e.SubjectKind, err)
		}
		rows[i] = Row{
			Seq: last.Seq + 1, At: at.UTC().Truncate(time.Microsecond), ActorPerson: person, ActorSystem: system, Action: e.Action,
			SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, Detail: detail, PrevHash: last.Hash,
		}
		rows[i].Hash = rows[i].sum()
		last = rows[i]
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	return nil
}

func tip(ctx context.Context, db bun.IDB) (Row, error) {
	var rows []Row
	err := db.NewSelect().Model(&rows).Column("seq", "hash").Order("seq DESC").Limit(1).Scan(ctx)
	if err != nil {
		return Row{}, fmt.Errorf("audit: find end: %w", err)
	}
	if len(rows) == 0 {
		return Row{Hash: make([]byte, sha256.Size)}, nil
	}
	return rows[0], nil
}

// sum hashes everything of the row but the hash itself. Each part is preceded by its length, so that no two different
// rows hash the same bytes.
func (r Row) sum() []byte {
	h := sha256.New()
	parts := []string{
		strconv.FormatInt(r.Seq, 10), r.At.UTC().Format(time.RFC3339Nano), r.ActorPerson.String(), r.ActorSystem, r.Action, r.SubjectKind,
		r.SubjectID, string(r.Detail), string(r.PrevHash),
	}
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return h.Sum(nil)
}

// Broken names the first row of the trail that is not as it was written.
type Broken struct {
	Seq int64
	Why string
}

const page = 1000

// Verify reads the whole trail and reports the first row that was changed, removed or put in between. A nil Broken
// means that the trail is whole as far as it goes: that its end was cut off shows only to those who have noted its head.
func Verify(ctx context.Context, db bun.IDB) (*Broken, error) {
	want, after := Row{Hash: make([]byte, sha256.Size)}, int64(math.MinInt64)
	for {
		var rows []Row
		err := db.NewSelect().Model(&rows).Where("seq > ?", after).Order("seq").Limit(page).Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("audit: read trail: %w", err)
		}
		for _, r := range rows {
			if b := r.follows(want); b != nil {
				return b, nil
			}
			want, after = r, r.Seq
		}
		if len(rows) < page {
			return nil, nil
		}
	}
}

func (r Row) follows(before Row) *Broken {
	exact, err := canonical(r.Detail)
	if err != nil {
		return &Broken{r.Seq, "detail does not read"}
	}
	r.Detail = exact
	switch {
	case r.Seq <= before.Seq:
		return &Broken{r.Seq, "was put before the first one"}
	case r.Seq != before.Seq+1:
		return &Broken{before.Seq + 1, "missing"}
	case !bytes.Equal(r.PrevHash, before.Hash):
		return &Broken{r.Seq, "does not follow the row before it"}
	case !bytes.Equal(r.Hash, r.sum()):
		return &Broken{r.Seq, "was changed"}
	default:
		return nil
	}
}

// Among is the key in a detail of all things that something was about which has an identifier of its own: a list of theirs. Who must
// not know of one of them does not read of it.
const Among = "among"

// Filter narrows a listing of the trail.
type Filter struct {
	SubjectKind string
	SubjectID   string
	Action      string
	Without     []string // entries about one of these are left out, and those that were Among others about it
	Before      int64    // only rows older than this one; zero: from the newest
	Limit       int64
}

// List reads the trail, newest first.
func List(ctx context.Context, db bun.IDB, f Filter) ([]Row, error) {
	var rows []Row
	q := db.NewSelect().Model(&rows).Order("seq DESC").Limit(f.Limit)
	if f.SubjectKind != "" {
		q = q.Where("subject_kind = ?", f.SubjectKind)
	}
	if f.SubjectID != "" {
		q = q.Where("subject_id = ?", f.SubjectID)
	}
	if f.Action != "" {
		q = q.Where("action = ?", f.Action)
	}
	if len(f.Without) > 0 {
		q = q.Where("subject_id NOT IN (?)", bun.List(f.Without)).Where("NOT coalesce(jsonb_exists_any(detail -> ?, ARRAY[?]::text[]), false)", Among, bun.List(f.Without))
	}
	if f.Before > 0 {
		q = q.Where("seq < ?", f.Before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("audit: list: %w", err)
	}
	return rows, nil
}

// Last is when the trail's newest row was written; the zero time for an empty trail.
func Last(ctx context.Context, db bun.IDB) (time.Time, error) {
	rows, err := List(ctx, db, Filter{Limit: 1})
	if err != nil || len(rows) == 0 {
		return time.Time{}, err
	}
	return rows[0].At, nil
}
