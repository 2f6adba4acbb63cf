package selection

import (
	"context"
	"slices"
	"time"

	"kervan/modules/events"
	"kervan/modules/ids"
	"kervan/modules/kernel/audit"
	"kervan/modules/kernel/fault"
	"kervan/policies"
	"kervan/tenants"
)

// Closing is what is fixed when a list is closed.
type Closing struct {
	ReplyBy      time.Time // until when the selected accept or decline
	WaitingUntil time.Time // when the waiting list ends; zero: whoever closes knows of none
	ClarifyUntil time.Time // until when applicants without a place may ask about the decision; zero: they may not
	QuotaReason  string    // why the selection is not as the call's quotas want it, if it is not
	LeavePlaces  bool      // places that are left are offered to the waiting list at the release
}

// Close closes the decision list, so that somebody else can sign it, and keeps how far reviewers agree then. Coordinators and the chair may. What they are asked and refused
// is about the applications that they may know of; the whole is looked at before the release. Faults: Invalid by field, also when a
// quota is not met and no reason is given, and when places are left beside a waiting list without LeavePlaces; Conflict when
// applications are undecided, more are selected than there are places, or the list was changed; NotFound.
func (s *Service) Close(ctx context.Context, sc tenants.Scope, call ids.Call, version int64, cmd Closing) error {
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, CloseList, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		w.list.QuotaReason, w.list.ReplyBy, w.list.ClarifyUntil = cmd.QuotaReason, cmd.ReplyBy.Truncate(time.Microsecond), cmd.ClarifyUntil
		seen := w.seen()
		if !cmd.WaitingUntil.IsZero() || seen.count(events.OutcomeWaiting) > 0 {
			w.list.WaitingUntil = cmd.WaitingUntil // otherwise it may have been set by somebody who knows of a waiting list
		}
		if key := seen.unfinished(); key != "" {
			return fault.Conflict(key)
		}
		if bad := seen.wrong(cmd); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		w.list.ClosedAt, w.list.ClosedBy = w.now, sc.Actor().Person
		if err := keepRatings(ctx, tx, w.call, w.all, KeptClosed, w.now); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "decisions.closed", SubjectKind: "call", SubjectID: call.String()})
		return s.tellSigners(ctx, tx, call)
	})
}

func (w *sitting) count(outcome events.Outcome) int {
	n := 0
	for _, d := range w.decisions {
		if d.Outcome == outcome && d.State == DecisionDraft {
			n++
		}
	}
	return n
}

// unfinished is what keeps decisions from being closed, as the key of a sentence; empty: nothing.
func (w *sitting) unfinished() string {
	for _, a := range w.all {
		decided := slices.ContainsFunc(w.decisions, func(d Decision) bool { return d.Application == a.ID })
		if a.Undecided && !decided {
			return "selection.close.undecided"
		}
	}
	if w.count(events.OutcomeSelected) > w.list.Places {
		return "selection.close.too_many"
	}
	return ""
}

// lacks lists what keeps decisions from being signed or released, as keys of sentences.
func (w *sitting) lacks() []string {
	var all []string
	if key := w.unfinished(); key != "" {
		all = append(all, key)
	}
	if w.list.QuotaReason == "" && len(w.missed()) > 0 {
		all = append(all, "selection.close.quota")
	}
	if w.count(events.OutcomeWaiting) > 0 && !w.list.WaitingUntil.After(w.list.ReplyBy) {
		all = append(all, "selection.close.no_end")
	}
	return all
}

// Lacks lists what keeps the decisions that the actor may know of from being signed or released, as keys of sentences.
func (p *Panel) Lacks() []string {
	w := sitting{call: p.Call, list: p.List}
	if p.Reasoned {
		w.list.QuotaReason = "there is one"
	}
	for i := range p.Ranked {
		w.all = append(w.all, p.Ranked[i].Application)
		if d := p.Ranked[i].Decision; d != nil {
			w.decisions = append(w.decisions, *d)
		}
	}
	return w.lacks()
}

// PlacesLeft reports whether places are left beside a waiting list, as far as the actor may know.
func (p *Panel) PlacesLeft() bool {
	return p.Tally.Selected < p.List.Places && p.Tally.Waiting > 0
}

// wrong lists the fields of a closing that cannot be accepted.
func (w *sitting) wrong(cmd Closing) []fault.Field {
	var bad []fault.Field
	waiting := w.count(events.OutcomeWaiting) > 0
	if cmd.QuotaReason == "" && len(w.missed()) > 0 {
		bad = append(bad, fault.At("quota_reason", "selection.close.quota"))
	}
	if waiting && w.count(events.OutcomeSelected) < w.list.Places && !cmd.LeavePlaces {
		bad = append(bad, fault.At("leave_places", "selection.close.places_left"))
	}
	if cmd.ReplyBy.Before(w.now.AddDate(0, 0, w.call.Review.ReplyDays)) {
		bad = append(bad, fault.AtWith("reply_by", "selection.close.reply_by", fault.Args{"Days": w.call.Review.ReplyDays}))
	}
	if waiting && !cmd.WaitingUntil.After(cmd.ReplyBy) {
		bad = append(bad, fault.At("waiting_until", "selection.close.waiting_until"))
	}
	if !cmd.ClarifyUntil.IsZero() && cmd.ClarifyUntil.Before(w.now.AddDate(0, 0, LeastClarify)) {
		bad = append(bad, fault.AtWith("clarify_until", "selection.close.clarify_until", fault.Args{"Days": LeastClarify}))
	}
	return bad
}

// Sign signs the closed list, by which its letters are written into the outbox, where they wait for the release.
// Coordinators and the chair may, but not whoever closed it, in whatever role. What they are refused is about the applications that
// they may know of, which may be others than those of whoever closed it. Faults: Conflict, NotFound.
func (s *Service) Sign(ctx context.Context, sc tenants.Scope, call ids.Call, version int64) error {
	return s.sit(ctx, sc, policies.SelectionSign, call, version, SignList, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		if w.list.ClosedBy == sc.Actor().Person {
			return fault.Conflict("selection.sign.four_eyes")
		}
		if lacks := w.seen().lacks(); len(lacks) > 0 {
			return fault.Conflict(lacks[0])
		}
		w.list.SignedAt, w.list.SignedBy, w.list.Batch = w.now, sc.Actor().Person, "decisions/"+ids.New[ids.Letter]().String()
		tx.Audit(audit.Entry{Action: "decisions.signed", SubjectKind: "call", SubjectID: call.String()})
		return s.compose(ctx, tx, w)
	})
}

// Reopen opens a closed or signed list again; its letters are cancelled. Coordinators and the chair may. Faults: Conflict,
// NotFound.
func (s *Service) Reopen(ctx context.Context, sc tenants.Scope, call ids.Call, version int64) error {
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, ReopenList, func(_ context.Context, tx *tenants.Tx, w *sitting) error {
		if w.list.Batch != "" {
			tx.Announce(events.DecisionsReopened{Call: call, Batch: w.list.Batch})
		}
		w.list = List{Call: call, State: ListOpen, Version: w.list.Version, Places: w.list.Places, ReplyBy: w.list.ReplyBy, WaitingUntil: w.list.WaitingUntil, ClarifyUntil: w.list.ClarifyUntil}
		tx.Audit(audit.Entry{Action: "decisions.reopened", SubjectKind: "call", SubjectID: call.String()})
		return nil
	})
}

// Release makes the decisions known, all at once: the selected are offered their places, and the letters go. Coordinators
// may. Here the decisions are looked at as a whole: whoever closed and signed them may have known of some only. Faults: Conflict when
// the list is not signed, was changed, leaves the selected fewer days to reply than the call promises, or lacks something as a whole:
// whoever sees that something is lacking is told what, anybody else the same words whatever it is; NotFound.
func (s *Service) Release(ctx context.Context, sc tenants.Scope, call ids.Call, version int64) error {
	return s.sit(ctx, sc, policies.SelectionRelease, call, version, ReleaseList, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		if w.now.AddDate(0, 0, w.call.Review.ReplyDays).After(w.list.ReplyBy) {
			return fault.Conflict("selection.release.reply_by")
		}
		if !w.list.ClarifyUntil.IsZero() && w.now.AddDate(0, 0, LeastClarify-2).After(w.list.ClarifyUntil) {
			return fault.Conflict("selection.release.clarify_until")
		}
		if len(w.lacks()) > 0 {
			if lacks := w.seen().lacks(); len(lacks) > 0 {
				return fault.Conflict(lacks[0])
			}
			return fault.Conflict("selection.release.not_whole")
		}
		beyond := len(w.missed()) > 0
		w.list.ReleasedAt, w.list.ReleasedBy, w.list.BeyondQuotas = w.now, sc.Actor().Person, &beyond
		for i := range w.decisions {
			if err := w.release(ctx, tx, &w.decisions[i]); err != nil {
				return err
			}
		}
		if err := s.tellApplicants(ctx, tx, w.all, "selection.notify.decided"); err != nil {
			return err
		}
		tx.Audit(audit.Entry{Action: "decisions.released", SubjectKind: "call", SubjectID: call.String()})
		tx.EnqueueAt(lapseJob, Lapsing{Call: call}, w.list.ReplyBy)
		remindLater(tx, remindReplyJob, Reminding{Call: call, By: w.list.ReplyBy}, remindLead, w.now)
		if err := s.offerNext(ctx, tx, w); err != nil {
			return err
		}
		tx.Announce(events.DecisionsReleased{Call: call, Batch: w.list.Batch, Without: w.offered})
		return nil
	})
}

// release makes one decision known. That of an application which was withdrawn since it was signed is not.
func (w *sitting) release(ctx context.Context, tx *tenants.Tx, d *Decision) error {
	verb := release(d.Outcome)
	if _, there := w.application(d.Application); !there {
		verb = WithdrawPlace
	}
	after, ok := d.State.After(verb)
	if !ok {
		return nil
	}
	d.State = after
	if after == DecisionOffered {
		d.Place, d.ReplyBy = Free(w.list.Places, w.decisions)[0], w.list.ReplyBy
	}
	if after != DecisionWithdrawn {
		tx.Announce(events.DecisionReleased{Application: d.Application, Call: d.Call, Outcome: d.Outcome, ReplyBy: d.ReplyBy, Waiting: d.Waiting})
	}
	return settle(ctx, tx, d)
}
