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

// sitting is a call's selection under lock, with all of its applications, those hidden from the actor too.
type sitting struct {
	call      Call
	list      List
	all       []Application
	decisions []Decision
	now       time.Time
}

func (w *sitting) application(id ids.Application) (Application, bool) {
	i := slices.IndexFunc(w.all, func(a Application) bool { return a.ID == id })
	if i < 0 {
		return Application{}, false
	}
	return w.all[i], true
}

// anyVersion sits down to a list whatever its version is, for what has a version of its own.
const anyVersion = -1

// sit locks a call's selection for somebody who may do the action, at the version that was shown, and does it. What other
// modules must tell is asked before, so that nobody waits for a second connection while holding the lock.
func (s *Service) sit(ctx context.Context, sc tenants.Scope, action policies.Action, call ids.Call, version int64, verb ListVerb, act func(ctx context.Context, tx *tenants.Tx, w *sitting) error) error {
	if err := s.policies.May(sc, action, policies.On{}); err != nil {
		return err
	}
	c, err := s.Calls.Call(ctx, sc, call)
	if err != nil {
		return err
	}
	all, err := s.Applications.InSelection(ctx, sc, call)
	if err != nil {
		return err
	}
	return sc.Write(ctx, func(ctx context.Context, tx *tenants.Tx) error {
		w := sitting{call: c, all: all}
		if w.list, err = lockSelection(ctx, tx, c); err != nil {
			return err
		}
		if version != anyVersion && w.list.Version != version {
			return fault.Conflict("fault.stale")
		}
		after, ok := w.list.State.After(verb)
		if !ok {
			return fault.Conflict("selection.list.not_now")
		}
		if w.now, err = tx.Now(ctx); err != nil {
			return err
		}
		if w.decisions, err = decisionsOf(ctx, tx, call); err != nil {
			return err
		}
		w.list.State = after
		if err := act(ctx, tx, &w); err != nil {
			return err
		}
		return saveList(ctx, tx, &w.list)
	})
}

// Decide decides the same of several applications at once: select, put on the waiting list, reject, or with no outcome
// take back what was decided. Those that come to the waiting list follow the ones on it in the order of their ranking.
// Coordinators and the chair may, of applications without a conflict of interest. Faults: Invalid without an application,
// Conflict when the list is not open or was changed, NotFound.
func (s *Service) Decide(ctx context.Context, sc tenants.Scope, call ids.Call, version int64, outcome events.Outcome, applications []ids.Application) error {
	if err := s.policies.May(sc, policies.SelectionDecide, policies.On{}); err != nil {
		return err
	}
	if len(applications) == 0 {
		return fault.Invalid("fault.check_fields", fault.At("application", "selection.decide.none"))
	}
	panel, err := s.Panel(ctx, sc, call)
	if err != nil {
		return err
	}
	var chosen []ids.Application // in the order of the ranking
	for _, r := range panel.Ranked {
		if r.Undecided && slices.Contains(applications, r.ID) {
			chosen = append(chosen, r.ID)
		}
	}
	if len(chosen) != len(slices.Compact(slices.Sorted(slices.Values(texts(applications))))) {
		return fault.NotFound()
	}
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, Decide, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		for _, id := range chosen {
			tx.Audit(audit.Entry{Action: "decision.drafted", SubjectKind: "application", SubjectID: id.String(), Detail: map[string]any{"outcome": string(outcome)}})
		}
		if err := w.draft(ctx, tx, outcome, chosen); err != nil {
			return err
		}
		return remark(ctx, tx, call, outcome, chosen)
	})
}

// draft writes one outcome for the chosen, or with none takes back what was decided of them.
func (w *sitting) draft(ctx context.Context, tx *tenants.Tx, outcome events.Outcome, chosen []ids.Application) error {
	var err error
	if outcome == "" || outcome == events.OutcomeRejected {
		if _, err = dropConditions(ctx, tx, chosen); err != nil {
			return err
		}
	}
	if outcome == "" {
		err = undecide(ctx, tx, w.call.ID, chosen)
	} else {
		err = decide(ctx, tx, w.drafts(outcome, chosen, tx.Scope().Actor().Person))
	}
	if err != nil {
		return err
	}
	return renumber(ctx, tx, w.call.ID, nil)
}

// renumber closes the gaps of a draft's waiting list, after it was put into the order that reorder gives.
func renumber(ctx context.Context, tx *tenants.Tx, call ids.Call, reorder func([]ids.Application) []ids.Application) error {
	all, err := decisionsOf(ctx, tx, call)
	if err != nil {
		return err
	}
	var order []ids.Application
	waiting := map[ids.Application]Decision{}
	for _, d := range all {
		if d.Outcome == events.OutcomeWaiting && d.State == DecisionDraft {
			order, waiting[d.Application] = append(order, d.Application), d
		}
	}
	if reorder != nil {
		order = reorder(order)
	}
	for i, id := range order {
		d := waiting[id]
		if d.Waiting == i+1 {
			continue
		}
		d.Waiting = i + 1
		if err := settle(ctx, tx, &d); err != nil {
			return err
		}
	}
	return nil
}

func texts(all []ids.Application) []string {
	out := make([]string, len(all))
	for i, id := range all {
		out[i] = id.String()
	}
	return out
}

// drafts are decisions of one outcome; those of the waiting list are numbered on.
func (w *sitting) drafts(outcome events.Outcome, chosen []ids.Application, by ids.Person) []Decision {
	last := 0
	known := map[ids.Application]Decision{}
	for _, d := range w.decisions {
		last = max(last, d.Waiting)
		known[d.Application] = d
	}
	var drafts []Decision
	for _, id := range chosen {
		d := Decision{ID: ids.New[ids.Decision](), Call: w.call.ID, Application: id, Outcome: outcome, State: DecisionDraft, DecidedAt: w.now, DecidedBy: by}
		before, decided := known[id]
		if decided && before.Outcome == outcome {
			continue
		}
		if outcome == events.OutcomeWaiting {
			last++
			d.Waiting = last
		}
		drafts = append(drafts, d)
	}
	return drafts
}

// Reorder moves an application up or down the waiting list by one that the actor may know of. Coordinators and the chair
// may. Faults: Conflict when the list is not open or was changed, NotFound.
func (s *Service) Reorder(ctx context.Context, sc tenants.Scope, call ids.Call, version int64, application ids.Application, up bool) error {
	if _, err := s.permitted(ctx, sc, policies.SelectionDecide, application); err != nil {
		return err
	}
	f, err := s.field(ctx, sc, call)
	if err != nil {
		return err
	}
	known := func(id ids.Application) bool {
		_, ok := f.application(id)
		return ok
	}
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, Decide, func(ctx context.Context, tx *tenants.Tx, _ *sitting) error {
		tx.Audit(entry("decision.reordered", application))
		return renumber(ctx, tx, call, func(order []ids.Application) []ids.Application { return Moved(order, known, application, up) })
	})
}

// Closing is what is fixed when a list is closed.
type Closing struct {
	ReplyBy      time.Time // until when the selected accept or decline
	WaitingUntil time.Time // when the waiting list ends, if there is one
	ClarifyUntil time.Time // until when applicants without a place may ask about the decision; zero: they may not
	QuotaReason  string    // why more are selected than the call's quotas allow, if they are
}

// Close closes the decision list, so that somebody else can sign it. Coordinators and the chair may. Faults: Invalid by
// field, also when a quota is not met and no reason is given; Conflict when applications are undecided,
// more are selected than there are places, places are left beside a waiting list, or the list was changed; NotFound.
func (s *Service) Close(ctx context.Context, sc tenants.Scope, call ids.Call, version int64, cmd Closing) error {
	return s.sit(ctx, sc, policies.SelectionDecide, call, version, CloseList, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		w.list.QuotaReason = cmd.QuotaReason
		if len(w.missed()) > 0 && w.list.QuotaReason == "" {
			return fault.Invalid("fault.check_fields", fault.At("quota_reason", "selection.close.quota"))
		}
		if err := w.complete(); err != nil {
			return err
		}
		if w.count(events.OutcomeSelected) < w.list.Places && w.count(events.OutcomeWaiting) > 0 {
			return fault.Conflict("selection.close.places_left")
		}
		if bad := w.dates(cmd); len(bad) > 0 {
			return fault.Invalid("fault.check_fields", bad...)
		}
		w.list.ReplyBy, w.list.WaitingUntil, w.list.ClosedAt, w.list.ClosedBy = cmd.ReplyBy.Truncate(time.Microsecond), cmd.WaitingUntil, w.now, sc.Actor().Person
		w.list.ClarifyUntil = cmd.ClarifyUntil
		tx.Audit(audit.Entry{Action: "decisions.closed", SubjectKind: "call", SubjectID: call.String(), Detail: map[string]any{"beyond_quotas": len(w.missed()) > 0}})
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

// complete reports what still keeps the list from being closed, signed or released.
func (w *sitting) complete() error {
	for _, a := range w.all {
		decided := slices.ContainsFunc(w.decisions, func(d Decision) bool { return d.Application == a.ID })
		if a.Undecided && !decided {
			return fault.Conflict("selection.close.undecided")
		}
	}
	if w.count(events.OutcomeSelected) > w.list.Places {
		return fault.Conflict("selection.close.too_many")
	}
	if w.list.QuotaReason == "" && len(w.missed()) > 0 {
		return fault.Conflict("selection.close.quota")
	}
	return nil
}

func (w *sitting) dates(cmd Closing) []fault.Field {
	var bad []fault.Field
	if cmd.ReplyBy.Before(w.now.AddDate(0, 0, w.call.Review.ReplyDays)) {
		bad = append(bad, fault.AtWith("reply_by", "selection.close.reply_by", fault.Args{"Days": w.call.Review.ReplyDays}))
	}
	if w.count(events.OutcomeWaiting) > 0 && !cmd.WaitingUntil.After(cmd.ReplyBy) {
		bad = append(bad, fault.At("waiting_until", "selection.close.waiting_until"))
	}
	if !cmd.ClarifyUntil.IsZero() && cmd.ClarifyUntil.Before(w.now.AddDate(0, 0, LeastClarify)) {
		bad = append(bad, fault.AtWith("clarify_until", "selection.close.clarify_until", fault.Args{"Days": LeastClarify}))
	}
	return bad
}

// Sign signs the closed list, by which its letters are written into the outbox, where they wait for the release.
// Coordinators and the chair may, but not whoever closed it, in whatever role. Faults: Conflict, NotFound.
func (s *Service) Sign(ctx context.Context, sc tenants.Scope, call ids.Call, version int64) error {
	return s.sit(ctx, sc, policies.SelectionSign, call, version, SignList, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		if w.list.ClosedBy == sc.Actor().Person {
			return fault.Conflict("selection.sign.four_eyes")
		}
		if err := w.complete(); err != nil {
			return err
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
// may. Faults: Conflict when the list is not signed, was changed, or leaves the selected fewer days to reply than the call
// promises; NotFound.
func (s *Service) Release(ctx context.Context, sc tenants.Scope, call ids.Call, version int64) error {
	return s.sit(ctx, sc, policies.SelectionRelease, call, version, ReleaseList, func(ctx context.Context, tx *tenants.Tx, w *sitting) error {
		if err := w.complete(); err != nil {
			return err
		}
		if w.now.AddDate(0, 0, w.call.Review.ReplyDays).After(w.list.ReplyBy) {
			return fault.Conflict("selection.release.reply_by")
		}
		if !w.list.ClarifyUntil.IsZero() && w.now.AddDate(0, 0, LeastClarify-2).After(w.list.ClarifyUntil) {
			return fault.Conflict("selection.release.clarify_until")
		}
		w.list.ReleasedAt, w.list.ReleasedBy = w.now, sc.Actor().Person
		for i := range w.decisions {
			if err := w.release(ctx, tx, &w.decisions[i]); err != nil {
				return err
			}
		}
		if err := s.tellApplicants(ctx, tx, w.all, "selection.notify.decided"); err != nil {
			return err
		}
		tx.Announce(events.DecisionsReleased{Call: call, Batch: w.list.Batch})
		tx.Audit(audit.Entry{Action: "decisions.released", SubjectKind: "call", SubjectID: call.String()})
		tx.EnqueueAt(lapseJob, Lapsing{Call: call}, w.list.ReplyBy)
		remindLater(tx, remindReplyJob, Reminding{Call: call, By: w.list.ReplyBy}, remindLead, w.now)
		return s.offerNext(ctx, tx, w)
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

// signers are the names of those who closed, signed and released a list.
func (s *Service) signers(ctx context.Context, sc tenants.Scope, list List) (map[ids.Person]string, error) {
	var persons []ids.Person
	for _, id := range []ids.Person{list.ClosedBy, list.SignedBy, list.ReleasedBy} {
		if !id.IsZero() {
			persons = append(persons, id)
		}
	}
	names := map[ids.Person]string{}
	if len(persons) == 0 {
		return names, nil
	}
	known, err := s.People.Persons(ctx, sc, persons)
	for id, person := range known {
		names[id] = person.Name
	}
	return names, err
}
