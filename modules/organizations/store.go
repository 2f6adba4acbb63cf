package organizations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/database"
	"kervan/modules/kernel/fault"
	"kervan/modules/kernel/geo"
	"kervan/modules/kernel/i18n"
	"kervan/tenants"
)

type row struct {
	bun.BaseModel `bun:"table:organizations"`

	ID             ids.Organization `bun:"id,pk"`
	Name           string           `bun:"name"`
	NameEnglish    string           `bun:"name_english"`
	Search         string           `bun:"search"`
	Form           Form             `bun:"form"`
	Country        geo.Country      `bun:"country"`
	City           string           `bun:"city"`
	Place          int              `bun:"place"`
	Founded        int              `bun:"founded,nullzero"`
	Registry       string           `bun:"registry"`
	RegistryNumber string           `bun:"registry_number"`
	FiscalHost     string           `bun:"fiscal_host"`
	Website        string           `bun:"website"`
	About          string           `bun:"about"`
	Fields         []string         `bun:"fields,array"`
	Languages      []string         `bun:"languages,array"`
	Staff          string           `bun:"staff"`
	Budget         string           `bun:"budget"`
	Version        int64            `bun:"version,nullzero,default:1"`
	CreatedAt      time.Time        `bun:"created_at,nullzero,default:now()"`
	CreatedBy      ids.Person       `bun:"created_by"`
}

func (r row) organization() Organization {
	return Organization{
		ID: r.ID, Name: r.Name, NameEnglish: r.NameEnglish, Form: r.Form, Country: r.Country, City: r.City, Place: r.Place, Founded: r.Founded,
		Registry: r.Registry, RegistryNumber: r.RegistryNumber, FiscalHost: r.FiscalHost, Website: r.Website, About: r.About,
		Fields: r.Fields, Languages: r.Languages, Staff: r.Staff, Budget: r.Budget, Version: r.Version, CreatedAt: r.CreatedAt,
	}
}

func (r row) card() Card {
	return Card{ID: r.ID, Name: r.Name, NameEnglish: r.NameEnglish, City: r.City, Place: r.Place, Country: r.Country, Form: r.Form}
}

func rowOf(o Organization) row {
	r := row{
		ID: o.ID, Name: o.Name, NameEnglish: o.NameEnglish, Search: o.SearchKey(), Form: o.Form, Country: o.Country, City: o.City, Place: o.Place,
		Founded: o.Founded, Registry: o.Registry, RegistryNumber: o.RegistryNumber, FiscalHost: o.FiscalHost, Website: o.Website,
		About: o.About, Fields: o.Fields, Languages: o.Languages, Staff: o.Staff, Budget: o.Budget,
	}
	if r.Fields == nil {
		r.Fields = []string{}
	}
	if r.Languages == nil {
		r.Languages = []string{}
	}
	return r
}

// taken is the refusal of a registry number that another organization has.
func taken(err error) error {
	if database.Violates(err, "organizations_registry") {
		return fault.Invalid("fault.check_fields", fault.At("registry_number", "organizations.registry_taken")).Because(err)
	}
	return err
}

func insert(ctx context.Context, tx *tenants.Tx, o Organization, by ids.Person) error {
	r := rowOf(o)
	r.CreatedBy = by
	if _, err := tx.NewInsert().Model(&r).Value("created_at", "?", tx.Moment()).Exec(ctx); err != nil {
		return taken(fmt.Errorf("organizations: register: %w", err))
	}
	return nil
}

// save writes the profile if it is still the version that was shown, and reports whether it was.
func save(ctx context.Context, tx *tenants.Tx, o Organization) (bool, error) {
	r := rowOf(o)
	result, err := tx.NewUpdate().Model(&r).ExcludeColumn("id", "version", "created_at", "created_by").Set("version = version + 1").
		Where("id = ?", o.ID).Where("version = ?", o.Version).Exec(ctx)
	if err != nil {
		return false, taken(fmt.Errorf("organizations: save: %w", err))
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func find(ctx context.Context, db bun.IDB, id ids.Organization) (Organization, error) {
	var r row
	err := db.NewSelect().Model(&r).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Organization{}, fault.NotFound()
	}
	if err != nil {
		return Organization{}, fmt.Errorf("organizations: find: %w", err)
	}
	return r.organization(), nil
}

// Profile is an organization's whole profile, for a module that has made sure that its reader may know it. Fault: NotFound.
func Profile(ctx context.Context, db bun.IDB, id ids.Organization) (Organization, error) {
	return find(ctx, db, id)
}

// Profiles are the whole profiles of organizations, all in one query; one that is not there is left out. It is for other
// modules' use-cases, which have made sure that their readers may know them.
func Profiles(ctx context.Context, db bun.IDB, organizations ...ids.Organization) ([]Organization, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	var rows []row
	if err := db.NewSelect().Model(&rows).Where("id IN (?)", bun.List(organizations)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("organizations: read profiles: %w", err)
	}
	all := make([]Organization, len(rows))
	for i, r := range rows {
		all[i] = r.organization()
	}
	return all, nil
}

// similar finds organizations of which each word of the shorter name is in the other one.
func similar(ctx context.Context, db bun.IDB, o Organization) ([]Organization, error) {
	var rows []row
	q := db.NewSelect().Model(&rows).Where("country = ?", o.Country).Order("search").Limit(500)
	q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		for w := range words(o.Name + " " + o.NameEnglish) {
			q = q.WhereOr("search LIKE ?", "%"+w+"%")
		}
		return q.WhereOr("search = ?", o.SearchKey())
	})
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("organizations: find similar: %w", err)
	}
	var found []Organization
	for _, r := range rows {
		if alike(o, r.organization()) {
			found = append(found, r.organization())
		}
	}
	return found, nil
}

// alike reports whether two names say the same: all words of one are among those of the other, legal forms aside.
func alike(a, b Organization) bool {
	for _, x := range []string{a.Name, a.NameEnglish} {
		for _, y := range []string{b.Name, b.NameEnglish} {
			xs, ys := words(x), words(y)
			if len(xs) == 0 || len(ys) == 0 {
				continue
			}
			if len(xs) > len(ys) {
				xs, ys = ys, xs
			}
			if within(xs, ys) {
				return true
			}
		}
	}
	return false
}

func words(name string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(i18n.SearchKey(name)) {
		if len(w) > 2 && !legal[w] {
			all[w] = true
		}
	}
	return all
}

var legal = map[string]bool{
	"dernegi": true, "dernek": true, "vakfi": true, "vakif": true, "kooperatifi": true, "association": true, "foundation": true,
	"verein": true, "stiftung": true, "the": true, "und": true, "and": true, "for": true, "icin": true, "fur": true, "der": true, "die": true,
}

func within(some, all map[string]bool) bool {
	for w := range some {
		if !all[w] {
			return false
		}
	}
	return true
}

// Query is what a listing asks for.
type Query struct {
	Search  string
	Country geo.Country
	Form    Form
	Sort    string // name (default) or created
	Desc    bool
	After   string      // the id of the last one of the page before
	Limit   int64       // zero: all
	Locale  i18n.Locale // whose alphabet orders the names
}

func list(ctx context.Context, db bun.IDB, q Query) ([]Organization, error) {
	var rows []row
	sel := filtered(db.NewSelect().Model(&rows), q)
	order, direction, beyond := bun.Safe("name COLLATE "+q.Locale.Collation()), bun.Safe("ASC"), bun.Safe(">")
	if q.Sort == "created" {
		order = "created_at"
	}
	if q.Desc {
		direction, beyond = "DESC", "<"
	}
	if id, err := ids.Parse[ids.Organization](q.After); err == nil {
		sel = sel.Where("(?, id) ? (SELECT ?, id FROM organizations WHERE id = ?)", order, beyond, order, id)
	}
	sel = sel.OrderExpr("? ?, id ?", order, direction, direction)
	if q.Limit > 0 {
		sel = sel.Limit(q.Limit)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, fmt.Errorf("organizations: list: %w", err)
	}
	all := make([]Organization, len(rows))
	for i, r := range rows {
		all[i] = r.organization()
	}
	return all, nil
}

func filtered(sel *bun.SelectQuery, q Query) *bun.SelectQuery {
	for _, word := range i18n.SearchWords(q.Search) {
		sel = sel.Where("search LIKE ?", "%"+word+"%")
	}
	if q.Country != "" {
		sel = sel.Where("country = ?", q.Country)
	}
	if q.Form != "" {
		sel = sel.Where("form = ?", q.Form)
	}
	return sel
}

func count(ctx context.Context, db bun.IDB, q Query) (int, error) {
	n, err := filtered(db.NewSelect().Table("organizations"), q).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("organizations: count: %w", err)
	}
	return int(n), nil
}

// Card is what other modules may know of an organization.
type Card struct {
	ID          ids.Organization
	Name        string
	NameEnglish string
	City        string
	Place       int // of the gazetteer, where the town was chosen from it
	Country     geo.Country
	Form        Form
}

// Region is the province, state or county in which the organization sits; empty where the gazetteer cannot tell.
func (c Card) Region() geo.Region { return geo.RegionOf(c.Country, c.City, c.Place) }

// Cards tells of organizations, all in one query. It is for other modules' use-cases, which have authorized.
func (s *Service) Cards(ctx context.Context, db bun.IDB, organizations []ids.Organization) (map[ids.Organization]Card, error) {
	cards := make(map[ids.Organization]Card, len(organizations))
	if len(organizations) == 0 {
		return cards, nil
	}
	var rows []row
	err := db.NewSelect().Model(&rows).Column("id", "name", "name_english", "city", "place", "country", "form").
		Where("id IN (?)", bun.List(organizations)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("organizations: list cards: %w", err)
	}
	for _, r := range rows {
		cards[r.ID] = r.card()
	}
	return cards, nil
}

// Asking is Cards as a question, which goes with others in one message. It is for other modules' use-cases, which have
// authorized.
func Asking(organizations []ids.Organization, found func(Card)) tenants.Question {
	return tenants.Question{
		Query: `SELECT id, name, name_english, city, place, country, form FROM organizations WHERE id = ANY($1::uuid[])`,
		Args:  []any{tenants.Array(organizations)}, Row: func(r *tenants.Row) error {
			var c Card
			err := r.Scan(&c.ID, &c.Name, &c.NameEnglish, &c.City, &c.Place, &c.Country, &c.Form)
			found(c)
			return err
		},
	}
}

// AllCards tells of every organization of the network. It is for other modules' use-cases, which have authorized.
func (s *Service) AllCards(ctx context.Context, db bun.IDB) ([]Card, error) {
	var rows []row
	if err := db.NewSelect().Model(&rows).Column("id", "name", "name_english", "city", "place", "country", "form").Scan(ctx); err != nil {
		return nil, fmt.Errorf("organizations: list all cards: %w", err)
	}
	cards := make([]Card, len(rows))
	for i := range rows {
		cards[i] = rows[i].card()
	}
	return cards, nil
}

// FactsOf tells of organizations what eligibility rules may look at (legal form, country, year, register, budget), all in
// one query. It is for other modules' use-cases, which have authorized.
func FactsOf(ctx context.Context, db bun.IDB, organizations ...ids.Organization) ([]Organization, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	var rows []row
	err := db.NewSelect().Model(&rows).Column("id", "country", "form", "founded", "registry_number", "budget").
		Where("id IN (?)", bun.List(organizations)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("organizations: read facts: %w", err)
	}
	all := make([]Organization, len(rows))
	for i, r := range rows {
		all[i] = r.organization()
	}
	return all, nil
}

// Recognizable tells by what organizations are recognized wherever they are registered (names, country, register), all in one
// query. It is for other modules' use-cases, which have authorized.
func Recognizable(ctx context.Context, db bun.IDB, organizations ...ids.Organization) ([]Organization, error) {
	if len(organizations) == 0 {
		return nil, nil
	}
	var rows []row
	err := db.NewSelect().Model(&rows).Column("id", "name", "name_english", "country", "registry", "registry_number").
		Where("id IN (?)", bun.List(organizations)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("organizations: read what recognizes: %w", err)
	}
	all := make([]Organization, len(rows))
	for i, r := range rows {
		all[i] = r.organization()
	}
	return all, nil
}

// lockPeople lets changes of an organization's people happen one after the other.
func lockPeople(ctx context.Context, tx *tenants.Tx, id ids.Organization) error {
	if _, err := tx.ExecContext(ctx, "SELECT 1 FROM organizations WHERE id = ? FOR UPDATE", id); err != nil {
		return fmt.Errorf("organizations: lock people: %w", err)
	}
	return nil
}

// Names tells what organizations are called; without ids, all of the network. It is for other modules' use-cases, which
// have authorized.
func (s *Service) Names(ctx context.Context, db bun.IDB, organizations ...ids.Organization) (map[ids.Organization]string, error) {
	var rows []row
	q := db.NewSelect().Model(&rows).Column("id", "name")
	if len(organizations) > 0 {
		q = q.Where("id IN (?)", bun.List(organizations))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("organizations: list names: %w", err)
	}
	names := make(map[ids.Organization]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}

// Count counts the network's organizations. It is for other modules' use-cases, which have authorized.
func Count(ctx context.Context, db bun.IDB) (int, error) { return count(ctx, db, Query{}) }
