package selection

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/fault"
	"kervan/tenants"
)

type itemRow struct {
	bun.BaseModel `bun:"table:panel_items,alias:i"`

	MeetingID     ids.Meeting     `bun:"meeting_id,pk"`
	ApplicationID ids.Application `bun:"application_id,pk"`
	Version       int64           `bun:"version"`
	IntroducerID  ids.Person      `bun:"introducer_id,nullzero"`
	CalledAt      time.Time       `bun:"called_at,nullzero"`
	Voting        Voting          `bun:"voting"`
	Decided       int64           `bun:"decided"`
	Outcome       sql.NullString  `bun:"outcome"`
	Reason        string          `bun:"reason"`
	DecidedAt     time.Time       `bun:"decided_at,nullzero"`
	DecidedBy     ids.Person      `bun:"decided_by,nullzero"`
	Away          []ids.Person    `bun:"away,array"`
}

func (r *itemRow) item() Item {
	return Item{
		Application: r.ApplicationID, Version: r.Version, Introducer: r.IntroducerID, CalledAt: r.CalledAt, Voting: r.Voting, Decided: r.Decided,
		Outcome: events.Outcome(r.Outcome.String), Reason: r.Reason, DecidedAt: r.DecidedAt, DecidedBy: r.DecidedBy, Away: r.Away,
	}
}

func itemsOf(ctx context.Context, db bun.IDB, meeting ids.Meeting) (map[ids.Application]Item, error) {
	var rows []itemRow
	if err := db.NewSelect().Model(&rows).Where("i.meeting_id = ?", meeting).Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list what a meeting knows: %w", err)
	}
	found := make(map[ids.Application]Item, len(rows))
	for i := range rows {
		found[rows[i].ApplicationID] = rows[i].item()
	}
	return found, nil
}

// lockItem gives what a meeting knows of an application, of which the caller holds the lock.
func lockItem(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, application ids.Application) (Item, error) {
	_, err := tx.NewRaw("INSERT INTO panel_items (meeting_id, application_id) VALUES (?, ?) ON CONFLICT DO NOTHING", meeting, application).Exec(ctx)
	if err != nil {
		return Item{}, fmt.Errorf("selection: begin an item: %w", err)
	}
	var row itemRow
	if err := tx.NewSelect().Model(&row).Where("i.meeting_id = ?", meeting).Where("i.application_id = ?", application).For("UPDATE").Scan(ctx); err != nil {
		return Item{}, fmt.Errorf("selection: lock an item: %w", err)
	}
	return row.item(), nil
}

func saveItem(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, it *Item) error {
	it.Version++
	_, err := tx.NewRaw(`UPDATE panel_items SET version = ?, introducer_id = ?, called_at = ?, voting = ?, decided = ?, outcome = ?, reason = ?, decided_at = ?, decided_by = ?, away = ?
		WHERE meeting_id = ? AND application_id = ?`, it.Version, it.Introducer, bun.NullTime{Time: it.CalledAt}, it.Voting, it.Decided, outcomeOf(it.Outcome), it.Reason,
		bun.NullTime{Time: it.DecidedAt}, it.DecidedBy, persons(it.Away), meeting, it.Application).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: save an item: %w", err)
	}
	return nil
}

// introduce writes down who introduces which applications.
func introduce(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, given map[ids.Application]ids.Person) error {
	if len(given) == 0 {
		return nil
	}
	rows := make([]itemRow, 0, len(given))
	for application, person := range given {
		rows = append(rows, itemRow{MeetingID: meeting, ApplicationID: application, Version: 1, IntroducerID: person, Voting: VotingNone, Away: []ids.Person{}})
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (meeting_id, application_id) DO UPDATE").
		Set("introducer_id = EXCLUDED.introducer_id, version = i.version + 1").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: say who introduces: %w", err)
	}
	return nil
}

// remark tells the call's meeting that applications were decided in the ranking, so that its screens show it and who was about
// to decide the same there sees it first. Where the meeting itself had decided the same, that holds with its reason; anything else
// that it had decided of them does not any more.
func remark(ctx context.Context, tx *tenants.Tx, call ids.Call, outcome events.Outcome, applications []ids.Application) error {
	if len(applications) == 0 {
		return nil
	}
	m, err := lockMeeting(ctx, tx, call) // before its items, as everybody does who changes one of them
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil || !m.May(Prepare) {
		return err
	}
	_, err = tx.NewRaw(`INSERT INTO panel_items (meeting_id, application_id, decided) SELECT ?, a.id, 1 FROM unnest(?::uuid[]) AS a (id)
		ON CONFLICT (meeting_id, application_id) DO UPDATE SET decided = panel_items.decided + 1, version = panel_items.version + 1`, m.ID, tenants.Array(applications)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: tell the meeting: %w", err)
	}
	_, err = tx.NewRaw(`UPDATE panel_items SET outcome = NULL, reason = '', decided_at = NULL, decided_by = NULL
		WHERE meeting_id = ? AND application_id = ANY(?::uuid[]) AND outcome IS DISTINCT FROM ?`, m.ID, tenants.Array(applications), outcomeOf(outcome)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("selection: tell the meeting: %w", err)
	}
	return nil
}

type voteRow struct {
	bun.BaseModel `bun:"table:panel_votes,alias:v"`

	MeetingID     ids.Meeting     `bun:"meeting_id,pk"`
	ApplicationID ids.Application `bun:"application_id,pk"`
	PersonID      ids.Person      `bun:"person_id,pk"`
	Choice        Choice          `bun:"choice"`
	At            time.Time       `bun:"at"`
}

func votesOf(ctx context.Context, db bun.IDB, meeting ids.Meeting) ([]Vote, error) {
	var rows []voteRow
	if err := db.NewSelect().Model(&rows).Where("v.meeting_id = ?", meeting).OrderExpr("v.application_id, v.person_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("selection: list votes: %w", err)
	}
	all := make([]Vote, len(rows))
	for i, r := range rows {
		all[i] = Vote{Application: r.ApplicationID, Person: r.PersonID, Choice: r.Choice}
	}
	return all, nil
}

func saveVote(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, v Vote, now time.Time) error {
	row := voteRow{MeetingID: meeting, ApplicationID: v.Application, PersonID: v.Person, Choice: v.Choice, At: now}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (meeting_id, application_id, person_id) DO UPDATE").Set("choice = EXCLUDED.choice, at = EXCLUDED.at").Exec(ctx); err != nil {
		return fmt.Errorf("selection: vote: %w", err)
	}
	return nil
}

type noteRow struct {
	bun.BaseModel `bun:"table:panel_notes,alias:n"`

	ID            ids.Note        `bun:"id,pk"`
	MeetingID     ids.Meeting     `bun:"meeting_id"`
	ApplicationID ids.Application `bun:"application_id"`
	PersonID      ids.Person      `bun:"person_id"`
	Minuted       bool            `bun:"minuted"`
	Text          string          `bun:"text"`
	At            time.Time       `bun:"at"`
}

// notesFor are the notes that stand in the minutes and those of one person, the oldest first.
func notesFor(ctx context.Context, db bun.IDB, meeting ids.Meeting, person ids.Person) ([]MeetingNote, error) {
	var rows []noteRow
	err := db.NewSelect().Model(&rows).Where("n.meeting_id = ?", meeting).Where("(n.minuted OR n.person_id = ?)", person).OrderExpr("n.at, n.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("selection: list notes: %w", err)
	}
	all := make([]MeetingNote, len(rows))
	for i, r := range rows {
		all[i] = MeetingNote{ID: r.ID, Application: r.ApplicationID, Person: r.PersonID, Minuted: r.Minuted, Text: r.Text, At: r.At}
	}
	return all, nil
}

// notesBy is how many notes somebody has written to an application.
func notesBy(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, application ids.Application, person ids.Person) (int64, error) {
	n, err := tx.NewSelect().Model((*noteRow)(nil)).Where("n.meeting_id = ?", meeting).Where("n.application_id = ?", application).Where("n.person_id = ?", person).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("selection: count notes: %w", err)
	}
	return n, nil
}

func insertNote(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, n *MeetingNote) error {
	row := noteRow{ID: n.ID, MeetingID: meeting, ApplicationID: n.Application, PersonID: n.Person, Minuted: n.Minuted, Text: n.Text, At: n.At}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("selection: write a note: %w", err)
	}
	return nil
}

// deleteNote takes somebody's own note away and gives its application; none: there is no such note.
func deleteNote(ctx context.Context, tx *tenants.Tx, meeting ids.Meeting, id ids.Note, person ids.Person) (application ids.Application, found bool, err error) {
	var gone []noteRow
	_, err = tx.NewDelete().Model(&gone).Where("id = ?", id).Where("meeting_id = ?", meeting).Where("person_id = ?", person).Returning("application_id").Exec(ctx)
	if err != nil {
		return application, false, fmt.Errorf("selection: take a note away: %w", err)
	}
	if len(gone) == 0 {
		return application, false, nil
	}
	return gone[0].ApplicationID, true, nil
}

// tidings tells changes of what somebody sees of a call's newest meeting apart, in one query. Nothing of applications in which
// the person has a conflict of interest goes into it, nor of those given; a lot counts when they see two of its applications.
func tidings(ctx context.Context, sc tenants.Scope, call ids.Call, person ids.Person, without []ids.Application) (string, error) {
	said := ""
	err := sc.Ask(ctx, tenants.Question{
		Query: `SELECT g.id::text, g.version,
				(SELECT coalesce(sum(i.version), 0)::bigint FROM panel_items AS i WHERE i.meeting_id = g.id AND NOT i.application_id = ANY($3::uuid[])
					AND NOT EXISTS (SELECT FROM conflicts AS c WHERE c.application_id = i.application_id AND c.person_id = $2 AND c.undone_at IS NULL)),
				(SELECT coalesce(string_agg(l.id::text || (l.drawn_at IS NOT NULL)::text, ',' ORDER BY l.id), '') FROM panel_lots AS l WHERE l.meeting_id = g.id
					AND (SELECT count(*) FROM unnest(l.applications) AS a (id) WHERE NOT a.id = ANY($3::uuid[])
						AND NOT EXISTS (SELECT FROM conflicts AS c WHERE c.application_id = a.id AND c.person_id = $2 AND c.undone_at IS NULL)) > 1),
				(SELECT coalesce(string_agg(m.person_id::text, ',' ORDER BY m.person_id), '') FROM panel_members AS m WHERE m.meeting_id = g.id AND m.seen_at > now() - $4::interval)
			FROM panel_meetings AS g WHERE g.call_id = $1 ORDER BY g.convened_at DESC, g.id DESC LIMIT 1`,
		Args: []any{call, person, tenants.Array(without), attention.String()}, Row: func(r *tenants.Row) error {
			var meeting, lots, present string
			var version, items int64
			err := r.Scan(&meeting, &version, &items, &lots, &present)
			said = meeting + " " + strconv.FormatInt(version, 10) + " " + strconv.FormatInt(items, 10) + " " + lots + " " + present
			return err
		},
	})
	if err != nil {
		return "", fmt.Errorf("selection: look whether a meeting has gone on: %w", err)
	}
	return said, nil
}
