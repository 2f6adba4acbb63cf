package selection

import (
	"context"
	"fmt"

	"kervan/modules/ids"
	"kervan/tenants"
)

// ledger is what is written down of a call's selection, of all applications.
type ledger struct {
	list       List
	reviews    []Review // whose they are, where they stand and their totals; without dates and words
	decisions  []Decision
	conditions map[ids.Application]int // how many the place of an application has
	ways       manner
	wanted     map[ids.Application]int // how many reviews second opinions want of an application
}

// ledgerOf reads what the panel of a call is made of, in one message.
func ledgerOf(ctx context.Context, sc tenants.Scope, call ids.Call) (ledger, error) {
	l := ledger{list: List{Call: call, State: ListOpen, Version: 1}, conditions: map[ids.Application]int{}, wanted: map[ids.Application]int{}}
	list := tenants.Question{
		Query: `SELECT state, version, places, reply_by, waiting_until, clarify_until, closed_at, closed_by, signed_at, signed_by, batch, quota_reason, beyond_quotas, released_at, released_by
			FROM decision_lists WHERE call_id = $1`,
		Args: []any{call}, Row: func(r *tenants.Row) error {
			one := &l.list
			return r.Scan(&one.State, &one.Version, &one.Places, &one.ReplyBy, &one.WaitingUntil, &one.ClarifyUntil, &one.ClosedAt, &one.ClosedBy, &one.SignedAt, &one.SignedBy, &one.Batch,
				&one.QuotaReason, &one.BeyondQuotas, &one.ReleasedAt, &one.ReleasedBy)
		},
	}
	reviews := tenants.Question{
		Query: `SELECT id, application_id, person_id, state, points FROM reviews WHERE call_id = $1 ORDER BY application_id, assigned_at, id`,
		Args:  []any{call}, Row: func(r *tenants.Row) error {
			one := Review{Call: call}
			err := r.Scan(&one.ID, &one.Application, &one.Person, &one.State, &one.Points)
			l.reviews = append(l.reviews, one)
			return err
		},
	}
	decisions := tenants.Question{
		Query: `SELECT id, application_id, outcome, state, waiting, place, decided_at, decided_by, reply_by, answered_at, answered_by FROM decisions WHERE call_id = $1
			ORDER BY waiting, decided_at, id`,
		Args: []any{call}, Row: func(r *tenants.Row) error {
			d := Decision{Call: call}
			err := r.Scan(&d.ID, &d.Application, &d.Outcome, &d.State, &d.Waiting, &d.Place, &d.DecidedAt, &d.DecidedBy, &d.ReplyBy, &d.AnsweredAt, &d.AnsweredBy)
			l.decisions = append(l.decisions, d)
			return err
		},
	}
	ways := tenants.Question{
		Query: `SELECT adjusted, discussed, named, wished FROM selection_ways WHERE call_id = $1`,
		Args:  []any{call}, Row: func(r *tenants.Row) error {
			return r.Scan(&l.ways.Adjusted, &l.ways.Talk.On, &l.ways.Talk.Named, &l.ways.Wished)
		},
	}
	conditions := counting(`SELECT application_id, count(*)::integer FROM place_conditions WHERE call_id = $1 GROUP BY application_id`, call, l.conditions)
	wanted := counting(`SELECT application_id, max(reviews)::integer FROM second_opinions WHERE call_id = $1 AND state = 'granted' GROUP BY application_id`, call, l.wanted)
	if err := sc.Ask(ctx, list, reviews, decisions, ways, conditions, wanted); err != nil {
		return l, fmt.Errorf("selection: read what a panel is made of: %w", err)
	}
	return l, nil
}

// counting asks for a number of each of a call's applications.
func counting(query string, call ids.Call, found map[ids.Application]int) tenants.Question {
	return tenants.Question{Query: query, Args: []any{call}, Row: func(r *tenants.Row) error {
		var id ids.Application
		n := 0
		err := r.Scan(&id, &n)
		found[id] = n
		return err
	}}
}

// meetingsOf are a call's meetings, the newest first, without what was told of quotas as they ended.
func meetingsOf(ctx context.Context, sc tenants.Scope, call ids.Call) ([]Meeting, error) {
	var all []Meeting
	err := sc.Ask(ctx, tenants.Question{
		Query: `SELECT id, state, at, place, open_votes, lead_id, on_table, version, convened_at, convened_by, opened_at, ended_at, ended_by, fingerprint, signed_at, signed_by, sealed_at, sealed_by
			FROM panel_meetings WHERE call_id = $1 ORDER BY convened_at DESC, id DESC`,
		Args: []any{call}, Row: func(r *tenants.Row) error {
			m := Meeting{Call: call}
			err := r.Scan(&m.ID, &m.State, &m.At, &m.Place, &m.OpenVotes, &m.Lead, &m.OnTable, &m.Version, &m.ConvenedAt, &m.ConvenedBy, &m.OpenedAt, &m.EndedAt, &m.EndedBy, &m.Fingerprint,
				&m.SignedAt, &m.SignedBy, &m.SealedAt, &m.SealedBy)
			all = append(all, m)
			return err
		},
	})
	if err != nil {
		return nil, fmt.Errorf("selection: list meetings: %w", err)
	}
	return all, nil
}

// present reads who is asked to a meeting of a call, and which conflicts of interest stand in it, these with nothing but whose they
// are and in what.
func present(ctx context.Context, sc tenants.Scope, call ids.Call, meeting ids.Meeting) (members []Member, standing []Conflict, err error) {
	asked := tenants.Question{
		Query: `SELECT person_id, came_at, seen_at FROM panel_members WHERE meeting_id = $1 ORDER BY person_id`,
		Args:  []any{meeting}, Row: func(r *tenants.Row) error {
			var m Member
			err := r.Scan(&m.Person, &m.Came, &m.Seen)
			members = append(members, m)
			return err
		},
	}
	conflicts := tenants.Question{
		Query: `SELECT application_id, person_id FROM conflicts WHERE call_id = $1 AND undone_at IS NULL`,
		Args:  []any{call}, Row: func(r *tenants.Row) error {
			c := Conflict{Call: call}
			err := r.Scan(&c.Application, &c.Person)
			standing = append(standing, c)
			return err
		},
	}
	if err := sc.Ask(ctx, asked, conflicts); err != nil {
		return nil, nil, fmt.Errorf("selection: list members of a meeting: %w", err)
	}
	return members, standing, nil
}

// records is what a meeting has written down, of all applications: what it knows of each, without who had left the room as it ended,
// its lots, its votes, and the notes that stand in the minutes or are one person's.
type records struct {
	items map[ids.Application]Item
	lots  []Lot
	votes []Vote
	notes []MeetingNote
}

func recordsOf(ctx context.Context, sc tenants.Scope, meeting ids.Meeting, person ids.Person) (records, error) {
	found := records{items: map[ids.Application]Item{}}
	items := tenants.Question{
		Query: `SELECT application_id, version, introducer_id, called_at, voting, decided, outcome, reason, decided_at, decided_by FROM panel_items WHERE meeting_id = $1`,
		Args:  []any{meeting}, Row: func(r *tenants.Row) error {
			var it Item
			err := r.Scan(&it.Application, &it.Version, &it.Introducer, &it.CalledAt, &it.Voting, &it.Decided, &it.Outcome, &it.Reason, &it.DecidedAt, &it.DecidedBy)
			found.items[it.Application] = it
			return err
		},
	}
	lots := tenants.Question{
		Query: `SELECT id, applications, seed, prepared_at, prepared_by, drawn_at, drawn_by FROM panel_lots WHERE meeting_id = $1 ORDER BY prepared_at, id`,
		Args:  []any{meeting}, Row: func(r *tenants.Row) error {
			var l Lot
			err := r.Scan(&l.ID, &l.Applications, &l.Seed, &l.PreparedAt, &l.PreparedBy, &l.DrawnAt, &l.DrawnBy)
			found.lots = append(found.lots, l)
			return err
		},
	}
	votes := tenants.Question{
		Query: `SELECT application_id, person_id, choice FROM panel_votes WHERE meeting_id = $1 ORDER BY application_id, person_id`,
		Args:  []any{meeting}, Row: func(r *tenants.Row) error {
			var v Vote
			err := r.Scan(&v.Application, &v.Person, &v.Choice)
			found.votes = append(found.votes, v)
			return err
		},
	}
	notes := tenants.Question{
		Query: `SELECT id, application_id, person_id, minuted, text, at FROM panel_notes WHERE meeting_id = $1 AND (minuted OR person_id = $2) ORDER BY at, id`,
		Args:  []any{meeting, person}, Row: func(r *tenants.Row) error {
			var n MeetingNote
			err := r.Scan(&n.ID, &n.Application, &n.Person, &n.Minuted, &n.Text, &n.At)
			found.notes = append(found.notes, n)
			return err
		},
	}
	if err := sc.Ask(ctx, items, lots, votes, notes); err != nil {
		return found, fmt.Errorf("selection: read what a meeting has written down: %w", err)
	}
	return found, nil
}
