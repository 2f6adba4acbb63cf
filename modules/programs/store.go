package programs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/blueprints"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type callRow struct {
	bun.BaseModel `bun:"table:calls,alias:c"`

	ID            ids.Call               `bun:"id,pk"`
	CycleID       ids.Cycle              `bun:"cycle_id"`
	State         State                  `bun:"state"`
	Title         i18n.Text              `bun:"title,type:jsonb"`
	Summary       i18n.Text              `bun:"summary,type:jsonb"`
	About         i18n.Text              `bun:"about,type:jsonb"`
	Conduct       i18n.Text              `bun:"conduct,type:jsonb"`
	Notice        i18n.Text              `bun:"notice,type:jsonb"`
	Locales       []i18n.Locale          `bun:"locales,array"`
	OpensAt       time.Time              `bun:"opens_at,nullzero"`
	ClosesAt      time.Time              `bun:"closes_at,nullzero"`
	FirstClosesAt time.Time              `bun:"first_closes_at,nullzero"`
	ClosedAt      time.Time              `bun:"closed_at,nullzero"`
	Zone          string                 `bun:"zone"`
	Places        int                    `bun:"places"`
	Quotas        []blueprints.Quota     `bun:"quotas,type:jsonb"`
	GrantMinor    int64                  `bun:"grant_minor"`
	GrantCurrency string                 `bun:"grant_currency"`
	Composition   blueprints.Composition `bun:"composition,type:jsonb"`
	Criteria      []blueprints.Criterion `bun:"criteria,type:jsonb"`
	Documents     []Asked                `bun:"documents,type:jsonb"`
	Eligibility   []blueprints.Reason    `bun:"eligibility,type:jsonb"`
	Letters       []blueprints.Letter    `bun:"letters,type:jsonb"`
	Review        blueprints.Review      `bun:"review,type:jsonb"`
	Stages        []PlannedStage         `bun:"stages,type:jsonb"`
	FormID        ids.Form               `bun:"form_id"`
	FormVersionID ids.FormVersion        `bun:"form_version_id"`
	Blueprint     string                 `bun:"blueprint"`
	FromVersion   int                    `bun:"blueprint_version"`
	AdoptedAt     time.Time              `bun:"adopted_at,nullzero,default:now()"`
	Version       int64                  `bun:"version,nullzero,default:1"`
	CreatedAt     time.Time              `bun:"created_at,nullzero,default:now()"`
	CreatedBy     ids.Person             `bun:"created_by"`
	PublishedAt   time.Time              `bun:"published_at,nullzero"`

	Cycle string `bun:"cycle,scanonly"`
}

func (r *callRow) call() Call {
	return Call{
		ID: r.ID, Cycle: r.Cycle, State: r.State, Title: r.Title, Summary: r.Summary, About: r.About, Conduct: r.Conduct, Notice: r.Notice,
		Locales: r.Locales, OpensAt: r.OpensAt, ClosesAt: r.ClosesAt, FirstClosesAt: r.FirstClosesAt, ClosedAt: r.ClosedAt, Zone: r.Zone, Places: r.Places, Quotas: r.Quotas,
		GrantMinor: r.GrantMinor, GrantCurrency: r.GrantCurrency, Composition: r.Composition, Criteria: r.Criteria, Documents: r.Documents,
		Eligibility: r.Eligibility, Letters: r.Letters, Review: r.Review, Stages: r.Stages, Form: r.FormID, FormVersion: r.FormVersionID, Blueprint: r.Blueprint, FromVersion: r.FromVersion, AdoptedAt: r.AdoptedAt, Version: r.Version,
		PublishedAt: r.PublishedAt,
	}
}

func rowOf(c *Call) callRow {
	return callRow{
		ID: c.ID, State: c.State, Title: c.Title, Summary: c.Summary, About: c.About, Conduct: c.Conduct, Notice: c.Notice,
		Locales: c.Locales, OpensAt: c.OpensAt, ClosesAt: c.ClosesAt, FirstClosesAt: c.FirstClosesAt, ClosedAt: c.ClosedAt, Zone: c.Zone, Places: c.Places, Quotas: slices.Concat([]blueprints.Quota{}, c.Quotas),
		GrantMinor: c.GrantMinor, GrantCurrency: c.GrantCurrency, Composition: c.Composition, Criteria: c.Criteria, Documents: c.Documents,
		Eligibility: c.Eligibility, Letters: c.Letters, Review: c.Review, Stages: c.Stages, FormID: c.Form, FormVersionID: c.FormVersion, Blueprint: c.Blueprint, FromVersion: c.FromVersion, AdoptedAt: c.AdoptedAt, PublishedAt: c.PublishedAt,
	}
}

func selectCalls(db bun.IDB, into any) *bun.SelectQuery {
	return db.NewSelect().Model(into).ColumnExpr("c.*, y.name AS cycle").Join("JOIN cycles AS y ON y.id = c.cycle_id")
}

// anyOpened reports whether the network has ever opened a call.
func anyOpened(ctx context.Context, db bun.IDB) (bool, error) {
	opened, err := db.NewSelect().Table("calls").Where("published_at IS NOT NULL").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("programs: look for an opened call: %w", err)
	}
	return opened, nil
}

// ProgramOf finds or makes the program that the network runs by a blueprint.
func programOf(ctx context.Context, tx *tenants.Tx, b blueprints.Blueprint) (ids.Program, error) {
	id := ids.New[ids.Program]()
	if _, err := tx.NewRaw(`INSERT INTO programs (id, name, blueprint, blueprint_version) VALUES (?, ?::jsonb, ?, ?) ON CONFLICT (blueprint) DO NOTHING`,
		id, b.Name, b.Key, b.Version).Exec(ctx); err != nil {
		return id, fmt.Errorf("programs: make program: %w", err)
	}
	if err := tx.NewRaw(`SELECT id FROM programs WHERE blueprint = ?`, b.Key).Scan(ctx, &id); err != nil {
		return id, fmt.Errorf("programs: find program: %w", err)
	}
	return id, nil
}

// cycleOf finds or makes the program's cycle of that name.
func cycleOf(ctx context.Context, tx *tenants.Tx, program ids.Program, name string) (ids.Cycle, error) {
	id := ids.New[ids.Cycle]()
	if _, err := tx.NewRaw(`INSERT INTO cycles (id, program_id, name) VALUES (?, ?, ?) ON CONFLICT (program_id, name) DO NOTHING`,
		id, program, name).Exec(ctx); err != nil {
		return id, fmt.Errorf("programs: make cycle: %w", err)
	}
	if err := tx.NewRaw(`SELECT id FROM cycles WHERE program_id = ? AND name = ?`, program, name).Scan(ctx, &id); err != nil {
		return id, fmt.Errorf("programs: find cycle: %w", err)
	}
	return id, nil
}

// cycleBeside finds or makes the cycle of that name in the program of a call.
func cycleBeside(ctx context.Context, tx *tenants.Tx, call ids.Call, name string) (ids.Cycle, error) {
	var program ids.Program
	if err := tx.NewRaw(`SELECT y.program_id FROM cycles AS y JOIN calls AS c ON c.cycle_id = y.id WHERE c.id = ?`, call).Scan(ctx, &program); err != nil {
		return ids.Cycle{}, fmt.Errorf("programs: find program of call: %w", err)
	}
	return cycleOf(ctx, tx, program, name)
}

func insert(ctx context.Context, tx *tenants.Tx, c *Call, cycle ids.Cycle, by ids.Person) error {
	r := rowOf(c)
	r.CycleID, r.CreatedBy = cycle, by
	if _, err := tx.NewInsert().Model(&r).Value("created_at", "?", tx.Moment()).Exec(ctx); err != nil {
		return fmt.Errorf("programs: make call: %w", err)
	}
	return nil
}

// save writes the call if it is still the version that was shown.
func save(ctx context.Context, tx *tenants.Tx, c *Call) error {
	r := rowOf(c)
	result, err := tx.NewUpdate().Model(&r).ExcludeColumn("id", "cycle_id", "version", "created_at", "created_by").Set("version = version + 1").
		Where("id = ?", c.ID).Where("version = ?", c.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("programs: save call: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

// Find is a call as it is, whatever its state, for those who have asked who may. Fault: NotFound.
func Find(ctx context.Context, db bun.IDB, id ids.Call) (Call, error) {
	var r callRow
	err := selectCalls(db, &r).Where("c.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Call{}, fault.NotFound()
	}
	if err != nil {
		return Call{}, fmt.Errorf("programs: find call: %w", err)
	}
	return r.call(), nil
}

// locked is Find that keeps everybody else from changing the call until the transaction ends.
func locked(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM calls WHERE id = ? FOR UPDATE", id).Exec(ctx); err != nil {
		return Call{}, fmt.Errorf("programs: lock call: %w", err)
	}
	return Find(ctx, tx, id)
}

// Held is Find that keeps everybody from changing the call until the transaction ends, but not from reading it.
func Held(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error) {
	if _, err := tx.NewRaw("SELECT 1 FROM calls WHERE id = ? FOR SHARE", id).Exec(ctx); err != nil {
		return Call{}, fmt.Errorf("programs: hold call: %w", err)
	}
	return Find(ctx, tx, id)
}

// Briefly reads the published calls of those ids, or all of them without any, the newest first, without their long texts
// and their letters: what pages with many rows need. It is for those who have asked who may.
func Briefly(ctx context.Context, db bun.IDB, wanted ...ids.Call) ([]Call, error) {
	var rows []callRow
	q := db.NewSelect().Model(&rows).
		Column("id", "state", "title", "locales", "opens_at", "closes_at", "closed_at", "zone", "composition", "eligibility", "review", "form_id", "form_version_id").
		Where("state <> ?", Draft).OrderExpr("created_at DESC, id DESC").Limit(200)
	if len(wanted) > 0 {
		q = q.Where("id IN (?)", bun.List(wanted))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("programs: read calls: %w", err)
	}
	calls := make([]Call, len(rows))
	for i := range rows {
		calls[i] = rows[i].call()
	}
	return calls, nil
}

// Keeping are the published calls that promise to erase answers, the newest first: all of them, with their calendars. It is for
// those who have asked who may.
func Keeping(ctx context.Context, db bun.IDB) ([]Call, error) {
	var rows []callRow
	err := db.NewSelect().Model(&rows).
		Column("id", "state", "title", "locales", "opens_at", "closes_at", "closed_at", "zone", "composition", "review", "stages", "form_id", "form_version_id").
		Where("state <> ?", Draft).Where("jsonb_exists_any(review, ARRAY['keep_personal', 'keep_special', 'keep_financial'])").OrderExpr("created_at DESC, id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("programs: list calls that erase: %w", err)
	}
	calls := make([]Call, len(rows))
	for i := range rows {
		calls[i] = rows[i].call()
	}
	return calls, nil
}

// Judging reads what a selection must know of a published call: its names, rules and criteria, but none of its long texts, nor
// its letters (LettersOf). It is for those who have asked who may. Fault: NotFound.
func Judging(ctx context.Context, sc tenants.Scope, id ids.Call) (Call, error) {
	var c Call
	err := sc.Ask(ctx, tenants.Question{
		Query: `SELECT id, state, title, locales, zone, places, grant_minor, grant_currency, quotas, criteria, review FROM calls WHERE id = $1 AND state <> 'draft'`,
		Args:  []any{id}, Row: func(r *tenants.Row) error {
			return r.Scan(&c.ID, &c.State, &c.Title, &c.Locales, &c.Zone, &c.Places, &c.GrantMinor, &c.GrantCurrency, &c.Quotas, &c.Criteria, &c.Review)
		},
	})
	if err != nil {
		return Call{}, fmt.Errorf("programs: find call to be judged: %w", err)
	}
	if c.ID.IsZero() {
		return Call{}, fault.NotFound()
	}
	return c, nil
}

// JudgingWithin is Judging as it stands in a transaction. Fault: NotFound.
func JudgingWithin(ctx context.Context, tx *tenants.Tx, id ids.Call) (Call, error) {
	var r callRow
	err := tx.NewSelect().Model(&r).Column("id", "state", "title", "locales", "zone", "places", "grant_minor", "grant_currency", "quotas", "criteria", "review").
		Where("c.id = ?", id).Where("c.state <> ?", Draft).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Call{}, fault.NotFound()
	}
	if err != nil {
		return Call{}, fmt.Errorf("programs: find call to be judged: %w", err)
	}
	return r.call(), nil
}

// LettersOf are the words of a published call's letters, by their keys. Fault: NotFound.
func LettersOf(ctx context.Context, tx *tenants.Tx, id ids.Call) (map[string]blueprints.Letter, error) {
	var r callRow
	err := tx.NewSelect().Model(&r).Column("letters").Where("c.id = ?", id).Where("c.state <> ?", Draft).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("programs: find letters of a call: %w", err)
	}
	letters := make(map[string]blueprints.Letter, len(r.Letters))
	for _, l := range r.Letters {
		letters[l.Key] = l
	}
	return letters, nil
}

// All lists the calls, the newest first; drafts only when asked for.
func All(ctx context.Context, db bun.IDB, drafts bool) ([]Call, error) {
	var rows []callRow
	q := selectCalls(db, &rows).OrderExpr("c.created_at DESC, c.id DESC").Limit(200)
	if !drafts {
		q = q.Where("c.state <> ?", Draft)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("programs: list calls: %w", err)
	}
	calls := make([]Call, len(rows))
	for i := range rows {
		calls[i] = rows[i].call()
	}
	return calls, nil
}

// Until is the instant until which any of the organizations may hand in: the call's deadline, the moment when the call
// was closed by hand, or the latest of the organizations' own. Fault: NotFound, also of a draft.
func Until(ctx context.Context, db bun.IDB, call ids.Call, organizations ...ids.Organization) (time.Time, error) {
	if len(organizations) == 0 {
		organizations = []ids.Organization{{}}
	}
	var until time.Time
	err := db.NewRaw(`SELECT greatest(CASE c.state WHEN 'closed' THEN c.closed_at ELSE c.closes_at END,
		(SELECT max(l.until) FROM late_permissions AS l WHERE l.call_id = c.id AND l.organization_id IN (?)))
		FROM calls AS c WHERE c.id = ? AND c.state <> 'draft'`, bun.List(organizations), call).Scan(ctx, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return until, fault.NotFound()
	}
	if err != nil {
		return until, fmt.Errorf("programs: read deadline: %w", err)
	}
	return until, nil
}

// AskingLate is LateFor as a question, which goes with others in one message. It is for other modules' use-cases, which have
// authorized.
func AskingLate(organizations []ids.Organization, found func(call ids.Call, organization ids.Organization, until time.Time)) tenants.Question {
	return tenants.Question{
		Query: `SELECT call_id, organization_id, until FROM late_permissions WHERE organization_id = ANY($1::uuid[])`,
		Args:  []any{tenants.Array(organizations)}, Row: func(r *tenants.Row) error {
			var call ids.Call
			var organization ids.Organization
			var until time.Time
			err := r.Scan(&call, &organization, &until)
			found(call, organization, until)
			return err
		},
	}
}

// LateFor are the later deadlines of organizations, by call.
func LateFor(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Call]map[ids.Organization]time.Time, error) {
	found := map[ids.Call]map[ids.Organization]time.Time{}
	if len(organizations) == 0 {
		return found, nil
	}
	var rows []struct {
		CallID         ids.Call
		OrganizationID ids.Organization
		Until          time.Time
	}
	if err := db.NewRaw(`SELECT call_id, organization_id, until FROM late_permissions WHERE organization_id IN (?)`, bun.List(organizations)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("programs: read late permissions: %w", err)
	}
	for _, r := range rows {
		if found[r.CallID] == nil {
			found[r.CallID] = map[ids.Organization]time.Time{}
		}
		found[r.CallID][r.OrganizationID] = r.Until
	}
	return found, nil
}

func logChange(ctx context.Context, tx *tenants.Tx, call ids.Call, c Change) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO call_changes (id, call_id, at, by, kind, before, after, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		ids.New[ids.Change](), call, now, tx.Scope().Actor().Person, c.Kind, c.Before, c.After, c.Reason).Exec(ctx)
	if err != nil {
		return fmt.Errorf("programs: log change: %w", err)
	}
	return nil
}

func changes(ctx context.Context, db bun.IDB, call ids.Call) ([]Change, error) {
	var found []Change
	if err := db.NewRaw(`SELECT at, by, kind, before, after, reason FROM call_changes WHERE call_id = ? ORDER BY at DESC, id DESC LIMIT 100`, call).
		Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("programs: read changes: %w", err)
	}
	return found, nil
}

func permit(ctx context.Context, tx *tenants.Tx, call ids.Call, l Late) error {
	_, err := tx.NewRaw(`INSERT INTO late_permissions (call_id, organization_id, until, reason, given_at, given_by) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (call_id, organization_id) DO UPDATE SET until = excluded.until, reason = excluded.reason, given_at = excluded.given_at, given_by = excluded.given_by`,
		call, l.Organization, l.Until, l.Reason, l.GivenAt, tx.Scope().Actor().Person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("programs: give late permission: %w", err)
	}
	return nil
}

func revokeLate(ctx context.Context, tx *tenants.Tx, call ids.Call, organization ids.Organization) (bool, error) {
	result, err := tx.NewRaw(`DELETE FROM late_permissions WHERE call_id = ? AND organization_id = ?`, call, organization).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("programs: take late permission back: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func lates(ctx context.Context, db bun.IDB, call ids.Call) ([]Late, error) {
	var found []Late
	if err := db.NewRaw(`SELECT organization_id AS organization, until, reason, given_at FROM late_permissions WHERE call_id = ? ORDER BY given_at, organization_id`, call).
		Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("programs: read late permissions: %w", err)
	}
	return found, nil
}

// publishedForms are the published calls, as far as which form they ask and in which version.
func publishedForms(ctx context.Context, db bun.IDB) ([]Call, error) {
	var rows []callRow
	if err := db.NewSelect().Model(&rows).Column("id", "form_id", "form_version_id").Where("c.state <> 'draft'").Scan(ctx); err != nil {
		return nil, fmt.Errorf("programs: list published forms: %w", err)
	}
	found := make([]Call, len(rows))
	for i := range rows {
		found[i] = Call{ID: rows[i].ID, Form: rows[i].FormID, FormVersion: rows[i].FormVersionID}
	}
	return found, nil
}
