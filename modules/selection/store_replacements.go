package selection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type replacementRow struct {
	bun.BaseModel `bun:"table:place_replacements,alias:r"`

	ID            ids.Replacement    `bun:"id,pk"`
	ApplicationID ids.Application    `bun:"application_id"`
	CallID        ids.Call           `bun:"call_id"`
	Seat          string             `bun:"seat"`
	Leaving       ids.Organization   `bun:"leaving"`
	Coming        ids.Organization   `bun:"coming"`
	Reason        string             `bun:"reason"`
	Parties       []ids.Organization `bun:"parties,array"`
	Until         time.Time          `bun:"until"`
	State         ReplacementState   `bun:"state"`
	AskedAt       time.Time          `bun:"asked_at"`
	AskedBy       ids.Person         `bun:"asked_by,nullzero"`
	EndedAt       time.Time          `bun:"ended_at,nullzero"`
	Country       string             `bun:"country"`
	City          string             `bun:"city"`
	Place         int                `bun:"place"`
}

type consentRow struct {
	bun.BaseModel `bun:"table:place_replacement_answers,alias:a"`

	ReplacementID  ids.Replacement  `bun:"replacement_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	Agrees         bool             `bun:"agrees"`
	Reason         string           `bun:"reason"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by"`
}

type departureRow struct {
	bun.BaseModel `bun:"table:place_departures,alias:g"`

	ApplicationID  ids.Application  `bun:"application_id,pk"`
	OrganizationID ids.Organization `bun:"organization_id,pk"`
	CallID         ids.Call         `bun:"call_id"`
	Reason         string           `bun:"reason"`
	At             time.Time        `bun:"at"`
	By             ids.Person       `bun:"by"`
}

// replacements are those that narrow leaves, the first that was asked for first, without what was answered.
func replacements(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Replacement, error) {
	var rows []replacementRow
	if err := narrow(db.NewSelect().Model(&rows)).Order("r.asked_at", "r.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list replacements: %w", err)
	}
	all := make([]Replacement, len(rows))
	for i, r := range rows {
		all[i] = Replacement{
			ID: r.ID, Application: r.ApplicationID, Call: r.CallID, Seat: r.Seat, Leaving: r.Leaving, Coming: r.Coming, Reason: r.Reason, Parties: r.Parties,
			Until: r.Until, State: r.State, AskedAt: r.AskedAt, AskedBy: r.AskedBy, EndedAt: r.EndedAt,
			From: Town{Country: r.Country, City: r.City, Place: r.Place},
		}
	}
	return all, nil
}

// answered adds to replacements what organizations have said of them.
func answered(ctx context.Context, db bun.IDB, all []Replacement) error {
	if len(all) == 0 {
		return nil
	}
	wanted := make([]ids.Replacement, len(all))
	for i := range all {
		wanted[i] = all[i].ID
	}
	var rows []consentRow
	if err := db.NewSelect().Model(&rows).Where("a.replacement_id IN (?)", bun.List(wanted)).Order("a.at", "a.organization_id").Scan(ctx); err != nil {
		return fmt.Errorf("selection: list answers to replacements: %w", err)
	}
	for _, r := range rows {
		for i := range all {
			if all[i].ID == r.ReplacementID {
				all[i].Answers = append(all[i].Answers, Consent{Organization: r.OrganizationID, Agrees: r.Agrees, Reason: r.Reason, At: r.At, By: r.By})
			}
		}
	}
	return nil
}

// doneFor are the replacements by which seats of the applications have changed hands, in that order.
func doneFor(ctx context.Context, db bun.IDB, applications ...ids.Application) ([]Replacement, error) {
	if len(applications) == 0 {
		return nil, nil
	}
	return replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.application_id IN (?)", bun.List(applications)).Where("r.state = ?", ReplacementDone)
	})
}

// doneIn is doneFor of all applications of a call.
func doneIn(ctx context.Context, db bun.IDB, call ids.Call) ([]Replacement, error) {
	return replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.call_id = ?", call).Where("r.state = ?", ReplacementDone)
	})
}

// replacementsFor are all of an application, with what was answered.
func replacementsFor(ctx context.Context, db bun.IDB, application ids.Application) ([]Replacement, error) {
	all, err := replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.application_id = ?", application) })
	if err != nil {
		return nil, err
	}
	return all, answered(ctx, db, all)
}

func findReplacement(ctx context.Context, db bun.IDB, id ids.Replacement) (Replacement, error) {
	all, err := replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.id = ?", id) })
	if err == nil && len(all) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return Replacement{}, err
	}
	return all[0], answered(ctx, db, all)
}

// openFor is the replacement of an application that is asked for, if one is; whether it was answered in time is told by the clock.
func openFor(ctx context.Context, db bun.IDB, application ids.Application) (Replacement, bool, error) {
	all, err := replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.application_id = ?", application).Where("r.state = ?", ReplacementAsked)
	})
	if err != nil || len(all) == 0 {
		return Replacement{}, false, err
	}
	return all[0], true, answered(ctx, db, all)
}

// openReplacements are those that can be answered in which one of the organizations comes, or that are about places of the applications.
func openReplacements(ctx context.Context, db bun.IDB, coming []ids.Organization, places []ids.Application) ([]Replacement, error) {
	return replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.state = ?", ReplacementAsked).Where("r.until > now()").WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			q = q.Where("r.coming IN (?)", bun.List(coming))
			if len(places) > 0 {
				q = q.WhereOr("r.application_id IN (?)", bun.List(places))
			}
			return q
		})
	})
}

func insertReplacement(ctx context.Context, tx *tenants.Tx, r *Replacement) (bool, error) {
	row := replacementRow{
		ID: r.ID, ApplicationID: r.Application, CallID: r.Call, Seat: r.Seat, Leaving: r.Leaving, Coming: r.Coming, Reason: r.Reason, Parties: r.Parties,
		Until: r.Until, State: r.State, AskedAt: r.AskedAt, AskedBy: r.AskedBy, Country: r.From.Country, City: r.From.City, Place: r.From.Place,
	}
	result, err := tx.NewInsert().Model(&row).On("CONFLICT (application_id) WHERE state = 'asked' DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: ask for a replacement: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func endReplacement(ctx context.Context, tx *tenants.Tx, r *Replacement) error {
	_, err := tx.NewUpdate().Model((*replacementRow)(nil)).Set("state = ?, ended_at = ?", r.State, r.EndedAt).Where("r.id = ?", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: end a replacement: %w", err)
	}
	return nil
}

func insertConsent(ctx context.Context, tx *tenants.Tx, id ids.Replacement, c Consent) error {
	row := consentRow{ReplacementID: id, OrganizationID: c.Organization, Agrees: c.Agrees, Reason: c.Reason, At: c.At, By: c.By}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("selection: answer to a replacement: %w", err)
	}
	return nil
}

// departures are what organizations have said that dropped out of the places of applications.
func departures(ctx context.Context, db bun.IDB, applications ...ids.Application) (map[ids.Application]map[ids.Organization]Departure, error) {
	all := map[ids.Application]map[ids.Organization]Departure{}
	if len(applications) == 0 {
		return all, nil
	}
	var rows []departureRow
	if err := db.NewSelect().Model(&rows).Where("g.application_id IN (?)", bun.List(applications)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list departures: %w", err)
	}
	for _, r := range rows {
		if all[r.ApplicationID] == nil {
			all[r.ApplicationID] = map[ids.Organization]Departure{}
		}
		all[r.ApplicationID][r.OrganizationID] = Departure{Application: r.ApplicationID, Call: r.CallID, Organization: r.OrganizationID, Reason: r.Reason, At: r.At, By: r.By}
	}
	return all, nil
}

// insertDeparture keeps that an organization drops out, unless it has said so before, and takes back that it accepted the place.
func insertDeparture(ctx context.Context, tx *tenants.Tx, decision ids.Decision, d Departure) error {
	row := departureRow{ApplicationID: d.Application, OrganizationID: d.Organization, CallID: d.Call, Reason: d.Reason, At: d.At, By: d.By}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("selection: depart: %w", err)
	}
	if _, err := tx.NewRaw("DELETE FROM acceptances WHERE decision_id = ? AND organization_id = ?", decision, d.Organization).Exec(ctx); err != nil {
		return fmt.Errorf("selection: take an acceptance back: %w", err)
	}
	return nil
}

// vacated are the applications whose place is offered or held and has a seat whose organization dropped out, where nobody is asked to
// take that, without some; by call.
func vacated(ctx context.Context, db bun.IDB, without []ids.Application) (map[ids.Call][]ids.Application, error) {
	var rows []struct {
		CallID        ids.Call        `bun:"call_id"`
		ApplicationID ids.Application `bun:"application_id"`
	}
	err := db.NewRaw(`SELECT DISTINCT g.call_id, g.application_id FROM place_departures AS g JOIN decisions AS d ON d.application_id = g.application_id
		WHERE (d.state = ? OR d.state = ? AND d.reply_by > now()) AND NOT EXISTS (SELECT 1 FROM place_replacements AS r WHERE r.application_id = g.application_id
			AND (r.state = ? AND r.until > now() OR r.state = ? AND r.leaving = g.organization_id))`,
		DecisionConditional, DecisionOffered, ReplacementAsked, ReplacementDone).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("selection: list empty seats: %w", err)
	}
	all := map[ids.Call][]ids.Application{}
	for _, r := range rows {
		if !slices.Contains(without, r.ApplicationID) {
			all[r.CallID] = append(all[r.CallID], r.ApplicationID)
		}
	}
	return all, nil
}

// cameTo are the applications of whose places some of the organizations have taken a seat since they were handed in, and left those in
// which one of them has given its seat to another.
func cameTo(ctx context.Context, db bun.IDB, organizations []ids.Organization) (came, left []ids.Application, err error) {
	if len(organizations) == 0 {
		return nil, nil, nil
	}
	done, err := replacements(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.state = ?", ReplacementDone).Where("r.coming IN (?0) OR r.leaving IN (?0)", bun.List(organizations))
	})
	for _, r := range done {
		if slices.Contains(organizations, r.Coming) {
			came = append(came, r.Application)
		}
		if slices.Contains(organizations, r.Leaving) {
			left = append(left, r.Application)
		}
	}
	return came, left, err
}

// holdPlaces lets nobody else change who holds a place in a call until the transaction ends. A call without a list has no places yet.
func holdPlaces(ctx context.Context, tx *tenants.Tx, call ids.Call) error {
	if _, err := tx.NewRaw("SELECT 1 FROM decision_lists WHERE call_id = ? FOR UPDATE", call).Exec(ctx); err != nil {
		return fmt.Errorf("selection: hold places: %w", err)
	}
	return nil
}

// Reseated are the organizations that have taken a seat of an application since it was handed in, by the seat's key. It is for other
// modules' use-cases, which have authorized.
func Reseated(ctx context.Context, db bun.IDB, application ids.Application) (map[string]ids.Organization, error) {
	done, err := doneFor(ctx, db, application)
	seats := make(map[string]ids.Organization, len(done))
	for _, r := range done {
		seats[r.Seat] = r.Coming
	}
	return seats, err
}

// Departed are the organizations that have dropped out of the place of an application, or given their seat in it to another. It is for
// other modules' use-cases, which have authorized.
func Departed(ctx context.Context, db bun.IDB, application ids.Application) ([]ids.Organization, error) {
	var all []ids.Organization
	err := db.NewRaw(`SELECT organization_id FROM place_departures WHERE application_id = ?0
		UNION SELECT leaving FROM place_replacements WHERE application_id = ?0 AND state = ?1`, application, ReplacementDone).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("selection: list who has dropped out of a place: %w", err)
	}
	return all, nil
}
