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

// reader is what a query runs on: a Scope's Read, or a transaction.
type reader = bun.IDB

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
	ToldAt         time.Time        `bun:"told_at,nullzero"`
	Papers         string           `bun:"papers"`
	PapersDue      time.Time        `bun:"papers_due,nullzero"`
	ReplyBy        time.Time        `bun:"reply_by,nullzero"`
	Waiting        int              `bun:"waiting"`
	Version        int64            `bun:"version,nullzero,default:1"`

	SubmittedVersionID ids.FormVersion `bun:"submitted_version_id"`
}

func (r *applicationRow) application() Application {
	return Application{
		ID: r.ID, Call: r.CallID, Organization: r.OrganizationID, Number: r.Number, State: r.State, FormVersion: r.FormVersionID, Joint: r.JointSheetID,
		CreatedAt: r.CreatedAt, SubmittedAt: r.SubmittedAt, CheckedAt: r.CheckedAt, CheckedBy: r.CheckedBy, Failed: r.Failed, ToldAt: r.ToldAt, Papers: r.Papers,
		PapersDue: r.PapersDue, ReplyBy: r.ReplyBy, Waiting: r.Waiting, Version: r.Version,
		SubmittedVersion: r.SubmittedVersionID,
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
	CallID         ids.Call         `bun:"call_id"`
	ConfirmedAt    time.Time        `bun:"confirmed_at,nullzero"`
	ConfirmedBy    ids.Person       `bun:"confirmed_by"`
	NewsSinceID    ids.FormVersion  `bun:"news_since_id"`
	Country        string           `bun:"country"`
	City           string           `bun:"city"`
	Place          int              `bun:"place"`
}

func insert(ctx context.Context, tx *tenants.Tx, a *Application, search string) error {
	row := applicationRow{
		ID: a.ID, CallID: a.Call, OrganizationID: a.Organization, State: Draft, FormVersionID: a.FormVersion, JointSheetID: a.Joint, Search: search,
		CreatedAt: a.CreatedAt, CreatedBy: tx.Scope().Actor().Person, Failed: []string{},
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return taken(err, "begin")
	}
	parts := make([]partRow, len(a.Parts))
	for i, p := range a.Parts {
		parts[i] = partRow{ID: p.ID, ApplicationID: a.ID, Seat: p.Seat, Position: i, OrganizationID: p.Organization, SheetID: p.Sheet, CallID: a.Call}
	}
	if _, err := tx.NewInsert().Model(&parts).Exec(ctx); err != nil {
		return taken(err, "lay parts")
	}
	return nil
}

// taken puts the database's refusal of a second seat in a call into words.
func taken(err error, what string) error {
	for _, constraint := range []string{"applications_once", "application_parts_once", "application_parts_application_id_organization_id_key"} {
		if database.Violates(err, constraint) {
			return fault.Conflict("applications.seat_twice").Because(err)
		}
	}
	return fmt.Errorf("applications: %s: %w", what, err)
}

// alone lets one after the other decide about an organization's seat in a call, until the transaction ends.
func alone(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) error {
	if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ? || ?, 7236101))`, call.String(), organization.String()).Exec(ctx); err != nil {
		return fmt.Errorf("applications: take turns: %w", err)
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
	if all[0].State == Returned {
		all[0].Asked, err = askedOf(ctx, db, id)
	}
	return all[0], err
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
			NewsSince: p.NewsSinceID, Town: Town{Country: p.Country, City: p.City, Place: p.Place},
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

// holdingSheet reads as much as a save needs of the application on whose sheet it writes, and the database's clock, in one
// query. It keeps everybody from changing the application until the transaction ends, but not from saving beside it.
// Fault: NotFound, also of a sheet that was handed in.
func holdingSheet(ctx context.Context, tx *tenants.Tx, sheet ids.Sheet) (Application, time.Time, error) {
	var rows []struct {
		ID           ids.Application
		CallID       ids.Call
		Lead         ids.Organization
		State        State
		Version      ids.FormVersion
		Joint        ids.Sheet
		PapersDue    time.Time `bun:",nullzero"`
		Now          time.Time
		Part         ids.Part
		Seat         string
		Organization ids.Organization
		Sheet        ids.Sheet
		ConfirmedAt  time.Time `bun:",nullzero"`
	}
	err := tx.NewRaw(`SELECT a.id, a.call_id, a.organization_id AS lead, a.state, a.form_version_id AS version, a.joint_sheet_id AS joint, a.papers_due, ? AS now,
		p.id AS part, p.seat, p.organization_id AS organization, p.sheet_id AS sheet, p.confirmed_at
		FROM applications AS a JOIN application_parts AS p ON p.application_id = a.id
		WHERE a.id = (SELECT id FROM applications WHERE joint_sheet_id = ? UNION ALL SELECT application_id FROM application_parts WHERE sheet_id = ? LIMIT 1)
		ORDER BY p.position FOR SHARE OF a`, tx.Moment(), sheet, sheet).Scan(ctx, &rows)
	if err != nil {
		return Application{}, time.Time{}, fmt.Errorf("applications: hold by sheet: %w", err)
	}
	if len(rows) == 0 {
		return Application{}, time.Time{}, fault.NotFound()
	}
	first := rows[0]
	a := Application{
		ID: first.ID, Call: first.CallID, Organization: first.Lead, State: first.State, FormVersion: first.Version, Joint: first.Joint, PapersDue: first.PapersDue,
		Parts: make([]Part, len(rows)),
	}
	for i, r := range rows {
		a.Parts[i] = Part{ID: r.Part, Application: r.ID, Seat: r.Seat, Organization: r.Organization, Sheet: r.Sheet, ConfirmedAt: r.ConfirmedAt}
	}
	return a, first.Now, nil
}

// bySheets lists the applications to which the sheets belong, each once.
func bySheets(ctx context.Context, db bun.IDB, sheets []ids.Sheet) ([]Application, error) {
	if len(sheets) == 0 {
		return nil, nil
	}
	return withParts(ctx, db, db.NewSelect().Model((*applicationRow)(nil)).
		Where("a.joint_sheet_id IN (?) OR a.id IN (SELECT application_id FROM application_parts WHERE sheet_id IN (?))", bun.List(sheets), bun.List(sheets)))
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

// ofCall are the organizations' applications to a call that are not withdrawn.
func ofCall(ctx context.Context, db bun.IDB, call ids.Call, organizations []ids.Organization) (map[ids.Organization]ids.Application, error) {
	found := map[ids.Organization]ids.Application{}
	if len(organizations) == 0 {
		return found, nil
	}
	var rows []partRow
	if err := db.NewSelect().Model(&rows).Column("application_id", "organization_id").Where("call_id = ?", call).
		Where("organization_id IN (?)", bun.List(organizations)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("applications: find of call: %w", err)
	}
	for _, r := range rows {
		found[r.OrganizationID] = r.ApplicationID
	}
	return found, nil
}

// lastSheets are the latest parts that the organization filled, the newest first.
func lastSheets(ctx context.Context, db bun.IDB, organization ids.Organization) ([]ids.Sheet, error) {
	var sheets []ids.Sheet
	err := db.NewRaw(`SELECT sheet_id FROM (SELECT sheet_id, left_at AS at FROM former_parts WHERE organization_id = ?
		UNION ALL SELECT p.sheet_id, a.created_at FROM application_parts AS p JOIN applications AS a ON a.id = p.application_id WHERE p.organization_id = ?) AS b
		ORDER BY at DESC LIMIT 3`, organization, organization).Scan(ctx, &sheets)
	if err != nil {
		return nil, fmt.Errorf("applications: find last parts: %w", err)
	}
	return sheets, nil
}

// advance writes the application's changed columns and, when the state changed, its history.
func advance(ctx context.Context, tx *tenants.Tx, a *Application, before State) error {
	failed := a.Failed
	if failed == nil {
		failed = []string{}
	}
	row := applicationRow{
		ID: a.ID, Number: a.Number, State: a.State, SubmittedAt: a.SubmittedAt, CheckedAt: a.CheckedAt, CheckedBy: a.CheckedBy, Failed: failed,
		ToldAt: a.ToldAt, Papers: a.Papers, PapersDue: a.PapersDue, ReplyBy: a.ReplyBy, Waiting: a.Waiting, SubmittedVersionID: a.SubmittedVersion,
	}
	_, err := tx.NewUpdate().Model(&row).Column("number", "state", "submitted_at", "checked_at", "checked_by", "failed", "told_at", "papers", "papers_due", "reply_by", "waiting", "submitted_version_id").
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
	if err != nil {
		return taken(err, "save part")
	}
	return nil
}

// settle keeps where the organizations of an application sit; late, when papers are handed in after the deadline, only of those of which
// that was not kept before, as the time given for papers is not one to move in.
func settle(ctx context.Context, tx *tenants.Tx, a *Application, organizations map[ids.Organization]Applicant, late bool) error {
	for i := range a.Parts {
		p := &a.Parts[i]
		if p.Organization.IsZero() || late && p.Town.Country != "" {
			continue
		}
		o := organizations[p.Organization]
		p.Town = Town{Country: o.Country, City: o.City, Place: o.Place}
		if _, err := tx.NewRaw(`UPDATE application_parts SET country = ?, city = ?, place = ? WHERE id = ?`, o.Country, o.City, o.Place, p.ID).Exec(ctx); err != nil {
			return fmt.Errorf("applications: keep where an organization sits: %w", err)
		}
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
