package selection

import (
	"context"
	"slices"
	"strings"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// steers reports whether a member steers the meeting while that application is on the table: whoever leads does, unless they have
// a conflict of interest in it. Then everybody else does who may decide.
func steers(lead, person ids.Person, out []ids.Person) bool {
	return person == lead || slices.Contains(out, lead)
}

// stillIn lists who has a conflict of interest in an application, once the caller holds the meeting. Fault: NotFound when the
// actor has come to be one of them since they were asked whether they may.
func stillIn(ctx context.Context, tx *tenants.Tx, application ids.Application) ([]ids.Person, error) {
	out, err := barred(ctx, tx, application)
	if err == nil && slices.Contains(out, tx.Scope().Actor().Person) {
		err = fault.NotFound()
	}
	return out, err
}

// steering is meet for whoever steers the meeting about an application that they may know of.
func (s *Service) steering(ctx context.Context, sc tenants.Scope, application ids.Application, act func(ctx context.Context, tx *tenants.Tx, g *gathering, a Application) error) error {
	a, err := s.permitted(ctx, sc, policies.SelectionDecide, application)
	if err != nil {
		return err
	}
	return s.meet(ctx, sc, a.Call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		out, err := stillIn(ctx, tx, application)
		if err != nil {
			return err
		}
		if !steers(g.meeting.Lead, sc.Actor().Person, out) {
			return fault.Conflict("selection.meeting.not_lead")
		}
		return act(ctx, tx, g, a)
	})
}

// PutOnTable takes up an application; what was on the table before is put aside, and an open vote about it is closed. Whoever
// leads the meeting may, without a conflict of interest in either. If the leader has one, others who may decide may. Faults:
// Conflict, NotFound.
func (s *Service) PutOnTable(ctx context.Context, sc tenants.Scope, application ids.Application) error {
	return s.steering(ctx, sc, application, func(ctx context.Context, tx *tenants.Tx, g *gathering, a Application) error {
		if !a.Undecided {
			return fault.Conflict("selection.meeting.decided_elsewhere")
		}
		if g.meeting.OnTable == application {
			return nil
		}
		if err := s.putAside(ctx, sc, tx, g); err != nil {
			return err
		}
		it, err := lockItem(ctx, tx, g.meeting.ID, application)
		if err != nil {
			return err
		}
		if it.CalledAt.IsZero() {
			it.CalledAt = g.now
		}
		g.meeting.OnTable, g.changed = application, true
		tx.Audit(entry("meeting.called", application))
		return saveItem(ctx, tx, g.meeting.ID, &it)
	})
}

// ClearTable puts aside what is on the table, likewise. Faults: Conflict, NotFound.
func (s *Service) ClearTable(ctx context.Context, sc tenants.Scope, application ids.Application) error {
	return s.steering(ctx, sc, application, func(ctx context.Context, tx *tenants.Tx, g *gathering, _ Application) error {
		if g.meeting.OnTable != application {
			return nil
		}
		return s.putAside(ctx, sc, tx, g)
	})
}

// putAside empties the table. Nobody does who had to leave the room for what lies there, nor who does not steer.
func (s *Service) putAside(ctx context.Context, sc tenants.Scope, tx *tenants.Tx, g *gathering) error {
	if g.meeting.OnTable.IsZero() {
		return nil
	}
	person := sc.Actor().Person
	out, err := barred(ctx, tx, g.meeting.OnTable)
	if err != nil {
		return err
	}
	if slices.Contains(out, person) {
		return fault.Conflict("selection.meeting.away")
	}
	if !steers(g.meeting.Lead, person, out) {
		return fault.Conflict("selection.meeting.not_lead")
	}
	it, err := lockItem(ctx, tx, g.meeting.ID, g.meeting.OnTable)
	if err != nil {
		return err
	}
	g.meeting.OnTable, g.changed = ids.Application{}, true
	if it.Voting != VotingOpen {
		return nil
	}
	it.Voting = VotingClosed
	return saveItem(ctx, tx, g.meeting.ID, &it)
}

// onTable changes what the meeting knows of the application on the table.
func onTable(ctx context.Context, tx *tenants.Tx, g *gathering, application ids.Application, change func(*Item) error) error {
	if g.meeting.OnTable != application {
		return fault.Conflict("selection.meeting.not_on_table")
	}
	it, err := lockItem(ctx, tx, g.meeting.ID, application)
	if err != nil {
		return err
	}
	if err := change(&it); err != nil {
		return err
	}
	return saveItem(ctx, tx, g.meeting.ID, &it)
}

// OpenVote lets the members vote about the application on the table, or vote again. Whoever steers the meeting may. Faults:
// Conflict, NotFound.
func (s *Service) OpenVote(ctx context.Context, sc tenants.Scope, application ids.Application) error {
	return s.vote(ctx, sc, application, VotingOpen)
}

// CloseVote ends the vote about the application on the table; from then on everybody in the room sees who voted what. Whoever
// steers the meeting may. Faults: Conflict, NotFound.
func (s *Service) CloseVote(ctx context.Context, sc tenants.Scope, application ids.Application) error {
	return s.vote(ctx, sc, application, VotingClosed)
}

var votingActions = map[Voting]string{VotingOpen: "meeting.vote_open", VotingClosed: "meeting.vote_closed"}

func (s *Service) vote(ctx context.Context, sc tenants.Scope, application ids.Application, to Voting) error {
	return s.steering(ctx, sc, application, func(ctx context.Context, tx *tenants.Tx, g *gathering, _ Application) error {
		return onTable(ctx, tx, g, application, func(it *Item) error {
			if it.Voting == VotingNone && to == VotingClosed {
				return fault.Conflict("selection.meeting.no_vote")
			}
			it.Voting = to
			tx.Audit(entry(votingActions[to], application))
			return nil
		})
	})
}

// CastVote is the actor's vote about the application on the table, in place of an earlier one. Members may, without a conflict of
// interest in it. Faults: Invalid without a choice, Conflict when no vote is open, NotFound.
func (s *Service) CastVote(ctx context.Context, sc tenants.Scope, application ids.Application, choice Choice) error {
	a, err := s.permitted(ctx, sc, policies.SelectionRank, application)
	if err != nil {
		return err
	}
	if _, ok := ParseChoice(string(choice)); !ok {
		return fault.Invalid("fault.check_fields", fault.At("choice", "fault.choose"))
	}
	return s.meet(ctx, sc, a.Call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		if _, err := stillIn(ctx, tx, application); err != nil {
			return err
		}
		return onTable(ctx, tx, g, application, func(it *Item) error {
			if it.Voting != VotingOpen {
				return fault.Conflict("selection.meeting.no_vote")
			}
			tx.Audit(entry("meeting.voted", application))
			return saveVote(ctx, tx, g.meeting.ID, Vote{Application: application, Person: sc.Actor().Person, Choice: choice}, g.now)
		})
	})
}

// WriteNote keeps a note to an application of the agenda: minuted for all members who may know of the application, private for
// the actor alone. Members may, without a conflict of interest in it, MaxMeetingNotes times. Faults: Invalid by field, Conflict,
// NotFound.
func (s *Service) WriteNote(ctx context.Context, sc tenants.Scope, application ids.Application, text string, minuted bool) error {
	a, err := s.permitted(ctx, sc, policies.SelectionRank, application)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		return fault.Invalid("fault.check_fields", fault.At("note", "fault.required"))
	}
	return s.meet(ctx, sc, a.Call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		if _, err := stillIn(ctx, tx, application); err != nil {
			return err
		}
		it, err := lockItem(ctx, tx, g.meeting.ID, application)
		if err != nil {
			return err
		}
		written, err := notesBy(ctx, tx, g.meeting.ID, application, sc.Actor().Person)
		if err != nil {
			return err
		}
		if written >= MaxMeetingNotes {
			return fault.Invalid("fault.check_fields", fault.AtWith("note", "selection.meeting.notes_full", fault.Args{"Max": MaxMeetingNotes}))
		}
		tx.Audit(entry("meeting.noted", application))
		n := MeetingNote{ID: ids.New[ids.Note](), Application: application, Person: sc.Actor().Person, Minuted: minuted, Text: text, At: g.now}
		if err := insertNote(ctx, tx, g.meeting.ID, &n); err != nil || !minuted {
			return err
		}
		return saveItem(ctx, tx, g.meeting.ID, &it)
	})
}

// TakeNote takes a note of the actor's own away. Members may, as long as the meeting is open. Faults: Conflict, NotFound.
func (s *Service) TakeNote(ctx context.Context, sc tenants.Scope, call ids.Call, id ids.Note) error {
	if err := s.policies.May(sc, policies.SelectionRank, policies.On{}); err != nil {
		return err
	}
	return s.meet(ctx, sc, call, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
		application, found, err := deleteNote(ctx, tx, g.meeting.ID, id, sc.Actor().Person)
		if err != nil {
			return err
		}
		if !found {
			return fault.NotFound()
		}
		tx.Audit(entry("meeting.note_removed", application))
		it, err := lockItem(ctx, tx, g.meeting.ID, application)
		if err != nil {
			return err
		}
		return saveItem(ctx, tx, g.meeting.ID, &it)
	})
}

// Settlement is a decision at the table.
type Settlement struct {
	Outcome events.Outcome // empty: what was decided is taken back
	Reason  string         // why; it stands in the minutes
	Decided int64          // Item.Decided as it was shown
}

// Settle decides about the application on the table, as Decide does, with a reason for the minutes. Members who may decide may,
// without a conflict of interest in it. Faults: Invalid by field, Conflict also when it was decided anew since it was shown,
// here or in the ranking; NotFound.
func (s *Service) Settle(ctx context.Context, sc tenants.Scope, application ids.Application, cmd Settlement) error {
	a, err := s.permitted(ctx, sc, policies.SelectionDecide, application)
	if err != nil {
		return err
	}
	if _, ok := ParseOutcome(string(cmd.Outcome)); !ok && cmd.Outcome != "" {
		return fault.Invalid("fault.check_fields", fault.At("outcome", "fault.choose"))
	}
	if cmd.Outcome != "" && strings.TrimSpace(cmd.Reason) == "" {
		return fault.Invalid("fault.check_fields", fault.At("reason", "fault.required"))
	}
	return s.sit(ctx, sc, policies.SelectionDecide, a.Call, anyVersion, Decide, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		m, err := lockMeeting(ctx, tx, a.Call)
		if err != nil {
			return err
		}
		return s.advanceMeeting(ctx, tx, m, Meet, func(ctx context.Context, tx *tenants.Tx, g *gathering) error {
			if !g.asked(sc.Actor().Person) {
				return fault.NotFound()
			}
			if _, err := stillIn(ctx, tx, application); err != nil {
				return err
			}
			if err := g.come(ctx, tx, sc.Actor().Person); err != nil {
				return err
			}
			return onTable(ctx, tx, g, application, func(it *Item) error { return settleItem(ctx, tx, w, it, cmd) })
		})
	})
}

func settleItem(ctx context.Context, tx *tenants.Tx, w *sitting, it *Item, cmd Settlement) error {
	if it.Decided != cmd.Decided {
		return fault.Conflict("selection.meeting.decided_meanwhile")
	}
	a, ok := w.application(it.Application)
	if !ok || !a.Undecided {
		return fault.Conflict("selection.meeting.decided_elsewhere")
	}
	it.Decided++
	it.Outcome, it.Reason, it.DecidedAt, it.DecidedBy = cmd.Outcome, cmd.Reason, w.now, tx.Scope().Actor().Person
	if cmd.Outcome == "" {
		it.Reason, it.DecidedAt, it.DecidedBy = "", time.Time{}, ids.Person{}
	}
	tx.Audit(audit.Entry{Action: "decision.drafted", SubjectKind: "application", SubjectID: it.Application.String(), Detail: map[string]any{"outcome": string(cmd.Outcome)}})
	return w.draft(ctx, tx, cmd.Outcome, []ids.Application{it.Application})
}
