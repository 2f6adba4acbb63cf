package partnerships

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type row struct {
	bun.BaseModel `bun:"table:partnerships,alias:p"`

	ID            ids.Partnership `bun:"id,pk"`
	ApplicationID ids.Application `bun:"application_id"`
	CallID        ids.Call        `bun:"call_id"`
	Number        string          `bun:"number"`
	Title         string          `bun:"title"`
	CallTitle     i18n.Text       `bun:"call_title,type:jsonb"`
	Search        string          `bun:"search"`
	GrantMinor    int64           `bun:"grant_minor"`
	GrantCurrency string          `bun:"grant_currency"`
	State         State           `bun:"state"`
	Resumes       State           `bun:"resumes"`
	Version       int64           `bun:"version,nullzero,default:1"`
	FacilitatorID ids.Person      `bun:"facilitator,nullzero"`
	CreatedAt     time.Time       `bun:"created_at,nullzero,default:now()"`
}

type seatRow struct {
	bun.BaseModel `bun:"table:partnership_seats"`

	PartnershipID  ids.Partnership  `bun:"partnership_id,pk"`
	Key            string           `bun:"key,pk"`
	Place          int              `bun:"place"`
	Title          i18n.Text        `bun:"title,type:jsonb"`
	OrganizationID ids.Organization `bun:"organization_id"`
}

type changeRow struct {
	bun.BaseModel `bun:"table:partnership_changes"`

	ID            ids.Change      `bun:"id,pk"`
	PartnershipID ids.Partnership `bun:"partnership_id"`
	At            time.Time       `bun:"at,nullzero,default:now()"`
	By            ids.Person      `bun:"by,nullzero"`
	State         State           `bun:"state"`
	Reason        string          `bun:"reason"`
}

func (r *row) partnership() Partnership {
	return Partnership{
		ID: r.ID, Application: r.ApplicationID, Call: r.CallID, Number: r.Number, Title: r.Title, CallTitle: r.CallTitle, GrantMinor: r.GrantMinor,
		GrantCurrency: r.GrantCurrency, State: r.State, Resumes: r.Resumes, Facilitator: r.FacilitatorID, Version: r.Version, Since: r.CreatedAt,
	}
}

// insert writes a partnership with its seats, unless there is one of that application already, and reports whether it
// did.
func insert(ctx context.Context, tx *tenants.Tx, p *Partnership, search string) (bool, error) {
	r := row{
		ID: p.ID, ApplicationID: p.Application, CallID: p.Call, Number: p.Number, Title: p.Title, CallTitle: p.CallTitle, Search: search,
		GrantMinor: p.GrantMinor, GrantCurrency: p.GrantCurrency, State: p.State, Resumes: p.Resumes,
	}
	result, err := tx.NewInsert().Model(&r).Value("created_at", "?", tx.Moment()).On("CONFLICT (application_id) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("partnerships: found: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	seats := make([]seatRow, len(p.Seats))
	for i, s := range p.Seats {
		seats[i] = seatRow{PartnershipID: p.ID, Key: s.Key, Place: i, Title: s.Title, OrganizationID: s.Organization}
	}
	if _, err := tx.NewInsert().Model(&seats).Exec(ctx); err != nil {
		return false, fmt.Errorf("partnerships: seat: %w", err)
	}
	return true, nil
}

// save writes the state if the partnership is still the version that was shown. Fault: Conflict.
func save(ctx context.Context, tx *tenants.Tx, p *Partnership) error {
	result, err := tx.NewUpdate().Model((*row)(nil)).Set("state = ?", p.State).Set("resumes = ?", p.Resumes).Set("version = version + 1").
		Where("id = ?", p.ID).Where("version = ?", p.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("partnerships: save: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("fault.stale"), err)
	}
	return nil
}

func logChange(ctx context.Context, tx *tenants.Tx, id ids.Partnership, c Change) error {
	r := changeRow{ID: ids.New[ids.Change](), PartnershipID: id, By: c.By, State: c.State, Reason: c.Reason}
	if _, err := tx.NewInsert().Model(&r).Value("at", "?", tx.Moment()).Exec(ctx); err != nil {
		return fmt.Errorf("partnerships: log: %w", err)
	}
	return nil
}

func history(ctx context.Context, db bun.IDB, id ids.Partnership) ([]Change, error) {
	var rows []changeRow
	if err := db.NewSelect().Model(&rows).Where("partnership_id = ?", id).Order("at DESC", "id DESC").Limit(200).Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list changes: %w", err)
	}
	all := make([]Change, len(rows))
	for i, r := range rows {
		all[i] = Change{At: r.At, By: r.By, State: r.State, Reason: r.Reason}
	}
	return all, nil
}

func find(ctx context.Context, db bun.IDB, id ids.Partnership) (Partnership, error) {
	var r row
	err := db.NewSelect().Model(&r).Where("p.id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Partnership{}, fault.NotFound()
	}
	if err != nil {
		return Partnership{}, fmt.Errorf("partnerships: find: %w", err)
	}
	all := []Partnership{r.partnership()}
	if err := seat(ctx, db, all); err != nil {
		return Partnership{}, err
	}
	return all[0], nil
}

// seat fills in who sits in the partnerships.
func seat(ctx context.Context, db bun.IDB, all []Partnership) error {
	if len(all) == 0 {
		return nil
	}
	at := make(map[ids.Partnership]int, len(all))
	wanted := make([]ids.Partnership, len(all))
	for i := range all {
		at[all[i].ID], wanted[i] = i, all[i].ID
	}
	var rows []seatRow
	if err := db.NewSelect().Model(&rows).Where("partnership_id IN (?)", bun.List(wanted)).Order("partnership_id", "place").Scan(ctx); err != nil {
		return fmt.Errorf("partnerships: list seats: %w", err)
	}
	for _, r := range rows {
		p := &all[at[r.PartnershipID]]
		p.Seats = append(p.Seats, Seat{Key: r.Key, Title: r.Title, Organization: r.OrganizationID})
	}
	return nil
}

// Query is what a listing asks for.
type Query struct {
	Search        string
	State         State
	Organizations []ids.Organization // one of them sits in it
	Facilitator   ids.Person         // accompanies it; beside the organizations, it is enough that either holds
	Unaccompanied bool               // it goes on, and nobody accompanies it
	Going         bool               // it goes on
	Call          ids.Call
	Newer         time.Duration // founded less than so long ago; zero: whenever
	Sort          string        // since (default) or title
	Desc          bool          // of the title; since begins with the newest and turns around
	After         string        // the id of the last one of the page before
	Limit         int64         // zero: all
	Locale        i18n.Locale   // whose alphabet orders the titles
}

func list(ctx context.Context, db bun.IDB, q Query) ([]Partnership, error) {
	all, err := pick(ctx, db, q)
	if err != nil {
		return nil, err
	}
	return all, seat(ctx, db, all)
}

// pick is list without the seats.
func pick(ctx context.Context, db bun.IDB, q Query) ([]Partnership, error) {
	var rows []row
	sel := filtered(db.NewSelect().Model(&rows), q)
	order, falling := bun.Safe("p.created_at"), !q.Desc
	if q.Sort == "title" {
		order, falling = bun.Safe("p.title COLLATE "+q.Locale.Collation()), q.Desc
	}
	direction, beyond := bun.Safe("ASC"), bun.Safe(">")
	if falling {
		direction, beyond = "DESC", "<"
	}
	if id, err := ids.Parse[ids.Partnership](q.After); err == nil {
		sel = sel.Where("(?, p.id) ? (SELECT ?, p.id FROM partnerships AS p WHERE p.id = ?)", order, beyond, order, id)
	}
	sel = sel.OrderExpr("? ?, p.id ?", order, direction, direction)
	if q.Limit > 0 {
		sel = sel.Limit(q.Limit)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list: %w", err)
	}
	all := make([]Partnership, len(rows))
	for i := range rows {
		all[i] = rows[i].partnership()
	}
	return all, nil
}

func filtered(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	for _, word := range i18n.SearchWords(q.Search) {
		sel = sel.Where("p.search LIKE ?", "%"+word+"%")
	}
	if q.State != "" {
		sel = sel.Where("p.state = ?", q.State)
	}
	if q.Newer > 0 {
		sel = sel.Where("p.created_at > now() - make_interval(secs => ?)", q.Newer.Seconds())
	}
	sel = sel.WhereGroup(" AND ", func(own *bun.SelectQuery) *bun.SelectQuery {
		if len(q.Organizations) > 0 {
			own = own.WhereOr("p.id IN (SELECT partnership_id FROM partnership_seats WHERE organization_id IN (?))", bun.List(q.Organizations))
		}
		if !q.Facilitator.IsZero() {
			own = own.WhereOr("p.facilitator = ?", q.Facilitator)
		}
		return own
	})
	if q.Unaccompanied {
		sel = sel.Where("p.facilitator IS NULL")
	}
	if q.Going || q.Unaccompanied {
		sel = sel.Where("p.state IN (?)", bun.List(going))
	}
	if !q.Call.IsZero() {
		sel = sel.Where("p.call_id = ?", q.Call)
	}
	return sel
}

func count(ctx context.Context, db bun.IDB, q Query) (int, error) {
	n, err := filtered(db.NewSelect().Model((*row)(nil)), q).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("partnerships: count: %w", err)
	}
	return int(n), nil
}

// CountByState counts the network's partnerships. It is for other modules' use-cases, which have authorized.
func CountByState(ctx context.Context, db bun.IDB) (map[State]int, error) {
	var rows []struct {
		State State `bun:"state"`
		N     int   `bun:"n"`
	}
	err := db.NewSelect().Table("partnerships").Column("state").ColumnExpr("count(*) AS n").Group("state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: count by state: %w", err)
	}
	counts := make(map[State]int, len(rows))
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts, nil
}

func ways(ctx context.Context, db bun.IDB) (map[ids.Partnership]way, error) {
	var rows []struct {
		ID     ids.Partnership `bun:"id"`
		State  State           `bun:"state"`
		Passed State           `bun:"passed"`
	}
	err := db.NewRaw(`SELECT p.id, p.state, coalesce(c.state, '') AS passed FROM partnerships p LEFT JOIN partnership_changes c ON c.partnership_id = p.id
		ORDER BY p.id, c.at, c.id`).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: read histories: %w", err)
	}
	all := make(map[ids.Partnership]way, len(rows))
	for _, r := range rows {
		w := all[r.ID]
		w.state = r.State
		if r.Passed != "" {
			w.passed = append(w.passed, r.Passed)
		}
		all[r.ID] = w
	}
	return all, nil
}

// Titles tells what partnerships are called. It is for other modules' use-cases, which have authorized.
func Titles(ctx context.Context, db bun.IDB, wanted []ids.Partnership) (map[ids.Partnership]string, error) {
	titles := make(map[ids.Partnership]string, len(wanted))
	if len(wanted) == 0 {
		return titles, nil
	}
	var rows []row
	if err := db.NewSelect().Model(&rows).Column("id", "title").Where("p.id IN (?)", bun.List(wanted)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("partnerships: list titles: %w", err)
	}
	for i := range rows {
		titles[rows[i].ID] = rows[i].Title
	}
	return titles, nil
}

// Over are those of the applications whose partnership is completed or has ended early. It is for other modules' use-cases,
// which have authorized.
func Over(ctx context.Context, db bun.IDB, applications ...ids.Application) (map[ids.Application]bool, error) {
	over := map[ids.Application]bool{}
	if len(applications) == 0 {
		return over, nil
	}
	var found []ids.Application
	err := db.NewSelect().TableExpr("partnerships AS p").Join("JOIN "+allApplications+" ON o.partnership_id = p.id").ColumnExpr("o.application_id").
		Where("o.application_id IN (?)", bun.List(applications)).Where("p.state IN (?)", bun.List([]State{Completed, EndedEarly})).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("partnerships: read which are over: %w", err)
	}
	for _, id := range found {
		over[id] = true
	}
	return over, nil
}

// Ends are the instants at which the partnerships of applications were completed or ended early; of one that lasts it is the zero
// time, and an application of which none came is not there. It is for other modules' use-cases, which have authorized.
func Ends(ctx context.Context, db bun.IDB, applications ...ids.Application) (map[ids.Application]time.Time, error) {
	ends := map[ids.Application]time.Time{}
	if len(applications) == 0 {
		return ends, nil
	}
	var rows []struct {
		ApplicationID ids.Application
		At            time.Time `bun:"at,nullzero"`
	}
	err := db.NewSelect().TableExpr("partnerships AS p").Join("JOIN "+allApplications+" ON o.partnership_id = p.id").
		Join("LEFT JOIN partnership_changes AS c ON c.partnership_id = p.id AND c.state = p.state AND c.state IN (?)", bun.List([]State{Completed, EndedEarly})).
		ColumnExpr("o.application_id, max(c.at) AS at").Where("o.application_id IN (?)", bun.List(applications)).Group("o.application_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("partnerships: read when they ended: %w", err)
	}
	for _, r := range rows {
		ends[r.ApplicationID] = r.At
	}
	return ends, nil
}

// Ended reports whether the partnership that came of an application has ended early. It is for other modules' use-cases, which
// have authorized.
func Ended(ctx context.Context, db bun.IDB, application ids.Application) (bool, error) {
	ended, err := db.NewSelect().TableExpr("partnerships AS p").Join("JOIN "+allApplications+" ON o.partnership_id = p.id").
		Where("o.application_id = ?", application).Where("p.state = ?", EndedEarly).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("partnerships: read how one ended: %w", err)
	}
	return ended, nil
}
