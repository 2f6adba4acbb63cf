package tenants

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
)

// Membership is one role held by one person. Lead and participant are held for an organization; the other roles belong
// to the network's own team.
type Membership struct {
	bun.BaseModel `bun:"table:memberships"`

	ID           string           `bun:"id,pk"`
	Person       ids.Person       `bun:"person_id"`
	Role         Role             `bun:"role"`
	Organization ids.Organization `bun:"organization_id,nullzero"`
	GrantedAt    time.Time        `bun:"granted_at,nullzero,default:now()"`
	GrantedBy    ids.Person       `bun:"granted_by,nullzero"`
}

// GrantRole gives the person the role; one already held is left as it is. A new one is announced. The caller has authorized
// it. The next request of the person has the role.
func (tx *Tx) GrantRole(ctx context.Context, person ids.Person, g Grant, by ids.Person) error {
	m := Membership{ID: ids.New[ids.Token]().String(), Person: person, Role: g.Role, Organization: g.Organization, GrantedBy: by}
	result, err := tx.NewInsert().Model(&m).Value("granted_at", "?", tx.Moment()).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("tenants: grant %s: %w", g.Role, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	tx.Announce(events.RolesChanged{Person: person})
	return nil
}

// RevokeRole takes the role from the person and reports whether it was held. The person's next request is without it.
func (tx *Tx) RevokeRole(ctx context.Context, person ids.Person, g Grant) (bool, error) {
	q := tx.NewDelete().Model((*Membership)(nil)).Where("person_id = ?", person).Where("role = ?", g.Role)
	if g.Organization.IsZero() {
		q = q.Where("organization_id IS NULL")
	} else {
		q = q.Where("organization_id = ?", g.Organization)
	}
	result, err := q.Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("tenants: revoke %s: %w", g.Role, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("tenants: revoke %s: %w", g.Role, err)
	}
	if n > 0 {
		tx.Announce(events.RolesChanged{Person: person})
	}
	return n > 0, nil
}

// CountByRole counts the people who hold each role; who holds one for several organizations counts once.
func CountByRole(ctx context.Context, db bun.IDB) (map[Role]int, error) {
	var rows []struct {
		Role   Role `bun:"role"`
		People int  `bun:"people"`
	}
	err := db.NewSelect().Table("memberships").Column("role").ColumnExpr("count(DISTINCT person_id) AS people").Group("role").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("tenants: count people: %w", err)
	}
	counts := make(map[Role]int, len(rows))
	for _, r := range rows {
		counts[r.Role] = r.People
	}
	return counts, nil
}

// MembersOf lists the people of the organizations, leads first, in the order in which they came.
func MembersOf(ctx context.Context, db bun.IDB, organizations ...ids.Organization) ([]Membership, error) {
	var members []Membership
	if len(organizations) == 0 {
		return members, nil
	}
	err := db.NewSelect().Model(&members).Where("organization_id IN (?)", bun.List(organizations)).
		OrderExpr("role = 'lead' DESC, granted_at, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("tenants: list members: %w", err)
	}
	return members, nil
}

// MembershipsOf lists what people are in organizations, in the order in which they came to it.
func MembershipsOf(ctx context.Context, db bun.IDB, persons ...ids.Person) ([]Membership, error) {
	var members []Membership
	if len(persons) == 0 {
		return members, nil
	}
	err := db.NewSelect().Model(&members).Where("person_id IN (?)", bun.List(persons)).Where("organization_id IS NOT NULL").OrderExpr("granted_at, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("tenants: list memberships: %w", err)
	}
	return members, nil
}

// GrantsOf lists the roles that a person holds just now, as Actor has them.
func GrantsOf(ctx context.Context, db bun.IDB, person ids.Person) ([]Grant, error) {
	var members []Membership
	if err := db.NewSelect().Model(&members).Where("person_id = ?", person).OrderExpr("granted_at, id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("tenants: list grants: %w", err)
	}
	grants := make([]Grant, len(members))
	for i, m := range members {
		grants[i] = Grant{Role: m.Role, Organization: m.Organization}
	}
	return grants, nil
}

// Holders lists who holds any of the roles, in the order in which they were granted.
func Holders(ctx context.Context, db bun.IDB, roles ...Role) ([]Membership, error) {
	var members []Membership
	if len(roles) == 0 {
		return members, nil
	}
	err := db.NewSelect().Model(&members).Where("role IN (?)", bun.List(roles)).OrderExpr("granted_at, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("tenants: list holders: %w", err)
	}
	return members, nil
}

// LeadsOf lists who leads each of the organizations.
func LeadsOf(ctx context.Context, db bun.IDB, organizations ...ids.Organization) (map[ids.Organization][]ids.Person, error) {
	members, err := MembersOf(ctx, db, organizations...)
	if err != nil {
		return nil, err
	}
	leads := map[ids.Organization][]ids.Person{}
	for _, m := range members {
		if m.Role == RoleLead {
			leads[m.Organization] = append(leads[m.Organization], m.Person)
		}
	}
	return leads, nil
}
