package forms

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type formRow struct {
	bun.BaseModel `bun:"table:forms"`

	ID   ids.Form `bun:"id,pk"`
	Name string   `bun:"name"`
}

type versionRow struct {
	bun.BaseModel `bun:"table:form_versions"`

	ID          ids.FormVersion `bun:"id,pk"`
	FormID      ids.Form        `bun:"form_id"`
	Number      int             `bun:"number"`
	Definition  json.RawMessage `bun:"definition,type:jsonb"`
	Hash        []byte          `bun:"hash"`
	PublishedAt time.Time       `bun:"published_at"`
}

func (r versionRow) version() (Version, error) {
	d, err := Read(r.Definition)
	if err != nil {
		return Version{}, err
	}
	return Version{ID: r.ID, Form: r.FormID, Number: r.Number, Definition: d.Before(), Whole: &d, PublishedAt: r.PublishedAt}, nil
}

type sheetRow struct {
	bun.BaseModel `bun:"table:sheets"`

	ID            ids.Sheet       `bun:"id,pk"`
	FormVersionID ids.FormVersion `bun:"form_version_id"`
	Scope         Scope           `bun:"scope"`
}

type answerRow struct {
	bun.BaseModel `bun:"table:answers"`

	SheetID   ids.Sheet       `bun:"sheet_id,pk"`
	Question  string          `bun:"question,pk"`
	Value     json.RawMessage `bun:"value,type:jsonb"`
	Version   int64           `bun:"version"`
	UpdatedAt time.Time       `bun:"updated_at"`
	UpdatedBy ids.Person      `bun:"updated_by"`
}

func insertForm(ctx context.Context, tx *tenants.Tx, row formRow) error {
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("forms: make form: %w", err)
	}
	return nil
}

func insertVersion(ctx context.Context, tx *tenants.Tx, row versionRow) error {
	// As text, because bun's own writing of JSON spoils the letters "\u0000".
	if _, err := tx.NewInsert().Model(&row).Value("definition", "?::jsonb", string(row.Definition)).Exec(ctx); err != nil {
		return fmt.Errorf("forms: publish version: %w", err)
	}
	return nil
}

func latestVersion(ctx context.Context, db bun.IDB, form ids.Form) (versionRow, bool, error) {
	var row versionRow
	err := db.NewSelect().Model(&row).Where("form_id = ?", form).OrderExpr("number DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	if err != nil {
		return row, false, fmt.Errorf("forms: find latest version: %w", err)
	}
	return row, true, nil
}

func versionByID(ctx context.Context, db bun.IDB, id ids.FormVersion) (Version, error) {
	var row versionRow
	err := db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Version{}, fault.NotFound()
	}
	if err != nil {
		return Version{}, fmt.Errorf("forms: find version: %w", err)
	}
	return row.version()
}

func insertSheet(ctx context.Context, tx *tenants.Tx, row sheetRow) error {
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("forms: make sheet: %w", err)
	}
	return nil
}

func sheetByID(ctx context.Context, db bun.IDB, id ids.Sheet) (Sheet, error) {
	var row sheetRow
	err := db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Sheet{}, fault.NotFound()
	}
	if err != nil {
		return Sheet{}, fmt.Errorf("forms: find sheet: %w", err)
	}
	return Sheet{ID: row.ID, Version: row.FormVersionID, Scope: row.Scope}, nil
}

// Filled reads the answers of sheets, all in one query. A sheet without answers is there, empty. It is for features'
// use-cases, which have authorized.
func (s *Service) Filled(ctx context.Context, db bun.IDB, sheets ...ids.Sheet) (map[ids.Sheet]Filled, error) {
	all := make(map[ids.Sheet]Filled, len(sheets))
	for _, id := range sheets {
		all[id] = Filled{Answers: Answers{}, Versions: map[string]int64{}}
	}
	if len(sheets) == 0 {
		return all, nil
	}
	var rows []answerRow
	if err := db.NewSelect().Model(&rows).Where("sheet_id IN (?)", bun.List(sheets)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("forms: read answers: %w", err)
	}
	for _, r := range rows {
		f := all[r.SheetID]
		f.take(r)
		all[r.SheetID] = f
	}
	return all, nil
}

// Asking is Filled as a question, which goes with others in one message; what it finds is there once it is answered.
func Asking(sheets []ids.Sheet) (tenants.Question, map[ids.Sheet]Filled) {
	all := make(map[ids.Sheet]Filled, len(sheets))
	for _, id := range sheets {
		all[id] = Filled{Answers: Answers{}, Versions: map[string]int64{}}
	}
	return tenants.Question{
		Query: `SELECT sheet_id, question, value, version, updated_at, updated_by FROM answers WHERE sheet_id = ANY($1::uuid[])`,
		Args:  []any{tenants.Array(sheets)}, Row: func(row *tenants.Row) error {
			var r answerRow
			err := row.Scan(&r.SheetID, &r.Question, &r.Value, &r.Version, &r.UpdatedAt, &r.UpdatedBy)
			f := all[r.SheetID]
			f.take(r)
			all[r.SheetID] = f
			return err
		},
	}, all
}

// AskingSome is Asking for the answers to some questions only, by their keys.
func AskingSome(sheets []ids.Sheet, questions []string) (tenants.Question, map[ids.Sheet]Filled) {
	asked, all := Asking(sheets)
	asked.Query += ` AND question = ANY($2::text[])`
	asked.Args = append(asked.Args, `{"`+strings.Join(questions, `","`)+`"}`) // letters, digits, dots and underscores, as forms are checked for
	return asked, all
}

// AskingWords reads the beginnings of all answers of sheets that are texts of at least so many characters.
func AskingWords(sheets []ids.Sheet, least, most int, each func(sheet ids.Sheet, text string)) tenants.Question {
	return tenants.Question{
		Query: `SELECT sheet_id, left(value #>> '{}', $2) FROM answers WHERE sheet_id = ANY($1::uuid[]) AND jsonb_typeof(value) = 'string' AND length(value #>> '{}') >= $3`,
		Args:  []any{tenants.Array(sheets), int64(most), int64(least)}, Row: func(row *tenants.Row) error {
			var sheet ids.Sheet
			var text string
			err := row.Scan(&sheet, &text)
			each(sheet, text)
			return err
		},
	}
}

func (f *Filled) take(r answerRow) {
	f.Answers[r.Question], f.Versions[r.Question] = r.Value, r.Version
	if r.UpdatedAt.After(f.UpdatedAt) {
		f.UpdatedAt, f.UpdatedBy = r.UpdatedAt, r.UpdatedBy
	}
}

// Referred tells which of the documents any answer refers to, of a sheet that is being filled or of a copy of one that was
// handed in. It reads all answers once, so it is for jobs, with many documents at a time.
func (s *Service) Referred(ctx context.Context, db bun.IDB, documents []ids.Document) (map[ids.Document]bool, error) {
	found := make(map[ids.Document]bool, len(documents))
	if len(documents) == 0 {
		return found, nil
	}
	texts := make([]string, len(documents))
	for i, id := range documents {
		texts[i] = id.String()
	}
	var referred []ids.Document
	err := db.NewRaw(`SELECT DISTINCT e.one::uuid FROM (SELECT jsonb_array_elements_text(value) AS one FROM answers
		WHERE jsonb_typeof(value) = 'array') AS e WHERE e.one IN (?)`, bun.List(texts)).Scan(ctx, &referred)
	if err != nil {
		return nil, fmt.Errorf("forms: list referred documents: %w", err)
	}
	for _, id := range referred {
		found[id] = true
	}
	return found, nil
}

// upsert keeps an answer unless a newer one than the base is there. Sending the same answer again, as after a lost
// response, changes nothing and succeeds.
func upsert(ctx context.Context, tx *tenants.Tx, e Edit) (Saved, bool, error) {
	var saved Saved
	err := tx.NewRaw(`INSERT INTO answers AS a (sheet_id, question, value, version, updated_at, updated_by)
		VALUES (?, ?, ?::jsonb, 1, ?, ?)
		ON CONFLICT (sheet_id, question) DO UPDATE SET value = excluded.value,
			version = CASE WHEN a.value = excluded.value THEN a.version ELSE a.version + 1 END,
			updated_at = CASE WHEN a.value = excluded.value THEN a.updated_at ELSE excluded.updated_at END,
			updated_by = CASE WHEN a.value = excluded.value THEN a.updated_by ELSE excluded.updated_by END
		WHERE a.version = ? OR a.value = excluded.value
		RETURNING version, updated_at`, e.Sheet, e.Ref, string(e.Value), tx.Moment(), e.By, e.Base).Scan(ctx, &saved.Version, &saved.At)
	if errors.Is(err, sql.ErrNoRows) {
		return saved, false, nil
	}
	if err != nil {
		return saved, false, fmt.Errorf("forms: save answer: %w", err)
	}
	return saved, true, nil
}

func answerOf(ctx context.Context, db bun.IDB, sheet ids.Sheet, ref string) (answerRow, error) {
	var row answerRow
	if err := db.NewSelect().Model(&row).Where("sheet_id = ?", sheet).Where("question = ?", ref).Scan(ctx); err != nil {
		return row, fmt.Errorf("forms: read answer: %w", err)
	}
	return row, nil
}

// unchanged reports whether that answer stands there already, and as what.
func unchanged(ctx context.Context, tx *tenants.Tx, id ids.Sheet, ref string, raw json.RawMessage) (Saved, bool, error) {
	row, err := answerOf(ctx, tx, id, ref)
	if errors.Is(err, sql.ErrNoRows) {
		return Saved{}, none(raw), nil
	}
	same := none(raw) && none(row.Value) || equal(raw, row.Value)
	return Saved{Version: row.Version, At: row.UpdatedAt}, same, err
}

func insertStatement(ctx context.Context, tx *tenants.Tx, e Edit, saved Saved) error {
	_, err := tx.NewRaw(`INSERT INTO statements (sheet_id, question, version, value, stated_at, stated_by)
		VALUES (?, ?, ?, ?::jsonb, ?, ?) ON CONFLICT DO NOTHING`, e.Sheet, e.Ref, saved.Version, string(e.Value), tx.Moment(), e.By).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forms: keep statement: %w", err)
	}
	return nil
}

// copyAnswers copies the answers of a sheet, or of the given questions only, to another that has none for them yet.
func copyAnswers(ctx context.Context, tx *tenants.Tx, from, to ids.Sheet, only []string) (int, error) {
	q := tx.NewSelect().Table("answers").ColumnExpr("?", to).ColumnExpr("question, value").ColumnExpr("1::bigint").
		ColumnExpr("updated_at, updated_by").Where("sheet_id = ?", from)
	if only != nil {
		if len(only) == 0 {
			return 0, nil
		}
		q = q.Where("question IN (?)", bun.List(only))
	}
	result, err := tx.NewRaw(`INSERT INTO answers (sheet_id, question, value, version, updated_at, updated_by) ? ON CONFLICT DO NOTHING`, q).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("forms: copy answers: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("forms: count copied answers: %w", err)
	}
	return int(n), nil
}

// suggest keeps answers where there are none yet.
func suggest(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, answers Answers) error {
	if len(answers) == 0 {
		return nil
	}
	all, err := json.Marshal(answers)
	if err != nil {
		return fmt.Errorf("forms: write suggestions: %w", err)
	}
	_, err = tx.NewRaw(`INSERT INTO answers (sheet_id, question, value, version, updated_at, updated_by)
		SELECT ?, known.key, known.value, 1, ?, ? FROM jsonb_each(?::jsonb) AS known ON CONFLICT DO NOTHING`,
		sheet, tx.Moment(), tx.Scope().Actor().Person, string(all)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forms: suggest answers: %w", err)
	}
	return nil
}

// AskingLater tells which of the versions ask something only from accepted applicants, in one query. It is for features'
// use-cases, which have authorized.
func AskingLater(ctx context.Context, db bun.IDB, versions ...ids.FormVersion) (map[ids.FormVersion]bool, error) {
	asks := map[ids.FormVersion]bool{}
	if len(versions) == 0 {
		return asks, nil
	}
	var found []ids.FormVersion
	err := db.NewRaw(`SELECT id FROM form_versions WHERE id IN (?) AND definition @> ?::jsonb`,
		bun.List(versions), `{"sections": [{"questions": [{"asked": "accepted"}]}]}`).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("forms: list versions that ask later: %w", err)
	}
	for _, id := range found {
		asks[id] = true
	}
	return asks, nil
}
