package applications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type applicationRow struct {
	bun.BaseModel `bun:"table:applications,alias:a"`

	ID             ids.Application  `bun:"id,pk"`
	CallID         ids.Call         `bun:"call_id"`
	OrganizationID ids.Organization `bun:"organization_id"`
	Number         string           `bun:"number,nullzero"`
	State          State            `bun:"state"`
	FormVersionID  ids.FormVersion  `bun:"form_version_id"`
	JointSheetID   ids.Sheet        `bun:"joint_sheet_id"`
	Search         string           `bun:"search"`
	CreatedAt      time.Time        `bun:"created_at"`
	CreatedBy      ids.Person       `bun:"created_by"`
	SubmittedAt    time.Time        `bun:"submitted_at,nullzero"`
	CheckedAt      time.Time        `bun:"checked_at,nullzero"`
	CheckedBy      ids.Person       `bun:"checked_by"`
	Failed         []string         `bun:"failed,array"`
	Papers         string           `bun:"papers"`
	PapersDue      time.Time        `bun:"papers_due,nullzero"`
	ReplyBy        time.Time        `bun:"reply_by,nullzero"`
	Waiting        int              `bun:"waiting"`
	Version        int64            `bun:"version,nullzero,default:1"`
}

func (r *applicationRow) application() Application {
	return Application{
		ID: r.ID, Call: r.CallID, Organization: r.OrganizationID, Number: r.Number, State: r.State, FormVersion: r.FormVersionID, Joint: r.JointSheetID,
		CreatedAt: r.CreatedAt, SubmittedAt: r.SubmittedAt, CheckedAt: r.CheckedAt, CheckedBy: r.CheckedBy, Failed: r.Failed, Papers: r.Papers,
		PapersDue: r.PapersDue, ReplyBy: r.ReplyBy, Waiting: r.Waiting, Version: r.Version,
	}
}

type partRow struct {
	bun.BaseModel `bun:"table:application_parts,alias:p"`

	ID             ids.Part         `bun:"id,pk"`
	ApplicationID  ids.Application  `bun:"application_id"`
	Seat           string           `bun:"seat"`
	Position       int              `bun:"position"`
	OrganizationID ids.Organization `bun:"organization_id"`
	SheetID        ids.Sheet        `bun:"sheet_id"`
	ConfirmedAt    time.Time        `bun:"confirmed_at,nullzero"`
	ConfirmedBy    ids.Person       `bun:"confirmed_by"`
}

func insert(ctx context.Context, tx *tenants.Tx, a *Application, search string) error {
	row := applicationRow{
		ID: a.ID, CallID: a.Call, OrganizationID: a.Organization, State: Draft, FormVersionID: a.FormVersion, JointSheetID: a.Joint, Search: search,
		CreatedAt: a.CreatedAt, CreatedBy: tx.Scope().Actor().Person, Failed: []string{},
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("applications: begin: %w", err)
	}
	parts := make([]partRow, len(a.Parts))
	for i, p := range a.Parts {
		parts[i] = partRow{ID: p.ID, ApplicationID: a.ID, Seat: p.Seat, Position: i, OrganizationID: p.Organization, SheetID: p.Sheet}
	}
	if _, err := tx.NewInsert().Model(&parts).Exec(ctx); err != nil {
		return fmt.Errorf("applications: lay parts: %w", err)
	}
	return nil
}

// Find is an application as it is, for those who have asked who may. Fault: NotFound.
func Find(ctx context.Context, db bun.IDB, id ids.Application) (Application, error) {
	all, err := withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).Where("a.id = ?", id))
	if err != nil {
		return Application{}, err
	}
	if len(all) == 0 {
		return Application{}, fault.NotFound()
	}
	return all[0], nil
}

// locked is Find that keeps everybody else from changing the application until the transaction ends.
func locked(ctx context.Context, tx *tenants.Tx, id ids.Application) (Application, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM applications WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Application{}, fmt.Errorf("applications: lock: %w", err)
	}
	return Find(ctx, tx, id)
}

// withParts reads the applications that the query selects and, in one query more, their parts.
func withParts(ctx context.Context, db bun.IDB, q *bun.SelectQuery) ([]Application, error) {
	var rows []applicationRow
	if err := q.Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications: read: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	all, at := make([]Application, len(rows)), map[ids.Application]int{}
	found := make([]ids.Application, len(rows))
	for i := range rows {
		all[i], found[i], at[rows[i].ID] = rows[i].application(), rows[i].ID, i
	}
	var parts []partRow
	if err := db.NewSelect().Model(&parts).Where("application_id IN (?)", bun.List(found)).Order("application_id", "position").Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications: read parts: %w", err)
	}
	for _, p := range parts {
		a := &all[at[p.ApplicationID]]
		a.Parts = append(a.Parts, Part{
			ID: p.ID, Application: p.ApplicationID, Seat: p.Seat, Organization: p.OrganizationID, Sheet: p.SheetID, ConfirmedAt: p.ConfirmedAt, ConfirmedBy: p.ConfirmedBy,
		})
	}
	return all, nil
}

// bySheet finds the application to which a sheet belongs. Fault: NotFound.
func bySheet(ctx context.Context, db bun.IDB, sheet ids.Sheet) (Application, error) {
	var id ids.Application
	err := db.NewRaw(`SELECT id FROM applications WHERE joint_sheet_id = ? UNION ALL SELECT application_id FROM application_parts WHERE sheet_id = ?
		UNION ALL SELECT s.application_id FROM submissions AS s JOIN submission_sheets AS c ON c.submission_id = s.id WHERE c.copy_id = ? LIMIT 1`,
		sheet, sheet, sheet).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return Application{}, fault.NotFound()
	}
	if err != nil {
		return Application{}, fmt.Errorf("applications: find by sheet: %w", err)
	}
	return Find(ctx, db, id)
}

// ofOrganizations lists the applications in which one of the organizations has a seat, the newest first.
func ofOrganizations(ctx context.Context, db bun.IDB, organizations []ids.Organization) ([]Application, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	return withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).
		Where("a.id IN (SELECT application_id FROM application_parts WHERE organization_id IN (?))", bun.List(organizations)).
		OrderExpr("a.created_at DESC, a.id DESC").Limit(200))
}

// ofCall is the organization's application to a call that is not withdrawn, if there is one.
func ofCall(ctx context.Context, db bun.IDB, call ids.Call, organization ids.Organization) (ids.Application, bool, error) {
	var id ids.Application
	err := db.NewRaw(`SELECT a.id FROM applications AS a JOIN application_parts AS p ON p.application_id = a.id
		WHERE a.call_id = ? AND p.organization_id = ? AND a.state <> 'withdrawn' ORDER BY a.created_at LIMIT 1`, call, organization).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return id, false, nil
	}
	if err != nil {
		return id, false, fmt.Errorf("applications: find of call: %w", err)
	}
	return id, true, nil
}

// advance writes the application's changed columns and, when the state changed, its history.
func advance(ctx context.Context, tx *tenants.Tx, a *Application, before State) error {
	failed := a.Failed
	if failed == nil {
		failed = []string{}
	}
	row := applicationRow{
		ID: a.ID, Number: a.Number, State: a.State, SubmittedAt: a.SubmittedAt, CheckedAt: a.CheckedAt, CheckedBy: a.CheckedBy, Failed: failed,
		Papers: a.Papers, PapersDue: a.PapersDue, ReplyBy: a.ReplyBy, Waiting: a.Waiting,
	}
	_, err := tx.NewUpdate().Model(&row).Column("number", "state", "submitted_at", "checked_at", "checked_by", "failed", "papers", "papers_due", "reply_by", "waiting").
		Set("version = version + 1").Where("id = ?", a.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: save: %w", err)
	}
	if a.State == before {
		return nil
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO application_states (id, application_id, at, by, state) VALUES (?, ?, ?, ?, ?)`,
		ids.New[ids.Change](), a.ID, now, tx.Scope().Actor().Person, a.State).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: keep state: %w", err)
	}
	return nil
}

func setSearch(ctx context.Context, tx *tenants.Tx, id ids.Application, search string) error {
	if _, err := tx.NewRaw(`UPDATE applications SET search = ? WHERE id = ?`, search, id).Exec(ctx); err != nil {
		return fmt.Errorf("applications: set search: %w", err)
	}
	return nil
}

// nextNumber gives the next number of the year. The row's lock makes parallel ones wait, so that none is given twice and
// none is lost when a transaction rolls back.
func nextNumber(ctx context.Context, tx *tenants.Tx, year int) (string, error) {
	var n int
	err := tx.NewRaw(`INSERT INTO application_numbers AS n (year, last) VALUES (?, 1) ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last`, year).Scan(ctx, &n)
	if err != nil {
		return "", fmt.Errorf("applications: next number: %w", err)
	}
	return fmt.Sprintf("%d-%03d", year, n), nil
}

func savePart(ctx context.Context, tx *tenants.Tx, p *Part) error {
	row := partRow{ID: p.ID, OrganizationID: p.Organization, ConfirmedAt: p.ConfirmedAt, ConfirmedBy: p.ConfirmedBy}
	_, err := tx.NewUpdate().Model(&row).Column("organization_id", "confirmed_at", "confirmed_by").Where("id = ?", p.ID).Exec(ctx)
	if database.Violates(err, "application_parts_application_id_organization_id_key") {
		return fault.Conflict("applications.seat_twice").Because(err)
	}
	if err != nil {
		return fmt.Errorf("applications: save part: %w", err)
	}
	return nil
}

// unconfirm takes the confirmations of all parts back, because what they stood by has changed.
func unconfirm(ctx context.Context, tx *tenants.Tx, id ids.Application) error {
	_, err := tx.NewRaw(`UPDATE application_parts SET confirmed_at = NULL, confirmed_by = NULL WHERE application_id = ? AND confirmed_at IS NOT NULL`, id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("applications: take confirmations back: %w", err)
	}
	return nil
}

// Submission is what was handed in, once.
type Submission struct {
	ID          ids.Submission
	Application ids.Application
	At          time.Time
	By          ids.Person
	Code        string
	Copies      map[ids.Sheet]ids.Sheet // by the sheet that goes on being written
}

func insertSubmission(ctx context.Context, tx *tenants.Tx, s Submission) error {
	if _, err := tx.NewRaw(`INSERT INTO submissions (id, application_id, submitted_at, submitted_by, code) VALUES (?, ?, ?, ?, ?)`,
		s.ID, s.Application, s.At, s.By, s.Code).Exec(ctx); err != nil {
		return fmt.Errorf("applications: keep submission: %w", err)
	}
	for sheet, copied := range s.Copies {
		if _, err := tx.NewRaw(`INSERT INTO submission_sheets (submission_id, sheet_id, copy_id) VALUES (?, ?, ?)`, s.ID, sheet, copied).Exec(ctx); err != nil {
			return fmt.Errorf("applications: keep submitted sheet: %w", err)
		}
	}
	return nil
}

// lastSubmission is what counts: the last one that was handed in.
func lastSubmission(ctx context.Context, db bun.IDB, id ids.Application) (Submission, bool, error) {
	s := Submission{Application: id, Copies: map[ids.Sheet]ids.Sheet{}}
	err := db.NewRaw(`SELECT id, submitted_at, submitted_by, code FROM submissions WHERE application_id = ? ORDER BY submitted_at DESC, id DESC LIMIT 1`, id).
		Scan(ctx, &s.ID, &s.At, &s.By, &s.Code)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("applications: find submission: %w", err)
	}
	var copies []struct{ SheetID, CopyID ids.Sheet }
	if err := db.NewRaw(`SELECT sheet_id, copy_id FROM submission_sheets WHERE submission_id = ?`, s.ID).Scan(ctx, &copies); err != nil {
		return s, false, fmt.Errorf("applications: read submitted sheets: %w", err)
	}
	for _, c := range copies {
		s.Copies[c.SheetID] = c.CopyID
	}
	return s, true, nil
}

// byCode finds the application and instant of a receipt.
func byCode(ctx context.Context, db bun.IDB, code string) (number string, at time.Time, found bool, err error) {
	err = db.NewRaw(`SELECT a.number, s.submitted_at FROM submissions AS s JOIN applications AS a ON a.id = s.application_id WHERE s.code = ?`, code).Scan(ctx, &number, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", at, false, nil
	}
	if err != nil {
		return "", at, false, fmt.Errorf("applications: find receipt: %w", err)
	}
	return number, at, true, nil
}

// Applying are the people of the organizations that are writing applications to a call. It is for other modules'
// use-cases, which have authorized.
func Applying(ctx context.Context, db bun.IDB, call ids.Call) ([]ids.Person, error) {
	var people []ids.Person
	err := db.NewRaw(`SELECT DISTINCT m.person_id FROM memberships AS m JOIN application_parts AS p ON p.organization_id = m.organization_id
		JOIN applications AS a ON a.id = p.application_id WHERE a.call_id = ? AND a.state IN ('draft', 'submitted')`, call).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("applications: list writers: %w", err)
	}
	slices.SortFunc(people, func(a, b ids.Person) int { return slices.Compare(a[:], b[:]) })
	return people, nil
}

type presenceRow struct {
	Person   ids.Person
	Question string
}

// present keeps where a person is writing and tells who else is, of the last half minute.
func present(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet, person ids.Person, question string) ([]presenceRow, error) {
	if _, err := tx.NewRaw(`INSERT INTO presences (sheet_id, person_id, question, seen_at) VALUES (?, ?, ?, now())
		ON CONFLICT (sheet_id, person_id) DO UPDATE SET question = excluded.question, seen_at = excluded.seen_at`, sheet, person, question).Exec(ctx); err != nil {
		return nil, fmt.Errorf("applications: keep presence: %w", err)
	}
	var others []presenceRow
	err := tx.NewRaw(`SELECT person_id AS person, question FROM presences WHERE sheet_id = ? AND person_id <> ? AND question <> '' AND seen_at > now() - interval '30 seconds'`,
		sheet, person).Scan(ctx, &others)
	if err != nil {
		return nil, fmt.Errorf("applications: read presences: %w", err)
	}
	return others, nil
}
