package papers

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type row struct {
	bun.BaseModel `bun:"table:papers"`

	Code          Code            `bun:"code,pk"`
	Kind          Kind            `bun:"kind"`
	ApplicationID ids.Application `bun:"application_id"`
	CallID        ids.Call        `bun:"call_id"`
	AboutAt       time.Time       `bun:"about_at"`
	IssuedAt      time.Time       `bun:"issued_at"`
	Locale        i18n.Locale     `bun:"locale,nullzero"`
	Content       []byte          `bun:"content"`
	File          []byte          `bun:"file"`
}

// insert keeps a paper unless the same is there already, and reports whether it did.
func insert(ctx context.Context, tx *tenants.Tx, p Paper, content [sha256.Size]byte) (bool, error) {
	r := row{Code: p.Code, Kind: p.Kind, ApplicationID: p.Application, CallID: p.Call, AboutAt: p.About, IssuedAt: p.Issued, Locale: p.Locale, Content: content[:], File: p.file}
	result, err := tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("papers: keep: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("papers: keep: %w", err)
	}
	return n == 1, nil
}

func byCode(ctx context.Context, db bun.IDB, code Code) (Paper, bool, error) {
	return one(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("code = ?", code) })
}

func byContent(ctx context.Context, db bun.IDB, d Draft, content [sha256.Size]byte) (Paper, bool, error) {
	return one(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("kind = ?", d.Kind).Where("content = ?", content[:])
		if d.Kind == Minutes {
			return q.Where("call_id = ?", d.Call)
		}
		return q.Where("application_id = ?", d.Application)
	})
}

func one(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Paper, bool, error) {
	var r row
	err := narrow(db.NewSelect().Model(&r)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Paper{}, false, nil
	}
	if err != nil {
		return Paper{}, false, fmt.Errorf("papers: find: %w", err)
	}
	d := Draft{Kind: r.Kind, Application: r.ApplicationID, Call: r.CallID, About: r.AboutAt, Locale: r.Locale}
	return Paper{Draft: d, Code: r.Code, Issued: r.IssuedAt, file: r.File}, true, nil
}
