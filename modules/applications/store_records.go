package applications

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type recordRow struct {
	applicationRow

	Parts json.RawMessage `bun:"parts"`
}

type recordPart struct {
	Seat         string           `json:"seat"`
	Organization ids.Organization `json:"organization"`
	Sheet        ids.Sheet        `json:"sheet"`
	Country      string           `json:"country"`
	City         string           `json:"city"`
	Place        int              `json:"place"`
	ConfirmedAt  int64            `json:"confirmed_at"` // microseconds; JSON's own instants would come in the database's zone
}

// recordColumns are an application with its parts in one row.
const recordColumns = `a.id, a.call_id, a.organization_id, a.number, a.state, a.form_version_id, a.joint_sheet_id, a.created_at, a.submitted_at,
	a.submitted_version_id, a.told_at, a.reply_by, a.waiting, a.papers, a.papers_due,
	(SELECT jsonb_agg(jsonb_build_object('seat', p.seat, 'organization', coalesce(p.organization_id::text, ''), 'sheet', p.sheet_id, 'country', p.country, 'city', p.city, 'place', p.place, 'confirmed_at', coalesce((extract(epoch FROM p.confirmed_at) * 1000000)::bigint, 0))
		ORDER BY p.position) FROM application_parts AS p WHERE p.application_id = a.id) AS parts`

func (r *recordRow) record() (Record, error) {
	found := Record{Application: r.application()}
	var parts []recordPart
	if err := json.Unmarshal(r.Parts, &parts); err != nil {
		return found, fmt.Errorf("applications: read parts: %w", err)
	}
	for _, p := range parts {
		part := Part{Application: r.ID, Seat: p.Seat, Organization: p.Organization, Sheet: p.Sheet, Town: Town{Country: p.Country, City: p.City, Place: p.Place}}
		if p.ConfirmedAt != 0 {
			part.ConfirmedAt = time.UnixMicro(p.ConfirmedAt)
		}
		found.Parts = append(found.Parts, part)
	}
	return found, nil
}

// asking reads applications, in no order, and their parts; neither question waits for the other's answer.
func asking(wanted []ids.Application, all *[]Application) (applications, parts tenants.Question) {
	array := tenants.Array(wanted)
	applications = tenants.Question{
		Query: `SELECT id, call_id, organization_id, number, state, form_version_id, joint_sheet_id, created_at, submitted_at, checked_at, checked_by, failed,
			told_at, papers, papers_due, reply_by, waiting, version, submitted_version_id FROM applications WHERE id = ANY($1::uuid[])`,
		Args: []any{array}, Row: func(row *tenants.Row) error {
			var a Application
			err := row.Scan(&a.ID, &a.Call, &a.Organization, &a.Number, &a.State, &a.FormVersion, &a.Joint, &a.CreatedAt, &a.SubmittedAt, &a.CheckedAt, &a.CheckedBy,
				&a.Failed, &a.ToldAt, &a.Papers, &a.PapersDue, &a.ReplyBy, &a.Waiting, &a.Version, &a.SubmittedVersion)
			*all = append(*all, a)
			return err
		},
	}
	parts = tenants.Question{
		Query: `SELECT id, application_id, seat, organization_id, sheet_id, confirmed_at, confirmed_by, news_since_id, country, city, place FROM application_parts
			WHERE application_id = ANY($1::uuid[]) ORDER BY position`,
		Args: []any{array}, Row: func(row *tenants.Row) error {
			var p Part
			err := row.Scan(&p.ID, &p.Application, &p.Seat, &p.Organization, &p.Sheet, &p.ConfirmedAt, &p.ConfirmedBy, &p.NewsSince, &p.Town.Country, &p.Town.City, &p.Town.Place)
			for i := range *all {
				if a := &(*all)[i]; a.ID == p.Application {
					a.Parts = append(a.Parts, p)
				}
			}
			return err
		},
	}
	return applications, parts
}

// InSelection lists the applications of a call that passed the check and were not withdrawn, by number, with their parts: what was
// handed in, where it stands and whose it is, without what was noted when it was checked. It is for other modules' use-cases,
// which have authorized.
func InSelection(ctx context.Context, sc tenants.Scope, call ids.Call) ([]Application, error) {
	var all []Application
	at := map[ids.Application]int{}
	applications := tenants.Question{
		Query: `SELECT id, organization_id, number, state, form_version_id, joint_sheet_id, submitted_at, submitted_version_id FROM applications
			WHERE call_id = $1 AND state NOT IN ('draft', 'submitted', 'returned', 'ineligible', 'withdrawn') ORDER BY number`,
		Args: []any{call}, Row: func(row *tenants.Row) error {
			a := Application{Call: call}
			err := row.Scan(&a.ID, &a.Organization, &a.Number, &a.State, &a.FormVersion, &a.Joint, &a.SubmittedAt, &a.SubmittedVersion)
			at[a.ID], all = len(all), append(all, a)
			return err
		},
	}
	parts := tenants.Question{
		Query: `SELECT p.id, p.application_id, p.seat, p.organization_id, p.sheet_id, p.country, p.city, p.place FROM application_parts AS p JOIN applications AS a ON a.id = p.application_id
			WHERE a.call_id = $1 AND a.state NOT IN ('draft', 'submitted', 'returned', 'ineligible', 'withdrawn') ORDER BY p.position`,
		Args: []any{call}, Row: func(row *tenants.Row) error {
			var p Part
			err := row.Scan(&p.ID, &p.Application, &p.Seat, &p.Organization, &p.Sheet, &p.Town.Country, &p.Town.City, &p.Town.Place)
			if i, ok := at[p.Application]; ok {
				all[i].Parts = append(all[i].Parts, p)
			}
			return err
		},
	}
	if err := sc.Ask(ctx, applications, parts); err != nil {
		return nil, fmt.Errorf("applications: list those in selection: %w", err)
	}
	return all, nil
}

// record reads one application, its parts and what was handed in last, in one message.
func record(ctx context.Context, sc tenants.Scope, id ids.Application) (r Record, found bool, err error) {
	r.copies = map[ids.Sheet]ids.Sheet{}
	var all []Application
	application, parts := asking([]ids.Application{id}, &all)
	if err := sc.Ask(ctx, application, parts, askingCopies(id, r.copies)); err != nil {
		return r, false, fmt.Errorf("applications: read record: %w", err)
	}
	if len(all) == 0 {
		return r, false, nil
	}
	r.Application = all[0]
	return r, true, nil
}

func askingCopies(id ids.Application, copies map[ids.Sheet]ids.Sheet) tenants.Question {
	return tenants.Question{
		Query: `SELECT sheet_id, copy_id FROM submission_sheets WHERE submission_id =
			(SELECT id FROM submissions WHERE application_id = $1 ORDER BY submitted_at DESC, id DESC LIMIT 1)`,
		Args: []any{id}, Row: func(row *tenants.Row) error {
			var sheet, copied ids.Sheet
			err := row.Scan(&sheet, &copied)
			copies[sheet] = copied
			return err
		},
	}
}

// handed reads an application and what was handed in last, in one message; without a submission, that is zero. Fault:
// NotFound.
func handed(ctx context.Context, sc tenants.Scope, id ids.Application) (Application, Submission, error) {
	var all []Application
	s := Submission{Application: id, Copies: map[ids.Sheet]ids.Sheet{}}
	application, parts := asking([]ids.Application{id}, &all)
	submission := tenants.Question{
		Query: `SELECT id, submitted_at, submitted_by, notice FROM submissions WHERE application_id = $1 ORDER BY submitted_at DESC, id DESC LIMIT 1`,
		Args:  []any{id}, Row: func(row *tenants.Row) error { return row.Scan(&s.ID, &s.At, &s.By, &s.Notice) },
	}
	if err := sc.Ask(ctx, application, parts, submission, askingCopies(id, s.Copies)); err != nil {
		return Application{}, s, fmt.Errorf("applications: read what was handed in: %w", err)
	}
	if len(all) == 0 {
		return Application{}, s, fault.NotFound()
	}
	return all[0], s, nil
}

// records lists applications with their parts, in one query.
func records(ctx context.Context, db bun.IDB, q RecordQuery) ([]Record, error) {
	sel := db.NewSelect().TableExpr("applications AS a").ColumnExpr(recordColumns)
	if q.Whose == Own {
		if len(q.organizations) == 0 {
			return nil, nil
		}
		sel = sel.Where("a.id IN (SELECT application_id FROM application_parts WHERE organization_id IN (?))", bun.List(q.organizations))
	} else {
		sel = sel.Where("a.number IS NOT NULL").Where("a.state <> ?", Draft)
	}
	sel = keyed(narrowed(sel, q), q)
	var rows []recordRow
	if err := sel.Limit(q.Limit).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("applications: list records: %w", err)
	}
	all := make([]Record, len(rows))
	for i := range rows {
		var err error
		if all[i], err = rows[i].record(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func narrowed(sel *bun.SelectQuery, q RecordQuery) *bun.SelectQuery {
	for _, word := range i18n.SearchWords(q.Search) {
		sel = sel.Where("a.search LIKE ?", "%"+word+"%")
	}
	if !q.Call.IsZero() {
		sel = sel.Where("a.call_id = ?", q.Call)
	}
	if q.State != "" {
		sel = sel.Where("? = ?", shownState(q.Whose), q.State)
	}
	if !q.SubmittedAfter.IsZero() {
		sel = sel.Where("a.submitted_at >= ?", q.SubmittedAfter)
	}
	if len(q.without) > 0 {
		sel = sel.Where("a.id NOT IN (?)", bun.List(q.without))
	}
	return sel
}

// shownState is the state as the list's reader may know it: for Own what ForApplicants says.
func shownState(whose Whose) bun.Safe {
	if whose == Network {
		return "a.state"
	}
	return `CASE WHEN a.state IN ('reviewed', 'shortlisted') THEN 'in_review' WHEN a.state = 'ineligible' AND a.told_at IS NULL THEN 'submitted' ELSE a.state END`
}

func keyed(sel *bun.SelectQuery, q RecordQuery) *bun.SelectQuery {
	key, kind := bun.Safe("a.number"), bun.Safe("text")
	if q.Sort == "submitted" {
		key, kind = "a.submitted_at", "timestamptz"
	}
	if q.Whose == Own { // drafts have neither
		key = map[bun.Safe]bun.Safe{"a.number": "coalesce(a.number, '')", "a.submitted_at": "coalesce(a.submitted_at, 'epoch')"}[key]
	}
	direction, beyond := bun.Safe("ASC"), bun.Safe(">")
	if q.Desc {
		direction, beyond = "DESC", "<"
	}
	if !q.From.ID.IsZero() {
		sel = sel.Where("(?, a.id) ? (?::?, ?::uuid)", key, beyond, q.From.Key, kind, q.From.ID)
	}
	return sel.OrderExpr("? ?, a.id ?", key, direction, direction)
}
