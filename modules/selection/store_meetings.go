package selection

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type meetingRow struct {
	bun.BaseModel `bun:"table:panel_meetings,alias:g"`

	ID          ids.Meeting     `bun:"id,pk"`
	CallID      ids.Call        `bun:"call_id"`
	State       MeetingState    `bun:"state"`
	At          time.Time       `bun:"at"`
	Place       string          `bun:"place"`
	OpenVotes   bool            `bun:"open_votes"`
	LeadID      ids.Person      `bun:"lead_id"`
	OnTable     ids.Application `bun:"on_table,nullzero"`
	Version     int64           `bun:"version"`
	ConvenedAt  time.Time       `bun:"convened_at"`
	ConvenedBy  ids.Person      `bun:"convened_by"`
	OpenedAt    time.Time       `bun:"opened_at,nullzero"`
	EndedAt     time.Time       `bun:"ended_at,nullzero"`
	EndedBy     ids.Person      `bun:"ended_by,nullzero"`
	Fingerprint string          `bun:"fingerprint"`
	Balance     *Balance        `bun:"balance,type:jsonb"`
	SignedAt    time.Time       `bun:"signed_at,nullzero"`
	SignedBy    ids.Person      `bun:"signed_by,nullzero"`
	SealedAt    time.Time       `bun:"sealed_at,nullzero"`
	SealedBy    ids.Person      `bun:"sealed_by,nullzero"`
}

// meeting is the row's meeting. A balance of another end than its last is none: a program that does not know of balances has opened
// the meeting again and ended it.
func (r *meetingRow) meeting() Meeting {
	balance := r.Balance
	if balance != nil && balance.Ended != r.EndedAt.UnixMicro() {
		balance = nil
	}
	return Meeting{
		ID: r.ID, Call: r.CallID, State: r.State, At: r.At, Place: r.Place, OpenVotes: r.OpenVotes, Lead: r.LeadID, OnTable: r.OnTable, Version: r.Version,
		ConvenedAt: r.ConvenedAt, ConvenedBy: r.ConvenedBy, OpenedAt: r.OpenedAt, EndedAt: r.EndedAt, EndedBy: r.EndedBy, Fingerprint: r.Fingerprint, Balance: balance,
		SignedAt: r.SignedAt, SignedBy: r.SignedBy, SealedAt: r.SealedAt, SealedBy: r.SealedBy,
	}
}

func rowOfMeeting(m *Meeting) meetingRow {
	return meetingRow{
		ID: m.ID, CallID: m.Call, State: m.State, At: m.At, Place: m.Place, OpenVotes: m.OpenVotes, LeadID: m.Lead, OnTable: m.OnTable, Version: m.Version,
		ConvenedAt: m.ConvenedAt, ConvenedBy: m.ConvenedBy, OpenedAt: m.OpenedAt, EndedAt: m.EndedAt, EndedBy: m.EndedBy, Fingerprint: m.Fingerprint, Balance: m.Balance,
		SignedAt: m.SignedAt, SignedBy: m.SignedBy, SealedAt: m.SealedAt, SealedBy: m.SealedBy,
	}
}

// meetings are those of a call, the newest first.
func meetings(ctx context.Context, db bun.IDB, call ids.Call) ([]Meeting, error) {
	var rows []meetingRow
	if err := db.NewSelect().Model(&rows).Where("g.call_id = ?", call).OrderExpr("g.convened_at DESC, g.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list meetings: %w", err)
	}
	all := make([]Meeting, len(rows))
	for i := range rows {
		all[i] = rows[i].meeting()
	}
	return all, nil
}

// lockMeeting finds the meeting of a call that is not sealed, and keeps everybody else from changing it until the transaction
// ends. Fault: NotFound.
func lockMeeting(ctx context.Context, tx *tenants.Tx, call ids.Call) (Meeting, error) {
	var row meetingRow
	err := tx.NewSelect().Model(&row).Where("g.call_id = ?", call).Where("g.state <> 'sealed'").For("UPDATE").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Meeting{}, fault.NotFound()
	}
	if err != nil {
		return Meeting{}, fmt.Errorf("selection: lock meeting: %w", err)
	}
	return row.meeting(), nil
}

// insertMeeting convenes a meeting. Fault: Conflict when one of the call is not sealed yet.
func insertMeeting(ctx context.Context, tx *tenants.Tx, m *Meeting) error {
	row := rowOfMeeting(m)
	result, err := tx.NewInsert().Model(&row).On("CONFLICT (call_id) WHERE state <> 'sealed' DO NOTHING").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: convene: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fault.Conflict("selection.meeting.there_is_one"), err)
	}
	return nil
}

// saveMeeting writes the meeting, of which the caller holds the lock.
func saveMeeting(ctx context.Context, tx *tenants.Tx, m *Meeting) error {
	m.Version++
	row := rowOfMeeting(m)
	if _, err := tx.NewUpdate().Model(&row).ExcludeColumn("id", "call_id", "convened_at", "convened_by").Where("id = ?", m.ID).Exec(ctx); err != nil {
		return fmt.Errorf("selection: save meeting: %w", err)
	}
	return nil
}

type memberRow struct {
	bun.BaseModel `bun:"table:panel_members,alias:m"`

	MeetingID ids.Meeting `bun:"meeting_id,pk"`
	PersonID  ids.Person  `bun:"person_id,pk"`
	CameAt    time.Time   `bun:"came_at,nullzero"`
	SeenAt    time.Time   `bun:"seen_at,nullzero"`
}

// panelOf is who is or was asked to meetings of a call's panel.
func panelOf(ctx context.Context, db bun.IDB, call ids.Call) ([]ids.Person, error) {
	var found []ids.Person
	err := db.NewRaw("SELECT DISTINCT m.person_id FROM panel_members AS m JOIN panel_meetings AS g ON g.id = m.meeting_id WHERE g.call_id = ? ORDER BY 1", call).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("selection: list the panel: %w", err)
	}
	return found, nil
}

func attendees(ctx context.Context, db bun.IDB, meeting ids.Meeting) ([]Member, error) {
	var rows []memberRow
	if err := db.NewSelect().Model(&rows).Where("m.meeting_id = ?", meeting).OrderExpr("m.person_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list members of a meeting: %w", err)
	}
	all := make([]Member, len(rows))
	for i, r := range rows {
		all[i] = Member{Person: r.PersonID, Came: r.CameAt, Seen: r.SeenAt}
	}
	return all, nil
}

// invite makes exactly those persons members, besides who has come already.
func invite(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, persons []ids.Person) error {
	rows := make([]memberRow, len(persons))
	for i, p := range persons {
		rows[i] = memberRow{MeetingID: meeting, PersonID: p}
	}
	_, err := tx.NewDelete().Model((*memberRow)(nil)).Where("meeting_id = ?", meeting).Where("came_at IS NULL").Where("person_id NOT IN (?)", bun.List(persons)).Exec(ctx)
	if err == nil {
		_, err = tx.NewInsert().Model(&rows).On("CONFLICT (meeting_id, person_id) DO NOTHING").Returning("NULL").Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("selection: ask to a meeting: %w", err)
	}
	return nil
}

// arrive writes down that a member is in the room; it reports whether they came just now.
func arrive(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, person ids.Person, now time.Time) (bool, error) {
	result, err := tx.NewUpdate().Model((*memberRow)(nil)).Set("came_at = ?", now).Set("seen_at = ?", now).
		Where("meeting_id = ?", meeting).Where("person_id = ?", person).Where("came_at IS NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("selection: enter a meeting: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// see writes down that a member's screen is open.
func see(ctx context.Context, tx *tenants.Tx, call ids.Call, person ids.Person) error {
	_, err := tx.NewRaw(`UPDATE panel_members SET seen_at = now() WHERE person_id = ?
		AND meeting_id IN (SELECT id FROM panel_meetings WHERE call_id = ? AND state = 'open')`, person, call).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: see a member: %w", err)
	}
	return nil
}

type turnRow struct {
	bun.BaseModel `bun:"table:panel_turns,alias:t"`

	MeetingID ids.Meeting `bun:"meeting_id,pk"`
	Nth       int         `bun:"nth,pk"`
	PersonID  ids.Person  `bun:"person_id"`
	At        time.Time   `bun:"at"`
}

func turns(ctx context.Context, db bun.IDB, meeting ids.Meeting) ([]Turn, error) {
	var rows []turnRow
	if err := db.NewSelect().Model(&rows).Where("t.meeting_id = ?", meeting).OrderExpr("t.nth").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list who led: %w", err)
	}
	all := make([]Turn, len(rows))
	for i, r := range rows {
		all[i] = Turn{Person: r.PersonID, At: r.At}
	}
	return all, nil
}

func turn(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, t Turn) error {
	_, err := tx.NewRaw(`INSERT INTO panel_turns (meeting_id, nth, person_id, at)
		SELECT ?, count(*) + 1, ?, ? FROM panel_turns WHERE meeting_id = ?`, meeting, t.Person, t.At, meeting).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: write down who leads: %w", err)
	}
	return nil
}

type lotRow struct {
	bun.BaseModel `bun:"table:panel_lots,alias:l"`

	ID           ids.Lot           `bun:"id,pk"`
	MeetingID    ids.Meeting       `bun:"meeting_id"`
	Applications []ids.Application `bun:"applications,array"`
	Seed         string            `bun:"seed"`
	PreparedAt   time.Time         `bun:"prepared_at"`
	PreparedBy   ids.Person        `bun:"prepared_by"`
	DrawnAt      time.Time         `bun:"drawn_at,nullzero"`
	DrawnBy      ids.Person        `bun:"drawn_by,nullzero"`
}

func lots(ctx context.Context, db bun.IDB, meeting ids.Meeting) ([]Lot, error) {
	var rows []lotRow
	if err := db.NewSelect().Model(&rows).Where("l.meeting_id = ?", meeting).OrderExpr("l.prepared_at, l.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list lots: %w", err)
	}
	all := make([]Lot, len(rows))
	for i, r := range rows {
		all[i] = Lot{ID: r.ID, Applications: r.Applications, Seed: r.Seed, PreparedAt: r.PreparedAt, PreparedBy: r.PreparedBy, DrawnAt: r.DrawnAt, DrawnBy: r.DrawnBy}
	}
	return all, nil
}

func insertLot(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, l *Lot) error {
	row := lotRow{ID: l.ID, MeetingID: meeting, Applications: l.Applications, Seed: l.Seed, PreparedAt: l.PreparedAt, PreparedBy: l.PreparedBy}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("selection: prepare a lot: %w", err)
	}
	return nil
}

func drawLot(ctx context.Context, tx *tenants.Tx, l *Lot) error {
	row := lotRow{ID: l.ID, DrawnAt: l.DrawnAt, DrawnBy: l.DrawnBy}
	if _, err := tx.NewUpdate().Model(&row).Column("drawn_at", "drawn_by").Where("id = ?", l.ID).Exec(ctx); err != nil {
		return fmt.Errorf("selection: draw a lot: %w", err)
	}
	return nil
}

func dropLot(ctx context.Context, tx *tenants.Tx, id ids.Lot) error {
	if _, err := tx.NewDelete().Model((*lotRow)(nil)).Where("id = ?", id).Where("drawn_at IS NULL").Exec(ctx); err != nil {
		return fmt.Errorf("selection: drop a lot: %w", err)
	}
	return nil
}

// outcomeOf is an outcome as it is kept; none is NULL.
func outcomeOf(o events.Outcome) sql.NullString {
	return sql.NullString{String: string(o), Valid: o != ""}
}

// persons are identifiers as a column keeps them; never NULL.
func persons(all []ids.Person) string { return tenants.Array(all) }
